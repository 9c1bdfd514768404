//! How far the coded pictures and the sound of a film reach into its file, as its tables tell: a film that was cut ends before that.
//!
//! What lies there is not looked at. **Invariant:** where tables are missing, lie elsewhere or are not understood, nothing is said; work is
//! bounded by [`TRACKS_MAX`], [`RUNS_MAX`] and the bytes of the tables. Source: ISO/IEC 14496-12 §8.7 (tables), §8.8 (fragments).

use super::index::places;
use crate::bmff::{self, be32, be64};
use crate::metadata::film::handler;

/// Most tracks looked at.
const TRACKS_MAX: usize = 32;
/// Most runs of samples looked at in one fragment.
const RUNS_MAX: usize = 4096;

/// Returns the place behind the last sample that the tables of an index tell of.
pub(crate) fn of_index(moov: &[u8]) -> Option<u64> {
    let tracks = bmff::boxes(moov).filter(|b| b.kind == *b"trak").map(|track| track.body);
    tracks.filter(|track| is_seen_or_heard(track)).take(TRACKS_MAX).filter_map(of_track).max()
}

/// Other tracks (times, titles, hints) are made and left behind carelessly.
fn is_seen_or_heard(track: &[u8]) -> bool {
    handler(track).is_some_and(|handler| handler == b"vide" || handler == b"soun")
}

fn of_track(track: &[u8]) -> Option<u64> {
    let information = bmff::path(track, &[b"mdia", b"minf"])?;
    if !is_in_this_file(information) {
        return None;
    }
    let samples = places(bmff::find(information, b"stbl")?)?;
    samples.iter().filter(|sample| sample.size > 0).map(|sample| sample.offset.saturating_add(u64::from(sample.size))).max()
}

/// Tells whether all data of a track lies in the file itself: QuickTime's reference films name other files.
fn is_in_this_file(information: &[u8]) -> bool {
    let Some(references) = bmff::path(information, &[b"dinf", b"dref"]).and_then(|dref| dref.get(8..)) else { return true };
    bmff::boxes(references).all(|reference| reference.body.get(3).is_some_and(|flags| flags & 1 == 1))
}

/// What the index says of the samples of all fragments: the size of those that do not tell their own, by track.
#[derive(Debug, Default)]
pub(crate) struct Defaults(Vec<(u32, u32)>);

impl Defaults {
    /// Reads them from an index (`moov`).
    pub(crate) fn of(moov: &[u8]) -> Self {
        let extends = bmff::find(moov, b"mvex").into_iter().flat_map(bmff::boxes).filter(|b| b.kind == *b"trex").take(TRACKS_MAX);
        Self(extends.filter_map(|trex| Some((be32(trex.body, 4)?, be32(trex.body, 16)?))).collect())
    }
}

/// Returns the place behind the last sample of a fragment whose index (`moof`) begins at `start` of the file.
pub(crate) fn of_fragment(moof: &[u8], start: u64, defaults: &Defaults) -> Option<u64> {
    // Without another place, a track's samples lie behind those of the track before.
    let mut end = start;
    for track in bmff::boxes(moof).filter(|b| b.kind == *b"traf").take(TRACKS_MAX) {
        end = end.max(of_fragment_track(track.body, start, end, defaults)?);
    }
    (end > start).then_some(end)
}

fn of_fragment_track(traf: &[u8], start: u64, behind: u64, defaults: &Defaults) -> Option<u64> {
    let header = bmff::find(traf, b"tfhd")?;
    let flags = be32(header, 0)? & 0xFF_FFFF;
    let track = be32(header, 4)?;
    let mut at = 8;
    let mut field = |flag: u32, width: usize| {
        let place = at;
        at += if flags & flag == 0 { 0 } else { width };
        (flags & flag != 0).then_some(place)
    };
    let (base, _, _, size) = (field(1, 8), field(2, 4), field(8, 4), field(0x10, 4));
    let base = match base {
        Some(place) => be64(header, place)?,
        None if flags & 0x2_0000 != 0 => start,
        None => behind,
    };
    let size = match size {
        Some(place) => be32(header, place),
        None => defaults.0.iter().find(|default| default.0 == track).map(|default| default.1),
    };
    let (mut place, mut end) = (base, start);
    for run in bmff::boxes(traf).filter(|b| b.kind == *b"trun").take(RUNS_MAX) {
        place = of_run(run.body, base, place, size)?;
        end = end.max(place);
    }
    Some(end)
}

