//! What nobody vouches for: it has a cap and an age, keeps nobody out, and is no sign of life.

use std::time::Duration;

use job_board_demo::application::receive::MOST_UNVERIFIED_BYTES;
use job_board_host::contract::events::{Event, Happening, OtherEvent};

use crate::support::*;
use crate::world::*;

fn other(id: &str, board_posting: &str) -> Event {
    let other = Happening::Other(OtherEvent {
        kind: "package_expired".into(),
        json: "{}".into(),
        note: None,
    });
    event(id, board_posting, other)
}

fn count(world: &World, sql: &str) -> i64 {
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

async fn fill_quarantine(world: &World) {
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Ok(refused("wrong-signature", 401))));
    });
    world.deliver("forged").await;
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    db.execute(
        "UPDATE deliveries SET bytes = ?1",
        [MOST_UNVERIFIED_BYTES as i64],
    )
    .unwrap();
}

#[tokio::test]
async fn an_event_of_an_unknown_kind_is_no_sign_of_life() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world
        .happen("other", vec![other("e1", "77"), other("e2", "")])
        .await;
    assert_eq!(world.view().await.counters.last_delivery_at, None);
    let vouched = event("e3", "77", Happening::PostingApproved);
    world.happen("both", vec![other("e4", "77"), vouched]).await;
    assert_eq!(world.view().await.counters.last_delivery_at, Some(START));
}

#[tokio::test]
async fn events_of_unknown_kinds_are_erased_after_30_days_and_others_wait_on() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let waiting = applied("e0", "99", application("a0", "Nguyễn An"));
    let all = vec![
        other("e1", "77"),
        other("e2", "99"),
        other("e3", ""),
        waiting,
    ];
    world.happen("all", all).await;
    let lines = "SELECT count(*) FROM posted_jobs WHERE what = 'other'";
    world.clock.advance(Duration::from_secs(29 * 86_400));
    world.platform.tidy().await.unwrap();
    assert_eq!(world.view().await.counters.unmatched, 3);
    assert_eq!(count(&world, lines), 1);
    world.clock.advance(Duration::from_secs(2 * 86_400));
    world.platform.tidy().await.unwrap();
    assert_eq!(world.view().await.counters.unmatched, 1);
    assert_eq!(count(&world, lines), 0);
    assert_eq!(count(&world, "SELECT count(*) FROM posted_jobs"), 1);
}

#[tokio::test]
async fn a_full_quarantine_keeps_no_applicant_out_and_is_counted() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    fill_quarantine(&world).await;
    assert_eq!(world.deliver("forged too").await.status, 401);
    let counters = world.view().await.counters;
    assert_eq!((counters.quarantined, counters.not_kept), (1, 1));

    world.board.with(|script| script.on_webhook = None);
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    assert_eq!(world.happen("apply", vec![event]).await.status, 200);
    assert_eq!(world.candidates().await.len(), 1);
    assert_eq!(
        world.happen("other", vec![other("e2", "")]).await.status,
        200
    );
    assert_eq!(world.view().await.counters.unmatched, 0);
    assert_eq!(count(&world, "SELECT count(*) FROM events"), 1);
}

#[tokio::test]
async fn what_is_in_a_full_quarantine_stays_when_it_is_refused_again() {
    let world = World::new().await;
    fill_quarantine(&world).await;
    let again = world
        .platform
        .reprocess_all(&world.admin, world.connection)
        .await;
    assert_eq!(again.unwrap(), (1, 0));
    let counters = world.view().await.counters;
    assert_eq!((counters.quarantined, counters.not_kept), (1, 0));
}

#[tokio::test]
async fn events_of_unknown_kinds_count_towards_the_cap() {
    let world = World::new().await;
    world.happen("other", vec![other("e1", "")]).await;
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    db.execute(
        "UPDATE unmatched SET sealed = zeroblob(?1)",
        [MOST_UNVERIFIED_BYTES as i64],
    )
    .unwrap();
    world.happen("more", vec![other("e2", "")]).await;
    assert_eq!(world.view().await.counters.unmatched, 1);
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Ok(refused("wrong-signature", 401))));
    });
    world.deliver("forged").await;
    let counters = world.view().await.counters;
    assert_eq!((counters.quarantined, counters.not_kept), (0, 1));
}
