//! Handing off what no programming interface can remove: a folder with a page of links, and lists for other tools.
//!
//! For photos in Google's account only (Takeout sources). Nothing is removed here or pretended to be: the person presses the key in Google
//! Photos, and a later full export tells what is gone. The parts: which photos ([`rows`]), what became of former ones ([`former`]), the lists
//! ([`lists`]), the page ([`page`]) and its pictures ([`crate::thumbnail`]); all writing is the output room's.

mod former;
mod link;
mod lists;
mod page;
mod rows;
#[cfg(test)]
mod tests;

pub use link::ACCOUNT_MAX;

use crate::detail::Details;
use crate::group::{Formed, GroupOptions, form};
use crate::output::{OWN_FILE_MAX_BYTES, OwnFolder};
use crate::place::sides;
use crate::thumbnail;
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use model::{AssetId, DetailWay};
use rows::Row;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Photos in one step of the page.
pub(crate) const STEP: usize = 50;

/// Pictures drawn before they are written. Some 10 kB each.
const DRAWN_AT_A_TIME: usize = 256;

/// The file that tells what was handed off and that the folder is ours.
const JSON_NAME: &str = "handoff.json";
/// The page.
const PAGE_NAME: &str = "index.html";
/// The folder of pictures beside it.
const THUMBNAILS: &str = "thumbs";

/// What is handed off, and where.
#[derive(Debug, Clone, Default)]
pub struct HandoffOptions {
    /// How groups are formed, and which photos of the plan are wanted.
    pub groups: GroupOptions,
    /// Only these photos, whatever the plan says: Google's keys or `asset:N`; `None`: what the plan offers.
    pub ids: Option<Vec<String>>,
    /// Index of the Google account in the browser, for the links; at most [`ACCOUNT_MAX`].
    pub account: Option<u8>,
    /// The folder to write; made as needed.
    pub folder: PathBuf,
}

/// A photo that is not handed off, and why.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    /// Google's media key, else `asset:N`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Stable kebab-case name of the reason.
    pub rule: String,
    /// The reason, in words.
    pub why: String,
}

/// Photos of one source in a hand-off.
#[derive(Debug, Clone, Serialize)]
pub struct SourceCount {
    /// The source.
    pub name: String,
    /// How many of its photos are handed off.
    pub photos: u64,
}

/// What a hand-off came to.
#[derive(Debug, Clone, Serialize)]
pub struct HandoffReport {
    /// Version of this answer.
    pub version: u32,
    /// The folder written.
    pub folder: PathBuf,
    /// The page in it.
    pub page: PathBuf,
    /// Photos handed off.
    pub photos: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// Steps of the page.
    pub steps: u64,
    /// Of how many the keeper lacks albums, favourite, caption or more.
    pub with_losses: u64,
    /// Photos without a link.
    pub without_link: u64,
    /// Sources they lie in.
    pub sources: Vec<SourceCount>,
    /// Photos not handed off, and why.
    pub left_out: Vec<LeftOut>,
    /// Ids given that the catalog does not know.
    pub unknown_ids: Vec<String>,
    /// How many were handed off in this folder before.
    pub former: u64,
    /// How many of those are gone.
    pub gone: u64,
}

/// Returns the ids in a text, one a line: blanks around them, empty lines and repetitions are left out.
#[must_use]
pub fn ids_of(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty());
    lines.filter(|line| seen.insert(*line)).map(str::to_owned).collect()
}

/// Writes a hand-off.
///
/// # Errors
/// [`Error::User`] for a folder that is not ours, [`Error::World`] where it cannot be written, [`Error::Interrupted`], [`Error::Catalog`].
pub fn hand_off(catalog: &Catalog, options: &HandoffOptions, watch: &dyn Watch, stop: &Stop) -> Result<HandoffReport> {
    let folder = OwnFolder::open(&options.folder)?;
    let before = match folder.read(JSON_NAME, OWN_FILE_MAX_BYTES)? {
        Some(json) => lists::read_back(&json).ok_or_else(|| not_ours(&options.folder))?,
        None if folder.is_empty()? => Vec::new(),
        None => return Err(not_ours(&options.folder)),
    };
    let formed = form(catalog, &options.groups)?;
    let sorted = former::sort(before, &formed);
    let mut chosen = rows::choose(&formed, options);
    let gone: HashSet<&str> = sorted.gone.iter().map(|former| former.id.as_str()).collect();
    chosen.rows.retain(|row| !gone.contains(row.item.id.as_str()));
    chosen.unknown.retain(|id| !gone.contains(id.as_str()));
    let offered: HashSet<&str> = chosen.rows.iter().map(|row| row.item.id.as_str()).collect();
    let former = sorted.gone.len() + sorted.waiting.len();
    let waiting: Vec<_> = sorted.waiting.into_iter().filter(|former| !offered.contains(former.id.as_str())).collect();
    let document = lists::Document {
        lookalike_handoff: lists::VERSION,
        account: options.account,
        rows: &chosen.rows,
        left_out: &chosen.left_out,
        unknown_ids: &chosen.unknown,
        gone: &sorted.gone,
        waiting: &waiting,
    };
    // First what marks the folder as ours, last what shows the pictures.
    folder.write(JSON_NAME, &lists::json(&document)?)?;
    folder.write("handoff.csv", &lists::csv(&chosen.rows)?)?;
    folder.write("ids.txt", &lists::ids(&chosen.rows))?;
    let pictures = draw(catalog, &formed, &chosen.rows, &folder, watch, stop)?;
    let progress = page::Progress { gone: sorted.gone.len(), former };
    let page = page::page(&chosen.rows, &chosen.left_out, &pictures, options.account, &progress);
    folder.write(PAGE_NAME, page.as_bytes())?;
    let with_losses = chosen.rows.iter().filter(|row| !row.keeper_lacks.is_empty()).count();
    Ok(HandoffReport {
        version: 1,
        page: options.folder.join(PAGE_NAME),
        folder: options.folder.clone(),
        photos: chosen.rows.len() as u64,
        size_bytes: chosen.rows.iter().map(|row| row.item.size_bytes).sum(),
        steps: chosen.rows.len().div_ceil(STEP) as u64,
        with_losses: with_losses as u64,
        without_link: chosen.rows.iter().filter(|row| row.item.link.is_none()).count() as u64,
        sources: rows::by_source(&chosen.rows).into_iter().map(|(name, photos)| SourceCount { name, photos }).collect(),
        left_out: chosen.left_out,
        unknown_ids: chosen.unknown,
        former: former as u64,
        gone: sorted.gone.len() as u64,
    })
}

