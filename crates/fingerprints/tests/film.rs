//! Films: what one pass over them tells, whatever the order and size of their boxes.

mod drawn;

use drawn::film::Film;
use drawn::*;
use fingerprints::{Digests, MOOV_MAX_BYTES, fingerprint_stream};
use model::{Damage, Format, TimeSource, Turn};
use std::io::Read;
use testkit::film::{FilmFacts, shown_film};
use testkit::scene::Scene;

/// Gives few bytes at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = out.len().min(self.0.len()).min(7);
        out[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

#[test]
fn a_film_streamed_equals_the_film_in_memory() {
    for format in [Format::Mp4, Format::Mov, Format::ThreeGp, Format::Avi, Format::Matroska] {
        let bytes = Film::default().bytes();
        let streamed = fingerprint_stream(&mut Trickle(&bytes), format).expect("readable");
        assert_eq!(streamed.fingerprint, fingerprints::fingerprint(&bytes, format));
        assert_eq!(streamed.size_bytes, bytes.len() as u64);
        let mut digests = Digests::new();
        digests.update(&bytes);
        assert_eq!((streamed.content, streamed.sha1), digests.finish());
        let boxed = matches!(format, Format::Mp4 | Format::Mov | Format::ThreeGp);
        assert_eq!(streamed.fingerprint.payload.is_some(), boxed, "{format}");
        assert!(streamed.fingerprint.picture.is_none() && streamed.fingerprint.undecoded.is_some(), "its frames are still to be drawn");
    }
}

#[test]
fn the_index_tells_sides_turn_and_duration() {
    let check = |matrix: [i32; 4], sides: (u32, u32), orientation: u16| {
        let fingerprint = fingerprint(&Film { matrix, ..Film::default() }.bytes());
        assert_eq!((fingerprint.width, fingerprint.height, fingerprint.orientation), (sides.0, sides.1, orientation), "{matrix:?}");
        assert_eq!(fingerprint.metadata.duration_ms, Some(4000));
    };
    check([1, 0, 0, 1], (1920, 1080), 1);
    check([0, 1, -1, 0], (1080, 1920), 6);
    check([-1, 0, 0, -1], (1920, 1080), 3);
    check([0, -1, 1, 0], (1080, 1920), 8);
    check([-1, 0, 0, 1], (1920, 1080), 2);
}

#[test]
fn the_index_tells_camera_time_and_place() {
    let keys = vec![
        ("com.apple.quicktime.make", "Apple"),
        ("com.apple.quicktime.model", "iPhone 12"),
        ("com.apple.quicktime.software", "17.1"),
        ("com.apple.quicktime.creationdate", "2020-09-20T13:12:07+0300"),
        ("com.apple.quicktime.content.identifier", "7A7D4193"),
        ("com.apple.quicktime.location.ISO6709", "+38.7223-009.1393+012.000/"),
        ("com.apple.quicktime.unknown", "x"),
    ];
    let metadata = fingerprint(&Film { brand: b"qt  ", keys, since_1904: 3_700_000_000, ..Film::default() }.bytes()).metadata;
    assert_eq!(
        (metadata.make.as_deref(), metadata.model.as_deref(), metadata.software.as_deref()),
        (Some("Apple"), Some("iPhone 12"), Some("17.1"))
    );
    assert_eq!(metadata.content_identifier.as_deref(), Some("7A7D4193"));
    assert_eq!(
        metadata.taken.map(|t| (t.local_seconds, t.offset_minutes, t.source)),
        Some((1_600_607_527, Some(180), TimeSource::Container))
    );
    assert_eq!(metadata.place.map(|p| (p.latitude, p.longitude, p.altitude_m)), Some((38.7223, -9.1393, Some(12.0))));
    let user: Vec<(&'static [u8; 4], &'static str)> =
        vec![(b"\xa9mak", "Canon"), (b"\xa9mod", "EOS R"), (b"\xa9xyz", "+38.7223-009.1393/")];
    let metadata = fingerprint(&Film { user, since_1904: 3_700_000_000, ..Film::default() }.bytes()).metadata;
    assert_eq!((metadata.make.as_deref(), metadata.model.as_deref()), (Some("Canon"), Some("EOS R")));
    assert_eq!(metadata.taken.map(|t| (t.utc_seconds(), t.source)), Some((Some(3_700_000_000 - 2_082_844_800), TimeSource::Container)));
    assert!(metadata.place.is_some());
    assert_eq!(fingerprint(&Film::default().bytes()).metadata.taken, None, "0 is no time");
}

#[test]
fn a_film_without_ftyp_is_quicktime() {
    let film = Film::default().bytes();
    let bytes = [bmff_box(b"wide", b""), film[20..].to_vec()].concat();
    let fingerprint = fingerprint(&bytes);
    assert_eq!(fingerprint.format, Format::Mov);
    assert!(fingerprint.payload.is_some());
}

/// Bytes that are made as they are read.
struct Zeros(u64);

impl Read for Zeros {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = out.len().min(usize::try_from(self.0).unwrap_or(usize::MAX));
        out[..count].fill(0);
        self.0 -= count as u64;
        Ok(count)
    }
}

