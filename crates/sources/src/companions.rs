//! Which file of a plain folder belongs to which: the movie of a live photo to its still, an XMP or AAE to the photo it describes.
//!
//! A pure function over the names of one folder and the few facts that were read from the files before. It opens nothing. Takeout has
//! rules of its own (`takeout::pairing`); this is for folders, where two files of one name may well be two things: a camera that
//! starts its numbers anew writes `IMG_0001.MOV` beside another day's `IMG_0001.JPG`.
//!
//! **Invariants:** a movie is never given to a still by name alone (its length must be a live photo's, and no identifier may speak
//! against it); a still has at most one movie; where two stand equal, nobody gets it, since a movie left on its own costs nothing, and
//! one that goes with the wrong still may be lost; what a file belongs to is a file that belongs to no other.

use crate::takeout::pairing::names::{live_rank, still_stems};
use std::collections::{BTreeMap, HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// Longest movie, in milliseconds, that is taken for a live photo's by its name. Apple records 1.5 s before and after the press, 3 s in
/// all (Live Photos, Apple's user guide); motion photos of Samsung and Google phones run 1 to 3 s, some up to 4. A real video rarely is
/// as short as 5 s.
pub const MAX_CLIP_MS: u64 = 5000;

/// Ranks of the stills that have movies: HEIC, JPEG, and the raw frame of a live photo.
const DNG_RANK: usize = 2;

/// Most files listed under one name or stem; honest folders have one to five, and more are ambiguous anyway.
const ENTRIES_MAX: usize = 32;

/// What is known of one file of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// Its file name.
    pub name: &'a str,
    /// Whether its content is a film.
    pub is_video: bool,
    /// Whether its content is a still.
    pub is_still: bool,
    /// The identifier that a live photo's still and movie share; `None` for none or unread.
    pub content_identifier: Option<&'a str>,
    /// How long a film runs, in milliseconds; `None` where unknown.
    pub duration_ms: Option<u64>,
    /// Whether something outside (a Takeout sidecar) says that it is an asset of its own: then it belongs to no other file.
    pub has_own_sidecar: bool,
}

/// Returns for each file of one folder the index of the file it belongs to: for the movie of a live photo and for XMP and AAE sidecars
/// the still (for the sidecar of a film that belongs to no still, the film). `None` for all that stands for itself.
#[must_use]
pub fn companions(files: &[Named<'_>]) -> Vec<Option<usize>> {
    let names = Names::new(files);
    let mut of = vec![None; files.len()];
    movies_by_identifier(files, &names, &mut of);
    movies_by_name(files, &names, &mut of);
    for (index, file) in files.iter().enumerate() {
        if !file.is_video && !file.is_still && !file.has_own_sidecar {
            of[index] = described_by(files, &names, file.name).map(|target| of[target].unwrap_or(target));
        }
    }
    of
}

/// Tells whether a companion and a media file of one folder belong together by their names: the companion has the media file's name or stem
/// under its own extension, or holds the first edits of it. Other files may have a better claim; [`companions`] weighs that.
#[must_use]
pub fn may_belong(companion: &str, media: &str) -> bool {
    let (stem, _) = split(companion);
    let first_edits = stem.strip_prefix("IMG_O").map(|number| key(&format!("IMG_{number}")));
    let of_media = key(split(media).0);
    key(stem) == key(media) || key(stem) == of_media || first_edits.is_some_and(|stem| stem == of_media)
}

/// The folder's media files by name and by stem, in NFC and lower case.
struct Names {
    by_name: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
}

impl Names {
    fn new(files: &[Named<'_>]) -> Self {
        let mut names = Self { by_name: HashMap::new(), by_stem: HashMap::new() };
        for (index, file) in files.iter().enumerate().filter(|(_, file)| file.is_still || file.is_video) {
            let (stem, _) = split(file.name);
            for (index_of, key) in [(&mut names.by_stem, key(stem)), (&mut names.by_name, key(file.name))] {
                let entries = index_of.entry(key).or_default();
                if entries.len() < ENTRIES_MAX {
                    entries.push(index);
                }
            }
        }
        names
    }

    fn of_stem(&self, stem: &str) -> &[usize] {
        self.by_stem.get(&key(stem)).map_or(&[], Vec::as_slice)
    }
}

fn key(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).collect()
}

/// Splits a name before its last dot; a leading dot splits nothing.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    }
}

