//! The nouns that all rooms of Lookalike speak.
//!
//! A type lives here when two stations speak of it. Nothing here does I/O, decodes, queries or prints; rules that belong to one
//! station (thresholds, naming rules, keep rules) live in that station.
//!
//! **Invariant:** every type is plain data with value semantics; the same value means the same thing in every room.

mod capture_time;
mod evidence;
mod fingerprint;
mod format;
mod grid;
mod group;
mod hash;
mod ids;
mod ledger;
mod location;
mod metadata;
mod perceptual;
mod relation;
mod sidecar;
mod source;
mod tombstone;

pub use capture_time::{BELIEFS, CARRIED_TIME, CaptureTime, Instant, Subsecond, TimeSource, believe};
pub use evidence::{Evidence, Proof, SecondLook, SetAside};
pub use fingerprint::{BlockSteps, Damage, DecodedFrom, Encoding, Fingerprint, KeyFrame, Picture};
pub use format::{Family, Format};
pub use grid::{CHROMA_SIDE, DetailGrid, DetailWay, LUMA_SIDE, PictureGrid};
pub use group::{Group, Member, Reason, Verdict};
pub use hash::{ContentHash, HexError, PayloadHash, Sha1Hash};
pub use ids::{AssetId, ContentId, GroupId, SourceId};
pub use ledger::{Cause, FileKind, Outcome, Tally};
pub use location::{FileId, FoundFile, LocationPath, Presence, Role, in_library_package, is_library_package};
pub use metadata::{GeoPoint, Metadata};
pub use perceptual::{Bits, PerceptualHash, Turn};
pub use relation::Relation;
pub use sidecar::{AlbumRecord, Sidecar, SidecarDocument};
pub use source::{Source, SourceKind};
pub use tombstone::RemovedBefore;
