//! The crop search, from catalog to catalog: runs when a person asks for `edited` or `cropped`, for assets it has not seen; what it found
//! is kept, so that asking again costs nothing. Decides nothing and is never part of a plain scan.

use crate::detail::Details;
use crate::watch::{Phase, Stop, Watch};
use crate::weigh::{CatalogPictures, EVIDENCE_RECIPE, subject_of};
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use matching::Subject;
use model::{AssetId, Relation};
use std::collections::{BTreeSet, HashSet};

/// Tells whether relations asked for need the crop search: borders and turned parts are `edited`.
#[must_use]
pub fn needs_crops(with: &BTreeSet<Relation>) -> bool {
    with.contains(&Relation::Edited) || with.contains(&Relation::Cropped)
}

/// Returns how many assets the crop search has not seen.
///
/// # Errors
/// [`Error::Catalog`].
pub fn count_unsearched(catalog: &Catalog) -> Result<u64> {
    Ok(unsearched(catalog, &weighed(catalog)?)?.len() as u64)
}

/// Searches crops among assets not yet searched and keeps what was found; returns the number of edges drawn. A stop keeps nothing.
///
/// # Errors
/// [`Error::Interrupted`], [`Error::Catalog`].
pub fn search_crops(catalog: &Catalog, watch: &dyn Watch, stop: &Stop) -> Result<u64> {
    let assets = weighed(catalog)?;
    let fresh = unsearched(catalog, &assets)?;
    if fresh.is_empty() {
        return Ok(0);
    }
    // Minutes of work are not begun where their outcome could not be kept.
    catalog.batch(|| Ok(()))?;
    let subjects: Vec<Subject> = assets.iter().filter_map(subject_of).collect();
    watch.begin(Phase::Crop, Some(2 * subjects.len() as u64), None);
    let all_are_fresh = subjects.iter().all(|subject| fresh.contains(&subject.asset));
    let pictures = CatalogPictures::open(catalog.path(), Details::default())?;
    let edges = matching::find_crops(&subjects, (!all_are_fresh).then_some(&fresh), &pictures, &|done, _total| {
        watch.reach(done, 0);
        !stop.asked()
    });
    if stop.asked() {
        return Err(Error::Interrupted);
    }
    pictures.outcome()?;
    let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id).filter(|id| fresh.contains(id)).collect();
    catalog.batch(|| {
        catalog.save_evidence(&edges, EVIDENCE_RECIPE)?;
        catalog.set_crops_searched(&ids, EVIDENCE_RECIPE)
    })?;
    Ok(edges.len() as u64)
}

/// Returns the assets that matching has seen as they are: what is still to be compared waits for a scan.
fn weighed(catalog: &Catalog) -> Result<Vec<AssetRow>> {
    let waiting: HashSet<AssetId> = catalog.unmatched()?.into_iter().collect();
    let mut assets = catalog.assets()?;
    assets.retain(|asset| asset.content.is_some() && !waiting.contains(&asset.id));
    Ok(assets)
}

fn unsearched(catalog: &Catalog, assets: &[AssetRow]) -> Result<HashSet<AssetId>> {
    let searched = catalog.crops_searched(EVIDENCE_RECIPE)?;
    Ok(assets.iter().filter(|asset| !searched.contains(&asset.id)).map(|asset| asset.id).collect())
}
