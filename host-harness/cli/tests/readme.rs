//! The README and the operator's guide say what is so.

// A panic is the failure.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use job_board_cli::plugin_file;
use job_board_host::EngineConfig;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// The text between two lines.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap();
    rest.split_once(end).unwrap().0
}

fn snippet(readme: &str) -> &str {
    between(readme, "```rust\n", "```")
}

#[test]
fn the_embedding_in_the_readme_is_the_example_that_is_compiled() {
    let example = read("host-harness/runtime/examples/embed.rs");
    let example = between(
        &example,
        "// README begins here.\n",
        "// README ends here.\n",
    );
    assert_eq!(snippet(&read("README.md")), example);
}

#[test]
fn the_grant_in_the_readme_is_all_that_the_plugin_asks_for() {
    let file = root().join("target/component/topcv.wasm");
    assert!(file.is_file(), "run `cargo xtask build` first");
    let plugin = plugin_file::load(&file, EngineConfig::default()).unwrap();
    let readme = read("README.md");
    for host in &plugin.manifest().hosts {
        let granted = format!("\"{}\"", host.pattern);
        assert!(snippet(&readme).contains(&granted), "no {granted}");
    }
}

#[test]
fn every_folder_and_every_command_has_its_place_in_the_readme() {
    let readme = read("README.md");
    for entry in std::fs::read_dir(root()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // Other tools' folders begin with a dot too.
        let ours = !name.starts_with('.') || name == ".ci" || name == ".cargo";
        if entry.path().is_dir() && ours && name != "target" && name != "host-harness" {
            let row = format!("| [`{name}/`]({name})");
            assert!(readme.contains(&row), "no row {row}");
        }
    }
    for entry in std::fs::read_dir(root().join("host-harness")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let row = format!("| [`host-harness/{name}/`](host-harness/{name})");
        assert!(readme.contains(&row), "no row {row}");
    }
    let help = help(&[]);
    let commands = between(&help, "Commands:\n", "\n\n").lines();
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        let named = readme.contains(&format!("`{command}"));
        assert!(
            command == "help" || named,
            "`{command}` is not in the README"
        );
    }
}

/// What `job-board ARGUMENTS --help` prints.
fn help(arguments: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_job-board"))
        .args(arguments)
        .arg("--help")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_flag_in_the_guides_commands_is_one_of_the_program() {
    const COMMANDS: [&str; 6] = ["serve", "backup", "restore", "simulate", "inspect", "demo"];
    let mut seen = 0;
    for file in ["README.md", "docs/operator-guide.md"] {
        // A command goes on where its line ends with a backslash.
        let text = read(file).replace("\\\n", " ");
        let calls = text
            .lines()
            .flat_map(|line| line.split("job-board ").skip(1));
        for call in calls {
            let mut words = call.split_whitespace();
            let Some(command) = words.next().filter(|word| COMMANDS.contains(word)) else {
                continue;
            };
            let help = help(&[command]);
            for flag in words.filter(|word| word.starts_with("--")) {
                let flag = flag.trim_end_matches(['`', ',', '.', ';']);
                assert!(help.contains(flag), "{file}: `{command}` has no {flag}");
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "only {seen} flags were found");
}
