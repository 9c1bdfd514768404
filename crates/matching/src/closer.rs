//! The closer look: two pictures decoded again to many more cells than the stored grid has, for pairs that the second look calls copies.
//!
//! What is asked: is there *a place* that differs more than the rest of this very picture does? Coding, scaling and their filters spread
//! their errors over the whole picture, more where there is texture, less where it is plain; a changed digit, a moved eye, the next frame
//! of a burst differ in one place. So the picture is its own yardstick: from all its cells is learned how large an error usually is at how
//! much texture, and the worst block of 1 to 6 cells a side is held against the worst hundredth of all blocks. A copy of JPEG quality 5
//! and one of quality 95 pass by the same limits. Beside it, what is coherent over the whole picture at a strength below the grid's: a
//! blur of a pixel, a gain of one per cent.
//!
//! It does not judge which of the two was changed, and it cannot see what coding hides: a change fainter than the quantiser's step,
//! one of a few pixels in a picture scaled to a third, a blur no wider than filters of scaling leave. It never makes a copy of what the
//! second look refused. Numbers and their origin: `thresholds.rs`.

mod blocks;
mod expected;
mod gamut;
mod paper;
mod pool;

use crate::Subject;
use crate::second_look::quantiser;
use crate::surface::{Surface, fit};
use crate::thresholds::*;
use blocks::{Worst, worst_of};
use model::{CHROMA_SIDE, DecodedFrom, DetailGrid, DetailWay, Format, LUMA_SIDE, PictureGrid, Turn};

/// Patches along a side on whose means tone is measured.
const PATCHES: usize = 16;

/// Returns the grid as a fingerprint would store it, from a picture with more cells.
pub(crate) fn reduced(detail: &DetailGrid) -> PictureGrid {
    let cells = |plane: &[u8], from: usize, side: usize| -> Vec<u8> {
        let surface = Surface::of(plane, from);
        if from < side {
            // A picture without colour, or hardly any: its few cells are repeated.
            return (0..side * side).map(|at| plane[at / side * from / side * from + at % side * from / side]).collect();
        }
        pool::pooled_to(&surface, side).cells.iter().map(|cell| cell.round().clamp(0.0, 255.0) as u8).collect()
    };
    let luma = cells(&detail.luma, detail.side, LUMA_SIDE);
    let [blue, red] = [&detail.blue, &detail.red].map(|plane| cells(plane, detail.chroma_side, CHROMA_SIDE));
    PictureGrid::from_bytes(&[luma, blue, red].concat()).expect("as many cells as a grid has")
}

/// What coding and size explain of a difference at this number of cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Explained {
    /// Step of the coarser luma quantiser, as grey levels of a block's mean.
    step: f64,
    /// Pixels of the smaller picture along its short side.
    pixels: f64,
    /// Pixels along the side of what one of the two resolves, where the other is of another size or was decoded another way; else 0.
    grain: f64,
    /// From what both are to be drawn.
    pub(crate) way: DetailWay,
}

impl Explained {
    /// Returns what `a` and `b` explain, `turn` being applied to `b`; of a HEIC, its main picture ([`Subject::by_main`]).
    pub(crate) fn of(a: &Subject, b: &Subject, turn: Turn) -> Self {
        let (wide, high) = if turn.swaps_sides() { (b.height, b.width) } else { (b.width, b.height) };
        let near = |x: u32, y: u32| f64::from(x.abs_diff(y)) <= 0.02 * f64::from(x.max(y));
        let least = a.short_side().min(b.short_side()).max(1);
        let small = |s: &Subject| s.from == Some(DecodedFrom::Preview);
        let grain = match () {
            () if small(a) || small(b) => f64::from(least) / f64::from(SMALL_DECODE_SIDE),
            () if near(a.width, wide) && near(a.height, high) => 0.0,
            () => 1.0,
        };
        // Only then do the blocks of both lie on the same pixels.
        let stored_alike = turn == Turn::Upright && a.orientation == b.orientation && (a.width, a.height) == (b.width, b.height);
        let way = if stored_alike && is_coarse(a) && is_coarse(b) { DetailWay::Blocks } else { DetailWay::Pixels };
        Self { step: quantiser(a, 16.0).max(quantiser(b, 16.0)), pixels: f64::from(least), grain, way }
    }
}

/// Tells a JPEG so large that its blocks are cells enough.
fn is_coarse(subject: &Subject) -> bool {
    subject.format == Format::Jpeg && subject.from == Some(DecodedFrom::Coarse) && subject.short_side() >= COARSE_BLOCK * DETAIL_SIDE
}

