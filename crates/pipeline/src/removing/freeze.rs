//! Freezing: verdicts become a plan that names every file with its bytes.

use super::carry::Held;
use super::choose::{Choice, Wanted, choose, not_ours};
use super::files::{Cause, Files, at_hand, is_sidecar, sidecar_of};
use super::gains::curation_of;
use crate::group::{Formed, GroupOptions, form};
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result};
use catalog::{AssetRow, Catalog};
use decisions::AssetFacts;
use model::{AssetId, Reason, Role};
use removal::xmp::Curation;
use removal::{NotOurs, PLAN_FORMAT, PLAN_VERSION, Plan, PlanFrom, PlanSums, PlannedKeeper, RefusalCode, Removal};
use std::collections::{HashMap, HashSet};

/// What to freeze.
#[derive(Debug, Clone, Default)]
pub struct FreezeOptions {
    /// How groups are formed, and which are looked at.
    pub groups: GroupOptions,
    /// Also what the rules offer, looked at or not; else only what the person decided.
    pub from_rules: bool,
    /// The time, seconds of UTC.
    pub now_utc_seconds: i64,
}

/// Freezes verdicts into a plan. Nothing is written.
///
/// # Errors
/// [`Error::User`] for an unknown source name, [`Error::Interrupted`], [`Error::Catalog`]. What cannot be read is left, and said so in the plan.
pub fn freeze(catalog: &Catalog, options: &FreezeOptions, watch: &dyn Watch, stop: &Stop) -> Result<Plan> {
    let formed = form(catalog, &options.groups)?;
    let Choice { wanted, handoff, mut left } = choose(&formed, &options.groups, options.from_rules);
    watch.begin(Phase::Freeze, Some(wanted.len() as u64), None);
    let files = Files::new(catalog.roots()?, wanted.iter().map(|wanted| wanted.row), &formed.assets);
    let mut freezer = Freezer { formed: &formed, files, keepers: HashMap::new() };
    let mut removals = Vec::new();
    for (wanted, done) in wanted.iter().zip(1u64..) {
        if stop.asked() {
            return Err(Error::Interrupted);
        }
        match freezer.removal(wanted) {
            Ok(removal) => removals.push(removal),
            Err((code, why)) => left.push(not_ours(wanted.facts, code.name(), &why)),
        }
        watch.reach(done, 0);
    }
    leave_keepers(&mut removals, &mut left);
    let made_at = jiff::Timestamp::from_second(options.now_utc_seconds).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(Plan {
        format: PLAN_FORMAT.to_owned(),
        version: PLAN_VERSION,
        id: new_id()?,
        made_at: made_at.to_string(),
        catalog: catalog.path().into(),
        from: if options.from_rules { PlanFrom::Rules } else { PlanFrom::Verdicts },
        across: options.groups.across.clone(),
        keep: options.groups.rules.as_ref().map(ToString::to_string),
        with: options.groups.with.iter().copied().collect(),
        sums: PlanSums {
            removals: removals.len() as u64,
            size_bytes: removals.iter().map(|removal| removal.files.first().map_or(0, |file| file.size_bytes)).sum(),
            handoff: handoff.len() as u64,
            left: left.len() as u64,
            carried: removals.iter().filter(|removal| removal.carry != Curation::default()).count() as u64,
        },
        removals,
        handoff,
        left,
    })
}

/// Where sources lie in one another, a file may be a keeper in one and a copy in the other: it stays.
fn leave_keepers(removals: &mut Vec<Removal>, left: &mut Vec<NotOurs>) {
    let keepers: HashSet<_> = removals.iter().map(|removal| removal.keeper.file.path.clone()).collect();
    let mut seen = HashSet::new();
    removals.retain(|removal| {
        let paths = || removal.files.iter().map(|file| &file.path);
        let cause = match paths().find(|path| keepers.contains(path)) {
            Some(path) if *path == removal.keeper.file.path => Some((RefusalCode::OneFile, "it and the keeper are one file".to_owned())),
            Some(path) => Some((RefusalCode::KeeperPlanned, format!("`{path}` is the keeper of another photo"))),
            None => {
                paths().find(|path| !seen.insert((*path).clone())).map(|path| (RefusalCode::Twice, format!("`{path}` stands here already")))
            }
        };
        if let Some((code, why)) = &cause {
            let path = removal.files.first().map(|file| file.path.to_string()).unwrap_or_default();
            left.push(NotOurs {
                asset: removal.asset,
                path,
                source: removal.source.clone(),
                code: code.name().to_owned(),
                why: why.clone(),
            });
        }
        cause.is_none()
    });
}

