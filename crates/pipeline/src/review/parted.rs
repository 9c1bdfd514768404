//! Pairs of which the person said that they are not the same photo: listed, and taken back.

use super::decide::decided;
use super::list::picture_name;
use super::{Decided, PAGE_MAX, PartedRow, PartedSide, Review, conflict};
use crate::Result;
use crate::group::regroup;
use catalog::Catalog;
use model::AssetId;

impl Review {
    /// Returns such pairs, latest first, below the number `before` if given; at most `limit` (and at most [`PAGE_MAX`]).
    ///
    /// # Errors
    /// [`crate::Error::Catalog`].
    pub fn parted(&self, before: Option<i64>, limit: usize) -> Result<Vec<PartedRow>> {
        self.reading(|catalog| {
            let pairs = catalog.parted(before, limit.clamp(1, PAGE_MAX))?;
            let rows = pairs
                .into_iter()
                .map(|pair| Ok(PartedRow { id: pair.id, a: side(catalog, pair.a.1)?, b: side(catalog, pair.b.1)?, at_s: pair.said_at_s }));
            rows.collect()
        })
    }

    /// Takes one back, as a change that can be undone.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where it was taken back elsewhere, [`crate::Error::Catalog`].
    pub fn rejoin(&self, id: i64) -> Result<Decided> {
        let now = (self.now)();
        self.writing(|catalog| {
            catalog.transaction(|| {
                let Some(pair) = catalog.parted_pair(id)? else {
                    return Err(conflict("this was taken back already"));
                };
                let change = catalog.begin_change("rejoin", None, now)?;
                catalog.part(change, &[pair], false, now)?;
                Ok(())
            })?;
            regroup(catalog)?;
            decided(catalog, &[])
        })
    }
}

fn side(catalog: &Catalog, asset: Option<AssetId>) -> Result<Option<PartedSide>> {
    let Some(asset) = asset else { return Ok(None) };
    let row = catalog.assets_of(&[asset])?.pop();
    Ok(row.map(|row| {
        let hash = row.places.iter().find(|place| place.content == row.content).and_then(|place| place.content_hash);
        PartedSide { asset: asset.0, picture: picture_name(hash.as_ref().map(|hash| &hash.0[..])), name: row.filename }
    }))
}
