//! Words that Takeout writes in the account's language: folder names and the endings of renditions.
//!
//! These tables help where nothing better is known. They never decide what a JSON is (its content does) and never overrule a sidecar's
//! own flags (`trashed`, `archived`); an album whose owner called it "Bin" is told by its album record, which the caller looks at first.
//! All names are compared in NFC and in lower case: archives and disks differ in both.
//!
//! Sources: names seen in public readers of Takeout and in people's reports, 2019 to 2026. Lists are not complete; an unknown
//! language costs a folder's meaning, never a photo.

use unicode_normalization::UnicodeNormalization;

/// The product folder, as seen in English, French, Spanish; German, Portuguese; Italian, Indonesian; Dutch; Russian, Ukrainian; Bulgarian;
/// Czech, Slovak; Turkish; Polish; Japanese; Chinese (two scripts); Korean.
const PRODUCT: &[&str] = &[
    "google photos",
    "google fotos",
    "google foto",
    "google foto's",
    "google foto’s",
    "google фото",
    "google снимки",
    "fotky google",
    "google fotky",
    "google fotoğraflar",
    "zdjęcia google",
    "google フォト",
    "google 相册",
    "google 相簿",
    "google 포토",
];

/// First words of a year folder ("Photos from 2019", "Fotos von 2019", "Foto da 2019").
const YEAR_FIRST: &[&str] = &[
    "photos",
    "photo",
    "fotos",
    "foto",
    "foto's",
    "foto’s",
    "fotografías",
    "fotografies",
    "fotografie",
    "billeder",
    "bilder",
    "kuvat",
    "valokuvat",
    "zdjęcia",
    "fotky",
    "снимки",
    "фото",
    "фотографии",
    "фотографії",
    "fotoğraflar",
];

/// Years that a year folder may name: before 1800 nothing was photographed, and after 2099 nobody will read this table.
const YEARS: std::ops::RangeInclusive<u16> = 1800..=2099;

/// Most words between the first and the year ("Fotky z roku 2019" has two).
const YEAR_MIDDLE_MAX: usize = 2;

const TRASH: &[&str] = &[
    "trash",
    "bin",
    "papierkorb",
    "papelera",
    "lixeira",
    "lixo",
    "cestino",
    "corbeille",
    "prullenbak",
    "корзина",
    "кошик",
    "kosz",
    "kôš",
    "koš",
    "回收站",
    "ゴミ箱",
    "휴지통",
    "paperera",
];

const ARCHIVE: &[&str] = &[
    "archive",
    "archiv",
    "archív",
    "archivo",
    "arquivo",
    "archivio",
    "archief",
    "архив",
    "архів",
    "archiwum",
    "档案",
    "归档",
    "アーカイブ",
    "보관함",
    "arxiu",
    "arkiv",
    "arkisto",
    "arşiv",
];

const LOCKED: &[&str] = &["locked folder"];

const UNTITLED: &[&str] = &[
    "untitled",
    "unbenannt",
    "sin título",
    "sans titre",
    "senza titolo",
    "sem título",
    "zonder titel",
    "без названия",
    "bez tytułu",
    "无标题",
    "無題",
    "sense títol",
    "adsız",
];

/// Endings of a photo edited in Google Photos, in the account's language. Longer ones first where one ends another.
/// The second half (Japanese to Korean) is reported less often than the first.
const EDITED: &[&str] = &[
    "-ha editado",
    "-edited",
    "-bearbeitet",
    "-modifié",
    "-modificato",
    "-editado",
    "-editada",
    "-editat",
    "-bewerkt",
    "-edytowane",
    "-redigeret",
    "-redigerad",
    "-redigert",
    "-muokattu",
    "-upravené",
    "-upraveno",
    "-отредактировано",
    "-измененный",
    "-изменено",
    "-відредаговано",
    "-редактирано",
    "-düzenlendi",
    "-編集済み",
    "-编辑",
    "-已修改",
    "-已編輯",
    "-편집됨",
];

