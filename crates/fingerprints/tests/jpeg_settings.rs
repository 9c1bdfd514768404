//! JPEGs of chance settings: whatever way the same coefficients are coded, the same picture comes, to the bit; it lies near the drawing,
//! and near what the general decoder makes of it. And the kinds that are not read at all are refused in words.

#![allow(clippy::print_stderr, reason = "tests say how near they came")]

mod drawing;

use drawing::{Dice, Drawing};
use fingerprints::decode::{DecodeError, decode_jpeg};
use fingerprints::perceptual::draw;
use fingerprints::planes::Planes;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use model::{DecodedFrom, Picture, Turn};

const SAMPLINGS: [SamplingFactor; 7] = [
    SamplingFactor::R_4_4_4,
    SamplingFactor::R_4_2_2,
    SamplingFactor::R_4_2_0,
    SamplingFactor::R_4_4_0,
    SamplingFactor::R_4_1_1,
    SamplingFactor::R_4_4_1,
    SamplingFactor::R_4_1_0,
];

/// One way to code given coefficients.
#[derive(Debug, Clone, Copy)]
struct Coding {
    /// Scans of a progressive file; 0 for a sequential one.
    scans: u8,
    optimised: bool,
    /// MCUs between restart markers; 0 for none.
    restart: u16,
}

impl Coding {
    fn by_chance(dice: &mut Dice) -> Self {
        let scans = [0, 0, 2, 4, 10][dice.below(5)];
        let restart = [0, 1, 2, 1 + dice.below(40), 1 + dice.below(5000)][dice.below(5)];
        Self { scans, optimised: dice.below(2) == 0, restart: restart as u16 }
    }
}

fn coded(drawing: &Drawing, grey: bool, quality: u8, sampling: SamplingFactor, coding: Coding) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(sampling);
    if coding.scans > 0 {
        encoder.set_progressive_scans(coding.scans);
    }
    encoder.set_optimized_huffman_tables(coding.optimised);
    encoder.set_restart_interval(coding.restart);
    let (width, height) = (drawing.width as u16, drawing.height as u16);
    if grey {
        let levels: Vec<u8> = drawing.rgb.chunks_exact(3).map(|pixel| pixel[1]).collect();
        encoder.encode(&levels, width, height, ColorType::Luma).expect("drawings can be coded");
    } else {
        encoder.encode(&drawing.rgb, width, height, ColorType::Rgb).expect("drawings can be coded");
    }
    bytes
}

fn mean(a: &[u8], b: &[u8]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
}

fn apart(a: &Picture, b: &Picture) -> (f64, f64) {
    let colour = (mean(&a.grid.blue[..], &b.grid.blue[..]) + mean(&a.grid.red[..], &b.grid.red[..])) / 2.0;
    (mean(&a.grid.luma[..], &b.grid.luma[..]), colour)
}

/// A drawing, in every second case under so much grain that blocks are full and codes long.
fn chance_drawing(dice: &mut Dice, seed: u64) -> Drawing {
    let mut drawing = Drawing::new(seed, 1281 + dice.below(150), 1281 + dice.below(150));
    if seed.is_multiple_of(2) {
        let grain = 20 + dice.below(200);
        for sample in &mut drawing.rgb {
            *sample = (usize::from(*sample) + dice.below(grain)).saturating_sub(grain / 2).min(255) as u8;
        }
    }
    drawing
}

/// Farthest, in grey levels, that the mean of a grid may lie from the drawing's, for brightness and colour. At low qualities the
/// averages themselves are coded in coarse steps: the step is 16 · 5000 / quality / 100 eighths of a level below 50, half of that are
/// at most lost, and half of that on average. Above, rounding and soft edges count more.
fn lost_max(quality: u8) -> (f64, f64) {
    let coarse = if quality < 50 { 4000.0 / f64::from(quality) / 100.0 } else { 0.5 };
    (1.5 + coarse, 3.0 + coarse)
}

