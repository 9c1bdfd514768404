//! Fewer cells made of more, where a whole number of them does not fit into one: the running sum along a line is interpolated by a cubic,
//! so that within a cell brightness runs as its neighbours suggest. Plain area averages would blur differently from place to place, and
//! two sizes of one picture would disagree where there is texture.

use crate::surface::Surface;

/// Returns `surface` in `side × side` cells; `side` is at most its own.
pub(super) fn pooled_to(surface: &Surface, side: usize) -> Surface {
    debug_assert!(side <= surface.side);
    if side == surface.side {
        return surface.clone();
    }
    let edges: Vec<f64> = (0..=side).map(|edge| surface.side as f64 * edge as f64 / side as f64).collect();
    let narrow: Vec<f64> = surface.cells.chunks_exact(surface.side).flat_map(|row| averages(row, &edges)).collect();
    let mut out = vec![0.0; side * side];
    let mut column = Vec::with_capacity(surface.side);
    for x in 0..side {
        column.clear();
        column.extend(narrow.iter().skip(x).step_by(side));
        averages(&column, &edges).into_iter().enumerate().for_each(|(y, value)| out[y * side + x] = value);
    }
    Surface { side, cells: out }
}

/// Returns the means between neighbouring `edges` of a line of cells.
fn averages(line: &[f64], edges: &[f64]) -> Vec<f64> {
    let mut whole = 0;
    let mut sum = 0.0;
    let mut sum_at = |place: f64| {
        let cell = (place as usize).min(line.len() - 1);
        sum += line[whole..cell].iter().sum::<f64>();
        whole = cell;
        let (own, u) = (line[cell], (place - cell as f64).clamp(0.0, 1.0));
        let slope = |a: usize, b: usize| (line[a] + line[b]) / 2.0;
        let (before, after) = (slope(cell.saturating_sub(1), cell), slope(cell, (cell + 1).min(line.len() - 1)));
        // Hermite's cubic from the sum before the cell to that behind it; its slope at an edge is the brightness there.
        sum + own * u * u * (3.0 - 2.0 * u) + before * u * (1.0 - u) * (1.0 - u) + after * u * u * (u - 1.0)
    };
    let sums: Vec<f64> = edges.iter().map(|&edge| sum_at(edge)).collect();
    sums.windows(2).zip(edges.windows(2)).map(|(sums, edges)| (sums[1] - sums[0]) / (edges[1] - edges[0])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_pooled_as_it_would_have_been_drawn() {
        let wave = |side: usize| {
            let mean = |n: usize| {
                let [from, to] = [n, n + 1].map(|edge| edge as f64 / side as f64 * 40.0);
                100.0 + 50.0 * (from.cos() - to.cos()) / (to - from)
            };
            Surface { side, cells: (0..side * side).map(|n| mean(n % side) + mean(n / side)).collect() }
        };
        for side in [64, 97, 120] {
            let pooled = pooled_to(&wave(128), side);
            assert!(pooled.zip(&wave(side), |a, b| a - b).peak() < 0.4, "{side}");
            assert!((pooled.mean() - wave(side).mean()).abs() < 1e-9, "the mean is kept");
        }
        assert_eq!(pooled_to(&wave(128), 64).cells.len(), 64 * 64);
        assert!(pooled_to(&wave(64), 64).zip(&wave(64), |a, b| a - b).peak() == 0.0);
    }
}
