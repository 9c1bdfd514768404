//! The disk as this room sees it: every call that can fail, behind one trait, so that tests let each of them fail or be the last.
//!
//! **Invariant:** no call replaces what is there; no call follows a link at the end of its path.

use std::io;
use std::path::{Path, PathBuf};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a pipe, a socket.
    Other,
}

/// What a file system says of a path, the link itself where it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// What stands there.
    pub kind: Kind,
    /// Bytes.
    pub size_bytes: u64,
    /// When its bytes last changed, nanoseconds since 1970 UTC.
    pub modified_ns: i64,
    /// Permissions, as `chmod` writes them; 0 where there are none.
    pub mode: u32,
    /// The file system it lies on; 0 where unknown.
    pub device: u64,
    /// Its number there; with `device` it names a file whatever its paths. 0 where unknown.
    pub inode: u64,
    /// Names of it (hard links).
    pub links: u64,
}

impl Facts {
    /// Tells whether both are one file under two names (a hard link, a bind mount, names that differ in case only).
    #[must_use]
    pub fn is_same_file(&self, other: &Facts) -> bool {
        self.inode != 0 && (self.device, self.inode) == (other.device, other.inode)
    }
}

/// A file that is being written.
pub trait Output {
    /// Writes all of these bytes.
    ///
    /// # Errors
    /// As the disk says; some of the bytes may have been written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Waits until what was written is on the disk.
    ///
    /// # Errors
    /// As the disk says; then nothing is known of what was written.
    fn sync(&mut self) -> io::Result<()>;
}

/// Every call of this room that can fail.
pub trait Disk: Sync {
    /// Returns what stands at a path.
    ///
    /// # Errors
    /// `NotFound` where nothing does.
    fn facts(&self, path: &Path) -> io::Result<Facts>;
    /// Returns the path without links, `.` and `..`.
    ///
    /// # Errors
    /// `NotFound` where nothing stands there.
    fn real(&self, path: &Path) -> io::Result<PathBuf>;
    /// Returns the names in a folder, in no order.
    ///
    /// # Errors
    /// As the disk says.
    fn names(&self, folder: &Path) -> io::Result<Vec<std::ffi::OsString>>;
    /// Opens a plain file for reading. A link is refused.
    ///
    /// # Errors
    /// As the disk says.
    fn open(&self, path: &Path) -> io::Result<Box<dyn io::Read + Send + '_>>;
    /// Makes a new file that only its owner may read.
    ///
    /// # Errors
    /// `AlreadyExists` where something stands there.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>>;
    /// Opens a file of our own to write at its end; it is made where it is not there.
    ///
    /// # Errors
    /// As the disk says.
    fn append(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>>;
    /// Makes one folder that only its owner may open.
    ///
    /// # Errors
    /// `AlreadyExists` where something stands there.
    fn make_folder(&self, path: &Path, is_private: bool) -> io::Result<()>;
    /// Gives a file or folder another path on the same file system.
    ///
    /// # Errors
    /// `AlreadyExists` where something stands there; `CrossesDevices` for another file system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives a file a second name.
    ///
    /// # Errors
    /// `AlreadyExists` where something stands there.
    fn hard_link(&self, file: &Path, name: &Path) -> io::Result<()>;
    /// Makes a new file that shares the bytes of another until either is changed.
    ///
    /// # Errors
    /// `Unsupported` where the file system cannot; `AlreadyExists`.
    fn reflink(&self, file: &Path, name: &Path) -> io::Result<()>;
    /// Takes a name from the disk. Only for what this room wrote itself, and for trash that a person asks to be emptied.
    ///
    /// # Errors
    /// As the disk says.
    fn unlink(&self, file: &Path) -> io::Result<()>;
    /// Takes an empty folder of our own from the disk.
    ///
    /// # Errors
    /// Where it is not empty.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;
    /// Sets when the bytes of a file or folder last changed.
    ///
    /// # Errors
    /// As the disk says.
    fn set_modified(&self, path: &Path, modified_ns: i64) -> io::Result<()>;
    /// Sets permissions.
    ///
    /// # Errors
    /// As the disk says.
    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()>;
    /// Gives a file the named attributes (tags and such) of another.
    ///
    /// # Errors
    /// As the disk says.
    fn copy_attributes(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Waits until the names in a folder are on the disk.
    ///
    /// # Errors
    /// As the disk says.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Hands a file to the system's trash.
    ///
    /// # Errors
    /// As the system says.
    fn trash_by_system(&self, file: &Path) -> io::Result<()>;
    /// Takes a file back from the system's trash, as far as the system can.
    ///
    /// # Errors
    /// As the system says; `NotFound` where the trash does not hold it; `Unsupported`.
    fn restore_by_system(&self, file: &Path) -> io::Result<()>;
}
