//! One folder's names, looked up in every way the matchers need, and who has been paired with whom.
//!
//! No naming rule lives here (see `names`) and no order of matchers. **Invariant:** a media file or sidecar that has left [`Claim::Free`]
//! never comes back to it.

use super::names::{
    Class, Reading, bounded_title, class_of, nfc, read, replaced_key, split_counter, split_extension, uncounted, with_counter,
};
use super::{Pairing, Rule, SidecarName};
use model::Role;
use std::collections::{BTreeMap, HashMap};

/// Longest chain from a file to its original: a clip of a rendition of a rendition.
const CHAIN_MAX: usize = 8;

/// Most files or sidecars listed under one name. Equal names differ in their Unicode form or their extension only: honest folders have
/// one to five, and without a bound a folder of a hundred thousand such names would take hours.
const ENTRIES_MAX: usize = 32;

/// A media file.
pub(super) struct Medium {
    /// Its name, NFC.
    pub(super) name: String,
    /// Its name without extension and with its counter.
    pub(super) stem: String,
    /// Its extension as written; empty for none.
    pub(super) extension: String,
    /// What its extension says.
    pub(super) class: Class,
    /// What has been found.
    pub(super) claim: Claim,
}

/// What has been found for a media file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Nothing yet.
    Free,
    /// Its sidecar.
    Paired { sidecar: usize, rule: Rule },
    /// The file it belongs to.
    Belongs { of: usize, role: Role, rule: Rule },
    /// Too many, with equal right.
    Contested,
    /// The same name stands earlier in the list.
    Repeats { first: usize },
}

/// A sidecar.
pub(super) struct Record {
    /// Its name without `.json`, NFC.
    pub(super) base: String,
    /// The title within.
    pub(super) title: Option<String>,
    /// Its name as the title explains it.
    pub(super) reading: Option<Reading>,
    /// The same, with characters that some exports replace held equal.
    pub(super) loose: Option<Reading>,
    /// Whether a matcher may still use it.
    pub(super) is_free: bool,
}

/// One folder of one export.
pub(super) struct Folder {
    pub(super) media: Vec<Medium>,
    pub(super) records: Vec<Record>,
    by_name: HashMap<String, Vec<usize>>,
    by_key: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
    counted: HashMap<String, Vec<(u32, usize)>>,
    awaited: HashMap<String, Vec<usize>>,
    by_base: HashMap<String, Vec<usize>>,
    has_unexplained: bool,
}

