//! Pictures over HTTP: thumbnails, full pictures, originals and clips, by asset; with ranges, tags, and the reason where there is none.
//!
//! **Invariant:** only raster pictures and films are ever sent as what they are; anything else goes as bytes to be saved, so nothing of a
//! person's files can run as a page of ours.

use crate::api;
use crate::problem::Problem;
use crate::range::{self, Part};
use crate::server::{App, Shared};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Json};
use futures_core::Stream;
use pipeline::model::{ContentHash, PictureGrid};
use pipeline::{AssetRow, CopyError, NoPicture, Original, Picture, PictureSize};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Bytes of a file sent at once.
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks that wait for the client.
const CHUNKS_WAITING_MAX: usize = 2;
/// How long a client may leave a chunk waiting; a browser pauses a film for longer, and asks for the rest by its range.
const CHUNK_WAIT: Duration = Duration::from_secs(60);

/// Why there is no picture, as it is sent.
#[derive(Debug, Serialize)]
pub(crate) struct NoPictureAnswer {
    /// Code.
    pub(crate) error: String,
    /// For people.
    pub(crate) why: String,
}

/// Raster formats; SVG is not among them, for it can hold scripts.
const RASTER: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/avif",
    "image/heic",
    "image/heif",
    "image/tiff",
    "image/jxl",
];

/// Hex digits of the content's hash that are the picture's key.
const KEY_DIGITS: usize = 16;

/// The picture's key, which changes when the picture does. Only what is known to be of that content may be kept for good: a coarse picture
/// becomes a good one when its drive comes back, and a film may be another one of the same length.
#[derive(Deserialize)]
pub(crate) struct Version {
    v: Option<String>,
}

enum Found {
    Drawn(Picture),
    File(Original),
}

/// `GET /pictures/{asset}/{size}`.
pub(crate) async fn picture(
    State(app): State<Shared>,
    Path((asset, size)): Path<(String, String)>,
    Query(version): Query<Version>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = api::id(&asset)?;
    let Some((row, grid)) = app.ask(move |review| review.asset(asset)).await? else {
        return Ok(none(StatusCode::NOT_FOUND, "no-asset", "the catalog knows no such photo"));
    };
    // Waiting is given up with the request; drawing, once begun, is short and comes to its end.
    let drawing = app.drawing.acquire().await.map_err(|_| Problem::bug("the pictures are closed"))?;
    let tag = format!("{}-{size}-{}", row.id.0, version.v.as_deref().unwrap_or_default());
    let found = {
        let app = Arc::clone(&app);
        tokio::task::spawn_blocking(move || find(&app, &row, grid.as_ref(), &size))
            .await
            .map_err(|_| Problem::bug("drawing ended early"))?
    };
    drop(drawing);
    let lasts = |vouched: Option<ContentHash>| vouched.is_some_and(|hash| version.v.as_deref() == hash.to_string().get(..KEY_DIGITS));
    let sent = match found {
        Err(None) => return Err(Problem::not_found("a picture is small, large, full, original, or the clip of a live photo")),
        Err(Some(reason)) => return Ok(no_picture(&reason)),
        Ok(Found::Drawn(picture)) => {
            let lasts = lasts(picture.vouched);
            drawn(picture, lasts, &headers)
        }
        Ok(Found::File(original)) => {
            let lasts = lasts(original.vouched);
            file(&app, original, &tag, lasts, &method, &headers)?
        }
    };
    Ok(sent)
}

fn find(app: &App, row: &AssetRow, grid: Option<&PictureGrid>, size: &str) -> Result<Found, Option<NoPicture>> {
    let pictures = &app.pictures;
    let found = match size {
        "small" => pictures.thumbnail(row, grid, PictureSize::Small).map(Found::Drawn),
        "large" => pictures.thumbnail(row, grid, PictureSize::Large).map(Found::Drawn),
        "full" => match pictures.original(row) {
            Ok(original) if original.is_shown_by_browsers => Ok(Found::File(original)),
            _ => pictures.full(row).map(Found::Drawn),
        },
        "original" => pictures.original(row).map(Found::File),
        "clip" => match pictures.clip(row) {
            Some(clip) => clip.map(Found::File),
            None => return Err(None),
        },
        _ => return Err(None),
    };
    found.map_err(Some)
}

fn no_picture(reason: &NoPicture) -> Response {
    let (status, code) = code_of(reason);
    none(status, code, &reason.to_string())
}

fn code_of(reason: &NoPicture) -> (StatusCode, &'static str) {
    match reason {
        NoPicture::Listed => (StatusCode::NOT_FOUND, "listed"),
        NoPicture::Offline => (StatusCode::NOT_FOUND, "offline"),
        NoPicture::Changed => (StatusCode::NOT_FOUND, "changed"),
        NoPicture::DeepInTgz => (StatusCode::NOT_FOUND, "deep-in-tgz"),
        NoPicture::Unreadable(_) => (StatusCode::NOT_FOUND, "unreadable"),
        NoPicture::TooLarge(_) => (StatusCode::UNPROCESSABLE_ENTITY, "too-large"),
        NoPicture::Undecodable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "undecodable"),
    }
}

fn none(status: StatusCode, error: &str, why: &str) -> Response {
    (status, Json(NoPictureAnswer { error: error.to_owned(), why: why.to_owned() })).into_response()
}

