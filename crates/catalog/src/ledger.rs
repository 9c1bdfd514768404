//! Rows of `ledger`: every file a walk met, what it is, how it ended.

use crate::path_key::{from_columns, to_columns};
use crate::{Catalog, Result, RootId};
use model::{Cause, ContentId, FileId, FileKind, Outcome, Presence, SidecarDocument, Tally};
use rusqlite::{Row, params};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Number of files by outcome, kind and cause code.
pub type Causes = BTreeMap<(String, FileKind, String), u64>;

/// A file as a walk met it, to be written.
#[derive(Debug, Clone)]
pub struct LedgerEntry<'a> {
    /// Below the root, or the member's name.
    pub path: &'a Path,
    /// What it is, as far as known.
    pub kind: FileKind,
    /// Bytes.
    pub size_bytes: u64,
    /// Last change, nanoseconds since 1970 UTC.
    pub modified_ns: Option<i64>,
    /// The archive's checksum.
    pub crc32: Option<u32>,
    /// Identity on disk, where it has several hard links.
    pub hard_link: Option<FileId>,
    /// How it ended; `None` while it waits to be read.
    pub outcome: Option<&'a Outcome>,
    /// A Takeout JSON, as understood.
    pub document: Option<&'a SidecarDocument>,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Its number.
    pub id: i64,
    /// Its root.
    pub root: RootId,
    /// Below the root, or the member's name.
    pub path: PathBuf,
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub size_bytes: u64,
    /// Last change, nanoseconds since 1970 UTC.
    pub modified_ns: Option<i64>,
    /// The archive's checksum.
    pub crc32: Option<u32>,
    /// Identity on disk, where it has several hard links.
    pub hard_link: Option<FileId>,
    /// How it ended; `None` while it waits to be read.
    pub outcome: Option<Outcome>,
    /// Whether it is there.
    pub presence: Presence,
    /// How often the program died while reading it.
    pub attempts: u32,
    /// Its content, once read.
    pub content: Option<ContentId>,
    /// The recipe of its content's fingerprint.
    pub recipe: Option<u32>,
    /// A Takeout JSON, as understood.
    pub document: Option<SidecarDocument>,
    /// The scan that last met it.
    pub scan: i64,
}

const COLUMNS: &str =
    "l.id, l.root_id, l.path, l.path_bytes, l.kind, l.size_bytes, l.modified_ns, l.crc32, l.device, l.inode, l.outcome, l.cause_code,
    l.cause, l.presence, l.attempts, l.content_id, f.recipe, l.document, l.scan";

/// Reads an outcome from three columns.
fn outcome_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Outcome>> {
    let text = |at: usize| row.get::<_, Option<String>>(at).map(Option::unwrap_or_default);
    let cause = || Ok::<_, rusqlite::Error>(Cause { code: text(first + 1)?, words: text(first + 2)? });
    Ok(match row.get_ref(first)?.as_str()? {
        "done" => Some(Outcome::Done),
        "skipped" => Some(Outcome::Skipped(cause()?)),
        "failed" => Some(Outcome::Failed(cause()?)),
        _ => None,
    })
}

fn row_of(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    let device: Option<i64> = row.get(8)?;
    let inode: Option<i64> = row.get(9)?;
    let document = row.get_ref(17)?.as_str_or_null()?;
    Ok(LedgerRow {
        id: row.get(0)?,
        root: RootId(row.get(1)?),
        path: from_columns(row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_blob()?),
        kind: FileKind::from_name(row.get_ref(4)?.as_str()?).unwrap_or(FileKind::Other),
        size_bytes: row.get::<_, i64>(5)?.max(0) as u64,
        modified_ns: row.get(6)?,
        crc32: row.get(7)?,
        hard_link: device.zip(inode).map(|(device, inode)| FileId { device: device as u64, inode: inode as u64 }),
        outcome: outcome_of(row, 10)?,
        presence: Presence::from_name(row.get_ref(13)?.as_str()?).unwrap_or(Presence::Present),
        attempts: row.get(14)?,
        content: row.get::<_, Option<i64>>(15)?.map(ContentId),
        recipe: row.get(16)?,
        document: document.and_then(|text| serde_json::from_str(text).ok()),
        scan: row.get(18)?,
    })
}

