//! `/api/v1`, of what is missing: a search begun here and told by `work`, its rows, and what is left missing on purpose.

use crate::api::{Answer, Sent};
use crate::problem::Problem;
use crate::removal;
use crate::server::Shared;
use crate::texts::say;
use crate::work::WorkView;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use pipeline::model::AssetId;
use pipeline::review::{MissingPage, MissingView};
use pipeline::{MissingFilter, MissingOptions};
use serde::{Deserialize, Serialize};

/// What was found last.
#[derive(Debug, Serialize)]
pub(crate) struct MissingAnswer {
    pub(crate) missing: Option<MissingFound>,
}

/// A search that ended.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MissingFound {
    pub(crate) id: u64,
    pub(crate) found: MissingView,
}

/// What to look for, and where.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MissingWish {
    pub(crate) from: Vec<String>,
    pub(crate) but_not_in: Vec<String>,
    pub(crate) originals: bool,
}

/// A photo that is left missing on purpose, or no longer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IgnoreWish {
    pub(crate) asset: i64,
    pub(crate) is_ignored: bool,
}

pub(crate) async fn found(State(app): State<Shared>) -> Answer<MissingAnswer> {
    Ok(Json(MissingAnswer { missing: app.desk.missing().map(|held| held.found) }))
}

pub(crate) async fn find(State(app): State<Shared>, Sent(sent): Sent<MissingWish>) -> Answer<WorkView> {
    let MissingWish { from, but_not_in, originals } = sent;
    if from.is_empty() || but_not_in.is_empty() {
        return Err(Problem::bad_request(say("problem.no-sources")));
    }
    let both = from.iter().find(|name| but_not_in.contains(name));
    if let Some(both) = both {
        return Err(Problem::bad_request(crate::texts::with("problem.both-sides", &[("source", both.clone())])));
    }
    Ok(Json(app.desk.find_missing(&app, MissingOptions { from, against: but_not_in, originals })?))
}

/// Which rows are wanted, of which search.
struct Wanted {
    search: Option<u64>,
    filter: MissingFilter,
    at: u64,
    limit: usize,
}

fn wanted(query: &str) -> Result<Wanted, Problem> {
    let (mut filter, mut search) = (MissingFilter::default(), None);
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "search" => search = value.parse().ok(),
            "with_derived" => filter.with_derived = value == "1",
            "with_ignored" => filter.with_ignored = value == "1",
            _ => {
                rest.append_pair(&name, &value);
            }
        }
    }
    let (at, limit, _) = removal::part(Some(&rest.finish()), None)?;
    Ok(Wanted { search, filter, at, limit })
}

pub(crate) async fn rows(State(app): State<Shared>, RawQuery(query): RawQuery) -> Answer<MissingPage> {
    let Wanted { search, filter, at, limit } = wanted(&query.unwrap_or_default())?;
    let held = app.desk.missing().filter(|held| Some(held.found.id) == search);
    let held = held.ok_or_else(|| Problem::new(StatusCode::CONFLICT, "search", say("problem.search"), None))?;
    Ok(Json(app.ask(move |review| review.missing_page(&held.answer, &filter, at, limit)).await?))
}

pub(crate) async fn ignore(State(app): State<Shared>, Sent(sent): Sent<IgnoreWish>) -> Answer<IgnoreWish> {
    let IgnoreWish { asset, is_ignored } = sent;
    app.ask(move |review| review.ignore_missing(AssetId(asset), is_ignored)).await?;
    app.desk.note_ignored(asset, is_ignored);
    Ok(Json(sent))
}
