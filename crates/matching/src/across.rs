//! Pairs worth judging between two sets of assets, for one who must not miss any: what `propose.rs` cuts off in a crowd (bursts, time-lapses,
//! thousands of copies) is compared here with everything, and where even that is too much, the asset is named.
//!
//! **Invariant:** an asset of `left` that is not [`Across::crowded`] is paired with every one of `right` that lies within the reach of
//! `candidates.rs` (by its guarantees), shares its camera's second, or is a film of its length with a moment in common.

use crate::candidates::nearness;
use crate::thresholds::{CANDIDATE_MAX_BITS, CLASS_MAX, SERIES_MAX, TURNED_MAX_BITS};
use crate::{Signature, propose};
use model::{AssetId, PerceptualHash};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Assets of `right` that one of `left` in a crowd is paired with, nearest first. Assets: as many as a question of `candidates.rs` keeps.
const CROWD_PAIRED_MAX: usize = 256;

/// Pairs between two sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Across {
    /// The pairs, the lower asset first, sorted, once each.
    pub pairs: Vec<(AssetId, AssetId)>,
    /// Assets of `left` that have more near ones in `right` than are worth judging: not all of these are among the pairs.
    pub crowded: BTreeSet<AssetId>,
}

/// Returns the pairs worth judging of which one is in `left` and one in `right`, which share no asset. `tick` is told how much of how much
/// is done and stops the search by `false`; what was found till then is returned.
#[must_use]
pub fn propose_across(left: &[Signature], right: &[Signature], tick: &(dyn Fn(u64, u64) -> bool + Sync)) -> Across {
    let ours: HashSet<AssetId> = left.iter().map(Signature::asset).collect();
    let both: Vec<Signature> = left.iter().chain(right).copied().collect();
    let mut met: HashMap<AssetId, usize> = HashMap::new();
    let mut pairs = propose(&both, Some(&ours), tick);
    for asset in pairs.iter().flat_map(|&(a, b)| [a, b]).filter(|asset| ours.contains(asset)) {
        *met.entry(asset).or_default() += 1;
    }
    pairs.retain(|(a, b)| ours.contains(a) != ours.contains(b));
    let mut alike: HashMap<&PerceptualHash, usize> = HashMap::new();
    for hash in both.iter().filter_map(Signature::hash) {
        *alike.entry(hash).or_default() += 1;
    }
    // The narrowest bound of all proposals is `SERIES_MAX`; who has met fewer was cut off nowhere, but for classes of one hash.
    let is_cut = |row: &&Signature| {
        met.get(&row.asset()).is_some_and(|met| *met >= SERIES_MAX) || row.hash().is_some_and(|hash| alike[hash] > CLASS_MAX)
    };
    let mut across = Across::default();
    for row in left.iter().filter(is_cut) {
        if !tick(0, 1) {
            break;
        }
        let mut near: Vec<(bool, u32, AssetId)> = right.iter().filter_map(|other| near(row, other)).collect();
        near.sort_unstable();
        if near.len() > CROWD_PAIRED_MAX {
            across.crowded.insert(row.asset());
        }
        let some = near.into_iter().take(CROWD_PAIRED_MAX);
        pairs.extend(some.map(|(.., other)| (row.asset().min(other), row.asset().max(other))));
    }
    pairs.sort_unstable();
    pairs.dedup();
    across.pairs = pairs;
    across
}

/// Returns whether two rows are of other seconds, and their distance, where either makes them worth judging.
fn near(row: &Signature, other: &Signature) -> Option<(bool, u32, AssetId)> {
    let second = |row: &Signature| row.camera().zip(row.seconds());
    let one_second = row.is_still() && other.is_still() && second(row).is_some() && second(row) == second(other);
    let near = row.hash().zip(other.hash()).map(|(a, b)| nearness(a, b));
    let within = near.filter(|near| near.upright.0 <= CANDIDATE_MAX_BITS || near.turned.0.0 <= TURNED_MAX_BITS);
    let distance = near.map_or(0, |near| near.upright.0.min(near.turned.0.0));
    (one_second || within.is_some()).then_some((!one_second, distance, other.asset()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::fixture::subject;

    fn row(asset: i64, hash: [u64; 4]) -> Signature {
        let mut one = subject(asset);
        one.hash = Some(PerceptualHash(hash));
        Signature::of(&one)[0]
    }

    #[test]
    fn only_pairs_between_the_sets_are_told() {
        let left = [row(1, [1, 2, 3, 4]), row(2, [1, 2, 3, 4])];
        let right = [row(3, [1, 2, 3, 4]), row(4, [!0, 0x00ff_00ff, 7, 0x1234_5678_9abc_def0])];
        let found = propose_across(&left, &right, &|_, _| true);
        let pair = |a, b| (AssetId(a), AssetId(b));
        assert_eq!(found, Across { pairs: vec![pair(1, 3), pair(2, 3)], crowded: BTreeSet::new() });
    }

    #[test]
    fn a_crowd_on_ones_own_side_hides_nothing_and_one_on_the_other_is_named() {
        // The far one has its copy across, and hundreds that are nearer to it on its own side: `propose` keeps only those.
        let near = |n: u64| [n, 0, 0, 0];
        let left: Vec<Signature> = (0..900).map(|n| row(n, near(n as u64))).collect();
        let copy = row(2_000, [0, 0xffff, 0xf, 0]);
        let cut = propose(&left.iter().copied().chain([copy]).collect::<Vec<_>>(), None, &|_, _| true);
        let found = propose_across(&left, &[copy], &|_, _| true);
        assert_eq!(found.pairs.len(), 900, "each is paired with the one across");
        assert!(cut.iter().filter(|(_, b)| *b == AssetId(2_000)).count() < 900, "which a question among all does not tell");
        assert!(found.crowded.is_empty());
        let many: Vec<Signature> = (0..300).map(|n| row(5_000 + n, near(n as u64))).collect();
        let found = propose_across(&left[..1], &many, &|_, _| true);
        assert!((CROWD_PAIRED_MAX..300).contains(&found.pairs.len()) && found.crowded.len() == 1);
    }
}
