//! Finding: walks and archive listings become ledger rows; what is unchanged stays as it is, what is new or changed waits to be read.
//!
//! A file is unchanged when size and time (for a member: size, checksum and the archive's time) are those of its row. A root that is away
//! makes its files offline; only a root that is there and was walked whole proves that a file was removed. An archive that is away, and a
//! newer export that does not hold an item, prove nothing.

use super::exact::{self, Telling};
use super::waiting::waits;
use super::{Depth, ScanOptions, ScanReport, ask_stop};
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result};
use catalog::{Catalog, LedgerEntry, LedgerRow, RootId, RootKind, RootRow};
use model::{Cause, FileKind, FoundFile, Outcome, Presence, SidecarDocument, SourceId, SourceKind};
use rustc_hash::FxHashMap;
use sources::{Container, ContainerKind, FolderSurvey, LeftOut, SurveyOptions};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Name of the source that holds all Takeout exports, unless `--name` says otherwise: items are told apart by Google's own url, so that
/// exports of one account join by themselves.
const TAKEOUT_NAME: &str = "takeout";

/// What finding came to.
#[derive(Default)]
pub(crate) struct Found {
    /// The sources that were looked at.
    pub(crate) sources: BTreeSet<SourceId>,
    /// In an exact scan: the files that wait, being told apart already.
    pub(crate) ahead: Option<Telling>,
}

/// Walks and lists.
pub(crate) fn find(
    catalog: &Catalog,
    options: &ScanOptions,
    scan: i64,
    watch: &dyn Watch,
    stop: &Stop,
    report: &mut ScanReport,
) -> Result<Found> {
    watch.begin(Phase::Find, None, None);
    let mut found = BTreeSet::new();
    let paths = reachable(catalog, options, watch, report, &mut found)?;
    if paths.is_empty() {
        return Ok(Found { sources: found, ahead: None });
    }
    let known_roots = catalog.roots()?.into_iter().filter(|root| root.kind == RootKind::Folder).map(|root| root.path).collect();
    let survey_options = SurveyOptions { exclude: options.exclude.clone(), known_roots };
    let survey = sources::survey(&paths, &survey_options, &|| stop.asked(), &mut |count| watch.reach(count, 0)).map_err(world)?;
    ask_stop(stop)?;
    for parts in sources::missing_parts(&survey.containers.iter().map(|container| container.path.clone()).collect::<Vec<_>>()) {
        let missing: Vec<String> = parts.missing.iter().map(|number| format!("{number:03}")).collect();
        let words =
            format!("of the export `{}` these parts are missing: {}; its photos may lack their sidecars", parts.export, missing.join(", "));
        watch.note(&words);
        report.notes.push(words);
    }
    let mut folders = Vec::new();
    for folder in &survey.folders {
        let root = folder_root(catalog, options, &folder.root)?;
        found.insert(root.source);
        if is_emptied(catalog, &root, folder)? {
            let words = format!(
                "`{}` is empty now; its photos are kept as offline (`lookalike sources forget` if they are gone for good)",
                root.path.display()
            );
            watch.note(&words);
            report.notes.push(words);
            continue;
        }
        let known = Known::of(catalog, root.id)?;
        folders.push((root, known, folder));
    }
    let ahead = match options.depth {
        Depth::Exact if survey.containers.is_empty() => tell_ahead(catalog, options, &folders, stop)?,
        _ => None,
    };
    for (root, known, folder) in &folders {
        write_folder(catalog, root, known, folder, scan, ahead.as_ref(), report)?;
        ask_stop(stop)?;
    }
    for left in &survey.left_out {
        write_loose(catalog, options, left, scan, watch, report, &mut found)?;
    }
    let count = survey.containers.len() as u64;
    watch.begin(Phase::Index, Some(count), None);
    let mut indexed = Vec::new();
    for (at, container) in survey.containers.iter().enumerate() {
        let root = container_root(catalog, options, container)?;
        found.insert(root.source);
        if root.read_at.is_some() && root.read_at == Some((container.size_bytes, container.modified_ns.unwrap_or(0))) {
            catalog.batch(|| catalog.set_root_online(root.id, true))?;
        } else {
            match sources::index(container, &|| stop.asked(), &mut |_| {}) {
                Ok(index) => indexed.push((root, container, index)),
                Err(error) => {
                    ask_stop(stop)?;
                    damaged_container(catalog, &root, &error.cause(), scan, watch, report)?;
                }
            }
        }
        watch.reach(at as u64 + 1, 0);
        ask_stop(stop)?;
    }
    let products = Products::of(&indexed);
    for (root, container, index) in &indexed {
        write_container(catalog, root, container, index, &products, scan, report)?;
        ask_stop(stop)?;
    }
    mark_references(catalog, options, &found)?;
    Ok(Found { sources: found, ahead })
}

