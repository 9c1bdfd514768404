//! Pixels from whole files: JPEGs of many settings decoded both ways, and the other formats, all drawn here.

mod drawing;

use drawing::{Drawing, jpeg};
use fingerprints::decode::{COARSE_SIDE_MIN, DecodeError, Decoded, cost_bytes, decode_jpeg, decode_still};
use fingerprints::perceptual::draw;
use fingerprints::planes::Planes;
use image::{DynamicImage, ImageFormat, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use model::{Damage, DecodedFrom, DetailWay, Format, Picture, Turn};
use std::io::Cursor;

fn picture(decoded: &Decoded) -> Picture {
    draw(&decoded.planes, Turn::Upright, decoded.from)
}

/// Returns mean difference of brightness, of colour (both in grey levels), and distance in bits.
fn apart(a: &Picture, b: &Picture) -> (f64, f64, u32) {
    let mean = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64;
    let colour = (mean(&a.grid.blue[..], &b.grid.blue[..]) + mean(&a.grid.red[..], &b.grid.red[..])) / 2.0;
    (mean(&a.grid.luma[..], &b.grid.luma[..]), colour, a.hash.distance(&b.hash).0)
}

/// Decodes both ways and compares.
fn check_both_ways(bytes: &[u8], case: &str) -> (f64, f64, u32) {
    let coarse = decode_jpeg(bytes, 0).unwrap_or_else(|error| panic!("{case}: {error}"));
    let full = decode_jpeg(bytes, usize::MAX).unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!((coarse.from, full.from), (DecodedFrom::Coarse, DecodedFrom::Full), "{case}");
    assert_eq!((coarse.width, coarse.height), (full.width, full.height), "{case}");
    let apart = apart(&picture(&coarse), &picture(&full));
    assert!(apart.0 <= 1.0 && apart.1 <= 1.5 && apart.2 <= 4, "{case}: {apart:?}");
    apart
}

#[test]
fn both_ways_of_decoding_give_the_same_grid() {
    let samplings = [
        ("4:4:4", SamplingFactor::R_4_4_4),
        ("4:2:2", SamplingFactor::R_4_2_2),
        ("4:2:0", SamplingFactor::R_4_2_0),
        ("4:4:0", SamplingFactor::R_4_4_0),
        ("4:1:1", SamplingFactor::R_4_1_1),
        ("4:4:1", SamplingFactor::R_4_4_1),
        ("4:1:0", SamplingFactor::R_4_1_0),
    ];
    let mut worst = (0.0f64, 0.0f64, 0);
    for (seed, (width, height)) in [(1, (1296, 1283)), (2, (1403, 1301))] {
        let drawing = Drawing::new(seed, width, height);
        let original = draw(&Planes::from_rgb8(width, height, &drawing.rgb), Turn::Upright, DecodedFrom::Full);
        for (name, sampling) in samplings {
            for (progressive, restart, optimised, quality) in
                [(false, 0, false, 90), (false, 7, true, 60), (true, 0, true, 85), (true, 5, false, 40), (false, 3, false, 98)]
            {
                let bytes = drawing.jpeg_with(quality, |encoder| {
                    encoder.set_sampling_factor(sampling);
                    encoder.set_progressive(progressive);
                    encoder.set_optimized_huffman_tables(optimised);
                    if restart > 0 {
                        encoder.set_restart_interval(restart);
                    }
                });
                let case = format!("{width}x{height} {name} progressive {progressive} restart {restart} quality {quality}");
                let coarse = picture(&decode_jpeg(&bytes, 0).unwrap());
                let lost = apart(&coarse, &original);
                assert!(lost.0 <= 1.5 && lost.1 <= 3.0 && lost.2 <= 10, "{case}: {lost:?} from the drawing");
                // zune-jpeg errs there; see `a_full_decode_that_errs_is_noticed`.
                let separate = !progressive && (optimised || name == "4:1:1");
                if separate || matches!(name, "4:4:1" | "4:1:0") {
                    continue;
                }
                let (luma, colour, bits) = check_both_ways(&bytes, &case);
                worst = (worst.0.max(luma), worst.1.max(colour), worst.2.max(bits));
            }
        }
    }
    eprintln!("worst: {:.2} grey levels, {:.2} of colour, {} bits", worst.0, worst.1, worst.2);
}

#[test]
fn a_full_decode_that_errs_is_noticed() {
    for (sampling, progressive) in [(SamplingFactor::R_4_2_0, false), (SamplingFactor::R_4_4_0, false), (SamplingFactor::R_4_2_0, true)] {
        let coded = |side: usize, separate: bool| {
            Drawing::new(14, side, side).jpeg_with(80, |encoder| {
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
                encoder.set_optimized_huffman_tables(separate);
            })
        };
        // One picture coded with all components in one scan and with a scan for each.
        for side in [1301, 520] {
            let (together, separate) =
                (decode_jpeg(&coded(side, false), usize::MAX).unwrap(), decode_jpeg(&coded(side, true), usize::MAX).unwrap());
            let (luma, colour, bits) = apart(&picture(&together), &picture(&separate));
            assert!(luma < 2.0 && colour < 2.0 && bits <= 8, "{sampling:?} {side}: {luma} {colour} {bits} {:?}", separate.from);
        }
        let small = decode_jpeg(&coded(400, true), 0);
        assert!(small.is_ok() || matches!(small, Err(DecodeError::Unsupported(_))), "{small:?}");
    }
}

#[test]
fn grey_and_untransformed_colour_agree_too() {
    let drawing = Drawing::new(4, 1301, 1306);
    let grey: Vec<u8> = drawing.rgb.chunks_exact(3).map(|pixel| pixel[1]).collect();
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 85).encode(&grey, 1301, 1306, ColorType::Luma).unwrap();
    check_both_ways(&bytes, "grey");

    // The same coefficients taken as red, green and blue: without JFIF, and with Adobe's word that nothing was transformed.
    let ycc = drawing.jpeg_with(90, |encoder| encoder.set_sampling_factor(SamplingFactor::R_4_4_4));
    let jfif_end = 4 + usize::from(u16::from_be_bytes([ycc[4], ycc[5]]));
    let adobe = b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00";
    let rgb = [&ycc[..2], adobe, &ycc[jfif_end..]].concat();
    let (luma, colour, bits) = check_both_ways(&rgb, "rgb");
    eprintln!("rgb: {luma:.2} {colour:.2} {bits}");
    let (as_rgb, as_ycc) = (picture(&decode_jpeg(&rgb, 0).unwrap()), picture(&decode_jpeg(&ycc, 0).unwrap()));
    assert!(apart(&as_rgb, &as_ycc).0 > 10.0, "the marker was heeded");
}

