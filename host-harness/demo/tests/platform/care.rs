//! What the platform does for a connection without being asked: reconciling, checking, noticing silence.

use std::time::Duration;

use crate::support::*;
use crate::world::*;
use job_board_demo::application::AppError;
use job_board_demo::domain::errand::Errand;
use job_board_demo::domain::silence::{CONNECTION_AFTER_MS, POSTING_AFTER_MS};
use job_board_demo::domain::user::User;
use job_board_demo::domain::value::Values;
use job_board_host::contract::connection::{ConnectionState, ConnectionStatus};
use job_board_host::contract::events::{Event, Happening, PostingState};
use job_board_host::contract::postings::ReconcilePage;
use job_board_host::contract::types::{Disposition, Failure};

const DAY: Duration = Duration::from_secs(86_400);

fn page(events: Vec<Event>, next: Option<&str>) -> ReconcilePage {
    ReconcilePage {
        events,
        next: next.map(str::to_owned),
        notes: vec![text("no list of applications")],
    }
}

fn broken() -> ConnectionStatus {
    ConnectionStatus {
        problem: Some(plain_failure(
            Disposition::SignInAgain,
            "credentials-refused",
        )),
        ..status(ConnectionState::Broken)
    }
}

fn set_status(world: &World, status: ConnectionStatus) {
    world.board.with(|script| script.status = Some(status));
}

fn answer_reconcile(world: &World, answer: Result<ReconcilePage, Failure>) {
    let answer =
        answer.map_err(|failure| job_board_demo::board::PluginError::Failure(Box::new(failure)));
    world
        .board
        .with(|script| script.reconcile.push_back(answer));
}

async fn told(world: &World, user: &User) -> Vec<String> {
    let notices = world.platform.notices(user, false, PAGE).await.unwrap();
    notices
        .into_iter()
        .rev()
        .map(|notice| notice.kind)
        .collect()
}

/// A published posting that is live since now, on a connection with credentials that work. The first round of errands is over.
async fn live_posting(world: &World) {
    set_status(world, status(ConnectionState::Configured));
    world.publish("r1", "77").await;
    let live = posting("r1", world.job, Some("77"), PostingState::Live);
    world
        .board
        .with(|script| script.known.insert("r1".into(), live));
    answer_reconcile(world, Ok(page(Vec::new(), None)));
    world
        .platform
        .reconcile(&world.owner, world.connection)
        .await
        .unwrap();
}

/// Lets time pass and does what is due, answering every reconcile with nothing new.
async fn pass(world: &World, by: Duration) {
    world.clock.advance(by);
    answer_reconcile(world, Ok(page(Vec::new(), None)));
    world.platform.run_errands().await.unwrap();
    world.board.with(|script| script.reconcile.clear());
}

#[tokio::test]
async fn reconciling_takes_only_what_is_new_and_any_recruiter_may_ask_for_it() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let approved = event("e1", "77", Happening::PostingApproved);
    world.happen("approved", vec![approved.clone()]).await;
    let late = applied("e2", "77", application("a1", "Nguyễn An"));
    answer_reconcile(&world, Ok(page(vec![approved], Some("2"))));
    answer_reconcile(&world, Ok(page(vec![late], None)));
    let done = world
        .platform
        .reconcile(&world.owner, world.connection)
        .await
        .unwrap();
    assert_eq!((done.events, done.new, done.notes.len()), (2, 1, 1));
    assert_eq!(world.notices().await, ["posting-approved", "application"]);
    let reconciled = world.view().await.reconciled.unwrap();
    assert_eq!(reconciled.done_at, Some(START));
    assert_eq!(reconciled.notes[0].en, "no list of applications");
}

#[tokio::test]
async fn a_webhook_and_asking_bring_one_notification_whichever_comes_first() {
    for webhook_first in [true, false] {
        let world = World::new().await;
        set_status(&world, status(ConnectionState::Configured));
        world.publish("r1", "77").await;
        let approved = event("e1", "77", Happening::PostingApproved);
        if webhook_first {
            world.happen("approved", vec![approved.clone()]).await;
        }
        answer_reconcile(&world, Ok(page(vec![approved.clone()], None)));
        world.clock.advance(DAY);
        world.platform.run_errands().await.unwrap();
        assert_eq!(world.board.calls("reconcile"), 0, "its first day is spread");
        world.clock.advance(DAY);
        world.platform.run_errands().await.unwrap();
        assert_eq!(world.board.calls("reconcile"), 1);
        world.happen("approved", vec![approved]).await;
        assert_eq!(world.notices().await, ["posting-approved"]);
    }
}

