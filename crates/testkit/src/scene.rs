//! Photo-like pictures from a seed: landscapes, towns, people, tables, pages, with enough detail for a perceptual hash.
//!
//! A scene is a description; drawing it at another size gives the same picture, as if a lens had seen it. It does not imitate any
//! particular photo and reads no file.
//!
//! **Invariant:** seed, kind, width and height determine every byte on one platform (trigonometry may differ in its last bit between
//! platforms).

mod closeups;
mod figures;
mod nature;
mod pages;
mod paint;
mod views;

pub use pages::{document, screenshot};

use crate::canvas::Canvas;
use crate::rng::Rng;
use paint::Frame;

/// What a scene shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sea and sand.
    Beach,
    /// Peaks, perhaps a lake.
    Mountains,
    /// A skyline and a street.
    City,
    /// One or two people, near.
    Portrait,
    /// Trunks and leaves.
    Forest,
    /// Plates and cups from above.
    Table,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] = [Kind::Beach, Kind::Mountains, Kind::City, Kind::Portrait, Kind::Forest, Kind::Table];

    /// Returns the lower-case name, as used in fixture trees.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Beach => "beach",
            Kind::Mountains => "mountains",
            Kind::City => "city",
            Kind::Portrait => "portrait",
            Kind::Forest => "forest",
            Kind::Table => "table",
        }
    }
}

/// A picture that could be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scene {
    seed: u64,
    kind: Kind,
}

impl Scene {
    /// Returns the scene of `seed`; neighbouring seeds show different kinds.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, kind: Kind::ALL[(seed % Kind::ALL.len() as u64) as usize] }
    }

    /// Returns the scene of `seed` of that kind.
    #[must_use]
    pub fn of(kind: Kind, seed: u64) -> Self {
        Self { seed, kind }
    }

    /// Returns what it shows.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Draws it at `width` × `height` pixels; another shape of frame shows more or less at the sides.
    #[must_use]
    pub fn draw(self, width: usize, height: usize) -> Canvas {
        let frame = Frame { width: width.max(1), height: height.max(1) };
        let rng = &Rng::new(self.seed).fork(self.kind as u64);
        let layers = match self.kind {
            Kind::Beach => views::beach(rng, frame),
            Kind::Mountains => views::mountains(rng, frame),
            Kind::City => views::city(rng, frame),
            Kind::Portrait => closeups::portrait(rng, frame),
            Kind::Forest => views::forest(rng, frame),
            Kind::Table => closeups::table(rng, frame),
        };
        frame.draw(&layers, self.seed)
    }
}

#[cfg(test)]
mod tests;
