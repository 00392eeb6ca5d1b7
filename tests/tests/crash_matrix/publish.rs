//! Publishing costs money: one create and one credit, or a posting that says that its outcome is unknown.

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value, json};
use system_tests::crash::{Bench, BenchSetup, Cell, Counts, Matrix, Press, Tally};
use system_tests::host::Host;

/// A fault of the board's that meets the first call of an operation.
struct Fault {
    operation: &'static str,
    kind: &'static str,
    more: Value,
}

const CREATED: &str = "created once";
const UNKNOWN: &str = "unknown, and nothing created";

async fn act(cell: &Cell<'_>, host: &Host, (): &()) -> Result<()> {
    match cell.publish(host).await? {
        Press::Refused(why) => bail!("refused: {why}"),
        _ => Ok(()),
    }
}

/// What must be so at the end of every cell, by the board's own ledger.
async fn check(cell: &Cell<'_>, host: &Host, (): &()) -> Result<&'static str> {
    let posting = cell.only_posting(host).await?;
    let counts = cell.counts().await?;
    let state = posting["state"].as_str().unwrap_or_default();
    let known = Counts {
        creates: 1,
        credits: 1,
        publishes: counts.publishes,
        ..Counts::default()
    };
    match (counts.creates, state) {
        (1, "pending-review") if counts == known => Ok(CREATED),
        (0, "unknown") if counts == Counts::default() => {
            ensure!(
                posting["advice"]["vi"].is_string() && posting["advice"]["en"].is_string(),
                "nobody is told what to do: {posting}"
            );
            resolve(cell, host).await?;
            Ok(UNKNOWN)
        }
        _ => bail!("the board counts {counts:?}, and the platform says {posting}"),
    }
}

/// Nobody can publish past a posting in doubt; who has looked at the board can end the doubt, and then publishes once.
async fn resolve(cell: &Cell<'_>, host: &Host) -> Result<()> {
    // The fault may not have met anything yet.
    cell.bench.board.mend().await?;
    let again = format!("{}-again", cell.request);
    match cell.publish_as(host, &again).await? {
        Press::Refused(why) if why.contains("publish-in-doubt") => {}
        other => bail!("published past the doubt: {other:?}"),
    }
    let looked = json!({ "not_created": true });
    if let Press::Refused(why) = cell.press(host, "resolve", &looked).await? {
        bail!("the doubt cannot be ended: {why}");
    }
    let Press::Answered(posting) = cell.publish_as(host, &again).await? else {
        bail!("not published after the doubt was ended");
    };
    let counts = cell.counts().await?;
    ensure!(
        counts.creates == 1 && counts.credits == 1,
        "{counts:?} after the doubt was ended: {posting}"
    );
    Ok(())
}

async fn matrix(name: &'static str, setup: BenchSetup, fault: Option<Fault>) -> Tally {
    let bench = Bench::set_up(setup).await.unwrap();
    let matrix = Matrix {
        bench: &bench,
        name,
    };
    let prepare = async |cell: &mut Cell<'_>, _: &Host| {
        if let Some(fault) = &fault {
            let board = &cell.bench.board;
            let more = fault.more.clone();
            board.fault(fault.operation, fault.kind, more).await?;
        }
        Ok(())
    };
    let tally = matrix.run(prepare, act, check).await;
    let tally = tally.unwrap_or_else(|error| panic!("{error:#}"));
    println!(
        "{name}: {} cells, {} created once, {} unknown; effects: {}",
        tally.cells,
        tally.count(CREATED),
        tally.count(UNKNOWN),
        tally.effects.join(" ")
    );
    // Else it would be no matrix of a publish.
    for kind in ["storage", "http", "commit"] {
        assert!(tally.effects.iter().any(|effect| effect == kind), "{kind}");
    }
    tally
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_a_publish_creates_once_or_is_unknown() {
    let tally = matrix("publish", BenchSetup::default(), None).await;
    assert!(tally.count(CREATED) > 0 && tally.count(UNKNOWN) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_effect_of_a_creation_in_two_steps_it_is_resumed_and_paid_once() {
    let setup = BenchSetup {
        employer: json!({ "publish_required": true }),
        ..BenchSetup::default()
    };
    let tally = matrix("create, then publish", setup, None).await;
    assert!(tally.count(CREATED) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_answer_to_the_second_step_is_lost_it_is_paid_once() {
    let setup = BenchSetup {
        employer: json!({ "publish_required": true }),
        ..BenchSetup::default()
    };
    let fault = Fault {
        operation: "publish",
        kind: "drop_connection",
        more: json!({ "when": "after" }),
    };
    let tally = matrix("second step lost after", setup, Some(fault)).await;
    assert!(tally.count(CREATED) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_answer_is_lost_before_the_board_created() {
    let fault = Fault {
        operation: "create",
        kind: "drop_connection",
        more: json!({ "when": "before" }),
    };
    let tally = matrix("lost before", BenchSetup::default(), Some(fault)).await;
    assert_eq!(
        tally.count(UNKNOWN),
        tally.cells,
        "nothing may be created twice"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_answer_is_lost_after_the_board_created() {
    let fault = Fault {
        operation: "create",
        kind: "drop_connection",
        more: json!({ "when": "after" }),
    };
    let tally = matrix("lost after", BenchSetup::default(), Some(fault)).await;
    assert!(tally.count(CREATED) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_board_answers_5xx_although_it_created() {
    let fault = Fault {
        operation: "create",
        kind: "status_502",
        more: json!({ "when": "after" }),
    };
    let tally = matrix("5xx after", BenchSetup::default(), Some(fault)).await;
    assert!(tally.count(CREATED) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_board_creates_late() {
    // Both clocks pass it before anybody may look again.
    let fault = Fault {
        operation: "create",
        kind: "create_late",
        more: json!({ "params": { "ms": 45_000 } }),
    };
    let tally = matrix("late", BenchSetup::default(), Some(fault)).await;
    assert!(tally.count(CREATED) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_answer_comes_after_the_time_out() {
    let protocol = Map::from_iter([("timeout.write_ms".to_owned(), json!("400"))]);
    let setup = BenchSetup {
        protocol,
        ..BenchSetup::default()
    };
    let fault = Fault {
        operation: "create",
        kind: "delay",
        more: json!({ "when": "after", "params": { "ms": 800 } }),
    };
    let tally = matrix("answered too late", setup, Some(fault)).await;
    assert!(tally.count(CREATED) > 0);
}

/// Two postings with the very content that was to be published stand at the board: a person must choose, nothing is created.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_two_postings_of_equal_content_are_found_they_are_listed_and_none_is_created()
{
    let bench = Bench::set_up(BenchSetup::default()).await.unwrap();
    let wire = bench.wire_fields().await.unwrap();
    let matrix = Matrix {
        bench: &bench,
        name: "twins",
    };
    let prepare = async |cell: &mut Cell<'_>, host: &Host| {
        let board = &cell.bench.board;
        board
            .fault("create", "drop_connection", json!({ "when": "before" }))
            .await?;
        let Press::Answered(lost) = cell.publish(host).await? else {
            bail!("no answer");
        };
        ensure!(lost["state"] == "unknown", "not lost: {lost}");
        for _ in 0..2 {
            put_twin(cell, wire.clone()).await?;
        }
        cell.count_from_here().await
    };
    let check = async |cell: &Cell<'_>, host: &Host, (): &()| {
        let posting = cell.only_posting(host).await?;
        let counts = cell.counts().await?;
        ensure!(counts == Counts::default(), "the board counts {counts:?}");
        let listed = posting["candidates"].as_array().map_or(0, Vec::len);
        ensure!(
            posting["state"] == "unknown" && listed == 2 && posting["advice"]["vi"].is_string(),
            "the two are not listed: {posting}"
        );
        Ok("listed")
    };
    let tally = matrix.run(prepare, act, check).await;
    let tally = tally.unwrap_or_else(|error| panic!("{error:#}"));
    assert!(tally.cells > 0);
    println!("twins: {} cells", tally.cells);
}

/// The content that the platform has sent, made at the board's own site.
async fn put_twin(cell: &Cell<'_>, mut wire: Map<String, Value>) -> Result<()> {
    wire.insert("title".to_owned(), json!(cell.title()));
    let bench = cell.bench;
    let made = bench
        .board
        .post_by_hand(&bench.employer, json!({ "fields": wire }))
        .await?;
    ensure!(made["job_id"].is_number(), "no twin: {made}");
    Ok(())
}
