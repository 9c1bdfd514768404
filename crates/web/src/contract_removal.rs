//! Examples of what is told of removing, with hostile texts, for the tests that hold the description and the pages to the code.

use crate::contract::HOSTILE;
use crate::missing::{IgnoreWish, MissingAnswer, MissingFound, MissingWish};
use crate::removal::{FreezeWish, PlanAnswer, RemoveWish, RunsAnswer, TakeBackWish, WorkAnswer, WorkWish};
use crate::work::{FailedView, Kind, WorkView};
use pipeline::model::Relation;
use pipeline::removal::{PathText, PlanSums};
use pipeline::removing::{Act, RunPhoto, RunSummary, Trashed, UnitState};
use pipeline::review::*;
use pipeline::{MissingRow, MissingState, MissingSums, NearestRow, Sure};
use serde_json::{Value, json};
use std::path::PathBuf;

fn path() -> PathText {
    PathText(PathBuf::from(HOSTILE))
}

fn left_row() -> LeftRow {
    LeftRow { path: HOSTILE.to_owned(), why: HOSTILE.to_owned() }
}

fn cause_sum() -> CauseSum {
    CauseSum { code: HOSTILE.to_owned(), photos: 30, first: vec![left_row()] }
}

pub(crate) fn plan_view() -> PlanView {
    PlanView {
        id: "0".repeat(32),
        made_at: "2026-11-27T12:00:00Z".to_owned(),
        from_rules: true,
        epoch: 1,
        sums: PlanSums { removals: 2, size_bytes: 10, handoff: 30, left: 30, carried: 1 },
        by_relation: vec![RelationCount { relation: "thumbnail", removals: 2, size_bytes: 10 }],
        handoff: vec![cause_sum()],
        left: vec![cause_sum()],
    }
}

fn plan_row() -> PlanRow {
    let side = || PlanSide { asset: 7, path: HOSTILE.to_owned(), picture: HOSTILE.to_owned() };
    PlanRow {
        photo: side(),
        keeper: side(),
        relation: "thumbnail",
        size_bytes: 5,
        companions: vec![HOSTILE.to_owned()],
        carried: vec![HOSTILE.to_owned()],
    }
}

fn removal_outcome() -> RemovalOutcome {
    RemovalOutcome {
        run: Some(3),
        removed: 2,
        removed_bytes: 10,
        left: vec![cause_sum()],
        notes: vec![left_row()],
        notes_count: 30,
        waiting: 1,
        is_stopped: true,
        error: Some(HOSTILE.to_owned()),
    }
}

fn undo_outcome() -> UndoOutcome {
    UndoOutcome { run: 3, photos: 2, files: 3, left: vec![left_row()], left_count: 30, is_stopped: true, error: Some(HOSTILE.to_owned()) }
}

fn failed() -> FailedView {
    FailedView { code: "world", what: HOSTILE.to_owned(), hint: Some(HOSTILE.to_owned()) }
}

pub(crate) fn work_view() -> WorkView {
    WorkView {
        id: 1,
        kind: Kind::Remove,
        is_done: true,
        is_stopping: false,
        items: 2,
        items_ahead: Some(3),
        bytes: 10,
        bytes_ahead: Some(15),
        elapsed_ms: 1500,
        removed: Some(removal_outcome()),
        undone: Some(undo_outcome()),
        failed: Some(failed()),
    }
}

pub(crate) fn run_summary() -> RunSummary {
    RunSummary {
        number: 3,
        run: "000003-0123abcd".to_owned(),
        at_s: 5,
        last_at_s: 6,
        removed: 2,
        size_bytes: 10,
        undone: 1,
        emptied: 1,
        left: 1,
        is_closed: false,
        trashes: vec![path()],
        torn_lines: 1,
    }
}

pub(crate) fn run_page() -> RunPage {
    let hostile = || vec![HOSTILE.to_owned()];
    let photo = RunPhoto {
        path: HOSTILE.to_owned(),
        keeper: HOSTILE.to_owned(),
        relation: Relation::Thumbnail,
        reasons: hostile(),
        carried: hostile(),
        size_bytes: 5,
        state: UnitState::Left,
        why: Some(HOSTILE.to_owned()),
        notes: hostile(),
    };
    RunPage { sums: run_summary(), total: 300, at: 100, photos: vec![photo] }
}

