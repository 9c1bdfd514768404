//! Renditions and clips: media files without a sidecar of their own that belong to an original.
//!
//! Comes after every original has its sidecar, so that what has one of its own is never taken for a rendition or a clip. Nothing here
//! opens a film: a clip is told by its name and by lacking a sidecar beside a still that has one.

use super::Rule;
use super::folder::Folder;
use super::names::{
    Class, LIVE_STILLS, MEDIA_UNITS, is_motion_name, live_rank, sidecars_of_media, split_counter, still_stems, uncounted, units,
};
use crate::takeout::localised::{RenditionKind, strip_cut_rendition, strip_rendition};
use model::Role;
use std::collections::BTreeMap;

/// Extensions tried, after its own, for the original of a rendition that is not in the folder but whose sidecar is.
const STILL_ORIGINALS: &[&str] = &["HEIC", "heic", "JPG", "jpg", "JPEG", "jpeg", "PNG", "png", "DNG", "dng"];

/// The same for films.
const FILM_ORIGINALS: &[&str] = &["MP4", "mp4", "MOV", "mov"];

/// Finds the original of each rendition and clip.
pub(super) fn pair(folder: &mut Folder) {
    let mut heirs = BTreeMap::new();
    renditions(folder, &mut heirs);
    clips(folder, &mut heirs);
}

/// For a sidecar whose original is not in the folder: the file that stands in its place.
type Heirs = BTreeMap<usize, usize>;

/// A rendition's name, taken apart.
struct RenditionName {
    /// Stem of its original, counter and all.
    original: String,
    rule: Rule,
}

fn renditions(folder: &mut Folder, heirs: &mut Heirs) {
    let mut orphans: BTreeMap<usize, Vec<(Rule, String, usize)>> = BTreeMap::new();
    for medium in folder.free_media() {
        let Some(rendition) = rendition_name(folder, medium) else { continue };
        match original_of(folder, medium, &rendition) {
            Found::One(of) => folder.attach(medium, of, Role::Rendition, rendition.rule),
            Found::Several => folder.contest(medium),
            Found::None => {
                if let Some(sidecar) = sidecar_of_absent(folder, medium, &rendition) {
                    let name = folder.media[medium].name.clone();
                    orphans.entry(sidecar).or_default().push((rendition.rule, name, medium));
                }
            }
        }
    }
    for (sidecar, mut media) in orphans {
        media.sort();
        let mut media = media.into_iter();
        let Some((rule, _, heir)) = media.next() else { continue };
        folder.give(heir, sidecar, rule);
        heirs.insert(sidecar, heir);
        for (rule, _, medium) in media {
            folder.attach(medium, heir, Role::Rendition, rule);
        }
    }
}

fn rendition_name(folder: &Folder, medium: usize) -> Option<RenditionName> {
    let medium = &folder.media[medium];
    let (bare, counter) = split_counter(&medium.stem).unwrap_or((&medium.stem, 0));
    let (original, rule) = match strip_rendition(bare) {
        Some((original, RenditionKind::Edited)) => (original, Rule::Edited),
        Some((original, RenditionKind::Made)) => (original, Rule::Rendition),
        None => {
            let whole = uncounted(&medium.name).map_or_else(|| medium.name.clone(), |(bare, _)| bare);
            let cut = strip_cut_rendition(bare).filter(|_| units(&whole) >= MEDIA_UNITS);
            (cut?, Rule::Edited)
        }
    };
    let original = if counter == 0 { original.to_owned() } else { format!("{original}({counter})") };
    Some(RenditionName { original, rule })
}

enum Found {
    None,
    One(usize),
    Several,
}

/// Returns the original of a rendition: the file of its stem with the same extension, else the only one of its class, else, for what
/// Google made, the only one.
fn original_of(folder: &Folder, medium: usize, rendition: &RenditionName) -> Found {
    let own = &folder.media[medium];
    let named = folder.of_stem(&rendition.original);
    let is_alike: [&dyn Fn(usize) -> bool; 4] = [
        &|other| folder.media[other].extension == own.extension,
        &|other| folder.media[other].extension.eq_ignore_ascii_case(&own.extension),
        &|other| folder.media[other].class == own.class && own.class != Class::Unknown,
        &|_| rendition.rule == Rule::Rendition,
    ];
    for is_alike in is_alike {
        let mut alike = named.iter().copied().filter(|other| *other != medium && is_alike(*other));
        match (alike.next(), alike.next()) {
            (Some(one), None) => return Found::One(one),
            (Some(_), Some(_)) => return Found::Several,
            _ => {}
        }
    }
    Found::None
}

