//! One picture laid over another wherever it fits: place, scale and a slight turn by least squares, tones by a monotone curve.
//!
//! Coarse to fine over the picture grids, each step the first order of a Taylor series (Lucas, Kanade, 1981; Szeliski, "Image Alignment
//! and Stitching", 2006), with weights that let what was drawn over count little (Huber). Says nothing of how well it then fits
//! (`structure.rs`) or what follows (`crops.rs`).

use crate::surface::{Surface, fit};
use crate::thresholds::*;
use crate::windows::Window;

/// Knots of a tone curve.
const KNOTS: usize = 17;

/// Where the places of the first picture lie in the second, both from 0 to 1: `rows[0] · (x, y, 1)` across, `rows[1] · (x, y, 1)` down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placement {
    rows: [[f64; 3]; 2],
}

impl Placement {
    /// Returns the placement of a second picture that shows `window` of the first.
    pub(crate) fn of(window: Window) -> Self {
        let Window { left, top, width, height } = window;
        Self { rows: [[1.0 / width, 0.0, -left / width], [0.0, 1.0 / height, -top / height]] }
    }

    /// Returns where a place of the first picture lies in the second.
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let [across, down] = self.rows.map(|row| row[0] * x + row[1] * y + row[2]);
        (across, down)
    }

    /// Returns the placement of the first picture in the second; `None` where it is degenerate.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let [[a, b, e], [c, d, f]] = self.rows;
        let determinant = a * d - b * c;
        (determinant.abs() > 0.05).then(|| {
            let [[ia, ib], [ic, id]] = [[d / determinant, -b / determinant], [-c / determinant, a / determinant]];
            Self { rows: [[ia, ib, -(ia * e + ib * f)], [ic, id, -(ic * e + id * f)]] }
        })
    }

    /// Returns this placement after places were first moved by `moves`, in units of the first picture from its middle.
    fn after(&self, moves: [[f64; 3]; 2]) -> Self {
        // (x, y) → (x, y) + (m0 + m1 X + m2 Y, …) with X = 2x − 1.
        let [mx, my] = moves;
        let step = [[1.0 + 2.0 * mx[1], 2.0 * mx[2], mx[0] - mx[1] - mx[2]], [2.0 * my[1], 1.0 + 2.0 * my[2], my[0] - my[1] - my[2]]];
        let row = |row: [f64; 3]| {
            [
                row[0] * step[0][0] + row[1] * step[1][0],
                row[0] * step[0][1] + row[1] * step[1][1],
                row[0] * step[0][2] + row[1] * step[1][2] + row[2],
            ]
        };
        Self { rows: self.rows.map(row) }
    }

    /// Returns where the second picture's corners lie in the first, row by row; `None` where the placement is degenerate.
    pub(crate) fn corners(&self) -> Option<[(f64, f64); 4]> {
        let back = self.inverse()?;
        Some([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| back.at(x, y)))
    }

    /// Returns the window of the first picture that the second shows; of a turned one the edges are taken at their middles.
    pub(crate) fn window(&self) -> Option<Window> {
        let corners = self.corners()?;
        let middle = |n: usize, m: usize| ((corners[n].0 + corners[m].0) / 2.0, (corners[n].1 + corners[m].1) / 2.0);
        let (left, right, top, bottom) = (middle(0, 2).0, middle(1, 3).0, middle(0, 1).1, middle(2, 3).1);
        Some(Window { left, top, width: right - left, height: bottom - top })
    }

    /// Returns turn (degrees) and stretch (1 is none: how much more one side was scaled than the other) in pixels, given the shape (width ÷
    /// height) of both pictures. Skew counts as stretch.
    pub(crate) fn turn_and_stretch(&self, first_shape: f64, second_shape: f64) -> (f64, f64) {
        let [[a, b, _], [c, d, _]] = self.rows;
        // In units of each picture's height.
        let (a, b, c, d) = (a * second_shape / first_shape, b * second_shape, c / first_shape, d);
        let turn = (c - b).atan2(a + d).to_degrees();
        // Singular values of the 2 × 2 matrix.
        let (mean, difference) = ((a + d).hypot(c - b) / 2.0, (a - d).hypot(b + c) / 2.0);
        (turn, if mean > difference { (mean + difference) / (mean - difference) } else { f64::INFINITY })
    }
}

/// One picture as it lies on the other's cells.
pub(crate) struct Laid {
    /// Its brightness there; 0 where it does not reach.
    pub(crate) cells: Surface,
    /// Whether a cell lies wholly within the second picture.
    pub(crate) inside: Vec<bool>,
}

