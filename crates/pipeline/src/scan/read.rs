//! Reading what waits: workers hash and fingerprint, the caller writes.
//!
//! One pass over a file feeds content hash, SHA-1, format and fingerprint; bytes met before cost no second decode. A panic in a decoder is
//! a failed file; a file in flight when the process died is tried alone and last, and set aside if the program dies again. Nothing here
//! touches the catalog but the slots of the files in flight.
//!
//! **Invariant:** every job sent comes back as exactly one [`Ended`], unless a stop was asked for.

use super::classify::{self, Head};
use super::film::{self, Again, FilmRoom};
use crate::Stop;
use catalog::InFlight;
use crossbeam_channel::{Receiver, Sender, bounded};
use fingerprints::Digests;
use model::{Cause, ContentHash, FileKind, Fingerprint, Format, LocationPath, Outcome, Sha1Hash};
use rustc_hash::FxHashSet;
use sources::Reader;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Largest still picture file that is read into memory. Bytes. The largest files of phones (200 megapixels as RAW) lie near 300 MB.
pub(crate) const STILL_FILE_MAX_BYTES: u64 = 512 << 20;

/// Memory that all workers together may use without taking turns. Bytes. With one large decode of at most
/// `fingerprints::decode::MAX_DECODE_BYTES` beside it a scan stays under 1 GiB.
const SHARED_MEMORY_BYTES: u64 = 256 << 20;

/// Stack of a worker. Bytes. Decoders recurse over nested boxes; the default of 2 MiB was enough in all trials, four times that is margin.
const STACK_BYTES: usize = 8 << 20;

/// Bytes that are read and hashed at a time: they are hashed while still in the core's own cache (of 1 MiB or so), and a multiple of
/// what BLAKE3 takes at once.
const PIECE_BYTES: usize = 128 << 10;

/// Largest buffer that a worker keeps for the next file, bytes: room for nearly all photos, so that the kernel need not hand out, and
/// clear, new pages for each.
const KEPT_BUFFER_BYTES: usize = 16 << 20;

/// A file that waits to be read.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) ledger_id: i64,
    pub(crate) path: LocationPath,
    pub(crate) size_bytes: u64,
    /// Times the program died while reading it.
    pub(crate) attempts: u32,
}

/// A tgz archive whose members wait: it is read once, from its start.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    pub(crate) archive: PathBuf,
    /// Ledger rows by member name.
    pub(crate) members: std::collections::HashMap<String, i64>,
}

/// Size in bytes and the two hashes.
pub(crate) type Content = (u64, ContentHash, Sha1Hash);

/// How a file ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) ledger_id: i64,
    pub(crate) kind: FileKind,
    pub(crate) outcome: Outcome,
    pub(crate) content: Option<Content>,
    pub(crate) fingerprint: Option<Box<Fingerprint>>,
    pub(crate) bytes: u64,
}

/// Work on its way to a worker: a place to open, or bytes that came by in a stream.
enum Task {
    Open(Job),
    Bytes { ledger_id: i64, name: String, bytes: Vec<u8> },
}

/// What the workers share.
struct Shared {
    stop: Stop,
    /// Contents with a fingerprint of this recipe, or being given one.
    known: Mutex<FxHashSet<ContentHash>>,
    board: Arc<InFlight>,
    /// Held for a decode or file that is large; so only one is at a time.
    large: Mutex<()>,
    /// From how many bytes on a decode or file is large.
    large_from_bytes: u64,
    films: FilmRoom,
}

impl Shared {
    fn wait_if_large(&self, bytes: u64) -> Option<MutexGuard<'_, ()>> {
        (bytes > self.large_from_bytes).then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether the content needs a fingerprint; the first to ask is told yes.
    fn claim(&self, hash: ContentHash) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(hash)
    }
}

/// Starts the workers; files tried alone come after all others. The receiver ends when all is read.
pub(crate) fn start(
    jobs: Vec<Job>,
    streams: Vec<Stream>,
    known: FxHashSet<ContentHash>,
    board: Arc<InFlight>,
    films: FilmRoom,
    stop: &Stop,
    workers: usize,
) -> io::Result<Receiver<Ended>> {
    let workers = workers.max(1);
    let (ended, ends) = bounded(workers * 16);
    let shared = Arc::new(Shared {
        stop: stop.clone(),
        known: Mutex::new(known),
        board,
        large: Mutex::new(()),
        large_from_bytes: SHARED_MEMORY_BYTES / workers as u64,
        films,
    });
    let (suspects, jobs): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|job| job.attempts > 0);
    let spawn =
        |name: &str, work: Box<dyn FnOnce() + Send>| std::thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES).spawn(work);
    spawn(
        "feed",
        Box::new(move || {
            let (tasks, queue) = bounded::<Task>(workers * 2);
            let hands: Vec<_> = (0..workers)
                .filter_map(|slot| {
                    let (queue, ended, shared) = (queue.clone(), ended.clone(), Arc::clone(&shared));
                    let work = move || work_through(slot, &queue, &ended, &shared);
                    std::thread::Builder::new().name(format!("read-{slot}")).stack_size(STACK_BYTES).spawn(work).ok()
                })
                .collect();
            drop(queue);
            for job in jobs {
                if shared.stop.asked() || tasks.send(Task::Open(job)).is_err() {
                    break;
                }
            }
            for stream in streams {
                read_stream(&stream, &tasks, &ended, &shared);
            }
            drop(tasks);
            for hand in hands {
                drop(hand.join());
            }
            try_alone(suspects, &ended, &shared);
        }),
    )?;
    Ok(ends)
}

