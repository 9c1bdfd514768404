//! Handing off to the person's own browser, end to end: from a Takeout export and the seed's question to the page, the lists, and what is gone.

#![allow(clippy::disallowed_methods)] // tests move and write only what they drew themselves

mod world;

use insta::assert_snapshot;
use serde_json::Value;
use std::path::PathBuf;
use testkit::takeout::{self, Export, Item, Origin, Packing};
use testkit::{Camera, JpegOptions, Moment, Scene, dng, encode};
use world::{SEED_QUESTION, World};

const HOSTILE: &str = "<script>alert(1)</script>\" onload='x' &amp; \u{202e}";

/// Photos with a Lightroom preview each; the first preview is curated as its photo is not.
fn items(count: u32) -> Vec<Item> {
    let camera = Camera::named("canon").expect("a camera");
    let pair = |n: u32| {
        let taken = Moment(1_600_607_527 + i64::from(n) * 86_400);
        let canvas = Scene::new(u64::from(n)).draw(900, 600);
        let photo = encode::jpeg(&canvas, 90, &JpegOptions::with(camera.exif(taken, n)));
        let preview = dng::smart_preview(&canvas.fitted(512), &camera.exif(taken, n));
        let name = format!("5C1B7E52-7A0F-4E6C-9B37-0A8A3F6C{n:04X}.dng");
        let mut preview = Item::new(&name, preview, taken.0);
        preview.origin = Origin::DriveDesktop;
        [Item::new(&format!("IMG_{n:04}.JPG"), photo, taken.0), preview]
    };
    let mut items: Vec<Item> = (0..count).flat_map(pair).collect();
    items[1].albums = vec!["Trip to <b>Rome</b>".to_owned()];
    items[1].caption = HOSTILE.to_owned();
    items[1].favourite = true;
    items
}

fn export(world: &World, folder: &str, stamp: &str, items: Vec<Item>) -> Vec<PathBuf> {
    std::fs::create_dir_all(world.path(folder)).expect("a folder");
    let packing = Packing { stamp: stamp.to_owned(), ..Packing::default() };
    takeout::zips(&Export::of(items).entries(), &world.path(folder), &packing).expect("zips")
}

fn json(world: &World) -> Value {
    serde_json::from_slice(&std::fs::read(world.path("lookalike-handoff/handoff.json")).expect("the JSON")).expect("JSON")
}

fn text(world: &World, name: &str) -> String {
    std::fs::read_to_string(world.path("lookalike-handoff").join(name)).expect("a file of the hand-off")
}

#[test]
fn the_seeds_previews_go_to_the_page_and_the_lists_and_are_ticked_off() {
    let world = World::new();
    let all = items(6);
    export(&world, "old", "20240501T101500Z", all.clone());
    world.ok(&["scan", "old"]);
    let ids = world.ok(&["sql", SEED_QUESTION, "--ids"]);
    assert_eq!(ids.lines().count(), 6);
    std::fs::write(world.path("ids.txt"), format!("\u{feff}  {}\r\n\nAF1QipNobody\n", ids.trim().replace('\n', "  \r\n")))
        .expect("written");
    let report = world.json(&["handoff", "--ids-from", "ids.txt", "--account", "1", "--json"]);
    assert_eq!((&report["photos"], &report["steps"], &report["with_losses"]), (&6.into(), &1.into(), &1.into()), "{report}");
    assert_eq!(report["unknown_ids"], serde_json::json!(["AF1QipNobody"]));
    let (page, csv, handed) = (text(&world, "index.html"), text(&world, "handoff.csv"), json(&world));
    assert_eq!(text(&world, "ids.txt"), ids);
    for id in ids.lines() {
        let link = format!("https://photos.google.com/u/1/photo/{id}");
        assert!(page.contains(&format!("data-key=\"{id}\"")) && page.contains(&format!("href=\"{link}\"")), "{id}");
        assert!(csv.contains(id) && csv.contains(&link), "{id}");
        let row = handed["rows"].as_array().expect("rows").iter().find(|row| row["id"] == id).expect("its row");
        let key = row["dedup_key"].as_str().expect("a key");
        assert!(key.len() == 27 && row["keeper"]["name"].as_str().is_some_and(|name| name.ends_with(".JPG")), "{row}");
        assert!(page.find(row["keeper"]["link"].as_str().expect("a link")) < page.find(&link), "the keeper's link comes first");
    }
    let lost = &handed["rows"][0]["keeper_lacks"];
    assert_eq!((&lost["albums"][0], &lost["favourite"], &lost["caption"]), (&"Trip to <b>Rome</b>".into(), &true.into(), &HOSTILE.into()));
    assert_eq!(page.matches("<script>").count(), 1, "what comes from outside is text");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39;") && !page.contains("onload='x'"));
    let pictures = std::fs::read_dir(world.path("lookalike-handoff/thumbs")).expect("a folder").count();
    assert_eq!(pictures, 12, "one for each photo and its keeper");

    // Two previews and one photo's album are put in order by hand; the new export replaces the old one.
    let mut left = all;
    left.remove(3);
    left.remove(1);
    std::fs::rename(world.path("old"), world.path("attic")).expect("moved away");
    export(&world, "new", "20240701T101500Z", left);
    world.ok(&["scan", "new"]);
    world.ok(&["scan"]);
    let said = world.run(&["handoff", "--ids-from", "ids.txt"]);
    assert!(said.out.starts_with("2 of the 6 handed off before are gone\n4 photos"), "{said}");
    assert_snapshot!("handoff_again", said);
    assert!(text(&world, "index.html").contains("2 of the 6 handed off before are gone"));
    assert_eq!(text(&world, "ids.txt").lines().count(), 4);
    let again = world.json(&["handoff", "--json"]);
    assert_eq!((&again["former"], &again["gone"]), (&6.into(), &2.into()), "what is gone stays known: {again}");
}

