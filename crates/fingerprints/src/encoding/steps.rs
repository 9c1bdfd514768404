//! Tells from the averages of a picture's 8 × 8 blocks whether it was coded before with a coarser step than now (double quantisation).
//!
//! A JPEG keeps each block's average (its DC coefficient) as a multiple of a step q₂. Was the picture a JPEG of step q₁ > q₂ before,
//! on the same grid, then the averages lie near multiples of q₁ still, and the levels between stay empty: the histogram is a comb
//! (Lukáš & Fridrich, "Estimation of primary quantization matrix in double compressed JPEG images", DFRWS 2003; Popescu & Farid,
//! "Statistical tools for digital forensics", 2004). Here each candidate q₁ is weighed by likelihood: for a level of value v, a coding
//! by q₁ makes it c(v) times as frequent as its neighbourhood, whatever that is, so the density of the picture cancels. Rounding of the
//! pixels between the two codings blurs the comb by [`BLUR`].
//!
//! Does **not** see a coarser coding after which the picture was shifted off the grid, resized or toned, nor an earlier coding of the same
//! or a finer step. **Invariants:** a step is ruled out only where it would have shown; time is bounded
//! by [`BLOCKS_MAX`] and the candidates, whatever the picture.

use model::BlockSteps;

/// Most blocks looked at, about; of larger pictures every n-th row of blocks.
const BLOCKS_MAX: usize = 1 << 15;
/// Fewest blocks that tell anything.
const BLOCKS_MIN: u32 = 200;
/// Coarsest step looked for; that of IJG setting 13. As a coefficient (eighths of a grey level).
const STEP_MAX: u16 = 64;
/// Coefficients reach from -1024 to 1023.
const RANGE: i32 = 1024;
/// Averages this near to black or white are passed over: cut pixels fall off the comb. As a coefficient, an eighth of a grey level.
const CUT: i32 = 960;
/// What rounding and cutting pixels between two codings adds to an average: standard deviation, as a coefficient. 64 errors of rounding
/// of 0.29 grey levels come to 0.29, those of the turn to RGB and back to about 0.1 more.
const BLUR: f64 = 0.4;
/// Share of the blocks that may lie anywhere: something drawn in, cut pixels.
const STRAY: f64 = 0.1;
/// The place between "no such comb" (0) and "this comb" (1) from which a comb is taken as shown, and below which as not there.
/// Measured 2026-11 on 37 first encodes made from `perf` (30 halved or more, settings 70 to 95; 7 as the cameras wrote them) and 123
/// re-saves of them by a finer step: the true comb lies at 0.63 and more (all but one at 0.78 and more), of 2,196 candidates of the first
/// encodes one at 0.45 (a night scene), all others below 0.11.
const SHOWN_MIN: f64 = 0.6;
/// See [`SHOWN_MIN`].
const ABSENT_MAX: f64 = 0.15;
/// Least weight of proof at which a candidate counts as looked for, in nats: the expected difference of log likelihoods.
const PROOF_MIN: f64 = 30.0;
/// Between two gaps (or teeth) of a comb lies a beat of the two steps; so many must fit into the range of levels that the picture
/// uses, so that a picture's own few levels are not taken for a comb.
const BEATS_MIN: f64 = 2.5;

/// Counts the levels of a picture's blocks.
pub(crate) struct LevelCounter {
    step: u16,
    /// Every how many rows of blocks one is taken.
    every: usize,
    rows: usize,
    above: Vec<i16>,
    /// Of levels -[`RANGE`] to [`RANGE`].
    counts: Vec<u32>,
}

impl LevelCounter {
    /// Returns an empty counter for levels that are multiples of `step`; `blocks` is about how many will come. `None` for a step that no
    /// coder writes or beyond which none is looked for.
    pub(crate) fn new(step: u16, blocks: usize) -> Option<Self> {
        let counts = || vec![0; 2 * RANGE as usize + 1];
        (1..STEP_MAX).contains(&step).then(|| Self {
            step,
            every: blocks.div_ceil(BLOCKS_MAX).max(1),
            rows: 0,
            above: Vec::new(),
            counts: counts(),
        })
    }

    /// Takes the next row of blocks, in steps. Blocks like their neighbour are passed over: an even area (a sky of one value, a drawn page)
    /// would count a thousand times, and its averages are whole grey levels for reasons of their own.
    pub(crate) fn push(&mut self, row: &[i16]) {
        self.rows += 1;
        if !(self.rows - 1).is_multiple_of(self.every) {
            return;
        }
        let mut left = i16::MIN;
        for (at, &level) in row.iter().enumerate() {
            if level != left && self.above.get(at) != Some(&level) {
                let slot = (i32::from(level) + RANGE).clamp(0, 2 * RANGE);
                self.counts[slot as usize] += 1;
            }
            left = level;
        }
        self.above.clear();
        self.above.extend_from_slice(row);
    }

