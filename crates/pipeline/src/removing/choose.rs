//! What of the groups is to go, what is handed off, and what is left and why. Pure.

use crate::group::{Formed, GroupOptions};
use catalog::{AssetRow, Recorded};
use decisions::AssetFacts;
use model::{AssetId, Group, Member, Presence, Relation, SourceKind, Verdict};
use removal::{NotOurs, RefusalCode};
use std::collections::HashSet;

/// Rules of the decisions room that nothing overrules; the first that spoke is the cause.
const BINDING: &[&str] = &[
    "other-source",
    "reference",
    "library-package",
    "only-listed",
    "one-item-to-google",
    "not-strict",
    "not-compared",
    "trashed",
    "locked",
    "partner",
    "offline",
    "damaged",
];

/// A photo that is to go, as the groups have it.
pub(super) struct Wanted<'a> {
    pub(super) group: &'a Group,
    pub(super) member: &'a Member,
    pub(super) row: &'a AssetRow,
    pub(super) facts: &'a AssetFacts,
    pub(super) keeper: (&'a AssetRow, &'a AssetFacts),
}

/// What was chosen.
#[derive(Default)]
pub(super) struct Choice<'a> {
    pub(super) wanted: Vec<Wanted<'a>>,
    pub(super) handoff: Vec<NotOurs>,
    pub(super) left: Vec<NotOurs>,
}

/// Chooses by what the person decided, or also by what the rules offer.
pub(super) fn choose<'a>(formed: &'a Formed, options: &GroupOptions, from_rules: bool) -> Choice<'a> {
    // Holds what must be true before anything may be planned.
    let _plan = formed.plan();
    let mut choice = Choice::default();
    let is_told_to_go = |asset: AssetId| formed.recorded.verdicts.get(&asset) == Some(&Recorded::Remove);
    let mut grouped: HashSet<AssetId> = HashSet::new();
    for group in &formed.groups {
        grouped.extend(group.members.iter().map(|member| member.asset));
        let Some(keeper) = known(formed, group.keeper()) else { continue };
        if is_told_to_go(group.keeper()) {
            choice.left.push(not_ours(keeper.1, "last-copy", "you decided to remove it, but no other of this group can stay in its place"));
        }
        for member in group.members.iter().skip(1) {
            let Some((row, facts)) = known(formed, member.asset) else { continue };
            let is_told = is_told_to_go(member.asset);
            if member.verdict == Verdict::Remove && (is_told || from_rules) {
                let wanted = Wanted { group, member, row, facts, keeper };
                match obstacle(&wanted) {
                    None => choice.wanted.push(wanted),
                    Some((RefusalCode::HandOff, why)) => choice.handoff.push(not_ours(facts, RefusalCode::HandOff.name(), &why)),
                    Some((code, why)) => choice.left.push(not_ours(facts, code.name(), &why)),
                }
            } else if is_told || (from_rules && member.is_bound && member.verdict == Verdict::Undecided && is_copy(member)) {
                let (code, why) = cause(member);
                choice.left.push(not_ours(facts, code, &why));
            }
        }
    }
    if options.is_unfiltered() {
        let alone = formed.facts.iter().filter(|facts| is_told_to_go(facts.asset) && !grouped.contains(&facts.asset));
        choice.left.extend(alone.map(|facts| not_ours(facts, "no-copy", "you decided to remove it, but no copy that stays is known")));
    }
    choice
}

fn known(formed: &Formed, asset: AssetId) -> Option<(&AssetRow, &AssetFacts)> {
    formed.asset(asset).zip(formed.facts_of(asset))
}

/// Tells a relation that the rules offer by itself (design §4.1).
fn is_copy(member: &Member) -> bool {
    member.relation.is_some_and(|relation| relation <= Relation::ReEncoded)
}

/// Returns what binds a member.
pub(super) fn cause(member: &Member) -> (&'static str, String) {
    let binding = |rule: &str| BINDING.iter().copied().find(|known| *known == rule);
    let found = member.reasons.iter().find_map(|reason| Some((binding(&reason.rule)?, reason.words.to_string())));
    found.unwrap_or_else(|| ("verdict", "it is not offered for removal any more".to_owned()))
}

/// Returns why a photo that may go does not go by our hand.
fn obstacle(wanted: &Wanted<'_>) -> Option<(RefusalCode, String)> {
    let Wanted { row, facts, keeper: (keeper, kept), .. } = wanted;
    let code = RefusalCode::HandOff;
    if facts.source_kind != SourceKind::Folder {
        return Some((
            code,
            format!("lies in {}, which no program can change: `lookalike handoff` writes a list for you", facts.source_name),
        ));
    }
    if row.presence != Presence::Present {
        return Some((RefusalCode::Offline, format!("{} is not there now", facts.source_name)));
    }
    if kept.source_kind != SourceKind::Folder {
        let why = format!("the keeper `{}` lies in an export: a backup justifies no removal in a folder", kept.path);
        return Some((RefusalCode::KeeperMissing, why));
    }
    if keeper.presence != Presence::Present {
        return Some((RefusalCode::KeeperMissing, format!("the keeper `{}` is not there now", kept.path)));
    }
    None
}

/// Returns the entry of a photo that does not go.
pub(super) fn not_ours(facts: &AssetFacts, code: &str, why: &str) -> NotOurs {
    NotOurs {
        asset: facts.asset.0,
        path: facts.path.clone(),
        source: facts.source_name.clone(),
        code: code.to_owned(),
        why: why.to_owned(),
    }
}
