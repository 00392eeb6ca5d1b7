//! The binary as a person meets it: exit codes, and errors that name the next step.

// A panic is the failure.
#![allow(clippy::unwrap_used)]

mod backup;
mod rotation;
mod service;
mod story;
mod support;

use support::{built, job_board, refused, run};

#[test]
fn inspecting_a_missing_file_names_the_command_that_builds_it() {
    refused(
        &["inspect", "no/such.wasm"],
        &["no/such.wasm", "cargo xtask build"],
    );
}

/// Each for its own cause, whatever the command.
#[test]
fn what_is_no_plugin_is_named_for_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &[u8], &str); 5] = [
        ("empty.wasm", b"", "not a WebAssembly file"),
        (
            "text.wasm",
            "không phải WebAssembly".as_bytes(),
            "not a WebAssembly file",
        ),
        (
            "module.wasm",
            b"\0asm\x01\0\0\0",
            "a core WebAssembly module, not a component",
        ),
        ("cut.wasm", b"\0asm", "only a part of a file"),
        // A component with nothing in it.
        (
            "component.wasm",
            b"\0asm\x0d\0\x01\0",
            "does not fit hiring:job-board@0.1.0",
        ),
    ];
    for (name, bytes, cause) in cases {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        refused(&["inspect", file], &[name, cause]);
        refused(&["demo", "--plugin", file], &[name, cause]);
        refused(&["demo", "--walk", "--plugin", file], &[name, cause]);
    }
    let path = folder.path().to_str().unwrap();
    for command in [
        &["inspect", path][..],
        &["demo", "--plugin", path],
        &["demo", "--walk", "--plugin", path],
    ] {
        refused(command, &[path, "is a folder", "topcv.wasm"]);
    }
}

#[test]
fn a_demo_on_what_is_no_data_folder_says_so() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let demo = |folder: &str, wanted: &[&str]| {
        refused(&["demo", "--plugin", built(), "--data-dir", folder], wanted);
    };
    demo(path, &[path, "is a file", "--data-dir"]);
    #[cfg(target_os = "linux")]
    demo("/proc/self", &["cannot write to /proc/self", "--data-dir"]);
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
fn an_address_that_cannot_be_used_is_an_error_with_its_cause() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(
        &["simulate", "--bind", &address],
        &["another program listens", &address, "--bind"],
    );
    refused(
        &["simulate", "--bind", "192.0.2.1:8480"],
        &["has no address 192.0.2.1", "--bind"],
    );
    let output = run(&["simulate", "--bind", "localhost:8480"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("such as 127.0.0.1:8470"), "{error}");
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
        // Nothing may be called unless the operator says so.
        &["serve", "--data-dir", "x"],
        &["serve", "--allow", "partner.topcv.vn"],
        &[
            "serve",
            "--data-dir",
            "x",
            "--allow",
            "a.example",
            "--operator-setting",
            "x",
        ],
        &[
            "serve",
            "--data-dir",
            "x",
            "--allow",
            "a.example",
            "--limit",
            "memory=1TiB",
        ],
        &["demo", "--limit", "speed=9"],
        &[
            "serve",
            "--data-dir",
            "x",
            "--allow",
            "a.example",
            "--retention-days",
            "0",
        ],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn a_posting_expires_by_vietnams_clock_in_every_time_zone() {
    let plugin = built();
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
    let plugin = built();
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