impl Catalog {
    /// Counts a new scan; returns its number.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn begin_scan(&self) -> Result<i64> {
        let number = self.setting("scan")?.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0) + 1;
        self.set_setting("scan", &number.to_string())?;
        Ok(number)
    }

    /// Returns all rows of a root, in the order of their paths.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn ledger_of(&self, root: RootId) -> Result<Vec<LedgerRow>> {
        self.ledger_where(root, "true")
    }

    /// Returns the rows of a root that a scan did not skip as media, in the order of their paths.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn ledger_but_skipped_media(&self, root: RootId) -> Result<Vec<LedgerRow>> {
        self.ledger_where(root, "NOT (l.kind = 'media' AND l.outcome = 'skipped')")
    }

    fn ledger_where(&self, root: RootId, which: &str) -> Result<Vec<LedgerRow>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM ledger l LEFT JOIN fingerprints f ON f.content_id = l.content_id
             WHERE root_id = ?1 AND {which} ORDER BY l.path, l.path_bytes"
        ))?;
        let rows = statement.query_map([root.0], row_of)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Writes a file met: a new row, or an old one anew (its content and attempts are forgotten).
    ///
    /// # Errors
    /// The catalog's own.
    pub fn write_ledger(&self, root: RootId, entry: &LedgerEntry<'_>, scan: i64) -> Result<()> {
        let (text, bytes) = to_columns(entry.path);
        let cause = entry.outcome.and_then(Outcome::cause);
        let document = entry.document.map(serde_json::to_string).transpose()?;
        self.connection
            .prepare_cached(
                "INSERT INTO ledger (root_id, path, path_bytes, kind, size_bytes, modified_ns, crc32, device, inode, outcome, cause_code, cause,
                                     document, scan)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT (root_id, path, path_bytes) DO UPDATE SET kind = excluded.kind, size_bytes = excluded.size_bytes,
                     modified_ns = excluded.modified_ns, crc32 = excluded.crc32, device = excluded.device, inode = excluded.inode,
                     outcome = excluded.outcome, cause_code = excluded.cause_code, cause = excluded.cause, document = excluded.document,
                     scan = excluded.scan, presence = 'present', attempts = 0, content_id = NULL",
            )?
            .execute(
                params![
                    root.0,
                    text,
                    bytes,
                    entry.kind.name(),
                    entry.size_bytes as i64,
                    entry.modified_ns,
                    entry.crc32,
                    entry.hard_link.map(|link| link.device as i64),
                    entry.hard_link.map(|link| link.inode as i64),
                    entry.outcome.map_or("pending", Outcome::name),
                    cause.map(|cause| &cause.code),
                    cause.map(|cause| &cause.words),
                    document,
                    scan,
                ],
            )?;
        Ok(())
    }

    /// Notes that a file known before was met again, unchanged.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn meet_again(&self, id: i64, scan: i64, hard_link: Option<FileId>) -> Result<()> {
        self.connection
            .prepare_cached("UPDATE ledger SET scan = ?2, presence = 'present', device = ?3, inode = ?4 WHERE id = ?1")?
            .execute(params![id, scan, hard_link.map(|link| link.device as i64), hard_link.map(|link| link.inode as i64)])?;
        Ok(())
    }

    /// Notes how a file ended, and its content where it was read.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn end_ledger(&self, id: i64, kind: FileKind, outcome: &Outcome, content: Option<ContentId>) -> Result<()> {
        let cause = outcome.cause();
        self.connection
            .prepare_cached(
                "UPDATE ledger SET kind = ?2, outcome = ?3, cause_code = ?4, cause = ?5, content_id = ?6, attempts = 0 WHERE id = ?1",
            )?
            .execute(params![
                id,
                kind.name(),
                outcome.name(),
                cause.map(|cause| &cause.code),
                cause.map(|cause| &cause.words),
                content.map(|content| content.0)
            ])?;
        Ok(())
    }

    /// Notes that many files were skipped for one cause.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn skip_all(&self, ids: &[i64], cause: &Cause) -> Result<()> {
        let ids = serde_json::to_string(ids)?;
        self.connection.execute(
            "UPDATE ledger SET outcome = 'skipped', cause_code = ?2, cause = ?3, attempts = 0
             WHERE id IN (SELECT value FROM json_each(?1)) AND cause_code IS NOT ?2",
            params![ids, cause.code, cause.words],
        )?;
        Ok(())
    }

    /// Notes that files with this content that were skipped for the cause `code` are done.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn finish_skipped(&self, content: ContentId, code: &str) -> Result<()> {
        self.connection
            .prepare_cached(
                "UPDATE ledger SET outcome = 'done', cause_code = NULL, cause = NULL WHERE content_id = ?1 AND cause_code = ?2",
            )?
            .execute(params![content.0, code])?;
        Ok(())
    }

    /// Notes that the program died while it read these files.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn count_attempts(&self, ids: &[i64]) -> Result<()> {
        for id in ids {
            self.connection.execute("UPDATE ledger SET attempts = attempts + 1 WHERE id = ?1", [id])?;
        }
        Ok(())
    }

    /// Marks the files of a root that scan number `scan` did not meet as removed, below `within` only (empty: the whole root). Returns how many.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn mark_unmet_removed(&self, root: RootId, scan: i64, within: &Path) -> Result<usize> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, path, path_bytes FROM ledger WHERE root_id = ?1 AND scan < ?2 AND presence <> 'removed'")?;
        let mut mark = self.connection.prepare_cached("UPDATE ledger SET presence = 'removed' WHERE id = ?1")?;
        let mut rows = statement.query(params![root.0, scan])?;
        let mut changed = 0;
        let mut unmet: Vec<i64> = Vec::new();
        while let Some(row) = rows.next()? {
            let path = from_columns(
                row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?,
                row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?,
            );
            if path.starts_with(within) {
                unmet.push(row.get(0)?);
            }
        }
        for id in unmet {
            changed += mark.execute([id])?;
        }
        Ok(changed)
    }

    /// Returns the sums of outcomes of what is there (present or offline), whole and by cause: (outcome, kind, cause code) with a count.
    /// Files that wait to be read count as failed with the code `not-read-yet`, so that the sums agree at any time.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn tally(&self, roots: Option<&[RootId]>) -> Result<(Tally, Causes)> {
        let mut statement = self.connection.prepare_cached(
            "SELECT root_id, outcome, kind, coalesce(cause_code, ''), count(*) FROM ledger WHERE presence <> 'removed' GROUP BY 1, 2, 3, 4",
        )?;
        let mut rows = statement.query([])?;
        let (mut tally, mut causes) = (Tally::default(), BTreeMap::new());
        while let Some(row) = rows.next()? {
            if roots.is_some_and(|roots| row.get(0).is_ok_and(|root| !roots.contains(&RootId(root)))) {
                continue;
            }
            let (outcome, kind, code, count): (String, String, String, i64) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
            let count = count.max(0) as u64;
            let (outcome, code) = match outcome.as_str() {
                "done" => {
                    tally.done += count;
                    (outcome, code)
                }
                "skipped" => {
                    tally.skipped += count;
                    (outcome, code)
                }
                other => {
                    tally.failed += count;
                    ("failed".to_owned(), if other == "pending" { "not-read-yet".to_owned() } else { code })
                }
            };
            *causes.entry((outcome, FileKind::from_name(&kind).unwrap_or(FileKind::Other), code)).or_insert(0) += count;
        }
        Ok((tally, causes))
    }

    /// Calls `each` with every row that is there, with its root's path, by path. Stops when `each` returns false.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn each_ledger_row(&self, mut each: impl FnMut(&Path, bool, LedgerRow) -> bool) -> Result<()> {
        let roots = self.roots()?;
        for root in &roots {
            for row in self.ledger_of(root.id)? {
                if row.presence != Presence::Removed && !each(&root.path, root.kind.is_archive(), row) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Gives every file whose content could not be decoded the same end: bytes met a second time are not decoded again, and must not end
    /// better for that. Formats of which no pixels are wanted (`without_pixels`) are left as they are.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn settle_undecoded(&self, without_pixels: &[&str]) -> Result<usize> {
        let left_out = serde_json::to_string(without_pixels)?;
        Ok(self.connection.execute(
            "UPDATE ledger SET outcome = 'failed', cause_code = 'undecodable',
                 cause = (SELECT undecoded FROM fingerprints f WHERE f.content_id = ledger.content_id)
             WHERE outcome = 'done' AND kind = 'media' AND content_id IN (
                 SELECT content_id FROM fingerprints WHERE undecoded IS NOT NULL AND format NOT IN (SELECT value FROM json_each(?1)))",
            [left_out],
        )?)
    }

    /// Returns how many files of a root are there or offline.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn count_files(&self, root: RootId) -> Result<u64> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM ledger WHERE root_id = ?1 AND presence <> 'removed'")?
            .query_row([root.0], |row| row.get(0))?;
        Ok(count.max(0) as u64)
    }
}
