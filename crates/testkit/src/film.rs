//! Films: MP4 and MOV with the boxes a reader walks. Those of [`film`] are films in structure only, with samples of fake bytes: no player
//! shows them; payload hashes, dates, durations, sizes and identifiers can be read from them. Those of [`shown_film`] hold pictures, in
//! H.264 without compression (see `h264`), which every player shows.
//!
//! Boxes: ISO/IEC 14496-12;
//! identifiers: QuickTime File Format, "Metadata" (keys and ilst).

mod h264;

use crate::canvas::Canvas;
use crate::encode::{JpegOptions, jpeg};
use crate::exif::Exif;
use crate::rng::Rng;
use model::Turn;

/// Seconds from 1904-01-01, where QuickTime counts from, to 1970-01-01.
const EPOCH_1904: i64 = 2_082_844_800;
/// Units of time in a second.
const TIMESCALE: u32 = 600;

/// What a film says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmFacts {
    /// When it was made, seconds of UTC.
    pub created_utc_seconds: Option<i64>,
    /// What ties it to its still (Apple's content identifier).
    pub content_identifier: Option<String>,
    /// Camera maker and model.
    pub camera: Option<(String, String)>,
    /// Width and height in pixels.
    pub size: (u16, u16),
    /// Whether the index (`moov`) stands before the samples.
    pub index_first: bool,
    /// Whether it is a MOV (`qt  `) instead of an MP4.
    pub quicktime: bool,
}

impl Default for FilmFacts {
    fn default() -> Self {
        Self { created_utc_seconds: None, content_identifier: None, camera: None, size: (640, 480), index_first: false, quicktime: false }
    }
}

/// Returns a film of `seconds` whose samples follow from `seed`: films of one seed and length have the same samples whatever else they
/// say of themselves.
#[must_use]
pub fn film(seed: u64, seconds: f64, facts: &FilmFacts) -> Vec<u8> {
    let frames = ((seconds * 15.0).round() as usize).max(1);
    let rng = Rng::new(seed);
    let samples: Vec<Vec<u8>> = (0..frames).map(|_| (0..40 + rng.below(160)).map(|_| rng.next() as u8).collect()).collect();
    // One H.264 profile with a made-up parameter set: 14496-15, 5.2.4.
    let setup = vec![1, 66, 0, 30, 0xFF, 0xE1, 0, 4, 0x67, 66, 0, 30, 1, 0, 2, 0x68, 0xCE];
    boxed(&samples, &Coding { setup, keys: None, ticks: TIMESCALE / 15, turn: Turn::Upright }, facts)
}

/// Returns a film that shows these pictures, each for 1/`per_second` of a second, with a key frame for every `key_every` of them. Their sides
/// are multiples of 16 and alike, and are those of the film, whatever `facts` says; `turn` is what its matrix asks of a player.
///
/// # Panics
/// If there is no picture or their sides are others.
#[must_use]
pub fn shown_film(pictures: &[Canvas], per_second: u32, key_every: usize, turn: Turn, facts: &FilmFacts) -> Vec<u8> {
    let (width, height) = (pictures[0].width, pictures[0].height);
    let samples = pictures.iter().enumerate().map(|(n, picture)| h264::sample(picture, n, key_every)).collect::<Vec<_>>();
    let keys = (0..pictures.len()).step_by(key_every).map(|n| n as u32 + 1).collect();
    let coding = Coding { setup: h264::setup(width, height), keys: Some(keys), ticks: TIMESCALE / per_second, turn };
    boxed(&samples, &coding, &FilmFacts { size: (width as u16, height as u16), ..facts.clone() })
}

/// How the samples of a film are coded.
struct Coding {
    /// The decoder's setup (`avcC`).
    setup: Vec<u8>,
    /// Numbers of the key frames, from 1; `None`: all.
    keys: Option<Vec<u32>>,
    /// Ticks of [`TIMESCALE`] that a sample lasts.
    ticks: u32,
    /// What the matrix asks for.
    turn: Turn,
}

fn boxed(samples: &[Vec<u8>], coding: &Coding, facts: &FilmFacts) -> Vec<u8> {
    let brand = if facts.quicktime { b"qt  " } else { b"isom" };
    let kind = bx(b"ftyp", &[brand.as_slice(), &512u32.to_be_bytes(), brand, if facts.quicktime { b"qt  " } else { b"mp41" }].concat());
    let media = bx(b"mdat", &samples.concat());
    let sizes: Vec<u32> = samples.iter().map(|sample| sample.len() as u32).collect();
    let index_size = index(&sizes, 0, coding, facts).len();
    let offset = kind.len() + 8 + if facts.index_first { index_size } else { 0 };
    let index = index(&sizes, offset as u32, coding, facts);
    if facts.index_first { [kind, index, media].concat() } else { [kind, media, index].concat() }
}

