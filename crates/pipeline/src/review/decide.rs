//! Deciding on one group: verdicts, another keeper, not the same.
//!
//! What needs pictures (pairs never compared) is done first; then one transaction checks the version, keeps the wish, forms the groups anew
//! and looks whether they are what was wished.

use super::list::rows_of;
use super::undo::history_of;
use super::{Decided, MEMBERS_SHOWN_MAX, Review, VerdictWish, Wish, conflict};
use crate::detail::Details;
use crate::group::regroup_these;
use crate::weigh::{CatalogPictures, EVIDENCE_RECIPE, subject_of};
use crate::{Error, Result};
use catalog::{Catalog, ListedMember, PhotoKey, Recorded};
use matching::Subject;
use model::{AssetId, Evidence, Relation, Verdict};
use std::collections::{BTreeSet, HashMap};

/// Groups told of after a decision, at most; a page asks for more itself.
const TOLD_MAX: usize = 20;

/// A wish in the catalog's terms.
struct Orders {
    kind: &'static str,
    asset: AssetId,
    verdicts: Vec<(AssetId, Option<Recorded>)>,
    /// Who stays in the place of those to remove.
    keeper: AssetId,
    pairs: Vec<(PhotoKey, PhotoKey)>,
}

impl Review {
    /// Does what a person wants of the group of that number, if it is still at `version`.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the group changed meanwhile; [`Error::User`], with the reason, where the wish cannot be; nothing is kept then.
    pub fn decide(&self, group: i64, version: i64, wish: &Wish) -> Result<Decided> {
        let (orders, compared) = self.reading(|catalog| {
            let members = members_at(catalog, group, version)?;
            Ok((orders(catalog, AssetId(group), &members, wish)?, members))
        })?;
        let edges = if orders.keeper.0 == group { Vec::new() } else { self.compare(orders.keeper, &compared)? };
        let now = (self.now)();
        self.writing(|catalog| {
            catalog.transaction(|| {
                let members = members_at(catalog, group, version)?;
                keep(catalog, &orders, &edges, now)?;
                let concerned: Vec<AssetId> = members.iter().map(|member| member.asset).collect();
                regroup_these(catalog, &catalog.assets_tied_to(&concerned)?)?;
                check(catalog, &orders, &members)?;
                decided(catalog, &concerned)
            })
        })
    }

    /// Compares `keeper` with those members that it was never compared with.
    fn compare(&self, keeper: AssetId, members: &[ListedMember]) -> Result<Vec<Evidence>> {
        let ids: Vec<AssetId> = members.iter().map(|member| member.asset).collect();
        let (rows, known) = self.reading(|catalog| Ok((catalog.assets_of(&ids)?, catalog.evidence_at(keeper)?)))?;
        let known: BTreeSet<AssetId> = known.iter().filter_map(|edge| edge.other(keeper)).collect();
        let subjects: Vec<Subject> = rows.iter().filter_map(subject_of).collect();
        if !subjects.iter().any(|subject| subject.asset == keeper) {
            return Ok(Vec::new());
        }
        let others = subjects.iter().map(|subject| subject.asset).filter(|asset| *asset != keeper && !known.contains(asset));
        let pairs: Vec<(AssetId, AssetId)> = others.map(|other| (keeper.min(other), keeper.max(other))).collect();
        if pairs.is_empty() {
            return Ok(Vec::new());
        }
        let pictures = CatalogPictures::open(&self.path, Details::of(&rows))?;
        let edges = matching::judge_pairs(&pairs, &subjects, &pictures, &|_, _| true);
        pictures.outcome()?;
        Ok(edges)
    }
}

/// Returns the members of a group as the person saw it.
fn members_at(catalog: &Catalog, group: i64, version: i64) -> Result<Vec<ListedMember>> {
    let Some(listed) = catalog.listed_groups(&[group])?.pop() else {
        return Err(conflict("this group is gone: it was changed elsewhere meanwhile"));
    };
    if listed.version != version {
        return Err(conflict("this group was changed elsewhere meanwhile; nothing was done"));
    }
    Ok(catalog.listed_members(group, usize::MAX >> 1)?)
}

