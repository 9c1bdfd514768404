//! A run read backwards: from its journal and the disk alone, without the catalog, as often as one likes, and after a crash anywhere.

use crate::disk::{Disk, Kind};
use crate::error::Tried as _;
use crate::journal::{self, Act, Before, Journal, Line, Run, RunUnit, Step, StepState, Steps, file_name, journals_in};
use crate::lock::lock;
use crate::path_text::PathText;
use crate::plan::Removal;
use crate::remove::{BATCH_MAX, now_s};
use crate::step::{Stage, TakenBack};
use crate::trash::{number_of, runs_in, tidy};
use crate::{Error, Result};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What an undo did with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The photo's place in the plan's list.
    pub unit: u64,
    /// Where the file lies, or would.
    pub path: PathBuf,
    /// Why it is not back; none: it is.
    pub why_not: Option<NotRestored>,
}

/// Why a file is not back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRestored {
    /// It can be tried again, when the cause is gone. In words.
    Blocked(String),
    /// The trash does not hold it any more. In words.
    Gone(String),
}

/// What an undo did.
#[derive(Debug)]
pub struct UndoReport {
    /// The run.
    pub run: String,
    /// Its number.
    pub number: u64,
    /// Each file that the run had put into the trash or written.
    pub files: Vec<Restored>,
    /// Photos of the plan that are back whole, by their place in its list.
    pub units: Vec<u64>,
    /// Times that the undo waited until the disk had what was written (fsync).
    pub waits: u64,
    /// What ended the undo before its end.
    pub error: Option<Error>,
    /// Whether the person stopped it.
    pub is_stopped: bool,
}

/// Follows an undo.
pub trait UndoWitness {
    /// Tells whether to stop.
    fn is_stopped(&self) -> bool;
    /// These photos are back; the journal says so.
    ///
    /// # Errors
    /// In words; the undo ends.
    fn restored(&mut self, run: &str, units: &[(u64, &Removal)]) -> std::result::Result<(), String>;
    /// So many files are behind.
    fn reach(&mut self, files: u64);
}

/// Where journals are looked for.
#[derive(Debug, Clone)]
pub struct Homes {
    /// The state folder, with the lock.
    pub state: PathBuf,
    /// Trashes beside those that the journals of the state folder name.
    pub trashes: Vec<PathBuf>,
}

