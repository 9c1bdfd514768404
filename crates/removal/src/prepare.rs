//! What is looked at before a photo moves (design §6.2): each doubt is a refusal, which names its cause and concerns that photo alone.

use crate::disk::{Disk, Facts, Kind};
use crate::hash::{hash_file, hash_of};
use crate::journal::{Act, Before, Step};
use crate::plan::{Plan, PlannedFile, Removal};
use crate::remove::{RemoveOptions, Way};
use crate::report::{Refusal, RefusalCode};
use crate::step::is_as_before;
use crate::trash::{TRASH_NAME, Trashes, name_in_trash};
use crate::xmp;
use model::in_library_package;
use std::collections::{HashMap, HashSet};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Component, Path};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most bytes of an XMP sidecar that is added to.
const SIDECAR_MAX_BYTES: u64 = xmp::SIDECAR_MAX_BYTES as u64;

/// A removal that passed, with what it will do.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) unit: u64,
    pub(crate) steps: Vec<(Step, Vec<u8>)>,
    pub(crate) keeper: Before,
    pub(crate) notes: Vec<String>,
}

/// What preparing knows of the whole run.
pub(crate) struct Preflight<'a> {
    disk: &'a dyn Disk,
    plan: &'a Plan,
    options: &'a RemoveOptions,
    trashes: &'a Trashes,
    /// Paths that are to go, and how often the plan says so.
    planned: HashMap<&'a Path, u32>,
    /// Paths of keepers.
    keepers: HashSet<&'a Path>,
    /// Files that stand for others, by device and number: none of them may go in this run, whatever it is called.
    kept: HashSet<(u64, u64)>,
    next_step: u64,
}

/// What a first, cheap look at a removal found.
struct Look {
    files: Vec<Facts>,
    keeper: Facts,
}

type Checked<T = ()> = Result<T, Refusal>;

fn refuse<T>(code: RefusalCode, why: impl Into<String>) -> Checked<T> {
    Err(Refusal::new(code, why))
}

impl<'a> Preflight<'a> {
    pub(crate) fn new(disk: &'a dyn Disk, plan: &'a Plan, options: &'a RemoveOptions, trashes: &'a Trashes) -> Self {
        let mut planned = HashMap::new();
        for file in plan.removals.iter().flat_map(|removal| &removal.files) {
            *planned.entry(&*file.path).or_default() += 1;
        }
        let keepers = plan.removals.iter().map(|removal| &*removal.keeper.file.path).collect();
        Self { disk, plan, options, trashes, planned, keepers, kept: HashSet::new(), next_step: 0 }
    }

    /// Looks at some removals; each passes with its steps or is refused.
    pub(crate) fn prepare(&mut self, units: &[u64]) -> Vec<(u64, Checked<Prepared>)> {
        let plan = self.plan;
        let looks: Vec<(u64, &Removal, Checked<Look>)> = units
            .iter()
            .map(|unit| {
                let removal = &plan.removals[usize::try_from(*unit).unwrap_or(usize::MAX)];
                (*unit, removal, self.look(removal))
            })
            .collect();
        let mut to_read: Vec<&Path> = Vec::new();
        for (_, removal, look) in &looks {
            if let Ok(look) = look {
                self.kept.insert((look.keeper.device, look.keeper.inode));
                to_read.extend(removal.files.iter().map(|file| &*file.path));
                to_read.extend(removal.companions.iter().map(|companion| &*companion.file.path));
                to_read.push(&removal.keeper.file.path);
            }
        }
        to_read.sort_unstable();
        to_read.dedup();
        let read = self.read_all(&to_read);
        looks.into_iter().map(|(unit, removal, look)| (unit, look.and_then(|look| self.steps(unit, removal, &look, &read)))).collect()
    }

