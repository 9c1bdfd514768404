//! Takeout's naming rules, computed forward: from a title to the names that a media file and its sidecar get on disk.
//!
//! Nothing here knows a folder; which file is there is `folder`'s matter. Names are compared in NFC; lengths count UTF-16 code units of
//! the name as Google wrote it. Sources: no specification exists; the rules were derived from real exports of 2017 to 2026 and from the
//! test tables of public readers, and every rule has its rows in `tests/sidecar_names.rs`.

use unicode_normalization::UnicodeNormalization;

/// Longest sidecar name before counter and `.json`, in UTF-16 units.
pub(super) const SIDECAR_UNITS: usize = 46;

/// Longest media name with its extension and before the counter, in UTF-16 units.
pub(super) const MEDIA_UNITS: usize = 51;

/// What sidecars are called since late 2024, cut with the rest at [`SIDECAR_UNITS`].
const SUPPLEMENT: &str = ".supplemental-metadata";

/// Most digits of a counter: a folder of a million equal names is none of Takeout's.
const COUNTER_DIGITS_MAX: usize = 6;

/// Title of an item that has none.
const UNSET: &str = "[UNSET]";

/// Longest title that is looked at, in UTF-16 units. File systems stop at 255; longer ones are cut here before anything is computed.
const TITLE_UNITS_MAX: usize = 1024;

const STILLS: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "heif", "avif", "jxl", "bmp", "tif", "tiff", "ico", "svg", "dng", "cr2",
    "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "raf", "orf", "rw2", "pef", "srw", "raw", "3fr", "iiq", "x3f", "rwl", "mrw", "kdc",
    "dcr", "erf", "mef", "mos", "mpo", "psd", "insp",
];

const FILMS: &[&str] = &[
    "mp4", "mov", "m4v", "avi", "mpg", "mpeg", "mkv", "webm", "wmv", "3gp", "3g2", "mts", "m2ts", "m2t", "mod", "tod", "asf", "divx",
    "mmv", "flv", "vob", "ogv", "qt", "insv", "mp", "mv",
];

/// Extensions of stills that have moving halves, the likelier ones first; the spellings seen.
pub(crate) const LIVE_STILLS: [&[&str]; 2] = [&["HEIC", "heic", "HEIF", "heif"], &["JPG", "jpg", "JPEG", "jpeg"]];

/// What a name's extension says of a file; its content may say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Still,
    Film,
    Unknown,
}

/// Which of Takeout's two schemes named a sidecar. Both occur in one export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Era {
    /// To about November 2024: title and `.json`.
    Plain,
    /// Since then: `.supplemental-metadata` between them.
    Supplemental,
}

/// A sidecar's name as one title explains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// Names that its media file may have without a counter, in NFC; more than one where a cut falls into a surrogate pair.
    pub(super) media: Vec<String>,
    /// Whether the title has an extension; without one the media file has one all the same, which cannot be known.
    pub(super) has_extension: bool,
    /// Google's counter; 0 for none.
    pub(super) counter: u32,
    /// The scheme of its name.
    pub(super) era: Era,
    /// Whether the title was too long for the sidecar's name: then several titles share one name, and counters say little.
    pub(super) is_cut: bool,
}

/// Returns `text` in NFC.
pub(super) fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Splits a name before the dot of a known media extension: stem and extension without the dot.
pub(super) fn split_extension(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && class_of(extension) != Class::Unknown => (stem, Some(extension)),
        _ => (name, None),
    }
}

/// Returns what an extension (without its dot, any case) stands for.
pub(super) fn class_of(extension: &str) -> Class {
    let known = |table: &[&str]| table.iter().any(|known| known.eq_ignore_ascii_case(extension));
    if known(STILLS) {
        Class::Still
    } else if known(FILMS) {
        Class::Film
    } else {
        Class::Unknown
    }
}

