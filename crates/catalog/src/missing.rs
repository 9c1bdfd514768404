//! What comparing two sets of sources needs, in slim rows: whose bytes lie where, edges from one set to another, names and times; and the
//! photos that a person leaves missing on purpose.
//!
//! Each question is one pass over the assets of a source, whatever their number; what meets what is found by the caller.

use crate::verdicts::PHOTO_KEY;
use crate::{Catalog, Error, PhotoKey, Result};
use model::{AssetId, ContentHash, Evidence, PayloadHash, Presence, Role, Sha1Hash, SourceId};
use rusqlite::{Row, params};
use std::collections::HashSet;

/// What names the bytes at one place of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBytes {
    /// The asset.
    pub asset: AssetId,
    /// What the place holds for it.
    pub role: Role,
    /// Hash of the bytes.
    pub content: Option<ContentHash>,
    /// SHA-1 of them.
    pub sha1: Option<Sha1Hash>,
    /// Hash of the coded picture.
    pub payload: Option<PayloadHash>,
}

/// What tells an asset from others without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetSign {
    /// The asset.
    pub asset: AssetId,
    /// Its source.
    pub source: SourceId,
    /// Whether any of its places is there.
    pub presence: Presence,
    /// In Google's trash.
    pub trashed: bool,
    /// Its name.
    pub filename: String,
    /// When it was taken, seconds of UTC.
    pub taken_utc_seconds: Option<i64>,
    /// Width and height in pixels, where known.
    pub sides: Option<(u32, u32)>,
    /// Whether it is a film.
    pub is_film: bool,
    /// Whether it can be compared as a picture: a still with a perceptual hash, a film with frames.
    pub has_picture: bool,
    /// Whether its bytes were read.
    pub has_bytes: bool,
}

fn sign_of(row: &Row<'_>, source: SourceId) -> rusqlite::Result<AssetSign> {
    let presence: String = row.get(1)?;
    let sides: (Option<u32>, Option<u32>) = (row.get(5)?, row.get(6)?);
    Ok(AssetSign {
        asset: AssetId(row.get(0)?),
        source,
        presence: Presence::from_name(&presence).unwrap_or(Presence::Present),
        trashed: row.get(2)?,
        filename: row.get(3)?,
        taken_utc_seconds: row.get(4)?,
        sides: sides.0.zip(sides.1).filter(|(width, height)| *width > 0 && *height > 0),
        has_picture: row.get(7)?,
        has_bytes: row.get(8)?,
        is_film: row.get(9)?,
    })
}

