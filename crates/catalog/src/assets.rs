//! Rows of `assets`, `locations`, `albums`: photos as their owner sees them, and where they lie.

use crate::carried::CarriedFact;
use crate::contents::{PRINT_COLUMNS, PrintRow, print_of};
use crate::path_key::place_from_columns;
use crate::{Catalog, Error, Result};
use model::{
    AssetId, ContentHash, ContentId, Format, GeoPoint, Instant, LocationPath, Metadata, PayloadHash, Presence, RemovedBefore, Role,
    Sha1Hash, Sidecar, SourceId, TimeSource,
};
use rusqlite::{OptionalExtension as _, Row, params};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};

/// Hash and fingerprint (without grid) of each content.
pub type Prints = HashMap<ContentId, (Option<ContentHash>, Option<PrintRow>)>;

/// A place of an asset, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationRow {
    /// The file.
    pub ledger_id: i64,
    /// What it holds for the asset.
    pub role: Role,
    /// The ledger row of the sidecar that describes it.
    pub sidecar_id: Option<i64>,
    /// The rule that paired the sidecar.
    pub rule: Option<String>,
}

/// An album, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumRow {
    /// The folder's name: its key within the source.
    pub folder: String,
    /// Its title.
    pub title: String,
    /// Its description.
    pub caption: Option<String>,
}

/// An asset, to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedAsset {
    /// What makes it this asset within its source; stable over re-scans.
    pub identity: String,
    /// Its name: Google's title, else the file's name.
    pub filename: String,
    /// Its format, where it could be told.
    pub format: Option<Format>,
    /// The content of its first original.
    pub content: Option<ContentId>,
    /// Bytes of its first original.
    pub size_bytes: u64,
    /// Width and height in pixels, upright, where known.
    pub size_px: Option<(u32, u32)>,
    /// What its file says.
    pub metadata: Metadata,
    /// The moment believed.
    pub taken: Option<Instant>,
    /// What Google says of it.
    pub sidecar: Option<Sidecar>,
    /// Whether its folder says that it is archived, trashed, locked (exports without flags).
    pub folder_flags: (bool, bool, bool),
    /// Folders of the albums it is in.
    pub albums: Vec<String>,
    /// Its places, the first original first.
    pub locations: Vec<LocationRow>,
}

/// A place of an asset, as read.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetPlace {
    /// Where.
    pub path: LocationPath,
    /// What it holds.
    pub role: Role,
    /// Whether it is there.
    pub presence: Presence,
    /// Bytes.
    pub size_bytes: u64,
    /// Its content.
    pub content: Option<ContentId>,
    /// Hash of its bytes.
    pub content_hash: Option<ContentHash>,
    /// SHA-1 of its bytes.
    pub sha1: Option<Sha1Hash>,
    /// Hash of its coded picture.
    pub payload: Option<PayloadHash>,
    /// The sidecar that describes it.
    pub sidecar: Option<LocationPath>,
    /// The rule that paired the sidecar.
    pub rule: Option<String>,
}

/// An asset, as read.
#[derive(Debug, Clone)]
pub struct AssetRow {
    /// Its row.
    pub id: AssetId,
    /// Its source.
    pub source: SourceId,
    /// Google's key, where it has one.
    pub google_id: Option<String>,
    /// Its name.
    pub filename: String,
    /// The content of its first original.
    pub content: Option<ContentId>,
    /// Bytes of its first original.
    pub size_bytes: u64,
    /// The moment believed.
    pub taken: Option<Instant>,
    /// When it reached Google, seconds of UTC.
    pub uploaded_utc_seconds: Option<i64>,
    /// Place as Google or the file tells it.
    pub place: Option<GeoPoint>,
    /// Caption.
    pub caption: Option<String>,
    /// Favourite.
    pub favourite: bool,
    /// Archived.
    pub archived: bool,
    /// In Google's trash.
    pub trashed: bool,
    /// In the locked folder.
    pub locked: bool,
    /// A partner's.
    pub partner: bool,
    /// How it came in.
    pub origin: Option<String>,
    /// Deep link.
    pub product_url: Option<String>,
    /// Whether any of its places is there.
    pub presence: Presence,
    /// Titles of its albums, sorted.
    pub albums: Vec<String>,
    /// Named people, sorted.
    pub people: Vec<String>,
    /// Its places that are there or offline, first original first.
    pub places: Vec<AssetPlace>,
    /// What opening its first original taught.
    pub print: Option<PrintRow>,
    /// What was carried over to it from removed copies; the fields above hold it too.
    pub carried: Vec<CarriedFact>,
    /// Whether it was removed before and came back.
    pub removed_before: Option<RemovedBefore>,
}

