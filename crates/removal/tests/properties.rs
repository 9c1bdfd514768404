//! Whatever lies in a library, whatever a plan says, whatever is done to both between and whichever disk call fails: nothing is lost, nothing
//! that no plan names is touched, keepers stay, and undo gives back.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

mod world;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use removal::xmp::Curation;
use removal::{Disk as _, Error, Plan, RemoveOptions, System, Way, remove, undo};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use world::faulty::{Fault, Faulty};
use world::{Seen, Told, World, companion, planned, removal};

#[derive(Debug, Clone, Copy)]
enum Draw {
    File(u8),
    HardLink(usize),
    Symlink(usize),
}

/// One removal, by places in the library; some are wrong.
#[derive(Debug, Clone)]
struct Pick {
    photo: usize,
    keeper: usize,
    companion: Option<(usize, Option<usize>)>,
    gains: bool,
    wrong: Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    Any,
    StaleHash,
    KeeperGone,
    OtherRoot,
    Twice,
}

#[derive(Debug, Clone)]
enum Op {
    /// `true`: a plan frozen just now; else the first one.
    Remove(bool, Option<(Fault, u64)>),
    Undo(Option<u64>, Option<(Fault, u64)>),
    Person(Edit, usize),
    EmptyTrash,
}

#[derive(Debug, Clone, Copy)]
enum Edit {
    Append,
    Replace,
    Touch,
    Take,
    LinkTo(usize),
    HardLinkTo(usize),
}

fn names() -> Vec<OsString> {
    let long = format!("{}.jpg", "é".repeat(125)).into_bytes();
    assert_eq!(long.len(), 254);
    let mut bytes: Vec<Vec<u8>> =
        ["a.jpg", "a.xmp", "\u{1F332} b.jpg", "new\nline.jpg", "A.jpg", "a (1).jpg"].map(|name| name.as_bytes().to_vec()).to_vec();
    bytes.extend([b"\xff\xfe.jpg".to_vec(), vec![b'\xff'; 255], long]);
    bytes.into_iter().map(OsString::from_vec).collect()
}

fn library() -> impl Strategy<Value = Vec<(usize, usize, Draw)>> {
    let draw = prop_oneof![
        6 => (0..3u8).prop_map(Draw::File),
        1 => (0..10usize).prop_map(Draw::HardLink),
        1 => (0..10usize).prop_map(Draw::Symlink),
    ];
    vec((0..3usize, 0..9usize, draw), 3..12)
}

fn pick() -> impl Strategy<Value = Pick> {
    let wrong = prop_oneof![
        12 => Just(Wrong::Nothing),
        2 => Just(Wrong::Any),
        1 => Just(Wrong::StaleHash),
        1 => Just(Wrong::KeeperGone),
        1 => Just(Wrong::OtherRoot),
        1 => Just(Wrong::Twice),
    ];
    let companion = prop::option::weighted(0.4, (0..12usize, prop::option::of(0..12usize)));
    (0..12usize, 0..12usize, companion, any::<bool>(), wrong).prop_map(|(photo, keeper, companion, gains, wrong)| Pick {
        photo,
        keeper,
        companion,
        gains,
        wrong,
    })
}

fn fault() -> impl Strategy<Value = Option<(Fault, u64)>> {
    let faults = vec![Fault::Once, Fault::Lie, Fault::Dead, Fault::DeadAfter, Fault::Full, Fault::Denied];
    prop::option::weighted(0.4, (prop::sample::select(faults), 5..160u64))
}

fn op() -> impl Strategy<Value = Op> {
    let edit = prop_oneof![
        Just(Edit::Append),
        Just(Edit::Replace),
        Just(Edit::Touch),
        Just(Edit::Take),
        (0..12usize).prop_map(Edit::LinkTo),
        (0..12usize).prop_map(Edit::HardLinkTo),
    ];
    prop_oneof![
        4 => (any::<bool>(), fault()).prop_map(|(fresh, fault)| Op::Remove(fresh, fault)),
        4 => (prop::option::weighted(0.3, 1..4u64), fault()).prop_map(|(number, fault)| Op::Undo(number, fault)),
        4 => (edit, 0..12usize).prop_map(|(edit, at)| Op::Person(edit, at)),
        1 => Just(Op::EmptyTrash),
    ]
}

