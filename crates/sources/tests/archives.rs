//! Zips and tgzs, sound and hostile: listed, read, and refused with words.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr)]

mod common;
use common::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use model::{LocationPath, Outcome, SidecarDocument};
use sources::{
    Container, ContainerIndex, ContainerKind, Error, MAX_NAME_BYTES, MAX_RATIO, RATIO_FREE_BYTES, Reader, TGZ_RATIO_FREE_BYTES, index,
    stream_tgz,
};
use std::io::Write;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const YEAR: &str = "Takeout/Google Photos/Photos from 2020";

fn container(path: &Path) -> Container {
    let survey = surveyed(&[path]);
    assert_eq!(survey.containers.len(), 1, "{survey:?}");
    survey.containers[0].clone()
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn members(index: &ContainerIndex) -> Vec<String> {
    index.files.iter().map(|found| found.path.member.clone().unwrap()).collect()
}

fn year(name: &str) -> String {
    format!("{YEAR}/{name}")
}

/// One of each: a zip and a tgz of the same members.
fn both(root: &Path, members: &[(&str, &[u8])]) -> [PathBuf; 2] {
    [zip_with(&root.join("t.zip"), members, deflated()), tgz_of(&root.join("t.tgz"), members)]
}

#[test]
fn both_kinds_give_the_same_files_documents_and_bytes() {
    let (_dir, root) = folder();
    let picture = picture(7, 100_000);
    let long = year(&("n".repeat(200) + "\u{1f600}.jpg"));
    let (json, name, name_json, record) = (sidecar("a.jpg"), year("a.jpg"), year("a.jpg.json"), year("metadata.json"));
    let broken = year("broken.json");
    let all: Vec<(&str, &[u8])> = vec![
        (&long, b"long"),
        (&name, &picture),
        (&name_json, json.as_bytes()),
        (&record, ALBUM_RECORD.as_bytes()),
        (&broken, b"{"),
        ("Takeout/archive_browser.html", b"<html>"),
        ("Takeout/Drive/tsconfig.json", b"// comment"),
    ];
    for path in both(&root, &all) {
        let container = container(&path);
        let index = indexed(&container);
        assert_eq!(
            members(&index),
            ["Takeout/Drive/tsconfig.json".to_owned(), name.clone(), long.clone(), "Takeout/archive_browser.html".into()]
        );
        assert!(index.files.iter().all(|f| f.path.file == path && f.modified_ns == container.modified_ns && f.hard_link.is_none()));
        assert_eq!(index.files[1].size_bytes, picture.len() as u64);
        assert_eq!(index.files[1].crc32.is_some(), container.kind == ContainerKind::Zip);
        assert!(matches!(&index.documents[0], (f, SidecarDocument::Item(s)) if f.path.file_name() == "a.jpg.json" && s.title == "a.jpg"));
        assert!(matches!(&index.documents[1].1, SidecarDocument::Album(album) if album.title == "Rome"));
        assert_eq!(causes(&index.left_out, &root), [format!("{broken}: failed sidecar-damaged")]);
        let mut reader = Reader::new();
        assert_eq!(reader.read_all(&index.files[1].path, 1 << 20).unwrap(), picture);
        assert_eq!(reader.clone().read_all(&index.files[2].path, 4).unwrap(), b"long");
        let head = reader.open(&index.files[1].path, |bytes, size| {
            let mut head = [0; 4];
            bytes.read_exact(&mut head).map(|()| (head, size))
        });
        assert_eq!(head.unwrap(), ([0xff, 0xd8, 0xff, 0xe0], picture.len() as u64));
        assert!(matches!(reader.read_all(&index.files[1].path, 100_003), Err(Error::TooLarge { size: 100_004, bound: 100_003, .. })));
        let gone = LocationPath::member(&path, "Takeout/gone.jpg");
        assert!(matches!(reader.read_all(&gone, 10), Err(Error::NotFound { .. })));
        let given_up = reader.open(&index.files[1].path, |_, _| -> std::io::Result<()> { Err(std::io::Error::other("no picture")) });
        assert!(matches!(given_up, Err(Error::Receiver { .. })));
    }
}

#[test]
fn a_persons_patterns_hold_inside() {
    let (_dir, root) = folder();
    let (film, photo) = (year("a.mp4"), year("b.jpg"));
    for path in both(&root, &[(&film, b"x"), (&photo, b"x")]) {
        let container = Container { exclude: vec!["*.mp4".to_owned()], ..container(&path) };
        let index = indexed(&container);
        assert_eq!(members(&index), [photo.as_str()]);
        assert_eq!(causes(&index.left_out, &root), [format!("{film}: skipped excluded")]);
    }
}

#[test]
fn unsafe_names_links_and_repetitions_are_told() {
    let (_dir, root) = folder();
    let (a, link) = (year("a.jpg"), year("link.jpg"));
    let long = format!("Takeout/{}", "n".repeat(MAX_NAME_BYTES));
    let path = root.join("t.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
    for name in [a.as_str(), "../../evil.jpg", "/abs.jpg", "C:\\evil.jpg", "Takeout/x/../../../e.jpg", &long, &year("B.jpg")] {
        writer.start_file(name, stored()).unwrap();
        writer.write_all(b"bytes").unwrap();
    }
    writer.add_symlink(&link, "/etc/passwd", stored()).unwrap();
    writer.add_directory("Takeout/folder", stored()).unwrap();
    writer.finish().unwrap();
    // Two names of one length, made one.
    patch(&path, b"2020/B.jpg", b"2020/a.jpg");
    let index = indexed(&container(&path));
    assert_eq!(members(&index), [a.as_str()]);
    let mut told = causes(&index.left_out, &root);
    told.iter_mut().for_each(|line| *line = line.replace(&"n".repeat(MAX_NAME_BYTES - 8), "n…"));
    told.sort();
    let mut expected = vec![
        format!("{a}: skipped same-name-twice"),
        format!("{link}: skipped symlink"),
        "../../evil.jpg: failed unsafe-name".to_owned(),
        "/abs.jpg: failed unsafe-name".to_owned(),
        "C:\\evil.jpg: failed unsafe-name".to_owned(),
        "Takeout/n…: failed unsafe-name".to_owned(),
        "Takeout/x/../../../e.jpg: failed unsafe-name".to_owned(),
    ];
    expected.sort();
    assert_eq!(told, expected);
    let outside = LocationPath::member(&path, "../../evil.jpg");
    assert!(matches!(Reader::new().read_all(&outside, 10), Err(Error::NotFound { .. })));
}

#[test]
fn the_same_in_a_tgz() {
    let (_dir, root) = folder();
    let path = root.join("t.tgz");
    let mut builder = tar::Builder::new(GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::fast()));
    let mut add = |name: &str, kind: tar::EntryType, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    };
    add("Takeout/", tar::EntryType::Directory, b"");
    add("./Takeout/a.jpg", tar::EntryType::Regular, b"first");
    add("../e.jpg", tar::EntryType::Regular, b"x");
    add("/abs.jpg", tar::EntryType::Regular, b"x");
    add("Takeout/l.jpg", tar::EntryType::Symlink, b"");
    add("Takeout/p", tar::EntryType::Fifo, b"");
    add("Takeout/a.jpg", tar::EntryType::Regular, b"second");
    builder.into_inner().unwrap().finish().unwrap();
    let index = indexed(&container(&path));
    assert_eq!(members(&index), ["Takeout/a.jpg"]);
    assert_eq!(
        causes(&index.left_out, &root),
        [
            "../e.jpg: failed unsafe-name",
            "/abs.jpg: failed unsafe-name",
            "Takeout/a.jpg: skipped same-name-twice",
            "Takeout/l.jpg: skipped symlink",
            "Takeout/p: skipped not-a-file",
        ]
    );
    assert_eq!(Reader::new().read_all(&index.files[0].path, 10).unwrap(), b"first");
    let refused = Reader::new().read_all(&LocationPath::member(&path, "Takeout/l.jpg"), 10);
    assert!(matches!(refused, Err(Error::Damaged { .. })));
}

