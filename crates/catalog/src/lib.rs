//! What Lookalike knows: one SQLite file that anyone can query.
//!
//! All SQL lives here; rows become `model` nouns at this wall and no row type leaves. The catalog never opens a photo, never decides,
//! and knows no order of work. Tables and columns: `migrations/0001_main.sql`.
//!
//! **Invariant:** a catalog newer than the program is refused, never downgraded. **Invariant:** every batch is one transaction, so that a
//! process that dies leaves "before" or "after".

mod assets;
mod carried;
mod changes;
mod contents;
mod crops;
mod error;
mod evidence;
mod glances;
mod groups;
mod in_flight;
mod ledger;
mod listed;
mod lists;
mod missing;
mod open;
mod path_key;
mod query;
mod runs;
mod sources;
mod sums;
mod tombstones;
mod verdicts;

pub use assets::{AlbumRow, AssetPlace, AssetRow, LocationRow, Prints, SavedAsset};
pub use carried::CarriedFact;
pub use changes::{Change, PartedPair};
pub use contents::PrintRow;
pub use error::Error;
pub use groups::{GroupRecord, MemberRecord, Recorded};
pub use in_flight::InFlight;
pub use ledger::{Causes, LedgerEntry, LedgerRow};
pub use listed::{Addition, LISTED_RECIPE, ListedItem, Listing};
pub use lists::{GroupOrder, GroupQuery, ListedGroup, ListedMember, OrderKey};
pub use missing::{AssetSign, PlaceBytes};
pub use open::Catalog;
pub use query::{Cell, Table};
pub use runs::RunRow;
pub use sources::{RootId, RootKind, RootRow};
pub use sums::{MemberSum, RemovalsPreview, YearOfGroups};
pub use tombstones::Tombstone;
pub use verdicts::{PhotoKey, RecordedOn};

/// Result with the catalog's error.
pub type Result<T> = std::result::Result<T, Error>;
