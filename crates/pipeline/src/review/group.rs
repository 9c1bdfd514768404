//! One group with all that is known of its members, in words and values; nothing is computed anew.

use super::list::{confidence_of, group_row, member_row};
use super::{AsideRow, EvidenceRow, GroupView, MEMBERS_SHOWN_MAX, MemberView, PlaceRow, ReasonRow, Review, TakenRow};
use crate::group::{facts_of, shown_path};
use crate::{Error, Result, records};
use catalog::{AssetRow, Catalog, ListedMember, Recorded};
use decisions::AssetFacts;
use model::{AssetId, Evidence, Format, Proof, Reason, Role, Source, SourceId, Turn};
use std::collections::HashMap;

/// What a member's view is made of.
struct Told<'a> {
    row: &'a AssetRow,
    facts: AssetFacts,
    source: &'a Source,
}

impl Review {
    /// Returns the group that an asset stands in; `None` where it stands in none.
    ///
    /// # Errors
    /// [`Error::Catalog`].
    pub fn group(&self, asset: AssetId) -> Result<Option<GroupView>> {
        self.reading(|catalog| match catalog.group_of(asset)? {
            Some(group) => view(catalog, group),
            None => Ok(None),
        })
    }
}

fn view(catalog: &Catalog, group: i64) -> Result<Option<GroupView>> {
    let Some(listed) = catalog.listed_groups(&[group])?.pop() else { return Ok(None) };
    let members = catalog.listed_members(group, MEMBERS_SHOWN_MAX)?;
    let ids: Vec<AssetId> = members.iter().map(|member| member.asset).collect();
    let rows = catalog.assets_of(&ids)?;
    let sources: HashMap<SourceId, Source> = catalog.sources()?.into_iter().map(|source| (source.id, source)).collect();
    let told: HashMap<AssetId, Told<'_>> = rows
        .iter()
        .filter_map(|row| {
            let source = sources.get(&row.source)?;
            Some((row.id, Told { row, facts: facts_of(row, source), source }))
        })
        .collect();
    let keeper = AssetId(group);
    let edges: HashMap<AssetId, Evidence> =
        catalog.evidence_at(keeper)?.into_iter().filter_map(|edge| Some((edge.other(keeper)?, edge))).collect();
    let all: Vec<MemberView> = members
        .iter()
        .filter_map(|member| Some(member_view(member, told.get(&member.asset)?, told.get(&keeper)?, edges.get(&member.asset))))
        .collect();
    let set_aside: Vec<AsideRow> = serde_json::from_str(&listed.set_aside).map_err(|error| Error::Bug(error.to_string()))?;
    let names = sources.iter().map(|(id, source)| (*id, source.name.clone())).collect();
    Ok(Some(GroupView { row: group_row(listed, Vec::new(), &names), differs: differs(&all), all, set_aside }))
}

fn member_view(member: &ListedMember, told: &Told<'_>, keeper: &Told<'_>, edge: Option<&Evidence>) -> MemberView {
    let (row, facts) = (told.row, &told.facts);
    let first = row.places.first();
    let is_keeper = member.relation.is_none();
    let print = row.print.as_ref().map(|print| &print.print);
    let is_of = |role: Role| row.places.iter().skip(1).filter(move |place| (place.role == Role::Companion) == (role == Role::Companion));
    let shown = |role: Role| is_of(role).map(|place| place.path.to_string()).collect();
    let known = |side: u32| Some(side).filter(|side| *side > 0);
    let flags = [(row.archived, "archived"), (row.trashed, "trashed"), (row.locked, "locked"), (row.partner, "partner")];
    let split = |reason: &&Reason| reason.rule.starts_with("inherit-");
    let duration = print.and_then(|print| print.metadata.duration_ms);
    MemberView {
        row: member_row(member),
        is_chosen: member.recorded == Some(Recorded::Keeper),
        confidence: (!is_keeper).then(|| confidence_of(member.confidence)),
        reasons: member.reasons.iter().filter(|reason| !split(reason)).map(reason_row).collect(),
        evidence: edge.filter(|_| !is_keeper).map(|edge| evidence_row(edge, member.asset)),
        bound: if member.is_bound { member.reasons.first().map(|reason| reason.words.to_string()) } else { None },
        inherits: if is_keeper { Vec::new() } else { decisions::inherit(&keeper.facts, facts).iter().map(reason_row).collect() },
        source: facts.source_name.clone(),
        source_kind: told.source.kind.name(),
        path: shown_path(row),
        folder: first.map(|place| place.path.folder()).unwrap_or_default(),
        archive: first.filter(|place| place.path.member.is_some()).map(|place| place.path.file.display().to_string()),
        also_at: shown(Role::Original),
        companions: shown(Role::Companion),
        presence: row.presence.name(),
        albums: row.albums.clone(),
        people: row.people.clone(),
        caption: row.caption.clone(),
        favourite: row.favourite,
        flags: flags.into_iter().filter(|(is_so, _)| *is_so).map(|(_, name)| name).collect(),
        width: known(facts.width),
        height: known(facts.height),
        format: facts.format.map(Format::name),
        taken: row.taken.and_then(|taken| {
            Some(TakenRow {
                utc: taken.sql_text()?,
                utc_seconds: taken.utc_seconds,
                offset_minutes: taken.offset_minutes,
                source: taken.source.name(),
                why: taken.why,
            })
        }),
        uploaded_utc: row
            .uploaded_utc_seconds
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
            .map(|stamp| stamp.to_string()),
        camera: records::camera(row),
        place: row.place.or(facts.metadata.place).map(|place| PlaceRow { latitude: place.latitude, longitude: place.longitude }),
        duration_ms: duration,
        product_url: row.product_url.clone(),
        has_clip: facts.companions > 0,
    }
}

