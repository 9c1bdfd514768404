//! A sidecar's XML as a tree that knows at which byte each thing stands, so that something can be put in without touching what is there.
//! Parsing itself is quick-xml's. It refuses what no photo program writes and a hostile file might: document types, unknown entities,
//! endless nesting.

use super::XmpError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::ops::Range;

/// Longest sidecar read, bytes. Keywords and captions take a few kilobytes, but edit histories stand in the same file, and darktable's
/// with drawn masks outgrow the 64 kB of a JPEG's segment (its issues 3542 and 7455). What is hostile costs a second at this size.
pub const SIDECAR_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Deepest nesting followed, as of packets inside photos (the fingerprint room's XMP reader).
pub(super) const DEPTH_MAX: usize = 64;
/// Most elements of a file, which bounds the tree to some 20 MB, and most attributes of one element: Lightroom writes a setting each.
pub(super) const ELEMENTS_MAX: usize = 100_000;
const ATTRIBUTES_MAX: usize = 4096;
/// Most namespaces in force at one place, since every name is looked up among them.
const NAMESPACES_MAX: usize = 256;

/// The namespace of RDF itself, which carries all of XMP.
pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The language of a text; in lists of alternatives `x-default` is the one shown.
pub(super) const LANG: Name<'static> = Name { namespace: XML, local: "lang" };

/// A name with its namespace's address, whatever prefix the file gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name<'a> {
    pub(super) namespace: &'a str,
    pub(super) local: &'a str,
}

impl<'a> Name<'a> {
    pub(super) const fn rdf(local: &'a str) -> Self {
        Name { namespace: RDF, local }
    }
}

/// An attribute; declarations of namespaces are none.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: Name<'a>,
    pub(super) value: String,
    /// Where the value's first byte stands (or the closing quote, when it is empty).
    pub(super) at: usize,
}

/// An element. Offsets are bytes of the parsed text.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub(super) name: Name<'a>,
    /// The name as the file writes it, with its prefix.
    pub(super) written: &'a str,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// The text directly inside, entities resolved.
    pub(super) text: String,
    pub(super) children: Vec<Element<'a>>,
    /// The start tag.
    pub(super) tag: Range<usize>,
    /// The end tag; empty where the start tag closes itself.
    pub(super) end: Range<usize>,
    /// Whether the prefix `rdf` stands for RDF inside this element.
    pub(super) rdf_bound: bool,
}

impl<'a> Element<'a> {
    pub(super) fn attribute(&self, name: Name<'_>) -> Option<&Attribute<'a>> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn all(&self, name: Name<'_>) -> impl Iterator<Item = &Element<'a>> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Returns whether the start tag closes itself (`<rdf:Bag/>`).
    pub(super) fn closes_itself(&self) -> bool {
        self.end.is_empty()
    }
}

/// Returns the root element of `text`.
///
/// # Errors
/// Where it is no well-formed XML, or goes beyond a bound of this file.
pub(super) fn parse(text: &str) -> Result<Element<'_>, XmpError> {
    let mut reader = Reader::from_str(text);
    let mut grower = Grower { text, open: Vec::new(), root: None, bindings: vec![("xml", XML)], marks: Vec::new(), elements: 0 };
    loop {
        let from = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| malformed(text, reader.error_position() as usize, &error))?;
        let span = from..reader.buffer_position() as usize;
        if !grower.take(event, span)? {
            break;
        }
    }
    if let Some(open) = grower.open.last() {
        return Err(malformed(text, text.len(), &format!("`{}` is not closed", open.written)));
    }
    grower.root.ok_or(XmpError::NotXmp)
}

fn malformed(text: &str, at: usize, why: &dyn std::fmt::Display) -> XmpError {
    let line = 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
    XmpError::Malformed { line, why: why.to_string() }
}

struct Grower<'a> {
    text: &'a str,
    open: Vec<Element<'a>>,
    root: Option<Element<'a>>,
    /// Prefixes in force, innermost last.
    bindings: Vec<(&'a str, &'a str)>,
    /// How many bindings were in force before each open element.
    marks: Vec<usize>,
    elements: usize,
}

