//! Two films: the same moments laid over each other, one by one.
//!
//! Coding a film anew loses more than coding a still does, so one moment proves less. What proves a copy is that all moments agree **and**
//! that moments exchanged do not: a scene that stands still would agree with any other film of it. Where moments exchanged agree too, what
//! little changes over time must be the same change in both.
//!
//! Sound is not compared, and what happens between the moments is not seen: words say so. A film cut shorter is no copy.
//!
//! **Invariant:** a capture conflict, plain frames or a standing scene never make a copy.

#[cfg(test)]
mod tests;

use crate::capture::Capture;
use crate::judge::Step;
use crate::propose::{IsFresh, Row};
use crate::second_look::{Coding, Look, look};
use crate::surface::{Surface, fit};
use crate::thresholds::*;
use crate::{CaptureVerdict, Pictures, Subject};
use model::{KeyFrame, LUMA_SIDE, PictureGrid, Relation, SecondLook, Turn};

/// A film among the rows: its length in ms, its place, and the rows of its moments.
type Reel<'r, 's> = (u64, u32, &'r [Row<'s>]);

/// Returns the pairs (by place) of films of which at least one is fresh and that may be one, each once, the lower place first: of about the
/// same length, and with a moment that is near, turned or not. Cost: hashes of at most [`FILM_NEIGHBOURS_MAX`] films for each.
pub(crate) fn pairs(rows: &[Row<'_>], is_fresh: &IsFresh<'_>) -> Vec<(u32, u32)> {
    let moments: Vec<Row<'_>> = rows.iter().filter(|row| row.signature.moment().is_some()).copied().collect();
    let film = |rows| -> Option<Reel<'_, '_>> {
        let first: &Row<'_> = <[Row<'_>]>::first(rows)?;
        Some((first.signature.moment()?.length_ms, first.place, rows))
    };
    let mut films: Vec<Reel<'_, '_>> = moments.chunk_by(|one, other| one.place == other.place).filter_map(film).collect();
    films.sort_unstable_by_key(|film| (film.0, film.1));
    let mut pairs = Vec::new();
    for (n, &(length, first, of_first)) in films.iter().enumerate() {
        let fresh = is_fresh(first);
        let near = films[n + 1..].iter().take_while(|film| film.0 - length <= FILM_APART_MAX_MS).take(FILM_NEIGHBOURS_MAX);
        let found = near.filter(|film| (fresh || is_fresh(film.1)) && are_near(of_first, film.2));
        pairs.extend(found.map(|film| (first.min(film.1), first.max(film.1))));
    }
    pairs
}

