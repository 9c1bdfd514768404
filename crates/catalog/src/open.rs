//! Opening the catalog: for work (made and migrated as needed) or for reading only.

use crate::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, MigrationDefinitionError, Migrations};
use std::path::{Path, PathBuf};
use std::time::Duration;

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_main.sql")),
    M::up(include_str!("migrations/0002_one_hash.sql")),
    M::up(include_str!("migrations/0003_crops.sql")),
    M::up(include_str!("migrations/0004_incremental.sql")),
    M::up(include_str!("migrations/0005_reassemble.sql")),
    M::up(include_str!("migrations/0006_cheaper_notes.sql")),
    M::up(include_str!("migrations/0007_google.sql")).foreign_key_check(),
    M::up(include_str!("migrations/0008_review.sql")),
    M::up(include_str!("migrations/0009_removal.sql")),
    M::up(include_str!("migrations/0010_missing.sql")),
];

/// How long to wait for another process's transaction. Batches are short; longer means somebody holds it open by hand.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Pages of the catalog held in memory while working. KiB: the indexes of some 50,000 photos. SQLite's own 2,000 made a scan of 20,000 files a
/// tenth slower (2026-11).
const CACHE_KIB: i64 = 16 << 10;

/// Marks a file as our catalog in SQLite's header: "LKAL".
const APPLICATION_ID: i64 = 0x4C4B_414C;

/// How often the shape is tried, and how long between: SQLite does not wait by itself while another changes the journal's mode.
const SHAPING_TRIES_MAX: u32 = 20;
const SHAPING_PAUSE: Duration = Duration::from_millis(50);

/// The catalog, open.
pub struct Catalog {
    pub(crate) connection: Connection,
    path: PathBuf,
}

