//! Draws an item's picture at any size, from the item's seed: a smart preview and its original show the same.

use testkit::canvas::Canvas;
use testkit::clock::Moment;
use testkit::encode::{JpegOptions, jpeg};
use testkit::exif::Exif;
use testkit::scene::{Scene, screenshot};

use crate::generated::{Item, Kind};

/// What Google's sized pictures look like: middling quality.
const THUMBNAIL_QUALITY: u8 = 75;
/// Downloads are encoded anew as well.
const DOWNLOAD_QUALITY: u8 = 85;
/// Longest side that is drawn; what is larger is drawn so and enlarged, for drawing millions of pixels takes seconds.
const DRAWN_SIDE_MAX: u64 = 1600;

/// Draws the item at this size.
pub(crate) fn draw(item: &Item, width: u64, height: u64) -> Canvas {
    let long = width.max(height);
    let scaled = |side: u64| if long > DRAWN_SIDE_MAX { side * DRAWN_SIDE_MAX / long } else { side } as usize;
    let (drawn_width, drawn_height) = (scaled(width).max(1), scaled(height).max(1));
    let canvas = match item.kind {
        Kind::Screenshot => screenshot(item.scene, drawn_width, drawn_height),
        _ => Scene::new(item.scene).draw(drawn_width, drawn_height),
    };
    if long > DRAWN_SIDE_MAX { canvas.resized(width as usize, height as usize) } else { canvas }
}

/// Draws the middle of the item, cut to exactly this shape and size.
pub(crate) fn cropped(item: &Item, width: u64, height: u64) -> Canvas {
    // The smallest picture of the item's shape that covers the frame.
    let wide = u128::from(item.width) * u128::from(height) >= u128::from(item.height) * u128::from(width);
    let (full_width, full_height) = if wide {
        ((item.width * height / item.height).max(width), height)
    } else {
        (width, (item.height * width / item.width).max(height))
    };
    let (x, y) = ((full_width - width) / 2, (full_height - height) / 2);
    draw(item, full_width, full_height).cropped(x as usize, y as usize, width as usize, height as usize)
}

/// Draws a white triangle over the middle, as on a film's poster.
pub(crate) fn with_play_button(mut canvas: Canvas) -> Canvas {
    let (width, height) = (canvas.width, canvas.height);
    let side = (width.min(height) / 4).max(1);
    let (left, top) = ((width - side.min(width)) / 2, (height - side.min(height)) / 2);
    for row in 0..side {
        let reach = side - (2 * row).abs_diff(side);
        for column in 0..reach.min(side) {
            let at = 3 * ((top + row) * width + left + column);
            canvas.rgb[at..at + 3].fill(255);
        }
    }
    canvas
}

/// Returns a picture as base URLs with a size give it.
pub(crate) fn thumbnail(canvas: &Canvas) -> Vec<u8> {
    jpeg(canvas, THUMBNAIL_QUALITY, &JpegOptions::default())
}

/// Returns the item's download: encoded anew, with its metadata but for the place.
pub(crate) fn download(item: &Item) -> Vec<u8> {
    let exif = item.camera.map(|camera| Exif {
        make: Some(camera.make.to_owned()),
        model: Some(camera.model.to_owned()),
        taken: Some(Moment(item.taken).exif()),
        f_number: Some(camera.f_number),
        focal_length_mm: Some(camera.focal_length),
        iso: u16::try_from(item.iso).ok(),
        exposure_s: item.exposure.trim_end_matches('s').parse().ok(),
        ..Exif::default()
    });
    jpeg(&draw(item, item.width, item.height), DOWNLOAD_QUALITY, &JpegOptions { exif, ..JpegOptions::default() })
}
