//! Painting a scene row by row: the frame, the row, and the brushes that every view uses (shapes, noise, light).
//!
//! Coordinates are continuous: `v` runs from 0 (top) to 1 (foot), `u` from 0 (left) to the frame's `aspect`, in the same unit. What a
//! view draws depends on these alone, so it is the same picture at every resolution; pixels enter only where edges are softened and
//! where detail finer than a pixel is left out.

use crate::canvas::{Canvas, grain};
use crate::noise::Field;

/// A colour in linear steps of 0 to 255; values beyond are cut at the end.
pub(super) type Tone = [f32; 3];

/// What a layer does to each row; layers lie over each other in order.
pub(super) type Layer = Box<dyn Fn(&mut Row)>;

/// The measures of the picture to draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Frame {
    /// Width over height.
    pub(super) fn aspect(self) -> f32 {
        self.width as f32 / self.height as f32
    }

    /// The side of a pixel.
    pub(super) fn pixel(self) -> f32 {
        1.0 / self.height as f32
    }

    /// The values of `field` along the columns, for outlines: `frequency` cells per unit.
    pub(super) fn outline(self, field: Field, frequency: f32) -> Vec<f32> {
        field.row(self.width, 0.5 * self.pixel() * frequency, self.pixel() * frequency, 0.37, self.pixel() * frequency)
    }

    /// Draws the layers, with a little sensor noise over all.
    pub(super) fn draw(self, layers: &[Layer], noise_seed: u64) -> Canvas {
        let mut canvas = Canvas::plain(self.width, self.height, [0; 3]);
        let mut tones = vec![[0.0f32; 3]; self.width];
        for (y, target) in canvas.rgb.chunks_exact_mut(3 * self.width).enumerate() {
            let v = (y as f32 + 0.5) * self.pixel();
            let mut row = Row { v, pixel: self.pixel(), tones: &mut tones };
            for layer in layers {
                layer(&mut row);
            }
            for (x, (tone, bytes)) in row.tones.iter().zip(target.chunks_exact_mut(3)).enumerate() {
                let shift = 1.6 * grain(noise_seed, y * self.width + x) + 0.5;
                for (byte, value) in bytes.iter_mut().zip(tone) {
                    *byte = (value + shift).clamp(0.0, 255.0) as u8;
                }
            }
        }
        canvas
    }
}

/// One row of the picture while it is painted.
pub(super) struct Row<'a> {
    pub(super) v: f32,
    pub(super) pixel: f32,
    pub(super) tones: &'a mut [Tone],
}

impl Row<'_> {
    /// The place of column `x`.
    pub(super) fn u(&self, x: usize) -> f32 {
        (x as f32 + 0.5) * self.pixel
    }

    /// Noise along the row, `across` and `along` cells per unit; `v` may be bent for perspective.
    pub(super) fn noise(&self, field: Field, across: f32, along: f32, v: f32) -> Vec<f32> {
        field.row(self.tones.len(), 0.5 * self.pixel * across, self.pixel * across, v * along, self.pixel * along)
    }

    /// Noise as [`noise`](Self::noise) gives it, from column `first` on for `count` columns only.
    pub(super) fn noise_part(&self, field: Field, across: f32, along: f32, v: f32, first: usize, count: usize) -> Vec<f32> {
        field.row(count, (first as f32 + 0.5) * self.pixel * across, self.pixel * across, v * along, self.pixel * along)
    }

    /// Lays `paint(u)` over the columns between `from` and `to` with the strength `cover(u)`, 0 to 1.
    pub(super) fn lay(&mut self, from: f32, to: f32, cover: impl Fn(f32) -> f32, paint: impl Fn(f32) -> Tone) {
        let first = (from / self.pixel).floor().max(0.0) as usize;
        let last = ((to / self.pixel).ceil().max(0.0) as usize).min(self.tones.len());
        for x in first..last {
            let u = self.u(x);
            let strength = cover(u);
            if strength >= 1.0 {
                self.tones[x] = paint(u);
            } else if strength > 0.0 {
                self.tones[x] = mix(self.tones[x], paint(u), strength);
            }
        }
    }
}

/// The tone between `a` (share 0) and `b` (share 1).
pub(super) fn mix(a: Tone, b: Tone, share: f32) -> Tone {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * share)
}

/// The tone made lighter or darker.
pub(super) fn lit(tone: Tone, factor: f32) -> Tone {
    tone.map(|value| value * factor)
}

