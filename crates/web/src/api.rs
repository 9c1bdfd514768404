//! `/api/v1`: what the pages ask, as JSON. Each handler hands its question to the library and its answer back.

use crate::pictures::Lines;
use crate::problem::Problem;
use crate::server::Shared;
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use pipeline::model::{AssetId, Relation};
use pipeline::review::{
    AcceptPreview, Decided, FilterChoices, GroupPage, GroupView, History, ListQuery, Neighbours, Overview, PAGE_MAX, PageFrom, PartedRow,
    Pulse, RulesPreview, RulesView, Wish,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Largest body of a request. Bytes.
const BODY_MAX_BYTES: usize = 256 << 10;
/// How long a body may take to come.
const BODY_WAIT: Duration = Duration::from_secs(10);
/// Groups of a page where none are asked for.
const PAGE_USUAL: usize = 50;
/// Counts of new rules that wait for the client; more are left out, the last never is.
const COUNTS_WAITING_MAX: usize = 4;

pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// A body that was sent as JSON, within the bounds.
pub(crate) struct Sent<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "slow", "the request took too long to come", None);
        let large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "large", "the request is larger than 256 KiB, or broke off", None);
        let body = timeout(BODY_WAIT, to_bytes(request.into_body(), BODY_MAX_BYTES)).await.map_err(late)?.map_err(large)?;
        serde_json::from_slice(&body).map(Sent).map_err(|error| Problem::bad_request(format!("the request cannot be read: {error}")))
    }
}

/// Returns the asset of that id.
pub(crate) fn id(text: &str) -> Result<AssetId, Problem> {
    text.parse().map(AssetId).map_err(|_| Problem::not_found("an asset has a number"))
}

/// Splits an address's query into the list's own and what stands beside it.
pub(crate) fn list_query(query: &str, beside: &[&str]) -> Result<(ListQuery, Vec<(String, String)>), Problem> {
    let pairs = form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned()));
    let (others, own): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| beside.contains(&name.as_str()));
    Ok((ListQuery::from_pairs(own.iter().map(|(name, value)| (name.as_str(), value.as_str())))?, others))
}

pub(crate) async fn overview(State(app): State<Shared>) -> Answer<Overview> {
    Ok(Json(app.ask(|review| review.overview()).await?))
}

pub(crate) async fn choices(State(app): State<Shared>) -> Answer<FilterChoices> {
    Ok(Json(app.ask(|review| review.choices()).await?))
}

pub(crate) async fn groups(State(app): State<Shared>, RawQuery(query): RawQuery) -> Answer<GroupPage> {
    let (query, others) = list_query(&query.unwrap_or_default(), &["after", "at", "limit"])?;
    let (mut from, mut limit) = (PageFrom::Place(0), PAGE_USUAL);
    for (name, value) in others {
        let odd = |_| Problem::bad_request(format!("`{name}` is a number"));
        match name.as_str() {
            "after" => from = PageFrom::After(value),
            "at" => from = PageFrom::Place(value.parse().map_err(odd)?),
            _ => limit = value.parse().map_err(odd)?,
        }
    }
    if limit == 0 || limit > PAGE_MAX {
        return Err(Problem::bad_request(format!("`limit` is 1 to {PAGE_MAX}")));
    }
    Ok(Json(app.ask(move |review| review.page(&query, &from, limit)).await?))
}

pub(crate) async fn group(State(app): State<Shared>, Path(asset): Path<String>) -> Answer<GroupView> {
    let asset = id(&asset)?;
    let group = app.ask(move |review| review.group(asset)).await?;
    group.map(Json).ok_or_else(|| Problem::no_group(asset.0))
}

pub(crate) async fn neighbours(State(app): State<Shared>, Path(asset): Path<String>, RawQuery(query): RawQuery) -> Answer<Neighbours> {
    let asset = id(&asset)?;
    let (query, _) = list_query(&query.unwrap_or_default(), &[])?;
    Ok(Json(app.ask(move |review| review.neighbours(&query, asset.0)).await?))
}

pub(crate) async fn history(State(app): State<Shared>) -> Answer<History> {
    Ok(Json(app.ask(|review| review.history()).await?))
}

/// Pairs of a page of those that were parted.
pub(crate) const PARTED_PAGE: usize = 100;

pub(crate) async fn parted(State(app): State<Shared>, RawQuery(query): RawQuery) -> Answer<Vec<PartedRow>> {
    let query = query.unwrap_or_default();
    let before = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "before").map(|(_, value)| value.parse::<i64>());
    let before = before.transpose().map_err(|_| Problem::bad_request("`before` is a number"))?;
    Ok(Json(app.ask(move |review| review.parted(before, PARTED_PAGE)).await?))
}

