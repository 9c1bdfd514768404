//! The second look: two picture grids laid over each other, and whether coding and scaling can explain how they differ.
//!
//! A copy differs by noise: small where the coarser of the two was coded well, growing with its quantiser and, for a small picture, with
//! fine texture. Whatever is coherent (a change of brightness, contrast or colour, a shift, crop or tilt, blur, something drawn in or
//! moved) is no coding error, however small it is beside the noise, and is looked for by least squares and in ever smaller tiles.
//! The measure is symmetric: the two grids may change places. Numbers and their origin: `thresholds.rs`.

use crate::Subject;
use crate::surface::{Surface, fit};
use crate::thresholds::*;
use model::{Bits, CHROMA_SIDE, DecodedFrom, LUMA_SIDE, PictureGrid, SecondLook, Turn};

/// What of a difference the coding and the sizes of two pictures explain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coding {
    /// Step of the coarser luma quantiser, as grey levels of a block's mean.
    step: f64,
    /// The same for chroma, levels.
    chroma_step: f64,
    /// Grid cells a pixel (or block) of the smaller picture, at most 1.
    cells: f64,
    /// Whether sizes or ways of decoding differ.
    resized: bool,
    /// Whether the smaller has less than half the side of the larger.
    halved: bool,
    /// Whether one of them was scaled more along one side than along the other, as no camera does.
    stretched: bool,
}

impl Coding {
    /// Returns what `a` and `b` explain, `turn` being applied to `b`.
    pub(crate) fn of(a: &Subject, b: &Subject, turn: Turn) -> Self {
        let (wide, high) = if turn.swaps_sides() { (b.height, b.width) } else { (b.width, b.height) };
        let ratio = |x: u32, y: u32| f64::from(x.max(y).max(1)) / f64::from(x.min(y).max(1));
        let resized = ratio(a.width, wide) > 1.02 || ratio(a.height, high) > 1.02;
        let alike = turn == Turn::Upright && a.from == b.from && !resized && a.from != Some(DecodedFrom::Preview);
        let side = |s: &Subject| match s.from {
            Some(DecodedFrom::Thumbnail | DecodedFrom::Preview) => s.short_side().min(SMALL_DECODE_SIDE),
            Some(DecodedFrom::Coarse) if !alike => s.short_side() / COARSE_BLOCK,
            _ => s.short_side(),
        };
        let (least, most) = (side(a).min(side(b)).max(1), a.short_side().max(b.short_side()));
        Self {
            step: quantiser(a, 16.0).max(quantiser(b, 16.0)),
            chroma_step: quantiser(a, 17.0).max(quantiser(b, 17.0)),
            cells: (LUMA_SIDE as f64 / f64::from(least)).min(1.0),
            resized: !alike,
            halved: most > 2 * a.short_side().min(b.short_side()),
            stretched: stretch((a.width, a.height), (wide, high)) > STRETCH_MIN,
        }
    }

    fn limit(&self, limit: Limit) -> f64 {
        limit.base + limit.step * self.step + limit.cells * self.cells
    }

    fn chroma_limit(&self, limit: Limit) -> f64 {
        limit.base + limit.step * self.chroma_step + limit.cells * self.cells
    }