#[test]
fn zip64_is_read() {
    let (_dir, root) = folder();
    let (name, bytes) = (year("film.mp4"), picture(5, 3000));
    let path = zip_with(&root.join("t.zip"), &[(&name, &bytes)], stored().large_file(true));
    let index = indexed(&container(&path));
    assert_eq!(index.files[0].size_bytes, 3004);
    assert_eq!(Reader::new().read_all(&index.files[0].path, 5000).unwrap(), bytes);
}

#[test]
fn more_members_than_16_bits_count() {
    let (_dir, root) = folder();
    let path = root.join("t.zip");
    let mut writer = ZipWriter::new(std::fs::File::create(&path).unwrap());
    for at in 0..66_000 {
        writer.start_file(format!("Takeout/{at}.jpg"), stored()).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(indexed(&container(&path)).files.len(), 66_000);
}

#[test]
fn encrypted_and_strangely_packed_members_fail_by_name() {
    let (_dir, root) = folder();
    let (a, b) = (year("a.jpg"), year("b.jpg"));
    let path = zip_of(&root.join("t.zip"), &[(&a, b"aaaa"), (&b, b"bbbb")]);
    let sound = std::fs::read(&path).unwrap();
    let header = |name: &str| {
        let at = sound.windows(name.len()).rposition(|window| window == name.as_bytes()).unwrap();
        at - 46
    };
    let mut bytes = sound.clone();
    bytes[header(&a) + 8] |= 1; // Flag bit 0: encrypted (APPNOTE 4.4.4).
    bytes[header(&b) + 10] = 14; // Method 14: LZMA (APPNOTE 4.4.5).
    std::fs::write(&path, bytes).unwrap();
    let index = indexed(&container(&path));
    assert!(index.files.is_empty());
    assert_eq!(causes(&index.left_out, &root), [format!("{a}: failed encrypted"), format!("{b}: failed unsupported-packing")]);
    let mut reader = Reader::new();
    assert!(matches!(reader.read_all(&LocationPath::member(&path, a), 10), Err(Error::Encrypted { .. })));
    assert!(matches!(reader.read_all(&LocationPath::member(&path, b), 10), Err(Error::Unsupported { .. })));
}

#[test]
fn one_changed_bit_is_told_in_words() {
    let (_dir, root) = folder();
    let (name, bytes) = (year("a.jpg"), picture(9, 5000));
    let path = zip_of(&root.join("t.zip"), &[(&name, &bytes)]);
    let mut changed = std::fs::read(&path).unwrap();
    changed[2000] ^= 4;
    std::fs::write(&path, changed).unwrap();
    let index = indexed(&container(&path));
    let error = Reader::new().read_all(&index.files[0].path, 9000).unwrap_err();
    assert_eq!(error.cause().code, "archive-damaged");
    assert_eq!(error.cause().words, "its bytes were changed on the way (wrong checksum); download this part again");
    // Whoever is content with broken bytes is told all the same.
    let content = Reader::new().open(&index.files[0].path, |bytes, _| {
        let read = std::io::copy(bytes, &mut std::io::sink());
        assert!(read.is_err());
        Ok(())
    });
    assert!(matches!(content, Err(Error::Damaged { .. })));
}

#[test]
fn a_member_that_declares_too_little_lies() {
    let (_dir, root) = folder();
    let (name, bytes) = (year("a.jpg"), vec![0_u8; 5000]);
    let path = zip_with(&root.join("t.zip"), &[(&name, &bytes)], deflated());
    patch(&path, &5000_u32.to_le_bytes(), &4999_u32.to_le_bytes());
    let place = indexed(&container(&path)).files[0].path.clone();
    let error = Reader::new().read_all(&place, 9000).unwrap_err();
    assert_eq!(error.cause().code, "archive-lies");
    patch(&path, &4999_u32.to_le_bytes(), &5001_u32.to_le_bytes());
    let error = Reader::new().read_all(&place, 9000).unwrap_err();
    assert_eq!(error.cause().code, "archive-damaged", "{error}");
}

#[test]
fn bombs_are_refused_by_the_list_and_by_what_arrives() {
    let (_dir, root) = folder();
    let (small, big) = (year("small.jpg"), year("big.jpg"));
    let (at_bound, over) = (vec![0; RATIO_FREE_BYTES as usize], vec![0; RATIO_FREE_BYTES as usize + 1]);
    let path = zip_with(&root.join("t.zip"), &[(&small, &at_bound), (&big, &over)], deflated());
    let index = indexed(&container(&path));
    assert_eq!(members(&index), [small]);
    assert_eq!(causes(&index.left_out, &root), [format!("{big}: failed archive-lies")]);
    assert!(matches!(Reader::new().read_all(&LocationPath::member(&path, big), 1 << 30), Err(Error::Lies { .. })));
}

#[test]
fn a_tgz_bomb_stops_at_the_bound() {
    let (_dir, root) = folder();
    let zeros = TGZ_RATIO_FREE_BYTES * 4;
    let bomb = |name: &str, bytes: u64| {
        let path = root.join(name);
        let mut builder = tar::Builder::new(GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::best()));
        for (name, size) in [("Takeout/a.jpg", 4), ("Takeout/big.jpg", bytes)] {
            let mut header = tar::Header::new_gnu();
            header.set_size(size);
            builder.append_data(&mut header, name, std::io::Read::take(std::io::repeat(0), size)).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap();
        path
    };
    let path = bomb("t.tgz", zeros);
    let packed = std::fs::metadata(&path).unwrap().len();
    assert!(zeros > TGZ_RATIO_FREE_BYTES + MAX_RATIO * packed, "the bomb is one");
    let index = indexed(&container(&path));
    assert_eq!(members(&index), ["Takeout/a.jpg", "Takeout/big.jpg"], "handed out before its end was seen");
    assert_eq!(causes(&index.left_out, &root), ["Takeout/big.jpg: failed archive-lies"]);
    let sound = bomb("s.tgz", TGZ_RATIO_FREE_BYTES / 2);
    assert!(indexed(&container(&sound)).left_out.is_empty());
}

#[test]
fn an_endless_name_in_a_tgz_takes_no_memory() {
    let (_dir, root) = folder();
    let path = root.join("t.tgz");
    let mut builder = tar::Builder::new(GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::best()));
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    builder.append_data(&mut header, "Takeout/a.jpg", &b"abcd"[..]).unwrap();
    let size = 32 << 20;
    let mut header = tar::Header::new_gnu();
    header.set_path("././@LongLink").unwrap();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(size);
    header.set_cksum();
    builder.append(&header, std::io::Read::take(std::io::repeat(b'n'), size)).unwrap();
    builder.into_inner().unwrap().finish().unwrap();
    let index = indexed(&container(&path));
    assert_eq!(members(&index), ["Takeout/a.jpg"]);
    assert_eq!(causes(&index.left_out, &root), ["t.tgz: failed archive-damaged"]);
    assert!(index.left_out[0].outcome.cause().unwrap().words.contains("a name in it is too long"));
}

