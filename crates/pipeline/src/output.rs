//! The one room of the library that writes: the folder of the catalog, exports to where the face says, and the folder of a hand-off.
//!
//! **Invariant:** nothing here writes beside a person's photos.

use crate::answer::path_base64;
use crate::group::shown_path;
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use serde::Serialize;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    carried: Vec<ExportedFact>,
    presence: &'static str,
    locations: Vec<ExportedLocation<'a>>,
}

/// What was carried over from a removed copy; the fields above hold it too.
#[derive(Serialize)]
struct ExportedFact {
    kind: &'static str,
    value: String,
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
        carried: asset.carried.iter().map(|fact| ExportedFact { kind: fact.kind(), value: fact.value() }).collect(),
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
    "carried",
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
                unformula(&row.carried.iter().map(|fact| format!("{} {}", fact.kind, fact.value)).collect::<Vec<_>>().join("; ")),
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

/// Keeps a text that is nobody else's business: in a folder and a file that only their owner may read, whole or not at all.
///
/// # Errors
/// [`Error::World`] where it cannot be written.
#[expect(clippy::disallowed_methods, reason = "a file of our own")]
pub(crate) fn keep_private(path: &Path, text: &str) -> Result<()> {
    let failed = |error: std::io::Error| Error::World { path: path.to_owned(), why: error.to_string(), hint: None };
    let beside = path.with_extension("new");
    let mut folder = std::fs::DirBuilder::new();
    let mut file = std::fs::OpenOptions::new();
    folder.recursive(true);
    file.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent() {
        folder.create(parent).map_err(failed)?;
    }
    let mut open = file.open(&beside).map_err(failed)?;
    open.write_all(text.as_bytes()).and_then(|()| open.sync_all()).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}

/// Writes lines to a file that the person named.
///
/// # Errors
/// [`Error::World`] where it cannot be written.
#[expect(clippy::disallowed_methods, reason = "a file that the person named")]
pub(crate) fn write_lines(path: &Path, lines: &[String]) -> Result<()> {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    std::fs::write(path, text).map_err(|error| Error::World { path: path.to_owned(), why: error.to_string(), hint: None })
}

/// Writes a plan, whole or not at all. A file that is there is written over only if it is a plan of Lookalike, of any version.
///
/// # Errors
/// [`Error::User`] where another file is there, or it cannot be written.
pub fn write_plan(path: &Path, plan: &removal::Plan) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() || !is_plan(path) => {
            return Err(Error::user(
                format!("`{}` is there already and is no plan of Lookalike", path.display()),
                "name another file; nothing was written",
            ));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(cannot_write(path, &error)),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&plan.to_json())?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    write().map_err(|error| cannot_write(path, &error))
}

/// Tells a plan by its head: of whatever version, since it is not read.
fn is_plan(path: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
    }
    let file = std::fs::File::open(path).map(|file| std::io::BufReader::new(file.take(removal::PLAN_MAX_BYTES)));
    file.is_ok_and(|file| serde_json::from_reader::<_, Head>(file).is_ok_and(|head| head.format == removal::PLAN_FORMAT))
}

/// Most bytes read back of one of our own files. A hand-off of 100,000 photos has some 200 MB.
pub(crate) const OWN_FILE_MAX_BYTES: u64 = 1 << 30;

/// A folder that holds only what we wrote into it. Whether it does is the caller's to find out before it writes.
pub(crate) struct OwnFolder(PathBuf);

impl OwnFolder {
    /// Returns the folder of that path, which may not be there yet.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        match std::fs::metadata(path) {
            Ok(found) if !found.is_dir() => {
                Err(Error::user(format!("`{}` is no folder", path.display()), "name another folder; nothing was written"))
            }
            Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot_write(path, &error)),
            _ => Ok(Self(path.to_owned())),
        }
    }

    /// Returns the folder of that path; where it is not there yet, it is made so that only its owner may read it.
    pub(crate) fn make_private(path: &Path) -> Result<Self> {
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(path).map_err(|error| cannot_write(path, &error))?;
        Self::open(path)
    }

    /// Returns the path of the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Returns names and facts of the plain files in a folder in it, links left out; none where it cannot be read.
    pub(crate) fn list(&self, name: &str) -> Vec<(String, std::fs::Metadata)> {
        let path = self.0.join(name);
        if !std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
            return Vec::new();
        }
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        // An entry's own facts: of a link, the link's.
        let files = entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.metadata().ok()?)));
        files.filter(|(_, facts)| facts.is_file()).collect()
    }

    /// Removes a file that we wrote; one that is gone already is no error.
    #[expect(clippy::disallowed_methods, reason = "a file of our own")]
    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        let path = self.0.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot_write(&path, &error)),
            _ => Ok(()),
        }
    }

    /// Tells a folder that is not there, or holds nothing.
    pub(crate) fn is_empty(&self) -> Result<bool> {
        match std::fs::read_dir(&self.0) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(cannot_write(&self.0, &error)),
        }
    }

    /// Tells whether a file is there and not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        std::fs::symlink_metadata(self.0.join(name)).is_ok_and(|file| file.is_file() && file.len() > 0)
    }

    /// Returns a file's bytes, the first `max_bytes` of them; `None` where it is not there.
    pub(crate) fn read(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>> {
        let path = self.0.join(name);
        let read = std::fs::File::open(&path).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(max_bytes).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::World { path, why: error.to_string(), hint: Some("name another folder".to_owned()) }),
        }
    }

    /// Makes a folder in it. A link of that name is refused: it would lead the writing elsewhere.
    #[expect(clippy::disallowed_methods, reason = "a folder of our own")]
    pub(crate) fn make(&self, name: &str) -> Result<()> {
        let path = self.0.join(name);
        if std::fs::symlink_metadata(&path).is_ok_and(|found| !found.is_dir()) {
            return Err(Error::user(format!("`{}` is no folder", path.display()), "name another folder with `--out DIR`"));
        }
        std::fs::create_dir_all(&path).map_err(|error| cannot_write(&path, &error))
    }

    /// Writes a file whole, or leaves the one that was there as it is.
    #[expect(clippy::disallowed_methods, reason = "a folder of our own")]
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.0.join(name);
        let folder = path.parent().unwrap_or(&self.0);
        let write = || {
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(bytes)?;
            file.persist(&path).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| cannot_write(&path, &error))
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Error {
    Error::user(format!("cannot write `{}`: {error}", path.display()), "choose another place, or make room")
}