fn work_through(slot: usize, queue: &Receiver<Task>, ended: &Sender<Ended>, shared: &Shared) {
    let (mut reader, mut buffer) = (Reader::new(), Buffer::default());
    for task in queue {
        if shared.stop.asked() {
            return;
        }
        let ledger_id = match &task {
            Task::Open(job) => job.ledger_id,
            Task::Bytes { ledger_id, .. } => *ledger_id,
        };
        drop(shared.board.set(slot, ledger_id));
        let end = guarded(ledger_id, || match &task {
            Task::Open(job) => read_job(job, &mut reader, &mut buffer, shared),
            Task::Bytes { ledger_id, name, bytes } => read_bytes(*ledger_id, name, bytes, shared),
        });
        drop(shared.board.set(slot, 0));
        if ended.send(end).is_err() {
            return;
        }
    }
}

/// Reads files during which the program died before, one at a time, with nothing else in flight: so the guilty one is known for sure.
fn try_alone(suspects: Vec<Job>, ended: &Sender<Ended>, shared: &Shared) {
    let (mut reader, mut buffer) = (Reader::new(), Buffer::default());
    for job in suspects {
        if shared.stop.asked() {
            return;
        }
        drop(shared.board.set(0, job.ledger_id));
        let end = guarded(job.ledger_id, || read_job(&job, &mut reader, &mut buffer, shared));
        drop(shared.board.set(0, 0));
        if ended.send(end).is_err() {
            return;
        }
    }
}

fn guarded(ledger_id: i64, work: impl FnOnce() -> Ended) -> Ended {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| failed(ledger_id, Cause::new("decoder-failed", "the decoder failed on this file; it may be damaged")))
}

fn failed(ledger_id: i64, cause: Cause) -> Ended {
    Ended { ledger_id, kind: FileKind::Media, outcome: Outcome::Failed(cause), content: None, fingerprint: None, bytes: 0 }
}

fn read_job(job: &Job, reader: &mut Reader, buffer: &mut Buffer, shared: &Shared) -> Ended {
    let name = job.path.file_name();
    let _turn = shared.wait_if_large(job.size_bytes.min(STILL_FILE_MAX_BYTES));
    let opened = reader.open(&job.path, |stream, _size| read_one(job.ledger_id, &name, job.size_bytes, stream, false, buffer, shared));
    let end = match opened {
        Ok(Taken::Whole(end)) => end,
        Ok(Taken::Film(film)) => end_film(job.ledger_id, film, Again::At(&job.path, reader), shared),
        Err(error) => failed(job.ledger_id, error.cause()),
    };
    buffer.let_go();
    end
}

/// A worker's room for the bytes of one file after the other.
#[derive(Default)]
struct Buffer {
    /// As long as the longest file until now; what lies behind the bytes read is left over from before.
    room: Vec<u8>,
}

impl Buffer {
    /// Reads `head` and then `stream`, hashing on the way, until its end or one byte more than `max` came. `expected` may be a lie:
    /// the room is never more than four times what came, but for what is kept anyway.
    fn fill(&mut self, head: &[u8], stream: &mut dyn Read, expected: u64, max: u64) -> io::Result<(&[u8], Content)> {
        let limit = usize::try_from(max.saturating_add(1)).unwrap_or(usize::MAX);
        // One byte more, so that the end shows without growing.
        let expected = usize::try_from(expected).unwrap_or(usize::MAX).saturating_add(1);
        self.grow(expected.min(KEPT_BUFFER_BYTES).max(head.len() + PIECE_BYTES));
        self.room[..head.len()].copy_from_slice(head);
        let (mut digests, mut hashed, mut len) = (Digests::new(), 0, head.len());
        loop {
            if len == self.room.len() {
                self.grow(if expected > len { expected.min(len * 4) } else { len + len / 2 });
            }
            let end = (hashed + PIECE_BYTES).min(self.room.len()).min(limit);
            let count = match stream.read(&mut self.room[len..end]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                count => count?,
            };
            len += count;
            if len == end || count == 0 {
                digests.update(&self.room[hashed..len]);
                hashed = len;
            }
            if count == 0 || len == limit {
                let (content, sha1) = digests.finish();
                return Ok((&self.room[..len], (len as u64, content, sha1)));
            }
        }
    }

