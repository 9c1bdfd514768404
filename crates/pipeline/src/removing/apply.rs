//! Applying a plan and taking a run back: the order of the work between the catalog and the room that moves photos.
//!
//! **Invariant:** the journal leads and the catalog follows: what a catalog missed (a crash, another catalog, an undo without it) is taken in
//! before it is asked for anything about runs.

use super::{Difference, Recorder, UndoRecorder, check_fresh, refresh, settle_run};
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, KeepRules, Result};
use catalog::Catalog;
use model::{AssetId, ContentHash};
use removal::{
    Checked, EmptyOptions, Homes, NotRestored, Plan, RefusalCode, Removal, RemoveOptions, RunSummary, System, Trashed, UndoWitness,
    UnitState,
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Differences that are named where a plan is refused; the rest is counted.
const NAMED_MAX: usize = 5;

/// What a run did.
#[derive(Debug, Clone, Serialize)]
pub struct RemoveAnswer {
    /// Version of this answer.
    pub version: u32,
    /// The run's number; none where there was nothing to do.
    pub run: Option<u64>,
    /// Photos that went.
    pub removed: u64,
    /// Their bytes.
    pub removed_bytes: u64,
    /// Photos that were left, and why.
    pub left: Vec<LeftAnswer>,
    /// What is to be said of photos that went.
    pub notes: Vec<NoteAnswer>,
    /// Photos of the plan that the run did not come to.
    pub waiting: u64,
    /// Whether the person stopped it.
    pub is_stopped: bool,
    /// What ended it before its end.
    pub error: Option<String>,
}

/// A photo that was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftAnswer {
    /// Where it lies.
    pub path: String,
    /// A stable name of the cause.
    pub code: &'static str,
    /// The cause in words.
    pub why: String,
}

/// Something to be said of a photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteAnswer {
    /// Where it lies, or lay.
    pub path: String,
    /// In words.
    pub note: String,
}

/// What an undo did.
#[derive(Debug, Clone, Serialize)]
pub struct UndoAnswer {
    /// Version of this answer.
    pub version: u32,
    /// The run's number.
    pub run: u64,
    /// Photos that are back.
    pub photos: u64,
    /// Files that are back, companions and sidecars among them.
    pub files: u64,
    /// What is not back, and why.
    pub left: Vec<NotBackAnswer>,
    /// Whether the person stopped it.
    pub is_stopped: bool,
    /// What ended it before its end.
    pub error: Option<String>,
}

/// A file that an undo could not bring back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotBackAnswer {
    /// Where it lay.
    pub path: String,
    /// In words.
    pub why: String,
    /// Whether it is gone from the trash; else it can be tried again.
    pub is_gone: bool,
}

/// A photo of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunPhoto {
    /// Where it lay.
    pub path: String,
    /// The photo that stays in its place.
    pub keeper: String,
    /// How it stood to that.
    pub relation: model::Relation,
    /// Why it went.
    pub reasons: Vec<String>,
    /// What the keeper gained.
    pub carried: Vec<String>,
    /// Bytes.
    pub size_bytes: u64,
    /// Where it is now.
    pub state: UnitState,
    /// Why it was left, where it was.
    pub why: Option<String>,
    /// What was said of it.
    pub notes: Vec<String>,
}

/// A run with its photos.
#[derive(Debug, Clone, Serialize)]
pub struct RunAnswer {
    /// Version of this answer.
    pub version: u32,
    /// In sums.
    #[serde(flatten)]
    pub sums: RunSummary,
    /// Each photo that it was to move.
    pub photos: Vec<RunPhoto>,
    /// Photos that were refused before it began with them, and why.
    pub refused: Vec<LeftAnswer>,
}

/// What emptying the trash did.
#[derive(Debug, Clone, Serialize)]
pub struct EmptyAnswer {
    /// Version of this answer.
    pub version: u32,
    /// Files that are gone for good.
    pub files: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// What stays in the trash, and why.
    pub left: Vec<NotBackAnswer>,
    /// Whether the person stopped it.
    pub is_stopped: bool,
}

/// Returns a photo that was left.
fn left(end: &removal::Ended) -> Option<LeftAnswer> {
    let refusal = end.refusal.as_ref()?;
    Some(LeftAnswer { path: end.path.to_string(), code: refusal.code.name(), why: refusal.why.clone() })
}