impl Catalog {
    /// Writes a source's assets: adds, changes, and marks as removed those that are not among them. Ids are kept by identity. The source is
    /// no longer among [`sources_to_assemble`](Self::sources_to_assemble).
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_assets(&self, source: SourceId, assets: &[SavedAsset], albums: &[AlbumRow]) -> Result<()> {
        let album_ids = self.save_albums(source, albums)?;
        let titles: HashMap<&str, &str> = albums.iter().map(|album| (album.folder.as_str(), album.title.as_str())).collect();
        let mut known = self.known_assets(source)?;
        for asset in assets {
            let digest = digest_of(asset, &titles);
            let before = known.remove(asset.identity.as_str());
            if before.is_some_and(|(_, known, removed)| known == Some(digest) && !removed) {
                continue;
            }
            let id = self.save_asset(source, asset, digest, before.is_some())?;
            for album in asset.albums.iter().filter_map(|folder| album_ids.get(folder.as_str())) {
                self.connection
                    .prepare_cached("INSERT INTO album_assets VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                    .execute(params![album, id.0])?;
            }
        }
        let some_offline = "SELECT 1 FROM ledger l JOIN roots r ON r.id = l.root_id WHERE r.source_id = ?1 AND l.presence = 'offline'";
        if self.connection.prepare_cached(some_offline)?.exists([source.0])? {
            let update = format!("UPDATE assets SET presence = {PRESENCE_BY_PLACES} WHERE source_id = ?1 AND presence = 'present'");
            self.connection.execute(&update, [source.0])?;
        }
        let mut gone: Vec<i64> = known.into_values().filter(|(.., removed)| !removed).map(|(id, ..)| id).collect();
        gone.sort_unstable();
        for id in gone {
            self.connection
                .prepare_cached("UPDATE assets SET presence = 'removed', matched_content = NULL WHERE id = ?1")?
                .execute([id])?;
            self.connection.prepare_cached("DELETE FROM signatures WHERE asset_id = ?1")?.execute([id])?;
        }
        self.connection.prepare_cached("DELETE FROM reassemble WHERE source_id = ?1")?.execute([source.0])?;
        Ok(())
    }

    /// Returns the sources whose files changed since their assets were last written.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn sources_to_assemble(&self) -> Result<BTreeSet<SourceId>> {
        let mut statement = self.connection.prepare_cached("SELECT source_id FROM reassemble")?;
        let ids = statement.query_map([], |row| row.get(0).map(SourceId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Writes a source's albums; returns their rows by folder.
    fn save_albums<'a>(&self, source: SourceId, albums: &'a [AlbumRow]) -> Result<HashMap<&'a str, i64>> {
        let mut ids = HashMap::new();
        for album in albums {
            let id: i64 = self
                .connection
                .prepare_cached(
                    "INSERT INTO albums (source_id, folder, title, caption) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (source_id, folder) DO UPDATE SET title = excluded.title, caption = excluded.caption RETURNING id",
                )?
                .query_row(params![source.0, album.folder, album.title, album.caption], |row| row.get(0))?;
            ids.insert(album.folder.as_str(), id);
        }
        let mut statement = self.connection.prepare_cached("SELECT id FROM albums WHERE source_id = ?1")?;
        let all: Vec<i64> = statement.query_map([source.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let kept: HashSet<i64> = ids.values().copied().collect();
        for id in all.into_iter().filter(|id| !kept.contains(id)) {
            self.connection.prepare_cached("DELETE FROM albums WHERE id = ?1")?.execute([id])?;
        }
        Ok(ids)
    }

    /// Returns a source's assets by identity: their rows, what was last written of them, whether they are removed.
    fn known_assets(&self, source: SourceId) -> Result<HashMap<String, Written>> {
        let mut statement =
            self.connection.prepare_cached("SELECT identity, id, digest, presence = 'removed' FROM assets WHERE source_id = ?1")?;
        let rows = statement.query_map([source.0], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn save_asset(&self, source: SourceId, asset: &SavedAsset, digest: i64, known: bool) -> Result<AssetId> {
        let none = Sidecar::default();
        let said = asset.sidecar.as_ref().unwrap_or(&none);
        let (archived, trashed, locked) = asset.folder_flags;
        let place = said.place.or(asset.metadata.place);
        let taken = asset.taken.as_ref();
        let id: i64 = self
            .connection
            .prepare_cached(
                "INSERT INTO assets (source_id, identity, google_id, filename, mime_type, content_id, size_bytes, width, height, creation_time,
                     taken_utc_s, taken_ns, taken_offset_min, taken_source, taken_why, uploaded_utc_s, modified_utc_s, camera_make, camera_model,
                     focal_length, f_stop, iso_equivalent, exposure_time, latitude, longitude, altitude_m, duration_ms, caption, favourite, archived,
                     trashed, locked, partner, origin, app, product_url, digest)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27,
                         ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37)
                 ON CONFLICT (source_id, identity) DO UPDATE SET google_id = excluded.google_id, filename = excluded.filename,
                     mime_type = excluded.mime_type, content_id = excluded.content_id, size_bytes = excluded.size_bytes, width = excluded.width,
                     height = excluded.height, creation_time = excluded.creation_time, taken_utc_s = excluded.taken_utc_s,
                     taken_ns = excluded.taken_ns, taken_offset_min = excluded.taken_offset_min, taken_source = excluded.taken_source,
                     taken_why = excluded.taken_why, uploaded_utc_s = excluded.uploaded_utc_s, modified_utc_s = excluded.modified_utc_s,
                     camera_make = excluded.camera_make, camera_model = excluded.camera_model, focal_length = excluded.focal_length,
                     f_stop = excluded.f_stop, iso_equivalent = excluded.iso_equivalent, exposure_time = excluded.exposure_time,
                     latitude = excluded.latitude, longitude = excluded.longitude, altitude_m = excluded.altitude_m,
                     duration_ms = excluded.duration_ms, caption = excluded.caption, favourite = excluded.favourite, archived = excluded.archived,
                     trashed = excluded.trashed, locked = excluded.locked, partner = excluded.partner, origin = excluded.origin, app = excluded.app,
                     product_url = excluded.product_url, digest = excluded.digest,
                     presence = 'present'
                 RETURNING id",
            )?
            .query_row(
                params![
                    source.0,
                    asset.identity,
                    said.media_key(),
                    asset.filename,
                    asset.format.map(Format::mime),
                    asset.content.map(|content| content.0),
                    asset.size_bytes as i64,
                    asset.size_px.map(|(width, _)| width),
                    asset.size_px.map(|(_, height)| height),
                    taken.and_then(Instant::sql_text),
                    taken.map(|taken| taken.utc_seconds),
                    taken.map(|taken| taken.nanos),
                    taken.and_then(|taken| taken.offset_minutes),
                    taken.map(|taken| taken.source.name()),
                    taken.map(|taken| taken.why),
                    said.uploaded_utc_seconds,
                    said.modified_utc_seconds,
                    asset.metadata.make,
                    asset.metadata.model,
                    asset.metadata.focal_length_mm,
                    asset.metadata.f_number,
                    asset.metadata.iso,
                    asset.metadata.exposure_s,
                    place.map(|place| place.latitude),
                    place.map(|place| place.longitude),
                    place.and_then(|place| place.altitude_m),
                    asset.metadata.duration_ms.map(|ms| ms as i64),
                    said.caption.as_ref().or(asset.metadata.caption.as_ref()),
                    said.favourite,
                    said.archived || archived,
                    said.trashed || trashed,
                    said.locked || locked,
                    said.partner,
                    said.origin,
                    said.app,
                    said.url,
                    digest,
                ],
                |row| row.get(0),
            )?;
        if known {
            for table in ["locations", "asset_people", "album_assets"] {
                self.connection.prepare_cached(&format!("DELETE FROM {table} WHERE asset_id = ?1"))?.execute([id])?;
            }
        }
        self.save_locations(id, &asset.locations)?;
        for name in &said.people {
            self.connection
                .prepare_cached("INSERT INTO asset_people VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![id, name])?;
        }
        Ok(AssetId(id))
    }

    fn save_locations(&self, asset: i64, locations: &[LocationRow]) -> Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO locations (ledger_id, asset_id, role, rank, sidecar_id, rule) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (ledger_id) DO UPDATE SET asset_id = excluded.asset_id, role = excluded.role, rank = excluded.rank,
                 sidecar_id = excluded.sidecar_id, rule = excluded.rule",
        )?;
        for (rank, location) in locations.iter().enumerate() {
            insert.execute(params![location.ledger_id, asset, location.role.name(), rank as i64, location.sidecar_id, location.rule])?;
        }
        Ok(())
    }

    /// Returns all assets that are there or offline, by id.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn assets(&self) -> Result<Vec<AssetRow>> {
        self.assets_among("")
    }

    /// Returns those of these assets that are there or offline, by id.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn assets_of(&self, ids: &[AssetId]) -> Result<Vec<AssetRow>> {
        self.want(ids)?;
        self.assets_among("AND asset_id IN (SELECT id FROM temp.wanted)")
    }

