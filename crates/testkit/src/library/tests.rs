//! Tests of the drawn library.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn a_library_holds_every_family_and_its_truth() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::draw(folder.path(), 3, 6).unwrap();
    let kinds: BTreeSet<&str> = library.rows.iter().map(|row| row.kind).collect();
    for kind in ["exact", "reencoded", "resized", "rotated", "edited", "cropped", "raw_jpeg", "scene", "burst", "distractor"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    let paths: BTreeSet<&str> = library.rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths.len(), library.rows.len(), "no file was written twice");
    let mut bytes: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    for row in library.rows.iter().filter(|row| row.kind == "exact") {
        bytes.entry(&row.group).or_default().push(std::fs::read(folder.path().join(&row.path)).unwrap());
    }
    assert!(bytes.values().all(|files| files.iter().all(|file| *file == files[0])), "exact rows of a group are byte-equal");
    assert_eq!(library.truth_csv().lines().count(), library.rows.len() + 1);
}

#[test]
fn the_same_seed_draws_the_same_bytes() {
    let first: Vec<Vec<u8>> = variants::of(5, 2).into_iter().map(|piece| piece.bytes).collect();
    let again: Vec<Vec<u8>> = variants::of(5, 2).into_iter().map(|piece| piece.bytes).collect();
    assert!(first == again && !first.is_empty());
    assert_ne!(variants::of(6, 2)[0].bytes, first[0]);
}

#[test]
fn work_on_threads_keeps_its_order_and_its_error() {
    assert_eq!(in_parallel(50, |index| Ok(index * 2)).unwrap(), (0..50).map(|index| index * 2).collect::<Vec<_>>());
    let failing = in_parallel(5, |index| if index == 3 { Err(io::Error::other("full")) } else { Ok(index) });
    assert_eq!(failing.unwrap_err().to_string(), "full");
}
