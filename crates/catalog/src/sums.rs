//! Sums over all groups for the review: by relation, by year, of what accepting a whole list would do; and what lists can be filtered by.

use crate::lists::verdict_of;
use crate::{Catalog, Error, Result};
use model::{AssetId, Relation, Verdict};
use rusqlite::params;
use std::collections::HashMap;

/// Sums over members of one relation and verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSum {
    /// The relation.
    pub relation: Relation,
    /// What is proposed or decided.
    pub verdict: Verdict,
    /// Whether the person decided.
    pub is_decided: bool,
    /// Whether they may not be removed.
    pub is_bound: bool,
    /// How many.
    pub members: u64,
    /// Their bytes.
    pub size_bytes: u64,
}

/// Sums over groups of one year and state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearOfGroups {
    /// The year in UTC; `None` where unknown.
    pub year: Option<i16>,
    /// 0 open, 1 decided, 2 settled.
    pub state: u8,
    /// How many.
    pub groups: u64,
    /// Members that may go.
    pub removals: u64,
    /// Bytes of those.
    pub removals_bytes: u64,
}

/// What accepting would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalsPreview {
    /// Groups touched.
    pub groups: u64,
    /// Members.
    pub members: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// How many have something that their keeper lacks.
    pub inheriting: u64,
    /// The first of them: group and asset.
    pub first: Vec<(i64, AssetId)>,
    /// Names this set as it stands.
    pub token: i64,
}

