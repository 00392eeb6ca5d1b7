//! `serve` and `simulate` as a supervisor meets them: a ready file, signals, exit codes.

use std::path::Path;
use std::process::Stdio;

use job_board_cli::walk::Api;
use serde_json::{Value, json};

use crate::support::{Running, built, job_board, ready, refused};

/// A platform on a free port that may call nobody on the net.
pub(crate) fn serve(folder: &Path, more: &[&str]) -> (Running, Value) {
    serve_plugin(folder, &[&["--plugin", built()], more].concat())
}

fn serve_plugin(folder: &Path, more: &[&str]) -> (Running, Value) {
    std::fs::create_dir_all(folder).unwrap();
    let data = folder.join("data");
    let file = folder.join("ready.json");
    let mut arguments = vec!["serve", "--bind", "127.0.0.1:0"];
    let (data, path) = (data.to_str().unwrap(), file.to_str().unwrap());
    arguments.extend(["--data-dir", data, "--ready-file", path]);
    arguments.extend(["--allow", "partner.topcv.vn"]);
    arguments.extend(more);
    let mut command = job_board(&arguments);
    command.stdout(Stdio::piped());
    let mut running = Running::start(command);
    let ready = ready(&file, &mut running);
    (running, ready)
}

pub(crate) fn signed_in(ready: &Value, role: &str) -> Api {
    let log_in = ready["logins"].as_array().unwrap().iter();
    let log_in = log_in.clone().find(|one| one["role"] == role).unwrap();
    Api::new(ready["url"].as_str().unwrap())
        .unwrap()
        .signed_in(log_in["token"].as_str().unwrap())
}

#[tokio::test]
async fn the_ready_file_says_where_and_who_and_goes_with_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let (running, ready) = serve(folder.path(), &[]);
    let file = folder.path().join("ready.json");
    #[cfg(unix)]
    for (path, mode) in [(&file, 0o600), (&folder.path().join("data"), 0o700)] {
        use std::os::unix::fs::PermissionsExt;
        let found = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{}", path.display());
    }
    for (role, login) in [
        ("recruiter", "lan"),
        ("administrator", "minh"),
        ("operator", "vanhanh"),
    ] {
        let me = signed_in(&ready, role).get("/api/me").await.unwrap();
        assert_eq!(me["login"], login);
    }
    assert_eq!(running.end("TERM").code(), Some(0));
    assert!(!file.exists(), "the ready file outlives the service");
}

#[cfg(unix)]
#[tokio::test]
async fn every_ending_signal_ends_it_with_0_and_the_next_start_has_the_data() {
    let folder = tempfile::tempdir().unwrap();
    for (turn, signal) in ["TERM", "INT", "HUP", "KILL"].iter().enumerate() {
        let (running, ready) = serve(folder.path(), &[]);
        let owner = signed_in(&ready, "recruiter");
        let jobs = owner.get("/api/jobs").await.unwrap();
        assert_eq!(jobs["jobs"].as_array().unwrap().len(), 3 + turn);
        let job = json!({ "title": format!("before {signal}") });
        owner.post("/api/jobs", &job).await.unwrap();
        let wanted = (*signal != "KILL").then_some(0);
        assert_eq!(running.end(signal).code(), wanted, "{signal}");
    }
    // The killed one left its file behind; the next start does not take it for its own.
    let (_running, ready) = serve(folder.path(), &[]);
    let jobs = signed_in(&ready, "recruiter").get("/api/jobs").await;
    assert_eq!(jobs.unwrap()["jobs"].as_array().unwrap().len(), 7);
}

#[test]
fn how_long_people_are_kept_is_said_at_every_start() {
    let folder = tempfile::tempdir().unwrap();
    for (more, said) in [
        (&["--retention-days", "180"][..], "erased after 180 days"),
        (&[], "kept until somebody erases them; --retention-days"),
    ] {
        let (mut running, _) = serve(folder.path(), more);
        let printed = running.printed_until("Stop it with");
        assert!(printed.contains(said), "{printed}");
        assert_eq!(running.end("TERM").code(), Some(0));
    }
}

#[test]
fn passwords_are_printed_at_the_first_start_only() {
    let folder = tempfile::tempdir().unwrap();
    let said = |turn: &str| {
        let (mut running, _) = serve(folder.path(), &[]);
        let said = running.printed_until("Stop it with");
        assert_eq!(running.end("TERM").code(), Some(0), "{turn}");
        said
    };
    let first = said("first");
    let line = first.lines().find(|line| line.starts_with("  lan"));
    let password = line.unwrap().split_whitespace().nth(1).unwrap();
    assert!(password.len() >= 32, "{first}");
    let second = said("second");
    assert!(!second.contains(password), "{second}");
    assert!(second.contains("(password of the first start)"), "{second}");
}

/// A simulator and its address.
fn simulate(file: &Path) -> (Running, String) {
    let path = file.to_str().unwrap();
    let mut command = job_board(&["simulate", "--bind", "127.0.0.1:0", "--ready-file", path]);
    command.stdout(Stdio::null());
    let mut simulator = Running::start(command);
    let url = ready(file, &mut simulator)["url"].clone();
    (simulator, url.as_str().unwrap().to_owned())
}

