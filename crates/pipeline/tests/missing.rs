//! What is missing, on drawn photos: nothing is told that is there, nothing left out that is not, both ways.
#![allow(clippy::disallowed_methods)] // tests write and move files of their own

use catalog::{LISTED_RECIPE, ListedItem};
use model::{CaptureTime, Encoding, Fingerprint, Format, Instant, Metadata, SourceKind, TimeSource, Turn};
use pipeline::{
    Catalog, Error, MissingAnswer, MissingFilter, MissingOptions, MissingRow, ScanOptions, Silent, Stop, Sure, find_missing, ignore,
    ignore_no_more, scan,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use testkit::takeout::{self, Export, Item, Packing};
use testkit::{Camera, Canvas, JpegOptions, Moment, Scene, encode, film};

const BEGIN: i64 = 1_500_000_000;

fn moment(n: u64) -> Moment {
    Moment(BEGIN + n.cast_signed() * 86_400)
}

fn canvas(n: u64) -> Canvas {
    Scene::new(n).draw(900, 600)
}

fn options(n: u64) -> JpegOptions {
    let camera = Camera::named("canon").expect("a camera");
    let mut exif = camera.exif(moment(n), n as u32);
    exif.subsec = None;
    exif.image_number = None;
    JpegOptions::with(exif)
}

fn original(n: u64) -> Vec<u8> {
    encode::jpeg(&canvas(n), 92, &options(n))
}

fn item(n: u64) -> Item {
    Item::new(&format!("IMG_{n:04}.JPG"), original(n), moment(n).0)
}

struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// A Takeout export of these items, and a folder.
    fn with(items: Vec<Item>, disk: &[(&str, Vec<u8>)]) -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a folder") };
        takeout::zips(&Export::of(items).entries(), &world.path("export"), &Packing { parts: 2, ..Packing::default() }).expect("an export");
        for (name, bytes) in disk {
            let path = world.path("disk").join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
        std::fs::create_dir_all(world.path("disk")).expect("a folder");
        world.scan(&["export", "disk"]);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn catalog(&self) -> Catalog {
        Catalog::open(&self.path("catalog.sqlite")).expect("a catalog")
    }

    fn scan(&self, names: &[&str]) {
        let options = ScanOptions { paths: names.iter().map(|name| self.path(name)).collect(), ..ScanOptions::default() };
        let report = scan(&self.catalog(), &options, &Silent, &Stop::default()).expect("scanned");
        assert!(!report.interrupted);
    }

    fn missing(&self, from: &str, against: &str) -> MissingAnswer {
        self.asked(&MissingOptions { from: vec![from.to_owned()], against: vec![against.to_owned()], originals: false })
    }

    fn asked(&self, options: &MissingOptions) -> MissingAnswer {
        find_missing(&self.catalog(), options, &Silent, &Stop::default()).expect("an answer")
    }
}

fn row<'a>(answer: &'a MissingAnswer, name: &str) -> &'a MissingRow {
    let found = answer.rows.iter().find(|row| row.path.ends_with(name));
    found.unwrap_or_else(|| panic!("no row tells of {name}: {:?}", answer.rows.iter().map(|row| &row.path).collect::<Vec<_>>()))
}

/// Names of what is missing.
fn names(answer: &MissingAnswer) -> BTreeSet<String> {
    let name = |row: &MissingRow| Path::new(&row.path).file_name().expect("a name").to_string_lossy().into_owned();
    answer.rows.iter().filter(|row| row.sure.is_some()).map(name).collect()
}

