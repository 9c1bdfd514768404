//! What a file says of the colours that its numbers stand for: an ICC profile, PNG's cICP, gAMA and cHRM. It is named by a hash, so that two
//! files of equal numbers can be told that do not show the same picture.
//!
//! It applies nothing and converts nothing. A JPEG's profile is part of its payload and not read here. **Invariant:** plain sRGB, said in
//! whichever of PNG's ways but by a profile, is no description, as it is where a file says nothing; a profile cut into a PNG and the same in
//! a TIFF or WebP have one name. Source: PNG 3rd edition (2025), 4.3 (which chunk goes before which) and 11.3.2.

use crate::chunks::{self, Chunks};
use crate::tiff::Tiff;
use model::Format;
use std::io::Read;

/// Longest profile unpacked, bytes; printers' take some 3 MB. What is longer is named by this beginning.
const PROFILE_MAX_BYTES: u64 = 4 << 20;
/// TIFF's tag of the ICC profile.
const ICC_PROFILE: u16 = 34675;
/// cICP of sRGB: primaries of BT.709, its curve, RGB, full range.
const CICP_SRGB: [u8; 4] = [1, 13, 0, 1];
/// gAMA of sRGB, hundred-thousandths.
const GAMMA_SRGB: u32 = 45_455;
/// How far gAMA may be off for rounding, hundred-thousandths.
const GAMMA_TOLERANCE: u32 = 100;
/// cHRM of sRGB: white, red, green, blue, each x and y, hundred-thousandths.
const PRIMARIES_SRGB: [u32; 8] = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
/// How far they may be off for rounding.
const PRIMARIES_TOLERANCE: u32 = 200;

/// Returns the name of what a PNG, WebP or TIFF says of its colours; `None` for plain sRGB, where nothing is said, and for other formats.
pub(crate) fn colours(bytes: &[u8], format: Format) -> Option<u32> {
    match format {
        Format::Png => of_png(&chunks::png(bytes)?),
        Format::WebP => chunks::riff(bytes)?.find(b"ICCP").map(|profile| named("profile", profile)),
        Format::Tiff => Tiff::open(bytes)?.main()?.get(ICC_PROFILE).map(|entry| named("profile", entry.value)),
        _ => None,
    }
}

fn of_png(png: &Chunks<'_>) -> Option<u32> {
    if let Some(points) = png.find(b"cICP") {
        return (points != CICP_SRGB).then(|| named("cicp", points));
    }
    if let Some(packed) = png.find(b"iCCP") {
        return Some(named("profile", &unpacked(packed)));
    }
    if png.find(b"sRGB").is_some() {
        return None;
    }
    let (gamma, primaries) = (png.find(b"gAMA"), png.find(b"cHRM"));
    let near = |body: Option<&[u8]>, expected: &[u32], tolerance: u32| {
        body.is_none_or(|body| {
            let (values, rest) = body.as_chunks::<4>();
            let pairs = || values.iter().map(|value| u32::from_be_bytes(*value)).zip(expected);
            rest.is_empty() && values.len() == expected.len() && pairs().all(|(value, expected)| value.abs_diff(*expected) <= tolerance)
        })
    };
    let plain = near(gamma, &[GAMMA_SRGB], GAMMA_TOLERANCE) && near(primaries, &PRIMARIES_SRGB, PRIMARIES_TOLERANCE);
    (!plain).then(|| named("gamma", &[gamma.unwrap_or_default(), b"|", primaries.unwrap_or_default()].concat()))
}

/// Returns the profile of an iCCP chunk: a name, a zero, the method, packed bytes. What cannot be unpacked stands for itself.
fn unpacked(chunk: &[u8]) -> Vec<u8> {
    let packed = chunk.iter().position(|&byte| byte == 0).and_then(|end| chunk.get(end + 2..)).unwrap_or_default();
    let mut profile = Vec::new();
    match flate2::read::ZlibDecoder::new(packed).take(PROFILE_MAX_BYTES).read_to_end(&mut profile) {
        Ok(length) if length > 0 => profile,
        _ => chunk.to_vec(),
    }
}

