//! What a file says of its own taking. Parsing is the fingerprint room's; which fields prove identity is the matching room's.

use crate::CaptureTime;
use serde::{Deserialize, Serialize};

/// A place on Earth, as a file or sidecar tells it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeoPoint {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres above sea level, where given.
    pub altitude_m: Option<f64>,
}

/// Facts from EXIF, XMP or a film's container. A field that is `None` is *unknown*, which is not the same as different.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Camera maker, blanks trimmed.
    pub make: Option<String>,
    /// Camera model, blanks trimmed.
    pub model: Option<String>,
    /// The body's serial number.
    pub serial: Option<String>,
    /// The camera's own count of frames (maker note or EXIF ImageNumber).
    pub image_number: Option<u64>,
    /// Apple's or another maker's identifier shared by the frames of one burst.
    pub burst_id: Option<String>,
    /// Identifier shared by a live photo's still and movie (Apple ContentIdentifier / MediaGroupUUID).
    pub content_identifier: Option<String>,
    /// When it was taken.
    pub taken: Option<CaptureTime>,
    /// Lens model.
    pub lens: Option<String>,
    /// Millimetres, as on the lens.
    pub focal_length_mm: Option<f64>,
    /// F-number.
    pub f_number: Option<f64>,
    /// ISO speed.
    pub iso: Option<u32>,
    /// Seconds.
    pub exposure_s: Option<f64>,
    /// Where it was taken; 0/0 is `None`.
    pub place: Option<GeoPoint>,
    /// The program that wrote the file.
    pub software: Option<String>,
    /// Caption or description written into the file.
    pub caption: Option<String>,
    /// Keywords or tags written into the file.
    pub keywords: Vec<String>,
    /// Stars, 1 to 5 (XMP Rating).
    pub rating: Option<u8>,
    /// Width that the metadata claims for the picture (EXIF PixelXDimension), pixels.
    pub claimed_width: Option<u32>,
    /// Height that the metadata claims for the picture, pixels.
    pub claimed_height: Option<u32>,
    /// Milliseconds a film runs.
    pub duration_ms: Option<u64>,
}

impl Metadata {
    /// Returns how many of the facts a person would miss are present: camera, time, lens, exposure, place, caption, keywords, rating.
    #[must_use]
    pub fn richness(&self) -> u32 {
        [
            self.make.is_some() || self.model.is_some(),
            self.taken.is_some(),
            self.lens.is_some() || self.focal_length_mm.is_some(),
            self.exposure_s.is_some() || self.iso.is_some(),
            self.place.is_some(),
            self.caption.is_some(),
            !self.keywords.is_empty(),
            self.rating.is_some(),
        ]
        .into_iter()
        .map(u32::from)
        .sum()
    }
}
