//! From a job to a posting that candidates see: the form, publishing once, the board's review.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::check::{each, list, members, same, text};
use super::platform::{complete_job, field, posted, values_of};
use super::world::World;

/// The form prefilled from the job, what is missing listed, then completed and published.
pub async fn the_form_is_prefilled_and_lists_what_is_missing(world: &mut World) -> Result<String> {
    world.configure().await?;
    let mut job = complete_job("Kỹ sư Rust");
    if let Some(details) = job["details"].as_object_mut() {
        details
            .retain(|name, _| !["category", "deadline", "contact-phone"].contains(&name.as_str()));
    }
    let job = world.add_job(&job).await?;
    let form = world.form(job, None).await?;
    let mut missing: Vec<_> = list(&form, "missing")?.clone();
    missing.sort_by_key(ToString::to_string);
    same(
        "missing",
        missing,
        [
            json!("contact_phone"),
            json!("deadline"),
            json!("main_category"),
        ],
    )?;
    for (id, value, origin) in [
        ("title", json!("Kỹ sư Rust"), "job"),
        ("locations", json!(["1"]), "job"),
        ("skills", json!(["201", "221"]), "job"),
        ("salary_from", json!(20_000_000), "job"),
        ("experience", json!("2-0"), "job"),
        ("publish_request_days", json!(30), "board-default"),
        ("deadline", Value::Null, "empty"),
    ] {
        let wanted = [("value", value), ("origin", json!(origin))];
        members(&format!("the field {id}"), field(&form, id)?, &wanted)?;
    }
    for language in ["vi", "en"] {
        let cost = form["cost"][language].as_str().unwrap_or_default();
        ensure!(!cost.is_empty(), "the form names no cost in {language}");
    }
    let label = field(&form, "deadline")?["label"].clone();
    ensure!(label["vi"] != label["en"], "one language only: {label}");

    let mut values = values_of(&form)?;
    let error = world
        .try_publish(job, &values, None)
        .await?
        .refused(422, "invalid-fields")?;
    let mut asked = each(list(&error, "problems")?, "field");
    asked.sort_unstable();
    same(
        "fields asked for",
        asked,
        ["contact_phone", "deadline", "main_category"],
    )?;
    same(
        "creates",
        world.board.count(&world.employer, "creates").await?,
        0,
    )?;

    values.insert("main_category".to_owned(), json!("10015"));
    values.insert("deadline".to_owned(), json!("2026-04-15"));
    values.insert("contact_phone".to_owned(), json!("0912345678"));
    let posting = world.try_publish(job, &values, None).await?.ok()?;
    let posted = posted(&posting, job)?;
    members(
        "the posting at the board",
        &world.board.posting(&posted.board).await?,
        &[
            ("title", json!("Kỹ sư Rust")),
            ("deadline", json!("2026-04-15")),
            ("locations", json!([1])),
            ("main_category", json!(10_015)),
            ("skills", json!([201, 221])),
        ],
    )?;
    Ok(format!(
        "{} fields, 3 missing; completed and published as {}",
        list(&form, "fields")?.len(),
        posted.board
    ))
}

/// All field errors at once, and 0 requests sent.
pub async fn every_field_error_comes_at_once_and_nothing_is_sent(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let job = world.add_job(&complete_job("Kỹ sư Rust")).await?;
    let mut values = world.ready_values(job).await?;
    for (id, value) in [
        ("title", json!("x".repeat(256))),
        ("quantity", json!(0)),
        ("salary_from", json!(40_000_000)),
        ("deadline", json!("2026-03-01")),
        ("contact_email", json!(["not an address"])),
        ("job_type", json!(true)),
        ("colour", json!("red")),
    ] {
        values.insert(id.to_owned(), value);
    }
    let before = world.board.count(&world.employer, "requests").await?;
    let error = world
        .try_publish(job, &values, None)
        .await?
        .refused(422, "invalid-fields")?;
    let problems = list(&error, "problems")?;
    let mut fields = each(problems, "field");
    fields.sort_unstable();
    let wanted = [
        "colour",
        "contact_email",
        "deadline",
        "job_type",
        "quantity",
        "salary_to",
        "title",
    ];
    same("fields with problems", fields, wanted)?;
    for problem in problems {
        let message = &problem["message"];
        ensure!(
            message["vi"] != message["en"],
            "one language only: {problem}"
        );
    }
    same(
        "requests",
        world.board.count(&world.employer, "requests").await?,
        before,
    )?;
    let shown = world
        .owner
        .get(&format!("/api/jobs/{job}/postings"))
        .await?;
    same("postings", shown["postings"].clone(), json!([]))?;
    Ok(format!(
        "{} problems in one answer, 0 requests to the board",
        problems.len()
    ))
}