#[test]
fn printing_colours_are_left_to_the_general_decoder() {
    let drawing = Drawing::new(5, 1300, 1300);
    let cmyk: Vec<u8> = drawing.rgb.chunks_exact(3).flat_map(|pixel| [255 - pixel[0], 255 - pixel[1], 255 - pixel[2], 0]).collect();
    let plain = picture(&decode_still(&drawing.jpeg(90), Format::Jpeg).unwrap());
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes, 95).encode(&cmyk, 1300, 1300, colour).unwrap();
        let decoded = decode_still(&bytes, Format::Jpeg).unwrap();
        assert_eq!(decoded.from, DecodedFrom::Full);
        let (luma, _, bits) = apart(&picture(&decoded), &plain);
        assert!(luma < 4.0 && bits < 20, "{colour:?}: {luma} {bits}");
    }
}

#[test]
fn small_pictures_are_decoded_in_full() {
    let from = |width: usize, height: usize| decode_still(&Drawing::new(6, width, height).jpeg(80), Format::Jpeg).unwrap().from;
    let side = COARSE_SIDE_MIN * 8;
    assert_eq!(from(side, side), DecodedFrom::Coarse);
    assert_eq!(from(side - 8, side), DecodedFrom::Full);
    assert_eq!(from(side, side - 8), DecodedFrom::Full);
    let decoded = decode_jpeg(&Drawing::new(6, side, side).jpeg(80), COARSE_SIDE_MIN + 1).unwrap();
    assert_eq!(decoded.from, DecodedFrom::Full, "the caller wants more cells");
    assert!(decoded.detail.is_some() && decoded.block_grid.is_none());
}

