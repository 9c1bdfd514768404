//! The journal of a run: what we meant and what we did, one JSON object a line, in the state folder and in each trash that the run filled.
//!
//! Lines are only ever added. A line that a crash or a full disk cut short is passed over when it is read; what it would have said is then
//! looked up on the disk.

use crate::disk::{Disk, Output};
use crate::error::Tried as _;
use crate::path_text::PathText;
use crate::plan::Removal;
use crate::report::Ended;
use crate::trash::is_run;
use crate::{Error, Result};
use model::ContentHash;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// Version of the journal's form.
pub(crate) const JOURNAL_VERSION: u32 = 1;

/// Folder of the journals, in the state folder and in a trash.
pub(crate) const JOURNALS: &str = "runs";

/// Most bytes of a journal that are read. One of 100,000 removals has some 300 MB.
const JOURNAL_MAX_BYTES: u64 = 4 << 30;

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Line {
    /// The first of each journal.
    Began(Began),
    /// These are about to happen.
    Intents(Intents),
    /// This became of the batch before.
    Ended(BatchEnd),
    /// The run is over.
    Closed(Closed),
    /// An undo begins, and will give these folders the time back that they had: nothing happened in them since the run.
    Undoing(Vec<PathText>),
    /// These steps were taken back.
    Undone(Steps),
    /// What these steps put into the trash is gone for good, because a person asked for it.
    Emptied(Steps),
}

/// How a run began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Began {
    /// Version of the journal's form.
    pub version: u32,
    /// Names the run.
    pub run: String,
    /// Its number, counted from 1.
    pub number: u64,
    /// The plan that it applies.
    pub plan: String,
    /// Seconds since 1970 UTC.
    pub at_s: i64,
    /// The catalog that the plan was made from.
    pub catalog: PathText,
    /// The trashes that it may fill.
    pub trashes: Vec<PathText>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Intents {
    pub(crate) units: Vec<UnitIntent>,
    /// Folders that the batch touches, before it does.
    pub(crate) folders: Vec<FolderTime>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UnitIntent {
    pub(crate) unit: u64,
    pub(crate) removal: Removal,
    pub(crate) steps: Vec<Step>,
}

/// When the names in a folder last changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FolderTime {
    pub(crate) path: PathText,
    pub(crate) modified_ns: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BatchEnd {
    pub(crate) at_s: i64,
    /// Steps of the batch that were done; the others were not, or were taken back.
    pub(crate) done: Vec<u64>,
    pub(crate) ended: Vec<Ended>,
    /// Folders as the batch left them.
    pub(crate) folders: Vec<FolderTime>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Closed {
    pub(crate) at_s: i64,
    pub(crate) is_stopped: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Steps {
    pub(crate) at_s: i64,
    pub(crate) steps: Vec<u64>,
}

/// How a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Moved to our trash.
    Move,
    /// Copied to our trash on another file system, compared, then taken from its place.
    Copy,
    /// Handed to the system's trash.
    SystemTrash,
    /// Moved to our trash; a hard link of the keeper stands at its place.
    HardLink,
    /// Moved to our trash; a copy that shares the keeper's bytes stands at its place.
    Reflink,
    /// The XMP sidecar of the keeper, written or added to; what was there before is in our trash.
    Sidecar,
}

/// One step of a run: one file that moves or is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number in the run, from 0.
    pub step: u64,
    /// How it is done.
    pub act: Act,
    /// The file.
    pub path: PathText,
    /// Which of the run's trashes, from 0.
    pub trash: usize,
    /// Its name in the trash's folder of the run.
    pub name: String,
    /// What stood there before; none where a sidecar is new.
    pub before: Option<Before>,
    /// Of a sidecar: names the text that is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<ContentHash>,
    /// Of a link: the file that it shares its bytes with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper: Option<PathText>,
}

/// A file as it was just before a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Bytes.
    pub size_bytes: u64,
    /// When they last changed, nanoseconds since 1970 UTC.
    pub modified_ns: i64,
    /// Permissions.
    pub mode: u32,
    /// Its number on its file system; 0 where unknown.
    pub inode: u64,
    /// Names its bytes.
    pub content_hash: ContentHash,
}

