//! Cuts a library into islands: assets that evidence joins, however indirectly, with that evidence.
//!
//! No group reaches beyond its island, so each is ordered, starred and judged by itself in memory that fits a cache, and a million
//! photos are many small questions and not one large one. It knows nothing of what evidence means.
//! **Invariants:** what has no evidence is in no island; the result depends on the order of neither assets nor evidence but where
//! both ends of two edges are equal.

use crate::AssetFacts;
use model::{AssetId, Evidence};

/// All islands, the one with the lowest asset id first.
pub(crate) struct Islands<'a> {
    assets: Rows<&'a AssetFacts>,
    edges: Rows<&'a Evidence>,
}

impl<'a> Islands<'a> {
    /// Cuts. Evidence about unknown assets is left out. Cost: linear, and sorting where assets do not come in the order of their ids.
    pub(crate) fn among(assets: &'a [AssetFacts], evidence: &'a [Evidence]) -> Self {
        let mut known: Vec<&AssetFacts> = assets.iter().collect();
        known.sort_by_key(|facts| facts.asset);
        let mut at = 0;
        let mut joined: Vec<(u32, u32, &Evidence)> = Vec::with_capacity(evidence.len());
        for edge in evidence.iter().filter(|edge| edge.a != edge.b) {
            let Some(a) = find_near(&known, at, edge.a) else { continue };
            at = a;
            if let Some(b) = find_near(&known, at, edge.b) {
                joined.push((a as u32, b as u32, edge));
            }
        }
        let island_of = number(known.len(), &joined);
        let islands = island_of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let island = |at: usize| island_of[at].map(|island| island as usize);
        Self {
            assets: Rows::new(islands, || known.iter().enumerate().filter_map(|(at, facts)| Some((island(at)?, *facts)))),
            edges: Rows::new(islands, || joined.iter().filter_map(|&(a, _, edge)| Some((island(a as usize)?, edge)))),
        }
    }

    /// Returns the assets of each island by id, and its evidence as it came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[&'a AssetFacts], &[&'a Evidence])> {
        self.assets.iter().zip(self.edges.iter())
    }
}

/// Returns the place of `wanted` in what is sorted by id; ids that lie near `from` are found in few steps.
fn find_near(sorted: &[&AssetFacts], from: usize, wanted: AssetId) -> Option<usize> {
    let id = |at: usize| sorted[at].asset;
    let mut step = 1;
    let (low, high) = if sorted.get(from)?.asset <= wanted {
        while from + step < sorted.len() && id(from + step) <= wanted {
            step *= 2;
        }
        (from + step / 2, (from + step).min(sorted.len()))
    } else {
        while step < from && id(from - step) > wanted {
            step *= 2;
        }
        (from.saturating_sub(step), from - step / 2)
    };
    sorted[low..high].binary_search_by_key(&wanted, |facts| facts.asset).ok().map(|at| low + at)
}

/// Numbers the islands in the order of their first places; `None` for places that nothing joins.
fn number(places: usize, joined: &[(u32, u32, &Evidence)]) -> Vec<Option<u32>> {
    let mut parent: Vec<u32> = (0..places as u32).collect();
    let mut named = vec![false; places];
    for &(a, b, _) in joined {
        (named[a as usize], named[b as usize]) = (true, true);
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent[a.max(b) as usize] = a.min(b);
    }
    // The root of an island is its lowest place, so it has its number before any other asks for it.
    let mut numbers: Vec<Option<u32>> = vec![None; places];
    let mut next = 0;
    for at in (0..places).filter(|&at| named[at]) {
        let root = root(&mut parent, at as u32) as usize;
        if root == at {
            numbers[at] = Some(next);
            next += 1;
        } else {
            numbers[at] = numbers[root];
        }
    }
    numbers
}

fn root(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        let above = parent[parent[at as usize] as usize];
        parent[at as usize] = above;
        at = above;
    }
    at
}

/// Values by row, one row behind the other.
struct Rows<T> {
    starts: Vec<usize>,
    values: Vec<T>,
}

impl<T: Copy> Rows<T> {
    /// Files values under their rows, which lie below `rows`, in the order in which they come (twice the same).
    fn new<I: Iterator<Item = (usize, T)>>(rows: usize, values: impl Fn() -> I) -> Self {
        let mut starts = vec![0; rows + 1];
        values().for_each(|(row, _)| starts[row + 1] += 1);
        (0..rows).for_each(|row| starts[row + 1] += starts[row]);
        let mut next = starts.clone();
        let Some((_, any)) = values().next() else { return Self { starts, values: Vec::new() } };
        let mut filed = vec![any; starts[rows]];
        for (row, value) in values() {
            filed[next[row]] = value;
            next[row] += 1;
        }
        Self { starts, values: filed }
    }

    fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.starts.windows(2).map(|ends| &self.values[ends[0]..ends[1]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::plain;
    use model::{Proof, Relation};

    fn edge(a: i64, b: i64) -> Evidence {
        Evidence { a: AssetId(a), b: AssetId(b), relation: Relation::Identical, strict: true, proof: Proof::Content, notes: Vec::new() }
    }

    /// Assets and edges of an island, by id.
    type Cut = (Vec<i64>, Vec<(i64, i64)>);

    fn cut(assets: &[i64], edges: &[(i64, i64)]) -> Vec<Cut> {
        let assets: Vec<AssetFacts> = assets.iter().map(|&id| AssetFacts { asset: AssetId(id), ..plain(1) }).collect();
        let edges: Vec<Evidence> = edges.iter().map(|&(a, b)| edge(a, b)).collect();
        let islands = Islands::among(&assets, &edges);
        islands
            .iter()
            .map(|(assets, edges)| {
                (assets.iter().map(|facts| facts.asset.0).collect(), edges.iter().map(|edge| (edge.a.0, edge.b.0)).collect())
            })
            .collect()
    }

    #[test]
    fn what_is_joined_stands_together() {
        let apart = cut(&[9, 7, 1, 2, 4, 30], &[(7, 9), (1, 30), (4, 30), (7, 8), (2, 2)]);
        assert_eq!(apart, [(vec![1, 4, 30], vec![(1, 30), (4, 30)]), (vec![7, 9], vec![(7, 9)])]);
        assert_eq!(cut(&[], &[]), []);
        assert_eq!(cut(&[1, 2], &[]), []);
        assert_eq!(cut(&[], &[(1, 2)]), []);
    }

    #[test]
    fn a_place_is_found_from_anywhere() {
        let assets: Vec<AssetFacts> = (0..40).map(|id| AssetFacts { asset: AssetId(id * 3), ..plain(1) }).collect();
        let sorted: Vec<&AssetFacts> = assets.iter().collect();
        for from in 0..40 {
            for wanted in -2..122 {
                let expected = (wanted % 3 == 0 && (0..120).contains(&wanted)).then_some(wanted as usize / 3);
                assert_eq!(find_near(&sorted, from, AssetId(wanted)), expected, "{wanted} from {from}");
            }
        }
    }
}
