//! Reads bits from the entropy-coded part of a JPEG: most significant first, stuffed zeros removed, stopping before markers.
//!
//! **Invariant:** never reads past a marker or the end; past them come zeros, and [`BitReader::has_overrun`] tells that some were
//! used. Sources: ITU-T T.81, B.1.1.5 and F.2.2.5.

/// A cursor over entropy-coded bytes. It is copied into and out of the cold ways, so that the hot ones keep it in registers.
#[derive(Clone, Copy)]
pub(super) struct BitReader<'a> {
    /// The bytes not yet in the window.
    rest: &'a [u8],
    /// Unread bits, the next one highest. Bits below `count` are zero or those that will come next.
    window: u64,
    count: u32,
    /// How many of the bits in the window were made up.
    padding: u32,
    /// The length of the whole.
    total: usize,
}

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Tells whether one of eight bytes is 0xFF.
#[inline(always)]
fn holds_ff(bytes: u64) -> bool {
    // Some byte of `!bytes` is zero exactly where one of `bytes` is 0xFF.
    (!bytes).wrapping_sub(LOW_BITS) & bytes & HIGH_BITS != 0
}

impl<'a> BitReader<'a> {
    /// Starts at byte `position` of `data`.
    pub(super) fn new(data: &'a [u8], position: usize) -> Self {
        Self { rest: data.get(position..).unwrap_or_default(), window: 0, count: 0, padding: 0, total: data.len() }
    }

