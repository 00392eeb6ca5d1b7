//! The crash matrix, natively: the host dies before or after every single write and request of a publish, starts again, and the recruiter
//! presses publish again. In every cell there is at most one create, and the posting is known or says that it is not.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde_json::json;

use super::{get_posting, publish_job};
use crate::contract::events::PostingState;
use crate::contract::http::{ErrorCode, HttpError, Reach, Request, Response};
use crate::contract::storage;
use crate::contract::types::{Disposition, NamedValue, Value};
use crate::failure::named;
use crate::ports::{Http, Ports, Records, Storage};
use crate::testing::{TestHost, json as answer};

/// Counts every effect; from the fatal one on nothing works any more, as for a process that was killed.
struct Mortal<'a> {
    host: &'a TestHost,
    step: Cell<usize>,
    /// The step at which it dies.
    fatal: usize,
    /// Whether the fatal step still takes effect.
    after: bool,
}

enum Fate {
    Lives,
    DiesAfter,
    Dead,
}

impl Mortal<'_> {
    fn next(&self) -> Fate {
        let step = self.step.get();
        self.step.set(step + 1);
        match step.cmp(&self.fatal) {
            std::cmp::Ordering::Less => Fate::Lives,
            std::cmp::Ordering::Equal if self.after => Fate::DiesAfter,
            _ => Fate::Dead,
        }
    }
}

fn dead() -> storage::StorageError {
    storage::StorageError::Unavailable("killed".into())
}

impl Records for Mortal<'_> {
    fn get(&self, key: &str) -> Result<Option<storage::Entry>, storage::StorageError> {
        if self.step.get() > self.fatal {
            Err(dead())
        } else {
            self.host.storage.get(key)
        }
    }

    fn put(
        &self,
        key: &str,
        value: &[u8],
        when: &storage::Precondition,
    ) -> Result<String, storage::StorageError> {
        match self.next() {
            Fate::Lives => self.host.storage.put(key, value, when),
            Fate::DiesAfter => {
                let _ = self.host.storage.put(key, value, when);
                Err(dead())
            }
            Fate::Dead => Err(dead()),
        }
    }

    fn delete(&self, key: &str, when: &storage::Precondition) -> Result<(), storage::StorageError> {
        match self.next() {
            Fate::Lives => self.host.storage.delete(key, when),
            Fate::DiesAfter => {
                let _ = self.host.storage.delete(key, when);
                Err(dead())
            }
            Fate::Dead => Err(dead()),
        }
    }
}

impl Storage for Mortal<'_> {
    fn list_keys(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<storage::KeyPage, storage::StorageError> {
        self.host.storage.list_keys(prefix, cursor, limit)
    }
}

impl Http for Mortal<'_> {
    fn send(&self, request: &Request) -> Result<Response, HttpError> {
        let killed = |reach| {
            Err(HttpError {
                code: ErrorCode::Other,
                reach,
                detail: "killed".into(),
            })
        };
        match self.next() {
            Fate::Lives => self.host.send(request),
            Fate::DiesAfter => {
                let _ = self.host.send(request);
                killed(Reach::MaybeSent)
            }
            Fate::Dead => killed(Reach::NotSent),
        }
    }
}

fn values() -> Vec<NamedValue> {
    let texts = |name: &str, item: &str| NamedValue {
        name: name.into(),
        value: Value::Texts(vec![item.into()]),
    };
    vec![
        named("title", "Kế toán trưởng"),
        named("position_title", "Kế toán trưởng"),
        named("main_category", "3"),
        texts("locations", "2"),
        NamedValue {
            name: "salary_negotiable".into(),
            value: Value::Truth(true),
        },
        named("job_type", "1"),
        named("employee_level", "2"),
        named("experience", "2-0"),
        NamedValue {
            name: "quantity".into(),
            value: Value::Integer(1),
        },
        named("gender", "0"),
        named("job_description", "Sổ sách."),
        named("job_requirement", "Cẩn thận."),
        named("job_benefit", "Bảo hiểm."),
        named("deadline", "2026-12-31"),
        named("contact_name", "Trần Văn Bình"),
        named("contact_phone", "0987654321"),
        texts("contact_email", "binh@example.vn"),
    ]
}

#[derive(Default)]
struct Ledger {
    creates: u32,
    postings: Vec<serde_json::Map<String, serde_json::Value>>,
}

fn board(host: &TestHost) -> Rc<RefCell<Ledger>> {
    let ledger = Rc::new(RefCell::new(Ledger::default()));
    let shared = Rc::clone(&ledger);
    host.board(move |request| {
        let mut ledger = shared.borrow_mut();
        let path = request.url.splitn(4, '/').nth(3).unwrap().to_owned();
        match (
            request.method.as_str(),
            path.split(['/', '?']).collect::<Vec<_>>().as_slice(),
        ) {
            ("POST", ["api", "jobs"]) => {
                ledger.creates += 1;
                let mut fields: serde_json::Map<_, _> =
                    serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
                fields.insert("job_id".into(), json!(ledger.creates));
                fields.insert("run_status".into(), json!("draft"));
                fields.insert("approval_status".into(), json!("pending"));
                ledger.postings.push(fields);
                answer(200, &json!({"data": {"job_id": ledger.creates}}))
            }
            ("GET", ["api", "jobs", query]) if query.starts_with("page") => {
                answer(200, &json!({"data": ledger.postings, "last_page": 1}))
            }
            ("GET", ["api", "jobs", id]) => {
                let index = id.parse::<usize>().unwrap() - 1;
                answer(200, &json!({"data": ledger.postings[index]}))
            }
            ("POST", ["api", "jobs", id, "publish"]) => {
                let index = id.parse::<usize>().unwrap() - 1;
                ledger.postings[index].insert("run_status".into(), json!("running"));
                answer(200, &json!({"status": "success"}))
            }
            other => panic!("unexpected {other:?}"),
        }
    });
    ledger
}

