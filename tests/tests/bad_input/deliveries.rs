//! `handle-webhook`: every kind of delivery, every field, every defect.

use job_board_host::contract::deliveries::{Outcome, Verdict};
use job_board_host::contract::events::Happening;
use system_tests::{Rig, expect_documented, signed_with};

/// A delivery as its members: name and JSON literal, in order.
#[derive(Clone)]
struct Message {
    event: &'static str,
    members: Vec<(String, String)>,
}

/// What the board signs of each event.
const SIGNED: [(&str, &[&str]); 3] = [
    (
        "apply",
        &["event_type", "job_id", "candidate_phone", "candidate_id"],
    ),
    (
        "job_approved",
        &["event_type", "job_id", "recruitment_campaign_id"],
    ),
    (
        "job_rejected",
        &["event_type", "job_id", "recruitment_campaign_id"],
    ),
];

impl Message {
    fn new(event: &'static str, job_id: &str) -> Self {
        let more: &[(&str, &str)] = match event {
            "apply" => &[
                ("candidate_id", "501"),
                ("candidate_name", "\"Trần Thị Bích\""),
                ("candidate_email", "\"bich@example.com\""),
                ("candidate_phone", "\"0987654321\""),
                ("genger", "\"Nữ\""),
                ("apply_at", "\"2026-03-02 08:59:00\""),
                ("download_url", "\"https://www.topcv.vn/cv/abc\""),
                ("cv_url", "\"https://www.topcv.vn/xem-cv/abc\""),
            ],
            "job_rejected" => &[
                ("recruitment_campaign_id", "0"),
                ("reject_reason", "\"Mức lương chưa phù hợp\""),
            ],
            _ => &[("recruitment_campaign_id", "0")],
        };
        let mut members = vec![
            ("event_type".to_owned(), format!("\"{event}\"")),
            ("job_id".to_owned(), job_id.to_owned()),
        ];
        members.extend(
            more.iter()
                .map(|(name, literal)| ((*name).to_owned(), (*literal).to_owned())),
        );
        Self { event, members }
    }

    fn signed_names(&self) -> &'static [&'static str] {
        SIGNED
            .iter()
            .find(|(event, _)| *event == self.event)
            .unwrap()
            .1
    }

    fn literal(&self, name: &str) -> &str {
        let found = self.members.iter().find(|(member, _)| member == name);
        found.map_or("", |(_, literal)| literal)
    }

    /// The signature over what stands there now, the way the board reads it.
    fn signature(&self, key: &str) -> String {
        let parts: Vec<_> = self
            .signed_names()
            .iter()
            .map(|name| {
                let literal = self.literal(name);
                let value = if literal == "null" { "" } else { literal };
                format!("{name}={}", value.trim_matches('"'))
            })
            .collect();
        signed_with(key, &parts.join("&"))
    }

    fn with(&self, name: &str, literal: &str) -> Self {
        let mut changed = self.clone();
        for (member, value) in &mut changed.members {
            if member == name {
                literal.clone_into(value);
            }
        }
        changed
    }

    fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.members.retain(|(member, _)| member != name);
        changed
    }

    fn names(&self) -> Vec<String> {
        self.members.iter().map(|(name, _)| name.clone()).collect()
    }

    fn text(&self, key: &str) -> String {
        let mut members: Vec<_> = self
            .members
            .iter()
            .map(|(name, literal)| format!("\"{name}\":{literal}"))
            .collect();
        members.push(format!("\"signature\":\"{}\"", self.signature(key)));
        format!("{{{}}}", members.join(","))
    }
}

/// What is expected of an outcome.
#[derive(Clone, Copy, Debug)]
enum Expected<'a> {
    /// Status and code, and the field that is to blame, if one is.
    Refused(u16, &'a str, Option<&'a str>),
    /// Accepted as an event of the kind that it says it is.
    Taken,
    /// Accepted as an event that nobody acts upon.
    Other,
}

/// A connection that has had one good delivery of this kind.
struct Bench {
    rig: Rig,
    key: String,
    message: Message,
}

impl Bench {
    /// One for each kind: a verdict that contradicts an earlier one would make the plugin ask the board.
    async fn for_each_event() -> Vec<Self> {
        let mut all = Vec::new();
        for (event, _) in SIGNED {
            all.push(Self::start(event).await);
        }
        all
    }

    async fn start(event: &'static str) -> Self {
        let rig = Rig::start().await;
        let job_id = rig.posting.board_posting.clone().unwrap();
        let bench = Self {
            key: rig.employer.secret_key.clone(),
            message: Message::new(event, &job_id),
            rig,
        };
        // It leaves its mark (which key signs, the last verdict); from then on nothing may change.
        let good = bench.message.text(&bench.key).into_bytes();
        let outcome = bench.rig.deliver(good).await;
        assert_eq!(outcome.response.status, 200, "{event}");
        bench
    }

