//! Draws photos for the tests: patches, gradients and grain, by seed.

#![allow(dead_code, unreachable_pub, reason = "a module of several test files, each of which uses its part")]

use jpeg_encoder::{ColorType, Encoder};

/// A source of the same numbers for the same seed (Knuth's linear congruential generator, upper bits).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1CE)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// A drawn photo.
pub struct Drawing {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

impl Drawing {
    /// Draws soft discs of many sizes and colours on a gradient, with a little grain.
    pub fn new(seed: u64, width: usize, height: usize) -> Self {
        let mut dice = Dice::new(seed);
        let mut canvas: Vec<[f32; 3]> = (0..width * height)
            .map(|n| [60.0 + 120.0 * (n % width) as f32 / width as f32, 110.0, 50.0 + 130.0 * (n / width) as f32 / height as f32])
            .collect();
        for _ in 0..60 {
            let radius = 4 + dice.below(width.min(height) / 4);
            let (x, y) = (dice.below(width), dice.below(height));
            let colour = [dice.below(220) as f32, dice.below(220) as f32, dice.below(220) as f32];
            for row in y.saturating_sub(radius)..(y + radius).min(height) {
                for column in x.saturating_sub(radius)..(x + radius).min(width) {
                    let squared = (row.abs_diff(y).pow(2) + column.abs_diff(x).pow(2)) as f32;
                    let share = ((radius as f32 - squared.sqrt()) / 2.0).clamp(0.0, 0.9);
                    for (sample, &colour) in canvas[row * width + column].iter_mut().zip(&colour) {
                        *sample += (colour - *sample) * share;
                    }
                }
            }
        }
        let rgb = canvas.iter().flatten().map(|&sample| (sample + dice.below(12) as f32) as u8).collect();
        Self { width, height, rgb }
    }

    /// Codes it as a JPEG with the encoder's own choices.
    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        self.jpeg_with(quality, |_| {})
    }

    /// Codes it as a JPEG with settings.
    pub fn jpeg_with(&self, quality: u8, settings: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        settings(&mut encoder);
        encoder.encode(&self.rgb, self.width as u16, self.height as u16, ColorType::Rgb).expect("drawings can be coded");
        bytes
    }
}

/// Codes a drawing as a JPEG.
pub fn jpeg(drawing: &Drawing, quality: u8) -> Vec<u8> {
    drawing.jpeg(quality)
}
