//! What the journals and trashes hold: the runs there were, each photo in them, and what waits in the trash.

use crate::disk::{Disk, Kind};
use crate::journal::{Act, Run, RunUnit, Step, StepState};
use crate::path_text::PathText;
use crate::step::{Stage, is_as_before};
use crate::undo::{Homes, is_open};
use crate::{Error, Result};
use serde::Serialize;
use std::path::PathBuf;

/// A run in sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunSummary {
    /// Its number.
    pub number: u64,
    /// Its name.
    pub run: String,
    /// When it began, seconds since 1970 UTC.
    pub at_s: i64,
    /// When it last changed anything, seconds since 1970 UTC.
    pub last_at_s: i64,
    /// Photos that lie in the trash.
    pub removed: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// Photos that an undo brought back.
    pub undone: u64,
    /// Photos whose trash was emptied.
    pub emptied: u64,
    /// Photos that were left where they are.
    pub left: u64,
    /// Whether it came to its end; where not, it was killed or the disk refused.
    pub is_closed: bool,
    /// The trashes that it may have filled.
    pub trashes: Vec<PathText>,
    /// Lines of the journal that cannot be read.
    pub torn_lines: u64,
}

/// Where a photo of a run is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitState {
    /// In the trash.
    Removed,
    /// Where it was: it was left, or the run ended before it.
    Left,
    /// Back at its place.
    Undone,
    /// Gone for good: the trash was emptied.
    Emptied,
}

/// A file in a trash of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trashed {
    /// Number of the run that put it there.
    pub number: u64,
    /// Name of that run.
    pub run: String,
    /// When that run last changed anything, seconds since 1970 UTC.
    pub at_s: i64,
    /// Where it lay.
    pub path: PathText,
    /// Where it lies now.
    pub in_trash: PathText,
    /// Bytes.
    pub size_bytes: u64,
    /// How it came there.
    pub act: Act,
    /// The photo that stays in its place.
    pub keeper: PathText,
    /// Whether it is there; where not, it was emptied by hand or its drive is away.
    pub is_there: bool,
}

/// Tells where a photo of a run is. What the journal leaves open is looked up on the disk.
#[must_use]
pub fn state_of(disk: &dyn Disk, run: &Run, unit: &RunUnit) -> UnitState {
    let mut of_photo = unit.steps.iter().filter(|(step, _)| unit.removal.files.iter().any(|file| file.path == step.path));
    match of_photo.next() {
        Some((_, StepState::Done)) => UnitState::Removed,
        Some((_, StepState::Undone)) => UnitState::Undone,
        Some((_, StepState::Emptied)) => UnitState::Emptied,
        Some((step, StepState::Unknown)) if is_in_trash(disk, run, step) => UnitState::Removed,
        _ => UnitState::Left,
    }
}

/// Tells whether the trash holds what a step put there, and its place does not.
fn is_in_trash(disk: &dyn Disk, run: &Run, step: &Step) -> bool {
    let is_away = disk.facts(&step.path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    let is_linked = matches!(step.act, Act::HardLink | Act::Reflink);
    (is_away || is_linked) && disk.facts(&in_trash(disk, run, step)).is_ok()
}

fn in_trash(disk: &dyn Disk, run: &Run, step: &Step) -> PathBuf {
    let trashes: Vec<PathBuf> = run.began.trashes.iter().map(|trash| trash.0.clone()).collect();
    Stage { disk, run: &run.began.run, trashes: &trashes }.in_trash(step)
}

/// Returns all runs in sums, the last first. A journal that holds nothing readable is left out.
///
/// # Errors
/// [`Error::Disk`].
pub fn runs(disk: &dyn Disk, homes: &Homes) -> Result<Vec<RunSummary>> {
    let mut found = Vec::new();
    for name in homes.runs(disk)?.iter().rev() {
        match homes.read(disk, name) {
            Ok(run) => found.push(summary(disk, &run)),
            Err(Error::Plan(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Returns the sums of a run.
#[must_use]
pub fn summary(disk: &dyn Disk, run: &Run) -> RunSummary {
    let mut sums = RunSummary {
        number: run.began.number,
        run: run.began.run.clone(),
        at_s: run.began.at_s,
        last_at_s: run.last_at_s,
        removed: 0,
        size_bytes: 0,
        undone: 0,
        emptied: 0,
        left: run.ended.iter().filter(|end| end.refusal.is_some()).count() as u64,
        is_closed: run.is_closed,
        trashes: run.began.trashes.clone(),
        torn_lines: run.torn_lines,
    };
    for unit in &run.units {
        match state_of(disk, run, unit) {
            UnitState::Removed => {
                sums.removed += 1;
                sums.size_bytes += unit.removal.files.first().map_or(0, |file| file.size_bytes);
            }
            UnitState::Undone => sums.undone += 1,
            UnitState::Emptied => sums.emptied += 1,
            UnitState::Left => {}
        }
    }
    sums
}

/// Returns what waits in our trashes, the oldest first.
///
/// # Errors
/// [`Error::Disk`].
pub fn trashed(disk: &dyn Disk, homes: &Homes) -> Result<Vec<Trashed>> {
    let mut found = Vec::new();
    for name in homes.runs(disk)? {
        let run = match homes.read(disk, &name) {
            Ok(run) => run,
            Err(Error::Plan(_)) => continue,
            Err(error) => return Err(error),
        };
        for unit in &run.units {
            for (step, state) in &unit.steps {
                let Some(before) = &step.before else { continue };
                if !is_open(*state) || step.act == Act::SystemTrash || (*state == StepState::Unknown && !is_in_trash(disk, &run, step)) {
                    continue;
                }
                let place = in_trash(disk, &run, step);
                let is_there = disk.facts(&place).is_ok_and(|found| found.kind == Kind::File && is_alike(&found, before));
                found.push(Trashed {
                    number: run.began.number,
                    run: name.clone(),
                    at_s: run.last_at_s,
                    path: step.path.clone(),
                    in_trash: place.into(),
                    size_bytes: before.size_bytes,
                    act: step.act,
                    keeper: unit.removal.keeper.file.path.clone(),
                    is_there,
                });
            }
        }
    }
    Ok(found)
}

/// Tells a file in the trash from another that came there under its name: a copy has another number than what it is a copy of.
pub(crate) fn is_alike(found: &crate::Facts, before: &crate::Before) -> bool {
    is_as_before(found, &crate::Before { inode: 0, ..*before })
}
