//! The form for a job, filled in as far as possible: from the job for a new posting, from the board for an edit.

use super::form;
use super::version;
use super::view::{is_half_done, load, state_of, wrong_state};
use crate::contract::events::PostingState;
use crate::contract::forms::Form;
use crate::contract::postings::Job;
use crate::contract::types::{FieldProblem, Value};
use crate::failure::{Failure, invalid, problem};
use crate::name_map::NameSet;
use crate::ports::Ports;
use crate::topcv::catalogue;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::vietnam::masking::is_invisible;
use crate::vietnam::time::day_of;

/// Bytes of an id, by the contract.
const LONGEST_ID: usize = 200;
/// Bytes of a title; what is too long for TopCV but not for this is a problem in the form.
const LONGEST_TITLE: usize = 4_000;
/// Bytes of one detail.
const LONGEST_DETAIL: usize = 256 * 1024;
/// Details of one job.
const MOST_DETAILS: usize = 200;

/// See `wit/postings.wit`.
pub fn prepare_job(ports: Ports<'_>, job: &Job, posting: Option<&str>) -> Result<Form, Failure> {
    let problems = malformed(job);
    if !problems.is_empty() {
        return Err(invalid(problems));
    }
    let today = day_of(ports.clock.now());
    let mut client = Client::open(ports)?;
    let Some(posting) = posting else {
        let catalogue = catalogue::refreshed(ports, Some(&mut client))?;
        return Ok(form::for_job(job, &catalogue, &today));
    };
    let record = load(ports, posting)?.value;
    let now = ports.clock.now();
    let state = state_of(&record, client.account(), now);
    let board_id = match (state, &record.board_id) {
        (
            PostingState::PendingReview
            | PostingState::Live
            | PostingState::Rejected
            | PostingState::Closed
            | PostingState::Expired,
            Some(board_id),
        ) => board_id,
        (_, Some(id)) if is_half_done(&record, state, now) => id,
        _ => return Err(wrong_state(&record, state)),
    };
    let board = client.detail(board_id).map_err(BoardError::into_failure)?;
    let catalogue = catalogue::refreshed(ports, Some(&mut client))?;
    Ok(Form {
        version: Some(version::of_form(&record, &board.fields)),
        ..form::for_posting(&board.fields, &catalogue, &today)
    })
}

/// Everything that makes the job unusable as a whole; what is merely doubtful is for the form to show.
fn malformed(job: &Job) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if job.id.is_empty() || job.id.len() > LONGEST_ID || job.id.chars().any(char::is_control) {
        problems.push(problem(
            "id",
            "bad-id",
            "Mã tin tuyển dụng phải có từ 1 đến 200 byte và không chứa ký tự điều khiển.",
            "A job's id has 1 to 200 bytes and no control characters.",
        ));
    }
    if job
        .title
        .chars()
        .all(|c| c.is_whitespace() || is_invisible(c))
    {
        problems.push(problem(
            "title",
            "required",
            "Tin tuyển dụng chưa có tiêu đề.",
            "The job has no title.",
        ));
    } else if job.title.len() > LONGEST_TITLE {
        problems.push(too_long("title"));
    }
    if job.details.len() > MOST_DETAILS {
        problems.push(problem(
            "details",
            "too-many",
            format!("Tin tuyển dụng có quá {MOST_DETAILS} thông tin."),
            format!("The job has more than {MOST_DETAILS} details."),
        ));
        return problems;
    }
    let mut names = NameSet::new();
    for detail in &job.details {
        let shown: String = detail
            .name
            .chars()
            .filter(|c| !c.is_control())
            .take(64)
            .collect();
        if !names.insert(&detail.name) {
            problems.push(problem(
                &shown,
                "duplicate",
                "Thông tin này được gửi hai lần.",
                "This detail was sent twice.",
            ));
        }
        if size(&detail.value) > LONGEST_DETAIL {
            problems.push(too_long(&shown));
        }
    }
    problems
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Json(text) => text.len(),
        Value::Texts(texts) => texts.iter().map(|text| text.len() + 1).sum(),
        Value::Integer(_) | Value::Truth(_) => 0,
    }
}

fn too_long(field: &str) -> FieldProblem {
    problem(
        field,
        "too-long",
        "Nội dung quá dài.",
        "The content is too long.",
    )
}

#[cfg(test)]
mod tests;
