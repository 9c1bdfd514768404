//! The memory of a removed asset, as far as it speaks of one that came back.

use crate::ContentHash;

/// When and from where an asset was removed that is here again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedBefore {
    /// Number of the run that removed it.
    pub run: u64,
    /// When, seconds of UTC.
    pub utc_seconds: i64,
    /// Where it lay.
    pub place: String,
    /// The bytes of the photo that stayed in its place.
    pub keeper: ContentHash,
}