/// What is known of the library beside what lies on the disk.
struct Model {
    world: World,
    paths: Vec<PathBuf>,
    options: RemoveOptions,
    is_elsewhere: bool,
    /// Every content that was ever written by the person.
    theirs: BTreeSet<Vec<u8>>,
    /// The files as they were before each run.
    before_run: BTreeMap<String, BTreeMap<PathBuf, Seen>>,
    /// Paths that the person changed since the first run.
    edited: BTreeSet<PathBuf>,
    is_emptied: bool,
    has_faults: bool,
    drawn: u32,
}

fn device(path: &Path) -> u64 {
    1 + u64::from(path.iter().any(|part| part == ".lookalike-trash"))
}

impl Model {
    fn draw(library: &[(usize, usize, Draw)], way: Way, is_elsewhere: bool) -> Self {
        let (world, names) = (World::new(), names());
        let mut paths: Vec<PathBuf> = Vec::new();
        let mut theirs = BTreeSet::new();
        for (at, (folder, name, draw)) in library.iter().enumerate() {
            let folder = world.root.join(["", "2024", "2024/copies"][*folder]);
            std::fs::create_dir_all(&folder).unwrap();
            let path = folder.join(&names[*name]);
            if paths.contains(&path) {
                continue;
            }
            match draw {
                Draw::HardLink(of) | Draw::Symlink(of) if !paths.is_empty() => {
                    let of = &paths[of % paths.len()];
                    if matches!(draw, Draw::HardLink(_)) {
                        std::fs::hard_link(of, &path).unwrap();
                    } else {
                        std::os::unix::fs::symlink(of, &path).unwrap();
                    }
                }
                Draw::File(content) => {
                    let bytes = format!("picture {content}").into_bytes();
                    std::fs::write(&path, &bytes).unwrap();
                    System.set_modified(&path, 1_500_000_000_000_000_000 + at as i64).unwrap();
                    theirs.insert(bytes);
                }
                _ => continue,
            }
            paths.push(path);
        }
        if paths.is_empty() {
            paths.push(world.write("only.jpg", b"picture 0"));
        }
        let options = RemoveOptions { way, allow_copy: true, ..RemoveOptions::default() };
        let (before_run, edited) = (BTreeMap::new(), BTreeSet::new());
        Self { world, paths, options, is_elsewhere, theirs, before_run, edited, is_emptied: false, has_faults: false, drawn: 0 }
    }

    fn path(&self, at: usize) -> &Path {
        &self.paths[at % self.paths.len()]
    }

    fn freeze(&self, picks: &[Pick]) -> Plan {
        let is_file = |path: &Path| System.facts(path).is_ok_and(|found| found.kind == removal::Kind::File);
        let mut removals = Vec::new();
        for pick in picks {
            // The first half of a library keeps, the second goes, once each; wrong plans do as they like.
            let half = self.paths.len() / 2;
            let (photo, keeper) = match pick.wrong {
                Wrong::Any => (self.path(pick.photo), self.path(pick.keeper)),
                _ => (self.path(half + pick.photo % (self.paths.len() - half)), self.path(pick.keeper % half.max(1))),
            };
            let is_met = removals.iter().any(|met: &removal::Removal| *met.files[0].path == *photo);
            if !is_file(photo) || !is_file(keeper) || is_met && pick.wrong != Wrong::Any {
                continue;
            }
            let mut frozen = removal(&self.world.root, photo, keeper);
            if let Some((at, shared)) = pick.companion.filter(|(at, _)| is_file(self.path(*at))) {
                let shared: Vec<&Path> = shared.iter().map(|at| self.path(*at)).collect();
                frozen.companions = vec![companion(self.path(at), &shared)];
            }
            if pick.gains {
                frozen.carry = Curation { keywords: vec![format!("of {}", pick.photo)], ..Curation::default() };
                frozen.sidecar = Some(keeper.with_extension("xmp").into());
            }
            match pick.wrong {
                Wrong::Nothing | Wrong::Any => {}
                Wrong::StaleHash => frozen.files[0].content_hash = removal::hash_of(b"something else"),
                Wrong::KeeperGone => frozen.keeper.file.path = self.world.root.join("never there.jpg").into(),
                Wrong::OtherRoot => frozen.keeper.root = self.world.root.join("2024").into(),
                Wrong::Twice => frozen.files.push(planned(photo)),
            }
            removals.push(frozen);
        }
        world::plan(removals)
    }

