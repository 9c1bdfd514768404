//! Which pictures of a film are drawn, and which of its bytes that takes.
//!
//! Two codings of one film share neither their key frames nor, to the millisecond, their length. So the moments are multiples of a unit
//! that doubles with the length and nothing else: a film just over a doubling has every second moment of one just under it, and each
//! moment is named by its time. What lies between a key frame and the moment is decoded forward. Where that is dear (long distances
//! between key frames, many pixels), fewer moments are drawn, always in the same order, so that any two codings have some in common.
//!
//! **Invariant:** bytes and coded pixels of a plan are bounded, however long the film is and whatever its index says.

use super::index::{Sample, Track};
use std::collections::BTreeMap;
use std::ops::Range;

/// Shortest unit of the moments, ms.
const UNIT_MIN_MS: u64 = 64;
/// Units in a film: from so many to twice as many.
const UNITS_MIN: u64 = 8;
/// Most moments drawn of a film.
pub const MOMENTS_MAX: usize = 9;
/// What each moment but the first lies behind a multiple of the unit, ms. Frames begin at multiples of their length, and so does the unit
/// for many: a frame must not be chosen by the rounding of its time.
const BESIDE_MS: u64 = 12;
/// No moment lies so near the end, ms: the last frame is held for another time by each program.
const END_MS: u64 = 100;

/// Longest film believed, ms: beyond it, a lie. 35 years.
const DURATION_MAX_MS: u64 = 1 << 40;

/// Coded pixels after which no further moment is begun. Pictures of 1080p: 60, about two seconds of one core.
const WORK_PIXELS: u64 = 125_000_000;
/// Moments that are drawn even so: fewer prove nothing.
const MOMENTS_MIN: usize = 4;
/// Coded pixels that are never exceeded; a film dearer than that has fewer moments, or none.
const WORK_PIXELS_MAX: u64 = 700_000_000;
/// Bytes of coded pictures that are never exceeded.
pub const PLAN_MAX_BYTES: u64 = 48 << 20;

/// Pictures that are looked at though no moment needs them: so many, evenly over the film, and its last.
const WITNESSES: usize = 16;
/// Bytes of each that are read.
pub(super) const WITNESS_BYTES: u32 = 64;

/// Pictures from a key frame on, as far as they are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// In order of decoding; the first is a key frame.
    pub(super) samples: Vec<Sample>,
    /// Places in `samples` that are drawn, with their moment in ms.
    pub(super) moments: Vec<(usize, u64)>,
}

/// Returns the moments of a film of that length in ms, the most telling first.
pub(super) fn moments(duration_ms: u64) -> Vec<u64> {
    let (duration_ms, mut unit) = (duration_ms.min(DURATION_MAX_MS), UNIT_MIN_MS);
    while duration_ms / unit >= 2 * UNITS_MIN {
        unit *= 2;
    }
    let mut multiples: Vec<u64> = (1..2 * UNITS_MIN).collect();
    // Those that a film of another doubling has too come first; the beginning, cheap and often black, after three of them.
    multiples.sort_by_key(|k| (std::cmp::Reverse(k.trailing_zeros()), *k));
    let inside = |at: &u64| at.saturating_add(END_MS) <= duration_ms;
    let mut moments: Vec<u64> = multiples.into_iter().map(|k| k * unit + BESIDE_MS).filter(inside).collect();
    moments.insert(moments.len().min(3), 0);
    moments.truncate(MOMENTS_MAX);
    moments
}

/// Returns what to decode for the moments of a film, and the moments left out because they are too dear.
pub(super) fn runs(track: &Track, duration_ms: u64) -> Vec<Run> {
    let mut by_time: Vec<u32> = (0..track.samples.len() as u32).collect();
    by_time.sort_by_key(|&n| track.samples[n as usize].shown_at);
    let pixels = (u64::from(track.width) * u64::from(track.height)).max(1);
    // Key frame → the samples that are drawn from it.
    let mut chosen: BTreeMap<usize, Vec<(usize, u64)>> = BTreeMap::new();
    let (mut work, mut bytes, mut count) = (0u64, 0u64, 0);
    for moment in moments(duration_ms) {
        let ticks = i64::try_from(u128::from(moment) * u128::from(track.timescale) / 1000).unwrap_or(i64::MAX);
        let place = by_time.partition_point(|&n| track.samples[n as usize].shown_at < ticks);
        let Some(&target) = by_time.get(place) else { continue };
        let target = target as usize;
        let Some(key) = key_before(&track.samples, target) else { continue };
        let begun = chosen.get(&key).map_or(key, |targets| targets.iter().map(|t| t.0 + 1).max().unwrap_or(key));
        let added = begun.min(target + 1)..target + 1;
        let (more_work, more_bytes) =
            (pixels * added.len() as u64, track.samples[added].iter().map(|sample| u64::from(sample.size)).sum::<u64>());
        let too_dear = count >= MOMENTS_MIN && work + more_work > WORK_PIXELS;
        if too_dear || work + more_work > WORK_PIXELS_MAX || bytes + more_bytes > PLAN_MAX_BYTES {
            continue;
        }
        (work, bytes, count) = (work + more_work, bytes + more_bytes, count + 1);
        chosen.entry(key).or_default().push((target, moment));
    }
    let run = |(key, mut targets): (usize, Vec<(usize, u64)>)| {
        targets.sort_unstable();
        let last = targets.last().map_or(key, |target| target.0);
        let moments = targets.into_iter().map(|(target, moment)| (target - key, moment)).collect();
        Run { samples: track.samples[key..=last].to_vec(), moments }
    };
    chosen.into_iter().map(run).collect()
}

