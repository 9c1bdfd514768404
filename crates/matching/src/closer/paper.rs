//! Pages of print. Around letters, coding and scaling ring: above and below in turn, so that a part keeps its mean. But nothing is whiter than
//! white, so on white paper the upper half of the ringing is cut off, and all lines of a page come out darker, as if contrast had been raised.
//! And where scaling leaves out what is finer than a pixel, a changed letter is no more than its neighbours.
//!
//! What tells a page is that all print lies near bare paper; the inside of a thing before a white wall does not.

use crate::surface::Surface;
use crate::thresholds::{PAPER_BRIGHT, PAPER_LEVELS, PAPER_QUANTILE, PAPER_WHITE};

/// Returns the share of the cells that are white or have a white one within two cells.
pub(super) fn near_white(luma: &Surface) -> f64 {
    near(luma, PAPER_WHITE)
}

/// Returns the share of the cells that are of the picture's own paper, its brightest common tone, or have such a one within two cells; 0 for a
/// picture that is too dark to be a page.
pub(super) fn near_paper(luma: &Surface) -> f64 {
    let mut cells = luma.cells.clone();
    let place = ((cells.len() - 1) as f64 * PAPER_QUANTILE) as usize;
    let paper = *cells.select_nth_unstable_by(place, f64::total_cmp).1;
    if paper < PAPER_BRIGHT { 0.0 } else { near(luma, paper - PAPER_LEVELS) }
}

fn near(luma: &Surface, least: f64) -> f64 {
    luma.map(|grey| f64::from(u8::from(grey >= least))).spread().spread().mean()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_print_are_a_page_and_a_thing_before_a_white_wall_is_not() {
        let side = 96;
        let of = |grey: &dyn Fn(usize, usize) -> f64| {
            let surface = Surface { side, cells: (0..side * side).map(|n| grey(n % side, n / side)).collect() };
            (near_paper(&surface), near_white(&surface))
        };
        let lines = |paper: f64| move |x: usize, y: usize| if (y + 3) % 5 < 3 { paper - 60.0 - (x * 37 % 90) as f64 } else { paper };
        assert!(of(&lines(255.0)) == (1.0, 1.0));
        assert!(of(&lines(242.0)) == (1.0, 0.0), "grey paper clips nothing");
        let thing = of(&|x, y| if (20..76).contains(&x) && (20..76).contains(&y) { 120.0 } else { 255.0 });
        assert!(thing.0 < 0.8 && thing.1 < 0.8, "{thing:?}");
        assert!(of(&|_, _| 120.0).0 == 0.0, "a dark wall is no paper");
    }
}
