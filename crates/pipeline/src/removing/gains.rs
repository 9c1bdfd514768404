//! Curation as the catalog keeps it: one fact a row.

use catalog::CarriedFact;
use removal::xmp::Curation;

/// Returns the facts of a curation.
pub(super) fn facts_of(carry: &Curation) -> Vec<CarriedFact> {
    let Curation { albums, favourite, caption, title, people, keywords, rating, place, taken } = carry;
    let each = |list: &[String], fact: fn(String) -> CarriedFact| list.iter().cloned().map(fact).collect::<Vec<_>>();
    let mut facts = each(albums, CarriedFact::Album);
    facts.extend(favourite.then_some(CarriedFact::Favourite));
    facts.extend(caption.clone().map(CarriedFact::Caption));
    facts.extend(title.clone().map(CarriedFact::Title));
    facts.extend(each(people, CarriedFact::Person));
    facts.extend(each(keywords, CarriedFact::Keyword));
    facts.extend(rating.map(CarriedFact::Rating));
    facts.extend(place.map(CarriedFact::Place));
    facts.extend(taken.map(CarriedFact::Taken));
    facts
}

/// Returns the curation that these facts are.
pub(super) fn curation_of(facts: &[CarriedFact]) -> Curation {
    let mut carry = Curation::default();
    for fact in facts.iter().cloned() {
        match fact {
            CarriedFact::Album(title) => carry.albums.push(title),
            CarriedFact::Favourite => carry.favourite = true,
            CarriedFact::Caption(text) => carry.caption = Some(text),
            CarriedFact::Title(text) => carry.title = Some(text),
            CarriedFact::Person(name) => carry.people.push(name),
            CarriedFact::Keyword(word) => carry.keywords.push(word),
            CarriedFact::Rating(stars) => carry.rating = Some(stars),
            CarriedFact::Place(place) => carry.place = Some(place),
            CarriedFact::Taken(taken) => carry.taken = Some(taken),
        }
    }
    carry
}
