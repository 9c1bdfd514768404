//! When a photo was taken: what a file says, what Google's sidecar says, and which of the two is believed.
//!
//! Capture *identity* (which never looks at a sidecar) is the matching room's; this is the time shown, sorted by and stored in the
//! view `photos`. Sources: Exif 2.32 §4.6.5 (DateTimeOriginal, SubSecTimeOriginal, OffsetTimeOriginal); Takeout's `photoTakenTime` is
//! whole seconds of UTC and follows a person's correction in Google Photos.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// Where a time was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// EXIF DateTimeOriginal.
    ExifOriginal,
    /// EXIF DateTimeDigitized.
    ExifDigitized,
    /// XMP `exif:DateTimeOriginal`, `photoshop:DateCreated` or `xmp:CreateDate`.
    Xmp,
    /// A film's container (QuickTime creation date or `mvhd`).
    Container,
    /// Takeout's `photoTakenTime`.
    Sidecar,
    /// The time of taking that Google's interfaces list (`creationTime`, of a picked item `createTime`).
    Listed,
    /// The file's name (`IMG_20200920_131207.jpg`).
    Name,
    /// EXIF DateTime: the last change, believed only when nothing better is there.
    ExifModified,
}

impl TimeSource {
    /// Returns the kebab-case name, as stored in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TimeSource::ExifOriginal => "exif-original",
            TimeSource::ExifDigitized => "exif-digitized",
            TimeSource::Xmp => "xmp",
            TimeSource::Container => "container",
            TimeSource::Sidecar => "sidecar",
            TimeSource::Listed => "listed",
            TimeSource::Name => "name",
            TimeSource::ExifModified => "exif-modified",
        }
    }

    /// Returns the source with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        use TimeSource::*;
        [ExifOriginal, ExifDigitized, Xmp, Container, Sidecar, Listed, Name, ExifModified].into_iter().find(|s| s.name() == name)
    }
}

/// A fraction of a second as a camera writes it: the digits given and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subsecond {
    /// Nanoseconds, 0 to 999,999,999; digits beyond `digits` are zero.
    pub nanos: u32,
    /// How many decimal digits were written, 1 to 9: the precision.
    pub digits: u8,
}

impl Subsecond {
    /// Returns the fraction that EXIF's SubSecTime text means ("07" is 0.07 s); `None` for anything but digits. Blanks around are
    /// ignored, digits beyond the ninth dropped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches([' ', '\0']);
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let kept = &text[..text.len().min(9)];
        let digits = kept.len() as u8;
        let nanos = kept.parse::<u32>().ok()? * 10u32.pow(9 - u32::from(digits));
        Some(Self { nanos, digits })
    }
}

/// A moment as a file tells it: a clock's reading, with a zone or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CaptureTime {
    /// The clock's reading as seconds since 1970-01-01 00:00:00 *on that clock* (not UTC unless `offset_minutes` is 0).
    pub local_seconds: i64,
    /// The fraction, where given.
    pub subsecond: Option<Subsecond>,
    /// Minutes that the clock was ahead of UTC, where given.
    pub offset_minutes: Option<i16>,
    /// Where it was read.
    pub source: TimeSource,
}

impl CaptureTime {
    /// Returns the time of a reading `YYYY:MM:DD HH:MM:SS` (EXIF) or with `-` and `T` (XMP), without zone or fraction; `None` for
    /// blanks, zeros and impossible dates, as cameras without a set clock write them.
    #[must_use]
    pub fn parse_reading(text: &str, source: TimeSource) -> Option<Self> {
        let text = text.trim_matches([' ', '\0']);
        let mut numbers = [0i64; 6];
        let mut parts = text.splitn(6, [':', '-', ' ', 'T']);
        for number in &mut numbers {
            let part = parts.next()?.trim();
            *number = part.get(..part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len()))?.parse().ok()?;
        }
        let [year, month, day, hour, minute, second] = numbers;
        let civil = DateTime::new(
            i16::try_from(year).ok().filter(|year| *year > 0)?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
            i8::try_from(hour).ok()?,
            i8::try_from(minute).ok()?,
            i8::try_from(second.min(59)).ok()?,
            0,
        )
        .ok()?;
        Some(Self { local_seconds: seconds_of(civil), subsecond: None, offset_minutes: None, source })
    }

    /// Returns minutes ahead of UTC for `+02:00`, `-0330` or `Z`; `None` for anything else or beyond ±15 hours.
    #[must_use]
    pub fn parse_offset(text: &str) -> Option<i16> {
        let text = text.trim_matches([' ', '\0']);
        if text == "Z" {
            return Some(0);
        }
        let (sign, digits) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-" | "\u{2212}", rest) => (-1, rest),
            _ => return None,
        };
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        let (hours, minutes) = (digits.get(..2)?.parse::<i16>().ok()?, digits.get(2..4).unwrap_or("00").parse::<i16>().ok()?);
        (hours <= 15 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }

    /// Returns the instant in whole seconds of UTC where the zone is known.
    #[must_use]
    pub fn utc_seconds(&self) -> Option<i64> {
        Some(self.local_seconds - i64::from(self.offset_minutes?) * 60)
    }
}

