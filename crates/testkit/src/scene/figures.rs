//! Trees, houses, people and other things that stand in a view.

use super::nature::Light;
use super::paint::{Frame, Layer, Shape, Tone, flat, lit, mix, round, step};
use crate::noise::Field;
use crate::rng::Rng;

/// A leafy tree: a trunk and a crown of overlapping clumps, darker below.
pub(super) fn tree(rng: &Rng, light: Light, u: f32, foot: f32, high: f32, tone: Tone, distance: f32) -> Vec<Layer> {
    let bark = light.seen([86.0, 66.0, 50.0], distance);
    let mut layers = vec![Shape::slab(u, foot - high * 0.25, high * 0.035, high * 0.27, 0.3).filled(round(bark, light.side()))];
    let mut clumps: Vec<(f32, f32, f32)> = (0..26)
        .map(|_| {
            let (angle, reach) = (rng.between(0.0, std::f32::consts::TAU), rng.unit().sqrt());
            (angle.cos() * reach * 0.3, angle.sin() * reach * 0.28, rng.between(0.09, 0.16))
        })
        .collect();
    // Lower clumps first: the lit ones above lie over them.
    clumps.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (across, down, size) in clumps {
        let shade = 0.78 - 0.9 * down + 0.5 * across * light.side() + rng.between(-0.08, 0.08);
        let leaf = light.seen(lit(tone, shade.clamp(0.4, 1.3)), distance);
        let clump = Shape::oval(u + across * high, foot - high * 0.66 + down * high, size * high, size * high * 0.86);
        layers.push(clump.soft(0.02 * high).filled(round(leaf, light.side())));
    }
    layers
}

/// A conifer: tiers of branches that grow narrower towards the top.
pub(super) fn conifer(rng: &Rng, light: Light, u: f32, foot: f32, high: f32, tone: Tone, distance: f32) -> Vec<Layer> {
    let bark = light.seen([70.0, 52.0, 42.0], distance);
    let mut layers = vec![Shape::slab(u, foot - high * 0.08, high * 0.025, high * 0.1, 0.1).filled(flat(bark))];
    let tiers = 5 + rng.below(4);
    for tier in 0..tiers {
        let share = tier as f32 / tiers as f32;
        let wide = high * 0.2 * (1.0 - share * 0.82) * rng.between(0.9, 1.1);
        let leaf = light.seen(lit(tone, 0.7 + 0.45 * share + rng.between(-0.06, 0.06)), distance);
        let middle = foot - high * (0.22 + 0.72 * share);
        layers.push(Shape::gable(u, middle, wide, high * 0.14).filled(round(leaf, light.side())));
    }
    layers
}

/// A bare trunk of a near tree, running out of the picture at the top.
pub(super) fn trunk(rng: &Rng, frame: Frame, light: Light, u: f32, foot: f32, wide: f32, distance: f32) -> Layer {
    let (bark, lean) = (Field::new(rng.next(), 5, 0.65), frame.aspect() * rng.between(-0.04, 0.04));
    let tone = light.seen(*rng.pick(&[[92.0, 70.0, 54.0], [112.0, 98.0, 84.0], [70.0, 58.0, 48.0]]), distance);
    let side = light.side();
    Box::new(move |row| {
        if row.v > foot + wide {
            return;
        }
        let middle = u + lean * (foot - row.v) * 2.0;
        let flare = wide * (1.0 + 0.9 * (1.0 - ((foot - row.v) / 0.12).clamp(0.0, 1.0)).powi(2) - 0.22 * (foot - row.v));
        let (pixel, v) = (row.pixel, row.v);
        let first = ((middle - flare) / pixel - 1.0).max(0.0) as usize;
        let count = (2.0 * flare / pixel) as usize + 4;
        let grooves = row.noise_part(bark, 9.0 / wide.max(0.02) * 0.12, 2.4, v, first, count);
        let rough = row.noise_part(bark, 70.0, 26.0, v + 9.0, first, count);
        let low = foot + 0.4 * flare;
        row.lay(
            middle - flare - pixel,
            middle + flare + pixel,
            |u| ((flare - (u - middle).abs()) / pixel + 0.5).min((low - v) / pixel).clamp(0.0, 1.0),
            |u| {
                let x = ((u / pixel) as usize).saturating_sub(first);
                let at = |noise: &[f32]| noise.get(x).copied().unwrap_or(0.0);
                let across = (u - middle) / flare;
                lit(tone, (0.95 + 0.4 * across * side - 0.35 * across * across + 0.45 * at(&grooves) + 0.3 * at(&rough)).clamp(0.2, 1.6))
            },
        );
    })
}

