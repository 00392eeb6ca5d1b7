//! Who was erased stays erased: after a repeated delivery, after a crash, after a restore.

use std::path::Path;
use std::time::Duration;

use job_board_demo::application::AppError;
use job_board_demo::board::PluginError;
use job_board_demo::domain::erasure::Reason;
use job_board_demo::domain::id::CandidateId;
use job_board_demo::domain::stage::Stage;
use job_board_demo::store::erasure_log::{self, ErasureLog};
use job_board_demo::store::erasures::Erasure;
use job_board_host::contract::events::Application;
use job_board_host::contract::types::Disposition;
use reqwest::Method;
use serde_json::json;

use crate::server::{Server, read, token_of};
use crate::support::*;
use crate::world::*;

const NAME: &str = "Lê Thị Thu Hương";
const EMAIL: &str = "thu.huong.le@example.com";
const PHONE: &str = "0977123456";

/// Everything by which somebody could be found in a file.
const TRACES: [&str; 4] = [NAME, EMAIL, PHONE, "977123456"];

fn person(id: &str) -> Application {
    Application {
        full_name: said(NAME),
        email: said(EMAIL),
        phone: phone(PHONE),
        ..application(id, NAME)
    }
}

/// The person has applied, with a stored file; beside them others, before and after.
async fn arrived(world: &World) -> CandidateId {
    world.publish("r1", "77").await;
    let other = |number: usize| {
        let id = format!("other-{number}");
        let mut other = application(&id, &format!("Người Khác {number}"));
        other.phone = phone(&format!("09{number:08}"));
        applied(&id, "77", other)
    };
    world.happen("before", (0..40).map(other).collect()).await;
    let mut hidden = person("a1");
    hidden.phone = masked("0977***456");
    hidden.email = None;
    hidden.attachments.clear();
    world
        .happen("hidden", vec![applied("e0", "77", hidden)])
        .await;
    world
        .happen("apply", vec![applied("e1", "77", person("a1"))])
        .await;
    world.happen("after", (40..80).map(other).collect()).await;
    world.board.with(|script| {
        for number in 0..81 {
            let content = format!("%PDF {number}");
            script.files.push_back(Ok(file(content.as_bytes())));
        }
    });
    while world.platform.fetch_cvs(None, false).await.unwrap().tried > 0 {}
    the_person(world).await.unwrap()
}

async fn the_person(world: &World) -> Option<CandidateId> {
    let found = world.candidates().await.into_iter().find(|profile| {
        let name = profile.candidate.contact.full_name.as_ref();
        name.is_some_and(|name| name.value == NAME)
    });
    found.map(|profile| profile.candidate.id)
}

async fn forget(world: &World, id: CandidateId) -> Erasure {
    let forgotten = world.platform.forget(&world.admin, id, Reason::Request);
    forgotten.await.unwrap().erasure
}

fn assert_no_trace(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for trace in TRACES {
            let found = bytes
                .windows(trace.len())
                .any(|window| window == trace.as_bytes());
            assert!(!found, "{trace} stands in {}", path.display());
        }
    }
}

fn count(world: &World, sql: &str) -> i64 {
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn run(world: &World, sql: &str) {
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    db.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn after_forgetting_no_file_names_the_person_and_everybody_else_is_there() {
    let world = World::new().await;
    let id = arrived(&world).await;
    world
        .happen("elsewhere", vec![applied("e9", "99", person("a9"))])
        .await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|_| Ok(refused("wrong-signature", 401))));
    });
    for body in [
        r#"{"candidate_phone":"+84 977 123 456"}"#,
        r#"{"candidate_email":"THU.HUONG.LE@example.com"}"#,
        r#"{"candidate_phone":"0912345678"}"#,
    ] {
        world.deliver(body).await;
    }
    world.board.with(|script| script.on_webhook = None);
    assert_eq!(world.candidates().await.len(), 81);

    let erasure = forget(&world, id).await;
    assert_no_trace(world.folder.path());
    let erased = erasure.erased;
    assert_eq!((erased.applications, erased.links, erased.files), (1, 1, 1));
    assert_eq!((erased.waiting, erased.deliveries), (1, 2));
    assert!(erased.notices >= 1);
    assert_eq!(world.candidates().await.len(), 80);
    assert_eq!(count(&world, "SELECT count(*) FROM cv_files"), 80);
    assert_eq!(
        world.view().await.counters.quarantined,
        1,
        "somebody else's"
    );
    assert_eq!(world.view().await.counters.unmatched, 0);
    let gone = world.platform.candidate(&world.owner, id).await;
    assert!(matches!(gone, Err(AppError::NoSuch(_))));
    let orphans = count(
        &world,
        "SELECT count(*) FROM notices WHERE candidate_id NOT IN (SELECT id FROM candidates)",
    );
    assert_eq!(orphans, 0);
}

