//! What is published of a job that somebody wrote with more than text in it.

use serde_json::{Value, json};

use crate::world_of_ones_own;

/// What the board was sent under this key.
fn sent<'a>(posting: &'a Value, key: &str) -> &'a Value {
    match posting {
        Value::Object(members) => members
            .get(key)
            .or_else(|| {
                members
                    .values()
                    .map(|one| sent(one, key))
                    .find(|one| !one.is_null())
            })
            .unwrap_or(&Value::Null),
        _ => &Value::Null,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn script_in_a_jobs_texts_is_never_published() {
    let world = world_of_ones_own().await;
    let posted = world.publish("Kỹ sư Rust").await.unwrap();
    let values = world.ready_values(posted.job).await.unwrap();
    let other = world.add_job(&json!({ "title": "Kế toán" })).await.unwrap();
    let writes = world.board.count(&world.employer, "writes").await.unwrap();
    let long = "<ul><li>".repeat(12_500);
    for (text, code, named) in [
        ("<script>alert(1)</script>Mô tả", "markup-removed", "script"),
        (
            "<a href=\"javascript:alert(1)\">Mô tả</a>",
            "markup-removed",
            "a",
        ),
        ("<img src=x onerror=alert(1)>Mô tả", "markup-removed", "img"),
        ("<svg/onload=alert(1)>Mô tả", "markup-removed", "svg"),
        (
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>Mô tả",
            "markup-removed",
            "iframe",
        ),
        (
            "<p>Mô tả</p><style>*{display:none}</style>",
            "markup-removed",
            "style",
        ),
        ("<scr<script></script>ipt>Mô tả", "markup-removed", "script"),
        (
            "<form action=//evil.example><input name=cv>Mô tả",
            "markup-removed",
            "form",
        ),
        (
            "<math><mtext><script>alert(1)</script></mtext></math>Mô tả",
            "markup-removed",
            "math",
        ),
        // A hundred thousand characters of lists in lists, and not a word.
        (long.as_str(), "required", ""),
    ] {
        let mut values = values.clone();
        values.insert("title".to_owned(), json!("Kế toán"));
        values.insert("job_description".to_owned(), json!(text));
        let answer = world.try_publish(other, &values, None).await.unwrap();
        let error = answer.refused(422, "invalid-fields").unwrap();
        let problem = &error["problems"][0];
        assert_eq!(problem["field"], "job_description", "{error}");
        assert_eq!(problem["code"], code, "{error}");
        assert!(
            problem["message"]["en"].as_str().unwrap().contains(named),
            "{error}"
        );
        // The proposal is clean.
        let cleaned = problem["values"]["cleaned"].as_str().unwrap_or_default();
        assert!(
            !cleaned.contains("<s") && !cleaned.contains("alert"),
            "{cleaned}"
        );
    }
    let after = world.board.count(&world.employer, "writes").await.unwrap();
    assert_eq!(after, writes, "nothing was sent");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_of_a_jobs_texts_has_no_attributes_and_a_title_is_text() {
    let world = world_of_ones_own().await;
    let posted = world.publish("Kỹ sư Rust").await.unwrap();
    let values = world.ready_values(posted.job).await.unwrap();
    for (text, published) in [
        (
            "<p onclick=\"alert(1)\" style=\"x\">Mô tả</p>",
            "<p>Mô tả</p>",
        ),
        ("<b/onmouseover=alert(1)>Mô tả</b>", "<p><b>Mô tả</b></p>"),
        (
            "<ul onload='x'><li id=\"a>b\">Mô tả</ul>",
            "<ul><li>Mô tả</li></ul>",
        ),
        (
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        ),
        ("<p>M\u{f4} t\u{1ea3}\u{202e}\u{200b}</p>", "<p>Mô tả</p>"),
        ("<!--><script>alert(1)</script>-->Mô tả", "<p>Mô tả</p>"),
    ] {
        let title = format!("<script>alert({})</script>", published.len());
        let job = world.add_job(&json!({ "title": title })).await.unwrap();
        let mut values = values.clone();
        values.insert("title".to_owned(), json!(title));
        values.insert("position_title".to_owned(), json!(title));
        values.insert("job_description".to_owned(), json!(text));
        let answer = world.try_publish(job, &values, None).await.unwrap();
        let posting = answer.ok().unwrap();
        let id = posting["board_posting"].as_str().unwrap();
        let there = world.board.posting(id).await.unwrap();
        assert_eq!(sent(&there, "job_description"), published, "{text}");
        // A title is no markup: the characters go as they are, for the board to show as text.
        assert_eq!(sent(&there, "title"), &json!(title));
        let shown = world.owner.get(&format!("/api/jobs/{job}")).await.unwrap();
        assert_eq!(shown["title"], json!(title));
    }
    world.stop().await;
}
