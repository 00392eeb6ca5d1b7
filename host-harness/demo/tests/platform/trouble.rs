//! Trouble of the platform itself: clients that leave, a database that does not work, two processes on one folder.

use std::sync::Arc;
use std::time::Duration;

use job_board_demo::board::PluginError;
use job_board_host::contract::events::PostingState;
use reqwest::Method;
use rusqlite::Connection;
use serde_json::json;

use crate::server::Server;
use crate::support::*;
use crate::world::*;

/// Far longer than anything here takes: a wait that ends the test, not one that decides it.
const PATIENCE: Duration = Duration::from_secs(60);

fn database(world: &World) -> Connection {
    Connection::open(world.folder.path().join("platform.db")).unwrap()
}

async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let done = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(done.is_ok(), "{what}");
}

/// Sends a request and hangs up as soon as the plugin is at it.
async fn hang_up_on(server: &Server, call: &'static str, request: reqwest::RequestBuilder) {
    server.world.board.with(|script| script.hang = Some(call));
    tokio::select! {
        _ = request.send() => panic!("the plugin hangs"),
        () = server.world.board.entered.notified() => {}
    }
    // The server notices that nobody waits any more.
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.world.board.with(|script| script.hang = None);
    server.world.board.resume.notify_one();
}

#[tokio::test]
async fn a_publish_whose_browser_goes_away_is_finished() {
    let server = Server::start().await;
    let world = &server.world;
    let answer = posting("r1", world.job, Some("77"), PostingState::PendingReview);
    world
        .board
        .with(|script| script.postings.push_back(Ok(answer)));
    let body = json!({ "connection": world.connection, "values": {}, "request_id": "r1" });
    let request = server
        .request(Method::POST, &format!("/api/jobs/{}/postings", world.job.0))
        .bearer_auth(&server.token)
        .header("content-type", "application/json")
        .body(body.to_string());
    hang_up_on(&server, "publish-job", request).await;
    eventually("the answer of the board is stored", || async {
        world.state_of("r1").await == "pending-review"
    })
    .await;
}

#[tokio::test]
async fn a_delivery_whose_sender_hangs_up_is_finished() {
    let server = Server::start().await;
    let world = &server.world;
    world.publish("r1", "77").await;
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    world
        .board
        .with(|script| script.events.insert(b"apply".to_vec(), vec![event]));
    let hook = world.view().await.webhook_url;
    let hook = hook.rsplit('/').next().unwrap();
    let request = server
        .request(Method::POST, &format!("/hooks/{hook}"))
        .body("apply");
    hang_up_on(&server, "handle-webhook", request).await;
    eventually("the applicant is there", || async {
        world.candidates().await.len() == 1
    })
    .await;
}

#[tokio::test]
async fn the_query_of_a_webhook_reaches_the_plugin_and_no_header_can_pass_for_it() {
    let server = Server::start().await;
    let world = &server.world;
    let hook = world.view().await.webhook_url;
    let hook = hook.rsplit('/').next().unwrap();
    for (path, wanted) in [
        (
            format!("/hooks/{hook}?challenge=a%20b&x"),
            Some("challenge=a%20b&x"),
        ),
        (format!("/hooks/{hook}"), None),
    ] {
        let request = server.request(Method::GET, &path).header("query", "forged");
        assert_eq!(request.send().await.unwrap().status(), 200);
        let seen = world
            .board
            .with(|script| script.deliveries_seen.pop())
            .unwrap();
        let mut queries = seen.headers.iter().filter(|header| header.name == ":query");
        assert_eq!(queries.next().map(|header| header.value.as_str()), wanted);
        assert!(queries.next().is_none());
    }
}

