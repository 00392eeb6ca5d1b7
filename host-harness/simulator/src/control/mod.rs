//! The control API under `/control`: what the employer, TopCV's staff and the candidates do at TopCV's own
//! site, and what a test needs to know. Errors are `{"error":{"code","message","field"}}`.

pub(crate) mod applications;
pub(crate) mod clock;
pub(crate) mod deliveries;
pub(crate) mod employers;
pub(crate) mod faults;
pub(crate) mod http;
pub(crate) mod ledger;
pub(crate) mod postings;
mod views;

use axum::Router;
use axum::extract::State;
use axum::routing::{any, delete, get, post};
use serde_json::json;

use crate::app::App;
use crate::input::InputError;
use http::{Answered, ok};

/// Every path of the control API.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/control/employers",
            post(employers::create).get(employers::list),
        )
        .route(
            "/control/employers/{id}",
            get(employers::show).patch(employers::change),
        )
        .route(
            "/control/employers/{id}/postings",
            post(postings::create).get(postings::list),
        )
        .route("/control/employers/{id}/release", post(deliveries::release))
        .route(
            "/control/employers/{id}/check-webhook",
            post(employers::check_webhook),
        )
        .route(
            "/control/postings/{id}",
            get(postings::show).patch(postings::change),
        )
        .route("/control/postings/{id}/approve", post(postings::approve))
        .route("/control/postings/{id}/reject", post(postings::reject))
        .route("/control/postings/{id}/stop", post(postings::stop))
        .route("/control/postings/{id}/expire", post(postings::expire))
        .route("/control/postings/{id}/delete", post(postings::delete))
        .route("/control/postings/{id}/apply", post(applications::apply))
        .route(
            "/control/applications/{id}/again",
            post(applications::again),
        )
        .route("/control/applications/{id}/open", post(applications::open))
        .route("/control/deliveries", get(deliveries::list))
        .route("/control/deliveries/raw", post(deliveries::raw))
        .route("/control/deliveries/{id}/resend", post(deliveries::resend))
        .route(
            "/control/faults",
            post(faults::create).get(faults::list).delete(faults::clear),
        )
        .route("/control/faults/{id}", delete(faults::remove))
        .route("/control/ledger", get(ledger::show))
        .route("/control/clock", get(clock::show).post(clock::change))
        .route("/control/reset", post(reset))
        .route("/control/{*rest}", any(unknown))
        .method_not_allowed_fallback(unknown)
}

/// `POST /control/reset`: as freshly started.
async fn reset(State(app): State<App>) -> Answered {
    app.with(crate::state::World::reset);
    app.announce_release();
    app.replan();
    ok(&json!({"reset": true}))
}

/// What every path that does not exist answers.
pub(crate) async fn unknown() -> InputError {
    InputError::new(
        404,
        "unknown_route",
        "path",
        "the simulator has no such path with this method",
    )
}
