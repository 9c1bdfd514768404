//! Pairs the media files of one Takeout folder with their sidecars, by names alone.
//!
//! A pure function: it opens nothing and knows no folder but the one it is given (all parts of one export together; the same title in
//! another folder is another copy). Names are computed forward from each sidecar's title, never guessed back from the sidecar's cut
//! name. Matchers run from the most to the least certain, each over the whole folder before the next; what two files could claim with
//! equal right, nobody gets: a photo without a sidecar keeps its own metadata, a photo with another's sidecar gets a wrong date.
//!
//! **Invariants:** an original takes at most one sidecar; a sidecar serves at most one original, and through it one clip and its
//! renditions; the result depends on the set of names, not on their order; time and memory grow with the number of names.

mod belongings;
mod folder;
pub(crate) mod names;
mod originals;
#[cfg(test)]
mod tests;

use model::Role;
use std::fmt;

/// A sidecar that describes an item (album records and the like are left out by the caller).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SidecarName<'a> {
    /// Its file name, with `.json`.
    pub name: &'a str,
    /// The title within; `None` where it could not be read, which leaves the names to decide.
    pub title: Option<&'a str>,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// Why a media file was paired as it was; declared from the most to the least certain.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $variant,)*
        }

        impl Rule {
            /// All rules, the most certain first.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant,)*];

            /// Returns the stable kebab-case name, kept as the reason.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }
        }
    };
}

rules! {
    /// The title gives both names as they are.
    Exact "exact";
    /// The title gives both names, with Google's counter on both.
    Counter "counter";
    /// The title gives both names once each is cut to its limit.
    Cut "cut";
    /// The title gives both names but for characters that some exports replace.
    Replaced "replaced";
    /// The title has no extension; the only file of that stem takes the sidecar.
    NoExtension "no-extension";
    /// The title is unknown or differs wholly; the two names belong together.
    Name "name";
    /// The sidecar is named by the media file's stem.
    Stem "stem";
    /// The sidecar's name was too long to keep the counter that its media file has.
    LostCounter "lost-counter";
    /// The media file's name is one character longer (`…_n-`, `…_n`, `…_`).
    Drift "drift";
    /// The sidecar's name is the beginning of one media file's name and of no other's, and so is that of the title.
    Prefix "prefix";
    /// A film exported in another container than it was uploaded in (MOV, MP4).
    Container "container";
    /// Edited in Google Photos: belongs to the original, and shares its sidecar.
    Edited "edited";
    /// Made by Google or the phone of one photo: belongs to the original, and shares its sidecar.
    Rendition "rendition";
    /// The moving half of a live or motion photo: belongs to the still, and shares its sidecar.
    Clip "clip";
    /// Two files or two sidecars claim the same with equal right.
    Ambiguous "ambiguous";
    /// No sidecar fits.
    Unpaired "unpaired";
}

impl Rule {
    /// Returns the rule with that [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Rule> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is known of one media file by the names of its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// Index of its sidecar, its own or its original's.
    pub sidecar: Option<usize>,
    /// What the file is to its asset. A rendition or clip whose original is not in the folder is all there is of the asset: it takes
    /// the sidecar and is the [`Role::Original`] (further ones belong to it).
    pub role: Role,
    /// Index of the original that a rendition or clip belongs to; never itself a rendition or clip.
    pub of: Option<usize>,
    /// Why.
    pub rule: Rule,
}

/// Pairs the media files of one folder with its sidecars; one [`Pairing`] for each of `media`, in order. A name that stands in `media`
/// twice (one path in two parts) gets the same pairing twice; of two sidecars of one name the first counts.
///
/// Belonging is told by names and by who lacks a sidecar; whether a clip is as short as a live photo's the caller may check.
#[must_use]
pub fn pair(media: &[&str], sidecars: &[SidecarName<'_>]) -> Vec<Pairing> {
    let mut folder = folder::Folder::new(media, sidecars);
    originals::pair(&mut folder);
    belongings::pair(&mut folder);
    folder.pairings()
}
