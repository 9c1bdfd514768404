//! Draws what a picture looks like: the small grid for the second look and the 256-bit hash.
//!
//! The recipe follows PDQ (Facebook ThreatExchange, `pdq/README.md` and "The TMK+PDQF Video-Hashing Algorithm and the PDQ
//! Image-Hashing Algorithm", 2019): 64 × 64 brightness, the 16 × 16 DCT-II coefficients of frequencies 1 to 16, one bit each. It
//! differs in how the 64 × 64 are drawn: exact area averages instead of PDQ's tent filter and sampling, so that a reduced decode gives
//! the same cells; and in the bit, which is the coefficient's sign and not whether it lies above the median, so that one hash tells those
//! of all eight turns. Our hashes therefore are not PDQ's and cannot be compared with theirs.
//!
//! It does not decode, and it does not say how near two hashes must lie.
//!
//! **Invariant:** all arithmetic of the hash is in whole numbers, so a hash is the same on every machine, and the hash of a turned
//! grid equals the turned hash of the grid, bit for bit, but for coefficients that are exactly 0.

use crate::planes::{Extent, Planes};
use model::{CHROMA_SIDE, DecodedFrom, LUMA_SIDE, PerceptualHash, Picture, PictureGrid, Turn};

/// Frequencies in each direction.
const FREQUENCIES: usize = 16;
/// Coefficients, and bits of a hash.
const COEFFICIENTS: usize = FREQUENCIES * FREQUENCIES;
/// Fixed-point one of the cosine table: 64 cells × 255 × 2¹³ fits 32 bits, and the second pass 64.
const COSINE_ONE: f64 = 8192.0;

/// Draws the picture that `planes` show once turned by `turn` (the EXIF orientation of the file; upright where the decoder has
/// turned already).
#[must_use]
pub fn draw(planes: &Planes, turn: Turn, from: DecodedFrom) -> Picture {
    let grid = grid_of(planes).turned(turn);
    let (hash, quality) = hash_of_grid(&grid);
    Picture { hash, quality, grid, from }
}

/// Returns the hash of `grid` and its quality.
///
/// Quality as in PDQ: the sum of brightness steps between neighbouring cells, each in whole percents of 255 (smaller ones count
/// nothing), divided by 90 and cut at 100. Plain frames have 0; PDQ advises to distrust hashes below 50.
#[must_use]
pub fn hash_of_grid(grid: &PictureGrid) -> (PerceptualHash, u8) {
    (signs(&coefficients(&grid.luma)), quality(&grid.luma))
}

/// Returns the grid of the picture as stored.
fn grid_of(planes: &Planes) -> PictureGrid {
    let chroma = |cells: &[u8]| stretch(cells, planes.chroma_width, planes.chroma_height, planes.chroma_extent, CHROMA_SIDE);
    let luma = stretch(&planes.luma, planes.width, planes.height, planes.luma_extent, LUMA_SIDE);
    PictureGrid::from_bytes(&[luma, chroma(&planes.blue), chroma(&planes.red)].concat()).expect("three squares of the model's sides")
}

/// Returns brightness, blue and red difference of the whole picture in `side × side` cells each, one after the other.
pub(crate) fn summary_of(planes: &Planes, side: usize) -> Vec<u8> {
    let chroma = |cells: &[u8]| stretch(cells, planes.chroma_width, planes.chroma_height, planes.chroma_extent, side);
    let luma = stretch(&planes.luma, planes.width, planes.height, planes.luma_extent, side);
    [luma, chroma(&planes.blue), chroma(&planes.red)].concat()
}

/// A source cell and the share of it that lies in a target cell.
pub(crate) type Share = (usize, f32);

/// Returns, for each of `side` target cells, the source cells under it, where `covered` of `cells` source cells are the picture.
fn shares(cells: usize, covered: f64, side: usize) -> Vec<Vec<Share>> {
    let edge = |target: usize| covered * target as f64 / side as f64;
    (0..side)
        .map(|target| {
            let (from, to) = (edge(target), edge(target + 1));
            let (first, last) = (from.floor() as usize, (to.ceil() as usize).min(cells));
            let share = |cell: usize| (cell, (to.min((cell + 1) as f64) - from.max(cell as f64)) as f32);
            (first..last).map(share).filter(|&(_, share)| share > 0.0).collect()
        })
        .collect()
}

/// Averages a plane into `side × side` cells by area, exactly to the fraction of a source cell; the whole picture is stretched.
fn stretch(plane: &[u8], width: usize, height: usize, extent: Extent, side: usize) -> Vec<u8> {
    weigh_cells(plane, width, &shares(width, extent.columns, side), &shares(height, extent.rows, side))
}

