//! Damages files in all ways that have ever hurt a reader of JPEGs, by seed, and looks whether what they then tell can be believed.

#![allow(dead_code, unreachable_pub, reason = "a module of several programs, each of which uses its part")]

use crate::drawing::{Dice, Drawing};
use fingerprints::decode::{decode_jpeg, decode_still};
use fingerprints::perceptual::draw;
use fingerprints::{SNIFF_BYTES, cost_bytes, fingerprint, refine, sniff};
use jpeg_encoder::SamplingFactor;
use model::{Format, Turn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use testkit::{Camera, JpegOptions, Moment};

/// Longest damaged file, bytes.
const MUTANT_MAX_BYTES: usize = 1 << 20;

/// Returns drawn files to begin with: all samplings and codings, small and large enough for the coarse way, with and without metadata.
pub fn drawn_seeds() -> Vec<Vec<u8>> {
    let samplings = [SamplingFactor::R_4_4_4, SamplingFactor::R_4_2_2, SamplingFactor::R_4_2_0, SamplingFactor::R_4_1_1];
    let mut seeds = Vec::new();
    for (number, (side, progressive, restart)) in
        [(60, false, 0), (90, true, 0), (200, false, 3), (130, true, 2), (1288, false, 0), (1288, true, 9), (1300, false, 5)]
            .into_iter()
            .enumerate()
    {
        seeds.push(Drawing::new(number as u64, side, side + 7).jpeg_with(45, |encoder| {
            encoder.set_sampling_factor(samplings[number % 4]);
            encoder.set_progressive(progressive);
            encoder.set_optimized_huffman_tables(number % 2 == 0);
            encoder.set_restart_interval(restart);
        }));
    }
    let canvas = testkit::Canvas::plain(80, 56, [90, 120, 30]);
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
        <rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4' xmp:CreateDate='2024-05-01T10:00:00'/></rdf:RDF></x:xmpmeta>";
    let photoshop = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0c\x1c\x02\x78\0\x07caption";
    let options = JpegOptions {
        exif: Camera::named("canon").map(|camera| camera.exif(Moment::of(2024, 5, 1, 10, 0, 0), 7)),
        icc: Some((0..200).collect()),
        segments: vec![(1, xmp.to_vec()), (13, photoshop.to_vec()), (2, b"MPF\0II*\0\x08\0\0\0\0\0".to_vec())],
        trailer: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08mdat".to_vec(),
        ..JpegOptions::default()
    };
    seeds.push(testkit::encode::jpeg(&canvas, 80, &options));
    seeds
}

/// Returns a damaged copy of one of the files, now and then with a part of another.
pub fn mutant(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    // Every other time only where the headers are.
    let near = dice.below(2) == 0;
    for _ in 0..1 + dice.below(5) {
        let reach = if near { bytes.len().min(900) } else { bytes.len() };
        damage(&mut bytes, reach, seeds, dice);
        if bytes.is_empty() {
            break;
        }
    }
    bytes.truncate(MUTANT_MAX_BYTES);
    bytes
}

fn damage(bytes: &mut Vec<u8>, reach: usize, seeds: &[Vec<u8>], dice: &mut Dice) {
    let place = dice.below(reach);
    let scale = dice.below(11);
    let len = 1 + dice.below(1 << scale);
    let end = (place + len).min(bytes.len());
    match dice.below(12) {
        0..=2 => bytes[place] = dice.below(256) as u8,
        3 => bytes[place] ^= 1 << dice.below(8),
        4 => bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][dice.below(6)],
        5 => (place..end).for_each(|at| bytes[at] = dice.below(256) as u8),
        6 => drop(bytes.drain(place..end)),
        7 => {
            let part = bytes[place..end].to_vec();
            let to = dice.below(bytes.len());
            drop(bytes.splice(to..to, part));
        }
        8 => {
            let other = &seeds[dice.below(seeds.len())];
            let from = dice.below(other.len());
            let part = other[from..(from + len).min(other.len())].to_vec();
            drop(bytes.splice(place..place, part));
        }
        // A marker where none was.
        9 => drop(bytes.splice(place..place, [0xFF, 0xC0 + dice.below(64) as u8])),
        // A length, an offset or a count that lies.
        10 => {
            let lie = [0u32, 1, 2, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, u32::MAX, dice.below(4000) as u32][dice.below(8)];
            let width = [2, 4][dice.below(2)];
            let lie = if dice.below(2) == 0 { lie.to_be_bytes()[4 - width..].to_vec() } else { lie.to_le_bytes()[..width].to_vec() };
            let end = (place + width).min(bytes.len());
            bytes[place..end].copy_from_slice(&lie[..end - place]);
        }
        _ if dice.below(3) == 0 => bytes.truncate(place),
        _ => bytes[place..end].reverse(),
    }
}

/// Reads a damaged file in all ways; returns whether a picture came, and what is wrong with that, if anything is.
pub fn judge(bytes: &[u8], patience: Duration) -> (bool, Option<String>) {
    let start = Instant::now();
    let found = catch_unwind(AssertUnwindSafe(|| read_all_ways(bytes)));
    let (came, mut wrong) = found.unwrap_or_else(|_| (false, Some("it panicked".to_owned())));
    if start.elapsed() > patience {
        wrong = Some(format!("it took {:?}", start.elapsed()));
    }
    (came, wrong)
}

fn read_all_ways(bytes: &[u8]) -> (bool, Option<String>) {
    let sniffed = sniff(&bytes[..bytes.len().min(SNIFF_BYTES)]).map(|format| refine(bytes, format));
    let format = sniffed.unwrap_or(Format::Jpeg);
    let _cost = cost_bytes(bytes, format);
    let print = fingerprint(bytes, format);
    if !format.is_video() && print.picture.is_some() == print.undecoded.is_some() {
        return (false, Some("it has a picture and a reason for none, or neither".to_owned()));
    }
    if print.undecoded.as_ref().is_some_and(|why| why.contains("failed inside")) {
        return (false, Some("reading it panicked".to_owned()));
    }
    if format == Format::Jpeg {
        for least in [0, usize::MAX] {
            let decoded = decode_jpeg(bytes, least);
            if least == 0 && decoded != decode_jpeg(bytes, least) {
                return (true, Some("it is decoded in two ways".to_owned()));
            }
            if let Ok(decoded) = decoded {
                let (width, height) = (u64::from(decoded.width), u64::from(decoded.height));
                let picture = draw(&decoded.planes, Turn::Upright, decoded.from);
                if width * height == 0 || picture.quality > 100 {
                    return (true, Some("its picture is none".to_owned()));
                }
            }
        }
    } else if let Ok(decoded) = decode_still(bytes, format) {
        let _picture = draw(&decoded.planes, Turn::Upright, decoded.from);
    }
    (print.picture.is_some(), None)
}
