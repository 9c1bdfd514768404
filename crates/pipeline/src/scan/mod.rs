//! The scan: find → index → read → assemble → match → group, each phase from catalog to catalog, so that a stop anywhere loses nothing.
//!
//! Reads as the table of contents of the program. What a file is: `classify`; how it is read: `read`; what an asset is: `folder` and
//! `takeout`.

mod classify;
mod exact;
pub(crate) mod ffmpeg;
mod film;
mod find;
mod folder;
mod name_time;
mod quick;
mod read;
mod rounds;
mod takeout;
mod waiting;

pub(crate) use read::STILL_FILE_MAX_BYTES;

use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result, crops, group, weigh};
use catalog::{Catalog, InFlight, RootId, RootRow};
use fingerprints::RECIPE;
use model::{Cause, FileKind, Outcome, Presence, SourceId, SourceKind, Tally};
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use waiting::Waiting;

/// Longest a batch of written rows stays open, and so unseen by others and lost if the process dies.
const BATCH_MAX: Duration = Duration::from_millis(500);
/// Most rows in one batch.
const BATCH_ROWS_MAX: usize = 512;

/// How much of each file a scan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// All of it.
    #[default]
    Whole,
    /// First the head, with the preview that cameras put there; all of what that says may be like another photo.
    Quick,
    /// For byte copies only: sizes, then heads, then all where needed. Nothing is decoded.
    Exact,
}

/// What to scan, and how.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Folders, archives, exports; empty: all sources known.
    pub paths: Vec<PathBuf>,
    /// Globs to leave out, beside the defaults.
    pub exclude: Vec<String>,
    /// Name for a new source.
    pub name: Option<String>,
    /// Folders whose assets are never offered.
    pub reference: Vec<PathBuf>,
    /// Worker threads; `None`: one a core.
    pub workers: Option<usize>,
    /// Try again what failed before, though unchanged.
    pub retry: bool,
    /// How much of each file is read.
    pub depth: Depth,
    /// The program ffmpeg, for films that are not decoded here.
    pub ffmpeg: Option<PathBuf>,
    /// Search crops too.
    pub with_crops: bool,
    /// The time, seconds of UTC.
    pub now_utc_seconds: i64,
}

impl ScanOptions {
    fn workers(&self) -> usize {
        self.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from))
    }
}

/// What a scan did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ScanReport {
    /// Names of the sources scanned.
    pub sources: Vec<String>,
    /// Sums over all files of these sources.
    pub tally: Tally,
    /// Sums by outcome, kind and cause code.
    pub causes: Vec<CauseCount>,
    /// Files whose bytes were read in this scan.
    pub files_read: u64,
    /// Files of which only the head was looked at, in the whole catalog: nothing in a quick scan was like them.
    pub glanced: u64,
    /// Bytes read in this scan.
    pub bytes_read: u64,
    /// Files of which a fingerprint was drawn in this scan.
    pub fingerprints_drawn: u64,
    /// Files found removed in this scan.
    pub removed: u64,
    /// Assets in these sources.
    pub assets: u64,
    /// Edges drawn in this scan.
    pub edges_drawn: u64,
    /// Groups in the whole catalog.
    pub groups: u64,
    /// Assets that may go, in the whole catalog.
    pub offered: u64,
    /// Bytes of those.
    pub offered_bytes: u64,
    /// Whether a stop was asked for before all was done.
    pub interrupted: bool,
    /// Lines worth reading.
    pub notes: Vec<String>,
}

/// How many files ended so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseCount {
    /// `done`, `skipped` or `failed`.
    pub outcome: String,
    /// What they are.
    pub kind: FileKind,
    /// Stable code of the cause; empty for `done`.
    pub cause: String,
    /// How many.
    pub count: u64,
}

impl CauseCount {
    pub(crate) fn list(causes: catalog::Causes) -> Vec<Self> {
        causes.into_iter().map(|((outcome, kind, cause), count)| Self { outcome, kind, cause, count }).collect()
    }
}

/// Scans. On a stop the report says so and the catalog is as far as the scan came; the next scan goes on.
///
/// # Errors
/// [`Error::User`] where a path is wrong, [`Error::Catalog`] where the catalog fails. A bad photo is a row of the ledger, not an error.
pub fn scan(catalog: &Catalog, options: &ScanOptions, watch: &dyn Watch, stop: &Stop) -> Result<ScanReport> {
    let mut report = ScanReport::default();
    match run(catalog, options, watch, stop, &mut report) {
        Err(Error::Interrupted) => report.interrupted = true,
        other => other?,
    }
    Ok(report)
}