    fn disk(&self, fault: Option<(Fault, u64)>) -> Faulty {
        let (fault, at) = fault.unwrap_or((Fault::Once, u64::MAX));
        let mut disk = Faulty::new(fault, at);
        disk.device_of = self.is_elsewhere.then_some(device as fn(&Path) -> u64);
        disk
    }

    fn files(&self) -> BTreeMap<PathBuf, Seen> {
        let mut files = self.world.see();
        files.retain(|_, seen| seen.bytes.is_some());
        files
    }

    /// How often each content of the person's is there. With links a content may be counted once more for a while.
    fn counts(&self) -> BTreeMap<Vec<u8>, usize> {
        let mut all = BTreeMap::new();
        world::see_all(&self.world.root, &mut all);
        // What was only being built is no copy.
        let is_whole = |path: &Path| path.extension().is_none_or(|ending| ending != "part");
        let mut counts = BTreeMap::new();
        for bytes in all.into_iter().filter(|(path, _)| is_whole(path)).filter_map(|(_, seen)| seen.bytes) {
            if self.theirs.contains(&bytes) {
                *counts.entry(bytes).or_default() += 1;
            }
        }
        counts
    }

    fn nothing_lost(&self, had: &BTreeMap<Vec<u8>, usize>) -> Result<(), TestCaseError> {
        let has = self.counts();
        for (bytes, count) in had {
            // A run puts links beside copies, and an undo takes them away again: then one is enough.
            let least = if matches!(self.options.way, Way::Trash) && !self.is_elsewhere { *count } else { 1 };
            let found = has.get(bytes).copied().unwrap_or(0);
            prop_assert!(found >= least, "{:?} was there {count} times, now {found}", String::from_utf8_lossy(bytes));
        }
        Ok(())
    }