#[tokio::test]
async fn of_two_processes_one_reconciles() {
    let world = World::new().await;
    set_status(&world, status(ConnectionState::Configured));
    let other = open(world.folder.path(), &world.board, &world.clock);
    world.platform.run_errands().await.unwrap();
    world.clock.advance(DAY);
    for _ in 0..4 {
        answer_reconcile(&world, Ok(page(Vec::new(), None)));
    }
    let (first, second) = tokio::join!(world.platform.run_errands(), other.run_errands());
    assert_eq!(first.unwrap() + second.unwrap(), Errand::ALL.len());
    assert_eq!(world.board.calls("reconcile"), 1);
    assert_eq!(world.board.calls("check"), 1);
}

#[tokio::test]
async fn a_process_that_dies_in_the_middle_delays_an_errand_by_a_lease() {
    let world = World::new().await;
    set_status(&world, status(ConnectionState::Configured));
    world.platform.run_errands().await.unwrap();
    world.clock.advance(DAY);
    world.board.with(|script| script.hang = Some("reconcile"));
    {
        let entered = std::sync::Arc::clone(&world.board.entered);
        tokio::select! {
            _ = world.platform.run_errands() => panic!("the plugin hangs"),
            () = entered.notified() => {}
        }
    }
    world.board.with(|script| script.hang = None);
    answer_reconcile(&world, Ok(page(Vec::new(), None)));
    let survivor = open(world.folder.path(), &world.board, &world.clock);
    survivor.run_errands().await.unwrap();
    assert_eq!(world.board.calls("reconcile"), 1, "the lease holds");
    world.clock.advance(Duration::from_secs(600));
    survivor.run_errands().await.unwrap();
    assert_eq!(world.board.calls("reconcile"), 2);
}

#[tokio::test]
async fn who_lost_the_lease_in_the_middle_stops_and_writes_nothing() {
    let world = World::new().await;
    live_posting(&world).await;
    world.clock.advance(DAY);
    let other = open(world.folder.path(), &world.board, &world.clock);
    let late = applied("e9", "77", application("a9", "Nguyễn An"));
    world.board.with(|script| script.hang = Some("reconcile"));
    let entered = std::sync::Arc::clone(&world.board.entered);
    let slow = world.platform.run_errands();
    tokio::pin!(slow);
    tokio::select! {
        _ = &mut slow => panic!("the plugin hangs"),
        () = entered.notified() => {}
    }
    // The first one sleeps through its lease; the second does the work, and nothing is left for the first to note.
    world.clock.advance(Duration::from_secs(600));
    world.board.with(|script| script.hang = None);
    answer_reconcile(&world, Ok(page(vec![late], None)));
    other.run_errands().await.unwrap();
    let before = world.view().await.reconciled.unwrap();
    assert_eq!(before.done_at, Some(world.platform.now()));

    // It wakes up with an answer that is out of date.
    world.clock.advance(Duration::from_secs(60));
    let stale = applied("e10", "77", application("a10", "Trần Bình"));
    answer_reconcile(&world, Ok(page(vec![stale], None)));
    world.board.resume.notify_one();
    slow.await.unwrap();
    let after = world.view().await.reconciled.unwrap();
    assert_eq!(after.done_at, before.done_at);
    assert_eq!(after.due_at, before.due_at);
    assert_eq!(world.notices().await, ["application"]);
}

#[tokio::test]
async fn what_the_board_asks_to_wait_is_waited_by_everything_that_nobody_asked_for() {
    let world = World::new().await;
    live_posting(&world).await;
    let hours = 9;
    let busy = Failure {
        retry_after_ms: Some(hours * 3_600_000),
        ..plain_failure(Disposition::RetryLater, "rate-limited")
    };
    world.clock.advance(DAY);
    let before = (world.board.calls("reconcile"), world.board.calls("check"));
    answer_reconcile(&world, Err(busy));
    world.platform.run_errands().await.unwrap();
    let reconciled = world.view().await.reconciled.unwrap();
    assert_eq!(reconciled.trouble.unwrap().code, "rate-limited");
    assert_eq!(reconciled.done_at, Some(START), "the last success stands");
    let asked = (world.board.calls("reconcile"), world.board.calls("check"));
    assert_eq!(asked.0, before.0 + 1);
    for _ in 0..hours * 4 - 1 {
        world.clock.advance(Duration::from_secs(900));
        world.platform.run_errands().await.unwrap();
    }
    let meanwhile = (world.board.calls("reconcile"), world.board.calls("check"));
    assert_eq!(meanwhile, asked, "the board was left in peace");
    pass(&world, Duration::from_secs(900)).await;
    assert_eq!(world.board.calls("reconcile"), asked.0 + 1);
    assert!(world.view().await.reconciled.unwrap().trouble.is_none());
}