impl Folder {
    pub(super) fn new(media: &[&str], sidecars: &[SidecarName<'_>]) -> Self {
        let mut folder = Self {
            media: Vec::with_capacity(media.len()),
            records: sidecars.iter().map(record).collect(),
            by_name: HashMap::new(),
            by_key: HashMap::new(),
            by_stem: HashMap::new(),
            counted: HashMap::new(),
            awaited: HashMap::new(),
            by_base: HashMap::new(),
            has_unexplained: false,
        };
        let mut firsts = HashMap::new();
        for (index, name) in media.iter().enumerate() {
            let first = *firsts.entry(*name).or_insert(index);
            folder.add_medium(index, name, first);
        }
        let mut seen = HashMap::new();
        for (index, sidecar) in sidecars.iter().enumerate() {
            if seen.insert(sidecar.name, index).is_some() {
                folder.records[index].is_free = false;
            } else {
                folder.add_record(index);
            }
        }
        folder
    }

    fn add_medium(&mut self, index: usize, name: &str, first: usize) {
        let name = nfc(name);
        let (stem, extension) = split_extension(&name);
        let medium = Medium {
            stem: stem.to_owned(),
            extension: extension.unwrap_or_default().to_owned(),
            class: extension.map_or(Class::Unknown, class_of),
            claim: if first == index { Claim::Free } else { Claim::Repeats { first } },
            name: name.clone(),
        };
        if first == index {
            list(&mut self.by_key, replaced_key(&name), index);
            list(&mut self.by_stem, medium.stem.clone(), index);
            if let Some((bare, counter)) = uncounted(&name) {
                self.counted.entry(bare).or_default().push((counter, index));
            }
            list(&mut self.by_name, name, index);
        }
        self.media.push(medium);
    }

    fn add_record(&mut self, index: usize) {
        let record = &self.records[index];
        for reading in record.reading.iter().chain(&record.loose) {
            for name in &reading.media {
                list(&mut self.awaited, with_counter(name, reading.counter), index);
            }
        }
        self.has_unexplained |= !record.is_explained();
        list(&mut self.by_base, record.base.clone(), index);
    }

    /// Returns the media files of that name.
    pub(super) fn named(&self, name: &str) -> &[usize] {
        listed(&self.by_name, name)
    }

    /// Returns the media files whose name has that [`replaced_key`].
    pub(super) fn keyed(&self, key: &str) -> &[usize] {
        listed(&self.by_key, key)
    }

    /// Returns the media files of that stem, counter and all.
    pub(super) fn of_stem(&self, stem: &str) -> &[usize] {
        listed(&self.by_stem, stem)
    }

    /// Returns how many media files have that name and a counter.
    pub(super) fn counted(&self, name: &str) -> usize {
        self.counted.get(name).map_or(0, Vec::len)
    }

    /// Returns the media files that have that name but for a counter, in the order of their counters; the one without comes first.
    pub(super) fn variants(&self, name: &str) -> Vec<usize> {
        let bare = self.named(name).iter().map(|index| (0, *index));
        let counted = self.counted.get(name).into_iter().flatten().copied();
        let mut variants: Vec<(u32, usize)> = bare.chain(counted).collect();
        variants.sort_unstable();
        variants.into_iter().map(|(_, index)| index).collect()
    }

    /// Returns the sidecars whose title awaits a media file of that name.
    pub(super) fn awaiting(&self, name: &str) -> &[usize] {
        listed(&self.awaited, name)
    }

    /// Returns the sidecars of that name (without `.json`).
    pub(super) fn of_base(&self, base: &str) -> &[usize] {
        listed(&self.by_base, base)
    }

    /// Returns the sidecars of that name (without `.json`) whose title does not explain it.
    pub(super) fn unexplained(&self, base: &str) -> impl Iterator<Item = usize> {
        self.of_base(base).iter().copied().filter(|sidecar| !self.records[*sidecar].is_explained())
    }

    /// Tells whether any sidecar has no title that explains its name.
    pub(super) fn has_unexplained(&self) -> bool {
        self.has_unexplained
    }

    /// Tells whether a media file has been given nothing yet.
    pub(super) fn is_free(&self, medium: usize) -> bool {
        self.media[medium].claim == Claim::Free
    }

    /// Returns the media files that have been given nothing yet.
    pub(super) fn free_media(&self) -> Vec<usize> {
        (0..self.media.len()).filter(|index| self.is_free(*index)).collect()
    }

    /// Returns the sidecars that may still be used.
    pub(super) fn free_records(&self) -> Vec<usize> {
        (0..self.records.len()).filter(|index| self.records[*index].is_free).collect()
    }

    /// Gives a media file its sidecar.
    pub(super) fn give(&mut self, medium: usize, sidecar: usize, rule: Rule) {
        debug_assert!(self.is_free(medium) && self.records[sidecar].is_free, "each is given once");
        self.media[medium].claim = Claim::Paired { sidecar, rule };
        self.records[sidecar].is_free = false;
    }

    /// Sets a media file beside the one it belongs to.
    pub(super) fn attach(&mut self, medium: usize, of: usize, role: Role, rule: Rule) {
        debug_assert!(self.is_free(medium) && medium != of, "a file belongs once, to another");
        self.media[medium].claim = Claim::Belongs { of, role, rule };
    }

    /// Takes a media file out of the game: too many claims.
    pub(super) fn contest(&mut self, medium: usize) {
        if self.is_free(medium) {
            self.media[medium].claim = Claim::Contested;
        }
    }

    /// Pairs every proposal whose media file and sidecar occur in no other one; who is free and occurs in several is contested.
    pub(super) fn settle(&mut self, proposals: Vec<(usize, usize, Rule)>) {
        let mut rules = BTreeMap::new();
        for (medium, sidecar, rule) in proposals {
            if self.is_free(medium) && self.records[sidecar].is_free {
                rules.entry((medium, sidecar)).or_insert(rule);
            }
        }
        let (mut by_medium, mut by_sidecar) = (HashMap::new(), HashMap::new());
        for (medium, sidecar) in rules.keys() {
            *by_medium.entry(*medium).or_insert(0_usize) += 1;
            *by_sidecar.entry(*sidecar).or_insert(0_usize) += 1;
        }
        for ((medium, sidecar), rule) in rules {
            if by_medium[&medium] == 1 && by_sidecar[&sidecar] == 1 {
                self.give(medium, sidecar, rule);
            } else {
                self.contest(medium);
                self.records[sidecar].is_free = false;
            }
        }
    }

    /// Returns the original that a media file leads to (itself, as a rule) and what the file is to it.
    fn root(&self, medium: usize) -> (usize, Role) {
        let (mut at, mut role) = (medium, Role::Original);
        for _ in 0..CHAIN_MAX {
            let Claim::Belongs { of, role: step, .. } = self.media[at].claim else { break };
            at = of;
            role = if role == Role::Companion { role } else { step };
        }
        (at, role)
    }

    /// Returns the sidecar of the original that a media file leads to.
    pub(super) fn sidecar_of(&self, medium: usize) -> Option<usize> {
        match self.media[self.root(medium).0].claim {
            Claim::Paired { sidecar, .. } => Some(sidecar),
            _ => None,
        }
    }

    /// Returns what was found, one for each media file.
    pub(super) fn pairings(&self) -> Vec<Pairing> {
        (0..self.media.len())
            .map(|index| match self.media[index].claim {
                Claim::Repeats { first } => self.pairing(first),
                _ => self.pairing(index),
            })
            .collect()
    }

    fn pairing(&self, medium: usize) -> Pairing {
        let (root, role) = self.root(medium);
        let rule = match self.media[medium].claim {
            Claim::Paired { rule, .. } | Claim::Belongs { rule, .. } => rule,
            Claim::Contested => Rule::Ambiguous,
            Claim::Free | Claim::Repeats { .. } => Rule::Unpaired,
        };
        Pairing { sidecar: self.sidecar_of(medium), role, of: (root != medium).then_some(root), rule }
    }
}

fn list(index: &mut HashMap<String, Vec<usize>>, key: String, entry: usize) {
    let entries = index.entry(key).or_default();
    if entries.len() < ENTRIES_MAX {
        entries.push(entry);
    }
}

fn listed<'a>(index: &'a HashMap<String, Vec<usize>>, key: &str) -> &'a [usize] {
    index.get(key).map_or(&[], Vec::as_slice)
}

fn record(sidecar: &SidecarName<'_>) -> Record {
    let name = nfc(sidecar.name);
    let cut = name.len().saturating_sub(".json".len());
    let is_json = name.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case(".json"));
    let base = if is_json { name[..cut].to_owned() } else { name };
    let reading = sidecar.title.and_then(|title| read(&base, title, str::to_owned));
    let loose = match reading {
        Some(_) => None,
        None => sidecar.title.and_then(|title| read(&base, title, replaced_key)),
    };
    Record { base, title: sidecar.title.map(bounded_title), reading, loose, is_free: true }
}

impl Record {
    /// Tells whether its title explains its name.
    pub(super) fn is_explained(&self) -> bool {
        self.reading.is_some() || self.loose.is_some()
    }

    /// Returns its name without Google's counter, and the counter (0 for none), as far as the name alone can tell.
    pub(super) fn uncounted(&self) -> (&str, u32) {
        split_counter(&self.base).unwrap_or((&self.base, 0))
    }
}
