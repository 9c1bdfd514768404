//! Value noise in octaves, drawn a row at a time: what makes hills, clouds, waves and grain look grown rather than ruled.
//!
//! Coordinates are continuous, so a field looks the same at every resolution: octaves finer than the pixels fade out instead of
//! turning into aliasing. Nothing here knows colours or canvases.

use crate::rng::mix;

/// A field of fractal value noise: octave `n` has cells of side 1/2ⁿ and `gain`ⁿ of the first one's height.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    seed: u64,
    octaves: u32,
    gain: f32,
}

impl Field {
    /// Returns the field of `seed`.
    #[must_use]
    pub(crate) fn new(seed: u64, octaves: u32, gain: f32) -> Self {
        Self { seed, octaves, gain }
    }

    /// Returns `count` values, about -1 to 1, along a row, `step` being above 0: at (`x`, `y`), (`x + step`, `y`), …; `pitch` is the distance to the row
    /// below, and both together tell which octaves are too fine to be seen.
    #[must_use]
    pub(crate) fn row(&self, count: usize, x: f32, step: f32, y: f32, pitch: f32) -> Vec<f32> {
        let mut out = vec![0.0; count];
        let total: f32 = (0..self.octaves).map(|octave| self.gain.powi(octave as i32)).sum();
        for octave in 0..self.octaves {
            let scale = (1u32 << octave) as f32;
            let pixel = step.abs().max(pitch.abs()) * scale;
            let seen = ((0.9 - pixel) / 0.5).clamp(0.0, 1.0);
            if seen == 0.0 {
                break;
            }
            let height = seen * self.gain.powi(octave as i32) / total;
            self.octave(&mut out, mix(self.seed ^ u64::from(octave)), x * scale, step * scale, y * scale, height);
        }
        out
    }

    fn octave(&self, out: &mut [f32], seed: u64, x: f32, step: f32, y: f32, height: f32) {
        let (line, across) = (y.floor(), smooth(y - y.floor()));
        let at = |cell: i32| {
            let (upper, lower) = (lattice(seed, cell, line as i32), lattice(seed, cell, line as i32 + 1));
            (upper + (lower - upper) * across) * height
        };
        let mut cell = x.floor() as i32;
        let (mut left, mut right) = (at(cell), at(cell + 1));
        let mut start = 0;
        while start < out.len() {
            // All pixels of one cell in one plain loop, which the compiler turns into vector instructions.
            let end = (((cell + 1) as f32 - x) / step).ceil().max(0.0) as usize;
            let end = end.clamp(start, out.len());
            let (base, rise) = (x - cell as f32, right - left);
            for (index, value) in out[start..end].iter_mut().enumerate() {
                let t = base + step * (start as i32 + index as i32) as f32;
                *value += left + rise * smooth(t);
            }
            start = end;
            cell += 1;
            left = right;
            right = at(cell + 1);
        }
    }
}

fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// The value at a lattice point, -1 to 1.
fn lattice(seed: u64, x: i32, y: i32) -> f32 {
    let bits = mix(seed ^ ((x as u32 as u64) << 32 | y as u32 as u64));
    (bits >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_at_half_the_step_passes_through_the_same_values() {
        let field = Field::new(5, 3, 0.5);
        let coarse = field.row(50, 0.3, 0.02, 1.7, 0.02);
        let fine = field.row(100, 0.3, 0.01, 1.7, 0.01);
        for (a, b) in coarse.iter().zip(fine.iter().step_by(2)) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
    }

    #[test]
    fn octaves_finer_than_a_pixel_are_left_out() {
        let smooth = Field::new(5, 1, 0.5).row(64, 0.0, 0.3, 0.5, 0.3);
        let rough = Field::new(5, 9, 0.0001).row(64, 0.0, 0.3, 0.5, 0.3);
        for (a, b) in smooth.iter().zip(&rough) {
            assert!((a - b).abs() < 1e-2);
        }
        assert!(Field::new(5, 4, 0.5).row(8, 0.0, 2.0, 0.0, 2.0).iter().all(|v| *v == 0.0));
    }
}
