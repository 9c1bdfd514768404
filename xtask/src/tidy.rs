//! The tidy test: each file says what it is for, no file outgrows a reader, and the arrows between crates are the drawn ones.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Longest file without a reason. Lines. From the style guide: 100 to 400 is usual.
const FILE_MAX_LINES: usize = 600;

/// Files that may be longer, and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// The drawing of ARCHITECTURE.md: which crates each may depend on. Tests may also use `testkit`.
const ARROWS: &[(&str, &[&str])] = &[
    ("lookalike", &["cli"]),
    ("cli", &["pipeline", "web", "testkit", "google-sim"]),
    ("web", &["pipeline"]),
    ("pipeline", &["sources", "catalog", "fingerprints", "matching", "decisions", "removal", "google", "model"]),
    ("sources", &["model"]),
    ("catalog", &["model"]),
    ("fingerprints", &["model"]),
    ("matching", &["model"]),
    ("decisions", &["model"]),
    ("removal", &["model"]),
    ("google", &["model"]),
    ("testkit", &["model"]),
    ("google-sim", &["testkit", "model"]),
    ("model", &[]),
    ("xtask", &["testkit", "model"]),
];

/// Returns what is untidy below `root`, sorted.
pub(crate) fn faults(root: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let mut files = Vec::new();
    for folder in ["src", "crates", "tests", "xtask"] {
        rust_files(&root.join(folder), &mut files);
    }
    files.sort();
    for file in &files {
        let name = file.strip_prefix(root).unwrap_or(file).display().to_string();
        match std::fs::read_to_string(file) {
            Ok(text) => file_faults(&name, &text, &mut faults),
            Err(error) => faults.push(format!("{name}: {error}")),
        }
    }
    let mut manifests = vec![root.join("Cargo.toml"), root.join("xtask/Cargo.toml")];
    if let Ok(crates) = std::fs::read_dir(root.join("crates")) {
        manifests.extend(crates.flatten().map(|entry| entry.path().join("Cargo.toml")));
    }
    manifests.sort();
    for manifest in manifests {
        match std::fs::read_to_string(&manifest) {
            Ok(text) => arrow_faults(&text, &mut faults),
            Err(error) => faults.push(format!("{}: {error}", manifest.display())),
        }
    }
    faults
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
}

fn file_faults(name: &str, text: &str, faults: &mut Vec<String>) {
    if !text.starts_with("//! ") {
        faults.push(format!("{name}: does not open with `//!`, what the file is for"));
    }
    let lines = text.lines().count();
    if lines > FILE_MAX_LINES && !LONG_FILES.iter().any(|(long, _)| *long == name) {
        faults.push(format!("{name}: {lines} lines, more than {FILE_MAX_LINES}; split it, or give the reason in xtask/src/tidy.rs"));
    }
}

fn arrow_faults(manifest: &str, faults: &mut Vec<String>) {
    let Ok(manifest) = manifest.parse::<toml::Table>() else {
        faults.push("a Cargo.toml cannot be read".to_owned());
        return;
    };
    let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str).unwrap_or("?").to_owned();
    let ours: BTreeSet<&str> = ARROWS.iter().map(|(from, _)| *from).collect();
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        faults.push(format!("crate `{name}` is not in the drawing: add it to ARCHITECTURE.md and xtask/src/tidy.rs"));
        return;
    };
    for section in ["dependencies", "build-dependencies"] {
        for to in manifest.get(section).and_then(toml::Value::as_table).into_iter().flatten().map(|(to, _)| to.as_str()) {
            if ours.contains(to) && !allowed.contains(&to) {
                faults.push(format!("crate `{name}` may not depend on `{to}`"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        assert_eq!(faults(&crate::root()), Vec::<String>::new());
    }

    #[test]
    fn a_wrong_arrow_and_a_silent_file_are_found() {
        let mut found = Vec::new();
        arrow_faults("[package]\nname = \"matching\"\n[dependencies]\ncatalog = {}\nmodel = {}\n", &mut found);
        file_faults("a.rs", "fn main() {}", &mut found);
        file_faults("b.rs", &format!("//! x\n{}", "\n".repeat(FILE_MAX_LINES)), &mut found);
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
