//! Which pairs of perceptual hashes are near enough to look at again, in whichever of the eight turns: multi-index hashing over eight
//! slots of 28 bits with up to three flips each, all turns in one question (`slots.rs`, `filing.rs`). Weak pictures are gated out before.
//!
//! The work of a picture is nearly the same whatever their number: 14,352 words of a bitmap are looked at, which a tile of it keeps in
//! the processor's cache, and of a million pictures some 900 are met and compared (`cargo bench -p matching`).
//!
//! **Invariant:** no pair within 31 bits in any turn is missed, unless a crowd of near pictures exceeds [`MEETINGS_MAX`] or
//! [`NEIGHBOURS_MAX`]. Between that and the reach pairs are found where their flips fall together enough; copies nearly always (see
//! [`SLOT_FLIPS`]). Assets with the very same hash are one class here.
//!
//! Source: Norouzi, Punjani, Fleet, "Fast search in Hamming space with multi-index hashing" (CVPR 2012); the keys for all turns, the
//! balls and the tiles are ours.

use crate::content::within;
use crate::filing::{Filing, Guess, Probes};
use crate::propose::{IsFresh, Row};
use crate::slots::{Layout, Packed, SLOTS, Steps};
use crate::thresholds::*;
use model::{Bits, PerceptualHash, Turn};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Classes up to which all pairs are compared: filing them would cost more.
const PLAIN_MAX: usize = 256;
/// Guesses that wait to be compared, so that fetching one hash does not wait for another. Guesses.
const WAITING_MAX: usize = 1024;
/// What a worker has met above which it keeps only the nearest of each asker: 12 MB, reached only in a crowd of near hashes.
const MET_MAX: usize = 1 << 20;

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

/// Assets by their hash: those with the very same one are a class.
struct Classes {
    layout: Layout,
    /// The hash of each class.
    packed: Vec<Packed>,
    /// `members[starts[class]..starts[class + 1]]` are a class's places, sorted.
    starts: Vec<u32>,
    members: Vec<u32>,
    /// Whether one of the members is fresh.
    fresh: Vec<bool>,
}

