//! Keep rules as a person writes them: `--keep "original-quality,pixels,path:**/best/**"`.
//!
//! Only the words live here; what each rule says of two assets is `keeper.rs`. **Invariant:** [`Display`](fmt::Display) and
//! [`FromStr`] are inverse; no rule stands twice.

use globset::{GlobBuilder, GlobMatcher};
use std::fmt;
use std::str::FromStr;

/// Most rules of one list. Bounds what a hostile config file can make us compare.
pub const KEEP_RULES_MAX: usize = 32;
/// Longest glob of a `path:` rule, bytes.
const GLOB_MAX_BYTES: usize = 1024;

/// Which of a RAW (or HEIC) and its JPEG a person prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawOrJpeg {
    /// The camera's RAW or HEIC.
    Raw,
    /// The JPEG beside it.
    Jpeg,
}

/// A glob over paths as shown; matches a path or any folder above it.
#[derive(Debug, Clone)]
pub struct PathGlob {
    text: String,
    matcher: GlobMatcher,
}

impl PathGlob {
    /// Returns the glob of that text: `*` and `?` stop at `/`, `**` does not, upper and lower case differ.
    ///
    /// # Errors
    /// [`KeepRulesError::BadGlob`] for what is no glob, is empty or longer than 1,024 bytes.
    pub fn new(text: &str) -> Result<Self, KeepRulesError> {
        let bad = |why: String| KeepRulesError::BadGlob { glob: text.to_owned(), why };
        if text.is_empty() || text.len() > GLOB_MAX_BYTES {
            return Err(bad(format!("it must have 1 to {GLOB_MAX_BYTES} bytes")));
        }
        let trimmed = if text.len() > 1 { text.trim_end_matches('/') } else { text };
        let glob = GlobBuilder::new(trimmed).literal_separator(true).build().map_err(|error| bad(error.kind().to_string()))?;
        Ok(Self { text: text.to_owned(), matcher: glob.compile_matcher() })
    }

    /// Tells whether the path, or a folder (or archive) above it, matches.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
            || path.match_indices(['/', '!']).any(|(at, _)| at > 0 && path.get(..at).is_some_and(|above| self.matcher.is_match(above)))
    }
}

impl PartialEq for PathGlob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PathGlob {}

impl fmt::Display for PathGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// One rule of the order in which assets are preferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeepRule {
    /// The first encode before the second.
    OriginalQuality,
    /// The person's choice between RAW (or HEIC) and JPEG; `None` says nothing.
    RawOrJpeg(Option<RawOrJpeg>),
    /// More pixels first.
    Pixels,
    /// Fewer losses of compression first, in coarse steps.
    Compression,
    /// More facts in the metadata first.
    HasMetadata,
    /// In more albums first.
    InAlbum,
    /// Favourites first.
    Favourite,
    /// The earliest upload first.
    OldestUpload,
    /// Paths that match first.
    PathGlob(PathGlob),
    /// The shorter path first, then the alphabet: `IMG_1.jpg` before `IMG_1 copy.jpg`.
    Path,
}

/// Words a person may write, as listed in errors and help.
const KNOWN: &str = "original-quality, raw-or-jpeg=raw, raw-or-jpeg=jpeg (or prefer-raw, prefer-jpeg), pixels, compression, has-metadata, in-album, \
                     favourite, oldest-upload, path:GLOB, path";

impl KeepRule {
    /// Returns the stable kebab-case name, as it stands in reasons.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            KeepRule::OriginalQuality => "original-quality",
            KeepRule::RawOrJpeg(_) => "raw-or-jpeg",
            KeepRule::Pixels => "pixels",
            KeepRule::Compression => "compression",
            KeepRule::HasMetadata => "has-metadata",
            KeepRule::InAlbum => "in-album",
            KeepRule::Favourite => "favourite",
            KeepRule::OldestUpload => "oldest-upload",
            KeepRule::PathGlob(_) | KeepRule::Path => "path",
        }
    }

    /// Tells the rules that weigh the picture itself, which go before a preference for one source.
    pub(crate) fn weighs_the_picture(&self) -> bool {
        matches!(self, KeepRule::OriginalQuality | KeepRule::RawOrJpeg(_) | KeepRule::Pixels | KeepRule::Compression)
    }

    /// Tells two rules that cannot stand in one list.
    fn repeats(&self, other: &Self) -> bool {
        match (self, other) {
            (KeepRule::RawOrJpeg(_), KeepRule::RawOrJpeg(_)) => true,
            _ => self == other,
        }
    }
}

impl FromStr for KeepRule {
    type Err = KeepRulesError;

