//! The whole program removes and takes back: plan, remove, undo, runs and trash, killed in the middle, twice, and without its catalog.

#![allow(clippy::disallowed_methods)] // tests move and write only what they drew themselves

mod world;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use world::World;

const TREE: &str =
    "a.jpg picture=1\ncopies/a.jpg same=a.jpg\nb.jpg picture=2 size=1600x1200\nb-small.jpg picture=2 size=800x600\nc.jpg picture=3\n";

/// Every file below a folder but our trash: bytes, time, permissions.
fn tree(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, i128, u32)> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        // Our trash is not there yet where a run was killed before it made one.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, facts) = (entry.path(), entry.metadata().expect("facts"));
            if path.file_name().is_some_and(|name| name == ".lookalike-trash") {
                continue;
            }
            if facts.is_dir() {
                waiting.push(path);
            } else {
                let time = i128::from(facts.mtime()) * 1_000_000_000 + i128::from(facts.mtime_nsec());
                found.insert(path.clone(), (std::fs::read(path).expect("bytes"), time, facts.mode()));
            }
        }
    }
    found
}

fn has(world: &World, name: &str) -> bool {
    world.path("photos").join(name).exists()
}

#[test]
fn a_plan_is_frozen_applied_listed_and_undone() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    let before = tree(&world.path("photos"));
    world.ok(&["plan", "--from-rules", "--out", "p.json"]);
    let said = world.run(&["remove", "p.json"]);
    assert_eq!(said.code, Some(2), "nobody is there to answer: {said}");
    let rehearsed = world.run(&["remove", "p.json", "--dry-run"]);
    assert!(rehearsed.out.contains("move [WORLD]/photos/b-small.jpg") && rehearsed.err.contains("2 photos would go"), "{rehearsed}");
    assert_eq!(tree(&world.path("photos")), before, "a dry run changes nothing");

    let done = world.json(&["remove", "p.json", "--yes", "--json"]);
    assert_eq!(
        (done["removed"].as_u64(), done["run"].as_u64(), done["left"].as_array().map(Vec::len)),
        (Some(2), Some(1), Some(0)),
        "{done}"
    );
    assert!(!has(&world, "b-small.jpg") && has(&world, "b.jpg") && has(&world, "a.jpg") != has(&world, "copies/a.jpg"));
    assert_eq!(world.json(&["groups", "--json"])["groups"].as_array().map(Vec::len), Some(0), "the catalog knows");
    let again = world.json(&["remove", "p.json", "--yes", "--json"]);
    assert_eq!(
        (again["removed"].as_u64(), again["left"][0]["code"].as_str()),
        (Some(0), Some("already-removed")),
        "twice is as once: {again}"
    );

    assert!(world.ok(&["runs"]).contains("run 1 · "));
    assert!(world.ok(&["runs", "show", "1"]).contains("in the trash [WORLD]/photos/b-small.jpg"));
    assert_eq!(world.json(&["trash", "list", "--json"])["files"].as_array().map(Vec::len), Some(2));
    assert_eq!(world.json(&["scan", "photos", "--json"])["files_read"], 0, "a scan finds nothing new, and not our trash");

    world.ok(&["undo"]);
    assert_eq!(tree(&world.path("photos")), before);
    assert_eq!(world.json(&["groups", "--json"])["groups"].as_array().map(Vec::len), Some(2), "without a scan");
    let nothing = world.run(&["undo"]);
    assert_eq!(nothing.code, Some(1), "{nothing}");
    assert_eq!(world.json(&["scan", "photos", "--json"])["files_read"], 0);
}

#[test]
fn a_plan_is_refused_when_verdicts_changed_since() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    world.ok(&["plan", "--from-rules", "--out", "p.json"]);
    std::fs::remove_file(world.path("photos/b.jpg")).expect("removed");
    world.ok(&["scan", "photos"]);
    let before = tree(&world.path("photos"));
    let said = world.run(&["remove", "p.json", "--yes"]);
    assert!(said.code == Some(1) && said.err.contains("the plan is not what the verdicts say now"), "{said}");
    assert_eq!(tree(&world.path("photos")), before);
}

