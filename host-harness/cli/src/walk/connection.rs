//! The account at the board: credentials, what can be wrong with them, another account.

use anyhow::Result;
use serde_json::{Value, json};

use super::check::{each, list, members, same, text};
use super::world::{START_MS, World};

/// Somebody who applies.
pub(super) fn applicant() -> Value {
    json!({
        "name": "Trần Thị Bích",
        "email": "bich@example.com",
        "phone": "0987654321",
        "candidate_id": 501,
    })
}

/// Nothing of a connection is there, on either side.
async fn nothing_is_stored(world: &World) -> Result<()> {
    same("stored secrets", world.stored_secrets().await?, 0)?;
    members(
        "the connection",
        &world.connection().await?,
        &[
            ("status.state", json!("not-configured")),
            ("status.label.vi", json!("Chưa cấu hình")),
            ("status.settings", json!({})),
            ("status.webhook_url", Value::Null),
        ],
    )
}

/// Valid credentials: Đã cấu hình, and the webhook URL to copy.
pub async fn valid_credentials_configure_the_connection(world: &mut World) -> Result<String> {
    nothing_is_stored(world).await?;
    let status = world.enter(&world.employer, false).await?.ok()?;
    let shown = world.connection().await?;
    let url = text(&shown, "webhook_url")?;
    members(
        "the connection",
        &shown,
        &[
            ("status.state", json!("configured")),
            ("status.label.vi", json!("Đã cấu hình")),
            ("status.webhook_url", json!(url)),
            ("status.signed_in_at", json!(START_MS)),
            ("status.settings.access-token", json!(true)),
            ("status.settings.secret-key", json!(true)),
        ],
    )?;
    same("the answer's state", status["state"].clone(), "configured")?;
    let board = world.board.ledger(&world.employer).await?;
    members(
        "the board's ledger",
        &board,
        &[("connects", json!(1)), ("writes", json!(0))],
    )?;
    let account = world.board.set(&world.employer, json!({})).await?;
    members("the account", &account, &[("connected", json!(true))])?;
    Ok(format!("Đã cấu hình; webhook URL {}", without_path(&url)))
}

/// The URL's last part lets anybody deliver: it is not printed.
fn without_path(url: &str) -> String {
    match url.rsplit_once('/') {
        Some((front, secret)) => format!("{front}/… ({} characters)", secret.len()),
        None => "(no path)".to_owned(),
    }
}

/// The form opened again just to copy the URL, and saved without entering anything.
pub async fn saving_the_form_unchanged_changes_nothing(world: &mut World) -> Result<String> {
    world.configure().await?;
    let before = world.connection().await?;
    let ledger = world.board.ledger(&world.employer).await?;
    for settings in [json!({}), json!({ "access-token": "", "secret-key": "" })] {
        world.save_settings(settings, false).await?.ok()?;
    }
    same("the connection", world.connection().await?, before)?;
    same(
        "the board's ledger",
        world.board.ledger(&world.employer).await?,
        ledger,
    )?;
    Ok("the same URL and settings, 0 requests to the board".to_owned())
}

/// New credentials of the same employer: postings, links and old signatures keep working.
pub async fn new_credentials_of_the_same_employer_keep_everything(
    world: &mut World,
) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    world
        .board
        .apply_answered(&posted.board, applicant(), 200)
        .await?;
    let old = world.board.last_delivery(&world.employer).await?;

    let renewed = world.board.rotate(&world.employer).await?;
    let status = world.enter(&renewed, false).await?.ok()?;
    members(
        "the answer",
        &status,
        &[("state", json!("configured")), ("affected", json!([]))],
    )?;
    let again = world.board.resend(&old).await?;
    same("answer to the old signature", again["status"].clone(), 200)?;
    world.only_applicant(posted.job).await?;
    let change = world.update(&posted, json!({ "quantity": 5 })).await?;
    same(
        "changed fields",
        change["changed"].clone(),
        json!(["quantity"]),
    )?;
    members(
        "the board's ledger",
        &world.board.ledger(&renewed).await?,
        &[("creates", json!(1)), ("edits", json!(1))],
    )?;
    Ok(
        "same posting updated; a delivery signed with the old key: 200, still one applicant"
            .to_owned(),
    )
}