#[test]
fn pictures_cut_short_are_damaged_alike_on_both_ways() {
    for (progressive, restart) in [(false, 0), (false, 20), (true, 0)] {
        let bytes = Drawing::new(7, 1300, 1288).jpeg_with(85, |encoder| {
            encoder.set_progressive(progressive);
            if restart > 0 {
                encoder.set_restart_interval(restart);
            }
        });
        let scan = bytes.windows(2).position(|two| two == [0xFF, 0xDA]).unwrap();
        for percent in [3, 30, 60, 90, 97] {
            let cut = &bytes[..scan + (bytes.len() - scan) * percent / 100];
            let [coarse, full] = [0, usize::MAX].map(|side| decode_jpeg(cut, side));
            assert!(matches!(coarse, Err(DecodeError::Damaged(_))), "{progressive} {restart} {percent} %: {coarse:?}");
            assert_eq!(coarse.map(|_| ()), full.map(|_| ()), "{progressive} {restart} {percent} %");
        }
        // Without its last two bytes, the end marker, a sequential picture is whole still; a progressive one could miss scans.
        let unmarked = decode_jpeg(&bytes[..bytes.len() - 2], 0);
        assert_eq!(unmarked.is_ok(), !progressive, "{unmarked:?}");
        assert!(decode_jpeg(&bytes[..scan - 5], 0).is_err());
    }
    let words = decode_jpeg(&Drawing::new(7, 1300, 1288).jpeg(85)[..40_000], 0).unwrap_err().to_string();
    assert!(words.starts_with("the picture is damaged: the picture ends after "), "{words}");
}

#[test]
fn a_picture_of_which_a_little_is_missing_says_so() {
    let bytes = Drawing::new(7, 1300, 1288).jpeg(85);
    let cut = |bytes: &[u8]| fingerprints::fingerprint(bytes, Format::Jpeg).encoding.damage;
    assert_eq!(cut(&bytes), None);
    assert_eq!(cut(&bytes[..bytes.len() - 2]), None, "nothing but its end marker");
    assert_eq!(cut(&[&bytes[..], &[0; 100]].concat()), None, "zeros behind it");
    let scan = bytes.windows(2).position(|two| two == [0xFF, 0xDA]).unwrap();
    let little = &bytes[..bytes.len() - (bytes.len() - scan) / 200];
    let print = fingerprints::fingerprint(little, Format::Jpeg);
    assert_eq!((print.encoding.damage, print.picture.is_some()), (Some(Damage::PictureCut), true), "{:?}", print.undecoded);
    // What was never written reads as coefficients.
    let mut unwritten = bytes.clone();
    let from = bytes.len() - (bytes.len() - scan) / 200;
    unwritten[from..].fill(0);
    let print = fingerprints::fingerprint(&unwritten, Format::Jpeg);
    assert_eq!((print.encoding.damage, print.picture.is_some()), (Some(Damage::PictureCut), true), "{:?}", print.undecoded);
}

#[test]
fn one_lost_restart_interval_is_less_than_a_whole_picture() {
    let bytes = Drawing::new(8, 1300, 1300).jpeg_with(85, |encoder| encoder.set_restart_interval(5));
    let restarts: Vec<usize> = (0..bytes.len() - 1).filter(|&n| bytes[n] == 0xFF && (0xD0..=0xD7).contains(&bytes[n + 1])).collect();
    assert!(restarts.len() > 100);
    // Most of one interval goes; its markers stay. One of some 1300 is lost.
    let middle = restarts.len() / 2;
    let mut holed = bytes.clone();
    holed.drain(restarts[middle] + 4..restarts[middle + 1]);
    assert!(decode_jpeg(&holed, 0).is_ok());
    // Thirty of them go.
    let mut holed = bytes;
    for n in (middle..middle + 30).rev() {
        holed.drain(restarts[n] + 4..restarts[n + 1]);
    }
    assert!(matches!(decode_jpeg(&holed, 0), Err(DecodeError::Damaged(_))));
}

fn encoded(image: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("drawings can be coded");
    bytes.into_inner()
}

