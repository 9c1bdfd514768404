//! Bytes in, new files out: writes photos that are missing into a folder of the person's, each whole or not at all.
//!
//! **Invariants:** nothing that stands there is replaced or changed; a final name holds all of the bytes that were promised, or nothing; what a
//! run that died left behind has a name of our own ([`PART_MARK`]) and is taken away by the next.

use crate::disk::{Disk, Facts, Kind};
use crate::hash::{hash_file, hash_into};
use model::ContentHash;
use std::collections::HashMap;
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

/// How the name of a file that is being written begins; then comes the hash of what it will hold.
pub const PART_MARK: &str = ".lookalike-recover-";

/// Most names tried for one photo: `NAME`, `NAME (2)`, and so on.
const NAMES_MAX: u32 = 9_999;

/// Files that belong together, such as a still and its film: they get one name, with their own endings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// Folder below the target; empty for the target itself.
    pub folder: PathBuf,
    /// The name without what follows in each file's own.
    pub stem: String,
    /// The files.
    pub files: Vec<Wanted>,
}

/// A file that is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What follows the stem: `.jpg`.
    pub ending: String,
    /// Hash of the bytes.
    pub content: ContentHash,
    /// How many there are.
    pub size_bytes: u64,
}

/// Where a file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The path.
    pub path: PathBuf,
    /// Whether it is there already, with these bytes.
    pub is_there: bool,
}

/// Why a file was not written. Nothing stands under its name that did not before.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// The disk refused.
    #[error("{what} `{}`: {why}", path.display())]
    Disk {
        /// What was tried, in words.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the disk said.
        why: io::Error,
    },
    /// The bytes that came are not those that were promised.
    #[error("the bytes are not those that were scanned; `lookalike scan` looks again")]
    OtherBytes,
    /// They could not be read to their end.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// Something else stands where a folder or file was to be.
    #[error("`{}` {why}", path.display())]
    InTheWay {
        /// Where.
        path: PathBuf,
        /// What stands there.
        why: &'static str,
    },
}

impl NotWritten {
    /// Tells that the target takes nothing more: further files will fare no better.
    #[must_use]
    pub fn is_of_target(&self) -> bool {
        let Self::Disk { why, .. } = self else { return false };
        matches!(why.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem)
    }
}

fn tried(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> NotWritten {
    move |why| NotWritten::Disk { what, path: path.to_owned(), why }
}

/// A folder that is being filled.
pub struct Target<'d> {
    disk: &'d dyn Disk,
    root: PathBuf,
    /// Names given in this run, folded, with what they hold or will hold.
    given: HashMap<String, ContentHash>,
}

impl<'d> Target<'d> {
    /// Returns the folder at an absolute path, which may not be there yet.
    #[must_use]
    pub fn new(disk: &'d dyn Disk, root: &Path) -> Self {
        Self { disk, root: root.to_owned(), given: HashMap::new() }
    }

    /// Finds where files that belong together go: under one name, at the first number at which each is there already or its name is free.
    ///
    /// # Errors
    /// Where the disk cannot be looked at, or all names are taken.
    pub fn place(&mut self, together: &Together) -> Result<Vec<Placed>, NotWritten> {
        let folder = self.below(&together.folder)?;
        for number in 1..=NAMES_MAX {
            let stem = if number == 1 { together.stem.clone() } else { format!("{} ({number})", together.stem) };
            let paths = together.files.iter().map(|file| folder.join(format!("{stem}{}", file.ending)));
            let placed: Vec<Option<Placed>> =
                paths.zip(&together.files).map(|(path, wanted)| self.look(path, wanted)).collect::<Result<_, _>>()?;
            if let Some(placed) = placed.into_iter().collect::<Option<Vec<_>>>() {
                for (placed, wanted) in placed.iter().zip(&together.files) {
                    self.given.insert(folded(&placed.path), wanted.content);
                }
                return Ok(placed);
            }
        }
        Err(NotWritten::InTheWay { path: folder.join(&together.stem), why: "and thousands of names like it are taken" })
    }

