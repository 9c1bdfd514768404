//! Assets of a Takeout account (design §3, identity): one asset for each sidecar url, over all parts and all exports; its year-folder and
//! album copies, edited renditions and clips are its locations.
//!
//! Pairing happens folder by folder within one export, all its parts together; media and sidecars left over in unpacked trees are paired
//! across trees, since parts are often unpacked side by side. Counters are an export's own, so archives of other exports never mix.

use super::Assembled;
use super::folder::print_of;
use catalog::{AlbumRow, LedgerRow, LocationRow, Prints, RootKind, RootRow, SavedAsset};
use model::{ContentHash, FileKind, Role, Sidecar, SidecarDocument};
use sources::takeout::localised;
use sources::takeout::pairing::{SidecarName, pair};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// A folder of one export, with its files.
#[derive(Default)]
struct Folder<'a> {
    media: Vec<&'a LedgerRow>,
    sidecars: Vec<(&'a LedgerRow, &'a Sidecar)>,
}

/// A media file with what was found out about it.
struct Placed<'a> {
    row: &'a LedgerRow,
    folder: String,
    name: String,
    sidecar: Option<(&'a LedgerRow, &'a Sidecar)>,
    role: Role,
    /// The original that it is a rendition or companion of, as a ledger id.
    of: Option<i64>,
    rule: Option<String>,
    /// Exports in the order of their names: the later one is newer.
    export: String,
}

pub(crate) fn assemble(files: &[(&RootRow, LedgerRow)], prints: &Prints) -> Assembled {
    let mut exports: BTreeMap<(String, bool), BTreeMap<String, Folder<'_>>> = BTreeMap::new();
    let mut albums: BTreeMap<String, AlbumRow> = BTreeMap::new();
    let mut recorded = BTreeSet::new();
    for (root, row) in files {
        let Some((folder, _)) = place_of(root, &row.path) else { continue };
        let of_export = exports.entry((export_of(root), root.kind == RootKind::Tree)).or_default();
        match (&row.document, row.kind) {
            (Some(SidecarDocument::Item(sidecar)), _) => of_export.entry(folder).or_default().sidecars.push((row, sidecar)),
            (Some(SidecarDocument::Album(album)), _) => {
                let title = if album.title.is_empty() { last_part(&folder).to_owned() } else { album.title.clone() };
                albums.insert(folder.clone(), AlbumRow { folder: folder.clone(), title, caption: album.caption.clone() });
                recorded.insert(folder);
            }
            (_, FileKind::Media) => of_export.entry(folder).or_default().media.push(row),
            _ => {}
        }
    }
    let mut placed = Vec::new();
    let mut left = BTreeMap::new();
    for ((export, is_tree), folders) in &exports {
        for (name, folder) in folders {
            pair_folder(name, export, folder, &mut placed, is_tree.then_some(&mut left));
        }
    }
    pair_left_over(&mut placed, &left);
    for folder in placed.iter().map(|one| &one.folder).collect::<BTreeSet<_>>() {
        if is_album(folder) && !recorded.contains(folder) {
            albums.insert(folder.clone(), AlbumRow { folder: folder.clone(), title: last_part(folder).to_owned(), caption: None });
        }
    }
    albums.retain(|folder, _| recorded.contains(folder) && localised::year_of_folder(last_part(folder)).is_none() || is_album(folder));
    form_assets(&placed, prints, &albums)
}