    /// Makes sure of 56 bits in the window: eight bytes at once where none of them is 0xFF, else byte by byte.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        match self.rest.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes)) {
            Some(next) if !holds_ff(next) => {
                self.window |= next >> self.count;
                self.rest = &self.rest[(((63 - self.count) / 8) & 7) as usize..];
                self.count |= 56;
            }
            Some(next) => *self = self.filled_past_ff(next),
            None => *self = self.filled_bytewise(),
        }
    }

    /// Takes seven of the eight bytes `next` where one of them is a stuffed zero.
    #[cold]
    #[inline(never)]
    fn filled_past_ff(mut self, next: u64) -> Self {
        // The highest bit of each byte that is 0xFF.
        let marks = (next & !HIGH_BITS).wrapping_add(LOW_BITS) & next & HIGH_BITS;
        // Bits before the zero that should follow the first of them.
        let before = marks.leading_zeros() + 8;
        if before >= 64 || !marks.is_power_of_two() || next << before >> 56 != 0 {
            return self.filled_bytewise();
        }
        let below = u64::MAX >> before;
        let whole = next & !below | next << 8 & below;
        self.window |= whole >> self.count;
        let taken = (63 - self.count) / 8 * 8;
        let stuffed = u32::from(taken >= before);
        self.rest = &self.rest[((taken / 8 + stuffed) & 15).min(8) as usize..];
        self.count += taken;
        self
    }

    #[cold]
    #[inline(never)]
    fn filled_bytewise(mut self) -> Self {
        while self.count < 56 {
            let byte = match *self.rest {
                [0xFF, 0, ref rest @ ..] => {
                    self.rest = rest;
                    0xFF
                }
                [byte, ref rest @ ..] if byte != 0xFF => {
                    self.rest = rest;
                    byte
                }
                _ => {
                    self.padding += 8;
                    0
                }
            };
            self.window |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// Returns the window: the next bits, the first one highest.
    #[inline(always)]
    pub(super) fn window(&self) -> u64 {
        self.window
    }

    /// Returns the next `bits` (1 to 32) without taking them; call [`fill`](Self::fill) first.
    #[inline(always)]
    pub(super) fn peek(&self, bits: u32) -> usize {
        (self.window >> (64 - bits)) as usize
    }

    /// Takes `bits` (0 to 63, no more than filled); call [`fill`](Self::fill) first.
    #[inline(always)]
    pub(super) fn take(&mut self, bits: u32) {
        self.window <<= bits & 63;
        self.count = self.count.wrapping_sub(bits);
    }

    /// Tells whether more bits were taken than there were.
    #[inline(always)]
    pub(super) fn has_overrun(&self) -> bool {
        self.padding > self.count
    }

    /// Goes to the next marker, drops what lies before, and returns its second byte without passing it; `None` at the end.
    pub(super) fn seek_marker(&mut self) -> Option<u8> {
        (self.window, self.count, self.padding) = (0, 0, 0);
        let marker_at = find_marker(self.rest, 0)?;
        self.rest = &self.rest[marker_at..];
        self.rest.get(1).copied()
    }

    /// Passes the two bytes of the marker found by [`seek_marker`](Self::seek_marker).
    pub(super) fn pass_marker(&mut self) {
        self.rest = self.rest.get(2..).unwrap_or_default();
    }

    /// Returns the byte position; exact after [`seek_marker`](Self::seek_marker).
    pub(super) fn position(&self) -> usize {
        self.total - self.rest.len()
    }
}

/// Returns the signed value that a JPEG means by the highest `bits` (0 to 16) of `window` (T.81, F.2.2.1, EXTEND), without a branch.
#[inline(always)]
pub(super) fn signed(window: u64, bits: u32) -> i32 {
    let value = (window >> 1 >> ((63 - bits) & 63)) as i32;
    // All ones where the first bit is zero: the value is then negative.
    let negative = !((window as i64 >> 63) as i32);
    value + (negative & (1 - (1 << (bits & 31))))
}

/// Returns the position of the next 0xFF that starts a marker, at or after `from`; runs of fill bytes are passed.
pub(super) fn find_marker(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(0xFF, data.get(at..)?)?;
        match data.get(at + 1)? {
            0 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_read(data: &[u8], count: usize) -> (Vec<u8>, bool) {
        let mut reader = BitReader::new(data, 0);
        let read = (0..count)
            .map(|_| {
                reader.fill();
                let byte = reader.peek(8) as u8;
                reader.take(8);
                byte
            })
            .collect();
        (read, reader.has_overrun())
    }

    #[test]
    fn stuffed_zeros_go_and_markers_stop() {
        let data = [1, 2, 0xFF, 0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xFF, 0, 0xFF, 0xD9, 12, 13];
        let expected = [1, 2, 0xFF, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xFF];
        assert_eq!(bytes_read(&data, 13), (expected.to_vec(), false));
        assert_eq!(bytes_read(&data, 14), ([&expected[..], &[0]].concat(), true));
    }

    #[test]
    fn odd_numbers_of_bits_give_the_same_stream() {
        let data: Vec<u8> = (0..200u32).map(|n| (n * 37 % 255) as u8).collect();
        let mut reader = BitReader::new(&data, 0);
        let (mut bits, mut widths) = (String::new(), (1..=25).cycle());
        while bits.len() + 25 < 1600 {
            let width = widths.next().unwrap();
            reader.fill();
            bits += &format!("{:0w$b}", reader.peek(width), w = width as usize);
            reader.take(width);
        }
        let whole: String = data.iter().map(|byte| format!("{byte:08b}")).collect();
        assert!(whole.starts_with(&bits));
        assert!(!reader.has_overrun());
    }

    #[test]
    fn signed_values_are_extended() {
        for (byte, bits, expected) in [
            (0b1000_0000, 0, 0),
            (0b0000_0000, 0, 0),
            (0b0000_0000, 1, -1),
            (0b1000_0000, 1, 1),
            (0b0000_0000, 3, -7),
            (0b1110_0000, 3, 7),
            (0b1000_0000, 3, 4),
            (0b0111_1111, 8, -128),
            (0b1000_0000, 16, 32768),
        ] {
            assert_eq!(signed(byte << 56, bits), expected, "{byte:08b}, {bits} bits");
        }
    }

    /// Every way in which stuffed bytes and markers may lie among the eight that are looked at together.
    #[test]
    fn bytes_of_0xff_at_any_place_are_read_alike_in_both_ways() {
        let tiles: [&[u8]; 5] = [&[0xFE], &[0], &[0xFF, 0], &[0x7F], &[0xFF, 0xD9]];
        for mix in 0..5usize.pow(6) {
            let data: Vec<u8> = (0..6).flat_map(|n| tiles[mix / 5usize.pow(n) % 5].iter().copied()).chain([0x55; 12]).collect();
            let stop = find_marker(&data, 0).unwrap_or(data.len());
            let expected: Vec<u8> =
                data[..stop].iter().enumerate().filter(|&(n, _)| n == 0 || data[n - 1] != 0xFF).map(|(_, &b)| b).collect();
            for first in [0, 3, 8, 12] {
                let mut reader = BitReader::new(&data, 0);
                let mut bits = String::new();
                for width in std::iter::once(first).chain([8; 20]).filter(|&width| width > 0) {
                    reader.fill();
                    bits += &format!("{:0w$b}", reader.peek(width), w = width as usize);
                    reader.take(width);
                    assert_eq!(reader.has_overrun(), bits.len() > expected.len() * 8, "{data:x?} after {bits}");
                }
                let whole: String = expected.iter().map(|byte| format!("{byte:08b}")).collect::<String>() + &"0".repeat(200);
                assert!(whole.starts_with(&bits), "{data:x?}");
            }
        }
    }

    #[test]
    fn markers_are_found_behind_fill_bytes() {
        let data = [9, 0xFF, 0, 8, 7, 6, 5, 4, 3, 2, 0xFF, 0xFF, 0xD3, 0xFF];
        assert_eq!(find_marker(&data, 0), Some(11));
        assert_eq!(find_marker(&data, 12), None);
        assert_eq!(find_marker(&data, 99), None);
    }
}
