//! Times as XMP writes them: `2021-05-03T10:11:12.34+02:00`, fraction and offset only where known (ISO 16684-1 §8.2.1.2).

use model::{CaptureTime, Subsecond, TimeSource};

/// Length of `YYYY-MM-DDThh:mm:ss`.
const READING_BYTES: usize = 19;

/// Returns a full time; `None` for a coarser one (a date, a year) and for what is none.
pub(super) fn parse(text: &str) -> Option<CaptureTime> {
    let text = text.trim();
    // Otherwise the offset of a time to the minute would pass for seconds.
    if text.as_bytes().get(16) != Some(&b':') {
        return None;
    }
    let mut time = CaptureTime::parse_reading(text.get(..READING_BYTES)?, TimeSource::Xmp)?;
    let mut rest = text.get(READING_BYTES..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
        time.subsecond = Subsecond::parse(&fraction[..digits]);
        rest = &fraction[digits..];
    }
    time.offset_minutes = CaptureTime::parse_offset(rest);
    Some(time)
}

/// Returns the text of a time; `None` for years that XMP cannot hold.
pub(super) fn format(time: &CaptureTime) -> Option<String> {
    let civil = jiff::Timestamp::from_second(time.local_seconds).ok()?.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    if !(1..=9999).contains(&civil.year()) {
        return None;
    }
    let mut text = civil.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    if let Some(Subsecond { nanos, digits }) = time.subsecond {
        text.push_str(&format!(".{:09}", nanos.min(999_999_999))[..1 + usize::from(digits.clamp(1, 9))]);
    }
    // The widest offset that reading takes; what lies beyond is no zone.
    if let Some(offset) = time.offset_minutes.filter(|offset| offset.unsigned_abs() < 16 * 60) {
        let sign = if offset < 0 { '-' } else { '+' };
        text.push_str(&format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60));
    }
    Some(text)
}

/// Returns whether what is written agrees with `time`, as far as it goes: what one of them leaves open is no contradiction.
pub(super) fn agrees(written: &str, time: &CaptureTime) -> bool {
    let Some(other) = parse(written) else {
        // A date alone (IPTC allows it in `photoshop:DateCreated`), or a time to the minute.
        return format(time).is_some_and(|text| text.starts_with(written.trim()));
    };
    let fraction = |a: Subsecond, b: Subsecond| {
        let coarser = 10u32.pow(u32::from(9 - a.digits.min(b.digits).clamp(1, 9)));
        a.nanos / coarser == b.nanos / coarser
    };
    other.local_seconds == time.local_seconds
        && other.offset_minutes.zip(time.offset_minutes).is_none_or(|(a, b)| a == b)
        && other.subsecond.zip(time.subsecond).is_none_or(|(a, b)| fraction(a, b))
}
