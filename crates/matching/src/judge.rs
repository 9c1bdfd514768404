//! One pair judged: which relation it has, what proves it, or why it has none. The order of proof is design §4.4.

mod page;

use crate::bursts::{are_frames_by_name, are_of_one_second, are_twins, is_series};
use crate::candidates::{Near, nearness};
use crate::capture::{self, Capture};
use crate::closer::{CloserFault, CloserLook, Explained, look_closer, reduced};
use crate::content::{Agreement, agreement};
use crate::edits::{Edit, edit};
use crate::films;
use crate::pairs::{Tie, fits, relation_of_formats, settings_agree, tie};
use crate::second_look::{Coding, Fault, Look, Overlay, look, overlay};
use crate::signature::is_eligible;
use crate::thresholds::{
    BURST_MAX_BITS, CANDIDATE_MAX_BITS, OVERLAY_SHARE_MAX, STORED_TURNED_CORRELATION_MIN, STORED_TURNED_SHARE_MAX, THUMBNAIL_SIDE,
    TURNED_MAX_BITS, UPRIGHT_PREFERRED_BITS,
};
use crate::{CaptureVerdict, Pictures, Subject};
use model::{AssetId, Bits, DetailWay, Evidence, Format, PictureGrid, Proof, Relation, SecondLook, Turn};

/// One thing that was weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Stable kebab-case name (`content`, `payload`, `capture`, `perceptual-hash`, `second-look`, …).
    pub name: String,
    /// What was found, in words for people.
    pub words: String,
    /// Whether it spoke for the pair.
    pub passed: bool,
}

/// Everything measured of a pair, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The evidence; `None` where the pair has no relation.
    pub evidence: Option<Evidence>,
    /// How the capture identities compare.
    pub capture: CaptureVerdict,
    /// The second look that was taken last, where one was.
    pub second_look: Option<SecondLook>,
    /// What was weighed, in order.
    pub steps: Vec<Step>,
}

/// Pictures at hand: the first of a pair is kept, since pairs come sorted by it.
pub(crate) struct Desk<'g> {
    grids: &'g dyn Pictures,
    held: Option<(AssetId, Option<PictureGrid>)>,
}

impl<'g> Desk<'g> {
    pub(crate) fn new(grids: &'g dyn Pictures) -> Self {
        Self { grids, held: None }
    }

    fn look(&mut self, a: &Subject, b: &Subject, distance: Bits, turn: Turn) -> Option<Look> {
        if self.held.as_ref().is_none_or(|(asset, _)| *asset != a.asset) {
            self.held = Some((a.asset, self.grids.grid(a.asset)));
        }
        let first = self.held.as_ref().and_then(|(_, grid)| grid.as_ref())?;
        let second = self.grids.grid(b.asset)?.turned(turn);
        Some(look(first, &second, Coding::of(a, b, turn), distance, turn))
    }

    /// Looks for an edit that moves nothing between `a` and upright `b`.
    fn edit(&self, a: &Subject, b: &Subject) -> Option<Edit> {
        let first = self.held.as_ref().filter(|(asset, _)| *asset == a.asset).and_then(|(_, grid)| grid.as_ref())?;
        Some(edit(first, &self.grids.grid(b.asset)?))
    }

    /// Looks at upright `b` over `a` without what sticks out; `whole` is the look that was taken at the two.
    fn overlay(&self, a: &Subject, b: &Subject, whole: &Look) -> Option<Overlay> {
        let first = self.held.as_ref().filter(|(asset, _)| *asset == a.asset).and_then(|(_, grid)| grid.as_ref());
        first.zip(self.grids.grid(b.asset)).map(|(first, second)| overlay(first, &second, whole))
    }

    /// Takes the second look at main pictures, where a thumbnail spoke for one so far; `None` where one of these cannot be had.
    fn look_at_main(&self, a: &Subject, b: &Subject, distance: Bits, turn: Turn) -> Option<Look> {
        let main = |subject: &Subject| {
            if subject.is_by_thumbnail() {
                self.grids.detail(subject.asset, DetailWay::Pixels).map(|detail| reduced(&detail))
            } else {
                self.grids.grid(subject.asset)
            }
        };
        let (first, second) = (main(a)?, main(b)?.turned(turn));
        Some(look(&first, &second, Coding::of(&a.by_main(), &b.by_main(), turn), distance, turn))
    }