#[test]
fn lossless_formats_show_the_same_picture() {
    let drawing = Drawing::new(9, 301, 203);
    let rgb = RgbImage::from_raw(301, 203, drawing.rgb.clone()).unwrap();
    let reference = picture(&decode_still(&encoded(rgb.clone().into(), ImageFormat::Png), Format::Png).unwrap());
    assert!(reference.quality > 50, "{}", reference.quality);
    for (format, name) in [(ImageFormat::Bmp, Format::Bmp), (ImageFormat::Tiff, Format::Tiff), (ImageFormat::WebP, Format::WebP)] {
        for image in [DynamicImage::from(rgb.clone()), DynamicImage::from(DynamicImage::from(rgb.clone()).to_rgba8())] {
            let bytes = encoded(image, format);
            let decoded = decode_still(&bytes, name).unwrap();
            assert_eq!((decoded.width, decoded.height, decoded.frames, decoded.from), (301, 203, 1, DecodedFrom::Full));
            assert!(decoded.block_grid.is_some() && decoded.detail.is_some());
            assert_eq!(picture(&decoded), reference, "{name}");
            assert!(cost_bytes(&bytes, name) >= 301 * 203 * 3);
        }
    }
    let deep = encoded(DynamicImage::from(rgb.clone()).to_rgb16().into(), ImageFormat::Png);
    assert_eq!(picture(&decode_still(&deep, Format::Png).unwrap()), reference, "16 bits a sample");
    let deep = encoded(DynamicImage::from(rgb.clone()).to_rgb16().into(), ImageFormat::Tiff);
    assert_eq!(picture(&decode_still(&deep, Format::Tiff).unwrap()), reference, "16 bits a sample");
    let gif = decode_still(&encoded(rgb.into(), ImageFormat::Gif), Format::Gif).unwrap();
    assert!(gif.block_grid.is_none());
    let (luma, _, bits) = apart(&picture(&gif), &reference);
    assert!(luma < 4.0 && bits < 30, "256 colours: {luma} {bits}");
}

#[test]
fn a_file_cut_anywhere_is_no_picture() {
    let rgb = RgbImage::from_raw(120, 90, Drawing::new(10, 120, 90).rgb).unwrap();
    for (format, name) in [
        (ImageFormat::Png, Format::Png),
        (ImageFormat::Bmp, Format::Bmp),
        (ImageFormat::Tiff, Format::Tiff),
        (ImageFormat::WebP, Format::WebP),
        (ImageFormat::Gif, Format::Gif),
    ] {
        let bytes = encoded(rgb.clone().into(), format);
        for percent in [0, 1, 10, 50, 80] {
            let cut = &bytes[..bytes.len() * percent / 100];
            let outcome = decode_still(cut, name);
            assert!(outcome.is_err(), "{name} cut to {percent} %");
            let _cost = cost_bytes(cut, name);
        }
    }
}

#[test]
fn frames_are_counted() {
    let mut gif = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
        let frame =
            |seed| image::Frame::new(DynamicImage::from(RgbImage::from_raw(90, 70, Drawing::new(seed, 90, 70).rgb).unwrap()).to_rgba8());
        encoder.encode_frames((0..5).map(frame)).unwrap();
    }
    assert_eq!(decode_still(&gif, Format::Gif).unwrap().frames, 5);

    let mut apng = Vec::new();
    {
        let mut encoder = png::Encoder::new(&mut apng, 90, 70);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_animated(3, 0).unwrap();
        let mut writer = encoder.write_header().unwrap();
        for seed in 0..3 {
            writer.write_image_data(&Drawing::new(seed, 90, 70).rgb).unwrap();
        }
    }
    assert_eq!(decode_still(&apng, Format::Png).unwrap().frames, 3);
}

#[test]
fn interlaced_and_palette_pngs_are_read() {
    // One grey pixel in each of the four bits of a palette, written by hand: 64 × 64, colour 3, 4 bits.
    let mut bytes = Vec::new();
    {
        let mut encoder = png::Encoder::new(&mut bytes, 64, 64);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_palette((0..16u8).flat_map(|n| [n * 17; 3]).collect::<Vec<u8>>());
        let rows: Vec<u8> = (0..64 * 32).map(|n| if n % 32 < 16 { 0x00 } else { 0xFF }).collect();
        encoder.write_header().unwrap().write_image_data(&rows).unwrap();
    }
    let grid = picture(&decode_still(&bytes, Format::Png).unwrap()).grid;
    assert_eq!((grid.luma[0], grid.luma[31], grid.luma[32], grid.luma[63]), (0, 0, 255, 255));
}

#[test]
fn a_png_made_of_a_jpeg_shows_its_blocks() {
    let drawing = Drawing::new(11, 640, 480);
    let original = encoded(RgbImage::from_raw(640, 480, drawing.rgb.clone()).unwrap().into(), ImageFormat::Png);
    let clean = decode_still(&original, Format::Png).unwrap().block_grid.unwrap();
    let rgb = zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(jpeg(&drawing, 60))).decode().unwrap();
    let resaved = encoded(RgbImage::from_raw(640, 480, rgb).unwrap().into(), ImageFormat::Png);
    let blocked = decode_still(&resaved, Format::Png).unwrap().block_grid.unwrap();
    eprintln!("block grid: {clean:.2} before, {blocked:.2} after JPEG 60");
    assert!(clean < 1.1 && blocked >= 1.2, "{clean} {blocked}");
}