fn last_part(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

/// Tells an album's folder from a year's and from Google's special ones.
fn is_album(folder: &str) -> bool {
    let name = last_part(folder);
    !(name.is_empty()
        || localised::is_year_folder(name)
        || localised::is_trash_folder(name)
        || localised::is_archive_folder(name)
        || localised::is_locked_folder(name))
}

/// Names the export that a container belongs to: parts share the stamp in their names; a tree is its own.
fn export_of(root: &RootRow) -> String {
    let name = root.path.file_name().unwrap_or_default().to_string_lossy();
    let folder = root.path.parent().unwrap_or(Path::new("")).display().to_string();
    if root.kind == RootKind::Tree {
        return format!("{folder}/{name}");
    }
    let stamp = name.strip_prefix("takeout-").and_then(|rest| rest.split('-').next()).unwrap_or("");
    // Parts may be kept in several folders: the stamp alone names the export. Renamed archives belong with those they lie beside.
    if stamp.is_empty() { format!(" {folder}") } else { stamp.to_owned() }
}

/// Returns a file's folder within the product ("Photos from 2019", "Trip to Rome") and its name.
fn place_of(root: &RootRow, below: &Path) -> Option<(String, String)> {
    let text = below.to_string_lossy().replace('\\', "/");
    let (folder, name) = text.rsplit_once('/').unwrap_or(("", &text));
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if root.kind == RootKind::Tree {
        let top = root.path.file_name().unwrap_or_default().to_string_lossy();
        let mut folder = parts.join("/");
        if folder.is_empty() && !localised::is_product_folder(&top) {
            folder = top.into_owned();
        }
        return (!name.is_empty()).then(|| (folder, name.to_owned()));
    }
    if parts.first() == Some(&"Takeout") {
        parts.drain(..parts.len().min(2));
    } else if parts.first().is_some_and(|part| localised::is_product_folder(part)) {
        parts.remove(0);
    }
    (!name.is_empty()).then(|| (parts.join("/"), name.to_owned()))
}

fn name_of(row: &LedgerRow) -> String {
    row.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What pairing left over in unpacked trees, by folder name: positions among the placed, and sidecars.
type LeftOver<'a> = BTreeMap<String, (Vec<usize>, Vec<(&'a LedgerRow, &'a Sidecar)>)>;

fn pair_folder<'a>(name: &str, export: &str, folder: &Folder<'a>, placed: &mut Vec<Placed<'a>>, left: Option<&mut LeftOver<'a>>) {
    let names: Vec<String> = folder.media.iter().map(|row| name_of(row)).collect();
    let sidecar_names: Vec<String> = folder.sidecars.iter().map(|(row, _)| name_of(row)).collect();
    let media: Vec<&str> = names.iter().map(String::as_str).collect();
    let sidecars: Vec<SidecarName<'_>> =
        folder.sidecars.iter().zip(&sidecar_names).map(|((_, sidecar), name)| SidecarName { name, title: Some(&sidecar.title) }).collect();
    let first = placed.len();
    let mut used = BTreeSet::new();
    for (at, pairing) in pair(&media, &sidecars).into_iter().enumerate() {
        used.extend(pairing.sidecar);
        placed.push(Placed {
            row: folder.media[at],
            folder: name.to_owned(),
            name: names[at].clone(),
            sidecar: pairing.sidecar.map(|sidecar| folder.sidecars[sidecar]),
            role: pairing.role,
            of: pairing.of.map(|of| folder.media[of].id),
            rule: pairing.sidecar.is_some().then(|| pairing.rule.name().to_owned()),
            export: export.to_owned(),
        });
    }
    if let Some(left) = left {
        let (media, sidecars) = left.entry(name.to_owned()).or_default();
        media.extend((first..placed.len()).filter(|at| placed[*at].sidecar.is_none() && placed[*at].of.is_none()));
        sidecars.extend(folder.sidecars.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, sidecar)| *sidecar));
    }
}

