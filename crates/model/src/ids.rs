//! Row numbers of the catalog as types of their own, so that an asset is never taken for a content.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

id!(
    /// Identifies a source in one catalog.
    SourceId
);
id!(
    /// Identifies an asset in one catalog; stays the same over re-scans.
    AssetId
);
id!(
    /// Identifies a distinct byte string in one catalog.
    ContentId
);
id!(
    /// Numbers a group within one answer; 1 is the first. Not stable over re-scans.
    GroupId
);