/// Where a step stands, as far as the journal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Written down, and the run ended before it said more.
    Unknown,
    /// Done: the file is in the trash.
    Done,
    /// Not done, or taken back within the run.
    NotDone,
    /// Taken back by an undo.
    Undone,
    /// Gone from the trash because a person emptied it.
    Emptied,
}

/// A run as its journal tells it.
#[derive(Debug, Clone)]
pub struct Run {
    /// How it began.
    pub began: Began,
    /// What it was to remove, as far as it came.
    pub units: Vec<RunUnit>,
    /// Photos that were left, and why.
    pub ended: Vec<Ended>,
    /// Whether the run came to its end; where not, it was killed.
    pub is_closed: bool,
    /// When the last of it happened, seconds since 1970 UTC.
    pub last_at_s: i64,
    /// Lines that cannot be read.
    pub torn_lines: u64,
    pub(crate) before: HashMap<PathBuf, i64>,
    pub(crate) after: HashMap<PathBuf, i64>,
    /// Where the units of the last batch begin.
    batch: usize,
}

/// A removal in a run.
#[derive(Debug, Clone)]
pub struct RunUnit {
    /// Its place in the plan's list.
    pub unit: u64,
    /// The removal as planned.
    pub removal: Removal,
    /// Its steps, each with its state.
    pub steps: Vec<(Step, StepState)>,
}

impl RunUnit {
    /// Tells whether the photo itself is in the trash, as far as the journal says. `None`: only the disk can tell.
    #[must_use]
    pub fn is_removed(&self) -> Option<bool> {
        let mut of_photo = self.steps.iter().filter(|(step, _)| self.removal.files.iter().any(|file| file.path == step.path));
        match of_photo.next() {
            Some((_, StepState::Unknown)) => None,
            Some((_, state)) => Some(matches!(state, StepState::Done | StepState::Emptied)),
            None => Some(false),
        }
    }
}

/// Returns where the journals lie in a state folder or a trash.
pub(crate) fn journals_in(home: &Path) -> PathBuf {
    home.join(JOURNALS)
}

/// Returns the name of a run's journal.
pub(crate) fn file_name(run: &str) -> String {
    format!("{run}.jsonl")
}

/// The journals of one run, open for writing.
pub(crate) struct Journal<'a> {
    outs: Vec<(PathBuf, Box<dyn Output + Send + 'a>)>,
    /// Times that it waited for the disk.
    pub(crate) waits: u64,
}

impl<'a> Journal<'a> {
    /// Begins the journals of a run in these folders, which are made where they are not there.
    pub(crate) fn begin(disk: &'a dyn Disk, homes: &[PathBuf], began: &Began) -> Result<Self> {
        let mut outs: Vec<(PathBuf, Box<dyn Output + Send + 'a>)> = Vec::new();
        for home in homes {
            let folder = journals_in(home);
            make_folders(disk, &folder)?;
            let path = folder.join(file_name(&began.run));
            outs.push((path.clone(), disk.create(&path).tried("cannot make the journal", &path)?));
        }
        let mut journal = Self { outs, waits: 0 };
        journal.write(&[Line::Began(began.clone())])?;
        for home in homes {
            let folder = journals_in(home);
            disk.sync_folder(&folder).tried("cannot write", &folder)?;
            journal.waits += 1;
        }
        Ok(journal)
    }

    /// Opens the journals of a run that was before. One that is not there any more is left out.
    pub(crate) fn reopen(disk: &'a dyn Disk, homes: &[PathBuf], run: &str) -> Result<Self> {
        let mut outs: Vec<(PathBuf, Box<dyn Output + Send + 'a>)> = Vec::new();
        for home in homes {
            let path = journals_in(home).join(file_name(run));
            match disk.facts(&path) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error).tried("cannot read the journal", &path),
            }
            let mut out = disk.append(&path).tried("cannot open the journal", &path)?;
            // Ends a line that a crash may have cut short; an empty line says nothing.
            out.write(b"\n").tried("cannot write the journal", &path)?;
            outs.push((path, out));
        }
        Ok(Self { outs, waits: 0 })
    }

