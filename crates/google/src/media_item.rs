//! A photo or film as the Library or the Picker tells it, in one form.
//!
//! The two write the same things at different places and as different types: the Library `creationTime` and widths as texts, the Picker
//! `createTime` and numbers, and its camera in either of two places. **Invariant:** a field that is missing or odd is `None`.

use crate::secret::Secret;
use crate::values::{has_long_text, number, seconds, text, time, whole};
use serde_json::Value;

/// A time in UTC. Ordered as time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UtcTime {
    /// Whole seconds since 1970, rounded towards the past.
    pub seconds: i64,
    /// Nanoseconds after that, below 1,000,000,000.
    pub nanos: u32,
}

/// A photo or film.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaItem {
    /// Google's id, stable; that of the same photo differs between Cloud projects, and from Takeout's.
    pub id: String,
    /// The name that the uploader gave; may hold `/`.
    pub filename: Option<String>,
    /// The MIME type.
    pub mime_type: Option<String>,
    /// What the person wrote (Library only).
    pub description: Option<String>,
    /// The page of the item in the browser (Library only).
    pub product_url: Option<String>,
    /// Where its bytes are, for 60 minutes and only with a suffix; see [`media::fetch`](crate::media::fetch). Whoever has a Library's can
    /// see the photo.
    pub base_url: Option<Secret>,
    /// When it was taken; Google falls back to the upload.
    pub created: Option<UtcTime>,
    /// Pixels of the current version.
    pub width: Option<u64>,
    /// Pixels of the current version.
    pub height: Option<u64>,
    /// Photo or film.
    pub kind: MediaKind,
    /// The camera and its settings.
    pub camera: Camera,
}

/// Photo or film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MediaKind {
    /// A still, also that of a motion photo.
    Photo,
    /// A film.
    Video {
        /// Frames a second.
        fps: Option<f64>,
        /// How far Google is with it.
        status: VideoStatus,
    },
    /// Google does not say.
    Unknown,
}

/// How far Google is with a film; its bytes can be had only when [`Ready`](Self::Ready).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoStatus {
    /// Still being worked on.
    Processing,
    /// Its bytes can be had.
    Ready,
    /// It never will be ready.
    Failed,
    /// Google does not say.
    Unknown,
}

/// The camera and its settings.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Camera {
    /// The maker.
    pub make: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// Millimetres.
    pub focal_length_mm: Option<f64>,
    /// The f-number.
    pub aperture: Option<f64>,
    /// ISO.
    pub iso: Option<u64>,
    /// Seconds.
    pub exposure_seconds: Option<f64>,
}

impl MediaItem {
    /// Reads an item of the Library; `None` if it is damaged: no object, no id, or a text beyond the bound.
    pub(crate) fn of_library(item: &Value) -> Option<Self> {
        let metadata = item.get("mediaMetadata").unwrap_or(&Value::Null);
        let (photo, video) = (object(metadata, "photo"), object(metadata, "video"));
        let kind = match (photo, video, text(item, "mimeType")) {
            (_, Some(video), _) => video_kind(video, "status"),
            (Some(_), None, _) => MediaKind::Photo,
            (None, None, Some(mime)) if mime.starts_with("image/") => MediaKind::Photo,
            (None, None, Some(mime)) if mime.starts_with("video/") => video_kind(&Value::Null, "status"),
            (None, None, _) => MediaKind::Unknown,
        };
        let places = [photo, video].into_iter().flatten().collect::<Vec<_>>();
        Self::read(item, item, metadata, "creationTime", metadata, kind, &places)
    }

    /// Reads an item of the Picker, as [`MediaItem::of_library`].
    pub(crate) fn of_picker(item: &Value) -> Option<Self> {
        let file = item.get("mediaFile").unwrap_or(&Value::Null);
        let metadata = file.get("mediaFileMetadata").unwrap_or(&Value::Null);
        let (photo, video) = (object(metadata, "photoMetadata"), object(metadata, "videoMetadata"));
        let kind = match item.get("type").and_then(Value::as_str) {
            Some("PHOTO") => MediaKind::Photo,
            Some("VIDEO") => video_kind(video.unwrap_or(&Value::Null), "processingStatus"),
            _ => match (photo, video) {
                (_, Some(video)) => video_kind(video, "processingStatus"),
                (Some(_), None) => MediaKind::Photo,
                (None, None) => MediaKind::Unknown,
            },
        };
        let places = [Some(metadata), photo, video].into_iter().flatten().collect::<Vec<_>>();
        Self::read(item, file, item, "createTime", metadata, kind, &places)
    }

    fn read(
        item: &Value,
        file: &Value,
        time_place: &Value,
        time_name: &str,
        size: &Value,
        kind: MediaKind,
        camera_places: &[&Value],
    ) -> Option<Self> {
        if has_long_text(item) {
            return None;
        }
        Some(Self {
            id: text(item, "id").filter(|id| is_id(id))?,
            filename: text(file, "filename"),
            mime_type: text(file, "mimeType"),
            description: text(item, "description"),
            product_url: text(item, "productUrl"),
            base_url: text(file, "baseUrl").map(Secret::new),
            created: time(time_place, time_name),
            width: whole(size, "width"),
            height: whole(size, "height"),
            kind,
            camera: Camera::read(camera_places),
        })
    }
}

/// Longest id, in characters; Google's have some 100.
const ID_MAX_CHARS: usize = 1024;

/// Tells what may be an id of Google's: URL-safe characters, as all its ids are. What else a server sends as one could be taken for a place
/// in a list, a formula, or two ids.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=ID_MAX_CHARS).contains(&text.len()) && text.bytes().all(is_plain)
}