    /// Notes which assets the next question is about.
    pub(crate) fn want(&self, ids: &[AssetId]) -> Result<()> {
        self.connection.execute_batch("CREATE TEMP TABLE IF NOT EXISTS wanted (id INTEGER PRIMARY KEY); DELETE FROM temp.wanted")?;
        let mut insert = self.connection.prepare_cached("INSERT OR IGNORE INTO temp.wanted VALUES (?1)")?;
        for id in ids {
            insert.execute([id.0])?;
        }
        Ok(())
    }

    /// Returns assets that are there or offline; `wanted` bounds `asset_id` further.
    fn assets_among(&self, wanted: &str) -> Result<Vec<AssetRow>> {
        let own = wanted.replace("asset_id", "a.id");
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {ASSET_COLUMNS}, {PRINT_COLUMNS} FROM assets a LEFT JOIN contents c ON c.id = a.content_id
             LEFT JOIN fingerprints f ON f.content_id = c.id WHERE a.presence <> 'removed' {own} ORDER BY a.id"
        ))?;
        let mut rows = statement.query([])?;
        let mut assets = Vec::new();
        while let Some(row) = rows.next()? {
            assets.push(asset_of(row)?);
        }
        self.add_places(&mut assets, wanted)?;
        let albums = format!("SELECT asset_id, title FROM album_assets JOIN albums ON id = album_id WHERE true {wanted} ORDER BY 1, 2");
        self.add_texts(&mut assets, &albums, |asset| &mut asset.albums)?;
        let people = format!("SELECT asset_id, name FROM asset_people WHERE true {wanted} ORDER BY 1, 2");
        self.add_texts(&mut assets, &people, |asset| &mut asset.people)?;
        self.add_carried(&mut assets, !wanted.is_empty())?;
        self.add_removed_before(&mut assets, !wanted.is_empty())?;
        Ok(assets)
    }

    fn add_texts(&self, assets: &mut [AssetRow], sql: &str, field: impl Fn(&mut AssetRow) -> &mut Vec<String>) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(at) = assets.binary_search_by_key(&AssetId(row.get(0)?), |asset| asset.id) {
                field(&mut assets[at]).push(row.get(1)?);
            }
        }
        Ok(())
    }

    fn add_places(&self, assets: &mut [AssetRow], wanted: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT o.asset_id, o.role, o.rule, l.path, l.path_bytes, l.presence, l.size_bytes, l.content_id, r.path, r.path_bytes, r.kind,
                    c.content_hash, c.sha1, c.payload_hash, s.path, s.path_bytes, sr.path, sr.path_bytes, sr.kind
             FROM locations o JOIN ledger l ON l.id = o.ledger_id JOIN roots r ON r.id = l.root_id
             LEFT JOIN contents c ON c.id = l.content_id
             LEFT JOIN ledger s ON s.id = o.sidecar_id LEFT JOIN roots sr ON sr.id = s.root_id
             WHERE l.presence <> 'removed' {wanted} ORDER BY o.asset_id, o.rank"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(at) = assets.binary_search_by_key(&AssetId(row.get(0)?), |asset| asset.id) {
                assets[at].places.push(place_of(row)?);
            }
        }
        Ok(())
    }

    /// Returns the asset that has a location there: a path, `ARCHIVE!MEMBER`, Google's key, or `asset:N`.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn find_asset(&self, assets: &[AssetRow], text: &str) -> Result<Option<AssetId>> {
        if let Some(number) = text.strip_prefix("asset:").and_then(|number| number.parse::<i64>().ok()) {
            let id: Option<i64> = self
                .connection
                .query_row("SELECT id FROM assets WHERE id = ?1", [number], |row: &Row<'_>| row.get::<_, i64>(0))
                .optional()?;
            return Ok(id.map(AssetId));
        }
        let key = text.strip_prefix("google:").unwrap_or(text);
        let by_key = assets.iter().find(|asset| asset.google_id.as_deref() == Some(key));
        let by_path = || assets.iter().find(|asset| asset.places.iter().any(|place| place.path.to_string() == text));
        Ok(by_key.or_else(by_path).map(|asset| asset.id))
    }
}

