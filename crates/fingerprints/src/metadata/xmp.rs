//! XMP: a small reader that takes damage as it comes, since packets are cut, doubled and edited by hand. It knows just enough of XML and
//! RDF to find the simple properties and lists of the file itself; what is nested in structures (history, ingredients) is left out,
//! since it speaks of other files. Sources: ISO 16684-1; Google's GCamera and Container namespaces (developer.android.com, motion photo
//! format 1.0).

use super::{Reading, add_keyword, camera, fill, text};
use model::TimeSource;
use std::collections::BTreeMap;

/// Longest packet read, bytes; beyond lie depth maps and the like.
const PACKET_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting followed.
const DEPTH_MAX: usize = 64;
/// Longest entity (`&#x10ffff;`) and longest declaration of a namespace, bytes.
const ENTITY_MAX_BYTES: usize = 10;
const DECLARATION_MAX_BYTES: usize = 300;
/// Most property values kept.
const VALUES_MAX: usize = 5000;
/// Longest value kept, bytes.
const VALUE_MAX_BYTES: usize = 32 * 1024;

const DC: &str = "http://purl.org/dc/elements/1.1/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";
const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
const AUX: &str = "http://ns.adobe.com/exif/1.0/aux/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const GCAMERA: &str = "http://ns.google.com/photos/1.0/camera/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const META: &str = "adobe:ns:meta/";

/// The simple properties of a packet: namespace and name, and the values in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Xmp {
    values: BTreeMap<(String, String), Vec<String>>,
    count: usize,
}

impl Xmp {
    /// Returns the properties of a packet (UTF-8). Never fails: what follows damage may be missing.
    pub(crate) fn parse(packet: &[u8]) -> Self {
        let packet = String::from_utf8_lossy(&packet[..packet.len().min(PACKET_MAX_BYTES)]);
        let mut reader = Reader { xmp: Xmp::default(), prefixes: prefixes(&packet), open: Vec::new(), text: String::new() };
        reader.read(&packet);
        reader.xmp
    }

    /// Returns the first value of a property.
    fn first(&self, namespace: &str, name: &str) -> Option<&str> {
        self.all(namespace, name).first().map(String::as_str)
    }

