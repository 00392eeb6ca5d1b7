//! Every endpoint times every defect of its input: a 4xx with code and field, and nothing has changed.
#![allow(clippy::unwrap_used)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{JSON, World, applicant, posting};

/// An endpoint with a body.
struct Endpoint {
    method: Method,
    path: String,
    /// A body that is accepted, with as many keys as possible.
    full: Value,
    /// Keys that must be there.
    required: Vec<&'static str>,
    /// Most bytes of the body.
    cap: usize,
    partner: bool,
}

const MB: usize = 1024 * 1024;

async fn endpoints(world: &World, job_id: u64, delivery_id: u64) -> Vec<Endpoint> {
    let employer = world.employer;
    let control = |method: Method, path: String, full: Value, required: &[&'static str]| Endpoint {
        method,
        path,
        full,
        required: required.to_vec(),
        cap: MB,
        partner: false,
    };
    let partner = |method: Method, path: String, full: Value, required: &[&'static str]| Endpoint {
        partner: true,
        ..control(method, path, full, required)
    };
    let settings = json!({
        "name": "X", "access_token": "t", "secret_key": "s", "contract": true, "credits": 5,
        "webhook_url": "http://127.0.0.1:1/", "moderation": "manual", "masked_contacts": false,
        "signing_key": "session", "publish_required": false, "reopen_costs": false,
        "hold_webhooks": false, "webhook_retries": 0, "one_time_links": true,
        "webhooks_before_create_answer": false, "required_fields": ["a"], "expire_sessions": false,
    });
    let mut site = posting();
    for key in ["working_time", "working_method", "education", "address"] {
        site[key] = json!("x");
    }
    let mut site_new = site.clone();
    site_new["run_status"] = json!("running");
    site_new["approval_status"] = json!("approved");
    site_new["extra"] = json!({"a": 1});
    let mut apply = applicant();
    apply.as_object_mut().unwrap().extend(
        json!({
            "candidate_id": 1, "gender": "Nam", "gender_key": "gender", "masked": "stars", "no_cv": false,
            "apply_at": "2026-03-01 08:00:00", "one_time": true, "ascii_escape": false, "hold": false,
            "count": 1, "omit_candidate_id": false, "cv": {"file_name": "a.pdf", "content_base64": "AAAA"},
        })
        .as_object()
        .unwrap()
        .clone(),
    );
    let raw = json!({
        "employer_id": employer, "body_text": "{}", "headers": {"a": "b"}, "sign": {"event_type": "apply"},
    });
    let fault = json!({
        "employer_id": employer, "operation": "list", "kind": "delay", "times": 1, "when": "before",
        "params": {"ms": 1},
    });
    let job = format!("/control/postings/{job_id}");
    let of = format!("/control/employers/{employer}");
    let needed = [
        "title",
        "main_category",
        "locations",
        "salary_from",
        "salary_to",
        "salary_currency",
        "job_type",
        "employee_level",
        "experience",
        "quantity",
        "job_description",
        "job_requirement",
        "job_benefit",
        "deadline",
        "contact_name",
        "contact_phone",
        "contact_email",
    ];
    let key = json!({"employer_api_key": world.access_token});
    vec![
        control(
            Method::POST,
            "/control/employers".into(),
            settings.clone(),
            &["name"],
        ),
        control(Method::PATCH, of.clone(), settings, &[]),
        control(Method::POST, format!("{of}/postings"), site_new, &[]),
        control(
            Method::POST,
            format!("{of}/release"),
            json!({"order": "fifo"}),
            &[],
        ),
        control(Method::PATCH, job.clone(), site, &[]),
        control(Method::POST, format!("{job}/approve"), json!({}), &[]),
        control(
            Method::POST,
            format!("{job}/reject"),
            json!({"reason": "x"}),
            &["reason"],
        ),
        control(Method::POST, format!("{job}/expire"), json!({}), &[]),
        control(Method::POST, format!("{job}/delete"), json!({}), &[]),
        Endpoint {
            cap: 5 * MB,
            ..control(
                Method::POST,
                format!("{job}/apply"),
                apply,
                &["name", "email", "phone"],
            )
        },
        control(Method::POST, format!("{job}/stop"), json!({}), &[]),
        control(Method::POST, format!("{of}/check-webhook"), json!({}), &[]),
        control(
            Method::POST,
            "/control/applications/70001/again".into(),
            json!({}),
            &[],
        ),
        control(
            Method::POST,
            "/control/applications/70001/open".into(),
            json!({}),
            &[],
        ),
        control(
            Method::POST,
            "/control/deliveries/raw".into(),
            raw,
            &["employer_id", "body_text"],
        ),
        control(
            Method::POST,
            format!("/control/deliveries/{delivery_id}/resend"),
            json!({}),
            &[],
        ),
        control(
            Method::POST,
            "/control/faults".into(),
            fault,
            &["operation", "kind"],
        ),
        control(
            Method::POST,
            "/control/clock".into(),
            json!({"advance_ms": 1}),
            &["advance_ms"],
        ),
        partner(
            Method::POST,
            "/api/connect".into(),
            key.clone(),
            &["employer_api_key"],
        ),
        partner(
            Method::PUT,
            "/api/disconnect".into(),
            key,
            &["employer_api_key"],
        ),
        partner(Method::POST, "/api/jobs".into(), posting(), &needed),
        partner(
            Method::PUT,
            format!("/api/jobs/{job_id}"),
            posting(),
            &needed,
        ),
        partner(
            Method::POST,
            format!("/api/jobs/{job_id}/publish"),
            json!({}),
            &[],
        ),
        partner(
            Method::POST,
            format!("/api/jobs/{job_id}/stop"),
            json!({}),
            &[],
        ),
    ]
}

