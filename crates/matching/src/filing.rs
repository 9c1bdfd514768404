//! One slot's keys on file, and the search for those that differ in few bits from a key asked for.
//!
//! Filed are 2²⁶ possible keys as one bit each, 64 keys that differ in their lowest six bits to a word. A question is not asked key by
//! key: for each way to change the upper 20 bits, one word is taken, and the *ball* of all lower six bits within the flips that are left
//! is laid over it; so 1,794 words answer for all 3,683 ways to flip up to three of 28 bits. Questions are worked off a tile of the upper
//! bits at a time, so that the words asked stay in the processor's cache, whatever the number of keys on file.
//!
//! Each picture is filed as it is and with rows and columns exchanged, and a key is the same for all mirrorings (`slots.rs`): so a
//! question finds all eight turns. It does not decide what is near (that is `candidates.rs`): what it tells is a guess with a turn.
//!
//! **Invariant:** a key within [`SLOT_FLIPS`] bits of that asked for is told, unless the question met more than [`MEETINGS_MAX`].

use crate::slots::{KEY_BITS, Packed, Steps, canonical, pivot_changes, transposed};
use crate::thresholds::{MEETINGS_MAX, SLOT_FLIPS};
use std::ops::Range;

/// Keys of a word, as bits of the key.
const LOW_BITS: u32 = 6;
const LOW: u32 = (1 << LOW_BITS) - 1;
/// Words, as bits of the key.
const WORD_BITS: u32 = KEY_BITS - LOW_BITS;
const WORDS: usize = 1 << WORD_BITS;
/// Words of a tile, as bits of the key: 2¹⁴ are 128 KB, which a core's second cache holds beside all else.
const TILE_BITS: u32 = 14;
const TILE_WORDS: usize = 1 << TILE_BITS;
/// Hits that wait to be looked up. Hits.
const HITS_MAX: usize = 4096;
/// Tiles of a slot.
pub(crate) const TILES: usize = WORDS / TILE_WORDS;

/// A guess: who asked, who was met, and the steps after which the latter lies like the former.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guess {
    pub(crate) asker: u32,
    pub(crate) other: u32,
    pub(crate) steps: Steps,
}

/// A picture in a slot: its place, the lower bits of its key, and the steps that led to the key.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    place: u32,
    low: u8,
    steps: Steps,
}

/// Pictures filed by the keys of one slot.
pub(crate) struct Filing {
    slot: usize,
    /// Which keys are on file.
    words: Vec<u64>,
    /// `entries[starts[word]..starts[word + 1]]` are those of a word.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

/// The keys of a picture in a slot: as it is, and with rows and columns exchanged.
fn keys(slot: usize, packed: &Packed) -> [(u32, Steps); 2] {
    let (lying, steps) = canonical(slot, transposed(packed.0[slot]));
    [canonical(slot, packed.0[slot]), (lying, Steps { transposed: true, ..steps })]
}

impl Filing {
    /// Returns room for filing `pictures` pictures: 16 bytes each and 12 MB.
    pub(crate) fn with_room(pictures: usize) -> Self {
        Self { slot: 0, words: vec![0; WORDS], starts: vec![0; WORDS + 1], entries: vec![Entry::default(); 2 * pictures] }
    }

    /// Files `pictures`, as many as there is room for, by the keys of `slot`, in place of what was on file.
    pub(crate) fn file(&mut self, slot: usize, pictures: &[Packed]) {
        assert_eq!(self.entries.len(), 2 * pictures.len(), "room is made for as many");
        self.slot = slot;
        self.words.fill(0);
        self.starts.fill(0);
        for (key, _) in pictures.iter().flat_map(|packed| keys(slot, packed)) {
            self.words[(key >> LOW_BITS) as usize] |= 1 << (key & LOW);
            self.starts[(key >> LOW_BITS) as usize] += 1;
        }
        // Each start is first the end of its word's run and goes down as the run is filled from behind.
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        for (place, packed) in pictures.iter().enumerate().rev() {
            let place = place as u32;
            for (key, steps) in keys(slot, packed).into_iter().rev() {
                let start = &mut self.starts[(key >> LOW_BITS) as usize];
                *start -= 1;
                self.entries[*start as usize] = Entry { place, low: (key & LOW) as u8, steps };
            }
        }
    }

