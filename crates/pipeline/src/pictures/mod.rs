//! Everything that a review needs to show pictures: small and large ones as JPEG, kept on disk; full-size ones of what browsers do not show; and
//! originals as they lie, in parts.
//!
//! Pictures are named by the content that they show. Bytes are hashed before a picture of them is kept under that name, so that a file that
//! changed since the scan is told and never shown as another's.
//!
//! **Invariants:** one picture is drawn once, however many threads ask; memory stays below about 1.3 GB for the largest file and decode there
//! may be (`draw`), and mostly below 512 MiB, with [`HELD_BYTES`] of full-size pictures beside it; nothing is written but in the cache's folder,
//! and that by the output room.

mod cache;
mod draw;
mod no_picture;
mod original;
mod room;
#[cfg(test)]
mod tests;

pub use cache::PicturesUsage;
pub use no_picture::{CopyError, NoPicture};
pub use original::Original;

use crate::Result;
use crate::output::OwnFolder;
use crate::place::{locked, places_of, sides};
use crate::thumbnail;
use cache::Cache;
use catalog::{AssetPlace, AssetRow};
use draw::{Drawer, Drawn};
use model::{AssetId, ContentHash, Format, PictureGrid, Presence, Role};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

/// Most bytes of the cache, unless told otherwise: some 12,000 large pictures, or 100,000 small ones.
pub const PICTURES_BUDGET_BYTES: u64 = 2_000_000_000;
/// Most bytes of full-size pictures, and of pictures that are not kept on disk, held in memory.
const HELD_BYTES: u64 = 64 << 20;
/// Largest file that is handed to the browser as it lies, in place of a picture drawn from it.
const AS_IT_LIES_MAX_BYTES: u64 = 32 << 20;
/// Most failures remembered.
const FAILED_MAX: usize = 20_000;
/// JPEG quality of a full-size picture.
const FULL_QUALITY: u8 = 92;

/// How pictures are kept and drawn.
#[derive(Debug, Clone)]
pub struct PictureOptions {
    /// The folder of the cache; made where it is not there.
    pub folder: PathBuf,
    /// Most bytes of it; see [`PICTURES_BUDGET_BYTES`].
    pub budget_bytes: u64,
    /// An ffmpeg, for posters of films that are not decoded here.
    pub ffmpeg: Option<PathBuf>,
}

/// How large a picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PictureSize {
    /// 256 pixels along the longest side.
    Small,
    /// 1,024 pixels along the longest side.
    Large,
}

impl PictureSize {
    /// Both.
    pub const ALL: [PictureSize; 2] = [PictureSize::Small, PictureSize::Large];

    /// Returns the longest side in pixels.
    #[must_use]
    pub fn side_max(self) -> u32 {
        match self {
            PictureSize::Small => 256,
            PictureSize::Large => 1024,
        }
    }

    fn quality(self) -> u8 {
        match self {
            PictureSize::Small => 82,
            PictureSize::Large => 88,
        }
    }
}

/// A picture to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its MIME type.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Why it shows only the catalog's 64 × 64 cells; `None` where it shows the photo.
    pub coarse: Option<NoPicture>,
    /// The content that it is known to show; `None` where not all bytes were compared.
    pub vouched: Option<ContentHash>,
}

impl Picture {
    fn jpeg(bytes: Vec<u8>, vouched: Option<ContentHash>) -> Self {
        Self { media_type: "image/jpeg", bytes, coarse: None, vouched }
    }
}

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    Content(ContentHash),
    /// Where the scan did not hash the bytes.
    Asset(AssetId),
}

/// What is drawn, and how large; `None` is its full size.
type Wanted = (Of, Option<PictureSize>);

type Outcome = std::result::Result<Picture, NoPicture>;

/// Draws and keeps pictures. For many threads at once.
pub struct Pictures {
    cache: Cache,
    drawer: Drawer,
    /// What is being drawn.
    drawing: Mutex<FxHashMap<Wanted, Arc<OnceLock<Outcome>>>>,
    failed: Mutex<FxHashMap<Wanted, NoPicture>>,
    /// Held in memory, the latest last.
    held: Mutex<VecDeque<(Wanted, Picture)>>,
}

