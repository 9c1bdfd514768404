//! What the review page is told, and what it sends back: plain values that become JSON as they stand.

use crate::manage::SourceAnswer;
use crate::scan::CauseCount;
use model::Tally;
use serde::{Deserialize, Serialize};

/// How sure a member's place in its group is, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Same bytes, or the same coded picture.
    Certain,
    /// The pictures passed every test, and nothing speaks against a removal.
    Strong,
    /// The pictures are near, and a person should look.
    Look,
    /// No pictures could be compared, or another exposure.
    Weak,
}

/// How far a group is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupState {
    /// A member waits for the person.
    #[default]
    Open,
    /// The person decided on all that was to be decided.
    Decided,
    /// All members are meant to stay, as frames of a burst are: nothing waits.
    Settled,
}

/// A member as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemberRow {
    /// Its asset.
    pub asset: i64,
    /// Its name.
    pub name: String,
    /// How it stands to the keeper; `keeper` for the keeper.
    pub relation: &'static str,
    /// `keep`, `remove` or `undecided`.
    pub verdict: &'static str,
    /// Whether the person decided it.
    pub decided: bool,
    /// Bytes.
    pub size_bytes: u64,
    /// Changes when its picture does; for addresses of pictures.
    pub picture: String,
    /// Whether it is a film.
    pub is_film: bool,
}

/// A group as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupRow {
    /// Its number: the keeper's asset.
    pub id: i64,
    /// Changes whenever anything of the group does.
    pub version: i64,
    /// How far it is decided.
    pub state: GroupState,
    /// How sure its least sure member is.
    pub confidence: Confidence,
    /// Number of members, the keeper included.
    pub members_count: u64,
    /// The first of them, keeper first.
    pub members: Vec<MemberRow>,
    /// Members that wait for the person.
    pub open: u64,
    /// Members that may go.
    pub removals: u64,
    /// Bytes of those.
    pub removals_bytes: u64,
    /// Relations of its members, strongest first.
    pub relations: Vec<&'static str>,
    /// When the keeper was taken, UTC.
    pub taken_utc: Option<String>,
    /// The keeper's camera.
    pub camera: Option<String>,
    /// The keeper's source.
    pub source: String,
    /// The keeper's folder, as shown.
    pub folder: String,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupPage {
    /// Groups in the whole list.
    pub total: u64,
    /// Place of the first of `groups` in the whole list; 0 is the first.
    pub at: u64,
    /// Changes whenever any group does; a list drawn under another epoch may be stale.
    pub epoch: i64,
    /// The groups.
    pub groups: Vec<GroupRow>,
    /// Cursor behind the last of them; `None` at the end.
    pub next: Option<String>,
}

/// A group's place in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Neighbours {
    /// Groups in the whole list.
    pub total: u64,
    /// Place of the group, or, where it is not in the list (any more), the place it would have.
    pub at: u64,
    /// Whether the group is in the list.
    pub is_listed: bool,
    /// The group before.
    pub previous: Option<i64>,
    /// The group behind.
    pub next: Option<i64>,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonRow {
    /// Stable kebab-case name of the rule.
    pub rule: String,
    /// What it found, in words.
    pub words: String,
}

/// When a photo was taken, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenRow {
    /// `2019-07-14 12:00:00` UTC.
    pub utc: String,
    /// Seconds of UTC.
    pub utc_seconds: i64,
    /// Minutes to add to UTC for the clock on the wall, where known.
    pub offset_minutes: Option<i16>,
    /// Stable name of where the time comes from.
    pub source: &'static str,
    /// Why this one was believed.
    pub why: &'static str,
}

/// A place on the map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceRow {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// Measurements of the pair of a member and its keeper.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceRow {
    /// `content`, `payload`, `capture` or `perceptual`.
    pub proof: &'static str,
    /// What was measured, in words.
    pub words: Vec<String>,
    /// Clockwise quarter turns (0 to 3) that bring the member's picture onto the keeper's, before a mirror.
    pub quarter_turns: u8,
    /// Whether it is then to be mirrored, left to right.
    pub mirror: bool,
}

