//! A tgz, read once from its start to its end: members can be had only in the order in which they lie.
//!
//! So whoever wants the bytes takes them as they pass; nothing is kept but the JSON documents, which are small. Long names (GNU, pax) are
//! read within a bound. Sparse files and links are told as left out.
//!
//! **Invariant:** no more is unpacked than [`TGZ_RATIO_FREE_BYTES`] and [`MAX_RATIO`] times what was read of the archive, and no more
//! than [`MAX_BETWEEN_MEMBERS_BYTES`] is held for names.
//!
//! Cost: unpacking is serial, about 350 MB a second and processor (2026-11, 173 MB of camera JPEGs).

use super::{Fault, MAX_BETWEEN_MEMBERS_BYTES, MAX_RATIO, Measured, MemberName, TGZ_RATIO_FREE_BYTES, refuse_count, refuse_size};
use crate::takeout::document;
use crate::{Error, LeftOut, walk};
use flate2::read::MultiGzDecoder;
use model::{Cause, FoundFile, LocationPath, Outcome, SidecarDocument};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

/// Smallest size of the buffer over the packed file, bytes.
const BUFFER_BYTES: usize = 1 << 16;

/// What one reading of a tgz gave besides the members handed out.
#[derive(Debug, Default)]
pub struct StreamEnd {
    /// Every JSON that was parsed, in the archive's order.
    pub documents: Vec<(FoundFile, SidecarDocument)>,
    /// Members that were skipped or failed, and the archive itself where it ends too early or is damaged further on.
    pub left_out: Vec<LeftOut>,
    /// Regular members met, documents among them.
    pub members: u64,
}

/// Reads a tgz once: each regular member that is no JSON document is handed to `on_member` with a reader of its bytes, which need not be
/// read to the end. A member that fails half-way is told in [`StreamEnd::left_out`], even where `on_member` was content with what it had.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Unreadable`]; [`Error::Damaged`] when not even one member could be read; [`Error::Lies`] and
/// [`Error::TooLarge`] beyond the bounds; [`Error::Stopped`]; [`Error::Receiver`] when `on_member` fails over sound bytes.
pub fn stream_tgz(
    path: &Path,
    stop: &dyn Fn() -> bool,
    on_member: &mut dyn FnMut(&FoundFile, &mut dyn Read) -> io::Result<()>,
) -> Result<StreamEnd, Error> {
    let mut end = StreamEnd::default();
    let mut seen = HashSet::new();
    let told = members(path, stop, &mut |passing| {
        let Passing { found, bytes } = match passing {
            Ok(passing) => passing,
            Err(left_out) => return push(&mut end.left_out, left_out),
        };
        let name = found.path.member.clone().unwrap_or_default();
        if !seen.insert(name.clone()) {
            return push(&mut end.left_out, same_name_twice(&found));
        }
        end.members += 1;
        if !document::wanted(&name, found.size_bytes) {
            return on_member(&found, bytes).map(|()| true);
        }
        let mut json = Vec::new();
        bytes.read_to_end(&mut json)?;
        match document::judge(&found, &json) {
            document::Judged::Document(parsed) => end.documents.push((found, parsed)),
            document::Judged::Failed(left_out) => end.left_out.push(left_out),
            document::Judged::NotOurs => on_member(&found, &mut json.as_slice())?,
        }
        Ok(true)
    });
    match told {
        Ok(()) => {}
        Err(Told::Member(left_out)) => end.left_out.push(left_out),
        Err(Told::Archive(error)) if end.members == 0 || matches!(error, Error::Stopped | Error::Receiver { .. }) => return Err(error),
        Err(Told::Archive(error)) => end.left_out.push(LeftOut::failed(LocationPath::file(path), 0, error.cause())),
    }
    Ok(end)
}

fn push(list: &mut Vec<LeftOut>, left_out: LeftOut) -> io::Result<bool> {
    list.push(left_out);
    Ok(true)
}

