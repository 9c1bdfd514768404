//! What can go wrong while finding and opening, with the path inside, and the same in words for the ledger.
//!
//! It does not decide who must act: the pipeline does. One bad member is never an error of the whole walk; it becomes a
//! [`LeftOut`](crate::LeftOut) with the [`Cause`] that [`Error::cause`] gives.
//!
//! **Invariant:** codes are stable (the ledger counts by them); words are one lower-case line without a full stop.

use model::{Cause, LocationPath};
use std::io;
use std::path::PathBuf;

/// An error of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing at the path given.
    #[error("cannot find `{}`: there is no such file or folder", path.display())]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The system refused to read it.
    #[error("cannot read `{path}`: {}", system_words(source))]
    Unreadable {
        /// What could not be read.
        path: LocationPath,
        /// What the system said.
        source: io::Error,
    },
    /// A pattern of `--exclude` has no meaning.
    #[error("cannot use the pattern `{pattern}`: {reason}")]
    Pattern {
        /// The pattern as given.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
    /// An archive, and none of Google's exports.
    #[error("cannot use `{}`: {NOT_TAKEOUT_WORDS}", path.display())]
    NotTakeout {
        /// The archive.
        path: PathBuf,
    },
    /// The bytes are not what they should be: cut off, changed on the way, or never an archive.
    #[error("cannot read `{path}`: {reason}")]
    Damaged {
        /// The archive or member.
        path: LocationPath,
        /// What is wrong, and what may help.
        reason: String,
    },
    /// It is beyond a bound of ours.
    #[error("cannot take `{path}`: it holds {size} {unit}, the bound is {bound}")]
    TooLarge {
        /// What is too large.
        path: LocationPath,
        /// How much it holds.
        size: u64,
        /// How much is allowed.
        bound: u64,
        /// What is counted (`bytes`, `members`).
        unit: &'static str,
    },
    /// It unpacks to more than it declares, or to more than photos can.
    #[error("cannot unpack `{path}`: {reason}")]
    Lies {
        /// The archive or member.
        path: LocationPath,
        /// In what it lies.
        reason: String,
    },
    /// It is locked with a password.
    #[error("cannot unpack `{path}`: {ENCRYPTED_WORDS}")]
    Encrypted {
        /// The member.
        path: LocationPath,
    },
    /// It is packed in a way we do not read.
    #[error("cannot unpack `{path}`: {reason}")]
    Unsupported {
        /// The archive or member.
        path: LocationPath,
        /// Which way.
        reason: String,
    },
    /// Its name leads out of the archive.
    #[error("cannot use `{path}`: {UNSAFE_NAME_WORDS}")]
    UnsafeName {
        /// The member.
        path: LocationPath,
    },
    /// The one who was handed the bytes gave up; the bytes themselves were sound so far.
    #[error("cannot take in `{path}`: {source}")]
    Receiver {
        /// What was being read.
        path: LocationPath,
        /// What the receiver said.
        source: io::Error,
    },
}

const NOT_TAKEOUT_WORDS: &str = "an archive that is no Google Takeout export; unpack it to have its photos looked at";
const ENCRYPTED_WORDS: &str = "it is locked with a password; unpack it yourself, then scan the folder";
const UNSAFE_NAME_WORDS: &str = "its name leads out of the archive, as no export writes it; it was left alone";
/// Words for an archive that stops before its end, by far the commonest damage: a download that was cut off.
pub(crate) const CUT_SHORT_WORDS: &str = "the archive ends too early; download this part again";
/// Words for bytes that do not give the checksum written beside them.
pub(crate) const CHECKSUM_WORDS: &str = "its bytes were changed on the way (wrong checksum); download this part again";

impl Error {
    /// Returns a stable code and words for people, for the ledger.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Error::NotFound { .. } => Cause::new("not-found", "there is no such file or folder"),
            Error::Unreadable { source, .. } => Cause::new("unreadable", system_words(source)),
            Error::Pattern { reason, .. } => Cause::new("pattern", reason.clone()),
            Error::Stopped => Cause::new("stopped", "stopped before it was read"),
            Error::NotTakeout { .. } => Cause::new("not-a-takeout-export", NOT_TAKEOUT_WORDS),
            Error::Damaged { reason, .. } => Cause::new("archive-damaged", reason.clone()),
            Error::TooLarge { size, bound, unit, .. } => {
                Cause::new("too-large", format!("it holds {size} {unit}, more than the {bound} that are taken"))
            }
            Error::Lies { reason, .. } => Cause::new("archive-lies", reason.clone()),
            Error::Encrypted { .. } => Cause::new("encrypted", ENCRYPTED_WORDS),
            Error::Unsupported { reason, .. } => Cause::new("unsupported-packing", reason.clone()),
            Error::UnsafeName { .. } => Cause::new("unsafe-name", UNSAFE_NAME_WORDS),
            Error::Receiver { source, .. } => Cause::new("not-taken-in", system_words(source)),
        }
    }

    /// Returns the error of a file or folder that the system would not read; a missing one is [`Error::NotFound`].
    pub(crate) fn of_system(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::NotFound => Error::NotFound { path },
            _ => Error::Unreadable { path: LocationPath::file(path), source },
        }
    }
}

/// Says why the system refused, without its error number.
pub(crate) fn system_words(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::PermissionDenied => "there is no permission to read it".to_owned(),
        io::ErrorKind::NotFound => "it is gone".to_owned(),
        _ => {
            let said = source.to_string();
            let plain = said.split(" (os error").next().unwrap_or(&said);
            let mut letters = plain.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_lower_case_line_and_codes_are_told_apart() {
        let path = || LocationPath::member("/p/takeout-1.zip", "Takeout/a.jpg");
        let io = || io::Error::from_raw_os_error(5);
        let all = [
            Error::NotFound { path: "/p".into() },
            Error::Unreadable { path: path(), source: io() },
            Error::Pattern { pattern: "[".into(), reason: "unclosed bracket".into() },
            Error::Stopped,
            Error::NotTakeout { path: "/p/a.zip".into() },
            Error::Damaged { path: path(), reason: CUT_SHORT_WORDS.into() },
            Error::TooLarge { path: path(), size: 3, bound: 2, unit: "bytes" },
            Error::Lies { path: path(), reason: "it unpacks to more than it declares".into() },
            Error::Encrypted { path: path() },
            Error::Unsupported { path: path(), reason: "packed with method 99".into() },
            Error::UnsafeName { path: path() },
            Error::Receiver { path: path(), source: io() },
        ];
        let mut codes: Vec<_> = all.iter().map(|error| error.cause().code).collect();
        for error in &all {
            let words = error.cause().words;
            assert!(!words.is_empty() && !words.ends_with('.') && !words.contains('\n') && !words.contains("os error"), "{words}");
            assert!(!words.starts_with(char::is_uppercase), "{words}");
        }
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), all.len());
    }

    #[test]
    fn the_message_names_the_member() {
        let error = Error::Damaged { path: LocationPath::member("/p/t.zip", "Takeout/a.jpg"), reason: CHECKSUM_WORDS.into() };
        assert_eq!(
            error.to_string(),
            "cannot read `/p/t.zip!Takeout/a.jpg`: its bytes were changed on the way (wrong checksum); download this part again"
        );
    }
}
