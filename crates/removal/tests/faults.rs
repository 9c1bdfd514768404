//! Every disk call of a run and of its undo fails, in each way that disks fail, one after the other: nothing is lost, and undo brings all back.
#![allow(clippy::unwrap_used)]

mod world;

use removal::{Disk as _, Error, Homes, RemoveOptions, System, Way, remove, undo};
use std::collections::BTreeMap;
use std::path::Path;
use world::faulty::{Fault, Faulty};
use world::{Told, World, counts, library};

fn device(path: &Path) -> u64 {
    1 + u64::from(path.iter().any(|part| part == ".lookalike-trash"))
}

fn disk(fault: Fault, at: u64, is_elsewhere: bool) -> Faulty {
    let mut disk = Faulty::new(fault, at);
    disk.device_of = is_elsewhere.then_some(device as fn(&Path) -> u64);
    disk
}

const WAYS: [(Way, bool); 4] = [(Way::Trash, false), (Way::Trash, true), (Way::HardLink, false), (Way::Reflink, false)];
const FAULTS: [Fault; 6] = [Fault::Once, Fault::Lie, Fault::Dead, Fault::DeadAfter, Fault::Full, Fault::Denied];

fn options(way: Way) -> RemoveOptions {
    RemoveOptions { way, allow_copy: true, ..RemoveOptions::default() }
}

/// Undoes with a sound disk and compares with what was there before everything.
fn undo_brings_back(world: &World, is_elsewhere: bool, has_times: bool, before: &BTreeMap<std::path::PathBuf, world::Seen>, what: &str) {
    let sound = disk(Fault::Once, u64::MAX, is_elsewhere);
    for _ in 0..2 {
        match undo(&sound, &world.homes(), None, &mut Told::default()) {
            Ok(report) => {
                assert!(report.error.is_none(), "{what}: {:?}", report.error);
                let left: Vec<_> = report.files.iter().filter(|file| file.why_not.is_some()).collect();
                assert!(left.is_empty(), "{what}: {left:?}");
            }
            Err(Error::NoRun(_)) => {}
            Err(error) => panic!("{what}: {error}"),
        }
    }
    let after = world.see();
    for (path, seen) in before.iter().filter(|(_, seen)| has_times || seen.bytes.is_some()) {
        assert_eq!(after.get(path), Some(seen), "{what}: {}", path.display());
    }
    assert_eq!(
        after.len(),
        before.len(),
        "{what}: something is left over: {:?}",
        after.keys().filter(|path| !before.contains_key(*path)).collect::<Vec<_>>()
    );
    assert_eq!(world.trashed(), Vec::<Vec<u8>>::new(), "{what}: something is left in the trash");
}

#[test]
fn removing_loses_nothing_whichever_call_fails() {
    let mut faults = 0;
    for (way, is_elsewhere) in WAYS {
        for fault in FAULTS {
            for at in 0.. {
                let (world, plan) = library();
                let (before, had) = (world.see(), counts(&world));
                let faulty = disk(fault, at, is_elsewhere);
                let what = format!("{way:?} elsewhere={is_elsewhere} {fault:?} at {at}");
                let report = remove(&faulty, &world.state, &plan, &options(way), &mut Told::default());
                if !faulty.is_met() {
                    let report = report.unwrap();
                    assert!(report.error.is_none() && report.ended.iter().all(|end| end.refusal.is_none()), "{what}: {report:?}");
                    let removed = usize::from(matches!(way, Way::Trash));
                    assert_eq!(world.root.join("2024/copies/a (1).jpg").exists(), removed == 0, "{what}");
                    undo_brings_back(&world, is_elsewhere, true, &before, &what);
                    break;
                }
                faults += 1;
                for (bytes, count) in had {
                    let found = counts(&world).get(&bytes).copied().unwrap_or(0);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    assert!(found >= count, "{what}: {text:?} was there {count} times, now {found}");
                }
                // A trash that could not be made whole leaves its folder in the scanned one, and no run that could be taken back.
                if world.homes().find(&System, None).is_err() {
                    System.set_modified(&world.root, 1_400_000_000_000_000_002).unwrap();
                }
                undo_brings_back(&world, is_elsewhere, true, &before, &what);
            }
        }
    }
    println!("{faults} faults of removing");
    assert!(faults > 2000, "{faults} faults only");
}

#[test]
fn undoing_loses_nothing_whichever_call_fails() {
    let mut faults = 0;
    for (way, is_elsewhere) in WAYS {
        for fault in FAULTS {
            for at in 0.. {
                let (world, plan) = library();
                let before = world.see();
                let sound = disk(Fault::Once, u64::MAX, is_elsewhere);
                remove(&sound, &world.state, &plan, &options(way), &mut Told::default()).unwrap();
                let faulty = disk(fault, at, is_elsewhere);
                let what = format!("undo {way:?} elsewhere={is_elsewhere} {fault:?} at {at}");
                let _may_fail = undo(&faulty, &world.homes(), None, &mut Told::default());
                // Times of folders are set last; where just that fails once, there is nothing left to take back.
                undo_brings_back(
                    &world,
                    is_elsewhere,
                    !matches!(fault, Fault::Once | Fault::Lie | Fault::Denied | Fault::Full),
                    &before,
                    &what,
                );
                if !faulty.is_met() {
                    break;
                }
                faults += 1;
            }
        }
    }
    println!("{faults} faults of undoing");
    assert!(faults > 1000, "{faults} faults only");
}

#[test]
fn a_run_that_died_is_gone_on_with_and_then_undone() {
    for at in (0..).step_by(7) {
        let (world, plan) = library();
        let before = world.see();
        let dead = Faulty::new(Fault::Dead, at);
        let _died = remove(&dead, &world.state, &plan, &RemoveOptions::default(), &mut Told::default());
        let report = remove(&Faulty::sound(), &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
        assert!(report.error.is_none(), "{at}: {report:?}");
        assert!(!world.root.join("2024/copies/a (1).jpg").exists());
        let homes: Homes = world.homes();
        while undo(&Faulty::sound(), &homes, None, &mut Told::default()).is_ok() {}
        for (path, seen) in before.iter().filter(|(_, seen)| seen.bytes.is_some()) {
            assert_eq!(world.see().get(path), Some(seen), "{at}: {}", path.display());
        }
        if !dead.is_met() {
            break;
        }
    }
}