fn named(kind: &str, value: &[u8]) -> u32 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.as_bytes()).update(value);
    let hash = *hasher.finalize().as_bytes();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let chunk = |(kind, body): &(&[u8; 4], &[u8])| [&(body.len() as u32).to_be_bytes()[..], &kind[..], body, &[0; 4]].concat();
        let body: Vec<u8> = chunks.iter().chain(&[(b"IEND", &b""[..])]).flat_map(chunk).collect();
        [&chunks::PNG_MARK[..], &body].concat()
    }

    fn of(chunks: &[(&[u8; 4], &[u8])]) -> Option<u32> {
        colours(&png(chunks), Format::Png)
    }

    fn packed(profile: &[u8], level: u32) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(b"any name\0\0".to_vec(), flate2::Compression::new(level));
        writer.write_all(profile).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_is_plain_has_no_name_and_what_differs_has_another() {
        let gamma = |value: u32| value.to_be_bytes();
        let primaries: Vec<u8> = PRIMARIES_SRGB.iter().flat_map(|value| value.to_be_bytes()).collect();
        let plain: [&[(&[u8; 4], &[u8])]; 6] = [
            &[],
            &[(b"sRGB", &[0])],
            &[(b"sRGB", &[1]), (b"gAMA", &gamma(99_999))],
            &[(b"gAMA", &gamma(45_455)), (b"cHRM", &primaries)],
            &[(b"gAMA", &gamma(45_455 + GAMMA_TOLERANCE))],
            &[(b"cICP", &CICP_SRGB)],
        ];
        plain.iter().for_each(|chunks| assert_eq!(of(chunks), None, "{chunks:?}"));
        let swapped = [&primaries[..8], &primaries[24..], &primaries[16..24], &primaries[8..16]].concat();
        let names = [
            of(&[(b"gAMA", &gamma(45_456 + GAMMA_TOLERANCE))]),
            of(&[(b"gAMA", &gamma(200_000))]),
            of(&[(b"cHRM", &swapped)]),
            of(&[(b"cICP", &[9, 16, 0, 1]), (b"sRGB", &[0])]),
            of(&[(b"iCCP", &packed(b"one", 6))]),
            of(&[(b"iCCP", &packed(b"two", 6)), (b"sRGB", &[0])]),
            of(&[(b"iCCP", b"broken\0\0not packed")]),
            of(&[(b"gAMA", b"odd")]),
        ];
        assert!(names.iter().all(Option::is_some), "{names:?}");
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), names.len());
    }

    #[test]
    fn a_profile_has_one_name_however_it_is_kept() {
        let profile = vec![7; 5000];
        let name = of(&[(b"iCCP", &packed(&profile, 9))]);
        assert_eq!(name, of(&[(b"iCCP", &packed(&profile, 1))]));
        let chunk = [b"ICCP", &5000u32.to_le_bytes()[..], &profile].concat();
        let webp = [b"RIFF", &(4 + chunk.len() as u32).to_le_bytes()[..], b"WEBP", &chunk].concat();
        assert_eq!(name, colours(&webp, Format::WebP));
        let entry = [&ICC_PROFILE.to_le_bytes()[..], &7u16.to_le_bytes(), &5000u32.to_le_bytes(), &26u32.to_le_bytes()].concat();
        let tiff = [&b"II*\0"[..], &8u32.to_le_bytes(), &1u16.to_le_bytes(), &entry, &0u32.to_le_bytes(), &profile].concat();
        assert_eq!(name, colours(&tiff, Format::Tiff));
    }

    #[test]
    fn a_profile_that_unpacks_without_end_is_cut() {
        let long = vec![0; PROFILE_MAX_BYTES as usize + 9];
        assert_eq!(unpacked(&packed(&long, 9)).len() as u64, PROFILE_MAX_BYTES);
    }
}
