//! Small valid DNGs: Lightroom's smart previews, and raws with an embedded preview as cameras and converters write them.
//!
//! The sensor picture is already demosaiced ("LinearRaw"); a colour filter array is not drawn, except as the 16-bit mosaic of
//! [`with_preview`]. Tags: DNG specification 1.4; JPEG tiles of compression 34892 and their OpcodeList2 as in smart previews.

use crate::canvas::Canvas;
use crate::encode::{JpegOptions, Sampling, jpeg};
use crate::exif::Exif;
use crate::tiff::{Directory, Tiff, Value};

/// Side of a smart preview's tiles in pixels.
const TILE: usize = 256;
/// Longer side of the thumbnail in the main directory, pixels.
const THUMBNAIL: usize = 256;

/// Returns the canvas as a smart preview: gamma-coded JPEG tiles that OpcodeList2 makes linear, a 256-pixel thumbnail, no preview.
#[must_use]
pub fn smart_preview(canvas: &Canvas, exif: &Exif) -> Vec<u8> {
    let mut tiff = Tiff::default();
    let tiles = tiles(canvas);
    let places = tiles.iter().map(|tile| tiff.add(tile)).collect();
    let sizes = tiles.iter().map(|tile| tile.len() as u32).collect();
    let (width, height) = (canvas.width as u32, canvas.height as u32);
    let raw = Directory::from([
        (254, Value::Longs(vec![0])),
        (256, Value::Longs(vec![width])),
        (257, Value::Longs(vec![height])),
        (258, Value::Shorts(vec![8, 8, 8])),
        (259, Value::Shorts(vec![34892])),
        (262, Value::Shorts(vec![34892])),
        (277, Value::Shorts(vec![3])),
        (284, Value::Shorts(vec![1])),
        (322, Value::Longs(vec![TILE as u32])),
        (323, Value::Longs(vec![TILE as u32])),
        (324, Value::Longs(places)),
        (325, Value::Longs(sizes)),
        (50714, Value::Longs(vec![0, 0, 0])),
        (50717, Value::Longs(vec![255, 255, 255])),
        (51009, Value::Raw(linearize(width, height))),
    ]);
    let raw = tiff.directory(&raw, 0);
    finish(tiff, canvas, exif, vec![raw], 4)
}

/// Returns the canvas as a camera's raw: a 16-bit RGGB mosaic and, for `preview_side` above 0, a JPEG preview of that longer side.
#[must_use]
pub fn with_preview(canvas: &Canvas, exif: &Exif, preview_side: usize) -> Vec<u8> {
    let mut tiff = Tiff::default();
    let (width, height) = (canvas.width & !1, canvas.height & !1);
    let mosaic = mosaic(canvas, width, height);
    let strip = tiff.add(&mosaic);
    let raw = Directory::from([
        (254, Value::Longs(vec![0])),
        (256, Value::Longs(vec![width as u32])),
        (257, Value::Longs(vec![height as u32])),
        (258, Value::Shorts(vec![16])),
        (259, Value::Shorts(vec![1])),
        (262, Value::Shorts(vec![32803])),
        (273, Value::Longs(vec![strip])),
        (277, Value::Shorts(vec![1])),
        (278, Value::Longs(vec![height as u32])),
        (279, Value::Longs(vec![mosaic.len() as u32])),
        (284, Value::Shorts(vec![1])),
        (33421, Value::Shorts(vec![2, 2])),
        (33422, Value::Bytes(vec![0, 1, 1, 2])),
        (50714, Value::Longs(vec![0])),
        (50717, Value::Longs(vec![4095])),
    ]);
    let mut inner = vec![tiff.directory(&raw, 0)];
    if preview_side > 0 {
        let small = canvas.fitted(preview_side.min(canvas.long_side()));
        let coded = jpeg(&small, 82, &JpegOptions::default());
        let place = tiff.add(&coded);
        let preview = Directory::from([
            (254, Value::Longs(vec![1])),
            (256, Value::Longs(vec![small.width as u32])),
            (257, Value::Longs(vec![small.height as u32])),
            (258, Value::Shorts(vec![8, 8, 8])),
            (259, Value::Shorts(vec![7])),
            (262, Value::Shorts(vec![6])),
            (273, Value::Longs(vec![place])),
            (277, Value::Shorts(vec![3])),
            (278, Value::Longs(vec![small.height as u32])),
            (279, Value::Longs(vec![coded.len() as u32])),
            (284, Value::Shorts(vec![1])),
            (530, Value::Shorts(vec![2, 2])),
        ]);
        inner.push(tiff.directory(&preview, 0));
    }
    finish(tiff, canvas, exif, inner, 1)
}