/// Tells a member whose name was met before in the same archive.
pub(crate) fn same_name_twice(found: &FoundFile) -> LeftOut {
    let cause = Cause::new("same-name-twice", "the archive holds another member of the same name, which is read instead");
    LeftOut::skipped(found.path.clone(), found.size_bytes, cause)
}

/// Finds one member and hands its bytes and their number to `take`. Reads the archive from its start: cost grows with what lies before
/// the member.
///
/// # Errors
/// As [`stream_tgz`]; [`Error::NotFound`] with the archive's path and the member's name when there is no such member.
pub(crate) fn find_member<T>(place: &LocationPath, take: impl FnOnce(&mut dyn Read, u64) -> io::Result<T>) -> Result<T, Error> {
    let mut take = Some(take);
    let mut taken = None;
    let mut refused = None;
    let told = members(&place.file, &|| false, &mut |passing| match passing {
        Ok(Passing { found, bytes }) if found.path.member == place.member => {
            if let Some(take) = take.take() {
                taken = Some(take(bytes, found.size_bytes)?);
            }
            Ok(false)
        }
        Err(left_out) if left_out.path.member == place.member => {
            refused = Some(left_out.words());
            Ok(false)
        }
        _ => Ok(true),
    });
    let damaged = |reason| Error::Damaged { path: place.clone(), reason };
    match told {
        Err(Told::Archive(error)) => Err(error),
        Err(Told::Member(left_out)) => Err(damaged(left_out.words())),
        Ok(()) => match (taken, refused) {
            (Some(taken), _) => Ok(taken),
            (None, Some(reason)) => Err(damaged(reason)),
            (None, None) => Err(Error::NotFound { path: place.to_string().into() }),
        },
    }
}

/// Tells whether one of the first regular members is what is asked for. Reads no more than `most` members and about
/// [`TGZ_RATIO_FREE_BYTES`] unpacked.
///
/// # Errors
/// As [`stream_tgz`].
pub(crate) fn any_of_first(
    path: &Path,
    most: u64,
    stop: &dyn Fn() -> bool,
    is: &mut dyn FnMut(&FoundFile, &mut dyn Read) -> io::Result<bool>,
) -> Result<bool, Error> {
    let (mut met, mut bytes_met, mut any) = (0, 0_u64, false);
    let told = members(path, stop, &mut |passing| {
        met += 1;
        if let Ok(Passing { found, bytes }) = passing {
            bytes_met = bytes_met.saturating_add(found.size_bytes);
            any = is(&found, bytes)?;
        }
        Ok(!any && met < most && bytes_met < TGZ_RATIO_FREE_BYTES)
    });
    match told {
        Ok(()) => Ok(any),
        Err(Told::Archive(error)) => Err(error),
        Err(Told::Member(left_out)) => Err(Error::Damaged { reason: left_out.words(), path: left_out.path }),
    }
}

/// A regular member as it passes.
struct Passing<'a> {
    found: FoundFile,
    bytes: &'a mut dyn Read,
}

/// Why a reading ended early.
enum Told {
    /// At a member: its own bytes were not sound, and nothing behind them can be had.
    Member(LeftOut),
    /// Between members, or because the receiver or the caller wanted it so.
    Archive(Error),
}

/// Takes each member: regular ones with their bytes, others as left out. Says whether to go on.
type Each<'e> = dyn FnMut(Result<Passing<'_>, LeftOut>) -> io::Result<bool> + 'e;

/// Reads every member and hands it to `each`.
fn members(path: &Path, stop: &dyn Fn() -> bool, each: &mut Each<'_>) -> Result<(), Told> {
    let of_system = |e| Told::Archive(Error::of_system(path, e));
    let file = File::open(path).map_err(of_system)?;
    let about = file.metadata().map_err(of_system)?;
    let ledger = Rc::new(Ledger::default());
    let counted = Counted { inner: file, ledger: Rc::clone(&ledger) };
    let unpacked = MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, counted));
    let mut archive = tar::Archive::new(Governed { unpacked, ledger: Rc::clone(&ledger), stop });
    let passage = Passage { path, modified_ns: walk::modified_ns(&about), ledger: &ledger };
    if passage.all(&mut archive, each)? { check_tail(archive.into_inner(), &ledger).map_err(|e| passage.fault(&e)) } else { Ok(()) }
}

