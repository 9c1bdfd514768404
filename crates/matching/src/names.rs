//! What names tell: the stem that files of one shot share, the frame of a burst, the camera's counter. Names never prove a copy; they
//! confirm a pair of formats in one folder and hold back what pixels alone would call a copy. Rules: the name families of phones and
//! cameras, and the marks that systems and people put on copies.

/// Ends that phones put on the parts of one shot, lower case; longest first.
const PART_MARKS: [&str; 12] =
    [".ls", ".mp", ".night", ".pano", ".portrait", ".original", ".cover", ".raw-01", ".raw-02", ".raw", ".mv", ".hdr"];
/// Pixel's numbered parts (`PORTRAIT-01.COVER`, `LONG_EXPOSURE-02.ORIGINAL`).
const NUMBERED_PARTS: [&str; 6] = ["raw-", "portrait-", "long_exposure-", "motion-", "night-", "top_shot-"];

/// Returns the stem that the formats and parts of one shot share, lower case: without extension, part marks and copy marks.
pub(crate) fn stem(name: &str) -> String {
    let mut stem = without_extension(name).to_lowercase();
    loop {
        let before = stem.len();
        for mark in PART_MARKS {
            if let Some(cut) = stem.strip_suffix(mark) {
                stem.truncate(cut.len());
            }
        }
        if let Some(dot) = stem.rfind('.')
            && NUMBERED_PARTS.iter().any(|part| stem[dot + 1..].strip_prefix(part).is_some_and(all_digits))
        {
            stem.truncate(dot);
        }
        let bare = without_copy_marks(&stem).len();
        stem.truncate(bare);
        if stem.len() == before {
            break;
        }
    }
    stem.strip_prefix("copy of ").unwrap_or(&stem).to_owned()
}

/// `IMG_1 (2)`, `IMG_1(2)`, `IMG_1 - Copy`, `IMG_1 copy`.
fn without_copy_marks(stem: &str) -> &str {
    let stem = stem.strip_suffix(" - copy").or_else(|| stem.strip_suffix(" copy")).unwrap_or(stem);
    match stem.strip_suffix(')').and_then(|open| open.rsplit_once('(')) {
        Some((head, digits)) if all_digits(digits) && !head.trim_end().is_empty() => head.trim_end(),
        _ => stem,
    }
}

fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((head, tail)) if !head.is_empty() && (1..=5).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_alphanumeric()) => head,
        _ => name,
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A frame of a burst as its name tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// What the frames of one burst share.
    pub(crate) burst: String,
    /// Which of them.
    pub(crate) number: String,
}

