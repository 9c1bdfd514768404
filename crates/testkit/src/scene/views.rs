//! The outdoor views: beach, mountains, city, forest. Each puts together sky, land and figures by its own draws.

use super::figures::{boat, building, conifer, cottage, leaves, person, sunshade, tree, trunk, vignette};
use super::nature::{Light, Range, clouds, ground, range, sky, water};
use super::paint::{Frame, Layer, Tone, mix};
use crate::rng::Rng;

const GREENS: [Tone; 6] =
    [[74.0, 112.0, 52.0], [96.0, 134.0, 60.0], [52.0, 92.0, 62.0], [128.0, 138.0, 62.0], [168.0, 122.0, 50.0], [110.0, 120.0, 84.0]];
const ROCKS: [Tone; 5] = [[112.0, 104.0, 100.0], [128.0, 108.0, 92.0], [96.0, 100.0, 112.0], [140.0, 118.0, 96.0], [90.0, 92.0, 88.0]];

/// Sea, sand, and what people bring there.
pub(super) fn beach(rng: &Rng, frame: Frame) -> Vec<Layer> {
    let (light, aspect) = (Light::of(rng), frame.aspect());
    let shore = rng.between(0.32, 0.55);
    let mut layers = vec![sky(frame, light, shore)];
    layers.push(clouds(rng, light, shore, rng.between(0.15, 0.8)));
    if rng.chance(0.6) {
        let tone = mix(*rng.pick(&GREENS), *rng.pick(&ROCKS), 0.5);
        let hills = Range {
            crest: shore - 0.03,
            relief: rng.between(0.05, 0.14),
            frequency: rng.between(0.7, 2.0),
            sharp: 0.2,
            tone,
            distance: 0.45,
            snow: 0.0,
            hidden: shore,
        };
        layers.push(range(rng, frame, light, hills));
    }
    let sea = *rng.pick(&[[38.0, 104.0, 132.0], [46.0, 128.0, 150.0], [58.0, 92.0, 120.0], [40.0, 118.0, 116.0]]);
    layers.push(water(rng, frame, light, shore, sea));
    for _ in 0..rng.below(4) {
        let (u, line, high) = (rng.between(0.05, 0.95) * aspect, shore + rng.between(0.01, 0.09), rng.between(0.05, 0.14));
        layers.extend(boat(rng, light, u, line, high));
    }
    let sand = rng.between(0.64, 0.82);
    layers.push(ground(rng, frame, light, sand, [222.0, 204.0, 168.0], [200.0, 172.0, 130.0]));
    let mut feet: Vec<f32> = (0..1 + rng.below(6)).map(|_| rng.between(sand + 0.06, 0.98)).collect();
    feet.sort_by(f32::total_cmp);
    for foot in feet {
        let (u, size) = (rng.between(0.04, 0.96) * aspect, (foot - shore) * rng.between(0.55, 0.8));
        layers.extend(if rng.chance(0.4) { sunshade(rng, light, u, foot, size * 1.15) } else { person(rng, light, u, foot, size) });
    }
    layers.push(vignette(frame, 0.22));
    layers
}

/// Ranges behind each other, perhaps a lake, perhaps conifers in front.
pub(super) fn mountains(rng: &Rng, frame: Frame) -> Vec<Layer> {
    let (light, aspect) = (Light::of(rng), frame.aspect());
    let foot = rng.between(0.58, 0.72);
    let mut layers = vec![sky(frame, light, foot)];
    layers.push(clouds(rng, light, foot, rng.between(0.1, 0.7)));
    let (rock, count) = (*rng.pick(&ROCKS), 2 + rng.below(3));
    let (snowy, lake) = (rng.chance(0.65), rng.chance(0.5));
    let meadow = if lake { rng.between(0.8, 0.9) } else { foot + rng.between(0.0, 0.12) };
    for index in 0..count {
        let near = index as f32 / (count - 1) as f32;
        let hills = Range {
            crest: 0.3 + 0.3 * near + rng.between(-0.05, 0.05),
            relief: rng.between(0.13, 0.24) * (1.0 - 0.45 * near),
            frequency: rng.between(1.3, 2.2) * (1.0 + 0.6 * near),
            sharp: 0.95 - 0.75 * near,
            tone: mix(rock, *rng.pick(&GREENS), near * 0.85),
            distance: 0.5 * (1.0 - near) + 0.06,
            snow: if snowy && near < 0.7 { rng.between(0.08, 0.2) } else { 0.0 },
            hidden: if lake { foot + 0.06 } else { meadow + 0.06 },
        };
        layers.push(range(rng, frame, light, hills));
    }
    if lake {
        layers.push(water(rng, frame, light, foot + 0.06, *rng.pick(&[[44.0, 96.0, 112.0], [58.0, 110.0, 104.0], [52.0, 78.0, 104.0]])));
    }
    let green = *rng.pick(&GREENS);
    layers.push(ground(rng, frame, light, meadow, mix(green, [150.0, 150.0, 110.0], 0.3), green));
    if rng.chance(0.55) {
        let (u, high) = (rng.between(0.15, 0.85) * aspect, rng.between(0.08, 0.16));
        layers.extend(cottage(rng, light, u, meadow + rng.between(0.04, 0.1), high, 0.06));
    }
    layers.extend(stand(rng, frame, light, meadow, 0.14..0.45));
    layers.push(vignette(frame, 0.2));
    layers
}