    /// Returns the folder below the root; only plain names lead there.
    fn below(&self, folder: &Path) -> Result<PathBuf, NotWritten> {
        match folder.components().find(|part| !matches!(part, Component::Normal(_))) {
            Some(_) => Err(NotWritten::InTheWay { path: folder.to_owned(), why: "is no folder below the target" }),
            None => Ok(self.root.join(folder)),
        }
    }

    /// Returns the place if the file may go there or is there already; `None` where something else stands.
    fn look(&self, path: PathBuf, wanted: &Wanted) -> Result<Option<Placed>, NotWritten> {
        if let Some(content) = self.given.get(&folded(&path)) {
            return Ok((*content == wanted.content).then_some(Placed { path, is_there: true }));
        }
        match self.disk.facts(&path) {
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(Some(Placed { path, is_there: false })),
            Err(why) => Err(tried("cannot look at", &path)(why)),
            Ok(facts) if self.holds(&path, &facts, wanted)? => Ok(Some(Placed { path, is_there: true })),
            Ok(_) => Ok(None),
        }
    }

    fn holds(&self, path: &Path, facts: &Facts, wanted: &Wanted) -> Result<bool, NotWritten> {
        if facts.kind != Kind::File || facts.size_bytes != wanted.size_bytes {
            return Ok(false);
        }
        let (content, _) = hash_file(self.disk, path).map_err(tried("cannot read", path))?;
        Ok(content == wanted.content)
    }

    /// Writes a file at a place that [`place`](Self::place) told: beside it first, then synced, compared, given its time, and only then under its
    /// name. Returns whether it was written; not where it is there already, with these bytes.
    ///
    /// # Errors
    /// [`NotWritten`]; the place is as it was.
    pub fn write(&self, path: &Path, wanted: &Wanted, modified_ns: Option<i64>, from: &mut dyn Read) -> Result<bool, NotWritten> {
        let folder = path.parent().unwrap_or(&self.root);
        self.make_folders(folder)?;
        let part = folder.join(format!("{PART_MARK}{}.part", &wanted.content.to_string()[..16]));
        match self.disk.unlink(&part) {
            Err(why) if why.kind() != ErrorKind::NotFound => return Err(tried("cannot take away", &part)(why)),
            _ => {}
        }
        let written = self.fill(&part, folder, wanted, modified_ns, from).and_then(|()| self.name(&part, path, wanted));
        if !matches!(written, Ok(true)) {
            // One that stays is taken away when this file is written again.
            drop(self.disk.unlink(&part));
        }
        let is_written = written?;
        self.disk.sync_folder(folder).map_err(tried("cannot sync the folder", folder))?;
        Ok(is_written)
    }

    fn fill(&self, part: &Path, folder: &Path, wanted: &Wanted, modified_ns: Option<i64>, from: &mut dyn Read) -> Result<(), NotWritten> {
        let mode = self.disk.facts(folder).map_err(tried("cannot look at", folder))?.mode & 0o666;
        let mut read_error = None;
        {
            let mut out = self.disk.create(part).map_err(tried("cannot make", part))?;
            let mut noted = NotedReader { inner: from, error: &mut read_error };
            let hashed = hash_into(&mut noted, Some(&mut *out));
            if let Some(error) = read_error.take() {
                return Err(NotWritten::Unreadable(error));
            }
            if hashed.map_err(tried("cannot write", part))? != (wanted.content, wanted.size_bytes) {
                return Err(NotWritten::OtherBytes);
            }
            out.sync().map_err(tried("cannot sync", part))?;
        }
        if mode != 0 {
            self.disk.set_mode(part, mode).map_err(tried("cannot set permissions of", part))?;
        }
        match modified_ns {
            Some(modified_ns) => self.disk.set_modified(part, modified_ns).map_err(tried("cannot set the time of", part)),
            None => Ok(()),
        }
    }

