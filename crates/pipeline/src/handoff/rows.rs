//! Which photos are handed off, and which are left out and why. Pure: groups and facts in, rows out.
//!
//! **Invariants:** no photo is a row whose trashing would take another one with it (equal SHA-1: one item to Google); a row that the plan
//! offers has its keeper in the same account, or where the person said `--across`; no keeper that a row counts on is a row itself; each of
//! Google's keys stands once.

use crate::group::{Formed, shown_path};
use crate::handoff::link::{dedup_key, link};
use crate::handoff::{HandoffOptions, LeftOut};
use catalog::AssetRow;
use decisions::AssetFacts;
use model::{AssetId, Group, Member, Sha1Hash, SourceKind, Verdict};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A photo as Google knows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Item {
    /// Google's media key, else `asset:N`.
    pub(crate) id: String,
    pub(crate) media_key: Option<String>,
    /// Number that `explain` and `sql` know it by.
    pub(crate) asset: AssetId,
    pub(crate) name: String,
    /// Where its bytes lie.
    pub(crate) path: String,
    pub(crate) source: String,
    /// The address that the sidecar gives.
    pub(crate) product_url: Option<String>,
    /// That address with the account index, where it leads to Google Photos.
    pub(crate) link: Option<String>,
    pub(crate) taken_utc: Option<String>,
    pub(crate) size_bytes: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) format: Option<&'static str>,
    pub(crate) sha1: Option<Sha1Hash>,
    /// Google's form of the SHA-1.
    pub(crate) dedup_key: Option<String>,
}

/// What goes with a photo and its keeper has not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Lacks {
    pub(crate) albums: Vec<String>,
    pub(crate) favourite: bool,
    pub(crate) caption: Option<String>,
    /// People, place, metadata, archived: in words.
    pub(crate) more: Vec<String>,
}

impl Lacks {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A photo handed off.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) item: Item,
    /// How it stands to the keeper.
    pub(crate) relation: Option<&'static str>,
    /// What the groups propose for it; `None` outside of groups.
    pub(crate) verdict: Option<&'static str>,
    /// The photo that stays.
    pub(crate) keeper: Option<Item>,
    pub(crate) keeper_lacks: Lacks,
    /// What a person should know before the click.
    pub(crate) notes: Vec<String>,
    /// Why it may go, as the plan tells.
    pub(crate) reasons: Vec<String>,
}

/// What was chosen.
#[derive(Default)]
pub(crate) struct Chosen {
    pub(crate) rows: Vec<Row>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) unknown: Vec<String>,
}

/// Returns the rows for these options.
pub(crate) fn choose(formed: &Formed, options: &HandoffOptions) -> Chosen {
    let chooser = Chooser::of(formed, options);
    match &options.ids {
        None => chooser.of_the_plan(),
        Some(ids) => chooser.of_ids(ids),
    }
}

struct Chooser<'a> {
    formed: &'a Formed,
    account: Option<u8>,
    /// Only photos of this source.
    only: Option<&'a str>,
    across: &'a [(String, String)],
    members: HashMap<AssetId, (&'a Group, &'a Member)>,
    /// Google assets by SHA-1.
    by_sha1: HashMap<Sha1Hash, Vec<&'a AssetFacts>>,
}

impl<'a> Chooser<'a> {
    fn of(formed: &'a Formed, options: &'a HandoffOptions) -> Self {
        let members = formed.groups.iter().flat_map(|group| group.members.iter().map(move |member| (member.asset, (group, member))));
        let mut by_sha1: HashMap<Sha1Hash, Vec<&AssetFacts>> = HashMap::new();
        for facts in formed.facts.iter().filter(|facts| is_google(facts)) {
            if let Some(sha1) = facts.sha1 {
                by_sha1.entry(sha1).or_default().push(facts);
            }
        }
        let (only, across) = (options.groups.source.as_deref(), options.groups.across.as_slice());
        Self { formed, account: options.account, only, across, members: members.collect(), by_sha1 }
    }

    /// Takes what the plan offers in Takeout sources, and names what it does not offer because of where the keeper lies or what it is.
    fn of_the_plan(&self) -> Chosen {
        let mut chosen = Chosen::default();
        let mut seen = HashSet::new();
        let offered: HashSet<AssetId> = self.formed.plan().removals.iter().map(|removal| removal.asset).collect();
        for member in self.formed.groups.iter().flat_map(|group| group.members.iter().skip(1)) {
            let Some((row, facts)) = self.known(member.asset) else { continue };
            if !is_google(facts) || self.only.is_some_and(|name| name != facts.source_name) {
                continue;
            }
            let told = member.reasons.iter().find(|reason| matches!(&*reason.rule, "other-source" | "one-item-to-google"));
            match told {
                _ if offered.contains(&member.asset) => self.take(row, facts, &mut seen, &mut chosen),
                Some(reason) if member.verdict == Verdict::Undecided => {
                    chosen.left_out.push(left_out(row, &reason.rule, reason.words.to_string()))
                }
                _ => {}
            }
        }
        chosen
    }

