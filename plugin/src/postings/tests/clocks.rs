//! Two hosts on one storage whose clocks differ as far as is tolerated: the second acts while a request of the first is under way, at the last moment of
//! the first one's work.

use super::review::{live, sent, stored};
use super::*;
use crate::failure::Failure;
use crate::lease::CLOCK_TOLERANCE_MS;
use crate::ports::{Clock, Http, Ports};
use crate::state::credentials::CredentialsRecord;

const SKEW: i64 = CLOCK_TOLERANCE_MS as i64;

/// The longest that one call to the board may take, and the board after it.
const CREATE_MS: u64 = 150_000 - 1;
const WRITE_MS: u64 = 30_000;

/// Another host: the same storage and board, its own clock.
struct Elsewhere {
    host: Rc<TestHost>,
    board: Rc<RefCell<Board>>,
    ahead: i64,
}

impl Elsewhere {
    fn ports(&self) -> Ports<'_> {
        Ports {
            http: self,
            clock: self,
            ..self.host.ports()
        }
    }
}

impl Http for Elsewhere {
    fn send(&self, request: &Request) -> Result<Response, HttpError> {
        self.host.requests.borrow_mut().push(request.clone());
        self.board.borrow_mut().answer(request)
    }
}

impl Clock for Elsewhere {
    fn now(&self) -> u64 {
        self.host.now.get().checked_add_signed(self.ahead).unwrap()
    }
}

/// What the second host was told.
type Told = Rc<RefCell<Vec<Result<(), Failure>>>>;