    /// Returns the steps that show.
    pub(crate) fn finish(self) -> BlockSteps {
        let own = i32::from(self.step);
        let levels: Vec<(i32, u32)> = (-RANGE..=RANGE)
            .zip(&self.counts)
            .filter(|&(level, &count)| count > 0 && (level * own).abs() <= CUT)
            .map(|(level, &count)| (level * own, count))
            .collect();
        let (mut levels, mut shown) = (levels, self.step);
        // A coding between may hide the first: once its levels are put back on its comb, the one before shows as any other.
        loop {
            match coarser(&levels, shown) {
                Seen::Comb(step) => (levels, shown) = (on_comb(&levels, step), step),
                Seen::NoneAbove(at_most) => return BlockSteps { own: self.step, shown, at_most },
            }
        }
    }
}

/// What there is of a coding coarser than the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// One of this step.
    Comb(u16),
    /// None that shows, and none coarser than this that could be there.
    NoneAbove(u16),
}

/// Looks for a coding coarser than `own` in `levels` (value, ascending, and count), which are multiples of it.
fn coarser(levels: &[(i32, u32)], own: u16) -> Seen {
    let total: u32 = levels.iter().map(|(_, count)| count).sum();
    if total < BLOCKS_MIN {
        return Seen::NoneAbove(u16::MAX);
    }
    let mut best: Option<(f64, u16)> = None;
    let mut at_most = own;
    for step in own + 1..=STEP_MAX {
        let comb = Comb::of(own, step);
        let proof = f64::from(total) * (comb.if_so - comb.if_not);
        if used_range(levels, total, step) < BEATS_MIN * comb.beat || proof < PROOF_MIN {
            at_most = step;
            continue;
        }
        let weight = comb.weight(levels) / f64::from(total);
        let place = (weight - comb.if_not) / (comb.if_so - comb.if_not);
        if place >= ABSENT_MAX {
            at_most = step;
        }
        if place > SHOWN_MIN && weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, step));
        }
    }
    match best {
        Some((_, step)) => Seen::Comb(step),
        None if at_most == STEP_MAX => Seen::NoneAbove(u16::MAX),
        None => Seen::NoneAbove(at_most),
    }
}

/// Returns the levels moved to the nearest multiples of a step.
fn on_comb(levels: &[(i32, u32)], step: u16) -> Vec<(i32, u32)> {
    let step = i32::from(step);
    let nearest = |value: i32| (2 * value + step).div_euclid(2 * step) * step;
    let same = levels.chunk_by(|a, b| nearest(a.0) == nearest(b.0));
    same.map(|same| (nearest(same[0].0), same.iter().map(|(_, count)| count).sum())).collect()
}

/// Returns the range that the levels use, as a coefficient: as many even bins of one `step` as would have the same entropy.
fn used_range(levels: &[(i32, u32)], total: u32, step: u16) -> f64 {
    let bin = |value: i32| value.div_euclid(i32::from(step));
    let entropy: f64 = levels
        .chunk_by(|a, b| bin(a.0) == bin(b.0))
        .map(|same| {
            let share = same.iter().map(|(_, count)| f64::from(*count)).sum::<f64>() / f64::from(total);
            -share * share.ln()
        })
        .sum();
    entropy.exp() * f64::from(step)
}

/// What an earlier coding does to the levels of this one.
struct Comb {
    step: i32,
    /// Logarithm of how much more frequent a value is, by its remainder.
    log_ratio: Vec<f64>,
    /// Expected weight a block if there was such a coding, and if not.
    if_so: f64,
    if_not: f64,
    /// Distance between two of its marks, as a coefficient.
    beat: f64,
}

impl Comb {
    fn of(own: u16, step: u16) -> Self {
        let (half, period) = (f64::from(own) / 2.0, f64::from(step));
        let ratio = |remainder: u16| {
            let value = f64::from(remainder);
            let near = |tooth: f64| normal((value + half - tooth) / BLUR) - normal((value - half - tooth) / BLUR);
            let hit = near(-period) + near(0.0) + near(period) + near(2.0 * period);
            (1.0 - STRAY) * hit * period / f64::from(own) + STRAY
        };
        let ratios: Vec<f64> = (0..step).map(ratio).collect();
        let reached: Vec<f64> = ratios.iter().copied().step_by(usize::from(gcd(own, step))).collect();
        let count = reached.len() as f64;
        let sum: f64 = reached.iter().sum();
        let over = f64::from(step - own);
        Self {
            step: i32::from(step),
            if_so: reached.iter().map(|r| r / sum * r.ln()).sum(),
            if_not: reached.iter().map(|r| r.ln() / count).sum(),
            beat: if step < 2 * own { f64::from(own) * period / over } else { period },
            log_ratio: ratios.into_iter().map(f64::ln).collect(),
        }
    }

