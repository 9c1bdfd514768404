//! The part of a file that a request asks for (RFC 9110 §14): one range of bytes; several are answered with the whole.

use std::ops::Range;

/// What to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// The range lies behind the end.
    Unsatisfiable,
}

/// Reads a `Range` header for a file of that size; what cannot be read asks for all.
pub(crate) fn part(header: Option<&str>, size_bytes: u64) -> Part {
    let Some((first, last)) = header.and_then(|text| text.trim().strip_prefix("bytes=")).and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let read = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().unwrap_or(u64::MAX));
    let range = match (first.trim(), last.trim()) {
        ("", "") => return Part::Whole,
        ("", length) => match read(length) {
            Some(0) => return Part::Unsatisfiable,
            Some(length) => size_bytes.saturating_sub(length)..size_bytes,
            None => return Part::Whole,
        },
        (first, last) => match (read(first), if last.is_empty() { Some(u64::MAX) } else { read(last) }) {
            (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size_bytes),
            _ => return Part::Whole,
        },
    };
    if range.start >= size_bytes { Part::Unsatisfiable } else { Part::Bytes(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let rows = [
            (None, Part::Whole),
            (Some("bytes=0-"), Part::Bytes(0..100)),
            (Some("bytes=0-0"), Part::Bytes(0..1)),
            (Some("bytes=10-19"), Part::Bytes(10..20)),
            (Some("bytes=99-99"), Part::Bytes(99..100)),
            (Some("bytes=90-1000"), Part::Bytes(90..100)),
            (Some("bytes=-10"), Part::Bytes(90..100)),
            (Some("bytes=-1000"), Part::Bytes(0..100)),
            (Some("bytes=100-"), Part::Unsatisfiable),
            (Some("bytes=18446744073709551615-"), Part::Unsatisfiable),
            (Some("bytes=99999999999999999999999-"), Part::Unsatisfiable),
            (Some("bytes=-0"), Part::Unsatisfiable),
            (Some("bytes=20-10"), Part::Whole),
            (Some("bytes=0-1,5-6"), Part::Whole),
            (Some("bytes=-"), Part::Whole),
            (Some("bytes=a-b"), Part::Whole),
            (Some("bytes=+1-2"), Part::Whole),
            (Some("items=0-1"), Part::Whole),
        ];
        for (header, expected) in rows {
            assert_eq!(part(header, 100), expected, "{header:?}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::Unsatisfiable);
    }
}
