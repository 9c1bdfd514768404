//! Which files of a root wait to be read, and how each is reached.

use super::{Depth, ScanOptions, exact, read};
use crate::Result;
use catalog::{Catalog, LedgerRow, RootRow};
use fingerprints::{QUICK_RECIPE, RECIPE};
use model::{FileKind, LocationPath, Outcome, Presence};
use rustc_hash::FxHashSet;
use std::collections::{BTreeSet, HashMap};

/// How often the program may die on a file before it is set aside.
const ATTEMPTS_MAX: u32 = 2;
/// Causes that pass by themselves, so that the next scan tries again though the file is unchanged.
const PASSING_CAUSES: &[&str] = &["unreadable", "archive-changed", "not-found"];

/// Files that wait to be read, by how they are reached.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) jobs: Vec<read::Job>,
    pub(super) streams: Vec<read::Stream>,
    pub(super) set_aside: Vec<i64>,
    pub(super) count: u64,
    pub(super) bytes: u64,
    sizes: FxHashSet<u64>,
}

impl Waiting {
    /// Adds what waits in a root: all that was not read as deep as this scan reads, or these ledger rows.
    pub(super) fn add(&mut self, catalog: &Catalog, root: &RootRow, options: &ScanOptions, these: Option<&BTreeSet<i64>>) -> Result<()> {
        let mut members = HashMap::new();
        for row in catalog.ledger_of(root.id)? {
            let waits = these.map_or_else(|| waits(&row, options), |these| these.contains(&row.id));
            if row.presence != Presence::Present || !waits {
                continue;
            }
            if row.attempts >= ATTEMPTS_MAX && !options.retry {
                self.set_aside.push(row.id);
                continue;
            }
            self.count += 1;
            self.bytes += row.size_bytes;
            self.sizes.insert(row.size_bytes);
            let name = row.path.to_string_lossy().into_owned();
            match root.kind {
                catalog::RootKind::Tgz => drop(members.insert(name, row.id)),
                catalog::RootKind::Zip => self.push(row.id, LocationPath::member(&root.path, name), row.size_bytes, row.attempts),
                _ => self.push(row.id, LocationPath::file(root.path.join(&row.path)), row.size_bytes, row.attempts),
            }
        }
        if !members.is_empty() {
            self.streams.push(read::Stream { archive: root.path.clone(), members });
        }
        Ok(())
    }

    /// Returns the sizes of all that waits, each once.
    pub(super) fn sizes(&self) -> Vec<u64> {
        self.sizes.iter().copied().collect()
    }

    fn push(&mut self, ledger_id: i64, path: LocationPath, size_bytes: u64, attempts: u32) {
        self.jobs.push(read::Job { ledger_id, path, size_bytes, attempts });
    }
}

/// Tells a row that this scan has to read.
pub(super) fn waits(row: &LedgerRow, options: &ScanOptions) -> bool {
    let cause = row.outcome.as_ref().and_then(Outcome::cause).map(|cause| cause.code.as_str());
    let is_among = |codes: &[&str]| cause.is_some_and(|cause| codes.contains(&cause));
    let is_deep_enough = |recipe: u32| match options.depth {
        Depth::Whole => recipe == RECIPE,
        Depth::Quick => recipe == RECIPE || recipe == QUICK_RECIPE,
        Depth::Exact => recipe == RECIPE || recipe == exact::UNDRAWN,
    };
    let is_stale = row.recipe.is_some_and(|recipe| !is_deep_enough(recipe));
    let failed_before =
        (options.retry || is_among(PASSING_CAUSES)) && row.kind == FileKind::Media && matches!(row.outcome, Some(Outcome::Failed(_)));
    let interrupted = row.kind == FileKind::Media && row.outcome == Some(Outcome::Done) && row.recipe.is_none();
    let told_apart = if options.depth == Depth::Exact { exact::UNREAD_CAUSES } else { exact::CAUSES };
    row.outcome.is_none() || is_among(told_apart) || is_stale || failed_before || interrupted
}
