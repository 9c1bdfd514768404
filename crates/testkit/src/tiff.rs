//! A little-endian TIFF under construction: what EXIF blocks, plain TIFF files and DNGs are made of.
//!
//! Directories refer to parts by their offset, so parts are added first and the first directory last. Layout: TIFF 6.0, section 2.
//! Nothing here knows what the tags mean.

use std::collections::BTreeMap;

/// The value of one entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Type 1.
    Bytes(Vec<u8>),
    /// Type 2; the closing zero is added.
    Text(String),
    /// Type 3.
    Shorts(Vec<u16>),
    /// Type 4.
    Longs(Vec<u32>),
    /// Type 5: numerator and denominator.
    Ratios(Vec<(u32, u32)>),
    /// Type 7.
    Raw(Vec<u8>),
    /// Type 10: numerator and denominator.
    SignedRatios(Vec<(i32, i32)>),
}

impl Value {
    /// Returns the nearest fraction with four decimals.
    #[must_use]
    pub fn ratio(number: f64) -> Self {
        Value::Ratios(vec![((number * 10_000.0).round() as u32, 10_000)])
    }

    fn encoded(&self) -> (u16, usize, Vec<u8>) {
        match self {
            Value::Bytes(bytes) => (1, bytes.len(), bytes.clone()),
            Value::Text(text) => (2, text.len() + 1, [text.as_bytes(), &[0]].concat()),
            Value::Shorts(numbers) => (3, numbers.len(), numbers.iter().flat_map(|n| n.to_le_bytes()).collect()),
            Value::Longs(numbers) => (4, numbers.len(), numbers.iter().flat_map(|n| n.to_le_bytes()).collect()),
            Value::Ratios(pairs) => (5, pairs.len(), pairs.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).collect()),
            Value::Raw(bytes) => (7, bytes.len(), bytes.clone()),
            Value::SignedRatios(pairs) => {
                (10, pairs.len(), pairs.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).collect())
            }
        }
    }
}

/// The entries of a directory by tag.
pub type Directory = BTreeMap<u16, Value>;

/// A TIFF under construction.
#[derive(Debug, Clone)]
pub struct Tiff {
    bytes: Vec<u8>,
}

impl Default for Tiff {
    fn default() -> Self {
        Self { bytes: b"II*\0\0\0\0\0".to_vec() }
    }
}

impl Tiff {
    /// Adds a part and returns its offset.
    pub fn add(&mut self, part: &[u8]) -> u32 {
        if self.bytes.len() % 2 == 1 {
            self.bytes.push(0);
        }
        let offset = self.bytes.len() as u32;
        self.bytes.extend_from_slice(part);
        offset
    }

    /// Adds a directory, `next` being the offset of the one that follows or 0, and returns its offset.
    pub fn directory(&mut self, entries: &Directory, next: u32) -> u32 {
        let mut table = (entries.len() as u16).to_le_bytes().to_vec();
        for (tag, value) in entries {
            let (kind, count, mut encoded) = value.encoded();
            if encoded.len() > 4 {
                encoded = self.add(&encoded).to_le_bytes().to_vec();
            }
            encoded.resize(4, 0);
            table.extend_from_slice(&tag.to_le_bytes());
            table.extend_from_slice(&kind.to_le_bytes());
            table.extend_from_slice(&(count as u32).to_le_bytes());
            table.extend_from_slice(&encoded);
        }
        table.extend_from_slice(&next.to_le_bytes());
        self.add(&table)
    }

    /// Returns the file whose first directory lies at `first`.
    #[must_use]
    pub fn finish(mut self, first: u32) -> Vec<u8> {
        self.bytes[4..8].copy_from_slice(&first.to_le_bytes());
        self.bytes
    }
}