impl Classes {
    fn of(rows: &[Row<'_>], is_fresh: &IsFresh<'_>, effort_for: &dyn Fn(usize) -> Effort) -> Self {
        let hashes = (0u32..).zip(rows).filter_map(|(n, row)| row.signature.hash().map(|hash| (hash.0[0], n)));
        // The first word tells nearly all apart; the rest is fetched only where it does not.
        let mut order: Vec<(u64, u32)> = hashes.collect();
        let rest = |n: u32| (rows[n as usize].signature.hash(), rows[n as usize].place);
        order.sort_unstable_by(|one, other| one.0.cmp(&other.0).then_with(|| rest(one.1).cmp(&rest(other.1))));
        let distinct = order.chunk_by(|one, other| rest(one.1).0 == rest(other.1).0).count();
        let layout = Layout::of(effort_for(distinct).key_pairs);
        let (packed, starts, fresh) = (Vec::with_capacity(distinct), Vec::with_capacity(distinct + 1), Vec::with_capacity(distinct));
        let mut classes = Self { layout, packed, starts, members: Vec::with_capacity(order.len()), fresh };
        let mut last = None;
        for (_, n) in order {
            let Row { place, signature } = rows[n as usize];
            let Some(hash) = signature.hash() else { continue };
            if last != Some(hash) {
                last = Some(hash);
                classes.packed.push(classes.layout.pack(hash));
                classes.starts.push(classes.members.len() as u32);
                classes.fresh.push(false);
            }
            classes.members.push(place);
            if let Some(fresh) = classes.fresh.last_mut() {
                *fresh |= is_fresh(place);
            }
        }
        classes.starts.push(classes.members.len() as u32);
        classes
    }

    fn len(&self) -> usize {
        self.packed.len()
    }

    fn members(&self, class: u32) -> &[u32] {
        &self.members[self.starts[class as usize] as usize..self.starts[class as usize + 1] as usize]
    }
}

/// Returns pairs (by place) within reach of each other of which at least one is fresh; unsorted, each perhaps more than once. `tick` is
/// told how much of how much is done and may stop the search.
pub(crate) fn near_pairs(rows: &[Row<'_>], is_fresh: &IsFresh<'_>, tick: &(dyn Fn(u64, u64) -> bool + Sync)) -> Vec<(u32, u32)> {
    let classes = Classes::of(rows, is_fresh, &effort_for);
    let pairs = if classes.len() <= PLAIN_MAX { compare_all(&classes) } else { search(&classes, &effort_for(classes.len()).flips, tick) };
    let mut out = Vec::new();
    for class in (0..classes.len() as u32).filter(|&class| classes.fresh[class as usize]) {
        within(classes.members(class), is_fresh, &mut out);
    }
    for (one, other) in pairs {
        across(classes.members(one), classes.members(other), is_fresh, &mut out);
    }
    out
}

/// Returns how so many hashes are filed and asked for.
fn effort_for(hashes: usize) -> Effort {
    let [.., last] = EFFORTS;
    EFFORTS.into_iter().find(|effort| hashes <= effort.pictures_max).unwrap_or(last)
}

/// Adds the pairs of two classes: each member with the first [`CLASS_PAIRED_MAX`] of the other class.
fn across(one: &[u32], other: &[u32], is_fresh: &IsFresh<'_>, out: &mut Vec<(u32, u32)>) {
    for (n, &first) in one.iter().enumerate() {
        let partners = if n < CLASS_PAIRED_MAX { other } else { &other[..other.len().min(CLASS_PAIRED_MAX)] };
        let wanted = partners.iter().filter(|&&second| is_fresh(first) || is_fresh(second));
        out.extend(wanted.map(|&second| (first.min(second), first.max(second))));
    }
}

/// Something met within reach: who asked, how far, who was met.
type Met = (u32, u32, u32);

/// Returns how far two may lie apart of which one is turned by `steps`.
fn reach(steps: Steps) -> u32 {
    if steps.are_none() { CANDIDATE_MAX_BITS } else { TURNED_MAX_BITS }
}

/// Returns all pairs of classes within reach, the lower first.
fn compare_all(classes: &Classes) -> Vec<(u32, u32)> {
    let all =
        [false, true].map(|transposed| [false, true].map(|mirrored| [false, true].map(|flipped| Steps { transposed, mirrored, flipped })));
    let mut met = Vec::new();
    for one in 0..classes.len() {
        let turned = all.as_flattened().as_flattened().iter().map(|&steps| (steps, classes.layout.turned(&classes.packed[one], steps)));
        let turned: Vec<(Steps, Packed)> = turned.collect();
        for other in (one + 1..classes.len()).filter(|&other| classes.fresh[one] || classes.fresh[other]) {
            let near = turned.iter().map(|(steps, packed)| (packed.distance(&classes.packed[other]), reach(*steps)));
            let nearest = near.filter(|(distance, reach)| distance <= reach).min();
            met.extend(nearest.map(|(distance, _)| (one as u32, distance, other as u32)));
        }
    }
    in_pairs(met)
}

/// Returns pairs of classes, the lower first, sorted. Fresh classes ask, slot by slot and tile by tile.
fn search(classes: &Classes, flips: &[u32; SLOTS], tick: &(dyn Fn(u64, u64) -> bool + Sync)) -> Vec<(u32, u32)> {
    let mut filing = Filing::with_room(&classes.layout, classes.len());
    let tiles = filing.tiles();
    let stopped = AtomicBool::new(false);
    let found = Mutex::new(Vec::new());
    for (slot, &flips) in flips.iter().enumerate() {
        filing.file(slot, &classes.packed);
        let probes = Probes::of(&classes.layout, slot, flips);
        let (filing, next) = (&filing, AtomicUsize::new(0));
        let work = || {
            let mut desk = Desk {
                classes,
                waiting: Vec::with_capacity(WAITING_MAX),
                fetched: Vec::with_capacity(WAITING_MAX),
                met: Vec::new(),
                met_max: MET_MAX,
            };
            loop {
                let tile = next.fetch_add(1, Ordering::Relaxed);
                if tile >= tiles || stopped.load(Ordering::Relaxed) {
                    break;
                }
                filing.ask(&probes, tile, |class| classes.fresh[class as usize], |guess| desk.take(guess));
                desk.compare();
                if !tick((slot * tiles + tile) as u64, (SLOTS * tiles) as u64) {
                    stopped.store(true, Ordering::Relaxed);
                }
            }
            if let Ok(mut found) = found.lock() {
                found.append(&mut desk.met);
            }
        };
        std::thread::scope(|scope| (0..workers()).for_each(|_| drop(scope.spawn(work))));
        if let Ok(mut found) = found.lock() {
            keep_nearest(&mut found);
        }
    }
    in_pairs(found.into_inner().unwrap_or_default())
}

/// A worker's guesses on the way to being compared.
struct Desk<'c> {
    classes: &'c Classes,
    waiting: Vec<Guess>,
    fetched: Vec<(Packed, Packed)>,
    met: Vec<Met>,
    met_max: usize,
}

impl Desk<'_> {
    /// Takes a guess, unless it is of the asker itself, turned, or the other asks for the pair too and is to tell it.
    fn take(&mut self, guess: Guess) {
        if guess.other > guess.asker || guess.other < guess.asker && !self.classes.fresh[guess.other as usize] {
            self.waiting.push(guess);
            if self.waiting.len() >= WAITING_MAX {
                self.compare();
            }
        }
    }

