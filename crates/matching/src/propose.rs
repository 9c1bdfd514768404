//! Which pairs are worth judging, from signatures alone: equal content or payload keys, near perceptual hashes in any turn, frames of one
//! series, stems in one folder, and films of one length with a moment in common. It opens nothing, and it decides nothing: most of what it proposes by hash is judged no copy.
//!
//! Cost, with the signatures (release, two cores, drawn hashes of which a fifth are near others; `cargo bench -p matching`, 2026-11): see
//! `candidates.rs`, which is nearly all of it.
//!
//! **Invariant:** the same signatures in any order propose the same pairs; with `fresh`, those of the full answer that touch a fresh
//! asset, unless a crowd of near pictures exceeds the bounds of `thresholds.rs`.

use crate::candidates::near_pairs;
use crate::{Signature, bursts, content, films, pairs};
use model::AssetId;
use std::collections::HashSet;

/// A signature and the place of its asset in order; rows of one asset share it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'s> {
    pub(crate) place: u32,
    pub(crate) signature: &'s Signature,
}

/// Tells by place whether an asset is fresh.
pub(crate) type IsFresh<'f> = dyn Fn(u32) -> bool + Sync + 'f;

/// Returns the pairs worth judging, each with the lower asset first, sorted, once each; with `fresh`, only those that touch one of these
/// assets.
///
/// `tick` is told how much is done of how much (in no unit a person would know), from several threads, and stops the search by `false`;
/// what was found till then is returned.
#[must_use]
pub fn propose(
    signatures: &[Signature],
    fresh: Option<&HashSet<AssetId>>,
    tick: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Vec<(AssetId, AssetId)> {
    if !tick(0, 1) {
        return Vec::new();
    }
    let rows = in_rows(signatures);
    let mut assets: Vec<AssetId> = rows.iter().map(|row| row.signature.asset()).collect();
    assets.dedup();
    let fresh: Option<Vec<bool>> = fresh.map(|fresh| assets.iter().map(|asset| fresh.contains(asset)).collect());
    let is_fresh: &IsFresh<'_> = &|place: u32| fresh.as_ref().is_none_or(|fresh| fresh[place as usize]);
    let mut found = near_pairs(&rows, is_fresh, tick);
    found.extend(content::pairs(&rows, is_fresh));
    found.extend(bursts::series(&rows, is_fresh));
    found.extend(pairs::by_stem(&rows, is_fresh));
    found.extend(films::pairs(&rows, is_fresh));
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(first, second)| (assets[first as usize], assets[second as usize])).collect()
}

/// Returns the signatures by asset, with places.
pub(crate) fn in_rows(signatures: &[Signature]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = signatures.iter().map(|signature| Row { place: 0, signature }).collect();
    rows.sort_by_key(|row| row.signature.asset());
    let (mut place, mut last) = (0, rows.first().map(|row| row.signature.asset()));
    for row in &mut rows {
        if last != Some(row.signature.asset()) {
            place += 1;
            last = Some(row.signature.asset());
        }
        row.place = place;
    }
    rows
}
