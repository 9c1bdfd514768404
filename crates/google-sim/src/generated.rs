//! The made-up library: item number so-and-so from size and seed, newest first, as a person's years of photos look.
//!
//! Ten places in a row are a block of one or two days. Two of them can be Lightroom's smart previews (`UUID.dng`) of the place before:
//! same second, same camera, smaller. Some have no partner.

use testkit::clock::Moment;
use testkit::rng::mix;

use crate::world::opaque;

/// Places of a block.
const BLOCK: u64 = 10;
/// Seconds between two blocks.
const BLOCK_S: i64 = 75_600;
/// Seconds between two places of a block.
const PLACE_S: i64 = 600;
/// The newest item's capture: 2022-04-29 18:00:00 UTC.
const NEWEST_S: i64 = 1_651_255_200;
/// The long side of a smart preview. Pixels.
const PREVIEW_SIDE: u64 = 2560;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A camera's or phone's photo, raws included.
    Photo,
    /// A smart preview of the item one place newer.
    Preview,
    /// A smart preview of a photo that is not in the library.
    Orphan,
    /// A phone's screenshot: no camera.
    Screenshot,
    /// A photo from a messenger: no camera.
    Received,
    /// A film.
    Video,
}

/// A maker's model and what it writes.
#[derive(Debug, PartialEq)]
pub(crate) struct Camera {
    pub(crate) make: &'static str,
    pub(crate) model: &'static str,
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) f_number: f64,
    pub(crate) focal_length: f64,
    /// File endings and MIME types it writes.
    files: &'static [(&'static str, &'static str)],
    name: Naming,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Naming {
    /// `IMG_1234`
    Numbered(&'static str),
    /// `PXL_20210501_101112345`
    Pixel,
    /// `20210501_101112`
    Compact,
}

const JPEG: (&str, &str) = ("JPG", "image/jpeg");

/// Cameras whose owners use Lightroom.
const CAMERAS: [Camera; 5] = [
    Camera {
        make: "Canon",
        model: "Canon EOS 6D",
        width: 5472,
        height: 3648,
        f_number: 2.8,
        focal_length: 35.0,
        files: &[("CR2", "image/x-canon-cr2"), JPEG],
        name: Naming::Numbered("IMG_"),
    },
    Camera {
        make: "NIKON CORPORATION",
        model: "NIKON D750",
        width: 6016,
        height: 4016,
        f_number: 4.0,
        focal_length: 24.0,
        files: &[("NEF", "image/x-nikon-nef"), JPEG],
        name: Naming::Numbered("DSC_"),
    },
    Camera {
        make: "SONY",
        model: "ILCE-7M3",
        width: 6000,
        height: 4000,
        f_number: 1.8,
        focal_length: 55.0,
        files: &[("ARW", "image/x-sony-arw"), JPEG],
        name: Naming::Numbered("DSC0"),
    },
    Camera {
        make: "FUJIFILM",
        model: "X-T3",
        width: 6240,
        height: 4160,
        f_number: 5.6,
        focal_length: 18.5,
        files: &[("RAF", "image/x-fuji-raf"), JPEG],
        name: Naming::Numbered("DSCF"),
    },
    Camera {
        make: "Panasonic",
        model: "DMC-GX8",
        width: 5184,
        height: 3888,
        f_number: 1.7,
        focal_length: 20.0,
        files: &[JPEG],
        name: Naming::Numbered("P10"),
    },
];

const PHONES: [Camera; 4] = [
    Camera {
        make: "Apple",
        model: "iPhone 12",
        width: 4032,
        height: 3024,
        f_number: 1.6,
        focal_length: 4.2,
        files: &[("HEIC", "image/heif"), ("JPG", "image/jpeg")],
        name: Naming::Numbered("IMG_"),
    },
    Camera {
        make: "Google",
        model: "Pixel 6",
        width: 4080,
        height: 3072,
        f_number: 1.85,
        focal_length: 6.81,
        files: &[("jpg", "image/jpeg")],
        name: Naming::Pixel,
    },
    Camera {
        make: "samsung",
        model: "SM-G991B",
        width: 4000,
        height: 3000,
        f_number: 1.8,
        focal_length: 5.4,
        files: &[("jpg", "image/jpeg")],
        name: Naming::Compact,
    },
    Camera {
        make: "motorola",
        model: "Moto G (5) Plus",
        width: 4032,
        height: 3024,
        f_number: 1.7,
        focal_length: 4.28,
        files: &[("jpg", "image/jpeg")],
        name: Naming::Numbered("IMG_"),
    },
];

const EXPOSURES: [&str; 9] = ["0.0005s", "0.001s", "0.001996007s", "0.004s", "0.008s", "0.016666667s", "0.033333333s", "2s", "30s"];
const SPEEDS: [u64; 6] = [50, 100, 200, 400, 800, 3200];

/// An item of the library.
#[derive(Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) filename: String,
    pub(crate) mime_type: &'static str,
    /// Seconds since 1970.
    pub(crate) taken: i64,
    /// Milliseconds that its time shows, 0 for none.
    pub(crate) millis: u32,
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) camera: Option<&'static Camera>,
    pub(crate) exposure: &'static str,
    pub(crate) iso: u64,
    pub(crate) description: Option<&'static str>,
    /// What its picture is drawn from; a preview has its original's.
    pub(crate) scene: u64,
    /// Draws further small differences between items.
    pub(crate) luck: u64,
}

