//! Changes films at random and fingerprints them, until the seconds given are over: `fuzz_film SECONDS FILM…`. Tells the slowest.
#![allow(clippy::print_stdout, reason = "a tool that prints")]

use std::time::{Duration, Instant};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10);
    let films: Vec<Vec<u8>> = arguments.filter_map(|path| std::fs::read(path).ok()).collect();
    let (began, mut state, mut rounds, mut slowest, mut drawn) = (Instant::now(), 7u64, 0u64, Duration::ZERO, 0u64);
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    std::panic::set_hook(Box::new(|_| {}));
    while began.elapsed().as_secs() < seconds && !films.is_empty() {
        let mut film = films[next() as usize % films.len()].clone();
        for _ in 0..1 + next() % 12 {
            let at = next() as usize % film.len();
            film[at] = next() as u8;
        }
        if next().is_multiple_of(5) {
            film.truncate(next() as usize % film.len());
        }
        let before = Instant::now();
        let print = fingerprints::fingerprint(&film, model::Format::Mp4);
        slowest = slowest.max(before.elapsed());
        drawn += u64::from(!print.key_frames.is_empty());
        rounds += 1;
    }
    println!("{rounds} films, {drawn} with frames, the slowest took {slowest:?}");
}
