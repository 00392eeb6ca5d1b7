//! `cargo xtask deny`: what comes from outside keeps to `deny.toml`: licences, sources, double versions, known vulnerabilities.

use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::build_component::cargo;

/// The version that CI installs; `deny.toml` is written for it.
const INSTALL: &str = "cargo install --locked cargo-deny --version 0.20.2";

/// Set to 1 where a check that cannot be made is a failure (`.ci/run`).
const REQUIRED: &str = "REQUIRE_DENY";

/// What needs nothing but the crates themselves.
const OFFLINE: [&str; 3] = ["licenses", "bans", "sources"];

/// Why the check cannot be made here. An error where it must be.
pub(crate) fn missing() -> Result<Option<String>> {
    let required = std::env::var_os(REQUIRED).is_some_and(|value| value == "1");
    verdict(is_there(), required)
}

fn verdict(is_there: bool, required: bool) -> Result<Option<String>> {
    let reason = format!("cargo-deny was not found; `{INSTALL}` installs it");
    match (is_there, required) {
        (true, _) => Ok(None),
        (false, false) => Ok(Some(reason)),
        (false, true) => bail!("{reason}"),
    }
}

/// Checks licences, sources and double versions always, and advisories where their database can be fetched.
pub(crate) fn run() -> Result<()> {
    if let Some(reason) = missing()? {
        bail!("{reason}");
    }
    check(&OFFLINE)?;
    let fetched = deny(&["fetch", "db"])?;
    if !fetched.status.success() {
        println!(
            "advisories and withdrawn versions: NOT CHECKED, their database cannot be fetched here: {}",
            reason(&String::from_utf8_lossy(&fetched.stderr))
        );
        return Ok(());
    }
    check(&["advisories"])
}

/// A warning is an exception in `deny.toml` that is no longer needed: it has to go.
fn check(kinds: &[&str]) -> Result<()> {
    let status = command()
        .args(["check", "--deny", "warnings"])
        .args(kinds)
        .status()
        .context("cannot start cargo-deny")?;
    ensure!(
        status.success(),
        "cargo-deny found something in {}, see above. What may come in stands in deny.toml, with reasons",
        kinds.join(", ")
    );
    Ok(())
}

fn is_there() -> bool {
    deny(&["--version"]).is_ok_and(|output| output.status.success())
}

fn deny(arguments: &[&str]) -> Result<Output> {
    command()
        .args(arguments)
        .output()
        .context("cannot start cargo-deny")
}

fn command() -> Command {
    let mut command = Command::new(cargo());
    command.args(["deny", "--locked"]).stdin(Stdio::null());
    command
}

/// The line that says most: Git's own, when it was Git that failed.
fn reason(said: &str) -> &str {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    lines()
        .find(|line| line.starts_with("fatal:"))
        .or_else(|| lines().next_back())
        .unwrap_or("no reason was given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_a_reason_for_people_and_a_failure_in_ci() {
        assert_eq!(verdict(true, true).unwrap(), None);
        assert_eq!(verdict(true, false).unwrap(), None);
        assert!(verdict(false, false).unwrap().unwrap().contains(INSTALL));
        assert!(
            verdict(false, true)
                .unwrap_err()
                .to_string()
                .contains(INSTALL)
        );
    }

    #[test]
    fn ci_installs_the_version_that_people_are_told() {
        let script = include_str!("../../.ci/run");
        assert!(script.contains(INSTALL), "{INSTALL}");
        assert!(script.contains("REQUIRE_DENY=1"));
    }

    #[test]
    fn the_reason_is_the_line_that_says_most() {
        let said = "Cloning into 'x'...\nfatal: unable to access 'y': Could not resolve host\n\n";
        assert_eq!(
            reason(said),
            "fatal: unable to access 'y': Could not resolve host"
        );
        assert_eq!(reason("one\ntwo\n"), "two");
        assert_eq!(reason(""), "no reason was given");
    }
}
