//! The small picture kept for the second look. How it is drawn from pixels is the fingerprint room's; how two are compared is the
//! matching room's.

use crate::Turn;

/// Cells along each side of the luma grid.
pub const LUMA_SIDE: usize = 64;
/// Cells along each side of the two chroma grids.
pub const CHROMA_SIDE: usize = 16;

/// A picture reduced to squares, upright, the whole of it stretched to fit (so that a quarter turn maps cell to cell).
///
/// Shape: luma row-major [`LUMA_SIDE`] × [`LUMA_SIDE`], blue and red differences (JPEG's Cb and Cr, 128 is neutral) row-major
/// [`CHROMA_SIDE`] × [`CHROMA_SIDE`]; each cell is the area average of its part, full-range BT.601, 0 to 255.
#[derive(Clone, PartialEq, Eq)]
pub struct PictureGrid {
    /// Brightness, row-major.
    pub luma: Box<[u8; LUMA_SIDE * LUMA_SIDE]>,
    /// Blue difference, row-major.
    pub blue: Box<[u8; CHROMA_SIDE * CHROMA_SIDE]>,
    /// Red difference, row-major.
    pub red: Box<[u8; CHROMA_SIDE * CHROMA_SIDE]>,
}

impl PictureGrid {
    /// Bytes of [`to_bytes`](Self::to_bytes).
    pub const BYTES: usize = LUMA_SIDE * LUMA_SIDE + 2 * CHROMA_SIDE * CHROMA_SIDE;

    /// Returns luma, blue and red one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.luma[..], &self.blue[..], &self.red[..]].concat()
    }

    /// Returns the grid of [`to_bytes`](Self::to_bytes); `None` at any other length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != Self::BYTES {
            return None;
        }
        let (luma, chroma) = bytes.split_at(LUMA_SIDE * LUMA_SIDE);
        let (blue, red) = chroma.split_at(CHROMA_SIDE * CHROMA_SIDE);
        Some(Self { luma: Box::new(luma.try_into().ok()?), blue: Box::new(blue.try_into().ok()?), red: Box::new(red.try_into().ok()?) })
    }

    /// Returns the grid as it would be, were the picture turned so.
    #[must_use]
    pub fn turned(&self, turn: Turn) -> Self {
        Self {
            luma: turn_cells(&self.luma, LUMA_SIDE, turn),
            blue: turn_cells(&self.blue, CHROMA_SIDE, turn),
            red: turn_cells(&self.red, CHROMA_SIDE, turn),
        }
    }
}

/// From what a [`DetailGrid`] is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DetailWay {
    /// The averages of a large JPEG's blocks, much cheaper; other pictures by their pixels. Serves two JPEGs of one size stored one way round.
    Blocks,
    /// All pixels.
    Pixels,
}

/// A picture reduced less, drawn again for pairs that the [`PictureGrid`] cannot decide; never stored. Upright, the whole of it stretched
/// to squares like the grid's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailGrid {
    /// Cells along each side of the luma square.
    pub side: usize,
    /// Cells along each side of the two chroma squares.
    pub chroma_side: usize,
    /// Brightness, row-major.
    pub luma: Vec<u8>,
    /// Blue difference, row-major.
    pub blue: Vec<u8>,
    /// Red difference, row-major.
    pub red: Vec<u8>,
}

impl DetailGrid {
    /// Returns the squares as they would be, were the picture turned so.
    #[must_use]
    pub fn turned(&self, turn: Turn) -> Self {
        let turn_square = |cells: &[u8], side: usize| {
            let mut out = vec![0; cells.len()];
            turn_into(cells, side, turn, &mut out);
            out
        };
        Self {
            luma: turn_square(&self.luma, self.side),
            blue: turn_square(&self.blue, self.chroma_side),
            red: turn_square(&self.red, self.chroma_side),
            ..*self
        }
    }
}

impl std::fmt::Debug for PictureGrid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PictureGrid(mean luma {})", self.luma.iter().map(|&v| u64::from(v)).sum::<u64>() / self.luma.len() as u64)
    }
}

fn turn_cells<const N: usize>(cells: &[u8; N], side: usize, turn: Turn) -> Box<[u8; N]> {
    let mut out = Box::new([0; N]);
    turn_into(cells, side, turn, &mut out[..]);
    out
}

fn turn_into(cells: &[u8], side: usize, turn: Turn, out: &mut [u8]) {
    for y in 0..side {
        for x in 0..side {
            let (from_x, from_y) = turn.taken_from(x, y, side);
            out[y * side + x] = cells[from_y * side + from_x];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_and_four_quarter_turns_change_nothing() {
        let bytes: Vec<u8> = (0..PictureGrid::BYTES).map(|n| (n * 7 % 251) as u8).collect();
        let grid = PictureGrid::from_bytes(&bytes).expect("right length");
        assert_eq!(grid.to_bytes(), bytes);
        let mut turned = grid.clone();
        for _ in 0..4 {
            turned = turned.turned(Turn::Clockwise);
        }
        assert_eq!(turned, grid);
        assert_eq!(grid.turned(Turn::Clockwise).turned(Turn::Counterclockwise), grid);
        assert!(PictureGrid::from_bytes(&bytes[1..]).is_none());
    }
}
