//! Draws a picture again with more cells than the stored grid has, for pairs that all else calls copies: a changed digit in a letter, the
//! next frame of a burst on a tripod, a fine blur are below the grid's 64 × 64 cells.
//!
//! It decodes as a fingerprint does, in the reduced way where that leaves cells enough, and never shows more cells than there are
//! pixels (or blocks) on the shorter side: a small picture gives a small square. But where the fingerprint of a HEIC is drawn from the
//! thumbnail in it, this decodes the main picture, all tiles: they may be damaged or edited, and the thumbnail does not know. It stores
//! nothing and compares nothing.
//!
//! Cells of the decode seldom fit the square's: where an edge falls within one, its brightness is taken to run as a parabola through its
//! neighbours (the running sum along a line is interpolated by a cubic), so that a picture and its copy of another size agree. Plain area
//! averages, which take it as flat, blur differently from place to place.
//!
//! **Invariant:** no input makes it panic; the mean of each square is that of the picture, to the rounding of a cell.

use crate::decode::{self, Decoded};
use crate::perceptual::{Share, weigh_cells};
use crate::planes::{Extent, Planes};
use crate::{applied_orientation, cost_bytes, cost_of, metadata, raw};
use model::{DetailGrid, Format, Turn};
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
/// Cost: a coarse decode of a JPEG whose short side has 2,048 pixels or more; a full one of other pictures; of a RAW, its preview. Measured
/// 2026-11 on `heic`, two shared cores: 0.17 s of one core for a HEIC of 12 megapixels, with 7 bytes a pixel of memory.
#[must_use]
pub fn detail(bytes: &[u8], format: Format) -> Option<DetailGrid> {
    catch_unwind(AssertUnwindSafe(|| drawn(bytes, format))).unwrap_or_default()
}

/// Estimates the memory that [`detail`] takes at its peak beside the bytes themselves, in bytes.
#[must_use]
pub fn detail_cost_bytes(bytes: &[u8], format: Format) -> u64 {
    if format == Format::Heic { cost_of(|| decode::cost_of_main_bytes(bytes, format)) } else { cost_bytes(bytes, format) }
}

fn drawn(bytes: &[u8], format: Format) -> Option<DetailGrid> {
    let facts = metadata::read(bytes, format);
    let turn = Turn::from_exif(applied_orientation(&facts, format));
    let decoded = if format.is_raw() {
        let previews = raw::previews(bytes, format);
        let stored = raw::sides(bytes, format, &facts.metadata, &previews);
        decode::decode_jpeg(raw::choose(&previews, stored)?.jpeg, COARSE_CELLS_MIN)
    } else {
        decode_fine(bytes, format)
    };
    square_of(&decoded.ok()?.planes).map(|square| square.turned(turn))
}

fn decode_fine(bytes: &[u8], format: Format) -> Result<Decoded, decode::DecodeError> {
    if format == Format::Jpeg { decode::decode_jpeg(bytes, COARSE_CELLS_MIN) } else { decode::decode_main(bytes, format) }
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

/// Returns, for each of `side` target cells, the source cells it is made of and their shares, where `covered` of `cells` are the picture.
/// Shares beside an edge may be negative.
fn smooth_shares(cells: usize, covered: f64, side: usize) -> Vec<Vec<Share>> {
    let edges: Vec<Edge> = (0..=side).map(|target| Edge::at(covered * target as f64 / side as f64, cells, covered)).collect();
    edges.windows(2).map(|two| between(two[0], two[1], cells)).collect()
}

/// The running sum up to a place: whole cells before `cell`, and shares of it and its two neighbours.
#[derive(Clone, Copy)]
struct Edge {
    cell: usize,
    before: f64,
    own: f64,
    after: f64,
}

impl Edge {
    fn at(place: f64, cells: usize, covered: f64) -> Self {
        let cell = (place.floor() as usize).min(cells - 1);
        // The last cell may be covered in part only.
        let width = (covered - cell as f64).clamp(f64::MIN_POSITIVE, 1.0);
        let u = ((place - cell as f64) / width).clamp(0.0, 1.0);
        let (inner, outer) = (u * u * (3.0 - 2.0 * u), [u * (1.0 - u) * (1.0 - u), u * u * (u - 1.0)]);
        let [before, after] = outer.map(|weight| weight / 2.0 * width);
        Self { cell, before, own: inner * width + before + after, after }
    }
}

fn between(from: Edge, to: Edge, cells: usize) -> Vec<Share> {
    let first = from.cell.saturating_sub(1);
    let last = (to.cell + 1).min(cells - 1);
    let mut weights = vec![0.0; last - first + 1];
    (from.cell..to.cell).for_each(|cell| weights[cell - first] += 1.0);
    for (edge, sign) in [(from, -1.0), (to, 1.0)] {
        weights[edge.cell.saturating_sub(1) - first] += sign * edge.before;
        weights[edge.cell - first] += sign * edge.own;
        weights[(edge.cell + 1).min(cells - 1) - first] += sign * edge.after;
    }
    (first..=last).zip(weights).map(|(cell, weight)| (cell, weight as f32)).filter(|&(_, weight)| weight != 0.0).collect()
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
    fn shares_make_a_whole_and_keep_the_mean() {
        for (cells, covered, side) in [(300, 300.0, 256), (301, 300.25, 256), (512, 511.5, 100), (96, 96.0, 96)] {
            let shares = smooth_shares(cells, covered, side);
            let mut of_cell = vec![0.0; cells];
            for share in &shares {
                let sum: f64 = share.iter().map(|&(_, weight)| f64::from(weight)).sum();
                assert!((sum - covered / side as f64).abs() < 1e-4, "{sum}");
                share.iter().for_each(|&(cell, weight)| of_cell[cell] += f64::from(weight));
            }
            let last = covered - (cells - 1) as f64;
            assert!(of_cell[..cells - 1].iter().all(|sum| (sum - 1.0).abs() < 1e-3), "every cell counts once");
            assert!((of_cell[cells - 1] - last).abs() < 1e-3);
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
            assert!(detail(b"", format).is_none());
            assert!(detail(b"\xFF\xD8\xFF\xE0 and no more", format).is_none());
        }
    }
}