impl Pictures {
    /// Opens the cache.
    ///
    /// # Errors
    /// [`Error::User`](crate::Error::User) where its folder cannot be made or is none.
    pub fn open(options: PictureOptions) -> Result<Self> {
        let folder = OwnFolder::make_private(&options.folder)?;
        let drawer = Drawer::new(folder.path(), options.ffmpeg);
        let cache = Cache::open(folder, options.budget_bytes);
        Ok(Self { cache, drawer, drawing: Mutex::default(), failed: Mutex::default(), held: Mutex::default() })
    }

    /// Returns a picture of an asset; of a film, its poster. Where its bytes are not at hand, `grid` (the catalog's of that asset) is drawn
    /// instead, and the picture is coarse.
    ///
    /// Cost: from the cache, the reading of a file; else see `fingerprints::render`.
    ///
    /// # Errors
    /// [`NoPicture`].
    pub fn thumbnail(&self, asset: &AssetRow, grid: Option<&PictureGrid>, size: PictureSize) -> Outcome {
        match self.picture(asset, Some(size)) {
            Err(why @ (NoPicture::Listed | NoPicture::Offline | NoPicture::DeepInTgz)) => {
                match grid.and_then(|grid| thumbnail::coarse_jpeg(grid, sides(asset))) {
                    Some(bytes) => Ok(Picture { coarse: Some(why), ..Picture::jpeg(bytes, None) }),
                    None => Err(why),
                }
            }
            outcome => outcome,
        }
    }

    /// Returns an asset's picture at its full size, for formats that browsers do not show; of a RAW its largest preview. The last ones are held
    /// in memory, of contents that are known by their hash.
    ///
    /// # Errors
    /// [`NoPicture`].
    pub fn full(&self, asset: &AssetRow) -> Outcome {
        self.picture(asset, None)
    }

    /// Returns an asset's bytes as they lie, to be copied in parts. Those of a film, and of a still of more than
    /// 64 MiB, are the catalogued ones as far as their number tells; all others as far as their hash does.
    ///
    /// # Errors
    /// [`NoPicture`].
    pub fn original(&self, asset: &AssetRow) -> std::result::Result<Original, NoPicture> {
        let format = format_of(asset);
        at_hand(asset, |place| Original::find(place, format, self.drawer.reader()))
    }

    /// Returns the moving half of a live photo, where it is one: the first film among its companions.
    pub fn clip(&self, asset: &AssetRow) -> Option<std::result::Result<Original, NoPicture>> {
        let companions = asset.places.iter().filter(|place| place.role == Role::Companion && place.presence == Presence::Present);
        let mut unread = None;
        for place in companions {
            match Original::find(place, None, self.drawer.reader()) {
                Ok(clip) if clip.media_type.starts_with("video/") => return Some(Ok(clip)),
                Ok(_) => {}
                Err(why) => unread = Some(Err(why)),
            }
        }
        unread
    }

    /// Returns what the cache on disk holds.
    #[must_use]
    pub fn usage(&self) -> PicturesUsage {
        self.cache.usage()
    }

    /// Empties the cache; returns what it held.
    ///
    /// # Errors
    /// [`Error::User`](crate::Error::User) where a picture cannot be removed.
    pub fn clean(&self) -> Result<PicturesUsage> {
        locked(&self.held).clear();
        self.cache.clean()
    }

    fn picture(&self, asset: &AssetRow, size: Option<PictureSize>) -> Outcome {
        let hash = places_of(asset).into_iter().find_map(|place| place.content_hash);
        let wanted = (hash.map_or(Of::Asset(asset.id), Of::Content), size);
        if let Some(picture) = self.kept(wanted) {
            return Ok(picture);
        }
        let failed = locked(&self.failed).get(&wanted).cloned();
        if let Some(why) = failed.filter(|_| format_of(asset) != Some(Format::Avif)) {
            return Err(why);
        }
        let slot = Arc::clone(locked(&self.drawing).entry(wanted).or_default());
        let outcome = slot.get_or_init(|| {
            // Another thread may have been done just before.
            self.kept(wanted).map_or_else(|| self.draw(asset, wanted), Ok)
        });
        // Browsers decode AVIF, and nothing here does.
        let outcome = match outcome {
            Err(NoPicture::Undecodable(_)) if format_of(asset) == Some(Format::Avif) => &self.as_it_lies(asset),
            outcome => outcome,
        };
        let mut drawing = locked(&self.drawing);
        if drawing.get(&wanted).is_some_and(|same| Arc::ptr_eq(same, &slot)) {
            drawing.remove(&wanted);
        }
        outcome.clone()
    }

