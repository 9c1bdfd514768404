//! The near views: a portrait before a blurred background, and a laid table seen from above.

use super::figures::vignette;
use super::nature::Light;
use super::paint::{Fill, Frame, Layer, Shape, Tone, flat, lit, mix, round, step};
use crate::noise::Field;
use crate::rng::Rng;
use std::f32::consts::{PI, TAU};

/// One or two people, head and shoulders, lights out of focus behind them.
pub(super) fn portrait(rng: &Rng, frame: Frame) -> Vec<Layer> {
    let (light, aspect) = (Light::of(rng), frame.aspect());
    let mut layers = vec![backdrop(rng, light)];
    for _ in 0..14 + rng.below(20) {
        let (u, v, size) = (rng.unit() * aspect, rng.between(-0.05, 0.85), rng.between(0.02, 0.11));
        let tone = mix(light.glow, [rng.between(60.0, 250.0), rng.between(90.0, 220.0), rng.between(60.0, 220.0)], 0.6);
        let strength = rng.between(0.25, 0.6);
        layers.push(glow(Shape::oval(u, v, size, size).soft(0.02), tone, strength));
    }
    let heads: &[f32] = if aspect > 1.1 && rng.chance(0.45) { &[0.34, 0.66] } else { &[0.5] };
    for middle in heads {
        let (u, v) = ((middle + rng.between(-0.1, 0.1)) * aspect, rng.between(0.36, 0.46));
        let size = rng.between(0.19, 0.25) * if heads.len() > 1 { 0.86 } else { 1.0 };
        layers.extend(bust(rng, light, u, v, size));
    }
    layers.push(vignette(frame, 0.38));
    layers
}

fn backdrop(rng: &Rng, light: Light) -> Layer {
    let field = Field::new(rng.next(), 3, 0.5);
    let (one, two) = (
        lit([rng.between(40.0, 190.0), rng.between(70.0, 180.0), rng.between(50.0, 180.0)], light.day),
        lit([rng.between(60.0, 220.0), rng.between(60.0, 190.0), rng.between(40.0, 160.0)], light.day),
    );
    Box::new(move |row| {
        let noise = row.noise(field, 1.7, 1.7, row.v);
        for (tone, value) in row.tones.iter_mut().zip(noise) {
            *tone = lit(mix(one, two, step(-0.7, 0.7, value)), 1.15 - 0.4 * row.v);
        }
    })
}

/// A disc of light that shows what is behind it.
fn glow(shape: Shape, tone: Tone, strength: f32) -> Layer {
    Box::new(move |row| {
        let v = row.v;
        let high = ((shape.high + shape.soft).powi(2) - (v - shape.v).powi(2)).max(0.0).sqrt();
        row.lay(shape.u - high, shape.u + high, |u| strength * step(high, high - shape.soft, (u - shape.u).abs()), |_| tone);
    })
}

fn bust(rng: &Rng, light: Light, u: f32, v: f32, size: f32) -> Vec<Layer> {
    let day = 0.5 + 0.5 * light.day;
    let skin = lit(*rng.pick(&[[236.0, 196.0, 168.0], [214.0, 164.0, 128.0], [166.0, 116.0, 84.0], [110.0, 74.0, 54.0]]), day);
    let hair =
        lit(*rng.pick(&[[44.0, 32.0, 26.0], [110.0, 72.0, 40.0], [202.0, 164.0, 100.0], [160.0, 156.0, 152.0], [140.0, 60.0, 32.0]]), day);
    let shirt = lit([rng.between(30.0, 240.0), rng.between(40.0, 220.0), rng.between(40.0, 220.0)], day);
    let (side, long) = (light.side(), rng.chance(0.5));
    let at = |x: f32, y: f32, wide: f32, high: f32| Shape::oval(u + x * size, v + y * size, wide * size, high * size);
    let mut layers = Vec::new();
    if long {
        layers.push(at(0.0, 0.35, 0.95, 1.45).soft(0.02).filled(strands(rng, lit(hair, 0.8))));
    }
    layers.push(Shape::slab(u, v + 2.6 * size, 1.75 * size, 1.3 * size, 0.75).filled(cloth(rng, shirt, side)));
    layers.push(Shape::slab(u, v + 1.1 * size, 0.36 * size, 0.5 * size, 0.6).filled(round(lit(skin, 0.84), side)));
    layers.push(at(0.0, -0.12, 0.86, 1.1).soft(0.012).filled(strands(rng, hair)));
    layers.push(at(-0.76, 0.08, 0.12, 0.2).filled(flat(lit(skin, 0.86))));
    layers.push(at(0.76, 0.08, 0.12, 0.2).filled(flat(lit(skin, 0.86))));
    layers.push(at(0.0, 0.05, 0.75, 0.98).filled(round(skin, side)));
    layers.push(at(side * -0.3, 0.3, 0.36, 0.5).soft(0.5 * size).filled(flat(lit(skin, 0.88))));
    for eye in [-0.29, 0.29] {
        layers.push(at(eye, -0.2, 0.16, 0.035).filled(flat(lit(hair, 0.8))));
        layers.push(at(eye, -0.03, 0.12, 0.065).filled(flat([240.0, 238.0, 234.0])));
        layers.push(at(eye + 0.02 * side, -0.03, 0.06, 0.063).filled(flat(lit([90.0, 70.0, 54.0], rng.between(0.5, 1.4)))));
        layers.push(at(eye + 0.02 * side, -0.03, 0.028, 0.03).filled(flat([16.0, 14.0, 14.0])));
        layers.push(at(eye * 1.45, 0.32, 0.17, 0.13).soft(0.16 * size).filled(flat(mix(skin, [226.0, 120.0, 104.0], 0.3))));
    }
    layers.push(at(-0.03 * side, 0.2, 0.07, 0.2).soft(0.08 * size).filled(flat(lit(skin, 0.9))));
    layers.push(at(0.0, 0.38, 0.12, 0.04).soft(0.05 * size).filled(flat(lit(skin, 0.72))));
    layers.push(at(0.0, 0.58, rng.between(0.2, 0.3), rng.between(0.05, 0.09)).filled(flat(mix(skin, [176.0, 60.0, 60.0], 0.55))));
    layers.push(at(0.0, 0.57, 0.22, 0.018).filled(flat(lit(skin, 0.55))));
    layers.push(at(rng.between(-0.3, 0.3), -0.86, 0.72, 0.34).soft(0.01).filled(strands(rng, hair)));
    layers
}

