//! How much a file lost by compression: the rule `compression`, and whether the first encode of two can be told at all.
//!
//! Bytes are no measure. Re-encoding at a higher setting brings back nothing, and sizes do not show it: measured 2026-11 on `perf` and
//! `ladder_*`, JPEGs made at a setting up to ten steps above *or* below the first differ in size alike (to the power 0.2 of the
//! quantisation step, either way). So settings are compared in steps of ten only, and a copy near the keeper's setting is not offered
//! unless something else shows which came first.

use crate::AssetFacts;
use crate::generation::{BLOCK_GRID_MIN, Generation, is_lossless};
use model::{Family, Format};

/// Copies whose setting lies closer than this to the keeper's (or above) may be the first encode: editors save a phone's 86 at 92 and keep
/// its metadata. Steps of the IJG scale. Storage saver writes 78 to 82, phones 83 to 97 (perf, 2026-11); between these the upload date tells.
const NEAR_SETTING: i16 = 10;
/// JPEGs of this setting and more may leave no block grid that can be seen ([`BLOCK_GRID_MIN`]). IJG scale.
const UNSEEN_GRID_SETTING_MIN: u8 = 86;

/// Lossless pictures of fewer bytes a pixel are drawn (screenshots), others are photos, which cameras do not write so: they were
/// something else before. Measured 2026-11: a drawn chat page 0.04, the PNGs of photos in `ladder_*` 0.36 and more.
const DRAWN_BYTES_A_PIXEL_MAX: f64 = 0.2;

/// A copy with fewer pixels than this share of the keeper's was made from it or from its like, whatever its setting: programs that make
/// pictures larger are told by `original-quality`. More is rounding and cropped edges.
const FEWER_PIXELS: f64 = 0.95;

/// JPEGs below this setting lose so much that a blurred or toned copy looks like them. IJG scale. Measured 2026-11 on `ladder_clothing`: the
/// blurred copy of a photo passes for a copy of its JPEG of quality 3, and of none of 30 or more.
const COARSE_SETTING_MAX: u8 = 30;
/// A copy finer than a coarse keeper by this many steps is not offered. IJG scale: settings are told in tens.
const COARSE_STEP: i16 = 10;

/// Place in the order of `compression`: smaller lost less. First the kind, then steps of ten (JPEG) or doublings (films).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Compression {
    kind: Kind,
    step: u8,
}

/// Declared from the least lost to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Sensor data, HEIC (written by cameras; copies of it are JPEGs), films.
    Camera,
    /// Nothing lost, no trace of a JPEG before.
    Lossless,
    /// JPEG with a camera's own quantisation tables.
    OwnTables,
    /// JPEG with the tables of the IJG's library.
    Jpeg,
    /// Lossless photos that no camera wrote and that show no trace of what they were before (see [`DRAWN_BYTES_A_PIXEL_MAX`]).
    LosslessPhoto,
    /// Formats that services write.
    OtherLossy,
    /// Lossless, but made from a JPEG.
    Converted,
}

impl Compression {
    pub(crate) fn of(facts: &AssetFacts, generation: Generation) -> Self {
        let Some(format) = facts.format else { return Self { kind: Kind::OtherLossy, step: 0 } };
        let kind = match generation {
            Generation::Preview => Kind::OtherLossy,
            Generation::Converted => Kind::Converted,
            _ if is_lossless(facts) && generation.rank() >= 2 && is_photo_by_bytes(facts) => Kind::LosslessPhoto,
            _ if is_lossless(facts) => Kind::Lossless,
            _ => match (format.family(), format) {
                (Family::Raw | Family::Video, _) | (_, Format::Heic) => Kind::Camera,
                (_, Format::Jpeg) if generation.rank() < 2 && facts.encoding.standard_tables == Some(false) => Kind::OwnTables,
                (_, Format::Jpeg) => Kind::Jpeg,
                _ => Kind::OtherLossy,
            },
        };
        let step = match format.family() {
            Family::Video => film_step(facts),
            _ => facts.encoding.jpeg_quality.map_or(if format == Format::Jpeg { 10 } else { 0 }, |quality| 9 - quality.min(99) / 10),
        };
        Self { kind, step }
    }

    /// Says it of one asset.
    pub(crate) fn words(self, facts: &AssetFacts) -> String {
        let name = facts.format.map_or("unknown format", Format::name);
        match (self.kind, facts.encoding.jpeg_quality) {
            (Kind::OwnTables, Some(quality)) => format!("{name} of quality about {quality} with a camera's own tables"),
            (Kind::Jpeg, Some(quality)) => format!("{name} of quality about {quality}"),
            (Kind::Lossless, _) => format!("lossless {name}"),
            (Kind::LosslessPhoto, _) => format!("{name} of a photo, which was something else before"),
            (Kind::Converted, _) => format!("{name} made from a JPEG"),
            (Kind::Camera, _) if facts.format.is_some_and(Format::is_video) => {
                format!("{name} of {} kB a second", bytes_a_second(facts) / 1000)
            }
            _ => name.to_owned(),
        }
    }
}