pub(crate) fn trash_page() -> TrashPage {
    let file = Trashed {
        number: 3,
        run: "000003-0123abcd".to_owned(),
        at_s: 5,
        path: path(),
        in_trash: path(),
        size_bytes: 5,
        act: Act::Move,
        keeper: path(),
        is_there: false,
    };
    TrashPage { total: 1, size_bytes: 5, missing: 1, at: 0, files: vec![file], next: Some(100) }
}

pub(crate) fn missing_found() -> MissingFound {
    let names = || vec![HOSTILE.to_owned()];
    let sums = MissingSums { looked_for: 9, missing: 3, certain: 1, likely: 1, unsure: 1, ..MissingSums::default() };
    MissingFound { id: 4, found: MissingView { from: names(), but_not_in: names(), originals: true, sums, notes: names() } }
}

fn missing_line() -> MissingLine {
    let nearest = NearestRow {
        asset: 8,
        path: HOSTILE.to_owned(),
        source: HOSTILE.to_owned(),
        relation: Some(Relation::Thumbnail),
        distance_bits: Some(9),
        trashed: false,
        offline: false,
    };
    let row = MissingRow {
        asset: 7,
        path: HOSTILE.to_owned(),
        path_base64: Some("AA==".to_owned()),
        filename: HOSTILE.to_owned(),
        source: HOSTILE.to_owned(),
        google_id: Some(HOSTILE.to_owned()),
        product_url: Some(HOSTILE.to_owned()),
        state: MissingState::Missing,
        sure: Some(Sure::Likely),
        words: vec![HOSTILE.to_owned()],
        nearest: Some(nearest),
        ignored: true,
        trashed: false,
        offline: false,
        size_bytes: 5,
        width: Some(4),
        height: Some(3),
        format: Some("JPEG"),
        taken_utc: Some("2019-07-14 12:00:00".to_owned()),
    };
    MissingLine { row, picture: HOSTILE.to_owned(), nearest_picture: Some(HOSTILE.to_owned()) }
}

/// An example of each, by the name of its schema.
pub(crate) fn examples() -> Vec<(&'static str, Value)> {
    vec![
        ("PlanAnswer", json!(PlanAnswer { plan: Some(plan_view()) })),
        ("PlanView", json!(plan_view())),
        ("PlanSums", json!(plan_view().sums)),
        ("RelationCount", json!(plan_view().by_relation[0])),
        ("CauseSum", json!(cause_sum())),
        ("LeftRow", json!(left_row())),
        ("PlanPage", json!(PlanPage { total: 1, at: 0, removals: vec![plan_row()] })),
        ("PlanRow", json!(plan_row())),
        ("PlanSide", json!(plan_row().photo)),
        ("FreezeWish", json!(FreezeWish { from_rules: true })),
        ("RemoveWish", json!(RemoveWish { plan: "0".repeat(32), photos: 2 })),
        ("TakeBackWish", json!(TakeBackWish { photos: 2 })),
        ("WorkWish", json!(WorkWish { id: 1 })),
        ("WorkAnswer", json!(WorkAnswer { work: Some(work_view()) })),
        ("WorkKind", json!(Kind::Undo)),
        ("WorkView", json!(work_view())),
        ("FailedView", json!(failed())),
        ("RemovalOutcome", json!(removal_outcome())),
        ("UndoOutcome", json!(undo_outcome())),
        ("RunsAnswer", json!(RunsAnswer { runs: vec![run_summary()] })),
        ("RunSummary", json!(run_summary())),
        ("RunPage", json!(run_page())),
        ("RunPhoto", json!(run_page().photos[0])),
        ("UnitState", json!(UnitState::Emptied)),
        ("TrashPage", json!(trash_page())),
        ("Trashed", json!(trash_page().files[0])),
        ("Act", json!(Act::Reflink)),
        ("PathText", json!(path())),
        ("MissingAnswer", json!(MissingAnswer { missing: Some(missing_found()) })),
        ("MissingFound", json!(missing_found())),
        ("MissingView", json!(missing_found().found)),
        ("MissingSums", json!(missing_found().found.sums)),
        ("MissingPage", json!(MissingPage { total: 1, at: 0, rows: vec![missing_line()] })),
        ("MissingLine", json!(missing_line())),
        ("NearestRow", json!(missing_line().row.nearest)),
        ("MissingWish", json!(MissingWish { from: vec!["a".to_owned()], but_not_in: vec!["b".to_owned()], originals: false })),
        ("IgnoreWish", json!(IgnoreWish { asset: 7, is_ignored: true })),
        ("Sure", json!(Sure::Likely)),
    ]
}
