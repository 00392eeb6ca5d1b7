//! The simulator's time.

use axum::extract::State;
use serde_json::json;

use super::http::{Answered, Input, ok};
use crate::app::App;
use crate::clock::LATEST_MS;
use crate::input::InputError;

/// `GET /control/clock`.
pub(crate) async fn show(State(app): State<App>) -> Answered {
    let now = app.with(|world| world.now_ms());
    ok(&json!({"now_ms": now}))
}

/// `POST /control/clock {advance_ms}` or `{set_ms}`: what falls due happens, with its webhooks, before the answer.
pub(crate) async fn change(State(app): State<App>, Input(mut fields): Input) -> Answered {
    let advance = fields.optional_integer("advance_ms", 0, LATEST_MS)?;
    let set = fields.optional_integer("set_ms", 0, LATEST_MS)?;
    fields.finish()?;
    let now = app.with(|world| {
        match (advance, set) {
            (Some(by), None) => world.clock.advance(by),
            (None, Some(to)) => world.clock.set(to),
            (None, None) => return Err(InputError::missing("advance_ms")),
            (Some(_), Some(_)) => {
                let message = "advance_ms and set_ms exclude each other";
                return Err(InputError::new(422, "bad_value", "set_ms", message));
            }
        }
        world.settle();
        Ok(world.now_ms())
    })?;
    app.run_due().await;
    ok(&json!({"now_ms": now}))
}
