//! How a member stands to the keeper (design §4.1). Which evidence gives which relation is the matching room's; which verdict follows
//! is the decisions room's.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! relations {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// How two assets are related; declared from the strongest to the weakest claim.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Relation {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Relation {
            /// All relations, strongest first.
            pub const ALL: &'static [Relation] = &[$(Relation::$variant,)*];

            /// Returns the name used on the command line, in JSON and in the catalog.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Relation::$variant => $name,)* }
            }
        }
    };
}

relations! {
    /// Same bytes.
    Identical "identical";
    /// Same payload hash, other metadata.
    SamePixels "same-pixels";
    /// Same picture, clearly fewer pixels.
    Thumbnail "thumbnail";
    /// Same picture at about the same size, other compression or format.
    ReEncoded "re-encoded";
    /// Same picture after a turn or mirror.
    Rotated "rotated";
    /// Same shot as sensor data and as rendered picture.
    RawJpeg "raw+jpeg";
    /// Same shot as HEIC and as JPEG.
    HeicJpeg "heic+jpeg";
    /// Same shot, other tones, filter or text.
    Edited "edited";
    /// Part of the other picture.
    Cropped "cropped";
    /// Same capture identity and settings, no pixels to compare.
    SameShot "same-shot";
    /// Same camera, near in time, another exposure.
    Burst "burst";
    /// Near, and nothing above could be shown.
    LookAlike "look-alike";
}

impl Relation {
    /// Returns the relation with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Relation> {
        Self::ALL.iter().copied().find(|relation| relation.name() == name)
    }

    /// Tells the opt-in tiers and look-alikes, left out unless asked for.
    #[must_use]
    pub fn is_opt_in(self) -> bool {
        matches!(self, Relation::Edited | Relation::Cropped | Relation::LookAlike)
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
