//! Measures the crop search over drawn pictures, of which one in eight is a crop of another: `cargo bench -p matching`.
//!
//! Pictures are sums of waves with the fall of photos, so their signatures crowd like those of photos; no file is read.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use matching::{Pictures, Subject, find_crops};
use model::{
    AssetId, ContentHash, DetailGrid, DetailWay, Encoding, Format, KeyFrame, LUMA_SIDE, Metadata, PerceptualHash, PictureGrid, Relation,
};
use std::sync::Arc;
use std::time::Instant;

/// Pictures.
const COUNT: usize = 4000;
/// Waves a picture is made of.
const WAVES: usize = 60;

/// A cheap stream of numbers from 0 to 1.
fn stream(mut seed: u64) -> impl FnMut() -> f64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Draws the part of picture `seed` from (`left`, `top`), `size` of its sides.
fn draw(seed: u64, left: f64, top: f64, size: f64) -> PictureGrid {
    let mut next = stream(seed);
    let waves: Vec<[f64; 4]> = (0..WAVES)
        .map(|_| {
            let (across, down) = (24.0 * next().powi(2) * if next() < 0.5 { -1.0 } else { 1.0 }, 24.0 * next().powi(2));
            [across, down, next(), 60.0 / (1.0 + across.hypot(down))]
        })
        .collect();
    let luma = (0..LUMA_SIDE * LUMA_SIDE).map(|n| {
        let place = |at: usize, from: f64| from + size * (at as f64 + 0.5) / LUMA_SIDE as f64;
        let (x, y) = (place(n % LUMA_SIDE, left), place(n / LUMA_SIDE, top));
        let wave = |[across, down, phase, height]: &[f64; 4]| height * (std::f64::consts::TAU * (across * x + down * y + phase)).sin();
        (128.0 + waves.iter().map(wave).sum::<f64>()).clamp(0.0, 255.0) as u8
    });
    let mut bytes: Vec<u8> = luma.collect();
    bytes.resize(PictureGrid::BYTES, 128);
    PictureGrid::from_bytes(&bytes).expect("the length is a grid's")
}

fn subject(asset: i64, side: u32, hash: u64) -> Subject {
    let mut content = [0; 32];
    content[..8].copy_from_slice(&asset.to_le_bytes());
    Subject {
        asset: AssetId(asset),
        contents: vec![ContentHash(content)],
        payloads: Vec::new(),
        size_bytes: 1_000_000,
        format: Format::Jpeg,
        width: side * 4 / 3,
        height: side,
        orientation: 1,
        frames: 1,
        metadata: Metadata::default(),
        hash: Some(PerceptualHash([hash, hash.rotate_left(17), hash.wrapping_mul(31), !hash])),
        quality: 100,
        from: None,
        encoding: Encoding::default(),
        frame_hashes: Vec::new(),
        name: String::new(),
        folder: String::new(),
    }
}

/// Pictures by asset, from 1.
struct Drawn(Vec<PictureGrid>);

impl Pictures for Drawn {
    fn grid(&self, asset: AssetId) -> Option<PictureGrid> {
        self.0.get(asset.0 as usize - 1).cloned()
    }

    fn key_frames(&self, _: AssetId) -> Vec<KeyFrame> {
        Vec::new()
    }

    fn detail(&self, _: AssetId, _: DetailWay) -> Option<Arc<DetailGrid>> {
        None
    }
}

fn main() {
    let mut next = stream(7);
    let (mut subjects, mut grids) = (Vec::new(), Vec::new());
    for n in 0..COUNT {
        let (seed, size) = if n % 8 == 7 { (n as u64 - 7, 0.72 + 0.2 * next()) } else { (n as u64, 1.0) };
        grids.push(draw(seed, next() * (1.0 - size), next() * (1.0 - size), size));
        subjects.push(subject(n as i64 + 1, (3000.0 * size) as u32, (next() * 1e18) as u64));
    }
    let began = Instant::now();
    let found = find_crops(&subjects, None, &Drawn(grids), &|_, _| true);
    let passed = began.elapsed();
    let right = found.iter().filter(|edge| edge.relation == Relation::Cropped && edge.b.0 == edge.a.0 + 7 && edge.b.0 % 8 == 0).count();
    println!("{COUNT} pictures in {:.2} s, {:.2} ms each", passed.as_secs_f64(), 1000.0 * passed.as_secs_f64() / COUNT as f64);
    println!("{right} of {} crops found, {} others", COUNT / 8, found.len() - right);
}