impl Catalog {
    /// Returns sums over all members but keepers.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sum_members(&self) -> Result<Vec<MemberSum>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT relation, verdict, recorded IS NOT NULL, is_bound, count(*), sum(size_bytes) FROM group_members WHERE place > 0
             GROUP BY relation, verdict, recorded, is_bound",
        )?;
        let mut rows = statement.query([])?;
        let mut sums = Vec::new();
        while let Some(row) = rows.next()? {
            let (relation, verdict): (String, String) = (row.get(0)?, row.get(1)?);
            sums.push(MemberSum {
                relation: Relation::from_name(&relation).ok_or_else(|| Error::Damaged(format!("unknown relation `{relation}`")))?,
                verdict: verdict_of(&verdict)?,
                is_decided: row.get(2)?,
                is_bound: row.get(3)?,
                members: row.get::<_, i64>(4)?.max(0) as u64,
                size_bytes: row.get::<_, i64>(5)?.max(0) as u64,
            });
        }
        Ok(sums)
    }

    /// Returns how many groups have exactly these relations among their members (bit n is the n-th), for each set of relations there is.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sum_relations(&self) -> Result<Vec<(u32, u64)>> {
        let mut statement = self.connection.prepare_cached("SELECT relations, count(*) FROM groups GROUP BY 1")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0) as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns sums over groups by the year in which their keepers were taken, and by state.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sum_years(&self) -> Result<Vec<YearOfGroups>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT CAST(strftime('%Y', taken_utc_s, 'unixepoch') AS INTEGER) AS year, state, count(*), sum(removals), sum(removals_bytes)
             FROM groups GROUP BY year, state ORDER BY year IS NULL, year, state",
        )?;
        let rows = statement.query_map([], |row| {
            let count = |at: usize| row.get::<_, i64>(at).map(|value| value.max(0) as u64);
            Ok(YearOfGroups { year: row.get(0)?, state: row.get(1)?, groups: count(2)?, removals: count(3)?, removals_bytes: count(4)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the cameras of keepers, the most frequent first, at most so many.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn cameras_of_groups(&self, most: usize) -> Result<Vec<String>> {
        self.texts("SELECT camera FROM groups WHERE camera IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?1", most)
    }

    /// Returns the albums of members, by title, at most so many.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn albums_of_groups(&self, most: usize) -> Result<Vec<String>> {
        let sql =
            "SELECT DISTINCT title FROM albums b WHERE EXISTS (SELECT 1 FROM album_assets x JOIN group_members m ON m.asset_id = x.asset_id
                   WHERE x.album_id = b.id) ORDER BY 1 LIMIT ?1";
        self.texts(sql, most)
    }

    /// Returns the sources of keepers and members, by name.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sources_of_groups(&self) -> Result<Vec<String>> {
        let sql = "SELECT name FROM sources s WHERE EXISTS (SELECT 1 FROM assets a JOIN group_members m ON m.asset_id = a.id WHERE a.source_id = s.id)
                   ORDER BY 1 LIMIT ?1";
        self.texts(sql, usize::MAX >> 1)
    }

    fn texts(&self, sql: &str, most: usize) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([most as i64], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Fills `temp.accepted` with the members of these groups and relations that may go and that nobody decided on.
    pub(crate) fn want_accepted(&self, groups: &[i64], relations: &[&str]) -> Result<()> {
        self.connection.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS accepted (asset_id INTEGER PRIMARY KEY, group_id INTEGER, size_bytes INTEGER); DELETE FROM temp.accepted",
        )?;
        self.connection
            .prepare_cached(
                "INSERT INTO temp.accepted SELECT asset_id, group_id, size_bytes FROM json_each(?1) g CROSS JOIN group_members ON group_id = g.value
                 WHERE verdict = 'remove' AND recorded IS NULL AND relation IN (SELECT value FROM json_each(?2))",
            )?
            .execute(params![serde_json::to_string(groups)?, serde_json::to_string(relations)?])?;
        Ok(())
    }

    /// Returns what accepting these relations in these groups would do: groups touched, members, their bytes, how many of them have
    /// something that their keeper lacks, the first members, and a number that names exactly this set as it stands.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn preview_removals(&self, groups: &[i64], relations: &[&str], most: usize) -> Result<RemovalsPreview> {
        self.want_accepted(groups, relations)?;
        let sums = "SELECT count(DISTINCT group_id), count(*), coalesce(sum(size_bytes), 0) FROM temp.accepted";
        let (touched, members, bytes): (i64, i64, i64) =
            self.connection.query_row(sums, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        // `reasons` is JSON of our own: a rule's name stands in it only as one.
        let inheriting: i64 = self.connection.query_row(
            "SELECT count(*) FROM temp.accepted CROSS JOIN group_members USING (asset_id) WHERE instr(reasons, '\"rule\":\"inherit-') > 0",
            [],
            |row| row.get(0),
        )?;
        // Sums of products wrap without harm; asset and version together tell sets apart.
        let mut token = 0i64;
        let mut statement = self
            .connection
            .prepare_cached("SELECT asset_id, version FROM temp.accepted a CROSS JOIN groups g ON g.id = a.group_id ORDER BY 1")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (asset, version): (i64, i64) = (row.get(0)?, row.get(1)?);
            token = token
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(asset)
                .wrapping_mul(1_442_695_040_888_963_407)
                .wrapping_add(version);
        }
        let in_order: HashMap<i64, usize> = groups.iter().enumerate().map(|(at, group)| (*group, at)).collect();
        let mut first: Vec<(i64, AssetId)> = Vec::new();
        let mut statement = self.connection.prepare_cached("SELECT group_id, asset_id FROM temp.accepted")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            first.push((row.get(0)?, AssetId(row.get(1)?)));
        }
        first.sort_by_key(|(group, asset)| (in_order.get(group).copied(), *asset));
        first.truncate(most);
        let count = |number: i64| number.max(0) as u64;
        Ok(RemovalsPreview {
            groups: count(touched),
            members: count(members),
            size_bytes: count(bytes),
            inheriting: count(inheriting),
            first,
            token,
        })
    }

    /// Returns how many pairs were said not to be the same.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn count_parted(&self) -> Result<u64> {
        let count: i64 = self.connection.query_row("SELECT count(*) FROM not_duplicates", [], |row| row.get(0))?;
        Ok(count.max(0) as u64)
    }
}
