//! The families of near-duplicates in the demo: which shot has which, and how each is made.
//!
//! Families: design reference, "Where near-duplicates come from". A family is a row of [`FAMILIES`]; shots are numbered from 0.

use super::Piece;
use super::shots::Shot;
use crate::canvas::Canvas;
use crate::dng;
use crate::encode::{JpegOptions, Sampling, jpeg};
use crate::exif::Exif;
use crate::film::{FilmFacts, film};
use crate::rng::Rng;
use crate::takeout::{Era, Item, Origin};
use Family::*;
use model::Turn;

/// A way in which a shot is there once more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Family {
    /// A smaller one of that longer side, with or without EXIF.
    Small(usize, bool),
    /// Lightroom's smart preview, uploaded by Drive for desktop.
    SmartPreview,
    /// Through a messenger: smaller, without EXIF, other name.
    Messenger,
    /// The same title again from a device that uploads in storage saver.
    StorageSaver,
    /// Google's edited rendition beside the original.
    Rendition,
    /// An edited file uploaded on its own.
    Edited(Edit),
    /// Part of the picture.
    Cropped,
    /// Pixels turned by a program.
    Turned(Turn),
    /// Stored lying, the EXIF orientation says how to turn it.
    Sideways,
    /// The raw beside the JPEG.
    Raw,
    /// In an album too.
    Album(&'static str),
    /// In an album too, where the EXIF block was rewritten.
    AlbumRewritten(&'static str),
    /// The same bytes, shared by a partner.
    Partner,
    /// The same pixels with a caption written into the file.
    Tagged,
    /// Saved by another program with the clock shifted by so many hours.
    Resaved(i64),
    /// The moving half of a live photo.
    Live,
    /// The same place from a step aside, a minute later: no duplicate.
    NextView,
}

/// What was done to an edited upload.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Edit {
    /// Colour taken out.
    Grey,
    /// Brighter, stronger colours.
    Vivid,
    /// Words written over.
    Caption,
}

/// Which shots have which copy.
#[rustfmt::skip]
const FAMILIES: &[(Family, &[usize])] = &[
    (Small(320, false), &[0, 9, 17, 33]),
    (Small(640, true), &[3, 11, 20, 28, 41]),
    (Small(640, false), &[6, 23, 36]),
    (Small(1024, true), &[0, 14, 30, 43]),
    (SmartPreview, &[0, 1, 2, 5, 6, 7, 10, 11, 12, 20, 21, 40]),
    (Messenger, &[4, 15, 17, 19, 26, 28, 31, 33, 37, 39]),
    (StorageSaver, &[16, 18, 25, 29, 35, 38]),
    (Rendition, &[15, 27, 34, 36]),
    (Edited(Edit::Grey), &[8, 26]),
    (Edited(Edit::Vivid), &[13, 32]),
    (Edited(Edit::Caption), &[30]),
    (Cropped, &[22, 37]),
    (Turned(Turn::Clockwise), &[10, 24]),
    (Turned(Turn::Half), &[31]),
    (Sideways, &[42]),
    (Raw, &[21, 22, 44]),
    (Album("Lisbon Summer 2016"), &[0, 1, 3]),
    (Album("Kyoto"), &[15, 16, 18]),
    (Album("Cape Town / July"), &[35, 36, 38]),
    (AlbumRewritten("Kyoto"), &[19]),
    (Partner, &[27, 34]),
    (Tagged, &[5, 41]),
    (Resaved(0), &[12]),
    (Resaved(3), &[9, 23]),
    (Live, &[25, 37]),
    (NextView, &[2, 14, 29]),
];

/// Returns the copies of the `index`-th shot.
pub(super) fn of(index: usize) -> impl Iterator<Item = Family> {
    FAMILIES.iter().filter(move |(_, shots)| shots.contains(&index)).map(|(copy, _)| *copy)
}