/// What is known of an asset written before: its row, the digest of what was written, whether it is removed.
type Written = (i64, Option<i64>, bool);

/// Where an asset's places are: present if any is, else offline if any is.
pub(crate) const PRESENCE_BY_PLACES: &str = "coalesce(
    (SELECT CASE WHEN sum(l.presence = 'present') > 0 THEN 'present' WHEN sum(l.presence = 'offline') > 0 THEN 'offline' ELSE 'removed' END
     FROM locations JOIN ledger l ON l.id = ledger_id WHERE asset_id = assets.id), 'removed')";

/// Returns a number for all that is written of an asset, the titles of its albums included. Equal numbers are taken for equal assets; it
/// need not be the same from one version of the program to the next, for then all are written once more.
fn digest_of(asset: &SavedAsset, titles: &HashMap<&str, &str>) -> i64 {
    let mut hasher = std::hash::DefaultHasher::new();
    format!("{asset:?}").hash(&mut hasher);
    asset.albums.iter().for_each(|folder| titles.get(folder.as_str()).hash(&mut hasher));
    hasher.finish().cast_signed()
}

const ASSET_COLUMNS: &str = "a.id, a.source_id, a.google_id, a.filename, a.content_id, a.size_bytes, a.taken_utc_s, a.taken_ns, a.taken_offset_min,
    a.taken_source, a.taken_why, a.uploaded_utc_s, a.latitude, a.longitude, a.altitude_m, a.caption, a.favourite, a.archived, a.trashed, a.locked,
    a.partner, a.origin, a.product_url, a.presence";