    /// Returns a file as a picture, for formats that only browsers decode.
    fn as_it_lies(&self, asset: &AssetRow) -> Outcome {
        let mut original = self.original(asset)?;
        if original.size_bytes > AS_IT_LIES_MAX_BYTES {
            return Err(NoPicture::TooLarge(format!(
                "a file of more than {} MiB that only the browser can decode",
                AS_IT_LIES_MAX_BYTES >> 20
            )));
        }
        let mut bytes = Vec::new();
        original.copy(0..original.size_bytes, &mut bytes).map_err(|error| match error {
            CopyError::Source(why) => why,
            CopyError::Receiver(error) => NoPicture::Unreadable(error.to_string()),
        })?;
        let hash = places_of(asset).into_iter().find_map(|place| place.content_hash);
        if hash.is_some_and(|hash| fingerprints::name_bytes(&bytes) != hash) {
            return Err(NoPicture::Changed);
        }
        Ok(Picture { media_type: original.media_type, bytes, coarse: None, vouched: hash })
    }

    /// Returns a picture that was drawn before.
    fn kept(&self, wanted: Wanted) -> Option<Picture> {
        {
            let mut held = locked(&self.held);
            if let Some(one) = held.iter().position(|one| one.0 == wanted).and_then(|at| held.remove(at)) {
                held.push_back(one.clone());
                return Some(one.1);
            }
        }
        match wanted {
            (Of::Content(hash), Some(size)) => self.cache.get((size, hash)).map(|bytes| Picture::jpeg(bytes, Some(hash))),
            _ => None,
        }
    }

    fn draw(&self, asset: &AssetRow, wanted: Wanted) -> Outcome {
        let (side_max, quality) = wanted.1.map_or((None, FULL_QUALITY), |size| (Some(size.side_max()), size.quality()));
        let format = format_of(asset);
        match at_hand(asset, |place| self.drawer.draw(place, format, side_max, quality)) {
            Ok(Drawn { jpeg, is_vouched }) => {
                let vouched = match wanted.0 {
                    Of::Content(hash) if is_vouched => Some(hash),
                    _ => None,
                };
                let picture = Picture::jpeg(jpeg, vouched);
                match (wanted, vouched) {
                    ((_, Some(size)), Some(hash)) => self.cache.put((size, hash), &picture.bytes),
                    ((Of::Content(_), _), _) => self.hold(wanted, &picture),
                    ((Of::Asset(_), _), _) => {}
                }
                Ok(picture)
            }
            Err(why) => {
                if why.is_lasting() {
                    let mut failed = locked(&self.failed);
                    if failed.len() >= FAILED_MAX {
                        failed.clear();
                    }
                    failed.insert(wanted, why.clone());
                }
                Err(why)
            }
        }
    }

    fn hold(&self, wanted: Wanted, picture: &Picture) {
        let mut held = locked(&self.held);
        held.push_back((wanted, picture.clone()));
        while held.iter().map(|one| one.1.bytes.len() as u64).sum::<u64>() > HELD_BYTES {
            held.pop_front();
        }
    }
}

fn format_of(asset: &AssetRow) -> Option<Format> {
    asset.print.as_ref().map(|row| row.print.format)
}

/// Tries the places at hand in turn; returns what the first of them says where none does.
fn at_hand<T>(asset: &AssetRow, try_at: impl Fn(&AssetPlace) -> std::result::Result<T, NoPicture>) -> std::result::Result<T, NoPicture> {
    if asset.places.is_empty() {
        return Err(NoPicture::Listed);
    }
    let mut first = None;
    for place in places_of(asset).into_iter().filter(|place| place.presence == Presence::Present) {
        match try_at(place) {
            // Equal bytes elsewhere would say the same.
            Err(why @ NoPicture::Undecodable(_)) => return Err(why),
            Err(why) => drop(first.get_or_insert(why)),
            found => return found,
        }
    }
    Err(first.unwrap_or(NoPicture::Offline))
}
