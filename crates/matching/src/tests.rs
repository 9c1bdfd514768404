//! Whole pairs and albums, by drawn photos: which relation what people and programs do to a photo has, and the properties of `find`.

use crate::scene::{Album, Scene};
use crate::{CaptureVerdict, Pictures, Subject, compare, find};
use model::{
    AssetId, CaptureTime, ContentHash, DecodedFrom, Evidence, Format, PayloadHash, PictureGrid, Proof, Relation, Subsecond, TimeSource,
    Turn,
};
use proptest::prelude::*;
use std::collections::HashSet;

fn taken(subject: &mut Subject, seconds: i64, sub: &str) {
    subject.metadata.make = Some("Canon".to_owned());
    subject.metadata.model = Some("EOS 6D".to_owned());
    let subsecond = Subsecond::parse(sub);
    subject.metadata.taken =
        Some(CaptureTime { local_seconds: seconds, subsecond, offset_minutes: None, source: TimeSource::ExifOriginal });
}

fn all(album: &Album) -> Vec<Evidence> {
    find(&album.subjects, None, album, &|_, _| true)
}

/// A photo, its JPEG quality, and what is changed in its subject.
type Part<'p> = (&'p Scene, u8, &'p dyn Fn(&mut Subject));

/// Returns relation and strictness of the only pair.
fn pair(a: Part<'_>, b: Part<'_>) -> Option<(Relation, bool)> {
    let mut album = Album::default();
    for (scene, quality, change) in [a, b] {
        album.add(scene, quality, change);
    }
    let found = all(&album);
    let compared = compare(&album.subjects[0], &album.subjects[1], &album);
    assert_eq!(found.first(), compared.evidence.as_ref(), "find and compare agree");
    assert!(!compared.steps.is_empty());
    found.first().map(|edge| (edge.relation, edge.strict))
}

const PLAIN: &dyn Fn(&mut Subject) = &|_| ();

#[test]
fn what_programs_do_to_a_photo_is_a_copy() {
    for seed in 1..6 {
        let photo = Scene::draw(seed);
        let check = |copy: &Scene, quality: u8, expected: Relation, what: &str| {
            assert_eq!(pair((&photo, 92, PLAIN), (copy, quality, PLAIN)), Some((expected, true)), "{what} of photo {seed}");
        };
        check(&photo.coded(92), 92, Relation::ReEncoded, "quality 92");
        check(&photo.coded(75), 75, Relation::ReEncoded, "quality 75");
        check(&photo.coded(30), 30, Relation::ReEncoded, "quality 30");
        check(&photo.coded(10), 10, Relation::ReEncoded, "quality 10");
        check(&photo.coded(5), 5, Relation::ReEncoded, "quality 5");
        check(&photo.reduced(2), 85, Relation::Thumbnail, "half the size");
        check(&photo.reduced(4), 85, Relation::Thumbnail, "a quarter of the size");
    }
}

#[test]
fn what_people_do_to_a_photo_is_none() {
    for seed in 1..6 {
        let photo = Scene::draw(seed);
        let check = |edit: &Scene, what: &str| {
            let copy = matches!(
                pair((&photo, 92, PLAIN), (edit, 90, PLAIN)),
                Some((Relation::ReEncoded | Relation::Thumbnail | Relation::Rotated, true))
            );
            assert!(!copy, "{what} of photo {seed} was called a copy");
        };
        check(&photo.toned(1.0, 4.0), "brighter by 4 grey levels");
        check(&photo.toned(0.95, 0.0), "darker by 5 %");
        check(&photo.toned(1.08, -10.0), "more contrast");
        check(&photo.coloured(1.25), "stronger colours");
        check(&photo.coloured(0.0), "black and white");
        check(&photo.moved(2, 0), "moved by 0.4 %");
        check(&photo.moved(0, -3), "moved by 0.6 %");
        check(&photo.cropped(2), "cropped by 0.4 % a side");
        check(&photo.cropped(8), "cropped by 1.6 % a side");
        check(&photo.patched(200, 300, 16), "a patch of 3 %");
        check(&photo.patched(40, 50, 60), "a patch of 12 %");
        check(&Scene::draw(seed + 100), "another photo");
    }
}

