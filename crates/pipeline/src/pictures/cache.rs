//! Pictures kept on disk, named by the content that they show: `256/ab/<hash>.jpg`, `1024/ab/<hash>.jpg`.
//!
//! The index is in memory; the folder is read when it is opened, and again now and then, since another process may write to it too. What is
//! no picture of ours is left alone; what is damaged is drawn anew. A change in how pictures are drawn gives the folders other names.
//!
//! **Invariant:** after each picture kept, the folder holds at most the budget and an eighth of it for every process that writes there.

use super::PictureSize;
use super::draw::UNPACKED_PREFIX;
use crate::Result;
use crate::output::OwnFolder;
use crate::place::locked;
use model::ContentHash;
use rustc_hash::FxHashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// Part of the budget after whose writing the folder is read again.
const READ_AGAIN_PART: u64 = 8;
/// What is left when room is made, in percent of the budget: so that room is not made for each picture.
const LEFT_PERCENT: u64 = 90;
/// Most bytes of a picture of ours: twice the 1.8 MB of 1,024 × 1,024 pixels of noise. A larger file is another's, and is drawn over.
const KEPT_MAX_BYTES: usize = 4 << 20;
/// Age from which a file that was never finished is a dead process's.
const UNFINISHED_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// A picture's name.
pub(super) type Key = (PictureSize, ContentHash);

/// What the cache holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PicturesUsage {
    /// Pictures.
    pub pictures: u64,
    /// Bytes of them.
    pub bytes: u64,
}

#[derive(Default)]
struct Index {
    /// Bytes, and the number of the asking at which it was wanted last.
    held: FxHashMap<Key, (u64, u64)>,
    bytes: u64,
    asked: u64,
    /// Bytes written since the folder was read.
    written: u64,
}

impl Index {
    fn put(&mut self, key: Key, bytes: u64) {
        self.asked += 1;
        self.forget(key);
        self.held.insert(key, (bytes, self.asked));
        self.bytes += bytes;
    }

    fn forget(&mut self, key: Key) {
        if let Some((bytes, _)) = self.held.remove(&key) {
            self.bytes -= bytes;
        }
    }

    /// Takes over what the folder holds, the oldest first; what was known keeps its turn.
    fn take_over(&mut self, found: Vec<(Key, u64)>) {
        let former = std::mem::take(self);
        self.asked = former.asked;
        for (key, bytes) in found {
            self.put(key, bytes);
            if let (Some(known), Some(held)) = (former.held.get(&key), self.held.get_mut(&key)) {
                held.1 = known.1;
            }
        }
    }

    /// Takes the least recently wanted out until few enough are left.
    fn make_room(&mut self, budget: u64) -> Vec<Key> {
        if self.bytes <= budget {
            return Vec::new();
        }
        let mut by_age: Vec<(u64, Key)> = self.held.iter().map(|(key, held)| (held.1, *key)).collect();
        by_age.sort_unstable_by_key(|one| one.0);
        let mut out = Vec::new();
        for (_, key) in by_age {
            if self.bytes <= budget / 100 * LEFT_PERCENT {
                break;
            }
            self.forget(key);
            out.push(key);
        }
        out
    }
}

/// Pictures on disk.
pub(super) struct Cache {
    folder: OwnFolder,
    budget_bytes: u64,
    index: Mutex<Index>,
}

impl Cache {
    /// Opens the cache in that folder, and brings it within the budget.
    pub(super) fn open(folder: OwnFolder, budget_bytes: u64) -> Self {
        let cache = Self { folder, budget_bytes, index: Mutex::default() };
        locked(&cache.index).take_over(cache.read_folder());
        cache.make_room();
        cache
    }

