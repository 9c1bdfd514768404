//! Where a recovered photo goes below the target: folders by a pattern, and names that every file system takes. Pure.
//!
//! Names come from exports and are hostile: what comes out is one plain name, never `..`, a device of Windows or one that begins with a dot.

use crate::{Error, Result};
use catalog::AssetRow;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::PathBuf;

/// Longest name written, bytes without ` (2)` and `.xmp`: file systems take 255.
const NAME_MAX_BYTES: usize = 200;
/// Longest ending kept, bytes with the dot.
const ENDING_MAX_BYTES: usize = 16;
/// Folder of what has no date.
const NO_DATE: &str = "unknown";
/// Folder of what is in no album.
const NO_ALBUM: &str = "no album";

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    Month,
    Day,
    Album,
    Source,
}

/// A pattern of folders, such as `{year}/{month}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout(Vec<Vec<Part>>);

impl Layout {
    /// Reads a pattern: folders with `/` between them, of text and `{year}`, `{month}`, `{day}`, `{album}`, `{source}`.
    ///
    /// # Errors
    /// [`Error::User`] for other words in braces, and for `..` and the like.
    pub fn parse(pattern: &str) -> Result<Self> {
        let wrong =
            |what: String| Error::user(what, "write folders of {year}, {month}, {day}, {album}, {source}, as in \"{year}/{month}\"");
        let mut folders = Vec::new();
        for folder in pattern.split('/').filter(|folder| !folder.is_empty()) {
            let mut parts = Vec::new();
            let mut rest = folder;
            while let Some((text, tail)) = rest.split_once('{') {
                parts.extend(Some(text).filter(|text| !text.is_empty()).map(|text| Part::Text(text.to_owned())));
                let (word, tail) = tail.split_once('}').ok_or_else(|| wrong(format!("`{pattern}` opens a brace and does not close it")))?;
                parts.push(match word {
                    "year" => Part::Year,
                    "month" => Part::Month,
                    "day" => Part::Day,
                    "album" => Part::Album,
                    "source" => Part::Source,
                    _ => return Err(wrong(format!("`{{{word}}}` is nothing that a layout knows"))),
                });
                rest = tail;
            }
            parts.extend(Some(rest).filter(|text| !text.is_empty()).map(|text| Part::Text(text.to_owned())));
            if let [Part::Text(text)] = parts.as_slice()
                && safe(text) != *text
            {
                return Err(wrong(format!("`{text}` is no folder's name")));
            }
            folders.push(parts);
        }
        Ok(Self(folders))
    }

    /// Returns the folder of a photo below the target.
    #[must_use]
    pub fn folder(&self, asset: &AssetRow, source: &str) -> PathBuf {
        let day = asset.taken.and_then(|taken| {
            let seconds = taken.utc_seconds.checked_add(i64::from(taken.offset_minutes.unwrap_or(0)) * 60)?;
            Some(Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::UTC).date())
        });
        let text = |part: &Part| match (part, day) {
            (Part::Text(text), _) => text.clone(),
            (Part::Year, Some(day)) => format!("{:04}", day.year()),
            (Part::Month, Some(day)) => format!("{:02}", day.month()),
            (Part::Day, Some(day)) => format!("{:02}", day.day()),
            (Part::Year | Part::Month | Part::Day, None) => NO_DATE.to_owned(),
            (Part::Album, _) => asset.albums.iter().find(|title| !title.trim().is_empty()).map_or(NO_ALBUM, String::as_str).to_owned(),
            (Part::Source, _) => source.to_owned(),
        };
        let mut folders: Vec<String> = self.0.iter().map(|parts| safe(&parts.iter().map(&text).collect::<String>())).collect();
        // One folder is enough for what has no date.
        folders.dedup_by(|later, earlier| later == earlier && later == NO_DATE);
        folders.into_iter().collect()
    }
}

