//! Our own trash: a folder on the file system of what it takes, with the journals of the runs that filled it.

use crate::disk::{Disk, Kind};
use crate::error::Tried as _;
use crate::journal::{JOURNALS, make_folders};
use crate::plan::Plan;
use crate::report::{Refusal, RefusalCode};
use crate::step::FILES;
use crate::{Result, journal};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Name of every trash of ours, wherever it lies; walks leave folders of this name out.
pub const TRASH_NAME: &str = ".lookalike-trash";

/// A trash of a run.
#[derive(Debug, Clone)]
pub(crate) struct Trash {
    pub(crate) folder: PathBuf,
    pub(crate) device: u64,
}

/// The trashes of a run, by the folder that was scanned.
pub(crate) struct Trashes {
    pub(crate) list: Vec<Trash>,
    of_root: HashMap<PathBuf, std::result::Result<usize, Refusal>>,
}

/// Returns the trash folder in a folder, or the folder itself where it is one.
#[must_use]
pub fn trash_in(folder: &Path) -> PathBuf {
    if folder.file_name().is_some_and(|name| name == TRASH_NAME) { folder.to_owned() } else { folder.join(TRASH_NAME) }
}

impl Trashes {
    /// Finds a trash for each scanned folder of the plan; makes them where `run` is named.
    pub(crate) fn find(disk: &dyn Disk, plan: &Plan, elsewhere: Option<&Path>, run: Option<&str>) -> Self {
        let mut found = Self { list: Vec::new(), of_root: HashMap::new() };
        let roots: BTreeSet<&Path> = plan.removals.iter().map(|removal| &*removal.root).collect();
        let mut known: BTreeMap<PathBuf, std::result::Result<usize, Refusal>> = BTreeMap::new();
        for root in roots {
            let folder = trash_in(elsewhere.unwrap_or(root));
            let at = match known.get(&folder) {
                Some(at) => at.clone(),
                // A drive that is not there must not be made on the one below it.
                None if !disk.facts(root).is_ok_and(|found| found.kind == Kind::Folder) => {
                    Err(Refusal::new(RefusalCode::Offline, format!("`{}` is not there now; connect its drive", root.display())))
                }
                None => match open(disk, &folder, run) {
                    Ok(device) => {
                        // One folder that was scanned under two names (a bind mount) has one trash.
                        let itself = disk.facts(&folder).ok();
                        let is_known = |trash: &Trash| match (itself, disk.facts(&trash.folder)) {
                            (Some(itself), Ok(other)) => itself.is_same_file(&other),
                            _ => false,
                        };
                        Ok(found.list.iter().position(is_known).unwrap_or_else(|| {
                            found.list.push(Trash { folder: folder.clone(), device });
                            found.list.len() - 1
                        }))
                    }
                    Err(error) => Err(Refusal::new(RefusalCode::Disk, format!("no trash could be made: {error}"))),
                },
            };
            known.insert(folder, at.clone());
            found.of_root.insert(root.to_owned(), at);
        }
        found
    }

    /// Returns which trash takes what lies in a scanned folder.
    pub(crate) fn of(&self, root: &Path) -> std::result::Result<usize, Refusal> {
        self.of_root.get(root).cloned().unwrap_or_else(|| Err(Refusal::new(RefusalCode::Disk, "no trash is known for it")))
    }

    /// Returns the folders.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        self.list.iter().map(|trash| trash.folder.clone()).collect()
    }
}

/// Returns the file system of a trash; with `run` its folders are made.
fn open(disk: &dyn Disk, folder: &Path, run: Option<&str>) -> Result<u64> {
    if let Some(run) = run {
        make_folders(disk, folder)?;
        make_folders(disk, &folder.join(JOURNALS))?;
        make_folders(disk, &folder.join(FILES).join(run))?;
    }
    // Before the first run nothing is there: the file system is that of the next folder above.
    let mut above = folder;
    loop {
        match disk.facts(above) {
            Ok(found) if found.kind != Kind::Folder && above == folder => {
                return Err(std::io::Error::from(std::io::ErrorKind::NotADirectory)).tried("cannot use as a trash", folder);
            }
            Ok(found) => return Ok(found.device),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => match above.parent() {
                Some(parent) => above = parent,
                None => return Err(error).tried("cannot look at", folder),
            },
            Err(error) => return Err(error).tried("cannot look at", folder),
        }
    }
}

/// Takes the folders of a run away where nothing is left in them.
pub(crate) fn tidy(disk: &dyn Disk, stage_folders: &[PathBuf]) {
    for folder in stage_folders {
        let _is_not_empty = disk.remove_folder(folder);
    }
}

/// Returns the names of the runs whose journals lie in a state folder or trash, in their order.
pub(crate) fn runs_in(disk: &dyn Disk, home: &Path) -> Result<Vec<String>> {
    let folder = journal::journals_in(home);
    let names = match disk.names(&folder) {
        Ok(names) => names,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).tried("cannot list", &folder),
    };
    let mut runs: Vec<String> =
        names.into_iter().filter_map(|name| name.to_str()?.strip_suffix(".jsonl").map(str::to_owned)).filter(|run| is_run(run)).collect();
    runs.sort();
    Ok(runs)
}

/// Tells a run's name: a number of at least six digits, a dash, eight hexadecimal digits.
pub(crate) fn is_run(name: &str) -> bool {
    name.split_once('-').is_some_and(|(number, nonce)| {
        number.len() >= 6
            && number.bytes().all(|digit| digit.is_ascii_digit())
            && nonce.len() == 8
            && nonce.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// Returns a run's number.
#[must_use]
pub fn number_of(run: &str) -> u64 {
    run.split_once('-').and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

/// Returns the name of a file in a run's folder of the trash: a number that no other has, and enough of its own name to be known again.
pub(crate) fn name_in_trash(step: u64, path: &Path) -> String {
    /// Bytes of a file's own name that are kept: with number, ending and dash below the 255 that file systems take (POSIX `NAME_MAX`).
    const KEPT_BYTES: usize = 200;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let from = (0..=name.len()).find(|at| name.is_char_boundary(*at) && name.len() - at <= KEPT_BYTES).unwrap_or(0);
    let safe: String = name[from..].chars().map(|c| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c }).collect();
    format!("{step:06}-{safe}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_trash() {
        assert_eq!(name_in_trash(7, Path::new("/a/IMG 1.jpg")), "000007-IMG 1.jpg");
        assert_eq!(name_in_trash(7, Path::new("/a/x\ny🌲.jpg")), "000007-x_y🌲.jpg");
        let long = format!("/a/{}.jpg", "é".repeat(125));
        let name = name_in_trash(1_234_567, Path::new(&long));
        assert!(name.len() <= 255 && name.ends_with("é.jpg"), "{name}");
    }

    #[test]
    fn a_trash_is_known_by_its_name() {
        assert_eq!(trash_in(Path::new("/p")), Path::new("/p/.lookalike-trash"));
        assert_eq!(trash_in(Path::new("/p/.lookalike-trash")), Path::new("/p/.lookalike-trash"));
        assert!(is_run("000001-0123abcd") && !is_run("1-0123abcd") && !is_run("../../etc") && !is_run("000001-0123abcz"));
    }
}
