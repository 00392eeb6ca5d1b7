//! The binary as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// For a process on a busy machine: a failure, not a measure.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn job_board(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_job-board"));
    command.args(arguments).env_remove("RUST_LOG");
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    job_board(arguments).output().unwrap()
}

/// Fails with a message on standard error that contains all of these, and nothing on standard output.
#[track_caller]
pub(crate) fn refused(arguments: &[&str], wanted: &[&str]) {
    let output = run(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    for text in wanted {
        assert!(
            error.contains(text),
            "{arguments:?}: no `{text}` in {error}"
        );
    }
}

/// The component of `cargo xtask build`.
pub(crate) fn built() -> &'static str {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/component/topcv.wasm"
    );
    assert!(
        Path::new(file).is_file(),
        "there is no target/component/topcv.wasm: run `cargo xtask build` first"
    );
    file
}

/// Waits until it is so, and fails loudly when it never is.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(
            begun.elapsed() < PATIENCE,
            "waited {PATIENCE:?} until {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A program that serves. Killed when it is dropped, so that a failing test leaves nobody behind.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        Self { child }
    }

    /// Sends a signal by its name, and answers how the program ended.
    pub(crate) fn end(mut self, signal: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .args([format!("-{signal}"), self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let mut ended = None;
        wait_until("the program ends", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        ended.unwrap()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// What is printed up to and with the line that contains `last`. The rest is read on, so that the program never waits for its reader.
    pub(crate) fn printed_until(&mut self, last: &str) -> String {
        let mut lines = BufReader::new(self.child.stdout.take().unwrap()).lines();
        let mut text = String::new();
        for line in lines.by_ref() {
            let line = line.unwrap();
            text.push_str(&line);
            text.push('\n');
            if line.contains(last) {
                std::thread::spawn(move || lines.for_each(drop));
                return text;
            }
        }
        panic!("it ended without `{last}`:\n{text}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until the ready file is this very run's, and reads it.
pub(crate) fn ready(file: &Path, running: &mut Running) -> Value {
    let mut ready = Value::Null;
    wait_until("the ready file is there", || {
        assert!(!running.has_ended(), "it ended instead of serving");
        if let Ok(bytes) = std::fs::read(file) {
            ready = serde_json::from_slice(&bytes).unwrap();
        }
        ready["pid"] == running.id()
    });
    ready
}
