//! From evidence to groups: order, stars, verdicts, what was set aside.
//!
//! Which evidence may join, in the order in which it is heard (each asset is taken once):
//! 1. copies (`identical`, `same-pixels`, `thumbnail`, `re-encoded`) where the keeper could justify a removal: within one source, or
//!    from A to B with `across`. So what lies in another source never hides the duplicates within one.
//! 2. `rotated` there: a turned asset joins the star of its copies, though it may rank before their keeper, and never splits it.
//! 3. `raw+jpeg` and `heic+jpeg` there: likewise.
//! 4. the same three across sources, for information.
//! 5. with the opt-in: `edited`, `cropped`.
//! 6. `same-shot`.
//! 7. `burst`: only frames that are neither keeper nor member of anything else, so that each frame keeps its own copies.
//! 8. with the opt-in: `look-alike`.
//!
//! Before all of these, what a person chose as keeper takes what 1 to 3 and 5 let it take.
//!
//! All but `look-alike` need `strict`. Where both halves of a pair or two frames have copies of their own, the groups stay apart
//! and name each other as set aside.

use crate::compression::{is_fine_copy, is_lenient};
use crate::islands::Islands;
use crate::keeper::{Preference, Ranked, damaged};
use crate::stars::{Edge, Graph, Pass, Stars};
use crate::verdicts::{GoogleTwins, Judge, returned};
use crate::{AssetFacts, Options};
use model::{AssetId, Evidence, Group, GroupId, Member, Proof, Reason, Relation, SetAside, Verdict};
use std::cmp::Reverse;

/// Most entries of what was set aside in one group; those of better assets come first.
pub const SET_ASIDE_MAX: usize = 32;

/// Forms the groups of all assets with their verdicts.
///
/// Depends on assets and evidence as sets only. Groups come with the most bytes offered first, then by the keeper's path and id; a group's
/// number is its keeper's, so that it stays the same while others come and go. Evidence about unknown assets is left out. Of several edges of one pair the strict and strongest counts.
#[must_use]
pub fn groups(assets: &[AssetFacts], evidence: &[Evidence], options: &Options) -> Vec<Group> {
    let preference = Preference::new(options);
    let judge = Judge { options, preference: &preference, twins: GoogleTwins::among(assets) };
    let mut groups: Vec<(u64, &AssetFacts, Group)> = Vec::new();
    for (assets, evidence) in Islands::among(assets, evidence).iter() {
        of_island(assets, evidence, &judge, &mut groups);
    }
    groups.sort_by(|a, b| (Reverse(a.0), &a.1.path, a.1.asset).cmp(&(Reverse(b.0), &b.1.path, b.1.asset)));
    groups.into_iter().map(|(.., group)| group).collect()
}

/// Adds the groups of one island, each with the bytes it offers and its keeper.
fn of_island<'a>(assets: &[&'a AssetFacts], evidence: &[&Evidence], judge: &Judge<'_>, groups: &mut Vec<(u64, &'a AssetFacts, Group)>) {
    let edges = distinct(evidence);
    let mut ranked: Vec<Ranked<'a>> = assets.iter().map(|facts| judge.preference.ranked(facts)).collect();
    ranked.sort_by(|a, b| judge.preference.compare(a, b));
    let mut places: Vec<(AssetId, u32)> = ranked.iter().zip(0..).map(|(asset, place)| (asset.facts.asset, place)).collect();
    places.sort_unstable();
    let place_of = |asset: AssetId| {
        let at = places.binary_search_by_key(&asset, |&(asset, _)| asset).expect("an island holds both ends of its evidence");
        places[at].1
    };
    let drawn: Vec<Edge> =
        edges.iter().zip(0..).map(|(edge, at)| Edge { a: place_of(edge.a), b: place_of(edge.b), evidence: at }).collect();
    let graph = Graph::new(ranked.len(), &drawn);
    let stars = form(&ranked, &edges, &graph, judge.options);
    let scene = Scene { ranked: &ranked, edges: &edges, graph: &graph, stars: &stars, judge };
    for place in (0..ranked.len()).filter(|&place| !stars.members[place].is_empty()) {
        let (bytes, group) = scene.group(place);
        groups.push((bytes, ranked[place].facts, group));
    }
}

/// Returns one edge a pair, in a fixed order.
fn distinct<'a>(evidence: &[&'a Evidence]) -> Vec<&'a Evidence> {
    let pair = |edge: &Evidence| (edge.a.min(edge.b), edge.a.max(edge.b));
    let mut edges = evidence.to_vec();
    edges.sort_by(|x, y| (pair(x), !x.strict, x.relation, &x.notes).cmp(&(pair(y), !y.strict, y.relation, &y.notes)));
    edges.dedup_by_key(|edge| pair(edge));
    edges
}