    fn weight(&self, levels: &[(i32, u32)]) -> f64 {
        levels.iter().map(|&(value, count)| f64::from(count) * self.log_ratio[value.rem_euclid(self.step) as usize]).sum()
    }
}

fn gcd(a: u16, b: u16) -> u16 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The normal distribution, to about 0.0003 (Page 1977: a logistic in x + 0.044715 x³).
fn normal(x: f64) -> f64 {
    0.5 + 0.5 * (0.797_884_560_8 * (x + 0.044_715 * x * x * x)).tanh()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Averages of `count` blocks with a broad smooth spread, by a small generator; then coded by each of `steps` in turn, with
    /// the rounding of pixels between.
    fn coded(count: usize, spread: f64, steps: &[u16]) -> BlockSteps {
        let mut state = 1u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1 << 24) - 0.5
        };
        let own = *steps.last().expect("a coding");
        let mut counter = LevelCounter::new(own, count).expect("a step that is looked at");
        let row: Vec<i16> = (0..count)
            .map(|_| {
                let mut value = (random() + random() + random()) * spread;
                for &step in steps {
                    value = (value / f64::from(step)).round() * f64::from(step) + (random() + random()) * 0.7;
                }
                (value / f64::from(own)).round() as i16
            })
            .collect();
        row.chunks(100).for_each(|row| counter.push(row));
        counter.finish()
    }

    #[test]
    fn a_coarser_coding_shows_and_a_finer_does_not() {
        let check = |steps: &[u16], expected: u16| assert_eq!(coded(20_000, 500.0, steps).shown, expected, "{steps:?}");
        for own in [1, 2, 3, 4, 5, 6, 8, 10] {
            assert_eq!(coded(20_000, 500.0, &[own]), BlockSteps { own, shown: own, at_most: own });
        }
        for (first, then) in [(2, 1), (3, 2), (4, 2), (4, 3), (5, 4), (6, 3), (6, 5), (8, 7), (10, 8), (10, 3), (16, 6), (32, 5), (64, 1)] {
            check(&[first, then], first);
        }
        check(&[3, 4], 4);
        check(&[8, 6, 3], 8);
        check(&[8, 3, 2], 8);
        check(&[10, 7, 5, 2], 10);
    }

    #[test]
    fn too_little_to_see_is_not_called_clean() {
        let at_most = |count: usize, spread: f64, steps: &[u16]| coded(count, spread, steps).at_most;
        assert_eq!(at_most(BLOCKS_MIN as usize / 2, 500.0, &[4]), u16::MAX);
        assert_eq!(at_most(BLOCKS_MIN as usize / 2, 500.0, &[8, 2]), u16::MAX);
        assert_eq!(at_most(20_000, 12.0, &[8]), u16::MAX);
        let narrow = at_most(20_000, 300.0, &[16]);
        assert!((17..STEP_MAX).contains(&narrow), "steps near its own need a wider range than those far from it: {narrow}");
    }

    #[test]
    fn an_even_area_is_counted_once() {
        let mut counter = LevelCounter::new(1, 100).unwrap();
        (0..100).for_each(|_| counter.push(&[64; 100]));
        assert_eq!(counter.counts.iter().sum::<u32>(), 1);
        assert_eq!(counter.finish(), BlockSteps { own: 1, shown: 1, at_most: u16::MAX });
    }

    #[test]
    fn steps_are_bounded_at_and_over() {
        assert!(LevelCounter::new(0, 1).is_none());
        assert!(LevelCounter::new(STEP_MAX - 1, 1).is_some());
        assert!(LevelCounter::new(STEP_MAX, 1).is_none());
        let mut counter = LevelCounter::new(2, 10).unwrap();
        counter.push(&[i16::MIN, i16::MAX, 0]);
        assert_eq!(counter.finish().at_most, u16::MAX, "hostile levels");
        let mut counter = LevelCounter::new(2, BLOCKS_MAX + 1).unwrap();
        (0..10).for_each(|n| counter.push(&[n]));
        assert_eq!(counter.counts.iter().sum::<u32>(), 5, "every other row");
    }
}
