//! The demo's library holds what it promises, whichever way it is drawn. Shots are drawn in full once; the tables are checked alone.

use super::*;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;

fn members(archives: &[PathBuf]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in archives {
        let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut member = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            let name = member.name().unwrap().to_string();
            assert!(found.insert(format!("{}!{name}", path.display()), bytes).is_none(), "{name} twice");
        }
    }
    found
}

#[test]
fn the_library_holds_what_it_promises() {
    let folder = tempfile::tempdir().unwrap();
    let mut heard = Vec::new();
    let library = DemoLibrary::draw(folder.path(), 1, &mut |done, all| {
        heard.push((done, all));
        true
    })
    .unwrap();
    let members = members(&library.archives);
    assert_eq!(library.archives.len(), 2);
    assert!((140..=165).contains(&library.rows.len()), "{}", library.rows.len());
    assert_eq!(heard.first().map(|(done, _)| *done), Some(0));
    assert!(heard.last().is_some_and(|(done, all)| done == all));

    let counted = |kind: &str| library.rows.iter().filter(|row| row.kind == kind).count();
    for (kind, least) in [
        ("exact", 40),
        ("resized", 26),
        ("reencoded", 10),
        ("edited", 9),
        ("rotated", 4),
        ("cropped", 2),
        ("raw_jpeg", 15),
        ("live_photo", 2),
        ("burst", 6),
        ("scene", 3),
        ("distractor", 13),
        ("corrupt", 1),
    ] {
        assert!(counted(kind) >= least, "{kind}: {}", counted(kind));
    }
    let paths: BTreeSet<&str> = library.rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths.len(), library.rows.len(), "a row each");
    for row in &library.rows {
        let bytes = members.get(&row.path).unwrap_or_else(|| panic!("{}", row.path));
        assert!(!bytes.is_empty(), "{}", row.path);
    }
    let media = members.keys().filter(|name| !name.ends_with(".json") && !name.ends_with(".html")).count();
    assert_eq!(media, library.rows.len(), "no media without a row");
    every_jpeg_but_the_damaged_one_decodes(&library, &members);
    assert_eq!(library.truth_csv().lines().count(), library.rows.len() + 1);
}

fn every_jpeg_but_the_damaged_one_decodes(library: &DemoLibrary, members: &BTreeMap<String, Vec<u8>>) {
    for row in library.rows.iter().filter(|row| row.path.to_ascii_lowercase().ends_with(".jpg")) {
        let options = zune_jpeg::zune_core::options::DecoderOptions::default().set_strict_mode(true);
        let bytes = zune_jpeg::zune_core::bytestream::ZCursor::new(&members[&row.path]);
        let decoded = zune_jpeg::JpegDecoder::new_with_options(bytes, options).decode();
        assert_eq!(decoded.is_err(), row.kind == "corrupt", "{}", row.path);
    }
}

#[test]
fn drawing_can_be_stopped_and_then_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let library = DemoLibrary::draw(&folder.path().join("new"), 1, &mut |done, _| done < 2).unwrap();
    assert_eq!(library, DemoLibrary::default());
    assert!(!folder.path().join("new").exists());
}

#[test]
fn a_shot_and_its_copies_are_the_same_bytes_twice() {
    let tasks = shots::tasks(1);
    let bytes = |pieces: Vec<Piece>| pieces.into_iter().map(|piece| piece.item.media).collect::<Vec<_>>();
    assert_eq!(bytes(tasks[0]()), bytes(shots::tasks(1)[0]()));
    assert_ne!(bytes(tasks[0]()), bytes(shots::tasks(2)[0]()));
}
