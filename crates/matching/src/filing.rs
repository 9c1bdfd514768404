//! One slot's keys on file, and the search for those that differ in few bits from a key asked for.
//!
//! Filed are the possible keys (2²⁶ for a million pictures) as one bit each, 64 keys that differ in their lowest six bits to a word. A
//! question is not asked key by key: for each way to change the upper bits, one word is taken, and the *ball* of all lower six bits within
//! the flips that are left is laid over it; so 1,794 words answer for all 3,683 ways to flip up to three of 28 bits. Questions are worked off a tile of the upper
//! bits at a time, so that the words asked stay in the processor's cache, whatever the number of keys on file.
//!
//! Each picture is filed as it is and with rows and columns exchanged, and a key is the same for all mirrorings (`slots.rs`): so a
//! question finds all eight turns. It does not decide what is near (that is `candidates.rs`): what it tells is a guess with a turn.
//!
//! **Invariant:** a key within the flips asked for is told, unless the question met more than [`MEETINGS_MAX`].

use crate::slots::{Layout, Packed, Steps, transposed};
use crate::thresholds::{FLIPS_MAX, MEETINGS_MAX};
use std::ops::Range;

/// Keys of a word, as bits of the key.
const LOW_BITS: u32 = 6;
const LOW: u32 = (1 << LOW_BITS) - 1;
/// Words of a tile, as bits of the key: 2¹² are 32 KB, which stay in a core's nearest caches.
const TILE_BITS: u32 = 12;
const TILE_WORDS: usize = 1 << TILE_BITS;
/// Hits that wait to be looked up. Hits.
const HITS_MAX: usize = 1024;

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
pub(crate) struct Filing<'l> {
    layout: &'l Layout,
    /// Which keys are on file.
    words: Vec<u64>,
    /// `entries[starts[word]..starts[word + 1]]` are those of a word.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

/// Returns how many bits of a key tell the word.
fn word_bits(layout: &Layout) -> u32 {
    layout.key_bits() - LOW_BITS
}

impl<'l> Filing<'l> {
    /// Returns room for filing `pictures` pictures: 16 bytes each and 12 for each word.
    pub(crate) fn with_room(layout: &'l Layout, pictures: usize) -> Self {
        let words = 1 << word_bits(layout);
        assert!(words >= TILE_WORDS, "keys fill a tile");
        Self { layout, words: vec![0; words], starts: vec![0; words + 1], entries: vec![Entry::default(); 2 * pictures] }
    }

    /// Returns how many tiles there are to ask.
    pub(crate) fn tiles(&self) -> usize {
        self.words.len() / TILE_WORDS
    }

    /// The keys of a picture in a slot: as it is, and with rows and columns exchanged.
    fn keys(&self, slot: usize, packed: &Packed) -> [(u32, Steps); 2] {
        let (lying, steps) = self.layout.canonical(slot, transposed(packed.0[slot]));
        [self.layout.canonical(slot, packed.0[slot]), (lying, Steps { transposed: true, ..steps })]
    }

