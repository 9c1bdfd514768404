//! One group with all that is known of its members, in words and values; nothing is computed anew.

use super::list::{confidence_of, group_row, member_row, utc_text};
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
    let members = catalog.shown_members(group, MEMBERS_SHOWN_MAX)?;
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
    let mut all: Vec<MemberView> = members
        .iter()
        .filter_map(|member| Some(member_view(member, told.get(&member.asset)?, told.get(&keeper)?, edges.get(&member.asset))))
        .collect();
    let differs = tell_differences(&mut all);
    let set_aside: Vec<AsideRow> = serde_json::from_str(&listed.set_aside).map_err(|error| Error::Bug(error.to_string()))?;
    let names = sources.iter().map(|(id, source)| (*id, source.name.clone())).collect();
    Ok(Some(GroupView { row: group_row(listed, Vec::new(), &names), all, differs, set_aside }))
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
        differs: Vec::new(),
        bound: if member.is_bound { member.reasons.first().map(|reason| reason.words.to_string()) } else { None },
        inherits: if is_keeper { carried(row) } else { decisions::inherit(&keeper.facts, facts).iter().map(reason_row).collect() },
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
        uploaded_utc: row.uploaded_utc_seconds.and_then(utc_text),
        camera: records::camera(row),
        place: row.place.or(facts.metadata.place).map(|place| PlaceRow { latitude: place.latitude, longitude: place.longitude }),
        duration_ms: duration,
        product_url: row.product_url.clone(),
        has_clip: facts.companions > 0,
    }
}

/// Says what was carried over to a photo from copies that went.
fn carried(row: &AssetRow) -> Vec<ReasonRow> {
    row.carried.iter().map(|fact| ReasonRow { rule: format!("carried-{}", fact.kind()), words: fact.words() }).collect()
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
    words.splice(0..0, edge.notes.iter().cloned());
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

/// Tells each member in which facts it differs from the keeper; returns those in which any does. Places and names differ nearly always and are
/// not among them.
fn tell_differences(members: &mut [MemberView]) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    if let Some((keeper, others)) = members.split_first_mut() {
        for other in others {
            other.differs = differences(keeper, other);
            all.extend(other.differs.iter().filter(|name| !all.contains(name)).copied().collect::<Vec<_>>());
        }
    }
    all
}

fn differences(a: &MemberView, b: &MemberView) -> Vec<&'static str> {
    let seconds = |member: &MemberView| member.taken.as_ref().map(|taken| taken.utc_seconds);
    let facts: [(&'static str, bool); 13] = [
        ("width", (a.width, a.height) != (b.width, b.height)),
        ("size_bytes", a.row.size_bytes != b.row.size_bytes),
        ("format", a.format != b.format),
        ("taken", seconds(a) != seconds(b)),
        ("uploaded_utc", a.uploaded_utc != b.uploaded_utc),
        ("camera", a.camera != b.camera),
        ("place", a.place != b.place),
        ("favourite", a.favourite != b.favourite),
        ("caption", a.caption != b.caption),
        ("albums", a.albums != b.albums),
        ("people", a.people != b.people),
        ("source", a.source != b.source),
        ("duration_ms", a.duration_ms != b.duration_ms),
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