/// Returns where a run of samples ends that begins at `place`, or where it says itself.
fn of_run(run: &[u8], base: u64, place: u64, default_size: Option<u32>) -> Option<u64> {
    let (flags, count) = (be32(run, 0)? & 0xFF_FFFF, be32(run, 4)?);
    let has = |flag: u32| usize::from(flags & flag != 0);
    let start = if flags & 1 != 0 { base.checked_add_signed(i64::from(be32(run, 8)? as i32))? } else { place };
    let first = 8 + 4 * (has(1) + has(4));
    let bytes = if flags & 0x200 == 0 {
        u64::from(count) * u64::from(default_size?)
    } else {
        let (each, before) = (4 * (has(0x100) + has(0x200) + has(0x400) + has(0x800)), 4 * has(0x100));
        (0..count as usize).try_fold(0u64, |sum, n| Some(sum + u64::from(be32(run, first + n.checked_mul(each)? + before)?)))?
    };
    start.checked_add(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], numbers: &[u32]) -> Vec<u8> {
        let body: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        [&(body.len() as u32 + 8).to_be_bytes(), &kind[..], &body].concat()
    }

    fn wrapped(kind: &[u8; 4], boxes: &[Vec<u8>]) -> Vec<u8> {
        let body = boxes.concat();
        [&(body.len() as u32 + 8).to_be_bytes(), &kind[..], &body].concat()
    }

    /// Sizes of 20 where neither run nor fragment tells another.
    fn reach(trafs: &[Vec<u8>]) -> Option<u64> {
        let defaults = Defaults::of(&wrapped(b"mvex", &[boxed(b"trex", &[0, 7, 1, 0, 20, 0])]));
        of_fragment(&trafs.concat(), 1000, &defaults)
    }

    #[test]
    fn runs_begin_and_end_where_their_flags_say() {
        let traf = |header: &[u32], runs: &[&[u32]]| {
            let runs = runs.iter().map(|run| boxed(b"trun", run));
            wrapped(b"traf", &std::iter::once(boxed(b"tfhd", header)).chain(runs).collect::<Vec<_>>())
        };
        assert_eq!(reach(&[traf(&[0x2_0000, 7], &[&[1, 3, 100]])]), Some(1160), "from the fragment on, by the index's size");
        assert_eq!(reach(&[traf(&[0x2_0010, 7, 5], &[&[1, 3, 100]])]), Some(1115), "by the fragment's size");
        assert_eq!(reach(&[traf(&[0x2_0038, 7, 1, 5, 0], &[&[1, 3, 100]])]), Some(1115), "behind other fields");
        assert_eq!(reach(&[traf(&[1, 7, 0, 5000], &[&[1, 1, 100]])]), Some(5120), "from a place of its own");
        assert_eq!(reach(&[traf(&[0x2_0000, 7], &[&[0x201, 2, 100, 6, 8]])]), Some(1114), "by sizes of its own");
        assert_eq!(reach(&[traf(&[0x2_0000, 7], &[&[0xF05, 2, 100, 0, 9, 6, 9, 9, 9, 8, 9, 9]])]), Some(1114), "among other fields");
        assert_eq!(reach(&[traf(&[0x2_0000, 7], &[&[1, 1, 100], &[0, 2]])]), Some(1160), "one run behind the other");
        let two = [traf(&[0x2_0000, 7], &[&[1, 3, 100]]), traf(&[0, 7], &[&[0, 1]])];
        assert_eq!(reach(&two), Some(1180), "one track behind the other");
    }

    #[test]
    fn what_is_not_told_is_not_guessed() {
        let traf = |header: &[u32], run: &[u32]| wrapped(b"traf", &[boxed(b"tfhd", header), boxed(b"trun", run)]);
        assert_eq!(reach(&[traf(&[0x2_0000, 8], &[1, 3, 100])]), None, "a track of unknown sizes");
        assert_eq!(reach(&[traf(&[0x2_0000, 7], &[0x201, 3, 100, 6, 8])]), None, "a table that ends early");
        assert_eq!(reach(&[traf(&[0x2_0000, 7], &[1, 3, (-2000i32) as u32])]), None, "before the file");
        assert_eq!(reach(&[wrapped(b"traf", &[boxed(b"trun", &[1, 3, 100])])]), None, "no header");
        assert_eq!(reach(&[]), None);
        assert_eq!(of_index(&[]), None);
    }
}