fn is_copy(relation: Relation) -> bool {
    matches!(relation, Relation::Identical | Relation::SamePixels | Relation::Thumbnail | Relation::ReEncoded)
}

fn is_turned(relation: Relation) -> bool {
    relation == Relation::Rotated
}

fn is_pair(relation: Relation) -> bool {
    matches!(relation, Relation::RawJpeg | Relation::HeicJpeg)
}

/// Returns when a relation is heard: copies before turned ones, pairs, and all others as they are declared.
fn rank_of(relation: Relation) -> u8 {
    match relation {
        relation if is_copy(relation) => 0,
        relation if is_turned(relation) => 1,
        relation if is_pair(relation) => 2,
        relation => 3 + relation as u8,
    }
}

fn form(ranked: &[Ranked<'_>], edges: &[&Evidence], graph: &Graph, options: &Options) -> Stars {
    let source = |place: u32| ranked[place as usize].facts.source;
    let near = |keeper: u32, member: u32| options.may_justify(source(keeper), source(member));
    let edge = |at: u32| edges[at as usize];
    let strict = |at: u32, wanted: fn(Relation) -> bool| edge(at).strict && wanted(edge(at).relation);
    let chosen = |at: u32, wanted: fn(Relation) -> bool| options.with.contains(&edge(at).relation) && wanted(edge(at).relation);
    // In the first pass the keeper must be the preferred one: with `across` the walk alone would not see to that.
    // What passes for a copy only for how coarsely it was compressed passes for one of an edit as well: it goes to a keeper that has finer copies
    // before it goes to one that has none, and takes none itself before.
    let coarse =
        |place: u32| graph.of(place as usize).iter().any(|&(other, at)| other < place && strict(at, is_copy) && is_lenient(edge(at)));
    let first: Pass<'_> = &|keeper, member, at| {
        let is_edit = |relation| matches!(relation, Relation::Edited | Relation::Cropped);
        near(keeper, member) && (strict(at, |r| is_copy(r) || is_turned(r) || is_pair(r)) || edge(at).strict && chosen(at, is_edit))
    };
    let passes: [Pass<'_>; 11] = [
        &|keeper, member, at| keeper < member && near(keeper, member) && strict(at, is_copy) && !is_lenient(edge(at)) && !coarse(keeper),
        &|keeper, member, at| keeper < member && near(keeper, member) && strict(at, is_copy),
        &|keeper, member, at| near(keeper, member) && strict(at, is_turned),
        &|keeper, member, at| near(keeper, member) && strict(at, is_pair),
        &|_, _, at| strict(at, is_copy),
        &|_, _, at| strict(at, is_turned),
        &|_, _, at| strict(at, is_pair),
        &|_, _, at| edge(at).strict && chosen(at, |relation| matches!(relation, Relation::Edited | Relation::Cropped)),
        &|_, _, at| strict(at, |relation| relation == Relation::SameShot),
        &|_, _, at| strict(at, |relation| relation == Relation::Burst),
        &|_, _, at| chosen(at, |relation| relation == Relation::LookAlike),
    ];
    // Equal bytes and equal coded pictures are nearest; else what differs most is asked, since that is what a changed place shows. Measured
    // 2026-11 on 11 wallpaper photos: of 20 small or coarse copies that pass for copies both of their photo and of one with a place pasted,
    // moved or blurred, 18 lie nearer to the photo.
    let nearness = |at: u32| match &edge(at).proof {
        Proof::Perceptual(look) => look.worst_tile,
        Proof::Content | Proof::Payload | Proof::Capture => 0.0,
    };
    Stars::form(ranked.iter().map(|asset| asset.facts.is_chosen).collect(), graph, first, &passes, &nearness)
}

/// All that is known when stars become groups.
struct Scene<'a> {
    ranked: &'a [Ranked<'a>],
    edges: &'a [&'a Evidence],
    graph: &'a Graph,
    stars: &'a Stars,
    judge: &'a Judge<'a>,
}

