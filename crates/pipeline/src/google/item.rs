//! What Google lists of an item, in the words of the catalog.

use catalog::{LISTED_RECIPE, ListedItem};
use google::{MediaItem, MediaKind};
use model::{CaptureTime, Encoding, Fingerprint, Format, Instant, Metadata, Subsecond, TimeSource};

/// Returns an item as the catalog keeps it.
pub(super) fn listed(item: &MediaItem) -> ListedItem {
    let time = item.created.map(|time| CaptureTime {
        local_seconds: time.seconds,
        subsecond: (time.nanos > 0).then(|| subsecond(time.nanos)),
        offset_minutes: Some(0),
        source: TimeSource::Listed,
    });
    let filename = item.filename.clone().unwrap_or_default();
    let format = format_of(item.mime_type.as_deref(), &filename, item.kind);
    let (width, height) = (item.width.unwrap_or(0), item.height.unwrap_or(0));
    ListedItem {
        id: item.id.clone(),
        mime_type: item.mime_type.clone(),
        product_url: item.product_url.clone(),
        caption: item.description.clone(),
        taken: item.created.map(|time| Instant {
            utc_seconds: time.seconds,
            nanos: time.nanos,
            offset_minutes: None,
            source: TimeSource::Listed,
            why: "",
        }),
        print: Fingerprint {
            recipe: LISTED_RECIPE,
            format,
            width: u32::try_from(width).unwrap_or(0),
            height: u32::try_from(height).unwrap_or(0),
            orientation: 1,
            frames: 1,
            metadata: Metadata {
                make: item.camera.make.clone(),
                model: item.camera.model.clone(),
                taken: time,
                focal_length_mm: item.camera.focal_length_mm,
                f_number: item.camera.aperture,
                iso: item.camera.iso.and_then(|iso| u32::try_from(iso).ok()),
                exposure_s: item.camera.exposure_seconds,
                ..Metadata::default()
            },
            payload: None,
            picture: None,
            key_frames: Vec::new(),
            encoding: Encoding::default(),
            has_embedded_video: false,
            undecoded: None,
        },
        filename,
    }
}

/// Returns the fraction with the digits that it needs: Google writes 3, 6 or 9.
fn subsecond(nanos: u32) -> Subsecond {
    let digits = [3u8, 6].into_iter().find(|digits| nanos.is_multiple_of(10u32.pow(9 - u32::from(*digits)))).unwrap_or(9);
    Subsecond { nanos, digits }
}

/// Returns the format that Google names, else the one that the name's ending means, else the most usual of its kind.
fn format_of(mime: Option<&str>, filename: &str, kind: MediaKind) -> Format {
    let by_mime = mime.and_then(|mime| match mime.to_ascii_lowercase().as_str() {
        "image/heic" => Some(Format::Heic),
        other => Format::ALL.iter().copied().find(|format| format.mime() == other),
    });
    let ending = || filename.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let by_name = || Format::from_name(&ending()?);
    let usual = if matches!(kind, MediaKind::Video { .. }) { Format::Mp4 } else { Format::Jpeg };
    by_mime.or_else(by_name).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_come_from_the_type_the_name_and_the_kind() {
        for (mime, name, kind, expected) in [
            (Some("image/jpeg"), "a.dng", MediaKind::Photo, Format::Jpeg),
            (Some("image/x-adobe-dng"), "a", MediaKind::Photo, Format::Dng),
            (Some("image/heic"), "a", MediaKind::Photo, Format::Heic),
            (Some("image/strange"), "A.CR2", MediaKind::Photo, Format::Cr2),
            (None, "", MediaKind::Photo, Format::Jpeg),
            (None, "clip", MediaKind::Video { fps: None, status: google::VideoStatus::Ready }, Format::Mp4),
        ] {
            assert_eq!(format_of(mime, name, kind), expected, "{mime:?} {name}");
        }
    }

    #[test]
    fn fractions_keep_their_precision() {
        assert_eq!(subsecond(250_000_000), Subsecond { nanos: 250_000_000, digits: 3 });
        assert_eq!(subsecond(250_001_000), Subsecond { nanos: 250_001_000, digits: 6 });
        assert_eq!(subsecond(1), Subsecond { nanos: 1, digits: 9 });
    }
}
