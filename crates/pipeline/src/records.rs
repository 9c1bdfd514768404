//! Groups as the catalog keeps them for lists: with how far each is decided, how sure it is, and a version that tells changes.

use crate::group::Formed;
use crate::review::{AsideRow, Confidence, GroupState};
use crate::{Error, Result};
use catalog::{GroupRecord, ListedGroup, MemberRecord};
use model::{Group, Member, Proof, Relation, Verdict};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Longest text kept of a camera's name. Bytes; a file may claim any.
const CAMERA_MAX_BYTES: usize = 100;

/// Returns the records of these groups.
pub(crate) fn of(formed: &Formed) -> Result<Vec<GroupRecord>> {
    formed.groups.iter().map(|group| record(formed, group)).collect()
}

fn record(formed: &Formed, group: &Group) -> Result<GroupRecord> {
    let members: Vec<MemberRecord> = group
        .members
        .iter()
        .map(|member| MemberRecord {
            recorded: formed.recorded.verdicts.get(&member.asset).copied(),
            confidence: confidence(member) as u8,
            size_bytes: formed.asset(member.asset).map_or(0, |row| row.size_bytes),
            member: member.clone(),
        })
        .collect();
    let others = || members.iter().skip(1);
    let open = others().filter(|record| is_open(record)).count();
    let state = match (open, members.iter().any(|record| record.recorded.is_some())) {
        (0, true) => GroupState::Decided,
        (0, false) => GroupState::Settled,
        _ => GroupState::Open,
    };
    let removals = || others().filter(|record| record.member.verdict == Verdict::Remove);
    let aside: Vec<AsideRow> = group
        .set_aside
        .iter()
        .map(|aside| AsideRow {
            member: aside.member.0,
            other: aside.other.0,
            name: formed.asset(aside.other).map(|row| row.filename.clone()).unwrap_or_default(),
            why: aside.why.clone(),
        })
        .collect();
    let keeper = formed.asset(group.keeper());
    let set_aside = serde_json::to_string(&aside).map_err(|error| Error::Bug(error.to_string()))?;
    let listed = ListedGroup {
        id: group.id.0,
        version: version(&members, &set_aside),
        state: state as u8,
        confidence: others().map(|record| record.confidence).max().unwrap_or_default(),
        relations: others().filter_map(|record| record.member.relation).fold(0, |bits, relation| bits | bit(relation)),
        members_count: members.len() as u64,
        open: open as u64,
        removals: removals().count() as u64,
        removals_bytes: removals().map(|record| record.size_bytes).sum(),
        taken_utc_seconds: keeper.and_then(|row| row.taken).map(|taken| taken.utc_seconds),
        camera: keeper.and_then(camera),
        source: keeper.map(|row| row.source).unwrap_or(model::SourceId(0)),
        folder: keeper.and_then(|row| row.places.first()).map(|place| place.path.folder()).unwrap_or_default(),
        set_aside,
    };
    Ok(GroupRecord { group: listed, members })
}

/// Returns the bit of a relation among others.
pub(crate) fn bit(relation: Relation) -> u32 {
    1 << Relation::ALL.iter().position(|other| *other == relation).unwrap_or_default()
}

/// Tells a member that waits for the person: nobody decided, the rules do not keep it, and it may be decided.
fn is_open(record: &MemberRecord) -> bool {
    record.recorded.is_none() && record.member.verdict != Verdict::Keep && !record.member.is_bound
}

/// Returns how sure a member's place is, by what proved it.
fn confidence(member: &Member) -> Confidence {
    let Some(edge) = &member.evidence else { return Confidence::Certain };
    match (&edge.proof, edge.relation) {
        (_, Relation::Burst | Relation::SameShot | Relation::LookAlike) => Confidence::Weak,
        (Proof::Content | Proof::Payload, _) => Confidence::Certain,
        (Proof::Capture, _) => Confidence::Weak,
        (Proof::Perceptual(_), _) if member.offered == Verdict::Remove => Confidence::Strong,
        (Proof::Perceptual(_), _) => Confidence::Look,
    }
}

/// Returns a camera as people say it: `Canon EOS 5D`, not `Canon Canon EOS 5D`; `NIKON D700`, not `NIKON CORPORATION NIKON D700`.
pub(crate) fn camera(row: &catalog::AssetRow) -> Option<String> {
    let metadata = &row.print.as_ref()?.print.metadata;
    let (make, model) = (metadata.make.as_deref().map(str::trim), metadata.model.as_deref().map(str::trim));
    let brand = |make: &str| make.split_whitespace().next().unwrap_or_default().to_lowercase();
    let words = match (make.filter(|make| !make.is_empty()), model.filter(|model| !model.is_empty())) {
        (Some(make), Some(model)) if !model.to_lowercase().starts_with(&brand(make)) => format!("{make} {model}"),
        (_, Some(model)) => model.to_owned(),
        (Some(make), None) => make.to_owned(),
        (None, None) => return None,
    };
    let end = (0..=CAMERA_MAX_BYTES.min(words.len())).rev().find(|at| words.is_char_boundary(*at)).unwrap_or_default();
    Some(words[..end].to_owned())
}

/// Returns a number of all that is shown of a group.
fn version(members: &[MemberRecord], set_aside: &str) -> i64 {
    let mut hasher = DefaultHasher::new();
    for MemberRecord { member, recorded, confidence, size_bytes } in members {
        (member.asset, member.relation, member.verdict, member.is_bound, recorded, confidence, size_bytes).hash(&mut hasher);
        member.reasons.iter().for_each(|reason| (&reason.rule, &reason.words).hash(&mut hasher));
    }
    set_aside.hash(&mut hasher);
    // Numbers of JavaScript are exact up to 2^53.
    (hasher.finish() >> 11).cast_signed()
}