fn not_ours(folder: &Path) -> Error {
    Error::user(
        format!("`{}` is not empty and holds no hand-off of this program", folder.display()),
        "name another folder with `--out DIR`; nothing was written",
    )
}

/// Draws the pictures of rows and keepers that are not there yet; returns the name of each. A picture is named by its photo's bytes, so that
/// it is never another's. From the photo where its bytes are at hand, else from the catalog's small square.
fn draw(
    catalog: &Catalog,
    formed: &Formed,
    rows: &[Row],
    folder: &OwnFolder,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<BTreeMap<AssetId, String>> {
    let wanted: BTreeMap<AssetId, String> = rows
        .iter()
        .flat_map(|row| [Some(&row.item), row.keeper.as_ref()])
        .flatten()
        .filter_map(|item| Some((item.asset, format!("{THUMBNAILS}/{}.jpg", picture_name(item)?))))
        .collect();
    folder.make(THUMBNAILS)?;
    let (mut pictures, mut todo) = (BTreeMap::new(), Vec::new());
    for (asset, name) in wanted {
        match formed.asset(asset) {
            _ if folder.has(&name) => drop(pictures.insert(asset, name)),
            Some(row) => todo.push((row, name)),
            None => {}
        }
    }
    watch.begin(Phase::Draw, Some(todo.len() as u64), None);
    for (at, some) in todo.chunks(DRAWN_AT_A_TIME).enumerate() {
        let behind = (at * DRAWN_AT_A_TIME) as u64;
        let drawn = draw_from_photos(some, &|done| watch.reach(behind + done, 0), stop);
        if stop.asked() {
            return Err(Error::Interrupted);
        }
        for ((row, name), drawn) in some.iter().zip(drawn) {
            let jpeg = match drawn {
                Some(jpeg) => Some(jpeg),
                None => catalog.grid(row.id)?.and_then(|grid| thumbnail::coarse_jpeg(&grid, sides(row))),
            };
            if let Some(jpeg) = jpeg {
                folder.write(name, &jpeg)?;
                pictures.insert(row.id, name.clone());
            }
        }
    }
    Ok(pictures)
}

/// Returns what a picture is called: by the photo's bytes, or, where only a listing tells of it, by its id there.
fn picture_name(item: &rows::Item) -> Option<String> {
    let is_plain = |id: &&String| id.len() <= 200 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    item.sha1.map(|sha1| sha1.to_string()).or_else(|| Some(&item.id).filter(is_plain).cloned())
}

/// Draws pictures from the photos themselves, by as many threads as there are cores; in the order asked for.
fn draw_from_photos(todo: &[(&AssetRow, String)], reach: &(dyn Fn(u64) + Sync), stop: &Stop) -> Vec<Option<Vec<u8>>> {
    let mut details = Details::default();
    todo.iter().for_each(|(row, _)| details.add(std::slice::from_ref(*row)));
    let (next, done) = (AtomicUsize::new(0), AtomicU64::new(0));
    let drawn = Mutex::new(vec![None; todo.len()]);
    let work = || {
        while let Some((at, (row, _))) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, todo.get(at)?))) {
            if stop.asked() {
                return;
            }
            let jpeg = details.draw(row.id, DetailWay::Pixels).and_then(|square| thumbnail::jpeg(&square, sides(row)));
            drawn.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[at] = jpeg;
            reach(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(todo.len()) {
            scope.spawn(work);
        }
    });
    drawn.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
