//! Small JPEGs of photos, from the squares that the closer look or the catalog has of them, for hand-off and review; nothing is decoded here.

use jpeg_encoder::{ColorType, Encoder};
use model::{CHROMA_SIDE, DetailGrid, LUMA_SIDE, PictureGrid};

/// Longest side of a thumbnail. Pixels: what the closer look's luma square gives.
const SIDE_MAX: usize = 256;
/// Longest side where only the catalog's 64 cells are at hand: more would show nothing more.
const COARSE_SIDE_MAX: usize = 128;
/// JPEG quality; some 8 kB a picture.
const QUALITY: u8 = 80;

/// Returns a JPEG of the catalog's small picture.
pub(crate) fn coarse_jpeg(grid: &PictureGrid, photo_px: (u32, u32)) -> Option<Vec<u8>> {
    jpeg(&square_of(grid), photo_px)
}

/// Returns the catalog's small picture in the form of the larger one.
fn square_of(grid: &PictureGrid) -> DetailGrid {
    DetailGrid { side: LUMA_SIDE, chroma_side: CHROMA_SIDE, luma: grid.luma.to_vec(), blue: grid.blue.to_vec(), red: grid.red.to_vec() }
}

/// Returns a JPEG of the picture, upright, stretched back to the sides that the photo has. `None` for an empty square.
pub(crate) fn jpeg(square: &DetailGrid, photo_px: (u32, u32)) -> Option<Vec<u8>> {
    if square.side == 0 || square.chroma_side == 0 || square.luma.len() != square.side * square.side {
        return None;
    }
    let (width, height) = sides(photo_px, if square.side > LUMA_SIDE { SIDE_MAX } else { COARSE_SIDE_MAX });
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let (across, down) = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
            pixels.push(at(&square.luma, square.side, across, down));
            pixels.push(at(&square.blue, square.chroma_side, across, down));
            pixels.push(at(&square.red, square.chroma_side, across, down));
        }
    }
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, QUALITY).encode(&pixels, width as u16, height as u16, ColorType::Ycbcr).ok()?;
    Some(bytes)
}

/// Returns the sides of a thumbnail; a square where those of the photo are unknown.
fn sides((width, height): (u32, u32), most: usize) -> (usize, usize) {
    let longest = width.max(height);
    if longest == 0 {
        return (most, most);
    }
    let scaled = |side: u32| ((u64::from(side) * most as u64 / u64::from(longest)) as usize).clamp(1, most);
    (scaled(width), scaled(height))
}

/// Returns the value at a place of a square, between its cells by how near they are. Places run from 0 to 1.
fn at(cells: &[u8], side: usize, across: f32, down: f32) -> u8 {
    let place = |value: f32| {
        let cell = (value * side as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        (cell as usize, ((cell as usize) + 1).min(side - 1), cell.fract())
    };
    let ((left, right, x), (top, bottom, y)) = (place(across), place(down));
    let cell = |row: usize, column: usize| f32::from(cells[row * side + column]);
    let upper = cell(top, left) * (1.0 - x) + cell(top, right) * x;
    let lower = cell(bottom, left) * (1.0 - x) + cell(bottom, right) * x;
    (upper * (1.0 - y) + lower * y).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_has_the_sides_of_its_photo() {
        assert_eq!(sides((4000, 3000), 256), (256, 192));
        assert_eq!(sides((3000, 4000), 256), (192, 256));
        assert_eq!(sides((0, 0), 128), (128, 128));
        assert_eq!(sides((100_000, 1), 256), (256, 1));
        let cells: Vec<u8> = (0..PictureGrid::BYTES).map(|n| (n % 251) as u8).collect();
        let grid = PictureGrid::from_bytes(&cells).expect("right length");
        let bytes = jpeg(&square_of(&grid), (4000, 3000)).expect("a JPEG");
        assert_eq!(bytes.get(..3), Some(&[0xFF, 0xD8, 0xFF][..]));
        assert!(bytes.len() < 20_000, "{}", bytes.len());
    }

    #[test]
    fn values_lie_between_those_of_the_cells() {
        let cells = [0, 100, 100, 200];
        assert_eq!(at(&cells, 2, 0.0, 0.0), 0);
        assert_eq!(at(&cells, 2, 1.0, 1.0), 200);
        assert_eq!(at(&cells, 2, 0.5, 0.5), 100);
    }
}
