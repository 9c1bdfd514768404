//! What goes on in the background: how far it is, with a button to stop it, or how it ended.

use crate::show::{clean, count, icon, size};
use crate::texts::{Value, of, say, told};
use crate::work::{Kind, WorkView};
use maud::{Markup, html};
use pipeline::review::{CauseSum, LeftRow, NAMED_MAX, RemovalOutcome, UndoOutcome};

/// Draws what goes on as a part of a page, or how it ended if it was of these kinds; nothing where what it made speaks for itself.
pub(super) fn draw(work: Option<&WorkView>, ended: &[Kind]) -> Markup {
    html! {
        div data-part="work" {
            @if let Some(work) = work.filter(|work| !work.is_done || ended.contains(&work.kind)) {
                @if !work.is_done { (at_work(work)) }
                @else if let Some(outcome) = &work.removed { (removed(outcome)) }
                @else if let Some(outcome) = &work.undone { (undone(outcome)) }
                @else if let Some(failed) = &work.failed { (cut_off(&failed.what, failed.hint.as_deref(), failed.code == "interrupted")) }
            }
        }
    }
}

fn at_work(work: &WorkView) -> Markup {
    let name = work.kind.name();
    html! {
        section.card #work data-work=(work.id) data-kind=(name) aria-labelledby="work-title" {
            h2 #work-title tabindex="-1" { (of("work", name)) }
            progress #work-progress max=[work.items_ahead] value=[work.items_ahead.map(|_| work.items)] aria-labelledby="work-title" {}
            p #work-words { (say("work.begins")) }
            div.filter-actions { button.button #stop type="button" disabled[work.is_stopping] { (icon("stop")) (say("work.stop")) } }
            p.muted { (say("work.goes-on")) }
        }
    }
}

fn cut_off(what: &str, hint: Option<&str>, is_stopped: bool) -> Markup {
    html! {
        section.card #outcome aria-labelledby="outcome-title" {
            h2 #outcome-title tabindex="-1" { @if is_stopped { (say("outcome.stopped")) } @else { (say("problem.title")) } }
            @if !is_stopped {
                p.problem { (clean(what)) }
                @if let Some(hint) = hint { p.muted { (clean(hint)) } }
            } @else { p { (say("outcome.nothing-changed")) } }
        }
    }
}

fn removed(outcome: &RemovalOutcome) -> Markup {
    html! {
        section.card #outcome aria-labelledby="outcome-title" {
            h2 #outcome-title tabindex="-1" { (told("outcome.removed", &[("count", Value::Count(outcome.removed)), ("size", Value::Bytes(outcome.removed_bytes))])) }
            (cut(outcome.is_stopped, outcome.error.as_deref()))
            @if outcome.waiting > 0 { p { (told("outcome.waiting", &[("count", Value::Count(outcome.waiting))])) } }
            @if let Some(run) = outcome.run {
                div.filter-actions {
                    @if outcome.removed > 0 { (undo(run, outcome.removed)) }
                    a.button href=(format!("/runs/{run}")) { (crate::texts::with("outcome.run", &[("run", run.to_string())])) }
                }
                @if outcome.removed > 0 { p.muted { (say("outcome.in-trash")) } }
            }
            @if !outcome.left.is_empty() { section { h3 { (say("outcome.left")) } (causes(&outcome.left)) } }
            @if !outcome.notes.is_empty() {
                details { summary { (told("outcome.notes", &[("count", Value::Count(outcome.notes_count))])) } (rows(&outcome.notes, outcome.notes_count)) }
            }
        }
    }
}

fn undone(outcome: &UndoOutcome) -> Markup {
    html! {
        section.card #outcome aria-labelledby="outcome-title" {
            h2 #outcome-title tabindex="-1" { (told("outcome.undone", &[("count", Value::Count(outcome.photos))])) }
            (cut(outcome.is_stopped, outcome.error.as_deref()))
            p { (told("outcome.files", &[("count", Value::Count(outcome.files))])) }
            @if outcome.left.is_empty() { p.muted { (say("outcome.all-back")) } }
            @else { section { h3 { (told("outcome.not-back", &[("count", Value::Count(outcome.left_count))])) } (rows(&outcome.left, outcome.left_count)) } }
            div.filter-actions { a.button href=(format!("/runs/{}", outcome.run)) { (crate::texts::with("outcome.run", &[("run", outcome.run.to_string())])) } }
        }
    }
}

/// Says why a work ended before its end.
fn cut(is_stopped: bool, error: Option<&str>) -> Markup {
    html! {
        @if let Some(error) = error { p.problem { (say("outcome.error")) " " (clean(error)) } }
        @if is_stopped { p { (say("outcome.is-stopped")) } }
    }
}

/// Draws the button that takes a run back; pressed once it asks, pressed again it does.
pub(super) fn undo(run: u64, photos: u64) -> Markup {
    html! {
        button.button type="button" #(format!("undo-run-{run}")) data-run=(run) data-photos=(photos) { (icon("undo")) span { (told("run.undo", &[("count", Value::Count(photos))])) } }
    }
}

/// Draws what stays, by cause, each with its first photos.
pub(super) fn causes(causes: &[CauseSum]) -> Markup {
    html! {
        div.causes {
            @for cause in causes {
                details {
                    summary { (of("cause", &cause.code)) " " span.chip { (count(cause.photos)) } }
                    (rows(&cause.first, cause.photos))
                }
            }
        }
    }
}

fn rows(rows: &[LeftRow], all: u64) -> Markup {
    html! {
        ul.plain.left { @for row in rows { li { span.path { (clean(&row.path)) } span.block { (clean(&row.why)) } } } }
        @if all > rows.len() as u64 { p.muted { (told("left.more", &[("count", Value::Count(all.saturating_sub(NAMED_MAX as u64)))])) } }
    }
}

/// Draws a count of photos with their size.
pub(super) fn photos(photos: u64, bytes: u64) -> Markup {
    html! { (told("run.photos", &[("count", Value::Count(photos))])) " " span.muted { (size(bytes)) } }
}
