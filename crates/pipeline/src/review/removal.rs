//! Removing from the review: a plan of what was decided, its run, and the run taken back. Each works on a connection of its own, so that
//! pages are answered and decisions kept meanwhile.

use super::removal_answers::part;
use super::{PlanView, Review, RunPage, TrashPage, conflict, file_of, locked};
use crate::removing::{self, FreezeOptions, RemoveAnswer, UndoAnswer};
use crate::watch::{Stop, Watch};
use crate::{Error, Result};
use catalog::Catalog;
use removal::{Homes, Plan, RemoveOptions, RunSummary};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Holds that what is written meanwhile is our own doing.
struct Own<'a>(&'a AtomicUsize);

impl<'a> Own<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn homes(state: &Path) -> Homes {
    Homes { state: state.to_owned(), trashes: Vec::new() }
}

impl Review {
    fn is_in_place(&self) -> Result<()> {
        if file_of(&self.path) == self.file {
            return Ok(());
        }
        let path = self.path.display();
        Err(conflict(format!("the catalog `{path}` was moved, removed or put in the place of another: start the review again")))
    }

    /// Works on a connection of its own; what it writes is not taken for another program's.
    fn on_our_own<T>(&self, work: impl FnOnce(&Catalog) -> Result<T>) -> Result<T> {
        self.is_in_place()?;
        let _own = Own::begin(&self.own_runs);
        let outcome = work(&Catalog::open(&self.path)?);
        let mut ear = locked(&self.ear);
        ear.version = ear.catalog.data_version()?;
        ear.files = ear.catalog.count_waiting()?;
        ear.others += 1;
        outcome
    }

    /// Freezes what the person decided into a plan; `from_rules`: also what the rules offer. Nothing is written.
    ///
    /// # Errors
    /// As [`removing::freeze`].
    pub fn freeze(&self, from_rules: bool, watch: &dyn Watch, stop: &Stop) -> Result<(Plan, PlanView)> {
        self.is_in_place()?;
        let catalog = Catalog::open_read_only(&self.path)?;
        // Looked at before, so that what changes meanwhile shows.
        let epoch = catalog.epoch()?;
        let options = FreezeOptions { groups: self.options.clone(), from_rules, now_utc_seconds: (self.now)() };
        let plan = removing::freeze(&catalog, &options, watch, stop)?;
        let view = PlanView::of(&plan, epoch);
        Ok((plan, view))
    }

    /// Refuses a plan that does not say what the verdicts say now, and a start while another program removes.
    ///
    /// # Errors
    /// [`Error::Conflict`].
    pub fn ensure_may_remove(&self, state: &Path, plan: &Plan) -> Result<()> {
        self.is_in_place()?;
        ensure_free(state)?;
        removing::ensure_fresh(&Catalog::open_read_only(&self.path)?, plan, &self.options.usual_rules)
    }

    /// Applies a plan; photos go into the trash beside them.
    ///
    /// # Errors
    /// As [`removing::remove`].
    pub fn remove(&self, state: &Path, plan: &Plan, watch: &dyn Watch, stop: &Stop) -> Result<RemoveAnswer> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let options = RemoveOptions { threads, ..RemoveOptions::default() };
        self.on_our_own(|catalog| removing::remove(catalog, state, plan, &self.options.usual_rules, &options, watch, stop))
    }

    /// Returns a run in sums, where an undo may begin now.
    ///
    /// # Errors
    /// [`Error::Conflict`] while another program removes; as [`removing::run`].
    pub fn ensure_may_take_back(&self, state: &Path, run: u64) -> Result<RunSummary> {
        self.is_in_place()?;
        ensure_free(state)?;
        Ok(removing::run(&homes(state), &run.to_string())?.sums)
    }

    /// Takes a run back.
    ///
    /// # Errors
    /// As [`removing::take_back`].
    pub fn take_back(&self, state: &Path, run: u64, watch: &dyn Watch, stop: &Stop) -> Result<UndoAnswer> {
        self.on_our_own(|catalog| removing::take_back(Some(catalog), &homes(state), Some(&run.to_string()), watch, stop))
    }
}

/// Refuses where another program has its hand on photos.
fn ensure_free(state: &Path) -> Result<()> {
    match removal::lock(state) {
        Ok(lock) => {
            drop(lock);
            Ok(())
        }
        Err(error @ removal::Error::Locked) => Err(Error::Conflict { what: error.to_string() }),
        Err(removal::Error::Disk { path, why, .. }) => Err(Error::World { path, why: why.to_string(), hint: None }),
        Err(error) => Err(Error::Bug(error.to_string())),
    }
}

/// Returns all runs, the last first.
///
/// # Errors
/// [`Error::World`].
pub fn runs(state: &Path) -> Result<Vec<RunSummary>> {
    removing::runs(&homes(state))
}

/// Returns a run with its photos from a place on, at most so many.
///
/// # Errors
/// [`Error::User`] where there is no such run, [`Error::World`].
pub fn run_page(state: &Path, run: u64, at: u64, limit: usize) -> Result<RunPage> {
    let run = removing::run(&homes(state), &run.to_string())?;
    Ok(RunPage { sums: run.sums, total: run.photos.len() as u64, at, photos: part(&run.photos, at, limit) })
}

/// Returns what waits in the trash from a place on, at most so many files.
///
/// # Errors
/// [`Error::World`].
pub fn trash_page(state: &Path, at: u64, limit: usize) -> Result<TrashPage> {
    let all = removing::trashed(&homes(state))?;
    let there = || all.iter().filter(|file| file.is_there);
    let end = at.saturating_add(limit as u64);
    Ok(TrashPage {
        total: there().count() as u64,
        size_bytes: there().map(|file| file.size_bytes).sum(),
        missing: all.iter().filter(|file| !file.is_there).count() as u64,
        at,
        files: part(&all, at, limit),
        next: Some(end).filter(|end| *end < all.len() as u64),
    })
}
