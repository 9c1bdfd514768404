//! Frames of one burst, bracketing or focus series: near in time, one camera, another exposure. They are no copies, and what looks like
//! one of the other's copies may be the next frame on a tripod; such pairs are held back here. Names are asked only in that direction.

use crate::Subject;
use crate::capture::Capture;
use crate::names::{burst_frame, counter, stem};
use crate::propose::{IsFresh, Row};
use crate::thresholds::{BURST_MAX_S, SERIES_MAX, TWIN_COUNTER_MAX, TWIN_SIZE_SHARE};
use model::Format;

/// Tells whether one camera took both within [`BURST_MAX_S`], or called them frames of one burst.
pub(crate) fn is_series(a: &Subject, b: &Subject, capture: &Capture) -> bool {
    let near = capture.apart_ns.is_some_and(|ns| ns.abs() <= i128::from(BURST_MAX_S) * 1_000_000_000);
    let named = a.metadata.burst_id.is_some() && a.metadata.burst_id == b.metadata.burst_id;
    capture.same_camera && near || named
}

/// Tells whether the names say "other frames of one burst".
pub(crate) fn are_frames_by_name(a: &Subject, b: &Subject) -> bool {
    matches!((burst_frame(&a.name), burst_frame(&b.name)), (Some(x), Some(y)) if x.burst == y.burst && x.number != y.number)
}

/// Tells twins: what a camera writes of two moments and a program does not write of one. Same size, same format, same coding setting,
/// nearly the same number of bytes, and counters that follow each other. A re-encode keeps its name, or changes setting or size.
pub(crate) fn are_twins(a: &Subject, b: &Subject) -> bool {
    let same_coding = a.format == b.format
        && (a.width, a.height) == (b.width, b.height)
        && a.encoding.jpeg_quality == b.encoding.jpeg_quality
        && a.encoding.standard_tables == b.encoding.standard_tables;
    let (less, more) = (a.size_bytes.min(b.size_bytes) as f64, a.size_bytes.max(b.size_bytes) as f64);
    let counted = match (counter(&a.name), counter(&b.name)) {
        (Some((x, n)), Some((y, m))) => x == y && n != m && n.abs_diff(m) <= TWIN_COUNTER_MAX,
        _ => false,
    };
    same_coding && counted && less >= more * (1.0 - TWIN_SIZE_SHARE)
}

/// Tells two originals that one camera wrote within one second without saying which was first: same camera and reading, no sub-seconds,
/// same size and coding, other names. Nothing but the pixels speaks for a copy then, and a tripod makes them speak wrongly.
pub(crate) fn are_of_one_second(a: &Subject, b: &Subject, capture: &Capture) -> bool {
    capture.same_camera
        && capture.same_reading
        && !capture.precise
        && a.format == Format::Jpeg
        && b.format == Format::Jpeg
        && (a.width, a.height) == (b.width, b.height)
        && a.encoding.jpeg_quality == b.encoding.jpeg_quality
        && a.encoding.standard_tables == Some(false)
        && b.encoding.standard_tables == Some(false)
        && stem(&a.name) != stem(&b.name)
}

/// Returns pairs (by place) of one camera within [`BURST_MAX_S`], and of one burst identifier, of which at least one is fresh; sorted by
/// neither. Each is paired with at most [`SERIES_MAX`] that follow it.
pub(crate) fn series(rows: &[Row<'_>], is_fresh: &IsFresh<'_>) -> Vec<(u32, u32)> {
    let stills = || rows.iter().filter(|row| row.signature.is_still());
    let of_camera = |row: &Row<'_>| Some((row.signature.camera()?, row.signature.seconds()?, row.place));
    let of_burst = |row: &Row<'_>| Some((row.signature.burst()?, row.signature.seconds().unwrap_or(0), row.place));
    let mut out = Vec::new();
    follow(stills().filter_map(of_camera).collect(), BURST_MAX_S, is_fresh, &mut out);
    follow(stills().filter_map(of_burst).collect(), i64::MAX, is_fresh, &mut out);
    out
}

/// Pairs what follows within `within_s` seconds in the line of one key; `timed` holds key, seconds and place.
fn follow(mut timed: Vec<(u64, i64, u32)>, within_s: i64, is_fresh: &IsFresh<'_>, out: &mut Vec<(u32, u32)>) {
    timed.sort_unstable();
    for line in timed.chunk_by(|one, other| one.0 == other.0) {
        for (n, &(_, at, first)) in line.iter().enumerate() {
            let next = line.iter().skip(n + 1).take(SERIES_MAX).take_while(|(_, then, _)| then.saturating_sub(at) <= within_s);
            let wanted = next.filter(|&&(_, _, second)| is_fresh(first) || is_fresh(second));
            out.extend(wanted.map(|&(_, _, second)| (first.min(second), first.max(second))));
        }
    }
}
