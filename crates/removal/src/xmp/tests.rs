//! Merging into sidecars of many styles: tables, properties, hostile input.

use super::samples::{APPLE, DARKTABLE, DIGIKAM, EXIFTOOL, LIGHTROOM};
use super::*;
use model::{CaptureTime, GeoPoint};
use proptest::prelude::*;

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn at(text: &str) -> Option<CaptureTime> {
    Some(time::parse(text).expect("a time"))
}

fn place(latitude: f64, longitude: f64, altitude_m: Option<f64>) -> Option<GeoPoint> {
    Some(GeoPoint { latitude, longitude, altitude_m })
}

fn full() -> Curation {
    Curation {
        albums: texts(&["Summer | by the sea", "AC/DC"]),
        favourite: true,
        caption: Some("Line one\nline <two> & \"three\"".to_owned()),
        title: Some("Title".to_owned()),
        people: texts(&["Ann", "Zoë"]),
        keywords: texts(&["Rome", "Places|Italy|Rome"]),
        rating: Some(4),
        place: place(-33.856_784, 151.215_297, Some(-12.5)),
        taken: at("2021-05-03T10:11:12.34+02:00"),
    }
}

fn subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}

/// Merges, and holds what must hold of every merge.
fn merged(existing: &str, gains: &Curation) -> Merged {
    let merged = merge(Some(existing.as_bytes()), gains).unwrap_or_else(|error| panic!("{error}\n{existing}"));
    assert!(subsequence(existing.as_bytes(), &merged.bytes), "bytes of the sidecar are gone");
    if merged.added.is_empty() {
        assert_eq!(String::from_utf8_lossy(&merged.bytes), existing, "nothing was added, and yet it changed");
    }
    let again = merge(Some(&merged.bytes), gains).expect("what was merged can be merged");
    assert_eq!((again.added, again.kept), (Vec::new(), merged.kept.clone()), "the second merge is not still");
    assert_eq!(again.bytes, merged.bytes);
    merged
}

fn words(facts: &[Fact]) -> Vec<String> {
    facts.iter().map(Fact::to_string).collect()
}

fn stays(conflicts: &[Conflict]) -> Vec<String> {
    conflicts.iter().map(|conflict| format!("{}: {}", conflict.fact, conflict.stays)).collect()
}

fn near(one: Option<GeoPoint>, other: Option<GeoPoint>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return one == other };
    let altitude = one.altitude_m.zip(other.altitude_m).map_or(one.altitude_m == other.altitude_m, |(a, b)| (a - b).abs() <= 0.0006);
    (one.latitude - other.latitude).abs() < 1e-7 && (one.longitude - other.longitude).abs() < 1e-7 && altitude
}

