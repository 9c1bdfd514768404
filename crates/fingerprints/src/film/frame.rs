//! A decoded frame of a film, reduced, and the black bars that lie around what all frames of a film show.
//!
//! Brightness and colours stay as the film codes them (BT.601 or BT.709, whichever it is): programs that code a film anew mostly keep
//! them, and mostly drop the flag that names them. Only the range is made full.

use crate::perceptual;
use crate::planes::{Extent, Planes};
use model::{DecodedFrom, KeyFrame, Turn};
use std::ops::Range;

/// Shortest side, in cells, that a reduced frame keeps; see `planes.rs`.
const SIDE_MIN: usize = 512;
/// Brightest a bar is anywhere, full range; coding leaves some noise along its edge.
const BAR_MAX: u8 = 20;
/// How much brighter than a bar a line within three cells of it is, somewhere in the film: a bar ends at once, a dark scene does not.
const EDGE_MIN: u8 = 48;
/// Cells within which a bar ends: the reduced line on its edge, and what coding smears.
const EDGE_CELLS: usize = 3;
/// Largest part of a side that bars take: a standing film in a lying frame leaves 0.32.
const BARS_MAX: f64 = 0.8;
/// Most that the two bars of a side differ, as a part of the side: they are put on both sides alike.
const UNEVEN_MAX: f64 = 0.02;

/// A plane as a decoder gives it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane<'a> {
    /// Row-major samples, `bytes` each, little-endian.
    pub(super) samples: &'a [u8],
    /// Samples of a row.
    pub(super) width: usize,
    /// Rows.
    pub(super) height: usize,
    /// Bytes a sample: 1 for 8 bits, 2 for 10.
    pub(super) bytes: usize,
}

/// Cells of a plane.
#[derive(Debug, Clone, PartialEq)]
struct Cells {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

/// A frame reduced to about [`SIDE_MIN`] cells along its shorter side, full range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    luma: Cells,
    blue: Cells,
    red: Cells,
}

impl Frame {
    /// Reduces the planes Y, Cb and Cr of a picture; `None` where they are empty or not whole.
    pub(super) fn of(planes: [Plane<'_>; 3], full_range: bool) -> Option<Self> {
        let step = |plane: &Plane<'_>| (plane.width.min(plane.height) / SIDE_MIN).max(1);
        let [luma, blue, red] = planes;
        let (low, high) = if full_range { (0.0, 1.0) } else { (16.0, 255.0 / 219.0) };
        let gain = if full_range { 1.0 } else { 255.0 / 224.0 };
        let colour = |plane| reduced(plane, step(&luma), |v| (v - 128.0) * gain + 128.0);
        Some(Self { luma: reduced(luma, step(&luma), |v| (v - low) * high)?, blue: colour(blue)?, red: colour(red)? })
    }
}

/// Averages squares of `step` samples; what is left over at the end of rows and columns is left out.
fn reduced(plane: Plane<'_>, step: usize, tone: impl Fn(f32) -> f32) -> Option<Cells> {
    let stride = plane.width * plane.bytes;
    if plane.width == 0 || plane.height == 0 || plane.samples.len() < stride * plane.height {
        return None;
    }
    let step = step.min(plane.width).min(plane.height);
    let (width, height) = (plane.width / step, plane.height / step);
    let scale = 1.0 / (step * step * if plane.bytes == 2 { 4 } else { 1 }) as f32;
    let mut values = Vec::with_capacity(width * height);
    let mut sums = vec![0u32; width];
    for rows in plane.samples[..stride * plane.height].chunks_exact(stride * step) {
        sums.fill(0);
        for row in rows.chunks_exact(stride) {
            for (sum, square) in sums.iter_mut().zip(row.chunks_exact(step * plane.bytes)) {
                *sum += match plane.bytes {
                    2 => square.chunks_exact(2).map(|two| u32::from(u16::from_le_bytes([two[0], two[1]]))).sum::<u32>(),
                    _ => square.iter().map(|&v| u32::from(v)).sum(),
                };
            }
        }
        values.extend(sums.iter().map(|&sum| tone(sum as f32 * scale).round().clamp(0.0, 255.0) as u8));
    }
    Some(Cells { width, height, values })
}

/// Draws the frames of a film, turned upright and without its black bars. All frames have one size; others are left out.
pub(super) fn draw(frames: &[(u64, Frame)], turn: Turn) -> Vec<KeyFrame> {
    let Some((width, height)) = frames.first().map(|(_, frame)| (frame.luma.width, frame.luma.height)) else { return Vec::new() };
    let alike = || frames.iter().filter(|(_, frame)| (frame.luma.width, frame.luma.height) == (width, height));
    let (columns, rows) = shown(alike().map(|(_, frame)| &frame.luma), width, height);
    let share = |part: &Range<usize>, side: usize| (part.start as f64 / side as f64, part.end as f64 / side as f64);
    let (across, down) = (share(&columns, width), share(&rows, height));
    let mut drawn: Vec<KeyFrame> = alike()
        .map(|(at_ms, frame)| {
            let [luma, blue, red] = [&frame.luma, &frame.blue, &frame.red].map(|cells| cut(cells, across, down));
            let planes = Planes {
                luma_extent: Extent::whole(luma.width, luma.height),
                chroma_extent: Extent::whole(blue.width, blue.height),
                width: luma.width,
                height: luma.height,
                luma: luma.values,
                chroma_width: blue.width,
                chroma_height: blue.height,
                blue: blue.values,
                red: red.values,
            };
            KeyFrame { at_ms: *at_ms, picture: perceptual::draw(&planes, turn, DecodedFrom::Full) }
        })
        .collect();
    drawn.sort_by_key(|frame| frame.at_ms);
    drawn
}

/// Returns the part of a plane between these shares of its sides, at least one cell.
fn cut(cells: &Cells, across: (f64, f64), down: (f64, f64)) -> Cells {
    let part = |(from, to): (f64, f64), side: usize| {
        let start = ((from * side as f64).round() as usize).min(side - 1);
        start..((to * side as f64).round() as usize).clamp(start + 1, side)
    };
    let (columns, rows) = (part(across, cells.width), part(down, cells.height));
    let values = cells.values.chunks_exact(cells.width).take(rows.end).skip(rows.start).flat_map(|row| &row[columns.clone()]).copied();
    Cells { width: columns.len(), height: rows.len(), values: values.collect() }
}

/// Returns the columns and rows that show something: all but bars that are black in every frame.
fn shown<'a>(frames: impl Iterator<Item = &'a Cells>, width: usize, height: usize) -> (Range<usize>, Range<usize>) {
    // The brightest that each column and row ever is.
    let (mut columns, mut rows) = (vec![0u8; width], vec![0u8; height]);
    for frame in frames {
        for (row, brightest) in frame.values.chunks_exact(width).zip(&mut rows) {
            for (&value, column) in row.iter().zip(&mut columns) {
                *column = value.max(*column);
                *brightest = value.max(*brightest);
            }
        }
    }
    (inside(&columns), inside(&rows))
}

