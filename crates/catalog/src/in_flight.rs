//! The little file beside the catalog that tells, after a crash, which files were being read: one slot for each worker, holding the
//! number of a ledger row or 0.
//!
//! It is no table, since it is written twice for each photo and must survive the process, not the power: a write to the page cache does.

use crate::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Most slots that are read back: more workers than any machine has.
const SLOTS_MAX: u64 = 4096;

/// Slots of the files being read.
pub struct InFlight {
    file: Mutex<File>,
    path: PathBuf,
}

impl InFlight {
    /// Opens the file beside the catalog at `catalog`; returns it and the ledger rows that were being read when a process died.
    ///
    /// # Errors
    /// [`Error::InFlight`] where it cannot be made or read.
    pub fn open(catalog: &Path) -> Result<(Self, Vec<i64>)> {
        let mut name = catalog.as_os_str().to_owned();
        name.push("-inflight");
        let path = PathBuf::from(name);
        let fail = |source| Error::InFlight { path: path.clone(), source };
        #[expect(clippy::disallowed_methods, reason = "a part of the catalog, beside it like its write-ahead log")]
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(fail)?;
        let mut bytes = Vec::new();
        std::io::Read::by_ref(&mut file).take(SLOTS_MAX * 8).read_to_end(&mut bytes).map_err(fail)?;
        let mut left: Vec<i64> = bytes
            .chunks_exact(8)
            .map(|chunk| i64::from_le_bytes(chunk.try_into().expect("chunks of eight")))
            .filter(|id| *id > 0)
            .collect();
        left.sort_unstable();
        left.dedup();
        let board = Self { file: Mutex::new(file), path };
        board.clear()?;
        Ok((board, left))
    }

    /// Notes that the worker `slot` begins to read that ledger row (0: nothing).
    ///
    /// # Errors
    /// [`Error::InFlight`] where it cannot be written.
    pub fn set(&self, slot: usize, ledger_id: i64) -> Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(slot as u64 * 8))
            .and_then(|_| file.write_all(&ledger_id.to_le_bytes()))
            .map_err(|source| Error::InFlight { path: self.path.clone(), source })
    }

    /// Empties all slots: a stop that was wanted.
    ///
    /// # Errors
    /// [`Error::InFlight`] where it cannot be written.
    pub fn clear(&self) -> Result<()> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.set_len(0).map_err(|source| Error::InFlight { path: self.path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_in_flight_is_told_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let catalog = folder.path().join("c.sqlite");
        let (board, left) = InFlight::open(&catalog).expect("open");
        assert!(left.is_empty());
        board.set(1, 42).expect("set");
        board.set(0, 7).expect("set");
        board.set(0, 0).expect("set");
        drop(board);
        let (board, left) = InFlight::open(&catalog).expect("open");
        assert_eq!(left, [42]);
        drop(board);
        assert!(InFlight::open(&catalog).expect("open").1.is_empty());
    }
}