/// One passage through an archive.
struct Passage<'a> {
    path: &'a Path,
    modified_ns: Option<i64>,
    ledger: &'a Ledger,
}

impl Passage<'_> {
    /// Hands members to `each` to the archive's end; returns false when `each` wanted no more.
    fn all<R: Read>(&self, archive: &mut tar::Archive<R>, each: &mut Each<'_>) -> Result<bool, Told> {
        let mut entries = archive.entries().map_err(|e| self.fault(&e))?;
        let mut met: u64 = 0;
        // Bytes of the last member that the next step will have to skip.
        let mut pending: u64 = 0;
        loop {
            self.ledger.allowance.set(pending.saturating_add(MAX_BETWEEN_MEMBERS_BYTES));
            let Some(entry) = entries.next() else { return Ok(true) };
            let mut entry = entry.map_err(|e| self.fault(&e))?;
            met += 1;
            refuse_count(self.path, met).map_err(Told::Archive)?;
            pending = entry.header().entry_size().unwrap_or(entry.size()).max(entry.size());
            let go_on = match judge(&entry, self.path, self.modified_ns) {
                None => true,
                Some((found, Some(outcome))) => self.tell(found, outcome, each)?,
                Some((found, None)) => {
                    self.ledger.allowance.set(pending.saturating_add(MAX_BETWEEN_MEMBERS_BYTES));
                    pending = 0;
                    hand_out(&mut entry, found, self.ledger, each)?
                }
            };
            if !go_on {
                return Ok(false);
            }
        }
    }

    fn tell(&self, found: FoundFile, outcome: Outcome, each: &mut Each<'_>) -> Result<bool, Told> {
        let left_out = LeftOut { path: found.path, is_folder: false, outcome, size_bytes: found.size_bytes };
        let receiver = |source| Told::Archive(Error::Receiver { path: LocationPath::file(self.path), source });
        each(Err(left_out)).map_err(receiver)
    }

    /// Names what went wrong between members: what the readers below wrote down, else what is said here.
    fn fault(&self, said: &io::Error) -> Told {
        let fault = self.ledger.fault.borrow().clone().unwrap_or_else(|| Fault::of(said));
        Told::Archive(fault.at(&LocationPath::file(self.path)))
    }
}

/// Hands one member out, then reads what was left of it: a fault anywhere in it is told with its name.
fn hand_out(entry: &mut dyn Read, found: FoundFile, ledger: &Ledger, each: &mut Each<'_>) -> Result<bool, Told> {
    let (place, size_bytes) = (found.path.clone(), found.size_bytes);
    let mut measured = Measured::new(entry, size_bytes);
    let go_on = each(Ok(Passing { found, bytes: &mut measured }));
    let drained = if matches!(go_on, Ok(true)) { io::copy(&mut measured, &mut io::sink()).map(drop) } else { Ok(()) };
    let fault = ledger.fault.borrow().clone().or(measured.finish());
    match (fault, go_on) {
        (Some(Fault::Stopped), _) => Err(Told::Archive(Error::Stopped)),
        (Some(fault), _) => {
            let cause = fault.at(&place).cause();
            Err(Told::Member(LeftOut::failed(place, size_bytes, cause)))
        }
        (None, Err(source)) => Err(Told::Archive(Error::Receiver { path: place, source })),
        (None, Ok(go_on)) => drained.map(|()| go_on).map_err(|source| Told::Archive(Error::Receiver { path: place, source })),
    }
}

