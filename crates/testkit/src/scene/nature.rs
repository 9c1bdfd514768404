//! Sky, clouds, hills, water and ground: what most views stand on.

use super::paint::{Frame, Layer, Tone, lit, mix, step};
use crate::noise::Field;
use crate::rng::Rng;

/// The light of a scene: where the sun stands and what colours it gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Light {
    /// The sun's place as a share of the width, and its height.
    pub(super) sun: (f32, f32),
    pub(super) zenith: Tone,
    pub(super) horizon: Tone,
    pub(super) glow: Tone,
    /// How bright the ground lies, 0.4 (dusk) to 1.
    pub(super) day: f32,
}

/// Day, late and dull weather, as zenith, horizon, glow and brightness.
const SKIES: [(Tone, Tone, Tone, f32); 7] = [
    ([58.0, 116.0, 196.0], [186.0, 214.0, 236.0], [255.0, 250.0, 230.0], 1.0),
    ([84.0, 150.0, 214.0], [214.0, 230.0, 238.0], [255.0, 252.0, 240.0], 1.0),
    ([36.0, 84.0, 160.0], [160.0, 196.0, 222.0], [255.0, 244.0, 214.0], 0.92),
    ([96.0, 104.0, 150.0], [250.0, 190.0, 130.0], [255.0, 226.0, 160.0], 0.74),
    ([52.0, 50.0, 104.0], [240.0, 120.0, 84.0], [255.0, 190.0, 110.0], 0.55),
    ([134.0, 148.0, 164.0], [206.0, 212.0, 216.0], [236.0, 236.0, 232.0], 0.82),
    ([74.0, 126.0, 168.0], [244.0, 220.0, 190.0], [255.0, 240.0, 206.0], 0.9),
];

impl Light {
    pub(super) fn of(rng: &Rng) -> Self {
        let &(zenith, horizon, glow, day) = rng.pick(&SKIES);
        let tint = |rng: &Rng, tone: Tone| tone.map(|value| value * rng.between(0.93, 1.06));
        let (zenith, horizon) = (tint(rng, zenith), tint(rng, horizon));
        Self { sun: (rng.between(0.05, 0.95), rng.between(0.06, 0.36)), zenith, horizon, glow, day }
    }

    /// -1 when the light comes from the left, 1 from the right.
    pub(super) fn side(&self) -> f32 {
        if self.sun.0 < 0.5 { -1.0 } else { 1.0 }
    }

    /// The tone of a thing that lies `distance` away (0 near, 1 at the horizon), in this light.
    pub(super) fn seen(&self, tone: Tone, distance: f32) -> Tone {
        mix(lit(tone, self.day), self.horizon, distance)
    }
}

/// The sky down to `horizon`, with the sun and its glow.
pub(super) fn sky(frame: Frame, light: Light, horizon: f32) -> Layer {
    let (sun_u, sun_v) = (light.sun.0 * frame.aspect(), light.sun.1);
    Box::new(move |row| {
        let share = (row.v / horizon).clamp(0.0, 1.0);
        let base = mix(light.zenith, light.horizon, share.powf(1.3));
        for x in 0..row.tones.len() {
            let near = (row.u(x) - sun_u).powi(2) + (row.v - sun_v).powi(2);
            let glow = 0.75 / (1.0 + near * 28.0).powi(2);
            let disc = step(0.0016, 0.0009, near);
            row.tones[x] = mix(mix(base, light.glow, glow), [255.0, 253.0, 240.0], disc);
        }
    })
}

/// Clouds above `horizon`, lit from the sun's side; `amount` 0 (clear) to 1 (closed).
pub(super) fn clouds(rng: &Rng, light: Light, horizon: f32, amount: f32) -> Layer {
    let (field, wide, high) = (Field::new(rng.next(), 6, 0.55), rng.between(1.6, 3.2), rng.between(3.2, 6.5));
    let shift = 0.05 * light.side();
    let bright = mix([255.0; 3], light.glow, 0.5);
    let dark = mix(light.zenith, [150.0, 150.0, 158.0], 0.6);
    Box::new(move |row| {
        if row.v >= horizon {
            return;
        }
        // Clouds grow flatter and smaller towards the horizon.
        let depth = 0.45 / (horizon - row.v + 0.25);
        let bent = (row.v * high) * (0.6 + depth);
        let density = row.noise(field, wide * (0.7 + 0.5 * depth), 1.0, bent);
        let above = row.noise(field, wide * (0.7 + 0.5 * depth), 1.0, bent - 0.14);
        let fade = step(horizon, horizon - 0.12, row.v);
        for x in 0..row.tones.len() {
            let thick = step(0.34 - 0.5 * amount, 0.74 - 0.5 * amount, density[x] + 0.12);
            let shade = (0.55 + 1.6 * (density[x] - above[x]) + shift * density[x]).clamp(0.0, 1.0);
            row.tones[x] = mix(row.tones[x], mix(bright, dark, shade * 0.75), thick * 0.92 * fade);
        }
    })
}

/// What a range of hills is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    /// Mean height of the outline, as `v`.
    pub(super) crest: f32,
    /// How far the outline leaves it.
    pub(super) relief: f32,
    /// Humps per unit.
    pub(super) frequency: f32,
    /// 0 rolling, 1 jagged with sharp peaks.
    pub(super) sharp: f32,
    pub(super) tone: Tone,
    /// 0 near, 1 as pale as the horizon.
    pub(super) distance: f32,
    /// How far below the crest snow lies; 0: none.
    pub(super) snow: f32,
    /// Rows from here down are hidden by what is painted later.
    pub(super) hidden: f32,
}

