//! After a person is erased nothing of the person is left: in no file of the data folder, and in no backup that is made afterwards.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use job_board_cli::walk::World;
use job_board_demo::{BackupOptions, backup};
use reqwest::Method;
use serde_json::{Value, json};

use crate::needles::Needles;
use crate::places::files_below;

/// Stands in the file that the person applied with.
const IN_THE_FILE: &str = "mười năm ở xưởng đóng tàu Bến Thủy";

async fn find(world: &World, job: u64, name: &str) -> Value {
    let applicants = world.first_stage(job).await.unwrap();
    let found = applicants
        .into_iter()
        .find(|one| one.to_string().contains(name));
    found.unwrap_or_else(|| panic!("{name} did not apply"))
}

fn apply(name: &str, phone: &str, id: u64, file: &str) -> Value {
    let pdf = format!(
        "%PDF-1.4\n% {file}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    );
    json!({
        "name": name, "phone": phone, "candidate_id": id, "email": format!("nguoi{id}@example.com"),
        "cv": { "file_name": format!("CV {name}.pdf"), "content_base64": STANDARD.encode(pdf) },
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_erasure_no_file_and_no_later_backup_knows_the_person() {
    crate::capture::listen();
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let gone = ("Bùi Thị Tuyết Nga", "0966 135 792");
    let stays = ("Lâm Quốc Hưng", "0977 246 801");
    for (number, (name, phone)) in [gone, stays].into_iter().enumerate() {
        let someone = apply(
            name,
            phone,
            600 + number as u64,
            &format!("{IN_THE_FILE} {name}"),
        );
        let applied = world
            .board
            .apply_answered(&posted.board, someone, 200)
            .await
            .unwrap();
        // A copy of the delivery that is refused stands in quarantine.
        let body = applied["deliveries"][0]["body"].as_str().unwrap();
        let url = applied["deliveries"][0]["url"].as_str().unwrap();
        let mut forged: Value = serde_json::from_str(body).unwrap();
        forged["signature"] = json!("0".repeat(64));
        let reply = world.owner.send(Method::POST, url, &forged).await.unwrap();
        assert_eq!(reply.status, 401);
    }
    world.fetch_cvs().await.unwrap();
    let mut person = Needles::default();
    person.add_text("name", gone.0);
    person.add_phone("phone", gone.1);
    person.add_text("e-mail", "nguoi600@example.com");
    person.add_text("file", IN_THE_FILE);
    let data = world.config().data_dir.clone();
    let holding = |needles: &Needles, folder: &std::path::Path| -> Vec<String> {
        let files = files_below(folder).into_iter();
        let found =
            files.filter(|file| !needles.found_in(&std::fs::read(file).unwrap()).is_empty());
        found.map(|file| file.display().to_string()).collect()
    };
    assert!(
        !holding(&person, &data).is_empty(),
        "the search finds nobody at all"
    );

    let applicant = find(&world, posted.job, gone.0).await;
    let path = format!("/api/candidates/{}", applicant["candidate"]["id"]);
    let reason = json!({ "reason": "request" });
    let reply = world
        .admin
        .send(Method::DELETE, &path, &reason)
        .await
        .unwrap();
    let receipt = reply.ok().unwrap();
    assert_eq!(receipt["erased"]["deliveries"], 1, "{receipt}");
    assert_eq!(holding(&person, &data), Vec::<String>::new());

    let to = tempfile::tempdir().unwrap();
    let folder = to.path().join("backup");
    let options = BackupOptions {
        with_key: true,
        made_at: world.now(),
    };
    backup(&data, &folder, &options).unwrap();
    assert_eq!(holding(&person, to.path()), Vec::<String>::new());
    // The other one is still there, so the search would have found somebody.
    let mut other = Needles::default();
    other.add_text("name", stays.0);
    assert!(!holding(&other, &folder).is_empty());
    find(&world, posted.job, stays.0).await;
    world.stop().await;
}
