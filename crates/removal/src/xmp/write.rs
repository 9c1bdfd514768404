//! Putting things into a sidecar: insertions at byte offsets, and nothing but insertions.

use super::read::{Property, Sidecar, Spot, container, simple};
use super::tree::{Element, LANG, Name, RDF};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A sidecar that says nothing yet (ISO 16684-1 §7.3: the wrapper, with the byte order mark as `begin`).
pub(super) const BLANK: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Lookalike\">
 <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end=\"w\"?>
";

/// Longest indentation taken over from an item before, bytes.
const INDENT_MAX_BYTES: usize = 100;

/// A value to write.
#[derive(Clone, Copy)]
pub(super) enum Value<'v> {
    /// Plain text.
    Text(&'v str),
    /// Text in the default language, of which there may be translations.
    Language(&'v str),
    /// Items of an unordered list.
    Bag(&'v [String]),
}

/// What is put into one sidecar.
#[derive(Clone)]
pub(super) struct Draft<'s, 'a> {
    sidecar: &'s Sidecar<'a>,
    /// Offset in the text, and what comes in there.
    insertions: Vec<(usize, String)>,
    /// Attributes and elements of a description of our own, with the namespaces they need.
    attributes: String,
    elements: String,
    namespaces: BTreeMap<&'static str, &'static str>,
}

impl<'s, 'a> Draft<'s, 'a> {
    pub(super) fn new(sidecar: &'s Sidecar<'a>) -> Self {
        Self { sidecar, insertions: Vec::new(), attributes: String::new(), elements: String::new(), namespaces: BTreeMap::new() }
    }

    /// Sets a property that says nothing yet. Returns whether it could be: where it stands empty in a form that takes nothing, not.
    pub(super) fn set(&mut self, property: Property, value: Value<'_>) -> bool {
        match self.sidecar.find(property) {
            None => self.add_element(property, value),
            Some(Spot::Attribute(attribute)) => match value {
                Value::Text(text) | Value::Language(text) => self.insertions.push((attribute.at, escape(text))),
                Value::Bag(_) => return false,
            },
            Some(Spot::Element(element)) => match container(element) {
                Some(list) => return self.set_in_list(list, value),
                None if !plain(element) => return false,
                None => self.put_inside(element, &markup(value, element.rdf_bound)),
            },
        }
        true
    }

    /// Sets several texts, or none of them.
    pub(super) fn set_all(&mut self, values: &[(Property, String)]) -> bool {
        let before = self.clone();
        let all = values.iter().all(|(property, text)| self.set(*property, Value::Text(text)));
        if !all {
            *self = before;
        }
        all
    }

    /// Adds a property as an attribute of our own description, as the only program that reads it expects (see `fstop:favorite`).
    pub(super) fn set_attribute(&mut self, property: Property, text: &str) -> bool {
        if self.sidecar.find(property).is_some() {
            return self.set(property, Value::Text(text));
        }
        self.namespaces.insert(property.prefix, property.name.namespace);
        write!(self.attributes, "\n    {}:{}=\"{}\"", property.prefix, property.name.local, escape(text)).expect("a string takes all");
        true
    }

    /// Appends items to a list, which may be absent, empty, or a single text. Returns whether it could be.
    pub(super) fn append(&mut self, property: Property, items: &[String]) -> bool {
        let Some(Spot::Element(element)) = self.sidecar.find(property) else {
            return self.set(property, Value::Bag(items));
        };
        if container(element).is_some() || simple(element).is_empty() {
            return self.set(property, Value::Bag(items));
        }
        if !plain(element) {
            return false;
        }
        let (open, close) = ("<rdf:Bag><rdf:li>", "</rdf:Bag>");
        let open = if element.rdf_bound { open.to_owned() } else { open.replacen('>', &format!(" xmlns:rdf=\"{RDF}\">"), 1) };
        self.insertions.push((element.tag.end, open));
        self.insertions.push((element.end.start, format!("</rdf:li>{}{close}", lines(items, "", true))));
        true
    }

    /// Puts `digits` before the `0` that a property is, so that `4.` makes it `4.0`: the type of a rating is Real, and no byte goes.
    /// Returns whether it is just `0`.
    pub(super) fn put_before_zero(&mut self, property: Property, digits: &str) -> bool {
        let text = self.sidecar.text;
        let at = match self.sidecar.find(property) {
            Some(Spot::Attribute(zero)) if zero.value == "0" && text[zero.at..].starts_with('0') => zero.at,
            Some(Spot::Element(element)) if plain(element) && text[element.tag.end..element.end.start].trim() == "0" => {
                element.tag.end + text[element.tag.end..].find('0').expect("it was just seen")
            }
            _ => return false,
        };
        self.insertions.push((at, digits.to_owned()));
        true
    }

    fn set_in_list(&mut self, list: &Element<'_>, value: Value<'_>) -> bool {
        let existing: Vec<&Element<'_>> = list.all(Name::rdf("li")).collect();
        match value {
            Value::Bag(items) => match list.children.iter().rposition(|child| child.name == Name::rdf("li")) {
                Some(last) => {
                    let before = if last == 0 { list.tag.end } else { list.children[last - 1].end.end };
                    let indent = self.sidecar.text.get(before..list.children[last].tag.start).unwrap_or("");
                    let indent = if indent.len() <= INDENT_MAX_BYTES && indent.trim().is_empty() { indent } else { "" };
                    self.insertions.push((list.children[last].end.end, lines(items, indent, list.rdf_bound)));
                }
                None => self.put_inside(list, &lines(items, "", list.rdf_bound)),
            },
            Value::Text(text) | Value::Language(text) => {
                let default = |item: &&&Element<'_>| item.attribute(LANG).is_some_and(|lang| lang.value == "x-default");
                match existing.iter().find(default).or(existing.first()) {
                    Some(item) if !plain(item) => return false,
                    Some(item) => self.put_inside(item, &escape(text)),
                    None => self.put_inside(list, &default_line(text, list.rdf_bound)),
                }
            }
        }
        true
    }

    /// Puts markup first into an element. One that closes itself is opened: `<a/>` becomes `<a>…</a>`, its own bytes in their order.
    fn put_inside(&mut self, element: &Element<'_>, markup: &str) {
        if element.closes_itself() {
            let slash = element.tag.end - 2;
            self.insertions.push((slash, format!(">{markup}<")));
            self.insertions.push((slash + 1, element.written.to_owned()));
        } else {
            self.insertions.push((element.tag.end, markup.to_owned()));
        }
    }

    fn add_element(&mut self, property: Property, value: Value<'_>) {
        let name = format!("{}:{}", property.prefix, property.name.local);
        self.namespaces.insert(property.prefix, property.name.namespace);
        write!(self.elements, "\n   <{name}>{}</{name}>", markup(value, true)).expect("a string takes all");
    }

    /// Returns `bytes`, those of the sidecar, with all that was put in.
    pub(super) fn apply(mut self, bytes: &[u8]) -> Vec<u8> {
        self.describe();
        self.insertions.sort_by_key(|(at, _)| *at);
        let mut merged = Vec::with_capacity(bytes.len() + self.insertions.iter().map(|(_, text)| text.len()).sum::<usize>());
        let mut done = 0;
        for (at, text) in &self.insertions {
            let at = self.sidecar.base + at;
            merged.extend_from_slice(&bytes[done..at]);
            merged.extend_from_slice(text.as_bytes());
            done = at;
        }
        merged.extend_from_slice(&bytes[done..]);
        merged
    }

    /// Puts our own description after the last thing that is said.
    fn describe(&mut self) {
        if self.namespaces.is_empty() {
            return;
        }
        let rdf = &self.sidecar.rdf;
        if !rdf.rdf_bound {
            self.namespaces.insert("rdf", RDF);
        }
        let mut description = format!("\n  <rdf:Description rdf:about=\"{}\"", escape(self.sidecar.about()));
        for (prefix, namespace) in &self.namespaces {
            write!(description, "\n    xmlns:{prefix}=\"{namespace}\"").expect("a string takes all");
        }
        description.push_str(&self.attributes);
        if self.elements.is_empty() {
            description.push_str("/>");
        } else {
            write!(description, ">{}\n  </rdf:Description>", self.elements).expect("a string takes all");
        }
        match rdf.children.last() {
            Some(last) => self.insertions.push((last.end.end, description)),
            None => self.put_inside(rdf, &description),
        }
    }
}

/// Returns whether an element holds text and nothing else, and is not said to hold anything else.
fn plain(element: &Element<'_>) -> bool {
    element.children.is_empty() && element.attributes.iter().all(|attribute| attribute.name == LANG)
}

fn markup(value: Value<'_>, rdf_bound: bool) -> String {
    let (kind, inside) = match value {
        Value::Text(text) => return escape(text),
        Value::Language(text) => ("Alt", default_line(text, true)),
        Value::Bag(items) => ("Bag", lines(items, "", true)),
    };
    format!("<rdf:{kind}{}>{inside}</rdf:{kind}>", declaration(rdf_bound))
}

fn declaration(rdf_bound: bool) -> String {
    if rdf_bound { String::new() } else { format!(" xmlns:rdf=\"{RDF}\"") }
}

fn default_line(text: &str, rdf_bound: bool) -> String {
    format!("<rdf:li{} xml:lang=\"x-default\">{}</rdf:li>", declaration(rdf_bound), escape(text))
}

fn lines(items: &[String], indent: &str, rdf_bound: bool) -> String {
    let declaration = declaration(rdf_bound);
    items.iter().map(|item| format!("{indent}<rdf:li{declaration}>{}</rdf:li>", escape(item))).collect()
}

/// Returns text for an element or an attribute; line ends and tabs as references, since attributes would turn them into blanks.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            c => escaped.push(c),
        }
    }
    escaped
}
