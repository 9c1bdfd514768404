//! The pages: what the library answered, as HTML. Scripts replace the parts marked `data-part` by those of the same page fetched anew.

mod chart;
mod group;
mod list;
mod missing;
mod overview;
mod parted;
mod plan;
mod rules;
mod runs;
mod work;

use crate::api;
use crate::problem::Problem;
use crate::removal;
use crate::server::Shared;
use crate::show::icon;
use crate::texts::{of, say};
use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};
use pipeline::review::{ChangeRow, ListQuery, Pulse};
use std::sync::Arc;

/// Which page it is, and what stands around its content.
struct Page<'a> {
    name: &'static str,
    title: &'a str,
    pulse: Option<&'a Pulse>,
}

const NAV: &[(&str, &str, &str)] = &[
    ("overview", "/", "nav.overview"),
    ("list", "/groups?state=open", "nav.groups"),
    ("plan", "/plan", "nav.plan"),
    ("runs", "/runs", "nav.runs"),
    ("missing", "/missing", "nav.missing"),
    ("parted", "/parted", "nav.parted"),
    ("rules", "/rules", "nav.rules"),
];

impl Page<'_> {
    fn draw(&self, main: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (crate::show::clean(self.title)) " – Lookalike" }
                    link rel="icon" href="/assets/sprite.svg" type="image/svg+xml";
                    link rel="stylesheet" href="/assets/style.css";
                    link rel="stylesheet" href="/assets/group.css";
                    link rel="stylesheet" href="/assets/removal.css";
                    script src="/assets/theme.js" {}
                    script type="module" src="/assets/page.js" {}
                }
                body data-page=(self.name) {
                    a.skip-link href="#main" { (say("skip-to-content")) }
                    header.top {
                        a.brand href="/" { (icon("brand")) span { "Lookalike" } }
                        nav aria-label=(say("nav.label")) {
                            @for (name, address, key) in NAV {
                                a href=(address) aria-current=[(self.name == *name).then_some("page")] { (say(key)) }
                            }
                        }
                        div.tools {
                            @if let Some(pulse) = self.pulse {
                                div.history data-part="history" data-epoch=(pulse.epoch) {
                                    (change_button("undo", pulse.history.undo.as_ref()))
                                    (change_button("redo", pulse.history.redo.as_ref()))
                                }
                            }
                            button.quiet #theme type="button" { (icon("theme")) span.hidden-words { (say("theme.switch")) } }
                            button.quiet #keys type="button" aria-haspopup="dialog" { (icon("keys")) span.hidden-words { (say("keys.show")) } }
                        }
                    }
                    p.banner #busy role="status" hidden[!self.pulse.is_some_and(|pulse| pulse.is_busy)] { (icon("busy")) span { (say("busy")) } }
                    noscript { p.banner { (say("noscript")) } }
                    main #main tabindex="-1" { (main) }
                    div #toasts role="status" aria-live="polite" {}
                    div #alerts role="alert" {}
                }
            }
        }
    }
}

fn change_button(way: &'static str, change: Option<&ChangeRow>) -> Markup {
    let words = change.map(|change| of("change", &change.kind));
    let label = match &words {
        Some(words) => crate::texts::with(&format!("{way}.what"), &[("what", words.clone())]),
        None => of("history", way),
    };
    html! {
        button.quiet #(way) type="button" data-change=[change.map(|change| change.id)] data-asset=[change.and_then(|change| change.asset)]
            disabled[change.is_none()] title=(label) aria-label=(label) { (icon(way)) span.wide-words { (of("history", way)) } }
    }
}

/// Returns a page that tells what went wrong.
pub(crate) fn problem(problem: &Problem) -> Response {
    let main = html! {
        div.notice {
            h1 { (say("problem.title")) }
            p { (crate::show::clean(&problem.what)) }
            @if let Some(hint) = &problem.hint { p.hint { (crate::show::clean(hint)) } }
            p { a.button href="/" { (say("nav.overview")) } }
        }
    };
    (problem.status, Html(Page { name: "problem", title: say("problem.title"), pulse: None }.draw(&main).into_string())).into_response()
}