#[tokio::test]
async fn a_delivery_of_an_erased_application_is_answered_and_brings_nobody_back() {
    let world = World::new().await;
    let id = arrived(&world).await;
    forget(&world, id).await;
    let notices = world.notices().await.len();
    let again = applied("e1", "77", person("a1"));
    assert_eq!(world.happen("apply", vec![again]).await.status, 200);
    // The same application in other words: an event that was never seen.
    let mut varied = person("a1");
    varied.email = said("another@example.com");
    varied.attachments = vec![link("a1", "fresh")];
    let varied = applied("e1-varied", "77", varied);
    assert_eq!(world.happen("varied", vec![varied]).await.status, 200);
    // Nor by way of a posting that is not known.
    run(&world, "UPDATE postings SET state = 'unlinked'");
    let waiting = applied("e1-waiting", "77", person("a1"));
    assert_eq!(world.happen("waiting", vec![waiting]).await.status, 200);
    assert_eq!(world.view().await.counters.unmatched, 0);
    run(&world, "UPDATE postings SET state = 'live'");
    assert!(the_person(&world).await.is_none());
    assert_eq!(world.notices().await.len(), notices);
    assert_no_trace(world.folder.path());
}

#[tokio::test]
async fn a_new_application_of_somebody_who_was_erased_is_taken() {
    for (what, happening) in [
        ("another candidate id", applied("e2", "77", person("a2"))),
        ("another posting", applied("e3", "78", person("a3"))),
        ("the same posting, later", {
            let mut later = person("a1");
            later.applied_at = Some(START + 86_400_000);
            applied("e4", "77", later)
        }),
    ] {
        let world = World::new().await;
        let id = arrived(&world).await;
        world.publish("r2", "78").await;
        forget(&world, id).await;
        world.happen("new", vec![happening]).await;
        let new = the_person(&world).await.expect(what);
        assert_ne!(new, id, "{what}: a number is given once");
    }
}

#[tokio::test]
async fn plugins_are_told_and_their_receipts_kept_without_the_ids() {
    let world = World::new().await;
    let id = arrived(&world).await;
    world.board.with(|script| {
        let down = Err(failure(Disposition::RetryLater, "storage-unavailable"));
        let killed = Err(PluginError::Stopped("killed".into()));
        script.forget.extend([down, killed]);
    });
    let erasure = forget(&world, id).await;
    assert!(!erasure.told && erasure.receipts.is_empty());
    world.platform.tidy().await.unwrap();
    world.platform.tidy().await.unwrap();
    world.platform.tidy().await.unwrap();
    let told = world.board.with(|script| script.forgotten.clone());
    // The board's id of the person is the application's here.
    assert_eq!(told, vec![vec!["a1".to_owned()]; 3]);
    let records = world.platform.erasures(&world.admin, PAGE).await.unwrap();
    assert_eq!(records.len(), 1);
    assert!(records[0].told);
    assert_eq!(records[0].receipts[0].notes[0].en, "the board keeps a copy");
    let ids = count(
        &world,
        "SELECT count(*) FROM erasures WHERE sealed IS NOT NULL",
    );
    assert_eq!(ids, 0);
}

#[tokio::test]
async fn only_administrators_forget() {
    let server = Server::start().await;
    let id = arrived(&server.world).await;
    let path = format!("/api/candidates/{}", id.0);
    let recruiter = token_of(&server.world, &server.world.owner).await;
    let admin = token_of(&server.world, &server.world.admin).await;
    let body = || Some(json!({ "reason": "consent-withdrawn" }));
    let denied = server
        .send_as(&recruiter, Method::DELETE, &path, body())
        .await;
    assert_eq!(denied.status().as_u16(), 403);
    let denied = server
        .send_as(&recruiter, Method::GET, "/api/erasures", None)
        .await;
    assert_eq!(denied.status().as_u16(), 403);
    assert!(the_person(&server.world).await.is_some());

    let done = server.send_as(&admin, Method::DELETE, &path, body()).await;
    let (status, erasure) = read(done).await;
    assert_eq!(status.as_u16(), 200, "{erasure}");
    assert_eq!(erasure["reason"], "consent-withdrawn");
    assert_eq!(erasure["erased"]["applications"], 1);
    assert_eq!(erasure["plugins_told"], true);
    let again = server.send_as(&admin, Method::DELETE, &path, body()).await;
    assert_eq!(again.status().as_u16(), 404);
    let list = server
        .send_as(&admin, Method::GET, "/api/erasures", None)
        .await;
    let (_, list) = read(list).await;
    assert_eq!(list["erasures"][0]["id"], erasure["id"]);
}

