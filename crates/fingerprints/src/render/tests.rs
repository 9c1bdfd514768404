//! What is drawn here is drawn back: upright, bounded, on white.

use super::*;
use crate::planes::Layout;
use crate::rows::Rows as _;
use image::{DynamicImage, ImageFormat};
use model::Turn;
use std::io::Cursor;
use testkit::encode::{self, JpegOptions};
use testkit::{Canvas, Exif, dng};

/// A picture whose corners differ: red, green, blue, yellow, on grey.
fn corners(width: usize, height: usize) -> Canvas {
    let mut canvas = Canvas::plain(width, height, [128; 3]);
    let (wide, high) = (width as f32 / 3.0, height as f32 / 3.0);
    let (right, bottom) = (width as f32, height as f32);
    canvas.fill(0.0, 0.0, wide, high, [250, 10, 10]);
    canvas.fill(right - wide, 0.0, right, high, [10, 250, 10]);
    canvas.fill(0.0, bottom - high, wide, bottom, [10, 10, 250]);
    canvas.fill(right - wide, bottom - high, right, bottom, [250, 250, 10]);
    canvas
}

/// The colours a sixth of a side from the corners, row by row.
fn corners_of(picture: &Rendered) -> [[u8; 3]; 4] {
    let (width, height) = (picture.width as usize, picture.height as usize);
    assert_eq!(picture.rgb.len(), width * height * 3);
    let (x, y) = (width / 8, height / 8);
    [(x, y), (width - 1 - x, y), (x, height - 1 - y), (width - 1 - x, height - 1 - y)].map(|(x, y)| {
        let at = (y * width + x) * 3;
        [picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]]
    })
}

#[track_caller]
fn check_upright(picture: &Rendered, case: &str, tolerance: u8) {
    let expected = [[250, 10, 10], [10, 250, 10], [10, 10, 250], [250, 250, 10]];
    for (found, expected) in corners_of(picture).iter().zip(expected) {
        let apart = found.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max().unwrap();
        assert!(apart <= tolerance, "{case}: {found:?} instead of {expected:?}");
    }
}

