//! Contents of which only a file's head was read: a fingerprint from its preview, and no hash.

use crate::{Catalog, Result};
use model::{AssetId, ContentId};
use rusqlite::params;

/// Rows that hold such a content.
const GLANCED: &str = "content_id IN (SELECT id FROM contents WHERE content_hash IS NULL) AND presence = 'present'";

impl Catalog {
    /// Adds the content of a file of which only the head was read.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn add_glanced(&self, size_bytes: u64) -> Result<ContentId> {
        self.connection.prepare_cached("INSERT INTO contents (size_bytes) VALUES (?1)")?.execute([size_bytes as i64])?;
        Ok(ContentId(self.connection.last_insert_rowid()))
    }

    /// Returns the ledger rows of these assets of which only the head was read, sorted.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn glanced_of(&self, assets: &[AssetId]) -> Result<Vec<i64>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT ledger_id FROM locations JOIN ledger ON ledger.id = ledger_id WHERE asset_id = ?1 AND {GLANCED}"
        ))?;
        let mut rows = Vec::new();
        for asset in assets {
            for row in statement.query_map(params![asset.0], |row| row.get(0))? {
                rows.push(row?);
            }
        }
        rows.sort_unstable();
        rows.dedup();
        Ok(rows)
    }

    /// Returns the ledger rows of which only the head was read and whose size another file has.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn glanced_of_shared_size(&self) -> Result<Vec<i64>> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT id FROM ledger WHERE {GLANCED} AND size_bytes IN (
                SELECT size_bytes FROM ledger WHERE kind = 'media' AND presence <> 'removed' GROUP BY size_bytes HAVING count(*) > 1)
             ORDER BY id"
        ))?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns how many files that are there were only glanced at.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn count_glanced(&self) -> Result<u64> {
        let count: i64 = self.connection.query_row(&format!("SELECT count(*) FROM ledger WHERE {GLANCED}"), [], |row| row.get(0))?;
        Ok(count.max(0) as u64)
    }

    /// Forgets glances whose file was read whole since, changed or went.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn drop_spent_glances(&self) -> Result<()> {
        self.connection.execute(
            "DELETE FROM contents WHERE content_hash IS NULL AND NOT EXISTS (SELECT 1 FROM ledger WHERE content_id = contents.id)
                 AND NOT EXISTS (SELECT 1 FROM assets WHERE content_id = contents.id)",
            [],
        )?;
        Ok(())
    }
}
