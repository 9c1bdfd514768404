//! Tests of the score: small cases by hand, and drawn ones against the score script beside the shared photos, where that and Python are.

use super::super::bounds::Bounds;
use super::super::groups::members;
use super::super::truth::Sets;
use super::*;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use testkit::Rng;

fn truth(rows: &[(&str, &str, &str)]) -> Truth {
    let lines = rows.iter().map(|(path, group, kind)| format!("s,{path},{group},{kind}\n"));
    let text: String = std::iter::once("set,path,group,kind\n".to_owned()).chain(lines).collect();
    Truth::parse(&text, Path::new("/r"), &Sets::default()).unwrap()
}

/// One group of `path relation verdict`.
fn group(rows: &[(&str, &str, &str)]) -> Vec<Member> {
    let member = |&(path, relation, verdict): &(&str, &str, &str)| Member {
        path: path.to_owned(),
        relation: relation.to_owned(),
        verdict: verdict.to_owned(),
    };
    rows.iter().map(member).collect()
}

#[test]
fn copies_are_found_and_offered() {
    let truth = truth(&[("a", "1", "exact"), ("b", "1", "exact"), ("c", "1", "resized"), ("d", "1", "edited"), ("e", "2", "distractor")]);
    let groups = [group(&[("a", "keeper", "keep"), ("b", "identical", "remove"), ("c", "thumbnail", "remove"), ("x", "thumbnail", "")])];
    let score = score(&truth, &groups).unwrap();
    assert_eq!((score.recall("exact"), score.recall("resized"), score.recall("edited")), (1.0, 1.0, 0.0));
    assert_eq!((score.offered, score.offerable, score.unknown), (2, 2, 1));
    assert!(score.false_pairs.is_empty() && score.harmful.is_empty() && !score.kinds.contains_key("distractor"));
}

#[test]
fn what_the_truth_denies_is_false_and_what_must_stay_is_harmful() {
    let truth = truth(&[("a", "1", "exact"), ("b", "1", "edited"), ("c", "2", "exact"), ("d", "1", "burst"), ("e", "1", "burst")]);
    let told = |relation: &str, path: &str, verdict: &str| {
        let score = score(&truth, &[group(&[("a", "keeper", "keep"), (path, relation, verdict)])]).unwrap();
        (score.false_pairs.len(), score.harmful.len())
    };
    assert_eq!(told("re-encoded", "c", "remove"), (1, 1), "another photo");
    assert_eq!(told("re-encoded", "b", "remove"), (0, 1), "an edit");
    assert_eq!(told("re-encoded", "d", "keep"), (1, 0), "another moment");
    assert_eq!(told("burst", "d", "keep"), (0, 0), "a burst claims nothing");
    assert_eq!(told("look-alike", "c", "keep"), (0, 0), "nor does a look-alike");
    let all_gone = score(&truth, &[group(&[("c", "", "remove"), ("x", "", "keep")])]).unwrap();
    assert_eq!(all_gone.harmful, [2], "nothing of its group stays");
}

#[test]
fn a_file_in_two_groups_is_an_error() {
    let truth = truth(&[("a", "1", "exact"), ("b", "1", "exact")]);
    assert!(score(&truth, &[group(&[("a", "", "")]), group(&[("a", "", "")])]).is_err());
}

const KINDS: [&str; 13] = [
    "exact",
    "exact",
    "resized",
    "reencoded",
    "edited",
    "rotated",
    "cropped",
    "raw_jpeg",
    "heic_jpeg",
    "live_photo",
    "burst",
    "scene",
    "distractor",
];
const RELATIONS: [&str; 12] = [
    "identical",
    "same-pixels",
    "thumbnail",
    "re-encoded",
    "rotated",
    "edited",
    "raw+jpeg",
    "heic+jpeg",
    "same-shot",
    "burst",
    "look-alike",
    "cropped",
];

/// Draws a truth and groups that are right in some places and wrong in others.
fn drawn(seed: u64) -> (String, Value) {
    let rng = Rng::new(seed);
    let (mut lines, mut paths) = ("set,path,group,kind,note\n".to_owned(), Vec::new());
    for number in 0..40 {
        let group = if rng.chance(0.2) { 100 + number } else { number / 5 };
        let note = if rng.chance(0.08) { "album copy" } else { "" };
        lines += &format!("s,d/{number}.jpg,g{group},{},{note}\n", rng.pick(&KINDS));
        paths.push(format!("d/{number}.jpg"));
    }
    paths.push("unknown.jpg".to_owned());
    let mut groups = Vec::new();
    while paths.len() > 1 {
        let count = (2 + rng.below(4) as usize).min(paths.len());
        let far = if rng.chance(0.2) { rng.below((paths.len() - count + 1) as u64) as usize } else { 0 };
        let chosen: Vec<String> = paths.drain(far..far + count).collect();
        let mut rows = Vec::new();
        for (at, path) in chosen.iter().enumerate() {
            let verdict = if at == 0 || rng.chance(0.4) { "keep" } else { "remove" };
            let relation = if at == 0 { "keeper" } else { rng.pick(&RELATIONS) };
            rows.push(json!({"path": format!("/r/{path}"), "relation": relation, "verdict": verdict, "also_at": [], "companions": []}));
        }
        if rows.len() > 2 && rng.chance(0.4) {
            let last = rows.pop().expect("there are three");
            let field = if rng.chance(0.5) { "also_at" } else { "companions" };
            rows[0][field] = json!([last["path"]]);
        }
        groups.push(json!({"id": groups.len() + 1, "keeper": rows[0]["path"], "members": rows}));
        if rng.chance(0.3) && !paths.is_empty() {
            drop(paths.remove(0));
        }
    }
    (lines, json!({"version": 1, "groups": groups}))
}

#[test]
fn the_numbers_are_those_of_the_score_script() {
    let script = crate::root().join("../shared/tools/score.py");
    let python_is_there = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    let folder = tempfile::tempdir().unwrap();
    let (truth_file, groups_file) = (folder.path().join("truth.csv"), folder.path().join("groups.json"));
    let (mut wrong, mut harmful) = (0, 0);
    for seed in 0..24 {
        let (lines, told) = drawn(seed);
        std::fs::write(&truth_file, lines).unwrap();
        std::fs::write(&groups_file, told.to_string()).unwrap();
        let truth = Truth::read(&truth_file, Path::new("/r"), &Sets::default()).unwrap();
        let score = score(&truth, &members(&told).unwrap()).unwrap();
        (wrong, harmful) = (wrong + score.false_pairs.len(), harmful + score.harmful.len());
        if !script.is_file() || !python_is_there {
            continue;
        }
        let mut command = Command::new("python3");
        command.arg(&script).arg(&groups_file).arg("--truth").arg(&truth_file).args(["--root", "/r", "--min", "exact=0.5,resized=0.9"]);
        let output = command.args(["--max-false", "1", "--max-harmful", "0", "--min-offered", "0.5"]).output().unwrap();
        let bounds = Bounds {
            min: vec![("exact".to_owned(), 0.5), ("resized".to_owned(), 0.9)],
            max_false: Some(1),
            max_harmful: Some(0),
            min_offered: Some(0.5),
        };
        let mut ours = score.table();
        let short = bounds.missed_by(&score);
        if !short.is_empty() {
            ours += &format!("short of: {}\n", short.join("; "));
        }
        assert_eq!(ours, String::from_utf8(output.stdout).unwrap(), "seed {seed}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(wrong > 20 && harmful > 20, "the draws hold faults of each kind: {wrong}, {harmful}");
}
