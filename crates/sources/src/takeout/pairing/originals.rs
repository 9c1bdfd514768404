//! The matchers that give an original its own sidecar, from the most to the least certain.
//!
//! Renditions and clips, which share another file's sidecar, come after all of these (see `belongings`): a file that has a sidecar of
//! its own is an asset of its own, whatever its name looks like.

use super::Rule;
use super::folder::Folder;
use super::names::{
    Class, Reading, class_of, is_live_still, nfc, replaced_key, sidecars_of_media, sidecars_without_counter, split_counter,
    split_extension, uncounted, units, with_counter,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Shortest beginning that can stand for a name, in UTF-16 units, where the title begins so too.
const PREFIX_UNITS_MIN: usize = 20;

/// The same where no title is known: near the limit of a sidecar's name, since only a cut makes a name the beginning of another.
const PREFIX_UNITS_MIN_UNTITLED: usize = 40;

/// Most units that a media file's stem may be longer than the beginning.
const PREFIX_MISSING_MAX: usize = 9;

/// Most media files looked at for one beginning; more are ambiguous anyway.
const PREFIX_HITS_MAX: usize = 16;

/// Most media files that may have lost their counter to one sidecar name; two are ambiguous already.
const LOST_COUNTERS_MAX: usize = 16;

/// Endings that were seen to lose their last character on the way from the media file's name to the sidecar's.
const DRIFTS: &[&str] = &["_n-", "_n", "_"];

/// Runs all matchers over the folder.
pub(super) fn pair(folder: &mut Folder) {
    by_title(folder);
    by_replaced_title(folder);
    by_title_without_extension(folder);
    by_names(folder);
    if folder.has_unexplained() {
        by_stem(folder);
    }
    by_lost_counter(folder);
    if folder.has_unexplained() {
        by_drift(folder);
        by_prefix(folder);
    }
    by_container(folder);
}

/// Sidecars with a claim, by the media file they claim.
type Claims = BTreeMap<usize, Vec<usize>>;

/// The title explains the sidecar's name and gives the media file's.
fn by_title(folder: &mut Folder) {
    let mut claims = Claims::new();
    let crowded = crowded_sidecars(folder);
    for sidecar in folder.free_records() {
        let Some(reading) = &folder.records[sidecar].reading else { continue };
        let found = match crowded.get(&sidecar) {
            Some(ranked) => ranked.clone(),
            None => reading.media.iter().flat_map(|name| folder.named(&with_counter(name, reading.counter))).copied().collect(),
        };
        for medium in found {
            claims.entry(medium).or_default().push(sidecar);
        }
    }
    let unclaimed = unclaimed_names(folder, &claims);
    let mut proposals = Vec::new();
    for (medium, sidecars) in &claims {
        let chosen = match preferred(folder, &unclaimed, *medium, sidecars) {
            Some(chosen) => &[chosen][..],
            None => sidecars,
        };
        proposals.extend(chosen.iter().map(|sidecar| (*medium, *sidecar, title_rule(folder, *sidecar))));
    }
    folder.settle(proposals);
    // A claim that lost against a better one, or a crowd that does not add up, is no lone sidecar for a later matcher to give away.
    for sidecar in claims.into_values().flatten().chain(crowded.into_keys()) {
        folder.records[sidecar].is_free = false;
    }
}

fn title_rule(folder: &Folder, sidecar: usize) -> Rule {
    match &folder.records[sidecar].reading {
        Some(Reading { counter: 1.., .. }) => Rule::Counter,
        Some(Reading { is_cut: true, .. }) => Rule::Cut,
        _ => Rule::Exact,
    }
}

/// Returns the names of the media files that nobody claims, each also without its counter.
fn unclaimed_names(folder: &Folder, claims: &Claims) -> HashSet<String> {
    let unclaimed = folder.free_media().into_iter().filter(|medium| !claims.contains_key(medium));
    let names = unclaimed.map(|medium| folder.media[medium].name.clone());
    names.flat_map(|name| uncounted(&name).map(|(bare, _)| bare).into_iter().chain([name])).collect()
}

/// Returns the one sidecar that has the better claim to a media file that several claim; `None` where none has, or there is but one.
fn preferred(folder: &Folder, unclaimed: &HashSet<String>, medium: usize, sidecars: &[usize]) -> Option<usize> {
    let readings: Vec<(usize, &Reading)> =
        sidecars.iter().filter_map(|sidecar| Some((*sidecar, folder.records[*sidecar].reading.as_ref()?))).collect();
    let name = &folder.media[medium].name;
    match readings.as_slice() {
        // One item, described by both schemes: the newer one. Unless another file of that title has none: then each may be of either.
        [(a, first), (b, second)] if first.media == second.media && first.counter == second.counter && first.era != second.era => {
            let bare = uncounted(name).map_or_else(|| name.clone(), |(bare, _)| bare);
            let newer = if first.era > second.era { *a } else { *b };
            (!unclaimed.contains(&bare) && !unclaimed.contains(name)).then_some(newer)
        }
        // `IMG(1).jpg` as its own title, and the second `IMG.jpg`: the former, unless Google numbered it once more.
        _ => {
            let own: Vec<usize> = readings.iter().filter(|(_, reading)| reading.counter == 0).map(|(sidecar, _)| *sidecar).collect();
            match own.as_slice() {
                [own] if readings.len() > 1 && !unclaimed.contains(name) => Some(*own),
                _ => None,
            }
        }
    }
}

/// Sidecars and their counters, by the media names that their titles give.
type NumberedByTitle<'a> = BTreeMap<&'a [String], Vec<(u32, usize)>>;

/// Several long titles may be cut to one sidecar name. Their sidecars are then numbered among each other and their media files each by
/// itself, so that counters are worth their order only: returns for each such sidecar the media files it claims.
fn crowded_sidecars(folder: &Folder) -> BTreeMap<usize, Vec<usize>> {
    let mut by_cut_name: BTreeMap<&str, NumberedByTitle<'_>> = BTreeMap::new();
    for sidecar in folder.free_records() {
        let record = &folder.records[sidecar];
        if let Some(reading) = record.reading.as_ref().filter(|reading| reading.is_cut) {
            let cut_name = if reading.counter == 0 { &record.base } else { record.uncounted().0 };
            by_cut_name.entry(cut_name).or_default().entry(&reading.media).or_default().push((reading.counter, sidecar));
        }
    }
    let mut crowded = BTreeMap::new();
    for titles in by_cut_name.into_values().filter(|titles| titles.len() > 1) {
        for (names, mut sidecars) in titles {
            sidecars.sort_unstable();
            let variants: Vec<usize> = names.iter().flat_map(|name| folder.variants(name)).collect();
            let is_complete = variants.len() == sidecars.len();
            for (rank, (counter, sidecar)) in sidecars.into_iter().enumerate() {
                let claimed = match variants.get(rank) {
                    Some(medium) if is_complete => vec![*medium],
                    _ if counter == 0 => names.iter().flat_map(|name| folder.named(name)).copied().collect(),
                    _ => Vec::new(),
                };
                crowded.insert(sidecar, claimed);
            }
        }
    }
    crowded
}

/// As [`by_title`], with characters held equal that some exports replace and others keep.
fn by_replaced_title(folder: &mut Folder) {
    let mut proposals = Vec::new();
    for sidecar in folder.free_records() {
        let record = &folder.records[sidecar];
        let Some(reading) = record.reading.as_ref().or(record.loose.as_ref()) else { continue };
        for name in &reading.media {
            let key = replaced_key(&with_counter(name, reading.counter));
            proposals.extend(folder.keyed(&key).iter().map(|medium| (*medium, sidecar, Rule::Replaced)));
        }
    }
    folder.settle(proposals);
}

/// A title without extension, or with one that is not the file's (`IMAGE.MOV` for a photo), and the only file of that stem.
fn by_title_without_extension(folder: &mut Folder) {
    let mut proposals = Vec::new();
    for sidecar in folder.free_records() {
        let Some(reading) = &folder.records[sidecar].reading else { continue };
        for stem in &reading.media {
            let stem = if reading.counter == 0 { stem.clone() } else { format!("{stem}({})", reading.counter) };
            proposals.extend(folder.of_stem(&stem).iter().map(|medium| (*medium, sidecar, Rule::NoExtension)));
        }
    }
    folder.settle(proposals);
}

/// The sidecar's title is unknown or leads nowhere: the media file's name, taken for the title, leads to the sidecar.
fn by_names(folder: &mut Folder) {
    let mut proposals = Vec::new();
    for medium in folder.free_media() {
        let names = sidecars_of_media(&folder.media[medium].name);
        let free = |name: &String| folder.of_base(name).iter().copied().find(|sidecar| folder.records[*sidecar].is_free);
        proposals.extend(names.iter().find_map(free).map(|sidecar| (medium, sidecar, Rule::Name)));
    }
    folder.settle(proposals);
}

/// The sidecar is named by the media file's stem alone, and its title does not speak against that.
fn by_stem(folder: &mut Folder) {
    let mut proposals = Vec::new();
    for medium in folder.free_media() {
        let stem = &folder.media[medium].stem;
        let allowed = folder.unexplained(stem).filter(|sidecar| title_begins_with(folder, *sidecar, bare_stem(stem), true));
        proposals.extend(allowed.map(|sidecar| (medium, sidecar, Rule::Stem)));
    }
    folder.settle(proposals);
}

/// A name longer than a sidecar's can be lost its counter with the cut: `…_P(1).jpg` of `…_.json`, where no `…_P.jpg` is there.
fn by_lost_counter(folder: &mut Folder) {
    let mut proposals = Vec::new();
    for sidecar in folder.free_records() {
        let Some(reading) = folder.records[sidecar].reading.as_ref().filter(|reading| reading.is_cut && reading.counter == 0) else {
            continue;
        };
        for name in reading.media.iter().filter(|name| folder.named(name).is_empty() && folder.counted(name) <= LOST_COUNTERS_MAX) {
            proposals.extend(folder.variants(name).into_iter().map(|medium| (medium, sidecar, Rule::LostCounter)));
        }
    }
    for medium in folder.free_media() {
        let name = &folder.media[medium].name;
        let is_alone = uncounted(name).is_some_and(|(bare, _)| folder.named(&bare).is_empty());
        for base in sidecars_without_counter(name).iter().filter(|_| is_alone) {
            proposals.extend(folder.unexplained(base).map(|sidecar| (medium, sidecar, Rule::LostCounter)));
        }
    }
    folder.settle(proposals);
}

/// One character of drift, in the three endings it was seen in.
fn by_drift(folder: &mut Folder) {
    let mut proposals = Vec::new();
    for medium in folder.free_media() {
        let stem = &folder.media[medium].stem;
        let (bare, counter) = split_counter(stem).unwrap_or((stem, 0));
        let Some(ending) = DRIFTS.iter().find(|ending| bare.ends_with(**ending)) else { continue };
        let shorter = &bare[..bare.len() - 1];
        let base = if counter == 0 { shorter.to_owned() } else { format!("{shorter}({counter})") };
        let is_drift = shorter.len() >= ending.len() && folder.of_stem(&base).is_empty();
        let allowed = folder.unexplained(&base).filter(|sidecar| is_drift && title_begins_with(folder, *sidecar, bare, false));
        proposals.extend(allowed.map(|sidecar| (medium, sidecar, Rule::Drift)));
    }
    folder.settle(proposals);
}

/// A name cut shorter than the rules say.
fn by_prefix(folder: &mut Folder) {
    let stems: BTreeSet<(&str, u32, usize)> = (0..folder.media.len())
        .map(|medium| {
            let stem = folder.media[medium].stem.as_str();
            let (bare, counter) = split_counter(stem).unwrap_or((stem, 0));
            (bare, counter, medium)
        })
        .collect();
    let mut proposals = Vec::new();
    for sidecar in folder.free_records() {
        let record = &folder.records[sidecar];
        let (beginning, counter) = record.uncounted();
        let least = if record.title.is_some() { PREFIX_UNITS_MIN } else { PREFIX_UNITS_MIN_UNTITLED };
        if record.is_explained() || units(beginning) < least {
            continue;
        }
        let hits = stems.range((beginning, 0, 0)..).take_while(|(stem, _, _)| stem.starts_with(beginning));
        let hits: Vec<_> = hits.take(PREFIX_HITS_MAX + 1).collect();
        for (stem, number, medium) in hits.iter().filter(|_| hits.len() <= PREFIX_HITS_MAX) {
            let is_near = units(stem) <= units(beginning) + PREFIX_MISSING_MAX && *number == counter;
            if is_near && title_begins_with(folder, sidecar, stem, false) {
                proposals.push((*medium, sidecar, Rule::Prefix));
            }
        }
    }
    folder.settle(proposals);
}

/// A film whose title has another film's extension. A still of that stem makes the film its clip as likely: then nobody gets it.
fn by_container(folder: &mut Folder) {
    let mut proposals = Vec::new();
    let mut doubtful = Vec::new();
    for sidecar in folder.free_records() {
        let Some(reading) = &folder.records[sidecar].reading else { continue };
        for name in &reading.media {
            let counted = with_counter(name, reading.counter);
            let (stem, extension) = split_extension(&counted);
            if extension.map(class_of) != Some(Class::Film) {
                continue;
            }
            let films =
                folder.of_stem(stem).iter().filter(|medium| folder.media[**medium].class == Class::Film && folder.is_free(**medium));
            if folder.of_stem(stem).iter().any(|medium| is_live_still(&folder.media[*medium].extension)) {
                doubtful.extend(films.copied());
            } else {
                proposals.extend(films.map(|medium| (*medium, sidecar, Rule::Container)));
            }
        }
    }
    for medium in doubtful {
        folder.contest(medium);
    }
    folder.settle(proposals);
}

fn bare_stem(stem: &str) -> &str {
    split_counter(stem).map_or(stem, |(bare, _)| bare)
}

/// Tells whether a sidecar's title allows a media file of that stem: it is unknown, or begins with the stem (is the stem, but for an
/// extension, where `whole`).
fn title_begins_with(folder: &Folder, sidecar: usize, stem: &str, whole: bool) -> bool {
    let Some(title) = &folder.records[sidecar].title else { return true };
    let title = nfc(&replaced_key(title));
    let stem = replaced_key(stem);
    if whole { split_extension(&title).0 == stem || title == stem } else { title.starts_with(&stem) }
}

#[cfg(test)]
mod unit {
    use super::super::names::Era;

    #[test]
    fn newer_schemes_come_after_older_ones() {
        assert!(Era::Supplemental > Era::Plain, "`preferred` takes the greater era");
    }
}
