//! A folder of photos, a plan over it, and disks that fail: for tests of removing and undoing.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // each test file uses its part
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

#[cfg(unix)]
pub mod faulty;
pub mod hooked;

use model::Relation;
use removal::xmp::Curation;
use removal::{
    Disk as _, Ended, Homes, Kind, PLAN_FORMAT, PLAN_VERSION, PathText, Plan, PlanFrom, PlanSums, PlannedCompanion, PlannedFile,
    PlannedKeeper, Removal, System, UndoWitness, Witness, hash_of,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a file or folder is: bytes, time, permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub bytes: Option<Vec<u8>>,
    pub modified_ns: i64,
    pub mode: u32,
}

/// A library of its own.
pub struct World {
    pub dir: tempfile::TempDir,
    pub root: PathBuf,
    pub state: PathBuf,
}

impl World {
    pub fn new() -> Self {
        // Thousands of worlds are drawn: in memory where there is such a file system (28 s instead of 250 for `faults`).
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() };
        let base = std::fs::canonicalize(dir.path()).unwrap();
        let root = base.join("Photos");
        std::fs::create_dir(&root).unwrap();
        Self { root, state: base.join("state"), dir }
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let odd = name.len() as u32;
        System.set_mode(&path, if odd.is_multiple_of(2) { 0o640 } else { 0o444 }).unwrap();
        System.set_modified(&path, 1_500_000_000_123_456_789 + i64::from(odd)).unwrap();
        path
    }

    /// Gives all folders a time that a test can tell from now.
    pub fn age_folders(&self) {
        for (path, seen) in self.see() {
            if seen.bytes.is_none() {
                System.set_modified(&path, 1_400_000_000_000_000_001).unwrap();
            }
        }
        System.set_modified(&self.root, 1_400_000_000_000_000_002).unwrap();
    }

    pub fn homes(&self) -> Homes {
        Homes { state: self.state.clone(), trashes: Vec::new() }
    }

    /// Returns everything in the library but our own trash.
    pub fn see(&self) -> BTreeMap<PathBuf, Seen> {
        let mut found = BTreeMap::new();
        see(&self.root, &mut found);
        found
    }

    /// Returns the bytes of everything in the trash of the library.
    pub fn trashed(&self) -> Vec<Vec<u8>> {
        let mut found = BTreeMap::new();
        see_all(&self.root.join(".lookalike-trash/files"), &mut found);
        found.into_values().filter_map(|seen| seen.bytes).collect()
    }
}

fn see(folder: &Path, found: &mut BTreeMap<PathBuf, Seen>) {
    see_all(folder, found);
    found.retain(|path, _| !path.iter().any(|part| part == ".lookalike-trash"));
}

pub fn see_all(folder: &Path, found: &mut BTreeMap<PathBuf, Seen>) {
    let Ok(facts) = System.facts(folder) else { return };
    let bytes = (facts.kind == Kind::File).then(|| std::fs::read(folder).unwrap_or_default());
    found.insert(folder.to_owned(), Seen { bytes, modified_ns: facts.modified_ns, mode: facts.mode });
    if facts.kind == Kind::Folder {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            see_all(&entry.path(), found);
        }
    }
}

pub fn planned(path: &Path) -> PlannedFile {
    let bytes = std::fs::read(path).unwrap();
    PlannedFile { path: path.into(), size_bytes: bytes.len() as u64, content_hash: hash_of(&bytes) }
}

pub fn plan(removals: Vec<Removal>) -> Plan {
    Plan {
        format: PLAN_FORMAT.to_owned(),
        version: PLAN_VERSION,
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        made_at: "2026-01-01T00:00:00Z".to_owned(),
        catalog: PathText::default(),
        from: PlanFrom::Verdicts,
        keep: None,
        across: Vec::new(),
        with: Vec::new(),
        sums: PlanSums::default(),
        removals,
        handoff: Vec::new(),
        left: Vec::new(),
    }
}

pub fn removal(root: &Path, file: &Path, keeper: &Path) -> Removal {
    Removal {
        asset: 2,
        group: 1,
        source: "Photos".to_owned(),
        root: root.into(),
        relation: Relation::Identical,
        reasons: vec!["the same bytes".to_owned()],
        files: vec![planned(file)],
        companions: Vec::new(),
        keeper: PlannedKeeper { asset: 1, source: "Photos".to_owned(), root: root.into(), file: planned(keeper) },
        carry: Curation::default(),
        carry_words: Vec::new(),
        sidecar: None,
        sha1: None,
        payload_hash: None,
    }
}

