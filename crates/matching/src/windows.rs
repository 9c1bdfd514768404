//! Which picture may be a part of which other: windows of a picture, signed by a few low frequencies, looked up among the signatures of
//! whole pictures. Only proposes; what a proposal is worth is `align.rs`'s.
//!
//! A window's signature follows from the picture grid by two one-dimensional cosine projections, so that all windows of a picture cost
//! about a millisecond. Only windows whose shape some picture of the library has are signed. Signs of the 63 coefficients are filed in four
//! slots of 16 bits; a query flips the bits of its weakest coefficients, which are those that a shift by half a step of the lattice turns.
//! What is met is weighed by the correlation of the coefficients themselves.
//!
//! **Invariant:** the same subjects give the same proposals, in whatever order threads come to them.
//!
//! Sources: Norouzi, Punjani, Fleet, "Fast search in Hamming space with multi-index hashing" (CVPR 2012); Lv et al., "Multi-probe LSH"
//! (VLDB 2007) for flipping the least certain bits.

use crate::thresholds::*;
use model::{LUMA_SIDE, PictureGrid};

/// Frequencies along each side, from 0.
const WAVES: usize = 8;
/// Coefficients of a signature; the first (the mean) is left out of all comparisons.
const COEFFICIENTS: usize = WAVES * WAVES;
const SLOTS: usize = 4;
const VALUES: usize = 1 << 16;

/// A part of a picture, as shares of its sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Window {
    /// The whole picture.
    pub(crate) const WHOLE: Window = Window { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
}

/// Low frequencies of a picture or window: signs for finding, weighted coefficients for comparing.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    signs: u64,
    /// Coefficients times their frequency (photos fall off so), scaled to length 1.
    weighted: [f32; COEFFICIENTS],
    /// Length before scaling, grey levels: how much there is to compare.
    strength: f32,
}

impl Signature {
    /// Returns the signature of a whole picture.
    pub(crate) fn of(grid: &PictureGrid) -> Self {
        let whole = Span::new(0.0, 1.0);
        let luma = floats(grid);
        let mut across = vec![[0.0; WAVES]; LUMA_SIDE];
        project_rows(&luma, &whole, &mut across);
        Self::from_coefficients(&project_columns(&across, &whole))
    }

    fn from_coefficients(coefficients: &[f32; COEFFICIENTS]) -> Self {
        let mut weighted = [0.0; COEFFICIENTS];
        let mut signs = 0;
        for at in 1..COEFFICIENTS {
            let (u, v) = (at % WAVES, at / WAVES);
            weighted[at] = coefficients[at] * ((u * u + v * v) as f32).sqrt();
            signs |= u64::from(coefficients[at] > 0.0) << at;
        }
        let strength = weighted.iter().map(|v| v * v).sum::<f32>().sqrt();
        weighted.iter_mut().for_each(|v| *v /= strength.max(f32::MIN_POSITIVE));
        Self { signs, weighted, strength }
    }

    /// Returns the correlation with another, -1 to 1.
    pub(crate) fn agreement(&self, other: &Self) -> f32 {
        self.weighted.iter().zip(&other.weighted).map(|(x, y)| x * y).sum()
    }

    /// Tells whether there is enough to compare.
    pub(crate) fn is_rich(&self) -> bool {
        self.strength >= WINDOW_STRENGTH_MIN
    }
}

/// A stretch of one axis with its cosines, each integrated over the cells.
struct Span {
    from: f64,
    size: f64,
    first: usize,
    cosines: Vec<[f32; WAVES]>,
}

impl Span {
    fn new(from: f64, size: f64) -> Self {
        let cells = LUMA_SIDE as f64;
        let (first, last) = ((from * cells).floor() as usize, ((from + size) * cells).ceil().min(cells) as usize);
        let place = |edge: usize| ((edge as f64 / cells - from) / size).clamp(0.0, 1.0);
        let cosines = (first..last)
            .map(|cell| {
                let (start, end) = (place(cell), place(cell + 1));
                std::array::from_fn(|wave| {
                    let turn = std::f64::consts::PI * wave as f64;
                    let value =
                        if wave == 0 { end - start } else { std::f64::consts::SQRT_2 * ((turn * end).sin() - (turn * start).sin()) / turn };
                    value as f32
                })
            })
            .collect();
        Self { from, size, first, cosines }
    }
}

