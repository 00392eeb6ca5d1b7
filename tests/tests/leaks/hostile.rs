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