impl Catalog {
    /// Opens the catalog at `path` for work; makes it and brings it to this version's shape as needed. The folder must exist.
    ///
    /// # Errors
    /// [`Error::NetworkFileSystem`], [`Error::Newer`], [`Error::Open`], [`Error::Damaged`].
    pub fn open(path: &Path) -> Result<Self> {
        refuse_network_file_system(path)?;
        let mut connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(|source| Error::Open { path: path.to_owned(), source })?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // A table that others point to can be built anew only so; the migration checks what points where before it is kept.
        connection.pragma_update(None, "foreign_keys", "OFF")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        refuse_foreign(&connection, path)?;
        // Two programs may make the same catalog at the same moment: the one that comes second finds it made.
        let mut tries = 0;
        while let Err(error) = bring_to_shape(&mut connection, path) {
            tries += 1;
            if tries == SHAPING_TRIES_MAX || matches!(error, Error::Newer { .. } | Error::Damaged(_)) {
                return Err(error);
            }
            std::thread::sleep(SHAPING_PAUSE);
        }
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Opens an existing catalog for reading only: SQLite itself refuses every write.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none, [`Error::Newer`], [`Error::Open`].
    pub fn open_read_only(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(Error::Missing { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        refuse_foreign(&connection, path)?;
        let version: usize = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).map(|v| v.max(0) as usize)?;
        if version > MIGRATIONS.len() {
            return Err(Error::Newer { path: path.to_owned() });
        }
        if version == 0 {
            return Err(Error::Missing { path: path.to_owned() });
        }
        if version < MIGRATIONS.len() {
            drop(connection);
            drop(Self::open(path)?);
            return Self::open_read_only(path);
        }
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Holds so many KiB of pages in memory, for one that changes many rows all over the catalog.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn hold_pages(&self, kib: u32) -> Result<()> {
        Ok(self.connection.pragma_update(None, "cache_size", -i64::from(kib))?)
    }

    /// Returns where the catalog lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in one transaction: all of it is kept, or on an error nothing.
    ///
    /// # Errors
    /// What `work` returns, or the catalog's own.
    pub fn batch<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.transaction(work)
    }

    /// The same, with the caller's own errors.
    ///
    /// # Errors
    /// What `work` returns, or the catalog's own.
    pub fn transaction<T, E: From<Error>>(&self, work: impl FnOnce() -> std::result::Result<T, E>) -> std::result::Result<T, E> {
        self.run("BEGIN IMMEDIATE")?;
        match work() {
            Ok(value) => match self.run("COMMIT") {
                Ok(()) => Ok(value),
                Err(error) => {
                    // Most failures end the transaction by themselves; then there is nothing to roll back.
                    drop(self.run("ROLLBACK"));
                    Err(error.into())
                }
            },
            Err(error) => {
                self.run("ROLLBACK")?;
                Err(error)
            }
        }
    }

    /// Lets `work` see one moment of the catalog, whatever others write meanwhile.
    ///
    /// # Errors
    /// What `work` returns, or the catalog's own.
    pub fn at_one_moment<T, E: From<Error>>(&self, work: impl FnOnce() -> std::result::Result<T, E>) -> std::result::Result<T, E> {
        self.run("BEGIN")?;
        let outcome = work();
        self.run("COMMIT")?;
        outcome
    }

    fn run(&self, sql: &str) -> Result<()> {
        Ok(self.connection.execute_batch(sql)?)
    }

    /// Lets SQLite refresh what its planner knows; cheap, after large changes.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn optimize(&self) -> Result<()> {
        Ok(self.connection.execute_batch("PRAGMA analysis_limit = 1000; PRAGMA optimize")?)
    }

    /// Checks the file's own integrity and all references; returns what is wrong, nothing if all is well.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut statement = self.connection.prepare("PRAGMA integrity_check(20)")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        for row in rows {
            let row = row?;
            if row != "ok" {
                found.push(row);
            }
        }
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        for row in rows {
            found.push(format!("a row of `{}` points nowhere", row?));
        }
        Ok(found)
    }

    pub(crate) fn setting(&self, key: &str) -> Result<Option<String>> {
        use rusqlite::OptionalExtension as _;
        Ok(self.connection.query_row("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0)).optional()?)
    }

    pub(crate) fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        self.connection
            .execute("INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [key, value])?;
        Ok(())
    }
}

/// Refuses a database that holds tables and is not marked as ours. One statement, so that it sees one moment of a file that is being made.
fn refuse_foreign(connection: &Connection, path: &Path) -> Result<()> {
    let question = "SELECT (SELECT count(*) FROM sqlite_schema), (SELECT application_id FROM pragma_application_id)";
    let (tables, id): (i64, i64) = connection.query_row(question, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if tables > 0 && id != APPLICATION_ID { Err(Error::Foreign { path: path.to_owned() }) } else { Ok(()) }
}

/// Sets the journal's mode, which lasts in the file, and runs the migrations that are missing.
fn bring_to_shape(connection: &mut Connection, path: &Path) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    if !connection.pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0)).is_ok_and(|id| id == APPLICATION_ID) {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    Migrations::from_slice(MIGRATIONS).to_latest(connection).map_err(|error| migration_error(error, path))
}

fn migration_error(error: rusqlite_migration::Error, path: &Path) -> Error {
    match error {
        rusqlite_migration::Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            Error::Newer { path: path.to_owned() }
        }
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        other => Error::Migration(other),
    }
}

