//! The review: what a face shows of groups, and how a person's decisions are kept, undone and told to others who decide at the same time.
//!
//! Reading and writing go through short transactions, so that a scan in another terminal and other pages go on meanwhile. What is decided is
//! checked against the version of the group that the person saw, in the transaction that keeps it.
//!
//! **Invariant:** a removal is kept only if, after it, the groups formed anew offer it: strict evidence against a keeper that stays. Otherwise
//! nothing of the wish is kept, and the reason is told.

mod accept;
mod answers;
mod decide;
mod filter;
mod group;
mod list;
mod missing;
mod overview;
mod parted;
mod removal;
mod removal_answers;
mod rules;
mod undo;

pub use answers::*;
pub use filter::{GroupFilter, ListQuery, SortBy, StateFilter};
pub use list::PageFrom;
pub use missing::{MissingLine, MissingPage, MissingView};
pub use removal::{run_page, runs, trash_page};
pub use removal_answers::{
    CauseSum, LeftRow, NAMED_MAX, PlanPage, PlanRow, PlanSide, PlanView, RelationCount, RemovalOutcome, RunPage, TrashPage, UndoOutcome,
};

use crate::group::{GroupOptions, form_by, regroup, resolve};
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use list::View;
use model::{AssetId, PictureGrid};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most members of one group that are shown at once.
pub const MEMBERS_SHOWN_MAX: usize = 200;
/// Most groups of one page.
pub const PAGE_MAX: usize = 200;

/// Lists held in memory, latest first. One of 100,000 groups takes 4 MB.
const VIEWS_HELD: usize = 6;
/// For how long after a write of another program the catalog counts as busy. A scan writes every half second.
const BUSY_FOR: Duration = Duration::from_secs(3);
/// Pages that the writer holds in memory. KiB: accepting a list of 70,000 groups changes rows all over a catalog of 1.5 GB.
const WRITER_PAGES_KIB: u32 = 64 << 10;
/// Longest write of ours in which nobody else is taken to have written.
const UNHEARD_MAX: Duration = Duration::from_millis(50);

/// The review of one catalog; shared by threads.
pub struct Review {
    path: PathBuf,
    /// Names the catalog's file on its disk.
    file: Option<(u64, u64)>,
    options: GroupOptions,
    now: fn() -> i64,
    readers: Mutex<Vec<Catalog>>,
    writer: Mutex<Catalog>,
    is_writing: AtomicBool,
    /// Removals and undos of ours that go on, on connections of their own.
    own_runs: AtomicUsize,
    views: Mutex<Vec<(ListQuery, i64, Arc<View>)>>,
    overview: Mutex<Option<(u64, Overview)>>,
    choices: Mutex<Option<(i64, FilterChoices)>>,
    ear: Mutex<Ear>,
}

/// Listens for writes of others, on a connection of its own.
struct Ear {
    catalog: Catalog,
    version: i64,
    /// How often others were heard.
    others: u64,
    heard_at: Option<Instant>,
    /// Files known, and those that wait to be read.
    files: (u64, u64),
}

/// What the ear tells.
struct Heard {
    epoch: i64,
    others: u64,
    is_busy: bool,
    files: (u64, u64),
}

impl Review {
    /// Opens the catalog (made as needed) and brings its groups up to date by these options. `now` tells the time, seconds of UTC.
    ///
    /// # Errors
    /// [`Error::Catalog`]; [`Error::User`] for an unknown source name.
    pub fn open(catalog: &Path, options: GroupOptions, now: fn() -> i64) -> Result<Self> {
        let writer = Catalog::open(catalog)?;
        writer.hold_pages(WRITER_PAGES_KIB)?;
        bring_up_to_date(&writer, &options)?;
        let ear = Catalog::open_read_only(catalog)?;
        let (version, files) = (ear.data_version()?, ear.count_waiting()?);
        Ok(Self {
            path: catalog.to_owned(),
            file: file_of(catalog),
            options,
            now,
            readers: Mutex::default(),
            writer: Mutex::new(writer),
            is_writing: AtomicBool::new(false),
            own_runs: AtomicUsize::new(0),
            views: Mutex::default(),
            overview: Mutex::default(),
            choices: Mutex::default(),
            ear: Mutex::new(Ear { catalog: ear, version, others: 0, heard_at: None, files }),
        })
    }