impl CaptureTime {
    /// Returns the day that the clock showed, as eight digits: `20150320`. `None` for what no calendar holds.
    #[must_use]
    pub fn day_digits(&self) -> Option<String> {
        jiff::Timestamp::from_second(self.local_seconds).ok().map(|reading| reading.strftime("%Y%m%d").to_string())
    }
}

fn seconds_of(civil: DateTime) -> i64 {
    civil.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second())
}

/// The moment believed, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instant {
    /// Seconds since 1970-01-01 00:00:00 UTC; where no zone could be found, the clock's reading taken as UTC.
    pub utc_seconds: i64,
    /// Fraction in nanoseconds.
    pub nanos: u32,
    /// Minutes the camera's clock was ahead of UTC, where known or inferred.
    pub offset_minutes: Option<i16>,
    /// Which source was believed.
    pub source: TimeSource,
    /// The rule that decided, for people: one of [`BELIEFS`].
    pub why: &'static str,
}

/// Every `why` that [`believe`] gives.
pub const BELIEFS: [&str; 9] = [
    "file and sidecar agree; the file is more precise",
    "file and sidecar agree up to a time zone",
    "the sidecar only repeats the upload time",
    "the file only tells its last change",
    "file and sidecar differ; Google's follows corrections made by hand",
    "the file tells it",
    "the file tells it, without a time zone",
    "only the sidecar tells it",
    "only the name tells it",
];

/// The `why` of a time that was carried over from a removed copy.
pub const CARRIED_TIME: &str = "carried over from a copy that was removed";

