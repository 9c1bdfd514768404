//! Curation, and the single facts it is made of, with their words.

use super::time;
use model::{CaptureTime, GeoPoint};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What of a photo is a person's own: the facts that a removed copy hands to its keeper.
///
/// A keyword of several levels is written with `|` between them (`Places|Italy|Rome`), as Lightroom does; one that begins with `Albums|`
/// is an album.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Curation {
    /// Titles of albums.
    pub albums: Vec<String>,
    /// Marked as a favourite.
    pub favourite: bool,
    /// Caption (description).
    pub caption: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Names of the people shown.
    pub people: Vec<String>,
    /// Keywords (tags).
    pub keywords: Vec<String>,
    /// Stars, 1 to 5, or -1 for rejected; anything else says nothing.
    pub rating: Option<i8>,
    /// Where it was taken, as a person set it.
    pub place: Option<GeoPoint>,
    /// When it was taken, as a person set it; its `source` plays no part.
    pub taken: Option<CaptureTime>,
}

/// One fact of a curation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// An album's title.
    Album(String),
    /// Marked as a favourite.
    Favourite,
    /// The caption.
    Caption(String),
    /// The title.
    Title(String),
    /// A person's name.
    Person(String),
    /// A keyword.
    Keyword(String),
    /// Stars, or -1.
    Rating(i8),
    /// A place, or the altitude of a place that was there already.
    Place(GeoPoint),
    /// The time of taking.
    Taken(CaptureTime),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Album(title) => write!(f, "album `{title}`"),
            Fact::Favourite => write!(f, "favourite"),
            Fact::Caption(text) => write!(f, "caption `{text}`"),
            Fact::Title(text) => write!(f, "title `{text}`"),
            Fact::Person(name) => write!(f, "person `{name}`"),
            Fact::Keyword(keyword) => write!(f, "keyword `{keyword}`"),
            Fact::Rating(-1) => write!(f, "rating `rejected`"),
            Fact::Rating(stars) => write!(f, "rating {stars}"),
            Fact::Place(place) => {
                write!(f, "place {:.5}, {:.5}", place.latitude, place.longitude)?;
                place.altitude_m.map_or(Ok(()), |metres| write!(f, ", {metres:.0} m"))
            }
            Fact::Taken(taken) => write!(f, "time {}", time::format(taken).unwrap_or_default()),
        }
    }
}

/// A fact that the sidecar could not take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// What was to be added.
    pub fact: Fact,
    /// What the sidecar says instead, as it is written there; empty where it says nothing else but stands in a form that cannot be
    /// added to.
    pub stays: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conflict { fact, stays } = self;
        match stays.as_str() {
            "" => write!(f, "{fact} was not added: the sidecar has a place for it that takes nothing"),
            stays => write!(f, "{fact} was not added: the sidecar says `{stays}`"),
        }
    }
}

/// Returns `text` as XML can hold it and programs compare it: without control characters (XML 1.0 §2.2), line ends as `\n`, no blanks
/// around.
pub(super) fn clean(text: &str) -> String {
    let kept = |c: &char| matches!(c, '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(kept).collect::<String>().trim().to_owned()
}

impl Curation {
    /// Returns the curation with clean texts, without what is empty, stands twice or can be nowhere.
    pub(super) fn cleaned(&self) -> Self {
        let list = |texts: &[String]| {
            let mut kept: Vec<String> = Vec::new();
            let mut seen = std::collections::HashSet::new();
            kept.extend(texts.iter().map(|text| clean(text)).filter(|text| !text.is_empty() && seen.insert(text.clone())));
            kept
        };
        let text = |text: &Option<String>| text.as_deref().map(clean).filter(|text| !text.is_empty());
        Curation {
            albums: list(&self.albums),
            favourite: self.favourite,
            caption: text(&self.caption),
            title: text(&self.title),
            people: list(&self.people),
            keywords: list(&self.keywords),
            rating: self.rating.filter(|stars| matches!(stars, -1 | 1..=5)),
            place: self.place.and_then(super::gps::sound),
            taken: self.taken.filter(|taken| time::format(taken).is_some()),
        }
    }
}
