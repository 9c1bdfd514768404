//! Errors of the whole library, by who must act; the faces add words around and an exit code.

use std::path::PathBuf;

/// What stopped a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person asked for something that cannot be.
    #[error("{what}")]
    User {
        /// What, with the thing in backticks.
        what: String,
        /// The next step, where there is one.
        hint: Option<String>,
    },
    /// Disk or archive: may be tried again.
    #[error("cannot read `{}`: {why}", path.display())]
    World {
        /// What was touched.
        path: PathBuf,
        /// Why it failed.
        why: String,
        /// The next step, where there is one.
        hint: Option<String>,
    },
    /// The catalog: damaged, locked, newer.
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    /// Something changed meanwhile, in another page or by another program. Nothing was done.
    #[error("{what}")]
    Conflict {
        /// What changed.
        what: String,
    },
    /// The person pressed Ctrl-C; what was done is kept.
    #[error("stopped; what was done is kept")]
    Interrupted,
    /// An answer could not be written.
    #[error("cannot write the answer: {0}")]
    Output(#[from] std::io::Error),
    /// We are wrong.
    #[error("this is a fault of Lookalike: {0}")]
    Bug(String),
}

impl Error {
    /// Returns the next step, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::User { hint, .. } | Error::World { hint, .. } => hint.clone(),
            Error::Catalog(catalog::Error::Missing { .. }) => Some("run `lookalike scan PATH` first".to_owned()),
            Error::Catalog(catalog::Error::Newer { .. }) => {
                Some("use the newer program, or another catalog with `--catalog PATH`".to_owned())
            }
            Error::Catalog(catalog::Error::NetworkFileSystem { .. }) => {
                Some("choose a place on a local disk with `--catalog PATH`".to_owned())
            }
            Error::Catalog(catalog::Error::Foreign { .. }) => {
                Some("name another file with `--catalog PATH`; this one was left as it is".to_owned())
            }
            Error::Catalog(catalog::Error::Busy) => Some("wait until the other one is done, or end it".to_owned()),
            Error::Catalog(catalog::Error::Damaged(_)) => {
                Some("no photo is harmed; move the catalog away and scan again to make a new one".to_owned())
            }
            Error::Interrupted => Some("run the same command again to go on".to_owned()),
            _ => None,
        }
    }

    /// Tells what only other words of the person can mend: a wish that cannot be, or a name that is taken or unknown.
    #[must_use]
    pub fn is_of_user(&self) -> bool {
        matches!(self, Error::User { .. } | Error::Catalog(catalog::Error::Name(_)))
    }

    pub(crate) fn user(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Error::User { what: what.into(), hint: Some(hint.into()) }
    }
}

/// Result with the library's error.
pub type Result<T> = std::result::Result<T, Error>;