fn world(error: sources::Error) -> Error {
    let cause = error.cause();
    Error::User { what: cause.words, hint: None }
}

/// Returns the paths to walk that are there: those asked for, else every known root. Known roots that are away turn offline.
fn reachable(
    catalog: &Catalog,
    options: &ScanOptions,
    watch: &dyn Watch,
    report: &mut ScanReport,
    found: &mut BTreeSet<SourceId>,
) -> Result<Vec<PathBuf>> {
    let roots = catalog.roots()?;
    let mut note = |words: String| {
        watch.note(&words);
        report.notes.push(words);
    };
    for root in &roots {
        let there = is_there(catalog, root)?;
        if there != root.online {
            catalog.batch(|| catalog.set_root_online(root.id, there))?;
            note(format!("`{}` is {}", root.path.display(), if there { "back" } else { "away; its photos are kept as offline" }));
        }
    }
    if options.paths.is_empty() {
        if roots.is_empty() {
            return Err(Error::user("nothing to scan: no source is known yet", "name a folder or a Takeout export: `lookalike scan PATH`"));
        }
        return Ok(catalog.roots()?.into_iter().filter(|root| root.online).map(|root| root.path).collect());
    }
    let mut paths = Vec::new();
    for path in options.paths.iter().chain(&options.reference) {
        if path.exists() {
            paths.push(path.clone());
        } else if let Some(root) = roots.iter().find(|root| root.path == std::path::absolute(path).unwrap_or_else(|_| path.clone())) {
            found.insert(root.source);
        } else {
            return Err(Error::user(format!("cannot find `{}`", path.display()), "check the spelling, or connect the drive it lies on"));
        }
    }
    Ok(paths)
}

/// Tells whether a root is there. A folder that held files and is empty now counts as away: that is what an unmounted drive leaves behind.
fn is_there(catalog: &Catalog, root: &RootRow) -> Result<bool> {
    if !root.path.exists() {
        return Ok(false);
    }
    if root.kind != RootKind::Folder {
        return Ok(true);
    }
    let is_empty = std::fs::read_dir(&root.path).map_or(true, |mut entries| entries.next().is_none());
    Ok(!is_empty || catalog.count_files(root.id)? == 0)
}

/// Tells a root that held files and now shows nothing at all, as an unmounted drive leaves it: that proves no removal.
fn is_emptied(catalog: &Catalog, root: &RootRow, folder: &FolderSurvey) -> Result<bool> {
    let shows_nothing = folder.root == root.path && folder.files.is_empty() && folder.left_out.is_empty();
    Ok(shows_nothing && catalog.count_files(root.id)? > 0)
}

/// Returns the root that a surveyed folder belongs to: its own, one above it, or a new one.
fn folder_root(catalog: &Catalog, options: &ScanOptions, path: &Path) -> Result<RootRow> {
    let above = catalog.roots()?.into_iter().filter(|root| root.kind == RootKind::Folder && path.starts_with(&root.path));
    if let Some(root) = above.max_by_key(|root| root.path.as_os_str().len()) {
        return Ok(root);
    }
    let name =
        options.name.clone().unwrap_or_else(|| path.file_name().map_or("root".to_owned(), |name| name.to_string_lossy().into_owned()));
    add_root(catalog, &name, SourceKind::Folder, RootKind::Folder, path)
}

fn container_root(catalog: &Catalog, options: &ScanOptions, container: &Container) -> Result<RootRow> {
    if let Some(root) = catalog.root_at(&container.path)? {
        return Ok(root);
    }
    let kind = match container.kind {
        ContainerKind::Zip => RootKind::Zip,
        ContainerKind::Tgz => RootKind::Tgz,
        ContainerKind::Tree => RootKind::Tree,
    };
    let name = options.name.as_deref().unwrap_or(TAKEOUT_NAME);
    add_root(catalog, name, SourceKind::Takeout, kind, &container.path)
}

