//! Fetching files: one at a time, each link by one fetcher, and never past a link's end.

use std::time::Duration;

use job_board_demo::application::Platform;
use job_board_demo::store::cvs::Cv;
use job_board_host::contract::types::Disposition;

use crate::support::*;
use crate::world::*;

const HOUR: Duration = Duration::from_secs(3_600);

/// Longer than any claim lasts.
const CLAIM_ENDS: Duration = Duration::from_secs(5 * 60);

async fn applicants(ids: &[&str]) -> World {
    let world = World::new().await;
    world.publish("r1", "77").await;
    for id in ids {
        world
            .happen(id, vec![applied(id, "77", application(id, id))])
            .await;
    }
    world
}

async fn cvs(world: &World, candidate: usize) -> Vec<Cv> {
    world.candidates().await[candidate].applications[0]
        .1
        .clone()
}

fn fetch(platform: &Platform) -> tokio::task::JoinHandle<usize> {
    let platform = platform.clone();
    tokio::spawn(async move { platform.fetch_cvs(None, false).await.unwrap().tried })
}

fn challenge() -> job_board_demo::board::PluginError {
    failure(Disposition::RetryLater, "board-challenge")
}

/// One fetcher is in the middle of the call, its claim has ended, and nobody hangs from now on.
async fn overtaken(world: &World) -> tokio::task::JoinHandle<usize> {
    world.board.with(|script| script.hang = Some("fetch-cv"));
    let slow = fetch(&world.platform);
    world.board.entered.notified().await;
    world.board.with(|script| script.hang = None);
    world.clock.advance(CLAIM_ENDS);
    slow
}

#[tokio::test]
async fn one_file_is_claimed_at_a_time_and_the_others_are_free_for_others() {
    let world = applicants(&["a1", "a2", "a3"]).await;
    world.board.with(|script| script.hang = Some("fetch-cv"));
    let slow = fetch(&world.platform);
    world.board.entered.notified().await;
    world.board.with(|script| {
        script.hang = None;
        for content in [b"%PDF 1", b"%PDF 2"] {
            script.files.push_back(Ok(file(content)));
        }
    });
    let second = open(world.folder.path(), &world.board, &world.clock);
    assert_eq!(second.fetch_cvs(None, false).await.unwrap().stored, 2);
    world
        .board
        .with(|script| script.files.push_back(Ok(file(b"%PDF 3"))));
    world.board.resume.notify_one();
    assert_eq!(slow.await.unwrap(), 1, "the others were taken meanwhile");
    assert_eq!(world.board.calls("fetch-cv"), 3);
}

#[tokio::test]
async fn a_late_failure_overwrites_no_file_of_a_later_fetcher() {
    let world = applicants(&["a1"]).await;
    let slow = overtaken(&world).await;
    world
        .board
        .with(|script| script.files.push_back(Ok(file(b"%PDF"))));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().stored,
        1
    );
    let gone = failure(Disposition::NotFound, "file-expired");
    world.board.with(|script| script.files.push_back(Err(gone)));
    world.board.resume.notify_one();
    slow.await.unwrap();
    let cv = &cvs(&world, 0).await[0];
    assert_eq!((cv.state.as_str(), cv.code.as_deref()), ("stored", None));
}

#[tokio::test]
async fn a_late_failure_says_nothing_about_the_try_of_a_later_fetcher() {
    let world = applicants(&["a1"]).await;
    let slow = overtaken(&world).await;
    let later = Err(challenge());
    world.board.with(|script| script.files.push_back(later));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().failed,
        1
    );
    let before = cvs(&world, 0).await.remove(0);
    let gone = failure(Disposition::NotFound, "file-expired");
    world.board.with(|script| script.files.push_back(Err(gone)));
    world.board.resume.notify_one();
    slow.await.unwrap();
    let after = cvs(&world, 0).await.remove(0);
    assert_eq!(after.code, before.code);
    assert_eq!(after.next_try_at, before.next_try_at);
    assert_eq!(after.attempts, 1);
}

#[tokio::test]
async fn a_late_file_is_welcome_when_the_later_fetcher_found_the_link_used_up() {
    let world = applicants(&["a1"]).await;
    let slow = overtaken(&world).await;
    let gone = failure(Disposition::NotFound, "file-expired");
    world.board.with(|script| script.files.push_back(Err(gone)));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().failed,
        1
    );
    world
        .board
        .with(|script| script.files.push_back(Ok(file(b"%PDF"))));
    world.board.resume.notify_one();
    slow.await.unwrap();
    assert_eq!(cvs(&world, 0).await[0].state, "stored");
}