    /// Adds lines to every journal and waits until they are on the disk.
    pub(crate) fn write(&mut self, lines: &[Line]) -> Result<()> {
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line).map_err(|error| Error::Witness(format!("a line of the journal: {error}")))?;
            text.push(b'\n');
        }
        for (path, out) in &mut self.outs {
            out.write(&text).tried("cannot write the journal", path)?;
        }
        for (path, out) in &mut self.outs {
            out.sync().tried("cannot write the journal", path)?;
            self.waits += 1;
        }
        Ok(())
    }
}

/// Makes a folder and those above it that are not there.
pub(crate) fn make_folders(disk: &dyn Disk, folder: &Path) -> Result<()> {
    match disk.facts(folder) {
        Ok(found) if found.kind == crate::Kind::Folder => return Ok(()),
        Ok(_) => return Err(std::io::Error::from(ErrorKind::NotADirectory)).tried("cannot use as a folder", folder),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).tried("cannot look at", folder),
    }
    if let Some(parent) = folder.parent() {
        make_folders(disk, parent)?;
    }
    match disk.make_folder(folder, true) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        made => made.tried("cannot make the folder", folder)?,
    }
    match folder.parent() {
        Some(parent) => disk.sync_folder(parent).tried("cannot write", parent),
        None => Ok(()),
    }
}

/// Reads a journal.
///
/// # Errors
/// [`Error::Disk`] where it cannot be read; [`Error::Plan`] where it has no beginning that we understand.
pub(crate) fn read(disk: &dyn Disk, path: &Path) -> Result<Run> {
    let file = disk.open(path).tried("cannot read the journal", path)?;
    let mut lines = BufReader::with_capacity(1 << 16, file.take(JOURNAL_MAX_BYTES));
    let mut run: Option<Run> = None;
    let mut torn = 0;
    let mut raw = Vec::new();
    loop {
        raw.clear();
        if lines.read_until(b'\n', &mut raw).tried("cannot read the journal", path)? == 0 {
            break;
        }
        let line = raw.trim_ascii();
        if line.is_empty() {
            continue;
        }
        match (serde_json::from_slice::<Line>(line), &mut run) {
            (Ok(Line::Began(began)), None) if began.version == JOURNAL_VERSION => run = Some(Run::new(began)),
            (Ok(line), Some(run)) => run.hear(line),
            _ => torn += 1,
        }
    }
    let is_no_journal = || Error::Plan(format!("`{}` is no journal of this program", path.display()));
    let mut run = run.ok_or_else(is_no_journal)?;
    run.torn_lines = torn;
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != "..";
    let is_sound = |step: &Step| step.trash < run.began.trashes.len() && is_name(&step.name) && step.path.is_absolute();
    let is_named = is_run(&run.began.run) && path.file_name().is_some_and(|name| *name == *file_name(&run.began.run));
    if !is_named || !run.began.trashes.iter().all(|trash| trash.is_absolute()) {
        return Err(is_no_journal());
    }
    if !run.units.iter().all(|unit| unit.steps.iter().all(|(step, _)| is_sound(step) && is_of(step, &unit.removal))) {
        return Err(is_no_journal());
    }
    Ok(run)
}

/// Tells whether a step is one that this removal may have: a journal may have been written by another hand, to make an undo touch what it
/// should not.
fn is_of(step: &Step, removal: &Removal) -> bool {
    let lies_in = |path: &Path, root: &Path| {
        let is_plain = |part: std::path::Component<'_>| !matches!(part, std::path::Component::ParentDir | std::path::Component::CurDir);
        root.is_absolute() && path.starts_with(root) && path.components().all(is_plain)
    };
    let keeper = &removal.keeper;
    match step.act {
        Act::Sidecar => {
            let is_xmp = step.path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("xmp"));
            is_xmp
                && removal.sidecar.as_ref() == Some(&step.path)
                && step.path.parent() == keeper.file.path.parent()
                && lies_in(&step.path, &keeper.root)
        }
        _ => {
            let mut files = removal.files.iter().chain(removal.companions.iter().map(|companion| &companion.file));
            files.any(|file| file.path == step.path) && lies_in(&step.path, &removal.root)
        }
    }
}

