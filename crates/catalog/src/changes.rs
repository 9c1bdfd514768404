//! Rows of `changes`: what a person did in the review, in order, so that each can be undone and done again.
//!
//! **Invariant:** undone changes are the latest ones; making another change forgets them. What a change did to verdicts and pairs is written
//! with it in one transaction.

use crate::verdicts::{PHOTO_KEY, PLACE, photo_key};
use crate::{Catalog, PhotoKey, Recorded, Result};
use model::AssetId;
use rusqlite::{OptionalExtension as _, Row, params};

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number; later ones are greater.
    pub id: i64,
    /// Stable name of what was done.
    pub kind: String,
    /// An asset that it was about.
    pub asset: Option<AssetId>,
    /// How many assets it touched.
    pub assets: u64,
    /// Keep rules before and after, where it was about them.
    pub rules: (Option<String>, Option<String>),
    /// When, seconds of UTC.
    pub made_at_s: i64,
}

/// A pair said not to be the same photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartedPair {
    /// Its row.
    pub id: i64,
    /// Name of the first photo, and an asset that has it now.
    pub a: (PhotoKey, Option<AssetId>),
    /// The same of the second.
    pub b: (PhotoKey, Option<AssetId>),
    /// When it was said, seconds of UTC.
    pub said_at_s: i64,
}

/// The table that wished verdicts are put into, emptied.
const WISHES: &str =
    "CREATE TEMP TABLE IF NOT EXISTS wishes (id INTEGER PRIMARY KEY, verdict TEXT, keeper INTEGER); DELETE FROM temp.wishes";

const CHANGE_COLUMNS: &str = "id, kind, asset_id, assets, rules_before, rules_after, made_at_s";

fn change_of(row: &Row<'_>) -> rusqlite::Result<Change> {
    Ok(Change {
        id: row.get(0)?,
        kind: row.get(1)?,
        asset: row.get::<_, Option<i64>>(2)?.map(AssetId),
        assets: row.get::<_, i64>(3)?.max(0) as u64,
        rules: (row.get(4)?, row.get(5)?),
        made_at_s: row.get(6)?,
    })
}

impl Catalog {
    /// Begins a change, within a transaction; what was undone before can be done again no more. Returns its number.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn begin_change(&self, kind: &str, asset: Option<AssetId>, at_s: i64) -> Result<i64> {
        self.connection.execute("DELETE FROM changes WHERE is_undone", [])?;
        self.connection
            .prepare_cached("INSERT INTO changes (kind, asset_id, assets, made_at_s) VALUES (?1, ?2, 0, ?3)")?
            .execute(params![kind, asset.map(|asset| asset.0), at_s])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Forgets a change that changed nothing.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn drop_change(&self, change: i64) -> Result<()> {
        self.connection.execute("DELETE FROM changes WHERE id = ?1", [change])?;
        Ok(())
    }