/// Endings of renditions that are English in every language. Collages, animations and films made by Google have sidecars of their own
/// as a rule; the ending counts only where there is none.
const RENDITION: &[&str] = &["-effects", "-smile", "-mix", "-motion", "-animation", "-collage", "-movie", "_bokeh"];

/// How a rendition's name tells itself from its original's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenditionKind {
    /// Edited by the person; the ending is in the account's language.
    Edited,
    /// Made by Google or the phone; the ending is English everywhere.
    Made,
}

fn folded(name: &str) -> String {
    name.trim().nfc().flat_map(char::to_lowercase).collect()
}

fn is_one_of(name: &str, table: &[&str]) -> bool {
    table.contains(&folded(name).as_str())
}

/// Tells the product's folder ("Google Photos") by its name. Content says more: prefer the JSON below it.
#[must_use]
pub fn is_product_folder(name: &str) -> bool {
    is_one_of(name, PRODUCT)
}

/// Returns the year of a year folder ("Photos from 2019" gives 2019), `None` for any other name. An album may carry such a name too:
/// a folder with an album record is an album.
#[must_use]
pub fn year_of_folder(name: &str) -> Option<u16> {
    let name = folded(name);
    let words: Vec<&str> = name.split_whitespace().collect();
    let (first, rest) = words.split_first()?;
    let (last, middle) = rest.split_last()?;
    let is_word = |word: &&str| word.chars().all(|c| c.is_alphabetic() || c == '\'');
    let shaped = YEAR_FIRST.contains(first) && (1..=YEAR_MIDDLE_MAX).contains(&middle.len()) && middle.iter().all(is_word);
    let digits = last.len() == 4 && last.bytes().all(|byte| byte.is_ascii_digit());
    last.parse().ok().filter(|year| shaped && digits && YEARS.contains(year))
}

/// Tells a year folder by its name; see [`year_of_folder`].
#[must_use]
pub fn is_year_folder(name: &str) -> bool {
    year_of_folder(name).is_some()
}

/// Tells the folder of trashed items by its name. The sidecar's `trashed` says more.
#[must_use]
pub fn is_trash_folder(name: &str) -> bool {
    is_one_of(name, TRASH)
}

/// Tells the folder of archived items by its name. The sidecar's `archived` says more.
#[must_use]
pub fn is_archive_folder(name: &str) -> bool {
    is_one_of(name, ARCHIVE)
}

/// Tells the locked folder by its name (known in English only).
#[must_use]
pub fn is_locked_folder(name: &str) -> bool {
    is_one_of(name, LOCKED)
}

