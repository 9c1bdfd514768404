//! Who stands around which keeper: stars in a graph of evidence, whatever the order of input.
//!
//! All assets lie in one total order (`keeper.rs`); here they are only numbers, 0 the most preferred. The order is walked from best to
//! worst once a [`Pass`]; at each asset that is no member yet, its still free neighbours of the pass's evidence become its members. In
//! later passes an asset that is a keeper already keeps its members, and only assets that are neither keeper nor member may be taken.
//! So a weaker relation never takes anything from a stronger one: copies go first, then pairs of formats, then frames of a burst,
//! and a frame of a burst that has copies keeps them in a group of their own. After the first pass a member that lies nearer to another
//! asset that stays goes there. What a person chose as keeper walks before all others, is nobody's member and loses none of its own.
//!
//! It knows nothing of what evidence means. **Invariants:** each asset is a member of at most one star; no member is a keeper; the
//! result depends on order and edges as sets only.

/// An edge between two places in the order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    /// Either end.
    pub(crate) a: u32,
    /// The other end.
    pub(crate) b: u32,
    /// Where the caller finds its evidence.
    pub(crate) evidence: u32,
}

/// Neighbours of each place, in compressed rows, each row from the most preferred neighbour to the least.
pub(crate) struct Graph {
    starts: Vec<u32>,
    /// Neighbour and evidence.
    entries: Vec<(u32, u32)>,
}

