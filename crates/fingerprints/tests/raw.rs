//! RAW files: which preview is drawn from, what is rendered where there is none, and how large the picture is said to be.

mod drawn;

use drawn::dng::{Kind, SIDES, dng};
use drawn::*;
use model::{Bits, DecodedFrom, Format};

/// The picture that the drawn DNG with that seed shows, as a large enough JPEG.
fn rendered(seed: usize) -> model::Picture {
    let (width, height) = SIDES;
    fingerprint(&jpeg_of(width as u16, height as u16, seed, false)).picture.expect("a picture")
}

/// Farthest a rendering of drawn sensor data may lie from the picture it was drawn from, bits of 256. Measured 2026-11: 0 to 2 on four
/// photos made into DNGs of all three kinds, previews 0.
const RENDERED_MAX: Bits = Bits(8);

#[test]
fn sensor_data_without_preview_is_rendered() {
    for kind in [Kind::Mosaic, Kind::Linear, Kind::Lossy] {
        let fingerprint = fingerprint(&dng(kind, 3, false, 1, "camera"));
        assert_eq!((fingerprint.format, fingerprint.width, fingerprint.height), (Format::Dng, 640, 512), "{kind:?}");
        let picture = fingerprint.picture.unwrap_or_else(|| panic!("{kind:?}: {:?}", fingerprint.undecoded));
        assert_eq!(picture.from, DecodedFrom::Full, "{kind:?}");
        let distance = picture.hash.distance(&rendered(3).hash);
        eprintln!("{kind:?}: {distance}");
        assert!(distance <= RENDERED_MAX, "{kind:?}: {distance}");
        let far = picture.hash.distance(&rendered(5).hash);
        assert!(far > Bits(60), "{kind:?}: another picture is {far} away");
        let grey = |picture: &model::Picture| picture.grid.luma.iter().map(|&v| i64::from(v)).sum::<i64>() / 4096;
        assert!((grey(&picture) - grey(&rendered(3))).abs() <= 6, "{kind:?}: brightness {} for {}", grey(&picture), grey(&rendered(3)));
    }
}

#[test]
fn a_preview_is_preferred_and_turned_with_the_file() {
    let picture = fingerprint(&dng(Kind::Mosaic, 3, true, 1, "camera")).picture.expect("a picture");
    assert_eq!(picture.from, DecodedFrom::Preview);
    let distance = picture.hash.distance(&rendered(3).hash);
    assert!(distance <= RENDERED_MAX, "{distance}");
    let turned = fingerprint(&dng(Kind::Mosaic, 3, true, 6, "camera"));
    assert_eq!((turned.width, turned.height, turned.orientation), (512, 640, 6));
    let upright = turned.picture.expect("a picture");
    assert!(upright.hash.distance(&picture.hash) > Bits(60));
    assert_eq!(upright.hash.turned(model::Turn::Counterclockwise), picture.hash);
}

#[test]
fn what_cannot_be_rendered_says_why() {
    let fingerprint = fingerprint(&dng(Kind::Unknown, 3, false, 1, "camera"));
    assert!(fingerprint.picture.is_none());
    assert_eq!((fingerprint.width, fingerprint.height), (640, 512));
    let why = fingerprint.undecoded.expect("words");
    assert!(why.contains("52547"), "{why}");
    assert!(fingerprint.payload.is_some(), "bytes of the sensor's picture are hashed all the same");
}

/// A TIFF structure with one directory of sensor data and one with a preview, as cameras write them.
fn camera_raw(mark: &[u8; 4], make: &'static str, compression: u16) -> Vec<u8> {
    let mut tiff = TiffWriter::new(mark);
    let preview = jpeg_of(1200, 800, 4, false);
    let (sensor_at, preview_at) = (tiff.add(&[7; 5000]), tiff.add(&preview));
    let (long, short) = (|n: u32| Value::Long(vec![n]), |n: u16| Value::Short(vec![n]));
    let sensor = tiff.directory(&[
        (254, long(0)),
        (256, long(1210)),
        (257, long(808)),
        (259, short(compression)),
        (262, short(32803)),
        (273, long(sensor_at)),
        (279, long(5000)),
    ]);
    let first = tiff.directory(&[
        (254, long(1)),
        (256, long(160)),
        (257, long(120)),
        (271, Value::Text(make)),
        (274, short(8)),
        (330, long(sensor)),
        (513, long(preview_at)),
        (514, long(preview.len() as u32)),
    ]);
    tiff.done(first)
}

