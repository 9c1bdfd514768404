//! Pairs that a person said are not the same photo, each to be taken back.

use crate::api::PARTED_PAGE;
use crate::show::{clean, icon, moment, thumbnail};
use crate::texts::say;
use maud::{Markup, html};
use pipeline::review::{PartedRow, PartedSide};

/// Draws a page of them.
pub(super) fn draw(rows: &[PartedRow]) -> Markup {
    html! {
        h1 { (say("nav.parted")) }
        p.lead { (say("parted.words")) }
        ul.parted data-part="parted" data-each="" {
            @for row in rows {
                li.card #(format!("pair-{}", row.id)) {
                    (side(row.a.as_ref()))
                    span.between { (icon("parted")) span.hidden-words { (say("parted.and")) } }
                    (side(row.b.as_ref()))
                    div.said {
                        span.muted { (moment(row.at_s)) }
                        button.button type="button" #(format!("rejoin-{}", row.id)) data-rejoin=(row.id) { (icon("undo")) (say("parted.rejoin")) }
                    }
                }
            }
        }
        div data-part="parted-end" {
            @if rows.is_empty() { p.notice { (say("parted.none")) } }
            @if let Some(last) = rows.last().filter(|_| rows.len() == PARTED_PAGE) { p { a.button href=(format!("/parted?before={}", last.id)) { (say("parted.more")) } } }
        }
    }
}

fn side(side: Option<&PartedSide>) -> Markup {
    html! {
        @match side {
            Some(side) => a.side href=(format!("/groups/{}", side.asset)) { (thumbnail(side.asset, &side.picture, "")) span.name { (clean(&side.name)) } },
            None => span.side.muted { (say("parted.gone")) },
        }
    }
}
