//! Reduces rows of pixels to a picture of red, green and blue as they come, and lays them upright.
//!
//! Reduction is by area: each pixel of the result is the average of what lies under it, in the samples' own curve. **Invariant:** nothing is
//! enlarged; beside the result only one row is held.

use crate::decode::{DecodeError, check_size};
use crate::planes::{Extent, Layout, Planes, over_white};
use crate::raw::render::rgb_of;
use crate::rows::Rows;
use model::Turn;

use super::{MAX_PICTURE_BYTES, Rendered};

/// Takes the rows of a picture and reduces them.
pub(crate) struct Raster {
    turn: Turn,
    side_max: Option<u32>,
    drawing: Option<Drawing>,
}

impl Raster {
    /// Returns an empty one.
    pub(crate) fn new(turn: Turn, side_max: Option<u32>) -> Self {
        Self { turn, side_max, drawing: None }
    }

    /// Returns the picture, upright.
    ///
    /// # Errors
    /// Damaged, if rows are missing.
    pub(crate) fn finish(self) -> Result<Rendered, DecodeError> {
        let drawing = self.drawing.ok_or_else(|| DecodeError::Damaged("it has no size".to_owned()))?;
        if drawing.target < drawing.out.1 {
            return Err(DecodeError::Damaged(format!("the picture ends after {} %", drawing.row * 100 / drawing.cells.1)));
        }
        let (width, height) = if self.turn.swaps_sides() { (drawing.out.1, drawing.out.0) } else { drawing.out };
        Ok(Rendered { width: width as u32, height: height as u32, rgb: drawing.rgb, icc: None })
    }

    /// Draws planes whose cells are averages of pixels, of a picture of `sides` pixels.
    ///
    /// # Errors
    /// As of [`begin`](Rows::begin).
    pub(super) fn draw(mut self, planes: &Planes, sides: (usize, usize)) -> Result<Rendered, DecodeError> {
        let Extent { columns, rows } = planes.luma_extent;
        let most = self.side_max.map_or(f64::MAX, f64::from).min(columns.max(rows).floor());
        let out = fitted(sides, most.max(1.0) as u32);
        let out = (out.0.min(planes.width), out.1.min(planes.height));
        self.drawing = Some(Drawing::new((planes.width, planes.height), (columns, rows), out, self.turn)?);
        let chroma = planes.chroma_extent;
        let across = chroma.columns / columns;
        let mut row = vec![0; planes.width * 3];
        for y in 0..planes.height {
            let down = ((y as f64 + 0.5) * chroma.rows / rows - 0.5) as f32;
            for (x, (pixel, &luma)) in row.chunks_exact_mut(3).zip(&planes.luma[y * planes.width..]).enumerate() {
                let right = ((x as f64 + 0.5) * across - 0.5) as f32;
                let between = |cells: &[u8]| between(cells, (planes.chroma_width, planes.chroma_height), right, down);
                pixel.copy_from_slice(&[luma, between(&planes.blue), between(&planes.red)]);
            }
            self.push(&row, Layout::Ycbcr);
        }
        self.finish()
    }
}

impl Rows for Raster {
    fn begin(&mut self, width: usize, height: usize) -> Result<(), DecodeError> {
        check_size(width as u64, height as u64)?;
        let out = fitted((width, height), self.side_max.unwrap_or(u32::MAX));
        self.drawing = Some(Drawing::new((width, height), (width as f64, height as f64), out, self.turn)?);
        Ok(())
    }

    fn push(&mut self, row: &[u8], layout: Layout) {
        if let Some(drawing) = &mut self.drawing {
            drawing.push(row, layout);
        }
    }
}

/// Returns the sides of a picture whose longest is at most `side_max`; never more than it has.
pub(super) fn fitted((width, height): (usize, usize), side_max: u32) -> (usize, usize) {
    let (longest, most) = (width.max(height), side_max.max(1) as usize);
    if longest <= most {
        return (width, height);
    }
    let scaled = |side: usize| ((side * most + longest / 2) / longest).clamp(1, side);
    (scaled(width), scaled(height))
}

