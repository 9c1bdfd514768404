//! Every damaged and hostile archive of the data set: surveyed, listed and read without a panic, each answered in words.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr)]

mod common;
use common::*;
use model::{FoundFile, Outcome};
use sources::{Container, ContainerKind, Error, Reader, Survey, index};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads all that an index offers; returns how many members read soundly, and the causes of the others.
fn read_everything(path: &Path, kind: ContainerKind) -> Result<(usize, Vec<String>), Error> {
    let container = Container { kind, path: path.to_path_buf(), size_bytes: 0, modified_ns: None, exclude: Vec::new() };
    let index = index(&container, &|| false, &mut |_| {})?;
    let mut reader = Reader::new();
    let mut told: Vec<String> = index.left_out.iter().map(code).collect();
    let mut sound = index.documents.len();
    for FoundFile { path, size_bytes, .. } in &index.files {
        match reader.read_all(path, 64 << 20) {
            Ok(bytes) => {
                assert_eq!(bytes.len() as u64, *size_bytes);
                sound += 1;
            }
            Err(error) => told.push(error.cause().code),
        }
    }
    told.sort();
    Ok((sound, told))
}

/// Surveys a folder and each of its files alone, and reads each as zip and as tgz; returns what came of each as a zip.
fn run(folder: &Path) -> BTreeMap<String, String> {
    let whole: Survey = surveyed(&[folder]);
    let told = whole.folders.iter().map(|f| f.files.len() + f.left_out.len()).sum::<usize>() + whole.containers.len();
    assert_eq!(told, std::fs::read_dir(folder).unwrap().count(), "each file is told once");
    let mut outcomes = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let survey = surveyed(&[&path]);
        assert_eq!(survey.containers.len() + survey.left_out.len() + survey.folders.len(), 1);
        for out in &survey.left_out {
            assert!(matches!(out.outcome, Outcome::Skipped(_) | Outcome::Failed(_)));
        }
        assert!(read_everything(&path, ContainerKind::Tgz).is_err());
        let outcome = match read_everything(&path, ContainerKind::Zip) {
            Ok((sound, told)) => format!("{sound} {}", told.join(",")),
            Err(error) => error.cause().code,
        };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        outcomes.insert(name.trim_start_matches("yauzl__").to_owned(), outcome.trim().to_owned());
    }
    outcomes
}

#[test]
fn foreign_zips() {
    let Some(folder) = shared("robustness/zip") else { return };
    let outcomes = run(&folder);
    for (name, outcome) in &outcomes {
        println!("{outcome:50} {name}");
    }
    assert!(outcomes.len() >= 40);
    let check = |name: &str, expected: &str| {
        let found = outcomes.iter().find(|(file, _)| file.starts_with(name)).map(|(_, outcome)| outcome.as_str());
        assert_eq!(found, Some(expected), "{name}");
    };
    check("linux-info-zip", "2");
    check("zip64.zip", "2");
    check("empty", "0");
    check("End of central directory record signature not found Either not a zip file or file is truncated.zip", "archive-damaged");
    check("traditional-encryption.zip", "0 failed encrypted");
    check("strong encryption", "0 failed encrypted");
    check("absolute path atxt", "1 failed unsafe-name");
    check("invalid relative path", "1 failed unsafe-name");
    check("too many bytes in the stream", "0 archive-lies");
    check("not enough bytes in the stream", "0 failed archive-lies");
}

#[test]
fn zips_that_lead_out() {
    let Some(folder) = shared("robustness/zip_slip") else { return };
    let outcomes = run(&folder);
    assert!(outcomes.values().all(|outcome| outcome == "1 failed unsafe-name"), "{outcomes:?}");
}

#[test]
fn crafted_ones() {
    let Some(folder) = shared("robustness/crafted") else { return };
    let outcomes = run(&folder);
    let check = |name: &str, expected: &str| assert_eq!(outcomes.get(name).map(String::as_str), Some(expected), "{name}");
    check("slip_dotdot.zip", "1 failed unsafe-name");
    check("absolute_path.zip", "1 failed unsafe-name");
    check("backslashes.zip", "1");
    check("symlink.zip", "1 skipped symlink");
    check("bomb_1GB.zip", "0 failed archive-lies");
    check("truncated_central_dir.zip", "archive-damaged");
    check("empty.zip", "0");
    check("zero.jpg", "archive-damaged");
}
