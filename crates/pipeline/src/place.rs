//! Where the bytes of an asset are opened again after the scan.

use catalog::{AssetPlace, AssetRow};
use model::{LocationPath, Presence, Role};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Largest tgz whose members are opened again, bytes. It can only be read from its start, at some 150 MB/s, once for each member: a tenth
/// of a second here, minutes a photo in an export's part of 50 GB.
pub(crate) const TGZ_MAX_BYTES: u64 = 16 << 20;

/// Returns the places whose content is the asset's, those at hand first.
pub(crate) fn places_of(asset: &AssetRow) -> Vec<&AssetPlace> {
    let mut places: Vec<_> = asset.places.iter().filter(|place| place.role == Role::Original && place.content == asset.content).collect();
    places.sort_by_key(|place| place.presence != Presence::Present);
    places
}

/// Returns width and height in pixels, upright; 0 where unknown.
pub(crate) fn sides(asset: &AssetRow) -> (u32, u32) {
    asset.print.as_ref().map_or((0, 0), |row| (row.print.width, row.print.height))
}

/// Tells a member of a tgz too long to be read once more for it.
pub(crate) fn is_long_stream(place: &LocationPath) -> bool {
    place.member.is_some() && is_gzip(&place.file) && std::fs::metadata(&place.file).is_ok_and(|file| file.len() > TGZ_MAX_BYTES)
}

/// Tells a gzip by its first bytes.
pub(crate) fn is_gzip(path: &Path) -> bool {
    let mut magic = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok_and(|()| magic == [0x1F, 0x8B])
}

/// Locks what a thread that died cannot have left half-done.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
