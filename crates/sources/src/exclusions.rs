//! What a walk leaves out: the table of default exclusions (design §5), library packages, and a person's own patterns.
//!
//! It knows names only; it opens nothing but the folder listing needed to tell a system trash from a folder called Trash. A folder that
//! a person names as a root is walked whatever it is called.
//!
//! Sources: freedesktop.org Trash specification 1.0 (`.Trash`, `.Trash-UID`, `Trash/{files,info}`); Windows (`$RECYCLE.BIN`, `RECYCLER`);
//! macOS (`.Trashes`, `.Trash`); Lightroom (`*.lrdata` previews); Synology (`@eaDir`); old GNOME (`.thumbnails`); Picasa
//! (`.picasaoriginals`); Apple Photos, iPhoto, Aperture and Capture One for the packages.

use crate::Error;
use globset::{GlobBuilder, GlobMatcher};
use std::ffi::OsStr;
use std::path::Path;

/// One default exclusion: a folder's name, with a `*` at one end at most, letters of any case; and what it is.
struct Excluded(&'static str, &'static str);

/// Folders that are left out by default, counted one by one in the ledger.
const EXCLUDED_FOLDERS: &[Excluded] = &[
    Excluded(".lookalike-trash", "our own trash"),
    Excluded(".Trash", "a system's trash"),
    Excluded(".Trash-*", "a system's trash"),
    Excluded(".Trashes", "a system's trash"),
    Excluded("$RECYCLE.BIN", "a system's trash"),
    Excluded("RECYCLER", "a system's trash"),
    Excluded("*.lrdata", "Lightroom's previews"),
    Excluded("@eaDir", "a network disk's previews"),
    Excluded(".thumbnails", "a file browser's previews"),
    Excluded(".picasaoriginals", "Picasa's safety copies"),
    Excluded(".git", "a version-control folder"),
    Excluded(".hg", "a version-control folder"),
    Excluded(".svn", "a version-control folder"),
    Excluded(".jj", "a version-control folder"),
];

/// Folders directly in a library package that hold its originals: Photos; iPhoto 9 and Aperture; older iPhoto and Capture One.
const PACKAGE_ORIGINALS: &[&str] = &["originals", "masters"];

/// Tells whether a folder of that name, directly in a library package, holds its originals.
pub(crate) fn holds_originals(name: &OsStr) -> bool {
    PACKAGE_ORIGINALS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// A person's patterns, ready to be asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exclusions {
    patterns: Vec<(String, GlobMatcher)>,
}

impl Exclusions {
    /// Prepares the patterns. Each is matched against the path below the root, against the whole path and against the bare name; a `*`
    /// does not cross folders, `**` does; a `/` at the end is ignored.
    ///
    /// # Errors
    /// [`Error::Pattern`] with the first pattern that has no meaning.
    pub(crate) fn new(patterns: &[String]) -> Result<Self, Error> {
        let prepare = |pattern: &String| {
            let glob = GlobBuilder::new(pattern.trim_end_matches('/')).literal_separator(true).build();
            let glob = glob.map_err(|e| Error::Pattern { pattern: pattern.clone(), reason: e.kind().to_string() })?;
            Ok((pattern.clone(), glob.compile_matcher()))
        };
        Ok(Self { patterns: patterns.iter().map(prepare).collect::<Result<_, _>>()? })
    }

    /// Says which pattern of a person leaves out `path`, in words; `relative` is the same path below the root.
    pub(crate) fn by_pattern(&self, path: &Path, relative: &Path) -> Option<String> {
        let name = Path::new(path.file_name().unwrap_or_default());
        let matches = |glob: &GlobMatcher| glob.is_match(relative) || glob.is_match(name) || glob.is_match(path);
        let (pattern, _) = self.patterns.iter().find(|(_, glob)| matches(glob))?;
        Some(format!("left out by the pattern `{pattern}`"))
    }

    /// Says which default leaves out the folder `path`, in words.
    pub(crate) fn by_default(path: &Path) -> Option<String> {
        let name = path.file_name()?;
        let text = name.to_string_lossy();
        if let Some(Excluded(pattern, what)) = EXCLUDED_FOLDERS.iter().find(|row| fits(row.0, &text)) {
            return Some(format!("left out by default: {what} (`{pattern}`)"));
        }
        let is_trash = name == "Trash" && path.join("files").is_dir() && path.join("info").is_dir();
        is_trash.then(|| "left out by default: a system's trash (`Trash`)".to_owned())
    }
}

/// Matches a name with a pattern of the table.
fn fits(pattern: &str, name: &str) -> bool {
    let bytes = name.as_bytes();
    if let Some(end) = pattern.strip_prefix('*') {
        let at = bytes.len().saturating_sub(end.len());
        return bytes.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()));
    }
    match pattern.strip_suffix('*') {
        Some(start) => bytes.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes())),
        None => name.eq_ignore_ascii_case(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_folders() {
        for name in [".lookalike-trash", ".Trash", ".Trash-1000", "$Recycle.Bin", "Previews.lrdata", "@eaDir", ".git", ".thumbnails"] {
            assert!(Exclusions::by_default(&Path::new("/photos").join(name)).is_some(), "{name}");
        }
        for name in ["Trash", "lrdata", "x.lrcat", "git", ".gitignore", "recyclers", "Photos.photoslibrary", "", "é.lrdat"] {
            assert!(Exclusions::by_default(&Path::new("/photos").join(name)).is_none(), "{name}");
        }
    }

    #[test]
    fn patterns() {
        let check = |pattern: &str, relative: &str, expected: bool| {
            let exclusions = Exclusions::new(&[pattern.to_owned()]).expect("a pattern");
            let whole = Path::new("/photos").join(relative);
            assert_eq!(exclusions.by_pattern(&whole, Path::new(relative)).is_some(), expected, "{pattern} on {relative}");
        };
        check("*.tmp", "a/b/c.tmp", true);
        check("*.tmp", "a/b/c.tmp.jpg", false);
        check("private/", "a/private", true);
        check("a/*", "a/b", true);
        check("a/*/c", "a/b/x/c", false);
        check("a/**/c", "a/b/x/c", true);
        check("/photos/a", "a", true);
        check("{x,y}*", "sub/yes.jpg", true);
        check("\u{1f600}*", "sub/\u{1f600}.jpg", true);
        assert!(matches!(Exclusions::new(&["a[".to_owned()]), Err(Error::Pattern { .. })));
        assert!(Exclusions::default().by_pattern(Path::new("/a"), Path::new("a")).is_none());
    }
}
