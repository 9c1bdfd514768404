//! Pages of print: copies of a page are found, however saved, and a page with one other digit is none of them.

#![allow(clippy::disallowed_methods)] // tests write only what they drew themselves

mod world;

use testkit::canvas::Canvas;
use testkit::encode::{JpegOptions, jpeg, png};
use world::World;

/// A page of 34 lines in letters of 21 pixels; `digit` is the first of a sum in its middle.
fn page(digit: char) -> Canvas {
    let mut page = Canvas::plain(1240, 1754, [255; 3]);
    for line in 0..34 {
        let words = ["RENT FOR MAY AND JUNE", "AS AGREED ON THE FIRST", "HEATING AND WATER", "PAID BY BANK IN TIME"][line % 4];
        let digit = if line == 17 { digit } else { '4' };
        let text = format!("{words} {digit}{:04}", line * 2741 % 9973);
        page.write(&text, 120.0, 100.0 + line as f32 * 45.0, 3.0, [20; 3]);
    }
    page
}

#[test]
fn copies_of_a_page_are_found_and_a_page_with_another_digit_is_not() {
    let world = World::new();
    std::fs::create_dir_all(world.path("pages")).expect("a folder");
    let (one, other, options) = (page('1'), page('7'), JpegOptions::default());
    let files = [
        ("a.jpg", jpeg(&one, 93, &options)),
        ("coarse.jpg", jpeg(&one, 50, &options)),
        ("lossless.png", png(&one, None)),
        ("small.jpg", jpeg(&one.resized(1100, 1556), 85, &options)),
        ("other.jpg", jpeg(&other, 93, &options)),
        ("other-coarse.jpg", jpeg(&other, 50, &options)),
        ("other-lossless.png", png(&other, None)),
    ];
    for (name, bytes) in files {
        std::fs::write(world.path("pages").join(name), bytes).expect("written");
    }
    world.json(&["scan", "pages", "--json"]);
    let groups = world.json(&["groups", "--json"]);
    let mut found: Vec<Vec<String>> = groups["groups"].as_array().expect("groups").iter().map(names).collect();
    found.sort();
    assert_eq!(
        found,
        [vec!["a.jpg", "coarse.jpg", "lossless.png", "small.jpg"], vec!["other-coarse.jpg", "other-lossless.png", "other.jpg"]],
        "{}",
        world.ok(&["explain", "pages/a.jpg", "pages/small.jpg"])
    );
}

/// Returns the names of a group's files, sorted.
fn names(group: &serde_json::Value) -> Vec<String> {
    let name = |member: &serde_json::Value| {
        let path = member["path"].as_str().expect("a path");
        path.rsplit('/').next().expect("a name").to_owned()
    };
    let mut names: Vec<String> = group["members"].as_array().expect("members").iter().map(name).collect();
    names.sort();
    names
}
