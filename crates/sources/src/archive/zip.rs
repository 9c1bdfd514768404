//! What a zip holds, from its central directory, and the reading of one member in place.
//!
//! It does not decide what a member means. ZIP64 is read; encryption, other packings than none and deflate, and archives in several
//! volumes are not, and are told so.

use super::{MAX_DIRECTORY_BYTES, Measured, MemberName, refuse_count, refuse_size};
use crate::Error;
use crate::error::{CUT_SHORT_WORDS, system_words};
use ::zip::read::{ZipArchiveMetadata, ZipFileEntry};
use ::zip::result::ZipError;
use ::zip::{CompressionMethod, ZipArchive, ZipReadOptions};
use model::LocationPath;
use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// Signature and fixed length of one header of the central directory (APPNOTE 4.3.12), and where the lengths of its three tails stand.
const HEADER_SIGNATURE: &[u8] = b"PK\x01\x02";
const HEADER_BYTES: usize = 46;
const NAME_LENGTH_AT: usize = 28;
const TAIL_LENGTHS_AT: [usize; 2] = [30, 32];

/// The list of a zip's members, read once and shared by all who read from it.
#[derive(Debug)]
pub(crate) struct Directory {
    /// The archive.
    pub(crate) path: PathBuf,
    /// The archive's size, bytes.
    pub(crate) size_bytes: u64,
    entries: Arc<ZipArchiveMetadata>,
    by_name: HashMap<String, usize>,
    /// Names that stand in the list more than once, and how often beyond the first; sorted.
    pub(crate) repeated: Vec<(String, usize)>,
}

/// A member as the list tells it.
pub(crate) struct Member {
    /// Its name, judged.
    pub(crate) name: MemberName,
    /// Unpacked size as declared, bytes.
    pub(crate) size_bytes: u64,
    /// Checksum of the unpacked bytes as declared.
    pub(crate) crc32: u32,
    /// Whether it is a symbolic link.
    pub(crate) is_symlink: bool,
}

impl Directory {
    /// Reads the list of members.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unreadable`], [`Error::Damaged`], [`Error::Unsupported`], [`Error::TooLarge`].
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|e| Error::of_system(path, e))?;
        let size_bytes = file.metadata().map_err(|e| Error::of_system(path, e))?.len();
        let spent = Rc::new(Cell::new(false));
        let budget = Budgeted { inner: BufReader::with_capacity(1 << 16, file), left: MAX_DIRECTORY_BYTES, spent: Rc::clone(&spent) };
        let place = LocationPath::file(path);
        let archive = ZipArchive::new(budget).map_err(|e| match spent.get() {
            true => Error::TooLarge { path: place.clone(), size: size_bytes, bound: MAX_DIRECTORY_BYTES, unit: "bytes in its list" },
            false => of_zip(&place, e),
        })?;
        let entries = archive.metadata();
        refuse_count(path, entries.len() as u64)?;
        let mut directory = Self { path: path.to_path_buf(), size_bytes, entries, by_name: HashMap::new(), repeated: Vec::new() };
        directory.by_name = (0..directory.len()).filter_map(|at| Some((directory.member(at)?.name.file()?, at))).collect();
        if archive.has_duplicate_names() {
            let start = archive.central_directory_start();
            directory.repeated = repeated_names(archive.into_inner().inner, start).map_err(|e| Error::of_system(path, e))?;
        }
        Ok(directory)
    }

    /// Returns the number of members with names of their own.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the member at that place of the list; `None` past its end, and for a name that cannot be read.
    pub(crate) fn member(&self, at: usize) -> Option<Member> {
        let entry = self.entries.entry(at).ok()?;
        Some(Member {
            name: MemberName::judge(&entry.name().ok()?),
            size_bytes: entry.size(),
            crc32: entry.crc32(),
            is_symlink: entry.is_symlink(),
        })
    }

    /// Says why a member cannot be read, by what the list tells.
    ///
    /// # Errors
    /// [`Error::Encrypted`], [`Error::Unsupported`], [`Error::TooLarge`], [`Error::Lies`], [`Error::Damaged`].
    pub(crate) fn refuse(&self, at: usize, place: &LocationPath) -> Result<(), Error> {
        let entry = self.entry(at, place)?;
        if entry.encrypted() {
            return Err(Error::Encrypted { path: place.clone() });
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            let reason =
                format!("it is packed in a way we do not read ({}); unpack it yourself, then scan the folder", entry.compression());
            return Err(Error::Unsupported { path: place.clone(), reason });
        }
        refuse_size(place, entry.size(), Some(entry.compressed_size()), self.size_bytes)
    }

    /// Returns the place in the list of a member by its name, as [`MemberName`] makes it.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    fn entry(&self, at: usize, place: &LocationPath) -> Result<ZipFileEntry<'_>, Error> {
        self.entries.entry(at).map_err(|e| of_zip(place, e))
    }
}

