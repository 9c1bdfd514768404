//! Where the pictures of a film lie: the samples of its first video track, as the tables of its index (`moov`) tell. Nothing is decoded,
//! and nothing is said of the bytes themselves, which mostly come after.
//!
//! **Invariant:** tables are believed only as far as their bytes reach; at most [`SAMPLES_MAX`] samples are taken. Films in fragments
//! (`moof`) have no such tables. Source: ISO/IEC 14496-12 §8.5 to §8.7; ISO/IEC 14496-15 §5.3.

use crate::bmff::{self, be16, be32, be64};
use crate::metadata;

/// Most samples of a track that are listed: nine hours of 30 frames a second. Times 32 bytes bounds the list at 32 MB.
pub(crate) const SAMPLES_MAX: usize = 1 << 20;

/// One coded picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Where its bytes begin in the file.
    pub(crate) offset: u64,
    /// How many there are.
    pub(crate) size: u32,
    /// Whether it can be decoded without another.
    pub(crate) is_sync: bool,
    /// When it is shown, in ticks; 0 is the beginning of what is shown.
    pub(crate) shown_at: i64,
}

/// The first track with pictures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Track {
    /// How its pictures are coded: the four letters of its sample entry.
    pub(crate) codec: [u8; 4],
    /// The decoder's setup for H.264 (`avcC`); empty for others.
    pub(crate) setup: Vec<u8>,
    /// Width of the coded picture in pixels, as its entry tells.
    pub(crate) width: u32,
    /// Height of the coded picture in pixels.
    pub(crate) height: u32,
    /// Ticks a second.
    pub(crate) timescale: u32,
    /// In order of decoding; empty for a film in fragments.
    pub(crate) samples: Vec<Sample>,
}

/// Returns the first track with pictures; `None` where there is none or its tables cannot be read.
pub(crate) fn track(moov: &[u8]) -> Option<Track> {
    let tracks = bmff::boxes(moov).filter(|b| b.kind == *b"trak");
    let track = tracks.map(|track| track.body).find(|track| metadata::film::handler(track) == Some(b"vide"))?;
    let media = bmff::find(track, b"mdia")?;
    let header = bmff::find(media, b"mdhd")?;
    let timescale = be32(header, if header.first() == Some(&1) { 20 } else { 12 }).filter(|scale| *scale > 0)?;
    let table = bmff::path(media, &[b"minf", b"stbl"])?;
    // One sample entry: a film of several codings is not followed.
    let entry = bmff::boxes(bmff::find(table, b"stsd")?.get(8..)?).next()?;
    let setup = bmff::find(entry.body.get(78..).unwrap_or_default(), b"avcC").unwrap_or_default().to_vec();
    let mut samples = places(table)?;
    time(table, &mut samples)?;
    mark_syncs(table, &mut samples);
    let begins = beginning(track).unwrap_or_else(|| samples.iter().map(|sample| sample.shown_at).min().unwrap_or(0));
    samples.iter_mut().for_each(|sample| sample.shown_at = sample.shown_at.saturating_sub(begins));
    let side = |at: usize| be16(entry.body, at).map_or(0, u32::from);
    Some(Track { codec: entry.kind, setup, width: side(24), height: side(26), timescale, samples })
}

/// Tells whether there is a track of sound.
pub(crate) fn has_sound(moov: &[u8]) -> bool {
    bmff::boxes(moov).filter(|b| b.kind == *b"trak").any(|track| metadata::film::handler(track.body) == Some(b"soun"))
}

