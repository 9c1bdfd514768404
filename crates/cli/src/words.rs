//! Numbers and names become words: sizes, counts, times, text that cannot harm a terminal.

use std::borrow::Cow;

/// Returns a size in decimal units: "3.4 MB".
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let (mut value, mut unit) = (bytes as f64 / 1000.0, 0);
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Returns a number with its thousands parted: "80,000".
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns "1 photo", "2 photos".
pub(crate) fn plural(number: u64, one: &str) -> String {
    let many = if one.ends_with("copy") { one.replace("copy", "copies") } else { format!("{one}s") };
    format!("{} {}", count(number), if number == 1 { one } else { &many })
}

/// Returns a time span: "12 s", "3 min 20 s", "2 h 5 min".
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Returns the day of an instant, seconds of UTC, as `2026-11-27`.
pub(crate) fn day(utc_seconds: i64) -> String {
    jiff::Timestamp::from_second(utc_seconds).map_or_else(|_| "an unknown day".to_owned(), |stamp| stamp.strftime("%Y-%m-%d").to_string())
}

/// Returns an instant, seconds of UTC, as `2026-11-27 17:05 UTC`.
pub(crate) fn utc(utc_seconds: i64) -> String {
    jiff::Timestamp::from_second(utc_seconds)
        .map_or_else(|_| "an unknown time".to_owned(), |stamp| stamp.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// Returns now, in seconds of UTC.
pub(crate) fn now_utc_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Returns the seconds of "60d", "8w", "12h".
pub(crate) fn parse_span(text: &str) -> Option<i64> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let seconds = match unit.trim() {
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(seconds)
}

/// Returns text from outside with all control characters written out, so that a file's name cannot move the cursor or forge a line.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_odd(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Returns the bytes of "500k", "2M", "1.5G" or a bare number; units are decimal, or binary with an `i` (`MiB`).
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().ok()?;
    let unit = unit.trim().trim_end_matches('b');
    let (letter, base) = unit.strip_suffix('i').map_or((unit, 1000f64), |letter| (letter, 1024f64));
    let power = match letter {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return None,
    };
    Some((number * base.powi(power)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (bytes, words) in [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (3_400_000_000, "3.4 GB")] {
            assert_eq!(size(bytes), words);
        }
        for (text, bytes) in [
            ("500k", Some(500_000)),
            ("2M", Some(2_000_000)),
            ("1.5 GiB", Some(1_610_612_736)),
            ("12", Some(12)),
            ("x", None),
            ("3 q", None),
        ] {
            assert_eq!(parse_size(text), bytes, "{text}");
        }
    }

    #[test]
    fn counts_and_spans() {
        assert_eq!(count(80_000), "80,000");
        assert_eq!(count(999), "999");
        assert_eq!(plural(1, "copy"), "1 copy");
        assert_eq!(plural(2, "copy"), "2 copies");
        assert_eq!(span(200), "3 min 20 s");
        assert_eq!(span(7500), "2 h 5 min");
        for (text, seconds) in [
            ("60d", Some(5_184_000)),
            ("0h", Some(0)),
            ("8 w", Some(4_838_400)),
            ("60", None),
            ("d", None),
            ("-1d", None),
            ("9999999999999999999d", None),
        ] {
            assert_eq!(parse_span(text), seconds, "{text}");
        }
    }

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(safe("party \u{1F389}.jpg"), "party \u{1F389}.jpg");
        assert_eq!(safe("a\nb\u{1b}[2Jc\u{202e}"), "a\\nb\\u{1b}[2Jc\\u{202e}");
    }
}
