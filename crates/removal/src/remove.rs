//! Applying a plan, in the order of design §6.2: intents on the disk → each photo looked at again and moved → folders and the journal on the disk.

use crate::disk::Disk;
use crate::error::Tried as _;
use crate::journal::{Act, BatchEnd, Began, Closed, FolderTime, Intents, JOURNAL_VERSION, Journal, Line, Step, UnitIntent};
use crate::lock::lock;
use crate::path_text::PathText;
use crate::plan::{Plan, Removal};
use crate::prepare::{Preflight, Prepared};
use crate::report::{Ended, Refusal, RefusalCode, Witness};
use crate::step::{NotDone, Stage, TakenBack, is_as_before};
use crate::trash::{Trashes, number_of, runs_in, tidy, trash_in};
use crate::{Error, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Photos whose intents are written down at once. Each batch costs four waits for the disk and one for each folder it touches: at 256 that is
/// little beside the reading (20,000 copies of 100 kB: 519 waits in 2.7 s, `examples/measure.rs`), and no more than so many photos wait on the word of a journal.
pub const BATCH_MAX: usize = 256;

/// How photos go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// To our own trash.
    #[default]
    Trash,
    /// To the system's trash: it keeps no journal of ours, and undo goes as far as it allows.
    SystemTrash,
    /// To our own trash, with a hard link of the keeper in their place.
    HardLink,
    /// To our own trash, with a copy in their place that shares the keeper's bytes.
    Reflink,
}

/// How a plan is applied.
#[derive(Debug, Clone)]
pub struct RemoveOptions {
    /// How photos go.
    pub way: Way,
    /// A trash elsewhere than in the folder that was scanned.
    pub trash: Option<PathBuf>,
    /// Whether a trash on another file system may be filled by copying.
    pub allow_copy: bool,
    /// Folders in which nothing may be removed.
    pub protected: Vec<PathBuf>,
    /// Files read at the same time.
    pub threads: usize,
}

impl Default for RemoveOptions {
    fn default() -> Self {
        Self { way: Way::Trash, trash: None, allow_copy: false, protected: Vec::new(), threads: 1 }
    }
}

/// What a run did.
#[derive(Debug)]
pub struct RunReport {
    /// The run's name; `None` where nothing was to be done and no run was begun.
    pub run: Option<String>,
    /// Its number.
    pub number: u64,
    /// What became of each photo of the plan as far as the run came.
    pub ended: Vec<Ended>,
    /// Bytes of the photos that went.
    pub size_bytes: u64,
    /// Times that the run waited until the disk had what was written (fsync).
    pub waits: u64,
    /// What ended the run before its end.
    pub error: Option<Error>,
    /// Whether the person stopped it.
    pub is_stopped: bool,
}

/// What a run would do with one photo.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Its place in the plan's list.
    pub unit: u64,
    /// Why it would be left; none: it would go.
    pub refusal: Option<Refusal>,
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// What is to be said beside.
    pub notes: Vec<String>,
}

/// Says what applying a plan would do now. Changes nothing; reads every file that it would.
pub fn check(disk: &dyn Disk, plan: &Plan, options: &RemoveOptions, each: &mut dyn FnMut(Checked) -> bool) {
    let trashes = Trashes::find(disk, plan, options.trash.as_deref(), None);
    let mut preflight = Preflight::new(disk, plan, options, &trashes);
    let units: Vec<u64> = (0..plan.removals.len() as u64).collect();
    for units in units.chunks(BATCH_MAX) {
        for (unit, prepared) in preflight.prepare(units) {
            let checked = match prepared {
                Ok(prepared) => {
                    let steps = prepared.steps.into_iter().map(|(step, _)| step).collect();
                    Checked { unit, refusal: None, steps, notes: prepared.notes }
                }
                Err(refusal) => Checked { unit, refusal: Some(refusal), steps: Vec::new(), notes: Vec::new() },
            };
            if !each(checked) {
                return;
            }
        }
    }
}