/// 0 below `low`, 1 above `high`, smooth between.
pub(super) fn step(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// How a shape is filled at a place inside it: `across` and `down` run from -1 to 1 over its box.
pub(super) type Fill = Box<dyn Fn(f32, f32) -> Tone>;

/// A fill of one tone, lighter on the side of the light (`light` below 0: left).
pub(super) fn round(tone: Tone, light: f32) -> Fill {
    Box::new(move |across, down| lit(tone, 1.0 + 0.22 * (across * light - 0.7 * down) - 0.12 * (across * across + down * down)))
}

/// A fill of one tone.
pub(super) fn flat(tone: Tone) -> Fill {
    Box::new(move |_, _| tone)
}

/// The outline of a shape inside its box.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// The ellipse that touches all four sides.
    Oval,
    /// The whole box, corners rounded by this share of its shorter half.
    Slab(f32),
    /// The triangle from the middle of the top to both lower corners.
    Gable,
}

/// A shape with its box: centre, half width, half height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) form: Form,
    pub(super) u: f32,
    pub(super) v: f32,
    pub(super) wide: f32,
    pub(super) high: f32,
    /// Width of the soft edge; 0: as sharp as the pixels allow.
    pub(super) soft: f32,
}

impl Shape {
    pub(super) fn oval(u: f32, v: f32, wide: f32, high: f32) -> Self {
        Self { form: Form::Oval, u, v, wide, high, soft: 0.0 }
    }

    pub(super) fn slab(u: f32, v: f32, wide: f32, high: f32, corner: f32) -> Self {
        Self { form: Form::Slab(corner), u, v, wide, high, soft: 0.0 }
    }

    pub(super) fn gable(u: f32, v: f32, wide: f32, high: f32) -> Self {
        Self { form: Form::Gable, u, v, wide, high, soft: 0.0 }
    }

    pub(super) fn soft(self, soft: f32) -> Self {
        Self { soft, ..self }
    }

    /// About the distance from the outline; inside it is negative.
    fn distance(&self, u: f32, v: f32) -> f32 {
        let (x, y) = ((u - self.u).abs(), v - self.v);
        match self.form {
            Form::Oval => {
                let (a, b) = (x / self.wide, y / self.high);
                let reach = (a * a + b * b).sqrt();
                let slope = ((a / self.wide).powi(2) + (b / self.high).powi(2)).sqrt();
                if slope == 0.0 { -self.wide.min(self.high) } else { reach * (reach - 1.0) / slope }
            }
            Form::Slab(corner) => {
                let radius = corner * self.wide.min(self.high);
                let (a, b) = (x - self.wide + radius, y.abs() - self.high + radius);
                (a.max(0.0).powi(2) + b.max(0.0).powi(2)).sqrt() + a.max(b).min(0.0) - radius
            }
            Form::Gable => {
                let side = (x - self.wide * (y + self.high) / (2.0 * self.high)) * self.high / self.wide.hypot(self.high);
                side.max(y - self.high)
            }
        }
    }

    /// How far the row at `v` reaches from the middle to either side, with `margin` for the edge.
    fn reach(&self, v: f32, margin: f32) -> f32 {
        match self.form {
            Form::Oval => (self.wide + margin) * (1.0 - ((v - self.v) / (self.high + margin)).powi(2)).max(0.0).sqrt(),
            Form::Slab(_) => self.wide + margin,
            Form::Gable => self.wide * (v - self.v + self.high) / (2.0 * self.high) + 2.0 * margin,
        }
    }

    /// How strongly the shape covers a place, 0 to 1, when its edge is `edge` wide.
    fn cover(&self, u: f32, v: f32, edge: f32) -> f32 {
        if let Form::Oval = self.form {
            let ring = ((u - self.u) / self.wide).powi(2) + ((v - self.v) / self.high).powi(2);
            let inner = (1.0 - edge / self.wide.min(self.high)).max(0.0);
            if ring < inner * inner {
                return 1.0;
            }
        }
        0.5 - self.distance(u, v) / edge
    }

    /// Returns the layer that fills the shape.
    pub(super) fn filled(self, fill: Fill) -> Layer {
        Box::new(move |row| {
            let margin = self.soft + row.pixel;
            if (row.v - self.v).abs() > self.high + margin {
                return;
            }
            let (v, edge) = (row.v, self.soft.max(row.pixel));
            let down = (v - self.v) / self.high;
            let reach = self.reach(v, margin);
            row.lay(self.u - reach, self.u + reach, |u| self.cover(u, v, edge), |u| fill((u - self.u) / self.wide, down));
        })
    }
}