#[tokio::test]
async fn a_failure_without_advice_is_retried_with_growing_waits() {
    let world = World::new().await;
    live_posting(&world).await;
    world.clock.advance(DAY);
    let mut tries = Vec::new();
    for minute in 0..40 {
        let down = plain_failure(Disposition::RetryLater, "board-down");
        answer_reconcile(&world, Err(down));
        let before = world.board.calls("reconcile");
        world.platform.run_errands().await.unwrap();
        if world.board.calls("reconcile") > before {
            tries.push(minute);
        }
        world.board.with(|script| script.reconcile.clear());
        world.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(tries, [0, 1, 3, 7, 15, 31]);
}

#[tokio::test]
async fn credentials_that_stopped_working_are_found_without_anybody_publishing_and_told_once() {
    let world = World::new().await;
    live_posting(&world).await;
    set_status(&world, broken());
    for _ in 0..5 {
        pass(&world, DAY / 2).await;
        world.view().await;
    }
    assert_eq!(told(&world, &world.admin).await, ["connection-broken"]);
    assert_eq!(told(&world, &world.operator).await, ["connection-broken"]);
    assert!(told(&world, &world.owner).await.is_empty());
    let view = world.view().await;
    assert!(view.connection.broken_since.is_some());
    assert_eq!(view.connection.broken.unwrap().code, "credentials-refused");

    set_status(&world, status(ConnectionState::Configured));
    pass(&world, DAY / 2).await;
    assert!(world.view().await.connection.broken_since.is_none());
    set_status(&world, broken());
    pass(&world, DAY / 2).await;
    assert_eq!(told(&world, &world.admin).await.len(), 2, "it broke again");
}

#[tokio::test]
async fn a_refusal_that_the_plugin_does_not_remember_is_told_once_however_often_somebody_looks() {
    let world = World::new().await;
    live_posting(&world).await;
    for _ in 0..3 {
        let closed = failure(Disposition::NotEntitled, "service-not-open");
        world
            .board
            .with(|script| script.postings.push_back(Err(closed)));
        assert!(world.platform.close(&world.owner, "r1").await.is_err());
        let view = world.view().await;
        assert_eq!(view.connection.broken.unwrap().code, "service-not-open");
    }
    assert_eq!(told(&world, &world.admin).await, ["connection-broken"]);
}

#[tokio::test]
async fn a_connection_that_is_not_configured_is_left_alone() {
    let world = World::new().await;
    world.platform.run_errands().await.unwrap();
    pass(&world, DAY).await;
    assert_eq!(world.board.calls("reconcile"), 0);
    assert_eq!(world.board.calls("check"), 0);
    assert!(told(&world, &world.admin).await.is_empty());
}

#[tokio::test]
async fn a_connection_that_went_silent_is_told_once_until_a_verified_delivery_comes() {
    let world = World::new().await;
    live_posting(&world).await;
    let first = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("1", vec![first]).await;
    let silent_after = Duration::from_millis(CONNECTION_AFTER_MS);
    pass(&world, silent_after - DAY).await;
    assert_eq!(world.view().await.counters.silent_since, None);
    assert!(told(&world, &world.admin).await.is_empty());
    for _ in 0..4 {
        pass(&world, DAY).await;
    }
    assert_eq!(world.view().await.counters.silent_since, Some(START));
    assert_eq!(told(&world, &world.admin).await, ["connection-silent"]);

    // Forged and unsigned traffic is no life.
    world
        .board
        .with(|script| script.on_webhook = Some(Box::new(|_| Ok(refused("signature-wrong", 401)))));
    world.deliver("forged").await;
    world.board.with(|script| script.on_webhook = None);
    let other = job_board_host::contract::events::OtherEvent {
        kind: "promo".into(),
        json: "{}".into(),
        note: None,
    };
    let shapeless = event("e2", "77", Happening::Other(other));
    world.happen("2", vec![shapeless]).await;
    let mut unsigned = application("a2", "Kẻ Mạo Danh");
    unsigned.verified = false;
    world.happen("3", vec![applied("e3", "77", unsigned)]).await;
    assert_eq!(world.view().await.counters.silent_since, Some(START));
    pass(&world, DAY).await;
    let silences = |kinds: Vec<String>| {
        let silent = kinds.iter().filter(|kind| *kind == "connection-silent");
        silent.count()
    };
    assert_eq!(silences(told(&world, &world.admin).await), 1);

    let real = applied("e4", "77", application("a4", "Trần Bình"));
    world.happen("4", vec![real]).await;
    assert_eq!(world.view().await.counters.silent_since, None);
    pass(&world, silent_after).await;
    assert_eq!(silences(told(&world, &world.admin).await), 2, "a new one");
}

#[tokio::test]
async fn a_posting_that_stopped_having_applicants_is_shown_and_told_once_to_its_owner() {
    let world = World::new().await;
    live_posting(&world).await;
    let first = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("1", vec![first]).await;
    for _ in 0..6 {
        pass(&world, Duration::from_millis(POSTING_AFTER_MS) / 4).await;
    }
    let shown = world.platform.postings_of(&world.owner, world.job).await;
    let shown = shown.unwrap();
    assert_eq!(shown[0].silent_since(world.platform.now()), Some(START));
    let silent = |kinds: Vec<String>| {
        let silent = kinds.iter().filter(|kind| *kind == "posting-silent");
        silent.count()
    };
    assert_eq!(silent(world.notices().await), 1);
    let again = applied("e2", "77", application("a2", "Trần Bình"));
    world.happen("2", vec![again]).await;
    let shown = world.platform.postings_of(&world.owner, world.job).await;
    assert_eq!(shown.unwrap()[0].silent_since(world.platform.now()), None);
}

#[tokio::test]
async fn a_growing_quarantine_is_told_once_and_malformed_noise_is_not() {
    let world = World::new().await;
    let refuse = |code: &'static str, http: u16| {
        world.board.with(|script| {
            script.on_webhook = Some(Box::new(move |_| Ok(refused(code, http))));
        });
    };
    refuse("malformed", 400);
    for body in ["a", "b"] {
        world.deliver(body).await;
    }
    assert!(told(&world, &world.admin).await.is_empty());
    refuse("signature-wrong", 401);
    for body in ["c", "d", "e"] {
        world.deliver(body).await;
        world.clock.advance(Duration::from_secs(3_600));
    }
    assert_eq!(told(&world, &world.admin).await, ["deliveries-quarantined"]);
    world.clock.advance(DAY * 2);
    refuse("unsigned-profile", 401);
    world.deliver("f").await;
    assert_eq!(told(&world, &world.admin).await.len(), 2, "it began again");
    assert_eq!(world.view().await.counters.quarantined, 6);
}