/// Applies a plan. `state` is the folder of lock and journals.
///
/// # Errors
/// Where the run could not begin; what ends it later stands in the report.
pub fn remove(disk: &dyn Disk, state: &Path, plan: &Plan, options: &RemoveOptions, witness: &mut dyn Witness) -> Result<RunReport> {
    let _lock = lock(state)?;
    let mut report = RunReport { run: None, number: 0, ended: Vec::new(), size_bytes: 0, waits: 0, error: None, is_stopped: false };
    if plan.removals.is_empty() {
        return Ok(report);
    }
    let mut roots: BTreeSet<PathBuf> = plan.removals.iter().map(|removal| removal.root.0.clone()).collect();
    let number = next_number(disk, state, &roots, options)?;
    let run = new_name(number, plan);
    // What is not there is refused photo by photo.
    roots.retain(|root| root.is_absolute() && !is_gone(disk, root));
    // Before a trash is made in them.
    let roots_before = folder_times(disk, &roots)?;
    let trashes = Trashes::find(disk, plan, options.trash.as_deref(), Some(&run));
    let folders = trashes.folders();
    let homes: Vec<PathBuf> = std::iter::once(state.to_owned()).chain(folders.iter().cloned()).collect();
    let began = Began {
        version: JOURNAL_VERSION,
        run: run.clone(),
        number,
        plan: plan.id.clone(),
        at_s: now_s(),
        catalog: plan.catalog.clone(),
        trashes: folders.iter().cloned().map(PathText).collect(),
    };
    let journal = Journal::begin(disk, &homes, &began)?;
    let stage = Stage { disk, run: &run, trashes: &folders };
    let mut hand = Hand { disk, plan, stage, journal, report: &mut report, roots, roots_before };
    hand.report.run = Some(run.clone());
    hand.report.number = number;
    let mut preflight = Preflight::new(disk, plan, options, &trashes);
    hand.work(&mut preflight, witness);
    drop(hand);
    let kept: Vec<PathBuf> = (0..folders.len()).map(|trash| stage.folder(trash)).collect();
    tidy(disk, &kept);
    Ok(report)
}

struct Hand<'a> {
    disk: &'a dyn Disk,
    plan: &'a Plan,
    stage: Stage<'a>,
    journal: Journal<'a>,
    report: &'a mut RunReport,
    roots: BTreeSet<PathBuf>,
    /// Times of the scanned folders before the run; told with the first batch.
    roots_before: Vec<FolderTime>,
}

