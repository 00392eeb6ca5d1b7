//! Deliveries that come at the wrong time or with the wrong key: nothing is lost, nothing is doubled.

use anyhow::Result;
use serde_json::{Value, json};

use super::applicants::{pdf, person};
use super::check::{members, same, text};
use super::platform::{complete_job, posted};
use super::world::World;

/// Approval and applicant overtake the answer of create: matched when it comes.
pub async fn events_that_overtake_the_answer_are_matched(world: &mut World) -> Result<String> {
    world.configure().await?;
    let early = json!({ "webhooks_before_create_answer": true });
    world.board.set(&world.employer, early).await?;
    let job = world.add_job(&complete_job("Kỹ sư Rust")).await?;
    let values = world.ready_values(job).await?;
    let posting = world.try_publish(job, &values, None).await?.ok()?;
    let posted = posted(&posting, job)?;
    world.expect_state(&posted, "live").await?;
    world.only_applicant(job).await?;
    same(
        "events without a posting",
        world.unmatched().await?.len(),
        0,
    )?;
    let mut kinds: Vec<String> = world
        .notifications()
        .await?
        .iter()
        .map(|notice| text(notice, "kind"))
        .collect::<Result<_>>()?;
    kinds.sort();
    same("notifications", kinds, ["application", "posting-approved"])?;
    let ledger = world.board.ledger(&world.employer).await?;
    members(
        "the board's ledger",
        &ledger,
        &[
            ("creates", json!(1)),
            ("deliveries.0.status", json!(200)),
            ("deliveries.1.status", json!(200)),
        ],
    )?;
    same("attempts", attempts(&ledger), 2)?;
    Ok("both webhooks came before the answer: live, 1 applicant, 1 notification each, no second delivery".to_owned())
}

/// How often the board delivered anything.
fn attempts(ledger: &Value) -> usize {
    let deliveries = ledger["deliveries"].as_array();
    deliveries.map_or(0, |all| {
        all.iter()
            .map(|one| one["attempts"].as_array().map_or(0, Vec::len))
            .sum()
    })
}

/// Somebody applies to a posting that is linked later: matched then, without a new delivery.
pub async fn an_applicant_of_a_posting_linked_later_is_matched(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let fields = json!({ "title": "Kế toán trưởng", "approval_status": "approved" });
    let made = world.board.post_by_hand(&world.employer, fields).await?;
    let board = made["job_id"].to_string();
    let someone = person("Trần Thị Bích", "0987654321", 501, &pdf("Bích"));
    world.board.apply_answered(&board, someone, 200).await?;
    same(
        "events without a posting",
        world.unmatched().await?.len(),
        1,
    )?;
    let counters = world.connection().await?["counters"].take();
    same("counted", counters["unmatched"].clone(), 1)?;
    world.expect_notices(&[]).await?;
    let arrived = world.now();

    world.advance(std::time::Duration::from_secs(7_200)).await?;
    let job = world.add_job(&complete_job("Kế toán trưởng")).await?;
    world.try_link(job, &board).await?.ok()?;
    let applicant = world.only_applicant(job).await?;
    members(
        "the applicant",
        &applicant,
        &[
            ("candidate.contact.full_name.value", json!("Trần Thị Bích")),
            ("application.received_at", json!(arrived)),
        ],
    )?;
    same(
        "events without a posting",
        world.unmatched().await?.len(),
        0,
    )?;
    world.expect_notices(&["application"]).await?;
    world.fetch_cvs().await?;
    let ledger = world.board.ledger(&world.employer).await?;
    same("deliveries", attempts(&ledger), 1)?;
    same("downloads", ledger["downloads"].clone(), 1)?;
    Ok("waited 2 hours, then 1 applicant with the original time, 1 notification, 1 delivery in all".to_owned())
}

/// A wrong setting of the signing key: 401, quarantined, counted; mended and processed again, everything is there.
pub async fn a_wrong_signing_key_setting_loses_nobody(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    world
        .correct_protocol(json!({ "signing_key": "secret-key" }))
        .await?;
    let file = pdf("Bích");
    for (name, phone, id) in [
        ("Trần Thị Bích", "0987654321", 501),
        ("Lê Hòa", "0912345678", 502),
    ] {
        let someone = person(name, phone, id, &file);
        world
            .board
            .apply_answered(&posted.board, someone, 401)
            .await?;
    }
    same("applicants", world.first_stage(posted.job).await?.len(), 0)?;
    let kept = world.quarantine().await?;
    same("deliveries in quarantine", kept.len(), 2)?;
    members(
        "a delivery in quarantine",
        &kept[0],
        &[("status", json!(401))],
    )?;
    let counters = world.connection().await?["counters"].take();
    same("counted", counters["quarantined"].clone(), 2)?;
    let arrived = world.now();

    world.advance(std::time::Duration::from_secs(7_200)).await?;
    world
        .correct_protocol(json!({ "signing_key": "auto" }))
        .await?;
    let body = json!({ "connection": world.connection });
    let again = world.admin.post("/api/quarantine/reprocess", &body).await?;
    members(
        "processed again",
        &again,
        &[("tried", json!(2)), ("done", json!(2))],
    )?;
    let found = world.first_stage(posted.job).await?;
    same("applicants", found.len(), 2)?;
    for applicant in &found {
        members(
            "an applicant from quarantine",
            applicant,
            &[
                ("application.received_at", json!(arrived)),
                ("application.verified", json!(true)),
            ],
        )?;
    }
    same(
        "deliveries in quarantine",
        world.quarantine().await?.len(),
        0,
    )?;
    world
        .expect_notices(&["posting-approved", "application", "application"])
        .await?;
    world.fetch_cvs().await?;
    let ledger = world.board.ledger(&world.employer).await?;
    same("downloads", ledger["downloads"].clone(), 2)?;
    Ok("2 applicants answered 401 and kept; after the setting was mended both are there with their original time".to_owned())
}