/// Draws `b` on the `side` × `side` cells of `a`: each the mean of `samples` × `samples` places.
pub(crate) fn lay(b: &Surface, placement: &Placement, side: usize, samples: usize) -> Laid {
    let last = (b.side - 1) as f64;
    let (mut cells, mut inside) = (Vec::with_capacity(side * side), Vec::with_capacity(side * side));
    let step = 1.0 / (side * samples) as f64;
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let (mut sum, mut within) = (0.0, true);
        for (dy, dx) in (0..samples).flat_map(|dy| (0..samples).map(move |dx| (dy, dx))) {
            let (px, py) = placement.at(((x * samples + dx) as f64 + 0.5) * step, ((y * samples + dy) as f64 + 0.5) * step);
            within &= (0.0..=1.0).contains(&px) && (0.0..=1.0).contains(&py);
            let (bx, by) = ((px * b.side as f64 - 0.5).clamp(0.0, last), (py * b.side as f64 - 0.5).clamp(0.0, last));
            let (left, top) = ((bx as usize).min(b.side - 2), (by as usize).min(b.side - 2));
            let (fx, fy) = (bx - left as f64, by - top as f64);
            let (upper, lower) = (&b.cells[top * b.side + left..], &b.cells[(top + 1) * b.side + left..]);
            sum += (upper[0] * (1.0 - fx) + upper[1] * fx) * (1.0 - fy) + (lower[0] * (1.0 - fx) + lower[1] * fx) * fy;
        }
        cells.push(sum / (samples * samples) as f64);
        inside.push(within);
    }
    Laid { cells: Surface { side, cells }, inside }
}

/// A monotone curve from one picture's tones to another's: straight lines between knots (mean tone, mean of the other's).
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    knots: Vec<(f64, f64)>,
}

impl Curve {
    /// Fits the curve from `from` to `to` where `weights` are above 0: means of bins, then the nearest rising curve (pool adjacent violators).
    pub(crate) fn fit(from: &Surface, to: &Surface, weights: &[f64]) -> Self {
        let mut bins = [(0.0, 0.0, 0.0); KNOTS];
        for ((&x, &y), &weight) in from.cells.iter().zip(&to.cells).zip(weights).filter(|(_, weight)| **weight > 0.0) {
            let bin = &mut bins[((x / 256.0 * KNOTS as f64) as usize).min(KNOTS - 1)];
            *bin = (bin.0 + weight, bin.1 + weight * x, bin.2 + weight * y);
        }
        let mut pooled: Vec<(f64, f64, f64)> = Vec::with_capacity(KNOTS);
        for bin in bins.into_iter().filter(|bin| bin.0 > 1e-6) {
            pooled.push(bin);
            while let [.., before, last] = pooled[..] {
                if before.2 / before.0 < last.2 / last.0 {
                    break;
                }
                pooled.pop();
                if let Some(end) = pooled.last_mut() {
                    *end = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
                }
            }
        }
        Self { knots: pooled.into_iter().map(|(weight, x, y)| (x / weight, y / weight)).collect() }
    }

    fn at(&self, x: f64) -> f64 {
        let (last, after) = (self.knots.len().saturating_sub(1), self.knots.partition_point(|knot| knot.0 < x));
        if last == 0 {
            return self.knots.first().map_or(x, |knot| knot.1);
        }
        let high = after.clamp(1, last);
        let ((x0, y0), (x1, y1)) = (self.knots[high - 1], self.knots[high]);
        (y0 + (y1 - y0) * (x - x0) / (x1 - x0).max(1e-9)).clamp(-16.0, 271.0)
    }

    /// Returns the surface with the curve applied.
    pub(crate) fn bend(&self, surface: &Surface) -> Surface {
        surface.map(|x| self.at(x))
    }
}

/// Two pictures laid over each other as well as they go.
pub(crate) struct Alignment {
    /// Where the first picture's places lie in the second.
    pub(crate) placement: Placement,
    /// Correlation of what lies over each other, after the tone curve.
    pub(crate) correlation: f64,
}

/// The same picture at several sizes, coarsest first.
pub(crate) struct Pyramid {
    levels: Vec<Surface>,
}

impl Pyramid {
    /// Builds it from a picture's luma.
    pub(crate) fn of(luma: &[u8], side: usize) -> Self {
        let fine = Surface::of(luma, side);
        Self { levels: vec![fine.pooled(4), fine.pooled(2), fine] }
    }

    /// Returns the picture as it was given.
    pub(crate) fn finest(&self) -> &Surface {
        &self.levels[self.levels.len() - 1]
    }
}