/// Splits Google's counter off: `IMG_1(2)` gives `IMG_1` and 2. Whether a `(2)` is Google's or the title's own, the name cannot say.
pub(super) fn split_counter(stem: &str) -> Option<(&str, u32)> {
    let (bare, digits) = stem.strip_suffix(')')?.rsplit_once('(')?;
    let is_counter = (1..=COUNTER_DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let counter = digits.parse().ok().filter(|_| is_counter && !digits.starts_with('0'))?;
    (!bare.is_empty()).then_some((bare, counter))
}

/// Puts a counter where Google does in a media name: before the extension, at the end where there is none.
pub(super) fn with_counter(name: &str, counter: u32) -> String {
    match (counter, split_extension(name)) {
        (0, _) => name.to_owned(),
        (_, (stem, Some(extension))) => format!("{stem}({counter}).{extension}"),
        (_, (stem, None)) => format!("{stem}({counter})"),
    }
}

/// Returns the part of `text` within `units` UTF-16 units; two of them where the limit falls into a surrogate pair, which Google was
/// seen to keep whole (a media name of 52 units) and to leave out.
fn cuts(text: &str, units: usize) -> Vec<&str> {
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        let after = taken + c.len_utf16();
        if after > units {
            let whole = &text[..at + c.len_utf8()];
            return if taken < units { vec![&text[..at], whole] } else { vec![&text[..at]] };
        }
        taken = after;
    }
    vec![text]
}

/// Returns the length of `text` in UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Returns a title as it may stand in a file's name: what file systems refuse becomes `_`. Two forms where NFC changes it, since Google
/// cuts the text as it was uploaded.
fn forms(title: &str) -> Vec<String> {
    let title = if title.is_empty() { UNSET } else { cuts(title, TITLE_UNITS_MAX)[0] };
    let replaced: String = title.chars().map(|c| if is_refused(c) { '_' } else { c }).collect();
    let composed = nfc(&replaced);
    if composed == replaced { vec![replaced] } else { vec![replaced, composed] }
}

/// Returns a title in NFC, as much of it as is looked at.
pub(super) fn bounded_title(title: &str) -> String {
    nfc(cuts(title, TITLE_UNITS_MAX)[0])
}

fn is_refused(c: char) -> bool {
    matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\n' | '\r')
}

/// Returns `text` with all that some export was seen, or may be expected, to replace as `_`: two names that differ only there have one
/// key. Coarser than the rule, so a matcher of its own uses it.
pub(super) fn replaced_key(text: &str) -> String {
    let is_replaced = |c: char| is_refused(c) || c.is_control() || "&%'`’´#{}$!@=^;".contains(c);
    text.chars().map(|c| if is_replaced(c) { '_' } else { c }).collect()
}

/// Returns the names that a media file titled `form` may have without a counter.
fn media_names(form: &str) -> Vec<String> {
    let (stem, extension) = split_extension(form);
    let room = extension.map_or(MEDIA_UNITS, |extension| MEDIA_UNITS.saturating_sub(units(extension) + 1));
    let name = |stem: &str| extension.map_or_else(|| nfc(stem), |extension| nfc(&format!("{stem}.{extension}")));
    let mut names: Vec<String> = cuts(stem, room).into_iter().map(name).collect();
    if extension.is_none() {
        // An extension of two to four letters follows and takes its room from the stem.
        names.extend((3..=5).flat_map(|longer| cuts(stem, MEDIA_UNITS - longer)).map(nfc));
    }
    names.sort();
    names.dedup();
    names
}

/// Returns the names, without `.json`, that the sidecar of a file named `form` may have without a counter, newest scheme first.
fn sidecar_names(form: &str) -> Vec<(String, Era)> {
    let supplemental = format!("{form}{SUPPLEMENT}");
    let named = |text: &str, era| cuts(text, SIDECAR_UNITS).into_iter().map(|name| (nfc(name), era)).collect::<Vec<_>>();
    let mut names = named(&supplemental, Era::Supplemental);
    for (name, era) in named(form, Era::Plain) {
        if !names.iter().any(|(known, _)| *known == name) {
            names.push((name, era));
        }
    }
    names
}

