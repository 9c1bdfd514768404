//! Measures CPU time from bytes to hash of the photos in a folder (first argument, else the shared `perf` set):
//! `cargo bench -p fingerprints`.
//!
//! Reading is not counted; each photo is decoded five times and the mean taken, for the kernel counts CPU time in coarse steps. Where it
//! tells none (other than Linux) it is the time on the clock.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use fingerprints::{decode, perceptual};
use model::{Format, Turn};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Times each photo is decoded.
const ROUNDS: u32 = 5;

/// Returns the CPU time of this thread, or a clock's where the kernel does not tell.
fn cpu_time(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Some(Format::Jpeg),
        "tif" => Some(Format::Tiff),
        name => Format::from_name(name),
    }
}

fn main() {
    let shared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/perf"));
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map_or(shared, PathBuf::from);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("no folder {}: nothing to measure", folder.display());
        return;
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let start = Instant::now();
    let (mut times, mut total) = (Vec::new(), 0);
    for path in &paths {
        let (Some(format), Ok(bytes)) = (format_of(path), std::fs::read(path)) else { continue };
        let before = cpu_time(start);
        let mut outcome = String::new();
        for _ in 0..ROUNDS {
            let decoded = decode::decode_still(&bytes, format);
            outcome = match &decoded {
                Ok(decoded) => {
                    let picture = perceptual::draw(&decoded.planes, Turn::Upright, decoded.from);
                    format!("{}x{} {} quality {}", decoded.width, decoded.height, decoded.from.name(), picture.quality)
                }
                Err(error) => error.to_string(),
            };
        }
        let mean = cpu_time(start).saturating_sub(before) / ROUNDS;
        println!("{:>9.2} ms {:>9} bytes  {}  {outcome}", mean.as_secs_f64() * 1e3, bytes.len(), path.display());
        times.push(mean);
        total += bytes.len();
    }
    times.sort();
    let sum: Duration = times.iter().sum();
    if let Some(median) = times.get(times.len() / 2) {
        let mean = sum.as_secs_f64() * 1e3 / times.len() as f64;
        let speed = total as f64 / 1e6 / sum.as_secs_f64();
        println!("{} pictures: median {:.2} ms, mean {mean:.2} ms, {speed:.0} MB/s", times.len(), median.as_secs_f64() * 1e3);
    }
}