/// Most steps at each level, coarsest first.
const STEPS: [usize; 3] = [4, 3, 3];
/// Places a cell is the mean of, along a side, at each level: the finest steps only trim.
const SAMPLES: [usize; 3] = [2, 2, 1];
/// A step that moves no place by more cells than this is the last of its level.
const STEP_MIN_CELLS: f64 = 0.02;

/// Lays `b` over `a`, beginning with `start`; `None` as soon as it shows that they do not belong together.
pub(crate) fn align(a: &Pyramid, b: &Pyramid, start: Placement) -> Option<Alignment> {
    let mut out = Alignment { placement: start, correlation: 0.0 };
    for (level, (first, second)) in a.levels.iter().zip(&b.levels).enumerate() {
        for _ in 0..STEPS[level] {
            let (moves, correlation) = step(first, second, &out.placement, SAMPLES[level])?;
            out.correlation = correlation;
            out.placement = out.placement.after(moves);
            if moves.iter().flatten().map(|m| m.abs()).sum::<f64>() * (first.side as f64) < STEP_MIN_CELLS {
                break;
            }
        }
        if out.correlation < ALIGN_CORRELATION_MIN[level] {
            return None;
        }
    }
    Some(out)
}

/// Returns how far places should move (shares of the first picture: at its middle, and more towards its edges), and the correlation before.
fn step(a: &Surface, b: &Surface, placement: &Placement, samples: usize) -> Option<([[f64; 3]; 2], f64)> {
    let side = a.side;
    let laid = lay(b, placement, side, samples);
    let outside = Surface { side, cells: laid.inside.iter().map(|&inside| f64::from(u8::from(!inside))).collect() }.spread();
    let kept: Vec<bool> = (0..side * side)
        .map(|n| outside.cells[n] == 0.0 && (1..side - 1).contains(&(n % side)) && (1..side - 1).contains(&(n / side)))
        .collect();
    let count = kept.iter().filter(|&&kept| kept).count();
    if (count as f64) < OVERLAP_MIN * (side * side) as f64 {
        return None;
    }
    let even: Vec<f64> = kept.iter().map(|&kept| f64::from(u8::from(kept))).collect();
    let rough = Curve::fit(a, &laid.cells, &even).bend(a).zip(&laid.cells, |t, r| t - r);
    let weights = robust(&rough, &even);
    let toned = Curve::fit(a, &laid.cells, &weights).bend(a);
    let difference = toned.zip(&laid.cells, |t, r| t - r);
    let weights = robust(&difference, &even);
    let (across, down) = laid.cells.slopes();
    let half = side as f64 / 2.0;
    let rows = (0..side * side).filter(|&n| kept[n]).map(|n| {
        let (x, y, weight) = (((n % side) as f64 + 0.5) / half - 1.0, ((n / side) as f64 + 0.5) / half - 1.0, weights[n].sqrt());
        let (gx, gy) = (weight * across.cells[n], weight * down.cells[n]);
        ([weight, gx, x * gx, y * gx, gy, x * gy, y * gy], weight * difference.cells[n])
    });
    let fitted = fit(rows, count as f64 * 0.02).weights;
    let size = fitted[1..].iter().fold(0.0f64, |most, v| most.max(v.abs()));
    let scale = if size > 1.5 { 1.5 / size } else { 1.0 } / side as f64;
    let moves = [[fitted[1], fitted[2], fitted[3]], [fitted[4], fitted[5], fitted[6]]].map(|row| row.map(|v| v * scale));
    Some((moves, correlation(&toned, &laid.cells, &weights)))
}

/// Returns Huber's weights for what is left: 1 up to twice the median, falling beyond.
pub(crate) fn robust(rest: &Surface, even: &[f64]) -> Vec<f64> {
    let mut sizes: Vec<f64> = rest.cells.iter().zip(even).filter(|(_, even)| **even > 0.0).map(|(rest, _)| rest.abs()).collect();
    let middle = sizes.len() / 2;
    let usual = if sizes.is_empty() { 0.0 } else { *sizes.select_nth_unstable_by(middle, f64::total_cmp).1 };
    let bound = 2.0 * usual + 1.0;
    rest.cells.iter().zip(even).map(|(rest, even)| even * (bound / rest.abs().max(bound))).collect()
}

pub(crate) fn correlation(x: &Surface, y: &Surface, weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let mean = |s: &Surface| s.cells.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total;
    let (mx, my) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (1e-9, 1e-9, 0.0);
    for ((x, y), w) in x.cells.iter().zip(&y.cells).zip(weights) {
        let (x, y) = (x - mx, y - my);
        (xx, yy, xy) = (xx + w * x * x, yy + w * y * y, xy + w * x * y);
    }
    xy / (xx * yy).sqrt()
}
