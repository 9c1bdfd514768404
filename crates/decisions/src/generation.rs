//! Which file came first out of the camera: the rule `original-quality`.
//!
//! Each asset is placed by itself (not against another), so that the order of all assets is total. It is told from what copies lose or
//! gain on their way: camera metadata, the name of an editing program, claimed sides that no longer fit, traces of an enlargement. Names
//! and bytes say nothing here. What two encodes of one generation have lost is `compression.rs`.

use crate::AssetFacts;
use model::{Family, Format, TimeSource};

/// Sides may differ by so much from what the metadata claims before a picture counts as resized; programs round and cameras crop a few
/// lines. Share of the longer side.
const CLAIM_SLACK: f64 = 0.02;

/// A lossless picture with a block grid stronger than this was a JPEG before.
/// Measured 2026-11 on 10 camera pictures of `perf`: halved pictures without a JPEG's grid 0.98 to 1.01, after JPEG of quality 85 and
/// less 1.08 and more, after quality 92 still 1.02 to 1.13; on `ladder_*`: 15 of 16 PNGs made from JPEGs 1.10 and more.
pub(crate) const BLOCK_GRID_MIN: f32 = 1.06;

/// A picture without camera metadata and with less fine detail than this counts as enlarged.
/// Measured 2026-11 on 10 camera pictures of `perf`: as they are 0.39 to 0.74, enlarged twice 0.14 to 0.38, nine of ten below 0.3.
const ENLARGED_DETAIL_MAX: f32 = 0.3;

/// Marks of programs that edit or convert, in the Software field, lower case. Anything else is taken for a camera's firmware, since a
/// firmware's version taken for an editor would put an original behind its copies.
const EDITORS: &[&str] = &[
    "acdsee",
    "affinity",
    "aperture",
    "canva",
    "capture one",
    "convert",
    "corel",
    "darktable",
    "digikam",
    "dxo",
    "edit",
    "export",
    "facetune",
    "faststone",
    "ffmpeg",
    "gimp",
    "google",
    "imagemagick",
    "instagram",
    "iphoto",
    "irfanview",
    "lightroom",
    "luminar",
    "magick",
    "microsoft",
    "paint",
    "photomatix",
    "photos ",
    "photoscape",
    "photoshop",
    "picasa",
    "pixelmator",
    "polarr",
    "prisma",
    "rawtherapee",
    "resiz",
    "snapseed",
    "viewer",
    "vsco",
    "windows",
    "xnview",
    "zoner",
];

/// How far a file is from the camera, nearest first. Values of equal [`rank`](Self::rank) are not told apart by `original-quality`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// As the camera (or phone) wrote it.
    Original,
    /// With camera metadata, but written by another program.
    Resaved,
    /// With camera metadata, but smaller than it claims to be.
    Resized,
    /// Lightroom's preview of an original.
    Preview,
    /// A lossless picture that shows a JPEG's block grid.
    Converted,
    /// Without camera metadata: a screenshot, or a copy that lost them.
    Unknown,
    /// Larger than it claims, or without the detail of its size.
    Enlarged,
}

impl Generation {
    /// Returns where an asset stands.
    #[must_use]
    pub fn of(facts: &AssetFacts) -> Self {
        let claim = claim(facts);
        if is_lightroom_preview(facts) {
            Generation::Preview
        } else if facts.format.is_some_and(Format::is_raw) {
            Generation::Original
        } else if claim == Claim::Smaller || lacks_detail(facts) {
            Generation::Enlarged
        } else if is_lossless(facts) && facts.encoding.block_grid.is_some_and(|grid| grid > BLOCK_GRID_MIN) {
            Generation::Converted
        } else if !has_camera_traces(facts) {
            Generation::Unknown
        } else if claim == Claim::Larger {
            Generation::Resized
        } else if was_resaved(facts) || !has_camera_metadata(facts) {
            Generation::Resaved
        } else {
            Generation::Original
        }
    }

    /// Returns the place in the order of `original-quality`, 0 first. A reduced copy and one without camera metadata share a place: which
    /// of them is worth more, their pixels say.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Generation::Original => 0,
            Generation::Resaved => 1,
            Generation::Resized | Generation::Preview | Generation::Converted | Generation::Unknown => 2,
            Generation::Enlarged => 3,
        }
    }

    /// Says it of one asset.
    pub(crate) fn words(self, facts: &AssetFacts) -> String {
        match self {
            Generation::Original => "as the camera wrote it".to_owned(),
            Generation::Resaved => match &facts.metadata.software {
                Some(software) if is_editor(software) => format!("re-saved by {}", crate::wording::quoted(software)),
                _ => "re-saved, part of the camera's metadata is lost".to_owned(),
            },
            Generation::Resized => "smaller than its metadata say".to_owned(),
            Generation::Preview => "a preview written by Lightroom".to_owned(),
            Generation::Converted => "converted from a JPEG".to_owned(),
            Generation::Unknown => "without camera metadata".to_owned(),
            Generation::Enlarged => "enlarged".to_owned(),
        }
    }
}

