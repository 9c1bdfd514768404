//! XMP sidecars: what of a photo is a person's own, read from the bytes of a sidecar and put into one. Bytes in, bytes out; no disk.
//!
//! When a copy is removed, its curation goes to the keeper. Where a sidecar stands already, every byte of it stays where it is, and only
//! what was not said yet is put in between: lists become the union, single facts are set where there was none, and where both say
//! something else the sidecar is believed and the other is told in [`Merged::kept`].
//!
//! **Invariant:** the existing bytes are a subsequence of the merged ones; merging the same twice adds nothing; no input panics.
//!
//! Which property says what (ISO 16684-1; Exif in XMP; IPTC Photo Metadata; and what the programs do):
//! - *keywords* `dc:subject`; of several levels `lr:hierarchicalSubject`, written `Places|Rome` as Lightroom does.
//! - *albums* `lr:hierarchicalSubject` under `Albums|`. XMP knows no album (zoph's issue 229 searched in vain; `xmpDM:album` is a
//!   record's). Lightroom, digiKam, darktable and Immich read this list as tags. Immich and digiKam stop at the first list they find,
//!   `digiKam:TagsList` before this one (Immich's `getTagList`, digiKam's `DMetadata::getItemTagsPath`), so a new tag also goes into a `TagsList` that is
//!   there, and a new `lr:hierarchicalSubject` repeats the flat keywords, which it would hide otherwise.
//! - *favourite* `fstop:favorite="1"`, an attribute: F-Stop writes it, PhotoPrism reads it (its pull request 1873). Immich, digiKam,
//!   darktable and Lightroom have no such mark in XMP. Five stars, as osxphotos writes for a favourite, are a rating and would lie.
//! - *caption* `dc:description`, *title* `dc:title`, *people* `Iptc4xmpExt:PersonInImage`, *rating* `xmp:Rating`.
//! - *place* `exif:GPSLatitude` and its kin; *time* `exif:DateTimeOriginal` and `photoshop:DateCreated`.

mod fact;
mod gps;
mod merge;
mod read;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod time;
mod tree;
mod write;

pub use fact::{Conflict, Curation, Fact};
pub use merge::{Merged, merge};
pub use read::read;
pub use tree::SIDECAR_MAX_BYTES;

/// Why a sidecar cannot be read, or not be added to. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmpError {
    /// Beyond [`SIDECAR_MAX_BYTES`], as it is or as it would become.
    #[error("the sidecar is larger than {} MiB", SIDECAR_MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// Another encoding.
    #[error("the sidecar is not written in UTF-8; save it as UTF-8 with the program that made it")]
    NotUtf8,
    /// Something else under an `.xmp` name.
    #[error("the file is no XMP: there is no `rdf:RDF` in it")]
    NotXmp,
    /// A `<!DOCTYPE`, which XMP forbids and by which entities come in.
    #[error("the sidecar declares a document type, which XMP forbids")]
    DocumentType,
    /// Nesting, elements or attributes beyond the bounds.
    #[error("the sidecar has more elements, attributes or nesting than any photo program writes")]
    TooMuch,
    /// No well-formed XML.
    #[error("the sidecar is damaged at line {line}: {why}")]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// What is wrong, in words.
        why: String,
    },
    /// A property that XMP allows once stands twice, so no program can tell which is meant.
    #[error("the sidecar has two values for `{property}`")]
    TwoValues {
        /// Its local name, such as `Rating`.
        property: String,
    },
    /// Its descriptions speak of different things (`rdf:about`).
    #[error("the sidecar describes more than one file")]
    TwoSubjects,
}
