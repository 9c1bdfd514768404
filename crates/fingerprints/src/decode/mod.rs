//! Decodes stills into planes, bounded in pixels, memory and frames.
//!
//! It never reads files, never turns a picture by EXIF (the caller knows the orientation) and never applies colour profiles. Two
//! families differ: **HEIC, AVIF and JPEG XL come upright**, since their own turns are part of the coded picture and their EXIF
//! orientation is to be ignored (ISO/IEC 23008-12, 6.5.10; ISO/IEC 18181-1): for them `turn` must be
//! [`Turn::Upright`](model::Turn::Upright). All others come as stored.
//!
//! **Invariants:** no input makes it panic (a foreign decoder that does is caught: [`DecodeError::Damaged`]) or take more than about
//! [`MAX_DECODE_BYTES`] beside the input; a picture that is not whole is an error, never a picture with a grey rest.

mod avif;
mod frames;
mod heic;
pub mod jpeg;
mod jxl;
mod png;
mod still;
mod traces;

use crate::planes::{Cells, Planes};
use crate::rows::{Given, Rows};
use model::{BlockSteps, DecodedFrom, Format};

pub use jpeg::{COARSE_SIDE_MIN, COMPLETE_MIN, decode_jpeg};

/// Most pixels of a picture. Phones write 200 megapixels; stitched panoramas reach 300.
pub const MAX_PIXELS: u64 = 300_000_000;
/// Longest side of a picture, in pixels.
pub const MAX_SIDE_PX: u64 = 1 << 18;
/// Most memory, in bytes, that one decode may take. Two at once stay under 1 GiB.
pub const MAX_DECODE_BYTES: u64 = 512 << 20;
/// Most frames or pages counted; above, there are at least so many.
pub const MAX_FRAMES: u32 = 10_000;

/// Why a picture was not decoded, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More pixels than are decoded, or a side too long.
    #[error("the picture has {width} × {height} pixels; at most {} megapixels are decoded", max / 1_000_000)]
    TooManyPixels {
        /// Width in pixels.
        width: u64,
        /// Height in pixels.
        height: u64,
        /// Most pixels allowed.
        max: u64,
    },
    /// The decode would take too much memory.
    #[error("decoding would take {} MiB of memory; at most {} MiB are allowed", needed >> 20, max >> 20)]
    TooMuchMemory {
        /// Bytes needed, as far as is known before.
        needed: u64,
        /// Most bytes allowed.
        max: u64,
    },
    /// The bytes are not a whole picture of their format.
    #[error("the picture is damaged: {0}")]
    Damaged(String),
    /// A kind of picture that no decoder here knows.
    #[error("not supported: {0}")]
    Unsupported(String),
}

impl DecodeError {
    /// Returns the damage that a foreign decoder names, in words for people: its quotes, modes and inner structures are left out.
    fn damage(error: &dyn std::fmt::Display) -> Self {
        let text = error.to_string();
        let text = text.trim_matches('"').trim_start_matches("[strict-mode]: ");
        Self::Damaged(match text {
            _ if text.contains("CRC error") => "a part of it does not fit its checksum".to_owned(),
            _ if text.contains(['{', '}']) => "its parts are not in order or not complete".to_owned(),
            _ => text.to_owned(),
        })
    }
}

/// A decoded still.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The pixels, maybe reduced; see the module for how they lie.
    pub planes: Planes,
    /// What they were decoded from.
    pub from: DecodedFrom,
    /// Width of the whole picture in pixels, as stored before any EXIF turn (upright for HEIC, AVIF and JPEG XL).
    pub width: u32,
    /// Height of the whole picture in pixels, likewise.
    pub height: u32,
    /// Frames or pages, at most [`MAX_FRAMES`]; the planes show the first.
    pub frames: u32,
    /// Strength of a JPEG's grid in a lossless picture: 1 is none. `None` for lossy formats, and where too little is to be seen.
    pub block_grid: Option<f32>,
    /// Share of fine detail, 0 to 1; `None` where not all pixels were decoded, and where too little is to be seen.
    pub detail: Option<f32>,
    /// Whether a little of the picture is known to be missing, less than would make it an error.
    pub is_cut: bool,
    /// Steps that show in the averages of the blocks of a JPEG or a lossless picture; `None` for other formats.
    pub steps: Option<BlockSteps>,
}

/// Decodes a still of the given format, told by content.
///
/// # Errors
/// [`DecodeError`]; also for RAW and video formats, which have ways of their own.
pub fn decode_still(bytes: &[u8], format: Format) -> Result<Decoded, DecodeError> {
    decode_still_to(bytes, format, Cells::Reduced)
}

/// The same, a full decode into the given cells.
pub(crate) fn decode_still_to(bytes: &[u8], format: Format, cells: Cells) -> Result<Decoded, DecodeError> {
    match format {
        Format::Jpeg => jpeg::decode_jpeg_to(bytes, COARSE_SIDE_MIN, cells),
        Format::Png => guarded(|| png::decode(bytes, cells)),
        Format::WebP | Format::Gif | Format::Bmp | Format::Tiff => guarded(|| still::decode(bytes, format, cells)),
        Format::Heic => guarded(|| heic::decode(bytes, cells)),
        Format::Jxl => guarded(|| jxl::decode(bytes, cells)),
        Format::Avif => avif::decode(bytes),
        _ => Err(DecodeError::Unsupported(format!("{format} is not a still that is decoded here"))),
    }
}

