//! The plan file: frozen verdicts, with everything that is checked again before a photo goes.
//!
//! JSON, one object; readable and stable within a version. It may have been edited by hand or come from elsewhere: nothing in it is
//! believed that can be looked at on the disk.

use crate::path_text::PathText;
use crate::xmp::Curation;
use crate::{Error, Result};
use model::{ContentHash, PayloadHash, Relation, Sha1Hash};
use serde::{Deserialize, Serialize};

/// What stands in the field `format` of every plan.
pub const PLAN_FORMAT: &str = "lookalike-plan";

/// Version of the plan's form. Another is refused.
pub const PLAN_VERSION: u32 = 1;

/// Most bytes of a plan file that are read. A plan of 100,000 removals has some 150 MB.
pub const PLAN_MAX_BYTES: u64 = 2 << 30;

/// Frozen verdicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_FORMAT`].
    pub format: String,
    /// [`PLAN_VERSION`].
    pub version: u32,
    /// Names this plan: 32 hexadecimal digits drawn by chance.
    pub id: String,
    /// When it was frozen, RFC 3339.
    pub made_at: String,
    /// The catalog it was made from.
    pub catalog: PathText,
    /// What was frozen.
    pub from: PlanFrom,
    /// Pairs of source names: keepers from the first may justify removals in the second.
    #[serde(default)]
    pub across: Vec<(String, String)>,
    /// Keep rules asked for when it was made; none: those in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<String>,
    /// Opt-in relations that were let form groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<Relation>,
    /// Sums of what follows, for readers; they are counted anew when it is applied.
    pub sums: PlanSums,
    /// What would go.
    pub removals: Vec<Removal>,
    /// What we may not touch: for the person's own hand.
    #[serde(default)]
    pub handoff: Vec<NotOurs>,
    /// What would have gone and is left, and why.
    #[serde(default)]
    pub left: Vec<NotOurs>,
}

/// Which verdicts a plan froze.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanFrom {
    /// What the person decided.
    Verdicts,
    /// What the rules offer, looked at or not, with what the person decided.
    Rules,
}

/// Sums of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlanSums {
    /// Photos that would go.
    pub removals: u64,
    /// Their bytes.
    pub size_bytes: u64,
    /// Photos for the hand-off.
    pub handoff: u64,
    /// Photos left.
    pub left: u64,
    /// Photos whose keeper gains something.
    pub carried: u64,
}

/// One photo that would go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// Its number in the catalog.
    pub asset: i64,
    /// Its group there.
    pub group: i64,
    /// Name of its source.
    pub source: String,
    /// The folder that was scanned and in which it lies.
    pub root: PathText,
    /// How it stands to the keeper.
    pub relation: Relation,
    /// Why it goes.
    pub reasons: Vec<String>,
    /// Its names: more than one where they are hard links of one file.
    pub files: Vec<PlannedFile>,
    /// Files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<PlannedCompanion>,
    /// The photo that stays in its place.
    pub keeper: PlannedKeeper,
    /// What the keeper gains from it.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub carry: Curation,
    /// The same in words, with what cannot be carried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carry_words: Vec<String>,
    /// The XMP sidecar of the keeper that is written or added to; none where nothing is carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sidecar: Option<PathText>,
    /// Its bytes' SHA-1, by which its return is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<Sha1Hash>,
    /// Its coded picture, by which its return is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_hash: Option<PayloadHash>,
}

fn is_nothing(carry: &Curation) -> bool {
    *carry == Curation::default()
}

/// A file as it was when the plan was frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFile {
    /// Where it lies, absolute.
    pub path: PathText,
    /// Bytes.
    pub size_bytes: u64,
    /// Names its bytes.
    pub content_hash: ContentHash,
}

/// A file that belongs to a photo and goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCompanion {
    /// The file.
    #[serde(flatten)]
    pub file: PlannedFile,
    /// Photos that it belongs to as well: while one of them is there, it stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<PathText>,
}

/// The photo that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedKeeper {
    /// Its number in the catalog.
    pub asset: i64,
    /// Name of its source.
    pub source: String,
    /// The folder that was scanned and in which it lies.
    pub root: PathText,
    /// The file.
    #[serde(flatten)]
    pub file: PlannedFile,
}

/// A photo that a plan does not remove, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotOurs {
    /// Its number in the catalog.
    pub asset: i64,
    /// Where it lies, as shown.
    pub path: String,
    /// Name of its source.
    pub source: String,
    /// A stable name of the cause.
    pub code: String,
    /// The cause in words.
    pub why: String,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// [`Error::Plan`] for what is no plan, or of another version.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|error| Error::Plan(format!("this is no plan of Lookalike: {error}")))?;
        if head.format != PLAN_FORMAT {
            return Err(Error::Plan(format!("this is no plan of Lookalike, but `{}`", head.format)));
        }
        if head.version != PLAN_VERSION {
            return Err(Error::Plan(format!("the plan has version {}; this program reads {PLAN_VERSION}", head.version)));
        }
        let plan: Self = serde_json::from_slice(bytes).map_err(|error| Error::Plan(format!("the plan cannot be read: {error}")))?;
        if plan.id.len() != 32 || !plan.id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Error::Plan("the plan has no name of its own in `id`".to_owned()));
        }
        Ok(plan)
    }

    /// Returns the plan as it stands in a file.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a plan is plain text and numbers");
        bytes.push(b'\n');
        bytes
    }
}
