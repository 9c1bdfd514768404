//! How things stand: sums of the ledger, of assets, of groups; and the ledger itself.

use crate::Result;
use crate::scan::CauseCount;
use catalog::{Catalog, LedgerRow};
use model::{LocationPath, Outcome, Tally};
use serde::Serialize;
use std::path::Path;

/// How things stand.
#[derive(Debug, Clone, Serialize)]
pub struct StatusAnswer {
    /// The catalog's path.
    pub catalog: String,
    /// Sources.
    pub sources: Vec<crate::manage::SourceAnswer>,
    /// Sums over all files that are there or offline.
    pub tally: Tally,
    /// The same by outcome, kind and cause.
    pub causes: Vec<CauseCount>,
    /// Assets.
    pub assets: u64,
    /// Files of which a quick scan read only the head: in no group until a scan reads them whole.
    pub glanced: u64,
}

/// Returns how things stand.
///
/// # Errors
/// [`crate::Error::Catalog`].
pub fn status(catalog: &Catalog) -> Result<StatusAnswer> {
    let (tally, causes) = catalog.tally(None)?;
    Ok(StatusAnswer {
        catalog: catalog.path().display().to_string(),
        sources: crate::manage::list(catalog)?,
        tally,
        causes: CauseCount::list(causes),
        assets: catalog.count_assets(None)?,
        glanced: catalog.count_glanced()?,
    })
}

/// A row of the ledger as shown.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerAnswer {
    /// Where.
    pub path: String,
    /// The raw path, where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// What it is.
    pub kind: &'static str,
    /// `done`, `skipped` or `failed`.
    pub outcome: &'static str,
    /// Stable code of the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The cause in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether it is there.
    pub presence: &'static str,
    /// Bytes.
    pub size_bytes: u64,
}

fn answer(root: &Path, is_archive: bool, row: LedgerRow) -> LedgerAnswer {
    let place = match (row.path.as_os_str().is_empty(), is_archive) {
        (true, _) => LocationPath::file(root),
        (_, true) => LocationPath::member(root, row.path.to_string_lossy()),
        (_, false) => LocationPath::file(root.join(&row.path)),
    };
    let cause = row.outcome.as_ref().and_then(Outcome::cause).cloned();
    let (code, words) = match (&row.outcome, cause) {
        (None, _) => (Some("not-read-yet".to_owned()), Some("not read yet; the next scan goes on".to_owned())),
        (_, Some(cause)) => (Some(cause.code), Some(cause.words)),
        (_, None) => (None, None),
    };
    LedgerAnswer {
        path: place.to_string(),
        path_base64: crate::answer::path_base64(&place),
        kind: row.kind.name(),
        outcome: row.outcome.as_ref().map_or("failed", Outcome::name),
        cause: code,
        why: words,
        presence: row.presence.name(),
        size_bytes: row.size_bytes,
    }
}

/// Calls `each` with every row of the ledger, by path, until it returns false.
///
/// # Errors
/// [`crate::Error::Catalog`].
pub fn ledger(catalog: &Catalog, mut each: impl FnMut(LedgerAnswer) -> bool) -> Result<()> {
    Ok(catalog.each_ledger_row(|root, is_archive, row| each(answer(root, is_archive, row)))?)
}
