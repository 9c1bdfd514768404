//! The answer to `missing`: rows for what is missing and for what is there only in part, sums over all, and pages of it. A contract that other
//! programs read: fields are added, never renamed or removed.

use super::policy::Sure;
use crate::answer::path_base64;
use crate::group::shown_path;
use crate::unformula;
use catalog::AssetRow;
use model::{Presence, Relation};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;

/// The whole answer.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MissingAnswer {
    /// Version of this contract.
    pub version: u32,
    /// Names of the sources whose photos were looked for.
    #[serde(rename = "in")]
    pub from: Vec<String>,
    /// Names of the sources in which they were looked for.
    pub but_not_in: Vec<String>,
    /// Sums over all photos.
    pub sums: MissingSums,
    /// What of the whole is worth knowing, in words.
    pub notes: Vec<String>,
    /// What is missing, surest first, then what is there only in part or otherwise; each by path.
    pub rows: Vec<MissingRow>,
}

/// Sums over all photos that were looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MissingSums {
    /// Photos looked for.
    pub looked_for: u64,
    /// There with the same bytes or the same coded picture.
    pub same: u64,
    /// There only otherwise: coded anew, smaller, edited, in another format, in the trash, without its live movie.
    pub derived: u64,
    /// These by relation.
    pub derived_by_relation: BTreeMap<&'static str, u64>,
    /// Missing, but for what is ignored.
    pub missing: u64,
    /// Bytes of these.
    pub missing_bytes: u64,
    /// Of these, certainly missing.
    pub certain: u64,
    /// Of these, likely missing.
    pub likely: u64,
    /// Of these, perhaps missing.
    pub unsure: u64,
    /// Of these, in Google's trash.
    pub missing_trashed: u64,
    /// Missing, and left so on purpose.
    pub ignored: u64,
    /// There, but only where the drive or archive is away now.
    pub only_offline: u64,
    /// There, but only in Google's trash.
    pub only_in_trash: u64,
}

/// What a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MissingState {
    /// Missing.
    Missing,
    /// There only in part or otherwise.
    Derived,
}

/// A photo that is missing, or there only in part.
#[derive(Debug, Clone, Serialize)]
pub struct MissingRow {
    /// Number that `explain` and `sql` know it by.
    pub asset: i64,
    /// Where it lies.
    pub path: String,
    /// The raw path, where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// Its name.
    pub filename: String,
    /// Name of its source.
    pub source: String,
    /// Google's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub google_id: Option<String>,
    /// Link to it in Google Photos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_url: Option<String>,
    /// Whether it is missing.
    pub state: MissingState,
    /// How sure that is; absent where it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sure: Option<Sure>,
    /// Why, in words.
    pub words: Vec<String>,
    /// The nearest thing on the other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestRow>,
    /// Left missing on purpose.
    pub ignored: bool,
    /// In Google's trash.
    pub trashed: bool,
    /// Its drive or archive is away now.
    pub offline: bool,
    /// Bytes; 0 where only listed.
    pub size_bytes: u64,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    /// When it was taken, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_utc: Option<String>,
}

/// The nearest thing on the other side.
#[derive(Debug, Clone, Serialize)]
pub struct NearestRow {
    /// Its number.
    pub asset: i64,
    /// Where it lies.
    pub path: String,
    /// Name of its source.
    pub source: String,
    /// How it stands to the photo; absent where there was nothing to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// How far the pictures are apart, bits of 256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_bits: Option<u32>,
    /// In Google's trash.
    pub trashed: bool,
    /// Its drive or archive is away now.
    pub offline: bool,
}

/// Which rows are wanted.
#[derive(Debug, Clone, Default)]
pub struct MissingFilter {
    /// Only missing ones this sure; empty: all.
    pub sure: Vec<Sure>,
    /// Also what is there only in part.
    pub with_derived: bool,
    /// Also what is left missing on purpose.
    pub with_ignored: bool,
}

