//! `cargo xtask chaos`: thousands of deliveries through the real programs while the platform is killed again and again.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::build_component::{self, cargo};
use crate::demo;

/// The chaos of `cargo xtask test`: the same program, in a minute or two. One seed, so that a failure of CI can be played again.
pub(crate) const SHORT: [&str; 6] = ["--deliveries", "600", "--kills", "5", "--seed", "20261123"];

/// Builds the plugin and the programs, then plays it out with these arguments.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    build_component::run(&["topcv".to_owned()])?;
    let status = Command::new(cargo())
        // With the features of the whole workspace: one build of the WebAssembly engine for every command.
        .args(["build", "--locked", "--workspace", "--bins"])
        .stdin(Stdio::null())
        .status()
        .context("cannot start cargo")?;
    ensure!(
        status.success(),
        "the programs could not be built, see above"
    );
    play(arguments)
}

/// Plays it out with programs that are built. They share one folder: `chaos` finds the others beside it.
pub(crate) fn play<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Result<()> {
    let program = demo::programs()?.join(format!("chaos{}", std::env::consts::EXE_SUFFIX));
    let status = Command::new(&program)
        .args(arguments)
        .stdin(Stdio::null())
        .status()
        .with_context(|| {
            format!(
                "cannot start {}; build it with `cargo build --workspace --bins`",
                program.display()
            )
        })?;
    ensure!(status.success(), "the chaos ended with {status}, see above");
    Ok(())
}
