//! One group: the frame in which scripts show its pictures, and beside them all that is known of each member.

use crate::show::{self, clean, icon, size, thumbnail};
use crate::texts::{self, Value, of, say, told};
use maud::{Markup, html};
use pipeline::review::{Confidence, GroupState, GroupView, MemberView, Neighbours};
use std::collections::BTreeSet;

/// Ways to compare, and their symbols.
const MODES: &[&str] = &["side", "overlay", "swipe", "flicker", "difference"];
/// Members that a figure on the keyboard reaches.
const FIGURES: usize = 9;

/// Draws a group at its place in the list of that address.
pub(super) fn draw(group: &GroupView, place: &Neighbours, query: &str) -> Markup {
    html! {
        (bar(group, place, query))
        (compare())
        div.stage #stage data-mode="side" {
            (pane("keeper"))
            (pane("member"))
            canvas #difference hidden aria-describedby="difference-words" {}
            div.divider #divider hidden {}
        }
        (strip(group))
        div.cards data-part="cards" data-each="" { @for (at, member) in group.all.iter().enumerate() { (card(group, member, at)) } }
        div data-part="aside" { (aside(group)) }
    }
}

fn bar(group: &GroupView, place: &Neighbours, query: &str) -> Markup {
    let row = &group.row;
    let to = |other: Option<i64>| other.map(|other| format!("/groups/{other}?{query}"));
    html! {
        div.bar {
            div.where data-part="where" #where data-next=[place.next] data-previous=[place.previous] {
                a.button.icon #previous href=[to(place.previous)] aria-disabled=[place.previous.is_none().then_some("true")] { (icon("previous")) span.hidden-words { (say("group.previous")) } }
                h1 {
                    @if place.is_listed { (told("group.place", &[("at", Value::Count(place.at + 1)), ("total", Value::Count(place.total))])) }
                    @else { (told("group.place-left", &[("total", Value::Count(place.total))])) }
                }
                a.button.icon #next href=[to(place.next)] aria-disabled=[place.next.is_none().then_some("true")] { (icon("next")) span.hidden-words { (say("group.next")) } }
                a.muted href=(format!("/groups?{}", if query.is_empty() { "state=" } else { query })) { (say("group.to-list")) }
            }
            p.sum data-part="sum" #group data-group=(row.id) data-version=(row.version) data-query=(query) {
                (state(row.state)) " "
                @if row.removals > 0 { (told("group.removals", &[("count", Value::Count(row.removals)), ("size", Value::Bytes(row.removals_bytes))])) }
                @else { (say("group.no-removals")) }
            }
            div.decide {
                button.button type="button" #none-the-same { (icon("parted")) (say("group.none-the-same")) }
                button.button type="button" #skip { (say("group.skip")) kbd { "S" } }
                button.button.primary type="button" #accept { (icon("check-all")) (accept(row.removals)) kbd { (say("key.enter")) } }
            }
        }
    }
}

/// Says what accepting does.
fn accept(removals: u64) -> Markup {
    html! { span data-part="accept" { @if removals > 0 { (say("group.accept")) } @else { (say("group.accept-none")) } } }
}

fn state(state: GroupState) -> Markup {
    let name = match state {
        GroupState::Open => "open",
        GroupState::Decided => "decided",
        GroupState::Settled => "settled",
    };
    html! { span.state data-state=(name) { (icon(name)) (of("state", name)) } }
}

