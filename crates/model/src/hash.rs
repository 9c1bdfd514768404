//! Hashes of bytes: content (all of a file) and payload (its coded picture only). How they are computed is the fingerprint room's.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Says that a text is no hash of the wanted length in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HexError;

impl fmt::Display for HexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a hash in hexadecimal digits")
    }
}

impl std::error::Error for HexError {}

fn from_hex(text: &str, out: &mut [u8]) -> Result<(), HexError> {
    let digits = text.as_bytes();
    if digits.len() != out.len() * 2 {
        return Err(HexError);
    }
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| HexError)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| HexError)?;
    }
    Ok(())
}

macro_rules! hash {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, HexError> {
                let mut bytes = [0; $bytes];
                from_hex(text, &mut bytes)?;
                Ok(Self(bytes))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = HexError;

            fn try_from(bytes: &[u8]) -> Result<Self, HexError> {
                bytes.try_into().map(Self).map_err(|_| HexError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hash!(
    /// Names all bytes of a file: BLAKE3, 32 bytes. Equal hashes are taken for equal bytes.
    ContentHash,
    32
);
hash!(
    /// Names all bytes of a file as Google's `dedupKey` does: SHA-1, 20 bytes. Never trusted for equality on its own.
    Sha1Hash,
    20
);
hash!(
    /// Names the coded picture (or track samples) of a file, whatever the metadata around it: BLAKE3 over the parts that
    /// the design's §4.2 lists for the format, with the format's name mixed in.
    PayloadHash,
    32
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_refuses_other_lengths() {
        let hash = Sha1Hash([0xab; 20]);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!("abcd".parse::<Sha1Hash>(), Err(HexError));
        assert_eq!("zz".repeat(20).parse::<Sha1Hash>(), Err(HexError));
        assert_eq!("é".repeat(20).parse::<Sha1Hash>(), Err(HexError));
    }
}