#[test]
fn a_caption_and_a_tone_are_edits() {
    let photo = Scene::draw(3);
    assert_eq!(pair((&photo, 92, PLAIN), (&photo.patched(240, 240, 60), 92, PLAIN)), Some((Relation::Edited, true)));
    assert_eq!(pair((&photo, 92, PLAIN), (&photo.toned(1.1, 0.0), 92, PLAIN)), Some((Relation::Edited, true)));
}

#[test]
fn every_turn_is_found_and_named() {
    let photo = Scene::draw(2);
    for turn in Turn::ALL.into_iter().skip(1) {
        let mut album = Album::default();
        album.add(&photo, 90, |_| ());
        album.add_grid(&photo.coded(80).grid().turned(turn), crate::scene::SIDE as u32, 80, |_| ());
        let found = all(&album);
        assert_eq!((found[0].relation, found[0].strict), (Relation::Rotated, true), "{turn:?}");
        let Proof::Perceptual(look) = &found[0].proof else { panic!("pixels prove it") };
        let first = album.grid(AssetId(1)).unwrap();
        let second = album.grid(AssetId(2)).unwrap().turned(look.turn);
        assert_eq!(crate::scene::hash(&first).distance(&crate::scene::hash(&second)), look.distance_bits, "the turn is the second's");
    }
}

#[test]
fn capture_identity_vetoes_what_pixels_say() {
    let photo = Scene::draw(4);
    let at = |seconds: i64, sub: &'static str| move |s: &mut Subject| taken(s, seconds, sub);
    let (same, next, later, shifted) = (at(1000, "10"), at(1000, "25"), at(4000, "10"), at(1000 + 7200, "10"));
    let check = |other: &dyn Fn(&mut Subject), expected, what: &str| {
        assert_eq!(pair((&photo, 90, &same), (&photo.coded(80), 80, other)), expected, "{what}");
    };
    check(&at(1000, "10"), Some((Relation::ReEncoded, true)), "the same moment");
    check(&shifted, Some((Relation::ReEncoded, true)), "the clock was rewritten");
    check(PLAIN, Some((Relation::ReEncoded, true)), "the copy lost its metadata");
    check(&next, Some((Relation::Burst, true)), "150 ms later");
    check(&at(1003, "40"), Some((Relation::Burst, true)), "three seconds later");
    check(&later, None, "fifty minutes and a bit later");
}

#[test]
fn bytes_and_payload_outrank_everything() {
    let photo = Scene::draw(4);
    let first = |s: &mut Subject| {
        taken(s, 1000, "10");
        s.contents = vec![ContentHash([7; 32])];
        s.payloads = vec![PayloadHash([8; 32])];
    };
    let same_bytes = |s: &mut Subject| {
        taken(s, 9999, "99");
        s.contents = vec![ContentHash([7; 32])];
    };
    let same_payload = |s: &mut Subject| {
        taken(s, 9999, "99");
        s.payloads = vec![PayloadHash([8; 32])];
    };
    let elsewhere = |s: &mut Subject| s.contents.push(ContentHash([7; 32]));
    let film = |s: &mut Subject| {
        s.format = Format::Mp4;
        s.payloads = vec![PayloadHash([8; 32])];
    };
    assert_eq!(pair((&photo, 90, &first), (&photo, 90, &same_bytes)), Some((Relation::Identical, true)));
    assert_eq!(pair((&photo, 90, &first), (&photo, 90, &same_payload)), Some((Relation::SamePixels, true)));
    assert_eq!(pair((&photo, 90, &film), (&photo, 90, &film)), Some((Relation::SamePixels, true)), "films too");
    assert_eq!(pair((&photo, 90, &first), (&photo.coded(80), 80, &elsewhere)), Some((Relation::ReEncoded, true)), "the pixels prove it");
    let other = Scene::draw(5);
    assert_eq!(
        pair((&photo, 90, &first), (&other, 80, &elsewhere)),
        Some((Relation::SamePixels, false)),
        "what else it shows is not proven"
    );
}

#[test]
fn plain_moving_and_missing_pictures_match_by_bytes_only() {
    let photo = Scene::draw(1);
    let check = |change: &dyn Fn(&mut Subject), what: &str| assert_eq!(pair((&photo, 90, PLAIN), (&photo, 90, change)), None, "{what}");
    check(&|s| s.quality = 49, "a plain frame");
    check(&|s| s.frames = 2, "an animation");
    check(&|s| s.format = Format::Mov, "a film");
    check(&|s| s.hash = None, "no pixels");
}

