//! How well the structure of two pictures agrees where one lies over the other: tile by tile, once tones and sharpness are taken out.
//!
//! A tile agrees where what a monotone tone curve, one blur for all and a gain of its own leave unexplained is little beside what there is to
//! see in it. Edits of tone, colour and sharpness leave little; another moment, garment or viewpoint leaves much, somewhere. Where the
//! pictures lie and what follows is not asked here.

use crate::align::{Curve, Laid, Placement, Pyramid, correlation, lay, robust};
use crate::surface::{Surface, fit};
use crate::thresholds::*;
use model::{CHROMA_SIDE, PictureGrid};

/// Cells along a side of a tile, and between tiles, which overlap by half.
const TILE: usize = 8;
/// See [`TILE`].
const TILE_STEP: usize = 4;
/// Cells along a side of the tiles whose drift is measured.
const DRIFT_TILE: usize = 16;
/// Times curve and vignette are fitted in turn.
const VIGNETTE_STEPS: usize = 3;
/// Gauss's three places along a cell, with their shares.
const PLACES: [(f64, f64); 3] = [(0.112_701_665, 5.0 / 18.0), (0.5, 8.0 / 18.0), (0.887_298_335, 5.0 / 18.0)];

/// What was measured.
#[derive(Debug, Clone)]
pub(crate) struct Structure {
    /// What of each tile with something to see is left unexplained, as a share of what there is to see; sorted.
    pub(crate) textured: Vec<f64>,
    /// The same of plain tiles, which show hardly more than noise.
    pub(crate) plain: Vec<f64>,
    /// Correlation of brightness after the curve.
    pub(crate) correlation: f64,
    /// Root mean square change of tones by the curve, grey levels.
    pub(crate) tone: f64,
    /// Root mean square of what the curve leaves, grey levels.
    pub(crate) error: f64,
    /// How far the corners still lie apart, to the first order; cells.
    pub(crate) moved: f64,
    /// How far tiles of 16 × 16 cells still lie apart, beyond the error of measuring it; sorted, cells.
    pub(crate) drift: Vec<f64>,
}

impl Structure {
    /// Tells whether all tiles agree within `limit`, and there are enough of them.
    pub(crate) fn holds(&self, limit: &StructureLimit) -> bool {
        self.textured.len() >= TEXTURED_MIN
            && share(&self.textured, 0.9) <= limit.most
            && share(&self.textured, 0.95) <= limit.nearly_all
            && share(&self.textured, 1.0) <= limit.worst
            && share(&self.plain, 0.9) <= limit.plain
            && share(&self.drift, 0.9) <= DRIFT_MAX
    }

    /// Says what was measured, for `explain`.
    pub(crate) fn words(&self) -> String {
        format!(
            "correlation {:.4}; tones changed by {:.1} grey levels; of {} tiles with texture half leave {:.3} unexplained, nine in ten {:.3}, the worst {:.3}; of {} \
             plain ones nine in ten {:.3}; nine in ten parts lie within {:.3} cells, the corners within {:.2}",
            self.correlation,
            self.tone,
            self.textured.len(),
            share(&self.textured, 0.5),
            share(&self.textured, 0.9),
            share(&self.textured, 1.0),
            self.plain.len(),
            share(&self.plain, 0.9),
            share(&self.drift, 0.9),
            self.moved
        )
    }

    /// Returns the root of the worst tile's share.
    pub(crate) fn worst(&self) -> f64 {
        share(&self.textured, 1.0)
    }
}

/// Returns what a share of the sorted values does not exceed; 0 of none.
fn share(sorted: &[f64], part: f64) -> f64 {
    sorted.get(((sorted.len().max(1) - 1) as f64 * part) as usize).copied().unwrap_or(0.0)
}