    fn grow(&mut self, len: usize) {
        if self.room.len() < len {
            self.room.resize(len, 0);
        }
    }

    /// Gives back what a large file took.
    fn let_go(&mut self) {
        if self.room.len() > KEPT_BUFFER_BYTES {
            self.room = Vec::new();
        }
    }
}

/// What one pass over a file came to.
enum Taken {
    Whole(Ended),
    /// A film, whose frames take another look into the file.
    Film(Box<film::Passed>),
}

/// Reads one file from a stream: the head tells what it is, and so how the rest is read.
fn read_one(
    ledger_id: i64,
    name: &str,
    size_bytes: u64,
    stream: &mut dyn Read,
    is_gone_after: bool,
    buffer: &mut Buffer,
    shared: &Shared,
) -> io::Result<Taken> {
    let too_large = || {
        let cause = Cause::new("file-too-large", format!("a picture file of more than {} MiB", STILL_FILE_MAX_BYTES >> 20));
        Taken::Whole(failed(ledger_id, cause))
    };
    let mut head = Vec::with_capacity(fingerprints::SNIFF_BYTES);
    stream.take(fingerprints::SNIFF_BYTES as u64).read_to_end(&mut head)?;
    match classify::by_head(&head, name) {
        Head::Film(format) => {
            let passed = film::pass(&mut head.as_slice().chain(stream), format, size_bytes, is_gone_after)?;
            Ok(Taken::Film(Box::new(passed)))
        }
        Head::Still(_) if size_bytes > STILL_FILE_MAX_BYTES => Ok(too_large()),
        Head::Still(format) => {
            let (bytes, content) = buffer.fill(&head, stream, size_bytes, STILL_FILE_MAX_BYTES)?;
            if content.0 > STILL_FILE_MAX_BYTES {
                return Ok(too_large());
            }
            Ok(Taken::Whole(read_still(ledger_id, format, bytes, content, shared)))
        }
        Head::Unknown(outcome, kind) => {
            let mut end = Ended { ledger_id, kind, outcome, content: None, fingerprint: None, bytes: head.len() as u64 };
            if kind == FileKind::Media {
                let (size, content, sha1) = digest(&mut head.as_slice().chain(stream))?;
                end.content = Some((size, content, sha1));
                end.bytes = size;
            }
            Ok(Taken::Whole(end))
        }
    }
}

fn digest(stream: &mut dyn Read) -> io::Result<Content> {
    let (mut digests, mut size, mut buffer) = (Digests::new(), 0u64, vec![0; 256 << 10]);
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            let (content, sha1) = digests.finish();
            return Ok((size, content, sha1));
        }
        digests.update(&buffer[..count]);
        size += count as u64;
    }
}

/// Ends a film that passed: draws its frames, where nobody has yet.
fn end_film(ledger_id: i64, passed: Box<film::Passed>, again: Again<'_>, shared: &Shared) -> Ended {
    let film = &passed.film;
    let (size_bytes, content) = (film.size_bytes, Some((film.size_bytes, film.content, film.sha1)));
    let fresh = shared.claim(film.content);
    let fingerprint = fresh.then(|| Box::new(film::finish(*passed, again, &shared.films, &shared.stop)));
    Ended { ledger_id, kind: FileKind::Media, outcome: Outcome::Done, content, fingerprint, bytes: size_bytes }
}

fn read_bytes(ledger_id: i64, name: &str, bytes: &[u8], shared: &Shared) -> Ended {
    let head = classify::by_head(&bytes[..bytes.len().min(fingerprints::SNIFF_BYTES)], name);
    match head {
        Head::Still(format) | Head::Film(format) => read_still(ledger_id, format, bytes, digest_all(bytes), shared),
        Head::Unknown(outcome, kind) => {
            let content = (kind == FileKind::Media).then(|| digest_all(bytes));
            Ended { ledger_id, kind, outcome, content, fingerprint: None, bytes: bytes.len() as u64 }
        }
    }
}

/// Fingerprints what is in memory and hashed already.
fn read_still(ledger_id: i64, format: Format, bytes: &[u8], content: Content, shared: &Shared) -> Ended {
    let format = fingerprints::refine(bytes, format);
    let mut end =
        Ended { ledger_id, kind: FileKind::Media, outcome: Outcome::Done, content: Some(content), fingerprint: None, bytes: content.0 };
    if shared.claim(content.1) {
        let _turn = shared.wait_if_large(fingerprints::cost_bytes(bytes, format).saturating_add(content.0));
        match catch_unwind(AssertUnwindSafe(|| fingerprints::fingerprint(bytes, format))) {
            Ok(print) => {
                end.outcome = classify::outcome_of(&print);
                end.fingerprint = Some(Box::new(print));
            }
            Err(_) => {
                end.outcome = Outcome::Failed(Cause::new("decoder-failed", "the decoder failed on this file; it may be damaged"));
                end.fingerprint = Some(Box::new(classify::undecoded(format, "the decoder failed on it")));
            }
        }
    }
    end
}

