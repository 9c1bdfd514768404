//! What files say of themselves: EXIF wherever a format keeps it, maker notes, XMP, and real cameras' files.

mod drawn;

use drawn::*;
use model::{CaptureTime, Metadata, Subsecond, TimeSource};

/// A full EXIF block.
fn full_exif() -> Vec<u8> {
    let short = |n: u16| Value::Short(vec![n]);
    exif(
        &[
            (0x010e, Value::Text("At the lake")),
            (0x010f, Value::Text("Canon ")),
            (0x0110, Value::Text("Canon EOS 6D")),
            (0x0112, short(6)),
            (0x0131, Value::Text("Firmware 1.1.8")),
            (0x0132, Value::Text("2021:01:01 00:00:00")),
        ],
        &[
            (0x829a, Value::Ratio(vec![(1, 60)])),
            (0x829d, Value::Ratio(vec![(56, 10)])),
            (0x8827, short(1000)),
            (0x9003, Value::Text("2019:06:06 07:29:51")),
            (0x9011, Value::Text("+02:00")),
            (0x9291, Value::Text("34")),
            (0x920a, Value::Ratio(vec![(65, 1)])),
            (0x9211, Value::Long(vec![4711])),
            (0xa002, short(640)),
            (0xa003, short(480)),
            (0xa431, Value::Text("033024001432")),
            (0xa434, Value::Text("EF24-105mm f/4L IS USM")),
        ],
        &[
            (1, Value::Text("S")),
            (2, Value::Ratio(vec![(33, 1), (55, 1), (30, 1)])),
            (3, Value::Text("E")),
            (4, Value::Ratio(vec![(18, 1), (25, 1), (0, 0)])),
            (5, Value::Bytes(1, vec![1])),
            (6, Value::Ratio(vec![(25, 2)])),
        ],
    )
}

fn check_full(metadata: &Metadata, label: &str) {
    assert_eq!(metadata.make.as_deref(), Some("Canon"), "{label}");
    assert_eq!(metadata.model.as_deref(), Some("Canon EOS 6D"), "{label}");
    assert_eq!(metadata.serial.as_deref(), Some("33024001432"), "{label}");
    assert_eq!(metadata.image_number, Some(4711), "{label}");
    assert_eq!(metadata.lens.as_deref(), Some("EF24-105mm f/4L IS USM"), "{label}");
    assert_eq!((metadata.focal_length_mm, metadata.f_number, metadata.iso), (Some(65.0), Some(5.6), Some(1000)), "{label}");
    assert_eq!(metadata.exposure_s, Some(1.0 / 60.0), "{label}");
    assert_eq!(metadata.caption.as_deref(), Some("At the lake"), "{label}");
    assert_eq!(metadata.software.as_deref(), Some("Firmware 1.1.8"), "{label}");
    assert_eq!((metadata.claimed_width, metadata.claimed_height), (Some(640), Some(480)), "{label}");
    let taken = CaptureTime {
        local_seconds: 1_559_806_191,
        subsecond: Some(Subsecond { nanos: 340_000_000, digits: 2 }),
        offset_minutes: Some(120),
        source: TimeSource::ExifOriginal,
    };
    assert_eq!(metadata.taken, Some(taken), "{label}");
    let place = metadata.place.expect("a place");
    assert!((place.latitude + 33.925).abs() < 1e-9 && (place.longitude - (18.0 + 25.0 / 60.0)).abs() < 1e-9, "{label}: {place:?}");
    assert_eq!(place.altitude_m, Some(-12.5), "{label}");
}

