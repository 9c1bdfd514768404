//! What each command says, word for word: the real program in a sealed world.

#![allow(clippy::disallowed_methods)] // tests move and write only what they drew themselves

mod world;

use insta::assert_snapshot;
use world::World;

/// A small library: an original, its copies, a turned one, an edited one, a burst of two, a chat, and things that are no photos.
const LIBRARY: &str = r#"
trip/IMG_0001.jpg     picture=beach:1 size=1600x1200 jpeg=92 camera=canon taken="2020:09:20 13:12:07" subsec=10
trip/IMG_0002.jpg     picture=city:2 size=1600x1200 jpeg=92 camera=canon taken="2020:09:20 13:12:09" subsec=20
trip/IMG_0003.jpg     picture=city:2 size=1600x1200 nudge=3 jpeg=92 camera=canon taken="2020:09:20 13:12:09" subsec=70
trip/IMG_0004.jpg     picture=forest:4 size=1600x1200 jpeg=92 camera=canon taken="2020:09:21 08:00:00" subsec=00
copies/same.jpg       same=trip/IMG_0001.jpg
copies/small.jpg      picture=beach:1 size=1600x1200 fit=400 jpeg=80
copies/again.jpg      picture=forest:4 size=1600x1200 jpeg=60
copies/turned.jpg     picture=forest:4 size=1600x1200 turn=90 jpeg=85
other/chat.png        chat=5 size=540x1170
other/notes.txt       bytes="buy milk"
other/broken.jpg      picture=table:9 jpeg=90 cut=2000
other/empty.jpg       bytes=""
.git/blob.jpg         picture=table:8
"#;

fn scanned() -> World {
    let world = World::with(LIBRARY);
    world.ok(&["scan", "photos"]);
    world
}

#[test]
fn scan_tells_sums_that_agree() {
    let world = World::with(LIBRARY);
    assert_snapshot!(world.run(&["scan", "photos"]));
    let json = world.json(&["scan", "photos", "--json"]);
    let (tally, number) = (&json["tally"], |value: &serde_json::Value| value.as_u64().expect("a number"));
    let causes: u64 = json["causes"].as_array().expect("causes").iter().map(|cause| number(&cause["count"])).sum();
    assert_eq!(number(&tally["done"]) + number(&tally["skipped"]) + number(&tally["failed"]), causes);
    assert_eq!(json["files_read"], 0, "a second scan reads nothing");
}

#[test]
fn groups_and_plan() {
    let world = scanned();
    assert_snapshot!("groups", world.run(&["groups"]));
    assert_snapshot!("groups_thumbnail", world.run(&["groups", "--relation", "thumbnail"]));
    assert_snapshot!("plan", world.run(&["plan"]));
}

#[test]
fn explain_tells_each_step() {
    let world = scanned();
    let said = world.ok(&["explain", "photos/trip/IMG_0002.jpg", "photos/trip/IMG_0003.jpg"]);
    assert!(said.contains("burst"), "{said}");
    let said = world.ok(&["explain", "photos/trip/IMG_0001.jpg", "photos/trip/IMG_0004.jpg"]);
    assert!(said.contains("not one group") && said.contains("so: no relation"), "{said}");
}

#[test]
fn ledger_names_every_file() {
    let world = scanned();
    assert_snapshot!(world.run(&["status", "--ledger"]));
    let rows = world.json(&["status", "--ledger", "--json"]);
    assert_eq!(rows.as_array().map(Vec::len), Some(13));
}

#[test]
fn sources_are_listed_renamed_moved_and_forgotten() {
    let world = scanned();
    world.ok(&["sources", "rename", "photos", "holiday"]);
    std::fs::rename(world.path("photos"), world.path("elsewhere")).expect("moved");
    let said = world.run(&["scan"]);
    assert!(said.err.contains("is away"), "{said}");
    let away = world.run(&["sources"]);
    assert!(away.out.contains("holiday (away)"), "{away}");
    world.ok(&["sources", "move", "holiday", "elsewhere"]);
    let json = world.json(&["scan", "--json"]);
    assert_eq!((&json["files_read"], &json["removed"]), (&0.into(), &0.into()));
    assert_snapshot!(world.run(&["sources", "list"]));
    world.ok(&["sources", "forget", "holiday"]);
    assert_eq!(world.ok(&["sources"]), "");
    assert!(world.path("elsewhere/trip/IMG_0001.jpg").exists());
}

