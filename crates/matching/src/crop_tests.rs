//! Crops, borders and edits in place, by drawn photos: what is found, and what is not called so.

use crate::scene::{Album, SIDE, Scene};
use crate::{Subject, compare, compare_crop, find, find_crops};
use model::{AssetId, CaptureTime, Evidence, Relation, Subsecond, TimeSource};
use std::collections::HashSet;

/// Returns the part of a photo from `left`, `top` (pixels), `width` × `height`, enlarged to the size of all drawn photos.
fn part(photo: &Scene, left: f64, top: f64, width: f64, height: f64) -> Scene {
    let source = photo.clone();
    photo.sampled(move |x, y| source.at(left + x / SIDE as f64 * width, top + y / SIDE as f64 * height))
}

/// Adds a photo that has so many pixels.
fn add(album: &mut Album, scene: &Scene, width: f64, height: f64) {
    album.add(scene, 90, |subject| (subject.width, subject.height) = (width as u32, height as u32));
}

fn crops(album: &Album) -> Vec<Evidence> {
    find_crops(&album.subjects, None, album, &|_, _| true)
}

fn relation(album: &Album) -> Option<(Relation, bool)> {
    let found = crops(album);
    let (compared, step) = compare_crop(&album.subjects[0], &album.subjects[1], album);
    assert_eq!(found.first(), compared.as_ref(), "search and comparison agree: {}", step.words);
    assert_eq!(step.passed, compared.is_some());
    found.first().map(|edge| (edge.relation, edge.strict))
}

const WHOLE: f64 = SIDE as f64;

#[test]
fn crops_down_to_half_the_area_are_found() {
    for seed in 1..5 {
        let photo = Scene::draw(seed);
        for (left, top, width, height) in [
            (10.0, 5.0, 490.0, 500.0),
            (0.0, 0.0, 470.0, 470.0),
            (31.0, 60.0, 430.0, 430.0),
            (100.0, 90.0, 400.0, 400.0),
            (140.0, 20.0, 365.0, 365.0),
            (0.0, 70.0, 512.0, 384.0),
            (60.0, 0.0, 400.0, 512.0),
        ] {
            let mut album = Album::default();
            add(&mut album, &photo, WHOLE, WHOLE);
            add(&mut album, &part(&photo, left, top, width, height).coded(85), width, height);
            let found = relation(&album);
            assert_eq!(found, Some((Relation::Cropped, true)), "{width} × {height} from {left}, {top} of photo {seed}");
        }
    }
}

#[test]
fn the_window_is_told() {
    let photo = Scene::draw(3);
    let mut album = Album::default();
    add(&mut album, &part(&photo, 51.0, 26.0, 410.0, 410.0), 410.0, 410.0);
    add(&mut album, &photo, WHOLE, WHOLE);
    let (evidence, step) = compare_crop(&album.subjects[0], &album.subjects[1], &album);
    assert_eq!(evidence.expect("a crop").notes, ["one shows 64 % of the other, from 10 % left, 5 % top"]);
    assert!(step.words.starts_with("one shows 64 % of the other"), "{}", step.words);
}

#[test]
fn a_border_is_an_edit() {
    let photo = Scene::draw(2);
    let framed = photo
        .sampled(|x, y| photo.at((x - 40.0) / 432.0 * WHOLE, (y - 40.0) / 432.0 * WHOLE))
        .each(|x, y, cell| if (40..472).contains(&x) && (40..472).contains(&y) { cell } else { [250.0, 0.0, 0.0] });
    let mut album = Album::default();
    add(&mut album, &photo, WHOLE, WHOLE);
    add(&mut album, &framed, WHOLE * 512.0 / 432.0, WHOLE * 512.0 / 432.0);
    assert_eq!(relation(&album), Some((Relation::Edited, true)));
}