/// Returns a motion photo: the JPEG with `film` behind its end and the XMP that says so (Google's MicroVideo).
#[must_use]
pub fn motion_photo(canvas: &Canvas, quality: u8, exif: Exif, film: &[u8]) -> Vec<u8> {
    let xmp = format!(
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:GCamera=\"http://ns.google.com/photos/1.0/camera/\" GCamera:MotionPhoto=\"1\" \
         GCamera:MicroVideo=\"1\" GCamera:MicroVideoVersion=\"1\" GCamera:MicroVideoOffset=\"{}\"/></rdf:RDF></x:xmpmeta>",
        film.len()
    );
    let options = JpegOptions { exif: Some(exif), segments: vec![(1, xmp.into_bytes())], trailer: film.to_vec(), ..JpegOptions::default() };
    jpeg(canvas, quality, &options)
}

/// A box: size, type, content.
fn bx(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&(8 + content.len() as u32).to_be_bytes(), kind.as_slice(), content].concat()
}

/// A box with version 0 and flags.
fn full(kind: &[u8; 4], flags: u32, content: &[u8]) -> Vec<u8> {
    bx(kind, &[&flags.to_be_bytes(), content].concat())
}

/// Big-endian words in a row.
fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The matrix of 14496-12, 6.2.2, that asks for this turn.
fn matrix(turn: Turn) -> Vec<u8> {
    let [a, b, c, d]: [i32; 4] = match turn {
        Turn::Upright => [1, 0, 0, 1],
        Turn::Mirrored => [-1, 0, 0, 1],
        Turn::Half => [-1, 0, 0, -1],
        Turn::Flipped => [1, 0, 0, -1],
        Turn::Transposed => [0, 1, 1, 0],
        Turn::Clockwise => [0, 1, -1, 0],
        Turn::Transversed => [0, -1, -1, 0],
        Turn::Counterclockwise => [0, -1, 1, 0],
    };
    let fixed = |n: i32| (n << 16) as u32;
    words(&[fixed(a), fixed(b), 0, fixed(c), fixed(d), 0, 0, 0, 0x4000_0000])
}

fn index(sizes: &[u32], offset: u32, coding: &Coding, facts: &FilmFacts) -> Vec<u8> {
    let created = facts.created_utc_seconds.map_or(0, |seconds| (seconds + EPOCH_1904) as u32);
    let duration = sizes.len() as u32 * coding.ticks;
    let (width, height) = (u32::from(facts.size.0), u32::from(facts.size.1));
    let header = [
        words(&[created, created, TIMESCALE, duration, 0x1_0000, 0x0100_0000, 0, 0]),
        matrix(Turn::Upright),
        words(&[0, 0, 0, 0, 0, 0, 2]),
    ]
    .concat();
    let track_header =
        [words(&[created, created, 1, 0, duration, 0, 0, 0, 0]), matrix(coding.turn), words(&[width << 16, height << 16])].concat();
    let media_header = words(&[created, created, TIMESCALE, duration, 0x55C4_0000]);
    let handler = [words(&[0]), b"vide".to_vec(), words(&[0, 0, 0]), b"picture\0".to_vec()].concat();
    let reference = bx(b"dinf", &full(b"dref", 0, &[words(&[1]), full(b"url ", 1, &[])].concat()));
    let information = bx(b"minf", &[full(b"vmhd", 1, &[0; 8]), reference, sample_table(sizes, offset, coding, facts)].concat());
    let media = bx(b"mdia", &[full(b"mdhd", 0, &media_header), full(b"hdlr", 0, &handler), information].concat());
    let track = bx(b"trak", &[full(b"tkhd", 7, &track_header), media].concat());
    bx(b"moov", &[full(b"mvhd", 0, &header), track, metadata(facts)].concat())
}

fn sample_table(sizes: &[u32], offset: u32, coding: &Coding, facts: &FilmFacts) -> Vec<u8> {
    let count = sizes.len() as u32;
    let setup = bx(b"avcC", &coding.setup);
    let entry = [
        words(&[0, 1, 0, 0, 0, 0]),
        facts.size.0.to_be_bytes().to_vec(),
        facts.size.1.to_be_bytes().to_vec(),
        words(&[0x48_0000, 0x48_0000, 0]),
        vec![0, 1],
        vec![0; 32],
        vec![0, 24, 0xFF, 0xFF],
        setup,
    ]
    .concat();
    let tables = [
        full(b"stsd", 0, &[words(&[1]), bx(b"avc1", &entry)].concat()),
        full(b"stts", 0, &words(&[1, count, coding.ticks])),
        coding.keys.as_ref().map_or(Vec::new(), |keys| full(b"stss", 0, &[words(&[keys.len() as u32]), words(keys)].concat())),
        full(b"stsc", 0, &words(&[1, 1, count, 1])),
        full(b"stsz", 0, &[words(&[0, count]), words(sizes)].concat()),
        full(b"stco", 0, &words(&[1, offset])),
    ];
    bx(b"stbl", &tables.concat())
}

