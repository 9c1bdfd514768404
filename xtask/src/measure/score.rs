//! How good groups are, held against the truth.
//!
//! - *recall of a kind*: the share of its rows found together with another copy row of their own truth group, by a relation that claims it: a
//!   copy by a copy relation, `raw_jpeg` and `heic_jpeg` by their pair relation or a copy relation, `live_photo` by `live` or as a
//!   companion, `burst` by `burst`. `exact` counts where a group has two or more byte-equal rows.
//! - *false pairs*: two members joined by a claim that the truth denies: a copy relation between two truth groups or with a row that is no
//!   copy, a pair relation between two truth groups. `burst`, `look-alike` and `same-shot` claim nothing.
//! - *harmful*: rows with verdict remove that should not go: kinds that are no plain copy; rows whose truth group then keeps nothing as
//!   good; the still of a live photo whose clip stays.
//! - *offered*: the share of `exact` (all but one of a group), `resized` and `reencoded` rows with verdict remove.
//!
//! The numbers are those of the score script beside the shared test photos, which a test holds against it.

use super::Result;
use super::groups::Member;
use super::truth::Truth;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Relations that claim a copy; empty: the word of another finder.
pub(crate) const COPY_RELATIONS: [&str; 9] =
    ["identical", "same-pixels", "thumbnail", "re-encoded", "rotated", "edited", "cropped", "keeper", ""];
const PAIR_RELATIONS: [&str; 3] = ["raw+jpeg", "heic+jpeg", "live"];
const NO_CLAIM: [&str; 3] = ["burst", "look-alike", "same-shot"];
/// Kinds that ask for no copy.
const ALONE: [&str; 3] = ["distractor", "scene", "corrupt"];
/// Kinds that must not go.
const STAYING: [&str; 7] = ["burst", "scene", "distractor", "live_photo", "edited", "cropped", "corrupt"];

/// Returns the relation that claims a kind of pair.
pub(crate) fn pair_relation(kind: &str) -> Option<&'static str> {
    match kind {
        "raw_jpeg" => Some("raw+jpeg"),
        "heic_jpeg" => Some("heic+jpeg"),
        "live_photo" => Some("live"),
        _ => None,
    }
}

/// Rows of a kind, and how many were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) rows: usize,
    pub(crate) found: usize,
}

impl Found {
    pub(crate) fn recall(self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.found as f64 / self.rows as f64 }
    }
}

/// The outcome; rows by their place in the truth.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Score {
    pub(crate) kinds: BTreeMap<String, Found>,
    pub(crate) false_pairs: Vec<(usize, usize)>,
    pub(crate) harmful: Vec<usize>,
    pub(crate) missed: Vec<usize>,
    pub(crate) offered: usize,
    pub(crate) offerable: usize,
    /// Paths in groups of which the truth says nothing.
    pub(crate) unknown: usize,
}

/// What groups say of the rows.
#[derive(Default)]
struct Told {
    group_of: HashMap<usize, usize>,
    /// In the order in which they were met.
    verdicts: Vec<(usize, String)>,
    removed: HashSet<usize>,
    linked: HashSet<usize>,
}

/// Scores groups.
///
/// # Errors
/// Where a file stands in two places.
pub(crate) fn score(truth: &Truth, groups: &[Vec<Member>]) -> Result<Score> {
    let (mut told, mut score) = (Told::default(), Score::default());
    for (number, members) in groups.iter().enumerate() {
        let mut here: Vec<(usize, &str)> = Vec::new();
        for member in members {
            let Some(place) = truth.place_of(&member.path) else {
                score.unknown += 1;
                continue;
            };
            if let Some(other) = told.group_of.insert(place, number) {
                return Err(format!("`{}` stands twice (groups {other} and {number})", truth.rows[place].path).into());
            }
            told.verdicts.push((place, member.verdict.clone()));
            if member.verdict == "remove" {
                told.removed.insert(place);
            }
            here.push((place, &member.relation));
        }
        for (at, x) in here.iter().enumerate() {
            for y in &here[at + 1..] {
                if !claim_holds(truth, *x, *y, &mut told.linked) {
                    score.false_pairs.push((x.0, y.0));
                }
            }
        }
    }
    for places in truth.groups.values() {
        count_group(truth, places, &told, &mut score);
    }
    score.harmful = told.verdicts.iter().map(|(place, _)| *place).filter(|&place| is_harmful(truth, place, &told.removed)).collect();
    Ok(score)
}

