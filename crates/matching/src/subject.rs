//! What matching is told of an asset. Where it comes from (the catalog) and what its fingerprint means are other rooms'.

use model::{
    AssetId, ContentHash, DecodedFrom, DetailGrid, DetailWay, Encoding, Format, KeyFrame, Metadata, PayloadHash, PerceptualHash,
    PictureGrid,
};
use std::borrow::Cow;
use std::sync::Arc;

/// An asset as matching sees it: its hashes, its fingerprint, its name.
///
/// **Invariant:** `size_bytes` is 0 only where no content is known: empty files never match, so the caller leaves them out.
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
    /// The perceptual hash; `None` where no pixels could be decoded.
    pub hash: Option<PerceptualHash>,
    /// How much there is to hash, 0 to 100.
    pub quality: u8,
    /// Which pixels the hash was drawn from.
    pub from: Option<DecodedFrom>,
    /// Traces of coding.
    pub encoding: Encoding,
    /// Films: moment in ms, hash and quality of each frame, in order of time; empty for stills and where none could be drawn.
    pub frame_hashes: Vec<(u64, PerceptualHash, u8)>,
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

    /// Tells a HEIC of which only the thumbnail in it was fingerprinted.
    pub(crate) fn is_by_thumbnail(&self) -> bool {
        self.from == Some(DecodedFrom::Thumbnail)
    }

    /// Returns the subject as it is where its main picture is looked at in place of its thumbnail.
    pub(crate) fn by_main(&self) -> Cow<'_, Self> {
        if self.is_by_thumbnail() { Cow::Owned(Self { from: Some(DecodedFrom::Full), ..self.clone() }) } else { Cow::Borrowed(self) }
    }

    /// Tells a plain still picture from films, animations and documents, which match by content or payload only.
    pub(crate) fn is_still(&self) -> bool {
        self.frames <= 1 && !self.format.is_video()
    }
}

/// Where pictures come from; asked only for candidates.
pub trait Pictures: Sync {
    /// Returns the picture grid of `asset`; `None` where there is none.
    fn grid(&self, asset: AssetId) -> Option<PictureGrid>;

    /// Returns the frames of a film, in order of time; empty for stills and where none could be decoded.
    fn key_frames(&self, asset: AssetId) -> Vec<KeyFrame>;

    /// Returns the picture drawn again from its bytes with more cells, of a HEIC always the main picture and never a thumbnail; `None` where
    /// the bytes are not at hand, too small to show more, or cannot be decoded to their end. Costs a decode, so it is asked last, and only for pairs that all else calls copies.
    fn detail(&self, asset: AssetId, way: DetailWay) -> Option<Arc<DetailGrid>>;
}