/// Returns the one unused sidecar of a rendition's original that is not in the folder.
fn sidecar_of_absent(folder: &Folder, medium: usize, rendition: &RenditionName) -> Option<usize> {
    let medium = &folder.media[medium];
    let others = if medium.class == Class::Film { FILM_ORIGINALS } else { STILL_ORIGINALS };
    unused_sidecar(folder, &rendition.original, &[&medium.extension])
        .or_else(|| unused_sidecar(folder, &rendition.original, others))
        .filter(|sidecar| folder.records[*sidecar].is_free)
}

/// Returns the only unused sidecar of a media file with that stem and one of those extensions; the file itself is not there.
fn unused_sidecar(folder: &Folder, stem: &str, extensions: &[&str]) -> Option<usize> {
    let mut found: Vec<usize> = Vec::new();
    for extension in extensions {
        let name = format!("{stem}.{extension}");
        if !folder.named(&name).is_empty() {
            continue;
        }
        found.extend(folder.awaiting(&name));
        if folder.has_unexplained() {
            found.extend(sidecars_of_media(&name).iter().flat_map(|base| folder.unexplained(base)));
        }
    }
    found.retain(|sidecar| folder.records[*sidecar].is_free);
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [sidecar] => Some(*sidecar),
        _ => None,
    }
}

/// Gives each clip to its still. A still has one clip: where two films could be it, neither is.
fn clips(folder: &mut Folder, heirs: &mut Heirs) {
    let mut by_still: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut orphans: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for clip in folder.free_media() {
        let stems = still_stems(&folder.media[clip].name);
        match still_of(folder, clip, &stems) {
            Found::One(still) if folder.sidecar_of(still).is_some() || is_motion(folder, clip) => {
                by_still.entry(still).or_default().push(clip);
            }
            Found::One(_) => {}
            Found::Several => folder.contest(clip),
            Found::None => {
                let awaiting = |stem: &String| LIVE_STILLS.iter().find_map(|extensions| unused_sidecar(folder, stem, extensions));
                if let Some(sidecar) = stems.iter().find_map(awaiting) {
                    orphans.entry(sidecar).or_default().push(clip);
                } else if let Some(heir) = stems.iter().find_map(|stem| heir_of(folder, heirs, stem)) {
                    by_still.entry(heir).or_default().push(clip);
                }
            }
        }
    }
    for (still, clips) in by_still {
        match clips.as_slice() {
            [clip] => folder.attach(*clip, still, Role::Companion, Rule::Clip),
            several => several.iter().for_each(|clip| folder.contest(*clip)),
        }
    }
    for (sidecar, clips) in orphans {
        match clips.as_slice() {
            [clip] => {
                folder.give(*clip, sidecar, Rule::Clip);
                heirs.insert(sidecar, *clip);
            }
            several => several.iter().for_each(|clip| folder.contest(*clip)),
        }
    }
}

fn is_motion(folder: &Folder, clip: usize) -> bool {
    is_motion_name(&folder.media[clip].name)
}

/// Returns the still of one of `stems`, HEIC before JPEG.
fn still_of(folder: &Folder, clip: usize, stems: &[String]) -> Found {
    for stem in stems {
        for rank in 0..LIVE_STILLS.len() {
            let is_ranked = |other: &usize| *other != clip && live_rank(&folder.media[*other].extension) == Some(rank);
            let mut stills = folder.of_stem(stem).iter().copied().filter(is_ranked);
            match (stills.next(), stills.next()) {
                (Some(one), None) => return Found::One(one),
                (Some(_), Some(_)) => return Found::Several,
                _ => {}
            }
        }
    }
    Found::None
}

/// Returns the rendition that took the sidecar of the absent still with that stem.
fn heir_of(folder: &Folder, heirs: &Heirs, stem: &str) -> Option<usize> {
    LIVE_STILLS.iter().flat_map(|extensions| extensions.iter()).find_map(|extension| {
        let name = format!("{stem}.{extension}");
        folder.awaiting(&name).iter().find_map(|sidecar| heirs.get(sidecar).copied())
    })
}