impl Camera {
    fn read(places: &[&Value]) -> Self {
        fn first<T>(places: &[&Value], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
            places.iter().find_map(|place| read(place))
        }
        Self {
            make: first(places, |place| text(place, "cameraMake")),
            model: first(places, |place| text(place, "cameraModel")),
            focal_length_mm: first(places, |place| number(place, "focalLength")),
            aperture: first(places, |place| number(place, "apertureFNumber")),
            iso: first(places, |place| whole(place, "isoEquivalent")),
            exposure_seconds: first(places, |place| seconds(place, "exposureTime")),
        }
    }
}

fn object<'a>(fields: &'a Value, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| value.is_object())
}

fn video_kind(video: &Value, status_name: &str) -> MediaKind {
    let status = match video.get(status_name).and_then(Value::as_str) {
        Some("PROCESSING") => VideoStatus::Processing,
        Some("READY") => VideoStatus::Ready,
        Some("FAILED") => VideoStatus::Failed,
        _ => VideoStatus::Unknown,
    };
    MediaKind::Video { fps: number(video, "fps"), status }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_photo_of_the_library() {
        let item = MediaItem::of_library(&json!({
            "id": "AG1", "description": "d", "productUrl": "https://photos.google.com/lr/photo/AG1", "baseUrl": "https://lh3/AG1",
            "mimeType": "image/jpeg", "filename": "a/b.JPG", "surprise": [1, 2],
            "mediaMetadata": { "creationTime": "2014-06-15T04:10:29Z", "width": "4032", "height": 3024,
                "photo": { "cameraMake": "Canon", "cameraModel": "6D", "focalLength": 35, "apertureFNumber": 2.8,
                           "isoEquivalent": 800, "exposureTime": "0.008s" } },
            "contributorInfo": { "displayName": "x" }
        }))
        .unwrap();
        assert_eq!((item.width, item.height, item.kind), (Some(4032), Some(3024), MediaKind::Photo));
        assert_eq!(item.created, Some(UtcTime { seconds: 1_402_805_429, nanos: 0 }));
        assert_eq!(item.filename.as_deref(), Some("a/b.JPG"));
        let camera = Camera {
            make: Some("Canon".into()),
            model: Some("6D".into()),
            focal_length_mm: Some(35.0),
            aperture: Some(2.8),
            iso: Some(800),
            exposure_seconds: Some(0.008),
        };
        assert_eq!(item.camera, camera);
        assert!(!format!("{item:?}").contains("lh3"), "a base URL is a key to the photo");
    }

    #[test]
    fn whatever_is_missing_or_odd_is_absent() {
        let bare = MediaItem::of_library(&json!({ "id": "AG1" })).unwrap();
        assert_eq!((bare.kind, bare.created, bare.width, bare.camera), (MediaKind::Unknown, None, None, Camera::default()));
        let odd = json!({ "id": "AG1", "filename": 7, "mediaMetadata": { "creationTime": "never", "width": "wide", "photo": {} } });
        let odd = MediaItem::of_library(&odd).unwrap();
        assert_eq!((odd.kind, odd.filename, odd.created, odd.width), (MediaKind::Photo, None, None, None));
        assert_eq!(MediaItem::of_library(&json!({ "id": "AG1", "mediaMetadata": "?" })).unwrap().kind, MediaKind::Unknown);
    }

    #[test]
    fn damaged_is_what_has_no_id_or_a_huge_text() {
        let huge = json!({ "id": "AG1", "description": "x".repeat(10_000_000) });
        for damaged in [json!({}), json!({ "id": "" }), json!({ "id": 7 }), json!(null), json!("AG1"), json!([]), huge] {
            assert!(MediaItem::of_library(&damaged).is_none());
            assert!(MediaItem::of_picker(&damaged).is_none());
        }
    }

    #[test]
    fn films_tell_how_far_they_are() {
        let film = |video: Value| MediaItem::of_library(&json!({ "id": "1", "mediaMetadata": { "video": video } })).unwrap().kind;
        assert_eq!(film(json!({ "fps": 29.97, "status": "READY" })), MediaKind::Video { fps: Some(29.97), status: VideoStatus::Ready });
        assert_eq!(film(json!({ "status": "PROCESSING" })), MediaKind::Video { fps: None, status: VideoStatus::Processing });
        assert_eq!(film(json!({})), MediaKind::Video { fps: None, status: VideoStatus::Unknown });
    }

    #[test]
    fn the_picker_writes_its_camera_in_either_place() {
        let item = |metadata: Value| {
            MediaItem::of_picker(&json!({ "id": "AP1", "createTime": "2024-05-01T10:11:12Z", "type": "PHOTO",
                "mediaFile": { "baseUrl": "https://lh3/x", "mimeType": "image/jpeg", "filename": "a.jpg", "mediaFileMetadata": metadata } }))
            .unwrap()
        };
        let outer = item(json!({ "width": 4032, "height": "3024", "cameraMake": "Google", "cameraModel": "Pixel 8",
            "photoMetadata": { "focalLength": 6.9, "exposureTime": "0.003389s" } }));
        let inner = item(json!({ "width": 4032, "height": 3024,
            "photoMetadata": { "cameraMake": "Google", "cameraModel": "Pixel 8", "focalLength": 6.9, "exposureTime": "0.003389s" } }));
        assert_eq!(outer, inner);
        assert_eq!((outer.camera.make.as_deref(), outer.camera.focal_length_mm), (Some("Google"), Some(6.9)));
        assert_eq!((outer.filename.as_deref(), outer.width, outer.kind), (Some("a.jpg"), Some(4032), MediaKind::Photo));
        assert_eq!(item(json!({})).camera, Camera::default());
    }
}