/// Returns what lies between two even bars; all of it where there are none.
fn inside(brightest: &[u8]) -> Range<usize> {
    let side = brightest.len();
    let is_bar = |value: &&u8| **value <= BAR_MAX;
    let (before, after) = (brightest.iter().take_while(is_bar).count(), brightest.iter().rev().take_while(is_bar).count());
    let ends_at_once = |mut inner: std::slice::Iter<'_, u8>, bar: usize| {
        inner.by_ref().skip(bar).take(EDGE_CELLS).any(|&value| value >= BAR_MAX + EDGE_MIN)
    };
    let ends = ends_at_once(brightest.iter(), before) && {
        let backwards: Vec<u8> = brightest.iter().rev().copied().collect();
        ends_at_once(backwards.iter(), after)
    };
    let even = before.abs_diff(after) as f64 <= (UNEVEN_MAX * side as f64).max(1.0);
    let both = before > 0 && after > 0 && ((before + after) as f64) <= BARS_MAX * side as f64;
    if both && even && ends { before..side - after } else { 0..side }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: usize, height: usize, value: impl Fn(usize, usize) -> u8) -> Frame {
        let luma: Vec<u8> = (0..width * height).map(|n| value(n % width, n / width)).collect();
        let grey = vec![128; (width / 2) * (height / 2)];
        let colour = Plane { samples: &grey, width: width / 2, height: height / 2, bytes: 1 };
        Frame::of([Plane { samples: &luma, width, height, bytes: 1 }, colour, colour], false).unwrap()
    }

    fn picture(x: usize, y: usize) -> u8 {
        ((x * 7 + y * 13) % 180 + 30) as u8
    }

    #[test]
    fn bars_on_both_sides_are_cut_and_nothing_else() {
        let bare = draw(&[(0, frame(80, 60, picture))], Turn::Upright);
        let boxed = frame(120, 60, |x, y| if (20..100).contains(&x) { picture(x - 20, y) } else { 16 });
        assert_eq!(draw(&[(0, boxed.clone())], Turn::Upright), bare);
        let one_sided = frame(100, 60, |x, y| if x >= 20 { picture(x - 20, y) } else { 16 });
        assert_ne!(draw(&[(0, one_sided)], Turn::Upright), bare, "a dark side of a scene");
        // A black frame of the same film tells nothing of the bars.
        let black = frame(120, 60, |_, _| 16);
        let drawn = draw(&[(500, boxed), (0, black.clone())], Turn::Upright);
        assert_eq!((drawn[0].at_ms, drawn[1].picture == bare[0].picture), (0, true));
        assert_eq!(draw(&[(0, black)], Turn::Upright)[0].picture.quality, 0);
    }

    #[test]
    fn a_dark_edge_that_grows_bright_slowly_is_no_bar() {
        let brightest: Vec<u8> = (0..100usize).map(|n| (n.min(99 - n) * 4) as u8).collect();
        assert_eq!(inside(&brightest), 0..100);
        let bars: Vec<u8> = (0..100).map(|n| if (20..80).contains(&n) { 200 } else { 3 }).collect();
        assert_eq!(inside(&bars), 20..80);
        let thick: Vec<u8> = (0..100).map(|n| if (45..55).contains(&n) { 200 } else { 3 }).collect();
        assert_eq!(inside(&thick), 0..100);
    }

    #[test]
    fn ranges_and_depths_come_out_alike() {
        let deep: Vec<u8> = (0..64 * 48).flat_map(|n| (u16::from(picture(n % 64, n / 64)) * 4).to_le_bytes()).collect();
        let grey: Vec<u8> = (0..32 * 24).flat_map(|_| 512u16.to_le_bytes()).collect();
        let colour = Plane { samples: &grey, width: 32, height: 24, bytes: 2 };
        let of_deep = Frame::of([Plane { samples: &deep, width: 64, height: 48, bytes: 2 }, colour, colour], false);
        assert_eq!(of_deep, Some(frame(64, 48, picture)));
        assert_eq!(Frame::of([colour, colour, Plane { height: 25, ..colour }], false), None);
    }
}
