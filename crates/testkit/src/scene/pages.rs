//! Pictures of text: a scanned page and a chat. They look alike from afar and differ in what is written, which is what makes them a
//! trap for anything that compares small pictures.

use crate::canvas::{Canvas, Colour};
use crate::glyphs::ADVANCE_CELLS;
use crate::rng::Rng;

const WORDS: [&str; 32] = [
    "we", "meet", "at", "the", "lake", "on", "sunday", "and", "bring", "some", "bread", "photos", "from", "last", "summer", "are", "ready",
    "train", "leaves", "before", "nine", "please", "call", "when", "you", "arrive", "garden", "key", "under", "stone", "thank", "you",
];

/// Words that fill about `letters` letters.
fn line(rng: &Rng, letters: usize) -> String {
    let mut text = String::new();
    loop {
        let word = rng.pick(&WORDS);
        if text.len() + word.len() + 1 > letters {
            return text;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// Draws a typed page of `seed`, as a scan.
#[must_use]
pub fn document(seed: u64, width: usize, height: usize) -> Canvas {
    let (rng, unit) = (Rng::new(seed), width as f32 / 600.0);
    let mut canvas = Canvas::plain(width, height, [246, 244, 238]);
    let ink: Colour = [44, 44, 50];
    let heading = line(&rng, 18);
    canvas.write(&heading, 50.0 * unit, 50.0 * unit, 4.0 * unit, ink);
    let (cell, mut top) = (1.6 * unit, 110.0 * unit);
    let letters = (500.0 * unit / (ADVANCE_CELLS * cell)) as usize;
    while top < height as f32 - 60.0 * unit {
        let last_of_paragraph = rng.chance(0.15);
        let long = if last_of_paragraph { letters / 2 } else { letters };
        let text = line(&rng, long);
        canvas.write(&text, 50.0 * unit, top, cell, ink);
        top += if last_of_paragraph { 34.0 } else { 19.0 } * unit;
    }
    canvas
}

/// Draws a chat of `seed` as a phone's screenshot: the same layout for every seed, other words.
#[must_use]
pub fn screenshot(seed: u64, width: usize, height: usize) -> Canvas {
    let (rng, unit) = (Rng::new(seed), width as f32 / 540.0);
    let mut canvas = Canvas::plain(width, height, [236, 229, 221]);
    canvas.fill(0.0, 0.0, width as f32, 105.0 * unit, [7, 94, 84]);
    canvas.fill_rounded(16.0 * unit, 40.0 * unit, 66.0 * unit, 90.0 * unit, 25.0 * unit, [150, 190, 180]);
    let name = *rng.pick(&["Anna", "Family", "Ben"]);
    let clock = format!("{:02}:{:02}", rng.below(24), rng.below(60));
    canvas.write(name, 84.0 * unit, 52.0 * unit, 3.6 * unit, [255; 3]);
    canvas.write(&clock, 20.0 * unit, 12.0 * unit, 2.0 * unit, [255; 3]);
    let (cell, mut top) = (2.0 * unit, 130.0 * unit);
    while top < height as f32 - 175.0 * unit {
        let (lines, mine) = (1 + rng.below(3), rng.chance(0.5));
        let left = if mine { 160.0 } else { 20.0 } * unit;
        let foot = top + (20.0 + 28.0 * lines as f32) * unit;
        canvas.fill_rounded(left, top, left + 356.0 * unit, foot, 12.0 * unit, if mine { [220, 248, 198] } else { [255; 3] });
        for index in 0..lines {
            let text = line(&rng, 26);
            canvas.write(&text, left + 16.0 * unit, top + (14.0 + 28.0 * index as f32) * unit, cell, [30; 3]);
        }
        top = foot + 15.0 * unit;
    }
    let foot = height as f32;
    canvas.fill_rounded(16.0 * unit, foot - 70.0 * unit, 450.0 * unit, foot - 18.0 * unit, 26.0 * unit, [255; 3]);
    canvas.fill_rounded(468.0 * unit, foot - 70.0 * unit, 520.0 * unit, foot - 18.0 * unit, 26.0 * unit, [7, 130, 110]);
    canvas
}
