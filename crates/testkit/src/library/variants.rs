//! One photo of the library with everything that is made of it, and what stands beside it.
//!
//! What each photo has follows from its number, so that a library of any size holds all families in about the same shares.

use super::{LibraryRow, Piece};
use crate::canvas::Canvas;
use crate::clock::Moment;
use crate::dng;
use crate::encode::{JpegOptions, Sampling, jpeg, png};
use crate::exif::{CAMERAS, Camera, Exif};
use crate::rng::{Rng, mix};
use crate::scene::{Scene, document, screenshot};
use crate::tree::next_frame;
use model::Turn;

/// Turns of the rotated copies, in turn.
const TURNS: [Turn; 7] =
    [Turn::Clockwise, Turn::Mirrored, Turn::Half, Turn::Counterclockwise, Turn::Flipped, Turn::Transposed, Turn::Transversed];
/// Longer sides of the smaller copies, pixels.
const SMALLER: [usize; 4] = [1024, 320, 640, 160];
/// JPEG qualities of the copies coded anew.
const QUALITIES: [u8; 5] = [75, 50, 85, 60, 30];
/// Shares cut from each side.
const CROPS: [f32; 4] = [0.02, 0.05, 0.1, 0.2];
/// Frames of a burst.
const FRAMES: u64 = 3;

/// A photo with its number, camera and moment.
struct Shot {
    index: usize,
    seed: u64,
    camera: Camera,
    taken: Moment,
    canvas: Canvas,
}

/// Draws what belongs to the `index`-th photo.
pub(super) fn of(seed: u64, index: usize) -> Vec<Piece> {
    let own = mix(seed ^ mix(index as u64));
    let (width, height) = [(1600, 1200), (1620, 1080), (1200, 1600), (1280, 960)][index % 4];
    let shot = Shot {
        index,
        seed: own,
        camera: CAMERAS[index % CAMERAS.len()],
        taken: Moment::of(2015, 5, 3, 9, 11, 20).later(index as i64 * 97_811),
        canvas: Scene::new(own.wrapping_add(index as u64)).draw(width, height),
    };
    let mut pieces = shot.copies();
    pieces.extend(shot.changed());
    pieces.extend(shot.beside());
    pieces
}

impl Shot {
    fn exif(&self, canvas: &Canvas) -> Exif {
        let written = self.camera.exif(self.taken, self.number());
        Exif { pixels: Some((canvas.width as u32, canvas.height as u32)), ..written }
    }

    fn number(&self) -> u32 {
        1000 + self.index as u32
    }

    fn name(&self) -> String {
        self.camera.file_name(self.taken, self.number())
    }