/// A sidecar of one description with the namespaces that tests need.
fn sidecar(attributes: &str, elements: &str) -> String {
    format!(
        r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:xap="http://ns.adobe.com/xap/1.0/"
 xmlns:f="http://www.fstopapp.com/xmp/" xmlns:p="http://ns.adobe.com/photoshop/1.0/" xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:l="http://ns.adobe.com/lightroom/1.0/" xmlns:dk="http://www.digikam.org/ns/1.0/" {attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>"#
    )
}

#[test]
fn a_new_sidecar_says_all_and_reads_back() {
    let gains = full();
    let made = merge(None, &gains).unwrap();
    let text = String::from_utf8(made.bytes.clone()).unwrap();
    assert!(text.starts_with("<?xpacket begin=\"\u{feff}\" id="), "{text}");
    assert!(text.contains("fstop:favorite=\"1\"") && text.contains("<exif:GPSLatitude>33,51.407040S</exif:GPSLatitude>"), "{text}");
    assert!(text.contains("<rdf:li>Albums|AC/DC</rdf:li>") && text.contains("<xmp:Rating>4</xmp:Rating>"), "{text}");
    assert!(text.contains("<photoshop:DateCreated>2021-05-03T10:11:12.34+02:00<"), "{text}");
    assert_eq!(made.kept, []);
    assert_eq!(made.added.len(), 12);
    let back = read(&made.bytes).unwrap();
    assert!(near(back.place, gains.place), "{:?}", back.place);
    assert_eq!(Curation { place: None, taken: None, ..back.clone() }, Curation { place: None, taken: None, ..gains.clone() });
    assert_eq!(back.taken, gains.taken);
    assert_eq!(merged(&text, &gains).added, []);
}

#[test]
fn nothing_to_say_adds_nothing() {
    for existing in [LIGHTROOM, DARKTABLE, DIGIKAM, APPLE, EXIFTOOL] {
        assert_eq!(merged(existing, &Curation::default()).added, []);
    }
    let nothing = Curation {
        albums: texts(&["", " "]),
        caption: Some("\u{1}\u{0} ".to_owned()),
        rating: Some(0),
        place: place(0.000_001, 0.0, Some(3.0)),
        ..Curation::default()
    };
    assert_eq!(merge(None, &nothing).unwrap().added, []);
}

#[test]
fn each_program_is_read() {
    let lightroom = read(LIGHTROOM.as_bytes()).unwrap();
    assert_eq!(lightroom.keywords, texts(&["Rome", "beach & sun", "Places|Italy|Rome"]));
    assert_eq!((lightroom.caption.as_deref(), lightroom.rating), (Some("Evening"), Some(3)));
    assert!(near(lightroom.place, place(48.858_27, 2.294_5, None)), "{:?}", lightroom.place);
    assert_eq!(lightroom.taken, at("2021-05-03T10:11:12.34"));
    let darktable = read(DARKTABLE.as_bytes()).unwrap();
    assert_eq!((darktable.keywords, darktable.rating), (texts(&["cat"]), None));
    let digikam = read(DIGIKAM.as_bytes()).unwrap();
    assert_eq!((digikam.keywords, digikam.caption), (texts(&["Kyoto", "Places|Kyoto"]), None));
    let apple = read(APPLE.as_bytes()).unwrap();
    assert_eq!(apple.caption.as_deref(), Some("A bare text"));
    assert!(near(apple.place, place(-33.71, -118.3, None)), "{:?}", apple.place);
    assert_eq!(apple.taken.and_then(|taken| taken.offset_minutes), Some(-420));
    let exiftool = read(EXIFTOOL.as_bytes()).unwrap();
    assert_eq!((exiftool.title.as_deref(), exiftool.rating), (Some("A <title>"), Some(4)));
}

#[test]
fn each_program_keeps_its_own_and_takes_the_rest() {
    let gains = full();
    let check = |existing: &str, kept: &[&str]| {
        let merged = merged(existing, &gains);
        assert_eq!(stays(&merged.kept), kept, "in {existing}");
        let (before, after) = (read(existing.as_bytes()).unwrap(), read(&merged.bytes).unwrap());
        assert!(after.favourite && after.albums == gains.albums && after.people == gains.people);
        assert!(before.keywords.iter().chain(&gains.keywords).all(|keyword| after.keywords.contains(keyword)), "{:?}", after.keywords);
        assert!(before.caption.is_none() || before.caption == after.caption);
        String::from_utf8(merged.bytes).unwrap()
    };
    let caption = r#"caption `Line one
line <two> & "three"`"#;
    let there = "place -33.85678, 151.21530, -12 m";
    let lightroom = check(LIGHTROOM, &[&format!("{caption}: Evening"), "rating 4: 3", &format!("{there}: 48,51.4962N, 2,17.67E")]);
    assert!(lightroom.contains("\n     <rdf:li>beach &amp; sun</rdf:li>\n     <rdf:li>Albums|Summer | by the sea</rdf:li>"), "{lightroom}");
    check(DARKTABLE, &["time 2021-05-03T10:11:12.34+02:00: 2020:02:01 08:00:00.000"]);
    let digikam = check(DIGIKAM, &[]);
    assert!(digikam.contains("<rdf:li>Places/Kyoto</rdf:li><rdf:li>Albums/Summer / by the sea</rdf:li><rdf:li>Albums/AC|DC</rdf:li>"));
    assert!(digikam.contains("<rdf:li xml:lang=\"x-default\">Line one&#10;line &lt;two&gt; &amp; &quot;three&quot;</rdf:li>"), "{digikam}");
    check(
        APPLE,
        &[
            &format!("{caption}: A bare text"),
            &format!("{there}: 33.71, 118.3"),
            "time 2021-05-03T10:11:12.34+02:00: 2019-07-04T16:24:01-07:00",
        ],
    );
    let exiftool = check(EXIFTOOL, &["title `Title`: A <title>"]);
    assert_eq!(exiftool.matches("rdf:about='uuid:faf5bdd5'").count() + exiftool.matches("rdf:about=\"uuid:faf5bdd5\"").count(), 3);
}

/// Where a fact stands in whatever form, it is known, and another value stays out.
#[test]
fn every_form_of_a_property_is_known() {
    let known = |attributes: &str, elements: &str, curation: Curation| {
        let existing = sidecar(attributes, elements);
        let merged = merged(&existing, &curation);
        assert_eq!((words(&merged.added), merged.kept), (Vec::new(), Vec::new()), "{existing}");
    };
    let rating = || Curation { rating: Some(4), ..Curation::default() };
    known(r#"xap:Rating="4""#, "", rating());
    known("xap:Rating='4.0'", "", rating());
    known("", "<xap:Rating> 4 </xap:Rating>", rating());
    known("", "<xap:Rating><![CDATA[4]]></xap:Rating>", rating());
    known("", "<xap:Rating><!-- four -->&#x34;</xap:Rating>", rating());
    known("", r#"<xap:Rating rdf:parseType="Resource"><rdf:value>4</rdf:value><d:by>me</d:by></xap:Rating>"#, rating());
    known("", r#"<xap:Rating><rdf:Description rdf:value="4"/></xap:Rating>"#, rating());
    known("", r#"</rdf:Description><rdf:Description rdf:about="" xap:Rating="4">"#.replace("xap:", "d1:").replace(" d1", r#" xmlns:d1="http://ns.adobe.com/xap/1.0/" d1"#).as_str(), rating());
    let favourite = || Curation { favourite: true, ..Curation::default() };
    known(r#"f:favorite="1""#, "", favourite());
    known("", "<f:favorite>True</f:favorite>", favourite());
    let caption = || Curation { caption: Some("A\nB".to_owned()), ..Curation::default() };
    known(r#"d:description="A&#10;B""#, "", caption());
    known("", "<d:description>A\r\nB</d:description>", caption());
    known(
        "",
        r#"<d:description><rdf:Alt><rdf:li xml:lang="de">C</rdf:li><rdf:li xml:lang="x-default">A&#xA;B</rdf:li></rdf:Alt></d:description>"#,
        caption(),
    );
    known("", "<d:description>A&#13;B</d:description>", caption());
    let people = || Curation { people: texts(&["Ann"]), ..Curation::default() };
    known("", "<ext:PersonInImage><rdf:Seq><rdf:li>Ann</rdf:li></rdf:Seq></ext:PersonInImage>", people());
    known(r#"ext:PersonInImage="Ann""#, "", people());
    let album = || Curation { albums: texts(&["A/B"]), ..Curation::default() };
    known("", "<l:hierarchicalSubject><rdf:Bag><rdf:li>Albums|A/B</rdf:li></rdf:Bag></l:hierarchicalSubject>", album());
    known("", "<dk:TagsList><rdf:Seq><rdf:li>Albums/A|B</rdf:li></rdf:Seq></dk:TagsList>", album());
    let here = || Curation { place: place(-33.5, 151.25, Some(-3.0)), ..Curation::default() };
    known(r#"e:GPSLatitude="33,30,0S" e:GPSLongitude="151,15.0000E" e:GPSAltitude="30/10" e:GPSAltitudeRef="1""#, "", here());
    known(r#"e:GPSLatitude="-33.5" e:GPSLongitude="151.25" e:GPSAltitude="3.2" e:GPSAltitudeRef="1""#, "", here());
    let taken = || Curation { taken: at("2021-05-03T10:11:12.345+02:00"), ..Curation::default() };
    known(r#"e:DateTimeOriginal="2021-05-03T10:11:12.34""#, "", taken());
    known(r#"p:DateCreated="2021-05-03T10:11:12+02:00""#, "", taken());
    known(r#"e:DateTimeOriginal="2021-05-03""#, "", taken());
}

/// What stands empty, or as a single text, is filled where it stands, and what cannot be is told.
#[test]
fn empty_forms_are_filled() {
    let filled = |attributes: &str, elements: &str, curation: &Curation, expected: &str| {
        let text = String::from_utf8(merged(&sidecar(attributes, elements), curation).bytes).unwrap();
        assert!(text.contains(expected), "no {expected} in {text}");
    };
    let keyword = Curation { keywords: texts(&["a<b"]), ..Curation::default() };
    filled("", "<d:subject/>", &keyword, "<d:subject><rdf:Bag><rdf:li>a&lt;b</rdf:li></rdf:Bag></d:subject>");
    filled("", "<d:subject ></d:subject>", &keyword, "<d:subject ><rdf:Bag><rdf:li>a&lt;b</rdf:li></rdf:Bag></d:subject>");
    filled("", "<d:subject><rdf:Bag /></d:subject>", &keyword, "<d:subject><rdf:Bag ><rdf:li>a&lt;b</rdf:li></rdf:Bag></d:subject>");
    filled("", "<d:subject><rdf:Seq>\n</rdf:Seq></d:subject>", &keyword, "<rdf:Seq><rdf:li>a&lt;b</rdf:li>\n</rdf:Seq>");
    filled(
        "",
        "<d:subject>one &amp; only</d:subject>",
        &keyword,
        "<d:subject><rdf:Bag><rdf:li>one &amp; only</rdf:li><rdf:li>a&lt;b</rdf:li></rdf:Bag></d:subject>",
    );
    filled(
        "",
        r#"<d:subject><r:Bag xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdf="other:"/></d:subject>"#,
        &keyword,
        r#"<rdf:li xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">a&lt;b</rdf:li></r:Bag>"#,
    );
    let caption = Curation { caption: Some("it's".to_owned()), ..Curation::default() };
    filled("d:description=''", "", &caption, "d:description='it&apos;s'");
    filled(
        "",
        "<d:description/>",
        &caption,
        r#"<d:description><rdf:Alt><rdf:li xml:lang="x-default">it&apos;s</rdf:li></rdf:Alt></d:description>"#,
    );
    filled(
        "",
        r#"<d:description><rdf:Alt/></d:description>"#,
        &caption,
        r#"<rdf:Alt><rdf:li xml:lang="x-default">it&apos;s</rdf:li></rdf:Alt>"#,
    );
    filled("", "", &Curation { rating: Some(-1), ..Curation::default() }, "<xmp:Rating>-1</xmp:Rating>");
    let stars = Curation { rating: Some(4), ..Curation::default() };
    filled(r#"xap:Rating="0""#, "", &stars, r#"xap:Rating="4.0""#);
    filled("", "<xap:Rating>\n0 </xap:Rating>", &stars, "<xap:Rating>\n4.0 </xap:Rating>");
    let blank = r#"<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>"#;
    let text = String::from_utf8(merged(blank, &keyword).bytes).unwrap();
    assert!(text.ends_with("</rdf:Description></RDF>") && text.contains("xmlns:rdf="), "{text}");
    let taken = Curation { taken: at("2021-05-03T10:11:12"), ..Curation::default() };
    filled(r#"p:DateCreated="2021-05-03""#, "", &taken, "<exif:DateTimeOriginal>2021-05-03T10:11:12</exif:DateTimeOriginal>");
    let marked = format!("\u{feff}{}", sidecar("", "<d:subject/>"));
    assert_eq!(read(&merged(&marked, &keyword).bytes).unwrap().keywords, keyword.keywords);
}

#[test]
fn what_cannot_be_added_is_told() {
    let told = |attributes: &str, elements: &str, curation: Curation, expected: &str| {
        let merged = merged(&sidecar(attributes, elements), &curation);
        assert_eq!((words(&merged.added), stays(&merged.kept)), (Vec::new(), texts(&[expected])));
    };
    told(r#"d:subject="x""#, "", Curation { keywords: texts(&["y"]), ..Curation::default() }, "keyword `y`: x");
    told("", r#"<d:title rdf:parseType="Resource"/>"#, Curation { title: Some("t".into()), ..Curation::default() }, "title `t`: ");
    told(r#"xap:Rating="0.0""#, "", Curation { rating: Some(4), ..Curation::default() }, "rating 4: 0.0");
    told(r#"xap:Rating="&#48;""#, "", Curation { rating: Some(4), ..Curation::default() }, "rating 4: 0");
    told(r#"f:favorite="0""#, "", Curation { favourite: true, ..Curation::default() }, "favourite: 0");
    told(r#"e:GPSLatitude="1,0N""#, "", Curation { place: place(1.0, 1.0, None), ..Curation::default() }, "place 1.00000, 1.00000: 1,0N");
    told(
        r#"e:DateTimeOriginal="2021-05-03T10:11""#,
        "",
        Curation { taken: at("2021-05-03T10:12:00"), ..Curation::default() },
        "time 2021-05-03T10:12:00: 2021-05-03T10:11",
    );
    told(
        r#"e:DateTimeOriginal="soon""#,
        "",
        Curation { taken: at("2021-05-03T10:12:00"), ..Curation::default() },
        "time 2021-05-03T10:12:00: soon",
    );
    let minute = Curation { taken: at("2021-05-03T10:11:02"), ..Curation::default() };
    told(r#"p:DateCreated="2021-05-03T10:11-02:00""#, "", minute, "time 2021-05-03T10:11:02: 2021-05-03T10:11-02:00");
    // A place that agrees takes its altitude; one that does not, none of it.
    let same = sidecar(r#"e:GPSLatitude="1,0N" e:GPSLongitude="1,0E""#, "");
    let gains = Curation { place: place(1.0, 1.0, Some(8.0)), ..Curation::default() };
    assert_eq!(words(&merged(&same, &gains).added), ["place 1.00000, 1.00000, 8 m"]);
}

#[test]
fn a_conflict_has_words() {
    let gains = Curation { rating: Some(-1), title: Some("t".to_owned()), ..Curation::default() };
    let merged = merged(&sidecar(r#"xap:Rating="3""#, r#"<d:title rdf:parseType="Resource"/>"#), &gains);
    assert_eq!(
        merged.kept.iter().map(Conflict::to_string).collect::<Vec<_>>(),
        [
            "title `t` was not added: the sidecar has a place for it that takes nothing",
            "rating `rejected` was not added: the sidecar says `3`",
        ]
    );
}

/// A new list of levels would hide the flat keywords from programs that read the first list they find.
#[test]
fn a_new_list_of_levels_repeats_the_flat_keywords() {
    let existing = sidecar("", "<d:subject><rdf:Bag><rdf:li>cat</rdf:li><rdf:li>Rome</rdf:li></rdf:Bag></d:subject>");
    let gains = Curation { albums: texts(&["X"]), keywords: texts(&["Places|Rome", "dog"]), ..Curation::default() };
    let text = String::from_utf8(merged(&existing, &gains).bytes).unwrap();
    assert!(
        text.contains("<rdf:li>Albums|X</rdf:li><rdf:li>Places|Rome</rdf:li><rdf:li>dog</rdf:li><rdf:li>cat</rdf:li></rdf:Bag>"),
        "{text}"
    );
    assert!(text.contains("<rdf:li>Rome</rdf:li><rdf:li>dog</rdf:li></rdf:Bag></d:subject>"), "{text}");
}

#[test]
fn what_is_no_sidecar_is_refused_in_words() {
    let refused = |bytes: &[u8], expected: &str| {
        let error = read(bytes).expect_err(expected).to_string();
        assert!(error.contains(expected), "`{error}` for `{expected}`");
        assert_eq!(merge(Some(bytes), &full()).expect_err(expected).to_string(), error);
    };
    refused(b"", "no XMP");
    refused(b"{\"title\": 1}", "no XMP");
    refused(b"<html/>", "no XMP");
    refused(b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>", "no XMP");
    refused(&[0xff, 0xd8, 0xff, 0xe1], "not written in UTF-8");
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(LIGHTROOM.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    refused(&utf16, "not written in UTF-8");
    refused(&utf16[2..], "not written in UTF-8");
    refused(DARKTABLE.replace("UTF-8", "ISO-8859-1").as_bytes(), "not written in UTF-8");
    refused(format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{LIGHTROOM}").as_bytes(), "document type");
    refused(LIGHTROOM.replace("Evening", "&a;").as_bytes(), "line 30: the entity `&a;`");
    refused(LIGHTROOM.replace("Evening", "&#0;").as_bytes(), "entity `&#0;`");
    refused(LIGHTROOM.replace("\"3\"", "\"&a;\"").as_bytes(), "damaged at line");
    refused(&LIGHTROOM.as_bytes()[..LIGHTROOM.len() - 5], "damaged at line");
    refused(&LIGHTROOM.as_bytes()[..LIGHTROOM.len() - 16], "not closed");
    refused(LIGHTROOM.replace("</rdf:Alt>", "</rdf:Bag>").as_bytes(), "damaged at line");
    refused(format!("{LIGHTROOM}{LIGHTROOM}").as_bytes(), "second document");
    refused(format!("{LIGHTROOM}x").as_bytes(), "text after the end");
    refused(LIGHTROOM.replace("xmlns:dc", "xmlns:dd").as_bytes(), "prefix `dc` is not declared");
    refused(sidecar("", r#"<d:a xmlns:q="u:"><q:b/></d:a><q:c/>"#).as_bytes(), "prefix `q` is not declared");
    refused(sidecar(r#"xap:Rating="1" xap:Rating="1""#, "").as_bytes(), "stands twice");
    refused(sidecar(r#"xap:Rating="1""#, "<xap:Rating>1</xap:Rating>").as_bytes(), "two values for `Rating`");
    refused(EXIFTOOL.replacen("faf5", "aaaa", 1).as_bytes(), "more than one file");
}

#[test]
fn bounds_hold_at_and_over() {
    let padded = |size: usize| format!("{LIGHTROOM}{}", " ".repeat(size - LIGHTROOM.len()));
    assert!(read(padded(SIDECAR_MAX_BYTES).as_bytes()).is_ok());
    assert_eq!(read(padded(SIDECAR_MAX_BYTES + 1).as_bytes()), Err(XmpError::TooLarge));
    assert_eq!(merge(Some(padded(SIDECAR_MAX_BYTES).as_bytes()), &full()), Err(XmpError::TooLarge), "it would grow over the bound");
    // Three elements lie around what is put into a description.
    let nested = |depth: usize| sidecar("", &format!("{}{}", "<d:a>".repeat(depth), "</d:a>".repeat(depth)));
    assert!(read(nested(tree::DEPTH_MAX - 3).as_bytes()).is_ok());
    assert_eq!(read(nested(tree::DEPTH_MAX - 2).as_bytes()), Err(XmpError::TooMuch));
    let many = |count: usize| sidecar("", &"<d:a/>".repeat(count));
    assert!(read(many(tree::ELEMENTS_MAX - 3).as_bytes()).is_ok());
    assert_eq!(read(many(tree::ELEMENTS_MAX - 2).as_bytes()), Err(XmpError::TooMuch));
    let attributes: String = (0..5000).map(|n| format!(" d:a{n}=\"\"")).collect();
    assert_eq!(read(sidecar(&attributes, "").as_bytes()), Err(XmpError::TooMuch));
    let namespaces: String = (0..300).map(|n| format!(" xmlns:a{n}=\"u\"")).collect();
    assert_eq!(read(sidecar(&namespaces, "").as_bytes()), Err(XmpError::TooMuch));
}

#[test]
fn a_cut_sidecar_never_panics() {
    for existing in [LIGHTROOM, DARKTABLE, DIGIKAM, APPLE, EXIFTOOL] {
        for end in 0..existing.len() {
            let cut = &existing.as_bytes()[..end];
            if let Ok(merged) = merge(Some(cut), &full()) {
                assert!(subsequence(cut, &merged.bytes));
            }
        }
    }
}

#[test]
fn a_curation_survives_json() {
    let json = serde_json::to_string(&full()).unwrap();
    assert_eq!(serde_json::from_str::<Curation>(&json).unwrap(), full());
    assert_eq!(serde_json::from_str::<Curation>("{}").unwrap(), Curation::default());
}

fn any_text() -> impl Strategy<Value = String> {
    "[a-c<>&\"'|/ \r\n\t\u{1}\u{85}é\u{fffe}😀-]{0,6}"
}

prop_compose! {
    fn any_curation()(
        albums in prop::collection::vec(any_text(), 0..3), favourite: bool, caption in prop::option::of(any_text()),
        title in prop::option::of(any_text()), people in prop::collection::vec(any_text(), 0..3),
        keywords in prop::collection::vec(any_text(), 0..4), rating in prop::option::of(-2i8..7),
        place in prop::option::of((-91.0f64..91.0, -181.0f64..181.0, prop::option::of(-500.0f64..9000.0))),
        seconds in prop::option::of(-70_000_000_000i64..70_000_000_000), digits in 0u8..10, nanos in 0u32..1_000_000_000,
        offset in prop::option::of(-900i16..900),
    ) -> Curation {
        let subsecond = (digits > 0).then(|| model::Subsecond { nanos: nanos - nanos % 10u32.pow(9 - u32::from(digits)), digits });
        let source = model::TimeSource::Xmp;
        Curation {
            albums, favourite, caption, title, people, keywords, rating,
            place: place.map(|(latitude, longitude, altitude_m)| GeoPoint { latitude, longitude, altitude_m }),
            taken: seconds.map(|local_seconds| CaptureTime { local_seconds, subsecond, offset_minutes: offset, source }),
        }
    }
}

/// Writes a sidecar another way than the room does: attributes, other prefixes, several descriptions, other lists, junk between.
fn drawn(curation: &Curation, style: u8) -> String {
    let curation = curation.cleaned();
    let quoted = |text: &str| quick_xml::escape::escape(text).replace('\n', "&#10;").replace('\t', "&#9;");
    let kind = if style & 1 == 0 { "rdf:Seq" } else { "rdf:Bag" };
    let list = |name: &str, items: &[String]| match items {
        [] if style & 2 == 0 => String::new(),
        [] => format!("<{name}><{kind}/></{name}>"),
        items => {
            let items: String = items.iter().map(|item| format!("<!-- junk --><rdf:li>{}</rdf:li>\r\n", quoted(item))).collect();
            format!("<{name}><{kind}>{items}</{kind}></{name}>")
        }
    };
    let mut attributes = String::new();
    let mut elements = list("d:subject", &curation.keywords) + &list("ext:PersonInImage", &curation.people);
    let albums: Vec<String> = curation.albums.iter().map(|title| format!("Albums|{title}")).collect();
    elements += &match style & 4 {
        0 => list("l:hierarchicalSubject", &albums),
        _ => list("dk:TagsList", &albums.iter().map(|tag| read::swap_levels(tag)).collect::<Vec<_>>()),
    };
    let mut simple = |name: &str, text: Option<String>| match (text, style & 8) {
        (None, _) => {}
        (Some(text), 0) => attributes += &format!(" {name}='{}'", quoted(&text)),
        (Some(text), _) => elements += &format!("<junk xmlns='j:'>x<y/></junk><{name}>{}</{name}>", quoted(&text)),
    };
    simple("d:description", curation.caption);
    simple("d:title", curation.title);
    simple("xap:Rating", curation.rating.map(|stars| stars.to_string()));
    simple("f:favorite", curation.favourite.then(|| "1".to_owned()));
    simple("e:DateTimeOriginal", curation.taken.and_then(|taken| time::format(&taken)));
    simple("e:GPSLatitude", curation.place.map(|place| format!("{:.9}", place.latitude)));
    simple("e:GPSLongitude", curation.place.map(|place| format!("{:.9}", place.longitude)));
    let drawn = sidecar(&attributes, &elements);
    if style & 16 == 0 { drawn } else { drawn.replace("rdf:", "r:").replace("xmlns:rdf", "xmlns:r") }
}

proptest! {
    #[test]
    fn merged_says_both(existing in any_curation(), gains in any_curation(), style: u8) {
        let drawn = drawn(&existing, style);
        let before = read(drawn.as_bytes()).unwrap();
        let after = read(&merged(&drawn, &gains).bytes).unwrap();
        let gains = gains.cleaned();
        let holds = |after: &[String], lists: [&Vec<String>; 2]| lists.into_iter().flatten().all(|item| after.contains(item));
        prop_assert!(holds(&after.keywords, [&before.keywords, &gains.keywords]), "{:?}", after.keywords);
        prop_assert!(holds(&after.albums, [&before.albums, &gains.albums]), "{:?}", after.albums);
        prop_assert!(holds(&after.people, [&before.people, &gains.people]), "{:?}", after.people);
        prop_assert_eq!(&after.caption, &before.caption.clone().or(gains.caption));
        prop_assert_eq!(&after.title, &before.title.clone().or(gains.title));
        prop_assert_eq!(after.rating, before.rating.or(gains.rating));
        prop_assert_eq!(after.favourite, before.favourite || gains.favourite);
        prop_assert_eq!(after.taken, before.taken.or(gains.taken));
        let expected = before.place.or(gains.place);
        let bare = |place: Option<GeoPoint>| place.map(|place| GeoPoint { altitude_m: None, ..place });
        prop_assert!(near(bare(after.place), bare(expected)), "{:?} is not {:?}", after.place, expected);
        // What was drawn is what was meant.
        let meant = existing.cleaned();
        prop_assert_eq!((before.keywords, before.albums, before.caption), (meant.keywords, meant.albums, meant.caption));
    }

    #[test]
    fn a_new_sidecar_reads_back(gains in any_curation()) {
        let made = merge(None, &gains).unwrap();
        let (back, gains) = (read(&made.bytes).unwrap(), gains.cleaned());
        prop_assert!(near(back.place, gains.place));
        prop_assert_eq!((back.caption, back.title, back.people, back.taken), (gains.caption, gains.title, gains.people, gains.taken));
        prop_assert_eq!((back.albums, back.rating, back.favourite), (gains.albums, gains.rating, gains.favourite));
        prop_assert_eq!(made.kept, []);
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0usize..2000, gains in any_curation()) {
        for mut hostile in [bytes.clone(), LIGHTROOM.as_bytes().to_vec(), DIGIKAM.as_bytes().to_vec(), EXIFTOOL.as_bytes().to_vec()] {
            let at = at.min(hostile.len());
            let junk = bytes.len().min(4);
            hostile.splice(at..(at + junk).min(hostile.len()), bytes[..junk].iter().copied());
            if let Ok(merged) = merge(Some(&hostile), &gains) {
                prop_assert!(subsequence(&hostile, &merged.bytes));
            }
        }
    }

    #[test]
    fn hostile_markup_never_panics(markup in "(<|</|/>|>|rdf:|Bag|li|RDF|d:|subject|description| |=|\"|'|&|;|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|\\?>|xmlns|é|\u{feff}){0,40}") {
        for hostile in [markup.clone(), sidecar("", &markup), sidecar(&markup, "")] {
            if let Ok(merged) = merge(Some(hostile.as_bytes()), &full()) {
                prop_assert!(subsequence(hostile.as_bytes(), &merged.bytes));
            }
        }
    }
}