/// Returns the burst and frame that a name tells: `IMG_…_BURST001_COVER` (Huawei), `00015IMG_00015_BURST20171111030039_COVER` (Nexus),
/// `DSC_0052_BURST20230709220904977_COVER` (Sony), `20231207_101605_001` (Samsung).
pub(crate) fn burst_frame(name: &str) -> Option<Frame> {
    let stem = stem(name);
    let stem = stem.strip_suffix("_cover").unwrap_or(&stem);
    if let Some((head, tail)) = stem.rsplit_once("burst") {
        let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
        let before: String = head.chars().filter(char::is_ascii_digit).collect();
        return match digits.len() {
            0 => None,
            1..=5 => Some(Frame { burst: moment(head).unwrap_or_else(|| head.to_owned()), number: digits }),
            // The stamp may run on in milliseconds; date and time to the second are the burst's.
            _ => Some(Frame { burst: digits.chars().take(14).collect(), number: before }),
        };
    }
    let mut parts = stem.split('_');
    let (date, time, frame, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
    let lengths = (date.len(), time.len(), frame.len());
    (rest.is_none() && lengths == (8, 6, 3) && [date, time, frame].into_iter().all(all_digits))
        .then(|| Frame { burst: format!("{date}_{time}"), number: frame.to_owned() })
}

/// Returns date and time to the second of `img_20200101_120000…`, without the milliseconds some phones add.
fn moment(head: &str) -> Option<String> {
    let mut parts = head.split('_').filter(|part| part.len() >= 6 && all_digits(part));
    let (date, time) = (parts.next()?, parts.next()?);
    (date.len() == 8).then(|| format!("{date}_{}", &time[..6]))
}

/// Returns what stands before the camera's counter, and the counter: `dsc_` and 1234 of `DSC_1234.JPG`. Counters have 3 to 6 digits.
pub(crate) fn counter(name: &str) -> Option<(String, u64)> {
    let stem = stem(name);
    let head = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &stem[head.len()..];
    (3..=6).contains(&digits.len()).then(|| digits.parse().ok()).flatten().map(|number| (head.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_one_shot_share_a_stem() {
        let check = |names: &[&str], expected: &str| {
            for name in names {
                assert_eq!(stem(name), expected, "{name}");
            }
        };
        check(&["IMG_2533.CR2", "IMG_2533.jpg", "img_2533.JPG", "IMG_2533(1).jpg", "IMG_2533 (2).DNG", "IMG_2533 - Copy.jpg"], "img_2533");
        check(
            &[
                "PXL_20210830_024836042.RAW-01.COVER.jpg",
                "PXL_20210830_024836042.RAW-02.ORIGINAL.dng",
                "PXL_20210830_024836042.RAW-01.MP.COVER.jpg",
            ],
            "pxl_20210830_024836042",
        );
        check(&["PXL_1.PORTRAIT-01.COVER.jpg", "PXL_1.PORTRAIT-02.ORIGINAL.jpg", "PXL_1.MP.jpg", "PXL_1.NIGHT.jpg"], "pxl_1");
        check(&["Copy of DSC_0001.NEF", "DSC_0001.nef"], "dsc_0001");
        check(&["Photo no extension"], "photo no extension");
        check(&["(1).jpg"], "(1)");
        check(&[".jpg"], ".jpg");
        check(&[""], "");
        check(&["žluťoučký (3).HEIC"], "žluťoučký");
    }

    #[test]
    fn frames_of_a_burst_are_told_by_name() {
        let check = |a: &str, b: &str, expected: bool| {
            let (x, y) = (burst_frame(a), burst_frame(b));
            let apart = matches!((&x, &y), (Some(x), Some(y)) if x.burst == y.burst && x.number != y.number);
            assert_eq!(apart, expected, "{a} and {b}: {x:?} and {y:?}");
        };
        check("IMG_20200101_120000_BURST001_COVER.jpg", "IMG_20200101_120000_BURST002.jpg", true);
        check("IMG_20200101_120000_BURST001_COVER.jpg", "IMG_20200101_120000_BURST001.jpg", false);
        check("IMG_20200101_120000_BURST001.jpg", "IMG_20200101_130000_BURST002.jpg", false);
        check("PXL_20200101_120000123_BURST001.jpg", "PXL_20200101_120000251_BURST002.jpg", true);
        check("00000IMG_00000_BURST20171111030039001_COVER.jpg", "00001IMG_00001_BURST20171111030039144.jpg", true);
        check("DSC_0052_BURST20230709220904977_COVER.JPG", "DSC_0053_BURST20230709220904977.JPG", true);
        check("20231207_101605_001.jpg", "20231207_101605_002.jpg", true);
        check("20231207_101605_001.jpg", "20231207_101605.jpg", false);
        check("IMG_0001.jpg", "IMG_0002.jpg", false);
        check("burst.jpg", "burst.jpg", false);
    }

    #[test]
    fn counters_are_read() {
        assert_eq!(counter("DSC_1234.JPG"), Some(("dsc_".to_owned(), 1234)));
        assert_eq!(counter("IMG_12.JPG"), None, "too short for a camera's counter");
        assert_eq!(counter("20231207101605.jpg"), None, "a moment is no counter");
        assert_eq!(counter("cat.jpg"), None);
    }
}
