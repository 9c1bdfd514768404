//! Sources: places photos come from. How each is read is the sources room's.

use crate::SourceId;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What kind of place a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A folder of files.
    Folder,
    /// The Takeout exports of one Google account.
    Takeout,
    /// What Google's interfaces list or a person picked there: facts and small pictures, never the bytes.
    Google,
}

impl SourceKind {
    /// Returns the lower-case name, as stored in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::Folder => "folder",
            SourceKind::Takeout => "takeout",
            SourceKind::Google => "google",
        }
    }

    /// Returns the kind with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Folder, Self::Takeout, Self::Google].into_iter().find(|kind| kind.name() == name)
    }
}

/// A place photos come from, with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its row.
    pub id: SourceId,
    /// Its name, unique in the catalog.
    pub name: String,
    /// What kind of place it is.
    pub kind: SourceKind,
    /// Folder: its root, one. Takeout: the archives and trees read so far.
    pub roots: Vec<PathBuf>,
    /// Whether it was there when last looked for.
    pub online: bool,
    /// Whether its assets are never offered for removal.
    pub reference: bool,
}
