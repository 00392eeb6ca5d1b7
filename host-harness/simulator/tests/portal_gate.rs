//! Who gets into the portal: no other site, no foreign name, no page without its token, nobody beyond loopback.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use reqwest::Method;
use serde_json::{Value, json};
use support::browser::{FORM, actions_in, encoded, state};
use support::{JSON, World, applicant};
use topcv_simulator::{Simulator, SimulatorConfig};

const PAGES: [&str; 11] = [
    "/portal",
    "/portal/101/connection",
    "/portal/101/postings",
    "/portal/101/postings/1200001",
    "/portal/101/postings/1200002",
    "/portal/101/postings/1200001/edit",
    "/portal/101/applications",
    "/portal/101/webhooks",
    "/portal/101/webhooks/1",
    "/portal/101/faults",
    "/portal/101/ledger",
];

/// Every action of the portal, with fields that it would accept.
const ACTIONS: [(&str, &[(&str, &str)]); 22] = [
    ("/portal", &[("name", "X")]),
    (
        "/portal/101/account",
        &[
            ("credits", "3"),
            ("moderation", "manual"),
            ("signing_key", "secret"),
        ],
    ),
    ("/portal/101/keys", &[]),
    ("/portal/101/sessions", &[]),
    ("/portal/101/webhook", &[("webhook_url", "")]),
    ("/portal/101/webhook/check", &[]),
    ("/portal/101/postings", &[("title", "X")]),
    ("/portal/101/postings/1200001/approve", &[]),
    ("/portal/101/postings/1200001/reject", &[("reason", "X")]),
    ("/portal/101/postings/1200001/edit", &[("title", "X")]),
    ("/portal/101/postings/1200001/stop", &[]),
    ("/portal/101/postings/1200001/expire", &[]),
    ("/portal/101/postings/1200001/delete", &[]),
    (
        "/portal/101/applications",
        &[
            ("posting", "1200001"),
            ("name", "A"),
            ("email", "a"),
            ("phone", "0"),
        ],
    ),
    ("/portal/101/applications/70001/open", &[]),
    ("/portal/101/applications/70001/again", &[]),
    ("/portal/101/webhooks/1/resend", &[]),
    ("/portal/101/webhooks/release", &[]),
    (
        "/portal/101/faults",
        &[("kind", "status_500"), ("operation", "any")],
    ),
    ("/portal/101/faults/1/off", &[]),
    ("/portal/101/faults/clear", &[]),
    ("/portal/101/clock", &[("hours", "1")]),
];

/// Something of everything, so that each action has something to change.
async fn full() -> World {
    let world = World::start().await;
    let receiver = world.listen().await;
    for _ in 0..2 {
        world
            .post("/control/employers/101/postings", Value::Null)
            .await;
    }
    let mut masked = applicant();
    masked["masked"] = json!(true);
    world.apply(1_200_001, masked).await;
    world.patch_employer(json!({"hold_webhooks": true})).await;
    world
        .fault("connect", "status_500", json!({"employer_id": 101}))
        .await;
    drop(receiver);
    world
}

