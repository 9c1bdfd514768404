//! Removing, between the catalog and the room that does it: verdicts are frozen into a plan, a plan is compared with the verdicts of now, and
//! what a run did is written to the catalog.
//!
//! **Invariant:** nothing here touches a photo; a plan holds only what the groups offer when it is made, each file with the hash of its bytes.

mod apply;
mod carry;
mod choose;
mod files;
mod freeze;
mod fresh;
mod gains;
mod recorder;

pub use crate::output::write_plan;
pub(crate) use apply::of_room;
pub use apply::{
    EmptyAnswer, LeftAnswer, NotBackAnswer, NoteAnswer, RemoveAnswer, RunAnswer, RunPhoto, UndoAnswer, catch_up, empty_trash, ensure_fresh,
    known_trashes, read_plan, rehearse, remove, run, runs, take_back, trashed,
};
pub(crate) use carry::reading;
pub use freeze::{FreezeOptions, freeze};
pub use fresh::{Difference, check_fresh};
pub use recorder::{JournalledRun, Recorder, UndoRecorder, refresh, settle, settle_run, undone};
pub use removal::{
    Act, Checked, EmptyOptions, Homes, Plan, PlanFrom, Removal, RemoveOptions, RunSummary, Step, Trashed, UnitState, Way, trash_in,
};
