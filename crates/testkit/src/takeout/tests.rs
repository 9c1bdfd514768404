//! Layout, sidecars and packing of exports, read back with other programs' eyes.

use super::*;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;

/// 2020-09-20 10:12:07 UTC.
const TAKEN: i64 = 1_600_596_727;

fn sample() -> Export {
    let item = |title: &str, byte: u8| Item::new(title, vec![byte; 50], TAKEN);
    Export::of([
        Item { albums: vec!["Trip to Rome".to_owned()], favourite: true, caption: "At the lake".to_owned(), ..item("IMG_1.jpg", 1) },
        item("IMG_1.jpg", 2),
        Item { edited: Some(("-edited".to_owned(), vec![9; 40])), clip: Some((".MP4".to_owned(), vec![8; 30])), ..item("IMG_2.HEIC", 3) },
        Item { era: Era::Legacy, place: Some((55.26, 37.66)), people: vec!["Susan".to_owned()], ..item("What/a:day?.jpg", 4) },
        Item { sidecar: false, ..item("alone.jpg", 5) },
        Item { in_year_folder: false, albums: vec!["Trip to Rome".to_owned()], origin: Origin::SharedAlbum, ..item("theirs.jpg", 6) },
    ])
}

fn paths(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.path.trim_start_matches("Takeout/Google Photos/")).collect()
}

#[test]
fn files_lie_where_google_puts_them() {
    assert_eq!(
        paths(&sample().entries()),
        [
            "Photos from 2020/IMG_1.jpg",
            "Photos from 2020/IMG_1.jpg.supplemental-metadata.json",
            "Photos from 2020/IMG_1(1).jpg",
            "Photos from 2020/IMG_1.jpg.supplemental-metadata(1).json",
            "Photos from 2020/IMG_2.HEIC",
            "Photos from 2020/IMG_2-edited.HEIC",
            "Photos from 2020/IMG_2.MP4",
            "Photos from 2020/IMG_2.HEIC.supplemental-metadata.json",
            "Photos from 2020/What_a_day_.jpg",
            "Photos from 2020/What_a_day_.jpg.json",
            "Photos from 2020/alone.jpg",
            "Trip to Rome/metadata.json",
            "Trip to Rome/IMG_1.jpg",
            "Trip to Rome/IMG_1.jpg.supplemental-metadata.json",
            "Trip to Rome/theirs.jpg",
            "Trip to Rome/theirs.jpg.supplemental-metadata.json",
            "print-subscriptions.json",
            "shared_album_comments.json",
            "user-generated-memory-titles.json",
            "Takeout/archive_browser.html",
        ]
    );
}

#[test]
fn sidecars_say_what_the_item_says_and_flags_only_when_set() {
    let export = sample();
    let read = |index: usize| serde_json::from_str::<Value>(&export.items[index].sidecar_json()).unwrap();
    let first = read(0);
    assert_eq!(first["title"], "IMG_1.jpg");
    assert_eq!(first["description"], "At the lake");
    assert_eq!(first["photoTakenTime"]["timestamp"], "1600596727");
    assert_eq!(first["favorited"], true);
    assert!(first.get("archived").is_none() && read(1).get("favorited").is_none());
    assert_eq!(read(3)["geoData"]["latitude"], 55.26);
    assert_eq!(read(3)["people"][0]["name"], "Susan");
    assert!(read(5)["googlePhotosOrigin"].get("fromSharedAlbum").is_some());
    let keys: BTreeSet<_> = (0..6).map(|index| read(index)["url"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), 6, "each item has its own url");
    assert!(keys.iter().all(|url| url.len() == "https://photos.google.com/photo/".len() + 44));
}

fn zipped(paths: &[std::path::PathBuf]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for path in paths {
        let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut member = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            found.push((member.name().unwrap().to_string(), bytes));
        }
    }
    found.sort();
    found
}

fn expected(entries: &[Entry]) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = entries.iter().map(|entry| (entry.path.clone(), entry.bytes.clone())).collect();
    all.sort();
    all
}

#[test]
fn every_packing_holds_every_entry_once_and_is_the_same_twice() {
    let entries = sample().entries();
    for packing in [
        Packing::default(),
        Packing { parts: 3, scattered: true, ..Packing::default() },
        Packing { parts: 2, zip64: true, stamp: "20250725T035235Z-1".to_owned(), ..Packing::default() },
    ] {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = (zips(&entries, one.path(), &packing).unwrap(), zips(&entries, two.path(), &packing).unwrap());
        assert_eq!(first.len(), packing.parts);
        assert_eq!(zipped(&first), expected(&entries));
        for (a, b) in first.iter().zip(&second) {
            assert_eq!(std::fs::read(a).unwrap(), std::fs::read(b).unwrap());
        }
    }
}

#[test]
fn scattered_parts_part_some_sidecar_from_its_media() {
    let many = Export::of((0..40u8).map(|n| Item::new(&format!("IMG_{n}.jpg"), vec![n; 2000], TAKEN)));
    let folder = tempfile::tempdir().unwrap();
    let parts = zips(&many.entries(), folder.path(), &Packing { parts: 2, scattered: true, ..Packing::default() }).unwrap();
    let part_of =
        |name: &str| parts.iter().position(|path| zipped(std::slice::from_ref(path)).iter().any(|(path, _)| path.ends_with(name)));
    let parted =
        (0..40).filter(|n| part_of(&format!("/IMG_{n}.jpg")) != part_of(&format!("/IMG_{n}.jpg.supplemental-metadata.json"))).count();
    assert!((2..20).contains(&parted), "{parted}");
}

#[test]
fn tgz_and_tree_hold_the_same() {
    let long = Item::new(&format!("{}.jpg", "long name ".repeat(12)), vec![7; 9], TAKEN);
    let mut export = sample();
    export.product_folder = "Google Foto’s".to_owned();
    export.album_record_name = "métadonnées.json".to_owned();
    export.add(long);
    let entries = export.entries();
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for path in tgz(&entries, folder.path(), &Packing { parts: 2, ..Packing::default() }).unwrap() {
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(path).unwrap()));
        for member in archive.entries().unwrap() {
            let mut member = member.unwrap();
            let name = member.path().unwrap().to_str().unwrap().to_owned();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            found.push((name, bytes));
        }
    }
    found.sort();
    assert_eq!(found, expected(&entries));
    for (path, entry) in tree(&entries, &folder.path().join("unpacked")).unwrap().iter().zip(&entries) {
        assert_eq!(std::fs::read(path).unwrap(), entry.bytes);
    }
    assert!(folder.path().join("unpacked/Takeout/Google Foto’s/Trip to Rome/métadonnées.json").is_file());
}