/// Explains a sidecar's name (`base`: NFC, without `.json`) by its title; `None` where the title does not lead to that name. `key` is
/// applied to both sides before they are compared: identity, or [`replaced_key`].
pub(super) fn read(base: &str, title: &str, key: fn(&str) -> String) -> Option<Reading> {
    let base = key(base);
    forms(title).iter().find_map(|form| {
        let (_, extension) = split_extension(form);
        if extension.is_some() {
            return read_form(&base, form, true, key);
        }
        added_extension(&base, form, key).and_then(|form| read_form(&base, &form, true, key)).or_else(|| read_form(&base, form, false, key))
    })
}

/// Returns the title with the extension that Google added to it, where the sidecar's name shows it whole.
fn added_extension(base: &str, form: &str, key: fn(&str) -> String) -> Option<String> {
    let rest = base.strip_prefix(&key(&nfc(form)))?.strip_prefix('.')?;
    let extension: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    (class_of(&extension) != Class::Unknown).then(|| format!("{form}.{extension}"))
}

fn read_form(base: &str, form: &str, has_extension: bool, key: fn(&str) -> String) -> Option<Reading> {
    let names: Vec<(String, Era)> = sidecar_names(form).into_iter().map(|(name, era)| (key(&name), era)).collect();
    let reading = |counter, era| Reading { media: media_names(form), has_extension, counter, era, is_cut: units(form) > SIDECAR_UNITS };
    if let Some((_, era)) = names.iter().find(|(name, _)| name == base) {
        return Some(reading(0, *era));
    }
    if let Some((bare, counter)) = split_counter(base)
        && let Some((_, era)) = names.iter().find(|(name, _)| name == bare)
    {
        return Some(reading(counter, *era));
    }
    // Seen in single exports: the counter before the supplement (`IMG.HEIC(1).supplemental-metadata`, `IMG(1).HEIC.supple…`).
    let counter = inner_counter(base)?;
    let moved = [format!("{form}({counter})"), with_counter(form, counter)];
    let named_so = moved.iter().flat_map(|form| sidecar_names(form)).find(|(name, era)| *era == Era::Supplemental && key(name) == base);
    named_so.map(|(_, era)| reading(counter, era))
}

/// Returns the last counter within a name.
fn inner_counter(base: &str) -> Option<u32> {
    let end = base.rfind(')')?;
    split_counter(base.get(..=end)?).map(|(_, counter)| counter)
}

/// Returns the names, without `.json`, that the sidecar of the media file `media` (NFC) may have: first with all of the name taken for
/// the title (unless the cut would drop its counter: see [`sidecars_without_counter`]), then with its counter taken for Google's. For
/// sidecars whose title is unknown or of no use.
pub(super) fn sidecars_of_media(media: &str) -> Vec<String> {
    let (stem, _) = split_extension(media);
    let keeps_counter = split_counter(stem).is_none() || units(stem) <= SIDECAR_UNITS;
    let own = if keeps_counter { sidecar_names(media) } else { Vec::new() };
    let mut names: Vec<String> = own.into_iter().map(|(name, _)| name).collect();
    if let Some((bare, counter)) = uncounted(media) {
        names.extend(sidecar_names(&bare).into_iter().map(|(name, _)| format!("{name}({counter})")));
        if keeps_counter {
            let moved = sidecar_names(&format!("{bare}({counter})")).into_iter();
            names.extend(moved.filter(|(_, era)| *era == Era::Supplemental).map(|(name, _)| name));
        }
    }
    names
}

/// Returns the names that the sidecar of `media` has once the cut has dropped its counter: those of the name without it, where that is
/// too long for a sidecar's name.
pub(super) fn sidecars_without_counter(media: &str) -> Vec<String> {
    let long = uncounted(media).filter(|(bare, _)| units(bare) > SIDECAR_UNITS);
    long.map(|(bare, _)| sidecar_names(&bare).into_iter().map(|(name, _)| name).collect()).unwrap_or_default()
}

