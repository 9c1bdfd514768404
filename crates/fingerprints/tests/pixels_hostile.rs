//! Damaged and hostile files: no panic, no long loop, no picture out of nothing.

#![allow(clippy::print_stderr, reason = "tests say loudly what they skip")]

mod drawing;

use drawing::{Dice, Drawing};
use fingerprints::decode::{DecodeError, cost_bytes, decode_jpeg, decode_still};
use fingerprints::perceptual::draw;
use fingerprints::render::{render, render_cost_bytes};
use model::{Format, Turn};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest time that one small hostile file may take in a build for tests on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Decodes and draws; tells whether a picture came.
fn try_all(bytes: &[u8], format: Format) -> bool {
    let start = Instant::now();
    let _cost = cost_bytes(bytes, format);
    let outcome = decode_still(bytes, format);
    if let Ok(decoded) = &outcome {
        let picture = draw(&decoded.planes, Turn::Upright, decoded.from);
        assert!(picture.quality <= 100 && decoded.width > 0 && decoded.frames > 0);
    }
    assert_ne!(outcome.as_ref().err(), Some(&DecodeError::Damaged("its decoder gave up inside".to_owned())), "a decoder panicked");
    // From blocks where it can be; from all pixels, which takes longer, now and then.
    for side in if bytes.len().is_multiple_of(8) { &[100, 300][..] } else { &[100] } {
        let _cost = render_cost_bytes(bytes, format, Some(*side));
        match render(bytes, format, Some(*side)) {
            Ok(picture) => assert_eq!(picture.rgb.len() as u32, picture.width * picture.height * 3),
            Err(error) => assert_ne!(error, DecodeError::Damaged("its decoder gave up inside".to_owned()), "drawing panicked"),
        }
    }
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    outcome.is_ok()
}

#[test]
fn thousands_of_flipped_bytes_and_cuts_harm_nobody() {
    let mut dice = Dice::new(99);
    let mut seeds = Vec::new();
    for (progressive, restart, side) in [(false, 0, 1288), (true, 0, 1288), (false, 9, 1288), (true, 3, 200), (false, 0, 90)] {
        seeds.push(Drawing::new(21, side, side).jpeg_with(50, |encoder| {
            encoder.set_progressive(progressive);
            encoder.set_optimized_huffman_tables(progressive);
            if restart > 0 {
                encoder.set_restart_interval(restart);
            }
        }));
    }
    let (mut pictures, mut total) = (0, 0);
    for round in 0..3000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        // Every other time only in the first 700 bytes, where the headers are.
        let reach = if round / seeds.len() % 2 == 0 { 700.min(bytes.len()) } else { bytes.len() };
        for _ in 0..1 + dice.below(6) {
            let place = dice.below(reach);
            bytes[place] = dice.below(256) as u8;
        }
        if dice.below(4) == 0 {
            bytes.truncate(dice.below(bytes.len()));
        }
        total += 1;
        pictures += usize::from(try_all(&bytes, Format::Jpeg));
        let _preview = decode_jpeg(&bytes, 0);
    }
    eprintln!("{pictures} of {total} damaged JPEGs still gave a picture");
    assert!(pictures > 0 && pictures < total);
}

#[test]
fn flipped_bytes_harm_no_other_decoder() {
    let (mut dice, mut pictures) = (Dice::new(7), 0);
    let drawing = Drawing::new(22, 96, 64);
    let rgb = image::DynamicImage::from(image::RgbImage::from_raw(96, 64, drawing.rgb.clone()).unwrap());
    let mut seeds = vec![(heifer::encode_rgb8(96, 64, &drawing.rgb, &heifer::EncodeOptions::default()).unwrap(), Format::Heic)];
    for (coding, format) in [
        (image::ImageFormat::Png, Format::Png),
        (image::ImageFormat::Gif, Format::Gif),
        (image::ImageFormat::Bmp, Format::Bmp),
        (image::ImageFormat::Tiff, Format::Tiff),
        (image::ImageFormat::WebP, Format::WebP),
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        rgb.write_to(&mut bytes, coding).unwrap();
        seeds.push((bytes.into_inner(), format));
    }
    for round in 0..1200 {
        let (mut bytes, format) = seeds[round % seeds.len()].clone();
        let reach = if round / seeds.len() % 2 == 0 { 300.min(bytes.len()) } else { bytes.len() };
        for _ in 0..1 + dice.below(4) {
            let place = dice.below(reach);
            bytes[place] = dice.below(256) as u8;
        }
        pictures += usize::from(try_all(&bytes, format));
    }
    eprintln!("{pictures} of 1200 damaged files of other formats still gave a picture");
}

#[test]
fn tiny_inputs_of_any_format_are_errors() {
    for &format in Format::ALL {
        for bytes in [
            &b""[..],
            b"\xFF",
            b"\xFF\xD8",
            b"\xFF\xD8\xFF",
            b"\xFF\xD8\xFF\xDA\x00\x00",
            b"\0\0\0\x08ftyp",
            b"II*\0\x08\0\0\0",
            b"\xFF\x0A",
        ] {
            assert!(!try_all(bytes, format), "{format}");
        }
    }
}

fn shared(folder: &str) -> Option<Vec<PathBuf>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no {}", folder.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Some(paths)
}

/// Tells the format by the first bytes, roughly: what is none of these is tried as all.
fn formats_of(bytes: &[u8]) -> Vec<Format> {
    let by_head: [(&[u8], Format); 7] = [
        (b"\xFF\xD8", Format::Jpeg),
        (b"\x89PNG", Format::Png),
        (b"GIF8", Format::Gif),
        (b"BM", Format::Bmp),
        (b"II*\0", Format::Tiff),
        (b"MM\0*", Format::Tiff),
        (b"RIFF", Format::WebP),
    ];
    match by_head.iter().find(|(head, _)| bytes.starts_with(head)) {
        Some(&(_, format)) => vec![format],
        None => Format::ALL.iter().copied().take(9).collect(),
    }
}

#[test]
fn collections_of_broken_files_are_survived() {
    for folder in ["jpeg_afl", "jpeg_bugs", "imagetestsuite", "image", "crafted"] {
        let Some(paths) = shared(&format!("robustness/{folder}")) else { return };
        let (mut pictures, mut slowest) = (0, (Duration::ZERO, PathBuf::new()));
        for path in &paths {
            let bytes = std::fs::read(path).unwrap();
            let start = Instant::now();
            let came = formats_of(&bytes).into_iter().filter(|&format| try_all(&bytes, format)).count();
            pictures += came;
            slowest = slowest.max((start.elapsed(), path.clone()));
        }
        eprintln!("{folder}: {pictures} pictures of {} files, slowest {:?} {}", paths.len(), slowest.0, slowest.1.display());
    }
}
