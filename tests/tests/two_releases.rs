//! Two builds of the plugin on one data folder: rolling forward, rolling back, and the moment after which nobody goes back.
#![allow(clippy::unwrap_used, reason = "a panic is the test's failure")]

use std::time::Duration;

use job_board_cli::walk::Reply;
use job_board_demo::{Demo, Role};
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{House, People, component, next_component};

async fn read(people: &People, posting: &Value) -> Reply {
    let path = format!(
        "/api/postings/{}?refresh=1",
        posting["id"].as_str().unwrap()
    );
    people
        .owner
        .send(Method::GET, &path, &Value::Null)
        .await
        .unwrap()
}

async fn shown(people: &People, posting: &Value) -> Value {
    read(people, posting).await.ok().unwrap()
}

async fn update(people: &People, posting: &Value, quantity: u32) -> Value {
    let present = shown(people, posting).await;
    let body =
        json!({ "expected_version": present["version"], "values": { "quantity": quantity } });
    let path = format!("/api/postings/{}", posting["id"].as_str().unwrap());
    let change = people.owner.put(&path, &body).await.unwrap();
    assert_eq!(change["changed"], json!(["quantity"]), "{change}");
    change
}

fn board_id(posting: &Value) -> &str {
    posting["board_posting"].as_str().unwrap()
}

/// Kinds of the recruiter's notifications about verdicts, oldest first.
async fn verdicts(people: &People) -> Vec<String> {
    let mut told = people.told(&people.owner).await;
    told.retain(|kind| kind.starts_with("posting-"));
    told
}

/// From now on the next release's format is written.
async fn finalise(demo: &Demo) {
    let users = demo.platform().all_users().await.unwrap();
    let operator = users
        .into_iter()
        .find(|user| user.role == Role::Operator)
        .unwrap();
    let session = demo
        .platform()
        .begin_session(operator, false)
        .await
        .unwrap();
    let api = job_board_cli::walk::Api::new(demo.url())
        .unwrap()
        .signed_in(&session.token);
    let settings = json!({ "settings": { "record-format": 2 } });
    api.put("/api/connections/1/settings", &settings)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_roll_forward_and_back_while_postings_are_live() {
    let house = House::new().await;

    // Today's release: one posting, approved.
    let today = house.start_build(component(), false).await;
    let people = house.people(&today).await;
    house.configure(&people).await;
    let job = people.add_job("Kế toán trưởng").await;
    let first = people.publish(job, "first").await;
    house.board.approve(board_id(&first)).await.unwrap();
    assert_eq!(shown(&people, &first).await["state"], "live");

    // One process of the next release beside it, on the same folder.
    let next = house.start_build(next_component(), true).await;
    let there = house.people(&next).await;
    update(&there, &first, 3).await;
    let second_job = there.add_job("Kỹ sư Rust").await;
    let second = there.publish(second_job, "second").await;

    // Today's release takes the verdicts of the round that the next one began, and edits again.
    house
        .board
        .reject(board_id(&first), "Lý do A")
        .await
        .unwrap();
    let seen = shown(&people, &first).await;
    assert_eq!(
        (&seen["state"], &seen["review_round"]),
        (&json!("rejected"), &json!(2))
    );
    update(&people, &first, 4).await;
    house
        .board
        .reject(board_id(&first), "Lý do A")
        .await
        .unwrap();
    let seen = shown(&there, &first).await;
    assert_eq!(
        (&seen["state"], &seen["review_round"]),
        (&json!("rejected"), &json!(3))
    );
    update(&there, &first, 5).await;

    // Forward: only the next release. Webhooks arrive at the usual address.
    today.stop().await;
    next.stop().await;
    let next = house.start_build(next_component(), false).await;
    house.board.approve(board_id(&first)).await.unwrap();
    house.board.approve(board_id(&second)).await.unwrap();
    next.stop().await;

    // And back, before anybody finalised.
    let today = house.start_build(component(), false).await;
    let people = house.people(&today).await;
    for posting in [&first, &second] {
        assert_eq!(shown(&people, posting).await["state"], "live");
    }
    assert_eq!(shown(&people, &first).await["review_round"], 4);
    assert_eq!(
        verdicts(&people).await,
        [
            "posting-approved",
            "posting-rejected",
            "posting-rejected",
            "posting-approved",
            "posting-approved"
        ],
        "each verdict once, whichever release took it"
    );
    let again = people.values(job).await;
    let again = people.press_publish(job, &again, "first").await;
    let same = again.ok().unwrap();
    assert_eq!(same["board_posting"], first["board_posting"]);
    assert_eq!(house.count("creates").await, 2);
    today.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_finalising_an_older_release_says_so_and_spoils_nothing() {
    let house = House::new().await;
    let next = house.start_build(next_component(), false).await;
    let there = house.people(&next).await;
    house.configure(&there).await;
    let job = there.add_job("Kế toán trưởng").await;
    let old = there.publish(job, "old").await;
    finalise(&next).await;
    let job = there.add_job("Kỹ sư Rust").await;
    let new = there.publish(job, "new").await;
    let before = shown(&there, &new).await;
    next.stop().await;

    let today = house.start_build(component(), false).await;
    let people = house.people(&today).await;
    assert_eq!(shown(&people, &old).await["state"], "pending-review");
    let refused = read(&people, &new).await;
    let refused = refused.refused(502, "record-too-new").unwrap();
    for language in ["vi", "en"] {
        assert!(refused["message"][language].is_string(), "{refused}");
    }
    // A verdict for it is kept, not misread.
    house.board.approve(board_id(&new)).await.unwrap();
    assert_eq!(verdicts(&people).await, [""; 0]);
    today.stop().await;

    // When its next try is due, the release that can read it takes it.
    house.pass(Duration::from_secs(3_600)).await;
    let next = house.start_build(next_component(), false).await;
    let there = house.people(&next).await;
    assert_eq!(verdicts(&there).await, ["posting-approved"]);
    let after = shown(&there, &new).await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["state"], "live");
    assert_eq!(house.count("creates").await, 2);
    next.stop().await;
    house.close().await;
}