/// Returns a media name without its counter, and the counter.
pub(super) fn uncounted(media: &str) -> Option<(String, u32)> {
    let (stem, extension) = split_extension(media);
    let (bare, counter) = split_counter(stem)?;
    Some((extension.map_or_else(|| bare.to_owned(), |extension| format!("{bare}.{extension}")), counter))
}

/// Returns the stems that the still of a clip may have, most likely first: a clip shares its still's stem, and Pixel phones put the clip
/// `x.MP` (`x.MV`, `x.MP~2`, `MVIMG_x`) beside the still `x.MP.jpg`. `clip` is in NFC; empty where the name is no clip's.
pub(crate) fn still_stems(clip: &str) -> Vec<String> {
    let (stem, extension) = split_extension(clip);
    match extension {
        None if is_motion_name(clip) => vec![clip.to_owned()],
        None => Vec::new(),
        Some(extension) if is_motion_extension(extension) => {
            let (bare, counter) = split_counter(stem).unwrap_or((stem, 0));
            let mut stems = vec![clip.to_owned()];
            stems.extend(
                [extension, "MP"]
                    .map(|extension| if counter == 0 { format!("{bare}.{extension}") } else { format!("{bare}.{extension}({counter})") }),
            );
            stems.push(stem.to_owned());
            stems.dedup();
            stems
        }
        Some(extension) if class_of(extension) == Class::Film => vec![stem.to_owned()],
        Some(_) => Vec::new(),
    }
}

fn is_motion_extension(extension: &str) -> bool {
    extension.eq_ignore_ascii_case("MP") || extension.eq_ignore_ascii_case("MV")
}

/// Tells the extension (without its dot) of a still that can have a moving half: HEIC, or JPEG.
pub(crate) fn is_live_still(extension: &str) -> bool {
    live_rank(extension).is_some()
}

