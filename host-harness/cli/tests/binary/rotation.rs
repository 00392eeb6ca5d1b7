//! `rotate-key` beside two services, while applicants arrive and processes die.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use job_board_cli::walk::{Api, Board, Employer};
use job_board_host::KeyRing;
use serde_json::{Value, json};

use crate::service::signed_in;
use crate::support::{Running, built, job_board, ready, refused, run, wait_until};

/// Long enough that moving it takes several batches.
const WAITING: usize = 180;

struct Stage {
    folder: tempfile::TempDir,
    board: Board,
    employer: Employer,
    _simulator: Running,
}

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("simulator.json");
        let path = file.to_str().unwrap();
        let mut command = job_board(&["simulate", "--bind", "127.0.0.1:0", "--ready-file", path]);
        command.stdout(Stdio::null());
        let mut simulator = Running::start(command);
        let url = ready(&file, &mut simulator)["url"].clone();
        let board = Board::new(url.as_str().unwrap()).unwrap();
        Self {
            employer: board.employer("Công ty Minh An").await.unwrap(),
            board,
            folder,
            _simulator: simulator,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn data_text(&self) -> String {
        self.data().to_str().unwrap().to_owned()
    }

    /// A service on the folder, beside others.
    fn serve(&self, name: &str) -> (Running, Value) {
        let file = self.folder.path().join(format!("{name}.json"));
        let url = self.board.url();
        let setting = format!("protocol={}", json!({ "base_url": url }));
        let (data, path) = (self.data_text(), file.to_str().unwrap());
        let arguments = [
            "serve",
            "--plugin",
            built(),
            "--bind",
            "127.0.0.1:0",
            "--data-dir",
            &data,
            "--ready-file",
            path,
            "--allow",
            url,
            "--allow-loopback",
            "--operator-setting",
            &setting,
        ];
        let mut command = job_board(&arguments);
        command.stdout(Stdio::null());
        let mut running = Running::start(command);
        let ready = ready(&file, &mut running);
        (running, ready)
    }

    /// From now on the board delivers to this service.
    async fn deliver_to(&self, ready: &Value) {
        let admin = signed_in(ready, "administrator");
        let shown = admin.get("/api/connections/1").await.unwrap();
        let url = json!({ "webhook_url": shown["webhook_url"] });
        self.board.set(&self.employer, url).await.unwrap();
    }

    async fn configure(&self, ready: &Value) -> Value {
        let settings = json!({ "settings": {
            "access-token": self.employer.access_token,
            "secret-key": self.employer.secret_key,
        }});
        let admin = signed_in(ready, "administrator");
        let path = "/api/connections/1/settings";
        admin.put(path, &settings).await.unwrap()
    }

    async fn posting(&self, title: &str) -> String {
        let fields = json!({ "title": title, "approval_status": "approved" });
        let made = self.board.post_by_hand(&self.employer, fields).await;
        made.unwrap()["job_id"].to_string()
    }

    async fn apply(&self, posting: &str, number: usize) {
        apply(&self.board, posting, number).await;
    }

    fn rotate(&self, more: &[&str]) -> String {
        let data = self.data_text();
        let arguments = [&["rotate-key", "--data-dir", &data], more].concat();
        let done = run(&arguments);
        let said = String::from_utf8(done.stdout).unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(0), "{said}{error}");
        said
    }

    fn keys(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.data().join("master.key")).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

async fn apply(board: &Board, posting: &str, number: usize) {
    let someone = json!({
        "name": format!("Người Thứ {number}"), "email": format!("nguoi{number}@example.com"),
        "phone": format!("09{number:08}"), "candidate_id": number,
    });
    board.apply_answered(posting, someone, 200).await.unwrap();
}