/// Everything that a refused input must leave as it was.
async fn snapshot(world: &World) -> Value {
    let employers = world.get("/control/employers").await;
    let mut postings = Vec::new();
    for employer in employers["employers"].as_array().unwrap() {
        let path = format!("/control/employers/{}/postings", employer["employer_id"]);
        postings.push(world.get(&path).await);
    }
    let mut ledger = world.get("/control/ledger").await;
    for name in [
        "requests",
        "writes",
        "metadata",
        "details",
        "lists",
        "downloads",
        "entries",
    ] {
        ledger.as_object_mut().unwrap().remove(name);
    }
    let faults = world.get("/control/faults").await;
    let clock = world.get("/control/clock").await;
    json!([employers, postings, ledger, faults, clock])
}

async fn send(world: &World, endpoint: &Endpoint, body: Vec<u8>) -> support::Reply {
    let bearer = format!("Bearer {}", world.session);
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Secret-Key", world.secret.as_str()),
        JSON,
    ];
    world
        .send(endpoint.method.clone(), &endpoint.path, &headers, body)
        .await
}

/// Status, code and field of a refusal, in either API's shape.
fn refusal(endpoint: &Endpoint, reply: &support::Reply) -> (u16, String, String) {
    let body = reply.json();
    let error = if endpoint.partner {
        &body
    } else {
        &body["error"]
    };
    let text = |name: &str| error[name].as_str().unwrap_or("").to_owned();
    assert!(!text("message").is_empty(), "{}: {body}", endpoint.path);
    (reply.status, text("code"), text("field"))
}

/// A defect: the body, and the refusals that are right for it.
struct Defect {
    what: String,
    body: Vec<u8>,
    status: u16,
    codes: &'static [&'static str],
    field: String,
}

