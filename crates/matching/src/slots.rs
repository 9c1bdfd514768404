//! The 256 bits of a hash in another order, so that eight slots of neighbouring frequencies can each be asked for all eight turns at once.
//!
//! A slot is a word of 32 bits, closed under transposition: 15 coefficients, the 15 that lie mirrored at the main diagonal, and two on
//! it. So exchanging rows and columns exchanges two fields of the word, and mirroring inverts fixed bits of it: whatever the turn, a
//! slot's bits stay in the slot. Two of the bits are pivots: one changes its sign only when left and right are exchanged, one only when
//! top and bottom are. Mirroring until both are 0 gives one key for the four pictures that differ by mirroring
//! ([`Layout::canonical`]).
//!
//! Slots are filled by rising frequency, because that is how coding harms a picture: of copies that lie 20 to 63 bits apart, the lowest
//! slot's 28 bits differ in 1.5 on average and the highest slot's in 4.2 (`copies-2026-11`, see `thresholds.rs`). How many pairs of
//! frequencies a key takes is chosen by the number of pictures; the highest fill the words up and count for the distance alone.
//!
//! It does not look anything up (that is `filing.rs`).
//!
//! **Invariant:** packing keeps distances and commutes with turning; a test says so for all eight turns.

use model::PerceptualHash;

/// Slots of a hash.
pub(crate) const SLOTS: usize = 8;
/// Coefficients of a slot above the diagonal, and as many below.
const PAIRS: usize = 15;
/// The bits of one field of a word.
const FIELD: u32 = (1 << PAIRS) - 1;
/// The bits of a word that lie on the diagonal.
const DIAGONAL: u32 = !(FIELD | FIELD << PAIRS);

/// A way to lie, as steps in the order they are taken: rows and columns exchanged, left and right, top and bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Steps {
    pub(crate) transposed: bool,
    pub(crate) mirrored: bool,
    pub(crate) flipped: bool,
}

impl Steps {
    /// Tells whether nothing is to be done.
    pub(crate) fn are_none(self) -> bool {
        self == Self::default()
    }
}

/// The bits of a hash, slot by slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packed(pub(crate) [u32; SLOTS]);

impl Packed {
    /// Returns the number of differing bits.
    #[inline]
    pub(crate) fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

/// Where each bit of each slot comes from, and which bits mirroring inverts.
pub(crate) struct Layout {
    /// Pairs of coefficients that belong to the key, first in each field; the first is the pivot.
    key_pairs: usize,
    /// Bit of the hash, `16 * v + u`.
    places: [[u8; 32]; SLOTS],
    /// Inverted when left and right are exchanged.
    across: [u32; SLOTS],
    /// Inverted when top and bottom are exchanged.
    down: [u32; SLOTS],
}

impl Layout {
    /// Returns the layout whose keys are drawn from `2 × key_pairs + 2` bits of each slot; 9 to 15 pairs.
    pub(crate) fn of(key_pairs: usize) -> Self {
        assert!((9..=PAIRS).contains(&key_pairs), "fewer pairs may have no pivot, more do not fit");
        let mut pairs: Vec<(usize, usize)> = (0..16).flat_map(|v| (v + 1..16).map(move |u| (u, v))).collect();
        pairs.sort_by_key(|&(u, v)| (u + v, v));
        let mut layout = Self { key_pairs, places: [[0; 32]; SLOTS], across: [0; SLOTS], down: [0; SLOTS] };
        for slot in 0..SLOTS {
            let mut mine = pairs[key_pairs * slot..][..key_pairs].to_vec();
            // Place 0 is frequency 1, so even places are the odd frequencies, whose signs mirroring changes.
            let pivot = mine.iter().position(|(u, v)| (u + v) % 2 == 1).expect("no sum u + v has nine pairs, so one of two sums is odd");
            mine.swap(0, pivot);
            if mine[0].0 % 2 == 1 {
                mine[0] = (mine[0].1, mine[0].0);
            }
            let spare = PAIRS - key_pairs;
            mine.extend_from_slice(&pairs[key_pairs * SLOTS + spare * slot..][..spare]);
            let upper = mine.iter().copied();
            let lower = mine.iter().map(|&(u, v)| (v, u));
            let diagonal = (2 * slot..2 * slot + 2).map(|n| (n, n));
            for (bit, (u, v)) in upper.chain(lower).chain(diagonal).enumerate() {
                layout.places[slot][bit] = (16 * v + u) as u8;
                layout.across[slot] |= u32::from(u % 2 == 0) << bit;
                layout.down[slot] |= u32::from(v % 2 == 0) << bit;
            }
        }
        layout
    }

