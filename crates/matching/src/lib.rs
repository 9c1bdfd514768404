//! Fingerprints in, evidence out: which assets are copies, pairs or frames of one burst, and what shows it.
//!
//! Nothing here touches a disk, a clock or a database, decodes a picture or chooses what stays (that is decisions'). The order of proof
//! is design §4.4: content → payload → capture identity → perceptual hash → second look; names only confirm a pair or hold back a copy.
//!
//! **Invariant:** the same subjects give the same evidence, in whatever order they are handed over; each edge has `a < b`.
//! **Invariant:** a capture conflict, a plain picture or an animation never yields perceptual evidence of a copy.

mod across;
mod align;
mod bursts;
mod candidates;
mod capture;
mod closer;
mod content;
#[cfg(test)]
mod crop_tests;
mod crops;
mod edits;
mod filing;
mod films;
mod find;
mod identity;
mod judge;
mod names;
mod pairs;
mod propose;
#[cfg(test)]
mod scene;
mod second_look;
mod signature;
mod slots;
mod structure;
mod subject;
mod surface;
#[cfg(test)]
mod tests;
mod thresholds;
mod windows;

pub use across::{Across, propose_across};
pub use capture::CaptureVerdict;
pub use crops::{compare_crop, find_crops};
pub use find::{compare, find, judge_pairs};
pub use identity::{Identity, identity, shot_name};
pub use judge::{Comparison, Step};
pub use propose::propose;
pub use signature::{Signature, is_eligible};
pub use subject::{Pictures, Subject};

/// Version of the rules and thresholds by which evidence is drawn; evidence of another version is drawn anew.
pub const RECIPE: u32 = 8;
