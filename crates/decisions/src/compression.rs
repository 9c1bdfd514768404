//! How much a file lost by compression: the rule `compression`, and whether the first encode of two can be told at all.
//!
//! Bytes are no measure. Re-encoding at a higher setting brings back nothing, and sizes do not show it: measured 2026-11 on `perf` and
//! `ladder_*`, JPEGs made at a setting up to ten steps above *or* below the first differ in size alike (to the power 0.2 of the
//! quantisation step, either way). What shows it are the steps in which the averages of the blocks lie ([`model::BlockSteps`]): a file that
//! was coarser once shows it as long as the grid of blocks is the same. So JPEGs are compared by the coarsest step that ever coded them,
//! and a copy is not offered where it may be finer than the keeper, or its source.

use crate::AssetFacts;
use crate::generation::{BLOCK_GRID_MIN, Generation, is_lossless};
use model::{BlockSteps, Evidence, Family, Format, Proof, Relation};

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

/// How lenient matching may have been with a copy that is offered: from where a pair passes only for how coarsely one of the two was
/// compressed ([`model::SecondLook::leniency`]). Share of the limits of JPEG quality 30, which is the scale's own 1.
///
/// Measured 2026-11 on 24 photos (14 of `distractor_clothing`, 4 of `perf`, 6 of `cats`; long side 1,000 pixels): their JPEGs by quality
/// (IJG scale) against the original of quality 92 and against those of its 14 edits that pass for the same picture (saturation -50 to
/// +50 %, brightness, contrast, warmth 5 to 20 %, blur, sharpening). Let through at each bound, originals and edits, of those that pass:
///
/// | quality | original | edits | at 1 | at 1.2 | at 1.5 | at 3 | at 4.5 |
/// | --- | --- | --- | --- | --- | --- | --- | --- |
/// | 3 | 24 | 182 | 0, 0 | 0, 0 | 0, 1 | 19, 81 | 23, 148 |
/// | 4 | 24 | 169 | 0, 0 | 0, 1 | 1, 8 | 22, 103 | 24, 154 |
/// | 5 | 22 | 129 | 0, 0 | 0, 0 | 2, 5 | 22, 96 | 22, 128 |
/// | 6 | 23 | 135 | 1, 3 | 1, 7 | 12, 30 | 23, 119 | 23, 135 |
/// | 8 | 24 | 112 | 9, 16 | 16, 31 | 24, 63 | 24, 112 | 24, 112 |
/// | 10 | 24 | 94 | 16, 25 | 24, 49 | 24, 63 | 24, 94 | 24, 94 |
/// | 12 | 24 | 82 | 24, 41 | 24, 53 | 24, 63 | 24, 82 | 24, 82 |
/// | 20 | 23 | 55 | 23, 44 | 23, 52 | 23, 55 | 23, 55 | 23, 55 |
///
/// No bound tells the originals of quality 5 and less from edits: by the picture itself they cannot be offered. At 1 the edits left at 6 to
/// 10 are of sharpness (a blur of a pixel, a sharpening) but for 3 of 44.
const LENIENCY_MAX: f32 = 1.0;
/// The same where the group holds a finely coded copy of the keeper besides: then the keeper is the picture that was handed on, and no edit
/// that stands alone. Copies of quality 3 reach 4.72 (same photos) and 4.52 (`ladder_*`); the saturated copy of `ladder_raccoon` 2 beside
/// quality 3 reaches 5.88.
const LENIENCY_AMONG_COPIES_MAX: f32 = 4.8;