fn identifier(file: &Named<'_>) -> Option<String> {
    file.content_identifier.map(|id| id.trim().to_ascii_uppercase()).filter(|id| !id.is_empty())
}

/// Returns how early a still is looked at for a movie; `None` for stills that have none.
fn rank(file: &Named<'_>) -> Option<usize> {
    let (_, extension) = split(file.name);
    live_rank(extension).or_else(|| extension.eq_ignore_ascii_case("dng").then_some(DNG_RANK)).filter(|_| file.is_still)
}

/// A movie and a still with one identifier, whatever they are called. Where a movie or still has copies in the folder, those of one
/// name go together; what then is not one to one stays apart.
fn movies_by_identifier(files: &[Named<'_>], names: &Names, of: &mut [Option<usize>]) {
    let mut by_identifier: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        if let Some(id) = identifier(file) {
            let (stills, movies) = by_identifier.entry(id).or_default();
            if file.is_still {
                stills.push(index);
            } else if file.is_video && !file.has_own_sidecar {
                movies.push(index);
            }
        }
    }
    for (stills, movies) in by_identifier.into_values() {
        let mut lone = Vec::new();
        let mut pairs = Vec::new();
        for movie in movies {
            let of_name =
                first_ranked(files, stills_of_stem(files, names, movie).into_iter().filter(|still| stills.binary_search(still).is_ok()));
            match of_name {
                Some(still) => pairs.push((still, movie)),
                None => lone.push(movie),
            }
        }
        let has_no_pair = pairs.is_empty();
        give(of, pairs);
        if let ([movie], true) = (lone.as_slice(), has_no_pair) {
            of[*movie] = first_ranked(files, stills.into_iter());
        }
    }
}

