//! Frames of one burst, bracketing or focus series: near in time, one camera, another exposure. They are no copies, and what looks like
//! one of the other's copies may be the next frame on a tripod; such pairs are held back here. Names are asked only in that direction.

use crate::Subject;
use crate::capture::{Capture, camera_key, own_time};
use crate::names::{burst_frame, counter, stem};
use crate::thresholds::{BURST_MAX_S, SERIES_MAX, TWIN_COUNTER_MAX, TWIN_SIZE_SHARE};
use model::Format;
use std::collections::BTreeMap;

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

/// Returns pairs (by place in `subjects`) of one camera within [`BURST_MAX_S`], and of one burst identifier, sorted by neither. Each is
/// paired with at most [`SERIES_MAX`] that follow it.
pub(crate) fn series(subjects: &[&Subject]) -> Vec<(u32, u32)> {
    let mut by_camera: BTreeMap<String, Vec<(i64, u32)>> = BTreeMap::new();
    let mut by_burst: BTreeMap<&str, Vec<(i64, u32)>> = BTreeMap::new();
    for (place, subject) in (0u32..).zip(subjects).filter(|(_, s)| s.is_still()) {
        let seconds = own_time(&subject.metadata).map(|time| time.local_seconds);
        if let (Some(camera), Some(seconds)) = (camera_key(&subject.metadata), seconds) {
            by_camera.entry(camera).or_default().push((seconds, place));
        }
        if let Some(burst) = subject.metadata.burst_id.as_deref() {
            by_burst.entry(burst).or_default().push((seconds.unwrap_or(0), place));
        }
    }
    let mut out = Vec::new();
    by_camera.into_values().for_each(|line| follow(line, BURST_MAX_S, &mut out));
    by_burst.into_values().for_each(|line| follow(line, i64::MAX, &mut out));
    out
}

fn follow(mut line: Vec<(i64, u32)>, within_s: i64, out: &mut Vec<(u32, u32)>) {
    line.sort_unstable();
    for (n, &(at, first)) in line.iter().enumerate() {
        let next = line.iter().skip(n + 1).take(SERIES_MAX).take_while(|&&(then, _)| then.saturating_sub(at) <= within_s);
        out.extend(next.map(|&(_, second)| (first.min(second), first.max(second))));
    }
}
