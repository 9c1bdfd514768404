//! Decodes JPEGs: coarsely, from their DC coefficients, where that leaves cells enough for the grid, else in full.
//!
//! Measured 2026-11 on `data/perf` (30 photos of 2 to 12 MP, one busy core): 8.8 ms a photo, 245 MB/s, from bytes to hash. The
//! coarse way is our own; the full way, and everything unusual (CMYK, odd sampling of colour), is zune-jpeg's.
//!
//! **Invariants:** both ways refuse the same damaged files, because the coarse walk comes first in both; both give the same grid to
//! about one grey level (tested). Pictures come as stored: EXIF orientation is not applied here.

mod bits;
mod coarse;
mod full;
mod huffman;
mod markers;

use super::{DecodeError, Decoded, check_memory, check_size};
use crate::encoding::steps::LevelCounter;
use crate::perceptual::summary_of;
use crate::planes::{Cells, Extent, NEUTRAL, Planes};
use crate::rows::Rows;
use coarse::{BlockPlane, Coarse};
use markers::Colour;
use model::{BlockSteps, DecodedFrom, Turn};

/// Fewest cells along each side of a DC picture that is used: two and a half for each cell of the 64 × 64 grid. With fewer, the
/// grid would show the blocks. Measured 2026-11 as the mean difference of grids to a full decode, on 79 photos of
/// `data/{perf,lund,orientation,hdr_pair}`: up to 1.6 grey levels at 96 cells, 1.3 at 150, 0.5 at 192 and more. A full decode of a
/// picture just below (2 MP) costs about twice a coarse one of 12 MP.
pub const COARSE_SIDE_MIN: usize = 160;

/// Smallest share of a picture that must have come for it to be drawn. Less, and it is called damaged: a photo with a grey bar must
/// not pass for a copy of the whole one. The last MCUs of a photo (a row of 12 MP is 0.5 %) do get lost in harmless ways.
pub const COMPLETE_MIN: f64 = 0.99;

/// Fewest cells along each side of a DC picture that is used where the general decoder cannot be trusted.
///
/// zune-jpeg 0.5.15 gives wrong pictures, and no error, for sequential files whose components come in scans of their own: where
/// colour has half the rows, and where restart markers do not divide the picture (seen 2026-11 on pictures drawn here and coded by
/// jpeg-encoder with optimised tables). It also errs where colour has a quarter of the rows.
const COARSE_SIDE_RESCUE: usize = 64;

/// Cells along each side of the summaries by which a full decode is checked against its DC coefficients.
const SUMMARY_SIDE: usize = 4;

/// Farthest that a cell of the summaries may differ, in grey levels. Right decodes differ by 4 at most, by 11 where colour is
/// kept for every 32 pixels only (drawn pictures of 130 to 1400 pixels, 2026-11); wrong ones by 40 and more.
const SUMMARY_APART_MAX: u8 = 24;

/// Shortest side in pixels at which summaries are compared: with fewer, a cell is a few blocks only, and the last of them filled up.
const SUMMARY_SIDE_MIN_PX: usize = 128;

/// Why the coarse way ends.
#[derive(Debug)]
enum Fault {
    /// Nobody can read this.
    Damaged(String),
    /// Nobody we have reads this.
    Unsupported(String),
    /// The general decoder may read it.
    Unusual(String),
    /// A bound.
    Bound(DecodeError),
}

impl From<Fault> for DecodeError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Damaged(why) => DecodeError::Damaged(why),
            Fault::Unsupported(what) | Fault::Unusual(what) => DecodeError::Unsupported(format!("a JPEG with {what}")),
            Fault::Bound(error) => error,
        }
    }
}

