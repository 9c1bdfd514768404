//! Writing what is missing: whichever disk call fails or is the last, no file stands half under its name, and a second run completes.
#![allow(clippy::disallowed_methods)] // tests write files of their own

mod world;

use removal::{Disk, NotWritten, PART_MARK, System, Target, Together, Wanted, hash_of};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use world::faulty::{Fault, Faulty};

/// More than is read at a time.
const LONG: usize = 140_000;

fn bytes(of: u8) -> Vec<u8> {
    (0..LONG).map(|n| (n % 251) as u8 ^ of).collect()
}

/// Folder, stem, endings with contents.
type Unit = (&'static str, &'static str, Vec<(&'static str, Vec<u8>)>);

fn units() -> Vec<Unit> {
    vec![
        ("2019/06", "a", vec![(".jpg", bytes(1)), (".mov", bytes(2))]),
        ("2019/06", "a", vec![(".jpg", bytes(3))]),
        ("2020/01", "b", vec![(".jpg", bytes(4))]),
        ("2019/06", "a", vec![(".jpg", bytes(1))]),
    ]
}

/// Recovers all; returns how many files were written and how many failed.
fn recover(disk: &dyn Disk, root: &Path) -> (usize, usize) {
    let mut target = Target::new(disk, root);
    let (mut written, mut failed) = (0, 0);
    for (folder, stem, files) in units() {
        let wanted = |(ending, bytes): &(&str, Vec<u8>)| Wanted {
            ending: (*ending).to_owned(),
            content: hash_of(bytes),
            size_bytes: bytes.len() as u64,
        };
        let together = Together { folder: folder.into(), stem: stem.to_owned(), files: files.iter().map(wanted).collect() };
        let Ok(places) = target.place(&together) else {
            failed += 1;
            continue;
        };
        for ((placed, wanted), (_, bytes)) in places.iter().zip(&together.files).zip(&files) {
            match if placed.is_there { Ok(false) } else { target.write(&placed.path, wanted, Some(1_000_000_000), &mut bytes.as_slice()) } {
                Ok(true) => written += 1,
                Ok(false) => {}
                Err(_) => failed += 1,
            }
            let xmp = placed.path.with_extension("xmp");
            failed += usize::from(target.write_beside(&xmp, b"<x/>").is_err());
        }
    }
    (written, failed)
}

/// All files below a folder, by path.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(tree(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).expect("read"));
        }
    }
    found
}

fn is_part(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PART_MARK))
}

fn whole(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let file = |name: &str, of: u8| (root.join(name), bytes(of));
    let xmp = |name: &str| (root.join(name), b"<x/>".to_vec());
    [file("2019/06/a.jpg", 1), file("2019/06/a.mov", 2), file("2019/06/a (2).jpg", 3), file("2020/01/b.jpg", 4)]
        .into_iter()
        .chain([xmp("2019/06/a.xmp"), xmp("2019/06/a (2).xmp"), xmp("2020/01/b.xmp")])
        .collect()
}

#[test]
fn names_are_never_taken_twice_and_a_second_run_writes_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().join("new/target");
    assert_eq!(recover(&Faulty::sound(), &root), (4, 0), "equal bytes under one name are one file");
    assert_eq!(tree(&root), whole(&root));
    assert_eq!(recover(&System, &root), (0, 0), "nothing is written twice");
    let modified = System.facts(&root.join("2019/06/a.jpg")).expect("facts").modified_ns;
    assert_eq!(modified, 1_000_000_000);
    assert_eq!(tree(&root), whole(&root));
}

#[test]
fn what_stands_there_stays() {
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().to_owned();
    std::fs::create_dir_all(root.join("2019/06")).expect("a folder");
    std::fs::write(root.join("2019/06/a.mov"), b"another").expect("a file");
    std::fs::create_dir(root.join("2019/06/a (2).jpg")).expect("a folder");
    assert_eq!(recover(&System, &root), (4, 0));
    let found = tree(&root);
    assert_eq!(found[&root.join("2019/06/a.mov")], b"another");
    assert_eq!(found[&root.join("2019/06/a (3).jpg")], bytes(1), "beside its film");
    assert_eq!(found[&root.join("2019/06/a (3).mov")], bytes(2));
}