#[test]
fn two_formats_of_one_shot_are_a_pair() {
    let photo = Scene::draw(6);
    let rendered = photo.toned(1.12, -6.0).coloured(1.1);
    let raw = |name: &'static str, at: Option<(i64, &'static str)>| {
        move |s: &mut Subject| {
            s.format = Format::Dng;
            s.encoding.jpeg_quality = None;
            s.name = name.to_owned();
            if let Some((seconds, sub)) = at {
                taken(s, seconds, sub);
            }
        }
    };
    let jpeg = |name: &'static str, at: Option<(i64, &'static str)>| {
        move |s: &mut Subject| {
            s.name = name.to_owned();
            if let Some((seconds, sub)) = at {
                taken(s, seconds, sub);
            }
        }
    };
    let proven = Some((Relation::RawJpeg, true));
    let check = |a: &dyn Fn(&mut Subject), b: &dyn Fn(&mut Subject), expected, what: &str| {
        assert_eq!(pair((&photo, 90, a), (&rendered, 90, b)), expected, "{what}");
    };
    let moment = Some((500, "25"));
    check(&raw("IMG_7.DNG", None), &jpeg("IMG_7.JPG", None), proven, "one stem in one folder");
    check(&raw("IMG_7.DNG", None), &jpeg("IMG_8.JPG", None), Some((Relation::LookAlike, false)), "neither stem nor time");
    check(&raw("6F9A.dng", moment), &jpeg("IMG_7.JPG", moment), proven, "a Lightroom preview: camera and time to the fraction");
    check(&raw("6F9A.dng", Some((500, ""))), &jpeg("IMG_7.JPG", Some((500, ""))), proven, "camera and second, and the pixels fit well");
    check(&raw("IMG_7.DNG", moment), &jpeg("IMG_7.JPG", Some((503, "10"))), Some((Relation::Burst, true)), "another frame");
    check(
        &raw("IMG_0007.DNG", Some((500, ""))),
        &jpeg("IMG_0008.JPG", Some((500, ""))),
        Some((Relation::LookAlike, false)),
        "the next frame of one second",
    );
    let other = Scene::draw(60);
    assert_eq!(pair((&photo, 90, &raw("IMG_7.DNG", None)), (&other, 90, &jpeg("IMG_7.JPG", None))), None, "a stem alone proves nothing");
    let blind = |s: &mut Subject| {
        raw("IMG_7.DNG", moment)(s);
        s.hash = None;
    };
    assert_eq!(pair((&photo, 90, &blind), (&photo, 90, &jpeg("IMG_7.JPG", moment))), proven, "no pixels, but time and name");
    assert_eq!(pair((&photo, 90, &blind), (&photo, 90, &jpeg("IMG_7.JPG", None))), None, "no pixels, a name alone");
    let heic = |s: &mut Subject| s.format = Format::Heic;
    assert_eq!(pair((&photo, 90, &heic), (&photo.coded(85), 85, PLAIN)), Some((Relation::HeicJpeg, true)), "without metadata, by pixels");
    assert_eq!(pair((&photo, 90, &heic), (&photo.reduced(2), 85, PLAIN)), Some((Relation::Thumbnail, true)), "a small copy of a HEIC");
    assert_eq!(pair((&photo, 90, &heic), (&rendered, 85, PLAIN)), Some((Relation::LookAlike, false)), "other tones, nothing to tie them");
}

/// A HEIC of which the thumbnail shows `photo`: relation, strictness, and how far the worst place stands out, against `other`, where the main
/// picture shows `main` (`None`: it cannot be decoded).
fn by_thumbnail(photo: &Scene, main: Option<&Scene>, other: (&Scene, Format), name: &str) -> (Relation, bool, Option<f32>) {
    let mut album = Album::default();
    album.add(photo, 90, |s| {
        (s.format, s.from, s.name) = (Format::Heic, Some(DecodedFrom::Thumbnail), "IMG_7.HEIC".to_owned());
        s.encoding.jpeg_quality = None;
    });
    album.add(other.0, 90, |s| {
        (s.format, s.name) = (other.1, name.to_owned());
        s.from = Some(if other.1 == Format::Heic { DecodedFrom::Thumbnail } else { DecodedFrom::Full });
    });
    album.details.extend(main.map(|main| (AssetId(1), main.detail())));
    album.details.insert(AssetId(2), other.0.detail());
    let edge = all(&album).remove(0);
    let Proof::Perceptual(look) = edge.proof else { panic!("by pixels") };
    (edge.relation, edge.strict, look.worst_place)
}

