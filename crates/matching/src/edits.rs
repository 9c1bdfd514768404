//! Edits that move nothing: tones, colours, sharpness, and a band drawn along one edge. Two near pictures that are no copies are shown to be
//! one shot where all structure stays in place. Says nothing of crops (`crops.rs`) or of small things drawn in (`second_look.rs`).

use crate::align::{Placement, Pyramid};
use crate::structure::{Structure, structure};
use crate::surface::Surface;
use crate::thresholds::*;
use crate::windows::Window;
use model::{LUMA_SIDE, PictureGrid};

/// What an attempt to show an edit came to.
pub(crate) struct Edit {
    /// Whether one is an edit of the other.
    pub(crate) holds: bool,
    /// Whether a band along an edge was left out.
    pub(crate) has_band: bool,
    /// What was measured, for `explain`.
    pub(crate) words: String,
}

/// A band along an edge: the edge (top, bottom, left, right) and its depth in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Band {
    edge: usize,
    depth: usize,
}

impl Band {
    fn holds(self, cell: usize) -> bool {
        let (x, y) = (cell % LUMA_SIDE, cell / LUMA_SIDE);
        [y, LUMA_SIDE - 1 - y, x, LUMA_SIDE - 1 - x][self.edge] < self.depth
    }
}

/// Lays `b` over `a`, upright, as a whole.
pub(crate) fn edit(a: &PictureGrid, b: &PictureGrid) -> Edit {
    let [first, second] = [a, b].map(|grid| Pyramid::of(&grid.luma[..], LUMA_SIDE));
    let whole = look(&first, &second, None);
    if whole.holds {
        return whole;
    }
    let mut bands: Vec<Band> = [&first, &second].into_iter().flat_map(|picture| bands(picture.finest())).collect();
    bands.sort_unstable_by_key(|band| (band.depth, band.edge));
    bands.dedup();
    bands.into_iter().map(|band| look(&first, &second, Some(band))).find(|edit| edit.holds).unwrap_or(whole)
}

fn look(a: &Pyramid, b: &Pyramid, band: Option<Band>) -> Edit {
    let kept = |cell: usize| band.is_none_or(|band| !band.holds(cell));
    let seen: Structure = structure(a, b, &Placement::of(Window::WHOLE), &kept);
    let holds = seen.holds(&STRUCTURE_STRICT) && seen.moved <= EDIT_DISPLACEMENT_MAX;
    let left_out = band.map_or(String::new(), |band| format!(" without {} rows of cells along an edge", band.depth));
    Edit { holds, has_band: band.is_some(), words: format!("structure{left_out}: {}", seen.words()) }
}

/// Returns the bands of one tone along the edges of a picture, each as deep as it goes: their first and last lines of cells are plain, and
/// what lies between is lettering for the lesser part.
fn bands(picture: &Surface) -> Vec<Band> {
    let side = picture.side;
    let cell = |edge: usize, depth: usize, along: usize| match edge {
        0 => picture.cells[depth * side + along],
        1 => picture.cells[(side - 1 - depth) * side + along],
        2 => picture.cells[along * side + depth],
        _ => picture.cells[along * side + side - 1 - depth],
    };
    let mut out = Vec::new();
    for edge in 0..4 {
        let mut outer: Vec<f64> = (0..side).map(|along| cell(edge, 0, along)).collect();
        outer.sort_unstable_by(f64::total_cmp);
        let tone = outer[side / 2];
        let flat = |depth: usize| (0..side).filter(|&along| (cell(edge, depth, along) - tone).abs() <= FLAT_LEVELS).count();
        let is_plain = |depth: usize| flat(depth) as f64 >= BORDER_FLAT_SHARE * side as f64;
        let (mut sum, mut depth) = (0, 0);
        for line in 0..BAND_MAX {
            sum += flat(line);
            if is_plain(line) && sum as f64 >= BAND_FLAT_SHARE * ((line + 1) * side) as f64 {
                depth = line + 1;
            }
        }
        if is_plain(0) && depth >= BAND_MIN {
            // The line beyond may be half band.
            out.push(Band { edge, depth: depth + 1 });
        }
    }
    out
}
