//! A bounded walk through TIFF structures: EXIF blocks, TIFF pages, the directories of RAW files, maker notes. It takes damage as it
//! comes (an entry whose value lies outside the bytes is left out, the others stay) and never decodes pixels.
//!
//! **Invariant:** every offset is checked against the bytes given; directories are visited at most once each, at most
//! [`DIRECTORIES_MAX`] of them. Sources: TIFF 6.0 §2; TIFF/EP (SubIFDs); Exif 2.32 §4.6.2. BigTIFF is not read.

use std::collections::BTreeSet;

/// Most directories read of one file; cameras write up to 12, documents one a page.
pub(crate) const DIRECTORIES_MAX: usize = 256;
/// Most entries read of one directory; the largest seen (DNG) has about 100.
pub(crate) const ENTRIES_MAX: usize = 1024;
/// Longest text taken from an entry, bytes.
pub(crate) const TEXT_MAX_BYTES: usize = 32 * 1024;

/// The byte order of a TIFF structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// `II`: least significant byte first.
    Little,
    /// `MM`: most significant byte first.
    Big,
}

impl Order {
    /// Returns the order that two letters name.
    pub(crate) fn of_mark(mark: &[u8]) -> Option<Self> {
        match mark {
            b"II" => Some(Order::Little),
            b"MM" => Some(Order::Big),
            _ => None,
        }
    }

    /// Returns the 16-bit number at `at`, if it lies inside.
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self == Order::Little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    /// Returns the 32-bit number at `at`, if it lies inside.
    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self == Order::Little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
    }

    /// Returns the 64-bit number at `at`, if it lies inside.
    fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
        Some(if self == Order::Little { u64::from_le_bytes(raw) } else { u64::from_be_bytes(raw) })
    }
}

/// One entry of a directory, its value complete.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// What it tells.
    pub(crate) tag: u16,
    /// TIFF's type number, 1 to 13.
    kind: u16,
    /// How many values.
    pub(crate) count: u32,
    /// The values' bytes.
    pub(crate) value: &'a [u8],
    /// Where they lie in the structure's bytes.
    pub(crate) at: usize,
    order: Order,
}

/// Bytes that one value of a TIFF type takes; `None` for an unknown type.
fn size_of(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 => 8,
        _ => return None,
    })
}

impl Entry<'_> {
    /// Returns value number `index` where it is a whole number of at least 0.
    pub(crate) fn uint(&self, index: usize) -> Option<u64> {
        let at = index.checked_mul(size_of(self.kind)?)?;
        match self.kind {
            1 | 7 => self.value.get(at).map(|&v| u64::from(v)),
            3 => self.order.u16(self.value, at).map(u64::from),
            4 | 13 => self.order.u32(self.value, at).map(u64::from),
            8 => u64::try_from(self.order.u16(self.value, at)? as i16).ok(),
            9 => u64::try_from(self.order.u32(self.value, at)? as i32).ok(),
            _ => None,
        }
    }

    /// Returns value number `index`, whatever its type; `None` for a fraction over zero and anything that is not finite.
    pub(crate) fn number(&self, index: usize) -> Option<f64> {
        let at = index.checked_mul(size_of(self.kind)?)?;
        let number = match self.kind {
            5 => ratio(f64::from(self.order.u32(self.value, at)?), f64::from(self.order.u32(self.value, at + 4)?))?,
            10 => ratio(f64::from(self.order.u32(self.value, at)? as i32), f64::from(self.order.u32(self.value, at + 4)? as i32))?,
            6 => f64::from(*self.value.get(at)? as i8),
            8 => f64::from(self.order.u16(self.value, at)? as i16),
            9 => f64::from(self.order.u32(self.value, at)? as i32),
            11 => f64::from(f32::from_bits(self.order.u32(self.value, at)?)),
            12 => f64::from_bits(self.order.u64(self.value, at)?),
            _ => self.uint(index)? as f64,
        };
        number.is_finite().then_some(number)
    }

    /// Returns all whole numbers, at most `max` of them.
    pub(crate) fn uints(&self, max: usize) -> Vec<u64> {
        (0..(self.count as usize).min(max)).map_while(|index| self.uint(index)).collect()
    }

    /// Returns the text up to the first NUL, blanks around trimmed; `None` for what is empty or only blanks.
    pub(crate) fn text(&self) -> Option<String> {
        matches!(self.kind, 1 | 2 | 7).then(|| text_of(self.value)).flatten()
    }
}

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    (denominator != 0.0).then(|| numerator / denominator)
}

