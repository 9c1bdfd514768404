//! The crop search: which pictures are a part of another, or another with a border around it. Runs only when asked for (`--with cropped`).
//!
//! Windows propose (`windows.rs`), alignment places (`align.rs`), structure decides (`structure.rs`): a part lies wholly within the other, is
//! scaled alike in both directions and turned a little at most, and agrees everywhere. Capture identity vetoes as everywhere. What the
//! ordinary judgement says of a pair outranks all this. Does not look for turned or mirrored crops, nor for two crops of a third picture.
//!
//! Cost: 1 to 3 ms a picture for its windows, 1 to 2 ms for each proposal that is followed up (release, 2026-11).
//!
//! **Invariant:** fresh evidence equals the full evidence filtered, unless a picture has more proposals than `WINDOW_PROPOSALS_MAX`.

use crate::align::{Placement, Pyramid, align};
use crate::bursts::{are_frames_by_name, is_series};
use crate::candidates::workers;
use crate::judge::{Desk, Step, judge};
use crate::signature::is_eligible;
use crate::structure::{Structure, colour_error, structure};
use crate::surface::Surface;
use crate::thresholds::*;
use crate::windows::{Index, Lattice, Shapes, Signature, Window};
use crate::{CaptureVerdict, Pictures, Subject, capture};
use model::{AssetId, Bits, Evidence, LUMA_SIDE, PictureGrid, Proof, Relation, SecondLook, Turn};
use rustc_hash::FxHashMap;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Returns evidence of relation `cropped`, or `edited` for a border around the whole or a turned part, among `subjects`, sorted by
/// `(a, b)`; with `fresh`, only of pairs that touch one of these assets. Pairs of which the ordinary judgement says more than
/// `look-alike` are left out, so each edge may take the place of what is known of its pair.
///
/// `tick` is told how many of how many pictures are done and stops the search by `false`; nothing is returned then. It and `pictures` are
/// called from several threads.
pub fn find_crops(
    subjects: &[Subject],
    fresh: Option<&HashSet<AssetId>>,
    pictures: &dyn Pictures,
    tick: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Vec<Evidence> {
    let mut eligible: Vec<&Subject> = subjects.iter().filter(|subject| may_be_part(subject)).collect();
    eligible.sort_by_key(|subject| subject.asset);
    let is_fresh = |n: usize| fresh.is_none_or(|fresh| fresh.contains(&eligible[n].asset));
    let total = 2 * eligible.len() as u64;
    let going_on = |done: usize| tick(done as u64, total);
    let Some(wholes) = in_turn(eligible.len(), &going_on, || (), |(), n| pictures.grid(eligible[n].asset).map(|grid| Signature::of(&grid)))
    else {
        return Vec::new();
    };
    let search = Search::new(&eligible, wholes, &is_fresh);
    let going_on = |done: usize| tick((eligible.len() + done) as u64, total);
    let found = in_turn(eligible.len(), &going_on, || Desk::new(pictures), |desk, n| search.parts_of(n, &is_fresh, pictures, desk));
    let mut evidence: Vec<Evidence> = found.unwrap_or_default().into_iter().flatten().collect();
    evidence.sort_by(|x, y| (x.a, x.b, &x.notes).cmp(&(y.a, y.b, &y.notes)));
    evidence.dedup_by_key(|edge| (edge.a, edge.b));
    evidence
}

/// Calls `work` with every number below `count` on all cores; returns what it made, in order, or `None` after a stop.
fn in_turn<T: Send, S>(
    count: usize,
    going_on: &(dyn Fn(usize) -> bool + Sync),
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Option<Vec<T>> {
    let (next, stopped, made) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(Vec::with_capacity(count)));
    let run = || {
        let (mut state, mut mine) = (begin(), Vec::new());
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= count || stopped.load(Ordering::Relaxed) {
                break;
            }
            mine.push((n, work(&mut state, n)));
            if !going_on(n + 1) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
        if let Ok(mut made) = made.lock() {
            made.append(&mut mine);
        }
    };
    std::thread::scope(|scope| (0..workers()).for_each(|_| drop(scope.spawn(run))));
    let mut made = made.into_inner().ok().filter(|_| !stopped.load(Ordering::Relaxed))?;
    made.sort_unstable_by_key(|(n, _)| *n);
    Some(made.into_iter().map(|(_, one)| one).collect())
}

fn may_be_part(subject: &Subject) -> bool {
    is_eligible(subject) && subject.width > 0 && subject.height > 0 && !subject.format.is_raw()
}

fn shape(subject: &Subject) -> f64 {
    f64::from(subject.width) / f64::from(subject.height)
}

/// Everything that lookups need.
struct Search<'s> {
    eligible: &'s [&'s Subject],
    wholes: Vec<Option<Signature>>,
    all: Index,
    fresh: Index,
    shapes: Shapes,
    fresh_shapes: Shapes,
    lattice: Lattice,
}

