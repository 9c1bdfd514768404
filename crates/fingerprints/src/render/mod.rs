//! Draws pictures for the eye: upright, reduced where that is asked for, in red, green and blue. What the review page shows is drawn here.
//!
//! A picture is drawn from its own pixels, never from a thumbnail in the file: a thumbnail outlives damage and edits, and a wrong picture
//! leads to a wrong removal. Of a RAW it is the camera's preview, which the camera made from the same exposure. Colours are not computed:
//! where samples are not sRGB, the profile comes along. Nothing here is stored, and nothing of it enters a fingerprint.
//!
//! **Invariants:** no input makes it panic; a decode takes at most [`MAX_DECODE_BYTES`] and the picture at most [`MAX_PICTURE_BYTES`]; no
//! picture is enlarged.

pub(crate) mod raster;
#[cfg(test)]
mod tests;

use crate::decode::{self, DecodeError, MAX_DECODE_BYTES, guarded, jpeg};
use crate::planes::{Layout, PlaneBuilder, Planes};
use crate::{applied_orientation, colour, cost_of, metadata, raw, sides, sniff};
use model::{Format, Turn};
use raster::{Raster, fitted};

/// Most memory, in bytes, that a drawn picture may take: 89 megapixels.
pub const MAX_PICTURE_BYTES: u64 = 256 << 20;

/// How many blocks of a JPEG a pixel of the picture has along each side, where it is drawn from them: with fewer, it looks soft beside one
/// drawn from pixels. Seen on photos of 4 to 12 megapixels at 256 pixels; by blocks one takes 5 to 17 ms of a core, by pixels 70 to 140.
const BLOCKS_MIN: f64 = 1.5;

/// A picture for the eye.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
    /// Red, green and blue of each pixel, row by row from the top: `3 × width × height` bytes.
    pub rgb: Vec<u8>,
    /// The ICC profile by which the samples are to be shown; `None` for sRGB, and where the file brings none.
    pub icc: Option<Vec<u8>>,
}

/// Draws a still, its longest side at most `side_max` pixels; `None` for its full size. `format` is [`refine`](crate::refine)'s. Of an
/// animation the first frame, of a document the first page; transparent pixels are laid on white.
///
/// A JPEG is drawn from the averages of its blocks where these are half again as many as are asked for, and where it is too large to be decoded in full;
/// the picture may then be smaller than asked for.
///
/// Cost, of 12 megapixels at 1,024 and at 256 pixels (measured 2026-11, release build, a busy core): JPEG 110 and 14 ms, HEIC 330 ms at
/// either, spread over all cores; the preview of a DNG 22 and 4 ms.
///
/// # Errors
/// [`DecodeError`]; also for films (see [`FilmPlan::poster`](crate::FilmPlan::poster)) and for AVIF, which has no decoder here.
pub fn render(bytes: &[u8], format: Format, side_max: Option<u32>) -> Result<Rendered, DecodeError> {
    guarded(|| drawn(bytes, format, side_max))
}

/// Estimates the memory that [`render`] takes at its peak beside the bytes themselves, in bytes.
#[must_use]
pub fn render_cost_bytes(bytes: &[u8], format: Format, side_max: Option<u32>) -> u64 {
    cost_of(|| {
        let (decode, stored) = match format {
            _ if format.is_raw() => match preview(bytes, format, side_max) {
                Some(preview) => (jpeg_cost_bytes(preview.jpeg, side_max), Some((preview.width, preview.height))),
                None => (crate::RENDER_COST_BYTES, sides::told(bytes, format)),
            },
            Format::Jpeg => (jpeg_cost_bytes(bytes, side_max), sides::told(bytes, format)),
            _ => (decode::cost_of_main_bytes(bytes, format), sides::told(bytes, format)),
        };
        let most = side_max.map_or(u64::MAX, |side| u64::from(side).saturating_mul(u64::from(side)).saturating_mul(3));
        // Where the sides are not told, the decoder takes more than the picture.
        let picture = stored.map_or(decode, |(width, height)| {
            let (width, height) = fitted((width as usize, height as usize), side_max.unwrap_or(u32::MAX));
            (width as u64).saturating_mul(height as u64).saturating_mul(3)
        });
        decode.saturating_add(picture.min(most).min(MAX_PICTURE_BYTES))
    })
}