#[tokio::test]
async fn the_actions_tested_here_are_all_that_the_pages_have() {
    let world = full().await;
    let mut found = BTreeSet::new();
    for page in PAGES {
        found.extend(actions_in(&world.html(page).await));
    }
    // The same action on the second posting, another delivery.
    let known = |action: &str| {
        let one = action
            .replace("1200002", "1200001")
            .replace("/webhooks/2/", "/webhooks/1/");
        ACTIONS.iter().any(|(path, _)| *path == one)
    };
    let unknown: Vec<&String> = found.iter().filter(|action| !known(action)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for (path, _) in ACTIONS {
        assert!(found.contains(path), "no page has a form for {path}");
    }
}

#[tokio::test]
async fn a_form_without_the_portals_token_is_refused_and_changes_nothing() {
    let world = full().await;
    let before = state(&world).await;
    let token = world.token().await;
    let wrong = "0".repeat(token.len());
    for (action, fields) in ACTIONS {
        for given in ["", wrong.as_str(), &token[1..], &format!("{token}0")] {
            let reply = world.post_form(action, fields, given).await;
            assert_eq!(reply.status, 403, "{action} with {given:?}");
            assert!(reply.text().contains("Trang đã cũ"), "{action}");
        }
        let none = world.send(Method::POST, action, &[FORM], "name=X").await;
        assert_eq!(none.status, 403, "{action}");
        // The token belongs into the form, not into the address.
        let path = format!("{action}?csrf={token}");
        let address = world.send(Method::POST, &path, &[FORM], "name=X").await;
        assert_eq!(address.status, 403, "{action}");
        assert_eq!(state(&world).await, before, "{action}");
    }
    assert!(keys_are_as_they_were(&world).await);
}

/// Keys and sessions are no part of what the control API tells.
async fn keys_are_as_they_were(world: &World) -> bool {
    let list = world.api(Method::GET, "/api/jobs", Value::Null).await;
    list.json()["data"].is_array()
}

#[tokio::test]
async fn another_sites_form_is_refused_even_with_the_token() {
    let world = full().await;
    let before = state(&world).await;
    let token = world.token().await;
    let own = world.simulator.url();
    for (action, fields) in ACTIONS {
        for foreign in [
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
            ("Origin", "http://127.0.0.1"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            let body = encoded(fields, &token);
            let reply = world
                .send(Method::POST, action, &[FORM, foreign], body)
                .await;
            assert_eq!(reply.status, 403, "{action} {foreign:?}");
            assert_eq!(state(&world).await, before, "{action} {foreign:?}");
        }
    }
    assert!(keys_are_as_they_were(&world).await);
    let mine = [
        FORM,
        ("Origin", own.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    let body = encoded(&[("title", "Từ trang này")], &token);
    let reply = world
        .send(Method::POST, "/portal/101/postings", &mine, body)
        .await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn a_name_that_is_not_this_machines_opens_no_page_and_tells_no_token() {
    let world = full().await;
    let token = world.token().await;
    let port = world.simulator.url().rsplit(':').next().unwrap().to_owned();
    let before = state(&world).await;
    for host in [
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("192.0.2.7:{port}"),
        "evil.example".to_owned(),
    ] {
        let host = [("Host", host.as_str())];
        for page in PAGES.iter().chain(&["/", "/portal/assets/portal.css"]) {
            let reply = world.send(Method::GET, page, &host, "").await;
            assert_eq!(reply.status, 403, "{page} {host:?}");
            assert!(!reply.text().contains(&token), "{page}");
            assert!(!reply.text().contains("csrf"), "{page}");
        }
        let headers = [host[0], FORM];
        let body = encoded(&[("name", "X")], &token);
        let reply = world.send(Method::POST, "/portal", &headers, body).await;
        assert_eq!(reply.status, 403);
    }
    assert_eq!(state(&world).await, before);
    for host in [
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        "[::1]".to_owned(),
    ] {
        let reply = world
            .send(Method::GET, "/portal", &[("Host", &host)], "")
            .await;
        assert_eq!(reply.status, 200, "{host}");
    }
}

#[tokio::test]
async fn another_sites_page_reaches_the_control_api_no_more_than_the_portal() {
    let world = full().await;
    let before = state(&world).await;
    let port = world.simulator.url().rsplit(':').next().unwrap().to_owned();
    let rebound = format!("evil.example:{port}");
    let own = format!("http://{rebound}");
    for headers in [
        vec![("Origin", "https://evil.example")],
        vec![("Origin", "null")],
        vec![("Origin", own.as_str()), ("Host", rebound.as_str())],
    ] {
        for (method, path) in [
            (Method::POST, "/control/reset"),
            (Method::POST, "/control/employers"),
            (Method::DELETE, "/control/faults"),
            (Method::GET, "/control/ledger"),
        ] {
            let reply = world.send(method, path, &headers, "{\"name\":\"X\"}").await;
            assert_eq!(reply.status, 403, "{path} {headers:?}");
            assert_eq!(reply.json()["error"]["code"], "foreign_origin");
        }
    }
    assert_eq!(state(&world).await, before);
    // A program names no page, by whatever name it calls.
    let named = [("Host", "simulator:8480"), JSON];
    let reply = world
        .send(
            Method::POST,
            "/control/employers",
            &named,
            "{\"name\":\"X\"}",
        )
        .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn beyond_loopback_the_portal_is_shut_and_says_so() {
    let simulator = Simulator::start(SimulatorConfig {
        bind: SocketAddr::from(([0, 0, 0, 0], 0)),
        start_ms: None,
        first_posting: SimulatorConfig::FIRST_POSTING,
    })
    .await
    .unwrap();
    let client = support::client();
    for page in ["/", "/portal", "/portal/101/connection"] {
        let response = client
            .get(format!("{}{page}", simulator.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 403, "{page}");
        let text = response.text().await.unwrap();
        assert!(text.contains("nghe ngoài máy này"), "{text}");
    }
    let control = format!("{}/control/employers", simulator.url());
    assert_eq!(client.get(control).send().await.unwrap().status(), 200);
    simulator.stop().await;
}

#[tokio::test]
async fn every_answer_carries_a_strict_policy_and_no_page_has_script_or_style_of_its_own() {
    let world = full().await;
    let others = [
        "/portal/assets/portal.css",
        "/portal/assets/copy.js",
        "/portal/nowhere",
        "/portal/9/ledger",
        "/",
    ];
    for page in PAGES.iter().chain(&others) {
        let reply = world.page(page).await;
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        for rule in [
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{page}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{page}");
        assert_eq!(reply.headers["cache-control"], "no-store", "{page}");
        let html = reply.text();
        if html.starts_with("<!DOCTYPE") {
            assert_eq!(html.matches("<script").count(), 1, "{page}");
            assert!(
                html.contains("<script src=\"/portal/assets/copy.js\" defer></script>"),
                "{page}"
            );
            for inline in [
                "<style",
                " style=",
                " onclick",
                " onload",
                " onerror",
                "javascript:",
            ] {
                assert!(!html.contains(inline), "{page}: {inline}");
            }
            for outside in ["src=\"http", "href=\"http", "url(http"] {
                assert!(!html.contains(outside), "{page}: {outside}");
            }
        }
    }
}

#[tokio::test]
async fn a_form_that_is_too_large_or_broken_is_refused() {
    let world = full().await;
    let before = state(&world).await;
    let token = world.token().await;
    let reason = "x".repeat(1024 * 1024);
    let large = encoded(&[("reason", &reason)], &token);
    let path = "/portal/101/postings/1200001/reject";
    let reply = world.send(Method::POST, path, &[FORM], large).await;
    assert_eq!(reply.status, 413);
    for (kind, body) in [
        ("multipart/form-data", "no boundary".to_owned()),
        (
            "multipart/form-data; boundary=x",
            format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}"),
        ),
        ("text/plain", encoded(&[("reason", "X")], &token)),
        (
            "application/json",
            json!({"csrf": token, "reason": "X"}).to_string(),
        ),
    ] {
        let reply = world
            .send(Method::POST, path, &[("Content-Type", kind)], body)
            .await;
        assert_eq!(reply.status, 400, "{kind}: {}", reply.text());
    }
    assert_eq!(state(&world).await, before);
}
