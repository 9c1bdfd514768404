//! The shots of the demo: nine outings of five photos each, four cameras, seven years.

use super::{Piece, Task, copies};
use crate::canvas::Canvas;
use crate::clock::Moment;
use crate::encode::{JpegOptions, jpeg};
use crate::exif::{Camera, Exif};
use crate::rng::{Rng, mix};
use crate::scene::{Kind, Scene};
use crate::takeout::Item;
use model::Turn;

/// A few hours with one camera at one place.
struct Outing {
    camera: &'static str,
    /// Clock reading of the first shot.
    start: &'static str,
    /// Latitude, longitude, and the zone's offset in minutes.
    place: (f64, f64, i64),
    kinds: [Kind; 5],
}

const OUTINGS: [Outing; 9] = [
    Outing {
        camera: "canon",
        start: "2016:08:13 10:04:11",
        place: (38.7223, -9.1393, 60),
        kinds: [Kind::City, Kind::City, Kind::Portrait, Kind::Beach, Kind::Table],
    },
    Outing {
        camera: "canon",
        start: "2017:05:27 08:41:50",
        place: (46.5197, 6.6323, 120),
        kinds: [Kind::Mountains, Kind::Mountains, Kind::Forest, Kind::Portrait, Kind::Mountains],
    },
    Outing {
        camera: "nikon",
        start: "2018:07:02 15:30:02",
        place: (64.1466, -21.9426, 0),
        kinds: [Kind::Mountains, Kind::Beach, Kind::Mountains, Kind::Beach, Kind::Forest],
    },
    Outing {
        camera: "pixel",
        start: "2019:06:09 11:20:33",
        place: (35.0116, 135.7681, 540),
        kinds: [Kind::Forest, Kind::City, Kind::Table, Kind::Portrait, Kind::Forest],
    },
    Outing {
        camera: "nikon",
        start: "2019:10:19 16:02:47",
        place: (52.52, 13.405, 120),
        kinds: [Kind::Forest, Kind::Forest, Kind::City, Kind::Table, Kind::Portrait],
    },
    Outing {
        camera: "iphone",
        start: "2020:09:20 13:12:07",
        place: (43.2965, 5.3698, 120),
        kinds: [Kind::Beach, Kind::Beach, Kind::Portrait, Kind::Table, Kind::City],
    },
    Outing {
        camera: "pixel",
        start: "2021:12:24 17:45:00",
        place: (52.52, 13.405, 60),
        kinds: [Kind::Table, Kind::Portrait, Kind::Table, Kind::Portrait, Kind::City],
    },
    Outing {
        camera: "iphone",
        start: "2022:07:30 09:15:21",
        place: (-33.9249, 18.4241, 120),
        kinds: [Kind::Beach, Kind::Mountains, Kind::Beach, Kind::Mountains, Kind::Portrait],
    },
    Outing {
        camera: "nikon",
        start: "2023:05:06 12:00:58",
        place: (39.7392, -104.9903, -360),
        kinds: [Kind::Mountains, Kind::City, Kind::Forest, Kind::Table, Kind::Mountains],
    },
];

/// One press of the shutter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shot {
    pub(super) seed: u64,
    pub(super) camera: Camera,
    /// The camera's clock.
    pub(super) taken: Moment,
    /// Zone of that clock, minutes east of UTC.
    pub(super) offset_minutes: i64,
    pub(super) number: u32,
    place: (f64, f64),
    kind: Kind,
    /// Whether the camera was held upright and says so in its EXIF orientation.
    upright: bool,
}

impl Shot {
    /// Returns the instant in seconds of UTC.
    pub(super) fn utc_seconds(&self) -> i64 {
        self.taken.0 - 60 * self.offset_minutes
    }

    /// Returns the name the camera gave it.
    pub(super) fn name(&self) -> String {
        self.camera.file_name(self.taken, self.number)
    }

