use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::json;

use super::*;
use crate::contract::http::Response;
use crate::state::posting::PendingEdit;
use crate::testing::{json as answer, lost};

fn approved() -> Delivery {
    verdict("job_approved", "")
}

fn rejected(reason: &str) -> Delivery {
    verdict("job_rejected", &format!(r#","reject_reason":"{reason}""#))
}

/// The board shows the posting like this from now on.
fn shows(host: &TestHost, run: &str, approval: &str) {
    let detail = json!({ "data": {
        "job_id": 9001, "run_status": run, "approval_status": approval, "reject_reason": "Lý do trên TopCV",
    }});
    host.board(move |_| answer(200, &detail));
}

fn is_not_confirmed(event: &Event) -> bool {
    matches!(&event.happening, Happening::Other(other) if other.kind == "verdict-not-confirmed")
}

#[test]
fn the_first_verdict_is_believed_and_stored() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Pending));
    let event = accepted(&host, &approved());
    assert_eq!(event.happening, Happening::PostingApproved);
    assert_eq!(event.review_round, Some(1));
    assert_eq!(event.posting.as_deref(), Some("request-1"));
    assert_eq!(event.job.as_deref(), Some("job-1"));
    assert_eq!(
        event.extra,
        vec![crate::failure::named("recruitment_campaign_id", "77")]
    );
    let record = stored(&host);
    assert_eq!(record.standing, Standing::Live);
    assert_eq!(record.approval_status.as_deref(), Some("approved"));
    assert_eq!(record.revision, 1);
    assert!(host.calls().is_empty());
}

#[test]
fn a_rejection_carries_its_reason_and_what_to_do() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Pending));
    let Happening::PostingRejected(rejection) =
        accepted(&host, &rejected(" Tiêu đề <b>sai</b> ")).happening
    else {
        panic!()
    };
    assert_eq!(rejection.reason, " Tiêu đề <b>sai</b> ");
    assert_eq!(rejection.code.as_deref(), Some("title"));
    assert_eq!(stored(&host).standing, Standing::Rejected);
    assert_eq!(
        stored(&host).reason.as_deref(),
        Some(" Tiêu đề <b>sai</b> ")
    );
}

#[test]
fn a_verdict_on_a_posting_that_is_not_known_yet_is_told_and_nothing_is_stored() {
    let host = TestHost::configured();
    let before = host.storage.entries.borrow().len();
    let event = accepted(&host, &approved());
    assert_eq!(
        (event.review_round, &event.posting, &event.job),
        (Some(1), &None, &None)
    );
    // Known later, it is the same event.
    store(&host, &posting(1, Standing::Pending));
    assert_eq!(accepted(&host, &approved()).id, event.id);
    assert_eq!(before, 1);
}

#[test]
fn a_duplicate_is_the_same_event_without_asking_or_writing() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Pending));
    for delivery in [approved(), rejected("Lương")] {
        store(&host, &posting(1, Standing::Pending));
        let first = accepted(&host, &delivery);
        let version = host.storage.entries.borrow()[&keys::posting("request-1")]
            .version
            .clone();
        host.now.set(NOW + 1_000);
        assert_eq!(accepted(&host, &delivery), first);
        assert_eq!(
            host.storage.entries.borrow()[&keys::posting("request-1")].version,
            version
        );
    }
    assert!(host.calls().is_empty());
}

#[test]
fn in_a_later_round_the_board_is_asked_and_the_round_tells_the_events_apart() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Pending));
    let first = accepted(&host, &rejected("A"));
    store(&host, &posting(2, Standing::Pending));
    shows(&host, "stopped", "rejected");
    let second = accepted(&host, &rejected("A"));
    assert_ne!(first.id, second.id);
    assert_eq!(second.review_round, Some(2));
    store(&host, &posting(3, Standing::Pending));
    shows(&host, "running", "approved");
    let third = accepted(&host, &approved());
    assert_eq!(third.review_round, Some(3));
    assert_eq!(host.calls(), ["GET /api/jobs/9001", "GET /api/jobs/9001"]);
    let record = stored(&host);
    assert_eq!(record.standing, Standing::Live);
    assert_eq!(record.run_status.as_deref(), Some("running"));
    assert_eq!(record.reason, None);
    // Repeated in a later round it is asked for again, and is the same event.
    assert_eq!(accepted(&host, &approved()).id, third.id);
}

#[test]
fn a_replayed_verdict_changes_nothing() {
    let host = TestHost::configured();
    let record = posting(2, Standing::Pending);
    store(&host, &record);
    shows(&host, "pending", "waiting");
    for delivery in [approved(), rejected("A")] {
        let event = accepted(&host, &delivery);
        assert!(is_not_confirmed(&event));
        assert_eq!(event.board_posting, "9001");
        assert_eq!(accepted(&host, &delivery).id, event.id);
        assert_eq!(stored(&host), record);
    }
    assert!(
        host.lines
            .borrow()
            .iter()
            .any(|line| line.starts_with("verdict.not-confirmed"))
    );
}

#[test]
fn a_verdict_that_contradicts_what_is_known_is_asked_for() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Live));
    shows(&host, "running", "approved");
    assert!(is_not_confirmed(&accepted(&host, &rejected("A"))));
    shows(&host, "stopped", "rejected");
    let event = accepted(&host, &verdict("job_rejected", ""));
    assert_eq!(event.review_round, Some(1));
    assert!(matches!(event.happening, Happening::PostingRejected(_)));
    assert_eq!(stored(&host).reason.as_deref(), Some("Lý do trên TopCV"));
}

