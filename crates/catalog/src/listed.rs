//! Rows of what Google's interfaces list: assets without files, and how far a listing came.
//!
//! **Invariant:** a page's items and the token of the next page are written together, so that a listing stopped anywhere goes on with
//! nothing lost and nothing twice.

use crate::{Catalog, Result};
use model::{AssetId, ContentId, Fingerprint, Instant, SourceId};
use rusqlite::{OptionalExtension as _, params};
use std::hash::{Hash as _, Hasher as _};

/// An item as Google lists it, to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedItem {
    /// Google's id.
    pub id: String,
    /// The name its uploader gave; may be empty.
    pub filename: String,
    /// As Google says it.
    pub mime_type: Option<String>,
    /// Link to it in Google Photos.
    pub product_url: Option<String>,
    /// What the owner wrote.
    pub caption: Option<String>,
    /// When it was taken.
    pub taken: Option<Instant>,
    /// What is known of it without its bytes: format, pixels, camera. Of recipe [`LISTED_RECIPE`].
    pub print: Fingerprint,
}

/// Recipe of a fingerprint that holds what Google lists and nothing drawn.
pub const LISTED_RECIPE: u32 = 2_000_000;

/// How far a listing came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Counts the listings of a source.
    pub number: i64,
    /// What was asked for.
    pub scope: String,
    /// Items asked for a page; the same for all pages.
    pub page_size: u32,
    /// Token of the next page; `None` before the first and after the last.
    pub page_token: Option<String>,
    /// Whether the last page was seen.
    pub is_done: bool,
    /// Pages seen.
    pub pages: u64,
    /// Items on them.
    pub items: u64,
}

/// What became of an item that was to be added to an album.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addition {
    /// A request with it was sent; its answer was not seen.
    Asked,
    /// It is in the album.
    Added,
    /// Google refuses it.
    Refused,
}

impl Addition {
    fn name(self) -> &'static str {
        match self {
            Addition::Asked => "asked",
            Addition::Added => "added",
            Addition::Refused => "refused",
        }
    }
}