/// Decodes a JPEG: coarsely where both sides of the DC picture have at least `min_side_px` cells (and never fewer than
/// [`COARSE_SIDE_MIN`]), else in full. Also for the previews inside RAW files.
///
/// # Errors
/// [`DecodeError`]; damaged if less than [`COMPLETE_MIN`] of the picture came, or a progressive file ends before its end marker.
pub fn decode_jpeg(bytes: &[u8], min_side_px: usize) -> Result<Decoded, DecodeError> {
    decode_jpeg_to(bytes, min_side_px, Cells::Reduced)
}

/// The same, a full decode into the given cells.
pub(crate) fn decode_jpeg_to(bytes: &[u8], min_side_px: usize, cells: Cells) -> Result<Decoded, DecodeError> {
    let Some(Blocks(coarse)) = blocks(bytes)? else { return full::decode(bytes, None, cells) };
    let steps = steps_of(&coarse);
    let is_cut = coarse.is_unended || coarse.complete.is_some_and(|share| share < 1.0);
    Ok(Decoded { is_cut, steps, ..picture_of(bytes, &coarse, min_side_px, cells)? })
}

/// What the averages of a JPEG's blocks tell.
pub(crate) struct Blocks(Coarse);

impl Blocks {
    /// Returns them as planes; `None` if the components call for the general decoder.
    pub(crate) fn planes(&self) -> Option<Planes> {
        planes_of(&self.0)
    }

    /// Returns width and height of the picture in pixels.
    pub(crate) fn sides(&self) -> (usize, usize) {
        (self.0.frame.width, self.0.frame.height)
    }

    /// Tells whether the general decoder is known to err with such a file, and there are blocks enough to go by.
    pub(crate) fn are_safer(&self, planes: &Planes) -> bool {
        self.0.is_in_separate_scans && are_better_than_nothing(planes)
    }
}

/// Tells whether blocks are enough to go by where the general decoder cannot be trusted.
pub(crate) fn are_better_than_nothing(planes: &Planes) -> bool {
    planes.width.min(planes.height) >= COARSE_SIDE_RESCUE
}

/// Reads the averages of a JPEG's blocks; `None` where only the general decoder may know it.
///
/// # Errors
/// As of [`decode_jpeg`].
pub(crate) fn blocks(bytes: &[u8]) -> Result<Option<Blocks>, DecodeError> {
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return Err(DecodeError::Damaged("it does not begin as a JPEG".to_owned()));
    }
    let bound = |frame: &markers::Frame| check_size(frame.width as u64, frame.height as u64).map_err(Fault::Bound);
    let coarse = match coarse::decode(bytes, bound) {
        Ok(coarse) => coarse,
        Err(Fault::Unusual(_)) => return Ok(None),
        Err(fault) => return Err(fault.into()),
    };
    check_complete(coarse.complete)?;
    Ok(Some(Blocks(coarse)))
}

/// Hands all rows of a JPEG over by the general decoder. `blocks` is what [`blocks`] gave.
///
/// # Errors
/// As of [`decode_jpeg`], and those of `to`.
pub(crate) fn rows(bytes: &[u8], blocks: Option<&Blocks>, to: &mut dyn Rows) -> Result<(), DecodeError> {
    super::guarded(|| full::rows(bytes, blocks.map(|blocks| &blocks.0), to)).map(drop)
}

/// Returns the steps that show in the brightness of a DC picture; `None` where its first component is no brightness.
fn steps_of(coarse: &Coarse) -> Option<BlockSteps> {
    let luma = coarse.planes.first().filter(|_| matches!(coarse.tables.colour(), Colour::Grey | Colour::Ycbcr))?;
    let (step, rows) = luma.levels();
    let mut counter = LevelCounter::new(step, luma.width * luma.height)?;
    rows.for_each(|row| counter.push(row));
    Some(counter.finish())
}

