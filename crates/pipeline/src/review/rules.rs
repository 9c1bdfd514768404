//! Keep rules in the review: which are in force, what others would do, and putting them in force for all faces.

use super::decide::decided;
use super::{Decided, KnownRule, Review, RulesPreview, RulesView, bring_up_to_date};
use crate::group::{form_of, kept_options, resolve};
use crate::{Error, GroupOptions, Result};
use catalog::Catalog;
use decisions::{KeepRules, Options};
use model::AssetId;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Assets that are formed at a time while counting. Some 5 MB of them.
const COUNTED_AT_A_TIME: usize = 2048;

/// The rules that may be written, in words.
const KNOWN: &[(&str, &str)] = &[
    ("original-quality", "as the camera wrote it before what was saved again"),
    ("raw-or-jpeg", "no choice between RAW (or HEIC) and JPEG"),
    ("raw-or-jpeg=raw", "the RAW or HEIC of a pair"),
    ("raw-or-jpeg=jpeg", "the JPEG of a pair"),
    ("pixels", "more pixels"),
    ("compression", "fewer losses of compression"),
    ("has-metadata", "more facts in the metadata"),
    ("in-album", "in more albums"),
    ("favourite", "favourites"),
    ("oldest-upload", "the earliest upload"),
    ("path:", "paths that match what follows, such as path:**/Originals/**"),
    ("path", "the shorter path, then the alphabet"),
];

impl Review {
    /// Returns the keep rules in force.
    ///
    /// # Errors
    /// [`Error::Catalog`].
    pub fn rules(&self) -> Result<RulesView> {
        self.reading(|catalog| {
            let usual = resolve(catalog, &GroupOptions { rules: Some(self.options.usual_rules.clone()), ..GroupOptions::default() })?;
            let texts = |rules: &KeepRules| rules.rules().iter().map(ToString::to_string).collect();
            Ok(RulesView {
                rules: texts(&kept_options(catalog)?.rules),
                usual: texts(&usual.rules),
                is_chosen: catalog.chosen_rules()?.is_some(),
                known: KNOWN.iter().map(|(rule, words)| KnownRule { rule, words }).collect(),
            })
        })
    }

    /// Counts what other rules would do. `each` is told of the count so far now and then, and says whether to go on; where not, the count is
    /// returned as far as it came. Cost: all groups are formed once, some seconds for 300,000 assets.
    ///
    /// # Errors
    /// [`Error::User`] for rules that cannot be read, [`Error::Catalog`].
    pub fn preview_rules(&self, rules: &str, each: &mut dyn FnMut(&RulesPreview) -> bool) -> Result<RulesPreview> {
        let rules = read(rules)?;
        let (pairs, keepers, now, options) = self.reading(|catalog| {
            let keepers: HashSet<i64> = catalog.keepers()?.into_iter().collect();
            Ok((catalog.joined_pairs()?, keepers, catalog.sum_of_groups()?, kept_options(catalog)?))
        })?;
        let options = Options { rules, ..options };
        let mut preview =
            RulesPreview { rules: options.rules.to_string(), removals_now: now.1, removals_now_bytes: now.2, ..RulesPreview::default() };
        let portions = portions(&pairs);
        for (done, assets) in portions.iter().enumerate() {
            self.reading(|catalog| count(catalog, assets, &options, &keepers, &mut preview))?;
            preview.done_per_mille = ((done + 1) * 1000 / portions.len()) as u16;
            if !each(&preview) {
                return Ok(preview);
            }
        }
        preview.done_per_mille = 1000;
        Ok(preview)
    }

