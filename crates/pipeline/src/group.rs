//! Deciding, from catalog to answer: facts, edges and the person's verdicts in, groups and plan out. Of the catalog only its groups are written.

use crate::{Error, Result, records};
use catalog::{AssetRow, Catalog, Recorded, RecordedOn};
use decisions::{AssetFacts, KeepRules, Options, Plan};
use model::{AssetId, Evidence, Group, Presence, Relation, Role, Source, SourceId, SourceKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Assets that are grouped in one transaction, beside those that hang on them. Some 50 ms, so that nobody waits long for the catalog.
const GROUPED_AT_A_TIME: usize = 2048;

/// How groups are formed and which are shown.
#[derive(Debug, Clone, Default)]
pub struct GroupOptions {
    /// Keep rules asked for now, in order: they go before those chosen in the review.
    pub rules: Option<KeepRules>,
    /// Keep rules where none were asked for or chosen.
    pub usual_rules: KeepRules,
    /// Pairs of source names: a keeper from the first may justify a removal in the second.
    pub across: Vec<(String, String)>,
    /// Opt-in relations to show (`edited`, `cropped`, `look-alike`).
    pub with: BTreeSet<Relation>,
    /// Show only groups with a member of these relations; empty: all.
    pub relations: BTreeSet<Relation>,
    /// Show only groups with a member of at least so many bytes beside the keeper.
    pub min_bytes: u64,
    /// Show only groups with a member in this source.
    pub source: Option<String>,
}

impl GroupOptions {
    /// Tells whether all groups are shown.
    pub(crate) fn is_unfiltered(&self) -> bool {
        self.relations.is_empty() && self.min_bytes == 0 && self.source.is_none()
    }
}

/// Groups with all that is needed to show them.
pub struct Formed {
    /// Assets, by id.
    pub assets: Vec<AssetRow>,
    /// The same as decisions saw them.
    pub facts: Vec<AssetFacts>,
    /// Edges between them.
    pub evidence: Vec<Evidence>,
    /// Groups as filtered.
    pub groups: Vec<Group>,
    /// What the person decided on them.
    pub(crate) recorded: RecordedOn,
    pub(crate) sources: HashMap<SourceId, Source>,
}

impl Formed {
    /// Returns an asset's row.
    #[must_use]
    pub fn asset(&self, id: AssetId) -> Option<&AssetRow> {
        self.assets.binary_search_by_key(&id, |asset| asset.id).ok().map(|at| &self.assets[at])
    }

    /// Returns an asset as decisions saw it. The facts lie by id, as the assets do.
    pub(crate) fn facts_of(&self, id: AssetId) -> Option<&AssetFacts> {
        self.facts.binary_search_by_key(&id, |facts| facts.asset).ok().map(|at| &self.facts[at])
    }

    /// Returns a source's name.
    #[must_use]
    pub fn source_name(&self, id: SourceId) -> &str {
        self.sources.get(&id).map_or("", |source| source.name.as_str())
    }

    /// Tells a source that lies in exports, where nothing can be removed but by hand.
    #[must_use]
    pub fn is_in_export(&self, id: SourceId) -> bool {
        self.sources.get(&id).is_some_and(|source| source.kind != SourceKind::Folder)
    }

    /// Returns what would go.
    #[must_use]
    pub fn plan(&self) -> Plan {
        decisions::plan(&self.groups, &self.facts)
    }

    /// Returns where an asset lies, as shown: its first place.
    #[must_use]
    pub fn path_of(&self, id: AssetId) -> String {
        self.asset(id).map_or_else(|| format!("asset:{id}"), shown_path)
    }
}

/// Returns where an asset lies, as shown (design §5).
#[must_use]
pub fn shown_path(asset: &AssetRow) -> String {
    match (asset.places.first(), &asset.google_id) {
        (Some(place), _) => place.path.to_string(),
        (None, Some(key)) => format!("google:{key}"),
        (None, None) => format!("asset:{}", asset.id),
    }
}

/// Forms the groups.
///
/// # Errors
/// [`Error::User`] for an unknown source name, [`Error::Catalog`].
pub fn form(catalog: &Catalog, options: &GroupOptions) -> Result<Formed> {
    let decide = resolve(catalog, options)?;
    let mut formed = form_of(catalog, &decide, catalog.assets()?, catalog.evidence()?, catalog.recorded_on(None)?)?;
    filter(catalog, options, &mut formed)?;
    Ok(formed)
}

/// Returns what decisions are told to do: of the keep rules those asked for, else those chosen in the review, else the usual ones.
pub(crate) fn resolve(catalog: &Catalog, options: &GroupOptions) -> Result<Options> {
    let chosen = || -> Result<Option<KeepRules>> { Ok(catalog.chosen_rules()?.and_then(|text| text.parse().ok())) };
    let rules = match &options.rules {
        Some(rules) => rules.clone(),
        None => chosen()?.unwrap_or_else(|| options.usual_rules.clone()),
    };
    let mut across = Vec::new();
    for (keep, remove) in &options.across {
        across.push((catalog.source_named(keep)?.id, catalog.source_named(remove)?.id));
    }
    Ok(Options { rules, across, with: options.with.clone() })
}

/// By what the groups in the catalog are formed, as it is noted there.
#[derive(Serialize, Deserialize)]
struct FormedBy {
    rules: String,
    across: Vec<(SourceId, SourceId)>,
    with: BTreeSet<Relation>,
}

/// Makes the groups in the catalog be formed by these options from now on; where they were formed by others, all wait to be formed anew. Within
/// a transaction.
pub(crate) fn form_by(catalog: &Catalog, options: &Options) -> Result<()> {
    let by = FormedBy { rules: options.rules.to_string(), across: options.across.clone(), with: options.with.clone() };
    let text = serde_json::to_string(&by).map_err(|error| Error::Bug(error.to_string()))?;
    if catalog.formed_by()?.as_ref() != Some(&text) {
        catalog.set_formed_by(&text)?;
        catalog.mark_all_to_regroup()?;
    }
    Ok(())
}

/// Returns by what the groups in the catalog are formed.
pub(crate) fn kept_options(catalog: &Catalog) -> Result<Options> {
    let by: Option<FormedBy> = catalog.formed_by()?.and_then(|text| serde_json::from_str(&text).ok());
    Ok(by.map_or_else(Options::default, |by| Options { rules: by.rules.parse().unwrap_or_default(), across: by.across, with: by.with }))
}

/// Forms anew the groups of all that changed since they were formed, and keeps them; some at a time, so that others may write between. What they
/// hang on is loaded and nothing else, so that the cost follows what is new.
pub(crate) fn regroup(catalog: &Catalog) -> Result<()> {
    loop {
        let is_done = catalog.transaction(|| {
            let touched = catalog.assets_to_regroup(GROUPED_AT_A_TIME)?;
            regroup_these(catalog, &touched)?;
            Ok::<_, Error>(touched.is_empty())
        })?;
        if is_done {
            return Ok(());
        }
    }
}

/// Forms anew the groups of these assets and keeps them, within a transaction. `assets` holds all that edges or groups tie to any of them.
pub(crate) fn regroup_these(catalog: &Catalog, assets: &[AssetId]) -> Result<()> {
    if assets.is_empty() {
        return Ok(());
    }
    catalog.adopt_verdicts(assets)?;
    let recorded = catalog.recorded_on(Some(assets))?;
    let (rows, edges) = (catalog.assets_of(assets)?, catalog.evidence_of(assets)?);
    let formed = form_of(catalog, &kept_options(catalog)?, rows, edges, recorded)?;
    // Holds what must be true of any groups.
    let _plan = formed.plan();
    Ok(catalog.save_groups(assets, &records::of(&formed)?)?)
}

/// Forms groups of these assets alone. Edges of pairs that the person said not to be the same do not count.
pub(crate) fn form_of(
    catalog: &Catalog,
    decide: &Options,
    assets: Vec<AssetRow>,
    mut evidence: Vec<Evidence>,
    recorded: RecordedOn,
) -> Result<Formed> {
    let sources: HashMap<SourceId, Source> = catalog.sources()?.into_iter().map(|source| (source.id, source)).collect();
    let mut facts: Vec<AssetFacts> = assets.iter().filter_map(|asset| Some(facts_of(asset, sources.get(&asset.source)?))).collect();
    for facts in &mut facts {
        let verdict = recorded.verdicts.get(&facts.asset);
        facts.recorded = verdict.map(|verdict| verdict.verdict());
        facts.is_chosen = verdict == Some(&Recorded::Keeper);
    }
    evidence.retain(|edge| !recorded.are_parted(edge.a, edge.b));
    let groups = decisions::groups(&facts, &evidence, decide);
    Ok(Formed { assets, facts, evidence, groups, recorded, sources })
}

fn filter(catalog: &Catalog, options: &GroupOptions, formed: &mut Formed) -> Result<()> {
    let source = options.source.as_deref().map(|name| catalog.source_named(name)).transpose()?.map(|source| source.id);
    let groups = std::mem::take(&mut formed.groups);
    let shown = groups
        .into_iter()
        .filter(|group| {
            let members = &group.members;
            let row = |id| formed.asset(id);
            (options.relations.is_empty() || members.iter().any(|m| m.relation.is_some_and(|r| options.relations.contains(&r))))
                && (options.min_bytes == 0 || members[1..].iter().any(|m| row(m.asset).is_some_and(|a| a.size_bytes >= options.min_bytes)))
                && source.is_none_or(|source| members.iter().any(|m| row(m.asset).is_some_and(|a| a.source == source)))
        })
        .collect();
    formed.groups = shown;
    Ok(())
}

/// Returns what decisions are told of an asset.
pub(crate) fn facts_of(asset: &AssetRow, source: &Source) -> AssetFacts {
    let first = asset.places.first();
    let print = asset.print.as_ref().map(|row| &row.print);
    let count = |role| asset.places.iter().filter(|place| place.role == role).count();
    AssetFacts {
        asset: asset.id,
        source: asset.source,
        source_name: source.name.clone(),
        source_kind: source.kind,
        online: asset.presence == Presence::Present,
        reference: source.reference,
        path: shown_path(asset),
        name: asset.filename.clone(),
        format: print.map(|print| print.format),
        width: print.map_or(0, |print| print.width),
        height: print.map_or(0, |print| print.height),
        orientation: print.map_or(1, |print| print.orientation),
        size_bytes: asset.size_bytes,
        content: first.and_then(|place| place.content_hash),
        sha1: first.and_then(|place| place.sha1),
        metadata: print.map(|print| print.metadata.clone()).unwrap_or_default(),
        encoding: print.map(|print| print.encoding.clone()).unwrap_or_default(),
        taken: asset.taken,
        uploaded_utc_seconds: asset.uploaded_utc_seconds,
        albums: asset.albums.clone(),
        favourite: asset.favourite,
        archived: asset.archived,
        trashed: asset.trashed,
        locked: asset.locked,
        partner: asset.partner,
        caption: asset.caption.clone(),
        people: asset.people.clone(),
        place: asset.place,
        origin: asset.origin.clone(),
        companions: count(Role::Companion),
        renditions: count(Role::Rendition),
        in_library_package: first.is_some_and(|place| place.path.member.is_none() && model::in_library_package(&place.path.file)),
        recorded: None,
        is_chosen: false,
        removed_before: asset.removed_before.clone(),
    }
}

/// Returns the asset that `text` names: a path (made absolute), `ARCHIVE!MEMBER`, Google's key, `asset:N`.
///
/// # Errors
/// [`Error::User`] where nothing is named so.
pub(crate) fn asset_named(catalog: &Catalog, assets: &[AssetRow], text: &str) -> Result<AssetId> {
    let mut tries = vec![text.to_owned()];
    let (file, member) = text.split_once('!').map_or((text, None), |(file, member)| (file, Some(member)));
    if let Ok(absolute) = std::fs::canonicalize(file).or_else(|_| std::path::absolute(file)) {
        tries.push(member.map_or_else(|| absolute.display().to_string(), |member| format!("{}!{member}", absolute.display())));
    }
    for name in &tries {
        if let Some(id) = catalog.find_asset(assets, name)? {
            return Ok(id);
        }
    }
    Err(Error::user(
        format!("the catalog knows no photo `{text}`"),
        "give a path as `lookalike groups` shows it, Google's key, or `asset:N`; new files need a `lookalike scan` first",
    ))
}
