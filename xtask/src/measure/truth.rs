//! What is true of a library: `truth.csv` with the columns `set,path,group,kind[,…,note]`, one row a file.
//!
//! Files of one group show the same shot, except kinds `burst` (the same moment) and `scene` (the same place). Rows whose note begins
//! with "album copy" are further locations of one photo and ask for nothing of their own.

use super::Result;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};

/// Kinds that are copies of one picture.
pub(crate) const COPIES: [&str; 6] = ["exact", "resized", "reencoded", "edited", "rotated", "cropped"];

/// One file.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row {
    pub(crate) set: String,
    pub(crate) path: String,
    pub(crate) group: String,
    pub(crate) kind: String,
    #[serde(default)]
    note: String,
}

impl Row {
    /// Tells a further location of a photo that has a row of its own.
    pub(crate) fn is_alias(&self) -> bool {
        self.note.starts_with("album copy")
    }

    pub(crate) fn is_copy(&self) -> bool {
        COPIES.contains(&self.kind.as_str())
    }
}

/// Which sets count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sets {
    /// Only these; none: all.
    pub(crate) only: BTreeSet<String>,
    /// All but these.
    pub(crate) without: BTreeSet<String>,
}

impl Sets {
    fn holds(&self, set: &str) -> bool {
        (self.only.is_empty() || self.only.contains(set)) && !self.without.contains(set)
    }
}

/// All rows that count, by place; paths are normal and below the root.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    root: PathBuf,
    pub(crate) rows: Vec<Row>,
    by_path: HashMap<String, usize>,
    /// Rows of each group in the order of the file.
    pub(crate) groups: BTreeMap<String, Vec<usize>>,
}

impl Truth {
    /// Reads the rows of `file` that count; paths of groups are later understood below `root`.
    pub(crate) fn read(file: &Path, root: &Path, sets: &Sets) -> Result<Self> {
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read `{}`: {error}", file.display()))?;
        Self::parse(&text, root, sets)
    }

    /// Understands the text of a `truth.csv`.
    pub(crate) fn parse(text: &str, root: &Path, sets: &Sets) -> Result<Self> {
        let mut truth = Self { root: std::path::absolute(root)?, ..Self::default() };
        for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
            let mut row: Row = row?;
            if !sets.holds(&row.set) {
                continue;
            }
            row.path = normal(&row.path);
            let place = truth.rows.len();
            if truth.by_path.insert(row.path.clone(), place).is_some() {
                return Err(format!("`{}` stands twice in the truth", row.path).into());
            }
            truth.groups.entry(row.group.clone()).or_default().push(place);
            truth.rows.push(row);
        }
        Ok(truth)
    }

    /// Returns the row of a path as a program names it: absolute, below the root, or `ARCHIVE!MEMBER`.
    pub(crate) fn place_of(&self, path: &str) -> Option<usize> {
        let own = match member(path) {
            Some(member) => normal(member),
            None if Path::new(path).is_absolute() => normal(Path::new(&normal(path)).strip_prefix(&self.root).ok()?.to_str()?),
            None => normal(path),
        };
        self.by_path.get(&own).copied()
    }
}

/// Returns what follows the first `.zip!`, `.tgz!` or `.tar.gz!` of a path.
fn member(path: &str) -> Option<&str> {
    let lower = path.to_ascii_lowercase();
    let ends = |sign: &str| lower.find(sign).map(|at| at + sign.len());
    let end = [".zip!", ".tgz!", ".tar.gz!"].into_iter().filter_map(ends).min()?;
    path.get(end..)
}

/// Returns the path without `.`, `..` (where something stands before it) and doubled slashes.
fn normal(path: &str) -> String {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.last(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    let joined: PathBuf = parts.into_iter().collect();
    joined.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name_however_it_is_given() {
        let text = "set,path,group,kind,note\na,x/./1.jpg,g,exact,\nb,x/2.jpg,g,resized,album copy of 1\n";
        let truth = Truth::parse(text, Path::new("/lib"), &Sets::default()).unwrap();
        for path in ["x/1.jpg", "/lib/x/1.jpg", "/lib/y/../x//1.jpg", "/else/t.zip!x/1.jpg", "t.TAR.GZ!x/1.jpg", "t.tgz!./x/1.jpg"] {
            assert_eq!(truth.place_of(path), Some(0), "{path}");
        }
        assert_eq!(truth.place_of("/else/x/1.jpg"), None);
        assert!(truth.rows[1].is_alias() && !truth.rows[0].is_alias());
    }

    #[test]
    fn only_wanted_sets_count_and_no_file_stands_twice() {
        let text = "set,path,group,kind\na,1,g,exact\nb,2,g,exact\nc,3,g,exact\n";
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let count = |only: &[&str], without: &[&str]| {
            Truth::parse(text, Path::new("."), &Sets { only: set(only), without: set(without) }).unwrap().rows.len()
        };
        assert_eq!((count(&[], &[]), count(&["a", "b"], &[]), count(&[], &["a"]), count(&["a"], &["a"])), (3, 2, 2, 0));
        let twice = "set,path,group,kind\na,1,g,exact\na,./1,g,exact\n";
        assert!(Truth::parse(twice, Path::new("."), &Sets::default()).is_err());
    }
}
