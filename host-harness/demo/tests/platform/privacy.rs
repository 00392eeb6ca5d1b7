//! Source, time and basis of each application, and what a person is shown who asks what is kept.

use job_board_demo::domain::basis::Basis;
use job_board_demo::store::Store;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::server::Server;
use crate::support::{START, application, applied};
use crate::world::World;

#[tokio::test]
async fn each_application_has_source_time_and_basis_and_a_signature_that_comes_later_gives_a_better_one()
 {
    let world = World::new().await;
    world.publish("r1", "77").await;
    let mut unsigned = application("a1", "Nguyễn An");
    unsigned.verified = false;
    unsigned.attachments.clear();
    let event = applied("e1", "77", unsigned.clone());
    world.happen("unsigned", vec![event]).await;
    let [profile] = &world.candidates().await[..] else {
        panic!("one candidate");
    };
    let (kept, _) = &profile.applications[0];
    assert_eq!((kept.basis, kept.basis_at), (Basis::NotConfirmed, START));
    assert_eq!(kept.source.vi, "Sàn Việc");
    assert_eq!((kept.received_at, kept.applied_at), (START, Some(START)));

    // Another report of the same application, this time signed, an hour later.
    let later = START + 3_600_000;
    let signed = application("a1", "Nguyễn An");
    let mut event = applied("e2", "77", signed);
    event.received_at = later;
    world.happen("signed", vec![event]).await;
    // A third one, unsigned again, takes nothing back.
    let mut event = applied("e3", "77", unsigned);
    event.received_at = later + 1;
    world.happen("unsigned again", vec![event]).await;
    let [profile] = &world.candidates().await[..] else {
        panic!("still one candidate");
    };
    let (kept, _) = &profile.applications[0];
    assert_eq!((kept.basis, kept.basis_at), (Basis::OwnApplication, later));
    assert!(kept.verified);
    assert_eq!(kept.received_at, START, "the first report's time stays");
}

#[tokio::test]
async fn whoever_asks_what_is_kept_is_shown_source_time_and_basis_in_both_languages() {
    let server = Server::start().await;
    let world = &server.world;
    world.publish("r1", "77").await;
    let event = applied("e1", "77", application("a1", "Nguyễn An"));
    world.happen("apply", vec![event]).await;
    let id = world.candidates().await[0].candidate.id.0;
    let path = format!("/api/candidates/{id}");
    let answer = server.json(reqwest::Method::GET, &path, None).await;
    let kept: &Value = &answer["applications"][0];
    assert_eq!(kept["basis"]["code"], "own-application");
    assert_eq!(kept["basis"]["at"], json!(START));
    for (language, words) in [("vi", "điều 25"), ("en", "article 25")] {
        let text = kept["basis"]["text"][language].as_str().unwrap();
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(kept["source"]["vi"], "Sàn Việc");
    assert_eq!(kept["received_at"], json!(START));
}

#[tokio::test]
async fn applications_of_an_older_database_get_the_basis_that_their_signature_gives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("platform.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/store/schema.sql"))
        .unwrap();
    old.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA user_version = 1;")
        .unwrap();
    for (name, verified) in [("a1", 1), ("a2", 0)] {
        let insert = "INSERT INTO applications (tenant_id, candidate_id, job_id, posting_id, connection_id, board_application,
                 stage, received_at, verified, source, extra, active_at)
             VALUES (1, 1, 1, 1, 1, ?1, 'receive', 1234, ?2, '{}', '{}', 1234)";
        old.execute(insert, (name, verified)).unwrap();
    }
    drop(old);
    // The second opening finds nothing left to do.
    for _ in 0..2 {
        drop(Store::open(&path).unwrap());
        let db = Connection::open(&path).unwrap();
        let mut rows = db
            .prepare("SELECT basis, basis_at FROM applications ORDER BY board_application")
            .unwrap();
        let rows = rows.query_map((), |row| Ok((row.get(0)?, row.get(1)?)));
        let found: Vec<(String, i64)> = rows.unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(
            found,
            [
                ("own-application".to_owned(), 1234),
                ("not-confirmed".to_owned(), 1234)
            ]
        );
    }
}