    fn linear_light(&self) -> f64 {
        if self.halved { LINEAR_LIGHT * ((self.cells - 0.2) / 0.4).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// Returns how much more one side was scaled than the other, at least 1.
fn stretch(one: (u32, u32), other: (u32, u32)) -> f64 {
    let shape = |(width, height): (u32, u32)| f64::from(width.max(1)) / f64::from(height.max(1));
    let ratio = shape(one) / shape(other);
    ratio.max(1.0 / ratio)
}

/// Step of the DC quantiser of the IJG's table entry `entry` at the picture's quality, as levels of an 8 × 8 block's mean (a step of the
/// coefficient is an eighth of it).
pub(crate) fn quantiser(subject: &Subject, entry: f64) -> f64 {
    step_at(subject.encoding.jpeg_quality.unwrap_or_else(|| assumed_quality(subject.format)), entry)
}

/// The same at a quality (IJG scale).
fn step_at(quality: u8, entry: f64) -> f64 {
    let quality = f64::from(quality.clamp(1, 100));
    let percent = if quality < 50.0 { 5000.0 / quality } else { 200.0 - 2.0 * quality };
    (entry * percent / 100.0).clamp(1.0, 255.0) / 8.0
}

/// All that was measured, in grey levels, cells, or units of the expected error.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// What is shown and kept.
    pub(crate) shown: SecondLook,
    pub(crate) mean: f64,
    pub(crate) tone: f64,
    pub(crate) displacement: f64,
    displacement_error: f64,
    blur: f64,
    blur_error: f64,
    residual: f64,
    worst_cell: f64,
    worst_spot: f64,
    worst_patch: f64,
    worst_tile: f64,
    pub(crate) chroma_mean: f64,
    saturation: f64,
    chroma_spot: f64,
    chroma_error: f64,
    /// Whether every cell of both grids is equal.
    pub(crate) equal: bool,
    /// Whether neither picture has colour anywhere.
    pub(crate) colourless: bool,
    coding: Coding,
}

/// Something coherent that coding does not explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Tone,
    Colour,
    Geometry,
    Sharpness,
    Noise,
    Detail,
}

impl Fault {
    /// Says it in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Fault::Tone => "brightness or contrast was changed",
            Fault::Colour => "the colours were changed",
            Fault::Geometry => "the content is shifted, cropped or tilted",
            Fault::Sharpness => "it was blurred or sharpened",
            Fault::Noise => "the pictures differ all over",
            Fault::Detail => "a part of the picture differs",
        }
    }
}

/// Patches along a side: 4 × 4 luma cells or one chroma cell each.
const PATCHES: usize = CHROMA_SIDE;
/// Luma cells along a side of a patch.
const PATCH: usize = LUMA_SIDE / PATCHES;

/// Which patches are looked at.
type Kept = [bool; PATCHES * PATCHES];

/// Lays `b` (already turned) over `a`.
pub(crate) fn look(a: &PictureGrid, b: &PictureGrid, coding: Coding, distance_bits: Bits, turn: Turn) -> Look {
    look_at(a, b, &[true; PATCHES * PATCHES], coding, distance_bits, turn)
}

/// A second look without the patches that stick out.
pub(crate) struct Overlay {
    /// Share of the patches left out, 0 to 1: those that stick out and their neighbours.
    pub(crate) share: f64,
    /// What speaks against the rest being a copy.
    pub(crate) faults: Vec<Fault>,
    /// Whether only a small part was drawn over or changed: the rest is a copy.
    pub(crate) holds: bool,
}

/// Looks at all but what sticks out; `whole` is the look at all of it.
pub(crate) fn overlay(a: &PictureGrid, b: &PictureGrid, whole: &Look) -> Overlay {
    let [first, second] = [a, b].map(|grid| Surface::of(&grid.luma[..], LUMA_SIDE));
    let patches = first.zip(&second, |x, y| (x - y) * (x - y)).pooled(PATCH).map(f64::sqrt);
    let mut sorted = patches.cells.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let usual = sorted[sorted.len() / 2];
    let stands_out = patches.map(|error| f64::from(u8::from(error > OVERLAY_FACTOR * usual + OVERLAY_FLOOR)));
    let around = stands_out.spread();
    let kept: Kept = std::array::from_fn(|n| around.cells[n] == 0.0);
    let (share, shown) = (around.mean(), &whole.shown);
    let faults = look_at(a, b, &kept, whole.coding, shown.distance_bits, shown.turn).faults();
    let small = share > 0.0 && share <= OVERLAY_SHARE_MAX && shown.correlation > OVERLAY_CORRELATION_MIN;
    Overlay { share, holds: small && faults.is_empty(), faults }
}

