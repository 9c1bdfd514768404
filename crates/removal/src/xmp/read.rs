//! What a sidecar says: finds each property, as an attribute or an element, in any of the descriptions and under any prefix.

use super::tree::{self, Attribute, Element, LANG, Name, SIDECAR_MAX_BYTES};
use super::{Curation, XmpError, fact::clean, gps, time};
use model::GeoPoint;
use std::collections::{BTreeSet, HashSet};

const DC: &str = "http://purl.org/dc/elements/1.1/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";

/// A property: its name, and the prefix it is usually written with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property {
    pub(super) prefix: &'static str,
    pub(super) name: Name<'static>,
}

const fn property(prefix: &'static str, namespace: &'static str, local: &'static str) -> Property {
    Property { prefix, name: Name { namespace, local } }
}

pub(super) const SUBJECT: Property = property("dc", DC, "subject");
pub(super) const HIERARCHY: Property = property("lr", "http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject");
pub(super) const TAGS_LIST: Property = property("digiKam", "http://www.digikam.org/ns/1.0/", "TagsList");
pub(super) const PEOPLE: Property = property("Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "PersonInImage");
pub(super) const CAPTION: Property = property("dc", DC, "description");
pub(super) const TITLE: Property = property("dc", DC, "title");
pub(super) const RATING: Property = property("xmp", "http://ns.adobe.com/xap/1.0/", "Rating");
pub(super) const FAVOURITE: Property = property("fstop", "http://www.fstopapp.com/xmp/", "favorite");
pub(super) const LATITUDE: Property = property("exif", EXIF, "GPSLatitude");
pub(super) const LONGITUDE: Property = property("exif", EXIF, "GPSLongitude");
const LATITUDE_REF: Property = property("exif", EXIF, "GPSLatitudeRef");
const LONGITUDE_REF: Property = property("exif", EXIF, "GPSLongitudeRef");
pub(super) const ALTITUDE: Property = property("exif", EXIF, "GPSAltitude");
pub(super) const ALTITUDE_REF: Property = property("exif", EXIF, "GPSAltitudeRef");
pub(super) const TAKEN: Property = property("exif", EXIF, "DateTimeOriginal");
pub(super) const CREATED: Property = property("photoshop", "http://ns.adobe.com/photoshop/1.0/", "DateCreated");

const ALL: [Property; 16] = [
    SUBJECT,
    HIERARCHY,
    TAGS_LIST,
    PEOPLE,
    CAPTION,
    TITLE,
    RATING,
    FAVOURITE,
    LATITUDE,
    LATITUDE_REF,
    LONGITUDE,
    LONGITUDE_REF,
    ALTITUDE,
    ALTITUDE_REF,
    TAKEN,
    CREATED,
];

/// The first level of the tags that say in which albums a photo is.
pub(super) const ALBUMS: &str = "Albums|";
/// The tags that darktable sets by itself (`darktable|format|jpg`): no person's own.
const DARKTABLE: &str = "darktable|";

/// A sidecar, understood.
pub(super) struct Sidecar<'a> {
    /// `rdf:RDF`.
    pub(super) rdf: Element<'a>,
    pub(super) text: &'a str,
    /// Where `text` begins in the file: after a byte order mark.
    pub(super) base: usize,
}

/// Where a property stands.
#[derive(Clone, Copy)]
pub(super) enum Spot<'t, 'a> {
    Attribute(&'t Attribute<'a>),
    Element(&'t Element<'a>),
}

/// Returns what a sidecar says of the curation.
///
/// # Errors
/// Where it cannot be read, or says one thing twice.
pub fn read(bytes: &[u8]) -> Result<Curation, XmpError> {
    Ok(Sidecar::parse(bytes)?.curation())
}