/// QuickTime's keys and values, in a `meta` box without version as QuickTime writes it; empty when there is nothing to say.
fn metadata(facts: &FilmFacts) -> Vec<u8> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    if let Some(identifier) = &facts.content_identifier {
        pairs.push(("com.apple.quicktime.content.identifier", identifier));
    }
    if let Some((make, model)) = &facts.camera {
        pairs.extend([("com.apple.quicktime.make", make.as_str()), ("com.apple.quicktime.model", model.as_str())]);
    }
    if pairs.is_empty() {
        return Vec::new();
    }
    let keys: Vec<u8> = pairs.iter().flat_map(|(key, _)| bx(b"mdta", key.as_bytes())).collect();
    let values: Vec<u8> = pairs
        .iter()
        .zip(1u32..)
        .flat_map(|((_, value), number)| bx(&number.to_be_bytes(), &bx(b"data", &[words(&[1, 0]), value.as_bytes().to_vec()].concat())))
        .collect();
    let handler = full(b"hdlr", 0, &[words(&[0]), b"mdta".to_vec(), words(&[0, 0, 0]), vec![0]].concat());
    bx(b"meta", &[handler, full(b"keys", 0, &[words(&[pairs.len() as u32]), keys].concat()), bx(b"ilst", &values)].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks boxes and returns the content of the first one at `path`.
    fn find<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
        let Some((first, rest)) = path.split_first() else { return Some(bytes) };
        let mut at = 0;
        while at + 8 <= bytes.len() {
            let size = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
            assert!(size >= 8 && at + size <= bytes.len(), "a box leaves its parent");
            if &bytes[at + 4..at + 8] == *first {
                return find(&bytes[at + 8..at + size], rest);
            }
            at += size;
        }
        None
    }

    fn facts() -> FilmFacts {
        FilmFacts {
            created_utc_seconds: Some(1_600_000_000),
            content_identifier: Some("5D3C-1".to_owned()),
            camera: Some(("Apple".to_owned(), "iPhone 12".to_owned())),
            ..FilmFacts::default()
        }
    }

    #[test]
    fn chunk_offsets_point_at_the_samples_wherever_the_index_stands() {
        for index_first in [false, true] {
            let bytes = film(5, 2.0, &FilmFacts { index_first, ..facts() });
            let samples = find(&bytes, &[b"mdat"]).unwrap();
            let table = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];
            let offset = find(find(&bytes, &table).unwrap(), &[b"stco"]).unwrap();
            let offset = u32::from_be_bytes(offset[8..12].try_into().unwrap()) as usize;
            assert_eq!(&bytes[offset..offset + samples.len()], samples, "{index_first}");
            let sizes = find(find(&bytes, &table).unwrap(), &[b"stsz"]).unwrap();
            assert_eq!(u32::from_be_bytes(sizes[8..12].try_into().unwrap()), 30);
            let total: u32 = sizes[12..].chunks_exact(4).map(|size| u32::from_be_bytes(size.try_into().unwrap())).sum();
            assert_eq!(total as usize, samples.len());
        }
    }

    #[test]
    fn other_facts_leave_the_samples_alone_and_other_seeds_do_not() {
        let samples = |seed, facts: &FilmFacts| find(&film(seed, 1.0, facts), &[b"mdat"]).unwrap().to_vec();
        assert_eq!(samples(1, &facts()), samples(1, &FilmFacts::default()));
        assert_ne!(samples(1, &facts()), samples(2, &facts()));
        assert_ne!(film(1, 1.0, &facts()), film(1, 1.0, &FilmFacts::default()));
    }

    #[test]
    fn identifiers_and_times_stand_where_readers_look() {
        let bytes = film(1, 1.0, &facts());
        let header = find(&bytes, &[b"moov", b"mvhd"]).unwrap();
        assert_eq!(i64::from(u32::from_be_bytes(header[4..8].try_into().unwrap())) - EPOCH_1904, 1_600_000_000);
        let values = find(&bytes, &[b"moov", b"meta", b"ilst", &[0, 0, 0, 1], b"data"]).unwrap();
        assert_eq!(&values[8..], b"5D3C-1");
        assert!(find(&film(1, 1.0, &FilmFacts::default()), &[b"moov", b"meta"]).is_none());
    }

    #[test]
    fn a_motion_photo_is_a_jpeg_with_a_film_behind_it() {
        let clip = film(3, 1.0, &FilmFacts::default());
        let photo = motion_photo(&Canvas::plain(32, 24, [90; 3]), 80, Exif::default(), &clip);
        assert!(photo.ends_with(&clip) && photo.starts_with(&[0xFF, 0xD8]));
    }
}
