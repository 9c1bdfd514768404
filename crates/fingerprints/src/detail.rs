//! Draws a picture again with more cells than the stored grid has, for pairs that all else calls copies: a changed digit in a letter, the
//! next frame of a burst on a tripod, a fine blur are below the grid's 64 × 64 cells.
//!
//! It never shows more cells than there are pixels (or blocks) on the shorter side: a small picture gives a small square. Where the
//! fingerprint of a HEIC is drawn from the thumbnail in it, this decodes the main picture, all tiles: they may be damaged or edited, and the
//! thumbnail does not know. It stores nothing and compares nothing.
//!
//! Drawn by pixels, a picture shows the same cells whichever way round it is stored. Drawn by blocks, which is the reduced decode of large
//! JPEGs and some five times cheaper, its cells are made of averages of 8 × 8 pixels counted from the coded corner: two pictures whose
//! sides are no multiple of 8 agree so only where they are stored the same way round at one size. Matching says which it needs.
//!
//! **Invariant:** no input makes it panic; the mean of each square is that of the picture, to the rounding of a cell.

use crate::decode::{self, DecodeError, Decoded};
use crate::perceptual::weigh_cells;
use crate::planes::{Cells, Extent, Planes};
use crate::square::smooth_shares;
use crate::{applied_orientation, cost_bytes, cost_of, metadata, raw};
use model::{DetailGrid, DetailWay, Format, Turn};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most cells along each side of the luma square.
pub const DETAIL_SIDE_MAX: usize = 256;
/// Fewest cells along each side of a DC picture that is drawn from; with fewer, a JPEG is decoded in full.
const COARSE_CELLS_MIN: usize = 256;
/// Fewest cells along each side that show more than the stored grid of 64 does.
pub const DETAIL_SIDE_MIN: usize = 96;
/// Cells along each side of the chroma squares, at most.
pub const DETAIL_CHROMA_SIDE: usize = 64;

/// Returns the still's picture, upright, in up to [`DETAIL_SIDE_MAX`] cells a side; `None` where it cannot be decoded or has fewer than
/// [`DETAIL_SIDE_MIN`]. `format` is [`refine`](crate::refine)'s.
///
/// Cost: a full decode; of a RAW, its preview. [`DetailWay::Blocks`] asks for a coarse one of a JPEG whose short side has 2,048 pixels or more.
/// One too large to be decoded in full is drawn by blocks all the same. Measured 2026-11 on `heic`, two shared cores: 0.17 s of one core for a
/// HEIC of 12 megapixels, with 7 bytes a pixel of memory.
#[must_use]
pub fn detail(bytes: &[u8], format: Format, way: DetailWay) -> Option<DetailGrid> {
    catch_unwind(AssertUnwindSafe(|| drawn(bytes, format, way))).unwrap_or_default()
}

/// Estimates the memory that [`detail`] takes at its peak beside the bytes themselves, in bytes.
#[must_use]
pub fn detail_cost_bytes(bytes: &[u8], format: Format, way: DetailWay) -> u64 {
    let of_all = || match format {
        Format::Jpeg => decode::jpeg::full_cost_bytes(bytes),
        _ if format.is_raw() => {
            raw::choose(&raw::previews(bytes, format), (0, 0)).map_or(0, |preview| decode::jpeg::full_cost_bytes(preview.jpeg))
        }
        Format::Heic => decode::cost_of_main_bytes(bytes, format),
        _ => 0,
    };
    let of_pixels = if way == DetailWay::Pixels || format == Format::Heic { cost_of(of_all) } else { 0 };
    cost_bytes(bytes, format).max(of_pixels.min(decode::MAX_DECODE_BYTES))
}

fn drawn(bytes: &[u8], format: Format, way: DetailWay) -> Option<DetailGrid> {
    let facts = metadata::read(bytes, format);
    let turn = Turn::from_exif(applied_orientation(&facts, format));
    let decoded = if format.is_raw() {
        let previews = raw::previews(bytes, format);
        let stored = raw::sides(bytes, format, &facts.metadata, &previews);
        decode_jpeg(raw::choose(&previews, stored)?.jpeg, way)
    } else {
        decode_fine(bytes, format, way)
    };
    square_of(&decoded.ok()?.planes).map(|square| square.turned(turn))
}

