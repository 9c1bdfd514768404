//! Opens what was found: plain files, members of zips, members of tgzs. Read-only, and never more bytes than were declared.
//!
//! It decodes nothing and keeps nothing but the lists of the zips it read last. A reader serves one thread; a clone of it serves another
//! and shares the lists, which for a large archive take some 100 MB.

use crate::archive::{Directory, Fault, Magic, Measured, find_member, open_member};
use crate::{Error, walk};
use model::LocationPath;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Zips that one reader keeps open.
const OPEN_ZIPS: usize = 8;

/// Lists of zips that all clones of a reader keep together. An export of 1 TB in 50 GB parts has twenty.
const KEPT_LISTS: usize = 32;

/// Opens files and members. Make one and clone it for each worker.
#[derive(Debug, Default)]
pub struct Reader {
    lists: Arc<Mutex<VecDeque<Arc<Directory>>>>,
    open: VecDeque<Open>,
}

/// An archive in use, latest first.
#[derive(Debug)]
struct Open {
    path: PathBuf,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Zip(Arc<Directory>, File),
    Tgz,
}

impl Clone for Reader {
    /// Returns a reader that shares the lists of archives and opens its own files.
    fn clone(&self) -> Self {
        Self { lists: Arc::clone(&self.lists), open: VecDeque::new() }
    }
}

impl Reader {
    /// Returns a reader that has nothing open.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a place and hands its bytes, and their number, to `take`, which need not read to the end. Whoever reads to the end has had
    /// the archive's checksum compared.
    ///
    /// Cost: for a member of a tgz the archive is unpacked from its start to the member; [`stream_tgz`](crate::stream_tgz) is the way to
    /// read many.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::Unreadable`]; for members also [`Error::Damaged`], [`Error::Lies`], [`Error::Encrypted`],
    /// [`Error::Unsupported`], [`Error::TooLarge`], even where `take` was content with what it had; [`Error::Receiver`] with the error of
    /// `take` when the bytes were sound as far as they were read.
    pub fn open<T>(&mut self, place: &LocationPath, take: impl FnOnce(&mut dyn Read, u64) -> io::Result<T>) -> Result<T, Error> {
        let Some(member) = &place.member else { return open_file(place, take) };
        match self.archive(&place.file)? {
            Form::Tgz => find_member(place, take),
            Form::Zip(directory, file) => match directory.find(member) {
                Some(at) => open_member(directory, file, at, place, take),
                None => Err(Error::NotFound { path: place.to_string().into() }),
            },
        }
    }

    /// Returns all bytes of a place.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`Error::TooLarge`] when there are more than `max_bytes`, before any is read.
    pub fn read_all(&mut self, place: &LocationPath, max_bytes: u64) -> Result<Vec<u8>, Error> {
        let mut size = 0;
        let read = self.open(place, |bytes, declared| {
            size = declared;
            if declared > max_bytes {
                return Ok(None);
            }
            // What is declared may be a lie: memory is taken for what arrives.
            let mut all = Vec::with_capacity(usize::try_from(declared.min(1 << 24)).unwrap_or_default());
            bytes.read_to_end(&mut all).map(|_| Some(all))
        })?;
        read.ok_or_else(|| Error::TooLarge { path: place.clone(), size, bound: max_bytes, unit: "bytes" })
    }

    /// Returns the archive at `path`, opened now or before.
    fn archive(&mut self, path: &Path) -> Result<&mut Form, Error> {
        let kept = self.open.iter().position(|open| open.path == path).and_then(|at| self.open.remove(at));
        let open = match kept {
            Some(open) => open,
            None => Open { path: path.to_path_buf(), form: self.open_archive(path)? },
        };
        self.open.push_front(open);
        self.open.truncate(OPEN_ZIPS);
        Ok(&mut self.open.front_mut().expect("one was put there just now").form)
    }

    fn open_archive(&self, path: &Path) -> Result<Form, Error> {
        match Magic::of(path).map_err(|e| Error::of_system(path, e))? {
            Magic::Gzip => Ok(Form::Tgz),
            Magic::Zip => {
                let file = File::open(path).map_err(|e| Error::of_system(path, e))?;
                let size_bytes = file.metadata().map_err(|e| Error::of_system(path, e))?.len();
                Ok(Form::Zip(self.list(path, size_bytes)?, file))
            }
            Magic::Other => Err(Error::Damaged { path: LocationPath::file(path), reason: "it is no archive any more".to_owned() }),
        }
    }

    /// Returns the list of a zip, read now or before; one of another size is another archive.
    fn list(&self, path: &Path, size_bytes: u64) -> Result<Arc<Directory>, Error> {
        // A list is complete before it is put there, so a thread that died left nothing half-done.
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.retain(|list| list.path != path || list.size_bytes == size_bytes);
        if let Some(list) = lists.iter().find(|list| list.path == path) {
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(Directory::open(path)?);
        lists.push_front(Arc::clone(&list));
        lists.truncate(KEPT_LISTS);
        Ok(list)
    }
}

/// Opens what should be a plain file. It may have become something else since it was found: a symbolic link is refused, and a pipe does
/// not block.
#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "for reading only")]
fn open_plain(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let opened = std::fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    opened.map_err(|error| match error.raw_os_error() {
        Some(number) if number == rustix::io::Errno::LOOP.raw_os_error() => {
            io::Error::new(io::ErrorKind::InvalidInput, "it is a symbolic link")
        }
        _ => error,
    })
}

#[cfg(not(unix))]
fn open_plain(path: &Path) -> io::Result<File> {
    if std::fs::symlink_metadata(path)?.file_type().is_file() {
        return File::open(path);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file any more"))
}

fn open_file<T>(place: &LocationPath, take: impl FnOnce(&mut dyn Read, u64) -> io::Result<T>) -> Result<T, Error> {
    let of_system = |e| Error::of_system(&place.file, e);
    let mut file = open_plain(&place.file).map_err(of_system)?;
    let about = file.metadata().map_err(of_system)?;
    if let Some(cause) = walk::not_a_file(about.file_type()) {
        return Err(of_system(io::Error::new(io::ErrorKind::InvalidInput, cause.words)));
    }
    let size_bytes = about.len();
    let mut measured = Measured::new(&mut file, size_bytes);
    let taken = take(&mut measured, size_bytes);
    match measured.finish() {
        // It grew while it was read; what was there at first was read soundly.
        None | Some(Fault::Lies) => taken.map_err(|source| Error::Receiver { path: place.clone(), source }),
        Some(Fault::CutShort) => Err(of_system(io::Error::other("it became shorter while it was read"))),
        Some(fault) => Err(of_system(fault.as_io())),
    }
}