    fn compare(&mut self) {
        let Classes { layout, packed, .. } = self.classes;
        // All are fetched before the first is compared: so the processor waits for many at once.
        let fetched = self.waiting.iter().map(|guess| (packed[guess.asker as usize], packed[guess.other as usize]));
        self.fetched.extend(fetched);
        for (guess, (one, other)) in self.waiting.drain(..).zip(self.fetched.drain(..)) {
            let distance = one.distance(&layout.turned(&other, guess.steps));
            if distance <= reach(guess.steps) {
                self.met.push((guess.asker, distance, guess.other));
            }
        }
        if self.met.len() > self.met_max {
            keep_nearest(&mut self.met);
            self.met_max = MET_MAX.max(2 * self.met.len());
        }
    }
}

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

/// Returns the pairs of what was met, the lower first, once each.
fn in_pairs(mut met: Vec<Met>) -> Vec<(u32, u32)> {
    keep_nearest(&mut met);
    let mut pairs: Vec<(u32, u32)> = met.into_iter().map(|(asker, _, other)| (asker.min(other), asker.max(other))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Returns how many threads the machine can run at once, 1 to 16.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get().min(16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Signature;
    use crate::find::fixture::subject;
    use crate::propose::in_rows;
    use proptest::prelude::*;

    /// A cheap stream of numbers, so that a thousand hashes come from one seed.
    fn stream(mut seed: u64) -> impl FnMut() -> u64 {
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
            out.0[(bit / 64) as usize] ^= 1 << (bit % 64);
        }
        out
    }

    /// Draws hashes of which every third lies 1 to `reach` bits from an earlier one, in any turn; no two are alike.
    fn draw(seed: u64, count: usize, reach: u32) -> Vec<PerceptualHash> {
        let mut next = stream(seed);
        let mut out: Vec<PerceptualHash> = Vec::new();
        for n in 0..count {
            let hash = if n % 3 == 1 {
                let (other, turn, bits) = (out[next() as usize % n], Turn::ALL[(next() % 8) as usize], 1 + next() % u64::from(reach));
                flipped(other.turned(turn), bits as u32, &mut next)
            } else {
                PerceptualHash([next(), next(), next(), next()])
            };
            out.push(hash);
        }
        out
    }

    fn signatures(hashes: &[PerceptualHash]) -> Vec<Signature> {
        let mut out = Vec::new();
        for (n, &hash) in hashes.iter().enumerate() {
            let mut some = subject(n as i64);
            some.hash = Some(hash);
            out.extend(Signature::of(&some));
        }
        out
    }

    fn sorted(mut pairs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    fn found(hashes: &[PerceptualHash], is_fresh: &IsFresh<'_>) -> Vec<(u32, u32)> {
        sorted(near_pairs(&in_rows(&signatures(hashes)), is_fresh, &|_, _| true))
    }

    /// Returns what one effort finds; all hashes differ, so classes come in the order of hashes and have one place each.
    fn found_by(effort: &Effort, hashes: &[PerceptualHash]) -> Vec<(u32, u32)> {
        let rows = signatures(hashes);
        let classes = Classes::of(&in_rows(&rows), &|_| true, &|_| *effort);
        let places = |(one, other)| (classes.members(one)[0], classes.members(other)[0]);
        let pairs = search(&classes, &effort.flips, &|_, _| true).into_iter().map(places);
        sorted(pairs.map(|(one, other)| (one.min(other), one.max(other))).collect())
    }

    fn sure_bits(effort: &Effort) -> u32 {
        effort.flips.iter().map(|flips| flips + 1).sum::<u32>() - 1
    }

    fn brute(hashes: &[PerceptualHash], upright: u32, turned: u32) -> Vec<(u32, u32)> {
        let mut out = Vec::new();
        for a in 0..hashes.len() {
            for b in a + 1..hashes.len() {
                let near = nearness(&hashes[a], &hashes[b]);
                if near.upright.0 <= upright || near.turned.0.0 <= turned {
                    out.push((a as u32, b as u32));
                }
            }
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn filing_finds_what_comparing_all_finds_within_the_guarantee(seed in any::<u64>(), reach in 20u32..70, effort in 0..EFFORTS.len()) {
            let (hashes, effort) = (draw(seed, 400, reach), &EFFORTS[effort]);
            let all = found_by(effort, &hashes);
            let sure = brute(&hashes, sure_bits(effort), sure_bits(effort));
            prop_assert!(sure.len() > 20, "the seed plants pairs");
            for pair in &sure {
                prop_assert!(all.contains(pair), "{:?} is missed", pair);
            }
            let most = brute(&hashes, CANDIDATE_MAX_BITS, TURNED_MAX_BITS);
            prop_assert!(all.iter().all(|pair| most.contains(pair)), "nothing beyond reach");
        }

        #[test]
        fn few_are_compared_one_by_one(seed in any::<u64>()) {
            let hashes = draw(seed, 100, 70);
            prop_assert_eq!(found(&hashes, &|_| true), brute(&hashes, CANDIDATE_MAX_BITS, TURNED_MAX_BITS));
        }

        #[test]
        fn fresh_pairs_are_those_of_all_that_touch_a_fresh_one(seed in any::<u64>(), every in 1u32..40) {
            let hashes = draw(seed, 2 * PLAIN_MAX, 60);
            let all = found(&hashes, &|_| true);
            let expected: Vec<(u32, u32)> = all.into_iter().filter(|(a, b)| a % every == 0 || b % every == 0).collect();
            prop_assert_eq!(found(&hashes, &|place| place % every == 0), expected);
        }

        #[test]
        fn order_does_not_matter(seed in any::<u64>()) {
            let mut rows = signatures(&draw(seed, 2 * PLAIN_MAX, 60));
            let one = crate::propose(&rows, None, &|_, _| true);
            let mut next = stream(seed ^ 1);
            for n in (1..rows.len()).rev() {
                rows.swap(n, next() as usize % (n + 1));
            }
            prop_assert_eq!(crate::propose(&rows, None, &|_, _| true), one);
        }

        #[test]
        fn nearness_is_the_same_both_ways(seed in any::<u64>()) {
            let two = draw(seed, 2, 60);
            let (a, b) = (nearness(&two[0], &two[1]), nearness(&two[1], &two[0]));
            prop_assert_eq!(a.upright, b.upright);
            prop_assert_eq!(a.turned.0, b.turned.0);
        }
    }

    #[test]
    fn every_turn_is_found_at_the_edge_of_the_guarantee() {
        for effort in &EFFORTS {
            let mut next = stream(11);
            let mut hashes: Vec<PerceptualHash> = (0..600).map(|_| PerceptualHash([next(), next(), next(), next()])).collect();
            for n in 0..400 {
                hashes.push(flipped(hashes[n].turned(Turn::ALL[n % 8]), sure_bits(effort), &mut next));
            }
            let all = found_by(effort, &hashes);
            (0..400).for_each(|n| assert!(all.contains(&(n, 600 + n)), "{n}, {effort:?}"));
        }
    }

    #[test]
    fn efforts_grow_with_the_number_of_hashes() {
        assert!(EFFORTS.is_sorted_by_key(|effort| (effort.pictures_max, effort.key_pairs)));
        assert_eq!(EFFORTS.map(|effort| sure_bits(&effort)), [39, 32, 31, 31], "as their comment says");
        assert_eq!(effort_for(EFFORTS[0].pictures_max).key_pairs, EFFORTS[0].key_pairs);
        assert_eq!(effort_for(EFFORTS[0].pictures_max + 1).key_pairs, EFFORTS[1].key_pairs);
    }

    #[test]
    fn alike_hashes_are_one_class_and_each_meets_the_other_class() {
        let mut next = stream(4);
        let (one, count) = (PerceptualHash([next(), next(), next(), next()]), CLASS_PAIRED_MAX as u32 + 40);
        let near = flipped(one, 5, &mut next);
        let hashes: Vec<PerceptualHash> = (0..2 * count).map(|n| if n < count { one } else { near }).collect();
        let all = found(&hashes, &|_| true);
        let within = count as usize * (count as usize - 1);
        assert_eq!(all.len(), within + (count * count - 40 * 40) as usize, "only those beyond the bound on both sides do not meet");
        assert!(all.contains(&(0, 2 * count - 1)) && all.contains(&(count - 1, count)) && !all.contains(&(count - 1, 2 * count - 1)));
        let some = found(&hashes, &|place| place == 1);
        assert_eq!(some.len() as u32, 2 * count - 1);
    }

    #[test]
    fn a_crowd_keeps_its_nearest() {
        let mut next = stream(5);
        let centre = PerceptualHash([next(), next(), next(), next()]);
        let crowd: Vec<PerceptualHash> = (0..600).map(|n| if n == 0 { centre } else { flipped(centre, 4 + n % 20, &mut next) }).collect();
        let all = found(&crowd, &|_| true);
        assert!(all.len() <= crowd.len() * NEIGHBOURS_MAX);
        // With only the centre fresh it alone asks, so its own nearest are told.
        let some = found(&crowd, &|place| place == 0);
        assert_eq!(some.len(), NEIGHBOURS_MAX);
        let nearest = (1..600u32).filter(|n| crowd[*n as usize].distance(&centre).0 <= 4);
        nearest.for_each(|n| assert!(some.contains(&(0, n)), "{n}"));
    }

    #[test]
    fn a_stopped_search_ends() {
        let hashes = draw(3, 2000, 10);
        let stopped = near_pairs(&in_rows(&signatures(&hashes)), &|_| true, &|_, _| false);
        assert!(stopped.len() < found(&hashes, &|_| true).len());
    }
}