/// Pairs across unpacked trees what no tree could pair by itself.
fn pair_left_over<'a>(placed: &mut [Placed<'a>], left: &LeftOver<'a>) {
    for (media, sidecars) in left.values().filter(|(media, sidecars)| !media.is_empty() && !sidecars.is_empty()) {
        let names: Vec<String> = media.iter().map(|at| placed[*at].name.clone()).collect();
        let sidecar_names: Vec<String> = sidecars.iter().map(|(row, _)| name_of(row)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let titled: Vec<SidecarName<'_>> =
            sidecars.iter().zip(&sidecar_names).map(|((_, sidecar), name)| SidecarName { name, title: Some(&sidecar.title) }).collect();
        for (at, pairing) in pair(&names, &titled).into_iter().enumerate() {
            let of = pairing.of.map(|of| placed[media[of]].row.id);
            let one = &mut placed[media[at]];
            one.sidecar = pairing.sidecar.map(|sidecar| sidecars[sidecar]);
            one.role = pairing.role;
            one.of = of;
            one.rule = pairing.sidecar.is_some().then(|| format!("{}, in another tree", pairing.rule.name()));
        }
    }
}

/// An asset as it grows.
#[derive(Default)]
struct Growing<'a> {
    identity: String,
    placed: Vec<&'a Placed<'a>>,
}

fn form_assets(placed: &[Placed<'_>], prints: &Prints, albums: &BTreeMap<String, AlbumRow>) -> Assembled {
    let hash_of = |row: &LedgerRow| row.content.and_then(|content| prints.get(&content)).and_then(|(hash, _)| *hash);
    let mut growing: Vec<Growing<'_>> = Vec::new();
    let mut by_identity: HashMap<String, usize> = HashMap::new();
    let mut by_row: HashMap<i64, usize> = HashMap::new();
    for one in placed.iter().filter(|one| one.of.is_none() && one.sidecar.is_some()) {
        let at = find_or_add(identity_of(one, hash_of(one.row)), one, &mut growing, &mut by_identity);
        by_row.insert(one.row.id, at);
    }
    join_loners(placed, &hash_of, &mut growing, &mut by_identity, &mut by_row);
    for one in placed.iter().filter(|one| one.of.is_some()) {
        if let Some(at) = one.of.and_then(|of| by_row.get(&of)) {
            growing[*at].placed.push(one);
        }
    }
    let mut out = Assembled { albums: albums.values().cloned().collect(), ..Assembled::default() };
    out.assets = growing.into_iter().map(|asset| finish(asset, prints, albums)).collect();
    out
}

/// Returns what makes it this asset: Google's url, else title, time and bytes.
fn identity_of(one: &Placed<'_>, hash: Option<ContentHash>) -> String {
    let Some((_, sidecar)) = one.sidecar else { return String::new() };
    match sidecar.media_key() {
        Some(key) => format!("url:{key}"),
        None => {
            let bytes = hash.map_or_else(|| one.row.size_bytes.to_string(), |hash| hash.to_string());
            format!("item:{}|{}|{bytes}", sidecar.title, sidecar.taken_utc_seconds.unwrap_or(0))
        }
    }
}

/// Adds to the asset of that identity. Without a url, two files of one folder of one export are two assets all the same.
fn find_or_add<'a>(
    identity: String,
    one: &'a Placed<'a>,
    growing: &mut Vec<Growing<'a>>,
    by_identity: &mut HashMap<String, usize>,
) -> usize {
    let mut free = identity.clone();
    let mut number = 2;
    while let Some(&at) = by_identity.get(&free) {
        let is_by_url = free.starts_with("url:");
        if is_by_url || !growing[at].placed.iter().any(|other| other.folder == one.folder && other.export == one.export) {
            growing[at].placed.push(one);
            return at;
        }
        free = format!("{identity}#{number}");
        number += 1;
    }
    by_identity.insert(free.clone(), growing.len());
    growing.push(Growing { identity: free, placed: vec![one] });
    growing.len() - 1
}

