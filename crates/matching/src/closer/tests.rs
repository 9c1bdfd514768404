//! The closer look on drawn pictures: what it must pass and what it must not.

use super::*;
use crate::find::fixture::subject;

const SIDE: usize = 192;

/// A drawn picture: smooth ground, hard edges, fine texture on one half.
fn picture() -> Vec<f64> {
    let cell = |n: usize| {
        let (x, y) = ((n % SIDE) as f64, (n / SIDE) as f64);
        let ground = 110.0 + 50.0 * (x / 37.0).sin() + 30.0 * (y / 23.0).cos();
        let edges = if (n % SIDE / 24 + n / SIDE / 24).is_multiple_of(3) { 35.0 } else { 0.0 };
        let texture = if x > 96.0 { 14.0 * (x * 1.7).sin() * (y * 1.3).cos() } else { 0.0 };
        ground + edges + texture
    };
    (0..SIDE * SIDE).map(cell).collect()
}

/// Noise of a fixed seed, even in ± `strength`.
fn noisy(cells: &[f64], strength: f64, seed: u32) -> Vec<f64> {
    let mut state = seed;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1u32 << 23) - 1.0
    };
    cells.iter().map(|cell| cell + strength * random()).collect()
}

fn grid(cells: &[f64]) -> DetailGrid {
    let luma = cells.iter().map(|cell| cell.round().clamp(0.0, 255.0) as u8).collect();
    DetailGrid { side: SIDE, chroma_side: 1, luma, blue: vec![128], red: vec![128] }
}

fn alike(quality: u8) -> Explained {
    let mut subject = subject(1);
    (subject.width, subject.height, subject.from) = (1024, 768, Some(DecodedFrom::Full));
    subject.encoding.jpeg_quality = Some(quality);
    Explained::of(&subject, &subject, Turn::Upright)
}

fn fault(a: &[f64], b: &[f64]) -> Option<CloserFault> {
    let (there, back) = (look_closer(&grid(a), &grid(b), alike(90)).fault(), look_closer(&grid(b), &grid(a), alike(90)).fault());
    assert_eq!(there, back, "the pictures may change places");
    there
}

#[test]
fn noise_all_over_is_coding_and_no_place_stands_out_however_strong() {
    let original = picture();
    for strength in [0.0, 0.5, 1.0] {
        assert_eq!(fault(&original, &noisy(&original, strength, 5)), None, "{strength}");
    }
    for strength in [4.0, 16.0] {
        // More than a quality of 90 leaves; but it is everywhere.
        assert!(!matches!(fault(&original, &noisy(&original, strength, 5)), Some(CloserFault::Part { .. })), "{strength}");
    }
}

#[test]
fn a_place_that_differs_is_found_in_the_noise() {
    let original = picture();
    for (size, change, noise) in [(2, 12.0, 1.0), (3, 9.0, 1.0), (5, 8.0, 2.0)] {
        let mut edited = noisy(&original, noise, 9);
        (0..size * size).for_each(|n| edited[(40 + n / size) * SIDE + 130 + n % size] += change);
        match fault(&original, &edited) {
            Some(CloserFault::Part { across, down }) => {
                assert!((across - 131.0 / 192.0).abs() < 0.03 && (down - 41.0 / 192.0).abs() < 0.03, "{across} {down}");
            }
            other => panic!("{size}: {other:?}"),
        }
    }
}

#[test]
fn a_part_that_moved_by_a_cell_is_found_though_its_mean_stays() {
    let original = noisy(&picture(), 6.0, 3);
    let mut moved = noisy(&original, 1.0, 4);
    for y in 60..68 {
        for x in 120..128 {
            moved[y * SIDE + x] = original[(y + 1) * SIDE + x + 2];
        }
    }
    assert!(matches!(fault(&original, &moved), Some(CloserFault::Part { .. })));
}

#[test]
fn a_blur_and_a_gain_all_over_are_told() {
    let original = noisy(&picture(), 10.0, 7);
    let at = |x: usize, y: usize| original[y.min(SIDE - 1) * SIDE + x.min(SIDE - 1)];
    let around = |n: usize| {
        let (x, y) = (n % SIDE, n / SIDE);
        at(x + 1, y) + at(x.saturating_sub(1), y) + at(x, y + 1) + at(x, y.saturating_sub(1)) - 4.0 * at(x, y)
    };
    let blurred: Vec<f64> = (0..SIDE * SIDE).map(|n| original[n] + 0.05 * around(n)).collect();
    assert_eq!(fault(&original, &blurred), Some(CloserFault::Sharpness));
    let brighter: Vec<f64> = original.iter().map(|cell| cell * 1.012).collect();
    assert_eq!(fault(&original, &brighter), Some(CloserFault::Tone));
    let rounded: Vec<f64> = original.iter().map(|cell| cell - 0.5).collect();
    assert_eq!(fault(&original, &rounded), None, "a program that cuts instead of rounding");
}