    /// Looks at both drawn again with more cells, main pictures always; `None` where one cannot be had so.
    fn look_closer(&self, a: &Subject, b: &Subject, turn: Turn) -> Option<CloserLook> {
        let explained = Explained::of(&a.by_main(), &b.by_main(), turn);
        let (first, second) = (self.grids.detail(a.asset, explained.way)?, self.grids.detail(b.asset, explained.way)?);
        Some(if turn == Turn::Upright {
            look_closer(&first, &second, explained)
        } else {
            look_closer(&first, &second.turned(turn), explained)
        })
    }
}

/// A pair on its way to a judgement; `a.asset < b.asset`.
pub(crate) struct Judge<'j, 'g> {
    a: &'j Subject,
    b: &'j Subject,
    desk: &'j mut Desk<'g>,
    capture: Capture,
    second_look: Option<SecondLook>,
    /// What the closer look found to stand out most, as a share of its limit.
    worst_place: Option<f32>,
    main: Main,
    steps: Option<Vec<Step>>,
}

/// Whether the main pictures of both were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Main {
    /// Stored grids are of main pictures, or nothing was asked of them.
    Stored,
    /// A thumbnail spoke for one; it was decoded again, and looked at.
    Seen,
    /// A thumbnail speaks for one, and its main picture is damaged or not at hand.
    Unseen,
}

/// Judges the pair; `explaining` keeps the steps, which costs time.
pub(crate) fn judge(a: &Subject, b: &Subject, desk: &mut Desk<'_>, explaining: bool) -> Comparison {
    assert!(a.asset < b.asset, "a pair is judged in the order of its assets");
    let capture = capture::compare(&a.metadata, &b.metadata);
    let mut judge =
        Judge { a, b, desk, capture, second_look: None, worst_place: None, main: Main::Stored, steps: explaining.then(Vec::new) };
    let evidence = judge.evidence();
    Comparison { evidence, capture: judge.capture.verdict, second_look: judge.second_look, steps: judge.steps.unwrap_or_default() }
}

impl Judge<'_, '_> {
    fn step(&mut self, name: &str, passed: bool, words: impl FnOnce() -> String) {
        if let Some(steps) = &mut self.steps {
            steps.push(Step { name: name.to_owned(), words: words(), passed });
        }
    }

    /// Draws the edge. What a thumbnail says alone is never strict: it outlives damage and edits of the picture that it was made from.
    fn edge(&self, relation: Relation, strict: bool, mut proof: Proof, mut notes: Vec<String>) -> Option<Evidence> {
        if let Proof::Perceptual(shown) = &mut proof {
            shown.worst_place = self.worst_place;
        }
        let claims_a_copy = !matches!(relation, Relation::Burst | Relation::Edited | Relation::LookAlike | Relation::SameShot);
        let is_unseen = self.main == Main::Unseen && claims_a_copy && matches!(proof, Proof::Perceptual(_));
        if is_unseen {
            notes.push("only the thumbnail in a HEIC agrees: its main picture is damaged or not at hand".to_owned());
        }
        let strict = strict && !is_unseen;
        Some(Evidence { a: self.a.asset, b: self.b.asset, relation, strict, proof, notes })
    }

    fn evidence(&mut self) -> Option<Evidence> {
        let agreement = agreement(self.a, self.b);
        self.step("content", agreement == Agreement::Content, || either(agreement == Agreement::Content, "the same bytes", "other bytes"));
        match agreement {
            Agreement::Content => return self.edge(Relation::Identical, true, Proof::Content, vec!["the same bytes".to_owned()]),
            Agreement::Payload => {
                self.step("payload", true, || "the same coded picture".to_owned());
                return self.edge(Relation::SamePixels, true, Proof::Payload, vec!["the same coded picture, other metadata".to_owned()]);
            }
            Agreement::Elsewhere => self.step("payload", true, || "a further location of one holds the other's picture".to_owned()),
            Agreement::None => self.step("payload", false, || "other coded pictures".to_owned()),
        }
        let seen = if self.a.is_still() && self.b.is_still() { self.evidence_of_stills() } else { self.no_stills() };
        let elsewhere = || {
            let note = "a further location of one holds the other's picture; what the other locations show was not proven";
            self.edge(Relation::SamePixels, false, Proof::Payload, vec![note.to_owned()])
        };
        if agreement == Agreement::Elsewhere && !seen.as_ref().is_some_and(|evidence| evidence.strict) { elsewhere() } else { seen }
    }

