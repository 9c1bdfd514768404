//! What a Takeout JSON says of an item or an album. Parsing and pairing are the sources room's.

use crate::GeoPoint;
use serde::{Deserialize, Serialize};

/// A Takeout JSON that describes one item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sidecar {
    /// The name as uploaded; the most reliable key.
    pub title: String,
    /// The caption a person typed.
    pub caption: Option<String>,
    /// Capture instant in seconds of UTC (`photoTakenTime`); `None` for "0" and where missing.
    pub taken_utc_seconds: Option<i64>,
    /// When it reached Google Photos, seconds of UTC (`creationTime`).
    pub uploaded_utc_seconds: Option<i64>,
    /// Last change, seconds of UTC (`photoLastModifiedTime`, older `modificationTime`): the newer sidecar of an item wins.
    pub modified_utc_seconds: Option<i64>,
    /// Place as shown by Google (`geoData`), else the file's (`geoDataExif`); 0/0 is `None`.
    pub place: Option<GeoPoint>,
    /// Named people.
    pub people: Vec<String>,
    /// Deep link to the item; its last part is Google's media key.
    pub url: Option<String>,
    /// How it came in: the key of `googlePhotosOrigin` (`mobileUpload`, `driveDesktopUploader`).
    pub origin: Option<String>,
    /// Android package, for app folders.
    pub app: Option<String>,
    /// Marked as favourite.
    pub favourite: bool,
    /// Archived.
    pub archived: bool,
    /// In Google's trash.
    pub trashed: bool,
    /// In the locked folder.
    pub locked: bool,
    /// Shared by a partner (`fromPartnerSharing`) or saved from a shared album: not the person's own upload.
    pub partner: bool,
}

impl Sidecar {
    /// Returns Google's media key: the last part of the url.
    #[must_use]
    pub fn media_key(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        let path = url.split(['?', '#']).next().unwrap_or(url);
        path.trim_end_matches('/').rsplit('/').next().filter(|key| !key.is_empty())
    }
}

/// A Takeout JSON that describes an album.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlbumRecord {
    /// The album's title; may be empty.
    pub title: String,
    /// Its description.
    pub caption: Option<String>,
    /// `protected`, `shared`, … as Google writes it.
    pub access: Option<String>,
}

/// A Takeout JSON, told by content and never by its name (names are localised).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SidecarDocument {
    /// Describes an item.
    Item(Sidecar),
    /// Describes an album: the folder it lies in.
    Album(AlbumRecord),
    /// Something else of Takeout's (comments, print orders, memory titles).
    Other,
}