    fn entries(&self, words: Range<usize>) -> Range<usize> {
        self.starts[words.start] as usize..self.starts[words.end] as usize
    }

    /// Lets all pictures of a tile that `may_ask` ask, and hands what they meet to `out`, perhaps more than once.
    pub(crate) fn ask(&self, probes: &Probes, tile: usize, may_ask: impl Fn(u32) -> bool, mut out: impl FnMut(Guess)) {
        let questions = self.questions(tile, may_ask);
        if questions.is_empty() {
            return;
        }
        let (mut hits, mut met) = (Vec::new(), vec![0; questions.len()]);
        for group in &probes.groups {
            let first = (tile ^ group.tile) * TILE_WORDS;
            let words: &[u64; TILE_WORDS] = self.words[first..first + TILE_WORDS].try_into().expect("a tile has so many words");
            let balls = &probes.balls[group.flips_left];
            for (number, question) in questions.iter().enumerate() {
                let ball = balls[usize::from((question.entry.low ^ group.low) & LOW as u8)];
                for &change in &group.words {
                    let word = usize::from(question.word ^ change) % TILE_WORDS;
                    if words[word] & ball != 0 {
                        hits.push(Hit { question: number as u32, word: (first + word) as u32, ball });
                    }
                }
                if hits.len() >= HITS_MAX {
                    self.meet(&questions, &mut met, group, &mut hits, &mut out);
                }
            }
            self.meet(&questions, &mut met, group, &mut hits, &mut out);
        }
    }

    fn questions(&self, tile: usize, may_ask: impl Fn(u32) -> bool) -> Vec<Question> {
        let mut out = Vec::new();
        for word in tile * TILE_WORDS..(tile + 1) * TILE_WORDS {
            let asking = self.entries[self.entries(word..word + 1)].iter().filter(|entry| !entry.steps.transposed && may_ask(entry.place));
            let question = |entry: &Entry| Question { entry: *entry, word: (word % TILE_WORDS) as u16 };
            out.extend(asking.map(question));
        }
        out
    }

