//! The binary as a person meets it: exit codes, and errors that name the next step.

// A panic is the failure.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

fn job_board(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_job-board"));
    command.args(arguments).env_remove("RUST_LOG");
    command
}

fn run(arguments: &[&str]) -> Output {
    job_board(arguments).output().unwrap()
}

/// Fails with a message on standard error that contains all of these, and nothing on standard output.
fn refused(arguments: &[&str], wanted: &[&str]) {
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

#[test]
fn inspecting_a_missing_file_names_the_command_that_builds_it() {
    refused(
        &["inspect", "no/such.wasm"],
        &["no/such.wasm", "cargo xtask build"],
    );
}

#[test]
fn inspecting_what_is_no_component_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &[u8]); 4] = [
        ("empty.wasm", b""),
        ("text.wasm", "không phải WebAssembly".as_bytes()),
        // A core module with nothing in it.
        ("module.wasm", b"\0asm\x01\0\0\0"),
        // A component with nothing in it.
        ("component.wasm", b"\0asm\x0d\0\x01\0"),
    ];
    for (name, bytes) in cases {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        refused(
            &["inspect", file],
            &[name, "cannot be used", "cargo xtask build"],
        );
    }
}

#[test]
fn a_demo_without_plugin_names_the_command_that_builds_it() {
    for walk in [&[][..], &["--walk"][..]] {
        let mut arguments = vec!["demo", "--plugin", "no/such.wasm"];
        arguments.extend(walk);
        refused(&arguments, &["no/such.wasm", "cargo xtask build"]);
    }
    let empty = tempfile::tempdir().unwrap();
    let output = job_board(&["demo", "--walk"])
        .current_dir(empty.path())
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("target/component/topcv.wasm"), "{error}");
    assert!(error.contains("cargo xtask build"), "{error}");
}

#[test]
fn an_address_in_use_is_an_error_with_advice() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&["simulate", "--bind", &address], &["--bind", &address]);
}

#[test]
fn wrong_arguments_are_exit_code_2() {
    for arguments in [
        &[][..],
        &["nothing"],
        &["inspect"],
        &["simulate", "--bind", "here"],
        &["demo", "--step", "x"],
        &["demo", "--walk", "--data-dir", "x"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

fn built() -> &'static Path {
    let file = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/component/topcv.wasm"
    ));
    assert!(
        file.is_file(),
        "there is no target/component/topcv.wasm: run `cargo xtask build` first"
    );
    file
}

#[test]
fn a_posting_expires_by_vietnams_clock_in_every_time_zone() {
    let plugin = built().to_str().unwrap();
    for zone in [
        "America/Los_Angeles",
        "Asia/Ho_Chi_Minh",
        "Pacific/Kiritimati",
    ] {
        let output = job_board(&["demo", "--walk", "--step", "expires", "--plugin", plugin])
            .env("TZ", zone)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{zone}: {said}");
        assert!(said.ends_with("1 passed, 0 failed\n"), "{zone}: {said}");
    }
}

#[test]
fn a_step_that_there_is_not_fails_instead_of_passing_nothing() {
    let plugin = built().to_str().unwrap();
    refused(
        &[
            "demo",
            "--walk",
            "--step",
            "no such step",
            "--plugin",
            plugin,
        ],
        &["no such step"],
    );
}