/// Compares where `b` lies over `a` and `kept` (by cell of `a`) allows; the better of the two directions of the tone curve, since an edit
/// may cut tones off.
pub(crate) fn structure(a: &Pyramid, b: &Pyramid, placement: &Placement, kept: &dyn Fn(usize) -> bool) -> Structure {
    let first = a.finest();
    let Laid { mut cells, mut inside } = lay_finely(b.finest(), placement, first.side);
    // What `b` does not show is filled up, so that curvature along its edge is not that of a step.
    cells.cells.iter_mut().zip(&first.cells).zip(&inside).filter(|(_, inside)| !**inside).for_each(|((cell, fill), _)| *cell = *fill);
    inside.iter_mut().enumerate().for_each(|(n, inside)| *inside &= kept(n));
    let [forth, back] = [compare(first, &cells, &inside), compare(&cells, first, &inside)];
    let sum = |structure: &Structure| structure.textured.iter().chain(&structure.plain).sum::<f64>();
    if sum(&forth) <= sum(&back) { forth } else { back }
}

/// Returns the root mean square difference of colour where `b` lies over `a`, levels.
pub(crate) fn colour_error(a: &PictureGrid, b: &PictureGrid, placement: &Placement) -> f64 {
    let surface = |cells: &[u8]| Surface::of(cells, CHROMA_SIDE);
    let (mut sum, mut count) = (0.0, 0.0);
    for (first, second) in [(&a.blue, &b.blue), (&a.red, &b.red)] {
        let laid = lay(&surface(&second[..]), placement, CHROMA_SIDE, 3);
        for ((x, y), _) in surface(&first[..]).cells.iter().zip(&laid.cells.cells).zip(&laid.inside).filter(|(_, inside)| **inside) {
            (sum, count) = (sum + (x - y) * (x - y), count + 1.0);
        }
    }
    (sum / f64::max(count, 1.0)).sqrt()
}

/// Draws `b` on the `side` × `side` cells of `a` with care: cells become points (a cell's mean exceeds its middle by a 24th of the
/// curvature), points a cubic surface (Catmull and Rom), and the surface is summed over each cell at Gauss's nine places.
fn lay_finely(b: &Surface, placement: &Placement, side: usize) -> Laid {
    let points = b.zip(&b.laplacian(), |mean, curvature| mean - curvature / 24.0);
    let (mut cells, mut inside) = (Vec::with_capacity(side * side), Vec::with_capacity(side * side));
    let last = b.side as isize - 1;
    let weights = |f: f64| {
        let (f2, f3) = (f * f, f * f * f);
        [(-f3 + 2.0 * f2 - f) / 2.0, (3.0 * f3 - 5.0 * f2 + 2.0) / 2.0, (-3.0 * f3 + 4.0 * f2 + f) / 2.0, (f3 - f2) / 2.0]
    };
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let (mut sum, mut within) = (0.0, true);
        for ((dy, share_y), (dx, share_x)) in PLACES.into_iter().flat_map(|down| PLACES.map(|across| (down, across))) {
            let (px, py) = placement.at((x as f64 + dx) / side as f64, (y as f64 + dy) / side as f64);
            within &= (0.0..=1.0).contains(&px) && (0.0..=1.0).contains(&py);
            if !within {
                break;
            }
            let (bx, by) = (px * b.side as f64 - 0.5, py * b.side as f64 - 0.5);
            let (left, top) = (bx.floor(), by.floor());
            let (across, down) = (weights(bx - left), weights(by - top));
            let mut value = 0.0;
            for (n, weight) in down.iter().enumerate() {
                let row = (top as isize + n as isize - 1).clamp(0, last) as usize * b.side;
                let column = |m: usize| points.cells[row + (left as isize + m as isize - 1).clamp(0, last) as usize];
                value += weight * (across[0] * column(0) + across[1] * column(1) + across[2] * column(2) + across[3] * column(3));
            }
            sum += share_x * share_y * value;
        }
        cells.push(if within { sum } else { 0.0 });
        inside.push(within);
    }
    Laid { cells: Surface { side, cells }, inside }
}

