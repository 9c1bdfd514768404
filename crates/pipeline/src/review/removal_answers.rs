//! What the review page is told of removing: a plan in sums and photo for photo, and what a run did.

use crate::removing::{LeftAnswer, NotBackAnswer, NoteAnswer, RemoveAnswer, RunPhoto, UndoAnswer};
use removal::{NotOurs, Plan, PlanFrom, PlanSums, Removal, RunSummary, Trashed};
use serde::Serialize;
use std::collections::BTreeMap;

/// Photos named of each cause, and notes and files of an outcome; the rest is counted.
pub const NAMED_MAX: usize = 20;

/// A plan that was frozen, in sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanView {
    /// Names it.
    pub id: String,
    /// When it was frozen, RFC 3339.
    pub made_at: String,
    /// Whether what the rules offer is in it too.
    pub from_rules: bool,
    /// The groups' epoch from which it was frozen.
    pub epoch: i64,
    /// Its sums.
    pub sums: PlanSums,
    /// What would go, by how it stands to its keeper.
    pub by_relation: Vec<RelationCount>,
    /// What is for the person's own hand, by source.
    pub handoff: Vec<CauseSum>,
    /// What is left, by cause.
    pub left: Vec<CauseSum>,
}

/// Removals of one relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RelationCount {
    /// The relation.
    pub relation: &'static str,
    /// Photos that would go.
    pub removals: u64,
    /// Their bytes.
    pub size_bytes: u64,
}

/// Photos that stay for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseSum {
    /// A stable name of the cause.
    pub code: String,
    /// How many.
    pub photos: u64,
    /// The first of them, at most [`NAMED_MAX`].
    pub first: Vec<LeftRow>,
}

/// A photo that stays, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftRow {
    /// Where it lies, as shown.
    pub path: String,
    /// In words.
    pub why: String,
}

/// Some removals of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanPage {
    /// Removals of the whole plan.
    pub total: u64,
    /// The place of the first here.
    pub at: u64,
    /// The removals.
    pub removals: Vec<PlanRow>,
}

/// A photo that would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanRow {
    /// The photo.
    pub photo: PlanSide,
    /// The photo that stays in its place.
    pub keeper: PlanSide,
    /// How it stands to that.
    pub relation: &'static str,
    /// Bytes.
    pub size_bytes: u64,
    /// Files that go with it.
    pub companions: Vec<String>,
    /// What the keeper gains first, in words, with what cannot be carried.
    pub carried: Vec<String>,
}

/// A photo of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanSide {
    /// Its asset.
    pub asset: i64,
    /// Where it lies, as shown.
    pub path: String,
    /// Changes when its picture does; for addresses of pictures.
    pub picture: String,
}

/// What a removal did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovalOutcome {
    /// The run's number; none where there was nothing to do.
    pub run: Option<u64>,
    /// Photos that went.
    pub removed: u64,
    /// Their bytes.
    pub removed_bytes: u64,
    /// What was left, by cause.
    pub left: Vec<CauseSum>,
    /// What is to be said of photos that went, at most [`NAMED_MAX`].
    pub notes: Vec<LeftRow>,
    /// How many notes there are.
    pub notes_count: u64,
    /// Photos of the plan that the run did not come to.
    pub waiting: u64,
    /// Whether the person stopped it.
    pub is_stopped: bool,
    /// What ended it before its end.
    pub error: Option<String>,
}

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoOutcome {
    /// The run's number.
    pub run: u64,
    /// Photos that are back.
    pub photos: u64,
    /// Files that are back, companions and sidecars among them.
    pub files: u64,
    /// What is not back, at most [`NAMED_MAX`].
    pub left: Vec<LeftRow>,
    /// How many are not back.
    pub left_count: u64,
    /// Whether the person stopped it.
    pub is_stopped: bool,
    /// What ended it before its end.
    pub error: Option<String>,
}

/// A run with some of its photos.
#[derive(Debug, Clone, Serialize)]
pub struct RunPage {
    /// In sums.
    pub sums: RunSummary,
    /// Photos of the whole run.
    pub total: u64,
    /// The place of the first here.
    pub at: u64,
    /// The photos.
    pub photos: Vec<RunPhoto>,
}

/// Some of what waits in the trash.
#[derive(Debug, Clone, Serialize)]
pub struct TrashPage {
    /// Files in the trash that are there.
    pub total: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// Files that should be there and are not.
    pub missing: u64,
    /// The place of the first here, among all.
    pub at: u64,
    /// The files, the oldest first.
    pub files: Vec<Trashed>,
    /// The place behind the last, where there are more.
    pub next: Option<u64>,
}