/// Tells the folder of an untitled album, with or without Google's number ("Sans titre(9)"). Several albums may share one such folder.
#[must_use]
pub fn is_untitled_folder(name: &str) -> bool {
    let name = folded(name);
    let bare = name.strip_suffix(')').and_then(|open| open.rsplit_once('('));
    match bare {
        Some((bare, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => is_one_of(bare, UNTITLED),
        _ => is_one_of(&name, UNTITLED),
    }
}

/// Returns `stem` without the ending of a rendition, and its kind; `None` where it has no such ending or nothing before it.
/// `stem` is in NFC, without counter and extension.
#[must_use]
pub fn strip_rendition(stem: &str) -> Option<(&str, RenditionKind)> {
    let strip = |table: &[&str]| table.iter().find_map(|ending| strip_ending(stem, ending));
    strip(EDITED).map(|bare| (bare, RenditionKind::Edited)).or_else(|| strip(RENDITION).map(|bare| (bare, RenditionKind::Made)))
}

/// Returns `stem` up to its last hyphen where what follows is the beginning of a rendition's ending (`…-edi`, `…-`), `None` elsewhere.
/// Only names at Takeout's limit are cut so; the caller checks that.
#[must_use]
pub fn strip_cut_rendition(stem: &str) -> Option<&str> {
    let (bare, rest) = stem.rsplit_once('-')?;
    let rest = format!("-{}", folded(rest));
    let is_cut = EDITED.iter().chain(RENDITION).any(|ending| ending.len() > rest.len() && ending.starts_with(&rest));
    (is_cut && !bare.is_empty()).then_some(bare)
}

/// Returns `text` without `ending` (lower case), whatever the case of `text`.
fn strip_ending<'a>(text: &'a str, ending: &str) -> Option<&'a str> {
    let mut bare = text;
    for wanted in ending.chars().rev() {
        let last = bare.chars().next_back()?;
        if !last.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
        bare = &bare[..bare.len() - last.len_utf8()];
    }
    (!bare.is_empty()).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_folders_are_known_in_their_languages() {
        for name in ["Google Photos", "Google Fotos", "Google Foto's", "Google Фото", "Zdjęcia Google", "Google Fotog\u{306}raflar"] {
            assert!(is_product_folder(name), "{name}");
        }
        for name in ["Google", "Photos", "Google Drive", ""] {
            assert!(!is_product_folder(name), "{name}");
        }
    }

    #[test]
    fn year_folders_give_their_year_and_albums_do_not() {
        let rows = [
            ("Photos from 2019", Some(2019)),
            ("Photos from 1800", Some(1800)),
            ("Photos from 2099", Some(2099)),
            ("Photos from 1799", None),
            ("Photos from 2100", None),
            ("Fotos von 2021", Some(2021)),
            ("Fotos del 2021", Some(2021)),
            ("Foto dal 1987", Some(1987)),
            ("Zdje\u{328}cia z 2004", Some(2004)),
            ("Fotky z roku 2004", Some(2004)),
            ("Trip of 2019", None),
            ("Photos 2019", None),
            ("Photos from 2019 and on", None),
            ("Photos from the old house 2019", None),
            ("Photos from 02019", None),
            ("2019", None),
            ("", None),
        ];
        for (name, year) in rows {
            assert_eq!(year_of_folder(name), year, "{name}");
            assert_eq!(is_year_folder(name), year.is_some(), "{name}");
        }
    }

    #[test]
    fn special_folders_are_told_apart() {
        for (name, expected) in [
            ("Trash", [true, false, false, false]),
            ("Papierkorb", [true, false, false, false]),
            ("Корзина", [true, false, false, false]),
            ("Archivo", [false, true, false, false]),
            ("アーカイブ", [false, true, false, false]),
            ("Locked Folder", [false, false, true, false]),
            ("Untitled", [false, false, false, true]),
            ("Sans titre(9)", [false, false, false, true]),
            ("Untitled(a)", [false; 4]),
            ("Holiday", [false; 4]),
        ] {
            let told = [is_trash_folder(name), is_archive_folder(name), is_locked_folder(name), is_untitled_folder(name)];
            assert_eq!(told, expected, "{name}");
        }
    }

    #[test]
    fn endings_of_renditions_come_off_in_any_case() {
        use RenditionKind::{Edited, Made};
        for (stem, expected) in [
            ("IMG_7-edited", Some(("IMG_7", Edited))),
            ("IMG_7-EDITED", Some(("IMG_7", Edited))),
            ("IMG_7-ha editado", Some(("IMG_7", Edited))),
            ("IMG_7-modifié", Some(("IMG_7", Edited))),
            ("IMG_7-编辑", Some(("IMG_7", Edited))),
            ("IMG_7-SMILE", Some(("IMG_7", Made))),
            ("IMG_7_Bokeh", Some(("IMG_7", Made))),
            ("IMG_7-edit", None),
            ("-edited", None),
            ("", None),
        ] {
            assert_eq!(strip_rendition(stem), expected, "{stem}");
        }
    }

    #[test]
    fn an_ending_may_be_cut_short() {
        assert_eq!(strip_cut_rendition("name-edi"), Some("name"));
        assert_eq!(strip_cut_rendition("name-"), Some("name"));
        assert_eq!(strip_cut_rendition("name-bearb"), Some("name"));
        assert_eq!(strip_cut_rendition("name-edited"), None, "whole endings are not cut ones");
        assert_eq!(strip_cut_rendition("name-x"), None);
        assert_eq!(strip_cut_rendition("name"), None);
        assert_eq!(strip_cut_rendition("-edi"), None);
    }
}