/// Returns the picture, coarse if that suffices.
fn picture_of(bytes: &[u8], coarse: &Coarse, min_side_px: usize, cells: Cells) -> Result<Decoded, DecodeError> {
    let own = planes_of(coarse);
    let has_cells = |least: usize| own.as_ref().is_some_and(|planes| planes.width.min(planes.height) >= least);
    let is_fine = has_cells(min_side_px.max(COARSE_SIDE_MIN));
    let is_better_than_nothing = has_cells(COARSE_SIDE_RESCUE);
    let Some(own) = own else { return full::decode(bytes, Some(coarse), cells) };
    if is_fine || (coarse.is_in_separate_scans && is_better_than_nothing) {
        return Ok(coarse_picture(own, coarse));
    }
    match full::decode(bytes, Some(coarse), cells)? {
        full if is_alike(&own, &full.planes) => Ok(full),
        _ if is_better_than_nothing => Ok(coarse_picture(own, coarse)),
        _ => Err(DecodeError::Unsupported("a JPEG on which two decoders disagree".to_owned())),
    }
}

fn coarse_picture(planes: Planes, coarse: &Coarse) -> Decoded {
    let (width, height) = (coarse.frame.width as u32, coarse.frame.height as u32);
    Decoded { planes, from: DecodedFrom::Coarse, width, height, frames: 1, block_grid: None, detail: None, is_cut: false, steps: None }
}

/// Tells whether the full decode is the picture that the DC coefficients promise.
fn is_alike(own: &Planes, full: &Planes) -> bool {
    is_alike_turned(own, full, Turn::Upright)
}

/// The same, of a full decode that was turned since.
pub(crate) fn is_alike_turned(own: &Planes, full: &Planes, turn: Turn) -> bool {
    let (own, summary) = (turned(summary_of(own, SUMMARY_SIDE), turn), summary_of(full, SUMMARY_SIDE));
    let apart = own.into_iter().zip(summary).map(|(a, b)| a.abs_diff(b)).max();
    full.width.min(full.height) < SUMMARY_SIDE_MIN_PX || apart <= Some(SUMMARY_APART_MAX)
}

/// Returns a summary's three squares, turned.
fn turned(summary: Vec<u8>, turn: Turn) -> Vec<u8> {
    let cells = SUMMARY_SIDE * SUMMARY_SIDE;
    let taken_from = |n: usize| {
        let (x, y) = turn.taken_from(n % SUMMARY_SIDE, n % cells / SUMMARY_SIDE, SUMMARY_SIDE);
        n / cells * cells + y * SUMMARY_SIDE + x
    };
    (0..summary.len()).map(|n| summary[taken_from(n)]).collect()
}

/// Judges the share of the picture that came.
fn check_complete(complete: Option<f64>) -> Result<(), DecodeError> {
    match complete {
        Some(share) if share >= COMPLETE_MIN => Ok(()),
        Some(share) => Err(DecodeError::Damaged(format!("the picture ends after {} %", (share * 100.0).floor()))),
        None => Err(DecodeError::Damaged("the file ends before its finer scans".to_owned())),
    }
}

/// Returns the memory that [`decode_jpeg`] takes at most, beside the file's bytes; 0 if there is no frame header.
pub(super) fn cost_bytes(bytes: &[u8]) -> u64 {
    let mut tables = markers::Tables::default();
    if markers::read_until_scan(bytes, 0, &mut tables).is_err() {
        return 0;
    }
    let Some(frame) = &tables.frame else { return 0 };
    let short = frame.width.min(frame.height) / 8;
    let is_coarse = short >= COARSE_SIDE_MIN && frame.components.len() != 4;
    if is_coarse { cost_of_blocks(frame) } else { cost_of_blocks(frame) + full::cost_bytes(frame) }
}

/// Returns the memory of a full decode however large the picture is; 0 if there is no frame header.
pub(crate) fn full_cost_bytes(bytes: &[u8]) -> u64 {
    let mut tables = markers::Tables::default();
    if markers::read_until_scan(bytes, 0, &mut tables).is_err() {
        return 0;
    }
    tables.frame.as_ref().map_or(0, |frame| cost_of_blocks(frame) + full::cost_bytes(frame))
}

