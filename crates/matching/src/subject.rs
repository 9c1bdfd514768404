//! What matching is told of an asset. Where it comes from (the catalog) and what its fingerprint means are other rooms'.

use model::{AssetId, ContentHash, DecodedFrom, Encoding, Format, Metadata, PayloadHash, PerceptualHash, PictureGrid};

/// An asset as matching sees it: its hashes, its fingerprint, its name.
///
/// **Invariant:** `size_bytes` is not 0: empty files never match, so the caller leaves them out.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The asset.
    pub asset: AssetId,
    /// Content hashes of its locations, the primary one first; other locations may differ in bytes.
    pub contents: Vec<ContentHash>,
    /// Payload hashes of its locations, in the order of `contents`, without those that have none.
    pub payloads: Vec<PayloadHash>,
    /// Size of the primary location in bytes.
    pub size_bytes: u64,
    /// Format, told by content.
    pub format: Format,
    /// Width in pixels, upright; 0 if unknown.
    pub width: u32,
    /// Height in pixels, upright; 0 if unknown.
    pub height: u32,
    /// EXIF orientation under which the pixels are stored, 1 to 8.
    pub orientation: u16,
    /// Frames or pages; more than 1 matches by content or payload only.
    pub frames: u32,
    /// What the file says of its taking.
    pub metadata: Metadata,
    /// The hash of each turn, in the order of [`model::Turn::ALL`]; `None` where no pixels could be decoded.
    pub hashes: Option<[PerceptualHash; 8]>,
    /// How much there is to hash, 0 to 100.
    pub quality: u8,
    /// Which pixels the hashes were drawn from.
    pub from: Option<DecodedFrom>,
    /// Traces of coding.
    pub encoding: Encoding,
    /// File name or title.
    pub name: String,
    /// Folder of the primary location.
    pub folder: String,
}

impl Subject {
    /// Returns the longer side in pixels.
    pub(crate) fn long_side(&self) -> u32 {
        self.width.max(self.height)
    }

    /// Returns the shorter side in pixels.
    pub(crate) fn short_side(&self) -> u32 {
        self.width.min(self.height)
    }

    /// Tells a plain still picture from films, animations and documents, which match by content or payload only.
    pub(crate) fn is_still(&self) -> bool {
        self.frames <= 1 && !self.format.is_video()
    }
}

/// Where the small pictures for the second look come from; asked only for candidates.
pub trait Grids: Sync {
    /// Returns the picture grid of `asset`; `None` where there is none.
    fn grid(&self, asset: AssetId) -> Option<PictureGrid>;
}