fn coded(canvas: &Canvas, format: ImageFormat) -> Vec<u8> {
    let image = image::RgbImage::from_raw(canvas.width as u32, canvas.height as u32, canvas.rgb.clone()).unwrap();
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn turned_exif(turn: Turn) -> Exif {
    Exif { orientation: Some(turn.exif()), ..Exif::default() }
}

#[test]
fn every_orientation_of_every_format_comes_out_upright() {
    for turn in Turn::ALL {
        for (width, height) in [(301, 200), (2400, 1603)] {
            let stored = corners(width, height).stored_for(turn);
            let exif = turned_exif(turn);
            let files = [
                (Format::Jpeg, encode::jpeg(&stored, 92, &JpegOptions::with(exif.clone()))),
                (Format::Png, encode::png(&stored, Some(&exif))),
                (Format::Tiff, encode::tiff(&stored, Some(&exif))),
            ];
            for (format, bytes) in files {
                for side_max in [None, Some(64), Some(100)] {
                    let picture = render(&bytes, format, side_max).unwrap();
                    let case = format!("{format} {turn:?} {width} {side_max:?}");
                    check_upright(&picture, &case, 6);
                    let longest = side_max.map_or(width as u32, |side| side.min(width as u32));
                    assert_eq!(picture.width.max(picture.height), longest, "{case}");
                    assert!(picture.width > picture.height, "{case}");
                }
            }
        }
    }
}

#[test]
fn raws_are_drawn_from_a_preview_or_the_sensor() {
    for turn in Turn::ALL {
        let stored = corners(1200, 800).stored_for(turn);
        let exif = turned_exif(turn);
        let with_preview = dng::with_preview(&stored, &exif, 800);
        let picture = render(&with_preview, Format::Dng, None).unwrap();
        assert_eq!((picture.width, picture.height), (800, 533), "{turn:?}");
        check_upright(&picture, "preview", 8);
        for (case, bytes) in [("mosaic", dng::with_preview(&stored, &exif, 0)), ("tiles", dng::smart_preview(&stored, &exif))] {
            let picture = render(&bytes, Format::Dng, Some(300)).unwrap();
            assert_eq!((picture.width, picture.height), (300, 200), "{case}");
            check_upright(&picture, case, 25);
        }
    }
}

#[test]
fn other_formats_are_drawn() {
    let canvas = corners(300, 200);
    let files = [
        (Format::WebP, coded(&canvas, ImageFormat::WebP), 0),
        (Format::Gif, coded(&canvas, ImageFormat::Gif), 12),
        (Format::Bmp, encode::bmp(&canvas), 0),
    ];
    for (format, bytes, tolerance) in files {
        let picture = render(&bytes, format, None).unwrap();
        assert_eq!((picture.width, picture.height), (300, 200));
        check_upright(&picture, format.name(), tolerance);
    }
}

#[test]
fn a_heic_is_drawn_and_what_cannot_be_seen_in_it_is_white() {
    let canvas = corners(320, 256);
    let coded = |rgba: &[u8]| heifer::encode_rgba8(320, 256, rgba, &heifer::EncodeOptions { quality: 95, max_threads: 1 }).unwrap();
    let opaque: Vec<u8> = canvas.rgb.chunks_exact(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect();
    let bytes = coded(&opaque);
    for side_max in [None, Some(80)] {
        let picture = render(&bytes, Format::Heic, side_max).unwrap();
        assert_eq!(picture.width, side_max.unwrap_or(320));
        check_upright(&picture, "HEIC", 24);
    }
    assert!(render_cost_bytes(&bytes, Format::Heic, None) >= 320 * 256 * 10);
    let half: Vec<u8> =
        opaque.chunks_exact(4).enumerate().flat_map(|(n, p)| [p[0], p[1], p[2], if n % 320 < 160 { 0 } else { 255 }]).collect();
    let picture = render(&coded(&half), Format::Heic, None).unwrap();
    let [upper_left, upper_right, ..] = corners_of(&picture);
    assert!(upper_left.iter().all(|&sample| sample > 245) && upper_right[0] < 60, "{upper_left:?} {upper_right:?}");
    for cut in [0, 10, bytes.len() / 2, bytes.len() - 40] {
        assert!(render(&bytes[..cut], Format::Heic, None).is_err(), "cut at {cut}");
    }
}

#[test]
fn nothing_is_enlarged_and_the_bound_is_kept_at_and_over() {
    let bytes = encode::png(&corners(300, 200), None);
    for (side_max, sides) in [(299, (299, 199)), (300, (300, 200)), (301, (300, 200)), (u32::MAX, (300, 200)), (1, (1, 1)), (0, (1, 1))] {
        let picture = render(&bytes, Format::Png, Some(side_max)).unwrap();
        assert_eq!((picture.width, picture.height), sides, "{side_max}");
    }
    assert_eq!(fitted((40_000, 1), 256), (256, 1));
    assert_eq!(fitted((3, 4000), 256), (1, 256));
}

#[test]
fn reduction_keeps_the_average() {
    let mut raster = Raster::new(Turn::Upright, Some(3));
    by_rows(Turn::Upright, Some(1), |to| {
        to.begin(5, 2)?;
        to.push(&[0, 50, 100, 150, 200], Layout::Luma);
        to.push(&[20, 70, 120, 170, 220], Layout::Luma);
        Ok(())
    })
    .map(|one| assert_eq!(one.rgb, [110; 3]))
    .unwrap();
    raster.begin(5, 5).unwrap();
    for _ in 0..5 {
        raster.push(&[0, 60, 120, 180, 240], Layout::Luma);
    }
    let picture = raster.finish().unwrap();
    // Cells of five thirds: 0 and two thirds of 60; a third of 60, 120, a third of 180; the rest.
    assert_eq!(picture.rgb.iter().step_by(3).copied().collect::<Vec<_>>(), [24, 120, 216].repeat(3));
}

#[test]
fn what_cannot_be_seen_is_white() {
    let image = image::RgbaImage::from_fn(64, 64, |x, _| image::Rgba([0, 0, 0, if x < 32 { 0 } else { 255 }]));
    let grey = image::GrayAlphaImage::from_fn(64, 64, |x, _| image::LumaA([0, if x < 32 { 0 } else { 255 }]));
    for image in [DynamicImage::from(image), DynamicImage::from(grey)] {
        let mut out = Cursor::new(Vec::new());
        image.write_to(&mut out, ImageFormat::Png).unwrap();
        let picture = render(out.get_ref(), Format::Png, Some(2)).unwrap();
        assert_eq!(picture.rgb, [255, 255, 255, 0, 0, 0].repeat(2));
    }
}

#[test]
fn sixteen_bits_and_grey_come_as_eight_and_colour() {
    let deep = image::ImageBuffer::<image::Luma<u16>, _>::from_fn(40, 40, |_, _| image::Luma([0x8040u16]));
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageLuma16(deep).write_to(&mut out, ImageFormat::Tiff).unwrap();
    assert_eq!(render(out.get_ref(), Format::Tiff, Some(1)).unwrap().rgb, [0x80; 3]);
}

#[test]
fn a_profile_comes_along_where_it_is_for_rgb() {
    let profile = |space: &[u8; 4]| {
        let mut profile = vec![0; 200];
        profile[3] = 200;
        profile[16..20].copy_from_slice(space);
        profile[36..40].copy_from_slice(b"acsp");
        profile
    };
    let with = |profile: &[u8]| {
        let mut out = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut out, 90);
        encoder.add_icc_profile(profile).unwrap();
        let canvas = corners(64, 64);
        encoder.encode(&canvas.rgb, 64, 64, jpeg_encoder::ColorType::Rgb).unwrap();
        render(&out, Format::Jpeg, None).unwrap().icc
    };
    assert_eq!(with(&profile(b"RGB ")), Some(profile(b"RGB ")));
    assert_eq!(with(&profile(b"CMYK")), None);
    assert_eq!(with(&profile(b"RGB ")[..199]), None, "not whole");
}

#[test]
fn what_is_no_picture_is_an_error_in_words() {
    let jpeg = encode::jpeg(&corners(640, 480), 90, &JpegOptions::default());
    let files = [
        (Format::Jpeg, jpeg.clone()),
        (Format::Png, encode::png(&corners(640, 480), None)),
        (Format::Tiff, encode::tiff(&corners(640, 480), None)),
        (Format::Dng, dng::with_preview(&corners(1200, 800), &Exif::default(), 800)),
        (Format::WebP, coded(&corners(640, 480), ImageFormat::WebP)),
    ];
    for (format, bytes) in files {
        for cut in (0..bytes.len()).step_by(bytes.len() / 23 + 1) {
            let outcome = render(&bytes[..cut], format, Some(256));
            let is_nearly_all = cut * 100 / bytes.len() >= 90;
            assert!(outcome.is_err() || is_nearly_all || format == Format::Dng, "{format} cut at {cut}");
            assert!(render_cost_bytes(&bytes[..cut], format, None) <= MAX_DECODE_BYTES + MAX_PICTURE_BYTES + (8 << 20));
        }
    }
    for &format in Format::ALL {
        assert!(render(b"", format, None).is_err());
        assert!(render(b"\xFF\xD8\xFF\xE0 and no more", format, Some(100)).is_err());
    }
    assert!(render(&jpeg, Format::Avif, None).unwrap_err().to_string().contains("AVIF"));
}

#[test]
fn a_picture_too_large_to_hold_is_refused() {
    let mut raster = Raster::new(Turn::Upright, None);
    let rows = MAX_PICTURE_BYTES / 3 / 8192;
    assert_eq!(raster.begin(8192, rows as usize), Ok(()));
    assert!(matches!(raster.begin(8192, rows as usize + 1), Err(DecodeError::TooMuchMemory { max: MAX_PICTURE_BYTES, .. })));
    let mut raster = Raster::new(Turn::Upright, Some(1024));
    assert_eq!(raster.begin(20_000, 15_000), Ok(()));
    assert!(raster.begin(20_001, 15_000).is_err(), "more pixels than are decoded");
}
