//! What is missing: the sources on both sides, what a search found in sums, and a frame that a script fills with the photos.

use super::work;
use crate::missing::MissingFound;
use crate::show::{clean, count, icon};
use crate::texts::{Value, of, say, told};
use crate::work::{Kind, WorkView};
use maud::{Markup, html};
use pipeline::SourceAnswer;

/// Draws the choice of sources, and what was found last.
pub(super) fn draw(at_work: Option<&WorkView>, sources: &[SourceAnswer], found: Option<&MissingFound>) -> Markup {
    let is_at_work = at_work.is_some_and(|work| !work.is_done);
    let is_from = |name: &str| found.is_some_and(|found| found.found.from.iter().any(|known| known == name));
    let is_against = |name: &str| found.is_some_and(|found| found.found.but_not_in.iter().any(|known| known == name));
    html! {
        h1 { (say("nav.missing")) }
        p.lead { (say("missing.words")) }
        (work::draw(at_work, &[Kind::Missing]))
        div data-part="sides" {
            @if sources.len() < 2 { p.notice { (say("missing.two-sources")) } }
            @else {
                form.card.sides #sides {
                    (side("from", "missing.from", sources, is_from))
                    (side("but-not-in", "missing.but-not-in", sources, is_against))
                    label.check { input #originals type="checkbox" checked[found.is_some_and(|found| found.found.originals)]; span { (say("missing.originals")) } }
                    div.filter-actions { button.button.primary #find type="submit" disabled[is_at_work] { (say("missing.find")) } }
                    p.problem #sides-problem role="alert" {}
                }
            }
        }
        div.plan data-part="found" { @if let Some(found) = found { (sums(found)) } }
        section.card #missing-photos hidden aria-labelledby="photos-title" {
            h2 #photos-title { (say("missing.photos")) }
            div.filter-actions {
                label.check.pill { input #with-derived type="checkbox"; span { (say("missing.with-derived")) } }
                label.check.pill { input #with-ignored type="checkbox"; span { (say("missing.with-ignored")) } }
            }
            p #missing-total role="status" {}
            div #rows role="list" aria-labelledby="photos-title" {}
            p.muted #rows-rest hidden {}
        }
    }
}

fn side(name: &'static str, label: &'static str, sources: &[SourceAnswer], is_chosen: impl Fn(&str) -> bool) -> Markup {
    html! {
        fieldset.checks {
            legend { (say(label)) }
            @for source in sources {
                label.check.pill { input type="checkbox" name=(name) value=(source.name) checked[is_chosen(&source.name)];
                    span { (clean(&source.name)) " " span.muted { (of("source-kind", source.kind)) @if !source.online { ", " (say("sources.offline")) } } } }
            }
        }
    }
}

fn sums(found: &MissingFound) -> Markup {
    let sums = &found.found.sums;
    html! {
        section.card #found data-search=(found.id) aria-labelledby="found-title" {
            h2 #found-title tabindex="-1" {
                @if sums.missing == 0 { (say("missing.none")) }
                @else { (told("missing.found", &[("count", Value::Count(sums.missing)), ("size", Value::Bytes(sums.missing_bytes))])) }
            }
            ul.plain {
                @for (name, photos) in [("certain", sums.certain), ("likely", sums.likely), ("unsure", sums.unsure)] {
                    @if photos > 0 { li { (of("sure", name)) ": " (count(photos)) span.muted { " – " (of("sure-words", name)) } } }
                }
                li { (told("missing.same", &[("count", Value::Count(sums.same)), ("all", Value::Count(sums.looked_for))])) }
                @for (key, photos) in [("missing.derived", sums.derived), ("missing.ignored", sums.ignored), ("missing.only-offline", sums.only_offline), ("missing.only-in-trash", sums.only_in_trash)] {
                    @if photos > 0 { li { (told(key, &[("count", Value::Count(photos))])) } }
                }
                @for note in &found.found.notes { li.muted { (clean(note)) } }
            }
            p.muted { (icon("busy")) " " (say("missing.as-searched")) }
        }
    }
}
