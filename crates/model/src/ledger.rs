//! The account of every file found: done, skipped or failed, each with its cause. Kept by the catalog, filled by the pipeline.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::AddAssign;

/// Why a file was skipped or failed: a stable code to count by and words for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// Stable, kebab-case (`not-a-photo`, `archive-damaged`).
    pub code: String,
    /// One lower-case line without a full stop.
    pub words: String,
}

impl Cause {
    /// Returns a cause of that code and those words.
    pub fn new(code: &str, words: impl Into<String>) -> Self {
        Self { code: code.to_owned(), words: words.into() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// How a file found ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "cause", rename_all = "lowercase")]
pub enum Outcome {
    /// It is in the catalog as an asset's location, companion, sidecar or album record.
    Done,
    /// It was left out on purpose.
    Skipped(Cause),
    /// It was wanted and could not be had.
    Failed(Cause),
}

impl Outcome {
    /// Returns `done`, `skipped` or `failed`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Skipped(_) => "skipped",
            Outcome::Failed(_) => "failed",
        }
    }

    /// Returns the cause, where there is one.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Outcome::Done => None,
            Outcome::Skipped(cause) | Outcome::Failed(cause) => Some(cause),
        }
    }
}

/// What a file found is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A photo or film.
    Media,
    /// A Takeout JSON that describes an item.
    Sidecar,
    /// A Takeout JSON that describes an album.
    AlbumRecord,
    /// An archive that is opened.
    Archive,
    /// Anything else: a folder left out, a text, a file that could not be told.
    Other,
}

impl FileKind {
    /// Returns the kebab-case name, as stored in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Media => "media",
            FileKind::Sidecar => "sidecar",
            FileKind::AlbumRecord => "album-record",
            FileKind::Archive => "archive",
            FileKind::Other => "other",
        }
    }

    /// Returns the kind with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Media, Self::Sidecar, Self::AlbumRecord, Self::Archive, Self::Other].into_iter().find(|kind| kind.name() == name)
    }
}

/// Sums of outcomes.
///
/// **Invariant:** `found() == done + skipped + failed`, by construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Files that are in the catalog.
    pub done: u64,
    /// Files left out on purpose.
    pub skipped: u64,
    /// Files that could not be had.
    pub failed: u64,
}

impl Tally {
    /// Returns the number of files found.
    #[must_use]
    pub fn found(&self) -> u64 {
        self.done + self.skipped + self.failed
    }

    /// Counts one outcome.
    pub fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.done += other.done;
        self.skipped += other.skipped;
        self.failed += other.failed;
    }
}