/// Says of a photo that is not there whether an earlier run of the plan removed it.
fn told_apart(plan: &Plan, behind: &HashSet<(AssetId, ContentHash)>, end: &removal::Ended, left: LeftAnswer) -> Option<LeftAnswer> {
    let removal = plan.removals.get(usize::try_from(end.unit).ok()?)?;
    let is_behind = removal.files.first().is_some_and(|file| behind.contains(&(AssetId(removal.asset), file.content_hash)));
    let is_missing = end.refusal.as_ref().is_some_and(|refusal| refusal.code == RefusalCode::Missing);
    Some(if is_behind && is_missing {
        LeftAnswer { code: RefusalCode::AlreadyRemoved.name(), why: "an earlier run of this plan removed it".to_owned(), ..left }
    } else {
        left
    })
}

/// Turns the room's error into the library's, with a next step.
pub(crate) fn of_room(error: removal::Error) -> Error {
    let what = error.to_string();
    match error {
        removal::Error::Plan(_) => Error::user(what, "make the plan anew with `lookalike plan --out FILE`"),
        removal::Error::Locked => Error::user(what, "wait until it is done, or end it"),
        removal::Error::NoRun(_) => Error::user(what, "`lookalike runs` lists them; `--trash DIR` names a trash that this machine forgot"),
        removal::Error::Disk { .. } => Error::user(what, "nothing moved that the journal does not name; mend the cause and run it again"),
        removal::Error::Witness(_) => Error::Bug(what),
    }
}