const ASSET_COLUMN_COUNT: usize = 24;

fn asset_of(row: &Row<'_>) -> Result<AssetRow> {
    let taken_source: Option<String> = row.get(9)?;
    let presence: String = row.get(23)?;
    let (latitude, longitude): (Option<f64>, Option<f64>) = (row.get(12)?, row.get(13)?);
    let altitude_m = row.get(14)?;
    let taken = match (row.get::<_, Option<i64>>(6)?, taken_source.as_deref().and_then(TimeSource::from_name)) {
        (Some(utc_seconds), Some(source)) => Some(Instant {
            utc_seconds,
            nanos: row.get::<_, Option<u32>>(7)?.unwrap_or(0),
            offset_minutes: row.get(8)?,
            source,
            why: Instant::why_of(row.get_ref(10)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or("")),
        }),
        _ => None,
    };
    Ok(AssetRow {
        id: AssetId(row.get(0)?),
        source: SourceId(row.get(1)?),
        google_id: row.get(2)?,
        filename: row.get(3)?,
        content: row.get::<_, Option<i64>>(4)?.map(ContentId),
        size_bytes: row.get::<_, Option<i64>>(5)?.unwrap_or(0).max(0) as u64,
        taken,
        uploaded_utc_seconds: row.get(11)?,
        place: latitude.zip(longitude).map(|(latitude, longitude)| GeoPoint { latitude, longitude, altitude_m }),
        caption: row.get(15)?,
        favourite: row.get(16)?,
        archived: row.get(17)?,
        trashed: row.get(18)?,
        locked: row.get(19)?,
        partner: row.get(20)?,
        origin: row.get(21)?,
        product_url: row.get(22)?,
        presence: Presence::from_name(&presence).unwrap_or(Presence::Present),
        albums: Vec::new(),
        people: Vec::new(),
        places: Vec::new(),
        print: print_of(row, ASSET_COLUMN_COUNT)?,
        carried: Vec::new(),
        removed_before: None,
    })
}

