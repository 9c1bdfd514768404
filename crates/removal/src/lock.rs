//! One hand at a time: a lock on a file in the state folder, held until it is dropped, and let go by the system when the process dies.

use crate::error::Tried as _;
use crate::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The right to touch files. Hold it by a name to the end of the run.
#[must_use = "dropped at once, it protects nothing"]
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file lets go")] File);

/// Takes the lock that `remove`, `undo`, `recover` and `trash empty` share. The state folder is made where it is not there.
///
/// # Errors
/// [`Error::Locked`] while another process holds it, [`Error::Disk`].
#[expect(clippy::disallowed_methods, reason = "a file of our own")]
pub fn lock(state: &Path) -> Result<Lock> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(state).tried("cannot make the folder", state)?;
    let path = state.join("removal.lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).tried("cannot open", &path)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Error::Locked),
        Err(TryLockError::Error(why)) => Err(Error::Disk { what: "cannot lock", path, why }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hand_at_a_time() {
        let state = tempfile::tempdir().unwrap();
        let held = lock(state.path()).unwrap();
        assert!(matches!(lock(state.path()), Err(Error::Locked)));
        drop(held);
        let _held = lock(state.path()).unwrap();
    }
}