/// What was measured.
#[derive(Debug, Clone)]
pub(crate) struct CloserLook {
    /// Cells along each side at which the two were compared.
    side: usize,
    /// Change of contrast, as a share; the part beyond four standard errors.
    gain: f64,
    /// Root mean square of the tone curve without its mean, grey levels.
    tone: f64,
    /// Blur or sharpening, the square of its width in pixels of the smaller; the part beyond four standard errors.
    blur: f64,
    /// The block that stands out most.
    worst: Worst,
    /// Share of the cells that are paper or near some that are, in the picture that has fewer, 0 to 1.
    page: f64,
    /// The same of paper so white that ringing is clipped on it.
    white: f64,
    explained: Explained,
}

/// Something that coding does not explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum CloserFault {
    /// Brightness or contrast.
    Tone,
    /// Blur or sharpening.
    Sharpness,
    /// A place, as shares of width and height from the upper left of the first picture.
    Part {
        /// From the left, 0 to 1.
        across: f64,
        /// From the top, 0 to 1.
        down: f64,
    },
}

impl CloserFault {
    /// Says it in words.
    pub(crate) fn words(self) -> String {
        match self {
            CloserFault::Tone => "on a closer look, brightness or contrast was changed a little".to_owned(),
            CloserFault::Sharpness => "on a closer look, it was blurred or sharpened a little".to_owned(),
            CloserFault::Part { across, down } => {
                let [left, top] = [across, down].map(|share| (share * 100.0).round());
                format!("on a closer look, a small part differs, at {left} % from the left, {top} % from the top")
            }
        }
    }
}

/// Lays `b` (already turned) over `a`.
pub(crate) fn look_closer(a: &DetailGrid, b: &DetailGrid, explained: Explained) -> CloserLook {
    let side = a.side.min(b.side);
    let [first, second] = [a, b].map(|grid| pool::pooled_to(&Surface::of(&grid.luma, grid.side), side));
    let difference = second.zip(&first, |y, x| y - x);
    let middle = first.zip(&second, |x, y| (x + y) / 2.0);
    let tones = tones_of(&difference, &middle);
    let flat = difference.zip(&middle, |d, m| d - tones.at(m));
    let (one, other) = (first.laplacian(), second.laplacian());
    let blurred = straighten(flat, &middle, &one.zip(&other, |x, y| (x + y) / 2.0));
    let texture = one.map(f64::abs).spread().zip(&other.map(f64::abs).spread(), |x, y| (x + y) / 2.0).cropped();
    let rest = blurred.rest;
    let floor = CLOSER_FLOOR.hypot(CLOSER_STEP * explained.step);
    let (beyond_a, beyond_b) = (gamut::clipped(a, &first), gamut::clipped(b, &second));
    let clipped = beyond_a.zip(&beyond_b, f64::max).cropped();
    let expected = expected::expected(&rest, &texture, floor).zip(&clipped, |error, clipped| error + clipped);
    let limits = if explained.grain > 0.0 { &CLOSER_BLOCKS_RESIZED } else { &CLOSER_BLOCKS };
    let square = (explained.pixels / side as f64).powi(2);
    CloserLook {
        side,
        gain: tones.gain,
        tone: tones.spread,
        blur: (blurred.blur - STANDARD_ERRORS * blurred.error).max(0.0) * square,
        worst: worst_of(&rest.zip(&expected, |r, e| r / e), limits),
        page: paper::near_paper(&first).min(paper::near_paper(&second)),
        white: paper::near_white(&first).min(paper::near_white(&second)),
        explained,
    }
}

impl CloserLook {
    /// Returns what coding does not explain; none for a copy.
    pub(crate) fn fault(&self) -> Option<CloserFault> {
        let Explained { step, grain, .. } = self.explained;
        let blur = CLOSER_BLUR.base + CLOSER_BLUR.step * step + CLOSER_BLUR.cells * grain * grain;
        let gain = self.gain > CLOSER_GAIN.base + CLOSER_GAIN.step * step && self.tone > CLOSER_TONE.base + CLOSER_TONE.step * step;
        let clipped = self.is_white_page() && self.gain <= PRINT_GAIN_MAX && self.tone <= PRINT_TONE_MAX;
        let limit = if self.is_page() && grain > 0.0 { PAGE_RESIZED_BLOCK_MAX } else { 1.0 };
        if self.worst.beyond > limit {
            // The border was left out.
            let share = |cell: f64| (cell + 1.0) / self.side as f64;
            return Some(CloserFault::Part { across: share(self.worst.across), down: share(self.worst.down) });
        }
        match () {
            () if self.blur > blur => Some(CloserFault::Sharpness),
            () if gain && !clipped => Some(CloserFault::Tone),
            () => None,
        }
    }