impl Family {
    /// Adds what this copy is to the shot's pieces: a piece of its own, or a change of the original's item, the first piece.
    pub(super) fn add_to(self, pieces: &mut Vec<Piece>, shot: &Shot, canvas: &Canvas, original: &[u8]) {
        let first = &mut pieces[0].item;
        match self {
            Album(title) => first.albums.push(title.to_owned()),
            AlbumRewritten(title) => {
                first.albums.push(title.to_owned());
                let exif = Exif { software: Some("Google".to_owned()), ..shot.exif(canvas) };
                first.album_media = Some(jpeg(canvas, 90, &JpegOptions::with(exif)));
            }
            Rendition => first.edited = Some(("-edited".to_owned(), rendition(shot, canvas))),
            Live => {
                let identifier = format!("{:08X}-0000-4000-8000-{:012X}", shot.seed >> 32, shot.seed & 0xFFFF_FFFF);
                let facts = FilmFacts {
                    created_utc_seconds: Some(shot.utc_seconds()),
                    content_identifier: Some(identifier),
                    camera: Some(("Apple".to_owned(), "iPhone 12".to_owned())),
                    quicktime: true,
                    ..FilmFacts::default()
                };
                first.clip = Some((".MOV".to_owned(), film(shot.seed, 2.6, &facts)));
            }
            _ => pieces.push(self.piece(shot, canvas, original)),
        }
    }

    fn piece(self, shot: &Shot, canvas: &Canvas, original: &[u8]) -> Piece {
        let (name, stem) = (shot.name(), shot.stem());
        let exif = || shot.exif(canvas);
        match self {
            Small(side, with_exif) => {
                let small = canvas.fitted(side);
                let options = if with_exif { JpegOptions::with(shot.exif(&small)) } else { JpegOptions::default() };
                let item = shot.item(&format!("{stem}_{side}.jpg"), jpeg(&small, 85, &options), 40);
                Piece { item, kind: "resized", note: format!("longer side {side}{}", if with_exif { "" } else { ", no EXIF" }) }
            }
            SmartPreview => {
                let small = canvas.fitted(1024);
                let exif = Exif { software: Some("Adobe Photoshop Lightroom Classic 12.3".to_owned()), ..shot.exif(&small) };
                let item = shot.item(&format!("{}.dng", uuid(&shot.rng())), dng::smart_preview(&small, &exif), 900);
                Piece { item: Item { origin: Origin::DriveDesktop, ..item }, kind: "raw_jpeg", note: "smart preview".to_owned() }
            }
            Messenger => messenger(shot, canvas),
            StorageSaver => {
                let bytes = jpeg(canvas, 80, &JpegOptions::with(exif()));
                Piece { item: shot.item(&name, bytes, 30), kind: "reencoded", note: "second upload, storage saver".to_owned() }
            }
            Edited(edit) => edited(edit, shot, canvas),
            Cropped => {
                let part = canvas.cropped(canvas.width / 6, canvas.height / 8, canvas.width * 7 / 10, canvas.height * 7 / 10);
                let bytes = jpeg(&part, 90, &JpegOptions::with(shot.exif(&part)));
                Piece { item: shot.item(&format!("{stem}_crop.jpg"), bytes, 8), kind: "cropped", note: "49% of the area kept".to_owned() }
            }
            Turned(turn) => {
                let turned = canvas.turned(turn);
                let bytes = jpeg(&turned, 92, &JpegOptions::with(shot.exif(&turned)));
                Piece { item: shot.item(&format!("{stem}_rot.jpg"), bytes, 9), kind: "rotated", note: format!("pixels {}", turn.words()) }
            }
            Sideways => {
                let stored = canvas.stored_for(Turn::Clockwise);
                let exif = Exif { orientation: Some(6), ..shot.exif(&stored) };
                let item = shot.item(&format!("{stem}_o.jpg"), jpeg(&stored, 92, &JpegOptions::with(exif)), 9);
                Piece { item, kind: "rotated", note: "EXIF orientation 6".to_owned() }
            }
            Raw => {
                let item = shot.item(&format!("{stem}.DNG"), dng::with_preview(canvas, &exif(), 1024), 1);
                Piece { item: Item { origin: Origin::Web, ..item }, kind: "raw_jpeg", note: "raw with a preview".to_owned() }
            }
            Partner => {
                let item = Item { origin: Origin::Partner, ..shot.item(&name, original.to_vec(), 2) };
                Piece { item, kind: "exact", note: "partner copy, same bytes".to_owned() }
            }
            Tagged => {
                let exif = Exif { caption: Some("The harbour".to_owned()), software: Some("Picasa".to_owned()), ..exif() };
                let bytes = jpeg(canvas, 90, &JpegOptions::with(exif));
                Piece {
                    item: shot.item(&format!("{stem}_tagged.jpg"), bytes, 60),
                    kind: "reencoded",
                    note: "same pixels, other metadata".to_owned(),
                }
            }
            Resaved(hours) => resaved(hours, shot, canvas),
            NextView => next_view(shot, canvas),
            Rendition | Album(_) | AlbumRewritten(_) | Live => unreachable!("these change the original's item"),
        }
    }
}

