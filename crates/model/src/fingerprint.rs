//! All that is learnt by opening a file's bytes. How it is learnt is the fingerprint room's.

use crate::{Format, Metadata, PayloadHash, PerceptualHash, PictureGrid};
use serde::{Deserialize, Serialize};

/// Which pixels the hash and grid were drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecodedFrom {
    /// All pixels of the picture.
    Full,
    /// A JPEG's DC coefficients: its exact averages over 8 × 8 pixels.
    Coarse,
    /// The thumbnail item of a HEIC.
    Thumbnail,
    /// The preview JPEG inside a RAW.
    Preview,
    /// The preview in a JPEG's EXIF, which may be stale: good for finding what to open, never for calling a copy.
    Embedded,
}

impl DecodedFrom {
    /// Returns the kebab-case name, as stored in the catalog.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DecodedFrom::Full => "full",
            DecodedFrom::Coarse => "coarse",
            DecodedFrom::Thumbnail => "thumbnail",
            DecodedFrom::Preview => "preview",
            DecodedFrom::Embedded => "embedded",
        }
    }

    /// Returns the value with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Full, Self::Coarse, Self::Thumbnail, Self::Preview, Self::Embedded].into_iter().find(|from| from.name() == name)
    }
}

/// What the pixels of a picture look like, upright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The hash of the picture; those of its [`Turn`](crate::Turn)s follow from it.
    pub hash: PerceptualHash,
    /// How much there is to hash, 0 (a plain frame) to 100.
    pub quality: u8,
    /// The small picture for the second look.
    pub grid: PictureGrid,
    /// Which pixels this was drawn from.
    pub from: DecodedFrom,
}

/// A frame of a film, drawn like a still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFrame {
    /// When it is shown, in milliseconds from the film's beginning.
    pub at_ms: u64,
    /// What it looks like, upright, without black bars.
    pub picture: Picture,
}

/// Steps in which the averages of a picture's 8 × 8 blocks of brightness lie, as steps of a JPEG's DC coefficient (eighths of a grey level).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockSteps {
    /// The step of this file's own coding; 1 for a lossless picture.
    pub own: u16,
    /// The coarsest step that shows: that of an earlier coding on this grid, or `own`.
    pub shown: u16,
    /// No coarser step than this ever coded it on this grid: `shown` where that is sure, [`u16::MAX`] where nothing can be told (too small or
    /// too plain a picture).
    #[serde(default = "untold")]
    pub at_most: u16,
}

/// What an older recipe's row says of it.
fn untold() -> u16 {
    u16::MAX
}

impl BlockSteps {
    /// Tells a picture that was coded more coarsely before.
    #[must_use]
    pub fn is_resaved(self) -> bool {
        self.shown > self.own
    }
}

/// What of a file is missing or broken, as the file itself proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// A film whose index, or its boxes, reach past the end of the file.
    EndsEarly,
    /// A film of which a coded picture that was looked at is no such thing, or cannot be decoded though others of the film can.
    PictureBroken,
    /// A still that was decoded though a little of it is missing.
    PictureCut,
}

impl Damage {
    /// All kinds.
    pub const ALL: &[Self] = &[Self::EndsEarly, Self::PictureBroken, Self::PictureCut];

    /// Says it, in words that follow "damaged:".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Damage::EndsEarly => "the file ends before its last coded picture",
            Damage::PictureBroken => "a coded picture in it cannot be read",
            Damage::PictureCut => "a part of the picture is missing",
        }
    }
}

/// Traces that coding leaves, for telling the first encode from the second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Encoding {
    /// JPEG: the setting of the IJG scale (1 to 100) nearest to the luma quantisation table.
    pub jpeg_quality: Option<u8>,
    /// JPEG: whether the tables are exactly the IJG's for that setting (programs), not a camera's own.
    pub standard_tables: Option<bool>,
    /// JPEG: whether coded progressively (services and programs; no camera does).
    pub progressive: Option<bool>,
    /// Lossless formats: strength of a JPEG's 8-pixel grid in the pixels; about 1 is none, 1.3 or more shows one.
    pub block_grid: Option<f32>,
    /// JPEG: the setting (IJG scale) of an earlier, coarser coding whose steps still show in the coefficients; `None` where none shows.
    pub earlier_quality: Option<u8>,
    /// Pictures coded in blocks of 8 × 8, and lossless ones: the steps that show in the averages of the blocks.
    pub steps: Option<BlockSteps>,
    /// Share of fine detail present, 0 (an enlarged or blurred picture) to 1; measured where all pixels were decoded.
    pub detail: Option<f32>,
    /// PNG, WebP, TIFF: a number for how the samples are to be shown (profile, gamma, primaries), 0 for sRGB; `None` where it was not read.
    pub colour: Option<u32>,
    /// Films: whether there is a track of sound; `None` where the container does not tell.
    pub sound: Option<bool>,
    /// What is missing or broken, where the file itself proves it; `None` where nothing is known of any damage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damage: Option<Damage>,
}

/// All that is learnt by opening a file's bytes: of a content, whatever its name or place.
#[derive(Debug, Clone, PartialEq)]
pub struct Fingerprint {
    /// Version of the recipe that drew it; another version is drawn anew.
    pub recipe: u32,
    /// The format, told by content.
    pub format: Format,
    /// Width of the main picture in pixels, upright; 0 if unknown.
    pub width: u32,
    /// Height of the main picture in pixels, upright; 0 if unknown.
    pub height: u32,
    /// EXIF orientation that was applied, 1 to 8.
    pub orientation: u16,
    /// Frames of an animation or pages of a document; 1 for a plain picture. More than 1 matches by content or payload only.
    pub frames: u32,
    /// What the file says of its taking.
    pub metadata: Metadata,
    /// Hash of the coded picture, where the format's payload can be told apart.
    pub payload: Option<PayloadHash>,
    /// What the pixels look like, where they could be decoded.
    pub picture: Option<Picture>,
    /// Frames of a film at fixed positions, in order of time; empty for stills and where none could be decoded.
    pub key_frames: Vec<KeyFrame>,
    /// Traces of coding.
    pub encoding: Encoding,
    /// Whether the file carries a film in itself (motion photo).
    pub has_embedded_video: bool,
    /// Why there is no [`picture`](Self::picture) or, for a film, no [`key_frames`](Self::key_frames), in words for people; `None` where there is one.
    pub undecoded: Option<String>,
}

impl Fingerprint {
    /// Returns the number of pixels.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}
