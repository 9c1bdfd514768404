//! Writes what is missing in one source from the archives of another: whole photos under their names, with what a person said of them as a
//! sidecar, into a folder.
//!
//! All writing is `removal`'s; this finds what is to be written, where it lies and what goes beside it. Archives are read in their order, a tgz
//! once. **Invariant:** a second run writes what the first did not, and nothing twice.

mod layout;
mod unit;

pub use layout::Layout;
pub use removal::{Disk, System};

use crate::missing::{MissingFilter, MissingOptions, find_missing};
use crate::removing::of_room;
use crate::watch::{Phase, Stop, Watch};
use crate::{Result, Sure};
use catalog::Catalog;
use model::AssetId;
use removal::{NotWritten, Placed, Target};
use serde::Serialize;
use sources::Reader;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use unit::{Unit, UnitFile, unit_of};

/// Assets loaded whole at a time.
const LOADED_AT_A_TIME: usize = 2048;

/// What is written, and where.
#[derive(Debug, Clone)]
pub struct RecoverOptions {
    /// Which photos are looked for, and where.
    pub missing: MissingOptions,
    /// Only those that are missing this surely; empty: all.
    pub sure: Vec<Sure>,
    /// Also those left missing on purpose.
    pub with_ignored: bool,
    /// Also those in Google's trash.
    pub with_trashed: bool,
    /// The folder written into; absolute.
    pub to: PathBuf,
    /// Folders below it.
    pub layout: Layout,
    /// Only tells what would be written.
    pub dry_run: bool,
}

/// What a run did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RecoverReport {
    /// Version of this contract.
    pub version: u32,
    /// Photos that were to be there.
    pub photos: u64,
    /// Files written (or that would be), films of live photos among them.
    pub written: u64,
    /// Bytes of these.
    pub written_bytes: u64,
    /// Files that were there already, with the same bytes.
    pub already: u64,
    /// Sidecars written.
    pub sidecars: u64,
    /// Sidecars that stood there and say something else; they were left as they are.
    pub sidecars_left: Vec<String>,
    /// Photos in Google's trash, which were passed over.
    pub trashed: u64,
    /// Photos that Google lists and whose bytes are nowhere here.
    pub without_bytes: u64,
    /// What could not be written, and why.
    pub failed: Vec<NotRecovered>,
    /// Whether a stop was asked for before all was done.
    pub interrupted: bool,
}

/// A file that was not written.
#[derive(Debug, Clone, Serialize)]
pub struct NotRecovered {
    /// Where it lies.
    pub path: String,
    /// Why.
    pub why: String,
}

/// A file on its way: where it lies, where it goes.
struct Job {
    file: UnitFile,
    to: PathBuf,
    modified_ns: Option<i64>,
}

/// Writes what is missing, through `disk`; `state` holds the lock that all who touch files share.
///
/// # Errors
/// Those of [`find_missing`]; [`crate::Error::User`] while another run holds the lock. What of single files goes wrong is in the report.
pub fn recover(
    catalog: &Catalog,
    state: &Path,
    disk: &dyn Disk,
    options: &RecoverOptions,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<RecoverReport> {
    let _lock = if options.dry_run { None } else { Some(removal::lock(state).map_err(of_room)?) };
    let answer = find_missing(catalog, &options.missing, watch, stop)?;
    let filter = MissingFilter { sure: options.sure.clone(), with_ignored: options.with_ignored, with_derived: false };
    let mut report = RecoverReport { version: 1, ..RecoverReport::default() };
    let mut wanted = Vec::new();
    for row in answer.rows_of(&filter) {
        match row.trashed && !options.with_trashed {
            true => report.trashed += 1,
            false => wanted.push(AssetId(row.asset)),
        }
    }
    wanted.sort_unstable();
    report.photos = wanted.len() as u64;
    let mut run = Run { target: Target::new(disk, &options.to), options, report, watch, stop, done: (0, 0), target_is_full: false };
    run.all(catalog, &wanted)?;
    run.report.interrupted = stop.asked();
    Ok(run.report)
}

struct Run<'r> {
    target: Target<'r>,
    options: &'r RecoverOptions,
    report: RecoverReport,
    watch: &'r dyn Watch,
    stop: &'r Stop,
    /// Files and bytes behind.
    done: (u64, u64),
    /// The target takes nothing more.
    target_is_full: bool,
}

