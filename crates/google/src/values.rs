//! Reads Google's ways of writing values: numbers as texts, durations as `3.5s`, times of RFC 3339; and cleans texts for messages.
//!
//! A value that cannot be read is absent, never an error: every field of Google's answers may be missing or odd.

use crate::media_item::UtcTime;
use serde_json::Value;
use std::time::Duration;

/// Longest text of a server in a message, in characters.
const PLAIN_MAX_CHARS: usize = 500;
/// Longest text in an answer, in bytes; Google's own longest is a description of 1,000 characters.
pub(crate) const TEXT_MAX_BYTES: usize = 64 * 1024;

/// Returns `text` fit for a message: one line, no control or direction characters, at most 500 characters.
pub(crate) fn plain(text: &str) -> String {
    let is_shown = |c: &char| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Control characters become spaces first, so that words on two lines stay apart.
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(is_shown);
    let mut shown: String = spaced.take(PLAIN_MAX_CHARS + 1).collect();
    if let Some((cut, _)) = shown.char_indices().nth(PLAIN_MAX_CHARS) {
        shown.truncate(cut);
        shown.push('…');
    }
    shown.trim().to_owned()
}

/// Tells whether a text anywhere in `value` (names included) is longer than is taken.
pub(crate) fn has_long_text(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() > TEXT_MAX_BYTES,
        Value::Array(values) => values.iter().any(has_long_text),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.len() > TEXT_MAX_BYTES || has_long_text(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns the text of a field, unless it is empty.
pub(crate) fn text(fields: &Value, name: &str) -> Option<String> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Returns a whole number that is written as a number or as a text.
pub(crate) fn whole(fields: &Value, name: &str) -> Option<u64> {
    match fields.get(name)? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && (0.0..9e15).contains(float))?;
            Some(float as u64)
        }),
        _ => None,
    }
}

/// Returns a finite number that is written as a number or as a text.
pub(crate) fn number(fields: &Value, name: &str) -> Option<f64> {
    let number = match fields.get(name)? {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    number.is_finite().then_some(number)
}

/// Returns the seconds of a duration: `"0.008s"`, `"30s"`, or a bare number of seconds.
pub(crate) fn seconds(fields: &Value, name: &str) -> Option<f64> {
    let seconds = match fields.get(name)? {
        Value::String(text) => text.trim().trim_end_matches('s').parse().ok()?,
        other => other.as_f64()?,
    };
    (0.0..1e12).contains(&seconds).then_some(seconds)
}

/// Returns a duration, as [`seconds`].
pub(crate) fn duration(fields: &Value, name: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds(fields, name)?).ok()
}

/// Returns the time of an RFC 3339 text.
pub(crate) fn time(fields: &Value, name: &str) -> Option<UtcTime> {
    let stamp: jiff::Timestamp = fields.get(name)?.as_str()?.parse().ok()?;
    // Before 1970 the parts of the second count backwards there; here they always count forwards.
    let nanos = stamp.subsec_nanosecond();
    let (seconds, nanos) = if nanos < 0 { (stamp.as_second() - 1, nanos + 1_000_000_000) } else { (stamp.as_second(), nanos) };
    Some(UtcTime { seconds, nanos: u32::try_from(nanos).ok()? })
}

/// Writes one segment of a path: everything but unreserved characters is escaped, so that no id can change the call.
pub(crate) fn segment(id: &str) -> String {
    let mut written = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => written.push(char::from(byte)),
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_come_as_texts_and_as_numbers() {
        for (given, expected) in [
            (json!("4032"), Some(4032)),
            (json!(4032), Some(4032)),
            (json!(4032.0), Some(4032)),
            (json!("x"), None),
            (json!(-1), None),
            (json!(1.5), None),
            (json!(null), None),
            (json!("18446744073709551616"), None),
        ] {
            assert_eq!(whole(&json!({ "n": given }), "n"), expected, "{given}");
        }
        assert_eq!(number(&json!({ "n": "2.2" }), "n"), Some(2.2));
        assert_eq!(number(&json!({ "n": "NaN" }), "n"), None);
    }

    #[test]
    fn durations() {
        for (given, expected) in [
            (json!("0.008s"), Some(0.008)),
            (json!("30s"), Some(30.0)),
            (json!("3.5s"), Some(3.5)),
            (json!(5), Some(5.0)),
            (json!("-1s"), None),
            (json!("soon"), None),
            (json!("1e99s"), None),
            (json!("infs"), None),
        ] {
            assert_eq!(seconds(&json!({ "d": given }), "d"), expected, "{given}");
        }
        assert_eq!(duration(&json!({ "d": "3.5s" }), "d"), Some(Duration::from_millis(3500)));
    }

    #[test]
    fn times() {
        for (given, expected) in [
            ("1970-01-01T00:00:01Z", Some((1, 0))),
            ("2014-06-15T04:10:29.250Z", Some((1_402_805_429, 250_000_000))),
            ("2014-06-15T06:10:29.250+02:00", Some((1_402_805_429, 250_000_000))),
            ("1969-12-31T23:59:59.75Z", Some((-1, 750_000_000))),
            ("1900-01-01T00:00:00Z", Some((-2_208_988_800, 0))),
            ("yesterday", None),
            ("2014-06-15T04:10:29", None),
            ("", None),
        ] {
            let read = time(&json!({ "t": given }), "t").map(|time| (time.seconds, time.nanos));
            assert_eq!(read, expected, "{given}");
        }
    }

    #[test]
    fn texts_for_messages_are_short_and_plain() {
        assert_eq!(plain("a\r\n\u{1b}[31mb\u{202e}c"), "a   [31mbc");
        let long = plain(&"ö".repeat(600));
        assert_eq!((long.chars().count(), long.ends_with('…')), (501, true));
        assert_eq!(plain(&"a".repeat(500)).len(), 500);
    }

    #[test]
    fn an_id_cannot_leave_its_segment() {
        assert_eq!(segment("AG_j-1.~"), "AG_j-1.~");
        assert_eq!(segment("a/../b?c#d é"), "a%2F..%2Fb%3Fc%23d%20%C3%A9");
    }

    #[test]
    fn long_texts_are_found_anywhere() {
        let long = "x".repeat(TEXT_MAX_BYTES + 1);
        assert!(has_long_text(&json!([{ "a": { "b": long } }])));
        assert!(!has_long_text(&json!([{ "a": { "b": "x".repeat(TEXT_MAX_BYTES) } }])));
    }
}