impl<'a> Sidecar<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, XmpError> {
        if bytes.len() > SIDECAR_MAX_BYTES {
            return Err(XmpError::TooLarge);
        }
        let (base, rest) = bytes.strip_prefix("\u{feff}".as_bytes()).map_or((0, bytes), |rest| (3, rest));
        // UTF-16 and UTF-32 have a zero in nearly every character of the markup, which UTF-8 never has.
        let text = std::str::from_utf8(rest).ok().filter(|text| !text.contains('\0')).ok_or(XmpError::NotUtf8)?;
        let root = tree::parse(text)?;
        let rdf = if root.name == Name::rdf("RDF") {
            root
        } else {
            let mut inside = root.children.into_iter().filter(|child| child.name == Name::rdf("RDF"));
            let rdf = inside.next().ok_or(XmpError::NotXmp)?;
            if inside.next().is_some() {
                return Err(XmpError::TwoValues { property: "RDF".to_owned() });
            }
            rdf
        };
        let sidecar = Self { rdf, text, base };
        sidecar.refuse_two()?;
        Ok(sidecar)
    }

    fn refuse_two(&self) -> Result<(), XmpError> {
        let two = ALL.into_iter().find(|property| self.spots(*property).nth(1).is_some());
        if let Some(property) = two {
            return Err(XmpError::TwoValues { property: property.name.local.to_owned() });
        }
        let subjects: BTreeSet<&str> = self.subjects().collect();
        if subjects.len() > 1 { Err(XmpError::TwoSubjects) } else { Ok(()) }
    }

    fn subjects(&self) -> impl Iterator<Item = &str> {
        self.rdf
            .all(Name::rdf("Description"))
            .filter_map(|description| description.attribute(Name::rdf("about")))
            .map(|about| about.value.as_str())
            .filter(|about| !about.is_empty())
    }

    /// Returns what the descriptions speak of; nearly always empty, for the file itself.
    pub(super) fn about(&self) -> &str {
        self.subjects().next().unwrap_or("")
    }

    fn spots(&self, property: Property) -> impl Iterator<Item = Spot<'_, 'a>> {
        self.rdf.all(Name::rdf("Description")).flat_map(move |description| {
            let attributes = description.attributes.iter().filter(move |attribute| attribute.name == property.name).map(Spot::Attribute);
            attributes.chain(description.all(property.name).map(Spot::Element))
        })
    }

    pub(super) fn find(&self, property: Property) -> Option<Spot<'_, 'a>> {
        self.spots(property).next()
    }

    /// Returns the text of a property, of a list the item in the default language or the first; `None` where it says nothing.
    pub(super) fn value(&self, property: Property) -> Option<String> {
        let text = match self.find(property)? {
            Spot::Attribute(attribute) => clean(&attribute.value),
            Spot::Element(element) => match container(element) {
                Some(list) => {
                    let lines: Vec<&Element<'_>> = list.all(Name::rdf("li")).filter(|item| !simple(item).is_empty()).collect();
                    let default = |item: &&&Element<'_>| item.attribute(LANG).is_some_and(|lang| lang.value == "x-default");
                    lines.iter().find(default).or(lines.first()).map(|item| simple(item)).unwrap_or_default()
                }
                None => simple(element),
            },
        };
        (!text.is_empty()).then_some(text)
    }

    /// Returns the items of a list in order, without what is empty or stands twice.
    pub(super) fn items(&self, property: Property) -> Vec<String> {
        let items = match self.find(property) {
            None => return Vec::new(),
            Some(Spot::Attribute(attribute)) => vec![clean(&attribute.value)],
            Some(Spot::Element(element)) => match container(element) {
                Some(list) => list.all(Name::rdf("li")).map(simple).collect(),
                None => vec![simple(element)],
            },
        };
        let mut seen = HashSet::new();
        items.into_iter().filter(|item| !item.is_empty() && seen.insert(item.clone())).collect()
    }

    /// Returns all tags, of whichever list, with `|` between levels.
    pub(super) fn tags(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let digikam = self.items(TAGS_LIST).into_iter().map(|tag| swap_levels(&tag));
        let all = self.items(SUBJECT).into_iter().chain(self.items(HIERARCHY)).chain(digikam);
        all.filter(|tag| seen.insert(tag.clone())).collect()
    }

    /// Returns latitude and longitude where both can be read.
    pub(super) fn position(&self) -> Option<(f64, f64)> {
        let degrees = |value, reference| gps::parse(&self.value(value)?, self.value(reference).as_deref());
        Some((degrees(LATITUDE, LATITUDE_REF)?, degrees(LONGITUDE, LONGITUDE_REF)?))
    }

    pub(super) fn altitude_m(&self) -> Option<f64> {
        let below = self.value(ALTITUDE_REF).is_some_and(|reference| reference == "1");
        gps::parse_altitude(&self.value(ALTITUDE)?, below)
    }

    pub(super) fn favourite(&self) -> bool {
        self.value(FAVOURITE).is_some_and(|mark| mark == "1" || mark.eq_ignore_ascii_case("true"))
    }

    fn curation(&self) -> Curation {
        let tags = self.tags();
        let automatic: HashSet<&str> = tags.iter().filter(|tag| tag.starts_with(DARKTABLE)).flat_map(|tag| tag.split('|')).collect();
        let own: HashSet<&str> =
            tags.iter().filter(|tag| tag.contains('|') && !tag.starts_with(DARKTABLE)).flat_map(|tag| tag.split('|')).collect();
        let automatic = |tag: &str| tag.starts_with(DARKTABLE) || automatic.contains(tag) && !own.contains(tag);
        let (albums, keywords): (Vec<String>, Vec<String>) =
            tags.iter().filter(|tag| !automatic(tag)).cloned().partition(|tag| tag.starts_with(ALBUMS));
        let place = self.position().map(|(latitude, longitude)| GeoPoint { latitude, longitude, altitude_m: self.altitude_m() });
        Curation {
            albums: albums.iter().map(|tag| tag[ALBUMS.len()..].to_owned()).collect(),
            favourite: self.favourite(),
            caption: self.value(CAPTION),
            title: self.value(TITLE),
            people: self.items(PEOPLE),
            keywords,
            rating: self.value(RATING).and_then(|stars| stars_of(&stars)),
            place,
            taken: [TAKEN, CREATED].into_iter().find_map(|property| time::parse(&self.value(property)?)),
        }
        .cleaned()
    }
}

