//! Content that wants to be more than content, from the board, from candidates and from whoever writes jobs: through the real component, over loopback.
//!
//! Each is answered with a status and a code, or kept as text and served as bytes; what was there before stays as it was.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod deliveries;
mod files;
mod jobs;

use job_board_cli::walk::{Api, Posted, Reply, World};
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::signed_with;

/// A configured connection whose board keeps its webhooks to itself: what arrives is the test's.
async fn world_of_ones_own() -> World {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let hold = json!({ "hold_webhooks": true, "credits": 100 });
    world.board.set(&world.employer, hold).await.unwrap();
    world
}

/// Sends a body to the connection's webhook URL, as anybody can.
async fn send(world: &World, body: Vec<u8>) -> Reply {
    let url = world.connection().await.unwrap()["webhook_url"].clone();
    let url = url.as_str().unwrap();
    let hook = &url[url.find("/hooks/").unwrap()..];
    let stranger = Api::new(world.url()).unwrap();
    stranger.send_bytes(Method::POST, hook, body).await.unwrap()
}

/// A rejection under the board's signature; the reason is a JSON literal, which is not signed.
fn rejection(world: &World, posting: &Posted, reason: &str) -> Vec<u8> {
    let id = &posting.board;
    let signed = format!("event_type=job_rejected&job_id={id}&recruitment_campaign_id=0");
    let signature = signed_with(&world.employer.secret_key, &signed);
    format!(
        "{{\"event_type\":\"job_rejected\",\"job_id\":{id},\"recruitment_campaign_id\":0,\"reject_reason\":{reason},\"signature\":\"{signature}\"}}"
    )
    .into_bytes()
}

/// An application under the board's signature; everything but number and phone is the caller's, as JSON.
fn application(world: &World, posting: &Posted, number: u64, unsigned: &Value) -> Vec<u8> {
    let (id, phone) = (&posting.board, "0987654321");
    let signed =
        format!("event_type=apply&job_id={id}&candidate_phone={phone}&candidate_id={number}");
    let mut body = json!({
        "event_type": "apply",
        "job_id": id.parse::<u64>().unwrap(),
        "candidate_id": number,
        "candidate_phone": phone,
        "signature": signed_with(&world.employer.secret_key, &signed),
    });
    for (name, value) in unsigned.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string().into_bytes()
}
