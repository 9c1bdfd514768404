//! What became of the photos handed off before: those that a later full export shows to be gone are ticked off.
//!
//! Absence proves little: an archive may be away, and an incremental export holds only what is new. So a photo counts as gone only where the
//! catalog says more than that it is not there; see [`Fate`]. All others wait.

use crate::group::Formed;
use catalog::AssetRow;
use model::{Presence, Role, SourceKind};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A photo handed off before, as much of its row as has to be remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Former {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) keeper: Option<FormerKeeper>,
}

/// Its keeper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FormerKeeper {
    pub(crate) id: String,
}

/// Photos handed off before, by what became of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sorted {
    /// Gone from the account, as far as the catalog tells.
    pub(crate) gone: Vec<Former>,
    /// Still there, or nothing shows that they are not.
    pub(crate) waiting: Vec<Former>,
}

#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// In Google's trash by its sidecar; or no longer in the catalog while its keeper is; or only in archives that are away, while a later
    /// export at hand holds its keeper.
    Gone,
    Waiting,
}

/// Sorts the photos handed off before, each once, in their order. What a listing of Google no longer shows proves nothing: it waits.
pub(crate) fn sort(former: Vec<Former>, formed: &Formed) -> Sorted {
    let mut known = Known::default();
    for (row, facts) in formed.assets.iter().zip(&formed.facts).filter(|(_, facts)| facts.source_kind == SourceKind::Takeout) {
        let id = row.google_id.clone().unwrap_or_else(|| format!("asset:{}", row.id));
        if row.presence == Presence::Present {
            known.sources.insert(facts.source_name.as_str());
        }
        known.assets.entry(id).or_default().push(row);
    }
    let mut seen = HashSet::new();
    let (mut sorted, once) = (Sorted::default(), former.into_iter().filter(|former| seen.insert(former.id.clone())));
    for former in once {
        match known.fate(&former) {
            Fate::Gone => sorted.gone.push(former),
            Fate::Waiting => sorted.waiting.push(former),
        }
    }
    sorted
}

/// Google's photos that the catalog knows.
#[derive(Default)]
struct Known<'a> {
    assets: HashMap<String, Vec<&'a AssetRow>>,
    /// Sources of which something is at hand.
    sources: HashSet<&'a str>,
}

impl Known<'_> {
    fn fate(&self, former: &Former) -> Fate {
        let rows = |id: &str| self.assets.get(id).map(Vec::as_slice).unwrap_or_default();
        let keeper = former.keeper.as_ref().map(|keeper| rows(&keeper.id));
        let is_gone = match rows(&former.id) {
            [] => match keeper {
                Some(keeper) => keeper.iter().any(|row| row.presence == Presence::Present),
                None => self.sources.contains(former.source.as_str()),
            },
            own if own.iter().any(|row| row.trashed) => true,
            own if own.iter().any(|row| row.presence == Presence::Present) => false,
            own => {
                newest(own, None).zip(newest(keeper.unwrap_or_default(), Some(Presence::Present))).is_some_and(|(own, keeper)| keeper > own)
            }
        };
        if is_gone { Fate::Gone } else { Fate::Waiting }
    }
}

/// Returns when the newest export was made that holds one of these, by its name.
fn newest(rows: &[&AssetRow], presence: Option<Presence>) -> Option<String> {
    let places = rows.iter().flat_map(|row| &row.places).filter(|place| place.role == Role::Original);
    places
        .filter(|place| presence.is_none_or(|wanted| place.presence == wanted))
        .filter_map(|place| sources::export_stamp(&place.path.file))
        .max()
}
