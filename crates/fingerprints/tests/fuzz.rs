//! A short round of what `cargo run --release -p fingerprints --example fuzz_jpeg` does for as long as it is let.

#![allow(clippy::print_stderr, reason = "tests say how much they tried")]

mod drawing;
mod mutation;

use drawing::Dice;
use std::time::Duration;

/// Longest that one damaged file may take in a build for tests on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Damaged files tried.
const ROUNDS: usize = 600;

#[test]
fn damaged_files_are_read_without_harm() {
    let (seeds, mut dice, mut pictures) = (mutation::drawn_seeds(), Dice::new(1), 0);
    for round in 0..ROUNDS {
        let bytes = mutation::mutant(&seeds, &mut dice);
        let (came, wrong) = mutation::judge(&bytes, PATIENCE);
        assert_eq!(wrong, None, "round {round}");
        pictures += usize::from(came);
    }
    eprintln!("{pictures} of {ROUNDS} damaged files still gave a picture");
    assert!(
        (ROUNDS / 10..ROUNDS * 9 / 10).contains(&pictures),
        "{pictures} pictures: the damage is too small or too large to find anything"
    );
}