/// Tells a picture that is taken for an enlargement by its lack of fine detail alone: soft photos look like that too.
pub(crate) fn lacks_detail(facts: &AssetFacts) -> bool {
    claim(facts) != Claim::Smaller && !has_camera_metadata(facts) && facts.encoding.detail.is_some_and(|d| d < ENLARGED_DETAIL_MAX)
}

/// Tells formats that lose nothing. WebP and JPEG XL are either; only lossless ones are measured for a block grid.
pub(crate) fn is_lossless(facts: &AssetFacts) -> bool {
    match facts.format {
        Some(Format::Png | Format::Bmp | Format::Tiff) => true,
        Some(Format::WebP | Format::Jxl) => facts.encoding.block_grid.is_some(),
        _ => false,
    }
}

/// Tells names as Lightroom gives to smart previews, `8-4-4-4-12` hexadecimal digits and `.dng`.
pub(crate) fn is_preview_name(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let mut parts = stem.split('-');
    extension.eq_ignore_ascii_case("dng")
        && [8, 4, 4, 4, 12]
            .iter()
            .all(|&digits| parts.next().is_some_and(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_hexdigit())))
        && parts.next().is_none()
}

fn is_lightroom_preview(facts: &AssetFacts) -> bool {
    is_preview_name(&facts.name) && facts.metadata.software.as_deref().is_some_and(|software| software.to_lowercase().contains("lightroom"))
}

fn is_film(facts: &AssetFacts) -> bool {
    facts.format.is_some_and(|format| format.family() == Family::Video)
}

/// Tells a capture time that a camera wrote; a last change is any program's.
fn has_capture_time(facts: &AssetFacts) -> bool {
    facts.metadata.taken.is_some_and(|time| !matches!(time.source, TimeSource::ExifModified | TimeSource::Name | TimeSource::Sidecar))
}

fn has_camera(facts: &AssetFacts) -> bool {
    facts.metadata.make.is_some() || facts.metadata.model.is_some()
}

/// Tells all that a camera writes: camera and time; films often tell their time only.
fn has_camera_metadata(facts: &AssetFacts) -> bool {
    has_capture_time(facts) && (has_camera(facts) || is_film(facts))
}

/// Tells anything that only a camera writes.
fn has_camera_traces(facts: &AssetFacts) -> bool {
    has_camera(facts) || has_capture_time(facts) || facts.metadata.exposure_s.is_some() || facts.metadata.iso.is_some()
}

fn is_editor(software: &str) -> bool {
    let software = software.to_lowercase();
    EDITORS.iter().any(|editor| software.contains(editor))
}

/// Tells camera metadata in a file that no camera writes so: an editor's name, a progressive JPEG, a format of programs.
fn was_resaved(facts: &AssetFacts) -> bool {
    facts.metadata.software.as_deref().is_some_and(is_editor)
        || facts.encoding.progressive == Some(true)
        || matches!(facts.format, Some(Format::Png | Format::WebP | Format::Gif | Format::Bmp | Format::Jxl))
}

#[derive(PartialEq, Eq)]
enum Claim {
    Fits,
    Larger,
    Smaller,
}