#[test]
fn half_of_an_export_lies_renamed_coded_anew_and_smaller_in_a_folder() {
    let mut disk: Vec<(String, Vec<u8>)> = Vec::new();
    for n in 0..24u64 {
        let plain = JpegOptions::default();
        let bytes = match n % 6 {
            0 => original(n),
            1 => encode::jpeg(&canvas(n), 70, &options(n)),
            2 => encode::jpeg(&canvas(n).fitted(600), 80, &options(n)),
            3 => encode::jpeg(&canvas(n), 85, &plain),
            4 => encode::jpeg(&canvas(n).turned(Turn::Clockwise), 90, &plain),
            _ => encode::jpeg(&canvas(n).fitted(450), 75, &plain),
        };
        disk.push((format!("kept/{}.jpg", n * 7), bytes));
    }
    for n in 100..104 {
        disk.push((format!("only/{n}.jpg"), original(n)));
    }
    // The next frame of the same second.
    let frame = encode::jpeg(&canvas(30).cropped(6, 4, 890, 592), 92, &options(30));
    disk.push(("kept/IMG_9030.JPG".to_owned(), frame));
    let disk: Vec<(&str, Vec<u8>)> = disk.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let world = World::with((0..48).map(item).collect(), &disk);

    let answer = world.missing("takeout", "disk");
    let expected: BTreeSet<String> = (24..48).map(|n| format!("IMG_{n:04}.JPG")).collect();
    assert_eq!(names(&answer), expected);
    let sums = &answer.sums;
    assert_eq!((sums.looked_for, sums.same, sums.derived, sums.missing), (48, 4, 20, 24));
    assert_eq!(
        (sums.certain, sums.unsure),
        (23, 0),
        "{:#?}",
        answer.rows.iter().filter(|row| row.sure != Some(Sure::Certain)).collect::<Vec<_>>()
    );
    let frame = row(&answer, "IMG_0030.JPG");
    assert_eq!(frame.sure, Some(Sure::Likely), "a frame of the same second is no presence");
    assert!(frame.nearest.as_ref().is_some_and(|near| near.path.ends_with("IMG_9030.JPG") && near.source == "disk"), "{frame:?}");
    let small = row(&answer, "IMG_0002.JPG");
    assert_eq!(small.words, ["only a smaller copy is there, 600 × 400 of 900 × 600 pixels"]);

    let back = world.missing("disk", "takeout");
    let expected: BTreeSet<String> = (100..104).map(|n| format!("{n}.jpg")).chain(["IMG_9030.JPG".to_owned()]).collect();
    assert_eq!(names(&back), expected);
    assert_eq!((back.sums.looked_for, back.sums.same, back.sums.derived), (29, 4, 20));

    let strict = MissingOptions { from: vec!["takeout".to_owned()], against: vec!["disk".to_owned()], originals: true };
    let strict = world.asked(&strict);
    assert_eq!((strict.sums.missing, strict.sums.derived), (24 + 12, 8), "the smaller and the turned ones are no originals");
}

#[test]
fn trash_movies_and_drives_that_are_away_are_told() {
    let mut items: Vec<Item> = (0..4).map(item).collect();
    items[0].trashed = true;
    items[1].trashed = true;
    items[2].clip = Some((".MOV".to_owned(), film::film(1, 2.0, &film::FilmFacts::default())));
    let disk = [("a.jpg", original(0)), ("c.jpg", original(2))];
    let world = World::with(items, &disk);
    let answer = world.missing("takeout", "disk");
    assert_eq!(names(&answer), BTreeSet::from(["IMG_0001.JPG".to_owned(), "IMG_0003.JPG".to_owned()]));
    assert!(row(&answer, "IMG_0001.JPG").trashed && !row(&answer, "IMG_0003.JPG").trashed);
    assert_eq!(answer.sums.missing_trashed, 1);
    assert_eq!(row(&answer, "IMG_0002.JPG").words, ["it is there without its live movie"]);
    let back = world.missing("disk", "takeout");
    assert_eq!((back.sums.missing, back.sums.same, back.sums.only_in_trash), (0, 1, 1));
    assert_eq!(row(&back, "a.jpg").words, ["it is there, in Google's trash only"]);

    // A drive that is away is no absence; a file that is gone is.
    std::fs::remove_file(world.path("disk/c.jpg")).expect("removed");
    world.scan(&["disk"]);
    assert!(names(&world.missing("takeout", "disk")).contains("IMG_0002.JPG"));
    std::fs::rename(world.path("disk"), world.path("away")).expect("moved");
    let catalog = world.catalog();
    let away = ScanOptions::default();
    scan(&catalog, &away, &Silent, &Stop::default()).expect("scanned");
    let answer = world.missing("takeout", "disk");
    assert_eq!((answer.sums.missing, answer.sums.only_offline), (3, 1));
}

#[test]
fn what_is_left_out_on_purpose_stays_so_and_can_be_taken_back() {
    let world = World::with((0..3).map(item).collect(), &[]);
    let answer = world.missing("takeout", "disk");
    assert_eq!((answer.sums.missing, answer.sums.ignored), (3, 0));
    let path = row(&answer, "IMG_0001.JPG").path.clone();
    let catalog = world.catalog();
    assert!(matches!(ignore(&catalog, &[path.clone(), "nowhere".to_owned()], 1), Err(Error::User { .. })));
    assert_eq!(world.missing("takeout", "disk").sums.ignored, 0, "on an error none is noted");
    let done = ignore(&catalog, std::slice::from_ref(&path), 1).expect("noted");
    assert_eq!((done.changed, done.unchanged), (1, 0));
    assert_eq!(ignore(&catalog, std::slice::from_ref(&path), 2).expect("noted").unchanged, 1);
    let answer = world.missing("takeout", "disk");
    assert_eq!((answer.sums.missing, answer.sums.ignored), (2, 1));
    let (hidden, shown) = (MissingFilter::default(), MissingFilter { with_ignored: true, ..MissingFilter::default() });
    assert_eq!((answer.rows_of(&hidden).count(), answer.rows_of(&shown).count()), (2, 3));
    let (rows, all) = answer.page(&shown, 2, 5);
    assert_eq!((rows.len(), all), (1, 3));
    assert_eq!(ignore_no_more(&catalog, &[path]).expect("taken back").changed, 1);
    assert_eq!(world.missing("takeout", "disk").sums.ignored, 0);
}