fn look_at(a: &PictureGrid, b: &PictureGrid, kept: &Kept, coding: Coding, distance_bits: Bits, turn: Turn) -> Look {
    let (first, second) = (Surface::of(&a.luma[..], LUMA_SIDE), Surface::of(&b.luma[..], LUMA_SIDE));
    let difference = second.zip(&first, |y, x| y - x);
    let middle = first.zip(&second, |x, y| (x + y) / 2.0);
    let tones = tone_change(&first, &second, kept);
    let flat = difference.zip(&middle, |d, m| d - curve_at(tones.curve, m));
    let (one, other) = (first.laplacian(), second.laplacian());
    let warp = warp_of(&flat, &middle, &one.zip(&other, |x, y| (x + y) / 2.0), kept);
    let texture = one.spread().zip(&other.spread(), f64::min);
    let expected = expected_error(&texture, coding);
    let units = warp.rest.zip(&expected, |r, e| r / e);
    let squares = units.map(|u| u * u);
    let line = straight_line(&first, &second);
    let colour = colour_change(a, b, kept);
    let mut look = Look {
        shown: SecondLook {
            distance_bits,
            turn,
            correlation: line.correlation as f32,
            gain: line.gain as f32,
            offset: line.offset as f32,
            luma_error: line.rest.rms() as f32,
            worst_tile: line.rest.map(|r| r * r).pooled(8).peak().sqrt() as f32,
            chroma_error: colour.error as f32,
            leniency: None,
            worst_place: None,
        },
        mean: tones.mean.abs(),
        tone: tones.change,
        displacement: warp.displacement,
        displacement_error: warp.displacement_error,
        blur: warp.blur,
        blur_error: warp.blur_error,
        residual: squares.mean().sqrt(),
        worst_cell: units.peak(),
        worst_spot: warp.rest.smoothed().zip(&expected, |r, e| r / e).peak(),
        worst_patch: squares.pooled(PATCH).peak().sqrt(),
        worst_tile: squares.pooled(8).peak().sqrt(),
        chroma_mean: colour.mean,
        saturation: colour.saturation,
        chroma_spot: colour.spot,
        chroma_error: colour.error,
        equal: a == b,
        colourless: is_colourless(a) && is_colourless(b),
        coding,
    };
    look.shown.leniency = Some(look.leniency() as f32);
    look
}

impl Look {
    /// Returns what is coherent beyond the limits; none for a copy.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> =
            self.held_against(&self.coding).into_iter().filter(|&(_, measured, limit)| measured > limit).map(|(fault, ..)| fault).collect();
        faults.dedup();
        faults
    }

    /// Returns how far tone, colour and sharpness go, as a share of what a JPEG of [`LENIENT_BELOW`] is allowed at most: the allowance for
    /// coarser ones grows till an edit passes as well.
    fn leniency(&self) -> f64 {
        let most = |step: f64, entry: f64| step.min(step_at(LENIENT_BELOW, entry));
        let fine = Coding { step: most(self.coding.step, 16.0), chroma_step: most(self.coding.chroma_step, 17.0), ..self.coding };
        let told = |fault: &Fault| matches!(fault, Fault::Tone | Fault::Colour | Fault::Sharpness);
        self.held_against(&fine).iter().filter(|(fault, ..)| told(fault)).map(|(_, measured, limit)| measured / limit).fold(0.0, f64::max)
    }

    /// Returns what each measurement speaks of, the measurement and its limit.
    fn held_against(&self, c: &Coding) -> [(Fault, f64, f64); 13] {
        let spots = WORST_CELL_RESIZED * f64::from(u8::from(c.resized));
        let moved = DISPLACEMENT + STANDARD_ERRORS * self.displacement_error + if c.resized { DISPLACEMENT_RESIZED * c.cells } else { 0.0 };
        let blurred = BLUR.base + BLUR.step * c.step + BLUR.cells * c.cells * c.cells + STANDARD_ERRORS * self.blur_error;
        [
            (Fault::Tone, self.mean, c.limit(MEAN) + c.linear_light()),
            (Fault::Tone, self.tone, c.limit(TONE) + c.linear_light()),
            (Fault::Colour, self.chroma_mean, c.chroma_limit(CHROMA_MEAN) + if c.resized { CHROMA_MEAN_RESIZED } else { 0.0 }),
            (Fault::Colour, self.saturation, c.chroma_limit(SATURATION)),
            (Fault::Colour, self.chroma_spot, c.chroma_limit(CHROMA_SPOT)),
            (Fault::Colour, self.chroma_error, c.chroma_limit(CHROMA_ERROR)),
            (Fault::Geometry, self.displacement, moved),
            (Fault::Sharpness, self.blur, blurred),
            (Fault::Noise, self.residual, c.limit(RESIDUAL)),
            (Fault::Detail, self.worst_cell, c.limit(WORST_CELL) + spots),
            (Fault::Detail, self.worst_spot, c.limit(WORST_SPOT)),
            (Fault::Detail, self.worst_patch, c.limit(WORST_PATCH)),
            (Fault::Detail, self.worst_tile, c.limit(WORST_TILE)),
        ]
    }

    /// Tells a picture that a program stretched by leaving out or repeating pixels, which the first order of a movement does not describe:
    /// tones and colours agree and nothing is farther off than such sampling puts it. The frames of a burst have one shape.
    pub(crate) fn may_be_stretched(&self) -> bool {
        let sampled = |fault: &Fault| matches!(fault, Fault::Geometry | Fault::Detail);
        let near = self.displacement <= STRETCHED_DISPLACEMENT_MAX && self.shown.correlation >= STRETCHED_CORRELATION_MIN;
        self.coding.stretched && near && self.faults().iter().all(sampled)
    }

    /// Tells a small change of tone or sharpness and nothing else, as clipped ringing makes it of a page of print.
    pub(crate) fn may_be_print(&self) -> bool {
        let near = self.mean <= PRINT_LOOK_MAX && self.tone <= PRINT_LOOK_MAX && self.blur <= PRINT_BLUR_MAX;
        near && self.faults().iter().all(|fault| matches!(fault, Fault::Tone | Fault::Sharpness))
    }

    /// Says all measurements in one line, for `explain`.
    pub(crate) fn words(&self) -> String {
        format!(
            "mean {:.2}, tone {:.2} grey levels; moved {:.3} cells; blur {:.3}; error {:.2}, worst tile {:.1}, patch {:.1}, spot {:.1}, cell {:.1} times the \
             expected; colour mean {:.2}, strength {:.2}, spot {:.2}, error {:.2} levels",
            self.mean,
            self.tone,
            self.displacement,
            self.blur,
            self.residual,
            self.worst_tile,
            self.worst_patch,
            self.worst_spot,
            self.worst_cell,
            self.chroma_mean,
            self.saturation,
            self.chroma_spot,
            self.chroma_error,
        )
    }
}

