//! Each doubt leaves its photo where it is, with its cause, and keeps none of the others from going.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own files")]

mod world;

use RefusalCode as Code;
use removal::xmp::{Curation, SIDECAR_MAX_BYTES};
use removal::{Disk as _, Ended, Plan, RefusalCode, Removal, RemoveOptions, System, Way, check, remove, undo};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use world::hooked::Hooked;
use world::{Told, World, companion, planned, removal};

/// A photo, its keeper and a neighbour with its own keeper.
struct Scene {
    world: World,
    keeper: PathBuf,
    photo: PathBuf,
    neighbour: PathBuf,
    removals: Vec<Removal>,
    across: Vec<(String, String)>,
    options: RemoveOptions,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        let keeper = world.write("a/keeper.jpg", b"a lake");
        let photo = world.write("b/photo.jpg", b"a lake");
        let other = world.write("c/other keeper.jpg", b"a tree");
        let neighbour = world.write("b/neighbour.jpg", b"a tree");
        let removals = vec![removal(&world.root, &photo, &keeper), removal(&world.root, &neighbour, &other)];
        Self { world, keeper, photo, neighbour, removals, across: Vec::new(), options: RemoveOptions::default() }
    }

    fn plan(&self) -> Plan {
        Plan { across: self.across.clone(), ..world::plan(self.removals.clone()) }
    }

    fn remove(&self, disk: &Hooked<'_>) -> Vec<Ended> {
        let report = remove(disk, &self.world.state, &self.plan(), &self.options, &mut Told::default()).unwrap();
        assert!(report.error.is_none(), "{report:?}");
        report.ended
    }

    /// The photo is refused with this code and untouched; the neighbour goes.
    #[track_caller]
    fn refuses(&self, code: Code, disk: &Hooked<'_>) -> String {
        let before = self.world.see();
        let ended = self.remove(disk);
        let refusal = ended[0].refusal.as_ref().unwrap_or_else(|| panic!("it went: {ended:?}"));
        assert_eq!(refusal.code, code, "{}", refusal.why);
        assert_eq!(ended[1].refusal, None);
        let is_linked = matches!(self.options.way, Way::HardLink | Way::Reflink);
        assert_eq!(self.neighbour.exists(), is_linked, "the neighbour goes");
        let after = self.world.see();
        for (path, seen) in before.iter().filter(|(path, seen)| seen.bytes.is_some() && **path != self.neighbour) {
            assert_eq!(after.get(path), Some(seen), "{} is as it was: {}", path.display(), refusal.why);
        }
        refusal.why.clone()
    }
}

/// Runs one row: a world is changed, and then its photo is refused, by a look and in earnest.
#[track_caller]
fn row(code: Code, change: impl FnOnce(&mut Scene)) {
    let mut scene = Scene::new();
    change(&mut scene);
    let mut looked = Vec::new();
    check(&Hooked::default(), &scene.plan(), &scene.options, &mut |checked| {
        looked.push(checked.refusal.map(|refusal| refusal.code));
        true
    });
    assert_eq!((looked[0], looked[1]), (Some(code), None), "what would be done is what is done");
    let why = scene.refuses(code, &Hooked::default());
    assert!(!why.is_empty() && !why.contains("Os {"), "{why}");
}

/// Writes other bytes of the same length, and gives the file its former time.
fn swap_bytes(path: &Path) {
    let facts = System.facts(path).unwrap();
    let other = vec![b'#'; usize::try_from(facts.size_bytes).unwrap()];
    System.set_mode(path, 0o644).unwrap();
    std::fs::write(path, other).unwrap();
    System.set_mode(path, facts.mode).unwrap();
    System.set_modified(path, facts.modified_ns).unwrap();
}

