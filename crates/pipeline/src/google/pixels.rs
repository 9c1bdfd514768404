//! Pixels of what Google lists: a small picture of each item by its base URL, drawn into a fingerprint.
//!
//! Base URLs live for 60 minutes and are never kept: ids are asked for again, 50 at a time, right before their pictures. What comes is
//! Google's rendering at 512 pixels, not the original: it finds what looks alike, and justifies no removal.

use super::wire_error;
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result, group, weigh};
use catalog::{AssetRow, Catalog};
use fingerprints::RECIPE;
use google::{Library, MediaItem, Secret, Wire};
use model::{AssetId, Fingerprint, Picture, SourceId};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is asked for: the luma grid is drawn from 64 cells a side, and its closer look from 256.
const SUFFIX: &str = "=w512-h512";
/// Ids a request.
const BATCH: usize = 50;
/// Pictures fetched at once; Google names no bound, and a person's line is full with these.
const FETCHERS: usize = 4;
/// Longest picture taken, bytes: an uncompressed one of 512 × 512 would have 786,432.
const PICTURE_MAX_BYTES: u64 = 4 << 20;

/// What looking at the pictures did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PixelsReport {
    /// Items without pixels before.
    pub wanted: u64,
    /// Pictures drawn.
    pub drawn: u64,
    /// Items without a picture that could be had: films still processed, gone, damaged; the next run tries again.
    pub failed: u64,
    /// Groups in the whole catalog.
    pub groups: u64,
    /// Whether a stop was asked for before all was done.
    pub interrupted: bool,
}

/// Looks at all listed items of `source` whose pixels were not seen yet.
///
/// # Errors
/// [`Error::User`] where Google refuses; [`Error::Catalog`].
pub fn draw_listed(
    catalog: &Catalog,
    library: &Library<'_>,
    wire: &Wire,
    source: SourceId,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<PixelsReport> {
    let wanted = catalog.listed_without_pixels(source)?;
    let mut report = PixelsReport { wanted: wanted.len() as u64, ..PixelsReport::default() };
    watch.begin(Phase::Look, Some(report.wanted), None);
    for some in wanted.chunks(BATCH) {
        if stop.asked() {
            report.interrupted = true;
            break;
        }
        let first = draw_some(catalog, library, wire, some, stop)?;
        // An address that is over already is asked for once more.
        let expired: Vec<_> = some.iter().filter(|(asset, _)| first.expired.contains(asset)).cloned().collect();
        let drawn = first.drawn + if expired.is_empty() { 0 } else { draw_some(catalog, library, wire, &expired, stop)?.drawn };
        report.drawn += drawn;
        report.failed += some.len() as u64 - drawn;
        watch.reach(report.drawn + report.failed, 0);
    }
    if !report.interrupted {
        weigh::weigh(catalog, watch, stop)?;
        group::regroup(catalog)?;
    }
    report.groups = catalog.sum_of_groups()?.0;
    Ok(report)
}

/// Asks for these items anew and draws their pictures.
fn draw_some(catalog: &Catalog, library: &Library<'_>, wire: &Wire, some: &[(AssetId, String)], stop: &Stop) -> Result<Drawn> {
    let ids: Vec<String> = some.iter().map(|(_, id)| id.clone()).collect();
    let items = items_of(library, &ids)?;
    let pairs: Vec<(AssetId, MediaItem)> =
        some.iter().zip(items).filter_map(|((asset, _), item)| item.map(|item| (*asset, item))).collect();
    draw(catalog, wire, &pairs, None, stop)
}

/// Asks for items with fresh base URLs. One id that Google cannot bear may fail a whole batch: then each is asked for by itself.
fn items_of(library: &Library<'_>, ids: &[String]) -> Result<Vec<Option<MediaItem>>> {
    match library.batch_get(ids) {
        Ok(items) => Ok(items.into_iter().map(std::result::Result::ok).collect()),
        Err(google::Error::Api(api)) if matches!(api.http, 400 | 500) => Ok(ids.iter().map(|id| library.get(id).ok()).collect()),
        Err(error) => Err(wire_error(&error)),
    }
}

/// What fetching pictures came to.
#[derive(Default)]
pub(super) struct Drawn {
    /// Pictures drawn.
    pub(super) drawn: u64,
    /// Items whose base URL was no longer valid.
    pub(super) expired: HashSet<AssetId>,
}

/// Fetches the pictures of items and keeps what they show. `bearer` goes with each request, as the Picker's need it.
pub(super) fn draw(catalog: &Catalog, wire: &Wire, items: &[(AssetId, MediaItem)], bearer: Option<&Secret>, stop: &Stop) -> Result<Drawn> {
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(items.len())));
    let work = || {
        while let Some((asset, item)) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            if stop.asked() {
                return;
            }
            let Some(base) = item.base_url.as_ref() else { continue };
            let fetched = google::media::fetch(wire, base, SUFFIX, bearer, PICTURE_MAX_BYTES);
            let is_expired = matches!(fetched, Err(google::Error::MediaExpired { .. }));
            let picture = fetched.ok().and_then(|media| picture_of(&media.bytes));
            if let Ok(mut seen) = seen.lock() {
                seen.push((*asset, picture, is_expired));
            }
        }
    };
    std::thread::scope(|scope| (0..FETCHERS).for_each(|_| drop(scope.spawn(work))));
    let mut seen = seen.into_inner().map_err(|_| Error::Bug("a thread that fetched pictures died".to_owned()))?;
    seen.sort_by_key(|(asset, ..)| *asset);
    let ids: Vec<AssetId> = seen.iter().map(|(asset, ..)| *asset).collect();
    let rows: HashMap<AssetId, AssetRow> = catalog.assets_of(&ids)?.into_iter().map(|row| (row.id, row)).collect();
    let mut out = Drawn::default();
    catalog.batch(|| {
        for (asset, picture, is_expired) in seen {
            if is_expired {
                out.expired.insert(asset);
            }
            let Some(picture) = picture else { continue };
            let Some((content, listed)) = rows.get(&asset).and_then(|row| Some((row.content?, &row.print.as_ref()?.print))) else {
                continue;
            };
            let print = Fingerprint { recipe: RECIPE, picture: Some(picture), ..listed.clone() };
            catalog.save_fingerprint(content, &print)?;
            out.drawn += 1;
        }
        Ok(())
    })?;
    Ok(out)
}

/// Returns what a picture shows; `None` where it cannot be decoded.
fn picture_of(bytes: &[u8]) -> Option<Picture> {
    let format = fingerprints::sniff(&bytes[..bytes.len().min(fingerprints::SNIFF_BYTES)])?;
    catch_unwind(AssertUnwindSafe(|| fingerprints::fingerprint(bytes, format))).ok()?.picture
}
