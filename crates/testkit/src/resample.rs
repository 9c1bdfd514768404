//! Pictures at another size, shaken, or out of focus: the operations of [`Canvas`] that read a neighbourhood.
//!
//! Downscaling averages areas (as good thumbnailers do), upscaling interpolates with Catmull-Rom (Keys 1981, a = -0.5).

use crate::canvas::Canvas;

/// What one pixel of a line takes: the first pixel and the weight of each from there on.
type Taps = Vec<(usize, Vec<f32>)>;

impl Canvas {
    /// Returns the picture at `width` × `height`.
    #[must_use]
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let columns = taps(self.width, width);
        let mut wide = vec![0.0f32; 3 * width * self.height];
        for (source, target) in self.rgb.chunks_exact(3 * self.width).zip(wide.chunks_exact_mut(3 * width)) {
            for ((first, weights), pixel) in columns.iter().zip(target.chunks_exact_mut(3)) {
                for (weight, from) in weights.iter().zip(source[3 * first..].chunks_exact(3)) {
                    for channel in 0..3 {
                        pixel[channel] += weight * f32::from(from[channel]);
                    }
                }
            }
        }
        let mut rgb = Vec::with_capacity(3 * width * height);
        let mut line = vec![0.0f32; 3 * width];
        for (first, weights) in taps(self.height, height) {
            line.fill(0.0);
            for (weight, source) in weights.iter().zip(wide[3 * width * first..].chunks_exact(3 * width)) {
                for (value, from) in line.iter_mut().zip(source) {
                    *value += weight * from;
                }
            }
            rgb.extend(line.iter().map(|value| value.round().clamp(0.0, 255.0) as u8));
        }
        Self { width, height, rgb }
    }

    /// Returns the picture with its longer side at `long_side` pixels.
    #[must_use]
    pub fn fitted(&self, long_side: usize) -> Self {
        let scale = |side: usize| ((side * long_side) as f64 / self.long_side() as f64).round() as usize;
        self.resized(scale(self.width), scale(self.height))
    }

    /// Returns the frame a moment later in an unsteady hand: moved by `right` and `down` (shares of the width), turned by `degrees`, and
    /// zoomed by 2 % so that no edge shows at small moves.
    #[must_use]
    pub fn nudged(&self, right: f32, down: f32, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (middle_x, middle_y) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let mut rgb = Vec::with_capacity(self.rgb.len());
        for y in 0..self.height {
            for x in 0..self.width {
                let (dx, dy) = ((x as f32 + 0.5 - middle_x) / 1.02, (y as f32 + 0.5 - middle_y) / 1.02);
                let from_x = dx * cos - dy * sin + middle_x - right * self.width as f32 - 0.5;
                let from_y = dx * sin + dy * cos + middle_y - down * self.width as f32 - 0.5;
                rgb.extend(self.between_pixels(from_x, from_y));
            }
        }
        Self { width: self.width, height: self.height, rgb }
    }

    fn between_pixels(&self, x: f32, y: f32) -> [u8; 3] {
        let (column, row) = (x.floor(), y.floor());
        let (across, along) = (x - column, y - row);
        let (column, row) = (column as isize, row as isize);
        let (a, b) = (self.pixel(column, row), self.pixel(column + 1, row));
        let (c, d) = (self.pixel(column, row + 1), self.pixel(column + 1, row + 1));
        std::array::from_fn(|channel| {
            let mix = |left: u8, right: u8| f32::from(left) + (f32::from(right) - f32::from(left)) * across;
            let (upper, lower) = (mix(a[channel], b[channel]), mix(c[channel], d[channel]));
            (upper + (lower - upper) * along).round() as u8
        })
    }

    /// Returns the picture out of focus: a box of `2 × radius + 1` pixels, three times over, which comes close to a Gaussian.
    #[must_use]
    pub fn blurred(&self, radius: usize) -> Self {
        let mut now = self.clone();
        for _ in 0..3 {
            now = now.box_along_rows(radius).turned(model::Turn::Transposed);
            now = now.box_along_rows(radius).turned(model::Turn::Transposed);
        }
        now
    }

    fn box_along_rows(&self, radius: usize) -> Self {
        let mut rgb = Vec::with_capacity(self.rgb.len());
        let (radius, count) = (radius as isize, 2 * radius as u32 + 1);
        for y in 0..self.height as isize {
            let mut sum = [0u32; 3];
            for x in -radius..=radius {
                let pixel = self.pixel(x, y);
                (0..3).for_each(|channel| sum[channel] += u32::from(pixel[channel]));
            }
            for x in 0..self.width as isize {
                rgb.extend(sum.map(|value| ((value + count / 2) / count) as u8));
                let (gone, come) = (self.pixel(x - radius, y), self.pixel(x + radius + 1, y));
                (0..3).for_each(|channel| sum[channel] = sum[channel] + u32::from(come[channel]) - u32::from(gone[channel]));
            }
        }
        Self { width: self.width, height: self.height, rgb }
    }
}