fn listed(name: &str, n: u64, sides: (u32, u32), with_camera: bool) -> ListedItem {
    let seconds = moment(n).0;
    let exif = Camera::named("canon").expect("a camera").exif(moment(n), n as u32);
    let camera = |text: &Option<String>| text.clone().filter(|_| with_camera);
    let taken = CaptureTime { local_seconds: seconds, subsecond: None, offset_minutes: Some(0), source: TimeSource::Listed };
    ListedItem {
        id: format!("key-{name}"),
        filename: name.to_owned(),
        mime_type: Some("image/jpeg".to_owned()),
        product_url: None,
        caption: None,
        taken: Some(Instant { utc_seconds: seconds, nanos: 0, offset_minutes: None, source: TimeSource::Listed, why: "" }),
        print: Fingerprint {
            recipe: LISTED_RECIPE,
            format: Format::Jpeg,
            width: sides.0,
            height: sides.1,
            orientation: 1,
            frames: 1,
            metadata: Metadata { make: camera(&exif.make), model: camera(&exif.model), taken: Some(taken), ..Metadata::default() },
            payload: None,
            picture: None,
            key_frames: Vec::new(),
            encoding: Encoding::default(),
            has_embedded_video: false,
            undecoded: None,
        },
    }
}

#[test]
fn what_google_lists_without_pictures_is_told_by_facts_and_never_certain() {
    let world = World::with(
        Vec::new(),
        &[("IMG_0001.JPG", original(1)), ("other.jpg", original(2)), ("IMG_0003.JPG", original(3)), ("x/lone.jpg", original(9))],
    );
    let catalog = world.catalog();
    let google = catalog.add_source("google", SourceKind::Google).expect("a source");
    let items = [
        listed("IMG_0001.JPG", 1, (900, 600), true),
        listed("renamed.JPG", 2, (900, 600), true),
        listed("IMG_0003.JPG", 3, (900, 600), false),
        listed("nothing.JPG", 40, (900, 600), true),
    ];
    catalog.batch(|| catalog.save_listed(google, 1, &items)).expect("listed");
    world.scan(&["disk"]);
    let answer = world.missing("google", "disk");
    let by = |name: &str| answer.rows.iter().find(|row| row.filename == name).expect("a row");
    assert_eq!(by("IMG_0001.JPG").sure, None, "camera, second and name agree: {:?}", by("IMG_0001.JPG"));
    assert_eq!(by("IMG_0003.JPG").sure, None, "name, time and size agree: {:?}", by("IMG_0003.JPG"));
    let renamed = by("renamed.JPG");
    assert_eq!(renamed.sure, Some(Sure::Unsure), "camera and second agree, as in a burst");
    assert!(renamed.nearest.as_ref().is_some_and(|near| near.path.ends_with("other.jpg")), "{renamed:?}");
    assert_eq!((by("nothing.JPG").sure, answer.sums.certain), (Some(Sure::Unsure), 0));

    let back = world.missing("disk", "google");
    assert_eq!(names(&back), BTreeSet::from(["other.jpg".to_owned(), "lone.jpg".to_owned()]));
    assert_eq!(row(&back, "other.jpg").sure, Some(Sure::Unsure));
    assert_eq!(row(&back, "lone.jpg").sure, Some(Sure::Certain), "{:?}", row(&back, "lone.jpg"));
}

#[test]
fn a_source_stands_on_one_side_and_is_known() {
    let world = World::with(vec![item(1)], &[]);
    let ask = |from: &str, against: &str| {
        let options = MissingOptions { from: vec![from.to_owned()], against: vec![against.to_owned()], originals: false };
        find_missing(&world.catalog(), &options, &Silent, &Stop::default())
    };
    assert!(matches!(ask("takeout", "takeout"), Err(Error::User { .. })));
    assert!(ask("takeout", "nowhere").is_err_and(|error| error.is_of_user()));
    let stop = Stop::default();
    stop.ask();
    let options = MissingOptions { from: vec!["takeout".to_owned()], against: vec!["disk".to_owned()], originals: false };
    assert!(matches!(find_missing(&world.catalog(), &options, &Silent, &stop), Err(Error::Interrupted)));
}