/// Returns the key frame from which a sample can be decoded: the last before it, but one earlier where the sample is shown before that key
/// frame (it may then lean on what came before).
fn key_before(samples: &[Sample], target: usize) -> Option<usize> {
    let key = samples[..=target].iter().rposition(|sample| sample.is_sync)?;
    if samples[target].shown_at >= samples[key].shown_at {
        return Some(key);
    }
    samples[..key].iter().rposition(|sample| sample.is_sync).or(Some(key))
}

/// Returns the pictures by which lost parts between and behind the moments are told, in order of decoding.
pub(super) fn witnesses(track: &Track) -> Vec<Sample> {
    let coded: Vec<&Sample> = track.samples.iter().filter(|sample| sample.size > 0).collect();
    let step = coded.len().div_ceil(WITNESSES).max(1);
    coded.iter().rev().step_by(step).rev().map(|sample| **sample).collect()
}

/// Returns the parts of the file that hold the samples and the witnesses' heads, in order of place, joined where they touch.
pub(super) fn ranges(runs: &[Run], witnesses: &[Sample]) -> Vec<Range<u64>> {
    let part = |sample: &Sample, size: u32| sample.offset..sample.offset.saturating_add(u64::from(size));
    let whole = runs.iter().flat_map(|run| &run.samples).map(|sample| part(sample, sample.size));
    let heads = witnesses.iter().map(|sample| part(sample, sample.size.min(WITNESS_BYTES)));
    let mut parts: Vec<Range<u64>> = whole.chain(heads).collect();
    parts.sort_by_key(|part| (part.start, part.end));
    let mut joined: Vec<Range<u64>> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => joined.push(part),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_neighbouring_lengths_are_shared() {
        for duration in (300..20_000).step_by(37).chain([60_000, 3_600_000, 65_535, 65_536, 86_400_000, u64::MAX / 2]) {
            let these = moments(duration);
            assert!(these.len() <= MOMENTS_MAX && these.contains(&0), "{duration}");
            let longer = moments(duration + 40);
            let shared = these.iter().take(MOMENTS_MIN + 1).filter(|at| longer.contains(at)).count();
            assert!(shared >= 3.min(these.len()), "{duration}: {these:?} {longer:?}");
        }
        assert_eq!(moments(0), [0]);
        assert_eq!(moments(2000), [1036, 524, 1548, 0, 268, 780, 1292, 1804, 140]);
    }

    fn track(side: u32, key_every: usize, count: usize) -> Track {
        let sample =
            |n: usize| Sample { offset: 1000 + 10 * n as u64, size: 10, is_sync: n.is_multiple_of(key_every), shown_at: 40 * n as i64 };
        let samples = (0..count).map(sample).collect();
        Track { codec: *b"avc1", setup: Vec::new(), width: side, height: side, timescale: 1000, samples }
    }

    #[test]
    fn work_is_bounded_and_the_first_moments_stay() {
        let drawn = |side, key_every| {
            let runs = runs(&track(side, key_every, 1000), 40_000);
            let work: u64 = runs.iter().map(|run| run.samples.len() as u64 * u64::from(side * side)).sum();
            assert!(work <= WORK_PIXELS_MAX, "{work}");
            let mut moments: Vec<u64> = runs.iter().flat_map(|run| run.moments.iter().map(|m| m.1)).collect();
            moments.sort_unstable();
            moments
        };
        assert_eq!(drawn(320, 250).len(), MOMENTS_MAX);
        let (cheap, dear) = (drawn(320, 250), drawn(1440, 25));
        assert!((MOMENTS_MIN..MOMENTS_MAX).contains(&dear.len()), "{dear:?}");
        assert!(dear.iter().all(|moment| cheap.contains(moment)));
        assert!(drawn(4000, 1000).len() < MOMENTS_MIN);
    }

    #[test]
    fn a_picture_shown_before_its_key_frame_leans_on_the_one_before() {
        let mut track = track(320, 10, 100);
        track.samples[11].shown_at = 395;
        assert_eq!((key_before(&track.samples, 11), key_before(&track.samples, 12)), (Some(0), Some(10)));
        track.samples.iter_mut().for_each(|sample| sample.is_sync = false);
        assert_eq!(key_before(&track.samples, 11), None);
    }

    #[test]
    fn witnesses_are_spread_and_the_last_is_one() {
        for count in [0, 1, 15, 16, 17, 100, 1000] {
            let track = track(320, 10, count);
            let witnesses = witnesses(&track);
            assert!(witnesses.len() <= WITNESSES && witnesses.len() >= count.min(WITNESSES / 2), "{count}: {}", witnesses.len());
            assert_eq!(witnesses.last(), track.samples.last());
            assert!(witnesses.is_sorted_by_key(|sample| sample.offset));
        }
    }

    #[test]
    fn bytes_that_touch_are_read_at_once() {
        let run = Run { samples: track(320, 10, 4).samples, moments: vec![(3, 0)] };
        assert_eq!(ranges(&[run.clone(), run.clone()], &run.samples[1..2]), vec![1000..1040]);
        assert_eq!(ranges(&[], &track(320, 10, 40).samples[38..]), vec![1380..1400], "heads alone");
    }
}
