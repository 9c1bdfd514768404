//! Rows of `runs`: which runs of `remove` the catalog was told of, and whether all that their journals tell was taken in.

use crate::{Catalog, Result};
use rusqlite::params;

/// A run that the catalog was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// As the journal names it.
    pub id: String,
    /// The plan's own name.
    pub plan: String,
    /// When it began, seconds of UTC.
    pub began_at_s: i64,
    /// Whether all that its journal tells was taken in.
    pub is_settled: bool,
}

impl Catalog {
    /// Notes a run; one that is known stays as it is.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn note_run(&self, run: &str, plan: &str, began_at_s: i64) -> Result<()> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO runs (id, plan, began_at_s) VALUES (?1, ?2, ?3)")?
            .execute(params![run, plan, began_at_s])?;
        Ok(())
    }

    /// Notes whether all that a run's journal tells was taken in.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_run_settled(&self, run: &str, is_settled: bool) -> Result<()> {
        self.connection.prepare_cached("UPDATE runs SET is_settled = ?2 WHERE id = ?1")?.execute(params![run, is_settled])?;
        Ok(())
    }

    /// Returns the runs known, the first first.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn runs(&self) -> Result<Vec<RunRow>> {
        let mut statement = self.connection.prepare_cached("SELECT id, plan, began_at_s, is_settled FROM runs ORDER BY began_at_s, id")?;
        let rows = statement
            .query_map([], |row| Ok(RunRow { id: row.get(0)?, plan: row.get(1)?, began_at_s: row.get(2)?, is_settled: row.get(3)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
