//! Looks at what a person named and tells it apart: folders of photos, single files, Takeout archives, unpacked exports.
//!
//! It opens no more than it must to tell: the first bytes of what may be an archive, the list of a zip, a few JSON files. It decides
//! nothing about sources in the catalog; it is told the roots already known and keeps them apart.
//!
//! **Invariant:** each file is told once: in one folder, in one container, or among those left out.

use crate::archive::{Examined, examine};
use crate::exclusions::Exclusions;
use crate::takeout::tree::Trees;
use crate::takeout::{Container, ContainerKind};
use crate::walk::{self, Rules, Walked};
use crate::{Error, LeftOut, Stop};
use model::{Cause, FoundFile, LocationPath, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Endings of files that are looked into as archives; a file that a person names is looked into whatever it is called. Other zips by
/// another name (documents, books) are programs' files and no one's photos.
const ARCHIVE_ENDINGS: [&str; 4] = ["zip", "tgz", "gz", "taz"];

/// The page that each export brings along beside the product's folder.
const EXPORT_PAGE: &str = "archive_browser.html";

/// What a person wants of a survey.
#[derive(Debug, Clone, Default)]
pub struct SurveyOptions {
    /// Patterns of files and folders to leave out (`--exclude`): matched against the path below the root, the whole path and the bare
    /// name. `*` does not cross folders, `**` does.
    pub exclude: Vec<String>,
    /// Roots of folder sources already known. One that lies below a folder to be walked becomes a survey of its own.
    pub known_roots: Vec<PathBuf>,
}

/// What lies in one folder that was walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSurvey {
    /// The folder; absolute, without symbolic links.
    pub root: PathBuf,
    /// Every regular file below it that is not told elsewhere, sorted by path.
    pub files: Vec<FoundFile>,
    /// What was skipped or failed, sorted by path.
    pub left_out: Vec<LeftOut>,
    /// Whether a file that is not told is truly not there: false for files named one by one, and where a folder could not be read.
    pub complete: bool,
}

/// What lies at the paths a person named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Folders, sorted by root.
    pub folders: Vec<FolderSurvey>,
    /// Parts of Takeout exports, sorted by path.
    pub containers: Vec<Container>,
    /// What was left out and lies in none of the folders above, sorted by path.
    pub left_out: Vec<LeftOut>,
}

/// Looks at `paths`. `progress` is called with the number of files found so far.
///
/// A folder that holds nothing but exports gives containers and no folder, unless it is a known root. A folder below another of `paths`
/// is told with the outer one.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Unreadable`] for one of `paths` itself; [`Error::Pattern`]; [`Error::Stopped`].
pub fn survey(paths: &[PathBuf], options: &SurveyOptions, stop: Stop<'_>, progress: &mut dyn FnMut(u64)) -> Result<Survey, Error> {
    let exclusions = Exclusions::new(&options.exclude)?;
    let mut surveying = Surveying { options, exclusions: &exclusions, stop, survey: Survey::default(), found: 0 };
    let named = Named::sort(paths, options, &mut surveying.survey.left_out)?;
    for root in &named.roots {
        surveying.folder(root, &named, progress)?;
    }
    surveying.loose_files(&named.files, &named.roots)?;
    progress(surveying.found);
    Ok(surveying.finish())
}

/// The paths a person named, sorted out.
struct Named {
    /// Folders to walk, none twice; those that lie below another are known roots.
    roots: BTreeSet<PathBuf>,
    known: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl Named {
    fn sort(paths: &[PathBuf], options: &SurveyOptions, left_out: &mut Vec<LeftOut>) -> Result<Self, Error> {
        let mut folders = BTreeSet::new();
        let mut files = BTreeSet::new();
        for path in paths {
            let whole = std::fs::canonicalize(path).map_err(|e| Error::of_system(path, e))?;
            let kind = std::fs::metadata(&whole).map_err(|e| Error::of_system(path, e))?.file_type();
            match walk::not_a_file(kind) {
                _ if kind.is_dir() => drop(folders.insert(whole)),
                None => drop(files.insert(whole)),
                Some(cause) => left_out.push(LeftOut::skipped(LocationPath::file(whole), 0, cause)),
            }
        }
        let outer = folders.iter().filter(|folder| !folder.ancestors().skip(1).any(|above| folders.contains(above)));
        let mut roots: BTreeSet<PathBuf> = outer.cloned().collect();
        // A known root whose drive is away is no one's concern here.
        let known: BTreeSet<PathBuf> = options.known_roots.iter().filter_map(|root| std::fs::canonicalize(root).ok()).collect();
        let within: Vec<_> =
            known.iter().filter(|root| root.is_dir() && root.ancestors().any(|above| roots.contains(above))).cloned().collect();
        roots.extend(within);
        Ok(Self { roots, known, files })
    }
}

/// A survey in the making.
struct Surveying<'a> {
    options: &'a SurveyOptions,
    exclusions: &'a Exclusions,
    stop: Stop<'a>,
    survey: Survey,
    found: u64,
}

