//! Two processes of one platform on the same data, both serving, both with background work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use job_board_cli::walk::Api;
use job_board_demo::{Demo, DemoConfig};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_platforms_on_one_folder_take_each_delivery_once() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let second = Demo::start(DemoConfig {
        background: true,
        ..world.config().clone()
    })
    .await
    .unwrap();
    let url = world.paste_webhook_url(&world.employer).await.unwrap();
    let hook = url[url.find("/hooks/").unwrap()..].to_owned();
    // Held back at the board: these bytes go to both at once.
    let mut bodies = Vec::new();
    for number in 0..6 {
        let someone = json!({ "name": format!("Người {number}"), "email": "a@example.com",
            "phone": format!("091234567{number}"), "hold": true });
        let applied = world.board.apply(&posted.board, someone).await.unwrap();
        let body = applied["deliveries"][0]["body"].as_str().unwrap();
        bodies.push(body.as_bytes().to_vec());
    }
    let mut sending = tokio::task::JoinSet::new();
    for body in &bodies {
        for _ in 0..3 {
            for url in [world.url(), second.url()] {
                let sender = Api::new(url).unwrap();
                let (hook, body) = (hook.clone(), body.clone());
                sending.spawn(async move {
                    let reply = sender.send_bytes(Method::POST, &hook, body).await.unwrap();
                    assert_eq!(reply.status, 200);
                });
            }
        }
    }
    while let Some(sent) = sending.join_next().await {
        sent.unwrap();
    }
    world.fetch_cvs().await.unwrap();
    second.stop().await;
    let people = world.first_stage(posted.job).await.unwrap();
    assert_eq!(people.len(), bodies.len());
    for one in &people {
        assert_eq!(one["application"]["times"], 1);
        assert_eq!(one["application"]["cvs"][0]["state"], "stored", "{one}");
    }
    let mut kinds = vec!["posting-approved"];
    kinds.extend(vec!["application"; bodies.len()]);
    world.expect_notices(&kinds).await.unwrap();
    let downloads = world.board.count(&world.employer, "downloads").await;
    assert_eq!(downloads.unwrap(), bodies.len() as u64);
    world.stop().await;
}
