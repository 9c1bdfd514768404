//! When a photo counts as being there, when as missing, and how sure that is. Pure.
//!
//! A frame of the same burst, and what shares camera and second and nothing more, is no presence. A copy that lost something (pixels, format,
//! place) is one, with a word that says so.
//!
//! **Invariant:** nothing is *certainly* missing that could not be compared, or that has anything near it.

use matching::Identity;
use model::{AssetId, Relation};
use serde::Serialize;

/// How sure it is that a photo is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    /// It was read whole and compared with all that can be, and nothing is near it.
    Certain,
    /// Something is near it, and is not it.
    Likely,
    /// It could not be compared, or something that could not be may be it.
    Unsure,
}

impl Sure {
    /// All, surest first.
    pub const ALL: [Sure; 3] = [Sure::Certain, Sure::Likely, Sure::Unsure];

    /// Returns the lower-case name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Sure::Certain => "certain",
            Sure::Likely => "likely",
            Sure::Unsure => "unsure",
        }
    }
}

/// How much of a photo there is to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Comparable {
    /// Bytes and picture.
    Whole,
    /// The small picture that Google gives, and facts.
    SmallPicture,
    /// Bytes only; why.
    Bytes(String),
    /// Facts only: Google lists it, and gave no picture.
    Facts,
    /// Nothing; why.
    Nothing(String),
}

/// Farthest apart pictures of one name may be and still be taken for one shot, changed, though the looks deny a copy. Bits of 256. Frames of a
/// series lie 14 and more apart (`focus_stack`, see matching's thresholds), and have other names besides.
const NAMED_ALIKE_MAX_BITS: u32 = 12;

/// What ties a photo to one on the other side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tie {
    pub(crate) other: AssetId,
    /// What evidence says; `None` where the pictures were compared and have no relation, or there was nothing to compare.
    pub(crate) relation: Option<Relation>,
    pub(crate) strict: bool,
    /// Whether pixels were compared.
    pub(crate) by_pixels: bool,
    /// Whether a HEIC's thumbnail stood for its main picture.
    pub(crate) by_thumbnail: bool,
    pub(crate) distance_bits: Option<u32>,
    pub(crate) identity: Identity,
    /// Whether both have the name of one shot.
    pub(crate) is_named_alike: bool,
    /// Pixels of the photo and of the other, upright; 0 where unknown.
    pub(crate) sides: [(u32, u32); 2],
    /// Format of the other.
    pub(crate) format: &'static str,
    /// What was found, in words.
    pub(crate) note: Option<String>,
    /// Why the other may be the photo though nothing was compared; then nothing else counts.
    pub(crate) may_be: Option<String>,
    pub(crate) is_trashed: bool,
    pub(crate) is_offline: bool,
}

/// How much of a photo is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Worth {
    /// The same picture, at least as large.
    AsLarge,
    /// Something that was made from it, or that it was made from.
    Derived,
}

/// What one tie says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The other is the photo.
    There { worth: Worth, relation: Relation, words: String },
    /// The other is near, and is not it or may not be it.
    Near { sure: Sure, words: String },
    /// Nothing.
    Far,
}

/// Returns what a tie says.
pub(crate) fn read(tie: &Tie) -> Reading {
    let there = |worth, relation, words: String| Reading::There { worth, relation, words };
    let near = |sure, words: String| Reading::Near { sure, words };
    let apart = tie.distance_bits.map(|bits| format!(", {bits} of 256 bits apart")).unwrap_or_default();
    let noted = |what: &str| tie.note.as_ref().map_or_else(|| format!("{what}{apart}"), |note| format!("{what}: {note}{apart}"));
    let is_shot = tie.identity == Identity::Shot;
    if let Some(words) = &tie.may_be {
        return near(Sure::Unsure, words.clone());
    }
    let Some(relation) = tie.relation else {
        return match tie.identity {
            Identity::Shot if tie.by_pixels => {
                let words = "only the same shot with another picture is there, by camera and time: cropped or edited";
                there(Worth::Derived, Relation::Edited, words.to_owned())
            }
            Identity::Second | Identity::Shot => {
                let sure = if tie.by_pixels { Sure::Likely } else { Sure::Unsure };
                near(sure, "same camera and second, as frames of a burst have".to_owned())
            }
            Identity::Conflict | Identity::Unknown => Reading::Far,
        };
    };
    // What a HEIC's thumbnail says outlives damage to the picture that it was made from.
    let is_unproven = tie.by_thumbnail && !tie.strict && tie.by_pixels;
    match relation {
        Relation::Identical => there(Worth::AsLarge, relation, "the same bytes are there".to_owned()),
        Relation::SamePixels => there(Worth::AsLarge, relation, "the same coded picture is there".to_owned()),
        Relation::Thumbnail | Relation::ReEncoded | Relation::Rotated | Relation::RawJpeg | Relation::HeicJpeg if is_unproven => {
            near(Sure::Unsure, noted("perhaps the same picture"))
        }
        Relation::Thumbnail | Relation::ReEncoded => match is_smaller(tie) {
            true => there(Worth::Derived, relation, format!("only a smaller copy is there, {}", of_pixels(tie))),
            false => there(Worth::AsLarge, relation, "the same picture is there, coded anew".to_owned()),
        },
        Relation::Rotated => there(Worth::Derived, relation, "only a turned or mirrored copy is there".to_owned()),
        Relation::RawJpeg | Relation::HeicJpeg => {
            there(Worth::Derived, relation, format!("only the shot's other format is there, {}", tie.format.to_uppercase()))
        }
        Relation::Edited => there(Worth::Derived, relation, "only an edited version is there, or what it was edited from".to_owned()),
        Relation::Cropped => there(Worth::Derived, relation, "only a part of it is there, or what it is a part of".to_owned()),
        Relation::SameShot if is_shot => {
            let worth = if is_smaller(tie) { Worth::Derived } else { Worth::AsLarge };
            let note = tie.note.as_deref().unwrap_or("camera, time and settings agree; no pixels to compare");
            there(worth, relation, format!("it is there by what is told of it: {note}"))
        }
        Relation::SameShot => near(Sure::Unsure, noted("same camera, second and settings")),
        Relation::LookAlike if is_shot => {
            let words = "only the same shot with another picture is there, by camera and time: edited";
            there(Worth::Derived, Relation::Edited, words.to_owned())
        }
        Relation::LookAlike if tie.is_named_alike && tie.distance_bits.is_some_and(|bits| bits <= NAMED_ALIKE_MAX_BITS) => {
            there(Worth::Derived, Relation::Edited, "a picture of its name is there that differs a little: perhaps edited".to_owned())
        }
        Relation::Burst => near(Sure::Likely, noted("another exposure")),
        Relation::LookAlike => near(Sure::Likely, noted("looks alike")),
    }
}