    /// Returns a picture; `None` where it is not there, or not whole.
    pub(super) fn get(&self, key: Key) -> Option<Vec<u8>> {
        let name = name_of(key);
        let bytes = if self.folder.has(&name) { self.folder.read(&name, KEPT_MAX_BYTES as u64 + 1).ok().flatten() } else { None };
        let mut index = locked(&self.index);
        let is_ours = |bytes: &Vec<u8>| bytes.len() <= KEPT_MAX_BYTES && bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9]);
        match bytes.filter(is_ours) {
            Some(bytes) => {
                index.put(key, bytes.len() as u64);
                Some(bytes)
            }
            None => {
                index.forget(key);
                None
            }
        }
    }

    /// Keeps a picture, if it can be written; that it cannot keeps nobody from seeing it.
    pub(super) fn put(&self, key: Key, bytes: &[u8]) {
        let (name, size_bytes) = (name_of(key), bytes.len() as u64);
        let (size, rest) = name.split_at(name.find('/').expect("made with one"));
        let folders = [size.to_owned(), format!("{size}{}", &rest[..3])];
        let made = folders.iter().try_for_each(|folder| self.folder.make(folder));
        if size_bytes > self.budget_bytes.min(KEPT_MAX_BYTES as u64) || made.and_then(|()| self.folder.write(&name, bytes)).is_err() {
            return;
        }
        let must_read = {
            let mut index = locked(&self.index);
            index.put(key, size_bytes);
            index.written += size_bytes;
            let must_read = index.written > self.budget_bytes / READ_AGAIN_PART;
            if must_read {
                index.written = 0;
            }
            must_read
        };
        if must_read {
            let found = self.read_folder();
            locked(&self.index).take_over(found);
        }
        self.make_room();
    }

    /// Returns what it holds, as the folder says.
    pub(super) fn usage(&self) -> PicturesUsage {
        let found = self.read_folder();
        PicturesUsage { pictures: found.len() as u64, bytes: found.iter().map(|one| one.1).sum() }
    }

    /// Removes all pictures; returns what they were.
    pub(super) fn clean(&self) -> Result<PicturesUsage> {
        let mut gone = PicturesUsage::default();
        for (key, bytes) in self.read_folder() {
            self.folder.remove(&name_of(key))?;
            gone.pictures += 1;
            gone.bytes += bytes;
        }
        *locked(&self.index) = Index::default();
        Ok(gone)
    }

    fn make_room(&self) {
        let out = locked(&self.index).make_room(self.budget_bytes);
        for key in out {
            // What cannot be removed is met again when the folder is read.
            drop(self.folder.remove(&name_of(key)));
        }
    }

    /// Returns the pictures in the folder and their bytes, the oldest first; removes what dead processes left unfinished.
    fn read_folder(&self) -> Vec<(Key, u64)> {
        let mut found = Vec::new();
        let is_left =
            |facts: &std::fs::Metadata| facts.modified().ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > UNFINISHED_MAX);
        for (name, _) in self.folder.list("").into_iter().filter(|(name, facts)| name.starts_with(UNPACKED_PREFIX) && is_left(facts)) {
            drop(self.folder.remove(&name));
        }
        for size in PictureSize::ALL {
            for first in 0..=255u8 {
                let folder = format!("{}/{first:02x}", size.side_max());
                for (name, facts) in self.folder.list(&folder) {
                    let modified = facts.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                    match name.strip_suffix(".jpg").and_then(|hash| hash.parse::<ContentHash>().ok()) {
                        Some(hash) if hash.0[0] == first && name_of((size, hash)).ends_with(&name) => {
                            found.push((modified, (size, hash), facts.len()));
                        }
                        _ if name.starts_with(".tmp") && is_left(&facts) => {
                            drop(self.folder.remove(&format!("{folder}/{name}")));
                        }
                        _ => {}
                    }
                }
            }
        }
        found.sort_unstable_by_key(|one| (one.0, one.1.1));
        found.into_iter().map(|(_, key, bytes)| (key, bytes)).collect()
    }
}

fn name_of((size, hash): Key) -> String {
    format!("{}/{:02x}/{hash}.jpg", size.side_max(), hash.0[0])
}