/// Returns offset and size of each sample.
pub(super) fn places(table: &[u8]) -> Option<Vec<Sample>> {
    let sizes = bmff::find(table, b"stsz")?;
    let (common, count) = (be32(sizes, 4)?, be32(sizes, 8)? as usize);
    if count > SAMPLES_MAX {
        return None;
    }
    let size = |n: usize| if common > 0 { Some(common) } else { be32(sizes, 12 + 4 * n) };
    let (chunks, wide) = match bmff::find(table, b"stco") {
        Some(chunks) => (chunks, false),
        None => (bmff::find(table, b"co64")?, true),
    };
    let offset = |n: usize| if wide { be64(chunks, 8 + 8 * n) } else { be32(chunks, 8 + 4 * n).map(u64::from) };
    let runs = bmff::find(table, b"stsc")?;
    let run = |n: usize| Some((be32(runs, 8 + 12 * n)? as usize, be32(runs, 12 + 12 * n)?));
    let (run_count, chunk_count) = (be32(runs, 4)? as usize, be32(chunks, 4)? as usize);
    let mut samples = Vec::new();
    let mut at_run = 0;
    for chunk in 1..=chunk_count {
        while at_run + 1 < run_count && run(at_run + 1)?.0 <= chunk {
            at_run += 1;
        }
        let mut place = offset(chunk - 1)?;
        for _ in 0..run(at_run)?.1 {
            if samples.len() == count {
                return Some(samples);
            }
            let size = size(samples.len())?;
            samples.push(Sample { offset: place, size, is_sync: false, shown_at: 0 });
            place = place.checked_add(u64::from(size))?;
        }
    }
    Some(samples)
}

/// Fills in when each sample is shown: its time of decoding (`stts`) and what is added (`ctts`).
fn time(table: &[u8], samples: &mut [Sample]) -> Option<()> {
    let lasts = bmff::find(table, b"stts")?;
    let (mut decoded_at, count_of_samples) = (0i64, samples.len());
    let each = |entries: &[u8], take: &mut dyn FnMut(usize, u32)| {
        let mut first = 0usize;
        for n in 0..be32(entries, 4).unwrap_or(0) as usize {
            let (Some(count), Some(value)) = (be32(entries, 8 + 8 * n), be32(entries, 12 + 8 * n)) else { return };
            let end = first.saturating_add(count as usize).min(count_of_samples);
            (first..end).for_each(|at| take(at, value));
            first = end;
            if first == count_of_samples {
                return;
            }
        }
    };
    let mut times = vec![0i64; samples.len()];
    each(lasts, &mut |at, ticks| {
        times[at] = decoded_at;
        decoded_at = decoded_at.saturating_add(i64::from(ticks));
    });
    if let Some(shifts) = bmff::find(table, b"ctts") {
        // Version 1 counts with a sign; version 0 is written so too.
        each(shifts, &mut |at, ticks| times[at] = times[at].saturating_add(i64::from(ticks as i32)));
    }
    samples.iter_mut().zip(times).for_each(|(sample, time)| sample.shown_at = time);
    Some(())
}

/// Marks the samples that need no other; without a table (`stss`) all are such.
fn mark_syncs(table: &[u8], samples: &mut [Sample]) {
    let Some(syncs) = bmff::find(table, b"stss") else {
        samples.iter_mut().for_each(|sample| sample.is_sync = true);
        return;
    };
    for n in 0..be32(syncs, 4).unwrap_or(0) as usize {
        let Some(number) = be32(syncs, 8 + 4 * n) else { return };
        if let Some(sample) = (number as usize).checked_sub(1).and_then(|at| samples.get_mut(at)) {
            sample.is_sync = true;
        }
    }
}

/// Returns the time of the track at which the film begins, by its edit list: the first entry that is not empty.
fn beginning(track: &[u8]) -> Option<i64> {
    let edits = bmff::path(track, &[b"edts", b"elst"])?;
    let wide = edits.first() == Some(&1);
    let (length, at) = if wide { (20, 8) } else { (12, 4) };
    (0..be32(edits, 4)?.min(16) as usize).find_map(|n| {
        let place = 8 + n * length + at;
        let media = if wide { be64(edits, place)? as i64 } else { i64::from(be32(edits, place)? as i32) };
        (media >= 0).then_some(media)
    })
}