/// Reads a plan file.
///
/// # Errors
/// [`Error::World`], [`Error::User`] for what is no plan.
pub fn read_plan(path: &Path) -> Result<Plan> {
    let unread = |error: std::io::Error| Error::World { path: path.to_owned(), why: error.to_string(), hint: None };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(removal::PLAN_MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(unread)?;
    if bytes.len() as u64 > removal::PLAN_MAX_BYTES {
        return Err(unread(std::io::Error::other("it is too large for a plan")));
    }
    Plan::read(&bytes).map_err(of_room)
}

/// Refuses a plan that does not say what the verdicts say now.
///
/// # Errors
/// [`Error::Conflict`] with the first differences; [`Error::Catalog`].
pub fn ensure_fresh(catalog: &Catalog, plan: &Plan, usual: &KeepRules) -> Result<()> {
    let differences = check_fresh(catalog, plan, usual)?;
    if differences.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = differences.iter().take(NAMED_MAX).map(|Difference { path, why, .. }| format!("`{path}`: {why}")).collect();
    let more = differences.len().saturating_sub(NAMED_MAX);
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(Error::Conflict { what: format!("the plan is not what the verdicts say now: {}{rest}. Make it anew", named.join("; ")) })
}

/// Returns the folders in which nothing may be removed.
fn protected(catalog: &Catalog) -> Result<Vec<PathBuf>> {
    let references: Vec<_> = catalog.sources()?.into_iter().filter(|source| source.reference).map(|source| source.id).collect();
    Ok(catalog.roots()?.into_iter().filter(|root| references.contains(&root.source)).map(|root| root.path).collect())
}

/// Says what applying a plan would do now, photo for photo; `each` says whether to go on. Changes nothing.
///
/// # Errors
/// As [`ensure_fresh`].
pub fn rehearse(
    catalog: &Catalog,
    plan: &Plan,
    usual: &KeepRules,
    options: &RemoveOptions,
    each: &mut dyn FnMut(&Removal, Checked) -> bool,
) -> Result<()> {
    ensure_fresh(catalog, plan, usual)?;
    let options = RemoveOptions { protected: protected(catalog)?, ..options.clone() };
    removal::check(&System, plan, &options, &mut |checked| {
        usize::try_from(checked.unit).ok().and_then(|unit| plan.removals.get(unit)).is_none_or(|removal| each(removal, checked))
    });
    Ok(())
}

/// Applies a plan.
///
/// # Errors
/// As [`ensure_fresh`]; [`Error::World`], [`Error::User`] where it could not begin. What ends it later stands in the answer.
pub fn remove(
    catalog: &Catalog,
    state: &Path,
    plan: &Plan,
    usual: &KeepRules,
    options: &RemoveOptions,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<RemoveAnswer> {
    catch_up(catalog, state)?;
    ensure_fresh(catalog, plan, usual)?;
    let behind = catalog.removed_by_plan(&plan.id)?;
    let options = RemoveOptions { protected: protected(catalog)?, ..options.clone() };
    let now_s = jiff::Timestamp::now().as_second();
    let mut recorder = Recorder::new(catalog, plan, options.way, now_s, watch, stop);
    let report = removal::remove(&System, state, plan, &options, &mut recorder).map_err(of_room)?;
    if let Some(run) = &report.run
        && report.error.is_none()
    {
        note_settled(catalog, state, run)?;
    }
    refresh(catalog)?;
    let notes =
        report.ended.iter().flat_map(|end| end.notes.iter().map(|note| NoteAnswer { path: end.path.to_string(), note: note.clone() }));
    Ok(RemoveAnswer {
        version: 1,
        run: report.run.as_ref().map(|_| report.number),
        removed: report.ended.iter().filter(|end| end.refusal.is_none()).count() as u64,
        removed_bytes: report.size_bytes,
        left: report.ended.iter().filter_map(|end| told_apart(plan, &behind, end, left(end)?)).collect(),
        notes: notes.collect(),
        waiting: (plan.removals.len() - report.ended.len().min(plan.removals.len())) as u64,
        is_stopped: report.is_stopped,
        error: report.error.map(|error| error.to_string()),
    })
}

/// Takes into the catalog what journals tell and it does not know yet: a run that was killed, an undo that was made without it. While a run
/// goes on nothing is taken in: that run tells its own catalog.
///
/// # Errors
/// [`Error::World`], [`Error::Catalog`].
pub fn catch_up(catalog: &Catalog, state: &Path) -> Result<()> {
    if !state.exists() {
        return Ok(());
    }
    let _lock = match removal::lock(state) {
        Err(removal::Error::Locked) => return Ok(()),
        lock => lock.map_err(of_room)?,
    };
    let homes = Homes { state: state.to_owned(), trashes: Vec::new() };
    let settled: HashMap<String, u64> = catalog.runs()?.into_iter().map(|run| (run.id, run.settled_bytes)).collect();
    for name in homes.runs(&System).map_err(of_room)? {
        if settled.get(&name) == Some(&homes.journal_bytes(&System, &name).map_err(of_room)?) {
            continue;
        }
        let run = match homes.read(&System, &name) {
            Ok(run) => run,
            // A journal that was cut before its first line was whole tells of nothing that was done.
            Err(removal::Error::Plan(_)) => continue,
            Err(error) => return Err(of_room(error)),
        };
        if *run.began.catalog == *catalog.path() {
            settle_run(catalog, &System, &run)?;
            note_settled(catalog, state, &name)?;
        }
    }
    Ok(())
}

/// Notes that the catalog knows all that a run's journal tells now.
fn note_settled(catalog: &Catalog, state: &Path, run: &str) -> Result<()> {
    let homes = Homes { state: state.to_owned(), trashes: Vec::new() };
    let bytes = homes.journal_bytes(&System, run).map_err(of_room)?;
    Ok(catalog.batch(|| catalog.set_run_settled(run, bytes))?)
}

/// Follows an undo where no catalog is told.
struct Alone<'a> {
    watch: &'a dyn Watch,
    stop: &'a Stop,
}

impl UndoWitness for Alone<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.asked()
    }

    fn restored(&mut self, _run: &str, _units: &[(u64, &Removal)]) -> std::result::Result<(), String> {
        Ok(())
    }

    fn reach(&mut self, files: u64) {
        self.watch.reach(files, 0);
    }
}