#[tokio::test]
async fn a_platform_that_ends_finishes_the_file_that_it_is_at_and_begins_no_other() {
    let world = applicants(&["a1", "a2"]).await;
    world.board.with(|script| {
        script.hang = Some("fetch-cv");
        script.files.push_back(Ok(file(b"%PDF")));
    });
    let running = fetch(&world.platform);
    world.board.entered.notified().await;
    world.platform.end_work();
    world.board.with(|script| script.hang = None);
    world.board.resume.notify_one();
    assert_eq!(running.await.unwrap(), 1);
    assert_eq!(cvs(&world, 0).await[0].state, "stored");
    assert_eq!(cvs(&world, 1).await[0].state, "pending");
}

#[tokio::test]
async fn tries_end_with_the_link_and_the_last_message_says_so() {
    let world = applicants(&["a1"]).await;
    world.board.with(|script| {
        for _ in 0..100 {
            script.files.push_back(Err(challenge()));
        }
    });
    let mut tried_at = Vec::new();
    for _ in 0..100 {
        assert_eq!(
            world.platform.fetch_cvs(None, false).await.unwrap().tried,
            1
        );
        tried_at.push(world.platform.now());
        let cv = cvs(&world, 0).await.remove(0);
        assert_eq!(cv.code.as_deref(), Some("board-challenge"));
        let Some(next) = cv.next_try_at else {
            let message = cv.message.unwrap();
            assert!(message.vi.contains("không thử nữa") && message.en.contains("no further try"));
            break;
        };
        assert!(next > world.platform.now());
        world.clock.set(next);
    }
    assert!((8..=20).contains(&tried_at.len()), "{tried_at:?}");
    assert!(*tried_at.last().unwrap() < START + 86_400_000);
    assert!(*tried_at.last().unwrap() > START + 23 * 3_600_000);
    world.clock.advance(HOUR * 48);
    assert_eq!(world.platform.fetch_cvs(None, true).await.unwrap().tried, 0);
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    let links = "SELECT count(*) FROM cvs WHERE sealed IS NOT NULL";
    let links: i64 = db.query_row(links, [], |row| row.get(0)).unwrap();
    assert_eq!(links, 0, "a link that is no longer needed is erased");
    assert_eq!(world.candidates().await.len(), 1);
}

#[tokio::test]
async fn a_fresh_link_takes_the_place_of_a_dead_one_and_is_fetched() {
    let world = applicants(&["a1"]).await;
    let gone = failure(Disposition::NotFound, "file-expired");
    world.board.with(|script| script.files.push_back(Err(gone)));
    world.platform.fetch_cvs(None, false).await.unwrap();
    assert_eq!(cvs(&world, 0).await[0].state, "failed");
    let mut again = application("a1", "a1");
    again.attachments = vec![link("a1", "fresh")];
    world
        .happen("again", vec![applied("a1", "77", again)])
        .await;
    assert_eq!(cvs(&world, 0).await[0].state, "pending");
    world
        .board
        .with(|script| script.files.push_back(Ok(file(b"%PDF"))));
    world.platform.fetch_cvs(None, false).await.unwrap();
    let found = cvs(&world, 0).await;
    let states: Vec<_> = found.iter().map(|cv| cv.state.as_str()).collect();
    assert_eq!(states, ["stored"]);

    // A stored file stays in sight whatever becomes of later links.
    let mut third = application("a1", "a1");
    third.attachments = vec![link("a1", "third")];
    world
        .happen("third", vec![applied("a1", "77", third)])
        .await;
    let gone = failure(Disposition::NotFound, "file-expired");
    world.board.with(|script| script.files.push_back(Err(gone)));
    world.platform.fetch_cvs(None, false).await.unwrap();
    let found = cvs(&world, 0).await;
    let states: Vec<_> = found.iter().map(|cv| cv.state.as_str()).collect();
    assert_eq!(states, ["stored", "failed"]);
}

#[tokio::test]
async fn a_link_that_cannot_be_read_says_so_and_holds_up_nobody() {
    let world = applicants(&["a1", "a2"]).await;
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    db.execute("UPDATE cvs SET sealed = x'00' WHERE id = 1", [])
        .unwrap();
    world
        .board
        .with(|script| script.files.push_back(Ok(file(b"%PDF"))));
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().stored,
        1
    );
    let cv = cvs(&world, 0).await.remove(0);
    assert_eq!(cv.code.as_deref(), Some("unreadable"));
    assert!(cv.next_try_at.is_some() && cv.message.is_some());
    assert_eq!(cvs(&world, 1).await[0].state, "stored");
}

#[tokio::test]
async fn a_host_that_was_not_granted_yet_is_tried_again() {
    let world = applicants(&["a1"]).await;
    let denied = failure(Disposition::FixSettings, "host-not-granted");
    world.board.with(|script| {
        script.files.push_back(Err(denied));
        script.files.push_back(Ok(file(b"%PDF")));
    });
    world.platform.fetch_cvs(None, false).await.unwrap();
    assert!(cvs(&world, 0).await[0].next_try_at.is_some());
    world.clock.advance(HOUR);
    assert_eq!(
        world.platform.fetch_cvs(None, false).await.unwrap().stored,
        1
    );
}