fn compare() -> Markup {
    html! {
        div.compare role="group" aria-label=(say("compare.label")) {
            fieldset.modes {
                legend.hidden-words { (say("compare.mode")) }
                @for mode in MODES {
                    label { input type="radio" name="mode" value=(mode) checked[*mode == "side"]; span { (icon(mode)) (of("compare", mode)) } }
                }
            }
            label.slider data-for="overlay" hidden { span { (say("compare.opacity")) } input #opacity type="range" min="0" max="100" value="50"; output for="opacity" {} }
            label.slider data-for="swipe" hidden { span { (say("compare.divider")) } input #swipe type="range" min="0" max="100" value="50"; output for="swipe" {} }
            label.slider data-for="flicker" hidden { span { (say("compare.hertz")) } input #hertz type="range" min="0.5" max="3" step="0.5" value="1"; output for="hertz" {} }
            button.button data-for="flicker" #flicker type="button" aria-pressed="false" hidden { (say("compare.flicker-run")) }
            label.slider data-for="difference" hidden { span { (say("compare.gain")) } input #gain type="range" min="1" max="32" value="8"; output for="gain" {} }
            p #difference-words role="status" hidden {}
            div.zoom role="group" aria-label=(say("zoom.label")) {
                button.quiet #zoom-out type="button" { (icon("minus")) span.hidden-words { (say("zoom.out")) } }
                output #zoom { }
                button.quiet #zoom-in type="button" { (icon("plus")) span.hidden-words { (say("zoom.in")) } }
                button.quiet #zoom-one type="button" aria-pressed="false" { (say("zoom.one")) }
                button.quiet #zoom-fit type="button" { (say("zoom.fit")) }
            }
        }
    }
}

fn pane(side: &'static str) -> Markup {
    html! {
        figure.pane data-side=(side) {
            div.view { div.look {} p.loading hidden { (say("picture.loading")) } div.none hidden { (icon("no-picture")) p {} } }
            figcaption { span.side-name {} span.coarse hidden { (say("picture.coarse")) } span.play-buttons {} }
        }
    }
}

/// Draws all members as small pictures, of which one is looked at.
fn strip(group: &GroupView) -> Markup {
    html! {
        div.strip #strip data-part="strip" data-each="" role="listbox" aria-label=(say("group.members")) aria-orientation="horizontal" {
            @for (at, member) in group.all.iter().enumerate() {
                @let row = &member.row;
                @let evidence = member.evidence.as_ref();
                div.option #(format!("member-{}", row.asset)) role="option" tabindex="-1" aria-selected="false"
                    data-asset=(row.asset) data-picture=(row.picture) data-verdict=(row.verdict) data-keeper=[(row.relation == "keeper").then_some("1")]
                    data-film=[row.is_film.then_some("1")] data-clip=[member.has_clip.then_some("1")] data-bound=[member.bound.as_ref().map(|_| "1")]
                    data-width=[member.width] data-height=[member.height] data-name=(clean(&row.name))
                    data-turns=[evidence.map(|evidence| evidence.quarter_turns)] data-mirror=[evidence.filter(|evidence| evidence.mirror).map(|_| "1")] {
                    (thumbnail(row.asset, &row.picture, ""))
                    @if at < FIGURES { kbd { (at + 1) } }
                    span.words {
                        span.name { (clean(&row.name)) }
                        (standing(member))
                    }
                }
            }
            @if group.row.members_count > group.all.len() as u64 {
                p.muted #members-more { (told("group.members-more", &[("count", Value::Count(group.row.members_count - group.all.len() as u64))])) }
            }
        }
    }
}

/// Says how a member stands: the keeper, or its verdict.
fn standing(member: &MemberView) -> Markup {
    let row = &member.row;
    html! {
        @if row.relation == "keeper" { span.verdict data-verdict="keeper" { (icon("keeper")) (say("verdict.keeper")) } }
        @else { (show::verdict(row.verdict)) @if row.decided { span.by-you { (say("verdict.by-you")) } } }
    }
}

fn card(group: &GroupView, member: &MemberView, at: usize) -> Markup {
    let row = &member.row;
    let is_keeper = row.relation == "keeper";
    let bound = format!("bound-{}", row.asset);
    html! {
        article.card.member #(format!("card-{}", row.asset)) data-asset=(row.asset) aria-labelledby=(format!("name-{}", row.asset)) hidden[at > 1] {
            header {
                h2 #(format!("name-{}", row.asset)) { (clean(&row.name)) }
                p.tags {
                    (standing(member)) " "
                    @if !is_keeper { (show::relation(row.relation)) " " }
                    @if let Some(confidence) = member.confidence { (sure(confidence)) }
                    @if member.is_chosen { " " span.chip { (say("member.chosen")) } }
                }
            }
            div.actions role="group" aria-label=(texts::with("member.decide", &[("name", clean(&row.name))])) {
                div.toggle {
                    (wish(member, "keep", row.verdict == "keep" && row.decided, None))
                    (wish(member, "remove", row.verdict == "remove" && row.decided, member.bound.as_ref().map(|_| bound.as_str())))
                }
                @if row.decided { button.quiet type="button" #(format!("open-{}", row.asset)) data-wish="open" data-asset=(row.asset) { (say("member.open")) } }
                @if is_keeper { span.muted { (say("member.keeper-stays")) } }
                @else {
                    button.quiet type="button" #(format!("keeper-{}", row.asset)) data-wish="keeper" data-asset=(row.asset) { (icon("keeper")) (say("member.make-keeper")) }
                    button.quiet type="button" #(format!("part-{}", row.asset)) data-wish="not-the-same" data-asset=(row.asset) { (icon("parted")) (say("member.not-the-same")) }
                }
            }
            div.notes {
            @if let Some(why) = &member.bound { p.bound #(bound) { (icon("bound")) span { strong { (say("member.bound")) } " " (clean(why)) } } }
            @if !member.inherits.is_empty() {
                section.inherits { h3 { (say(if is_keeper { "member.gets" } else { "member.gives" })) } ul.plain { @for reason in &member.inherits { li { (clean(&reason.words)) } } } }
            }
            }
            (facts(group, member))
            div.notes {
            @if !member.reasons.is_empty() {
                section { h3 { (say(if is_keeper { "member.why-keeper" } else { "member.why" })) } ul.plain.reasons { @for reason in &member.reasons { li { (clean(&reason.words)) } } } }
            }
            @if let Some(evidence) = &member.evidence {
                section { h3 { (say("member.measured")) " " span.muted { (of("proof", evidence.proof)) } } ul.plain { @for words in &evidence.words { li { (clean(words)) } } } }
            }
            }
        }
    }
}

fn wish(member: &MemberView, verdict: &'static str, pressed: bool, described: Option<&str>) -> Markup {
    let asset = member.row.asset;
    html! {
        button.button type="button" #(format!("{verdict}-{asset}")) data-wish=(verdict) data-asset=(asset) aria-pressed=(pressed)
            aria-describedby=[described] aria-disabled=[described.map(|_| "true")] { (icon(verdict)) (of("wish", verdict)) }
    }
}

fn sure(confidence: Confidence) -> Markup {
    html! { span.chip data-confidence=(confidence.name()) { (icon(&format!("sure-{}", confidence.name()))) (of("confidence", confidence.name())) } }
}

/// Draws the facts of a member; those in which it differs from the keeper carry a sign and a word. A script marks the keeper's as those of
/// the member beside it.
fn facts(group: &GroupView, member: &MemberView) -> Markup {
    let differing = if member.row.relation == "keeper" { &group.differs } else { &member.differs };
    let fact = |fields: &[&str], key: &'static str, value: Markup| {
        let differs = fields.iter().any(|field| differing.contains(field));
        html! {
            div.fact data-fact=(key) data-differs=[differs.then_some("1")] {
                dt { (say(key)) span.differs { (icon("differs")) span.hidden-words { (say("fact.differs")) } } }
                dd { (value) }
            }
        }
    };
    let unknown = || html! { span.muted { (say("fact.unknown")) } };
    let text = |text: Option<&str>| text.map_or_else(unknown, |text| html! { (clean(text)) });
    let dimensions = member.width.zip(member.height).map_or_else(unknown, |(width, height)| html! { (width) " × " (height) });
    html! {
        dl.facts {
            (fact(&["width", "height"], "fact.dimensions", dimensions))
            (fact(&["size_bytes"], "fact.size", html! { (size(member.row.size_bytes)) }))
            (fact(&["format"], "fact.format", text(member.format)))
            @if let Some(duration) = member.duration_ms { (fact(&["duration_ms"], "fact.duration", html! { data value=(duration) data-as="duration" { (duration / 1000) " s" } })) }
            (fact(&["taken"], "fact.taken", member.taken.as_ref().map_or_else(unknown, |taken| html! {
                (show::taken(taken)) " " span.muted.block title=(taken.why) { (of("taken-source", taken.source)) }
            })))
            (fact(&["camera"], "fact.camera", text(member.camera.as_deref())))
            (fact(&["place"], "fact.place", member.place.as_ref().map_or_else(unknown, |place| html! { (format!("{:.5}, {:.5}", place.latitude, place.longitude)) })))
            (fact(&["source"], "fact.source", html! { (clean(&member.source)) " " span.chip { (of("source-kind", member.source_kind)) } @if member.presence != "present" { " " span.chip.warn { (icon("offline")) (of("presence", member.presence)) } } }))
            (fact(&["folder"], "fact.folder", html! { span.path { (clean(&member.folder)) } @if let Some(archive) = &member.archive { span.muted.block { (say("fact.in-archive")) " " span.path { (clean(archive)) } } } }))
            @if !member.also_at.is_empty() { (fact(&["also_at"], "fact.also-at", lines(&member.also_at, "path"))) }
            @if !member.companions.is_empty() { (fact(&["companions"], "fact.companions", lines(&member.companions, "path"))) }
            (fact(&["albums"], "fact.albums", if member.albums.is_empty() { html! { span.muted { (say("fact.none")) } } } else { lines(&member.albums, "album") }))
            @if !member.people.is_empty() || group.differs.contains(&"people") { (fact(&["people"], "fact.people", lines(&member.people, "person"))) }
            @if member.caption.is_some() || group.differs.contains(&"caption") { (fact(&["caption"], "fact.caption", text(member.caption.as_deref()))) }
            @if member.favourite || group.differs.contains(&"favourite") { (fact(&["favourite"], "fact.favourite", html! { @if member.favourite { (icon("favourite")) (say("fact.yes")) } @else { (say("fact.no")) } })) }
            @if !member.flags.is_empty() || group.differs.contains(&"flags") { (fact(&["flags"], "fact.flags", html! { @for flag in &member.flags { span.chip { (flag) } " " } })) }
            @if let Some(uploaded) = &member.uploaded_utc { (fact(&["uploaded_utc"], "fact.uploaded", show::utc(uploaded))) }
            @if let Some(url) = member.product_url.as_deref().filter(|url| url.starts_with("https://photos.google.com/") && clean(url) == **url) {
                (fact(&[], "fact.google", html! { a href=(url) rel="noreferrer noopener" target="_blank" { (say("fact.open-google")) } }))
            }
        }
    }
}

fn lines(values: &[String], class: &str) -> Markup {
    html! { ul.plain { @for value in values { li class=(class) { (clean(value)) } } } }
}

/// Draws what is near and stands elsewhere, each once with the first reason.
fn aside(group: &GroupView) -> Markup {
    let mut drawn = BTreeSet::new();
    let rows = group.set_aside.iter().filter(|row| drawn.insert(row.other));
    html! {
        @if !group.set_aside.is_empty() {
            section.card aria-labelledby="aside-title" {
                h2 #aside-title { (say("aside.title")) }
                p.muted { (say("aside.words")) }
                ul.plain {
                    @for row in rows {
                        li { a href=(format!("/groups/{}", row.other)) { @if row.name.is_empty() { "#" (row.other) } @else { (clean(&row.name)) } } " – " (clean(&row.why)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;
    use pipeline::review::AsideRow;

    #[test]
    fn what_is_near_stands_once_with_its_first_reason() {
        let row = |member, other, why: &str| AsideRow { member, other, name: "near.jpg".to_owned(), why: why.to_owned() };
        let set_aside = vec![row(6, 9, "first"), row(7, 9, "second"), row(7, 10, "third")];
        let html = aside(&GroupView { set_aside, ..contract::group_view() }).into_string();
        assert_eq!(html.matches("<li>").count(), 2, "{html}");
        assert!(html.contains("first") && !html.contains("second") && html.contains("third"), "{html}");
    }

    #[test]
    fn accepting_where_nothing_may_go_keeps_all() {
        for (removals, words) in [(0, "Keep all and next"), (1, "Accept and next")] {
            assert!(accept(removals).into_string().contains(words), "{removals}");
        }
    }
}