/// Returns the one still of the earliest rank; `None` where two share it.
fn first_ranked(files: &[Named<'_>], stills: impl Iterator<Item = usize>) -> Option<usize> {
    let mut ranked: Vec<(usize, usize)> = stills.map(|still| (rank(&files[still]).unwrap_or(usize::MAX), still)).collect();
    ranked.sort_unstable();
    ranked.dedup();
    match ranked.as_slice() {
        [] => None,
        [(_, only)] => Some(*only),
        [(first, still), (second, _), ..] => (first < second).then_some(*still),
    }
}

/// Returns the stills that share a movie's stem.
fn stills_of_stem(files: &[Named<'_>], names: &Names, movie: usize) -> Vec<usize> {
    let name = files[movie].name;
    let mut stems = still_stems(name);
    if stems.is_empty() {
        stems.push(split(name).0.to_owned());
    }
    let stills = |stem: &String| -> Vec<usize> {
        names.of_stem(stem).iter().copied().filter(|other| *other != movie && rank(&files[*other]).is_some()).collect()
    };
    stems.iter().map(stills).find(|stills| !stills.is_empty()).unwrap_or_default()
}

/// A movie and a still of one stem: only where the movie is as short as a live photo's, and no identifier speaks against it.
fn movies_by_name(files: &[Named<'_>], names: &Names, of: &mut [Option<usize>]) {
    let taken: HashSet<usize> = of.iter().flatten().copied().collect();
    let mut pairs = Vec::new();
    for (movie, file) in files.iter().enumerate() {
        let is_short = file.duration_ms.is_some_and(|ms| (1..=MAX_CLIP_MS).contains(&ms));
        if !file.is_video || file.has_own_sidecar || of[movie].is_some() || !is_short {
            continue;
        }
        let still = first_ranked(files, stills_of_stem(files, names, movie).into_iter());
        let Some(still) = still.filter(|still| !taken.contains(still)) else { continue };
        let differs = matches!((identifier(file), identifier(&files[still])), (Some(own), Some(other)) if own != other);
        if !differs {
            pairs.push((still, movie));
        }
    }
    give(of, pairs);
}

/// Gives each movie to its still, but for stills with several.
fn give(of: &mut [Option<usize>], mut pairs: Vec<(usize, usize)>) {
    pairs.sort_unstable();
    for of_one in pairs.chunk_by(|(a, _), (b, _)| a == b) {
        if let [(still, movie)] = of_one {
            of[*movie] = Some(*still);
        }
    }
}

/// Returns the media file that an XMP or AAE describes: the one it names whole (`IMG_1.CR2.xmp`), else the one of its stem. Programs
/// write `IMG_1.xmp` for raw files, since others hold their XMP within; Apple's `IMG_O1.AAE` holds the first edits of `IMG_1`.
fn described_by(files: &[Named<'_>], names: &Names, sidecar: &str) -> Option<usize> {
    let (stem, extension) = split(sidecar);
    let is_xmp = extension.eq_ignore_ascii_case("xmp");
    if !is_xmp && !extension.eq_ignore_ascii_case("aae") {
        return None;
    }
    if let Some(whole) = names.by_name.get(&key(stem)) {
        return only(whole, |file| split(files[file].name).0 == split(stem).0);
    }
    let first_edits = stem.strip_prefix("IMG_O").filter(|_| !is_xmp).map(|number| format!("IMG_{number}"));
    let mut named = names.of_stem(stem).to_vec();
    if named.is_empty() {
        named = first_edits.map(|stem| names.of_stem(&stem).to_vec()).unwrap_or_default();
    }
    named.sort_by_key(|file| kind(&files[*file], is_xmp));
    let best: Vec<usize> = named.iter().copied().filter(|file| kind(&files[*file], is_xmp) == kind(&files[named[0]], is_xmp)).collect();
    only(&best, |file| split(files[file].name).0 == stem)
}

/// Returns how early a media file is looked at for a sidecar of its stem: for an XMP raw files, then HEIC and JPEG, then other stills,
/// then films; for an AAE, which phones write, no raw files first.
fn kind(file: &Named<'_>, is_xmp: bool) -> usize {
    let (_, extension) = split(file.name);
    match live_rank(extension) {
        _ if !file.is_still => 5,
        _ if is_xmp && is_raw(extension) => 0,
        Some(rank) => 1 + rank,
        None => 4,
    }
}

fn is_raw(extension: &str) -> bool {
    const RAW: &[&str] =
        &["dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "raf", "orf", "rw2", "pef", "srw", "raw", "3fr", "iiq", "x3f"];
    RAW.iter().any(|raw| raw.eq_ignore_ascii_case(extension))
}

/// Returns the only file, or the only one that fits exactly where several differ by their case.
fn only(files: &[usize], fits: impl Fn(usize) -> bool) -> Option<usize> {
    match files {
        [only] => Some(*only),
        _ => {
            let mut fitting = files.iter().copied().filter(|file| fits(*file));
            fitting.next().filter(|_| fitting.next().is_none())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_belong_together() {
        for (companion, media) in [
            ("IMG_1.xmp", "IMG_1.JPG"),
            ("img_1.XMP", "IMG_1.CR2"),
            ("a.jpg.xmp", "a.jpg"),
            ("IMG_1.MOV", "IMG_1.HEIC"),
            ("IMG_O1.AAE", "IMG_1.JPG"),
        ] {
            assert!(may_belong(companion, media), "{companion} {media}");
        }
        for (companion, media) in [("a.jpg.xmp", "a.cr2"), ("a.xmp", "ab.jpg"), ("ab.xmp", "a.jpg"), ("a", "b")] {
            assert!(!may_belong(companion, media), "{companion} {media}");
        }
    }

    fn named(name: &str) -> Named<'_> {
        Named { name, is_video: false, is_still: false, content_identifier: None, duration_ms: None, has_own_sidecar: false }
    }

    fn still(name: &str) -> Named<'_> {
        Named { is_still: true, ..named(name) }
    }

    fn movie(name: &str, duration_ms: u64) -> Named<'_> {
        Named { is_video: true, duration_ms: Some(duration_ms), ..named(name) }
    }

    fn with_id<'a>(file: Named<'a>, id: &'a str) -> Named<'a> {
        Named { content_identifier: Some(id), ..file }
    }

    /// Checks which file each belonging file of a folder belongs to, in whatever order the folder is listed.
    fn check(files: &[Named<'_>], expected: &[(&str, &str)]) {
        let reversed: Vec<Named<'_>> = files.iter().rev().copied().collect();
        for files in [files, &reversed] {
            let of = companions(files);
            let mut found: Vec<(&str, &str)> =
                files.iter().zip(&of).filter_map(|(file, of)| Some((file.name, files[(*of)?].name))).collect();
            found.sort_unstable();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(found, expected, "of {files:?}");
            for target in of.iter().flatten() {
                assert_eq!(of[*target], None, "what others belong to belongs to none: {}", files[*target].name);
            }
        }
    }

    #[test]
    fn equal_identifiers_pair_whatever_the_names_and_the_length() {
        check(&[with_id(still("keyPhoto.jpg"), "AB-1"), with_id(movie("paired.mov", 3000), "AB-1")], &[("paired.mov", "keyPhoto.jpg")]);
        check(&[with_id(still("a.heic"), "ab-1"), with_id(movie("b.mov", 60_000), " AB-1 ")], &[("b.mov", "a.heic")]);
        let unread = Named { duration_ms: None, ..with_id(movie("b.mov", 0), "X") };
        check(&[with_id(still("a.heic"), "X"), unread], &[("b.mov", "a.heic")]);
    }

    #[test]
    fn different_identifiers_never_pair() {
        check(&[with_id(still("IMG_1.HEIC"), "A"), with_id(movie("IMG_1.MOV", 3000), "B")], &[]);
    }

    #[test]
    fn an_unknown_identifier_speaks_neither_for_nor_against() {
        check(&[with_id(still("IMG_1.HEIC"), "A"), movie("IMG_1.MOV", 3000)], &[("IMG_1.MOV", "IMG_1.HEIC")]);
        check(&[still("IMG_1.HEIC"), with_id(movie("IMG_1.MOV", 3000), "A")], &[("IMG_1.MOV", "IMG_1.HEIC")]);
        check(&[with_id(still("a.HEIC"), ""), with_id(movie("b.MOV", 3000), "")], &[]);
    }

    #[test]
    fn a_name_counts_only_with_a_live_photos_length() {
        let pair = |ms| [still("IMG_1.JPG"), movie("IMG_1.MOV", ms)];
        check(&pair(2900), &[("IMG_1.MOV", "IMG_1.JPG")]);
        check(&pair(MAX_CLIP_MS), &[("IMG_1.MOV", "IMG_1.JPG")]);
        check(&pair(MAX_CLIP_MS + 1), &[]);
        check(&pair(0), &[]);
        check(&[still("IMG_1.JPG"), Named { duration_ms: None, ..movie("IMG_1.MOV", 0) }], &[]);
    }

    #[test]
    fn heic_comes_before_jpeg_before_raw() {
        let clip = movie("IMG_1.MOV", 3000);
        check(&[still("IMG_1.JPG"), still("IMG_1.HEIC"), clip], &[("IMG_1.MOV", "IMG_1.HEIC")]);
        check(&[still("IMG_1.JPG"), still("IMG_1.DNG"), clip], &[("IMG_1.MOV", "IMG_1.JPG")]);
        check(&[still("IMG_1.DNG"), clip], &[("IMG_1.MOV", "IMG_1.DNG")]);
        check(&[still("IMG_1.JPG"), still("IMG_1.jpeg"), clip], &[]);
        check(&[still("IMG_1.png"), still("IMG_1.gif"), clip], &[]);
    }

    #[test]
    fn a_still_has_one_movie() {
        check(&[still("IMG_1.HEIC"), movie("IMG_1.MOV", 3000), movie("IMG_1.MP4", 3000)], &[]);
        let known = with_id(movie("clip.mov", 3000), "A");
        check(&[with_id(still("IMG_1.HEIC"), "A"), known, movie("IMG_1.MOV", 3000)], &[("clip.mov", "IMG_1.HEIC")]);
        let (one, two) = (with_id(movie("a.mov", 3000), "A"), with_id(movie("b.mov", 3000), "A"));
        check(&[with_id(still("IMG_1.HEIC"), "A"), one, two], &[]);
    }

    #[test]
    fn copies_with_one_identifier_go_by_name() {
        let files = [
            with_id(still("IMG_1.HEIC"), "A"),
            with_id(still("IMG_1 (1).HEIC"), "A"),
            with_id(movie("IMG_1.MOV", 3000), "A"),
            with_id(movie("IMG_1 (1).MOV", 3000), "A"),
        ];
        check(&files, &[("IMG_1.MOV", "IMG_1.HEIC"), ("IMG_1 (1).MOV", "IMG_1 (1).HEIC")]);
        let unnamed = with_id(movie("clip.MOV", 3000), "A");
        check(&[files[0], files[1], unnamed], &[]);
        check(&[files[0], with_id(still("IMG_1.JPG"), "A"), unnamed], &[("clip.MOV", "IMG_1.HEIC")]);
    }

    #[test]
    fn phones_that_put_the_clip_beside_the_still_are_known() {
        check(&[still("PXL_1.MP.jpg"), movie("PXL_1.MP", 1500)], &[("PXL_1.MP", "PXL_1.MP.jpg")]);
        check(&[still("MVIMG_1.jpg"), movie("MVIMG_1", 1500)], &[("MVIMG_1", "MVIMG_1.jpg")]);
        check(&[still("20231227_152817.jpg"), movie("20231227_152817.mp4", 2000)], &[("20231227_152817.mp4", "20231227_152817.jpg")]);
    }

    #[test]
    fn names_are_compared_in_one_form_and_case() {
        check(&[still("Cafe\u{301}.jpg"), movie("CAFÉ.MOV", 3000)], &[("CAFÉ.MOV", "Cafe\u{301}.jpg")]);
        check(&[still("IMG_1.HEIC"), movie("IMG_2.MOV", 3000)], &[]);
    }

    #[test]
    fn an_asset_of_its_own_belongs_to_none() {
        let own = Named { has_own_sidecar: true, ..with_id(movie("IMG_1.MOV", 3000), "A") };
        check(&[with_id(still("IMG_1.HEIC"), "A"), own], &[]);
    }

    #[test]
    fn sidecars_belong_to_what_they_name() {
        let raw_and_jpeg = [still("IMG_1.CR2"), still("IMG_1.JPG")];
        check(&[raw_and_jpeg[0], raw_and_jpeg[1], named("IMG_1.xmp")], &[("IMG_1.xmp", "IMG_1.CR2")]);
        check(&[raw_and_jpeg[0], raw_and_jpeg[1], named("IMG_1.JPG.XMP")], &[("IMG_1.JPG.XMP", "IMG_1.JPG")]);
        check(&[raw_and_jpeg[0], raw_and_jpeg[1], named("IMG_1.CR2.xmp")], &[("IMG_1.CR2.xmp", "IMG_1.CR2")]);
        check(&[still("IMG_1.HEIC"), still("IMG_1.JPG"), named("IMG_1.AAE")], &[("IMG_1.AAE", "IMG_1.HEIC")]);
        check(&[still("IMG_1.HEIC"), named("IMG_O1.AAE")], &[("IMG_O1.AAE", "IMG_1.HEIC")]);
        check(&[still("IMG_1.HEIC"), named("IMG_2.xmp"), named("IMG_1.txt"), named(".xmp"), named("xmp")], &[]);
        check(&[still("IMG_1.png"), still("IMG_1.webp"), named("IMG_1.xmp")], &[]);
    }

    #[test]
    fn the_sidecar_of_a_movie_goes_with_its_still() {
        let clip = movie("IMG_1.MOV", 3000);
        check(&[still("IMG_1.HEIC"), clip, named("IMG_1.MOV.xmp")], &[("IMG_1.MOV", "IMG_1.HEIC"), ("IMG_1.MOV.xmp", "IMG_1.HEIC")]);
        check(&[movie("VID_1.mp4", 90_000), named("VID_1.xmp")], &[("VID_1.xmp", "VID_1.mp4")]);
    }

    #[test]
    fn equal_names_without_end_stay_bounded() {
        let names: Vec<String> = (0..4000_u32).map(|n| format!("same.x{n}")).collect();
        let mut files: Vec<Named<'_>> = names.iter().map(|name| still(name)).collect();
        files.extend(names.iter().map(|name| movie(name, 3000)));
        assert!(companions(&files).iter().all(Option::is_none));
    }
}
