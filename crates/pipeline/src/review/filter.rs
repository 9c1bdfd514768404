//! Which groups a list shows, and in which order, as it stands in an address: `relation=identical,thumbnail&state=open&sort=bytes`.
//!
//! **Invariant:** what is read back from [`pairs`](ListQuery::pairs) is the same query; unknown names and values are refused, never guessed.

use super::{Confidence, GroupState};
use crate::{Error, Result};
pub use catalog::GroupOrder as SortBy;
use model::Relation;
use std::collections::BTreeSet;

/// Longest text of one value. Bytes: a path of Linux, encoded.
const VALUE_MAX_BYTES: usize = 4096;

/// Which groups are wanted; empty sets and `None` ask for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupFilter {
    /// With a member of one of these relations.
    pub relations: BTreeSet<Relation>,
    /// With a member in the source of that name.
    pub source: Option<String>,
    /// With a member in this folder or below, as shown.
    pub folder: Option<String>,
    /// With a member in an album of that title.
    pub album: Option<String>,
    /// Whose keeper was taken with this camera.
    pub camera: Option<String>,
    /// Whose keeper was taken on this day (`2019-07-14`) or later, UTC.
    pub from: Option<String>,
    /// Whose keeper was taken on this day or earlier, UTC.
    pub until: Option<String>,
    /// Of which nobody knows when it was taken.
    pub undated: bool,
    /// In which at least so many bytes may go.
    pub min_bytes: u64,
    /// With the least sure member at one of these.
    pub confidence: BTreeSet<Confidence>,
    /// Decided so far.
    pub state: Option<StateFilter>,
}

/// Which states of groups are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateFilter {
    /// A member waits.
    Open,
    /// Decided.
    Decided,
    /// Nothing waits, nothing was decided.
    Settled,
}

impl StateFilter {
    /// Returns the state that is wanted.
    #[must_use]
    pub fn state(self) -> GroupState {
        match self {
            Self::Open => GroupState::Open,
            Self::Decided => GroupState::Decided,
            Self::Settled => GroupState::Settled,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
            Self::Settled => "settled",
        }
    }
}

/// A list: which groups, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListQuery {
    /// Which groups.
    pub filter: GroupFilter,
    /// In which order; ties go by the group's number.
    pub sort: SortBy,
    /// The other way round: fewest bytes, latest date, least sure, …
    pub reverse: bool,
}

impl ListQuery {
    /// Reads name and value pairs. Empty values ask for nothing.
    ///
    /// # Errors
    /// [`Error::User`] for a name or value that means nothing here.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut query = Self::default();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let odd = || Error::user(format!("`{name}` cannot be `{value}`"), "open the list anew from the overview");
            if value.len() > VALUE_MAX_BYTES {
                return Err(Error::user(format!("the value of `{name}` is too long"), "at most 4,096 bytes are read"));
            }
            let text = || Some(value.to_owned());
            let filter = &mut query.filter;
            match name {
                "relation" => {
                    filter.relations =
                        value.split(',').map(|name| Relation::from_name(name.trim()).ok_or_else(odd)).collect::<Result<_>>()?;
                }
                "confidence" => {
                    filter.confidence =
                        value.split(',').map(|name| Confidence::from_name(name.trim()).ok_or_else(odd)).collect::<Result<_>>()?;
                }
                "source" => filter.source = text(),
                "folder" => filter.folder = text(),
                "album" => filter.album = text(),
                "camera" => filter.camera = text(),
                "from" => filter.from = Some(day(value).ok_or_else(odd)?),
                "until" => filter.until = Some(day(value).ok_or_else(odd)?),
                "undated" => filter.undated = value == "1",
                "min_bytes" => filter.min_bytes = value.parse().map_err(|_| odd())?,
                "state" => {
                    let states = [StateFilter::Open, StateFilter::Decided, StateFilter::Settled];
                    filter.state = Some(states.into_iter().find(|state| state.name() == value).ok_or_else(odd)?);
                }
                "sort" => query.sort = SortBy::ALL.into_iter().find(|sort| sort.name() == value).ok_or_else(odd)?,
                "order" => query.reverse = value == "reverse",
                _ => return Err(Error::user(format!("a list has no `{name}`"), "open the list anew from the overview")),
            }
        }
        Ok(query)
    }

    /// Returns the names and values that differ from the default, in a fixed order.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let filter = &self.filter;
        let mut pairs = Vec::new();
        let mut add = |name, value: Option<String>| pairs.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
        let joined = |names: Vec<&str>| Some(names.join(","));
        add("relation", joined(filter.relations.iter().map(|relation| relation.name()).collect()));
        add("source", filter.source.clone());
        add("folder", filter.folder.clone());
        add("album", filter.album.clone());
        add("camera", filter.camera.clone());
        add("from", filter.from.clone());
        add("until", filter.until.clone());
        add("undated", filter.undated.then(|| "1".to_owned()));
        add("min_bytes", (filter.min_bytes > 0).then(|| filter.min_bytes.to_string()));
        add("confidence", joined(filter.confidence.iter().map(|confidence| confidence.name()).collect()));
        add("state", filter.state.map(|state| state.name().to_owned()));
        add("sort", (self.sort != SortBy::default()).then(|| self.sort.name().to_owned()));
        add("order", self.reverse.then(|| "reverse".to_owned()));
        pairs
    }
}

/// Returns a day as it was written, if it is one.
fn day(text: &str) -> Option<String> {
    text.parse::<jiff::civil::Date>().ok().map(|date| date.to_string())
}

impl Confidence {
    /// All, surest first.
    pub const ALL: [Confidence; 4] = [Self::Certain, Self::Strong, Self::Look, Self::Weak];

    /// Returns the lower-case name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Strong => "strong",
            Self::Look => "look",
            Self::Weak => "weak",
        }
    }

    /// Returns the confidence with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_comes_back_as_written() {
        let full = [
            ("relation", "identical,thumbnail"),
            ("source", "photos & more"),
            ("folder", "/a/b!c"),
            ("album", "Été"),
            ("camera", "X=1"),
            ("from", "2019-07-14"),
            ("until", "2020-01-01"),
            ("undated", "1"),
            ("min_bytes", "5000"),
            ("confidence", "certain,look"),
            ("state", "open"),
            ("sort", "date"),
            ("order", "reverse"),
        ];
        let query = ListQuery::from_pairs(full).expect("all is known");
        let pairs = query.pairs();
        assert_eq!(pairs.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>(), full);
        assert_eq!(ListQuery::default().pairs(), []);
        for sort in SortBy::ALL {
            let query = ListQuery { sort, ..ListQuery::default() };
            let pairs = query.pairs();
            assert_eq!(ListQuery::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str()))).expect("known"), query);
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for (name, value) in
            [("relation", "twin"), ("sort", "size"), ("state", "x"), ("from", "2019-13-01"), ("min_bytes", "-1"), ("page", "2")]
        {
            assert!(ListQuery::from_pairs([(name, value)]).is_err(), "{name}={value}");
        }
        assert!(ListQuery::from_pairs([("source", "a".repeat(VALUE_MAX_BYTES).as_str())]).is_ok());
        assert!(ListQuery::from_pairs([("source", "a".repeat(VALUE_MAX_BYTES + 1).as_str())]).is_err());
        assert_eq!(ListQuery::from_pairs([("relation", ""), ("sort", "")]).expect("nothing asked"), ListQuery::default());
    }
}
