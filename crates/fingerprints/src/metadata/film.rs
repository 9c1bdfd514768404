//! What a film's index (`moov`) says: duration, sides, turn, camera, time, place. Sources: ISO/IEC 14496-12 §8.2, §8.3; QuickTime File
//! Format, "User data" and "Metadata" (Apple, 2016); ISO 6709 for places.

use super::{Xmp, add_keyword, fill, geo_point, is_filler, zoned_time};
use crate::bmff::{self, be16, be32, be64};
use crate::tiff::text_of;
use model::{CaptureTime, GeoPoint, Metadata, TimeSource, Turn};

/// Seconds from 1904-01-01, from which films count, to 1970-01-01.
const EPOCH_SHIFT_S: u64 = 2_082_844_800;
/// Most keys and values read.
const KEYS_MAX: usize = 1000;

/// What a film's index tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FilmFacts {
    /// Of its taking.
    pub(crate) metadata: Metadata,
    /// Width as shown, pixels; 0 if unknown.
    pub(crate) width: u32,
    /// Height as shown, pixels; 0 if unknown.
    pub(crate) height: u32,
    /// The turn its matrix asks for, as EXIF's number.
    pub(crate) orientation: u16,
}

/// Returns what `moov` tells. Never fails: what cannot be read is unknown.
pub(crate) fn read(moov: &[u8]) -> FilmFacts {
    let mut facts = FilmFacts { orientation: 1, ..FilmFacts::default() };
    let known = &mut facts.metadata;
    let mut dates = Dates::default();
    for meta in [bmff::find(moov, b"meta"), bmff::path(moov, &[b"udta", b"meta"])].into_iter().flatten() {
        keyed_values(meta, |key, value| tell(key, value, known, &mut dates));
    }
    if let Some(user) = bmff::find(moov, b"udta") {
        user_values(user, |key, value| tell(key, value, known, &mut dates));
        bmff::find(user, b"XMP_").iter().for_each(|packet| Xmp::parse(packet).tell_curation(known));
    }
    known.caption = known.caption.take().filter(|caption| !is_filler(caption, known));
    known.duration_ms = duration_ms(moov);
    known.taken = dates.quicktime.or(dates.user).or_else(|| header_time(moov));
    if let Some((width, height, turn)) = shown(moov) {
        (facts.width, facts.height) = if turn.swaps_sides() { (height, width) } else { (width, height) };
        facts.orientation = turn.exif();
    }
    facts
}

#[derive(Default)]
struct Dates {
    quicktime: Option<CaptureTime>,
    user: Option<CaptureTime>,
}

/// Takes one named value.
fn tell(key: &[u8], value: &[u8], known: &mut Metadata, dates: &mut Dates) {
    let Some(text) = text_of(value) else { return };
    match key {
        b"com.apple.quicktime.creationdate" => fill(&mut dates.quicktime, zoned_time(&text, TimeSource::Container)),
        b"\xa9day" => fill(&mut dates.user, zoned_time(&text, TimeSource::Container)),
        b"com.apple.quicktime.make" | b"com.android.manufacturer" | b"\xa9mak" => fill(&mut known.make, Some(text)),
        b"com.apple.quicktime.model" | b"com.android.model" | b"\xa9mod" => fill(&mut known.model, Some(text)),
        b"com.apple.quicktime.software" | b"\xa9swr" | b"\xa9too" => fill(&mut known.software, Some(text)),
        b"com.apple.quicktime.content.identifier" => fill(&mut known.content_identifier, Some(text)),
        b"com.apple.quicktime.location.ISO6709" | b"\xa9xyz" => fill(&mut known.place, iso6709(&text)),
        b"com.apple.quicktime.description" | b"desc" | b"\xa9des" => fill(&mut known.caption, Some(text)),
        b"com.apple.quicktime.keywords" => text.split(',').for_each(|keyword| add_keyword(&mut known.keywords, keyword)),
        _ => {}
    }
}

