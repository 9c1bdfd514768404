//! Names of archive members: made alike, and judged.
//!
//! A name is only ever compared and shown, never joined to a path on disk; one that leads out of the archive is refused all the same,
//! since no export writes such names and other programs may unpack what we call sound.

use super::MAX_NAME_BYTES;

/// A member's name, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MemberName {
    /// A file: parts divided by `/`, no part `..`, not absolute.
    File(String),
    /// A folder.
    Folder,
    /// A name that no export writes, cut to [`MAX_NAME_BYTES`].
    Unsafe(String),
}

impl MemberName {
    /// Judges a name as the archive writes it. Windows programs write `\` for `/`: a name with nothing but `\` is turned. A leading `./`
    /// (tar) goes.
    pub(crate) fn judge(written: &str) -> Self {
        if written.len() > MAX_NAME_BYTES {
            let end = (0..=MAX_NAME_BYTES).rev().find(|at| written.is_char_boundary(*at)).unwrap_or(0);
            return MemberName::Unsafe(written.get(..end).unwrap_or_default().to_owned());
        }
        let turned = if written.contains('\\') && !written.contains('/') { written.replace('\\', "/") } else { written.to_owned() };
        let mut name = turned.as_str();
        while let Some(rest) = name.strip_prefix("./") {
            name = rest;
        }
        let leads_out = name.starts_with(['/', '\\']) || has_drive(name) || name.split(['/', '\\']).any(|part| part == "..");
        if leads_out || name.contains('\0') {
            return MemberName::Unsafe(written.to_owned());
        }
        if name.is_empty() || name == "." || name.ends_with('/') {
            return MemberName::Folder;
        }
        MemberName::File(name.to_owned())
    }

    /// Returns the name of a file; `None` for folders and what was refused.
    pub(crate) fn file(self) -> Option<String> {
        match self {
            MemberName::File(name) => Some(name),
            MemberName::Folder | MemberName::Unsafe(_) => None,
        }
    }
}

/// Tells `C:\…` and `C:/…`; a colon elsewhere is part of a title.
fn has_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judgements() {
        let file = |name: &str| MemberName::File(name.to_owned());
        let unsafe_name = |name: &str| MemberName::Unsafe(name.to_owned());
        let check = |written: &str, expected: MemberName| assert_eq!(MemberName::judge(written), expected, "{written:?}");
        check("Takeout/Google Photos/a.jpg", file("Takeout/Google Photos/a.jpg"));
        check("./Takeout/a.jpg", file("Takeout/a.jpg"));
        check("Takeout\\Google Photos\\a.jpg", file("Takeout/Google Photos/a.jpg"));
        check("Takeout/a\\b.jpg", file("Takeout/a\\b.jpg"));
        check("Takeout/a: b.jpg", file("Takeout/a: b.jpg"));
        check("Takeout/a..jpg", file("Takeout/a..jpg"));
        check("\u{1f600}\n.jpg", file("\u{1f600}\n.jpg"));
        check("Takeout/", MemberName::Folder);
        check("Takeout\\", MemberName::Folder);
        check("./", MemberName::Folder);
        check("", MemberName::Folder);
        for name in ["../a", "a/../b", "a/..", "..\\..\\a", "a/b\\..\\c", "/etc/passwd", "\\\\server\\a", "C:\\a", "c:/a", "a\0b", ".//a"] {
            check(name, unsafe_name(name));
        }
    }

    #[test]
    fn length_at_and_over_the_bound() {
        let longest = "a".repeat(MAX_NAME_BYTES);
        assert_eq!(MemberName::judge(&longest), MemberName::File(longest.clone()));
        let over = "\u{e4}".repeat(MAX_NAME_BYTES / 2) + "b";
        assert_eq!(MemberName::judge(&over), MemberName::Unsafe("\u{e4}".repeat(MAX_NAME_BYTES / 2)));
    }
}
