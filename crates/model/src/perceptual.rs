//! The 256-bit perceptual hash, its distance, and the eight ways a picture can lie. How a hash is drawn from pixels is the
//! fingerprint room's; which distance means what is the matching room's.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A Hamming distance in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bits(pub u32);

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bits", self.0)
    }
}

/// A 256-bit DCT hash of a picture: bit `16 * v + u` tells whether the coefficient of horizontal frequency `u + 1` and vertical
/// frequency `v + 1` is positive.
///
/// **Invariant:** turning a picture changes signs and places of coefficients and nothing else, so the hash of each turn follows from one
/// ([`turned`](Self::turned)); only a coefficient that is exactly 0 breaks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PerceptualHash(pub [u64; 4]);

impl PerceptualHash {
    /// Returns the number of differing bits, 0 to 256.
    #[must_use]
    pub fn distance(&self, other: &Self) -> Bits {
        Bits(self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum())
    }

    /// Returns the hash of the picture after `turn`: exchanging columns and rows exchanges the frequencies, and mirroring changes the sign
    /// where the frequency across the mirror is odd.
    #[must_use]
    pub fn turned(&self, turn: Turn) -> Self {
        // Place 0 is frequency 1, so even places are the odd frequencies.
        const ODD_ACROSS: u64 = 0x5555_5555_5555_5555;
        const ODD_DOWN: u64 = 0x0000_ffff_0000_ffff;
        let (back_across, back_down) = match turn {
            Turn::Upright | Turn::Transposed => (0, 0),
            Turn::Mirrored | Turn::Clockwise => (ODD_ACROSS, 0),
            Turn::Half | Turn::Transversed => (ODD_ACROSS, ODD_DOWN),
            Turn::Flipped | Turn::Counterclockwise => (0, ODD_DOWN),
        };
        let lying = if turn.swaps_sides() { self.transposed() } else { *self };
        Self(lying.0.map(|word| word ^ back_across ^ back_down))
    }

    /// Returns the hash with rows and columns of its 16 × 16 bits exchanged.
    fn transposed(&self) -> Self {
        let mut rows: [u16; 16] = std::array::from_fn(|v| (self.0[v / 4] >> (16 * (v % 4))) as u16);
        // Exchanges the off-diagonal halves of ever smaller squares (Warren, Hacker's Delight, 7-3).
        for (width, mask) in [(8, 0x00ff_u16), (4, 0x0f0f), (2, 0x3333), (1, 0x5555)] {
            for upper in (0..16).filter(|row| row & width == 0) {
                let changed = ((rows[upper] >> width) ^ rows[upper + width]) & mask;
                rows[upper + width] ^= changed;
                rows[upper] ^= changed << width;
            }
        }
        Self(std::array::from_fn(|n| rows[4 * n..4 * n + 4].iter().rev().fold(0, |word, &row| word << 16 | u64::from(row))))
    }

    /// Returns the 32 bytes, least significant word and byte first.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// Returns the hash of [`to_bytes`](Self::to_bytes); `None` unless 32 bytes are given.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 32] = bytes.try_into().ok()?;
        let mut words = [0; 4];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = u64::from_le_bytes(chunk.try_into().expect("chunks of eight bytes"));
        }
        Some(Self(words))
    }
}

/// One of the eight ways to turn or mirror a picture. The numbers are EXIF's orientations: `Turn(n)` is the change that a viewer
/// applies to the stored pixels of a file with orientation `n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// 1: as it is.
    Upright,
    /// 2: left and right exchanged.
    Mirrored,
    /// 3: half a turn.
    Half,
    /// 4: top and bottom exchanged.
    Flipped,
    /// 5: rows and columns exchanged (mirrored along the main diagonal).
    Transposed,
    /// 6: a quarter turn clockwise.
    Clockwise,
    /// 7: mirrored along the other diagonal.
    Transversed,
    /// 8: a quarter turn counter-clockwise.
    Counterclockwise,
}

impl Turn {
    /// All eight, in EXIF's order.
    pub const ALL: [Turn; 8] = [
        Turn::Upright,
        Turn::Mirrored,
        Turn::Half,
        Turn::Flipped,
        Turn::Transposed,
        Turn::Clockwise,
        Turn::Transversed,
        Turn::Counterclockwise,
    ];