    /// Files `pictures`, as many as there is room for, by the keys of `slot`, in place of what was on file.
    pub(crate) fn file(&mut self, slot: usize, pictures: &[Packed]) {
        assert_eq!(self.entries.len(), 2 * pictures.len(), "room is made for as many");
        self.words.fill(0);
        self.starts.fill(0);
        for packed in pictures {
            for (key, _) in self.keys(slot, packed) {
                self.words[(key >> LOW_BITS) as usize] |= 1 << (key & LOW);
                self.starts[(key >> LOW_BITS) as usize] += 1;
            }
        }
        // Each start is first the end of its word's run and goes down as the run is filled from behind.
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        for (place, packed) in pictures.iter().enumerate().rev() {
            let place = place as u32;
            for (key, steps) in self.keys(slot, packed).into_iter().rev() {
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
        let (mut hits, mut met) = (Vec::with_capacity(2 * HITS_MAX), vec![0; questions.len()]);
        for group in &probes.groups {
            let first = (tile ^ group.tile) * TILE_WORDS;
            let words: &[u64; TILE_WORDS] = self.words[first..first + TILE_WORDS].try_into().expect("a tile has so many words");
            let balls = &probes.balls[group.flips_left];
            for (number, question) in questions.iter().enumerate() {
                let ball = balls[usize::from((question.entry.low ^ group.low) & LOW as u8)];
                for &change in &group.words {
                    let word = usize::from(question.word ^ change) % TILE_WORDS;
                    if words[word] & ball != 0 {
                        hits.push(Hit { question: number as u32, word: (first + word) as u32, ball, pivots: group.pivots });
                    }
                }
                if hits.len() >= HITS_MAX {
                    self.meet(&questions, &mut met, &mut hits, &mut out);
                }
            }
        }
        self.meet(&questions, &mut met, &mut hits, &mut out);
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

    /// Tells who is on file under the hits' words. All runs are fetched before the first is read: so the processor waits for many at once.
    fn meet(&self, questions: &[Question], met: &mut [u32], hits: &mut Vec<Hit>, out: &mut impl FnMut(Guess)) {
        let runs: Vec<Range<usize>> = hits.iter().map(|hit| self.entries(hit.word as usize..hit.word as usize + 1)).collect();
        let firsts: Vec<Entry> = runs.iter().map(|run| self.entries[run.start]).collect();
        for ((hit, run), first) in hits.drain(..).zip(runs).zip(firsts) {
            let (question, met) = (&questions[hit.question as usize], &mut met[hit.question as usize]);
            let own = question.entry.steps;
            let left = MEETINGS_MAX - *met;
            *met += left.min(run.len() as u32);
            let run = std::iter::once(first).chain(self.entries[run].iter().skip(1).copied());
            for entry in run.take(left as usize).filter(|entry| hit.ball >> entry.low & 1 == 1) {
                let steps = Steps {
                    transposed: entry.steps.transposed,
                    mirrored: entry.steps.mirrored ^ own.mirrored ^ hit.pivots.mirrored,
                    flipped: entry.steps.flipped ^ own.flipped ^ hit.pivots.flipped,
                };
                out(Guess { asker: question.entry.place, other: entry.place, steps });
            }
        }
    }
}

/// A word that a question met, with the pivots taken for flipped.
struct Hit {
    ball: u64,
    question: u32,
    word: u32,
    pivots: Steps,
}

/// A key asked for.
struct Question {
    entry: Entry,
    /// Its word in its tile.
    word: u16,
}

/// What the ways of a group have in common: rank, change of the tile, flips left, pivots flipped, change of the lower bits.
type Way = (u32, u32, u32, bool, bool, u8);

/// Words to look at that have the tile and the ball in common.
struct Group {
    /// Change of the tile.
    tile: usize,
    /// Change of the lower bits.
    low: u8,
    /// Flips left for the lower bits.
    flips_left: usize,
    /// The mirrorings that the pivots taken for flipped would tell.
    pivots: Steps,
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

/// All ways in which a slot's key can change by so many flips, but for the lower bits.
pub(crate) struct Probes {
    groups: Vec<Group>,
    /// By flips and lower bits: the lower bits within so many flips, a bit each.
    balls: [[u64; 1 << LOW_BITS]; FLIPS_MAX as usize + 1],
}

impl Probes {
    /// Returns the ways for up to `most` flips, 2 to [`FLIPS_MAX`].
    pub(crate) fn of(layout: &Layout, slot: usize, most: u32) -> Self {
        assert!((2..=FLIPS_MAX).contains(&most), "both pivots may be flipped");
        let (across, down) = layout.pivot_changes(slot);
        let all = patterns(word_bits(layout), most);
        let mut ways = Vec::new();
        for (mirrored, flipped) in [(false, false), (true, false), (false, true), (true, true)] {
            let pivots = if mirrored { across } else { 0 } ^ if flipped { down } else { 0 };
            let left = most - u32::from(mirrored) - u32::from(flipped);
            for &flips in all.iter().filter(|flips| flips.count_ones() <= left) {
                let word = pivots >> LOW_BITS ^ flips;
                // The fewest flips of the tile first: should a question meet too many, the nearest are among them.
                let rank = (flips >> TILE_BITS).count_ones() + most - left;
                let low = (pivots & LOW) as u8;
                ways.push((
                    (rank, word >> TILE_BITS, left - flips.count_ones(), mirrored, flipped, low),
                    (word % TILE_WORDS as u32) as u16,
                ));
            }
        }
        ways.sort_unstable();
        let group = |ways: &[(Way, u16)]| {
            let (_, tile, flips_left, mirrored, flipped, low) = ways[0].0;
            let words = ways.iter().map(|&(_, word)| word).collect();
            let pivots = Steps { transposed: false, mirrored, flipped };
            Group { tile: tile as usize, low, flips_left: flips_left as usize, pivots, words }
        };
        let groups = ways.chunk_by(|one, other| one.0 == other.0).map(group).collect();
        let ball = |flips: usize, low: u32| {
            (0..=LOW).filter(|other| (other ^ low).count_ones() as usize <= flips).fold(0, |ball, n| ball | 1 << n)
        };
        let balls = std::array::from_fn(|flips| std::array::from_fn(|low| ball(flips, low as u32)));
        Self { groups, balls }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_are_as_many_as_the_flips_of_the_upper_bits() {
        let probes = Probes::of(&Layout::of(13), 0, 3);
        let count: usize = probes.groups.iter().map(|group| group.words.len()).sum();
        assert_eq!(count, 1351 + 2 * 211 + 21, "C(20, ≤3) + 2 × C(20, ≤2) + C(20, ≤1)");
        assert_eq!(probes.balls[0][5], 1 << 5);
        assert_eq!(probes.balls[1][0].count_ones(), 7);
        assert_eq!(probes.balls[3][9].count_ones(), 1 + 6 + 15 + 20);
    }

    #[test]
    fn a_question_stops_at_its_bound() {
        let alike = vec![Packed([0; 8]); MEETINGS_MAX as usize + 10];
        let layout = Layout::of(11);
        let mut filing = Filing::with_room(&layout, alike.len());
        filing.file(0, &alike);
        let (key, _) = layout.canonical(0, 0);
        let (mut met, tile) = (0, (key >> LOW_BITS >> TILE_BITS) as usize);
        filing.ask(&Probes::of(&layout, 0, 3), tile, |place| place == 3, |_| met += 1);
        assert!(met > MEETINGS_MAX - 10 && met <= MEETINGS_MAX, "{met}");
    }
}
