//! Rows of `groups` and `group_members`: what the last scan proposed, for the person's own questions; and which assets are to be grouped
//! anew, since their facts or edges changed (triggers note that).

use crate::{Catalog, Result};
use model::{AssetId, Group};
use rusqlite::params;

impl Catalog {
    /// Returns the assets to be grouped anew: those that changed, and all that edges tie to them, step by step. An asset's group depends on
    /// these alone, so that forming them without the others gives the groups that forming all would give.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn assets_to_regroup(&self) -> Result<Vec<AssetId>> {
        self.connection.execute_batch(
            "INSERT OR IGNORE INTO regroup SELECT m.asset_id FROM regroup r CROSS JOIN group_members o ON o.asset_id = r.asset_id
                 CROSS JOIN group_members m ON m.group_id = o.group_id",
        )?;
        let mut statement = self.connection.prepare_cached(
            "WITH RECURSIVE reach(id) AS (
                 SELECT asset_id FROM regroup
                 UNION SELECT b FROM reach CROSS JOIN evidence ON a = id
                 UNION SELECT a FROM reach CROSS JOIN evidence ON b = id)
             SELECT id FROM reach ORDER BY id",
        )?;
        let ids = statement.query_map([], |row| row.get(0).map(AssetId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps these groups in place of all that hold one of `assets`, and notes that these are grouped.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_groups(&self, assets: &[AssetId], groups: &[Group]) -> Result<()> {
        let mut forget =
            self.connection.prepare_cached("DELETE FROM groups WHERE id IN (SELECT group_id FROM group_members WHERE asset_id = ?1)")?;
        for asset in assets {
            forget.execute([asset.0])?;
        }
        self.connection.execute_batch("DELETE FROM regroup")?;
        let mut add_group = self.connection.prepare_cached("INSERT INTO groups VALUES (?1, ?2)")?;
        let mut add_member = self.connection.prepare_cached("INSERT INTO group_members VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for group in groups {
            add_group.execute(params![group.id.0, group.keeper().0])?;
            for member in &group.members {
                let relation = member.relation.map_or("keeper", |relation| relation.name());
                let reasons = serde_json::to_string(&member.reasons)?;
                add_member.execute(params![group.id.0, member.asset.0, relation, member.verdict.name(), reasons])?;
            }
        }
        Ok(())
    }

    /// Returns how many groups there are, how many of their members would go, and their bytes.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sum_of_groups(&self) -> Result<(u64, u64, u64)> {
        let groups: i64 = self.connection.query_row("SELECT count(*) FROM groups", [], |row| row.get(0))?;
        let (offered, bytes): (i64, i64) = self.connection.query_row(
            "SELECT count(*), coalesce(sum(size_bytes), 0) FROM group_members JOIN assets ON id = asset_id WHERE verdict = 'remove'",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok((groups.max(0) as u64, offered.max(0) as u64, bytes.max(0) as u64))
    }
}