#[test]
fn a_keeper_in_doubt() {
    row(Code::KeeperMissing, |scene| std::fs::remove_file(&scene.keeper).unwrap());
    row(Code::KeeperMissing, |scene| {
        std::fs::remove_file(&scene.keeper).unwrap();
        std::fs::create_dir(&scene.keeper).unwrap();
    });
    row(Code::KeeperMissing, |scene| {
        let aside = scene.world.write("a/aside.jpg", b"a lake");
        std::fs::remove_file(&scene.keeper).unwrap();
        symlink(aside, &scene.keeper).unwrap();
    });
    row(Code::KeeperMissing, |scene| scene.removals[0].keeper.root = scene.world.root.join("c").into());
    row(Code::KeeperMissing, |scene| {
        let gone = scene.world.write(".lookalike-trash/files/000001-00000000/000000-keeper.jpg", b"a lake");
        scene.removals[0].keeper.file = planned(&gone);
    });
    row(Code::KeeperChanged, |scene| swap_bytes(&scene.keeper));
    row(Code::KeeperChanged, |scene| scene.removals[0].keeper.file.size_bytes += 1);
    row(Code::OtherSource, |scene| {
        scene.removals[0].keeper.source = "Phone".to_owned();
        scene.across = vec![("Photos".to_owned(), "Phone".to_owned())];
    });
}

#[test]
fn a_keeper_that_is_itself_to_go() {
    let mut scene = Scene::new();
    let third = scene.world.write("third.jpg", b"a lake");
    scene.removals.push(removal(&scene.world.root, &scene.keeper, &third));
    scene.refuses_but(Code::KeeperPlanned, &Hooked::default(), &scene.keeper);
}

#[test]
fn a_keeper_in_another_source_where_that_is_allowed() {
    let mut scene = Scene::new();
    scene.removals[0].keeper.source = "Phone".to_owned();
    scene.across = vec![("Phone".to_owned(), "Photos".to_owned())];
    assert!(scene.remove(&Hooked::default()).iter().all(|end| end.refusal.is_none()));
}

#[test]
fn a_photo_in_doubt() {
    row(Code::Missing, |scene| std::fs::remove_file(&scene.photo).unwrap());
    row(Code::Missing, |scene| scene.removals[0].files[0].path = scene.photo.join("within").into());
    row(Code::Changed, |scene| swap_bytes(&scene.photo));
    row(Code::Changed, |scene| scene.removals[0].files[0].content_hash = removal::hash_of(b"older"));
    row(Code::Changed, |scene| {
        let second = scene.world.write("b/again.jpg", b"a lake");
        scene.removals[0].files.push(planned(&second));
    });
    row(Code::NoFile, |scene| {
        std::fs::remove_file(&scene.photo).unwrap();
        std::fs::create_dir(&scene.photo).unwrap();
    });
    row(Code::NoFile, |scene| scene.removals[0].files.clear());
    row(Code::Symlink, |scene| {
        let aside = scene.world.write("b/aside.jpg", b"a lake");
        std::fs::remove_file(&scene.photo).unwrap();
        symlink(aside, &scene.photo).unwrap();
    });
    row(Code::Symlink, |scene| {
        symlink(scene.world.root.join("b"), scene.world.root.join("way")).unwrap();
        scene.removals[0].files[0].path = scene.world.root.join("way/photo.jpg").into();
    });
    row(Code::OneFile, |scene| {
        std::fs::remove_file(&scene.photo).unwrap();
        std::fs::hard_link(&scene.keeper, &scene.photo).unwrap();
    });
    row(Code::Twice, |scene| {
        let file = scene.removals[0].files[0].clone();
        scene.removals[0].files.push(file);
    });
    row(Code::Twice, |scene| scene.removals.push(scene.removals[0].clone()));
}

