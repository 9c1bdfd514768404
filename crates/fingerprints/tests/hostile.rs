//! Damaged and hostile files: whatever comes, a fingerprint comes back, in bounded time, and a damaged file never has the payload hash
//! of a whole one by accident of a bound.

mod drawn;

use drawn::*;
use std::time::{Duration, Instant};

/// Longest that one damaged file of these sizes may take; a slow shared machine and an unoptimised build included.
const PATIENCE: Duration = Duration::from_secs(30);

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let exif = exif(
        &[(0x010f, Value::Text("Canon"))],
        &[(0x9003, Value::Text("2019:06:06 07:29:51")), (0x927c, Value::Bytes(7, vec![1; 40]))],
        &[],
    );
    let keys = vec![("com.apple.quicktime.make", "Apple")];
    vec![
        ("jpeg", [with_exif(&jpeg(), &exif), film::Film::default().bytes()].concat()),
        ("png", png(500, &[(b"eXIf", exif.clone())])),
        ("webp", webp(&[(b"EXIF", exif.clone()), (b"XMP ", b"<x:a/>".to_vec())])),
        ("heic", Heic { exif: Some(exif.clone()), gain_map: Some(vec![1; 30]), ..Heic::default() }.bytes()),
        ("gif", coded(image::ImageFormat::Gif)),
        ("bmp", coded(image::ImageFormat::Bmp)),
        ("tiff", coded(image::ImageFormat::Tiff)),
        ("film", film::Film { keys, fragments: vec![vec![1; 20]], ..film::Film::default() }.bytes()),
    ]
}

fn survive(label: &str, bytes: &[u8]) {
    let started = Instant::now();
    if let Some(format) = fingerprints::sniff(&bytes[..bytes.len().min(fingerprints::SNIFF_BYTES)]) {
        let format = fingerprints::refine(bytes, format);
        let fingerprint = fingerprints::fingerprint(bytes, format);
        let told = fingerprint.picture.is_some() || fingerprint.undecoded.is_some() || format.is_video();
        assert!(told, "{label}: neither a picture nor a reason");
        let reason = fingerprint.undecoded.unwrap_or_default();
        assert!(!reason.contains("failed inside"), "{label}: our own code panicked");
        let _bounded = fingerprints::cost_bytes(bytes, format);
        let shown = fingerprints::render::render(bytes, format, Some(80)).map_err(|error| error.to_string());
        assert!(!shown.is_err_and(|why| why.contains("gave up inside")), "{label}: drawing it panicked");
        let mut parts = |at: u64, count: usize| {
            let start = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
            Ok(bytes[start..start.saturating_add(count).min(bytes.len())].to_vec())
        };
        let plan = fingerprints::plan_of_parts(&mut parts, format).expect("in memory");
        let _poster = plan.poster(&[(0, bytes)], Some(80));
    }
    assert!(started.elapsed() < PATIENCE, "{label} took {:?}", started.elapsed());
}

#[test]
fn every_cut_of_every_drawn_file() {
    for (name, bytes) in samples() {
        let step = (bytes.len() / 150).max(1);
        (0..bytes.len()).step_by(step).for_each(|cut| survive(&format!("{name} cut at {cut}"), &bytes[..cut]));
    }
}

#[test]
fn flipped_bytes_in_every_drawn_file() {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for (name, bytes) in samples() {
        for round in 0..150 {
            let mut damaged = bytes.clone();
            for _ in 0..1 + round % 5 {
                // Half of the hits near the start, where the structures are.
                let reach = if round % 2 == 0 { damaged.len().min(400) } else { damaged.len() };
                let at = random() % reach;
                damaged[at] = [0, 0xff, 0x80, random() as u8][random() % 4];
            }
            survive(&format!("{name} round {round}"), &damaged);
        }
    }
}

#[test]
fn raws_damaged_and_cut() {
    let dng = dng::dng(dng::Kind::Lossy, 1, false, 6, "camera");
    let directories = dng.len() - 1200;
    for at in (directories..dng.len()).step_by(5) {
        let mut damaged = dng.clone();
        damaged[at] ^= 0xff;
        survive(&format!("dng at {at}"), &damaged);
    }
    (0..dng.len()).step_by(dng.len() / 20).for_each(|cut| survive(&format!("dng cut at {cut}"), &dng[..cut]));
}

#[test]
fn nothing_at_all_has_no_payload() {
    for &format in model::Format::ALL {
        for bytes in [&b""[..], b"\xff", &[0; 64]] {
            let fingerprint = fingerprints::fingerprint(bytes, format);
            assert!(fingerprint.payload.is_none(), "{format}: {} bytes", bytes.len());
            assert!(fingerprint.picture.is_none(), "{format}");
        }
    }
}

/// Every format's reader must take every other format's bytes.
#[test]
fn a_wrong_format_is_no_accident() {
    for (name, bytes) in samples() {
        for &format in model::Format::ALL {
            let fingerprint = fingerprints::fingerprint(&bytes, format);
            assert!(!fingerprint.undecoded.unwrap_or_default().contains("failed inside"), "{name} as {format}");
        }
    }
}

#[test]
fn real_damaged_files() {
    for folder in [
        "robustness/image",
        "robustness/imagetestsuite",
        "robustness/metadata",
        "robustness/jpeg_bugs",
        "robustness/crafted",
        "camera_exif/cams",
    ] {
        let Some(folder) = shared(folder) else { continue };
        let mut files: Vec<_> = std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.is_file()) {
            let bytes = std::fs::read(file).expect("listed");
            survive(&file.display().to_string(), &bytes);
            survive(&format!("half of {}", file.display()), &bytes[..bytes.len() / 2]);
        }
    }
}