fn run(catalog: &Catalog, options: &ScanOptions, watch: &dyn Watch, stop: &Stop, report: &mut ScanReport) -> Result<()> {
    let (board, suspects) = InFlight::open(catalog.path())?;
    let number = catalog.batch(|| {
        catalog.count_attempts(&suspects)?;
        catalog.begin_scan()
    })?;
    let find::Found { sources: scanned, ahead } = find::find(catalog, options, number, watch, stop, report)?;
    let roots = catalog.roots()?;
    report.sources = catalog.sources()?.into_iter().filter(|source| scanned.contains(&source.id)).map(|source| source.name).collect();
    let run = Run { catalog, options, roots, scanned, board: Arc::new(board), watch, stop };

    let read = run.read(None, ahead, report);
    if read.is_err() {
        sum_up(catalog, &run.roots, &run.scanned, report)?;
    }
    read?;
    run.assemble()?;
    if options.depth == Depth::Quick {
        run.open_candidates(report)?;
    }
    catalog.drop_spent_glances()?;
    report.glanced = catalog.count_glanced()?;
    catalog.batch(|| run.scanned.iter().try_for_each(|source| catalog.set_scanned(*source, options.now_utc_seconds)))?;
    sum_up(catalog, &run.roots, &run.scanned, report)?;

    report.edges_drawn = weigh::weigh(catalog, watch, stop)?;
    if options.with_crops {
        report.edges_drawn += crops::search_crops(catalog, watch, stop)?;
    }
    watch.begin(Phase::Group, None, None);
    group::regroup(catalog)?;
    catalog.batch(|| catalog.lapse_verdicts())?;
    catalog.optimize()?;
    (report.groups, report.offered, report.offered_bytes) = catalog.sum_of_groups()?;
    Ok(())
}

fn ask_stop(stop: &Stop) -> Result<()> {
    if stop.asked() { Err(Error::Interrupted) } else { Ok(()) }
}

fn sum_up(catalog: &Catalog, roots: &[RootRow], scanned: &BTreeSet<SourceId>, report: &mut ScanReport) -> Result<()> {
    let of_scan: Vec<RootId> = roots.iter().filter(|root| scanned.contains(&root.source)).map(|root| root.id).collect();
    let (tally, causes) = catalog.tally(Some(&of_scan))?;
    report.tally = tally;
    report.causes = CauseCount::list(causes);
    report.assets = catalog.count_assets(Some(&scanned.iter().copied().collect::<Vec<_>>()))?;
    Ok(())
}

/// What the steps of one scan have in common.
struct Run<'a> {
    catalog: &'a Catalog,
    options: &'a ScanOptions,
    roots: Vec<RootRow>,
    scanned: BTreeSet<SourceId>,
    board: Arc<InFlight>,
    watch: &'a dyn Watch,
    stop: &'a Stop,
}

impl Run<'_> {
    /// Reads all that waits in the roots of the scanned sources, or these ledger rows of them, whole.
    fn read(&self, these: Option<&BTreeSet<i64>>, ahead: Option<exact::Telling>, report: &mut ScanReport) -> Result<()> {
        let Self { catalog, watch, stop, .. } = *self;
        let depth = if these.is_some() { Depth::Whole } else { self.options.depth };
        let films = film::FilmRoom::open(self.options.ffmpeg.clone(), catalog.path());
        if films.ffmpeg.is_some() && depth != Depth::Exact {
            catalog.batch(|| catalog.forget_undecoded(fingerprints::WANTS_FFMPEG))?;
        }
        let mut waiting = Waiting::default();
        for root in self.roots.iter().filter(|root| self.scanned.contains(&root.source) && root.online) {
            waiting.add(catalog, root, self.options, these)?;
        }
        if depth != Depth::Quick {
            watch.begin(Phase::Read, Some(waiting.count), Some(waiting.bytes));
        }
        catalog.batch(|| {
            waiting.set_aside.iter().try_for_each(|id| {
                let cause =
                    Cause::new("set-aside", "the program died twice while reading this file; `lookalike scan --retry` tries it again");
                catalog.end_ledger(*id, FileKind::Media, &Outcome::Failed(cause), None)
            })
        })?;
        let workers = self.options.workers();
        match depth {
            Depth::Whole => {}
            Depth::Exact => {
                let told = exact::read(catalog, &std::mem::take(&mut waiting.jobs), ahead, workers, watch, stop)?;
                report.files_read += told.files_read;
                report.bytes_read += told.bytes_read;
                waiting.count -= told.ended;
                ask_stop(stop)?;
            }
            Depth::Quick => {
                let glanced = quick::glance(catalog, std::mem::take(&mut waiting.jobs), workers, watch, stop)?;
                waiting.count -= glanced.ended;
                waiting.jobs = glanced.rest;
                watch.begin(Phase::Read, Some(waiting.count), None);
            }
        }
        let known: FxHashSet<_> = catalog.drawn_contents(&waiting.sizes(), RECIPE)?.into_iter().collect();
        let ends = read::start(waiting.jobs, waiting.streams, known, Arc::clone(&self.board), films, stop, workers)
            .map_err(|error| Error::Bug(format!("cannot start workers: {error}")))?;
        let written = write_ends(catalog, &ends, waiting.count, watch, stop, report);
        drop(ends);
        written?;
        ask_stop(stop).inspect_err(|_| drop(self.board.clear()))?;
        self.board.clear()?;
        // A film without frames is compared by bytes and samples, and so is done.
        let without: Vec<&str> = fingerprints::support()
            .iter()
            .filter(|support| !support.pixels || support.format.is_video())
            .map(|support| support.format.name())
            .collect();
        catalog.settle_undecoded(&without)?;
        Ok(())
    }

    /// Forms the assets of the scanned sources in which something changed, in this scan or in one that ended early.
    fn assemble(&self) -> Result<()> {
        let mut changed = self.catalog.sources_to_assemble()?;
        changed.retain(|source| self.scanned.contains(source));
        self.watch.begin(Phase::Assemble, Some(changed.len() as u64), None);
        for source in changed {
            assemble(self.catalog, source, &self.roots)?;
            ask_stop(self.stop)?;
        }
        Ok(())
    }

    /// Reads whole what a glance says may be like another photo.
    fn open_candidates(&self, report: &mut ScanReport) -> Result<()> {
        let candidates = quick::candidates(self.catalog, self.watch, self.stop)?;
        if !candidates.is_empty() {
            self.read(Some(&candidates), None, report)?;
            self.assemble()?;
        }
        Ok(())
    }
}