/// Hands the unpacked bytes of one member, and their number, to `take`.
///
/// # Errors
/// Those of [`Directory::refuse`]; [`Error::Damaged`] and [`Error::Lies`] when the bytes are not as declared, even where `take` was
/// content; [`Error::Receiver`] when `take` was not and the bytes were sound as far as they were read.
pub(crate) fn open_member<T>(
    directory: &Directory,
    file: &mut File,
    at: usize,
    place: &LocationPath,
    take: impl FnOnce(&mut dyn Read, u64) -> io::Result<T>,
) -> Result<T, Error> {
    directory.refuse(at, place)?;
    let entry = directory.entry(at, place)?;
    let size_bytes = entry.size();
    let mut unpacked = entry.with_reader(file, ZipReadOptions::new()).map_err(|e| of_zip(place, e))?;
    let mut measured = Measured::new(&mut unpacked, size_bytes);
    let taken = take(&mut measured, size_bytes);
    match measured.finish() {
        Some(fault) => Err(fault.at(place)),
        None => taken.map_err(|source| Error::Receiver { path: place.clone(), source }),
    }
}

/// Puts the zip reader's complaint into words for people.
fn of_zip(place: &LocationPath, error: ZipError) -> Error {
    let path = place.clone();
    let damaged = |reason: String| Error::Damaged { path: place.clone(), reason };
    match error {
        ZipError::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof => damaged(CUT_SHORT_WORDS.to_owned()),
        ZipError::Io(source) => Error::Unreadable { path, source },
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Error::Encrypted { path },
        ZipError::UnsupportedArchive(words) => {
            Error::Unsupported { path, reason: format!("a kind of zip that we do not read ({})", lower(words)) }
        }
        ZipError::CompressionMethodNotSupported(method) => {
            Error::Unsupported { path, reason: format!("it is packed in a way we do not read (method {method})") }
        }
        ZipError::InvalidArchive(words) if lower(&words).contains("central directory end") || words.contains("EOCD") => {
            damaged(CUT_SHORT_WORDS.to_owned())
        }
        other => damaged(format!("the archive is damaged ({}); download this part again", lower(&system_words(&io::Error::other(other))))),
    }
}

fn lower(words: &str) -> String {
    words.to_lowercase()
}

/// Reads the headers of the list once more, for names that stand in it repeatedly: the zip reader keeps only the last of each.
fn repeated_names<R: Read + Seek>(mut reader: R, start: u64) -> io::Result<Vec<(String, usize)>> {
    reader.seek(SeekFrom::Start(start))?;
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut header = [0; HEADER_BYTES];
    while reader.read_exact(&mut header).is_ok() && header.starts_with(HEADER_SIGNATURE) {
        let number = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let mut name = vec![0; number(NAME_LENGTH_AT)];
        reader.read_exact(&mut name)?;
        let tail = TAIL_LENGTHS_AT.map(number).iter().sum::<usize>();
        reader.seek(SeekFrom::Current(tail as i64))?;
        *seen.entry(name).or_default() += 1;
    }
    let mut repeated: Vec<_> = seen.into_iter().filter(|(_, times)| *times > 1).collect();
    repeated.sort();
    let readable = |(name, times): (Vec<u8>, usize)| Some((MemberName::judge(&String::from_utf8_lossy(&name)).file()?, times - 1));
    Ok(repeated.into_iter().filter_map(readable).collect())
}

/// A reader that gives out no more than so many bytes in all.
struct Budgeted<R> {
    inner: R,
    left: u64,
    spent: Rc<Cell<bool>>,
}

impl<R: Read> Read for Budgeted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if room == 0 && !buffer.is_empty() {
            self.spent.set(true);
            return Err(io::Error::other("the list of members is too long"));
        }
        let n = self.inner.read(&mut buffer[..room])?;
        self.left -= n as u64;
        Ok(n)
    }
}

impl<R: Seek> Seek for Budgeted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept_at_and_over_its_bound() {
        let spent = Rc::new(Cell::new(false));
        let mut budget = Budgeted { inner: io::Cursor::new(b"abcde"), left: 4, spent: Rc::clone(&spent) };
        let mut all = [0; 4];
        budget.read_exact(&mut all).unwrap();
        assert!(!spent.get() && all == *b"abcd");
        assert!(budget.read(&mut all).is_err() && spent.get());
    }
}
