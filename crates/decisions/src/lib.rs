//! Evidence in, groups and plan out, with reasons.
//!
//! Here it is decided which asset stays ([`KeepRules`]), who stands around which keeper ([`groups`]), what may be offered for removal
//! and why, what a keeper would gain or lose ([`inherit`](fn@inherit)) and what a plan would do ([`plan`](fn@plan)). [`finders`] know single families of
//! unwanted files by name.
//!
//! It does not draw evidence (that is matching's), keep anything (catalog's) or move anything (removal's): no disk, no clock, no
//! database, no randomness. Same input in any order, same output.
//!
//! **Invariants:** each asset stands in at most one group; the first member of a group is its keeper and is never offered; nothing is
//! offered but by strict evidence against that very keeper; nothing is offered across sources unless asked for; what Google takes for
//! one item is never offered.

mod compression;
mod facts;
pub mod finders;
mod generation;
mod grouping;
mod inherit;
mod islands;
mod keeper;
mod plan;
mod rules;
mod stars;
mod verdicts;
mod wording;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod sample;

pub use facts::{AssetFacts, Options};
pub use generation::Generation;
pub use grouping::{SET_ASIDE_MAX, groups};
pub use inherit::inherit;
pub use plan::{Plan, Removal, Sum, plan};
pub use rules::{KEEP_RULES_MAX, KeepRule, KeepRules, KeepRulesError, PathGlob, RawOrJpeg};