/// A platform whose connection is configured with a new employer's keys at this simulator.
async fn serve_connected(folder: &Path, board: &str, more: &[&str]) -> (Running, Value) {
    let setting = format!("protocol={}", json!({ "base_url": board }));
    let there = ["--allow", board, "--allow-loopback", "--operator-setting"];
    let (platform, ready) = serve(folder, &[&there[..], &[&setting], more].concat());
    let control = Api::new(board).unwrap();
    let employer = json!({ "name": "An" });
    let made = control.post("/control/employers", &employer).await.unwrap();
    let settings = json!({ "settings": {
        "access-token": made["access_token"],
        "secret-key": made["secret_key"],
    }});
    let status = signed_in(&ready, "administrator")
        .put("/api/connections/1/settings", &settings)
        .await
        .unwrap();
    assert_eq!(status["state"], "configured", "{status}");
    (platform, ready)
}

#[tokio::test]
async fn a_limit_that_the_operator_sets_holds_for_every_call() {
    let folder = tempfile::tempdir().unwrap();
    let (_simulator, board) = simulate(&folder.path().join("simulator.json"));
    for (limit, all_lists) in [("requests=2", false), ("requests=50", true)] {
        let data = tempfile::tempdir().unwrap();
        let (platform, ready) = serve_connected(data.path(), &board, &["--limit", limit]).await;
        // The form needs three lists of the board's, one request each; it is shown with those that could be read.
        let form = signed_in(&ready, "recruiter")
            .post("/api/jobs/1/form", &json!({ "connection": 1 }))
            .await
            .unwrap();
        let lists = ["main_category", "skills", "locations"].map(|id| {
            let mut fields = form["fields"].as_array().unwrap().iter();
            let field = fields.find(|field| field["id"] == id).unwrap();
            // Two cities are known without the list.
            field["choices"].as_array().unwrap().len() > 2
        });
        assert_eq!(lists, [true, true, all_lists], "{limit}");
        assert_eq!(platform.end("TERM").code(), Some(0));
    }
}

#[test]
fn a_limit_of_the_engine_holds_when_the_plugin_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    // The plugin with a section behind it that no engine reads: 2 MiB of nothing.
    let mut padded = std::fs::read(built()).unwrap();
    let nothing = vec![0; 2 << 20];
    // A custom section: its kind, its length as LEB128 (four bytes), a name without letters, and what it holds.
    let length = u32::try_from(nothing.len() + 1).unwrap();
    padded.push(0);
    padded.extend((0..4).map(|at| {
        let seven = u8::try_from(length >> (7 * at) & 0x7f).unwrap();
        seven | if at < 3 { 0x80 } else { 0 }
    }));
    padded.push(0);
    padded.extend(nothing);
    let plugin = folder.path().join("padded.wasm");
    std::fs::write(&plugin, padded).unwrap();
    let (plugin, data) = (plugin.to_str().unwrap(), folder.path().join("data"));
    let mut arguments = vec!["serve", "--allow", "partner.topcv.vn", "--plugin", plugin];
    arguments.extend(["--bind", "127.0.0.1:0", "--data-dir"]);
    arguments.push(data.to_str().unwrap());
    arguments.extend(["--limit", "component=1MiB"]);
    refused(&arguments, &["larger than 1048576 bytes"]);
    // The twin: with room for it, the same file serves.
    let more = ["--plugin", plugin, "--limit", "component=4MiB"];
    let (platform, _) = serve_plugin(&folder.path().join("twin"), &more);
    assert_eq!(platform.end("TERM").code(), Some(0));
}

#[tokio::test]
async fn an_operator_setting_has_the_manifests_kind_and_reaches_the_simulator() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("simulator.json");
    let (simulator, board) = simulate(&file);
    let (platform, _) = serve_connected(folder.path(), &board, &[]).await;
    assert_eq!(platform.end("TERM").code(), Some(0));
    assert_eq!(simulator.end("TERM").code(), Some(0));
    assert!(!file.exists());
}

#[test]
fn what_is_wrong_with_a_service_is_named_before_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = taken.local_addr().unwrap().to_string();
    let file = tempfile::NamedTempFile::new().unwrap();
    let file = file.path().to_str().unwrap();
    let cases: [(&[&str], &[&str]); 8] = [
        (
            &["--limit", "instances=2"],
            &["concurrent-calls=8", "2 instances", "--limit instances"],
        ),
        (
            &["--bind", &busy],
            &["another program listens", &busy, "--bind"],
        ),
        (
            &["--bind", "0.0.0.0:0"],
            &["in the clear", "--public-url", "https://"],
        ),
        (
            &["--public-url", "http://ats.example"],
            &["not https", "proxy or a tunnel"],
        ),
        (&["--data-dir", file], &["is a file", "--data-dir"]),
        (
            &["--allow", "https://a.example/path"],
            &["--allow", "no host pattern"],
        ),
        (
            &["--operator-setting", "colour=red"],
            &["colour", "it has: protocol"],
        ),
        (
            &["--operator-setting", "protocol=x"],
            &["protocol", "takes JSON"],
        ),
    ];
    for (more, wanted) in cases {
        let mut arguments = vec!["serve", "--plugin", built(), "--allow", "partner.topcv.vn"];
        if !more.contains(&"--data-dir") {
            arguments.extend(["--data-dir", data.to_str().unwrap()]);
        }
        if !more.contains(&"--bind") {
            arguments.extend(["--bind", "127.0.0.1:0"]);
        }
        arguments.extend(more);
        refused(&arguments, wanted);
    }
}
