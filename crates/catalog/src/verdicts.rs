//! Rows of `verdicts` and `not_duplicates`: what a person decided. Kept by content, so that a moved file, a new scan or a source that was
//! forgotten and scanned again finds it.
//!
//! A verdict belongs to the asset it was given for as long as that has these bytes. Where it is gone, or has others, an asset of the same
//! bytes takes the verdict over: the one at the same place, else any where all such verdicts agree. So of two equal files that were moved
//! together, one to stay and one to go, neither is guessed.
//!
//! **Invariant:** a verdict to remove holds only while a photo is there that was to stay in its place: where that is gone, what was its copy
//! may be the last one.

use crate::{Catalog, Error, Recorded, Result};
use model::{AssetId, ContentHash};
use rusqlite::{OptionalExtension as _, params};
use std::collections::{HashMap, HashSet};

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

/// What names a photo whatever becomes of its row: 32 bytes of content hash, or a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhotoKey(pub Vec<u8>);

impl PhotoKey {
    /// Tells photos of which the bytes were read.
    #[must_use]
    pub fn content_hash(&self) -> Option<ContentHash> {
        ContentHash::try_from(&self.0[..]).ok()
    }
}

/// What a person decided on some assets.
#[derive(Debug, Clone, Default)]
pub struct RecordedOn {
    /// Their photos' names.
    pub keys: HashMap<AssetId, PhotoKey>,
    /// What was decided.
    pub verdicts: HashMap<AssetId, Recorded>,
    /// Assets that take over the verdict of one that is gone.
    pub heirs: Vec<AssetId>,
    /// Pairs said not to be the same, lower name first, of all photos.
    pub parted: HashSet<(PhotoKey, PhotoKey)>,
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
            "SELECT a.id, {PHOTO_KEY}, v.verdict, v.id IS NULL AND EXISTS (SELECT 1 FROM verdicts o WHERE o.content = {PHOTO_KEY})
             FROM {among} LEFT JOIN contents c ON c.id = a.content_id
             LEFT JOIN verdicts v ON v.asset_id = a.id AND v.content = {PHOTO_KEY} AND {HOLDS} WHERE a.presence <> 'removed'"
        ))?;
        let mut rows = statement.query([])?;
        let mut orphans = Vec::new();
        while let Some(row) = rows.next()? {
            let (asset, key) = (AssetId(row.get(0)?), PhotoKey(row.get(1)?));
            let verdict: Option<String> = row.get(2)?;
            if let Some(verdict) = verdict.as_deref().and_then(Recorded::from_name) {
                recorded.verdicts.insert(asset, verdict);
            } else if row.get(3)? {
                orphans.push((asset, key.clone()));
            }
            recorded.keys.insert(asset, key);
        }
        for (asset, key) in orphans {
            if let Some((_, verdict)) = self.free_verdict(asset, &key)? {
                recorded.verdicts.insert(asset, verdict);
                recorded.heirs.push(asset);
            }
        }
        Ok(recorded)
    }

    /// Gives verdicts whose asset is gone to those of these assets that take them over, for good.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn adopt_verdicts(&self, recorded: &RecordedOn) -> Result<()> {
        let mut adopt = self.connection.prepare_cached(&format!(
            "UPDATE verdicts SET asset_id = ?2, place = (SELECT {PLACE} FROM assets a WHERE a.id = ?2) WHERE id = ?1"
        ))?;
        for (asset, key) in recorded.heirs.iter().filter_map(|asset| Some((asset, recorded.keys.get(asset)?))) {
            if let Some((verdict, _)) = self.free_verdict(*asset, key)? {
                adopt.execute(params![verdict, asset.0])?;
            }
        }
        Ok(())
    }

    /// Returns the verdict on these bytes that no asset has any more, where it is plain which one is meant.
    fn free_verdict(&self, asset: AssetId, key: &PhotoKey) -> Result<Option<(i64, Recorded)>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT v.id, v.verdict, v.place = {PLACE} FROM verdicts v JOIN assets a ON a.id = ?2 WHERE v.content = ?1 AND {HOLDS}
             AND NOT EXISTS (SELECT 1 FROM assets a LEFT JOIN contents c ON c.id = a.content_id
                             WHERE a.id = v.asset_id AND a.presence <> 'removed' AND {PHOTO_KEY} = v.content) ORDER BY v.id"
        ))?;
        let mut rows = statement.query(params![key.0, asset.0])?;
        let mut free: Vec<(i64, Recorded)> = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            let verdict = Recorded::from_name(&name).ok_or_else(|| Error::Damaged(format!("unknown verdict `{name}`")))?;
            let found = (row.get(0)?, verdict);
            if row.get(2)? {
                return Ok(Some(found));
            }
            free.push(found);
        }
        Ok(free.first().copied().filter(|first| free.iter().all(|other| other.1 == first.1)))
    }

    fn parted_pairs(&self) -> Result<HashSet<(PhotoKey, PhotoKey)>> {
        let mut statement = self.connection.prepare_cached("SELECT a, b FROM not_duplicates")?;
        let pairs = statement.query_map([], |row| Ok((PhotoKey(row.get(0)?), PhotoKey(row.get(1)?))))?;
        Ok(pairs.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the names of these assets' photos.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn photo_keys(&self, assets: &[AssetId]) -> Result<HashMap<AssetId, PhotoKey>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {PHOTO_KEY} FROM assets a LEFT JOIN contents c ON c.id = a.content_id WHERE a.id = ?1 AND a.presence <> 'removed'"
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
