//! Opens assets again for matching's closer look and draws their pictures with more cells; holds the last of them.
//!
//! Nothing is stored: the closer look is asked for few pairs, and pairs come sorted by their first asset, so a short memory serves. What
//! cannot be had is answered as `None`, and matching goes by the stored grid. Two cases differ: a place that is *not at hand* now (a drive
//! that is offline, a file that moved) may be later, so its asset is named in [`Details::missed`] and weighed again by the next scan; a
//! picture too small, or one deep in a tgz, will never show more.
//!
//! **Invariant:** memory is bounded by [`HELD_MAX`] squares, and by one large decode at a time beside small ones.

use crate::place::{is_long_stream, locked, places_of};
use crate::scan::STILL_FILE_MAX_BYTES;
use catalog::AssetRow;
use model::{AssetId, DetailGrid, DetailWay, Format, LocationPath, Presence};
use sources::Reader;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

/// Most squares held in memory. One takes at most 74 kB, so 256 are 19 MB.
const HELD_MAX: usize = 256;

/// From how many bytes on, file and decode together, one is drawn at a time.
const LARGE_FROM_BYTES: u64 = 64 << 20;

/// Where an asset's bytes lie.
struct Place {
    path: LocationPath,
    size_bytes: u64,
    format: Format,
    is_present: bool,
}

/// A square and when it was asked for last.
struct Held {
    asked_at: u64,
    square: Option<Arc<DetailGrid>>,
}

/// Squares held, with the number of questions so far.
#[derive(Default)]
struct Shelf {
    asked: u64,
    held: HashMap<(AssetId, DetailWay), Held>,
}

/// Draws pictures again as they are asked for.
#[derive(Default)]
pub(crate) struct Details {
    places: HashMap<AssetId, Place>,
    first: Reader,
    readers: Mutex<Vec<Reader>>,
    shelf: Mutex<Shelf>,
    missed: Mutex<BTreeSet<AssetId>>,
    large: Mutex<()>,
}

impl Details {
    /// Notes where the bytes of `assets` lie; opens nothing.
    pub(crate) fn of(assets: &[AssetRow]) -> Self {
        let mut details = Self::default();
        details.add(assets);
        details
    }

    /// The same, of further assets.
    pub(crate) fn add(&mut self, assets: &[AssetRow]) {
        self.places.extend(assets.iter().filter_map(|asset| Some((asset.id, place_of(asset)?))));
    }

    /// Returns the picture of `asset` with more cells; `None` where it cannot be had.
    pub(crate) fn draw(&self, asset: AssetId, way: DetailWay) -> Option<Arc<DetailGrid>> {
        {
            let mut shelf = locked(&self.shelf);
            shelf.asked += 1;
            let asked_at = shelf.asked;
            if let Some(held) = shelf.held.get_mut(&(asset, way)) {
                held.asked_at = asked_at;
                return held.square.clone();
            }
        }
        let square = self.draw_anew(asset, way).map(Arc::new);
        let mut shelf = locked(&self.shelf);
        if shelf.held.len() >= HELD_MAX {
            let oldest = shelf.held.iter().min_by_key(|(_, held)| held.asked_at).map(|(&square, _)| square);
            oldest.and_then(|square| shelf.held.remove(&square));
        }
        let asked_at = shelf.asked;
        shelf.held.insert((asset, way), Held { asked_at, square: square.clone() });
        square
    }

    /// Returns the assets that were asked for and whose bytes are not at hand now.
    pub(crate) fn missed(&self) -> BTreeSet<AssetId> {
        locked(&self.missed).clone()
    }

    fn draw_anew(&self, asset: AssetId, way: DetailWay) -> Option<DetailGrid> {
        let place = self.places.get(&asset)?;
        if place.size_bytes > STILL_FILE_MAX_BYTES || is_long_stream(&place.path) {
            return None;
        }
        let turn = self.wait_if_large(place.size_bytes);
        let mut reader = locked(&self.readers).pop().unwrap_or_else(|| self.first.clone());
        let read = if place.is_present { reader.read_all(&place.path, STILL_FILE_MAX_BYTES).ok() } else { None };
        locked(&self.readers).push(reader);
        // A file of another size is not the one that was fingerprinted; the next scan will see it.
        let Some(bytes) = read.filter(|bytes| bytes.len() as u64 == place.size_bytes) else {
            locked(&self.missed).insert(asset);
            return None;
        };
        let cost = fingerprints::detail_cost_bytes(&bytes, place.format, way).saturating_add(place.size_bytes);
        let turn = turn.or_else(|| self.wait_if_large(cost));
        let square = fingerprints::detail(&bytes, place.format, way);
        drop(turn);
        square
    }

    fn wait_if_large(&self, bytes: u64) -> Option<MutexGuard<'_, ()>> {
        (bytes >= LARGE_FROM_BYTES).then(|| locked(&self.large))
    }
}

/// Returns the first place at hand of the content that was matched, or else the first of any.
fn place_of(asset: &AssetRow) -> Option<Place> {
    let format = asset.print.as_ref()?.print.format;
    let place = *places_of(asset).first()?;
    let is_present = place.presence == Presence::Present;
    Some(Place { path: place.path.clone(), size_bytes: place.size_bytes, format, is_present })
}
