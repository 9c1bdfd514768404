//! Rows of `contents`, `fingerprints` and `grids`: what is known of distinct bytes, wherever they lie.

use crate::path_key::place_from_columns;
use crate::{Catalog, Error, Result};
use model::{
    AssetId, ContentHash, ContentId, DecodedFrom, Encoding, Fingerprint, Format, KeyFrame, LocationPath, Metadata, PayloadHash,
    PerceptualHash, Picture, PictureGrid, Sha1Hash,
};
use rusqlite::{OptionalExtension as _, Row, params};

fn damaged(what: &str) -> Error {
    Error::Damaged(format!("a stored {what} cannot be read back"))
}

impl Catalog {
    /// Returns the hashes of contents of these sizes (bytes) whose fingerprint is of this recipe.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn drawn_contents(&self, sizes: &[u64], recipe: u32) -> Result<Vec<ContentHash>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT content_hash FROM contents JOIN fingerprints ON content_id = contents.id
             WHERE size_bytes IN (SELECT value FROM json_each(?1)) AND content_hash IS NOT NULL AND recipe = ?2",
        )?;
        let mut rows = statement.query(params![serde_json::to_string(sizes)?, recipe])?;
        let mut hashes = Vec::new();
        while let Some(row) = rows.next()? {
            let hash = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
            hashes.push(ContentHash::try_from(hash).map_err(|_| damaged("content hash"))?);
        }
        Ok(hashes)
    }

    /// Adds a content or finds it again; returns its row and whether it is new. A SHA-1 that was not known is added.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn add_content(&self, size_bytes: u64, hash: ContentHash, sha1: Option<Sha1Hash>) -> Result<(ContentId, bool)> {
        let sha1 = sha1.as_ref().map(|sha1| &sha1.0[..]);
        let found: Option<(i64, bool)> = self
            .connection
            .prepare_cached("SELECT id, sha1 IS NULL FROM contents WHERE content_hash = ?1")?
            .query_row([&hash.0[..]], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((id, lacks_sha1)) = found {
            if lacks_sha1 && sha1.is_some() {
                self.connection.prepare_cached("UPDATE contents SET sha1 = ?2 WHERE id = ?1")?.execute(params![id, sha1])?;
            }
            return Ok((ContentId(id), false));
        }
        self.connection.prepare_cached("INSERT INTO contents (size_bytes, content_hash, sha1) VALUES (?1, ?2, ?3)")?.execute(params![
            size_bytes as i64,
            &hash.0[..],
            sha1
        ])?;
        Ok((ContentId(self.connection.last_insert_rowid()), true))
    }

    /// Keeps a fingerprint without picture of a content that has none.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_undrawn(&self, content: ContentId, print: &Fingerprint) -> Result<()> {
        self.write_facts(content, print, "DO NOTHING")
    }

    /// Keeps the facts of a fingerprint without picture; one drawn before keeps its picture and recipe.
    pub(crate) fn save_print_facts(&self, content: ContentId, print: &Fingerprint) -> Result<()> {
        let update = "(content_id) DO UPDATE SET format = excluded.format, width_px = excluded.width_px, height_px = excluded.height_px,
                          metadata = excluded.metadata";
        self.write_facts(content, print, update)
    }

    fn write_facts(&self, content: ContentId, print: &Fingerprint, on_conflict: &str) -> Result<()> {
        let facts = (serde_json::to_string(&print.metadata)?, serde_json::to_string(&print.encoding)?);
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO fingerprints (content_id, recipe, format, width_px, height_px, orientation, frames, metadata, encoding)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT {on_conflict}"
            ))?
            .execute(params![
                content.0,
                print.recipe,
                print.format.name(),
                print.width,
                print.height,
                print.orientation,
                print.frames,
                facts.0,
                facts.1
            ])?;
        Ok(())
    }

    /// Returns the contents of these sizes (bytes) whose hash is known and that a file holds: the size, and a place where it can be opened,
    /// if there is one.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn contents_of_sizes(&self, sizes: &[u64]) -> Result<Vec<(u64, Option<LocationPath>)>> {
        // SQLite takes the other columns from the row that holds the greatest.
        let mut statement = self.connection.prepare_cached(
            "SELECT c.size_bytes, max(l.presence = 'present' AND r.online AND r.kind <> 'tgz'), r.kind, r.path, r.path_bytes, l.path, l.path_bytes
             FROM contents c JOIN ledger l ON l.content_id = c.id JOIN roots r ON r.id = l.root_id
             WHERE c.content_hash IS NOT NULL AND l.presence <> 'removed' AND c.size_bytes IN (SELECT value FROM json_each(?1)) GROUP BY c.id",
        )?;
        let mut rows = statement.query([serde_json::to_string(sizes)?])?;
        let mut contents = Vec::new();
        while let Some(row) = rows.next()? {
            let place = if row.get(1)? { Some(place_from_columns(row, 2, 3, 5)?) } else { None };
            contents.push((row.get::<_, i64>(0)?.max(0) as u64, place));
        }
        Ok(contents)
    }

    /// Keeps the fingerprint of a content, in place of an older one.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_fingerprint(&self, content: ContentId, print: &Fingerprint) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE contents SET payload_hash = ?2 WHERE id = ?1")?
            .execute(params![content.0, print.payload.as_ref().map(|hash| &hash.0[..])])?;
        // What matching saw was another fingerprint.
        self.connection.prepare_cached("UPDATE assets SET matched_content = NULL WHERE content_id = ?1")?.execute([content.0])?;
        let picture = print.picture.as_ref();
        self.connection
            .prepare_cached(
                "INSERT INTO fingerprints (content_id, recipe, format, width_px, height_px, orientation, frames, hash, quality, decoded_from,
                                           undecoded, embedded_video, metadata, encoding)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT (content_id) DO UPDATE SET recipe = excluded.recipe, format = excluded.format, width_px = excluded.width_px,
                     height_px = excluded.height_px, orientation = excluded.orientation, frames = excluded.frames, hash = excluded.hash,
                     quality = excluded.quality, decoded_from = excluded.decoded_from, undecoded = excluded.undecoded,
                     embedded_video = excluded.embedded_video, metadata = excluded.metadata, encoding = excluded.encoding",
            )?
            .execute(params![
                content.0,
                print.recipe,
                print.format.name(),
                print.width,
                print.height,
                print.orientation,
                print.frames,
                picture.map(|p| p.hash.to_bytes()),
                picture.map(|p| p.quality),
                picture.map(|p| p.from.name()),
                print.undecoded,
                print.has_embedded_video,
                serde_json::to_string(&print.metadata)?,
                serde_json::to_string(&print.encoding)?,
            ])?;
        match picture {
            Some(picture) => self
                .connection
                .prepare_cached("INSERT INTO grids VALUES (?1, ?2) ON CONFLICT (content_id) DO UPDATE SET cells = excluded.cells")?
                .execute(params![content.0, picture.grid.to_bytes()])?,
            None => self.connection.prepare_cached("DELETE FROM grids WHERE content_id = ?1")?.execute([content.0])?,
        };
        self.save_key_frames(content, &print.key_frames)
    }

    fn save_key_frames(&self, content: ContentId, frames: &[KeyFrame]) -> Result<()> {
        self.connection.prepare_cached("DELETE FROM key_frames WHERE content_id = ?1")?.execute([content.0])?;
        let mut insert = self.connection.prepare_cached("INSERT INTO key_frames VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for (place, frame) in frames.iter().enumerate() {
            let picture = &frame.picture;
            let at_ms = i64::try_from(frame.at_ms).unwrap_or(i64::MAX);
            insert.execute(params![content.0, place as i64, at_ms, picture.hash.to_bytes(), picture.quality, picture.grid.to_bytes()])?;
        }
        Ok(())
    }

    /// Returns the frames of an asset's first content, in order of time; empty for stills.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn key_frames(&self, asset: AssetId) -> Result<Vec<KeyFrame>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT at_ms, hash, quality, cells FROM key_frames JOIN assets USING (content_id) WHERE assets.id = ?1 ORDER BY place",
        )?;
        let mut rows = statement.query([asset.0])?;
        let mut frames = Vec::new();
        while let Some(row) = rows.next()? {
            let (at_ms, hash, quality) = hash_of(row, 0)?;
            let cells = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
            let grid = PictureGrid::from_bytes(cells).ok_or_else(|| damaged("key frame"))?;
            frames.push(KeyFrame { at_ms, picture: Picture { hash, quality, grid, from: DecodedFrom::Full } });
        }
        Ok(frames)
    }

    /// Returns moment in ms, hash and quality of the frames of an asset's first content, in order of time; empty for stills.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn frame_hashes(&self, asset: AssetId) -> Result<Vec<(u64, PerceptualHash, u8)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT at_ms, hash, quality FROM key_frames JOIN assets USING (content_id) WHERE assets.id = ?1 ORDER BY place",
        )?;
        let mut rows = statement.query([asset.0])?;
        let mut frames = Vec::new();
        while let Some(row) = rows.next()? {
            frames.push(hash_of(row, 0)?);
        }
        Ok(frames)
    }

    /// Makes contents with these words in the reason why they could not be read wait to be read and compared anew.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn forget_undecoded(&self, words: &str) -> Result<()> {
        let those = "SELECT content_id FROM fingerprints WHERE undecoded IS NOT NULL AND instr(undecoded, ?1) > 0";
        let matched = format!("UPDATE assets SET matched_content = NULL WHERE content_id IN ({those})");
        self.connection.execute(&matched, [words])?;
        self.connection.execute(&format!("UPDATE fingerprints SET recipe = 0 WHERE content_id IN ({those})"), [words])?;
        Ok(())
    }

    /// Returns the picture grid of an asset's first content.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn grid(&self, asset: AssetId) -> Result<Option<PictureGrid>> {
        let mut statement =
            self.connection.prepare_cached("SELECT cells FROM grids JOIN assets USING (content_id) WHERE assets.id = ?1")?;
        let blob: Option<Vec<u8>> = statement.query_row([asset.0], |row| row.get(0)).optional()?;
        blob.map(|blob| PictureGrid::from_bytes(&blob).ok_or_else(|| damaged("picture grid"))).transpose()
    }
}

