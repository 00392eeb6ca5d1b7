//! Every fault, as its caller sees it and as the ledger tells it.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use support::{World, applicant, eventually, posting};

#[tokio::test]
async fn canned_answers_take_the_place_of_the_operation() {
    let world = World::start().await;
    let cases = [
        ("status_500", json!({}), 500, "500"),
        ("status_502", json!({}), 502, "502"),
        ("status_503", json!({}), 503, "503"),
        ("challenge_403", json!({}), 403, "<!DOCTYPE html>"),
        ("challenge_429", json!({}), 429, "<!DOCTYPE html>"),
        ("challenge_503", json!({}), 503, "<!DOCTYPE html>"),
        ("challenge_200", json!({}), 200, "<!DOCTYPE html>"),
        ("rate_limited", json!({"retry_after": 7}), 429, "Too Many"),
        ("too_fast", json!({}), 400, "quá nhanh"),
        ("session_timeout", json!({}), 200, "SESSION_TIMEOUT"),
        ("invalid_token", json!({}), 200, "INVALID_TOKEN"),
        ("unauthorized_401", json!({}), 401, "xác thực"),
        ("forbidden_403", json!({}), 403, "chưa được mở"),
        ("not_found_404", json!({}), 404, "Không tìm thấy"),
        (
            "validation_422",
            json!({"errors": {"title": ["Tiêu đề sai"]}}),
            422,
            "Tiêu đề sai",
        ),
        ("no_credit_402", json!({}), 402, "hết lượt"),
        ("redirect", json!({"to": "http://127.0.0.1:9/x"}), 302, ""),
    ];
    for (kind, params, status, text) in cases {
        world.fault("create", kind, json!({"params": params})).await;
        let reply = world.api(Method::POST, "/api/jobs", posting()).await;
        assert_eq!(reply.status, status, "{kind}");
        assert!(reply.text().contains(text), "{kind}: {}", reply.text());
        match kind {
            "rate_limited" => assert_eq!(reply.headers["retry-after"], "7"),
            "redirect" => assert_eq!(reply.headers["location"], "http://127.0.0.1:9/x"),
            _ => {}
        }
        let ledger = world.ledger().await;
        let last = ledger["entries"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        assert_eq!(
            (&last["outcome"], &last["fault"]),
            (&json!("not_done"), &json!(kind))
        );
    }
    assert_eq!(world.ledger().await["creates"], 0);
    world.create().await;
}

#[tokio::test]
async fn a_fault_afterwards_leaves_the_effect() {
    let world = World::start().await;
    world
        .fault("create", "status_502", json!({"when": "after"}))
        .await;
    assert_eq!(
        world.api(Method::POST, "/api/jobs", posting()).await.status,
        502
    );
    world
        .fault("create", "drop_connection", json!({"when": "after"}))
        .await;
    assert!(
        world
            .try_api(Method::POST, "/api/jobs", posting())
            .await
            .is_err()
    );
    let ledger = world.ledger().await;
    assert_eq!(ledger["creates"], 2);
    assert_eq!(ledger["entries"][1]["outcome"], "done");
    assert_eq!(ledger["entries"][2]["status"], Value::Null);
}

#[tokio::test]
async fn a_dropped_connection_gives_no_byte() {
    let world = World::start().await;
    world.fault("create", "drop_connection", json!({})).await;
    let error = world
        .try_api(Method::POST, "/api/jobs", posting())
        .await
        .err()
        .unwrap();
    assert!(!error.is_timeout() && !error.is_status());
    assert_eq!(world.ledger().await["creates"], 0);
    assert_eq!(
        world
            .api(Method::GET, "/api/jobs", Value::Null)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn damaged_answers_stand_on_the_real_one() {
    let world = World::start().await;
    let job_id = world.create().await;
    let path = format!("/api/jobs/{job_id}");
    let whole = world.api(Method::GET, &path, Value::Null).await.bytes;
    for kind in ["malformed_json", "truncated_json"] {
        world.fault("detail", kind, json!({})).await;
        let reply = world.api(Method::GET, &path, Value::Null).await;
        assert_eq!(reply.status, 200);
        assert!(
            serde_json::from_slice::<Value>(&reply.bytes).is_err(),
            "{kind}"
        );
    }
    world.fault("detail", "wrong_types", json!({})).await;
    let twisted = world.api(Method::GET, &path, Value::Null).await.json();
    assert_eq!(twisted["data"]["job_id"], json!({"value": job_id}));
    world
        .fault(
            "detail",
            "slow_drip",
            json!({"params": {"bytes_per_s": 1_000_000}}),
        )
        .await;
    assert_eq!(
        world.api(Method::GET, &path, Value::Null).await.bytes,
        whole
    );
    world
        .fault(
            "detail",
            "huge_answer",
            json!({"params": {"bytes": 3_000_000}}),
        )
        .await;
    let huge = world.api(Method::GET, &path, Value::Null).await;
    assert_eq!(huge.bytes.len(), 3_000_000);
    assert!(huge.json()["data"].is_string());
    world
        .fault("create", "truncated_json", json!({"when": "after"}))
        .await;
    assert_eq!(
        world.api(Method::POST, "/api/jobs", posting()).await.status,
        200
    );
    world.fault("create", "wrong_types", json!({})).await;
    let reply = world.api(Method::POST, "/api/jobs", posting()).await;
    assert!(reply.json()["data"]["job_id"].is_object());
    assert_eq!(world.ledger().await["creates"], 2);
}

#[tokio::test]
async fn a_delay_ends_with_the_right_answer() {
    let world = World::start().await;
    for when in ["before", "after"] {
        world
            .fault("any", "delay", json!({"params": {"ms": 20}, "when": when}))
            .await;
        world.create().await;
    }
    assert_eq!(world.ledger().await["creates"], 2);
}

#[tokio::test]
async fn a_late_create_comes_after_its_caller_gave_up() {
    let world = World::start().await;
    world
        .fault(
            "create",
            "create_late",
            json!({"params": {"ms": 86_400_000}}),
        )
        .await;
    assert!(
        world
            .try_api(Method::POST, "/api/jobs", posting())
            .await
            .is_err()
    );
    let list = world
        .api(Method::GET, "/api/jobs", Value::Null)
        .await
        .json();
    assert_eq!(list["total"], 0);
    world
        .post("/control/clock", json!({"advance_ms": 86_400_000}))
        .await;
    let list = world
        .api(Method::GET, "/api/jobs", Value::Null)
        .await
        .json();
    assert_eq!(list["total"], 1);
    let ledger = world.ledger().await;
    assert_eq!(
        (ledger["creates"].clone(), ledger["writes"].clone()),
        (json!(1), json!(1))
    );
    world
        .fault("create", "create_late", json!({"params": {"ms": 1}}))
        .await;
    assert!(
        world
            .try_api(Method::POST, "/api/jobs", posting())
            .await
            .is_err()
    );
    eventually("the second late create", async || {
        world.ledger().await["creates"] == 2
    })
    .await;
}

#[tokio::test]
async fn webhooks_can_overtake_the_answer_of_create() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world
        .fault("create", "webhooks_before_create_answer", json!({}))
        .await;
    let job_id = world.create().await;
    assert_eq!(receiver.kinds(), ["job_approved", "apply"]);
    assert_eq!(receiver.events()[1]["job_id"], job_id);
    world.create().await;
    assert_eq!(receiver.kinds().len(), 2);
    world
        .patch_employer(json!({"webhooks_before_create_answer": true}))
        .await;
    world.create().await;
    assert_eq!(receiver.kinds().len(), 4);
}

#[tokio::test]
async fn a_held_create_answer_waits_for_the_release() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world
        .fault("create", "create_answer_delay_until_release", json!({}))
        .await;
    let create = world.create();
    tokio::pin!(create);
    let path = format!("/control/employers/{}/postings", world.employer);
    let test = async {
        eventually("the posting is there", async || {
            world.get(&path).await["postings"].as_array().unwrap().len() == 1
        })
        .await;
        let job_id = world.get(&path).await["postings"][0]["job_id"]
            .as_u64()
            .unwrap();
        world.apply(job_id, applicant()).await;
        job_id
    };
    let seen = tokio::select! {
        _ = &mut create => panic!("answered before the release"),
        seen = test => seen,
    };
    assert_eq!(receiver.kinds(), ["apply"]);
    world
        .post(
            &format!("/control/employers/{}/release", world.employer),
            Value::Null,
        )
        .await;
    assert_eq!(create.await, seen);
}

#[tokio::test]
async fn faults_meet_their_employer_and_operation_their_number_of_times() {
    let world = World::start().await;
    let other = world.post("/control/employers", json!({"name": "B"})).await["employer_id"].clone();
    world
        .fault("list", "status_500", json!({"employer_id": other}))
        .await;
    world
        .fault(
            "list",
            "status_503",
            json!({"employer_id": world.employer, "times": 2}),
        )
        .await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(
            world
                .api(Method::GET, "/api/jobs", Value::Null)
                .await
                .status,
        );
    }
    assert_eq!(statuses, [503, 503, 200]);
    let id = world.fault("any", "status_502", json!({"times": 0})).await["fault_id"].clone();
    for _ in 0..3 {
        assert_eq!(
            world
                .api(Method::GET, "/api/metadata/skills", Value::Null)
                .await
                .status,
            502
        );
    }
    let listed = world.get("/control/faults").await["faults"].clone();
    assert_eq!(listed[1]["left"], 0);
    assert_eq!(listed[2]["used"], 3);
    world
        .control(
            Method::DELETE,
            &format!("/control/faults/{id}"),
            Value::Null,
        )
        .await;
    assert_eq!(
        world
            .api(Method::GET, "/api/metadata/skills", Value::Null)
            .await
            .status,
        200
    );
    world
        .control(Method::DELETE, "/control/faults", Value::Null)
        .await;
    assert_eq!(world.get("/control/faults").await["faults"], json!([]));
}

