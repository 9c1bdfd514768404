//! Paths as two columns: readable text, and the raw bytes where the text would lose something.

use crate::RootKind;
use model::LocationPath;
use rusqlite::Row;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Returns the text of a path and, where it is not UTF-8, its raw bytes (else none).
pub(crate) fn to_columns(path: &Path) -> (String, Vec<u8>) {
    match path.to_str() {
        Some(text) => (text.to_owned(), Vec::new()),
        None => (path.to_string_lossy().into_owned(), path.as_os_str().as_encoded_bytes().to_vec()),
    }
}

/// Returns the path of [`to_columns`].
pub(crate) fn from_columns(text: &str, bytes: &[u8]) -> PathBuf {
    if bytes.is_empty() { PathBuf::from(text) } else { raw(bytes).unwrap_or_else(|| PathBuf::from(text)) }
}

/// Reads a place from three columns or pairs of columns, by the first of each: the kind of its root, the root's path, the path below it.
pub(crate) fn place_from_columns(row: &Row<'_>, kind: usize, root: usize, below: usize) -> rusqlite::Result<LocationPath> {
    let path =
        |first: usize| -> rusqlite::Result<_> { Ok(from_columns(row.get_ref(first)?.as_str()?, row.get_ref(first + 1)?.as_blob()?)) };
    let (root, below) = (path(root)?, path(below)?);
    let is_archive = RootKind::from_name(row.get_ref(kind)?.as_str()?).is_some_and(RootKind::is_archive);
    Ok(if is_archive { LocationPath::member(root, below.to_string_lossy()) } else { LocationPath::file(root.join(below)) })
}

#[cfg(unix)]
fn raw(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn raw(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(|text| PathBuf::from(OsStr::new(text)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt as _;

    #[test]
    fn names_come_back_byte_for_byte() {
        for name in [&b"plain.jpg"[..], "emoji \u{1F389}\n.jpg".as_bytes(), b"latin-\xE9\xFF.jpg"] {
            let path = PathBuf::from(OsStr::from_bytes(name));
            let (text, bytes) = to_columns(&path);
            assert_eq!(from_columns(&text, &bytes), path);
        }
    }
}