    fn all(&self, namespace: &str, name: &str) -> &[String] {
        self.values.get(&(namespace.to_owned(), name.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    fn add(&mut self, (namespace, name): (&str, &str), value: &str) {
        let value = value.trim();
        if value.is_empty() || self.count == VALUES_MAX {
            return;
        }
        self.count += 1;
        let mut end = value.len().min(VALUE_MAX_BYTES);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        self.values.entry((namespace.to_owned(), name.to_owned())).or_default().push(value[..end].to_owned());
    }

    /// Adds to a reading what it does not know yet.
    pub(crate) fn tell(&self, reading: &mut Reading) {
        let owned = |namespace, name| self.first(namespace, name).map(str::to_owned);
        let known = &mut reading.metadata;
        fill(&mut known.make, owned(TIFF, "Make"));
        fill(&mut known.model, owned(TIFF, "Model"));
        fill(&mut known.lens, owned(AUX, "Lens"));
        fill(&mut known.software, owned(XMP, "CreatorTool"));
        fill(&mut known.serial, self.first(AUX, "SerialNumber").and_then(text::serial));
        fill(&mut known.rating, self.first(XMP, "Rating").and_then(|stars| camera::rating(stars.parse().ok()?)));
        for keyword in self.all(DC, "subject") {
            add_keyword(&mut known.keywords, keyword);
        }
        fill(&mut reading.xmp_caption, owned(DC, "description"));
        let time = |namespace, name, source| text::zoned_time(self.first(namespace, name)?, source);
        // `xmp:CreateDate` is when the file was made: programs set it anew when they turn or export a picture, so it identifies no shot.
        let taken = time(EXIF, "DateTimeOriginal", TimeSource::Xmp)
            .or_else(|| time(PHOTOSHOP, "DateCreated", TimeSource::Xmp))
            .or_else(|| time(XMP, "CreateDate", TimeSource::ExifModified));
        fill(&mut reading.xmp_time, taken);
        reading.motion |= ["MotionPhoto", "MicroVideo"].iter().any(|name| self.first(GCAMERA, name) == Some("1"));
    }

    /// Returns rating, keywords and caption (of a film's packet).
    pub(crate) fn tell_curation(&self, known: &mut model::Metadata) {
        let mut reading = Reading::default();
        self.tell(&mut reading);
        fill(&mut known.rating, reading.metadata.rating);
        fill(&mut known.caption, reading.xmp_caption);
        reading.metadata.keywords.iter().for_each(|keyword| add_keyword(&mut known.keywords, keyword));
    }
}

/// Returns prefix → namespace of all declarations, wherever they stand.
fn prefixes(packet: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (at, _) in packet.match_indices("xmlns:").take(VALUES_MAX) {
        let mut end = packet.len().min(at + DECLARATION_MAX_BYTES);
        while !packet.is_char_boundary(end) {
            end -= 1;
        }
        let Some((prefix, rest)) = packet[at + 6..end].split_once('=') else { continue };
        let rest = rest.trim_start();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let Some((uri, _)) = rest[1..].split_once(quote) else { continue };
        found.entry(prefix.trim().to_owned()).or_insert_with(|| uri.to_owned());
    }
    found
}

/// A property or a piece of RDF's scaffolding, by namespace and name.
type Name = (String, String);

struct Reader {
    xmp: Xmp,
    prefixes: BTreeMap<String, String>,
    open: Vec<Name>,
    text: String,
}

impl Reader {
    fn read(&mut self, packet: &str) {
        let mut rest = packet;
        while let Some(at) = rest.find('<') {
            self.push_text(&rest[..at]);
            rest = &rest[at..];
            let skipped = [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")].into_iter().find(|(start, _)| rest.starts_with(start));
            let (inside, after) = match skipped {
                Some((start, end)) => match rest[start.len()..].split_once(end) {
                    Some((inside, after)) => (inside, after),
                    None => return,
                },
                None => match tag_end(rest) {
                    Some(end) => (&rest[1..end], &rest[end + 1..]),
                    None => return,
                },
            };
            match skipped {
                Some(("<![CDATA[", _)) if self.text.len() < VALUE_MAX_BYTES => self.text.push_str(inside),
                Some(_) => {}
                None => self.tag(inside),
            }
            rest = after;
        }
    }

    fn push_text(&mut self, raw: &str) {
        if self.text.len() < VALUE_MAX_BYTES {
            self.text.push_str(&unescaped(raw));
        }
    }

    fn tag(&mut self, inside: &str) {
        if let Some(name) = inside.strip_prefix('/') {
            return self.close(name.trim());
        }
        let (inside, closed) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        self.text.clear();
        if self.open.len() < DEPTH_MAX {
            self.open.push(self.name(name));
        }
        if self.open.iter().all(is_scaffolding) {
            self.attributes(attributes);
        }
        if closed {
            self.close(name);
        }
    }

    fn attributes(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return };
            let Some((value, after)) = after[1..].split_once(quote) else { return };
            rest = after;
            let name = self.name(name.trim());
            if !is_scaffolding(&name) && !name.0.is_empty() {
                self.xmp.add((&name.0, &name.1), &unescaped(value));
            }
        }
    }

    /// Closes the innermost element of that name; an end tag without a start is passed over.
    fn close(&mut self, name: &str) {
        let name = self.name(name);
        if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            if at + 1 == self.open.len()
                && let Some(property) = self.property()
            {
                let text = std::mem::take(&mut self.text);
                self.xmp.add((&property.0, &property.1), &text);
            }
            self.open.truncate(at);
        }
        self.text.clear();
    }

    /// Returns the property that the innermost element belongs to: the only one open that is no scaffolding. `None` outside of
    /// properties, and inside of structures.
    fn property(&self) -> Option<Name> {
        let mut real = self.open.iter().filter(|name| !is_scaffolding(name));
        let property = real.next()?;
        real.next().is_none().then(|| property.clone())
    }

    fn name(&self, raw: &str) -> Name {
        match raw.split_once(':') {
            Some((prefix, local)) => {
                (self.prefixes.get(prefix).cloned().unwrap_or_else(|| usual_namespace(prefix).to_owned()), local.to_owned())
            }
            None => (String::new(), raw.to_owned()),
        }
    }
}

fn is_scaffolding(name: &Name) -> bool {
    name.0 == RDF || name.0 == META || name.0 == "xml"
}

/// What a prefix means where its declaration was lost.
fn usual_namespace(prefix: &str) -> &str {
    match prefix {
        "dc" => DC,
        "xmp" | "xap" => XMP,
        "tiff" => TIFF,
        "exif" => EXIF,
        "aux" => AUX,
        "photoshop" => PHOTOSHOP,
        "GCamera" => GCAMERA,
        "rdf" => RDF,
        "x" => META,
        other => other,
    }
}

/// Returns where the tag that starts `text` ends, quoted `>` passed over.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn unescaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest.bytes().take(ENTITY_MAX_BYTES).position(|b| b == b';').map(|end| (&rest[1..end], end + 1));
        let (character, taken) = entity.and_then(|(name, taken)| Some((entity_char(name)?, taken))).unwrap_or(('&', 1));
        out.push(character);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

fn entity_char(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = number.strip_prefix('x').map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            char::from_u32(code?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: &str = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:xap="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
   xmlns:Camera="http://ns.google.com/photos/1.0/camera/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
   xap:Rating="4" Camera:MotionPhoto="1" xap:CreateDate="2019-06-06T07:29:51.5+02:00">
  <!-- <dc:subject>not this</dc:subject> -->
  <dc:description><rdf:Alt><rdf:li xml:lang="x-default">At the lake &amp; sea &#x2764;</rdf:li><rdf:li xml:lang="de">Am See</rdf:li></rdf:Alt></dc:description>
  <dc:subject><rdf:Bag><rdf:li>lake</rdf:li><rdf:li><![CDATA[<sea>]]></rdf:li><rdf:li>lake</rdf:li></rdf:Bag></dc:subject>
  <xmpMM:History><rdf:Seq><rdf:li rdf:parseType="Resource" xap:Label="x"><dc:subject>other file's</dc:subject></rdf:li></rdf:Seq></xmpMM:History>
 </rdf:Description></rdf:RDF></x:xmpmeta>"#;

    fn told(packet: &str) -> Reading {
        let mut reading = Reading::default();
        Xmp::parse(packet.as_bytes()).tell(&mut reading);
        reading
    }

    #[test]
    fn properties_lists_and_nothing_nested() {
        let reading = told(PACKET);
        assert_eq!(reading.xmp_caption.as_deref(), Some("At the lake & sea ❤"));
        assert_eq!(reading.metadata.keywords, ["lake", "<sea>"]);
        assert_eq!(reading.metadata.rating, Some(4));
        assert!(reading.motion);
        assert_eq!(reading.xmp_time.map(|t| (t.local_seconds, t.offset_minutes)), Some((1_559_806_191, Some(120))));
    }

    #[test]
    fn a_cut_packet_tells_what_it_can() {
        for cut in 0..PACKET.len() {
            let _no_panic = Xmp::parse(&PACKET.as_bytes()[..cut]);
        }
        let until_lake = &PACKET[..PACKET.find("<![CDATA[").expect("there")];
        assert_eq!(told(until_lake).metadata.keywords, ["lake"]);
    }

    #[test]
    fn hostile_packets_end() {
        for hostile in ["&", "<a", "<a>", "</a>", "xmlns:", "<![CDATA[", "<a b='", "<x:a>&#"] {
            let _no_panic = Xmp::parse(hostile.repeat(20_000).as_bytes());
        }
        let many = format!("<rdf:Description>{}</rdf:Description>", "<dc:subject>k</dc:subject>".repeat(VALUES_MAX + 1));
        assert_eq!(Xmp::parse(many.as_bytes()).all(DC, "subject").len(), VALUES_MAX);
        let long = format!("<dc:description>{}</dc:description>", "é".repeat(VALUE_MAX_BYTES));
        assert_eq!(told(&long).xmp_caption.map(|c| c.len()), Some(VALUE_MAX_BYTES));
    }
}