/// Tells whether what two members of a group claim is true, and notes whom it links.
fn claim_holds(truth: &Truth, x: (usize, &str), y: (usize, &str), linked: &mut HashSet<usize>) -> bool {
    let either = |names: &[&str]| names.contains(&x.1) || names.contains(&y.1);
    let rows = [&truth.rows[x.0], &truth.rows[y.0]];
    let same = rows[0].group == rows[1].group;
    if either(&NO_CLAIM) {
        if same && either(&["burst"]) {
            linked.extend([x.0, y.0].into_iter().filter(|&place| truth.rows[place].kind == "burst"));
        }
        return true;
    }
    if either(&["also-at"]) || !same {
        return same; // locations of one asset claim no more than that they are one photo
    }
    let pairs: Vec<&str> = PAIR_RELATIONS.into_iter().filter(|name| either(&[name])).collect();
    let claimed = |kind: &str| match pair_relation(kind) {
        Some(relation) => pairs.contains(&relation) || kind != "live_photo" && pairs.is_empty(),
        None => false,
    };
    for (place, own, other) in [(x.0, rows[0], rows[1]), (y.0, rows[1], rows[0])] {
        let beside_copy = other.is_copy() || matches!(other.kind.as_str(), "raw_jpeg" | "heic_jpeg");
        let pair_of_copies = !pairs.is_empty() && other.is_copy();
        if own.is_copy() && beside_copy && !pair_of_copies || claimed(&own.kind) && other.is_copy() {
            linked.insert(place);
        }
    }
    let two_copies_called_a_pair = !pairs.is_empty() && rows.iter().all(|row| row.is_copy());
    rows.iter().all(|row| row.is_copy() || claimed(&row.kind)) && !two_copies_called_a_pair
}

fn count_group(truth: &Truth, places: &[usize], told: &Told, score: &mut Score) {
    let places: Vec<usize> = places.iter().copied().filter(|&place| !truth.rows[place].is_alias()).collect();
    let kind = |place: usize| truth.rows[place].kind.as_str();
    let exact: Vec<usize> = places.iter().copied().filter(|&place| kind(place) == "exact").collect();
    let smaller = |place: &&usize| matches!(kind(**place), "resized" | "reencoded");
    if !exact.is_empty() {
        score.offerable += exact.len() - 1 + places.iter().filter(smaller).count();
    }
    let plain = places.iter().filter(|&&place| matches!(kind(place), "exact" | "resized" | "reencoded"));
    score.offered += plain.filter(|place| told.removed.contains(place)).count();
    for &place in &places {
        let own = kind(place);
        if ALONE.contains(&own) || places.len() < 2 || own == "exact" && exact.len() < 2 {
            continue;
        }
        if own != "burst" && !places.iter().any(|&other| other != place && truth.rows[other].is_copy()) {
            continue;
        }
        let group = told.group_of.get(&place);
        let with_twin = || group.is_some() && exact.iter().any(|&other| other != place && told.group_of.get(&other) == group);
        let found = told.linked.contains(&place) && (own != "exact" || with_twin());
        let sum = score.kinds.entry(own.to_owned()).or_default();
        sum.rows += 1;
        sum.found += usize::from(found);
        if !found {
            score.missed.push(place);
        }
    }
}

fn is_harmful(truth: &Truth, place: usize, removed: &HashSet<usize>) -> bool {
    let row = &truth.rows[place];
    if !removed.contains(&place) || row.is_alias() {
        return false;
    }
    let group = &truth.groups[&row.group];
    let mut stay = group.iter().copied().filter(|other| !removed.contains(other) && !truth.rows[*other].is_alias());
    let stay: Vec<usize> = stay.by_ref().collect();
    let has_exact = group.iter().any(|&other| truth.rows[other].kind == "exact");
    let good = |place: usize| if has_exact { truth.rows[place].kind == "exact" } else { truth.rows[place].is_copy() };
    let clip_stays_alone =
        stay.iter().any(|&other| truth.rows[other].kind == "live_photo") && !stay.iter().any(|&other| truth.rows[other].is_copy());
    STAYING.contains(&row.kind.as_str()) || !stay.iter().any(|&other| good(other)) || clip_stays_alone
}

impl Score {
    /// Returns the share of what may go that was offered.
    pub(crate) fn share_offered(&self) -> f64 {
        if self.offerable == 0 { 0.0 } else { self.offered as f64 / self.offerable as f64 }
    }

    /// Returns the recall of a kind; 0 where there is none.
    pub(crate) fn recall(&self, kind: &str) -> f64 {
        self.kinds.get(kind).copied().unwrap_or_default().recall()
    }

    /// Returns the table of kinds and the line of sums.
    pub(crate) fn table(&self) -> String {
        let mut text = format!("{:<12}{:>7}{:>7}{:>9}\n", "kind", "rows", "found", "recall");
        for (kind, sum) in &self.kinds {
            text += &format!("{kind:<12}{:>7}{:>7}{:>9.4}\n", sum.rows, sum.found, sum.recall());
        }
        let (wrong, harmful, offered) = (self.false_pairs.len(), self.harmful.len(), self.share_offered());
        text += &format!("false pairs {wrong}   harmful {harmful}   offered {offered:.3}   unknown paths {}\n", self.unknown);
        text
    }

    /// Returns the first `most` faults of each kind, one a line.
    pub(crate) fn faults(&self, truth: &Truth, most: usize) -> String {
        let path = |place: &usize| truth.rows[*place].path.as_str();
        let mut text = String::new();
        for (x, y) in self.false_pairs.iter().take(most) {
            text += &format!("  false: {} | {}\n", path(x), path(y));
        }
        for place in self.harmful.iter().take(most) {
            text += &format!("  harmful: {}\n", path(place));
        }
        for place in self.missed.iter().take(most) {
            text += &format!("  missed: {} {}\n", truth.rows[*place].kind, path(place));
        }
        text
    }
}

#[cfg(test)]
mod tests;