    /// Takes what the person named.
    fn of_ids(&self, ids: &[String]) -> Chosen {
        let mut chosen = Chosen::default();
        let by_key: HashMap<&str, AssetId> =
            self.formed.assets.iter().rev().filter_map(|row| Some((row.google_id.as_deref()?, row.id))).collect();
        let mut wanted = Vec::new();
        for id in ids {
            let number = id.strip_prefix("asset:").and_then(|number| number.parse().ok()).map(AssetId);
            let asset = number.or_else(|| by_key.get(id.strip_prefix("google:").unwrap_or(id)).copied());
            match asset.and_then(|asset| self.known(asset)) {
                Some(known) => wanted.push(known),
                None => chosen.unknown.push(id.clone()),
            }
        }
        let counted_on = self.counted_on(&wanted);
        let mut seen = HashSet::new();
        for (row, facts) in wanted {
            match self.obstacle(facts, &counted_on) {
                Some((rule, why)) => chosen.left_out.push(left_out(row, rule, why)),
                None => self.take(row, facts, &mut seen, &mut chosen),
            }
        }
        chosen
    }

    /// Returns the keepers of wanted photos: were they trashed as well, the last copy would be gone.
    fn counted_on(&self, wanted: &[(&AssetRow, &AssetFacts)]) -> HashSet<AssetId> {
        let members = wanted.iter().filter_map(|(row, _)| self.members.get(&row.id));
        let counting = members.filter(|(group, member)| member.asset != group.keeper() && member.verdict != Verdict::Keep);
        counting.map(|(group, _)| group.keeper()).collect()
    }

    /// Returns what speaks against a photo that the person named.
    fn obstacle(&self, facts: &AssetFacts, counted_on: &HashSet<AssetId>) -> Option<(&'static str, String)> {
        let name = &facts.source_name;
        Some(match facts {
            _ if !is_google(facts) => ("not-google", format!("lies in `{name}`, which is no Google library")),
            _ if facts.trashed => ("trashed", "is in Google's trash already".to_owned()),
            _ if facts.partner => ("partner", "was shared by someone else; only they can remove it".to_owned()),
            _ if facts.reference => ("reference", format!("{name} is a reference")),
            _ if counted_on.contains(&facts.asset) => {
                ("keeper", "is the keeper of another photo in this list: the last copy would be gone".to_owned())
            }
            _ => return None,
        })
    }

    /// Adds a photo's row, or says why it is none.
    fn take(&self, row: &'a AssetRow, facts: &'a AssetFacts, seen: &mut HashSet<String>, chosen: &mut Chosen) {
        let grouped = self.members.get(&facts.asset).filter(|(group, _)| group.keeper() != facts.asset);
        let keeper = grouped.and_then(|(group, _)| self.known(group.keeper()));
        if let Some(why) = self.one_item(facts, keeper.map(|(_, facts)| facts)) {
            chosen.left_out.push(left_out(row, "one-item-to-google", why));
            return;
        }
        let item = self.item(row, facts);
        if !seen.insert(item.id.clone()) {
            return;
        }
        let mut notes = Vec::new();
        let is_listed = |kept: &AssetFacts| kept.online || kept.source_kind != SourceKind::Google;
        let stays = keeper.filter(|(_, kept)| self.may_justify(kept, facts) && is_listed(kept));
        match (keeper, stays) {
            (Some((_, kept)), None) if !is_listed(kept) => {
                notes.push(format!("the copy `{}` is no longer listed at Google: it may be gone, and this one the last", kept.path));
            }
            (Some((_, kept)), None) => notes.push(format!(
                "the copy `{}` lies in {}: no copy of this photo is known to stay in this account",
                kept.path, kept.source_name
            )),
            (None, _) if self.members.contains_key(&facts.asset) => notes.push("it is the keeper of its group".to_owned()),
            (None, _) => notes.push("no copy of it was found".to_owned()),
            _ => {}
        }
        if facts.companions + facts.renditions > 0
            && facts.companions + facts.renditions > keeper.map_or(0, |(_, k)| k.companions + k.renditions)
        {
            notes.push("a clip or an edited version goes with it".to_owned());
        }
        if facts.locked {
            notes.push("it lies in the locked folder, where its link may not lead".to_owned());
        }
        if item.link.is_none() {
            notes.push("no link is known: search for its name in Google Photos".to_owned());
        }
        let member = stays.and(grouped).map(|(_, member)| *member);
        let reasons = member.map(|member| member.reasons.as_slice()).unwrap_or_default().iter();
        chosen.rows.push(Row {
            relation: member.and_then(|member| member.relation).map(|relation| relation.name()),
            verdict: member.map(|member| member.verdict.name()),
            keeper_lacks: lacks(stays.map(|(_, facts)| facts), facts),
            keeper: stays.map(|(row, facts)| self.item(row, facts)),
            notes,
            reasons: reasons.filter(|reason| !reason.rule.starts_with("inherit-")).map(|reason| reason.words.to_string()).collect(),
            item,
        });
    }

