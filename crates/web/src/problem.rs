//! What went wrong, as an answer: a status, a code for programs, words and a next step for people.

use crate::texts;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pipeline::Error;
use pipeline::review::GroupView;
use serde::Serialize;

/// What went wrong.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) what: String,
    pub(crate) hint: Option<String>,
    /// After a conflict: how the group stands now.
    pub(crate) group: Option<Box<GroupView>>,
}

/// The same, as it is sent.
#[derive(Serialize)]
pub(crate) struct ProblemAnswer<'a> {
    pub(crate) error: ProblemWords<'a>,
    pub(crate) group: Option<&'a GroupView>,
}

/// Code, words and next step.
#[derive(Serialize)]
pub(crate) struct ProblemWords<'a> {
    pub(crate) code: &'a str,
    pub(crate) what: &'a str,
    pub(crate) hint: Option<&'a str>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, what: impl Into<String>, hint: Option<String>) -> Self {
        Self { status, code, what: what.into(), hint, group: None }
    }

    pub(crate) fn bug(what: &str) -> Self {
        Error::Bug(what.to_owned()).into()
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", what, None)
    }

    pub(crate) fn no_group(asset: i64) -> Self {
        let what = texts::with("problem.no-group", &[("asset", asset.to_string())]);
        Self::new(StatusCode::NOT_FOUND, "no-group", what, Some(texts::say("problem.no-group.hint").to_owned()))
    }

    pub(crate) fn bad_request(what: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request", what, None)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (status, code) = match &error {
            error if error.is_of_user() => (StatusCode::BAD_REQUEST, "user"),
            Error::Conflict { .. } => (StatusCode::CONFLICT, "conflict"),
            Error::User { .. } | Error::World { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "world"),
            Error::Catalog(_) => (StatusCode::SERVICE_UNAVAILABLE, "catalog"),
            Error::Interrupted => (StatusCode::SERVICE_UNAVAILABLE, "interrupted"),
            Error::Output(_) | Error::Bug(_) => (StatusCode::INTERNAL_SERVER_ERROR, "bug"),
        };
        Self::new(status, code, error.to_string(), error.hint())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let error = ProblemWords { code: self.code, what: &self.what, hint: self.hint.as_deref() };
        (self.status, Json(ProblemAnswer { error, group: self.group.as_deref() })).into_response()
    }
}