fn bytes_a_second(facts: &AssetFacts) -> u64 {
    facts.size_bytes.saturating_mul(1000) / facts.metadata.duration_ms.filter(|ms| *ms > 0).unwrap_or(1000)
}

/// Doublings of bytes a second below 2⁶⁴.
fn film_step(facts: &AssetFacts) -> u8 {
    u8::try_from(bytes_a_second(facts).leading_zeros()).unwrap_or(64)
}

/// Says why a re-encoded `member` could as well be the file that the keeper was made from; `None` where something shows that it is not.
/// Both are of about the same size.
pub(crate) fn may_be_the_first(keeper: &AssetFacts, member: &AssetFacts) -> Option<String> {
    let (of_keeper, of_member) = (Generation::of(keeper), Generation::of(member));
    let fewer_pixels = (member.pixels() as f64) < FEWER_PIXELS * keeper.pixels() as f64;
    if of_keeper.rank() != of_member.rank() || fewer_pixels {
        return None;
    }
    if of_keeper.rank() < 2 && keeper.orientation != member.orientation {
        return Some("one is stored sideways, the other not: which was first cannot be told".to_owned());
    }
    let earlier = matches!((keeper.uploaded_utc_seconds, member.uploaded_utc_seconds), (Some(kept), Some(other)) if kept < other);
    let (kept, other) = (setting(keeper), setting(member));
    match (keeper.format, member.format) {
        (Some(Format::Jpeg), Some(Format::Jpeg)) => {
            let (Some(kept), Some(other)) = (kept, other) else {
                return Some("both are JPEGs and their quality is unknown: which was first cannot be told".to_owned());
            };
            let lower = i16::from(kept) - i16::from(other);
            let told = lower >= NEAR_SETTING || (earlier && lower > -NEAR_SETTING);
            (!told).then(|| format!("quality about {kept} and about {other}: which was first cannot be told"))
        }
        (_, Some(Format::Jpeg)) if is_lossless(keeper) && of_keeper != Generation::Converted => {
            let hidden = other.is_none_or(|quality| quality >= UNSEEN_GRID_SETTING_MIN)
                || keeper.encoding.block_grid.is_none_or(|grid| grid > (1.0 + BLOCK_GRID_MIN) / 2.0)
                || is_photo_by_bytes(keeper);
            hidden.then(|| "the keeper may have been made from this JPEG: which was first cannot be told".to_owned())
        }
        (Some(Format::Jpeg), Some(b)) if is_lossless(member) && of_member != Generation::Converted => {
            Some(format!("the keeper may have been made from this {b}: which was first cannot be told"))
        }
        (Some(a), Some(b)) if is_other_lossy(keeper) && b != Format::Jpeg && !b.is_video() => {
            Some(format!("{a} and {b}: which was first cannot be told"))
        }
        (Some(a), Some(b)) if a.is_video() && b.is_video() => (film_step(keeper) >= film_step(member) && !earlier)
            .then(|| "two films of one size and rate: which was first cannot be told".to_owned()),
        _ => None,
    }
}

/// Tells a format that services write and that says nothing of its quality (WebP, AVIF, JPEG XL): what looks like it may be its source.
fn is_other_lossy(facts: &AssetFacts) -> bool {
    !is_lossless(facts) && matches!(facts.format, Some(Format::WebP | Format::Avif | Format::Jxl))
}

/// Says why so coarsely compressed a keeper cannot vouch for what `member` shows: beside its own losses an edit would not be seen.
pub(crate) fn too_coarse(keeper: &AssetFacts, member: &AssetFacts) -> Option<String> {
    let kept = setting(keeper).filter(|kept| *kept < COARSE_SETTING_MAX)?;
    let is_finer = setting(member).is_none_or(|other| i16::from(other) >= i16::from(kept) + COARSE_STEP);
    is_finer.then(|| format!("the keeper is a JPEG of quality about {kept}: too coarse to show that this is the same"))
}

/// Tells a photo from a drawn page among lossless pictures.
fn is_photo_by_bytes(facts: &AssetFacts) -> bool {
    facts.size_bytes as f64 > DRAWN_BYTES_A_PIXEL_MAX * facts.pixels() as f64
}