/// A member with all that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemberView {
    /// What a list shows.
    #[serde(flatten)]
    pub row: MemberRow,
    /// Whether the person made it the keeper.
    pub is_chosen: bool,
    /// How sure its place in the group is; `None` for the keeper.
    pub confidence: Option<Confidence>,
    /// Why its verdict is what it is.
    pub reasons: Vec<ReasonRow>,
    /// The pair with the keeper; `None` for the keeper.
    pub evidence: Option<EvidenceRow>,
    /// Names of the facts in which it differs from the keeper, as the fields are called.
    pub differs: Vec<&'static str>,
    /// Why it may not be removed, whatever the person says; `None` where it may.
    pub bound: Option<String>,
    /// What removing it loses or the keeper is to get from it, in words; of the keeper what was carried over to it from copies that went.
    pub inherits: Vec<ReasonRow>,
    /// Name of its source.
    pub source: String,
    /// `folder`, `takeout` or `google`.
    pub source_kind: &'static str,
    /// Where it lies, as shown.
    pub path: String,
    /// Its folder, as shown, without its archive.
    pub folder: String,
    /// The archive it lies in.
    pub archive: Option<String>,
    /// Its other places.
    pub also_at: Vec<String>,
    /// Files that belong to it.
    pub companions: Vec<String>,
    /// `present`, `offline` or `removed`.
    pub presence: &'static str,
    /// Albums.
    pub albums: Vec<String>,
    /// Named people.
    pub people: Vec<String>,
    /// Caption.
    pub caption: Option<String>,
    /// Favourite.
    pub favourite: bool,
    /// Archived, trashed, locked or a partner's, in words.
    pub flags: Vec<&'static str>,
    /// Pixels, upright; `None` where unknown.
    pub width: Option<u32>,
    /// Pixels, upright; `None` where unknown.
    pub height: Option<u32>,
    /// Name of the format.
    pub format: Option<&'static str>,
    /// When it was taken.
    pub taken: Option<TakenRow>,
    /// When it reached Google, UTC.
    pub uploaded_utc: Option<String>,
    /// Camera.
    pub camera: Option<String>,
    /// Where it was taken.
    pub place: Option<PlaceRow>,
    /// Milliseconds, of a film.
    pub duration_ms: Option<u64>,
    /// Link to it in Google Photos.
    pub product_url: Option<String>,
    /// Whether it has a clip of its own (a live photo's).
    pub has_clip: bool,
}

/// A near asset that stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsideRow {
    /// The member it is near to.
    pub member: i64,
    /// The asset.
    pub other: i64,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Why it is not in the group.
    pub why: String,
}

/// A group with all that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupView {
    /// What a list shows; its `members` are empty here.
    #[serde(flatten)]
    pub row: GroupRow,
    /// All members, keeper first, at most [`MEMBERS_SHOWN_MAX`](super::MEMBERS_SHOWN_MAX).
    pub all: Vec<MemberView>,
    /// Names of the facts in which any member differs from the keeper, as the fields are called.
    pub differs: Vec<&'static str>,
    /// What was near and is not in the group.
    pub set_aside: Vec<AsideRow>,
}

/// What a person wants of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wish {
    /// These verdicts: `keep`, `remove`, or `open` to take a verdict back.
    Verdicts {
        /// Asset and verdict.
        verdicts: Vec<(i64, VerdictWish)>,
    },
    /// What is shown: what may go goes, all else stays.
    Accept,
    /// This member is the keeper. Pairs never compared are compared then; who fails leaves the group.
    Keeper {
        /// The member.
        asset: i64,
    },
    /// This member is not the same photo as the others: it leaves the group, and that is remembered.
    NotTheSame {
        /// The member.
        asset: i64,
    },
    /// No two of the group are the same photo.
    NoneTheSame,
}

/// A verdict as a person gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictWish {
    /// It stays.
    Keep,
    /// It may go.
    Remove,
    /// Take back what was decided.
    Open,
}

/// A change as the history shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeRow {
    /// Its number; later ones are greater.
    pub id: i64,
    /// Stable name of what was done.
    pub kind: String,
    /// Assets it touched.
    pub assets: u64,
    /// A group it was about: an asset that stands in it.
    pub asset: Option<i64>,
    /// When, seconds of UTC.
    pub at_s: i64,
}

/// What may be undone and done again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct History {
    /// The latest change; undoing begins here.
    pub undo: Option<ChangeRow>,
    /// The change undone last.
    pub redo: Option<ChangeRow>,
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decided {
    /// The groups that the assets concerned stand in now.
    pub groups: Vec<GroupRow>,
    /// Assets concerned that stand in no group any more.
    pub left: Vec<i64>,
    /// What may be undone now.
    pub history: History,
    /// Changes whenever any group does.
    pub epoch: i64,
}

/// What accepting relations in a whole list would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AcceptPreview {
    /// Groups touched.
    pub groups: u64,
    /// Members that would be decided to go.
    pub assets: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// Of how many something (albums, a caption) is carried over to the keeper.
    pub inheriting: u64,
    /// The first of them, each with the keeper that stays.
    pub first: Vec<(MemberRow, MemberRow)>,
    /// Names exactly this set; accepting with it is refused when the set has changed.
    pub token: String,
}

