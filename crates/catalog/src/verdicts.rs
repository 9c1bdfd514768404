//! Rows of `verdicts` and `not_duplicates`: what a person decided. Kept by content, so that a moved file, a new scan or a source that was
//! forgotten and scanned again finds it.
//!
//! A verdict belongs to the asset it was given for as long as that has these bytes. Where it is gone, or has others, an asset of the same
//! bytes may take it over, once and for good, when groups are formed: the one at the same place; else one that was first seen after the
//! verdict was given, where it is plain which verdict is meant. So of two equal files that were moved and renamed together, one to stay and
//! one to go, neither is guessed, and a verdict to remove never goes to the photo that was to stay. A verdict to remove that found no heir in the scan that missed its
//! asset waits for the same place only: the same bytes that come back later elsewhere are another matter. Where only the metadata of a
//! file changed, what was to stay still is.
//!
//! **Invariant:** a verdict to remove holds only while a photo is there that was to stay in its place: where that is gone, what was its copy
//! may be the last one.

use crate::{Catalog, Error, Recorded, Result};
use model::AssetId;
use rusqlite::{OptionalExtension as _, params};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What names an asset's photo (of `assets a LEFT JOIN contents c ON c.id = a.content_id`).
pub(crate) const PHOTO_KEY: &str = "coalesce(c.content_hash, CAST('google:' || coalesce(a.google_id, a.identity) AS BLOB))";

/// The same under other names of the two tables.
pub(crate) fn photo_key(asset: &str, content: &str) -> String {
    PHOTO_KEY.replace("c.content_hash", &format!("{content}.content_hash")).replace("a.", &format!("{asset}."))
}

/// Where an asset `a` lies, as a text that tells places apart.
pub(crate) const PLACE: &str = "coalesce((SELECT r.path || '!' || l.path FROM locations o JOIN ledger l ON l.id = o.ledger_id
    JOIN roots r ON r.id = l.root_id WHERE o.asset_id = a.id ORDER BY o.rank LIMIT 1), '')";

/// Whether the verdict `v`, taken for the asset `a`, holds.
const HOLDS: &str = "(v.verdict <> 'remove' OR EXISTS (SELECT 1 FROM contents kc JOIN assets k ON k.content_id = kc.id
    WHERE kc.content_hash = v.against AND k.id <> a.id AND k.presence <> 'removed'))";

/// What names a photo whatever becomes of its row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhotoKey(pub Vec<u8>);

/// Whether no asset has the verdict `v` any more: its own is gone, or has other bytes.
fn free() -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM assets f LEFT JOIN contents fc ON fc.id = f.content_id
                     WHERE f.id = v.asset_id AND f.presence <> 'removed' AND {} = v.content)",
        photo_key("f", "fc")
    )
}

/// An asset that may take a verdict over.
struct Claim {
    content: Vec<u8>,
    verdict: i64,
    asset: i64,
    recorded: Recorded,
    /// Whether it lies where the verdict's asset lay.
    is_there: bool,
    /// Whether it is called as that was.
    is_named: bool,
    /// Whether it came after the verdict, and the verdict goes to such.
    is_new: bool,
}

/// Returns which asset takes which verdict over, of claims on one content. Each takes one at most. First who lies there, then who came later
/// under the same name, then who came later; at last, what is to stay may go to who was there before, since that removes nothing.
fn heirs(claims: &[Claim]) -> Vec<(i64, i64)> {
    let mut heirs: Vec<(i64, i64)> = Vec::new();
    let rounds: [fn(&Claim) -> bool; 4] =
        [|claim| claim.is_there, |claim| claim.is_new && claim.is_named, |claim| claim.is_new, |claim| claim.recorded != Recorded::Remove];
    for round in rounds {
        for is_last in [false, true] {
            let is_free =
                |claim: &&Claim| heirs.iter().all(|(verdict, asset)| *verdict != claim.verdict && *asset != claim.asset) && round(claim);
            let rest: Vec<&Claim> = claims.iter().filter(is_free).collect();
            if is_last {
                // Who is left takes what all verdicts say alike.
                let verdicts: BTreeSet<i64> = rest.iter().map(|claim| claim.verdict).collect();
                let assets: BTreeSet<i64> = rest.iter().map(|claim| claim.asset).collect();
                if rest.windows(2).all(|two| two[0].recorded == two[1].recorded) && assets.len() <= verdicts.len() {
                    heirs.extend(verdicts.into_iter().zip(assets));
                }
            } else {
                let is_alone =
                    |claim: &&&Claim| rest.iter().filter(|other| other.verdict == claim.verdict || other.asset == claim.asset).count() == 1;
                heirs.extend(rest.iter().filter(is_alone).map(|claim| (claim.verdict, claim.asset)));
            }
        }
    }
    heirs
}

