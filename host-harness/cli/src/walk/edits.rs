//! A posting's later life: edits that lose nothing, closing, reopening, expiry.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::check::{each, list, members, same, text};
use super::platform::{Posted, complete_job, posted};
use super::world::World;

/// What only the board's own form asks for.
const FOREIGN: [&str; 4] = ["working_time", "working_method", "education", "address"];

/// 2026-03-31 24:00 in Vietnam, when the last day of [`complete_job`] is over.
const AFTER_DEADLINE_MS: u64 = 1_774_976_400_000;

/// An update that nobody visited the board for keeps a field that only the board knows.
pub async fn an_update_keeps_what_only_the_board_knows(world: &mut World) -> Result<String> {
    world.configure().await?;
    let made = world
        .board
        .post_by_hand(&world.employer, json!({ "title": "Nhân viên kho" }))
        .await?;
    let board_id = made["job_id"].to_string();
    let before = world.board.posting(&board_id).await?;
    let job = world.add_job(&complete_job("Nhân viên kho")).await?;
    let linked = posted(&world.try_link(job, &board_id).await?.ok()?, job)?;
    let change = world.update(&linked, json!({ "quantity": 7 })).await?;
    same("changed", change["changed"].clone(), json!(["quantity"]))?;
    let after = world.board.posting(&board_id).await?;
    same("quantity at the board", after["quantity"].clone(), 7)?;
    for name in FOREIGN {
        ensure!(
            before[name].is_string(),
            "the board's form has no {name}: {before}"
        );
        same(name, after[name].clone(), before[name].clone())?;
    }
    same(
        "edits",
        world.board.count(&world.employer, "edits").await?,
        1,
    )?;
    Ok(format!(
        "quantity 7 at the board; {} untouched",
        FOREIGN.join(", ")
    ))
}

/// Edited at the board meanwhile: a conflict that shows both; other fields go through and keep the board's edit.
pub async fn an_edit_at_the_board_is_a_conflict_that_shows_both(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    world
        .board
        .edit(&posted.board, json!({ "title": "Kỹ sư Rust cấp cao" }))
        .await?;
    let version = text(&world.posting(&posted).await?, "version")?;
    let ours = json!({ "title": "Kỹ sư Rust tại Hà Nội" });
    let error = world
        .try_update(&posted, &version, ours)
        .await?
        .refused(409, "changed-elsewhere")?;
    let problems = list(&error, "problems")?;
    same("fields in conflict", each(problems, "field"), ["title"])?;
    members(
        "the conflict",
        &problems[0]["values"],
        &[
            ("sent", json!("Kỹ sư Rust")),
            ("board", json!("Kỹ sư Rust cấp cao")),
            ("wanted", json!("Kỹ sư Rust tại Hà Nội")),
        ],
    )?;
    same(
        "edits",
        world.board.count(&world.employer, "edits").await?,
        0,
    )?;

    let change = world.update(&posted, json!({ "quantity": 4 })).await?;
    members(
        "the edit of another field",
        &change,
        &[("changed", json!(["quantity"])), ("kept", json!(["title"]))],
    )?;
    let there = world.board.posting(&posted.board).await?;
    same(
        "title at the board",
        there["title"].clone(),
        "Kỹ sư Rust cấp cao",
    )?;
    Ok("409 changed-elsewhere with sent, board and wanted; another field goes through, the board's title stays".to_owned())
}

/// No difference: nothing that writes is sent.
pub async fn an_update_without_difference_sends_nothing(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let before = world.board.count(&world.employer, "writes").await?;
    let form = world.form(posted.job, Some(&posted.id)).await?;
    let values = Value::Object(super::platform::values_of(&form)?);
    let version = text(&form, "version")?;
    let change = world.try_update(&posted, &version, values).await?.ok()?;
    members(
        "the answer",
        &change,
        &[
            ("changed", json!([])),
            ("review", json!(false)),
            ("posting.state", json!("live")),
        ],
    )?;
    same(
        "requests that write",
        world.board.count(&world.employer, "writes").await?,
        before,
    )?;
    Ok("the whole form saved as it was: 0 requests that write, still live".to_owned())
}

