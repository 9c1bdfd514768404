//! The answer to `groups --json`: a contract (design §5) that other programs read. Fields are added, never renamed or removed.

use crate::group::Formed;
use base64::Engine as _;
use catalog::AssetPlace;
use model::{Evidence, LocationPath, Member, Proof, Role};
use serde::Serialize;

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct GroupsAnswer {
    /// Version of this contract.
    pub version: u32,
    /// Groups, in the order of their numbers.
    pub groups: Vec<GroupAnswer>,
}

/// A group.
#[derive(Debug, Serialize)]
pub struct GroupAnswer {
    /// Its number in this answer.
    pub id: i64,
    /// Path of the keeper.
    pub keeper: String,
    /// Keeper first.
    pub members: Vec<MemberAnswer>,
    /// What was near and is not in the group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<SetAsideAnswer>,
}

/// A member of a group.
#[derive(Debug, Serialize)]
pub struct MemberAnswer {
    /// Where it lies.
    pub path: String,
    /// The raw path, where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// Number that `explain` and `sql` know it by.
    pub asset: i64,
    /// Its name at Google, where there is no path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Google's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub google_id: Option<String>,
    /// Link to it in Google Photos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_url: Option<String>,
    /// Name of its source.
    pub source: String,
    /// How it stands to the keeper; `keeper` for the keeper.
    pub relation: &'static str,
    /// `keep`, `remove` or `undecided`.
    pub verdict: &'static str,
    /// Why.
    pub reasons: Vec<String>,
    /// Its other places.
    pub also_at: Vec<String>,
    /// Files that belong to it.
    pub companions: Vec<String>,
    /// Measurements; absent for the keeper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<serde_json::Value>,
    /// Bytes.
    pub size_bytes: u64,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    /// When it was taken, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_utc: Option<String>,
}

/// A near asset that stands elsewhere.
#[derive(Debug, Serialize)]
pub struct SetAsideAnswer {
    /// The member it is near to.
    pub member: String,
    /// The asset.
    pub other: String,
    /// Why it is not in the group.
    pub why: String,
}

/// Returns the raw bytes of a path in base64 where its text would lose something.
#[must_use]
pub fn path_base64(path: &LocationPath) -> Option<String> {
    match path.file.to_str() {
        Some(_) => None,
        None => Some(base64::engine::general_purpose::STANDARD.encode(path.file.as_os_str().as_encoded_bytes())),
    }
}

/// Returns the answer for these groups.
#[must_use]
pub fn answer(formed: &Formed) -> GroupsAnswer {
    let groups = formed
        .groups
        .iter()
        .map(|group| GroupAnswer {
            id: group.id.0,
            keeper: formed.path_of(group.keeper()),
            members: group.members.iter().map(|member| member_answer(formed, member)).collect(),
            set_aside: group
                .set_aside
                .iter()
                .map(|aside| SetAsideAnswer {
                    member: formed.path_of(aside.member),
                    other: formed.path_of(aside.other),
                    why: aside.why.clone(),
                })
                .collect(),
        })
        .collect();
    GroupsAnswer { version: 1, groups }
}

fn member_answer(formed: &Formed, member: &Member) -> MemberAnswer {
    let row = formed.asset(member.asset);
    let places = row.map(|row| row.places.as_slice()).unwrap_or_default();
    let print = row.and_then(|row| row.print.as_ref()).map(|row| &row.print);
    let shown = |place: &AssetPlace| place.path.to_string();
    MemberAnswer {
        path: formed.path_of(member.asset),
        path_base64: places.first().and_then(|place| path_base64(&place.path)),
        asset: member.asset.0,
        google_id: row.and_then(|row| row.google_id.clone()),
        product_url: row.and_then(|row| row.product_url.clone()),
        filename: row.filter(|row| row.places.is_empty()).map(|row| row.filename.clone()),
        source: row.map(|row| formed.source_name(row.source).to_owned()).unwrap_or_default(),
        relation: member.relation.map_or("keeper", |relation| relation.name()),
        verdict: member.verdict.name(),
        reasons: member.reasons.iter().map(|reason| format!("{}: {}", reason.rule, reason.words)).collect(),
        also_at: places.iter().skip(1).filter(|place| place.role != Role::Companion).map(shown).collect(),
        companions: places.iter().skip(1).filter(|place| place.role == Role::Companion).map(shown).collect(),
        evidence: member.evidence.as_ref().map(evidence_answer),
        size_bytes: row.map_or(0, |row| row.size_bytes),
        width: print.filter(|print| print.width > 0).map(|print| print.width),
        height: print.filter(|print| print.height > 0).map(|print| print.height),
        format: print.map(|print| print.format.name()),
        taken_utc: row.and_then(|row| row.taken).and_then(|taken| taken.sql_text()),
    }
}

fn evidence_answer(edge: &Evidence) -> serde_json::Value {
    let mut value = match &edge.proof {
        Proof::Content => serde_json::json!({ "proof": "content" }),
        Proof::Payload => serde_json::json!({ "proof": "payload" }),
        Proof::Capture => serde_json::json!({ "proof": "capture" }),
        Proof::Perceptual(look) => serde_json::json!({
            "proof": "perceptual",
            "distance_bits": look.distance_bits,
            "turn": look.turn,
            "correlation": look.correlation,
            "gain": look.gain,
            "offset": look.offset,
            "luma_error": look.luma_error,
            "worst_tile": look.worst_tile,
            "chroma_error": look.chroma_error,
            "leniency": look.leniency,
            "worst_place": look.worst_place,
        }),
    };
    if let Some(fields) = value.as_object_mut().filter(|_| !edge.notes.is_empty()) {
        fields.insert("notes".to_owned(), edge.notes.clone().into());
    }
    value
}
