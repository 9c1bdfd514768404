//! Huffman tables of a JPEG, made for passing over AC coefficients as fast as can be.
//!
//! Of a block only the DC value is wanted, but in a sequential JPEG every AC symbol must be read to know where the next block
//! starts. [`AcTable`] therefore answers one look-up of [`FAST_BITS`] bits with *all* symbols that those bits hold: how many bits
//! they and their values take, and by how many coefficients they lead on. Two such entries are passed between two fillings of the
//! window and before one question whether the block has ended, since neither can be foreseen by the processor.
//!
//! **Invariant:** any table built from hostile counts answers without panic; codes it does not hold are [`BrokenCode`].
//! Sources: ITU-T T.81, C.2 and F.2.2.

use super::bits::{BitReader, signed};

/// Bits of the fast look-up: 8 KiB a table, so that the two AC tables of a photo leave room in a first cache of 32 KiB.
/// Measured 2026-11 on `data/perf`, bytes to hash: 9.1 ms a photo with 11 bits, 8.7 with 12, 8.8 with 13.
const FAST_BITS: u32 = 12;
/// Bits of the fast look-up of DC codes: none of the standard's tables has a longer one for small differences.
const DC_BITS: u32 = 9;
/// Entries of the fast look-up.
const FAST: usize = 1 << FAST_BITS;
/// Low bits of an entry that say how many bits it takes; the advance lies above.
const TAKEN_BITS: u32 = 6;
const TAKEN: u32 = (1 << TAKEN_BITS) - 1;
/// Added to an entry's advance where a block ends, above all possible positions.
const BLOCK_END: u32 = 512;
/// The advance where the bits hold no whole code: past a block, and short of [`BLOCK_END`], so that one comparison tells it.
const NO_CODE: u32 = 256;
/// Coefficients of a block.
const BLOCK: u32 = 64;

/// Bits that are no code of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BrokenCode;

/// Counts of codes of 1 to 16 bits and their symbols in order, as a DHT segment gives them.
#[derive(Clone)]
pub(super) struct Codes {
    counts: [u8; 16],
    symbols: Vec<u8>,
}

impl Codes {
    /// Returns the codes; `None` if the counts ask for more symbols than there are, or more codes than their length can have.
    pub(super) fn new(counts: [u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut room = 1i32;
        for &count in &counts {
            room = room * 2 - i32::from(count);
            if room < 0 {
                return None;
            }
        }
        let total = counts.iter().map(|&count| usize::from(count)).sum();
        Some(Self { counts, symbols: symbols.get(..total)?.to_vec() })
    }

    /// Calls `each(code, length, symbol)` in order of codes.
    fn for_each(&self, mut each: impl FnMut(u32, u32, u8)) {
        let (mut code, mut symbols) = (0u32, self.symbols.iter());
        for (length, &count) in (1..).zip(&self.counts) {
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                each(code, length, symbol);
                code += 1;
            }
            code <<= 1;
        }
    }
}

/// One symbol a look-up: first by the leading bits, then, for long codes, by length (T.81, F.2.2.3).
struct Single {
    /// For each value of the leading bits: length of the code they start with, and its symbol; length 0 where it is longer.
    fast: Box<[(u8, u8); FAST]>,
    /// For each length: one past the last code of that length, shifted to 16 bits.
    ends: [u32; 17],
    /// For each length: what to add to a code of that length to get its symbol's index.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl Single {
    fn new(codes: &Codes) -> Self {
        let mut table = Self { fast: Box::new([(0, 0); FAST]), ends: [0; 17], offsets: [0; 17], symbols: codes.symbols.clone() };
        let mut index = 0;
        codes.for_each(|code, length, symbol| {
            if length <= FAST_BITS {
                let first = (code << (FAST_BITS - length)) as usize;
                let count = 1 << (FAST_BITS - length);
                table.fast.iter_mut().skip(first).take(count).for_each(|entry| *entry = (length as u8, symbol));
            }
            table.ends[length as usize] = (code + 1) << (16 - length);
            table.offsets[length as usize] = index - code as i32;
            index += 1;
        });
        table
    }