#[test]
fn a_levelled_photo_is_an_edit() {
    let photo = Scene::draw(4);
    let (sin, cos) = 3f64.to_radians().sin_cos();
    let levelled = photo.sampled(|x, y| {
        let (x, y) = ((x - 256.0) * 0.9, (y - 256.0) * 0.9);
        photo.at(256.0 + cos * x - sin * y, 256.0 + sin * x + cos * y)
    });
    let mut album = Album::default();
    add(&mut album, &photo, WHOLE, WHOLE);
    add(&mut album, &levelled, WHOLE * 0.9, WHOLE * 0.9);
    assert_eq!(relation(&album), Some((Relation::Edited, true)));
    assert!(crops(&album)[0].notes[0].starts_with("turned by 3.0° and cut"), "{:?}", crops(&album)[0].notes);
}

#[test]
fn other_scenes_moved_frames_and_closer_views_are_no_crops() {
    for seed in 1..6 {
        let photo = Scene::draw(seed);
        let check = |other: &Scene, side: f64, what: &str| {
            let mut album = Album::default();
            add(&mut album, &photo, WHOLE, WHOLE);
            add(&mut album, other, side, side);
            assert_eq!(crops(&album), [], "{what} of photo {seed}");
        };
        check(&Scene::draw(seed + 50), WHOLE, "another scene");
        check(&part(&Scene::draw(seed + 50), 50.0, 50.0, 400.0, 400.0), 400.0, "a crop of another scene");
        // A step nearer: what is near grows more than what is far, and as many pixels as before.
        let nearer = photo.sampled(|x, y| {
            let depth = 1.0 + 0.06 * (x / 70.0).sin() * (y / 90.0).cos();
            photo.at(256.0 + (x - 256.0) * 0.85 * depth, 256.0 + (y - 256.0) * 0.85 / depth)
        });
        check(&nearer, WHOLE, "a closer view");
        check(&nearer, 0.85 * WHOLE, "a closer view with fewer pixels");
        let moved = part(&photo, 40.0, 40.0, 430.0, 430.0).patched(150, 150, 90);
        check(&moved, 430.0, "a crop with something else in it");
    }
}

#[test]
fn edits_in_place_are_edits_and_moved_frames_are_none() {
    let relation = |a: &Scene, b: &Scene| {
        let mut album = Album::default();
        album.add(a, 92, |_| ());
        album.add(b, 88, |_| ());
        find(&album.subjects, None, &album, &|_, _| true).first().map(|edge| (edge.relation, edge.strict))
    };
    for seed in 1..6 {
        let photo = Scene::draw(seed);
        let edited = |edit: &Scene, what: &str| {
            assert_eq!(relation(&photo, edit), Some((Relation::Edited, true)), "{what} of photo {seed}");
            assert_eq!(relation(edit, &photo), Some((Relation::Edited, true)), "{what} of photo {seed}, the other way round");
        };
        edited(&photo.toned(1.15, 0.0), "brighter");
        edited(&photo.toned(0.6, 0.0), "darker");
        edited(&photo.toned(1.4, -50.0), "more contrast, cut off");
        edited(&photo.each(|_, _, [y, b, r]| [255.0 * (y / 255.0).powf(0.7), b, r]), "another gamma");
        edited(&photo.coloured(0.0), "without colour");
        edited(&photo.each(|_, _, [y, b, r]| [y, b - 12.0, r + 9.0]), "warmer");
        let corner = |x: usize, y: usize| ((x as f64 - 256.0).powi(2) + (y as f64 - 256.0).powi(2)) / (2.0 * 256.0 * 256.0);
        edited(&photo.each(|x, y, [v, b, r]| [v * (1.0 - 0.4 * corner(x, y)), b, r]), "a vignette");
        let caption = |x: usize, y: usize, cell| match (x, y) {
            (_, ..430) => cell,
            (80..330, 450..480) if (x / 9).is_multiple_of(2) => [240.0, 0.0, 0.0],
            _ => [5.0, 0.0, 0.0],
        };
        edited(&photo.each(caption), "a caption");

        let not_edited = |other: &Scene, what: &str| {
            let found = relation(&photo, other);
            assert!(!matches!(found, Some((Relation::Edited | Relation::Cropped, _))), "{what} of photo {seed}: {found:?}");
        };
        not_edited(&photo.moved(4, 0).toned(1.1, 0.0), "moved by 0.8 % and brighter");
        not_edited(&photo.moved(-3, 4).toned(0.9, 0.0), "moved and darker");
        not_edited(&photo.patched(200, 220, 80).toned(1.1, 0.0), "brighter with something else in it");
        let bent = photo.sampled(|x, y| photo.at(x + 4.0 * (y / 60.0).sin(), y + 4.0 * (x / 80.0).cos()));
        not_edited(&bent.toned(1.1, 0.0), "bent by parallax and brighter");
    }
}

