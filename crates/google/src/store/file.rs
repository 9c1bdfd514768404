//! Keeps the token in a file that only its owner can read.
//!
//! **Invariant:** the file is whole at any moment: written beside it, synced, and put in its place by a rename.

use super::{KEPT_MAX_BYTES, StoreLock, TokenStore, lock_file, parse, written};
use crate::error::{Error, Result};
use crate::token::Token;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// A token in a file of mode 0600; folders that are missing are made with 0700.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    /// Returns the store in the file `path`; nothing is touched yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::Store { place: self.words(), reason: error.to_string() }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(ending);
        name.into()
    }
}

impl TokenStore for FileStore {
    fn load(&self) -> Result<Option<Token>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        let mut kept = Vec::new();
        file.take(KEPT_MAX_BYTES as u64 + 1).read_to_end(&mut kept).map_err(|error| self.failed(&error))?;
        parse(&String::from_utf8_lossy(&kept), &self.words()).map(Some)
    }

    fn save(&self, token: &Token) -> Result<()> {
        let text = written(token, &self.words())?;
        let write = || {
            make_folder(&self.path)?;
            replace(&self.path, &self.beside(".new"), text.as_bytes())
        };
        write().map_err(|error| self.failed(&error))
    }

    fn delete(&self) -> Result<()> {
        for path in [self.beside(".new"), self.path.clone()] {
            remove(&path).map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    fn words(&self) -> String {
        format!("in the file `{}`", self.path.display())
    }

    fn lock(&self, stop: &dyn Fn() -> bool) -> Result<StoreLock> {
        lock_file(&self.beside(".lock"), &self.words(), stop)
    }
}

/// Makes the folders that `path` lies in, for the owner only.
#[allow(clippy::disallowed_methods, reason = "the token store writes its own file")]
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[allow(clippy::disallowed_methods, reason = "the token store writes its own file")]
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    for_owner(&mut options).open(path)
}

#[allow(clippy::disallowed_methods, reason = "the token store writes its own file")]
fn replace(path: &Path, beside: &Path, bytes: &[u8]) -> io::Result<()> {
    // A run that was killed may have left it; made anew, so that its mode is ours.
    remove(beside)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = for_owner(&mut options).open(beside)?;
    let put = |file: &mut File| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(beside, path)
    };
    if let Err(error) = put(&mut file) {
        remove(beside)?;
        return Err(error);
    }
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        // Some file systems cannot sync a folder; the rename holds all the same.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if let Ok(folder) = File::open(folder) {
            folder.sync_all().ok();
        }
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "the token store writes its own file")]
fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests damage the file")]
mod tests {
    use super::super::test_token;
    use super::*;

    #[test]
    fn what_is_saved_is_loaded_and_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("a/b/token.json"));
        assert_eq!(store.load().unwrap(), None);
        store.delete().unwrap();
        for access in ["first", "second"] {
            store.save(&test_token(access, "r", 5)).unwrap();
            assert_eq!(store.load().unwrap(), Some(test_token(access, "r", 5)));
        }
        store.delete().unwrap();
        assert_eq!(store.load().unwrap(), None);
        assert_eq!(std::fs::read_dir(folder.path().join("a/b")).unwrap().count(), 0, "nothing is left lying around");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own/token.json");
        let store = FileStore::new(&path);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        drop(store.lock(&|| false).unwrap());
        // A leftover of a killed run, readable by all, must not lend its mode.
        std::fs::write(folder.path().join("own/token.json.new"), "x").unwrap();
        store.save(&test_token("a", "r", 5)).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap()), mode(&store.beside(".lock"))), (0o600, 0o700, 0o600));
    }

    #[test]
    fn damage_is_told_without_quoting_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("token.json"));
        for damaged in ["", "{", r#"{"access":"ya29.hush"}"#, r#"{"access":"a","refresh":"1//hush","expires_at":"ya29.hush"}"#] {
            std::fs::write(&store.path, damaged).unwrap();
            let said = store.load().unwrap_err().to_string();
            assert!(said.contains("damaged") && !said.contains("hush"), "{said}");
        }
        std::fs::write(&store.path, vec![b' '; KEPT_MAX_BYTES + 100]).unwrap();
        assert!(store.load().is_err());
    }

    #[test]
    fn a_lock_keeps_others_out_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("token.json"));
        let held = store.lock(&|| false).unwrap();
        assert!(matches!(store.lock(&|| true), Err(Error::Stopped)));
        drop(held);
        assert!(store.lock(&|| true).is_ok());
    }

    #[test]
    fn a_place_that_cannot_be_written_is_an_error_of_the_store() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "x").unwrap();
        let store = FileStore::new(folder.path().join("file/token.json"));
        assert!(matches!(store.save(&test_token("a", "r", 5)), Err(Error::Store { .. })));
        assert!(matches!(store.lock(&|| false), Err(Error::Store { .. })));
    }
}