#[test]
fn nothing_is_a_copy_by_the_thumbnail_in_a_heic_alone() {
    let (photo, other) = (Scene::draw(3), Scene::draw(60));
    let coded = photo.coded(90);
    // A tile of damage: an eighth of the side.
    let damaged = photo.each(|x, y, cell| if x / 32 == 9 && y / 32 == 4 { [128.0, 0.0, 0.0] } else { cell });
    for (format, name, copy) in [
        (Format::Heic, "x.heic", Relation::ReEncoded),
        (Format::Png, "x.png", Relation::ReEncoded),
        (Format::Jpeg, "x.jpg", Relation::HeicJpeg),
        (Format::Jpeg, "IMG_7.JPG", Relation::HeicJpeg),
    ] {
        let with = |main: Option<&Scene>| by_thumbnail(&photo, main, (&coded, format), name);
        let (relation, strict, place) = with(Some(&photo));
        assert!((relation, strict) == (copy, true) && place.is_some_and(|place| place <= 1.0), "{name}: {relation:?} {strict} {place:?}");
        assert_eq!(with(None), (copy, false, None), "{name}: the main picture cannot be decoded");
        let (relation, strict, _) = with(Some(&other));
        assert_eq!((relation, strict), (Relation::LookAlike, false), "{name}: the main picture is another");
        // Tied by its name it stays a pair of formats, and decisions weigh the place.
        let (relation, strict, place) = with(Some(&damaged));
        let is_weighed = name == "IMG_7.JPG" && relation == Relation::HeicJpeg && place.is_some_and(|place| place > 1.0);
        assert!(!strict || is_weighed, "{name}: a damaged tile: {relation:?} {strict} {place:?}");
    }
    let small = photo.reduced(2);
    assert_eq!(by_thumbnail(&photo, Some(&photo), (&small, Format::Jpeg), "x.jpg").0, Relation::Thumbnail);
    assert!(!by_thumbnail(&photo, None, (&small, Format::Jpeg), "x.jpg").1, "nor is a small copy");
}

#[test]
fn equal_samples_under_another_profile_are_no_proven_copy() {
    let photo = Scene::draw(3);
    let shown = |colour: Option<u32>| {
        move |s: &mut Subject| {
            s.format = Format::Png;
            s.encoding.jpeg_quality = None;
            s.encoding.colour = colour;
        }
    };
    let check = |one, other, strict, what: &str| {
        let found = pair((&photo, 90, &shown(one)), (&photo, 90, &shown(other)));
        assert_eq!(found, Some((Relation::ReEncoded, strict)), "{what}");
    };
    check(Some(0), Some(0), true, "both in sRGB");
    check(Some(7), Some(7), true, "both of one profile");
    check(Some(0), Some(7), false, "a profile that the other has not");
    check(Some(8), Some(7), false, "two profiles");
    check(None, Some(7), true, "one is of a format that was not asked");
}

#[test]
fn an_edit_that_passes_beside_coarse_coding_is_told_by_its_leniency() {
    let leniency = |first: &Scene, photo: &Scene, quality: u8| {
        let mut album = Album::default();
        album.add(first, 92, |_| ());
        album.add(&photo.coded(u32::from(quality)), quality, |_| ());
        let edge = all(&album).into_iter().next()?;
        let Proof::Perceptual(look) = edge.proof else { panic!("by pixels") };
        (edge.relation == Relation::ReEncoded && edge.strict).then(|| look.leniency.unwrap())
    };
    let mut edits = Vec::new();
    for seed in 1..6 {
        let photo = Scene::draw(seed);
        let stronger = photo.each(|_, _, [y, blue, red]| [y, blue * 1.3, red * 1.3]);
        edits.extend([3, 5, 8].into_iter().filter_map(|quality| leniency(&stronger, &photo, quality)));
        for quality in [30, 75, 92] {
            assert!(leniency(&photo, &photo, quality).is_some_and(|share| share <= 1.0), "{seed} at {quality}");
            assert_eq!(leniency(&stronger, &photo, quality), None, "{seed} at {quality}: there it is seen");
        }
    }
    assert!(edits.len() >= 3 && edits.iter().all(|share| *share > 1.0), "found beside coarse coding, but leniently: {edits:?}");
}

