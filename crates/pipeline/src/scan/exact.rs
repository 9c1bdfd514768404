//! The exact scan (`--exact`): byte copies only, for the price of their own bytes. Sizes first, then heads, then whole contents, and each
//! step only for files that the step before could not tell apart. Nothing is decoded.
//!
//! A file that is told apart ends as skipped, with the step that did it; the next ordinary scan reads it. Byte copies get a fingerprint of
//! recipe [`UNDRAWN`], which says their format and nothing more, so that the ordinary scan draws it. Members of a tgz cannot be opened one
//! by one, so they are left to the ordinary reading.
//!
//! Telling needs no catalog: it runs on threads of its own, where it can from before the files stand in the ledger, and the one writer
//! takes down what it says as it comes.
//!
//! **Invariant:** two files end with one content only if all their bytes hash alike.

use super::classify::{self, Head};
use super::read::Job;
use super::rounds::each;
use crate::watch::{Stop, Watch};
use crate::{Error, Result};
use catalog::Catalog;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use model::{Cause, ContentHash, FileKind, Fingerprint, Format, LocationPath, Outcome};
use rustc_hash::{FxHashMap, FxHashSet};
use sources::Reader;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Recipe of a fingerprint that was not drawn.
pub(crate) const UNDRAWN: u32 = 0;

/// Causes by which this scan leaves a file; an ordinary scan takes it up.
pub(crate) const CAUSES: &[&str] = &[SIZE_IS_UNIQUE, HEAD_IS_UNIQUE, CONTENT_IS_UNIQUE];
/// Those of them that another exact scan looks at again: their content is not known.
pub(crate) const UNREAD_CAUSES: &[&str] = &[SIZE_IS_UNIQUE, HEAD_IS_UNIQUE];
const SIZE_IS_UNIQUE: &str = "size-is-unique";
const HEAD_IS_UNIQUE: &str = "head-is-unique";
const CONTENT_IS_UNIQUE: &str = "content-is-unique";

/// Bytes of a head. Camera files of one size differ within their metadata (time, counter, thumbnail), which begin here; one page of disk.
const HEAD_BYTES: usize = 4096;

/// Bytes of a file that are read at a time, and hashed while still in the core's own cache.
const PIECE_BYTES: usize = 128 << 10;

/// How long news is gathered before it is written: so short that little is lost if the process dies, and so long that a commit is a small
/// part of the writing.
const GATHER: Duration = Duration::from_millis(50);

/// Most news written at a time.
const GATHERED_MAX: usize = 8192;

/// A file to be told from others.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) path: LocationPath,
    pub(crate) size_bytes: u64,
}

/// News of files, by their place in the list.
enum News {
    /// It is no photo, or cannot be read.
    Ended(usize, FileKind, Outcome),
    /// Nothing of their size begins like them.
    HeadsUnique(Vec<usize>),
    Whole(usize, Format, u64, ContentHash),
}

/// Files being told apart, on threads that end when this is dropped.
pub(crate) struct Telling {
    files: Arc<Vec<File>>,
    /// Sizes that one file alone has.
    single_sizes: FxHashSet<u64>,
    news: Receiver<News>,
    bytes: Arc<AtomicU64>,
    /// Ends the threads.
    end: Stop,
    hand: Option<JoinHandle<()>>,
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.end.ask();
        drop(self.hand.take().map(JoinHandle::join));
    }
}

impl Telling {
    /// Begins to tell `files` apart, from each other and from the contents that `catalog` knows.
    pub(crate) fn start(catalog: &Catalog, files: Vec<File>, workers: usize, stop: &Stop) -> Result<Self> {
        let mut sizes: Vec<u64> = files.iter().map(|file| file.size_bytes).collect();
        sizes.sort_unstable();
        let single = sizes.chunk_by(u64::eq).filter(|alike| alike.len() == 1).map(|alike| alike[0]);
        let mut single_sizes: FxHashSet<u64> = single.collect();
        sizes.dedup();
        let known = catalog.contents_of_sizes(&sizes)?;
        let known_sizes: FxHashSet<u64> = known.iter().map(|(size, _)| *size).collect();
        single_sizes.retain(|size| !known_sizes.contains(size));
        let (sender, news) = crossbeam_channel::unbounded();
        let (files, bytes, end) = (Arc::new(files), Arc::new(AtomicU64::new(0)), Stop::default());
        let shared: Vec<usize> = (0..files.len()).filter(|at| !single_sizes.contains(&files[*at].size_bytes)).collect();
        let teller = Teller {
            files: Arc::clone(&files),
            known,
            news: sender,
            bytes: Arc::clone(&bytes),
            workers,
            stops: [stop.clone(), end.clone()],
        };
        let hand = std::thread::Builder::new().name("telling".to_owned()).spawn(move || {
            teller.tell(&shared);
        });
        let hand = hand.map_err(|error| Error::Bug(format!("cannot start a thread: {error}")))?;
        Ok(Self { files, single_sizes, news, bytes, end, hand: Some(hand) })
    }