    /// Returns the code that `window` starts with, as its length and symbol.
    fn find(&self, window: u64) -> Result<(u32, u8), BrokenCode> {
        let (length, symbol) = self.fast[(window >> (64 - FAST_BITS)) as usize];
        if length > 0 {
            return Ok((u32::from(length), symbol));
        }
        let next = (window >> 48) as u32;
        let length = (FAST_BITS + 1..=16).find(|&length| next < self.ends[length as usize]).ok_or(BrokenCode)?;
        let index = (next >> (16 - length)) as i32 + self.offsets[length as usize];
        let symbol = usize::try_from(index).ok().and_then(|index| self.symbols.get(index)).ok_or(BrokenCode)?;
        Ok((length, *symbol))
    }
}

/// A table for DC differences.
pub(super) struct DcTable {
    /// For each value of the next bits: bits of code and value together (6 bits), and above them those of the value; 0 where the
    /// code is longer or no code.
    fast: [u16; 1 << DC_BITS],
    single: Single,
}

impl DcTable {
    pub(super) fn new(codes: &Codes) -> Self {
        let single = Single::new(codes);
        let mut fast = [0; 1 << DC_BITS];
        for (entry, &(length, size)) in fast.iter_mut().zip(single.fast.iter().step_by(1 << (FAST_BITS - DC_BITS))) {
            // T.81 allows 11 bits for 8-bit pictures; the window holds more.
            if (1..=DC_BITS).contains(&u32::from(length)) && size < 16 {
                *entry = u16::from(size) << TAKEN_BITS | u16::from(length + size);
            }
        }
        Self { fast, single }
    }

    /// Takes a code and its value and returns the difference.
    #[inline(always)]
    pub(super) fn take_difference(&self, bits: &mut BitReader<'_>) -> Result<i32, BrokenCode> {
        bits.fill();
        let entry = u32::from(self.fast[bits.peek(DC_BITS)]);
        let (both, size) = (entry & TAKEN, entry >> TAKEN_BITS);
        if both == 0 {
            let (taken, difference) = self.long_difference(bits.window())?;
            bits.take(taken);
            return Ok(difference);
        }
        let difference = signed(bits.window() << (both.wrapping_sub(size) & 63), size);
        bits.take(both);
        Ok(difference)
    }

    /// Returns how many bits a difference with a long code takes, and the difference.
    #[cold]
    fn long_difference(&self, window: u64) -> Result<(u32, i32), BrokenCode> {
        let (length, size) = self.single.find(window)?;
        let size = u32::from(size);
        if size > 15 { Err(BrokenCode) } else { Ok((length + size, signed(window << length, size))) }
    }
}

/// A table for passing over AC coefficients.
pub(super) struct AcTable {
    /// For each value of the next bits: bits that the symbols and values take (6 bits), and above them how far they lead on.
    /// [`NO_CODE`] where not even one code is whole.
    passes: Box<[u16; FAST]>,
    single: Single,
}

impl AcTable {
    pub(super) fn new(codes: &Codes) -> Self {
        let single = Single::new(codes);
        let mut passes = Box::new([0; FAST]);
        for (bits, pass) in passes.iter_mut().enumerate() {
            *pass = pass_of(&single, bits);
        }
        Self { passes, single }
    }

    /// Passes over the AC coefficients of one block.
    #[inline(always)]
    pub(super) fn pass_block(&self, bits: &mut BitReader<'_>) -> Result<(), BrokenCode> {
        let mut place = 1;
        loop {
            // One filling lasts for two entries, of at most 27 bits each. Both are looked up before asking whether the block is at
            // its end, for where it ends cannot be foreseen: the second counts nothing if the first ended it.
            bits.fill();
            let before = *bits;
            let first = u32::from(self.passes[bits.peek(FAST_BITS)]);
            let between = place + (first >> TAKEN_BITS);
            bits.take(first & TAKEN);
            let goes_on = u32::from(between < BLOCK);
            let second = u32::from(self.passes[bits.peek(FAST_BITS)]) & goes_on.wrapping_neg();
            let next = between + (second >> TAKEN_BITS);
            bits.take(second & TAKEN);
            if next < BLOCK {
                place = next;
            } else if next.wrapping_sub(BLOCK_END) < BLOCK || next == BLOCK {
                // The block's end mark, or its last coefficient.
                return Ok(());
            } else {
                let (taken, next) = self.symbol(before.window(), place)?;
                *bits = before;
                bits.take(taken);
                if next >= BLOCK {
                    return Ok(());
                }
                place = next;
            }
        }
    }