fn compare(from: &Surface, to: &Surface, inside: &[bool]) -> Structure {
    let even: Vec<f64> = inside.iter().map(|&inside| f64::from(u8::from(inside))).collect();
    let (curved, weights) = toned(from, to, &even);
    let toned = sharpened(&curved, to, &weights);
    let count = even.iter().sum::<f64>().max(1.0);
    let rms = |x: &Surface, y: &Surface| {
        (x.cells.iter().zip(&y.cells).zip(&even).map(|((x, y), even)| even * (x - y) * (x - y)).sum::<f64>() / count).sqrt()
    };
    let mut structure = Structure {
        textured: Vec::new(),
        plain: Vec::new(),
        correlation: correlation(&toned, to, &even),
        tone: rms(from, &curved),
        error: rms(&toned, to),
        moved: moved(&toned, to, &weights, inside),
        drift: drift(&toned, to, inside),
    };
    let corners = || (0..=from.side - TILE).step_by(TILE_STEP);
    for (top, left) in corners().flat_map(|y| corners().map(move |x| (y, x))) {
        let places: Vec<usize> = (0..TILE * TILE).map(|n| (top + n / TILE) * from.side + left + n % TILE).filter(|&n| inside[n]).collect();
        if places.len() < TILE * TILE * 3 / 4 {
            continue;
        }
        let (vx, vy, unexplained) = tile(&toned, to, &places);
        let left = unexplained / (vx.max(vy) + TILE_NOISE * TILE_NOISE);
        if vx.max(vy) >= TILE_TEXTURE * TILE_TEXTURE { structure.textured.push(left) } else { structure.plain.push(left) }
    }
    structure.textured.sort_unstable_by(f64::total_cmp);
    structure.plain.sort_unstable_by(f64::total_cmp);
    structure
}

/// Returns `from` in the tones of `to`: by a monotone curve, and darkened or brightened towards the corners (a vignette, or a lens correction);
/// with it, weights that let count little what fits badly. Each of the two is fitted with the other taken out.
fn toned(from: &Surface, to: &Surface, even: &[f64]) -> (Surface, Vec<f64>) {
    let half = from.side as f64 / 2.0;
    let away = |n: usize| {
        let at = |place: usize| (place as f64 + 0.5) / half - 1.0;
        at(n % from.side).powi(2) + at(n / from.side).powi(2)
    };
    let field = |strength: f64| Surface { side: from.side, cells: (0..from.cells.len()).map(|n| 1.0 + strength * away(n)).collect() };
    let rough = Curve::fit(from, to, even).bend(from).zip(to, |t, r| t - r);
    let (mut weights, mut strength, mut out) = (robust(&rough, even), 0.0, from.clone());
    for _ in 0..VIGNETTE_STEPS {
        let light = field(strength);
        let curved = Curve::fit(from, &to.zip(&light, |value, light| value / light), &weights).bend(from);
        let rows = (0..weights.len()).map(|n| {
            let weight = weights[n].sqrt();
            ([weight * curved.cells[n], weight * curved.cells[n] * away(n)], weight * to.cells[n])
        });
        let [gain, slope] = fit(rows, 1.0).weights;
        strength = (slope / gain.max(0.1)).clamp(-VIGNETTE_MAX, VIGNETTE_MAX);
        let light = field(strength);
        out =
            Curve::fit(from, &to.zip(&light, |value, light| value / light), &weights).bend(from).zip(&light, |value, light| value * light);
        weights = robust(&out.zip(to, |t, r| t - r), even);
    }
    (out, weights)
}

/// Returns how far the corners of `to` lie from those of `from`, to the first order of an affine movement.
fn moved(from: &Surface, to: &Surface, weights: &[f64], inside: &[bool]) -> f64 {
    let (side, half) = (from.side, from.side as f64 / 2.0);
    let (across, down) = to.slopes();
    let within = |n: usize| {
        let (x, y) = (n % side, n / side);
        (1..side - 1).contains(&x) && (1..side - 1).contains(&y) && [n, n - 1, n + 1, n - side, n + side].iter().all(|&n| inside[n])
    };
    let rows = (0..weights.len()).filter(|&n| within(n)).map(|n| {
        let (x, y, weight) = (((n % side) as f64 + 0.5) / half - 1.0, ((n / side) as f64 + 0.5) / half - 1.0, weights[n].sqrt());
        let (gx, gy) = (weight * across.cells[n], weight * down.cells[n]);
        ([weight, gx, x * gx, y * gx, gy, x * gy, y * gy], weight * (from.cells[n] - to.cells[n]))
    });
    let w = fit(rows, weights.len() as f64 * 0.02).weights;
    let corner = |(x, y): (f64, f64)| (w[1] + w[2] * x + w[3] * y).hypot(w[4] + w[5] * x + w[6] * y);
    [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)].into_iter().map(corner).fold(0.0, f64::max)
}

