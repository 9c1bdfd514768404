//! What of a curation a sidecar does not say yet, and where that goes.

use super::read::{
    ALBUMS, ALTITUDE, ALTITUDE_REF, CAPTION, CREATED, FAVOURITE, HIERARCHY, LATITUDE, LONGITUDE, PEOPLE, Property, RATING, SUBJECT,
    Sidecar, TAGS_LIST, TAKEN, TITLE, stars_of, swap_levels,
};
use super::write::{BLANK, Draft, Value};
use super::{Conflict, Curation, Fact, XmpError, gps, time};
use model::{CaptureTime, GeoPoint};
use std::collections::HashSet;

/// A sidecar with what was added to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The whole sidecar; where nothing was added, the bytes that were given, or a blank sidecar that need not be written.
    pub bytes: Vec<u8>,
    /// What the sidecar says now and did not say before.
    pub added: Vec<Fact>,
    /// What could not be added, since the sidecar says something else there.
    pub kept: Vec<Conflict>,
}

/// Adds to a sidecar, or to a new one, what of `gains` it does not say yet. Bytes that exist stay in their order.
///
/// Texts come without control characters, which XML cannot hold, with `\n` as line end and without blanks around. A rating that is no
/// rating, a place that is nowhere and a year that XMP cannot hold are passed over.
///
/// # Errors
/// Where the sidecar cannot be read, says one thing twice, or would grow beyond what [`read`](super::read()) takes.
pub fn merge(existing: Option<&[u8]>, gains: &Curation) -> Result<Merged, XmpError> {
    let bytes = existing.unwrap_or(BLANK.as_bytes());
    let sidecar = Sidecar::parse(bytes)?;
    let gains = gains.cleaned();
    let mut merger = Merger { sidecar: &sidecar, draft: Draft::new(&sidecar), added: Vec::new(), kept: Vec::new() };
    merger.tags(&gains);
    merger.people(&gains);
    if let Some(caption) = gains.caption {
        merger.text(CAPTION, &caption, Fact::Caption(caption.clone()));
    }
    if let Some(title) = gains.title {
        merger.text(TITLE, &title, Fact::Title(title.clone()));
    }
    if let Some(stars) = gains.rating {
        merger.rating(stars);
    }
    if gains.favourite && !sidecar.favourite() {
        merger.single(&[FAVOURITE], Fact::Favourite, |draft| draft.set_attribute(FAVOURITE, "1"));
    }
    if let Some(place) = gains.place {
        merger.place(place);
    }
    if let Some(taken) = gains.taken {
        merger.taken(&taken);
    }
    let Merger { draft, added, kept, .. } = merger;
    let bytes = draft.apply(bytes);
    // What is written must be readable, by our own bounds too, before it takes the place of a file.
    Sidecar::parse(&bytes)?;
    Ok(Merged { bytes, added, kept })
}

struct Merger<'s, 'a> {
    sidecar: &'s Sidecar<'a>,
    draft: Draft<'s, 'a>,
    added: Vec<Fact>,
    kept: Vec<Conflict>,
}

impl<'s, 'a> Merger<'s, 'a> {
    /// Sets a single fact by `set` if none of `properties` says anything; what stands there stays.
    fn single(&mut self, properties: &[Property], fact: Fact, set: impl FnOnce(&mut Draft<'s, 'a>) -> bool) -> bool {
        let stays: Vec<String> = properties.iter().filter_map(|property| self.sidecar.value(*property)).collect();
        let added = stays.is_empty() && set(&mut self.draft);
        match added {
            true => self.added.push(fact),
            false => self.kept.push(Conflict { fact, stays: stays.join(", ") }),
        }
        added
    }

    fn text(&mut self, property: Property, text: &str, fact: Fact) {
        if self.sidecar.value(property).as_deref() != Some(text) {
            self.single(&[property], fact, |draft| draft.set(property, Value::Language(text)));
        }
    }

    /// Sets the rating. `0` says "unrated", as if it were not there (ISO 16684-1 §8.4), and darktable writes it everywhere.
    fn rating(&mut self, stars: i8) {
        let there = self.sidecar.value(RATING).and_then(|text| stars_of(&text));
        if there == Some(stars) {
            return;
        }
        if there == Some(0) && self.draft.put_before_zero(RATING, &format!("{stars}.")) {
            self.added.push(Fact::Rating(stars));
            return;
        }
        self.single(&[RATING], Fact::Rating(stars), |draft| draft.set(RATING, Value::Text(&stars.to_string())));
    }

