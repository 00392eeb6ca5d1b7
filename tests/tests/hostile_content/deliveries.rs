//! What arrives at the webhook: huge reasons, texts with what nobody sees, changed unsigned values.

use job_board_demo::application::receive::MOST_BODY_BYTES;
use serde_json::{Value, json};

use crate::{application, rejection, send, world_of_ones_own};

/// A posting's record keeps so much of a reason.
fn beginning(reason: &str) -> String {
    reason.trim().chars().take(2_000).collect()
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_of_ten_megabytes_is_refused_for_its_size_and_the_connection_goes_on() {
    let world = world_of_ones_own().await;
    let posted = world.publish("Kỹ sư Rust").await.unwrap();
    world.board.reject(&posted.board, "Dài").await.unwrap();
    let long = |bytes: usize| rejection(&world, &posted, &quoted(&"a".repeat(bytes)));

    // Over the platform's cap: not kept.
    for bytes in [10_000_000, MOST_BODY_BYTES] {
        let error = send(&world, long(bytes)).await;
        let error = error.refused(413, "too-large").unwrap();
        assert_eq!(error["limit"], json!(MOST_BODY_BYTES));
        for language in ["vi", "en"] {
            assert!(error["message"][language].as_str().unwrap().len() > 20);
        }
    }
    assert!(world.quarantine().await.unwrap().is_empty());
    // Over the plugin's: in quarantine, with the reason why.
    assert_eq!(send(&world, long(300_000)).await.status, 413);
    let kept = world.quarantine().await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["code"], "too-large", "{}", kept[0]);
    // Nobody was told anything, and the posting waits as before.
    world.expect_state(&posted, "pending-review").await.unwrap();
    world.expect_notices(&[]).await.unwrap();

    // What fits is taken, and the connection goes on.
    let reason = "Mức lương ".repeat(12_000);
    let fits = rejection(&world, &posted, &quoted(&reason));
    assert!(fits.len() > 150_000);
    assert_eq!(send(&world, fits).await.status, 200);
    let shown = world.expect_state(&posted, "rejected").await.unwrap();
    assert_eq!(shown["rejection"]["reason"], beginning(&reason));
    world.expect_notices(&["posting-rejected"]).await.unwrap();
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_with_what_nobody_sees_is_kept_as_text_and_one_that_is_no_text_is_refused_whole() {
    let world = world_of_ones_own().await;
    let refused = [
        ("half a surrogate", r#""a\ud800""#),
        ("the other half", r#""\udc00b""#),
        ("two halves in the wrong order", r#""\udc00\ud800""#),
        ("a raw control character", "\"a\u{1}b\""),
        ("a raw line end", "\"a\nb\""),
    ];
    let nested = "<b>".repeat(40_000);
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let posted = world.publish("Bị từ chối 0").await.unwrap();
    world.board.reject(&posted.board, "x").await.unwrap();
    for (number, (what, literal)) in refused.into_iter().enumerate() {
        let answer = send(&world, rejection(&world, &posted, literal)).await;
        assert_eq!(answer.status, 400, "{what}");
        let kept = world.quarantine().await.unwrap();
        assert_eq!(kept.len(), number + 1, "{what}");
        let codes: Vec<_> = kept.iter().map(|one| one["code"].clone()).collect();
        assert!(
            codes.iter().all(|code| code == "not-json"),
            "{what}: {codes:?}"
        );
        world.expect_state(&posted, "pending-review").await.unwrap();
    }
    let answer = send(&world, rejection(&world, &posted, &deep)).await;
    assert_eq!(answer.status, 400, "a hundred thousand lists in each other");
    world.expect_state(&posted, "pending-review").await.unwrap();
    world.expect_notices(&[]).await.unwrap();

    for (number, (what, literal)) in [
        ("NUL", r#""a\u0000b""#.to_owned()),
        (
            "controls of terminals",
            r#""\u0007\u001b[31mđỏ\u001b[0m\u009b2J""#.to_owned(),
        ),
        (
            "marks of direction",
            r#""\u202egnp.exe\u202c \u2066x\u2069""#.to_owned(),
        ),
        (
            "without width",
            r#""a\u200bb\ufeffc\u2060d\u00ade""#.to_owned(),
        ),
        (
            "a second line for a log",
            r#""x\r\n2026-01-01T00:00:00Z ERROR forged""#.to_owned(),
        ),
        ("a pair of surrogates", r#""\ud83d\ude00""#.to_owned()),
        ("no characters at all", r#""\uffff\ufffe""#.to_owned()),
        ("markup, forty thousand deep", quoted(&nested)),
        ("a template", quoted("{{7*7}} ${7*7} <%= 7*7 %> %s %n")),
        ("a statement", quoted("'); DROP TABLE postings; --")),
    ]
    .into_iter()
    .enumerate()
    {
        let posted = world.publish(&format!("Tin {number}")).await.unwrap();
        world.board.reject(&posted.board, "x").await.unwrap();
        let answer = send(&world, rejection(&world, &posted, &literal)).await;
        assert_eq!(answer.status, 200, "{what}");
        let said: String = serde_json::from_str(&literal).unwrap();
        let shown = world.expect_state(&posted, "rejected").await.unwrap();
        let kept = &shown["rejection"]["reason"];
        assert!(*kept == beginning(&said), "{what}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_with_what_nobody_sees_becomes_one_short_line() {
    let world = world_of_ones_own().await;
    let posted = world.publish("Kỹ sư Rust").await.unwrap();
    for (number, (name, shown)) in [
        ("Nguyễn\u{0} Văn\u{1b}[31m An\u{9b}", "Nguyễn Văn[31m An"),
        ("\u{202e}nA ễyugN", "nA ễyugN"),
        ("Nguye\u{302}\u{303}n \u{200b}An", "Nguye\u{302}\u{303}n An"),
        (
            "An\r\n2026-01-01T00:00:00Z ERROR forged",
            "An  2026-01-01T00:00:00Z ERROR forged",
        ),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = application(
            &world,
            &posted,
            number as u64 + 1,
            &json!({ "candidate_name": name }),
        );
        assert_eq!(send(&world, body).await.status, 200, "{name:?}");
        let everybody = world.first_stage(posted.job).await.unwrap();
        assert_eq!(everybody.len(), number + 1, "{name:?}");
        let found = &everybody[number]["candidate"]["contact"]["full_name"]["value"];
        assert_eq!(found, shown, "{name:?}");
    }
    // Fifty thousand elements for a name: the person is there, and the name is short enough for a page.
    let name = "<i>".repeat(50_000);
    let body = application(&world, &posted, 99, &json!({ "candidate_name": name }));
    assert_eq!(send(&world, body).await.status, 200);
    let everybody = world.first_stage(posted.job).await.unwrap();
    let last = everybody.last().unwrap();
    let found = last["candidate"]["contact"]["full_name"]["value"]
        .as_str()
        .unwrap();
    assert!(
        found.starts_with("<i>") && found.chars().count() <= 500,
        "{}",
        found.len()
    );
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsigned_values_changed_under_a_valid_signature_stand_beside_the_first_and_replace_nothing()
 {
    let world = world_of_ones_own().await;
    let posted = world.publish("Kỹ sư Rust").await.unwrap();
    let first = json!({
        "candidate_name": "Trần Thị Bích", "candidate_email": "bich@example.com", "apply_at": "2026-03-02 08:59:00",
    });
    let body = application(&world, &posted, 501, &first);
    assert_eq!(send(&world, body).await.status, 200);
    let before = world.only_applicant(posted.job).await.unwrap();
    assert_eq!(before["candidate"]["differing"], json!([]));

    // Somebody who saw one delivery sends it again with another name and address.
    let changed = json!({
        "candidate_name": "Kẻ Mạo Danh", "candidate_email": "mao.danh@example.com", "apply_at": "2026-03-02 08:59:00",
    });
    let body = application(&world, &posted, 501, &changed);
    assert_eq!(send(&world, body).await.status, 200);
    let after = world.only_applicant(posted.job).await.unwrap();
    for field in ["full_name", "email"] {
        let contact = |applicant: &Value| applicant["candidate"]["contact"][field]["value"].clone();
        assert_eq!(contact(&after), contact(&before), "{field}");
        assert_eq!(
            after["candidate"]["contact"][field]["signed"], false,
            "{field}"
        );
    }
    assert_eq!(after["candidate"]["contact"]["phone"]["signed"], true);
    let differing = after["candidate"]["differing"].to_string();
    for said in ["Kẻ Mạo Danh", "mao.danh@example.com"] {
        assert!(differing.contains(said), "{said}: {differing}");
    }
    assert_eq!(after["application"]["times"], 1);
    world.stop().await;
}
