//! The end of a connection, and the return.

use anyhow::Result;
use serde_json::{Value, json};

use super::check::{each, list, members, same, text};
use super::connection::applicant;
use super::platform::complete_job;
use super::world::World;

/// Disconnect: Chưa cấu hình, secrets gone, live postings named, a late delivery refused.
pub async fn disconnecting_forgets_the_secrets_and_names_live_postings(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let live = world.publish_live("Kỹ sư Rust").await?;
    let closed = world.publish_live("Kế toán tổng hợp").await?;
    world.act(&closed, "close", Value::Null).await?.ok()?;

    same("stored secrets", world.stored_secrets().await?, 2)?;
    let status = world.disconnect().await?;
    same("stored secrets", world.stored_secrets().await?, 0)?;
    members(
        "the answer",
        &status,
        &[
            ("state", json!("not-configured")),
            ("label.vi", json!("Chưa cấu hình")),
            ("board_told", json!(true)),
        ],
    )?;
    let affected = list(&status, "affected")?;
    same(
        "postings still live",
        each(affected, "board_posting"),
        [live.board.as_str()],
    )?;
    let shown = world.connection().await?;
    members(
        "the connection",
        &shown,
        &[
            ("status.label.vi", json!("Chưa cấu hình")),
            ("status.settings", json!({})),
        ],
    )?;
    let account = world.board.set(&world.employer, json!({})).await?;
    members("the account", &account, &[("connected", json!(false))])?;

    world
        .board
        .apply_answered(&live.board, applicant(), 410)
        .await?;
    same("applicants", world.first_stage(live.job).await?.len(), 0)?;
    let job = world.add_job(&complete_job("Tin mới")).await?;
    let body = json!({ "connection": world.connection, "values": { "title": "Tin mới" } });
    let path = format!("/api/jobs/{job}/postings");
    let reply = world
        .owner
        .send(reqwest::Method::POST, &path, &body)
        .await?;
    reply.refused(409, "not-configured")?;
    Ok(
        "Chưa cấu hình, 1 live posting named, its late applicant answered 410, publishing refused"
            .to_owned(),
    )
}

/// Connect again: links are back, and an old delivery makes no second candidate.
pub async fn connecting_again_restores_links_without_doubles(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    world
        .board
        .apply_answered(&posted.board, applicant(), 200)
        .await?;
    let old = world.board.last_delivery(&world.employer).await?;
    world.disconnect().await?;

    world.enter(&world.employer, false).await?.ok()?;
    world.expect_state(&posted, "live").await?;
    // The key of before was forgotten with the credentials, so the old bytes cannot be verified; the board signs anew.
    world.board.resend(&old).await?;
    let mut fresh = applicant();
    fresh["apply_at"] = json!("2026-03-02 09:00:00");
    world
        .board
        .apply_answered(&posted.board, fresh, 200)
        .await?;
    let applicant = world.only_applicant(posted.job).await?;
    same(
        "creates",
        world.board.count(&world.employer, "creates").await?,
        1,
    )?;
    let change = world.update(&posted, json!({ "quantity": 4 })).await?;
    same(
        "changed fields",
        change["changed"].clone(),
        json!(["quantity"]),
    )?;
    Ok(format!(
        "the posting is live and can be updated; {} is still one candidate",
        text(&applicant["candidate"]["contact"]["full_name"], "value")?
    ))
}
