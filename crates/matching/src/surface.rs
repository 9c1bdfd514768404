//! Arithmetic on square grids of numbers: means of tiles, slopes, curvature, least squares. Knows nothing of pictures or copies.

/// A square of numbers, row-major.
#[derive(Debug, Clone)]
pub(crate) struct Surface {
    /// Cells along a side.
    pub(crate) side: usize,
    /// The cells.
    pub(crate) cells: Vec<f64>,
}

impl Surface {
    /// Returns the square of bytes as numbers; `bytes` holds `side` × `side`.
    pub(crate) fn of(bytes: &[u8], side: usize) -> Self {
        debug_assert_eq!(bytes.len(), side * side);
        Self { side, cells: bytes.iter().map(|&v| f64::from(v)).collect() }
    }

    /// Returns the square whose cells `f` makes of the cells of two.
    pub(crate) fn zip(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self { side: self.side, cells: self.cells.iter().zip(&other.cells).map(|(&a, &b)| f(a, b)).collect() }
    }

    /// Returns the square whose cells `f` makes of each.
    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self { side: self.side, cells: self.cells.iter().map(|&v| f(v)).collect() }
    }

    /// Returns the square whose cells `f` makes of the 3 × 3 cells around each, row by row; the border is continued.
    fn around(&self, f: impl Fn(&[f64; 3], &[f64; 3], &[f64; 3]) -> f64) -> Self {
        let (side, wide) = (self.side, self.side + 2);
        let mut framed = Vec::with_capacity(wide * wide);
        let mut add = |row: &[f64]| {
            framed.push(row[0]);
            framed.extend_from_slice(row);
            framed.push(row[side - 1]);
        };
        let rows = || self.cells.chunks_exact(side);
        rows().take(1).chain(rows()).chain(rows().skip(side - 1)).for_each(&mut add);
        let mut cells = Vec::with_capacity(side * side);
        for y in 0..side {
            let row = |n: usize| framed[(y + n) * wide..(y + n + 1) * wide].windows(3).map(|three| [three[0], three[1], three[2]]);
            cells.extend(row(0).zip(row(1)).zip(row(2)).map(|((above, here), below)| f(&above, &here, &below)));
        }
        Self { side, cells }
    }

    /// Returns the means of tiles of `tile` × `tile` cells.
    pub(crate) fn pooled(&self, tile: usize) -> Self {
        let side = self.side / tile;
        let mut cells = vec![0.0; side * side];
        for (y, row) in self.cells.chunks_exact(self.side).enumerate().take(side * tile) {
            for (x, value) in row.iter().enumerate().take(side * tile) {
                cells[y / tile * side + x / tile] += value;
            }
        }
        let share = 1.0 / (tile * tile) as f64;
        cells.iter_mut().for_each(|v| *v *= share);
        Self { side, cells }
    }

    /// Returns central differences along columns and rows; along the border only half of the step is seen.
    pub(crate) fn slopes(&self) -> (Self, Self) {
        (self.around(|_, here, _| (here[2] - here[0]) / 2.0), self.around(|above, _, below| (below[1] - above[1]) / 2.0))
    }

    /// Returns the Laplacian of four neighbours; the border is continued.
    pub(crate) fn laplacian(&self) -> Self {
        self.around(|above, here, below| above[1] + below[1] + here[0] + here[2] - 4.0 * here[1])
    }

    /// Returns the greatest magnitude within 3 × 3 cells around each.
    pub(crate) fn spread(&self) -> Self {
        let most = |three: &[f64; 3]| three[0].abs().max(three[1].abs()).max(three[2].abs());
        self.around(|above, here, below| most(above).max(most(here)).max(most(below)))
    }

    /// Returns the mean of 3 × 3 cells around each; the border is continued.
    pub(crate) fn smoothed(&self) -> Self {
        let sum = |three: &[f64; 3]| three[0] + three[1] + three[2];
        self.around(|above, here, below| (sum(above) + sum(here) + sum(below)) / 9.0)
    }

    /// Returns the square without its outermost cells.
    pub(crate) fn cropped(&self) -> Self {
        let side = self.side - 2;
        let rows = self.cells.chunks_exact(self.side).skip(1).take(side);
        Self { side, cells: rows.flat_map(|row| &row[1..=side]).copied().collect() }
    }

    /// Returns the mean.
    pub(crate) fn mean(&self) -> f64 {
        self.cells.iter().sum::<f64>() / self.cells.len() as f64
    }

    /// Returns the root mean square.
    pub(crate) fn rms(&self) -> f64 {
        (self.cells.iter().map(|v| v * v).sum::<f64>() / self.cells.len() as f64).sqrt()
    }

    /// Returns the greatest magnitude.
    pub(crate) fn peak(&self) -> f64 {
        self.cells.iter().fold(0.0, |peak, v| v.abs().max(peak))
    }
}

