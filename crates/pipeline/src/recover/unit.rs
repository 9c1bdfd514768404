//! What of a photo is written: its original and the film of a live photo, from places at hand, and what a person said of it. Pure.

use super::layout::{Layout, ending_of, name_of};
use crate::removing::reading;
use catalog::{AssetPlace, AssetRow};
use model::{LocationPath, Presence, Role};
use removal::xmp::Curation;
use removal::{Together, Wanted};
use std::path::PathBuf;

/// A file of a photo, and where it lies.
#[derive(Debug, Clone)]
pub(super) struct UnitFile {
    pub(super) place: LocationPath,
    pub(super) wanted: Wanted,
}

/// A photo with what belongs to it.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) folder: PathBuf,
    pub(super) stem: String,
    pub(super) files: Vec<UnitFile>,
    /// When it was taken, nanoseconds since 1970 UTC.
    pub(super) modified_ns: Option<i64>,
    pub(super) curation: Curation,
}

impl Unit {
    pub(super) fn together(&self) -> Together {
        let files = self.files.iter().map(|file| file.wanted.clone()).collect();
        Together { folder: self.folder.clone(), stem: self.stem.clone(), files }
    }
}

/// Returns what is written of a photo; `None` where it has no bytes here.
///
/// # Errors
/// In words, where it has bytes and they cannot be had.
pub(super) fn unit_of(asset: &AssetRow, source: &str, layout: &Layout) -> Result<Option<Unit>, String> {
    if asset.places.is_empty() {
        return Ok(None);
    }
    let at_hand = |place: &&AssetPlace| place.presence == Presence::Present;
    let originals = || asset.places.iter().filter(|place| place.role == Role::Original);
    let main = originals().filter(at_hand).find(|place| place.content == asset.content).or_else(|| originals().find(at_hand));
    let Some(main) = main else { return Err("its drive or archive is away now".to_owned()) };
    let wanted = |place: &AssetPlace, ending: String| {
        let content = place.content_hash?;
        Some(UnitFile { place: place.path.clone(), wanted: Wanted { ending, content, size_bytes: place.size_bytes } })
    };
    let (stem, ending) = name_of(&asset.filename, &main.path.file_name());
    let Some(first) = wanted(main, ending) else { return Err("its bytes were not read yet; `lookalike scan` reads them".to_owned()) };
    let mut files = vec![first];
    // An XMP has no payload; what a film of a live photo is called does not matter but for its ending.
    for film in asset.places.iter().filter(|place| place.role == Role::Companion && place.payload.is_some()).filter(at_hand) {
        let file = wanted(film, ending_of(&film.path.file_name()));
        files.extend(file.filter(|file| files.iter().all(|known| !known.wanted.ending.eq_ignore_ascii_case(&file.wanted.ending))));
    }
    let modified_ns = asset.taken.and_then(|taken| taken.utc_seconds.checked_mul(1_000_000_000)?.checked_add(i64::from(taken.nanos)));
    let curation = Curation {
        albums: asset.albums.clone(),
        favourite: asset.favourite,
        caption: asset.caption.clone(),
        people: asset.people.clone(),
        place: asset.place,
        taken: asset.taken.as_ref().map(reading),
        ..Curation::default()
    };
    Ok(Some(Unit { folder: layout.folder(asset, source), stem, files, modified_ns, curation }))
}
