//! Takeout exports from a list of items: folders, names, sidecars and album records as Google lays them out, packed or unpacked.
//!
//! It follows the rules a reader has to undo (`names`), but not every whim: untitled albums, replaced apostrophes and the like are left
//! to the reader's own tables.
//!
//! **Invariant:** an item's sidecar is the same in each of its folders; entries come in a fixed order.

pub mod names;
mod write;

pub use names::Era;
pub use write::{Packing, tgz, tree, zips};

use crate::clock::Moment;
use crate::rng::mix;
use names::{Taken, counted, media_name, sidecar_name, split};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How an item came to Google Photos, as `googlePhotosOrigin` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Origin {
    /// A phone's backup.
    #[default]
    Phone,
    /// A phone's backup of a messenger's folder.
    WhatsApp,
    /// Drive for desktop.
    DriveDesktop,
    /// The web page.
    Web,
    /// Shared by a partner.
    Partner,
    /// Saved from a shared album.
    SharedAlbum,
    /// Made by Google: a collage or an animation.
    Composition,
    /// Nothing is said.
    Unknown,
}

impl Origin {
    fn json(self) -> Option<Value> {
        Some(match self {
            Origin::Phone => json!({"mobileUpload": {"deviceFolder": {"localFolderName": ""}, "deviceType": "ANDROID_PHONE"}}),
            Origin::WhatsApp => {
                json!({"mobileUpload": {"deviceFolder": {"localFolderName": "WhatsApp Images"}, "deviceType": "ANDROID_PHONE"}})
            }
            Origin::DriveDesktop => json!({"driveDesktopUploader": {"version": "BACKUP_AND_SYNC"}}),
            Origin::Web => json!({"webUpload": {"computerUpload": {}}}),
            Origin::Partner => json!({"fromPartnerSharing": {}}),
            Origin::SharedAlbum => json!({"fromSharedAlbum": {}}),
            Origin::Composition => json!({"composition": {"type": "AUTO"}}),
            Origin::Unknown => return None,
        })
    }
}

/// One item of the account.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The name as uploaded.
    pub title: String,
    /// The bytes.
    pub media: Vec<u8>,
    /// Capture instant, seconds of UTC; `None` is written as "0".
    pub taken_utc_seconds: Option<i64>,
    /// Upload instant, seconds of UTC.
    pub uploaded_utc_seconds: i64,
    /// Last change, seconds of UTC.
    pub modified_utc_seconds: Option<i64>,
    /// Google's media key, the last part of `url`; `None`: no url.
    pub key: Option<String>,
    /// Titles of the albums it is in.
    pub albums: Vec<String>,
    /// Whether it also lies in the year's folder (an item of someone else's album does not).
    pub in_year_folder: bool,
    /// Bytes of the album copies where Google wrote other ones.
    pub album_media: Option<Vec<u8>>,
    /// Marked as favourite.
    pub favourite: bool,
    /// Archived.
    pub archived: bool,
    /// In Google's trash.
    pub trashed: bool,
    /// In the locked folder.
    pub locked: bool,
    /// What a person typed.
    pub caption: String,
    /// Named people.
    pub people: Vec<String>,
    /// Latitude and longitude in degrees.
    pub place: Option<(f64, f64)>,
    /// How it came in.
    pub origin: Origin,
    /// Bytes of an edited rendition and the suffix of its name (`-edited`).
    pub edited: Option<(String, Vec<u8>)>,
    /// The moving half of a live photo: extension with dot, and bytes.
    pub clip: Option<(String, Vec<u8>)>,
    /// How its sidecar is named.
    pub era: Era,
    /// Whether there is a sidecar.
    pub sidecar: bool,
    /// Whether the media lie in the export (an incremental part may hold the sidecar alone).
    pub with_media: bool,
}