#[test]
fn exif_is_found_wherever_a_format_keeps_it() {
    let exif = full_exif();
    let hex: String = [b"Exif\0\0", &exif[..]].concat().iter().map(|b| format!("{b:02x}")).collect();
    let profile = format!("Raw profile type exif\0\nexif\n{:8}\n{hex}\n", exif.len() + 6).into_bytes();
    let jxl = [b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(), bmff_box(b"Exif", &[b"\0\0\0\0", &exif[..]].concat()), bmff_box(b"jxlc", b"\xff\x0a")]
        .concat();
    for (label, bytes, orientation) in [
        ("JPEG", with_exif(&jpeg(), &exif), 6),
        ("PNG", png(1000, &[(b"eXIf", exif.clone())]), 6),
        ("PNG raw profile", png(1000, &[(b"tEXt", profile)]), 6),
        ("WebP", webp(&[(b"EXIF", exif.clone())]), 6),
        ("WebP with a name before it", webp(&[(b"EXIF", [b"Exif\0\0", &exif[..]].concat())]), 6),
        ("HEIC", Heic { exif: Some(exif.clone()), ..Heic::default() }.bytes(), 1),
        ("JPEG XL", jxl, 1),
        ("TIFF", exif.clone(), 6),
    ] {
        let fingerprint = fingerprint(&bytes);
        check_full(&fingerprint.metadata, label);
        assert_eq!(fingerprint.orientation, orientation, "{label}");
    }
    let turned = fingerprint(&with_exif(&jpeg(), &exif));
    assert_eq!((turned.width, turned.height), (48, 64), "sides are upright");
}