#[test]
fn an_archive_that_is_away_ticks_nothing_off() {
    let world = World::new();
    export(&world, "old", "20240501T101500Z", items(2));
    world.ok(&["scan", "old"]);
    let first = world.json(&["handoff", "--prefer", "jpeg", "--json"]);
    assert_eq!(first["photos"], 2, "the plan offers the previews: {first}");
    std::fs::rename(world.path("old"), world.path("attic")).expect("moved away");
    world.ok(&["scan"]);
    let away = world.json(&["handoff", "--prefer", "jpeg", "--json"]);
    assert_eq!((&away["former"], &away["gone"]), (&2.into(), &0.into()), "{away}");
    world.ok(&["sources", "forget", "takeout"]);
    let forgotten = world.json(&["handoff", "--prefer", "jpeg", "--json"]);
    assert_eq!((&forgotten["former"], &forgotten["gone"]), (&2.into(), &0.into()), "{forgotten}");
}

#[test]
fn a_strange_folder_is_left_alone_and_mistakes_have_hints() {
    let world = World::new();
    export(&world, "old", "20240501T101500Z", items(2));
    world.ok(&["scan", "old"]);
    let said = world.run(&["handoff", "--out", "old"]);
    assert_eq!(said.code, Some(1), "{said}");
    assert_snapshot!("handoff_strange_folder", said);
    assert_eq!(std::fs::read_dir(world.path("old")).expect("a folder").count(), 1);
    std::fs::write(world.path("empty.txt"), "\n \n").expect("written");
    for (name, arguments) in [
        ("no_id", &["handoff", "--ids-from", "empty.txt"][..]),
        ("no_file", &["handoff", "--ids-from", "nowhere.txt"]),
        ("no_account", &["handoff", "--account", "12"]),
    ] {
        assert_snapshot!(format!("handoff_{name}"), world.run(arguments));
    }
    assert!(!world.path("lookalike-handoff").exists());
}

#[test]
fn a_photo_whose_keeper_lies_elsewhere_is_left_out_and_said() {
    let world = World::new();
    let camera = Camera::named("canon").expect("a camera");
    let (taken, canvas) = (Moment(1_600_607_527), Scene::new(7).draw(900, 600));
    let large = encode::jpeg(&canvas, 92, &JpegOptions::with(camera.exif(taken, 7)));
    let small = encode::jpeg(&canvas.fitted(400), 85, &JpegOptions::default());
    std::fs::write(world.path("photos/IMG_0007.JPG"), large).expect("written");
    export(&world, "old", "20240501T101500Z", vec![Item::new("small.jpg", small, taken.0)]);
    world.ok(&["scan", "photos", "old"]);
    let report = world.json(&["handoff", "--json"]);
    assert_eq!((&report["photos"], &report["left_out"][0]["rule"]), (&0.into(), &"other-source".into()), "{report}");
    assert_snapshot!("handoff_left_out", world.run(&["handoff"]));
    let across = world.json(&["handoff", "--across", "photos:takeout", "--json"]);
    assert_eq!(across["photos"], 1, "{across}");
    assert!(text(&world, "index.html").contains("in photos"));
}