#[test]
fn a_place_where_nothing_may_go() {
    row(Code::Reference, |scene| {
        let aside = scene.world.write("reference/photo.jpg", b"a lake");
        scene.removals[0].files = vec![planned(&aside)];
        scene.options.protected = vec![scene.world.root.join("reference")];
    });
    row(Code::LibraryPackage, |scene| {
        let within = scene.world.write("Mine.PhotosLibrary/originals/photo.jpg", b"a lake");
        scene.removals[0].files = vec![planned(&within)];
    });
    row(Code::NoFile, |scene| scene.removals[0].files[0].path = scene.world.root.join("a/../b/photo.jpg").into());
    row(Code::NoFile, |scene| scene.removals[0].files[0].path = Path::new("b/photo.jpg").into());
    row(Code::NoFile, |scene| scene.removals[0].files[0].path = scene.world.root.join("..").join("elsewhere.jpg").into());
    row(Code::NoFile, |scene| scene.removals[0].root = scene.world.root.join("c").into());
    row(Code::NoFile, |scene| scene.removals[0].root = Path::new("").into());
    row(Code::NoFile, |scene| {
        let gone = scene.world.write(".lookalike-trash/files/000001-00000000/000000-photo.jpg", b"a lake");
        scene.removals[0].files = vec![planned(&gone)];
    });
    row(Code::Offline, |scene| {
        let root = scene.world.root.join("drive");
        (scene.removals[0].files[0].path, scene.removals[0].root) = (root.join("photo.jpg").into(), root.into());
    });
}

#[test]
fn a_drive_that_is_not_there_is_not_made() {
    let mut scene = Scene::new();
    let root = scene.world.root.join("drive");
    (scene.removals[0].files[0].path, scene.removals[0].root) = (root.join("photo.jpg").into(), root.clone().into());
    scene.refuses(Code::Offline, &Hooked::default());
    assert!(!root.exists());
}

#[test]
fn a_link_in_place_of_what_is_not_the_same() {
    row(Code::NotIdentical, |scene| {
        let smaller = scene.world.write("b/smaller.jpg", b"a lak");
        scene.removals[0].files = vec![planned(&smaller)];
        scene.options.way = Way::HardLink;
    });
}

#[test]
fn a_trash_that_cannot_be_one() {
    for is_link in [true, false] {
        let mut scene = Scene::new();
        // The photo's own scanned folder has a trash that is none; the neighbour's is another.
        let root = scene.world.root.join("b");
        let trash = root.join(".lookalike-trash");
        if is_link {
            let target = scene.world.root.join("target");
            std::fs::create_dir_all(target.join("runs")).unwrap();
            std::fs::create_dir_all(target.join("files")).unwrap();
            symlink(target, &trash).unwrap();
        } else {
            std::fs::write(&trash, b"a file").unwrap();
        }
        scene.removals[0].root = root.into();
        let why = scene.refuses(Code::Disk, &Hooked::default());
        assert!(why.contains(".lookalike-trash"), "{why}");
    }
}

#[test]
fn a_trash_on_another_file_system() {
    let elsewhere = |path: &Path, facts: &mut removal::Facts| facts.device = 1 + u64::from(path.iter().any(|part| part == "b"));
    let mut scene = Scene::new();
    let other = scene.world.root.join("c/other keeper.jpg");
    scene.neighbour = scene.world.write("neighbour.jpg", b"a tree");
    scene.removals[1] = removal(&scene.world.root, &scene.neighbour, &other);
    let why = scene.refuses(Code::OtherFileSystem, &Hooked::told(elsewhere));
    assert!(why.contains("--copy"), "{why}");
    // No link joins two file systems.
    let mut scene = Scene::new();
    let other = scene.world.root.join("c/other keeper.jpg");
    scene.neighbour = scene.world.write("neighbour.jpg", b"a tree");
    scene.removals[1] = removal(&scene.world.root, &scene.neighbour, &other);
    scene.options.way = Way::HardLink;
    let ended = scene.remove(&Hooked::told(elsewhere));
    assert_eq!(ended[0].refusal.as_ref().map(|refusal| refusal.code), Some(Code::OtherFileSystem));
    assert_eq!(ended[1].refusal, None);
    assert!(System.facts(&scene.neighbour).unwrap().is_same_file(&System.facts(&other).unwrap()));
}

