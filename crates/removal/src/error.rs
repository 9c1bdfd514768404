//! What stops a whole run. What stops one photo is a [`crate::Refusal`].

use std::io;
use std::path::{Path, PathBuf};

/// What stopped a run, or kept it from beginning.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The plan cannot be applied.
    #[error("{0}")]
    Plan(String),
    /// Another run holds the lock.
    #[error("another run of `remove`, `undo`, `recover` or `trash empty` is going on")]
    Locked,
    /// The disk refused; nothing moved after it did.
    #[error("{what} `{}`: {why}", path.display())]
    Disk {
        /// What was tried, in words.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the disk said.
        why: io::Error,
    },
    /// No such run.
    #[error("there is no run {0}")]
    NoRun(String),
    /// The one that watches refused to go on.
    #[error("{0}")]
    Witness(String),
}

/// Result with this room's error.
pub type Result<T> = std::result::Result<T, Error>;

/// Says what was tried on what.
pub(crate) trait Tried<T> {
    fn tried(self, what: &'static str, path: &Path) -> Result<T>;
}

impl<T> Tried<T> for io::Result<T> {
    fn tried(self, what: &'static str, path: &Path) -> Result<T> {
        self.map_err(|why| Error::Disk { what, path: path.to_owned(), why })
    }
}