struct Tones {
    mean: f64,
    change: f64,
    curve: [f64; 3],
}

/// Mean change, root mean square of the tone curve, and the curve (a parabola over the mean of both), measured on the means of patches,
/// which average out noise and hardly see blur.
fn tone_change(first: &Surface, second: &Surface, kept: &Kept) -> Tones {
    let (a, b) = (first.pooled(PATCH), second.pooled(PATCH));
    let pairs = || a.cells.iter().zip(&b.cells).zip(kept).filter(|&(_, &kept)| kept).map(|((&x, &y), _)| ((x + y) / 2.0, y - x));
    let count = pairs().count().max(1) as f64;
    let rows = pairs().map(|(middle, difference)| {
        let u = (middle - 128.0) / 64.0;
        ([1.0, u, u * u], difference)
    });
    let curve = fit(rows, 1.0).weights;
    let squares = pairs().map(|(middle, _)| curve_at(curve, middle)).map(|change| change * change).sum::<f64>();
    Tones { mean: pairs().map(|(_, difference)| difference).sum::<f64>() / count, change: (squares / count).sqrt(), curve }
}

fn curve_at(curve: [f64; 3], grey: f64) -> f64 {
    let u = (grey - 128.0) / 64.0;
    curve[0] + curve[1] * u + curve[2] * u * u
}

struct Warp {
    rest: Surface,
    displacement: f64,
    displacement_error: f64,
    blur: f64,
    blur_error: f64,
}

