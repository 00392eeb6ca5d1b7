//! Every operation, and every way in which TopCV says "not now" or "not in this session".

use std::cell::Cell;

use super::review::live;
use super::*;
use crate::connection::{check, configure};
use crate::contract::connection::ConnectionState;
use crate::contract::deliveries::{Delivery, Verdict};
use crate::contract::http::Header;
use crate::contract::postings::Job;
use crate::contract::types::Failure as Said;
use crate::deliveries::handle_webhook;
use crate::topcv::signature::sign;

type Answering = fn() -> Result<Response, HttpError>;

fn with_header(status: u16, value: &str) -> Result<Response, HttpError> {
    let mut response = answer(status, &json!({"message": "x"})).unwrap();
    response.headers.push(Header {
        name: "Retry-After".into(),
        value: value.into(),
    });
    Ok(response)
}

/// What is said, and how long the host is told to wait.
const RATES: [(&str, Answering, u64); 6] = [
    ("429", || answer(429, &json!({})), 60_000),
    ("429 seconds", || with_header(429, "7"), 7_000),
    (
        "429 date",
        || with_header(429, "Mon, 23 Nov 2026 08:00:30 GMT"),
        30_000,
    ),
    (
        "words in 200",
        || answer(200, &json!({"message": "Bạn thao tác quá nhanh"})),
        60_000,
    ),
    (
        "words in 400",
        || answer(400, &json!({"message": "Thao tác Quá Nhanh"})),
        60_000,
    ),
    (
        "words and seconds",
        || {
            let mut response = with_header(200, "9").unwrap();
            response.body = json!({"message": "quá nhanh"}).to_string().into_bytes();
            Ok(response)
        },
        9_000,
    ),
];

const SESSIONS: [(&str, Answering); 3] = [
    ("SESSION_TIMEOUT", || {
        answer(
            200,
            &json!({"error_name": "SESSION_TIMEOUT", "message": "x"}),
        )
    }),
    ("INVALID_TOKEN", || {
        answer(200, &json!({"error_name": "INVALID_TOKEN", "message": "x"}))
    }),
    ("401", || answer(401, &json!({"message": "x"}))),
];

