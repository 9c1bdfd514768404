//! Pixels or cells averaged into a square of fewer cells, wherever the square's edges fall.
//!
//! Where an edge falls within a pixel, its brightness is taken to run as a parabola through its neighbours (the running sum along a line is
//! interpolated by a cubic), so that a picture and its copy of another size agree. Plain area averages, which take it as flat, blur
//! differently from place to place.
//!
//! **Invariant:** the square of a turned or mirrored picture is the turned square, to the rounding of a cell: nothing depends on which corner
//! the rows began in. Averaging squares of whole pixels first would break that wherever sides are no multiple of theirs.

use crate::perceptual::Share;

/// Averages rows of pixels into a square as they come.
pub(crate) struct Squarer {
    side: usize,
    columns: Vec<Vec<Share>>,
    /// For each row of pixels, the rows of cells it has a share in.
    rows: Vec<Vec<Share>>,
    /// Pixels of a cell.
    area: f32,
    row: usize,
    cells: Vec<f32>,
}

impl Squarer {
    /// Returns an empty one of `side × side` cells; `side` is at most the shorter side in pixels.
    pub(crate) fn new(width: usize, height: usize, side: usize) -> Self {
        let mut rows = vec![Vec::new(); height];
        for (cell, shares) in smooth_shares(height, height as f64, side).into_iter().enumerate() {
            shares.into_iter().for_each(|(row, share)| rows[row].push((cell, share)));
        }
        let columns = smooth_shares(width, width as f64, side);
        let area = (width as f64 / side as f64 * height as f64 / side as f64) as f32;
        Self { side, columns, rows, area, row: 0, cells: vec![0.0; side * side] }
    }

    /// Takes the next row; rows past the last are not taken.
    pub(crate) fn push(&mut self, pixels: &[u8]) {
        let Some(shares) = self.rows.get(self.row) else { return };
        for (column, parts) in self.columns.iter().enumerate() {
            let sum: f32 = parts.iter().map(|&(at, share)| share * f32::from(pixels[at])).sum();
            shares.iter().for_each(|&(cell, share)| self.cells[cell * self.side + column] += share * sum);
        }
        self.row += 1;
    }

    /// Returns the side, and the cells row by row.
    pub(crate) fn finish(self) -> (usize, Vec<u8>) {
        let Self { side, area, cells, .. } = self;
        (side, cells.into_iter().map(|sum| (sum / area).round().clamp(0.0, 255.0) as u8).collect())
    }
}

/// Returns, for each of `side` target cells, the source cells it is made of and their shares, where `covered` of `cells` are the picture.
/// Shares beside an edge may be negative.
pub(crate) fn smooth_shares(cells: usize, covered: f64, side: usize) -> Vec<Vec<Share>> {
    let edges: Vec<Edge> = (0..=side).map(|target| Edge::at(covered * target as f64 / side as f64, cells, covered)).collect();
    edges.windows(2).map(|two| between(two[0], two[1], cells)).collect()
}

/// The running sum up to a place: whole cells before `cell`, and shares of it and its two neighbours.
#[derive(Clone, Copy)]
struct Edge {
    cell: usize,
    before: f64,
    own: f64,
    after: f64,
}

impl Edge {
    fn at(place: f64, cells: usize, covered: f64) -> Self {
        let cell = (place.floor() as usize).min(cells - 1);
        // The last cell may be covered in part only.
        let width = (covered - cell as f64).clamp(f64::MIN_POSITIVE, 1.0);
        let u = ((place - cell as f64) / width).clamp(0.0, 1.0);
        let (inner, outer) = (u * u * (3.0 - 2.0 * u), [u * (1.0 - u) * (1.0 - u), u * u * (u - 1.0)]);
        let [before, after] = outer.map(|weight| weight / 2.0 * width);
        Self { cell, before, own: inner * width + before + after, after }
    }
}

fn between(from: Edge, to: Edge, cells: usize) -> Vec<Share> {
    let first = from.cell.saturating_sub(1);
    let last = (to.cell + 1).min(cells - 1);
    let mut weights = vec![0.0; last - first + 1];
    (from.cell..to.cell).for_each(|cell| weights[cell - first] += 1.0);
    for (edge, sign) in [(from, -1.0), (to, 1.0)] {
        weights[edge.cell.saturating_sub(1) - first] += sign * edge.before;
        weights[edge.cell - first] += sign * edge.own;
        weights[(edge.cell + 1).min(cells - 1) - first] += sign * edge.after;
    }
    (first..=last).zip(weights).map(|(cell, weight)| (cell, weight as f32)).filter(|&(_, weight)| weight != 0.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_a_whole_and_keep_the_mean() {
        for (cells, covered, side) in [(300, 300.0, 256), (301, 300.25, 256), (512, 511.5, 100), (96, 96.0, 96)] {
            let shares = smooth_shares(cells, covered, side);
            let mut of_cell = vec![0.0; cells];
            for share in &shares {
                let sum: f64 = share.iter().map(|&(_, weight)| f64::from(weight)).sum();
                assert!((sum - covered / side as f64).abs() < 1e-4, "{sum}");
                share.iter().for_each(|&(cell, weight)| of_cell[cell] += f64::from(weight));
            }
            let last = covered - (cells - 1) as f64;
            assert!(of_cell[..cells - 1].iter().all(|sum| (sum - 1.0).abs() < 1e-3), "every cell counts once");
            assert!((of_cell[cells - 1] - last).abs() < 1e-3);
        }
    }

    #[test]
    fn the_square_of_a_turned_picture_is_the_turned_square() {
        // Sides that no step of whole pixels divides, and texture near the step from pixel to pixel.
        let (width, height, side) = (1229, 768, 256);
        let pixel = |x: usize, y: usize| (x * 97 + y * 31 + x * y / 7) as u8 ^ (x / 5 * 40) as u8;
        let square = |at: &dyn Fn(usize, usize) -> u8| {
            let mut squarer = Squarer::new(width, height, side);
            (0..height).for_each(|y| squarer.push(&(0..width).map(|x| at(x, y)).collect::<Vec<_>>()));
            squarer.finish().1
        };
        let upright = square(&pixel);
        let mirrored = square(&|x, y| pixel(width - 1 - x, y));
        let flipped = square(&|x, y| pixel(x, height - 1 - y));
        for (n, &cell) in upright.iter().enumerate() {
            let (x, y) = (n % side, n / side);
            assert!(mirrored[y * side + side - 1 - x].abs_diff(cell) <= 1, "{x} {y}");
            assert!(flipped[(side - 1 - y) * side + x].abs_diff(cell) <= 1, "{x} {y}");
        }
    }
}