    fn no_stills(&mut self) -> Option<Evidence> {
        if self.a.format.is_video() && self.b.format.is_video() {
            let films = films::compare(self.a, self.b, &self.capture, self.desk.grids);
            films.steps.into_iter().for_each(|step| self.step(&step.name, step.passed, || step.words.clone()));
            self.second_look = films.look;
            return films.found.and_then(|(relation, strict, notes)| self.edge(relation, strict, Proof::Perceptual(films.look?), notes));
        }
        self.step("perceptual-hash", false, || "animations and documents match by content or payload only".to_owned());
        None
    }

    fn evidence_of_stills(&mut self) -> Option<Evidence> {
        let words = match &self.capture.verdict {
            CaptureVerdict::Same => "camera and time of taking agree".to_owned(),
            CaptureVerdict::Unknown => "too little is known of their taking".to_owned(),
            CaptureVerdict::Conflict(reason) => reason.clone(),
        };
        let conflict = matches!(self.capture.verdict, CaptureVerdict::Conflict(_));
        self.step("capture", !conflict, || words.clone());
        let near = self.near();
        if conflict {
            return self.burst(near, words);
        }
        if let Some(relation) = relation_of_formats(self.a, self.b) {
            return self.two_formats(relation, near);
        }
        match near {
            Some(near) => self.copies(near),
            None if self.a.hash.is_none() || self.b.hash.is_none() => self.same_shot(),
            None => None,
        }
    }

    /// How near the pictures are; `None` where one is missing or too plain for its hash to be trusted.
    fn near(&mut self) -> Option<Near> {
        let (Some(x), Some(y)) = (&self.a.hash, &self.b.hash) else {
            self.step("perceptual-hash", false, || "one of them has no pixels that could be decoded".to_owned());
            return None;
        };
        if !is_eligible(self.a) || !is_eligible(self.b) {
            self.step("perceptual-hash", false, || "too plain a picture: its hash proves nothing".to_owned());
            return None;
        }
        let near = nearness(x, y);
        let (upright, (turned, turn)) = (near.upright, near.turned);
        let passed = upright.0 <= CANDIDATE_MAX_BITS || turned.0 <= TURNED_MAX_BITS;
        self.step("perceptual-hash", passed, || {
            format!("{upright} of 256 apart upright (at most {CANDIDATE_MAX_BITS}), {turned} {} (at most {TURNED_MAX_BITS})", turn.words())
        });
        Some(near)
    }

    fn take_look(&mut self, distance: Bits, turn: Turn) -> Option<Look> {
        let look = self.desk.look(self.a, self.b, distance, turn);
        match &look {
            Some(look) => {
                let (faults, words) = (look.faults(), look.words());
                self.second_look = Some(look.shown);
                self.step("second-look", faults.is_empty(), || match faults.first() {
                    Some(_) => format!("{}, {}: {words}", turn.words(), said(&faults)),
                    None => format!("{}, no more than coding and size explain: {words}", turn.words()),
                });
            }
            None => self.step("second-look", false, || "one of the small pictures is missing".to_owned()),
        }
        look
    }

    /// Takes the second look, and where it calls thumbnails equal, the same at their main pictures.
    fn take_look_at_main(&mut self, distance: Bits, turn: Turn) -> Option<Look> {
        let look = self.take_look(distance, turn)?;
        Some(if look.faults().is_empty() { self.at_main(look) } else { look })
    }