/// Judges an entry by its header: `None` for folders and records, else the file, and why it is refused.
fn judge<R: Read>(entry: &tar::Entry<'_, R>, archive: &Path, modified_ns: Option<i64>) -> Option<(FoundFile, Option<Outcome>)> {
    let kind = entry.header().entry_type();
    if kind.is_dir() || kind.is_pax_global_extensions() || kind.is_pax_local_extensions() {
        return None;
    }
    let written = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    let (name, is_safe) = match MemberName::judge(&written) {
        MemberName::Folder => return None,
        MemberName::File(name) => (name, true),
        MemberName::Unsafe(name) => (name, false),
    };
    let path = LocationPath::member(archive, name);
    let found = FoundFile { path: path.clone(), size_bytes: entry.size(), modified_ns, crc32: None, hard_link: None };
    let refused = if !is_safe {
        Some(Outcome::Failed(Error::UnsafeName { path }.cause()))
    } else if kind.is_symlink() || kind.is_hard_link() {
        Some(Outcome::Skipped(Cause::new("symlink", "a link to another member; that one is read")))
    } else if kind.is_gnu_sparse() {
        let reason = "a file with holes, as no export holds it".to_owned();
        Some(Outcome::Failed(Error::Unsupported { path, reason }.cause()))
    } else if !(kind.is_file() || kind.is_contiguous()) {
        Some(Outcome::Skipped(Cause::new("not-a-file", "a pipe or a device, and no file")))
    } else {
        refuse_size(&path, entry.size(), None, 0).err().map(|e| Outcome::Failed(e.cause()))
    };
    Some((found, refused))
}

/// Reads what follows the last member, so that gzip's checksum is looked at. What was put behind the archive is not ours to judge.
fn check_tail(mut tail: Governed<'_>, ledger: &Ledger) -> io::Result<()> {
    ledger.allowance.set(MAX_BETWEEN_MEMBERS_BYTES);
    match io::copy(&mut tail, &mut io::sink()) {
        Err(e) if matches!(Fault::of(&e), Fault::Checksum | Fault::CutShort) => Err(e),
        _ => {
            ledger.fault.replace(None);
            Ok(())
        }
    }
}

/// Accounts of one reading, shared by the readers above and below gzip.
#[derive(Default)]
struct Ledger {
    packed: Cell<u64>,
    unpacked: Cell<u64>,
    allowance: Cell<u64>,
    fault: RefCell<Option<Fault>>,
}

/// Counts the packed bytes read.
struct Counted {
    inner: File,
    ledger: Rc<Ledger>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.ledger.packed.set(self.ledger.packed.get() + n as u64);
        Ok(n)
    }
}

/// Gives out unpacked bytes as long as the bounds and the caller allow.
struct Governed<'a> {
    unpacked: MultiGzDecoder<BufReader<Counted>>,
    ledger: Rc<Ledger>,
    stop: &'a dyn Fn() -> bool,
}

impl Governed<'_> {
    fn fail(&self, fault: Fault, words: &'static str) -> io::Error {
        self.ledger.fault.replace(Some(fault));
        io::Error::new(io::ErrorKind::InvalidData, words)
    }
}

impl Read for Governed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if (self.stop)() {
            return Err(self.fail(Fault::Stopped, "stopped"));
        }
        let allowance = self.ledger.allowance.get();
        let room = usize::try_from(allowance).unwrap_or(usize::MAX).min(buffer.len());
        if room == 0 && !buffer.is_empty() {
            return Err(self.fail(Fault::Broken("a name in it is too long".to_owned()), "too much between two members"));
        }
        let n = match self.unpacked.read(&mut buffer[..room]) {
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Err(e),
            Err(e) => {
                self.ledger.fault.replace(Some(Fault::of(&e)));
                return Err(e);
            }
        };
        self.ledger.allowance.set(allowance - n as u64);
        let unpacked = self.ledger.unpacked.get() + n as u64;
        self.ledger.unpacked.set(unpacked);
        if unpacked > TGZ_RATIO_FREE_BYTES.saturating_add(self.ledger.packed.get().saturating_mul(MAX_RATIO)) {
            return Err(self.fail(Fault::Lies, "it unpacks to more than photos do"));
        }
        Ok(n)
    }
}