/// The file `name` cannot be `call`ed.
fn deny<'a>(call: &'a str, name: &'a str) -> Hooked<'a> {
    Hooked::before(move |called, path| {
        let is_it = called == call && path.file_name().is_some_and(|found| found == name);
        if is_it { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    })
}

#[test]
fn what_the_disk_denies() {
    let refuses = |code, call, name| Scene::new().refuses(code, &deny(call, name));
    refuses(Code::Unreadable, "open", "photo.jpg");
    refuses(Code::Unreadable, "facts", "photo.jpg");
    refuses(Code::KeeperMissing, "open", "keeper.jpg");
    refuses(Code::KeeperMissing, "facts", "keeper.jpg");
    refuses(Code::Disk, "rename", "photo.jpg");
}

/// Changes a file just before the n-th `call` on it.
fn at_call<'a>(call: &'a str, name: &'a str, at: u32, change: impl Fn(&Path) + Sync + 'a) -> Hooked<'a> {
    let calls = AtomicU32::new(0);
    Hooked::before(move |called, path| {
        if called == call && path.file_name().is_some_and(|found| found == name) && calls.fetch_add(1, Ordering::SeqCst) == at {
            change(path);
        }
        Ok(())
    })
}

/// The bytes stay where they were put by the one who changed the file.
#[track_caller]
fn changed_at(call: &str, at: u32, name: &str, code: Code) {
    let scene = Scene::new();
    let change = |path: &Path| {
        std::fs::remove_file(path).unwrap();
        std::fs::write(path, b"a newer lake").unwrap();
    };
    let ended = scene.remove(&at_call(call, name, at, change));
    assert_eq!(ended[0].refusal.as_ref().map(|refusal| refusal.code), Some(code), "{name} at {call} {at}: {ended:?}");
    assert!(!scene.neighbour.exists());
    let has = |path: &Path| std::fs::read(path).unwrap();
    let (photo, keeper) = if name == "photo.jpg" { (&b"a newer lake"[..], &b"a lake"[..]) } else { (&b"a lake"[..], &b"a newer lake"[..]) };
    assert_eq!((has(&scene.photo), has(&scene.keeper)), (photo.to_vec(), keeper.to_vec()));
}

#[test]
fn what_changes_while_we_look() {
    // Facts are asked: at the first look, before and after reading, just before the move, and in the move.
    for at in 1..=4 {
        let code = if at == 2 { Code::Unreadable } else { Code::Changed };
        changed_at("facts", at, "photo.jpg", code);
    }
    changed_at("open", 0, "photo.jpg", Code::Unreadable);
    changed_at("rename", 0, "photo.jpg", Code::Changed);
    // Of the keeper they are asked once more when the photo has moved, which then comes back.
    for at in 1..=4 {
        let code = if at == 2 { Code::KeeperMissing } else { Code::KeeperChanged };
        changed_at("facts", at, "keeper.jpg", code);
    }
}

#[test]
fn one_file_under_two_paths_that_only_numbers_tell() {
    // A folder bound to two places, or names that differ in case only: two paths, one number.
    let scene = Scene::new();
    let number = System.facts(&scene.keeper).unwrap().inode;
    let told = move |path: &Path, facts: &mut removal::Facts| {
        if path.ends_with("b/photo.jpg") {
            facts.inode = number;
        }
    };
    scene.refuses(Code::OneFile, &Hooked::told(told));
}

#[test]
fn a_keeper_that_goes_with_its_photo_brings_it_back() {
    // A disk without numbers (Windows) on which both names lead to one file: only the move shows it.
    let scene = Scene::new();
    let (photo, keeper) = (scene.photo.clone(), scene.keeper.clone());
    let disk = Hooked {
        before: Box::new(move |call, path| {
            let has_gone = call == "facts" && path == keeper && !photo.exists();
            if has_gone { Err(ErrorKind::NotFound.into()) } else { Ok(()) }
        }),
        told: Box::new(|_, facts| (facts.inode, facts.device) = (0, 0)),
    };
    scene.refuses(Code::KeeperMissing, &disk);
}