    /// Returns the look at the main pictures where a HEIC's thumbnail was looked at so far; `look` itself where none was, where this was done
    /// before, or where a main picture cannot be had, which is remembered.
    fn at_main(&mut self, look: Look) -> Look {
        if self.main != Main::Stored || !(self.a.is_by_thumbnail() || self.b.is_by_thumbnail()) {
            return look;
        }
        let Some(main) = self.desk.look_at_main(self.a, self.b, look.shown.distance_bits, look.shown.turn) else {
            self.main = Main::Unseen;
            self.step("main-picture", false, || "only a HEIC's thumbnail was seen: its main picture is damaged or not at hand".to_owned());
            return look;
        };
        self.main = Main::Seen;
        self.second_look = Some(main.shown);
        let faults = main.faults();
        self.step("main-picture", faults.is_empty(), || match faults.first() {
            Some(_) => format!("the thumbnail agrees, the main picture does not: {}: {}", said(&faults), main.words()),
            None => format!("the main picture agrees as the thumbnail does: {}", main.words()),
        });
        main
    }

    /// A capture conflict: at most frames of one burst.
    fn burst(&mut self, near: Option<Near>, reason: String) -> Option<Evidence> {
        let near = near.filter(|near| near.upright.0 <= BURST_MAX_BITS)?;
        let series = is_series(self.a, self.b, &self.capture);
        self.step("burst", series, || either(series, "one camera, moments apart", "not of one camera within seconds"));
        if !series {
            return None;
        }
        let proof = self.take_look(near.upright, Turn::Upright).map_or(Proof::Capture, |look| Proof::Perceptual(look.shown));
        self.edge(Relation::Burst, true, proof, vec!["another exposure of one camera, moments apart".to_owned(), reason])
    }

    /// A RAW or a HEIC against a rendered picture.
    fn two_formats(&mut self, relation: Relation, near: Option<Near>) -> Option<Evidence> {
        let tie = tie(self.a, self.b, &self.capture);
        self.step("pair", tie != Tie::None, || match tie {
            Tie::Shot => "one shot by name and folder, or by camera and time to the fraction".to_owned(),
            Tie::Second => "one camera within one second".to_owned(),
            Tie::None => "neither names nor camera and time tie them".to_owned(),
        });
        let Some(near) = near else {
            return if tie == Tie::Shot && self.capture.verdict == CaptureVerdict::Same {
                self.edge(relation, true, Proof::Capture, vec!["one shot in two formats: camera, time and name agree".to_owned()])
            } else {
                self.same_shot()
            };
        };
        if near.upright.0 <= BURST_MAX_BITS {
            let mut look = self.take_look_at_main(near.upright, Turn::Upright)?;
            let within = near.upright.0 <= CANDIDATE_MAX_BITS;
            let heic = relation == Relation::HeicJpeg;
            let closer = if heic && within && look.faults().is_empty() { self.closer_fault(&look) } else { None };
            if within && look.faults().is_empty() && closer.is_none() {
                let relation = if heic && self.is_thumbnail() { Relation::Thumbnail } else { relation };
                return self.edge(relation, true, Proof::Perceptual(look.shown), self.notes_of_copy(&look, relation));
            }
            if fits(relation, tie, &look) {
                look = self.at_main(look);
            }
            if fits(relation, tie, &look) {
                if heic && self.worst_place.is_none() {
                    // Renderers may differ; a place where they differ is for decisions to weigh.
                    let _ = self.closer_fault(&look);
                }
                let notes = vec!["one shot in two formats; the renderers differ in tone or edge".to_owned()];
                return self.edge(relation, true, Proof::Perceptual(look.shown), notes);
            }
            return match closer {
                Some(fault) => self.near_copy(&look, fault),
                None if within => self.look_alike(&look),
                None => None,
            };
        }
        self.turned(near)
    }