impl<'a> Grower<'a> {
    /// Takes one event; `false` at the end.
    fn take(&mut self, event: Event<'_>, span: Range<usize>) -> Result<bool, XmpError> {
        match event {
            Event::Start(start) => self.start(&start, span)?,
            Event::Empty(start) => {
                let end = span.end;
                self.start(&start, span)?;
                self.close(end..end);
            }
            Event::End(_) => self.close(span),
            Event::Text(text) => self.push(&text.xml10_content(), span.start)?,
            Event::CData(text) => self.push(&text.xml10_content(), span.start)?,
            Event::GeneralRef(entity) => {
                let known = match entity.resolve_char_ref() {
                    Ok(Some(char)) => Some(char.to_string()),
                    Ok(None) => quick_xml::escape::resolve_xml_entity(&entity).map(str::to_owned),
                    Err(_) => None,
                };
                let unknown = || malformed(self.text, span.start, &format!("the entity `&{};` means nothing in XMP", &*entity));
                self.push(&known.ok_or_else(unknown)?, span.start)?;
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().transpose().map_err(|error| malformed(self.text, span.start, &error))?;
                if encoding.is_some_and(|name| !["utf-8", "us-ascii"].contains(&name.to_ascii_lowercase().as_str())) {
                    return Err(XmpError::NotUtf8);
                }
            }
            Event::DocType(_) => return Err(XmpError::DocumentType),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn push(&mut self, text: &str, at: usize) -> Result<(), XmpError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None if self.root.is_none() => return Err(XmpError::NotXmp),
            None => return Err(malformed(self.text, at, &"text after the end")),
        }
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>, span: Range<usize>) -> Result<(), XmpError> {
        self.elements += 1;
        if self.open.len() == DEPTH_MAX || self.elements > ELEMENTS_MAX {
            return Err(XmpError::TooMuch);
        }
        if self.root.is_some() {
            return Err(malformed(self.text, span.start, &"a second document after the end"));
        }
        // Events borrow from the text, so an address tells where a part of one stands.
        let at = |part: &str| part.as_ptr() as usize - self.text.as_ptr() as usize;
        let name_at = at(start);
        let written = &self.text[name_at..name_at + start.name().0.len()];
        self.marks.push(self.bindings.len());
        let mut plain = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| malformed(self.text, span.start, &error))?;
            if plain.len() == ATTRIBUTES_MAX {
                return Err(XmpError::TooMuch);
            }
            let key_at = at(attribute.key.0);
            let key = &self.text[key_at..key_at + attribute.key.0.len()];
            let value_at = at(&attribute.value);
            let Some(prefix) = (if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") }) else {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| malformed(self.text, value_at, &error))?;
                plain.push((key, value.into_owned(), value_at));
                continue;
            };
            if self.bindings.len() == NAMESPACES_MAX {
                return Err(XmpError::TooMuch);
            }
            self.bindings.push((prefix, &self.text[value_at..value_at + attribute.value.len()]));
        }
        let name = self.resolve(written, true, span.start)?;
        let mut attributes = Vec::with_capacity(plain.len());
        for (key, value, at) in plain {
            attributes.push(Attribute { name: self.resolve(key, false, at)?, value, at });
        }
        self.refuse_doubles(&attributes, span.start)?;
        let rdf_bound = self.bound("rdf") == Some(RDF);
        self.open.push(Element { name, written, attributes, text: String::new(), children: Vec::new(), tag: span, end: 0..0, rdf_bound });
        Ok(())
    }

    fn refuse_doubles(&self, attributes: &[Attribute<'a>], at: usize) -> Result<(), XmpError> {
        let mut names: Vec<Name<'_>> = attributes.iter().map(|attribute| attribute.name).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(malformed(self.text, at, &format!("the attribute `{}` stands twice", pair[0].local))),
            None => Ok(()),
        }
    }

    fn close(&mut self, end: Range<usize>) {
        self.bindings.truncate(self.marks.pop().unwrap_or(1));
        if let Some(mut element) = self.open.pop() {
            element.end = end;
            match self.open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => self.root = Some(element),
            }
        }
    }

    fn bound(&self, prefix: &str) -> Option<&'a str> {
        self.bindings.iter().rev().find(|(bound, _)| *bound == prefix).map(|(_, namespace)| *namespace)
    }

    /// Resolves a written name; the default namespace holds for elements only.
    fn resolve(&self, written: &'a str, element: bool, at: usize) -> Result<Name<'a>, XmpError> {
        match written.split_once(':') {
            None if element => Ok(Name { namespace: self.bound("").unwrap_or(""), local: written }),
            None => Ok(Name { namespace: "", local: written }),
            Some((prefix, local)) => match self.bound(prefix) {
                Some(namespace) => Ok(Name { namespace, local }),
                None => Err(malformed(self.text, at, &format!("the prefix `{prefix}` is not declared"))),
            },
        }
    }
}
