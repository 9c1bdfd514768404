//! The payload hash, format by format: what may change without changing it, and what may not (the design's §4.2). One row a claim.

mod drawn;

use drawn::*;
use model::PayloadHash;

fn payload(bytes: &[u8]) -> Option<PayloadHash> {
    fingerprint(bytes).payload
}

/// Checks that each of `same` has the payload hash of `base`, and each of `other` another one (or none).
fn check(base: &[u8], same: &[(&str, Vec<u8>)], other: &[(&str, Vec<u8>)]) {
    let expected = payload(base);
    assert!(expected.is_some(), "the base has a payload hash");
    for (label, bytes) in same {
        assert_ne!(bytes, base, "{label}: the row changes nothing");
        assert_eq!(payload(bytes), expected, "{label}: same picture");
    }
    let mut seen = vec![expected];
    for (label, bytes) in other {
        let found = payload(bytes);
        assert!(found.is_none() || !seen.contains(&found), "{label}: another picture");
        seen.push(found);
    }
}

#[test]
fn jpeg_pictures() {
    let base = jpeg();
    let icc = |number: u8, part: &[u8]| (0xe2, [b"ICC_PROFILE\0", &[number, 2][..], part].concat());
    let exif = exif(&[(0x010f, Value::Text("Canon"))], &[(0x9003, Value::Text("2020:09:20 13:12:07"))], &[]);
    let scan = base.windows(2).rposition(|w| w == [0xff, 0xda]).expect("a scan") + 40;
    let mut touched = base.clone();
    touched[scan] ^= 1;
    check(
        &base,
        &[
            ("EXIF", with_exif(&base, &exif)),
            ("upright orientation", with_exif(&base, &turned(1))),
            ("XMP", with_segments(&base, &[(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>".to_vec())])),
            ("IPTC", with_segments(&base, &[(0xed, b"Photoshop 3.0\x008BIM".to_vec())])),
            ("comment", with_segments(&base, &[(0xfe, b"hello".to_vec())])),
            ("MPF index", with_segments(&base, &[(0xe2, b"MPF\0II*\0".to_vec())])),
            ("fill bytes", [&base[..2], b"\xff\xff", &base[2..]].concat()),
        ],
        &[
            ("turned by EXIF", with_exif(&base, &turned(6))),
            ("turned the other way", with_exif(&base, &turned(8))),
            ("a colour profile", with_segments(&base, &[icc(1, b"profile")])),
            ("Adobe's transform", with_segments(&base, &[(0xee, b"Adobe\0\x64\0\0\0\0\0".to_vec())])),
            ("one bit of the scan", touched),
            ("another picture", jpeg_of(64, 48, 2, false)),
            ("another coding", jpeg_of(64, 48, 1, true)),
            ("a motion photo's film", [&base[..], &film::Film::default().bytes()].concat()),
            ("another film", [&base[..], &film::Film { cut_ticks: 9, ..film::Film::default() }.bytes()].concat()),
            ("an MPF picture behind it", [&base[..], &jpeg_of(32, 32, 3, false)].concat()),
            ("no end", base[..base.len() - 2].to_vec()),
            ("half of it", base[..base.len() / 2].to_vec()),
        ],
    );
    // A profile may come in any order of its parts and be cut anywhere.
    let whole = with_segments(&base, &[icc(1, b"prof"), icc(2, b"ile")]);
    check(
        &whole,
        &[("parts exchanged", with_segments(&base, &[icc(2, b"ile"), icc(1, b"prof")]))],
        &[("other", with_segments(&base, &[icc(1, b"prof2")]))],
    );
}

#[test]
fn jpeg_tables_count_however_they_are_cut() {
    let base = jpeg();
    let first = base.windows(2).position(|w| w == [0xff, 0xdb]).expect("a table");
    let length = usize::from(u16::from_be_bytes([base[first + 2], base[first + 3]]));
    let body = &base[first + 4..first + 2 + length];
    let second = base[first + 2 + length..].starts_with(&[0xff, 0xdb]).then(|| {
        let at = first + 2 + length;
        let more = usize::from(u16::from_be_bytes([base[at + 2], base[at + 3]]));
        let joined = [body, &base[at + 4..at + 2 + more]].concat();
        let head = [&[0xff, 0xdb][..], &(joined.len() as u16 + 2).to_be_bytes()].concat();
        [&base[..first], &head, &joined, &base[at + 2 + more..]].concat()
    });
    let mut other = base.clone();
    other[first + 6] += 1;
    check(&base, &[("tables in one segment", second.expect("the encoder writes two segments"))], &[("a table's entry", other)]);
}

#[test]
fn png_pictures() {
    let base = png(1 << 20, &[]);
    check(
        &base,
        &[
            ("cut into other chunks", png(100, &[])),
            ("text", png(1 << 20, &[(b"tEXt", b"Title\0x".to_vec()), (b"tIME", vec![0; 7]), (b"pHYs", vec![0; 9])])),
            ("EXIF", png(1 << 20, &[(b"eXIf", turned(1))])),
        ],
        &[
            ("turned by EXIF", png(1 << 20, &[(b"eXIf", turned(3))])),
            ("gamma", png(1 << 20, &[(b"gAMA", vec![0, 0, 1, 2])])),
            ("profile", png(1 << 20, &[(b"iCCP", b"p\0\0x".to_vec())])),
            ("transparent colour", png(1 << 20, &[(b"tRNS", vec![0; 6])])),
            ("animation", png(1 << 20, &[(b"acTL", vec![0; 8]), (b"fcTL", vec![0; 26])])),
            ("something behind it", [&base[..], b"tail"].concat()),
            ("cut", base[..base.len() - 12].to_vec()),
        ],
    );
    let colours = |kinds: [&'static [u8; 4]; 2]| png(1 << 20, &kinds.map(|kind| (kind, kind.to_vec())));
    check(&colours([b"gAMA", b"cHRM"]), &[("order of colour chunks", colours([b"cHRM", b"gAMA"]))], &[]);
    // Frames' numbers count on over the file and move with how data were cut.
    let frame = |pieces: &[(u8, &[u8])]| {
        let data: Vec<(&[u8; 4], Vec<u8>)> = pieces.iter().map(|(n, part)| (b"fdAT", [&[0, 0, 0, *n], *part].concat())).collect();
        png(1 << 20, &[&[(b"acTL", vec![0; 8]), (b"fcTL", [&[0, 0, 0, 0][..], &[7; 22]].concat())], &data[..]].concat())
    };
    check(&frame(&[(1, b"abcd")]), &[("frame data cut", frame(&[(1, b"ab"), (2, b"cd")]))], &[("frame data", frame(&[(1, b"abce")]))]);
}

#[test]
fn webp_pictures() {
    let base = webp(&[]);
    check(
        &base,
        &[("EXIF and XMP", webp(&[(b"EXIF", turned(1)), (b"XMP ", b"<x/>".to_vec())]))],
        &[
            ("turned by EXIF", webp(&[(b"EXIF", turned(6))])),
            ("profile", webp(&[(b"ICCP", b"profile".to_vec())])),
            ("opacity", webp(&[(b"ALPH", b"opacity".to_vec())])),
            ("cut", base[..base.len() - 4].to_vec()),
        ],
    );
}

#[test]
fn heic_pictures() {
    let base = Heic::default();
    let tiles = |second: &[u8]| [b"first tile".to_vec(), second.to_vec()];
    check(
        &base.bytes(),
        &[
            ("EXIF", Heic { exif: Some(turned(1)), ..base.clone() }.bytes()),
            ("EXIF's orientation, which is to be ignored", Heic { exif: Some(turned(6)), ..base.clone() }.bytes()),
            ("XMP", Heic { xmp: Some(b"<x/>".to_vec()), ..base.clone() }.bytes()),
            ("thumbnail", Heic { thumbnail: Some(b"small".to_vec()), ..base.clone() }.bytes()),
            ("other numbers", Heic { first_id: 40, ..base.clone() }.bytes()),
        ],
        &[
            ("turned", Heic { quarters: 1, ..base.clone() }.bytes()),
            ("a tile", Heic { tiles: tiles(b"second til3"), ..base.clone() }.bytes()),
            ("tiles exchanged", Heic { tiles: [b"second tile".to_vec(), b"first tile".to_vec()], ..base.clone() }.bytes()),
            ("gain map", Heic { gain_map: Some(b"bright".to_vec()), ..base.clone() }.bytes()),
            ("another gain map", Heic { gain_map: Some(b"dark".to_vec()), ..base.clone() }.bytes()),
            ("a motion photo's film", [base.bytes(), bmff_box(b"mpvd", b"film")].concat()),
            ("cut", base.bytes()[..base.bytes().len() - 1].to_vec()),
        ],
    );
}

#[test]
fn plain_formats() {
    let gif = coded(image::ImageFormat::Gif);
    let extension = |label: u8, blocks: &[u8]| {
        let at = gif.windows(2).position(|w| w == [0x21, 0xf9]).expect("a control block");
        [&gif[..at], &[0x21, label], blocks, &gif[at..]].concat()
    };
    check(
        &gif,
        &[("comment", extension(0xfe, b"\x05hello\0")), ("XMP block", extension(0xff, b"\x0bXMP DataXMP\x03abc\0"))],
        &[("loop count", extension(0xff, b"\x0bNETSCAPE2.0\x03\x01\0\0\0")), ("cut", gif[..gif.len() - 1].to_vec())],
    );
    let bmp = coded(image::ImageFormat::Bmp);
    let mut resolution = bmp.clone();
    resolution[38] ^= 1;
    let mut pixel = bmp.clone();
    *pixel.last_mut().expect("pixels") ^= 1;
    check(&bmp, &[("resolution", resolution)], &[("pixel", pixel), ("cut", bmp[..bmp.len() - 4].to_vec())]);
    let tiff = coded(image::ImageFormat::Tiff);
    let first = tiff.iter().position(|&b| b == pixels(64, 48, 1)[0]).expect("pixels");
    let mut pixel = tiff.clone();
    pixel[first] ^= 1;
    check(&tiff, &[("something behind it", [&tiff[..], b"tail"].concat())], &[("pixel", pixel)]);
    let jxl = |parts: &[(&[u8; 4], &[u8])]| {
        let boxes: Vec<u8> = parts.iter().flat_map(|(kind, body)| bmff_box(kind, body)).collect();
        [b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(), bmff_box(b"ftyp", b"jxl \0\0\0\0jxl "), boxes].concat()
    };
    check(
        b"\xff\x0aab",
        &[
            ("boxed", jxl(&[(b"jxlc", b"\xff\x0aab")])),
            ("boxed with EXIF", jxl(&[(b"Exif", b"\0\0\0\0II*\0"), (b"jxlc", b"\xff\x0aab")])),
            ("in parts", jxl(&[(b"jxlp", b"\0\0\0\0\xff\x0aa"), (b"jxlp", b"\x80\0\0\x01b")])),
        ],
        &[
            ("codestream", jxl(&[(b"jxlc", b"\xff\x0aac")])),
            ("gain map", jxl(&[(b"jxlc", b"\xff\x0aab"), (b"jhgm", b"x")])),
            ("a part is missing", jxl(&[(b"jxlp", b"\0\0\0\0\xff\x0aa")])),
        ],
    );
}

#[test]
fn raw_pictures_are_their_sensor_data() {
    use dng::{Kind, dng};
    let base = dng(Kind::Mosaic, 1, true, 1, "camera");
    check(
        &base,
        &[("program", dng(Kind::Mosaic, 1, true, 1, "editor 2")), ("without preview", dng(Kind::Mosaic, 1, false, 1, "camera"))],
        &[("turned", dng(Kind::Mosaic, 1, true, 6, "camera")), ("other pixels", dng(Kind::Mosaic, 2, true, 1, "camera"))],
    );
}

#[test]
fn films_are_their_samples_and_how_they_are_shown() {
    use film::Film;
    let base = Film::default();
    let samples = |n: &[&[u8]]| n.iter().map(|s| s.to_vec()).collect::<Vec<_>>();
    check(
        &base.bytes(),
        &[
            ("index first", Film { index_first: true, ..base.clone() }.bytes()),
            ("64-bit sizes", Film { wide: true, ..base.clone() }.bytes()),
            ("dates", Film { since_1904: 3_700_000_000, ..base.clone() }.bytes()),
            ("tags", Film { keys: vec![("com.apple.quicktime.make", "Apple")], user: vec![(b"\xa9xyz", "+1-2/")], ..base.clone() }.bytes()),
        ],
        &[
            ("turned", Film { matrix: [0, 1, -1, 0], ..base.clone() }.bytes()),
            ("trimmed", Film { cut_ticks: 500, ..base.clone() }.bytes()),
            ("slower", Film { sample_ticks: 80, ..base.clone() }.bytes()),
            ("a sample", Film { samples: samples(&[b"some samples", b"and some mor3"]), ..base.clone() }.bytes()),
            ("in one box", Film { samples: samples(&[b"some samplesand some more"]), ..base.clone() }.bytes()),
            ("fragments", Film { fragments: samples(&[b"one"]), ..base.clone() }.bytes()),
            ("no samples", Film { samples: vec![], ..base.clone() }.bytes()),
            ("cut in the index", base.bytes()[..base.bytes().len() - 1].to_vec()),
            ("cut in the samples", {
                let film = Film { index_first: true, ..base.clone() }.bytes();
                film[..film.len() - 1].to_vec()
            }),
        ],
    );
}

#[test]
fn formats_never_share_a_payload() {
    let mut hashes: Vec<_> = [
        jpeg(),
        png(100, &[]),
        webp(&[]),
        Heic::default().bytes(),
        coded(image::ImageFormat::Gif),
        coded(image::ImageFormat::Bmp),
        film::Film::default().bytes(),
    ]
    .iter()
    .map(|bytes| payload(bytes).expect("a hash"))
    .collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 7);
}