impl Catalog {
    /// Returns how far the last listing of a source came.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn listing(&self, source: SourceId) -> Result<Option<Listing>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT number, scope, page_size, page_token, is_done, pages, items FROM listings WHERE source_id = ?1")?;
        let listing = statement.query_row([source.0], |row| {
            Ok(Listing {
                number: row.get(0)?,
                scope: row.get(1)?,
                page_size: row.get(2)?,
                page_token: row.get(3)?,
                is_done: row.get(4)?,
                pages: row.get::<_, i64>(5)?.max(0) as u64,
                items: row.get::<_, i64>(6)?.max(0) as u64,
            })
        });
        Ok(listing.optional()?)
    }

    /// Keeps how far a listing came.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_listing(&self, source: SourceId, listing: &Listing) -> Result<()> {
        self.connection.prepare_cached("INSERT OR REPLACE INTO listings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            source.0,
            listing.number,
            listing.scope,
            listing.page_size,
            listing.page_token,
            listing.is_done,
            listing.pages as i64,
            listing.items as i64,
        ])?;
        Ok(())
    }

    /// Writes items of listing `number`; returns how many were new or had changed.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn save_listed(&self, source: SourceId, number: i64, items: &[ListedItem]) -> Result<u64> {
        let mut known = self
            .connection
            .prepare_cached("SELECT id, digest, presence <> 'present', content_id FROM assets WHERE source_id = ?1 AND identity = ?2")?;
        let mut meet = self.connection.prepare_cached("UPDATE assets SET listing = ?2 WHERE id = ?1")?;
        let mut changed = 0;
        for item in items {
            let identity = format!("google:{}", item.id);
            let digest = digest_of(item);
            let row = known.query_row(params![source.0, identity], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, bool>(2)?, row.get::<_, Option<i64>>(3)?))
            });
            match row.optional()? {
                Some((id, Some(before), false, _)) if before == digest => drop(meet.execute(params![id, number])?),
                other => {
                    let content = other.and_then(|(.., content)| content);
                    self.write_listed(source, number, item, &identity, digest, content)?;
                    changed += 1;
                }
            }
        }
        Ok(changed)
    }

    fn write_listed(
        &self,
        source: SourceId,
        number: i64,
        item: &ListedItem,
        identity: &str,
        digest: i64,
        content: Option<i64>,
    ) -> Result<()> {
        let content = match content {
            Some(content) => content,
            None => {
                self.connection.prepare_cached("INSERT INTO contents (size_bytes) VALUES (0)")?.execute([])?;
                self.connection.last_insert_rowid()
            }
        };
        self.save_print_facts(ContentId(content), &item.print)?;
        let (facts, taken) = (&item.print.metadata, item.taken.as_ref());
        // The table that this catalog answers for holds the camera of photos alone.
        let camera = (!item.print.format.is_video()).then_some((facts.make.as_deref(), facts.model.as_deref()));
        let (make, model) = camera.unwrap_or((None, None));
        self.connection
            .prepare_cached(
                "INSERT INTO assets (source_id, identity, google_id, filename, mime_type, content_id, width, height, creation_time, taken_utc_s,
                     taken_ns, taken_offset_min, taken_source, taken_why, camera_make, camera_model, focal_length, f_stop, iso_equivalent,
                     exposure_time, caption, product_url, digest, listing)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
                 ON CONFLICT (source_id, identity) DO UPDATE SET filename = excluded.filename, mime_type = excluded.mime_type,
                     content_id = excluded.content_id, width = excluded.width, height = excluded.height, creation_time = excluded.creation_time,
                     taken_utc_s = excluded.taken_utc_s, taken_ns = excluded.taken_ns, taken_offset_min = excluded.taken_offset_min,
                     taken_source = excluded.taken_source, taken_why = excluded.taken_why, camera_make = excluded.camera_make,
                     camera_model = excluded.camera_model, focal_length = excluded.focal_length, f_stop = excluded.f_stop,
                     iso_equivalent = excluded.iso_equivalent, exposure_time = excluded.exposure_time, caption = excluded.caption,
                     product_url = excluded.product_url, digest = excluded.digest, listing = excluded.listing, presence = 'present',
                     matched_content = NULL",
            )?
            .execute(params![
                source.0,
                identity,
                item.id,
                item.filename,
                item.mime_type,
                content,
                (item.print.width > 0).then_some(item.print.width),
                (item.print.height > 0).then_some(item.print.height),
                taken.and_then(Instant::sql_text_precise),
                taken.map(|taken| taken.utc_seconds),
                taken.map(|taken| taken.nanos),
                taken.and_then(|taken| taken.offset_minutes),
                taken.map(|taken| taken.source.name()),
                taken.map(|taken| taken.why),
                make,
                model,
                facts.focal_length_mm,
                facts.f_number,
                facts.iso,
                facts.exposure_s,
                item.caption,
                item.product_url,
                digest,
                number,
            ])?;
        Ok(())
    }

    /// Marks the assets of a source that listing `number` did not meet as offline: that Google does not list them any more may mean that
    /// they were deleted, or that it shows this program less than before. Returns how many.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn mark_unlisted_offline(&self, source: SourceId, number: i64) -> Result<u64> {
        let update = "UPDATE assets SET presence = 'offline' WHERE source_id = ?1 AND presence = 'present' AND listing IS NOT ?2";
        Ok(self.connection.execute(update, params![source.0, number])? as u64)
    }

    /// Returns the assets of a source that are listed and of which no pixels were seen, with Google's ids, by asset.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn listed_without_pixels(&self, source: SourceId) -> Result<Vec<(AssetId, String)>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT a.id, a.google_id FROM assets a JOIN fingerprints f ON f.content_id = a.content_id
             WHERE a.source_id = ?1 AND a.presence = 'present' AND f.recipe = ?2 AND a.google_id IS NOT NULL ORDER BY a.id",
        )?;
        let rows = statement.query_map(params![source.0, LISTED_RECIPE], |row| Ok((AssetId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the id of the album that was made under a title: outer `None` where none was asked for, inner where the answer was not seen.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn google_album(&self, title: &str) -> Result<Option<Option<String>>> {
        let mut statement = self.connection.prepare_cached("SELECT album_id FROM google_albums WHERE title = ?1")?;
        Ok(statement.query_row([title], |row| row.get(0)).optional()?)
    }

    /// Keeps the id of the album that was made under a title; `None` before it is asked for.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_google_album(&self, title: &str, album: Option<&str>) -> Result<()> {
        self.connection.execute("INSERT OR REPLACE INTO google_albums VALUES (?1, ?2)", params![title, album])?;
        Ok(())
    }

    /// Returns what became of an item that was to be added to an album.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn addition(&self, album: &str, item: &str) -> Result<Option<Addition>> {
        let mut statement = self.connection.prepare_cached("SELECT state FROM google_additions WHERE album_id = ?1 AND item_id = ?2")?;
        let state: Option<String> = statement.query_row([album, item], |row| row.get(0)).optional()?;
        Ok(state.and_then(|state| [Addition::Asked, Addition::Added, Addition::Refused].into_iter().find(|one| one.name() == state)))
    }

    /// Keeps what became of items that were to be added to an album.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn set_additions(&self, album: &str, items: &[String], state: Addition) -> Result<()> {
        let mut insert = self.connection.prepare_cached("INSERT OR REPLACE INTO google_additions VALUES (?1, ?2, ?3)")?;
        for item in items {
            insert.execute(params![album, item, state.name()])?;
        }
        Ok(())
    }
}

/// Returns a number for all that is written of an item.
fn digest_of(item: &ListedItem) -> i64 {
    let mut hasher = std::hash::DefaultHasher::new();
    format!("{item:?}").hash(&mut hasher);
    hasher.finish().cast_signed()
}
