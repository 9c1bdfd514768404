//! For tests only: photos drawn by seed, what people and programs do to them, and the grid and hashes they have. The hash here is a plain
//! DCT hash; that of the fingerprint room differs in rounding, which no rule of matching depends on.

use crate::find::fixture::subject;
use crate::{Pictures, Subject};
use model::{AssetId, CHROMA_SIDE, DetailGrid, LUMA_SIDE, PerceptualHash, PictureGrid};
use std::collections::HashMap;
use std::sync::Arc;

/// Pixels along a side of a drawn photo.
pub(crate) const SIDE: usize = 512;

/// A square photo: brightness, blue and red difference of each pixel.
#[derive(Clone)]
pub(crate) struct Scene {
    side: usize,
    planes: [Vec<f64>; 3],
}

/// A cheap stream of numbers from 0 to 1.
pub(crate) fn stream(mut seed: u64) -> impl FnMut() -> f64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl Scene {
    /// Draws a photo: blobs of many sizes, like the content of photos, in muted colours.
    pub(crate) fn draw(seed: u64) -> Self {
        let mut next = stream(seed);
        let mut scene = Self { side: SIDE, planes: [vec![120.0; SIDE * SIDE], vec![0.0; SIDE * SIDE], vec![0.0; SIDE * SIDE]] };
        for n in 0..160 {
            let radius = 4.0 + 130.0 * next().powi(3);
            let (x, y) = (next() * SIDE as f64, next() * SIDE as f64);
            let colour = [60.0 * (next() - 0.5) + if n % 2 == 0 { 35.0 } else { -35.0 }, 50.0 * (next() - 0.5), 50.0 * (next() - 0.5)];
            let edge = 0.5 + 6.0 * next();
            scene.blob(x, y, radius, edge, colour);
        }
        scene.each(|_, _, cell| [cell[0].clamp(12.0, 243.0), cell[1].clamp(-70.0, 70.0), cell[2].clamp(-70.0, 70.0)])
    }

    fn blob(&mut self, x: f64, y: f64, radius: f64, edge: f64, colour: [f64; 3]) {
        let span = |at: f64| ((at - radius - edge).max(0.0) as usize, ((at + radius + edge) as usize + 1).min(SIDE));
        let ((left, right), (top, bottom)) = (span(x), span(y));
        for row in top..bottom {
            for column in left..right {
                let away = (column as f64 - x).hypot(row as f64 - y);
                let cover = ((radius - away) / edge + 0.5).clamp(0.0, 1.0);
                for (plane, value) in self.planes.iter_mut().zip(colour) {
                    plane[row * SIDE + column] += cover * value;
                }
            }
        }
    }

    /// Returns the photo whose pixels `f` makes of place and pixel.
    pub(crate) fn each(&self, f: impl Fn(usize, usize, [f64; 3]) -> [f64; 3]) -> Self {
        let mut out = self.clone();
        for at in 0..self.side * self.side {
            let cell = f(at % self.side, at / self.side, [self.planes[0][at], self.planes[1][at], self.planes[2][at]]);
            out.planes.iter_mut().zip(cell).for_each(|(plane, value)| plane[at] = value);
        }
        out
    }

    /// Returns the pixel at a place, between pixels their mean by nearness; beyond the edge it is continued.
    pub(crate) fn at(&self, x: f64, y: f64) -> [f64; 3] {
        let last = self.side as f64 - 1.0;
        let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
        let (left, top) = ((x as usize).min(self.side - 2), (y as usize).min(self.side - 2));
        let (fx, fy) = (x - left as f64, y - top as f64);
        let at = top * self.side + left;
        [0, 1, 2].map(|plane| {
            let plane: &[f64] = &self.planes[plane];
            let across = |at: usize| plane[at] * (1.0 - fx) + plane[at + 1] * fx;
            across(at) * (1.0 - fy) + across(at + self.side) * fy
        })
    }

    /// Returns the photo whose pixels `f` makes of their places alone.
    pub(crate) fn sampled(&self, f: impl Fn(f64, f64) -> [f64; 3]) -> Self {
        self.each(|x, y, _| f(x as f64, y as f64))
    }

    /// Changes the tones: `gain × grey + offset`, cut at black and white.
    pub(crate) fn toned(&self, gain: f64, offset: f64) -> Self {
        self.each(|_, _, [y, b, r]| [(gain * y + offset).clamp(0.0, 255.0), b, r])
    }

    /// Changes the strength of colour.
    pub(crate) fn coloured(&self, strength: f64) -> Self {
        self.each(|_, _, [y, b, r]| [y, strength * b, strength * r])
    }

    /// Moves the content by pixels; the edge is continued.
    pub(crate) fn moved(&self, dx: isize, dy: isize) -> Self {
        let clamp = |v: isize| v.clamp(0, self.side as isize - 1) as usize;
        self.each(|x, y, _| {
            let at = clamp(y as isize + dy) * self.side + clamp(x as isize + dx);
            [self.planes[0][at], self.planes[1][at], self.planes[2][at]]
        })
    }

    /// Cuts off `cut` pixels at each side and enlarges the rest.
    pub(crate) fn cropped(&self, cut: usize) -> Self {
        let scale = (self.side - 2 * cut) as f64 / self.side as f64;
        let source = |v: usize| (cut as f64 + (v as f64 + 0.5) * scale) as usize;
        self.each(|x, y, _| {
            let at = source(y) * self.side + source(x);
            [self.planes[0][at], self.planes[1][at], self.planes[2][at]]
        })
    }

    /// Paints a square patch white.
    pub(crate) fn patched(&self, x: usize, y: usize, side: usize) -> Self {
        self.each(
            |column, row, cell| {
                if (x..x + side).contains(&column) && (y..y + side).contains(&row) { [235.0, 0.0, 0.0] } else { cell }
            },
        )
    }

    /// Codes it as a JPEG of that quality would, to the first order: the mean of each 8 × 8 block (16 × 16 for colour) is rounded to the
    /// quantiser's step, and fine detail below it is dropped.
    pub(crate) fn coded(&self, quality: u32) -> Self {
        let percent = if quality < 50 { 5000.0 / f64::from(quality) } else { 200.0 - 2.0 * f64::from(quality) };
        let step = |entry: f64| (entry * percent / 100.0).clamp(1.0, 255.0) / 8.0;
        let mut out = self.clone();
        for (plane, (block, step)) in out.planes.iter_mut().zip([(8, step(16.0)), (16, step(17.0)), (16, step(17.0))]) {
            let shift = if block == 8 { 128.0 } else { 0.0 };
            for (top, left) in (0..self.side).step_by(block).flat_map(|y| (0..self.side).step_by(block).map(move |x| (y, x))) {
                let cells = || (top..top + block).flat_map(|y| (left..left + block).map(move |x| y * SIDE + x));
                let mean = cells().map(|at| plane[at]).sum::<f64>() / (block * block) as f64;
                let kept = ((mean - shift) / step).round() * step + shift;
                cells().for_each(|at| {
                    let detail = plane[at] - mean;
                    plane[at] = kept + if detail.abs() < step { 0.0 } else { detail };
                });
            }
        }
        out
    }

    /// Averages tiles of `by` × `by` pixels: a thumbnail.
    pub(crate) fn reduced(&self, by: usize) -> Self {
        let side = self.side / by;
        let reduce = |plane: &Vec<f64>| {
            let mean = |x: usize, y: usize| {
                (0..by * by).map(|n| plane[(y * by + n / by) * self.side + x * by + n % by]).sum::<f64>() / (by * by) as f64
            };
            (0..side * side).map(|at| mean(at % side, at / side)).collect()
        };
        Self { side, planes: [reduce(&self.planes[0]), reduce(&self.planes[1]), reduce(&self.planes[2])] }
    }

    /// Returns the grid as the fingerprint room draws it; the side is a multiple of the grid's.
    pub(crate) fn grid(&self) -> PictureGrid {
        let (luma, [blue, red]) = (self.cells(0, LUMA_SIDE), [1, 2].map(|plane| self.cells(plane, CHROMA_SIDE)));
        PictureGrid::from_bytes(&[luma, blue, red].concat()).unwrap()
    }

    /// Returns the picture with more cells, as the fingerprint room draws it again.
    pub(crate) fn detail(&self) -> Arc<DetailGrid> {
        let (side, chroma_side) = (self.side.min(256), 64);
        let [blue, red] = [1, 2].map(|plane| self.cells(plane, chroma_side));
        Arc::new(DetailGrid { side, chroma_side, luma: self.cells(0, side), blue, red })
    }

    fn cells(&self, plane: usize, side: usize) -> Vec<u8> {
        let (by, shift) = (self.side / side, if plane == 0 { 0.0 } else { 128.0 });
        let cell = |at: usize| {
            let sum: f64 = (0..by * by).map(|n| self.planes[plane][(at / side * by + n / by) * self.side + at % side * by + n % by]).sum();
            (sum / (by * by) as f64 + shift).round().clamp(0.0, 255.0) as u8
        };
        (0..side * side).map(cell).collect()
    }
}