    /// Gives what was written its name; what came there meanwhile stays.
    fn name(&self, part: &Path, path: &Path, wanted: &Wanted) -> Result<bool, NotWritten> {
        match self.disk.rename(part, path) {
            Ok(()) => Ok(true),
            Err(why) if why.kind() == ErrorKind::AlreadyExists => {
                let facts = self.disk.facts(path).map_err(tried("cannot look at", path))?;
                match self.holds(path, &facts, wanted)? {
                    true => Ok(false),
                    false => Err(NotWritten::InTheWay { path: path.to_owned(), why: "came there meanwhile; run it again" }),
                }
            }
            Err(why) => Err(tried("cannot give the name", path)(why)),
        }
    }

    /// Writes a text beside a photo, such as its sidecar, whole or not at all. Returns whether it was written; not where something stands there.
    ///
    /// # Errors
    /// [`NotWritten`]; the place is as it was.
    pub fn write_beside(&self, path: &Path, bytes: &[u8]) -> Result<bool, NotWritten> {
        match self.disk.facts(path) {
            Ok(_) => return Ok(false),
            Err(why) if why.kind() == ErrorKind::NotFound => {}
            Err(why) => return Err(tried("cannot look at", path)(why)),
        }
        let wanted = Wanted { ending: String::new(), content: crate::hash_of(bytes), size_bytes: bytes.len() as u64 };
        self.write(path, &wanted, None, &mut &*bytes)
    }

    /// Tells whether a plain file stands at a path.
    ///
    /// # Errors
    /// Where the disk cannot be looked at.
    pub fn has(&self, path: &Path) -> Result<bool, NotWritten> {
        match self.disk.facts(path) {
            Ok(facts) => Ok(facts.kind == Kind::File),
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(false),
            Err(why) => Err(tried("cannot look at", path)(why)),
        }
    }

    /// Returns the bytes of a file, at most so many.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn text(&self, path: &Path, max_bytes: u64) -> Result<Vec<u8>, NotWritten> {
        let mut bytes = Vec::new();
        let mut file = self.disk.open(path).map_err(tried("cannot read", path))?;
        (&mut *file).take(max_bytes).read_to_end(&mut bytes).map_err(tried("cannot read", path))?;
        Ok(bytes)
    }

    /// Makes the folders down to `folder`, from the root's own parent on. A link on the way below the root is refused: it would lead elsewhere.
    fn make_folders(&self, folder: &Path) -> Result<(), NotWritten> {
        let above: Vec<&Path> = folder.ancestors().take_while(|path| !path.as_os_str().is_empty()).collect();
        for path in above.into_iter().rev() {
            match self.disk.facts(path) {
                Ok(Facts { kind: Kind::Folder, .. }) => {}
                Ok(Facts { kind: Kind::Link, .. }) if !path.starts_with(&self.root) || path == self.root => {}
                Ok(_) => return Err(NotWritten::InTheWay { path: path.to_owned(), why: "is no folder" }),
                Err(why) if why.kind() == ErrorKind::NotFound => {
                    match self.disk.make_folder(path, false) {
                        Err(why) if why.kind() != ErrorKind::AlreadyExists => return Err(tried("cannot make the folder", path)(why)),
                        _ => {}
                    }
                    if let Some(parent) = path.parent() {
                        self.disk.sync_folder(parent).map_err(tried("cannot sync the folder", parent))?;
                    }
                }
                Err(why) => return Err(tried("cannot look at", path)(why)),
            }
        }
        Ok(())
    }
}

/// Returns a path as file systems that do not tell case apart have it.
fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

/// Notes that an error is the reader's and not the writer's.
struct NotedReader<'r> {
    inner: &'r mut dyn Read,
    error: &'r mut Option<io::Error>,
}

impl Read for NotedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            if error.kind() == ErrorKind::Interrupted {
                return error;
            }
            let told = io::Error::from(error.kind());
            *self.error = Some(error);
            told
        })
    }
}
