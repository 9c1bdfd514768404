//! Rows of `groups` and `group_members`: what the last scan proposed, for the person's own questions.

use crate::{Catalog, Result};
use model::Group;
use rusqlite::params;

impl Catalog {
    /// Keeps these groups in place of all before.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_groups(&self, groups: &[Group]) -> Result<()> {
        self.connection.execute_batch("DELETE FROM group_members; DELETE FROM groups")?;
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
}
