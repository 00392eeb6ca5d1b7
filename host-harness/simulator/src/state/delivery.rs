//! Deliveries: webhooks that were sent, are held, or had nowhere to go.

use bytes::Bytes;
use serde::Serialize;

use super::{World, next};
use crate::webhooks::Reply;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryState {
    /// About to be sent.
    Queued,
    /// Kept back until it is released.
    Held,
    /// At least one attempt was made.
    Sent,
    /// The employer has pasted no webhook URL.
    NoWebhookUrl,
}

/// One POST of a delivery.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Attempt {
    pub(crate) at_ms: i64,
    pub(crate) url: String,
    pub(crate) status: Option<u16>,
    pub(crate) response_body: String,
    pub(crate) error: Option<String>,
}

/// One webhook with all its attempts.
pub(crate) struct Delivery {
    pub(crate) id: u64,
    pub(crate) employer_id: u64,
    pub(crate) event_type: String,
    pub(crate) job_id: Option<u64>,
    pub(crate) state: DeliveryState,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) attempts: Vec<Attempt>,
}

impl World {
    /// Records a delivery; it is held when asked for or when the employer's webhooks are.
    pub(crate) fn add_delivery(
        &mut self,
        employer_id: u64,
        event_type: &str,
        job_id: Option<u64>,
        body: Bytes,
        hold: bool,
    ) -> u64 {
        let held = hold
            || self
                .employers
                .get(&employer_id)
                .is_some_and(|employer| employer.hold_webhooks);
        let id = next(&mut self.last_ids.delivery);
        let state = if held {
            DeliveryState::Held
        } else {
            DeliveryState::Queued
        };
        self.deliveries.insert(
            id,
            Delivery {
                id,
                employer_id,
                event_type: event_type.to_owned(),
                job_id,
                state,
                body,
                headers: Vec::new(),
                attempts: Vec::new(),
            },
        );
        id
    }

    /// The held deliveries of an employer, in the order in which they came about; they are queued now.
    pub(crate) fn release_held(&mut self, employer_id: u64) -> Vec<u64> {
        let mut released = Vec::new();
        for delivery in self.deliveries.values_mut() {
            if delivery.employer_id == employer_id && delivery.state == DeliveryState::Held {
                delivery.state = DeliveryState::Queued;
                released.push(delivery.id);
            }
        }
        released
    }

    /// Writes down how an attempt went.
    pub(crate) fn record_attempt(&mut self, id: u64, at_ms: i64, url: String, reply: Reply) {
        if let Some(delivery) = self.deliveries.get_mut(&id) {
            delivery.state = DeliveryState::Sent;
            delivery.attempts.push(Attempt {
                at_ms,
                url,
                status: reply.status,
                response_body: reply.body,
                error: reply.error,
            });
        }
    }
}
