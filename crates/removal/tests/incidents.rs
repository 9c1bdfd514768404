//! What went wrong elsewhere, each with its counterpart here: issues of other programs in which photos were lost.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

mod world;

use model::Relation;
use removal::{Disk as _, Ended, Plan, RefusalCode, RemoveOptions, System, Way, remove, undo};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use world::hooked::Hooked;
use world::{Told, World, removal};

/// A photo with a copy, both with the same bytes.
fn pair() -> (World, PathBuf, PathBuf, Plan) {
    let world = World::new();
    let keeper = world.write("keeper.jpg", b"a lake");
    let photo = world.write("copies/photo.jpg", b"a lake");
    let plan = world::plan(vec![removal(&world.root, &photo, &keeper)]);
    (world, keeper, photo, plan)
}

fn linked(disk: &Hooked<'_>, world: &World, plan: &Plan) -> Ended {
    let options = RemoveOptions { way: Way::HardLink, ..RemoveOptions::default() };
    let report = remove(disk, &world.state, plan, &options, &mut Told::default()).unwrap();
    assert!(report.error.is_none(), "{report:?}");
    report.ended[0].clone()
}

/// Fails a call for every file.
fn fails(call: &'static str, kind: ErrorKind) -> Hooked<'static> {
    Hooked::before(move |called, _| if called == call { Err(io::Error::from(kind)) } else { Ok(()) })
}

/// czkawka, issues 688 and 1188: without the right to make links, Windows refused each link after the file had been deleted, so every copy
/// was gone, and the list of them too. Here the copy comes back where no link can be made, whatever the cause.
#[test]
fn a_link_that_may_not_be_made_leaves_the_copy() {
    for kind in [ErrorKind::PermissionDenied, ErrorKind::Unsupported, ErrorKind::StorageFull, ErrorKind::TooManyLinks] {
        let (world, _, photo, plan) = pair();
        let before = world.see().get(&photo).cloned();
        let end = linked(&fails("hard_link", kind), &world, &plan);
        assert_eq!(end.refusal.map(|refusal| refusal.code), Some(RefusalCode::Disk), "{kind:?}");
        assert_eq!(world.see().get(&photo).cloned(), before, "{kind:?}: bytes, time and permissions");
        assert_eq!(world.trashed(), Vec::<Vec<u8>>::new());
    }
}

/// czkawka, issue 1498: the log said that files could not be deleted while they were, so no link was made in their place. Here the disk is
/// looked at: a move that was done counts as done, whatever the call answered, and the journal says so.
#[test]
fn what_the_disk_denies_and_did_is_known() {
    let (world, keeper, photo, plan) = pair();
    let told = std::sync::atomic::AtomicBool::new(false);
    let lies = Hooked::before(|call, path| {
        let is_it = call == "rename" && path.ends_with("photo.jpg") && !told.swap(true, std::sync::atomic::Ordering::SeqCst);
        if is_it {
            let run = std::fs::read_dir(world.root.join(".lookalike-trash/files")).unwrap().next().unwrap().unwrap().path();
            System.rename(path, &run.join("000000-photo.jpg")).unwrap();
            return Err(ErrorKind::PermissionDenied.into());
        }
        Ok(())
    });
    assert_eq!(linked(&lies, &world, &plan).refusal, None);
    assert!(System.facts(&photo).unwrap().is_same_file(&System.facts(&keeper).unwrap()), "the link stands in its place");
    undo(&Hooked::default(), &world.homes(), None, &mut Told::default()).unwrap();
    assert!(!System.facts(&photo).unwrap().is_same_file(&System.facts(&keeper).unwrap()));
}

/// czkawka, issue 1656: an error of permissions while linking took all copies, and the messages were cleared with the next action. Here the
/// first error takes nothing with it, and the journal of a run stays after it, after its undo and after the next run.
#[test]
fn the_log_of_a_run_stays() {
    let (world, _, photo, plan) = pair();
    let journals = |world: &World| {
        let mut found: Vec<(PathBuf, String)> = Vec::new();
        for home in [world.state.clone(), world.root.join(".lookalike-trash")] {
            for entry in std::fs::read_dir(home.join("runs")).unwrap() {
                let path = entry.unwrap().path();
                found.push((path.clone(), std::fs::read_to_string(path).unwrap()));
            }
        }
        found
    };
    let end = linked(&fails("hard_link", ErrorKind::PermissionDenied), &world, &plan);
    assert!(end.refusal.is_some() && photo.exists());
    let first = journals(&world);
    assert!(first.len() == 2 && first.iter().all(|(_, text)| text.contains("cannot put a link at")), "the cause is written down");
    linked(&Hooked::default(), &world, &plan);
    undo(&Hooked::default(), &world.homes(), None, &mut Told::default()).unwrap();
    let later = journals(&world);
    assert!(later.len() == 4 && first.iter().all(|known| later.contains(known)));
}

/// czkawka, issue 1991: a link to another file system failed after the file had been moved aside, and the error of the way back was dropped, so
/// the file stayed under a name that nobody was told (rdfind, issue 5: the file was gone). Here it is refused before anything moves; where
/// only the call shows it, the copy comes back; and where it cannot, the person is told where it lies, and undo knows it.
#[test]
fn a_link_across_file_systems_and_a_way_back_that_fails() {
    let (world, _, photo, plan) = pair();
    let apart = Hooked::told(|path, facts| facts.device = 1 + u64::from(path.ends_with("keeper.jpg")));
    let end = linked(&apart, &world, &plan);
    assert_eq!(end.refusal.map(|refusal| refusal.code), Some(RefusalCode::OtherFileSystem));
    let end = linked(&fails("hard_link", ErrorKind::CrossesDevices), &world, &plan);
    assert_eq!(end.refusal.map(|refusal| refusal.code), Some(RefusalCode::OtherFileSystem));
    assert_eq!((std::fs::read(&photo).unwrap(), world.trashed().len()), (b"a lake".to_vec(), 0));

    let before = world.see().get(&photo).cloned();
    let no_way_back = Hooked::before(|call, path| {
        let is_back = call == "rename" && path.iter().any(|part| part == ".lookalike-trash");
        if call == "hard_link" || is_back { Err(ErrorKind::CrossesDevices.into()) } else { Ok(()) }
    });
    let stuck = Hooked::before(|call, path| {
        (no_way_back.before)(call, path)?;
        if call == "create" && path.extension().is_some_and(|ending| ending == "part") {
            Err(ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    });
    let refusal = linked(&stuck, &world, &plan).refusal.unwrap();
    assert!(refusal.why.contains("lies in the trash: `lookalike undo`"), "{}", refusal.why);
    assert_eq!(world.trashed(), [b"a lake".to_vec()]);
    undo(&Hooked::default(), &world.homes(), None, &mut Told::default()).unwrap();
    assert_eq!(world.see().get(&photo).cloned(), before);
}

/// What stands in the place of a link before it is made goes first (czkawka's order, and its issues above): linking a file to itself, or to a
/// name that it has already, would take the only one. Here one file is never its own keeper.
#[test]
fn a_file_is_never_linked_to_itself() {
    for is_same_path in [true, false] {
        let (world, keeper, photo, mut plan) = pair();
        std::fs::remove_file(&photo).unwrap();
        std::fs::hard_link(&keeper, &photo).unwrap();
        if is_same_path {
            plan.removals[0].files[0].path = keeper.clone().into();
        }
        let before = world.see();
        let end = linked(&Hooked::default(), &world, &plan);
        let expected = if is_same_path { RefusalCode::KeeperPlanned } else { RefusalCode::OneFile };
        assert_eq!(end.refusal.map(|refusal| refusal.code), Some(expected));
        for path in [keeper, photo] {
            assert_eq!(world.see().get(&path), before.get(&path));
        }
    }
}

/// google-photos-deduper, issue 137: rows that share Google's `dedupKey` are one item, shown as several; the person chose another keeper, and
/// what was trashed took the keeper along. On a disk a file's number is that key (see `refusals`); and where a keeper was chosen anew and stands
/// in the plan as before, nothing goes because of it.
#[test]
fn another_keeper_does_not_take_every_copy() {
    let world = World::new();
    let photos: Vec<PathBuf> = ["a.jpg", "b.jpg", "c.jpg"].iter().map(|name| world.write(name, b"a lake")).collect();
    let goes = |photo: usize, keeper: usize| removal(&world.root, &photos[photo], &photos[keeper]);
    // Offered: a stays. Chosen: b stays. Both lists in one plan.
    let plan = world::plan(vec![goes(1, 0), goes(2, 0), goes(0, 1), goes(2, 1)]);
    let report = remove(&Hooked::default(), &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
    assert!(report.ended.iter().all(|end| end.refusal.is_some()), "{:?}", report.ended);
    assert!(photos.iter().all(|photo| photo.exists()));
    // One after the other: the keeper of the second is not there any more.
    for (plan, left) in [(vec![goes(1, 0), goes(2, 0)], 1), (vec![goes(0, 1), goes(2, 1)], 1)] {
        remove(&Hooked::default(), &world.state, &world::plan(plan), &RemoveOptions::default(), &mut Told::default()).unwrap();
        assert_eq!(photos.iter().filter(|photo| photo.exists()).count(), left);
    }
}

/// imagededup, `find_duplicates_to_remove`: b looks like a and like c, a not like c; met first, b took both away, though c had no other
/// copy. Here c cannot go because of b where b goes because of a, in whichever order the plan says it.
#[test]
fn nothing_goes_because_of_what_goes_itself() {
    for is_turned in [false, true] {
        let world = World::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| world.write(&format!("{name}.jpg"), format!("picture {name}").as_bytes()));
        let mut removals = vec![removal(&world.root, &b, &a), removal(&world.root, &c, &b)];
        removals.iter_mut().for_each(|removal| removal.relation = Relation::Thumbnail);
        if is_turned {
            removals.reverse();
        }
        let plan = world::plan(removals);
        let report = remove(&Hooked::default(), &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
        let went = report.ended.iter().filter(|end| end.refusal.is_none()).count();
        assert_eq!((went, a.exists(), b.exists(), c.exists()), (1, true, false, true));
    }
}
