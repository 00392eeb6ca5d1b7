//! Deliveries: what was sent, sending it again, sending anything at all, and letting held ones go.

use std::collections::BTreeMap;

use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue};
use serde::Serialize;

use super::http::{Answered, Id, Input, OfEmployer, OptionalInput, ok};
use super::views::{self, DeliveryView};
use crate::app::App;
use crate::input::{Fields, InputError, Literal};
use crate::state::{DeliveryState, SigningKey, World};
use crate::webhooks::sign;

/// Where the signature goes in a raw body.
const PLACE: &str = "{{signature}}";

#[derive(Serialize)]
struct One {
    delivery: Option<DeliveryView>,
}

#[derive(Serialize)]
struct Many {
    deliveries: Vec<DeliveryView>,
}

/// `GET /control/deliveries?employer_id=`: all of them, oldest first.
pub(crate) async fn list(State(app): State<App>, OfEmployer(employer_id): OfEmployer) -> Answered {
    let deliveries = app.with(|world| -> Result<Vec<DeliveryView>, InputError> {
        if let Some(id) = employer_id {
            world.employer(id)?;
        }
        Ok(of(world, employer_id))
    })?;
    ok(&Many { deliveries })
}

/// The deliveries of one employer, or all.
pub(crate) fn of(world: &World, employer_id: Option<u64>) -> Vec<DeliveryView> {
    let all = world.deliveries.values();
    all.filter(|delivery| employer_id.is_none_or(|id| id == delivery.employer_id))
        .map(views::delivery)
        .collect()
}

/// `POST /control/deliveries/{id}/resend`: the same bytes once more, also if the delivery was held.
pub(crate) async fn resend(
    State(app): State<App>,
    Id(id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    app.with(|world| match world.deliveries.get_mut(&id) {
        None => Err(InputError::not_found("delivery_id", id)),
        Some(delivery) => {
            delivery.state = DeliveryState::Queued;
            Ok(())
        }
    })?;
    app.send(&[id]).await;
    one(&app, id)
}

fn one(app: &App, id: u64) -> Answered {
    let delivery = app.with(|world| world.deliveries.get(&id).map(views::delivery));
    ok(&One { delivery })
}

/// `POST /control/employers/{id}/release {order?}`: sends what is held and lets waiting answers go.
/// The setting `hold_webhooks` stays as it is.
pub(crate) async fn release(
    State(app): State<App>,
    Id(employer_id): Id,
    OptionalInput(mut fields): OptionalInput,
) -> Answered {
    let orders = [("fifo", false), ("reverse", true)];
    let reverse = fields.optional_choice("order", &orders)?.unwrap_or(false);
    fields.finish()?;
    let ids = app.with(|world| -> Result<Vec<u64>, InputError> {
        world.employer_mut(employer_id)?.releases += 1;
        let mut ids = world.release_held(employer_id);
        if reverse {
            ids.reverse();
        }
        Ok(ids)
    })?;
    app.send(&ids).await;
    app.announce_release();
    let deliveries = app.with(|world| views::deliveries(world, &ids));
    ok(&Many { deliveries })
}

/// `POST /control/deliveries/raw {employer_id, body_text | body_base64, headers?, sign?}`: any bytes at all.
pub(crate) async fn raw(State(app): State<App>, Input(mut fields): Input) -> Answered {
    let employer_id = fields.integer("employer_id", 1, i64::MAX)?;
    let employer_id = u64::try_from(employer_id).unwrap_or(0);
    let bytes = raw_bytes(&mut fields)?;
    let headers = raw_headers(&mut fields)?;
    let signing = fields.optional_fields("sign")?;
    fields.finish()?;
    let signing = signing.map(Signing::read).transpose()?;
    let id = app.with(|world| -> Result<u64, InputError> {
        let employer = world.employer(employer_id)?;
        let (body, event_type) = match signing {
            None => (bytes, "raw".to_owned()),
            Some(signing) => {
                let own = match signing.key {
                    Some(SigningKey::Secret) => employer.secret_key.as_str(),
                    _ => employer.signing_secret(),
                };
                let key = signing.key_text.as_deref().unwrap_or(own);
                let signature = sign(key, &signing.event_type, &signing.fields);
                (signed(bytes, &signature)?, signing.event_type)
            }
        };
        let id = world.add_delivery(employer_id, &event_type, None, body, false);
        if let Some(delivery) = world.deliveries.get_mut(&id) {
            delivery.headers = headers;
        }
        Ok(id)
    })?;
    app.send(&[id]).await;
    one(&app, id)
}

fn raw_bytes(fields: &mut Fields) -> Result<Bytes, InputError> {
    let text = fields.optional_any_text("body_text")?;
    let encoded = fields.optional_any_text("body_base64")?;
    match (text, encoded) {
        (Some(text), None) => Ok(Bytes::from(text)),
        (None, Some(encoded)) => STANDARD
            .decode(encoded.as_bytes())
            .map(Bytes::from)
            .map_err(|_| InputError::bad_value("body_base64", "base64")),
        (None, None) => Err(InputError::missing("body_text")),
        (Some(_), Some(_)) => {
            let message = "body_text and body_base64 exclude each other";
            Err(InputError::new(422, "bad_value", "body_base64", message))
        }
    }
}

fn raw_headers(fields: &mut Fields) -> Result<Vec<(String, String)>, InputError> {
    let Some(headers) = fields.optional_fields("headers")? else {
        return Ok(Vec::new());
    };
    let wrong = || InputError::bad_value("headers", "an object of header names and texts");
    let mut pairs = Vec::new();
    for (name, value) in headers.into_literals().map_err(|_| wrong())? {
        let Literal::Text(value) = value else {
            return Err(wrong());
        };
        let usable = HeaderName::from_bytes(name.as_bytes()).is_ok()
            && HeaderValue::from_str(&value).is_ok();
        if !usable {
            return Err(wrong());
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// How to sign a raw body: the signed fields by name, beside them `key` (`session` or `secret`) or
/// `key_text` (any key).
struct Signing {
    event_type: String,
    fields: BTreeMap<String, Literal>,
    key: Option<SigningKey>,
    key_text: Option<String>,
}

impl Signing {
    fn read(mut fields: Fields) -> Result<Signing, InputError> {
        let keys = [
            ("session", SigningKey::Session),
            ("secret", SigningKey::Secret),
        ];
        let key = fields.optional_choice("key", &keys)?;
        let key_text = fields.optional_text("key_text", 500)?;
        let mut inner = match fields.optional_fields("fields")? {
            None => fields,
            Some(inner) => {
                fields.finish()?;
                inner
            }
        };
        let event_type = inner.text("event_type", 200)?;
        Ok(Signing {
            event_type,
            fields: inner.into_literals()?,
            key,
            key_text,
        })
    }
}

/// Puts the signature where the body asks for it, else in as the object's last key.
fn signed(body: Bytes, signature: &str) -> Result<Bytes, InputError> {
    let problem = || {
        let message = "to sign it, the body must contain {{signature}} or be a JSON object";
        InputError::new(422, "bad_value", "body_text", message)
    };
    let text = std::str::from_utf8(&body).map_err(|_| problem())?;
    if text.contains(PLACE) {
        return Ok(Bytes::from(text.replace(PLACE, signature)));
    }
    let open = text.trim_end().strip_suffix('}').ok_or_else(problem)?;
    let comma = if open.trim() == "{" { "" } else { "," };
    Ok(Bytes::from(format!(
        "{open}{comma}\"signature\":\"{signature}\"}}"
    )))
}