impl Run<'_> {
    fn all(&mut self, catalog: &Catalog, wanted: &[AssetId]) -> Result<()> {
        let sources = catalog.sources()?;
        let (mut jobs, mut sidecars) = (Vec::new(), Vec::new());
        self.watch.begin(Phase::Place, Some(wanted.len() as u64), None);
        for (at, some) in wanted.chunks(LOADED_AT_A_TIME).enumerate() {
            for (n, row) in catalog.assets_of(some)?.iter().enumerate() {
                if self.stop.asked() {
                    return Ok(());
                }
                self.watch.reach((at * LOADED_AT_A_TIME + n) as u64, 0);
                let source = sources.iter().find(|source| source.id == row.source).map_or("", |source| source.name.as_str());
                match unit_of(row, source, &self.options.layout) {
                    Ok(Some(unit)) => self.place(unit, &mut jobs, &mut sidecars),
                    Ok(None) => self.report.without_bytes += 1,
                    Err(why) => self.fail(&crate::shown_path(row), why),
                }
            }
        }
        if self.options.dry_run {
            self.report.written = jobs.len() as u64;
            self.report.written_bytes = jobs.iter().map(|job| job.file.wanted.size_bytes).sum();
            return Ok(());
        }
        self.write(jobs);
        self.write_sidecars(sidecars);
        Ok(())
    }

    fn place(&mut self, unit: Unit, jobs: &mut Vec<Job>, sidecars: &mut Vec<(PathBuf, removal::xmp::Curation)>) {
        let placed = match self.target.place(&unit.together()) {
            Ok(placed) => placed,
            Err(error) => return self.fail(&unit.files[0].place.to_string(), error.to_string()),
        };
        if let Some(Placed { path, .. }) = placed.first() {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(".xmp");
            sidecars.push((path.with_file_name(name), unit.curation));
        }
        for (file, Placed { path, is_there }) in unit.files.into_iter().zip(placed) {
            if is_there {
                self.report.already += 1;
            } else {
                jobs.push(Job { file, to: path, modified_ns: unit.modified_ns });
            }
        }
    }

    fn fail(&mut self, path: &str, why: String) {
        self.report.failed.push(NotRecovered { path: path.to_owned(), why });
    }

    /// Writes all files, archive by archive.
    fn write(&mut self, jobs: Vec<Job>) {
        let bytes = jobs.iter().map(|job| job.file.wanted.size_bytes).sum();
        self.watch.begin(Phase::Recover, Some(jobs.len() as u64), Some(bytes));
        let mut by_file: BTreeMap<PathBuf, Vec<Job>> = BTreeMap::new();
        for job in jobs {
            by_file.entry(job.file.place.file.clone()).or_default().push(job);
        }
        let mut reader = Reader::new();
        for (file, jobs) in by_file {
            if self.stop.asked() || self.is_full() {
                return;
            }
            if jobs[0].file.place.member.is_some() && crate::place::is_gzip(&file) {
                self.write_streamed(&file, jobs);
            } else {
                for job in jobs {
                    if self.stop.asked() || self.is_full() {
                        return;
                    }
                    // What was written is whole, whatever the archive's own checksum says.
                    let written = reader.open(&job.file.place, |bytes, _| Ok(self.write_one(&job, bytes)));
                    match written {
                        Ok(written) => self.note(&job, written),
                        Err(error) => self.fail(&job.file.place.to_string(), error.to_string()),
                    }
                }
            }
        }
    }

    /// Writes members of a tgz in one reading of it.
    fn write_streamed(&mut self, archive: &Path, jobs: Vec<Job>) {
        let member = |job: &Job| job.file.place.member.clone().unwrap_or_default();
        let mut waiting: HashMap<String, Job> = jobs.into_iter().map(|job| (member(&job), job)).collect();
        let stop = self.stop;
        let streamed = sources::stream_tgz(archive, &|| stop.asked(), &mut |found, bytes| {
            if let Some(job) = found.path.member.as_ref().and_then(|member| waiting.remove(member)) {
                let written = self.write_one(&job, bytes);
                self.note(&job, written);
            }
            if waiting.is_empty() || self.is_full() { Err(io::Error::other("all that is wanted was read")) } else { Ok(()) }
        });
        if self.stop.asked() || self.is_full() {
            return;
        }
        let why = streamed.err().map_or_else(|| "the archive no longer holds it".to_owned(), |error| error.to_string());
        for job in waiting.into_values() {
            self.fail(&job.file.place.to_string(), why.clone());
        }
    }

    fn write_one(&self, job: &Job, bytes: &mut dyn Read) -> std::result::Result<bool, NotWritten> {
        self.target.write(&job.to, &job.file.wanted, job.modified_ns, bytes)
    }

    fn note(&mut self, job: &Job, written: std::result::Result<bool, NotWritten>) {
        match written {
            Ok(true) => {
                self.report.written += 1;
                self.report.written_bytes += job.file.wanted.size_bytes;
            }
            Ok(false) => self.report.already += 1,
            Err(error) => {
                self.target_is_full |= error.is_of_target();
                self.fail(&job.file.place.to_string(), error.to_string());
            }
        }
        self.done = (self.done.0 + 1, self.done.1 + job.file.wanted.size_bytes);
        self.watch.reach(self.done.0, self.done.1);
    }

    /// Writes sidecars beside photos that are there now.
    fn write_sidecars(&mut self, sidecars: Vec<(PathBuf, removal::xmp::Curation)>) {
        for (path, curation) in sidecars {
            if self.stop.asked() || self.is_full() {
                return;
            }
            match self.write_sidecar(&path, &curation) {
                Ok(Some(true)) => self.report.sidecars += 1,
                Ok(None) => {}
                Ok(Some(false)) => self.report.sidecars_left.push(path.display().to_string()),
                Err(why) => self.fail(&path.display().to_string(), why),
            }
        }
    }

    /// Returns whether a sidecar was written; `None` where nothing is to be said, or it says it already.
    fn write_sidecar(&self, path: &Path, curation: &removal::xmp::Curation) -> std::result::Result<Option<bool>, String> {
        let fresh = removal::xmp::merge(None, curation).map_err(|error| error.to_string())?;
        if fresh.added.is_empty() || !self.target.has(&path.with_extension("")).map_err(|error| error.to_string())? {
            return Ok(None);
        }
        if self.target.write_beside(path, &fresh.bytes).map_err(|error| error.to_string())? {
            return Ok(Some(true));
        }
        let says_it = self.target.text(path, removal::xmp::SIDECAR_MAX_BYTES as u64).is_ok_and(|there| {
            removal::xmp::merge(Some(&there), curation).is_ok_and(|merged| merged.added.is_empty() && merged.kept.is_empty())
        });
        Ok(if says_it { None } else { Some(false) })
    }

    fn is_full(&self) -> bool {
        self.target_is_full
    }
}