#[test]
fn what_changed_unseen_stays_and_the_rest_goes() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    world.ok(&["plan", "--from-rules", "--out", "p.json"]);
    // No scan in between: the catalog still believes both.
    std::fs::remove_file(world.path("photos/b.jpg")).expect("removed");
    let done = world.json(&["remove", "p.json", "--yes", "--json"]);
    assert_eq!((done["removed"].as_u64(), done["left"][0]["code"].as_str()), (Some(1), Some("keeper-missing")), "{done}");
    assert!(has(&world, "b-small.jpg"));
    let shown = world.ok(&["runs", "show", "1"]);
    assert!(shown.contains("left [WORLD]/photos/b-small.jpg") && shown.contains("keeper-missing"), "{shown}");
}

#[test]
fn undo_works_without_catalog_and_without_state() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    let before = tree(&world.path("photos"));
    for lost in [&["data"][..], &["home"], &["data", "home"]] {
        world.ok(&["remove", "--from-rules", "--yes"]);
        assert!(!has(&world, "b-small.jpg"));
        for folder in lost {
            std::fs::remove_dir_all(world.path(folder)).expect("lost");
        }
        if lost.len() == 2 {
            assert_eq!(world.run(&["undo"]).code, Some(1), "this machine forgot the run, and which folders there were");
            world.ok(&["undo", "--trash", "photos"]);
        } else {
            world.ok(&["undo"]);
        }
        assert_eq!(tree(&world.path("photos")), before, "{lost:?}");
        world.ok(&["scan", "photos"]);
    }
}

#[test]
fn undo_finds_a_library_that_was_moved() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    let before = tree(&world.path("photos"));
    world.ok(&["remove", "--from-rules", "--yes"]);
    std::fs::rename(world.path("photos"), world.path("elsewhere")).expect("moved");
    let lost = world.run(&["undo"]);
    assert!(lost.code == Some(1) && lost.err.contains("is not there"), "{lost}");
    assert!(world.ok(&["trash", "list", "--trash", "elsewhere"]).contains("elsewhere/b-small.jpg"));
    world.ok(&["undo", "--trash", "elsewhere"]);
    std::fs::rename(world.path("elsewhere"), world.path("photos")).expect("moved back");
    assert_eq!(tree(&world.path("photos")), before);
}

#[test]
fn an_edited_plan_takes_nothing_that_the_catalog_does_not_know_so() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    world.ok(&["plan", "--from-rules", "--out", "p.json"]);
    let before = tree(&world.path("photos"));
    let text = std::fs::read_to_string(world.path("p.json")).expect("a plan");
    let plan: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let victim = serde_json::json!({ "path": world.path("photos/c.jpg"), "size_bytes": before[&world.path("photos/c.jpg")].0.len(),
        "content_hash": plan["removals"][0]["files"][0]["content_hash"] });
    let edits: [(&str, serde_json::Value); 3] = [
        ("/removals/0/companions", serde_json::json!([victim.clone()])),
        ("/removals/0/files/0/path", victim["path"].clone()),
        ("/removals/0/keeper/path", victim["path"].clone()),
    ];
    for (at, value) in edits {
        let mut edited = plan.clone();
        match edited.pointer_mut(at) {
            Some(place) => *place = value,
            None => edited["removals"][0]["companions"] = value,
        }
        std::fs::write(world.path("edited.json"), edited.to_string()).expect("written");
        let said = world.run(&["remove", "edited.json", "--yes"]);
        assert!(said.code == Some(1) && said.err.contains("the plan is not what the verdicts say now"), "{at}: {said}");
        assert_eq!(tree(&world.path("photos")), before, "{at}");
    }
}

