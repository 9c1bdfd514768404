//! Unpacked exports among folders: drawn ones, one row a shape, and the real ones of the data set.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr)]

mod common;
use common::*;
use model::SidecarDocument;
use sources::{ContainerKind, Survey, SurveyOptions};
use std::collections::BTreeSet;
use std::path::Path;

/// Lays out files by name: sidecars, album records and media are told by their endings.
fn lay_out(root: &Path, files: &[&str]) {
    for name in files {
        let last = name.rsplit('/').next().unwrap();
        match last {
            "metadata.json" | "metadati.json" => write(root, name, ALBUM_RECORD),
            "broken.json" => write(root, name, "{\"title\": "),
            "package.json" => write(root, name, "{\"name\": \"a\", \"version\": \"1\"}"),
            _ if last.ends_with(".json") => write(root, name, sidecar(last.trim_end_matches(".json"))),
            _ => write(root, name, picture(name.len() as u64, 20)),
        };
    }
}

fn containers(survey: &Survey, root: &Path) -> Vec<String> {
    assert!(survey.containers.iter().all(|c| c.kind == ContainerKind::Tree && c.size_bytes == 0 && c.modified_ns.is_some()));
    survey.containers.iter().map(|c| below(&c.path, root)).collect()
}

/// Surveys `walked` (below the root); compares containers and the files that stay in folders; then holds that every file is told once.
fn check(files: &[&str], walked: &str, expected_trees: &[&str], expected_rest: &[&str]) {
    let (_dir, root) = folder();
    lay_out(&root, files);
    let survey = surveyed(&[&root.join(walked)]);
    assert_eq!(containers(&survey, &root), expected_trees, "{files:?} in {walked:?}");
    let mut told: Vec<String> = survey.folders.iter().flat_map(|f| &f.files).map(|f| below(&f.path.file, &root)).collect();
    assert_eq!(told, expected_rest, "{files:?} in {walked:?}");
    told.extend(survey.folders.iter().flat_map(|f| &f.left_out).chain(&survey.left_out).map(|out| below(&out.path.file, &root)));
    for container in &survey.containers {
        let index = indexed(container);
        assert!(index.files.is_sorted_by_key(|f| &f.path) && index.documents.is_sorted_by_key(|(f, _)| &f.path));
        told.extend(index.files.iter().map(|f| below(&f.path.file, &root)));
        told.extend(index.documents.iter().map(|(f, _)| below(&f.path.file, &root)));
        told.extend(index.left_out.iter().map(|out| below(&out.path.file, &root)));
    }
    told.sort();
    let prefix = if walked.is_empty() { String::new() } else { format!("{walked}/") };
    let mut all: Vec<_> = files.iter().filter(|name| name.starts_with(&prefix)).map(|name| (*name).to_owned()).collect();
    all.sort();
    assert_eq!(told, all, "each file is told once: {files:?}");
}

#[test]
fn shapes() {
    // The usual one; a plain folder beside it stays a folder.
    check(
        &[
            "Takeout/archive_browser.html",
            "Takeout/Google Photos/Photos from 2020/a.jpg",
            "Takeout/Google Photos/Photos from 2020/a.jpg.json",
            "Takeout/Google Photos/Rome/b.jpg",
            "Takeout/Google Photos/Rome/metadata.json",
            "Takeout/Google Photos/print-subscriptions.json",
            "Takeout/Drive/c.jpg",
            "plain/d.jpg",
        ],
        "",
        &["Takeout/Google Photos"],
        &["Takeout/Drive/c.jpg", "plain/d.jpg"],
    );
    // A product folder in a language that is not known, in `Takeout`: by its place.
    check(&["Takeout/Xyz/Rome/b.jpg", "Takeout/Xyz/Rome/b.jpg.json", "Takeout/Xyz/Paris/c.jpg"], "", &["Takeout/Xyz"], &[]);
    // A part with media only, and one with sidecars only.
    check(&["p2/Takeout/Google Fotos/Photos from 2020/a.jpg"], "", &["p2/Takeout/Google Fotos"], &[]);
    check(&["Google Photos/Rome/b.jpg.json"], "", &["Google Photos"], &[]);
    // By two albums; what has no sidecars stays with its folder.
    check(
        &["x/Rome/b.jpg", "x/Rome/b.jpg.json", "x/Paris/c.jpg", "x/Paris/c.jpg.json", "x/own/d.jpg", "x/Rome/sub/e.jpg", "x/f.jpg"],
        "",
        &["x"],
        &["x/Rome/sub/e.jpg", "x/f.jpg", "x/own/d.jpg"],
    );
    // By a year.
    check(&["x/Photos from 2020/a.jpg", "x/Photos from 2020/a.jpg.json", "x/own/d.jpg"], "", &["x"], &["x/own/d.jpg"]);
    // One album alone.
    check(&["x/Rome/b.jpg", "x/Rome/b.jpg.json", "x/own/d.jpg"], "", &["x/Rome"], &["x/own/d.jpg"]);
    // Sidecars at two depths: each folder by itself, and none told twice.
    check(&["x/Rome/b.jpg", "x/Rome/b.jpg.json", "x/Rome/deep/c.jpg", "x/Rome/deep/c.jpg.json"], "", &["x/Rome", "x/Rome/deep"], &[]);
    // Only the year was named: nothing above it is touched.
    check(
        &["Google Photos/Photos from 2020/a.jpg", "Google Photos/Photos from 2020/a.jpg.json", "Google Photos/Rome/b.jpg"],
        "Google Photos/Photos from 2020",
        &["Google Photos/Photos from 2020"],
        &[],
    );
    // The product's folder itself was named.
    check(&["Google Photos/Rome/a.jpg", "Google Photos/Rome/a.jpg.json"], "Google Photos", &["Google Photos"], &[]);
}

