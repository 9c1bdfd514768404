//! Why a picture is not shown, in words for people.

use crate::place::TGZ_MAX_BYTES;
use fingerprints::decode::DecodeError;
use std::io;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    /// Its bytes were never here.
    #[error("it is only listed at Google; its bytes are not on this computer")]
    Listed,
    /// Its drive, archive or file is not there now.
    #[error("the drive or archive it lies on is not here now, or the file was moved; connect it, or scan again")]
    Offline,
    /// It lies in a tgz, which can only be read from its start, and in a long one.
    #[error(
        "it lies in a tgz of more than {} MiB, which can only be read from its start; unpack the archive to see it",
        TGZ_MAX_BYTES >> 20
    )]
    DeepInTgz,
    /// The file is not what the scan saw.
    #[error("the file changed since the scan; scan again to see it")]
    Changed,
    /// Beyond a bound of ours; which.
    #[error("it is too large to be shown: {0}")]
    TooLarge(String),
    /// Its bytes are no picture that is decoded here; the decoder's words.
    #[error("{0}")]
    Undecodable(String),
    /// Disk or archive; why.
    #[error("{0}")]
    Unreadable(String),
}

impl NoPicture {
    /// Tells whether it lies in the bytes, so that another try will say the same.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, NoPicture::Undecodable(_) | NoPicture::TooLarge(_))
    }
}

impl From<DecodeError> for NoPicture {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooManyPixels { .. } | DecodeError::TooMuchMemory { .. } => NoPicture::TooLarge(error.to_string()),
            DecodeError::Damaged(_) | DecodeError::Unsupported(_) => NoPicture::Undecodable(error.to_string()),
        }
    }
}

impl From<sources::Error> for NoPicture {
    fn from(error: sources::Error) -> Self {
        match error {
            sources::Error::NotFound { .. } => NoPicture::Offline,
            sources::Error::TooLarge { .. } => NoPicture::TooLarge(error.to_string()),
            error => NoPicture::Unreadable(error.to_string()),
        }
    }
}

/// Why a part of an original was not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It could not be read.
    #[error(transparent)]
    Source(#[from] NoPicture),
    /// Whoever was to take it did not.
    #[error("cannot hand it over: {0}")]
    Receiver(io::Error),
}
