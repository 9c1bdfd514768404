//! Which pairs of perceptual hashes are near enough to look at again: multi-index hashing over 16 slots of 16 bits. Each hash is filed by
//! its upright slots; each asks with all eight turns, its slots flipped in up to two bits. Weak pictures are gated out before.
//!
//! Cost: 6.5 s for 100,000 pictures on two cores (release, 2026-11, evenly spread hashes), 0.5 s for 100 fresh ones among them; comparing
//! all pairs in all turns would take minutes and grows with the square.
//!
//! **Invariant:** no pair within 47 bits upright or 31 turned is missed, but where a query meets more than [`BUCKET_MAX`] entries in a
//! bucket: then none within 32 upright is, nor within 21 turned (see [`SLOTS_PASSED_OVER_MAX`]). Pairs between those and the reach are
//! found by chance of agreeing slots, nearly always. Assets with the very same hashes are filed as one class.
//!
//! Source: Norouzi, Punjani, Fleet, "Fast search in Hamming space with multi-index hashing" (CVPR 2012).

use crate::Subject;
use crate::content::within;
use crate::thresholds::*;
use model::{Bits, PerceptualHash, Turn};
use rustc_hash::FxHashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const SLOTS: usize = 16;
const VALUES: usize = 1 << 16;
/// Classes up to which all pairs are compared: filing them would cost more.
const PLAIN_MAX: usize = 512;
/// What a worker has met above which it keeps only the nearest of each asker: 48 MB, reached only in a crowd of near hashes.
const MET_MAX: usize = 1 << 22;
/// Classes a worker takes at a time.
const BATCH: usize = 256;

/// How near two subjects' pictures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Near {
    /// Distance upright.
    pub(crate) upright: Bits,
    /// The nearest other turn, to be applied to the second.
    pub(crate) turned: (Bits, Turn),
}

/// Returns how near `a` and `b` are; the same both ways but for the turn, which is undone.
pub(crate) fn nearness(a: &PerceptualHash, b: &PerceptualHash) -> Near {
    let distance = |turn: Turn| b.turned(turn).distance(a);
    let turned = Turn::ALL.into_iter().skip(1).map(|turn| (distance(turn), turn)).min().unwrap_or((Bits(256), Turn::Half));
    Near { upright: distance(Turn::Upright), turned }
}

/// Tells whether a subject's hash may be trusted.
pub(crate) fn is_eligible(subject: &Subject) -> bool {
    subject.is_still() && subject.hash.is_some() && subject.quality >= QUALITY_MIN
}

/// Assets with the very same hashes, by place, sorted.
struct Class {
    hashes: [PerceptualHash; 8],
    members: Vec<u32>,
    fresh: bool,
}