/// Adds a root: a folder to a source of its own, a Takeout container to the account's source of that name.
fn add_root(catalog: &Catalog, name: &str, kind: SourceKind, root_kind: RootKind, path: &Path) -> Result<RootRow> {
    let root = catalog.batch(|| {
        let existing =
            catalog.sources()?.into_iter().find(|source| kind == SourceKind::Takeout && source.kind == kind && source.name == name);
        let source = match existing {
            Some(source) => source.id,
            None => catalog.add_source(name, kind)?,
        };
        catalog.add_root(source, root_kind, path)?;
        catalog.root_at(path)
    })?;
    root.ok_or_else(|| Error::Bug("a root just added is not there".to_owned()))
}

fn mark_references(catalog: &Catalog, options: &ScanOptions, found: &BTreeSet<SourceId>) -> Result<()> {
    let wanted: Vec<PathBuf> = options.reference.iter().filter_map(|path| std::fs::canonicalize(path).ok()).collect();
    for source in catalog.sources()?.iter().filter(|source| found.contains(&source.id)) {
        if source.roots.iter().any(|root| wanted.contains(root)) && !source.reference {
            catalog.set_reference(source.id, true)?;
        }
    }
    Ok(())
}

/// The rows of a root by path, for telling what changed.
struct Known(FxHashMap<PathBuf, LedgerRow>);

impl Known {
    fn of(catalog: &Catalog, root: RootId) -> Result<Self> {
        Ok(Self(catalog.ledger_of(root)?.into_iter().map(|row| (row.path.clone(), row)).collect()))
    }

    /// Returns the row of a file that is unchanged since it was read.
    fn unchanged(&self, path: &Path, file: &FoundFile) -> Option<&LedgerRow> {
        self.0.get(path).filter(|row| {
            row.size_bytes == file.size_bytes && row.modified_ns == file.modified_ns && row.crc32 == file.crc32 && row.outcome.is_some()
        })
    }

    /// Returns the row of a file that ended so before.
    fn ended(&self, path: &Path, outcome: &Outcome) -> Option<&LedgerRow> {
        self.0.get(path).filter(|row| row.outcome.as_ref() == Some(outcome))
    }

    /// Returns the row of a file that waits already, unchanged.
    fn waiting(&self, path: &Path, file: &FoundFile) -> Option<&LedgerRow> {
        self.0.get(path).filter(|row| row.size_bytes == file.size_bytes && row.modified_ns == file.modified_ns && row.outcome.is_none())
    }
}

/// Begins to tell apart what waits in these folders, before it stands in the ledger; `None` where more waits than was found here.
fn tell_ahead(
    catalog: &Catalog,
    options: &ScanOptions,
    folders: &[(RootRow, Known, &FolderSurvey)],
    stop: &Stop,
) -> Result<Option<Telling>> {
    let mut files = Vec::new();
    for (root, known, folder) in folders {
        let mut missed = known.0.values().filter(|row| row.presence != Presence::Removed && waits(row, options)).count();
        for file in &folder.files {
            let below = below(root, file);
            missed -= usize::from(known.0.get(below).is_some_and(|row| row.presence != Presence::Removed && waits(row, options)));
            if known.unchanged(below, file).is_none_or(|row| waits(row, options)) {
                files.push(exact::File { path: file.path.clone(), size_bytes: file.size_bytes });
            }
        }
        if missed > 0 {
            return Ok(None);
        }
    }
    Telling::start(catalog, files, options.workers(), stop).map(Some)
}

/// Returns the path of a file below its root.
fn below<'a>(root: &RootRow, file: &'a FoundFile) -> &'a Path {
    file.path.file.strip_prefix(&root.path).unwrap_or(&file.path.file)
}