impl Item {
    /// Returns an item with a url, in its year's folder, uploaded an hour after it was taken. The media key follows from title, time
    /// and bytes: items equal in all three need keys of their own.
    #[must_use]
    pub fn new(title: &str, media: Vec<u8>, taken_utc_seconds: i64) -> Self {
        let start = mix(taken_utc_seconds as u64 ^ (media.len() as u64) << 32);
        let seed = title
            .bytes()
            .chain(media.iter().copied())
            .fold(start, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        Self {
            title: title.to_owned(),
            media,
            taken_utc_seconds: Some(taken_utc_seconds),
            uploaded_utc_seconds: taken_utc_seconds + 3600,
            modified_utc_seconds: None,
            key: Some(media_key(seed)),
            albums: Vec::new(),
            in_year_folder: true,
            album_media: None,
            favourite: false,
            archived: false,
            trashed: false,
            locked: false,
            caption: String::new(),
            people: Vec::new(),
            place: None,
            origin: Origin::default(),
            edited: None,
            clip: None,
            era: Era::default(),
            sidecar: true,
            with_media: true,
        }
    }

    /// Returns the sidecar's text.
    #[must_use]
    pub fn sidecar_json(&self) -> String {
        let (latitude, longitude) = self.place.unwrap_or((0.0, 0.0));
        let spot = json!({"latitude": latitude, "longitude": longitude, "altitude": 0.0, "latitudeSpan": 0.0, "longitudeSpan": 0.0});
        let mut fields = Map::new();
        fields.insert("title".to_owned(), json!(self.title));
        fields.insert("description".to_owned(), json!(self.caption));
        fields.insert("imageViews".to_owned(), json!("3"));
        fields.insert("creationTime".to_owned(), instant(self.uploaded_utc_seconds));
        fields.insert("photoTakenTime".to_owned(), instant(self.taken_utc_seconds.unwrap_or(0)));
        fields.insert("geoData".to_owned(), spot.clone());
        fields.insert("geoDataExif".to_owned(), spot);
        if !self.people.is_empty() {
            fields.insert("people".to_owned(), self.people.iter().map(|name| json!({"name": name})).collect());
        }
        if let Some(key) = &self.key {
            fields.insert("url".to_owned(), json!(format!("https://photos.google.com/photo/{key}")));
        }
        if let Some(origin) = self.origin.json() {
            fields.insert("googlePhotosOrigin".to_owned(), origin);
        }
        if let Some(modified) = self.modified_utc_seconds {
            fields.insert("photoLastModifiedTime".to_owned(), instant(modified));
        }
        for (name, set) in
            [("favorited", self.favourite), ("archived", self.archived), ("trashed", self.trashed), ("inLockedFolder", self.locked)]
        {
            if set {
                fields.insert(name.to_owned(), json!(true));
            }
        }
        serde_json::to_string_pretty(&fields).expect("plain values")
    }

    fn year_folder(&self) -> String {
        format!("Photos from {}", Moment(self.taken_utc_seconds.unwrap_or(self.uploaded_utc_seconds)).year())
    }
}

/// Returns a media key as Google's look: `AF1Qip` and 38 characters.
#[must_use]
pub fn media_key(seed: u64) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let signs = (0..38).map(|place| char::from(SIGNS[(mix(seed ^ mix(place)) % 64) as usize]));
    format!("AF1Qip{}", signs.collect::<String>())
}

fn instant(seconds: i64) -> Value {
    json!({"timestamp": seconds.to_string(), "formatted": Moment(seconds).formatted()})
}

/// What an entry of an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The media in the year's folder.
    Media,
    /// The media again, in an album's folder.
    AlbumCopy,
    /// An edited rendition.
    Edited,
    /// The moving half of a live photo.
    Clip,
    /// An item's sidecar.
    Sidecar,
    /// An album's record.
    AlbumRecord,
    /// Something else of Takeout's.
    Other,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path from the export's root, with `/`: `Takeout/Google Photos/Photos from 2020/IMG_1.jpg`.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
    /// The item it belongs to, by its place in [`Export::items`].
    pub item: Option<usize>,
    /// What it is.
    pub part: Part,
}

