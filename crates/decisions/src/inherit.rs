//! What a keeper would gain, and what would be lost, if a copy of it goes: curation first.
//!
//! Only said here, in words and a stable name each; carrying it over is for those who write (and for the person, where nobody may).
//! Blanks and empty captions count as nothing. Where both sides say something different, the keeper's stays and the other is named.

use crate::AssetFacts;
use crate::wording::{listed, quoted};
use model::{GeoPoint, Metadata, Reason};

/// Farthest two places may lie apart in degrees and still be one: sidecars round to seven digits, services to three.
const SAME_PLACE_DEGREES: f64 = 0.001;

/// Returns what of `member` the keeper has not, most missed first: albums, favourite, caption, people, place, metadata.
#[must_use]
pub fn inherit(keeper: &AssetFacts, member: &AssetFacts) -> Vec<Reason> {
    let mut found = Vec::new();
    let mut say = |rule: &'static str, words: String| found.push(Reason::new(rule, words));
    let albums = missing(&keeper.albums, &member.albums);
    if !albums.is_empty() {
        say("inherit-albums", format!("the keeper is not in the albums {}", listed(&albums)));
    }
    if member.favourite && !keeper.favourite {
        say("inherit-favourite", "a favourite; the keeper is none".to_owned());
    }
    match (text(keeper.caption.as_ref()), text(member.caption.as_ref())) {
        (None, Some(caption)) => say("inherit-caption", format!("the keeper has no caption; this one says “{}”", quoted(caption))),
        (Some(kept), Some(caption)) if kept != caption => {
            say("inherit-caption", format!("the keeper's caption “{}” stays; “{}” would be lost", quoted(kept), quoted(caption)));
        }
        _ => {}
    }
    let people = missing(&keeper.people, &member.people);
    if !people.is_empty() {
        say("inherit-people", format!("the keeper does not name {}", listed(&people)));
    }
    match (keeper.place.or(keeper.metadata.place), member.place.or(member.metadata.place)) {
        (None, Some(place)) => say("inherit-place", format!("the keeper has no place; this one {}", point(place))),
        (Some(kept), Some(place)) if !is_same_place(kept, place) => {
            say("inherit-place", format!("the keeper's place {} stays; {} would be lost", point(kept), point(place)));
        }
        _ => {}
    }
    let fields = missing_metadata(&keeper.metadata, &member.metadata);
    if !fields.is_empty() {
        say("inherit-metadata", format!("the keeper's file does not tell {}", fields.join(", ")));
    }
    if member.archived != keeper.archived {
        let words = if keeper.archived { "the keeper is archived; this one is not" } else { "archived; the keeper is not" };
        say("inherit-archived", words.to_owned());
    }
    found
}

fn text(value: Option<&String>) -> Option<&str> {
    value.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// Returns what stands in the second list and not in the first, each once, in alphabetical order.
fn missing<'a>(kept: &[String], other: &'a [String]) -> Vec<&'a str> {
    let mut names: Vec<&str> = other.iter().filter(|name| !name.trim().is_empty() && !kept.contains(name)).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_same_place(a: GeoPoint, b: GeoPoint) -> bool {
    (a.latitude - b.latitude).abs() <= SAME_PLACE_DEGREES && (a.longitude - b.longitude).abs() <= SAME_PLACE_DEGREES
}

fn point(place: GeoPoint) -> String {
    format!("{:.4}, {:.4}", place.latitude, place.longitude)
}

/// Names the fields that only the second file tells, without place (said with the sidecar's).
fn missing_metadata(kept: &Metadata, other: &Metadata) -> Vec<String> {
    let absent = |kept: bool, other: bool| other && !kept;
    let mut fields: Vec<String> = [
        ("camera", absent(kept.make.is_some() || kept.model.is_some(), other.make.is_some() || other.model.is_some())),
        ("capture time", absent(kept.taken.is_some(), other.taken.is_some())),
        ("lens", absent(kept.lens.is_some(), other.lens.is_some())),
        ("exposure", absent(kept.exposure_s.is_some(), other.exposure_s.is_some())),
        ("rating", absent(kept.rating.is_some(), other.rating.is_some())),
    ]
    .into_iter()
    .filter(|(_, is_missing)| *is_missing)
    .map(|(name, _)| name.to_owned())
    .collect();
    match (text(kept.caption.as_ref()), text(other.caption.as_ref())) {
        (kept, Some(caption)) if kept != Some(caption) => fields.push(format!("the caption “{}”", quoted(caption))),
        _ => {}
    }
    let keywords = missing(&kept.keywords, &other.keywords);
    if !keywords.is_empty() {
        fields.push(format!("the keywords {}", listed(&keywords)));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{camera, plain};

    fn check(keeper: impl Fn(&mut AssetFacts), member: impl Fn(&mut AssetFacts), expected: &[(&str, &str)]) {
        let (mut a, mut b) = (camera(1), camera(2));
        keeper(&mut a);
        member(&mut b);
        let found: Vec<(String, String)> =
            inherit(&a, &b).into_iter().map(|reason| (reason.rule.into_owned(), reason.words.into_owned())).collect();
        let expected: Vec<(String, String)> = expected.iter().map(|(rule, words)| ((*rule).to_owned(), (*words).to_owned())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_the_keeper_lacks_is_named() {
        check(|_| {}, |_| {}, &[]);
        check(
            |f| f.albums = vec!["a".into()],
            |f| f.albums = ["c", "a", "b", "b"].map(String::from).into(),
            &[("inherit-albums", "the keeper is not in the albums “b”, “c”")],
        );
        check(|_| {}, |f| f.favourite = true, &[("inherit-favourite", "a favourite; the keeper is none")]);
        check(|f| f.favourite = true, |_| {}, &[]);
        check(
            |_| {},
            |f| f.caption = Some("At the lake".into()),
            &[("inherit-caption", "the keeper has no caption; this one says “At the lake”")],
        );
        check(|_| {}, |f| f.caption = Some("  ".into()), &[]);
        check(
            |f| f.caption = Some("Lake".into()),
            |f| f.caption = Some("At the lake".into()),
            &[("inherit-caption", "the keeper's caption “Lake” stays; “At the lake” would be lost")],
        );
        check(
            |f| f.people = vec!["Ben".into()],
            |f| f.people = vec!["Zoë".into()],
            &[("inherit-people", "the keeper does not name “Zoë”")],
        );
        check(|_| {}, |f| f.archived = true, &[("inherit-archived", "archived; the keeper is not")]);
    }

    #[test]
    fn places_and_metadata() {
        let at = |latitude| Some(GeoPoint { latitude, longitude: 135.7681, altitude_m: None });
        check(|_| {}, |f| f.place = at(35.0116), &[("inherit-place", "the keeper has no place; this one 35.0116, 135.7681")]);
        check(|f| f.metadata.place = at(35.0117), |f| f.place = at(35.0116), &[]);
        check(
            |f| f.place = at(36.0),
            |f| f.place = at(35.0116),
            &[("inherit-place", "the keeper's place 36.0000, 135.7681 stays; 35.0116, 135.7681 would be lost")],
        );
        check(
            |f| f.metadata = Metadata::default(),
            |f| (f.metadata.keywords, f.metadata.rating) = (vec!["tree".into()], Some(4)),
            &[("inherit-metadata", "the keeper's file does not tell camera, capture time, exposure, rating, the keywords “tree”")],
        );
        assert!(inherit(&camera(1), &plain(2)).is_empty());
    }
}
