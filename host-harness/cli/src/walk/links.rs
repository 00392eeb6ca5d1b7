//! Postings that were made at the board: linking, what is refused, unlinking.

use anyhow::Result;
use serde_json::{Value, json};

use super::board::Employer;
use super::check::{each, list, members, same, text};
use super::platform::{complete_job, posted};
use super::world::World;

/// A live posting made at the board's own form: its id and URL.
async fn made_at_the_board(
    world: &World,
    employer: &Employer,
    title: &str,
) -> Result<(String, String)> {
    let fields = json!({ "title": title, "approval_status": "approved" });
    let made = world.board.post_by_hand(employer, fields).await?;
    Ok((made["job_id"].to_string(), text(&made, "job_url")?))
}

/// Link by id and by URL.
pub async fn postings_are_linked_by_id_and_by_url(world: &mut World) -> Result<String> {
    world.configure().await?;
    let (first, _) = made_at_the_board(world, &world.employer, "Kế toán trưởng").await?;
    let (second, url) = made_at_the_board(world, &world.employer, "Nhân viên kho").await?;
    let mut linked = Vec::new();
    for (board, given, title) in [
        (&first, &first, "Kế toán trưởng"),
        (&second, &url, "Nhân viên kho"),
    ] {
        let job = world.add_job(&complete_job(title)).await?;
        let posting = world.try_link(job, given).await?.ok()?;
        members(
            "the linked posting",
            &posting,
            &[
                ("board_posting", json!(board)),
                ("state", json!("live")),
                ("title", json!(title)),
                ("linked", json!(true)),
            ],
        )?;
        linked.push(text(&posting, "id")?);
    }
    let path = format!("/api/connections/{}/linkable", world.connection);
    let found = world.owner.get(&path).await?;
    let rows = list(&found, "postings")?;
    same(
        "postings at the board, newest first",
        each(rows, "id"),
        [second.as_str(), first.as_str()],
    )?;
    same(
        "linked as",
        each(rows, "linked_as"),
        [linked[1].as_str(), linked[0].as_str()],
    )?;
    same(
        "requests that write",
        world.board.count(&world.employer, "writes").await?,
        0,
    )?;
    Ok(format!(
        "{first} by id, {second} by URL; 0 requests that write"
    ))
}

/// Another account's posting, one that is linked already, one that there is not: refused.
pub async fn foreign_and_taken_postings_are_not_linked(world: &mut World) -> Result<String> {
    world.configure().await?;
    let job = world.add_job(&complete_job("Kế toán trưởng")).await?;
    let other = world.board.employer("Công ty Bình Minh").await?;
    let (foreign, foreign_url) = made_at_the_board(world, &other, "Kế toán trưởng").await?;
    for given in [foreign.as_str(), foreign_url.as_str(), "999999999"] {
        world
            .try_link(job, given)
            .await?
            .refused(404, "not-at-board")?;
    }
    world
        .try_link(job, "https://example.com/viec-lam/x/1.html")
        .await?
        .refused(422, "bad-board-posting")?;
    let (taken, _) = made_at_the_board(world, &world.employer, "Kế toán trưởng").await?;
    world.try_link(job, &taken).await?.ok()?;
    let second = world.add_job(&complete_job("Kế toán tổng hợp")).await?;
    world
        .try_link(second, &taken)
        .await?
        .refused(409, "already-linked")?;
    let shown = world
        .owner
        .get(&format!("/api/jobs/{second}/postings"))
        .await?;
    same(
        "postings of the second job",
        shown["postings"].clone(),
        json!([]),
    )?;
    Ok("another account's 404, unknown 404, another site's URL 422, linked already 409".to_owned())
}

/// Unlink: the posting stays at the board, and its later events name no job until it is linked again.
pub async fn unlinking_leaves_the_posting_at_the_board(world: &mut World) -> Result<String> {
    world.configure().await?;
    let live = world.publish_live("Kỹ sư Rust").await?;
    let before = world.board.count(&world.employer, "requests").await?;
    let shown = world.act(&live, "unlink", Value::Null).await?.ok()?;
    same("state", shown["state"].clone(), "unlinked")?;
    same(
        "requests",
        world.board.count(&world.employer, "requests").await?,
        before,
    )?;
    let there = world.board.posting(&live.board).await?;
    same(
        "run status at the board",
        there["run_status"].clone(),
        "running",
    )?;

    let person = json!({ "name": "Lê Hòa", "email": "hoa@example.com", "phone": "0912345678" });
    world.board.apply_answered(&live.board, person, 200).await?;
    same(
        "applicants of the job",
        world.first_stage(live.job).await?.len(),
        0,
    )?;
    same(
        "events without a posting",
        world.unmatched().await?.len(),
        1,
    )?;

    let second = world.add_job(&complete_job("Kỹ sư Rust, đợt hai")).await?;
    let again = posted(&world.try_link(second, &live.board).await?.ok()?, second)?;
    world.only_applicant(again.job).await?;
    same(
        "events without a posting",
        world.unmatched().await?.len(),
        0,
    )?;
    Ok("unlinked with 0 requests; a later applicant waited and came with the next link".to_owned())
}
