//! Rows of `groups` and `group_members`: what is proposed and decided, for lists and for the person's own questions; and which assets are to
//! be grouped anew, since their facts, edges or verdicts changed (triggers note that).

use crate::{Catalog, ListedGroup, Result};
use model::{AssetId, Member, Verdict};
use rusqlite::params;

/// A group, to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRecord {
    /// What a list shows of it. Its number is its keeper's.
    pub group: ListedGroup,
    /// Keeper first.
    pub members: Vec<MemberRecord>,
}

/// A member, to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberRecord {
    /// What was decided or proposed.
    pub member: Member,
    /// What the person decided.
    pub recorded: Option<Recorded>,
    /// How sure its place is, 0 is the surest.
    pub confidence: u8,
    /// Bytes.
    pub size_bytes: u64,
}

/// What a person decided on an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recorded {
    /// It stays.
    Keep,
    /// It may go.
    Remove,
    /// It is the keeper of its group.
    Keeper,
}

impl Recorded {
    /// Returns the lower-case name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Recorded::Keep => "keep",
            Recorded::Remove => "remove",
            Recorded::Keeper => "keeper",
        }
    }

    /// Returns what is stored under that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Keep, Self::Remove, Self::Keeper].into_iter().find(|recorded| recorded.name() == name)
    }

    /// Returns the verdict that it is.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        if self == Recorded::Remove { Verdict::Remove } else { Verdict::Keep }
    }
}

impl Catalog {
    /// Returns assets to be grouped anew: at least one and at most `most` of those that changed, and all that edges or groups tie to them, step
    /// by step. An asset's group depends on these alone, so that forming them without the others gives the groups that forming all would give.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn assets_to_regroup(&self, most: usize) -> Result<Vec<AssetId>> {
        self.tied("SELECT * FROM (SELECT asset_id FROM regroup ORDER BY asset_id LIMIT ?1)", most as i64)
    }

    /// Returns these assets and all that edges or groups tie to them, step by step.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn assets_tied_to(&self, assets: &[AssetId]) -> Result<Vec<AssetId>> {
        self.want(assets)?;
        self.tied("SELECT id FROM temp.wanted LIMIT ?1", -1)
    }

    fn tied(&self, first: &str, most: i64) -> Result<Vec<AssetId>> {
        // CROSS JOIN keeps SQLite from walking all evidence first.
        let mut statement = self.connection.prepare_cached(&format!(
            "WITH RECURSIVE first(id) AS ({first}), reach(id) AS (
                 SELECT id FROM first
                 UNION SELECT b FROM reach CROSS JOIN evidence ON a = id
                 UNION SELECT a FROM reach CROSS JOIN evidence ON b = id
                 UNION SELECT m.asset_id FROM reach CROSS JOIN group_members o ON o.asset_id = reach.id
                     CROSS JOIN group_members m ON m.group_id = o.group_id)
             SELECT id FROM reach ORDER BY id"
        ))?;
        let ids = statement.query_map([most], |row| row.get(0).map(AssetId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns how many assets wait to be grouped anew.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn count_to_regroup(&self) -> Result<u64> {
        let count: i64 = self.connection.prepare_cached("SELECT count(*) FROM regroup")?.query_row([], |row| row.get(0))?;
        Ok(count.max(0) as u64)
    }

    /// Makes all assets that have edges or stand in a group wait to be grouped anew.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn mark_all_to_regroup(&self) -> Result<()> {
        Ok(self.connection.execute_batch(
            "INSERT OR IGNORE INTO regroup SELECT a FROM evidence UNION SELECT b FROM evidence UNION SELECT asset_id FROM group_members",
        )?)
    }

    /// Keeps these groups in place of all that hold one of `assets`, and notes that these are grouped.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_groups(&self, assets: &[AssetId], groups: &[GroupRecord]) -> Result<()> {
        self.want(assets)?;
        // Those without members lost them with a forgotten source.
        let forget = "DELETE FROM groups WHERE id IN (
            SELECT m.group_id FROM temp.wanted w CROSS JOIN group_members m ON m.asset_id = w.id UNION ALL SELECT id FROM temp.wanted)";
        self.connection.prepare_cached(forget)?.execute([])?;
        self.connection.prepare_cached("DELETE FROM regroup WHERE asset_id IN (SELECT id FROM temp.wanted)")?.execute([])?;
        let mut add_group = self
            .connection
            .prepare_cached("INSERT INTO groups VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")?;
        let mut add_member =
            self.connection.prepare_cached("INSERT INTO group_members VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
        for GroupRecord { group, members } in groups {
            add_group.execute(params![
                group.id,
                group.version,
                group.state,
                group.confidence,
                group.relations,
                group.members_count as i64,
                group.open as i64,
                group.removals as i64,
                group.removals_bytes as i64,
                group.taken_utc_seconds,
                group.camera,
                group.source.0,
                group.folder,
                group.set_aside,
            ])?;
            for (place, record) in members.iter().enumerate() {
                let member = &record.member;
                add_member.execute(params![
                    group.id,
                    place as i64,
                    member.asset.0,
                    member.relation.map_or("keeper", |relation| relation.name()),
                    member.verdict.name(),
                    record.recorded.map(Recorded::name),
                    member.is_bound,
                    record.confidence,
                    record.size_bytes as i64,
                    serde_json::to_string(&member.reasons)?,
                ])?;
            }
        }
        self.next_epoch()
    }

    /// Tells those who look at groups that some changed.
    ///
    /// # Errors
    /// The catalog's own.
    pub(crate) fn next_epoch(&self) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE settings SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'epoch'")?
            .execute([])?;
        Ok(())
    }

    /// Returns how many groups there are, how many of their members would go, and their bytes.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sum_of_groups(&self) -> Result<(u64, u64, u64)> {
        let sums = "SELECT count(*), coalesce(sum(removals), 0), coalesce(sum(removals_bytes), 0) FROM groups";
        let (groups, offered, bytes): (i64, i64, i64) =
            self.connection.query_row(sums, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok((groups.max(0) as u64, offered.max(0) as u64, bytes.max(0) as u64))
    }
}
