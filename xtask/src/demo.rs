//! `cargo xtask demo`: from a fresh clone to the running demo.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::build_component;

/// Builds the plugin, then runs `job-board demo` with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    build_component::run(&["topcv".to_owned()])?;
    println!("building the demo (some minutes the first time)");
    let status = Command::new(build_component::cargo())
        .args([
            "run",
            "--locked",
            "--package",
            "job-board-cli",
            "--",
            "demo",
        ])
        .args(arguments)
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "the demo ended with {status}");
    Ok(())
}