/// Another employer's credentials, and the recruiter says no: everything stays.
pub async fn another_employer_declined_keeps_the_old_keys(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let other = world.board.employer("Công ty Bình Minh").await?;
    let error = world
        .enter(&other, false)
        .await?
        .refused(409, "other-account")?;
    let affected = affected_of(&error)?;
    same(
        "affected postings",
        each(&affected, "board_posting"),
        [posted.board.as_str()],
    )?;
    same("affected titles", each(&affected, "title"), ["Kỹ sư Rust"])?;

    let check = world.check().await?;
    same(
        "state after asking the board",
        check["state"].clone(),
        "configured",
    )?;
    world
        .board
        .apply_answered(&posted.board, applicant(), 200)
        .await?;
    world.update(&posted, json!({ "quantity": 3 })).await?;
    same(
        "edits at the old account",
        world.board.count(&world.employer, "edits").await?,
        1,
    )?;
    same(
        "writes at the other",
        world.board.count(&other, "writes").await?,
        0,
    )?;
    Ok(
        "409 other-account names 1 posting; the old keys still update it and verify applicants"
            .to_owned(),
    )
}

fn affected_of(error: &Value) -> Result<Vec<Value>> {
    let wrapped = text(&error["extra"]["affected-postings"], "$json")?;
    let all: Value = serde_json::from_str(&wrapped)?;
    list(&json!({ "all": all }), "all").cloned()
}

/// Another employer's credentials, confirmed: old postings belong to the other account, and updating one sends nothing.
pub async fn another_employer_accepted_marks_old_postings(world: &mut World) -> Result<String> {
    world.configure().await?;
    let posted = world.publish_live("Kỹ sư Rust").await?;
    let version = text(&world.posting(&posted).await?, "version")?;
    let other = world.board.employer("Công ty Bình Minh").await?;
    let status = world.enter(&other, true).await?.ok()?;
    let affected = list(&status, "affected")?;
    same(
        "affected postings",
        each(affected, "board_posting"),
        [posted.board.as_str()],
    )?;
    world.expect_state(&posted, "other-account").await?;

    let before = world.board.count(&other, "requests").await?;
    let values = json!({ "quantity": 3 });
    world
        .try_update(&posted, &version, values)
        .await?
        .refused(409, "other-account")?;
    same(
        "requests to the new account",
        world.board.count(&other, "requests").await?,
        before,
    )?;
    same(
        "edits at the old account",
        world.board.count(&world.employer, "edits").await?,
        0,
    )?;
    Ok(
        "1 posting marked as another account's; its update: 409 other-account, 0 requests"
            .to_owned(),
    )
}

/// Refused credentials, contract not opened, board down, challenge page: told apart, nothing stored.
pub async fn failures_of_signing_in_are_told_apart(world: &mut World) -> Result<String> {
    let mut told = Vec::new();
    let wrong = super::board::Employer {
        secret_key: "khong-dung".to_owned(),
        ..world.employer.clone()
    };
    let error = world
        .enter(&wrong, false)
        .await?
        .refused(409, "credentials-refused")?;
    same("disposition", error["disposition"].clone(), "sign-in-again")?;
    let named = each(list(&error, "problems")?, "field").join(", ");
    same("fields named", named.as_str(), "access-token, secret-key")?;
    told.push("credentials-refused");
    nothing_is_stored(world).await?;

    world
        .board
        .set(&world.employer, json!({ "contract": false }))
        .await?;
    world
        .enter(&world.employer, false)
        .await?
        .refused(402, "service-not-open")?;
    told.push("service-not-open");
    nothing_is_stored(world).await?;
    world
        .board
        .set(&world.employer, json!({ "contract": true }))
        .await?;

    for (kind, code) in [
        ("status_500", "board-down"),
        ("drop_connection", "board-down"),
        ("challenge_403", "board-challenge"),
        ("challenge_503", "board-challenge"),
        ("challenge_200", "board-challenge"),
        ("rate_limited", "rate-limited"),
    ] {
        world.board.fault("connect", kind, json!({})).await?;
        world
            .enter(&world.employer, false)
            .await?
            .refused(503, code)?;
        nothing_is_stored(world).await?;
        if !told.contains(&code) {
            told.push(code);
        }
    }
    world.enter(&world.employer, false).await?.ok()?;
    Ok(format!(
        "{}; nothing stored, and the right ones work afterwards",
        told.join(", ")
    ))
}
