//! The hand-off for programs: JSON, CSV, and one id a line. Pure: rows in, text out.
//!
//! `handoff.json` is a contract: fields are added, never renamed or removed. It also tells a later hand-off what was handed off before, and
//! that the folder is one of ours.

use crate::Result;
use crate::handoff::LeftOut;
use crate::handoff::former::Former;
use crate::handoff::rows::{Item, Row};
use crate::output::unformula;
use serde::{Deserialize, Serialize};

/// What `handoff.json` holds.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    /// Version of this contract; its presence marks the folder as ours.
    pub(crate) lookalike_handoff: u32,
    pub(crate) account: Option<u8>,
    pub(crate) rows: &'a [Row],
    pub(crate) left_out: &'a [LeftOut],
    pub(crate) unknown_ids: &'a [String],
    /// Handed off before, and gone since.
    pub(crate) gone: &'a [Former],
    /// Handed off before, not among the rows, and not known to be gone.
    pub(crate) waiting: &'a [Former],
}

/// Version of [`Document`].
pub(crate) const VERSION: u32 = 1;

/// What is read back of it.
#[derive(Deserialize)]
struct FormerDocument {
    lookalike_handoff: u32,
    rows: Vec<Former>,
    #[serde(default)]
    gone: Vec<Former>,
    #[serde(default)]
    waiting: Vec<Former>,
}

/// Returns all that a former document handed off; `None` where it is none of ours, or a newer program's.
pub(crate) fn read_back(json: &[u8]) -> Option<Vec<Former>> {
    let document: FormerDocument =
        serde_json::from_slice(json).ok().filter(|document: &FormerDocument| document.lookalike_handoff == VERSION)?;
    Some([document.rows, document.gone, document.waiting].concat())
}

/// Returns the JSON.
pub(crate) fn json(document: &Document<'_>) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(document).map_err(std::io::Error::from)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Columns of the CSV.
const CSV_COLUMNS: [&str; 22] = [
    "id",
    "media_key",
    "product_url",
    "link",
    "name",
    "taken_utc",
    "size_bytes",
    "sha1",
    "dedup_key",
    "source",
    "relation",
    "verdict",
    "keeper_id",
    "keeper_name",
    "keeper_url",
    "keeper_link",
    "keeper_path",
    "keeper_lacks_albums",
    "keeper_lacks_favourite",
    "keeper_lacks_caption",
    "keeper_lacks_more",
    "notes",
];

/// Returns the CSV. Texts that a spreadsheet would take for a formula get a leading apostrophe; keys and hashes stand as they are, since
/// their alphabet cannot spell one that does anything.
pub(crate) fn csv(rows: &[Row]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(CSV_COLUMNS).map_err(std::io::Error::from)?;
    for row in rows {
        let (item, keeper, lacks) = (&row.item, row.keeper.as_ref(), &row.keeper_lacks);
        let text = |value: Option<&String>| value.map(|text| unformula(text)).unwrap_or_default();
        let kept = |field: fn(&Item) -> Option<&String>| text(keeper.and_then(field));
        let record: [String; CSV_COLUMNS.len()] = [
            item.id.clone(),
            item.media_key.clone().unwrap_or_default(),
            text(item.product_url.as_ref()),
            item.link.clone().unwrap_or_default(),
            unformula(&item.name),
            item.taken_utc.clone().unwrap_or_default(),
            item.size_bytes.to_string(),
            item.sha1.map(|sha1| sha1.to_string()).unwrap_or_default(),
            item.dedup_key.clone().unwrap_or_default(),
            unformula(&item.source),
            row.relation.unwrap_or_default().to_owned(),
            row.verdict.unwrap_or_default().to_owned(),
            keeper.map(|keeper| keeper.id.clone()).unwrap_or_default(),
            kept(|keeper| Some(&keeper.name)),
            kept(|keeper| keeper.product_url.as_ref()),
            keeper.and_then(|keeper| keeper.link.clone()).unwrap_or_default(),
            kept(|keeper| Some(&keeper.path)),
            unformula(&lacks.albums.join("; ")),
            lacks.favourite.to_string(),
            text(lacks.caption.as_ref()),
            unformula(&lacks.more.join("; ")),
            unformula(&row.notes.join("; ")),
        ];
        writer.write_record(record).map_err(std::io::Error::from)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Returns one id a line: Google's media key, else `asset:N`. An id that is no plain word has its blanks and control characters left out.
pub(crate) fn ids(rows: &[Row]) -> Vec<u8> {
    let mut text = String::new();
    for row in rows {
        text.extend(row.item.id.chars().filter(|c| !c.is_control() && !c.is_whitespace()));
        text.push('\n');
    }
    text.into_bytes()
}
