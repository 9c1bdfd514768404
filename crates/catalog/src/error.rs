//! What can go wrong with the catalog, by who has to act.

use std::path::PathBuf;

/// An error of the catalog.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or made.
    #[error("cannot open the catalog `{}`: {source}", path.display())]
    Open {
        /// The catalog's path.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file lies on a network file system, where SQLite's locks do not hold.
    #[error("the catalog `{}` lies on a network file system ({kind}), where locks do not hold", path.display())]
    NetworkFileSystem {
        /// The catalog's path.
        path: PathBuf,
        /// The file system's name.
        kind: &'static str,
    },
    /// The catalog was written by a newer program.
    #[error("the catalog `{}` was written by a newer version of Lookalike", path.display())]
    Newer {
        /// The catalog's path.
        path: PathBuf,
    },
    /// The file is another program's database.
    #[error("`{}` is another program's database, not a catalog of Lookalike", path.display())]
    Foreign {
        /// The path.
        path: PathBuf,
    },
    /// There is no catalog yet.
    #[error("there is no catalog at `{}` yet", path.display())]
    Missing {
        /// The catalog's path.
        path: PathBuf,
    },
    /// A migration failed.
    #[error("cannot bring the catalog to this version's shape: {0}")]
    Migration(rusqlite_migration::Error),
    /// Another process holds the catalog for longer than the busy timeout.
    #[error("the catalog is in use by another Lookalike")]
    Busy,
    /// A stored value cannot be what we wrote.
    #[error("the catalog is damaged: {0}")]
    Damaged(String),
    /// A name is taken or unknown.
    #[error("{0}")]
    Name(String),
    /// A question of the person's own is no SQL, or not one that only reads.
    #[error("{0}")]
    Query(String),
    /// The little file of what is being read cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    InFlight {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Anything else SQLite says.
    #[error("catalog: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Error::Busy,
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => Error::Damaged(error.to_string()),
            _ => Error::Sqlite(error),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::Damaged(error.to_string())
    }
}
