//! Reads bits from the entropy-coded part of a JPEG: most significant first, stuffed zeros removed, stopping before markers.
//!
//! **Invariant:** never reads past a marker or the end; past them come zeros, and [`BitReader::has_overrun`] tells that some were
//! used. Sources: ITU-T T.81, B.1.1.5 and F.2.2.5.

/// A cursor over entropy-coded bytes.
pub(super) struct BitReader<'a> {
    data: &'a [u8],
    position: usize,
    /// Unread bits, the next one highest. Bits below `count` are zero or those that will come next.
    window: u64,
    count: u32,
    /// How many of the bits in the window were made up.
    padding: u32,
}

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

impl<'a> BitReader<'a> {
    /// Starts at byte `position` of `data`.
    pub(super) fn new(data: &'a [u8], position: usize) -> Self {
        Self { data, position, window: 0, count: 0, padding: 0 }
    }

    /// Makes sure of 32 bits in the window.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        if self.count < 32 {
            self.refill();
        }
    }

    /// Fills the window to at least 56 bits: eight bytes at once where none of them is 0xFF, else byte by byte.
    #[inline]
    fn refill(&mut self) {
        if let Some(bytes) = self.data.get(self.position..).and_then(|rest| rest.first_chunk::<8>()) {
            let next = u64::from_be_bytes(*bytes);
            // Some byte of `!next` is zero exactly where one of `next` is 0xFF.
            if (!next).wrapping_sub(LOW_BITS) & next & HIGH_BITS == 0 {
                self.window |= next >> self.count;
                let taken = (63 - self.count) / 8;
                self.position += taken as usize;
                self.count += taken * 8;
                return;
            }
        }
        self.refill_bytewise();
    }

    #[cold]
    fn refill_bytewise(&mut self) {
        while self.count <= 56 {
            let byte = match (self.data.get(self.position), self.data.get(self.position + 1)) {
                (Some(0xFF), Some(0)) => {
                    self.position += 2;
                    0xFF
                }
                (Some(&byte), _) if byte != 0xFF => {
                    self.position += 1;
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
    }

    /// Returns the next `bits` (1 to 32) without taking them; call [`fill`](Self::fill) first.
    #[inline(always)]
    pub(super) fn peek(&self, bits: u32) -> usize {
        (self.window >> (64 - bits)) as usize
    }

    /// Takes `bits` (0 to 32); call [`fill`](Self::fill) first.
    #[inline(always)]
    pub(super) fn take(&mut self, bits: u32) {
        self.window <<= bits;
        self.count = self.count.wrapping_sub(bits);
    }

    /// Takes `bits` (0 to 16) as the signed value that a JPEG means by them (T.81, F.2.2.1, EXTEND).
    #[inline(always)]
    pub(super) fn take_signed(&mut self, bits: u32) -> i32 {
        if bits == 0 {
            return 0;
        }
        let value = self.peek(bits) as i32;
        self.take(bits);
        if value < 1 << (bits - 1) { value + 1 - (1 << bits) } else { value }
    }

    /// Tells whether more bits were taken than there were.
    #[inline(always)]
    pub(super) fn has_overrun(&self) -> bool {
        self.padding > self.count
    }

    /// Goes to the next marker, drops what lies before, and returns its second byte without passing it; `None` at the end.
    pub(super) fn seek_marker(&mut self) -> Option<u8> {
        (self.window, self.count, self.padding) = (0, 0, 0);
        self.position = find_marker(self.data, self.position)?;
        self.data.get(self.position + 1).copied()
    }

    /// Passes the two bytes of the marker found by [`seek_marker`](Self::seek_marker).
    pub(super) fn pass_marker(&mut self) {
        self.position += 2;
    }

    /// Returns the byte position; exact after [`seek_marker`](Self::seek_marker).
    pub(super) fn position(&self) -> usize {
        self.position
    }
}

/// Returns the position of the next 0xFF that starts a marker, at or after `from`; runs of fill bytes are passed.
pub(super) fn find_marker(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += find_ff(data.get(at..)?)?;
        match data.get(at + 1)? {
            0 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

/// Returns the index of the first 0xFF, looking at eight bytes at a time.
fn find_ff(bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<8>();
    let clean = chunks.iter().take_while(|chunk| {
        let word = u64::from_be_bytes(**chunk);
        (!word).wrapping_sub(LOW_BITS) & word & HIGH_BITS == 0
    });
    let start = clean.count() * 8;
    bytes[start..].iter().position(|&byte| byte == 0xFF).map(|at| start + at)
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
        for (byte, bits, expected) in
            [(0b0000_0000, 1, -1), (0b1000_0000, 1, 1), (0b0000_0000, 3, -7), (0b1110_0000, 3, 7), (0b1000_0000, 3, 4)]
        {
            let mut reader = BitReader::new(std::slice::from_ref(&byte), 0);
            reader.fill();
            assert_eq!(reader.take_signed(bits), expected);
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