fn decode_fine(bytes: &[u8], format: Format, way: DetailWay) -> Result<Decoded, DecodeError> {
    if format == Format::Jpeg { decode_jpeg(bytes, way) } else { decode::decode_main(bytes, format, Cells::Square) }
}

fn decode_jpeg(bytes: &[u8], way: DetailWay) -> Result<Decoded, DecodeError> {
    let by_blocks = || decode::jpeg::decode_jpeg_to(bytes, COARSE_CELLS_MIN, Cells::Square);
    match way {
        DetailWay::Blocks => by_blocks(),
        DetailWay::Pixels => match decode::jpeg::decode_jpeg_to(bytes, usize::MAX, Cells::Square) {
            Err(DecodeError::TooMuchMemory { .. }) => by_blocks(),
            decoded => decoded,
        },
    }
}

/// Returns the squares of `planes`, as stored; `None` where there are too few cells.
fn square_of(planes: &Planes) -> Option<DetailGrid> {
    let cells = |extent: Extent| extent.columns.min(extent.rows).floor() as usize;
    let side = cells(planes.luma_extent).min(DETAIL_SIDE_MAX);
    if side < DETAIL_SIDE_MIN {
        return None;
    }
    let chroma_side = cells(planes.chroma_extent).clamp(1, DETAIL_CHROMA_SIDE);
    let chroma = |plane: &[u8]| stretch_smoothly(plane, planes.chroma_width, planes.chroma_height, planes.chroma_extent, chroma_side);
    Some(DetailGrid {
        side,
        chroma_side,
        luma: stretch_smoothly(&planes.luma, planes.width, planes.height, planes.luma_extent, side),
        blue: chroma(&planes.blue),
        red: chroma(&planes.red),
    })
}

/// Averages a plane into `side × side` cells; the whole picture is stretched. `side` is at most the cells covered.
fn stretch_smoothly(plane: &[u8], width: usize, height: usize, extent: Extent, side: usize) -> Vec<u8> {
    weigh_cells(plane, width, &smooth_shares(width, extent.columns, side), &smooth_shares(height, extent.rows, side))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Planes {
        let pixels: Vec<u8> = (0..width * height).map(|n| ((n % width) * 200 / width + (n / width) * 50 / height) as u8).collect();
        Planes::from_luma8(width, height, &pixels)
    }

    #[test]
    fn no_square_has_more_cells_than_the_short_side() {
        assert!(square_of(&ramp(400, DETAIL_SIDE_MIN - 1)).is_none());
        for (width, height, side) in [(400, DETAIL_SIDE_MIN, DETAIL_SIDE_MIN), (200, 300, 200), (900, 700, DETAIL_SIDE_MAX)] {
            let square = square_of(&ramp(width, height)).unwrap();
            assert_eq!((square.side, square.luma.len()), (side, side * side));
            assert_eq!((square.chroma_side, square.blue.len()), (1, 1), "a grey picture has one neutral cell");
        }
    }

    #[test]
    fn two_sizes_of_a_wave_agree_where_plain_averages_do_not() {
        let wave = |side: usize| {
            let cell = |n: usize| {
                let [from, to] = [n, n + 1].map(|edge| edge as f64 / side as f64 * 600.0);
                128.0 + 100.0 * (from.cos() - to.cos()) / (to - from)
            };
            let row: Vec<u8> = (0..side).map(|n| cell(n).round() as u8).collect();
            Planes::from_luma8(side, side, &row.repeat(side))
        };
        let apart = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        let [coarse, fine] = [378, 1024].map(wave);
        let smooth = [&coarse, &fine].map(|planes| square_of(planes).unwrap().luma);
        assert!(apart(&smooth[0], &smooth[1]) <= 8, "{}", apart(&smooth[0], &smooth[1]));
        let plain = [&coarse, &fine].map(|planes| crate::perceptual::summary_of(planes, 256)[..256 * 256].to_vec());
        assert!(apart(&plain[0], &plain[1]) > 2 * apart(&smooth[0], &smooth[1]));
    }

    #[test]
    fn bytes_that_are_no_picture_give_none() {
        for format in [Format::Jpeg, Format::Png, Format::Heic, Format::Dng, Format::Mp4, Format::Avif] {
            for way in [DetailWay::Blocks, DetailWay::Pixels] {
                assert!(detail(b"", format, way).is_none());
                assert!(detail(b"\xFF\xD8\xFF\xE0 and no more", format, way).is_none());
            }
        }
    }
}
