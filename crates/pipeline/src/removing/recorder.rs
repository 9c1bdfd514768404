//! What a run did, written to the catalog: while it goes on, after a crash from its journal, and backwards when it is undone.
//!
//! **Invariant:** each of these may be done again and changes nothing then; a batch is one transaction.

use super::gains::facts_of;
use crate::Result;
use crate::group::regroup;
use crate::watch::{Phase, Stop, Watch};
use catalog::{Catalog, Tombstone};
use model::AssetId;
use removal::{Act, Disk, Ended, Plan, Removal, Run, UndoWitness, UnitState, Way, Witness, number_of, state_of};
use std::path::Path;

/// Units in one transaction, as a run has in one batch.
const UNITS_AT_A_TIME: usize = 256;

/// Follows a run of a plan for the catalog and for the face. [`refresh`] is to be called when the run has ended.
pub struct Recorder<'a> {
    catalog: &'a Catalog,
    plan: &'a Plan,
    way: Way,
    now_utc_seconds: i64,
    watch: &'a dyn Watch,
    stop: &'a Stop,
}

impl<'a> Recorder<'a> {
    /// Begins to follow.
    pub fn new(catalog: &'a Catalog, plan: &'a Plan, way: Way, now_utc_seconds: i64, watch: &'a dyn Watch, stop: &'a Stop) -> Self {
        watch.begin(Phase::Remove, Some(plan.removals.len() as u64), Some(plan.sums.size_bytes));
        Self { catalog, plan, way, now_utc_seconds, watch, stop }
    }

    fn keep(&self, run: &str, ended: &[Ended]) -> Result<()> {
        self.catalog.transaction(|| {
            for end in ended {
                let Some(removal) = usize::try_from(end.unit).ok().and_then(|at| self.plan.removals.get(at)) else { continue };
                let unit = Unit { run, number: end.unit, removal, way: self.way, at_s: self.now_utc_seconds };
                unit.keep(self.catalog, end.refusal.is_none())?;
            }
            Ok(())
        })
    }
}

impl Witness for Recorder<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.asked()
    }

    fn before(&mut self, run: &str, units: &[(u64, &Removal)]) -> std::result::Result<(), String> {
        let kept: Result<()> = self.catalog.transaction(|| {
            self.catalog.note_run(run, number_of(run), &self.plan.id, self.now_utc_seconds)?;
            units.iter().try_for_each(|(number, removal)| carry(self.catalog, run, *number, removal))
        });
        kept.map_err(|error| error.to_string())
    }

    fn after(&mut self, run: &str, ended: &[Ended]) -> std::result::Result<(), String> {
        ended.chunks(UNITS_AT_A_TIME).try_for_each(|some| self.keep(run, some)).map_err(|error| error.to_string())
    }

    fn reach(&mut self, units: u64, bytes: u64) {
        self.watch.reach(units, bytes);
    }
}

/// A unit of a run.
struct Unit<'a> {
    run: &'a str,
    number: u64,
    removal: &'a Removal,
    way: Way,
    at_s: i64,
}

impl Unit<'_> {
    /// Writes that it went, or that it did not.
    fn keep(&self, catalog: &Catalog, is_removed: bool) -> Result<()> {
        let Self { run, number, removal, way, at_s } = *self;
        if !is_removed {
            return Ok(catalog.bring_back(run, number)?);
        }
        carry(catalog, run, number, removal)?;
        // Where a link to the keeper's bytes stands in its place, it is there as before: the next scan finds that it is one file.
        let Some(first) = removal.files.first().filter(|_| matches!(way, Way::Trash | Way::SystemTrash)) else { return Ok(()) };
        // A companion that belongs to others as well may have stayed.
        let gone =
            removal.companions.iter().map(|companion| &companion.file).filter(|file| std::fs::symlink_metadata(&*file.path).is_err());
        let below: Vec<(&Path, &Path)> = removal
            .files
            .iter()
            .chain(gone)
            .filter_map(|file| Some((&*removal.root, file.path.strip_prefix(&*removal.root).ok()?)))
            .collect();
        let keeper = &removal.keeper;
        let stone = Tombstone {
            run: run.to_owned(),
            unit: number,
            asset: AssetId(removal.asset),
            content: first.content_hash,
            sha1: removal.sha1,
            payload: removal.payload_hash,
            size_bytes: first.size_bytes,
            place: first.path.to_string(),
            source: removal.source.clone(),
            relation: removal.relation,
            keeper: (AssetId(keeper.asset), keeper.file.content_hash, keeper.file.path.to_string()),
            removed_at_s: at_s,
        };
        Ok(catalog.bury(&stone, &below)?)
    }
}