/// Compares the sides that the metadata claims with those of the picture, whichever way it lies. RAW files claim their sensor's or
/// their preview's and films nothing.
fn claim(facts: &AssetFacts) -> Claim {
    let (Some(width), Some(height)) = (facts.metadata.claimed_width, facts.metadata.claimed_height) else { return Claim::Fits };
    if width == 0 || height == 0 || facts.pixels() == 0 || facts.format.is_some_and(|format| format.family() != Family::Rendered) {
        return Claim::Fits;
    }
    let claimed = (f64::from(width.max(height)), f64::from(width.min(height)));
    let actual = (f64::from(facts.width.max(facts.height)), f64::from(facts.width.min(facts.height)));
    if claimed.0 > actual.0 * (1.0 + CLAIM_SLACK) || claimed.1 > actual.1 * (1.0 + CLAIM_SLACK) {
        Claim::Larger
    } else if claimed.0 < actual.0 * (1.0 - CLAIM_SLACK) && claimed.1 < actual.1 * (1.0 - CLAIM_SLACK) {
        Claim::Smaller
    } else {
        Claim::Fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{camera, plain};

    /// One row a case: how the file differs from a camera's own of 4000 × 3000, and where it is placed.
    #[test]
    fn placed_by_what_copies_lose() {
        let check = |change: fn(&mut AssetFacts), expected: Generation, label: &str| {
            let mut facts = camera(1);
            change(&mut facts);
            assert_eq!(Generation::of(&facts), expected, "{label}");
        };
        use Generation::*;
        check(|_| {}, Original, "camera");
        check(|f| f.metadata.software = Some("Ver.1.00".into()), Original, "firmware");
        check(|f| f.metadata.software = Some("HDR+ 1.0.345618096zd".into()), Original, "firmware of a phone");
        check(|f| f.metadata.software = Some("16.1.2".into()), Original, "firmware of a phone");
        check(|f| f.metadata.software = Some("G991BXXU5CVGB".into()), Original, "firmware of a phone");
        check(|f| f.encoding.standard_tables = Some(true), Original, "standard tables alone prove nothing");
        check(|f| f.metadata.software = Some("Exporter 4.1".into()), Resaved, "program");
        check(|f| f.metadata.software = Some("Adobe Photoshop CS2 Macintosh".into()), Resaved, "program");
        check(|f| f.metadata.software = Some("Picasa".into()), Resaved, "program");
        check(|f| f.encoding.progressive = Some(true), Resaved, "no camera writes progressive files");
        check(|f| f.format = Some(Format::Png), Resaved, "no camera writes PNG");
        check(|f| (f.metadata.make, f.metadata.model) = (None, None), Resaved, "camera lost, time kept");
        check(|f| f.metadata.taken = None, Resaved, "time lost, camera kept");
        check(|f| (f.width, f.height) = (1024, 768), Resized, "claims 4000 × 3000");
        check(|f| (f.width, f.height) = (3000, 4000), Original, "claims lie, picture stands");
        check(|f| (f.width, f.height) = (3960, 2970), Original, "within the slack");
        check(|f| (f.width, f.height) = (4000, 2250), Resized, "cropped, claim kept");
        check(|f| (f.width, f.height) = (8000, 6000), Enlarged, "claims 4000 × 3000");
        check(|f| f.encoding.detail = Some(0.1), Original, "a camera's own may be out of focus");
        check(|f| f.format = Some(Format::Dng), Original, "RAW");
        check(
            |f| (f.format, f.metadata.software) = (Some(Format::Dng), Some("Adobe Photoshop Lightroom Classic 12.3".into())),
            Original,
            "DNG by Lightroom",
        );
        check(
            |f| {
                f.format = Some(Format::Dng);
                f.name = "00BAACF9-1111-2222-3333-0123456789ab.DNG".into();
                f.metadata.software = Some("Adobe Photoshop Lightroom Classic 12.3".into());
            },
            Preview,
            "smart preview",
        );
    }

    #[test]
    fn without_camera_data_the_pixels_speak() {
        let check = |change: fn(&mut AssetFacts), expected: Generation, label: &str| {
            let mut facts = plain(1);
            change(&mut facts);
            assert_eq!(Generation::of(&facts), expected, "{label}");
        };
        use Generation::*;
        check(|_| {}, Unknown, "JPEG");
        check(|f| f.metadata.software = Some("Google".into()), Unknown, "a program's name alone");
        let png = |f: &mut AssetFacts, grid, detail| {
            f.format = Some(Format::Png);
            (f.encoding.block_grid, f.encoding.detail) = (Some(grid), Some(detail));
        };
        check(|f| f.format = Some(Format::Png), Unknown, "PNG, not measured");
        let mut screenshot = plain(1);
        png(&mut screenshot, 1.01, 0.8);
        assert_eq!(Generation::of(&screenshot), Unknown);
        png(&mut screenshot, 1.11, 0.8);
        assert_eq!(Generation::of(&screenshot), Converted);
        png(&mut screenshot, 1.01, 0.2);
        assert_eq!(Generation::of(&screenshot), Enlarged);
    }

    #[test]
    fn preview_names() {
        let check = |name: &str, expected: bool| assert_eq!(is_preview_name(name), expected, "{name}");
        check("00BAACF9-1111-2222-3333-0123456789AB.dng", true);
        check("00baacf9-1111-2222-3333-0123456789ab.DNG", true);
        check("00BAACF9-1111-2222-3333-0123456789AB.jpg", false);
        check("00BAACF-91111-2222-3333-0123456789AB.dng", false);
        check("00BAACFG-1111-2222-3333-0123456789AB.dng", false);
        check("00BAACF9-1111-2222-3333-0123456789AB-1.dng", false);
        check("x00BAACF9-1111-2222-3333-0123456789AB.dng", false);
        check("00BAACF9-1111-2222-3333-0123456789ÄB.dng", false);
        check(".dng", false);
        check("", false);
    }
}