/// Tells an other that has fewer pixels on a side.
fn is_smaller(tie: &Tie) -> bool {
    let [mine, other] = tie.sides.map(|(width, height)| (width.max(height), width.min(height)));
    other.0 > 0 && mine.0 > 0 && (other.0 < mine.0 || other.1 < mine.1)
}

fn of_pixels(tie: &Tie) -> String {
    let [mine, other] = tie.sides;
    format!("{} × {} of {} × {} pixels", other.0, other.1, mine.0, mine.1)
}

/// What becomes of a photo whose bytes are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There, as that tie says.
    There { tie: usize, worth: Worth, relation: Relation, words: String },
    /// Missing; the nearest tie, and words most important first.
    Missing { sure: Sure, nearest: Option<usize>, words: Vec<String> },
}

/// Weighs all ties of a photo.
pub(crate) fn weigh(comparable: &Comparable, ties: &[Tie]) -> Standing {
    let readings: Vec<Reading> = ties.iter().map(read).collect();
    let there = (0..ties.len()).filter_map(|at| match &readings[at] {
        Reading::There { worth, relation, words } => Some((ties[at].is_trashed, *worth, ties[at].is_offline, *relation, at, words)),
        _ => None,
    });
    if let Some((_, worth, _, relation, tie, words)) = there.min() {
        return Standing::There { tie, worth, relation, words: words.clone() };
    }
    let near = (0..ties.len()).filter_map(|at| match &readings[at] {
        // What may be it is named before what is not.
        Reading::Near { sure, words } => Some((std::cmp::Reverse(*sure), ties[at].distance_bits.unwrap_or(u32::MAX), at, words)),
        _ => None,
    });
    let near = near.min();
    let (mut sure, mut words) = match comparable {
        Comparable::Whole => (Sure::Certain, Vec::new()),
        Comparable::SmallPicture => (Sure::Likely, vec!["compared by Google's small picture; its bytes are not known".to_owned()]),
        Comparable::Bytes(why) => (Sure::Unsure, vec![format!("compared by bytes only: {why}")]),
        Comparable::Facts => (Sure::Unsure, vec!["Google lists it without bytes or picture: compared by its facts only".to_owned()]),
        Comparable::Nothing(why) => (Sure::Unsure, vec![format!("not compared: {why}")]),
    };
    let mut nearest = None;
    if let Some((std::cmp::Reverse(how), _, at, said)) = near {
        sure = sure.max(how);
        words.insert(0, said.clone());
        nearest = Some(at);
    }
    Standing::Missing { sure, nearest, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(relation: Option<Relation>, identity: Identity) -> Tie {
        Tie {
            other: AssetId(1),
            relation,
            strict: true,
            by_pixels: true,
            by_thumbnail: false,
            distance_bits: Some(7),
            identity,
            is_named_alike: false,
            sides: [(4000, 3000), (4000, 3000)],
            format: "jpeg",
            note: None,
            may_be: None,
            is_trashed: false,
            is_offline: false,
        }
    }

    #[test]
    fn what_counts_as_being_there() {
        use Identity::{Conflict, Second, Shot, Unknown};
        use Relation::*;
        let as_large = |tie: &Tie| matches!(read(tie), Reading::There { worth: Worth::AsLarge, .. });
        let derived = |tie: &Tie| matches!(read(tie), Reading::There { worth: Worth::Derived, .. });
        let near = |tie: &Tie| match read(tie) {
            Reading::Near { sure, .. } => Some(sure),
            _ => None,
        };
        for relation in [Identical, SamePixels, ReEncoded] {
            assert!(as_large(&tie(Some(relation), Unknown)), "{relation}");
        }
        for relation in [Rotated, RawJpeg, HeicJpeg, Edited, Cropped] {
            assert!(derived(&tie(Some(relation), Unknown)), "{relation}");
        }
        let small = Tie { sides: [(4000, 3000), (2048, 1536)], ..tie(Some(Thumbnail), Unknown) };
        assert!(derived(&small));
        let Reading::There { words, .. } = read(&small) else { panic!("it is there") };
        assert!(words.contains("2048 × 1536 of 4000 × 3000"), "{words}");
        assert!(as_large(&Tie { sides: [(2048, 1536), (4000, 3000)], ..small.clone() }), "a larger one holds it whole");
        assert!(as_large(&Tie { sides: [(4000, 3000), (3000, 4000)], ..tie(Some(ReEncoded), Unknown) }), "stored another way round");
        assert!(derived(&Tie { sides: [(4000, 3000), (3999, 3000)], ..tie(Some(ReEncoded), Unknown) }), "one pixel less is less");

        assert_eq!(near(&tie(Some(Burst), Shot)), Some(Sure::Likely), "a frame of the same second is another photo");
        assert_eq!(near(&tie(Some(Burst), Second)), Some(Sure::Likely));
        assert_eq!(near(&tie(Some(LookAlike), Second)), Some(Sure::Likely));
        assert!(derived(&tie(Some(LookAlike), Shot)));
        assert_eq!(near(&Tie { by_pixels: false, ..tie(Some(SameShot), Second) }), Some(Sure::Unsure), "a second is no shot");
        assert!(as_large(&Tie { by_pixels: false, ..tie(Some(SameShot), Shot) }));
        let named = Tie { is_named_alike: true, distance_bits: Some(NAMED_ALIKE_MAX_BITS), ..tie(Some(LookAlike), Unknown) };
        assert!(derived(&named));
        assert_eq!(near(&Tie { distance_bits: Some(NAMED_ALIKE_MAX_BITS + 1), ..named.clone() }), Some(Sure::Likely));
        assert_eq!(near(&Tie { is_named_alike: false, ..named }), Some(Sure::Likely));
        let thumbnail = Tie { strict: false, by_thumbnail: true, ..tie(Some(HeicJpeg), Unknown) };
        assert_eq!(near(&thumbnail), Some(Sure::Unsure), "a thumbnail may outlive its picture");
        assert_eq!(read(&tie(None, Conflict)), Reading::Far);
        assert!(derived(&tie(None, Shot)));
        assert_eq!(near(&tie(None, Second)), Some(Sure::Likely));
    }

    #[test]
    fn how_sure_it_is() {
        let sure = |comparable: &Comparable, ties: &[Tie]| match weigh(comparable, ties) {
            Standing::Missing { sure, .. } => sure,
            Standing::There { .. } => panic!("it is missing"),
        };
        let burst = tie(Some(Relation::Burst), Identity::Second);
        let unseen = Tie { by_pixels: false, ..tie(Some(Relation::SameShot), Identity::Second) };
        assert_eq!(sure(&Comparable::Whole, &[]), Sure::Certain);
        assert_eq!(sure(&Comparable::Whole, std::slice::from_ref(&burst)), Sure::Likely);
        assert_eq!(sure(&Comparable::Whole, &[burst.clone(), unseen.clone()]), Sure::Unsure);
        assert_eq!(sure(&Comparable::SmallPicture, &[]), Sure::Likely);
        for comparable in [Comparable::Bytes(String::new()), Comparable::Facts, Comparable::Nothing(String::new())] {
            assert_eq!(sure(&comparable, &[]), Sure::Unsure);
            assert_eq!(sure(&comparable, std::slice::from_ref(&burst)), Sure::Unsure);
        }
        let Standing::Missing { nearest, .. } = weigh(&Comparable::Whole, &[burst, unseen]) else { panic!("it is missing") };
        assert_eq!(nearest, Some(1), "what may be it is named");
    }

    #[test]
    fn the_best_that_is_there_is_named() {
        let derived = Tie { sides: [(4000, 3000), (800, 600)], ..tie(Some(Relation::Thumbnail), Identity::Unknown) };
        let trashed = Tie { is_trashed: true, ..tie(Some(Relation::ReEncoded), Identity::Unknown) };
        let whole = tie(Some(Relation::ReEncoded), Identity::Unknown);
        let best = |ties: &[Tie]| match weigh(&Comparable::Whole, ties) {
            Standing::There { tie, .. } => tie,
            Standing::Missing { .. } => panic!("it is there"),
        };
        assert_eq!(best(&[derived.clone(), whole]), 1);
        assert_eq!(best(&[trashed, derived]), 1, "what lies in the trash goes");
    }
}
