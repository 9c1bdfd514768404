//! Films of the MP4 and QuickTime family: the media data in order, and for each track how its samples are described, timed, cut and
//! turned. So a flag that turns the film, an edit list that trims it or another speed is another payload, while tags, dates and the
//! place of the index in the file are not. Source: ISO/IEC 14496-12 §8.

use crate::bmff;
use crate::digest::PartHasher;
use model::{Format, PayloadHash};

/// Most tracks described; a film with more has no payload hash.
const TRACKS_MAX: usize = 256;
/// The tables of a track's samples: descriptions, times, compositions, sizes, chunks. Offsets (`stco`) move with the index.
const TABLES: &[&[u8; 4]] = &[b"stsd", b"stts", b"ctts", b"stsz", b"stz2", b"stsc"];

/// Takes a film's media data as it comes by, and its index when it comes.
pub(crate) struct FilmHasher {
    samples: blake3::Hasher,
    fragments: blake3::Hasher,
    sample_bytes: u64,
}

impl FilmHasher {
    /// Starts.
    pub(crate) fn new() -> Self {
        Self { samples: blake3::Hasher::new(), fragments: blake3::Hasher::new(), sample_bytes: 0 }
    }

    /// Takes the next bytes of a media data box.
    pub(crate) fn samples(&mut self, bytes: &[u8]) {
        self.sample_bytes += bytes.len() as u64;
        self.samples.update(bytes);
    }

    /// Ends a media data box.
    pub(crate) fn end_of_box(&mut self) {
        self.samples.update(&self.sample_bytes.to_le_bytes());
    }

    /// Takes the index of a fragment (`moof`).
    pub(crate) fn fragment(&mut self, body: &[u8]) {
        self.fragments.update(&(body.len() as u64).to_le_bytes());
        self.fragments.update(body);
    }

    /// Returns the payload hash of a film whose index is `moov`; `None` without samples or tracks.
    pub(crate) fn finish(self, moov: &[u8], format: Format) -> Option<PayloadHash> {
        let mut hasher = PartHasher::new(format.name());
        if let Some(header) = bmff::find(moov, b"mvhd") {
            let (scale, rate, matrix) = if header.first() == Some(&1) { (20, 32, 48) } else { (12, 20, 36) };
            [(scale, 4), (rate, 4), (matrix, 36)]
                .iter()
                .for_each(|&(at, n)| hasher.part("film", header.get(at..at + n).unwrap_or_default()));
        }
        let mut tracks = 0;
        for track in bmff::boxes(moov).filter(|b| b.kind == *b"trak").take(TRACKS_MAX + 1) {
            describe(&mut hasher, track.body);
            tracks += 1;
        }
        hasher.part("samples", self.samples.finalize().as_bytes());
        hasher.part("fragments", self.fragments.finalize().as_bytes());
        ((1..=TRACKS_MAX).contains(&tracks) && self.sample_bytes > 0).then(|| hasher.finish())
    }
}

fn describe(hasher: &mut PartHasher, track: &[u8]) {
    let header = bmff::find(track, b"tkhd").unwrap_or_default();
    // Matrix, width and height.
    let shown = if header.first() == Some(&1) { 52 } else { 40 };
    hasher.part("shown", header.get(shown..shown + 44).unwrap_or_default());
    hasher.part("edits", bmff::path(track, &[b"edts", b"elst"]).unwrap_or_default());
    let media = bmff::find(track, b"mdia").unwrap_or_default();
    hasher.part("handler", bmff::find(media, b"hdlr").and_then(|h| h.get(8..12)).unwrap_or_default());
    let scale = if bmff::find(media, b"mdhd").and_then(|h| h.first()) == Some(&1) { 20 } else { 12 };
    hasher.part("time scale", bmff::find(media, b"mdhd").and_then(|h| h.get(scale..scale + 4)).unwrap_or_default());
    let table = bmff::path(media, &[b"minf", b"stbl"]).unwrap_or_default();
    for kind in TABLES {
        hasher.part(&String::from_utf8_lossy(&kind[..]), bmff::find(table, kind).unwrap_or_default());
    }
}
