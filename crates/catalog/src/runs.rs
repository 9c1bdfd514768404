//! Rows of `runs`: which runs of `remove` the catalog was told of, and whether all that their journals tell was taken in.

use crate::{Catalog, Result};
use rusqlite::params;

/// A run that the catalog was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// As the journal names it.
    pub id: String,
    /// As people name it.
    pub number: u64,
    /// The plan's own name.
    pub plan: String,
    /// When it began, seconds of UTC.
    pub began_at_s: i64,
    /// So many bytes of its journal were taken in; a journal only grows.
    pub settled_bytes: u64,
}

impl Catalog {
    /// Notes a run; one that is known stays as it is.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn note_run(&self, run: &str, number: u64, plan: &str, began_at_s: i64) -> Result<()> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO runs (id, number, plan, began_at_s) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![run, number as i64, plan, began_at_s])?;
        Ok(())
    }

    /// Notes how much of a run's journal was taken in.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_run_settled(&self, run: &str, bytes: u64) -> Result<()> {
        self.connection.prepare_cached("UPDATE runs SET settled_bytes = ?2 WHERE id = ?1")?.execute(params![run, bytes as i64])?;
        Ok(())
    }

    /// Returns the runs known, the first first.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn runs(&self) -> Result<Vec<RunRow>> {
        let mut statement =
            self.connection.prepare_cached("SELECT id, number, plan, began_at_s, settled_bytes FROM runs ORDER BY number, id")?;
        let rows = statement.query_map([], |row| {
            Ok(RunRow {
                id: row.get(0)?,
                number: row.get::<_, i64>(1)?.max(0) as u64,
                plan: row.get(2)?,
                began_at_s: row.get(3)?,
                settled_bytes: row.get::<_, i64>(4)?.max(0) as u64,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