impl<'s> Search<'s> {
    fn new(eligible: &'s [&'s Subject], wholes: Vec<Option<Signature>>, is_fresh: &dyn Fn(usize) -> bool) -> Self {
        let members = |wanted: &dyn Fn(usize) -> bool| {
            let signed = wholes.iter().enumerate().filter(|(n, _)| wanted(*n));
            let signed: Vec<(u32, &Signature)> = signed.filter_map(|(n, signature)| Some((n as u32, signature.as_ref()?))).collect();
            Index::of(signed.into_iter())
        };
        let shapes = |wanted: &dyn Fn(usize) -> bool| Shapes::of((0..eligible.len()).filter(|&n| wanted(n)).map(|n| shape(eligible[n])));
        Self {
            all: members(&|_| true),
            fresh: members(is_fresh),
            shapes: shapes(&|_| true),
            fresh_shapes: shapes(is_fresh),
            lattice: Lattice::new(),
            eligible,
            wholes,
        }
    }

    /// Returns evidence of parts of picture `n`: of all, or only fresh ones where it is not fresh itself.
    fn parts_of(&self, n: usize, is_fresh: &dyn Fn(usize) -> bool, pictures: &dyn Pictures, desk: &mut Desk<'_>) -> Vec<Evidence> {
        let whole = self.eligible[n];
        let (index, shapes) = if is_fresh(n) { (&self.all, &self.shapes) } else { (&self.fresh, &self.fresh_shapes) };
        let proposals = match pictures.grid(whole.asset) {
            Some(grid) if !shapes.is_empty() => self.proposals(n, &grid, index, shapes),
            _ => return Vec::new(),
        };
        proposals.into_iter().filter_map(|(part, window)| self.weigh(whole, self.eligible[part as usize], window, pictures, desk)).collect()
    }

    /// Returns which pictures may be parts of `n`, each with the window that agrees best; the best agreeing first.
    fn proposals(&self, n: usize, grid: &PictureGrid, index: &Index, shapes: &Shapes) -> Vec<(u32, Window)> {
        let own = shape(self.eligible[n]);
        let mut best: FxHashMap<u32, (f32, Window)> = FxHashMap::default();
        self.lattice.windows(grid, &|relative| shapes.occurs(own * relative), |window, signature| {
            let wanted = (own * window.width / window.height).ln();
            index.ask(signature, |other| {
                let Some(part) = self.wholes[other as usize].as_ref().filter(|_| other as usize != n) else { return };
                if (shape(self.eligible[other as usize]).ln() - wanted).abs() > WINDOW_SHAPE_TOLERANCE {
                    return;
                }
                let agreement = signature.agreement(part);
                if agreement >= WINDOW_AGREEMENT_MIN && best.get(&other).is_none_or(|(known, _)| agreement > *known) {
                    best.insert(other, (agreement, window));
                }
            });
        });
        let hash = self.eligible[n].hash;
        let near = |other: u32| hash.zip(self.eligible[other as usize].hash).is_some_and(|(x, y)| x.distance(&y).0 <= WINDOW_NEAR_BITS);
        let mut list: Vec<(u32, (f32, Window))> = best.into_iter().filter(|&(other, _)| !near(other)).collect();
        list.sort_by(|x, y| y.1.0.total_cmp(&x.1.0).then(x.0.cmp(&y.0)));
        list.into_iter().take(WINDOW_PROPOSALS_MAX).map(|(other, (_, window))| (other, window)).collect()
    }

    fn weigh(&self, whole: &Subject, part: &Subject, window: Window, pictures: &dyn Pictures, desk: &mut Desk<'_>) -> Option<Evidence> {
        if held_back(whole, part) {
            return None;
        }
        let (grid, other) = (pictures.grid(whole.asset)?, pictures.grid(part.asset)?);
        let fit = Fit::of(whole, part, &grid, &other, window).ok()?;
        let (a, b) = if whole.asset < part.asset { (whole, part) } else { (part, whole) };
        let known = judge(a, b, desk, false).evidence;
        known.is_none_or(|known| known.relation == Relation::LookAlike).then(|| fit.evidence(a, b))
    }
}

