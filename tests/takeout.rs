//! Takeout exports end to end: parts, packings, increments, localised names, and the question the project began with.

#![allow(clippy::disallowed_methods)] // tests move and write only what they drew themselves

mod world;

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use testkit::takeout::{self, Export, Item, Origin, Packing};
use testkit::{Camera, JpegOptions, Moment, Scene, dng, encode};
use world::{SEED_QUESTION, World};

const PREVIEW: &str = "5C1B7E52-7A0F-4E6C-9B37-0A8A3F6C2D11.dng";

/// A small account: four photos, one in an album with its caption, one edited and live, one with its Lightroom preview, one without a sidecar.
fn items() -> Vec<Item> {
    let camera = Camera::named("canon").expect("a camera");
    (0..4u32)
        .map(|n| {
            let taken = Moment(1_600_607_527 + i64::from(n) * 86_400);
            let canvas = Scene::new(u64::from(n)).draw(900, 600);
            let media = encode::jpeg(&canvas, 90, &JpegOptions::with(camera.exif(taken, n)));
            Item::new(&format!("IMG_{n:04}.JPG"), media, taken.0)
        })
        .collect()
}

fn account() -> Export {
    let mut items = items();
    items[0].albums = vec!["Trip to Rome".to_owned()];
    items[0].caption = "The harbour".to_owned();
    items[0].favourite = true;
    let edited = encode::jpeg(&Scene::new(1).draw(900, 600).brightness(1.2), 88, &JpegOptions::default());
    items[1].edited = Some(("-edited".to_owned(), edited));
    items[1].clip = Some((".MOV".to_owned(), testkit::film::film(1, 2.0, &testkit::film::FilmFacts::default())));
    items[3].sidecar = false;
    let camera = Camera::named("canon").expect("a camera");
    let taken = Moment(items[2].taken_utc_seconds.expect("a time"));
    let preview = dng::smart_preview(&Scene::new(2).draw(900, 600).fitted(512), &camera.exif(taken, 2));
    let mut preview = Item::new(PREVIEW, preview, taken.0);
    preview.origin = Origin::DriveDesktop;
    items.push(preview);
    Export::of(items)
}