/// Returns the page for a visitor without the token; it loads nothing, for that would be refused too.
pub(crate) fn refused(problem: &Problem) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; meta name="color-scheme" content="light dark"; title { "Lookalike" } }
            body {
                main {
                    h1 { (say("refused.title")) }
                    p { (problem.what) }
                    p { (problem.hint.as_deref().unwrap_or(say("refused.hint"))) }
                }
            }
        }
    };
    (problem.status, Html(page.into_string())).into_response()
}

type Drawn = Result<Response, Failed>;

/// A problem that is answered with a page.
pub(crate) struct Failed(Problem);

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        problem(&self.0)
    }
}

fn page(page: Page<'_>, main: &Markup) -> Drawn {
    Ok(Html(page.draw(main).into_string()).into_response())
}

/// `GET /`.
pub(crate) async fn overview(State(app): State<Shared>) -> Drawn {
    let (overview, pulse) = app.ask(|review| Ok((review.overview()?, review.pulse()?))).await?;
    page(Page { name: "overview", title: say("nav.overview"), pulse: Some(&pulse) }, &overview::draw(&overview, pulse.waiting))
}

/// `GET /groups`. Without any query the open ones are shown.
pub(crate) async fn list(State(app): State<Shared>, RawQuery(query): RawQuery) -> Drawn {
    let Some(query) = query else { return Ok(Redirect::to("/groups?state=open").into_response()) };
    let (query, _) = api::list_query(&query, &[])?;
    let (choices, pulse) = app.ask(|review| Ok((review.choices()?, review.pulse()?))).await?;
    page(Page { name: "list", title: say("nav.groups"), pulse: Some(&pulse) }, &list::draw(&query, &choices))
}

/// `GET /groups/{asset}`.
pub(crate) async fn group(State(app): State<Shared>, Path(asset): Path<String>, RawQuery(query): RawQuery) -> Drawn {
    let asset = api::id(&asset)?;
    let (query, _) = api::list_query(&query.unwrap_or_default(), &[])?;
    let address = address_of(&query);
    let (found, pulse) = app
        .ask(move |review| {
            let group = review.group(asset)?;
            let found = match group {
                Some(group) => Some((review.neighbours(&query, group.row.id)?, group)),
                None => None,
            };
            Ok((found, review.pulse()?))
        })
        .await?;
    let Some((neighbours, group)) = found else { return Err(Problem::no_group(asset.0).into()) };
    let title = crate::texts::with("group.title", &[("name", crate::show::clean(group.all.first().map_or("", |keeper| &keeper.row.name)))]);
    page(Page { name: "group", title: &title, pulse: Some(&pulse) }, &group::draw(&group, &neighbours, &address))
}

/// `GET /parted`.
pub(crate) async fn parted(State(app): State<Shared>, RawQuery(query): RawQuery) -> Drawn {
    let query = query.unwrap_or_default();
    let before = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "before").and_then(|(_, value)| value.parse().ok());
    let (rows, pulse) = app.ask(move |review| Ok((review.parted(before, api::PARTED_PAGE)?, review.pulse()?))).await?;
    page(Page { name: "parted", title: say("nav.parted"), pulse: Some(&pulse) }, &parted::draw(&rows))
}

/// `GET /rules`.
pub(crate) async fn rules(State(app): State<Shared>) -> Drawn {
    let (rules, pulse) = app.ask(|review| Ok((review.rules()?, review.pulse()?))).await?;
    page(Page { name: "rules", title: say("nav.rules"), pulse: Some(&pulse) }, &rules::draw(&rules))
}

/// `GET /plan`.
pub(crate) async fn plan(State(app): State<Shared>) -> Drawn {
    // The work first: what it leaves behind is then there.
    let work = app.desk.work();
    let held = app.desk.plan();
    let pulse = app.ask(|review| review.pulse()).await?;
    let main = plan::draw(work.as_ref(), held.as_ref().map(|held| &held.view), pulse.epoch);
    page(Page { name: "plan", title: say("nav.plan"), pulse: Some(&pulse) }, &main)
}