#[tokio::test]
async fn a_posting_that_only_the_plugin_knows_is_taken_over_at_the_start() {
    let mut world = World::new().await;
    let made = posting("r-of-yesterday", world.job, Some("88"), PostingState::Live);
    world
        .board
        .with(|script| script.known.insert("r-of-yesterday".into(), made));
    let person = applied("e1", "88", application("a1", "Nguyễn An"));
    world.happen("1", vec![person]).await;
    assert!(world.candidates().await.is_empty());
    world.restart().await;
    assert_eq!(world.state_of("r-of-yesterday").await, "live");
    assert_eq!(world.candidates().await.len(), 1, "who waited is attached");
    let log = world.platform.posted_jobs(&world.owner, None, PAGE).await;
    let what: Vec<_> = log
        .unwrap()
        .into_iter()
        .map(|(_, line)| line.what)
        .collect();
    assert_eq!(what, ["recovered"]);
    world.restart().await;
    let log = world.platform.posted_jobs(&world.owner, None, PAGE).await;
    assert_eq!(log.unwrap().len(), 1);
}

#[tokio::test]
async fn a_posting_that_the_plugin_lost_is_shown_as_unknown_until_it_is_linked_again() {
    let mut world = World::new().await;
    world.publish("r1", "77").await;
    world.board.with(|script| script.known.clear());
    world.restart().await;
    world.restart().await;
    assert_eq!(world.state_of("r1").await, "unknown");
    let shown = world.platform.posting(&world.owner, "r1", false).await;
    let advice = shown.ok().unwrap().facts.advice.unwrap();
    assert!(advice.vi.contains("77") && advice.en.contains("77"));
    let log = world.platform.posted_jobs(&world.owner, None, PAGE).await;
    let lost = log
        .unwrap()
        .iter()
        .filter(|(_, line)| line.what == "lost")
        .count();
    assert_eq!(lost, 1);

    let found = posting("r2", world.job, Some("77"), PostingState::Live);
    world
        .board
        .with(|script| script.postings.push_back(Ok(found)));
    let linked = world.platform.link(
        &world.owner,
        world.job,
        world.connection,
        "77".into(),
        Some("r2".into()),
    );
    assert!(linked.await.is_ok());
    assert_eq!(world.state_of("r1").await, "unlinked");
    assert_eq!(world.state_of("r2").await, "live");
}