impl Instant {
    /// Returns that one of [`BELIEFS`] which reads `text`; another text (of an older catalog) gives the empty one.
    #[must_use]
    pub fn why_of(text: &str) -> &'static str {
        BELIEFS.into_iter().find(|why| *why == text).unwrap_or("")
    }

    /// Returns `YYYY-MM-DD HH:MM:SS` in UTC, as the seed's table stores `creation_time`; years outside -9999 to 9999 give `None`.
    #[must_use]
    pub fn sql_text(&self) -> Option<String> {
        let stamp = jiff::Timestamp::from_second(self.utc_seconds).ok()?;
        Some(stamp.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// Returns the same with microseconds, where there is a fraction: what Google lists is stored as the seed's program stored it.
    #[must_use]
    pub fn sql_text_precise(&self) -> Option<String> {
        let whole = self.sql_text()?;
        Some(if self.nanos == 0 { whole } else { format!("{whole}.{:06}", self.nanos / 1000) })
    }
}

/// Largest difference at which two clocks tell the same moment: both round to whole seconds, and phones write the moment the picture
/// was ready, not the press. Seconds. Takeout's `photoTakenTime` follows EXIF to the second in the exports seen.
const SAME_MOMENT_MAX_S: i64 = 2;
/// Zones lie on quarter hours, from UTC-12 to UTC+14.
const QUARTER_HOUR_S: i64 = 900;
const ZONE_MAX_S: i64 = 14 * 3600;

/// Decides which time is believed. `file` is what the file itself says, `sidecar_utc_seconds` Takeout's `photoTakenTime`,
/// `uploaded_utc_seconds` Takeout's `creationTime`, `name` a time in the file's name.
///
/// Rules, in order: (1) file and sidecar tell one moment → the file's, which is more precise; (2) the file has no zone and lies a whole
/// quarter hour from the sidecar → the sidecar's instant, the zone inferred; (3) the sidecar only repeats the upload → the file's;
/// (4) they differ → the sidecar's, since Google changes it only where a person corrected it; (5) one alone → that one; (6) the name.
#[must_use]
pub fn believe(
    file: Option<&CaptureTime>,
    sidecar_utc_seconds: Option<i64>,
    uploaded_utc_seconds: Option<i64>,
    name: Option<&CaptureTime>,
) -> Option<Instant> {
    let of_file = |time: &CaptureTime, offset: Option<i16>, why| Instant {
        utc_seconds: time.local_seconds - i64::from(offset.unwrap_or(0)) * 60,
        nanos: time.subsecond.map_or(0, |s| s.nanos),
        offset_minutes: offset,
        source: time.source,
        why,
    };
    let of_sidecar = |seconds, why| Instant { utc_seconds: seconds, nanos: 0, offset_minutes: None, source: TimeSource::Sidecar, why };
    match (file, sidecar_utc_seconds) {
        (Some(time), Some(sidecar)) => {
            if let Some(utc) = time.utc_seconds() {
                if (utc - sidecar).abs() <= SAME_MOMENT_MAX_S {
                    return Some(of_file(time, time.offset_minutes, BELIEFS[0]));
                }
            } else {
                let ahead = time.local_seconds - sidecar;
                let quarters = (ahead + ahead.signum() * QUARTER_HOUR_S / 2) / QUARTER_HOUR_S * QUARTER_HOUR_S;
                if (ahead - quarters).abs() <= SAME_MOMENT_MAX_S && quarters.abs() <= ZONE_MAX_S {
                    let offset = i16::try_from(quarters / 60).ok();
                    return Some(of_file(time, offset, BELIEFS[1]));
                }
            }
            if uploaded_utc_seconds.is_some_and(|up| (up - sidecar).abs() <= SAME_MOMENT_MAX_S) {
                return Some(of_file(time, time.offset_minutes, BELIEFS[2]));
            }
            if time.source == TimeSource::ExifModified {
                return Some(of_sidecar(sidecar, BELIEFS[3]));
            }
            Some(of_sidecar(sidecar, BELIEFS[4]))
        }
        (Some(time), None) => {
            let why = if time.offset_minutes.is_some() { BELIEFS[5] } else { BELIEFS[6] };
            Some(of_file(time, time.offset_minutes, why))
        }
        (None, Some(sidecar)) => Some(of_sidecar(sidecar, BELIEFS[7])),
        (None, None) => name.map(|time| of_file(time, time.offset_minutes, BELIEFS[8])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exif(reading: &str, offset: Option<&str>) -> CaptureTime {
        CaptureTime {
            offset_minutes: offset.and_then(CaptureTime::parse_offset),
            ..CaptureTime::parse_reading(reading, TimeSource::ExifOriginal).expect("a reading")
        }
    }

    #[test]
    fn readings() {
        let seconds = |text| CaptureTime::parse_reading(text, TimeSource::ExifOriginal).map(|t| t.local_seconds);
        assert_eq!(seconds("1970:01:02 00:00:01"), Some(86_401));
        assert_eq!(seconds("2020-09-20T13:12:07+03:00"), Some(1_600_607_527));
        assert_eq!(seconds("1969:12:31 23:59:59\0"), Some(-1));
        for bad in ["", "0000:00:00 00:00:00", "    :  :     :  :  ", "2020:13:01 00:00:00", "2020:02:30 00:00:00", "garbage", "2020"] {
            assert_eq!(seconds(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn offsets() {
        assert_eq!(CaptureTime::parse_offset("+02:00"), Some(120));
        assert_eq!(CaptureTime::parse_offset("-0330"), Some(-210));
        assert_eq!(CaptureTime::parse_offset("Z"), Some(0));
        assert_eq!(CaptureTime::parse_offset("   :  "), None);
        assert_eq!(CaptureTime::parse_offset("+99:00"), None);
    }

    #[test]
    fn fractions_keep_their_precision() {
        assert_eq!(Subsecond::parse("07"), Some(Subsecond { nanos: 70_000_000, digits: 2 }));
        assert_eq!(Subsecond::parse("123456789012"), Some(Subsecond { nanos: 123_456_789, digits: 9 }));
        assert_eq!(Subsecond::parse("  "), None);
        assert_eq!(Subsecond::parse("-1"), None);
    }

    /// One row a rule: file reading, its zone, sidecar and upload relative to the reading taken as UTC; then who is believed and the
    /// believed instant, relative likewise.
    #[test]
    fn belief() {
        let check = |zone: Option<&str>, sidecar: Option<i64>, upload: Option<i64>, source: TimeSource, instant: i64, label: &str| {
            let file = exif("2020:09:20 13:12:07", zone);
            let at = file.local_seconds;
            let believed = believe(Some(&file), sidecar.map(|s| s + at), upload.map(|s| s + at), None).expect("a time");
            assert_eq!((believed.source, believed.utc_seconds - at), (source, instant), "{label}: {}", believed.why);
        };
        use TimeSource::{ExifOriginal, Sidecar};
        check(Some("+03:00"), Some(-10_800), None, ExifOriginal, -10_800, "agree");
        check(None, Some(-10_800), None, ExifOriginal, -10_800, "zone inferred");
        check(None, Some(19_800), None, ExifOriginal, 19_800, "half-hour zone inferred, west");
        check(Some("+03:00"), Some(500), Some(500), ExifOriginal, -10_800, "sidecar repeats the upload");
        check(Some("+03:00"), Some(-31_536_000), Some(9), Sidecar, -31_536_000, "corrected by hand");
        check(None, Some(-31_536_123), None, Sidecar, -31_536_123, "no zone is a year wide");
        check(None, None, None, ExifOriginal, 0, "file alone, no zone");
    }

    #[test]
    fn sql_text_is_whole_seconds_of_utc() {
        let instant = believe(Some(&exif("2020:09:20 13:12:07", Some("+03:00"))), None, None, None).expect("a time");
        assert_eq!(instant.sql_text().as_deref(), Some("2020-09-20 10:12:07"));
        assert!(believe(None, None, None, None).is_none());
    }
}
