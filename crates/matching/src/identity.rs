//! How far capture identity and name alone tie two assets to one shot, for one who asks whether a photo is there at all. Looks at no pixel.

use crate::names::stem;
use crate::{CaptureVerdict, Subject, capture};

/// How two assets are tied by what their files say of their taking, and by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// Both know a field and differ in it: another exposure.
    Conflict,
    /// Too little is known.
    Unknown,
    /// One camera and one second: also true of the frames of a burst.
    Second,
    /// One shot: camera and time to a fraction that is not zero or to the image number, or camera, second and name.
    Shot,
}

/// Returns how `a` and `b` are tied; the same both ways.
#[must_use]
pub fn identity(a: &Subject, b: &Subject) -> Identity {
    let capture = capture::compare(&a.metadata, &b.metadata);
    // Some cameras write `00` for the fraction of every frame.
    let told_apart = |subject: &Subject| {
        let fraction = subject.metadata.taken.and_then(|taken| taken.subsecond).is_some_and(|fraction| fraction.nanos > 0);
        fraction || subject.metadata.image_number.is_some()
    };
    match capture.verdict {
        CaptureVerdict::Conflict(_) => Identity::Conflict,
        CaptureVerdict::Same if capture.same_reading => {
            let precise = capture.precise && told_apart(a) && told_apart(b);
            if precise || (are_of_one_name(&a.name, &b.name) && !tells_but_the_second(a)) { Identity::Shot } else { Identity::Second }
        }
        CaptureVerdict::Same | CaptureVerdict::Unknown => Identity::Unknown,
    }
}

/// Returns the name that the files of one shot share: lower case, without extension and the marks that phones, systems and people put on
/// parts and copies.
#[must_use]
pub fn shot_name(name: &str) -> String {
    stem(name)
}

/// Digits of a name that tells a moment to the millisecond (`PXL_20210304_111213456`).
const MILLISECOND_DIGITS: usize = 17;

/// Tells a name that is made of the moment and of nothing finer than its second (`20150320_082921.jpg`): that two have it says no more than that
/// they are of one second, as the frames of a burst are.
fn tells_but_the_second(subject: &Subject) -> bool {
    let Some(day) = subject.metadata.taken.and_then(|taken| taken.day_digits()) else { return false };
    let digits: String = stem(&subject.name).chars().filter(char::is_ascii_digit).collect();
    digits.len() < MILLISECOND_DIGITS && digits.contains(&day)
}

fn are_of_one_name(a: &str, b: &str) -> bool {
    let (a, b) = (stem(a), stem(b));
    !a.is_empty() && a == b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::fixture::subject;
    use model::{CaptureTime, Subsecond, TimeSource};

    #[test]
    fn a_second_is_no_shot_without_a_name_or_a_fraction() {
        let check = |a: (&str, &str, i64), b: (&str, &str, i64), expected: Identity, what: &str| {
            let of = |(name, fraction, seconds): (&str, &str, i64)| {
                let mut one = subject(1);
                one.name = name.to_owned();
                (one.metadata.make, one.metadata.model) = (Some("Canon".to_owned()), Some("EOS 6D".to_owned()));
                one.metadata.taken = Some(CaptureTime {
                    local_seconds: seconds,
                    subsecond: Subsecond::parse(fraction),
                    offset_minutes: None,
                    source: TimeSource::ExifOriginal,
                });
                one
            };
            assert_eq!((identity(&of(a), &of(b)), identity(&of(b), &of(a))), (expected, expected), "{what}");
        };
        check(("a.jpg", "", 9), ("b.jpg", "", 9), Identity::Second, "frames of one second");
        check(("a.jpg", "", 9), ("A (1).JPG", "", 9), Identity::Shot, "one name");
        check(("19700101_000009.jpg", "", 9), ("19700101_000009(1).jpg", "", 9), Identity::Second, "a name made of the second");
        check(("IMG-1970-01-01 0.0.9.jpg", "", 9), ("IMG-1970-01-01 0.0.9.jpg", "", 9), Identity::Second, "the same with dashes");
        check(("PXL_19700101_000009123.jpg", "", 9), ("PXL_19700101_000009123.jpg", "", 9), Identity::Shot, "a name to the millisecond");
        check(("a.jpg", "12", 9), ("b.jpg", "12", 9), Identity::Shot, "one fraction");
        check(("a.jpg", "00", 9), ("b.jpg", "00", 9), Identity::Second, "a fraction that is always zero");
        check(("a.jpg", "12", 9), ("a.jpg", "13", 9), Identity::Conflict, "the next frame");
        check(("a.jpg", "", 9), ("a.jpg", "", 909), Identity::Unknown, "another reading of the clock");
        check(("a.jpg", "12", 9), ("b.jpg", "", 9), Identity::Second, "a fraction lost");
    }
}
