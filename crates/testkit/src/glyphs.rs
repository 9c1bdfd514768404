//! Rectangles and block letters on a canvas: enough to write on a photo, a page or a chat.
//!
//! Letters are five by seven cells; only capitals, figures and a few signs exist, small letters are written as capitals and anything
//! else as a small box. Edges between pixels are blended, so a page drawn at half the size is the same page.

use crate::canvas::{Canvas, Colour};

/// Cells from the left edge of one letter to that of the next: five of the letter, one between.
pub(crate) const ADVANCE_CELLS: f32 = 6.0;

#[rustfmt::skip]
const FONT: [(char, [u8; 7]); 45] = [
    ('A', [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11]), ('B', [0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E]),
    ('C', [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E]), ('D', [0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E]),
    ('E', [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F]), ('F', [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10]),
    ('G', [0x0E, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0F]), ('H', [0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11]),
    ('I', [0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E]), ('J', [0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0C]),
    ('K', [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11]), ('L', [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F]),
    ('M', [0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11]), ('N', [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11]),
    ('O', [0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E]), ('P', [0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10]),
    ('Q', [0x0E, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0D]), ('R', [0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11]),
    ('S', [0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E]), ('T', [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04]),
    ('U', [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E]), ('V', [0x11, 0x11, 0x11, 0x11, 0x11, 0x0A, 0x04]),
    ('W', [0x11, 0x11, 0x11, 0x15, 0x15, 0x1B, 0x11]), ('X', [0x11, 0x11, 0x0A, 0x04, 0x0A, 0x11, 0x11]),
    ('Y', [0x11, 0x11, 0x0A, 0x04, 0x04, 0x04, 0x04]), ('Z', [0x1F, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1F]),
    ('0', [0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E]), ('1', [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E]),
    ('2', [0x0E, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1F]), ('3', [0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E]),
    ('4', [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02]), ('5', [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E]),
    ('6', [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E]), ('7', [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08]),
    ('8', [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E]), ('9', [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C]),
    (' ', [0; 7]), ('.', [0, 0, 0, 0, 0, 0x0C, 0x0C]), (',', [0, 0, 0, 0, 0x0C, 0x04, 0x08]), (':', [0, 0x0C, 0x0C, 0, 0x0C, 0x0C, 0]),
    ('-', [0, 0, 0, 0x1F, 0, 0, 0]), ('/', [0x01, 0x01, 0x02, 0x04, 0x08, 0x10, 0x10]), ('!', [0x04, 0x04, 0x04, 0x04, 0x04, 0, 0x04]),
    ('?', [0x0E, 0x11, 0x01, 0x02, 0x04, 0, 0x04]), ('+', [0, 0x04, 0x04, 0x1F, 0x04, 0x04, 0]),
];
const UNKNOWN: [u8; 7] = [0, 0, 0x0E, 0x0A, 0x0E, 0, 0];

fn cells(letter: char) -> [u8; 7] {
    let letter = letter.to_ascii_uppercase();
    FONT.iter().find(|(known, _)| *known == letter).map_or(UNKNOWN, |(_, cells)| *cells)
}

impl Canvas {
    /// Fills the rectangle from (`left`, `top`) to (`right`, `bottom`), in pixels; pixels covered in part are blended.
    pub fn fill(&mut self, left: f32, top: f32, right: f32, bottom: f32, colour: Colour) {
        let covered = |start: f32, end: f32, pixel: usize| (end.min(pixel as f32 + 1.0) - start.max(pixel as f32)).clamp(0.0, 1.0);
        for y in (top.max(0.0) as usize)..(bottom.ceil().max(0.0) as usize).min(self.height) {
            let share_y = covered(top, bottom, y);
            for x in (left.max(0.0) as usize)..(right.ceil().max(0.0) as usize).min(self.width) {
                let share = share_y * covered(left, right, x);
                let at = 3 * (y * self.width + x);
                for (value, ink) in self.rgb[at..at + 3].iter_mut().zip(colour) {
                    *value = (f32::from(*value) + (f32::from(ink) - f32::from(*value)) * share).round() as u8;
                }
            }
        }
    }

    /// Fills a rectangle with round corners, in pixels: a speech bubble or a button.
    pub fn fill_rounded(&mut self, left: f32, top: f32, right: f32, bottom: f32, radius: f32, colour: Colour) {
        for y in (top.max(0.0) as usize)..(bottom.ceil().max(0.0) as usize).min(self.height) {
            let middle = y as f32 + 0.5;
            let depth = (top + radius - middle).max(middle - bottom + radius).clamp(0.0, radius);
            let inset = radius - (radius * radius - depth * depth).sqrt();
            self.fill(left + inset, top.max(y as f32), right - inset, bottom.min(y as f32 + 1.0), colour);
        }
    }

    /// Writes `text` with its upper left corner at (`left`, `top`), in letters of seven cells of `cell` pixels.
    pub fn write(&mut self, text: &str, left: f32, top: f32, cell: f32, colour: Colour) {
        for (place, letter) in text.chars().enumerate() {
            let start = left + place as f32 * ADVANCE_CELLS * cell;
            for (row, bits) in cells(letter).into_iter().enumerate() {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    let (x, y) = (start + column as f32 * cell, top + row as f32 * cell);
                    self.fill(x, y, x + cell, y + cell, colour);
                }
            }
        }
    }

    /// Returns the picture with `text` written over a dark band at its foot, as messengers and meme makers do.
    #[must_use]
    pub fn captioned(&self, text: &str) -> Self {
        let mut canvas = self.clone();
        let (width, height) = (self.width as f32, self.height as f32);
        let letters = text.chars().count().max(1) as f32;
        let cell = (width * 0.9 / (letters * ADVANCE_CELLS)).min(height * 0.1 / 7.0);
        let top = height - 11.0 * cell;
        canvas.fill(0.0, top, width, height, [24, 24, 28]);
        canvas.write(text, (width - letters * ADVANCE_CELLS * cell) / 2.0, top + 2.0 * cell, cell, [250, 250, 245]);
        canvas
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_differ_and_the_unknown_is_a_box() {
        for (index, (letter, shape)) in FONT.iter().enumerate() {
            assert!(FONT[index + 1..].iter().all(|(_, other)| other != shape), "{letter}");
        }
        assert_eq!(cells('é'), UNKNOWN);
        assert_eq!(cells('q'), cells('Q'));
    }

    #[test]
    fn part_covered_pixels_are_blended() {
        let mut canvas = Canvas::plain(4, 1, [0; 3]);
        canvas.fill(0.5, 0.0, 2.25, 1.0, [200; 3]);
        assert_eq!([0, 1, 2, 3].map(|x| canvas.pixel(x, 0)[0]), [100, 200, 50, 0]);
        canvas.fill(-9.0, -9.0, 99.0, 99.0, [7; 3]);
        assert_eq!(canvas, Canvas::plain(4, 1, [7; 3]));
    }

    #[test]
    fn a_caption_changes_the_foot_and_leaves_the_rest() {
        let plain = Canvas::plain(200, 150, [90, 120, 60]);
        let written = plain.captioned("at the lake");
        assert_eq!(written.cropped(0, 0, 200, 100), plain.cropped(0, 0, 200, 100));
        assert!(written.rgb.contains(&250));
    }
}