/// Counts of a made-up library.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LibraryFacts {
    /// All items.
    pub items: u64,
    /// Smart previews whose original is there: what a search for the same second, maker and model finds.
    pub previews: u64,
    /// Smart previews without an original.
    pub orphans: u64,
    /// Films.
    pub videos: u64,
    /// Photos without any camera: screenshots and received ones.
    pub without_camera: u64,
}

/// A library of a size and a seed.
#[derive(Debug)]
pub(crate) struct Generated {
    pub(crate) items: u64,
    seed: u64,
}

impl Generated {
    pub(crate) fn new(items: u64, seed: u64) -> Self {
        Self { items, seed }
    }

    /// Returns a number that follows from the seed, a place and a purpose.
    fn draw(&self, place: u64, purpose: u64) -> u64 {
        mix(self.seed ^ mix(place ^ mix(purpose)))
    }

    /// Returns the Library's id of the item at `place`.
    pub(crate) fn id(&self, place: u64) -> String {
        self.name(place, "AGj1epU", 90, 1)
    }

    /// Returns the Picker's id of the item at `place`.
    pub(crate) fn picker_id(&self, place: u64) -> String {
        self.name(place, "AP1GczM", 80, 2)
    }

    fn name(&self, place: u64, prefix: &str, length: usize, purpose: u64) -> String {
        // The place is hidden, not lost: eight hexadecimal digits turned by the seed.
        let hidden = (place ^ self.draw(0, purpose)) & 0xffff_ffff;
        format!("{prefix}{hidden:08x}{}", opaque(self.draw(place, purpose), length - 8))
    }

    /// Returns the place of a Library id.
    pub(crate) fn place(&self, id: &str) -> Option<u64> {
        let hidden = u64::from_str_radix(id.strip_prefix("AGj1epU")?.get(..8)?, 16).ok()?;
        let place = (hidden ^ self.draw(0, 1)) & 0xffff_ffff;
        (place < self.items && self.id(place) == id).then_some(place)
    }

    fn kind(&self, place: u64) -> Kind {
        let luck = self.draw(place / BLOCK, 3) >> (6 * (place % BLOCK)) & 63;
        match (place % BLOCK, luck) {
            (1 | 7, 0..26) => Kind::Preview,
            (7, 26..32) => Kind::Orphan,
            (4, 0..32) => Kind::Screenshot,
            (5, 0..40) => Kind::Video,
            (9, 0..24) => Kind::Received,
            _ => Kind::Photo,
        }
    }

    /// Returns the item at `place`; 0 is the newest.
    pub(crate) fn item(&self, place: u64) -> Item {
        let kind = self.kind(place);
        if kind == Kind::Preview {
            return self.preview(place);
        }
        let luck = self.draw(place, 4);
        let jitter = (luck >> 8) as i64 % (PLACE_S - 100);
        let taken = NEWEST_S - (place / BLOCK) as i64 * BLOCK_S - (place % BLOCK) as i64 * PLACE_S - jitter.abs();
        let camera = match (kind, place % BLOCK) {
            (Kind::Screenshot | Kind::Received, _) => None,
            (Kind::Orphan, _) | (_, 0 | 6) => Some(&CAMERAS[(luck >> 20) as usize % CAMERAS.len()]),
            _ => Some(&PHONES[(luck >> 20) as usize % PHONES.len()]),
        };
        let millis = if luck.is_multiple_of(11) { (luck >> 30) as u32 % 1000 } else { 0 };
        let (width, height) = match (kind, camera) {
            (Kind::Video, _) => (1920, 1080),
            (Kind::Screenshot, _) => (1080, 2400),
            (Kind::Orphan, Some(camera)) => preview_size(camera.width, camera.height),
            (_, Some(camera)) => (camera.width, camera.height),
            (_, None) => (1600, 1200),
        };
        let clock = Moment(taken);
        let (filename, mime_type) = match (kind, camera) {
            (Kind::Orphan, _) => (self.uuid_name(place), "image/x-adobe-dng"),
            (Kind::Screenshot, _) => (format!("Screenshot_{}.png", clock.compact().replace('_', "-")), "image/png"),
            (Kind::Video, _) => (format!("VID_{}.mp4", clock.compact()), "video/mp4"),
            (_, Some(camera)) => camera.file(clock, luck),
            (_, None) => (format!("IMG-{}-WA{:04}.jpg", &clock.compact()[..8], luck % 100), "image/jpeg"),
        };
        let description = (luck % 33 == 5).then_some("at the lake, before the rain");
        let exposure = EXPOSURES[(luck >> 26) as usize % EXPOSURES.len()];
        let iso = SPEEDS[(luck >> 34) as usize % SPEEDS.len()];
        let scene = self.draw(place, 5);
        Item { kind, filename, mime_type, taken, millis, width, height, camera, exposure, iso, description, scene, luck }
    }