impl Surveying<'_> {
    /// Walks one folder and takes exports out of it.
    fn folder(&mut self, root: &Path, named: &Named, progress: &mut dyn FnMut(u64)) -> Result<(), Error> {
        let rules = Rules { exclusions: self.exclusions, boundaries: &named.roots, stop: self.stop };
        let before = self.found;
        let walked = walk::walk(root, &rules, &mut |files| progress(before + files))?;
        self.found += walked.files.len() as u64;
        let containers_before = self.survey.containers.len();
        let rest = self.take_trees(root, walked)?;
        let mut folder = FolderSurvey { root: root.to_path_buf(), files: Vec::new(), left_out: rest.left_out, complete: rest.complete };
        for file in rest.files {
            self.file(file, &mut folder)?;
        }
        folder.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        let only_exports = folder.files.is_empty() && self.survey.containers.len() > containers_before;
        if only_exports && !named.known.contains(root) {
            self.survey.left_out.append(&mut folder.left_out);
        } else {
            self.survey.folders.push(folder);
        }
        Ok(())
    }

    /// Makes containers of the unpacked exports of a walk; returns what is not theirs.
    fn take_trees(&mut self, root: &Path, mut walked: Walked) -> Result<Walked, Error> {
        let trees = Trees::find(root, &walked.files);
        for tree in trees.roots() {
            self.container(ContainerKind::Tree, tree)?;
        }
        let pages: BTreeSet<PathBuf> = trees.roots().filter_map(|tree| Some(tree.parent()?.join(EXPORT_PAGE))).collect();
        walked.left_out.retain(|left_out| !trees.cover(&left_out.path.file, left_out.is_folder));
        let mut files = Vec::with_capacity(walked.files.len());
        for file in walked.files {
            if pages.contains(&file.path.file) {
                let cause = Cause::new("export-page", "Google's own list of what the export holds");
                walked.left_out.push(LeftOut::skipped(file.path, file.size_bytes, cause));
            } else if !trees.cover(&file.path.file, false) {
                files.push(file);
            }
        }
        Ok(Walked { files, ..walked })
    }

    /// Puts a file into its folder, or makes a container of it.
    fn file(&mut self, file: FoundFile, folder: &mut FolderSurvey) -> Result<(), Error> {
        let extension = file.path.file.extension().unwrap_or_default();
        let may_be_archive = ARCHIVE_ENDINGS.iter().any(|ending| extension.eq_ignore_ascii_case(ending));
        if !may_be_archive {
            folder.files.push(file);
            return Ok(());
        }
        match self.look_into(&file)? {
            None => folder.files.push(file),
            Some(None) => {}
            Some(Some(left_out)) => folder.left_out.push(left_out),
        }
        Ok(())
    }

    /// Looks into what may be an archive: `None` for a file that is none, `Some(None)` when it became a container.
    fn look_into(&mut self, file: &FoundFile) -> Result<Option<Option<LeftOut>>, Error> {
        let path = &file.path.file;
        let error = match examine(path, self.stop)? {
            Examined::File => return Ok(None),
            Examined::Takeout(kind) => {
                self.container(kind, path)?;
                return Ok(Some(None));
            }
            Examined::Refused(error) => error,
        };
        let cause = error.cause();
        let outcome = if matches!(error, Error::NotTakeout { .. }) { Outcome::Skipped(cause) } else { Outcome::Failed(cause) };
        Ok(Some(Some(LeftOut { path: file.path.clone(), is_folder: false, outcome, size_bytes: file.size_bytes })))
    }

    /// Adds a container, unless it is there.
    fn container(&mut self, kind: ContainerKind, path: &Path) -> Result<(), Error> {
        if self.survey.containers.iter().any(|there| there.path == path) {
            return Ok(());
        }
        let about = std::fs::metadata(path).map_err(|e| Error::of_system(path, e))?;
        let size_bytes = if about.is_file() { about.len() } else { 0 };
        let (modified_ns, exclude) = (walk::modified_ns(&about), self.options.exclude.clone());
        self.survey.containers.push(Container { kind, path: path.to_path_buf(), size_bytes, modified_ns, exclude });
        Ok(())
    }

    /// Takes the files that were named one by one, by their folders. Those told already are not told again.
    fn loose_files(&mut self, files: &BTreeSet<PathBuf>, roots: &BTreeSet<PathBuf>) -> Result<(), Error> {
        let mut by_folder: BTreeMap<PathBuf, FolderSurvey> = BTreeMap::new();
        for path in files {
            let is_told = path.ancestors().any(|above| roots.contains(above)) && self.tells(path);
            if is_told {
                continue;
            }
            let about = std::fs::metadata(path).map_err(|e| Error::of_system(path, e))?;
            let file = walk::found_file(path.clone(), &about);
            self.found += 1;
            if let Some(cause) = walk::placeholder(path.file_name().unwrap_or_default(), &about) {
                self.survey.left_out.push(LeftOut::skipped(file.path, file.size_bytes, cause));
                continue;
            }
            match self.look_into(&file)? {
                Some(left_out) => self.survey.left_out.extend(left_out),
                None => {
                    let root = path.parent().unwrap_or(path).to_path_buf();
                    let empty = || FolderSurvey { root: root.clone(), files: Vec::new(), left_out: Vec::new(), complete: false };
                    by_folder.entry(root.clone()).or_insert_with(empty).files.push(file);
                }
            }
        }
        self.survey.folders.extend(by_folder.into_values());
        Ok(())
    }

    /// Tells whether a file below one of the roots was told with it. One that was excluded there is not: what a person names is looked at
    /// all the same.
    fn tells(&self, path: &Path) -> bool {
        let place = LocationPath::file(path);
        let is_last_word =
            |left_out: &LeftOut| left_out.path == place && left_out.outcome.cause().is_none_or(|cause| cause.code != "excluded");
        let lists = self.survey.folders.iter().map(|folder| &folder.left_out).chain([&self.survey.left_out]);
        self.survey.folders.iter().any(|folder| folder.files.binary_search_by(|file| file.path.cmp(&place)).is_ok())
            || self.survey.containers.iter().any(|container| path.starts_with(&container.path))
            || lists.flatten().any(is_last_word)
    }

    fn finish(self) -> Survey {
        let mut survey = self.survey;
        survey.folders.sort_by(|a, b| a.root.cmp(&b.root).then(b.complete.cmp(&a.complete)));
        survey.containers.sort_by(|a, b| a.path.cmp(&b.path));
        survey.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        survey
    }
}
