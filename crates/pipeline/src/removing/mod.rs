//! Removing, between the catalog and the room that does it: verdicts are frozen into a plan.
//!
//! **Invariant:** nothing here touches a photo; a plan holds only what the groups offer when it is made, each file with the hash of its bytes.

mod carry;
mod choose;
mod files;
mod freeze;

pub use crate::output::write_plan;
pub use freeze::{FreezeOptions, freeze};