/// Returns the text in `bytes` up to the first NUL, as UTF-8 or else Latin-1, blanks and control characters around trimmed, at most
/// [`TEXT_MAX_BYTES`]; `None` for nothing left.
pub(crate) fn text_of(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len()).min(TEXT_MAX_BYTES);
    let bytes = &bytes[..end];
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    };
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// One directory (IFD).
#[derive(Debug, Clone)]
pub(crate) struct Directory<'a> {
    entries: Vec<Entry<'a>>,
    /// Where the next of its chain lies; 0 ends the chain.
    next: u32,
}

impl<'a> Directory<'a> {
    /// Returns the first entry with that tag.
    pub(crate) fn get(&self, tag: u16) -> Option<Entry<'a>> {
        self.entries.iter().find(|entry| entry.tag == tag).copied()
    }

    /// Returns the first whole number of a tag.
    pub(crate) fn uint(&self, tag: u16) -> Option<u64> {
        self.get(tag)?.uint(0)
    }

    /// Returns the first whole number of a tag where it fits 32 bits.
    pub(crate) fn u32(&self, tag: u16) -> Option<u32> {
        u32::try_from(self.uint(tag)?).ok()
    }

    /// Returns the text of a tag.
    pub(crate) fn text(&self, tag: u16) -> Option<String> {
        self.get(tag)?.text()
    }
}

/// A TIFF structure: the bytes that its offsets count in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tiff<'a> {
    /// Everything the offsets can reach.
    pub(crate) bytes: &'a [u8],
    /// The byte order.
    pub(crate) order: Order,
    first: u32,
}

impl<'a> Tiff<'a> {
    /// Returns the structure that starts `bytes`: TIFF itself, or the variants of Olympus and Panasonic; `None` for anything else.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Self> {
        let order = Order::of_mark(bytes.get(..2)?)?;
        let magic = order.u16(bytes, 2)?;
        // 42 TIFF; 0x4F52 and 0x5352 ("RO", "RS") Olympus; 0x55 Panasonic.
        if !matches!(magic, 42 | 0x4f52 | 0x5352 | 0x55) {
            return None;
        }
        Some(Self { bytes, order, first: order.u32(bytes, 4)? })
    }

    /// Returns a structure without a header (a maker note): directories are asked for by their offset.
    pub(crate) fn bare(bytes: &'a [u8], order: Order) -> Self {
        Self { bytes, order, first: 0 }
    }

    /// Returns the bytes of that place, if they are all there.
    pub(crate) fn slice(&self, offset: u64, length: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(offset).ok()?;
        self.bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
    }

    /// Returns the directory at `offset`; entries whose value is not all there are left out. `None` where not even a count fits.
    pub(crate) fn directory(&self, offset: u32) -> Option<Directory<'a>> {
        let start = usize::try_from(offset).ok()?;
        let count = usize::from(self.order.u16(self.bytes, start)?);
        let entries = (0..count.min(ENTRIES_MAX)).filter_map(|index| self.entry(start.checked_add(2 + 12 * index)?)).collect();
        let next = start.checked_add(2 + 12 * count).and_then(|at| self.order.u32(self.bytes, at)).unwrap_or(0);
        Some(Directory { entries, next })
    }

    fn entry(&self, at: usize) -> Option<Entry<'a>> {
        let (tag, kind) = (self.order.u16(self.bytes, at)?, self.order.u16(self.bytes, at.checked_add(2)?)?);
        let count = self.order.u32(self.bytes, at.checked_add(4)?)?;
        let length = size_of(kind)?.checked_mul(usize::try_from(count).ok()?)?;
        let start = if length <= 4 { at.checked_add(8)? } else { usize::try_from(self.order.u32(self.bytes, at.checked_add(8)?)?).ok()? };
        let value = self.bytes.get(start..start.checked_add(length)?)?;
        Some(Entry { tag, kind, count, value, at: start, order: self.order })
    }

    /// Returns the first directory.
    pub(crate) fn main(&self) -> Option<Directory<'a>> {
        self.directory(self.first)
    }

    /// Returns every directory that holds a picture: the chain of the first, each followed by its SubIFDs (and theirs).
    pub(crate) fn directories(&self) -> Vec<Directory<'a>> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        let mut waiting = vec![self.first];
        while let Some(offset) = waiting.pop() {
            if offset == 0 || found.len() == DIRECTORIES_MAX || !seen.insert(offset) {
                continue;
            }
            let Some(directory) = self.directory(offset) else { continue };
            waiting.push(directory.next);
            let nested = directory.get(SUB_DIRECTORIES).map(|entry| entry.uints(DIRECTORIES_MAX)).unwrap_or_default();
            waiting.extend(nested.iter().rev().filter_map(|&offset| u32::try_from(offset).ok()));
            found.push(directory);
        }
        found
    }
}