/// Copies the database as it is now, while the platform runs.
fn copy(world: &World, to: &Path) {
    let db = rusqlite::Connection::open(world.folder.path().join("platform.db")).unwrap();
    db.execute("VACUUM INTO ?1", [to.to_str().unwrap()])
        .unwrap();
}

/// Puts a copy in the place of the database, with the platform stopped meanwhile.
async fn restore(world: &mut World, from: &Path) {
    let elsewhere = tempfile::tempdir().unwrap();
    world.platform = open(elsewhere.path(), &world.board, &world.clock);
    for name in ["platform.db", "platform.db-wal", "platform.db-shm"] {
        let _ = std::fs::remove_file(world.folder.path().join(name));
    }
    std::fs::copy(from, world.folder.path().join("platform.db")).unwrap();
    world.restart().await;
}

#[tokio::test]
async fn an_erased_person_stays_erased_when_an_older_copy_is_restored() {
    let mut world = World::new().await;
    let id = arrived(&world).await;
    // In the copy the person stands in every place: as a candidate, as an event that waits, in the inbox and in quarantine.
    world
        .happen("elsewhere", vec![applied("e9", "99", person("a9"))])
        .await;
    world.board.with(|script| {
        script.on_webhook = Some(Box::new(|delivery| {
            if delivery.body.starts_with(b"{\"refuse") {
                return Ok(refused("wrong-signature", 401));
            }
            Err(PluginError::Stopped("killed".into()))
        }));
    });
    world.deliver(r#"{"refuse":"0977123456"}"#).await;
    world.deliver(r#"{"late":"0977123456"}"#).await;
    world.board.with(|script| {
        script.on_webhook = None;
        let late = applied("e1-late", "77", person("a1"));
        script
            .events
            .insert(br#"{"late":"0977123456"}"#.to_vec(), vec![late]);
    });
    let copies = tempfile::tempdir().unwrap();
    let backup = copies.path().join("backup.db");
    copy(&world, &backup);

    forget(&world, id).await;
    assert_no_trace(world.folder.path());
    world.clock.advance(Duration::from_secs(30));
    restore(&mut world, &backup).await;

    assert!(the_person(&world).await.is_none());
    assert_no_trace(world.folder.path());
    assert_eq!(world.candidates().await.len(), 80);
    assert_eq!(world.view().await.counters.unmatched, 0);
    assert_eq!(world.view().await.counters.quarantined, 0);
    let records = world.platform.erasures(&world.admin, PAGE).await.unwrap();
    assert_eq!(records[0].reason, "restored");
    assert!(records[0].told, "a restored plugin database is told again");
    for body in ["apply", r#"{"late":"0977123456"}"#] {
        assert_eq!(world.deliver(body).await.status, 200);
    }
    world.publish("r9", "99").await;
    assert!(the_person(&world).await.is_none());
    assert_no_trace(world.folder.path());

    // Nothing is erased twice, and who came after the erasure stays.
    world.clock.advance(Duration::from_secs(60));
    let mut later = person("a1");
    later.applied_at = Some(START + 1_000);
    world
        .happen("later", vec![applied("e5", "77", later)])
        .await;
    world.restart().await;
    assert!(the_person(&world).await.is_some());
}

#[tokio::test]
async fn a_key_that_was_lost_since_the_copy_brings_nobody_back() {
    let mut world = World::new().await;
    let id = arrived(&world).await;
    let copies = tempfile::tempdir().unwrap();
    let backup = copies.path().join("backup.db");
    copy(&world, &backup);
    let url = world.view().await.webhook_url;
    std::fs::remove_file(world.folder.path().join("master.key")).unwrap();
    world.restart().await;
    assert_ne!(world.view().await.webhook_url, url);
    forget(&world, id).await;
    restore(&mut world, &backup).await;
    assert!(the_person(&world).await.is_none());
}

#[tokio::test]
async fn an_erasure_that_is_cut_short_is_finished_by_the_next_start() {
    let mut world = World::new().await;
    let id = arrived(&world).await;
    run(
        &world,
        "CREATE TRIGGER broken BEFORE DELETE ON candidates BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    let failed = world
        .platform
        .forget(&world.admin, id, Reason::Request)
        .await;
    assert!(matches!(failed, Err(AppError::Store(_))));
    assert!(the_person(&world).await.is_some(), "all of it, or nothing");
    run(&world, "DROP TRIGGER broken");
    world.restart().await;
    assert!(the_person(&world).await.is_none());
    assert_no_trace(world.folder.path());
}

#[tokio::test]
async fn nobody_is_erased_who_cannot_be_remembered_as_erased() {
    let world = World::new().await;
    let id = arrived(&world).await;
    let log = world.folder.path().join(erasure_log::FILE_NAME);
    let log = rusqlite::Connection::open(log).unwrap();
    log.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON applications BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    .unwrap();
    let failed = world
        .platform
        .forget(&world.admin, id, Reason::Request)
        .await;
    assert!(matches!(failed, Err(AppError::Store(_))));
    assert!(the_person(&world).await.is_some());
}

#[tokio::test]
async fn a_lost_erasure_log_is_filled_again_from_the_database() {
    let mut world = World::new().await;
    let id = arrived(&world).await;
    forget(&world, id).await;
    let elsewhere = tempfile::tempdir().unwrap();
    world.platform = open(elsewhere.path(), &world.board, &world.clock);
    let path = world.folder.path().join(erasure_log::FILE_NAME);
    std::fs::remove_file(&path).unwrap();
    world.restart().await;
    let entries = ErasureLog::open(&path).unwrap().read().unwrap();
    assert_eq!(entries.applications.len(), 1);
    assert_eq!(entries.applications[0].erased_at, START);
}

#[tokio::test]
async fn a_file_that_arrives_after_its_person_was_erased_is_not_stored() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world
        .happen("apply", vec![applied("e1", "77", person("a1"))])
        .await;
    world.board.with(|script| {
        script.hang = Some("fetch-cv");
        script.files.push_back(Ok(file(b"%PDF late")));
    });
    let platform = world.platform.clone();
    let fetching = tokio::spawn(async move { platform.fetch_cvs(None, false).await });
    world.board.entered.notified().await;
    let id = the_person(&world).await.unwrap();
    forget(&world, id).await;
    world.board.resume.notify_one();
    fetching.await.unwrap().unwrap();
    assert_eq!(count(&world, "SELECT count(*) FROM cv_files"), 0);
    assert_eq!(count(&world, "SELECT count(*) FROM cvs"), 0);
}

#[tokio::test]
async fn who_was_not_hired_is_erased_when_the_time_has_come_and_nobody_else() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    for id in ["idle", "rejected", "hired", "moved", "again"] {
        world
            .happen(id, vec![applied(id, "77", application(id, id))])
            .await;
    }
    let named = async |name: &str| {
        let found =
            world.candidates().await.into_iter().find(|profile| {
                profile.candidate.contact.full_name.as_ref().unwrap().value == name
            });
        found.map(|profile| profile.candidate.id)
    };
    let to_stage = async |name: &str, stage| {
        let id = named(name).await.unwrap();
        let moved = world.platform.move_to_stage(&world.owner, id, None, stage);
        moved.await.unwrap();
    };
    to_stage("rejected", Stage::Rejected).await;
    to_stage("hired", Stage::Hired).await;
    let day = Duration::from_secs(86_400);
    world.clock.advance(day * (RETENTION_DAYS - 1));
    to_stage("moved", Stage::Interview).await;
    let mut again = application("again", "again");
    again.applied_at = Some(START + 1_000);
    world
        .happen("again 2", vec![applied("again 2", "77", again)])
        .await;
    world.platform.tidy().await.unwrap();
    assert_eq!(world.candidates().await.len(), 5, "one day is left");

    world.clock.advance(day * 2);
    world.platform.tidy().await.unwrap();
    for (name, stays) in [
        ("idle", false),
        ("rejected", false),
        ("hired", true),
        ("moved", true),
        ("again", true),
    ] {
        assert_eq!(named(name).await.is_some(), stays, "{name}");
    }
    let records = world.platform.erasures(&world.admin, PAGE).await.unwrap();
    assert_eq!(records.len(), 2);
    assert!(
        records
            .iter()
            .all(|record| record.reason == "retention" && record.user.is_none())
    );
}

#[tokio::test]
async fn an_old_application_that_goes_takes_no_new_one_of_the_same_person_with_it() {
    let world = World::new().await;
    world.publish("r1", "77").await;
    world
        .happen("apply", vec![applied("e1", "77", person("a1"))])
        .await;
    world
        .clock
        .advance(Duration::from_secs(86_400) * (RETENTION_DAYS + 1));
    let new = applied("e2", "99", person("a2"));
    world.happen("new", vec![new]).await;
    world.platform.tidy().await.unwrap();
    assert!(the_person(&world).await.is_none());
    assert_eq!(world.view().await.counters.unmatched, 1);
    world.publish("r2", "99").await;
    assert!(the_person(&world).await.is_some());
}

#[test]
fn nobody_is_erased_by_age_unless_the_operator_says_so() {
    let config = job_board_demo::DemoConfig::new("data", "plugin.wasm");
    assert_eq!(config.retention_days, None);
}