/// Returns pairs (by place in `subjects`) within reach of each other of which at least one is fresh; unsorted, each perhaps more than
/// once. `step` is told how many of how many queries are done and may stop the search.
pub(crate) fn near_pairs(
    subjects: &[&Subject],
    fresh: &(dyn Fn(u32) -> bool + Sync),
    step: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Vec<(u32, u32)> {
    let classes = classes_of(subjects, fresh);
    let mut out = Vec::new();
    classes.iter().filter(|class| class.fresh).for_each(|class| within(&class.members, &mut out));
    let mut pairs = search(&classes, classes.len() <= PLAIN_MAX, step);
    pairs.sort_unstable();
    pairs.dedup();
    for (one, other) in pairs {
        for &first in classes[one as usize].members.iter().take(CLASS_MAX) {
            out.extend(classes[other as usize].members.iter().take(CLASS_MAX).map(|&second| (first.min(second), first.max(second))));
        }
    }
    out.retain(|&(first, second)| fresh(first) || fresh(second));
    out
}

fn classes_of(subjects: &[&Subject], fresh: &dyn Fn(u32) -> bool) -> Vec<Class> {
    let mut by_hash: FxHashMap<PerceptualHash, Vec<u32>> = FxHashMap::default();
    for (place, subject) in (0u32..).zip(subjects).filter(|(_, s)| is_eligible(s)) {
        if let Some(hash) = subject.hash {
            by_hash.entry(hash).or_default().push(place);
        }
    }
    let class = |(hash, members): (PerceptualHash, Vec<u32>)| Class {
        hashes: Turn::ALL.map(|turn| hash.turned(turn)),
        fresh: members.iter().any(|&m| fresh(m)),
        members,
    };
    let mut classes: Vec<Class> = by_hash.into_iter().map(class).collect();
    classes.sort_unstable_by_key(|class| class.members[0]);
    classes
}

/// Returns pairs of classes (by place), the lower first. Fresh classes ask all with every turn; the others ask the fresh ones with every
/// turn but upright, which is the same both ways: turned hashes are not, since each turn has its own median.
fn search(classes: &[Class], plain: bool, step: &(dyn Fn(usize, usize) -> bool + Sync)) -> Vec<(u32, u32)> {
    let all: Vec<u32> = (0..classes.len() as u32).collect();
    let fresh: Vec<u32> = all.iter().copied().filter(|&n| classes[n as usize].fresh).collect();
    let index = Index::of(classes, all, plain);
    let fresh_index = if fresh.len() == classes.len() || fresh.is_empty() { None } else { Some(Index::of(classes, fresh, plain)) };
    let (next, done, stopped, found) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(Vec::new()));
    let work = || {
        let mut pairs = Vec::new();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= classes.len() || stopped.load(Ordering::Relaxed) {
                break;
            }
            let end = (start + BATCH).min(classes.len());
            let mut near = Vec::new();
            index.ask(&queries(classes, start..end, true), &mut near);
            if let Some(fresh) = &fresh_index {
                fresh.ask(&queries(classes, start..end, false), &mut near);
            }
            keep_nearest(&mut near);
            pairs.extend(near.iter().map(|&(asker, _, other)| (asker.min(other), asker.max(other))));
            let count = done.fetch_add(end - start, Ordering::Relaxed) + end - start;
            if !step(count, classes.len()) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
        if let Ok(mut found) = found.lock() {
            found.append(&mut pairs);
        }
    };
    std::thread::scope(|scope| (0..workers()).for_each(|_| drop(scope.spawn(work))));
    found.into_inner().unwrap_or_default()
}

/// Returns how many threads the machine can run at once, 1 to 16.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get().min(16))
}

/// Returns all 16-bit patterns of at most `flips` bits, fewest bits first.
fn masks(flips: u32) -> Vec<u16> {
    let mut masks: Vec<u16> = (0..=u16::MAX).filter(|mask| mask.count_ones() <= flips).collect();
    masks.sort_by_key(|mask| mask.count_ones());
    masks
}

fn slot(hash: &PerceptualHash, slot: usize) -> u16 {
    (hash.0[slot / 4] >> (16 * (slot % 4))) as u16
}

/// A hash on its way to those filed.
struct Query {
    /// The class that asks.
    place: u32,
    hash: PerceptualHash,
    /// Whether it is the upright hash: then those of lower place are passed over if they are fresh, for they ask themselves.
    upright: bool,
}

/// Returns what the `fresh` (or the other) classes of a range ask: the fresh ones all, the others all but upright.
fn queries(classes: &[Class], range: std::ops::Range<usize>, fresh: bool) -> Vec<Query> {
    let mut out = Vec::new();
    for (place, class) in range.clone().zip(&classes[range]).filter(|(_, class)| class.fresh == fresh) {
        let turns = class.hashes.iter().enumerate().skip(usize::from(!fresh));
        out.extend(turns.map(|(turn, &hash)| Query { place: place as u32, hash, upright: turn == 0 }));
    }
    out
}

/// Something met within reach: who asked, how far, who was met.
type Met = (u32, Bits, u32);

/// Keeps the [`NEIGHBOURS_MAX`] nearest of each asker, each once. The nearest of what was kept and what comes are the nearest of all.
fn keep_nearest(met: &mut Vec<Met>) {
    met.sort_unstable_by_key(|&(asker, distance, other)| (asker, other, distance));
    met.dedup_by_key(|&mut (asker, _, other)| (asker, other));
    met.sort_unstable();
    let (mut asker, mut kept) = (u32::MAX, 0);
    met.retain(|&(next, _, _)| {
        kept = if next == asker { kept + 1 } else { 1 };
        asker = next;
        kept <= NEIGHBOURS_MAX
    });
}

/// Upright hashes filed by the value of each slot: `entries[starts[slot × VALUES + value]..]` up to the next start.
struct Index {
    /// The upright hash of every class, filed or not: a scan of buckets reads nothing else.
    hashes: Vec<PerceptualHash>,
    members: Vec<u32>,
    starts: Vec<u32>,
    entries: Vec<u32>,
    /// Slots that have an overfull bucket.
    crowded: [bool; SLOTS],
    fresh: Vec<bool>,
    upright_masks: Vec<u16>,
    turned_masks: Vec<u16>,
}