/// Members of one relation, over all groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelationSum {
    /// Name of the relation.
    pub relation: &'static str,
    /// Groups with such a member.
    pub groups: u64,
    /// Members.
    pub members: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// Of these, members that may go.
    pub removals: u64,
    /// Bytes of those.
    pub removals_bytes: u64,
    /// Members that the person decided.
    pub decided: u64,
}

/// Groups of one year, by when the keeper was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YearSum {
    /// The year; `None` where unknown.
    pub year: Option<i16>,
    /// Groups.
    pub groups: u64,
    /// Members that may go.
    pub removals: u64,
    /// Bytes of those.
    pub removals_bytes: u64,
}

/// How far the review is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// All groups.
    pub groups: u64,
    /// Groups in which a member waits for the person.
    pub open: u64,
    /// Groups decided.
    pub decided: u64,
    /// Groups in which nothing waits.
    pub settled: u64,
    /// Members that may go: decided by the person, or offered.
    pub removals: u64,
    /// Bytes of those.
    pub removals_bytes: u64,
    /// Of these, members that the person decided.
    pub decided_removals: u64,
    /// Bytes of those.
    pub decided_bytes: u64,
    /// Members that are undecided.
    pub undecided: u64,
    /// Bytes of those.
    pub undecided_bytes: u64,
    /// Pairs of which the person said that they are not the same.
    pub not_the_same: u64,
}

/// The first page.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// The catalog's path.
    pub catalog: String,
    /// Sources.
    pub sources: Vec<SourceAnswer>,
    /// Sums over all files.
    pub tally: Tally,
    /// The same by outcome, kind and cause.
    pub causes: Vec<CauseCount>,
    /// Files of which a picture could not be decoded, by format.
    pub undecoded: Vec<(String, u64)>,
    /// Photos and films.
    pub assets: u64,
    /// By relation, the strongest first.
    pub relations: Vec<RelationSum>,
    /// How far the review is.
    pub progress: Progress,
    /// By year, the unknown last.
    pub years: Vec<YearSum>,
    /// Groups that free most.
    pub wins: Vec<GroupRow>,
    /// Changes whenever any group does.
    pub epoch: i64,
}

/// What a list can be filtered by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FilterChoices {
    /// Sources with groups.
    pub sources: Vec<String>,
    /// Cameras of keepers, the most frequent first, at most 200.
    pub cameras: Vec<String>,
    /// Albums of members, by title, at most 1000.
    pub albums: Vec<String>,
    /// Relations there are.
    pub relations: Vec<&'static str>,
    /// Years there are.
    pub years: Vec<i16>,
}

/// How a page that is open learns that something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pulse {
    /// Changes whenever any group does.
    pub epoch: i64,
    /// Files known.
    pub files: u64,
    /// Files that wait to be read.
    pub waiting: u64,
    /// Photos that wait to be grouped anew, while a large change is made or a scan is at work.
    pub ungrouped: u64,
    /// Whether the catalog is being written to by another program.
    pub is_busy: bool,
    /// What may be undone now.
    pub history: History,
}

/// A pair of which the person said that it is not the same photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartedRow {
    /// Its number, to take it back by.
    pub id: i64,
    /// The first photo, where the catalog still knows it.
    pub a: Option<PartedSide>,
    /// The second.
    pub b: Option<PartedSide>,
    /// When it was said, seconds of UTC.
    pub at_s: i64,
}

/// One photo of such a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartedSide {
    /// Its asset.
    pub asset: i64,
    /// Its name.
    pub name: String,
    /// Changes when its picture does.
    pub picture: String,
}

/// A keep rule that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownRule {
    /// As it is written.
    pub rule: &'static str,
    /// What it prefers, in words.
    pub words: &'static str,
}

/// The keep rules in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulesView {
    /// In order.
    pub rules: Vec<String>,
    /// Those that hold without a choice made here.
    pub usual: Vec<String>,
    /// Whether they were chosen here.
    pub is_chosen: bool,
    /// What may be written.
    pub known: Vec<KnownRule>,
}

/// What other keep rules would do; counted as it is computed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RulesPreview {
    /// The rules counted for.
    pub rules: String,
    /// Share of the library counted so far, per mille.
    pub done_per_mille: u16,
    /// Groups there would be.
    pub groups: u64,
    /// Of these, groups with another keeper than now.
    pub other_keeper: u64,
    /// Members that could go.
    pub removals: u64,
    /// Bytes of those.
    pub removals_bytes: u64,
    /// Members that could go now.
    pub removals_now: u64,
    /// Bytes of those.
    pub removals_now_bytes: u64,
}