/// Hair: thin bands of light along its fall.
fn strands(rng: &Rng, tone: Tone) -> Fill {
    let (count, phase) = (rng.between(18.0, 34.0), rng.between(0.0, 6.0));
    Box::new(move |across, down| {
        let wave = ((across * (1.0 - 0.25 * down) * count + phase).sin() + (across * count * 2.7 + down * 3.0).sin()) * 0.5;
        lit(tone, 1.0 + 0.16 * wave - 0.25 * down * down + 0.3 * step(-0.2, -0.75, down))
    })
}

/// A garment: plain, striped or checked, with folds.
fn cloth(rng: &Rng, tone: Tone, side: f32) -> Fill {
    let (pattern, count) = (rng.below(3), rng.between(4.0, 11.0));
    let second = mix(tone, [240.0; 3], 0.5);
    Box::new(move |across, down| {
        let band = |x: f32| step(-0.2, 0.2, (x * count * 3.1).sin());
        let worn = match pattern {
            0 => tone,
            1 => mix(tone, second, band(down)),
            _ => mix(tone, second, 0.5 * band(down) + 0.5 * band(across)),
        };
        lit(worn, 1.0 + 0.16 * across * side - 0.14 * down + 0.07 * (across * 9.0 + down * 4.0).sin())
    })
}

/// A table from above: planks or a cloth, plates, cups, things to eat.
pub(super) fn table(rng: &Rng, frame: Frame) -> Vec<Layer> {
    let aspect = frame.aspect();
    let side = if rng.chance(0.5) { -1.0 } else { 1.0 };
    let mut layers = vec![if rng.chance(0.65) { planks(rng) } else { tablecloth(rng) }];
    let mut taken: Vec<(f32, f32, f32)> = Vec::new();
    for _ in 0..5 + rng.below(9) {
        let size = rng.between(0.06, 0.22);
        let spot = (0..12)
            .map(|_| (rng.unit() * aspect, rng.unit()))
            .find(|(u, v)| taken.iter().all(|(x, y, other)| (u - x).hypot(v - y) > size + other + 0.01));
        if let Some((u, v)) = spot {
            taken.push((u, v, size));
            layers.push(Shape::oval(u - 0.02 * side, v + 0.02, size * 1.04, size * 1.04).soft(0.03).filled(flat([46.0, 36.0, 30.0])));
            layers.extend(if size > 0.13 { plate(rng, u, v, size, side) } else { small_thing(rng, u, v, size, side) });
        }
    }
    layers.push(vignette(frame, 0.34));
    layers
}

fn planks(rng: &Rng) -> Layer {
    let wood =
        lit(*rng.pick(&[[168.0, 122.0, 82.0], [120.0, 82.0, 56.0], [196.0, 164.0, 124.0], [104.0, 92.0, 84.0]]), rng.between(0.8, 1.1));
    let (grain, seed, count) = (Field::new(rng.next(), 6, 0.62), rng.next(), rng.between(3.0, 7.0));
    Box::new(move |row| {
        let plank = (row.v * count).floor();
        let own = (crate::rng::mix(seed ^ plank as u64) >> 40) as f32 / (1u64 << 24) as f32;
        let lines = row.noise(grain, 1.6, 34.0, row.v + own);
        let knots = row.noise(grain, 3.0, 5.0, row.v + 3.0 * own);
        let into = (row.v * count).fract() / count;
        let gap = step(row.pixel.max(0.002) * 2.0, 0.0, into);
        for (x, tone) in row.tones.iter_mut().enumerate() {
            *tone = lit(wood, (0.82 + 0.3 * own + 0.5 * lines[x] + 0.18 * knots[x]) * (1.0 - 0.7 * gap));
        }
    })
}

