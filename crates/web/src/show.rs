//! Values as a page shows them: names made harmless, numbers, sizes and moments with their machine form beside the plain one.

use crate::texts::{of, say};
use maud::{Markup, html};
use pipeline::review::TakenRow;

/// Returns a text with what is not to be seen made visible: control characters, and those that turn the direction of writing, by which a
/// name can be made to look like another.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => cleaned.push(' '),
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                cleaned += &format!("⟨U+{:04X}⟩", character as u32);
            }
            character if character.is_control() => cleaned += &format!("⟨U+{:04X}⟩", character as u32),
            character => cleaned.push(character),
        }
    }
    cleaned
}

/// Returns `12,034`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns `3.4 MB`: steps of a thousand, one figure behind the point below ten.
pub(crate) fn bytes(bytes: u64) -> String {
    let (mut scaled, mut unit) = (bytes as f64, 0);
    while scaled >= 999.5 && unit < UNITS.len() - 1 {
        scaled /= 1000.0;
        unit += 1;
    }
    if unit > 0 && scaled < 9.95 { format!("{scaled:.1} {}", UNITS[unit]) } else { format!("{scaled:.0} {}", UNITS[unit]) }
}

const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];

/// Draws a number.
pub(crate) fn count(count: u64) -> Markup {
    html! { data value=(count) data-as="number" { (number(count)) } }
}

/// Draws a size.
pub(crate) fn size(size: u64) -> Markup {
    html! { data value=(size) data-as="bytes" { (bytes(size)) } }
}

/// Draws when a photo was taken: the clock on the wall where it is known, else UTC.
pub(crate) fn taken(taken: &TakenRow) -> Markup {
    html! { time datetime=(format!("{}Z", taken.utc.replace(' ', "T"))) data-offset=[taken.offset_minutes] { (taken.utc) " UTC" } }
}

/// Draws a moment of UTC that is known as text.
pub(crate) fn utc(text: &str) -> Markup {
    let plain = text.trim_end_matches('Z').replace('T', " ");
    html! { time datetime=(format!("{}Z", plain.replace(' ', "T"))) { (clean(&plain)) " UTC" } }
}

/// Draws a moment of our own clock; a script says it as the reader is used to.
pub(crate) fn moment(seconds: i64) -> Markup {
    html! { time data-seconds=(seconds) { (seconds) } }
}

/// Draws a moment of RFC 3339; a script says it as the reader is used to.
pub(crate) fn moment_of(text: &str) -> Markup {
    html! { time datetime=(text) data-offset="local" { (clean(text)) } }
}

/// Draws a symbol; what it means stands beside it in words.
pub(crate) fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" focusable="false" { use href=(format!("/assets/sprite.svg#{name}")) {} } }
}

/// Draws a verdict: symbol and word.
pub(crate) fn verdict(verdict: &str) -> Markup {
    html! { span.verdict data-verdict=(verdict) { (icon(verdict)) (of("verdict", verdict)) } }
}

/// Draws a relation, with what it says of it on hovering.
pub(crate) fn relation(relation: &str) -> Markup {
    html! { span.chip { (of("relation", relation)) } }
}

/// Draws the picture of an asset, or says that there is none.
pub(crate) fn thumbnail(asset: i64, picture: &str, alt: &str) -> Markup {
    html! {
        span.thumb data-none=(say("picture.none")) {
            img src=(format!("/pictures/{asset}/small?v={}", urlencode(picture))) alt=(clean(alt)) loading="lazy" decoding="async" width="96" height="96";
        }
    }
}

/// Returns a value for an address.
pub(crate) fn urlencode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes() {
        for (given, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(given), expected);
        }
        for (given, expected) in
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_950, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB")]
        {
            assert_eq!(bytes(given), expected);
        }
    }

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(clean("IMG_\u{202e}gpj.exe"), "IMG_⟨U+202E⟩gpj.exe");
        assert_eq!(clean("a\u{0}b\nc\u{7f}"), "a⟨U+0000⟩b c⟨U+007F⟩");
        assert_eq!(clean("שלום.jpg été"), "שלום.jpg été");
    }
}