fn jpeg_cost_bytes(bytes: &[u8], side_max: Option<u32>) -> u64 {
    let full = jpeg::full_cost_bytes(bytes);
    let stored = raw::jpeg_sides(bytes).map_or(0, |(width, height)| width.max(height));
    // By blocks: three bytes for every 64 pixels, a few times over.
    let is_by_blocks = full > MAX_DECODE_BYTES || side_max.is_some_and(|side| f64::from(stored / 8) >= f64::from(side) * BLOCKS_MIN);
    if is_by_blocks { full / 8 } else { full }.min(MAX_DECODE_BYTES)
}

fn drawn(bytes: &[u8], format: Format, side_max: Option<u32>) -> Result<Rendered, DecodeError> {
    let facts = metadata::read(bytes, format);
    let turn = Turn::from_exif(applied_orientation(&facts, format));
    if format == Format::Tiff && sniff::is_sensor_tiff(bytes) {
        return Err(DecodeError::Unsupported("the RAW format of this camera".to_owned()));
    }
    if format.is_raw() {
        return match preview(bytes, format, side_max) {
            Some(preview) => Ok(Rendered { icc: colour::profile(preview.jpeg, Format::Jpeg), ..of_jpeg(preview.jpeg, turn, side_max)? }),
            None if format == Format::Dng => by_rows(turn, side_max, |to| raw::render::rows(bytes, to)),
            None => Err(DecodeError::Unsupported("a RAW without a preview large enough to show".to_owned())),
        };
    }
    let picture = match format {
        Format::Jpeg => of_jpeg(bytes, turn, side_max),
        _ => by_rows(turn, side_max, |to| decode::rows(bytes, format, to).map(drop)),
    };
    Ok(Rendered { icc: colour::profile(bytes, format), ..picture? })
}

/// Returns the preview of a RAW to draw from: the smallest that is large enough, else the largest.
fn preview(bytes: &[u8], format: Format, side_max: Option<u32>) -> Option<raw::Preview<'_>> {
    let previews = raw::previews(bytes, format);
    let stored = raw::sides(bytes, format, &metadata::read(bytes, format).metadata, &previews);
    raw::choose_large(&previews, stored, side_max.unwrap_or(u32::MAX))
}

fn by_rows(turn: Turn, side_max: Option<u32>, give: impl FnOnce(&mut Raster) -> Result<(), DecodeError>) -> Result<Rendered, DecodeError> {
    let mut raster = Raster::new(turn, side_max);
    give(&mut raster)?;
    raster.finish()
}

fn of_jpeg(bytes: &[u8], turn: Turn, side_max: Option<u32>) -> Result<Rendered, DecodeError> {
    let all = |blocks: Option<&jpeg::Blocks>, turn: Turn| by_rows(turn, side_max, |to| jpeg::rows(bytes, blocks, to));
    let Some(blocks) = jpeg::blocks(bytes)? else { return all(None, turn) };
    let Some(planes) = blocks.planes() else { return all(Some(&blocks), turn) };
    let by_blocks = || Raster::new(turn, side_max).draw(&planes, blocks.sides());
    let are_enough = side_max.is_some_and(|side| planes.luma_extent.columns.max(planes.luma_extent.rows) >= f64::from(side) * BLOCKS_MIN);
    if are_enough || blocks.are_safer(&planes) {
        return by_blocks();
    }
    match all(Some(&blocks), turn) {
        Err(DecodeError::TooMuchMemory { .. }) if jpeg::are_better_than_nothing(&planes) => by_blocks(),
        Ok(picture) if !is_alike(&planes, &picture, turn) => match jpeg::are_better_than_nothing(&planes) {
            true => by_blocks(),
            false => Err(DecodeError::Unsupported("a JPEG on which two decoders disagree".to_owned())),
        },
        picture => picture,
    }
}

/// Tells whether a picture, turned already, is what the blocks promise.
fn is_alike(planes: &Planes, picture: &Rendered, turn: Turn) -> bool {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mut builder = PlaneBuilder::reduced(width, height);
    picture.rgb.chunks_exact(width * 3).for_each(|row| builder.push(row, Layout::Rgb));
    builder.finish().is_some_and(|drawn| jpeg::is_alike_turned(planes, &drawn, turn))
}