#[test]
fn long_names_by_pax() {
    let (_dir, root) = folder();
    let path = root.join("t.tgz");
    let name = year(&("\u{f6}".repeat(120) + ".jpg"));
    let mut builder = tar::Builder::new(GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::fast()));
    builder.append_pax_extensions([("path", name.as_bytes())]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("Takeout/short.jpg").unwrap();
    header.set_size(3);
    header.set_cksum();
    builder.append(&header, &b"pax"[..]).unwrap();
    builder.into_inner().unwrap().finish().unwrap();
    let index = indexed(&container(&path));
    assert_eq!(members(&index), [name]);
    assert_eq!(Reader::new().read_all(&index.files[0].path, 10).unwrap(), b"pax");
}

/// Wherever an archive is cut, there is an answer: what lies before the cut, or an error that says what to do.
#[test]
fn archives_cut_anywhere() {
    let (_dir, root) = folder();
    let names: Vec<String> = (0..5).map(|at| year(&format!("{at}.jpg"))).collect();
    let bytes: Vec<Vec<u8>> = (0..5).map(|at| picture(at, 4000)).collect();
    let all: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(bytes.iter().map(Vec::as_slice)).collect();
    for path in both(&root, &all) {
        let sound = std::fs::read(&path).unwrap();
        let kind = container(&path).kind;
        let mut most_found = 0;
        for end in (0..sound.len()).step_by(97).chain(sound.len() - 12..sound.len()) {
            let cut = write(&root, "cut", &sound[..end]);
            let place = Container { kind, path: cut, size_bytes: end as u64, modified_ns: None, exclude: Vec::new() };
            match index(&place, &|| false, &mut |_| {}) {
                Err(error) => assert_eq!(error.cause().code, "archive-damaged", "{kind:?} cut at {end}: {error}"),
                Ok(found) => {
                    let failed = found.left_out.iter().filter(|out| matches!(out.outcome, Outcome::Failed(_))).count();
                    assert_eq!(failed, 1, "{kind:?} cut at {end}: {found:?}");
                    most_found = most_found.max(found.files.len());
                    let mut reader = Reader::new();
                    let sound = found.files.iter().filter(|found| reader.read_all(&found.path, 9000).is_ok()).count();
                    assert!(sound >= found.files.len() - 1, "{kind:?} cut at {end}");
                }
            }
        }
        // A zip's list stands at its end, so a cut one gives nothing; a tgz gives what was whole.
        assert_eq!(most_found, if kind == ContainerKind::Zip { 0 } else { 5 });
    }
}

