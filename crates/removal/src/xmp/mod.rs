//! What of a photo is a person's own, and the XMP sidecars that keep it beside a photo.

use model::{CaptureTime, GeoPoint};
use serde::{Deserialize, Serialize};

/// What of a photo is a person's own: what a copy that goes hands to its keeper.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Curation {
    /// Titles of albums.
    pub albums: Vec<String>,
    /// Marked as favourite.
    pub favourite: bool,
    /// Caption.
    pub caption: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Named people.
    pub people: Vec<String>,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Stars.
    pub rating: Option<i8>,
    /// Place.
    pub place: Option<GeoPoint>,
    /// Capture time.
    pub taken: Option<CaptureTime>,
}