/// Two bytes a block and the planes made of them; a full decode takes all samples besides, twice over where coefficients are kept.
fn cost_of_blocks(frame: &markers::Frame) -> u64 {
    (frame.width * frame.height) as u64 * frame.components.len() as u64 / 64 * 3
}

/// Returns the planes of a DC picture; `None` if its components call for the general decoder.
fn planes_of(coarse: &Coarse) -> Option<Planes> {
    match (coarse.tables.colour(), &coarse.planes[..]) {
        (Colour::Grey, [only]) => Some(Planes::grey(only.width, only.height, levels(only), extent_of(coarse, 0))),
        (Colour::Ycbcr, [luma, blue, red]) if same_shape(blue, red) => Some(Planes {
            width: luma.width,
            height: luma.height,
            luma: levels(luma),
            chroma_width: blue.width,
            chroma_height: blue.height,
            blue: levels(blue),
            red: levels(red),
            luma_extent: extent_of(coarse, 0),
            chroma_extent: extent_of(coarse, 1),
        }),
        (Colour::Rgb, [red, green, blue]) if same_shape(red, green) && same_shape(green, blue) => {
            Some(from_rgb(coarse, [red, green, blue]))
        }
        _ => None,
    }
}

fn same_shape(a: &BlockPlane, b: &BlockPlane) -> bool {
    (a.width, a.height) == (b.width, b.height)
}

/// Returns how much of a component's blocks the picture covers.
fn extent_of(coarse: &Coarse, component: usize) -> Extent {
    let (across, down) = coarse.frame.sampling();
    let component = &coarse.frame.components[component];
    let covered = |pixels: usize, factor: usize, largest: usize| (pixels * factor) as f64 / (largest * 8) as f64;
    Extent { columns: covered(coarse.frame.width, component.across, across), rows: covered(coarse.frame.height, component.down, down) }
}

/// Returns the averages of a component as samples.
fn levels(plane: &BlockPlane) -> Vec<u8> {
    let mut levels = Vec::with_capacity(plane.width * plane.height);
    for row in 0..plane.height {
        let (coefficients, step) = plane.row(row);
        // In eighths, rounded by adding a half; the largest product leaves room for both in 32 bits.
        let (step, neutral) = (i32::from(step), i32::from(NEUTRAL) * 8 + 4);
        levels.extend(coefficients.iter().map(|&value| ((i32::from(value) * step + neutral) >> 3).clamp(0, 255) as u8));
    }
    levels
}

fn level(value: f32) -> u8 {
    (value + f32::from(NEUTRAL)).round() as u8
}

/// Turns averages of red, green and blue into planes; brightness and differences are linear, so this is exact.
fn from_rgb(coarse: &Coarse, [red, green, blue]: [&BlockPlane; 3]) -> Planes {
    let (width, height) = (red.width, red.height);
    let count = width * height;
    let (mut luma, mut cb, mut cr) = (Vec::with_capacity(count), Vec::with_capacity(count), Vec::with_capacity(count));
    for row in 0..height {
        let averages = |plane: &'_ BlockPlane| -> Vec<f32> {
            let (coefficients, step) = plane.row(row);
            coefficients.iter().map(|&value| f32::from(value) * f32::from(step) / 8.0).collect()
        };
        for ((r, g), b) in averages(red).into_iter().zip(averages(green)).zip(averages(blue)) {
            luma.push(level(0.299 * r + 0.587 * g + 0.114 * b));
            cb.push(level((b - (0.299 * r + 0.587 * g + 0.114 * b)) / 1.772));
            cr.push(level((r - (0.299 * r + 0.587 * g + 0.114 * b)) / 1.402));
        }
    }
    let extent = extent_of(coarse, 0);
    Planes {
        width,
        height,
        luma,
        chroma_width: width,
        chroma_height: height,
        blue: cb,
        red: cr,
        luma_extent: extent,
        chroma_extent: extent,
    }
}