    /// Returns the bits of `hash` in slots.
    pub(crate) fn pack(&self, hash: &PerceptualHash) -> Packed {
        let bit = |place: u8| (hash.0[usize::from(place >> 6)] >> (place & 63)) as u32 & 1;
        let word = |places: &[u8; 32]| places.iter().rev().fold(0, |word, &place| word << 1 | bit(place));
        Packed(std::array::from_fn(|slot| word(&self.places[slot])))
    }

    /// Returns the bits of the picture after `steps`.
    pub(crate) fn turned(&self, packed: &Packed, steps: Steps) -> Packed {
        // Without branches, which no processor would foresee here.
        let (across, down, lying) = (mask_of(steps.mirrored), mask_of(steps.flipped), mask_of(steps.transposed));
        Packed(std::array::from_fn(|slot| {
            let word = packed.0[slot];
            let change = (word ^ transposed(word)) & lying;
            word ^ change ^ self.across[slot] & across ^ self.down[slot] & down
        }))
    }

    /// Returns how many bits a key has: the slot's but for the pivots, which are 0.
    pub(crate) fn key_bits(&self) -> u32 {
        2 * self.key_pairs as u32
    }

    /// Returns the key of a slot's word, and the mirrorings that led to it.
    #[inline]
    pub(crate) fn canonical(&self, slot: usize, word: u32) -> (u32, Steps) {
        let (mirrored, flipped) = (word & 1 == 1, word >> PAIRS & 1 == 1);
        let word = word ^ self.across[slot] & mask_of(mirrored) ^ self.down[slot] & mask_of(flipped);
        (self.key(word), Steps { transposed: false, mirrored, flipped })
    }

    /// Returns how a key changes where the pivot across, and where the pivot down, is another.
    pub(crate) fn pivot_changes(&self, slot: usize) -> (u32, u32) {
        (self.key(self.across[slot]), self.key(self.down[slot]))
    }

    /// Returns the bits of the key in one run: without pivots and the bits beyond the key.
    #[inline]
    fn key(&self, word: u32) -> u32 {
        let each = self.key_pairs - 1;
        let field = (1 << each) - 1;
        word >> 1 & field | (word >> (PAIRS + 1) & field) << each | word >> (2 * PAIRS) << (2 * each)
    }
}

fn mask_of(set: bool) -> u32 {
    0u32.wrapping_sub(u32::from(set))
}

/// Returns a slot's word with rows and columns exchanged.
#[inline]
pub(crate) fn transposed(word: u32) -> u32 {
    word & DIAGONAL | (word & FIELD) << PAIRS | word >> PAIRS & FIELD
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Bits, Turn};
    use proptest::prelude::*;

    fn hash() -> impl Strategy<Value = PerceptualHash> {
        any::<[u64; 4]>().prop_map(PerceptualHash)
    }

    fn steps() -> impl Iterator<Item = Steps> {
        (0..8).map(|n| Steps { transposed: n & 4 != 0, mirrored: n & 2 != 0, flipped: n & 1 != 0 })
    }

    #[test]
    fn each_bit_has_one_place() {
        for key_pairs in 9..=PAIRS {
            let mut all: Vec<u8> = Layout::of(key_pairs).places.iter().flatten().copied().collect();
            all.sort_unstable();
            assert_eq!(all, (0..=255).collect::<Vec<u8>>());
        }
    }

    proptest! {
        #[test]
        fn packing_keeps_distances(a in hash(), b in hash(), key_pairs in 9..=PAIRS) {
            let layout = Layout::of(key_pairs);
            prop_assert_eq!(Bits(layout.pack(&a).distance(&layout.pack(&b))), a.distance(&b));
        }

        #[test]
        fn packing_and_turning_commute(a in hash(), key_pairs in 9..=PAIRS) {
            let layout = Layout::of(key_pairs);
            let mut turned: Vec<[u32; 8]> = steps().map(|steps| layout.turned(&layout.pack(&a), steps).0).collect();
            let mut expected: Vec<[u32; 8]> = Turn::ALL.iter().map(|&turn| layout.pack(&a.turned(turn)).0).collect();
            prop_assert_eq!(turned[0], expected[0]);
            turned.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(turned, expected);
        }

        #[test]
        fn mirroring_keeps_the_key(a in hash(), key_pairs in 9..=PAIRS) {
            let layout = Layout::of(key_pairs);
            let a = layout.pack(&a);
            for steps in steps().filter(|steps| !steps.transposed) {
                for slot in 0..SLOTS {
                    let (key, led) = layout.canonical(slot, layout.turned(&a, steps).0[slot]);
                    let (own, mine) = layout.canonical(slot, a.0[slot]);
                    prop_assert_eq!(key, own);
                    prop_assert!(key >> layout.key_bits() == 0);
                    prop_assert_eq!((led.mirrored, led.flipped), (mine.mirrored ^ steps.mirrored, mine.flipped ^ steps.flipped));
                }
            }
        }
    }
}