/// Media without a sidecar: the copy in another folder of an asset with the same bytes and name, else an asset of its own.
fn join_loners<'a>(
    placed: &'a [Placed<'a>],
    hash_of: &dyn Fn(&LedgerRow) -> Option<ContentHash>,
    growing: &mut Vec<Growing<'a>>,
    by_identity: &mut HashMap<String, usize>,
    by_row: &mut HashMap<i64, usize>,
) {
    let mut by_bytes: HashMap<(ContentHash, String), Vec<usize>> = HashMap::new();
    for (at, asset) in growing.iter().enumerate() {
        for one in &asset.placed {
            if let Some(hash) = hash_of(one.row) {
                let same = by_bytes.entry((hash, one.name.clone())).or_default();
                if !same.contains(&at) {
                    same.push(at);
                }
            }
        }
    }
    for one in placed.iter().filter(|one| one.of.is_none() && one.sidecar.is_none()) {
        let hash = hash_of(one.row);
        let in_other_folder =
            |at: &&usize| !growing[**at].placed.iter().any(|other| other.folder == one.folder && other.export == one.export);
        let joined = hash.and_then(|hash| by_bytes.get(&(hash, one.name.clone()))).and_then(|same| match same.as_slice() {
            [only] => Some(only).filter(in_other_folder).copied(),
            _ => None,
        });
        let at = match joined {
            Some(at) => {
                growing[at].placed.push(one);
                at
            }
            None => {
                let bytes = hash.map_or_else(|| one.row.size_bytes.to_string(), |hash| hash.to_string());
                find_or_add(format!("lone:{}/{}|{bytes}", one.folder, one.name), one, growing, by_identity)
            }
        };
        by_row.insert(one.row.id, at);
    }
}

/// Settles an asset: the newest sidecar, the first original, flags of folders, albums.
fn finish(mut asset: Growing<'_>, prints: &Prints, albums: &BTreeMap<String, AlbumRow>) -> SavedAsset {
    asset.placed.sort_by(|a, b| {
        let key = |one: &Placed<'_>| (one.role, !localised::is_year_folder(last_part(&one.folder)));
        key(a)
            .cmp(&key(b))
            .then_with(|| b.export.cmp(&a.export))
            .then_with(|| (&a.folder, &a.name, a.row.id).cmp(&(&b.folder, &b.name, b.row.id)))
    });
    let newest = asset
        .placed
        .iter()
        .filter_map(|one| one.sidecar.map(|(row, sidecar)| (sidecar.modified_utc_seconds, &one.export, row.id, sidecar)))
        .max_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
    let sidecar = newest.map(|(_, _, _, sidecar)| sidecar.clone());
    let first = asset.placed[0];
    let print = print_of(first.row, prints).map(|print| &print.print);
    let title = sidecar.as_ref().map(|sidecar| sidecar.title.clone()).filter(|title| !title.is_empty());
    let name = title.unwrap_or_else(|| first.name.clone());
    let metadata = print.map(|print| print.metadata.clone()).unwrap_or_default();
    let named = super::name_time::time_in_name(&name);
    let taken = model::believe(
        metadata.taken.as_ref(),
        sidecar.as_ref().and_then(|sidecar| sidecar.taken_utc_seconds),
        sidecar.as_ref().and_then(|sidecar| sidecar.uploaded_utc_seconds),
        named.as_ref(),
    );
    let in_folder = |test: fn(&str) -> bool| asset.placed.iter().any(|one| test(last_part(&one.folder)));
    let in_albums: BTreeSet<String> =
        asset.placed.iter().map(|one| one.folder.clone()).filter(|folder| albums.contains_key(folder)).collect();
    SavedAsset {
        identity: asset.identity.clone(),
        filename: name,
        format: print.map(|print| print.format),
        content: first.row.content,
        size_bytes: first.row.size_bytes,
        size_px: print.filter(|print| print.width > 0).map(|print| (print.width, print.height)),
        metadata,
        taken,
        sidecar,
        folder_flags: (
            in_folder(localised::is_archive_folder),
            in_folder(localised::is_trash_folder),
            in_folder(localised::is_locked_folder),
        ),
        albums: in_albums.into_iter().collect(),
        locations: asset
            .placed
            .iter()
            .map(|one| LocationRow {
                ledger_id: one.row.id,
                role: one.role,
                sidecar_id: one.sidecar.map(|(row, _)| row.id),
                rule: one.rule.clone(),
            })
            .collect(),
    }
}