#[test]
fn a_killed_run_is_undone_and_gone_on_with() {
    let pictures: String = (0..40).map(|seed| format!("p{seed:02}.jpg picture={seed}\nq/p{seed:02}.jpg same=p{seed:02}.jpg\n")).collect();
    let world = World::with(&pictures);
    world.ok(&["scan", "photos"]);
    let before = tree(&world.path("photos"));
    let mut met = 0;
    for wait_ms in [20, 35, 50, 80] {
        let mut child = world.start(&["remove", "--from-rules", "--yes"]);
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(wait_ms) {
            std::thread::yield_now();
        }
        met += u32::from(child.try_wait().expect("known").is_none());
        child.kill().expect("killed");
        child.wait().expect("ended");
        let files = tree(&world.path("photos")).len()
            + tree(&world.path("photos/.lookalike-trash")).keys().filter(|path| path.extension().is_some_and(|ext| ext == "jpg")).count();
        assert_eq!(files, before.len(), "each photo in one place");
        let _nothing_or_something = world.run(&["undo"]);
        assert_eq!(tree(&world.path("photos")), before, "killed after {wait_ms} ms");
    }
    println!("{met} of 4 kills met a run that was going on");
    let done = world.json(&["remove", "--from-rules", "--yes", "--json"]);
    assert_eq!(done["removed"], 40, "{done}");
    world.ok(&["undo"]);
    assert_eq!(tree(&world.path("photos")), before);
}

#[test]
fn what_comes_back_is_named() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    world.ok(&["remove", "--from-rules", "--yes"]);
    testkit::tree::build("imported/again.jpg picture=2 size=800x600\n", &world.path("photos")).expect("a tree");
    world.ok(&["scan", "photos"]);
    let plan = world.ok(&["plan"]);
    assert!(plan.contains("imported/again.jpg") && plan.contains("removed before"), "{plan}");
    // Under a shorter path than the one that stayed: it is still the one to go.
    let (kept, again) = if has(&world, "a.jpg") { ("a.jpg", "0.jpg") } else { ("copies/a.jpg", "0.jpg") };
    std::fs::copy(world.path("photos").join(kept), world.path("photos").join(again)).expect("copied");
    world.ok(&["scan", "photos"]);
    let plan = world.ok(&["plan"]);
    assert!(plan.contains("remove [WORLD]/photos/0.jpg"), "{plan}");
}

#[test]
fn a_link_takes_the_place_of_an_equal_copy() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    let before = tree(&world.path("photos"));
    let done = world.json(&["remove", "--from-rules", "--yes", "--replace", "hardlink", "--json"]);
    assert_eq!((done["removed"].as_u64(), done["left"][0]["code"].as_str()), (Some(1), Some("not-identical")), "{done}");
    let inode = |name: &str| std::fs::metadata(world.path("photos").join(name)).expect("there").ino();
    assert_eq!(inode("a.jpg"), inode("copies/a.jpg"));
    world.ok(&["undo"]);
    assert_ne!(inode("a.jpg"), inode("copies/a.jpg"));
    assert_eq!(tree(&world.path("photos")), before);
}

#[test]
fn the_systems_trash_takes_and_gives_back() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    let before = tree(&world.path("photos"));
    world.ok(&["remove", "--from-rules", "--yes", "--system-trash"]);
    assert!(!has(&world, "b-small.jpg"));
    assert!(world.path("data/Trash/files").exists(), "the desktop's own trash");
    world.ok(&["undo"]);
    assert_eq!(tree(&world.path("photos")), before);
}

#[test]
fn the_trash_is_emptied_by_name_and_age_only() {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    world.ok(&["remove", "--from-rules", "--yes"]);
    assert_eq!(world.run(&["trash", "empty"]).code, Some(2), "an age is asked for");
    let young = world.json(&["trash", "empty", "--older-than", "60d", "--yes", "--json"]);
    assert_eq!(young["files"], 0);
    let said = world.run(&["trash", "empty", "--older-than", "0h", "--dry-run"]);
    assert!(said.err.contains("would be gone"), "{said}");
    assert_eq!(world.json(&["trash", "list", "--json"])["files"].as_array().map(Vec::len), Some(2));
}

#[test]
fn an_empty_catalog_has_nothing_to_remove() {
    let world = World::new();
    world.ok(&["scan", "photos"]);
    let said = world.run(&["remove", "--from-rules", "--yes"]);
    assert!(said.code == Some(0) && said.err.contains("nothing is to be removed"), "{said}");
    assert_eq!(world.run(&["undo"]).code, Some(1));
    assert_eq!(world.ok(&["runs"]), "\n".repeat(0));
}
