//! Removing on drawn photos, from verdict to plan and from run to catalog: what is planned, what is left, and what the catalog knows after.
#![allow(clippy::disallowed_methods)] // tests move and take away files of their own

use pipeline::removal::{NotOurs, Plan, PlanFrom, Removal};
use pipeline::removing::{FreezeOptions, freeze, write_plan};
use pipeline::review::{ListQuery, PageFrom, Review, VerdictWish, Wish};
use pipeline::{Catalog, GroupOptions, ScanOptions, Silent, Stop, scan};
use std::path::{Path, PathBuf};

const TREE: &str = r#"
a/beach.jpg        picture=3 size=1200x900 jpeg=92 camera=pixel taken="2020:09:20 13:12:07"
a/beach-copy.jpg   same=a/beach.jpg
a/beach-small.jpg  picture=3 size=1200x900 fit=320 jpeg=80 describe="At the sea"
b/hill.jpg         picture=5 size=1200x900 jpeg=92 camera=pixel taken="2019:01:02 03:04:05"
b/hill-again.jpg   picture=5 size=1200x900 jpeg=60 describe="On the hill"
b/hill-again.xmp   bytes="no facts"
b/hill-again.png   picture=8 size=300x200
b/hill-third.jpg   picture=5 size=1200x900 jpeg=55 describe="Up there"
d/alone.jpg        picture=9 size=800x600
"#;

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn with(tree: &str) -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a folder") };
        testkit::tree::build(tree, &world.photos()).expect("a tree");
        world.scan(&[]);
        world
    }

    fn root(&self) -> PathBuf {
        std::fs::canonicalize(self.folder.path()).expect("a real path")
    }

    fn photos(&self) -> PathBuf {
        self.root().join("photos")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.photos().join(name)
    }

    fn catalog(&self) -> Catalog {
        Catalog::open(&self.folder.path().join("catalog.sqlite")).expect("a catalog")
    }

    /// Scans `photos` and these folders beside it.
    fn scan(&self, more: &[&str]) {
        let catalog = self.catalog();
        let paths = std::iter::once("photos").chain(more.iter().copied()).map(|name| self.root().join(name)).collect();
        scan(&catalog, &ScanOptions { paths, ..ScanOptions::default() }, &Silent, &Stop::default()).expect("scanned");
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
    }

    fn review(&self) -> Review {
        Review::open(&self.folder.path().join("catalog.sqlite"), GroupOptions::default(), || 1_800_000_000).expect("a review")
    }

    /// Gives a verdict to the photo of that name.
    fn decide(&self, name: &str, verdict: VerdictWish) {
        let review = self.review();
        let groups = review.page(&ListQuery::default(), &PageFrom::Place(0), 200).expect("a page").groups;
        let row = groups.iter().find(|row| row.members.iter().any(|member| member.name == name)).expect("a group");
        let asset = row.members.iter().find(|member| member.name == name).expect("a member").asset;
        review.decide(row.id, row.version, &Wish::Verdicts { verdicts: vec![(asset, verdict)] }).expect("decided");
    }

    fn freeze(&self, from_rules: bool, across: &[(&str, &str)]) -> Plan {
        let across = across.iter().map(|(keep, remove)| ((*keep).to_owned(), (*remove).to_owned())).collect();
        let groups = GroupOptions { across, ..GroupOptions::default() };
        let options = FreezeOptions { groups, from_rules, now_utc_seconds: 1_800_000_000 };
        freeze(&self.catalog(), &options, &Silent, &Stop::default()).expect("frozen")
    }
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// Names of what goes, each with its keeper's.
fn pairs(plan: &Plan) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = plan.removals.iter().map(|removal| (name(&removal.files[0].path), name(&removal.keeper.file.path))).collect();
    pairs.sort();
    pairs
}

fn removal<'a>(plan: &'a Plan, wanted: &str) -> &'a Removal {
    plan.removals.iter().find(|removal| name(&removal.files[0].path) == wanted).unwrap_or_else(|| panic!("{wanted} is not planned"))
}