#[test]
fn what_is_no_export() {
    check(&["x/a.jpg.json", "x/b.jpg.json"], "", &[], &["x/a.jpg.json", "x/b.jpg.json"]);
    check(&["x/package.json", "x/a.jpg"], "", &[], &["x/a.jpg", "x/package.json"]);
    check(&["x/broken.json", "x/a.jpg"], "", &[], &["x/a.jpg", "x/broken.json"]);
    check(&["x/metadata.json", "x/a.jpg"], "", &[], &["x/a.jpg", "x/metadata.json"]);
    check(&["Google Photos/a.jpg", "Photos from 2020/b.jpg"], "", &[], &["Google Photos/a.jpg", "Photos from 2020/b.jpg"]);
}

#[test]
fn an_item_is_found_behind_other_json() {
    // Four are tried: those called after a file come first.
    let files = ["x/1.json", "x/a.json", "x/metadata.json", "x/package.json", "x/broken.json", "x/z.jpg", "x/z.jpg.json"];
    check(&files, "", &["x"], &[]);
}

#[test]
fn a_tree_is_indexed_with_its_documents_and_losses() {
    let (_dir, root) = folder();
    let product = "Takeout/Google Photos";
    lay_out(
        &root,
        &[
            "Takeout/Google Photos/Rome/a.jpg",
            "Takeout/Google Photos/Rome/a.jpg.json",
            "Takeout/Google Photos/Rome/metadata.json",
            "Takeout/Google Photos/Rome/broken.json",
            "Takeout/Google Photos/Rome/.git/x",
            "Takeout/Google Photos/Rome/left.tmp",
            "Takeout/Google Photos/package.json",
        ],
    );
    write(&root, &format!("{product}/Rome/long.json"), vec![b' '; (4 << 20) + 1]);
    let options = SurveyOptions { exclude: vec!["*.tmp".to_owned()], ..Default::default() };
    let survey = surveyed_with(&[&root], &options);
    assert!(survey.folders.is_empty() && survey.left_out.is_empty(), "told by the container: {survey:?}");
    let index = indexed(&survey.containers[0]);
    let at = root.join(product);
    assert_eq!(index.files.iter().map(|f| below(&f.path.file, &at)).collect::<Vec<_>>(), ["Rome/a.jpg", "Rome/long.json"]);
    assert_eq!(
        causes(&index.left_out, &at),
        ["Rome/.git: skipped excluded", "Rome/broken.json: failed sidecar-damaged", "Rome/left.tmp: skipped excluded"]
    );
    let kinds: Vec<_> = index
        .documents
        .iter()
        .map(|(found, document)| {
            let kind = match document {
                SidecarDocument::Item(sidecar) => format!("item {}", sidecar.title),
                SidecarDocument::Album(album) => format!("album {}", album.title),
                SidecarDocument::Other => "other".to_owned(),
            };
            format!("{}: {kind}", below(&found.path.file, &at))
        })
        .collect();
    assert_eq!(kinds, ["Rome/a.jpg.json: item a.jpg", "Rome/metadata.json: album Rome", "package.json: other"]);
    assert!(index.files.iter().all(|f| f.path.member.is_none() && f.crc32.is_none()));
}

#[test]
fn real_exports_of_the_data_set() {
    let Some(root) = shared("takeout/immich-go") else { return };
    let survey = surveyed(&[&root]);
    assert_eq!(containers(&survey, &root), ["Takeout1/Google Photos", "Takeout2/Google Photos", "Takeout3"]);
    assert_eq!(survey.folders.len(), 1);
    assert_eq!(names(&survey.folders[0]).len(), 8);
    assert!(names(&survey.folders[0]).iter().all(|name| name.starts_with("folder/low/")));
    let counts: Vec<_> = survey.containers.iter().map(indexed).map(|i| (i.files.len(), i.documents.len(), i.left_out.len())).collect();
    assert_eq!(counts, [(8, 9, 0), (3, 4, 0), (3, 3, 0)]);

    let third = surveyed(&[&root.join("Takeout3")]);
    assert!(third.folders.is_empty());
    assert_eq!(containers(&third, &root), ["Takeout3"]);
    let album = surveyed(&[&root.join("Takeout1/Google Photos/Album test 6-10-23")]);
    assert_eq!(containers(&album, &root), ["Takeout1/Google Photos/Album test 6-10-23"]);
    let low = surveyed(&[&root.join("folder/low")]);
    assert!(low.containers.is_empty() && low.folders[0].complete);
}

#[test]
fn loose_sidecars_without_media_are_files() {
    let Some(root) = shared("takeout/sidecars") else { return };
    let survey = surveyed(&[&root]);
    assert!(survey.containers.is_empty());
    let found: BTreeSet<_> = names(&survey.folders[0]).into_iter().collect();
    assert_eq!(found.len(), std::fs::read_dir(&root).unwrap().count());
}
