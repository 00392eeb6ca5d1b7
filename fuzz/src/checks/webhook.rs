//! Any delivery: a verdict by the table, the same for the same delivery, and nothing believed that was not signed.
//!
//! The input is a line with the method and then the body; without a short first line all of it is the body of a POST. The body is sent as it
//! is, which no input can sign, and once more signed by the board's rule.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use serde_json::value::RawValue;
use sha2::Sha256;
use topcv_plugin::contract::deliveries::{Delivery, Outcome, Verdict};
use topcv_plugin::contract::events::{Event, Happening};
use topcv_plugin::deliveries::handle_webhook;
use topcv_plugin::state::connection::ConnectionRecord;

use super::input::{check_failure, check_text, store_posting};
use crate::testing::{NOW, TestHost, json as answer};

/// A host that a delivery can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum World {
    NotConfigured,
    Configured,
    /// The operator takes unsigned profiles.
    TakesProfiles,
}

/// The key of `TestHost::configured`.
const SESSION: &str = "session-1";

/// See the module.
pub fn run(data: &[u8]) {
    let (method, body) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) if end <= 8 => (
            String::from_utf8_lossy(&data[..end]).into_owned(),
            &data[end + 1..],
        ),
        _ => ("POST".to_owned(), data),
    };
    for world in [
        World::NotConfigured,
        World::Configured,
        World::TakesProfiles,
    ] {
        let outcome = deliver(world, &method, body);
        outcome
            .events
            .iter()
            .for_each(|event| check_unsigned(event, world));
    }
    if let Some(signed) = signed(body) {
        for world in [World::Configured, World::TakesProfiles] {
            let outcome = deliver(world, "POST", signed.as_bytes());
            if let Verdict::Refused(failure) = &outcome.verdict {
                assert_ne!(failure.code, "signature-wrong", "{signed}");
            }
            outcome.events.iter().for_each(check_signed);
        }
    }
}

/// Delivers twice to equal hosts, and once more to the first: three equal answers.
fn deliver(world: World, method: &str, body: &[u8]) -> Outcome {
    let delivery = Delivery {
        method: method.into(),
        headers: Vec::new(),
        body: body.to_vec(),
        received_at: NOW,
    };
    let host = host(world);
    let outcome = handle_webhook(host.ports(), &delivery);
    check(&outcome);
    let elsewhere = handle_webhook(self::host(world).ports(), &delivery);
    assert!(
        outcome == elsewhere,
        "another host says something else: {outcome:?} {elsewhere:?}"
    );
    let again = handle_webhook(host.ports(), &delivery);
    let ids = |outcome: &Outcome| {
        outcome
            .events
            .iter()
            .map(|event| event.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids(&outcome),
        ids(&again),
        "the same delivery again is other events"
    );
    assert!(outcome.verdict == again.verdict && outcome.response == again.response);
    outcome
}

fn host(world: World) -> TestHost {
    if world == World::NotConfigured {
        return TestHost::new();
    }
    let host = TestHost::configured();
    host.board(|_| {
        answer(200, &json!({"data": {"job_id": 9001, "title": "x", "run_status": "running", "approval_status": "approved"}}))
    });
    store_posting(&host);
    if world == World::TakesProfiles {
        let switched = ConnectionRecord::modify(host.ports(), |connection| {
            connection
                .protocol
                .insert("accept_flat_profile".into(), "yes".into());
            true
        });
        assert!(switched.is_ok());
    }
    host
}

/// The table of verdicts.
fn check(outcome: &Outcome) {
    let status = outcome.response.status;
    match &outcome.verdict {
        Verdict::Accepted => assert_eq!((status, outcome.events.len()), (200, 1)),
        Verdict::NoEffect => assert_eq!((status, outcome.events.len()), (200, 0)),
        Verdict::Refused(failure) => {
            check_failure(failure);
            let expected = match failure.code.as_str() {
                "not-utf8" | "not-json" | "not-an-object" | "duplicate-key" | "too-deep"
                | "malformed" => 400,
                "signature-wrong" | "unsigned-profile" => 401,
                "method-not-allowed" => 405,
                "not-configured" => 410,
                "too-large" => 413,
                other => panic!("`{other}` is no reason in the table"),
            };
            assert_eq!((status, outcome.events.len()), (expected, 0));
        }
        Verdict::TryAgain(failure) => {
            check_failure(failure);
            assert_eq!((status, outcome.events.len()), (503, 0));
            assert!(
                outcome
                    .response
                    .headers
                    .iter()
                    .any(|header| header.name == "retry-after")
            );
        }
    }
}

fn check_unsigned(event: &Event, world: World) {
    check_event(event);
    match &event.happening {
        Happening::Other(_) => {}
        Happening::Application(application) => {
            assert!(
                world == World::TakesProfiles && !application.verified,
                "a forged application: {event:?}"
            );
        }
        _ => panic!("a forged verdict: {event:?}"),
    }
}

fn check_signed(event: &Event) {
    check_event(event);
    if let Happening::PostingApproved | Happening::PostingRejected(_) = event.happening {
        assert!(!event.board_posting.trim().is_empty(), "{event:?}");
    }
}

fn check_event(event: &Event) {
    assert!(!event.id.is_empty());
    assert_eq!(event.received_at, NOW);
    match &event.happening {
        Happening::Application(application) => {
            assert!(!application.id.is_empty() && !event.board_posting.is_empty());
            check_text(&application.source);
            for statement in [
                &application.full_name,
                &application.phone,
                &application.email,
                &application.gender,
            ]
            .into_iter()
            .flatten()
            {
                assert!(!statement.value.contains(char::is_control), "{statement:?}");
            }
            for attachment in &application.attachments {
                assert_eq!(attachment.application_id, application.id);
            }
        }
        Happening::PostingRejected(rejection) => check_text(&rejection.advice),
        Happening::Other(other) => assert!(!other.kind.contains(char::is_control), "{other:?}"),
        _ => {}
    }
}

/// The body with the signature that the board would write. `None`: it is no object with an event that is signed.
pub fn signed(body: &[u8]) -> Option<String> {
    let mut members: BTreeMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
    members.remove("signature");
    let event_type: String = serde_json::from_str(members.get("event_type")?.get()).ok()?;
    let fields: &[&str] = match event_type.as_str() {
        "apply" => &["job_id", "candidate_phone", "candidate_id"],
        "job_approved" | "job_rejected" => &["job_id", "recruitment_campaign_id"],
        _ => return None,
    };
    let mut line = format!("event_type={event_type}");
    for field in fields {
        line.push_str(&format!(
            "&{field}={}",
            literal(members.get(*field).map_or("null", |raw| raw.get()))?
        ));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(SESSION.as_bytes()).ok()?;
    mac.update(line.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let members: Vec<String> = members
        .iter()
        .map(|(name, raw)| format!("{}:{raw}", json!(name)))
        .collect();
    Some(format!(
        "{{{},\"signature\":\"{signature}\"}}",
        members.join(",")
    ))
}

/// What a value contributes to the signed line: a text its characters, a number its digits as they stand, `null` nothing.
fn literal(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'n' => Some(String::new()),
        b'-' | b'0'..=b'9' => Some(raw.to_owned()),
        _ => None,
    }
}