/// Returns a tag of digiKam's list, where `/` parts the levels, as Lightroom writes it, and back. A `/` inside a level stands there as
/// `|`, as Immich writes it.
pub(super) fn swap_levels(tag: &str) -> String {
    tag.chars()
        .map(|c| {
            if c == '/' {
                '|'
            } else if c == '|' {
                '/'
            } else {
                c
            }
        })
        .collect()
}

/// Returns stars of `4`, `4.0` or `-1`.
pub(super) fn stars_of(text: &str) -> Option<i8> {
    let stars = text.parse::<f64>().ok().filter(|stars| (-1.0..=5.0).contains(stars))?;
    Some(stars.round() as i8)
}

/// Returns the list that an element holds, whichever kind.
pub(super) fn container<'t, 'a>(element: &'t Element<'a>) -> Option<&'t Element<'a>> {
    let kinds = ["Bag", "Seq", "Alt"].map(Name::rdf);
    element.children.iter().find(|child| kinds.contains(&child.name))
}

/// Returns the simple value of a property or an item: its text, or `rdf:value` where it carries qualifiers (ISO 16684-1 §7.8), or the
/// address it refers to.
pub(super) fn simple(element: &Element<'_>) -> String {
    let qualified = |element: &Element<'_>| {
        let attribute = element.attribute(Name::rdf("value")).map(|attribute| attribute.value.clone());
        attribute.or_else(|| element.all(Name::rdf("value")).next().map(|value| value.text.clone()))
    };
    let described = || element.all(Name::rdf("Description")).next().and_then(qualified);
    let resource = || element.attribute(Name::rdf("resource")).map(|attribute| attribute.value.clone());
    clean(&qualified(element).or_else(described).or_else(resource).unwrap_or_else(|| element.text.clone()))
}
