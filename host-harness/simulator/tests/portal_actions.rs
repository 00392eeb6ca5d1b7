//! Every click in the portal against the control API: the same state afterwards, and nothing after a refusal.
#![allow(clippy::unwrap_used)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::browser::{FIRST, SECOND, Scene, state, token_in};
use support::{World, eventually};

/// One click, and the control call that must come out the same.
struct Step {
    page: &'static str,
    action: &'static str,
    fields: &'static [(&'static str, &'static str)],
    notice: &'static str,
    control: (Method, &'static str, Value),
}

fn step(
    page: &'static str,
    action: &'static str,
    fields: &'static [(&'static str, &'static str)],
    notice: &'static str,
    control: (Method, &'static str, Value),
) -> Step {
    Step {
        page,
        action,
        fields,
        notice,
        control,
    }
}

fn steps() -> Vec<Step> {
    let post = |path: &'static str, body: Value| (Method::POST, path, body);
    let patch = |path: &'static str, body: Value| (Method::PATCH, path, body);
    let e = "/control/employers/101";
    let connection = "/portal/101/connection";
    let p1 = "/portal/101/postings/1200001";
    let p2 = "/portal/101/postings/1200002";
    let faults = "/portal/101/faults";
    vec![
        step(
            "/portal",
            "/portal",
            &[
                ("name", "Công ty Bình"),
                ("credits", "7"),
                ("contract", "1"),
            ],
            "created",
            post(
                "/control/employers",
                json!({"name": "Công ty Bình", "credits": 7, "contract": true}),
            ),
        ),
        step(
            "/portal",
            "/portal",
            &[("name", "Công ty Cường"), ("credits", "0")],
            "created",
            post(
                "/control/employers",
                json!({"name": "Công ty Cường", "credits": 0, "contract": false}),
            ),
        ),
        step(
            p2,
            "/portal/101/postings/1200002/approve",
            &[],
            "approved",
            post("/control/postings/1200002/approve", Value::Null),
        ),
        step(
            "/portal/101/postings",
            "/portal/101/postings/1200001/reject",
            &[("reason", "Mô tả <quá ngắn>")],
            "rejected",
            post(
                "/control/postings/1200001/reject",
                json!({"reason": "Mô tả <quá ngắn>"}),
            ),
        ),
        step(
            "/portal/101/applications",
            "/portal/101/applications/70001/open",
            &[],
            "contact-opened",
            post("/control/applications/70001/open", Value::Null),
        ),
        step(
            "/portal/101/applications",
            "/portal/101/applications/70001/again",
            &[],
            "applied-again",
            post("/control/applications/70001/again", Value::Null),
        ),
        step(
            "/portal/101/webhooks",
            "/portal/101/webhooks/1/resend",
            &[],
            "resent",
            post("/control/deliveries/1/resend", Value::Null),
        ),
        step(
            connection,
            "/portal/101/account",
            &[
                ("contract", "1"),
                ("one_time_links", "1"),
                ("hold_webhooks", "1"),
                ("credits", "5"),
                ("webhook_retries", "1"),
                ("moderation", "auto"),
                ("auto_after_ms", "600000"),
                ("signing_key", "secret"),
            ],
            "saved",
            patch(
                e,
                json!({
                    "contract": true, "masked_contacts": false, "one_time_links": true,
                    "publish_required": false, "reopen_costs": false, "hold_webhooks": true,
                    "webhooks_before_create_answer": false, "credits": 5, "webhook_retries": 1,
                    "moderation": {"auto_after_ms": 600_000}, "signing_key": "secret",
                }),
            ),
        ),
        step(
            "/portal/101/postings",
            "/portal/101/postings",
            &[("title", "Kỹ sư \"Rust\"")],
            "posted",
            post(
                "/control/employers/101/postings",
                json!({"title": "Kỹ sư \"Rust\""}),
            ),
        ),
        step(
            faults,
            "/portal/101/clock",
            &[("hours", "1")],
            "clock-moved",
            post("/control/clock", json!({"advance_ms": 3_600_000})),
        ),
        step(
            "/portal/101/webhooks",
            "/portal/101/webhooks/release",
            &[("order", "reverse")],
            "released",
            post(
                "/control/employers/101/release",
                json!({"order": "reverse"}),
            ),
        ),
        step(
            connection,
            "/portal/101/account",
            &[
                ("contract", "1"),
                ("credits", "5"),
                ("webhook_retries", "0"),
                ("moderation", "manual"),
                ("auto_after_ms", "3000"),
                ("signing_key", "session"),
            ],
            "saved",
            patch(
                e,
                json!({
                    "one_time_links": false, "hold_webhooks": false, "webhook_retries": 0,
                    "moderation": "manual", "signing_key": "session",
                }),
            ),
        ),
        step(
            p1,
            "/portal/101/postings/1200001/stop",
            &[],
            "stopped",
            post("/control/postings/1200001/stop", Value::Null),
        ),
        step(
            p2,
            "/portal/101/postings/1200002/expire",
            &[],
            "expired",
            post("/control/postings/1200002/expire", Value::Null),
        ),
        step(
            p2,
            "/portal/101/postings/1200002/delete",
            &[],
            "deleted",
            post("/control/postings/1200002/delete", Value::Null),
        ),
        step(
            faults,
            "/portal/101/faults",
            &[
                ("kind", "delay"),
                ("ms", "5"),
                ("operation", "list"),
                ("times", "3"),
                ("when", "after"),
            ],
            "fault-on",
            post(
                "/control/faults",
                json!({
                    "employer_id": 101, "operation": "list", "kind": "delay", "times": 3, "when": "after",
                    "params": {"ms": 5},
                }),
            ),
        ),
        step(
            faults,
            "/portal/101/faults/1/off",
            &[],
            "fault-off",
            (Method::DELETE, "/control/faults/1", Value::Null),
        ),
        step(
            connection,
            "/portal/101/webhook",
            &[("webhook_url", "https://example.com/hook?a=1&b=2")],
            "webhook-saved",
            patch(
                e,
                json!({"webhook_url": "https://example.com/hook?a=1&b=2"}),
            ),
        ),
        step(
            connection,
            "/portal/101/webhook",
            &[("webhook_url", " ")],
            "webhook-cleared",
            patch(e, json!({"webhook_url": null})),
        ),
    ]
}

#[tokio::test]
async fn a_click_leaves_the_state_that_the_control_call_leaves() {
    let (clicked, called) = (Scene::set().await, Scene::set().await);
    assert_eq!(state(&clicked.world).await, state(&called.world).await);
    for step in steps() {
        let before = state(&clicked.world).await;
        let location = clicked
            .world
            .press(step.page, step.action, step.fields)
            .await;
        assert!(
            location.ends_with(&format!("?done={}", step.notice)),
            "{}: {location}",
            step.action
        );
        let next = clicked.world.html(&location).await;
        assert!(next.contains("class=\"message done\""), "{location}");
        let (method, path, body) = step.control;
        called.world.control(method, path, body).await;
        let after = state(&clicked.world).await;
        assert_ne!(before, after, "{} did nothing", step.action);
        assert_eq!(after, state(&called.world).await, "{}", step.action);
    }
    assert_eq!(clicked.receiver.kinds(), called.receiver.kinds());
    assert!(clicked.receiver.kinds().len() >= 6);
}

#[tokio::test]
async fn every_kind_of_fault_can_be_switched_on_as_its_form_offers_it() {
    let world = World::start().await;
    let page = "/portal/101/faults";
    let html = world.html(page).await;
    let forms: Vec<String> = html
        .split("<form ")
        .filter(|form| form.contains("name=\"kind\""))
        .map(|form| form.split("</form>").next().unwrap().to_owned())
        .collect();
    assert_eq!(forms.len(), 32);
    for form in &forms {
        let inputs = inputs_of(form);
        let mut fields: Vec<(&str, &str)> = inputs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| *name != "csrf")
            .collect();
        fields.push(("when", "before"));
        if form.contains("<select") && form.contains("name=\"operation\"") && !has(&fields) {
            fields.push(("operation", "any"));
        }
        let reply = world.post_form(page, &fields, &token_in(form)).await;
        assert_eq!(reply.status, 303, "{fields:?}: {}", reply.text());
    }
    let faults = world.get("/control/faults").await;
    let kinds: std::collections::BTreeSet<&str> = faults["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.len(), 32);
    world.press(page, "/portal/101/faults/clear", &[]).await;
    assert_eq!(world.get("/control/faults").await["faults"], json!([]));
}

fn has(fields: &[(&str, &str)]) -> bool {
    fields.iter().any(|(name, _)| *name == "operation")
}

/// Names and values of a form's input elements.
fn inputs_of(form: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| -> String {
        let (_, after) = tag.split_once(&format!(" {name}=\"")).unwrap_or(("", "\""));
        after.split('"').next().unwrap().to_owned()
    };
    form.split("<input")
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap())
        .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
        .collect()
}

/// An action, what is typed, and the status that refuses it.
type Refusal<'a> = (&'a str, Vec<(&'a str, &'a str)>, u16);