fn write_folder(
    catalog: &Catalog,
    root: &RootRow,
    known: &Known,
    folder: &FolderSurvey,
    scan: i64,
    ahead: Option<&Telling>,
    report: &mut ScanReport,
) -> Result<()> {
    let removed = catalog.batch(|| {
        catalog.set_root_online(root.id, true)?;
        for file in &folder.files {
            let told = ahead.and_then(|ahead| ahead.by_size(file.size_bytes));
            meet(catalog, root.id, known, below(root, file), file, told.as_ref(), scan)?;
        }
        for left in &folder.left_out {
            let below = left.path.file.strip_prefix(&root.path).unwrap_or(&left.path.file);
            leave_out(catalog, root.id, known, below, left, scan)?;
        }
        let within = folder.root.strip_prefix(&root.path).unwrap_or(Path::new(""));
        if folder.complete { catalog.mark_unmet_removed(root.id, scan, within) } else { Ok(0) }
    })?;
    report.removed += removed as u64;
    Ok(())
}

/// Writes one file met; a new one with how it ended, where that is told.
fn meet(
    catalog: &Catalog,
    root: RootId,
    known: &Known,
    below: &Path,
    file: &FoundFile,
    told: Option<&Outcome>,
    scan: i64,
) -> catalog::Result<()> {
    match known.unchanged(below, file).or_else(|| known.waiting(below, file)) {
        Some(row) => catalog.meet_again(row.id, scan, file.hard_link),
        None => catalog.write_ledger(root, &entry(below, file, FileKind::Media, told, None), scan),
    }
}

fn leave_out(catalog: &Catalog, root: RootId, known: &Known, below: &Path, left: &LeftOut, scan: i64) -> catalog::Result<()> {
    if let Some(row) = known.ended(below, &left.outcome) {
        return catalog.meet_again(row.id, scan, None);
    }
    let kind = match left.outcome.cause().map(|cause| cause.code.as_str()) {
        Some("not-a-takeout-export" | "archive-damaged") => FileKind::Archive,
        Some("sidecar-damaged") => FileKind::Sidecar,
        _ => FileKind::Other,
    };
    let entry = LedgerEntry {
        path: below,
        kind,
        size_bytes: left.size_bytes,
        modified_ns: None,
        crc32: None,
        hard_link: None,
        outcome: Some(&left.outcome),
        document: None,
    };
    catalog.write_ledger(root, &entry, scan)
}

fn entry<'a>(
    below: &'a Path,
    file: &FoundFile,
    kind: FileKind,
    outcome: Option<&'a Outcome>,
    document: Option<&'a SidecarDocument>,
) -> LedgerEntry<'a> {
    LedgerEntry {
        path: below,
        kind,
        size_bytes: file.size_bytes,
        modified_ns: file.modified_ns,
        crc32: file.crc32,
        hard_link: file.hard_link,
        outcome,
        document,
    }
}

/// Which folders of an export are Google Photos', and which another product's (an export may hold Drive and Mail beside).
struct Products(BTreeSet<String>);

impl Products {
    /// Learns them from all parts together, since one part may hold only media: a folder below `Takeout/` that holds an item's sidecar, or
    /// is named so in one of Google's languages.
    fn of(indexed: &[(RootRow, &Container, sources::ContainerIndex)]) -> Self {
        let mut names = BTreeSet::new();
        for (_, _, index) in indexed {
            for (file, document) in &index.documents {
                if let (SidecarDocument::Item(_), Some(name)) = (document, product_of(file)) {
                    names.insert(name.to_owned());
                }
            }
        }
        Self(names)
    }

    fn holds(&self, file: &FoundFile) -> bool {
        product_of(file).is_none_or(|name| self.0.contains(name) || sources::takeout::localised::is_product_folder(name))
    }
}

/// Returns the folder below `Takeout/` that a member lies in; `None` for trees and other shapes, where all belongs.
fn product_of(file: &FoundFile) -> Option<&str> {
    let (first, rest) = file.path.member.as_deref()?.split_once('/')?;
    (first == "Takeout").then(|| rest.split_once('/').map_or("", |(product, _)| product))
}

