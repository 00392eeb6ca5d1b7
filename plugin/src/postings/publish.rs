//! Publishing: at most one paid creation for a request id, whatever gets lost on the way.

use crate::contract::log::Level;
use crate::contract::postings::Posting;
use crate::contract::storage::Precondition;
use crate::contract::types::{Disposition, NamedValue, Value};
use crate::digest;
use crate::failure::{Failure, failure, in_progress, invalid};
use crate::ports::Ports;
use crate::state::fields::Rest;
use crate::state::keys;
use crate::state::posting::{PostingRecord, RequestRecord, Stage, Standing};
use crate::state::record::{self, SaveError, Stored, save_over};
use crate::topcv::catalogue;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::wire::BoardPosting;
use crate::vietnam::time::day_of;

use super::before_create::{Before, look};
use super::form::{self, Body};
use super::lookup::look_up;
use super::saga::{adopt, finish, free, lease_until, reserve};
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
    let content = request_digest(job, &form::in_one_spelling(values));
    let record = match record::load::<PostingRecord>(ports.storage, &keys::posting(request_id))? {
        Some(stored) if stored.value.request_digest != content => return Err(request_id_reused()),
        Some(stored) => resume(ports, &mut client, stored, values, allow_second)?,
        None => {
            free_of_reopening(ports, request_id)?;
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
    // Found at the board before it was sent: what was found may be gone, or somebody else's by now.
    let not_sent = match record.stage {
        Stage::Reserved => true,
        Stage::Unknown => record.sent_at == 0,
        _ => false,
    };
    let (stage, body) = if not_sent {
        (Stage::Reserved, Some(validated(ports, values)?))
    } else {
        (record.stage, None)
    };
    let leased = PostingRecord {
        stage,
        lease_until: lease_until(now, client.protocol()),
        ..stored.value
    };
    let version = save_over(
        ports.storage,
        &keys::posting(&leased.id),
        Some(&stored.version),
        &leased,
    )?;
    match (stage, body) {
        (_, Some(body)) => send(
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
        lease_until: lease_until(now, client.protocol()),
        edit: None,
        reopening: None,
        reopened: Vec::new(),
        refusal: None,
        candidates: Vec::new(),
        resolved_by: None,
        rest: Rest::default(),
    }
}

/// From the stored intent to the board's answer. Only here is anything paid for.
fn send(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    mut stored: Stored<PostingRecord>,
    body: &Body,
    allow_second: bool,
) -> Result<PostingRecord, Failure> {
    if let Err(conflict) = reserve(ports, &stored.value, allow_second) {
        free(ports, &stored)?;
        return Err(conflict);
    }
    let id = stored.value.id.clone();
    // Once, and a second time when the session ended in between: it is renewed once, so this ends.
    loop {
        match look(ports, client, &stored.value, allow_second) {
            Ok(Before::Create) => {}
            Ok(Before::Adopt(board)) => return take_found(ports, client, &stored, &board),
            Ok(Before::Choose(candidates)) => {
                return modify(ports, &id, |record| {
                    record.stage = Stage::Unknown;
                    record.lease_until = 0;
                    if stored.value.stage == Stage::Reserved {
                        record.sent_at = 0;
                    }
                    record.candidates.clone_from(&candidates);
                    Ok(())
                });
            }
            // What was sent in the session that ended was refused, but that is not to be paid for if it is wrong.
            Err(_) if stored.value.stage == Stage::Sending => {
                return in_doubt(ports, &id, "session");
            }
            Err(failure) => {
                free(ports, &stored)?;
                return Err(failure);
            }
        }
        let now = ports.clock.now();
        let sending = PostingRecord {
            stage: Stage::Sending,
            sent_at: now,
            lease_until: lease_until(now, client.protocol()),
            ..stored.value
        };
        let key = keys::posting(&id);
        let version = save_over(ports.storage, &key, Some(&stored.version), &sending)?;
        let renewable = client.is_renewable();
        let answer = client.create(body);
        stored = Stored {
            value: sending,
            version,
        };
        match answer {
            Ok(board) => return adopt(ports, client, &id, &board, true).map_err(created_but),
            Err(BoardError::SessionOver) if renewable => {}
            Err(error) if error.may_have_happened() => {
                let detail = match &error {
                    BoardError::Lost { detail, .. } => detail.as_str(),
                    _ => "challenge",
                };
                return in_doubt(ports, &id, detail);
            }
            Err(error) => {
                free(ports, &stored)?;
                return Err(refused(error));
            }
        }
    }
}

fn in_doubt(ports: Ports<'_>, id: &str, why: &str) -> Result<PostingRecord, Failure> {
    ports
        .log
        .write(Level::Warn, "publish.unknown", &[("why", why)]);
    modify(ports, id, |record| {
        record.stage = Stage::Unknown;
        record.lease_until = 0;
        Ok(())
    })
}

/// What the look found. Somebody else may have been faster: then the same request, sent again, looks again.
fn take_found(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    stored: &Stored<PostingRecord>,
    board: &BoardPosting,
) -> Result<PostingRecord, Failure> {
    match adopt(ports, client, &stored.value.id, board, true) {
        Err(failure) if failure.code == "already-linked" => {
            free(ports, stored)?;
            Err(SaveError::Raced.into())
        }
        other => other.map_err(created_but),
    }
}

/// A publish or a link is not to go by the id of a reopening.
pub(super) fn free_of_reopening(ports: Ports<'_>, request_id: &str) -> Result<(), Failure> {
    match record::load::<RequestRecord>(ports.storage, &keys::request(request_id))? {
        Some(_) => Err(request_id_reused()),
        None => Ok(()),
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

/// Digest of job and values, whatever their order. Stored for as long as the posting is: the encoding never changes. Each value is its name, its
/// kind and its texts, each text with its length before it; the values stand in the order of their digests. Long texts come
/// [`form::in_one_spelling`].
fn request_digest(job: &str, values: &[NamedValue]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for value in values {
        let line = value_digest(value);
        let place = lines.partition_point(|other| *other <= line);
        lines.insert(place, line);
    }
    let mut parts = vec!["publish", job];
    parts.extend(lines.iter().map(String::as_str));
    digest::of(&parts)
}

fn value_digest(value: &NamedValue) -> String {
    let number;
    let mut parts = vec![value.name.as_str()];
    match &value.value {
        Value::Text(text) => parts.extend(["text", text]),
        Value::Json(text) => parts.extend(["json", text]),
        Value::Truth(truth) => parts.extend(["truth", if *truth { "yes" } else { "no" }]),
        Value::Integer(integer) => {
            number = integer.to_string();
            parts.extend(["integer", &number]);
        }
        Value::Texts(texts) => {
            parts.push("texts");
            parts.extend(texts.iter().map(String::as_str));
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::named;

    fn of(name: &str, value: Value) -> NamedValue {
        NamedValue {
            name: name.into(),
            value,
        }
    }

    /// Computed by another program from the description above: stored requests are bound by it for ever.
    #[test]
    fn the_binding_of_a_request_to_its_content_never_changes() {
        let values = [
            named("title", "Kỹ sư"),
            of("quantity", Value::Integer(-2)),
            of("salary_negotiable", Value::Truth(true)),
            of("locations", Value::Texts(vec!["1".into(), "".into()])),
            of("x", Value::Json("{}".into())),
        ];
        assert_eq!(
            request_digest("job-1", &values),
            "2f12b5433b9091e9c2d1f1f48c115d08ee0f1a1354f58a1814e5a6ed4023ef20"
        );
        let mut turned = values;
        turned.reverse();
        assert_eq!(
            request_digest("job-1", &turned),
            "2f12b5433b9091e9c2d1f1f48c115d08ee0f1a1354f58a1814e5a6ed4023ef20"
        );
    }

    #[test]
    fn values_that_look_alike_are_told_apart() {
        let texts = |items: &[&str]| {
            of(
                "a",
                Value::Texts(items.iter().map(|it| (*it).into()).collect()),
            )
        };
        let alike = [
            vec![named("a", "1")],
            vec![of("a", Value::Integer(1))],
            vec![of("a", Value::Json("1".into()))],
            vec![texts(&["1"])],
            vec![texts(&["1", ""])],
            vec![texts(&[])],
            vec![named("a", "yes")],
            vec![of("a", Value::Truth(true))],
            vec![named("a", "1"), named("a", "1")],
            vec![],
        ];
        let mut digests: Vec<_> = alike.iter().map(|it| request_digest("j", it)).collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), alike.len());
    }
}
