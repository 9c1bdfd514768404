//! Randomness that comes in as a seed: splitmix64. No clock, no entropy; not for secrets.
//!
//! **Invariant:** the same seed gives the same numbers on every machine. Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom
//! Number Generators" (2014), the finalizer with constants of their listing.

use std::cell::Cell;

/// Mixes 64 bits so that neighbouring inputs give unrelated outputs.
#[must_use]
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A small deterministic source of numbers; drawing takes a shared reference, so draws may stand in the arguments of other draws.
#[derive(Debug, Clone)]
pub struct Rng(Cell<u64>);

impl Rng {
    /// Returns the source of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(mix(seed ^ 0x6C6F_6F6B_616C_696B)))
    }

    /// Returns an independent source for a numbered part, drawn from where this one stands now.
    #[must_use]
    pub fn fork(&self, part: u64) -> Self {
        Self(Cell::new(mix(self.0.get() ^ mix(part.wrapping_add(1)))))
    }

    /// Returns the next 64 bits.
    pub fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        mix(self.0.get())
    }

    /// Returns a number from 0 up to, not including, 1.
    pub fn unit(&self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Returns a number between `low` and `high`.
    pub fn between(&self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Returns a whole number below `end`; 0 for an `end` of 0.
    pub fn below(&self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// Tells true in about `share` of the draws, 0 to 1.
    pub fn chance(&self, share: f32) -> bool {
        self.unit() < share
    }

    /// Returns one of `choices`.
    ///
    /// # Panics
    /// When there is nothing to choose from.
    pub fn pick<'a, T>(&self, choices: &'a [T]) -> &'a T {
        let at = self.below(choices.len() as u64) as usize;
        choices.get(at).expect("something to choose from")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_so_do_its_forks() {
        let (a, b) = (Rng::new(7), Rng::new(7));
        let early = a.fork(3).next();
        assert_eq!((a.next(), a.next()), (b.next(), b.next()));
        assert_eq!(Rng::new(7).fork(3).next(), early);
        assert_ne!(Rng::new(8).next(), Rng::new(7).next());
    }

    #[test]
    fn units_fill_their_range_evenly() {
        let rng = Rng::new(1);
        let draws: Vec<f32> = (0..10_000).map(|_| rng.unit()).collect();
        assert!(draws.iter().all(|x| (0.0..1.0).contains(x)));
        let mean = draws.iter().sum::<f32>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