fn digest_all(bytes: &[u8]) -> Content {
    let mut digests = Digests::new();
    digests.update(bytes);
    let (content, sha1) = digests.finish();
    (bytes.len() as u64, content, sha1)
}

/// Sends the members of a tgz that wait to the workers as they come by; films are read here, since they may be larger than memory.
fn read_stream(stream: &Stream, tasks: &Sender<Task>, ended: &Sender<Ended>, shared: &Shared) {
    let mut waiting = stream.members.clone();
    let mut on_member = |found: &model::FoundFile, reader: &mut dyn Read| -> io::Result<()> {
        let Some(ledger_id) = found.path.member.as_deref().and_then(|name| waiting.remove(name)) else { return Ok(()) };
        let name = found.path.file_name();
        let mut head = Vec::with_capacity(fingerprints::SNIFF_BYTES);
        Read::take(&mut *reader, fingerprints::SNIFF_BYTES as u64).read_to_end(&mut head)?;
        let is_still = matches!(classify::by_head(&head, &name), Head::Still(_)) && found.size_bytes <= shared.large_from_bytes;
        let sent = if is_still {
            let mut bytes = head;
            reader.read_to_end(&mut bytes)?;
            tasks.send(Task::Bytes { ledger_id, name, bytes }).is_ok()
        } else {
            let mut stream = head.as_slice().chain(reader);
            let end = match read_one(ledger_id, &name, found.size_bytes, &mut stream, true, &mut Buffer::default(), shared)? {
                Taken::Whole(end) => end,
                Taken::Film(film) => guarded(ledger_id, || end_film(ledger_id, film, Again::Gone, shared)),
            };
            ended.send(end).is_ok()
        };
        if sent { Ok(()) } else { Err(io::Error::other("stopped")) }
    };
    let outcome = sources::stream_tgz(&stream.archive, &|| shared.stop.asked(), &mut on_member);
    if shared.stop.asked() {
        return;
    }
    let cause = match outcome {
        Ok(_) => Cause::new("archive-changed", "the archive no longer holds this member; scan again"),
        Err(error) => error.cause(),
    };
    let mut left: Vec<i64> = waiting.into_values().collect();
    left.sort_unstable();
    for ledger_id in left {
        if ended.send(failed(ledger_id, cause.clone())).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes in small and uneven parts.
    struct Drips<'a>(&'a [u8], usize);

    impl Read for Drips<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1 * 31 % 70_001 + 1;
            let count = self.1.min(out.len()).min(self.0.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_buffer_holds_one_file_after_the_other_whatever_their_sizes() {
        let bytes: Vec<u8> = (0..3 * PIECE_BYTES as u32 + 77).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        let mut buffer = Buffer::default();
        for len in [bytes.len(), 0, 1, 4096, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES] {
            for expected in [0, len as u64, u64::MAX] {
                let file = &bytes[..len];
                let (head, rest) = file.split_at(len.min(4096));
                let (read, content) = buffer.fill(head, &mut Drips(rest, len), expected, u64::MAX).expect("read");
                assert!(read == file, "{len} bytes, {expected} expected");
                assert_eq!(content, digest_all(file));
                buffer.let_go();
            }
        }
        assert!(buffer.room.len() <= KEPT_BUFFER_BYTES);
    }

    #[test]
    fn what_is_too_long_is_read_one_byte_too_far_and_no_more() {
        let bytes = vec![7; PIECE_BYTES * 2];
        for (max, read) in [(bytes.len(), bytes.len()), (bytes.len() - 1, bytes.len()), (PIECE_BYTES, PIECE_BYTES + 1), (5000, 5001)] {
            let (head, rest) = bytes.split_at(100);
            let mut buffer = Buffer::default();
            let (found, _) = buffer.fill(head, &mut Drips(rest, 1), 0, max as u64).expect("read");
            assert_eq!(found.len(), read, "at most {max}");
        }
    }

    #[test]
    fn a_large_buffer_is_given_back() {
        let mut buffer = Buffer::default();
        for (len, kept) in [(KEPT_BUFFER_BYTES, KEPT_BUFFER_BYTES), (KEPT_BUFFER_BYTES + 1, 0)] {
            buffer.grow(len);
            buffer.let_go();
            assert_eq!(buffer.room.len(), kept);
        }
    }
}
