//! A picture in memory and what happens to pictures in a person's library: resized, cropped, turned, toned, captioned, shaken.
//!
//! Every operation gives a new canvas and is deterministic; none reads or writes a file, and none knows formats (`encode`). Meant for
//! drawing tests, so sizes are trusted: an empty side becomes 1 instead of an error.

use crate::rng::mix;
use model::Turn;

/// A colour: red, green, blue, 0 to 255.
pub type Colour = [u8; 3];

/// An upright sRGB picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// Width in pixels, at least 1.
    pub width: usize,
    /// Height in pixels, at least 1.
    pub height: usize,
    /// Red, green, blue of each pixel, row by row from the top: `3 × width × height` bytes.
    pub rgb: Vec<u8>,
}

impl Canvas {
    /// Returns a canvas of one colour.
    #[must_use]
    pub fn plain(width: usize, height: usize, colour: Colour) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, rgb: colour.repeat(width * height) }
    }

    /// Returns the pixel at column `x`, row `y`; places beyond the edge give the nearest pixel.
    #[must_use]
    pub fn pixel(&self, x: isize, y: isize) -> Colour {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        let at = 3 * (y * self.width + x);
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// Returns the longer side in pixels.
    #[must_use]
    pub fn long_side(&self) -> usize {
        self.width.max(self.height)
    }

    /// Returns the part from column `x`, row `y`, at most `width` × `height`.
    #[must_use]
    pub fn cropped(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        let (x, y) = (x.min(self.width - 1), y.min(self.height - 1));
        let (width, height) = (width.clamp(1, self.width - x), height.clamp(1, self.height - y));
        let mut rgb = Vec::with_capacity(3 * width * height);
        for row in y..y + height {
            let from = 3 * (row * self.width + x);
            rgb.extend_from_slice(&self.rgb[from..from + 3 * width]);
        }
        Self { width, height, rgb }
    }

    /// Returns the picture without the outer `share` (0 to 0.49) at each of its four sides.
    #[must_use]
    pub fn trimmed(&self, share: f32) -> Self {
        let share = share.clamp(0.0, 0.49);
        let (x, y) = ((self.width as f32 * share) as usize, (self.height as f32 * share) as usize);
        self.cropped(x, y, self.width - 2 * x, self.height - 2 * y)
    }

    /// Returns the picture as a viewer shows it after `turn`.
    #[must_use]
    pub fn turned(&self, turn: Turn) -> Self {
        let (w, h) = (self.width, self.height);
        let (width, height) = if turn.swaps_sides() { (h, w) } else { (w, h) };
        let mut rgb = Vec::with_capacity(self.rgb.len());
        for y in 0..height {
            for x in 0..width {
                let (column, row) = match turn {
                    Turn::Upright => (x, y),
                    Turn::Mirrored => (w - 1 - x, y),
                    Turn::Half => (w - 1 - x, h - 1 - y),
                    Turn::Flipped => (x, h - 1 - y),
                    Turn::Transposed => (y, x),
                    Turn::Clockwise => (y, h - 1 - x),
                    Turn::Transversed => (w - 1 - y, h - 1 - x),
                    Turn::Counterclockwise => (w - 1 - y, x),
                };
                let at = 3 * (row * w + column);
                rgb.extend_from_slice(&self.rgb[at..at + 3]);
            }
        }
        Self { width, height, rgb }
    }

    /// Returns the stored pixels of a file that a viewer shows as this picture when its EXIF orientation is that of `turn`.
    #[must_use]
    pub fn stored_for(&self, turn: Turn) -> Self {
        self.turned(match turn {
            Turn::Clockwise => Turn::Counterclockwise,
            Turn::Counterclockwise => Turn::Clockwise,
            itself => itself,
        })
    }

    /// Returns the picture with every pixel changed by `change` (values 0 to 255).
    #[must_use]
    pub fn toned(&self, change: impl Fn([f32; 3]) -> [f32; 3]) -> Self {
        let mut rgb = Vec::with_capacity(self.rgb.len());
        for pixel in self.rgb.chunks_exact(3) {
            let toned = change([f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])]);
            rgb.extend(toned.map(|value| value.round().clamp(0.0, 255.0) as u8));
        }
        Self { width: self.width, height: self.height, rgb }
    }

    /// Returns the picture brighter (`factor` above 1) or darker.
    #[must_use]
    pub fn brightness(&self, factor: f32) -> Self {
        self.toned(|pixel| pixel.map(|value| value * factor))
    }

    /// Returns the picture with tones spread (`factor` above 1) or drawn together around the middle.
    #[must_use]
    pub fn contrast(&self, factor: f32) -> Self {
        self.toned(|pixel| pixel.map(|value| 128.0 + (value - 128.0) * factor))
    }

    /// Returns the picture with stronger (`factor` above 1) or weaker colours.
    #[must_use]
    pub fn saturation(&self, factor: f32) -> Self {
        self.toned(|pixel| {
            let grey = luma(pixel);
            pixel.map(|value| grey + (value - grey) * factor)
        })
    }

    /// Returns the picture without colour.
    #[must_use]
    pub fn grey(&self) -> Self {
        self.saturation(0.0)
    }

    /// Returns the picture with sensor-like noise of up to ± `strength` levels, the same for the same `seed`.
    #[must_use]
    pub fn noise(&self, seed: u64, strength: f32) -> Self {
        let mut rgb = self.rgb.clone();
        for (index, pixel) in rgb.chunks_exact_mut(3).enumerate() {
            let shift = grain(seed, index) * strength;
            for value in pixel {
                *value = (f32::from(*value) + shift).round().clamp(0.0, 255.0) as u8;
            }
        }
        Self { width: self.width, height: self.height, rgb }
    }
}

