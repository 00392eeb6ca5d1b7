//! What is done to postings by one click: each is the control API's own function.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::{detail, list};
use crate::app::App;
use crate::control::http::{Answered, Id, Input, OptionalInput};
use crate::control::postings as control;
use crate::input::{Fields, InputError};
use crate::portal::pages::own_posting;
use crate::portal::web::{At, Visit, fields};

/// `POST …/postings`: made at TopCV's own site.
pub(in crate::portal) async fn create(State(app): State<App>, visit: Visit, at: At) -> Response {
    let input = OptionalInput(fields([("title", json!(visit.form.text("title")))]));
    let outcome = control::create(State(app.clone()), Id(at.employer), input).await;
    let then = ("posted", format!("/portal/{}/postings", at.employer));
    visit.after(&app, outcome, then, |world, visit| {
        list::page(world, visit, at.employer)
    })
}

/// `POST …/approve`.
pub(in crate::portal) async fn approve(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = match own(&app, &at) {
        Ok((id, nothing)) => control::approve(State(app.clone()), id, nothing).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "approved")
}

/// `POST …/reject`.
pub(in crate::portal) async fn reject(State(app): State<App>, visit: Visit, at: At) -> Response {
    let reason = fields([("reason", json!(visit.form.text("reason")))]);
    let outcome = match own(&app, &at) {
        Ok((id, _)) => control::reject(State(app.clone()), id, Input(reason)).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "rejected")
}

/// `POST …/stop`.
pub(in crate::portal) async fn stop(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = match own(&app, &at) {
        Ok((id, nothing)) => control::stop(State(app.clone()), id, nothing).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "stopped")
}

/// `POST …/expire`.
pub(in crate::portal) async fn expire(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = match own(&app, &at) {
        Ok((id, nothing)) => control::expire(State(app.clone()), id, nothing).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "expired")
}

/// `POST …/delete`.
pub(in crate::portal) async fn delete(State(app): State<App>, visit: Visit, at: At) -> Response {
    let outcome = match own(&app, &at) {
        Ok((id, nothing)) => control::delete(State(app.clone()), id, nothing).await,
        Err(error) => Err(error),
    };
    after(&app, visit, &at, outcome, "deleted")
}

/// The posting's id with an empty input, if the posting is this employer's.
fn own(app: &App, at: &At) -> Result<(Id, OptionalInput), InputError> {
    app.with(|world| own_posting(world, at.employer, at.item).map(|_| ()))?;
    Ok((Id(at.item), OptionalInput(Fields::empty())))
}

fn after(app: &App, visit: Visit, at: &At, outcome: Answered, notice: &'static str) -> Response {
    let to = format!("/portal/{}/postings/{}", at.employer, at.item);
    visit.after(app, outcome, (notice, to), |world, visit| {
        detail::page(world, visit, at.employer, at.item)
    })
}
