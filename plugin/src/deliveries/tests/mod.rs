//! Whole deliveries against a stub host: what is answered, what is said to have happened, what is stored.

mod applications;
mod receiving;
mod verdicts;

use super::handle_webhook;
use crate::contract::deliveries::{Delivery, Outcome, Verdict as Answer};
use crate::contract::events::{Application, Event, Happening};
use crate::contract::http::Header;
use crate::contract::types::Failure;
use crate::state::connection::ConnectionRecord;
use crate::state::fields::Rest;
use crate::state::keys;
use crate::state::posting::{BoardRecord, PostingRecord, Stage, Standing};
use crate::state::record;
use crate::testing::{NOW, TestHost};
use crate::topcv::signature::sign;

/// The keys of [`TestHost::configured`].
const SESSION: &str = "session-1";
const SECRET: &str = "secret";

fn post(body: impl Into<Vec<u8>>) -> Delivery {
    Delivery {
        method: "POST".into(),
        headers: vec![Header {
            name: "content-type".into(),
            value: "application/json".into(),
        }],
        body: body.into(),
        received_at: NOW,
    }
}

/// A body with a signature over the given line, which a test writes out by hand.
fn signed_by(key: &str, line: &str, members: &str) -> Delivery {
    post(format!(
        "{{{members},\"signature\":\"{}\"}}",
        sign(key, line)
    ))
}

fn apply(line: &str, members: &str) -> Delivery {
    signed_by(
        SESSION,
        &format!("event_type=apply&{line}"),
        &format!("\"event_type\":\"apply\",{members}"),
    )
}

fn verdict(event_type: &str, members: &str) -> Delivery {
    signed_by(
        SESSION,
        &format!("event_type={event_type}&job_id=9001&recruitment_campaign_id=77"),
        &format!(
            "\"event_type\":\"{event_type}\",\"job_id\":9001,\"recruitment_campaign_id\":77{members}"
        ),
    )
}

fn handle(host: &TestHost, delivery: &Delivery) -> Outcome {
    handle_webhook(host.ports(), delivery)
}

fn accepted(host: &TestHost, delivery: &Delivery) -> Event {
    let mut outcome = handle(host, delivery);
    assert_eq!(outcome.verdict, Answer::Accepted);
    assert_eq!(outcome.response.status, 200);
    assert_eq!(outcome.events.len(), 1);
    outcome.events.remove(0)
}

fn application(host: &TestHost, delivery: &Delivery) -> Application {
    match accepted(host, delivery).happening {
        Happening::Application(application) => application,
        other => panic!("{other:?}"),
    }
}

fn refused(host: &TestHost, delivery: &Delivery) -> (u16, Failure) {
    let outcome = handle(host, delivery);
    assert!(outcome.events.is_empty());
    match outcome.verdict {
        Answer::Refused(failure) => {
            let body: serde_json::Value = serde_json::from_slice(&outcome.response.body).unwrap();
            assert_eq!(body["status"], "error");
            assert_eq!(body["code"], failure.code);
            (outcome.response.status, failure)
        }
        other => panic!("{other:?}"),
    }
}

/// A published posting, 9001 at the board.
fn posting(round: u32, standing: Standing) -> PostingRecord {
    PostingRecord {
        id: "request-1".into(),
        job: "job-1".into(),
        account: 1,
        board_id: Some("9001".into()),
        url: None,
        title: "Kế toán".into(),
        stage: Stage::Done,
        standing,
        run_status: None,
        approval_status: None,
        reason: None,
        unlinked: false,
        linked: false,
        revision: 1,
        round,
        deadline: None,
        created_at: NOW,
        sent_at: NOW,
        changed_at: NOW,
        request_digest: String::new(),
        sent: std::collections::BTreeMap::new(),
        lease_until: 0,
        edit: None,
        reopening: None,
        reopened: Vec::new(),
        refusal: None,
        candidates: Vec::new(),
        resolved_by: None,
        rest: Rest::default(),
    }
}

fn store(host: &TestHost, record: &PostingRecord) {
    let board = BoardRecord {
        posting: record.id.clone(),
        previous: None,
        rest: Rest::default(),
    };
    let ports = host.ports();
    let any = crate::contract::storage::Precondition::Any;
    record::save(ports.storage, &keys::board("9001"), &board, &any).unwrap();
    record::save(ports.storage, &keys::posting(&record.id), record, &any).unwrap();
}

fn stored(host: &TestHost) -> PostingRecord {
    record::load::<PostingRecord>(host.ports().storage, &keys::posting("request-1"))
        .unwrap()
        .unwrap()
        .value
}

fn set_protocol(host: &TestHost, row: &str, value: &str) {
    ConnectionRecord::modify(host.ports(), |connection| {
        connection.protocol.insert(row.into(), value.into());
        true
    })
    .unwrap();
}