    /// What can be known without reading.
    fn look(&self, removal: &Removal) -> Checked<Look> {
        let keeper_path: &Path = &removal.keeper.file.path;
        if removal.files.is_empty() {
            return refuse(RefusalCode::NoFile, "the plan names no file for it");
        }
        if self.planned.contains_key(keeper_path) {
            return refuse(RefusalCode::KeeperPlanned, format!("its keeper `{}` is itself to go in this plan", keeper_path.display()));
        }
        let is_allowed = |(keep, remove): &(String, String)| (keep, remove) == (&removal.keeper.source, &removal.source);
        if removal.keeper.source != removal.source && !self.plan.across.iter().any(is_allowed) {
            let (keep, remove) = (&removal.keeper.source, &removal.source);
            return refuse(
                RefusalCode::OtherSource,
                format!("its keeper lies in `{keep}`, it in `{remove}`; `--across {keep}:{remove}` would allow it"),
            );
        }
        let mut files = Vec::new();
        for file in &removal.files {
            let path: &Path = &file.path;
            if self.planned.get(path).is_some_and(|times| *times > 1) {
                return refuse(RefusalCode::Twice, format!("`{}` stands in the plan more than once", path.display()));
            }
            self.is_allowed_place(path, &removal.root)?;
            self.trashes.of(&removal.root)?;
            files.push(self.plain_file(path, &removal.root, RefusalCode::Missing)?);
        }
        if in_trash(keeper_path) {
            return refuse(RefusalCode::KeeperMissing, format!("its keeper `{}` lies in a trash", keeper_path.display()));
        }
        let keeper = self.plain_file(keeper_path, &removal.keeper.root, RefusalCode::KeeperMissing).map_err(|refusal| {
            let why = format!("its keeper cannot vouch for it, and it may be the last copy: {}", refusal.why);
            Refusal::new(RefusalCode::KeeperMissing, why)
        })?;
        for (file, found) in removal.files.iter().zip(&files) {
            if found.is_same_file(&keeper) {
                let why = format!("`{}` and its keeper `{}` are one file under two names", file.path, keeper_path.display());
                return refuse(RefusalCode::OneFile, why);
            }
        }
        if files.iter().any(|found| files.len() > 1 && !found.is_same_file(&files[0])) {
            return refuse(RefusalCode::Changed, format!("the names of `{}` are not one file any more", removal.files[0].path));
        }
        Ok(Look { files, keeper })
    }

    /// Refuses places where nothing may be removed.
    fn is_allowed_place(&self, path: &Path, root: &Path) -> Checked {
        let is_plain = |part: Component<'_>| !matches!(part, Component::ParentDir | Component::CurDir);
        if !root.is_absolute() || !path.starts_with(root) || !path.components().all(is_plain) {
            return refuse(RefusalCode::NoFile, format!("`{}` does not lie in `{}`", path.display(), root.display()));
        }
        if in_trash(path) {
            return refuse(RefusalCode::NoFile, format!("`{}` lies in a trash already", path.display()));
        }
        if let Some(reference) = self.options.protected.iter().find(|folder| path.starts_with(folder)) {
            return refuse(RefusalCode::Reference, format!("it lies in the reference folder `{}`", reference.display()));
        }
        if in_library_package(path) {
            return refuse(RefusalCode::LibraryPackage, "it lies in a photo library of another program, which alone may change it");
        }
        Ok(())
    }

