//! The grammar as a table, and the files it makes.

use super::*;

fn check(line: &str, expected: Result<&str, &str>) {
    let got = match file(line) {
        Ok(bytes) => Ok(match bytes.as_slice() {
            [0xFF, 0xD8, ..] => "jpeg",
            [0x89, b'P', ..] => "png",
            [b'B', b'M', ..] => "bmp",
            [b'I', b'I', ..] => "tiff",
            [_, _, _, _, b'f', b't', b'y', b'p', b'q', ..] => "mov",
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => "mp4",
            [] => "empty",
            _ => "text",
        }),
        Err(TreeError::Line { what, .. }) => Err(what),
        Err(other) => panic!("{line}: {other}"),
    };
    assert_eq!(got.as_ref().map(|kind| *kind).map_err(String::as_str), expected, "{line}");
}

#[test]
fn the_grammar_line_by_line() {
    check("a.jpg picture=3 size=64x48", Ok("jpeg"));
    check("a.JPEG picture=beach:3 size=64x48 jpeg=70 sampling=444 progressive=yes", Ok("jpeg"));
    check("a.png chat=1 size=60x120", Ok("png"));
    check("a.bmp page=1 size=60x80", Ok("bmp"));
    check("a.tif plain=1,2,3 size=8x8", Ok("tiff"));
    check("a.dng picture=1 size=64x48 preview=32", Ok("tiff"));
    check("a.dng picture=1 size=64x48 as=smart camera=nikon taken=\"2020:01:02 03:04:05\"", Ok("tiff"));
    check("a.png picture=1 size=64x48 as=jpeg", Ok("jpeg"));
    check("a.mp4 film=1 seconds=1 taken=2020-01-02T03:04:05 content=X", Ok("mp4"));
    check("a.MOV film=1", Ok("mov"));
    check("a.txt bytes=\"a = b c\"", Ok("text"));
    check("a.jpg bytes=", Ok("empty"));
    check("a.jpg picture=1 size=64x48 cut=0", Ok("empty"));
    check(
        "a.jpg picture=1 size=64x48 fit=40 crop=5% turn=90 bright=1.2 contrast=.9 colour=0 caption=\"HI THERE\" nudge=4 noise=2 blur=1 gps=1.5,-2 orientation=6",
        Ok("jpeg"),
    );
    check("", Err("no path"));
    check("../a.jpg picture=1", Err("`../a.jpg` leaves the tree"));
    check("/a.jpg picture=1", Err("`/a.jpg` leaves the tree"));
    check("a.jpg", Err("nothing says what it shows"));
    check("a.jpg picture", Err("`picture` is not key=value"));
    check("a.jpg picture=1 tint=2", Err("unknown key `tint`"));
    check("a.jpg picture=1 picture=2", Err("`picture` twice"));
    check("a.jpg picture=cow:1", Err("no pictures of `cow`"));
    check("a.jpg picture=x", Err("`picture=x` has no seed"));
    check("a.jpg picture=1 size=9", Err("`size=9` is not WxH"));
    check("a.jpg picture=1 size=9x9 crop=5", Err("`crop=5` is not a percentage"));
    check("a.jpg picture=1 size=9x9 turn=45", Err("`turn=45` is no turn"));
    check("a.jpg picture=1 size=9x9 camera=pixel", Err("a camera needs `taken`"));
    check("a.jpg picture=1 size=9x9 camera=leica taken=\"2020:01:02 03:04:05\"", Err("no camera `leica`"));
    check("a.jpg picture=1 size=9x9 bright=much", Err("`bright=much` is not a number it can be"));
    check("a.gif picture=1 size=9x9", Err("no pictures are written as `gif`"));
    check("a.jpg same=b.jpg", Err("no earlier line is `b.jpg`"));
    check("a.txt bytes=\"open", Err("a quote is not closed"));
}

#[test]
fn trees_are_built_below_their_folder_with_copies_and_links() {
    let folder = tempfile::tempdir().unwrap();
    let text = "
        # two copies, one of them a link
        a/one.jpg        picture=3 size=64x48 camera=canon taken=\"2020:09:20 13:12:07\" number=7
        \"b/a copy.jpg\"   same=a/one.jpg
        b/link.jpg       link=a/one.jpg
        c/cut.jpg        same=a/one.jpg cut=100
    ";
    let paths = build(text, folder.path()).unwrap();
    let bytes: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(paths[1], folder.path().join("b/a copy.jpg"));
    assert!(bytes[0] == bytes[1] && bytes[0] == bytes[2]);
    assert_eq!(bytes[3], bytes[0][..100]);
    let again = tempfile::tempdir().unwrap();
    assert_eq!(fs::read(&build(text, again.path()).unwrap()[0]).unwrap(), bytes[0]);
    let error = build("a.jpg picture=1 size=8x8\nb.jpg nothing", folder.path()).unwrap_err();
    assert_eq!(error.to_string(), "line 2: `nothing` is not key=value");
}

#[test]
fn words_take_fields_of_the_camera_away_or_set_them() {
    let read = |line: &str| exif::Reader::new().read_from_container(&mut io::Cursor::new(file(line).unwrap())).unwrap();
    let line =
        "a.jpg picture=1 size=64x48 camera=canon taken=\"2020:09:20 13:12:07\" number=7 subsec= software=\"Exporter 4\" orientation=6";
    let fields = read(line);
    let shown = |tag| fields.get_field(tag, exif::In::PRIMARY).map(|field| field.display_value().to_string());
    assert_eq!(shown(exif::Tag::SubSecTimeOriginal), None);
    assert_eq!(shown(exif::Tag::Software).as_deref(), Some("\"Exporter 4\""));
    let stored = image::load_from_memory(&file("a.png picture=1 size=64x48 orientation=6").unwrap()).unwrap();
    assert_eq!((stored.width(), stored.height()), (48, 64), "stored sideways");
}