#[test]
fn a_keeper_of_one_that_is_the_photo_of_another_under_a_second_path() {
    // In one batch: `first` is kept for by `way/photo.jpg`, which is `b/photo.jpg`.
    let mut scene = Scene::new();
    let alias = scene.world.write("way/photo.jpg", b"a lake");
    let first = scene.world.write("first.jpg", b"a lake");
    let number = System.facts(&scene.photo).unwrap().inode;
    let told = move |path: &Path, facts: &mut removal::Facts| {
        if path.ends_with("way/photo.jpg") {
            facts.inode = number;
        }
    };
    scene.removals.push(removal(&scene.world.root, &first, &alias));
    scene.refuses_but(Code::KeeperPlanned, &Hooked::told(told), &first);
}

impl Scene {
    #[track_caller]
    fn refuses_but(&self, code: Code, disk: &Hooked<'_>, goes: &Path) {
        let ended = self.remove(disk);
        assert_eq!(ended[0].refusal.as_ref().map(|refusal| refusal.code), Some(code), "{ended:?}");
        assert!(self.photo.exists() && !goes.exists() && !self.neighbour.exists());
    }
}

#[test]
fn what_a_keeper_gains_and_cannot_be_written() {
    let gains = |change: &dyn Fn(&mut Scene, &Path)| {
        row(Code::NotCarried, |scene| {
            let sidecar = scene.world.root.join("a/keeper.xmp");
            scene.removals[0].carry = Curation { caption: Some("At the lake".to_owned()), ..Curation::default() };
            scene.removals[0].sidecar = Some(sidecar.clone().into());
            change(scene, &sidecar);
        });
    };
    gains(&|scene, _| scene.removals[0].sidecar = Some(scene.world.root.join("b/keeper.xmp").into()));
    gains(&|scene, _| scene.removals[0].sidecar = Some(scene.world.root.join("a/keeper.txt").into()));
    gains(&|scene, _| scene.removals[0].sidecar = Some(scene.keeper.clone().into()));
    gains(&|scene, sidecar| {
        let third = scene.world.write("a/keeper.xmp", b"a lake");
        scene.removals.push(Removal { carry: Curation::default(), sidecar: None, ..removal(&scene.world.root, &third, &scene.keeper) });
        scene.removals[2].files[0].size_bytes += 1;
        assert_eq!(third, sidecar);
    });
    gains(&|_, sidecar| std::fs::write(sidecar, b"no XMP at all").unwrap());
    gains(&|_, sidecar| std::fs::write(sidecar, b"<rdf:RDF><rdf:Description").unwrap());
    gains(&|_, sidecar| std::fs::write(sidecar, vec![b' '; SIDECAR_MAX_BYTES + 1]).unwrap());
    gains(&|_, sidecar| std::fs::create_dir(sidecar).unwrap());
    gains(&|scene, sidecar| symlink(&scene.keeper, sidecar).unwrap());
    for call in ["create", "rename", "set_mode"] {
        let mut scene = Scene::new();
        scene.removals[0].carry = Curation { favourite: true, ..Curation::default() };
        scene.removals[0].sidecar = Some(scene.world.root.join("a/keeper.xmp").into());
        let disk = Hooked::before(move |called, path| {
            let is_it = called == call && path.extension().is_some_and(|found| found == "part");
            if is_it { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) }
        });
        scene.refuses(Code::NotCarried, &disk);
        assert_eq!(scene.world.see().keys().filter(|path| path.ends_with("keeper.xmp")).count(), 0, "nothing is left over");
    }
}

