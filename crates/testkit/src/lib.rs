//! For tests and the `demo` command only: draws photos, encodes them with metadata, builds Takeout exports and damaged files.
//!
//! It reads no person's photos and decides nothing about pictures; what it makes is known beforehand, so that the other rooms can be
//! tested against it. It is the one room that writes files freely, always below a folder it was given.
//!
//! **Invariant:** everything comes from a seed or from the caller: no clock, no entropy, no binary blobs; the same call makes the same
//! bytes.
#![allow(clippy::disallowed_methods)] // fixtures and the demo's library are files of our own making, below a folder the caller names

pub mod canvas;
pub mod clock;
pub mod damage;
pub mod demo;
pub mod dng;
pub mod encode;
pub mod exif;
pub mod failing;
pub mod film;
mod glyphs;
pub mod library;
mod noise;
mod resample;
pub mod rng;
pub mod scene;
pub mod takeout;
pub mod tiff;
pub mod tree;

pub use canvas::{Canvas, Colour};
pub use clock::Moment;
pub use encode::JpegOptions;
pub use exif::{Camera, Exif};
pub use failing::FailingReader;
pub use rng::Rng;
pub use scene::Scene;
