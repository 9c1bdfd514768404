//! Pairing against names and trees from outside: every row of the shared table of real names, and three real exports.
//!
//! Skips with a word where the shared folder is not there. The rows that the rules were written from are in the crate itself
//! (`takeout/pairing/tests.rs`).

use model::{Role, SidecarDocument};
use sources::takeout::pairing::{Pairing, Rule, SidecarName, pair};
use sources::takeout::sidecar;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const TAKEOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/takeout");

#[allow(clippy::print_stderr, reason = "a skipped test says so")]
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(TAKEOUT).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}

#[test]
fn every_row_of_the_table_of_real_names_holds() {
    let Some(table) = shared("sidecar_names.csv") else { return };
    let mut rows = 0;
    let mut wrong = Vec::new();
    for row in csv::Reader::from_path(table).expect("table").records() {
        let row = row.expect("row");
        let (media, expected) = (&row[0], Some(&row[2]).filter(|expected| !expected.is_empty()));
        let candidates: Vec<SidecarName<'_>> = row[1].split('|').map(|name| SidecarName { name, title: None }).collect();
        let found = pair(&[media], &candidates)[0];
        if found.sidecar.map(|index| candidates[index].name) != expected {
            wrong.push(format!("{media} got {found:?} of {candidates:?}, not {expected:?} ({})", &row[3]));
        }
        rows += 1;
    }
    assert!(wrong.is_empty(), "{} of {rows} rows fail:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows >= 30, "{rows} rows");
}

/// One folder of a tree: media and sidecars with their titles, read from disk.
#[derive(Default)]
struct Folder {
    media: Vec<String>,
    sidecars: Vec<(String, String)>,
}

impl Folder {
    fn pairings(&self) -> Vec<Pairing> {
        let media: Vec<&str> = self.media.iter().map(String::as_str).collect();
        let sidecars: Vec<SidecarName<'_>> = self.sidecars.iter().map(|(name, title)| SidecarName { name, title: Some(title) }).collect();
        pair(&media, &sidecars)
    }
}

fn folders(root: &Path) -> BTreeMap<PathBuf, Folder> {
    let mut folders: BTreeMap<PathBuf, Folder> = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.file_name().expect("name").to_string_lossy().into_owned();
            let folder = folders.entry(directory.clone()).or_default();
            if !name.ends_with(".json") {
                folder.media.push(name);
            } else if let Ok(SidecarDocument::Item(item)) = sidecar::parse(&std::fs::read(&path).expect("sidecar")) {
                folder.sidecars.push((name, item.title));
            }
        }
    }
    folders
}

#[test]
fn real_exports_pair_without_a_loose_end() {
    for (tree, media_expected, missing) in [("Takeout1", 8, 0), ("Takeout2", 3, 0), ("Takeout3", 3, 0)] {
        let Some(root) = shared(&format!("immich-go/{tree}")) else { return };
        let mut media = 0;
        let mut unpaired = 0;
        for (path, folder) in folders(&root) {
            for (name, pairing) in folder.media.iter().zip(folder.pairings()) {
                media += 1;
                let Some(index) = pairing.sidecar else {
                    unpaired += 1;
                    continue;
                };
                assert_eq!(pairing.role, Role::Original, "{name} in {}", path.display());
                let (sidecar, _) = &folder.sidecars[index];
                let expected = match name.as_str() {
                    "DSC_0238(1).JPG" => "DSC_0238.JPG(1).json".to_owned(),
                    name => format!("{name}.json"),
                };
                assert_eq!(*sidecar, expected, "{name}");
            }
        }
        assert_eq!((media, unpaired), (media_expected, missing), "{tree}");
    }
}

#[test]
fn a_real_listing_pairs_without_a_loose_end() {
    let Some(listing) = shared("real_listing_small.csv") else { return };
    let mut folders: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for row in csv::Reader::from_path(listing).expect("listing").records() {
        let row = row.expect("row");
        let Some((folder, name)) = row[3].rsplit_once('/') else { continue };
        let (media, sidecars) = folders.entry(folder.to_owned()).or_default();
        match name {
            "métadonnées.json" | "archive_browser.html" => {}
            _ if name.ends_with(".json") => sidecars.push(name.to_owned()),
            _ => media.push(name.to_owned()),
        }
    }
    let mut rules: BTreeMap<Rule, usize> = BTreeMap::new();
    for (folder, (media, sidecars)) in &folders {
        let media: Vec<&str> = media.iter().map(String::as_str).collect();
        // The listing has names only, so no titles are known.
        let sidecars: Vec<SidecarName<'_>> = sidecars.iter().map(|name| SidecarName { name, title: None }).collect();
        let pairings = pair(&media, &sidecars);
        for (name, pairing) in media.iter().zip(&pairings) {
            assert!(pairing.sidecar.is_some(), "{name} in {folder} is {pairing:?}");
            assert_eq!(pairing.role == Role::Rendition, name.contains("-modifié"), "{name}");
            *rules.entry(pairing.rule).or_default() += 1;
        }
        let mut used: Vec<usize> = pairings.iter().filter_map(|pairing| pairing.sidecar).collect();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), sidecars.len(), "every sidecar of {folder} is used");
    }
    assert_eq!(rules.get(&Rule::Edited), Some(&2), "{rules:?}");
    eprintln!("real listing: {rules:?}");
}