fn orders(catalog: &Catalog, keeper: AssetId, members: &[ListedMember], wish: &Wish) -> Result<Orders> {
    let member = |asset: i64| {
        let found = members.iter().find(|member| member.asset.0 == asset);
        found.ok_or_else(|| Error::user(format!("asset {asset} does not stand in this group"), "open the group anew"))
    };
    let keys = || catalog.photo_keys(&members.iter().map(|member| member.asset).collect::<Vec<_>>());
    let plain = |kind, asset, verdicts| Orders { kind, asset, verdicts, keeper, pairs: Vec::new() };
    Ok(match wish {
        Wish::Verdicts { verdicts } => {
            let mut wished: HashMap<AssetId, VerdictWish> = HashMap::new();
            for (asset, verdict) in verdicts {
                wished.insert(member(*asset)?.asset, *verdict);
            }
            let orders = wished.iter().map(|(asset, verdict)| {
                let recorded = match verdict {
                    VerdictWish::Keep => Some(Recorded::Keep),
                    VerdictWish::Remove => Some(Recorded::Remove),
                    VerdictWish::Open => None,
                };
                (*asset, recorded)
            });
            let mut orders: Vec<_> = orders.collect();
            orders.sort_by_key(|(asset, _)| *asset);
            let about = orders.first().map_or(keeper, |(asset, _)| *asset);
            // One that is chosen stays so until it is told to go or to be open again.
            orders.retain(|(asset, verdict)| {
                let is_chosen = members.iter().any(|member| member.asset == *asset && member.recorded == Some(Recorded::Keeper));
                !(is_chosen && *verdict == Some(Recorded::Keep))
            });
            if wished.get(&keeper) != Some(&VerdictWish::Remove) {
                return Ok(plain("verdicts", about, orders));
            }
            // Another has to stay in its place. What is only offered to go may; what the person told to go may not.
            let goes = |member: &ListedMember| match wished.get(&member.asset) {
                Some(wish) => *wish == VerdictWish::Remove,
                None => member.recorded == Some(Recorded::Remove),
            };
            let is_copy = |member: &ListedMember| member.relation.is_some_and(|relation| relation < Relation::RawJpeg) && !member.is_bound;
            let Some(heir) = members.iter().find(|member| is_copy(member) && !goes(member)) else {
                return Err(match members.iter().find(|member| !goes(member)) {
                    None => Error::user("one of a group has to stay", "keep another one first"),
                    Some(_) => Error::user(
                        "no other of this group that stays is shown to be the same photo",
                        "keep it, or make another one the keeper first",
                    ),
                });
            };
            Orders { kind: "verdicts", asset: about, verdicts: orders, keeper: heir.asset, pairs: Vec::new() }
        }
        Wish::Accept => {
            // Nobody accepts what is not shown, or what waits for a drive.
            let shown = catalog.shown_members(keeper.0, MEMBERS_SHOWN_MAX)?;
            let accepted = |member: &ListedMember| if member.verdict == Verdict::Remove { Recorded::Remove } else { Recorded::Keep };
            let free = shown.iter().filter(|member| member.asset != keeper && !member.is_bound);
            plain("accept", keeper, free.map(|member| (member.asset, Some(accepted(member)))).collect())
        }
        Wish::Keeper { asset } => {
            let heir = member(*asset)?.asset;
            let former = members.iter().filter(|member| member.recorded == Some(Recorded::Keeper) && member.asset != heir);
            let mut verdicts: Vec<_> = former.map(|member| (member.asset, None)).collect();
            verdicts.push((heir, Some(Recorded::Keeper)));
            Orders { kind: "keeper", asset: heir, verdicts, keeper: heir, pairs: Vec::new() }
        }
        Wish::NotTheSame { asset } => {
            let leaving = member(*asset)?;
            let keys = keys()?;
            let Some(own) = keys.get(&leaving.asset) else { return Err(Error::Bug("a member has no name".to_owned())) };
            let others: BTreeSet<&PhotoKey> = keys.values().filter(|key| *key != own).collect();
            if others.is_empty() {
                return Err(Error::user(
                    format!("`{}` is coded exactly as all others of this group: it is the same photo", leaving.name),
                    "to have it twice, keep both",
                ));
            }
            let pairs = others.into_iter().map(|other| (own.clone(), other.clone())).collect();
            // With it go its equals; what was decided on them was decided against these others.
            let gone = members.iter().filter(|member| keys.get(&member.asset) == Some(own) && member.recorded.is_some());
            Orders { kind: "not-the-same", asset: leaving.asset, verdicts: gone.map(|m| (m.asset, None)).collect(), keeper, pairs }
        }
        Wish::NoneTheSame => {
            let keys = keys()?;
            let distinct: Vec<&PhotoKey> = keys.values().collect::<BTreeSet<_>>().into_iter().collect();
            if distinct.len() < 2 {
                return Err(Error::user(
                    "all of this group are coded exactly alike: they are the same photo",
                    "to have it twice, keep both",
                ));
            }
            let pairs = (0..distinct.len()).flat_map(|at| distinct[at + 1..].iter().map(move |other| (at, *other)));
            let pairs = pairs.map(|(at, other)| (distinct[at].clone(), other.clone())).collect();
            let decided = members.iter().filter(|member| member.recorded.is_some());
            Orders { kind: "none-the-same", asset: keeper, verdicts: decided.map(|m| (m.asset, None)).collect(), keeper, pairs }
        }
    })
}