#[test]
fn a_capture_conflict_vetoes_crops() {
    let photo = Scene::draw(6);
    let mut album = Album::default();
    let taken = |nanos: &str| {
        let subsecond = Subsecond::parse(nanos);
        move |subject: &mut Subject| {
            (subject.metadata.make, subject.metadata.model) = (Some("Canon".to_owned()), Some("EOS 6D".to_owned()));
            let source = TimeSource::ExifOriginal;
            subject.metadata.taken = Some(CaptureTime { local_seconds: 1000, subsecond, offset_minutes: None, source });
        }
    };
    album.add(&photo, 90, taken("10"));
    album.add(&part(&photo, 60.0, 60.0, 420.0, 420.0), 90, taken("35"));
    (album.subjects[1].width, album.subjects[1].height) = (420, 420);
    assert_eq!(crops(&album), []);
    album.subjects[1].metadata = album.subjects[0].metadata.clone();
    assert_eq!(crops(&album).len(), 1, "the crop kept its metadata");
}

#[test]
fn fresh_evidence_is_the_full_evidence_filtered_and_order_does_not_matter() {
    let mut album = Album::default();
    for seed in 1..7 {
        let photo = Scene::draw(seed);
        add(&mut album, &photo, WHOLE, WHOLE);
        add(&mut album, &part(&photo, 20.0, 30.0, 440.0, 440.0), 440.0, 440.0);
        add(&mut album, &part(&photo, 60.0, 10.0, 390.0, 390.0), 390.0, 390.0);
    }
    let whole = crops(&album);
    assert!(whole.len() >= 12, "each photo has two crops");
    assert!(whole.windows(2).all(|two| (two[0].a, two[0].b) < (two[1].a, two[1].b)));
    for fresh in [vec![1], vec![3, 5], vec![14, 18]] {
        let fresh: HashSet<AssetId> = fresh.into_iter().map(AssetId).collect();
        let found = find_crops(&album.subjects, Some(&fresh), &album, &|_, _| true);
        let wanted: Vec<_> = whole.iter().filter(|edge| fresh.contains(&edge.a) || fresh.contains(&edge.b)).cloned().collect();
        assert_eq!(found, wanted);
    }
    let mut turned = album;
    turned.subjects.reverse();
    assert_eq!(crops(&turned), whole);
    assert_eq!(find_crops(&turned.subjects, None, &turned, &|_, _| false), [], "a stop keeps nothing");
}

#[test]
fn what_is_known_of_a_pair_is_not_replaced() {
    let photo = Scene::draw(5);
    let mut album = Album::default();
    add(&mut album, &photo, WHOLE, WHOLE);
    add(&mut album, &part(&photo, 60.0, 60.0, 420.0, 420.0), 420.0, 420.0);
    album.subjects[1].contents = album.subjects[0].contents.clone();
    assert_eq!(compare(&album.subjects[0], &album.subjects[1], &album).evidence.map(|edge| edge.relation), Some(Relation::Identical));
    assert_eq!(crops(&album), []);
}

#[test]
fn hostile_sizes_and_plain_pictures_yield_nothing() {
    let plain = Scene::draw(1).each(|_, _, _| [200.0, 0.0, 0.0]);
    let mut album = Album::default();
    for (width, height) in [(0.0, 0.0), (1.0, 4e9), (4e9, 1.0), (512.0, 512.0), (430.0, 430.0)] {
        add(&mut album, &plain, width, height);
        add(&mut album, &Scene::draw(2), width, height);
    }
    let (first, last) = (AssetId(1), AssetId(10));
    assert!(
        crops(&album).iter().all(|edge| edge.a > first && edge.b <= last && edge.relation == Relation::Cropped),
        "no panic, and no plain picture"
    );
    assert!(compare_crop(&album.subjects[0], &album.subjects[1], &album).0.is_none());
}
