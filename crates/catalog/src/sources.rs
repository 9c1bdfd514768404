//! Rows of `sources` and `roots`: names, places, whether they are there.

use crate::assets::PRESENCE_BY_PLACES;
use crate::path_key::{from_columns, to_columns};
use crate::{Catalog, Error, Result};
use model::{Source, SourceId, SourceKind};
use rusqlite::{OptionalExtension as _, Row, params};
use std::path::{Path, PathBuf};

/// Identifies a root in one catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootId(pub i64);

/// What lies at a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RootKind {
    /// A folder of photos.
    Folder,
    /// A Takeout zip.
    Zip,
    /// A Takeout tgz.
    Tgz,
    /// An unpacked Takeout tree.
    Tree,
}

impl RootKind {
    fn name(self) -> &'static str {
        match self {
            RootKind::Folder => "folder",
            RootKind::Zip => "zip",
            RootKind::Tgz => "tgz",
            RootKind::Tree => "tree",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Folder, Self::Zip, Self::Tgz, Self::Tree].into_iter().find(|kind| kind.name() == name)
    }

    /// Tells an archive, whose files are members, from a folder.
    #[must_use]
    pub fn is_archive(self) -> bool {
        matches!(self, RootKind::Zip | RootKind::Tgz)
    }
}

/// A place where a source lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootRow {
    /// Its row.
    pub id: RootId,
    /// The source it belongs to.
    pub source: SourceId,
    /// What lies there.
    pub kind: RootKind,
    /// Absolute path.
    pub path: PathBuf,
    /// Archives: size and time when last read whole; else `None`.
    pub read_at: Option<(u64, i64)>,
    /// Whether it was there when last looked for.
    pub online: bool,
}

const ROOT_COLUMNS: &str = "id, source_id, kind, path, path_bytes, size_bytes, modified_ns, online";

fn root_of(row: &Row<'_>) -> rusqlite::Result<RootRow> {
    let kind: String = row.get(2)?;
    let size: Option<i64> = row.get(5)?;
    let modified: Option<i64> = row.get(6)?;
    Ok(RootRow {
        id: RootId(row.get(0)?),
        source: SourceId(row.get(1)?),
        kind: RootKind::from_name(&kind).unwrap_or(RootKind::Folder),
        path: from_columns(row.get_ref(3)?.as_str()?, row.get_ref(4)?.as_blob()?),
        read_at: size.zip(modified).map(|(size, modified)| (size.max(0) as u64, modified)),
        online: row.get(7)?,
    })
}

