//! A damaged record is named, and everything else goes on. Lost credentials are entered again.

use super::review::live;
use super::*;
use crate::connection::{check, configure, disconnect, status};
use crate::contract::connection::ConnectionState;
use crate::contract::deliveries::{Delivery, Verdict};
use crate::contract::http::Header;
use crate::contract::postings::Job;
use crate::contract::types::Failure as Said;
use crate::deliveries::handle_webhook;
use crate::failure::Failure;
use crate::state::{catalogue, keys};
use crate::topcv::signature::sign;

const HOOK: &str = "https://ats.example/hooks/abc";

/// What can stand where a record should.
const DAMAGES: [&str; 6] = [
    "",
    "{",
    "\u{0}\u{0}\u{0}",
    "[]",
    r#"{"schema":1}"#,
    r#"{"schema":1,"data":{"id":7}}"#,
];

/// A record of a release that this one knows nothing of.
const LATER: &str = r#"{"schema":99,"data":{"x":1}}"#;

fn damage(host: &TestHost, key: &str, text: &str) {
    let mut entries = host.storage.entries.borrow_mut();
    entries.get_mut(key).expect(key).value = text.into();
}

fn applied(board_posting: &str, key: &str) -> Delivery {
    let line =
        format!("event_type=apply&job_id={board_posting}&candidate_phone=0912&candidate_id=5");
    Delivery {
        method: "POST".into(),
        headers: vec![Header {
            name: "content-type".into(),
            value: "application/json".into(),
        }],
        body: format!(
            r#"{{"event_type":"apply","job_id":"{board_posting}","candidate_phone":"0912","candidate_id":"5","signature":"{}"}}"#,
            sign(key, &line)
        )
        .into_bytes(),
        received_at: crate::testing::NOW,
    }
}

fn job(id: &str) -> Job {
    Job {
        id: id.into(),
        title: "Kỹ sư".into(),
        details: Vec::new(),
    }
}

/// `r-1` is 1001 and `r-2` is 1002, and there is a copy of a list of options.
fn two_postings() -> (TestHost, Rc<RefCell<Board>>) {
    let host = TestHost::configured();
    let board = Board::on(&host);
    live(&host, &board);
    publish_job(
        host.ports(),
        "r-2",
        "job-2",
        &with("title", "Kế toán"),
        false,
    )
    .unwrap();
    let options = [("1".to_owned(), "Hà Nội".to_owned())];
    catalogue::save(host.ports(), "locations", &options, host.now.get()).unwrap();
    (host, board)
}

