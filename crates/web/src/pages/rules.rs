//! The keep rules: which of the members stays. A script lets them be moved, and shows what another order would do.

use crate::show::{clean, icon};
use crate::texts::say;
use maud::{Markup, html};
use pipeline::review::RulesView;

/// Draws the rules in force and those that may be chosen.
pub(super) fn draw(rules: &RulesView) -> Markup {
    html! {
        h1 { (say("nav.rules")) }
        p.lead { (say("rules.words")) }
        div.rules data-part="rules" data-rules=(json(&rules.rules)) data-usual=(json(&rules.usual)) data-chosen=(rules.is_chosen) {
            section.card aria-labelledby="order-title" {
                h2 #order-title { (say("rules.order")) }
                p.muted { @if rules.is_chosen { (say("rules.is-chosen")) } @else { (say("rules.is-usual")) } }
                ol.order #order {
                    @for rule in &rules.rules { li data-rule=(rule) { span.rule { (clean(rule)) } } }
                }
                form #add-rule {
                    label { span { (say("rules.add")) }
                        select #new-rule {
                            @for known in &rules.known { option value=(known.rule) data-words=(known.words) { (known.rule) " – " (known.words) } }
                        }
                    }
                    label #new-glob-field hidden { span { (say("rules.glob")) } input #new-glob type="text" autocomplete="off" spellcheck="false" placeholder="**/best/**"; }
                    button.button type="submit" { (icon("add")) (say("rules.add-it")) }
                }
            }
            section.card aria-labelledby="would-title" {
                h2 #would-title { (say("rules.would")) }
                div #would aria-live="polite" { p.muted { (say("rules.unchanged")) } }
                progress #counting max="1000" value="0" aria-label=(say("rules.counting")) hidden {}
                p.problem #rules-problem role="alert" hidden {}
                div.filter-actions {
                    button.button.primary #apply-rules type="button" disabled { (say("rules.apply")) }
                    button.button #reset-rules type="button" disabled[!rules.is_chosen] { (say("rules.usual")) }
                }
                p.muted { (say("rules.keeps-decisions")) }
            }
        }
    }
}

fn json(rules: &[String]) -> String {
    serde_json::to_string(rules).expect("texts become JSON")
}