    /// Tells who is on file under the hits' words. Hits are worked off together, so that fetching one run does not wait for another.
    fn meet(&self, questions: &[Question], met: &mut [u32], group: &Group, hits: &mut Vec<Hit>, out: &mut impl FnMut(Guess)) {
        for hit in hits.drain(..) {
            let (question, met) = (&questions[hit.question as usize], &mut met[hit.question as usize]);
            let own = question.entry.steps;
            let run = &self.entries[self.entries(hit.word as usize..hit.word as usize + 1)];
            let left = MEETINGS_MAX - *met;
            *met += left.min(run.len() as u32);
            for entry in run.iter().take(left as usize).filter(|entry| hit.ball >> entry.low & 1 == 1) {
                let steps = Steps {
                    transposed: entry.steps.transposed,
                    mirrored: entry.steps.mirrored ^ own.mirrored ^ group.mirrored,
                    flipped: entry.steps.flipped ^ own.flipped ^ group.flipped,
                };
                out(Guess { asker: question.entry.place, other: entry.place, steps });
            }
        }
    }
}

/// A word that a question met.
struct Hit {
    question: u32,
    word: u32,
    ball: u64,
}

/// A key asked for.
struct Question {
    entry: Entry,
    /// Its word in its tile.
    word: u16,
}

/// Words to look at that have the tile and the ball in common.
struct Group {
    /// Change of the tile.
    tile: usize,
    /// Change of the lower bits.
    low: u8,
    /// Flips left for the lower bits.
    flips_left: usize,
    /// Whether the pivots were taken for flipped.
    mirrored: bool,
    flipped: bool,
    /// Changes of the word in the tile.
    words: Vec<u16>,
}

/// Returns all patterns of at most `most` of the lowest `bits` bits.
fn patterns(bits: u32, most: u32) -> Vec<u32> {
    let mut out = vec![0u32];
    for bit in 0..bits {
        let more: Vec<u32> = out.iter().filter(|pattern: &&u32| pattern.count_ones() < most).map(|pattern| pattern | 1 << bit).collect();
        out.extend(more);
    }
    out
}

/// All ways in which a slot's key can change by [`SLOT_FLIPS`] flips, but for the lower bits.
pub(crate) struct Probes {
    groups: Vec<Group>,
    /// By flips and lower bits: the lower bits within so many flips, a bit each.
    balls: [[u64; 1 << LOW_BITS]; SLOT_FLIPS as usize + 1],
}

impl Probes {
    pub(crate) fn of(slot: usize) -> Self {
        let (across, down) = pivot_changes(slot);
        let all = patterns(WORD_BITS, SLOT_FLIPS);
        let mut groups: Vec<(u32, Group)> = Vec::new();
        for (mirrored, flipped) in [(false, false), (true, false), (false, true), (true, true)] {
            let pivots = if mirrored { across } else { 0 } ^ if flipped { down } else { 0 };
            let left = SLOT_FLIPS - u32::from(mirrored) - u32::from(flipped);
            for &flips in all.iter().filter(|flips| flips.count_ones() <= left) {
                let word = pivots >> LOW_BITS ^ flips;
                let (tile, word) = ((word >> TILE_BITS) as usize, (word & (TILE_WORDS as u32 - 1)) as u16);
                let flips_left = (left - flips.count_ones()) as usize;
                let same =
                    |group: &Group| (group.tile, group.flips_left, group.mirrored, group.flipped) == (tile, flips_left, mirrored, flipped);
                match groups.iter_mut().find(|(_, group)| same(group)) {
                    Some((_, group)) => group.words.push(word),
                    None => {
                        // The fewest flips of the tile first: should a question meet too many, the nearest are among them.
                        let rank = (flips >> TILE_BITS).count_ones() + SLOT_FLIPS - left;
                        let low = (pivots & LOW) as u8;
                        groups.push((rank, Group { tile, low, flips_left, mirrored, flipped, words: vec![word] }));
                    }
                }
            }
        }
        groups.sort_by_key(|(rank, group)| (*rank, group.tile, std::cmp::Reverse(group.flips_left)));
        let ball = |flips: usize, low: u32| {
            (0..=LOW).filter(|other| (other ^ low).count_ones() as usize <= flips).fold(0, |ball, n| ball | 1 << n)
        };
        let balls = std::array::from_fn(|flips| std::array::from_fn(|low| ball(flips, low as u32)));
        Self { groups: groups.into_iter().map(|(_, group)| group).collect(), balls }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_are_as_many_as_the_flips_of_the_upper_bits() {
        let probes = Probes::of(0);
        let count: usize = probes.groups.iter().map(|group| group.words.len()).sum();
        assert_eq!(count, 1351 + 2 * 211 + 21, "C(20, ≤3) + 2 × C(20, ≤2) + C(20, ≤1)");
        assert_eq!(probes.balls[0][5], 1 << 5);
        assert_eq!(probes.balls[1][0].count_ones(), 7);
        assert_eq!(probes.balls[3][9].count_ones(), 1 + 6 + 15 + 20);
    }

    #[test]
    fn a_question_stops_at_its_bound() {
        let alike = vec![Packed([0; 8]); MEETINGS_MAX as usize + 10];
        let mut filing = Filing::with_room(alike.len());
        filing.file(0, &alike);
        let (key, _) = canonical(0, 0);
        let (mut met, tile) = (0, (key >> LOW_BITS >> TILE_BITS) as usize);
        filing.ask(&Probes::of(0), tile, |place| place == 3, |_| met += 1);
        assert!(met > MEETINGS_MAX - 10 && met <= MEETINGS_MAX, "{met}");
    }
}