/// Returns how early a still of that extension is looked at for a clip: HEIC first, since the JPEG beside it is an export of it.
pub(crate) fn live_rank(extension: &str) -> Option<usize> {
    LIVE_STILLS.iter().position(|rank| rank.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

/// Tells the clip of a motion photo by its name alone: `PXL_x.MP`, `PXL_x.MV`, either with `~2` or a counter, and `MVIMG_x`.
pub(crate) fn is_motion_name(name: &str) -> bool {
    let name = split_counter(name).map_or(name, |(bare, _)| bare);
    let untwinned = name.rsplit_once('~').filter(|(_, twin)| twin.bytes().all(|byte| byte.is_ascii_digit())).map_or(name, |(bare, _)| bare);
    let (stem, extension) = untwinned.rsplit_once('.').unwrap_or((untwinned, ""));
    (is_motion_extension(extension) && !stem.is_empty()) || (name.starts_with("MVIMG_") && split_extension(name).1.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(text: &str) -> String {
        text.to_owned()
    }

    fn names(form: &str) -> Vec<String> {
        sidecar_names(form).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn each_length_of_title_cuts_the_supplement_further() {
        for (length, rest) in [
            (24, ".supplemental-metadata"),
            (25, ".supplemental-metadat"),
            (30, ".supplemental-me"),
            (39, ".supple"),
            (44, ".s"),
            (45, "."),
            (46, ""),
        ] {
            let title = format!("{}.jpg", "a".repeat(length - 4));
            assert_eq!(names(&title)[0], format!("{title}{rest}"), "{length}");
        }
        let title = format!("{}.jpg", "a".repeat(43));
        assert_eq!(names(&title), [format!("{}.jp", "a".repeat(43))], "one name in both schemes");
    }

    #[test]
    fn media_names_end_at_51_with_their_extension() {
        assert_eq!(media_names(&format!("{}.jpg", "a".repeat(60))), [format!("{}.jpg", "a".repeat(47))]);
        assert_eq!(media_names(&format!("{}.jpeg", "a".repeat(60))), [format!("{}.jpeg", "a".repeat(46))]);
        assert_eq!(media_names(&format!("{}.jpg", "a".repeat(47))), [format!("{}.jpg", "a".repeat(47))]);
    }

    #[test]
    fn a_surrogate_pair_is_not_split() {
        assert_eq!(cuts("a😀b", 2), ["a", "a😀"]);
        assert_eq!(cuts("a😀b", 3), ["a😀"]);
        assert_eq!(cuts("a😀b", 4), ["a😀b"]);
        assert_eq!(cuts("", 0), [""]);
    }

    #[test]
    fn counters_are_googles_digits_only() {
        for (stem, expected) in [
            ("IMG(1)", Some(("IMG", 1))),
            ("IMG(999999)", Some(("IMG", 999_999))),
            ("IMG(1000000)", None),
            ("IMG(0)", None),
            ("IMG(01)", None),
            ("IMG()", None),
            ("IMG(a)", None),
            ("(1)", None),
            ("IMG(1", None),
            ("a(1)(2)", Some(("a(1)", 2))),
        ] {
            assert_eq!(split_counter(stem), expected, "{stem}");
        }
    }

    #[test]
    fn a_title_explains_its_sidecars_name() {
        for (base, title, counter) in [
            ("cat.jpg", "cat.jpg", Some(0)),
            ("cat.jpg.supplemental-metadata", "cat.jpg", Some(0)),
            ("cat.jpg(3)", "cat.jpg", Some(3)),
            ("cat.jpg.supplemental-metadata(3)", "cat.jpg", Some(3)),
            ("cat(3).jpg", "cat(3).jpg", Some(0)),
            ("cat(3).jpg(1)", "cat(3).jpg", Some(1)),
            ("cat.jpg(1).supplemental-metadata", "cat.jpg", Some(1)),
            ("cat(2).jpg.supplemental-metadata", "cat.jpg", Some(2)),
            ("cat(2).jpg.supplemental-metadata", "cat(2).jpg", Some(0)),
            ("a_b_ c.jpg", "a/b? c.jpg", Some(0)),
            ("cat.jpg.supple", "cat.jpg", None),
            ("dog.jpg", "cat.jpg", None),
            ("[UNSET].jpg", "", Some(0)),
        ] {
            assert_eq!(read(base, title, keep).map(|reading| reading.counter), counter, "{base} of {title}");
        }
    }

    #[test]
    fn titles_are_read_to_a_bound() {
        let titles = [TITLE_UNITS_MAX, TITLE_UNITS_MAX + 1].map(|units| "t".repeat(units));
        assert_eq!(forms(&titles[0]), [titles[0].clone()]);
        assert_eq!(forms(&titles[1]), [titles[0].clone()]);
    }

    #[test]
    fn a_title_without_extension_may_get_one() {
        let plain = read("17_4 - 1", "17/4 - 1", keep).expect("read");
        assert!(!plain.has_extension && plain.media.contains(&"17_4 - 1".to_owned()));
        let added = read("17_4 - 1.mov", "17/4 - 1", keep).expect("read");
        assert_eq!((added.has_extension, added.media), (true, vec!["17_4 - 1.mov".to_owned()]));
    }

    #[test]
    fn clips_know_the_stems_of_their_stills() {
        for (clip, stem) in [
            ("IMG_7.MOV", "IMG_7"),
            ("IMG_7(1).MP4", "IMG_7(1)"),
            ("PXL_7.MP", "PXL_7.MP"),
            ("PXL_7.MV", "PXL_7.MV"),
            ("PXL_7.MP(1)", "PXL_7.MP(1)"),
            ("PXL_7(1).MP", "PXL_7.MP(1)"),
            ("PXL_7.MP~2", "PXL_7.MP~2"),
            ("MVIMG_7", "MVIMG_7"),
            ("MVIMG_7~2", "MVIMG_7~2"),
        ] {
            assert!(still_stems(clip).iter().any(|known| known == stem), "{clip}: {:?}", still_stems(clip));
        }
        for no_clip in ["IMG_7.JPG", "README", "notes.txt", ""] {
            assert!(still_stems(no_clip).is_empty(), "{no_clip}");
        }
    }
}
