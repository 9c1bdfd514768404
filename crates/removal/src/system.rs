//! The disk of this machine.

use crate::disk::{Disk, Facts, Kind, Output};
use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

struct Written(File);

impl Output for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}

fn facts_of(found: &Metadata) -> Facts {
    let kind = match found.file_type() {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_symlink() => Kind::Link,
        _ => Kind::Other,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Facts {
            kind,
            size_bytes: found.len(),
            modified_ns: found.mtime().saturating_mul(1_000_000_000).saturating_add(found.mtime_nsec()),
            mode: found.mode() & 0o7777,
            device: found.dev(),
            inode: found.ino(),
            links: found.nlink(),
        }
    }
    #[cfg(not(unix))]
    {
        let since = |time: SystemTime| match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |before| -before),
        };
        Facts {
            kind,
            size_bytes: found.len(),
            modified_ns: found.modified().map(since).unwrap_or_default(),
            mode: 0,
            device: 0,
            inode: 0,
            links: 1,
        }
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn time_of(modified_ns: i64) -> SystemTime {
    let distance = Duration::from_nanos(modified_ns.unsigned_abs());
    if modified_ns < 0 { SystemTime::UNIX_EPOCH - distance } else { SystemTime::UNIX_EPOCH + distance }
}

#[expect(clippy::disallowed_methods, reason = "the removal room is the hand that touches files")]
impl Disk for System {
    fn facts(&self, path: &Path) -> io::Result<Facts> {
        std::fs::symlink_metadata(path).map(|found| facts_of(&found))
    }

    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name())).collect()
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send + '_>> {
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            // A pipe that stands in a photo's place must not hold the run.
            let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
            options.custom_flags(flags.bits().cast_signed());
        }
        let file = options.open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
        }
        Ok(Box::new(file))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>> {
        let mut options = OpenOptions::new();
        Ok(Box::new(Written(private(options.write(true).create_new(true)).open(path)?)))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>> {
        let mut options = OpenOptions::new();
        Ok(Box::new(Written(private(options.append(true).create(true)).open(path)?)))
    }

    fn make_folder(&self, path: &Path, is_private: bool) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        if is_private {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        }
        #[cfg(not(unix))]
        let _ = is_private;
        builder.create(path)
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Some file systems (network, FUSE) cannot refuse to replace; then we look first.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_after_a_look(from, to),
            done => Ok(done?),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        rename_after_a_look(from, to)
    }

    fn hard_link(&self, file: &Path, name: &Path) -> io::Result<()> {
        std::fs::hard_link(file, name)
    }

    #[cfg(target_os = "linux")]
    fn reflink(&self, file: &Path, name: &Path) -> io::Result<()> {
        let from = OpenOptions::new().read(true).open(file)?;
        let to = OpenOptions::new().write(true).create_new(true).open(name)?;
        let cloned = rustix::fs::ioctl_ficlone(&to, &from).map_err(io::Error::from);
        if cloned.is_err() {
            std::fs::remove_file(name)?;
        }
        cloned
    }

    #[cfg(not(target_os = "linux"))]
    fn reflink(&self, _file: &Path, _name: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn unlink(&self, file: &Path) -> io::Result<()> {
        std::fs::remove_file(file)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        std::fs::remove_dir(folder)
    }

    fn set_modified(&self, path: &Path, modified_ns: i64) -> io::Result<()> {
        File::open(path)?.set_modified(time_of(modified_ns))
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        #[cfg(unix)]
        {
            std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
        }
        #[cfg(not(unix))]
        {
            let _ = (path, mode);
            Ok(())
        }
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn copy_attributes(&self, from: &Path, to: &Path) -> io::Result<()> {
        use rustix::fs::{XattrFlags, lgetxattr, llistxattr, lsetxattr};
        use rustix::io::Errno;
        /// Most bytes of one attribute, or of all names: Linux' own limit (`XATTR_SIZE_MAX`).
        const MAX_BYTES: usize = 65_536;
        let mut names = vec![0u8; MAX_BYTES];
        let length = match llistxattr(from, &mut names[..]) {
            Err(Errno::NOTSUP | Errno::NOSYS) => 0,
            listed => listed?,
        };
        let is_ours = |name: &&[u8]| name.starts_with(b"user.") || cfg!(target_os = "macos") && !name.is_empty();
        for name in names[..length].split(|byte| *byte == 0).filter(is_ours) {
            let mut value = vec![0u8; MAX_BYTES];
            let length = lgetxattr(from, name, &mut value[..])?;
            lsetxattr(to, name, &value[..length], XattrFlags::empty())?;
        }
        Ok(())
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    fn copy_attributes(&self, _from: &Path, _to: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Elsewhere a folder cannot be opened as a file, and its names are written with it.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    fn trash_by_system(&self, file: &Path) -> io::Result<()> {
        trash::delete(file).map_err(io::Error::other)
    }

    #[cfg(not(any(target_os = "macos", target_os = "ios", target_os = "android")))]
    fn restore_by_system(&self, file: &Path) -> io::Result<()> {
        let listed = trash::os_limited::list().map_err(io::Error::other)?;
        let newest = listed.into_iter().filter(|item| item.original_path() == file).max_by_key(|item| item.time_deleted);
        let item = newest.ok_or(io::ErrorKind::NotFound)?;
        trash::os_limited::restore_all([item]).map_err(io::Error::other)
    }

    #[cfg(any(target_os = "macos", target_os = "ios", target_os = "android"))]
    fn restore_by_system(&self, _file: &Path) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this system lets no program take back what its trash holds: use its own window"))
    }
}

#[expect(clippy::disallowed_methods, reason = "the removal room is the hand that touches files")]
fn rename_after_a_look(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::fs::rename(from, to),
        Err(error) => Err(error),
    }
}