/// Tag of the offsets of nested directories.
const SUB_DIRECTORIES: u16 = 330;

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian directory of `entries` (tag, type, count, value field) at offset 8, then `next`, then `tail`.
    fn drawn(entries: &[(u16, u16, u32, u32)], next: u32, tail: &[u8]) -> Vec<u8> {
        let mut out = b"II*\0\x08\0\0\0".to_vec();
        out.extend((entries.len() as u16).to_le_bytes());
        for &(tag, kind, count, value) in entries {
            out.extend(tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend(count.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        out.extend(next.to_le_bytes());
        out.extend(tail);
        out
    }

    #[test]
    fn values_inside_and_outside_the_entry() {
        let bytes = drawn(&[(256, 3, 1, 640), (271, 2, 6, 50), (282, 5, 1, 56)], 0, b"Canon\0\x48\0\0\0\x02\0\0\0");
        let directory = Tiff::open(&bytes).and_then(|tiff| tiff.main()).expect("a directory");
        assert_eq!(directory.u32(256), Some(640));
        assert_eq!(directory.text(271).as_deref(), Some("Canon"));
        assert_eq!(directory.get(282).and_then(|e| e.number(0)), Some(36.0));
        assert_eq!(directory.get(282).and_then(|e| e.number(1)), None);
    }

    #[test]
    fn a_damaged_entry_costs_only_itself() {
        let bytes = drawn(&[(256, 3, 1, 640), (271, 2, 600, 50), (272, 99, 1, 0), (273, 4, u32::MAX, 8), (257, 4, 1, 480)], 0, b"");
        let directory = Tiff::open(&bytes).and_then(|tiff| tiff.main()).expect("a directory");
        assert_eq!((directory.u32(256), directory.u32(257), directory.text(271)), (Some(640), Some(480), None));
        assert!(directory.get(272).is_none() && directory.get(273).is_none());
    }

    #[test]
    fn a_fraction_over_zero_is_unknown() {
        let bytes = drawn(&[(282, 5, 1, 26)], 0, &[1, 0, 0, 0, 0, 0, 0, 0]);
        let directory = Tiff::open(&bytes).and_then(|tiff| tiff.main()).expect("a directory");
        assert_eq!(directory.get(282).and_then(|e| e.number(0)), None);
    }

    #[test]
    fn circles_end() {
        let bytes = drawn(&[(SUB_DIRECTORIES, 4, 1, 8)], 8, b"");
        assert_eq!(Tiff::open(&bytes).expect("a header").directories().len(), 1);
    }

    #[test]
    fn directories_and_entries_are_bounded() {
        // Directories of no entry, 6 bytes each, chained: one more than the bound.
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        for index in 0..=DIRECTORIES_MAX as u32 {
            bytes.extend([0, 0]);
            bytes.extend((8 + 6 * (index + 1)).to_le_bytes());
        }
        assert_eq!(Tiff::open(&bytes).expect("a header").directories().len(), DIRECTORIES_MAX);
        let entries: Vec<_> = (0..=ENTRIES_MAX as u16).map(|tag| (tag, 3, 1, 7)).collect();
        let bytes = drawn(&entries, 0, b"");
        let directory = Tiff::open(&bytes).and_then(|tiff| tiff.main()).expect("a directory");
        assert_eq!(directory.u32(ENTRIES_MAX as u16 - 1), Some(7));
        assert_eq!(directory.u32(ENTRIES_MAX as u16), None);
    }

    #[test]
    fn texts_are_trimmed_and_never_fail() {
        assert_eq!(text_of(b"  ION230\0F").as_deref(), Some("ION230"));
        assert_eq!(text_of(b"caf\xe9").as_deref(), Some("café"));
        assert_eq!(text_of(b"    \0"), None);
        assert_eq!(text_of(&vec![b'a'; TEXT_MAX_BYTES]).map(|t| t.len()), Some(TEXT_MAX_BYTES));
        assert_eq!(text_of(&vec![b'a'; TEXT_MAX_BYTES + 1]).map(|t| t.len()), Some(TEXT_MAX_BYTES));
    }
}
