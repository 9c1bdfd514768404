//! The first page: what there is, what it would free, how far the review is.

use super::chart;
use crate::show::{clean, count, icon, number, size, thumbnail, urlencode};
use crate::texts::{Value, of, say, told};
use maud::{Markup, html};
use pipeline::review::{GroupRow, Overview, RelationSum};

/// Draws the first page; `waiting` files are known and not read yet.
pub(super) fn draw(overview: &Overview, waiting: u64) -> Markup {
    html! {
        div data-part="hero" { (hero(overview, waiting)) }
        div data-part="relations" { (relations(&overview.relations)) }
        div.columns {
            section.card data-part="wins" aria-labelledby="wins" { (wins(&overview.wins)) }
            section.card data-part="years" aria-labelledby="years" { (years(overview)) }
        }
        div.columns {
            section.card data-part="sources" aria-labelledby="sources" { (sources(overview)) }
            section.card data-part="ledger" aria-labelledby="ledger" { (ledger(overview)) }
        }
    }
}

fn hero(overview: &Overview, waiting: u64) -> Markup {
    let progress = &overview.progress;
    let offered = progress.removals_bytes.saturating_sub(progress.decided_bytes);
    html! {
        section.hero aria-labelledby="hero-title" {
            div {
                h1 #hero-title {
                    @if progress.groups == 0 { (say("overview.none")) }
                    @else if progress.open == 0 { (say("overview.all-decided")) }
                    @else { (told("overview.open", &[("count", Value::Count(progress.open))])) }
                }
                p.lead {
                    (told("overview.lead", &[("groups", Value::Count(progress.groups)), ("assets", Value::Count(overview.assets)), ("count", Value::Count(overview.sources.len() as u64))]))
                    @if waiting > 0 { " " (told("overview.waiting", &[("count", Value::Count(waiting))])) }
                }
                @if progress.open > 0 {
                    p { a.button.primary #begin href="/groups?state=open" { (say("overview.begin")) (icon("next")) } }
                } @else if progress.groups > 0 {
                    p { (say("overview.then")) " " a href="/plan" { (say("overview.plan-link")) } }
                }
            }
            div.figures {
                div.figure {
                    strong { (size(progress.removals_bytes)) }
                    span { (told("overview.frees", &[("count", Value::Count(progress.removals))])) }
                    (chart::parts("overview.plan", &[("decided", progress.decided_bytes), ("offered", offered)]))
                    ul.legend {
                        li { span.key.part-decided {} (told("overview.decided-removals", &[("count", Value::Count(progress.decided_removals))])) (size(progress.decided_bytes)) }
                        li { span.key.part-offered {} (told("overview.offered-removals", &[("count", Value::Count(progress.removals.saturating_sub(progress.decided_removals)))])) (size(offered)) }
                    }
                }
                div.figure {
                    strong { (count(progress.decided)) }
                    span { (told("overview.of-groups", &[("count", Value::Count(progress.groups))])) }
                    (chart::parts("overview.progress", &[("decided", progress.decided), ("settled", progress.settled), ("open", progress.open)]))
                    ul.legend {
                        li { span.key.part-decided {} a href="/groups?state=decided" { (say("state.decided")) } (count(progress.decided)) }
                        li { span.key.part-settled {} a href="/groups?state=settled" { (say("state.settled")) } (count(progress.settled)) }
                        li { span.key.part-open {} a href="/groups?state=open" { (say("state.open")) } (count(progress.open)) }
                    }
                }
            }
        }
    }
}

