//! Undo in a world that went on since the run: what a person put there stays, and what the trash has not is named.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

mod world;

use removal::{Disk as _, NotRestored, RemoveOptions, Restored, System, Way, remove, undo};
use std::path::{Path, PathBuf};
use world::hooked::Hooked;
use world::{Seen, Told, World, removal};

struct Gone {
    world: World,
    keeper: PathBuf,
    photo: PathBuf,
    before: Seen,
    is_elsewhere: bool,
}

impl Gone {
    /// Removes a copy.
    fn by(way: Way, is_elsewhere: bool) -> Self {
        let world = World::new();
        let keeper = world.write("keeper.jpg", b"a lake");
        let photo = world.write("copies/photo.jpg", b"a lake");
        let before = world.see().remove(&photo).unwrap();
        let plan = world::plan(vec![removal(&world.root, &photo, &keeper)]);
        let gone = Self { world, keeper, photo, before, is_elsewhere };
        let options = RemoveOptions { way, allow_copy: true, ..RemoveOptions::default() };
        let report = remove(&gone.disk(), &gone.world.state, &plan, &options, &mut Told::default()).unwrap();
        assert!(report.error.is_none() && report.ended[0].refusal.is_none(), "{report:?}");
        gone
    }

    fn disk(&self) -> Hooked<'static> {
        let is_elsewhere = self.is_elsewhere;
        let is_in_trash = |path: &Path| path.iter().any(|part| part == ".lookalike-trash");
        Hooked {
            before: Box::new(move |call, path| {
                // The photo comes from the one file system and goes to the other; a part is renamed on its own.
                let is_part = path.extension().is_some_and(|ending| ending == "part");
                if is_elsewhere && call == "rename" && !is_part { Err(std::io::ErrorKind::CrossesDevices.into()) } else { Ok(()) }
            }),
            told: Box::new(move |path, facts| facts.device = 1 + u64::from(is_elsewhere && is_in_trash(path))),
        }
    }

    fn undo(&self) -> Restored {
        let report = undo(&self.disk(), &self.world.homes(), Some("1"), &mut Told::default()).unwrap();
        assert!(report.error.is_none(), "{report:?}");
        report.files[0].clone()
    }

    fn at_place(&self) -> Option<Seen> {
        self.world.see().remove(&self.photo)
    }

    fn in_trash(&self) -> PathBuf {
        let run = std::fs::read_dir(self.world.root.join(".lookalike-trash/files")).unwrap().next().unwrap().unwrap().path();
        run.join("000000-photo.jpg")
    }
}

fn is_blocked(restored: &Restored) -> bool {
    matches!(restored.why_not, Some(NotRestored::Blocked(_)))
}

fn is_lost(restored: &Restored) -> bool {
    matches!(restored.why_not, Some(NotRestored::Gone(_)))
}

#[test]
fn what_stands_in_the_place_stays() {
    for (way, is_elsewhere) in [(Way::Trash, false), (Way::Trash, true), (Way::HardLink, false)] {
        // Other bytes; the same bytes with a time of their own (a link is replaced by that only where it is ours); a link; a folder.
        for put in 0..4 {
            let gone = Gone::by(way, is_elsewhere);
            if way == Way::HardLink {
                std::fs::remove_file(&gone.photo).unwrap();
            }
            match put {
                0 => std::fs::write(&gone.photo, b"another lake").unwrap(),
                1 if way == Way::HardLink => continue,
                1 => std::fs::write(&gone.photo, b"a lake").unwrap(),
                2 => std::os::unix::fs::symlink(&gone.keeper, &gone.photo).unwrap(),
                _ => std::fs::create_dir(&gone.photo).unwrap(),
            }
            let stands = System.facts(&gone.photo).unwrap();
            for _ in 0..2 {
                assert!(is_blocked(&gone.undo()), "{way:?} {is_elsewhere} {put}");
                assert_eq!(System.facts(&gone.photo).unwrap(), stands);
                assert_eq!(gone.world.trashed(), [b"a lake".to_vec()]);
            }
            // When the place is free, it comes.
            if put == 3 {
                std::fs::remove_dir(&gone.photo).unwrap()
            } else {
                std::fs::remove_file(&gone.photo).unwrap()
            }
            assert_eq!(gone.undo().why_not, None);
            assert_eq!(gone.at_place().as_ref(), Some(&gone.before));
        }
    }
}

#[test]
fn a_photo_that_was_brought_back_by_hand_is_back() {
    let gone = Gone::by(Way::Trash, false);
    std::fs::rename(gone.in_trash(), &gone.photo).unwrap();
    assert_eq!(gone.undo().why_not, None);
    assert_eq!(gone.at_place().as_ref(), Some(&gone.before));
}

#[test]
fn a_folder_that_is_gone_is_made_again() {
    for is_elsewhere in [false, true] {
        let gone = Gone::by(Way::Trash, is_elsewhere);
        std::fs::remove_dir(gone.photo.parent().unwrap()).unwrap();
        assert_eq!(gone.undo().why_not, None);
        assert_eq!(gone.at_place().as_ref(), Some(&gone.before));
    }
}

#[test]
fn a_trash_emptied_by_hand_is_said() {
    for (way, is_elsewhere) in [(Way::Trash, false), (Way::Trash, true), (Way::HardLink, false)] {
        let gone = Gone::by(way, is_elsewhere);
        std::fs::remove_file(gone.in_trash()).unwrap();
        let stands = gone.at_place();
        assert!(is_lost(&gone.undo()), "{way:?}");
        assert_eq!(gone.at_place(), stands, "a link stays in its place");
    }
}

#[test]
fn a_link_set_aside_by_an_undo_that_died_comes_back_where_the_trash_was_emptied() {
    let gone = Gone::by(Way::HardLink, false);
    let trashed = gone.in_trash();
    let mut aside = trashed.clone().into_os_string();
    aside.push(".link");
    std::fs::rename(&gone.photo, &aside).unwrap();
    std::fs::remove_file(&trashed).unwrap();
    std::fs::remove_file(&gone.keeper).unwrap();
    for _ in 0..2 {
        assert!(is_lost(&gone.undo()));
        assert_eq!(std::fs::read(&gone.photo).unwrap(), b"a lake", "the last copy");
    }
}

#[test]
fn bytes_that_spoiled_in_a_trash_elsewhere_are_not_brought_back_as_the_photo() {
    let gone = Gone::by(Way::Trash, true);
    let trashed = gone.in_trash();
    System.set_mode(&trashed, 0o600).unwrap();
    std::fs::write(&trashed, b"a l#ke").unwrap();
    assert!(is_blocked(&gone.undo()));
    assert!(gone.at_place().is_none() && trashed.exists());
}