/// Returns a text as a name that every file system takes.
pub(super) fn safe(text: &str) -> String {
    let plain = |c: char| if c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c };
    let name: String = text.chars().map(plain).collect();
    let mut name = cut(name.trim_matches(' ').trim_end_matches(['.', ' ']), NAME_MAX_BYTES).to_owned();
    if name.starts_with('.') {
        name.replace_range(..1, "_");
    }
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem.ends_with(|c: char| c.is_ascii_digit());
    if name.is_empty() || is_device { format!("_{name}") } else { name }
}

fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    text[..end].trim_end_matches(['.', ' '])
}

/// Returns a name's stem and ending, with the dot; the ending is empty where there is none.
fn parted(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= ENDING_MAX_BYTES && name.len() - dot > 1 => name.split_at(dot),
        _ => (name, ""),
    }
}

/// Returns stem and ending under which a photo is written: its title, with the ending of the file that holds it, which tells the format.
pub(super) fn name_of(title: &str, file_name: &str) -> (String, String) {
    let (stem, ending) = parted(title);
    let (file_stem, file_ending) = parted(file_name);
    let stem = if file_ending.is_empty() || ending.eq_ignore_ascii_case(file_ending) {
        stem
    } else if ending.is_empty() {
        title
    } else {
        file_stem
    };
    let ending = if file_ending.is_empty() { ending } else { file_ending };
    let (stem, ending) = (safe(stem), safe_ending(ending));
    (cut(&stem, NAME_MAX_BYTES - ending.len()).to_owned(), ending)
}

/// Returns an ending with its dot as a file system takes it.
pub(super) fn safe_ending(ending: &str) -> String {
    let plain: String = ending.chars().filter(char::is_ascii_alphanumeric).collect();
    if plain.is_empty() { plain } else { format!(".{plain}") }
}

/// Returns the ending of a file's name, with the dot.
pub(super) fn ending_of(file_name: &str) -> String {
    safe_ending(parted(file_name).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for (text, expected) in [
            ("IMG_1.JPG", "IMG_1.JPG"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            ("..", "_"),
            (".hidden", "_hidden"),
            ("a:b*c?.jpg", "a_b_c_.jpg"),
            ("con.jpg", "_con.jpg"),
            ("com1", "_com1"),
            ("common.jpg", "common.jpg"),
            ("trailing. . ", "trailing"),
            ("tab\there\n", "tab_here_"),
            ("", "_"),
            ("Été à la mer", "Été à la mer"),
        ] {
            assert_eq!(safe(text), expected, "{text:?}");
        }
        assert!(safe(&"é".repeat(300)).len() <= NAME_MAX_BYTES);
    }

    #[test]
    fn the_ending_is_the_files() {
        let check = |title: &str, file: &str, stem: &str, ending: &str| {
            assert_eq!(name_of(title, file), (stem.to_owned(), ending.to_owned()), "{title} in {file}");
        };
        check("IMG_1.JPG", "IMG_1.JPG", "IMG_1", ".JPG");
        check(
            "a very long title that the export cut off.jpg",
            "a very long title that the export cut o.jpg",
            "a very long title that the export cut off",
            ".jpg",
        );
        check("no ending", "no ending.jpg", "no ending", ".jpg");
        check("IMG_1.HEIC", "IMG_1(2).jpg", "IMG_1(2)", ".jpg");
        check("Dr. No", "Dr. No", "Dr", ".No");
        check("a/b.jpg", "a_b.jpg", "a_b", ".jpg");
        let (stem, ending) = name_of(&format!("{}.jpg", "x".repeat(400)), "x.jpg");
        assert_eq!(stem.len() + ending.len(), NAME_MAX_BYTES);
    }

    #[test]
    fn patterns_are_read_or_refused() {
        for pattern in ["{year}/{month}", "", "all", "{source}/{album}/{year}-{month}-{day}", "/{year}/"] {
            assert!(Layout::parse(pattern).is_ok(), "{pattern}");
        }
        for pattern in ["{hour}", "{year", "../{year}", "a/../b", "."] {
            assert!(matches!(Layout::parse(pattern), Err(Error::User { .. })), "{pattern}");
        }
    }
}
