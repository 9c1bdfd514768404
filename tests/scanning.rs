//! Scanning again and again: what is unchanged stays, what changed is noticed, a stop or a crash loses nothing.

#![allow(clippy::disallowed_methods)] // tests move and write only what they drew themselves

mod world;

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::{Duration, Instant};
use world::World;

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

/// So many different pictures, as tree text.
fn pictures(count: usize) -> String {
    (0..count).map(|seed| format!("p{seed:03}.jpg picture={seed} size=1200x900 jpeg=90\n")).collect()
}

#[test]
fn removed_changed_and_moved_files_are_noticed() {
    let world = World::with("a.jpg picture=1\nb.jpg picture=2\nc.jpg picture=3\n");
    let first = world.json(&["scan", "photos", "--json"]);
    assert_eq!((number(&first["files_read"]), number(&first["fingerprints_drawn"])), (3, 3));
    std::fs::remove_file(world.path("photos/a.jpg")).expect("removed");
    std::fs::rename(world.path("photos/b.jpg"), world.path("photos/moved.jpg")).expect("moved");
    testkit::tree::build("c.jpg picture=4\n", &world.path("photos")).expect("changed");
    let second = world.json(&["scan", "photos", "--json"]);
    assert_eq!(number(&second["removed"]), 2);
    assert_eq!(number(&second["fingerprints_drawn"]), 1, "the moved file costs no decode");
    assert_eq!(number(&second["assets"]), 2);
}

#[test]
fn an_emptied_mount_point_is_away_and_not_removed() {
    let world = World::with("a.jpg picture=1\n");
    world.ok(&["scan", "photos"]);
    std::fs::rename(world.path("photos/a.jpg"), world.path("a.jpg")).expect("unmounted");
    let said = world.run(&["scan", "photos"]);
    assert!(said.err.contains("is empty now"), "{said}");
    assert_eq!(world.ok(&["sql", "SELECT presence FROM assets", "--ids"]), "offline\n");
    std::fs::rename(world.path("a.jpg"), world.path("photos/a.jpg")).expect("mounted");
    assert_eq!(number(&world.json(&["scan", "photos", "--json"])["files_read"]), 0);
    assert_eq!(world.ok(&["sql", "SELECT presence FROM assets", "--ids"]), "present\n");
}

#[test]
fn the_same_bytes_elsewhere_cost_no_second_decode() {
    let world = World::with("a.jpg picture=1\nb/copy.jpg same=a.jpg\nc/copy.jpg same=a.jpg\n");
    let report = world.json(&["scan", "photos", "--json"]);
    assert_eq!((number(&report["files_read"]), number(&report["fingerprints_drawn"])), (3, 1));
    let damaged = World::with("a.jpg picture=1 cut=3000\nb.jpg same=a.jpg\n");
    assert_eq!(number(&damaged.json(&["scan", "photos", "--json"])["tally"]["failed"]), 2, "nor does it end better for that");
}

#[test]
fn hard_links_are_one_asset_and_a_live_photo_is_one() {
    let world = World::with(
        "a.jpg picture=1\nb.jpg link=a.jpg\nIMG_1.jpg picture=2 camera=iphone taken=\"2020:09:20 13:12:07\"\nIMG_1.mov film=3 seconds=2\n",
    );
    assert_eq!(number(&world.json(&["scan", "photos", "--json"])["assets"]), 2);
    let exported = world.json(&["export", "--json"]);
    let roles: Vec<Vec<&str>> = exported["assets"]
        .as_array()
        .expect("assets")
        .iter()
        .map(|asset| asset["locations"].as_array().expect("locations").iter().filter_map(|location| location["role"].as_str()).collect())
        .collect();
    assert!(roles.contains(&vec!["original", "original"]) && roles.contains(&vec!["original", "companion"]), "{roles:?}");
}