    async fn check(&self, what: &str, body: Vec<u8>, expected: Expected<'_>) {
        self.check_by("POST", what, body, expected).await;
    }

    /// Delivers, and compares everything: the answer, what is stored, what the board was asked.
    async fn check_by(&self, method: &str, what: &str, body: Vec<u8>, expected: Expected<'_>) {
        let stored = self.rig.snapshot().await;
        let asked = self.rig.asked("requests").await;
        let outcome = self.rig.deliver_by(method, body).await;
        judge(what, &outcome, expected);
        assert!(
            self.rig.snapshot().await == stored,
            "{what}: something was stored"
        );
        assert_eq!(
            self.rig.asked("requests").await,
            asked,
            "{what}: the board was asked"
        );
    }
}

fn judge(what: &str, outcome: &Outcome, expected: Expected<'_>) {
    match (&outcome.verdict, expected) {
        (Verdict::Refused(failure), Expected::Refused(status, code, field)) => {
            expect_documented(code);
            for problem in &failure.problems {
                expect_documented(&problem.code);
            }
            assert_eq!(
                (outcome.response.status, failure.code.as_str()),
                (status, code),
                "{what}"
            );
            let fields: Vec<_> = failure
                .problems
                .iter()
                .map(|one| one.field.as_str())
                .collect();
            assert_eq!(fields, Vec::from_iter(field), "{what}");
            assert!(outcome.events.is_empty(), "{what}");
        }
        (Verdict::Accepted, Expected::Taken | Expected::Other) => {
            assert_eq!(outcome.response.status, 200, "{what}");
            assert_eq!(outcome.events.len(), 1, "{what}");
            let other = matches!(outcome.events[0].happening, Happening::Other(_));
            assert_eq!(other, matches!(expected, Expected::Other), "{what}");
        }
        _ => panic!(
            "{what}: {} {}, expected {expected:?}",
            outcome.response.status,
            String::from_utf8_lossy(&outcome.response.body)
        ),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_field_of_every_event_with_a_missing_or_wrong_typed_value() {
    for bench in &Bench::for_each_event().await {
        let message = &bench.message;
        for name in message.names() {
            let signed = message.signed_names().contains(&name.as_str());
            let lacking = message.without(&name);
            let what = format!("{} without {name}", message.event);
            let expected = match name.as_str() {
                "event_type" if message.event == "apply" => {
                    Expected::Refused(401, "unsigned-profile", None)
                }
                "event_type" | "job_id" => Expected::Refused(400, "malformed", Some(name.as_str())),
                _ => Expected::Taken,
            };
            // What is said anew about an applicant is stored by the host, not by the plugin.
            bench
                .check(&what, lacking.text(&bench.key).into_bytes(), expected)
                .await;

            for literal in ["true", "[]", "{}", "[1]", "{\"a\":1}"] {
                let wrong = message.with(&name, literal);
                let what = format!("{} with {name} = {literal}", message.event);
                let expected = if signed {
                    Expected::Refused(400, "malformed", Some(name.as_str()))
                } else {
                    Expected::Taken
                };
                bench
                    .check(&what, wrong.text(&bench.key).into_bytes(), expected)
                    .await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_cannot_be_read() {
    for bench in &Bench::for_each_event().await {
        let message = &bench.message;
        let good = message.text(&bench.key);
        let spoiled = |from: &str, to: &[u8]| -> Vec<u8> {
            let (before, after) = good.split_once(from).unwrap();
            [before.as_bytes(), to, after.as_bytes()].concat()
        };
        let opened = good.strip_prefix('{').unwrap();
        let deep = |open: &str, close: &str| {
            format!(
                "{{\"deep\":{}1{},{opened}",
                open.repeat(100),
                close.repeat(100)
            )
        };
        let mut cases: Vec<(String, Vec<u8>, u16, &str)> = vec![
            (
                "truncated".into(),
                good.as_bytes()[..good.len() - 1].to_vec(),
                400,
                "not-json",
            ),
            (
                "with a tail".into(),
                format!("{good} x").into_bytes(),
                400,
                "not-json",
            ),
            (
                "twice".into(),
                format!("{good}{good}").into_bytes(),
                400,
                "not-json",
            ),
            (
                "as an array".into(),
                format!("[{good}]").into_bytes(),
                400,
                "not-an-object",
            ),
            (
                "as a text".into(),
                serde_json::json!(good).to_string().into_bytes(),
                400,
                "not-an-object",
            ),
            (
                "as a number".into(),
                b"1e400".to_vec(),
                400,
                "not-an-object",
            ),
            ("as null".into(), b"null".to_vec(), 400, "not-an-object"),
            (
                "form encoded".into(),
                b"event_type=apply&job_id=1".to_vec(),
                400,
                "not-json",
            ),
            (
                "not UTF-8".into(),
                spoiled("\"signature\"", b"\"x\":\"\xff\",\"signature\""),
                400,
                "not-utf8",
            ),
            (
                "UTF-16".into(),
                format!("\u{feff}{good}")
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect(),
                400,
                "not-utf8",
            ),
            (
                "half a surrogate".into(),
                spoiled("\"signature\"", b"\"x\":\"\\ud800\",\"signature\""),
                400,
                "not-json",
            ),
            (
                "a raw control character".into(),
                spoiled("\"signature\"", b"\"x\":\"\x01\",\"signature\""),
                400,
                "not-json",
            ),
            (
                "deep arrays".into(),
                deep("[", "]").into_bytes(),
                400,
                "too-deep",
            ),
            (
                "deep objects".into(),
                deep("{\"a\":", "}").into_bytes(),
                400,
                "too-deep",
            ),
            (
                "a double name further down".into(),
                spoiled("\"signature\"", b"\"x\":{\"a\":1,\"a\":1},\"signature\""),
                400,
                "duplicate-key",
            ),
            (
                "too large".into(),
                format!("{{\"x\":\"{}\",{opened}", "x".repeat(256 * 1024)).into_bytes(),
                413,
                "too-large",
            ),
        ];
        for name in message
            .names()
            .iter()
            .map(String::as_str)
            .chain(["signature"])
        {
            let body = format!("{{\"{name}\":null,{opened}").into_bytes();
            cases.push((format!("{name} twice"), body, 400, "duplicate-key"));
        }
        for (what, body, status, code) in cases {
            let what = format!("{}, {what}", message.event);
            bench
                .check(&what, body, Expected::Refused(status, code, None))
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signatures_that_do_not_fit() {
    let refused = Expected::Refused(401, "signature-wrong", None);
    for bench in &Bench::for_each_event().await {
        let message = &bench.message;
        let good = message.text(&bench.key);
        let right = message.signature(&bench.key);
        for (what, literal) in [
            ("none", "null".to_owned()),
            ("empty", "\"\"".to_owned()),
            ("a number", "1".to_owned()),
            ("a list", format!("[\"{right}\"]")),
            ("cut short", format!("\"{}\"", &right[..62])),
            ("too long", format!("\"{right}00\"")),
            ("no hexadecimal", format!("\"{}\"", "z".repeat(64))),
            (
                "another key's",
                format!("\"{}\"", message.signature("another key")),
            ),
            ("the empty key's", format!("\"{}\"", message.signature(""))),
        ] {
            let body = good.replace(&format!("\"{right}\""), &literal);
            assert_ne!(body, good);
            let what = format!("{}, signature: {what}", message.event);
            bench.check(&what, body.into_bytes(), refused).await;
        }
        for name in message
            .signed_names()
            .iter()
            .filter(|name| **name != "event_type")
        {
            let forged = message.with(name, "\"1234567\"").text(&bench.key);
            let forged = forged.replace(
                &message.with(name, "\"1234567\"").signature(&bench.key),
                &right,
            );
            let what = format!("{}, {name} changed after signing", message.event);
            bench.check(&what, forged.into_bytes(), refused).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unknown_is_reported_and_never_acted_upon() {
    let bench = Bench::start("apply").await;
    for kind in [
        "job_expired",
        "APPLY",
        "apply ",
        "ứng tuyển",
        "'; drop table events; --",
    ] {
        let body = serde_json::json!({ "event_type": kind, "job_id": 1 }).to_string();
        bench.check(kind, body.into_bytes(), Expected::Other).await;
    }
    for bench in &Bench::for_each_event().await {
        let message = &bench.message;
        let opened = message.text(&bench.key);
        let opened = opened.strip_prefix('{').unwrap();
        let body = format!("{{\"so_moi\":[1,{{\"a\":null}}],{opened}");
        let what = format!("{} with an unknown member", message.event);
        bench.check(&what, body.into_bytes(), Expected::Taken).await;
        for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post it"] {
            let expected = Expected::Refused(405, "method-not-allowed", None);
            let body = message.text(&bench.key).into_bytes();
            bench.check_by(method, method, body, expected).await;
        }
    }
}
