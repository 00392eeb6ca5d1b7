//! `backup` and `restore` as an operator uses them.

use serde_json::json;

use crate::service::{serve, signed_in};
use crate::support::{refused, run};

#[tokio::test]
async fn yesterdays_state_comes_back_and_a_running_platform_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, copy) = (path("data"), path("copy"));
    let (running, ready) = serve(folder.path(), &[]);
    let titled = |title: &str| json!({ "title": title });
    let owner = signed_in(&ready, "recruiter");
    owner.post("/api/jobs", &titled("before")).await.unwrap();

    let made = run(&["backup", "--data-dir", &data, &copy]);
    let said = String::from_utf8(made.stdout).unwrap();
    assert_eq!(made.status.code(), Some(0), "{said}");
    for wanted in ["platform.db", "plugin.db", "The master key is not in it"] {
        assert!(said.contains(wanted), "no `{wanted}` in {said}");
    }
    assert!(!folder.path().join("copy/master.key").exists());
    refused(
        &["backup", "--data-dir", &data, &copy],
        &[&copy, "not empty"],
    );

    owner.post("/api/jobs", &titled("after")).await.unwrap();
    let restore = ["restore", "--data-dir", &data, "--force", &copy];
    refused(&restore, &[&data, "in use", "stop that first"]);
    assert_eq!(running.end("TERM").code(), Some(0));
    refused(&["restore", "--data-dir", &data, &copy], &["--force"]);
    let done = run(&restore);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(said.contains("Start the platform"), "{said}");

    let (_running, ready) = serve(folder.path(), &[]);
    let jobs = signed_in(&ready, "recruiter").get("/api/jobs").await;
    let jobs = jobs.unwrap()["jobs"].to_string();
    assert!(jobs.contains("before") && !jobs.contains("after"), "{jobs}");
}

#[test]
fn what_is_no_platform_and_what_is_no_backup_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    refused(
        &["backup", "--data-dir", &path("none"), &path("copy")],
        &["none", "holds no platform's data"],
    );
    refused(
        &["restore", "--data-dir", &path("data"), &path("none")],
        &["none", "no whole backup"],
    );
    let letters = folder.path().join("letters");
    std::fs::create_dir(&letters).unwrap();
    std::fs::write(letters.join("a.txt"), "x").unwrap();
    refused(
        &["restore", "--data-dir", &path("letters"), &path("none")],
        &["letters", "holds other things"],
    );
}
