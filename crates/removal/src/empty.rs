//! Emptying our own trash: the one place where a photo ends for good. Asked for by name, with an age; only what a journal names as removed, and
//! only while the photo that stayed in its place is there.

use crate::disk::{Disk, Kind};
use crate::hash::hash_file;
use crate::journal::{Act, Journal, Line, Run, Step, StepState, Steps};
use crate::lock::lock;
use crate::plan::Removal;
use crate::remove::{BATCH_MAX, now_s};
use crate::runs::is_alike;
use crate::step::Stage;
use crate::trash::tidy;
use crate::undo::{Homes, is_open};
use crate::{Error, Result};
use std::collections::{BTreeSet, HashMap};
use std::io::ErrorKind;
use std::path::PathBuf;

/// What emptying the trash did.
#[derive(Debug, Default)]
pub struct EmptyReport {
    /// Files that are gone for good.
    pub files: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// Files that stay in the trash, and why.
    pub left: Vec<(PathBuf, String)>,
    /// Whether the person stopped it.
    pub is_stopped: bool,
}

/// Which files go.
#[derive(Debug, Clone, Copy)]
pub struct EmptyOptions {
    /// Runs that changed nothing since then, in seconds since 1970 UTC.
    pub older_than_s: i64,
    /// Also those whose keeper is not there any more: they may be the last copy.
    pub with_last_copies: bool,
    /// Says what would go, and leaves it.
    pub is_dry: bool,
}

/// Takes what is old enough from our trashes, for good. `each` is told of each file and says whether to go on.
///
/// # Errors
/// [`Error::Locked`], [`Error::Disk`].
pub fn empty(
    disk: &dyn Disk,
    homes: &Homes,
    options: EmptyOptions,
    each: &mut dyn FnMut(&std::path::Path, u64) -> bool,
) -> Result<EmptyReport> {
    let _lock = lock(&homes.state)?;
    let mut report = EmptyReport::default();
    for name in homes.runs(disk)? {
        let run = match homes.read(disk, &name) {
            Ok(run) if run.last_at_s < options.older_than_s => run,
            Ok(_) | Err(Error::Plan(_)) => continue,
            Err(error) => return Err(error),
        };
        empty_run(disk, homes, &run, options, each, &mut report)?;
        if report.is_stopped {
            break;
        }
    }
    Ok(report)
}

fn empty_run(
    disk: &dyn Disk,
    homes: &Homes,
    run: &Run,
    options: EmptyOptions,
    each: &mut dyn FnMut(&std::path::Path, u64) -> bool,
    report: &mut EmptyReport,
) -> Result<()> {
    let trashes: Vec<PathBuf> = run.began.trashes.iter().map(|trash| trash.0.clone()).collect();
    let stage = Stage { disk, run: &run.began.run, trashes: &trashes };
    let mut ready: Vec<(&Step, PathBuf)> = Vec::new();
    // A keeper is read once, whatever it stands for.
    let mut keepers = HashMap::new();
    for unit in &run.units {
        for (step, state) in unit.steps.iter().filter(|(step, state)| is_open(*state) && step.act != Act::SystemTrash) {
            let place = stage.in_trash(step);
            match may_go(disk, &unit.removal, step, *state, &place, options, &mut keepers) {
                Ok(true) => ready.push((step, place)),
                Ok(false) => {}
                Err(why) => report.left.push((place, why)),
            }
        }
    }
    let homes: BTreeSet<PathBuf> = std::iter::once(&homes.state).chain(&trashes).chain(&homes.trashes).cloned().collect();
    let homes: Vec<PathBuf> = homes.into_iter().collect();
    let mut journal = if ready.is_empty() || options.is_dry { None } else { Some(Journal::reopen(disk, &homes, &run.began.run)?) };
    for batch in ready.chunks(BATCH_MAX) {
        let mut gone = Vec::new();
        for (step, place) in batch {
            let size_bytes = step.before.map_or(0, |before| before.size_bytes);
            if !each(place, size_bytes) {
                report.is_stopped = true;
                break;
            }
            if !options.is_dry
                && let Err(error) = disk.unlink(place)
            {
                report.left.push((place.clone(), error.to_string()));
                continue;
            }
            gone.push(step.step);
            report.files += 1;
            report.size_bytes += size_bytes;
        }
        // Said after it was done: a crash between leaves files that an undo finds missing, never one that it takes for missing.
        if let Some(journal) = &mut journal {
            journal.write(&[Line::Emptied(Steps { at_s: now_s(), steps: gone })])?;
        }
        if report.is_stopped {
            break;
        }
    }
    if journal.is_some() {
        let folders: Vec<PathBuf> = (0..trashes.len()).map(|trash| stage.folder(trash)).collect();
        tidy(disk, &folders);
    }
    Ok(())
}

/// Tells whether a file of the trash may go: `false` where there is nothing, an error in words where it stays.
fn may_go(
    disk: &dyn Disk,
    removal: &Removal,
    step: &Step,
    state: StepState,
    place: &std::path::Path,
    options: EmptyOptions,
    keepers: &mut HashMap<PathBuf, std::result::Result<(), String>>,
) -> std::result::Result<bool, String> {
    let Some(before) = &step.before else { return Ok(false) };
    match disk.facts(place) {
        Ok(found) if found.kind == Kind::File && is_alike(&found, before) => {}
        Ok(_) => return Err("it is not what was put there".to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.to_string()),
    }
    match hash_file(disk, place) {
        Ok((hash, _)) if hash == before.content_hash => {}
        Ok(_) => return Err("its bytes are not what was put there".to_owned()),
        Err(error) => return Err(error.to_string()),
    }
    if state == StepState::Unknown {
        return Err("the run was cut short at it: take the run back first".to_owned());
    }
    if options.with_last_copies {
        return Ok(true);
    }
    let keeper = &removal.keeper.file;
    let vouches = keepers.entry(keeper.path.0.clone()).or_insert_with(|| match hash_file(disk, &keeper.path) {
        Ok((hash, _)) if hash == keeper.content_hash => Ok(()),
        Ok(_) => Err(format!("its keeper `{}` changed: this may be the last copy", keeper.path)),
        Err(error) => Err(format!("its keeper `{}` cannot be read ({error}): this may be the last copy", keeper.path)),
    });
    vouches.clone().map(|()| true)
}
