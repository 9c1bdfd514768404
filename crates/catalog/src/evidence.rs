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

    /// Makes sure that all edges and signatures are of this recipe: those of another are forgotten, and all assets are to be matched anew.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn keep_recipe(&self, recipe: u32) -> Result<()> {
        if self.setting("signature_recipe")?.and_then(|text| text.parse().ok()) == Some(recipe) {
            return Ok(());
        }
        self.connection.execute_batch(
            "DELETE FROM evidence; DELETE FROM signatures; UPDATE assets SET matched_content = NULL WHERE matched_content IS NOT NULL",
        )?;
        self.set_setting("signature_recipe", &recipe.to_string())
    }

    /// Returns the assets that are there or offline and that matching has not seen as they are, by id.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn unmatched(&self) -> Result<Vec<AssetId>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id FROM assets WHERE presence <> 'removed' AND matched_content IS NOT content_id ORDER BY id")?;
        let ids = statement.query_map([], |row| row.get(0).map(AssetId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that matching has seen these assets as they are; the crop search has not.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_matched(&self, assets: &[AssetId]) -> Result<()> {
        let mut update =
            self.connection.prepare_cached("UPDATE assets SET matched_content = content_id, crops_content = NULL WHERE id = ?1")?;
        for asset in assets {
            update.execute([asset.0])?;
        }
        Ok(())
    }

    /// Keeps the signature of an asset.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_signature(&self, asset: AssetId, bytes: &[u8]) -> Result<()> {
        self.connection.prepare_cached("INSERT OR REPLACE INTO signatures VALUES (?1, ?2)")?.execute(params![asset.0, bytes])?;
        Ok(())
    }

    /// Calls `each` with every signature kept, by asset.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn each_signature(&self, mut each: impl FnMut(AssetId, &[u8])) -> Result<()> {
        let mut statement = self.connection.prepare_cached("SELECT asset_id, bytes FROM signatures ORDER BY asset_id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(AssetId(row.get(0)?), row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?);
        }
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
        self.evidence_from("evidence")
    }

    /// Returns the edges of which both ends are among these assets, by (a, b).
    ///
    /// # Errors
    /// The catalog's own.
    pub fn evidence_of(&self, assets: &[AssetId]) -> Result<Vec<Evidence>> {
        self.want(assets)?;
        // CROSS JOIN keeps SQLite from walking all evidence first.
        self.evidence_from("temp.wanted one CROSS JOIN evidence ON a = one.id CROSS JOIN temp.wanted other ON b = other.id")
    }

    /// Returns the edges at one asset.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn evidence_at(&self, asset: AssetId) -> Result<Vec<Evidence>> {
        let id = asset.0;
        self.evidence_from(&format!("(SELECT * FROM evidence WHERE a = {id} UNION ALL SELECT * FROM evidence WHERE b = {id})"))
    }

    pub(crate) fn evidence_from(&self, tables: &str) -> Result<Vec<Evidence>> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT a, b, relation, strict, proof, notes FROM {tables}
             CROSS JOIN assets x ON x.id = a AND x.presence <> 'removed' CROSS JOIN assets y ON y.id = b AND y.presence <> 'removed' ORDER BY a, b"
        ))?;
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