impl Catalog {
    /// Returns what tells apart the assets of a source that are there or offline, by asset.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn signs_of(&self, source: SourceId) -> Result<Vec<AssetSign>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT a.id, a.presence, a.trashed, a.filename, a.taken_utc_s, a.width, a.height,
                    f.hash IS NOT NULL OR EXISTS (SELECT 1 FROM key_frames k WHERE k.content_id = a.content_id),
                    c.content_hash IS NOT NULL, coalesce(a.mime_type LIKE 'video/%', 0)
             FROM assets a LEFT JOIN contents c ON c.id = a.content_id LEFT JOIN fingerprints f ON f.content_id = c.id
             WHERE a.source_id = ?1 AND a.presence <> 'removed'",
        )?;
        let rows = statement.query_map([source.0], |row| sign_of(row, source))?;
        let mut signs = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        signs.sort_unstable_by_key(|sign| sign.asset);
        Ok(signs)
    }

    /// Calls `each` with what names the bytes at each place of a source's assets that are there or offline.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn each_bytes_of(&self, source: SourceId, mut each: impl FnMut(PlaceBytes)) -> Result<()> {
        // CROSS JOIN keeps the order: the source's assets, and of each its places.
        let mut statement = self.connection.prepare_cached(
            "SELECT a.id, o.role, c.content_hash, c.sha1, c.payload_hash FROM assets a CROSS JOIN locations o ON o.asset_id = a.id
             CROSS JOIN ledger l ON l.id = o.ledger_id CROSS JOIN contents c ON c.id = l.content_id
             WHERE a.source_id = ?1 AND a.presence <> 'removed' AND l.presence <> 'removed' AND c.size_bytes > 0",
        )?;
        let mut rows = statement.query([source.0])?;
        let damaged = |_| Error::Damaged("a stored hash cannot be read back".to_owned());
        while let Some(row) = rows.next()? {
            let hash = |at: usize| -> Result<Option<&[u8]>> { Ok(row.get_ref(at)?.as_blob_or_null().map_err(rusqlite::Error::from)?) };
            each(PlaceBytes {
                asset: AssetId(row.get(0)?),
                role: Role::from_name(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?).unwrap_or(Role::Original),
                content: hash(2)?.map(ContentHash::try_from).transpose().map_err(damaged)?,
                sha1: hash(3)?.map(Sha1Hash::try_from).transpose().map_err(damaged)?,
                payload: hash(4)?.map(PayloadHash::try_from).transpose().map_err(damaged)?,
            });
        }
        Ok(())
    }

    /// Returns the edges at these assets whose other end is in one of these sources, by (a, b).
    ///
    /// # Errors
    /// The catalog's own.
    pub fn evidence_into(&self, assets: &[AssetId], sources: &[SourceId]) -> Result<Vec<Evidence>> {
        self.want(assets)?;
        let sources: Vec<String> = sources.iter().map(ToString::to_string).collect();
        let end = |own: &str, other: &str| {
            format!(
                "SELECT e.a, e.b, e.relation, e.strict, e.proof, e.notes FROM temp.wanted w CROSS JOIN evidence e ON e.{own} = w.id
                 CROSS JOIN assets o ON o.id = e.{other} AND o.source_id IN ({})",
                sources.join(", ")
            )
        };
        self.evidence_from(&format!("({} UNION ALL {})", end("a", "b"), end("b", "a")))
    }

    /// Returns what names each of these photos, whatever becomes of its row: its content hash, or Google's key.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn names_of_photos(&self, assets: &[AssetId]) -> Result<Vec<(AssetId, PhotoKey)>> {
        self.want(assets)?;
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT a.id, {PHOTO_KEY} FROM temp.wanted w CROSS JOIN assets a ON a.id = w.id LEFT JOIN contents c ON c.id = a.content_id
             ORDER BY a.id"
        ))?;
        let rows = statement.query_map([], |row| Ok((AssetId(row.get(0)?), PhotoKey(row.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the photos that are left missing on purpose.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn ignored(&self) -> Result<HashSet<PhotoKey>> {
        let mut statement = self.connection.prepare_cached("SELECT content FROM missing_ignored")?;
        let rows = statement.query_map([], |row| row.get(0).map(PhotoKey))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that a photo is left missing on purpose, with its name and the time, seconds of UTC. Returns whether that was not noted yet.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn ignore(&self, photo: &PhotoKey, name: &str, now_utc_seconds: i64) -> Result<bool> {
        let mut insert = self.connection.prepare_cached("INSERT INTO missing_ignored VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
        Ok(insert.execute(params![photo.0, name, now_utc_seconds])? > 0)
    }

    /// Takes back [`ignore`](Self::ignore). Returns whether it was noted.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn ignore_no_more(&self, photo: &PhotoKey) -> Result<bool> {
        Ok(self.connection.prepare_cached("DELETE FROM missing_ignored WHERE content = ?1")?.execute([&photo.0])? > 0)
    }

    /// Returns how many files of a source wait to be read, and whether its assets are as its files were last met.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn waiting_in(&self, source: SourceId) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FROM roots r CROSS JOIN ledger l ON l.root_id = r.id
             WHERE r.source_id = ?1 AND l.outcome = 'pending' AND l.presence <> 'removed'",
        )?;
        Ok(statement.query_row([source.0], |row| row.get::<_, i64>(0))?.max(0) as u64)
    }
}
