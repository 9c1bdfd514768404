//! How a PNG, WebP or TIFF says that its samples are to be shown: a number drawn from its colour profile or colour chunks. Two files of
//! equal samples and different numbers look different.
//!
//! sRGB has one number however it is said, by a profile, by chunks or by silence, so that a copy without the profile stays a copy. No
//! colour is computed. Sources: PNG 3rd edition (2025), §4.3 and §11.3.2; ICC.1:2022; RFC 9649 (WebP).

use crate::bmff::{Heif, be32};
use crate::chunks::{self, Chunks};
use crate::tiff::Tiff;
use flate2::read::ZlibDecoder;
use model::Format;
use std::io::Read;

/// What is shown as sRGB.
const SRGB: u32 = 0;
/// Longest profile read, bytes. Those of printers have 1 to 3 MB, those of screens and cameras some hundred to some thousand.
const PROFILE_MAX_BYTES: u64 = 4 << 20;
/// TIFF's tag of the profile.
const TIFF_PROFILE: u16 = 0x8773;
/// sRGB in PNG's cHRM: white, red, green, blue, x and y, hundred-thousandths.
const SRGB_CHROMATICITIES: [u32; 8] = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
/// How far these may be off for rounding.
const CHROMATICITY_TOLERANCE: u32 = 100;
/// sRGB in gAMA, hundred-thousandths (1 / 2.2), and how far it may be off.
const SRGB_GAMMA: u32 = 45_455;
/// See [`SRGB_GAMMA`].
const GAMMA_TOLERANCE: u32 = 500;
/// sRGB's primaries in a profile (XYZ under D50), and how far they may be off: makers adapt the white differently.
const SRGB_PRIMARIES: [(&[u8; 4], [f64; 3]); 3] =
    [(b"rXYZ", [0.4361, 0.2225, 0.0139]), (b"gXYZ", [0.3851, 0.7169, 0.0971]), (b"bXYZ", [0.1431, 0.0606, 0.7141])];
/// See [`SRGB_PRIMARIES`].
const PRIMARY_TOLERANCE: f64 = 0.003;
/// sRGB's light at half the samples' range, and how far it may be off: a plain gamma of 2.2 gives 0.2176.
const SRGB_MIDDLE: f64 = 0.2140;
/// See [`SRGB_MIDDLE`].
const MIDDLE_TOLERANCE: f64 = 0.005;

/// Returns the number; `None` for other formats and what cannot be read.
pub(crate) fn of(bytes: &[u8], format: Format) -> Option<u32> {
    match format {
        Format::Png => Some(of_png(&chunks::png(bytes)?)),
        Format::WebP => Some(chunks::riff(bytes)?.find(b"ICCP").map_or(SRGB, of_profile)),
        Format::Tiff => Some(Tiff::open(bytes)?.main()?.get(TIFF_PROFILE).map_or(SRGB, |entry| of_profile(entry.value))),
        _ => None,
    }
}

/// Longest profile passed on, bytes: longer ones are tables for printers.
const PASSED_ON_MAX_BYTES: usize = 1 << 20;

/// Returns the profile by which the RGB samples of a still are to be shown; `None` for sRGB, where there is none, and where it is for other
/// colours than red, green and blue.
pub(crate) fn profile(bytes: &[u8], format: Format) -> Option<Vec<u8>> {
    let profile = match format {
        Format::Jpeg => of_jpeg(bytes)?,
        Format::Png => unpacked(chunks::png(bytes)?.find(b"iCCP")?)?,
        Format::WebP => chunks::riff(bytes)?.find(b"ICCP")?.to_vec(),
        Format::Tiff => Tiff::open(bytes)?.main()?.get(TIFF_PROFILE)?.value.to_vec(),
        Format::Heic => of_heif(&Heif::open(bytes)?)?,
        Format::Jxl => crate::decode::jxl_profile(bytes)?,
        _ => return None,
    };
    let is_whole = profile.get(36..40)? == b"acsp" && be32(&profile, 0)? as usize == profile.len() && profile.len() <= PASSED_ON_MAX_BYTES;
    (is_whole && profile.get(16..20)? == b"RGB " && !is_srgb(&profile).unwrap_or(false)).then_some(profile)
}

