//! Matching, from catalog to catalog: assets that are new or changed are compared with all others; edges between the rest stay.

use crate::detail::Details;
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use matching::{Pictures, Signature, Subject};
use model::{AssetId, DetailGrid, DetailWay, Evidence, PictureGrid, Role};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Version of what an edge rests on: the matching recipe and the fingerprint recipe. Edges of another version are drawn anew.
pub(crate) const EVIDENCE_RECIPE: u32 = matching::RECIPE * 1000 + fingerprints::RECIPE;

/// Most picture grids held in memory. A grid is 4.6 kB, so 8192 are 38 MB.
const GRIDS_HELD_MAX: usize = 8192;

/// Assets loaded whole at a time to draw their signatures. An asset with its places is some 2 kB.
const SIGNED_AT_A_TIME: usize = 4096;

/// Compares what is new; returns the number of edges drawn. Of what was compared before, only signatures are loaded, and whole assets only
/// where a pair is proposed.
pub(crate) fn weigh(catalog: &Catalog, watch: &dyn Watch, stop: &Stop) -> Result<u64> {
    watch.begin(Phase::Match, None, None);
    catalog.batch(|| catalog.keep_recipe(EVIDENCE_RECIPE))?;
    let fresh = catalog.unmatched()?;
    if fresh.is_empty() {
        return Ok(0);
    }
    let rows = sign(catalog, &fresh, stop)?;
    let pairs = propose(catalog, &fresh, watch, stop)?;
    let (edges, missed) = judge(catalog, &pairs, rows, watch, stop)?;
    // What could not be opened was judged by its grid alone: it stays unmatched, so that the next scan looks again.
    let settled: Vec<AssetId> = fresh.iter().copied().filter(|asset| !missed.contains(asset)).collect();
    catalog.batch(|| {
        catalog.forget_evidence(&fresh)?;
        catalog.save_evidence(&edges, EVIDENCE_RECIPE)?;
        catalog.set_matched(&settled)
    })?;
    Ok(edges.len() as u64)
}

/// Keeps the signatures of these assets; those of which nothing is known have none. Returns the assets as far as they are still loaded.
pub(crate) fn sign(catalog: &Catalog, assets: &[AssetId], stop: &Stop) -> Result<Vec<AssetRow>> {
    let mut loaded = Vec::new();
    for some in assets.chunks(SIGNED_AT_A_TIME) {
        let rows = catalog.assets_of(some)?;
        catalog.batch(|| {
            for row in &rows {
                let mut subject = described(row);
                if let Some(film) = subject.as_mut().filter(|subject| subject.format.is_video()) {
                    film.frame_hashes = catalog.frame_hashes(row.id)?;
                }
                let signed = subject.map(|subject| Signature::of(&subject)).unwrap_or_default();
                let bytes: Vec<u8> = signed.iter().flat_map(Signature::to_bytes).collect();
                catalog.save_signature(row.id, &bytes)?;
            }
            Ok(())
        })?;
        if stop.asked() {
            return Err(Error::Interrupted);
        }
        loaded = rows;
    }
    Ok(loaded)
}

/// Returns the pairs worth judging that touch one of `fresh`.
pub(crate) fn propose(catalog: &Catalog, fresh: &[AssetId], watch: &dyn Watch, stop: &Stop) -> Result<Vec<(AssetId, AssetId)>> {
    let mut signatures: Vec<Signature> = Vec::new();
    catalog.each_signature(|_, bytes| signatures.extend(bytes.chunks(Signature::LENGTH).filter_map(Signature::from_bytes)))?;
    let set: HashSet<AssetId> = fresh.iter().copied().collect();
    let all_are_fresh = signatures.iter().all(|signature| set.contains(&signature.asset()));
    let pairs = matching::propose(&signatures, (!all_are_fresh).then_some(&set), &|done, _total| {
        watch.reach(done, 0);
        !stop.asked()
    });
    if stop.asked() { Err(Error::Interrupted) } else { Ok(pairs) }
}

