//! Uploads: bytes first, raw or in pieces, then `mediaItems.batchCreate`, where each item succeeds or fails for itself.

use serde_json::{Value, json};

use super::items::{Answer, BATCH_MAX};
use super::shelf::{Resumable, Upload, Uploaded};
use super::{Visit, Which, render};
use crate::errors;
use crate::wire::Reply;
use crate::world::State;

/// How long an upload token is good. Seconds.
const TOKEN_LIFE_S: i64 = 24 * 3600;
/// Size that all pieces but the last are a multiple of. Bytes.
const GRANULARITY: usize = 262_144;
const FAILED: &str = "Failed: There was an error while trying to create this media item.";

pub(super) fn upload(visit: &Visit<'_>) -> Answer {
    let call = visit.call;
    if let Some(id) = call.query("upload_id") {
        return resume(visit, id);
    }
    let filename = call.header("x-goog-upload-file-name").map(str::to_owned);
    match (call.header("x-goog-upload-protocol"), call.header("x-goog-upload-command")) {
        (Some("raw"), _) => {
            if call.body.is_empty() {
                return Err(errors::invalid(errors::INVALID_ARGUMENT));
            }
            let now = visit.world.now();
            Ok(Reply::text(200, &keep(&mut visit.state(), call.body.clone(), filename, now)))
        }
        (Some("resumable"), Some("start")) => {
            let size = call.header("x-goog-upload-raw-size").and_then(|size| size.parse().ok());
            let mut state = visit.state();
            let id = state.fresh("", 40);
            state.shelf.resumables.insert(id.clone(), Resumable { bytes: Vec::new(), size, filename });
            let address = format!("{}/v1/uploads?upload_id={id}&upload_protocol=resumable", visit.world.urls.api);
            Ok(Reply::text(200, "")
                .with("x-goog-upload-url", address)
                .with("x-goog-upload-chunk-granularity", GRANULARITY.to_string())
                .with("x-goog-upload-status", "active"))
        }
        _ => Err(errors::invalid(errors::INVALID_ARGUMENT)),
    }
}

fn keep(state: &mut State, bytes: Vec<u8>, filename: Option<String>, now: i64) -> String {
    let token = state.fresh("CAIS", 180);
    state.shelf.uploads.insert(token.clone(), Upload { bytes, filename, expires: now + TOKEN_LIFE_S });
    token
}

fn resume(visit: &Visit<'_>, id: &str) -> Answer {
    let call = visit.call;
    let now = visit.world.now();
    let mut state = visit.state();
    let refuse = || errors::invalid(errors::INVALID_ARGUMENT);
    let upload = state.shelf.resumables.get_mut(id).ok_or_else(errors::not_found)?;
    let commands: Vec<&str> = call.header("x-goog-upload-command").unwrap_or("").split(',').map(str::trim).collect();
    if commands.contains(&"query") {
        let received = upload.bytes.len().to_string();
        return Ok(Reply::text(200, "").with("x-goog-upload-status", "active").with("x-goog-upload-size-received", received));
    }
    let last = commands.contains(&"finalize");
    if commands.contains(&"upload") {
        let offset = call.header("x-goog-upload-offset").and_then(|offset| offset.parse::<usize>().ok());
        if offset != Some(upload.bytes.len()) || (!last && !call.body.len().is_multiple_of(GRANULARITY)) {
            return Err(refuse());
        }
        upload.bytes.extend_from_slice(&call.body);
    }
    if !last {
        return Ok(Reply::text(200, "").with("x-goog-upload-status", "active"));
    }
    if upload.bytes.is_empty() || upload.size.is_some_and(|size| size != upload.bytes.len() as u64) {
        return Err(refuse());
    }
    let done = state.shelf.resumables.remove(id).ok_or_else(errors::not_found)?;
    Ok(Reply::text(200, &keep(&mut state, done.bytes, done.filename, now)).with("x-goog-upload-status", "final"))
}

pub(super) fn batch_create(visit: &Visit<'_>) -> Answer {
    let body = visit.body(&["albumId", "albumPosition", "newMediaItems"])?;
    let wanted = body["newMediaItems"].as_array().cloned().unwrap_or_default();
    if wanted.len() > BATCH_MAX {
        return Err(errors::invalid(errors::TOO_MANY));
    }
    if wanted.is_empty() {
        return Err(errors::invalid(errors::INVALID_ARGUMENT));
    }
    let mut state = visit.state();
    let album = match body["albumId"].as_str() {
        None => None,
        Some(id) => match state.shelf.albums.iter().position(|album| album.id == id && (album.own || visit.sees_all)) {
            None => return Err(errors::not_found()),
            Some(number) if !state.shelf.albums[number].own => return Err(errors::invalid(errors::FOREIGN_ALBUM)),
            number => number,
        },
    };
    let mut results = Vec::new();
    for item in &wanted {
        let simple = &item["simpleMediaItem"];
        let token = simple["uploadToken"].as_str().unwrap_or("");
        let created = create(visit, &mut state, token, simple["fileName"].as_str(), item["description"].as_str());
        results.push(match created {
            None => json!({"uploadToken": token, "status": {"code": 3, "message": FAILED}}),
            Some(number) => {
                let id = state.shelf.uploaded[number].id.clone();
                if let Some(album) = album.map(|album| &mut state.shelf.albums[album].items).filter(|items| !items.contains(&id)) {
                    album.push(id);
                }
                let shown = render::item(visit, &state, Which::Uploaded(number));
                json!({"uploadToken": token, "status": {"message": "Success"}, "mediaItem": shown})
            }
        });
    }
    let failed = results.iter().any(|result: &Value| result["status"].get("code").is_some());
    Ok(Reply::json(if failed { 207 } else { 200 }, &json!({"newMediaItemResults": results})))
}

/// Makes an item of an upload; the same bytes once more are the item that they are already.
fn create(visit: &Visit<'_>, state: &mut State, token: &str, filename: Option<&str>, description: Option<&str>) -> Option<usize> {
    let now = visit.world.now();
    let upload = state.shelf.uploads.remove(token).filter(|upload| now < upload.expires)?;
    let mime_type = kind_of(&upload.bytes)?;
    if let Some(known) = state.shelf.uploaded.iter().position(|item| item.bytes == upload.bytes) {
        return Some(known);
    }
    let id = state.fresh("AGj1epV", 90);
    let filename = filename.map(str::to_owned).or(upload.filename).unwrap_or_default();
    let description = description.map(str::to_owned);
    state.shelf.uploaded.push(Uploaded { id, filename, mime_type, description, created: now, bytes: upload.bytes });
    Some(state.shelf.uploaded.len() - 1)
}

/// Returns the MIME type that the first bytes tell; `None` for what Google would not take.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(usize, &[u8], &str); 9] = [
        (0, b"\xff\xd8\xff", "image/jpeg"),
        (0, b"\x89PNG", "image/png"),
        (0, b"GIF8", "image/gif"),
        (0, b"BM", "image/bmp"),
        (8, b"WEBP", "image/webp"),
        (0, b"II*\0", "image/tiff"),
        (0, b"MM\0*", "image/tiff"),
        (4, b"ftyphei", "image/heif"),
        (4, b"ftyp", "video/mp4"),
    ];
    KINDS.iter().find(|(at, mark, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(mark))).map(|(_, _, kind)| *kind)
}