    fn from_str(text: &str) -> Result<Self, KeepRulesError> {
        let text = text.trim();
        if let Some(glob) = text.strip_prefix("path:") {
            return PathGlob::new(glob.trim()).map(KeepRule::PathGlob);
        }
        if let Some(choice) = text.strip_prefix("raw-or-jpeg=") {
            return match choice.trim() {
                "raw" => Ok(KeepRule::RawOrJpeg(Some(RawOrJpeg::Raw))),
                "jpeg" => Ok(KeepRule::RawOrJpeg(Some(RawOrJpeg::Jpeg))),
                other => Err(KeepRulesError::UnknownChoice { word: other.to_owned() }),
            };
        }
        Ok(match text {
            "original-quality" => KeepRule::OriginalQuality,
            "raw-or-jpeg" => KeepRule::RawOrJpeg(None),
            "prefer-raw" => KeepRule::RawOrJpeg(Some(RawOrJpeg::Raw)),
            "prefer-jpeg" => KeepRule::RawOrJpeg(Some(RawOrJpeg::Jpeg)),
            "pixels" => KeepRule::Pixels,
            "compression" => KeepRule::Compression,
            "has-metadata" => KeepRule::HasMetadata,
            "in-album" => KeepRule::InAlbum,
            "favourite" => KeepRule::Favourite,
            "oldest-upload" => KeepRule::OldestUpload,
            "path" => KeepRule::Path,
            other => return Err(KeepRulesError::UnknownRule { word: other.to_owned() }),
        })
    }
}

impl fmt::Display for KeepRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeepRule::RawOrJpeg(Some(RawOrJpeg::Raw)) => f.write_str("raw-or-jpeg=raw"),
            KeepRule::RawOrJpeg(Some(RawOrJpeg::Jpeg)) => f.write_str("raw-or-jpeg=jpeg"),
            KeepRule::PathGlob(glob) => write!(f, "path:{glob}"),
            rule => f.write_str(rule.name()),
        }
    }
}

/// Why a list of keep rules cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeepRulesError {
    /// A word that is no rule.
    #[error("`{word}` is no keep rule; known are {KNOWN}")]
    UnknownRule {
        /// The word.
        word: String,
    },
    /// A choice after `raw-or-jpeg=` that is neither.
    #[error("`raw-or-jpeg={word}` is no keep rule; write `raw-or-jpeg=raw` or `raw-or-jpeg=jpeg`")]
    UnknownChoice {
        /// The word after `=`.
        word: String,
    },
    /// A rule that stands twice.
    #[error("the keep rule `{word}` stands twice")]
    Repeated {
        /// The second one.
        word: String,
    },
    /// A `path:` rule whose glob cannot be read.
    #[error("`path:{glob}` cannot be read as a glob: {why}")]
    BadGlob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        why: String,
    },
    /// No rule at all.
    #[error("no keep rule given; known are {KNOWN}")]
    Empty,
    /// More rules than are compared.
    #[error("{count} keep rules are too many; at most {KEEP_RULES_MAX} are read")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

/// The rules, most important first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepRules(Vec<KeepRule>);

impl KeepRules {
    /// Returns the rules in that order.
    ///
    /// # Errors
    /// When there are none, more than [`KEEP_RULES_MAX`], or one stands twice.
    pub fn new(rules: Vec<KeepRule>) -> Result<Self, KeepRulesError> {
        if rules.is_empty() {
            return Err(KeepRulesError::Empty);
        }
        if rules.len() > KEEP_RULES_MAX {
            return Err(KeepRulesError::TooMany { count: rules.len() });
        }
        for (at, rule) in rules.iter().enumerate() {
            if rules.iter().take(at).any(|earlier| earlier.repeats(rule)) {
                return Err(KeepRulesError::Repeated { word: rule.to_string() });
            }
        }
        Ok(Self(rules))
    }

    /// Returns the rules, most important first.
    #[must_use]
    pub fn rules(&self) -> &[KeepRule] {
        &self.0
    }

    /// Returns the person's choice between RAW and JPEG, if one was made.
    #[must_use]
    pub fn raw_or_jpeg(&self) -> Option<RawOrJpeg> {
        self.0.iter().find_map(|rule| if let KeepRule::RawOrJpeg(choice) = rule { *choice } else { None })
    }

    /// Returns these rules with that choice between RAW and JPEG: in the place of a `raw-or-jpeg` that stands there, else after
    /// `original-quality`, else first.
    #[must_use]
    pub fn preferring(mut self, choice: RawOrJpeg) -> Self {
        let rule = KeepRule::RawOrJpeg(Some(choice));
        match self.0.iter().position(|rule| matches!(rule, KeepRule::RawOrJpeg(_))) {
            Some(at) => self.0[at] = rule,
            None => {
                let at = self.0.iter().position(|rule| *rule == KeepRule::OriginalQuality).map_or(0, |at| at + 1);
                self.0.insert(at, rule);
            }
        }
        self
    }
}

