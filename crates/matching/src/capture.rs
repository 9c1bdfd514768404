//! Capture identity (design §4.3): what two files themselves say of their taking. A missing field is unknown, not different; only a
//! field that both know and differ in is a conflict. Never asked: sidecars, names, modification times.
//!
//! Equal identity alone proves nothing: frames of one second without sub-seconds share it.

use crate::thresholds::{CLOCK_SHIFT_MAX_S, QUARTER_HOUR_S};
use model::{CaptureTime, Metadata, TimeSource};

/// How two capture identities stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureVerdict {
    /// Camera and time are known on both sides and agree.
    Same,
    /// Nothing contradicts, too little is known.
    Unknown,
    /// Both know a field and differ in it; the reason in words. Vetoes every perceptual relation.
    Conflict(String),
}

/// Two capture identities compared field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capture {
    /// The verdict over all fields.
    pub(crate) verdict: CaptureVerdict,
    /// Whether both name the same camera.
    pub(crate) same_camera: bool,
    /// Distance of the two clocks' readings in nanoseconds, both known; any shift is still in it.
    pub(crate) apart_ns: Option<i128>,
    /// Whether the times agree without any shift.
    pub(crate) same_reading: bool,
    /// Whether equal times (or frame numbers) tell one frame from the next: sub-seconds or numbers on both sides.
    pub(crate) precise: bool,
}

/// Returns how the identities of `a` and `b` compare.
pub(crate) fn compare(a: &Metadata, b: &Metadata) -> Capture {
    let mut conflict = None;
    let mut differ = |what: &str, x: &str, y: &str| {
        conflict.get_or_insert_with(|| format!("{what} differ: `{x}` and `{y}`"));
    };
    let camera = camera_agrees(a, b);
    if camera == Some(false) {
        differ("the cameras", &camera_name(a), &camera_name(b));
    }
    if let (Some(x), Some(y)) = (&a.serial, &b.serial)
        && !x.trim().eq_ignore_ascii_case(y.trim())
        && !x.trim().is_empty()
        && !y.trim().is_empty()
    {
        differ("the serial numbers", x.trim(), y.trim());
    }
    let numbers = a.image_number.zip(b.image_number);
    if let Some((x, y)) = numbers.filter(|(x, y)| x != y) {
        differ("the image numbers", &x.to_string(), &y.to_string());
    }
    let times = own_time(a).zip(own_time(b));
    let time = times.map(|(x, y)| times_agree(x, y));
    if let (Some((x, y)), Some(TimeAgreement { agrees: false, .. })) = (times, time) {
        conflict.get_or_insert_with(|| format!("the times of taking differ by {}", words_of_span(clock_ns(x).abs_diff(clock_ns(y)))));
    }
    let same = camera == Some(true) && time.is_some_and(|t| t.agrees);
    Capture {
        verdict: match conflict {
            Some(reason) => CaptureVerdict::Conflict(reason),
            None if same => CaptureVerdict::Same,
            None => CaptureVerdict::Unknown,
        },
        same_camera: camera == Some(true),
        apart_ns: times.map(|(x, y)| clock_ns(y) - clock_ns(x)),
        same_reading: time.is_some_and(|t| t.agrees && t.shift_s == 0),
        precise: numbers.is_some_and(|(x, y)| x == y) || times.is_some_and(|(x, y)| x.subsecond.is_some() && y.subsecond.is_some()),
    }
}

/// Returns the time of taking that counts as identity: what the camera wrote, not the last change, a name or a sidecar. What Google lists is
/// the camera's time where a camera is named beside it, and else may be that of the upload.
pub(crate) fn own_time(metadata: &Metadata) -> Option<&CaptureTime> {
    metadata.taken.as_ref().filter(|taken| match taken.source {
        TimeSource::ExifOriginal | TimeSource::ExifDigitized | TimeSource::Xmp | TimeSource::Container => true,
        TimeSource::Listed => metadata.model.is_some(),
        TimeSource::Sidecar | TimeSource::Name | TimeSource::ExifModified => false,
    })
}

/// Returns make and model folded for comparing; `None` without a model.
pub(crate) fn camera_key(metadata: &Metadata) -> Option<String> {
    let model = fold(metadata.model.as_deref()?);
    let make = fold(metadata.make.as_deref().unwrap_or(""));
    let brand = make.split(' ').next().unwrap_or("").to_owned();
    let bare = if brand.is_empty() { model.as_str() } else { model.strip_prefix(brand.as_str()).unwrap_or(&model).trim_start() };
    (!model.is_empty()).then(|| bare.to_owned()).filter(|bare| !bare.is_empty()).or(Some(model).filter(|m| !m.is_empty()))
}

