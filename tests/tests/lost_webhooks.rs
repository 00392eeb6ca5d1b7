//! Webhooks that never arrived: asking the board brings each verdict once, whichever way it comes first.
#![allow(clippy::unwrap_used, reason = "a panic is the test's failure")]

use std::time::Duration;

use serde_json::{Value, json};
use system_tests::{House, People};

const HOUR: Duration = Duration::from_secs(3_600);

/// The employer removes the webhook URL, or pastes it again.
async fn paste(house: &House, url: &Value) {
    let pasted = json!({ "webhook_url": url });
    house.board.set(&house.employer, pasted).await.unwrap();
}

async fn judge(house: &House, posting: &Value, approve: bool) -> Value {
    let board = posting["board_posting"].as_str().unwrap();
    if approve {
        house.board.approve(board).await.unwrap()
    } else {
        house.board.reject(board, "Lương không rõ").await.unwrap()
    }
}

async fn stage(house: &House) -> (job_board_demo::Demo, People, u64, Value) {
    let demo = house.start().await;
    let people = house.people(&demo).await;
    house.configure(&people).await;
    // Its errands are set up, each for a moment of its own.
    assert_eq!(demo.platform().run_errands().await.unwrap(), 0);
    let job = people.add_job("Kỹ sư Rust").await;
    let posting = people.publish(job, "request-a").await;
    (demo, people, job, posting)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verdict_whose_webhook_was_lost_comes_once_on_schedule_and_the_late_webhook_adds_nothing()
{
    for (approve, kind, state) in [
        (true, "posting-approved", "live"),
        (false, "posting-rejected", "rejected"),
    ] {
        let house = House::new().await;
        let (demo, people, job, posting) = stage(&house).await;
        let url = people.connection().await["webhook_url"].clone();
        paste(&house, &Value::Null).await;
        let lost = judge(&house, &posting, approve).await;
        assert_eq!(lost["state"], "no_webhook_url");
        assert!(people.told(&people.owner).await.is_empty());

        house.pass(7 * HOUR).await;
        assert!(demo.platform().run_errands().await.unwrap() > 0);
        assert_eq!(people.told(&people.owner).await, [kind]);
        assert_eq!(people.postings(job).await[0]["state"], state);
        let shown = people.connection().await["reconciled"].clone();
        assert!(
            shown["notes"][0]["en"]
                .as_str()
                .unwrap()
                .contains("applications")
        );
        assert!(shown["problem"].is_null());

        paste(&house, &url).await;
        let late = house.board.resend(&lost).await.unwrap();
        assert_eq!(late["status"], 200);
        assert_eq!(people.told(&people.owner).await, [kind]);
        demo.stop().await;
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verdict_that_a_webhook_told_is_not_new_when_a_recruiter_reconciles() {
    let house = House::new().await;
    let (demo, people, _, posting) = stage(&house).await;
    judge(&house, &posting, true).await;
    let done = people.reconcile().await;
    assert_eq!((&done["events"], &done["new"]), (&json!(1), &json!(0)));
    assert_eq!(people.told(&people.owner).await, ["posting-approved"]);
    demo.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_that_the_board_no_longer_takes_are_found_on_schedule_and_told_once() {
    let house = House::new().await;
    let (demo, ..) = stage(&house).await;
    let renewed = house.board.rotate(&house.employer).await.unwrap();
    for _ in 0..6 {
        house.pass(2 * HOUR).await;
        demo.platform().run_errands().await.unwrap();
    }
    let people = house.people(&demo).await;
    assert_eq!(people.told(&people.admin).await, ["connection-broken"]);
    let shown = people.connection().await;
    assert_eq!(shown["broken"]["code"], "credentials-refused");
    assert_eq!(shown["status"]["state"], "broken");

    let settings = json!({ "settings": {
        "access-token": renewed.access_token, "secret-key": renewed.secret_key,
    }});
    let path = "/api/connections/1/settings";
    people.admin.put(path, &settings).await.unwrap();
    assert!(people.connection().await["broken_since"].is_null());
    demo.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_that_asks_for_patience_gets_it() {
    let house = House::new().await;
    let (demo, ..) = stage(&house).await;
    let busy = json!({ "times": 0, "params": { "retry_after": "3000" } });
    house
        .board
        .fault("any", "rate_limited", busy)
        .await
        .unwrap();
    house.pass(7 * HOUR).await;
    demo.platform().run_errands().await.unwrap();
    let asked = house.count("requests").await;
    for _ in 0..3 {
        house.pass(HOUR / 4).await;
        assert_eq!(demo.platform().run_errands().await.unwrap(), 0);
    }
    assert_eq!(house.count("requests").await, asked);
    house.board.mend().await.unwrap();
    house.pass(HOUR / 4).await;
    demo.platform().run_errands().await.unwrap();
    assert!(house.count("requests").await > asked);
    let people = house.people(&demo).await;
    assert!(people.told(&people.admin).await.is_empty());
    demo.stop().await;
    house.close().await;
}
