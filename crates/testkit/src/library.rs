//! A drawn folder of photos with its truth, for measuring what the program finds: originals of several cameras, their copies (byte for byte,
//! coded anew, stripped, smaller, turned), edits, crops, raws, and what is no copy though it looks like one (bursts, other views, chats,
//! pages). Large folders for measuring speed are in [`bulk`].
//!
//! The truth is known because we drew it; nothing here compares pictures. Scenes are softer and plainer than real photos, so figures of
//! this library say whether something broke and not how good the program is: that is measured on real photos.
//!
//! **Invariant:** seed and number of photos determine every byte, however many threads draw.

pub mod bulk;
mod variants;

use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most threads that draw at once.
const THREADS_MAX: usize = 8;

/// A drawn folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    /// One row for each file, by photo and then in the order of drawing.
    pub rows: Vec<LibraryRow>,
}

/// What one file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryRow {
    /// Path below the folder.
    pub path: String,
    /// Files of one group show the same shot; for `burst` and `scene` the same moment or place.
    pub group: String,
    /// As in [`TruthRow`](crate::demo::TruthRow).
    pub kind: &'static str,
    /// How it was made.
    pub note: String,
}

/// A file before it is written.
struct Piece {
    row: LibraryRow,
    bytes: Vec<u8>,
}

impl Library {
    /// Draws `photos` photos with all that belongs to them into `folder`, which is made where needed: about eight files a photo.
    ///
    /// Cost: about 0.3 s of one core a photo in a release build (2026-11), shared by as many threads as there are cores.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn draw(folder: &Path, seed: u64, photos: u32) -> io::Result<Self> {
        let drawn = in_parallel(photos as usize, |index| {
            let pieces = variants::of(seed, index);
            pieces.into_iter().map(|piece| write(folder, &piece.row.path, &piece.bytes).map(|()| piece.row)).collect::<io::Result<Vec<_>>>()
        })?;
        let mut rows: Vec<LibraryRow> = drawn.into_iter().flatten().collect();
        for at in 0..rows.len() {
            let alone = rows.iter().filter(|row| row.group == rows[at].group).count() == 1;
            if alone {
                rows[at].kind = "distractor";
            }
        }
        Ok(Self { rows })
    }

    /// Returns the truth as CSV with the columns `set,path,group,kind,note`.
    #[must_use]
    pub fn truth_csv(&self) -> String {
        let line = |row: &LibraryRow| format!("drawn,{},{},{},{}\n", row.path, row.group, row.kind, row.note);
        std::iter::once("set,path,group,kind,note\n".to_owned()).chain(self.rows.iter().map(line)).collect()
    }
}

/// Runs `task` for 0 up to `count` on as many threads as there are cores; results keep that order.
fn in_parallel<T: Send>(count: usize, task: impl Fn(usize) -> io::Result<T> + Sync) -> io::Result<Vec<T>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let result = task(index);
                    done.lock().expect("no thread stops while it holds the list").push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("all threads have ended");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

fn write(folder: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let path = folder.join(path);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, bytes)
}

#[cfg(test)]
mod tests;
