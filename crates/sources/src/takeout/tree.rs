//! Finds unpacked exports among the files of a walk, by content: a folder that directly holds an item's sidecar is an album or a year.
//!
//! What lies around such a folder is decided by a few rules on its parent, the product's folder ("Google Photos", in many languages),
//! whose name helps but is not needed. A folder of JSON files without any media is no export.
//!
//! **Invariant:** [`Trees::cover`] and [`Tree::covers`] are the same judgement, so that a file is told either with its folder or with its
//! container, and never with both or neither.

use super::{TAKEOUT_FOLDER, document, localised, sidecar};
use model::{FoundFile, SidecarDocument};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// JSON files of one folder that are opened to find an item's sidecar: albums hold one other JSON, the product's folder a handful.
pub(crate) const SIDECARS_TRIED: usize = 4;

/// How far an unpacked export reaches below its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Everything: the root is the product's folder by its name or place.
    Whole,
    /// The files directly in those folders of the root that hold items' sidecars.
    Albums,
    /// The files directly in the root, which holds items' sidecars itself.
    Single,
}

/// One unpacked export (or what there is of it).
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
    reach: Reach,
    albums: Rc<BTreeSet<PathBuf>>,
}

impl Tree {
    /// Takes up the tree at `root` again, from the files below it.
    pub(crate) fn at(root: &Path, files: &[FoundFile]) -> Self {
        let albums = albums(files);
        Self { root: root.to_path_buf(), reach: reach(root, &albums), albums: Rc::new(albums) }
    }

    /// Tells whether a file (not a folder) belongs to the tree.
    pub(crate) fn covers(&self, file: &Path) -> bool {
        let folder = file.parent().unwrap_or(file);
        match self.reach {
            Reach::Whole => file.starts_with(&self.root),
            Reach::Single => folder == self.root,
            Reach::Albums => folder.parent() == Some(&self.root) && self.albums.contains(folder),
        }
    }

    /// Tells whether a folder that was left out or could not be read is told with the tree.
    pub(crate) fn covers_folder(&self, folder: &Path) -> bool {
        self.reach == Reach::Whole && folder.starts_with(&self.root)
    }
}

/// All unpacked exports among the files of one walk, by their roots.
#[derive(Debug, Default)]
pub(crate) struct Trees(BTreeMap<PathBuf, Tree>);

impl Trees {
    /// Finds them. `walked` is the folder walked: no tree reaches above it. `files` are sorted by path.
    pub(crate) fn find(walked: &Path, files: &[FoundFile]) -> Self {
        let albums = Rc::new(albums(files));
        let mut roots: BTreeMap<PathBuf, Reach> = named_roots(walked, files);
        roots.extend(albums.iter().map(|album| root_of(album, walked, &albums)));
        let mut trees = Self::default();
        for (root, reach) in roots {
            let tree = Tree { root: root.clone(), reach, albums: Rc::clone(&albums) };
            // Outer roots come first, so what lies in one of them is known by now.
            if !trees.cover(&root, true) && has_media(&tree, files) {
                trees.0.insert(root, tree);
            }
        }
        trees
    }

    /// Returns the roots, sorted.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// Tells whether a file, or a folder left out, belongs to one of them.
    pub(crate) fn cover(&self, path: &Path, is_folder: bool) -> bool {
        let mut above = path.ancestors().filter_map(|folder| self.0.get(folder));
        above.any(|tree| if is_folder { tree.covers_folder(path) } else { tree.covers(path) })
    }
}

fn name_of(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Tells a folder that lies directly in one called `Takeout`.
fn is_in_takeout(folder: &Path) -> bool {
    folder.parent().is_some_and(|above| name_of(above) == TAKEOUT_FOLDER)
}

/// Folders that bear the product's name and lie in `Takeout`: an export's without doubt, even where this part holds no sidecars.
fn named_roots(walked: &Path, files: &[FoundFile]) -> BTreeMap<PathBuf, Reach> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.path.file.parent()).collect();
    let all = folders.iter().flat_map(|folder| folder.ancestors().take_while(|above| above.starts_with(walked)));
    let named = all.filter(|folder| is_in_takeout(folder) && localised::is_product_folder(&name_of(folder)));
    named.map(|folder| (folder.to_path_buf(), Reach::Whole)).collect()
}

/// Decides how far a tree with that root reaches.
fn reach(root: &Path, albums: &BTreeSet<PathBuf>) -> Reach {
    if localised::is_product_folder(&name_of(root)) {
        Reach::Whole
    } else if albums.contains(root) {
        Reach::Single
    } else if is_in_takeout(root) {
        Reach::Whole
    } else {
        Reach::Albums
    }
}

/// Decides the root of the tree to which an album belongs: its parent where that is the product's folder, by name, by place, by a second
/// album, or because the album is a year; else the album alone.
fn root_of(album: &Path, walked: &Path, albums: &BTreeSet<PathBuf>) -> (PathBuf, Reach) {
    let alone = || (album.to_path_buf(), reach(album, albums));
    if localised::is_product_folder(&name_of(album)) {
        return alone();
    }
    let Some(parent) = album.parent().filter(|parent| parent.starts_with(walked)) else { return alone() };
    match reach(parent, albums) {
        Reach::Whole => (parent.to_path_buf(), Reach::Whole),
        Reach::Single => alone(),
        Reach::Albums => {
            let siblings = albums.range(parent.to_path_buf()..).take_while(|other| other.starts_with(parent));
            let is_year = localised::is_year_folder(&name_of(album));
            if is_year || siblings.filter(|other| other.parent() == Some(parent)).nth(1).is_some() {
                (parent.to_path_buf(), Reach::Albums)
            } else {
                alone()
            }
        }
    }
}

/// A tree by its content alone must hold something besides JSON; one by name or place may be the part with the sidecars only.
fn has_media(tree: &Tree, files: &[FoundFile]) -> bool {
    let first = files.partition_point(|file| file.path.file < tree.root);
    let mut below = files.iter().skip(first).take_while(|file| file.path.file.starts_with(&tree.root));
    tree.reach == Reach::Whole || below.any(|file| tree.covers(&file.path.file) && !document::is_json(&file.path.file_name()))
}

/// Finds the folders that directly hold an item's sidecar.
fn albums(files: &[FoundFile]) -> BTreeSet<PathBuf> {
    let mut by_folder: BTreeMap<&Path, Vec<&FoundFile>> = BTreeMap::new();
    for file in files.iter().filter(|file| document::wanted(&file.path.file_name(), file.size_bytes)) {
        if let Some(folder) = file.path.file.parent() {
            by_folder.entry(folder).or_default().push(file);
        }
    }
    by_folder.into_iter().filter(|(_, documents)| holds_item(documents)).map(|(folder, _)| folder.to_path_buf()).collect()
}

/// Tells whether one of a few JSON files describes an item. Those called after a file (`IMG_1.jpg.json`) are tried first.
fn holds_item(documents: &[&FoundFile]) -> bool {
    let mut tried: Vec<_> = documents.iter().map(|file| (file.path.file_name().matches('.').count() < 2, &file.path.file)).collect();
    tried.sort();
    tried.iter().take(SIDECARS_TRIED).any(|(_, path)| is_item(path))
}

fn is_item(path: &Path) -> bool {
    let mut json = Vec::new();
    let read = File::open(path).and_then(|file| file.take(sidecar::MAX_SIDECAR_BYTES).read_to_end(&mut json));
    read.is_ok() && matches!(sidecar::parse(&json), Ok(SidecarDocument::Item(_)))
}
