//! Postings: credits, whole-body edits, two statuses, paging, expiry.
#![allow(clippy::unwrap_used)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{DAY_MS, START_MS, World, posting};

#[tokio::test]
async fn a_create_without_credit_is_402_and_makes_nothing() {
    let world = World::start().await;
    world.patch_employer(json!({"credits": 1})).await;
    world.create().await;
    let reply = world.api(Method::POST, "/api/jobs", posting()).await;
    assert_eq!(reply.status, 402);
    let ledger = world.ledger().await;
    assert_eq!(
        (ledger["creates"].clone(), ledger["writes"].clone()),
        (json!(1), json!(2))
    );
    assert_eq!(ledger["entries"][2]["outcome"], "refused");
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let world = World::start().await;
    let mut body = posting();
    body["main_category"] = json!(1);
    body["title"] = Value::Null;
    body["locations"] = json!("1");
    let reply = world.api(Method::POST, "/api/jobs", body).await;
    assert_eq!(reply.status, 422);
    let errors = reply.json()["errors"].clone();
    let names: Vec<&String> = errors.as_object().unwrap().keys().collect();
    assert_eq!(names, ["locations", "main_category", "title"]);
    assert!(errors["title"][0].is_string());
    assert_eq!(world.ledger().await["credits_spent"], 0);
}