/// Returns the inverse of a symmetric positive definite matrix (Gauss and Jordan); columns that cannot be told apart come out as zeros.
pub(crate) fn inverse<const N: usize>(mut matrix: [[f64; N]; N]) -> [[f64; N]; N] {
    let mut out = [[0.0; N]; N];
    for (n, row) in out.iter_mut().enumerate() {
        row[n] = 1.0;
    }
    for pivot in 0..N {
        let best = (pivot..N).max_by(|&i, &j| matrix[i][pivot].abs().total_cmp(&matrix[j][pivot].abs())).unwrap_or(pivot);
        matrix.swap(pivot, best);
        out.swap(pivot, best);
        let scale = matrix[pivot][pivot];
        if scale.abs() < 1e-12 {
            continue;
        }
        for k in 0..N {
            matrix[pivot][k] /= scale;
            out[pivot][k] /= scale;
        }
        for row in (0..N).filter(|&row| row != pivot) {
            let factor = matrix[row][pivot];
            for k in 0..N {
                matrix[row][k] -= factor * matrix[pivot][k];
                out[row][k] -= factor * out[pivot][k];
            }
        }
    }
    out
}

/// What least squares found: `target ≈ Σ weights[n] × columns[n]`.
pub(crate) struct Fit<const N: usize> {
    /// The weight of each column.
    pub(crate) weights: [f64; N],
    /// The diagonal of the inverse normal matrix: times the residual's variance, the variance of each weight.
    pub(crate) spread: [f64; N],
}

/// Fits `rows` (the columns' values and the target at one place each) by least squares with `ridge` on the diagonal, which keeps plain
/// pictures from dividing by nothing.
pub(crate) fn fit<const N: usize>(rows: impl Iterator<Item = ([f64; N], f64)>, ridge: f64) -> Fit<N> {
    let (mut normal, mut right) = ([[0.0; N]; N], [0.0; N]);
    for (row, target) in rows {
        for i in 0..N {
            right[i] += row[i] * target;
            for j in 0..=i {
                normal[i][j] += row[i] * row[j];
            }
        }
    }
    let half = normal;
    for (i, row) in normal.iter_mut().enumerate() {
        row[i] += ridge;
        row.iter_mut().enumerate().skip(i + 1).for_each(|(j, value)| *value = half[j][i]);
    }
    let inverse = inverse(normal);
    let weight = |row: &[f64; N]| row.iter().zip(&right).map(|(v, r)| v * r).sum();
    Fit { weights: inverse.each_ref().map(weight), spread: std::array::from_fn(|n| inverse[n][n].max(0.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_squares_finds_a_known_plane() {
        let rows = (0..100).map(|n| {
            let (x, y) = (f64::from(n % 10), f64::from(n / 10));
            ([1.0, x, y], 3.0 - 2.0 * x + 0.5 * y)
        });
        let fit = fit(rows, 1e-9);
        for (got, wanted) in fit.weights.iter().zip([3.0, -2.0, 0.5]) {
            assert!((got - wanted).abs() < 1e-6, "{got} for {wanted}");
        }
    }

    #[test]
    fn columns_that_are_all_zero_do_not_divide_by_nothing() {
        let fit = fit((0..10).map(|n| ([1.0, 0.0], f64::from(n))), 0.0);
        assert!(fit.weights.iter().all(|w| w.is_finite()));
    }

    #[test]
    fn tiles_slopes_and_neighbourhoods() {
        let ramp = Surface { side: 4, cells: (0..16).map(|n| f64::from(n % 4)).collect() };
        assert_eq!(ramp.pooled(2).cells, [0.5, 2.5, 0.5, 2.5]);
        let (across, down) = ramp.slopes();
        assert_eq!(&across.cells[..4], &[0.5, 1.0, 1.0, 0.5]);
        assert_eq!(down.peak(), 0.0);
        assert_eq!(ramp.spread().cells[0], 1.0);
        assert!((ramp.smoothed().cells[5] - 1.0).abs() < 1e-12);
        assert_eq!(ramp.laplacian().cells[5], 0.0);
    }
}
