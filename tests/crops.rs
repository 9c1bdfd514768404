//! The opt-in tier from the terminal: searched when asked for, kept, shown apart, never offered.

#![allow(clippy::disallowed_methods)] // tests move and write only what they drew themselves

mod world;

use world::World;

/// Three photos, a crop of one and a brighter other.
const LIBRARY: &str = r"
a.jpg       picture=beach:1 size=1600x1200 jpeg=92
b.jpg       picture=city:2 size=1600x1200 jpeg=92
c.jpg       picture=forest:4 size=1600x1200 jpeg=92
part.jpg    picture=city:2 size=1600x1200 crop=12% jpeg=90
bright.jpg  picture=forest:4 size=1600x1200 bright=1.2 jpeg=90
";

const WITH: &[&str] = &["groups", "--json", "--with", "edited,cropped"];

/// Returns relation and verdict of a photo in `groups --json`.
fn standing(groups: &serde_json::Value, name: &str) -> Option<(String, String)> {
    let members = groups["groups"].as_array()?.iter().flat_map(|group| group["members"].as_array().into_iter().flatten());
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    members
        .into_iter()
        .find(|member| text(&member["path"]).ends_with(name))
        .map(|member| (text(&member["relation"]), text(&member["verdict"])))
}

#[test]
fn crops_are_searched_when_asked_for_and_never_offered() {
    let world = World::with(LIBRARY);
    world.ok(&["scan", "photos"]);
    assert_eq!(world.json(&["groups", "--json"])["groups"], serde_json::json!([]), "no part of the plain answer");
    let first = world.run(WITH);
    assert!(first.err.contains("looking for crops"), "{first}");
    let again = world.run(WITH);
    assert_eq!((again.err.as_str(), &again.out), ("", &first.out), "kept: the second answer is instant");
    let groups = world.json(WITH);
    let undecided = |relation: &str| Some((relation.to_owned(), "undecided".to_owned()));
    assert_eq!(standing(&groups, "/part.jpg"), undecided("cropped"));
    assert_eq!(standing(&groups, "/bright.jpg"), undecided("edited"));
    assert_eq!(world.json(&["plan", "--json", "--with", "edited,cropped"])["removals"], serde_json::json!([]));
    let text = world.ok(&["groups", "--with", "cropped"]);
    let (before, after) = text.split_once("shown since you asked with `--with`, never offered:").expect("apart");
    assert!(!before.contains("/part.jpg") && after.contains("/part.jpg"), "{text}");
    assert_eq!(world.json(&["groups", "--json"])["groups"], serde_json::json!([]), "still no part of the plain answer");
}

#[test]
fn explain_tells_the_window_and_a_scan_can_search_at_once() {
    let world = World::with(LIBRARY);
    world.ok(&["scan", "photos", "--with", "cropped"]);
    let said = world.run(WITH);
    assert_eq!(said.err, "", "the scan has searched");
    assert!(said.out.contains("cropped"));
    let said = world.ok(&["explain", "photos/part.jpg", "photos/b.jpg"]);
    assert!(said.contains("one shows 58 % of the other, from 12 % left, 12 % top") && said.contains("so: cropped"), "{said}");
    // A photo that comes later is searched for alone.
    std::fs::copy(world.path("photos/part.jpg"), world.path("photos/part-2.jpg")).expect("copied");
    world.ok(&["scan", "photos"]);
    assert!(world.run(WITH).err.contains("looking for crops"));
    assert_eq!(world.run(WITH).err, "");
}