#[test]
fn coarse_quantisers_and_other_sizes_are_given_more() {
    let (original, step) = (picture(), 6.0);
    let coarse: Vec<f64> = original.iter().map(|cell| (cell / step).round() * step).collect();
    let look = look_closer(&grid(&original), &grid(&coarse), alike(10));
    assert_eq!(look.fault(), None, "{}", look.words());
    let (mut large, mut small) = (subject(1), subject(2));
    (small.width, small.height, small.from) = (800, 600, Some(DecodedFrom::Full));
    assert!(Explained::of(&large, &small, Turn::Upright).grain == 1.0);
    assert!(Explained::of(&large, &large, Turn::Mirrored).grain == 0.0);
    (large.width, large.height, large.from) = (1200, 900, Some(DecodedFrom::Full));
    assert!(Explained::of(&large, &small, Turn::Upright).grain == 1.0);
}

#[test]
fn squares_of_two_sides_are_compared_at_the_smaller() {
    let original = picture();
    let small = DetailGrid {
        side: 96,
        luma: pool::pooled_to(&Surface { side: SIDE, cells: original.clone() }, 96).cells.iter().map(|&c| c.round() as u8).collect(),
        ..grid(&original)
    };
    let look = look_closer(&grid(&original), &small, alike(90));
    assert!(look.fault().is_none() && look.side == 96, "{}", look.words());
}

#[test]
fn plain_and_extreme_squares_do_not_panic() {
    let checks: Vec<f64> = (0..SIDE * SIDE).map(|n| if n % 2 == 0 { 0.0 } else { 255.0 }).collect();
    let plain = vec![0.0; SIDE * SIDE];
    assert_eq!(fault(&plain, &plain), None);
    assert_ne!(fault(&plain, &checks), None);
    let near_empty = vec![255.0; SIDE * SIDE];
    fault(&plain, &near_empty);
}

#[test]
fn blocks_serve_only_where_those_of_both_lie_on_the_same_pixels() {
    let mut large = subject(1);
    (large.width, large.height, large.from) = (4000, 3000, Some(DecodedFrom::Coarse));
    let way = |change: &dyn Fn(&mut Subject), turn| {
        let mut other = large.clone();
        change(&mut other);
        Explained::of(&large, &other, turn).way
    };
    assert_eq!(way(&|_| (), Turn::Upright), DetailWay::Blocks);
    for turn in Turn::ALL.into_iter().filter(|&turn| turn != Turn::Upright) {
        assert_eq!(way(&|_| (), turn), DetailWay::Pixels, "{turn:?}");
    }
    assert_eq!(way(&|other| other.orientation = 6, Turn::Upright), DetailWay::Pixels, "stored another way round");
    assert_eq!(way(&|other| other.width = 3996, Turn::Upright), DetailWay::Pixels, "another size, however near");
    assert_eq!(way(&|other| other.format = Format::Png, Turn::Upright), DetailWay::Pixels);
}

/// A page of 38 lines of print on paper of this brightness.
fn page(paper: f64) -> Vec<f64> {
    let is_print = |x: usize, y: usize| (24..168).contains(&x) && (24..144).contains(&y) && y % 5 < 3;
    let cell = |n: usize| if is_print(n % SIDE, n / SIDE) { paper - 40.0 - (n % SIDE * 37 % 90) as f64 } else { paper };
    (0..SIDE * SIDE).map(cell).collect()
}

/// What stands on paper of 255, darker by this share of its contrast.
fn darkened(cells: &[f64], share: f64) -> Vec<f64> {
    cells.iter().map(|cell| 255.0 - (255.0 - cell) * (1.0 + share)).collect()
}

#[test]
fn ringing_clipped_on_white_paper_is_no_change_of_tone_and_a_changed_letter_is_found_in_it() {
    let print = page(255.0);
    let copy = noisy(&darkened(&print, 0.05), 1.0, 5);
    assert_eq!(fault(&print, &copy), None);
    let mut changed = copy;
    (0..6).for_each(|n| changed[(101 + n / 2) * SIDE + 60 + n % 2] += 25.0);
    assert!(matches!(fault(&print, &changed), Some(CloserFault::Part { .. })));
    assert_ne!(fault(&print, &darkened(&print, 0.15)), None, "more than ringing does");
}

#[test]
fn a_change_of_tone_is_told_where_paper_is_grey_and_of_a_thing_before_a_white_wall() {
    assert_eq!(fault(&page(242.0), &darkened(&page(242.0), 0.02)), Some(CloserFault::Tone));
    let is_inside = |n: usize| (30..162).contains(&(n % SIDE)) && (30..162).contains(&(n / SIDE));
    let thing: Vec<f64> = picture().into_iter().enumerate().map(|(n, cell)| if is_inside(n) { cell } else { 255.0 }).collect();
    assert_eq!(fault(&thing, &darkened(&thing, 0.02)), Some(CloserFault::Tone));
}

#[test]
fn pages_of_two_sizes_are_held_to_less() {
    let (mut large, small) = (subject(1), subject(2));
    (large.width, large.height, large.from) = (1200, 900, Some(DecodedFrom::Full));
    let (print, explained) = (grid(&page(255.0)), Explained::of(&large, &small, Turn::Upright));
    let look =
        |beyond: f64, explained| CloserLook { worst: Worst { beyond, ..Worst::default() }, ..look_closer(&print, &print, explained) };
    assert!(look(PAGE_RESIZED_BLOCK_MAX, explained).fault().is_none());
    assert!(look(PAGE_RESIZED_BLOCK_MAX + 0.01, explained).fault().is_some());
    assert!(look(0.99, alike(90)).fault().is_none(), "of one size");
}
