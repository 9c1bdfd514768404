//! Rows of `evidence`: the edges that matching drew.

use crate::{Catalog, Error, Result};
use model::{AssetId, Evidence, Relation};
use rusqlite::params;

impl Catalog {
    /// Forgets all edges at these assets.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn forget_evidence(&self, assets: &[AssetId]) -> Result<()> {
        let mut forget = self.connection.prepare_cached("DELETE FROM evidence WHERE a = ?1 OR b = ?1")?;
        for asset in assets {
            forget.execute([asset.0])?;
        }
        Ok(())
    }

    /// Forgets all edges drawn by another recipe than this.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn forget_other_recipes(&self, recipe: u32) -> Result<()> {
        self.connection.execute("DELETE FROM evidence WHERE recipe <> ?1", [recipe])?;
        Ok(())
    }

    /// Keeps edges, in place of older ones between the same assets.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_evidence(&self, edges: &[Evidence], recipe: u32) -> Result<()> {
        let mut insert = self.connection.prepare_cached("INSERT OR REPLACE INTO evidence VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for edge in edges {
            let (proof, notes) = (serde_json::to_string(&edge.proof)?, serde_json::to_string(&edge.notes)?);
            insert.execute(params![edge.a.0, edge.b.0, edge.relation.name(), edge.strict, proof, notes, recipe])?;
        }
        Ok(())
    }

    /// Returns all edges between assets that are there or offline, by (a, b).
    ///
    /// # Errors
    /// The catalog's own.
    pub fn evidence(&self) -> Result<Vec<Evidence>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT a, b, relation, strict, proof, notes FROM evidence
             JOIN assets x ON x.id = a AND x.presence <> 'removed' JOIN assets y ON y.id = b AND y.presence <> 'removed' ORDER BY a, b",
        )?;
        let mut rows = statement.query([])?;
        let mut edges = Vec::new();
        while let Some(row) = rows.next()? {
            let relation: String = row.get(2)?;
            let (proof, notes): (String, String) = (row.get(4)?, row.get(5)?);
            edges.push(Evidence {
                a: AssetId(row.get(0)?),
                b: AssetId(row.get(1)?),
                relation: Relation::from_name(&relation).ok_or_else(|| Error::Damaged(format!("unknown relation `{relation}`")))?,
                strict: row.get(3)?,
                proof: serde_json::from_str(&proof)?,
                notes: serde_json::from_str(&notes)?,
            });
        }
        Ok(edges)
    }
}