/// Hands the rows of the main picture of a still over that is no JPEG, never those of a thumbnail.
///
/// # Errors
/// As of [`decode_still`], and those of `to`.
pub(crate) fn rows(bytes: &[u8], format: Format, to: &mut dyn Rows) -> Result<Given, DecodeError> {
    guarded(|| match format {
        Format::Png => png::rows(bytes, to),
        Format::WebP | Format::Gif | Format::Bmp | Format::Tiff => still::rows(bytes, format, to),
        Format::Heic => heic::rows(bytes, to),
        Format::Jxl => jxl::rows(bytes, to),
        Format::Avif => Err(DecodeError::Unsupported("AVIF pictures are not decoded here".to_owned())),
        _ => Err(DecodeError::Unsupported(format!("{format} is not a still that is decoded here"))),
    })
}

/// Returns the ICC profile of the colours in which a JPEG XL is decoded.
pub(crate) fn jxl_profile(bytes: &[u8]) -> Option<Vec<u8>> {
    jxl::profile(bytes)
}

/// Decodes the main picture of a still as [`decode_still`] does, but never a thumbnail in its place.
///
/// # Errors
/// As of [`decode_still`].
pub(crate) fn decode_main(bytes: &[u8], format: Format, cells: Cells) -> Result<Decoded, DecodeError> {
    if format == Format::Heic { guarded(|| heic::decode_main(bytes, cells)) } else { decode_still_to(bytes, format, cells) }
}

/// Estimates the memory of [`decode_main`] as [`cost_bytes`] does that of [`decode_still`].
#[must_use]
pub(crate) fn cost_of_main_bytes(bytes: &[u8], format: Format) -> u64 {
    if format == Format::Heic { heic::cost_of_main_bytes(bytes).min(MAX_DECODE_BYTES) } else { cost_bytes(bytes, format) }
}

/// Estimates from the header how much memory [`decode_still`] takes at its peak, in bytes, beside the input; 0 where the header
/// cannot be read or the decode will be refused at once. For keeping decodes side by side under a budget.
#[must_use]
pub fn cost_bytes(bytes: &[u8], format: Format) -> u64 {
    let cost = match format {
        Format::Jpeg => jpeg::cost_bytes(bytes),
        Format::Png => png::cost_bytes(bytes),
        Format::WebP | Format::Gif | Format::Bmp | Format::Tiff => still::cost_bytes(bytes, format),
        Format::Heic => heic::cost_bytes(bytes),
        Format::Jxl => jxl::cost_bytes(bytes),
        _ => 0,
    };
    cost.min(MAX_DECODE_BYTES)
}

/// Refuses sizes past the bounds.
pub(crate) fn check_size(width: u64, height: u64) -> Result<(), DecodeError> {
    if width == 0 || height == 0 {
        return Err(DecodeError::Damaged("it has no size".to_owned()));
    }
    if width > MAX_SIDE_PX || height > MAX_SIDE_PX || width * height > MAX_PIXELS {
        return Err(DecodeError::TooManyPixels { width, height, max: MAX_PIXELS });
    }
    Ok(())
}

/// Refuses decodes past the memory bound.
pub(crate) fn check_memory(needed: u64) -> Result<(), DecodeError> {
    if needed > MAX_DECODE_BYTES { Err(DecodeError::TooMuchMemory { needed, max: MAX_DECODE_BYTES }) } else { Ok(()) }
}

/// Runs a foreign decoder; should it panic on hostile bytes, the picture is damaged and the run goes on.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(DecodeError::Damaged("its decoder gave up inside".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bounded_at_and_over() {
        assert_eq!(check_size(20_000, 15_000), Ok(()));
        assert!(matches!(check_size(20_001, 15_000), Err(DecodeError::TooManyPixels { max: MAX_PIXELS, .. })));
        assert_eq!(check_size(MAX_SIDE_PX, 1), Ok(()));
        assert!(check_size(MAX_SIDE_PX + 1, 1).is_err());
        assert!(check_size(u64::from(u32::MAX), u64::from(u32::MAX)).is_err());
        assert!(check_size(0, 1).is_err());
        assert_eq!(check_memory(MAX_DECODE_BYTES), Ok(()));
        assert!(check_memory(MAX_DECODE_BYTES + 1).is_err());
    }

    #[test]
    fn errors_are_words_for_people() {
        for (error, words) in [
            (check_size(30_000, 30_000).unwrap_err(), "the picture has 30000 × 30000 pixels; at most 300 megapixels are decoded"),
            (check_memory(1 << 30).unwrap_err(), "decoding would take 1024 MiB of memory; at most 512 MiB are allowed"),
            (DecodeError::Damaged("the picture ends after 40 %".to_owned()), "the picture is damaged: the picture ends after 40 %"),
        ] {
            assert_eq!(error.to_string(), words);
        }
    }

    #[test]
    fn a_foreign_decoders_inside_stays_inside() {
        for (text, words) in [
            ("\"Missing samples\"", "Missing samples"),
            ("[strict-mode]: Extra bytes", "Extra bytes"),
            ("CRC error: expected 0x1 have 0x2 while decoding ChunkType { type: IDAT } chunk.", "a part of it does not fit its checksum"),
            ("ChunkType { type: IDAT } chunk appeared before IHDR chunk", "its parts are not in order or not complete"),
        ] {
            assert_eq!(DecodeError::damage(&text), DecodeError::Damaged(words.to_owned()));
        }
    }

    #[test]
    fn a_decoder_that_panics_takes_only_its_picture() {
        let outcome = guarded::<()>(|| panic!("on purpose"));
        assert_eq!(outcome, Err(DecodeError::Damaged("its decoder gave up inside".to_owned())));
    }
}