fn carry(catalog: &Catalog, run: &str, number: u64, removal: &Removal) -> Result<()> {
    let keeper = &removal.keeper;
    Ok(catalog.carry(run, number, (AssetId(keeper.asset), keeper.file.content_hash), &facts_of(&removal.carry))?)
}

/// A run as its journal tells it.
#[derive(Debug, Clone, Copy)]
pub struct JournalledRun<'a> {
    /// Its name.
    pub run: &'a str,
    /// The plan's own name.
    pub plan: &'a str,
    /// When it began, seconds of UTC.
    pub began_at_s: i64,
    /// What it did with photos.
    pub way: Way,
}

/// Takes a run's journal into the catalog: for each unit begun, whether it is removed now. Returns how many units there were. [`refresh`] is
/// called at the end.
///
/// # Errors
/// [`crate::Error::Catalog`]; what was taken in by then is kept, and the next call does the rest.
pub fn settle<'r>(catalog: &Catalog, run: JournalledRun<'_>, units: impl IntoIterator<Item = (u64, &'r Removal, bool)>) -> Result<u64> {
    let JournalledRun { run, plan, began_at_s, way } = run;
    catalog.batch(|| catalog.note_run(run, number_of(run), plan, began_at_s))?;
    let (mut units, mut count) = (units.into_iter().peekable(), 0);
    while units.peek().is_some() {
        let some: Vec<(u64, &Removal, bool)> = units.by_ref().take(UNITS_AT_A_TIME).collect();
        count += some.len() as u64;
        catalog.transaction(|| {
            let mut each = some.iter();
            each.try_for_each(|&(number, removal, is_removed)| {
                Unit { run, number, removal, way, at_s: began_at_s }.keep(catalog, is_removed)
            })
        })?;
    }
    refresh(catalog)?;
    Ok(count)
}

/// The same from a journal as read; what it leaves open is looked up on the disk.
///
/// # Errors
/// As [`settle`].
pub fn settle_run(catalog: &Catalog, disk: &dyn Disk, run: &Run) -> Result<u64> {
    let acts = || run.units.iter().flat_map(|unit| &unit.steps).map(|(step, _)| step.act);
    let way = match acts().find(|act| matches!(act, Act::HardLink | Act::Reflink)) {
        Some(Act::HardLink) => Way::HardLink,
        Some(_) => Way::Reflink,
        None => Way::Trash,
    };
    let began = &run.began;
    let journalled = JournalledRun { run: &began.run, plan: &began.plan, began_at_s: began.at_s, way };
    let is_removed = |unit| matches!(state_of(disk, run, unit), UnitState::Removed | UnitState::Emptied);
    settle(catalog, journalled, run.units.iter().map(|unit| (unit.unit, &unit.removal, is_removed(unit))))
}

/// Follows an undo for the catalog and for the face. [`refresh`] is to be called when it has ended.
pub struct UndoRecorder<'a> {
    catalog: &'a Catalog,
    watch: &'a dyn Watch,
    stop: &'a Stop,
}

impl<'a> UndoRecorder<'a> {
    /// Begins to follow an undo of so many files, where that is known.
    pub fn new(catalog: &'a Catalog, files: Option<u64>, watch: &'a dyn Watch, stop: &'a Stop) -> Self {
        watch.begin(Phase::Undo, files, None);
        Self { catalog, watch, stop }
    }
}

impl UndoWitness for UndoRecorder<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.asked()
    }

    fn restored(&mut self, run: &str, units: &[(u64, &Removal)]) -> std::result::Result<(), String> {
        let back = || units.iter().try_for_each(|(unit, _)| self.catalog.bring_back(run, *unit));
        self.catalog.batch(back).map_err(|error| error.to_string())
    }

    fn reach(&mut self, files: u64) {
        self.watch.reach(files, 0);
    }
}

/// Notes that these units of a run are undone: their files are there again, and nothing is remembered or carried of them.
///
/// # Errors
/// [`crate::Error::Catalog`].
pub fn undone(catalog: &Catalog, run: &str, units: &[u64]) -> Result<()> {
    for some in units.chunks(UNITS_AT_A_TIME) {
        catalog.batch(|| some.iter().try_for_each(|unit| catalog.bring_back(run, *unit)))?;
    }
    refresh(catalog)
}

/// Forms anew the groups of all that a run touched.
///
/// # Errors
/// [`crate::Error::Catalog`].
pub fn refresh(catalog: &Catalog) -> Result<()> {
    regroup(catalog)
}