#[test]
fn an_index_at_its_bound_is_kept_and_one_over_it_passes_by() {
    let whole = Film::default().bytes();
    let index_at = whole.windows(4).position(|w| w == b"moov").expect("an index") - 4;
    let index = &whole[index_at + 8..];
    for (body_bytes, kept) in [(MOOV_MAX_BYTES, true), (MOOV_MAX_BYTES + 8, false)] {
        // The index grows by a box of nothing at its end.
        let filler = body_bytes - index.len() as u64;
        let moov = [&(body_bytes as u32 + 8).to_be_bytes()[..], b"moov", index, &(filler as u32).to_be_bytes(), b"free"].concat();
        let mut reader = whole[..index_at].chain(&moov[..]).chain(Zeros(filler - 8));
        let film = fingerprint_stream(&mut reader, Format::Mp4).expect("readable");
        assert_eq!((film.fingerprint.payload.is_some(), film.fingerprint.width > 0), (kept, kept), "{body_bytes}");
        assert_eq!(film.size_bytes, index_at as u64 + body_bytes + 8);
    }
}

#[test]
fn a_reader_that_fails_is_an_error() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    let bytes = Film::default().bytes();
    assert!(fingerprint_stream(&mut bytes[..40].chain(Failing), Format::Mp4).is_err());
}

/// Read with ffprobe's conventions in mind: sides as shown, turn by the display matrix.
#[test]
fn real_films() {
    let read = |path: &str| shared(path).map(|path| fingerprint(&std::fs::read(path).expect("listed")));
    if let Some(live) = read("live/pairedVideo.mov") {
        assert_eq!((live.width, live.height), (720, 960));
        assert_eq!(live.metadata.content_identifier.as_deref(), Some("7A7D4193-1D91-4907-98F8-3B7E41D991D7"));
        assert_eq!(live.metadata.duration_ms, Some(3596));
        assert!(live.payload.is_some());
    }
    let (Some(original), Some(turned)) = (read("video/a-original.mp4"), read("video/a-display-matrix.mp4")) else { return };
    assert_eq!((original.orientation, original.width, original.height), (1, 40, 160));
    assert_ne!(turned.orientation, 1);
    assert_ne!(original.payload, turned.payload);
}

/// A film of two seconds that every player shows.
fn shown(index_first: bool) -> Vec<u8> {
    let scene = Scene::new(1).draw(256, 192);
    let pictures: Vec<_> = (0..16).map(|n| scene.cropped(n * 4, n * 2, 160, 128)).collect();
    shown_film(&pictures, 8, 8, Turn::Upright, &FilmFacts { index_first, ..FilmFacts::default() })
}

fn damage(film: &[u8]) -> Option<Damage> {
    fingerprint(film).encoding.damage
}

/// Where the samples of a film begin and end.
fn samples(film: &[u8]) -> std::ops::Range<usize> {
    let at = film.windows(4).position(|four| four == b"mdat").expect("samples");
    let size = u32::from_be_bytes(film[at - 4..at].try_into().expect("four")) as usize;
    at + 4..at - 4 + size
}

#[test]
fn a_film_that_was_cut_says_so() {
    for index_first in [true, false] {
        let film = shown(index_first);
        assert_eq!(damage(&film), None);
        for percent in [60, 80, 90, 97] {
            assert_eq!(damage(&film[..film.len() * percent / 100]), Some(Damage::EndsEarly), "{percent} %, index first: {index_first}");
        }
        assert_eq!(damage(&film[..film.len() - 1]), Some(Damage::EndsEarly), "a byte, index first: {index_first}");
        assert_eq!(damage(&[&film[..], &[0; 8]].concat()), None, "zeros behind it");
    }
    // A coding that is not decoded has its tables all the same; without tables nothing is said.
    let replaced = |film: &[u8], from: &[u8], to: &[u8]| {
        let at = film.windows(from.len()).position(|part| part == from).expect("there");
        [&film[..at], to, &film[at + from.len()..]].concat()
    };
    let film = shown(true);
    let cut = &film[..film.len() * 9 / 10];
    assert_eq!(damage(&replaced(cut, b"avc1", b"hvc1")), Some(Damage::EndsEarly));
    assert_eq!(damage(&replaced(cut, b"stco", b"stc?")), None);
    assert_eq!(damage(&replaced(cut, b"url \0\0\0\x01", b"url \0\0\0\0")), None, "its samples lie in another file");
}

