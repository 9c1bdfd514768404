//! Part numbers in the names of an export's archives: which parts are absent.
//!
//! Google names them `takeout-20240712T112341Z-001.zip`, since 2025 also with a number of its own before (`…Z-1-001.zip`); browsers add
//! ` (1)`. One stamp (and that number) is one export. Only parts below the highest at hand can be known to be missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Highest part number believed. Google's smallest part is 1 GB; beyond this a name is no part's.
const MAX_PART: u32 = 9999;

/// An export of which parts are absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsOfExport {
    /// What all its parts are called, up to the part's number: `takeout-20240712T112341Z` or `takeout-20250725T035235Z-1`.
    pub export: String,
    /// Numbers at hand, rising.
    pub present: Vec<u32>,
    /// Numbers absent below the highest at hand, rising.
    pub missing: Vec<u32>,
}

/// Returns the exports of which parts are absent, by the names of the archives, or of the folders into which they were unpacked. Paths
/// that are not called as Google calls them say nothing.
#[must_use]
pub fn missing_parts(paths: &[PathBuf]) -> Vec<PartsOfExport> {
    let mut exports: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for (export, number) in paths.iter().filter_map(|path| part_of_path(path)) {
        exports.entry(export).or_default().insert(number);
    }
    let told = exports.into_iter().map(|(export, present)| {
        let highest = present.last().copied().unwrap_or(0);
        let missing = (1..highest).filter(|number| !present.contains(number)).collect();
        PartsOfExport { export, present: present.into_iter().collect(), missing }
    });
    told.filter(|parts| !parts.missing.is_empty()).collect()
}

/// Returns when the export was made that a path belongs to, as Google names it (`20240712T112341Z`): a later one sorts after an earlier one.
#[must_use]
pub fn export_stamp(path: &Path) -> Option<String> {
    part_of_path(path)?.0.split('-').nth(1).map(str::to_owned)
}

/// Tells whether a file is called as Google calls a part of an export.
pub(crate) fn is_part_name(name: &str) -> bool {
    part_of_name(name).is_some()
}

/// Takes the innermost name of a path that is a part's: a tree may lie in `takeout-…-001/Takeout/Google Photos`.
fn part_of_path(path: &Path) -> Option<(String, u32)> {
    path.iter().rev().find_map(|name| part_of_name(&name.to_string_lossy()))
}

/// Reads `takeout-STAMP[-JOB]-PART`, then anything that a browser or an unpacker adds.
fn part_of_name(name: &str) -> Option<(String, u32)> {
    let rest = name.get(.."takeout-".len()).filter(|start| start.eq_ignore_ascii_case("takeout-")).and(name.get("takeout-".len()..))?;
    let (stamp, rest) = rest.split_once('-')?;
    if !is_stamp(stamp) {
        return None;
    }
    let digits_end = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (first, behind) = rest.split_at(digits_end(rest));
    let second = behind.strip_prefix('-').map(|text| &text[..digits_end(text)]).filter(|digits| !digits.is_empty());
    let (export, part) = match second {
        Some(part) if !first.is_empty() => (format!("takeout-{stamp}-{first}"), part),
        _ => (format!("takeout-{stamp}"), first),
    };
    let number = part.parse().ok().filter(|number| (1..=MAX_PART).contains(number))?;
    Some((export, number))
}

/// Tells `20240712T112341Z`.
fn is_stamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 16
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 => *byte == b'T',
            15 => *byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |name: &str, expected: Option<(&str, u32)>| {
            assert_eq!(part_of_name(name), expected.map(|(export, number)| (export.to_owned(), number)), "{name}");
        };
        let plain = "takeout-20240712T112341Z";
        check("takeout-20240712T112341Z-001.zip", Some((plain, 1)));
        check("takeout-20240712T112341Z-012.tgz", Some((plain, 12)));
        check("takeout-20240712T112341Z-003 (1).zip", Some((plain, 3)));
        check("takeout-20240712T112341Z-003(1).tar.gz", Some((plain, 3)));
        check("takeout-20240712T112341Z-1-001.zip", Some(("takeout-20240712T112341Z-1", 1)));
        check("takeout-20250725T035235Z-3-001 (2).zip", Some(("takeout-20250725T035235Z-3", 1)));
        check("Takeout-20240712T112341Z-002", Some((plain, 2)));
        check("takeout-20240712T112341Z-9999.zip", Some((plain, 9999)));
        for name in
            ["takeout-20240712T112341Z-10000.zip", "takeout-20240712T112341Z-000.zip", "takeout-20240712T112341Z.zip", "takeout-001.zip"]
        {
            check(name, None);
        }
        for name in ["Takeout", "takeout-20240712X112341Z-001.zip", "", "takeout-\u{e9}", "takeout-20240712T112341Z--.zip"] {
            check(name, None);
        }
    }

    #[test]
    fn absent_parts_are_named() {
        let paths = [
            "/d/takeout-20240712T112341Z-004.zip",
            "/d/takeout-20240712T112341Z-002 (1).zip",
            "/d/takeout-20240712T112341Z-002.zip",
            "/d/takeout-20250725T035235Z-1-001.zip",
            "/d/takeout-20250725T035235Z-3-002.zip",
            "/d/takeout-20260101T000000Z-001/Takeout/Google Photos",
            "/d/photos.zip",
        ];
        let told = missing_parts(&paths.map(PathBuf::from));
        let expected = [
            PartsOfExport { export: "takeout-20240712T112341Z".into(), present: vec![2, 4], missing: vec![1, 3] },
            PartsOfExport { export: "takeout-20250725T035235Z-3".into(), present: vec![2], missing: vec![1] },
        ];
        assert_eq!(told, expected);
        assert!(missing_parts(&[]).is_empty());
        let stamp = |path: &str| export_stamp(Path::new(path));
        assert_eq!(stamp("a/takeout-20250725T035235Z-1-002.zip").as_deref(), Some("20250725T035235Z"));
        assert_eq!(stamp("a/photos.zip"), None);
    }
}
