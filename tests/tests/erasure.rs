//! Erasure through the real component: nothing left, nobody back, also from a copy that was made before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use job_board_cli::walk::Api;
use job_board_demo::{Demo, DemoConfig, Role};
use reqwest::Method;
use serde_json::{Value, json};

const NAME: &str = "Lê Thị Thu Hương";
const TRACES: [&str; 4] = [NAME, "thu.huong.le@example.com", "0977123456", "977123456"];

fn assert_no_trace(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for trace in TRACES {
            let found = bytes
                .windows(trace.len())
                .any(|window| window == trace.as_bytes());
            assert!(!found, "{trace} stands in {}", path.display());
        }
    }
}

fn copy(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_file() && wanted(&name) {
            std::fs::copy(entry.path(), to.join(&name)).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_person_stays_erased_after_older_files_are_put_back() {
    let world = system_tests::world().await;
    world.configure().await.unwrap();
    let posted = world.publish_live("Kỹ sư Rust").await.unwrap();
    let someone =
        json!({ "name": NAME, "email": TRACES[1], "phone": TRACES[2], "candidate_id": 501 });
    let applied = world
        .board
        .apply_answered(&posted.board, someone, 200)
        .await
        .unwrap();
    world.fetch_cvs().await.unwrap();
    let applicant = world.only_applicant(posted.job).await.unwrap();
    let path = format!("/api/candidates/{}", applicant["candidate"]["id"]);

    // Everything but the erasure log, as a back-up leaves it out; nothing is written meanwhile.
    let restored = tempfile::tempdir().unwrap();
    let data = world.config().data_dir.clone();
    copy(&data, restored.path(), |name| !name.starts_with("erasures"));

    let reason = json!({ "reason": "request" });
    let reply = world
        .admin
        .send(Method::DELETE, &path, &reason)
        .await
        .unwrap();
    let erasure = reply.ok().unwrap();
    assert_eq!(erasure["erased"]["files"], 1);
    assert_eq!(erasure["plugins_told"], true);
    let notes = erasure["receipts"][0]["notes"].to_string();
    assert!(notes.contains("TopCV"), "where a copy remains: {notes}");
    assert_no_trace(&data);
    let delivery = &applied["deliveries"][0];
    let again = world.board.resend(delivery).await.unwrap();
    assert_eq!(again["status"], 200);
    assert!(world.first_stage(posted.job).await.unwrap().is_empty());

    copy(&data, restored.path(), |name| name.starts_with("erasures"));
    let config = DemoConfig {
        data_dir: restored.path().to_owned(),
        ..world.config().clone()
    };
    let second = Demo::start(config).await.unwrap();
    let admin = second
        .credentials()
        .iter()
        .find(|credential| credential.role == Role::Administrator)
        .unwrap();
    let anybody = Api::new(second.url()).unwrap();
    let admin = Api::new(second.url()).unwrap().signed_in(&admin.token);
    let gone = admin.send(Method::GET, &path, &Value::Null).await.unwrap();
    assert_eq!(gone.status, 404);
    let url = delivery["url"].as_str().unwrap();
    let hook = &url[url.find("/hooks/").unwrap()..];
    let body = delivery["body"].as_str().unwrap().as_bytes().to_vec();
    let reply = anybody.send_bytes(Method::POST, hook, body).await.unwrap();
    assert_eq!(reply.status, 200);
    let pipeline = admin
        .get(&format!("/api/jobs/{}/pipeline", posted.job))
        .await
        .unwrap();
    assert_eq!(pipeline["stages"][0]["candidates"], json!([]));
    assert_no_trace(restored.path());
    second.stop().await;
    world.stop().await;
}
