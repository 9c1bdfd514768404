//! Style, scripts, symbols and texts, built into the program.

use axum::extract::Path;
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

const JS: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";

macro_rules! assets {
    ($($name:literal $media_type:expr;)*) => {
        /// Name, media type and text of each.
        pub(crate) const ASSETS: &[(&str, &str, &str)] = &[$(($name, $media_type, include_str!(concat!("../assets/", $name)))),*];
    };
}

assets! {
    "style.css" "text/css; charset=utf-8";
    "group.css" "text/css; charset=utf-8";
    "removal.css" "text/css; charset=utf-8";
    "sprite.svg" "image/svg+xml";
    "texts.en.json" JSON;
    "theme.js" JS;
    "page.js" JS;
    "api.js" JS;
    "blocks.js" JS;
    "bulk.js" JS;
    "compare.js" JS;
    "difference.js" JS;
    "filters.js" JS;
    "frame.js" JS;
    "group.js" JS;
    "history.js" JS;
    "keys.js" JS;
    "list.js" JS;
    "localise.js" JS;
    "missing.js" JS;
    "overview.js" JS;
    "parted.js" JS;
    "photo.js" JS;
    "plan.js" JS;
    "pulse.js" JS;
    "row.js" JS;
    "rows.js" JS;
    "rules.js" JS;
    "runs.js" JS;
    "sheet.js" JS;
    "swap.js" JS;
    "texts.js" JS;
    "toast.js" JS;
    "work.js" JS;
    "working.js" JS;
    "zoom.js" JS;
}

/// `GET /assets/{name}`.
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((_, media_type, text)) = ASSETS.iter().find(|(known, ..)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", &blake3::hash(text.as_bytes()).to_hex().as_str()[..32]);
    let is_known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).is_some_and(|known| known.contains(&tag));
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { (*text).into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("a tag is hex"));
    response
}