impl Catalog {
    /// Returns all sources with their roots, by name.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sources(&self) -> Result<Vec<Source>> {
        let roots = self.roots()?;
        let mut statement = self.connection.prepare_cached("SELECT id, name, kind, online, reference FROM sources ORDER BY name")?;
        let rows = statement.query_map([], |row| {
            let kind: String = row.get(2)?;
            Ok(Source {
                id: SourceId(row.get(0)?),
                name: row.get(1)?,
                kind: SourceKind::from_name(&kind).unwrap_or(SourceKind::Folder),
                roots: Vec::new(),
                online: row.get(3)?,
                reference: row.get(4)?,
            })
        })?;
        let mut sources = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        for source in &mut sources {
            source.roots = roots.iter().filter(|root| root.source == source.id).map(|root| root.path.clone()).collect();
        }
        Ok(sources)
    }

    /// Returns the source of that name.
    ///
    /// # Errors
    /// [`Error::Name`] where there is none; it lists those there are.
    pub fn source_named(&self, name: &str) -> Result<Source> {
        let sources = self.sources()?;
        let names: Vec<String> = sources.iter().map(|source| format!("`{}`", source.name)).collect();
        sources.into_iter().find(|source| source.name == name).ok_or_else(|| {
            let known = if names.is_empty() { "there are none yet".to_owned() } else { format!("known are {}", names.join(", ")) };
            Error::Name(format!("no source is called `{name}`; {known}"))
        })
    }

    /// Adds a source; a name that is taken gets a number behind it.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn add_source(&self, name: &str, kind: SourceKind) -> Result<SourceId> {
        let mut free = name.to_owned();
        let mut number = 2;
        while self.source_id(&free)?.is_some() {
            free = format!("{name}-{number}");
            number += 1;
        }
        self.connection.execute("INSERT INTO sources (name, kind) VALUES (?1, ?2)", params![free, kind.name()])?;
        Ok(SourceId(self.connection.last_insert_rowid()))
    }

    fn source_id(&self, name: &str) -> Result<Option<SourceId>> {
        let id = self.connection.query_row("SELECT id FROM sources WHERE name = ?1", [name], |row| row.get(0)).optional()?;
        Ok(id.map(SourceId))
    }

    /// Gives a source another name.
    ///
    /// # Errors
    /// [`Error::Name`] if the name is taken.
    pub fn rename_source(&self, source: SourceId, name: &str) -> Result<()> {
        if self.source_id(name)?.is_some_and(|other| other != source) {
            return Err(Error::Name(format!("a source called `{name}` is there already")));
        }
        self.connection.execute("UPDATE sources SET name = ?2 WHERE id = ?1", params![source.0, name])?;
        Ok(())
    }

    /// Marks a source as reference (its assets are never offered) or not.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_reference(&self, source: SourceId, reference: bool) -> Result<()> {
        self.connection.execute("UPDATE sources SET reference = ?2 WHERE id = ?1", params![source.0, reference])?;
        Ok(())
    }

    /// Forgets a source with all that is known of it. Contents and fingerprints stay, so that a return costs nothing.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn forget_source(&self, source: SourceId) -> Result<()> {
        self.connection.execute("DELETE FROM sources WHERE id = ?1", [source.0])?;
        Ok(())
    }

    /// Returns all roots, by path.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn roots(&self) -> Result<Vec<RootRow>> {
        let mut statement = self.connection.prepare_cached(&format!("SELECT {ROOT_COLUMNS} FROM roots ORDER BY path, path_bytes"))?;
        let rows = statement.query_map([], root_of)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the root at that path.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn root_at(&self, path: &Path) -> Result<Option<RootRow>> {
        let (text, bytes) = to_columns(path);
        let mut statement =
            self.connection.prepare_cached(&format!("SELECT {ROOT_COLUMNS} FROM roots WHERE path = ?1 AND path_bytes = ?2"))?;
        Ok(statement.query_row(params![text, bytes], root_of).optional()?)
    }

    /// Adds a root to a source.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn add_root(&self, source: SourceId, kind: RootKind, path: &Path) -> Result<RootId> {
        let (text, bytes) = to_columns(path);
        self.connection.execute(
            "INSERT INTO roots (source_id, kind, path, path_bytes) VALUES (?1, ?2, ?3, ?4)",
            params![source.0, kind.name(), text, bytes],
        )?;
        Ok(RootId(self.connection.last_insert_rowid()))
    }

    /// Gives a root another path: the drive is mounted elsewhere, the folder was moved.
    ///
    /// # Errors
    /// [`Error::Name`] if another root lies there.
    pub fn move_root(&self, root: RootId, path: &Path) -> Result<()> {
        if self.root_at(path)?.is_some_and(|other| other.id != root) {
            return Err(Error::Name(format!("`{}` is a source's place already", path.display())));
        }
        let (text, bytes) = to_columns(path);
        self.connection.execute("UPDATE roots SET path = ?2, path_bytes = ?3 WHERE id = ?1", params![root.0, text, bytes])?;
        Ok(())
    }

    /// Notes that an archive was read whole, at that size and time; `None` says that it has to be read again.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_root_read(&self, root: RootId, read_at: Option<(u64, i64)>) -> Result<()> {
        let (size, modified) = read_at.map(|(size, modified)| (size as i64, modified)).unzip();
        self.connection.execute("UPDATE roots SET size_bytes = ?2, modified_ns = ?3 WHERE id = ?1", params![root.0, size, modified])?;
        Ok(())
    }

    /// Notes whether a root is there. Its files turn offline or present again; what was removed stays removed. A source is online while
    /// any of its roots is.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_root_online(&self, root: RootId, online: bool) -> Result<()> {
        let known: bool = self.connection.query_row("SELECT online FROM roots WHERE id = ?1", [root.0], |row| row.get(0))?;
        if known == online {
            return Ok(());
        }
        let (from, to) = if online { ("offline", "present") } else { ("present", "offline") };
        self.connection.execute("UPDATE roots SET online = ?2 WHERE id = ?1", params![root.0, online])?;
        self.connection.execute("UPDATE ledger SET presence = ?3 WHERE root_id = ?1 AND presence = ?2", params![root.0, from, to])?;
        self.connection.execute(
            "UPDATE sources SET online = (SELECT max(online) FROM roots WHERE source_id = sources.id)
             WHERE id = (SELECT source_id FROM roots WHERE id = ?1)",
            [root.0],
        )?;
        self.connection.execute(
            &format!(
                "UPDATE assets SET presence = {PRESENCE_BY_PLACES}
                 WHERE id IN (SELECT asset_id FROM locations JOIN ledger l ON l.id = ledger_id WHERE l.root_id = ?1)"
            ),
            [root.0],
        )?;
        Ok(())
    }

    /// Makes `photos` show that source, and notes when it was scanned (seconds of UTC).
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_scanned(&self, source: SourceId, now_utc_seconds: i64) -> Result<()> {
        self.connection.execute("UPDATE sources SET scanned_at_s = ?2 WHERE id = ?1", params![source.0, now_utc_seconds])?;
        self.set_setting("photos_source", &source.0.to_string())
    }
}