impl Default for KeepRules {
    /// Returns `original-quality, raw-or-jpeg, pixels, compression, has-metadata, in-album, favourite, oldest-upload, path`.
    ///
    /// `raw-or-jpeg` says nothing until a choice is made; it stands before `pixels`, since a RAW has a few pixels more than its JPEG
    /// and a choice after `pixels` would never be heard.
    fn default() -> Self {
        Self(vec![
            KeepRule::OriginalQuality,
            KeepRule::RawOrJpeg(None),
            KeepRule::Pixels,
            KeepRule::Compression,
            KeepRule::HasMetadata,
            KeepRule::InAlbum,
            KeepRule::Favourite,
            KeepRule::OldestUpload,
            KeepRule::Path,
        ])
    }
}

impl FromStr for KeepRules {
    type Err = KeepRulesError;

    fn from_str(text: &str) -> Result<Self, KeepRulesError> {
        let words: Vec<&str> = split_outside_braces(text).into_iter().map(str::trim).filter(|word| !word.is_empty()).collect();
        if words.len() > KEEP_RULES_MAX {
            return Err(KeepRulesError::TooMany { count: words.len() });
        }
        Self::new(words.into_iter().map(str::parse).collect::<Result<_, _>>()?)
    }
}

impl fmt::Display for KeepRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, rule) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            write!(f, "{rule}")?;
        }
        Ok(())
    }
}

/// Splits at commas, but not within `{…}` of a glob.
fn split_outside_braces(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_as_written() {
        for text in [
            "original-quality,raw-or-jpeg,pixels,compression,has-metadata,in-album,favourite,oldest-upload,path",
            "raw-or-jpeg=jpeg,pixels",
            "path:**/{best,top}/**,path:/home/a,path",
        ] {
            assert_eq!(text.parse::<KeepRules>().unwrap().to_string(), text);
        }
        assert_eq!(KeepRules::default().to_string().parse(), Ok(KeepRules::default()));
        assert_eq!(" prefer-raw , pixels,".parse::<KeepRules>().unwrap().to_string(), "raw-or-jpeg=raw,pixels");
    }

    #[test]
    fn errors_name_the_word_and_the_known_ones() {
        let error = |text: &str| text.parse::<KeepRules>().unwrap_err().to_string();
        assert!(error("pixels,biggest").starts_with("`biggest` is no keep rule; known are original-quality, "));
        assert!(error("raw-or-jpeg=png").contains("`raw-or-jpeg=png`"));
        assert_eq!(error("pixels,path,pixels"), "the keep rule `pixels` stands twice");
        assert_eq!(error("prefer-raw,prefer-jpeg"), "the keep rule `raw-or-jpeg=jpeg` stands twice");
        assert!(error("path:[").starts_with("`path:[` cannot be read as a glob: "));
        assert!(error("path:").contains("1 to 1024 bytes"));
        assert!(error(" , ").starts_with("no keep rule given"));
    }

    #[test]
    fn bounds_hold_at_and_over() {
        let globs = |count: usize| (0..count).map(|n| format!("path:{n}")).collect::<Vec<_>>().join(",");
        assert!(globs(KEEP_RULES_MAX).parse::<KeepRules>().is_ok());
        assert_eq!(globs(KEEP_RULES_MAX + 1).parse::<KeepRules>(), Err(KeepRulesError::TooMany { count: 33 }));
        assert!(PathGlob::new(&"a".repeat(GLOB_MAX_BYTES)).is_ok());
        assert!(PathGlob::new(&"a".repeat(GLOB_MAX_BYTES + 1)).is_err());
    }

    #[test]
    fn a_glob_matches_the_path_or_a_folder_above() {
        let check =
            |glob: &str, path: &str, expected: bool| assert_eq!(PathGlob::new(glob).unwrap().matches(path), expected, "{glob} {path}");
        check("/photos/best", "/photos/best/a/b.jpg", true);
        check("/photos/best/", "/photos/best/b.jpg", true);
        check("/photos/best", "/photos/bestof/b.jpg", false);
        check("**/best/**", "/photos/best/b.jpg", true);
        check("**/*.HEIC", "/photos/b.HEIC", true);
        check("**/*.HEIC", "/photos/b.jpg", false);
        check("/photos/*", "/photos/2020/b.jpg", true);
        check("/t/a.zip", "/t/a.zip!Takeout/b.jpg", true);
    }

    #[test]
    fn a_choice_takes_the_place_of_none() {
        assert_eq!(KeepRules::default().raw_or_jpeg(), None);
        let rules = KeepRules::default().preferring(RawOrJpeg::Jpeg);
        assert_eq!(rules.raw_or_jpeg(), Some(RawOrJpeg::Jpeg));
        assert_eq!(rules.rules()[1], KeepRule::RawOrJpeg(Some(RawOrJpeg::Jpeg)));
        assert_eq!("pixels".parse::<KeepRules>().unwrap().preferring(RawOrJpeg::Raw).to_string(), "raw-or-jpeg=raw,pixels");
    }
}