/// Returns how far the tiles of `to` lie from those of `from`, to the first order, less twice the standard error; sorted. A crop lies still
/// everywhere; what was taken from another place, or of something that moves, drifts by depth.
fn drift(from: &Surface, to: &Surface, inside: &[bool]) -> Vec<f64> {
    let side = from.side;
    let (across, down) = to.slopes();
    let mut out = Vec::new();
    let corners = || (1..side - DRIFT_TILE).step_by(DRIFT_TILE / 2);
    for (top, left) in corners().flat_map(|y| corners().map(move |x| (y, x))) {
        let cells = || (0..DRIFT_TILE * DRIFT_TILE).map(|n| (top + n / DRIFT_TILE) * side + left + n % DRIFT_TILE);
        let whole = |n: usize| inside[n] && inside[n - 1] && inside[n + 1] && inside[n - side] && inside[n + side];
        let places: Vec<usize> = cells().filter(|&n| whole(n)).collect();
        if places.len() < DRIFT_TILE * DRIFT_TILE * 3 / 4 {
            continue;
        }
        let row = |n: usize| ([1.0, across.cells[n], down.cells[n]], from.cells[n] - to.cells[n]);
        let fitted = fit(places.iter().map(|&n| row(n)), 1.0);
        let rest = |n: usize| {
            let (columns, target) = row(n);
            target - columns.iter().zip(&fitted.weights).map(|(v, w)| v * w).sum::<f64>()
        };
        let noise = (places.iter().map(|&n| rest(n).powi(2)).sum::<f64>() / places.len() as f64).sqrt() + DRIFT_NOISE;
        let error = noise * (fitted.spread[1] + fitted.spread[2]).sqrt();
        if error <= DRIFT_ERROR_MAX {
            out.push((fitted.weights[1].hypot(fitted.weights[2]) - 2.0 * error).max(0.0));
        }
    }
    out.sort_unstable_by(f64::total_cmp);
    out
}

/// Returns `from` blurred or sharpened as `to` is: plus the share of its curvature that explains most of what is left.
fn sharpened(from: &Surface, to: &Surface, weights: &[f64]) -> Surface {
    let curvature = from.laplacian();
    let rows = weights.iter().enumerate().map(|(n, weight)| ([weight * curvature.cells[n]], weight * (to.cells[n] - from.cells[n])));
    let share = fit(rows, 1.0).weights[0].clamp(-SHARPENING_MAX, SHARPENING_MAX);
    from.zip(&curvature, |value, curvature| value + share * curvature)
}

/// Returns the variances of a tile in both, and what of the second the first does not explain by a gain of its own: the rest, and a quarter of
/// the square of the means' difference, for light may change a little from place to place.
fn tile(x: &Surface, y: &Surface, places: &[usize]) -> (f64, f64, f64) {
    let count = places.len() as f64;
    let mean = |s: &Surface| places.iter().map(|&n| s.cells[n]).sum::<f64>() / count;
    let (mx, my) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for &n in places {
        let (x, y) = (x.cells[n] - mx, y.cells[n] - my);
        (xx, yy, xy) = (xx + x * x, yy + y * y, xy + x * y);
    }
    let gain = if xx > 0.0 { (xy / xx).clamp(TILE_GAIN_MIN, 1.0 / TILE_GAIN_MIN) } else { 1.0 };
    let rest = (yy - 2.0 * gain * xy + gain * gain * xx).max(0.0) / count;
    (xx / count, yy / count, rest + (mx - my) * (mx - my) / 4.0)
}