fn messenger(shot: &Shot, canvas: &Canvas) -> Piece {
    let [year, month, day, ..] = shot.taken.parts();
    let title = format!("IMG-{year}{month:02}{day:02}-WA{:04}.jpg", shot.number % 40);
    let bytes = jpeg(&canvas.fitted(1280), 72, &JpegOptions::default());
    let received = shot.utc_seconds() + 7000;
    let item = Item { origin: Origin::WhatsApp, ..Item::new(&title, bytes, received) };
    Piece { item, kind: "resized", note: "messenger, no EXIF".to_owned() }
}

fn rendition(shot: &Shot, canvas: &Canvas) -> Vec<u8> {
    let exif = Exif { software: Some("Google".to_owned()), ..shot.exif(canvas) };
    jpeg(&canvas.brightness(1.14).saturation(1.25), 90, &JpegOptions::with(exif))
}

fn edited(edit: Edit, shot: &Shot, canvas: &Canvas) -> Piece {
    let (changed, note) = match edit {
        Edit::Grey => (canvas.grey().contrast(1.1), "black and white"),
        Edit::Vivid => (canvas.brightness(1.1).saturation(1.5), "brighter, stronger colours"),
        Edit::Caption => (canvas.captioned("See you next year"), "words written over"),
    };
    let exif = Exif { software: Some("Snapseed 2.0".to_owned()), ..shot.exif(canvas) };
    let item = shot.item(&format!("{}~2.jpg", shot.stem()), jpeg(&changed, 92, &JpegOptions::with(exif)), 3);
    Piece { item, kind: "edited", note: note.to_owned() }
}

fn resaved(hours: i64, shot: &Shot, canvas: &Canvas) -> Piece {
    let exif = Exif {
        taken: Some(shot.taken.later(3600 * hours).exif()),
        subsec: None,
        offset: None,
        software: Some("Exporter 4.1".to_owned()),
        ..shot.exif(canvas)
    };
    let options = JpegOptions { exif: Some(exif), progressive: true, sampling: Sampling::Full, ..JpegOptions::default() };
    let mut item = shot.item(&format!("Copy of {}", shot.name()), jpeg(canvas, 82, &options), 200);
    item.taken_utc_seconds = Some(shot.utc_seconds() + 3600 * hours);
    item.era = Era::Legacy;
    let note = if hours == 0 { "re-saved".to_owned() } else { format!("re-saved; clock +{hours} h") };
    Piece { item, kind: "reencoded", note }
}

fn next_view(shot: &Shot, canvas: &Canvas) -> Piece {
    let aside = canvas.cropped(canvas.width / 5, canvas.height / 12, canvas.width * 3 / 4, canvas.height * 3 / 4);
    let view = aside.resized(canvas.width, canvas.height).brightness(0.95).noise(shot.seed, 4.0);
    let (taken, number) = (shot.taken.later(64), shot.number + 40);
    let written = shot.camera.exif(taken, number);
    let exif = Exif { pixels: Some((view.width as u32, view.height as u32)), ..written };
    let mut item = shot.item(&shot.camera.file_name(taken, number), jpeg(&view, 90, &JpegOptions::with(exif)), 1);
    item.taken_utc_seconds = Some(shot.utc_seconds() + 64);
    Piece { item, kind: "scene", note: "a step aside, a minute later".to_owned() }
}

/// A random UUID as Lightroom names its previews.
fn uuid(rng: &Rng) -> String {
    let (a, b) = (rng.next(), rng.next());
    format!("{:08X}-{:04X}-4{:03X}-A{:03X}-{:012X}", a >> 32, a >> 16 & 0xFFFF, a & 0xFFF, b >> 52, b & 0xFFFF_FFFF_FFFF)
}
