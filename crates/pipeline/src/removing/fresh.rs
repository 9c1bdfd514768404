//! Whether a plan still says what the verdicts say: each removal is looked up in the groups as they would be formed now.

use super::choose::cause;
use crate::group::{GroupOptions, form_of, resolve};
use crate::{Error, KeepRules, Result};
use catalog::{AssetRow, Catalog, Recorded};
use decisions::Options;
use model::{AssetId, ContentHash, Group, Member, Presence, Role, Verdict};
use removal::{Plan, PlanFrom, RefusalCode, Removal};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Removals that are looked up at a time, with all that hangs on them: some 10,000 assets of 2 kB.
const LOOKED_UP_AT_A_TIME: usize = 4096;

/// A removal of a plan that does not stand any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its place in the plan, from 0.
    pub unit: u64,
    /// The photo.
    pub path: String,
    /// A stable name of the cause.
    pub code: RefusalCode,
    /// The cause in words.
    pub why: String,
}

/// Returns what of a plan does not stand any more: another verdict, another keeper, other bytes, or a place that may not be touched now. What an
/// earlier run of the plan removed is none. `usual` are the keep rules where neither the plan nor the review has any. The catalog is only read.
///
/// # Errors
/// [`Error::User`] for keep rules or a source name that mean nothing here; [`Error::Catalog`].
pub fn check_fresh(catalog: &Catalog, plan: &Plan, usual: &KeepRules) -> Result<Vec<Difference>> {
    let wrong = |rules: &String| Error::user(format!("the keep rules `{rules}` of the plan mean nothing"), "make the plan anew");
    let rules = plan.keep.as_ref().map(|rules| rules.parse::<KeepRules>().map_err(|_| wrong(rules))).transpose()?;
    let options = GroupOptions {
        rules,
        usual_rules: usual.clone(),
        across: plan.across.clone(),
        with: plan.with.iter().copied().collect(),
        ..GroupOptions::default()
    };
    let decide = resolve(catalog, &options)?;
    let behind = catalog.removed_by_plan(&plan.id)?;
    // What hangs together stands together in a plan made by us.
    let units: Vec<(u64, &Removal)> = (0u64..).zip(&plan.removals).collect();
    let mut differences = Vec::new();
    for some in units.chunks(LOOKED_UP_AT_A_TIME) {
        differences.extend(catalog.at_one_moment(|| look_up(catalog, &decide, plan.from, some, &behind))?);
    }
    Ok(differences)
}

fn look_up(
    catalog: &Catalog,
    decide: &Options,
    from: PlanFrom,
    units: &[(u64, &Removal)],
    behind: &HashSet<(AssetId, ContentHash)>,
) -> Result<Vec<Difference>> {
    let ids: Vec<AssetId> = units.iter().flat_map(|(_, removal)| [AssetId(removal.asset), AssetId(removal.keeper.asset)]).collect();
    let tied = catalog.assets_tied_to(&ids)?;
    let recorded = catalog.recorded_on(Some(&tied))?;
    let formed = form_of(catalog, decide, catalog.assets_of(&tied)?, catalog.evidence_of(&tied)?, recorded)?;
    let members: HashMap<AssetId, (&Group, &Member)> =
        formed.groups.iter().flat_map(|group| group.members.iter().map(move |member| (member.asset, (group, member)))).collect();
    let mut differences = Vec::new();
    for (unit, removal) in units {
        let (asset, first) = (AssetId(removal.asset), removal.files.first());
        let row = formed.asset(asset);
        let is_behind = row.is_none() && first.is_some_and(|file| behind.contains(&(asset, file.content_hash)));
        let told = || {
            let stand = members.get(&asset).copied();
            let is_decided = formed.recorded.verdicts.get(&asset) == Some(&Recorded::Remove);
            of_files(removal, row, formed.asset(AssetId(removal.keeper.asset)))
                .or_else(|| of_verdict(removal, stand, from == PlanFrom::Rules || is_decided))
        };
        if let Some((code, why)) = if is_behind { None } else { told() } {
            let path = first.map(|file| file.path.to_string()).unwrap_or_default();
            differences.push(Difference { unit: *unit, path, code, why });
        }
    }
    Ok(differences)
}

/// Compares what the catalog knows of both files.
fn of_files(removal: &Removal, row: Option<&AssetRow>, keeper: Option<&AssetRow>) -> Option<(RefusalCode, String)> {
    let has_other_bytes = |row: &AssetRow, planned: ContentHash| {
        let known = row.places.iter().filter(|place| place.role == Role::Original).find_map(|place| place.content_hash);
        known.is_some_and(|known| known != planned)
    };
    let Some(row) = row else { return Some((RefusalCode::Missing, "the catalog knows it as gone".to_owned())) };
    let Some(first) = removal.files.first() else { return Some((RefusalCode::NoFile, "the plan names no file of it".to_owned())) };
    let kept = &removal.keeper.file;
    let Some(keeper) = keeper else { return Some((RefusalCode::KeeperMissing, format!("the keeper `{}` is gone", kept.path))) };
    if has_other_bytes(row, first.content_hash) {
        return Some((RefusalCode::Changed, "it has other bytes since".to_owned()));
    }
    if has_other_bytes(keeper, kept.content_hash) {
        return Some((RefusalCode::KeeperChanged, format!("the keeper `{}` has other bytes since", kept.path)));
    }
    if row.presence != Presence::Present {
        return Some((RefusalCode::Offline, "it is not there now".to_owned()));
    }
    // A plan may have been edited: nothing goes, or stands for another, that the catalog does not know as just that.
    let lies_at = |row: &AssetRow, path: &Path, role: Role| row.places.iter().any(|place| place.role == role && place.path.file == *path);
    if !lies_at(keeper, &kept.path, Role::Original) {
        return Some((RefusalCode::KeeperMissing, format!("the keeper does not lie at `{}`", kept.path)));
    }
    if let Some(file) = removal.files.iter().find(|file| !lies_at(row, &file.path, Role::Original)) {
        return Some((RefusalCode::NoFile, format!("it does not lie at `{}`", file.path)));
    }
    if let Some(other) = removal.companions.iter().find(|other| !lies_at(row, &other.file.path, Role::Companion)) {
        return Some((RefusalCode::NoFile, format!("`{}` does not belong to it", other.file.path)));
    }
    (keeper.presence != Presence::Present).then(|| (RefusalCode::KeeperMissing, format!("the keeper `{}` is not there now", kept.path)))
}

/// Compares the verdict and whom it is against.
fn of_verdict(removal: &Removal, stand: Option<(&Group, &Member)>, is_told: bool) -> Option<(RefusalCode, String)> {
    let verdict = |why: String| Some((RefusalCode::Verdict, why));
    let Some((group, member)) = stand else { return verdict("it stands in no group any more".to_owned()) };
    if group.keeper() == member.asset {
        return verdict("it is the keeper of its group now".to_owned());
    }
    if group.keeper().0 != removal.keeper.asset {
        return verdict(format!("another photo is the keeper now, no longer `{}`", removal.keeper.file.path));
    }
    if member.verdict == Verdict::Remove {
        return if is_told { None } else { verdict("you took your decision to remove it back".to_owned()) };
    }
    let (rule, why) = cause(member);
    let code = match rule {
        "reference" => RefusalCode::Reference,
        "other-source" => RefusalCode::OtherSource,
        "library-package" => RefusalCode::LibraryPackage,
        "offline" => RefusalCode::Offline,
        _ => RefusalCode::Verdict,
    };
    Some((code, why))
}