#[cfg(unix)]
#[test]
fn odd_names_go_through_every_answer() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::with("a.jpg picture=1\n");
    let bytes = std::fs::read(world.path("photos/a.jpg")).expect("read");
    let mut names: Vec<Vec<u8>> =
        vec!["party \u{1F389}.jpg".into(), b"two\nlines.jpg".to_vec(), b"latin-\xE9.jpg".to_vec(), vec![b'x'; 255]];
    names.push(b"\x1b[2Jbell\x07.jpg".to_vec());
    for name in &names {
        std::fs::write(world.path("photos").join(std::ffi::OsStr::from_bytes(name)), &bytes).expect("written");
    }
    let report = world.json(&["scan", "photos", "--json"]);
    assert_eq!((number(&report["assets"]), number(&report["groups"])), (6, 1));
    let groups = world.json(&["groups", "--json"]);
    let members = groups["groups"][0]["members"].as_array().expect("members");
    assert_eq!(members.iter().filter(|member| member["path_base64"].is_string()).count(), 1);
    let text = world.ok(&["groups"]);
    assert!(!text.contains('\u{1b}') && text.contains("two\\nlines.jpg"), "{text}");
    assert_eq!(number(&world.json(&["scan", "photos", "--json"])["files_read"]), 0);
}

/// Waits until the catalog tells of some read files but not all; returns false if the program ended first.
fn wait_until_reading(world: &World) -> bool {
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        let said = world.run(&["sql", "SELECT count(*) FROM ledger WHERE outcome = 'done'", "--csv"]);
        if said.out.lines().nth(1).and_then(|line| line.parse::<u64>().ok()).is_some_and(|done| done > 0) {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    let status = std::process::Command::new("/bin/kill").arg(format!("-{name}")).arg(child.id().to_string()).status().expect("kill runs");
    assert!(status.success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_with_state_saved_and_the_next_scan_goes_on() {
    let world = World::with(&pictures(60));
    let mut child = world.start(&["scan", "photos", "--threads", "1"]);
    assert!(wait_until_reading(&world));
    signal(&child, "INT");
    let status = child.wait().expect("it ends");
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("words");
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(said.contains("stopped; what was done is kept"), "{said}");
    let rest = world.json(&["scan", "photos", "--json"]);
    let read = number(&rest["files_read"]);
    assert!(read > 0 && read < 60, "{read} files read by the second scan");
    assert_eq!((number(&rest["tally"]["done"]), number(&rest["tally"]["failed"])), (60, 0));
}

#[cfg(unix)]
#[test]
fn a_kill_in_the_middle_leaves_before_or_after() {
    let world = World::with(&pictures(60));
    let mut child = world.start(&["scan", "photos", "--threads", "2"]);
    assert!(wait_until_reading(&world));
    signal(&child, "KILL");
    child.wait().expect("it ends");
    let ledger = world.json(&["status", "--ledger", "--json"]);
    assert_eq!(ledger.as_array().map(Vec::len), Some(60), "each file found has its row");
    assert_eq!(world.json(&["doctor", "--json"])["faults"], serde_json::json!([]));
    let rest = world.json(&["scan", "photos", "--json"]);
    assert_eq!((number(&rest["tally"]["done"]), number(&rest["tally"]["failed"])), (60, 0), "nobody is punished for a kill");
    assert!(number(&rest["files_read"]) < 60);
}

#[test]
fn a_file_in_flight_when_the_program_died_is_tried_alone() {
    let world = World::with("a.jpg picture=1\nb.jpg picture=2\n");
    world.ok(&["scan", "photos"]);
    // As a dead process leaves it: the file waits, and the slot names its row.
    let id: i64 = world.ok(&["sql", "SELECT id FROM ledger WHERE path = 'a.jpg'", "--ids"]).trim().parse().expect("a number");
    testkit::tree::build("a.jpg picture=7\n", &world.path("photos")).expect("changed");
    std::fs::write(world.path("data/lookalike/catalog.sqlite-inflight"), id.to_le_bytes()).expect("written");
    let report = world.json(&["scan", "photos", "--json"]);
    assert_eq!((number(&report["tally"]["done"]), number(&report["files_read"])), (2, 1), "once may be chance");
}

#[test]
fn a_reference_folder_is_never_offered() {
    let world = World::with("mine/a.jpg picture=1\nmine/a-copy.jpg same=mine/a.jpg\nold/b.jpg picture=2\nold/b-copy.jpg same=old/b.jpg\n");
    world.ok(&["scan", "photos/mine", "--reference", "photos/old"]);
    let plan = world.json(&["plan", "--json"]);
    let going: Vec<&str> = plan["removals"].as_array().expect("removals").iter().filter_map(|one| one["path"].as_str()).collect();
    assert_eq!(going.len(), 1, "{going:?}");
    assert!(going[0].contains("/mine/"), "{going:?}");
}

/// Groups as (keeper, other members with relation), sorted: what must not depend on how the catalog came to be.
fn grouped(world: &World) -> Vec<(String, Vec<(String, String)>)> {
    let answer = world.json(&["groups", "--json"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mut groups: Vec<_> = answer["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|group| {
            let mut members: Vec<_> =
                group["members"].as_array().expect("members").iter().map(|m| (text(&m["path"]), text(&m["relation"]))).collect();
            members.sort();
            (text(&group["keeper"]), members)
        })
        .collect();
    groups.sort();
    groups
}

/// The same of the groups that the last scan stored.
fn stored(world: &World) -> u64 {
    world.ok(&["sql", "SELECT count(*) FROM group_members", "--ids"]).trim().parse().expect("a number")
}

/// What became of each file, by its name: the outcome, or the code of its cause.
fn ends(world: &World) -> BTreeMap<String, String> {
    let rows = world.json(&["sql", "SELECT path, coalesce(cause_code, outcome) AS ended FROM ledger", "--json"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    rows.as_array().expect("rows").iter().map(|row| (text(&row["path"]), text(&row["ended"]))).collect()
}

#[test]
fn an_exact_scan_reads_no_file_twice_and_tells_what_came_later_from_what_it_knows() {
    let world = World::with("a.jpg picture=1\nsub/b.jpg same=a.jpg\nsub/c.jpg picture=2\n");
    let (a, like_a) = (world.path("photos/a.jpg"), world.path("photos/like-a.jpg"));
    let mut bytes = std::fs::read(&a).expect("a picture");
    assert!(bytes.len() > 3 * 4096, "it must be longer than a head");
    let last = bytes.len() - 20;
    bytes[last] ^= 0x10;
    std::fs::write(&like_a, &bytes).expect("a file of the same size and head");
    world.json(&["scan", "--exact", "photos", "--json"]);
    let expected = [("a.jpg", "done"), ("like-a.jpg", "content-is-unique"), ("sub/b.jpg", "done"), ("sub/c.jpg", "size-is-unique")];
    assert_eq!(ends(&world), expected.map(|(name, end)| (name.to_owned(), end.to_owned())).into());
    assert_eq!(number(&world.json(&["scan", "--exact", "photos", "--json"])["files_read"]), 0, "all that was read is known");

    std::fs::copy(&like_a, world.path("photos/sub/like-a-too.jpg")).expect("a copy");
    let report = world.json(&["scan", "--exact", "photos/sub", "--json"]);
    assert_eq!(
        (number(&report["files_read"]), number(&report["groups"])),
        (1, 2),
        "the late copy is found through the folder alone: {report}"
    );
    assert_eq!(ends(&world)["like-a.jpg"], "done");

    bytes[0..4096].reverse();
    bytes[..3].copy_from_slice(b"\xff\xd8\xff");
    std::fs::write(world.path("photos/other-head.jpg"), &bytes).expect("a file of the same size with another head");
    let report = world.json(&["scan", "--exact", "photos", "--json"]);
    assert_eq!(number(&report["files_read"]), 0, "heads of known contents tell it apart: {report}");
    assert_eq!(ends(&world)["other-head.jpg"], "head-is-unique");
    assert_eq!(number(&world.json(&["scan", "photos", "--json"])["tally"]["skipped"]), 0, "the ordinary scan reads the rest");
}

#[test]
fn an_exact_scan_finds_byte_copies_and_the_next_scan_reads_the_rest() {
    let world =
        World::with("a.jpg picture=1\nb/copy.jpg same=a.jpg\nc.jpg picture=2\nsmall.jpg picture=1 fit=400\nnotes.txt bytes=words\n");
    let report = world.json(&["scan", "--exact", "photos", "--json"]);
    assert_eq!((number(&report["files_read"]), number(&report["fingerprints_drawn"])), (2, 0), "only what may be alike is read: {report}");
    let tally = &report["tally"];
    assert_eq!(number(&tally["done"]) + number(&tally["skipped"]) + number(&tally["failed"]), 5);
    let groups = grouped(&world);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].1.iter().filter(|(_, relation)| relation == "identical").count(), 1);
    assert_eq!(number(&world.json(&["scan", "--exact", "photos", "--json"])["files_read"]), 0, "nothing is new");
    testkit::tree::build("d.jpg picture=2\n", &world.path("photos")).expect("a late copy");
    assert_eq!(number(&world.json(&["scan", "--exact", "photos", "--json"])["groups"]), 2, "what was told apart before is looked at again");
    assert_eq!(number(&world.json(&["scan", "photos", "--json"])["fingerprints_drawn"]), 3);
    assert!(grouped(&world).iter().any(|(_, members)| members.len() == 3 && members.iter().any(|(_, relation)| relation == "thumbnail")));
    assert_eq!(
        world.ok(&["sql", "SELECT count(*) FROM contents WHERE sha1 IS NULL", "--ids"]),
        "0\n",
        "the ordinary scan adds what was left out"
    );
}

#[test]
fn grouping_what_is_new_gives_what_grouping_all_gives() {
    let parts = [
        "a.jpg picture=1\nb.jpg picture=2\n",
        "small.jpg picture=1 fit=400\nc.jpg picture=3\n",
        "again/b.jpg picture=2\nagain/small.jpg picture=1 fit=400\nturned.jpg picture=3 turn=90\n",
    ];
    let (step, whole) = (World::new(), World::with(&parts.concat()));
    for part in parts {
        testkit::tree::build(part, &step.path("photos")).expect("a tree");
        step.ok(&["scan", "photos"]);
    }
    whole.ok(&["scan", "photos"]);
    let strip = |world: &World| format!("{:?}", grouped(world)).replace(&world.path("").display().to_string(), "");
    assert_eq!(strip(&step), strip(&whole));
    let members = |world: &World| grouped(world).iter().map(|(_, members)| members.len() as u64).sum::<u64>();
    assert_eq!((stored(&step), stored(&whole)), (members(&step), members(&whole)));
    std::fs::remove_file(step.path("photos/small.jpg")).expect("removed");
    step.ok(&["scan", "photos"]);
    assert_eq!(stored(&step), members(&step), "what is gone leaves its group");
    step.ok(&["sources", "forget", "photos"]);
    assert_eq!(stored(&step), 0);
}

/// A large photo with a preview of its own, as tree text: a quick scan glances only at files larger than the head it reads.
fn with_preview(name: &str, seed: u64, more: &str) -> String {
    let taken = format!("taken=\"2020:09:20 13:{:02}:07\"", seed % 60);
    format!("{name}.jpg picture={seed} size=1400x1050 jpeg=97 preview=160 camera=canon number={seed} {taken} {more}\n")
}

#[test]
fn a_quick_scan_reads_whole_only_what_may_have_a_copy() {
    let tree =
        [with_preview("a", 1, ""), with_preview("b", 2, ""), with_preview("c", 3, ""), "small.jpg picture=1 fit=400\n".to_owned()].concat();
    let world = World::with(&tree);
    let report = world.json(&["scan", "photos", "--quick", "--json"]);
    assert_eq!((number(&report["files_read"]), number(&report["fingerprints_drawn"])), (2, 2), "{report}");
    assert_eq!(number(&report["tally"]["done"]), 4);
    assert!(world.ok(&["groups"]).contains("small.jpg"));
    assert_eq!(number(&world.json(&["scan", "photos", "--quick", "--json"])["files_read"]), 0, "nothing is new");
    testkit::tree::build("late.jpg picture=2 fit=500\n", &world.path("photos")).expect("a late copy");
    let late = world.json(&["scan", "photos", "--quick", "--json"]);
    assert_eq!((number(&late["files_read"]), number(&late["groups"])), (2, 2), "what was glanced at before is read now");
    let rest = world.json(&["scan", "photos", "--json"]);
    assert_eq!((number(&rest["files_read"]), number(&rest["fingerprints_drawn"]), number(&rest["groups"])), (1, 1, 2));
    assert_eq!(world.ok(&["sql", "SELECT count(*) FROM contents WHERE sha1 IS NULL", "--ids"]), "0\n");
}

#[test]
fn what_is_only_glanced_at_is_told_and_never_offered() {
    let world = World::with(&[with_preview("a", 1, ""), with_preview("b", 2, "")].concat());
    let said = world.ok(&["scan", "photos", "--quick"]);
    assert!(said.contains("2 photos only glanced at"), "{said}");
    assert!(world.ok(&["status"]).contains("2 photos only glanced at"));
    assert_eq!(number(&world.json(&["status", "--json"])["glanced"]), 2);
    let said = world.ok(&["explain", "photos/a.jpg", "photos/b.jpg"]);
    assert!(said.contains("only glanced at"), "{said}");
    assert_eq!(world.json(&["plan", "--json"])["removals"], serde_json::json!([]));
}

#[test]
fn a_preview_of_another_picture_costs_recall_and_never_a_false_copy() {
    let world = World::with(&[with_preview("a", 1, "stale=9"), "small.jpg picture=1 fit=400\n".to_owned()].concat());
    let quick = world.json(&["scan", "photos", "--quick", "--json"]);
    assert_eq!((number(&quick["glanced"]), number(&quick["groups"])), (1, 0));
    assert_eq!(number(&world.json(&["scan", "photos", "--json"])["groups"]), 1, "the ordinary scan finds it");
    let world = World::with(&[with_preview("a", 1, "stale=9"), with_preview("b", 9, "")].concat());
    let quick = world.json(&["scan", "photos", "--quick", "--json"]);
    assert_eq!((number(&quick["glanced"]), number(&quick["groups"])), (0, 0), "alike by their previews, read whole, told apart");
}

#[cfg(unix)]
#[test]
fn a_quick_scan_stopped_between_its_rounds_goes_on() {
    let tree: String = (0..24).map(|seed| with_preview(&format!("p{seed:02}"), seed / 2, &format!("noise={seed}"))).collect();
    let (world, whole) = (World::with(&tree), World::with(&tree));
    let mut child = world.start(&["scan", "photos", "--quick", "--threads", "1"]);
    wait_until_reading(&world);
    signal(&child, "INT");
    child.wait().expect("it ends");
    let rest = world.json(&["scan", "photos", "--quick", "--json"]);
    assert_eq!((number(&rest["tally"]["done"]), number(&rest["tally"]["failed"])), (24, 0));
    whole.ok(&["scan", "photos", "--quick"]);
    let strip = |world: &World| format!("{:?}", grouped(world)).replace(&world.path("").display().to_string(), "");
    assert_eq!(strip(&world), strip(&whole));
    assert_eq!(grouped(&world).len(), 12);
}