#[test]
fn one_damaged_record_is_named_and_everything_else_goes_on() {
    let broken = [
        keys::posting("r-1"),
        keys::job("job-1"),
        keys::board("1001"),
        keys::catalogue("locations"),
    ];
    for key in &broken {
        for text in DAMAGES.iter().chain([&LATER]) {
            let (host, board) = two_postings();
            damage(&host, key, text);
            let ports = host.ports();
            let cell = format!("{key} is {text:?}");
            let is_posting = *key == broken[0];

            let page = list_postings(ports, None, None).unwrap();
            let ids: Vec<_> = page.postings.iter().map(|it| it.id.as_str()).collect();
            assert!(ids.contains(&"r-2"), "{cell}");
            assert_eq!(page.notes.len(), usize::from(is_posting), "{cell}");
            assert!(
                page.notes
                    .iter()
                    .all(|note| note.vi.contains(key) && note.en.contains(key))
            );

            let page = reconcile(ports, None).unwrap();
            let told = |id: &str| {
                page.events
                    .iter()
                    .any(|it| it.posting.as_deref() == Some(id))
            };
            assert!(told("r-2"), "{cell}");
            let named = page.notes.iter().any(|note| note.en.contains(key));
            assert_eq!(named, is_posting, "{cell}");

            assert_eq!(
                list_linkable(ports, None).unwrap().postings.len(),
                2,
                "{cell}"
            );
            get_posting(ports, "r-2", true).unwrap();
            let change = update_job(ports, "r-2", "1", &with("title", "Kế toán trưởng")).unwrap();
            assert_eq!(change.changed, ["title"], "{cell}");
            prepare_job(ports, &job("job-2"), Some("r-2")).unwrap();
            prepare_job(ports, &job("job-9"), None).unwrap();

            for id in ["1001", "1002"] {
                let outcome = handle_webhook(ports, &applied(id, "session-1"));
                assert_eq!(outcome.verdict, Verdict::Accepted, "{cell}: {id}");
            }
            let posting =
                publish_job(ports, "r-3", "job-3", &with("title", "Lái xe"), false).unwrap();
            assert_eq!(posting.state, PostingState::PendingReview, "{cell}");
            // Also where an answer got lost, and all records are looked through.
            board.borrow_mut().create = Create::LostAfter;
            publish_job(ports, "r-4", "job-4", &with("title", "Bảo vệ"), false).unwrap();
            let posting =
                publish_job(ports, "r-4", "job-4", &with("title", "Bảo vệ"), false).unwrap();
            assert_eq!(posting.state, PostingState::PendingReview, "{cell}");
            board.borrow_mut().create = Create::Works;

            assert_eq!(status(ports).unwrap().state, ConnectionState::Configured);
            configure(ports, &[], HOOK, false).unwrap();
            let ended = disconnect(ports).unwrap();
            assert!(
                ended.affected.iter().any(|it| it.posting == "r-2"),
                "{cell}"
            );
            let note = NamedValue {
                name: "unreadable-records".into(),
                value: Value::Texts(vec![key.clone()]),
            };
            assert_eq!(ended.extra.contains(&note), is_posting, "{cell}");
            assert_eq!(board.borrow().creates, 4, "{cell}");

            let stands = host.storage.entries.borrow()[key].value.clone();
            assert_eq!(stands, text.as_bytes(), "{cell}: nothing is thrown away");
        }
    }
}

#[test]
fn a_posting_whose_record_is_damaged_names_it_and_is_not_published_over() {
    for key in [keys::posting("r-1"), keys::job("job-1")] {
        for (text, code) in [("{", "record-unreadable"), (LATER, "record-too-new")] {
            let (host, board) = two_postings();
            damage(&host, &key, text);
            for allow_second in [false, true] {
                let failure =
                    publish_job(host.ports(), "r-5", "job-1", &values(), allow_second).unwrap_err();
                assert_eq!(failure.code, code);
                assert_eq!(failure.extra, [named("record", key.clone())]);
            }
            assert_eq!(board.borrow().creates, 2);
        }
    }
}

#[test]
fn a_damaged_list_of_options_is_read_again_and_a_later_one_is_left() {
    for (text, mended) in [("{", true), (LATER, false)] {
        let (host, board) = two_postings();
        let key = keys::catalogue("locations");
        damage(&host, &key, text);
        let shared = Rc::clone(&board);
        host.board(move |request| {
            if request.url.ends_with("/metadata/cities") {
                return answer(200, &json!({"data": [{"id": 2, "name": "Hồ Chí Minh"}]}));
            }
            shared.borrow_mut().answer(request)
        });
        prepare_job(host.ports(), &job("job-9"), None).unwrap();
        let list = catalogue::load(host.ports(), "locations").unwrap();
        assert_eq!(list.is_some(), mended);
        assert_eq!(
            host.storage.entries.borrow()[&key].value == text.as_bytes(),
            !mended
        );
    }
}

/// The host lost its key, or the record is damaged.
fn lose_credentials(host: &TestHost, how: Option<&str>) {
    let mut entries = host.secrets.entries.borrow_mut();
    match how {
        Some(text) => entries.get_mut(keys::CREDENTIALS).unwrap().value = text.into(),
        None => entries.clear(),
    }
}