/// Returns the last part of a place.
fn name_of(place: &str) -> &str {
    place.rsplit(['/', '!']).next().unwrap_or(place)
}

fn recorded_of(name: &str) -> Result<Recorded> {
    Recorded::from_name(name).ok_or_else(|| Error::Damaged(format!("unknown verdict `{name}`")))
}

/// What names an asset's photo among those said not to be the same: metadata may change.
const PARTED_KEY: &str = "coalesce(c.payload_hash, c.content_hash, CAST('google:' || coalesce(a.google_id, a.identity) AS BLOB))";

/// What a person decided on some assets.
#[derive(Debug, Clone, Default)]
pub struct RecordedOn {
    /// What was decided.
    pub verdicts: HashMap<AssetId, Recorded>,
    /// Names of their photos, as `parted` has them; empty where that is.
    keys: HashMap<AssetId, PhotoKey>,
    /// Pairs said not to be the same, lower name first, of all photos.
    parted: HashSet<(PhotoKey, PhotoKey)>,
}

impl RecordedOn {
    /// Tells whether the person said that two of the assets are not the same photo.
    #[must_use]
    pub fn are_parted(&self, a: AssetId, b: AssetId) -> bool {
        if self.parted.is_empty() {
            return false;
        }
        let Some((a, b)) = self.keys.get(&a).zip(self.keys.get(&b)) else { return false };
        let pair = if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
        self.parted.contains(&pair)
    }
}