/// Makes each target cell of the shares of its columns and rows, row-major.
pub(crate) fn weigh_cells(plane: &[u8], width: usize, columns: &[Vec<Share>], rows: &[Vec<Share>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(columns.len() * rows.len());
    let mut band = vec![0f32; width];
    for rows in rows {
        band.fill(0.0);
        for &(row, share) in rows {
            for (sum, &sample) in band.iter_mut().zip(&plane[row * width..][..width]) {
                *sum += share * f32::from(sample);
            }
        }
        let tall: f64 = rows.iter().map(|&(_, share)| f64::from(share)).sum();
        for columns in columns {
            let wide: f64 = columns.iter().map(|&(_, share)| f64::from(share)).sum();
            let sum: f64 = columns.iter().map(|&(column, share)| f64::from(share) * f64::from(band[column])).sum();
            out.push((sum / (wide * tall)).round().clamp(0.0, 255.0) as u8);
        }
    }
    out
}

/// Row `f - 1` holds cos(π f (2x + 1) / 128) for cell `x`, built so that the second half mirrors the first exactly.
fn cosines() -> [[i32; LUMA_SIDE]; FREQUENCIES] {
    let mut table = [[0; LUMA_SIDE]; FREQUENCIES];
    for (row, frequency) in table.iter_mut().zip(1..) {
        let sign = if frequency % 2 == 0 { 1 } else { -1 };
        for x in 0..LUMA_SIDE / 2 {
            let angle = std::f64::consts::PI * f64::from(frequency) * (2 * x + 1) as f64 / (2 * LUMA_SIDE) as f64;
            row[x] = (angle.cos() * COSINE_ONE).round() as i32;
            row[LUMA_SIDE - 1 - x] = sign * row[x];
        }
    }
    table
}

/// Returns the coefficients, row-major by vertical frequency. PDQ scales them all alike; signs do not care.
fn coefficients(luma: &[u8; LUMA_SIDE * LUMA_SIDE]) -> [i64; COEFFICIENTS] {
    let table = cosines();
    // Across the rows first: one row of sums for each vertical frequency.
    let mut out = [0; COEFFICIENTS];
    for (v, down) in table.iter().enumerate() {
        let mut sums = [0i32; LUMA_SIDE];
        for (row, &cosine) in luma.chunks_exact(LUMA_SIDE).zip(down) {
            for (sum, &cell) in sums.iter_mut().zip(row) {
                *sum += cosine * i32::from(cell);
            }
        }
        for (u, along) in table.iter().enumerate() {
            out[v * FREQUENCIES + u] = sums.iter().zip(along).map(|(&sum, &cosine)| i64::from(sum) * i64::from(cosine)).sum();
        }
    }
    out
}

/// Returns the hash: a bit for each positive coefficient. PDQ takes those above the median, which for photos lies near 0 and differs
/// from turn to turn; signs alone turn with the picture.
fn signs(coefficients: &[i64; COEFFICIENTS]) -> PerceptualHash {
    let mut words = [0u64; 4];
    for (bit, &value) in coefficients.iter().enumerate() {
        words[bit / 64] |= u64::from(value > 0) << (bit % 64);
    }
    PerceptualHash(words)
}

fn quality(luma: &[u8; LUMA_SIDE * LUMA_SIDE]) -> u8 {
    let step = |a: u8, b: u8| u32::from(a.abs_diff(b)) * 100 / 255;
    let along: u32 = luma.chunks_exact(LUMA_SIDE).flat_map(|row| row.windows(2)).map(|pair| step(pair[0], pair[1])).sum();
    let down: u32 = luma.iter().zip(&luma[LUMA_SIDE..]).map(|(&above, &below)| step(above, below)).sum();
    ((along + down) / 90).min(100) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture without symmetry: patches of many sizes and a little noise, so that no coefficient is idle.
    fn drawn(width: usize, height: usize) -> Vec<u8> {
        let mut noise = 12345u32;
        let mut random = move |below: usize| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 8) as usize % below
        };
        let mut pixels = vec![128u8; width * height];
        for _ in 0..150 {
            let (wide, tall) = (1 + random(width / 3), 1 + random(height / 3));
            let (left, top, level) = (random(width - wide), random(height - tall), random(200) as u8);
            for row in pixels[top * width..(top + tall) * width].chunks_exact_mut(width) {
                row[left..left + wide].fill(level);
            }
        }
        pixels.iter().map(|&level| level + random(16) as u8).collect()
    }

    #[test]
    fn a_turns_hash_is_the_hash_of_the_turned_grid() {
        let grid = grid_of(&Planes::from_luma8(200, 150, &drawn(200, 150)));
        let (hash, quality) = hash_of_grid(&grid);
        for turn in Turn::ALL {
            let (of_turned, same) = hash_of_grid(&grid.turned(turn));
            assert_eq!(hash.turned(turn), of_turned, "{turn:?}");
            assert_eq!(quality, same);
        }
        let hashes = Turn::ALL.map(|turn| hash.turned(turn));
        for (n, hash) in hashes.iter().enumerate() {
            assert!(hashes[..n].iter().all(|other| other.distance(hash).0 > 60), "eight turns are eight hashes");
        }
    }

    #[test]
    fn bits_lie_where_the_model_says() {
        // One wave across, frequency 5: the coefficient at u = 4, v = 0 needs some change down the rows, so weigh them.
        let luma: Vec<u8> = (0..4096)
            .map(|n| {
                let (x, y) = ((n % 64) as f64 + 0.5, (n / 64) as f64 + 0.5);
                let wave = |f: f64, at: f64| (std::f64::consts::PI * f * at / 64.0).cos();
                (128.0 + 90.0 * wave(5.0, x) * wave(2.0, y)) as u8
            })
            .collect();
        let luma: &[u8; 4096] = luma.as_slice().try_into().unwrap();
        let coefficients = coefficients(luma);
        let largest = (0..COEFFICIENTS).max_by_key(|&n| coefficients[n].abs()).unwrap();
        assert_eq!(largest, 16 + 4, "u = 5 and v = 2 lie at bit 16 · 1 + 4");
        assert_eq!(signs(&coefficients).0[0] >> 20 & 1, 1);
    }

    #[test]
    fn plain_frames_have_no_quality_and_no_bits() {
        for level in [0, 128, 255] {
            let picture = draw(&Planes::from_luma8(100, 80, &vec![level; 8000]), Turn::Upright, DecodedFrom::Full);
            assert_eq!(picture.quality, 0);
            assert!(picture.grid.luma.iter().all(|&cell| cell == level));
            assert!(picture.grid.blue.iter().all(|&cell| cell == 128));
        }
        let checks: Vec<u8> = (0..6400).map(|n| if (n % 80 / 5 + n / 400) % 2 == 0 { 0 } else { 255 }).collect();
        assert_eq!(draw(&Planes::from_luma8(80, 80, &checks), Turn::Upright, DecodedFrom::Full).quality, 100);
    }

    #[test]
    fn areas_are_averaged_to_the_fraction() {
        // Three cells onto two: the middle one is shared in halves.
        let out = stretch(&[0, 100, 200], 3, 1, Extent::whole(3, 1), 2);
        assert_eq!(out, [33, 167, 33, 167]);
        // The third covers only half: 2.5 cells onto two, 1.25 each.
        let out = stretch(&[0, 100, 200], 3, 1, Extent { columns: 2.5, rows: 1.0 }, 2);
        assert_eq!(out, [20, 140, 20, 140]);
        // Fewer cells than wanted: each is repeated.
        assert_eq!(stretch(&[10, 30], 2, 1, Extent::whole(2, 1), 4)[..4], [10, 10, 30, 30]);
    }

    #[test]
    fn size_and_reduction_hardly_move_a_hash() {
        use crate::planes::{Layout, PlaneBuilder};
        let (width, height) = (1400, 1100);
        let pixels = drawn(width, height);
        let full = draw(&Planes::from_luma8(width, height, &pixels), Turn::Upright, DecodedFrom::Full);
        let mut builder = PlaneBuilder::reduced(width, height);
        pixels.chunks_exact(width).for_each(|row| builder.push(row, Layout::Luma));
        let reduced = draw(&builder.finish().unwrap(), Turn::Upright, DecodedFrom::Full);
        assert!(full.hash.distance(&reduced.hash).0 <= 2);
        let apart: Vec<u8> = full.grid.luma.iter().zip(reduced.grid.luma.iter()).map(|(a, b)| a.abs_diff(*b)).collect();
        // Hard edges that straddle a cell of the reduced plane are shared a little differently.
        let mean = apart.iter().map(|&step| f64::from(step)).sum::<f64>() / apart.len() as f64;
        assert!(mean < 0.3 && apart.iter().all(|&step| step <= 5), "mean {mean}");
    }

    #[test]
    fn the_turn_brings_the_picture_upright() {
        let (width, height) = (90, 60);
        let pixels = drawn(width, height);
        let upright = draw(&Planes::from_luma8(width, height, &pixels), Turn::Upright, DecodedFrom::Full);
        // Stored a quarter turn counter-clockwise, so orientation 6 brings it back.
        let stored: Vec<u8> = (0..width * height).map(|n| pixels[(n % height) * width + (width - 1 - n / height)]).collect();
        let turned = draw(&Planes::from_luma8(height, width, &stored), Turn::Clockwise, DecodedFrom::Full);
        assert!(upright.hash.distance(&turned.hash).0 <= 2);
        assert!(upright.hash.turned(Turn::Counterclockwise).distance(&turned.hash.turned(Turn::Counterclockwise)).0 <= 2);
    }
}