fn drawn(picture: Picture, lasts: bool, headers: &HeaderMap) -> Response {
    let tag = blake3::hash(&picture.bytes).to_hex().as_str()[..32].to_owned();
    let size_bytes = picture.bytes.len() as u64;
    let mut response = match range_of(headers, &tag, size_bytes) {
        Err(status) => without_body(status, size_bytes),
        Ok(None) => Body::from(picture.bytes).into_response(),
        Ok(Some(range)) => {
            let part = Bytes::from(picture.bytes).slice(range.start as usize..range.end as usize);
            partial(Body::from(part), &range, size_bytes)
        }
    };
    if let Some(why) = &picture.coarse {
        response.headers_mut().insert("lookalike-coarse", HeaderValue::from_static(code_of(why).1));
    }
    dress(response, picture.media_type, &tag, lasts)
}

fn file(app: &Shared, original: Original, tag: &str, lasts: bool, method: &Method, headers: &HeaderMap) -> Result<Response, Problem> {
    let Original { media_type, size_bytes, vouched, written, .. } = original;
    let tag = blake3::hash(format!("{tag}-{size_bytes}-{vouched:?}-{written:?}").as_bytes()).to_hex().as_str()[..32].to_owned();
    let response = match range_of(headers, &tag, size_bytes) {
        Err(status) => without_body(status, size_bytes),
        Ok(part) => {
            let range = part.clone().unwrap_or(0..size_bytes);
            let length = range.end - range.start;
            let body = if method == Method::HEAD { Body::empty() } else { send(app, original, range.clone())? };
            match part {
                None => ([(header::CONTENT_LENGTH, length.to_string())], body).into_response(),
                Some(_) => partial(body, &range, size_bytes),
            }
        }
    };
    Ok(dress(response, media_type, &tag, lasts))
}

/// Returns the range asked for, `None` for all, or the status where there is nothing to send.
fn range_of(headers: &HeaderMap, tag: &str, size_bytes: u64) -> Result<Option<Range<u64>>, StatusCode> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(tag)) {
        return Err(StatusCode::NOT_MODIFIED);
    }
    let is_same = text(header::IF_RANGE).is_none_or(|known| known.contains(tag));
    match range::part(text(header::RANGE).filter(|_| is_same), size_bytes) {
        Part::Whole => Ok(None),
        Part::Bytes(range) => Ok(Some(range)),
        Part::Unsatisfiable => Err(StatusCode::RANGE_NOT_SATISFIABLE),
    }
}

fn without_body(status: StatusCode, size_bytes: u64) -> Response {
    if status == StatusCode::NOT_MODIFIED {
        return status.into_response();
    }
    (status, [(header::CONTENT_RANGE, format!("bytes */{size_bytes}"))]).into_response()
}

fn partial(body: Body, range: &Range<u64>, size_bytes: u64) -> Response {
    let bytes = format!("bytes {}-{}/{size_bytes}", range.start, range.end - 1);
    let length = (range.end - range.start).to_string();
    (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, bytes), (header::CONTENT_LENGTH, length)], body).into_response()
}

fn dress(mut response: Response, media_type: &'static str, tag: &str, lasts: bool) -> Response {
    let headers = response.headers_mut();
    let is_safe = RASTER.contains(&media_type) || media_type.starts_with("video/");
    let media_type = Some(HeaderValue::from_static(media_type)).filter(|_| is_safe);
    if media_type.is_none() {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    headers.insert(header::CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, HeaderValue::from_str(&format!("\"{tag}\"")).expect("a tag is hex"));
    let keep = if lasts { "private, max-age=31536000, immutable" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

/// Starts to send a range from a thread of its own, which ends when the client does.
fn send(app: &Shared, mut original: Original, range: Range<u64>) -> Result<Body, Problem> {
    let place = Arc::clone(&app.sending).try_acquire_owned().map_err(|_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "too many files are being sent",
            Some("close other tabs of this page".to_owned()),
        )
    })?;
    let (sender, receiver) = mpsc::channel(CHUNKS_WAITING_MAX);
    let handle = Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut chunks = Chunks { sender, handle, waiting: Vec::with_capacity(CHUNK_BYTES) };
        let sent = original.copy(range, &mut chunks).and_then(|()| chunks.flush().map_err(CopyError::Receiver));
        if let Err(error) = sent {
            // The client learns of it by the missing bytes; where it is gone, nobody does.
            let _gone = chunks.sender.try_send(Err(io::Error::other(error)));
        }
        drop(place);
    });
    Ok(Body::from_stream(Lines(receiver)))
}

/// Gives a body its pieces as they come.
pub(crate) struct Lines<E>(pub(crate) mpsc::Receiver<Result<Bytes, E>>);

impl<E: Into<BoxError>> Stream for Lines<E> {
    type Item = Result<Bytes, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

struct Chunks {
    sender: mpsc::Sender<io::Result<Bytes>>,
    handle: Handle,
    waiting: Vec<u8>,
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(CHUNK_BYTES - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        if self.waiting.len() == CHUNK_BYTES {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::replace(&mut self.waiting, Vec::with_capacity(CHUNK_BYTES)));
        let sent = self.handle.block_on(async { timeout(CHUNK_WAIT, self.sender.send(Ok(chunk))).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