#[test]
fn an_enlarged_picture_has_less_detail() {
    let drawing = Drawing::new(12, 400, 300);
    let image = DynamicImage::from(RgbImage::from_raw(400, 300, drawing.rgb).unwrap());
    let detail = |image: DynamicImage| decode_still(&encoded(image, ImageFormat::Png), Format::Png).unwrap().detail.unwrap();
    let own = detail(image.clone());
    let enlarged = detail(image.resize_exact(800, 600, image::imageops::FilterType::CatmullRom));
    eprintln!("detail: {own:.2} own, {enlarged:.2} enlarged");
    assert!(own > enlarged + 0.2, "{own} {enlarged}");
}

#[test]
fn a_heic_is_decoded_and_a_cut_one_is_not() {
    let drawing = Drawing::new(15, 320, 200);
    let heic = heifer::encode_rgb8(320, 200, &drawing.rgb, &heifer::EncodeOptions { quality: 90, max_threads: 1 }).unwrap();
    let decoded = decode_still(&heic, Format::Heic).unwrap();
    assert_eq!((decoded.width, decoded.height, decoded.frames, decoded.from), (320, 200, 1, DecodedFrom::Full));
    let original = draw(&Planes::from_rgb8(320, 200, &drawing.rgb), Turn::Upright, DecodedFrom::Full);
    let (luma, colour, bits) = apart(&picture(&decoded), &original);
    assert!(luma < 2.0 && colour < 2.0 && bits <= 6, "{luma} {colour} {bits}");
    assert!(cost_bytes(&heic, Format::Heic) >= 320 * 200 * 4);
    for percent in [0, 1, 5, 30, 70] {
        assert!(decode_still(&heic[..heic.len() * percent / 100], Format::Heic).is_err(), "{percent} %");
    }
}

/// Returns a HEIC whose main picture is a grid of two tiles of 320 × 200 pixels, one above the other, with a thumbnail of 200 × 250.
#[allow(clippy::unwrap_used)] // draws for a test
fn heic_of(tiles: [&Drawing; 2], thumbnail: &Drawing) -> Vec<u8> {
    use heifer::heifer_isobmff::HeifFile;
    use heifer::heifer_isobmff::writer::{HeifWriter, ImageSpec};
    let mut writer = HeifWriter::new();
    let mut add = |drawing: &Drawing, width: u32, height: u32| {
        let options = heifer::EncodeOptions { quality: 90, max_threads: 1 };
        let alone = heifer::encode_rgb8(width, height, &drawing.rgb, &options).unwrap();
        let file = HeifFile::parse(&alone).unwrap();
        let (config, data) = (file.hevc_config(file.primary_id).unwrap().unwrap().clone(), file.item_data(file.primary_id).unwrap());
        let (mut slices, mut rest) = (Vec::new(), &data[..]);
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let (slice, after) = after.split_at(u32::from_be_bytes(*length) as usize);
            slices.push(slice.to_vec());
            rest = after;
        }
        writer.add_image(&ImageSpec { hidden: true, ..ImageSpec::new(width, height, config, &slices) })
    };
    let (upper, lower, small) = (add(tiles[0], 320, 200), add(tiles[1], 320, 200), add(thumbnail, 200, 250));
    let grid = writer.add_grid(2, 1, 320, 400, &[upper, lower], None, None);
    writer.add_reference(*b"thmb", small, &[grid]);
    writer.finish()
}