/// Writes orders as one change. One that changes nothing leaves no trace in the history.
fn keep(catalog: &Catalog, orders: &Orders, edges: &[Evidence], now: i64) -> Result<()> {
    let change = catalog.begin_change(orders.kind, Some(orders.asset), now)?;
    catalog.save_evidence(edges, EVIDENCE_RECIPE)?;
    let given = catalog.give_verdicts(change, &orders.verdicts, orders.keeper, now)?;
    let parted = catalog.part(change, &orders.pairs, true, now)?;
    if given + parted == 0 {
        catalog.drop_change(change)?;
    }
    Ok(())
}

/// Makes sure that the groups formed anew are what was wished.
fn check(catalog: &Catalog, orders: &Orders, before: &[ListedMember]) -> Result<()> {
    let name = |asset: AssetId| before.iter().find(|member| member.asset == asset).map_or("", |member| member.name.as_str());
    if orders.verdicts.contains(&(orders.keeper, Some(Recorded::Keeper))) && catalog.group_of(orders.keeper)? != Some(orders.keeper.0) {
        return Err(Error::user(
            format!("`{}` cannot be the keeper here: no other of this group is shown to be the same photo", name(orders.keeper)),
            "keep both, or say that it is not the same",
        ));
    }
    for (asset, _) in orders.verdicts.iter().filter(|(_, verdict)| *verdict == Some(Recorded::Remove)) {
        let group = catalog.group_of(*asset)?;
        let member = match group {
            Some(group) => catalog.listed_members(group, usize::MAX >> 1)?.into_iter().find(|member| member.asset == *asset),
            None => None,
        };
        match member {
            Some(member) if member.verdict == Verdict::Remove => {}
            Some(member) => {
                let bound = member.reasons.iter().find(|reason| reason.rule != "person").map(|reason| reason.words.as_ref());
                let why = bound.unwrap_or("nothing shows that it is the same as one that stays");
                return Err(Error::user(format!("`{}` cannot be removed: {why}", name(*asset)), "it stays; nothing was changed"));
            }
            None => {
                return Err(Error::user(
                    format!("`{}` cannot be removed: nothing shows that it is the same as one that stays", name(*asset)),
                    "it stays; nothing was changed",
                ));
            }
        }
    }
    Ok(())
}

/// Tells how the assets concerned stand now.
pub(super) fn decided(catalog: &Catalog, concerned: &[AssetId]) -> Result<Decided> {
    let (mut groups, mut left) = (Vec::new(), Vec::new());
    for asset in concerned {
        match catalog.group_of(*asset)? {
            Some(group) if groups.contains(&group) => {}
            Some(group) if groups.len() < TOLD_MAX => groups.push(group),
            Some(_) => {}
            None => left.push(asset.0),
        }
    }
    Ok(Decided { groups: rows_of(catalog, &groups)?, left, history: history_of(catalog)?, epoch: catalog.epoch()? })
}