/// Goes through the values of a `meta` box: named by its `keys`, or (iTunes) by four letters.
fn keyed_values<'a>(meta: &'a [u8], mut take: impl FnMut(&'a [u8], &'a [u8])) {
    // QuickTime's has no version, ISO's has.
    let inside = if bmff::find(meta, b"hdlr").is_some() { meta } else { meta.get(4..).unwrap_or_default() };
    let keys = bmff::find(inside, b"keys").and_then(|keys| keys.get(8..)).unwrap_or_default();
    // A key is shaped like a box: size, four letters of its kind, name.
    let names: Vec<&[u8]> = bmff::boxes(keys).take(KEYS_MAX).map(|key| key.body).collect();
    let list = bmff::find(inside, b"ilst").unwrap_or_default();
    for item in bmff::boxes(list).take(KEYS_MAX) {
        let Some(value) = bmff::find(item.body, b"data").and_then(|value| value.get(8..)) else { continue };
        let index = u32::from_be_bytes(item.kind) as usize;
        match index.checked_sub(1).and_then(|index| names.get(index)) {
            Some(name) => take(name, value),
            None => take(four_letters(&item.kind), value),
        }
    }
}

/// Returns the name of an item as a key that lives as long as the program.
fn four_letters(kind: &[u8; 4]) -> &'static [u8] {
    const KNOWN: &[&[u8; 4]] = &[b"\xa9day", b"\xa9mak", b"\xa9mod", b"\xa9swr", b"\xa9too", b"\xa9xyz", b"desc", b"\xa9des"];
    KNOWN.iter().find(|known| **known == kind).map_or(b"", |known| &known[..])
}

/// Goes through QuickTime's user data: boxes named `©…` with length, language and text.
fn user_values<'a>(user: &'a [u8], mut take: impl FnMut(&'a [u8], &'a [u8])) {
    for item in bmff::boxes(user).filter(|b| b.kind[0] == 0xa9).take(KEYS_MAX) {
        let length = be16(item.body, 0).map_or(0, usize::from);
        if let Some(text) = item.body.get(4..).and_then(|rest| rest.get(..length.min(rest.len()))) {
            take(four_letters(&item.kind), text);
        }
    }
}

/// Returns the place of `+37.7858-122.4064+012.300/`; degrees only, as phones write them.
fn iso6709(text: &str) -> Option<GeoPoint> {
    let text = text.split('/').next()?;
    let starts: Vec<usize> = text.char_indices().filter(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at).collect();
    let number = |n: usize| text.get(*starts.get(n)?..starts.get(n + 1).copied().unwrap_or(text.len()))?.parse::<f64>().ok();
    geo_point(number(0)?, number(1)?, number(2))
}

fn header_time(moov: &[u8]) -> Option<CaptureTime> {
    let header = bmff::find(moov, b"mvhd")?;
    let since_1904 = if *header.first()? == 1 { be64(header, 4)? } else { u64::from(be32(header, 4)?) };
    // Zero, and all before 1970, is a clock that was never set.
    let seconds = i64::try_from(since_1904.checked_sub(EPOCH_SHIFT_S)?).ok()?;
    let year_9999 = 253_402_300_799;
    (seconds > 0 && seconds <= year_9999).then_some(CaptureTime {
        local_seconds: seconds,
        subsecond: None,
        offset_minutes: Some(0),
        source: TimeSource::Container,
    })
}

