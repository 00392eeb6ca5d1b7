//! The commands that `demo` prints, typed by a shell.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Running, built, job_board};

/// The commands among what was printed: what is indented under their heading.
fn commands(printed: &str) -> String {
    let (_, below) = printed.split_once("what to try").unwrap();
    below
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// What the shell says, standard error included, when the commands come in as if they were typed.
fn typed(shell: &str, commands: &str, folder: &Path) -> String {
    let mut child = Command::new(shell)
        .arg(if shell == "zsh" { "-is" } else { "-s" })
        .current_dir(folder)
        .env("PS1", "")
        .env("HOME", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(commands.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn play(shell: &str) {
    for tool in [shell, "curl", "jq"] {
        if !is_there(tool) {
            // Not needed to build or run anything; CI installs them.
            assert!(std::env::var_os("CI").is_none(), "{tool} is missing");
            eprintln!("{tool} is missing: the story is not typed in {shell}");
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for start in ["first", "second"] {
        let data = data.to_str().unwrap();
        let mut command = job_board(&["demo", "--plugin", built(), "--data-dir", data]);
        command.stdout(Stdio::piped());
        let mut demo = Running::start(command);
        let commands = commands(&demo.printed_until("Stop it with Ctrl-C"));
        // Twice: whoever repeats the story finds it working too.
        for turn in ["once", "again"] {
            let file = folder.path().join("cv.pdf");
            let _ = std::fs::remove_file(&file);
            let said = typed(shell, &commands, folder.path());
            for wanted in [
                "Đã cấu hình\n",
                "/hooks/",
                "\"missing\": []",
                "\n200\n200\n",
                "đã được TopCV duyệt và đăng",
                "vừa ứng tuyển",
                "hoa@example.com",
                "200 application/pdf",
                "\"creates\": ",
            ] {
                assert!(
                    said.contains(wanted),
                    "{start} start, {turn}, {shell}: no `{wanted}` in\n{said}"
                );
            }
            for trouble in ["not found", "parse error", "no matches", "null"] {
                let calm = said.replace("\"last_delivery_at\": null", "");
                assert!(
                    !calm.lines().any(|line| line == trouble) && !calm.contains("command not"),
                    "{start} start, {turn}, {shell}: {trouble} in\n{said}"
                );
            }
            let cv = std::fs::read(&file).unwrap();
            assert!(cv.starts_with(b"%PDF"), "{start} start, {turn}");
            let password = start == "first";
            assert_eq!(said.contains("wrong-credentials"), !password, "{said}");
        }
        assert_eq!(demo.end("TERM").code(), Some(0));
    }
}

#[test]
fn the_printed_story_works_in_bash_at_every_start() {
    play("bash");
}

#[test]
fn the_printed_story_works_in_zsh_at_every_start() {
    play("zsh");
}

/// A demo that is told to end by a supervisor takes its applicants with it, as Ctrl-C does.
#[cfg(unix)]
#[test]
fn the_temporary_folder_goes_with_every_ending_signal() {
    for signal in ["TERM", "HUP", "INT"] {
        let parent = tempfile::tempdir().unwrap();
        let mut command = job_board(&["demo", "--plugin", built()]);
        command.stdout(Stdio::piped()).env("TMPDIR", parent.path());
        let mut demo = Running::start(command);
        demo.printed_until("Stop it with Ctrl-C");
        let held = || std::fs::read_dir(parent.path()).unwrap().count();
        assert_eq!(held(), 1);
        assert_eq!(demo.end(signal).code(), Some(0));
        assert_eq!(held(), 0, "{signal} left applicants behind");
    }
}

#[cfg(unix)]
#[test]
fn a_walk_that_is_stopped_is_no_success_and_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let mut command = job_board(&["demo", "--walk", "--plugin", built()]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut walk = Running::start({
        command.env("TMPDIR", parent.path());
        command
    });
    walk.printed_until("valid credentials");
    assert_eq!(walk.end("TERM").code(), Some(1));
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
}