    fn stem(&self) -> String {
        let name = self.name();
        name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned())
    }

    fn piece(&self, path: String, kind: &'static str, note: impl Into<String>, bytes: Vec<u8>) -> Piece {
        Piece { row: LibraryRow { path, group: format!("p{:05}", self.index), kind, note: note.into() }, bytes }
    }

    /// A piece in a group of its own.
    fn other(&self, path: String, name: &str, kind: &'static str, bytes: Vec<u8>) -> Piece {
        let row = LibraryRow { path, group: format!("{name}{:05}", self.index), kind, note: name.to_owned() };
        Piece { row, bytes }
    }

    /// The original and what shows the same picture.
    fn copies(&self) -> Vec<Piece> {
        let (index, canvas, stem) = (self.index, &self.canvas, self.stem());
        let original = jpeg(canvas, 92, &JpegOptions::with(self.exif(canvas)));
        let mut pieces = Vec::new();
        if index % 3 == 0 {
            pieces.push(self.piece(format!("backup/{}", self.name()), "exact", "same bytes", original.clone()));
        }
        if index % 5 == 1 {
            let bytes = jpeg(canvas, 92, &JpegOptions::default());
            pieces.push(self.piece(format!("stripped/{}", self.name()), "reencoded", "same pixels; metadata taken out", bytes));
        }
        let quality = QUALITIES[index % QUALITIES.len()];
        let sampling = if index % 2 == 0 { Sampling::Quarter } else { Sampling::Full };
        let exif = (index % 3 != 2).then(|| self.exif(canvas));
        let options = JpegOptions { exif, sampling, progressive: index % 4 == 3, ..JpegOptions::default() };
        let note = format!("quality {quality}");
        pieces.push(self.piece(format!("saved/{stem}_q{quality}.jpg"), "reencoded", note, jpeg(canvas, quality, &options)));
        if index % 6 == 4 {
            pieces.push(self.piece(format!("saved/{stem}.png"), "reencoded", "PNG", png(canvas, None)));
        }
        for side in [SMALLER[index % 4], SMALLER[(index + 1) % 4]] {
            let small = canvas.fitted(side);
            let options = if index % 2 == 0 { JpegOptions::with(self.exif(&small)) } else { JpegOptions::default() };
            let note = format!("longer side {side}");
            pieces.push(self.piece(format!("small/{stem}_{side}.jpg"), "resized", note, jpeg(&small, 82, &options)));
        }
        let turn = TURNS[index % TURNS.len()];
        let note = format!("{turn:?}");
        let turned = canvas.turned(turn);
        pieces.push(self.piece(format!("turned/{stem}.jpg"), "rotated", note, jpeg(&turned, 88, &JpegOptions::default())));
        if index % 6 == 1 {
            let raw = dng::with_preview(canvas, &self.exif(canvas), 1024);
            pieces.push(self.piece(format!("photos/{stem}.dng"), "raw_jpeg", "raw beside it", raw));
        }
        pieces.insert(0, self.piece(format!("photos/{}", self.name()), "exact", "original", original));
        pieces
    }

    /// What was made of it and is no plain copy.
    fn changed(&self) -> Vec<Piece> {
        let (index, canvas, stem) = (self.index, &self.canvas, self.stem());
        let (edited, note) = match index % 6 {
            0 => (canvas.brightness(1.15), "brighter"),
            1 => (canvas.contrast(1.25), "more contrast"),
            2 => (canvas.grey(), "black and white"),
            3 => (canvas.saturation(1.5), "stronger colours"),
            4 => (canvas.captioned("See you next year"), "words written over"),
            _ => (canvas.blurred(3), "out of focus"),
        };
        let exif = Exif { software: Some("Snapseed 2.0".to_owned()), ..self.exif(canvas) };
        let options = JpegOptions::with(exif);
        let cut = CROPS[index % CROPS.len()];
        let cropped = if index % 2 == 0 {
            canvas.trimmed(cut)
        } else {
            let (w, h) = (canvas.width, canvas.height);
            canvas.cropped((w as f32 * cut) as usize, 0, w - (w as f32 * 2.0 * cut) as usize, h - (h as f32 * cut) as usize)
        };
        let bare = JpegOptions::default();
        let mut pieces = vec![
            self.piece(format!("edited/{stem}.jpg"), "edited", note, jpeg(&edited, 90, &options)),
            self.piece(format!("cropped/{stem}.jpg"), "cropped", format!("{cut} from a side"), jpeg(&cropped, 88, &bare)),
        ];
        if index % 5 == 2 {
            let (w, h) = (canvas.width, canvas.height);
            let view = canvas.cropped(w / 5, h / 12, w * 3 / 4, h * 3 / 4).resized(w, h).brightness(0.95).noise(self.seed, 4.0);
            let exif = self.camera.exif(self.taken.later(64), self.number() + 40_000);
            let bytes = jpeg(&view, 90, &JpegOptions::with(exif));
            pieces.push(self.piece(format!("photos/view_{stem}.jpg"), "scene", "a step aside a minute later", bytes));
        }
        pieces
    }

    /// What has nothing to do with it and looks like others of its sort.
    fn beside(&self) -> Vec<Piece> {
        let (index, rng) = (self.index, Rng::new(self.seed ^ 0x00BE_51DE));
        let mut pieces = Vec::new();
        if index % 3 == 0 {
            let bytes = png(&screenshot(rng.next(), 540, 1170), None);
            pieces.push(self.other(format!("chats/Screenshot_{index:05}.png"), "chat", "distractor", bytes));
        }
        if index % 3 == 1 {
            let seed = rng.next();
            let page = document(seed, 900, 1200).noise(seed, 3.0);
            let bytes = jpeg(&page, 85, &JpegOptions::default());
            pieces.push(self.other(format!("scans/Scan_{index:05}.jpg"), "scan", "distractor", bytes));
        }
        if index % 5 == 3 {
            pieces.extend(self.burst(rng.next()));
        }
        pieces
    }

    fn burst(&self, seed: u64) -> Vec<Piece> {
        let first = Scene::new(seed).draw(1280, 960);
        let camera = Camera::named("pixel").expect("in the table");
        let frame = |number: u64| {
            let canvas = if number == 0 { first.clone() } else { next_frame(&first, seed.wrapping_add(number)) };
            let thousandths = 120 + 310 * number as i64;
            let taken = self.taken.later(3600 + thousandths / 1000);
            let exif = Exif { subsec: Some(format!("{:03}", thousandths % 1000)), ..camera.exif(taken, self.number() + number as u32) };
            let bytes = jpeg(&canvas, 90, &JpegOptions::with(exif));
            self.other(format!("bursts/PXL_{}{:03}.jpg", taken.compact(), thousandths % 1000), "burst", "burst", bytes)
        };
        (0..FRAMES).map(frame).collect()
    }
}
