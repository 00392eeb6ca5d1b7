//! `cargo xtask demo`: from a fresh clone to the running demo.

use std::process::Command;

use anyhow::{Context, Result};

use crate::build_component;

/// Builds the plugin, then runs `job-board demo` with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    build_component::run(&["topcv".to_owned()])?;
    println!("building the demo (some minutes the first time)");
    let mut demo = Command::new(build_component::cargo());
    demo.args([
        "run",
        "--locked",
        "--package",
        "job-board-cli",
        "--",
        "demo",
    ])
    .args(arguments);
    become_it(demo)
}

/// The demo takes this process's place, so that a signal to `cargo xtask demo` reaches the demo and nobody is left behind.
#[cfg(unix)]
fn become_it(mut demo: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(demo.exec()).context("cannot start cargo")
}

#[cfg(not(unix))]
fn become_it(mut demo: Command) -> Result<()> {
    let status = demo.status().context("cannot start cargo")?;
    anyhow::ensure!(status.success(), "the demo ended with {status}");
    Ok(())
}