/// Returns the value at a place between cells; the middle of the first is 0.
fn between(cells: &[u8], (width, height): (usize, usize), right: f32, down: f32) -> u8 {
    let place = |at: f32, side: usize| {
        let at = at.clamp(0.0, (side - 1) as f32);
        (at as usize, (at as usize + 1).min(side - 1), at.fract())
    };
    let ((left, right, x), (top, bottom, y)) = (place(right, width), place(down, height));
    let cell = |row: usize, column: usize| f32::from(cells[row * width + column]);
    let upper = cell(top, left) * (1.0 - x) + cell(top, right) * x;
    let lower = cell(bottom, left) * (1.0 - x) + cell(bottom, right) * x;
    (upper * (1.0 - y) + lower * y).round() as u8
}

/// Part of a row that is rounding.
const EDGE_TOLERANCE: f64 = 1e-6;

/// A picture that grows.
struct Drawing {
    /// Columns and rows that come.
    cells: (usize, usize),
    /// Height of the part of them that the picture covers.
    covered_rows: f64,
    /// Columns and rows of the result, as stored.
    out: (usize, usize),
    turn: Turn,
    columns: Vec<Column>,
    /// Part that a whole cell has in its column of the result.
    of_whole: f32,
    /// Sums down the columns for the row of the result that is being made, samples interleaved.
    sums: Vec<f32>,
    flat: Vec<u8>,
    /// Rows that came.
    row: usize,
    /// The row of the result that is being made.
    target: usize,
    rgb: Vec<u8>,
}

/// What a column of the result is made of: all of the cells between the first and the last, and parts of these.
#[derive(Clone, Copy)]
struct Column {
    first: usize,
    last: usize,
    of_first: f32,
    of_last: f32,
}

impl Drawing {
    fn new(cells: (usize, usize), covered: (f64, f64), out: (usize, usize), turn: Turn) -> Result<Self, DecodeError> {
        let needed = (out.0 as u64).saturating_mul(out.1 as u64).saturating_mul(3);
        if needed > MAX_PICTURE_BYTES {
            return Err(DecodeError::TooMuchMemory { needed, max: MAX_PICTURE_BYTES });
        }
        let column = |at: usize| {
            let [from, to] = [at, at + 1].map(|edge| covered.0 * edge as f64 / out.0 as f64);
            let (first, last) = (from as usize, ((to.ceil() as usize).max(1) - 1).clamp(from as usize, cells.0 - 1));
            let first = first.min(last);
            let of = |cell: usize| ((to.min(cell as f64 + 1.0) - from.max(cell as f64)) / (to - from)) as f32;
            Column { first, last, of_first: of(first), of_last: of(last) }
        };
        Ok(Self {
            cells,
            covered_rows: covered.1,
            out,
            turn,
            columns: (0..out.0).map(column).collect(),
            of_whole: (out.0 as f64 / covered.0) as f32,
            sums: Vec::new(),
            flat: Vec::new(),
            row: 0,
            target: 0,
            rgb: vec![0; needed as usize],
        })
    }

    fn push(&mut self, row: &[u8], layout: Layout) {
        let Some(row) = row.get(..self.cells.0 * layout.samples()).filter(|_| self.row < self.cells.1) else { return };
        let mut flat = std::mem::take(&mut self.flat);
        match layout {
            Layout::Luma | Layout::Rgb | Layout::Ycbcr => self.add(row, layout),
            Layout::LumaAlpha => {
                flat.clear();
                flat.extend(row.chunks_exact(2).map(|pixel| over_white(pixel[0], pixel[1])));
                self.add(&flat, Layout::Luma);
            }
            Layout::Rgba => {
                flat.clear();
                flat.extend(row.chunks_exact(4).flat_map(|pixel| [0, 1, 2].map(|n| over_white(pixel[n], pixel[3]))));
                self.add(&flat, Layout::Rgb);
            }
        }
        self.flat = flat;
    }

