//! Text and files that want to be more: stored as they are, answered as text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::json;

/// Markup, a quote that ends one, a character that turns the direction of writing, and one without width.
const NAME: &str = "<script>alert('1')</script>\" onload=x \u{202e}Tèo\u{200b}";
/// What is left of it: markup is text, and what nobody sees is gone.
const SHOWN: &str = "<script>alert('1')</script>\" onload=x Tèo";
const FILE: &str = "..\\../<img src=x>\"\u{202e}fdp.exe";

/// What a line of the log would begin with, if somebody could begin one.
const FORGED: &str = "2026-01-01T00:00:00.000000Z ERROR job_board_demo: forged";

/// How many lines of the log somebody else has begun.
fn lines_begun() -> usize {
    let said = crate::capture::so_far();
    let said = String::from_utf8_lossy(&said);
    said.split(['\n', '\r', '\u{85}', '\u{2028}'])
        .filter(|line| line.starts_with(FORGED))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_writes_a_line_into_the_log() {
    crate::capture::listen();
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let line = |end: &str| format!("x{end}{FORGED}{end}");
    for (number, end) in ["\n", "\r\n", "\u{85}", "\u{2028}"].into_iter().enumerate() {
        let someone = json!({
            "name": line(end), "phone": "0944 222 111", "candidate_id": 950 + number, "email": line(end),
            "cv": { "file_name": line(end), "content_base64": STANDARD.encode("MZ") },
        });
        world.board.apply(&posted.board, someone).await.unwrap();
        // An event of a kind that nobody knows, from a stranger, is warned of.
        let stranger = job_board_cli::walk::Api::new(world.url()).unwrap();
        let url = world.connection().await.unwrap()["webhook_url"].clone();
        let hook = url
            .as_str()
            .unwrap()
            .split_once("/hooks/")
            .unwrap()
            .1
            .to_owned();
        let event = json!({ "event_type": line(end), "job_id": line(end), "signature": line(end) });
        let body = event.to_string().into_bytes();
        let path = format!("/hooks/{hook}");
        stranger
            .send_bytes(Method::POST, &path, body)
            .await
            .unwrap();
        // Paths, queries and headers of the API.
        let odd = format!(
            "/api/jobs/1%0a{}?a=%0d%0a{}",
            FORGED.replace(' ', "%20"),
            "b"
        );
        stranger
            .send_bytes(Method::GET, &odd, Vec::new())
            .await
            .unwrap();
        world
            .owner
            .send(Method::GET, &odd, &json!(null))
            .await
            .unwrap();
        let login = json!({ "login": line(end), "password": line(end) });
        stranger
            .send(Method::POST, "/api/login", &login)
            .await
            .unwrap();
        let values = json!({ "title": line(end) });
        world
            .owner
            .send(Method::POST, "/api/jobs", &values)
            .await
            .unwrap();
    }
    world.fetch_cvs().await.unwrap();
    let second = world.publish("Kế toán").await.unwrap();
    world
        .board
        .reject(&second.board, &line("\n"))
        .await
        .unwrap();
    world.stop().await;
    assert_eq!(lines_begun(), 0);
    // It would have been seen.
    tracing::error!("x\n{FORGED}");
    assert_eq!(lines_begun(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_text_comes_back_as_text() {
    crate::capture::listen();
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let someone = json!({
        "name": NAME, "phone": "0944 222 111", "candidate_id": 901, "email": "teo@example.com",
        "cv": { "file_name": FILE, "content_base64": STANDARD.encode(pdf) },
    });
    let applied = world
        .board
        .apply_answered(&posted.board, someone, 200)
        .await;
    applied.unwrap();
    world.fetch_cvs().await.unwrap();
    let applicant = world.only_applicant(posted.job).await.unwrap();
    let shown = &applicant["candidate"]["contact"]["full_name"]["value"];
    assert_eq!(*shown, SHOWN, "{applicant}");

    // A reason is the board's word: kept as it is, as text.
    let reason = format!("<b onmouseover=x>{}</b>\u{202e}", "dài ".repeat(200));
    let second = world.publish("Kế toán").await.unwrap();
    let rejected = world.board.reject(&second.board, &reason).await.unwrap();
    assert_eq!(rejected["status"], 200, "{rejected}");
    let shown = world.expect_state(&second, "rejected").await.unwrap();
    assert_eq!(shown["rejection"]["reason"], reason.trim(), "{shown}");

    let cv = &applicant["application"]["cvs"][0];
    let path = format!(
        "{}/api/candidates/{}/cvs/{}",
        world.url(),
        applicant["candidate"]["id"],
        cv["id"]
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let token = world.owner.bearer().unwrap();
    let answer = client
        .request(Method::GET, path)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox"));
    let disposition = header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename=\""),
        "{disposition}"
    );
    // The ending is what the bytes are, whatever the name claims.
    for bad in ["<", ">", "\\", "/", "..", "%E2%80%AE"] {
        assert!(!disposition.contains(bad), "{bad} in {disposition}");
    }
    assert!(
        disposition.is_ascii() && disposition.ends_with(".pdf"),
        "{disposition}"
    );
    world.stop().await;
}
