//! Connect, disconnect and check connection.

use serde_json::json;

use super::auth::{authorise, no_contract, refused};
use super::execute::Refused;
use super::{Answer, Call, Executed};
use crate::clock::local_time_text;
use crate::input::{Fields, InputError, parse_object};
use crate::state::World;

/// The JSON object of a body that must have one.
pub(super) fn json_body(call: &Call) -> Result<Fields, InputError> {
    let fields = parse_object(&call.body)?;
    let json = call.content_type.as_deref().is_some_and(|value| {
        let media = value.split(';').next().unwrap_or("").trim();
        media.eq_ignore_ascii_case("application/json")
    });
    if !json {
        return Err(InputError::new(
            415,
            "wrong_content_type",
            "Content-Type",
            "the body must be application/json",
        ));
    }
    Ok(fields)
}

fn api_key(call: &Call) -> Result<String, InputError> {
    let mut fields = json_body(call)?;
    let key = fields.text("employer_api_key", 500)?;
    fields.finish()?;
    Ok(key)
}

/// A new session token for the account whose access token and Secret Key were given.
pub(super) fn connect(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    call.no_query()?;
    let access_token = api_key(call)?;
    let now = world.now_ms();
    let employer = world
        .employers
        .values_mut()
        .find(|employer| employer.access_token == access_token)
        .filter(|employer| call.secret.as_ref() == Some(&employer.secret_key))
        .ok_or_else(refused)?;
    if !employer.contract {
        return Err(no_contract().into());
    }
    let token = employer.sign_in(now);
    Ok(Executed::done(Answer::data(
        "Kết nối thành công.",
        json!({"access_token": token}),
    )))
}

/// Ends the sessions. Whether TopCV goes on sending webhooks is unknown; the simulator does.
pub(super) fn disconnect(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    call.no_query()?;
    let id = authorise(world, call)?;
    let access_token = api_key(call)?;
    let employer = world.employer_mut(id)?;
    if employer.access_token != access_token {
        return Err(refused().into());
    }
    employer.sign_out();
    Ok(Executed::done(Answer::data(
        "Ngắt kết nối thành công.",
        json!(null),
    )))
}

/// Whether the account is connected, and since when.
pub(super) fn check(world: &mut World, call: &Call) -> Result<Executed, Refused> {
    call.no_query()?;
    let id = authorise(world, call)?;
    let employer = world.employer(id)?;
    let data = json!({
        "connected": employer.connected,
        "last_connected_at": employer.last_connected_ms.map(local_time_text),
    });
    Ok(Executed::done(Answer::data("", data)))
}
