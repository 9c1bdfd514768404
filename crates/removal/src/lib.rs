//! Plan in, trash and journal out: the only hand that touches a person's files.
//!
//! **Invariants:** what a step will do is in the journal, on the disk, before it is done; nothing is ever written over; at any moment each
//! photo's bytes are whole in exactly one place that the journal names; any doubt leaves the photo where it is and says so.

mod disk;
mod empty;
mod error;
mod hash;
mod journal;
mod lock;
mod path_text;
mod plan;
mod prepare;
mod recover;
mod remove;
mod report;
mod runs;
mod step;
mod system;
mod trash;
mod undo;
pub mod xmp;

pub use disk::{Disk, Facts, Kind, Output};
pub use empty::{EmptyOptions, EmptyReport, empty};
pub use error::{Error, Result};
pub use hash::hash_of;
pub use journal::{Act, Before, Began, Run, RunUnit, Step, StepState};
pub use lock::{Lock, lock};
pub use path_text::PathText;
pub use plan::{
    NotOurs, PLAN_FORMAT, PLAN_MAX_BYTES, PLAN_VERSION, Plan, PlanFrom, PlanSums, PlannedCompanion, PlannedFile, PlannedKeeper, Removal,
};
pub use recover::{NotWritten, PART_MARK, Placed, Target, Together, Wanted};
pub use remove::{BATCH_MAX, Checked, RemoveOptions, RunReport, Way, check, remove};
pub use report::{Ended, Refusal, RefusalCode, Witness};
pub use runs::{RunSummary, Trashed, UnitState, runs, state_of, summary, trashed};
pub use system::System;
pub use trash::{TRASH_NAME, number_of, trash_in};
pub use undo::{Homes, NotRestored, Restored, UndoReport, UndoWitness, undo};
