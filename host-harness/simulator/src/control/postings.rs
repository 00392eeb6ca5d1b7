//! Postings: made and edited at TopCV's own site, judged by its moderators.

use axum::extract::State;
use serde_json::{Map, Value, json};

use super::http::{Answered, Id, Input, OptionalInput, ok};
use super::views;
use crate::app::App;
use crate::clock::local_day;
use crate::input::{Fields, InputError};
use crate::posting::{FieldErrors, check_known, web_form_posting};
use crate::state::{Approval, Run, World};

const RUNS: [(&str, Run); 4] = [
    ("draft", Run::Draft),
    ("running", Run::Running),
    ("stopped", Run::Stopped),
    ("expired", Run::Expired),
];
const APPROVALS: [(&str, Approval); 3] = [
    ("pending", Approval::Pending),
    ("approved", Approval::Approved),
    ("rejected", Approval::Rejected),
];

/// Posting keys of a body: under `fields` or beside the others; `extra` holds keys of any other name.
struct Written {
    known: Map<String, Value>,
    extra: Map<String, Value>,
}

fn written(mut fields: Fields) -> Result<Written, InputError> {
    let extra = fields
        .optional_fields("extra")?
        .map_or_else(Map::new, Fields::into_values);
    let known = match fields.optional_fields("fields")? {
        None => fields.into_values(),
        Some(inner) => {
            fields.finish()?;
            inner.into_values()
        }
    };
    Ok(Written { known, extra })
}

fn first_problem(errors: FieldErrors) -> InputError {
    let first = errors.into_iter().next();
    let (field, messages) = first.unwrap_or_default();
    InputError::new(422, "bad_value", field, messages.join(" "))
}

/// `POST /control/employers/{id}/postings`: a posting made at the web form. It costs no credit here, so
/// that the ledger's credits are those that the partner API spent.
pub(crate) async fn create(
    State(app): State<App>,
    Id(employer_id): Id,
    OptionalInput(mut fields): OptionalInput,
) -> Answered {
    let run = fields.optional_choice("run_status", &RUNS)?;
    let approval = fields.optional_choice("approval_status", &APPROVALS)?;
    let Written { known, extra } = written(fields)?;
    let body = app.with(|world| -> Result<Value, InputError> {
        let rules = world.rules(employer_id, None)?;
        let checked = check_known(known, &rules).map_err(first_problem)?;
        let mut posting = web_form_posting(local_day(world.now_ms()));
        posting.extend(checked);
        posting.extend(extra);
        let id = world.add_posting(
            employer_id,
            posting,
            run.unwrap_or(Run::Running),
            "web_form",
        );
        let base_url = world.base_url.clone();
        let posting = world.posting_mut(id)?;
        posting.paid = true;
        if let Some(approval) = approval {
            posting.approval = approval;
        }
        Ok(json!({"job_id": id, "job_url": posting.url(&base_url)}))
    })?;
    app.replan();
    ok(&body)
}

/// `GET /control/employers/{id}/postings`: all of them, oldest first, deleted ones too.
pub(crate) async fn list(State(app): State<App>, Id(employer_id): Id) -> Answered {
    let postings = app.with(|world| -> Result<Vec<Value>, InputError> {
        world.settle();
        world.employer(employer_id)?;
        let mine = world
            .postings
            .values()
            .filter(|p| p.employer_id == employer_id);
        Ok(mine.map(|posting| views::posting(world, posting)).collect())
    })?;
    ok(&json!({"postings": postings}))
}

/// `GET /control/postings/{job_id}`.
pub(crate) async fn show(State(app): State<App>, Id(job_id): Id) -> Answered {
    let body = app.with(|world| {
        world.settle();
        shown(world, job_id)
    })?;
    ok(&body)
}

/// `PATCH /control/postings/{job_id}`: the employer edits at TopCV's site; other keys stay, and the
/// posting goes back to review.
pub(crate) async fn change(
    State(app): State<App>,
    Id(job_id): Id,
    Input(fields): Input,
) -> Answered {
    let Written { known, extra } = written(fields)?;
    let body = app.with(|world| -> Result<Value, InputError> {
        let employer_id = world.posting_mut(job_id)?.employer_id;
        let rules = world.rules(employer_id, Some(job_id))?;
        let checked = check_known(known, &rules).map_err(first_problem)?;
        let now = world.now_ms();
        let posting = world.posting_mut(job_id)?;
        if posting.deleted {
            return Err(InputError::conflict("job_id", "the posting was deleted"));
        }
        if let Some(id) = checked
            .get("recruitment_campaign_id")
            .and_then(Value::as_u64)
        {
            posting.campaign_id = id;
        }
        posting.fields.extend(checked);
        posting.fields.extend(extra);
        posting.updated_ms = now;
        posting.note(now, "edited", Some("web_form".to_owned()));
        world.begin_review(job_id);
        shown(world, job_id)
    })?;
    app.replan();
    ok(&body)
}

fn shown(world: &mut World, job_id: u64) -> Result<Value, InputError> {
    world.posting_mut(job_id)?;
    let posting = world.postings.get(&job_id);
    posting
        .map(|posting| views::posting(world, posting))
        .ok_or_else(|| InputError::not_found("job_id", job_id))
}

/// `POST …/approve`: the webhook was answered, or failed, when this returns.
pub(crate) async fn approve(
    State(app): State<App>,
    Id(job_id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    judged(&app, |world| world.approve(job_id)).await
}

/// `POST …/reject {reason}`.
pub(crate) async fn reject(
    State(app): State<App>,
    Id(job_id): Id,
    Input(mut fields): Input,
) -> Answered {
    let reason = fields.text("reason", 5_000)?;
    fields.finish()?;
    judged(&app, |world| world.reject(job_id, reason)).await
}

async fn judged(
    app: &App,
    verdict: impl FnOnce(&mut World) -> Result<u64, InputError>,
) -> Answered {
    let id = app.with(|world| {
        world.settle();
        verdict(world)
    })?;
    app.send(&[id]).await;
    let view = app.with(|world| world.deliveries.get(&id).map(views::delivery));
    ok(&Delivered { delivery: view })
}

#[derive(serde::Serialize)]
struct Delivered {
    delivery: Option<views::DeliveryView>,
}

/// `POST …/stop`: the employer stops it at TopCV's site. No webhook tells it.
pub(crate) async fn stop(
    State(app): State<App>,
    Id(job_id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    app.with(|world| {
        world.settle();
        world.stop_at_site(job_id)
    })?;
    ok(&Delivered { delivery: None })
}

/// `POST …/expire`: no webhook tells it.
pub(crate) async fn expire(
    State(app): State<App>,
    Id(job_id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    app.with(|world| world.expire(job_id))?;
    ok(&Delivered { delivery: None })
}

/// `POST …/delete`: no webhook tells it.
pub(crate) async fn delete(
    State(app): State<App>,
    Id(job_id): Id,
    OptionalInput(fields): OptionalInput,
) -> Answered {
    fields.finish()?;
    app.with(|world| world.delete(job_id))?;
    ok(&Delivered { delivery: None })
}