#[test]
fn one_set_of_coefficients_is_one_picture_however_it_is_coded() {
    let mut dice = Dice::new(2026);
    let mut worst = [0.0f64; 4];
    for seed in 0..14 {
        let drawing = chance_drawing(&mut dice, seed);
        let grey = dice.below(6) == 0;
        let quality = [5 + dice.below(45) as u8, 50 + dice.below(51) as u8, 100][dice.below(3)];
        let sampling = SAMPLINGS[seed as usize % SAMPLINGS.len()];
        let plain = Coding { scans: 0, optimised: false, restart: 0 };
        let first = coded(&drawing, grey, quality, sampling, plain);
        let case = format!("seed {seed}: {}x{} quality {quality} {sampling:?}, grey: {grey}", drawing.width, drawing.height);
        let expected = decode_jpeg(&first, 0).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(expected.from, DecodedFrom::Coarse, "{case}");
        for _ in 0..5 {
            let coding = Coding::by_chance(&mut dice);
            let decoded = decode_jpeg(&coded(&drawing, grey, quality, sampling, coding), 0);
            assert!(decoded.as_ref() == Ok(&expected), "{case}, {coding:?}: {:?}", decoded.err());
        }
        let picture = draw(&expected.planes, Turn::Upright, DecodedFrom::Full);
        if !grey {
            let original = Planes::from_rgb8(drawing.width, drawing.height, &drawing.rgb);
            let lost = apart(&picture, &draw(&original, Turn::Upright, DecodedFrom::Full));
            let most = lost_max(quality);
            assert!(lost.0 <= most.0 && lost.1 <= most.1, "{case}: {lost:?} of at most {most:?} from the drawing");
            (worst[0], worst[1]) = (worst[0].max(lost.0), worst[1].max(lost.1));
        }
        // The general decoder errs where colour has a quarter of the rows.
        if matches!(sampling, SamplingFactor::R_4_4_4 | SamplingFactor::R_4_2_2 | SamplingFactor::R_4_2_0) {
            let full = decode_jpeg(&first, usize::MAX).unwrap_or_else(|error| panic!("{case}: {error}"));
            assert_eq!(full.from, DecodedFrom::Full, "{case}");
            let both = apart(&picture, &draw(&full.planes, Turn::Upright, DecodedFrom::Full));
            assert!(both.0 <= 1.0 && both.1 <= 1.5, "{case}: {both:?} between both ways");
            (worst[2], worst[3]) = (worst[2].max(both.0), worst[3].max(both.1));
        }
    }
    eprintln!(
        "worst, in grey levels: {:.2} and {:.2} from the drawing, {:.2} and {:.2} between both ways",
        worst[0], worst[1], worst[2], worst[3]
    );
}

/// Returns where the frame header's marker lies.
fn frame_at(bytes: &[u8]) -> usize {
    (0..bytes.len() - 1).find(|&at| bytes[at] == 0xFF && bytes[at + 1] == 0xC0).expect("a sequential frame")
}

#[test]
fn kinds_that_are_not_read_are_refused_in_words() {
    let bytes = Drawing::new(3, 1300, 1290).jpeg(70);
    let at = frame_at(&bytes);
    for marker in [0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF] {
        let mut other = bytes.clone();
        other[at + 1] = marker;
        let refused = decode_jpeg(&other, 0);
        assert!(matches!(&refused, Err(DecodeError::Unsupported(why)) if why.contains("arithmetic")), "{marker:x}: {refused:?}");
    }
    for precision in [0, 7, 12, 16] {
        let mut other = bytes.clone();
        (other[at + 1], other[at + 4]) = (0xC1, precision);
        let refused = decode_jpeg(&other, 0);
        let expected = format!("a JPEG with {precision} bits a sample");
        assert_eq!(refused.err(), Some(DecodeError::Unsupported(expected)));
    }
    // An extended sequential frame of 8 bits is read as any other.
    let mut extended = bytes.clone();
    extended[at + 1] = 0xC1;
    assert!(decode_jpeg(&extended, 0) == decode_jpeg(&bytes, 0));
}
