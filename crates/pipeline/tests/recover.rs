//! Recovering on drawn exports: every packing, every failing disk call; what is written is what was scanned.
#![allow(clippy::disallowed_methods)] // tests write and change files of their own

#[path = "../../removal/tests/world/faulty.rs"]
#[allow(dead_code, unreachable_pub)] // made for that room's tests
mod faulty;

use faulty::{Fault, Faulty};
use pipeline::{
    Catalog, Disk, Error, Layout, MissingOptions, RecoverOptions, RecoverReport, ScanOptions, Silent, Stop, System, recover, scan,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use testkit::takeout::{self, Entry, Export, Item, Packing};
use testkit::{JpegOptions, Scene, encode, film};

fn photo(n: u64) -> Vec<u8> {
    encode::jpeg(&Scene::new(n).draw(320, 240), 90, &JpegOptions::default())
}

/// 2017-07-14 02:40 UTC and a day more for each.
fn taken(n: u64) -> i64 {
    1_500_000_000 + n.cast_signed() * 86_400
}

fn items() -> Vec<Item> {
    let mut items: Vec<Item> = (0..6).map(|n| Item::new(&format!("IMG_{n:04}.JPG"), photo(n), taken(n))).collect();
    items[0].albums = vec!["Trip / Rome".to_owned()];
    items[0].caption = "The harbour".to_owned();
    items[0].favourite = true;
    items[0].people = vec!["Ann".to_owned()];
    items[0].place = Some((41.9, 12.5));
    items[1].clip = Some((".MOV".to_owned(), film::film(1, 2.0, &film::FilmFacts::default())));
    // Another photo of one name in one month.
    items[3].title = "IMG_0002.JPG".to_owned();
    items[4].taken_utc_seconds = None;
    items[5].trashed = true;
    items
}

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn with(pack: impl Fn(&[Entry], &Path) -> std::io::Result<Vec<PathBuf>>) -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a folder") };
        pack(&Export::of(items()).entries(), &world.path("export")).expect("an export");
        std::fs::create_dir_all(world.path("disk")).expect("a folder");
        world.scan(&["export", "disk"]);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        std::fs::canonicalize(self.folder.path()).expect("a real path").join(name)
    }

    fn catalog(&self) -> Catalog {
        Catalog::open(&self.path("catalog.sqlite")).expect("a catalog")
    }

    fn scan(&self, names: &[&str]) {
        let options = ScanOptions { paths: names.iter().map(|name| self.path(name)).collect(), ..ScanOptions::default() };
        scan(&self.catalog(), &options, &Silent, &Stop::default()).expect("scanned");
    }

    fn options(&self) -> RecoverOptions {
        RecoverOptions {
            missing: MissingOptions { from: vec!["takeout".to_owned()], against: vec!["disk".to_owned()], originals: false },
            sure: Vec::new(),
            with_ignored: false,
            with_trashed: false,
            to: self.path("back"),
            layout: Layout::parse("{year}/{month}").expect("a layout"),
            dry_run: false,
        }
    }

    fn recover(&self, disk: &dyn Disk, options: &RecoverOptions) -> RecoverReport {
        recover(&self.catalog(), &self.path("state"), disk, options, &Silent, &Stop::default()).expect("a report")
    }
}

/// Bytes of all files below a folder, by path below it.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                let name = path.strip_prefix(root).expect("below").to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read(&path).expect("read"));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

