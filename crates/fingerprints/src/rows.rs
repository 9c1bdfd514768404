//! How decoders hand a picture over: row by row, top to bottom, as stored, so that nobody holds more of it than he needs.

use crate::decode::DecodeError;
use crate::planes::Layout;

/// Takes the rows of a picture.
pub(crate) trait Rows {
    /// Is told the sides in pixels, at least 1, once and before the first row.
    ///
    /// # Errors
    /// [`DecodeError`], where a picture of that size is not wanted.
    fn begin(&mut self, width: usize, height: usize) -> Result<(), DecodeError>;

    /// Takes the next row. Rows past the last, and rows too short, are not taken. All rows have one layout.
    fn push(&mut self, row: &[u8], layout: Layout);
}

/// What a decoder tells of the picture whose rows it gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    /// Frames or pages; the first was given.
    pub(crate) frames: u32,
    /// Whether its format keeps every pixel.
    pub(crate) lossless: bool,
}
