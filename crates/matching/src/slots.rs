//! The 256 bits of a hash in another order, so that eight slots of neighbouring frequencies can each be asked for all eight turns at once.
//!
//! A slot is a word of 32 bits, closed under transposition: 15 coefficients, the 15 that lie mirrored at the main diagonal, and two on
//! it. So exchanging rows and columns exchanges two fields of the word, and mirroring inverts fixed bits of it: whatever the turn, a
//! slot's bits stay in the slot. Two of the bits are pivots: one changes its sign only when left and right are exchanged, one only when
//! top and bottom are. Mirroring until both are 0 gives one key for the four pictures that differ by mirroring ([`canonical`]).
//!
//! Slots are filled by rising frequency, because that is how coding harms a picture: of copies that lie 20 to 63 bits apart, the lowest
//! slot's 28 bits differ in 1.5 on average and the highest slot's in 4.2 (`copies-2026-11`, see `thresholds.rs`). The 16 highest pairs of
//! frequencies fill the words up; they count for the distance, not for the key.
//!
//! It does not look anything up (that is `filing.rs`).
//!
//! **Invariant:** packing keeps distances and commutes with turning; a test says so for all eight turns.

use model::PerceptualHash;
use std::sync::LazyLock;

/// Slots of a hash.
pub(crate) const SLOTS: usize = 8;
/// Coefficients of a slot above the diagonal, and as many below.
const PAIRS: usize = 15;
/// Those of them that belong to the key, first in each field; the first is the pivot.
const KEY_PAIRS: usize = 13;
/// Bits of a key: the slot's 28 but for the pivots, which are 0.
pub(crate) const KEY_BITS: u32 = 2 * (KEY_PAIRS as u32 - 1) + 2;
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

/// Where each bit of each slot comes from, and which bits mirroring inverts.
struct Layout {
    /// Bit of the hash, `16 * v + u`.
    places: [[u8; 32]; SLOTS],
    /// Inverted when left and right are exchanged.
    across: [u32; SLOTS],
    /// Inverted when top and bottom are exchanged.
    down: [u32; SLOTS],
}

static LAYOUT: LazyLock<Layout> = LazyLock::new(layout);

fn layout() -> Layout {
    let mut pairs: Vec<(usize, usize)> = (0..16).flat_map(|v| (v + 1..16).map(move |u| (u, v))).collect();
    pairs.sort_by_key(|&(u, v)| (u + v, v));
    let mut layout = Layout { places: [[0; 32]; SLOTS], across: [0; SLOTS], down: [0; SLOTS] };
    for slot in 0..SLOTS {
        let mut mine = pairs[KEY_PAIRS * slot..][..KEY_PAIRS].to_vec();
        // Place 0 is frequency 1, so even places are the odd frequencies, whose signs mirroring changes.
        let pivot = mine.iter().position(|(u, v)| (u + v) % 2 == 1).expect("13 pairs in order of u + v have two sums, one of them odd");
        mine.swap(0, pivot);
        if mine[0].0 % 2 == 1 {
            mine[0] = (mine[0].1, mine[0].0);
        }
        let spare = PAIRS - KEY_PAIRS;
        mine.extend_from_slice(&pairs[KEY_PAIRS * SLOTS + spare * slot..][..spare]);
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

impl Packed {
    /// Returns the bits of `hash` in slots.
    pub(crate) fn of(hash: &PerceptualHash) -> Self {
        let bit = |place: u8| (hash.0[usize::from(place >> 6)] >> (place & 63)) as u32 & 1;
        let word = |places: &[u8; 32]| places.iter().rev().fold(0, |word, &place| word << 1 | bit(place));
        Self(std::array::from_fn(|slot| word(&LAYOUT.places[slot])))
    }

    /// Returns the number of differing bits.
    pub(crate) fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Returns the bits of the picture after `steps`.
    #[inline]
    pub(crate) fn turned(&self, steps: Steps) -> Self {
        let layout: &Layout = &LAYOUT;
        let lying = if steps.transposed { self.0.map(transposed) } else { self.0 };
        let (across, down) = (mask_of(steps.mirrored), mask_of(steps.flipped));
        Self(std::array::from_fn(|slot| lying[slot] ^ layout.across[slot] & across ^ layout.down[slot] & down))
    }
}

fn mask_of(set: bool) -> u32 {
    0u32.wrapping_sub(u32::from(set))
}

/// Returns a slot's word with rows and columns exchanged.
pub(crate) fn transposed(word: u32) -> u32 {
    word & DIAGONAL | (word & FIELD) << PAIRS | word >> PAIRS & FIELD
}

/// Returns the key of a slot's word, and the mirrorings that led to it.
pub(crate) fn canonical(slot: usize, word: u32) -> (u32, Steps) {
    let layout: &Layout = &LAYOUT;
    let (mirrored, flipped) = (word & 1 == 1, word >> PAIRS & 1 == 1);
    let word = word ^ layout.across[slot] & mask_of(mirrored) ^ layout.down[slot] & mask_of(flipped);
    (key_bits(word), Steps { transposed: false, mirrored, flipped })
}

/// Returns how a key changes where the pivot across, and where the pivot down, is another.
pub(crate) fn pivot_changes(slot: usize) -> (u32, u32) {
    (key_bits(LAYOUT.across[slot]), key_bits(LAYOUT.down[slot]))
}

/// Returns the bits of the key in one run: without pivots and the bits beyond the key.
fn key_bits(word: u32) -> u32 {
    const HALF: u32 = (1 << (KEY_PAIRS - 1)) - 1;
    word >> 1 & HALF | (word >> (PAIRS + 1) & HALF) << (KEY_PAIRS - 1) | word >> (2 * PAIRS) << (2 * (KEY_PAIRS - 1))
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
        let mut all: Vec<u8> = LAYOUT.places.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..=255).collect::<Vec<u8>>());
    }

    proptest! {
        #[test]
        fn packing_keeps_distances(a in hash(), b in hash()) {
            prop_assert_eq!(Bits(Packed::of(&a).distance(&Packed::of(&b))), a.distance(&b));
        }

        #[test]
        fn packing_and_turning_commute(a in hash()) {
            let mut turned: Vec<[u32; 8]> = steps().map(|steps| Packed::of(&a).turned(steps).0).collect();
            let mut expected: Vec<[u32; 8]> = Turn::ALL.iter().map(|&turn| Packed::of(&a.turned(turn)).0).collect();
            prop_assert_eq!(turned[0], expected[0]);
            turned.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(turned, expected);
        }

        #[test]
        fn mirroring_keeps_the_key(a in hash()) {
            let a = Packed::of(&a);
            for steps in steps().filter(|steps| !steps.transposed) {
                for slot in 0..SLOTS {
                    let (key, led) = canonical(slot, a.turned(steps).0[slot]);
                    let (own, mine) = canonical(slot, a.0[slot]);
                    prop_assert_eq!(key, own);
                    prop_assert_eq!((led.mirrored, led.flipped), (mine.mirrored ^ steps.mirrored, mine.flipped ^ steps.flipped));
                }
            }
        }
    }
}