#[tokio::test]
async fn a_plugin_that_cannot_list_its_postings_makes_none_unknown() {
    let mut world = World::new().await;
    world.publish("r1", "77").await;
    world.board.with(|script| {
        script.known.clear();
        script.unlisted = true;
    });
    world.restart().await;
    assert_eq!(world.state_of("r1").await, "pending-review");
}

#[tokio::test]
async fn a_lost_key_leaves_the_webhook_url_that_was_pasted_working_and_shows_a_second_one() {
    let mut world = World::new().await;
    let url = world.view().await.webhook_url;
    set_status(&world, broken());
    std::fs::remove_file(world.folder.path().join("master.key")).unwrap();
    world.restart().await;
    let shown = world.view().await.webhook_url;
    assert_ne!(shown, url, "nobody can read the first one any more");
    assert_eq!(world.view().await.webhook_url, shown, "and it stays");
    let told = told(&world, &world.admin).await;
    assert_eq!(told, ["connection-broken", "webhook-url-added"]);
    let saved = world
        .platform
        .configure(&world.admin, world.connection, Values::new(), false);
    assert!(saved.await.is_ok());
    for url in [url, shown, "https://platform.example/hooks/another".into()] {
        let hook = url.rsplit_once('/').unwrap().1;
        let found = world.platform.hook(hook).await.unwrap();
        assert_eq!(
            found.map(|found| found.id),
            (hook != "another").then_some(world.connection)
        );
    }
}

#[tokio::test]
async fn what_a_lost_key_sealed_says_so_and_stops_nothing_else() {
    let mut world = World::new().await;
    let waiting = applied("e1", "88", application("a1", "Nguyễn An"));
    world.happen("1", vec![waiting.clone()]).await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Ok(refused("signature-wrong", 401))));
    });
    world.deliver("2").await;
    world.board.with(|script| script.on_webhook = None);
    std::fs::remove_file(world.folder.path().join("master.key")).unwrap();
    world.restart().await;

    let line = &world
        .platform
        .deliveries(&world.owner, None, true, PAGE)
        .await
        .unwrap()[0];
    let again = world.platform.reprocess(&world.owner, line.id).await;
    assert!(matches!(again, Err(AppError::Store(_))));
    let all = world
        .platform
        .reprocess_all(&world.owner, world.connection)
        .await;
    assert_eq!(all.unwrap(), (1, 0));

    // The board sends the same again: the fresh copy replaces the one that nobody can read.
    assert_eq!(world.happen("1", vec![waiting]).await.status, 200);
    world.publish("r1", "88").await;
    assert_eq!(world.candidates().await.len(), 1);
}

#[tokio::test]
async fn a_verdict_that_overtook_the_boards_answer_stands() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let mut approved = event("e1", "77", Happening::PostingApproved);
    approved.review_round = Some(1);
    world.happen("approved", vec![approved]).await;
    let stale = job_board_host::contract::events::PostingChange {
        state: PostingState::PendingReview,
        run_status: None,
        approval_status: None,
        rejection: None,
    };
    let mut stale = event("e2", "77", Happening::PostingChanged(stale));
    stale.review_round = Some(1);
    world.happen("stale", vec![stale]).await;
    assert_eq!(world.stored_state("r1"), "live");
}

#[tokio::test]
async fn a_posting_that_was_linked_live_is_not_announced_as_approved() {
    let world = World::new().await;
    let mut linked = posting("r1", world.job, Some("77"), PostingState::Live);
    linked.linked = true;
    world
        .board
        .with(|script| script.postings.push_back(Ok(linked)));
    let made = world.platform.link(
        &world.owner,
        world.job,
        world.connection,
        "77".into(),
        Some("r1".into()),
    );
    assert!(made.await.is_ok());
    let mut approved = event("e1", "77", Happening::PostingApproved);
    approved.review_round = Some(1);
    answer_reconcile(&world, Ok(page(vec![approved], None)));
    world
        .platform
        .reconcile(&world.owner, world.connection)
        .await
        .unwrap();
    assert!(world.notices().await.is_empty());
}