    /// Writes, one at a time.
    fn writing<T>(&self, work: impl FnOnce(&Catalog) -> Result<T>) -> Result<T> {
        let catalog = locked(&self.writer);
        if file_of(&self.path) != self.file {
            return Err(conflict(format!(
                "the catalog `{}` was moved, removed or put in the place of another: nothing is kept; start the review again",
                self.path.display()
            )));
        }
        let began = Instant::now();
        self.is_writing.store(true, Ordering::SeqCst);
        let outcome = work(&catalog);
        let mut ear = locked(&self.ear);
        ear.version = ear.catalog.data_version()?;
        // What others wrote meanwhile cannot be told from what we wrote.
        ear.others += u64::from(began.elapsed() > UNHEARD_MAX);
        self.is_writing.store(false, Ordering::SeqCst);
        outcome
    }

    /// Reads, on a connection that nobody else uses meanwhile, one moment of the catalog.
    fn reading<T>(&self, work: impl FnOnce(&Catalog) -> Result<T>) -> Result<T> {
        let kept = locked(&self.readers).pop();
        let catalog = match kept {
            Some(catalog) => catalog,
            None => Catalog::open_read_only(&self.path)?,
        };
        let outcome = catalog.at_one_moment(|| work(&catalog));
        locked(&self.readers).push(catalog);
        outcome
    }

    fn hear(&self) -> Result<Heard> {
        let mut guard = locked(&self.ear);
        let ear = &mut *guard;
        let version = ear.catalog.data_version()?;
        if version != ear.version {
            ear.version = version;
            if !self.is_writing.load(Ordering::SeqCst) {
                ear.others += 1;
                if self.own_runs.load(Ordering::SeqCst) == 0 {
                    ear.heard_at = Some(Instant::now());
                }
                ear.files = ear.catalog.count_waiting()?;
            }
        }
        Ok(Heard {
            epoch: ear.catalog.epoch()?,
            others: ear.others,
            is_busy: ear.heard_at.is_some_and(|at| at.elapsed() < BUSY_FOR),
            files: ear.files,
        })
    }

    /// Tells what changed; cheap, to be asked every second or two.
    ///
    /// # Errors
    /// [`Error::Catalog`].
    pub fn pulse(&self) -> Result<Pulse> {
        let heard = self.hear()?;
        let (history, ungrouped) = self.reading(|catalog| Ok((undo::history_of(catalog)?, catalog.count_to_regroup()?)))?;
        Ok(Pulse { epoch: heard.epoch, files: heard.files.0, waiting: heard.files.1, ungrouped, is_busy: heard.is_busy, history })
    }

    /// Returns an asset with its small stored picture, for drawing it; `None` where it is gone.
    ///
    /// # Errors
    /// [`Error::Catalog`].
    pub fn asset(&self, asset: AssetId) -> Result<Option<(AssetRow, Option<PictureGrid>)>> {
        self.reading(|catalog| {
            let Some(row) = catalog.assets_of(&[asset])?.pop() else { return Ok(None) };
            Ok(Some((row, catalog.grid(asset)?)))
        })
    }
}

/// Returns what names a file on its disk, where the system tells.
#[cfg(unix)]
fn file_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn file_of(_path: &Path) -> Option<(u64, u64)> {
    None
}

/// Forms the groups by the rules in force, where they are not.
fn bring_up_to_date(catalog: &Catalog, options: &GroupOptions) -> Result<()> {
    catalog.transaction(|| form_by(catalog, &resolve(catalog, options)?))?;
    regroup(catalog)
}

/// A thread that died left no half-done state behind any of these locks: what it wrote was a transaction.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn conflict(what: impl Into<String>) -> Error {
    Error::Conflict { what: what.into() }
}
