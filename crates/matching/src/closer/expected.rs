//! How large an error usually is at how much texture, learned from the picture itself.

use crate::surface::Surface;

/// Shares of the cells, by rising texture, that end the classes in which the usual error is measured: twentieths, and finer at the top,
/// where few cells hold much of the texture (letters on a page).
const CLASS_ENDS: [f64; 23] =
    [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.985, 0.993, 1.0];
/// Fewest cells of which a median is taken.
const CLASS_MIN: usize = 20;
/// The median of the squares of normal errors, as a share of their mean.
const MEDIAN_OF_SQUARES: f64 = 0.455;

/// Returns the error to be expected in each cell: the median of its class, never falling as texture rises, above the last class in
/// proportion to texture, and `floor` at least. A part that was changed hardly moves a median.
pub(super) fn expected(rest: &Surface, texture: &Surface, floor: f64) -> Surface {
    let mut order: Vec<u32> = (0..texture.cells.len() as u32).collect();
    order.sort_unstable_by(|&x, &y| texture.cells[x as usize].total_cmp(&texture.cells[y as usize]));
    let (mut from, mut usual) = (0, 0.0f64);
    let mut knots: Vec<(f64, f64)> = Vec::new();
    for end in CLASS_ENDS.map(|share| (share * order.len() as f64) as usize) {
        let class = &order[from..end];
        if class.len() < CLASS_MIN {
            continue;
        }
        let mut squares: Vec<f64> = class.iter().map(|&n| rest.cells[n as usize] * rest.cells[n as usize]).collect();
        let middle = squares.len() / 2;
        let median = *squares.select_nth_unstable_by(middle, f64::total_cmp).1;
        usual = usual.max((median / MEDIAN_OF_SQUARES).sqrt());
        knots.push((texture.cells[class[middle] as usize], usual));
        from = end;
    }
    let mut out = texture.clone();
    let mut knot = 0;
    for &n in &order {
        let amount = texture.cells[n as usize];
        while knots.get(knot).is_some_and(|&(at, _)| at < amount) {
            knot += 1;
        }
        out.cells[n as usize] = at_knot(&knots, knot, amount).hypot(floor);
    }
    out
}

/// Interpolates between the knots before and at `knot`, the first at or above `amount`.
fn at_knot(knots: &[(f64, f64)], knot: usize, amount: f64) -> f64 {
    match (knot.checked_sub(1).and_then(|before| knots.get(before)), knots.get(knot)) {
        (Some(&(low, error)), Some(&(high, more))) => error + (more - error) * (amount - low) / (high - low).max(f64::MIN_POSITIVE),
        (None, Some(&(_, error))) => error,
        (Some(&(last, error)), None) => error * amount / last.max(1.0),
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_learned_by_texture_and_a_spot_does_not_count() {
        let side = 100;
        let texture = Surface { side, cells: (0..side * side).map(|n| (n % side) as f64).collect() };
        // Errors of ± 3 % of the texture, and one spot of 50.
        let mut rest =
            Surface { side, cells: (0..side * side).map(|n| (n % side) as f64 * if n / side % 2 == 0 { 0.03 } else { -0.03 }).collect() };
        (0..16).for_each(|n| rest.cells[(40 + n / 4) * side + 50 + n % 4] = 50.0);
        let expected = expected(&rest, &texture, 0.5);
        for x in [10, 50, 90] {
            let wanted = (0.03 * x as f64 / MEDIAN_OF_SQUARES.sqrt()).hypot(0.5);
            assert!((expected.cells[x] - wanted).abs() < 0.15 * wanted, "{x}: {} for {wanted}", expected.cells[x]);
        }
    }

    #[test]
    fn a_plain_picture_has_the_floor() {
        let plain = Surface { side: 10, cells: vec![0.0; 100] };
        assert!(expected(&plain, &plain, 0.7).cells.iter().all(|&e| e == 0.7));
    }
}