impl Hand<'_> {
    fn work(&mut self, preflight: &mut Preflight<'_>, witness: &mut dyn Witness) {
        // Folder by folder, so that a batch waits for few of them; the last is taken first.
        let mut waiting: Vec<u64> = (0..self.plan.removals.len() as u64).collect();
        waiting
            .sort_by_cached_key(|unit| (self.removal(*unit).files.first().and_then(|file| file.path.parent().map(Path::to_owned)), *unit));
        waiting.reverse();
        while !waiting.is_empty() && self.report.error.is_none() {
            if witness.is_stopped() {
                self.report.is_stopped = true;
                break;
            }
            let batch = self.next_batch(&mut waiting);
            if let Err(error) = self.batch(preflight, &batch, witness) {
                self.report.error = Some(error);
            }
            let units = self.report.ended.len() as u64;
            witness.reach(units, self.report.size_bytes);
        }
        self.report.ended.sort_by_key(|end| end.unit);
        let closed = Closed { at_s: now_s(), is_stopped: self.report.is_stopped || self.report.error.is_some() };
        // After an error of the disk the journal says as much as it could.
        if let Err(error) = self.journal.write(&[Line::Closed(closed)]) {
            self.report.error.get_or_insert(error);
        }
        self.report.waits += self.journal.waits;
    }

    /// Takes the next photos, no two of which write the same sidecar: the second adds to what the first wrote.
    fn next_batch(&self, waiting: &mut Vec<u64>) -> Vec<u64> {
        let mut batch = Vec::new();
        let mut sidecars = BTreeSet::new();
        while let Some(unit) = waiting.last().copied() {
            let removal = self.removal(unit);
            let is_met = removal.sidecar.as_ref().is_some_and(|sidecar| !sidecars.insert(sidecar));
            if is_met || batch.len() == BATCH_MAX {
                break;
            }
            batch.push(unit);
            waiting.pop();
        }
        batch
    }

    fn removal(&self, unit: u64) -> &Removal {
        &self.plan.removals[usize::try_from(unit).unwrap_or(usize::MAX)]
    }

    fn batch(&mut self, preflight: &mut Preflight<'_>, units: &[u64], witness: &mut dyn Witness) -> Result<()> {
        let mut ended = Vec::new();
        let mut ready: Vec<Prepared> = Vec::new();
        for (unit, prepared) in preflight.prepare(units) {
            match prepared {
                Ok(prepared) => ready.push(prepared),
                Err(refusal) => {
                    let path = first_path(self.removal(unit));
                    ended.push(Ended { unit, path, refusal: Some(refusal), notes: Vec::new() });
                }
            }
        }
        let steps: Vec<&Step> = ready.iter().flat_map(|unit| &unit.steps).map(|(step, _)| step).collect();
        let mut touched: BTreeSet<PathBuf> = steps.iter().filter_map(|step| Some(step.path.parent()?.to_owned())).collect();
        if !ready.is_empty() {
            let mut folders = std::mem::take(&mut self.roots_before);
            folders.extend(folder_times(self.disk, &touched)?);
            let intents = ready
                .iter()
                .map(|unit| UnitIntent {
                    unit: unit.unit,
                    removal: self.removal(unit.unit).clone(),
                    steps: unit.steps.iter().map(|(step, _)| step.clone()).collect(),
                })
                .collect();
            self.journal.write(&[Line::Intents(Intents { units: intents, folders })])?;
        }
        let run = self.report.run.clone().unwrap_or_default();
        let told: Vec<(u64, &Removal)> = ready.iter().map(|unit| (unit.unit, self.removal(unit.unit))).collect();
        let mut refused = witness.before(&run, &told).err().map(Error::Witness);
        let mut done = Vec::new();
        if refused.is_none() {
            for unit in &ready {
                if witness.is_stopped() {
                    self.report.is_stopped = true;
                    break;
                }
                let end = self.unit(unit, &mut done);
                if end.refusal.is_none() {
                    let size_bytes = self.removal(unit.unit).files.first().map_or(0, |file| file.size_bytes);
                    self.report.size_bytes = self.report.size_bytes.saturating_add(size_bytes);
                }
                ended.push(end);
            }
        }
        ended.sort_by_key(|end| end.unit);
        if let Err(error) = self.sync(&touched, &done, &ready) {
            refused.get_or_insert(error);
        }
        touched.append(&mut self.roots);
        // What a folder does not tell now is left unsaid: an undo then takes it for untouched.
        let folders = folder_times(self.disk, &touched).unwrap_or_default();
        let end = Line::Ended(BatchEnd { at_s: now_s(), done, ended: ended.clone(), folders });
        if let Err(error) = self.journal.write(&[end]) {
            refused.get_or_insert(error);
        }
        // What went has gone, whatever the journal could still take: the catalog is told in any case.
        if let Err(why) = witness.after(&run, &ended) {
            refused.get_or_insert(Error::Witness(why));
        }
        self.report.ended.extend(ended);
        refused.map_or(Ok(()), Err)
    }

    /// Does the steps of one photo, or takes them back.
    fn unit(&self, unit: &Prepared, done: &mut Vec<u64>) -> Ended {
        let removal = self.removal(unit.unit);
        let mut notes = unit.notes.clone();
        let mut began: Vec<&Step> = Vec::new();
        let refused = self.still_so(unit, removal).err().or_else(|| {
            for (step, text) in unit.steps.iter().filter(|(step, _)| !self.is_companion(removal, step)) {
                match self.stage.run(step, text) {
                    Ok(()) => began.push(step),
                    Err(NotDone { refusal, is_in_trash }) => {
                        if is_in_trash {
                            done.push(step.step);
                        }
                        return Some(refusal);
                    }
                }
            }
            // Where both are one file under two names and nothing but this shows it, the keeper went too.
            self.keeper_stays(unit, removal).err()
        });
        if refused.is_some() {
            for step in began.into_iter().rev() {
                match self.stage.take_back(step, &[]) {
                    TakenBack::Restored | TakenBack::Already => {}
                    TakenBack::Blocked(why) | TakenBack::Lost(why) => {
                        done.push(step.step);
                        notes.push(format!("`{}` was not put back: {why}", step.path));
                    }
                }
            }
        } else {
            done.extend(began.iter().map(|step| step.step));
            for (step, _) in unit.steps.iter().filter(|(step, _)| self.is_companion(removal, step)) {
                self.companion(removal, step, done, &mut notes);
            }
        }
        Ended { unit: unit.unit, path: first_path(removal), refusal: refused, notes }
    }

    fn is_companion(&self, removal: &Removal, step: &Step) -> bool {
        step.act != Act::Sidecar && removal.files.iter().all(|file| file.path != step.path)
    }

    /// Moves a file that belongs to a photo, which has gone already. It stays while it belongs to another that is there.
    fn companion(&self, removal: &Removal, step: &Step, done: &mut Vec<u64>, notes: &mut Vec<String>) {
        let shared = removal.companions.iter().find(|companion| companion.file.path == step.path).map(|companion| &companion.shared_with);
        if let Some(other) = shared.into_iter().flatten().find(|other| !is_gone(self.disk, other)) {
            notes.push(format!("`{}` stays: it belongs to `{other}` as well", step.path));
            return;
        }
        match self.stage.run(step, &[]) {
            Ok(()) => done.push(step.step),
            Err(NotDone { refusal, is_in_trash }) => {
                if is_in_trash {
                    done.push(step.step);
                }
                notes.push(format!("a file that belongs to it stays: {}", refusal.why));
            }
        }
    }

    /// The last look before a move: photo and keeper are still the files that were read.
    fn still_so(&self, unit: &Prepared, removal: &Removal) -> std::result::Result<(), Refusal> {
        self.keeper_stays(unit, removal)?;
        for (step, _) in &unit.steps {
            let Some(before) = &step.before else { continue };
            if self.is_companion(removal, step) {
                continue;
            }
            match self.disk.facts(&step.path) {
                Ok(found) if is_as_before(&found, before) => {}
                Ok(_) => return Err(Refusal::new(RefusalCode::Changed, format!("`{}` changed just now", step.path))),
                Err(error) => return Err(Refusal::new(RefusalCode::Missing, format!("`{}`: {error}", step.path))),
            }
        }
        Ok(())
    }

    fn keeper_stays(&self, unit: &Prepared, removal: &Removal) -> std::result::Result<(), Refusal> {
        let keeper = &removal.keeper.file.path;
        match self.disk.facts(keeper) {
            Ok(found) if is_as_before(&found, &unit.keeper) => Ok(()),
            Ok(_) => Err(Refusal::new(RefusalCode::KeeperChanged, format!("its keeper `{keeper}` changed just now"))),
            Err(error) => Err(Refusal::new(RefusalCode::KeeperMissing, format!("its keeper `{keeper}`: {error}"))),
        }
    }

    /// Waits until the names of a batch are on the disk.
    fn sync(&mut self, touched: &BTreeSet<PathBuf>, done: &[u64], ready: &[Prepared]) -> Result<()> {
        if done.is_empty() {
            return Ok(());
        }
        let trashes: BTreeSet<usize> = ready.iter().flat_map(|unit| &unit.steps).map(|(step, _)| step.trash).collect();
        let trashes: Vec<PathBuf> = trashes.into_iter().map(|trash| self.stage.folder(trash)).collect();
        for folder in trashes.iter().chain(touched) {
            self.disk.sync_folder(folder).tried("cannot write", folder)?;
            self.report.waits += 1;
        }
        Ok(())
    }
}