    /// Near pictures of which neither is a RAW or a HEIC beside a JPEG.
    fn copies(&mut self, near: Near) -> Option<Evidence> {
        let mut failed = None;
        if near.upright.0 <= CANDIDATE_MAX_BITS {
            let look = self.take_look_at_main(near.upright, Turn::Upright)?;
            if look.faults().is_empty() {
                return self.copy(&look);
            }
            if self.main == Main::Seen {
                return self.look_alike(&look);
            }
            failed = Some(look);
        }
        if let Some(evidence) = self.turned(near) {
            return Some(evidence);
        }
        let look = failed?;
        if are_frames_by_name(self.a, self.b) {
            let notes = vec!["frames of one burst by their names".to_owned(), said(&look.faults())];
            return self.edge(Relation::Burst, true, Proof::Perceptual(look.shown), notes);
        }
        if self.both_raw() {
            return self.look_alike(&look);
        }
        if self.is_print(&look) {
            return self.copy(&look);
        }
        let overlay = self.overlay(&look);
        if self.is_stored_turned(&look, overlay.as_ref()) {
            let notes = vec!["the same picture stored another way round, but for a small part that was changed".to_owned(), apart(&look)];
            return self.edge(Relation::Rotated, true, Proof::Perceptual(look.shown), notes);
        }
        if overlay.is_some_and(|overlay| overlay.holds) {
            let notes = vec!["the same picture but for a part that was drawn over or changed".to_owned()];
            return self.edge(Relation::Edited, true, Proof::Perceptual(look.shown), notes);
        }
        self.edit(&look).or_else(|| self.look_alike(&look))
    }

    /// One shot with other tones, colours or sharpness, or a band along an edge: nothing moved. Two files of one coding with counters that
    /// follow each other are held back as for copies.
    fn edit(&mut self, look: &Look) -> Option<Evidence> {
        if are_twins(self.a, self.b) || are_of_one_second(self.a, self.b, &self.capture) {
            return None;
        }
        let edit = self.desk.edit(self.a, self.b)?;
        self.step("edit", edit.holds, || edit.words);
        if edit.holds && !edit.has_band && look.may_be_stretched() {
            self.step("stretched", true, || "one side was scaled more than the other, and all structure is in place".to_owned());
            return self.copy(look);
        }
        let what = if edit.has_band { "the same picture but for a band along one edge" } else { "the same picture, changed but not moved" };
        let notes = vec![format!("{what}: {}", said(&look.faults())), apart(look)];
        if edit.holds { self.edge(Relation::Edited, true, Proof::Perceptual(look.shown), notes) } else { None }
    }

    fn overlay(&mut self, whole: &Look) -> Option<Overlay> {
        let overlay = self.desk.overlay(self.a, self.b, whole)?;
        self.step("overlay", overlay.holds, || {
            let rest = if overlay.faults.is_empty() { "the rest is a copy".to_owned() } else { said(&overlay.faults) };
            format!("{:.0} % of the picture sticks out (at most {:.0} %); {rest}", overlay.share * 100.0, OVERLAY_SHARE_MAX * 100.0)
        });
        Some(overlay)
    }

    /// Tells a picture whose pixels were turned and its EXIF orientation with them, though a numeral or a date was written in besides. Looser
    /// than a copy may be, since `rotated` is never offered: a person looks. Tone, colour, place and sharpness must agree all the same.
    fn is_stored_turned(&mut self, whole: &Look, overlay: Option<&Overlay>) -> bool {
        let turned = self.a.orientation != self.b.orientation;
        let small = overlay.is_some_and(|overlay| overlay.share <= STORED_TURNED_SHARE_MAX);
        let local = whole.faults().iter().all(|fault| matches!(fault, Fault::Noise | Fault::Detail));
        let holds = turned && small && local && whole.shown.correlation >= STORED_TURNED_CORRELATION_MIN;
        if turned {
            self.step("stored-turned", holds, || {
                either(holds, "stored another way round; only a part was changed", "more than a small part differs")
            });
        }
        holds
    }

    /// A turned or mirrored copy, where a turn is clearly nearer than upright.
    fn turned(&mut self, near: Near) -> Option<Evidence> {
        let (distance, turn) = near.turned;
        if distance.0 > TURNED_MAX_BITS || near.upright.0 <= distance.0 + UPRIGHT_PREFERRED_BITS {
            return None;
        }
        let look = self.take_look_at_main(distance, turn)?;
        if !look.faults().is_empty() {
            return self.look_alike(&look);
        }
        if let Some(fault) = self.closer_fault(&look) {
            return self.near_copy(&look, fault);
        }
        let strict = !self.both_raw();
        self.edge(
            Relation::Rotated,
            strict,
            Proof::Perceptual(look.shown),
            vec![format!("the same picture {}", turn.words()), apart(&look)],
        )
    }