#[test]
fn equal_settings_without_pixels_are_one_shot() {
    let photo = Scene::draw(6);
    let blind = |sub: &'static str, iso: u32| {
        move |s: &mut Subject| {
            taken(s, 500, sub);
            s.hash = None;
            (s.metadata.iso, s.metadata.f_number, s.metadata.exposure_s) = (Some(iso), Some(4.0), Some(0.01));
        }
    };
    let check = |a: &dyn Fn(&mut Subject), b: &dyn Fn(&mut Subject), expected| assert_eq!(pair((&photo, 90, a), (&photo, 90, b)), expected);
    check(&blind("25", 100), &blind("25", 100), Some((Relation::SameShot, true)));
    check(&blind("", 100), &blind("", 100), Some((Relation::SameShot, false)));
    check(&blind("25", 100), &blind("25", 200), None);
}

#[test]
fn frames_that_only_look_like_copies_are_held_back() {
    let photo = Scene::draw(7);
    let named = |name: &'static str| move |s: &mut Subject| s.name = name.to_owned();
    let original = |name: &'static str| {
        move |s: &mut Subject| {
            taken(s, 500, "");
            s.encoding.standard_tables = Some(false);
            s.name = name.to_owned();
        }
    };
    let frame = |a: &dyn Fn(&mut Subject), b: &dyn Fn(&mut Subject)| pair((&photo, 90, a), (&photo.coded(92), 90, b));
    assert_eq!(
        frame(&named("IMG_20200101_120000_BURST001_COVER.jpg"), &named("IMG_20200101_120000_BURST002.jpg")),
        Some((Relation::Burst, true))
    );
    assert_eq!(frame(&original("a.jpg"), &original("b.jpg")), Some((Relation::Burst, true)), "a tripod, one second");
    assert_eq!(frame(&original("a.jpg"), &original("a (1).jpg")), Some((Relation::ReEncoded, true)), "the same name");
    assert_eq!(
        frame(&named("DSC_0012.jpg"), &named("DSC_0013.jpg")),
        Some((Relation::LookAlike, false)),
        "counters that follow each other"
    );
    let raw = |s: &mut Subject| s.format = Format::Nef;
    assert_eq!(frame(&raw, &raw), Some((Relation::SameShot, false)), "previews of two sensors' pixels");
    let colourless = photo.coloured(0.0);
    let png = |s: &mut Subject| s.format = Format::Png;
    assert_eq!(pair((&colourless, 90, &png), (&colourless, 90, PLAIN)), Some((Relation::LookAlike, false)), "a scan or a drawing");
    assert_eq!(
        pair((&colourless, 90, PLAIN), (&colourless.coded(75), 75, PLAIN)),
        Some((Relation::ReEncoded, true)),
        "a photo without colour"
    );
}

#[test]
fn a_profile_taken_off_is_no_copy() {
    let photo = Scene::draw(8);
    let payload = |n: u8| move |s: &mut Subject| s.payloads = vec![PayloadHash([n; 32])];
    assert_eq!(pair((&photo, 90, &payload(1)), (&photo, 90, &payload(2))), Some((Relation::ReEncoded, false)));
    assert_eq!(pair((&photo, 90, &payload(1)), (&photo, 91, &payload(2))), Some((Relation::ReEncoded, true)), "coded anew");
}

#[test]
#[should_panic(expected = "empty files never match")]
fn an_empty_file_is_refused() {
    let mut album = Album::default();
    album.add(&Scene::draw(1), 90, |s| s.size_bytes = 0);
    all(&album);
}