/// `GET /runs`.
pub(crate) async fn runs(State(app): State<Shared>) -> Drawn {
    let (work, pulse) = (app.desk.work(), app.ask(|review| review.pulse()).await?);
    let all = removal::runs_of(Arc::clone(&app)).await?;
    let trash = removal::trash_at(app, 0, 1).await?;
    page(Page { name: "runs", title: say("nav.runs"), pulse: Some(&pulse) }, &runs::draw(work.as_ref(), &all, &trash))
}

/// `GET /runs/{run}`.
pub(crate) async fn run(State(app): State<Shared>, Path(run): Path<String>, RawQuery(query): RawQuery) -> Drawn {
    let (run, (at, ..)) = (removal::number_of(&run)?, removal::part(query.as_deref(), None)?);
    let (work, pulse) = (app.desk.work(), app.ask(|review| review.pulse()).await?);
    let found = removal::run_at(app, run, at, removal::ROWS_USUAL).await?;
    let title = crate::texts::with("run.title", &[("run", run.to_string())]);
    page(Page { name: "run", title: &title, pulse: Some(&pulse) }, &runs::one(work.as_ref(), &found))
}

/// `GET /trash`.
pub(crate) async fn trash(State(app): State<Shared>, RawQuery(query): RawQuery) -> Drawn {
    let (at, ..) = removal::part(query.as_deref(), None)?;
    let pulse = app.ask(|review| review.pulse()).await?;
    let found = removal::trash_at(app, at, removal::ROWS_USUAL).await?;
    page(Page { name: "trash", title: say("trash.title"), pulse: Some(&pulse) }, &runs::trash(&found))
}

/// `GET /missing`.
pub(crate) async fn missing(State(app): State<Shared>) -> Drawn {
    let work = app.desk.work();
    let held = app.desk.missing();
    let (sources, pulse) = app.ask(|review| Ok((review.overview()?.sources, review.pulse()?))).await?;
    let main = missing::draw(work.as_ref(), &sources, held.as_ref().map(|held| &held.found));
    page(Page { name: "missing", title: say("nav.missing"), pulse: Some(&pulse) }, &main)
}

/// Returns a list's query as it stands in an address.
fn address_of(query: &ListQuery) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(query.pairs()).finish()
}

/// Returns each page, drawn of answers in which every text is hostile.
#[cfg(test)]
pub(crate) fn hostile() -> Vec<(&'static str, String)> {
    use crate::contract as of;
    let pulse = of::pulse();
    let place = pipeline::review::Neighbours { total: 1, at: 0, is_listed: true, previous: Some(1), next: Some(2) };
    let query = ListQuery {
        filter: pipeline::review::GroupFilter { folder: Some(of::HOSTILE.to_owned()), ..Default::default() },
        ..Default::default()
    };
    let pages = [
        ("overview", overview::draw(&of::overview(), 1)),
        ("list", list::draw(&query, &of::choices())),
        ("group", group::draw(&of::group_view(), &place, &address_of(&query))),
        ("parted", parted::draw(&[of::parted_row()])),
        ("rules", rules::draw(&of::rules_view())),
        ("plan", plan::draw(Some(&of::work_view()), Some(&of::plan_view()), 2)),
        ("runs", runs::draw(Some(&of::work_view()), &[of::run_summary()], &of::trash_page())),
        ("run", runs::one(None, &of::run_page())),
        ("trash", runs::trash(&of::trash_page())),
        (
            "missing",
            missing::draw(
                Some(&of::work_view()),
                &[&of::overview().sources[..], &of::overview().sources[..]].concat(),
                Some(&of::missing_found()),
            ),
        ),
    ];
    pages.into_iter().map(|(name, main)| (name, Page { name, title: of::HOSTILE, pulse: Some(&pulse) }.draw(&main).into_string())).collect()
}
