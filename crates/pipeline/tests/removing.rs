//! Removing on drawn photos, from verdict to plan and from run to catalog: what is planned, what is left, and what the catalog knows after.
#![allow(clippy::disallowed_methods)] // tests move and take away files of their own

use pipeline::removal::xmp::{self, Curation};
use pipeline::removal::{
    self, Ended, Homes, NotOurs, Plan, PlanFrom, Refusal, RefusalCode, Removal, RemoveOptions, System, Way, Witness as _,
};
use pipeline::removing::{
    FreezeOptions, JournalledRun, Recorder, UndoRecorder, check_fresh, freeze, refresh, settle, settle_run, undone, write_plan,
};
use pipeline::review::{GroupView, ListQuery, PageFrom, Review, VerdictWish, Wish};
use pipeline::{Catalog, GroupOptions, KeepRules, ScanOptions, Silent, Stop, answer, export_json, form, scan};
use std::collections::BTreeMap;
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

    /// Does what a run would: takes files away but those of these names, and tells the catalog.
    fn remove(&self, plan: &Plan, run: &str, refused: &[&str]) {
        let catalog = self.catalog();
        let stop = Stop::default();
        let mut recorder = Recorder::new(&catalog, plan, Way::Trash, 1_795_737_600, &Silent, &stop);
        let units: Vec<(u64, &Removal)> = (0u64..).zip(&plan.removals).collect();
        recorder.before(run, &units).expect("noted");
        let ended: Vec<Ended> = units.iter().map(|(unit, removal)| self.end(*unit, removal, refused)).collect();
        recorder.after(run, &ended).expect("noted");
        recorder.after(run, &ended).expect("noted twice");
        refresh(&catalog).expect("grouped");
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
    }

    fn end(&self, unit: u64, removal: &Removal, refused: &[&str]) -> Ended {
        let is_refused = refused.contains(&name(&removal.files[0].path).as_str());
        let files = removal.files.iter().chain(removal.companions.iter().filter(|c| c.shared_with.is_empty()).map(|c| &c.file));
        for file in files.filter(|_| !is_refused) {
            let trash = self.root().join("trash").join(name(&file.path));
            std::fs::create_dir_all(trash.parent().expect("a folder")).expect("made");
            std::fs::rename(&*file.path, trash).expect("moved");
        }
        Ended {
            unit,
            path: removal.files[0].path.clone(),
            refusal: is_refused.then(|| Refusal::new(RefusalCode::Changed, "as tested")),
            notes: Vec::new(),
        }
    }

    /// Puts back what a run took.
    fn put_back(&self, plan: &Plan) {
        for removal in &plan.removals {
            for file in removal.files.iter().chain(removal.companions.iter().map(|c| &c.file)) {
                let trash = self.root().join("trash").join(name(&file.path));
                if trash.exists() {
                    std::fs::rename(trash, &*file.path).expect("moved");
                }
            }
        }
    }

    /// The answer of `groups --json`, without anything left out.
    fn groups(&self) -> serde_json::Value {
        serde_json::to_value(answer(&form(&self.catalog(), &GroupOptions::default()).expect("formed"))).expect("JSON")
    }

    /// Verdict and reasons of a member by its name, in the answer of `groups --json`.
    fn member(&self, wanted: &str) -> Option<(String, Vec<String>)> {
        let groups = self.groups();
        let members = groups["groups"].as_array()?.iter().flat_map(|group| group["members"].as_array().expect("members").clone());
        let found = members.into_iter().find(|member| member["path"].as_str().is_some_and(|path| name(Path::new(path)) == wanted))?;
        let reasons = found["reasons"].as_array()?.iter().map(|reason| reason.as_str().unwrap_or_default().to_owned()).collect();
        Some((found["verdict"].as_str()?.to_owned(), reasons))
    }

    /// The group as the page shows it.
    fn shown(&self, wanted: &str) -> Option<GroupView> {
        let review = self.review();
        let rows = review.page(&ListQuery::default(), &PageFrom::Place(0), 200).expect("a page").groups;
        let row = rows.into_iter().find(|row| row.members.iter().any(|member| member.name == wanted))?;
        review.group(model::AssetId(row.id)).expect("read")
    }

    /// The exported facts of a photo.
    fn exported(&self, wanted: &str) -> serde_json::Value {
        let mut bytes = Vec::new();
        export_json(&self.catalog(), &mut bytes).expect("exported");
        let all: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let found = all["assets"].as_array().expect("assets").iter().find(|asset| asset["filename"] == wanted);
        found.unwrap_or_else(|| panic!("{wanted} is not there")).clone()
    }

    fn differences(&self, plan: &Plan) -> BTreeMap<String, RefusalCode> {
        let found = check_fresh(&self.catalog(), plan, &KeepRules::default()).expect("checked");
        found.into_iter().map(|difference| (name(Path::new(&difference.path)), difference.code)).collect()
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
    let says = Curation { keywords: vec!["summer".into()], title: Some("Hill".into()), ..Curation::default() };
    let sidecar = xmp::merge(None, &says).expect("a sidecar").bytes;
    std::fs::write(world.file("b/hill-again.xmp"), &sidecar).expect("written");
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
    assert_eq!((companion.file.content_hash, companion.file.size_bytes), (fingerprints::name_bytes(&sidecar), sidecar.len() as u64));
    assert_eq!((&first.carry.keywords, &first.carry.title), (&says.keywords, &says.title));
    assert_eq!(companion.shared_with.iter().map(|path| name(path)).collect::<Vec<_>>(), ["hill-again.png"]);
}

