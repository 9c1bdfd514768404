//! Damages JPEGs and looks whether decoder and metadata walkers stand it:
//! `cargo run --release -p fingerprints --example fuzz_jpeg -- SECONDS [SEED] [FOLDER …]`.
//!
//! It begins with drawn files and, where folders are given, with all files in them up to 1 MiB, of whatever format. What goes wrong is
//! told with its round, and kept beside the program's temporary files; the same seed and folders give the same rounds. Panics of foreign
//! decoders that are caught on their way are counted, not told.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for the terminal, which keeps what it found")]

#[path = "../tests/drawing/mod.rs"]
mod drawing;
#[path = "../tests/mutation/mod.rs"]
mod mutation;

use drawing::Dice;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Longest that one damaged file of at most 1 MiB may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest file taken from a folder, bytes.
const SEED_MAX_BYTES: u64 = 1 << 20;

/// Panics of foreign decoders.
static FOREIGN: AtomicU64 = AtomicU64::new(0);
/// Panics of our own code, caught or not.
static OWN: AtomicU64 = AtomicU64::new(0);

fn collect(path: &Path, seeds: &mut Vec<Vec<u8>>) {
    let Ok(about) = path.metadata() else { return };
    if about.is_file() && (1..=SEED_MAX_BYTES).contains(&about.len()) {
        seeds.extend(std::fs::read(path).ok());
    } else if about.is_dir() {
        let mut inside: Vec<_> = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        inside.sort();
        inside.iter().for_each(|path| collect(path, seeds));
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise: u64| arguments.next().and_then(|word| word.parse().ok()).unwrap_or(otherwise);
    let (seconds, seed) = (number(60), number(1));
    let mut seeds = mutation::drawn_seeds();
    arguments.for_each(|folder| collect(Path::new(&folder), &mut seeds));
    std::panic::set_hook(Box::new(|panic| {
        let is_own = panic.location().is_some_and(|place| place.file().contains("fingerprints"));
        if is_own {
            println!("{panic}");
        }
        if is_own { &OWN } else { &FOREIGN }.fetch_add(1, Ordering::Relaxed);
    }));
    let (start, mut dice) = (Instant::now(), Dice::new(seed));
    let (mut rounds, mut pictures, mut bad) = (0u64, 0u64, 0u64);
    println!("{} files to damage, {seconds} seconds, seed {seed}", seeds.len());
    while start.elapsed().as_secs() < seconds {
        let bytes = mutation::mutant(&seeds, &mut dice);
        let own_before = OWN.load(Ordering::Relaxed);
        let (came, wrong) = mutation::judge(&bytes, PATIENCE);
        let wrong =
            wrong.or_else(|| (OWN.load(Ordering::Relaxed) > own_before).then(|| "our own code panicked, and was caught".to_owned()));
        if let Some(wrong) = wrong {
            let kept = std::env::temp_dir().join(format!("fuzz-{seed}-{rounds}"));
            println!("round {rounds}: {wrong}; kept as {} ({:?})", kept.display(), std::fs::write(&kept, &bytes));
            bad += 1;
        }
        (rounds, pictures) = (rounds + 1, pictures + u64::from(came));
    }
    let foreign = FOREIGN.load(Ordering::Relaxed);
    println!("{rounds} rounds, {pictures} still gave a picture, {foreign} panics inside foreign decoders, {bad} wrong");
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