/// A block of flats or an office with rows of windows, some lit when it grows dark.
pub(super) fn building(rng: &Rng, light: Light, u: f32, foot: f32, wide: f32, high: f32, distance: f32) -> Layer {
    const WALLS: [Tone; 7] = [
        [178.0, 160.0, 140.0],
        [150.0, 96.0, 78.0],
        [196.0, 190.0, 178.0],
        [122.0, 132.0, 142.0],
        [208.0, 186.0, 140.0],
        [98.0, 106.0, 118.0],
        [172.0, 124.0, 100.0],
    ];
    let wall = light.seen(rng.pick(&WALLS).map(|value| value * rng.between(0.9, 1.1)), distance);
    let (columns, rows) = ((3 + rng.below(7)) as f32, (high / rng.between(0.035, 0.06)).max(2.0).floor());
    let (glass, lamp) = (light.seen([74.0, 92.0, 112.0], distance), [255.0, 220.0, 140.0]);
    let (seed, lit_share) = (rng.next(), if light.day < 0.8 { 0.45 } else { 0.06 });
    let (pane_wide, pane_high) = (rng.between(0.28, 0.42), rng.between(0.26, 0.4));
    let side = light.side();
    let body = move |across: f32, down: f32, soft: (f32, f32)| {
        let (x, y) = ((across + 1.0) / 2.0 * columns, (down + 1.0) / 2.0 * (rows + 0.6) - 0.6);
        // `fract` without its call into the mathematics library.
        let (dx, dy) = ((x - x as i32 as f32 - 0.5).abs(), (y - y as i32 as f32 - 0.5).abs());
        let pane = if y < 0.0 {
            0.0
        } else {
            ((pane_wide - dx) / soft.0 + 0.5).clamp(0.0, 1.0) * ((pane_high - dy) / soft.1 + 0.5).clamp(0.0, 1.0)
        };
        let cell = crate::rng::mix(seed ^ ((x as u64) << 32) ^ y.max(0.0) as u64);
        let draw = (cell & 0xFFFF) as f32 / 65_536.0;
        let window =
            if draw < lit_share { mix(lamp, glass, distance * 0.6) } else { lit(glass, 0.75 + 0.6 * (cell >> 48) as f32 / 65_536.0) };
        let face = lit(wall, 1.0 + 0.12 * side * across - 0.08 * down);
        mix(face, window, pane)
    };
    let shape = Shape::slab(u, foot - high / 2.0, wide / 2.0, high / 2.0, 0.0);
    Box::new(move |row| {
        let soft = ((row.pixel * columns / wide).max(0.01), (row.pixel * rows / high).max(0.01));
        if (row.v - shape.v).abs() > shape.high + row.pixel {
            return;
        }
        let (v, pixel) = (row.v, row.pixel);
        row.lay(
            u - wide / 2.0 - pixel,
            u + wide / 2.0 + pixel,
            |at| ((wide / 2.0 - (at - u).abs()) / pixel + 0.5).min((shape.high - (v - shape.v).abs()) / pixel + 0.5).clamp(0.0, 1.0),
            |at| body((at - u) / (wide / 2.0), (v - shape.v) / shape.high, soft),
        );
    })
}

/// A cottage: wall, roof, door and two windows.
pub(super) fn cottage(rng: &Rng, light: Light, u: f32, foot: f32, high: f32, distance: f32) -> Vec<Layer> {
    let wall =
        light.seen(*rng.pick(&[[236.0, 226.0, 206.0], [206.0, 120.0, 92.0], [220.0, 200.0, 150.0], [150.0, 170.0, 184.0]]), distance);
    let roof = light.seen(*rng.pick(&[[150.0, 70.0, 54.0], [92.0, 80.0, 78.0], [120.0, 60.0, 60.0]]), distance);
    let (pane, door) = (light.seen([70.0, 84.0, 104.0], distance), light.seen([96.0, 62.0, 44.0], distance));
    let body = high * 0.3;
    vec![
        Shape::slab(u, foot - body, high * 0.5, body, 0.0).filled(round(wall, light.side() * 0.5)),
        Shape::gable(u, foot - 2.0 * body - high * 0.19, high * 0.6, high * 0.2).filled(round(roof, light.side())),
        Shape::slab(u, foot - high * 0.17, high * 0.08, high * 0.17, 0.1).filled(flat(door)),
        Shape::slab(u - high * 0.29, foot - high * 0.34, high * 0.09, high * 0.1, 0.0).filled(flat(pane)),
        Shape::slab(u + high * 0.29, foot - high * 0.34, high * 0.09, high * 0.1, 0.0).filled(flat(pane)),
    ]
}

