//! Walks one folder and tells every file below it, in order; it opens none of them.
//!
//! It follows no symbolic link, uses no recursion, and leaves nothing out in silence: what is not among the files is among those left out,
//! with its cause. What a file is (photo, sidecar, archive) is not decided here.
//!
//! **Invariant:** files + left out = everything met; `complete` only where a file not told is truly not there.

use crate::error::system_words;
use crate::exclusions::{Exclusions, holds_originals};
use crate::{Error, LeftOut, Stop};
use model::{Cause, FileId, FoundFile, LocationPath, Outcome, is_library_package};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{DirEntry, FileType, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::SystemTime;

/// What a walk needs to know besides its root.
pub(crate) struct Rules<'a> {
    /// A person's patterns.
    pub(crate) exclusions: &'a Exclusions,
    /// Folders that are walked on their own, and so not from above.
    pub(crate) boundaries: &'a BTreeSet<PathBuf>,
    /// Asked between folders.
    pub(crate) stop: Stop<'a>,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Regular files, sorted by path.
    pub(crate) files: Vec<FoundFile>,
    /// Everything else, sorted by path.
    pub(crate) left_out: Vec<LeftOut>,
    /// Whether every folder could be listed.
    pub(crate) complete: bool,
}

/// Threads that walk together: listing waits for the disk or, where all is in memory, is work for one core each.
const WALKERS_MAX: usize = 4;

/// Walks `root`, a folder. `found` is called with the number of files so far, once a folder.
///
/// # Errors
/// [`Error::Stopped`] only; what cannot be read is told among those left out.
pub(crate) fn walk(root: &Path, rules: &Rules<'_>, found: &mut dyn FnMut(u64)) -> Result<Walked, Error> {
    let folders = Folders::from(root);
    let (sender, parts) = mpsc::channel();
    let mut walked = Walked { complete: true, ..Walked::default() };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(WALKERS_MAX) {
            let (sender, folders) = (sender.clone(), &folders);
            scope.spawn(move || {
                while let Some(turn) = folders.next(rules.stop) {
                    // The other side listens until all walkers have ended.
                    drop(sender.send(walk_one(&turn, root, rules)));
                }
            });
        }
        drop(sender);
        for part in parts {
            walked.complete &= part.complete;
            walked.files.extend(part.files);
            walked.left_out.extend(part.left_out);
            found(walked.files.len() as u64);
        }
    });
    if (rules.stop)() {
        return Err(Error::Stopped);
    }
    walked.files.sort_by(|a, b| a.path.cmp(&b.path));
    walked.left_out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(walked)
}

/// Tells what lies in one folder and hands its folders on.
fn walk_one(turn: &Turn<'_>, root: &Path, rules: &Rules<'_>) -> Walked {
    let mut walked = Walked { complete: true, ..Walked::default() };
    let mut entries = list(&turn.folder, &mut walked);
    // In order, so that what is sorted at the end is nearly so.
    entries.sort_by_cached_key(DirEntry::file_name);
    for entry in &entries {
        if let Some(below) = sort_in(entry, root, &turn.folder, rules, &mut walked) {
            turn.hand_on(below);
        }
    }
    walked
}

/// Folders that wait for a walker.
struct Folders {
    state: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    folders: Vec<PathBuf>,
    /// Walkers that are in a folder, and so may find more.
    busy: usize,
}

