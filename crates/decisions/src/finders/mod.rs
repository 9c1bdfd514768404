//! Built-in finders: single families of unwanted files, known by name and by their partner.
//!
//! A finding is a hint with its reason; it offers nothing and is no evidence. What may go is decided by groups alone.

mod lightroom;

pub use lightroom::{lightroom_previews, origin_words, prevention};

use model::AssetId;
use serde::Serialize;

/// A file of the family, with the asset that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file found.
    pub asset: AssetId,
    /// The asset that it belongs to.
    pub partner: AssetId,
    /// Why, in words for people.
    pub words: String,
}