/// Joins a JPEG's profile, which comes in numbered parts (ICC.1:2022, annex B.4).
fn of_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let segments = chunks::jpeg_head(bytes)?;
    let parts = segments.iter().filter(|segment| segment.marker == 0xe2).filter_map(|segment| segment.body.strip_prefix(b"ICC_PROFILE\0"));
    let mut parts: Vec<(u8, &[u8])> = parts.filter_map(|part| Some((*part.first()?, part.get(2..)?))).collect();
    parts.sort_by_key(|part| part.0);
    (!parts.is_empty()).then(|| parts.into_iter().flat_map(|part| part.1).copied().collect())
}

/// Returns the profile of the primary picture, or of the first tile that it is made of.
fn of_heif(heif: &Heif<'_>) -> Option<Vec<u8>> {
    let of_item = |id: u32| {
        let colours = heif.properties(id).filter(|property| property.kind == *b"colr");
        colours.filter_map(|colour| colour.body.strip_prefix(b"prof").or_else(|| colour.body.strip_prefix(b"rICC"))).next()
    };
    of_item(heif.primary).or_else(|| of_item(*heif.made_of(heif.primary).first()?)).map(<[u8]>::to_vec)
}

/// The chunk that outranks the others speaks: cICP, then iCCP, then sRGB, then gAMA and cHRM.
fn of_png(png: &Chunks<'_>) -> u32 {
    if let Some(code) = png.find(b"cICP") {
        // Primaries of BT.709, sRGB's curve, RGB, full range.
        return if code == [1, 13, 0, 1] { SRGB } else { number(b"cICP", code) };
    }
    if let Some(profile) = png.find(b"iCCP").and_then(unpacked) {
        return of_profile(&profile);
    }
    if png.find(b"sRGB").is_some() {
        return SRGB;
    }
    let near = |kind: &[u8; 4], expected: &[u32], tolerance: u32| {
        png.find(kind).is_none_or(|body| {
            let told = body.chunks_exact(4).map(|four| u32::from_be_bytes(four.try_into().expect("chunks of four")));
            body.len() == 4 * expected.len() && told.zip(expected).all(|(told, &expected)| told.abs_diff(expected) <= tolerance)
        })
    };
    if near(b"gAMA", &[SRGB_GAMMA], GAMMA_TOLERANCE) && near(b"cHRM", &SRGB_CHROMATICITIES, CHROMATICITY_TOLERANCE) {
        return SRGB;
    }
    let said = [b"gAMA", b"cHRM"].map(|kind| png.find(kind).unwrap_or_default());
    number(b"gAMA", &said.concat())
}

/// Returns the profile in an iCCP chunk; `None` for a broken one, which viewers ignore.
fn unpacked(body: &[u8]) -> Option<Vec<u8>> {
    let name = body.iter().position(|&byte| byte == 0)?;
    let mut profile = Vec::new();
    ZlibDecoder::new(body.get(name + 2..)?).take(PROFILE_MAX_BYTES).read_to_end(&mut profile).ok()?;
    Some(profile)
}

fn of_profile(profile: &[u8]) -> u32 {
    if is_srgb(profile).unwrap_or(false) { SRGB } else { number(b"ICC ", profile) }
}

fn number(kind: &[u8; 4], said: &[u8]) -> u32 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind).update(said);
    let first: [u8; 4] = hasher.finalize().as_bytes()[..4].try_into().expect("a hash has 32 bytes");
    u32::from_be_bytes(first).max(SRGB + 1)
}

