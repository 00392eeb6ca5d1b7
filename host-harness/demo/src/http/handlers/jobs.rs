//! Jobs.

use serde_json::{Value, json};

use crate::application::AppError;
use crate::domain::id::{ConnectionId, JobId, UserId};
use crate::http::endpoint::Call;
use crate::http::reply::Reply;
use crate::http::views;

fn id(call: &Call) -> Result<JobId, AppError> {
    call.id("id").map(JobId)
}

/// `GET /api/jobs`
pub async fn list(call: Call) -> Result<Reply, AppError> {
    let jobs = call.platform.jobs(call.user()?).await?;
    let shown: Vec<Value> = jobs.iter().map(views::job).collect();
    Ok(Reply::Json(json!({ "jobs": shown })))
}

/// `POST /api/jobs`
pub async fn create(call: Call) -> Result<Reply, AppError> {
    let user = call.user()?;
    let owner = call.body.number("owner").map_or(user.id, UserId);
    let title = call.body.required_text("title")?;
    let details = call.body.values("details").unwrap_or_default();
    let job = call
        .platform
        .add_job(user.tenant, owner, title, details)
        .await?;
    Ok(Reply::Created(views::job(&job)))
}

/// `GET /api/jobs/{id}`
pub async fn get(call: Call) -> Result<Reply, AppError> {
    let job = call.platform.job(call.user()?, id(&call)?).await?;
    Ok(Reply::Json(views::job(&job)))
}

/// `PATCH /api/jobs/{id}`
pub async fn change(call: Call) -> Result<Reply, AppError> {
    let (title, details) = (call.body.text("title"), call.body.values("details"));
    let job = call
        .platform
        .change_job(call.user()?, id(&call)?, title, details)
        .await?;
    Ok(Reply::Json(views::job(&job)))
}

/// `GET /api/jobs/{id}/pipeline`
pub async fn pipeline(call: Call) -> Result<Reply, AppError> {
    let stages = call.platform.pipeline(call.user()?, id(&call)?).await?;
    let shown: Vec<Value> = stages
        .iter()
        .map(|(stage, cards)| {
            let mut shown = views::stage_label(*stage);
            shown["candidates"] = cards.iter().map(views::card).collect();
            shown
        })
        .collect();
    Ok(Reply::Json(json!({ "stages": shown })))
}

/// `GET /api/jobs/{id}/sources`
pub async fn sources(call: Call) -> Result<Reply, AppError> {
    let sources = call.platform.sources(call.user()?, id(&call)?).await?;
    let shown: Vec<Value> = sources
        .iter()
        .map(|count| json!({ "source": count.source, "applications": count.applications }))
        .collect();
    Ok(Reply::Json(json!({ "sources": shown })))
}

/// `POST /api/jobs/{id}/form`
pub async fn form(call: Call) -> Result<Reply, AppError> {
    let connection = ConnectionId(call.body.required_number("connection")?);
    let posting = call.body.text("posting");
    let form = call
        .platform
        .form(call.user()?, id(&call)?, connection, posting)
        .await?;
    Ok(Reply::Json(views::form(form)))
}