/// Links a posting of the board to a new job, and answers who is in the job's first stage.
async fn applicants(owner: &Api, posting: &str) -> Vec<Value> {
    let job = json!({ "title": format!("Tin {posting}") });
    let job = owner.post("/api/jobs", &job).await.unwrap()["id"].clone();
    let link = json!({ "connection": 1, "board_posting": posting });
    let path = format!("/api/jobs/{job}/links");
    owner.post(&path, &link).await.unwrap();
    let path = format!("/api/jobs/{job}/pipeline");
    let pipeline = owner.get(&path).await.unwrap();
    pipeline["stages"][0]["candidates"]
        .as_array()
        .unwrap()
        .clone()
}

/// Every file of the databases, for bytes that an old key's name would leave.
fn files(data: &Path) -> Vec<u8> {
    let names = [
        "platform.db",
        "platform.db-wal",
        "plugin.db",
        "plugin.db-wal",
    ];
    let read = names.map(|name| std::fs::read(data.join(name)).unwrap_or_default());
    read.concat()
}

/// The first bytes of everything under the key of this line.
fn prefix(line: &str) -> Vec<u8> {
    let key = job_board_host::MasterKey::from_env_value(line)
        .ok()
        .unwrap();
    key.id().prefix()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_changes_twice_under_two_services_and_a_kill_and_nobody_is_lost() {
    let stage = Stage::set().await;
    let (first, one) = stage.serve("first");
    let (second, two) = stage.serve("second");
    stage.configure(&one).await;
    stage.deliver_to(&one).await;
    let posting = stage.posting("Kế toán trưởng").await;
    for number in 0..WAITING {
        stage.apply(&posting, number).await;
    }
    let oldest = stage.keys().remove(0);
    assert!(holds(&files(&stage.data()), &prefix(&oldest)));

    // From here on people apply without a pause.
    let (stop, sent) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(WAITING)),
    );
    let applying = {
        let (board, posting) = (stage.board.clone(), posting.clone());
        let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent));
        tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                apply(&board, &posting, sent.load(Ordering::SeqCst)).await;
                sent.fetch_add(1, Ordering::SeqCst);
            }
        })
    };
    let some_more = async || {
        let before = sent.load(Ordering::SeqCst);
        while sent.load(Ordering::SeqCst) < before + 3 {
            assert!(!applying.is_finished(), "a delivery was refused");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    some_more().await;

    // Killed as soon as the new key is there, with everything still under the old one.
    let data = stage.data_text();
    let mut command = job_board(&["rotate-key", "--data-dir", &data]);
    command.stdout(Stdio::null());
    let rotating = Running::start(command);
    wait_until("the new key is there", || stage.keys().len() == 2);
    rotating.end("KILL");
    assert_eq!(stage.keys()[1], oldest);
    some_more().await;
    let shown = stage.rotate(&["--show"]);
    assert!(shown.contains("A rotation is under way"), "{shown}");

    // Run again it goes on with the same key; so does the second one, from the beginning.
    let newer = stage.keys().remove(0);
    let said = stage.rotate(&[]);
    assert!(said.contains("an earlier rotation was cut off"), "{said}");
    assert_eq!(stage.keys(), std::slice::from_ref(&newer));
    some_more().await;
    let said = stage.rotate(&[]);
    assert!(!said.contains("cut off"), "{said}");
    some_more().await;
    assert_eq!(stage.keys().len(), 1);
    let newest = stage.keys().remove(0);
    assert!(newest != newer && newest != oldest);

    // A service that is killed and started again, and one that ran all the while and now has to sign in with what it finds.
    stop.store(true, Ordering::SeqCst);
    applying.await.unwrap();
    first.end("KILL");
    let (first, one) = stage.serve("first");
    stage.deliver_to(&one).await;
    stage
        .apply(&posting, sent.fetch_add(1, Ordering::SeqCst))
        .await;
    let check = signed_in(&two, "administrator");
    let status = check.post("/api/connections/1/check", &Value::Null).await;
    assert_eq!(status.unwrap()["state"], "configured");
    let shown = stage.rotate(&["--show"]);
    let under: Vec<&str> = shown
        .lines()
        .map(|line| line.split_whitespace().nth(3).unwrap())
        .collect();
    assert_eq!(under[1..], ["0", "0"], "{shown}");

    // Everybody is there and can be read, by the service that was started with the oldest key.
    let owner = signed_in(&two, "recruiter");
    let found = applicants(&owner, &posting).await;
    assert_eq!(found.len(), sent.load(Ordering::SeqCst));
    second.end("TERM");
    first.end("TERM");

    // Nothing of the old keys is left in the files, and an old key alone opens nothing.
    let bytes = files(&stage.data());
    assert!(holds(&bytes, &prefix(&newest)));
    for old in [&oldest, &newer] {
        assert!(!holds(&bytes, &prefix(old)));
    }
    let forgotten = stage.rotate(&["--forget-retired"]);
    assert_eq!(forgotten.matches("is gone").count(), 2, "{forgotten}");
    let (running, ready) = stage.serve("first");
    let admin = signed_in(&ready, "administrator");
    let status = admin.post("/api/connections/1/check", &Value::Null).await;
    assert_eq!(status.unwrap()["state"], "configured");
    running.end("TERM");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_from_before_opens_while_its_key_is_kept_and_brings_it_not_back_into_use() {
    let stage = Stage::set().await;
    let (running, ready) = stage.serve("first");
    stage.configure(&ready).await;
    stage.deliver_to(&ready).await;
    let posting = stage.posting("Kế toán").await;
    stage.apply(&posting, 1).await;
    let path = |name: &str| {
        let path = stage.folder.path().join(name);
        path.to_str().unwrap().to_owned()
    };
    let data = stage.data_text();
    let plain = run(&["backup", "--data-dir", &data, &path("plain")]);
    let said = String::from_utf8(plain.stdout).unwrap();
    let key = KeyRing::from_file(stage.data().join("master.key"))
        .ok()
        .unwrap();
    let name = key.current().to_string();
    assert!(said.contains(&name), "{said}");
    let backup = [
        "backup",
        "--data-dir",
        &data,
        "--with-key",
        &path("with-key"),
    ];
    assert_eq!(run(&backup).status.code(), Some(0));
    let manifest = std::fs::read(stage.folder.path().join("plain/backup.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["keys"], json!([name]));

    stage.rotate(&[]);
    let newer = stage.keys();
    running.end("TERM");
    let restore = |from: &str| {
        let done = run(&["restore", "--data-dir", &data, "--force", &path(from)]);
        assert_eq!(done.status.code(), Some(0));
        String::from_utf8(done.stdout).unwrap()
    };

    // The retired key opens it, as long as it is there.
    let said = restore("plain");
    assert!(!said.contains("another master key"), "{said}");
    refused(
        &["rotate-key", "--data-dir", &data, "--forget-retired"],
        &[&name, "rotate the key"],
    );
    let (running, ready) = stage.serve("first");
    let owner = signed_in(&ready, "recruiter");
    assert_eq!(applicants(&owner, &posting).await.len(), 1);
    let status = stage.configure(&ready).await;
    assert_eq!(status["state"], "configured");
    running.end("TERM");
    assert_eq!(stage.keys(), newer, "what is written is under the new one");

    // Moved to a newer key, the old one can go; then an old backup says which it needs, or brings it along, retired.
    stage.rotate(&[]);
    stage.rotate(&["--forget-retired"]);
    let newest = stage.keys();
    let said = restore("plain");
    assert!(
        said.contains("another master key") && said.contains(&name),
        "{said}"
    );
    let said = restore("with-key");
    assert!(!said.contains("another master key"), "{said}");
    assert_eq!(stage.keys(), newest);
    let (_running, ready) = stage.serve("first");
    let owner = signed_in(&ready, "recruiter");
    assert_eq!(applicants(&owner, &posting).await.len(), 1);
}

#[test]
fn a_folder_without_a_platform_has_no_key_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    refused(
        &["rotate-key", "--data-dir", path],
        &[path, "holds no platform's data"],
    );
    refused(
        &["rotate-key", "--data-dir", path, "--show"],
        &["holds no platform's data"],
    );
}