#[test]
fn a_rejected_posting_that_is_approved_without_our_edit_had_another_review() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Rejected));
    shows(&host, "running", "approved");
    let event = accepted(&host, &approved());
    assert_eq!(event.review_round, Some(2));
    assert_eq!(stored(&host).round, 2);
    assert_eq!(accepted(&host, &approved()).id, event.id);
}

#[test]
fn approved_and_stopped_since_is_approved_and_stays_closed() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Closed));
    shows(&host, "stopped", "approved");
    assert_eq!(
        accepted(&host, &approved()).happening,
        Happening::PostingApproved
    );
    assert_eq!(stored(&host).standing, Standing::Closed);
}

#[test]
fn when_the_board_says_nothing_of_its_status_the_signed_verdict_counts() {
    let host = TestHost::configured();
    store(&host, &posting(2, Standing::Pending));
    host.board(|_| {
        answer(
            200,
            &json!({ "data": { "job_id": "9001", "title": "Kế toán" } }),
        )
    });
    let event = accepted(&host, &approved());
    assert_eq!(event.happening, Happening::PostingApproved);
    assert_eq!(event.review_round, Some(2));
    assert_eq!(stored(&host).standing, Standing::Live);
}

#[test]
fn a_board_that_cannot_be_asked_means_later() {
    let html = || {
        Ok(Response {
            status: 503,
            headers: Vec::new(),
            body: b"<html>challenge</html>".to_vec(),
        })
    };
    let host = TestHost::configured();
    let record = posting(2, Standing::Pending);
    store(&host, &record);
    host.board(|_| lost());
    assert_eq!(later(&host), "board-down");
    host.board(move |_| html());
    assert_eq!(later(&host), "board-challenge");
    host.board(|_| answer(429, &json!({})));
    assert_eq!(later(&host), "rate-limited");
    assert_eq!(stored(&host), record);
}

fn later(host: &TestHost) -> String {
    let outcome = handle(host, &approved());
    assert_eq!(outcome.response.status, 503);
    assert!(outcome.events.is_empty());
    match outcome.verdict {
        Answer::TryAgain(failure) => failure.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_posting_that_is_gone_from_the_account_confirms_nothing() {
    let host = TestHost::configured();
    store(&host, &posting(2, Standing::Pending));
    host.board(|_| answer(404, &json!({ "message": "not found" })));
    assert!(is_not_confirmed(&accepted(&host, &approved())));
}

#[test]
fn while_an_edit_is_on_its_way_the_old_verdict_is_not_taken_for_the_new_one() {
    let host = TestHost::configured();
    let mut record = posting(2, Standing::Live);
    record.edit = Some(PendingEdit {
        sent: BTreeMap::new(),
        round_before: 1,
        standing_before: Standing::Live,
        lease_until: NOW + 60_000,
        rest: Default::default(),
    });
    store(&host, &record);
    shows(&host, "running", "approved");
    assert_eq!(later(&host), "update-in-progress");
    assert_eq!(stored(&host), record);
    // A first verdict that was still to come is in doubt as well.
    record.standing = Standing::Pending;
    let before = |record: &mut PostingRecord, standing| {
        record.edit.as_mut().unwrap().standing_before = standing;
    };
    before(&mut record, Standing::Pending);
    store(&host, &record);
    assert_eq!(later(&host), "update-in-progress");
    before(&mut record, Standing::Live);
    store(&host, &record);
    assert_eq!(later(&host), "update-in-progress");
    // The other verdict can only be the new one.
    shows(&host, "stopped", "rejected");
    assert_eq!(accepted(&host, &rejected("A")).review_round, Some(2));
}

#[test]
fn every_event_of_reject_correct_reject_correct_approve_is_its_own() {
    let host = TestHost::configured();
    let mut ids = std::collections::BTreeSet::new();
    for (round, delivery, run, approval) in [
        (1, rejected("A"), "stopped", "rejected"),
        (2, rejected("B"), "stopped", "rejected"),
        (3, approved(), "running", "approved"),
    ] {
        store(&host, &posting(round, Standing::Pending));
        shows(&host, run, approval);
        let id = accepted(&host, &delivery).id;
        assert_eq!(accepted(&host, &delivery).id, id, "the same again");
        ids.insert(id);
    }
    assert_eq!(ids.len(), 3);
}

#[test]
fn an_unlinked_posting_keeps_its_state_and_names_no_job() {
    let host = TestHost::configured();
    let mut record = posting(1, Standing::Pending);
    record.unlinked = true;
    store(&host, &record);
    let event = accepted(&host, &approved());
    assert_eq!(event.posting.as_deref(), Some("request-1"));
    assert_eq!(event.job, None);
    assert_eq!(stored(&host).standing, Standing::Live);
}

#[test]
fn an_edit_that_begins_while_the_board_is_asked_keeps_its_own_review() {
    let host = Rc::new(TestHost::configured());
    store(&host, &posting(2, Standing::Pending));
    let elsewhere = Rc::clone(&host);
    host.board(move |_| {
        store(&elsewhere, &posting(3, Standing::Pending));
        answer(
            200,
            &json!({ "data": { "job_id": 9001, "run_status": "running", "approval_status": "approved" }}),
        )
    });
    assert_eq!(accepted(&host, &approved()).review_round, Some(2));
    assert_eq!(stored(&host), posting(3, Standing::Pending));
}