#[test]
fn a_sidecar_that_gains_nothing_is_not_written() {
    let mut scene = Scene::new();
    let carry = Curation { favourite: true, ..Curation::default() };
    let sidecar = scene.world.write("a/keeper.xmp", &removal::xmp::merge(None, &carry).unwrap().bytes);
    (scene.removals[0].carry, scene.removals[0].sidecar) = (carry, Some(sidecar.clone().into()));
    let before = scene.world.see().get(&sidecar).cloned();
    assert!(scene.remove(&Hooked::default()).iter().all(|end| end.refusal.is_none()));
    assert_eq!(scene.world.see().get(&sidecar).cloned(), before);
}

/// The photo goes, and this companion stays with a note.
#[track_caller]
fn stays(disk: &Hooked<'_>, draw: impl FnOnce(&mut Scene) -> PathBuf) {
    let mut scene = Scene::new();
    let path = draw(&mut scene);
    let before = System.facts(&path).ok();
    let ended = scene.remove(disk);
    assert_eq!((ended[0].refusal.clone(), ended[1].refusal.clone()), (None, None));
    assert!(!scene.photo.exists() && !scene.neighbour.exists());
    assert_eq!(System.facts(&path).ok(), before, "{ended:?}");
    assert_eq!(ended[0].notes.len(), 1, "{ended:?}");
}

#[test]
fn a_companion_in_doubt_stays() {
    let own = |scene: &mut Scene, shared: &[&str]| {
        let path = scene.world.write("b/photo.xmp", b"xmp");
        let shared: Vec<PathBuf> = shared.iter().map(|name| scene.world.root.join(name)).collect();
        scene.removals[0].companions = vec![companion(&path, &shared.iter().map(PathBuf::as_path).collect::<Vec<_>>())];
        path
    };
    stays(&Hooked::default(), |scene| own(scene, &["a/keeper.jpg"]));
    // Where it cannot be known whether the other is there, it may be.
    stays(&deny("facts", "unknown.jpg"), |scene| own(scene, &["unknown.jpg"]));
    stays(&Hooked::default(), |scene| {
        let path = own(scene, &[]);
        swap_bytes(&path);
        path
    });
    stays(&Hooked::default(), |scene| {
        let path = own(scene, &[]);
        std::fs::remove_file(&path).unwrap();
        path
    });
    stays(&deny("rename", "photo.xmp"), |scene| own(scene, &[]));
    stays(&Hooked::default(), |scene| {
        let path = own(scene, &[]);
        std::fs::remove_file(&path).unwrap();
        symlink(&scene.keeper, &path).unwrap();
        path
    });
    // A wrong plan: what is said to belong to the photo is a keeper, its own or another's, or a hard link of one.
    stays(&Hooked::default(), |scene| {
        scene.removals[0].companions = vec![companion(&scene.keeper, &[])];
        scene.keeper.clone()
    });
    stays(&Hooked::default(), |scene| {
        let other = scene.world.root.join("c/other keeper.jpg");
        scene.removals[0].companions = vec![companion(&other, &[])];
        other
    });
    stays(&Hooked::default(), |scene| {
        let link = scene.world.root.join("b/link.mov");
        std::fs::hard_link(&scene.keeper, &link).unwrap();
        scene.removals[0].companions = vec![companion(&link, &[])];
        link
    });
}

