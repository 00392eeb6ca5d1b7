//! Yesterday's backup is put back, and a key file is lost.
#![allow(clippy::unwrap_used, reason = "a panic is the test's failure")]

use std::path::Path;
use std::time::Duration;

use job_board_demo::backup::BackupError;
use job_board_demo::{BackupOptions, DataDirError, DemoError, RestoreOptions, backup, restore};
use job_board_host::Clock;
use serde_json::{Value, json};
use system_tests::House;

const DAY: Duration = Duration::from_secs(86_400);
const FORCE: RestoreOptions = RestoreOptions { force: true };

fn back_up(house: &House, to: &Path, with_key: bool) {
    let options = BackupOptions {
        with_key,
        made_at: house.clock.now(),
    };
    backup(&house.data(), to, &options).unwrap();
}

fn person() -> Value {
    json!({ "name": "Lê Hòa", "email": "hoa@example.com", "phone": "0912345678" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_published_after_the_backup_is_found_at_the_board_and_not_created_again() {
    let house = House::new().await;
    let day_1 = house.start().await;
    let people = house.people(&day_1).await;
    house.configure(&people).await;
    let first = people.add_job("Kế toán trưởng").await;
    people.publish(first, "request-a").await;
    let second = people.add_job("Kỹ sư Rust").await;
    back_up(&house, &house.beside("backup"), false);

    house.pass(DAY).await;
    let people = house.people(&day_1).await;
    let made = people.publish(second, "request-b").await;
    let board = made["board_posting"].as_str().unwrap();
    house.board.approve(board).await.unwrap();
    house
        .board
        .apply_answered(board, person(), 200)
        .await
        .unwrap();
    let applied = house.board.last_delivery(&house.employer).await.unwrap();
    assert_eq!(people.applicants(second).await.len(), 1);
    day_1.stop().await;
    assert_eq!(house.count("creates").await, 2);

    restore(&house.beside("backup"), &house.data(), &FORCE).unwrap();
    let day_3 = house.start().await;
    let people = house.people(&day_3).await;
    assert_eq!(people.postings(first).await.len(), 1);
    assert!(people.postings(second).await.is_empty());
    let values = people.values(second).await;
    let again = people.press_publish(second, &values, "request-new").await;
    assert_eq!(again.status, 201, "{again}");
    assert_eq!(again.json().unwrap()["board_posting"], board);
    assert_eq!(house.count("creates").await, 2, "found, not created again");
    let resent = house.board.resend(&applied).await.unwrap();
    assert_eq!(resent["status"], 200);
    assert_eq!(people.applicants(second).await.len(), 1);
    day_3.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_made_while_recruiters_publish_is_whole() {
    let house = House::new().await;
    let demo = house.start().await;
    let people = house.people(&demo).await;
    house.configure(&people).await;
    let mut jobs = Vec::new();
    for number in 0..6 {
        jobs.push(people.add_job(&format!("Kỹ sư Rust {number}")).await);
    }
    let working = async {
        for job in &jobs {
            people.publish(*job, &format!("request-{job}")).await;
        }
    };
    let copying = async {
        for number in 0..6 {
            let to = house.beside(&format!("backup-{number}"));
            let (data, made_at) = (house.data(), house.clock.now());
            let options = BackupOptions {
                with_key: true,
                made_at,
            };
            let copied = tokio::task::spawn_blocking(move || backup(&data, &to, &options));
            copied.await.unwrap().unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    tokio::join!(working, copying);
    demo.stop().await;
    let created = house.count("creates").await;
    assert_eq!(created, 6);

    // Whatever each copy caught in the middle: who presses again gets the posting that is there, also where the copy knows nothing of it.
    for number in 0..6 {
        let from = house.beside(&format!("backup-{number}"));
        restore(&from, &house.data(), &FORCE).unwrap();
        // What was under way then is over now.
        house.pass(Duration::from_secs(3_600)).await;
        let demo = house.start().await;
        let people = house.people(&demo).await;
        for job in &jobs {
            let posting = people.publish(*job, &format!("request-{job}")).await;
            assert_eq!(posting["state"], "pending-review", "{posting}");
            assert_eq!(people.postings(*job).await.len(), 1);
        }
        demo.stop().await;
        assert_eq!(house.count("creates").await, created, "backup {number}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_private_leaves_key_and_erasures_out_and_is_checked_before_it_is_used() {
    let house = House::new().await;
    let demo = house.start().await;
    let plain = house.beside("plain");
    back_up(&house, &plain, false);
    back_up(&house, &house.beside("with-key"), true);
    let names = |folder: &Path| {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&plain), ["backup.json", "platform.db", "plugin.db"]);
    assert!(names(&house.beside("with-key")).contains(&"master.key".to_owned()));
    #[cfg(unix)]
    for name in names(&plain) {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(plain.join(&name)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
    }

    let options = BackupOptions {
        with_key: false,
        made_at: 0,
    };
    let again = backup(&house.data(), &plain, &options);
    assert!(matches!(again, Err(BackupError::NotEmpty(_))));
    let nowhere = backup(&house.beside("nowhere"), &house.beside("x"), &options);
    assert!(matches!(nowhere, Err(BackupError::NoData(_))));

    let running = restore(&plain, &house.data(), &FORCE);
    assert!(matches!(
        running,
        Err(BackupError::DataDir(DataDirError::InUse(_)))
    ));
    demo.stop().await;
    let held = restore(&plain, &house.data(), &RestoreOptions::default());
    assert!(matches!(held, Err(BackupError::HoldsData(_))));

    let erasures = house.data().join("erasures.db");
    let erased = std::fs::read(&erasures).unwrap();
    let key = std::fs::read(house.data().join("master.key")).unwrap();
    restore(&plain, &house.data(), &FORCE).unwrap();
    assert!(std::fs::read(&erasures).unwrap() == erased);
    assert_eq!(std::fs::read(house.data().join("master.key")).unwrap(), key);

    let before = std::fs::read(house.data().join("platform.db")).unwrap();
    let mut copy = std::fs::read(plain.join("platform.db")).unwrap();
    *copy.last_mut().unwrap() ^= 1;
    std::fs::write(plain.join("platform.db"), copy).unwrap();
    let changed = restore(&plain, &house.data(), &FORCE);
    assert!(matches!(changed, Err(BackupError::Changed(_))));
    std::fs::remove_file(plain.join("backup.json")).unwrap();
    let cut_off = restore(&plain, &house.data(), &FORCE);
    assert!(matches!(cut_off, Err(BackupError::NoBackup { .. })));
    let after = std::fs::read(house.data().join("platform.db")).unwrap();
    assert!(before == after, "nothing was replaced");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_does_not_start_on_a_restore_that_was_interrupted() {
    let house = House::new().await;
    let demo = house.start().await;
    back_up(&house, &house.beside("backup"), false);
    demo.stop().await;
    std::fs::write(house.data().join("restore.unfinished"), "").unwrap();
    let refused = house.try_start("127.0.0.1:0".parse().unwrap()).await;
    assert!(matches!(
        refused.err().unwrap(),
        DemoError::DataDir(DataDirError::Unfinished(_))
    ));
    restore(&house.beside("backup"), &house.data(), &FORCE).unwrap();
    house.start().await.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_posting_that_only_the_plugins_copy_has_is_taken_over_and_one_that_it_lost_is_unknown() {
    let house = House::new().await;
    let demo = house.start().await;
    let people = house.people(&demo).await;
    house.configure(&people).await;
    let job = people.add_job("Kỹ sư Rust").await;
    back_up(&house, &house.beside("before"), false);
    let made = people.publish(job, "request-a").await;
    back_up(&house, &house.beside("after"), false);
    demo.stop().await;

    let mix = |platform: &str, plugin: &str| {
        for (from, name) in [(platform, "platform.db"), (plugin, "plugin.db")] {
            for log in ["-wal", "-shm"] {
                let _ = std::fs::remove_file(house.data().join(format!("{name}{log}")));
            }
            let copied = house.beside(from).join(name);
            std::fs::copy(copied, house.data().join(name)).unwrap();
        }
    };
    mix("before", "after");
    let demo = house.start().await;
    let people = house.people(&demo).await;
    let found = people.postings(job).await;
    assert_eq!(found[0]["board_posting"], made["board_posting"]);
    assert_eq!(people.log().await, ["recovered"]);
    demo.stop().await;

    mix("after", "before");
    let demo = house.start().await;
    let people = house.people(&demo).await;
    let shown = people.postings(job).await;
    assert_eq!(shown[0]["state"], "unknown");
    let board = made["board_posting"].as_str().unwrap();
    assert!(shown[0]["advice"]["vi"].as_str().unwrap().contains(board));
    let link = json!({ "connection": 1, "board_posting": board, "request_id": "request-link" });
    let path = format!("/api/jobs/{job}/links");
    people.owner.post(&path, &link).await.unwrap();
    let states: Vec<Value> = people
        .postings(job)
        .await
        .into_iter()
        .map(|posting| posting["state"].clone())
        .collect();
    assert_eq!(states, ["pending-review", "unlinked"]);
    assert_eq!(house.count("creates").await, 1);
    demo.stop().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_key_means_entering_the_keys_again_and_nothing_else() {
    let house = House::new().await;
    let demo = house.start().await;
    let people = house.people(&demo).await;
    house.configure(&people).await;
    let url = people.connection().await["webhook_url"].clone();
    let job = people.add_job("Kỹ sư Rust").await;
    let posting = people.publish(job, "request-a").await;
    let board = posting["board_posting"].as_str().unwrap().to_owned();
    house.board.approve(&board).await.unwrap();
    house
        .board
        .apply_answered(&board, person(), 200)
        .await
        .unwrap();
    demo.platform().fetch_cvs(None, false).await.unwrap();
    let forged = json!({
        "employer_id": house.employer.id,
        "body_text": "{\"event_type\":\"apply\",\"job_id\":1,\"signature\":\"00\"}",
    });
    let control = job_board_cli::walk::Api::new(house.board.url()).unwrap();
    control
        .post("/control/deliveries/raw", &forged)
        .await
        .unwrap();
    demo.stop().await;

    std::fs::remove_file(house.data().join("master.key")).unwrap();
    let demo = house.start().await;
    let people = house.people(&demo).await;
    let shown = people.connection().await;
    assert_eq!(shown["status"]["state"], "broken", "{shown}");
    let why = &shown["status"]["problem"]["message"];
    assert!(
        why["vi"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("nhập lại"),
        "{why}"
    );
    assert!(why["en"].as_str().unwrap().contains("gain"), "{why}");
    // The one that was pasted cannot be shown any more; it goes on working, as the board's next delivery shows.
    assert_ne!(shown["webhook_url"], url);
    let told = people.told(&people.admin).await;
    assert!(told.contains(&"connection-broken".to_owned()), "{told:?}");

    // What was sealed says so; what was not is there.
    let applicant = people.applicants(job).await.remove(0);
    let candidate = &applicant["candidate"]["id"];
    let profile = people
        .owner
        .get(&format!("/api/candidates/{candidate}"))
        .await
        .unwrap();
    let cv = &profile["applications"][0]["cvs"][0]["id"];
    let path = format!("/api/candidates/{candidate}/cvs/{cv}");
    let file = people
        .owner
        .send(reqwest::Method::GET, &path, &Value::Null)
        .await
        .unwrap();
    file.refused(410, "sealed-unreadable").unwrap();
    let held = people
        .admin
        .get("/api/quarantine?connection=1")
        .await
        .unwrap();
    let line = &held["deliveries"][0]["id"];
    let path = format!("/api/quarantine/{line}/reprocess");
    let again = people
        .admin
        .send(reqwest::Method::POST, &path, &Value::Null)
        .await
        .unwrap();
    again.refused(410, "sealed-unreadable").unwrap();

    let status = house.configure(&people).await;
    assert_eq!(status["state"], "configured");
    assert!(people.connection().await["broken_since"].is_null());
    assert_eq!(people.postings(job).await[0]["state"], "live");
    let second = json!({ "name": "Trần Bình", "email": "binh@example.com", "phone": "0987654321" });
    house
        .board
        .apply_answered(&board, second, 200)
        .await
        .unwrap();
    assert_eq!(people.applicants(job).await.len(), 2);
    let values = people.values(job).await;
    let twice = people.press_publish(job, &values, "request-b").await;
    assert_eq!(twice.status, 409, "{twice}");
    assert_eq!(house.count("creates").await, 1);
    demo.stop().await;
    house.close().await;
}
