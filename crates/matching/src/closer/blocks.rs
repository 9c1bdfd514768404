//! The worst block of a surface of errors, held against the worst hundredth of all its blocks.

use crate::surface::Surface;
use crate::thresholds::{CLOSER_QUANTILE, CLOSER_SPREAD_MIN, CLOSER_SUM_MIN};

/// The block that stands out most, over all sizes and both measures.
#[derive(Debug, Clone, Default)]
pub(super) struct Worst {
    /// How far its ratio lies beyond the limit; above 1 it stands out.
    pub(super) beyond: f64,
    /// Its middle, cells from the left.
    pub(super) across: f64,
    /// Its middle, cells from the top.
    pub(super) down: f64,
    /// The ratios of all sizes: of the sum, then of the spread.
    pub(super) ratios: Vec<f64>,
}

/// Block sides in cells with the limits of sum and spread.
type Limits = [(usize, f64, f64)];

/// Finds it. `units` are errors in units of what is expected there.
pub(super) fn worst_of(units: &Surface, limits: &Limits) -> Worst {
    let squares = units.map(|u| u * u);
    let (sums, square_sums) = (running(units), running(&squares));
    let mut worst = Worst::default();
    for &(size, sum_max, spread_max) in limits {
        let area = (size * size) as f64;
        // Independent errors sum to the square root of their number.
        let sum = blocks(&sums, units.side, size).into_iter().map(|sum| sum.abs() / area.sqrt());
        worst.weigh(sum.collect(), units.side, size, CLOSER_SUM_MIN, sum_max);
        if size > 1 {
            let spread = blocks(&square_sums, units.side, size).into_iter().map(|sum| (sum.max(0.0) / area).sqrt());
            worst.weigh(spread.collect(), units.side, size, CLOSER_SPREAD_MIN, spread_max);
        }
    }
    worst
}

impl Worst {
    fn weigh(&mut self, values: Vec<f64>, side: usize, size: usize, least: f64, limit: f64) {
        let Some((at, peak)) = values.iter().copied().enumerate().max_by(|x, y| x.1.total_cmp(&y.1)) else { return };
        let mut values = values;
        let place = ((values.len() - 1) as f64 * CLOSER_QUANTILE) as usize;
        let usual = *values.select_nth_unstable_by(place, f64::total_cmp).1;
        let ratio = peak / usual.max(least);
        self.ratios.push(ratio);
        if ratio / limit > self.beyond {
            let (columns, half) = (side + 1 - size, size as f64 / 2.0);
            (self.beyond, self.across, self.down) = (ratio / limit, (at % columns) as f64 + half, (at / columns) as f64 + half);
        }
    }
}

/// Returns the sums of all cells above and to the left of each corner, row-major, one more a side than cells.
fn running(surface: &Surface) -> Vec<f64> {
    let wide = surface.side + 1;
    let mut out = vec![0.0; wide * wide];
    for (y, row) in surface.cells.chunks_exact(surface.side).enumerate() {
        let mut sum = 0.0;
        for (x, value) in row.iter().enumerate() {
            sum += value;
            out[(y + 1) * wide + x + 1] = out[y * wide + x + 1] + sum;
        }
    }
    out
}

/// Returns the sums of all blocks of `size × size` cells, by their upper left cell.
fn blocks(running: &[f64], side: usize, size: usize) -> Vec<f64> {
    let wide = side + 1;
    let line = |y: usize| &running[y * wide..(y + 1) * wide];
    let rows = (0..(side + 1).saturating_sub(size)).map(|y| (line(y), line(y + size)));
    rows.flat_map(|(above, below)| {
        let part = |row: &[f64], x: usize| row[x + size] - row[x];
        (0..wide - size).map(move |x| part(below, x) - part(above, x)).collect::<Vec<_>>()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thresholds::{CLOSER_BLOCKS, CLOSER_BLOCKS_RESIZED};

    #[test]
    fn one_spot_is_found_where_it_is_and_noise_all_over_is_none() {
        let side = 96;
        let noise = |n: usize| ((n * 7919 + n / 13 * 104_729) % 1000) as f64 / 500.0 - 1.0;
        let even = Surface { side, cells: (0..side * side).map(noise).collect() };
        assert!(worst_of(&even, &CLOSER_BLOCKS).beyond < 1.0, "{:?}", worst_of(&even, &CLOSER_BLOCKS));
        assert!(worst_of(&even.map(|u| 40.0 * u), &CLOSER_BLOCKS).beyond < 1.0, "however strong, it is everywhere");
        let mut spot = even.clone();
        (0..9).for_each(|n| spot.cells[(20 + n / 3) * side + 60 + n % 3] += 20.0);
        let worst = worst_of(&spot, &CLOSER_BLOCKS_RESIZED);
        assert!(worst.beyond > 1.0 && (worst.across - 61.5).abs() <= 1.5 && (worst.down - 21.5).abs() <= 1.5, "{worst:?}");
    }

    #[test]
    fn blocks_are_sums_of_their_cells() {
        let surface = Surface { side: 3, cells: (1..=9).map(f64::from).collect() };
        assert_eq!(blocks(&running(&surface), 3, 2), [12.0, 16.0, 24.0, 28.0]);
        assert_eq!(blocks(&running(&surface), 3, 3), [45.0]);
        assert!(blocks(&running(&surface), 3, 4).is_empty());
    }
}