    /// Returns how many bits one symbol takes with its value, and where it leads: a long code, or one of several of which the last
    /// belong to the next block.
    #[cold]
    fn symbol(&self, window: u64, place: u32) -> Result<(u32, u32), BrokenCode> {
        let (length, symbol) = self.single.find(window)?;
        let (size, lead) = size_and_lead(symbol);
        let next = place + lead;
        // A run may lead to the end of the block, not past it.
        if lead < BLOCK_END && next > BLOCK { Err(BrokenCode) } else { Ok((length + size, next)) }
    }
}

/// Returns how many bits of value follow an AC symbol, and by how many coefficients it leads on.
fn size_and_lead(symbol: u8) -> (u32, u32) {
    match (symbol >> 4, symbol & 15) {
        (15, 0) => (0, 16),
        (_, 0) => (0, BLOCK_END),
        (run, size) => (u32::from(size), u32::from(run) + 1),
    }
}

/// Returns the entry for the next `FAST_BITS` bits: as many symbols as have their whole code in them. The value of the last one may
/// reach beyond (its bits are only passed), so an entry takes at most 12 + 15 bits.
fn pass_of(single: &Single, bits: usize) -> u16 {
    let (mut taken, mut lead) = (0, 0);
    while taken < FAST_BITS && lead < BLOCK {
        let (length, symbol) = single.fast[(bits << taken) & (FAST - 1)];
        let length = u32::from(length);
        if length == 0 || taken + length > FAST_BITS {
            break;
        }
        let (size, step) = size_and_lead(symbol);
        taken += length + size;
        lead += step;
    }
    if taken == 0 { (NO_CODE << TAKEN_BITS) as u16 } else { (lead << TAKEN_BITS | taken) as u16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small table: 0 → run 0 size 1, 10 → end of block, 110 → run 15 size 0, then codes of 13 and 16 bits.
    fn codes() -> Codes {
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[2], counts[12], counts[15]) = (1, 1, 1, 1, 1);
        Codes::new(counts, &[0x01, 0x00, 0xF0, 0x52, 0x33]).unwrap()
    }

    fn packed(bits: &str) -> Vec<u8> {
        let bits: String = bits.chars().filter(|bit| *bit != ' ').collect();
        let padded = format!("{bits:1<0$}", bits.len().div_ceil(8) * 8);
        padded.as_bytes().chunks(8).map(|byte| byte.iter().fold(0, |all, bit| all << 1 | (bit - b'0'))).collect()
    }

    #[test]
    fn blocks_are_passed_to_the_bit() {
        let table = AcTable::new(&codes());
        let full = "01".repeat(63);
        for (bits, len) in [
            ("10", 2),
            ("01 00 10", 6),
            ("110 110 110 01 10", 13),
            ("1110000000000 11 10", 17),
            ("1110000000001000 101 10", 21),
            (full.as_str(), 126),
        ] {
            // The next block starts with bits that would go on in the same entry.
            let data = packed(&format!("{bits} 00 01 00 10"));
            let mut reader = BitReader::new(&data, 0);
            table.pass_block(&mut reader).unwrap();
            let mut expected = BitReader::new(&data, 0);
            for _ in 0..len {
                expected.fill();
                expected.take(1);
            }
            reader.fill();
            expected.fill();
            assert_eq!(reader.peek(8), expected.peek(8), "{bits}");
        }
    }

    #[test]
    fn runs_past_the_block_and_unknown_codes_are_broken() {
        let table = AcTable::new(&codes());
        for bits in ["110 110 110 110 10", "1110000000001001 0000", "1110101010101010 1010"] {
            let data = packed(bits);
            assert_eq!(table.pass_block(&mut BitReader::new(&data, 0)), Err(BrokenCode), "{bits}");
        }
    }

    /// Numbers by seed (Knuth's linear congruential generator, upper bits).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: u32) -> u32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as u32 % bound
        }
    }

    /// Any table that can be written, often a full one, with symbols of all kinds or mostly those of photos.
    fn random_codes(dice: &mut Dice) -> Codes {
        let (mut counts, mut room) = ([0u8; 16], 1u32);
        for count in &mut counts {
            room *= 2;
            *count = dice.below((room + 1).min(24)) as u8;
            room -= u32::from(*count);
        }
        let wild = dice.below(2) == 0;
        let symbol = |dice: &mut Dice| if wild { dice.below(256) } else { (dice.below(3) << 4) | dice.below(6) } as u8;
        let symbols: Vec<u8> = (0..16 * 24).map(|_| symbol(dice)).collect();
        Codes::new(counts, &symbols).unwrap()
    }

    /// Passes a block symbol by symbol, in the words of T.81, F.2.2.
    fn pass_slowly(single: &Single, bits: &mut BitReader<'_>) -> Result<(), BrokenCode> {
        let mut place = 1;
        while place < BLOCK {
            bits.fill();
            let (length, symbol) = single.find(bits.window())?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && run < 15 {
                bits.take(length);
                return Ok(());
            }
            place += run + 1;
            if place > BLOCK {
                return Err(BrokenCode);
            }
            bits.take(length + size);
        }
        Ok(())
    }

    #[test]
    fn any_table_passes_any_bits_as_symbol_by_symbol() {
        let mut dice = Dice(5);
        let (mut passed, mut broken) = (0, 0);
        for _ in 0..400 {
            let table = AcTable::new(&random_codes(&mut dice));
            for _ in 0..40 {
                // Many bytes of 0xFF, most of them stuffed.
                let data: Vec<u8> = (0..200).map(|_| [dice.below(256) as u8, 0xFF, 0, 0x55][dice.below(4) as usize]).collect();
                let (mut fast, mut slow) = (BitReader::new(&data, 0), BitReader::new(&data, 0));
                for block in 0..60 {
                    let both = (table.pass_block(&mut fast), pass_slowly(&table.single, &mut slow));
                    assert_eq!(both.0, both.1, "block {block}");
                    if both.0.is_err() {
                        broken += 1;
                        break;
                    }
                    passed += 1;
                    fast.fill();
                    slow.fill();
                    assert_eq!((fast.peek(32), fast.has_overrun()), (slow.peek(32), slow.has_overrun()), "block {block}");
                }
            }
        }
        assert!(passed > 10_000 && broken > 1_000, "{passed} blocks passed, {broken} broken");
    }

    #[test]
    fn any_table_reads_differences_as_symbol_by_symbol() {
        let mut dice = Dice(6);
        for _ in 0..300 {
            let table = DcTable::new(&random_codes(&mut dice));
            let data: Vec<u8> = (0..400).map(|_| dice.below(255) as u8).collect();
            let (mut fast, mut slow) = (BitReader::new(&data, 0), BitReader::new(&data, 0));
            for _ in 0..100 {
                slow.fill();
                let expected = table.single.find(slow.window()).and_then(|(length, size)| {
                    slow.take(length);
                    let size = u32::from(size);
                    if size > 15 {
                        return Err(BrokenCode);
                    }
                    let value = if size == 0 { 0 } else { slow.peek(size) as i32 };
                    slow.take(size);
                    Ok(if size > 0 && value >> (size - 1) == 0 { value - (1 << size) + 1 } else { value })
                });
                let read = table.take_difference(&mut fast);
                assert_eq!(read, expected);
                if read.is_err() {
                    break;
                }
            }
        }
    }

    #[test]
    fn impossible_tables_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Codes::new(counts, &[1, 2, 3]).is_none(), "three codes of one bit");
        counts[0] = 1;
        assert!(Codes::new(counts, &[]).is_none(), "a code without symbol");
        assert!(Codes::new([0; 16], &[]).is_some(), "no codes at all");
    }

    #[test]
    fn differences_are_read() {
        let mut counts = [0; 16];
        counts[1] = 3;
        let table = DcTable::new(&Codes::new(counts, &[0, 3, 16]).unwrap());
        let data = packed("00 01111 01000 10");
        let mut reader = BitReader::new(&data, 0);
        let read: Vec<_> = (0..4).map(|_| table.take_difference(&mut reader)).collect();
        assert_eq!(read, [Ok(0), Ok(7), Ok(-7), Err(BrokenCode)]);
    }
}