#[tokio::test]
async fn what_the_control_api_refuses_the_portal_refuses_with_the_same_status_and_nothing_changes()
{
    let Scene { world, .. } = Scene::set().await;
    let other = world
        .post("/control/employers", json!({"name": "Công ty khác"}))
        .await["employer_id"]
        .as_u64()
        .unwrap();
    assert_eq!(other, 102);
    world
        .post(&format!("/control/postings/{SECOND}/delete"), Value::Null)
        .await;
    let long = "x".repeat(5_001);
    let token = world.token().await;
    let before = state(&world).await;
    let refusals: [Refusal; 18] = [
        ("/portal", vec![("name", " ")], 422),
        ("/portal", vec![("name", "X"), ("credits", "-1")], 422),
        ("/portal/101/webhook", vec![("webhook_url", "ftp://x")], 422),
        ("/portal/101/account", vec![("credits", "nhiều")], 422),
        (
            "/portal/999/account",
            vec![
                ("credits", "1"),
                ("moderation", "manual"),
                ("signing_key", "secret"),
            ],
            404,
        ),
        ("/portal/101/postings", vec![("title", "")], 422),
        (
            "/portal/101/postings/1200001/reject",
            vec![("reason", "")],
            422,
        ),
        (
            "/portal/101/postings/1200001/reject",
            vec![("reason", &long)],
            422,
        ),
        ("/portal/101/postings/1200002/approve", vec![], 409),
        ("/portal/101/postings/1200002/stop", vec![], 409),
        ("/portal/101/postings/77/approve", vec![], 404),
        // Another employer's page is no way to this employer's things.
        ("/portal/102/postings/1200001/approve", vec![], 404),
        ("/portal/102/applications/70001/open", vec![], 404),
        ("/portal/102/webhooks/1/resend", vec![], 404),
        (
            "/portal/101/applications",
            vec![
                ("posting", "1"),
                ("name", "A"),
                ("email", ""),
                ("phone", ""),
            ],
            404,
        ),
        (
            "/portal/101/faults",
            vec![("kind", "nothing"), ("operation", "any")],
            422,
        ),
        (
            "/portal/101/faults",
            vec![("kind", "delay"), ("ms", "soon"), ("operation", "any")],
            422,
        ),
        ("/portal/101/clock", vec![("hours", "-1")], 422),
    ];
    for (action, fields, status) in refusals {
        let reply = world.post_form(action, &fields, &token).await;
        assert_eq!(
            reply.status,
            status,
            "{action} {fields:?}: {}",
            reply.text()
        );
        assert!(reply.text().contains("role=\"alert\""), "{action}");
        assert_eq!(state(&world).await, before, "{action} {fields:?}");
    }
}

