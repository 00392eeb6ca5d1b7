//! Guessing passwords: who guesses has to wait, and nobody else does.

use std::time::Duration;

use job_board_demo::domain::user::Role;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::server::{Server, read};

const GUESSER: &str = "203.0.113.9";
const ELSEWHERE: &str = "198.51.100.4";

async fn sign_in(server: &Server, sender: &str, login: &str, password: &str) -> Response {
    let body = json!({ "login": login, "password": password });
    let request = server
        .request(Method::POST, "/api/login")
        // What the sender says of itself stands in front of what the proxy has seen.
        .header("x-forwarded-for", format!("192.0.2.77, {sender}"))
        .header("content-type", "application/json")
        .body(body.to_string());
    request.send().await.unwrap()
}

async fn with_lan() -> (Server, String) {
    let server = Server::start().await;
    let tenant = server.world.owner.tenant;
    let added = server
        .world
        .platform
        .add_user(tenant, "lan", "Lan", Role::Recruiter);
    let (_, password) = added.await.unwrap();
    (server, password)
}

#[tokio::test]
async fn who_guesses_has_to_wait_and_the_right_password_works_from_elsewhere() {
    let (server, password) = with_lan().await;
    for _ in 0..10 {
        let answer = sign_in(&server, GUESSER, "lan", "guess").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    // Not even the right one is looked at now: otherwise guessing would go on.
    for guess in ["guess", password.as_str()] {
        let answer = sign_in(&server, GUESSER, "lan", guess).await;
        assert_eq!(answer.headers()["retry-after"], "60");
        let (status, answer) = read(answer).await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer["error"]["code"], "too-many-attempts");
        assert_eq!(answer["error"]["retry_after_ms"], 60_000);
        for language in ["vi", "en"] {
            assert!(answer["error"]["message"][language].is_string());
        }
    }
    let answer = sign_in(&server, ELSEWHERE, "lan", &password).await;
    assert_eq!(answer.status(), StatusCode::OK);
    server.world.clock.advance(Duration::from_secs(60));
    let answer = sign_in(&server, GUESSER, "lan", &password).await;
    assert_eq!(answer.status(), StatusCode::OK, "when the wait is over");
}

#[tokio::test]
async fn signing_in_again_and_again_is_nothing_to_wait_for() {
    let (server, password) = with_lan().await;
    for _ in 0..150 {
        let answer = sign_in(&server, GUESSER, "lan", &password).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn the_page_says_so_too() {
    let (server, password) = with_lan().await;
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let form = format!("login=lan&password={password}x");
        let answer = server
            .request(Method::POST, "/login")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &server.url)
            .body(form)
            .send()
            .await
            .unwrap();
        statuses.push(answer.status().as_u16());
        if statuses.len() == 11 {
            assert_eq!(answer.headers()["retry-after"], "60");
            let page = answer.text().await.unwrap();
            assert!(page.contains("quá nhiều lần"), "{page}");
            assert!(!page.contains(&password));
        }
    }
    assert_eq!(statuses[..10], [401; 10]);
    assert_eq!(statuses[10], 429);
}