    /// The pixels say "copy"; what could make them speak wrongly is asked last.
    fn copy(&mut self, look: &Look) -> Option<Evidence> {
        let proof = Proof::Perceptual(look.shown);
        let held_back = [
            (are_frames_by_name(self.a, self.b), Relation::Burst, "frames of one burst by their names, however alike"),
            (
                are_of_one_second(self.a, self.b, &self.capture),
                Relation::Burst,
                "two originals of one camera within one second, however alike",
            ),
            (
                are_twins(self.a, self.b),
                Relation::LookAlike,
                "two files of one coding with counters that follow each other: perhaps two moments",
            ),
            (
                self.may_be_scans(look) && !self.shows_letters(look),
                Relation::LookAlike,
                "two pictures without colour, kept as scans and drawings are: a changed line might not be seen",
            ),
            (self.both_raw(), Relation::SameShot, "two RAW files whose previews agree; the sensors' pixels were not compared"),
            (
                self.is_rewrapped(look) && self.closer_agrees(look),
                Relation::ReEncoded,
                "the pixels are equal but the coded parts are not: a profile, gain map or film differs",
            ),
            (
                self.is_shown_otherwise(),
                Relation::ReEncoded,
                "the samples agree, but the files have them shown in different colours: a profile or gamma differs",
            ),
        ];
        for (holds, relation, why) in held_back {
            if holds {
                self.step("held-back", false, || why.to_owned());
                let strict = relation == Relation::Burst || relation == Relation::SameShot && self.capture.verdict == CaptureVerdict::Same;
                return self.edge(relation, strict, proof, vec![why.to_owned()]);
            }
        }
        if let Some(fault) = self.closer_fault(look) {
            return self.near_copy(look, fault);
        }
        let relation = if self.is_thumbnail() { Relation::Thumbnail } else { Relation::ReEncoded };
        self.edge(relation, true, proof, self.notes_of_copy(look, relation))
    }

    /// The closer look at a pair that all else calls a copy: what it found against that. Where the bytes are not at hand, or too few pixels
    /// show no more than the grid did, the second look's word stands.
    fn closer_fault(&mut self, look: &Look) -> Option<CloserFault> {
        let Some(closer) = self.desk.look_closer(self.a, self.b, look.shown.turn) else {
            self.step("closer-look", true, || "not taken: one of them is not at hand, or too small to show more".to_owned());
            return None;
        };
        let fault = closer.fault();
        self.worst_place = Some(closer.worst_place() as f32);
        self.step("closer-look", fault.is_none(), || match fault {
            Some(fault) => format!("{}: {}", fault.words(), closer.words()),
            None => format!("no place differs more than the rest: {}", closer.words()),
        });
        fault
    }

    /// A copy but for what only the closer look shows: an edit where camera and time to the fraction tie the two, else perhaps the next frame
    /// of a tripod or another page of one form.
    fn near_copy(&self, look: &Look, fault: CloserFault) -> Option<Evidence> {
        let one_shot = self.capture.verdict == CaptureVerdict::Same && self.capture.same_reading && self.capture.precise;
        let (relation, strict) = if one_shot { (Relation::Edited, true) } else { (Relation::LookAlike, false) };
        self.edge(relation, strict, Proof::Perceptual(look.shown), vec![fault.words(), apart(look)])
    }

    /// One or both have no pixels to compare.
    fn same_shot(&mut self) -> Option<Evidence> {
        let same = self.capture.verdict == CaptureVerdict::Same && self.capture.same_reading;
        let agree = same && settings_agree(self.a, self.b);
        self.step("same-shot", agree, || {
            either(agree, "camera, time and settings agree", "camera, time and settings are not all known and equal")
        });
        if !agree {
            return None;
        }
        let precise = self.capture.precise;
        let notes = vec![if precise {
            "camera, time to the fraction and settings agree; no pixels to compare".to_owned()
        } else {
            "camera, second and settings agree, as they do for frames of a burst; no pixels to compare".to_owned()
        }];
        // Of what is only listed no pixels will come by themselves: what the listing says is shown, and left to the person.
        let is_listed = self.a.contents.is_empty() && self.b.contents.is_empty();
        self.edge(Relation::SameShot, precise || is_listed, Proof::Capture, notes)
    }

