//! Receiving without losing or doubling anything.

use std::time::Duration;

use crate::support::*;
use crate::world::*;
use job_board_demo::board::PluginError;
use job_board_host::contract::deliveries::Verdict;
use job_board_host::contract::events::Happening;
use job_board_host::contract::types::Disposition;

#[tokio::test]
async fn a_delivery_is_taken_once_however_often_it_arrives() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    for _ in 0..3 {
        let answer = world.happen("apply", vec![event.clone()]).await;
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"{}"[..]));
    }
    assert_eq!(world.candidates().await.len(), 1);
    assert_eq!(world.notices().await, ["application"]);
    assert_eq!(world.view().await.counters.last_delivery_at, Some(START));
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    let kept = "SELECT count(*) FROM deliveries WHERE sealed IS NOT NULL";
    let kept: i64 = db.query_row(kept, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 0, "what came in is erased when it is done");
}

#[tokio::test]
async fn killed_while_the_plugin_reads_nothing_is_lost_and_nothing_doubled() {
    let mut world = World::new().await;
    world.publish("r1", "77").await;
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    world.board.with(|script| {
        script.hang = Some("handle-webhook");
        script.events.insert(b"apply".to_vec(), vec![event]);
    });
    {
        let entered = std::sync::Arc::clone(&world.board.entered);
        let delivering = world.deliver("apply");
        tokio::select! {
            _ = delivering => panic!("the plugin hangs"),
            () = entered.notified() => {}
        }
    }
    world.board.with(|script| script.hang = None);
    assert_eq!(world.candidates().await.len(), 0);

    world.clock.advance(Duration::from_secs(90));
    world.restart().await;
    assert_eq!(world.candidates().await.len(), 1);
    let seen = world.board.with(|script| script.deliveries_seen.pop());
    assert_eq!(seen.unwrap().received_at, START);

    // The board never got its answer and sends again.
    assert_eq!(world.deliver("apply").await.status, 200);
    world.restart().await;
    assert_eq!(world.candidates().await.len(), 1);
    assert_eq!(world.notices().await, ["application"]);
}

#[tokio::test]
async fn killed_before_the_transaction_or_after_it_the_same_events_are_taken_once() {
    let mut world = World::new().await;
    world.publish("r1", "77").await;
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    world.board.with(|script| {
        script.events.insert(b"apply".to_vec(), vec![event]);
        script.on_webhook = Some(Box::new(|_| Err(PluginError::Stopped("killed".into()))));
    });
    assert_eq!(world.deliver("apply").await.status, 503);
    assert_eq!(world.candidates().await.len(), 0);
    world.board.with(|script| script.on_webhook = None);
    for _ in 0..2 {
        world.restart().await;
        assert_eq!(world.candidates().await.len(), 1);
    }
    let deliveries = world
        .platform
        .deliveries(&world.owner, None, false, PAGE)
        .await
        .unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].state, "done");
    assert_eq!(deliveries[0].attempts, 1);
}

#[tokio::test]
async fn a_refused_delivery_is_counted_and_processed_again_with_its_first_time() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Ok(refused("wrong-signature", 401))));
    });
    for body in ["apply 1", "apply 2"] {
        assert_eq!(world.deliver(body).await.status, 401);
    }
    assert_eq!(world.view().await.counters.quarantined, 2);
    assert_eq!(world.candidates().await.len(), 0);

    world.clock.advance(Duration::from_secs(3_600));
    let still_wrong = world
        .platform
        .reprocess_all(&world.admin, world.connection)
        .await;
    assert_eq!(still_wrong.unwrap(), (2, 0));

    world.board.with(|script| {
        script.deliveries_seen.clear();
        script.on_webhook = Some(Box::new(|delivery| {
            let id = String::from_utf8(delivery.body.clone()).unwrap();
            let mut event = applied(&id, "77", application(&id, "Nguyễn An"));
            event.received_at = delivery.received_at;
            Ok(accepted(vec![event]))
        }));
    });
    let mended = world
        .platform
        .reprocess_all(&world.admin, world.connection)
        .await;
    assert_eq!(mended.unwrap(), (2, 2));
    assert_eq!(world.view().await.counters.quarantined, 0);
    let candidates = world.candidates().await;
    assert_eq!(candidates.len(), 2);
    for candidate in candidates {
        assert_eq!(candidate.applications[0].0.received_at, START);
    }
}