pub fn companion(path: &Path, shared_with: &[&Path]) -> PlannedCompanion {
    PlannedCompanion { file: planned(path), shared_with: shared_with.iter().map(|path| PathText::from(*path)).collect() }
}

/// Remembers what it was told.
#[derive(Default)]
pub struct Told {
    pub ended: Vec<Ended>,
    pub before: Vec<u64>,
    pub back: Vec<u64>,
    pub stop_after: Option<usize>,
}

impl Witness for Told {
    fn is_stopped(&self) -> bool {
        self.stop_after.is_some_and(|after| self.ended.len() >= after)
    }

    fn before(&mut self, _run: &str, units: &[(u64, &Removal)]) -> Result<(), String> {
        self.before.extend(units.iter().map(|(unit, _)| *unit));
        Ok(())
    }

    fn after(&mut self, _run: &str, ended: &[Ended]) -> Result<(), String> {
        self.ended.extend_from_slice(ended);
        Ok(())
    }

    fn reach(&mut self, _units: u64, _bytes: u64) {}
}

impl UndoWitness for Told {
    fn is_stopped(&self) -> bool {
        false
    }

    fn restored(&mut self, _run: &str, units: &[(u64, &Removal)]) -> Result<(), String> {
        self.back.extend(units.iter().map(|(unit, _)| *unit));
        Ok(())
    }

    fn reach(&mut self, _files: u64) {}
}

/// A library with every kind of step: a plain copy with companions of its own and shared ones, hard links, sidecars new and added to.
pub fn library() -> (World, Plan) {
    let world = World::new();
    let keeper = world.write("2024/a.jpg", b"picture a");
    let copy = world.write("2024/copies/a (1).jpg", b"picture a");
    let xmp = world.write("2024/copies/a (1).xmp", b"<x:xmpmeta>of the copy");
    let shared = world.write("2024/copies/both.xmp", b"<x:xmpmeta>of two");
    let other = world.write("2024/copies/both.cr2", b"raw");
    let mut first = removal(&world.root, &copy, &keeper);
    first.companions = vec![companion(&xmp, &[]), companion(&shared, &[&other])];

    let keeper_b = world.write("2025/b.jpg", b"picture b");
    let copy_b = world.write("2025/b \u{1F332}\n.jpg", b"picture b");
    let link_b = world.root.join("2025/b-again.jpg");
    std::fs::hard_link(&copy_b, &link_b).unwrap();
    let mut second = removal(&world.root, &copy_b, &keeper_b);
    second.files.push(planned(&link_b));
    second.carry = Curation { caption: Some("At the lake".to_owned()), ..Curation::default() };
    second.sidecar = Some(world.root.join("2025/b.jpg.xmp").into());

    let keeper_c = world.write("c.jpg", b"picture c");
    let copy_c = world.write("c small.jpg", b"picture c");
    let former =
        world.write("c.xmp", removal::xmp::merge(None, &Curation { favourite: true, ..Curation::default() }).unwrap().bytes.as_slice());
    let mut third = removal(&world.root, &copy_c, &keeper_c);
    third.carry = Curation { keywords: vec!["tree".to_owned()], ..Curation::default() };
    third.sidecar = Some(former.into());
    // Both sidecars are added to once more by another copy of the same keeper.
    let again = |keeper: &Path, copy: PathBuf, carry: Curation, sidecar: &Path| Removal {
        carry,
        sidecar: Some(sidecar.into()),
        ..removal(&world.root, &copy, keeper)
    };
    let fourth = again(
        &keeper_c,
        world.write("c again.jpg", b"picture c"),
        Curation { keywords: vec!["oak".to_owned()], ..Curation::default() },
        &world.root.join("c.xmp"),
    );
    let fifth = again(
        &keeper_b,
        world.write("2025/b again.jpg", b"picture b"),
        Curation { rating: Some(4), ..Curation::default() },
        &world.root.join("2025/b.jpg.xmp"),
    );

    world.age_folders();
    let plan = plan(vec![first, second, third, fourth, fifth]);
    (world, plan)
}

/// Returns how often each content is there, in the library and its trash.
pub fn counts(world: &World) -> BTreeMap<Vec<u8>, usize> {
    let mut counts = BTreeMap::new();
    let seen = world.see().into_values().filter_map(|seen| seen.bytes);
    for bytes in seen.chain(world.trashed()) {
        *counts.entry(bytes).or_default() += 1;
    }
    counts
}