impl Folders {
    fn from(root: &Path) -> Self {
        Self { state: Mutex::new(Waiting { folders: vec![root.to_path_buf()], busy: 0 }), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A list of paths is whole at any time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the next folder, and waits for one while others may find some; `None` when all is walked, and on a stop.
    fn next(&self, stop: Stop<'_>) -> Option<Turn<'_>> {
        let mut state = self.lock();
        loop {
            if stop() {
                return None;
            }
            if let Some(folder) = state.folders.pop() {
                state.busy += 1;
                return Some(Turn { folders: self, folder });
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A walker's time in one folder.
struct Turn<'a> {
    folders: &'a Folders,
    folder: PathBuf,
}

impl Turn<'_> {
    fn hand_on(&self, below: PathBuf) {
        self.folders.lock().folders.push(below);
        self.folders.changed.notify_one();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.folders.lock().busy -= 1;
        self.folders.changed.notify_all();
    }
}

/// Lists a folder; one that cannot be listed, or not to its end, is told as failed.
fn list(folder: &Path, walked: &mut Walked) -> Vec<DirEntry> {
    let mut entries = Vec::new();
    let listing = std::fs::read_dir(folder).and_then(|listing| {
        for entry in listing {
            entries.push(entry?);
        }
        Ok(())
    });
    if let Err(source) = listing {
        walked.complete = false;
        walked.left_out.push(LeftOut {
            path: LocationPath::file(folder),
            is_folder: true,
            outcome: Outcome::Failed(Cause::new("unreadable", system_words(&source))),
            size_bytes: 0,
        });
    }
    entries
}

/// Puts one entry where it belongs; returns a folder still to be walked.
fn sort_in(entry: &DirEntry, root: &Path, folder: &Path, rules: &Rules<'_>, walked: &mut Walked) -> Option<PathBuf> {
    let path = entry.path();
    let (kind, about) = match entry.file_type().and_then(|kind| Ok((kind, entry.metadata()?))) {
        Ok(both) => both,
        Err(source) => {
            // The name was listed, so something is there: its absence from the files proves nothing.
            walked.complete = false;
            let outcome = Outcome::Failed(Cause::new("unreadable", system_words(&source)));
            walked.left_out.push(LeftOut { path: LocationPath::file(path), is_folder: false, outcome, size_bytes: 0 });
            return None;
        }
    };
    if kind.is_dir() && rules.boundaries.contains(&path) {
        return None;
    }
    if let Some(cause) = why_not(&path, kind, &about, root, folder, rules.exclusions) {
        let is_folder = kind.is_dir();
        let size_bytes = if kind.is_file() { about.len() } else { 0 };
        walked.left_out.push(LeftOut { path: LocationPath::file(path), is_folder, outcome: Outcome::Skipped(cause), size_bytes });
        return None;
    }
    if kind.is_dir() {
        return Some(path);
    }
    walked.files.push(found_file(path, &about));
    None
}

/// Says why an entry is left out; `None` for a regular file or a folder that is wanted.
fn why_not(path: &Path, kind: FileType, about: &Metadata, root: &Path, folder: &Path, exclusions: &Exclusions) -> Option<Cause> {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let excluded = |words| Cause::new("excluded", words);
    if let Some(words) = exclusions.by_pattern(path, relative) {
        return Some(excluded(words));
    }
    if kind.is_symlink() {
        return Some(Cause::new("symlink", "a symbolic link; what it points to is looked at where it lies"));
    }
    let name = entry_name(path);
    if folder.file_name().is_some_and(is_library_package) && !(kind.is_dir() && holds_originals(&name)) {
        return Some(excluded("left out by default: part of another program's library, of which only the originals are read".to_owned()));
    }
    if kind.is_dir() {
        return Exclusions::by_default(path).map(excluded);
    }
    not_a_file(kind).or_else(|| placeholder(&name, about))
}

fn entry_name(path: &Path) -> OsString {
    path.file_name().unwrap_or_default().to_owned()
}

/// Returns the cause for sockets, pipes and devices.
pub(crate) fn not_a_file(kind: FileType) -> Option<Cause> {
    (!kind.is_file()).then(|| Cause::new("not-a-file", "a socket, a pipe or a device, and no file"))
}

/// Returns the cause for a file whose bytes lie in a cloud and not on this disk: reading it would fetch it, or fail. Space taken on disk
/// proves nothing (sparse and inlined files take none), so only what the system says outright counts.
pub(crate) fn placeholder(name: &std::ffi::OsStr, about: &Metadata) -> Option<Cause> {
    let bytes = name.as_encoded_bytes();
    let icloud_stub = bytes.starts_with(b".") && bytes.ends_with(b".icloud") && bytes.len() > ".x.icloud".len();
    let absent = icloud_stub || lies_in_a_cloud(about);
    absent.then(|| Cause::new("placeholder", "its bytes lie in a cloud and not on this disk; download it, then scan again"))
}

/// FILE_ATTRIBUTE_OFFLINE, _RECALL_ON_OPEN, _RECALL_ON_DATA_ACCESS (Windows SDK, winnt.h).
#[cfg(windows)]
fn lies_in_a_cloud(about: &Metadata) -> bool {
    use std::os::windows::fs::MetadataExt;
    about.file_attributes() & (0x1000 | 0x4_0000 | 0x40_0000) != 0
}

/// SF_DATALESS (macOS SDK, sys/stat.h).
#[cfg(target_os = "macos")]
fn lies_in_a_cloud(about: &Metadata) -> bool {
    use std::os::macos::fs::MetadataExt;
    about.st_flags() & 0x4000_0000 != 0
}

#[cfg(not(any(windows, target_os = "macos")))]
fn lies_in_a_cloud(_: &Metadata) -> bool {
    false
}

/// Returns a plain file as found.
pub(crate) fn found_file(path: PathBuf, about: &Metadata) -> FoundFile {
    FoundFile {
        path: LocationPath::file(path),
        size_bytes: about.len(),
        modified_ns: modified_ns(about),
        crc32: None,
        hard_link: hard_link(about),
    }
}

/// Returns the last change in nanoseconds since 1970 UTC, where the disk knows it and 64 bits hold it (1677 to 2262).
pub(crate) fn modified_ns(about: &Metadata) -> Option<i64> {
    let modified = about.modified().ok()?;
    match modified.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|ns| -ns),
    }
}

#[cfg(unix)]
fn hard_link(about: &Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    (about.nlink() > 1).then(|| FileId { device: about.dev(), inode: about.ino() })
}

/// Other systems tell it only to programs that open the file.
#[cfg(not(unix))]
fn hard_link(_: &Metadata) -> Option<FileId> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_listed_is_told_and_spoils_completeness() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        let rules = Rules { exclusions: &Exclusions::default(), boundaries: &BTreeSet::new(), stop: &|| false };
        let walked = walk(&gone, &rules, &mut |_| {}).unwrap();
        assert!(!walked.complete && walked.files.is_empty());
        assert_eq!(walked.left_out[0].outcome, Outcome::Failed(Cause::new("unreadable", "it is gone")));
        assert!(walked.left_out[0].is_folder && walked.left_out[0].path.file == gone);
    }
}