fn text(path: &std::path::Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

fn scan(world: &World, paths: &[PathBuf]) -> Value {
    let paths: Vec<String> = paths.iter().map(|path| text(path)).collect();
    let arguments: Vec<&str> = ["scan", "--json"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    world.json(&arguments)
}

/// Each asset as its title, roles with names, sidecars, and albums: what must not depend on the packing.
fn assets(world: &World) -> BTreeSet<String> {
    let exported = world.json(&["export", "--json"]);
    let name = |path: &Value| path.as_str().map(|path| path.rsplit('/').next().unwrap_or(path).to_owned());
    exported["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .map(|asset| {
            let mut places: Vec<String> = asset["locations"]
                .as_array()
                .expect("locations")
                .iter()
                .map(|place| format!("{}:{:?}:{:?}", place["role"], name(&place["path"]), name(&place["sidecar"])))
                .collect();
            places.sort();
            format!("{} {} {} {places:?}", asset["filename"], asset["albums"], asset["taken_utc"])
        })
        .collect()
}

#[test]
fn zips_tgz_and_trees_give_the_same_assets() {
    let entries = account().entries();
    let packing = Packing { parts: 3, ..Packing::default() };
    let mut answers = Vec::new();
    for form in ["zip", "tgz", "tree"] {
        let world = World::new();
        let folder = world.path("export");
        std::fs::create_dir_all(&folder).expect("a folder");
        let paths = match form {
            "zip" => takeout::zips(&entries, &folder, &packing).expect("zips"),
            "tgz" => takeout::tgz(&entries, &folder, &packing).expect("tgz"),
            _ => {
                takeout::tree(&entries, &folder).expect("a tree");
                vec![folder.clone()]
            }
        };
        let report = scan(&world, &paths);
        assert_eq!(report["assets"], 5, "{form}: {report}");
        assert_eq!(report["tally"]["failed"], 0, "{form}: {report}");
        answers.push(assets(&world));
        assert_eq!(scan(&world, &[folder])["files_read"], 0, "{form}: a second scan reads nothing, by the folder they lie in too");
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    let all = format!("{:?}", answers[0]);
    assert!(all.contains("Trip to Rome") && all.contains("rendition") && all.contains("companion"), "{all}");
}

#[test]
fn a_later_export_adds_its_new_items_and_nothing_twice() {
    let world = World::new();
    let (first, second) = (world.path("first"), world.path("second"));
    for folder in [&first, &second] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let old = takeout::zips(&account().entries(), &first, &Packing { parts: 2, ..Packing::default() }).expect("zips");
    assert_eq!(scan(&world, &old)["assets"], 5);
    let mut again = items().swap_remove(0);
    again.caption = "The harbour at noon".to_owned();
    again.modified_utc_seconds = Some(1_700_000_000);
    again.albums = vec!["Best of 2020".to_owned()];
    let camera = Camera::named("canon").expect("a camera");
    let taken = Moment(1_700_000_000);
    let media = encode::jpeg(&Scene::new(99).draw(900, 600), 90, &JpegOptions::with(camera.exif(taken, 99)));
    let new = Item::new("IMG_0099.JPG", media, taken.0);
    let stamp = "20240701T101500Z".to_owned();
    let later = takeout::zips(&Export::of([again, new]).entries(), &second, &Packing { stamp, ..Packing::default() }).expect("zips");
    let report = scan(&world, &later);
    assert_eq!((&report["assets"], &report["removed"]), (&6.into(), &0.into()), "what it does not hold is not gone: {report}");
    let exported = world.json(&["export", "--json"]);
    let first_item =
        exported["assets"].as_array().expect("assets").iter().find(|asset| asset["filename"] == "IMG_0000.JPG").expect("the item");
    assert_eq!(first_item["caption"], "The harbour at noon", "the newer sidecar wins");
    assert_eq!(first_item["albums"], serde_json::json!(["Best of 2020", "Trip to Rome"]));
    assert_eq!(world.json(&["groups", "--json"])["groups"].as_array().map(Vec::len), Some(1), "the preview's group only");
    std::fs::rename(&later[0], world.path("elsewhere.zip")).expect("moved away");
    let away = world.json(&["scan", "--json"]);
    assert_eq!(away["assets"], 6, "an archive that is away makes offline, not removed: {away}");
    let offline = world.ok(&["sql", "SELECT filename FROM assets WHERE presence = 'offline'", "--ids"]);
    assert_eq!(offline, "IMG_0099.JPG\n");
}

#[test]
fn the_seeds_question_finds_the_previews_and_so_does_the_finder() {
    let world = World::new();
    std::fs::create_dir_all(world.path("export")).expect("a folder");
    let paths = takeout::zips(&account().entries(), &world.path("export"), &Packing::default()).expect("zips");
    scan(&world, &paths);
    let rows = world.json(&["sql", SEED_QUESTION, "--json"]);
    let names: Vec<&str> = rows.as_array().expect("rows").iter().filter_map(|row| row["filename"].as_str()).collect();
    assert_eq!(names, [PREVIEW]);
    let columns: BTreeSet<&str> = rows[0].as_object().expect("a row").keys().map(String::as_str).collect();
    let of_the_seed =
        "id filename mime_type creation_time width height camera_make camera_model focal_length f_stop iso_equivalent exposure_time";
    assert_eq!(columns, of_the_seed.split(' ').collect());
    let ids = world.ok(&["sql", SEED_QUESTION, "--ids"]);
    assert!(ids.starts_with("AF1Qip") && ids.lines().count() == 1, "{ids}");
    let found = world.json(&["groups", "--finder", "lightroom-previews", "--json"]);
    assert_eq!(found["found"].as_array().map(Vec::len), Some(1));
    assert!(found["found"][0]["partner"].as_str().expect("a partner").ends_with("IMG_0002.JPG"));
    assert!(found["origin"].to_string().contains("Drive"), "{found}");
    assert!(found["prevention"].as_str().is_some_and(|words| words.contains("catalogue")), "{found}");
}

#[test]
fn parts_in_several_folders_are_one_export() {
    let packing = Packing { parts: 4, scattered: true, ..Packing::default() };
    let mut answers = Vec::new();
    for spread in [false, true] {
        let world = World::new();
        for folder in ["sp/a", "sp/b"] {
            std::fs::create_dir_all(world.path(folder)).expect("a folder");
        }
        let paths = takeout::zips(&account().entries(), &world.path("sp/a"), &packing).expect("zips");
        for path in paths.iter().skip(2).filter(|_| spread) {
            std::fs::rename(path, world.path("sp/b").join(path.file_name().expect("a name"))).expect("moved");
        }
        assert_eq!(scan(&world, &[world.path("sp")])["assets"], 5);
        answers.push(assets(&world));
    }
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_damaged_part_is_named_and_the_others_are_read() {
    let world = World::new();
    std::fs::create_dir_all(world.path("export")).expect("a folder");
    let paths = takeout::zips(&account().entries(), &world.path("export"), &Packing { parts: 3, ..Packing::default() }).expect("zips");
    let bytes = std::fs::read(&paths[1]).expect("read");
    std::fs::write(&paths[1], &bytes[..bytes.len() / 2]).expect("cut");
    let folder = text(&world.path("export"));
    let said = world.run(&["scan", &folder]);
    assert_eq!(said.code, Some(0), "{said}");
    assert!(said.err.contains("-002.zip`: the archive ends too early; download this part again"), "{said}");
    std::fs::write(&paths[1], &bytes).expect("downloaded again");
    assert_eq!(world.json(&["scan", &folder, "--json"])["assets"], 5);
}

#[test]
fn real_exports_scan_without_a_loose_end() {
    let Some(data) = world::shared("real_exports_scan_without_a_loose_end") else { return };
    let world = World::new();
    let report = scan(&world, &[data.join("takeout/immich-go")]);
    assert_eq!(report["tally"]["skipped"], 0, "{report}");
    let exported = world.json(&["export", "--json"]);
    let lonely: Vec<&str> = exported["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .filter(|asset| asset["source"] == "takeout")
        .flat_map(|asset| asset["locations"].as_array().expect("locations"))
        .filter(|place| place["sidecar"].is_null())
        .filter_map(|place| place["path"].as_str())
        .collect();
    assert_eq!(lonely, Vec::<&str>::new());
}

#[test]
fn hostile_files_end_with_a_cause_each() {
    let Some(data) = world::shared("hostile_files_end_with_a_cause_each") else { return };
    let world = World::new();
    let report = scan(&world, &[data.join("robustness")]);
    let number = |value: &Value| value.as_u64().expect("a number");
    assert!(number(&report["tally"]["failed"]) > 300, "{report}");
    let rows = world.json(&["status", "--ledger", "--problems", "--json"]);
    for row in rows.as_array().expect("rows") {
        assert!(row["why"].as_str().is_some_and(|why| !why.is_empty()), "{row}");
    }
    let written: Vec<_> = std::fs::read_dir(world.path("")).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(written.len(), 2, "nothing is written but the catalog: {written:?}");
}