#[test]
fn errors_come_with_a_hint_and_a_code() {
    let world = World::new();
    for (name, arguments) in [
        ("no_catalog", &["groups"][..]),
        ("no_path", &["scan", "nowhere"]),
        ("nothing_known", &["scan"]),
        ("no_command", &["remove"]),
        ("no_rule", &["plan", "--keep", "biggest"]),
        ("no_relation", &["groups", "--relation", "twin"]),
    ] {
        assert_snapshot!(format!("error_{name}"), world.run(arguments));
    }
    world.ok(&["scan", "photos"]);
    for (name, arguments) in [
        ("sql_writes", &["sql", "DELETE FROM assets"][..]),
        ("sql_wrong", &["sql", "SELEKT 1"]),
        ("no_source", &["groups", "--source", "attic"]),
        ("explain_unknown", &["explain", "a.jpg", "b.jpg"]),
    ] {
        assert_snapshot!(format!("error_{name}"), world.run(arguments));
    }
}

#[test]
fn an_empty_folder_is_no_error() {
    let world = World::new();
    assert_snapshot!("empty_scan", world.run(&["scan", "photos"]));
    assert_snapshot!("empty_groups", world.run(&["groups"]));
    assert_snapshot!("empty_plan", world.run(&["plan"]));
}

#[test]
fn sql_answers_in_four_forms() {
    let world = scanned();
    let question = "SELECT id, filename, width FROM photos WHERE filename LIKE 'IMG%' ORDER BY filename LIMIT 2";
    assert_snapshot!("sql_table", world.run(&["sql", question]));
    assert_snapshot!("sql_csv", world.run(&["sql", question, "--csv"]));
    assert_snapshot!("sql_json", world.run(&["sql", question, "--json"]));
    assert_snapshot!("sql_ids", world.run(&["sql", question, "--ids"]));
}

#[test]
fn help_names_every_command_and_the_manual_is_a_page() {
    let world = World::new();
    assert_snapshot!(world.run(&["--help"]));
    assert!(world.ok(&["man"]).contains(".TH lookalike 1"));
    assert!(world.ok(&["man", "scan"]).contains("lookalike\\-scan") || world.ok(&["man", "scan"]).contains("lookalike-scan"));
    assert!(world.ok(&["completions", "bash"]).contains("_lookalike"));
}

#[test]
fn doctor_tells_formats_places_and_health() {
    let world = scanned();
    let said = world.ok(&["doctor"]);
    for words in ["jpeg", "untested", "not found", "catalog.sqlite", "sound: integrity and references checked"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(world.json(&["doctor", "--json"])["faults"], serde_json::json!([]));
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::io::Read as _;
    let world = scanned();
    let mut child = world.start(&["export", "--json"]);
    let mut first = [0; 1];
    child.stdout.take().expect("piped").read_exact(&mut first).expect("a byte");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_config_file_sets_rules_and_a_wrong_one_is_named() {
    let world = scanned();
    std::fs::create_dir_all(world.path("config/lookalike")).expect("a folder");
    let config = world.path("config/lookalike/config.toml");
    std::fs::write(&config, "keep = \"pixels,path:*/copies/*\"\n").expect("written");
    let groups = world.json(&["groups", "--json", "--relation", "identical"]);
    let keeper = groups["groups"][0]["keeper"].as_str().expect("a keeper");
    assert!(keeper.ends_with("copies/same.jpg"), "{keeper}");
    std::fs::write(&config, "kepe = \"path\"\n").expect("written");
    assert_snapshot!(world.run(&["groups"]));
}

#[test]
fn a_plan_is_frozen_into_a_file() {
    let world = scanned();
    let file = world.path("plan.json");
    let told = world.run(&["plan", "--out", "plan.json"]);
    assert_snapshot!("plan_out_nothing_decided", told);
    assert_snapshot!("plan_out_from_rules", world.run(&["plan", "--from-rules", "--out", "plan.json"]));
    let plan: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    let removals = plan["removals"].as_array().expect("removals");
    assert_eq!(removals.len(), 3);
    let photos = world.path("photos").display().to_string();
    for removal in removals {
        assert!(removal["files"][0]["path"].as_str().expect("a path").starts_with(&photos));
        assert_eq!(removal["keeper"]["content_hash"].as_str().expect("a hash").len(), 64);
    }
    let json = world.json(&["plan", "--from-rules", "--out", "plan.json", "--json"]);
    assert_eq!((&json["sums"]["removals"], &json["from"]), (&serde_json::json!(3), &serde_json::json!("rules")));
    assert_snapshot!("plan_out_elsewhere", world.run(&["plan", "--out", "photos/trip/IMG_0001.jpg"]));
    assert_snapshot!("plan_from_rules_without_out", world.run(&["plan", "--from-rules"]));
}
