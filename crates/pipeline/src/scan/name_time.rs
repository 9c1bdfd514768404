//! The time that a file's name tells: the last resort where neither file nor sidecar knows one.

use model::{CaptureTime, TimeSource};

/// Returns the clock's reading in names such as `IMG_20200920_131207.jpg`, `2020-09-20 13.12.07.jpg`, `signal-2020-10-26-163832.jpg`: a date of
/// 1990 to 2099 followed by a time of day, digits with at most one separator between the parts.
pub(crate) fn time_in_name(name: &str) -> Option<CaptureTime> {
    let bytes = name.as_bytes();
    (0..bytes.len()).filter(|at| *at == 0 || !bytes[at - 1].is_ascii_digit()).find_map(|at| reading_at(&bytes[at..]))
}

fn reading_at(bytes: &[u8]) -> Option<CaptureTime> {
    let (mut numbers, mut at) = ([0u32; 6], 0);
    for (part, digits) in [4, 2, 2, 2, 2, 2].into_iter().enumerate() {
        if part > 0 && bytes.get(at).is_some_and(|byte| matches!(byte, b'-' | b'_' | b'.' | b' ' | b':' | b'T')) {
            at += 1;
        }
        for _ in 0..digits {
            let digit = bytes.get(at).filter(|byte| byte.is_ascii_digit())?;
            numbers[part] = numbers[part] * 10 + u32::from(digit - b'0');
            at += 1;
        }
    }
    let [year, month, day, hour, minute, second] = numbers;
    if !(1990..2100).contains(&year) {
        return None;
    }
    CaptureTime::parse_reading(&format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}"), TimeSource::Name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_in_names() {
        let check = |name: &str, expected: Option<&str>| {
            let expected = expected.and_then(|text| CaptureTime::parse_reading(text, TimeSource::Name));
            assert_eq!(time_in_name(name), expected, "{name}");
        };
        check("IMG_20200920_131207.jpg", Some("2020:09:20 13:12:07"));
        check("PXL_20231006_063108407.jpg", Some("2023:10:06 06:31:08"));
        check("2020-09-20 13.12.07.jpg", Some("2020:09:20 13:12:07"));
        check("signal-2020-10-26-163832.jpg", Some("2020:10:26 16:38:32"));
        check("IMG-20200920-WA0003.jpg", None);
        check("IMG_4573.HEIC", None);
        check("20201399_131207.jpg", None);
        check("12020092013120799.jpg", None);
        check("äöü.jpg", None);
    }
}
