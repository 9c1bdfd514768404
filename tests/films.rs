//! Films: the same one in other sizes is found by its frames, and what cannot be decoded here waits for ffmpeg.

#![allow(clippy::disallowed_methods)] // tests write only what they drew themselves

mod world;

use model::Turn;
use testkit::canvas::Canvas;
use testkit::film::{FilmFacts, shown_film};
use testkit::scene::Scene;
use world::World;

/// A pan over a drawn scene, two seconds of four frames each, at most `side` pixels wide.
fn pan(seed: u64, side: usize) -> Vec<u8> {
    pan_with(seed, side, false)
}

fn pan_with(seed: u64, side: usize, index_first: bool) -> Vec<u8> {
    let scene = Scene::new(seed).draw(768, 448);
    let frames: Vec<Canvas> = (0..8).map(|n| scene.cropped(n * 16, n * 8, 640, 384).fitted(side)).collect();
    shown_film(&frames, 4, 4, Turn::Upright, &FilmFacts { index_first, ..FilmFacts::default() })
}

#[test]
fn a_smaller_copy_of_a_film_is_found_and_another_film_is_not() {
    let world = World::new();
    for (name, film) in [("a.mp4", pan(1, 640)), ("small.mp4", pan(1, 320)), ("b.mp4", pan(2, 640))] {
        std::fs::create_dir_all(world.path("photos")).expect("a folder");
        std::fs::write(world.path("photos").join(name), film).expect("written");
    }
    let report = world.json(&["scan", "photos", "--json"]);
    assert_eq!(report["groups"], 1, "{report}");
    let groups = world.json(&["groups", "--json"]);
    let group = &groups["groups"][0];
    assert!(group["keeper"].as_str().is_some_and(|path| path.ends_with("a.mp4")), "{group}");
    let text = world.ok(&["explain", "photos/a.mp4", "photos/small.mp4"]);
    assert!(text.contains("every moment agrees"), "{text}");
    assert_eq!(world.json(&["scan", "photos", "--json"])["fingerprints_drawn"], 0, "nothing is drawn twice");
    std::fs::write(world.path("photos/late.mp4"), pan(2, 320)).expect("written");
    let late = world.json(&["scan", "photos", "--json"]);
    assert_eq!(late["groups"], 2, "a late copy is compared with what is known");
}

#[test]
fn a_film_that_was_cut_is_not_kept_for_its_whole_smaller_copy() {
    let cut = |film: &[u8], percent: usize| film[..film.len() * percent / 100].to_vec();
    for percent in [80, 97] {
        let world = World::new();
        std::fs::create_dir_all(world.path("photos")).expect("a folder");
        std::fs::write(world.path("photos/large.mp4"), cut(&pan_with(1, 640, true), percent)).expect("written");
        std::fs::write(world.path("photos/small.mp4"), pan_with(1, 320, true)).expect("written");
        world.json(&["scan", "photos", "--json"]);
        let groups = world.json(&["groups", "--json"]);
        let group = &groups["groups"][0];
        assert!(group["keeper"].as_str().is_some_and(|path| path.ends_with("small.mp4")), "{percent} %: {groups}");
        assert!(!world.ok(&["plan"]).contains("remove"), "{percent} %");
        let text = world.ok(&["explain", "photos/large.mp4", "photos/small.mp4"]);
        assert!(text.contains("large.mp4` is damaged: the file ends before its last coded picture"), "{text}");
        assert!(text.contains("the other is damaged: "), "{text}");
    }
}

/// A program that answers as ffmpeg does: the length among its words, a plain frame otherwise.
#[cfg(unix)]
fn fake_ffmpeg(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(folder).expect("a folder");
    let samples: Vec<u8> = (0..1800u32).map(|n| (n * 31 % 200 + 20) as u8).collect();
    std::fs::write(folder.join("frame"), [b"YUV4MPEG2 W40 H30 F25:1 C420jpeg\nFRAME\n".as_slice(), &samples].concat()).expect("written");
    let script = format!("#!/bin/sh\necho 'Duration: 00:00:02.00, start: 0' >&2\nexec /bin/cat '{}'\n", folder.join("frame").display());
    std::fs::write(folder.join("ffmpeg"), script).expect("written");
    std::fs::set_permissions(folder.join("ffmpeg"), std::fs::Permissions::from_mode(0o755)).expect("may run");
}

#[cfg(unix)]
#[test]
fn a_film_that_wants_ffmpeg_waits_until_it_is_there() {
    let world = World::new();
    let film = [&[0x1A, 0x45, 0xDF, 0xA3][..], &[0x93, 0x42, 0x82, 0x88], b"matroska", &[7; 4000]].concat();
    std::fs::create_dir_all(world.path("photos")).expect("a folder");
    std::fs::write(world.path("photos/a.mkv"), film).expect("written");
    let frames = || world.ok(&["sql", "SELECT count(*) FROM key_frames", "--ids"]);
    let tally = world.json(&["scan", "photos", "--json"])["tally"].clone();
    assert_eq!((tally["done"].as_u64(), frames()), (Some(1), "0\n".to_owned()), "matched by its bytes till then");
    assert_eq!(world.json(&["scan", "photos", "--json"])["files_read"], 0, "nothing has changed");
    fake_ffmpeg(&world.path("tools"));
    let with_tool = |arguments: &[&str]| {
        let output = world.command(arguments).env("PATH", world.path("tools")).output().expect("it runs");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(with_tool(&["doctor"]).contains("tools/ffmpeg"));
    with_tool(&["scan", "photos"]);
    assert_ne!(frames(), "0\n");
    let again: serde_json::Value = serde_json::from_str(&with_tool(&["scan", "photos", "--json"])).expect("JSON");
    assert_eq!(again["files_read"], 0, "asked once");
}