impl Catalog {
    /// Returns what was decided on these assets (`None`: on all that are there or offline).
    ///
    /// # Errors
    /// The catalog's own.
    pub fn recorded_on(&self, assets: Option<&[AssetId]>) -> Result<RecordedOn> {
        let mut recorded = RecordedOn { parted: self.parted_pairs()?, ..RecordedOn::default() };
        let some_verdict = self.connection.prepare_cached("SELECT 1 FROM verdicts LIMIT 1")?.exists([])?;
        if !some_verdict && recorded.parted.is_empty() {
            return Ok(recorded);
        }
        // CROSS JOIN keeps SQLite from walking all assets first.
        let among = match assets {
            Some(assets) => {
                self.want(assets)?;
                "temp.wanted w CROSS JOIN assets a ON a.id = w.id"
            }
            None => "assets a",
        };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT a.id, {PARTED_KEY}, v.verdict FROM {among} LEFT JOIN contents c ON c.id = a.content_id
             LEFT JOIN verdicts v ON v.asset_id = a.id AND v.content = {PHOTO_KEY} AND {HOLDS} WHERE a.presence <> 'removed'"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let asset = AssetId(row.get(0)?);
            let verdict: Option<String> = row.get(2)?;
            if let Some(verdict) = verdict.as_deref() {
                recorded.verdicts.insert(asset, recorded_of(verdict)?);
            }
            if !recorded.parted.is_empty() {
                recorded.keys.insert(asset, PhotoKey(row.get(1)?));
            }
        }
        Ok(recorded)
    }

    /// Gives verdicts whose asset is gone, or has other bytes, to those of these assets that take them over, for good.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn adopt_verdicts(&self, assets: &[AssetId]) -> Result<()> {
        if !self.connection.prepare_cached("SELECT 1 FROM verdicts LIMIT 1")?.exists([])? {
            return Ok(());
        }
        self.want(assets)?;
        let among = format!(
            "temp.wanted w CROSS JOIN assets a ON a.id = w.id LEFT JOIN contents c ON c.id = a.content_id CROSS JOIN verdicts v
             WHERE a.presence <> 'removed'
               AND NOT EXISTS (SELECT 1 FROM verdicts own WHERE own.asset_id = a.id AND own.content = {PHOTO_KEY})"
        );
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT v.content, v.id, a.id, v.verdict, v.place, {PLACE}, a.id > v.born AND NOT (v.is_lapsed AND v.verdict = 'remove')
             FROM {among} AND v.content = {PHOTO_KEY} AND {} ORDER BY v.content, v.id, a.id",
            free()
        ))?;
        let mut rows = statement.query([])?;
        let mut claims: Vec<Claim> = Vec::new();
        while let Some(row) = rows.next()? {
            let what: String = row.get(3)?;
            let (before, now): (String, String) = (row.get(4)?, row.get(5)?);
            claims.push(Claim {
                content: row.get(0)?,
                verdict: row.get(1)?,
                asset: row.get(2)?,
                recorded: recorded_of(&what)?,
                is_there: before == now,
                is_named: name_of(&before) == name_of(&now),
                is_new: row.get(6)?,
            });
        }
        let heirs: Vec<(i64, i64)> = claims.chunk_by(|a, b| a.content == b.content).flat_map(heirs).collect();
        for (verdict, asset) in heirs {
            let place = format!("(SELECT {PLACE} FROM assets a WHERE a.id = ?2)");
            self.connection
                .prepare_cached(&format!("UPDATE verdicts SET asset_id = ?2, place = {place}, is_lapsed = 0 WHERE id = ?1"))?
                .execute([verdict, asset])?;
            self.connection
                .prepare_cached(&format!("UPDATE change_verdicts SET asset_id = ?2, place = {place} WHERE verdict_id = ?1"))?
                .execute([verdict, asset])?;
        }
        self.follow_metadata(&among)
    }

    /// Lets what was to stay do so where a file has other bytes, and the same coded picture.
    fn follow_metadata(&self, among: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT v.id, {PHOTO_KEY} FROM {among} AND v.asset_id = a.id AND v.verdict <> 'remove'
             AND EXISTS (SELECT 1 FROM contents before WHERE before.content_hash = v.content AND before.payload_hash = c.payload_hash)"
        ))?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        for (verdict, content) in rows.collect::<rusqlite::Result<Vec<_>>>()? {
            self.connection.prepare_cached("UPDATE verdicts SET content = ?2 WHERE id = ?1")?.execute(params![verdict, content])?;
            self.connection
                .prepare_cached("UPDATE change_verdicts SET content = ?2 WHERE verdict_id = ?1")?
                .execute(params![verdict, content])?;
        }
        Ok(())
    }

    /// Notes which verdicts lost their asset and found no heir: for the end of a scan, when all that is new was grouped.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn lapse_verdicts(&self) -> Result<()> {
        self.connection.execute(&format!("UPDATE verdicts AS v SET is_lapsed = 1 WHERE NOT is_lapsed AND {}", free()), [])?;
        Ok(())
    }

    fn parted_pairs(&self) -> Result<HashSet<(PhotoKey, PhotoKey)>> {
        let mut statement = self.connection.prepare_cached("SELECT a, b FROM not_duplicates")?;
        let pairs = statement.query_map([], |row| Ok((PhotoKey(row.get(0)?), PhotoKey(row.get(1)?))))?;
        Ok(pairs.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the names of these assets' photos, as pairs that are not the same have them.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn photo_keys(&self, assets: &[AssetId]) -> Result<HashMap<AssetId, PhotoKey>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {PARTED_KEY} FROM assets a LEFT JOIN contents c ON c.id = a.content_id WHERE a.id = ?1 AND a.presence <> 'removed'"
        ))?;
        let mut keys = HashMap::new();
        for asset in assets {
            if let Some(key) = statement.query_row([asset.0], |row| row.get(0)).optional()? {
                keys.insert(*asset, PhotoKey(key));
            }
        }
        Ok(keys)
    }

    /// Returns the keep rules that the person put in force in the review, if any.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn chosen_rules(&self) -> Result<Option<String>> {
        self.setting("keep_rules")
    }

    /// Puts keep rules in force, or none.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn choose_rules(&self, rules: Option<&str>) -> Result<()> {
        match rules {
            Some(rules) => self.set_setting("keep_rules", rules),
            None => {
                self.connection.execute("DELETE FROM settings WHERE key = 'keep_rules'", [])?;
                Ok(())
            }
        }
    }

    /// Returns by what the groups kept here were formed, as [`set_formed_by`](Self::set_formed_by) noted it.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn formed_by(&self) -> Result<Option<String>> {
        self.setting("formed_by")
    }

    /// Notes by what the groups are formed from now on.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_formed_by(&self, what: &str) -> Result<()> {
        self.set_setting("formed_by", what)
    }
}
