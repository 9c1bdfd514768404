//! Curves of what the second look measured: for each kind of copy and each statistic, how much a threshold would find and how many pairs
//! of other photos it would let in, and where the shipped rules stand.
//!
//! A row of a kind is held against its original: the first `exact` row of its group, else the first copy. Pairs that bytes or payload prove
//! need no measurement and are left out. The wrong pairs of a curve are all measured pairs of two truth groups or with a `burst` or `scene`
//! row, turned ones for kind `rotated` and upright ones else; pairs within one group where one side is `edited` or `cropped` are told
//! apart, for a copy relation there is a wrong word and no wrong picture. The statistics are whatever numbers the evidence holds, so one that
//! is added tomorrow has its curve.

use super::Result;
use super::program::Program;
use super::report::{number, table};
use super::score::{COPY_RELATIONS, pair_relation};
use super::truth::Truth;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds that have curves; the last stands for all pairs of formats.
pub(crate) const KINDS: [&str; 6] = ["reencoded", "resized", "rotated", "edited", "cropped", "pairs"];
/// Shares of the measured pairs that the thresholds of a curve find.
const SHARES: [f64; 10] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0];

/// Every pair that has a relation, by the first place of each asset.
const EDGES: &str = "WITH place AS (
    SELECT l.asset_id AS asset, r.path || CASE WHEN r.kind IN ('zip', 'tgz') THEN '!' ELSE '/' END || g.path AS path
    FROM locations l JOIN ledger g ON g.id = l.ledger_id JOIN roots r ON r.id = g.root_id WHERE l.rank = 0)
SELECT x.path AS a, y.path AS b, e.relation, e.strict, e.proof
FROM evidence e JOIN place x ON x.asset = e.a JOIN place y ON y.asset = e.b ORDER BY e.a, e.b";

/// What the program said of a pair.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    claims_copy: bool,
    claims_pair: bool,
    /// Whether the second picture was turned.
    turned: bool,
    /// Numbers by name; none where bytes or metadata proved the pair.
    numbers: BTreeMap<String, f64>,
    proved_by_bytes: bool,
}

/// Edges between rows of the truth, the lower place first.
pub(crate) type Edges = HashMap<(usize, usize), Edge>;

/// Reads all pairs that have a relation.
pub(crate) fn edges(program: &Program, truth: &Truth) -> Result<Edges> {
    let mut edges = Edges::new();
    for row in program.ask(EDGES)? {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let (Some(a), Some(b)) = (truth.place_of(text("a")), truth.place_of(text("b"))) else { continue };
        let proof: Map<String, Value> = serde_json::from_str(text("proof"))?;
        let strict = row.get("strict").and_then(Value::as_i64) == Some(1);
        edges.insert((a.min(b), a.max(b)), edge(text("relation"), strict, &proof));
    }
    Ok(edges)
}

fn edge(relation: &str, strict: bool, proof: &Map<String, Value>) -> Edge {
    let said = |name: &str| proof.get(name).and_then(Value::as_str);
    let mut numbers = BTreeMap::new();
    for (name, value) in proof {
        if let Some(value) = value.as_f64() {
            let (name, value) = match name.as_str() {
                "gain" => ("|gain - 1|".to_owned(), (value - 1.0).abs()),
                "offset" => ("|offset|".to_owned(), value.abs()),
                _ => (name.clone(), value),
            };
            numbers.insert(name, value);
        }
    }
    Edge {
        claims_copy: strict && COPY_RELATIONS.contains(&relation),
        claims_pair: strict && matches!(relation, "raw+jpeg" | "heic+jpeg"),
        turned: said("turn").is_some_and(|turn| turn != "upright"),
        numbers,
        proved_by_bytes: matches!(said("proof"), Some("content" | "payload")),
    }
}

/// Rows of a kind against their originals.
pub(crate) fn pairs_of(truth: &Truth, kind: &str) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for places in truth.groups.values() {
        let copies = || places.iter().copied().filter(|&place| truth.rows[place].is_copy() && !truth.rows[place].is_alias());
        let Some(original) = copies().find(|&place| truth.rows[place].kind == "exact").or_else(|| copies().next()) else { continue };
        let wanted = |own: &str| own == kind || kind == "pairs" && own != "live_photo" && pair_relation(own).is_some();
        let rows = places.iter().copied().filter(|&place| place != original && wanted(&truth.rows[place].kind));
        pairs.extend(rows.filter(|&place| !truth.rows[place].is_alias()).map(|place| (place.min(original), place.max(original))));
    }
    pairs
}

