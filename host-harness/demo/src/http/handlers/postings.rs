//! Postings.

use serde_json::{Value, json};

use crate::application::AppError;
use crate::application::publish::Order;
use crate::domain::id::{ConnectionId, JobId};
use crate::http::endpoint::Call;
use crate::http::reply::Reply;
use crate::http::schema::problem;
use crate::http::views;

/// `POST /api/jobs/{id}/postings`
pub async fn publish(call: Call) -> Result<Reply, AppError> {
    let order = Order {
        connection: ConnectionId(call.body.required_number("connection")?),
        request_id: call.body.text("request_id"),
        values: call.body.values("values").unwrap_or_default(),
        allow_second: call.body.truth("allow_second"),
    };
    let job = JobId(call.id("id")?);
    let posting = call.platform.publish(call.user()?, job, order).await?;
    Ok(Reply::Created(views::posting(
        &posting,
        call.platform.now(),
    )))
}

/// `POST /api/jobs/{id}/links`
pub async fn link(call: Call) -> Result<Reply, AppError> {
    let connection = ConnectionId(call.body.required_number("connection")?);
    let board_posting = call.body.required_text("board_posting")?;
    let request_id = call.body.text("request_id");
    let job = JobId(call.id("id")?);
    let posting = call
        .platform
        .link(call.user()?, job, connection, board_posting, request_id)
        .await?;
    Ok(Reply::Created(views::posting(
        &posting,
        call.platform.now(),
    )))
}

/// `GET /api/jobs/{id}/postings`
pub async fn of_job(call: Call) -> Result<Reply, AppError> {
    let job = JobId(call.id("id")?);
    let postings = call.platform.postings_of(call.user()?, job).await?;
    let now = call.platform.now();
    let shown = postings.iter().map(|posting| views::posting(posting, now));
    let shown: Vec<Value> = shown.collect();
    Ok(Reply::Json(json!({ "postings": shown })))
}

/// `GET /api/postings/{id}`
pub async fn get(call: Call) -> Result<Reply, AppError> {
    let refresh = call.query.truth("refresh");
    let posting = call
        .platform
        .posting(call.user()?, call.word("id")?, refresh)
        .await?;
    Ok(Reply::Json(views::posting(&posting, call.platform.now())))
}

/// `PUT /api/postings/{id}`
pub async fn update(call: Call) -> Result<Reply, AppError> {
    let version = call.body.required_text("expected_version")?;
    let values = call.body.values("values").unwrap_or_default();
    let update = call
        .platform
        .update(call.user()?, call.word("id")?, version, values)
        .await?;
    Ok(Reply::Json(views::update(&update, call.platform.now())))
}

/// `POST /api/postings/{id}/close`
pub async fn close(call: Call) -> Result<Reply, AppError> {
    let posting = call.platform.close(call.user()?, call.word("id")?).await?;
    Ok(Reply::Json(views::posting(&posting, call.platform.now())))
}

/// `POST /api/postings/{id}/reopen`
pub async fn reopen(call: Call) -> Result<Reply, AppError> {
    let own = call.body.text("request_id");
    let deadline = call.body.text("new_deadline");
    let posting = call
        .platform
        .reopen(call.user()?, call.word("id")?, own, deadline)
        .await?;
    Ok(Reply::Json(views::posting(&posting, call.platform.now())))
}

/// `POST /api/postings/{id}/unlink`
pub async fn unlink(call: Call) -> Result<Reply, AppError> {
    let posting = call.platform.unlink(call.user()?, call.word("id")?).await?;
    Ok(Reply::Json(views::posting(&posting, call.platform.now())))
}

/// `POST /api/postings/{id}/resolve`: either `adopt` or `not_created`.
pub async fn resolve(call: Call) -> Result<Reply, AppError> {
    let adopt = call.body.text("adopt");
    if adopt.is_some() == call.body.truth("not_created") {
        return Err(AppError::Input(vec![problem("adopt", "required")]));
    }
    let posting = call
        .platform
        .resolve(call.user()?, call.word("id")?, adopt)
        .await?;
    Ok(Reply::Json(views::posting(&posting, call.platform.now())))
}

/// `GET /api/posted-jobs`
pub async fn log(call: Call) -> Result<Reply, AppError> {
    let job = call.query.number("job").map(JobId);
    let lines = call
        .platform
        .posted_jobs(call.user()?, job, call.page())
        .await?;
    let shown: Vec<Value> = lines.iter().map(views::log_line).collect();
    Ok(Reply::Json(json!({ "posted_jobs": shown })))
}