    /// Everything but these paths is as it was.
    fn else_same(&self, before: &BTreeMap<PathBuf, Seen>, but: &BTreeSet<PathBuf>) -> Result<(), TestCaseError> {
        let after = self.files();
        for path in before.keys().chain(after.keys()).filter(|path| !but.contains(*path)) {
            let is_building = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".lookalike-"));
            prop_assert!(is_building || before.get(path) == after.get(path), "{} is not as it was", path.display());
        }
        Ok(())
    }

    fn remove(&mut self, plan: &Plan, fault: Option<(Fault, u64)>) -> Result<(), TestCaseError> {
        let (before, had) = (self.files(), self.counts());
        let runs = self.world.homes().runs(&System).unwrap();
        let disk = self.disk(fault);
        let report = remove(&disk, &self.world.state, plan, &self.options, &mut Told::default());
        for run in self.world.homes().runs(&System).unwrap() {
            if !runs.contains(&run) {
                self.before_run.insert(run, before.clone());
            }
        }
        self.nothing_lost(&had)?;
        let mut may_change = BTreeSet::new();
        for removal in &plan.removals {
            may_change.extend(removal.files.iter().map(|file| file.path.0.clone()));
            may_change.extend(removal.companions.iter().map(|companion| companion.file.path.0.clone()));
            may_change.extend(removal.sidecar.iter().map(|sidecar| sidecar.0.clone()));
        }
        self.else_same(&before, &may_change)?;
        let Ok(report) = report else {
            prop_assert!(fault.is_some(), "{report:?}");
            return Ok(());
        };
        let after = self.files();
        for end in &report.ended {
            let removal = &plan.removals[usize::try_from(end.unit).unwrap()];
            let keeper: &Path = &removal.keeper.file.path;
            if end.refusal.is_none() {
                let kept = after.get(keeper).and_then(|seen| seen.bytes.as_deref()).map(removal::hash_of);
                prop_assert_eq!(kept, Some(removal.keeper.file.content_hash), "a group keeps its keeper");
                let is_linked = self.options.way != Way::Trash;
                prop_assert!(removal.files.iter().all(|file| after.contains_key(&*file.path) == is_linked));
            } else if fault.is_none() {
                let belongs = |path: &Path| {
                    let mut others = plan.removals.iter().flat_map(|removal| &removal.companions).map(|other| &other.file.path);
                    let is_sidecar = |removal: &removal::Removal| removal.sidecar.as_ref().is_some_and(|sidecar| **sidecar == *path);
                    others.any(|other| **other == *path) || plan.removals.iter().any(is_sidecar)
                };
                let goes_too = |path: &Path| {
                    report.ended.iter().any(|other| {
                        other.refusal.is_none() && plan.removals[other.unit as usize].files.iter().any(|file| &*file.path == path)
                    })
                };
                for file in removal.files.iter().filter(|file| !belongs(&file.path) && !goes_too(&file.path)) {
                    prop_assert_eq!(before.get(&*file.path), after.get(&*file.path), "what is refused is untouched: {:?}", end);
                }
            }
        }
        if fault.is_none() {
            prop_assert!(report.error.is_none() && report.ended.len() == plan.removals.len(), "{:?}", report);
        }
        Ok(())
    }

    /// Returns whether something came back.
    fn undo(&mut self, number: Option<u64>, fault: Option<(Fault, u64)>) -> Result<bool, TestCaseError> {
        let (before, had) = (self.files(), self.counts());
        let disk = self.disk(fault);
        let number = number.map(|number| number.to_string());
        let report = undo(&disk, &self.world.homes(), number.as_deref(), &mut Told::default());
        self.nothing_lost(&had)?;
        let report = match report {
            Ok(report) => report,
            Err(error) => {
                prop_assert!(fault.is_some() || matches!(error, Error::NoRun(_) | Error::Plan(_)), "{error}");
                self.else_same(&before, &BTreeSet::new())?;
                return Ok(false);
            }
        };
        let then = &self.before_run[&report.run];
        let named: BTreeSet<PathBuf> = report.files.iter().map(|file| file.path.clone()).collect();
        self.else_same(&before, &named)?;
        let stays: BTreeSet<&PathBuf> = report.files.iter().filter(|file| file.why_not.is_some()).map(|file| &file.path).collect();
        let after = self.files();
        for path in named.iter().filter(|path| !stays.contains(path)) {
            prop_assert_eq!(after.get(path), then.get(path), "{} is as it was before the run", path.display());
        }
        if fault.is_none() {
            prop_assert!(report.error.is_none(), "{:?}", report.error);
            for path in &stays {
                prop_assert!(before.get(*path) == after.get(*path) || named.len() < report.files.len(), "what does not come back is left");
            }
        }
        Ok(report.files.iter().any(|file| file.why_not.is_none()))
    }

    fn edit(&mut self, edit: Edit, at: usize) {
        self.drawn += 1;
        let path = self.path(at).to_owned();
        let found = System.facts(&path).ok();
        let bytes = format!("edited {}", self.drawn).into_bytes();
        match (edit, found) {
            (Edit::Append | Edit::Touch, Some(found)) if found.links == 1 && found.kind == removal::Kind::File => {
                if matches!(edit, Edit::Append) {
                    std::fs::write(&path, &bytes).unwrap();
                    self.theirs.insert(bytes);
                }
                System.set_modified(&path, 1_600_000_000_000_000_000 + i64::from(self.drawn)).unwrap();
            }
            (Edit::Append | Edit::Touch, Some(_)) => return,
            (Edit::Append | Edit::Replace | Edit::Touch, found) => {
                if found.is_some() {
                    std::fs::remove_file(&path).unwrap();
                }
                std::fs::write(&path, &bytes).unwrap();
                self.theirs.insert(bytes);
            }
            (Edit::Take, Some(_)) => std::fs::remove_file(&path).unwrap(),
            (Edit::Take, None) => return,
            (Edit::LinkTo(of) | Edit::HardLinkTo(of), found) => {
                let of = self.path(of).to_owned();
                let is_file = System.facts(&of).is_ok_and(|found| found.kind == removal::Kind::File);
                if of == path || !is_file {
                    return;
                }
                if found.is_some() {
                    std::fs::remove_file(&path).unwrap();
                }
                if matches!(edit, Edit::LinkTo(_)) {
                    std::os::unix::fs::symlink(&of, &path).unwrap();
                } else {
                    std::fs::hard_link(&of, &path).unwrap();
                }
            }
        }
        self.edited.insert(path);
    }

    fn empty_trash(&mut self) {
        let mut trashed = BTreeMap::new();
        world::see_all(&self.world.root.join(".lookalike-trash/files"), &mut trashed);
        for (path, _) in trashed.iter().filter(|(_, seen)| seen.bytes.is_some()) {
            std::fs::remove_file(path).unwrap();
        }
        self.is_emptied = true;
    }

    fn case(&mut self, picks: &[Pick], ops: &[Op]) -> Result<(), TestCaseError> {
        let first = self.freeze(picks);
        let start = self.files();
        for op in ops {
            match op {
                Op::Remove(is_fresh, fault) => {
                    self.has_faults |= fault.is_some();
                    let plan = if *is_fresh { self.freeze(picks) } else { first.clone() };
                    self.remove(&plan, *fault)?;
                }
                Op::Undo(number, fault) => {
                    self.has_faults |= fault.is_some();
                    self.undo(*number, *fault)?;
                }
                Op::Person(edit, at) => self.edit(*edit, *at),
                Op::EmptyTrash => self.empty_trash(),
            }
        }
        // Everything back, the last run first; a second time nothing is left that could come.
        let runs = self.world.homes().runs(&System).unwrap();
        for run in runs.iter().rev() {
            let number: u64 = run.split_once('-').unwrap().0.parse().unwrap();
            self.undo(Some(number), None)?;
        }
        for run in runs.iter().rev() {
            let number: u64 = run.split_once('-').unwrap().0.parse().unwrap();
            let came = self.undo(Some(number), None)?;
            prop_assert!(!came || !self.edited.is_empty() || self.is_emptied, "a second undo has nothing to do");
        }
        if !self.is_emptied && self.edited.is_empty() {
            prop_assert_eq!(self.files(), start, "everything is back");
            prop_assert_eq!(self.world.trashed(), Vec::<Vec<u8>>::new(), "nothing is left in the trash");
        } else if !self.is_emptied {
            let after = self.files();
            for (path, seen) in start.iter().filter(|(path, _)| !self.edited.contains(*path)) {
                prop_assert_eq!(after.get(path), Some(seen), "{} is back", path.display());
            }
        }
        Ok(())
    }
}

/// The same cases each time, so that a change is judged by them and not by chance; `PROPTEST_RNG_SEED=N` draws others, `PROPTEST_CASES=N` more.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_asked = |name: &str| std::env::var_os(name).is_some();
    ProptestConfig {
        cases: if is_asked("PROPTEST_CASES") { asked.cases } else { 1500 },
        rng_seed: if is_asked("PROPTEST_RNG_SEED") { asked.rng_seed } else { RngSeed::Fixed(1) },
        failure_persistence: None,
        ..asked
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_is_lost_whatever_happens(
        library in library(),
        picks in vec(pick(), 1..7),
        ops in vec(op(), 1..9),
        way in prop::sample::select(vec![(Way::Trash, false), (Way::Trash, false), (Way::Trash, true), (Way::HardLink, false)]),
    ) {
        let (way, is_elsewhere) = way;
        Model::draw(&library, way, is_elsewhere).case(&picks, &ops)?;
    }
}