/// Place in the order of `compression`: smaller lost less. First the kind, then the coarsest step that ever coded it (JPEG) or doublings
/// (films), then files that show no earlier coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Compression {
    kind: Kind,
    step: u16,
    resaved: bool,
    /// The step of its own coding: of two made from one, the finer lost less.
    own: u16,
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
        let Some(format) = facts.format else { return Self { kind: Kind::OtherLossy, step: 0, resaved: false, own: 0 } };
        let resaved = is_resaved(facts);
        let own = facts.encoding.steps.map_or(0, |steps| steps.own);
        let kind = match generation {
            Generation::Preview => Kind::OtherLossy,
            Generation::Converted => Kind::Converted,
            _ if is_lossless(facts) && generation.rank() >= 2 && is_photo_by_bytes(facts) => Kind::LosslessPhoto,
            _ if is_lossless(facts) => Kind::Lossless,
            _ => match (format.family(), format) {
                (Family::Raw | Family::Video, _) | (_, Format::Heic) => Kind::Camera,
                (_, Format::Jpeg) if generation.rank() < 2 && facts.encoding.standard_tables == Some(false) && !resaved => Kind::OwnTables,
                (_, Format::Jpeg) => Kind::Jpeg,
                _ => Kind::OtherLossy,
            },
        };
        let step = match format.family() {
            Family::Video => u16::from(film_step(facts)),
            _ if format == Format::Jpeg => {
                facts.encoding.steps.map(|steps| steps.shown).or(setting(facts).map(first_step)).unwrap_or(u16::MAX)
            }
            _ => 0,
        };
        Self { kind, step, resaved, own: if resaved { own } else { 0 } }
    }

    /// Says it of one asset.
    pub(crate) fn words(self, facts: &AssetFacts) -> String {
        let name = facts.format.map_or("unknown format", Format::name);
        let earlier = facts.encoding.earlier_quality.filter(|_| self.resaved);
        match (self.kind, facts.encoding.jpeg_quality) {
            (Kind::Jpeg, Some(quality)) if earlier.is_some() => {
                format!("{name} of quality about {quality} made from one of about {}", earlier.unwrap_or(quality))
            }
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

/// Returns the first step of the IJG's brightness table at a setting.
fn first_step(quality: u8) -> u16 {
    let quality = u16::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    ((16 * percent + 50) / 100).clamp(1, 255)
}

/// Tells a file that was coded more coarsely before.
fn is_resaved(facts: &AssetFacts) -> bool {
    facts.encoding.steps.is_some_and(BlockSteps::is_resaved)
}

/// What the steps of two files on one grid of blocks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BySteps {
    /// The keeper lost no more than the member and was not made from it.
    Keeper,
    /// The keeper was coded more coarsely than the member ever was.
    Member,
    /// Neither can be said.
    Untold,
}

/// Compares steps; `None` where the two have no grid of blocks in common, so that an earlier coding of one need not show in the other.
///
/// A file made from another shows the other's step, if that is coarser than its own. So a keeper that shows only finer steps was not
/// made from the member; and a member that shows the keeper's own step was made from it, or both from one file of that setting (then the
/// second coding by the same step cost the keeper next to nothing). Of two made from one file, the one of the finer step was not made
/// from the other, whose step it would show. What speaks for the latter leaves it untold: the member
/// was uploaded first, or knows what the keeper does not, since copies lose metadata and gain none.
fn by_steps(keeper: &AssetFacts, member: &AssetFacts) -> Option<BySteps> {
    let one_grid = (keeper.width, keeper.height, keeper.orientation) == (member.width, member.height, member.orientation);
    let (kept, other) = keeper.encoding.steps.zip(member.encoding.steps).filter(|_| one_grid)?;
    let worst = other.shown;
    let member_is_older = matches!((keeper.uploaded_utc_seconds, member.uploaded_utc_seconds), (Some(kept), Some(other)) if other < kept);
    let knows_more = member.metadata.richness() > keeper.metadata.richness();
    let is_made_from_keeper = kept.shown == kept.own && kept.own == worst && other.own < worst;
    let is_worse_sibling = kept.at_most == worst && kept.own < other.own && other.own < worst && !worst.is_multiple_of(other.own);
    Some(if kept.at_most < worst || (is_made_from_keeper && !member_is_older && !knows_more) || is_worse_sibling {
        BySteps::Keeper
    } else if kept.shown > other.at_most {
        BySteps::Member
    } else {
        BySteps::Untold
    })
}

/// Says why a re-encoded `member` could as well be the file that the keeper was made from; `None` where something shows that it is not.
/// Both are of about the same size.
pub(crate) fn may_be_the_first(keeper: &AssetFacts, member: &AssetFacts) -> Option<String> {
    let (of_keeper, of_member) = (Generation::of(keeper), Generation::of(member));
    if (member.pixels() as f64) < FEWER_PIXELS * keeper.pixels() as f64 {
        return None;
    }
    let by_steps = by_steps(keeper, member);
    if by_steps == Some(BySteps::Member) {
        return Some("the keeper was compressed more coarsely than this ever was: it may have been made from this one".to_owned());
    }
    if of_keeper.rank() != of_member.rank() {
        return None;
    }
    if of_keeper.rank() < 2 && keeper.orientation != member.orientation {
        return Some("one is stored sideways, the other not: which was first cannot be told".to_owned());
    }
    if by_steps == Some(BySteps::Keeper) && !(is_lossless(keeper) && may_have_been_lossy(keeper)) {
        return None;
    }
    let earlier = matches!((keeper.uploaded_utc_seconds, member.uploaded_utc_seconds), (Some(kept), Some(other)) if kept < other);
    let (kept, other) = (setting(keeper), setting(member));
    match (keeper.format, member.format) {
        (Some(Format::Jpeg), Some(Format::Jpeg)) => {
            let (Some(kept), Some(other)) = (kept, other) else {
                return Some("both are JPEGs and their quality is unknown: which was first cannot be told".to_owned());
            };
            let lower = i16::from(kept) - i16::from(other);
            let told = (lower >= NEAR_SETTING && by_steps.is_none()) || (earlier && !is_resaved(keeper) && lower > -NEAR_SETTING);
            (!told).then(|| format!("quality about {kept} and about {other}: which was first cannot be told"))
        }
        (_, Some(Format::Jpeg)) if is_lossless(keeper) && of_keeper != Generation::Converted => {
            let hidden = other.is_none_or(|quality| quality >= UNSEEN_GRID_SETTING_MIN) || may_have_been_lossy(keeper);
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

/// Tells a lossless picture that shows, or whose bytes hint, that it was something else before.
fn may_have_been_lossy(facts: &AssetFacts) -> bool {
    facts.encoding.block_grid.is_none_or(|grid| grid > (1.0 + BLOCK_GRID_MIN) / 2.0) || is_photo_by_bytes(facts)
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

/// Says why a pair that passed only for how coarsely one was compressed is not offered: an edit of the other would have passed as well.
/// `among_copies` tells that the keeper has a finely coded copy besides ([`is_fine_copy`]).
pub(crate) fn too_lenient(proof: &Proof, among_copies: bool) -> Option<&'static str> {
    let most = if among_copies { LENIENCY_AMONG_COPIES_MAX } else { LENIENCY_MAX };
    (leniency(proof)? > most).then_some("one of the two is so strongly compressed that an edit of the other could not be seen")
}

/// Tells evidence by pixels that no edit would pass by: the copy is coded finely enough to show one.
pub(crate) fn is_fine_copy(evidence: &Evidence) -> bool {
    let is_copy = matches!(evidence.relation, Relation::ReEncoded | Relation::Thumbnail);
    is_copy && evidence.strict && leniency(&evidence.proof).is_some_and(|leniency| leniency <= LENIENCY_MAX)
}

/// Tells evidence by pixels that an edit might pass by as well.
pub(crate) fn is_lenient(evidence: &Evidence) -> bool {
    leniency(&evidence.proof).is_some_and(|leniency| leniency > LENIENCY_MAX)
}

fn leniency(proof: &Proof) -> Option<f32> {
    if let Proof::Perceptual(look) = proof { look.leniency } else { None }
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

    /// A JPEG of the setting that has the first step `own`.
    fn stepped(own: u16, coarsest: Option<u16>) -> AssetFacts {
        let quality = (1..=100).rev().find(|&quality| quality <= 92 && first_step(quality) >= own).unwrap();
        let mut facts = jpeg(quality, false);
        facts.encoding.steps = Some(BlockSteps { own, shown: coarsest.unwrap_or(own), at_most: coarsest.unwrap_or(u16::MAX) });
        facts
    }

    /// Keeper and member by own and coarsest step, whether the first can be told.
    #[test]
    fn steps_tell_the_first_encode() {
        let check = |keeper: (u16, Option<u16>), member: (u16, Option<u16>), expected: bool, label: &str| {
            let (keeper, member) = (stepped(keeper.0, keeper.1), stepped(member.0, member.1));
            assert_eq!(may_be_the_first(&keeper, &member).is_none(), expected, "{label}");
        };
        check((3, Some(3)), (5, Some(5)), true, "a clean keeper was not made from a coarser copy");
        check((3, Some(3)), (5, None), true, "whatever else the copy hides");
        check((3, None), (8, Some(8)), false, "a finer setting alone proves nothing");
        check((3, None), (8, None), false, "neither measured");
        check((3, Some(8)), (8, Some(8)), false, "the keeper was made from the member's like");
        check((10, Some(10)), (8, Some(10)), true, "the member was made from the keeper");
        check((10, None), (8, Some(10)), true, "whatever the keeper hides, the member went through it too");
        check((10, Some(10)), (8, None), false, "the member may be clean");
        check((10, Some(10)), (8, Some(8)), false, "the member is finer and shows no keeper");
        check((10, Some(10)), (3, Some(3)), false, "much finer, too");
        check((10, None), (3, Some(3)), false, "an untold keeper is no better");
        check((10, Some(10)), (3, Some(16)), true, "the member comes from a worse one");
        check((4, Some(4)), (4, Some(4)), false, "one step");
        check((3, Some(9)), (8, Some(9)), true, "two re-saves of one file, the keeper by the finer step");
        check((8, Some(9)), (3, Some(9)), false, "by the coarser step");
        check((3, Some(8)), (4, Some(8)), false, "a step of 4 hides in one of 8");
        check((2, Some(9)), (2, Some(9)), false, "two re-saves of one file by one step");
    }

    #[test]
    fn steps_are_believed_on_one_grid_and_not_against_other_signs() {
        let (keeper, member) = (stepped(10, Some(10)), stepped(8, Some(10)));
        let told = |change: fn(&mut AssetFacts, &mut AssetFacts)| {
            let (mut keeper, mut member) = (keeper.clone(), member.clone());
            change(&mut keeper, &mut member);
            may_be_the_first(&keeper, &member).is_none()
        };
        assert!(told(|_, _| {}));
        assert!(!told(|_, member| member.height -= 1), "another grid");
        assert!(!told(|_, member| member.orientation = 3), "stored another way round");
        assert!(!told(|_, member| member.metadata.rating = Some(4)), "the member knows more");
        let dates = |keeper: &mut AssetFacts, member: &mut AssetFacts| {
            (keeper.uploaded_utc_seconds, member.uploaded_utc_seconds) = (Some(2), Some(1))
        };
        assert!(!told(dates), "the member was uploaded first");
        let coarse = camera(1);
        let finer = AssetFacts { encoding: stepped(2, Some(2)).encoding, width: 4000, height: 3000, ..plain(2) };
        assert!(may_be_the_first(&coarse, &finer).is_none(), "nothing measured: the camera's own is the first");
        let coarse = AssetFacts { encoding: stepped(5, Some(5)).encoding, ..coarse };
        assert!(may_be_the_first(&coarse, &finer).is_some(), "without metadata, but never as coarse");
    }

    #[test]
    fn a_lossless_copy_shows_what_it_was_made_from() {
        let lossless = |coarsest: Option<u16>, grid: f32| {
            let mut facts = png(Some(grid));
            facts.encoding.steps = Some(BlockSteps { own: 1, shown: coarsest.unwrap_or(1), at_most: coarsest.unwrap_or(u16::MAX) });
            facts
        };
        let check = |keeper: &AssetFacts, member: &AssetFacts, expected: bool, label: &str| {
            assert_eq!(may_be_the_first(keeper, member).is_none(), expected, "{label}");
        };
        check(&stepped(3, Some(3)), &lossless(Some(3), 1.0), true, "made from the keeper, though no grid is to be seen");
        check(&stepped(3, Some(3)), &lossless(Some(1), 1.0), false, "shows no JPEG");
        check(&stepped(8, Some(8)), &lossless(Some(3), 1.2), false, "made from a better JPEG than the keeper");
        check(&lossless(Some(1), 1.0), &stepped(2, Some(2)), true, "a clean drawing and its JPEG");
        check(&lossless(None, 1.0), &stepped(2, Some(2)), false, "a drawing that tells nothing, and a fine JPEG");
        let photo = AssetFacts { size_bytes: 2_000_000, ..lossless(Some(1), 1.0) };
        check(&photo, &stepped(2, Some(2)), false, "a photo was something else before");
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
        assert_eq!(of(&jpeg(90, false)), of(&jpeg(92, false)), "both have the step 3");
        let steps = [stepped(4, Some(4)), stepped(6, Some(6)), stepped(3, Some(6)), stepped(5, Some(6)), stepped(2, Some(8))];
        for pair in steps.windows(2) {
            assert!(of(&pair[0]) < of(&pair[1]), "{:?} {:?}", of(&pair[0]), of(&pair[1]));
        }
        assert_eq!(of(&stepped(6, None)), of(&stepped(6, Some(6))), "what shows counts");
        let mut resaved = stepped(3, Some(6));
        resaved.encoding.earlier_quality = Some(82);
        assert_eq!(of(&resaved).words(&resaved), "jpeg of quality about 92 made from one of about 82");
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