/// Returns 32 hexadecimal digits drawn by chance.
fn new_id() -> Result<String> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::Bug(format!("the system gives no chance: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A keeper with what it has by now.
struct Kept {
    planned: PlannedKeeper,
    held: Held,
    has_movie: bool,
}

struct Freezer<'a> {
    formed: &'a Formed,
    files: Files,
    keepers: HashMap<AssetId, std::result::Result<Kept, Cause>>,
}

impl Freezer<'_> {
    fn removal(&mut self, wanted: &Wanted<'_>) -> std::result::Result<Removal, Cause> {
        let Wanted { group, member, row, facts, keeper } = *wanted;
        if !self.keepers.contains_key(&keeper.0.id) {
            let kept = self.keeper(keeper.0, keeper.1);
            self.keepers.insert(keeper.0.id, kept);
        }
        let Some(Ok(kept)) = self.keepers.get(&keeper.0.id) else {
            return Err(self.keepers.get(&keeper.0.id).and_then(|kept| kept.as_ref().err().cloned()).expect("it was put there just now"));
        };
        let (planned, has_movie) = (kept.planned.clone(), kept.has_movie);
        let files = self.files.names(row)?;
        let mut lost = Vec::new();
        let companions = self.files.companions(row, has_movie, &mut lost)?;
        let root = self.root(row, facts)?;
        let mut held = Held::of(facts, &curation_of(&row.carried));
        match self.files.sidecar_says(row) {
            Ok(Some((says, rest))) => {
                held.read_sidecar(&says);
                lost.extend(rest);
            }
            Ok(None) => {}
            Err(why) => lost.push(why),
        }
        let first = row.places.first();
        let Some(Ok(kept)) = self.keepers.get_mut(&keeper.0.id) else { unreachable!("it was there just now") };
        let carry = kept.held.gains(&held);
        let mut carry_words = kept.held.words(&held, &carry);
        carry_words.append(&mut lost);
        kept.held.take(&carry);
        let sidecar = (carry != Curation::default()).then(|| sidecar_of(keeper.0, &planned.file.path));
        Ok(Removal {
            asset: row.id.0,
            group: group.id.0,
            source: facts.source_name.clone(),
            root,
            relation: member.relation.ok_or((RefusalCode::Verdict, "it is the keeper of its group".to_owned()))?,
            reasons: member.reasons.iter().filter(|reason| !is_inherit(reason)).map(in_words).collect(),
            files,
            companions,
            keeper: planned,
            carry,
            carry_words,
            sidecar,
            sha1: first.and_then(|place| place.sha1),
            payload_hash: first.and_then(|place| place.payload),
        })
    }

    fn root(&self, row: &AssetRow, facts: &AssetFacts) -> std::result::Result<removal::PathText, Cause> {
        let file = at_hand(row, Role::Original).next().map(|place| &place.path.file);
        let root = file.and_then(|file| self.files.root_of(row.source, file));
        root.map(Into::into).ok_or_else(|| (RefusalCode::NoFile, format!("`{}` lies in no folder that was scanned", facts.path)))
    }

    fn keeper(&mut self, row: &AssetRow, facts: &AssetFacts) -> std::result::Result<Kept, Cause> {
        let missing = |why: String| (RefusalCode::KeeperMissing, format!("the keeper `{}`: {why}", facts.path));
        let place = at_hand(row, Role::Original).next().ok_or_else(|| missing("it is no file in a folder".to_owned()))?;
        let file = self.files.planned(place).map_err(|(_, why)| missing(why))?;
        let root = self.root(row, facts)?;
        let mut held = Held::of(facts, &curation_of(&row.carried));
        // What cannot be read is found again when it is to be written.
        if let Ok(Some((says, _))) = self.files.sidecar_says(row) {
            held.read_sidecar(&says);
        }
        let has_movie = row.places.iter().any(|place| place.role == Role::Companion && !is_sidecar(&place.path.file));
        let source = self.formed.source_name(row.source).to_owned();
        Ok(Kept { planned: PlannedKeeper { asset: row.id.0, source, root, file }, held, has_movie })
    }
}

/// Tells what stands among the words of what is carried.
fn is_inherit(reason: &Reason) -> bool {
    reason.rule.starts_with("inherit-")
}

fn in_words(reason: &Reason) -> String {
    format!("{}: {}", reason.rule, reason.words)
}