fn relations(relations: &[RelationSum]) -> Markup {
    html! {
        section.card aria-labelledby="relations" {
            h2 #relations { (say("relations.title")) }
            @if relations.is_empty() { p.muted { (say("relations.none")) } }
            @else {
                div.scroll tabindex="0" role="region" aria-labelledby="relations" {
                    table {
                        thead { tr {
                            th scope="col" { (say("relations.relation")) }
                            th.number scope="col" { (say("relations.groups")) }
                            th.number scope="col" { (say("relations.members")) }
                            th.number scope="col" { (say("relations.bytes")) }
                            th.number scope="col" { (say("relations.removals")) }
                            th.number scope="col" { (say("relations.removals-bytes")) }
                            th.number scope="col" { (say("relations.decided")) }
                        } }
                        tbody {
                            @for sum in relations {
                                @let address = format!("/groups?state=&relation={}", urlencode(sum.relation));
                                tr {
                                    th scope="row" { a href=(address) { (of("relation", sum.relation)) } span.muted.block { (of("relation-words", sum.relation)) } }
                                    td.number { a href=(address) aria-label=(format!("{} {}: {}", number(sum.groups), say("relations.groups"), of("relation", sum.relation))) { (count(sum.groups)) } }
                                    td.number { (count(sum.members)) }
                                    td.number { (size(sum.size_bytes)) }
                                    td.number { (count(sum.removals)) }
                                    td.number { (size(sum.removals_bytes)) }
                                    td.number { (count(sum.decided)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn wins(wins: &[GroupRow]) -> Markup {
    let most = wins.iter().map(|group| group.removals_bytes).max().unwrap_or(0);
    html! {
        h2 #wins { (say("wins.title")) }
        @if wins.is_empty() { p.muted { (say("wins.none")) } }
        @else {
            ol.wins {
                @for group in wins {
                    li {
                        a href=(format!("/groups/{}?state=open", group.id)) {
                            @if let Some(keeper) = group.members.first() { (thumbnail(keeper.asset, &keeper.picture, "")) }
                            span.what {
                                span.name { (clean(group.members.first().map_or("", |keeper| &keeper.name))) }
                                span.muted { (told("wins.removals", &[("count", Value::Count(group.removals))])) }
                                (chart::win(group, most))
                            }
                            strong { (size(group.removals_bytes)) }
                        }
                    }
                }
            }
        }
    }
}

fn years(overview: &Overview) -> Markup {
    html! {
        h2 #years { (say("years.title")) }
        @if overview.years.is_empty() { p.muted { (say("years.none")) } }
        @else {
            (chart::years(&overview.years))
            details {
                summary { (say("years.table")) }
                table {
                    thead { tr {
                        th scope="col" { (say("years.year")) }
                        th.number scope="col" { (say("relations.groups")) }
                        th.number scope="col" { (say("relations.removals")) }
                        th.number scope="col" { (say("relations.removals-bytes")) }
                    } }
                    tbody {
                        @for year in &overview.years {
                            tr {
                                th scope="row" { a href=(chart::year_address(year)) { (chart::year_name(year)) } }
                                td.number { (count(year.groups)) }
                                td.number { (count(year.removals)) }
                                td.number { (size(year.removals_bytes)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sources(overview: &Overview) -> Markup {
    html! {
        h2 #sources { (say("sources.title")) }
        @if overview.sources.is_empty() { p.muted { (say("sources.none")) } }
        ul.sources {
            @for source in &overview.sources {
                li {
                    (icon(source.kind))
                    div {
                        a href=(format!("/groups?state=&source={}", urlencode(&source.name))) { (clean(&source.name)) }
                        " " span.chip { (of("source-kind", source.kind)) }
                        @if !source.online { " " span.chip.warn { (icon("offline")) (say("sources.offline")) } }
                        @if source.reference { " " span.chip { (say("sources.reference")) } }
                        @for root in &source.roots { span.path.block { (clean(&root.display().to_string())) } }
                    }
                    span.number { (told("sources.assets", &[("count", Value::Count(source.assets))])) }
                }
            }
        }
        p.muted { (say("sources.catalog")) " " span.path { (clean(&overview.catalog)) } }
    }
}

fn ledger(overview: &Overview) -> Markup {
    let tally = &overview.tally;
    html! {
        h2 #ledger { (say("ledger.title")) }
        p { (told("ledger.sum", &[
            ("found", Value::Count(tally.found())), ("done", Value::Count(tally.done)), ("skipped", Value::Count(tally.skipped)), ("failed", Value::Count(tally.failed)),
        ])) }
        (chart::parts("ledger.title", &[("done", tally.done), ("skipped", tally.skipped), ("failed", tally.failed)]))
        details {
            summary { (say("ledger.causes")) }
            table {
                thead { tr {
                    th scope="col" { (say("ledger.outcome")) }
                    th scope="col" { (say("ledger.kind")) }
                    th scope="col" { (say("ledger.cause")) }
                    th.number scope="col" { (say("ledger.files")) }
                } }
                tbody {
                    @for cause in &overview.causes {
                        tr {
                            td { (of("outcome", &cause.outcome)) }
                            td { (of("file-kind", cause.kind.name())) }
                            td { @if cause.cause.is_empty() { "–" } @else { (clean(&cause.cause)) } }
                            td.number { (count(cause.count)) }
                        }
                    }
                }
            }
        }
        @if !overview.undecoded.is_empty() {
            h3 { (say("undecoded.title")) }
            p.muted { (say("undecoded.words")) }
            ul.plain { @for (format, files) in &overview.undecoded { li { (clean(format)) ": " (count(*files)) } } }
        }
    }
}