impl Index {
    fn of(classes: &[Class], members: Vec<u32>, plain: bool) -> Self {
        let hashes = classes.iter().map(|class| class.hashes[0]).collect();
        let fresh = classes.iter().map(|class| class.fresh).collect();
        let (upright_masks, turned_masks) = (masks(UPRIGHT_FLIPS), masks(TURNED_FLIPS));
        let mut index =
            Self { hashes, members, starts: Vec::new(), entries: Vec::new(), crowded: [false; SLOTS], fresh, upright_masks, turned_masks };
        if plain {
            return index;
        }
        let place = |n: usize, member: u32| n * VALUES + usize::from(slot(&classes[member as usize].hashes[0], n));
        index.starts = vec![0; SLOTS * VALUES + 1];
        for &member in &index.members {
            (0..SLOTS).for_each(|n| index.starts[place(n, member) + 1] += 1);
        }
        for (n, count) in index.starts.iter().skip(1).enumerate() {
            index.crowded[n / VALUES] |= *count as usize > BUCKET_MAX;
        }
        for n in 1..index.starts.len() {
            index.starts[n] += index.starts[n - 1];
        }
        let mut free = index.starts.clone();
        index.entries = vec![0; SLOTS * index.members.len()];
        for &member in &index.members {
            for n in 0..SLOTS {
                let at = &mut free[place(n, member)];
                index.entries[*at as usize] = member;
                *at += 1;
            }
        }
        index
    }