impl Graph {
    /// Returns the graph of `nodes` places. Ends of edges lie below `nodes`.
    pub(crate) fn new(nodes: usize, edges: &[Edge]) -> Self {
        let mut ends: Vec<(u32, u32, u32)> =
            edges.iter().flat_map(|edge| [(edge.a, edge.b, edge.evidence), (edge.b, edge.a, edge.evidence)]).collect();
        ends.sort_unstable();
        let mut starts = vec![0u32; nodes + 1];
        for (node, ..) in &ends {
            starts[*node as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        Self { starts, entries: ends.into_iter().map(|(_, neighbour, evidence)| (neighbour, evidence)).collect() }
    }

    /// Returns neighbours with their evidence.
    pub(crate) fn of(&self, node: usize) -> &[(u32, u32)] {
        &self.entries[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// Which neighbours a walk takes: keeper, candidate, evidence.
pub(crate) type Pass<'a> = &'a dyn Fn(u32, u32, u32) -> bool;

/// What became of each place.
pub(crate) struct Stars {
    /// The keeper of each member, with the evidence between them.
    pub(crate) keeper_of: Vec<Option<(u32, u32)>>,
    /// Members of each place in the order they were taken; empty for members and single assets.
    pub(crate) members: Vec<Vec<u32>>,
    /// Whether a person chose it as keeper.
    chosen: Vec<bool>,
}

impl Stars {
    /// Walks from the chosen once by `first`, then the whole order once for each pass; after the first, members [`settle`](Self::settle).
    /// `chosen` has an entry a place. Cost: places and edges, times passes.
    pub(crate) fn form(chosen: Vec<bool>, graph: &Graph, first: Pass<'_>, passes: &[Pass<'_>], nearness: &dyn Fn(u32) -> f32) -> Self {
        let nodes = chosen.len();
        let mut stars = Self { keeper_of: vec![None; nodes], members: vec![Vec::new(); nodes], chosen };
        for node in (0..nodes).filter(|&node| stars.chosen[node]).collect::<Vec<_>>() {
            stars.walk(node, graph, first);
        }
        let mut keeps = Vec::with_capacity(nodes);
        for (at, pass) in passes.iter().enumerate() {
            keeps.clear();
            keeps.extend(stars.members.iter().map(|members| !members.is_empty()));
            for first in [true, false] {
                for node in (0..nodes).filter(|&node| keeps[node] == first) {
                    stars.walk(node, graph, *pass);
                }
            }
            if at == 0 {
                stars.settle(graph, *pass, nearness);
            }
        }
        stars
    }

    /// Moves each member to the nearest of the places that `pass` lets take it and that are no members; `nearness` is less for what lies
    /// nearer. So a small copy that is near to a photo and to its edited copy stands with the photo. Cost: edges.
    fn settle(&mut self, graph: &Graph, pass: Pass<'_>, nearness: &dyn Fn(u32) -> f32) {
        let moves: Vec<(u32, u32, u32)> = (0..self.keeper_of.len())
            .filter_map(|member| {
                let (_, by) = self.keeper_of[member].filter(|(keeper, _)| !self.chosen[*keeper as usize])?;
                let others = graph
                    .of(member)
                    .iter()
                    .filter(|(other, at)| self.keeper_of[*other as usize].is_none() && pass(*other, member as u32, *at));
                let (other, at) = *others.min_by(|a, b| nearness(a.1).total_cmp(&nearness(b.1)).then(a.0.cmp(&b.0)))?;
                (nearness(at) < nearness(by)).then_some((member as u32, other, at))
            })
            .collect();
        for &(member, other, at) in &moves {
            let (keeper, _) = self.keeper_of[member as usize].replace((other, at)).expect("only members move");
            self.members[keeper as usize].retain(|one| *one != member);
            self.members[other as usize].push(member);
        }
        for (_, other, _) in moves {
            self.members[other as usize].sort_unstable();
        }
    }

    fn walk(&mut self, node: usize, graph: &Graph, pass: Pass<'_>) {
        if self.keeper_of[node].is_some() {
            return;
        }
        for &(neighbour, evidence) in graph.of(node) {
            let at = neighbour as usize;
            let is_free = self.keeper_of[at].is_none() && self.members[at].is_empty() && !self.chosen[at];
            if is_free && pass(node as u32, neighbour, evidence) {
                self.keeper_of[at] = Some((node as u32, evidence));
                self.members[node].push(neighbour);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Edges with their pass; returns keepers with members.
    fn form(nodes: usize, edges: &[(u32, u32, u32)]) -> Vec<(usize, Vec<u32>)> {
        let drawn: Vec<Edge> = edges.iter().map(|&(a, b, pass)| Edge { a, b, evidence: pass }).collect();
        let first: Pass<'_> = &|keeper, member, evidence| evidence == 0 && keeper < member;
        let second: Pass<'_> = &|_, _, evidence| evidence == 1;
        let third: Pass<'_> = &|_, _, evidence| evidence == 2;
        let stars = Stars::form(vec![false; nodes], &Graph::new(nodes, &drawn), &|_, _, _| false, &[first, second, third], &|_| 0.0);
        stars.members.into_iter().enumerate().filter(|(_, members)| !members.is_empty()).collect()
    }

    #[test]
    fn a_chain_does_not_pull_in_what_was_never_compared() {
        assert_eq!(form(4, &[(0, 1, 0), (1, 2, 0), (2, 3, 0)]), [(0, vec![1]), (2, vec![3])]);
    }

    #[test]
    fn a_member_stands_with_the_nearest_that_stays() {
        // 0 and 1 are near 2; evidence 1 is the nearer one. 3 is near 1 only.
        let edges = [(0, 2, 7), (1, 2, 1), (1, 3, 7)];
        let drawn: Vec<Edge> = edges.iter().map(|&(a, b, evidence)| Edge { a, b, evidence }).collect();
        let pass: Pass<'_> = &|keeper, member, _| keeper < member;
        let stars = |nearness: &dyn Fn(u32) -> f32| {
            Stars::form(vec![false; 4], &Graph::new(4, &drawn), &|_, _, _| false, &[pass], nearness).members
        };
        assert_eq!(stars(&|evidence| evidence as f32), [vec![], vec![2, 3], vec![], vec![]]);
        assert_eq!(stars(&|_| 1.0), [vec![2], vec![3], vec![], vec![]], "what is as near stays");
        // A copy of a member is no place to go.
        let chain: Vec<Edge> = [(0, 1, 7), (0, 2, 7), (1, 2, 1)].iter().map(|&(a, b, evidence)| Edge { a, b, evidence }).collect();
        let of_three =
            |chosen| Stars::form(chosen, &Graph::new(3, &chain), &|_, _, at| at == 7, &[pass], &|evidence| evidence as f32).members;
        assert_eq!(of_three(vec![false; 3]), [vec![1, 2], vec![], vec![]]);
        // What was chosen is nobody's member, and keeps its own.
        assert_eq!(of_three(vec![true, false, false]), [vec![1, 2], vec![], vec![]]);
        assert_eq!(of_three(vec![false, true, false]), [vec![], vec![0, 2], vec![]]);
    }

    #[test]
    fn burst_frames_keep_their_own_copies() {
        // Frames 0 and 1, copies 2 of frame 0 and 3 of frame 1; all frames and copies near each other in time.
        let edges = [(0, 1, 2), (0, 2, 0), (1, 3, 0), (0, 3, 2), (1, 2, 2), (2, 3, 2)];
        assert_eq!(form(4, &edges), [(0, vec![2]), (1, vec![3])]);
        // A third frame without copies joins the better one.
        assert_eq!(form(5, &[&edges[..], &[(0, 4, 2), (1, 4, 2)]].concat()), [(0, vec![2, 4]), (1, vec![3])]);
    }

    #[test]
    fn a_pair_joins_the_star_of_its_copies_though_it_ranks_better() {
        // 0 is the RAW, 1 its JPEG, 2 a copy of the JPEG.
        assert_eq!(form(3, &[(0, 1, 1), (1, 2, 0)]), [(1, vec![2, 0])]);
        assert_eq!(form(2, &[(0, 1, 1)]), [(0, vec![1])]);
        // A single asset that ranks best takes no other single from the star of its copies either.
        assert_eq!(form(4, &[(0, 1, 1), (0, 3, 1), (1, 3, 1), (1, 2, 0)]), [(1, vec![2, 0, 3])]);
        // Both have copies: two groups.
        assert_eq!(form(4, &[(0, 1, 1), (0, 2, 0), (1, 3, 0)]), [(0, vec![2]), (1, vec![3])]);
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert_eq!(form(0, &[]), []);
        assert_eq!(form(3, &[]), []);
    }
}