/// While the first request of this method and path is answered, `took` milliseconds pass, and then the second host does `what`.
fn meanwhile(
    host: &Rc<TestHost>,
    board: &Rc<RefCell<Board>>,
    ahead: i64,
    (method, end, took): (&'static str, &'static str, u64),
    what: fn(Ports<'_>) -> Vec<Result<(), Failure>>,
) -> Told {
    let told = Told::default();
    let second = Elsewhere {
        host: Rc::clone(host),
        board: Rc::clone(board),
        ahead,
    };
    let (shared, says) = (Rc::clone(board), Rc::clone(&told));
    let happened = std::cell::Cell::new(false);
    host.board(move |request| {
        let here = request.method == method && request.url.ends_with(end);
        if here && !happened.replace(true) {
            second.host.now.set(second.host.now.get() + took);
            let results = what(second.ports());
            says.borrow_mut().extend(results);
        }
        shared.borrow_mut().answer(request)
    });
    told
}

fn codes(told: &Told) -> Vec<String> {
    let code = |it: &Result<(), Failure>| match it {
        Ok(()) => "ok".to_owned(),
        Err(failure) => failure.code.clone(),
    };
    told.borrow().iter().map(code).collect()
}

#[test]
fn one_create_whatever_the_other_hosts_clock_says() {
    for ahead in [-SKEW, 0, SKEW] {
        let host = Rc::new(TestHost::configured());
        let board = Board::on(&host);
        let told = meanwhile(
            &host,
            &board,
            ahead,
            ("POST", "/jobs", CREATE_MS),
            |ports| {
                vec![
                    publish_job(ports, "r-1", "job-1", &values(), false).map(drop),
                    publish_job(ports, "r-2", "job-1", &values(), true).map(drop),
                    resolve_unknown(ports, "r-1", &Resolution::NotCreated).map(drop),
                ]
            },
        );
        publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        assert_eq!(
            codes(&told),
            ["publish-in-progress", "publish-in-doubt", "not-unknown"],
            "{ahead}"
        );
        assert_eq!(sent(&host, "/api/jobs"), 1, "{ahead}");
        assert_eq!(board.borrow().creates, 1, "{ahead}");
    }
}

#[test]
fn one_sign_in_whatever_the_other_hosts_clock_says() {
    for ahead in [-SKEW, 0, SKEW] {
        let host = Rc::new(TestHost::configured());
        let board = Board::on(&host);
        forget_session(&host);
        let told = meanwhile(
            &host,
            &board,
            ahead,
            ("POST", "/connect", WRITE_MS),
            |ports| vec![list_linkable(ports, None).map(drop)],
        );
        list_linkable(host.ports(), None).unwrap();
        assert_eq!(codes(&told), ["signing-in"], "{ahead}");
        assert_eq!(board.borrow().connects, 1, "{ahead}");
    }
}

/// Far beyond every lease: both sign in, and deliveries that are signed with either key still verify.
#[test]
fn no_key_is_lost_when_a_sign_in_outlasts_its_lease() {
    for ahead in [-SKEW, 0, SKEW] {
        let host = Rc::new(TestHost::configured());
        let board = Board::on(&host);
        forget_session(&host);
        let hour = 3_600_000;
        let told = meanwhile(&host, &board, ahead, ("POST", "/connect", hour), |ports| {
            vec![list_linkable(ports, None).map(drop)]
        });
        list_linkable(host.ports(), None).unwrap();
        assert_eq!(codes(&told), ["ok"]);
        let ring = CredentialsRecord::load(host.ports()).unwrap().unwrap();
        for session in ["session-2", "session-3"] {
            let kept = ring.value.ring.iter().any(|key| key.value == session);
            assert!(kept, "{session} at {ahead}");
        }
    }
}

fn forget_session(host: &TestHost) {
    crate::state::record::modify::<CredentialsRecord, ()>(
        host.ports().secrets,
        crate::state::keys::CREDENTIALS,
        |present| {
            let mut next = present.unwrap();
            next.session = None;
            Ok((Some(next), ()))
        },
    )
    .unwrap();
}

#[test]
fn one_edit_whatever_the_other_hosts_clock_says() {
    for ahead in [-SKEW, 0, SKEW] {
        let host = Rc::new(TestHost::configured());
        let board = Board::on(&host);
        live(&host, &board);
        let told = meanwhile(&host, &board, ahead, ("PUT", "/1001", WRITE_MS), |ports| {
            vec![
                update_job(ports, "r-1", "1", &with("title", "Kỹ sư C")).map(drop),
                get_posting(ports, "r-1", true).map(drop),
            ]
        });
        let change = update_job(host.ports(), "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap();
        assert_eq!(codes(&told), ["update-in-progress", "ok"], "{ahead}");
        assert_eq!(board.borrow().edits, 1);
        assert_eq!(change.posting.review_round, 2);
        assert_eq!(stored(host.ports(), "r-1").edit, None);
    }
}

#[test]
fn one_reopening_whatever_the_other_hosts_clock_says() {
    for ahead in [-SKEW, 0, SKEW] {
        let host = Rc::new(TestHost::configured());
        let board = Board::on(&host);
        live(&host, &board);
        close_job(host.ports(), "r-1").unwrap();
        let told = meanwhile(
            &host,
            &board,
            ahead,
            ("POST", "/publish", CREATE_MS),
            |ports| {
                vec![
                    reopen_job(ports, "o-1", "r-1", None).map(drop),
                    reopen_job(ports, "o-2", "r-1", None).map(drop),
                    resolve_unknown(ports, "r-1", &Resolution::NotCreated).map(drop),
                ]
            },
        );
        let posting = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
        assert_eq!(
            codes(&told),
            ["reopen-in-progress", "reopen-in-progress", "not-unknown"],
            "{ahead}"
        );
        assert_eq!(posting.state, PostingState::Live);
        assert_eq!(sent(&host, "/publish"), 1);
    }
}

#[test]
fn a_last_day_that_ends_about_now_still_holds_its_job() {
    let host = Rc::new(TestHost::configured());
    let board = Board::on(&host);
    live(&host, &board);
    let end = crate::vietnam::time::end_of_day("2026-12-31").unwrap();
    host.now.set(end - 1);
    let ahead = Elsewhere {
        host: Rc::clone(&host),
        board: Rc::clone(&board),
        ahead: SKEW,
    };
    let mut next = with("title", "Kỹ sư Rust");
    next.retain(|value| value.name != "deadline");
    next.push(named("deadline", "2027-02-01"));
    let failure = publish_job(ahead.ports(), "r-2", "job-1", &next, false).unwrap_err();
    assert_eq!(failure.code, "already-posted");
    host.now.set(end + 1);
    publish_job(ahead.ports(), "r-2", "job-1", &next, false).unwrap();
}
