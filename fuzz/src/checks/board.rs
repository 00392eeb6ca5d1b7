//! Any answers of the board, in the middle of anything: no panic, no second creation, no credential where it does not belong.
//!
//! The first line is what the platform does, a letter for each call (see [`call`]). Then, after lines `%%`, the board's answers in
//! order: a line with a status, and perhaps a content type and a `Retry-After`, or `lost`, or `down`; and the body. When they are used up, nobody answers.

use std::cell::RefCell;
use std::rc::Rc;

use topcv_plugin::contract::http::{ErrorCode, Header, HttpError, Reach, Request, Response};
use topcv_plugin::contract::postings::{Job, Resolution};
use topcv_plugin::failure::Failure;
use topcv_plugin::{connection, postings};

use super::input::{check_failure, good_values, named, store_posting};
use crate::testing::TestHost;

/// Credentials that no input can know.
const TOKEN: &str = "tok-5e1f7a90c2";
const SECRET: &str = "key-77b1d0aa93";

/// Most calls in one input: more find nothing new.
const MOST_CALLS: usize = 24;

/// What was answered to requests that create, in order: whether a posting exists, or may.
type Creates = Rc<RefCell<Vec<bool>>>;

/// See the module.
pub fn run(data: &[u8]) {
    let mut parts = split(data, b"\n%%\n").into_iter();
    let calls = parts.next().unwrap_or_default();
    let answers: Vec<Result<Response, HttpError>> = parts.map(answer).collect();
    let host = TestHost::configured();
    store_posting(&host);
    let creates = play(&host, answers);
    for call in calls.iter().take(MOST_CALLS) {
        let before = creates.borrow().len();
        let stood = creates.borrow().iter().any(|made| *made);
        if let Err(failure) = self::call(&host, *call) {
            check_failure(&failure);
            keeps_credentials(&format!("{failure:?}"));
        }
        // Only `p` publishes, always under one request id.
        assert!(
            !stood || creates.borrow().len() == before,
            "created a second time: {:?}",
            host.calls()
        );
    }
    for entry in host.storage.entries.borrow().values() {
        keeps_credentials(&String::from_utf8_lossy(&entry.value));
    }
    host.lines
        .borrow()
        .iter()
        .for_each(|line| keeps_credentials(line));
    for request in host.requests.borrow().iter() {
        assert!(
            request.url.starts_with("https://partner.topcv.vn/api/"),
            "{}",
            request.url
        );
        keeps_credentials(&request.url);
    }
}

fn keeps_credentials(text: &str) {
    assert!(
        !text.contains(TOKEN) && !text.contains(SECRET),
        "a credential stands in {text}"
    );
}

/// One call of the platform.
fn call(host: &TestHost, letter: u8) -> Result<(), Failure> {
    let ports = host.ports();
    let job = Job {
        id: "job-1".into(),
        title: "Kỹ sư".into(),
        details: good_values(),
    };
    match letter {
        b'c' => {
            let settings = [named("access-token", TOKEN), named("secret-key", SECRET)];
            let status =
                connection::configure(ports, &settings, "https://ats.example/hooks/x", false)?;
            keeps_credentials(&format!("{status:?}"));
        }
        b'd' => drop(connection::disconnect(ports)?),
        b'k' => drop(connection::check(ports)?),
        b's' => drop(connection::status(ports)?),
        b'p' => drop(postings::publish_job(
            ports,
            "r-1",
            "job-2",
            &good_values(),
            false,
        )?),
        b'f' => drop(postings::prepare_job(ports, &job, None)?),
        b'e' => drop(postings::prepare_job(ports, &job, Some("p-1"))?),
        b'u' => {
            let version = postings::get_posting(ports, "p-1", false)?.version;
            let mut values = good_values();
            values[0] = named("title", "Kỹ sư Rust");
            drop(postings::update_job(ports, "p-1", &version, &values)?);
        }
        b'g' => drop(postings::get_posting(ports, "p-1", true)?),
        b'h' => drop(postings::get_posting(ports, "r-1", true)?),
        b'x' => drop(postings::close_job(ports, "p-1")?),
        b'o' => drop(postings::reopen_job(
            ports,
            "o-1",
            "p-1",
            Some("2026-12-30"),
        )?),
        b'l' => drop(postings::link_job(ports, "l-1", "job-3", "9002")?),
        b'n' => drop(postings::unlink_job(ports, "p-1")?),
        b'y' => drop(postings::list_linkable(ports, None)?),
        b'z' => drop(postings::reconcile(ports, None)?),
        b'i' => drop(postings::list_postings(ports, None, None)?),
        b'a' => drop(postings::resolve_unknown(
            ports,
            "r-1",
            &Resolution::Adopt("9003".into()),
        )?),
        b'w' => host.now.set(host.now.get() + 60 * 60 * 1_000),
        b'W' => host.now.set(host.now.get() + 40 * 24 * 60 * 60 * 1_000),
        _ => {}
    }
    Ok(())
}