#[test]
fn no_link_and_no_upward_name_leads_elsewhere() {
    let home = tempfile::tempdir().expect("a folder");
    let (root, away) = (home.path().join("target"), home.path().join("away"));
    std::fs::create_dir_all(&root).expect("a folder");
    std::fs::create_dir_all(&away).expect("a folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&away, root.join("2019")).expect("a link");
    let mut target = Target::new(&System, &root);
    let wanted = Wanted { ending: ".jpg".to_owned(), content: hash_of(b"x"), size_bytes: 1 };
    let together = |folder: &str| Together { folder: folder.into(), stem: "x".to_owned(), files: vec![wanted.clone()] };
    for folder in ["../away", "/tmp", "a/../../away"] {
        assert!(matches!(target.place(&together(folder)), Err(NotWritten::InTheWay { .. })), "{folder}");
    }
    let placed = target.place(&together("2019")).expect("a place");
    assert!(matches!(target.write(&placed[0].path, &wanted, None, &mut b"x".as_slice()), Err(NotWritten::InTheWay { .. })));
    assert!(tree(&away).is_empty());
}

/// Gives some bytes and then fails.
struct Torn(usize);

impl Read for Torn {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::other("torn"));
        }
        self.0 -= 1;
        buffer[0] = 1;
        Ok(1)
    }
}

#[test]
fn bytes_that_are_not_those_promised_get_no_name() {
    let home = tempfile::tempdir().expect("a folder");
    let mut target = Target::new(&System, home.path());
    let wanted = Wanted { ending: ".jpg".to_owned(), content: hash_of(b"right"), size_bytes: 5 };
    let placed = target.place(&Together { folder: PathBuf::new(), stem: "x".to_owned(), files: vec![wanted.clone()] }).expect("a place");
    let path = &placed[0].path;
    assert!(matches!(target.write(path, &wanted, None, &mut b"wrong".as_slice()), Err(NotWritten::OtherBytes)));
    assert!(matches!(target.write(path, &wanted, None, &mut b"righ".as_slice()), Err(NotWritten::OtherBytes)));
    assert!(matches!(target.write(path, &wanted, None, &mut Torn(3)), Err(NotWritten::Unreadable(_))));
    assert!(tree(home.path()).is_empty());
    assert!(target.write(path, &wanted, None, &mut b"right".as_slice()).expect("written"));
}

#[test]
fn whichever_call_fails_no_file_is_half_and_the_next_run_completes() {
    for fault in [Fault::Once, Fault::Dead, Fault::DeadAfter, Fault::Full, Fault::Denied] {
        for at in 0.. {
            let home = tempfile::tempdir().expect("a folder");
            let root = home.path().join("target");
            let disk = Faulty::new(fault, at);
            let (_, failed) = recover(&disk, &root);
            let expected = whole(&root);
            for (path, bytes) in tree(&root).into_iter().filter(|(path, _)| !is_part(path)) {
                // A fault may make a later file take the next number; its bytes are whole all the same.
                assert!(expected.values().any(|whole| *whole == bytes), "{fault:?} at {at}: {} is half", path.display());
            }
            if !disk.is_met() {
                assert_eq!(failed, 0);
                break;
            }
            recover(&Faulty::sound(), &root);
            let found = tree(&root);
            for (path, bytes) in &expected {
                assert!(found.values().any(|there| there == bytes), "{fault:?} at {at}: {} is not there", path.display());
            }
            let sidecars = found.keys().filter(|path| path.extension().is_some_and(|ending| ending == "xmp")).count();
            assert!(sidecars >= 3, "{fault:?} at {at}: {sidecars} sidecars");
            let parts: Vec<&PathBuf> = found.keys().filter(|path| is_part(path)).collect();
            assert!(parts.is_empty(), "{fault:?} at {at}: {parts:?}");
        }
    }
}

#[cfg(unix)]
const CHILD: &str = "REMOVAL_TEST_RECOVER";

/// Not a test of its own: what the killed process does.
#[cfg(unix)]
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let (at, root) = order.split_once(' ').expect("a call and a folder");
    assert_eq!(recover(&Faulty::new(Fault::Kill, at.parse().expect("a number")), Path::new(root)), (4, 0));
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_call_leaves_no_half_file_and_a_second_run_completes() {
    use std::os::unix::process::ExitStatusExt as _;
    let mut kills = 0;
    for at in 0.. {
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path().join("target");
        let child = std::process::Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "child", "--test-threads=1"])
            .env(CHILD, format!("{at} {}", root.display()))
            .output()
            .expect("a child");
        let is_killed = child.status.signal() == Some(9);
        assert!(is_killed || child.status.success(), "{at}: {}", String::from_utf8_lossy(&child.stderr));
        let whole = whole(&root);
        for (path, bytes) in tree(&root).into_iter().filter(|(path, _)| !is_part(path)) {
            assert!(whole.get(&path) == Some(&bytes), "killed at {at}: {} is half there", path.display());
        }
        recover(&System, &root);
        assert_eq!(tree(&root), whole, "killed at {at}");
        if !is_killed {
            break;
        }
        kills += 1;
    }
    println!("{kills} kills of recovering");
    assert!(kills > 50, "{kills} kills only");
}
