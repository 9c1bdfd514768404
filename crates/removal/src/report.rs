//! What became of each photo, and how a run is followed.

use crate::path_text::PathText;
use crate::plan::Removal;
use serde::{Deserialize, Serialize};

/// Why a photo was left where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A stable name of the cause.
    pub code: RefusalCode,
    /// The cause in words, with the paths that matter.
    pub why: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// Stable names of causes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RefusalCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl RefusalCode {
            /// Returns the stable name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// The keeper is not there or cannot be read: the photo would be the last copy.
    KeeperMissing "keeper-missing";
    /// The keeper's bytes are others than planned.
    KeeperChanged "keeper-changed";
    /// The keeper is itself to go.
    KeeperPlanned "keeper-planned";
    /// The photo is not there any more.
    Missing "missing";
    /// An earlier run of this plan removed it.
    AlreadyRemoved "already-removed";
    /// Its bytes are others than planned.
    Changed "changed";
    /// It cannot be read.
    Unreadable "unreadable";
    /// It is no plain file.
    NoFile "no-file";
    /// The way to it leads through a link.
    Symlink "symlink";
    /// It and the keeper are one file under two names.
    OneFile "one-file";
    /// It stands in the plan twice.
    Twice "twice";
    /// It lies in a reference folder.
    Reference "reference";
    /// It lies in a library package of another program.
    LibraryPackage "library-package";
    /// Its keeper lies in another source, and that was not allowed.
    OtherSource "other-source";
    /// The trash lies on another file system.
    OtherFileSystem "other-file-system";
    /// Links are for copies with the same bytes only.
    NotIdentical "not-identical";
    /// What the keeper was to gain could not be written.
    NotCarried "not-carried";
    /// The disk refused.
    Disk "disk";
    /// Its source lies in an archive or elsewhere, where we may not touch it.
    HandOff "hand-off";
    /// Its source is not there now.
    Offline "offline";
    /// No verdict says so any more.
    Verdict "verdict";
}

impl Refusal {
    /// Returns a refusal.
    #[must_use]
    pub fn new(code: RefusalCode, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

/// What became of one removal of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Its place in the plan's list, from 0.
    pub unit: u64,
    /// Where it lies, or lay.
    #[serde(default)]
    pub path: PathText,
    /// Why it was left; none: it went.
    pub refusal: Option<Refusal>,
    /// What is to be said beside: a companion that stays, a detail that could not be done.
    pub notes: Vec<String>,
}

/// Follows a run. Called from one thread, between steps.
pub trait Witness {
    /// Tells whether to stop: what is begun is ended first.
    fn is_stopped(&self) -> bool;
    /// These are about to go; the journal says so already. What the keepers gain is written to the catalog here.
    ///
    /// # Errors
    /// In words; then none of them goes, and the run ends.
    fn before(&mut self, run: &str, units: &[(u64, &Removal)]) -> std::result::Result<(), String>;
    /// This became of them; what went is in the journal already.
    ///
    /// # Errors
    /// In words; the run ends.
    fn after(&mut self, run: &str, ended: &[Ended]) -> std::result::Result<(), String>;
    /// So many photos and bytes are behind.
    fn reach(&mut self, units: u64, bytes: u64);
}
