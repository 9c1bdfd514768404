//! Pictures of files in folders and archives, kept, told, bounded.
#![allow(clippy::disallowed_methods)] // the tests make and change files of their own

use super::*;
use crate::{ScanOptions, Silent, Stop, scan};
use catalog::Catalog;
use std::fs;
use std::path::Path;
use testkit::encode::{self, JpegOptions};
use testkit::film::{FilmFacts, shown_film};
use testkit::takeout::{Export, Item};
use testkit::{Canvas, Exif, Scene, dng};

struct Home {
    folder: tempfile::TempDir,
    catalog: Catalog,
}

impl Home {
    fn of(files: &[(&str, Vec<u8>)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("photos")).unwrap();
        for (name, bytes) in files {
            let path = folder.path().join("photos").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let catalog = Catalog::open(&folder.path().join("c.sqlite")).unwrap();
        let home = Self { folder, catalog };
        home.scan(&home.photos());
        home
    }

    fn photos(&self) -> PathBuf {
        self.folder.path().join("photos")
    }

    fn scan(&self, path: &Path) {
        scan(&self.catalog, &ScanOptions { paths: vec![path.to_owned()], ..ScanOptions::default() }, &Silent, &Stop::default()).unwrap();
    }

    fn asset(&self, name: &str) -> AssetRow {
        self.catalog.assets().unwrap().into_iter().find(|asset| asset.filename == name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn pictures(&self, budget_bytes: u64) -> Pictures {
        Pictures::open(PictureOptions { folder: self.folder.path().join("cache"), budget_bytes, ffmpeg: None }).unwrap()
    }
}

fn photo(seed: u64) -> Vec<u8> {
    encode::jpeg(&Scene::new(seed).draw(1280, 960), 90, &JpegOptions::default())
}

fn film(seed: u64) -> Vec<u8> {
    shown_film(&[Scene::new(seed).draw(320, 240)], 1, 1, model::Turn::Upright, &FilmFacts::default())
}

fn sides_of(picture: &Picture) -> (u32, u32) {
    assert_eq!(picture.media_type, "image/jpeg");
    let drawn = fingerprints::render::render(&picture.bytes, Format::Jpeg, None).unwrap();
    (drawn.width, drawn.height)
}

#[test]
fn stills_raws_and_films_are_shown() {
    let canvas = Scene::new(4).draw(1280, 960);
    let home = Home::of(&[
        ("a.jpg", photo(1)),
        ("b.png", encode::png(&canvas, None)),
        ("c.tif", encode::tiff(&canvas, None)),
        ("d.dng", dng::with_preview(&canvas, &Exif::default(), 800)),
        ("e.mp4", film(5)),
    ]);
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    for (name, small, large, full) in [
        ("a.jpg", (256, 192), (1024, 768), (1280, 960)),
        ("b.png", (256, 192), (1024, 768), (1280, 960)),
        ("c.tif", (256, 192), (1024, 768), (1280, 960)),
        ("d.dng", (256, 192), (800, 600), (800, 600)),
        ("e.mp4", (256, 192), (320, 240), (320, 240)),
    ] {
        let asset = home.asset(name);
        let of = |size| sides_of(&pictures.thumbnail(&asset, None, size).unwrap());
        assert_eq!((of(PictureSize::Small), of(PictureSize::Large)), (small, large), "{name}");
        assert_eq!(sides_of(&pictures.full(&asset).unwrap()), full, "{name}");
    }
    assert_eq!(pictures.usage().pictures, 10);
    assert_eq!(pictures.clean().unwrap().pictures, 10);
    assert_eq!(pictures.usage(), PicturesUsage::default());
}

#[test]
fn what_only_browsers_decode_is_handed_to_them_as_it_lies() {
    let avif = [&b"\0\0\0\x18ftypavif\0\0\0\0mif1avif"[..], &[7; 500]].concat();
    let home = Home::of(&[("a.avif", avif.clone())]);
    let (asset, pictures) = (home.asset("a.avif"), home.pictures(PICTURES_BUDGET_BYTES));
    for _ in 0..2 {
        let shown = pictures.thumbnail(&asset, None, PictureSize::Small).unwrap();
        assert_eq!((shown.media_type, &shown.bytes), ("image/avif", &avif));
    }
    assert_eq!(pictures.usage().pictures, 0);
    fs::write(home.photos().join("a.avif"), [&avif[..avif.len() - 1], b"x"].concat()).unwrap();
    assert_eq!(pictures.full(&asset), Err(NoPicture::Changed));
}

#[test]
fn what_is_kept_is_shown_without_the_file() {
    let home = Home::of(&[("a.jpg", photo(1)), ("b.jpg", photo(2))]);
    let (a, b) = (home.asset("a.jpg"), home.asset("b.jpg"));
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    let drawn = pictures.thumbnail(&a, None, PictureSize::Small).unwrap();
    fs::remove_dir_all(home.photos()).unwrap();
    assert_eq!(pictures.thumbnail(&a, None, PictureSize::Small).unwrap(), drawn);
    assert_eq!(home.pictures(PICTURES_BUDGET_BYTES).thumbnail(&a, None, PictureSize::Small).unwrap(), drawn, "by another process");
    assert_eq!(pictures.thumbnail(&b, None, PictureSize::Small), Err(NoPicture::Offline));
    let grid = home.catalog.grid(b.id).unwrap().unwrap();
    let coarse = pictures.thumbnail(&b, Some(&grid), PictureSize::Small).unwrap();
    assert_eq!((coarse.coarse.clone(), sides_of(&coarse)), (Some(NoPicture::Offline), (128, 96)));
    assert_eq!(pictures.usage().pictures, 1, "coarse ones are not kept");
    let listed = AssetRow { places: Vec::new(), ..b };
    assert_eq!(pictures.thumbnail(&listed, None, PictureSize::Small), Err(NoPicture::Listed), "another asset of the same row");
}

#[test]
fn a_changed_file_is_told_and_never_shown_as_another() {
    let bytes = photo(1);
    let home = Home::of(&[("a.jpg", bytes.clone()), ("f.mp4", film(3))]);
    let (asset, moving) = (home.asset("a.jpg"), home.asset("f.mp4"));
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    let mut same_size = bytes.clone();
    same_size[40] ^= 1;
    for changed in [same_size, photo(2)] {
        fs::write(home.photos().join("a.jpg"), changed).unwrap();
        assert_eq!(pictures.thumbnail(&asset, None, PictureSize::Small), Err(NoPicture::Changed));
        assert_eq!(pictures.full(&asset), Err(NoPicture::Changed));
        assert_eq!(pictures.original(&asset).err(), Some(NoPicture::Changed));
    }
    let mut other = film(3);
    let last = other.len() - 1;
    other[last] ^= 1;
    fs::write(home.photos().join("f.mp4"), other).unwrap();
    assert_eq!(pictures.thumbnail(&moving, None, PictureSize::Small), Err(NoPicture::Changed));
    fs::write(home.photos().join("a.jpg"), bytes).unwrap();
    assert!(pictures.thumbnail(&asset, None, PictureSize::Small).is_ok(), "it is not remembered");
    let hash = asset.places[0].content_hash;
    assert!(hash.is_some());
    assert_eq!(pictures.original(&asset).unwrap().vouched, hash);
    assert_eq!((pictures.full(&asset).unwrap().vouched, pictures.full(&asset).unwrap().vouched), (hash, hash), "drawn and held");
    assert_eq!(pictures.thumbnail(&asset, None, PictureSize::Small).unwrap().vouched, hash);
    assert_eq!(pictures.original(&moving).unwrap().vouched, None, "films are not hashed for each piece");
}

#[test]
fn what_cannot_be_decoded_is_remembered() {
    let cut = photo(1)[..20_000].to_vec();
    let home = Home::of(&[("a.jpg", cut)]);
    let asset = home.asset("a.jpg");
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    let first = pictures.thumbnail(&asset, None, PictureSize::Small).unwrap_err();
    assert!(matches!(&first, NoPicture::Undecodable(words) if words.contains("ends after")), "{first}");
    fs::remove_file(home.photos().join("a.jpg")).unwrap();
    assert_eq!(pictures.thumbnail(&asset, None, PictureSize::Small), Err(first), "without the file");
}

#[test]
fn the_budget_holds_and_the_least_wanted_go_first() {
    let files: Vec<(String, Vec<u8>)> = (0..6).map(|n| (format!("{n}.jpg"), photo(n + 1))).collect();
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let home = Home::of(&files);
    let assets: Vec<AssetRow> = files.iter().map(|(name, _)| home.asset(name)).collect();
    let each: Vec<u64> = {
        let pictures = home.pictures(PICTURES_BUDGET_BYTES);
        let bytes = assets.iter().map(|asset| pictures.thumbnail(asset, None, PictureSize::Small).unwrap().bytes.len() as u64).collect();
        pictures.clean().unwrap();
        bytes
    };
    // Room for all but the last; then a tenth is let go as well.
    let budget = each.iter().sum::<u64>() - 1;
    let pictures = home.pictures(budget);
    let draw = |n: usize| drop(pictures.thumbnail(&assets[n], None, PictureSize::Small).unwrap());
    (0..5).for_each(draw);
    draw(0);
    let before = pictures.usage();
    assert_eq!(before.pictures, 5);
    // Another process writes beside it.
    home.pictures(budget).thumbnail(&assets[5], None, PictureSize::Large).unwrap();
    assert!(pictures.usage().bytes <= budget, "kept within the budget by the other");
    draw(5);
    assert!(pictures.usage().bytes <= budget);
    fs::remove_dir_all(home.photos()).unwrap();
    assert_eq!(pictures.thumbnail(&assets[1], None, PictureSize::Small), Err(NoPicture::Offline), "wanted least");
    assert!(pictures.thumbnail(&assets[5], None, PictureSize::Small).is_ok());
}

#[test]
fn a_picture_larger_than_the_budget_is_shown_and_not_kept() {
    let home = Home::of(&[("a.jpg", photo(1))]);
    let pictures = home.pictures(10);
    assert!(pictures.thumbnail(&home.asset("a.jpg"), None, PictureSize::Small).is_ok());
    assert_eq!(pictures.usage().pictures, 0);
}

#[test]
fn damaged_and_foreign_files_in_the_cache_are_replaced_or_left_alone() {
    let home = Home::of(&[("a.jpg", photo(1))]);
    let asset = home.asset("a.jpg");
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    let drawn = pictures.thumbnail(&asset, None, PictureSize::Small).unwrap();
    let hash = asset.places[0].content_hash.unwrap().to_string();
    let cache = home.folder.path().join("cache");
    let file = cache.join("256").join(&hash[..2]).join(format!("{hash}.jpg"));
    assert_eq!(fs::read(&file).unwrap(), drawn.bytes);
    let padded = |size: usize| [&drawn.bytes[..100], &vec![0; size - 102], &[0xFF, 0xD9]].concat();
    fs::write(&file, padded(4 << 20)).unwrap();
    assert_eq!(
        home.pictures(PICTURES_BUDGET_BYTES).thumbnail(&asset, None, PictureSize::Small).unwrap().bytes.len(),
        4 << 20,
        "at the bound"
    );
    for damaged in [&b""[..], b"not ours", &drawn.bytes[..100], &padded((4 << 20) + 1)] {
        fs::write(&file, damaged).unwrap();
        assert_eq!(home.pictures(PICTURES_BUDGET_BYTES).thumbnail(&asset, None, PictureSize::Small).unwrap(), drawn);
        assert_eq!(fs::read(&file).unwrap(), drawn.bytes);
    }
    let foreign = [cache.join("letter.txt"), file.with_file_name("holiday.jpg"), cache.join("256").join(format!("{hash}.jpg"))];
    foreign.iter().for_each(|path| fs::write(path, b"a person's").unwrap());
    home.pictures(0);
    assert!(foreign.iter().all(|path| path.exists()) && !file.exists());
    pictures.clean().unwrap();
    assert!(foreign.iter().all(|path| path.exists()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&cache).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

fn copied(original: &mut Original, range: std::ops::Range<u64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    original.copy(range, &mut bytes).unwrap();
    bytes
}

#[test]
fn parts_of_originals_are_the_bytes() {
    let (still, moving) = (photo(1), film(2));
    let items =
        || [("IMG_1.jpg", still.clone()), ("VID_2.mp4", moving.clone())].map(|(title, bytes)| Item::new(title, bytes, 1_600_000_000));
    let plain = Home::of(&[("IMG_1.jpg", still.clone()), ("VID_2.mp4", moving.clone())]);
    let packed = |is_tgz: bool| {
        let home = Home::of(&[]);
        let (entries, packing) = (Export::of(items()).entries(), testkit::takeout::Packing::default());
        let folder = home.folder.path().join("export");
        fs::create_dir_all(&folder).unwrap();
        let write = if is_tgz { testkit::takeout::tgz } else { testkit::takeout::zips };
        write(&entries, &folder, &packing).unwrap();
        home.scan(&folder);
        home
    };
    for (case, home) in [("plain", plain), ("zip", packed(false)), ("tgz", packed(true))] {
        let pictures = home.pictures(PICTURES_BUDGET_BYTES);
        for (name, bytes, media_type) in [("IMG_1.jpg", &still, "image/jpeg"), ("VID_2.mp4", &moving, "video/mp4")] {
            let asset = home.asset(name);
            let mut original = pictures.original(&asset).unwrap();
            let size = bytes.len() as u64;
            assert_eq!((original.media_type, original.size_bytes, original.is_shown_by_browsers), (media_type, size, true), "{case}");
            for range in [0..size, 0..1, 7..1000, size - 5..size, size - 5..size + 5, 30..30, size + 1..size + 9] {
                let expected = &bytes[(range.start.min(size)) as usize..(range.end.min(size)) as usize];
                assert_eq!(copied(&mut original, range.clone()), expected, "{case} {name} {range:?}");
            }
            assert!(pictures.thumbnail(&asset, None, PictureSize::Small).is_ok(), "{case} {name}");
        }
    }
}

#[test]
fn an_original_that_changes_while_it_is_open_is_told() {
    let home = Home::of(&[("a.jpg", photo(1))]);
    let asset = home.asset("a.jpg");
    let mut original = home.pictures(PICTURES_BUDGET_BYTES).original(&asset).unwrap();
    fs::write(home.photos().join("a.jpg"), b"shorter").unwrap();
    let mut taken = Vec::new();
    assert!(matches!(original.copy(0..10, &mut taken), Err(CopyError::Source(NoPicture::Changed))));
    assert!(taken.is_empty());
    fs::remove_file(home.photos().join("a.jpg")).unwrap();
    assert!(matches!(original.copy(0..10, &mut taken), Err(CopyError::Source(NoPicture::Offline))));
}

#[test]
fn a_receiver_that_goes_away_is_no_fault_of_the_file() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let home = Home::of(&[("a.jpg", photo(1))]);
    let mut original = home.pictures(PICTURES_BUDGET_BYTES).original(&home.asset("a.jpg")).unwrap();
    assert!(matches!(original.copy(0..10, &mut Gone), Err(CopyError::Receiver(_))));
}

#[test]
fn many_threads_draw_a_picture_once() {
    let home = Home::of(&[("a.jpg", photo(1))]);
    let asset = home.asset("a.jpg");
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    let barrier = std::sync::Barrier::new(6);
    let all: Vec<Picture> = std::thread::scope(|scope| {
        let ask = || {
            barrier.wait();
            pictures.thumbnail(&asset, None, PictureSize::Large).unwrap()
        };
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.windows(2).all(|two| two[0] == two[1]));
    assert_eq!(pictures.drawer.drawn(), 1);
    assert!(pictures.drawing.lock().unwrap().is_empty());
}

#[test]
fn another_place_of_the_content_is_opened_where_the_first_is_gone() {
    let home = Home::of(&[("a.jpg", photo(1)), ("b.jpg", photo(1))]);
    let (a, b) = (home.asset("a.jpg"), home.asset("b.jpg"));
    let both = AssetRow { places: [a.places.clone(), b.places.clone()].concat(), ..a.clone() };
    fs::remove_file(home.photos().join("a.jpg")).unwrap();
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    assert_eq!(pictures.full(&a), Err(NoPicture::Offline));
    assert!(pictures.full(&both).is_ok() && pictures.original(&both).is_ok());
}

#[test]
fn a_live_photo_has_its_clip() {
    let home = Home::of(&[("a.jpg", photo(1)), ("a.mp4", film(2))]);
    let (a, clip) = (home.asset("a.jpg"), home.catalog.assets().unwrap().into_iter().find(|asset| asset.filename == "a.mp4"));
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    assert!(pictures.clip(&AssetRow { places: a.places[..1].to_vec(), ..a.clone() }).is_none());
    let companion = clip.map_or_else(
        || a.places.iter().find(|place| place.role == Role::Companion).unwrap().clone(),
        |clip| AssetPlace { role: Role::Companion, ..clip.places[0].clone() },
    );
    let live = AssetRow { places: vec![a.places[0].clone(), companion], ..a };
    let mut found = pictures.clip(&live).unwrap().unwrap();
    assert_eq!(copied(&mut found, 0..u64::MAX), film(2));
}

#[test]
fn the_catalogs_facts_bound_what_is_read() {
    let home = Home::of(&[("a.jpg", photo(1))]);
    let mut asset = home.asset("a.jpg");
    asset.places[0].size_bytes = crate::scan::STILL_FILE_MAX_BYTES + 1;
    asset.places[0].content_hash = None;
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    assert!(matches!(pictures.full(&asset), Err(NoPicture::TooLarge(_))));
    let plain = Canvas::plain(40, 30, [9; 3]);
    let home = Home::of(&[("b.png", encode::png(&plain, None))]);
    let mut asset = home.asset("b.png");
    asset.places[0].content_hash = None;
    assert!(home.pictures(PICTURES_BUDGET_BYTES).thumbnail(&asset, None, PictureSize::Small).is_ok());
    assert_eq!(home.pictures(PICTURES_BUDGET_BYTES).usage().pictures, 0, "what has no name is not kept");
}

#[test]
fn of_a_member_deep_in_a_long_tgz_the_small_stored_picture_is_shown() {
    let home = Home::of(&[("a.jpg", photo(1))]);
    let asset = home.asset("a.jpg");
    let pictures = home.pictures(PICTURES_BUDGET_BYTES);
    let archive = home.folder.path().join("long.tgz");
    for (more, is_refused) in [(0, false), (1, true)] {
        fs::write(&archive, [0x1F, 0x8B]).unwrap();
        fs::File::options().write(true).open(&archive).unwrap().set_len(crate::place::TGZ_MAX_BYTES + more).unwrap();
        let place = AssetPlace { path: model::LocationPath::member(&archive, "a.jpg"), ..asset.places[0].clone() };
        let inside = AssetRow { places: vec![place], ..asset.clone() };
        for why in [pictures.thumbnail(&inside, None, PictureSize::Small).unwrap_err(), pictures.original(&inside).unwrap_err()] {
            assert_eq!(why == NoPicture::DeepInTgz, is_refused, "{why}");
        }
        let grid = home.catalog.grid(asset.id).unwrap();
        let shown = pictures.thumbnail(&inside, grid.as_ref(), PictureSize::Small);
        assert_eq!(shown.is_ok_and(|picture| picture.coarse == Some(NoPicture::DeepInTgz)), is_refused);
    }
    assert!(pictures.thumbnail(&asset, None, PictureSize::Small).is_ok(), "another place of it is not held against it");
}

#[cfg(unix)]
#[test]
fn ffmpeg_draws_the_poster_of_what_is_not_decoded_here() {
    use std::os::unix::fs::PermissionsExt as _;
    let moving = testkit::film::film(7, 2.0, &FilmFacts::default());
    let home = Home::of(&[("a.mp4", moving)]);
    let asset = home.asset("a.mp4");
    let options = |ffmpeg| PictureOptions { folder: home.folder.path().join("cache"), budget_bytes: PICTURES_BUDGET_BYTES, ffmpeg };
    let why = Pictures::open(options(None)).unwrap().thumbnail(&asset, None, PictureSize::Small).unwrap_err();
    assert!(matches!(&why, NoPicture::Undecodable(_)), "{why}");
    let program = home.folder.path().join("ffmpeg");
    let grey = [b"YUV4MPEG2 W640 H480 F25:1 C420jpeg\nFRAME\n".to_vec(), vec![90; 640 * 480], vec![128; 640 * 480 / 2]].concat();
    fs::write(home.folder.path().join("frame"), grey).unwrap();
    fs::write(&program, "#!/bin/sh\nexec cat \"$(dirname \"$0\")/frame\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let pictures = Pictures::open(options(Some(program))).unwrap();
    assert_eq!(sides_of(&pictures.thumbnail(&asset, None, PictureSize::Small).unwrap()), (256, 192));
    assert_eq!(pictures.usage().pictures, 1);
}