#[test]
fn raws_that_look_like_tiff_are_told_apart_and_drawn_from_their_preview() {
    for (mark, make, compression, format) in [
        (b"II*\0", "NIKON CORPORATION", 34713, Format::Nef),
        (b"II*\0", "SONY", 32767, Format::Arw),
        (b"IIRO", "OLYMPUS CORPORATION", 1, Format::Orf),
    ] {
        let fingerprint = fingerprint(&camera_raw(mark, make, compression));
        assert_eq!(fingerprint.format, format, "{make}");
        // A full-size preview tells the picture's sides: the sensor's data have borders.
        assert_eq!((fingerprint.width, fingerprint.height, fingerprint.orientation), (800, 1200, 8), "{make}");
        assert_eq!(fingerprint.picture.map(|p| p.from), Some(DecodedFrom::Preview), "{make}");
        assert!(fingerprint.payload.is_some(), "{make}");
    }
}

#[test]
fn an_unknown_cameras_raw_is_never_taken_for_its_thumbnail() {
    let fingerprint = fingerprint(&camera_raw(b"II*\0", "PENTAX", 65535));
    assert_eq!(fingerprint.format, Format::Tiff);
    assert!(fingerprint.picture.is_none() && fingerprint.width == 0, "a thumbnail of 160 pixels must not stand for the RAW");
    assert!(fingerprint.undecoded.expect("words").contains("RAW"));
}

#[test]
fn a_raf_is_drawn_from_its_jpeg_and_tells_the_sensors_sides() {
    let jpeg = with_exif(&jpeg_of(900, 600, 4, false), &exif(&[(0x010f, Value::Text("FUJIFILM"))], &[], &[]));
    let directory = [&2u32.to_be_bytes()[..], b"\x01\x00\0\x04\x10\0\x18\0", b"\x01\x11\0\x04\x0f\xa0\x17\x70"].concat();
    let mut head = b"FUJIFILMCCD-RAW 0201FF383501X-T20".to_vec();
    head.resize(84, 0);
    let mut at = 108u32;
    for length in [jpeg.len(), directory.len(), 500] {
        head.extend(at.to_be_bytes());
        head.extend((length as u32).to_be_bytes());
        at += length as u32;
    }
    let bytes = [head, jpeg, directory, vec![9; 500]].concat();
    let fingerprint = fingerprint(&bytes);
    assert_eq!((fingerprint.format, fingerprint.width, fingerprint.height), (Format::Raf, 6000, 4000));
    assert_eq!(fingerprint.metadata.make.as_deref(), Some("FUJIFILM"));
    assert!(fingerprint.payload.is_some() && fingerprint.picture.is_some(), "{:?}", fingerprint.undecoded);
    let mut other = bytes.clone();
    *other.last_mut().expect("bytes") ^= 1;
    assert_ne!(fingerprint.payload, drawn::fingerprint(&other).payload);
}

#[test]
fn an_rw2_is_drawn_from_the_jpeg_in_its_tag() {
    let jpeg = jpeg_of(900, 600, 4, false);
    let mut tiff = TiffWriter::new(b"IIU\0");
    let sensor = tiff.add(&[9; 500]);
    let first = tiff.directory(&[
        (4, Value::Short(vec![10])),
        (5, Value::Short(vec![20])),
        (6, Value::Short(vec![3010])),
        (7, Value::Short(vec![4520])),
        (0x002e, Value::Bytes(7, jpeg)),
        (0x0118, Value::Long(vec![sensor])),
    ]);
    let fingerprint = fingerprint(&tiff.done(first));
    assert_eq!((fingerprint.format, fingerprint.width, fingerprint.height), (Format::Rw2, 4500, 3000));
    assert!(fingerprint.payload.is_some() && fingerprint.picture.is_some(), "{:?}", fingerprint.undecoded);
}

/// Measured 2026-11 on `data/raw/canon_eos_6d`: 20 bits between Adobe's preview in the DNG and the JPEG that another program rendered
/// from it, whose tones differ; 118 and more to other photos.
#[test]
fn a_real_dng_is_near_its_jpeg() {
    let (Some(dng), Some(jpeg)) = (shared("raw/canon_eos_6d.dng"), shared("raw/canon_eos_6d.jpg")) else { return };
    let [dng, jpeg] = [dng, jpeg].map(|path| fingerprint(&std::fs::read(path).expect("listed")));
    assert_eq!((dng.width, dng.height, jpeg.width, jpeg.height), (1224, 816, 1224, 816));
    assert_eq!(dng.metadata.serial.as_deref(), Some("33024001432"));
    assert_eq!(dng.metadata.image_number, None, "Adobe's 0 is unknown");
    assert_eq!(dng.metadata.taken.map(|t| t.local_seconds), jpeg.metadata.taken.map(|t| t.local_seconds));
    let distance = dng.picture.expect("a picture").hash.distance(&jpeg.picture.expect("a picture").hash);
    assert!(distance <= Bits(24), "{distance}");
}
