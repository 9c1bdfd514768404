//! Where an asset's bytes lie: a path, or a member of an archive; and a file as the walk found it. Opening either is the sources room's.

use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// A place of bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocationPath {
    /// The file, or the archive; absolute.
    pub file: PathBuf,
    /// The member's name within the archive, `/` between its parts; `None` for a plain file.
    pub member: Option<String>,
}

impl LocationPath {
    /// Returns the place of a plain file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { file: path.into(), member: None }
    }

    /// Returns the place of an archive's member.
    pub fn member(archive: impl Into<PathBuf>, member: impl Into<String>) -> Self {
        Self { file: archive.into(), member: Some(member.into()) }
    }

    /// Returns the last part of the name, as text (what is no UTF-8 is replaced).
    #[must_use]
    pub fn file_name(&self) -> String {
        match &self.member {
            Some(member) => member.rsplit('/').next().unwrap_or(member).to_owned(),
            None => self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        }
    }

    /// Returns the folder it lies in, as shown: `FOLDER`, `ARCHIVE!FOLDER`, or the archive.
    #[must_use]
    pub fn folder(&self) -> String {
        match self.member.as_ref().map(|member| member.rsplit_once('/')) {
            Some(Some((folder, _))) => format!("{}!{folder}", self.file.display()),
            Some(None) => self.file.display().to_string(),
            None => self.file.parent().map(|folder| folder.display().to_string()).unwrap_or_default(),
        }
    }
}

impl fmt::Display for LocationPath {
    /// Writes `PATH` or `ARCHIVE!MEMBER` (design §5); what is no UTF-8 is replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.member {
            Some(member) => write!(f, "{}!{member}", self.file.display()),
            None => write!(f, "{}", self.file.display()),
        }
    }
}

/// Identity of a file on its disk: two paths with one identity are hard links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
}

/// A file or member as the walk found it, before anything is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Where.
    pub path: LocationPath,
    /// Bytes, unpacked.
    pub size_bytes: u64,
    /// Last change in nanoseconds since 1970 UTC; an archive's time for its members.
    pub modified_ns: Option<i64>,
    /// The archive's checksum of the member, where it has one.
    pub crc32: Option<u32>,
    /// Identity on disk, given only where the file has more than one hard link.
    pub hard_link: Option<FileId>,
}

/// What a location holds for its asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The photo or film itself.
    Original,
    /// A rendition of it that Google wrote beside it (`-edited`).
    Rendition,
    /// A file that belongs to it and is no asset of its own (the movie of a live photo, an XMP).
    Companion,
}

impl Role {
    /// Returns the lower-case name, as stored in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Original => "original",
            Role::Rendition => "rendition",
            Role::Companion => "companion",
        }
    }

    /// Returns the role with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Original, Self::Rendition, Self::Companion].into_iter().find(|role| role.name() == name)
    }
}

/// Whether a location was there when last looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// It was there.
    Present,
    /// Its drive or archive was away.
    Offline,
    /// Its folder was there and it was not.
    Removed,
}

impl Presence {
    /// Returns the lower-case name, as stored in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Presence::Present => "present",
            Presence::Offline => "offline",
            Presence::Removed => "removed",
        }
    }

    /// Returns the presence with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Present, Self::Offline, Self::Removed].into_iter().find(|presence| presence.name() == name)
    }
}

/// Library packages: a program's own folder, which it alone may change. Extensions, letters of any case.
const PACKAGE_EXTENSIONS: &[&str] =
    &["photoslibrary", "photolibrary", "migratedphotolibrary", "aplibrary", "migratedaplibrary", "cocatalog", "cosessiondb"];

/// Tells whether a file lies in a library package of another program, where nothing may be offered for removal. Looks at the names of
/// all folders above, not at the file's own name.
#[must_use]
pub fn in_library_package(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.iter().any(is_library_package))
}

/// Tells whether a folder of that name is a library package.
#[must_use]
pub fn is_library_package(name: &OsStr) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|found| PACKAGE_EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages() {
        assert!(in_library_package(Path::new("/p/Fotos.photoslibrary/originals/0/a.heic")));
        assert!(in_library_package(Path::new("/p/Old.APLIBRARY/Masters/2010/a.jpg")));
        assert!(!in_library_package(Path::new("/p/photoslibrary/a.jpg")));
        assert!(!in_library_package(Path::new("/p/a.photoslibrary")));
        assert!(!in_library_package(Path::new("a.jpg")));
    }
}
