//! Lists one container: its files, its JSON documents parsed, and what was left out. Nothing else is opened.
//!
//! It pairs nothing and sniffs nothing: `archive_browser.html` and the like are files here, and the pipeline skips them by content.
//!
//! **Invariant:** files + documents + left out = all members but folders, each once.

use super::{Container, ContainerKind, document, sidecar, tree::Tree};
use crate::archive::{Directory, MemberName, open_member, same_name_twice, stream_tgz};
use crate::exclusions::Exclusions;
use crate::walk::{self, Rules};
use crate::{Error, LeftOut, Stop};
use model::{Cause, FoundFile, LocationPath, SidecarDocument};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What a container holds. All three lists are sorted by path.
#[derive(Debug, Default)]
pub struct ContainerIndex {
    /// Every regular file but the documents.
    pub files: Vec<FoundFile>,
    /// Every JSON that was parsed.
    pub documents: Vec<(FoundFile, SidecarDocument)>,
    /// What was skipped or failed.
    pub left_out: Vec<LeftOut>,
}

/// Lists a container. `on_entry` is called with the number of entries looked at so far.
///
/// A tgz is read through once, which takes as long as unpacking it; [`stream_tgz`] gives the same and the bytes as well.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Damaged`], [`Error::Unsupported`], [`Error::TooLarge`], [`Error::Lies`] where
/// nothing of the container can be had; [`Error::Stopped`]; [`Error::Pattern`].
pub fn index(container: &Container, stop: Stop<'_>, on_entry: &mut dyn FnMut(u64)) -> Result<ContainerIndex, Error> {
    let exclusions = Exclusions::new(&container.exclude)?;
    let mut index = match container.kind {
        ContainerKind::Zip => of_zip(container, &exclusions, stop, on_entry)?,
        ContainerKind::Tgz => of_tgz(container, &exclusions, stop, on_entry)?,
        ContainerKind::Tree => of_tree(container, &exclusions, stop, on_entry)?,
    };
    index.files.sort_by(|a, b| a.path.cmp(&b.path));
    index.documents.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    index.left_out.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(index)
}

impl ContainerIndex {
    fn judge(&mut self, found: FoundFile, json: &[u8]) {
        match document::judge(&found, json) {
            document::Judged::Document(parsed) => self.documents.push((found, parsed)),
            document::Judged::Failed(left_out) => self.left_out.push(left_out),
            document::Judged::NotOurs => self.files.push(found),
        }
    }
}

fn of_zip(container: &Container, exclusions: &Exclusions, stop: Stop<'_>, on_entry: &mut dyn FnMut(u64)) -> Result<ContainerIndex, Error> {
    let directory = Directory::open(&container.path)?;
    let mut file = File::open(&container.path).map_err(|e| Error::of_system(&container.path, e))?;
    let mut index = ContainerIndex::default();
    for at in 0..directory.len() {
        if stop() {
            return Err(Error::Stopped);
        }
        match zip_member(&directory, at, container, exclusions) {
            None => {}
            Some(Err(left_out)) => index.left_out.push(left_out),
            Some(Ok(found)) if document::wanted(&found.path.file_name(), found.size_bytes) => {
                zip_document(&directory, &mut file, at, found, &mut index);
            }
            Some(Ok(found)) => index.files.push(found),
        }
        on_entry(at as u64 + 1);
    }
    tell_repeated(&directory, container, &mut index);
    Ok(index)
}

/// Judges one member of a zip by what the list tells; `None` for a folder.
fn zip_member(directory: &Directory, at: usize, container: &Container, exclusions: &Exclusions) -> Option<Result<FoundFile, LeftOut>> {
    let Some(member) = directory.member(at) else {
        let cause = Cause::new("archive-damaged", "a member whose name cannot be read");
        return Some(Err(LeftOut::failed(LocationPath::member(&container.path, format!("#{at}")), 0, cause)));
    };
    let size_bytes = member.size_bytes;
    let (name, is_safe) = match member.name {
        MemberName::Folder => return None,
        MemberName::File(name) => (name, true),
        MemberName::Unsafe(name) => (name, false),
    };
    let path = LocationPath::member(&container.path, name.clone());
    if !is_safe {
        let cause = Error::UnsafeName { path: path.clone() }.cause();
        return Some(Err(LeftOut::failed(path, size_bytes, cause)));
    }
    if directory.find(&name) != Some(at) {
        // Two spellings of one name: `a\b` and `a/b`.
        let found = FoundFile { path, size_bytes, modified_ns: None, crc32: None, hard_link: None };
        return Some(Err(same_name_twice(&found)));
    }
    if member.is_symlink {
        return Some(Err(LeftOut::skipped(path, size_bytes, symlink_member())));
    }
    if let Some(words) = exclusions.by_pattern(Path::new(&name), Path::new(&name)) {
        return Some(Err(LeftOut::skipped(path, size_bytes, Cause::new("excluded", words))));
    }
    if let Err(error) = directory.refuse(at, &path) {
        return Some(Err(LeftOut::failed(path, size_bytes, error.cause())));
    }
    Some(Ok(FoundFile { path, size_bytes, modified_ns: container.modified_ns, crc32: Some(member.crc32), hard_link: None }))
}