/// An export under construction.
#[derive(Debug, Clone)]
pub struct Export {
    /// The account's items, in the order in which names are given.
    pub items: Vec<Item>,
    /// Localised name of the product's folder.
    pub product_folder: String,
    /// Localised name of the album records.
    pub album_record_name: String,
    /// Album descriptions by title; albums without one have an empty description.
    pub album_captions: BTreeMap<String, String>,
    /// Whether the files lie there that every export has beside the photos.
    pub with_extras: bool,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            product_folder: "Google Photos".to_owned(),
            album_record_name: "metadata.json".to_owned(),
            album_captions: BTreeMap::new(),
            with_extras: true,
        }
    }
}

impl Export {
    /// Returns an export of those items.
    #[must_use]
    pub fn of(items: impl IntoIterator<Item = Item>) -> Self {
        Self { items: items.into_iter().collect(), ..Self::default() }
    }

    /// Adds an item and returns its place.
    pub fn add(&mut self, item: Item) -> usize {
        self.items.push(item);
        self.items.len() - 1
    }

    /// Returns the export's files: year folders and albums by name, and in each the items in their order.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let root = format!("Takeout/{}", self.product_folder);
        let mut folders: BTreeMap<String, Vec<(usize, Part)>> = BTreeMap::new();
        for (index, item) in self.items.iter().enumerate() {
            if item.in_year_folder {
                folders.entry(item.year_folder()).or_default().push((index, Part::Media));
            }
            for album in &item.albums {
                folders.entry(album.clone()).or_default().push((index, Part::AlbumCopy));
            }
        }
        let mut entries = Vec::new();
        for (title, places) in &folders {
            let folder = format!("{root}/{}", names::first_units(&names::replaced(title), 50));
            let mut taken = Taken::default();
            if places.iter().any(|(_, part)| *part == Part::AlbumCopy) {
                entries.push(self.album_record(&folder, title));
            }
            for (index, part) in places {
                self.lay_item(&folder, *index, *part, &mut taken, &mut entries);
            }
        }
        if self.with_extras {
            let extras = [
                ("print-subscriptions.json", "{}"),
                ("shared_album_comments.json", "{}"),
                ("user-generated-memory-titles.json", "{\"title\": [\"Summer\"]}"),
            ];
            for (name, text) in extras {
                entries.push(Entry { path: format!("{root}/{name}"), bytes: text.into(), item: None, part: Part::Other });
            }
            let page = b"<!doctype html><title>Takeout</title>".to_vec();
            entries.push(Entry { path: "Takeout/archive_browser.html".to_owned(), bytes: page, item: None, part: Part::Other });
        }
        entries
    }

    fn album_record(&self, folder: &str, title: &str) -> Entry {
        let caption = self.album_captions.get(title).map_or("", String::as_str);
        let record = json!({"title": title, "description": caption, "access": "protected", "date": instant(1_502_439_626)});
        let bytes = serde_json::to_vec_pretty(&record).expect("plain values");
        Entry { path: format!("{folder}/{}", self.album_record_name), bytes, item: None, part: Part::AlbumRecord }
    }

    fn lay_item(&self, folder: &str, index: usize, part: Part, taken: &mut Taken, entries: &mut Vec<Entry>) {
        let item = &self.items[index];
        let mut lay = |name: String, bytes: &[u8], part| {
            entries.push(Entry { path: format!("{folder}/{name}"), bytes: bytes.to_vec(), item: Some(index), part });
        };
        let name = media_name(&item.title, ".jpg");
        let (stem, extension) = split(&name);
        let mut count = 0;
        if item.with_media {
            let own = taken.take(stem, extension);
            count = own.1;
            let bytes = item.album_media.as_ref().filter(|_| part == Part::AlbumCopy).unwrap_or(&item.media);
            lay(own.0, bytes, part);
        }
        if let Some((suffix, bytes)) = &item.edited {
            let edited = media_name(&format!("{stem}{suffix}{extension}"), "");
            let (stem, extension) = split(&edited);
            lay(counted(stem, extension, count), bytes, Part::Edited);
        }
        if let Some((extension, bytes)) = &item.clip {
            lay(counted(stem, extension, count), bytes, Part::Clip);
        }
        if item.sidecar {
            let (name, _) = taken.take(&sidecar_name(&item.title, item.era), ".json");
            lay(name, item.sidecar_json().as_bytes(), Part::Sidecar);
        }
    }
}

#[cfg(test)]
mod tests;
