//! Undo reads what journals there are: torn, lost, of two minds, or not ours at all.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

mod world;

use removal::{Disk as _, Error, Homes, Plan, RemoveOptions, RunReport, System, UndoReport, remove, undo};
use std::path::{Path, PathBuf};
use world::hooked::Hooked;
use world::{Told, World, removal};

/// Three photos that go.
fn library() -> (World, Plan, Vec<PathBuf>) {
    let world = World::new();
    let photos: Vec<PathBuf> = (0..3).map(|at| world.write(&format!("copies/{at}.jpg"), b"a lake")).collect();
    let keeper = world.write("keeper.jpg", b"a lake");
    let plan = world::plan(photos.iter().map(|photo| removal(&world.root, photo, &keeper)).collect());
    (world, plan, photos)
}

fn removed(world: &World, plan: &Plan) -> RunReport {
    let report = remove(&Hooked::default(), &world.state, plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
    assert!(report.error.is_none() && report.ended.iter().all(|end| end.refusal.is_none()), "{report:?}");
    report
}

fn undone(homes: &Homes) -> UndoReport {
    let report = undo(&Hooked::default(), homes, None, &mut Told::default()).unwrap();
    assert!(report.error.is_none(), "{report:?}");
    report
}

fn trash(world: &World) -> PathBuf {
    world.root.join(".lookalike-trash")
}

fn journal_in(home: &Path) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir(home.join("runs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// Changes a text file.
fn rewrite(path: &Path, change: impl FnOnce(String) -> String) {
    let text = change(std::fs::read_to_string(path).unwrap());
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_lost_state_folder_is_made_up_for_by_the_trash() {
    let (world, plan, photos) = library();
    removed(&world, &plan);
    std::fs::remove_dir_all(&world.state).unwrap();
    assert!(matches!(undo(&Hooked::default(), &world.homes(), None, &mut Told::default()), Err(Error::NoRun(_))));
    undone(&Homes { trashes: vec![trash(&world)], ..world.homes() });
    assert!(photos.iter().all(|photo| photo.exists()));
}

#[test]
fn numbers_go_on_where_the_state_folder_was_lost() {
    let (world, plan, photos) = library();
    assert_eq!(removed(&world, &plan).number, 1);
    std::fs::remove_dir_all(&world.state).unwrap();
    std::fs::write(&photos[0], b"a lake").unwrap();
    let second = Plan { removals: vec![plan.removals[0].clone()], ..plan };
    assert_eq!(removed(&world, &second).number, 2);
    // The last run is the one that is taken back, and both can be named.
    let homes = Homes { trashes: vec![trash(&world)], ..world.homes() };
    assert_eq!(undone(&homes).number, 2);
    assert_eq!(undone(&homes).number, 1);
    // The same path went twice: the second came back first, the first stays in the trash rather than to stand over it.
    assert!(photos.iter().all(|photo| photo.exists()));
    assert_eq!(world.trashed(), [b"a lake".to_vec()]);
}

#[test]
fn a_damaged_journal_is_made_up_for_by_its_copy() {
    // The first line; the intents; all of it. Each in the state folder, where the trash is named by hand or by what is left.
    for (line, is_named) in [(0, true), (1, true), (1, false)] {
        let (world, plan, photos) = library();
        removed(&world, &plan);
        rewrite(&journal_in(&world.state), |text| {
            let cut = |(at, row): (usize, &str)| if at == line { row[..row.len() / 2].to_owned() } else { row.to_owned() };
            text.lines().enumerate().map(cut).collect::<Vec<_>>().join("\n")
        });
        let trashes = if is_named { vec![trash(&world)] } else { Vec::new() };
        undone(&Homes { trashes, ..world.homes() });
        assert!(photos.iter().all(|photo| photo.exists()), "line {line}, named {is_named}");
    }
}

#[test]
fn a_copy_that_knows_less_is_not_believed() {
    let (world, plan, photos) = library();
    removed(&world, &plan);
    let old = std::fs::read(journal_in(&world.state)).unwrap();
    undone(&world.homes());
    // The state folder comes back from a backup: it knows nothing of the undo, and the person has changed a photo since.
    std::fs::write(journal_in(&world.state), old).unwrap();
    System.set_mode(&photos[0], 0o644).unwrap();
    std::fs::write(&photos[0], b"a retouched lake").unwrap();
    let again = undo(&Hooked::default(), &world.homes(), None, &mut Told::default());
    assert!(matches!(again, Err(Error::NoRun(_))), "{again:?}");
    assert_eq!(std::fs::read(&photos[0]).unwrap(), b"a retouched lake");
    // Even where it is the only one.
    std::fs::remove_file(journal_in(&trash(&world))).unwrap();
    undo(&Hooked::default(), &world.homes(), None, &mut Told::default()).unwrap();
    assert_eq!(std::fs::read(&photos[0]).unwrap(), b"a retouched lake");
}

#[test]
fn the_word_on_a_batch_that_is_torn_is_not_taken_from_the_next() {
    let world = World::new();
    let keeper = world.write("keeper.jpg", b"a lake");
    let photos: Vec<PathBuf> = (0..removal::BATCH_MAX + 2).map(|at| world.write(&format!("copies/{at}.jpg"), b"a lake")).collect();
    let plan = world::plan(photos.iter().map(|photo| removal(&world.root, photo, &keeper)).collect());
    removed(&world, &plan);
    for home in [world.state.clone(), trash(&world)] {
        rewrite(&journal_in(&home), |text| {
            let mut rows: Vec<&str> = text.lines().collect();
            let ended = rows.iter().position(|row| row.starts_with("{\"ended\"")).unwrap();
            rows[ended] = "{\"ended\":{\"at_s\":17";
            rows.join("\n")
        });
    }
    undone(&world.homes());
    assert!(photos.iter().all(|photo| photo.exists()));
    assert_eq!(world.trashed(), Vec::<Vec<u8>>::new());
}

#[test]
fn a_journal_that_leads_elsewhere_is_none_of_ours() {
    type Change = fn(String) -> String;
    let changes: [Change; 8] = [
        // A step that no removal of this run has: it would take away, or put down, what is none of ours.
        |text| text.replace("\"act\":\"move\"", "\"act\":\"sidecar\""),
        |text| text.replace("\"act\":\"move\",\"path\":\"", "\"act\":\"move\",\"path\":\"/elsewhere"),
        |text| text.replace("/Photos/", "/Photos/../Photos/"),
        |text| text.replacen("\"run\":\"000001-", "\"run\":\"../../../", 1),
        |text| text.replacen("\"run\":\"000001-", "\"run\":\"000002-", 1),
        |text| text.replace("\"name\":\"000000-", "\"name\":\"../../000000-"),
        |text| text.replacen("\"trashes\":[\"/", "\"trashes\":[\"", 1),
        |text| text.replace("\"trash\":0", "\"trash\":7"),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        let (world, plan, photos) = library();
        removed(&world, &plan);
        for home in [world.state.clone(), trash(&world)] {
            rewrite(&journal_in(&home), |text| {
                let changed = change(text.clone());
                assert_ne!(changed, text, "change {at}");
                changed
            });
        }
        let before = world.trashed();
        let refused = undo(&Hooked::default(), &world.homes(), Some("1"), &mut Told::default());
        assert!(matches!(refused, Err(Error::Plan(_))), "change {at}: {refused:?}");
        assert!(photos.iter().all(|photo| !photo.exists()) && world.trashed() == before);
    }
}

#[test]
fn a_trash_that_is_away_can_be_waited_for() {
    let (world, plan, photos) = library();
    removed(&world, &plan);
    let (here, away) = (trash(&world), world.root.join("away"));
    std::fs::rename(&here, &away).unwrap();
    let report = undone(&world.homes());
    assert!(report.files.iter().all(|file| matches!(file.why_not, Some(removal::NotRestored::Blocked(_)))), "{:?}", report.files);
    std::fs::rename(&away, &here).unwrap();
    undone(&world.homes());
    assert!(photos.iter().all(|photo| photo.exists()));
}
