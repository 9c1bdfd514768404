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
mod overview;
mod parted;
mod rules;
mod undo;

pub use answers::*;
pub use filter::{GroupFilter, ListQuery, SortBy, StateFilter};
pub use list::PageFrom;

use crate::group::{GroupOptions, form_by, regroup, resolve};
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use list::View;
use model::{AssetId, PictureGrid};
use std::path::{Path, PathBuf};
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

/// The review of one catalog; shared by threads.
pub struct Review {
    path: PathBuf,
    options: GroupOptions,
    now: fn() -> i64,
    readers: Mutex<Vec<Catalog>>,
    writer: Mutex<Catalog>,
    views: Mutex<Vec<(ListQuery, i64, Arc<View>)>>,
    overview: Mutex<Option<((i64, i64), Overview)>>,
    heard: Mutex<Heard>,
}

/// What was last heard of other writers.
#[derive(Default)]
struct Heard {
    version: i64,
    changed: Option<Instant>,
    files: (u64, u64),
}

impl Review {
    /// Opens the catalog (made as needed) and brings its groups up to date by these options. `now` tells the time, seconds of UTC.
    ///
    /// # Errors
    /// [`Error::Catalog`]; [`Error::User`] for an unknown source name.
    pub fn open(catalog: &Path, options: GroupOptions, now: fn() -> i64) -> Result<Self> {
        let writer = Catalog::open(catalog)?;
        let review = Self {
            path: catalog.to_owned(),
            options,
            now,
            readers: Mutex::default(),
            writer: Mutex::new(writer),
            views: Mutex::default(),
            overview: Mutex::default(),
            heard: Mutex::default(),
        };
        review.bring_up_to_date(&review.writer())?;
        review.reading(|catalog| {
            *locked(&review.heard) = Heard { version: catalog.data_version()?, changed: None, files: catalog.count_waiting()? };
            Ok(())
        })?;
        Ok(review)
    }

    /// Forms the groups by the rules in force, where they are not.
    fn bring_up_to_date(&self, catalog: &Catalog) -> Result<()> {
        catalog.transaction(|| form_by(catalog, &resolve(catalog, &self.options)?))?;
        regroup(catalog)
    }

    fn writer(&self) -> MutexGuard<'_, Catalog> {
        locked(&self.writer)
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

    /// Tells what changed; cheap, to be asked every second or two.
    ///
    /// # Errors
    /// [`Error::Catalog`].
    pub fn pulse(&self) -> Result<Pulse> {
        // One connection, since each counts the writes of others for itself.
        let catalog = self.writer();
        let mut heard = locked(&self.heard);
        let version = catalog.data_version()?;
        if version != heard.version {
            let is_first = heard.version == 0;
            *heard = Heard { version, changed: (!is_first).then(Instant::now), files: catalog.count_waiting()? };
        }
        Ok(Pulse {
            epoch: catalog.epoch()?,
            files: heard.files.0,
            waiting: heard.files.1,
            is_busy: heard.changed.is_some_and(|at| at.elapsed() < BUSY_FOR),
            history: undo::history_of(&catalog)?,
        })
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

/// A thread that died left no half-done state behind any of these locks: what it wrote was a transaction.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn conflict(what: impl Into<String>) -> Error {
    Error::Conflict { what: what.into() }
}
