//! Jobs, postings and their log.

use job_board_host::contract::postings::BoardPosting;
use serde_json::{Value, json};

use crate::application::postings::Update;
use crate::board::convert;
use crate::domain::job::Job;
use crate::domain::posting::Posting;
use crate::domain::stage::Stage;
use crate::store::posted_jobs::Line;

/// A job.
pub fn job(job: &Job) -> Value {
    json!(job)
}

/// A posting at a moment: the contract's record under the same names, and the labels that a page needs.
pub fn posting(posting: &Posting, now: u64) -> Value {
    let facts = &posting.facts;
    json!({
        "id": posting.request_id,
        "connection": posting.connection,
        "job": posting.job,
        "board_posting": posting.board_posting,
        "state": posting.state,
        "state_label": posting.state.label(),
        "confirmed": posting.confirmed,
        "last_delivery_at": posting.last_delivery_at,
        "silent_since": posting.silent_since(now),
        "url": facts.url,
        "title": facts.title,
        "run_status": facts.run_status,
        "approval_status": facts.approval_status,
        "version": facts.version,
        "review_round": facts.review_round,
        "deadline": facts.deadline,
        "created_at": facts.created_at,
        "changed_at": facts.changed_at,
        "linked": facts.linked,
        "rejection": facts.rejection,
        "advice": facts.advice,
        "candidates": facts.candidates,
        "extra": facts.extra,
    })
}

/// What an update did.
pub fn update(update: &Update, now: u64) -> Value {
    json!({
        "posting": posting(&update.posting, now),
        "changed": update.changed,
        "kept": update.kept,
        "review": update.review,
    })
}

/// A posting at the board that can be linked.
pub fn board_posting(found: BoardPosting) -> Value {
    let state = convert::state(found.state);
    json!({
        "id": found.id,
        "title": found.title,
        "url": found.url,
        "state": state,
        "state_label": state.label(),
        "deadline": found.deadline,
        "created_at": found.created_at,
        "linked_as": found.linked_as,
    })
}

/// A line of the posted-jobs log.
pub fn log_line((id, line): &(i64, Line)) -> Value {
    json!({
        "id": id,
        "at": line.at,
        "user": line.user,
        "connection": line.connection,
        "job": line.job,
        "posting": line.request_id,
        "what": line.what,
        "result": line.result,
        "message": line.message,
        "url": line.url,
    })
}

/// A stage.
pub fn stage_label(stage: Stage) -> Value {
    json!({ "id": stage.code(), "label": stage.label() })
}