    fn place(&mut self, place: GeoPoint) {
        let near = |a: f64, b: f64| (a - b).abs() <= gps::SAME_PLACE_MAX_DEGREES;
        let same =
            self.sidecar.position().is_some_and(|(latitude, longitude)| near(latitude, place.latitude) && near(longitude, place.longitude));
        if !same {
            let added = self.single(&[LATITUDE, LONGITUDE], Fact::Place(place), |draft| {
                draft.set_all(&[(LATITUDE, gps::format(place.latitude, ['N', 'S'])), (LONGITUDE, gps::format(place.longitude, ['E', 'W']))])
            });
            if !added {
                return;
            }
        }
        let Some(metres) = place.altitude_m else { return };
        if self.sidecar.value(ALTITUDE).is_some() {
            if self.sidecar.altitude_m().is_none_or(|other| (other - metres).abs() > gps::SAME_ALTITUDE_MAX_M) {
                self.kept.push(Conflict { fact: Fact::Place(place), stays: self.sidecar.value(ALTITUDE).unwrap_or_default() });
            }
            return;
        }
        let reference = if metres < 0.0 { "1" } else { "0" };
        let mut values = vec![(ALTITUDE, gps::format_altitude(metres))];
        let stands = self.sidecar.value(ALTITUDE_REF);
        if stands.is_none() {
            values.push((ALTITUDE_REF, reference.to_owned()));
        }
        match stands.is_none_or(|stands| stands == reference) && self.draft.set_all(&values) {
            true if same => self.added.push(Fact::Place(place)),
            true => {}
            false => self.kept.push(Conflict { fact: Fact::Place(place), stays: String::new() }),
        }
    }

    /// Sets the time where none is told, or only a coarser one in `photoshop:DateCreated`, which may be a date alone.
    fn taken(&mut self, taken: &CaptureTime) {
        let Some(text) = time::format(taken) else { return };
        let (original, created) = (self.sidecar.value(TAKEN), self.sidecar.value(CREATED));
        let told: Vec<&String> = original.iter().chain(&created).collect();
        if told.iter().any(|told| !time::agrees(told, taken)) {
            let stays = told.into_iter().cloned().collect::<Vec<_>>().join(", ");
            self.kept.push(Conflict { fact: Fact::Taken(*taken), stays });
            return;
        }
        if original.is_some() || created.as_deref().is_some_and(|told| time::parse(told).is_some()) {
            return;
        }
        let mut values = vec![(TAKEN, text.clone())];
        if created.is_none() {
            values.push((CREATED, text));
        }
        self.single(&[TAKEN], Fact::Taken(*taken), |draft| draft.set_all(&values));
    }

    fn people(&mut self, gains: &Curation) {
        let known = self.sidecar.items(PEOPLE);
        let new: Vec<String> = gains.people.iter().filter(|name| !known.contains(name)).cloned().collect();
        if new.is_empty() {
            return;
        }
        let taken = self.draft.append(PEOPLE, &new);
        self.note(taken, new.into_iter().map(Fact::Person), &known);
    }

    fn note(&mut self, added: bool, facts: impl Iterator<Item = Fact>, stays: &[String]) {
        match added {
            true => self.added.extend(facts),
            false => self.kept.extend(facts.map(|fact| Conflict { fact, stays: stays.join(", ") })),
        }
    }

    fn tags(&mut self, gains: &Curation) {
        let known: HashSet<String> = self.sidecar.tags().into_iter().collect();
        let mut seen = HashSet::new();
        let albums = gains.albums.iter().map(|title| format!("{ALBUMS}{title}"));
        let new: Vec<String> =
            albums.chain(gains.keywords.iter().cloned()).filter(|tag| !known.contains(tag) && seen.insert(tag.clone())).collect();
        let (deep, flat): (Vec<String>, Vec<String>) = new.into_iter().partition(|tag| tag.contains('|'));
        let (subject, hierarchy, digikam) = (self.sidecar.items(SUBJECT), self.sidecar.items(HIERARCHY), self.sidecar.items(TAGS_LIST));
        // A flat keyword that is a level of a deep one is in the list already.
        let digikam: Vec<String> = digikam.iter().map(|tag| swap_levels(tag)).collect();
        let levels: HashSet<&str> = hierarchy.iter().chain(&digikam).chain(&deep).flat_map(|tag| tag.split('|')).collect();
        let alone = |tag: &&String| !levels.contains(tag.as_str());
        let both: Vec<String> = deep.iter().chain(flat.iter().filter(alone)).cloned().collect();

        let in_subject = flat.is_empty() || self.draft.append(SUBJECT, &flat);
        let mut in_hierarchy = false;
        if !hierarchy.is_empty() {
            in_hierarchy = !both.is_empty() && self.draft.append(HIERARCHY, &both);
        } else if !deep.is_empty() {
            let hidden = subject.iter().filter(alone);
            in_hierarchy = self.draft.append(HIERARCHY, &both.iter().chain(hidden).cloned().collect::<Vec<_>>());
        }
        let in_digikam = !digikam.is_empty() && !both.is_empty() && {
            let swapped: Vec<String> = both.iter().map(|tag| swap_levels(tag)).collect();
            self.draft.append(TAGS_LIST, &swapped)
        };
        let tree = in_hierarchy || in_digikam;
        let fact = |tag: String| match tag.strip_prefix(ALBUMS) {
            Some(title) => Fact::Album(title.to_owned()),
            None => Fact::Keyword(tag),
        };
        self.note(tree, deep.into_iter().map(fact), &hierarchy);
        for keyword in flat {
            let added = in_subject || tree && both.contains(&keyword);
            self.note(added, std::iter::once(Fact::Keyword(keyword)), &subject);
        }
    }
}
