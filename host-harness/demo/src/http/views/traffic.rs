//! Deliveries and events. What came in stays sealed: these views hold nothing of it.

use serde_json::{Value, json};

use crate::application::receive::Processed;
use crate::store::deliveries::DeliveryLine;
use crate::store::events::UnmatchedLine;

/// A delivery.
pub fn delivery(line: &DeliveryLine) -> Value {
    json!({
        "id": line.id,
        "connection": line.connection,
        "received_at": line.received_at,
        "method": line.method,
        "bytes": line.bytes,
        "state": line.state,
        "verdict": line.verdict,
        "attempts": line.attempts,
        "next_try_at": line.next_try_at,
        "code": line.code,
        "message": line.message,
        "status": line.status,
    })
}

/// What became of a delivery that was processed again.
pub fn processed(processed: &Processed) -> Value {
    json!({
        "state": processed.state.code(),
        "new_events": processed.new_events,
        "status": processed.answer.status,
        "code": processed.trouble.as_ref().map(|trouble| &trouble.code),
        "message": processed.trouble.as_ref().map(|trouble| &trouble.message),
    })
}

/// An event that waits for its posting.
pub fn unmatched(line: &UnmatchedLine) -> Value {
    json!({
        "id": line.id,
        "connection": line.connection,
        "board_posting": line.board_posting,
        "kind": line.kind,
        "received_at": line.received_at,
    })
}
