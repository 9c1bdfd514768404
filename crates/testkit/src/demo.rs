//! The demo's library: about 150 media files in two Takeout zips, with everything that makes real libraries hard, and the truth beside it.
//!
//! Cameras, outings and shots are in `shots`; which copies each shot has and how they are made in `copies`; what lies between them in
//! `bystanders`. Nothing here finds duplicates: the truth is known because we drew it.
//!
//! **Invariant:** one seed gives the same archives, byte for byte, however many threads draw them.

mod bystanders;
mod copies;
mod shots;

use crate::takeout::{Entry, Export, Item, Packing, Part, media_key, zips};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Most threads that draw at once.
const MAX_THREADS: usize = 8;

/// A drawn library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DemoLibrary {
    /// The two Takeout zips; none when drawing was stopped.
    pub archives: Vec<PathBuf>,
    /// One row for each media file, in the order of the archives' entries.
    pub rows: Vec<TruthRow>,
}

/// What one media file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruthRow {
    /// `ARCHIVE!MEMBER`.
    pub path: String,
    /// Files of one group show the same shot; for `burst` and `scene` the same moment or place.
    pub group: String,
    /// `exact`, `resized`, `reencoded`, `edited`, `rotated`, `cropped`, `raw_jpeg`, `live_photo`, `burst`, `scene`, `distractor`, `corrupt`.
    pub kind: String,
    /// How it was made.
    pub note: String,
}

/// An item and what it is.
struct Piece {
    item: Item,
    kind: &'static str,
    note: String,
}

/// Something that is drawn on its own: a shot with its copies, or a bystander. Returns its pieces, the reference first.
type Task = Box<dyn Fn() -> Vec<Piece> + Send + Sync>;

impl DemoLibrary {
    /// Draws the library of `seed` into `folder`, which is made where needed. `progress` hears how many of how many parts are drawn and
    /// answers whether to go on; when it says no, a library without archives is returned and nothing is written.
    ///
    /// Cost: about eight seconds of one core in a release build (2026-11), shared by as many threads as there are cores; 40 MB of disk and
    /// about three times that of memory.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn draw(folder: &Path, seed: u64, progress: &mut dyn FnMut(usize, usize) -> bool) -> io::Result<Self> {
        let mut tasks = shots::tasks(seed);
        tasks.extend(bystanders::tasks(seed));
        let Some(drawn) = in_parallel(&tasks, progress) else { return Ok(Self::default()) };
        let (mut export, mut facts) = (Export::default(), Vec::new());
        for (number, pieces) in drawn.into_iter().enumerate() {
            for piece in pieces {
                let key = media_key(crate::rng::mix(seed) ^ export.items.len() as u64);
                export.add(Item { key: piece.item.key.as_ref().map(|_| key), ..piece.item });
                facts.push((format!("g{number:03}"), piece.kind, piece.note));
            }
        }
        let entries = export.entries();
        let packing = Packing { parts: 2, scattered: true, ..Packing::default() };
        let archives = zips(&entries, folder, &packing)?;
        let rows = rows(&entries, &packing.parts_of(&entries), &archives, &facts);
        Ok(Self { archives, rows })
    }

    /// Returns the truth as CSV with the columns `set,path,group,kind,note`, paths being those of the members.
    #[must_use]
    pub fn truth_csv(&self) -> String {
        let line = |row: &TruthRow| {
            let member = row.path.split_once('!').map_or(row.path.as_str(), |(_, member)| member);
            format!("demo,\"{member}\",{},{},\"{}\"\n", row.group, row.kind, row.note)
        };
        std::iter::once("set,path,group,kind,note\n".to_owned()).chain(self.rows.iter().map(line)).collect()
    }
}

/// Runs the tasks on as many threads as there are cores; their results keep the tasks' order. `None`: told to stop.
fn in_parallel(tasks: &[Task], progress: &mut dyn FnMut(usize, usize) -> bool) -> Option<Vec<Vec<Piece>>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(!progress(0, tasks.len())));
    let mut results: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..threads {
            let (sender, next, stopped) = (sender.clone(), &next, &stopped);
            scope.spawn(move || {
                while !stopped.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(index) else { break };
                    if sender.send((index, task())).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (index, pieces) in receiver {
            results.insert(index, pieces);
            if !progress(results.len(), tasks.len()) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    });
    (!stopped.load(Ordering::Relaxed)).then(|| results.into_values().collect())
}

fn rows(entries: &[Entry], places: &[usize], archives: &[PathBuf], facts: &[(String, &'static str, String)]) -> Vec<TruthRow> {
    let mut rows = Vec::new();
    for (entry, place) in entries.iter().zip(places) {
        let Some((group, own_kind, own_note)) = entry.item.and_then(|item| facts.get(item)) else { continue };
        let (kind, note) = match entry.part {
            Part::Media => (*own_kind, own_note.as_str()),
            Part::AlbumCopy => (*own_kind, "album copy"),
            Part::Edited => ("edited", "edited rendition"),
            Part::Clip => ("live_photo", "the still's clip"),
            Part::Sidecar | Part::AlbumRecord | Part::Other => continue,
        };
        let path = format!("{}!{}", archives[*place].display(), entry.path);
        rows.push(TruthRow { path, group: group.clone(), kind: kind.to_owned(), note: note.to_owned() });
    }
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    for row in &rows {
        *sizes.entry(row.group.clone()).or_default() += 1;
    }
    for row in rows.iter_mut().filter(|row| row.kind == "exact" && sizes[&row.group] == 1) {
        row.kind = "distractor".to_owned();
    }
    rows
}

#[cfg(test)]
mod tests;
