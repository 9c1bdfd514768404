//! From a sensor's numbers to the brightness a screen shows, near enough that the picture compares with a camera's rendering of it:
//! linearisation table, black and white level, polynomial opcodes, white balance, sRGB's curve. No colour matrix, no exposure, no
//! maker's tone curve: the perceptual hash does not feel them. Sources: DNG 1.7 chapters 5 to 7; IEC 61966-2-1 for the curve.

use crate::bmff::{be32, be64};
use crate::tiff::Directory;

const LINEARIZATION_TABLE: u16 = 50712;
const BLACK_LEVEL: u16 = 50714;
const WHITE_LEVEL: u16 = 50717;
const AS_SHOT_NEUTRAL: u16 = 50728;
const OPCODES_AFTER_BLACK: u16 = 51009;
/// Most opcodes read of one list; Adobe writes one a colour.
const OPCODES_MAX: u32 = 64;
/// Highest degree of a polynomial (DNG 1.7 allows 8).
const DEGREE_MAX: u32 = 8;
/// Largest gain of white balance: beyond lies damage.
const GAIN_MAX: f64 = 8.0;

/// A table for each colour: sensor's number in, brightness 0 to 255 out.
#[derive(Debug, Clone)]
pub(super) struct Tone {
    tables: [Vec<u8>; 3],
}

impl Tone {
    /// Returns the tone of the sensor's picture `sensor` of a DNG whose first directory is `main`; `levels` is how many numbers a
    /// sample can be.
    pub(super) fn of(main: &Directory<'_>, sensor: &Directory<'_>, levels: usize) -> Self {
        let polynomials = sensor.get(OPCODES_AFTER_BLACK).map(|e| polynomials(e.value)).unwrap_or_default();
        let table = |colour: usize| {
            let black = per_colour(sensor, BLACK_LEVEL, colour).unwrap_or(0.0);
            let white = per_colour(sensor, WHITE_LEVEL, colour).filter(|w| *w > black).unwrap_or((levels - 1).max(1) as f64);
            let polynomial = polynomials[colour].as_deref();
            let gain = gain(main, colour);
            let linear = sensor.get(LINEARIZATION_TABLE).map(|e| e.uints(levels)).filter(|t| !t.is_empty());
            (0..levels)
                .map(|level| {
                    let level = match &linear {
                        Some(table) => table[level.min(table.len() - 1)] as f64,
                        None => level as f64,
                    };
                    let share = ((level - black) / (white - black)).clamp(0.0, 1.0);
                    let share = polynomial.map_or(share, |coefficients| value_of(coefficients, share).clamp(0.0, 1.0));
                    (srgb((share * gain).clamp(0.0, 1.0)) * 255.0).round() as u8
                })
                .collect()
        };
        Self { tables: [table(0), table(1), table(2)] }
    }

    /// Returns the brightness of a sample of colour 0 (red), 1 or 2.
    pub(super) fn shown(&self, colour: usize, level: usize) -> u8 {
        let table = &self.tables[colour];
        table[level.min(table.len() - 1)]
    }
}

/// Returns a level given once, or once a colour.
fn per_colour(sensor: &Directory<'_>, tag: u16, colour: usize) -> Option<f64> {
    let entry = sensor.get(tag)?;
    entry.number(if entry.count == 3 { colour } else { 0 })
}

/// Returns white balance's gain, green kept.
fn gain(main: &Directory<'_>, colour: usize) -> f64 {
    let neutral = |n: usize| main.get(AS_SHOT_NEUTRAL).and_then(|e| e.number(n)).filter(|v| *v > 0.0);
    match (neutral(1), neutral(colour)) {
        (Some(green), Some(own)) => (green / own).clamp(1.0 / GAIN_MAX, GAIN_MAX),
        _ => 1.0,
    }
}

fn value_of(coefficients: &[f64], at: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * at + coefficient)
}

/// Returns sRGB's coded value of a share of light.
fn srgb(light: f64) -> f64 {
    if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// Returns the polynomial of each colour (opcode MapPolynomial, lowest degree first); other opcodes are passed over.
fn polynomials(list: &[u8]) -> [Option<Vec<f64>>; 3] {
    let mut found = [None, None, None];
    let mut at = 4;
    for _ in 0..be32(list, 0).unwrap_or(0).min(OPCODES_MAX) {
        let (Some(id), Some(length)) = (be32(list, at), be32(list, at + 12)) else { break };
        let Some(body) = list.get(at + 16..).and_then(|rest| rest.get(..length as usize)) else { break };
        if id == 8
            && let Some((first, count, coefficients)) = polynomial(body)
        {
            let colours = first..first.saturating_add(count);
            let slots = found.iter_mut().enumerate().filter(|(n, _)| colours.contains(&(*n as u32)));
            slots.for_each(|(_, slot)| *slot = Some(coefficients.clone()));
        }
        at += 16 + length as usize;
    }
    found
}

/// Returns first plane, number of planes and coefficients.
fn polynomial(body: &[u8]) -> Option<(u32, u32, Vec<f64>)> {
    let degree = be32(body, 32).filter(|degree| *degree <= DEGREE_MAX)?;
    let coefficient = |n: u32| Some(f64::from_bits(be64(body, 36 + 8 * n as usize)?)).filter(|v| v.is_finite());
    Some((be32(body, 16)?, be32(body, 20)?, (0..=degree).map(coefficient).collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opcode(plane: u32, coefficients: &[f64]) -> Vec<u8> {
        let numbers = [0, 0, 100, 100, plane, 1, 1, 1, coefficients.len() as u32 - 1];
        let mut body: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        body.extend(coefficients.iter().flat_map(|c| c.to_be_bytes()));
        [8, 0x0103_0000, 0, body.len() as u32].iter().flat_map(|n| n.to_be_bytes()).chain(body).collect()
    }

    #[test]
    fn polynomials_are_read_for_their_planes_only() {
        let list = [&2u32.to_be_bytes()[..], &opcode(0, &[0.0, 0.0, 1.0]), &opcode(2, &[0.5])].concat();
        let found = polynomials(&list);
        assert_eq!(found, [Some(vec![0.0, 0.0, 1.0]), None, Some(vec![0.5])]);
        assert_eq!(value_of(&[0.0, 0.0, 1.0], 0.5), 0.25);
        for cut in 0..list.len() {
            let _no_panic = polynomials(&list[..cut]);
        }
        let at_bound = [&1u32.to_be_bytes()[..], &opcode(0, &[0.0; DEGREE_MAX as usize + 1])].concat();
        assert!(polynomials(&at_bound)[0].is_some());
        let over = [&1u32.to_be_bytes()[..], &opcode(0, &[0.0; DEGREE_MAX as usize + 2])].concat();
        assert!(polynomials(&over)[0].is_none());
    }

    #[test]
    fn the_curve_is_srgb() {
        assert!((srgb(0.5) - 0.735_357).abs() < 1e-5);
        assert_eq!((srgb(0.0), (srgb(1.0) * 1e9).round() / 1e9), (0.0, 1.0));
    }
}
