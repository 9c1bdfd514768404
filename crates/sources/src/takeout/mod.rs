//! Google Takeout: exports as archives or unpacked, told by content; their files and JSON documents, listed and parsed.
//!
//! An export comes in parts (containers), and a photo and its sidecar may lie in different ones: this module reads one container at a
//! time and pairs nothing across them; the pipeline gathers all, then asks `pairing`. It never infers that something was deleted: an
//! incremental export holds only what is new.
//!
//! Sources: unpacked exports of 2023 to 2026 and file lists of users; Google documents neither names nor layout.

pub(crate) mod document;
mod index;
pub mod localised;
pub mod pairing;
pub(crate) mod parts;
pub mod sidecar;
pub(crate) mod tree;

pub use index::{ContainerIndex, index};
pub use parts::{PartsOfExport, export_stamp, missing_parts};

use std::path::PathBuf;

/// The folder that every archive of an export has at its top, in all languages.
pub(crate) const TAKEOUT_FOLDER: &str = "Takeout";

/// The form in which a part of an export lies on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerKind {
    /// A zip archive; its members can be read in any order.
    Zip,
    /// A gzipped tar archive; its members can be had only one after the other ([`stream_tgz`](crate::stream_tgz)).
    Tgz,
    /// An unpacked export: the product's folder ("Google Photos"), or one album's.
    Tree,
}

/// A part of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its form.
    pub kind: ContainerKind,
    /// The archive, or the folder; absolute.
    pub path: PathBuf,
    /// The archive's size, bytes; 0 for a folder.
    pub size_bytes: u64,
    /// The archive's or the folder's last change in nanoseconds since 1970 UTC.
    pub modified_ns: Option<i64>,
    /// A person's patterns, which hold for what lies inside as well: [`SurveyOptions::exclude`](crate::SurveyOptions::exclude).
    pub exclude: Vec<String>,
}