    /// Returns how far the place that stands out most does, as a share of the limit.
    pub(crate) fn worst_place(&self) -> f64 {
        self.worst.beyond
    }

    /// Tells a page of print, all of which lies near bare paper.
    pub(crate) fn is_page(&self) -> bool {
        self.page >= PAGE_SHARE_MIN
    }

    /// Tells a page on paper so white that ringing is clipped all over it.
    pub(crate) fn is_white_page(&self) -> bool {
        self.white >= PAGE_SHARE_MIN
    }

    /// Tells a look at all the cells there can be.
    pub(crate) fn is_whole(&self) -> bool {
        self.side == DETAIL_SIDE as usize
    }

    /// Says all measurements in one line, for `explain`.
    pub(crate) fn words(&self) -> String {
        let Worst { beyond, ratios, .. } = &self.worst;
        let ratios: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.1}")).collect();
        format!(
            "{side} × {side} cells; worst block {beyond:.2} of the limit (blocks {}); blur {:.2} square pixels; contrast {:.2} %, tone {:.2} grey levels; {:.0} % near \
             paper, {:.0} % near white",
            ratios.join(", "),
            self.blur,
            self.gain * 100.0,
            self.tone,
            self.page * 100.0,
            self.white * 100.0,
            side = self.side,
        )
    }
}

struct Tones {
    curve: [f64; 3],
    spread: f64,
    gain: f64,
}

impl Tones {
    fn at(&self, grey: f64) -> f64 {
        let u = (grey - 128.0) / 64.0;
        self.curve[0] + self.curve[1] * u + self.curve[2] * u * u
    }
}

/// Fits a parabola over grey to the difference, and a straight line for the gain, on the means of patches.
fn tones_of(difference: &Surface, middle: &Surface) -> Tones {
    let tile = (middle.side / PATCHES).max(1);
    let (d, m) = (difference.pooled(tile), middle.pooled(tile));
    let pairs = || m.cells.iter().zip(&d.cells).map(|(&m, &d)| ((m - 128.0) / 64.0, d));
    let curve = fit(pairs().map(|(u, d)| ([1.0, u, u * u], d)), 1.0).weights;
    let line = fit(pairs().map(|(u, d)| ([1.0, u], d)), 1.0);
    let count = d.cells.len() as f64;
    let left: f64 = pairs().map(|(u, d)| d - line.weights[0] - line.weights[1] * u).map(|left| left * left).sum();
    let error = (left / (count - 2.0).max(1.0) * line.spread[1]).sqrt();
    let mut tones = Tones { curve, spread: 0.0, gain: (line.weights[1].abs() - STANDARD_ERRORS * error).max(0.0) / 64.0 };
    let bent = m.map(|grey| tones.at(grey));
    let mean = bent.mean();
    tones.spread = bent.map(|v| v - mean).rms();
    tones
}

struct Straightened {
    /// What is left, without the border.
    rest: Surface,
    blur: f64,
    error: f64,
}

/// Fits an affine movement and a blur (the first order of a Taylor series around the middle picture) and takes them out.
fn straighten(mut flat: Surface, middle: &Surface, curvature: &Surface) -> Straightened {
    const RIDGE_A_CELL: f64 = 0.02;
    let (across, down) = middle.slopes();
    let side = flat.side;
    let half = side as f64 / 2.0;
    let row = |n: usize| {
        let (x, y) = (((n % side) as f64 + 0.5 - half) / half, ((n / side) as f64 + 0.5 - half) / half);
        let (gx, gy) = (across.cells[n], down.cells[n]);
        [gx, gy, x * gx, y * gx, x * gy, y * gy, curvature.cells[n]]
    };
    let inner = || (1..side - 1).flat_map(|y| (1..side - 1).map(move |x| y * side + x));
    let count = ((side - 2) * (side - 2)) as f64;
    let fit = fit(inner().map(|n| (row(n), flat.cells[n])), RIDGE_A_CELL * count);
    inner().for_each(|n| flat.cells[n] -= row(n).iter().zip(&fit.weights).map(|(v, w)| v * w).sum::<f64>());
    let rest = flat.cropped();
    let error = fit.spread[6].sqrt() * rest.rms();
    Straightened { rest, blur: fit.weights[6].abs(), error }
}

#[cfg(test)]
mod tests;
