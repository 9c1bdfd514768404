//! Groups of copies with their keeper, and what is proposed for each member. Formed by the decisions room.

use crate::{AssetId, Evidence, GroupId, Relation, SetAside};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is proposed for, or was decided on, an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It stays.
    Keep,
    /// It may go.
    Remove,
    /// A person has to look.
    Undecided,
}

impl Verdict {
    /// Returns the lower-case name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Keep => "keep",
            Verdict::Remove => "remove",
            Verdict::Undecided => "undecided",
        }
    }
}

/// One reason for a verdict: which rule spoke, and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable kebab-case name of the rule (`pixels`, `reference`, `other-source`).
    pub rule: Cow<'static, str>,
    /// What it found, in words for people.
    pub words: Cow<'static, str>,
}

impl Reason {
    /// Returns a reason of a rule by its name.
    #[must_use]
    pub fn new(rule: &'static str, words: impl Into<Cow<'static, str>>) -> Self {
        Self { rule: Cow::Borrowed(rule), words: words.into() }
    }
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The asset.
    pub asset: AssetId,
    /// How it stands to the keeper; `None` for the keeper itself.
    pub relation: Option<Relation>,
    /// What is proposed, or was decided.
    pub verdict: Verdict,
    /// What would be proposed had nobody decided.
    pub offered: Verdict,
    /// Why, most important first.
    pub reasons: Vec<Reason>,
    /// Whether it may not be removed, whatever a person says: one of the reasons stands above them.
    pub is_bound: bool,
    /// The edge to the keeper; `None` for the keeper itself.
    pub evidence: Option<Evidence>,
}

/// A keeper and the assets with evidence against it.
///
/// **Invariant:** the first member is the keeper and its verdict is not `remove`; each asset stands in one group only; a member is offered
/// for removal only by strict evidence against this very keeper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its number: the keeper's.
    pub id: GroupId,
    /// Keeper first.
    pub members: Vec<Member>,
    /// What was near but set aside.
    pub set_aside: Vec<SetAside>,
}

impl Group {
    /// Returns the asset that the others are compared with.
    #[must_use]
    pub fn keeper(&self) -> AssetId {
        self.members[0].asset
    }
}
