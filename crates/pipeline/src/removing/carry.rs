//! What a keeper gains from a copy that goes, as facts and in words. Pure.
//!
//! A single fact is carried only where the keeper has none; lists are joined. What the keeper says otherwise stays, and is told.

use decisions::AssetFacts;
use model::{CaptureTime, GeoPoint, Instant, Subsecond, TimeSource};
use removal::xmp::Curation;

/// Farthest apart, in seconds, that two times of taking are the same: both may be rounded to whole seconds.
const SAME_MOMENT_MAX_S: i64 = 2;

/// What a photo has of a person's own: from its source, from its file, from its sidecar, and carried to it before.
#[derive(Debug, Clone)]
pub(super) struct Held {
    facts: AssetFacts,
    title: Option<String>,
    rating: Option<i8>,
    taken: Option<CaptureTime>,
    /// Whether its sidecar says when it was taken: a person may have set that, and it goes before what the file says.
    is_time_set: bool,
}

impl Held {
    /// Returns what is known of a photo, and what was carried to it before.
    pub(super) fn of(facts: &AssetFacts, carried: &Curation) -> Self {
        let rating = facts.metadata.rating.and_then(|stars| i8::try_from(stars).ok());
        let taken = facts.taken.map(|instant| reading(&instant));
        let mut held = Self { rating, title: None, taken, is_time_set: false, facts: facts.clone() };
        held.take(carried);
        held
    }

    /// Adds what its sidecar says, which goes before what its file says.
    pub(super) fn read_sidecar(&mut self, says: &Curation) {
        let facts = &mut self.facts;
        facts.caption = text(says.caption.as_ref()).or(facts.caption.take());
        facts.place = says.place.or(facts.place);
        self.title = text(says.title.as_ref()).or(self.title.take());
        self.rating = says.rating.or(self.rating);
        self.is_time_set = says.taken.is_some();
        self.taken = says.taken.or(self.taken);
        self.join(says);
    }

    /// Adds what was carried to it.
    pub(super) fn take(&mut self, gains: &Curation) {
        let facts = &mut self.facts;
        facts.caption = text(facts.caption.as_ref()).or_else(|| gains.caption.clone());
        facts.place = facts.place.or(gains.place);
        self.title = text(self.title.as_ref()).or_else(|| gains.title.clone());
        self.rating = self.rating.or(gains.rating);
        self.is_time_set |= gains.taken.is_some();
        self.taken = gains.taken.or(self.taken);
        self.join(gains);
    }

    fn join(&mut self, other: &Curation) {
        let facts = &mut self.facts;
        facts.favourite |= other.favourite;
        facts.metadata.caption = text(facts.metadata.caption.as_ref()).or_else(|| facts.caption.clone());
        facts.metadata.rating = self.rating.and_then(|stars| u8::try_from(stars).ok());
        for (list, more) in
            [(&mut facts.albums, &other.albums), (&mut facts.people, &other.people), (&mut facts.metadata.keywords, &other.keywords)]
        {
            let new = missing(list, more);
            list.extend(new);
        }
    }

    /// Returns what this photo, as a keeper, gains from `member`.
    pub(super) fn gains(&self, member: &Self) -> Curation {
        let (kept, other) = (&self.facts, &member.facts);
        let caption = |facts: &AssetFacts| text(facts.caption.as_ref()).or_else(|| text(facts.metadata.caption.as_ref()));
        let place = |facts: &AssetFacts| -> Option<GeoPoint> { facts.place.or(facts.metadata.place) };
        Curation {
            albums: missing(&kept.albums, &other.albums),
            favourite: other.favourite && !kept.favourite,
            caption: if caption(kept).is_none() { caption(other) } else { None },
            title: if text(self.title.as_ref()).is_none() { text(member.title.as_ref()) } else { None },
            people: missing(&kept.people, &other.people),
            keywords: missing(&kept.metadata.keywords, &other.metadata.keywords),
            rating: if self.rating.is_none() { member.rating } else { None },
            place: if place(kept).is_none() { place(other) } else { None },
            taken: self.better_time(member),
        }
    }

    /// Returns the member's time of taking, where it is known better than the keeper's.
    fn better_time(&self, member: &Self) -> Option<CaptureTime> {
        let theirs = member.taken?;
        let Some(ours) = self.taken else { return Some(theirs) };
        let is_better = if member.is_time_set || self.is_time_set {
            member.is_time_set && !self.is_time_set && !is_same_moment(&ours, &theirs)
        } else {
            let is_guess = matches!(ours.source, TimeSource::Name | TimeSource::ExifModified);
            theirs.source < ours.source && (is_guess || !is_same_moment(&ours, &theirs))
        };
        is_better.then_some(theirs)
    }

    /// Says in words what the keeper gains, and what of the member is lost.
    pub(super) fn words(&self, member: &Self, gains: &Curation) -> Vec<String> {
        let mut words: Vec<String> =
            decisions::inherit(&self.facts, &member.facts).into_iter().map(|reason| reason.words.into_owned()).collect();
        match (text(self.title.as_ref()), text(member.title.as_ref())) {
            (None, Some(title)) => words.push(format!("the keeper has no title; this one says “{title}”")),
            (Some(kept), Some(title)) if kept != title => words.push(format!("the keeper's title “{kept}” stays; “{title}” would be lost")),
            _ => {}
        }
        match (self.rating, member.rating) {
            (Some(kept), Some(stars)) if kept != stars => words.push(format!("the keeper's rating {kept} stays; {stars} would be lost")),
            _ => {}
        }
        match (self.taken, member.taken) {
            _ if gains.taken.is_some() => words.push("the keeper's time of taking is not known as well as this one's".to_owned()),
            (Some(ours), Some(theirs)) if !is_same_moment(&ours, &theirs) => {
                words.push("the keeper's time of taking stays; this one says another".to_owned());
            }
            _ => {}
        }
        words
    }
}

/// Returns an instant as a clock's reading. What only sidecars and services tell is UTC.
pub(crate) fn reading(instant: &Instant) -> CaptureTime {
    let is_utc = matches!(instant.source, TimeSource::Sidecar | TimeSource::Listed);
    let offset_minutes = instant.offset_minutes.or(is_utc.then_some(0));
    let mut digits = 9;
    while digits > 1 && instant.nanos.is_multiple_of(10u32.pow(10 - u32::from(digits))) {
        digits -= 1;
    }
    CaptureTime {
        local_seconds: instant.utc_seconds + i64::from(offset_minutes.unwrap_or(0)) * 60,
        subsecond: (instant.nanos > 0).then_some(Subsecond { nanos: instant.nanos, digits }),
        offset_minutes,
        source: instant.source,
    }
}

/// Tells whether two readings are one moment: as instants where both know their zone, else by their clocks.
fn is_same_moment(a: &CaptureTime, b: &CaptureTime) -> bool {
    let (a, b) = a.utc_seconds().zip(b.utc_seconds()).unwrap_or((a.local_seconds, b.local_seconds));
    (a - b).abs() <= SAME_MOMENT_MAX_S
}

fn text(value: Option<&String>) -> Option<String> {
    value.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Returns what stands in the second list and not in the first, each once, in alphabetical order.
fn missing(kept: &[String], other: &[String]) -> Vec<String> {
    let mut names: Vec<String> = other.iter().filter(|name| !name.trim().is_empty() && !kept.contains(name)).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