    /// Returns the turn of an EXIF orientation; anything but 1 to 8 is upright, as viewers take it.
    #[must_use]
    pub fn from_exif(orientation: u16) -> Turn {
        match orientation {
            1..=8 => Self::ALL[usize::from(orientation) - 1],
            _ => Turn::Upright,
        }
    }

    /// Returns EXIF's number, 1 to 8.
    #[must_use]
    pub fn exif(self) -> u16 {
        self as u16 + 1
    }

    /// Tells whether width and height change places.
    #[must_use]
    pub fn swaps_sides(self) -> bool {
        matches!(self, Turn::Transposed | Turn::Clockwise | Turn::Transversed | Turn::Counterclockwise)
    }

    /// Returns the place in a stored square of `side` × `side` cells from which the cell at column `x`, row `y` of the turned
    /// square is taken.
    #[must_use]
    pub fn taken_from(self, x: usize, y: usize, side: usize) -> (usize, usize) {
        let last = side - 1;
        match self {
            Turn::Upright => (x, y),
            Turn::Mirrored => (last - x, y),
            Turn::Half => (last - x, last - y),
            Turn::Flipped => (x, last - y),
            Turn::Transposed => (y, x),
            Turn::Clockwise => (y, last - x),
            Turn::Transversed => (last - y, last - x),
            Turn::Counterclockwise => (last - y, x),
        }
    }

    /// Says what was done to the picture, for a reason or an explanation.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Turn::Upright => "upright",
            Turn::Mirrored => "mirrored",
            Turn::Half => "turned by 180°",
            Turn::Flipped => "flipped upside down",
            Turn::Transposed => "mirrored and turned by 90° counter-clockwise",
            Turn::Clockwise => "turned by 90° clockwise",
            Turn::Transversed => "mirrored and turned by 90° clockwise",
            Turn::Counterclockwise => "turned by 90° counter-clockwise",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash() -> impl Strategy<Value = PerceptualHash> {
        any::<[u64; 4]>().prop_map(PerceptualHash)
    }

    proptest! {
        #[test]
        fn distance_is_a_metric(a in hash(), b in hash(), c in hash()) {
            prop_assert_eq!(a.distance(&a), Bits(0));
            prop_assert_eq!(a.distance(&b) == Bits(0), a == b);
            prop_assert_eq!(a.distance(&b), b.distance(&a));
            prop_assert!(a.distance(&c).0 <= a.distance(&b).0 + b.distance(&c).0);
            prop_assert!(a.distance(&b).0 <= 256);
        }

        #[test]
        fn turning_there_and_back_changes_nothing(a in hash()) {
            for turn in Turn::ALL {
                let back = match turn {
                    Turn::Clockwise => Turn::Counterclockwise,
                    Turn::Counterclockwise => Turn::Clockwise,
                    other => other,
                };
                prop_assert_eq!(a.turned(turn).turned(back), a);
            }
            prop_assert_eq!(a.turned(Turn::Clockwise).turned(Turn::Clockwise), a.turned(Turn::Half));
            prop_assert_eq!(a.turned(Turn::Mirrored).turned(Turn::Flipped), a.turned(Turn::Half));
        }

        #[test]
        fn bytes_come_back(a in hash()) {
            prop_assert_eq!(PerceptualHash::from_bytes(&a.to_bytes()), Some(a));
        }
    }

    #[test]
    fn a_clockwise_turn_brings_the_lower_left_corner_to_the_upper_left() {
        assert_eq!(Turn::Clockwise.taken_from(0, 0, 4), (0, 3));
        assert_eq!(Turn::Counterclockwise.taken_from(0, 0, 4), (3, 0));
        assert_eq!(Turn::Mirrored.taken_from(0, 0, 4), (3, 0));
    }

    #[test]
    fn every_turn_is_a_permutation_of_cells() {
        for turn in Turn::ALL {
            let mut seen = std::collections::HashSet::new();
            for y in 0..5 {
                for x in 0..5 {
                    assert!(seen.insert(turn.taken_from(x, y, 5)), "{turn:?}");
                }
            }
        }
    }
}
