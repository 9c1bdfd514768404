//! What ends a command early, with its exit code and its hint.

use std::io;

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The library's.
    #[error(transparent)]
    Library(#[from] pipeline::Error),
    /// Arguments or config that make no sense.
    #[error("{what}")]
    Usage {
        /// What is wrong.
        what: String,
        /// The next step.
        hint: Option<String>,
    },
    /// What was begun ended before its end.
    #[error("{what}")]
    Ended {
        /// What ended it.
        what: String,
        /// The next step.
        hint: String,
    },
    /// Standard output or error cannot be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    pub(crate) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Usage { what: what.into(), hint: Some(hint.into()) }
    }

    pub(crate) fn ended(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Ended { what: what.into(), hint: hint.into() }
    }

    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Failure::Output(error) | Failure::Library(pipeline::Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(crate) fn is_interrupt(&self) -> bool {
        matches!(self, Failure::Library(pipeline::Error::Interrupted))
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Usage { .. } => 2,
            failure if failure.is_interrupt() => 130,
            _ => 1,
        }
    }

    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Failure::Library(error) => error.hint(),
            Failure::Usage { hint, .. } => hint.clone(),
            Failure::Ended { hint, .. } => Some(hint.clone()),
            Failure::Output(_) => None,
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Failure::Output(error.into())
    }
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;