#[test]
fn a_heics_main_picture_is_drawn_again_whatever_its_thumbnail_shows() {
    let [upper, lower] = [21, 22].map(|seed| Drawing::new(seed, 320, 200));
    let thumbnail = Drawing::new(23, 200, 250);
    let detail = |bytes: &[u8]| fingerprints::detail(bytes, Format::Heic, DetailWay::Pixels);
    let heic = heic_of([&upper, &lower], &thumbnail);
    let print = fingerprints::fingerprint(&heic, Format::Heic);
    assert_eq!(print.picture.map(|picture| picture.from), Some(DecodedFrom::Thumbnail));
    let whole: Vec<u8> = [&upper.rgb[..], &lower.rgb[..]].concat();
    let png = encoded(DynamicImage::from(RgbImage::from_raw(320, 400, whole).unwrap()), ImageFormat::Png);
    let apart = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64;
    let (main, drawn) = (detail(&heic).unwrap(), fingerprints::detail(&png, Format::Png, DetailWay::Pixels).unwrap());
    assert_eq!((main.side, drawn.side), (256, 256));
    assert!(apart(&main.luma, &drawn.luma) < 3.0, "{}", apart(&main.luma, &drawn.luma));
    let exchanged = detail(&heic_of([&lower, &upper], &thumbnail)).unwrap();
    assert!(apart(&main.luma, &exchanged.luma) > 10.0, "tiles that changed places are another picture");
    let cost = fingerprints::detail_cost_bytes(&heic, Format::Heic, DetailWay::Pixels);
    assert!(cost >= 320 * 400 * 4 && cost > fingerprints::cost_bytes(&heic, Format::Heic), "{cost}");
    // The data of the tiles come first: what is cut takes the thumbnail as well, so the upper tile is overwritten.
    let data = memchr::memmem::find(&heic, b"mdat").unwrap() + 4;
    let mut damaged = heic.clone();
    damaged[data..data + 12].fill(0xFF);
    assert!(fingerprints::fingerprint(&damaged, Format::Heic).picture.is_some(), "its thumbnail is whole");
    assert!(detail(&damaged).is_none(), "a tile is not");
}

/// 80 × 48 pixels, red in the upper left quarter, blue in the lower right, elsewhere (3x, 5y, 90); drawn by us and coded losslessly
/// by libjxl, 2026-11.
const JPEG_XL: &str = "ff0a0b12880408000100f4024b28a3ba45fae18bc16df09b412848480c4e0a0a124acea0a0a000d24287793158670c4622abb1b1113146c56\
    02d24c7608518bc2946a1c44edca08d00480121800182300080aecd6710514039fddade1740f81a2ee7ff3ff9ffffff7ff667f05ff22d9155a4e0a37bf0dffcff\
    ffffffff03fc0bf440e20dfc051d5ec14003b863cdbc843e806f74f8c6b56c94214a927808fbc1ee6976492eba1c093e01e7884d2a2fc31c54d034763b20500a5\
    1c4ab5dcd2960a280312d6390464a1f";

#[test]
fn a_jpeg_xl_is_decoded_and_a_cut_one_is_not() {
    let bytes: Vec<u8> = (0..JPEG_XL.len() / 2).map(|n| u8::from_str_radix(&JPEG_XL[n * 2..][..2], 16).unwrap()).collect();
    let rgb: Vec<u8> = (0..80 * 48u32)
        .flat_map(|n| match (n % 80, n / 80) {
            (0..40, 0..24) => [230, 40, 30],
            (40.., 24..) => [20, 60, 200],
            (x, y) => [(x * 3) as u8, (y * 5) as u8, 90],
        })
        .collect();
    let decoded = decode_still(&bytes, Format::Jxl).unwrap();
    assert_eq!((decoded.width, decoded.height, decoded.frames), (80, 48, 1));
    assert_eq!(picture(&decoded), draw(&Planes::from_rgb8(80, 48, &rgb), Turn::Upright, DecodedFrom::Full));
    let shown = fingerprints::render::render(&bytes, Format::Jxl, None).unwrap();
    assert_eq!((shown.width, shown.height, shown.rgb == rgb, shown.icc), (80, 48, true, None));
    assert!(cost_bytes(&bytes, Format::Jxl) > 0);
    for length in [0, 2, 20, 100, 150] {
        assert!(decode_still(&bytes[..length], Format::Jxl).is_err(), "{length}");
    }
}

#[test]
fn what_has_no_decoder_says_so() {
    for format in [Format::Avif, Format::Dng, Format::Mp4] {
        assert!(matches!(decode_still(b"anything", format), Err(DecodeError::Unsupported(_))));
    }
}

#[test]
fn giant_headers_are_refused_without_memory() {
    let mut bytes = Drawing::new(13, 64, 64).jpeg(80);
    let frame = bytes.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xFD, 0xE8, 0xFD, 0xE8]);
    assert_eq!(decode_jpeg(&bytes, 0).unwrap_err(), DecodeError::TooManyPixels { width: 65_000, height: 65_000, max: 300_000_000 });
    // Just under the bound it is tried, and found to end at once.
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x11, 0x00, 0xFD, 0xE8]);
    assert_eq!(decode_jpeg(&bytes, 0).unwrap_err(), DecodeError::Damaged("the picture ends after 0 %".to_owned()));
    assert!(cost_bytes(&bytes, Format::Jpeg) < 64 << 20);
}