/// Tells a profile of sRGB's primaries and curve (of grey ones, the curve) by their values: names are not believed. `None` where a part is
/// missing.
fn is_srgb(profile: &[u8]) -> Option<bool> {
    let curves: &[&[u8; 4]] = match profile.get(16..20)? {
        b"RGB " => &[b"rTRC", b"gTRC", b"bTRC"],
        b"GRAY" => &[b"kTRC"],
        _ => return None,
    };
    // Tables instead of a matrix say something else.
    if tag(profile, b"A2B0").is_some() {
        return None;
    }
    for curve in curves {
        if (middle(tag(profile, curve)?)? - SRGB_MIDDLE).abs() > MIDDLE_TOLERANCE {
            return Some(false);
        }
    }
    for (name, expected) in SRGB_PRIMARIES.iter().take(curves.len() - curves.len() % 3) {
        let place = tag(profile, name)?;
        for (axis, expected) in expected.iter().enumerate() {
            if (fixed(place, 8 + 4 * axis)? - expected).abs() > PRIMARY_TOLERANCE {
                return Some(false);
            }
        }
    }
    Some(true)
}

/// Returns a signed number with 16 bits of fraction.
fn fixed(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from(be32(bytes, at)? as i32) / 65_536.0)
}

/// Returns a tag's bytes.
fn tag<'p>(profile: &'p [u8], name: &[u8; 4]) -> Option<&'p [u8]> {
    const TAGS_MAX: u32 = 256;
    let count = be32(profile, 128)?.min(TAGS_MAX) as usize;
    let entry = (0..count).map(|index| 132 + 12 * index).find(|&at| profile.get(at..at + 4) == Some(name))?;
    let (start, length) = (be32(profile, entry + 4)? as usize, be32(profile, entry + 8)? as usize);
    profile.get(start..start.checked_add(length)?)
}

