//! Items and albums as the Library's JSON: numbers as text, and fields that are simply not there.

use serde_json::{Value, json};
use testkit::clock::Moment;

use super::shelf::Album;
use super::{Visit, Which};
use crate::generated::{Item, Kind};
use crate::media;
use crate::world::{State, World};

/// How long a film is in preparation. Seconds.
const PROCESSING_S: i64 = 600;

/// Returns an item's JSON.
pub(super) fn item(visit: &Visit<'_>, state: &State, which: Which) -> Value {
    let world = visit.world;
    match which {
        Which::Made(place) => {
            let item = world.library.item(place);
            let mut value = json!({
                "id": world.library.id(place),
                "productUrl": format!("https://photos.google.com/lr/photo/{}", world.library.id(place)),
                "baseUrl": media::base_url(world, which, media::Api::Library),
                "mimeType": item.mime_type,
                "filename": item.filename,
            });
            if let Some(text) = state.shelf.descriptions.get(&place).map(String::as_str).or(item.description) {
                value["description"] = json!(text);
            }
            if let Some(metadata) = metadata(world, &item) {
                value["mediaMetadata"] = metadata;
            }
            value
        }
        Which::Uploaded(number) => {
            let Some(item) = state.shelf.uploaded.get(number) else { return json!({}) };
            let mut metadata = json!({"creationTime": time_text(item.created, 0)});
            if item.mime_type.starts_with("video/") {
                metadata["video"] = json!({"status": status(world, item.created)});
            } else {
                metadata["photo"] = json!({});
            }
            let mut value = json!({
                "id": item.id,
                "productUrl": format!("https://photos.google.com/lr/photo/{}", item.id),
                "baseUrl": media::base_url(world, which, media::Api::Library),
                "mimeType": item.mime_type,
                "filename": item.filename,
                "mediaMetadata": metadata,
            });
            if let Some(text) = &item.description {
                value["description"] = json!(text);
            }
            value
        }
    }
}

fn metadata(world: &World, item: &Item) -> Option<Value> {
    // Originals and previews keep every field, so that a search for pairs finds a number known beforehand.
    let whole = matches!(item.kind, Kind::Preview | Kind::Orphan) || item.camera.is_some_and(|camera| camera.width > 5000);
    if !whole && item.luck % 211 == 3 {
        return None;
    }
    let mut value = json!({"creationTime": time_text(item.taken, item.millis)});
    if whole || item.luck % 97 != 1 {
        value["width"] = json!(item.width.to_string());
        value["height"] = json!(item.height.to_string());
    }
    if item.kind == Kind::Video {
        let mut video = json!({"fps": 29.97, "status": film_status(world, item)});
        if let Some(camera) = item.camera {
            video["cameraMake"] = json!(camera.make);
            video["cameraModel"] = json!(camera.model);
        }
        value["video"] = video;
        return Some(value);
    }
    value["photo"] = match item.camera {
        None => json!({}),
        Some(camera) => {
            let mut photo = json!({
                "cameraMake": camera.make,
                "cameraModel": camera.model,
                "focalLength": camera.focal_length,
                "apertureFNumber": camera.f_number,
                "isoEquivalent": item.iso,
                "exposureTime": item.exposure,
            });
            if !whole && item.luck % 53 == 2 {
                photo = json!({"cameraMake": camera.make, "cameraModel": camera.model});
            }
            photo
        }
    };
    Some(value)
}

/// Tells whether a film can be had.
pub(crate) fn film_is_ready(world: &World, item: &Item) -> bool {
    film_status(world, item) == "READY"
}

fn film_status(world: &World, item: &Item) -> &'static str {
    if item.luck % 8 == 3 { status(world, world.started) } else { "READY" }
}

fn status(world: &World, since: i64) -> &'static str {
    if world.now() < since + PROCESSING_S { "PROCESSING" } else { "READY" }
}

/// Returns an album's JSON.
pub(super) fn album(visit: &Visit<'_>, state: &State, album: &Album) -> Value {
    let mut value = json!({
        "id": album.id,
        "title": album.title,
        "productUrl": format!("https://photos.google.com/lr/album/{}", album.id),
    });
    if album.own {
        value["isWriteable"] = json!(true);
    }
    if !album.items.is_empty() {
        value["mediaItemsCount"] = json!(album.items.len().to_string());
    }
    let cover = album.cover.as_ref().or(album.items.first());
    if let Some((id, which)) = cover.and_then(|id| Some((id, visit.find_seen(state, id)?))) {
        value["coverPhotoMediaItemId"] = json!(id);
        value["coverPhotoBaseUrl"] = json!(media::base_url(visit.world, which, media::Api::Library));
    }
    value
}

/// Returns a time as the services write it; `millis` 0 leaves the fraction out.
pub(crate) fn time_text(seconds: i64, millis: u32) -> String {
    let [year, month, day, hour, minute, second] = Moment(seconds).parts();
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_z() {
        assert_eq!(time_text(1_651_255_200, 0), "2022-04-29T18:00:00Z");
        assert_eq!(time_text(0, 7), "1970-01-01T00:00:00.007Z");
    }
}
