//! What becomes of colours that no screen can show. A JPEG may hold brightness and colour differences whose red, green or blue lies beyond 0
//! to 255; a program that opens and saves it, turned or in another format, clips them, and brightness changes where colours are strong.
//! That is coding and no change, so an error of that size is to be expected there. Neutral tones, pages and print, never clip.
//!
//! Source of the matrix: JFIF 1.02 (ITU-R BT.601).

use crate::surface::Surface;
use crate::thresholds::CLOSER_SATURATION;
use model::DetailGrid;

/// Returns, for each cell of `luma` (the brightness of `grid`, perhaps in fewer cells), how much its brightness changes by clipping. Grey
/// levels, 0 for most.
pub(super) fn clipped(grid: &DetailGrid, luma: &Surface) -> Surface {
    let side = luma.side;
    let chroma_at = |n: usize| {
        let [x, y] = [n % side, n / side].map(|at| (at * grid.chroma_side / side).min(grid.chroma_side - 1));
        let of = |plane: &[u8]| CLOSER_SATURATION * (f64::from(plane[y * grid.chroma_side + x]) - 128.0);
        (of(&grid.blue), of(&grid.red))
    };
    let beyond = |value: f64| (value - 255.0).max(-value).max(0.0);
    let cell = |(n, &luma): (usize, &f64)| {
        let (blue, red) = chroma_at(n);
        let rgb = [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue];
        0.299 * beyond(rgb[0]) + 0.587 * beyond(rgb[1]) + 0.114 * beyond(rgb[2])
    };
    Surface { side, cells: luma.cells.iter().enumerate().map(cell).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(luma: u8, blue: u8, red: u8) -> f64 {
        let grid = DetailGrid { side: 4, chroma_side: 2, luma: vec![luma; 16], blue: vec![blue; 4], red: vec![red; 4] };
        clipped(&grid, &Surface::of(&grid.luma, 4)).cells[5]
    }

    #[test]
    fn strong_colours_clip_and_neutral_tones_do_not() {
        assert_eq!([plain(0, 128, 128), plain(128, 128, 128), plain(255, 128, 128)], [0.0; 3]);
        assert!(plain(200, 100, 200) > 20.0, "a red brighter than any screen's");
        assert_eq!(plain(128, 110, 150), 0.0, "a common colour");
    }
}