    /// Puts rules in force (`None`: the usual ones), as a change that can be undone. All groups are formed anew.
    ///
    /// # Errors
    /// [`Error::User`] for rules that cannot be read, or where others were asked for on the command line; [`Error::Catalog`].
    pub fn set_rules(&self, rules: Option<&str>) -> Result<Decided> {
        if self.options.rules.is_some() {
            return Err(Error::user(
                "the keep rules of this review were given on the command line",
                "start `lookalike review` without `--keep` and `--prefer` to change them here",
            ));
        }
        let rules = rules.map(read).transpose()?.map(|rules| rules.to_string());
        let now = (self.now)();
        self.writing(|catalog| {
            catalog.transaction(|| {
                if catalog.chosen_rules()? != rules {
                    let change = catalog.begin_change("rules", None, now)?;
                    catalog.change_rules(change, rules.as_deref())?;
                }
                Ok::<_, Error>(())
            })?;
            bring_up_to_date(catalog, &self.options)?;
            decided(catalog, &[])
        })
    }
}

fn read(text: &str) -> Result<KeepRules> {
    text.parse().map_err(|error: decisions::KeepRulesError| Error::user(error.to_string(), "choose from the rules listed"))
}

fn count(catalog: &Catalog, assets: &[AssetId], options: &Options, keepers: &HashSet<i64>, preview: &mut RulesPreview) -> Result<()> {
    let recorded = catalog.recorded_on(Some(assets))?;
    let formed = form_of(catalog, options, catalog.assets_of(assets)?, catalog.evidence_of(assets)?, recorded)?;
    let plan = formed.plan();
    preview.groups += formed.groups.len() as u64;
    preview.other_keeper += formed.groups.iter().filter(|group| !keepers.contains(&group.id.0)).count() as u64;
    preview.removals += plan.total.assets;
    preview.removals_bytes += plan.total.size_bytes;
    Ok(())
}

/// Cuts what pairs join into portions of about [`COUNTED_AT_A_TIME`] assets, so that no pair is cut.
fn portions(pairs: &[(AssetId, AssetId)]) -> Vec<Vec<AssetId>> {
    let mut above: HashMap<AssetId, AssetId> = HashMap::new();
    fn root(above: &mut HashMap<AssetId, AssetId>, mut asset: AssetId) -> AssetId {
        while let Some(&next) = above.get(&asset).filter(|next| **next != asset) {
            let over = above.get(&next).copied().unwrap_or(next);
            above.insert(asset, over);
            asset = over;
        }
        asset
    }
    for &(a, b) in pairs {
        above.entry(a).or_insert(a);
        above.entry(b).or_insert(b);
        let (a, b) = (root(&mut above, a), root(&mut above, b));
        above.insert(a.max(b), a.min(b));
    }
    let mut islands: BTreeMap<AssetId, Vec<AssetId>> = BTreeMap::new();
    let assets: Vec<AssetId> = above.keys().copied().collect();
    for asset in assets {
        islands.entry(root(&mut above, asset)).or_default().push(asset);
    }
    let mut portions: Vec<Vec<AssetId>> = Vec::new();
    for island in islands.into_values() {
        match portions.last_mut() {
            Some(last) if last.len() < COUNTED_AT_A_TIME => last.extend(island),
            _ => portions.push(island),
        }
    }
    portions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_rule_can_be_read() {
        for (rule, _) in KNOWN {
            let text = if *rule == "path:" { "path:**/best/**" } else { rule };
            assert_eq!(read(text).expect("a rule").to_string(), text);
        }
        let usual = KeepRules::default();
        assert!(usual.rules().iter().all(|rule| KNOWN.iter().any(|(known, _)| *known == rule.to_string())));
    }

    #[test]
    fn portions_cut_no_pair() {
        let pair = |a, b| (AssetId(a), AssetId(b));
        let mut pairs = vec![pair(1, 2), pair(5, 6), pair(2, 5)];
        assert_eq!(portions(&pairs).concat().len(), 4);
        pairs.extend((10..10 + 3 * COUNTED_AT_A_TIME as i64).step_by(2).map(|n| pair(n, n + 1)));
        let cut = portions(&pairs);
        assert!(cut.len() >= 3, "{}", cut.len());
        for (a, b) in &pairs {
            assert_eq!(cut.iter().filter(|portion| portion.contains(a)).count(), 1);
            assert!(cut.iter().any(|portion| portion.contains(a) && portion.contains(b)));
        }
    }
}