fn defects(endpoint: &Endpoint) -> Vec<Defect> {
    let defect = |what: &str, body: Vec<u8>, status, codes, field: &str| Defect {
        what: what.to_owned(),
        body,
        status,
        codes,
        field: field.to_owned(),
    };
    let keys: Vec<String> = endpoint.full.as_object().unwrap().keys().cloned().collect();
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let oversized = format!("{{\"x\":\"{}\"}}", "a".repeat(endpoint.cap)).into_bytes();
    let mut all = vec![
        defect("oversized", oversized, 413, &["too_large"], "body"),
        defect(
            "not UTF-8",
            b"{\"x\":\"\xff\xfe\"}".to_vec(),
            400,
            &["not_utf8"],
            "body",
        ),
        defect(
            "duplicate key",
            b"{\"x\":1,\"x\":1}".to_vec(),
            400,
            &["duplicate_key"],
            "x",
        ),
        defect(
            "duplicate inside",
            b"{\"x\":{\"y\":1,\"y\":2}}".to_vec(),
            400,
            &["duplicate_key"],
            "y",
        ),
        defect(
            "deeply nested",
            deep.into_bytes(),
            400,
            &["too_deep"],
            "body",
        ),
        defect(
            "cut off",
            b"{\"x\":".to_vec(),
            400,
            &["malformed_json"],
            "body",
        ),
        defect(
            "two values",
            b"{}{}".to_vec(),
            400,
            &["malformed_json"],
            "body",
        ),
        defect("a list", b"[]".to_vec(), 400, &["not_an_object"], "body"),
        defect(
            "only spaces",
            b"  ".to_vec(),
            400,
            &["missing_body"],
            "body",
        ),
    ];
    let mut unknown = endpoint.full.clone();
    unknown["no_such_key"] = json!(1);
    let unknown = unknown.to_string().into_bytes();
    let codes = &["unknown_field", "invalid", "bad_value"];
    all.push(defect("unknown key", unknown, 422, codes, "no_such_key"));
    if !endpoint.required.is_empty() {
        all.push(defect(
            "no body",
            Vec::new(),
            400,
            &["missing_body"],
            "body",
        ));
    }
    for name in &endpoint.required {
        for null in [false, true] {
            let mut body = endpoint.full.clone();
            body.as_object_mut().unwrap().remove(*name);
            if null {
                body[*name] = Value::Null;
            }
            // A contact may be null: it goes out as null.
            if !(null && endpoint.path.ends_with("/apply")) {
                let body = body.to_string().into_bytes();
                all.push(defect(
                    &format!("without {name}"),
                    body,
                    422,
                    &["missing", "invalid"],
                    name,
                ));
            }
        }
    }
    for name in keys.iter().filter(|name| *name != "extra") {
        let mut body = endpoint.full.clone();
        body[name] = json!([[1]]);
        let body = body.to_string().into_bytes();
        let codes = &["wrong_type", "bad_value", "invalid"];
        all.push(defect(
            &format!("{name} of another type"),
            body,
            422,
            codes,
            name,
        ));
    }
    all
}