    /// Returns how a file ends that its size tells apart.
    pub(crate) fn by_size(&self, size_bytes: u64) -> Option<Outcome> {
        self.single_sizes.contains(&size_bytes).then(|| Outcome::Skipped(by_size()))
    }

    /// Returns the ledger rows of the files, by their place in the list; `None` where one of `jobs` is not among them, and so was not
    /// told from the others.
    fn rows(&self, jobs: &[Job]) -> Option<Vec<Option<i64>>> {
        let places: FxHashMap<&LocationPath, usize> = self.files.iter().enumerate().map(|(at, file)| (&file.path, at)).collect();
        let mut rows = vec![None; self.files.len()];
        for job in jobs {
            rows[*places.get(&job.path)?] = Some(job.ledger_id);
        }
        Some(rows)
    }
}

/// What an exact scan did.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) files_read: u64,
    pub(crate) bytes_read: u64,
    /// Files that ended.
    pub(crate) ended: u64,
}

/// Tells `jobs` apart, or takes down what `ahead` says of them, and writes how each ended. On a stop it returns what was told till then.
pub(crate) fn read(
    catalog: &Catalog,
    jobs: &[Job],
    ahead: Option<Telling>,
    workers: usize,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<Told> {
    let ahead = ahead.and_then(|ahead| ahead.rows(jobs).map(|rows| (ahead, rows)));
    let (telling, rows) = match ahead {
        Some(ahead) => ahead,
        None => {
            let files = jobs.iter().map(|job| File { path: job.path.clone(), size_bytes: job.size_bytes }).collect();
            (Telling::start(catalog, files, workers, stop)?, jobs.iter().map(|job| Some(job.ledger_id)).collect())
        }
    };
    let mut told = Told::default();
    let singles = telling.files.iter().zip(&rows).filter(|(file, _)| telling.single_sizes.contains(&file.size_bytes));
    let singles: Vec<i64> = singles.filter_map(|(_, row)| *row).collect();
    catalog.batch(|| catalog.skip_all(&singles, &by_size()))?;
    told.ended = singles.len() as u64;
    while let Some(news) = gather(&telling.news, stop) {
        catalog.batch(|| news.iter().try_for_each(|news| write(catalog, news, &rows, &mut told)))?;
        told.bytes_read = telling.bytes.load(Ordering::Relaxed);
        watch.reach(told.ended, told.bytes_read);
    }
    if !stop.asked() && told.ended != jobs.len() as u64 {
        return Err(Error::Bug(format!("{} of {} files were told apart", told.ended, jobs.len())));
    }
    Ok(told)
}

/// Waits for news and gathers what comes soon after; `None` after the last and on a stop.
fn gather(news: &Receiver<News>, stop: &Stop) -> Option<Vec<News>> {
    let until = Instant::now() + GATHER;
    let mut gathered = Vec::new();
    loop {
        match news.recv_deadline(until) {
            Ok(one) => {
                // Those are many at once: the writer has work while the next step begins.
                let many = matches!(one, News::HeadsUnique(_));
                gathered.push(one);
                if many || gathered.len() == GATHERED_MAX {
                    return Some(gathered);
                }
            }
            Err(_) if !gathered.is_empty() => return Some(gathered),
            Err(RecvTimeoutError::Timeout) if !stop.asked() => return Some(gathered),
            Err(_) => return None,
        }
    }
}

/// Writes how files ended.
fn write(catalog: &Catalog, news: &News, rows: &[Option<i64>], told: &mut Told) -> catalog::Result<()> {
    match news {
        News::HeadsUnique(files) => {
            let ids: Vec<i64> = files.iter().filter_map(|file| rows[*file]).collect();
            let words = "no other file of its size begins alike, so it was not read (`--exact`)";
            catalog.skip_all(&ids, &Cause::new(HEAD_IS_UNIQUE, words))?;
            told.ended += ids.len() as u64;
        }
        News::Ended(file, kind, outcome) => {
            let Some(row) = rows[*file] else { return Ok(()) };
            catalog.end_ledger(row, *kind, outcome, None)?;
            told.ended += 1;
        }
        News::Whole(file, format, size_bytes, hash) => {
            let Some(row) = rows[*file] else { return Ok(()) };
            let (content, is_new) = catalog.add_content(*size_bytes, *hash, None)?;
            let outcome = if is_new {
                Outcome::Skipped(Cause::new(CONTENT_IS_UNIQUE, "no other file holds its bytes, so it was not decoded (`--exact`)"))
            } else {
                catalog.save_undrawn(content, &undrawn(*format))?;
                catalog.finish_skipped(content, CONTENT_IS_UNIQUE)?;
                Outcome::Done
            };
            catalog.end_ledger(row, FileKind::Media, &outcome, Some(content))?;
            told.files_read += 1;
            told.ended += 1;
        }
    }
    Ok(())
}

fn by_size() -> Cause {
    Cause::new(SIZE_IS_UNIQUE, "no other file has its size, so it was not opened (`--exact`)")
}

/// The threads' side.
struct Teller {
    files: Arc<Vec<File>>,
    /// Sizes of contents that the catalog knows, each with a place where it can be read.
    known: Vec<(u64, Option<LocationPath>)>,
    news: Sender<News>,
    bytes: Arc<AtomicU64>,
    workers: usize,
    stops: [Stop; 2],
}

/// What a worker holds.
struct Worker {
    reader: Reader,
    piece: Vec<u8>,
}

impl Teller {
    /// Tells these files apart by head and content. `None` when a stop was asked for.
    fn tell(&self, shared: &[usize]) -> Option<()> {
        let is_stopped = || self.stops.iter().any(Stop::asked);
        let reader = Reader::new();
        let begin = || Worker { reader: reader.clone(), piece: vec![0; PIECE_BYTES] };
        // A known content whose head cannot be read now may begin like any file of its size.
        let known = each(&self.known, self.workers, &is_stopped, begin, |worker, (size_bytes, place)| {
            (*size_bytes, place.as_ref().and_then(|place| self.head_of(worker, place).ok()))
        })?;
        let headless: FxHashSet<u64> = known.iter().filter(|(_, head)| head.is_none()).map(|(size_bytes, _)| *size_bytes).collect();
        let heads = each(shared, self.workers, &is_stopped, begin, |worker, file| {
            let head = self.head_of(worker, &self.files[*file].path);
            head.map_err(|(kind, outcome)| self.say(News::Ended(*file, kind, outcome)))
        })?;
        let mut alike: FxHashMap<(u64, Option<[u8; 32]>), u32> = FxHashMap::default();
        let heads: Vec<(usize, u64, [u8; 32])> =
            shared.iter().zip(heads).filter_map(|(file, head)| Some((*file, self.files[*file].size_bytes, head.ok()?))).collect();
        for key in known.into_iter().chain(heads.iter().map(|(_, size_bytes, head)| (*size_bytes, Some(*head)))) {
            *alike.entry(key).or_default() += 1;
        }
        let is_single = |size_bytes, head| alike[&(size_bytes, Some(head))] == 1 && !headless.contains(&size_bytes);
        let (single, shared): (Vec<_>, Vec<_>) = heads.into_iter().partition(|(_, size_bytes, head)| is_single(*size_bytes, *head));
        self.say(News::HeadsUnique(single.into_iter().map(|(file, ..)| file).collect()));
        each(&shared, self.workers, &is_stopped, begin, |worker, (file, ..)| self.say(self.whole_of(worker, *file)))?;
        Some(())
    }

    /// Nobody listens any more after a stop.
    fn say(&self, news: News) {
        drop(self.news.send(news));
    }

    /// Returns the hash of a file's head, or how the file ends.
    fn head_of(&self, worker: &mut Worker, place: &LocationPath) -> std::result::Result<[u8; 32], (FileKind, Outcome)> {
        let Worker { reader, piece } = worker;
        let read = reader.open(place, |stream, _| fill(stream, &mut piece[..HEAD_BYTES]));
        let count = read.map_err(|error| (FileKind::Media, Outcome::Failed(error.cause())))?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        match classify::by_head(&piece[..count.min(fingerprints::SNIFF_BYTES)], &place.file_name()) {
            Head::Still(_) | Head::Film(_) => Ok(fingerprints::name_bytes(&piece[..count]).0),
            Head::Unknown(outcome, kind) => Err((kind, outcome)),
        }
    }

    fn whole_of(&self, worker: &mut Worker, file: usize) -> News {
        let Worker { reader, piece } = worker;
        let read = reader.open(&self.files[file].path, |stream, _| {
            let (mut naming, mut size_bytes, mut format) = (fingerprints::Naming::new(), 0u64, None);
            loop {
                let came = fill(stream, piece)?;
                if size_bytes == 0 {
                    format = fingerprints::sniff(&piece[..came.min(fingerprints::SNIFF_BYTES)]);
                }
                naming.update(&piece[..came]);
                size_bytes += came as u64;
                if came < piece.len() {
                    return Ok((format, size_bytes, naming.finish()));
                }
            }
        });
        match read {
            Ok((Some(format), size_bytes, hash)) => {
                self.bytes.fetch_add(size_bytes, Ordering::Relaxed);
                News::Whole(file, format, size_bytes, hash)
            }
            Ok((None, ..)) => {
                let cause = Cause::new("unreadable", "it changed while it was read; scan again");
                News::Ended(file, FileKind::Media, Outcome::Failed(cause))
            }
            Err(error) => News::Ended(file, FileKind::Media, Outcome::Failed(error.cause())),
        }
    }
}

/// Reads until `piece` is full or the stream ends; returns how many bytes came.
fn fill(stream: &mut dyn Read, piece: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match stream.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(came) => filled += came,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn undrawn(format: Format) -> Fingerprint {
    Fingerprint { recipe: UNDRAWN, undecoded: None, ..classify::undecoded(format, "") }
}