#[tokio::test]
async fn new_keys_from_the_portal_sign_in_and_the_old_ones_do_not() {
    let mut world = World::start().await;
    let page = "/portal/101/connection";
    let html = world.html(page).await;
    assert!(html.contains(&format!("value=\"{}\"", world.access_token)));
    assert!(html.contains(&format!("value=\"{}\"", world.secret)));
    world.press(page, "/portal/101/keys", &[]).await;
    let old = json!({"employer_api_key": world.access_token}).to_string();
    let headers = [("Secret-Key", world.secret.as_str()), support::JSON];
    let refused = world
        .send(Method::POST, "/api/connect", &headers, old)
        .await;
    assert_eq!(refused.status, 401);
    let html = world.html(page).await;
    let field = |id: &str| {
        let (_, after) = html.split_once(&format!("id=\"{id}\"")).unwrap();
        let (_, after) = after.split_once("value=\"").unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    (world.access_token, world.secret) = (field("access-token"), field("secret-key"));
    world.connect().await;
}

#[tokio::test]
async fn ending_all_sessions_makes_the_next_call_time_out() {
    let world = World::start().await;
    let list = async || {
        let reply = world.api(Method::GET, "/api/jobs", Value::Null).await;
        reply.json()["error_name"].clone()
    };
    assert_eq!(list().await, Value::Null);
    world
        .press("/portal/101/connection", "/portal/101/sessions", &[])
        .await;
    assert_eq!(list().await, "SESSION_TIMEOUT");
}

#[tokio::test]
async fn the_webhook_test_sends_one_get_and_shows_what_came_back() {
    let Scene { world, receiver } = Scene::set().await;
    let (page, action) = ("/portal/101/connection", "/portal/101/webhook/check");
    receiver.answer_next(503);
    let before = receiver.texts().len();
    let reply = world.submit(page, action, &[]).await;
    assert_eq!(reply.status, 200);
    assert!(
        reply.text().contains("<strong>503</strong>"),
        "{}",
        reply.text()
    );
    assert!(reply.text().contains("received"));
    assert_eq!(receiver.texts()[before..], [String::new()], "an empty body");
    assert_eq!(
        world.ledger().await["deliveries"].as_array().unwrap().len(),
        1,
        "it is no delivery"
    );
    world
        .patch_employer(json!({"webhook_url": "http://127.0.0.1:1/"}))
        .await;
    let dead = world.submit(page, action, &[]).await.text();
    assert!(
        dead.contains("không có phản hồi") && dead.contains("could not connect"),
        "{dead}"
    );
    world.patch_employer(json!({"webhook_url": null})).await;
    assert!(!world.html(page).await.contains(action));
    let none = world.post_form(action, &[], &world.token().await).await;
    assert_eq!(none.status, 409);
}

#[tokio::test]
async fn an_answer_that_waits_for_a_release_is_let_go_by_the_webhook_page() {
    let world = World::start().await;
    world
        .press(
            "/portal/101/faults",
            "/portal/101/faults",
            &[
                ("kind", "create_answer_delay_until_release"),
                ("operation", "create"),
                ("times", "1"),
                ("when", "after"),
            ],
        )
        .await;
    let create = world.create();
    let release = async {
        eventually("the posting is there", async || {
            world.ledger().await["creates"] == 1
        })
        .await;
        world
            .press(
                "/portal/101/webhooks",
                "/portal/101/webhooks/release",
                &[("order", "fifo")],
            )
            .await
    };
    let (job_id, _) = tokio::join!(create, release);
    assert_eq!(job_id, FIRST);
}

#[tokio::test]
async fn a_stop_at_the_site_is_seen_by_the_partner_api_and_is_not_in_its_ledger() {
    let Scene { world, .. } = Scene::set().await;
    world
        .press(
            "/portal/101/postings/1200001",
            "/portal/101/postings/1200001/stop",
            &[],
        )
        .await;
    assert_eq!(world.detail(FIRST).await["run_status"], "stopped");
    assert_eq!(world.ledger().await["stops"], 0);
    let html = world.html("/portal/101/postings/1200001").await;
    assert!(
        !html.contains("/1200001/stop\""),
        "it cannot be stopped again"
    );
}
