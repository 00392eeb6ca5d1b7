//! A delivery that the board sends until somebody has taken it: one candidate, one notification, whoever was killed on the way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use system_tests::crash::{Bench, BenchSetup, Cell, Matrix};
use system_tests::host::Host;
use tokio::time::{Instant, sleep};

/// Far longer than the inbox takes; every round looks again.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sent by the board; then, and by whoever comes after a crash, the same bytes again.
async fn send(cell: &Cell<'_>, host: &Host, made: &Made) -> Result<()> {
    cell.receive_at(host).await?;
    let path = format!("/control/deliveries/{}/resend", made.delivery);
    cell.bench.control.post(&path, &Value::Null).await.map(drop)
}

/// As [`send`], but the board sends it once and never again, as it is said of the real one.
async fn send_once(cell: &Cell<'_>, host: &Host, made: &Made) -> Result<()> {
    if made.sent.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    send(cell, host, made).await
}

/// A delivery that the board holds back until it is sent.
struct Made {
    delivery: u64,
    sent: AtomicBool,
}

impl Made {
    fn new(delivery: &Value) -> Self {
        Self {
            delivery: delivery["id"].as_u64().unwrap_or_default(),
            sent: AtomicBool::new(false),
        }
    }
}

async fn apply(bench: &Bench, cell: &mut Cell<'_>, host: &Host) -> Result<Made> {
    let id = cell.publish_calmly(host).await?;
    let person = json!({ "name": "Lê Hòa", "email": "hoa@example.com", "phone": "0912345678" });
    let applied = bench.board.apply(&id, person).await?;
    Ok(Made::new(&applied["deliveries"][0]))
}

fn one_candidate(cell: &Cell<'_>) -> Result<()> {
    one(cell, "candidate", "SELECT count(*) FROM candidates")?;
    one(
        cell,
        "application in the first stage of its job",
        "SELECT count(*) FROM applications WHERE job_id = 1 AND stage = 'receive' AND times = 1",
    )?;
    one(cell, "application", "SELECT count(*) FROM applications")?;
    one(
        cell,
        "notification",
        "SELECT count(*) FROM notices WHERE kind LIKE 'application%'",
    )
}

async fn settled(cell: &Cell<'_>) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    while cell.query("SELECT count(*) FROM deliveries WHERE state <> 'done'")? > 0 {
        ensure!(Instant::now() < until, "the inbox is not worked off");
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn one(cell: &Cell<'_>, what: &str, sql: &str) -> Result<()> {
    let found = cell.query(sql)?;
    ensure!(found == 1, "{found} of: {what}");
    Ok(())
}

async fn held() -> Bench {
    let setup = BenchSetup {
        employer: json!({ "hold_webhooks": true }),
        ..BenchSetup::default()
    };
    Bench::set_up(setup).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_an_application_becomes_one_candidate_and_one_notification() {
    let bench = held().await;
    let matrix = Matrix {
        bench: &bench,
        name: "apply",
    };
    let prepare = async |cell: &mut Cell<'_>, host: &Host| apply(&bench, cell, host).await;
    let check = async |cell: &Cell<'_>, _: &Host, _: &Made| {
        settled(cell).await?;
        one_candidate(cell)?;
        Ok("one candidate")
    };
    let tally = matrix.run(prepare, send, check).await;
    println!(
        "apply: {} cells",
        tally.unwrap_or_else(|error| panic!("{error:#}")).cells
    );
}

/// From the first commit on, the platform alone answers for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_an_application_that_was_written_down_is_not_lost_although_nobody_sends_it_again()
 {
    let bench = held().await;
    let matrix = Matrix {
        bench: &bench,
        name: "apply once",
    };
    let prepare = async |cell: &mut Cell<'_>, host: &Host| apply(&bench, cell, host).await;
    let check = async |cell: &Cell<'_>, _: &Host, _: &Made| {
        settled(cell).await?;
        if cell.query("SELECT count(*) FROM deliveries")? == 0 {
            let candidates = cell.query("SELECT count(*) FROM candidates")?;
            ensure!(candidates == 0, "a candidate without a delivery");
            return Ok("never written down");
        }
        one_candidate(cell)?;
        Ok("one candidate")
    };
    let tally = matrix.run(prepare, send_once, check).await;
    let tally = tally.unwrap_or_else(|error| panic!("{error:#}"));
    assert!(tally.count("one candidate") > tally.count("never written down"));
    assert!(tally.count("never written down") > 0);
    println!("apply once: {} cells", tally.cells);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_an_approval_is_told_once() {
    let bench = held().await;
    let matrix = Matrix {
        bench: &bench,
        name: "approve",
    };
    let prepare = async |cell: &mut Cell<'_>, host: &Host| {
        let id = cell.publish_calmly(host).await?;
        Ok(Made::new(&bench.board.approve(&id).await?))
    };
    let check = async |cell: &Cell<'_>, host: &Host, _: &Made| {
        settled(cell).await?;
        one(
            cell,
            "notification",
            "SELECT count(*) FROM notices WHERE kind LIKE 'posting%'",
        )?;
        let here = cell.only_posting(host).await?;
        ensure!(here["state"] == "live", "the platform shows {here}");
        Ok("told once")
    };
    let tally = matrix.run(prepare, send, check).await;
    println!(
        "approve: {} cells",
        tally.unwrap_or_else(|error| panic!("{error:#}")).cells
    );
}
