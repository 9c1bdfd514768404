//! The disk of this machine with a hand in between: for files that change at the wrong moment, and disks that are odd.

use removal::{Disk, Facts, Output, System};
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

type Before<'a> = Box<dyn Fn(&str, &Path) -> io::Result<()> + Sync + 'a>;
type Told<'a> = Box<dyn Fn(&Path, &mut Facts) + Sync + 'a>;

/// A disk with a hand in between. Nothing waits for it.
pub struct Hooked<'a> {
    /// Called with the name of each call and its first path; an error is the call's.
    pub before: Before<'a>,
    /// Changes what is said of a path.
    pub told: Told<'a>,
}

impl Default for Hooked<'_> {
    fn default() -> Self {
        Self { before: Box::new(|_, _| Ok(())), told: Box::new(|_, _| {}) }
    }
}

impl<'a> Hooked<'a> {
    pub fn before(hand: impl Fn(&str, &Path) -> io::Result<()> + Sync + 'a) -> Self {
        Self { before: Box::new(hand), ..Self::default() }
    }

    pub fn told(hand: impl Fn(&Path, &mut Facts) + Sync + 'a) -> Self {
        Self { told: Box::new(hand), ..Self::default() }
    }
}

struct Unwaiting(Box<dyn Output + Send>);

impl Output for Unwaiting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Disk for Hooked<'_> {
    fn facts(&self, path: &Path) -> io::Result<Facts> {
        (self.before)("facts", path)?;
        let mut facts = System.facts(path)?;
        (self.told)(path, &mut facts);
        Ok(facts)
    }

    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        (self.before)("real", path)?;
        System.real(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        (self.before)("names", folder)?;
        System.names(folder)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send + '_>> {
        (self.before)("open", path)?;
        System.open(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>> {
        (self.before)("create", path)?;
        Ok(Box::new(Unwaiting(System.create(path)?)))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output + Send + '_>> {
        (self.before)("append", path)?;
        Ok(Box::new(Unwaiting(System.append(path)?)))
    }

    fn make_folder(&self, path: &Path, is_private: bool) -> io::Result<()> {
        (self.before)("make_folder", path)?;
        System.make_folder(path, is_private)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)("rename", from)?;
        System.rename(from, to)
    }

    fn hard_link(&self, file: &Path, name: &Path) -> io::Result<()> {
        (self.before)("hard_link", file)?;
        System.hard_link(file, name)
    }

    fn reflink(&self, file: &Path, name: &Path) -> io::Result<()> {
        (self.before)("reflink", file)?;
        System.reflink(file, name)
    }

    fn unlink(&self, file: &Path) -> io::Result<()> {
        (self.before)("unlink", file)?;
        System.unlink(file)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        (self.before)("remove_folder", folder)?;
        System.remove_folder(folder)
    }

    fn set_modified(&self, path: &Path, modified_ns: i64) -> io::Result<()> {
        (self.before)("set_modified", path)?;
        System.set_modified(path, modified_ns)
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        (self.before)("set_mode", path)?;
        System.set_mode(path, mode)
    }

    fn copy_attributes(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)("copy_attributes", from)?;
        System.copy_attributes(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        (self.before)("sync_folder", folder)
    }

    fn trash_by_system(&self, file: &Path) -> io::Result<()> {
        (self.before)("trash_by_system", file)?;
        System.trash_by_system(file)
    }

    fn restore_by_system(&self, file: &Path) -> io::Result<()> {
        (self.before)("restore_by_system", file)?;
        System.restore_by_system(file)
    }
}
