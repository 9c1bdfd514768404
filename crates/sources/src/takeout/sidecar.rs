//! Reads one Takeout JSON: an item, an album's record, or something else of Takeout's.
//!
//! What a JSON is, its content tells; names are localised and cut. Which media file a sidecar belongs to is `pairing`'s matter, and which
//! of two times is believed is the model's. Google documents none of this: fields come from sidecars of real exports, 2017 to 2026, in
//! which times and counts are strings, flags stand only where they are true, and any field may be missing.
//!
//! **Invariant:** a field of an unexpected type is taken for absent. Only bytes that are no JSON at all lose a sidecar.

use model::{AlbumRecord, GeoPoint, Sidecar, SidecarDocument};
use serde_json::{Map, Value};

/// Longest JSON that is read, in bytes. An item's sidecar has 0.5 to 3 kB; an album record with the comments of a large shared album
/// some hundred kB.
pub const MAX_SIDECAR_BYTES: u64 = 4 << 20;

/// Most named people kept of one sidecar. Google Photos itself tags a few dozen at most.
pub const MAX_PEOPLE: usize = 1000;

/// Longest link kept, in bytes (real ones have about 80).
const MAX_URL_BYTES: usize = 2048;

/// First second of year 1 and last of year 9999, UTC: what lies beyond is no time of a photo.
const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Keys of `googlePhotosOrigin` that tell how an item came in, most telling first: there is one as a rule, and beside a partner's there
/// may be others.
const ORIGINS: &[&str] = &[
    "fromPartnerSharing",
    "fromSharedAlbum",
    "driveDesktopUploader",
    "photosDesktopUploader",
    "driveSync",
    "picasa",
    "composition",
    "thirdPartyApp",
    "webUpload",
    "mobileUpload",
];

/// Keys of `googlePhotosOrigin` that describe the device and not the way.
const NO_ORIGINS: &[&str] = &["deviceFolder", "deviceType"];

/// Why bytes could not be read as a Takeout JSON. The caller knows the path.
#[derive(Debug, thiserror::Error)]
pub enum SidecarError {
    /// Longer than [`MAX_SIDECAR_BYTES`].
    #[error("a sidecar of {bytes} bytes is longer than the {MAX_SIDECAR_BYTES} that are read")]
    TooLong {
        /// Its length.
        bytes: u64,
    },
    /// No JSON: damaged, cut short, or nested deeper than the reader goes.
    #[error("not a JSON document")]
    NotJson(#[source] serde_json::Error),
}

/// Reads one Takeout JSON. A byte order mark before it is skipped.
///
/// # Errors
/// [`SidecarError::TooLong`] and [`SidecarError::NotJson`]; JSON of any other content is [`SidecarDocument::Other`].
pub fn parse(bytes: &[u8]) -> Result<SidecarDocument, SidecarError> {
    let length = bytes.len() as u64;
    if length > MAX_SIDECAR_BYTES {
        return Err(SidecarError::TooLong { bytes: length });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(SidecarError::NotJson)?;
    let Value::Object(fields) = value else {
        return Ok(SidecarDocument::Other);
    };
    if is_item(&fields) {
        return Ok(SidecarDocument::Item(item(&fields)));
    }
    Ok(album(&fields).map_or(SidecarDocument::Other, SidecarDocument::Album))
}

/// Every item has a capture time, if only "0"; an empty one marks none.
fn is_item(fields: &Map<String, Value>) -> bool {
    match fields.get("photoTakenTime") {
        None | Some(Value::Null) => false,
        Some(Value::Object(time)) => match time.get("timestamp") {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.trim().is_empty(),
            Some(_) => true,
        },
        Some(_) => true,
    }
}

fn item(fields: &Map<String, Value>) -> Sidecar {
    let origins = fields.get("googlePhotosOrigin").and_then(Value::as_object);
    let came_by = |key: &str| origins.is_some_and(|origins| origins.contains_key(key));
    Sidecar {
        title: text(fields, "title").unwrap_or_default().to_owned(),
        caption: words(fields, "description"),
        taken_utc_seconds: time(fields, "photoTakenTime"),
        uploaded_utc_seconds: time(fields, "creationTime"),
        modified_utc_seconds: time(fields, "photoLastModifiedTime").or_else(|| time(fields, "modificationTime")),
        place: place(fields, "geoData").or_else(|| place(fields, "geoDataExif")),
        people: people(fields),
        url: url(fields),
        origin: origins.and_then(origin),
        app: fields.get("appSource").and_then(Value::as_object).and_then(|app| words(app, "androidPackageName")),
        favourite: flag(fields, "favorited"),
        archived: flag(fields, "archived"),
        trashed: flag(fields, "trashed") || flag(fields, "inTrash"),
        locked: flag(fields, "inLockedFolder"),
        partner: came_by("fromPartnerSharing") || came_by("fromSharedAlbum"),
    }
}

/// An album has a title, in older exports one level down. An empty title needs another field of albums beside it; print orders and
/// memory titles (a list) are none.
fn album(fields: &Map<String, Value>) -> Option<AlbumRecord> {
    let fields = fields.get("albumData").and_then(Value::as_object).unwrap_or(fields);
    if fields.contains_key("externalOrderId") {
        return None;
    }
    let title = text(fields, "title")?;
    let marked = ["access", "date", "enrichments", "location"].iter().any(|key| fields.contains_key(*key));
    let record = || AlbumRecord { title: title.to_owned(), caption: words(fields, "description"), access: words(fields, "access") };
    (!title.trim().is_empty() || marked).then(record)
}

fn text<'a>(fields: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    fields.get(key)?.as_str()
}

/// Returns a text that says something: not blank, without the space around it.
fn words(fields: &Map<String, Value>, key: &str) -> Option<String> {
    text(fields, key).map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned)
}

