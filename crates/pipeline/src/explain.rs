//! Why two assets stand in one group, or do not: every step of the proof with its measurements.

use crate::detail::Details;
use crate::group::{Formed, GroupOptions, asset_named, form};
use crate::weigh::{CatalogPictures, subject_of};
use crate::{Error, Result};
use catalog::Catalog;
use matching::Comparison;
use model::{AssetId, Relation, Verdict};

/// An explanation of a pair.
pub struct Explanation {
    /// The first asset and where it lies.
    pub a: (AssetId, String),
    /// The second.
    pub b: (AssetId, String),
    /// All that was measured; `None` where one of them has no content to compare.
    pub comparison: Option<Comparison>,
    /// Number of the group both stand in, with how each stands there.
    pub together: Option<Together>,
    /// Where they stand otherwise, in words.
    pub apart: Vec<String>,
    /// What of either is lost, in words; empty where nothing is known of any damage.
    pub damaged: Vec<String>,
    /// Why there is nothing to compare, in words; empty where there is.
    pub unread: Vec<String>,
}

/// How two assets stand in one group.
pub struct Together {
    /// The group's number.
    pub group: i64,
    /// The keeper and where it lies.
    pub keeper: String,
    /// Relation, verdict and reasons of the first and the second.
    pub members: [(Option<Relation>, Verdict, Vec<String>); 2],
}

/// Explains the pair that the two texts name.
///
/// # Errors
/// [`Error::User`] where a text names nothing known, or both name the same asset.
pub fn explain(catalog: &Catalog, a: &str, b: &str, options: &GroupOptions) -> Result<Explanation> {
    let formed = form(catalog, options)?;
    let (id_a, id_b) = (asset_named(catalog, &formed.assets, a)?, asset_named(catalog, &formed.assets, b)?);
    if id_a == id_b {
        return Err(Error::user(format!("`{a}` and `{b}` are places of one photo"), "name two different photos"));
    }
    let subject = |id| formed.asset(id).and_then(subject_of);
    let grids = CatalogPictures::open(catalog.path(), Details::of(&formed.assets))?;
    let comparison = subject(id_a).zip(subject(id_b)).map(|(a, b)| {
        let mut comparison = matching::compare(&a, &b, &grids);
        if comparison.evidence.as_ref().is_none_or(|edge| edge.relation == Relation::LookAlike) {
            let (crop, step) = matching::compare_crop(&a, &b, &grids);
            comparison.steps.push(step);
            comparison.evidence = crop.or(comparison.evidence);
        }
        comparison
    });
    grids.outcome()?;
    let group_of = |id: AssetId| formed.groups.iter().find(|group| group.members.iter().any(|member| member.asset == id));
    let (group_a, group_b) = (group_of(id_a), group_of(id_b));
    let mut explanation = Explanation {
        a: (id_a, formed.path_of(id_a)),
        b: (id_b, formed.path_of(id_b)),
        comparison,
        together: None,
        apart: Vec::new(),
        damaged: [id_a, id_b].into_iter().filter_map(|id| damaged(&formed, id)).collect(),
        unread: Vec::new(),
    };
    if explanation.comparison.is_none() {
        explanation.unread = [id_a, id_b].into_iter().filter_map(|id| unread(&formed, id)).collect();
    }
    match (group_a, group_b) {
        (Some(group), Some(other)) if group.id == other.id => {
            let standing = |id| {
                let member = group.members.iter().find(|member| member.asset == id);
                member.map_or((None, Verdict::Undecided, Vec::new()), |member| {
                    (member.relation, member.verdict, member.reasons.iter().map(|reason| reason.words.to_string()).collect())
                })
            };
            explanation.together =
                Some(Together { group: group.id.0, keeper: formed.path_of(group.keeper()), members: [standing(id_a), standing(id_b)] });
        }
        _ => {
            for (id, group) in [(id_a, group_a), (id_b, group_b)] {
                let path = formed.path_of(id);
                explanation.apart.push(match group {
                    Some(group) => format!("`{path}` stands in group {} with the keeper `{}`", group.id, formed.path_of(group.keeper())),
                    None => format!("`{path}` stands in no group"),
                });
                let aside = group.into_iter().flat_map(|group| &group.set_aside);
                explanation.apart.extend(aside.filter(|aside| [id_a, id_b].contains(&aside.other)).map(|aside| aside.why.clone()));
            }
        }
    }
    Ok(explanation)
}

/// Says what of an asset is lost; `None` where nothing is known of any damage.
fn damaged(formed: &Formed, id: AssetId) -> Option<String> {
    let damage = formed.asset(id)?.print.as_ref()?.print.encoding.damage?;
    Some(format!("`{}` is damaged: {}", formed.path_of(id), damage.words()))
}

/// Returns why an asset has no content to compare; `None` where it has.
fn unread(formed: &Formed, id: AssetId) -> Option<String> {
    let (asset, path) = (formed.asset(id)?, formed.path_of(id));
    if subject_of(asset).is_some() {
        return None;
    }
    Some(match asset.print {
        Some(_) => format!("`{path}` was only glanced at by a quick scan; `lookalike scan` reads it whole"),
        None => format!("`{path}` has no fingerprint yet; `lookalike status --ledger --problems` tells of files that could not be read"),
    })
}