/// Fits an affine movement and a blur to what tone does not explain (the first order of a Taylor series around the middle picture), over
/// all cells but the border, and takes them out.
fn warp_of(flat: &Surface, middle: &Surface, curvature: &Surface, kept: &Kept) -> Warp {
    const RIDGE: f64 = 62.0 * 62.0 * 0.02;
    let (across, down) = middle.slopes();
    let side = flat.side;
    let half = side as f64 / 2.0;
    let is_kept = |n: usize| kept[n / side / PATCH * PATCHES + n % side / PATCH];
    let inner: Vec<usize> = (1..side - 1).flat_map(|y| (1..side - 1).map(move |x| y * side + x)).filter(|&n| is_kept(n)).collect();
    let row = |n: usize| {
        let (x, y) = (((n % side) as f64 + 0.5 - half) / half, ((n / side) as f64 + 0.5 - half) / half);
        let (gx, gy) = (across.cells[n], down.cells[n]);
        [gx, gy, x * gx, y * gx, x * gy, y * gy, curvature.cells[n]]
    };
    let fit = fit(inner.iter().map(|&n| (row(n), flat.cells[n])), RIDGE);
    let mut rest = flat.clone();
    let mut squares = 0.0;
    for &n in &inner {
        rest.cells[n] -= row(n).iter().zip(&fit.weights).map(|(v, w)| v * w).sum::<f64>();
        squares += rest.cells[n] * rest.cells[n];
    }
    (0..rest.cells.len()).filter(|&n| !is_kept(n)).for_each(|n| rest.cells[n] = 0.0);
    let noise = (squares / inner.len().max(1) as f64).sqrt();
    let w = fit.weights;
    let corner = |x: f64, y: f64| (w[0] + w[2] * x + w[3] * y).hypot(w[1] + w[4] * x + w[5] * y);
    let displacement =
        [(0.0, 0.0), (-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)].into_iter().map(|(x, y)| corner(x, y)).fold(0.0, f64::max);
    let error = fit.spread.map(|s| s.sqrt() * noise);
    Warp {
        rest,
        displacement,
        displacement_error: (error[0] + error[2] + error[3]).hypot(error[1] + error[4] + error[5]),
        blur: w[6].abs(),
        blur_error: error[6],
    }
}

/// The error coding and scaling may leave in each cell. Few blocks a cell (a small picture) average less of the quantiser's error out.
fn expected_error(texture: &Surface, coding: Coding) -> Surface {
    let coded = NOISE_STEP * coding.step * (0.45 + 4.0 * coding.cells).min(1.0);
    let scaled = NOISE_TEXTURE * if coding.resized { coding.cells } else { coding.cells.powf(1.5) };
    texture.map(|t| (NOISE_FLOOR * NOISE_FLOOR + coded * coded + (scaled * t) * (scaled * t)).sqrt())
}

struct Line {
    correlation: f64,
    gain: f64,
    offset: f64,
    rest: Surface,
}

fn straight_line(first: &Surface, second: &Surface) -> Line {
    let (mx, my) = (first.mean(), second.mean());
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (&x, &y) in first.cells.iter().zip(&second.cells) {
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
        xy += (x - mx) * (y - my);
    }
    let gain = if xx > 0.0 { xy / xx } else { 1.0 };
    let correlation = if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 };
    let offset = my - gain * mx;
    Line { correlation, gain, offset, rest: second.zip(first, |y, x| y - gain * x - offset) }
}

fn is_colourless(grid: &PictureGrid) -> bool {
    grid.blue.iter().chain(&grid.red[..]).all(|&v| v.abs_diff(128) <= COLOURLESS_MAX)
}

struct Colour {
    mean: f64,
    saturation: f64,
    spot: f64,
    error: f64,
}

fn colour_change(a: &PictureGrid, b: &PictureGrid, kept: &Kept) -> Colour {
    let mask = Surface { side: CHROMA_SIDE, cells: kept.iter().map(|&kept| f64::from(u8::from(kept))).collect() };
    let plane = |cells: &[u8]| Surface::of(cells, CHROMA_SIDE).zip(&mask, |v, kept| (v - 128.0) * kept);
    let planes = |grid: &PictureGrid| [plane(&grid.blue[..]), plane(&grid.red[..])];
    let (first, second) = (planes(a), planes(b));
    let [blue, red] = [0, 1].map(|n| second[n].zip(&first[n], |y, x| y - x));
    let strength = |planes: &[Surface; 2]| planes[0].rms().hypot(planes[1].rms());
    Colour {
        mean: blue.mean().abs().max(red.mean().abs()),
        saturation: (strength(&first) - strength(&second)).abs(),
        spot: blue.smoothed().peak().max(red.smoothed().peak()),
        error: (blue.rms().hypot(red.rms())) / std::f64::consts::SQRT_2,
    }
}
