//! What the room is told of an asset, and what a person asked for.
//!
//! The pipeline gathers this from the catalog; nothing here is computed or read. A field that is `None` is unknown, not different.

use crate::KeepRules;
use model::{
    AssetId, ContentHash, Encoding, Format, GeoPoint, Instant, Metadata, Relation, RemovedBefore, Sha1Hash, SourceId, SourceKind, Verdict,
};
use std::collections::BTreeSet;

/// Everything that decides over an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetFacts {
    /// The asset; unique in one call.
    pub asset: AssetId,
    /// The source it lies in.
    pub source: SourceId,
    /// That source's name, for reasons.
    pub source_name: String,
    /// What kind of place that source is.
    pub source_kind: SourceKind,
    /// Whether its drive or archive was there when last looked for.
    pub online: bool,
    /// Whether its source is a reference, never offered for removal.
    pub reference: bool,
    /// Path as shown: `PATH` or `ARCHIVE!MEMBER`.
    pub path: String,
    /// File name, or Google's title.
    pub name: String,
    /// Format by content; `None` where it was never opened.
    pub format: Option<Format>,
    /// Width in pixels, upright; 0 if unknown.
    pub width: u32,
    /// Height in pixels, upright; 0 if unknown.
    pub height: u32,
    /// EXIF orientation under which its pixels are stored, 1 to 8; 1 where there is none.
    pub orientation: u16,
    /// Bytes of the file.
    pub size_bytes: u64,
    /// Names its bytes.
    pub content: Option<ContentHash>,
    /// Names its bytes as Google does.
    pub sha1: Option<Sha1Hash>,
    /// What the file says of its taking.
    pub metadata: Metadata,
    /// Traces of coding.
    pub encoding: Encoding,
    /// The capture time believed.
    pub taken: Option<Instant>,
    /// When it reached Google Photos, seconds of UTC.
    pub uploaded_utc_seconds: Option<i64>,
    /// Titles of the albums it stands in.
    pub albums: Vec<String>,
    /// Marked as favourite.
    pub favourite: bool,
    /// Archived.
    pub archived: bool,
    /// In Google's trash.
    pub trashed: bool,
    /// In the locked folder.
    pub locked: bool,
    /// Shared by a partner: not the person's own upload.
    pub partner: bool,
    /// The caption a person typed.
    pub caption: Option<String>,
    /// Named people.
    pub people: Vec<String>,
    /// Place as the source shows it.
    pub place: Option<GeoPoint>,
    /// How it came in: Takeout's `googlePhotosOrigin` key.
    pub origin: Option<String>,
    /// Files that belong to it and are no asset of their own (a live photo's clip).
    pub companions: usize,
    /// Renditions Google wrote beside it (`-edited`).
    pub renditions: usize,
    /// Whether it lies in a library package of another program.
    pub in_library_package: bool,
    /// What a person decided on it.
    pub recorded: Option<Verdict>,
    /// Whether a person made it the keeper of its group.
    pub is_chosen: bool,
    /// Whether it was removed before and came back.
    pub removed_before: Option<RemovedBefore>,
}

impl AssetFacts {
    /// Returns the number of pixels; 0 if unknown.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Tells an asset of a Google account.
    pub(crate) fn is_google(&self) -> bool {
        matches!(self.source_kind, SourceKind::Takeout | SourceKind::Google)
    }
}

/// What a person asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// How keepers are chosen.
    pub rules: KeepRules,
    /// Pairs of sources: keepers from the first may justify removals in the second.
    pub across: Vec<(SourceId, SourceId)>,
    /// Opt-in relations (`edited`, `cropped`, `look-alike`) that may form groups; the others are listed as set aside.
    pub with: BTreeSet<Relation>,
}

impl Options {
    /// Tells whether a keeper of the first source may justify a removal in the second.
    pub(crate) fn may_justify(&self, keeper: SourceId, member: SourceId) -> bool {
        keeper == member || self.across.contains(&(keeper, member))
    }
}