type Operation = (&'static str, fn(&TestHost) -> Said);

/// Each answers how it failed.
const OPERATIONS: [Operation; 13] = [
    ("publish", |host| {
        said(publish_job(host.ports(), "r-9", "job-9", &values(), false))
    }),
    ("look up", |host| {
        // Its answer was lost; the look-up fails, and the publish stays in doubt: shown, not failed.
        let posting = get_posting(host.ports(), "r-lost", true).unwrap();
        assert_eq!(posting.state, PostingState::Unknown);
        said(list_linkable(host.ports(), None))
    }),
    ("resolve", |host| {
        let adopt = Resolution::Adopt("1001".into());
        said(resolve_unknown(host.ports(), "r-lost", &adopt))
    }),
    ("update", |host| {
        said(update_job(host.ports(), "r-1", "1", &with("title", "Khác")))
    }),
    ("close", |host| said(close_job(host.ports(), "r-1"))),
    ("reopen", |host| {
        said(reopen_job(host.ports(), "o-1", "r-closed", None))
    }),
    ("link", |host| {
        said(link_job(host.ports(), "l-1", "job-9", "555"))
    }),
    ("list", |host| said(list_linkable(host.ports(), None))),
    ("get", |host| said(get_posting(host.ports(), "r-1", true))),
    ("form", |host| {
        let job = Job {
            id: "job-1".into(),
            title: "Kỹ sư".into(),
            details: Vec::new(),
        };
        said(prepare_job(host.ports(), &job, Some("r-1")))
    }),
    ("reconcile", |host| said(reconcile(host.ports(), None))),
    ("check", |host| match check(host.ports()) {
        Ok(status) => {
            assert_eq!(status.state, ConnectionState::Broken);
            status.problem.unwrap()
        }
        Err(failure) => failure.into(),
    }),
    ("verdict", |host| {
        let line = "event_type=job_rejected&job_id=1001&recruitment_campaign_id=7";
        let delivery = Delivery {
            method: "POST".into(),
            headers: Vec::new(),
            body: format!(
                r#"{{"event_type":"job_rejected","job_id":1001,"recruitment_campaign_id":7,"signature":"{}"}}"#,
                sign("session-1", line)
            )
            .into_bytes(),
            received_at: host.now.get(),
        };
        match handle_webhook(host.ports(), &delivery).verdict {
            Verdict::TryAgain(failure) => failure,
            other => panic!("{other:?}"),
        }
    }),
];

fn said<T: std::fmt::Debug>(result: Result<T, crate::failure::Failure>) -> Said {
    result.unwrap_err().into()
}

/// A live posting, a closed one and one in doubt; from then on the board answers only like this, but for the sign-in, which works.
fn host_with(says: Answering) -> (TestHost, Rc<RefCell<Board>>, Rc<Cell<u32>>) {
    let host = TestHost::configured();
    let board = Board::on(&host);
    live(&host, &board);
    publish_job(
        host.ports(),
        "r-closed",
        "job-2",
        &with("title", "A"),
        false,
    )
    .unwrap();
    close_job(host.ports(), "r-closed").unwrap();
    board.borrow_mut().create = Create::LostBefore;
    publish_job(host.ports(), "r-lost", "job-3", &with("title", "B"), false).unwrap();
    let connects = Rc::new(Cell::new(0));
    let count = Rc::clone(&connects);
    host.board(move |request| {
        if request.url.ends_with("/connect") {
            count.set(count.get() + 1);
            let session = format!("fresh-{}", count.get());
            return answer(200, &json!({"data": {"access_token": session}}));
        }
        says()
    });
    (host, board, connects)
}

#[test]
fn too_fast_is_passed_on_with_its_time_and_nothing_is_tried_again() {
    for (name, says, wait) in RATES {
        for (operation, run) in OPERATIONS {
            let cell = format!("{operation}, {name}");
            let (host, board, connects) = host_with(says);
            let writes = board.borrow().writes;
            let failure = run(&host);
            assert_eq!(
                failure.disposition,
                Disposition::RetryLater,
                "{cell}: {failure:?}"
            );
            assert_eq!(failure.code, "rate-limited", "{cell}");
            assert_eq!(failure.retry_after_ms, Some(wait), "{cell}");
            assert_eq!(
                (connects.get(), board.borrow().writes),
                (0, writes),
                "{cell}"
            );
        }
    }
}

#[test]
fn a_session_that_is_over_is_renewed_exactly_once_and_then_it_is_said() {
    for (name, says) in SESSIONS {
        for (operation, run) in OPERATIONS.iter().filter(|(name, _)| *name != "look up") {
            let cell = format!("{operation}, {name}");
            let (host, board, connects) = host_with(says);
            let creates = board.borrow().creates;
            let failure = run(&host);
            assert_eq!(
                failure.disposition,
                Disposition::SignInAgain,
                "{cell}: {failure:?}"
            );
            assert_eq!(failure.code, "credentials-refused", "{cell}");
            assert_eq!(failure.problems.len(), 2, "{cell}: both keys are named");
            assert_eq!(
                (connects.get(), board.borrow().creates),
                (1, creates),
                "{cell}"
            );
        }
    }
}

#[test]
fn a_session_that_is_over_is_renewed_and_the_operation_goes_on() {
    for (name, says) in SESSIONS {
        let (host, board, connects) = host_with(says);
        let (shared, count) = (Rc::clone(&board), Rc::clone(&connects));
        board.borrow_mut().create = Create::Works;
        host.board(move |request| {
            let fresh = request
                .headers
                .iter()
                .any(|it| it.value == "Bearer fresh-1");
            if request.url.ends_with("/connect") {
                count.set(count.get() + 1);
                return answer(200, &json!({"data": {"access_token": "fresh-1"}}));
            }
            if fresh {
                shared.borrow_mut().answer(request)
            } else {
                says()
            }
        });
        publish_job(host.ports(), "r-9", "job-9", &with("title", "C"), false).unwrap();
        update_job(host.ports(), "r-1", "1", &with("title", "D")).unwrap();
        close_job(host.ports(), "r-1").unwrap();
        assert_eq!(connects.get(), 1, "{name}");
        assert_eq!(board.borrow().creates, 3, "{name}");
    }
}

#[test]
fn too_fast_while_signing_in_is_passed_on_and_the_next_caller_need_not_wait_for_a_lease() {
    let host = TestHost::new();
    host.board(|_| with_header(429, "11"));
    let keys = [named("access-token", "a"), named("secret-key", "b")];
    for _ in 0..2 {
        let failure = configure(host.ports(), &keys, "https://a.example/b", false).unwrap_err();
        assert_eq!(failure.code, "rate-limited");
        assert_eq!(failure.retry_after_ms, Some(11_000));
    }
}