fn setting(facts: &AssetFacts) -> Option<u8> {
    facts.encoding.jpeg_quality
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{camera, plain};

    fn jpeg(quality: u8, with_camera: bool) -> AssetFacts {
        let mut facts = if with_camera { camera(1) } else { plain(1) };
        facts.encoding.jpeg_quality = Some(quality);
        facts
    }

    fn png(grid: Option<f32>) -> AssetFacts {
        let mut facts = plain(1);
        facts.format = Some(Format::Png);
        facts.encoding = model::Encoding { block_grid: grid, ..Default::default() };
        facts
    }

    #[test]
    fn the_order_of_traces() {
        let of = |facts: &AssetFacts| Compression::of(facts, Generation::of(facts));
        let mut own = jpeg(85, true);
        own.encoding.standard_tables = Some(false);
        let mut heic = camera(1);
        heic.format = Some(Format::Heic);
        let mut webp = plain(1);
        webp.format = Some(Format::WebP);
        let photo = AssetFacts { size_bytes: 2_000_000, ..png(Some(1.0)) };
        let order = [heic, png(Some(1.0)), own, jpeg(95, true), jpeg(75, true), jpeg(30, false), photo, webp, png(Some(1.2))];
        for pair in order.windows(2) {
            assert!(of(&pair[0]) < of(&pair[1]), "{:?} {:?}", of(&pair[0]), of(&pair[1]));
        }
        assert_eq!(of(&jpeg(70, false)), of(&jpeg(75, false)), "within one step of ten");
        assert_eq!(of(&jpeg(100, false)), of(&jpeg(90, false)));
    }

    #[test]
    fn a_coarse_keeper_vouches_for_coarse_copies_only() {
        assert!(too_coarse(&jpeg(3, false), &jpeg(90, false)).is_some());
        assert!(too_coarse(&jpeg(3, false), &png(None)).is_some());
        assert!(too_coarse(&jpeg(29, false), &jpeg(39, false)).is_some());
        assert!(too_coarse(&jpeg(29, false), &jpeg(38, false)).is_none());
        assert!(too_coarse(&jpeg(30, false), &jpeg(90, false)).is_none());
        assert!(too_coarse(&png(None), &jpeg(3, false)).is_none());
    }

    /// Keeper, member, whether the first can be told.
    #[test]
    fn the_first_encode_is_told_or_not() {
        let check = |keeper: &AssetFacts, member: &AssetFacts, told: bool, label: &str| {
            assert_eq!(may_be_the_first(keeper, member).is_none(), told, "{label}: {:?}", may_be_the_first(keeper, member));
        };
        check(&jpeg(92, true), &jpeg(78, true), true, "clearly lower");
        check(&jpeg(92, true), &jpeg(82, true), true, "ten steps lower");
        check(&jpeg(92, true), &jpeg(83, true), false, "nine steps lower");
        let sideways = AssetFacts { orientation: 6, ..jpeg(60, true) };
        check(&jpeg(92, true), &sideways, false, "stored sideways, with camera metadata");
        check(&jpeg(92, false), &AssetFacts { orientation: 6, ..jpeg(60, false) }, true, "stored sideways, without");
        check(&jpeg(82, true), &jpeg(86, true), false, "member is better");
        check(&jpeg(75, false), &jpeg(70, false), false, "without camera metadata");
        check(&jpeg(75, false), &jpeg(66, false), false, "nine lower");
        check(&jpeg(75, false), &jpeg(65, false), true, "ten lower");
        check(&jpeg(75, true), &jpeg(95, false), true, "only the keeper has camera metadata");
        let at = |mut facts: AssetFacts, seconds| {
            facts.uploaded_utc_seconds = Some(seconds);
            facts
        };
        check(&at(jpeg(81, true), 1), &at(jpeg(82, true), 2), true, "the keeper came first");
        check(&at(jpeg(81, true), 2), &at(jpeg(82, true), 1), false, "the member came first");
        check(&at(jpeg(60, true), 1), &at(jpeg(95, true), 2), false, "first, but much worse");
        check(&png(Some(1.0)), &jpeg(75, false), true, "a JPEG of 75 would have left a grid");
        check(&png(Some(1.05)), &jpeg(75, false), false, "a doubtful grid");
        check(&png(Some(1.0)), &jpeg(92, false), false, "a JPEG of 92 may leave none");
        let photo = AssetFacts { size_bytes: 2_000_000, ..png(Some(1.0)) };
        check(&photo, &jpeg(75, false), false, "a photo without camera metadata was something else before");
        check(&png(None), &jpeg(30, false), false, "never measured");
        check(&jpeg(92, false), &png(Some(1.2)), true, "the PNG was made from a JPEG");
        let mut webp = plain(1);
        webp.format = Some(Format::WebP);
        check(&webp, &png(Some(1.2)), false, "a WebP and a PNG");
        check(&jpeg(80, false), &photo, false, "a JPEG and a PNG that shows no grid");
        check(&webp, &webp.clone(), false, "two WebPs");
        let smaller = AssetFacts { width: 1500, ..jpeg(95, false) };
        check(&jpeg(75, false), &smaller, true, "the keeper has more pixels");
        check(&jpeg(75, false), &AssetFacts { width: 1590, ..jpeg(95, false) }, false, "the keeper has hardly more pixels");
        let mut unknown = jpeg(1, false);
        unknown.encoding.jpeg_quality = None;
        check(&jpeg(92, false), &unknown, false, "unknown quality");
    }
}
