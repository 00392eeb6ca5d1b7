//! The employer's side of TopCV as pages, under `/portal`: what an employer, TopCV's moderators and the
//! candidates do by hand, and the faults and the ledger beside it.
//!
//! The pages decide nothing. Every action is a call of the control API's own function with what was typed as
//! its input, so that a click and a `curl` cannot come out differently. [`web`] is what all pages share, with
//! the gate before them; [`pages`] holds one area a file.

mod assets;
mod pages;
mod web;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

use crate::app::App;
use crate::input::InputError;
use pages::{applications, connection, employers, faults, ledger, postings, webhooks};
use web::{admit, answer_stranger, switch};

pub(crate) use web::{Gate, no_foreign_page};

/// Every page and every action, behind the gate.
pub(crate) fn routes(gate: Gate) -> Router<App> {
    Router::new()
        .route("/", get(async || Redirect::to("/portal")))
        .route("/portal", get(employers::show).post(employers::create))
        .route("/portal/language", get(switch))
        .route("/portal/assets/{name}", get(assets::serve))
        .merge(account_routes())
        .merge(posting_routes())
        .merge(traffic_routes())
        .route("/viec-lam/{slug}/{file}", get(postings::public))
        .route("/xem-cv/{item}", get(applications::cv_page))
        .method_not_allowed_fallback(nowhere)
        .layer(from_fn_with_state(gate, admit))
        // The gate reads bodies under its own caps.
        .layer(DefaultBodyLimit::disable())
}

fn account_routes() -> Router<App> {
    Router::new()
        .route("/portal/{employer}", get(connection::enter))
        .route("/portal/{employer}/connection", get(connection::show))
        .route("/portal/{employer}/account", post(connection::save))
        .route("/portal/{employer}/keys", post(connection::rotate))
        .route(
            "/portal/{employer}/sessions",
            post(connection::end_sessions),
        )
        .route("/portal/{employer}/webhook", post(connection::save_webhook))
        .route(
            "/portal/{employer}/webhook/check",
            post(connection::check_webhook),
        )
}

fn posting_routes() -> Router<App> {
    Router::new()
        .route(
            "/portal/{employer}/postings",
            get(postings::list).post(postings::create),
        )
        .route("/portal/{employer}/postings/{item}", get(postings::show))
        .route(
            "/portal/{employer}/postings/{item}/edit",
            get(postings::form).post(postings::edit),
        )
        .route(
            "/portal/{employer}/postings/{item}/approve",
            post(postings::approve),
        )
        .route(
            "/portal/{employer}/postings/{item}/reject",
            post(postings::reject),
        )
        .route(
            "/portal/{employer}/postings/{item}/stop",
            post(postings::stop),
        )
        .route(
            "/portal/{employer}/postings/{item}/expire",
            post(postings::expire),
        )
        .route(
            "/portal/{employer}/postings/{item}/delete",
            post(postings::delete),
        )
}

fn traffic_routes() -> Router<App> {
    Router::new()
        .route(
            "/portal/{employer}/applications",
            get(applications::list).post(applications::apply),
        )
        .route(
            "/portal/{employer}/applications/{item}/again",
            post(applications::again),
        )
        .route(
            "/portal/{employer}/applications/{item}/open",
            post(applications::open),
        )
        .route("/portal/{employer}/webhooks", get(webhooks::list))
        .route(
            "/portal/{employer}/webhooks/release",
            post(webhooks::release),
        )
        .route("/portal/{employer}/webhooks/{item}", get(webhooks::show))
        .route(
            "/portal/{employer}/webhooks/{item}/resend",
            post(webhooks::resend),
        )
        .route(
            "/portal/{employer}/faults",
            get(faults::list).post(faults::create),
        )
        .route("/portal/{employer}/faults/clear", post(faults::clear))
        .route("/portal/{employer}/faults/{item}/off", post(faults::remove))
        .route("/portal/{employer}/clock", post(faults::move_clock))
        .route("/portal/{employer}/ledger", get(ledger::show))
}

/// What a path answers that is no page of the portal, in a form for people.
pub(crate) async fn nowhere(request: Request) -> Response {
    answer_stranger(
        &request.into_parts().0,
        InputError::new(404, "unknown_route", "path", "the portal has no such page"),
    )
}
