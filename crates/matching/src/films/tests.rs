//! Films of drawn photos: what programs do to a film, and what only looks like it.

use crate::find::fixture::subject;
use crate::propose::{IsFresh, in_rows};
use crate::scene::{Scene, hash, stream};
use crate::thresholds::{FILM_APART_MAX_MS, FILM_NEIGHBOURS_MAX};
use crate::{Pictures, Signature, Subject, compare, find};
use model::{
    AssetId, CaptureTime, DecodedFrom, DetailGrid, DetailWay, Format, KeyFrame, PerceptualHash, Picture, PictureGrid, Proof, Relation,
    TimeSource, Turn,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Films with their frames.
#[derive(Default)]
struct Reel {
    subjects: Vec<Subject>,
    frames: HashMap<AssetId, Vec<KeyFrame>>,
}

impl Pictures for Reel {
    fn grid(&self, _: AssetId) -> Option<PictureGrid> {
        None
    }

    fn key_frames(&self, asset: AssetId) -> Vec<KeyFrame> {
        self.frames.get(&asset).cloned().unwrap_or_default()
    }

    fn detail(&self, _: AssetId, _: DetailWay) -> Option<Arc<DetailGrid>> {
        None
    }
}

impl Reel {
    fn add(&mut self, grids: &[PictureGrid], change: impl FnOnce(&mut Subject)) {
        let mut film = subject(self.subjects.len() as i64 + 1);
        (film.format, film.width, film.height, film.from) = (Format::Mp4, 1280, 720, None);
        film.metadata.duration_ms = Some(6000);
        let moments = (0..).step_by(500);
        let frames: Vec<KeyFrame> = grids
            .iter()
            .zip(moments)
            .map(|(grid, at_ms)| {
                let quality = if grid.luma.iter().all(|&v| v == grid.luma[0]) { 0 } else { 100 };
                KeyFrame { at_ms, picture: Picture { hash: hash(grid), quality, grid: grid.clone(), from: DecodedFrom::Full } }
            })
            .collect();
        film.frame_hashes = frames.iter().map(|frame| (frame.at_ms, frame.picture.hash, frame.picture.quality)).collect();
        change(&mut film);
        self.frames.insert(film.asset, frames);
        self.subjects.push(film);
    }
}

/// A pan over a photo, a frame every half second.
fn pan(seed: u64, change: impl Fn(&Scene) -> Scene) -> Vec<PictureGrid> {
    let photo = Scene::draw(seed);
    (0..6).map(|n| change(&photo.moved(n * 20, n * 8)).grid()).collect()
}

/// A scene that stands still, with the noise of one take.
fn standing(seed: u64, take: u64) -> Vec<PictureGrid> {
    let grid = Scene::draw(seed).grid();
    let mut next = stream(take);
    let noisy = |grid: &PictureGrid| {
        let bytes: Vec<u8> = grid.to_bytes().iter().map(|&v| (f64::from(v) + 2.0 * next() - 1.0).round().clamp(0.0, 255.0) as u8).collect();
        PictureGrid::from_bytes(&bytes).unwrap()
    };
    vec![grid; 6].iter().map(noisy).collect()
}

fn related(a: &[PictureGrid], b: &[PictureGrid], change: impl FnOnce(&mut Subject)) -> Option<(Relation, bool)> {
    let mut reel = Reel::default();
    reel.add(a, |_| ());
    reel.add(b, change);
    let found = find(&reel.subjects, None, &reel, &|_, _| true);
    let compared = compare(&reel.subjects[0], &reel.subjects[1], &reel);
    assert!(!compared.steps.is_empty());
    if let Some(edge) = found.first() {
        assert_eq!(Some(edge), compared.evidence.as_ref(), "find and compare agree");
        assert!(matches!(edge.proof, Proof::Perceptual(_)) && edge.notes.len() == 3);
    }
    found.first().map(|edge| (edge.relation, edge.strict))
}

fn turned(grids: &[PictureGrid], turn: Turn) -> Vec<PictureGrid> {
    grids.iter().map(|grid| grid.turned(turn)).collect()
}

#[test]
fn a_film_coded_anew_is_a_copy() {
    for seed in 1..4 {
        let film = pan(seed, Scene::clone);
        let check = |copy: &[PictureGrid], change: &dyn Fn(&mut Subject), expected: Relation, what: &str| {
            assert_eq!(related(&film, copy, |subject| change(subject)), Some((expected, true)), "{what} of film {seed}");
        };
        check(&film, &|_| (), Relation::ReEncoded, "the same frames");
        check(&pan(seed, |frame| frame.coded(40)), &|_| (), Relation::ReEncoded, "coarse coding");
        check(&pan(seed, |frame| frame.coded(60)), &|s| (s.width, s.height) = (640, 360), Relation::Thumbnail, "half the size");
        check(&film, &|s| s.metadata.duration_ms = Some(6000 + FILM_APART_MAX_MS), Relation::ReEncoded, "padded");
        check(&film[..4], &|_| (), Relation::ReEncoded, "fewer moments");
        check(&turned(&film, Turn::Half), &|_| (), Relation::Rotated, "upside down");
        let sideways: &dyn Fn(&mut Subject) = &|s| (s.width, s.height) = (720, 1280);
        check(&turned(&film, Turn::Clockwise), sideways, Relation::Rotated, "turned");
        check(&turned(&film, Turn::Mirrored), &|_| (), Relation::Rotated, "mirrored");
    }
}

#[test]
fn a_film_that_was_changed_is_edited() {
    let film = pan(1, Scene::clone);
    let check = |copy: &[PictureGrid], change: &dyn Fn(&mut Subject), what: &str| {
        assert_eq!(related(&film, copy, |subject| change(subject)), Some((Relation::Edited, true)), "{what}");
    };
    check(&pan(1, |frame| frame.toned(1.0, 5.0)), &|_| (), "brighter");
    check(&pan(1, |frame| frame.coloured(1.5)), &|_| (), "stronger colours");
    check(&pan(1, |frame| frame.patched(20, 20, 40)), &|_| (), "a logo");
    check(&film, &|s| (s.width, s.height) = (1280, 960), "bars");
    let mut blackened = film.clone();
    blackened[0] = PictureGrid::from_bytes(&[vec![0; 4096], vec![128; 512]].concat()).unwrap();
    check(&blackened, &|_| (), "a black beginning");
    let with_sound = |first: bool, second: bool| {
        let mut reel = Reel::default();
        reel.add(&film, |s| s.encoding.sound = Some(first));
        reel.add(&film, |s| s.encoding.sound = Some(second));
        compare(&reel.subjects[0], &reel.subjects[1], &reel).evidence.map(|edge| edge.relation)
    };
    assert_eq!(with_sound(true, false), Some(Relation::Edited));
    assert_eq!(with_sound(true, true), Some(Relation::ReEncoded));
}

#[test]
fn what_only_looks_alike_is_no_copy() {
    let film = pan(1, Scene::clone);
    let check = |a: &[PictureGrid], b: &[PictureGrid], change: &dyn Fn(&mut Subject), what: &str| {
        assert_eq!(related(a, b, |subject| change(subject)), None, "{what}");
    };
    check(&film, &pan(2, Scene::clone), &|_| (), "another film");
    check(&film, &pan(1, |frame| frame.moved(4, 0)), &|_| (), "another take");
    check(&film, &film[1..], &|_| (), "begun later");
    check(&film, &film, &|s| s.metadata.duration_ms = Some(6001 + FILM_APART_MAX_MS), "cut shorter");
    check(&film, &film, &|s| s.metadata.duration_ms = None, "of unknown length");
    check(&film, &film[..2], &|_| (), "too few moments");
    check(&standing(1, 1), &standing(1, 2), &|_| (), "two takes of a standing scene");
    check(&vec![film[0].clone(); 6], &vec![film[0].clone(); 6], &|_| (), "nothing changes at all");
    let grey = vec![PictureGrid::from_bytes(&[vec![90; 4096], vec![128; 512]].concat()).unwrap(); 6];
    check(&grey, &grey, &|_| (), "plain frames");
    let mut other = film.clone();
    other[3] = pan(2, Scene::clone)[3].clone();
    check(&film, &other, &|_| (), "another scene in the middle");
    // A camera settles alike each time: brightness and contrast that drift are no change of the scene.
    let drift = |take| {
        let photo = Scene::draw(1);
        let settle = |n: usize| photo.toned(1.0 + 0.02 * n as f64, n as f64).grid();
        let noise = standing(3, take);
        let flat = standing(3, 99);
        let add = |n: usize| {
            let cells = settle(n).to_bytes();
            let bytes: Vec<u8> = cells
                .iter()
                .zip(noise[n].to_bytes().iter().zip(&flat[n].to_bytes()))
                .map(|(&v, (&x, &y))| (i16::from(v) + i16::from(x) - i16::from(y)).clamp(0, 255) as u8)
                .collect();
            PictureGrid::from_bytes(&bytes).unwrap()
        };
        (0..6).map(add).collect::<Vec<_>>()
    };
    let found = related(&drift(1), &drift(2), |_| ());
    assert!(found.is_none_or(|found| found.0 == Relation::Edited), "a drift of exposure alone is never offered: {found:?}");
}

#[test]
fn a_conflict_of_identities_vetoes() {
    let film = pan(1, Scene::clone);
    let taken =
        |local_seconds: i64| Some(CaptureTime { local_seconds, subsecond: None, offset_minutes: Some(0), source: TimeSource::Container });
    let mut reel = Reel::default();
    for seconds in [1_600_000_000, 1_600_000_007, 1_600_000_000] {
        reel.add(&film, |s| s.metadata.taken = taken(seconds));
    }
    let found: Vec<(i64, i64)> = find(&reel.subjects, None, &reel, &|_, _| true).iter().map(|e| (e.a.0, e.b.0)).collect();
    assert_eq!(found, [(1, 3)]);
}

#[test]
fn a_crowd_of_films_is_bounded() {
    let mut films: Vec<Subject> = (1..=FILM_NEIGHBOURS_MAX as i64 + 10).map(subject).collect();
    for film in &mut films {
        (film.format, film.metadata.duration_ms) = (Format::Mov, Some(3000));
        film.frame_hashes = vec![(1036, PerceptualHash([1; 4]), 100)];
    }
    let proposed = |films: &[Subject], fresh: &IsFresh<'_>| {
        let signatures: Vec<Signature> = films.iter().flat_map(Signature::of).collect();
        super::pairs(&in_rows(&signatures), fresh)
    };
    let pairs = proposed(&films, &|_| true);
    let of_first = pairs.iter().filter(|pair| pair.0 == 0).count();
    assert_eq!(of_first, FILM_NEIGHBOURS_MAX);
    films[1].frame_hashes[0].2 = 10;
    assert_eq!(proposed(&films[..3], &|_| true), [(0, 2)], "a plain frame proposes nothing");
    assert_eq!(proposed(&films[..4], &|place| place == 3), [(0, 3), (2, 3)], "only what touches a fresh one");
}