fn tablecloth(rng: &Rng) -> Layer {
    let tone = [rng.between(90.0, 230.0), rng.between(70.0, 210.0), rng.between(80.0, 210.0)];
    let (checks, folds) = (rng.between(5.0, 12.0), Field::new(rng.next(), 4, 0.5));
    Box::new(move |row| {
        let fold = row.noise(folds, 1.8, 1.2, row.v);
        let soft = (row.pixel * checks * 3.2).max(0.05);
        let down = step(-soft, soft, (row.v * checks * PI).sin());
        for (x, fold) in fold.into_iter().enumerate() {
            let across = step(-soft, soft, (row.u(x) * checks * PI).sin());
            let cloth = mix(tone, [246.0, 244.0, 238.0], 0.5 * across + 0.5 * down);
            row.tones[x] = lit(cloth, 0.92 + 0.26 * fold);
        }
    })
}

fn plate(rng: &Rng, u: f32, v: f32, size: f32, side: f32) -> Vec<Layer> {
    let china = *rng.pick(&[[240.0, 238.0, 232.0], [208.0, 220.0, 226.0], [92.0, 110.0, 126.0], [226.0, 206.0, 176.0]]);
    let mut layers = vec![
        Shape::oval(u, v, size, size).filled(round(china, side)),
        Shape::oval(u, v, size * 0.72, size * 0.72).filled(round(lit(china, 0.9), -side)),
        Shape::oval(u, v, size * 0.68, size * 0.68).filled(round(lit(china, 0.98), -side)),
    ];
    let foods: &[Tone] =
        &[[196.0, 60.0, 44.0], [226.0, 170.0, 70.0], [104.0, 142.0, 64.0], [150.0, 96.0, 58.0], [238.0, 214.0, 160.0], [120.0, 50.0, 70.0]];
    let (one, two) = (*rng.pick(foods), *rng.pick(foods));
    for _ in 0..8 + rng.below(22) {
        let (angle, reach) = (rng.between(0.0, TAU), rng.unit().sqrt() * size * 0.48);
        let bite = size * rng.between(0.08, 0.24);
        let tone = lit(if rng.chance(0.6) { one } else { two }, rng.between(0.8, 1.15));
        let (x, y) = (u + angle.cos() * reach, v + angle.sin() * reach);
        layers.push(Shape::oval(x - 0.08 * bite * side, y + 0.12 * bite, bite, bite * 0.86).filled(flat(lit(tone, 0.55))));
        layers.push(Shape::oval(x, y, bite, bite * rng.between(0.6, 1.0)).filled(round(tone, side)));
    }
    layers
}

fn small_thing(rng: &Rng, u: f32, v: f32, size: f32, side: f32) -> Vec<Layer> {
    let bright = [rng.between(60.0, 240.0), rng.between(60.0, 210.0), rng.between(50.0, 200.0)];
    match rng.below(3) {
        0 => {
            let drink = *rng.pick(&[[70.0, 42.0, 28.0], [176.0, 120.0, 62.0], [206.0, 60.0, 50.0], [222.0, 180.0, 90.0]]);
            vec![
                Shape::slab(u + size * 1.05, v, size * 0.28, size * 0.16, 0.9).filled(round(lit(bright, 0.9), side)),
                Shape::oval(u, v, size, size).filled(round(bright, side)),
                Shape::oval(u, v, size * 0.82, size * 0.82).filled(round(lit(drink, 0.8), -side)),
                Shape::oval(u - 0.2 * size * side, v - 0.25 * size, size * 0.3, size * 0.16).soft(0.2 * size).filled(flat(lit(drink, 1.5))),
            ]
        }
        1 => vec![
            Shape::oval(u, v, size * 0.9, size * 0.86).filled(round(bright, side)),
            Shape::oval(u + 0.3 * size * side, v - 0.35 * size, size * 0.24, size * 0.16)
                .soft(0.15 * size)
                .filled(flat(mix(bright, [255.0; 3], 0.7))),
            Shape::slab(u, v - 0.7 * size, size * 0.04, size * 0.2, 0.5).filled(flat([84.0, 66.0, 40.0])),
        ],
        _ => vec![
            Shape::slab(u, v, size * 0.9, size * 0.7, 0.08).filled(flat(lit(bright, 0.85))),
            Shape::slab(u, v, size * 0.8, size * 0.6, 0.02).filled(round(mix(bright, [250.0; 3], 0.6), side)),
            Shape::slab(u, v - 0.2 * size, size * 0.5, size * 0.04, 0.0).filled(flat([70.0, 66.0, 64.0])),
            Shape::slab(u, v + 0.1 * size, size * 0.6, size * 0.03, 0.0).filled(flat([90.0, 86.0, 84.0])),
        ],
    }
}