#[test]
fn cr3_keeps_it_in_four_parts() {
    let part = |entries: &[(u16, Value)]| exif(entries, &[], &[]);
    let canon = [
        bmff_box(
            b"CMT1",
            &part(&[
                (0x010f, Value::Text("Canon")),
                (256, Value::Short(vec![6000])),
                (257, Value::Short(vec![4000])),
                (0x0112, Value::Short(vec![8])),
            ]),
        ),
        bmff_box(b"CMT2", &part(&[(0x9003, Value::Text("2019:06:06 07:29:51")), (0x9291, Value::Text("5"))])),
        bmff_box(b"CMT3", &part(&[(0x0008, Value::Long(vec![1_002_533])), (0x000c, Value::Long(vec![12_345]))])),
        bmff_box(
            b"CMT4",
            &part(&[(1, Value::Text("N")), (2, Value::Ratio(vec![(48, 1)])), (3, Value::Text("W")), (4, Value::Ratio(vec![(2, 1)]))]),
        ),
    ]
    .concat();
    let uuid = bmff_box(b"uuid", &[b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48", &canon[..]].concat());
    let preview = jpeg_of(600, 400, 1, false);
    let prvw = bmff_box(b"PRVW", &[&[0; 16], &preview[..]].concat());
    let second =
        bmff_box(b"uuid", &[b"\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16\0\0\0\0\0\0\0\x01", &prvw[..]].concat());
    let bytes = [bmff_box(b"ftyp", b"crx \0\0\0\x01crx isom"), bmff_box(b"moov", &uuid), second].concat();
    let fingerprint = fingerprint(&bytes);
    let metadata = &fingerprint.metadata;
    assert_eq!(
        (metadata.make.as_deref(), metadata.image_number, metadata.serial.as_deref()),
        (Some("Canon"), Some(1_002_533), Some("12345"))
    );
    assert_eq!(metadata.taken.and_then(|t| t.subsecond), Some(Subsecond { nanos: 500_000_000, digits: 1 }));
    assert_eq!(metadata.place.map(|p| (p.latitude, p.longitude)), Some((48.0, -2.0)));
    assert_eq!((fingerprint.width, fingerprint.height, fingerprint.orientation), (4000, 6000, 8));
    assert!(fingerprint.picture.is_some(), "{:?}", fingerprint.undecoded);
}

#[test]
fn maker_notes_tell_bursts_live_photos_and_numbers() {
    let note = |make: &'static str, note: Vec<u8>| {
        let exif = exif(&[(0x010f, Value::Text(make))], &[(0x927c, Value::Bytes(7, note))], &[]);
        fingerprint(&with_exif(&jpeg(), &exif)).metadata
    };
    // Big-endian directory of two texts behind it; offsets count from the note's start.
    let texts = [&b"BURST-UUID-1234\0"[..], b"CONTENT-ID-5678\0"];
    let row = |tag: u16, at: u32| [&tag.to_be_bytes()[..], &2u16.to_be_bytes(), &16u32.to_be_bytes(), &at.to_be_bytes()].concat();
    let apple = [&b"Apple iOS\0\0\x01MM"[..], &2u16.to_be_bytes(), &row(11, 44), &row(17, 60), &[0; 4], texts[0], texts[1]].concat();
    let metadata = note("Apple", apple.clone());
    assert_eq!(metadata.burst_id.as_deref(), Some("BURST-UUID-1234"));
    assert_eq!(metadata.content_identifier.as_deref(), Some("CONTENT-ID-5678"));
    for cut in 0..apple.len() {
        let _no_panic = note("Apple", apple[..cut].to_vec());
    }
    let nikon = exif(&[(0x001d, Value::Text("NO= 6002345")), (0x00a7, Value::Long(vec![31_415]))], &[], &[]);
    let metadata = note("NIKON CORPORATION", [&b"Nikon\0\x02\x10\0\0"[..], &nikon].concat());
    assert_eq!((metadata.serial.as_deref(), metadata.image_number), (Some("6002345"), Some(31_415)));
    // Canon: a bare directory, offsets count in the EXIF block; these values need none.
    let canon = [
        &b"\x02\0\x08\0\x04\0\x01\0\0\0"[..],
        &1_002_533u32.to_le_bytes(),
        b"\x0c\0\x04\0\x01\0\0\0",
        &430_200_306u32.to_le_bytes(),
        &[0; 4],
    ]
    .concat();
    let metadata = note("Canon", canon.clone());
    assert_eq!((metadata.serial.as_deref(), metadata.image_number), (Some("430200306"), Some(1_002_533)));
    assert_eq!(note("Other", canon).image_number, None, "another maker's note is not read as Canon's");
}

#[test]
fn what_is_damaged_or_filler_is_unknown() {
    let check = |main: &[(u16, Value)], part: &[(u16, Value)], gps: &[(u16, Value)]| {
        fingerprint(&with_exif(&jpeg(), &exif(main, part, gps))).metadata
    };
    let zero = || Value::Ratio(vec![(0, 0)]);
    let metadata = check(
        &[(0x010e, Value::Text("OLYMPUS DIGITAL CAMERA         ")), (0x010f, Value::Text("   "))],
        &[
            (0x9003, Value::Text("0000:00:00 00:00:00")),
            (0x829a, zero()),
            (0x829d, zero()),
            (0x920a, zero()),
            (0x9211, Value::Long(vec![0])),
            (0xa431, Value::Text("0000000")),
        ],
        &[(1, Value::Text("N")), (2, zero()), (3, Value::Text("E")), (4, zero())],
    );
    assert_eq!(metadata, Metadata::default());
    let null_island =
        [(1, Value::Text("N")), (2, Value::Ratio(vec![(0, 1); 3])), (3, Value::Text("E")), (4, Value::Ratio(vec![(0, 1); 3]))];
    assert_eq!(check(&[], &[(0x8827, Value::Short(vec![65535])), (0x8832, Value::Long(vec![102_400]))], &null_island).iso, Some(102_400));
    assert_eq!(check(&[], &[], &null_island).place, None);
    let without_side = [(2, Value::Ratio(vec![(10, 1)])), (4, Value::Ratio(vec![(10, 1)]))];
    assert_eq!(check(&[], &[], &without_side).place, None, "a place without hemispheres");
}

#[test]
fn each_time_has_its_own_fraction_and_zone() {
    let check = |part: &[(u16, Value)], expected: Option<(TimeSource, Option<i16>)>, label: &str| {
        let main = [(0x0132, Value::Text("2021:01:01 00:00:00"))];
        let taken = fingerprint(&with_exif(&jpeg(), &exif(&main, part, &[]))).metadata.taken;
        assert_eq!(taken.map(|t| (t.source, t.offset_minutes)), expected, "{label}");
    };
    let (original, digitized) = ((0x9003, Value::Text("2019:06:06 07:29:51")), (0x9004, Value::Text("2019:06:06 07:29:52")));
    let zone_of_change = (0x9010, Value::Text("+05:30"));
    check(
        &[original.clone(), digitized.clone(), zone_of_change.clone()],
        Some((TimeSource::ExifOriginal, None)),
        "the zone of another time",
    );
    check(&[digitized, (0x9012, Value::Text("-03:30"))], Some((TimeSource::ExifDigitized, Some(-210))), "digitized");
    check(&[(0x9003, Value::Text("    :  :     :  :  ")), zone_of_change], Some((TimeSource::ExifModified, Some(330))), "blank original");
}

#[test]
fn xmp_tells_words_stars_and_motion_wherever_it_lies() {
    let packet = br#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="5" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="2020-02-02T02:02:02Z" xmp:CreateDate="2024-04-04T04:04:04Z"
        xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MotionPhoto="1">
        <dc:description><rdf:Alt><rdf:li xml:lang="x-default">Caf&#xe9;</rdf:li></rdf:Alt></dc:description>
        <dc:subject><rdf:Bag><rdf:li>lake</rdf:li><rdf:li>sea</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"#
        .to_vec();
    let in_jpeg = with_segments(&jpeg(), &[(0xe1, [b"http://ns.adobe.com/xap/1.0/\0", &packet[..]].concat())]);
    let tiff = exif(&[(700, Value::Bytes(1, packet.clone()))], &[], &[]);
    for (label, bytes) in [
        ("JPEG", in_jpeg.clone()),
        ("PNG", png(1000, &[(b"iTXt", [b"XML:com.adobe.xmp\0\0\0\0\0", &packet[..]].concat())])),
        ("WebP", webp(&[(b"XMP ", packet.clone())])),
        ("HEIC", Heic { xmp: Some(packet.clone()), ..Heic::default() }.bytes()),
        ("TIFF", tiff),
    ] {
        let metadata = fingerprint(&bytes).metadata;
        assert_eq!(metadata.caption.as_deref(), Some("Café"), "{label}");
        assert_eq!((metadata.rating, metadata.keywords), (Some(5), vec!["lake".to_owned(), "sea".to_owned()]), "{label}");
        assert_eq!(metadata.taken.map(|t| (t.source, t.offset_minutes)), Some((TimeSource::Xmp, Some(0))), "{label}");
    }
    // When a program made the file says nothing of the shot: believed like EXIF's last change, and only for want of better.
    let made = String::from_utf8(packet).expect("UTF-8").replace("exif:DateTimeOriginal", "exif:Other").into_bytes();
    let taken = fingerprint(&webp(&[(b"XMP ", made)])).metadata.taken;
    assert_eq!(taken.map(|t| (t.source, t.local_seconds)), Some((TimeSource::ExifModified, 1_712_203_444)));
    // The flag outlives the film in copies that dropped it.
    assert!(!fingerprint(&in_jpeg).has_embedded_video);
    assert!(fingerprint(&[&in_jpeg[..], b"film"].concat()).has_embedded_video);
}

#[test]
fn a_film_in_a_still_is_seen() {
    let film = film::Film::default().bytes();
    let check = |bytes: Vec<u8>, expected: bool, label: &str| assert_eq!(fingerprint(&bytes).has_embedded_video, expected, "{label}");
    check(jpeg(), false, "plain");
    check([jpeg(), film.clone()].concat(), true, "a film behind it");
    check([jpeg(), jpeg(), film].concat(), true, "a film behind a second picture");
    check([jpeg(), b"SEFH..MotionPhoto_Data..".to_vec()].concat(), true, "Samsung's mark");
    check([jpeg(), jpeg()].concat(), false, "only a second picture");
    check([jpeg(), b"a text about ftyp".to_vec()].concat(), false, "only the word");
    check([Heic::default().bytes(), bmff_box(b"mpvd", b"film")].concat(), true, "HEIC");
    check(Heic::default().bytes(), false, "plain HEIC");
}

#[test]
fn jpeg_coding_is_told() {
    let encoding = fingerprint(&jpeg()).encoding;
    assert_eq!((encoding.jpeg_quality, encoding.standard_tables, encoding.progressive), (Some(90), Some(true), Some(false)));
    assert_eq!(fingerprint(&jpeg_of(64, 48, 1, true)).encoding.progressive, Some(true));
    assert_eq!(fingerprint(&png(1000, &[])).encoding.jpeg_quality, None);
}

/// Make, model, capture time (seconds on the clock), place: read with another program (Pillow 13, 2026-11).
#[test]
fn real_cameras_files() {
    let Some(folder) = shared("camera_exif") else { return };
    let check = |name: &str, make: Option<&str>, model: Option<&str>, taken: Option<i64>, iso: Option<u32>, caption: Option<&str>| {
        let metadata = fingerprint(&std::fs::read(folder.join(name)).expect("listed")).metadata;
        assert_eq!((metadata.make.as_deref(), metadata.model.as_deref()), (make, model), "{name}");
        assert_eq!(metadata.taken.map(|t| t.local_seconds), taken, "{name}");
        assert_eq!((metadata.iso, metadata.caption.as_deref()), (iso, caption), "{name}");
    };
    check("cams/Canon_40D.jpg", Some("Canon"), Some("Canon EOS 40D"), Some(1_212_162_961), Some(100), None);
    check("cams/Fujifilm_FinePix_E500.jpg", Some("FUJIFILM"), Some("FinePix E500"), Some(1_155_806_688), Some(100), None);
    check("cams/Pentax_K10D.jpg", Some("PENTAX Corporation"), Some("PENTAX K10D"), Some(1_209_919_644), Some(200), None);
    check("cams/WWL_(Polaroid)_ION230.jpg", Some("WWL"), Some("ION230"), Some(1_795_531_276), Some(100), None);
    check("cams/corrupted.jpg", Some("OLYMPUS IMAGING CORP."), Some("u1020,S1020"), Some(1_441_710_137), Some(80), None);
    check("cams/canon-ixus.jpg", Some("Canon"), Some("Canon DIGITAL IXUS"), Some(992_099_852), None, None);
    check("cams/sony-powershota5.jpg", None, None, None, None, None);
    check("gps/DSCN0010.jpg", Some("NIKON"), Some("COOLPIX P6000"), Some(1_224_692_919), Some(64), None);
    let place = fingerprint(&std::fs::read(folder.join("gps/DSCN0010.jpg")).expect("listed")).metadata.place.expect("a place");
    assert!((place.latitude - 43.467_448).abs() < 1e-5 && (place.longitude - 11.885_127).abs() < 1e-5);
    let canon = fingerprint(&std::fs::read(folder.join("cams/Canon_PowerShot_S40.jpg")).expect("listed")).metadata;
    assert_eq!(canon.image_number, Some(1_171_771));
}

/// Read with another program (Pillow with pillow-heif, 2026-11).
#[test]
fn real_phones_heic() {
    let Some(path) = shared("heic/iphone_15_pro.heic") else { return };
    let fingerprint = fingerprint(&std::fs::read(path).expect("listed"));
    assert_eq!((fingerprint.width, fingerprint.height, fingerprint.orientation), (3024, 4032, 1));
    let taken = fingerprint.metadata.taken.expect("a time");
    assert_eq!((taken.local_seconds, taken.offset_minutes), (1_698_752_683, Some(60)));
    assert_eq!(taken.subsecond, Some(Subsecond { nanos: 432_000_000, digits: 3 }));
    assert_eq!(fingerprint.metadata.model.as_deref(), Some("iPhone 15 Pro"));
    assert!(fingerprint.payload.is_some() && fingerprint.picture.is_some());
}