/// A row of conifers or leafy trees along an edge, small ones first.
fn stand(rng: &Rng, frame: Frame, light: Light, edge: f32, sizes: std::ops::Range<f32>) -> Vec<Layer> {
    let (needles, tone) = (rng.chance(0.6), *rng.pick(&GREENS));
    let mut trees: Vec<(f32, f32)> = (0..3 + rng.below(9)).map(|_| (rng.unit(), rng.unit().powi(2))).collect();
    trees.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut layers = Vec::new();
    for (across, near) in trees {
        let high = sizes.start + (sizes.end - sizes.start) * near;
        let foot = edge + 0.03 + near * (1.0 - edge) * 0.9;
        let (u, distance) = (across * frame.aspect(), 0.18 * (1.0 - near));
        layers.extend(if needles {
            conifer(rng, light, u, foot, high, [50.0, 84.0, 58.0], distance)
        } else {
            tree(rng, light, u, foot, high, tone, distance)
        });
    }
    layers
}

/// A skyline in three depths over a street or a river, with people and trees in front.
pub(super) fn city(rng: &Rng, frame: Frame) -> Vec<Layer> {
    let (light, aspect) = (Light::of(rng), frame.aspect());
    let street = rng.between(0.74, 0.88);
    let mut layers = vec![sky(frame, light, street)];
    layers.push(clouds(rng, light, street, rng.between(0.1, 0.75)));
    for (distance, tallest, widest) in [(0.55, 0.6, 0.1), (0.3, 0.52, 0.16), (0.05, 0.5, 0.26)] {
        let mut u = rng.between(-0.1, 0.05);
        while u < aspect + 0.1 {
            let wide = widest * rng.between(0.55, 1.2);
            let high = tallest * rng.between(0.25, 1.0) * if rng.chance(0.12) { 1.3 } else { 1.0 };
            if distance > 0.4 || rng.chance(0.82) {
                layers.push(building(rng, light, u + wide / 2.0, street + 0.01, wide, high.min(street - 0.04), distance));
            }
            u += wide * rng.between(0.95, 1.3);
        }
    }
    if rng.chance(0.35) {
        layers.push(water(rng, frame, light, street, [62.0, 84.0, 92.0]));
    } else {
        layers.push(ground(rng, frame, light, street, [128.0, 126.0, 122.0], [92.0, 92.0, 94.0]));
    }
    for _ in 0..rng.below(4) {
        let tone = *rng.pick(&GREENS);
        let (u, high) = (rng.unit() * aspect, rng.between(0.2, 0.36));
        layers.extend(tree(rng, light, u, street + rng.between(0.02, 0.06), high, tone, 0.02));
    }
    for _ in 0..rng.below(6) {
        let (u, near) = (rng.between(0.03, 0.97) * aspect, rng.unit());
        layers.extend(person(rng, light, u, street + 0.04 + near * (0.95 - street), 0.16 + 0.2 * near));
    }
    layers.push(vignette(frame, 0.24));
    layers
}

/// Trunks behind each other over a path, light between the leaves.
pub(super) fn forest(rng: &Rng, frame: Frame) -> Vec<Layer> {
    let (mut light, aspect) = (Light::of(rng), frame.aspect());
    let green = *rng.pick(&GREENS);
    light.horizon = mix([224.0, 232.0, 190.0], light.horizon, 0.3);
    light.zenith = mix(green, [30.0, 44.0, 30.0], 0.45);
    let floor = rng.between(0.62, 0.76);
    let mut layers = vec![sky(frame, light, floor)];
    for (depth, high) in [(0.62, 0.34), (0.4, 0.42), (0.2, 0.52)] {
        let mut u = rng.between(-0.1, 0.0);
        while u < aspect + 0.1 {
            let size = high * rng.between(0.75, 1.5);
            let tone = mix(green, *rng.pick(&GREENS), 0.35);
            layers.extend(tree(rng, light, u, floor + 0.05 - 0.04 * depth, size, tone, depth));
            u += size * rng.between(0.35, 1.1);
        }
    }
    let earth = mix(green, [116.0, 92.0, 62.0], rng.between(0.3, 0.9));
    layers.push(ground(rng, frame, light, floor, mix(earth, light.horizon, 0.25), earth));
    let mut trunks: Vec<(f32, f32)> = (0..4 + rng.below(5)).map(|_| (rng.unit(), rng.unit().powf(1.6))).collect();
    trunks.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (across, near) in trunks {
        layers.push(trunk(rng, frame, light, across * aspect, floor + 0.05 + 0.24 * near, 0.014 + 0.06 * near, 0.32 * (1.0 - near)));
    }
    if rng.chance(0.5) {
        let u = rng.between(0.3, 0.7) * aspect;
        layers.extend(person(rng, light, u, floor + rng.between(0.1, 0.2), rng.between(0.2, 0.34)));
    }
    layers.extend(leaves(rng, frame, light, mix(green, [40.0, 60.0, 30.0], 0.3)));
    layers.push(vignette(frame, 0.35));
    layers
}
