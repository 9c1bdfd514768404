//! Where photos come from: folders, Takeout archives and unpacked exports. Finds files, opens them, and says what it left out and why.
//!
//! It never writes, never decodes a picture and knows no database. [`survey`] looks at what a person named and tells folders from exports;
//! [`index`] lists one part of an export; [`Reader`] opens what was found; `takeout` also parses sidecars and pairs them with media.
//!
//! **Invariant:** nothing met is passed over in silence: it is a file, a document, a container, or a [`LeftOut`] with its cause.
//! **Invariant:** no name of an archive's member is ever used as a path on disk.

mod archive;
pub mod companions;
mod error;
mod exclusions;
mod left_out;
mod reader;
mod survey;
pub mod takeout;
mod walk;

pub use archive::{
    MAX_BETWEEN_MEMBERS_BYTES, MAX_DIRECTORY_BYTES, MAX_MEMBER_BYTES, MAX_MEMBERS, MAX_NAME_BYTES, MAX_RATIO, RATIO_FREE_BYTES, StreamEnd,
    TGZ_RATIO_FREE_BYTES, stream_tgz,
};
/// Asked now and then whether a person wants to stop; threads may ask at once.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

pub use error::Error;
pub use left_out::LeftOut;
pub use reader::Reader;
pub use survey::{FolderSurvey, Survey, SurveyOptions, survey};
pub use takeout::{Container, ContainerIndex, ContainerKind, PartsOfExport, export_stamp, index, missing_parts};