#[tokio::test]
async fn every_endpoint_refuses_every_defect_and_changes_nothing() {
    let world = World::start().await;
    let job_id = world.create().await;
    let applied = world.apply(job_id, applicant()).await;
    let delivery_id = applied["deliveries"][0]["id"].as_u64().unwrap();
    let before = snapshot(&world).await;
    let mut checked = 0;
    for endpoint in endpoints(&world, job_id, delivery_id).await {
        for defect in defects(&endpoint) {
            let what = format!("{} {}: {}", endpoint.method, endpoint.path, defect.what);
            let reply = send(&world, &endpoint, defect.body).await;
            let (status, code, field) = refusal(&endpoint, &reply);
            assert_eq!(
                (status, field.as_str()),
                (defect.status, defect.field.as_str()),
                "{what}: {}",
                reply.text()
            );
            assert!(defect.codes.contains(&code.as_str()), "{what}: {code}");
            assert_eq!(snapshot(&world).await, before, "{what}");
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked}");
}

/// The table's full bodies are accepted, so that each refusal above is due to its defect.
#[tokio::test]
async fn the_same_bodies_without_a_defect_are_accepted() {
    let world = World::start().await;
    let count = endpoints(&world, 1, 1).await.len();
    for index in 0..count {
        let world = World::start().await;
        let job_id = world.create().await;
        let mut masked = applicant();
        masked["masked"] = json!(true);
        let applied = world.apply(job_id, masked).await;
        let delivery_id = applied["deliveries"][0]["id"].as_u64().unwrap();
        world
            .patch_employer(json!({"webhook_url": "http://127.0.0.1:1/"}))
            .await;
        let endpoint = endpoints(&world, job_id, delivery_id).await.remove(index);
        let body = endpoint.full.to_string().into_bytes();
        let reply = send(&world, &endpoint, body).await;
        assert_eq!(
            reply.status,
            200,
            "{} {}: {}",
            endpoint.method,
            endpoint.path,
            reply.text()
        );
    }
}

#[tokio::test]
async fn paths_and_queries_are_as_strict() {
    let world = World::start().await;
    let job_id = world.create().await;
    let before = snapshot(&world).await;
    let cases = [
        (Method::GET, "/control/employers/abc", 404, "id"),
        (Method::GET, "/control/employers/%FF", 404, "id"),
        (
            Method::GET,
            "/control/employers/99999999999999999999",
            404,
            "id",
        ),
        (Method::GET, "/control/employers/5", 404, "employer_id"),
        (Method::PATCH, "/control/employers/5", 404, "employer_id"),
        (
            Method::GET,
            "/control/employers/5/postings",
            404,
            "employer_id",
        ),
        (
            Method::POST,
            "/control/employers/5/postings",
            404,
            "employer_id",
        ),
        (
            Method::POST,
            "/control/employers/5/release",
            404,
            "employer_id",
        ),
        (Method::GET, "/control/postings/5", 404, "job_id"),
        (Method::PATCH, "/control/postings/5", 404, "job_id"),
        (Method::POST, "/control/postings/5/approve", 404, "job_id"),
        (
            Method::POST,
            "/control/employers/5/check-webhook",
            404,
            "employer_id",
        ),
        (
            Method::POST,
            "/control/applications/5/again",
            404,
            "application_id",
        ),
        (
            Method::POST,
            "/control/applications/5/open",
            404,
            "application_id",
        ),
        (Method::POST, "/control/postings/5/stop", 404, "job_id"),
        (Method::POST, "/control/postings/5/expire", 404, "job_id"),
        (Method::POST, "/control/postings/5/delete", 404, "job_id"),
        (
            Method::POST,
            "/control/deliveries/5/resend",
            404,
            "delivery_id",
        ),
        (Method::DELETE, "/control/faults/5", 404, "fault_id"),
        (
            Method::GET,
            "/control/ledger?employer_id=5",
            404,
            "employer_id",
        ),
        (
            Method::GET,
            "/control/ledger?employer_id=x",
            422,
            "employer_id",
        ),
        (
            Method::GET,
            "/control/ledger?employer_id=1&employer_id=1",
            422,
            "employer_id",
        ),
        (
            Method::GET,
            "/control/deliveries?employer=5",
            422,
            "employer",
        ),
        (
            Method::GET,
            "/control/deliveries?employer_id=5",
            404,
            "employer_id",
        ),
        (Method::GET, "/control/nothing", 404, "path"),
        (Method::PUT, "/control/employers", 404, "path"),
    ];
    for (method, path, status, field) in cases {
        let reply = world.send(method, path, &[], "{}").await;
        let error = reply.json()["error"].clone();
        assert_eq!(
            (reply.status, error["field"].as_str()),
            (status, Some(field)),
            "{path}: {error}"
        );
        assert!(error["code"].is_string());
    }
    for (method, path, status) in [
        (Method::GET, "/api/nothing", 404),
        (Method::DELETE, "/api/jobs", 404),
        (Method::GET, "/api/jobs/1/publish", 404),
        (Method::GET, "/api/check-connection?x=1", 422),
        (Method::GET, "/api/metadata/cities?page=1", 422),
        (Method::POST, "/api/connect?x=1", 422),
    ] {
        let reply = world.api(method, path, Value::Null).await;
        assert_eq!(reply.status, status, "{path}");
        assert!(reply.json()["code"].is_string(), "{path}");
    }
    let twice = [("Secret-Key", "a"), ("Secret-Key", "b"), JSON];
    let reply = world.send(Method::GET, "/api/jobs", &twice, "").await;
    assert_eq!(
        (reply.status, reply.json()["field"].clone()),
        (400, json!("secret-key"))
    );
    let bearer = format!("Bearer {}", world.session);
    let plain = [
        ("Authorization", bearer.as_str()),
        ("Secret-Key", world.secret.as_str()),
    ];
    let reply = world
        .send(
            Method::PUT,
            &format!("/api/jobs/{job_id}"),
            &plain,
            posting().to_string(),
        )
        .await;
    assert_eq!(
        (reply.status, reply.json()["code"].clone()),
        (415, json!("wrong_content_type"))
    );
    assert_eq!(snapshot(&world).await, before);
}

#[tokio::test]
async fn values_that_exclude_or_take_each_other_are_refused() {
    let world = World::start().await;
    let job_id = world.create().await;
    let other = world
        .post(
            "/control/employers",
            json!({"name": "B", "access_token": "taken"}),
        )
        .await;
    assert_eq!(other["access_token"], "taken");
    let before = snapshot(&world).await;
    let employer = format!("/control/employers/{}", world.employer);
    let apply = format!("/control/postings/{job_id}/apply");
    let person = |name: &str, value: Value| {
        let mut body = applicant();
        body[name] = value;
        body
    };
    let raw = |more: Value| {
        let mut body = json!({"employer_id": world.employer});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let fault = |operation: &str, kind: &str, params: Value| json!({"operation": operation, "kind": kind, "params": params});
    let raw_path = "/control/deliveries/raw";
    let cases = [
        (
            Method::POST,
            "/control/employers",
            json!({"name": "C", "access_token": "taken"}),
            409,
            "access_token",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"access_token": "taken"}),
            409,
            "access_token",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"webhook_url": "ftp://x"}),
            422,
            "webhook_url",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"webhook_url": "khong phai url"}),
            422,
            "webhook_url",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"credits": -1}),
            422,
            "credits",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"moderation": {"auto_after_ms": -1}}),
            422,
            "auto_after_ms",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"moderation": {"auto_after_ms": 1, "x": 1}}),
            422,
            "x",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"moderation": {}}),
            422,
            "auto_after_ms",
        ),
        (
            Method::PATCH,
            &employer,
            json!({"signing_key": "none"}),
            422,
            "signing_key",
        ),
        (
            Method::POST,
            "/control/clock",
            json!({"advance_ms": 1, "set_ms": 1}),
            422,
            "set_ms",
        ),
        (
            Method::POST,
            "/control/clock",
            json!({"advance_ms": -1}),
            422,
            "advance_ms",
        ),
        (
            Method::POST,
            &apply,
            person("apply_at", json!("2026-03-01T08:00:00Z")),
            422,
            "apply_at",
        ),
        (
            Method::POST,
            &apply,
            person("count", json!(0)),
            422,
            "count",
        ),
        (
            Method::POST,
            &apply,
            person("cv", json!({"file_name": "a"})),
            422,
            "content_base64",
        ),
        (
            Method::POST,
            &apply,
            person("cv", json!({"file_name": "a", "content_base64": "?"})),
            422,
            "content_base64",
        ),
        (
            Method::POST,
            raw_path,
            raw(json!({"body_text": "", "body_base64": ""})),
            422,
            "body_base64",
        ),
        (
            Method::POST,
            raw_path,
            raw(json!({"body_base64": "?"})),
            422,
            "body_base64",
        ),
        (
            Method::POST,
            raw_path,
            raw(json!({"body_text": "", "headers": {"a b": "c"}})),
            422,
            "headers",
        ),
        (
            Method::POST,
            raw_path,
            raw(json!({"body_text": "x", "sign": {"event_type": "apply"}})),
            422,
            "body_text",
        ),
        (
            Method::POST,
            raw_path,
            raw(json!({"body_text": "{}", "sign": {}})),
            422,
            "event_type",
        ),
        (
            Method::POST,
            "/control/faults",
            fault("fly", "delay", json!({})),
            422,
            "operation",
        ),
        (
            Method::POST,
            "/control/faults",
            fault("list", "nothing", json!({})),
            422,
            "kind",
        ),
        (
            Method::POST,
            "/control/faults",
            fault("list", "delay", json!({})),
            422,
            "ms",
        ),
        (
            Method::POST,
            "/control/faults",
            fault("list", "delay", json!({"ms": 1, "x": 1})),
            422,
            "x",
        ),
        (
            Method::POST,
            "/control/faults",
            fault("list", "create_late", json!({"ms": 1})),
            422,
            "operation",
        ),
        (
            Method::POST,
            "/control/faults",
            fault("any", "cv_html_200", json!({})),
            422,
            "operation",
        ),
        (
            Method::POST,
            "/control/faults",
            fault("list", "validation_422", json!({"errors": {"a": 1}})),
            422,
            "errors",
        ),
        (
            Method::POST,
            "/control/faults",
            json!({"operation": "list", "kind": "status_500", "employer_id": 5}),
            404,
            "employer_id",
        ),
    ];
    for (method, path, body, status, field) in cases {
        let shown = body.to_string();
        let reply = world.send(method, path, &[], body.to_string()).await;
        let error = reply.json()["error"].clone();
        assert_eq!(
            (reply.status, error["field"].as_str()),
            (status, Some(field)),
            "{path} {shown}: {error}"
        );
        assert_eq!(snapshot(&world).await, before, "{path} {shown}");
    }
    let both = r#"{"name":"a","email":"b","phone":"c","omit_candidate_id":true,"candidate_id":1}"#;
    let reply = world.send(Method::POST, &apply, &[], both).await;
    assert_eq!(reply.json()["error"]["field"], "omit_candidate_id");
}
