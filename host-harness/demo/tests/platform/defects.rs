//! Every endpoint with every defect, generated from the table that the reader of requests works from.

use job_board_demo::http::endpoint::{Endpoint, MOST_BODY_BYTES};
use job_board_demo::http::schema::{Field, Kind};
use job_board_demo::http::table::ENDPOINTS;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::server::{Server, read};

/// What is sent, and what must come back.
struct Case {
    what: String,
    query: String,
    body: Vec<u8>,
    media: &'static str,
    status: u16,
    code: &'static str,
    problem: Option<(String, &'static str)>,
}

fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Line(_) | Kind::Word(_) => json!("abc"),
        Kind::OneOf(words) => json!(words[0]),
        Kind::Day => json!("2026-02-28"),
        Kind::Number(_) => json!(1),
        Kind::Truth => json!(true),
        Kind::Values => json!({"a": "b"}),
    }
}

fn wrong_type(kind: Kind) -> Value {
    match kind {
        Kind::Values => json!([1]),
        Kind::Number(_) => json!("one"),
        _ => json!(17.5),
    }
}

/// Values of the right type that break the field's own rule: the value, the field that is named, the code.
fn broken_rules(field: &Field) -> Vec<(Value, String, &'static str)> {
    let name = field.name.to_owned();
    let member = |member: &str| format!("{name}.{member}");
    match field.kind {
        Kind::Line(most) => vec![
            (json!("x".repeat(most + 1)), name.clone(), "too-long"),
            (json!(" "), name.clone(), "required"),
            (json!("a\u{0}b"), name, "control-character"),
        ],
        Kind::Word(most) => vec![
            (json!("x".repeat(most + 1)), name.clone(), "too-long"),
            (json!("a b"), name, "malformed"),
        ],
        Kind::OneOf(_) => vec![(json!("nonsense"), name, "unknown-option")],
        Kind::Day => vec![
            (json!("2026-13-01"), name.clone(), "malformed"),
            (json!("28/02/2026"), name, "malformed"),
        ],
        Kind::Number(_) => vec![
            (json!(0), name.clone(), "out-of-range"),
            (json!(-1), name, "out-of-range"),
        ],
        Kind::Truth => Vec::new(),
        Kind::Values => vec![
            (json!({"a": null}), member("a"), "wrong-type"),
            (json!({"a": [1]}), member("a"), "wrong-type"),
            (json!({"a": {"b": 1}}), member("a"), "wrong-type"),
            (json!({"A b": "c"}), member("A b"), "malformed-name"),
        ],
    }
}

fn valid(table: &[Field]) -> Map<String, Value> {
    table
        .iter()
        .filter(|field| field.required)
        .map(|field| (field.name.to_owned(), sample(field.kind)))
        .collect()
}

fn encode(query: &Map<String, Value>) -> String {
    let pairs: Vec<String> = query
        .iter()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            format!("{name}={text}")
        })
        .collect();
    pairs.join("&")
}

fn invalid(what: String, field: String, code: &'static str) -> Case {
    Case {
        what,
        query: String::new(),
        body: Vec::new(),
        media: "application/json",
        status: 422,
        code: "invalid-input",
        problem: Some((field, code)),
    }
}

/// Fields that are missing, wrong or unknown, in a body or in a query.
fn field_defects(table: &[Field], place: impl Fn(&Map<String, Value>, Case) -> Case) -> Vec<Case> {
    let whole = valid(table);
    let mut cases = Vec::new();
    for field in table {
        let changed = |value: Value| {
            let mut object = whole.clone();
            object.insert(field.name.to_owned(), value);
            object
        };
        if field.required {
            let mut object = whole.clone();
            object.remove(field.name);
            let case = invalid(
                format!("no {}", field.name),
                field.name.to_owned(),
                "required",
            );
            cases.push(place(&object, case));
        }
        let what = format!("{} of a wrong type", field.name);
        let case = invalid(what, field.name.to_owned(), "wrong-type");
        cases.push(place(&changed(wrong_type(field.kind)), case));
        for (value, named, code) in broken_rules(field) {
            let case = invalid(format!("{} {code}", field.name), named, code);
            cases.push(place(&changed(value), case));
        }
    }
    let mut object = whole;
    object.insert("surprise".to_owned(), json!(1));
    let case = invalid(
        "an unknown field".to_owned(),
        "surprise".to_owned(),
        "unknown-field",
    );
    cases.push(place(&object, case));
    cases
}