/// Returns the evidence of these pairs, and the assets whose bytes were wanted for it and are not at hand. `loaded`: assets at hand, by id.
fn judge(
    catalog: &Catalog,
    pairs: &[(AssetId, AssetId)],
    loaded: Vec<AssetRow>,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<(Vec<Evidence>, BTreeSet<AssetId>)> {
    let mut ids: Vec<AssetId> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    ids.sort_unstable();
    ids.dedup();
    let (mut subjects, mut details): (Vec<Subject>, _) = (Vec::new(), Details::default());
    let mut take = |rows: &[AssetRow]| {
        subjects.extend(rows.iter().filter_map(subject_of));
        details.add(rows);
    };
    if ids.iter().all(|id| loaded.binary_search_by_key(id, |row| row.id).is_ok()) {
        take(&loaded);
    } else {
        drop(loaded);
        for some in ids.chunks(SIGNED_AT_A_TIME) {
            take(&catalog.assets_of(some)?);
        }
    }
    let pictures = CatalogPictures::open(catalog.path(), details)?;
    watch.begin(Phase::Match, Some(pairs.len() as u64), None);
    let edges = matching::judge_pairs(pairs, &subjects, &pictures, &|done, _total| {
        watch.reach(done, 0);
        !stop.asked()
    });
    if stop.asked() {
        return Err(Error::Interrupted);
    }
    let missed = pictures.outcome()?;
    Ok((edges, missed))
}

/// Returns an asset as matching sees it; `None` where its bytes are unknown or empty. What is only listed has none.
pub(crate) fn subject_of(asset: &AssetRow) -> Option<Subject> {
    described(asset).filter(|subject| !subject.contents.is_empty() || asset.places.is_empty())
}

/// Returns an asset as far as it is known: of one that a quick scan glanced at no content is, which is enough for proposing pairs only.
fn described(asset: &AssetRow) -> Option<Subject> {
    let row = asset.print.as_ref().filter(|_| asset.size_bytes > 0 || asset.places.is_empty())?;
    let (print, picture) = (&row.print, row.picture.as_ref());
    let mut contents = Vec::new();
    let mut payloads = Vec::new();
    for place in asset.places.iter().filter(|place| place.role == Role::Original && place.size_bytes > 0) {
        contents.extend(place.content_hash.filter(|hash| !contents.contains(hash)));
        payloads.extend(place.payload.filter(|hash| !payloads.contains(hash)));
    }
    let folder = match asset.places.first().map(|first| (&first.path.member, &first.path.file)) {
        Some((Some(member), _)) => member.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned()),
        Some((None, file)) => file.parent().unwrap_or(Path::new("")).display().to_string(),
        // Cameras count anew from time to time: names tie what was taken on one day.
        None => format!("google {}", asset.taken.map_or(0, |taken| taken.utc_seconds.div_euclid(86_400))),
    };
    Some(Subject {
        asset: asset.id,
        contents,
        payloads,
        size_bytes: asset.size_bytes,
        format: print.format,
        width: print.width,
        height: print.height,
        orientation: print.orientation,
        frames: print.frames,
        metadata: print.metadata.clone(),
        hash: picture.map(|(hash, _, _)| *hash),
        quality: picture.map_or(0, |(_, quality, _)| *quality),
        from: picture.map(|(_, _, from)| *from),
        encoding: print.encoding.clone(),
        frame_hashes: Vec::new(),
        name: asset.filename.clone(),
        folder,
    })
}

/// Picture grids read from the catalog as they are asked for, and pictures drawn again from their files.
pub(crate) struct CatalogPictures {
    catalog: Mutex<Catalog>,
    details: Details,
    held: Mutex<HashMap<AssetId, Option<PictureGrid>>>,
    failed: Mutex<Option<catalog::Error>>,
}

impl CatalogPictures {
    /// Opens the catalog a second time, for reading.
    pub(crate) fn open(path: &Path, details: Details) -> Result<Self> {
        let catalog = Catalog::open_read_only(path)?;
        Ok(Self { catalog: Mutex::new(catalog), details, held: Mutex::default(), failed: Mutex::default() })
    }

    /// Returns the assets whose bytes were asked for and are not at hand; or the first error met while reading the catalog, if any: a grid
    /// that could not be read was answered as missing.
    pub(crate) fn outcome(self) -> Result<BTreeSet<AssetId>> {
        let missed = self.details.missed();
        self.failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(missed), |error| Err(error.into()))
    }
}

impl Pictures for CatalogPictures {
    fn grid(&self, asset: AssetId) -> Option<PictureGrid> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(grid) = held.get(&asset) {
            return grid.clone();
        }
        let grid = self.catalog.lock().unwrap_or_else(PoisonError::into_inner).grid(asset).unwrap_or_else(|error| {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            None
        });
        if held.len() >= GRIDS_HELD_MAX {
            held.clear();
        }
        held.insert(asset, grid.clone());
        grid
    }

    fn key_frames(&self, asset: AssetId) -> Vec<model::KeyFrame> {
        self.catalog.lock().unwrap_or_else(PoisonError::into_inner).key_frames(asset).unwrap_or_else(|error| {
            self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            Vec::new()
        })
    }

    fn detail(&self, asset: AssetId, way: DetailWay) -> Option<Arc<DetailGrid>> {
        self.details.draw(asset, way)
    }
}