    /// Says whose bytes a photo shares: what carries one SHA-1, Google's trash takes together.
    fn one_item(&self, facts: &AssetFacts, keeper: Option<&AssetFacts>) -> Option<String> {
        let key = |facts: &AssetFacts| self.formed.asset(facts.asset).and_then(|row| row.google_id.clone());
        let own = key(facts);
        if let Some(keeper) =
            keeper.filter(|keeper| (own.is_some() && key(keeper) == own) || (facts.sha1.is_some() && keeper.sha1 == facts.sha1))
        {
            return Some(format!("one item to Google: the keeper `{}` has the same bytes, and both would go", keeper.path));
        }
        let alike =
            self.by_sha1.get(&facts.sha1?)?.iter().find(|other| other.asset != facts.asset && (own.is_none() || key(other) != own))?;
        Some(format!("one item to Google: `{}` has the same bytes, and both would go", alike.path))
    }

    fn may_justify(&self, keeper: &AssetFacts, member: &AssetFacts) -> bool {
        let (keep, remove) = (&keeper.source_name, &member.source_name);
        let is_listed = [keeper, member].iter().any(|facts| facts.source_kind == SourceKind::Google);
        keeper.source == member.source || (!is_listed && self.across.iter().any(|pair| pair.0 == *keep && pair.1 == *remove))
    }

    fn known(&self, asset: AssetId) -> Option<(&'a AssetRow, &'a AssetFacts)> {
        self.formed.asset(asset).zip(self.formed.facts_of(asset))
    }

    fn item(&self, row: &AssetRow, facts: &AssetFacts) -> Item {
        Item {
            id: row.google_id.clone().unwrap_or_else(|| format!("asset:{}", row.id)),
            // What an interface lists has an id of the interface; the web page knows it by another.
            media_key: row.google_id.clone().filter(|_| facts.source_kind == SourceKind::Takeout),
            asset: row.id,
            name: row.filename.clone(),
            path: facts.path.clone(),
            source: facts.source_name.clone(),
            link: row.product_url.as_deref().and_then(|url| link(url, self.account)),
            product_url: row.product_url.clone(),
            taken_utc: row.taken.and_then(|taken| taken.sql_text()),
            size_bytes: row.size_bytes,
            width: facts.width,
            height: facts.height,
            format: facts.format.map(|format| format.name()),
            sha1: facts.sha1,
            dedup_key: facts.sha1.as_ref().map(dedup_key),
        }
    }
}

fn is_google(facts: &AssetFacts) -> bool {
    matches!(facts.source_kind, SourceKind::Takeout | SourceKind::Google)
}

fn left_out(row: &AssetRow, rule: &str, why: String) -> LeftOut {
    let id = row.google_id.clone().unwrap_or_else(|| format!("asset:{}", row.id));
    LeftOut { id, name: row.filename.clone(), path: shown_path(row), rule: rule.to_owned(), why }
}

/// Returns what of a photo its keeper has not; without a keeper, all that is its own.
fn lacks(keeper: Option<&AssetFacts>, facts: &AssetFacts) -> Lacks {
    let text = |facts: &AssetFacts| facts.caption.as_ref().map(|caption| caption.trim().to_owned()).filter(|caption| !caption.is_empty());
    let is_named = |rule: &str| matches!(rule, "inherit-albums" | "inherit-favourite" | "inherit-caption");
    let Some(keeper) = keeper else {
        let more = facts.people.iter().map(|name| format!("names {name}")).collect();
        return Lacks { albums: facts.albums.clone(), favourite: facts.favourite, caption: text(facts), more };
    };
    let more = decisions::inherit(keeper, facts).into_iter().filter(|reason| !is_named(&reason.rule));
    Lacks {
        albums: facts.albums.iter().filter(|album| !keeper.albums.contains(album)).cloned().collect(),
        favourite: facts.favourite && !keeper.favourite,
        caption: text(facts).filter(|caption| text(keeper).as_ref() != Some(caption)),
        more: more.map(|reason| reason.words.into_owned()).collect(),
    }
}

/// Returns the sources that rows lie in, by name, with how many each.
pub(crate) fn by_source(rows: &[Row]) -> Vec<(String, u64)> {
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows {
        *counted.entry(&row.item.source).or_default() += 1;
    }
    counted.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}