/// Writes what the workers send, in batches; the one writer of the catalog.
fn write_ends(
    catalog: &Catalog,
    ends: &crossbeam_channel::Receiver<read::Ended>,
    count: u64,
    watch: &dyn Watch,
    stop: &Stop,
    report: &mut ScanReport,
) -> Result<()> {
    let (before, bytes_before) = (report.files_read, report.bytes_read);
    let until_count = before + count;
    while report.files_read < until_count && !stop.asked() {
        let Some(first) = next_end(ends, stop) else { break };
        let until = Instant::now() + BATCH_MAX;
        catalog.batch(|| {
            let mut end = Some(first);
            let mut rows = 0;
            while let Some(one) = end.take() {
                write_end(catalog, &one)?;
                report.files_read += 1;
                report.bytes_read += one.bytes;
                report.fingerprints_drawn += u64::from(one.fingerprint.is_some());
                watch.reach(report.files_read - before, report.bytes_read - bytes_before);
                rows += 1;
                if rows < BATCH_ROWS_MAX && report.files_read < until_count && Instant::now() < until && !stop.asked() {
                    end = ends.try_recv().ok();
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Waits for the next end, a stop, or the end of all.
fn next_end(ends: &crossbeam_channel::Receiver<read::Ended>, stop: &Stop) -> Option<read::Ended> {
    loop {
        match ends.recv_timeout(Duration::from_millis(100)) {
            Ok(end) => return Some(end),
            Err(crossbeam_channel::RecvTimeoutError::Timeout) if !stop.asked() => {}
            Err(_) => return None,
        }
    }
}

fn write_end(catalog: &Catalog, end: &read::Ended) -> catalog::Result<()> {
    let content = match end.content {
        Some((size, hash, sha1)) => Some(catalog.add_content(size, hash, Some(sha1))?.0),
        None => None,
    };
    if let (Some(content), Some(print)) = (content, &end.fingerprint) {
        catalog.save_fingerprint(content, print)?;
    }
    catalog.end_ledger(end.ledger_id, end.kind, &end.outcome, content)
}

/// Forms a source's assets from its ledger.
fn assemble(catalog: &Catalog, source: SourceId, roots: &[RootRow]) -> Result<()> {
    let Some(kind) = catalog.sources()?.into_iter().find(|row| row.id == source).map(|row| row.kind) else { return Ok(()) };
    let mut files = Vec::new();
    for root in roots.iter().filter(|root| root.source == source) {
        // A photo of a folder that was skipped is no asset; an item of an export is one, by its sidecar.
        let rows = match kind {
            SourceKind::Folder => catalog.ledger_but_skipped_media(root.id)?,
            SourceKind::Takeout | SourceKind::Google => catalog.ledger_of(root.id)?,
        };
        for row in rows {
            if row.presence != Presence::Removed {
                files.push((root, row));
            }
        }
    }
    let prints = catalog.prints_of_source(source)?;
    let assembled = match kind {
        SourceKind::Folder => folder::assemble(&files, &prints),
        SourceKind::Takeout => takeout::assemble(&files, &prints),
        // Has no files; it is listed, not scanned.
        SourceKind::Google => return Ok(()),
    };
    catalog.batch(|| {
        for id in &assembled.companions {
            catalog.end_ledger(*id, FileKind::Sidecar, &Outcome::Done, None)?;
        }
        catalog.save_assets(source, &assembled.assets, &assembled.albums)
    })?;
    Ok(())
}

/// A source's assets, ready to be written.
#[derive(Debug, Default)]
pub(crate) struct Assembled {
    pub(crate) assets: Vec<catalog::SavedAsset>,
    pub(crate) albums: Vec<catalog::AlbumRow>,
    /// Ledger rows that turned out to be companions (an XMP beside its photo).
    pub(crate) companions: Vec<i64>,
}
