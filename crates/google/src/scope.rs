//! The permissions that can be asked for, and two that Google no longer honours.
//!
//! Source: Google's page of updates to the Photos APIs, in force since 31 March 2025.

/// Adds photos and albums to the library.
pub const LIBRARY_APPEND: &str = "https://www.googleapis.com/auth/photoslibrary.appendonly";
/// Reads only what this same Cloud project uploaded.
pub const LIBRARY_READ_APP_CREATED: &str = "https://www.googleapis.com/auth/photoslibrary.readonly.appcreateddata";
/// Changes albums and items which this same Cloud project made.
pub const LIBRARY_EDIT_APP_CREATED: &str = "https://www.googleapis.com/auth/photoslibrary.edit.appcreateddata";
/// Reads what the person picks by hand.
pub const PICKER: &str = "https://www.googleapis.com/auth/photospicker.mediaitems.readonly";
/// Dead since 31 March 2025: calls that rest on it give [`ScopeMissing`](crate::ErrorKind::ScopeMissing), even when it was granted.
pub const LIBRARY_FULL: &str = "https://www.googleapis.com/auth/photoslibrary";
/// Dead since 31 March 2025, as [`LIBRARY_FULL`].
pub const LIBRARY_READONLY: &str = "https://www.googleapis.com/auth/photoslibrary.readonly";
