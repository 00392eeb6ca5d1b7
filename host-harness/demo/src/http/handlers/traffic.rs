//! Deliveries, quarantine, unmatched events.

use serde_json::{Value, json};

use crate::application::AppError;
use crate::domain::id::{ConnectionId, DeliveryId};
use crate::http::endpoint::Call;
use crate::http::reply::Reply;
use crate::http::views;

fn connection(call: &Call) -> Option<ConnectionId> {
    call.query.number("connection").map(ConnectionId)
}

/// `GET /api/deliveries`
pub async fn deliveries(call: Call) -> Result<Reply, AppError> {
    let found = call
        .platform
        .deliveries(call.user()?, connection(&call), false, call.page())
        .await?;
    let shown: Vec<Value> = found.iter().map(views::delivery).collect();
    Ok(Reply::Json(json!({ "deliveries": shown })))
}

/// `GET /api/quarantine`
pub async fn quarantine(call: Call) -> Result<Reply, AppError> {
    let found = call
        .platform
        .deliveries(call.user()?, connection(&call), true, call.page())
        .await?;
    let shown: Vec<Value> = found.iter().map(views::delivery).collect();
    Ok(Reply::Json(json!({ "deliveries": shown })))
}

/// `POST /api/quarantine/{id}/reprocess`
pub async fn reprocess(call: Call) -> Result<Reply, AppError> {
    let id = DeliveryId(call.id("id")?);
    let processed = call.platform.reprocess(call.user()?, id).await?;
    Ok(Reply::Json(views::processed(&processed)))
}

/// `POST /api/quarantine/reprocess`
pub async fn reprocess_all(call: Call) -> Result<Reply, AppError> {
    let connection = ConnectionId(call.body.required_number("connection")?);
    let (tried, done) = call
        .platform
        .reprocess_all(call.user()?, connection)
        .await?;
    Ok(Reply::Json(json!({ "tried": tried, "done": done })))
}

/// `GET /api/unmatched`
pub async fn unmatched(call: Call) -> Result<Reply, AppError> {
    let found = call
        .platform
        .unmatched(call.user()?, connection(&call), call.page())
        .await?;
    let shown: Vec<Value> = found.iter().map(views::unmatched).collect();
    Ok(Reply::Json(json!({ "unmatched": shown })))
}
