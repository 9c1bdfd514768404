//! `/api/v1`, of removing: the plan, its run, runs and the trash. What takes long is begun here and told by `work`.

use crate::api::{Answer, Sent};
use crate::problem::Problem;
use crate::server::Shared;
use crate::texts;
use crate::work::{Frozen, WorkView};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use pipeline::removing::RunSummary;
use pipeline::review::{PAGE_MAX, PlanPage, PlanView, RunPage, TrashPage, run_page, runs, trash_page};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Rows of a page where none are asked for.
pub(crate) const ROWS_USUAL: usize = 100;

/// The plan that is held.
#[derive(Debug, Serialize)]
pub(crate) struct PlanAnswer {
    pub(crate) plan: Option<PlanView>,
}

/// What goes on, or how the last work ended.
#[derive(Debug, Serialize)]
pub(crate) struct WorkAnswer {
    pub(crate) work: Option<WorkView>,
}

/// All runs, the last first.
#[derive(Debug, Serialize)]
pub(crate) struct RunsAnswer {
    pub(crate) runs: Vec<RunSummary>,
}

/// What to freeze.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreezeWish {
    pub(crate) from_rules: bool,
}

/// The plan to apply, with the number of its photos as the person typed it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveWish {
    pub(crate) plan: String,
    pub(crate) photos: u64,
}

/// The number of photos that an undo is to bring back, as the person saw it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeBackWish {
    pub(crate) photos: u64,
}

/// The number of a work.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkWish {
    pub(crate) id: u64,
}

/// Reads `at` and `limit` of an address; another name is refused, but for `beside`.
pub(crate) fn part(query: Option<&str>, beside: Option<&str>) -> Result<(u64, usize, Option<String>), Problem> {
    let (mut at, mut limit, mut other) = (0, ROWS_USUAL, None);
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let odd = |_| Problem::bad_request(format!("`{name}` is a number"));
        match &*name {
            "at" => at = value.parse().map_err(odd)?,
            "limit" => limit = value.parse().map_err(odd)?,
            name if Some(name) == beside => other = Some(value.into_owned()),
            name => return Err(Problem::bad_request(format!("`{name}` is not known here"))),
        }
    }
    if limit == 0 || limit > PAGE_MAX {
        return Err(Problem::bad_request(format!("`limit` is 1 to {PAGE_MAX}")));
    }
    Ok((at, limit, other))
}

/// Returns a run's number.
pub(crate) fn number_of(run: &str) -> Result<u64, Problem> {
    run.parse().map_err(|_| Problem::not_found("a run has a number"))
}

fn wrong_count(photos: u64) -> Problem {
    let what = texts::with("problem.count", &[("photos", crate::show::number(photos))]);
    Problem::new(StatusCode::BAD_REQUEST, "count", what, None)
}

/// Looks at something on a thread that may wait.
async fn look<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::bug("a question ended early"))?
}

pub(crate) async fn plan(State(app): State<Shared>) -> Answer<PlanAnswer> {
    Ok(Json(PlanAnswer { plan: app.desk.plan().map(|held| held.view) }))
}

pub(crate) async fn freeze(State(app): State<Shared>, Sent(sent): Sent<FreezeWish>) -> Answer<WorkView> {
    Ok(Json(app.desk.freeze(&app, sent.from_rules)?))
}

pub(crate) async fn plan_removals(State(app): State<Shared>, RawQuery(query): RawQuery) -> Answer<PlanPage> {
    let (at, limit, plan) = part(query.as_deref(), Some("plan"))?;
    let Frozen { plan, .. } = app.desk.plan_of(&plan.unwrap_or_default())?;
    Ok(Json(look(move || Ok(PlanPage::of(&plan, at, limit))).await?))
}

/// `GET /plan.json`: the plan as `lookalike plan --out` writes it.
pub(crate) async fn plan_file(State(app): State<Shared>) -> Result<Response, Problem> {
    let Some(Frozen { plan, .. }) = app.desk.plan() else { return Err(Problem::not_found(texts::say("problem.no-plan"))) };
    let bytes = look(move || Ok(plan.to_json())).await?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, "attachment; filename=\"plan.json\"")];
    Ok((headers, bytes).into_response())
}

pub(crate) async fn remove(State(app): State<Shared>, Sent(sent): Sent<RemoveWish>) -> Answer<WorkView> {
    app.desk.ensure_idle()?;
    let held = app.desk.plan_of(&sent.plan)?;
    let photos = held.plan.removals.len() as u64;
    if photos == 0 || sent.photos != photos {
        return Err(wrong_count(photos));
    }
    let at = Arc::clone(&app);
    look(move || Ok(at.review.ensure_may_remove(&at.desk.state, &held.plan)?)).await?;
    Ok(Json(app.desk.remove(&app, &sent.plan)?))
}

pub(crate) async fn work(State(app): State<Shared>) -> Answer<WorkAnswer> {
    Ok(Json(WorkAnswer { work: app.desk.work() }))
}

pub(crate) async fn stop(State(app): State<Shared>, Sent(sent): Sent<WorkWish>) -> Answer<WorkView> {
    Ok(Json(app.desk.stop(sent.id)?))
}

pub(crate) async fn all_runs(State(app): State<Shared>) -> Answer<RunsAnswer> {
    Ok(Json(RunsAnswer { runs: runs_of(app).await? }))
}

pub(crate) async fn runs_of(app: Shared) -> Result<Vec<RunSummary>, Problem> {
    look(move || Ok(runs(&app.desk.state)?)).await
}

pub(crate) async fn run(State(app): State<Shared>, Path(run): Path<String>, RawQuery(query): RawQuery) -> Answer<RunPage> {
    let (run, (at, limit, _)) = (number_of(&run)?, part(query.as_deref(), None)?);
    Ok(Json(run_at(app, run, at, limit).await?))
}

/// Returns a run; a number that none has is nothing found.
pub(crate) async fn run_at(app: Shared, run: u64, at: u64, limit: usize) -> Result<RunPage, Problem> {
    look(move || match run_page(&app.desk.state, run, at, limit) {
        Err(error) if error.is_of_user() => Err(Problem { status: StatusCode::NOT_FOUND, ..error.into() }),
        found => Ok(found?),
    })
    .await
}

pub(crate) async fn take_back(State(app): State<Shared>, Path(run): Path<String>, Sent(sent): Sent<TakeBackWish>) -> Answer<WorkView> {
    let run = number_of(&run)?;
    app.desk.ensure_idle()?;
    let at = Arc::clone(&app);
    let sums = look(move || match at.review.ensure_may_take_back(&at.desk.state, run) {
        Err(error) if error.is_of_user() => Err(Problem { status: StatusCode::NOT_FOUND, ..error.into() }),
        found => Ok(found?),
    })
    .await?;
    if sums.removed == 0 || sent.photos != sums.removed {
        return Err(wrong_count(sums.removed));
    }
    Ok(Json(app.desk.take_back(&app, run)?))
}

pub(crate) async fn trash(State(app): State<Shared>, RawQuery(query): RawQuery) -> Answer<TrashPage> {
    let (at, limit, _) = part(query.as_deref(), None)?;
    Ok(Json(trash_at(app, at, limit).await?))
}

pub(crate) async fn trash_at(app: Shared, at: u64, limit: usize) -> Result<TrashPage, Problem> {
    look(move || Ok(trash_page(&app.desk.state, at, limit)?)).await
}
