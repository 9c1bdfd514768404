//! Texts as cameras and programs write them: fillers that no person wrote, serial numbers, times with zone and fraction.

use model::{CaptureTime, Metadata, Subsecond, TimeSource};

/// Descriptions that cameras and programs write into every file, in lower case. Seen in the sample sets `camera_exif` (2026-11) and in
/// public collections of exiftool output.
const FILLERS: &[&str] = &[
    "asus",
    "binary comment",
    "cof",
    "dav",
    "dcim",
    "default",
    "digital camera",
    "dsc",
    "exif_jpeg_picture",
    "hdr",
    "image",
    "jpeg",
    "kodak digital still camera",
    "konica minolta digital camera",
    "maker:",
    "minolta digital camera",
    "mde",
    "my beautiful picture",
    "olympus digital camera",
    "oznor",
    "oznorwo",
    "picture",
    "rhdr",
    "samsung",
    "samsung camera pictures",
    "sanyo digital camera",
    "screenshot",
    "sdr",
    "sony dsc",
    "untitled",
    "vivo",
];

/// Tells a caption that no person wrote: a maker's filler, or only the camera's name again.
pub(crate) fn is_filler(caption: &str, metadata: &Metadata) -> bool {
    let plain = caption.trim().trim_end_matches('.').to_lowercase();
    let names_camera = |name: &Option<String>| name.as_ref().is_some_and(|name| name.to_lowercase() == plain);
    FILLERS.contains(&plain.as_str()) || names_camera(&metadata.make) || names_camera(&metadata.model)
}

/// Returns a serial number in one spelling: no blanks, no leading zeros; `None` for zeros, `n/a` and the like.
pub(crate) fn serial(text: &str) -> Option<String> {
    let kept = text.trim().trim_start_matches('0');
    let known =
        kept.chars().any(char::is_alphanumeric) && !["n/a", "na", "none", "unknown", "xxxxxxxx"].contains(&kept.to_lowercase().as_str());
    known.then(|| kept.to_owned())
}

/// Returns the time of XMP's `2019-06-06T07:29:51.34+02:00` or QuickTime's `…+0200`, with the fraction and zone that are given.
pub(crate) fn zoned_time(text: &str, source: TimeSource) -> Option<CaptureTime> {
    let text = text.trim();
    let mut time = CaptureTime::parse_reading(text, source)?;
    // After `YYYY-MM-DDTHH:MM:SS`.
    let rest = text.get(19..).unwrap_or_default();
    let zone_at = rest.find(['+', '-', 'Z', '\u{2212}']).unwrap_or(rest.len());
    time.subsecond = rest[..zone_at].strip_prefix('.').and_then(Subsecond::parse);
    time.offset_minutes = CaptureTime::parse_offset(&rest[zone_at..]);
    Some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_and_captions() {
        let metadata =
            Metadata { make: Some("WWL".into()), model: Some("<Digimax i50 MP3, Samsung #1 MP3>".into()), ..Metadata::default() };
        for filler in ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "WWL", "<Digimax i50 MP3, Samsung #1 MP3>", "dav", "jpeg."] {
            assert!(is_filler(filler, &metadata), "{filler}");
        }
        for caption in ["Grandma's 80th", "Samsung factory, Suwon", "Image of the lake"] {
            assert!(!is_filler(caption, &metadata), "{caption}");
        }
    }

    #[test]
    fn serials() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(serial(text).as_deref(), expected, "{text:?}");
        check("033024001432", Some("33024001432"));
        check("0000000", None);
        check(" 6002345 ", Some("6002345"));
        check("N/A", None);
        check("----", None);
        check("", None);
    }

    #[test]
    fn zoned_times() {
        let time = zoned_time("2019-06-06T07:29:51.34+02:00", TimeSource::Xmp).expect("a time");
        assert_eq!((time.local_seconds, time.offset_minutes), (1_559_806_191, Some(120)));
        assert_eq!(time.subsecond, Some(Subsecond { nanos: 340_000_000, digits: 2 }));
        let time = zoned_time("2019-06-06T07:29:51-0700", TimeSource::Container).expect("a time");
        assert_eq!((time.offset_minutes, time.subsecond), (Some(-420), None));
        assert_eq!(zoned_time("2019-06-06T07:29:51Z", TimeSource::Xmp).and_then(|t| t.offset_minutes), Some(0));
        assert_eq!(zoned_time("2019-06-06", TimeSource::Xmp), None);
        assert_eq!(zoned_time("2019-06-06T07:29:51\u{e9}\u{e9}", TimeSource::Xmp).map(|t| t.offset_minutes), Some(None));
    }
}