fn floats(grid: &PictureGrid) -> Vec<f32> {
    grid.luma.iter().map(|&v| f32::from(v)).collect()
}

fn project_rows(luma: &[f32], span: &Span, out: &mut [[f32; WAVES]]) {
    for (row, sums) in luma.chunks_exact(LUMA_SIDE).zip(out) {
        *sums = [0.0; WAVES];
        for (value, cosines) in row[span.first..].iter().zip(&span.cosines) {
            sums.iter_mut().zip(cosines).for_each(|(sum, cosine)| *sum += value * cosine);
        }
    }
}

fn project_columns(across: &[[f32; WAVES]], span: &Span) -> [f32; COEFFICIENTS] {
    let mut out = [0.0; COEFFICIENTS];
    for (row, cosines) in across[span.first..].iter().zip(&span.cosines) {
        for (sums, cosine) in out.chunks_exact_mut(WAVES).zip(cosines) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * cosine);
        }
    }
    out
}

/// All windows that are tried: a few sizes of each side, places a step apart.
pub(crate) struct Lattice {
    spans: Vec<Span>,
}

impl Lattice {
    /// Returns the lattice of `thresholds.rs`.
    pub(crate) fn new() -> Self {
        let mut spans = Vec::new();
        for size in WINDOW_SIZES {
            let steps = ((1.0 - size) / WINDOW_STEP).ceil() as usize;
            let place = |n: usize| if steps == 0 { 0.0 } else { (1.0 - size) * n as f64 / steps as f64 };
            spans.extend((0..=steps).map(|n| Span::new(place(n), size)));
        }
        Self { spans }
    }

    /// Calls `each` with every window of `grid` whose shape `wanted` (width ÷ height, as shares of the sides) and its signature.
    pub(crate) fn windows(&self, grid: &PictureGrid, wanted: &dyn Fn(f64) -> bool, mut each: impl FnMut(Window, &Signature)) {
        let luma = floats(grid);
        let mut across = vec![[0.0; WAVES]; LUMA_SIDE];
        let mut down: Vec<(f64, bool)> = WINDOW_SIZES.iter().map(|&size| (size, false)).collect();
        let mut width = f64::NAN;
        for column in &self.spans {
            if column.size.to_bits() != width.to_bits() {
                width = column.size;
                down.iter_mut().for_each(|(height, used)| *used = width * *height >= WINDOW_AREA_MIN && wanted(width / *height));
            }
            if !down.iter().any(|&(_, used)| used) {
                continue;
            }
            project_rows(&luma, column, &mut across);
            let fits = |size: f64| down.iter().any(|&(height, used)| used && height.to_bits() == size.to_bits());
            for row in self.spans.iter().filter(|row| fits(row.size) && !(row.size >= 1.0 && width >= 1.0)) {
                let signature = Signature::from_coefficients(&project_columns(&across, row));
                if signature.is_rich() {
                    each(Window { left: column.from, top: row.from, width, height: row.size }, &signature);
                }
            }
        }
    }
}

impl Lattice {
    /// Returns the window of `grid` that agrees best with `part`, given the shapes that are wanted and the shape of the whole.
    pub(crate) fn best(&self, grid: &PictureGrid, part: &Signature, wanted: &Shapes, own: f64) -> Option<Window> {
        let mut best: Option<(f32, Window)> = None;
        self.windows(grid, &|relative| wanted.occurs(own * relative), |window, signature| {
            let agreement = signature.agreement(part);
            if agreement >= WINDOW_AGREEMENT_MIN && best.is_none_or(|(known, _)| agreement > known) {
                best = Some((agreement, window));
            }
        });
        best.map(|(_, window)| window)
    }
}

/// Shapes (width ÷ height in pixels) that occur among whole pictures, by their logarithm.
pub(crate) struct Shapes(Vec<f64>);

impl Shapes {
    /// Gathers shapes; equal ones count once.
    pub(crate) fn of(shapes: impl Iterator<Item = f64>) -> Self {
        let mut logs: Vec<f64> = shapes.map(f64::ln).filter(|log| log.is_finite()).collect();
        logs.sort_unstable_by(f64::total_cmp);
        logs.dedup();
        Self(logs)
    }

