//! A text that must not be seen: it prints as `…` wherever it is shown.
//!
//! It does not wipe memory: a desktop program whose memory can be read has lost already.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A token, code, client secret or capability URL. `Debug` and `Display` print `…`; serde writes the plain text, for the token store only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the plain text; what is done with it must not be printed.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns `text` with every occurrence of the secret replaced by `…`.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "…") }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