/// Reads moment, hash and quality of a frame.
fn hash_of(row: &Row<'_>, first: usize) -> Result<(u64, PerceptualHash, u8)> {
    let hash = row.get_ref(first + 1)?.as_blob().map_err(rusqlite::Error::from)?;
    let hash = PerceptualHash::from_bytes(hash).ok_or_else(|| damaged("perceptual hash"))?;
    Ok((u64::try_from(row.get::<_, i64>(first)?).unwrap_or(0), hash, row.get(first + 2)?))
}

/// Columns that [`print_of`] reads, from `contents c LEFT JOIN fingerprints f`.
pub(crate) const PRINT_COLUMNS: &str =
    "c.payload_hash, f.recipe, f.format, f.width_px, f.height_px, f.orientation, f.frames, f.hash, f.quality,
    f.decoded_from, f.undecoded, f.embedded_video, f.metadata, f.encoding";

/// Facts of a fingerprint without its grid, which is read only for the pairs that need it.
#[derive(Debug, Clone)]
pub struct PrintRow {
    /// The fingerprint; its picture and key frames are left out.
    pub print: Fingerprint,
    /// Hash, quality and origin of the picture.
    pub picture: Option<(PerceptualHash, u8, DecodedFrom)>,
}

pub(crate) fn print_of(row: &Row<'_>, first: usize) -> Result<Option<PrintRow>> {
    let Some(recipe) = row.get::<_, Option<u32>>(first + 1)? else { return Ok(None) };
    let format: String = row.get(first + 2)?;
    let payload = row.get_ref(first)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
    let hash = row.get_ref(first + 7)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
    let quality: Option<u8> = row.get(first + 8)?;
    let from: Option<String> = row.get(first + 9)?;
    let metadata: String = row.get(first + 12)?;
    let encoding: String = row.get(first + 13)?;
    let picture = match (hash, quality, from) {
        (Some(hash), Some(quality), Some(from)) => Some((
            PerceptualHash::from_bytes(hash).ok_or_else(|| damaged("perceptual hash"))?,
            quality,
            DecodedFrom::from_name(&from).ok_or_else(|| damaged("decode origin"))?,
        )),
        _ => None,
    };
    Ok(Some(PrintRow {
        print: Fingerprint {
            recipe,
            format: Format::from_name(&format).ok_or_else(|| damaged("format"))?,
            width: row.get(first + 3)?,
            height: row.get(first + 4)?,
            orientation: row.get(first + 5)?,
            frames: row.get(first + 6)?,
            metadata: serde_json::from_str::<Metadata>(&metadata)?,
            payload: payload.map(PayloadHash::try_from).transpose().map_err(|_| damaged("payload hash"))?,
            picture: None::<Picture>,
            key_frames: Vec::new(),
            encoding: serde_json::from_str::<Encoding>(&encoding)?,
            has_embedded_video: row.get(first + 11)?,
            undecoded: row.get(first + 10)?,
        },
        picture,
    }))
}

impl Catalog {
    /// Returns how many files that are there hold a picture that could not be read, by format.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn undecoded_by_format(&self) -> Result<Vec<(String, u64)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT format, count(*) FROM ledger JOIN fingerprints USING (content_id)
             WHERE undecoded IS NOT NULL AND presence <> 'removed' GROUP BY 1 ORDER BY 2 DESC, 1",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0) as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