/// Returns milliseconds from the film's header, else from its fragments' header, else from its longest track.
fn duration_ms(moov: &[u8]) -> Option<u64> {
    let timed = |header: &[u8]| {
        let (scale, duration) = match header.first()? {
            1 => (be32(header, 20)?, be64(header, 24).filter(|d| *d != u64::MAX)?),
            _ => (be32(header, 12)?, u64::from(be32(header, 16).filter(|d| *d != u32::MAX)?)),
        };
        (scale > 0 && duration > 0).then_some((scale, duration))
    };
    let milliseconds = |(scale, duration): (u32, u64)| u64::try_from(u128::from(duration) * 1000 / u128::from(scale)).ok();
    let header = bmff::find(moov, b"mvhd")?;
    if let Some(whole) = timed(header) {
        return milliseconds(whole);
    }
    if let Some(fragments) = bmff::path(moov, &[b"mvex", b"mehd"]) {
        let scale = be32(header, if header.first() == Some(&1) { 20 } else { 12 }).filter(|scale| *scale > 0)?;
        let duration = if fragments.first() == Some(&1) { be64(fragments, 4) } else { be32(fragments, 4).map(u64::from) };
        return milliseconds((scale, duration?)).filter(|ms| *ms > 0);
    }
    let tracks = bmff::boxes(moov).filter(|b| b.kind == *b"trak");
    tracks.filter_map(|track| milliseconds(timed(bmff::path(track.body, &[b"mdia", b"mdhd"])?)?)).max()
}

/// Returns what a track holds: `vide`, `soun` and others.
pub(crate) fn handler(track: &[u8]) -> Option<&[u8; 4]> {
    bmff::path(track, &[b"mdia", b"hdlr"])?.get(8..)?.first_chunk()
}

/// Returns sides, not turned, and turn of the first track with pictures.
fn shown(moov: &[u8]) -> Option<(u32, u32, Turn)> {
    let sides = |track: &[u8]| {
        let header = bmff::find(track, b"tkhd").filter(|_| handler(track) == Some(b"vide"))?;
        let at = if *header.first()? == 1 { 52 } else { 40 };
        // 16.16 fixed point.
        let (width, height) = (be32(header, at + 36)? >> 16, be32(header, at + 40)? >> 16);
        let cell = |n: usize| Some((be32(header, at + 4 * n)? as i32).signum());
        let turn = turn_of([cell(0)?, cell(1)?, cell(3)?, cell(4)?]);
        (width > 0 && height > 0).then_some((width, height, turn))
    };
    bmff::boxes(moov).filter(|b| b.kind == *b"trak").find_map(|track| sides(track.body))
}

/// Returns the turn of a matrix by the signs of a, b, c, d: x' = ax + cy, y' = bx + dy, y down.
fn turn_of(signs: [i32; 4]) -> Turn {
    match signs {
        [-1, 0, 0, 1] => Turn::Mirrored,
        [-1, 0, 0, -1] => Turn::Half,
        [1, 0, 0, -1] => Turn::Flipped,
        [0, 1, 1, 0] => Turn::Transposed,
        [0, 1, -1, 0] => Turn::Clockwise,
        [0, -1, -1, 0] => Turn::Transversed,
        [0, -1, 1, 0] => Turn::Counterclockwise,
        _ => Turn::Upright,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_iso_6709() {
        let check = |text: &str, expected: Option<(f64, f64, Option<f64>)>| {
            assert_eq!(iso6709(text).map(|p| (p.latitude, p.longitude, p.altitude_m)), expected, "{text}");
        };
        check("+37.7858-122.4064+012.300/", Some((37.7858, -122.4064, Some(12.3))));
        check("-33.9249+018.4241/", Some((-33.9249, 18.4241, None)));
        check("+00.0000+000.0000/", None);
        check("+91.0000+000.0000/", None);
        check("37.7", None);
        check("+é-1", None);
        check("", None);
    }

    #[test]
    fn a_header_of_zero_is_no_time() {
        let moov = |since_1904: u32| {
            let mut body = vec![0; 100];
            body[4..8].copy_from_slice(&since_1904.to_be_bytes());
            [&108u32.to_be_bytes()[..], b"mvhd", &body].concat()
        };
        assert_eq!(header_time(&moov(0)), None);
        assert_eq!(header_time(&moov(2_082_844_800)), None);
        let time = header_time(&moov(2_082_844_801)).expect("a time");
        assert_eq!((time.local_seconds, time.offset_minutes), (1, Some(0)));
    }
}