#[test]
fn what_cannot_be_read_or_touched_is_left_with_its_cause() {
    let world = World::with(TREE);
    world.decide("hill-again.jpg", VerdictWish::Remove);
    std::fs::remove_file(world.file("b/hill-again.xmp")).expect("taken away");
    let plan = world.freeze(true, &[]);
    assert_eq!(codes(&plan.left), [("hill-again.jpg".to_owned(), "unreadable")]);
    std::fs::write(world.file("b/hill-again.xmp"), "no facts").expect("written");
    let words = removal(&world.freeze(true, &[]), "hill-again.jpg").carry_words.clone();
    assert!(words.iter().any(|words| words.contains("is not carried over: the file is no XMP")), "{words:?}");
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

#[test]
fn a_plan_is_stale_as_soon_as_a_verdict_a_keeper_or_bytes_changed() {
    let world = World::with(TREE);
    world.decide("beach-small.jpg", VerdictWish::Remove);
    let plan = world.freeze(false, &[]);
    let offered = world.freeze(true, &[]);
    assert_eq!((world.differences(&plan), world.differences(&offered)), Default::default());
    world.scan(&[]);
    assert_eq!(world.differences(&plan), BTreeMap::new(), "a scan that finds nothing new changes nothing");
    world.decide("beach-small.jpg", VerdictWish::Open);
    assert_eq!(world.differences(&plan), BTreeMap::from([("beach-small.jpg".to_owned(), RefusalCode::Verdict)]));
    assert_eq!(world.differences(&offered), BTreeMap::new(), "the rules still offer it");
    world.decide("beach-small.jpg", VerdictWish::Keep);
    assert_eq!(world.differences(&offered), BTreeMap::from([("beach-small.jpg".to_owned(), RefusalCode::Verdict)]));
    let catalog = world.catalog();
    let source = catalog.sources().expect("read")[0].id;
    catalog.set_reference(source, true).expect("set");
    assert_eq!(world.differences(&offered)["beach-copy.jpg"], RefusalCode::Reference);
    catalog.set_reference(source, false).expect("set");
    testkit::tree::build("a/beach.jpg picture=3 size=1200x900 jpeg=91\n", &world.photos()).expect("drawn anew");
    world.scan(&[]);
    assert_eq!(world.differences(&offered)["beach-copy.jpg"], RefusalCode::KeeperChanged);
    std::fs::remove_file(world.file("a/beach.jpg")).expect("taken away");
    world.scan(&[]);
    assert_eq!(world.differences(&offered)["beach-copy.jpg"], RefusalCode::KeeperMissing);
}

#[test]
fn a_run_is_taken_in_as_a_scan_would_find_it_and_an_undone_one_leaves_no_trace() {
    let world = World::with(&TREE.replace("b/hill-again.png   picture=8 size=300x200", "# nobody shares the sidecar"));
    world.decide("hill-again.jpg", VerdictWish::Remove);
    world.decide("hill-third.jpg", VerdictWish::Keep);
    let (before, plan) = (world.groups(), world.freeze(true, &[]));
    let (assets, verdicts) = (world.catalog().count_assets(None).expect("counted"), world.freeze(false, &[]).removals);
    world.remove(&plan, "1", &["beach-copy.jpg"]);
    assert_eq!(world.catalog().count_assets(None).expect("counted"), assets - 2);
    assert!(world.member("beach-small.jpg").is_none() && world.member("hill-again.jpg").is_none());
    assert_eq!(world.member("beach-copy.jpg").expect("it was refused").0, "remove");
    assert_eq!(world.exported("beach.jpg")["caption"], "At the sea");
    assert_eq!(world.differences(&plan), BTreeMap::new(), "what this plan removed is no difference");
    let after = world.groups();
    world.scan(&[]);
    assert_eq!(world.groups(), after, "a scan finds nothing else");
    // Taken in again from the journal, as after a crash: nothing changes.
    let units = || (0u64..).zip(&plan.removals).map(|(unit, removal)| (unit, removal, name(&removal.files[0].path) != "beach-copy.jpg"));
    let run = JournalledRun { run: "1", plan: &plan.id, began_at_s: 1_795_737_600, way: Way::Trash };
    settle(&world.catalog(), run, units()).expect("settled");
    assert_eq!(world.groups(), after);
    world.put_back(&plan);
    let all: Vec<u64> = (0..plan.removals.len() as u64).collect();
    for _ in 0..2 {
        undone(&world.catalog(), "1", &all).expect("undone");
        assert_eq!(world.groups(), before, "without a scan");
        assert_eq!(world.freeze(false, &[]).removals, verdicts);
    }
    assert_eq!(world.exported("beach.jpg")["caption"], serde_json::Value::Null);
    world.scan(&[]);
    assert_eq!(world.groups(), before);
}

#[test]
fn what_was_begun_when_the_process_died_is_taken_in_from_the_journal() {
    let world = World::with(TREE);
    let plan = world.freeze(true, &[]);
    let catalog = world.catalog();
    let stop = Stop::default();
    let units: Vec<(u64, &Removal)> = (0u64..).zip(&plan.removals).collect();
    Recorder::new(&catalog, &plan, Way::Trash, 1_795_737_600, &Silent, &stop).before("1", &units).expect("noted");
    // Files moved, and nobody lived to tell the catalog of any but by the journal.
    for (unit, removal) in &units {
        world.end(*unit, removal, &["beach-copy.jpg"]);
    }
    let run = JournalledRun { run: "1", plan: &plan.id, began_at_s: 1_795_737_600, way: Way::Trash };
    let told = units.iter().map(|(unit, removal)| (*unit, *removal, name(&removal.files[0].path) != "beach-copy.jpg"));
    assert_eq!(settle(&catalog, run, told).expect("settled"), units.len() as u64);
    assert!(world.member("beach-small.jpg").is_none());
    let after = world.groups();
    world.scan(&[]);
    assert_eq!(world.groups(), after);
}

#[test]
fn what_was_carried_survives_scans_and_a_moved_keeper_and_is_carried_once() {
    let world = World::with(TREE);
    let plan = world.freeze(true, &[]);
    world.remove(&plan, "1", &["hill-third.jpg"]);
    std::fs::rename(world.file("a/beach.jpg"), world.file("d/moved.jpg")).expect("moved");
    world.scan(&[]);
    let moved = world.exported("moved.jpg");
    assert_eq!(moved["caption"], "At the sea");
    assert_eq!(moved["carried"], serde_json::json!([{ "kind": "caption", "value": "At the sea" }]));
    assert_eq!(world.exported("hill.jpg")["carried"], serde_json::Value::Null, "what was refused gave nothing");
    // A copy with the same caption comes: the keeper has it by now.
    testkit::tree::build("e/new.jpg picture=3 size=1200x900 fit=330 jpeg=80 describe=\"At the sea\"\n", &world.photos()).expect("drawn");
    world.scan(&[]);
    let again = world.freeze(true, &[]);
    assert_eq!(removal(&again, "new.jpg").carry.caption, None);
}

#[test]
fn what_comes_back_is_named_and_offered_again_but_never_the_last_copy() {
    let world = World::with(
        r#"
a/forest.jpg  picture=forest:4 size=1200x900 jpeg=92 camera=canon taken="2020:09:21 08:00:00"
a/turned.jpg  picture=forest:4 size=1200x900 turn=90 jpeg=85
"#,
    );
    assert_eq!(world.member("turned.jpg").expect("a member").0, "undecided");
    world.decide("turned.jpg", VerdictWish::Remove);
    let plan = world.freeze(false, &[]);
    world.remove(&plan, "000003-abc", &[]);
    world.scan(&[]);
    // It comes back elsewhere.
    let trash = world.root().join("trash/turned.jpg");
    std::fs::create_dir_all(world.file("new")).expect("made");
    std::fs::copy(&trash, world.file("new/again.jpg")).expect("copied");
    world.scan(&[]);
    let (verdict, reasons) = world.member("again.jpg").expect("a member");
    let words = format!("removed before: 2026-11-27, run 3, from {}", world.file("a/turned.jpg").display());
    assert_eq!((verdict.as_str(), reasons[0].as_str()), ("remove", format!("removed-before: {words}").as_str()));
    let shown = world.shown("again.jpg").expect("a group");
    assert!(shown.all[1].reasons.iter().any(|reason| reason.words == words), "{:?}", shown.all[1].reasons);
    assert_eq!(pairs(&world.freeze(false, &[])), [], "nobody decided on it");
    assert_eq!(pairs(&world.freeze(true, &[])), owned(&[("again.jpg", "forest.jpg")]));
    world.decide("again.jpg", VerdictWish::Keep);
    assert_eq!(world.member("again.jpg").expect("a member").0, "keep");
    world.decide("again.jpg", VerdictWish::Open);
    // Without a keeper it is the last one, and nothing is offered.
    std::fs::remove_file(world.file("a/forest.jpg")).expect("taken away");
    world.scan(&[]);
    assert!(world.member("again.jpg").is_none());
    assert_eq!(world.freeze(true, &[]).removals, []);
}

#[test]
fn a_keeper_that_moved_did_not_come_back() {
    let world = World::with(TREE);
    let plan = world.freeze(true, &[]);
    world.remove(&plan, "1", &["beach-small.jpg"]);
    std::fs::rename(world.file("a/beach.jpg"), world.file("d/moved.jpg")).expect("moved");
    world.scan(&[]);
    let (verdict, reasons) = world.member("moved.jpg").expect("a member");
    assert_eq!(verdict, "keep");
    assert!(reasons.iter().all(|reason| !reason.starts_with("removed-before")), "{reasons:?}");
}

#[test]
fn with_the_hand_that_moves_files_a_run_and_its_undo_end_where_they_began() {
    let world = World::with(TREE);
    world.decide("hill-again.jpg", VerdictWish::Remove);
    world.decide("hill-third.jpg", VerdictWish::Keep);
    let (before, plan) = (world.groups(), world.freeze(true, &[]));
    let state = world.root().join("state");
    let (catalog, stop) = (world.catalog(), Stop::default());
    let mut recorder = Recorder::new(&catalog, &plan, Way::Trash, 1_795_737_600, &Silent, &stop);
    let report = removal::remove(&System, &state, &plan, &RemoveOptions::default(), &mut recorder).expect("run");
    refresh(&catalog).expect("grouped");
    let refused: Vec<_> = report.ended.iter().filter(|end| end.refusal.is_some()).collect();
    assert_eq!((refused, report.error.is_none()), (Vec::new(), true));
    assert!(world.file("b/hill-again.xmp").exists(), "another photo shares it");
    let after = world.groups();
    let homes = Homes { state, trashes: Vec::new() };
    let run = homes.find(&System, None).expect("a run");
    settle_run(&catalog, &System, &run).expect("settled");
    assert_eq!(world.groups(), after);
    let view = world.shown("hill-third.jpg").expect("a group");
    assert_eq!(view.all[0].inherits[0].words, "caption “On the hill”");
    let mut undoing = UndoRecorder::new(&catalog, None, &Silent, &stop);
    let undo = removal::undo(&System, &homes, None, &mut undoing).expect("undone");
    assert_eq!((undo.units.len(), undo.error.is_none()), (plan.removals.len(), true));
    refresh(&catalog).expect("grouped");
    assert_eq!(world.groups(), before);
    settle_run(&catalog, &System, &homes.read(&System, &run.began.run).expect("a run")).expect("settled");
    assert_eq!(world.groups(), before);
    world.scan(&[]);
    assert_eq!(world.groups(), before);
}
