//! Runs, what waits in the trash, and emptying it.
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

mod world;

use removal::{EmptyOptions, Plan, RemoveOptions, System, empty, remove, runs, trashed, undo};
use world::{Told, World, plan, removal};

const NEVER: i64 = i64::MAX;

fn library() -> (World, Plan) {
    let world = World::new();
    let first = (world.write("a.jpg", b"picture a"), world.write("a (1).jpg", b"picture a"));
    let second = (world.write("b.jpg", b"picture b"), world.write("b (1).jpg", b"picture b"));
    let plan = plan(vec![removal(&world.root, &first.1, &first.0), removal(&world.root, &second.1, &second.0)]);
    (world, plan)
}

fn options(older_than_s: i64) -> EmptyOptions {
    EmptyOptions { older_than_s, with_last_copies: false, is_dry: false }
}

#[test]
fn runs_and_trash_are_listed() {
    let (world, plan) = library();
    assert_eq!(runs(&System, &world.homes()).unwrap(), []);
    remove(&System, &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
    let listed = runs(&System, &world.homes()).unwrap();
    assert_eq!((listed.len(), listed[0].number, listed[0].removed, listed[0].size_bytes, listed[0].is_closed), (1, 1, 2, 18, true));
    let waiting = trashed(&System, &world.homes()).unwrap();
    assert_eq!(waiting.len(), 2);
    assert!(waiting.iter().all(|file| file.is_there && file.size_bytes == 9));

    std::fs::remove_file(&*waiting[0].in_trash).unwrap();
    assert_eq!(trashed(&System, &world.homes()).unwrap().iter().filter(|file| file.is_there).count(), 1);

    undo(&System, &world.homes(), None, &mut Told::default()).unwrap();
    let listed = runs(&System, &world.homes()).unwrap();
    assert_eq!((listed[0].removed, listed[0].undone), (1, 1));
}

#[test]
fn only_what_is_old_and_named_is_emptied() {
    let (world, plan) = library();
    remove(&System, &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
    let waiting = trashed(&System, &world.homes()).unwrap();
    let stranger = waiting[0].in_trash.parent().unwrap().join("000099-mine.jpg");
    std::fs::write(&stranger, b"put here by hand").unwrap();

    let young = empty(&System, &world.homes(), options(waiting[0].at_s), &mut |_, _| true).unwrap();
    assert_eq!((young.files, young.left.len()), (0, 0), "nothing is older than now");

    let dry = empty(&System, &world.homes(), EmptyOptions { is_dry: true, ..options(NEVER) }, &mut |_, _| true).unwrap();
    assert_eq!((dry.files, dry.size_bytes), (2, 18));
    assert_eq!(trashed(&System, &world.homes()).unwrap().len(), 2);

    std::fs::write(&*waiting[1].in_trash, b"another picture").unwrap();
    let emptied = empty(&System, &world.homes(), options(NEVER), &mut |_, _| true).unwrap();
    assert_eq!((emptied.files, emptied.size_bytes), (1, 9));
    assert_eq!(emptied.left.len(), 1, "{:?}", emptied.left);
    assert!(stranger.exists() && waiting[1].in_trash.exists());

    let listed = runs(&System, &world.homes()).unwrap();
    assert_eq!((listed[0].removed, listed[0].emptied), (1, 1));
    let report = undo(&System, &world.homes(), Some("1"), &mut Told::default()).unwrap();
    assert_eq!(report.files.len(), 1, "what was emptied is not tried again");
}

#[test]
fn the_last_copy_is_not_emptied() {
    let (world, plan) = library();
    remove(&System, &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
    std::fs::remove_file(world.root.join("a.jpg")).unwrap();
    world.write("b.jpg", b"PICTURE B");
    let report = empty(&System, &world.homes(), options(NEVER), &mut |_, _| true).unwrap();
    assert_eq!((report.files, report.left.len()), (0, 2), "{:?}", report.left);
    assert!(report.left.iter().all(|(_, why)| why.contains("last copy")), "{:?}", report.left);
    let asked = empty(&System, &world.homes(), EmptyOptions { with_last_copies: true, ..options(NEVER) }, &mut |_, _| true).unwrap();
    assert_eq!(asked.files, 2);
}

#[test]
fn a_stop_is_heard_between_files() {
    let (world, plan) = library();
    remove(&System, &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
    let mut left = 1;
    let report = empty(&System, &world.homes(), options(NEVER), &mut |_, _| {
        left -= 1;
        left >= 0
    })
    .unwrap();
    assert_eq!((report.files, report.is_stopped), (1, true));
    assert_eq!(trashed(&System, &world.homes()).unwrap().len(), 1);
}