fn reason_row(reason: &Reason) -> ReasonRow {
    ReasonRow { rule: reason.rule.to_string(), words: reason.words.to_string() }
}

/// Says what was measured of a pair.
fn evidence_row(edge: &Evidence, member: AssetId) -> EvidenceRow {
    let mut words = Vec::new();
    let (mut quarter_turns, mut mirror) = (0, false);
    let proof = match &edge.proof {
        Proof::Content => "content",
        Proof::Payload => "payload",
        Proof::Capture => "capture",
        Proof::Perceptual(look) => {
            words.push(format!("{} of 256 bits of the perceptual hash differ", look.distance_bits));
            words.push(format!("brightness goes together to {:.4} (1 is exactly)", look.correlation));
            words.push(format!("the worst of 64 tiles differs by {:.1} of 255 grey levels", look.worst_tile));
            words.extend(
                look.worst_place.map(|place| format!("on a closer look, the place that stands out most reaches {place:.2} of the limit")),
            );
            // The turn is that of the second picture; seen from the other side it runs backwards.
            let turn = if edge.b == member { look.turn } else { backwards(look.turn) };
            (quarter_turns, mirror) = as_turns(turn);
            "perceptual"
        }
    };
    words.extend(edge.notes.iter().cloned());
    EvidenceRow { proof, words, quarter_turns, mirror }
}

fn backwards(turn: Turn) -> Turn {
    match turn {
        Turn::Clockwise => Turn::Counterclockwise,
        Turn::Counterclockwise => Turn::Clockwise,
        other => other,
    }
}

/// Returns a turn as clockwise quarter turns and then a mirror, left to right.
fn as_turns(turn: Turn) -> (u8, bool) {
    match turn {
        Turn::Upright => (0, false),
        Turn::Clockwise => (1, false),
        Turn::Half => (2, false),
        Turn::Counterclockwise => (3, false),
        Turn::Mirrored => (0, true),
        // Rows and columns exchanged: a quarter turn clockwise, then left and right.
        Turn::Transposed => (1, true),
        Turn::Flipped => (2, true),
        Turn::Transversed => (3, true),
    }
}

/// Returns the names of the facts in which members differ. Places and names differ nearly always and are not among them.
fn differs(members: &[MemberView]) -> Vec<&'static str> {
    fn differ<T: PartialEq>(members: &[MemberView], fact: impl Fn(&MemberView) -> T) -> bool {
        members.windows(2).any(|two| fact(&two[0]) != fact(&two[1]))
    }
    let facts: [(&'static str, bool); 13] = [
        ("width", differ(members, |m| (m.width, m.height))),
        ("size_bytes", differ(members, |m| m.row.size_bytes)),
        ("format", differ(members, |m| m.format)),
        ("taken", differ(members, |m| m.taken.as_ref().map(|taken| taken.utc_seconds))),
        ("uploaded_utc", differ(members, |m| m.uploaded_utc.clone())),
        ("camera", differ(members, |m| m.camera.clone())),
        ("place", differ(members, |m| m.place.clone())),
        ("favourite", differ(members, |m| m.favourite)),
        ("caption", differ(members, |m| m.caption.clone())),
        ("albums", differ(members, |m| m.albums.clone())),
        ("people", differ(members, |m| m.people.clone())),
        ("source", differ(members, |m| m.source.clone())),
        ("duration_ms", differ(members, |m| m.duration_ms)),
    ];
    facts.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PictureGrid;

    #[test]
    fn a_turn_is_quarter_turns_and_then_a_mirror() {
        let cells: Vec<u8> = (0..PictureGrid::BYTES).map(|n| (n % 251) as u8).collect();
        let grid = PictureGrid::from_bytes(&cells).expect("right length");
        for turn in Turn::ALL {
            let (quarters, mirror) = as_turns(turn);
            let mut turned = (0..quarters).fold(grid.clone(), |grid, _| grid.turned(Turn::Clockwise));
            if mirror {
                turned = turned.turned(Turn::Mirrored);
            }
            assert_eq!(turned, grid.turned(turn), "{turn:?}");
            assert_eq!(grid.turned(turn).turned(backwards(turn)), grid, "{turn:?}");
        }
    }
}