#[tokio::test]
async fn trouble_of_the_database_sets_no_delivery_aside() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    world.board.with(|script| {
        script.events.insert(b"apply".to_vec(), vec![event]);
        script.on_webhook = Some(Box::new(|_| Err(PluginError::Stopped("killed".into()))));
    });
    assert_eq!(world.deliver("apply").await.status, 503);
    world.board.with(|script| script.on_webhook = None);
    let broken = database(&world);
    for round in 0..20 {
        world.clock.advance(Duration::from_secs(3_600));
        broken
            .execute_batch("ALTER TABLE connections RENAME TO out_of_reach")
            .unwrap();
        assert_eq!(world.platform.work_off_inbox().await.unwrap(), 1, "{round}");
        broken
            .execute_batch("ALTER TABLE out_of_reach RENAME TO connections")
            .unwrap();
        assert_eq!(world.view().await.counters.quarantined, 0, "{round}");
    }
    world.clock.advance(Duration::from_secs(3_600));
    world.platform.work_off_inbox().await.unwrap();
    assert_eq!(world.candidates().await.len(), 1);
}

#[tokio::test]
async fn events_that_cannot_be_stored_are_never_answered_with_success() {
    for table in ["events", "candidates", "applications", "cvs", "notices"] {
        let world = World::new().await;
        world.publish("r1", "77").await;
        let broken = database(&world);
        broken
            .execute_batch(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk'); END"
            ))
            .unwrap();
        let event = applied("e1", "77", application("a1", "Nguyễn An"));
        let answer = world.happen("apply", vec![event]).await;
        assert_eq!(answer.status, 503, "{table}");
        assert!(
            world.candidates().await.is_empty(),
            "{table}: all or nothing"
        );
        broken.execute_batch("DROP TRIGGER broken").unwrap();
        world.clock.advance(Duration::from_secs(120));
        world.platform.work_off_inbox().await.unwrap();
        assert_eq!(world.candidates().await.len(), 1, "{table}");
        assert_eq!(world.notices().await, ["application"], "{table}");
    }
}

#[tokio::test]
async fn a_delivery_that_can_only_be_written_down_is_never_answered_with_success() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let broken = database(&world);
    broken
        .execute_batch(
            "CREATE TRIGGER broken BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'disk'); END",
        )
        .unwrap();
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    assert_eq!(world.happen("apply", vec![event]).await.status, 503);
    assert!(world.candidates().await.is_empty());
    broken.execute_batch("DROP TRIGGER broken").unwrap();
    world.clock.advance(Duration::from_secs(120));
    world.platform.work_off_inbox().await.unwrap();
    assert_eq!(world.candidates().await.len(), 1);
}

#[tokio::test]
async fn a_full_disk_is_never_answered_with_success() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let fill = async |pages: i64| {
        let set: Result<i64, job_board_demo::store::StoreError> = world
            .store
            .read(move |db| {
                let sql = format!("PRAGMA max_page_count = {pages}");
                Ok(db.query_row(&sql, [], |row| row.get(0))?)
            })
            .await;
        set.unwrap()
    };
    let limit = fill(1).await;
    let mut statuses = Vec::new();
    let mut sent = 0;
    for number in 0..200 {
        let id = format!("a{number}");
        let mut person = application(&id, &"Nguyễn An ".repeat(200));
        person.phone = phone(&format!("09{number:08}"));
        let answer = world.happen(&id, vec![applied(&id, "77", person)]).await;
        sent += 1;
        statuses.push(answer.status);
        if answer.status != 200 {
            break;
        }
    }
    assert_eq!(statuses.last(), Some(&503), "{limit} pages were enough");
    let taken = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(world.candidates().await.len(), taken);
    // There is room again. What was written down is taken; what was not, the board sends again.
    fill(1_000_000).await;
    world.clock.advance(Duration::from_secs(120));
    world.platform.work_off_inbox().await.unwrap();
    let last = format!("a{}", sent - 1);
    assert_eq!(world.deliver(&last).await.status, 200);
    assert_eq!(world.candidates().await.len(), sent);
}