/// Tells whether what is known of their taking, or their names, speaks against one being made of the other.
fn held_back(a: &Subject, b: &Subject) -> bool {
    let capture = capture::compare(&a.metadata, &b.metadata);
    matches!(capture.verdict, CaptureVerdict::Conflict(_)) || is_series(a, b, &capture) && !capture.same_reading || are_frames_by_name(a, b)
}

/// A part laid over its whole, shown to be one.
struct Fit {
    window: Window,
    turn: f64,
    has_border: bool,
    seen: Structure,
    colour_error: f64,
}

impl Fit {
    /// Lays `part` over `whole`, beginning with `window`; else says what speaks against it.
    fn of(whole: &Subject, part: &Subject, grid: &PictureGrid, other: &PictureGrid, window: Window) -> Result<Self, String> {
        let [first, second] = [grid, other].map(|grid| Pyramid::of(&grid.luma[..], LUMA_SIDE));
        let found = align(&first, &second, Placement::of(window)).ok_or("the pictures could not be laid over each other")?;
        let (window, corners) =
            found.placement.window().zip(found.placement.corners()).ok_or("the pictures could not be laid over each other")?;
        let (turn, stretch) = found.placement.turn_and_stretch(shape(whole), shape(part));
        let inside = -PART_OUTSIDE_MAX..=1.0 + PART_OUTSIDE_MAX;
        let placed = format!("{}, turned by {turn:.1}°, sides scaled by 1 : {stretch:.3}", words(window));
        let area = window.width * window.height;
        if !corners.iter().all(|(x, y)| inside.contains(x) && inside.contains(y)) || !(PART_AREA_MIN..=PART_AREA_MAX).contains(&area) {
            return Err(format!("{placed}: neither a part nor the whole"));
        }
        if stretch > PART_STRETCH_MAX || turn.abs() > PART_TURN_MAX {
            return Err(format!("{placed}: no crop does that"));
        }
        let seen = structure(&first, &second, &found.placement, &|_| true);
        let colour_error = colour_error(grid, other, &found.placement);
        let pixels = f64::from(part.width) / (window.width * f64::from(whole.width));
        let pure = pixels <= PART_PIXELS_MAX && seen.tone <= PART_TONE_MAX && colour_error <= PART_COLOUR_MAX;
        if !seen.holds(if pure { &STRUCTURE_OF_CROP } else { &STRUCTURE_STRICT }) {
            return Err(format!("{placed}; {}", seen.words()));
        }
        Ok(Self { window, turn, has_border: has_border(first.finest(), window), seen, colour_error })
    }

    fn note(&self) -> String {
        if self.has_border {
            format!("one is the other with a border around it; the picture {}", words(self.window).replacen("shows", "is", 1))
        } else if self.turn.abs() >= PART_TURNED_MIN {
            format!("turned by {:.1}° and cut: one {}", self.turn.abs(), words(self.window))
        } else {
            format!("one {}", words(self.window))
        }
    }

