//! The process is killed in earnest before each disk call of removing and of undoing: nothing is lost, and undo brings all back.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

mod world;

use removal::{Error, Homes, Plan, RemoveOptions, Way, remove, undo};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use world::faulty::{Fault, Faulty};
use world::{Seen, Told, World, counts, library};

const CHILD: &str = "REMOVAL_TEST_CHILD";

#[derive(Clone, Copy, Debug, PartialEq)]
enum Doing {
    Remove,
    Undo,
}

fn device(path: &Path) -> u64 {
    1 + u64::from(path.iter().any(|part| part == ".lookalike-trash"))
}

fn disk(fault: Fault, at: u64, is_elsewhere: bool) -> Faulty {
    let mut disk = Faulty::new(fault, at);
    disk.device_of = is_elsewhere.then_some(device as fn(&Path) -> u64);
    disk
}

fn options(way: &str) -> (RemoveOptions, bool) {
    let (way, is_elsewhere) = match way {
        "trash" => (Way::Trash, false),
        "elsewhere" => (Way::Trash, true),
        "hard-link" => (Way::HardLink, false),
        "reflink" => (Way::Reflink, false),
        other => panic!("{other}"),
    };
    (RemoveOptions { way, allow_copy: true, ..RemoveOptions::default() }, is_elsewhere)
}

/// Not a test of its own: what the killed process does.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let order: Vec<&str> = order.splitn(4, ' ').collect();
    let [doing, way, at, state] = order[..] else { panic!("{order:?}") };
    let (options, is_elsewhere) = options(way);
    let disk = disk(Fault::Kill, at.parse().unwrap(), is_elsewhere);
    let state = PathBuf::from(state);
    if doing == "Remove" {
        let plan = Plan::read(&std::fs::read(state.with_file_name("plan.json")).unwrap()).unwrap();
        let report = remove(&disk, &state, &plan, &options, &mut Told::default()).unwrap();
        assert!(report.error.is_none() && report.ended.iter().all(|end| end.refusal.is_none()), "{report:?}");
    } else {
        let report = undo(&disk, &Homes { state, trashes: Vec::new() }, None, &mut Told::default()).unwrap();
        assert!(report.error.is_none() && report.files.iter().all(|file| file.why_not.is_none()), "{report:?}");
    }
}

/// Lets a child do it; tells whether it was killed.
fn is_killed(world: &World, doing: Doing, way: &str, at: u64) -> bool {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(CHILD, format!("{doing:?} {way} {at} {}", world.state.display()))
        .output()
        .unwrap();
    match (child.status.signal(), child.status.success()) {
        (Some(9), _) => true,
        (None, true) => false,
        _ => panic!("{doing:?} {way} at {at}: {}", String::from_utf8_lossy(&child.stderr)),
    }
}

fn drawn() -> (World, Plan) {
    let (world, plan) = library();
    std::fs::write(world.state.with_file_name("plan.json"), plan.to_json()).unwrap();
    (world, plan)
}

fn nothing_is_lost(world: &World, had: &BTreeMap<Vec<u8>, usize>, what: &str) {
    let has = counts(world);
    for (bytes, count) in had {
        let found = has.get(bytes).copied().unwrap_or(0);
        assert!(found >= *count, "{what}: {:?} was there {count} times, now {found}", String::from_utf8_lossy(bytes));
    }
}

/// All is as before, byte for byte and with its times, and another undo has nothing to do.
fn undo_brings_back(world: &World, is_elsewhere: bool, before: &BTreeMap<PathBuf, Seen>, what: &str) {
    let sound = disk(Fault::Once, u64::MAX, is_elsewhere);
    let has_run = world.homes().find(&sound, None).is_ok();
    loop {
        match undo(&sound, &world.homes(), None, &mut Told::default()) {
            Ok(report) => {
                assert!(report.error.is_none(), "{what}: {:?}", report.error);
                assert!(report.files.iter().all(|file| file.why_not.is_none()), "{what}: {:?}", report.files);
            }
            Err(Error::NoRun(_)) => break,
            Err(error) => panic!("{what}: {error}"),
        }
    }
    let after = world.see();
    for (path, seen) in before {
        // A run that was killed while it made its trash did nothing that could be taken back, but the scanned folder has another time.
        let is_same = after.get(path) == Some(seen) || *path == world.root && !has_run;
        assert!(is_same, "{what}: {}: {:?} was {seen:?}", path.display(), after.get(path));
    }
    assert_eq!(after.len(), before.len(), "{what}: something is left over");
    assert_eq!(world.trashed(), Vec::<Vec<u8>>::new(), "{what}: something is left in the trash");
}

/// Kills each call, or one of some, until the child ends by itself.
fn kill_each(doing: Doing, way: &str, stride: usize) -> u64 {
    let (options, is_elsewhere) = options(way);
    let mut kills = 0;
    for at in (0..).step_by(stride) {
        let (world, plan) = drawn();
        let (before, had) = (world.see(), counts(&world));
        if doing == Doing::Undo {
            let report = remove(&disk(Fault::Once, u64::MAX, is_elsewhere), &world.state, &plan, &options, &mut Told::default()).unwrap();
            assert!(report.error.is_none(), "{report:?}");
        }
        let what = format!("{doing:?} {way} killed at {at}");
        let was_killed = is_killed(&world, doing, way, at);
        nothing_is_lost(&world, &had, &what);
        if was_killed && doing == Doing::Remove && at % 5 == 0 {
            // The undo of a run that was killed is killed as well, at another place for each.
            kills += u64::from(is_killed_in_undo(&world, way, at % 61));
            nothing_is_lost(&world, &had, &what);
        }
        undo_brings_back(&world, is_elsewhere, &before, &what);
        if !was_killed {
            return kills;
        }
        kills += 1;
    }
    kills
}

fn is_killed_in_undo(world: &World, way: &str, at: u64) -> bool {
    let has_run = world.homes().find(&removal::System, None).is_ok();
    has_run && is_killed(world, Doing::Undo, way, at)
}

#[test]
fn a_kill_at_any_call_loses_nothing() {
    let mut kills = 0;
    for (way, stride) in [("trash", 1), ("elsewhere", 2), ("hard-link", 2), ("reflink", 3)] {
        for doing in [Doing::Remove, Doing::Undo] {
            let killed = kill_each(doing, way, stride);
            println!("{killed} kills of {doing:?}, {way}");
            kills += killed;
        }
    }
    println!("{kills} kills in all");
    assert!(kills > 400, "{kills} kills only");
}
