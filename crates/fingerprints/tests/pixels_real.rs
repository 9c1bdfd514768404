//! Real photos of the shared data set, where it is there: both ways of decoding JPEG agree, and a HEIC looks like the JPEG beside it.

#![allow(clippy::print_stderr, reason = "tests say loudly what they skip")]

mod drawing;

use fingerprints::decode::{Decoded, decode_jpeg, decode_still};
use fingerprints::perceptual::draw;
use model::{DecodedFrom, Format, Picture, Turn};
use std::path::{Path, PathBuf};

fn shared(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    paths
}

fn picture(decoded: &Decoded) -> Picture {
    draw(&decoded.planes, Turn::Upright, decoded.from)
}

fn mean_apart(a: &Picture, b: &Picture) -> f64 {
    a.grid.luma.iter().zip(b.grid.luma.iter()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.grid.luma.len() as f64
}

#[test]
fn both_ways_agree_on_real_photos() {
    let (mut histogram, mut worst, mut checked) = ([0u32; 8], 0.0f64, 0);
    for folder in ["perf", "lund", "hdr_pair", "focus_stack", "camera_exif", "orientation", "pdq_bridge"] {
        for path in shared(folder, "jpg") {
            let bytes = std::fs::read(&path).unwrap();
            let Ok(coarse) = decode_jpeg(&bytes, 0) else { continue };
            if coarse.from != DecodedFrom::Coarse {
                continue;
            }
            let full = decode_jpeg(&bytes, usize::MAX).unwrap();
            let (coarse, full) = (picture(&coarse), picture(&full));
            let (mean, bits) = (mean_apart(&coarse, &full), coarse.hash.distance(&full.hash).0);
            assert!(mean <= 1.0 && bits <= 4, "{}: {mean:.2} grey levels, {bits} bits", path.display());
            histogram[bits.min(7) as usize] += 1;
            worst = worst.max(mean);
            checked += 1;
        }
    }
    eprintln!("{checked} photos: worst mean {worst:.2} grey levels; photos by bits apart {histogram:?}");
}

#[test]
fn a_heic_looks_like_the_jpeg_beside_it() {
    for path in shared("heic", "heic") {
        let heic = decode_still(&std::fs::read(&path).unwrap(), Format::Heic).unwrap();
        let jpeg = decode_still(&std::fs::read(path.with_extension("jpg")).unwrap(), Format::Jpeg).unwrap();
        let (first, second) = (picture(&heic), picture(&jpeg));
        let bits = first.hash.distance(&second.hash).0;
        eprintln!(
            "{}: {}x{} from {}, frames {}, {bits} bits and {:.2} grey levels from its JPEG ({}x{})",
            path.display(),
            heic.width,
            heic.height,
            heic.from.name(),
            heic.frames,
            mean_apart(&first, &second),
            jpeg.width,
            jpeg.height
        );
        assert_eq!((heic.width, heic.height), (jpeg.width, jpeg.height));
        assert_eq!(heic.frames, 1);
        assert!(bits <= 12, "{}: {bits} bits", path.display());
    }
}