/// Adds thumbnail, metadata and the DNG's own tags; `since` is the minor version a reader must know.
fn finish(mut tiff: Tiff, canvas: &Canvas, exif: &Exif, inner: Vec<u32>, since: u8) -> Vec<u8> {
    let small = canvas.fitted(THUMBNAIL);
    let strip = tiff.add(&small.rgb);
    let ratios = |numbers: &[f64]| Value::SignedRatios(numbers.iter().map(|n| ((n * 10_000.0).round() as i32, 10_000)).collect());
    let mut main = exif.main_directory();
    exif.add_sub_directories(&mut tiff, &mut main);
    main.extend([
        (254, Value::Longs(vec![1])),
        (256, Value::Longs(vec![small.width as u32])),
        (257, Value::Longs(vec![small.height as u32])),
        (258, Value::Shorts(vec![8, 8, 8])),
        (259, Value::Shorts(vec![1])),
        (262, Value::Shorts(vec![2])),
        (273, Value::Longs(vec![strip])),
        (277, Value::Shorts(vec![3])),
        (278, Value::Longs(vec![small.height as u32])),
        (279, Value::Longs(vec![small.rgb.len() as u32])),
        (284, Value::Shorts(vec![1])),
        (330, Value::Longs(inner)),
        (50706, Value::Bytes(vec![1, 4, 0, 0])),
        (50707, Value::Bytes(vec![1, since, 0, 0])),
        (50708, Value::Text(exif.model.clone().unwrap_or_else(|| "Unknown".to_owned()))),
        (50721, ratios(&[3.2405, -1.5371, -0.4985, -0.9693, 1.8760, 0.0416, 0.0556, -0.2040, 1.0572])),
        (50728, Value::Ratios(vec![(1, 1); 3])),
        (50778, Value::Shorts(vec![21])),
    ]);
    let first = tiff.directory(&main, 0);
    tiff.finish(first)
}

/// The picture in JPEG tiles of one size, its last row and column repeated beyond the edge.
fn tiles(canvas: &Canvas) -> Vec<Vec<u8>> {
    let options = JpegOptions { sampling: Sampling::Full, ..JpegOptions::default() };
    let mut tiles = Vec::new();
    for top in (0..canvas.height).step_by(TILE) {
        for left in (0..canvas.width).step_by(TILE) {
            let mut rgb = Vec::with_capacity(3 * TILE * TILE);
            for y in top..top + TILE {
                for x in left..left + TILE {
                    rgb.extend(canvas.pixel(x as isize, y as isize));
                }
            }
            tiles.push(jpeg(&Canvas { width: TILE, height: TILE, rgb }, 85, &options));
        }
    }
    tiles
}

/// OpcodeList2 for gamma-coded tiles: MapPolynomial 0.8 x² + 0.2 x³ (about x^2.2) on each of the three planes (DNG 1.4, chapter 7).
fn linearize(width: u32, height: u32) -> Vec<u8> {
    let mut list = 3u32.to_be_bytes().to_vec();
    for plane in 0..3 {
        for number in [8, 0x0103_0000, 0, 68, 0, 0, height, width, plane, 1, 1, 1, 3] {
            list.extend_from_slice(&number.to_be_bytes());
        }
        for coefficient in [0.0f64, 0.0, 0.8, 0.2] {
            list.extend_from_slice(&coefficient.to_be_bytes());
        }
    }
    list
}

/// Red, green, green, blue in 12 linear bits, each pixel keeping one of its three values.
fn mosaic(canvas: &Canvas, width: usize, height: usize) -> Vec<u8> {
    let linear: Vec<u16> = (0..256).map(|value| (4095.0 * (f64::from(value) / 255.0).powf(2.2)).round() as u16).collect();
    let mut bytes = Vec::with_capacity(2 * width * height);
    for y in 0..height {
        for x in 0..width {
            let channel = x % 2 + y % 2;
            let value = canvas.rgb[3 * (y * canvas.width + x) + channel];
            bytes.extend_from_slice(&linear[usize::from(value)].to_le_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::exif::Camera;
    use crate::scene::Scene;
    use exif::{In, Reader, Tag};

    #[test]
    fn both_kinds_are_tiffs_whose_metadata_and_thumbnail_others_read() {
        let canvas = Scene::new(1).draw(600, 400);
        let exif = Camera::named("nikon").unwrap().exif(Moment(1_500_000_000), 8);
        for bytes in [smart_preview(&canvas, &exif), with_preview(&canvas, &exif, 300), with_preview(&canvas, &exif, 0)] {
            let thumbnail = image::load_from_memory_with_format(&bytes, image::ImageFormat::Tiff).unwrap();
            assert_eq!((thumbnail.width(), thumbnail.height()), (256, 171));
            let read = Reader::new().read_from_container(&mut std::io::Cursor::new(&bytes)).unwrap();
            assert_eq!(read.get_field(Tag(exif::Context::Tiff, 50706), In::PRIMARY).unwrap().value.get_uint(0), Some(1));
            assert_eq!(read.get_field(Tag::DateTimeOriginal, In::PRIMARY).unwrap().display_value().to_string(), "2017-07-14 02:40:00");
        }
    }

    #[test]
    fn tiles_cover_the_picture_and_decode() {
        let canvas = Scene::new(3).draw(300, 260);
        let tiles = tiles(&canvas);
        assert_eq!(tiles.len(), 4);
        for tile in tiles {
            let mut decoder = zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(&tile));
            assert_eq!(decoder.decode().unwrap().len(), 3 * TILE * TILE);
        }
    }
}