#[tokio::test]
async fn a_busy_database_is_never_answered_with_success() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    let other = database(&world);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = world.happen("apply", vec![event]).await;
    assert_eq!(answer.status, 503);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(world.deliver("apply").await.status, 200);
    assert_eq!(world.candidates().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_on_one_folder_take_each_delivery_once() {
    let world = Arc::new(World::new().await);
    world.publish("r1", "77").await;
    let hook = world.view().await.webhook_url;
    let hook = hook.rsplit('/').next().unwrap().to_owned();
    const PEOPLE: usize = 15;
    world.board.with(|script| {
        for number in 0..PEOPLE {
            let id = format!("a{number}");
            let event = applied(&id, "77", application(&id, &id));
            script.events.insert(id.into_bytes(), vec![event]);
            let content = format!("%PDF {number}");
            script.files.push_back(Ok(file(content.as_bytes())));
        }
    });
    // Some are not done at once, and are left to background work and to a start.
    let events = world.board.with(|script| script.events.clone());
    world.board.with(|script| {
        let mut asked = 0;
        script.on_webhook = Some(Box::new(move |delivery| {
            asked += 1;
            match asked % 5 {
                0 => Err(PluginError::Stopped("now and then".into())),
                _ => Ok(accepted(events[&delivery.body].clone())),
            }
        }));
    });
    let processes = [
        world.platform.clone(),
        open(world.folder.path(), &world.board, &world.clock),
    ];
    let mut work = tokio::task::JoinSet::new();
    for (index, platform) in processes.iter().enumerate() {
        for number in 0..PEOPLE {
            let (platform, hook) = (platform.clone(), hook.clone());
            work.spawn(async move {
                let connection = platform.hook(&hook).await.unwrap().unwrap();
                for _ in 0..2 {
                    let answer = platform
                        .receive(&connection, post(&format!("a{number}")))
                        .await;
                    assert!(matches!(answer.status, 200 | 503), "{}", answer.status);
                }
            });
        }
        let platform = platform.clone();
        work.spawn(async move {
            for _ in 0..5 {
                let backlog = platform.backlog().await.unwrap();
                platform.recover(backlog).await.unwrap();
                platform.work_off_inbox().await.unwrap();
                platform.fetch_cvs(None, false).await.unwrap();
                if index == 0 {
                    platform.tidy().await.unwrap();
                }
            }
        });
    }
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
    world.board.with(|script| {
        let events = script.events.clone();
        script.on_webhook = Some(Box::new(move |delivery| {
            Ok(accepted(events[&delivery.body].clone()))
        }));
    });
    world.clock.advance(Duration::from_secs(600));
    for platform in &processes {
        platform.work_off_inbox().await.unwrap();
        platform.fetch_cvs(None, false).await.unwrap();
    }
    let candidates = world.candidates().await;
    assert_eq!(candidates.len(), PEOPLE);
    assert_eq!(world.notices().await, vec!["application"; PEOPLE]);
    for profile in candidates {
        let (application, cvs) = &profile.applications[0];
        assert_eq!(application.times, 1);
        assert_eq!(cvs.len(), 1);
        assert_eq!(cvs[0].state, "stored");
    }
    assert_eq!(world.board.calls("fetch-cv"), PEOPLE, "each link once");
    let open: i64 = database(&world)
        .query_row(
            "SELECT count(*) FROM deliveries WHERE state <> 'done'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(open, 0);
}

#[tokio::test]
async fn two_processes_count_one_try_as_one() {
    let world = World::new().await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Err(PluginError::Stopped("killed".into()))));
    });
    world.deliver("approved").await;
    let second = open(world.folder.path(), &world.board, &world.clock);
    world.clock.advance(Duration::from_secs(61));
    let both = tokio::join!(world.platform.work_off_inbox(), second.work_off_inbox());
    assert_eq!(both.0.unwrap() + both.1.unwrap(), 1);
    assert_eq!(world.board.calls("handle-webhook"), 2);
}

#[tokio::test]
async fn a_delivery_that_another_process_has_finished_is_answered_as_done() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    // Between writing it down and reading it again, a second process starts and finishes it.
    database(&world)
        .execute_batch(
            "CREATE TRIGGER faster AFTER INSERT ON deliveries
             BEGIN UPDATE deliveries SET state = 'done', sealed = NULL WHERE id = NEW.id; END",
        )
        .unwrap();
    assert_eq!(world.deliver("apply").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_may_make_the_database_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("platform.db");
        let opened: Vec<_> = (0..4)
            .map(|_| {
                let path = path.clone();
                tokio::task::spawn_blocking(move || job_board_demo::store::Store::open(&path))
            })
            .collect();
        for store in opened {
            store.await.unwrap().unwrap();
        }
    }
}