    /// Adds a row without opacity.
    fn add(&mut self, row: &[u8], layout: Layout) {
        let (top, bottom) = (self.row as f64, (self.row as f64 + 1.0).min(self.covered_rows));
        self.row += 1;
        if self.out == self.cells {
            self.put_row(|at| rgb_at(row, at, layout));
            return;
        }
        self.sums.resize(row.len(), 0.0);
        let height = self.covered_rows / self.out.1 as f64;
        let mut from = top;
        while self.target < self.out.1 {
            let (edge, is_last) = (height * (self.target + 1) as f64, self.target + 1 == self.out.1);
            let to = if is_last { bottom } else { bottom.min(edge) };
            let share = ((to - from).max(0.0) / height) as f32;
            for (sum, &sample) in self.sums.iter_mut().zip(row) {
                *sum += share * f32::from(sample);
            }
            // The last row ends the last of the result, whatever rounding says.
            let is_full = if is_last { self.row == self.cells.1 } else { bottom >= edge - EDGE_TOLERANCE };
            if !is_full {
                return;
            }
            self.close_row(layout);
            if bottom - edge <= EDGE_TOLERANCE {
                return;
            }
            from = to;
        }
    }

    fn close_row(&mut self, layout: Layout) {
        let (sums, columns) = (std::mem::take(&mut self.sums), std::mem::take(&mut self.columns));
        let samples = layout.samples();
        let average = |column: &Column, n: usize| {
            let at = |cell: usize| sums[cell * samples + n];
            if column.first == column.last {
                return level(at(column.first));
            }
            let inner: f32 = (column.first + 1..column.last).map(at).sum();
            level(at(column.first) * column.of_first + inner * self.of_whole + at(column.last) * column.of_last)
        };
        let mut pixels = Vec::with_capacity(columns.len());
        for column in &columns {
            let one = |n: usize| average(column, n);
            pixels.push(match layout {
                Layout::Luma | Layout::LumaAlpha => [one(0); 3],
                Layout::Ycbcr => rgb_of(one(0), one(1), one(2)),
                Layout::Rgb | Layout::Rgba => [one(0), one(1), one(2)],
            });
        }
        (self.sums, self.columns) = (sums, columns);
        self.sums.fill(0.0);
        self.put_row(|at| pixels[at]);
    }

    /// Puts a row of the result where it lies when upright.
    fn put_row(&mut self, pixel: impl Fn(usize) -> [u8; 3]) {
        let (width, height) = self.out;
        let (y, last_x, last_y) = (self.target, width - 1, height - 1);
        let stride = if self.turn.swaps_sides() { height } else { width };
        for x in 0..width {
            let (column, row) = match self.turn {
                Turn::Upright => (x, y),
                Turn::Mirrored => (last_x - x, y),
                Turn::Half => (last_x - x, last_y - y),
                Turn::Flipped => (x, last_y - y),
                Turn::Transposed => (y, x),
                Turn::Clockwise => (last_y - y, x),
                Turn::Transversed => (last_y - y, last_x - x),
                Turn::Counterclockwise => (y, last_x - x),
            };
            let at = (row * stride + column) * 3;
            self.rgb[at..at + 3].copy_from_slice(&pixel(x));
        }
        self.target += 1;
    }
}

fn level(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// Returns the colour of the pixel at that place of a row.
fn rgb_at(row: &[u8], at: usize, layout: Layout) -> [u8; 3] {
    match layout {
        Layout::Luma | Layout::LumaAlpha => [row[at]; 3],
        Layout::Ycbcr => rgb_of(row[at * 3], row[at * 3 + 1], row[at * 3 + 2]),
        Layout::Rgb | Layout::Rgba => [row[at * 3], row[at * 3 + 1], row[at * 3 + 2]],
    }
}