#[test]
fn lost_credentials_are_said_by_every_export_in_the_same_words() {
    let mut ways: Vec<Option<&str>> = DAMAGES.iter().copied().map(Some).collect();
    ways.push(None);
    for how in ways {
        let (host, _board) = two_postings();
        lose_credentials(&host, how);
        let ports = host.ports();
        let calls = host.calls().len();
        let shown = status(ports).unwrap();
        assert_eq!(shown.state, ConnectionState::Broken, "{how:?}");
        let said = shown.problem.unwrap();
        assert_eq!(
            (said.disposition, said.code.as_str()),
            (Disposition::SignInAgain, "credentials-lost")
        );
        assert!(said.message.vi.contains("nhập lại") && said.message.en.contains("again"));
        let asked = check(ports).unwrap();
        assert_eq!(asked.problem.as_ref(), Some(&said));

        let resolution = Resolution::NotCreated;
        let answers: [Result<(), Failure>; 11] = [
            prepare_job(ports, &job("job-1"), None).map(drop),
            prepare_job(ports, &job("job-1"), Some("r-1")).map(drop),
            publish_job(ports, "r-3", "job-3", &values(), false).map(drop),
            resolve_unknown(ports, "r-1", &resolution).map(drop),
            update_job(ports, "r-1", "1", &values()).map(drop),
            close_job(ports, "r-1").map(drop),
            reopen_job(ports, "o-1", "r-1", None).map(drop),
            link_job(ports, "l-1", "job-3", "1001").map(drop),
            list_linkable(ports, None).map(drop),
            get_posting(ports, "r-1", true).map(drop),
            reconcile(ports, None).map(drop),
        ];
        for answer in answers {
            assert_eq!(Said::from(answer.unwrap_err()), said, "{how:?}");
        }
        let outcome = handle_webhook(ports, &applied("1001", "session-1"));
        assert_eq!(outcome.verdict, Verdict::Refused(said));
        assert_eq!(outcome.response.status, 503);
        // What needs no board works.
        assert_eq!(list_postings(ports, None, None).unwrap().postings.len(), 2);
        get_posting(ports, "r-1", false).unwrap();
        assert_eq!(
            host.calls().len(),
            calls,
            "the board is not called without keys"
        );
    }
}

#[test]
fn keys_that_are_entered_again_bring_postings_and_links_back() {
    for how in [None, Some("{")] {
        let (host, board) = two_postings();
        lose_credentials(&host, how);
        let ports = host.ports();
        let one = [named("access-token", "token")];
        let failure = configure(ports, &one, HOOK, false).unwrap_err();
        assert_eq!(failure.problems[0].field, "secret-key");
        let calls = host.calls().len();
        let both = [named("access-token", "new"), named("secret-key", "secret")];
        let shown = configure(ports, &both, HOOK, false).unwrap();
        assert_eq!(shown.state, ConnectionState::Configured);
        assert!(shown.affected.is_empty());
        assert!(host.calls()[calls..].contains(&"GET /api/jobs/1002".to_owned()));
        let posting = get_posting(ports, "r-1", true).unwrap();
        assert_eq!(posting.state, PostingState::Live);
        update_job(ports, "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap();
        let session = format!("session-{}", board.borrow().connects + 1);
        let outcome = handle_webhook(ports, &applied("1001", &session));
        assert_eq!(outcome.events[0].posting.as_deref(), Some("r-1"));
        assert_eq!(board.borrow().creates, 2);
    }
}

#[test]
fn keys_of_another_account_are_noticed_also_after_a_loss() {
    let (host, board) = two_postings();
    lose_credentials(&host, None);
    board.borrow_mut().postings.clear();
    let both = [
        named("access-token", "other"),
        named("secret-key", "secret"),
    ];
    let failure = configure(host.ports(), &both, HOOK, false).unwrap_err();
    assert_eq!(failure.code, "other-account");
    assert!(host.secrets.entries.borrow().is_empty());
}

#[test]
fn credentials_of_a_later_release_are_left_alone() {
    let (host, _board) = two_postings();
    lose_credentials(&host, Some(LATER));
    let both = [named("access-token", "new"), named("secret-key", "secret")];
    for failure in [
        status(host.ports()).unwrap_err(),
        configure(host.ports(), &both, HOOK, false).unwrap_err(),
        close_job(host.ports(), "r-1").unwrap_err(),
    ] {
        assert_eq!(failure.code, "record-too-new");
    }
    let outcome = handle_webhook(host.ports(), &applied("1001", "session-1"));
    assert!(matches!(outcome.verdict, Verdict::TryAgain(_)));
    let entries = host.secrets.entries.borrow();
    assert_eq!(entries[keys::CREDENTIALS].value, LATER.as_bytes());
}