    fn preview(&self, place: u64) -> Item {
        let original = self.item(place - 1);
        let (width, height) = preview_size(original.width, original.height);
        let filename = self.uuid_name(place);
        Item { kind: Kind::Preview, filename, mime_type: "image/x-adobe-dng", width, height, description: None, ..original }
    }

    fn uuid_name(&self, place: u64) -> String {
        let (high, low) = (self.draw(place, 6), self.draw(place, 7));
        let hex = format!("{high:016X}{low:016X}");
        format!("{}-{}-4{}-A{}-{}.dng", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }

    pub(crate) fn facts(&self) -> LibraryFacts {
        let mut facts = LibraryFacts { items: self.items, ..LibraryFacts::default() };
        for place in 0..self.items {
            match self.kind(place) {
                Kind::Preview => facts.previews += 1,
                Kind::Orphan => facts.orphans += 1,
                Kind::Video => facts.videos += 1,
                Kind::Screenshot | Kind::Received => facts.without_camera += 1,
                Kind::Photo => {}
            }
        }
        facts
    }
}

impl Camera {
    fn file(&self, clock: Moment, luck: u64) -> (String, &'static str) {
        let (ending, mime) = self.files[(luck >> 40) as usize % self.files.len()];
        let stem = match self.name {
            Naming::Numbered(prefix) => format!("{prefix}{:04}", luck % 10_000),
            Naming::Pixel => format!("PXL_{}{:03}", clock.compact(), luck % 1000),
            Naming::Compact => clock.compact(),
        };
        (format!("{stem}.{ending}"), mime)
    }
}

fn preview_size(width: u64, height: u64) -> (u64, u64) {
    let long = width.max(height);
    let scaled = |side: u64| (side * PREVIEW_SIDE + long / 2) / long;
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn size_and_seed_determine_it() {
        let (one, same, other) = (Generated::new(500, 7), Generated::new(500, 7), Generated::new(500, 8));
        for place in 0..500 {
            assert_eq!(one.item(place), same.item(place));
            assert_eq!(one.id(place), same.id(place));
        }
        assert!((0..500).any(|place| one.item(place) != other.item(place)));
        assert_ne!(one.id(3), other.id(3));
    }

    #[test]
    fn ids_lead_back_and_are_distinct() {
        let library = Generated::new(3000, 1);
        let ids: BTreeSet<String> = (0..3000).map(|place| library.id(place)).collect();
        assert_eq!(ids.len(), 3000);
        for place in [0, 1, 2999] {
            let id = library.id(place);
            assert_eq!(id.len(), 97);
            assert_eq!(library.place(&id), Some(place));
            assert_eq!(library.place(&format!("{id}\n")), None);
        }
        assert_eq!(library.place("AGj1epU"), None);
        assert_eq!(Generated::new(10, 1).place(&library.id(11)), None);
    }

    #[test]
    fn newest_come_first_and_only_previews_share_a_second() {
        let library = Generated::new(5000, 3);
        let mut by_shot: BTreeMap<(i64, &str, &str), Vec<Kind>> = BTreeMap::new();
        let mut last = i64::MAX;
        for place in 0..5000 {
            let item = library.item(place);
            assert!(item.taken <= last, "place {place}");
            last = item.taken;
            if let Some(camera) = item.camera {
                by_shot.entry((item.taken, camera.make, camera.model)).or_default().push(item.kind);
            }
        }
        let shared: Vec<_> = by_shot.values().filter(|kinds| kinds.len() > 1).collect();
        assert!(shared.iter().all(|kinds| ***kinds == [Kind::Photo, Kind::Preview]));
        let facts = library.facts();
        assert_eq!(shared.len() as u64, facts.previews);
        assert!(facts.previews > 250 && facts.orphans > 20 && facts.videos > 200 && facts.without_camera > 300, "{facts:?}");
    }
}
