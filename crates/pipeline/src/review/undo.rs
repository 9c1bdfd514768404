//! The history of changes: the latest is undone first, the one undone last is done again first, without limit and after any restart.

use super::decide::decided;
use super::{ChangeRow, Decided, History, Review, bring_up_to_date, conflict};
use crate::Result;
use catalog::{Catalog, Change};

/// Assets of a change that are told of after undoing it.
const TOLD_MAX: usize = 50;

impl Review {
    /// Returns what may be undone and done again.
    ///
    /// # Errors
    /// [`crate::Error::Catalog`].
    pub fn history(&self) -> Result<History> {
        self.reading(history_of)
    }

    /// Undoes the change of that number, which must be the latest.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where another is the latest by now, [`crate::Error::Catalog`].
    pub fn undo(&self, id: i64) -> Result<Decided> {
        self.turn(id, true)
    }

    /// Does the change of that number again, which must be the one undone last.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where another is, [`crate::Error::Catalog`].
    pub fn redo(&self, id: i64) -> Result<Decided> {
        self.turn(id, false)
    }

    fn turn(&self, id: i64, is_undoing: bool) -> Result<Decided> {
        self.writing(|catalog| {
            let change = catalog.transaction(|| {
                let (undo, redo) = catalog.history()?;
                match if is_undoing { undo } else { redo } {
                    Some(change) if change.id == id => {
                        catalog.turn_change(&change, is_undoing, (self.now)())?;
                        Ok(change)
                    }
                    _ => Err(conflict("another change was made meanwhile, here or elsewhere; nothing was done")),
                }
            })?;
            // Where the change was about keep rules, all groups are to be formed anew.
            bring_up_to_date(catalog, &self.options)?;
            let mut concerned = catalog.assets_of_change(id, TOLD_MAX)?;
            concerned.extend(change.asset.filter(|asset| !concerned.contains(asset)));
            decided(catalog, &concerned)
        })
    }
}

pub(super) fn history_of(catalog: &Catalog) -> Result<History> {
    let (undo, redo) = catalog.history()?;
    Ok(History { undo: undo.map(row), redo: redo.map(row) })
}

fn row(change: Change) -> ChangeRow {
    ChangeRow { id: change.id, kind: change.kind, assets: change.assets, asset: change.asset.map(|asset| asset.0), at_s: change.made_at_s }
}