#[tokio::test]
async fn an_edit_replaces_the_whole_body_and_goes_back_to_review() {
    let world = World::start().await;
    let path = format!("/control/employers/{}/postings", world.employer);
    let made = world
        .post(&path, json!({"extra": {"video": "x"}, "title": "Tin cũ"}))
        .await;
    let job_id = made["job_id"].as_u64().unwrap();
    world
        .post(&format!("/control/postings/{job_id}/approve"), Value::Null)
        .await;
    let detail = world.detail(job_id).await;
    for name in [
        "working_time",
        "working_method",
        "education",
        "address",
        "video",
    ] {
        assert!(detail[name].is_string(), "{name}");
    }

    // Sent back as it was read: nothing is lost.
    let url = format!("/api/jobs/{job_id}");
    let reply = world.api(Method::PUT, &url, detail.clone()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let after = world.detail(job_id).await;
    assert_eq!(after["address"], detail["address"]);
    assert_eq!(after["approval_status"], "pending");

    // The 25 keys alone: what only TopCV knew is gone.
    assert_eq!(world.api(Method::PUT, &url, posting()).await.status, 200);
    let after = world.detail(job_id).await;
    for name in [
        "working_time",
        "working_method",
        "education",
        "address",
        "video",
    ] {
        assert_eq!(after.get(name), None, "{name}");
    }
    assert_eq!(world.ledger().await["edits"], 2);
    assert_eq!(world.ledger().await["credits_spent"], 0);
}

#[tokio::test]
async fn an_edit_keeps_the_campaign_that_the_create_made() {
    let world = World::start().await;
    let job_id = world.create().await;
    let campaign = world.detail(job_id).await["recruitment_campaign_id"].clone();
    let reply = world
        .api(Method::PUT, &format!("/api/jobs/{job_id}"), posting())
        .await;
    assert_eq!(reply.json()["data"]["recruitment_campaign_id"], campaign);
}

#[tokio::test]
async fn another_employers_posting_is_not_found() {
    let mut world = World::start().await;
    let job_id = world.create().await;
    let other = world.post("/control/employers", json!({"name": "B"})).await;
    world.access_token = other["access_token"].as_str().unwrap().to_owned();
    world.secret = other["secret_key"].as_str().unwrap().to_owned();
    world.connect().await;
    for (method, path) in [
        (Method::GET, format!("/api/jobs/{job_id}")),
        (Method::PUT, format!("/api/jobs/{job_id}")),
        (Method::POST, format!("/api/jobs/{job_id}/publish")),
        (Method::POST, format!("/api/jobs/{job_id}/stop")),
        (Method::GET, "/api/jobs/999".to_owned()),
        (Method::GET, "/api/jobs/abc".to_owned()),
        (Method::GET, "/api/jobs/%FF".to_owned()),
    ] {
        let body = if method == Method::PUT {
            posting()
        } else {
            Value::Null
        };
        let reply = world.api(method, &path, body).await;
        assert_eq!(
            (reply.status, reply.json()["code"].clone()),
            (404, json!("not_found")),
            "{path}"
        );
    }
    let list = world
        .api(Method::GET, "/api/jobs", Value::Null)
        .await
        .json();
    assert_eq!(list["total"], 0);
}

#[tokio::test]
async fn a_draft_costs_when_it_is_published_and_stopping_is_free() {
    let world = World::start().await;
    world
        .patch_employer(json!({"publish_required": true, "reopen_costs": true, "credits": 2}))
        .await;
    let job_id = world.create().await;
    assert_eq!(world.detail(job_id).await["run_status"], "draft");
    let approve = format!("/control/postings/{job_id}/approve");
    assert_eq!(
        world.send(Method::POST, &approve, &[], "").await.status,
        409
    );
    let publish = format!("/api/jobs/{job_id}/publish");
    let stop = format!("/api/jobs/{job_id}/stop");
    assert_eq!(
        world.api(Method::POST, &stop, Value::Null).await.status,
        422
    );
    for (path, status, run, spent) in [
        (&publish, 200, "running", 1),
        (&publish, 200, "running", 1),
        (&stop, 200, "stopped", 1),
        (&stop, 200, "stopped", 1),
        (&publish, 200, "running", 2),
        (&stop, 200, "stopped", 2),
        (&publish, 402, "stopped", 2),
    ] {
        assert_eq!(
            world.api(Method::POST, path, json!({})).await.status,
            status,
            "{path}"
        );
        assert_eq!(world.detail(job_id).await["run_status"], run);
        assert_eq!(world.ledger().await["credits_spent"], spent);
    }
    let ledger = world.ledger().await;
    assert_eq!(
        (ledger["publishes"].clone(), ledger["stops"].clone()),
        (json!(2), json!(2))
    );
}

#[tokio::test]
async fn a_posting_expires_at_the_end_of_its_last_day_in_vietnam() {
    let world = World::start().await;
    let job_id = world.create().await;
    // The last day is 31 March; 1 March 08:00 plus 30 days and 16 hours is its end.
    let end = START_MS + 30 * DAY_MS + 16 * 3_600_000;
    world
        .post("/control/clock", json!({"set_ms": end - 1}))
        .await;
    assert_eq!(world.detail(job_id).await["run_status"], "running");
    world.post("/control/clock", json!({"advance_ms": 1})).await;
    assert_eq!(world.detail(job_id).await["run_status"], "expired");
    let publish = format!("/api/jobs/{job_id}/publish");
    let reply = world.api(Method::POST, &publish, Value::Null).await;
    assert_eq!(reply.status, 422);
    assert!(reply.json()["errors"]["deadline"].is_array());
    let mut body = posting();
    body["deadline"] = json!("2026-05-01");
    let reply = world
        .api(Method::PUT, &format!("/api/jobs/{job_id}"), body)
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        world.api(Method::POST, &publish, Value::Null).await.status,
        200
    );
    assert_eq!(world.detail(job_id).await["run_status"], "running");
}

#[tokio::test]
async fn the_control_api_expires_and_deletes() {
    let world = World::start().await;
    let job_id = world.create().await;
    let done = world
        .post(&format!("/control/postings/{job_id}/expire"), Value::Null)
        .await;
    assert_eq!(done, json!({"delivery": null}));
    assert_eq!(world.detail(job_id).await["deadline"], "2026-02-28");
    world
        .post(&format!("/control/postings/{job_id}/delete"), Value::Null)
        .await;
    let reply = world
        .api(Method::GET, &format!("/api/jobs/{job_id}"), Value::Null)
        .await;
    assert_eq!(reply.status, 404);
    let kept = world.get(&format!("/control/postings/{job_id}")).await;
    assert_eq!(kept["deleted"], true);
    let events: Vec<&Value> = kept["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| &n["event"])
        .collect();
    assert_eq!(events, ["created", "expired", "deleted"]);
}

#[tokio::test]
async fn the_list_pages_newest_first() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(world.create().await);
    }
    ids.reverse();
    let page = world
        .api(Method::GET, "/api/jobs?page=2&limit=2", Value::Null)
        .await
        .json();
    let shown: Vec<u64> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["job_id"].as_u64().unwrap())
        .collect();
    assert_eq!(shown, ids[2..4]);
    for (name, value) in [
        ("current_page", 2),
        ("last_page", 3),
        ("per_page", 2),
        ("total", 5),
    ] {
        assert_eq!(page[name], value, "{name}");
    }
    let beyond = world
        .api(Method::GET, "/api/jobs?page=9", Value::Null)
        .await
        .json();
    assert_eq!(beyond["data"], json!([]));
    for query in [
        "limit=51",
        "limit=0",
        "page=x",
        "page=1&page=1",
        "order=asc",
    ] {
        let reply = world
            .api(Method::GET, &format!("/api/jobs?{query}"), Value::Null)
            .await;
        assert_eq!(reply.status, 422, "{query}");
        let field = query.split('=').next().unwrap();
        assert_eq!(reply.json()["field"], field);
    }
}

