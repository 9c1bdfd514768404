//! Runs: what was removed and when, a run photo for photo, and what waits in the trash.

use super::work;
use crate::show::{clean, count, icon, moment, relation, size};
use crate::texts::{self, Value, of, say, told};
use crate::work::{Kind, WorkView};
use maud::{Markup, html};
use pipeline::removing::{RunPhoto, RunSummary, Trashed, UnitState};
use pipeline::review::{RunPage, TrashPage};

/// Draws all runs, and the trash in sums.
pub(super) fn draw(at_work: Option<&WorkView>, runs: &[RunSummary], trash: &TrashPage) -> Markup {
    html! {
        h1 { (say("nav.runs")) }
        p.lead { (say("runs.words")) }
        (work::draw(at_work, &[Kind::Undo]))
        section.card data-part="runs" aria-labelledby="runs-title" {
            h2 #runs-title { (say("runs.title")) }
            @if runs.is_empty() { p.muted { (say("runs.none")) } }
            @else {
                div.scroll tabindex="0" role="region" aria-labelledby="runs-title" {
                    table {
                        thead { tr {
                            th scope="col" { (say("runs.run")) }
                            th.number scope="col" { (say("unit.removed")) }
                            th.number scope="col" { (say("runs.size")) }
                            th.number scope="col" { (say("unit.undone")) }
                            th.number scope="col" { (say("unit.emptied")) }
                            th.number scope="col" { (say("unit.left")) }
                        } }
                        tbody { @for run in runs { tr {
                            th scope="row" {
                                a.standing href=(format!("/runs/{}", run.number)) { (texts::with("run.title", &[("run", run.number.to_string())])) }
                                span.muted.block { (moment(run.at_s)) }
                                (marks(run))
                            }
                            td.number { (count(run.removed)) }
                            td.number { (size(run.size_bytes)) }
                            td.number { (count(run.undone)) }
                            td.number { (count(run.emptied)) }
                            td.number { (count(run.left)) }
                        } } }
                    }
                }
            }
        }
        section.card data-part="trash-sum" aria-labelledby="trash-title" {
            h2 #trash-title { (say("trash.title")) }
            (trash_sum(trash))
            @if trash.total + trash.missing > 0 { p { a.button href="/trash" { (say("trash.list")) } } }
            p.muted { (say("trash.empty-words")) " " code { "lookalike trash empty --older-than 60d" } }
        }
    }
}

/// Says what is odd about a run.
fn marks(run: &RunSummary) -> Markup {
    html! {
        @if !run.is_closed { span.chip.warn { (say("run.cut")) } }
        @if run.torn_lines > 0 { " " span.chip.warn { (told("run.torn", &[("count", Value::Count(run.torn_lines))])) } }
    }
}

fn trash_sum(trash: &TrashPage) -> Markup {
    html! {
        p { (told("trash.sum", &[("count", Value::Count(trash.total)), ("size", Value::Bytes(trash.size_bytes))])) }
        @if trash.missing > 0 { p { (told("trash.missing", &[("count", Value::Count(trash.missing))])) } }
    }
}

/// Draws a run with a page of its photos.
pub(super) fn one(at_work: Option<&WorkView>, run: &RunPage) -> Markup {
    let sums = &run.sums;
    let is_at_work = at_work.is_some_and(|work| !work.is_done);
    let address = format!("/runs/{}", sums.number);
    html! {
        h1 { (texts::with("run.title", &[("run", sums.number.to_string())])) }
        p.muted { (moment(sums.at_s)) " · " a.standing href="/runs" { (say("run.all")) } }
        (work::draw(at_work, &[Kind::Undo]))
        section.card data-part="run" aria-labelledby="run-title" {
            h2 #run-title { (work::photos(sums.removed, sums.size_bytes)) }
            (marks(sums))
            ul.plain {
                @for (photos, state) in [(sums.undone, UnitState::Undone), (sums.emptied, UnitState::Emptied), (sums.left, UnitState::Left)] {
                    @if photos > 0 { li { (of("unit", name(state))) ": " (count(photos)) } }
                }
            }
            @if sums.removed > 0 && !is_at_work { div.filter-actions { (work::undo(sums.number, sums.removed)) } }
            @for trash in &sums.trashes { p.path { (clean(&trash.to_string())) } }
        }
        section.card data-part="run-photos" aria-labelledby="run-photos" {
            h2 #run-photos { (say("run.its-photos")) }
            @if run.total == 0 { p.muted { (say("run.no-photos")) } }
            ul.photos { @for photo in &run.photos { (row(photo)) } }
            (pages(&address, run.at, run.photos.len(), Some(run.at + run.photos.len() as u64).filter(|end| *end < run.total)))
        }
    }
}

fn name(state: UnitState) -> &'static str {
    match state {
        UnitState::Removed => "removed",
        UnitState::Left => "left",
        UnitState::Undone => "undone",
        UnitState::Emptied => "emptied",
    }
}

fn row(photo: &RunPhoto) -> Markup {
    html! {
        li {
            p { span.chip data-unit=(name(photo.state)) { (of("unit", name(photo.state))) } " " span.where-it-lay { (clean(&photo.path)) } " " span.muted { (size(photo.size_bytes)) } }
            p.muted { (relation(photo.relation.name())) " " (say("run.of")) " " span.path { (clean(&photo.keeper)) } }
            @if let Some(why) = &photo.why { p { (clean(why)) } }
            @if !photo.carried.is_empty() || !photo.notes.is_empty() {
                ul.plain.muted { @for words in photo.carried.iter().chain(&photo.notes) { li { (clean(words)) } } }
            }
        }
    }
}

/// Draws the ways to the pages before and behind.
fn pages(address: &str, at: u64, rows: usize, next: Option<u64>) -> Markup {
    let before = at.saturating_sub(crate::removal::ROWS_USUAL as u64);
    html! {
        @if at > 0 || next.is_some() {
            nav.filter-actions aria-label=(say("pages.label")) {
                @if at > 0 { a.button href=(format!("{address}?at={before}")) { (icon("previous")) (say("pages.before")) } }
                @if let Some(next) = next { a.button href=(format!("{address}?at={next}")) { (say("pages.next")) (icon("next")) } }
                span.muted { (told("pages.at", &[("from", Value::Count(at + 1)), ("until", Value::Count(at + rows as u64))])) }
            }
        }
    }
}

/// Draws a page of what waits in the trash.
pub(super) fn trash(trash: &TrashPage) -> Markup {
    html! {
        h1 { (say("trash.title")) }
        p { a.standing href="/runs" { (say("run.all")) } }
        section.card data-part="trash" aria-labelledby="files-title" {
            h2 #files-title { (say("trash.files")) }
            (trash_sum(trash))
            p.muted { (say("trash.empty-words")) " " code { "lookalike trash empty --older-than 60d" } }
            ul.photos { @for file in &trash.files { (waiting(file)) } }
            (pages("/trash", trash.at, trash.files.len(), trash.next))
        }
    }
}

fn waiting(file: &Trashed) -> Markup {
    html! {
        li {
            p { span.where-it-lay { (clean(&file.path.to_string())) } " " span.muted { (size(file.size_bytes)) } @if !file.is_there { " " span.chip.warn { (say("trash.gone")) } } }
            p.muted {
                a.standing href=(format!("/runs/{}", file.number)) { (texts::with("run.title", &[("run", file.number.to_string())])) } " · " (moment(file.at_s))
            }
            p.muted { (say("trash.lies-at")) " " span.path { (clean(&file.in_trash.to_string())) } }
        }
    }
}
