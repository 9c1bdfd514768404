//! The files of a removal: where they lie, what their bytes are, what belongs to them. What no scan has hashed is read now.

use catalog::{AssetPlace, AssetRow, RootKind, RootRow};
use fingerprints::Naming;
use model::{Presence, Role, SourceId};
use removal::xmp::{Curation, SIDECAR_MAX_BYTES};
use removal::{PathText, PlannedCompanion, PlannedFile, RefusalCode};
use sources::Reader;
use sources::companions::may_belong;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Why a photo cannot be planned.
pub(super) type Cause = (RefusalCode, String);

/// Opens files and knows where sources lie.
pub(super) struct Files {
    roots: Vec<RootRow>,
    reader: Reader,
    /// Photos of the folders in which companions lie.
    neighbours: HashMap<PathBuf, Vec<PathBuf>>,
}

/// Tells a companion that holds facts in words from one that is a picture of its own.
pub(super) fn is_sidecar(path: &Path) -> bool {
    is_xmp(path) || path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("aae"))
}

fn is_xmp(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xmp"))
}

/// Returns the plain files of an asset in that role which are there.
pub(super) fn at_hand(row: &AssetRow, role: Role) -> impl Iterator<Item = &AssetPlace> {
    row.places.iter().filter(move |place| place.role == role && place.path.member.is_none() && place.presence == Presence::Present)
}

/// Returns the XMP that belongs to an asset.
pub(super) fn xmp_of(row: &AssetRow) -> Option<&AssetPlace> {
    at_hand(row, Role::Companion).find(|place| is_xmp(&place.path.file))
}

/// Returns where the sidecar of a keeper is written or added to.
pub(super) fn sidecar_of(keeper: &AssetRow, file: &Path) -> PathText {
    match xmp_of(keeper) {
        Some(place) => place.path.file.clone().into(),
        None => {
            let mut name = file.as_os_str().to_owned();
            name.push(".xmp");
            PathBuf::from(name).into()
        }
    }
}

/// Namespaces in which programs keep how a picture was developed: Lightroom and Camera Raw, darktable, Capture One;
/// and a label in colour, of which each program has its own.
const EDITS: &[&str] =
    &["http://ns.adobe.com/camera-raw-settings/", "http://darktable.sf.net/", "http://ns.phaseone.com/captureone/", "xmp:Label"];

impl Files {
    /// Prepares for removals of `wanted` among `all` assets.
    pub(super) fn new<'a>(roots: Vec<RootRow>, wanted: impl Iterator<Item = &'a AssetRow>, all: &[AssetRow]) -> Self {
        let folder = |place: &AssetPlace| place.path.file.parent().map(Path::to_owned);
        let companions = wanted.flat_map(|row| at_hand(row, Role::Companion).filter_map(folder));
        let mut neighbours: HashMap<PathBuf, Vec<PathBuf>> = companions.map(|folder| (folder, Vec::new())).collect();
        if !neighbours.is_empty() {
            for place in all.iter().flat_map(|row| at_hand(row, Role::Original)) {
                if let Some(photos) = place.path.file.parent().and_then(|folder| neighbours.get_mut(folder)) {
                    photos.push(place.path.file.clone());
                }
            }
        }
        Self { roots, reader: Reader::new(), neighbours }
    }

    /// Returns the folder that was scanned and in which a file lies.
    pub(super) fn root_of(&self, source: SourceId, file: &Path) -> Option<&Path> {
        let roots = self.roots.iter().filter(|root| root.source == source && root.kind == RootKind::Folder);
        roots.map(|root| root.path.as_path()).filter(|root| file.starts_with(root)).max_by_key(|root| root.as_os_str().len())
    }

    /// Returns a file as it is to be found again.
    pub(super) fn planned(&mut self, place: &AssetPlace) -> Result<PlannedFile, Cause> {
        let path = PathText(place.path.file.clone());
        let (size_bytes, content_hash) = match place.content_hash {
            Some(hash) => (place.size_bytes, hash),
            None => {
                let mut name = Naming::new();
                let read = self.reader.open(&place.path, |bytes, _| {
                    let (mut size, mut buffer) = (0u64, vec![0; 256 << 10]);
                    loop {
                        match bytes.read(&mut buffer)? {
                            0 => return Ok(size),
                            count => {
                                name.update(&buffer[..count]);
                                size += count as u64;
                            }
                        }
                    }
                });
                (read.map_err(|error| (RefusalCode::Unreadable, error.to_string()))?, name.finish())
            }
        };
        Ok(PlannedFile { path, size_bytes, content_hash })
    }

    /// Returns all names of a photo. One that is away keeps it where it is: it would be half removed.
    pub(super) fn names(&mut self, row: &AssetRow) -> Result<Vec<PlannedFile>, Cause> {
        if let Some(away) = row.places.iter().find(|place| place.role == Role::Original && place.presence != Presence::Present) {
            return Err((RefusalCode::Offline, format!("it also lies at `{}`, which is not there now", away.path)));
        }
        let files: Vec<PlannedFile> = at_hand(row, Role::Original).map(|place| self.planned(place)).collect::<Result<_, _>>()?;
        if files.is_empty() { Err((RefusalCode::NoFile, "it is no file in a folder".to_owned())) } else { Ok(files) }
    }

    /// Returns what goes with a photo. A movie goes only where the keeper has one of its own.
    pub(super) fn companions(&mut self, row: &AssetRow, has_movie: bool, words: &mut Vec<String>) -> Result<Vec<PlannedCompanion>, Cause> {
        let mut found = Vec::new();
        for place in at_hand(row, Role::Companion) {
            if !has_movie && !is_sidecar(&place.path.file) {
                words.push(format!("its movie `{}` stays: the keeper has none", place.path));
                continue;
            }
            let file = self.planned(place)?;
            found.push(PlannedCompanion { shared_with: self.sharing(row, &place.path.file), file });
        }
        Ok(found)
    }

    /// Returns the other photos of the folder to which a companion may belong as well.
    fn sharing(&self, row: &AssetRow, companion: &Path) -> Vec<PathText> {
        let name = |path: &Path| path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().into_owned();
        let own = |path: &PathBuf| row.places.iter().any(|place| place.path.file == *path);
        let photos = companion.parent().and_then(|folder| self.neighbours.get(folder)).map(Vec::as_slice).unwrap_or_default();
        let others = photos.iter().filter(|photo| !own(photo) && may_belong(&name(companion), &name(photo)));
        let mut sharing: Vec<PathText> = others.cloned().map(PathText).collect();
        sharing.sort();
        sharing
    }

    /// Returns what the XMP of an asset says, and in words what of it cannot be carried; in words why it cannot be told.
    pub(super) fn sidecar_says(&mut self, row: &AssetRow) -> Result<Option<(Curation, Option<String>)>, String> {
        let Some(place) = xmp_of(row) else { return Ok(None) };
        let read = self.reader.read_all(&place.path, SIDECAR_MAX_BYTES as u64).map_err(|error| error.to_string());
        let says = read.and_then(|bytes| {
            let has = |name: &&str| memchr::memmem::find(&bytes, name.as_bytes()).is_some();
            let edits = EDITS.iter().any(has);
            let rest = edits.then(|| format!("its sidecar `{}` holds edits of the picture, which are not carried over", place.path));
            Ok((removal::xmp::read(&bytes).map_err(|error| error.to_string())?, rest))
        });
        says.map(Some).map_err(|why| format!("what its sidecar `{}` says is not carried over: {why}", place.path))
    }
}
