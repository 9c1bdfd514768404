//! What Google gave after a login, as it is kept.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// An access token with all that is needed to renew it. Serde writes the plain tokens: for the [store](crate::store) only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The bearer of calls.
    pub access: Secret,
    /// What gives a new access token.
    pub refresh: Secret,
    /// When `access` ends, in UTC seconds.
    pub expires_at: i64,
    /// When `refresh` ends, in UTC seconds, where Google told it (an app in "Testing": 7 days after the consent).
    #[serde(default)]
    pub refresh_expires_at: Option<i64>,
    /// The permissions granted, sorted; may be fewer or more than were asked for.
    pub scopes: Vec<String>,
    /// The client that it was given to; for another client it is worthless.
    pub client_id: String,
    /// When the person consented, in UTC seconds.
    pub obtained_at: i64,
}

impl Token {
    /// Returns the scopes of `wanted` that were not granted.
    #[must_use]
    pub fn missing_scopes(&self, wanted: &[&str]) -> Vec<String> {
        wanted.iter().filter(|scope| !self.scopes.iter().any(|granted| granted == *scope)).map(|scope| (*scope).to_owned()).collect()
    }
}
