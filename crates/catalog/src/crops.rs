//! Which assets the crop search has seen. The edges it drew are rows of `evidence` like all others.

use crate::{Catalog, Result};
use model::AssetId;
use rusqlite::params;
use std::collections::HashSet;

impl Catalog {
    /// Returns the assets that the crop search has seen as they are, with that recipe.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn crops_searched(&self, recipe: u32) -> Result<HashSet<AssetId>> {
        let mut statement =
            self.connection.prepare_cached("SELECT id FROM assets WHERE crops_content = content_id AND crops_recipe = ?1")?;
        let rows = statement.query_map([recipe], |row| row.get(0).map(AssetId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that the crop search has seen these assets as they are, with that recipe.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_crops_searched(&self, assets: &[AssetId], recipe: u32) -> Result<()> {
        let mut update = self.connection.prepare_cached("UPDATE assets SET crops_content = content_id, crops_recipe = ?2 WHERE id = ?1")?;
        for asset in assets {
            update.execute(params![asset.0, recipe])?;
        }
        Ok(())
    }
}
