//! The list of groups: its filters as a form whose address is the list's, and an empty frame that a script fills row by row.

use crate::show::{clean, icon};
use crate::texts::{of, say};
use maud::{Markup, html};
use pipeline::review::{Confidence, FilterChoices, ListQuery, SortBy};

/// Sizes offered as the least that may go. Bytes.
const LEAST_BYTES: &[(u64, &str)] =
    &[(0, "least.any"), (1_000_000, "least.1mb"), (10_000_000, "least.10mb"), (100_000_000, "least.100mb"), (1_000_000_000, "least.1gb")];

/// Draws the list of a query.
pub(super) fn draw(query: &ListQuery, choices: &FilterChoices) -> Markup {
    let filter = &query.filter;
    let state = filter
        .state
        .map_or(String::new(), |_| query.pairs().into_iter().find(|(name, _)| *name == "state").map_or(String::new(), |(_, state)| state));
    let years: Vec<String> = choices.years.iter().map(|year| year.to_string()).collect();
    html! {
        div.list-head {
            h1 #list-title { (say("nav.groups")) }
            p #total role="status" {}
            button.button #bulk type="button" aria-haspopup="dialog" { (icon("check-all")) (say("bulk.open")) }
        }
        form.filters #filters method="get" action="/groups" aria-label=(say("filters.label")) {
            (select("state", "filters.state", &state, [("", say("filters.any")), ("open", say("state.open")), ("decided", say("state.decided")), ("settled", say("state.settled"))].map(|(value, words)| (value.to_owned(), words.to_owned()))))
            label { span { (say("filters.sort")) }
                select name="sort" { @for sort in SortBy::ALL { option value=(sort.name()) selected[sort == query.sort] { (of("sort", sort.name())) } } }
            }
            (select("order", "filters.order", if query.reverse { "reverse" } else { "" }, [("", say("order.usual")), ("reverse", say("order.reverse"))].map(|(value, words)| (value.to_owned(), words.to_owned()))))
            (checks("relation", "filters.relation", choices.relations.iter().map(|name| (*name, of("relation", name), filter.relations.iter().any(|chosen| chosen.name() == *name)))))
            (checks("confidence", "filters.confidence", Confidence::ALL.iter().map(|confidence| (confidence.name(), of("confidence", confidence.name()), filter.confidence.contains(confidence)))))
            details.more #more-filters open[has_more(query)] {
                summary { (say("filters.more")) }
                div.fields {
                    (select("source", "filters.source", filter.source.as_deref().unwrap_or_default(), any(&choices.sources)))
                    (select("camera", "filters.camera", filter.camera.as_deref().unwrap_or_default(), any(&choices.cameras)))
                    (select("album", "filters.album", filter.album.as_deref().unwrap_or_default(), any(&choices.albums)))
                    label { span { (say("filters.folder")) } input name="folder" type="text" value=[filter.folder.as_deref()] autocomplete="off" spellcheck="false"; }
                    label { span { (say("filters.from")) } input name="from" type="date" value=[filter.from.as_deref()] min=[years.iter().min().map(|year| format!("{year:0>4}-01-01"))]; }
                    label { span { (say("filters.until")) } input name="until" type="date" value=[filter.until.as_deref()]; }
                    label { span { (say("filters.least")) }
                        select name="min_bytes" {
                            @for (bytes, key) in LEAST_BYTES { option value=(if *bytes == 0 { String::new() } else { bytes.to_string() }) selected[*bytes == filter.min_bytes] { (say(key)) } }
                            @if LEAST_BYTES.iter().all(|(bytes, _)| *bytes != filter.min_bytes) { option value=(filter.min_bytes) selected { (crate::show::bytes(filter.min_bytes)) } }
                        }
                    }
                    label.check { input name="undated" type="checkbox" value="1" checked[filter.undated]; span { (say("filters.undated")) } }
                }
            }
            div.filter-actions {
                button.button type="submit" { (say("filters.apply")) }
                a.button.plain href="/groups?state=open" { (say("filters.clear")) }
            }
        }
        p.banner #changed role="status" hidden { (icon("busy")) span { (say("list.changed")) } }
        div.list #list role="list" tabindex="-1" aria-labelledby="list-title" data-query=(super::address_of(query)) { div.spacer {} }
        p.notice #empty hidden { (say("list.empty")) }
    }
}

fn has_more(query: &ListQuery) -> bool {
    let filter = &query.filter;
    let texts = [&filter.source, &filter.folder, &filter.album, &filter.camera, &filter.from, &filter.until];
    texts.into_iter().any(Option::is_some) || filter.undated || filter.min_bytes > 0
}

fn any(values: &[String]) -> Vec<(String, String)> {
    let all = (String::new(), say("filters.any").to_owned());
    std::iter::once(all).chain(values.iter().map(|value| (value.clone(), clean(value)))).collect()
}

fn select(name: &str, label: &'static str, chosen: &str, options: impl IntoIterator<Item = (String, String)>) -> Markup {
    let mut options: Vec<(String, String)> = options.into_iter().collect();
    // What an old address asks for stays asked for, even where it is not offered.
    if options.iter().all(|(value, _)| value != chosen) {
        options.push((chosen.to_owned(), clean(chosen)));
    }
    html! {
        label {
            span { (say(label)) }
            select name=(name) { @for (value, words) in &options { option value=(value) selected[value == chosen] { (words) } } }
        }
    }
}

/// Draws boxes to tick, whose values a script joins to one.
fn checks<'a>(name: &str, label: &'static str, boxes: impl Iterator<Item = (&'a str, String, bool)>) -> Markup {
    html! {
        fieldset.checks data-name=(name) {
            legend { (say(label)) }
            @for (value, words, ticked) in boxes {
                label.check.pill { input type="checkbox" name=(name) value=(value) checked[ticked]; span { (words) } }
            }
        }
    }
}
