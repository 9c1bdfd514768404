//! Names as Takeout makes them from titles: replaced characters, cuts, counters. The way from a name back to a title is the sources
//! room's; here names are only made forward.
//!
//! Source: the naming rules derived from readers of real exports (design reference, Takeout §5.4). Lengths count UTF-16 code units, and
//! a surrogate pair at the cut is kept whole, as seen with titles of emoji.

use std::collections::BTreeSet;

/// Longest media name with its extension, before the counter.
pub const MEDIA_UNITS: usize = 51;
/// Longest sidecar name before the counter and `.json`.
pub const SIDECAR_UNITS: usize = 46;

/// How an export names its sidecars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Era {
    /// To about November 2024: `IMG_1.jpg.json`.
    Legacy,
    /// Since then: `IMG_1.jpg.supplemental-metadata.json`.
    #[default]
    Supplemental,
}

/// Returns the title with the characters replaced that file systems refuse.
#[must_use]
pub fn replaced(title: &str) -> String {
    title
        .chars()
        .map(|letter| if matches!(letter, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\n' | '\r') { '_' } else { letter })
        .collect()
}

/// Returns the beginning of `text` within `units` UTF-16 units, one more where they end inside a pair.
#[must_use]
pub fn first_units(text: &str, units: usize) -> &str {
    let mut taken = 0;
    for (at, letter) in text.char_indices() {
        if taken >= units {
            return &text[..at];
        }
        taken += letter.len_utf16();
    }
    text
}

/// Splits a name before its last dot; a name without one has no extension.
#[must_use]
pub fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    }
}

/// Returns the media's name on disk, before any counter; `added` is the extension given to a title without one.
#[must_use]
pub fn media_name(title: &str, added: &str) -> String {
    let safe = replaced(title);
    let (stem, extension) = split(&safe);
    let extension = if extension.is_empty() { added } else { extension };
    let room = MEDIA_UNITS.saturating_sub(extension.encode_utf16().count());
    format!("{}{extension}", first_units(stem, room))
}

/// Returns the sidecar's name before counter and `.json`.
#[must_use]
pub fn sidecar_name(title: &str, era: Era) -> String {
    let suffix = match era {
        Era::Legacy => "",
        Era::Supplemental => ".supplemental-metadata",
    };
    first_units(&format!("{}{suffix}", replaced(title)), SIDECAR_UNITS).to_owned()
}

/// The names taken in one folder.
#[derive(Debug, Clone, Default)]
pub struct Taken(BTreeSet<String>);

impl Taken {
    /// Takes `stem` + `extension`, or the first free `stem(n)` + `extension`; returns the name and n, 0 for none.
    pub fn take(&mut self, stem: &str, extension: &str) -> (String, usize) {
        for count in 0.. {
            let name = counted(stem, extension, count);
            if self.0.insert(name.clone()) {
                return (name, count);
            }
        }
        unreachable!("some number is free")
    }
}

/// Returns `stem(count)` + `extension`, without a counter for 0.
#[must_use]
pub fn counted(stem: &str, extension: &str, count: usize) -> String {
    if count == 0 { format!("{stem}{extension}") } else { format!("{stem}({count}){extension}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_seen_in_exports() {
        for (title, media, legacy, supplemental) in [
            ("IMG_1.jpg", "IMG_1.jpg", "IMG_1.jpg", "IMG_1.jpg.supplemental-metadata"),
            (
                "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINAL.jpg",
                "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINA.jpg",
                "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGIN",
                "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGIN",
            ),
            (
                "Screenshot_20231027_123303_Facebook.jpg",
                "Screenshot_20231027_123303_Facebook.jpg",
                "Screenshot_20231027_123303_Facebook.jpg",
                "Screenshot_20231027_123303_Facebook.jpg.supple",
            ),
            (
                "MVIMG_20191230_232926.jpg",
                "MVIMG_20191230_232926.jpg",
                "MVIMG_20191230_232926.jpg",
                "MVIMG_20191230_232926.jpg.supplemental-metadat",
            ),
            ("27/06/12 - 1", "27_06_12 - 1.mov", "27_06_12 - 1", "27_06_12 - 1.supplemental-metadata"),
            ("skytree (2).jpg", "skytree (2).jpg", "skytree (2).jpg", "skytree (2).jpg.supplemental-metadata"),
        ] {
            assert_eq!(media_name(title, ".mov"), media);
            assert_eq!(sidecar_name(title, Era::Legacy), legacy);
            assert_eq!(sidecar_name(title, Era::Supplemental), supplemental);
        }
    }

    #[test]
    fn cuts_count_utf16_units_and_keep_pairs_whole() {
        let title = format!("{}.jpg", "😀".repeat(40));
        assert_eq!(sidecar_name(&title, Era::Legacy), "😀".repeat(23));
        assert_eq!(media_name(&title, ""), format!("{}.jpg", "😀".repeat(24)));
        for (length, cut) in [(50, 50), (51, 51), (52, 51)] {
            let name = format!("{}.jpg", "a".repeat(length - 4));
            assert_eq!(media_name(&name, "").len(), cut);
        }
    }

    #[test]
    fn taken_names_get_counters_before_the_extension() {
        let mut taken = Taken::default();
        assert_eq!(taken.take("IMG_1", ".jpg"), ("IMG_1.jpg".to_owned(), 0));
        assert_eq!(taken.take("IMG_1", ".jpg"), ("IMG_1(1).jpg".to_owned(), 1));
        assert_eq!(taken.take("IMG_1", ".JPG"), ("IMG_1.JPG".to_owned(), 0));
        assert_eq!(taken.take("IMG_1.jpg", ".json").0, "IMG_1.jpg.json");
        assert_eq!(taken.take("IMG_1.jpg", ".json").0, "IMG_1.jpg(1).json");
    }
}
