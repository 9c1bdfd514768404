//! Paths as two columns: readable text, and the raw bytes where the text would lose something.

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