/// Tells a pair that no copy relation may join.
pub(crate) fn is_wrong(truth: &Truth, (a, b): (usize, usize)) -> bool {
    let (a, b) = (&truth.rows[a], &truth.rows[b]);
    a.group != b.group || [a, b].iter().any(|row| matches!(row.kind.as_str(), "burst" | "scene"))
}

fn is_of_an_edit(truth: &Truth, (a, b): (usize, usize)) -> bool {
    let edited = |place: usize| matches!(truth.rows[place].kind.as_str(), "edited" | "cropped");
    truth.rows[a].group == truth.rows[b].group && (edited(a) || edited(b))
}

/// Measurements of one kind by one statistic.
#[derive(Debug, Default, PartialEq)]
struct Curve {
    right: Vec<f64>,
    wrong: Vec<f64>,
    edits: Vec<f64>,
    /// Rows that ask to be found, measured or not.
    asked: usize,
    /// Whether a larger number speaks for a copy.
    rising: bool,
}

impl Curve {
    fn of(statistic: &str, mut right: Vec<f64>, mut wrong: Vec<f64>, mut edits: Vec<f64>, asked: usize) -> Self {
        for numbers in [&mut right, &mut wrong, &mut edits] {
            numbers.sort_by(f64::total_cmp);
        }
        let middle = |numbers: &[f64]| numbers.get(numbers.len() / 2).copied().unwrap_or(0.0);
        let rising = statistic == "correlation" || statistic != "distance_bits" && !wrong.is_empty() && middle(&right) > middle(&wrong);
        if rising {
            right.reverse();
        }
        Self { right, wrong, edits, asked, rising }
    }

    /// Returns how many numbers a threshold lets in.
    fn within(&self, numbers: &[f64], threshold: f64) -> usize {
        numbers.iter().filter(|&&value| if self.rising { value >= threshold } else { value <= threshold }).count()
    }

