//! How the state looks in the control API's answers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};

use crate::state::{
    Attempt, Delivery, DeliveryState, Employer, Moderation, Posting, SigningKey, World,
};

/// A delivery. `body` is what was sent; `status` and `response_body` are of the newest attempt.
#[derive(Serialize)]
pub(crate) struct DeliveryView {
    id: u64,
    employer_id: u64,
    event_type: String,
    job_id: Option<u64>,
    state: DeliveryState,
    url: Option<String>,
    at: Option<i64>,
    status: Option<u16>,
    response_body: Option<String>,
    error: Option<String>,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    headers: Vec<(String, String)>,
    attempts: Vec<Attempt>,
}

pub(crate) fn delivery(delivery: &Delivery) -> DeliveryView {
    let last = delivery.attempts.last();
    let text = std::str::from_utf8(&delivery.body).is_ok();
    DeliveryView {
        id: delivery.id,
        employer_id: delivery.employer_id,
        event_type: delivery.event_type.clone(),
        job_id: delivery.job_id,
        state: delivery.state,
        url: last.map(|attempt| attempt.url.clone()),
        at: last.map(|attempt| attempt.at_ms),
        status: last.and_then(|attempt| attempt.status),
        response_body: last.map(|attempt| attempt.response_body.clone()),
        error: last.and_then(|attempt| attempt.error.clone()),
        body: String::from_utf8_lossy(&delivery.body).into_owned(),
        body_base64: (!text).then(|| STANDARD.encode(&delivery.body)),
        headers: delivery.headers.clone(),
        attempts: delivery.attempts.clone(),
    }
}

/// The deliveries with these ids, in that order.
pub(crate) fn deliveries(world: &World, ids: &[u64]) -> Vec<DeliveryView> {
    ids.iter()
        .filter_map(|id| world.deliveries.get(id))
        .map(delivery)
        .collect()
}

/// An employer without secrets.
pub(crate) fn employer(world: &World, employer: &Employer) -> Value {
    let held = world
        .deliveries
        .values()
        .filter(|d| d.employer_id == employer.id && d.state == DeliveryState::Held)
        .count();
    json!({
        "employer_id": employer.id,
        "name": employer.name,
        "contract": employer.contract,
        "credits": employer.credits,
        "webhook_url": employer.webhook_url,
        "moderation": match employer.moderation {
            Moderation::Manual => json!("manual"),
            Moderation::AutoAfter(ms) => json!({"auto_after_ms": ms}),
        },
        "masked_contacts": employer.masked_contacts,
        "signing_key": match employer.signing_key {
            SigningKey::Session => "session",
            SigningKey::Secret => "secret",
        },
        "connected": employer.connected,
        "last_connected_ms": employer.last_connected_ms,
        "sessions": employer.sessions.len(),
        "campaigns": employer.campaigns,
        "publish_required": employer.publish_required,
        "reopen_costs": employer.reopen_costs,
        "hold_webhooks": employer.hold_webhooks,
        "held_deliveries": held,
        "webhook_retries": employer.webhook_retries,
        "one_time_links": employer.one_time_links,
        "webhooks_before_create_answer": employer.webhooks_before_create_answer,
        "required_fields": employer.required_fields,
    })
}

/// A posting with everything: the detail's keys and what the partner API does not tell.
pub(crate) fn posting(world: &World, posting: &Posting) -> Value {
    let mut view = posting.detail(&world.base_url);
    let applications = world
        .applications
        .values()
        .filter(|application| application.job_id == posting.id)
        .count();
    for (name, value) in [
        ("employer_id", json!(posting.employer_id)),
        ("review_round", json!(posting.review_round)),
        ("origin", json!(posting.origin)),
        ("paid", json!(posting.paid)),
        ("deleted", json!(posting.deleted)),
        ("applications", json!(applications)),
        ("history", json!(posting.history)),
    ] {
        view.insert(name.to_owned(), value);
    }
    Value::Object(view)
}