#[test]
fn a_changed_tgz_is_told_even_when_only_its_checksum_shows_it() {
    let (_dir, root) = folder();
    let path = root.join("t.tgz");
    let name = year("a.jpg");
    let mut builder = tar::Builder::new(GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::none()));
    let mut header = tar::Header::new_gnu();
    header.set_size(2000);
    builder.append_data(&mut header, &name, &picture(3, 1996)[..]).unwrap();
    builder.into_inner().unwrap().finish().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[1200] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let index = indexed(&container(&path));
    assert_eq!(causes(&index.left_out, &root), ["t.tgz: failed archive-damaged"]);
    assert!(index.left_out[0].outcome.cause().unwrap().words.contains("checksum"));
    // What was put behind a sound archive is no damage.
    bytes[1200] ^= 1;
    bytes.extend(b"\0\0\0trailing");
    std::fs::write(&path, &bytes).unwrap();
    assert!(indexed(&container(&path)).left_out.is_empty());
}

#[test]
fn streaming_hands_out_media_once_and_can_be_stopped() {
    let (_dir, root) = folder();
    let (a, a_json, b) = (year("a.jpg"), year("a.jpg.json"), year("b.jpg"));
    let json = sidecar("a.jpg");
    let path = tgz_of(&root.join("t.tgz"), &[(&a, b"aaaa"), (&a_json, json.as_bytes()), (&b, b"bbbb")]);
    let mut got = Vec::new();
    let end = stream_tgz(&path, &|| false, &mut |found, bytes| {
        let mut head = [0; 2];
        bytes.read_exact(&mut head)?;
        got.push((found.path.file_name(), head));
        Ok(())
    })
    .unwrap();
    assert_eq!(got, [("a.jpg".to_owned(), *b"aa"), ("b.jpg".to_owned(), *b"bb")]);
    assert_eq!((end.members, end.documents.len(), end.left_out.len()), (3, 1, 0));
    let stopped = stream_tgz(&path, &|| true, &mut |_, _| Ok(()));
    assert!(matches!(stopped, Err(Error::Stopped)));
    let given_up = stream_tgz(&path, &|| false, &mut |_, _| Err(std::io::Error::other("full")));
    assert!(matches!(given_up, Err(Error::Receiver { path, .. }) if path.file_name() == "a.jpg"));
}

#[test]
fn a_reader_keeps_few_archives_and_sees_a_new_one() {
    let (_dir, root) = folder();
    let name = year("a.jpg");
    let mut reader = Reader::new();
    for at in 0..40_u8 {
        let path = zip_of(&root.join(format!("{at}.zip")), &[(&name, &[at; 3])]);
        assert_eq!(reader.read_all(&LocationPath::member(path, &name), 3).unwrap(), [at; 3]);
    }
    let place = LocationPath::member(root.join("0.zip"), &name);
    assert_eq!(reader.read_all(&place, 3).unwrap(), [0; 3]);
    std::fs::remove_file(&place.file).unwrap();
    zip_of(&place.file, &[("Takeout/first", b"x"), (&name, b"new")]);
    assert_eq!(reader.clone().read_all(&place, 3).unwrap(), b"new");
    let gone = LocationPath::member(root.join("gone.zip"), &name);
    assert!(matches!(reader.read_all(&gone, 3), Err(Error::NotFound { .. })));
}