/// Groups by cause what stays, most first.
fn by_cause<'a>(rows: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> Vec<CauseSum> {
    let mut causes: BTreeMap<&str, CauseSum> = BTreeMap::new();
    for (code, path, why) in rows {
        let cause = causes.entry(code).or_insert_with(|| CauseSum { code: code.to_owned(), photos: 0, first: Vec::new() });
        cause.photos += 1;
        if cause.first.len() < NAMED_MAX {
            cause.first.push(LeftRow { path: path.to_owned(), why: why.to_owned() });
        }
    }
    let mut causes: Vec<CauseSum> = causes.into_values().collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.photos));
    causes
}

fn size_of(removal: &Removal) -> u64 {
    removal.files.first().map_or(0, |file| file.size_bytes)
}

/// Returns what of a list stands at a place and behind it.
pub(super) fn part<T: Clone>(all: &[T], at: u64, limit: usize) -> Vec<T> {
    all.iter().skip(usize::try_from(at).unwrap_or(usize::MAX)).take(limit).cloned().collect()
}

impl PlanView {
    pub(super) fn of(plan: &Plan, epoch: i64) -> Self {
        let mut relations: BTreeMap<_, (u64, u64)> = BTreeMap::new();
        for removal in &plan.removals {
            let sum = relations.entry(removal.relation).or_default();
            *sum = (sum.0 + 1, sum.1 + size_of(removal));
        }
        let causes = |rows: &[NotOurs]| by_cause(rows.iter().map(|row| (row.code.as_str(), row.path.as_str(), row.why.as_str())));
        let by_relation = relations
            .into_iter()
            .map(|(relation, (removals, size_bytes))| RelationCount { relation: relation.name(), removals, size_bytes })
            .collect();
        Self {
            id: plan.id.clone(),
            made_at: plan.made_at.clone(),
            from_rules: plan.from == PlanFrom::Rules,
            epoch,
            sums: plan.sums,
            by_relation,
            handoff: causes(&plan.handoff),
            left: causes(&plan.left),
        }
    }
}

impl PlanPage {
    /// Returns the removals of a plan from a place on, at most so many.
    #[must_use]
    pub fn of(plan: &Plan, at: u64, limit: usize) -> Self {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        let removals = plan.removals.iter().skip(start).take(limit).map(row).collect();
        Self { total: plan.removals.len() as u64, at, removals }
    }
}

fn row(removal: &Removal) -> PlanRow {
    let side = |asset: i64, file: Option<&removal::PlannedFile>| PlanSide {
        asset,
        path: file.map(|file| file.path.to_string()).unwrap_or_default(),
        picture: super::list::picture_name(file.map(|file| file.content_hash.0.as_slice())),
    };
    PlanRow {
        photo: side(removal.asset, removal.files.first()),
        keeper: side(removal.keeper.asset, Some(&removal.keeper.file)),
        relation: removal.relation.name(),
        size_bytes: size_of(removal),
        companions: removal.companions.iter().map(|companion| companion.file.path.to_string()).collect(),
        carried: removal.carry_words.clone(),
    }
}

impl From<&RemoveAnswer> for RemovalOutcome {
    fn from(answer: &RemoveAnswer) -> Self {
        let said = |NoteAnswer { path, note }: &NoteAnswer| LeftRow { path: path.clone(), why: note.clone() };
        Self {
            run: answer.run,
            removed: answer.removed,
            removed_bytes: answer.removed_bytes,
            left: by_cause(answer.left.iter().map(|LeftAnswer { path, code, why }| (*code, path.as_str(), why.as_str()))),
            notes: answer.notes.iter().take(NAMED_MAX).map(said).collect(),
            notes_count: answer.notes.len() as u64,
            waiting: answer.waiting,
            is_stopped: answer.is_stopped,
            error: answer.error.clone(),
        }
    }
}

impl From<&UndoAnswer> for UndoOutcome {
    fn from(answer: &UndoAnswer) -> Self {
        let left = answer.left.iter().take(NAMED_MAX);
        Self {
            run: answer.run,
            photos: answer.photos,
            files: answer.files,
            left: left.map(|NotBackAnswer { path, why, .. }| LeftRow { path: path.clone(), why: why.clone() }).collect(),
            left_count: answer.left.len() as u64,
            is_stopped: answer.is_stopped,
            error: answer.error.clone(),
        }
    }
}
