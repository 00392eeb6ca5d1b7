//! Erasing people, and the record of it.

use serde_json::{Value, json};

use crate::application::AppError;
use crate::domain::erasure::Reason;
use crate::domain::id::CandidateId;
use crate::http::endpoint::Call;
use crate::http::reply::Reply;
use crate::http::schema::problem;
use crate::http::views;

/// `DELETE /api/candidates/{id}`
pub async fn forget(call: Call) -> Result<Reply, AppError> {
    let id = CandidateId(call.id("id")?);
    let reason = Reason::from_code(&call.body.required_text("reason")?)
        .ok_or_else(|| AppError::Input(vec![problem("reason", "unknown-option")]))?;
    let forgotten = call.platform.forget(call.user()?, id, reason).await?;
    let mut view = views::erasure(&forgotten.erasure);
    view["alike"] = json!(forgotten.alike);
    Ok(Reply::Json(view))
}

/// `GET /api/erasures`
pub async fn erasures(call: Call) -> Result<Reply, AppError> {
    let found = call.platform.erasures(call.user()?, call.page()).await?;
    let shown: Vec<Value> = found.iter().map(views::erasure).collect();
    Ok(Reply::Json(json!({ "erasures": shown })))
}