/// Two recruiters: who comes second with a stale version is refused.
pub async fn a_stale_version_is_refused(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let version = text(&world.posting(&posted).await?, "version")?;
    let first = world
        .try_update(&posted, &version, json!({ "quantity": 3 }))
        .await?;
    first.ok()?;
    let second = world
        .try_update(&posted, &version, json!({ "quantity": 8 }))
        .await?;
    second.refused(409, "stale-version")?;
    let there = world.board.posting(&posted.board).await?;
    same("quantity at the board", there["quantity"].clone(), 3)?;
    same(
        "edits",
        world.board.count(&world.employer, "edits").await?,
        1,
    )?;
    Ok("first 200, second 409 stale-version; the board has the first one's value".to_owned())
}

/// Close and reopen, each once, however often it is asked for.
pub async fn closing_and_reopening_happen_once(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    for _ in 0..2 {
        let shown = world.act(&posted, "close", Value::Null).await?.ok()?;
        same("state", shown["state"].clone(), "closed")?;
    }
    expect_run(world, &posted, "stopped").await?;
    for _ in 0..2 {
        let body = json!({ "request_id": "mo-lai-0001" });
        let shown = world.act(&posted, "reopen", body).await?.ok()?;
        same("state", shown["state"].clone(), "live")?;
    }
    expect_run(world, &posted, "running").await?;
    members(
        "the board's ledger",
        &world.board.ledger(&world.employer).await?,
        &[
            ("creates", json!(1)),
            ("stops", json!(1)),
            ("publishes", json!(1)),
            ("credits_spent", json!(1)),
        ],
    )?;
    Ok("closed, live again; 2 calls each: 1 stop, 1 publish".to_owned())
}

async fn expect_run(world: &World, posted: &Posted, run: &str) -> Result<()> {
    let there = world.board.posting(&posted.board).await?;
    same("run status at the board", there["run_status"].clone(), run)
}

/// Expiry at the end of the deadline's day in Vietnam, whatever this machine's time zone is.
pub async fn a_posting_expires_at_midnight_in_vietnam(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let shown = world.posting(&posted).await?;
    same("deadline", shown["deadline"].clone(), "2026-03-31")?;
    world.set_time(AFTER_DEADLINE_MS - 1).await?;
    world.expect_state(&posted, "live").await?;
    world.set_time(AFTER_DEADLINE_MS).await?;
    world.expect_state(&posted, "expired").await?;

    let error = world
        .act(&posted, "reopen", json!({}))
        .await?
        .refused(422, "invalid-fields")?;
    same(
        "fields asked for",
        each(list(&error, "problems")?, "field"),
        ["deadline"],
    )?;
    let body = json!({ "new_deadline": "2026-04-30" });
    let shown = world.act(&posted, "reopen", body).await?.ok()?;
    same("deadline", shown["deadline"].clone(), "2026-04-30")?;
    let state = text(&shown, "state")?;
    ensure!(
        ["live", "pending-review"].contains(&state.as_str()),
        "reopened as {state}"
    );
    let there = world.board.posting(&posted.board).await?;
    same(
        "deadline at the board",
        there["deadline"].clone(),
        "2026-04-30",
    )?;
    Ok(format!(
        "live at 23:59:59.999 of 2026-03-31, expired 1 ms later; reopened to 2026-04-30: {state}"
    ))
}

/// The log of posted jobs: when, what, result, link.
pub async fn the_posted_jobs_log_tells_what_happened(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    world.advance(std::time::Duration::from_secs(60)).await?;
    world.update(&posted, json!({ "quantity": 3 })).await?;
    world
        .board
        .reject(&posted.board, "Thiếu địa chỉ làm việc")
        .await?;
    world.act(&posted, "close", Value::Null).await?.ok()?;
    let log = world
        .owner
        .get(&format!("/api/posted-jobs?job={}", posted.job))
        .await?;
    let mut lines = list(&log, "posted_jobs")?.clone();
    lines.reverse();
    let whats = each(&lines, "what");
    same(
        "what happened",
        &whats,
        &vec!["publish", "approved", "update", "rejected", "close"],
    )?;
    let url = text(&world.board.posting(&posted.board).await?, "job_url")?;
    for line in &lines {
        same("link", line["url"].clone(), url.as_str())?;
        ensure!(line["message"]["vi"].is_string(), "no message: {line}");
    }
    let results = each(&lines, "result");
    same(
        "results",
        &results,
        &vec!["ok", "live", "ok", "rejected", "ok"],
    )?;
    let first = lines.first().context("the log is empty")?;
    same(
        "time of the first line",
        first["at"].clone(),
        super::world::START_MS,
    )?;
    same("time of the update", lines[2]["at"].clone(), world.now())?;
    Ok(format!(
        "{}; each with time, result and link",
        whats.join(", ")
    ))
}
