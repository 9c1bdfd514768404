//! What would go, and why: the verdicts of all groups as one list, with sums.
//!
//! Nothing is decided here and nothing moved; a plan is shown in full before anything moves, and checked again when it is applied.
//! **Invariant:** every group keeps at least its keeper, by construction (a keeper is never read as a removal) and asserted; no asset
//! is planned twice or is a keeper of another group.

use crate::AssetFacts;
use model::{AssetId, Group, GroupId, Reason, Relation, SourceId, Verdict};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// One asset that would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// The group it stands in.
    pub group: GroupId,
    /// The asset.
    pub asset: AssetId,
    /// The source it lies in.
    pub source: SourceId,
    /// The asset that stays in its place.
    pub keeper: AssetId,
    /// How it stands to the keeper.
    pub relation: Relation,
    /// Its bytes.
    pub size_bytes: u64,
    /// Why, most important first.
    pub reasons: Vec<Reason>,
}

/// A number of assets and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Sum {
    /// How many.
    pub assets: u64,
    /// Their bytes together.
    pub size_bytes: u64,
}

impl Sum {
    fn add(&mut self, size_bytes: u64) {
        self.assets += 1;
        self.size_bytes = self.size_bytes.saturating_add(size_bytes);
    }
}

/// What would go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Plan {
    /// Each asset that would go, in the order of groups and members.
    pub removals: Vec<Removal>,
    /// Sums by relation, the strongest relation first.
    pub by_relation: Vec<(Relation, Sum)>,
    /// All that would go.
    pub total: Sum,
    /// Members that a person has to look at.
    pub undecided: Sum,
    /// Groups of which something would go.
    pub groups: u64,
}

/// Returns what the verdicts of these groups amount to. A member of which nothing is known in `facts` is left out.
///
/// # Panics
/// If a group is empty, offers its keeper or offers an asset without strict evidence, or if an asset stands in two groups: a plan made
/// from such groups could lose a photo.
#[must_use]
pub fn plan(groups: &[Group], facts: &[AssetFacts]) -> Plan {
    let known: HashMap<AssetId, &AssetFacts> = facts.iter().map(|facts| (facts.asset, facts)).collect();
    check(groups);
    let mut plan = Plan::default();
    let mut by_relation: BTreeMap<Relation, Sum> = BTreeMap::new();
    for group in groups {
        let before = plan.removals.len();
        for member in group.members.iter().skip(1) {
            let (Some(facts), Some(relation)) = (known.get(&member.asset), member.relation) else { continue };
            match member.verdict {
                Verdict::Keep => {}
                Verdict::Undecided => plan.undecided.add(facts.size_bytes),
                Verdict::Remove => {
                    by_relation.entry(relation).or_default().add(facts.size_bytes);
                    plan.total.add(facts.size_bytes);
                    plan.removals.push(Removal {
                        group: group.id,
                        asset: member.asset,
                        source: facts.source,
                        keeper: group.keeper(),
                        relation,
                        size_bytes: facts.size_bytes,
                        reasons: member.reasons.clone(),
                    });
                }
            }
        }
        let going = plan.removals.len() - before;
        assert!(going < group.members.len(), "every group keeps at least one");
        plan.groups += u64::from(going > 0);
    }
    plan.by_relation = by_relation.into_iter().collect();
    plan
}

/// Holds what must be true before anything may be planned.
fn check(groups: &[Group]) {
    let mut seen = HashSet::new();
    for group in groups {
        let keeper = group.members.first().expect("a group has a keeper");
        assert!(keeper.verdict != Verdict::Remove, "group {}: its keeper is never offered", group.id);
        for (at, member) in group.members.iter().enumerate() {
            assert!(seen.insert(member.asset), "asset {} stands in two groups", member.asset);
            let proven = member.evidence.as_ref().is_some_and(|edge| edge.strict && edge.other(member.asset) == Some(keeper.asset));
            assert!(at == 0 || member.verdict != Verdict::Remove || proven, "asset {} is offered without strict evidence", member.asset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{camera, edge, plain};
    use crate::{Options, groups};

    fn library() -> (Vec<AssetFacts>, Vec<Group>) {
        let mut turned = camera(4);
        turned.size_bytes = 7;
        let mut small = plain(2);
        (small.width, small.height, small.size_bytes) = (320, 240, 30);
        let mut facts = vec![camera(1), small, camera(3), turned];
        facts[2].size_bytes = 500;
        let evidence = [edge(1, 2, Relation::Thumbnail), edge(1, 3, Relation::Identical), edge(1, 4, Relation::Rotated)];
        let formed = groups(&facts, &evidence, &Options::default());
        (facts, formed)
    }

    #[test]
    fn sums_by_relation() {
        let (facts, formed) = library();
        let plan = plan(&formed, &facts);
        assert_eq!(
            plan.by_relation,
            [(Relation::Identical, Sum { assets: 1, size_bytes: 500 }), (Relation::Thumbnail, Sum { assets: 1, size_bytes: 30 })]
        );
        assert_eq!((plan.total, plan.undecided, plan.groups), (Sum { assets: 2, size_bytes: 530 }, Sum { assets: 1, size_bytes: 7 }, 1));
        assert_eq!(plan.removals[0].keeper, AssetId(1));
        assert_eq!(super::plan(&[], &facts), Plan::default());
    }

    /// imagededup's `find_duplicates_to_remove` walks the files in their order: b, like a and like c, took both, though a and c are not alike.
    #[test]
    fn nothing_goes_because_of_what_goes_itself() {
        for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
            let facts: Vec<AssetFacts> =
                order.map(|id: i64| AssetFacts { size_bytes: 1000 + 10 * id.unsigned_abs(), ..plain(id) }).to_vec();
            for evidence in [
                [edge(1, 2, Relation::Identical), edge(2, 3, Relation::Identical)],
                [edge(2, 3, Relation::Identical), edge(1, 2, Relation::Identical)],
            ] {
                let plan = plan(&groups(&facts, &evidence, &Options::default()), &facts);
                let gone: Vec<AssetId> = plan.removals.iter().map(|removal| removal.asset).collect();
                assert!(plan.removals.iter().all(|removal| !gone.contains(&removal.keeper)), "{plan:?}");
                assert!(plan.removals.iter().all(|removal| removal.asset == AssetId(2) || removal.keeper == AssetId(2)), "{plan:?}");
                assert_eq!(gone.len(), 1, "{plan:?}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "its keeper is never offered")]
    fn a_group_that_offers_its_keeper_is_refused() {
        let (facts, mut formed) = library();
        formed[0].members[0].verdict = Verdict::Remove;
        let _plan = plan(&formed, &facts);
    }

    #[test]
    #[should_panic(expected = "without strict evidence")]
    fn a_removal_without_strict_evidence_is_refused() {
        let (facts, mut formed) = library();
        for member in &mut formed[0].members {
            if let Some(evidence) = &mut member.evidence {
                evidence.strict = false;
            }
        }
        let _plan = plan(&formed, &facts);
    }

    #[test]
    #[should_panic(expected = "stands in two groups")]
    fn an_asset_in_two_groups_is_refused() {
        let (facts, formed) = library();
        let _plan = plan(&[formed.clone(), formed].concat(), &facts);
    }
}
