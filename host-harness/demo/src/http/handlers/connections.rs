//! Connections.

use serde_json::{Value, json};

use crate::application::AppError;
use crate::domain::id::ConnectionId;
use crate::http::endpoint::Call;
use crate::http::reply::Reply;
use crate::http::views;

fn id(call: &Call) -> Result<ConnectionId, AppError> {
    call.id("id").map(ConnectionId)
}

async fn show(call: &Call, id: ConnectionId) -> Result<Value, AppError> {
    let user = call.user()?;
    let view = call.platform.connection_view(user, id).await?;
    Ok(views::connection(call.platform.manifest(), user, view))
}

/// `GET /api/connections`
pub async fn list(call: Call) -> Result<Reply, AppError> {
    let user = call.user()?;
    let manifest = call.platform.manifest();
    let found = call.platform.connections(user).await?;
    let shown: Vec<Value> = found
        .into_iter()
        .map(|view| views::connection(manifest, user, view))
        .collect();
    Ok(Reply::Json(json!({ "connections": shown })))
}

/// `POST /api/connections`
pub async fn create(call: Call) -> Result<Reply, AppError> {
    let user = call.user()?;
    let name = call.body.required_text("name")?;
    let id = call.platform.create_connection(user, &name).await?;
    Ok(Reply::Created(show(&call, id).await?))
}

/// `GET /api/connections/{id}`
pub async fn get(call: Call) -> Result<Reply, AppError> {
    Ok(Reply::Json(show(&call, id(&call)?).await?))
}

/// `PUT /api/connections/{id}/settings`
pub async fn configure(call: Call) -> Result<Reply, AppError> {
    let settings = call.body.values("settings").unwrap_or_default();
    let accept = call.body.truth("accept_other_account");
    let status = call
        .platform
        .configure(call.user()?, id(&call)?, settings, accept)
        .await?;
    Ok(Reply::Json(views::connection_status(status)))
}

/// `POST /api/connections/{id}/check`
pub async fn check(call: Call) -> Result<Reply, AppError> {
    let status = call.platform.check(call.user()?, id(&call)?).await?;
    Ok(Reply::Json(views::connection_status(status)))
}

/// `POST /api/connections/{id}/disconnect`
pub async fn disconnect(call: Call) -> Result<Reply, AppError> {
    let status = call.platform.disconnect(call.user()?, id(&call)?).await?;
    Ok(Reply::Json(views::connection_status(status)))
}

/// `GET /api/connections/{id}/linkable`
pub async fn linkable(call: Call) -> Result<Reply, AppError> {
    let cursor = call.query.text("cursor");
    let page = call
        .platform
        .linkable(call.user()?, id(&call)?, cursor)
        .await?;
    let postings: Vec<Value> = page
        .postings
        .into_iter()
        .map(views::board_posting)
        .collect();
    Ok(Reply::Json(
        json!({ "postings": postings, "next": page.next }),
    ))
}

/// `POST /api/connections/{id}/reconcile`
pub async fn reconcile(call: Call) -> Result<Reply, AppError> {
    let done = call.platform.reconcile(call.user()?, id(&call)?).await?;
    Ok(Reply::Json(
        json!({ "events": done.events, "new": done.new, "notes": done.notes }),
    ))
}