    fn evidence(&self, a: &Subject, b: &Subject) -> Evidence {
        let distance = a.hash.zip(b.hash).map_or(Bits(256), |(x, y)| x.distance(&y));
        let edited = self.has_border || self.turn.abs() >= PART_TURNED_MIN;
        Evidence {
            a: a.asset,
            b: b.asset,
            relation: if edited { Relation::Edited } else { Relation::Cropped },
            strict: true,
            proof: Proof::Perceptual(SecondLook {
                distance_bits: distance,
                turn: Turn::Upright,
                correlation: self.seen.correlation as f32,
                gain: 1.0,
                offset: 0.0,
                luma_error: self.seen.error as f32,
                worst_tile: self.seen.worst() as f32,
                chroma_error: self.colour_error as f32,
                leniency: None,
                worst_place: None,
            }),
            notes: vec![self.note()],
        }
    }
}

/// Returns "shows 62 % of the other, from 10 % left, 5 % top".
fn words(window: Window) -> String {
    let percent = |share: f64| (100.0 * share).clamp(0.0, 100.0);
    format!(
        "shows {:.0} % of the other, from {:.0} % left, {:.0} % top",
        percent(window.width * window.height),
        percent(window.left),
        percent(window.top)
    )
}

/// Tells whether all that lies around the window is of one tone on each side, and on all four there is something.
fn has_border(whole: &Surface, window: Window) -> bool {
    let side = whole.side;
    let cell = |share: f64| share * side as f64;
    // A cell that the window's edge crosses belongs to neither.
    let before = |share: f64| cell(share).floor().max(0.0) as usize;
    let after = |share: f64| (cell(share).ceil().max(0.0) as usize).min(side);
    let (left, right, top, bottom) =
        (before(window.left), after(window.left + window.width), before(window.top), after(window.top + window.height));
    let strips = [(0..left, 0..side), (right..side, 0..side), (0..side, 0..top), (0..side, bottom..side)];
    strips.into_iter().all(|(across, down)| {
        let mut cells: Vec<f64> = down.flat_map(|y| across.clone().map(move |x| (x, y))).map(|(x, y)| whole.cells[y * side + x]).collect();
        cells.sort_unstable_by(f64::total_cmp);
        let Some(&tone) = cells.get(cells.len() / 2) else { return false };
        cells.iter().filter(|&&value| (value - tone).abs() <= FLAT_LEVELS).count() as f64 >= BORDER_FLAT_SHARE * cells.len() as f64
    })
}

/// Looks whether one of a pair is a part of the other, and says what was found in a step for `explain`. What [`compare`](crate::compare) says
/// outranks the evidence unless it is `look-alike`.
pub fn compare_crop(a: &Subject, b: &Subject, pictures: &dyn Pictures) -> (Option<Evidence>, Step) {
    let (a, b) = if a.asset < b.asset { (a, b) } else { (b, a) };
    let outcome = part_of_pair(a, b, pictures);
    let (passed, words) = match &outcome {
        Ok(fit) => (true, format!("{}; {}", fit.note(), fit.seen.words())),
        Err(why) => (false, why.clone()),
    };
    (outcome.ok().map(|fit| fit.evidence(a, b)), Step { name: "crop".to_owned(), words, passed })
}

fn part_of_pair(a: &Subject, b: &Subject, pictures: &dyn Pictures) -> Result<Fit, String> {
    if !may_be_part(a) || !may_be_part(b) {
        return Err("too plain, or no still picture with pixels of its own: crops are not looked for".to_owned());
    }
    if held_back(a, b) {
        return Err("their taking or their names speak against one being a part of the other".to_owned());
    }
    let (Some(first), Some(second)) = (pictures.grid(a.asset), pictures.grid(b.asset)) else {
        return Err("one of the small pictures is missing".to_owned());
    };
    let lattice = Lattice::new();
    let mut why = "no window of one agrees with the other".to_owned();
    for (whole, part, grid, other) in [(a, b, &first, &second), (b, a, &second, &first)] {
        if let Some(window) = lattice.best(grid, &Signature::of(other), &Shapes::of([shape(part)].into_iter()), shape(whole)) {
            match Fit::of(whole, part, grid, other, window) {
                Ok(fit) => return Ok(fit),
                Err(words) => why = words,
            }
        }
    }
    Err(why)
}
