//! `cargo xtask demo`: from a fresh clone to the running demo.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use cargo_metadata::MetadataCommand;

use crate::build_component;

/// Builds the plugin, then runs `job-board demo` with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    build_component::run(&["topcv".to_owned()])?;
    println!("building the demo (some minutes the first time)");
    // With the features of the whole workspace, so that `cargo xtask test` does not compile the WebAssembly engine once more.
    let status = Command::new(build_component::cargo())
        .args(["build", "--locked", "--workspace", "--bin", "job-board"])
        .status()
        .context("cannot start cargo")?;
    ensure!(
        status.success(),
        "cargo build ended with {status}, see above"
    );
    let mut demo = Command::new(binary()?);
    demo.arg("demo").args(arguments);
    become_it(demo)
}

/// The demo's program.
pub(crate) fn binary() -> Result<PathBuf> {
    Ok(programs()?.join(format!("job-board{}", std::env::consts::EXE_SUFFIX)))
}

/// Where cargo puts the programs of a plain build.
pub(crate) fn programs() -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .context("`cargo metadata` failed; run this inside the project")?;
    Ok(metadata.target_directory.into_std_path_buf().join("debug"))
}

/// The demo takes this process's place, so that a signal to `cargo xtask demo` reaches the demo and nobody is left behind.
#[cfg(unix)]
fn become_it(mut demo: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(demo.exec()).context("cannot start the demo")
}

#[cfg(not(unix))]
fn become_it(mut demo: Command) -> Result<()> {
    let status = demo.status().context("cannot start the demo")?;
    ensure!(status.success(), "the demo ended with {status}");
    Ok(())
}