/// A range of hills with light and shade on its slopes.
pub(super) fn range(rng: &Rng, frame: Frame, light: Light, range: Range) -> Layer {
    let smooth = frame.outline(Field::new(rng.next(), 7, 0.46), range.frequency);
    let ridged = frame.outline(Field::new(rng.next(), 7, 0.42), range.frequency * 0.9);
    let crest: Vec<f32> = smooth
        .iter()
        .zip(&ridged)
        .map(|(soft, sharp)| range.crest - range.relief * (soft * 1.6 * (1.0 - range.sharp) + (0.95 - 2.9 * sharp.abs()) * range.sharp))
        .collect();
    let (relief, speckle) = (Field::new(rng.next(), 6, 0.6), Field::new(rng.next(), 4, 0.7));
    let tone = light.seen(range.tone, range.distance);
    let snow = light.seen([244.0, 247.0, 252.0], range.distance * 0.6);
    let (side, contrast) = (light.side(), (1.0 - range.distance) * (0.4 + 0.6 * range.sharp));
    let top = crest.iter().copied().fold(f32::INFINITY, f32::min);
    Box::new(move |row| {
        if row.v < top - row.pixel || row.v > range.hidden {
            return;
        }
        let here = row.noise(relief, range.frequency * 2.2, range.frequency * 1.6, row.v);
        // The same row, seen a little further towards the light: where it is lower, the slope is lit.
        let aside = (0.03 / row.pixel) as usize;
        let fine = row.noise(speckle, 60.0, 60.0, row.v);
        for x in 0..row.tones.len() {
            let depth = row.v - crest[x];
            let cover = (depth / row.pixel + 0.5).clamp(0.0, 1.0);
            if cover > 0.0 {
                let lower = here[(x + aside).min(here.len() - 1)] - here[x.saturating_sub(aside)];
                let slope =
                    1.5 * side * lower + 1.1 * side * (crest[(x + aside).min(crest.len() - 1)] - crest[x]) / 0.03 * (-6.0 * depth).exp();
                let shade = 1.0 + contrast * slope + 0.16 * (1.0 - range.distance) * fine[x];
                let white = if range.snow > 0.0 { step(range.snow, range.snow * 0.4, depth + 0.12 * here[x]) } else { 0.0 };
                let body = lit(mix(tone, snow, white), shade.clamp(0.45, 1.5));
                let mist = step(0.05, 0.4, depth) * range.distance * 0.5;
                row.tones[x] = mix(row.tones[x], mix(body, light.horizon, mist), cover);
            }
        }
    })
}

/// Water from `shore` down: the sky mirrored, waves in perspective, and the sun's path.
pub(super) fn water(rng: &Rng, frame: Frame, light: Light, shore: f32, tone: Tone) -> Layer {
    let (waves, ripples) = (Field::new(rng.next(), 5, 0.6), Field::new(rng.next(), 3, 0.6));
    let sun_u = light.sun.0 * frame.aspect();
    Box::new(move |row| {
        if row.v < shore {
            return;
        }
        let down = row.v - shore;
        let near = 1.0 / (down + 0.035);
        let wave = row.noise(waves, 2.0 + near * 0.35, 1.0, near.ln() * 14.0);
        let ripple = row.noise(ripples, 6.0 + near, 1.0, near.ln() * 46.0);
        let base = mix(light.seen(mix(light.horizon, tone, 0.35), 0.0), lit(tone, light.day), step(0.0, 0.35, down));
        for x in 0..row.tones.len() {
            let height = 0.7 * wave[x] + 0.45 * ripple[x];
            let path = 1.0 / (1.0 + ((row.u(x) - sun_u) / (0.03 + 0.25 * down)).powi(2));
            let glint = path * step(0.02, 0.4, height + 0.12) * 0.85;
            let tone = lit(base, 1.0 + 0.42 * height);
            row.tones[x] = mix(tone, light.glow, glint);
        }
    })
}

/// Ground from a wavy edge at `top` down: grass, sand or stone, coarser towards the viewer.
pub(super) fn ground(rng: &Rng, frame: Frame, light: Light, top: f32, far: Tone, near: Tone) -> Layer {
    let edge = frame.outline(Field::new(rng.next(), 4, 0.5), 1.1);
    let (patches, grains) = (Field::new(rng.next(), 4, 0.6), Field::new(rng.next(), 4, 0.75));
    let (far, near) = (lit(far, light.day), lit(near, light.day));
    Box::new(move |row| {
        if row.v < top - 0.06 {
            return;
        }
        let depth = (row.v - top).max(0.0);
        let scale = 1.0 / (depth + 0.16);
        let patch = row.noise(patches, 1.2 * scale, 1.0, scale * 9.0);
        let fine = row.noise(grains, 14.0 * scale, 1.0, scale * 90.0);
        let base = mix(far, near, (depth / (1.0 - top).max(0.05)).clamp(0.0, 1.0));
        for x in 0..row.tones.len() {
            let cover = ((row.v - top - 0.035 * edge[x]) / row.pixel + 0.5).clamp(0.0, 1.0);
            if cover > 0.0 {
                let tone = lit(base, 1.0 + 0.34 * patch[x] + 0.3 * fine[x]);
                row.tones[x] = mix(row.tones[x], tone, cover);
            }
        }
    })
}
