//! What lies between the shots: a burst, screenshots, scans, films, a damaged file. None of them is a copy of anything.

use super::{Piece, Task};
use crate::clock::Moment;
use crate::damage;
use crate::encode::{JpegOptions, jpeg, png};
use crate::exif::{Camera, Exif};
use crate::film::{FilmFacts, film, motion_photo};
use crate::rng::mix;
use crate::scene::{Kind, Scene, document, screenshot};
use crate::takeout::Item;
use crate::tree::next_frame;

/// Frames of the burst.
const FRAMES: u64 = 6;
/// Chats that look alike.
const SCREENSHOTS: u64 = 8;

/// Returns one task for the burst and one for each of the others.
pub(super) fn tasks(seed: u64) -> Vec<Task> {
    let seed = mix(seed ^ 0xB7_57A4);
    let mut tasks: Vec<Task> = vec![Box::new(move || burst(seed))];
    tasks.extend((0..SCREENSHOTS).map(|number| -> Task { Box::new(move || vec![chat(seed, number)]) }));
    tasks.extend((0..2).map(|number| -> Task { Box::new(move || vec![scan(seed, number)]) }));
    tasks.extend((0..2).map(|number| -> Task { Box::new(move || vec![clip(seed, number)]) }));
    tasks.push(Box::new(move || vec![moving(seed)]));
    tasks.push(Box::new(move || vec![damaged(seed)]));
    tasks
}

fn alone(item: Item, note: &str) -> Piece {
    Piece { item, kind: "distractor", note: note.to_owned() }
}

/// Six frames within two seconds, told apart by their sub-seconds.
fn burst(seed: u64) -> Vec<Piece> {
    let camera = Camera::named("pixel").expect("in the table");
    let first = Scene::of(Kind::Beach, seed).draw(1600, 1200);
    let start = Moment::of(2019, 6, 12, 18, 5, 40);
    let frame = |number: u64| {
        let canvas = if number == 0 { first.clone() } else { next_frame(&first, seed + number) };
        let thousandths = 120 + 310 * number as i64;
        let taken = start.later(thousandths / 1000);
        let exif = Exif {
            subsec: Some(format!("{:03}", thousandths % 1000)),
            offset: Some("+09:00".to_owned()),
            pixels: Some((1600, 1200)),
            ..camera.exif(taken, 2000)
        };
        let title = format!("PXL_{}{:03}.jpg", taken.compact(), thousandths % 1000);
        let item = Item::new(&title, jpeg(&canvas, 90, &JpegOptions::with(exif)), taken.0 - 9 * 3600);
        Piece { item, kind: "burst", note: format!("burst frame {number}") }
    };
    (0..FRAMES).map(frame).collect()
}

fn chat(seed: u64, number: u64) -> Piece {
    let taken = Moment::of(2022, 3, 4, 20, 11, 9).later(number as i64 * 523);
    let title = format!("Screenshot_{}.png", taken.compact().replace('_', "-"));
    alone(Item::new(&title, png(&screenshot(seed + number, 540, 1170), None), taken.0), "chat, looks like the others")
}

fn scan(seed: u64, number: u64) -> Piece {
    let page = document(seed + number, 900, 1200).noise(seed + number, 3.0);
    let taken = Moment::of(2021, 2, 3, 9, 30, 0).later(number as i64 * 60);
    let title = format!("Scan_{:04}.jpg", number + 1);
    alone(Item::new(&title, jpeg(&page, 85, &JpegOptions::default()), taken.0), "scanned page")
}

fn clip(seed: u64, number: u64) -> Piece {
    let taken = Moment::of(2020, 9, 20, 11, 20, 0).later(number as i64 * 600);
    let facts = FilmFacts { created_utc_seconds: Some(taken.0), size: (1920, 1080), index_first: number == 1, ..FilmFacts::default() };
    let title = format!("VID_{}.mp4", taken.compact());
    alone(Item::new(&title, film(seed + number, 8.0 + number as f64, &facts), taken.0), "film")
}

fn moving(seed: u64) -> Piece {
    let camera = Camera::named("pixel").expect("in the table");
    let taken = Moment::of(2021, 12, 25, 10, 2, 3);
    let canvas = Scene::of(Kind::Table, seed + 77).draw(1600, 1200);
    let exif = Exif { offset: Some("+01:00".to_owned()), pixels: Some((1600, 1200)), ..camera.exif(taken, 2100) };
    let bytes = motion_photo(&canvas, 90, exif, &film(seed + 78, 1.5, &FilmFacts::default()));
    alone(Item::new(&format!("PXL_{}412.MP.jpg", taken.compact()), bytes, taken.0 - 3600), "motion photo")
}

fn damaged(seed: u64) -> Piece {
    let camera = Camera::named("canon").expect("in the table");
    let taken = Moment::of(2017, 5, 28, 7, 7, 7);
    let canvas = Scene::of(Kind::Mountains, seed + 99).draw(1620, 1080);
    let whole = jpeg(&canvas, 90, &JpegOptions::with(camera.exif(taken, 1290)));
    let item = Item::new("IMG_1290.JPG", damage::cut(&whole, whole.len() * 2 / 5), taken.0 - 7200);
    Piece { item, kind: "corrupt", note: "ends too early".to_owned() }
}