impl Run {
    /// Tells the run that what lay below one folder lies below another now: a library that was moved, or a drive that is mounted elsewhere.
    pub(crate) fn relocate(&mut self, from: &Path, to: &Path) {
        let moved = |path: &mut PathText| {
            if let Ok(rest) = path.0.strip_prefix(from) {
                path.0 = if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) };
            }
        };
        self.began.trashes.iter_mut().for_each(moved);
        for unit in &mut self.units {
            let removal = &mut unit.removal;
            moved(&mut removal.root);
            moved(&mut removal.keeper.root);
            moved(&mut removal.keeper.file.path);
            removal.files.iter_mut().for_each(|file| moved(&mut file.path));
            for companion in &mut removal.companions {
                moved(&mut companion.file.path);
                companion.shared_with.iter_mut().for_each(moved);
            }
            removal.sidecar.iter_mut().for_each(moved);
            for (step, _) in &mut unit.steps {
                moved(&mut step.path);
                step.keeper.iter_mut().for_each(moved);
            }
        }
        for times in [&mut self.before, &mut self.after] {
            *times = std::mem::take(times)
                .into_iter()
                .map(|(path, time)| {
                    let mut path = PathText(path);
                    moved(&mut path);
                    (path.0, time)
                })
                .collect();
        }
    }

    fn new(began: Began) -> Self {
        let last_at_s = began.at_s;
        let (units, ended, before, after) = (Vec::new(), Vec::new(), HashMap::new(), HashMap::new());
        Self { began, units, ended, is_closed: false, last_at_s, torn_lines: 0, before, after, batch: 0 }
    }

    fn hear(&mut self, line: Line) {
        match line {
            Line::Began(_) => {}
            Line::Intents(intents) => {
                for folder in intents.folders {
                    self.before.entry(folder.path.0.clone()).or_insert(folder.modified_ns);
                    // What the batch leaves is not known until it says so.
                    self.after.remove(&folder.path.0);
                }
                self.batch = self.units.len();
                for intent in intents.units {
                    let steps = intent.steps.into_iter().map(|step| (step, StepState::Unknown)).collect();
                    self.units.push(RunUnit { unit: intent.unit, removal: intent.removal, steps });
                }
            }
            Line::Ended(end) => {
                self.last_at_s = end.at_s;
                for folder in end.folders {
                    self.after.insert(folder.path.0, folder.modified_ns);
                }
                let done: std::collections::HashSet<u64> = end.done.into_iter().collect();
                // The word on an earlier batch may be a line that cannot be read: of that only the disk can tell.
                for (step, state) in self.units[self.batch..].iter_mut().flat_map(|unit| &mut unit.steps) {
                    if *state == StepState::Unknown {
                        *state = if done.contains(&step.step) { StepState::Done } else { StepState::NotDone };
                    }
                }
                self.ended.extend(end.ended);
            }
            Line::Closed(closed) => (self.is_closed, self.last_at_s) = (true, closed.at_s),
            Line::Undoing(folders) => {
                for folder in folders {
                    self.after.remove(&folder.0);
                }
            }
            Line::Undone(steps) => self.set(&steps, StepState::Undone),
            Line::Emptied(steps) => self.set(&steps, StepState::Emptied),
        }
    }

    fn set(&mut self, steps: &Steps, to: StepState) {
        let named: std::collections::HashSet<u64> = steps.steps.iter().copied().collect();
        self.last_at_s = self.last_at_s.max(steps.at_s);
        for (step, state) in self.units.iter_mut().flat_map(|unit| &mut unit.steps) {
            if named.contains(&step.step) {
                *state = to;
            }
        }
    }

    /// Returns the steps that still have something in the trash, or may have.
    pub fn open_steps(&self) -> impl DoubleEndedIterator<Item = &Step> {
        let steps = self.units.iter().flat_map(|unit| &unit.steps);
        steps.filter(|(_, state)| matches!(state, StepState::Done | StepState::Unknown)).map(|(step, _)| step)
    }
}