impl Homes {
    /// Returns the names of all runs, the oldest first.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub fn runs(&self, disk: &dyn Disk) -> Result<Vec<String>> {
        let mut runs = runs_in(disk, &self.state)?;
        for trash in &self.trashes {
            runs.extend(runs_in(disk, trash)?);
        }
        runs.sort();
        runs.dedup();
        Ok(runs)
    }

    /// Returns how long the journal in the state folder is; 0 where there is none.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub fn journal_bytes(&self, disk: &dyn Disk, run: &str) -> Result<u64> {
        let path = journals_in(&self.state).join(file_name(run));
        match disk.facts(&path) {
            Ok(found) => Ok(found.size_bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error).tried("cannot look at", &path),
        }
    }

    /// Reads a run, from the journal that says most: one of them may have been on a disk that was full or away. The trashes that a journal
    /// names are looked into as well.
    ///
    /// # Errors
    /// [`Error::NoRun`], [`Error::Disk`].
    pub fn read(&self, disk: &dyn Disk, run: &str) -> Result<Run> {
        let mut best: Option<Run> = None;
        let mut error = None;
        let mut homes: Vec<PathBuf> = std::iter::once(&self.state).chain(&self.trashes).cloned().collect();
        let mut at = 0;
        while let Some(home) = homes.get(at) {
            at += 1;
            let path = journals_in(home).join(file_name(run));
            let found = match disk.facts(&path) {
                Ok(_) => journal::read(disk, &path),
                Err(found) if found.kind() == std::io::ErrorKind::NotFound => continue,
                Err(found) => Err(found).tried("cannot read the journal", &path),
            };
            match found {
                Ok(found) => {
                    let named = found.began.trashes.iter().map(|trash| &trash.0);
                    let new: Vec<PathBuf> = named.filter(|trash| !homes.contains(trash)).cloned().collect();
                    homes.extend(new);
                    if best.as_ref().is_none_or(|best| says_more(&found, best)) {
                        best = Some(found);
                    }
                }
                Err(found) => error = Some(found),
            }
        }
        match (best, error) {
            (Some(mut found), _) => {
                self.relocate(disk, &mut found);
                Ok(found)
            }
            (None, Some(error)) => Err(error),
            (None, None) => Err(Error::NoRun(run.to_owned())),
        }
    }

    /// Where a trash is not at the place that the journal names, and a trash that the person named has this journal: the library was moved, or
    /// its drive is mounted elsewhere.
    fn relocate(&self, disk: &dyn Disk, run: &mut Run) {
        let is_there = |trash: &Path| disk.facts(trash).is_ok();
        for new in &self.trashes {
            if run.began.trashes.iter().any(|trash| trash.0 == *new) || !is_there(&journals_in(new).join(file_name(&run.began.run))) {
                continue;
            }
            let away: Vec<PathBuf> = run.began.trashes.iter().map(|trash| trash.0.clone()).filter(|trash| !is_there(trash)).collect();
            if let [old] = &away[..]
                && let (Some(from), Some(to)) = (old.parent(), new.parent())
            {
                run.relocate(from, to);
            }
        }
    }

    /// Returns the run that a person means: its number or name, or without one the last that has something to take back.
    ///
    /// # Errors
    /// [`Error::NoRun`], [`Error::Disk`].
    pub fn find(&self, disk: &dyn Disk, wanted: Option<&str>) -> Result<Run> {
        let runs = self.runs(disk)?;
        let Some(wanted) = wanted else {
            for run in runs.iter().rev() {
                match self.read(disk, run) {
                    Ok(found) if found.open_steps().next().is_some() => return Ok(found),
                    // A journal that ends before its first line is whole tells of nothing that was done.
                    Ok(_) | Err(Error::Plan(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            return Err(Error::NoRun("to take back".to_owned()));
        };
        let number: Option<u64> = wanted.parse().ok();
        let named: Vec<&String> = runs.iter().filter(|run| *run == wanted || Some(number_of(run)) == number).collect();
        match named[..] {
            [run] => self.read(disk, run),
            [] => Err(Error::NoRun(wanted.to_owned())),
            _ => Err(Error::Plan(format!(
                "several runs have the number {wanted}; name one: {}",
                named.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(", ")
            ))),
        }
    }
}

fn says_more(run: &Run, other: &Run) -> bool {
    let settled = |run: &Run| run.units.iter().flat_map(|unit| &unit.steps).filter(|(_, state)| *state != StepState::Unknown).count();
    let undone = |run: &Run| {
        run.units.iter().flat_map(|unit| &unit.steps).filter(|(_, state)| matches!(state, StepState::Undone | StepState::Emptied)).count()
    };
    (run.units.len(), settled(run), undone(run)) > (other.units.len(), settled(other), undone(other))
}

/// Takes a run back: everything that can be goes back to its place, and what cannot is named.
///
/// # Errors
/// Where it could not begin; what ends it later stands in the report.
pub fn undo(disk: &dyn Disk, homes: &Homes, wanted: Option<&str>, witness: &mut dyn UndoWitness) -> Result<UndoReport> {
    let _lock = lock(&homes.state)?;
    let run = homes.find(disk, wanted)?;
    let trashes: Vec<PathBuf> = run.began.trashes.iter().map(|trash| trash.0.clone()).collect();
    let journals: BTreeSet<PathBuf> = std::iter::once(&homes.state).chain(&trashes).chain(&homes.trashes).cloned().collect();
    let journals: Vec<PathBuf> = journals.into_iter().collect();
    let mut report = UndoReport {
        run: run.began.run.clone(),
        number: run.began.number,
        files: Vec::new(),
        units: Vec::new(),
        waits: 0,
        error: None,
        is_stopped: false,
    };
    let journal = Journal::reopen(disk, &journals, &run.began.run)?;
    let stage = Stage { disk, run: &run.began.run, trashes: &trashes };
    let mut undo = Undo {
        disk,
        run: &run,
        stage,
        journal,
        report: &mut report,
        blocked: HashSet::new(),
        waiting: HashSet::new(),
        sidecars: sidecars_of(&run),
    };
    if let Err(error) = undo.work(witness) {
        undo.report.error = Some(error);
    }
    undo.report.waits += undo.journal.waits;
    drop(undo);
    let folders: Vec<PathBuf> = (0..trashes.len()).map(|trash| stage.folder(trash)).collect();
    tidy(disk, &folders);
    Ok(report)
}

fn sidecars_of(run: &Run) -> HashMap<PathBuf, Vec<(u64, Option<Before>)>> {
    let mut sidecars: HashMap<PathBuf, Vec<(u64, Option<Before>)>> = HashMap::new();
    for (step, state) in run.units.iter().flat_map(|unit| &unit.steps).filter(|(step, _)| step.act == Act::Sidecar) {
        if *state != StepState::NotDone {
            sidecars.entry(step.path.0.clone()).or_default().push((step.step, step.before));
        }
    }
    sidecars
}

struct Undo<'a> {
    disk: &'a dyn Disk,
    run: &'a Run,
    stage: Stage<'a>,
    journal: Journal<'a>,
    report: &'a mut UndoReport,
    /// Folders of which not everything is back.
    blocked: HashSet<PathBuf>,
    /// Sidecars of which a later step is not taken back, but may be.
    waiting: HashSet<PathBuf>,
    /// What sidecars were before each step of the run that wrote them.
    sidecars: HashMap<PathBuf, Vec<(u64, Option<Before>)>>,
}

impl Undo<'_> {
    fn work(&mut self, witness: &mut dyn UndoWitness) -> Result<()> {
        let waiting: Vec<&RunUnit> =
            self.run.units.iter().rev().filter(|unit| unit.steps.iter().any(|(_, state)| is_open(*state))).collect();
        let untouched = self.untouched_folders();
        if !waiting.is_empty() {
            self.journal.write(&[Line::Undoing(untouched.keys().cloned().map(PathText).collect())])?;
        }
        let mut ahead = waiting.len();
        for units in waiting.chunks(BATCH_MAX) {
            if witness.is_stopped() {
                self.report.is_stopped = true;
                break;
            }
            ahead -= units.len();
            self.batch(units, (ahead == 0).then_some(&untouched), witness)?;
            witness.reach(self.report.files.len() as u64);
        }
        Ok(())
    }

    /// Takes photos back; with the last of them folders get their times back, before the journal says that all is done.
    fn batch(&mut self, units: &[&RunUnit], last: Option<&HashMap<PathBuf, i64>>, witness: &mut dyn UndoWitness) -> Result<()> {
        let mut back = Vec::new();
        let mut whole: Vec<(u64, &Removal)> = Vec::new();
        let mut touched: BTreeSet<PathBuf> = BTreeSet::new();
        for unit in units {
            let mut is_whole = true;
            for step in unit.steps.iter().rev().filter(|(_, state)| is_open(*state)).map(|(step, _)| step) {
                // What was written to a sidecar before waits for what was written after.
                let done = if self.waiting.contains(&*step.path) {
                    TakenBack::Blocked(format!("what was done to `{}` after it could not be taken back", step.path))
                } else {
                    self.take_back(&unit.removal, step)
                };
                let why_not = match done {
                    TakenBack::Restored | TakenBack::Already => None,
                    TakenBack::Blocked(why) => Some(NotRestored::Blocked(why)),
                    TakenBack::Lost(why) => Some(NotRestored::Gone(why)),
                };
                let folder = step.path.parent().unwrap_or(&step.path).to_owned();
                if why_not.is_none() {
                    back.push(step.step);
                    touched.insert(self.stage.folder(step.trash));
                    touched.insert(folder);
                } else {
                    is_whole &= unit.removal.files.iter().all(|file| file.path != step.path);
                    self.blocked.insert(folder);
                    if step.act == Act::Sidecar && matches!(why_not, Some(NotRestored::Blocked(_))) {
                        self.waiting.insert(step.path.0.clone());
                    }
                }
                self.report.files.push(Restored { unit: unit.unit, path: step.path.0.clone(), why_not });
            }
            if is_whole {
                whole.push((unit.unit, &unit.removal));
            }
        }
        for folder in &touched {
            match self.disk.sync_folder(folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).tried("cannot write", folder),
                _ => self.report.waits += 1,
            }
        }
        if let Some(untouched) = last {
            self.restore_times(untouched);
        }
        if !back.is_empty() {
            self.journal.write(&[Line::Undone(Steps { at_s: now_s(), steps: back })])?;
        }
        self.report.units.extend(whole.iter().map(|(unit, _)| *unit));
        witness.restored(&self.report.run, &whole).map_err(Error::Witness)
    }

    fn take_back(&self, removal: &Removal, step: &Step) -> TakenBack {
        match self.disk.facts(&removal.root) {
            Ok(found) if found.kind == Kind::Folder => self.stage.take_back(step, &self.earlier(step)),
            _ => TakenBack::Blocked(format!("`{}` is not there; connect its drive, or make the folder", removal.root)),
        }
    }

    /// Returns what a sidecar was before the steps of the run that wrote it before this one.
    fn earlier(&self, step: &Step) -> Vec<Option<Before>> {
        let steps = self.sidecars.get(&*step.path).map(Vec::as_slice).unwrap_or_default();
        steps.iter().filter(|(number, _)| *number < step.step).map(|(_, before)| *before).collect()
    }

    /// Returns the folders in which nothing happened since the run, with the time that they had before it.
    fn untouched_folders(&self) -> HashMap<PathBuf, i64> {
        let is_untouched = |folder: &Path| match (self.run.after.get(folder), self.disk.facts(folder)) {
            (Some(after), Ok(found)) => found.modified_ns == *after,
            // The run, or an undo, was killed before it could say.
            (None, Ok(_)) => true,
            (_, Err(_)) => false,
        };
        self.run.before.iter().filter(|(folder, _)| is_untouched(folder)).map(|(folder, before)| (folder.clone(), *before)).collect()
    }

    /// Gives folders the time back that they had, where all of it is back.
    fn restore_times(&self, untouched: &HashMap<PathBuf, i64>) {
        for (folder, before) in untouched.iter().filter(|(folder, _)| !self.blocked.contains(*folder)) {
            let _is_no_matter = self.disk.set_modified(folder, *before);
        }
    }
}

pub(crate) fn is_open(state: StepState) -> bool {
    matches!(state, StepState::Done | StepState::Unknown)
}