#[tokio::test]
async fn cv_faults_do_not_burn_the_link() {
    let world = World::start().await;
    let job_id = world.create().await;
    let applied = world.apply(job_id, applicant()).await;
    let link = applied["download_url"].as_str().unwrap();
    let cases = [
        ("challenge_403", 403, &b"<!DOCTYPE"[..]),
        ("cv_html_200", 200, b"<!DOCTYPE"),
        ("cv_expired_422", 422, b"{"),
        ("cv_wrong_magic", 200, b"MZ"),
        ("cv_plain_zip", 200, b"PK\x03\x04"),
    ];
    for (kind, status, start) in cases {
        world
            .fault("download", kind, json!({"employer_id": world.employer}))
            .await;
        let reply = world.send(Method::GET, link, &[], "").await;
        assert_eq!(reply.status, status, "{kind}");
        assert!(reply.bytes.starts_with(start), "{kind}");
    }
    let file = world.send(Method::GET, link, &[], "").await;
    assert!(file.bytes.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn a_stopped_simulator_answers_nobody() {
    let world = World::start().await;
    world.create().await;
    let World {
        simulator, client, ..
    } = world;
    let url = format!("{}/control/clock", simulator.url());
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    tokio::time::timeout(Duration::from_secs(30), simulator.stop())
        .await
        .unwrap();
    assert!(client.get(&url).send().await.is_err());
}

#[tokio::test]
async fn reset_forgets_everything() {
    let world = World::start().await;
    world.create().await;
    world.post("/control/reset", Value::Null).await;
    assert_eq!(
        world.get("/control/employers").await["employers"],
        json!([])
    );
    let ledger = world.get("/control/ledger").await;
    assert_eq!(
        (ledger["requests"].clone(), ledger["creates"].clone()),
        (json!(0), json!(0))
    );
    assert_eq!(
        world.get("/control/clock").await["now_ms"],
        support::START_MS
    );
}
