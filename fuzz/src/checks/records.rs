//! Anything in storage, under every export: no panic, and a record that cannot be read is left as it is.
//!
//! A line is a letter, `:` and the record: `c` connection, `f` format, `p` posting, `j` its job, `b` its board's id, `r` a reopening's request,
//! `m` a list of options; `k` the credentials and `g` the format in secrets. The others are as after a publish.

use serde_json::json;
use topcv_plugin::contract::deliveries::Delivery;
use topcv_plugin::contract::http::{Request, Response};
use topcv_plugin::contract::postings::{Job, Resolution};
use topcv_plugin::contract::storage::Precondition;
use topcv_plugin::deliveries::handle_webhook;
use topcv_plugin::failure::Failure;
use topcv_plugin::ports::Records as _;
use topcv_plugin::state::keys;
use topcv_plugin::{connection, postings, privacy};

use super::input::{check_failure, good_values, named, put, store_posting};
use super::webhook::signed;
use crate::testing::{NOW, TestHost, json as answer};

/// See the module.
pub fn run(data: &[u8]) {
    let host = TestHost::configured();
    store_posting(&host);
    host.board(board);
    let mut kept = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        let [letter, b':', record @ ..] = line else {
            continue;
        };
        let Some(key) = key(*letter) else {
            continue;
        };
        if matches!(letter, b'k' | b'g') {
            // Too large a value is refused, and then it is not there.
            let _ = host.secrets.put(&key, record, &Precondition::Any);
        } else {
            put(&host, &key, record);
        }
        if matches!(letter, b'p' | b'j' | b'b') {
            kept.retain(|(other, _)| *other != key);
            if !is_envelope(record) {
                kept.push((key, record.to_vec()));
            }
        }
    }
    // One that was too large was not stored.
    kept.retain(|(key, record)| stored(&host, key).as_ref() == Some(record));
    for result in every_export(&host) {
        if let Err(failure) = result {
            check_failure(&failure);
        }
    }
    for (key, record) in kept {
        assert!(
            stored(&host, &key).as_ref() == Some(&record),
            "{key} was written over"
        );
    }
}

fn stored(host: &TestHost, key: &str) -> Option<Vec<u8>> {
    host.storage
        .entries
        .borrow()
        .get(key)
        .map(|entry| entry.value.clone())
}

/// Whether this build may know what stands there: an object of a schema that is not from tomorrow.
fn is_envelope(record: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(record)
        .ok()
        .and_then(|json| json.get("schema")?.as_u64())
        .is_some_and(|schema| schema <= 1)
}

fn key(letter: u8) -> Option<String> {
    Some(match letter {
        b'c' => keys::CONNECTION.to_owned(),
        b'k' => keys::CREDENTIALS.to_owned(),
        b'f' | b'g' => keys::FORMAT.to_owned(),
        b'p' => keys::posting("p-1"),
        b'j' => keys::job("job-1"),
        b'b' => keys::board("9001"),
        b'r' => keys::request("o-1"),
        b'm' => keys::catalogue("locations"),
        _ => return None,
    })
}

fn every_export(host: &TestHost) -> Vec<Result<(), Failure>> {
    let ports = host.ports();
    let job = Job {
        id: "job-1".into(),
        title: "Kỹ sư".into(),
        details: good_values(),
    };
    let values = good_values();
    let deliver = |body: &str| {
        let delivery = Delivery {
            method: "POST".into(),
            headers: Vec::new(),
            body: signed(body.as_bytes()).unwrap_or_default().into_bytes(),
            received_at: NOW,
        };
        let _ = handle_webhook(ports, &delivery);
        Ok(())
    };
    vec![
        connection::status(ports).map(drop),
        postings::list_postings(ports, None, None).map(drop),
        postings::list_postings(ports, Some("job-1"), None).map(drop),
        postings::get_posting(ports, "p-1", false).map(drop),
        deliver(
            r#"{"event_type":"apply","job_id":9001,"candidate_id":1,"candidate_phone":"0912345678"}"#,
        ),
        deliver(r#"{"event_type":"job_approved","job_id":9001,"recruitment_campaign_id":1}"#),
        deliver(
            r#"{"event_type":"job_rejected","job_id":9001,"recruitment_campaign_id":1,"reject_reason":"Lương"}"#,
        ),
        postings::prepare_job(ports, &job, None).map(drop),
        postings::prepare_job(ports, &job, Some("p-1")).map(drop),
        postings::update_job(ports, "p-1", "x", &values).map(drop),
        postings::publish_job(ports, "p-1", "job-1", &values, false).map(drop),
        postings::publish_job(ports, "r-9", "job-1", &values, true).map(drop),
        postings::resolve_unknown(ports, "p-1", &Resolution::Adopt("9001".into())).map(drop),
        postings::get_posting(ports, "p-1", true).map(drop),
        postings::close_job(ports, "p-1").map(drop),
        postings::reopen_job(ports, "o-1", "p-1", Some("2026-12-30")).map(drop),
        postings::link_job(ports, "l-1", "job-1", "9001").map(drop),
        postings::list_linkable(ports, None).map(drop),
        postings::reconcile(ports, None).map(drop),
        postings::unlink_job(ports, "p-1").map(drop),
        connection::check(ports).map(drop),
        privacy::forget(ports, &["p-1".into()]).map(drop),
        privacy::purge(ports, u64::MAX).map(drop),
        connection::configure(
            ports,
            &[named("access-token", "other"), named("secret-key", "keys")],
            "https://ats.example/h",
            false,
        )
        .map(drop),
        connection::disconnect(ports).map(drop),
    ]
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "it is what a board's closure returns"
)]
fn board(request: &Request) -> Result<Response, topcv_plugin::contract::http::HttpError> {
    let detail = json!({"job_id": 9001, "title": "Kỹ sư", "run_status": "running", "approval_status": "approved", "locations": [1]});
    if request.url.ends_with("/connect") {
        answer(200, &json!({"data": {"access_token": "session-2"}}))
    } else if request.url.contains("/metadata/") {
        answer(200, &json!({"data": [{"id": 1, "name": "Hà Nội"}]}))
    } else if request.url.contains("?page=") {
        answer(200, &json!({"data": [detail], "last_page": 1}))
    } else {
        answer(200, &json!({"data": detail}))
    }
}