/// Takes a run back: `wanted` is its number or name, else the last that has something in the trash. Works without a catalog.
///
/// # Errors
/// [`Error::User`] where there is no such run, [`Error::World`]. What ends it later stands in the answer.
pub fn take_back(catalog: Option<&Catalog>, homes: &Homes, wanted: Option<&str>, watch: &dyn Watch, stop: &Stop) -> Result<UndoAnswer> {
    let report = match catalog {
        Some(catalog) => {
            catch_up(catalog, &homes.state)?;
            let report = removal::undo(&System, homes, wanted, &mut UndoRecorder::new(catalog, None, watch, stop)).map_err(of_room)?;
            if report.error.is_none() {
                note_settled(catalog, &homes.state, &report.run)?;
            }
            refresh(catalog)?;
            report
        }
        None => {
            watch.begin(Phase::Undo, None, None);
            removal::undo(&System, homes, wanted, &mut Alone { watch, stop }).map_err(of_room)?
        }
    };
    let left = report.files.iter().filter_map(|file| {
        let (why, is_gone) = match file.why_not.as_ref()? {
            NotRestored::Blocked(why) => (why, false),
            NotRestored::Gone(why) => (why, true),
        };
        Some(NotBackAnswer { path: file.path.display().to_string(), why: why.clone(), is_gone })
    });
    Ok(UndoAnswer {
        version: 1,
        run: report.number,
        photos: report.units.len() as u64,
        files: report.files.iter().filter(|file| file.why_not.is_none()).count() as u64,
        left: left.collect(),
        is_stopped: report.is_stopped,
        error: report.error.map(|error| error.to_string()),
    })
}

/// Returns all runs, the last first.
///
/// # Errors
/// [`Error::World`].
pub fn runs(homes: &Homes) -> Result<Vec<RunSummary>> {
    removal::runs(&System, homes).map_err(of_room)
}

/// Returns a run with its photos.
///
/// # Errors
/// [`Error::User`] where there is no such run, [`Error::World`].
pub fn run(homes: &Homes, wanted: &str) -> Result<RunAnswer> {
    let run = homes.find(&System, Some(wanted)).map_err(of_room)?;
    let told = |unit: u64| run.ended.iter().find(|end| end.unit == unit);
    let photos = run.units.iter().map(|unit| {
        let (removal, end) = (&unit.removal, told(unit.unit));
        RunPhoto {
            path: removal.files.first().map(|file| file.path.to_string()).unwrap_or_default(),
            keeper: removal.keeper.file.path.to_string(),
            relation: removal.relation,
            reasons: removal.reasons.clone(),
            carried: removal.carry_words.clone(),
            size_bytes: removal.files.first().map_or(0, |file| file.size_bytes),
            state: removal::state_of(&System, &run, unit),
            why: end.and_then(|end| end.refusal.as_ref()).map(|refusal| refusal.why.clone()),
            notes: end.map(|end| end.notes.clone()).unwrap_or_default(),
        }
    });
    let begun: HashSet<u64> = run.units.iter().map(|unit| unit.unit).collect();
    let refused = run.ended.iter().filter(|end| !begun.contains(&end.unit)).filter_map(left);
    Ok(RunAnswer { version: 1, sums: removal::summary(&System, &run), photos: photos.collect(), refused: refused.collect() })
}

/// Returns the trashes in the folders that a catalog knows, as far as they are there: a run that this machine forgot is found in them.
///
/// # Errors
/// [`Error::Catalog`].
pub fn known_trashes(catalog: &Catalog) -> Result<Vec<PathBuf>> {
    let trashes = catalog.roots()?.into_iter().map(|root| removal::trash_in(&root.path));
    Ok(trashes.filter(|trash| trash.join("runs").is_dir()).collect())
}

/// Returns what waits in our trashes, the oldest first.
///
/// # Errors
/// [`Error::World`].
pub fn trashed(homes: &Homes) -> Result<Vec<Trashed>> {
    removal::trashed(&System, homes).map_err(of_room)
}

/// Empties our trashes of what is old enough, for good.
///
/// # Errors
/// [`Error::User`] while another run goes on, [`Error::World`].
pub fn empty_trash(homes: &Homes, options: EmptyOptions, watch: &dyn Watch, stop: &Stop) -> Result<EmptyAnswer> {
    watch.begin(Phase::Empty, None, None);
    let (mut files, mut bytes) = (0, 0);
    let report = removal::empty(&System, homes, options, &mut |_, size_bytes| {
        (files, bytes) = (files + 1, bytes + size_bytes);
        watch.reach(files, bytes);
        !stop.asked()
    })
    .map_err(of_room)?;
    let left = report.left.into_iter().map(|(path, why)| NotBackAnswer { path: path.display().to_string(), why, is_gone: false });
    Ok(EmptyAnswer { version: 1, files: report.files, size_bytes: report.size_bytes, left: left.collect(), is_stopped: report.is_stopped })
}
