//! Charts as SVG, each with a title, words, and its figures as a table elsewhere on the page.

use crate::show::{bytes, number};
use crate::texts::{self, say};
use maud::{Markup, html};
use pipeline::review::{GroupRow, YearSum};

/// Steps of a bar's height. Pixels of the drawing.
const HEIGHT: f64 = 120.0;
/// Width of a year's bar and its gap.
const STEP: usize = 22;

/// Draws what may go by year; each bar leads to its groups.
pub(super) fn years(years: &[YearSum]) -> Markup {
    let most = years.iter().map(|year| year.removals_bytes).max().unwrap_or(0).max(1);
    let width = (years.len() * STEP).max(STEP * 4);
    // Every label has room for four figures at this distance.
    let label_every = years.len().div_ceil(24).max(2);
    html! {
        svg.chart viewBox=(format!("0 0 {width} 150")) role="group" aria-labelledby="years-title years-words" {
            title #years-title { (say("years.title")) }
            desc #years-words { (say("years.words")) }
            @for (at, year) in years.iter().enumerate() {
                @let height = (HEIGHT * year.removals_bytes as f64 / most as f64).max(1.0);
                @let x = at * STEP;
                a href=(year_address(year)) tabindex="-1" aria-hidden="true" {
                    title { (year_name(year)) ": " (bytes(year.removals_bytes)) ", " (number(year.groups)) }
                    rect.hit x=(x) y="0" width=(STEP) height="130" {}
                    rect.bar x=(x + 3) y=(format!("{:.1}", HEIGHT + 8.0 - height)) width=(STEP - 6) height=(format!("{height:.1}")) rx="2" {}
                }
                @if at % label_every == 0 || year.year.is_none() {
                    text x=(x + STEP / 2) y="145" text-anchor="middle" { (year.year.map_or("?".to_owned(), |year| year.to_string())) }
                }
            }
        }
    }
}

/// Returns the list of a year's groups.
pub(super) fn year_address(year: &YearSum) -> String {
    match year.year {
        Some(year) => format!("/groups?state=&from={year:04}-01-01&until={year:04}-12-31"),
        None => "/groups?state=&undated=1".to_owned(),
    }
}

/// Returns how a year is called.
pub(super) fn year_name(year: &YearSum) -> String {
    year.year.map_or(say("years.unknown").to_owned(), |year| year.to_string())
}

/// Draws how much a group frees, next to the one that frees most.
pub(super) fn win(group: &GroupRow, most: u64) -> Markup {
    let width = (100.0 * group.removals_bytes as f64 / most.max(1) as f64).max(1.0);
    html! {
        svg.meter viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect.track width="100" height="6" rx="1" {}
            rect.bar width=(format!("{width:.1}")) height="6" rx="1" {}
        }
    }
}

/// Draws parts of a whole beside each other.
pub(super) fn parts(title: &'static str, parts: &[(&str, u64)]) -> Markup {
    let whole = parts.iter().map(|(_, part)| part).sum::<u64>().max(1);
    let mut behind = 0;
    let pieces: Vec<(&str, f64, f64)> = parts
        .iter()
        .map(|(name, part)| {
            let x = 1000.0 * behind as f64 / whole as f64;
            behind += part;
            (*name, x, 1000.0 * *part as f64 / whole as f64)
        })
        .collect();
    let words: Vec<String> = parts.iter().map(|(name, part)| format!("{} {}", texts::of("progress", name), number(*part))).collect();
    html! {
        svg.parts viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=(format!("{}: {}", say(title), words.join(", "))) {
            rect.track width="1000" height="10" {}
            @for (name, x, width) in pieces {
                rect class=(format!("part-{name}")) x=(format!("{x:.1}")) width=(format!("{width:.1}")) height="10" {}
            }
        }
    }
}