impl MissingFilter {
    fn takes(&self, row: &MissingRow) -> bool {
        let is_sure = |sure| self.sure.is_empty() || self.sure.contains(&sure);
        (self.with_ignored || !row.ignored) && row.sure.map_or(self.with_derived, is_sure)
    }
}

impl MissingAnswer {
    /// Returns the rows wanted, in order.
    pub fn rows_of<'a>(&'a self, filter: &'a MissingFilter) -> impl Iterator<Item = &'a MissingRow> {
        self.rows.iter().filter(|row| filter.takes(row))
    }

    /// Returns at most `limit` of the rows wanted, from number `first` (of 0) on, and how many there are in all.
    #[must_use]
    pub fn page<'a>(&'a self, filter: &'a MissingFilter, first: usize, limit: usize) -> (Vec<&'a MissingRow>, usize) {
        let mut count = 0;
        let mut rows = Vec::new();
        for row in self.rows_of(filter) {
            if count >= first && rows.len() < limit {
                rows.push(row);
            }
            count += 1;
        }
        (rows, count)
    }
}

pub(crate) fn row_of(asset: &AssetRow, source: &str, state: MissingState, sure: Option<Sure>, words: Vec<String>) -> MissingRow {
    let print = asset.print.as_ref().map(|row| &row.print);
    MissingRow {
        asset: asset.id.0,
        path: shown_path(asset),
        path_base64: asset.places.first().and_then(|place| path_base64(&place.path)),
        filename: asset.filename.clone(),
        source: source.to_owned(),
        google_id: asset.google_id.clone(),
        product_url: asset.product_url.clone(),
        state,
        sure,
        words,
        nearest: None,
        ignored: false,
        trashed: asset.trashed,
        offline: asset.presence == Presence::Offline,
        size_bytes: asset.size_bytes,
        width: print.filter(|print| print.width > 0).map(|print| print.width),
        height: print.filter(|print| print.height > 0).map(|print| print.height),
        format: print.map(|print| print.format.name()),
        taken_utc: asset.taken.and_then(|taken| taken.sql_text()),
    }
}

/// Columns of [`missing_csv`].
const CSV_COLUMNS: [&str; 18] = [
    "asset",
    "path",
    "filename",
    "source",
    "google_id",
    "product_url",
    "state",
    "sure",
    "why",
    "nearest",
    "nearest_source",
    "relation",
    "distance_bits",
    "ignored",
    "trashed",
    "offline",
    "size_bytes",
    "taken_utc",
];

/// Writes rows as CSV. Texts that a spreadsheet would take for a formula get a leading apostrophe.
///
/// # Errors
/// Those of writing.
pub fn missing_csv<'a>(rows: impl Iterator<Item = &'a MissingRow>, to: &mut dyn Write) -> std::io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(CSV_COLUMNS)?;
    let text = |text: Option<&str>| unformula(text.unwrap_or_default());
    for row in rows {
        let nearest = row.nearest.as_ref();
        csv.write_record([
            row.asset.to_string(),
            unformula(&row.path),
            unformula(&row.filename),
            unformula(&row.source),
            text(row.google_id.as_deref()),
            text(row.product_url.as_deref()),
            if row.sure.is_some() { "missing" } else { "derived" }.to_owned(),
            row.sure.map(Sure::name).unwrap_or_default().to_owned(),
            unformula(&row.words.join("; ")),
            text(nearest.map(|nearest| nearest.path.as_str())),
            text(nearest.map(|nearest| nearest.source.as_str())),
            nearest.and_then(|nearest| nearest.relation).map(Relation::name).unwrap_or_default().to_owned(),
            nearest.and_then(|nearest| nearest.distance_bits).map(|bits| bits.to_string()).unwrap_or_default(),
            row.ignored.to_string(),
            row.trashed.to_string(),
            row.offline.to_string(),
            row.size_bytes.to_string(),
            row.taken_utc.clone().unwrap_or_default(),
        ])?;
    }
    csv.flush()
}