fn play(host: &TestHost, answers: Vec<Result<Response, HttpError>>) -> Creates {
    let creates: Creates = Rc::default();
    let counted = Rc::clone(&creates);
    let mut answers = answers.into_iter();
    host.board(move |request| {
        let answer = answers
            .next()
            .unwrap_or_else(|| Err(no_answer(ErrorCode::Connect, Reach::NotSent)));
        if is_create(request) {
            counted.borrow_mut().push(may_exist(&answer));
        }
        answer
    });
    creates
}

fn is_create(request: &Request) -> bool {
    request.method == "POST" && request.url.ends_with("/api/jobs")
}

/// Whether the board has created, or may have, by an answer that leaves no room for another reading.
fn may_exist(answer: &Result<Response, HttpError>) -> bool {
    match answer {
        Err(error) => error.reach == Reach::MaybeSent,
        Ok(response) if response.status >= 500 => response.body.is_empty(),
        Ok(response) if (200..300).contains(&response.status) => {
            let json: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
            let only_data = json
                .as_ref()
                .and_then(|json| json.as_object())
                .filter(|object| object.len() == 1);
            only_data
                .and_then(|object| object.get("data")?.get("job_id")?.as_u64())
                .is_some_and(|id| id > 0)
        }
        Ok(_) => false,
    }
}

fn answer(part: &[u8]) -> Result<Response, HttpError> {
    let end = part.iter().position(|byte| *byte == b'\n');
    let (head, body) = match end {
        Some(end) => (&part[..end], &part[end + 1..]),
        None => (part, &[][..]),
    };
    let head = String::from_utf8_lossy(head);
    let mut words = head.split(' ');
    let status = match words.next() {
        Some("lost") => return Err(no_answer(ErrorCode::Timeout, Reach::MaybeSent)),
        Some("down") => return Err(no_answer(ErrorCode::Connect, Reach::NotSent)),
        Some("large") => return Err(no_answer(ErrorCode::ResponseTooLarge, Reach::MaybeSent)),
        Some(word) => word.parse().unwrap_or(200),
        None => 200,
    };
    let header = |name: &str, value: Option<&str>| {
        value.map(|value| Header {
            name: name.into(),
            value: value.into(),
        })
    };
    let headers = [
        header("content-type", words.next()),
        header("retry-after", words.next()),
    ];
    Ok(Response {
        status,
        headers: headers.into_iter().flatten().collect(),
        body: body.to_vec(),
    })
}

fn no_answer(code: ErrorCode, reach: Reach) -> HttpError {
    HttpError {
        code,
        reach,
        detail: "no answer".into(),
    }
}

fn split<'a>(data: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(mark.len()).position(|window| window == mark) {
        parts.push(&rest[..at]);
        rest = &rest[at + mark.len()..];
    }
    parts.push(rest);
    parts
}