    fn look_alike(&self, look: &Look) -> Option<Evidence> {
        let mut notes = vec![said(&look.faults()), apart(look)];
        if self.main == Main::Seen {
            notes.insert(0, "the thumbnail in a HEIC agrees, its main picture does not".to_owned());
        }
        self.edge(Relation::LookAlike, false, Proof::Perceptual(look.shown), notes)
    }

    fn both_raw(&self) -> bool {
        self.a.format.is_raw() && self.b.format.is_raw()
    }

    fn is_thumbnail(&self) -> bool {
        let (x, y) = (f64::from(self.a.long_side()), f64::from(self.b.long_side()));
        x.min(y) < x.max(y) * THUMBNAIL_SIDE
    }

    /// Tells two pictures without colour in a format that scans, faxes and drawings are kept in, and nothing else to tie them: colour,
    /// one of the proofs, says nothing then, pages look alike, and a changed word may hide in a cell.
    fn may_be_scans(&self, look: &Look) -> bool {
        let drawn = |format| matches!(format, Format::Png | Format::WebP | Format::Gif | Format::Bmp | Format::Tiff);
        look.colourless && (drawn(self.a.format) || drawn(self.b.format)) && self.capture.verdict != CaptureVerdict::Same
    }

    /// Tells pictures in which the closer look sees no difference, or cannot be taken.
    fn closer_agrees(&self, look: &Look) -> bool {
        self.desk.look_closer(self.a, self.b, look.shown.turn).is_none_or(|closer| closer.fault().is_none())
    }

    /// Tells two JPEGs of equal pixels whose payloads differ: not coded anew, which always moves some cell, but given another profile,
    /// gain map or film. Which one shows the picture right is not ours to say.
    fn is_rewrapped(&self, look: &Look) -> bool {
        let jpegs = self.a.format == Format::Jpeg && self.b.format == Format::Jpeg;
        let payloads = !self.a.payloads.is_empty() && !self.b.payloads.is_empty();
        let same_size = (self.a.width, self.a.height) == (self.b.width, self.b.height);
        let same_quality = self.a.encoding.jpeg_quality.is_some() && self.a.encoding.jpeg_quality == self.b.encoding.jpeg_quality;
        jpegs && payloads && same_size && same_quality && look.equal && self.a.encoding.progressive == self.b.encoding.progressive
    }

    /// Tells two files that say differently how their samples are to be shown: where these agree, the pictures do not. Which one shows it right
    /// is not ours to say.
    fn is_shown_otherwise(&self) -> bool {
        self.a.encoding.colour.zip(self.b.encoding.colour).is_some_and(|(one, other)| one != other)
    }

    fn notes_of_copy(&self, look: &Look, relation: Relation) -> Vec<String> {
        let (a, b) = (self.a, self.b);
        let (less, more) = if a.long_side() <= b.long_side() { (a, b) } else { (b, a) };
        let first = match relation {
            Relation::Thumbnail => format!("the same picture, {} × {} of {} × {} pixels", less.width, less.height, more.width, more.height),
            Relation::RawJpeg | Relation::HeicJpeg => "one shot in two formats; the pictures agree".to_owned(),
            _ => "the same picture, coded anew".to_owned(),
        };
        vec![first, apart(look)]
    }
}

fn either(is: bool, yes: &str, no: &str) -> String {
    if is { yes } else { no }.to_owned()
}

fn apart(look: &Look) -> String {
    format!("hashes {} of 256 apart, correlation {:.4}", look.shown.distance_bits, look.shown.correlation)
}

fn said(faults: &[Fault]) -> String {
    faults.iter().map(|fault| fault.words()).collect::<Vec<_>>().join("; ")
}