/// Returns the DCT hash of a grid.
pub(crate) fn hash(grid: &PictureGrid) -> PerceptualHash {
    let cosine = |f: usize, x: usize| (std::f64::consts::PI * f as f64 * (2 * x + 1) as f64 / (2 * LUMA_SIDE) as f64).cos();
    let mut across = vec![0.0; LUMA_SIDE * 16];
    for y in 0..LUMA_SIDE {
        for u in 0..16 {
            across[y * 16 + u] = (0..LUMA_SIDE).map(|x| f64::from(grid.luma[y * LUMA_SIDE + x]) * cosine(u + 1, x)).sum();
        }
    }
    let sum = |v: usize, u: usize| (0..LUMA_SIDE).map(|y| across[y * 16 + u] * cosine(v + 1, y)).sum::<f64>();
    let coefficients: Vec<f64> = (0..256).map(|n| sum(n / 16, n % 16)).collect();
    let mut words = [0u64; 4];
    for (n, _) in coefficients.iter().enumerate().filter(|(_, c)| **c > 0.0) {
        words[n / 64] |= 1 << (n % 64);
    }
    PerceptualHash(words)
}

/// Subjects with their grids.
#[derive(Default)]
pub(crate) struct Album {
    pub(crate) subjects: Vec<Subject>,
    pub(crate) grids: HashMap<AssetId, PictureGrid>,
    /// Pictures with more cells, of those that can be decoded again.
    pub(crate) details: HashMap<AssetId, Arc<DetailGrid>>,
}

