//! What was met and is not among the files: skipped on purpose, or failed. Each has its cause; the pipeline writes it to the ledger.

use model::{Cause, LocationPath, Outcome};

/// Something met that is not among the files found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it lies.
    pub path: LocationPath,
    /// Whether it is a folder, left out with all below it.
    pub is_folder: bool,
    /// Skipped or failed, and why.
    pub outcome: Outcome,
    /// Bytes, unpacked; 0 for folders and where unknown.
    pub size_bytes: u64,
}

impl LeftOut {
    /// Returns a file or member that was left out on purpose.
    pub(crate) fn skipped(path: LocationPath, size_bytes: u64, cause: Cause) -> Self {
        Self { path, is_folder: false, outcome: Outcome::Skipped(cause), size_bytes }
    }

    /// Returns a file or member that was wanted and could not be had.
    pub(crate) fn failed(path: LocationPath, size_bytes: u64, cause: Cause) -> Self {
        Self { path, is_folder: false, outcome: Outcome::Failed(cause), size_bytes }
    }

    /// Returns why, in words.
    pub(crate) fn words(&self) -> String {
        self.outcome.cause().map(|cause| cause.words.clone()).unwrap_or_default()
    }
}