#[test]
fn a_plan_that_is_none() {
    let whole = String::from_utf8(Scene::new().plan().to_json()).unwrap();
    assert!(Plan::read(whole.as_bytes()).is_ok());
    let says = |text: &str, words: &str| {
        let error = Plan::read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    says(&whole.replace("\"version\": 1", "\"version\": 2"), "has version 2; this program reads 1");
    says(&whole.replace("lookalike-plan", "shopping-list"), "but `shopping-list`");
    says("", "no plan of Lookalike");
    says("[1, 2]", "no plan of Lookalike");
    says("\u{0}\u{1}", "no plan of Lookalike");
    says(&whole[..whole.len() / 2], "plan");
    says(&whole.replace("0123456789abcdef0123456789abcdef", "../../etc"), "no name of its own");
    says(&whole.replace("\"removals\"", "\"removed\""), "cannot be read");
    says(&"[".repeat(100_000), "no plan of Lookalike");
}

#[test]
fn a_stop_in_the_middle_leaves_the_rest_and_can_be_gone_on_with() {
    let world = World::new();
    let keeper = world.write("keeper.jpg", b"a lake");
    let photos: Vec<PathBuf> = (0..300).map(|at| world.write(&format!("copies/{at}.jpg"), b"a lake")).collect();
    let plan = world::plan(photos.iter().map(|photo| removal(&world.root, photo, &keeper)).collect());
    let before = world.see();
    // The batch that is begun is ended; 256 photos are one.
    let mut told = Told { stop_after: Some(1), ..Told::default() };
    let report = remove(&Hooked::default(), &world.state, &plan, &RemoveOptions::default(), &mut told).unwrap();
    assert!(report.is_stopped && report.error.is_none());
    assert_eq!(report.ended.len(), removal::BATCH_MAX);
    for (at, photo) in photos.iter().enumerate() {
        assert_eq!(photo.exists(), at >= removal::BATCH_MAX);
    }
    let report = remove(&Hooked::default(), &world.state, &plan, &RemoveOptions::default(), &mut Told::default()).unwrap();
    assert!(!report.is_stopped && photos.iter().all(|photo| !photo.exists()));
    let went = report.ended.iter().filter(|end| end.refusal.is_none()).count();
    assert_eq!((went, report.ended.len()), (300 - removal::BATCH_MAX, 300));
    for _ in 0..2 {
        undo(&Hooked::default(), &world.homes(), None, &mut Told::default()).unwrap();
    }
    let files = |seen: BTreeMap<PathBuf, world::Seen>| seen.into_iter().filter(|(_, seen)| seen.bytes.is_some()).collect::<Vec<_>>();
    assert_eq!(files(world.see()), files(before));
}

#[test]
fn a_witness_that_refuses_lets_nothing_move() {
    struct Refuses(Told);
    impl removal::Witness for Refuses {
        fn is_stopped(&self) -> bool {
            false
        }
        fn before(&mut self, _run: &str, _units: &[(u64, &Removal)]) -> Result<(), String> {
            Err("the catalog is full".to_owned())
        }
        fn after(&mut self, run: &str, ended: &[Ended]) -> Result<(), String> {
            removal::Witness::after(&mut self.0, run, ended)
        }
        fn reach(&mut self, _units: u64, _bytes: u64) {}
    }
    let scene = Scene::new();
    let report = remove(&Hooked::default(), &scene.world.state, &scene.plan(), &scene.options, &mut Refuses(Told::default())).unwrap();
    assert_eq!(report.error.map(|error| error.to_string()).as_deref(), Some("the catalog is full"));
    assert!(scene.photo.exists() && scene.neighbour.exists());
    let nothing = undo(&Hooked::default(), &scene.world.homes(), None, &mut Told::default());
    assert!(matches!(nothing, Err(removal::Error::NoRun(_))), "{nothing:?}");
}

#[test]
fn a_read_only_folder_keeps_its_photo() {
    let denied = Hooked::before(|call, path| {
        let is_change =
            matches!(call, "rename" | "unlink" | "create") && path.iter().any(|part| part == "b") && path.ends_with("photo.jpg");
        if is_change { Err(io::Error::from(ErrorKind::ReadOnlyFilesystem)) } else { Ok(()) }
    });
    for way in [Way::Trash, Way::HardLink] {
        let mut scene = Scene::new();
        scene.options.way = way;
        let ended = scene.remove(&denied);
        assert_eq!(ended[0].refusal.as_ref().map(|refusal| refusal.code), Some(Code::Disk));
        assert_eq!(std::fs::read(&scene.photo).unwrap(), b"a lake");
    }
}