fn ports<'a>(host: &'a TestHost, mortal: &'a Mortal<'a>) -> Ports<'a> {
    Ports {
        http: mortal,
        storage: mortal,
        ..host.ports()
    }
}

#[test]
fn killed_at_any_step_there_is_at_most_one_create_and_the_outcome_is_known_or_said_to_be_unknown() {
    let mut finished_alive = 0;
    for fatal in 0..40 {
        for after in [false, true] {
            let cell = format!(
                "killed at step {fatal}, {}",
                if after { "after it" } else { "before it" }
            );
            let host = TestHost::configured();
            let ledger = board(&host);
            let mortal = Mortal {
                host: &host,
                step: Cell::new(0),
                fatal,
                after,
            };
            let _ = publish_job(ports(&host, &mortal), "r-1", "job-1", &values(), false);
            if mortal.step.get() <= fatal {
                finished_alive += 1;
            }

            // At once: another host finds the lease, or the outcome; it never creates a second one.
            match publish_job(host.ports(), "r-1", "job-1", &values(), false) {
                Ok(_) => {}
                Err(failure) => assert_eq!(
                    failure.disposition,
                    Disposition::InProgress,
                    "{cell}: {failure:?}"
                ),
            }
            assert!(ledger.borrow().creates <= 1, "{cell}");

            // When every lease is over.
            host.now.set(host.now.get() + 60 * 60 * 1000);
            let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false)
                .unwrap_or_else(|failure| panic!("{cell}: {failure:?}"));
            match posting.state {
                PostingState::PendingReview => assert_eq!(ledger.borrow().creates, 1, "{cell}"),
                PostingState::Unknown => {
                    assert_eq!(
                        ledger.borrow().creates,
                        0,
                        "{cell}: it is there and was not found"
                    );
                    assert!(posting.advice.is_some(), "{cell}");
                }
                other => panic!("{cell}: {other:?}"),
            }
            assert_eq!(
                get_posting(host.ports(), "r-1", false).unwrap().state,
                posting.state,
                "{cell}"
            );
        }
    }
    assert!(
        finished_alive > 0,
        "the matrix is wider than the use case is long"
    );
}

/// Storage forgot a posting; the host dies while it is taken over, and the recruiter presses again, with the same request or a new one.
#[test]
fn killed_at_any_step_of_taking_what_was_found_nothing_is_created() {
    let mut finished_alive = 0;
    for fatal in 0..40 {
        for (after, next) in [(false, "r-1"), (true, "r-1"), (false, "r-2"), (true, "r-2")] {
            let cell = format!("killed at step {fatal}, after: {after}, then {next}");
            let host = TestHost::configured();
            let ledger = board(&host);
            let yesterday = host.storage.entries.borrow().clone();
            publish_job(host.ports(), "r-0", "job-1", &values(), false).unwrap();
            *host.storage.entries.borrow_mut() = yesterday;

            let mortal = Mortal {
                host: &host,
                step: Cell::new(0),
                fatal,
                after,
            };
            let _ = publish_job(ports(&host, &mortal), "r-1", "job-1", &values(), false);
            if mortal.step.get() <= fatal {
                finished_alive += 1;
            }
            // At once, on another host.
            if let Err(failure) = publish_job(host.ports(), next, "job-1", &values(), false) {
                let expected = match failure.disposition {
                    Disposition::InProgress => true,
                    Disposition::Conflict => next == "r-2",
                    _ => false,
                };
                assert!(expected, "{cell}: {failure:?}");
            }
            // When every lease is over.
            host.now.set(host.now.get() + 60 * 60 * 1000);
            let mut known = 0;
            for request in [next, "r-1", "r-2"] {
                match publish_job(host.ports(), request, "job-1", &values(), false) {
                    Ok(posting) => {
                        assert_eq!(posting.state, PostingState::PendingReview, "{cell}");
                        assert_eq!(posting.board_posting.as_deref(), Some("1"), "{cell}");
                        known += 1;
                    }
                    Err(failure) => {
                        assert!(
                            matches!(failure.code.as_str(), "already-posted" | "publish-in-doubt"),
                            "{cell}: {failure:?}"
                        );
                    }
                }
            }
            assert!(known > 0, "{cell}");
            assert_eq!(ledger.borrow().creates, 1, "{cell}");
        }
    }
    assert!(
        finished_alive > 0,
        "the matrix is wider than the use case is long"
    );
}