fn codes(rows: &[NotOurs]) -> Vec<(String, &str)> {
    let mut codes: Vec<_> = rows.iter().map(|row| (name(Path::new(&row.path)), row.code.as_str())).collect();
    codes.sort();
    codes
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn only_what_was_decided_is_frozen_unless_the_rules_are_asked() {
    let world = World::with(TREE);
    assert_eq!((world.freeze(false, &[]).removals, world.freeze(false, &[]).from), (Vec::new(), PlanFrom::Verdicts));
    world.decide("beach-small.jpg", VerdictWish::Remove);
    world.decide("hill-third.jpg", VerdictWish::Keep);
    let plan = world.freeze(false, &[]);
    assert_eq!(pairs(&plan), owned(&[("beach-small.jpg", "beach.jpg")]));
    let goes = removal(&plan, "beach-small.jpg");
    let bytes = std::fs::read(world.file("a/beach-small.jpg")).expect("read");
    assert_eq!(goes.files[0].size_bytes, bytes.len() as u64);
    assert_eq!(goes.files[0].content_hash, fingerprints::name_bytes(&bytes));
    assert_eq!((&goes.root.0, &goes.keeper.root.0), (&world.photos(), &world.photos()));
    assert_eq!(plan.sums.removals, 1);
    assert_eq!(plan.sums.size_bytes, bytes.len() as u64);
    let offered = world.freeze(true, &[]);
    assert_eq!(pairs(&offered), owned(&[("beach-copy.jpg", "beach.jpg"), ("beach-small.jpg", "beach.jpg")]), "one with a sidecar waits");
    assert_ne!(plan.id, offered.id);
    assert_eq!(Plan::read(&offered.to_json()).expect("a plan"), offered);
}

#[test]
fn a_keeper_gains_each_fact_once_and_companions_are_named() {
    let world = World::with(TREE);
    world.decide("hill-again.jpg", VerdictWish::Remove);
    let plan = world.freeze(true, &[]);
    let small = removal(&plan, "beach-small.jpg");
    assert_eq!(small.carry.caption.as_deref(), Some("At the sea"));
    assert_eq!(small.sidecar.as_ref().map(|path| path.0.clone()), Some(world.file("a/beach.jpg.xmp")));
    assert!(removal(&plan, "beach-copy.jpg").sidecar.is_none(), "a copy of the same bytes has nothing to give");
    let (first, second) = (removal(&plan, "hill-again.jpg"), removal(&plan, "hill-third.jpg"));
    let told = first.carry_words.iter().chain(&second.carry_words).filter(|words| words.contains("would be lost")).count();
    assert_eq!(told, 1, "the second caption is named");
    let captions = [&first.carry.caption, &second.carry.caption];
    assert_eq!(captions.iter().filter(|caption| caption.is_some()).count(), 1, "{captions:?}");
    let companion = &first.companions[0];
    assert_eq!(companion.file.path.0, world.file("b/hill-again.xmp"));
    assert_eq!(companion.file.content_hash, fingerprints::name_bytes(b"no facts"));
    assert_eq!(companion.shared_with.iter().map(|path| name(path)).collect::<Vec<_>>(), ["hill-again.png"]);
}

#[test]
fn what_cannot_be_read_or_touched_is_left_with_its_cause() {
    let world = World::with(TREE);
    world.decide("hill-again.jpg", VerdictWish::Remove);
    std::fs::remove_file(world.file("b/hill-again.xmp")).expect("taken away");
    let plan = world.freeze(true, &[]);
    assert_eq!(codes(&plan.left), [("hill-again.jpg".to_owned(), "unreadable")]);
    // In another source it is information, unless the person says so.
    testkit::tree::build("beach-again.jpg picture=3 size=1200x900 jpeg=50\n", &world.root().join("more")).expect("a tree");
    world.scan(&["more"]);
    let left = world.freeze(true, &[]).left;
    assert!(codes(&left).contains(&("beach-again.jpg".to_owned(), "other-source")), "{left:?}");
    let plan = world.freeze(true, &[("photos", "more")]);
    assert_eq!(removal(&plan, "beach-again.jpg").keeper.source, "photos");
    let catalog = world.catalog();
    catalog.set_reference(catalog.source_named("more").expect("known").id, true).expect("set");
    let left = world.freeze(true, &[("photos", "more")]).left;
    assert!(codes(&left).contains(&("beach-again.jpg".to_owned(), "reference")), "{left:?}");
}

#[test]
fn a_file_of_another_kind_is_never_written_over() {
    let world = World::with(TREE);
    let plan = world.freeze(true, &[]);
    let path = world.root().join("plan.json");
    write_plan(&path, &plan).expect("written");
    write_plan(&path, &world.freeze(false, &[])).expect("a plan is written over");
    assert_eq!(Plan::read(&std::fs::read(&path).expect("read")).expect("a plan").from, PlanFrom::Verdicts);
    let photo = world.file("a/beach.jpg");
    let before = std::fs::read(&photo).expect("read");
    assert!(write_plan(&photo, &plan).is_err());
    assert_eq!(std::fs::read(&photo).expect("read"), before);
    assert!(write_plan(&world.root().join("none/plan.json"), &plan).is_err());
}