impl Pictures for Album {
    fn grid(&self, asset: AssetId) -> Option<PictureGrid> {
        self.grids.get(&asset).cloned()
    }

    fn key_frames(&self, _: AssetId) -> Vec<model::KeyFrame> {
        Vec::new()
    }

    fn detail(&self, asset: AssetId, _: model::DetailWay) -> Option<Arc<DetailGrid>> {
        self.details.get(&asset).cloned()
    }
}

impl Album {
    /// Adds a photo of that JPEG quality as the next asset (the first is 1); `change` may alter its subject.
    pub(crate) fn add(&mut self, scene: &Scene, quality: u8, change: impl FnOnce(&mut Subject)) {
        self.add_grid(&scene.grid(), scene.side as u32, quality, change);
    }

    /// Adds a photo by its grid.
    pub(crate) fn add_grid(&mut self, grid: &PictureGrid, side: u32, quality: u8, change: impl FnOnce(&mut Subject)) {
        let mut subject = subject(self.subjects.len() as i64 + 1);
        (subject.width, subject.height) = (side, side);
        subject.hash = Some(hash(grid));
        subject.encoding.jpeg_quality = Some(quality);
        change(&mut subject);
        self.grids.insert(subject.asset, grid.clone());
        self.subjects.push(subject);
    }
}