/// Flags stand only where they are true.
fn flag(fields: &Map<String, Value>, key: &str) -> bool {
    match fields.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// Returns seconds of UTC; "0" means that Google knows no time.
fn time(fields: &Map<String, Value>, key: &str) -> Option<i64> {
    let stamp = match fields.get(key)? {
        Value::Object(time) => time.get("timestamp")?,
        bare => bare,
    };
    let seconds = match stamp {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    seconds.filter(|seconds| *seconds != 0 && TIMES.contains(seconds))
}

/// Returns a place; 0/0 means none, and so does an altitude of 0 on its own.
fn place(fields: &Map<String, Value>, key: &str) -> Option<GeoPoint> {
    let spot = fields.get(key)?.as_object()?;
    let degrees = |key: &str, most: f64| number(spot, key).filter(|degrees| degrees.abs() <= most);
    let (latitude, longitude) = (degrees("latitude", 90.0)?, degrees("longitude", 180.0)?);
    let altitude_m = number(spot, "altitude").filter(|metres| *metres != 0.0);
    (latitude != 0.0 || longitude != 0.0).then_some(GeoPoint { latitude, longitude, altitude_m })
}

fn number(fields: &Map<String, Value>, key: &str) -> Option<f64> {
    let number = match fields.get(key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// Returns the names that are given, each once, in Google's order.
fn people(fields: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let listed = fields.get("people").and_then(Value::as_array).into_iter().flatten().take(MAX_PEOPLE);
    for person in listed {
        let name = match person {
            Value::Object(person) => words(person, "name"),
            Value::String(name) => Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
            _ => None,
        };
        if let Some(name) = name.filter(|name| !names.contains(name)) {
            names.push(name);
        }
    }
    names
}

/// Returns the deep link. It is shown to a person as a link one day: nothing but a web address is kept.
fn url(fields: &Map<String, Value>) -> Option<String> {
    words(fields, "url").filter(|url| url.len() <= MAX_URL_BYTES && (url.starts_with("https://") || url.starts_with("http://")))
}

fn origin(origins: &Map<String, Value>) -> Option<String> {
    let known = ORIGINS.iter().find(|key| origins.contains_key(**key)).map(|key| (*key).to_owned());
    known.or_else(|| origins.keys().find(|key| !NO_ORIGINS.contains(&key.as_str())).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> SidecarDocument {
        parse(json.as_bytes()).expect("JSON")
    }

    fn read_item(fields: &str) -> Sidecar {
        let json = format!(r#"{{"title":"a.jpg","photoTakenTime":{{"timestamp":"1000000000"}}{fields}}}"#);
        match read(&json) {
            SidecarDocument::Item(item) => item,
            other => panic!("{json} is {other:?}"),
        }
    }

    #[test]
    fn all_fields_of_an_item_are_read() {
        let json = r#"{
            "title": "ferry.jpg", "description": " Zo\u00eb\u0027s ferry ",
            "creationTime": {"timestamp": "1500000100", "formatted": "?"}, "photoTakenTime": {"timestamp": "1500000000"},
            "photoLastModifiedTime": {"timestamp": "1500000300"}, "modificationTime": {"timestamp": "1500000200"},
            "geoData": {"latitude": 10.5, "longitude": -20.25, "altitude": 7.5},
            "people": [{"name": "Ada"}, {}, {"name": ""}, {"name": "Ada"}, {"name": "Bo"}, 5],
            "url": "https://photos.google.com/photo/AF1QipX",
            "googlePhotosOrigin": {"driveDesktopUploader": {"version": "BACKUP_AND_SYNC"}},
            "appSource": {"androidPackageName": "com.example.chat"},
            "favorited": true, "archived": true, "trashed": true, "inLockedFolder": true}"#;
        let expected = Sidecar {
            title: "ferry.jpg".into(),
            caption: Some("Zoë's ferry".into()),
            taken_utc_seconds: Some(1_500_000_000),
            uploaded_utc_seconds: Some(1_500_000_100),
            modified_utc_seconds: Some(1_500_000_300),
            place: Some(GeoPoint { latitude: 10.5, longitude: -20.25, altitude_m: Some(7.5) }),
            people: vec!["Ada".into(), "Bo".into()],
            url: Some("https://photos.google.com/photo/AF1QipX".into()),
            origin: Some("driveDesktopUploader".into()),
            app: Some("com.example.chat".into()),
            favourite: true,
            archived: true,
            trashed: true,
            locked: true,
            partner: false,
        };
        assert_eq!(read(json), SidecarDocument::Item(expected));
    }

    #[test]
    fn what_is_not_there_is_unknown() {
        let expected = Sidecar { title: "a.jpg".into(), taken_utc_seconds: Some(1_000_000_000), ..Sidecar::default() };
        assert_eq!(read_item(""), expected);
        assert_eq!(read_item(r#","description":"","people":[],"url":"","googlePhotosOrigin":{},"favorited":false"#), expected);
    }

    #[test]
    fn times_are_whole_seconds_and_zero_is_none() {
        for (stamp, expected) in [
            (r#""1600596727""#, Some(1_600_596_727)),
            ("1600596727", Some(1_600_596_727)),
            (r#""-86400""#, Some(-86_400)),
            (r#"" 5 ""#, Some(5)),
            (r#""0""#, None),
            ("0", None),
            (r#""-62135596800""#, Some(-62_135_596_800)),
            (r#""-62135596801""#, None),
            (r#""253402300799""#, Some(253_402_300_799)),
            (r#""253402300800""#, None),
            (r#""99999999999999999999""#, None),
            (r#""soon""#, None),
            ("1.5", None),
            ("true", None),
        ] {
            let json = format!(r#"{{"title":"a.jpg","photoTakenTime":{{"timestamp":{stamp}}}}}"#);
            match read(&json) {
                SidecarDocument::Item(item) => assert_eq!(item.taken_utc_seconds, expected, "{stamp}"),
                other => panic!("{json} is {other:?}"),
            }
        }
    }

    #[test]
    fn googles_place_comes_first_and_zero_is_none() {
        let place = |json: &str| read_item(json).place.map(|place| (place.latitude, place.longitude, place.altitude_m));
        let exif = r#","geoDataExif":{"latitude":1.0,"longitude":2.0,"altitude":0.0}"#;
        for (geo, expected) in [
            (r#","geoData":{"latitude":3.0,"longitude":4.0,"altitude":-1.0}"#, Some((3.0, 4.0, Some(-1.0)))),
            (r#","geoData":{"latitude":0.0,"longitude":0.0,"altitude":5.0}"#, Some((1.0, 2.0, None))),
            (r#","geoData":{"latitude":-0.0,"longitude":0}"#, Some((1.0, 2.0, None))),
            (r#","geoData":{"latitude":"3","longitude":"4"}"#, Some((3.0, 4.0, None))),
            (r#","geoData":{"latitude":90.5,"longitude":4.0}"#, Some((1.0, 2.0, None))),
            (r#","geoData":{"latitude":1.0}"#, Some((1.0, 2.0, None))),
            (r#","geoData":[3,4]"#, Some((1.0, 2.0, None))),
            (r#","geoData":{"latitude":0.0,"longitude":4.0}"#, Some((0.0, 4.0, None))),
        ] {
            assert_eq!(place(&format!("{geo}{exif}")), expected, "{geo}");
        }
        assert_eq!(place(""), None);
    }

    #[test]
    fn the_way_in_is_told_and_partners_are_marked() {
        for (origins, origin, partner) in [
            (r#"{"mobileUpload":{"deviceType":"IOS_PHONE"}}"#, Some("mobileUpload"), false),
            (r#"{"fromPartnerSharing":{},"deviceFolder":{},"deviceType":"X"}"#, Some("fromPartnerSharing"), true),
            (r#"{"fromSharedAlbum":{}}"#, Some("fromSharedAlbum"), true),
            (r#"{"mobileUpload":{},"fromSharedAlbum":{}}"#, Some("fromSharedAlbum"), true),
            (r#"{"newThing":{}}"#, Some("newThing"), false),
            (r#"{"deviceType":"X"}"#, None, false),
            ("{}", None, false),
            (r#""webUpload""#, None, false),
        ] {
            let item = read_item(&format!(r#","googlePhotosOrigin":{origins}"#));
            assert_eq!((item.origin.as_deref(), item.partner), (origin, partner), "{origins}");
        }
    }

    #[test]
    fn a_wrong_type_costs_its_field_only() {
        for key in [
            "title",
            "description",
            "creationTime",
            "geoData",
            "people",
            "url",
            "googlePhotosOrigin",
            "appSource",
            "favorited",
            "photoLastModifiedTime",
        ] {
            for wrong in ["null", "7", "[]", "{}", r#""x""#, "[[1]]", r#"{"timestamp":{}}"#] {
                let json = format!(r#"{{"{key}":{wrong},"photoTakenTime":{{"timestamp":"9"}}}}"#);
                match read(&json) {
                    SidecarDocument::Item(item) => assert_eq!(item.taken_utc_seconds, Some(9), "{json}"),
                    other => panic!("{json} is {other:?}"),
                }
            }
        }
        assert!(
            matches!(read(r#"{"title":"a.jpg","photoTakenTime":7}"#), SidecarDocument::Item(item) if item.taken_utc_seconds == Some(7))
        );
        assert_eq!(read_item(r#","url":"javascript:alert(1)""#).url, None, "a link is a web address");
        assert!(read_item(r#","inTrash":true"#).trashed);
    }

    #[test]
    fn a_json_is_what_it_holds() {
        let album = |title: &str| SidecarDocument::Album(AlbumRecord { title: title.into(), ..AlbumRecord::default() });
        assert_eq!(read(r#"{"title":"Trip"}"#), album("Trip"));
        assert_eq!(read(r#"{"albumData":{"title":"Trip","date":{}}}"#), album("Trip"));
        assert_eq!(read(r#"{"title":"","enrichments":[]}"#), album(""));
        let whole = AlbumRecord { title: "Trip".into(), caption: Some("By sea".into()), access: Some("shared".into()) };
        assert_eq!(read(r#"{"title":"Trip","description":"By sea","access":"shared"}"#), SidecarDocument::Album(whole));
        for other in [
            "{}",
            "[]",
            "null",
            "3",
            r#"{"title":""}"#,
            r#"{"title":["Kyoto"]}"#,
            r#"{"externalOrderId":"7","title":"Prints"}"#,
            r#"{"photoTakenTime":{"timestamp":""}}"#,
            r#"{"sharedAlbumComments":[{"text":"nice"}]}"#,
        ] {
            assert_eq!(read(other), SidecarDocument::Other, "{other}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped_and_what_is_no_json_is_refused() {
        assert!(matches!(parse(b"\xef\xbb\xbf{\"title\":\"Trip\"}"), Ok(SidecarDocument::Album(_))));
        for broken in [&b""[..], b"{", b"\xff\xfe{\0}\0", b"{\"title\":\"a\xff\"}", b"<html>"] {
            assert!(matches!(parse(broken), Err(SidecarError::NotJson(_))), "{broken:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(parse(deep.as_bytes()), Err(SidecarError::NotJson(_))), "nesting is bounded");
    }

    #[test]
    fn length_is_bounded() {
        let most = usize::try_from(MAX_SIDECAR_BYTES).expect("fits");
        let mut json = br#"{"title":"Trip"}"#.to_vec();
        json.resize(most, b' ');
        assert!(matches!(parse(&json), Ok(SidecarDocument::Album(_))));
        json.push(b' ');
        assert!(matches!(parse(&json), Err(SidecarError::TooLong { bytes }) if bytes == MAX_SIDECAR_BYTES + 1));
    }

    #[test]
    fn people_are_bounded() {
        let list: Vec<String> = (0..=MAX_PEOPLE).map(|n| format!(r#"{{"name":"p{n}"}}"#)).collect();
        assert_eq!(read_item(&format!(r#","people":[{}]"#, list.join(","))).people.len(), MAX_PEOPLE);
    }

    #[test]
    fn real_sidecars_are_what_they_are() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/takeout/sidecars");
        if !std::path::Path::new(folder).is_dir() {
            eprintln!("SKIPPED: {folder} is not there");
            return;
        }
        for (name, kind, title, partner) in [
            ("gphotos-1", "item", "23481593101_ef7d55f39d_o.jpg", false),
            ("gphotos-2", "item", "2019-05-18.jpg", false),
            ("gphotos-3", "item", "Bei den Landungsbrücken.png", false),
            ("gphotos-4", "item", "8263987746_d0a6055c58_o.jpg", false),
            ("gphotos-album", "album", "iPhone", false),
            ("immich_issue_01", "album", "basement finishing", false),
            ("immich_issue_03", "item", "title", false),
            ("immich_issue_05", "item", "IMG_1559.HEIC", true),
            ("immich_issue_07", "album", "Trip to Gdańsk", false),
            ("immich_issue_09", "item", "IMG_20170803_115431469_HDR.jpg", false),
            ("immich_issue_11", "item", "IMG_0186.HEIC", false),
            ("immich_issue_13", "other", "", false),
            ("immich_issue_15", "album", "Album test 6/10/23", false),
            ("immich_issue_17", "album", "Album test 6/10/23", false),
        ] {
            let bytes = std::fs::read(format!("{folder}/{name}.json")).expect(name);
            let told = match parse(&bytes).expect(name) {
                SidecarDocument::Item(item) => ("item", item.title, item.partner),
                SidecarDocument::Album(album) => ("album", album.title, false),
                SidecarDocument::Other => ("other", String::new(), false),
            };
            assert_eq!(told, (kind, title.to_owned(), partner), "{name}");
        }
    }
}