pub(crate) async fn rules(State(app): State<Shared>) -> Answer<RulesView> {
    Ok(Json(app.ask(|review| review.rules()).await?))
}

pub(crate) async fn pulse(State(app): State<Shared>) -> Answer<Pulse> {
    Ok(Json(app.ask(|review| review.pulse()).await?))
}

/// What is wanted of a group, as it was seen.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideWish {
    pub(crate) version: i64,
    pub(crate) wish: Wish,
}

pub(crate) async fn decide(State(app): State<Shared>, Path(group): Path<String>, Sent(sent): Sent<DecideWish>) -> Answer<Decided> {
    let group = id(&group)?;
    let decided = app.ask(move |review| review.decide(group.0, sent.version, &sent.wish)).await;
    match decided {
        Err(mut problem) if problem.status == StatusCode::CONFLICT => {
            problem.group = app.ask(move |review| review.group(group)).await?.map(Box::new);
            Err(problem)
        }
        decided => Ok(Json(decided?)),
    }
}

/// Relations to accept in a list; `query` as it stands in the list's address.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptAsk {
    #[serde(default)]
    pub(crate) query: String,
    pub(crate) relations: Vec<Relation>,
}

/// The same, with the token of its preview.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptWish {
    #[serde(default)]
    pub(crate) query: String,
    pub(crate) relations: Vec<Relation>,
    pub(crate) token: String,
}

pub(crate) async fn preview_accept(State(app): State<Shared>, Sent(sent): Sent<AcceptAsk>) -> Answer<AcceptPreview> {
    let (query, _) = list_query(&sent.query, &[])?;
    Ok(Json(app.ask(move |review| review.preview_accept(&query, &sent.relations)).await?))
}

pub(crate) async fn accept(State(app): State<Shared>, Sent(sent): Sent<AcceptWish>) -> Answer<Decided> {
    let (query, _) = list_query(&sent.query, &[])?;
    Ok(Json(app.ask(move |review| review.accept(&query, &sent.relations, &sent.token)).await?))
}

/// The number of a change or pair.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdWish {
    pub(crate) id: i64,
}

pub(crate) async fn undo(State(app): State<Shared>, Sent(sent): Sent<IdWish>) -> Answer<Decided> {
    Ok(Json(app.ask(move |review| review.undo(sent.id)).await?))
}

pub(crate) async fn redo(State(app): State<Shared>, Sent(sent): Sent<IdWish>) -> Answer<Decided> {
    Ok(Json(app.ask(move |review| review.redo(sent.id)).await?))
}

pub(crate) async fn rejoin(State(app): State<Shared>, Sent(sent): Sent<IdWish>) -> Answer<Decided> {
    Ok(Json(app.ask(move |review| review.rejoin(sent.id)).await?))
}

/// Keep rules to put in force; `null` for the usual ones.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesWish {
    pub(crate) rules: Option<String>,
}

pub(crate) async fn set_rules(State(app): State<Shared>, Sent(sent): Sent<RulesWish>) -> Answer<Decided> {
    Ok(Json(app.ask(move |review| review.set_rules(sent.rules.as_deref())).await?))
}

/// Keep rules to count for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesAsk {
    pub(crate) rules: String,
}

/// Sends a line of JSON for each count; the first comes before the answer begins, so that rules that cannot be read are an error.
pub(crate) async fn preview_rules(State(app): State<Shared>, Sent(sent): Sent<RulesAsk>) -> Result<Response, Problem> {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Infallible>>(COUNTS_WAITING_MAX);
    let (begin, begun) = tokio::sync::oneshot::channel();
    let stop = app.stop.clone();
    let counting = async move {
        app.ask(move |review| {
            let mut begin = Some(begin);
            let counted = review.preview_rules(&sent.rules, &mut |count| {
                if let Some(begin) = begin.take() {
                    // Nobody waits any more: the next look at the channel says so too.
                    let _gone = begin.send(());
                }
                let _full = sender.try_send(Ok(line(count)));
                !sender.is_closed() && !stop.asked()
            })?;
            if let Some(begin) = begin {
                let _gone = begin.send(());
            }
            let _gone = sender.blocking_send(Ok(line(&counted)));
            Ok(())
        })
        .await
    };
    let counting = tokio::spawn(counting);
    if begun.await.is_err() {
        counting.await.map_err(|_| Problem::bug("counting ended early"))??;
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(Lines(receiver))).into_response())
}

fn line(count: &RulesPreview) -> Bytes {
    let mut line = serde_json::to_vec(count).expect("plain values become JSON");
    line.push(b'\n');
    line.into()
}
