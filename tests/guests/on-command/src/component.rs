//! The exports. Only `describe` and `handle-webhook` do something.

use crate::bindings::exports::hiring::job_board::{connection, deliveries, postings, privacy};
use crate::bindings::hiring::job_board::types::{Disposition, Failure, NamedValue, Text};
use crate::commands;
use connection::{ConnectionStatus, HostNeed, Manifest};
use deliveries::{Attachment, Delivery, File, Outcome, Verdict, WebResponse};
use postings::{BoardPage, Change, Form, Job, Posting, PostingPage, ReconcilePage, Resolution};
use privacy::Receipt;

pub(crate) struct TestGuest;

pub(crate) fn text(words: &str) -> Text {
    Text {
        vi: words.to_owned(),
        en: words.to_owned(),
    }
}

fn unsupported<T>() -> Result<T, Failure> {
    Err(Failure {
        disposition: Disposition::Unsupported,
        code: "test-guest".to_owned(),
        message: text("not in this guest"),
        problems: Vec::new(),
        retry_after_ms: None,
        board_status: None,
        extra: Vec::new(),
    })
}

fn need(pattern: &str) -> HostNeed {
    HostNeed {
        pattern: pattern.to_owned(),
        reason: text("for the test"),
        required: true,
    }
}

impl connection::Guest for TestGuest {
    fn describe() -> Manifest {
        Manifest {
            id: "test-guest".to_owned(),
            version: "0.1.0".to_owned(),
            board_name: "Test board".to_owned(),
            board_site: "https://board.example".to_owned(),
            settings: Vec::new(),
            hosts: vec![
                need("api.board.example"),
                need("*.files.example"),
                need("localhost"),
            ],
            features: Vec::new(),
            extra: Vec::new(),
        }
    }
    fn configure(_: Vec<NamedValue>, _: String, _: bool) -> Result<ConnectionStatus, Failure> {
        unsupported()
    }
    fn status() -> Result<ConnectionStatus, Failure> {
        unsupported()
    }
    fn check() -> Result<ConnectionStatus, Failure> {
        unsupported()
    }
    fn disconnect() -> Result<ConnectionStatus, Failure> {
        unsupported()
    }
}

impl postings::Guest for TestGuest {
    fn prepare_job(_: Job, _: Option<String>) -> Result<Form, Failure> {
        unsupported()
    }
    fn publish_job(_: String, _: String, _: Vec<NamedValue>, _: bool) -> Result<Posting, Failure> {
        unsupported()
    }
    fn resolve_unknown(_: String, _: Resolution) -> Result<Posting, Failure> {
        unsupported()
    }
    fn update_job(_: String, _: String, _: Vec<NamedValue>) -> Result<Change, Failure> {
        unsupported()
    }
    fn close_job(_: String) -> Result<Posting, Failure> {
        unsupported()
    }
    fn reopen_job(_: String, _: String, _: Option<String>) -> Result<Posting, Failure> {
        unsupported()
    }
    fn link_job(_: String, _: String, _: String) -> Result<Posting, Failure> {
        unsupported()
    }
    fn unlink_job(_: String) -> Result<Posting, Failure> {
        unsupported()
    }
    fn list_linkable(_: Option<String>) -> Result<BoardPage, Failure> {
        unsupported()
    }
    fn list_postings(_: Option<String>, _: Option<String>) -> Result<PostingPage, Failure> {
        unsupported()
    }
    fn get_posting(_: String, _: bool) -> Result<Posting, Failure> {
        unsupported()
    }
    fn reconcile(_: Option<String>) -> Result<ReconcilePage, Failure> {
        unsupported()
    }
}

impl deliveries::Guest for TestGuest {
    fn handle_webhook(delivery: Delivery) -> Outcome {
        let body = commands::run(&delivery.method, &delivery.body);
        Outcome {
            verdict: Verdict::NoEffect,
            response: WebResponse {
                status: 200,
                headers: Vec::new(),
                body,
            },
            events: Vec::new(),
            extra: Vec::new(),
        }
    }
    fn fetch_cv(_: Attachment) -> Result<File, Failure> {
        unsupported()
    }
}

impl privacy::Guest for TestGuest {
    fn forget(_: Vec<String>) -> Result<Receipt, Failure> {
        unsupported()
    }
    fn purge(_: u64) -> Result<Receipt, Failure> {
        unsupported()
    }
}
