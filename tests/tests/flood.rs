//! The webhook endpoint under attack, through the real component: forgeries by the thousand, bodies that are too large, old verdicts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use job_board_cli::walk::{Api, World};
use job_board_demo::application::receive::{MOST_BODY_BYTES, MOST_UNVERIFIED_BYTES};
use job_board_demo::domain::refusals::KEPT_AT_ONCE;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

const FORGERIES: usize = 10_000;
const APPLICANTS: usize = 50;
const ATTACKERS: usize = 12;

/// The path that the employer pasted at the board.
async fn hook_of(world: &World) -> String {
    let url = world.connection().await.unwrap()["webhook_url"].clone();
    let url = url.as_str().unwrap();
    url[url.find("/hooks/").unwrap()..].to_owned()
}

fn forgery(number: usize, posting: &str) -> Vec<u8> {
    let signature = format!("{number:064x}");
    let body = json!({
        "event_type": "apply", "job_id": posting.parse::<u64>().unwrap(), "candidate_id": 90_000 + number,
        "candidate_name": "Giả Mạo", "candidate_phone": "0900000000", "signature": signature,
    });
    body.to_string().into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_forgeries_cost_no_applicant_an_answer_and_fill_no_disk() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let (url, hook) = (world.url().to_owned(), hook_of(&world).await);
    let next = Arc::new(AtomicUsize::new(0));
    let mut attackers = JoinSet::new();
    for _ in 0..ATTACKERS {
        let stranger = Api::new(&url).unwrap();
        let (next, hook, posting) = (Arc::clone(&next), hook.clone(), posted.board.clone());
        attackers.spawn(async move {
            let mut answers = BTreeMap::<u16, usize>::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= FORGERIES {
                    return answers;
                }
                let body = forgery(number, &posting);
                let reply = stranger.send_bytes(Method::POST, &hook, body).await;
                *answers.entry(reply.unwrap().status).or_default() += 1;
            }
        });
    }
    for number in 0..APPLICANTS {
        // Spread over the whole attack, most of them after the attackers are turned away.
        while next.load(Ordering::Relaxed) < number * FORGERIES / APPLICANTS {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let someone = json!({
            "name": format!("Người Thật {number}"),
            "phone": format!("09120000{number:02}"),
            "email": format!("nguoi.that.{number}@example.com"),
            "candidate_id": 1_000 + number,
        });
        let answered = world.board.apply_answered(&posted.board, someone, 200);
        answered.await.unwrap();
    }
    let mut answers = BTreeMap::<u16, usize>::new();
    for each in attackers.join_all().await {
        for (status, count) in each {
            *answers.entry(status).or_default() += count;
        }
    }
    let turned_away = answers.get(&429).copied().unwrap_or_default();
    let refused = answers.get(&401).copied().unwrap_or_default();
    assert_eq!(turned_away + refused, FORGERIES, "{answers:?}");
    assert!(turned_away > 0, "{answers:?}");

    let applicants = world.first_stage(posted.job).await.unwrap();
    assert_eq!(applicants.len(), APPLICANTS);
    assert!(!json!(applicants).to_string().contains("Giả Mạo"));
    let counters = world.connection().await.unwrap()["counters"].clone();
    let kept = counters["quarantined"].as_u64().unwrap();
    // Those that were under way when the limit was reached are kept too.
    assert!(kept <= KEPT_AT_ONCE + ATTACKERS as u64, "{counters}");
    assert_eq!(
        counters["not_kept"].as_u64().unwrap(),
        turned_away as u64,
        "{counters}"
    );
    let db = rusqlite::Connection::open(world.config().data_dir.join("platform.db")).unwrap();
    let sql = "SELECT sum(length(sealed)) FROM deliveries WHERE state = 'quarantined'";
    let bytes: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(bytes.unsigned_abs() < MOST_UNVERIFIED_BYTES, "{bytes}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_over_the_cap_is_refused_and_leaves_nothing() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let stranger = Api::new(world.url()).unwrap();
    let hook = hook_of(&world).await;
    let huge = vec![b'{'; MOST_BODY_BYTES + 1];
    let reply = stranger.send_bytes(Method::POST, &hook, huge.clone()).await;
    assert_eq!(reply.unwrap().status, 413);
    assert!(world.quarantine().await.unwrap().is_empty());
    // Nobody's path: refused as such, whatever the body.
    let reply = stranger
        .send_bytes(Method::POST, "/hooks/nobody", b"{}".to_vec())
        .await;
    assert_eq!(reply.unwrap().status, 404);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_approval_makes_no_rejected_posting_live() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish("Kỹ sư Rust").await.unwrap();
    let approval = world.board.approve(&posted.board).await.unwrap();
    world.expect_state(&posted, "live").await.unwrap();
    let values = json!({ "job_description": "<p>Mô tả đã sửa</p>" });
    world.update(&posted, values).await.unwrap();
    let replay = async |state: &str| {
        let again: Value = world.board.resend(&approval).await.unwrap();
        assert_eq!(again["status"], 200, "{again}");
        world.expect_state(&posted, state).await.unwrap();
    };
    replay("pending-review").await;
    world
        .board
        .reject(&posted.board, "Thiếu mức lương")
        .await
        .unwrap();
    replay("rejected").await;
    let told = ["posting-approved", "posting-rejected"];
    world.expect_notices(&told).await.unwrap();
    world.stop().await;
}