#[tokio::test]
async fn try_again_is_tried_again_later_and_not_for_ever() {
    let world = World::new().await;
    world.board.with(|script| {
        let failure = plain_failure(Disposition::RetryLater, "board-down");
        script.on_webhook = Some(Box::new(move |_| {
            Ok(outcome(Verdict::TryAgain(failure.clone()), 503))
        }));
    });
    assert_eq!(world.deliver("approved").await.status, 503);
    assert_eq!(world.platform.work_off_inbox().await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(world.platform.work_off_inbox().await.unwrap(), 1);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(world.platform.work_off_inbox().await.unwrap(), 0);
    for _ in 0..20 {
        world.clock.advance(Duration::from_secs(7 * 3_600));
        world.platform.work_off_inbox().await.unwrap();
    }
    assert_eq!(world.board.calls("handle-webhook"), 12);
    assert_eq!(world.view().await.counters.quarantined, 1);
}

#[tokio::test]
async fn a_ping_changes_nothing() {
    let world = World::new().await;
    assert_eq!(world.deliver("").await.status, 200);
    let view = world.view().await;
    assert_eq!(view.counters.last_delivery_at, None);
    assert_eq!(view.counters.quarantined, 0);
    assert!(world.notices().await.is_empty());
}

#[tokio::test]
async fn nothing_of_a_delivery_is_readable_on_the_disk() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Ok(refused("wrong-signature", 401))));
    });
    world.deliver("refused SECRET-IN-QUARANTINE").await;
    world.board.with(|script| script.on_webhook = None);
    let unknown = applied("e0", "other", application("a0", "SECRET-UNMATCHED"));
    world.happen("SECRET-BODY-DONE", vec![unknown]).await;
    let known = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("apply", vec![known]).await;
    world
        .board
        .with(|script| script.files.push_back(Ok(file(b"%PDF SECRET-IN-FILE"))));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().stored,
        1
    );
    let hook = world.view().await.webhook_url;
    let hook = hook.rsplit('/').next().unwrap();
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in ["SECRET-", "one-time-", hook] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in a file");
        }
    }
}

#[tokio::test]
async fn a_lost_key_holds_nothing_else_up() {
    let mut world = World::new().await;
    let waiting = applied("e0", "77", application("a0", "Nguyễn An"));
    world.happen("waits", vec![waiting]).await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Err(PluginError::Stopped("killed".into()))));
    });
    world.deliver("pending").await;
    world.board.with(|script| script.on_webhook = None);
    std::fs::remove_file(world.folder.path().join("master.key")).unwrap();

    world.restart().await;
    let quarantine = world
        .platform
        .deliveries(&world.owner, None, true, PAGE)
        .await
        .unwrap();
    assert_eq!(quarantine.len(), 1);
    assert_eq!(quarantine[0].code.as_deref(), Some("unreadable"));
    world.publish("r1", "77").await;
    assert_eq!(world.state_of("r1").await, "pending-review");
}

#[tokio::test]
async fn old_quarantine_is_erased() {
    let world = World::new().await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Ok(refused("wrong-signature", 401))));
    });
    world.deliver("apply").await;
    world.clock.advance(Duration::from_secs(29 * 86_400));
    world.platform.tidy().await.unwrap();
    assert_eq!(world.view().await.counters.quarantined, 1);
    world.clock.advance(Duration::from_secs(2 * 86_400));
    world.platform.tidy().await.unwrap();
    assert_eq!(world.view().await.counters.quarantined, 0);
}

#[tokio::test]
async fn the_answer_does_not_wait_for_the_file() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world.board.with(|script| script.hang = Some("fetch-cv"));
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    assert_eq!(world.happen("apply", vec![event]).await.status, 200);
    assert_eq!(world.board.calls("fetch-cv"), 0);
    world.platform.work_arrived().await;
}

#[tokio::test]
async fn an_event_of_no_posting_is_kept() {
    let world = World::new().await;
    let other = Happening::Other(job_board_host::contract::events::OtherEvent {
        kind: "package_expired".into(),
        json: "{}".into(),
        note: None,
    });
    assert_eq!(
        world
            .happen("other", vec![event("e1", "", other)])
            .await
            .status,
        200
    );
    assert_eq!(world.view().await.counters.unmatched, 1);
}