    /// Tells whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether a shape within [`WINDOW_SHAPE_TOLERANCE`] occurs.
    pub(crate) fn occurs(&self, shape: f64) -> bool {
        let log = shape.ln();
        let at = self.0.partition_point(|&known| known < log - WINDOW_SHAPE_TOLERANCE);
        self.0.get(at).is_some_and(|&known| known <= log + WINDOW_SHAPE_TOLERANCE)
    }
}

/// The coefficient whose sign is bit `bit` of slot `slot`: coefficients by frequency are dealt out like cards, so that each slot has some of all.
fn dealt() -> [[u8; 16]; SLOTS] {
    let mut order: Vec<usize> = (1..COEFFICIENTS).collect();
    order.sort_by_key(|&at| ((at % WAVES).pow(2) + (at / WAVES).pow(2), at));
    let mut slots = [[0; 16]; SLOTS];
    for (n, at) in order.into_iter().enumerate() {
        slots[n % SLOTS][n / SLOTS] = at as u8;
    }
    slots
}

/// Signatures of whole pictures, filed by the signs in each slot.
pub(crate) struct Index {
    dealt: [[u8; 16]; SLOTS],
    starts: Vec<u32>,
    entries: Vec<(u32, u64)>,
}

impl Index {
    /// Files `members`: a number and its signature each.
    pub(crate) fn of<'s>(members: impl Iterator<Item = (u32, &'s Signature)> + Clone) -> Self {
        let dealt = dealt();
        let mut index = Self { dealt, starts: vec![0; SLOTS * VALUES + 1], entries: Vec::new() };
        let place = |slot: usize, signs: u64| slot * VALUES + usize::from(value(&dealt[slot], signs));
        let rich = || members.clone().filter(|(_, signature)| signature.is_rich());
        rich().for_each(|(_, signature)| (0..SLOTS).for_each(|slot| index.starts[place(slot, signature.signs) + 1] += 1));
        (1..index.starts.len()).for_each(|at| index.starts[at] += index.starts[at - 1]);
        index.entries = vec![(0, 0); index.starts.last().map_or(0, |&end| end as usize)];
        let mut next = index.starts.clone();
        for (member, signature) in rich() {
            for slot in 0..SLOTS {
                let at = &mut next[place(slot, signature.signs)];
                index.entries[*at as usize] = (member, signature.signs);
                *at += 1;
            }
        }
        index
    }

    /// Calls `met` with members whose signs are near those of `signature`; perhaps with one more than once.
    pub(crate) fn ask(&self, signature: &Signature, mut met: impl FnMut(u32)) {
        for (slot, bits) in self.dealt.iter().enumerate() {
            let weak = weakest(bits, signature);
            let straight = value(bits, signature.signs);
            for pattern in 0..1u16 << WINDOW_FLIPS {
                let flips = weak.iter().enumerate().filter(|(n, _)| pattern >> n & 1 == 1).fold(0, |mask, (_, bit)| mask | bit);
                let at = slot * VALUES + usize::from(straight ^ flips);
                let bucket = &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize];
                bucket
                    .iter()
                    .take(WINDOW_BUCKET_MAX)
                    .filter(|(_, signs)| (signs ^ signature.signs).count_ones() <= WINDOW_REACH_BITS)
                    .for_each(|&(member, _)| met(member));
            }
        }
    }
}

fn value(bits: &[u8; 16], signs: u64) -> u16 {
    bits.iter().enumerate().fold(0, |value, (n, &at)| value | ((signs >> at & 1) as u16) << n)
}

/// Returns the bits of a slot whose coefficients lie nearest to 0.
fn weakest(bits: &[u8; 16], signature: &Signature) -> [u16; WINDOW_FLIPS] {
    let mut nearest = [(f32::INFINITY, 0u16); WINDOW_FLIPS];
    for (n, &at) in bits.iter().enumerate().filter(|&(_, &at)| at != 0) {
        let mut coming = (signature.weighted[usize::from(at)].abs(), 1 << n);
        for held in &mut nearest {
            if coming.0 < held.0 {
                std::mem::swap(held, &mut coming);
            }
        }
    }
    nearest.map(|(_, bit)| bit)
}
