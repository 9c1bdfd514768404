//! What a file is to us, by its first bytes and, where those say nothing, by its name: which outcome the ledger gets.

use model::{Cause, Encoding, FileKind, Fingerprint, Format, Metadata, Outcome};

/// What the first bytes of a file say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Head {
    /// A still picture.
    Still(Format),
    /// A film.
    Film(Format),
    /// No kind known here: the outcome, and whether it is named like media.
    Unknown(Outcome, FileKind),
}

/// Extensions by which people mean photos and films. Only used to word the outcome of a file whose content says nothing.
const MEDIA_EXTENSIONS: &[&str] = &[
    "3gp", "arw", "avi", "avif", "bmp", "cr2", "cr3", "dng", "gif", "heic", "heif", "jfif", "jpe", "jpeg", "jpg", "jxl", "m2ts", "m4v",
    "mkv", "mov", "mp", "mp4", "mpeg", "mpg", "mts", "mv", "nef", "orf", "pef", "png", "raf", "rw2", "srw", "tif", "tiff", "webm", "webp",
    "wmv",
];

/// Returns what the head of a file named `name` says.
pub(crate) fn by_head(head: &[u8], name: &str) -> Head {
    match fingerprints::sniff(head) {
        Some(format) if format.is_video() => Head::Film(format),
        Some(format) => Head::Still(format),
        None => {
            let named_like_media =
                name.rsplit_once('.').is_some_and(|(_, ext)| MEDIA_EXTENSIONS.contains(&ext.to_ascii_lowercase().as_str()));
            match (named_like_media, head.is_empty()) {
                (true, true) => Head::Unknown(Outcome::Failed(Cause::new("empty", "the file is empty")), FileKind::Media),
                (true, false) => Head::Unknown(
                    Outcome::Failed(Cause::new("not-recognised", "named like a photo or film, but its content is no kind known here")),
                    FileKind::Media,
                ),
                (false, true) => Head::Unknown(Outcome::Skipped(Cause::new("empty", "the file is empty")), FileKind::Other),
                (false, false) => Head::Unknown(Outcome::Skipped(Cause::new("not-a-photo", "neither a photo nor a film")), FileKind::Other),
            }
        }
    }
}

/// Returns how a file ends whose fingerprint was drawn: failed where a picture of a kind that we can decode could not be.
pub(crate) fn outcome_of(print: &Fingerprint) -> Outcome {
    match &print.undecoded {
        Some(words) if fingerprints::support().iter().any(|support| support.format == print.format && support.pixels) => {
            Outcome::Failed(Cause::new("undecodable", words.clone()))
        }
        _ => Outcome::Done,
    }
}

/// Returns the fingerprint of bytes of which only the format is known.
pub(crate) fn undecoded(format: Format, why: &str) -> Fingerprint {
    Fingerprint {
        recipe: fingerprints::RECIPE,
        format,
        width: 0,
        height: 0,
        orientation: 1,
        frames: 1,
        metadata: Metadata::default(),
        payload: None,
        picture: None,
        key_frames: Vec::new(),
        encoding: Encoding::default(),
        has_embedded_video: false,
        undecoded: Some(why.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_only_words_the_outcome() {
        let outcome = |head: &[u8], name: &str| match by_head(head, name) {
            Head::Unknown(outcome, kind) => (outcome.name(), outcome.cause().map(|c| c.code.clone()).unwrap_or_default(), kind),
            other => panic!("{other:?}"),
        };
        assert_eq!(outcome(b"", "a.JPG"), ("failed", "empty".into(), FileKind::Media));
        assert_eq!(outcome(b"", "notes"), ("skipped", "empty".into(), FileKind::Other));
        assert_eq!(outcome(b"just words", "a.jpg"), ("failed", "not-recognised".into(), FileKind::Media));
        assert_eq!(outcome(b"just words", "a.txt"), ("skipped", "not-a-photo".into(), FileKind::Other));
        assert!(matches!(by_head(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01", "liar.heic"), Head::Still(Format::Jpeg)));
    }
}