fn symlink_member() -> Cause {
    Cause::new("symlink", "a symbolic link inside the archive; no export holds any")
}

fn zip_document(directory: &Directory, file: &mut File, at: usize, found: FoundFile, index: &mut ContainerIndex) {
    let mut json = Vec::new();
    match open_member(directory, file, at, &found.path, |bytes, _| bytes.read_to_end(&mut json)) {
        Ok(_) => index.judge(found, &json),
        Err(error) => index.left_out.push(LeftOut::failed(found.path, found.size_bytes, error.cause())),
    }
}

/// Tells members that stand in the list more than once: the last of each is the one read, as unpackers overwrite.
fn tell_repeated(directory: &Directory, container: &Container, index: &mut ContainerIndex) {
    for (name, times) in &directory.repeated {
        let path = LocationPath::member(&container.path, name.clone());
        let found = FoundFile { path, size_bytes: 0, modified_ns: None, crc32: None, hard_link: None };
        index.left_out.extend(std::iter::repeat_n(same_name_twice(&found), *times));
    }
}

fn of_tgz(container: &Container, exclusions: &Exclusions, stop: Stop<'_>, on_entry: &mut dyn FnMut(u64)) -> Result<ContainerIndex, Error> {
    let mut index = ContainerIndex::default();
    let end = stream_tgz(&container.path, stop, &mut |found, _| {
        index.files.push(found.clone());
        on_entry(index.files.len() as u64);
        Ok(())
    })?;
    index.documents = end.documents;
    index.left_out = end.left_out;
    leave_out_by_pattern(exclusions, &mut index);
    Ok(index)
}

/// Moves the members that a person's patterns name to those left out.
fn leave_out_by_pattern(exclusions: &Exclusions, index: &mut ContainerIndex) {
    let left_out = &mut index.left_out;
    let mut stays = |found: &FoundFile| {
        let name = Path::new(found.path.member.as_deref().unwrap_or_default());
        let Some(words) = exclusions.by_pattern(name, name) else { return true };
        left_out.push(LeftOut::skipped(found.path.clone(), found.size_bytes, Cause::new("excluded", words)));
        false
    };
    index.files.retain(&mut stays);
    index.documents.retain(|(found, _)| stays(found));
}

fn of_tree(container: &Container, exclusions: &Exclusions, stop: Stop<'_>, on_entry: &mut dyn FnMut(u64)) -> Result<ContainerIndex, Error> {
    let about = std::fs::metadata(&container.path).map_err(|e| Error::of_system(&container.path, e))?;
    if !about.is_dir() {
        return Err(Error::of_system(&container.path, io::Error::from(io::ErrorKind::NotADirectory)));
    }
    let rules = Rules { exclusions, boundaries: &BTreeSet::new(), stop };
    let walked = walk::walk(&container.path, &rules, on_entry)?;
    let tree = Tree::at(&container.path, &walked.files);
    let told = |left_out: &LeftOut| {
        let path = &left_out.path.file;
        *path == container.path || if left_out.is_folder { tree.covers_folder(path) } else { tree.covers(path) }
    };
    let mut index = ContainerIndex { left_out: walked.left_out.into_iter().filter(told).collect(), ..ContainerIndex::default() };
    for found in walked.files.into_iter().filter(|found| tree.covers(&found.path.file)) {
        if stop() {
            return Err(Error::Stopped);
        }
        if document::wanted(&found.path.file_name(), found.size_bytes) {
            tree_document(found, &mut index);
        } else {
            index.files.push(found);
        }
    }
    Ok(index)
}

fn tree_document(found: FoundFile, index: &mut ContainerIndex) {
    let mut json = Vec::new();
    // One byte beyond the bound, so that a file that grew is told and not cut.
    let read = File::open(&found.path.file).and_then(|file| file.take(sidecar::MAX_SIDECAR_BYTES + 1).read_to_end(&mut json));
    match read {
        Ok(_) => index.judge(found, &json),
        Err(source) => {
            let cause = Error::of_system(&found.path.file, source).cause();
            index.left_out.push(LeftOut::failed(found.path, found.size_bytes, cause));
        }
    }
}