#[tokio::test]
async fn demanded_fields_are_told_by_name_until_they_are_there() {
    let world = World::start().await;
    world
        .patch_employer(json!({"required_fields": ["working_time", "dress_code"]}))
        .await;
    let mut body = posting();
    let reply = world.api(Method::POST, "/api/jobs", body.clone()).await;
    let errors = reply.json()["errors"].clone();
    assert_eq!(errors.as_object().unwrap().len(), 2);
    body["working_time"] = json!("8h");
    body["dress_code"] = json!("tự do");
    let reply = world.api(Method::POST, "/api/jobs", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[tokio::test]
async fn an_edit_at_topcvs_site_changes_only_what_it_names() {
    let world = World::start().await;
    let job_id = world.create().await;
    let path = format!("/control/postings/{job_id}");
    for body in [
        json!({"title": "Đổi tại TopCV"}),
        json!({"fields": {"title": "Đổi tại TopCV"}}),
    ] {
        world.control(Method::PATCH, &path, body).await;
        let detail = world.detail(job_id).await;
        assert_eq!(detail["title"], "Đổi tại TopCV");
        assert_eq!(detail["quantity"], 3);
    }
    let wrong = world
        .send(Method::PATCH, &path, &[], r#"{"quantity":"3"}"#)
        .await;
    assert_eq!(
        (wrong.status, wrong.json()["error"]["field"].clone()),
        (422, json!("quantity"))
    );
}

#[tokio::test]
async fn automatic_approval_comes_when_the_clock_is_moved_or_real_time_passes() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world
        .patch_employer(json!({"moderation": {"auto_after_ms": 3_600_000}}))
        .await;
    let job_id = world.create().await;
    world
        .post("/control/clock", json!({"advance_ms": 3_599_999}))
        .await;
    assert_eq!(world.detail(job_id).await["approval_status"], "pending");
    world.post("/control/clock", json!({"advance_ms": 1})).await;
    assert_eq!(world.detail(job_id).await["approval_status"], "approved");
    assert_eq!(receiver.kinds(), ["job_approved"]);

    world
        .patch_employer(json!({"moderation": {"auto_after_ms": 1}}))
        .await;
    let second = world.create().await;
    support::eventually("the second approval", async || receiver.kinds().len() == 2).await;
    assert_eq!(receiver.events()[1]["job_id"], second);
}

#[tokio::test]
async fn an_automatic_approval_of_an_earlier_round_is_dropped() {
    let world = World::start().await;
    let receiver = world.listen().await;
    world
        .patch_employer(json!({"moderation": {"auto_after_ms": 1_000_000}}))
        .await;
    let job_id = world.create().await;
    world
        .post("/control/clock", json!({"advance_ms": 600_000}))
        .await;
    world
        .api(Method::PUT, &format!("/api/jobs/{job_id}"), posting())
        .await;
    world
        .post("/control/clock", json!({"advance_ms": 600_000}))
        .await;
    assert_eq!(receiver.kinds().len(), 0);
    world
        .post("/control/clock", json!({"advance_ms": 400_000}))
        .await;
    assert_eq!(receiver.kinds(), ["job_approved"]);
}
