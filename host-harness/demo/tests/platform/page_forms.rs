//! A board's form on the page: what is asked for first, what belongs together, what an earlier posting brings.

use job_board_host::contract::events::PostingState;
use job_board_host::contract::types::{Disposition, FieldProblem};

use job_board_demo::board::PluginError;

use crate::page::Browser;
use crate::support::{failure, field, form, plain_failure, posting, text};

/// The card of what waits for a person, with its number.
fn asked(html: &str) -> (&str, u32) {
    let (_, rest) = html.split_once("first-of-all").unwrap();
    let card = rest.split_once("</section>").unwrap().0;
    let (_, count) = card.split_once(r#"<span class="count">"#).unwrap();
    let count = count.split_once('<').unwrap().0.parse().unwrap();
    (card, count)
}

#[tokio::test]
async fn a_short_part_of_a_form_is_never_torn_apart() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let mut fields = vec![
        field("Pay", "from", "text", Some("10")),
        field("Pay", "to", "text", None),
    ];
    for number in 0..7 {
        let value = (number > 0).then_some("x");
        fields.push(field("Job", &format!("job{number}"), "text", value));
    }
    world
        .board
        .with(|script| script.forms.insert(String::new(), form(fields)));
    let html = browser
        .text(&format!("/jobs/{}/publish", world.job.0))
        .await;
    let (card, count) = asked(&html);
    assert_eq!(count, 2, "the number is of what is missing: {card}");
    for there in ["v:text:from", "v:text:to", "v:text:job0"] {
        assert!(card.contains(there), "{there}: {card}");
    }
    assert!(!card.contains("v:text:job1"), "{card}");
    for name in ["v:text:from", "v:text:to", "v:text:job0", "v:text:job6"] {
        assert_eq!(
            html.matches(&format!(r#"name="{name}""#)).count(),
            1,
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_was_filled_in_is_no_longer_asked_for() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    let fields = vec![
        field("A", "one", "text", None),
        field("B", "two", "text", None),
        field("C", "three", "text", Some("3")),
    ];
    let mut wrong = plain_failure(Disposition::FixInput, "invalid");
    wrong.problems = vec![FieldProblem {
        field: "three".into(),
        code: "bad".into(),
        message: text("three is wrong"),
        values: Vec::new(),
    }];
    world.board.with(|script| {
        script.forms.insert(String::new(), form(fields));
        let refused = PluginError::Failure(Box::new(wrong));
        script.postings.push_back(Err(refused));
    });
    let given = [
        ("csrf", browser.csrf.as_str()),
        ("request", "r1"),
        ("v:text:one", "1"),
        ("v:text:two", ""),
        ("v:text:three", "x"),
    ];
    let publish = format!("/jobs/{}/publish", world.job.0);
    let html = browser
        .post(&publish, &given, &[])
        .await
        .text()
        .await
        .unwrap();
    let (card, count) = asked(&html);
    assert_eq!(count, 2, "{card}");
    assert!(
        !card.contains("v:text:one")
            && card.contains("v:text:two")
            && card.contains("v:text:three")
    );
}

#[tokio::test]
async fn posting_again_offers_what_the_last_posting_said() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let closed = posting("r1", world.job, Some("77"), PostingState::Closed);
    world.board.with(|script| {
        script.known.insert("r1".into(), closed);
        let of_job = vec![
            field("A", "title", "text", Some("Kế toán")),
            field("A", "phone", "text", None),
            field("A", "about", "markup", Some("Làm sổ sách")),
            field("A", "until", "day", Some("2026-03-01")),
        ];
        let of_posting = vec![
            field("A", "title", "text", Some("Kế toán tổng hợp")),
            field("A", "phone", "text", Some("0912345678")),
            field("A", "about", "markup", Some("<p>Làm sổ sách</p>")),
            field("A", "until", "day", Some("2025-12-31")),
        ];
        script.forms.insert(String::new(), form(of_job));
        script.forms.insert("r1".into(), form(of_posting));
    });
    let html = browser.text("/postings/r1").await;
    let (job, connection) = (world.job.0, world.connection.0);
    let again = format!("/jobs/{job}/publish?connection={connection}&amp;repost=r1");
    assert!(html.contains(&again), "{html}");
    let html = browser.text(&again.replace("&amp;", "&")).await;
    assert!(html.contains("<h1>Đăng lại thành tin mới tại"), "{html}");
    assert!(html.contains(r#"value="Kế toán tổng hợp""#) && html.contains(r#"value="0912345678""#));
    assert!(
        !html.contains("first-of-all"),
        "nothing is missing any more: {html}"
    );
    assert_eq!(html.matches(">như tin trước<").count(), 2, "{html}");
    assert!(
        html.contains("2026-03-01") && !html.contains("2025-12-31"),
        "{html}"
    );
    assert!(html.contains(r#"name="repost" value="r1""#));
    // The job's own words stand beside the posting's.
    let (_, table) = html.split_once("table class=\"differences\"").unwrap();
    let table = table.split_once("</table>").unwrap().0;
    assert!(
        table.contains("Kế toán</bdi>")
            && table.contains("Kế toán tổng hợp")
            && !table.contains("sổ sách"),
        "{table}"
    );
}

#[tokio::test]
async fn posting_again_works_when_the_last_posting_cannot_be_read() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    let fields = vec![field("A", "title", "text", Some("Kế toán"))];
    world.board.with(|script| {
        script.forms.insert(String::new(), form(fields));
        script.formless_postings = Some(failure(Disposition::NotFound, "gone"));
    });
    let html = browser
        .text(&format!("/jobs/{}/publish?repost=r1", world.job.0))
        .await;
    assert!(
        html.contains("Không đọc được nội dung tin trước") && html.contains(r#"value="Kế toán""#),
        "{html}"
    );
}

#[tokio::test]
async fn a_conflict_is_told_once() {
    let browser = Browser::start().await;
    let world = &browser.server.world;
    world.publish("r1", "77").await;
    world.board.with(|script| {
        let theirs = form(vec![field("A", "title", "text", Some("theirs"))]);
        script.forms.insert("r1".into(), theirs);
        let refused = failure(Disposition::Conflict, "changed-elsewhere");
        script.postings.push_back(Err(refused));
    });
    let given = [
        ("csrf", browser.csrf.as_str()),
        ("step", "send"),
        ("version", "v1"),
        ("base", r#"{"title":"before"}"#),
        ("v:text:title", "mine"),
    ];
    let answer = browser.post("/postings/r1/update", &given, &[]).await;
    assert_eq!(answer.status().as_u16(), 409);
    let html = answer.text().await.unwrap();
    assert!(html.contains("mine") && html.contains("theirs"), "{html}");
    assert_eq!(html.matches(r#"role="alert""#).count(), 1, "{html}");
}
