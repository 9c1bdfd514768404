//! Every address there is. The API's description is held to this table by a test.

use crate::guard::{self, Guard};
use crate::problem::Problem;
use crate::server::Shared;
use crate::{api, assets, missing, pages, pictures, removal};
use axum::Router;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)*) => {
        /// Method and address of each route of the API and the pictures.
        #[cfg(test)]
        pub(crate) const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        fn machine() -> Router<Shared> {
            Router::new()$(.route($path, $method($handler)))*
        }
    };
}

routes! {
    get "/api/v1/overview" => api::overview;
    get "/api/v1/choices" => api::choices;
    get "/api/v1/groups" => api::groups;
    get "/api/v1/groups/{asset}" => api::group;
    get "/api/v1/groups/{asset}/neighbours" => api::neighbours;
    get "/api/v1/history" => api::history;
    get "/api/v1/parted" => api::parted;
    get "/api/v1/rules" => api::rules;
    get "/api/v1/pulse" => api::pulse;
    post "/api/v1/groups/{asset}/decide" => api::decide;
    post "/api/v1/accept/preview" => api::preview_accept;
    post "/api/v1/accept" => api::accept;
    post "/api/v1/undo" => api::undo;
    post "/api/v1/redo" => api::redo;
    post "/api/v1/rejoin" => api::rejoin;
    post "/api/v1/rules/preview" => api::preview_rules;
    post "/api/v1/rules" => api::set_rules;
    get "/api/v1/plan" => removal::plan;
    post "/api/v1/plan" => removal::freeze;
    get "/api/v1/plan/removals" => removal::plan_removals;
    post "/api/v1/remove" => removal::remove;
    get "/api/v1/work" => removal::work;
    post "/api/v1/work/stop" => removal::stop;
    get "/api/v1/runs" => removal::all_runs;
    get "/api/v1/runs/{run}" => removal::run;
    post "/api/v1/runs/{run}/undo" => removal::take_back;
    get "/api/v1/trash" => removal::trash;
    get "/api/v1/missing" => missing::found;
    post "/api/v1/missing" => missing::find;
    get "/api/v1/missing/rows" => missing::rows;
    post "/api/v1/missing/ignore" => missing::ignore;
    get "/plan.json" => removal::plan_file;
    get "/pictures/{asset}/{size}" => pictures::picture;
}

/// Returns all routes, behind the guard.
pub(crate) fn router(app: Shared, guard: Arc<Guard>) -> Router {
    machine()
        .route("/", get(pages::overview))
        .route("/groups", get(pages::list))
        .route("/groups/{asset}", get(pages::group))
        .route("/parted", get(pages::parted))
        .route("/rules", get(pages::rules))
        .route("/plan", get(pages::plan))
        .route("/runs", get(pages::runs))
        .route("/runs/{run}", get(pages::run))
        .route("/trash", get(pages::trash))
        .route("/missing", get(pages::missing))
        .route("/assets/{name}", get(assets::asset))
        .fallback(nothing)
        .method_not_allowed_fallback(other_method)
        .layer(middleware::from_fn_with_state(guard, guard::stand))
        .with_state(app)
}

async fn nothing(uri: axum::http::Uri) -> Response {
    let problem = Problem::not_found("there is no such page");
    if uri.path().starts_with("/api/") { problem.into_response() } else { pages::problem(&problem) }
}

async fn other_method() -> Problem {
    Problem::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, "method", "this address is asked in another way", None)
}
