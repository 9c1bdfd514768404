//! Pictures of one seed stay the same at every size; pictures of different seeds do not look alike.

use super::*;
use crate::canvas::luma;

/// Side of the small picture that hashes are taken from.
const SIDE: usize = 32;

/// A 256-bit cosine hash of the same family as the product's, written independently: 16 × 16 low frequencies over their median.
fn hash(canvas: &Canvas) -> [bool; 256] {
    let small = canvas.resized(SIDE, SIDE);
    let light: Vec<f32> = small.rgb.chunks_exact(3).map(|p| luma([f32::from(p[0]), f32::from(p[1]), f32::from(p[2])])).collect();
    let wave = |frequency: usize, place: usize| (std::f32::consts::PI * frequency as f32 * (place as f32 + 0.5) / SIDE as f32).cos();
    let mut weights = [0.0f32; 256];
    for (index, weight) in weights.iter_mut().enumerate() {
        let (u, v) = (index % 16 + 1, index / 16 + 1);
        for y in 0..SIDE {
            let row: f32 = (0..SIDE).map(|x| light[y * SIDE + x] * wave(u, x)).sum();
            *weight += row * wave(v, y);
        }
    }
    let mut sorted = weights;
    sorted.sort_by(f32::total_cmp);
    weights.map(|weight| weight > sorted[128])
}

fn bits(a: &[bool; 256], b: &[bool; 256]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a != b).count()
}

fn mean_difference(a: &Canvas, b: &Canvas) -> f32 {
    a.rgb.iter().zip(&b.rgb).map(|(a, b)| f32::from(a.abs_diff(*b))).sum::<f32>() / a.rgb.len() as f32
}

#[test]
fn a_scene_is_the_same_picture_at_every_size() {
    for kind in Kind::ALL {
        for seed in 0..4 {
            let scene = Scene::of(kind, seed);
            let (large, small) = (scene.draw(1000, 750), scene.draw(320, 240));
            let distance = bits(&hash(&large), &hash(&small));
            assert!(distance <= 16, "{} {seed}: {distance} bits", kind.name());
            let mean = mean_difference(&large.resized(320, 240), &small);
            assert!(mean < 6.0, "{} {seed}: {mean} levels", kind.name());
        }
    }
}

#[test]
fn scenes_of_different_seeds_lie_far_apart() {
    let scenes: Vec<(String, [bool; 256])> = Kind::ALL
        .into_iter()
        .flat_map(|kind| (0..12).map(move |seed| (format!("{} {seed}", kind.name()), hash(&Scene::of(kind, seed).draw(240, 180)))))
        .collect();
    let mut nearest = (256, String::new());
    for (index, (name, one)) in scenes.iter().enumerate() {
        for (other, two) in &scenes[index + 1..] {
            nearest = nearest.min((bits(one, two), format!("{name} and {other}")));
        }
    }
    assert!(nearest.0 >= 70, "{nearest:?}");
}

#[test]
fn chats_look_alike_and_differ() {
    let (one, two) = (screenshot(1, 270, 585), screenshot(2, 270, 585));
    assert_ne!(one, two);
    let scene = Scene::new(1).draw(270, 585);
    assert!(mean_difference(&one, &two) * 3.0 < mean_difference(&one, &scene));
    assert_ne!(document(1, 300, 400), document(2, 300, 400));
    let (large, small) = (document(1, 900, 1200), document(1, 300, 400));
    assert!(mean_difference(&large.resized(300, 400), &small) < 3.0);
}

#[test]
fn drawing_is_deterministic_and_neighbouring_seeds_show_other_things() {
    assert_eq!(Scene::new(8).draw(120, 90), Scene::new(8).draw(120, 90));
    assert_ne!(Scene::new(8).draw(120, 90), Scene::new(14).draw(120, 90));
    assert_ne!(Scene::new(8).kind(), Scene::new(9).kind());
    let tiny = Scene::new(3).draw(0, 0);
    assert_eq!((tiny.width, tiny.height), (1, 1));
}