    fn bucket(&self, n: usize, value: u16) -> &[u32] {
        let at = n * VALUES + usize::from(value);
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Adds to `out` what the queries meet within reach, perhaps more than once. Slot by slot, so that one slot's buckets stay in the
    /// processor's cache for the whole batch.
    fn ask(&self, queries: &[Query], out: &mut Vec<Met>) {
        if self.starts.is_empty() {
            return queries.iter().for_each(|query| self.scan(query, &self.members, out));
        }
        let passing_over: Vec<bool> = queries.iter().map(|query| self.passes_over(query)).collect();
        for n in 0..SLOTS {
            for (query, &passing_over) in queries.iter().zip(&passing_over) {
                let value = slot(&query.hash, n);
                for mask in self.masks(query) {
                    let bucket = self.bucket(n, value ^ mask);
                    if bucket.len() <= BUCKET_MAX || !passing_over {
                        self.scan(query, bucket, out);
                    }
                }
                if out.len() > MET_MAX {
                    keep_nearest(out);
                }
            }
        }
    }

    fn masks(&self, query: &Query) -> &[u16] {
        if query.upright { &self.upright_masks } else { &self.turned_masks }
    }

    /// Tells whether few enough slots meet overfull buckets that these may be passed over.
    fn passes_over(&self, query: &Query) -> bool {
        let overfull = |n: usize| {
            self.crowded[n] && self.masks(query).iter().any(|mask| self.bucket(n, slot(&query.hash, n) ^ mask).len() > BUCKET_MAX)
        };
        (0..SLOTS).filter(|&n| overfull(n)).count() <= SLOTS_PASSED_OVER_MAX
    }

    fn scan(&self, query: &Query, entries: &[u32], out: &mut Vec<Met>) {
        let reach = if query.upright { CANDIDATE_MAX_BITS } else { TURNED_MAX_BITS };
        for &entry in entries {
            let other = &self.hashes[entry as usize];
            // Half of the bits rule most out.
            let half = (query.hash.0[0] ^ other.0[0]).count_ones() + (query.hash.0[1] ^ other.0[1]).count_ones();
            if half > reach {
                continue;
            }
            let distance = query.hash.distance(other);
            let wanted = entry != query.place && (!query.upright || entry > query.place || !self.fresh[entry as usize]);
            if distance.0 <= reach && wanted {
                out.push((query.place, distance, entry));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A cheap stream of numbers, so that a thousand hashes come from one seed.
    pub(crate) fn stream(mut seed: u64) -> impl FnMut() -> u64 {
        move || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }
    }

    fn flipped(hash: PerceptualHash, bits: u32, next: &mut impl FnMut() -> u64) -> PerceptualHash {
        let mut out = hash;
        while out.distance(&hash).0 < bits {
            let bit = next() % 256;
            out.0[(bit / 64) as usize] |= 0;
            out.0[(bit / 64) as usize] ^= 1 << (bit % 64);
        }
        out
    }

    fn classes(seed: u64, count: usize, reach: u32, fresh: impl Fn(usize) -> bool) -> Vec<Class> {
        let mut next = stream(seed);
        let mut out: Vec<Class> = Vec::new();
        for n in 0..count {
            let mut hashes = [PerceptualHash::default(); 8].map(|_| PerceptualHash([next(), next(), next(), next()]));
            if n % 3 == 1 {
                let (turn, bits) = ((next() % 8) as usize, (next() % u64::from(reach + 1)) as u32);
                hashes[turn] = flipped(out[n - 1].hashes[0], bits, &mut next);
            }
            out.push(Class { hashes, members: vec![n as u32], fresh: fresh(n) });
        }
        out
    }

    fn brute(classes: &[Class], upright: u32, turned: u32) -> Vec<(u32, u32)> {
        let mut out = Vec::new();
        for a in 0..classes.len() {
            for b in (a + 1..classes.len()).filter(|&b| classes[a].fresh || classes[b].fresh) {
                let near = nearness(&classes[a].hashes[0], &classes[b].hashes[0]);
                if near.upright.0 <= upright || near.turned.0.0 <= turned {
                    out.push((a as u32, b as u32));
                }
            }
        }
        out
    }

    fn sorted(mut pairs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    #[test]
    fn filing_finds_what_comparing_all_finds_within_the_guarantee() {
        for (seed, fresh) in [(1, 1), (2, 1), (3, 5), (4, 7)] {
            let classes = classes(seed, 900, 70, |n| n % fresh == 0);
            let found = sorted(search(&classes, false, &|_, _| true));
            let sure = brute(&classes, 47, 31);
            assert!(sure.len() > 20, "the seed plants pairs");
            for pair in &sure {
                assert!(found.contains(pair), "{pair:?} is missed, seed {seed}");
            }
            let most = brute(&classes, CANDIDATE_MAX_BITS, TURNED_MAX_BITS);
            assert!(found.iter().all(|pair| most.contains(pair)), "nothing beyond reach");
            assert_eq!(sorted(search(&classes, true, &|_, _| true)), most, "the plain way finds all");
        }
    }

    #[test]
    fn overfull_buckets_are_passed_over_without_losing_near_pairs() {
        let mut next = stream(9);
        let mut classes = classes(8, BUCKET_MAX + 200, 0, |_| true);
        for class in &mut classes {
            class.hashes[0].0[0] = 0; // four slots alike in all
        }
        let planted = flipped(classes[7].hashes[0], 32, &mut next);
        classes.push(Class { hashes: [planted; 8], members: vec![classes.len() as u32], fresh: true });
        let found = search(&classes, false, &|_, _| true);
        assert!(found.contains(&(7, classes.len() as u32 - 1)));
    }

    #[test]
    fn a_crowd_keeps_its_nearest() {
        let mut next = stream(5);
        let centre = PerceptualHash([next(), next(), next(), next()]);
        let class = |n: u32, hash| Class { hashes: [hash; 8], members: vec![n], fresh: true };
        let mut crowd = vec![class(0, centre)];
        for n in 1..600 {
            crowd.push(class(n, flipped(centre, 4 + n % 20, &mut next)));
        }
        let found = sorted(search(&crowd, false, &|_, _| true));
        assert!(found.len() <= crowd.len() * NEIGHBOURS_MAX);
        let nearest = (1..600u32).filter(|n| crowd[*n as usize].hashes[0].distance(&centre).0 == 4);
        nearest.for_each(|n| assert!(found.contains(&(0, n)), "{n}"));
    }

    #[test]
    fn a_stopped_search_ends() {
        let classes = classes(3, 2000, 10, |_| true);
        let found = search(&classes, false, &|_, _| false);
        assert!(found.len() < brute(&classes, 10, 10).len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn nearness_is_the_same_both_ways(seed in any::<u64>()) {
            let two = classes(seed, 2, 60, |_| true);
            let (a, b) = (nearness(&two[0].hashes[0], &two[1].hashes[0]), nearness(&two[1].hashes[0], &two[0].hashes[0]));
            prop_assert_eq!(a.upright, b.upright);
            prop_assert_eq!(a.turned.0, b.turned.0);
        }
    }
}
