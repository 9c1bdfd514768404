//! What of some sources is missing in others, as a page shows it: searched once, told a page at a time, left missing on purpose photo by photo.

use super::Review;
use super::list::picture_name;
use crate::Result;
use crate::missing::{self, MissingAnswer, MissingFilter, MissingOptions, MissingRow, MissingSums};
use crate::watch::{Stop, Watch};
use catalog::{AssetRow, Catalog};
use model::AssetId;
use serde::Serialize;
use std::collections::HashMap;

/// What a search found, in sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingView {
    /// Names of the sources whose photos were looked for.
    pub from: Vec<String>,
    /// Names of the sources in which they were looked for.
    pub but_not_in: Vec<String>,
    /// Whether only originals counted as being there.
    pub originals: bool,
    /// Sums over all photos.
    pub sums: MissingSums,
    /// What of the whole is worth knowing, in words.
    pub notes: Vec<String>,
}

/// Some of what is missing.
#[derive(Debug, Clone, Serialize)]
pub struct MissingPage {
    /// Rows wanted in all.
    pub total: u64,
    /// The place of the first here.
    pub at: u64,
    /// The rows.
    pub rows: Vec<MissingLine>,
}

/// A row with what its pictures are called by.
#[derive(Debug, Clone, Serialize)]
pub struct MissingLine {
    /// The row.
    #[serde(flatten)]
    pub row: MissingRow,
    /// Changes when its picture does.
    pub picture: String,
    /// The same of the nearest.
    pub nearest_picture: Option<String>,
}

impl MissingView {
    /// Returns the sums of an answer.
    #[must_use]
    pub fn of(answer: &MissingAnswer, originals: bool) -> Self {
        Self {
            from: answer.from.clone(),
            but_not_in: answer.but_not_in.clone(),
            originals,
            sums: answer.sums.clone(),
            notes: answer.notes.clone(),
        }
    }
}

impl Review {
    /// Looks for the photos of some sources in others.
    ///
    /// # Errors
    /// As [`missing::find_missing`].
    pub fn find_missing(&self, options: &MissingOptions, watch: &dyn Watch, stop: &Stop) -> Result<MissingAnswer> {
        missing::find_missing(&Catalog::open_read_only(&self.path)?, options, watch, stop)
    }

    /// Returns the rows wanted from a place on, at most so many.
    ///
    /// # Errors
    /// [`crate::Error::Catalog`].
    pub fn missing_page(&self, answer: &MissingAnswer, filter: &MissingFilter, at: u64, limit: usize) -> Result<MissingPage> {
        let (rows, total) = answer.page(filter, usize::try_from(at).unwrap_or(usize::MAX), limit);
        let assets = rows.iter().flat_map(|row| [Some(row.asset), row.nearest.as_ref().map(|nearest| nearest.asset)]);
        let ids: Vec<AssetId> = assets.flatten().map(AssetId).collect();
        let known: HashMap<i64, AssetRow> =
            self.reading(|catalog| Ok(catalog.assets_of(&ids)?))?.into_iter().map(|row| (row.id.0, row)).collect();
        let picture = |asset: i64| {
            let first = known.get(&asset).and_then(|row| row.places.first());
            picture_name(first.and_then(|place| place.content_hash).as_ref().map(|hash| hash.0.as_slice()))
        };
        let line = |row: &MissingRow| MissingLine {
            row: row.clone(),
            picture: picture(row.asset),
            nearest_picture: row.nearest.as_ref().map(|nearest| picture(nearest.asset)),
        };
        Ok(MissingPage { total: total as u64, at, rows: rows.into_iter().map(line).collect() })
    }

    /// Notes that a photo is left missing on purpose, or takes that back.
    ///
    /// # Errors
    /// [`crate::Error::User`] for an asset that is not known, [`crate::Error::Catalog`].
    pub fn ignore_missing(&self, asset: AssetId, is_ignored: bool) -> Result<()> {
        let photo = [format!("asset:{}", asset.0)];
        self.writing(|catalog| match is_ignored {
            true => missing::ignore(catalog, &photo, (self.now)()).map(drop),
            false => missing::ignore_no_more(catalog, &photo).map(drop),
        })
    }
}