fn body_defects(endpoint: &Endpoint) -> Vec<Case> {
    let mut cases = field_defects(endpoint.body, |object, case| Case {
        body: serde_json::to_vec(object).unwrap(),
        ..case
    });
    let name = endpoint.body.first().map_or("a", |field| field.name);
    let raw =
        |what: &str, body: Vec<u8>, status, code, problem: Option<(&str, &'static str)>| Case {
            what: what.to_owned(),
            query: String::new(),
            body,
            media: "application/json",
            status,
            code,
            problem: problem.map(|(field, code)| (field.to_owned(), code)),
        };
    let deep = format!("{{\"{name}\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let twice = format!("{{\"{name}\":\"a\",\"{name}\":\"b\"}}");
    let inner = format!("{{\"{name}\":{{\"x\":\"a\",\"x\":\"b\"}}}}");
    let inner_field = format!("{name}.x");
    let mut not_utf8 = format!("{{\"{name}\":\"").into_bytes();
    not_utf8.extend(b"\xff\"}");
    let huge = format!("{{\"{name}\":\"{}\"}}", "x".repeat(MOST_BODY_BYTES));
    cases.extend([
        raw(
            "no object",
            b"[1]".to_vec(),
            422,
            "invalid-input",
            Some(("", "wrong-type")),
        ),
        raw("cut off", b"{\"a\":".to_vec(), 400, "malformed-json", None),
        raw(
            "half a character",
            b"{\"a\":\"\\ud800\"}".to_vec(),
            400,
            "malformed-json",
            None,
        ),
        raw("not UTF-8", not_utf8, 400, "not-utf8", None),
        raw(
            "a name twice",
            twice.into_bytes(),
            400,
            "duplicate-key",
            Some((name, "duplicate-key")),
        ),
        raw(
            "a name twice inside",
            inner.into_bytes(),
            400,
            "duplicate-key",
            Some((&inner_field, "duplicate-key")),
        ),
        raw(
            "nested",
            deep.into_bytes(),
            400,
            "too-deep",
            Some((name, "too-deep")),
        ),
        raw("huge", huge.into_bytes(), 413, "too-large", None),
        Case {
            media: "text/plain",
            ..raw(
                "not declared as JSON",
                b"{}".to_vec(),
                415,
                "not-json",
                None,
            )
        },
    ]);
    cases
}

fn query_defects(endpoint: &Endpoint) -> Vec<Case> {
    let body = serde_json::to_vec(&valid(endpoint.body)).unwrap();
    let in_query = |object: &Map<String, Value>, case: Case| Case {
        query: encode(object),
        body: body.clone(),
        ..case
    };
    // Whatever stands in a query is text: a text cannot have a wrong type there, nor a number be one in words.
    let is_text = |case: &Case| {
        let named = endpoint.query.iter().find(|field| {
            case.problem
                .as_ref()
                .is_some_and(|(name, code)| name == field.name && *code == "wrong-type")
        });
        named.is_some_and(|field| matches!(field.kind, Kind::Line(_) | Kind::Word(_)))
    };
    let mut cases = field_defects(endpoint.query, in_query);
    cases.retain(|case| !is_text(case));
    let raw = |what: &str, query: &str, code, problem: Option<(&str, &'static str)>| Case {
        what: what.to_owned(),
        query: query.to_owned(),
        body: body.clone(),
        media: "application/json",
        status: 400,
        code,
        problem: problem.map(|(field, code)| (field.to_owned(), code)),
    };
    cases.push(raw(
        "a name twice in the query",
        "q=1&q=2",
        "duplicate-key",
        Some(("q", "duplicate-key")),
    ));
    cases.push(raw("a query that is not UTF-8", "q=%FF", "not-utf8", None));
    cases
}

fn path_of(endpoint: &Endpoint) -> String {
    endpoint.path.replace("{id}", "1").replace("{cv}", "1")
}

#[tokio::test]
async fn every_endpoint_refuses_every_defect_and_changes_nothing() {
    let server = Server::start().await;
    server.world.publish("1", "77").await;
    let before = server.state();
    let mut tried = 0;
    for endpoint in ENDPOINTS {
        let path = path_of(endpoint);
        let mut cases = query_defects(endpoint);
        if endpoint.method != Method::GET {
            cases.extend(body_defects(endpoint));
        }
        for case in cases {
            let what = format!("{} {path}?{}: {}", endpoint.method, case.query, case.what);
            let response = server
                .request(endpoint.method.clone(), &format!("{path}?{}", case.query))
                .bearer_auth(&server.token)
                .header("content-type", case.media)
                .body(case.body)
                .send()
                .await
                .unwrap();
            let (status, answer) = read(response).await;
            assert_eq!(status.as_u16(), case.status, "{what}: {answer}");
            let error = &answer["error"];
            assert_eq!(error["code"], case.code, "{what}: {answer}");
            assert!(error["message"]["vi"].is_string() && error["message"]["en"].is_string());
            if let Some((field, code)) = case.problem {
                let problems = error["problems"].as_array().unwrap();
                let named = |problem: &Value| problem["field"] == field && problem["code"] == code;
                assert!(problems.iter().any(named), "{what}: {answer}");
            }
            tried += 1;
        }
    }
    assert!(tried > 400, "the table is generated: {tried} cases");
    assert_eq!(server.state(), before, "nothing was changed");
    assert_eq!(
        server.world.board.calls("publish-job"),
        1,
        "the first one alone"
    );
}

#[tokio::test]
async fn every_endpoint_but_login_wants_a_session() {
    let server = Server::start().await;
    let before = server.state();
    for endpoint in ENDPOINTS.iter().filter(|endpoint| !endpoint.open) {
        let path = path_of(endpoint);
        for token in [None, Some("nonsense"), Some("")] {
            let request = server.request(endpoint.method.clone(), &path);
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let response = request.body("{").send().await.unwrap();
            assert_eq!(
                response.status().as_u16(),
                401,
                "{} {path}",
                endpoint.method
            );
        }
    }
    assert_eq!(server.state(), before);
}

#[tokio::test]
async fn a_path_that_names_nothing_is_not_found() {
    let server = Server::start().await;
    for endpoint in ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.path.contains("{id}"))
    {
        for id in [
            "0",
            "-1",
            "999999",
            "abc",
            "99999999999999999999",
            "%FF",
            "%00",
        ] {
            let path = endpoint.path.replace("{id}", id).replace("{cv}", id);
            let mut body = valid(endpoint.body);
            if body.contains_key("connection") {
                body.insert("connection".into(), json!(server.world.connection));
            }
            if body.contains_key("settings") {
                body.insert("settings".into(), json!({}));
            }
            if path.ends_with("/resolve") {
                body.insert("not_created".into(), json!(true));
            }
            let body = (endpoint.method != Method::GET).then_some(Value::Object(body));
            let response = server.send(endpoint.method.clone(), &path, body).await;
            let (status, answer) = read(response).await;
            assert_eq!(status.as_u16(), 404, "{} {path}: {answer}", endpoint.method);
        }
    }
}