    /// Gives verdicts (`None` takes one back) as a part of a change; `keeper` is what stays in the place of those to remove. Verdicts that stand
    /// already count for nothing. Returns how many changed.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn give_verdicts(&self, change: i64, wishes: &[(AssetId, Option<Recorded>)], keeper: AssetId, at_s: i64) -> Result<u64> {
        self.connection.execute_batch(WISHES)?;
        let mut add = self.connection.prepare_cached("INSERT OR REPLACE INTO temp.wishes VALUES (?1, ?2, ?3)")?;
        for (asset, verdict) in wishes {
            let keeper = verdict.filter(|verdict| *verdict == Recorded::Remove).map(|_| keeper.0);
            add.execute(params![asset.0, verdict.map(Recorded::name), keeper])?;
        }
        self.give_wished(change, at_s)
    }

    /// Gives the verdict `remove` to all members of these groups and relations that may go and that nobody decided on, as a part of a change.
    /// Returns how many.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn accept_removals(&self, change: i64, groups: &[i64], relations: &[&str], at_s: i64) -> Result<u64> {
        self.want_accepted(groups, relations)?;
        self.connection.execute_batch(WISHES)?;
        // A group's number is its keeper's.
        self.connection.execute_batch("INSERT INTO temp.wishes SELECT asset_id, 'remove', group_id FROM temp.accepted")?;
        self.give_wished(change, at_s)
    }

    fn give_wished(&self, change: i64, at_s: i64) -> Result<u64> {
        let against =
            format!("(SELECT {} FROM assets k LEFT JOIN contents kc ON kc.id = k.content_id WHERE k.id = w.keeper)", photo_key("k", "kc"));
        let last = "SELECT max(coalesce((SELECT max(id) FROM verdicts), 0), coalesce((SELECT max(verdict_id) FROM change_verdicts), 0))";
        let last: i64 = self.connection.query_row(last, [], |row| row.get(0))?;
        // CROSS JOIN keeps SQLite from walking all assets first.
        let noted = self.connection.execute(
            &format!(
                "INSERT INTO change_verdicts
                 SELECT ?1, coalesce(v.id, ?2 + row_number() OVER ()), {PHOTO_KEY}, a.id, {PLACE}, v.verdict, v.against, w.verdict, {against}
                 FROM temp.wishes w CROSS JOIN assets a ON a.id = w.id LEFT JOIN contents c ON c.id = a.content_id
                 LEFT JOIN verdicts v ON v.asset_id = a.id AND v.content = {PHOTO_KEY}
                 WHERE (v.verdict, v.against) IS NOT (w.verdict, {against}) AND a.presence <> 'removed'"
            ),
            [change, last],
        )? as u64;
        self.write_verdicts(change, "after", at_s)?;
        self.connection.execute("UPDATE changes SET assets = assets + ?2 WHERE id = ?1", params![change, noted as i64])?;
        Ok(noted)
    }

    /// Writes the verdicts of a change as they were before it or after it.
    fn write_verdicts(&self, change: i64, side: &str, at_s: i64) -> Result<()> {
        let these = "SELECT verdict_id FROM change_verdicts WHERE change_id = ?1";
        self.connection.execute(&format!("DELETE FROM verdicts WHERE id IN ({these})"), [change])?;
        self.connection.execute(
            &format!(
                "INSERT INTO verdicts (id, content, asset_id, place, verdict, against, born, decided_at_s)
                 SELECT verdict_id, content, (SELECT id FROM assets WHERE id = h.asset_id), place, {side}, {side}_against,
                        (SELECT max(id) FROM assets), ?2
                 FROM change_verdicts h WHERE change_id = ?1 AND {side} IS NOT NULL"
            ),
            params![change, at_s],
        )?;
        self.connection.execute(
            "INSERT INTO regroup SELECT asset_id FROM change_verdicts WHERE change_id = ?1 AND asset_id NOT IN (SELECT asset_id FROM regroup)",
            [change],
        )?;
        Ok(())
    }

    /// Says of pairs that they are not the same photo (or takes that back), as a part of a change. Returns how many that changed.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn part(&self, change: i64, pairs: &[(PhotoKey, PhotoKey)], is_said: bool, at_s: i64) -> Result<u64> {
        let mut known = self.connection.prepare_cached("SELECT 1 FROM not_duplicates WHERE a = ?1 AND b = ?2")?;
        let mut note = self.connection.prepare_cached("INSERT OR IGNORE INTO change_pairs VALUES (?1, ?2, ?3, ?4)")?;
        let mut noted = 0;
        for (a, b) in pairs {
            let (a, b) = if a <= b { (a, b) } else { (b, a) };
            if a != b && known.exists(params![a.0, b.0])? != is_said {
                noted += note.execute(params![change, a.0, b.0, is_said])? as u64;
            }
        }
        self.write_pairs(change, false, at_s)?;
        self.connection.execute("UPDATE changes SET assets = assets + ?2 WHERE id = ?1", params![change, noted as i64])?;
        Ok(noted)
    }

    fn write_pairs(&self, change: i64, is_undoing: bool, at_s: i64) -> Result<()> {
        let mut statement = self.connection.prepare_cached("SELECT a, b, is_said FROM change_pairs WHERE change_id = ?1")?;
        let mut add = self.connection.prepare_cached("INSERT OR IGNORE INTO not_duplicates (a, b, said_at_s) VALUES (?1, ?2, ?3)")?;
        let mut take_back = self.connection.prepare_cached("DELETE FROM not_duplicates WHERE a = ?1 AND b = ?2")?;
        let mut mark = self.connection.prepare_cached(&format!(
            "INSERT INTO regroup SELECT a.id FROM assets a LEFT JOIN contents c ON c.id = a.content_id
             WHERE (a.content_id IN (SELECT id FROM contents WHERE payload_hash IN (?1, ?2) UNION ALL
                                     SELECT id FROM contents WHERE content_hash IN (?1, ?2))
                    OR a.content_id IS NULL AND {PHOTO_KEY} IN (?1, ?2)) AND a.id NOT IN (SELECT asset_id FROM regroup)"
        ))?;
        let mut rows = statement.query([change])?;
        while let Some(row) = rows.next()? {
            let (a, b, is_said): (Vec<u8>, Vec<u8>, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
            if is_said != is_undoing {
                add.execute(params![a, b, at_s])?;
            } else {
                take_back.execute(params![a, b])?;
            }
            mark.execute(params![a, b])?;
        }
        Ok(())
    }

    /// Puts other keep rules in force, as a part of a change. All groups wait to be formed anew.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn change_rules(&self, change: i64, rules: Option<&str>) -> Result<()> {
        let before = self.chosen_rules()?;
        self.connection.execute("UPDATE changes SET rules_before = ?2, rules_after = ?3 WHERE id = ?1", params![change, before, rules])?;
        self.choose_rules(rules)
    }

    /// Undoes a change, or does it again, within a transaction.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn turn_change(&self, change: &Change, is_undoing: bool, at_s: i64) -> Result<()> {
        self.write_verdicts(change.id, if is_undoing { "before" } else { "after" }, at_s)?;
        self.write_pairs(change.id, is_undoing, at_s)?;
        if change.kind == "rules" {
            self.choose_rules(if is_undoing { change.rules.0.as_deref() } else { change.rules.1.as_deref() })?;
        }
        self.connection.execute("UPDATE changes SET is_undone = ?2 WHERE id = ?1", params![change.id, is_undoing])?;
        self.next_epoch()
    }

    /// Returns the change that undoing begins with, and the one undone last.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn history(&self) -> Result<(Option<Change>, Option<Change>)> {
        let one = |rest: &str| -> Result<Option<Change>> {
            let mut statement = self.connection.prepare_cached(&format!("SELECT {CHANGE_COLUMNS} FROM changes WHERE {rest} LIMIT 1"))?;
            Ok(statement.query_row([], change_of).optional()?)
        };
        Ok((one("NOT is_undone ORDER BY id DESC")?, one("is_undone ORDER BY id")?))
    }

    /// Returns the assets that a change touched, at most so many.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn assets_of_change(&self, change: i64, most: usize) -> Result<Vec<AssetId>> {
        let mut statement = self.connection.prepare_cached("SELECT asset_id FROM change_verdicts WHERE change_id = ?1 LIMIT ?2")?;
        let ids = statement.query_map(params![change, most as i64], |row| row.get(0).map(AssetId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns pairs said not to be the same, latest first, below the row `before` if given.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn parted(&self, before: Option<i64>, most: usize) -> Result<Vec<PartedPair>> {
        let holder = |side: &str| {
            let of = |column: &str| {
                format!(
                    "(SELECT min(a.id) FROM contents c CROSS JOIN assets a ON a.content_id = c.id
                      WHERE c.{column} = n.{side} AND a.presence <> 'removed')"
                )
            };
            format!("coalesce({}, {})", of("payload_hash"), of("content_hash"))
        };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT id, a, b, said_at_s, {}, {} FROM not_duplicates n WHERE id < coalesce(?1, id + 1) ORDER BY id DESC LIMIT ?2",
            holder("a"),
            holder("b")
        ))?;
        let rows = statement.query_map(params![before, most as i64], |row| {
            Ok(PartedPair {
                id: row.get(0)?,
                a: (PhotoKey(row.get(1)?), row.get::<_, Option<i64>>(4)?.map(AssetId)),
                b: (PhotoKey(row.get(2)?), row.get::<_, Option<i64>>(5)?.map(AssetId)),
                said_at_s: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the pair of that row.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn parted_pair(&self, id: i64) -> Result<Option<(PhotoKey, PhotoKey)>> {
        let mut statement = self.connection.prepare_cached("SELECT a, b FROM not_duplicates WHERE id = ?1")?;
        Ok(statement.query_row([id], |row| Ok((PhotoKey(row.get(0)?), PhotoKey(row.get(1)?)))).optional()?)
    }
}
