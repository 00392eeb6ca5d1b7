//! Candidates and notifications.

use serde_json::{Value, json};

use crate::application::AppError;
use crate::domain::id::{ApplicationId, CandidateId, CvId, NoticeId};
use crate::domain::stage::Stage;
use crate::http::endpoint::Call;
use crate::http::reply::Reply;
use crate::http::schema::problem;
use crate::http::views;

/// `GET /api/candidates/{id}`
pub async fn get(call: Call) -> Result<Reply, AppError> {
    let id = CandidateId(call.id("id")?);
    let profile = call.platform.candidate(call.user()?, id).await?;
    Ok(Reply::Json(views::candidate(&profile)))
}

/// `POST /api/candidates/{id}/stage`
pub async fn stage(call: Call) -> Result<Reply, AppError> {
    let id = CandidateId(call.id("id")?);
    let stage = Stage::from_code(&call.body.required_text("stage")?)
        .ok_or_else(|| AppError::Input(vec![problem("stage", "unknown-option")]))?;
    let application = call.body.number("application").map(ApplicationId);
    let user = call.user()?;
    call.platform
        .move_to_stage(user, id, application, stage)
        .await?;
    let profile = call.platform.candidate(user, id).await?;
    Ok(Reply::Json(views::candidate(&profile)))
}

/// `GET /api/candidates/{id}/cvs/{cv}`
pub async fn cv(call: Call) -> Result<Reply, AppError> {
    let (id, cv) = (CandidateId(call.id("id")?), CvId(call.id("cv")?));
    let (cv, content) = call.platform.cv(call.user()?, id, cv).await?;
    Ok(Reply::File {
        name: cv.name.unwrap_or_else(|| "cv".to_owned()),
        media_type: cv
            .media_type
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        content: content.to_vec(),
    })
}

/// `POST /api/cvs/retry`
pub async fn retry_cvs(call: Call) -> Result<Reply, AppError> {
    let all = call.query.truth("all");
    let round = call.platform.fetch_cvs(Some(call.tenant()?), all).await?;
    Ok(Reply::Json(json!({
        "tried": round.tried,
        "stored": round.stored,
        "failed": round.failed,
    })))
}

/// `GET /api/notifications`
pub async fn notices(call: Call) -> Result<Reply, AppError> {
    let unread = call.query.truth("unread");
    let notices = call
        .platform
        .notices(call.user()?, unread, call.page())
        .await?;
    let shown: Vec<Value> = notices.iter().map(views::notice).collect();
    Ok(Reply::Json(json!({ "notifications": shown })))
}

/// `POST /api/notifications/{id}/read`
pub async fn read_notice(call: Call) -> Result<Reply, AppError> {
    let id = NoticeId(call.id("id")?);
    call.platform.read_notice(call.user()?, id).await?;
    Ok(Reply::Json(json!({ "id": id })))
}