/// Noise of one pixel: -1 to 1, mostly near 0 (the sum of two even draws).
pub(crate) fn grain(seed: u64, index: usize) -> f32 {
    let bits = mix(seed ^ index as u64);
    ((bits & 0xFFFF) + (bits >> 48)) as f32 / 65_535.0 - 1.0
}

/// Brightness as the eye weighs it (ITU-R BT.601).
pub(crate) fn luma(pixel: [f32; 3]) -> f32 {
    0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: usize, height: usize) -> Canvas {
        Canvas { width, height, rgb: (0..width * height * 3).map(|n| (n % 251) as u8).collect() }
    }

    #[test]
    fn turns_agree_with_the_model_on_squares() {
        let square = numbered(5, 5);
        for turn in Turn::ALL {
            let turned = square.turned(turn);
            for y in 0..5 {
                for x in 0..5 {
                    let (from_x, from_y) = turn.taken_from(x, y, 5);
                    assert_eq!(turned.pixel(x as isize, y as isize), square.pixel(from_x as isize, from_y as isize), "{turn:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_stored_for_a_turn_shows_upright_after_it() {
        let picture = numbered(7, 4);
        for turn in Turn::ALL {
            assert_eq!(picture.stored_for(turn).turned(turn), picture, "{turn:?}");
        }
    }

    #[test]
    fn crops_stay_inside() {
        let picture = numbered(10, 6);
        assert_eq!(picture.cropped(2, 1, 3, 2).pixel(0, 0), picture.pixel(2, 1));
        let beyond = picture.cropped(8, 5, 100, 100);
        assert_eq!((beyond.width, beyond.height), (2, 1));
        let trimmed = picture.trimmed(0.2);
        assert_eq!((trimmed.width, trimmed.height), (6, 4));
    }

    #[test]
    fn tones_change_what_they_say() {
        let picture = Canvas::plain(2, 2, [100, 50, 200]);
        assert_eq!(picture.brightness(1.5).pixel(0, 0), [150, 75, 255]);
        assert_eq!(picture.contrast(0.0).pixel(1, 1), [128, 128, 128]);
        let [r, g, b] = picture.grey().pixel(0, 0);
        assert!(r == g && g == b);
        assert_eq!(picture.saturation(1.0), picture);
        assert_ne!(picture.noise(1, 4.0), picture.noise(2, 4.0));
        assert_eq!(picture.noise(1, 4.0), picture.noise(1, 4.0));
    }
}
