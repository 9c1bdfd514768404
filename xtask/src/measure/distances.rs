//! The curve of the perceptual hash alone, over *all* pairs of files and not only those that matching looked at: how many copies lie within
//! a distance of their original, and how many pairs of other photos do.

use super::Result;
use super::curves::{KINDS, is_wrong, pairs_of};
use super::program::Program;
use super::report::table;
use super::truth::Truth;
use model::{PerceptualHash, Turn};
use serde_json::Value;

/// Distances of which the curve tells. Bits of 256.
const DISTANCES: [u32; 14] = [0, 2, 4, 8, 12, 16, 20, 24, 31, 40, 47, 55, 63, 80];
/// Most files of which all pairs are compared: 200 million comparisons, each in nine ways, some seconds.
const FILES_MAX: usize = 20_000;

/// Every file that has a hash.
const HASHES: &str = "SELECT r.path || CASE WHEN r.kind IN ('zip', 'tgz') THEN '!' ELSE '/' END || g.path AS path, hex(f.hash) AS hash
FROM ledger g JOIN roots r ON r.id = g.root_id JOIN fingerprints f ON f.content_id = g.content_id WHERE f.hash IS NOT NULL ORDER BY g.id";

/// Hashes of the truth's rows, by place.
type Hashes = Vec<Option<PerceptualHash>>;

/// Returns the part of the report on distances.
pub(crate) fn report(program: &Program, truth: &Truth) -> Result<String> {
    let mut hashes: Hashes = vec![None; truth.rows.len()];
    for row in program.ask(HASHES)? {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        if let Some(place) = truth.place_of(text("path")) {
            hashes[place] = unhex(text("hash"));
        }
    }
    if hashes.iter().flatten().count() > FILES_MAX {
        return Ok(format!("## Distance of hashes over all pairs\n\nLeft out: more than {FILES_MAX} files.\n"));
    }
    Ok(told(truth, &hashes))
}

fn told(truth: &Truth, hashes: &Hashes) -> String {
    let (upright, turned) = of_other_photos(truth, hashes);
    let kinds: Vec<&str> = KINDS.into_iter().filter(|kind| !pairs_of(truth, kind).is_empty()).collect();
    let near: Vec<Vec<Option<u32>>> = kinds.iter().map(|kind| of_copies(truth, hashes, kind)).collect();
    let mut head = vec!["within, bits of 256".to_owned()];
    head.extend(kinds.iter().map(|kind| format!("{kind}, recall")));
    head.extend(["other photos, upright".to_owned(), "other photos, nearest turn".to_owned()]);
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let row = |&bound: &u32| {
        let mut row = vec![bound.to_string()];
        for distances in &near {
            let within = distances.iter().flatten().filter(|&&distance| distance <= bound).count();
            row.push(format!("{:.4}", within as f64 / distances.len().max(1) as f64));
        }
        row.extend([&upright, &turned].map(|counts| counts[..=bound as usize].iter().sum::<u64>().to_string()));
        row
    };
    let pairs: u64 = upright.iter().sum();
    format!(
        "## Distance of hashes over all pairs\n\n{pairs} pairs of other photos; rows of a kind against their originals (`rotated`: in the nearest \
         turn).\n\n{}",
        table(&head, &DISTANCES.iter().map(row).collect::<Vec<_>>())
    )
}

/// Distances of a kind's rows to their originals; `None` where one has no hash.
fn of_copies(truth: &Truth, hashes: &Hashes, kind: &str) -> Vec<Option<u32>> {
    let distance = |(a, b): (usize, usize)| {
        let (a, b) = (hashes[a]?, hashes[b]?);
        let upright = a.distance(&b).0;
        Some(if kind == "rotated" { upright.min(in_nearest_turn(&a, &b)) } else { upright })
    };
    pairs_of(truth, kind).into_iter().map(distance).collect()
}

fn in_nearest_turn(a: &PerceptualHash, b: &PerceptualHash) -> u32 {
    let turns = Turn::ALL.into_iter().filter(|turn| *turn != Turn::Upright);
    turns.map(|turn| a.distance(&b.turned(turn)).0).min().expect("there are seven turns")
}

/// Numbers of pairs of other photos at each distance, upright and in the nearest turn.
fn of_other_photos(truth: &Truth, hashes: &Hashes) -> (Vec<u64>, Vec<u64>) {
    let (mut upright, mut turned) = (vec![0; 257], vec![0; 257]);
    let known: Vec<(usize, PerceptualHash)> = hashes.iter().enumerate().filter_map(|(place, hash)| Some((place, (*hash)?))).collect();
    for (at, (a, first)) in known.iter().enumerate() {
        let turns: Vec<PerceptualHash> =
            Turn::ALL.into_iter().filter(|turn| *turn != Turn::Upright).map(|turn| first.turned(turn)).collect();
        for (b, second) in &known[at + 1..] {
            if is_wrong(truth, (*a, *b)) {
                upright[first.distance(second).0 as usize] += 1;
                let nearest = turns.iter().map(|turn| turn.distance(second).0).min().expect("there are seven turns");
                turned[nearest as usize] += 1;
            }
        }
    }
    (upright, turned)
}

fn unhex(text: &str) -> Option<PerceptualHash> {
    let byte = |at: usize| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..text.len() / 2).map(byte).collect::<Option<_>>()?;
    PerceptualHash::from_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use super::super::truth::Sets;
    use super::*;
    use std::path::Path;

    #[test]
    fn copies_and_others_are_counted_by_distance() {
        let text = "set,path,group,kind\ns,0,g,exact\ns,1,g,resized\ns,2,g,rotated\ns,3,h,distractor\n";
        let truth = Truth::parse(text, Path::new("."), &Sets::default()).unwrap();
        let own = PerceptualHash([0x0123_4567_89ab_cdef, 7, 1 << 60, 0xffff]);
        let near = PerceptualHash([own.0[0] ^ 0b111, own.0[1], own.0[2], own.0[3]]);
        let other = PerceptualHash(own.0.map(|word| !word));
        let hashes = vec![Some(own), Some(near), Some(own.turned(Turn::Clockwise)), Some(other)];
        assert_eq!(of_copies(&truth, &hashes, "resized"), [Some(3)]);
        assert_eq!(of_copies(&truth, &hashes, "rotated"), [Some(0)]);
        let (upright, turned) = of_other_photos(&truth, &hashes);
        assert_eq!((upright.iter().sum::<u64>(), turned.iter().sum::<u64>(), upright[256]), (3, 3, 1));
        let report = told(&truth, &hashes);
        assert!(report.contains("| 2 | 0.0000 | 1.0000 | 0 |") && report.contains("| 4 | 1.0000 | 1.0000 | 0 |"), "{report}");
    }

    #[test]
    fn hashes_come_as_hexadecimal_digits() {
        let hash = PerceptualHash([1, 2, 3, u64::MAX]);
        let text: String = hash.to_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(unhex(&text), Some(hash));
        assert!(unhex("00").is_none() && unhex("zz").is_none());
    }
}