#[test]
fn a_tick_that_says_no_stops() {
    let mut album = Album::default();
    (0..4).for_each(|_| album.add(&Scene::draw(1), 90, |_| ()));
    assert!(find(&album.subjects, None, &album, &|_, _| false).is_empty());
    assert_eq!(find(&album.subjects, None, &album, &|done, total| done <= total).len(), 6);
    assert!(find(&[], None, &album, &|_, _| true).is_empty());
}

#[test]
fn explaining_tells_every_step() {
    let mut album = Album::default();
    album.add(&Scene::draw(1), 90, |s| taken(s, 100, "1"));
    album.add(&Scene::draw(1), 90, |s| taken(s, 200, "1"));
    let told = compare(&album.subjects[1], &album.subjects[0], &album);
    assert!(matches!(told.capture, CaptureVerdict::Conflict(_)));
    assert_eq!(told.evidence, None);
    let names: Vec<&str> = told.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["content", "payload", "capture", "perceptual-hash", "burst"]);
}

/// A small album of photos, their copies, turns, edits, frames and pairs, by a list of (photo, what, moment).
fn album(parts: &[(u8, u8, u8)], pictures: &[(PictureGrid, u32)]) -> Album {
    let mut album = Album::default();
    for &(photo, what, moment) in parts {
        let (grid, side) = &pictures[usize::from(photo) % 3 * 6 + usize::from(what) % 6];
        let quality = [90, 75, 85, 80, 90, 90][usize::from(what) % 6];
        album.add_grid(grid, *side, quality, |s| {
            match moment % 6 {
                0 => taken(s, 100, "5"),
                1 => taken(s, 100, "7"),
                2 => s.contents = vec![ContentHash([photo % 3; 32])],
                3 => s.format = Format::Dng,
                _ => (),
            }
            s.name = format!("IMG_{photo}.x");
        });
    }
    album
}

fn pictures() -> Vec<(PictureGrid, u32)> {
    let of = |seed: u64| {
        let photo = Scene::draw(seed);
        [
            (photo.grid(), 512),
            (photo.coded(75).grid(), 512),
            (photo.reduced(4).grid(), 128),
            (photo.grid().turned(Turn::Clockwise), 512),
            (photo.toned(1.1, 0.0).grid(), 512),
            (photo.patched(100, 100, 50).grid(), 512),
        ]
    };
    [11, 12, 13].into_iter().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn evidence_depends_on_no_order(parts in prop::collection::vec(any::<(u8, u8, u8)>(), 2..9), turn in any::<prop::sample::Index>()) {
        let pictures = PICTURES.with(Clone::clone);
        let album = album(&parts, &pictures);
        let whole = all(&album);
        for edge in &whole {
            prop_assert!(edge.a < edge.b);
            prop_assert!(!edge.notes.is_empty());
            prop_assert!(!(edge.strict && edge.relation == Relation::LookAlike));
        }
        prop_assert!(whole.windows(2).all(|two| (two[0].a, two[0].b) < (two[1].a, two[1].b)), "sorted, each pair once");
        let mut other = album.subjects.clone();
        other.rotate_left(turn.index(parts.len()));
        other.reverse();
        prop_assert_eq!(&find(&other, None, &album, &|_, _| true), &whole);
        for (n, a) in album.subjects.iter().enumerate() {
            for b in &album.subjects[n + 1..] {
                let (there, back) = (compare(a, b, &album), compare(b, a, &album));
                prop_assert_eq!(&there, &back);
                let found = whole.iter().find(|edge| edge.a == a.asset && edge.b == b.asset);
                prop_assert_eq!(found, there.evidence.as_ref());
            }
        }
    }

    #[test]
    fn fresh_evidence_is_the_whole_filtered(parts in prop::collection::vec(any::<(u8, u8, u8)>(), 2..9), fresh in prop::collection::hash_set(1i64..9, 0..4)) {
        let pictures = PICTURES.with(Clone::clone);
        let album = album(&parts, &pictures);
        let fresh: HashSet<AssetId> = fresh.into_iter().map(AssetId).collect();
        let mut whole = all(&album);
        whole.retain(|edge| fresh.contains(&edge.a) || fresh.contains(&edge.b));
        prop_assert_eq!(find(&album.subjects, Some(&fresh), &album, &|_, _| true), whole);
    }
}

thread_local! {
    static PICTURES: Vec<(PictureGrid, u32)> = pictures();
}
