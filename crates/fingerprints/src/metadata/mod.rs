//! What a file says of its own taking: EXIF, XMP, IPTC and maker notes, wherever the format keeps them. Sidecars, names and times of
//! the file system are never looked at; films are the video module's.
//!
//! **Invariant:** a fact that is damaged, zero over zero or a maker's filler is unknown, never wrong. Where two blocks tell the same
//! fact, EXIF is believed before XMP before IPTC, but for captions, where XMP's are whole and EXIF's often cut to ASCII.

mod camera;
mod exif;
pub(crate) mod film;
mod iptc;
mod locate;
mod maker;
mod text;
mod xmp;

pub(crate) use camera::geo_point;
pub(crate) use locate::{CANON_UUID, XMP_UUID};
pub(crate) use text::{is_filler, zoned_time};
pub(crate) use xmp::Xmp;

use locate::Block;
use model::{CaptureTime, Format, Metadata};

/// Most keywords kept of one file.
pub(crate) const KEYWORDS_MAX: usize = 1000;

/// What was read, block by block; the first to tell a fact is believed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// All but the time and the caption.
    metadata: Metadata,
    orientation: Option<u16>,
    original: Option<CaptureTime>,
    digitized: Option<CaptureTime>,
    modified: Option<CaptureTime>,
    xmp_time: Option<CaptureTime>,
    exif_caption: Option<String>,
    xmp_caption: Option<String>,
    iptc_caption: Option<String>,
    motion: bool,
}

/// What a still says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    /// Of its taking.
    pub(crate) metadata: Metadata,
    /// EXIF's orientation, 1 to 8; 1 where none is told.
    pub(crate) orientation: u16,
    /// Whether XMP says that a film is inside.
    pub(crate) says_motion: bool,
}

/// Returns what the still `bytes` says of itself. Never fails: what cannot be read is unknown.
pub(crate) fn read(bytes: &[u8], format: Format) -> Facts {
    let mut reading = Reading::default();
    for block in locate::blocks(bytes, format) {
        match block {
            Block::Exif(tiff) => exif::read(&tiff, &mut reading),
            Block::ExifPart(tiff) => exif::read_part(tiff, &mut reading),
            Block::GpsPart(tiff) => exif::read_gps_part(tiff, &mut reading),
            Block::CanonPart(tiff) => maker::read_canon_part(tiff, &mut reading.metadata),
            Block::Xmp(packet) => Xmp::parse(&packet).tell(&mut reading),
            Block::Iptc(records) => iptc::read(&records, &mut reading),
        }
    }
    reading.into_facts()
}

impl Reading {
    fn into_facts(self) -> Facts {
        let mut metadata = self.metadata;
        metadata.taken = self.original.or(self.digitized).or(self.xmp_time).or(self.modified);
        let caption = [self.xmp_caption, self.iptc_caption, self.exif_caption].into_iter().flatten();
        metadata.caption = caption.into_iter().find(|text| !is_filler(text, &metadata));
        metadata.keywords.truncate(KEYWORDS_MAX);
        let orientation = self.orientation.filter(|o| (1..=8).contains(o)).unwrap_or(1);
        Facts { metadata, orientation, says_motion: self.motion }
    }
}

/// Returns the EXIF block in the head of a JPEG.
pub(crate) fn exif_block(jpeg: &[u8]) -> Option<Vec<u8>> {
    locate::blocks(jpeg, Format::Jpeg).into_iter().find_map(|block| match block {
        Block::Exif(tiff) => Some(tiff.into_owned()),
        _ => None,
    })
}

/// Keeps what is known; else takes `told`.
pub(crate) fn fill<T>(known: &mut Option<T>, told: Option<T>) {
    if known.is_none() {
        *known = told;
    }
}

/// Adds a keyword that is not there yet, up to [`KEYWORDS_MAX`].
pub(crate) fn add_keyword(keywords: &mut Vec<String>, keyword: &str) {
    let keyword = keyword.trim();
    if !keyword.is_empty() && keywords.len() < KEYWORDS_MAX && !keywords.iter().any(|known| known == keyword) {
        keywords.push(keyword.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_bounded_and_each_is_kept_once() {
        let mut keywords = Vec::new();
        add_keyword(&mut keywords, " lake ");
        add_keyword(&mut keywords, "lake");
        add_keyword(&mut keywords, "  ");
        assert_eq!(keywords, ["lake"]);
        (1..KEYWORDS_MAX + 1).for_each(|n| add_keyword(&mut keywords, &n.to_string()));
        assert_eq!(keywords.len(), KEYWORDS_MAX);
    }

    #[test]
    fn the_best_time_is_believed() {
        let time = |source| CaptureTime { local_seconds: 1, subsecond: None, offset_minutes: None, source };
        use model::TimeSource::{ExifDigitized, ExifModified, ExifOriginal, Xmp};
        let mut reading = Reading { modified: Some(time(ExifModified)), ..Reading::default() };
        let mut check = |change: fn(&mut Reading, CaptureTime), source| {
            change(&mut reading, time(source));
            assert_eq!(reading.clone().into_facts().metadata.taken.map(|t| t.source), Some(source));
        };
        check(|_, _| {}, ExifModified);
        check(|reading, time| reading.xmp_time = Some(time), Xmp);
        check(|reading, time| reading.digitized = Some(time), ExifDigitized);
        check(|reading, time| reading.original = Some(time), ExifOriginal);
    }
}
