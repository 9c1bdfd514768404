//! The plan: what would go now, of what the person decided, with what its keepers gain first; and the number to type before it goes. The photos
//! themselves are drawn by a script, as far as they are in sight.

use super::work;
use crate::show::{count, icon, moment_of, number, size};
use crate::texts::{Value, of, say, told};
use crate::work::{Kind, WorkView};
use maud::{Markup, html};
use pipeline::review::{CauseSum, PlanView};

/// Draws the plan that is held; `epoch` is that of the groups now.
pub(super) fn draw(work: Option<&WorkView>, plan: Option<&PlanView>, epoch: i64) -> Markup {
    let is_at_work = work.is_some_and(|work| !work.is_done);
    html! {
        h1 { (say("nav.plan")) }
        p.lead { (say("plan.words")) }
        (work::draw(work, &[Kind::Freeze, Kind::Remove, Kind::Undo]))
        div data-part="make" { (make(plan, is_at_work)) }
        div.plan data-part="plan" { @if let Some(plan) = plan { (sums(plan, epoch, is_at_work)) } }
        section.card #removals hidden aria-labelledby="removals-title" {
            h2 #removals-title { (say("plan.removals")) }
            p.muted { (say("plan.removals-words")) }
            div #rows role="list" aria-labelledby="removals-title" {}
            p.muted #rows-rest hidden {}
        }
    }
}

fn make(plan: Option<&PlanView>, is_at_work: bool) -> Markup {
    html! {
        form.card.make #make {
            label.check { input #from-rules type="checkbox" checked[plan.is_some_and(|plan| plan.from_rules)]; span { (say("plan.from-rules")) } }
            div.filter-actions {
                button.button.primary[plan.is_none()] #freeze type="submit" disabled[is_at_work] { (icon("check-all")) @if plan.is_some() { (say("plan.anew")) } @else { (say("plan.make")) } }
            }
            p.muted { (say("plan.make-words")) }
        }
    }
}

fn sums(plan: &PlanView, epoch: i64, is_at_work: bool) -> Markup {
    let total = plan.sums.removals;
    html! {
        section.card #plan data-plan=(plan.id) data-total=(total) aria-labelledby="plan-title" {
            h2 #plan-title tabindex="-1" {
                @if total == 0 { (say("plan.nothing")) }
                @else { (told("plan.would", &[("count", Value::Count(total)), ("size", Value::Bytes(plan.sums.size_bytes))])) }
            }
            p.muted { (say("plan.made")) " " (moment_of(&plan.made_at)) " · " @if plan.from_rules { (say("plan.of-rules")) } @else { (say("plan.of-verdicts")) } }
            @if plan.epoch != epoch { p.stale { (icon("busy")) span { (say("plan.stale")) } } }
            @if total == 0 && !plan.from_rules { p { (say("plan.decide-first")) } }
            @if total > 0 {
                div.scroll tabindex="0" role="region" aria-label=(say("relations.title")) {
                    table {
                        thead { tr { th scope="col" { (say("relations.relation")) } th.number scope="col" { (say("plan.photos")) } th.number scope="col" { (say("relations.bytes")) } } }
                        tbody { @for sum in &plan.by_relation { tr {
                            th scope="row" { (of("relation", sum.relation)) }
                            td.number { (count(sum.removals)) }
                            td.number { (size(sum.size_bytes)) }
                        } } }
                    }
                }
                p { @if plan.sums.carried > 0 { (told("plan.carried", &[("count", Value::Count(plan.sums.carried))])) } @else { (say("plan.carried-none")) } }
            }
            p { a.button href="/plan.json" download="plan.json" { (icon("down")) (say("plan.download")) } }
        }
        @if total > 0 { (confirm(plan, is_at_work)) }
        @if !plan.handoff.is_empty() { (handoff(&plan.handoff, plan.sums.handoff)) }
        @if !plan.left.is_empty() {
            section.card aria-labelledby="left-title" {
                h2 #left-title { (told("plan.left", &[("count", Value::Count(plan.sums.left))])) }
                (work::causes(&plan.left))
            }
        }
    }
}

fn confirm(plan: &PlanView, is_at_work: bool) -> Markup {
    let total = number(plan.sums.removals);
    html! {
        form.card.confirm #confirm aria-labelledby="confirm-title" {
            h2 #confirm-title { (say("confirm.title")) }
            p #confirm-words { (told("confirm.words", &[("count", Value::Count(plan.sums.removals)), ("size", Value::Bytes(plan.sums.size_bytes))])) }
            div.fields {
                label { span { (told("confirm.type", &[("photos", Value::Count(plan.sums.removals))])) }
                    input #photos type="text" inputmode="numeric" autocomplete="off" spellcheck="false" placeholder=(total) aria-describedby="confirm-words confirm-problem"; }
                button.button.danger #remove type="submit" disabled[is_at_work] { (icon("remove")) (say("confirm.remove")) }
            }
            p.problem #confirm-problem role="alert" {}
        }
    }
}

fn handoff(causes: &[CauseSum], photos: u64) -> Markup {
    html! {
        section.card aria-labelledby="handoff-title" {
            h2 #handoff-title { (told("plan.handoff", &[("count", Value::Count(photos))])) }
            p { (say("plan.handoff-words")) " " code { "lookalike handoff" } }
            (work::causes(causes))
        }
    }
}