#[test]
fn a_fragment_that_was_cut_says_so() {
    let words = |numbers: &[u32]| numbers.iter().flat_map(|n| n.to_be_bytes()).collect::<Vec<u8>>();
    let fragment = |place: u32| {
        let run = bmff_box(b"trun", &words(&[0x201, 2, place, 6, 6]));
        bmff_box(b"traf", &[bmff_box(b"tfhd", &words(&[0x2_0000, 1])), run].concat())
    };
    // Its samples lie behind its own header and that of their box.
    let fragments = vec![fragment(fragment(0).len() as u32 + 16)];
    let bytes = Film { index_first: true, fragments, samples: vec![vec![9; 12]], ..Film::default() }.bytes();
    assert_eq!(damage(&bytes), None);
    assert_eq!(damage(&bytes[..bytes.len() - 1]), Some(Damage::EndsEarly), "within its samples");
    assert_eq!(damage(&bytes[..bytes.len() - 30]), Some(Damage::EndsEarly), "within its index");
}

#[test]
fn a_film_whose_pictures_are_none_says_so() {
    let film = shown(true);
    let place = samples(&film);
    let filled = |part: std::ops::Range<usize>, byte: fn(usize) -> u8| {
        let mut film = film.clone();
        film[part.clone()].iter_mut().zip(part).for_each(|(target, n)| *target = byte(n));
        film
    };
    let half = place.start + place.len() / 2;
    for (name, byte) in [("zeros", (|_| 0) as fn(usize) -> u8), ("garbage", |n| (n * 151 % 251) as u8)] {
        for (part, lost) in [("second half", half..place.end), ("tenth at the end", place.end - place.len() / 10..place.end)] {
            assert_eq!(damage(&filled(lost, byte)), Some(Damage::PictureBroken), "{name}, {part}");
        }
        let all = fingerprint(&filled(place.clone(), byte));
        assert_eq!((all.encoding.damage, all.key_frames.len()), (Some(Damage::PictureBroken), 0), "{name}, all of it");
    }
    // What is not decoded here is not called damaged.
    let mut other = filled(half..place.end, |_| 0);
    let at = other.windows(4).position(|four| four == b"avc1").expect("a coding");
    other[at..at + 4].copy_from_slice(b"hvc1");
    assert_eq!(damage(&other), None, "another coding");
    let at = film.windows(4).position(|four| four == b"avcC").expect("a setup");
    let sps = at + 4 + 8;
    let mut other = film.clone();
    assert_eq!(other[sps], 0x67, "a parameter set");
    other[sps + 1] = 244;
    assert_eq!(damage(&other), None, "another profile");
}

#[test]
fn a_poster_is_the_first_key_frame_upright() {
    let first = Scene::new(3).draw(320, 240);
    let mut pictures = vec![testkit::Canvas::plain(320, 240, [90, 20, 160]); 8];
    pictures[0] = first.clone();
    for turn in Turn::ALL {
        let stored: Vec<_> = pictures.iter().map(|picture| picture.stored_for(turn)).collect();
        let bytes = shown_film(&stored, 1, 1, turn, &FilmFacts::default());
        let mut parts = |at: u64, count: usize| Ok(bytes[(at as usize).min(bytes.len())..(at as usize + count).min(bytes.len())].to_vec());
        let plan = fingerprints::plan_of_parts(&mut parts, Format::Mp4).expect("in memory");
        let ranges = plan.poster_ranges();
        let asked: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        assert!(asked <= bytes.len() as u64 * 3 / 8, "of eight key frames three are read: {asked} of {}", bytes.len());
        let held: Vec<(u64, &[u8])> = ranges.iter().map(|range| (range.start, &bytes[range.start as usize..range.end as usize])).collect();
        let poster = plan.poster(&held, None).expect("H.264");
        assert_eq!((poster.width as usize, poster.height as usize), (320, 240), "{turn:?}");
        let apart: f64 = poster.rgb.iter().zip(&first.rgb).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / poster.rgb.len() as f64;
        assert!(apart < 12.0, "{turn:?}: {apart} grey levels");
        assert_eq!(plan.poster(&held, Some(100)).map(|small| (small.width, small.height)), Ok((100, 75)));
        let cut: Vec<(u64, &[u8])> = held.iter().map(|(start, part)| (*start, &part[..part.len() / 4])).collect();
        assert!(plan.poster(&cut, None).is_err(), "not even the first is whole");
    }
}
