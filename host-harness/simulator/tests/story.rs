//! The main story over loopback HTTP: connect, publish, approved, applied.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{START_MS, World, applicant, posting};

#[tokio::test]
async fn a_posting_is_created_approved_and_applied_to() {
    let world = World::start().await;
    let receiver = world.listen().await;
    let job_id = world.create().await;
    let detail = world.detail(job_id).await;
    assert_eq!(detail["run_status"], "running");
    assert_eq!(detail["approval_status"], "pending");
    assert_eq!(detail["salary_from"], "20000000");
    assert_eq!(detail["created_at"], "2026-03-01 08:00:00");
    let url = detail["job_url"].as_str().unwrap();
    let expected = format!(
        "{}/viec-lam/ky-su-rust/{job_id}.html",
        world.simulator.url()
    );
    assert_eq!(url, expected);
    for (name, sent) in posting().as_object().unwrap() {
        if !["salary_from", "recruitment_campaign_id"].contains(&name.as_str()) {
            assert_eq!(detail[name], *sent, "{name}");
        }
    }
    assert!(detail["recruitment_campaign_id"].as_u64().unwrap() > 0);

    let approved = world
        .post(&format!("/control/postings/{job_id}/approve"), Value::Null)
        .await;
    assert_eq!(approved["delivery"]["status"], 200);
    assert_eq!(approved["delivery"]["response_body"], "received");
    assert_eq!(world.detail(job_id).await["approval_status"], "approved");

    let applied = world.apply(job_id, applicant()).await;
    assert_eq!(applied["deliveries"][0]["status"], 200);
    assert_eq!(receiver.kinds(), ["job_approved", "apply"]);
    let event = &receiver.events()[1];
    assert_eq!(event["candidate_name"], "Trần Thị Bích");
    assert_eq!(event["candidate_id"], applied["candidate_id"]);
    assert_eq!(event["apply_at"], "2026-03-01 08:00:00");

    let cv = world
        .send(
            Method::GET,
            event["download_url"].as_str().unwrap(),
            &[],
            "",
        )
        .await;
    assert_eq!(cv.status, 200);
    assert!(cv.bytes.starts_with(b"%PDF-"));
    assert!(cv.text().contains("Trần Thị Bích"));
    assert_eq!(cv.headers["content-type"], "application/pdf");
    let again = world
        .send(
            Method::GET,
            event["download_url"].as_str().unwrap(),
            &[],
            "",
        )
        .await;
    assert_eq!(
        (again.status, again.json()["message"].clone()),
        (422, json!("CV không còn khả dụng"))
    );

    let ledger = world.ledger().await;
    for (name, count) in [
        ("creates", 1),
        ("credits_spent", 1),
        ("edits", 0),
        ("connects", 1),
        ("requests", 6),
        ("writes", 1),
        ("details", 2),
        ("downloads", 2),
        ("metadata", 0),
        ("lists", 0),
    ] {
        assert_eq!(ledger[name], count, "{name}: {ledger:#}");
    }
    assert_eq!(ledger["applications"][0]["phone"], "0987654321");
    assert_eq!(ledger["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!(ledger["entries"][0]["operation"], "connect");
    assert_eq!(ledger["entries"][0]["at_ms"], START_MS);
    assert_eq!(ledger["entries"][1]["job_id"], job_id);
}
