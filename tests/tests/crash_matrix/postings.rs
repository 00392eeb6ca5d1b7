//! The other buttons on a posting: what is done once stays done once, whoever was killed on the way.

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};
use system_tests::crash::{Bench, BenchSetup, Cell, Counts, Matrix, Press};
use system_tests::host::Host;

fn pressed(press: Press) -> Result<()> {
    match press {
        Press::Refused(why) => bail!("refused: {why}"),
        _ => Ok(()),
    }
}

async fn expect(cell: &Cell<'_>, wanted: Counts) -> Result<()> {
    let counts = cell.counts().await?;
    ensure!(
        counts == wanted,
        "the board counts {counts:?}, wanted {wanted:?}"
    );
    Ok(())
}

async fn at_board(cell: &Cell<'_>, id: &str) -> Result<Value> {
    cell.bench.board.posting(id).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_an_update_is_sent_once_and_begins_one_review() {
    let bench = Bench::set_up(BenchSetup::default()).await.unwrap();
    let matrix = Matrix {
        bench: &bench,
        name: "update",
    };
    let prepare = async |cell: &mut Cell<'_>, host: &Host| {
        let id = cell.publish_calmly(host).await?;
        cell.receive_at(host).await?;
        bench.board.approve(&id).await?;
        Ok(id)
    };
    let act = async |cell: &Cell<'_>, host: &Host, _: &String| match cell.update(host, 7).await? {
        // Two at the same time: one of them has read what the other has changed since.
        Press::Refused(why) if why.contains("stale") => Ok(()),
        other => pressed(other),
    };
    let check = async |cell: &Cell<'_>, host: &Host, id: &String| {
        let once = Counts {
            edits: 1,
            ..Counts::default()
        };
        expect(cell, once).await?;
        let there = at_board(cell, id).await?;
        ensure!(there["quantity"] == 7, "the board shows {there}");
        let here = cell.only_posting(host).await?;
        ensure!(
            here["state"] == "pending-review" && here["review_round"] == there["review_round"],
            "the platform shows {here}, the board {there}"
        );
        Ok("updated once")
    };
    let tally = matrix.run(prepare, act, check).await;
    println!(
        "update: {} cells",
        tally.unwrap_or_else(|error| panic!("{error:#}")).cells
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_a_close_is_done_once() {
    let bench = Bench::set_up(BenchSetup::default()).await.unwrap();
    let matrix = Matrix {
        bench: &bench,
        name: "close",
    };
    let prepare = async |cell: &mut Cell<'_>, host: &Host| cell.publish_calmly(host).await;
    let act = async |cell: &Cell<'_>, host: &Host, _: &String| {
        pressed(cell.press(host, "close", &Value::Null).await?)
    };
    let check = async |cell: &Cell<'_>, host: &Host, id: &String| {
        let once = Counts {
            stops: 1,
            ..Counts::default()
        };
        expect(cell, once).await?;
        ensure!(
            at_board(cell, id).await?["run_status"] == "stopped",
            "it runs"
        );
        let here = cell.only_posting(host).await?;
        ensure!(here["state"] == "closed", "the platform shows {here}");
        Ok("closed once")
    };
    let tally = matrix.run(prepare, act, check).await;
    println!(
        "close: {} cells",
        tally.unwrap_or_else(|error| panic!("{error:#}")).cells
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_a_reopening_costs_one_credit_at_most() {
    let setup = BenchSetup {
        employer: json!({ "reopen_costs": true }),
        ..BenchSetup::default()
    };
    let bench = Bench::set_up(setup).await.unwrap();
    let matrix = Matrix {
        bench: &bench,
        name: "reopen",
    };
    let prepare = async |cell: &mut Cell<'_>, host: &Host| {
        let id = cell.publish_calmly(host).await?;
        pressed(cell.press(host, "close", &Value::Null).await?)?;
        cell.count_from_here().await?;
        Ok(id)
    };
    let act = async |cell: &Cell<'_>, host: &Host, _: &String| {
        let body = json!({ "request_id": format!("reopen-{}", cell.request) });
        pressed(cell.press(host, "reopen", &body).await?)
    };
    let check = async |cell: &Cell<'_>, host: &Host, id: &String| {
        let once = Counts {
            publishes: 1,
            credits: 1,
            ..Counts::default()
        };
        expect(cell, once).await?;
        ensure!(
            at_board(cell, id).await?["run_status"] == "running",
            "it does not run"
        );
        let here = cell.only_posting(host).await?;
        ensure!(
            here["state"] == "pending-review",
            "the platform shows {here}"
        );
        Ok("reopened once")
    };
    let tally = matrix.run(prepare, act, check).await;
    println!(
        "reopen: {} cells",
        tally.unwrap_or_else(|error| panic!("{error:#}")).cells
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_a_link_connects_one_posting_and_costs_nothing() {
    let bench = Bench::set_up(BenchSetup::default()).await.unwrap();
    let matrix = Matrix {
        bench: &bench,
        name: "link",
    };
    let prepare = async |cell: &mut Cell<'_>, _: &Host| {
        let title = json!({ "fields": { "title": cell.title() } });
        let made = bench.board.post_by_hand(&bench.employer, title).await?;
        Ok(made["job_id"].to_string())
    };
    let act = async |cell: &Cell<'_>, host: &Host, id: &String| pressed(cell.link(host, id).await?);
    let check = async |cell: &Cell<'_>, host: &Host, id: &String| {
        expect(cell, Counts::default()).await?;
        let here = cell.only_posting(host).await?;
        ensure!(
            here["linked"] == true && here["board_posting"] == id.as_str(),
            "the platform shows {here}"
        );
        Ok("linked")
    };
    let tally = matrix.run(prepare, act, check).await;
    println!(
        "link: {} cells",
        tally.unwrap_or_else(|error| panic!("{error:#}")).cells
    );
}