/// Tells whether one of the first moments that both films have is near.
fn are_near(a: &[Row<'_>], b: &[Row<'_>]) -> bool {
    let moments =
        |rows: &[Row<'_>], at_ms: u64| rows.iter().filter_map(|row| row.signature.moment()).find(|m| m.at_ms == at_ms).map(|m| *m.hash);
    let both = a.iter().filter_map(|row| row.signature.moment()).filter_map(|moment| Some((moment.hash, moments(b, moment.at_ms)?)));
    both.take(FILM_HASHES_COMPARED).any(|(x, y)| Turn::ALL.into_iter().any(|turn| x.distance(&y.turned(turn)).0 <= CANDIDATE_MAX_BITS))
}

/// What comparing two films came to.
pub(crate) struct Films {
    /// Relation, whether it is strict, and why.
    pub(crate) found: Option<(Relation, bool, Vec<String>)>,
    /// The look at the worst moment.
    pub(crate) look: Option<SecondLook>,
    /// What was weighed.
    pub(crate) steps: Vec<Step>,
}

/// A moment that both films have, the second turned as the first.
struct Moment {
    look: Look,
    first: PictureGrid,
    second: PictureGrid,
    /// Whether neither is too plain to tell anything.
    is_telling: bool,
}

/// Compares two films whose bytes and samples differ.
pub(crate) fn compare(a: &Subject, b: &Subject, capture: &Capture, pictures: &dyn Pictures) -> Films {
    let mut steps = Vec::new();
    let mut step = |name: &str, passed: bool, words: String| steps.push(Step { name: name.to_owned(), passed, words });
    let (of_a, of_b) = (pictures.key_frames(a.asset), pictures.key_frames(b.asset));
    let apart = a.metadata.duration_ms.zip(b.metadata.duration_ms).map(|(x, y)| x.abs_diff(y));
    let as_long = apart.is_some_and(|ms| ms <= FILM_APART_MAX_MS);
    step(
        "length",
        as_long,
        match apart {
            Some(ms) => format!("their lengths differ by {ms} ms (at most {FILM_APART_MAX_MS})"),
            None => "the length of one is unknown".to_owned(),
        },
    );
    let (moments, turn) = moments(a, b, &of_a, &of_b);
    let count = telling(&moments).count();
    step(
        "moments",
        count >= FILM_MOMENTS_MIN,
        match (of_a.is_empty(), of_b.is_empty()) {
            (false, false) => format!("{count} moments of both show something, {}", turn.words()),
            _ => "no frames of one could be decoded".to_owned(),
        },
    );
    let conflict = if let CaptureVerdict::Conflict(reason) = &capture.verdict { Some(reason.clone()) } else { None };
    step("capture", conflict.is_none(), conflict.clone().unwrap_or_else(|| "nothing speaks against one taking".to_owned()));
    let look = worst(&moments).map(|moment| moment.look.shown);
    if !as_long || count < FILM_MOMENTS_MIN {
        return Films { found: None, look, steps };
    }
    let change = change_agreement(&moments);
    step("change", change >= FILM_CHANGE_STRICT, format!("what changes over time agrees by {change:.2} (at least {FILM_CHANGE_STRICT})"));
    let against = against(a, b, &moments, turn, change);
    step("films", against.is_empty(), if against.is_empty() { "every moment agrees".to_owned() } else { against.join("; ") });
    let found = if conflict.is_some() { None } else { relation(a, b, &moments, turn, change, &against) };
    Films { found, look, steps }
}

/// Returns the relation, whether it is strict, and the notes.
fn relation(
    a: &Subject,
    b: &Subject,
    moments: &[Moment],
    turn: Turn,
    change: f64,
    against: &[String],
) -> Option<(Relation, bool, Vec<String>)> {
    let measured = format!("{} moments compared, what changes over time agrees by {change:.2}", moments.len());
    let notes = |first: String| vec![first, measured.clone(), "sound was not compared".to_owned()];
    let in_place = is_same_picture(moments) && change >= FILM_CHANGE_MIN;
    let bars = shapes_differ(a, b, turn);
    if turn != Turn::Upright && in_place && !bars {
        return Some((Relation::Rotated, true, notes(format!("the same film {}", turn.words()))));
    }
    if turn == Turn::Upright && against.is_empty() {
        let is_thumbnail = f64::from(a.long_side().min(b.long_side())) < THUMBNAIL_SIDE * f64::from(a.long_side().max(b.long_side()));
        let (less, more) = if a.long_side() <= b.long_side() { (a, b) } else { (b, a) };
        return Some(if is_thumbnail {
            let sides = format!("the same film, {} × {} of {} × {} pixels", less.width, less.height, more.width, more.height);
            (Relation::Thumbnail, true, notes(sides))
        } else {
            (Relation::ReEncoded, true, notes("the same film, coded anew".to_owned()))
        });
    }
    let drawn_over = change >= FILM_CHANGE_EDITED
        && telling(moments).all(|m| m.look.shown.correlation >= FILM_CORRELATION_EDITED && m.look.displacement <= FILM_DISPLACEMENT_EDITED);
    (in_place || drawn_over).then(|| (Relation::Edited, true, notes(format!("the same film, but: {}", against.join("; ")))))
}

/// Says what speaks against the two being one film coded twice, upright; nothing where all agrees.
fn against(a: &Subject, b: &Subject, moments: &[Moment], turn: Turn, change: f64) -> Vec<String> {
    let worst = |measure: fn(&Look) -> f64| telling(moments).map(|m| measure(&m.look)).fold(0.0, f64::max);
    let rows = [
        (turn != Turn::Upright, turn.words()),
        (shapes_differ(a, b, turn), "the shape differs: bars were added, or it was cropped or stretched"),
        (a.encoding.sound.zip(b.encoding.sound).is_some_and(|(x, y)| x != y), "one has sound, the other has none"),
        (!is_same_picture(moments), "some moments show something else, or the same moved"),
        (worst(|look| look.mean.max(look.tone)) > FILM_TONE_MAX, "brightness or contrast differs"),
        (worst(|look| look.chroma_mean) > FILM_COLOUR_MAX, "the colours differ"),
        (worst(|look| f64::from(look.shown.worst_tile)) > FILM_TILE_MAX, "a part of the picture differs"),
        (moments.iter().any(|m| !m.is_telling && m.look.mean > FILM_PLAIN_MAX), "one is plain where the other is not"),
        (change < FILM_CHANGE_STRICT, "so little changes in them that two films of one scene would look like this"),
    ];
    rows.into_iter().filter(|row| row.0).map(|row| row.1.to_owned()).collect()
}

fn telling(moments: &[Moment]) -> impl Iterator<Item = &Moment> {
    moments.iter().filter(|moment| moment.is_telling)
}

/// Tells whether all telling moments show the same, in the same place.
fn is_same_picture(moments: &[Moment]) -> bool {
    telling(moments).all(|m| m.look.shown.correlation >= FILM_CORRELATION_MIN && m.look.displacement <= FILM_DISPLACEMENT_MAX)
}

/// Tells frames of different shapes, once turned.
fn shapes_differ(a: &Subject, b: &Subject, turn: Turn) -> bool {
    let (wide, high) = if turn.swaps_sides() { (b.height, b.width) } else { (b.width, b.height) };
    let (x, y) = (f64::from(a.width) * f64::from(high), f64::from(wide) * f64::from(a.height));
    x.min(y) <= 0.0 || x.max(y) / x.min(y) > FILM_SHAPE_MAX
}

/// Lays the moments that both films have over each other, turned as they lie nearest.
fn moments(a: &Subject, b: &Subject, of_a: &[KeyFrame], of_b: &[KeyFrame]) -> (Vec<Moment>, Turn) {
    let both: Vec<(&KeyFrame, &KeyFrame)> = of_a.iter().filter_map(|x| of_b.iter().find(|y| y.at_ms == x.at_ms).map(|y| (x, y))).collect();
    let is_telling = |x: &KeyFrame, y: &KeyFrame| x.picture.quality.min(y.picture.quality) >= QUALITY_MIN;
    let distance = |x: &KeyFrame, y: &KeyFrame, turn: Turn| x.picture.hash.distance(&y.picture.hash.turned(turn));
    let showing: Vec<_> = both.iter().filter(|(x, y)| is_telling(x, y)).collect();
    let sum = |turn: Turn| showing.iter().map(|(x, y)| distance(x, y, turn).0).sum::<u32>();
    let (nearest, turned) = Turn::ALL.into_iter().map(|turn| (sum(turn), turn)).min().unwrap_or((0, Turn::Upright));
    let preferred = sum(Turn::Upright) <= nearest + UPRIGHT_PREFERRED_BITS * showing.len() as u32;
    let turn = if preferred { Turn::Upright } else { turned };
    let coding = Coding::of(a, b, turn);
    let laid = |&(x, y): &(&KeyFrame, &KeyFrame)| {
        let (first, second) = (x.picture.grid.clone(), y.picture.grid.turned(turn));
        let look = look(&first, &second, coding, distance(x, y, turn), turn);
        Moment { look, first, second, is_telling: is_telling(x, y) }
    };
    (both.iter().map(laid).collect(), turn)
}

/// Returns the moment at which the films agree least.
fn worst(moments: &[Moment]) -> Option<&Moment> {
    telling(moments).min_by(|x, y| x.look.shown.correlation.total_cmp(&y.look.shown.correlation))
}

/// Returns how well what changes over time in one film agrees with what changes in the other, -1 to 1; 0 where nothing changes. Changes of
/// brightness and contrast of the whole picture are left out: a camera settles in the same way each time it is switched on.
fn change_agreement(moments: &[Moment]) -> f64 {
    let first = changes(telling(moments).map(|moment| &moment.first));
    let second = changes(telling(moments).map(|moment| &moment.second));
    let product =
        |x: &[Surface], y: &[Surface]| x.iter().zip(y).flat_map(|(x, y)| x.cells.iter().zip(&y.cells)).map(|(x, y)| x * y).sum::<f64>();
    let strength = (product(&first, &first) * product(&second, &second)).sqrt();
    let cells = first.iter().map(|frame| frame.cells.len()).sum::<usize>() as f64;
    if strength >= FILM_CHANGE_LEAST * cells && cells > 0.0 { product(&first, &second) / strength } else { 0.0 }
}

/// Returns what of each frame its film's mean frame does not explain.
fn changes<'g>(grids: impl Iterator<Item = &'g PictureGrid>) -> Vec<Surface> {
    let frames: Vec<Surface> = grids.map(|grid| Surface::of(&grid.luma[..], LUMA_SIDE)).collect();
    let zero = Surface { side: LUMA_SIDE, cells: vec![0.0; LUMA_SIDE * LUMA_SIDE] };
    let mean = frames.iter().fold(zero, |sum, frame| sum.zip(frame, |x, y| x + y)).map(|sum| sum / frames.len().max(1) as f64);
    let rest = |frame: &Surface| {
        let line = fit(mean.cells.iter().zip(&frame.cells).map(|(&m, &v)| ([1.0, m], v)), 1e-6).weights;
        frame.zip(&mean, |v, m| v - line[0] - line[1] * m)
    };
    frames.iter().map(rest).collect()
}