/// Refuses a folder on NFS or SMB: SQLite's page on WAL says that it "does not work over a network filesystem".
#[cfg(target_os = "linux")]
fn refuse_network_file_system(path: &Path) -> Result<()> {
    // Magic numbers of statfs(2).
    const NETWORK: &[(u32, &str)] =
        &[(0x6969, "NFS"), (0xFF53_4D42, "CIFS"), (0xFE53_4D42, "SMB"), (0x517B, "SMB"), (0x564C, "NCP"), (0x0102_1997, "9P")];
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(stat) = rustix::fs::statfs(folder) else { return Ok(()) };
    let magic = (stat.f_type as u64 & 0xFFFF_FFFF) as u32;
    match NETWORK.iter().find(|(number, _)| *number == magic) {
        Some((_, kind)) => Err(Error::NetworkFileSystem { path: path.to_owned(), kind }),
        None => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_network_file_system(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_valid_and_a_newer_catalog_is_refused() {
        Migrations::from_slice(MIGRATIONS).validate().expect("valid migrations");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.sqlite");
        let catalog = Catalog::open(&path).expect("a new catalog");
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
        catalog.connection.pragma_update(None, "user_version", 999).expect("written");
        drop(catalog);
        assert!(matches!(Catalog::open(&path), Err(Error::Newer { .. })));
        assert!(matches!(Catalog::open_read_only(&path), Err(Error::Newer { .. })));
    }

    #[test]
    fn a_missing_and_a_foreign_file_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("none.sqlite");
        assert!(matches!(Catalog::open_read_only(&path), Err(Error::Missing { .. })));
        let open = Connection::open(folder.path().join("x")).expect("a file");
        drop(open);
        #[allow(clippy::disallowed_methods)]
        std::fs::write(&path, b"this is no database, but it is long enough to be read as the head of one, is it not? no.")
            .expect("written");
        assert!(matches!(Catalog::open(&path), Err(Error::Damaged(_))));
    }

    #[test]
    fn a_table_built_anew_keeps_what_hangs_on_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.sqlite");
        let mut old = Connection::open(&path).expect("a database");
        old.pragma_update(None, "application_id", APPLICATION_ID).expect("marked");
        Migrations::from_slice(MIGRATIONS).to_version(&mut old, 6).expect("the shape before");
        old.execute_batch(
            "INSERT INTO sources (id, name, kind) VALUES (1, 'photos', 'folder');
             INSERT INTO roots (source_id, kind, path) VALUES (1, 'folder', '/p');
             INSERT INTO assets (source_id, identity, filename) VALUES (1, 'path:a.jpg', 'a.jpg')",
        )
        .expect("rows");
        drop(old);
        let catalog = Catalog::open(&path).expect("the shape of now");
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
        assert_eq!(catalog.count_assets(None).expect("counted"), 1);
        assert_eq!(catalog.sources().expect("read")[0].roots.len(), 1);
        let keeps = catalog.connection.execute("INSERT INTO roots (source_id, kind, path) VALUES (99, 'folder', '/q')", []);
        assert!(keeps.is_err(), "references are held again");
    }

    #[test]
    fn groups_of_an_older_shape_are_formed_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.sqlite");
        let mut old = Connection::open(&path).expect("a database");
        old.pragma_update(None, "application_id", APPLICATION_ID).expect("marked");
        Migrations::from_slice(MIGRATIONS).to_version(&mut old, 7).expect("the shape before");
        old.execute_batch(
            "INSERT INTO sources (id, name, kind) VALUES (1, 'photos', 'folder');
             INSERT INTO assets (id, source_id, identity, filename) VALUES (5, 1, 'path:a.jpg', 'a.jpg'), (6, 1, 'path:b.jpg', 'b.jpg');
             DELETE FROM regroup;
             INSERT INTO groups VALUES (5, 5);
             INSERT INTO group_members VALUES (5, 5, 'keeper', 'keep', '[]'), (5, 6, 'identical', 'remove', '[]')",
        )
        .expect("rows");
        drop(old);
        let catalog = Catalog::open(&path).expect("the shape of now");
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
        assert_eq!(catalog.assets_to_regroup(9).expect("read"), [model::AssetId(5), model::AssetId(6)]);
    }

    #[test]
    fn many_may_make_it_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.sqlite");
        std::thread::scope(|scope| {
            let hands: Vec<_> = (0..8).map(|_| scope.spawn(|| Catalog::open(&path).map(drop))).collect();
            for hand in hands {
                hand.join().expect("no panic").expect("a catalog");
            }
        });
    }

    #[test]
    fn another_programs_database_is_refused_untouched() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("theirs.sqlite");
        Connection::open(&path).expect("a database").execute_batch("CREATE TABLE mine (x)").expect("a table");
        assert!(matches!(Catalog::open(&path), Err(Error::Foreign { .. })));
        assert!(matches!(Catalog::open_read_only(&path), Err(Error::Foreign { .. })));
        let tables: i64 =
            Connection::open(&path).expect("open").query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).expect("a number");
        assert_eq!(tables, 1);
    }

    #[test]
    fn a_failing_batch_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let catalog = Catalog::open(&folder.path().join("c.sqlite")).expect("a catalog");
        let outcome: Result<()> = catalog.batch(|| {
            catalog.set_setting("colour", "blue")?;
            Err(Error::Busy)
        });
        assert!(outcome.is_err());
        assert_eq!(catalog.setting("colour").expect("read"), None);
    }
}