    /// Returns thresholds that find so much, and the last that lets no wrong pair in.
    fn thresholds(&self) -> Vec<f64> {
        let at = |share: f64| ((self.right.len() as f64 * share).ceil() as usize).saturating_sub(1);
        let mut thresholds: Vec<f64> = SHARES.iter().filter_map(|&share| self.right.get(at(share)).copied()).collect();
        let clean = self.right.iter().copied().take_while(|&value| self.within(&self.wrong, value) == 0).last();
        let nearest_wrong = if self.rising { self.wrong.last() } else { self.wrong.first() };
        thresholds.extend(clean.into_iter().chain(nearest_wrong.copied()));
        thresholds.sort_by(f64::total_cmp);
        if self.rising {
            thresholds.reverse();
        }
        thresholds.dedup();
        thresholds
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let sign = if self.rising { "≥" } else { "≤" };
        let row = |threshold: f64| {
            let (right, wrong) = (self.within(&self.right, threshold), self.within(&self.wrong, threshold));
            let edits = self.within(&self.edits, threshold);
            vec![
                format!("{sign} {}", number(threshold)),
                format!("{:.4}", share(right, self.asked)),
                format!("{:.4}", share(right, right + wrong)),
                wrong.to_string(),
                edits.to_string(),
            ]
        };
        self.thresholds().into_iter().map(row).collect()
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Returns the part of the report on one kind; empty where the truth has no such rows.
pub(crate) fn of_kind(truth: &Truth, edges: &Edges, kind: &str) -> String {
    let all = pairs_of(truth, kind);
    let by_bytes = |pair: &(usize, usize)| edges.get(pair).is_some_and(|edge| edge.proved_by_bytes);
    let asked: Vec<(usize, usize)> = all.iter().copied().filter(|pair| !by_bytes(pair)).collect();
    if asked.is_empty() {
        return String::new();
    }
    let turned = kind == "rotated";
    let wrong: Vec<&Edge> =
        edges.iter().filter(|(pair, edge)| is_wrong(truth, **pair) && edge.turned == turned).map(|(_, edge)| edge).collect();
    let edits: Vec<&Edge> =
        edges.iter().filter(|(pair, edge)| is_of_an_edit(truth, **pair) && edge.turned == turned).map(|(_, edge)| edge).collect();
    let right: Vec<&Edge> = asked.iter().filter_map(|pair| edges.get(pair)).collect();
    let claims = |edge: &&&Edge| edge.claims_copy || kind == "pairs" && edge.claims_pair;
    let (found, mistaken) = (right.iter().filter(claims).count(), wrong.iter().filter(claims).count());
    let mut text = format!(
        "### {kind}\n\n{} rows against their originals ({} more are proved by bytes); {} were near enough to be measured. **As shipped** (all \
         rules together): recall {:.4}, precision {:.4}, {mistaken} wrong of {} measured pairs of other photos, and {} of {} pairs with an \
         edit called a copy.\n\n",
        asked.len(),
        all.len() - asked.len(),
        right.len(),
        share(found, asked.len()),
        share(found, found + mistaken),
        wrong.len(),
        edits.iter().filter(claims).count(),
        edits.len(),
    );
    let statistics: BTreeSet<&String> = right.iter().flat_map(|edge| edge.numbers.keys()).collect();
    for statistic in statistics {
        let numbers = |edges: &[&Edge]| edges.iter().filter_map(|edge| edge.numbers.get(statistic).copied()).collect();
        let curve = Curve::of(statistic, numbers(&right), numbers(&wrong), numbers(&edits), asked.len());
        text += &table(&[statistic.as_str(), "recall", "precision", "other photos", "with an edit"], &curve.rows());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::truth::Sets;
    use super::*;
    use std::path::Path;

    fn proof(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_of_any_name_are_read_and_bytes_need_none() {
        let near = edge("re-encoded", true, &proof(r#"{"proof":"perceptual","turn":"half","gain":0.9,"offset":-2,"new_one":7}"#));
        assert!(near.claims_copy && near.turned && !near.proved_by_bytes);
        let names: Vec<&str> = near.numbers.keys().map(String::as_str).collect();
        assert_eq!(names, ["new_one", "|gain - 1|", "|offset|"]);
        assert!((near.numbers["|gain - 1|"] - 0.1).abs() < 1e-9);
        assert!(edge("identical", true, &proof(r#"{"proof":"content"}"#)).proved_by_bytes);
        assert!(!edge("look-alike", true, &proof("{}")).claims_copy && !edge("re-encoded", false, &proof("{}")).claims_copy);
    }

    #[test]
    fn a_curve_tells_what_each_threshold_finds_and_lets_in() {
        let curve = Curve::of("distance_bits", vec![4.0, 2.0, 8.0], vec![6.0, 20.0], vec![3.0], 4);
        assert_eq!(curve.thresholds(), [2.0, 4.0, 6.0, 8.0]);
        let rows = curve.rows();
        assert_eq!(rows[1], ["≤ 4.00", "0.5000", "1.0000", "0", "1"]);
        assert_eq!(rows[3], ["≤ 8.00", "0.7500", "0.7500", "1", "1"]);
        let rising = Curve::of("correlation", vec![0.9, 0.99], vec![0.5, 0.95], vec![], 2);
        assert_eq!(rising.thresholds(), [0.99, 0.95, 0.9]);
        assert_eq!(rising.rows()[0], ["≥ 0.9900", "0.5000", "1.0000", "0", "0"]);
    }

    #[test]
    fn rows_stand_against_their_original_and_bursts_are_wrong() {
        let text = "set,path,group,kind\ns,0,g,resized\ns,1,g,exact\ns,2,g,edited\ns,3,h,burst\ns,4,h,burst\ns,5,g,raw_jpeg\n";
        let truth = Truth::parse(text, Path::new("."), &Sets::default()).unwrap();
        assert_eq!(pairs_of(&truth, "resized"), [(0, 1)]);
        assert_eq!(pairs_of(&truth, "pairs"), [(1, 5)]);
        assert!(pairs_of(&truth, "cropped").is_empty());
        assert!(is_wrong(&truth, (3, 4)) && is_wrong(&truth, (1, 3)) && !is_wrong(&truth, (0, 2)));
        assert!(is_of_an_edit(&truth, (0, 2)) && !is_of_an_edit(&truth, (0, 1)));
    }

    #[test]
    fn a_report_names_the_shipped_point() {
        let text = "set,path,group,kind\ns,0,g,exact\ns,1,g,resized\ns,2,h,distractor\n";
        let truth = Truth::parse(text, Path::new("."), &Sets::default()).unwrap();
        let near =
            |relation, distance: u32| edge(relation, true, &proof(&format!(r#"{{"proof":"perceptual","distance_bits":{distance}}}"#)));
        let edges: Edges = [((0, 1), near("thumbnail", 4)), ((0, 2), near("look-alike", 40))].into();
        let report = of_kind(&truth, &edges, "resized");
        assert!(report.contains("recall 1.0000, precision 1.0000, 0 wrong of 1"), "{report}");
        assert!(report.contains("| ≤ 4.00 | 1.0000 | 1.0000 | 0 | 0 |"), "{report}");
        assert_eq!(of_kind(&truth, &edges, "rotated"), "");
    }
}