impl Scene<'_> {
    /// Returns the group around `place` (its number still to come) and the bytes offered.
    fn group(&self, place: usize) -> (u64, Group) {
        let keeper = &self.ranked[place];
        let mut members = vec![Member {
            asset: keeper.facts.asset,
            relation: None,
            verdict: Verdict::Keep,
            offered: Verdict::Keep,
            reasons: self.keeper_reasons(place),
            is_bound: false,
            evidence: None,
        }];
        let mut bytes = 0u64;
        let evidence_of = |at: u32| self.edges[self.stars.keeper_of[at as usize].expect("a member has its keeper").1 as usize];
        let among_copies = self.stars.members[place].iter().any(|&at| is_fine_copy(evidence_of(at)));
        // In the order in which evidence is heard, and then by the rules: deciding on a member moves none.
        let mut order = self.stars.members[place].clone();
        let heard = |at: u32| {
            let is_away = !self.judge.options.may_justify(keeper.facts.source, self.ranked[at as usize].facts.source);
            (is_away, rank_of(evidence_of(at).relation))
        };
        order.sort_by(|&a, &b| {
            let by_rules = || self.judge.preference.compare_undecided(&self.ranked[a as usize], &self.ranked[b as usize]);
            heard(a).cmp(&heard(b)).then_with(by_rules)
        });
        for at in order {
            let member = &self.ranked[at as usize];
            let evidence = evidence_of(at);
            let judged = self.judge.member(keeper, member, evidence, among_copies);
            if judged.verdict == Verdict::Remove {
                bytes = bytes.saturating_add(member.facts.size_bytes);
            }
            members.push(Member {
                asset: member.facts.asset,
                relation: Some(evidence.relation),
                verdict: judged.verdict,
                offered: judged.offered,
                reasons: judged.reasons,
                is_bound: judged.is_bound,
                evidence: Some(evidence.clone()),
            });
        }
        (bytes, Group { id: GroupId(keeper.facts.asset.0), members, set_aside: self.set_aside(place) })
    }

    /// Returns each rule that told the keeper from a member, once, as it spoke against the most preferred of them.
    fn keeper_reasons(&self, place: usize) -> Vec<Reason> {
        let keeper = &self.ranked[place];
        let mut reasons: Vec<Reason> = Vec::new();
        if keeper.facts.recorded == Some(Verdict::Remove) {
            reasons.push(Reason::new("person", "you decided to remove it, but no other of this group can stay in its place"));
        }
        if let Some(words) = damaged(keeper.facts) {
            reasons.push(Reason::new("damaged", format!("it is {words}")));
        }
        reasons.extend(returned(keeper.facts));
        for &at in &self.stars.members[place] {
            let reason = self.judge.preference.reason(keeper, &self.ranked[at as usize]);
            if reasons.iter().all(|known| known.rule != reason.rule) {
                reasons.push(reason);
            }
        }
        reasons
    }

    fn set_aside(&self, place: usize) -> Vec<SetAside> {
        let here = std::iter::once(place as u32).chain(self.stars.members[place].iter().copied());
        here.flat_map(|at| self.graph.of(at as usize).iter().map(move |&(neighbour, evidence)| (at, neighbour, evidence)))
            .filter(|&(_, neighbour, _)| {
                let centre = self.stars.keeper_of[neighbour as usize].map_or(neighbour, |(keeper, _)| keeper);
                centre as usize != place
            })
            .take(SET_ASIDE_MAX)
            .map(|(at, neighbour, evidence)| SetAside {
                member: self.ranked[at as usize].facts.asset,
                other: self.ranked[neighbour as usize].facts.asset,
                why: self.why(place, at, neighbour, evidence),
            })
            .collect()
    }

    fn why(&self, place: usize, at: u32, neighbour: u32, evidence: u32) -> String {
        let edge = self.edges[evidence as usize];
        let facts = |at: u32| self.ranked[at as usize].facts;
        let mut words = edge.relation.name().to_owned();
        if facts(neighbour).source != self.ranked[place].facts.source {
            words += &format!(", in {}", facts(neighbour).source_name);
        }
        words += ": ";
        words += &match self.stars.keeper_of[neighbour as usize] {
            _ if edge.relation.is_opt_in() && edge.strict && !self.judge.options.with.contains(&edge.relation) => {
                "shown as a group only on request".to_owned()
            }
            _ if !edge.strict => match edge.notes.first() {
                Some(note) => format!("the strict test was not passed ({note})"),
                None => "the strict test was not passed".to_owned(),
            },
            Some((keeper, _)) => format!("stands with `{}`", facts(keeper).path),
            None if !self.stars.members[neighbour as usize].is_empty() => "keeps a group of its own".to_owned(),
            None if at as usize != place => "near this member, but not near the keeper".to_owned(),
            None => "not taken".to_owned(),
        };
        words
    }
}

#[cfg(test)]
mod tests;
