//! Publishing: at most one paid creation for a request id, whatever gets lost on the way.

use crate::contract::log::Level;
use crate::contract::postings::Posting;
use crate::contract::storage::Precondition;
use crate::contract::types::{Disposition, NamedValue};
use crate::digest;
use crate::failure::{Failure, failure, in_progress, invalid};
use crate::ports::Ports;
use crate::state::keys;
use crate::state::posting::{PostingRecord, Stage, Standing};
use crate::state::record::{self, Stored, save_over};
use crate::topcv::catalogue;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::vietnam::time::day_of;

use super::form::{self, Body};
use super::lookup::look_up;
use super::saga::{adopt, finish, free, lease_ms, reserve};
use super::sent::keep;
use super::view::{check_id, modify, show};

/// See `wit/postings.wit`.
pub fn publish_job(
    ports: Ports<'_>,
    request_id: &str,
    job: &str,
    values: &[NamedValue],
    allow_second: bool,
) -> Result<Posting, Failure> {
    check_id("request-id", request_id)?;
    check_id("job-id", job)?;
    let mut client = Client::open(ports)?;
    let content = request_digest(job, values);
    let record = match record::load::<PostingRecord>(ports.storage, &keys::posting(request_id))? {
        Some(stored) if stored.value.request_digest != content => return Err(request_id_reused()),
        Some(stored) => resume(ports, &mut client, stored, values, allow_second)?,
        None => {
            let body = validated(ports, values)?;
            let record = intent(ports, &client, request_id, job, content, &body);
            let version = record::save(
                ports.storage,
                &keys::posting(request_id),
                &record,
                &Precondition::Absent,
            )?;
            send(
                ports,
                &mut client,
                Stored {
                    value: record,
                    version,
                },
                &body,
                allow_second,
            )?
        }
    };
    show(ports, record)
}

/// The same request again: goes on where the last call came to, and never creates what may exist.
fn resume(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    stored: Stored<PostingRecord>,
    values: &[NamedValue],
    allow_second: bool,
) -> Result<PostingRecord, Failure> {
    let now = ports.clock.now();
    let record = &stored.value;
    if record.stage == Stage::Done || record.unlinked || record.account != client.account() {
        return Ok(stored.value);
    }
    if record.lease_until > now {
        return Err(in_progress("publish-in-progress", now, record.lease_until));
    }
    // Invalid values could only come from a deadline that has passed since; the intent then stays for a person to free.
    let body = if record.stage == Stage::Reserved {
        Some(validated(ports, values)?)
    } else {
        None
    };
    let leased = PostingRecord {
        lease_until: now + lease_ms(client.protocol()),
        ..stored.value
    };
    let version = save_over(
        ports.storage,
        &keys::posting(&leased.id),
        Some(&stored.version),
        &leased,
    )?;
    match (leased.stage, body) {
        (Stage::Reserved, Some(body)) => send(
            ports,
            client,
            Stored {
                value: leased,
                version,
            },
            &body,
            allow_second,
        ),
        (Stage::Created, _) => finish(ports, client, &leased.id, true),
        _ => look_up(ports, client, &leased.id, true),
    }
}

fn validated(ports: Ports<'_>, values: &[NamedValue]) -> Result<Body, Failure> {
    let catalogue = catalogue::stored(ports)?;
    form::validate_new(values, &catalogue, &day_of(ports.clock.now())).map_err(invalid)
}

fn intent(
    ports: Ports<'_>,
    client: &Client<'_>,
    request_id: &str,
    job: &str,
    request_digest: String,
    body: &Body,
) -> PostingRecord {
    let now = ports.clock.now();
    let text = |key: &str| {
        body.get(key)
            .and_then(serde_json::Value::as_str)
            .map(String::from)
    };
    PostingRecord {
        id: request_id.to_owned(),
        job: job.to_owned(),
        account: client.account(),
        board_id: None,
        url: None,
        title: text("title").unwrap_or_default(),
        stage: Stage::Reserved,
        standing: Standing::Pending,
        run_status: None,
        approval_status: None,
        reason: None,
        unlinked: false,
        linked: false,
        revision: 1,
        round: 1,
        deadline: text("deadline"),
        created_at: now,
        sent_at: now,
        changed_at: now,
        request_digest,
        sent: keep(body),
        lease_until: now + lease_ms(client.protocol()),
        edit: None,
        reopening: None,
        reopened: Vec::new(),
        refusal: None,
        candidates: Vec::new(),
        resolved_by: None,
    }
}

/// From the stored intent to the board's answer. Only here is anything paid for.
fn send(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    stored: Stored<PostingRecord>,
    body: &Body,
    allow_second: bool,
) -> Result<PostingRecord, Failure> {
    if let Err(conflict) = reserve(ports, &stored.value, allow_second) {
        free(ports, &stored)?;
        return Err(conflict);
    }
    let id = stored.value.id.clone();
    let key = keys::posting(&id);
    let sending = PostingRecord {
        stage: Stage::Sending,
        sent_at: ports.clock.now(),
        ..stored.value
    };
    let version = save_over(ports.storage, &key, Some(&stored.version), &sending)?;
    match client.create(body) {
        Ok(board) => adopt(ports, client, &id, &board, true).map_err(created_but),
        Err(error) if error.may_have_happened() => {
            let detail = match &error {
                BoardError::Lost { detail, .. } => detail.as_str(),
                _ => "challenge",
            };
            ports
                .log
                .write(Level::Warn, "publish.unknown", &[("why", detail)]);
            modify(ports, &id, |record| {
                record.stage = Stage::Unknown;
                record.lease_until = 0;
                Ok(())
            })
        }
        Err(error) => {
            free(
                ports,
                &Stored {
                    value: sending,
                    version,
                },
            )?;
            Err(refused(error))
        }
    }
}

/// TopCV's own field errors stand under its keys; the form's fields may be called otherwise.
pub(super) fn refused(error: BoardError) -> Failure {
    let mut failure = error.into_failure();
    for problem in &mut failure.problems {
        // Laravel names list items `skills.0`.
        let key = problem.field.split('.').next().unwrap_or("").to_owned();
        problem.field = form::field_of(&key);
    }
    failure
}

/// The board has created it, and storing that failed: the next call finds it by its content.
fn created_but(failure: Failure) -> Failure {
    if failure.code.starts_with("storage") || failure.code == "raced" {
        failure.with(|it| it.disposition = Disposition::OutcomeUnknown)
    } else {
        failure
    }
}

fn request_digest(job: &str, values: &[NamedValue]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for value in values {
        let line = format!("{}={:?}", value.name, value.value);
        let place = lines.partition_point(|other| *other <= line);
        lines.insert(place, line);
    }
    let mut parts = vec!["publish", job];
    parts.extend(lines.iter().map(String::as_str));
    digest::of(&parts)
}

/// The failure for a request id that is bound to other content.
pub(super) fn request_id_reused() -> Failure {
    failure(
        Disposition::Conflict,
        "request-id-reused",
        "Yêu cầu này đã được gửi với nội dung khác. Hãy tải lại trang rồi gửi một yêu cầu mới.",
        "This request id was used with other content. Reload the form and send a new request.",
    )
}
