//! One shot in two formats: a RAW with its JPEG, a HEIC with its JPEG; and one shot whose pixels cannot be compared. Both are assets in
//! their own right: the person's rule decides, never this room.
//!
//! Renderers differ in tone, lens correction and edge, so the pixels of a pair prove less than those of a copy: capture identity must
//! agree (camera and reading, not merely unknown), or the stems in one folder.

use crate::Subject;
use crate::capture::{Capture, CaptureVerdict};
use crate::names::{counter, stem};
use crate::propose::{IsFresh, Row};
use crate::second_look::Look;
use crate::thresholds::{HEIC_CORRELATION_MIN, PAIR_DISPLACEMENT_MAX, PAIR_TONE_MAX, RAW_CORRELATION_MIN, STEM_MAX};
use model::{Format, Relation};

/// Returns the relation that the formats of the two would have, were they of one shot.
pub(crate) fn relation_of_formats(a: &Subject, b: &Subject) -> Option<Relation> {
    let heic_and_jpeg = |x: &Subject, y: &Subject| x.format == Format::Heic && y.format == Format::Jpeg;
    if a.format.is_raw() != b.format.is_raw() {
        Some(Relation::RawJpeg)
    } else if heic_and_jpeg(a, b) || heic_and_jpeg(b, a) {
        Some(Relation::HeicJpeg)
    } else {
        None
    }
}

/// How well capture identity and names tie two files to one shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tie {
    /// Nothing does.
    None,
    /// Camera and second agree: also true of the frames of a burst.
    Second,
    /// One stem in one folder and nothing against it; or camera and time to the fraction.
    Shot,
}

/// Returns how `a` and `b` are tied.
pub(crate) fn tie(a: &Subject, b: &Subject, capture: &Capture) -> Tie {
    let same = capture.verdict == CaptureVerdict::Same && capture.same_reading;
    let stems = a.folder == b.folder && stem(&a.name) == stem(&b.name) && !stem(&a.name).is_empty();
    let counted_apart = matches!((counter(&a.name), counter(&b.name)), (Some((x, n)), Some((y, m))) if x == y && n != m);
    if matches!(capture.verdict, CaptureVerdict::Conflict(_)) {
        Tie::None
    } else if stems || same && capture.precise {
        Tie::Shot
    } else if same && !counted_apart {
        Tie::Second
    } else {
        Tie::None
    }
}

/// Tells whether the second look fits one shot in two formats, given how well they are tied.
pub(crate) fn fits(relation: Relation, tie: Tie, look: &Look) -> bool {
    let heic = relation == Relation::HeicJpeg;
    let least = if heic || tie == Tie::Second { HEIC_CORRELATION_MIN } else { RAW_CORRELATION_MIN };
    let most = if tie == Tie::Second { PAIR_DISPLACEMENT_MAX / 2.0 } else { PAIR_DISPLACEMENT_MAX };
    let tones = !heic || look.tone <= PAIR_TONE_MAX && look.chroma_mean <= PAIR_TONE_MAX;
    tie != Tie::None && look.shown.correlation >= least && look.displacement <= most && tones
}

/// Tells whether the settings of exposure agree: at least two known on both sides, none that differs.
pub(crate) fn settings_agree(a: &Subject, b: &Subject) -> bool {
    let (a, b) = (&a.metadata, &b.metadata);
    let near = |x: Option<f64>, y: Option<f64>| x.zip(y).map(|(x, y)| (x - y).abs() <= 0.02 * x.abs().max(y.abs()));
    let known = [
        near(a.exposure_s, b.exposure_s),
        near(a.f_number, b.f_number),
        near(a.focal_length_mm, b.focal_length_mm),
        a.iso.zip(b.iso).map(|(x, y)| x == y),
    ];
    known.iter().flatten().count() >= 2 && known.iter().flatten().all(|&agrees| agrees)
}

/// Returns pairs (by place) of one stem in one folder of which one is a RAW, a HEIC or has no pixels, and at least one is fresh: at
/// most [`STEM_MAX`] of each stem are paired.
pub(crate) fn by_stem(rows: &[Row<'_>], is_fresh: &IsFresh<'_>) -> Vec<(u32, u32)> {
    let keyed = |row: &Row<'_>| Some((row.signature.stem().filter(|_| row.signature.is_still())?, row.place, row.signature.is_special()));
    let mut stems: Vec<(u64, u32, bool)> = rows.iter().filter_map(keyed).collect();
    stems.sort_unstable();
    let mut out = Vec::new();
    for family in stems.chunk_by(|one, other| one.0 == other.0) {
        let family = &family[..family.len().min(STEM_MAX)];
        for (n, &(_, first, special)) in family.iter().enumerate() {
            let wanted = |&&(_, second, also): &&(u64, u32, bool)| (special || also) && (is_fresh(first) || is_fresh(second));
            out.extend(family.iter().skip(n + 1).filter(wanted).map(|&(_, second, _)| (first, second)));
        }
    }
    out
}
