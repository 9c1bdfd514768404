//! Small pieces of reasons: sides, megapixels, lists, dates.
//!
//! Reasons are written where the figures are known; how they are shown is the faces'.

use crate::AssetFacts;

/// Most names listed one by one in a reason.
const LISTED_MAX: usize = 5;
/// Longest caption quoted in a reason, characters.
const QUOTED_MAX_CHARS: usize = 80;

/// Returns `4000 × 3000`, or `unknown`.
pub(crate) fn sides(facts: &AssetFacts) -> String {
    if facts.pixels() == 0 { "unknown".to_owned() } else { format!("{} × {}", facts.width, facts.height) }
}

/// Returns `“a”, “b” and 3 more`.
pub(crate) fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED_MAX).map(|name| format!("“{}”", quoted(name))).collect();
    match names.len().saturating_sub(LISTED_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Returns the text, cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_MAX_CHARS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Returns the day in UTC, or `an unknown day`.
pub(crate) fn day(utc_seconds: Option<i64>) -> String {
    utc_seconds
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| "an unknown day".to_owned(), |stamp| stamp.strftime("%Y-%m-%d").to_string())
}

/// Returns `1 album`, `2 albums`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_and_captions_are_cut() {
        assert_eq!(listed(&["a", "b"]), "“a”, “b”");
        assert_eq!(listed(&["a"; 8]), "“a”, “a”, “a”, “a”, “a” and 3 more");
        assert_eq!(quoted(&"é".repeat(81)).chars().count(), 81);
        assert_eq!(quoted(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(day(Some(86_400)), "1970-01-02");
        assert_eq!(day(Some(i64::MAX)), "an unknown day");
    }
}