fn folder_times(disk: &dyn Disk, folders: &BTreeSet<PathBuf>) -> Result<Vec<FolderTime>> {
    let time = |folder: &PathBuf| {
        let found = disk.facts(folder).tried("cannot look at", folder)?;
        Ok(FolderTime { path: PathText(folder.clone()), modified_ns: found.modified_ns })
    };
    folders.iter().map(time).collect()
}

/// Tells whether it is sure that nothing stands at a path.
fn is_gone(disk: &dyn Disk, path: &Path) -> bool {
    disk.facts(path).is_err_and(|error| matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory))
}

fn first_path(removal: &Removal) -> PathText {
    removal.files.first().map(|file| file.path.clone()).unwrap_or_default()
}

/// Returns now, in seconds since 1970 UTC.
pub(crate) fn now_s() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Returns the number after that of the last run, which only a trash remembers where the state folder was lost.
fn next_number(disk: &dyn Disk, state: &Path, roots: &BTreeSet<PathBuf>, options: &RemoveOptions) -> Result<u64> {
    let mut runs = runs_in(disk, state)?;
    let trashes: BTreeSet<PathBuf> = roots.iter().map(|root| trash_in(options.trash.as_deref().unwrap_or(root))).collect();
    for trash in trashes {
        // A trash that cannot be listed cannot be filled either, and says so then.
        runs.extend(runs_in(disk, &trash).unwrap_or_default());
    }
    Ok(runs.iter().map(|run| number_of(run)).max().unwrap_or(0).saturating_add(1))
}

/// Names a run: its number, and eight digits that tell it from one of the same number after the state folder was lost.
fn new_name(number: u64, plan: &Plan) -> String {
    let seed = format!("{} {} {}", plan.id, jiff::Timestamp::now().as_nanosecond(), std::process::id());
    let nonce = blake3::hash(seed.as_bytes()).to_hex();
    format!("{number:06}-{}", &nonce[..8])
}