fn fold(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_lowercase()
}

fn camera_name(metadata: &Metadata) -> String {
    [metadata.make.as_deref(), metadata.model.as_deref()].into_iter().flatten().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Same camera, another one, or unknown. Programs write `NIKON` for `NIKON CORPORATION` and `Canon EOS 6D` for `EOS 6D`: makes agree by
/// their first word, models after the make is taken off.
fn camera_agrees(a: &Metadata, b: &Metadata) -> Option<bool> {
    let first_word =
        |m: &Metadata| m.make.as_deref().map(fold).and_then(|make| make.split(' ').next().map(str::to_owned)).filter(|w| !w.is_empty());
    let makes = first_word(a).zip(first_word(b)).map(|(x, y)| x == y);
    let models = camera_key(a).zip(camera_key(b)).map(|(x, y)| x == y);
    match (makes, models) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TimeAgreement {
    agrees: bool,
    shift_s: i64,
}

fn clock_ns(time: &CaptureTime) -> i128 {
    i128::from(time.local_seconds) * 1_000_000_000 + i128::from(time.subsecond.map_or(0, |s| s.nanos))
}

/// Times agree if, after the nearest whole quarter-hour shift within ±26 hours is taken out (copies get their clock rewritten), they lie
/// less than one unit of the coarser precision apart.
fn times_agree(a: &CaptureTime, b: &CaptureTime) -> TimeAgreement {
    let digits = a.subsecond.map_or(0, |s| s.digits.min(9)).min(b.subsecond.map_or(0, |s| s.digits.min(9)));
    let unit_ns = 10i128.pow(9 - u32::from(digits));
    let apart = clock_ns(b) - clock_ns(a);
    let quarter = i128::from(QUARTER_HOUR_S) * 1_000_000_000;
    let shift = (apart + apart.signum() * quarter / 2) / quarter * quarter;
    let rest = apart - shift;
    let shift_s = i64::try_from(shift / 1_000_000_000).unwrap_or(i64::MAX);
    TimeAgreement { agrees: rest.abs() < unit_ns && shift_s.checked_abs().is_some_and(|s| s <= CLOCK_SHIFT_MAX_S), shift_s }
}

fn words_of_span(ns: u128) -> String {
    match ns {
        0..1_000_000_000 => format!("{} ms", ns / 1_000_000),
        1_000_000_000..120_000_000_000 => format!("{:.1} s", ns as f64 / 1e9),
        120_000_000_000..172_800_000_000_000 => format!("{} min", ns / 60_000_000_000),
        _ => format!("{} days", ns / 86_400_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Subsecond;

    /// A row: make, model, serial, image number, seconds, sub-second digits.
    type Row = (&'static str, &'static str, &'static str, Option<u64>, Option<i64>, &'static str);

    fn identity((make, model, serial, image_number, seconds, sub): Row) -> Metadata {
        let text = |t: &str| (!t.is_empty()).then(|| t.to_owned());
        Metadata {
            make: text(make),
            model: text(model),
            serial: text(serial),
            image_number,
            taken: seconds.map(|local_seconds| CaptureTime {
                local_seconds,
                subsecond: Subsecond::parse(sub),
                offset_minutes: None,
                source: TimeSource::ExifOriginal,
            }),
            ..Metadata::default()
        }
    }

    #[test]
    fn identities_conflict_only_where_both_know_and_differ() {
        const SAME: &str = "same";
        const UNKNOWN: &str = "unknown";
        const CONFLICT: &str = "conflict";
        let check = |a: Row, b: Row, expected: &str, what: &str| {
            for (x, y) in [(a, b), (b, a)] {
                let verdict = compare(&identity(x), &identity(y)).verdict;
                let got = match &verdict {
                    CaptureVerdict::Same => SAME,
                    CaptureVerdict::Unknown => UNKNOWN,
                    CaptureVerdict::Conflict(reason) => {
                        assert!(!reason.is_empty());
                        CONFLICT
                    }
                };
                assert_eq!(got, expected, "{what}: {verdict:?}");
            }
        };
        let t = 1_600_000_000;
        let canon = |seconds, sub| ("Canon", "EOS 6D", "", None, Some(seconds), sub);
        check(("", "", "", None, None, ""), ("", "", "", None, None, ""), UNKNOWN, "nothing known");
        check(canon(t, ""), ("", "", "", None, None, ""), UNKNOWN, "one side stripped");
        check(canon(t, ""), canon(t, ""), SAME, "whole seconds");
        check(canon(t, ""), canon(t + 1, ""), CONFLICT, "one second later");
        check(canon(t, "12"), canon(t, "12"), SAME, "same fraction");
        check(canon(t, "12"), canon(t, "13"), CONFLICT, "next frame of a burst");
        check(canon(t, "12"), canon(t, "123"), SAME, "coarser precision");
        check(canon(t, "12"), canon(t, "131"), CONFLICT, "beyond the coarser precision");
        check(canon(t, "70"), canon(t, ""), SAME, "fraction lost");
        check(canon(t, "70"), canon(t + 1, ""), SAME, "fraction rounded up");
        check(canon(t, "00"), canon(t + 1, ""), CONFLICT, "a whole second");
        check(canon(t, "12"), canon(t + 900, "12"), SAME, "a quarter hour");
        check(canon(t, "12"), canon(t - 7 * 3600, "12"), SAME, "a zone");
        check(canon(t, "12"), canon(t + 26 * 3600, "12"), SAME, "the widest shift");
        check(canon(t, "12"), canon(t + 26 * 3600 + 900, "12"), CONFLICT, "beyond it");
        check(canon(t, "12"), canon(t + 901, "12"), CONFLICT, "no whole quarter hour");
        check(canon(t, ""), (" CANON ", "eos 6d\0", "", None, Some(t), ""), SAME, "blanks and case");
        check(canon(t, ""), ("Canon", "Canon EOS 6D", "", None, Some(t), ""), SAME, "make within the model");
        check(("NIKON CORPORATION", "NIKON D70", "", None, Some(t), ""), ("NIKON", "D70", "", None, Some(t), ""), SAME, "long make");
        check(canon(t, ""), ("Canon", "EOS 5D", "", None, Some(t), ""), CONFLICT, "another model");
        check(canon(t, ""), ("NIKON", "D70", "", None, None, ""), CONFLICT, "another make");
        check(canon(t, ""), ("Canon", "", "", None, Some(t), ""), UNKNOWN, "model lost");
        check(canon(t, ""), ("", "", "", None, Some(t), ""), UNKNOWN, "camera lost");
        check(("", "", "", None, Some(t), ""), ("", "", "", None, Some(t + 5), ""), CONFLICT, "times without cameras");
        check(("", "", "A1", None, None, ""), ("", "", " a1", None, None, ""), UNKNOWN, "serial agrees, no time");
        check(("", "", "A1", None, None, ""), ("", "", "A2", None, None, ""), CONFLICT, "serials differ");
        check(("Canon", "EOS 6D", "", Some(7), Some(t), ""), ("Canon", "EOS 6D", "", Some(8), Some(t), ""), CONFLICT, "numbers");
        check(("Canon", "EOS 6D", "", Some(7), Some(t), ""), canon(t, ""), SAME, "number known once");
        check(canon(i64::MAX, "9"), canon(i64::MIN, "1"), CONFLICT, "hostile clocks do not overflow");
    }

    #[test]
    fn last_changes_and_names_are_no_identity() {
        let mut a = identity(("Canon", "EOS 6D", "", None, Some(0), ""));
        let b = identity(("Canon", "EOS 6D", "", None, Some(100), ""));
        for source in [TimeSource::ExifModified, TimeSource::Name, TimeSource::Sidecar] {
            a.taken.as_mut().unwrap().source = source;
            assert_eq!(compare(&a, &b).verdict, CaptureVerdict::Unknown, "{source:?}");
        }
    }

    #[test]
    fn precision_is_told_apart() {
        let whole = identity(("Canon", "EOS 6D", "", None, Some(9), ""));
        let fine = identity(("Canon", "EOS 6D", "", None, Some(9), "50"));
        assert!(!compare(&whole, &whole).precise);
        assert!(!compare(&whole, &fine).precise);
        assert!(compare(&fine, &fine).precise);
        assert_eq!(compare(&whole, &fine).apart_ns, Some(500_000_000));
    }
}
