//! Assets of a folder source: each file one asset; hard links of one file are locations of one asset; the movie of a live photo, an XMP or
//! AAE belong to their still.

use super::Assembled;
use catalog::{LedgerRow, LocationRow, PrintRow, Prints, RootRow, SavedAsset};
use model::{FileId, FileKind, Outcome, Role};
use sources::companions::{Named, companions};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Returns what is known of a row's content.
pub(crate) fn print_of<'a>(row: &LedgerRow, prints: &'a Prints) -> Option<&'a PrintRow> {
    prints.get(&row.content?)?.1.as_ref()
}

pub(crate) fn assemble(files: &[(&RootRow, LedgerRow)], prints: &Prints) -> Assembled {
    let mut folders: BTreeMap<PathBuf, Vec<&LedgerRow>> = BTreeMap::new();
    for (root, row) in files {
        let is_companion_name = companion_extension(&row.path) && row.kind != FileKind::Media;
        if (row.kind == FileKind::Media && print_of(row, prints).is_some()) || is_companion_name {
            let folder = root.path.join(row.path.parent().unwrap_or(Path::new("")));
            folders.entry(folder).or_default().push(row);
        }
    }
    let mut out = Assembled::default();
    let mut by_link: HashMap<FileId, usize> = HashMap::new();
    for rows in folders.values() {
        assemble_folder(rows, prints, &mut by_link, &mut out);
    }
    out
}

/// Files that describe a photo beside it: Adobe's and Apple's.
fn companion_extension(path: &Path) -> bool {
    path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("xmp") || ext.eq_ignore_ascii_case("aae"))
}

fn assemble_folder(rows: &[&LedgerRow], prints: &Prints, by_link: &mut HashMap<FileId, usize>, out: &mut Assembled) {
    let names: Vec<String> = rows.iter().map(|row| row.path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
    let named: Vec<Named<'_>> = rows
        .iter()
        .zip(&names)
        .map(|(row, name)| {
            let print = print_of(row, prints).map(|print| &print.print);
            Named {
                name,
                is_video: print.is_some_and(|print| print.format.is_video()),
                is_still: print.is_some_and(|print| !print.format.is_video()),
                content_identifier: print.and_then(|print| print.metadata.content_identifier.as_deref()),
                duration_ms: print.and_then(|print| print.metadata.duration_ms),
                has_own_sidecar: false,
            }
        })
        .collect();
    let owners = companions(&named);
    let mut assets: HashMap<usize, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| owners[*at].is_none()) {
        let Some(print) = print_of(row, prints) else { continue };
        let location = LocationRow { ledger_id: row.id, role: Role::Original, sidecar_id: None, rule: None };
        if let Some(first) = row.hard_link.and_then(|link| by_link.get(&link)) {
            out.assets[*first].locations.push(location);
            assets.insert(at, *first);
            continue;
        }
        if let Some(link) = row.hard_link {
            by_link.insert(link, out.assets.len());
        }
        assets.insert(at, out.assets.len());
        out.assets.push(asset_of(row, print, &names[at], location));
    }
    for (at, row) in rows.iter().enumerate() {
        let Some(asset) = owners[at].and_then(|owner| assets.get(&owner)) else { continue };
        out.assets[*asset].locations.push(LocationRow { ledger_id: row.id, role: Role::Companion, sidecar_id: None, rule: None });
        if row.kind != FileKind::Media && row.outcome != Some(Outcome::Done) {
            out.companions.push(row.id);
        }
    }
}

fn asset_of(row: &LedgerRow, print: &PrintRow, name: &str, location: LocationRow) -> SavedAsset {
    let print = &print.print;
    let named = super::name_time::time_in_name(name);
    SavedAsset {
        identity: format!("path:{}", identity_text(&row.path)),
        filename: name.to_owned(),
        format: Some(print.format),
        content: row.content,
        size_bytes: row.size_bytes,
        size_px: (print.width > 0).then_some((print.width, print.height)),
        metadata: print.metadata.clone(),
        taken: model::believe(print.metadata.taken.as_ref(), None, None, named.as_ref()),
        sidecar: None,
        folder_flags: (false, false, false),
        albums: Vec::new(),
        locations: vec![location],
    }
}

/// Returns text that is the same for the same path only: what is no UTF-8 is escaped byte by byte.
fn identity_text(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => path.as_os_str().as_encoded_bytes().iter().map(|byte| format!("%{byte:02X}")).collect(),
    }
}