#[allow(clippy::too_many_arguments)]
fn write_container(
    catalog: &Catalog,
    root: &RootRow,
    container: &Container,
    index: &sources::ContainerIndex,
    products: &Products,
    scan: i64,
    report: &mut ScanReport,
) -> Result<()> {
    let known = Known::of(catalog, root.id)?;
    let below = |path: &model::LocationPath| match &path.member {
        Some(member) => PathBuf::from(member),
        None => path.file.strip_prefix(&root.path).unwrap_or(&path.file).to_owned(),
    };
    let other_product = Outcome::Skipped(Cause::new("not-google-photos", "belongs to another Google product or to the export itself"));
    let removed = catalog.batch(|| {
        catalog.set_root_online(root.id, true)?;
        for file in &index.files {
            let path = below(&file.path);
            if products.holds(file) {
                meet(catalog, root.id, &known, &path, file, None, scan)?;
            } else if let Some(row) = known.ended(&path, &other_product) {
                catalog.meet_again(row.id, scan, None)?;
            } else {
                catalog.write_ledger(root.id, &entry(&path, file, FileKind::Other, Some(&other_product), None), scan)?;
            }
        }
        for (file, document) in &index.documents {
            let path = below(&file.path);
            if let Some(row) = known.unchanged(&path, file).filter(|row| row.document.as_ref() == Some(document)) {
                catalog.meet_again(row.id, scan, None)?;
                continue;
            }
            let (kind, outcome) = match document {
                SidecarDocument::Item(_) => (FileKind::Sidecar, Outcome::Done),
                SidecarDocument::Album(_) => (FileKind::AlbumRecord, Outcome::Done),
                SidecarDocument::Other => {
                    (FileKind::Other, Outcome::Skipped(Cause::new("not-an-item", "a Takeout record that describes no photo and no album")))
                }
            };
            catalog.write_ledger(root.id, &entry(&path, file, kind, Some(&outcome), Some(document)), scan)?;
        }
        for (at, left) in index.left_out.iter().enumerate() {
            let mut path = below(&left.path);
            if left.outcome.cause().is_some_and(|cause| cause.code == "same-name-twice") {
                // The member that is read has the row of that name.
                path.as_mut_os_string().push(format!(" (another of this name, {})", at + 1));
            }
            leave_out(catalog, root.id, &known, &path, left, scan)?;
        }
        let removed = catalog.mark_unmet_removed(root.id, scan, Path::new(""))?;
        if root.kind.is_archive() {
            catalog.set_root_read(root.id, Some((container.size_bytes, container.modified_ns.unwrap_or(0))))?;
        }
        Ok(removed)
    })?;
    report.removed += removed as u64;
    Ok(())
}

/// Something left out that lies in no folder source: an archive named by itself that is no Takeout export, or is damaged. It gets a root of
/// its own with one row, so that the ledger tells of it.
fn write_loose(
    catalog: &Catalog,
    options: &ScanOptions,
    left: &LeftOut,
    scan: i64,
    watch: &dyn Watch,
    report: &mut ScanReport,
    found: &mut BTreeSet<SourceId>,
) -> Result<()> {
    let root = match catalog.root_at(&left.path.file)? {
        Some(root) => root,
        None => add_root(catalog, options.name.as_deref().unwrap_or(TAKEOUT_NAME), SourceKind::Takeout, RootKind::Zip, &left.path.file)?,
    };
    found.insert(root.source);
    if let Some(cause) = left.outcome.cause() {
        let words = format!("`{}`: {}", left.path, cause.words);
        watch.note(&words);
        report.notes.push(words);
    }
    let known = Known::of(catalog, root.id)?;
    catalog.batch(|| leave_out(catalog, root.id, &known, Path::new(""), left, scan))?;
    Ok(())
}

/// An archive that cannot be opened: one failed row for it; what was known of it before is offline.
fn damaged_container(
    catalog: &Catalog,
    root: &RootRow,
    cause: &Cause,
    scan: i64,
    watch: &dyn Watch,
    report: &mut ScanReport,
) -> Result<()> {
    let outcome = Outcome::Failed(cause.clone());
    let words = format!("`{}`: {}", root.path.display(), cause.words);
    watch.note(&words);
    report.notes.push(words);
    Ok(catalog.batch(|| {
        catalog.set_root_read(root.id, None)?;
        catalog.set_root_online(root.id, false)?;
        let entry = LedgerEntry {
            path: Path::new(""),
            kind: FileKind::Archive,
            size_bytes: 0,
            modified_ns: None,
            crc32: None,
            hard_link: None,
            outcome: Some(&outcome),
            document: None,
        };
        catalog.write_ledger(root.id, &entry, scan)?;
        Ok(())
    })?)
}