/// A standing person with coloured clothes, head to foot.
pub(super) fn person(rng: &Rng, light: Light, u: f32, foot: f32, high: f32) -> Vec<Layer> {
    const CLOTHES: [Tone; 8] = [
        [200.0, 60.0, 52.0],
        [54.0, 96.0, 168.0],
        [232.0, 196.0, 72.0],
        [70.0, 130.0, 84.0],
        [236.0, 236.0, 230.0],
        [140.0, 80.0, 150.0],
        [226.0, 130.0, 60.0],
        [60.0, 64.0, 74.0],
    ];
    let skin = lit(*rng.pick(&[[232.0, 190.0, 160.0], [198.0, 148.0, 112.0], [126.0, 86.0, 62.0]]), light.day);
    let hair = lit(*rng.pick(&[[52.0, 38.0, 30.0], [120.0, 82.0, 46.0], [196.0, 160.0, 100.0], [150.0, 146.0, 142.0]]), light.day);
    let (top, bottom) = (lit(*rng.pick(&CLOTHES), light.day), lit(*rng.pick(&CLOTHES), light.day));
    let side = light.side();
    let part = |across: f32, up: f32, wide: f32, tall: f32| Shape::slab(u + across * high, foot - up * high, wide * high, tall * high, 0.9);
    let mut layers = vec![
        Shape::oval(u - 0.16 * side * high, foot, 0.24 * high, 0.025 * high).soft(0.02 * high).filled(flat([50.0, 48.0, 46.0])),
        part(-0.045, 0.22, 0.04, 0.22).filled(round(bottom, side)),
        part(0.045, 0.22, 0.04, 0.22).filled(round(lit(bottom, 0.9), side)),
        part(-0.115, 0.6, 0.028, 0.17).filled(round(skin, side)),
        part(0.115, 0.6, 0.028, 0.17).filled(round(lit(skin, 0.92), side)),
        Shape::slab(u, foot - 0.62 * high, 0.095 * high, 0.2 * high, 0.5).filled(round(top, side)),
        Shape::oval(u, foot - 0.925 * high, 0.062 * high, 0.075 * high).filled(flat(hair)),
    ];
    layers.push(Shape::oval(u, foot - 0.9 * high, 0.052 * high, 0.068 * high).filled(round(skin, side)));
    layers
}

/// A sunshade: a striped half disc on a pole.
pub(super) fn sunshade(rng: &Rng, light: Light, u: f32, foot: f32, high: f32) -> Vec<Layer> {
    let one = lit(*rng.pick(&[[214.0, 60.0, 56.0], [46.0, 120.0, 180.0], [240.0, 186.0, 60.0], [56.0, 150.0, 120.0]]), light.day);
    let other = lit([246.0, 240.0, 228.0], light.day);
    let top = foot - high;
    let stripes = Box::new(move |across: f32, down: f32| {
        // The stripes run together at the tip.
        let bend = (across / ((down + 1.0) / 2.0).max(0.05)).clamp(-1.0, 1.0);
        let tone = if ((bend + 1.0) * 3.5) as i32 % 2 == 0 { one } else { other };
        lit(tone, 1.05 - 0.25 * (down + 1.0) / 2.0 - 0.1 * across)
    });
    let shade = Shape::gable(u, top + 0.14 * high, 0.48 * high, 0.15 * high);
    vec![
        Shape::slab(u, foot - high / 2.0, 0.012 * high, high / 2.0, 0.0).filled(flat(lit([190.0, 180.0, 170.0], light.day))),
        shade.filled(stripes),
    ]
}

/// A sailing boat.
pub(super) fn boat(rng: &Rng, light: Light, u: f32, line: f32, high: f32) -> Vec<Layer> {
    let sail = lit(*rng.pick(&[[250.0, 248.0, 240.0], [222.0, 84.0, 64.0], [240.0, 214.0, 120.0]]), light.day);
    vec![
        Shape::oval(u, line, 0.36 * high, 0.07 * high).filled(round(lit([120.0, 70.0, 50.0], light.day), light.side())),
        Shape::gable(u + 0.04 * high, line - 0.5 * high, 0.26 * high, 0.42 * high).filled(round(sail, light.side())),
    ]
}

/// Leaves out of focus in a corner, as hang into many photos.
pub(super) fn leaves(rng: &Rng, frame: Frame, light: Light, tone: Tone) -> Vec<Layer> {
    let right = rng.chance(0.5);
    (0..40)
        .map(|_| {
            let (across, down) = (rng.unit().powi(2) * 0.42 * frame.aspect(), rng.unit().powi(2) * 0.34);
            let u = if right { frame.aspect() - across } else { across };
            let size = rng.between(0.015, 0.04);
            let leaf = lit(tone, light.day * rng.between(0.55, 1.15));
            Shape::oval(u, down, size, size * rng.between(0.4, 0.8)).soft(0.006).filled(round(leaf, light.side()))
        })
        .collect()
}

/// Darkens the corners a little, as lenses do.
pub(super) fn vignette(frame: Frame, strength: f32) -> Layer {
    let aspect = frame.aspect();
    Box::new(move |row| {
        let dy = (row.v - 0.5) * 2.0;
        for x in 0..row.tones.len() {
            let dx = (row.u(x) / aspect - 0.5) * 2.0;
            row.tones[x] = lit(row.tones[x], 1.0 - strength * step(0.5, 2.0, dx * dx + dy * dy));
        }
    })
}
