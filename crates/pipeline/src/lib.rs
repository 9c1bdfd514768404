//! The one library: it alone knows the order of work. Faces call it; it reads from the catalog, calls a station, writes to the catalog.
//!
//! It never prints, never reads the home directory or environment, and decodes, matches and decides nothing itself.
//!
//! Entry points: [`scan`], [`form`] (groups), [`explain`], [`find_missing`], [`export_json`], [`hand_off`], [`status`], [`Pictures`].

mod answer;
mod crops;
mod detail;
mod error;
mod explain;
mod findings;
pub mod google;
mod group;
mod handoff;
mod manage;
mod missing;
mod output;
mod pictures;
mod place;
mod records;
mod recover;
pub mod removing;
pub mod review;
mod scan;
mod status;
mod thumbnail;
mod watch;
mod weigh;

pub use answer::{GroupAnswer, GroupsAnswer, MemberAnswer, SetAsideAnswer, answer, path_base64};
pub use catalog::{AssetRow, Catalog, Cell, Table};
pub use crops::{count_unsearched, needs_crops, search_crops};
pub use decisions::{KeepRules, Plan, RawOrJpeg};
pub use error::{Error, Result};
pub use explain::{Explanation, Together, explain};
pub use findings::{FindingAnswer, Findings, lightroom_previews};
pub use fingerprints::{FormatSupport, Tested, support as format_support};
pub use group::{Formed, GroupOptions, form, shown_path};
pub use handoff::{ACCOUNT_MAX, HandoffOptions, HandoffReport, LeftOut, SourceCount, hand_off, ids_of};
pub use manage::{SourceAnswer, forget, list as list_sources, relocate, rename};
pub use missing::{
    Ignored, MissingAnswer, MissingFilter, MissingOptions, MissingRow, MissingState, MissingSums, NearestRow, Sure, find_missing, ignore,
    ignore_no_more, missing_csv,
};
pub use model;
pub use output::{export_csv, export_json, make_catalog_folder, unformula};
pub use pictures::{CopyError, NoPicture, Original, PICTURES_BUDGET_BYTES, Picture, PictureOptions, PictureSize, Pictures, PicturesUsage};
pub use recover::{Disk, Layout, NotRecovered, RecoverOptions, RecoverReport, System, recover};
pub use removal;
pub use scan::{CauseCount, Depth, ScanOptions, ScanReport, scan};
pub use status::{LedgerAnswer, StatusAnswer, ledger, status};
pub use watch::{Phase, Silent, Stop, Watch};