fn expected() -> BTreeMap<String, Vec<u8>> {
    [
        ("2017/07/IMG_0000.JPG", photo(0)),
        ("2017/07/IMG_0001.JPG", photo(1)),
        ("2017/07/IMG_0001.MOV", film::film(1, 2.0, &film::FilmFacts::default())),
        ("2017/07/IMG_0002.JPG", photo(2)),
        ("2017/07/IMG_0002 (2).JPG", photo(3)),
        ("unknown/IMG_0004.JPG", photo(4)),
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .collect()
}

/// Tells whether a tree holds all that is expected, and beside it only sidecars.
fn assert_whole(found: &BTreeMap<String, Vec<u8>>, what: &str) {
    let photos: BTreeMap<String, Vec<u8>> =
        found.iter().filter(|(name, _)| !name.ends_with(".xmp")).map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
    let names = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    let of_two = |name: &String| name.starts_with("2017/07/IMG_0002");
    let bytes =
        |tree: &BTreeMap<String, Vec<u8>>| tree.iter().filter(|(name, _)| of_two(name)).map(|(_, b)| b.clone()).collect::<BTreeSet<_>>();
    assert_eq!(names(&photos), names(&expected()), "{what}");
    assert!(photos.iter().filter(|(name, _)| !of_two(name)).all(|(name, bytes)| expected()[name] == *bytes), "{what}");
    // Which of two photos of one name came first does not matter.
    assert_eq!(bytes(&photos), bytes(&expected()), "{what}");
}

#[test]
fn every_packing_gives_back_the_bytes_and_what_was_said_of_them() {
    type Pack = fn(&[Entry], &Path) -> std::io::Result<Vec<PathBuf>>;
    let packings: [(&str, Pack); 3] = [
        ("zip", |entries, folder| takeout::zips(entries, folder, &Packing { parts: 2, scattered: true, ..Packing::default() })),
        ("tgz", |entries, folder| takeout::tgz(entries, folder, &Packing { parts: 2, ..Packing::default() })),
        ("tree", takeout::tree),
    ];
    for (what, pack) in packings {
        let world = World::with(pack);
        let before = tree(&world.path("export"));
        let rehearsed = world.recover(&System, &RecoverOptions { dry_run: true, ..world.options() });
        assert_eq!((rehearsed.written, world.path("back").exists()), (6, false), "{what}");
        let report = world.recover(&System, &world.options());
        assert_eq!((report.photos, report.written, report.trashed, report.failed.len()), (5, 6, 1, 0), "{what}: {:?}", report.failed);
        let found = tree(&world.path("back"));
        assert_whole(&found, what);
        let modified = System.facts(&world.path("back/2017/07/IMG_0001.JPG")).expect("facts").modified_ns;
        assert_eq!(modified, taken(1) * 1_000_000_000, "{what}");
        let text = String::from_utf8(found["2017/07/IMG_0000.JPG.xmp"].clone()).expect("UTF-8");
        for words in ["The harbour", "Ann", "Trip / Rome", "41,54.", "2017-07-14T02:40:00"] {
            assert!(text.contains(words), "{what}: {words} is not in {text}");
        }
        let again = world.recover(&System, &world.options());
        assert_eq!((again.written, again.already, again.sidecars, again.sidecars_left.len()), (0, 6, 0, 0), "{what}");
        assert_eq!(tree(&world.path("back")), found, "{what}");
        assert_eq!(tree(&world.path("export")), before, "{what}: an export is only read");

        world.scan(&["back"]);
        let back = MissingOptions { against: vec!["back".to_owned()], ..world.options().missing };
        let left = pipeline::find_missing(&world.catalog(), &back, &Silent, &Stop::default()).expect("an answer");
        assert_eq!((left.sums.missing, left.sums.missing_trashed, left.sums.same), (1, 1, 5), "{what}: {:?}", left.rows);
    }
}

#[test]
fn whichever_call_fails_the_next_run_completes() {
    let world = World::with(|entries, folder| takeout::zips(entries, folder, &Packing::default()));
    for fault in [Fault::Once, Fault::Dead, Fault::DeadAfter, Fault::Full] {
        // Each third call: the room's own tests take every one.
        for at in (0..).step_by(3) {
            let options = RecoverOptions { to: world.path(&format!("{fault:?}-{at}")), ..world.options() };
            let disk = Faulty::new(fault, at);
            let report = world.recover(&disk, &options);
            let known: BTreeSet<Vec<u8>> = expected().into_values().collect();
            for (name, bytes) in tree(&options.to) {
                assert!(
                    name.ends_with(".xmp") || name.contains(".lookalike-recover-") || known.contains(&bytes),
                    "{fault:?} at {at}: {name} is half"
                );
            }
            if !disk.is_met() {
                assert!(report.failed.is_empty());
                break;
            }
            let again = world.recover(&Faulty::sound(), &options);
            assert!(again.failed.is_empty(), "{fault:?} at {at}: {:?}", again.failed);
            let found = tree(&options.to);
            let sidecars = found.keys().filter(|name| name.ends_with(".xmp")).count();
            assert!(found.len() - sidecars >= 6 && sidecars >= 4, "{fault:?} at {at}: {:?}", found.keys());
            assert!(known.iter().all(|bytes| found.values().any(|there| there == bytes)), "{fault:?} at {at}");
        }
    }
}

#[test]
fn a_changed_archive_a_held_lock_and_a_stop_are_told() {
    let world = World::with(takeout::tree);
    // The bytes are others than those that were scanned.
    let path = world.path("export").join("Takeout/Google Photos/Photos from 2017/IMG_0001.JPG");
    let mut bytes = std::fs::read(&path).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).expect("written");
    let report = world.recover(&System, &world.options());
    assert_eq!((report.written, report.failed.len()), (5, 1));
    assert!(report.failed[0].path.ends_with("IMG_0001.JPG") && report.failed[0].why.contains("not those that were scanned"));
    assert!(!world.path("back/2017/07/IMG_0001.JPG").exists() && !world.path("back/2017/07/IMG_0001.JPG.xmp").exists());

    let _held = removal::lock(&world.path("state")).expect("a lock");
    let locked = recover(&world.catalog(), &world.path("state"), &System, &world.options(), &Silent, &Stop::default());
    assert!(matches!(locked, Err(Error::User { .. })));
    let stop = Stop::default();
    stop.ask();
    let stopped = recover(&world.catalog(), &world.path("other"), &System, &world.options(), &Silent, &stop);
    assert!(matches!(stopped, Err(Error::Interrupted)));
}