/// Weights for each of `to` pixels over a line of `from` pixels.
fn taps(from: usize, to: usize) -> Taps {
    let scale = from as f64 / to as f64;
    (0..to).map(|index| if to < from { area(index, scale, from) } else { cubic(index, scale, from) }).collect()
}

fn area(index: usize, scale: f64, from: usize) -> (usize, Vec<f32>) {
    let (start, end) = (index as f64 * scale, ((index + 1) as f64 * scale).min(from as f64));
    let first = start.floor() as usize;
    let last = (end.ceil() as usize).clamp(first + 1, from);
    let covered = |pixel: usize| (end.min((pixel + 1) as f64) - start.max(pixel as f64)).max(0.0);
    (first, (first..last).map(|pixel| (covered(pixel) / (end - start)) as f32).collect())
}

fn cubic(index: usize, scale: f64, from: usize) -> (usize, Vec<f32>) {
    let centre = (index as f64 + 0.5) * scale - 0.5;
    let base = centre.floor() as i64;
    let first = (base - 1).clamp(0, from as i64 - 1) as usize;
    let last = (base + 2).clamp(0, from as i64 - 1) as usize;
    let mut weights = vec![0.0f32; last - first + 1];
    for pixel in base - 1..=base + 2 {
        let held = pixel.clamp(0, from as i64 - 1) as usize - first;
        weights[held] += keys((pixel as f64 - centre).abs()) as f32;
    }
    (first, weights)
}

fn keys(distance: f64) -> f64 {
    let x = distance;
    if x < 1.0 {
        1.5 * x * x * x - 2.5 * x * x + 1.0
    } else if x < 2.0 {
        -0.5 * x * x * x + 2.5 * x * x - 4.0 * x + 2.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Canvas {
        let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| [(x * 255 / width) as u8, (y * 255 / height) as u8, 77])).collect();
        Canvas { width, height, rgb }
    }

    #[test]
    fn weights_of_each_pixel_add_up_to_one() {
        for (from, to) in [(100, 33), (33, 100), (1, 9), (9, 1), (7, 7), (2, 3)] {
            for (first, weights) in taps(from, to) {
                assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{from} {to}");
                assert!(first + weights.len() <= from, "{from} {to}");
            }
        }
    }

    #[test]
    fn sizes_are_exact_and_a_ramp_comes_back() {
        let picture = ramp(90, 60);
        let back = picture.resized(31, 17).resized(90, 60);
        assert_eq!((back.width, back.height), (90, 60));
        let far = picture.rgb.iter().zip(&back.rgb).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(far < Some(8), "{far:?}");
        let small = picture.fitted(30);
        assert_eq!((small.width, small.height), (30, 20));
    }

    #[test]
    fn a_plain_picture_stays_plain() {
        let plain = Canvas::plain(20, 10, [10, 200, 90]);
        assert_eq!(plain.resized(7, 3), Canvas::plain(7, 3, [10, 200, 90]));
        assert_eq!(plain.blurred(3), plain);
        assert_eq!(plain.nudged(0.01, 0.0, 0.5), plain);
    }

    #[test]
    fn blur_takes_away_detail() {
        let spread = |canvas: &Canvas| canvas.rgb.chunks_exact(6).map(|pair| u64::from(pair[0].abs_diff(pair[3]))).sum::<u64>();
        let noisy = Canvas::plain(64, 64, [128; 3]).noise(3, 80.0);
        assert!(spread(&noisy.blurred(2)) * 5 < spread(&noisy));
    }
}
