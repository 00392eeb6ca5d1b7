//! Connect, disconnect, check: who may do what with which token.
#![allow(clippy::unwrap_used)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{JSON, World};

async fn connect(world: &World, token: &str, secret: Option<&str>) -> support::Reply {
    let mut headers = vec![JSON];
    headers.extend(secret.map(|secret| ("Secret-Key", secret)));
    let body = json!({"employer_api_key": token}).to_string();
    world
        .send(Method::POST, "/api/connect", &headers, body)
        .await
}

#[tokio::test]
async fn a_wrong_token_and_a_wrong_secret_look_the_same() {
    let world = World::start().await;
    let wrong_token = connect(&world, "nope", Some(&world.secret)).await;
    let wrong_secret = connect(&world, &world.access_token, Some("nope")).await;
    let no_secret = connect(&world, &world.access_token, None).await;
    for reply in [&wrong_token, &wrong_secret, &no_secret] {
        assert_eq!(reply.status, 401);
        assert_eq!(reply.bytes, wrong_token.bytes);
    }
    assert_eq!(world.ledger().await["connects"], 1);
}

#[tokio::test]
async fn another_employers_secret_opens_nothing() {
    let world = World::start().await;
    let other = world
        .post("/control/employers", json!({"name": "Công ty Bình"}))
        .await;
    let secret = other["secret_key"].as_str().unwrap();
    assert_eq!(
        connect(&world, &world.access_token, Some(secret))
            .await
            .status,
        401
    );
    let bearer = format!("Bearer {}", world.session);
    let headers = [("Authorization", bearer.as_str()), ("Secret-Key", secret)];
    assert_eq!(
        world
            .send(Method::GET, "/api/jobs", &headers, "")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn without_a_contract_connect_and_calls_are_403() {
    let world = World::start().await;
    world.patch_employer(json!({"contract": false})).await;
    let reply = connect(&world, &world.access_token, Some(&world.secret)).await;
    assert_eq!(reply.status, 403);
    assert!(
        reply.json()["message"]
            .as_str()
            .unwrap()
            .contains("hợp đồng")
    );
    assert_eq!(
        world
            .api(Method::GET, "/api/jobs", Value::Null)
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_new_sign_in_times_the_old_session_out() {
    let mut world = World::start().await;
    let old = world.session.clone();
    world.connect().await;
    assert_ne!(old, world.session);
    let current = std::mem::replace(&mut world.session, old);
    let reply = world
        .api(Method::GET, "/api/check-connection", Value::Null)
        .await;
    assert_eq!(
        (reply.status, reply.json()["error_name"].clone()),
        (200, json!("SESSION_TIMEOUT"))
    );
    world.session = current;
    let reply = world
        .api(Method::GET, "/api/check-connection", Value::Null)
        .await;
    let data = json!({"connected": true, "last_connected_at": "2026-03-01 08:00:00"});
    assert_eq!(reply.json()["data"], data);
    let employer = world
        .get(&format!("/control/employers/{}", world.employer))
        .await;
    assert_eq!(employer["sessions"], 2);
    assert_eq!(employer["connected"], true);
    assert!(!employer.to_string().contains(&world.secret));
    assert!(!employer.to_string().contains(&world.session));
}

#[tokio::test]
async fn unknown_and_missing_tokens_are_told_apart() {
    let mut world = World::start().await;
    world.session = "st_unknown".to_owned();
    let reply = world.api(Method::GET, "/api/jobs", Value::Null).await;
    assert_eq!(
        (reply.status, reply.json()["error_name"].clone()),
        (200, json!("INVALID_TOKEN"))
    );
    let secret = world.secret.clone();
    let reply = world
        .send(Method::GET, "/api/jobs", &[("Secret-Key", &secret)], "")
        .await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn disconnect_ends_the_session_and_needs_the_right_key() {
    let world = World::start().await;
    let wrong = json!({"employer_api_key": "nope"});
    assert_eq!(
        world
            .api(Method::PUT, "/api/disconnect", wrong)
            .await
            .status,
        401
    );
    let right = json!({"employer_api_key": world.access_token});
    assert_eq!(
        world
            .api(Method::PUT, "/api/disconnect", right)
            .await
            .status,
        200
    );
    let reply = world
        .api(Method::GET, "/api/check-connection", Value::Null)
        .await;
    assert_eq!(reply.json()["error_name"], "INVALID_TOKEN");
    let ledger = world.ledger().await;
    assert_eq!(
        (ledger["connects"].clone(), ledger["disconnects"].clone()),
        (json!(1), json!(1))
    );
}

#[tokio::test]
async fn rotated_credentials_replace_the_old_ones() {
    let mut world = World::start().await;
    world
        .patch_employer(json!({"access_token": "at_new", "secret_key": "sk_new"}))
        .await;
    assert_eq!(
        connect(&world, &world.access_token, Some(&world.secret))
            .await
            .status,
        401
    );
    world.access_token = "at_new".to_owned();
    world.secret = "sk_new".to_owned();
    let reply = world.api(Method::GET, "/api/jobs", Value::Null).await;
    assert_eq!(reply.json()["error_name"], "SESSION_TIMEOUT");
    world.connect().await;
    assert_eq!(
        world
            .api(Method::GET, "/api/jobs", Value::Null)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn metadata_has_its_types_and_no_others() {
    let world = World::start().await;
    for (kind, least) in [
        ("categories", 40),
        ("skills", 60),
        ("cities", 63),
        ("job_types", 5),
    ] {
        let reply = world
            .api(Method::GET, &format!("/api/metadata/{kind}"), Value::Null)
            .await;
        let terms = reply.json()["data"].as_array().unwrap().clone();
        assert!(terms.len() >= least, "{kind}");
        assert!(
            terms
                .iter()
                .all(|term| term["id"].is_u64() && term["name"].is_string())
        );
    }
    let encoded = world
        .api(Method::GET, "/api/metadata/job%5Ftypes", Value::Null)
        .await;
    assert_eq!(encoded.status, 200, "{}", encoded.text());
    let reply = world
        .api(Method::GET, "/api/metadata/districts", Value::Null)
        .await;
    assert_eq!(reply.status, 404);
    assert_eq!(world.ledger().await["metadata"], 6);
}