    /// Returns the name without its extension.
    pub(super) fn stem(&self) -> String {
        let name = self.name();
        name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned())
    }

    /// Draws what a viewer shows.
    pub(super) fn canvas(&self) -> Canvas {
        let (width, height) = if self.camera.phone { (1600, 1200) } else { (1620, 1080) };
        let (width, height) = if self.upright { (height, width) } else { (width, height) };
        Scene::of(self.kind, self.seed).draw(width, height)
    }

    /// Returns what the camera wrote beside the pixels of `canvas`, lying as it shows.
    pub(super) fn exif(&self, canvas: &Canvas) -> Exif {
        let written = self.camera.exif(self.taken, self.number);
        let offset = self.offset_minutes;
        let sign = if offset < 0 { '-' } else { '+' };
        Exif {
            offset: self.camera.phone.then(|| format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)),
            place: self.camera.phone.then_some(self.place),
            pixels: Some((canvas.width as u32, canvas.height as u32)),
            ..written
        }
    }

    /// Returns the camera's file: upright shots are stored lying, with orientation 6.
    pub(super) fn original(&self, canvas: &Canvas) -> Vec<u8> {
        let turn = if self.upright { Turn::Clockwise } else { Turn::Upright };
        let stored = canvas.stored_for(turn);
        let exif = Exif { orientation: Some(turn.exif()), ..self.exif(&stored) };
        jpeg(&stored, 90, &JpegOptions::with(exif))
    }

    /// Returns an item of this shot, uploaded `days` later, with the place where a phone knows it.
    pub(super) fn item(&self, title: &str, media: Vec<u8>, days: i64) -> Item {
        let mut item = Item::new(title, media, self.utc_seconds());
        item.uploaded_utc_seconds += days * 86_400;
        item.place = self.camera.phone.then_some(self.place);
        item
    }

    /// Returns the source of draws for this shot's copies.
    pub(super) fn rng(&self) -> Rng {
        Rng::new(mix(self.seed))
    }
}

/// Returns the shots in the order in which they were taken.
pub(super) fn shots(seed: u64) -> Vec<Shot> {
    let mut shots = Vec::new();
    for (number, outing) in OUTINGS.iter().enumerate() {
        let camera = Camera::named(outing.camera).expect("in the table");
        let mut taken = Moment::parse(outing.start).expect("a reading");
        for (place, kind) in outing.kinds.into_iter().enumerate() {
            let index = (5 * number + place) as u64;
            let own = mix(seed.wrapping_mul(1000).wrapping_add(index));
            shots.push(Shot {
                seed: own,
                camera,
                taken,
                offset_minutes: outing.place.2,
                number: 1203 + 61 * number as u32 + place as u32,
                place: (outing.place.0 + 0.003 * place as f64, outing.place.1 - 0.002 * place as f64),
                kind,
                upright: index % 11 == 7,
            });
            taken = taken.later(97 + (own % 1800) as i64);
        }
    }
    shots
}

/// Returns one task for each shot: the original and its copies.
pub(super) fn tasks(seed: u64) -> Vec<Task> {
    shots(seed).into_iter().enumerate().map(|(index, shot)| -> Task { Box::new(move || draw(index, shot)) }).collect()
}

fn draw(index: usize, shot: Shot) -> Vec<Piece> {
    let canvas = shot.canvas();
    let original = shot.original(&canvas);
    let mut item = shot.item(&shot.name(), original.clone(), 1);
    item.favourite = index % 13 == 5;
    item.archived = index == 31;
    if index % 9 == 4 {
        item.caption = ["At the lake", "Zoë’s birthday", "First day", "The view from our room", "Late again"][index / 9].to_owned();
    }
    if index % 7 == 2 {
        item.people = vec![["Anna", "Ben", "Chloé"][index % 3].to_owned()];
    }
    if index % 4 == 1 {
        item.era = crate::takeout::Era::Legacy;
    }
    let mut pieces = vec![Piece { item, kind: "exact", note: String::new() }];
    for copy in copies::of(index) {
        copy.add_to(&mut pieces, &shot, &canvas, &original);
    }
    pieces
}