    /// Returns the facts of a plain file to which no link leads.
    fn plain_file(&self, path: &Path, root: &Path, missing: RefusalCode) -> Checked<Facts> {
        let unseen = |error: io::Error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Refusal::new(missing, format!("`{}` is not there", path.display())),
            _ => Refusal::new(RefusalCode::Unreadable, format!("`{}`: {error}", path.display())),
        };
        let found = self.disk.facts(path).map_err(unseen)?;
        match found.kind {
            Kind::File => {}
            Kind::Link => return refuse(RefusalCode::Symlink, format!("`{}` is a symbolic link", path.display())),
            Kind::Folder | Kind::Other => return refuse(RefusalCode::NoFile, format!("`{}` is no plain file", path.display())),
        }
        let Some(folder) = path.parent().filter(|folder| folder.starts_with(root)) else {
            return refuse(RefusalCode::NoFile, format!("`{}` does not lie in `{}`", path.display(), root.display()));
        };
        let real = self.disk.real(folder).map_err(unseen)?;
        if real != folder {
            let why = format!("the way to `{}` leads through a link, to `{}`", path.display(), real.display());
            return refuse(RefusalCode::Symlink, why);
        }
        Ok(found)
    }

    /// Reads files whole, several at a time.
    fn read_all<'p>(&self, paths: &[&'p Path]) -> HashMap<&'p Path, io::Result<Before>> {
        let next = AtomicUsize::new(0);
        let read = Mutex::new(HashMap::with_capacity(paths.len()));
        let work = || {
            while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                let before = self.read(path);
                read.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(*path, before);
            }
        };
        if self.options.threads < 2 {
            work();
        } else {
            std::thread::scope(|scope| {
                for _ in 0..self.options.threads {
                    scope.spawn(work);
                }
            });
        }
        read.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Returns what a file is now. One that changes while it is read is an error.
    fn read(&self, path: &Path) -> io::Result<Before> {
        let found = self.disk.facts(path)?;
        let (content_hash, size_bytes) = hash_file(self.disk, path)?;
        let before = Before { size_bytes, modified_ns: found.modified_ns, mode: found.mode, inode: found.inode, content_hash };
        if !is_as_before(&self.disk.facts(path)?, &before) {
            return Err(io::Error::other("it changed while it was read"));
        }
        Ok(before)
    }

    /// Compares what was read with what was planned, and says what will be done.
    fn steps(&mut self, unit: u64, removal: &Removal, look: &Look, read: &HashMap<&Path, io::Result<Before>>) -> Checked<Prepared> {
        let keeper = as_planned(&removal.keeper.file, read).map_err(|doubt| match doubt {
            Doubt::Unreadable(why) => Refusal::new(RefusalCode::KeeperMissing, format!("its keeper cannot be read: {why}")),
            Doubt::Changed => {
                Refusal::new(RefusalCode::KeeperChanged, format!("its keeper `{}` changed since the plan", removal.keeper.file.path))
            }
        })?;
        if let Some(at) = look.files.iter().position(|found| self.is_kept(found)) {
            return refuse(
                RefusalCode::KeeperPlanned,
                format!("`{}` is also the keeper of a photo that goes in this run", removal.files[at].path),
            );
        }
        let mut photo = Vec::new();
        for file in &removal.files {
            photo.push(as_planned(file, read).map_err(|doubt| match doubt {
                Doubt::Unreadable(why) => Refusal::new(RefusalCode::Unreadable, why),
                Doubt::Changed => Refusal::new(RefusalCode::Changed, format!("`{}` changed since the plan", file.path)),
            })?);
        }
        let trash = self.trashes.of(&removal.root)?;
        let act = self.act(removal, look, trash)?;
        let mut prepared = Prepared { unit, steps: Vec::new(), keeper, notes: Vec::new() };
        self.sidecar(removal, trash, &mut prepared)?;
        for (file, before) in removal.files.iter().zip(photo) {
            let keeper = matches!(act, Act::HardLink | Act::Reflink).then(|| removal.keeper.file.path.clone());
            self.push(&mut prepared, Step { keeper, ..step(act, &file.path, trash, Some(before)) }, Vec::new());
        }
        if !matches!(act, Act::HardLink | Act::Reflink) {
            self.companions(removal, act, trash, read, &mut prepared);
        }
        Ok(prepared)
    }

    fn is_kept(&self, found: &Facts) -> bool {
        found.inode != 0 && self.kept.contains(&(found.device, found.inode))
    }

    fn push(&mut self, prepared: &mut Prepared, mut step: Step, text: Vec<u8>) {
        step.step = self.next_step;
        step.name = name_in_trash(self.next_step, &step.path);
        self.next_step += 1;
        prepared.steps.push((step, text));
    }

    /// Returns how a photo goes.
    fn act(&self, removal: &Removal, look: &Look, trash: usize) -> Checked<Act> {
        let is_elsewhere = self.trashes.list[trash].device != look.files[0].device;
        let act = match self.options.way {
            Way::SystemTrash => return Ok(Act::SystemTrash),
            Way::Trash => Act::Move,
            Way::HardLink => Act::HardLink,
            Way::Reflink => Act::Reflink,
        };
        if act != Act::Move {
            if removal.files.iter().any(|file| file.content_hash != removal.keeper.file.content_hash) {
                return refuse(RefusalCode::NotIdentical, "its bytes are not the keeper's: a link would show another file");
            }
            if look.files[0].device != look.keeper.device {
                return refuse(RefusalCode::OtherFileSystem, "it and its keeper lie on two file systems, which no link joins");
            }
        }
        match (is_elsewhere, act, self.options.allow_copy) {
            (false, act, _) => Ok(act),
            (true, Act::Move, true) => Ok(Act::Copy),
            (true, ..) => {
                let trash = self.trashes.list[trash].folder.display();
                refuse(
                    RefusalCode::OtherFileSystem,
                    format!("the trash `{trash}` lies on another file system; `--copy` copies it there, `--trash DIR` names another"),
                )
            }
        }
    }

    /// Prepares what the keeper gains beside its file.
    fn sidecar(&mut self, removal: &Removal, trash: usize, prepared: &mut Prepared) -> Checked {
        let Some(path) = &removal.sidecar else { return Ok(()) };
        let not_carried =
            |why: String| Refusal::new(RefusalCode::NotCarried, format!("what its keeper gains cannot be written to `{path}`: {why}"));
        let keeper: &Path = &removal.keeper.file.path;
        let is_beside = path.parent() == keeper.parent() && path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("xmp"));
        if !is_beside {
            return Err(not_carried("it is no XMP sidecar beside the keeper".to_owned()));
        }
        if self.planned.contains_key(&**path) || self.keepers.contains(&**path) {
            return Err(not_carried("it is a photo of this plan itself".to_owned()));
        }
        if in_library_package(path) || self.options.protected.iter().any(|folder| path.starts_with(folder)) {
            prepared.notes.push(format!("what `{}` gains is kept in the catalog only: nothing is written where it lies", keeper.display()));
            return Ok(());
        }
        let existing = match self.disk.facts(path) {
            Ok(found) if found.kind == Kind::File && found.size_bytes <= SIDECAR_MAX_BYTES => Some(found),
            Ok(found) if found.kind == Kind::File => return Err(not_carried(format!("it is larger than {SIDECAR_MAX_BYTES} bytes"))),
            Ok(_) => return Err(not_carried("it is no plain file".to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(not_carried(error.to_string())),
        };
        let mut text = Vec::new();
        let mut before = None;
        if let Some(found) = existing {
            let read = self.disk.open(path).and_then(|file| file.take(SIDECAR_MAX_BYTES + 1).read_to_end(&mut text));
            read.map_err(|error| not_carried(error.to_string()))?;
            let (size_bytes, content_hash) = (text.len() as u64, hash_of(&text));
            before = Some(Before { size_bytes, modified_ns: found.modified_ns, mode: found.mode, inode: found.inode, content_hash });
        }
        let merged = xmp::merge(before.is_some().then_some(&text[..]), &removal.carry).map_err(|error| not_carried(error.to_string()))?;
        prepared.notes.extend(merged.kept.iter().map(ToString::to_string));
        if merged.added.is_empty() {
            return Ok(());
        }
        let after = Some(hash_of(&merged.bytes));
        let written = Step { after, keeper: Some(removal.keeper.file.path.clone()), ..step(Act::Sidecar, path, trash, before) };
        self.push(prepared, written, merged.bytes);
        Ok(())
    }

    /// Prepares what goes with a photo. A doubt leaves the companion, not the photo.
    fn companions(
        &mut self,
        removal: &Removal,
        act: Act,
        trash: usize,
        read: &HashMap<&Path, io::Result<Before>>,
        prepared: &mut Prepared,
    ) {
        for companion in &removal.companions {
            let path = &companion.file.path;
            let checked = self
                .is_allowed_place(path, &removal.root)
                .and_then(|()| self.plain_file(path, &removal.root, RefusalCode::Missing))
                .map_err(|refusal| refusal.why)
                .and_then(|found| {
                    let is_photo = self.keepers.contains(&**path) || self.planned.contains_key(&**path) || self.is_kept(&found);
                    if is_photo { Err(format!("`{path}` is a photo of this plan itself")) } else { Ok(()) }
                })
                .and_then(|()| as_planned(&companion.file, read).map_err(|doubt| doubt.words(path)));
            match checked {
                Ok(_) if removal.sidecar.as_ref() == Some(path) => {}
                Ok(before) => self.push(prepared, step(act, path, trash, Some(before)), Vec::new()),
                Err(why) => prepared.notes.push(format!("a file that belongs to it stays: {why}")),
            }
        }
    }
}

fn step(act: Act, path: &crate::PathText, trash: usize, before: Option<Before>) -> Step {
    Step { step: 0, act, path: path.clone(), trash, name: String::new(), before, after: None, keeper: None }
}

enum Doubt {
    Unreadable(String),
    Changed,
}

impl Doubt {
    fn words(self, path: &Path) -> String {
        match self {
            Doubt::Unreadable(why) => why,
            Doubt::Changed => format!("`{}` changed since the plan", path.display()),
        }
    }
}

/// Returns a file as it is now, where that is what was planned.
fn as_planned(file: &PlannedFile, read: &HashMap<&Path, io::Result<Before>>) -> Result<Before, Doubt> {
    match read.get(&*file.path) {
        Some(Ok(before)) if (before.size_bytes, before.content_hash) == (file.size_bytes, file.content_hash) => Ok(*before),
        Some(Ok(_)) => Err(Doubt::Changed),
        Some(Err(error)) => Err(Doubt::Unreadable(format!("`{}`: {error}", file.path))),
        None => Err(Doubt::Unreadable(format!("`{}` was not read", file.path))),
    }
}

fn in_trash(path: &Path) -> bool {
    path.iter().any(|part| part == TRASH_NAME)
}