fn place_of(row: &Row<'_>) -> Result<AssetPlace> {
    let hash = |at: usize| {
        row.get_ref(at).map_err(Error::from).and_then(|value| value.as_blob_or_null().map_err(|e| rusqlite::Error::from(e).into()))
    };
    let damaged = |_| Error::Damaged("a stored hash cannot be read back".to_owned());
    let path = |file: usize, root: usize| place_from_columns(row, root + 2, root, file);
    let role: String = row.get(1)?;
    let presence: String = row.get(5)?;
    let has_sidecar = row.get_ref(14)? != rusqlite::types::ValueRef::Null;
    Ok(AssetPlace {
        path: path(3, 8)?,
        role: Role::from_name(&role).unwrap_or(Role::Original),
        presence: Presence::from_name(&presence).unwrap_or(Presence::Present),
        size_bytes: row.get::<_, i64>(6)?.max(0) as u64,
        content: row.get::<_, Option<i64>>(7)?.map(ContentId),
        content_hash: hash(11)?.map(ContentHash::try_from).transpose().map_err(damaged)?,
        sha1: hash(12)?.map(Sha1Hash::try_from).transpose().map_err(damaged)?,
        payload: hash(13)?.map(PayloadHash::try_from).transpose().map_err(damaged)?,
        sidecar: if has_sidecar { Some(path(14, 16)?) } else { None },
        rule: row.get(2)?,
    })
}

impl Catalog {
    /// Returns how many assets are there or offline, in these sources or in all.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn count_assets(&self, sources: Option<&[SourceId]>) -> Result<u64> {
        let mut statement =
            self.connection.prepare_cached("SELECT source_id, count(*) FROM assets WHERE presence <> 'removed' GROUP BY 1")?;
        let mut rows = statement.query([])?;
        let mut sum = 0;
        while let Some(row) = rows.next()? {
            let source = SourceId(row.get(0)?);
            if sources.is_none_or(|sources| sources.contains(&source)) {
                sum += row.get::<_, i64>(1)?.max(0) as u64;
            }
        }
        Ok(sum)
    }

    /// Returns the fingerprints (without grids) of all contents that a source's files hold.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn prints_of_source(&self, source: SourceId) -> Result<Prints> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT DISTINCT c.id, c.content_hash, {PRINT_COLUMNS} FROM ledger l JOIN roots r ON r.id = l.root_id JOIN contents c ON c.id = l.content_id
             LEFT JOIN fingerprints f ON f.content_id = c.id WHERE r.source_id = ?1"
        ))?;
        let mut rows = statement.query([source.0])?;
        let mut prints = HashMap::new();
        while let Some(row) = rows.next()? {
            let hash = row.get_ref(1)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
            let hash =
                hash.map(ContentHash::try_from).transpose().map_err(|_| Error::Damaged("a stored hash cannot be read back".to_owned()))?;
            prints.insert(ContentId(row.get(0)?), (hash, print_of(row, 2)?));
        }
        Ok(prints)
    }
}
