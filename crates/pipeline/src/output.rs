//! The one room of the library that writes: the folder of the catalog, and exports to where the face says.
//!
//! **Invariant:** nothing here writes beside a person's photos.

use crate::answer::path_base64;
use crate::group::shown_path;
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Makes the folder in which the catalog is to lie.
///
/// # Errors
/// [`Error::World`] where it cannot be made.
#[expect(clippy::disallowed_methods, reason = "the folder of our own catalog")]
pub fn make_catalog_folder(catalog: &Path) -> Result<()> {
    match catalog.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder).map_err(|error| Error::World {
            path: folder.to_owned(),
            why: error.to_string(),
            hint: Some("choose another place with `--catalog PATH`".to_owned()),
        }),
        _ => Ok(()),
    }
}

#[derive(Serialize)]
struct ExportedAsset<'a> {
    id: i64,
    path: String,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    google_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_url: Option<&'a str>,
    filename: &'a str,
    format: Option<&'static str>,
    size_bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
    taken_utc: Option<String>,
    taken_source: Option<&'static str>,
    taken_why: Option<&'static str>,
    uploaded_utc_seconds: Option<i64>,
    camera_make: Option<&'a str>,
    camera_model: Option<&'a str>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    caption: Option<&'a str>,
    favourite: bool,
    archived: bool,
    trashed: bool,
    origin: Option<&'a str>,
    albums: &'a [String],
    people: &'a [String],
    presence: &'static str,
    locations: Vec<ExportedLocation<'a>>,
}

#[derive(Serialize)]
struct ExportedLocation<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_base64: Option<String>,
    role: &'static str,
    presence: &'static str,
    sidecar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sidecar_rule: Option<&'a str>,
    size_bytes: u64,
    content_hash: Option<String>,
    sha1: Option<String>,
}

fn exported<'a>(asset: &'a AssetRow, source: &'a str) -> ExportedAsset<'a> {
    let print = asset.print.as_ref().map(|row| &row.print);
    ExportedAsset {
        id: asset.id.0,
        path: shown_path(asset),
        source,
        google_id: asset.google_id.as_deref(),
        product_url: asset.product_url.as_deref(),
        filename: &asset.filename,
        format: print.map(|print| print.format.name()),
        size_bytes: asset.size_bytes,
        width: print.filter(|print| print.width > 0).map(|print| print.width),
        height: print.filter(|print| print.height > 0).map(|print| print.height),
        taken_utc: asset.taken.and_then(|taken| taken.sql_text()),
        taken_source: asset.taken.map(|taken| taken.source.name()),
        taken_why: asset.taken.map(|taken| taken.why),
        uploaded_utc_seconds: asset.uploaded_utc_seconds,
        camera_make: print.and_then(|print| print.metadata.make.as_deref()),
        camera_model: print.and_then(|print| print.metadata.model.as_deref()),
        latitude: asset.place.map(|place| place.latitude),
        longitude: asset.place.map(|place| place.longitude),
        caption: asset.caption.as_deref(),
        favourite: asset.favourite,
        archived: asset.archived,
        trashed: asset.trashed,
        origin: asset.origin.as_deref(),
        albums: &asset.albums,
        people: &asset.people,
        presence: asset.presence.name(),
        locations: asset
            .places
            .iter()
            .map(|place| ExportedLocation {
                path: place.path.to_string(),
                path_base64: path_base64(&place.path),
                role: place.role.name(),
                presence: place.presence.name(),
                sidecar: place.sidecar.as_ref().map(ToString::to_string),
                sidecar_rule: place.rule.as_deref(),
                size_bytes: place.size_bytes,
                content_hash: place.content_hash.map(|hash| hash.to_string()),
                sha1: place.sha1.map(|hash| hash.to_string()),
            })
            .collect(),
    }
}

/// Writes every asset with its locations as JSON: `{"version":1,"assets":[…]}`.
///
/// # Errors
/// [`Error::Catalog`], [`Error::Output`].
pub fn export_json(catalog: &Catalog, to: &mut dyn Write) -> Result<()> {
    let sources = catalog.sources()?;
    write!(to, "{{\"version\":1,\"assets\":[")?;
    for (at, asset) in catalog.assets()?.iter().enumerate() {
        let source = sources.iter().find(|source| source.id == asset.source).map_or("", |source| source.name.as_str());
        to.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *to, &exported(asset, source)).map_err(std::io::Error::from)?;
    }
    writeln!(to, "\n]}}")?;
    Ok(())
}

/// Columns of [`export_csv`].
const CSV_COLUMNS: &[&str] = &[
    "asset",
    "path",
    "role",
    "presence",
    "sidecar",
    "source",
    "google_id",
    "product_url",
    "filename",
    "format",
    "size_bytes",
    "width",
    "height",
    "taken_utc",
    "camera_make",
    "camera_model",
    "caption",
    "favourite",
    "albums",
    "people",
    "origin",
    "content_hash",
    "sha1",
];

/// Writes every location as a row of CSV, with the facts of its asset. Texts that a spreadsheet would take for a formula get a leading
/// apostrophe.
///
/// # Errors
/// [`Error::Catalog`], [`Error::Output`].
pub fn export_csv(catalog: &Catalog, to: &mut dyn Write) -> Result<()> {
    let sources = catalog.sources()?;
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(CSV_COLUMNS).map_err(std::io::Error::from)?;
    for asset in catalog.assets()? {
        let source = sources.iter().find(|source| source.id == asset.source).map_or("", |source| source.name.as_str());
        let row = exported(&asset, source);
        let number = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
        for location in &row.locations {
            let text = |value: Option<&str>| unformula(value.unwrap_or_default());
            csv.write_record([
                row.id.to_string(),
                unformula(&location.path),
                location.role.to_owned(),
                location.presence.to_owned(),
                text(location.sidecar.as_deref()),
                unformula(row.source),
                text(row.google_id),
                text(row.product_url),
                unformula(row.filename),
                row.format.unwrap_or_default().to_owned(),
                location.size_bytes.to_string(),
                number(row.width),
                number(row.height),
                row.taken_utc.clone().unwrap_or_default(),
                text(row.camera_make),
                text(row.camera_model),
                text(row.caption),
                row.favourite.to_string(),
                unformula(&row.albums.join("; ")),
                unformula(&row.people.join("; ")),
                text(row.origin),
                location.content_hash.clone().unwrap_or_default(),
                location.sha1.clone().unwrap_or_default(),
            ])
            .map_err(std::io::Error::from)?;
        }
    }
    csv.flush()?;
    Ok(())
}

/// Keeps a spreadsheet from running a file's name: OWASP's "CSV injection" page names these first characters.
pub fn unformula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