/// Returns a curve's light at half the range.
fn middle(curve: &[u8]) -> Option<f64> {
    match curve.get(..4)? {
        b"curv" => match be32(curve, 8)? as usize {
            0 => Some(0.5),
            1 => Some(0.5f64.powf(f64::from(be32(curve, 10)? & 0xFFFF) / 256.0)),
            count => {
                let at = |index: usize| Some(f64::from(be32(curve, 10usize.checked_add(index.checked_mul(2)?)?)? & 0xFFFF) / 65_535.0);
                let (low, high) = ((count - 1) / 2, count / 2);
                Some((at(low)? + at(high)?) / 2.0)
            }
        },
        // Half the range lies above the break between a line and the curve, in all kinds that cameras and screens use.
        b"para" => match be32(curve, 8)? >> 16 {
            0 => Some(0.5f64.powf(fixed(curve, 12)?)),
            1..=4 => {
                let [power, slope, offset] = [12, 16, 20].map(|at| fixed(curve, at));
                Some((slope? * 0.5 + offset?).max(0.0).powf(power?))
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;

    /// A profile of these primaries' first values and a gamma, as tags of one `curv` and three places.
    fn profile(red_x: f64, gamma: f64) -> Vec<u8> {
        let put = |value: f64| ((value * 65_536.0).round() as i32).to_be_bytes();
        let mut tags: Vec<([u8; 4], Vec<u8>)> = SRGB_PRIMARIES
            .iter()
            .map(|(name, place)| (**name, [b"XYZ \0\0\0\0".to_vec(), place.iter().flat_map(|&v| put(v)).collect()].concat()))
            .collect();
        tags[0].1[8..12].copy_from_slice(&put(red_x));
        let curve = [&b"curv\0\0\0\0\0\0\0\x01"[..], &((gamma * 256.0) as u16).to_be_bytes(), &[0, 0]].concat();
        tags.extend([b"rTRC", b"gTRC", b"bTRC"].map(|name| (*name, curve.clone())));
        let mut out = vec![0; 128];
        out[16..20].copy_from_slice(b"RGB ");
        out.extend((tags.len() as u32).to_be_bytes());
        let mut start = 132 + 12 * tags.len();
        for (name, body) in &tags {
            out.extend(name);
            out.extend((start as u32).to_be_bytes());
            out.extend((body.len() as u32).to_be_bytes());
            start += body.len();
        }
        tags.iter().for_each(|(_, body)| out.extend(body));
        out
    }

    fn packed(profile: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(b"any\0\0".to_vec(), Compression::new(level));
        encoder.write_all(profile).unwrap();
        encoder.finish().unwrap()
    }

    fn png(chunks: &[(&[u8; 4], &[u8])]) -> u32 {
        let mut bytes = chunks::PNG_MARK.to_vec();
        for (kind, body) in chunks.iter().chain([&(b"IEND", &[][..])]) {
            bytes.extend((body.len() as u32).to_be_bytes());
            bytes.extend([&kind[..], body, &[0; 4]].concat());
        }
        of(&bytes, Format::Png).unwrap()
    }

    #[test]
    fn srgb_is_one_however_it_is_said() {
        let chromaticities: Vec<u8> = SRGB_CHROMATICITIES.iter().flat_map(|v| v.to_be_bytes()).collect();
        let srgb = packed(&profile(0.4361, 2.2), 6);
        for said in [
            &[][..],
            &[(b"sRGB", &[0][..])],
            &[(b"gAMA", &45_455u32.to_be_bytes())],
            &[(b"gAMA", &45_455u32.to_be_bytes()), (b"cHRM", &chromaticities)],
            &[(b"sRGB", &[0]), (b"gAMA", &100_000u32.to_be_bytes())],
            &[(b"iCCP", &srgb)],
            &[(b"iCCP", &srgb[..20])],
            &[(b"cICP", &[1, 13, 0, 1]), (b"gAMA", &[0, 0, 0, 1])],
        ] {
            assert_eq!(png(said), SRGB, "{said:?}");
        }
    }

    #[test]
    fn what_is_shown_otherwise_has_other_numbers() {
        let wide = profile(0.6097, 2.2);
        let linear = packed(&profile(0.4361, 1.0), 6);
        let mut chromaticities: Vec<u8> = SRGB_CHROMATICITIES.iter().flat_map(|v| v.to_be_bytes()).collect();
        chromaticities[8..12].copy_from_slice(&68_000u32.to_be_bytes());
        let numbers = [
            SRGB,
            png(&[(b"iCCP", &packed(&wide, 6))]),
            png(&[(b"iCCP", &linear)]),
            png(&[(b"gAMA", &200_000u32.to_be_bytes())]),
            png(&[(b"cHRM", &chromaticities)]),
            png(&[(b"cICP", &[12, 13, 0, 1]), (b"sRGB", &[0])]),
        ];
        for (index, one) in numbers.iter().enumerate() {
            assert!(!numbers[..index].contains(one), "{index}: {numbers:?}");
        }
        assert_eq!(png(&[(b"iCCP", &packed(&wide, 1))]), numbers[1], "packed another way");
        let riff = [&b"RIFF"[..], &(12 + wide.len() as u32).to_le_bytes(), b"WEBPICCP", &(wide.len() as u32).to_le_bytes(), &wide].concat();
        assert_eq!(of(&riff, Format::WebP), Some(numbers[1]), "in WebP");
        assert_eq!(of(b"", Format::Jpeg), None);
    }

    #[test]
    fn a_curves_middle_is_read_in_all_its_forms() {
        let table: Vec<u8> = (0..1024).flat_map(|n| (((f64::from(n) / 1023.0).powf(2.2) * 65_535.0) as u16).to_be_bytes()).collect();
        let put = |value: f64| ((value * 65_536.0).round() as i32).to_be_bytes();
        let para = [&b"para\0\0\0\0\0\x03\0\0"[..], &put(2.4), &put(1.0 / 1.055), &put(0.055 / 1.055)].concat();
        for curve in [[&b"curv\0\0\0\0\0\0\x04\0"[..], &table].concat(), para] {
            assert!((middle(&curve).unwrap() - SRGB_MIDDLE).abs() < MIDDLE_TOLERANCE);
        }
        assert_eq!(middle(b"curv\0\0\0\0\xFF\xFF\xFF\xFF"), None, "a table that is not there");
    }
}