/// Publish, pending review, approved: one notification.
pub async fn publishing_goes_through_review_to_one_notification(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let posted = world.publish("Kỹ sư Rust").await?;
    members(
        "the posting at the board",
        &world.board.posting(&posted.board).await?,
        &[
            ("run_status", json!("running")),
            ("approval_status", json!("pending")),
        ],
    )?;
    world.expect_notices(&[]).await?;
    let delivery = world.board.approve(&posted.board).await?;
    same("answer to the approval", delivery["status"].clone(), 200)?;
    world.expect_state(&posted, "live").await?;
    let again = world.board.resend(&delivery).await?;
    same("answer to its copy", again["status"].clone(), 200)?;
    let notices = world.expect_notices(&["posting-approved"]).await?;
    let told = text(&notices[0]["text"], "vi")?;
    same(
        "notification",
        told.as_str(),
        "Tin “Kỹ sư Rust” đã được TopCV duyệt và đăng.",
    )?;
    members(
        "the board's ledger",
        &world.board.ledger(&world.employer).await?,
        &[
            ("creates", json!(1)),
            ("credits_spent", json!(1)),
            ("edits", json!(0)),
        ],
    )?;
    Ok(format!("pending-review, live; {told}"))
}

/// Publish twice with one request id: one posting, one create.
pub async fn one_request_id_creates_one_posting(world: &mut World) -> Result<String> {
    world.configure().await?;
    let job = world.add_job(&complete_job("Kỹ sư Rust")).await?;
    let values = world.ready_values(job).await?;
    let id = "yeu-cau-0001";
    let (one, two) = tokio::join!(
        world.try_publish(job, &values, Some(id)),
        world.try_publish(job, &values, Some(id)),
    );
    for reply in [one?, two?] {
        let waits = reply.json()?["error"]["disposition"] == "in-progress";
        ensure!(
            reply.status == 201 || (reply.status == 409 && waits),
            "{reply}"
        );
    }
    let first = world.try_publish(job, &values, Some(id)).await?.ok()?;
    let second = world.try_publish(job, &values, Some(id)).await?.ok()?;
    same(
        "the second answer",
        second["board_posting"].clone(),
        first["board_posting"].clone(),
    )?;
    let mut other = values.clone();
    other.insert("quantity".to_owned(), json!(9));
    world
        .try_publish(job, &other, Some(id))
        .await?
        .refused(409, "request-id-reused")?;
    let new_id = world.try_publish(job, &values, None).await?;
    new_id.refused(409, "already-posted")?;
    members(
        "the board's ledger",
        &world.board.ledger(&world.employer).await?,
        &[("creates", json!(1)), ("credits_spent", json!(1))],
    )?;
    Ok("5 calls, 2 of them at once: 1 create; other content under the id and a second posting: 409".to_owned())
}

/// The answer of create is lost: the posting is looked up, never created again.
pub async fn a_lost_answer_is_looked_up_not_sent_again(world: &mut World) -> Result<String> {
    world.configure().await?;
    let job = world.add_job(&complete_job("Kỹ sư Rust")).await?;
    let values = world.ready_values(job).await?;
    let id = "yeu-cau-0002";
    let lost = json!({ "when": "after" });
    world.board.fault("create", "drop_connection", lost).await?;
    let posting = world.try_publish(job, &values, Some(id)).await?.ok()?;
    same(
        "state after the lost answer",
        posting["state"].clone(),
        "unknown",
    )?;
    let posting = world.try_publish(job, &values, Some(id)).await?.ok()?;
    same(
        "state after the second call",
        posting["state"].clone(),
        "pending-review",
    )?;
    let found = posted(&posting, job)?;
    members(
        "the board's ledger",
        &world.board.ledger(&world.employer).await?,
        &[("creates", json!(1)), ("credits_spent", json!(1))],
    )?;
    Ok(format!(
        "unknown, then adopted as {}; 1 create",
        found.board
    ))
}

/// Rejected for A, corrected, rejected for B, corrected, approved: three notifications, one posting, one create.
pub async fn two_rejections_and_an_approval_are_three_notifications(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let posted = world.publish("Kỹ sư Rust").await?;
    let reasons = [
        "Mô tả công việc có chứa số điện thoại",
        "Mức lương chưa phù hợp với vị trí",
    ];
    for (round, reason) in reasons.iter().enumerate() {
        world.board.reject(&posted.board, reason).await?;
        let shown = world.expect_state(&posted, "rejected").await?;
        members(
            "the rejected posting",
            &shown,
            &[
                ("rejection.reason", json!(reason)),
                ("review_round", json!(round + 1)),
            ],
        )?;
        let values = json!({ "job_description": format!("<p>Mô tả đã sửa lần {}</p>", round + 1) });
        let change = world.update(&posted, values).await?;
        members(
            "the correction",
            &change,
            &[
                ("changed", json!(["job_description"])),
                ("review", json!(true)),
                ("posting.state", json!("pending-review")),
            ],
        )?;
    }
    world.board.approve(&posted.board).await?;
    world.expect_state(&posted, "live").await?;
    let kinds = ["posting-rejected", "posting-rejected", "posting-approved"];
    let notices = world.expect_notices(&kinds).await?;
    for (notice, reason) in notices.iter().zip(reasons) {
        let told = text(&notice["text"], "vi")?;
        ensure!(
            told.contains(reason),
            "the notification lacks the reason: {told}"
        );
    }
    let shown = world
        .owner
        .get(&format!("/api/jobs/{}/postings", posted.job))
        .await?;
    same("postings", list(&shown, "postings")?.len(), 1)?;
    members(
        "the board's ledger",
        &world.board.ledger(&world.employer).await?,
        &[
            ("creates", json!(1)),
            ("edits", json!(2)),
            ("credits_spent", json!(1)),
        ],
    )?;
    Ok("3 notifications with their reasons, 1 posting, 1 create, 2 edits".to_owned())
}
