//! `cargo xtask screenshots`: the README's pictures, of the real page over the simulated board.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::build_component;

/// Builds the plugin, then lets the browser's tests make the pictures in `docs/images`.
pub(crate) fn run() -> Result<()> {
    build_component::run(&["topcv".to_owned()])?;
    println!("making docs/images (the first build takes some minutes)");
    let status = Command::new(build_component::cargo())
        .args(["test", "--locked", "--workspace", "--test", "browser"])
        .args([
            "--",
            "--ignored",
            "--exact",
            "pictures::pictures_for_the_readme",
        ])
        .env("REQUIRE_BROWSER", "1")
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "the pictures were not made: {status}");
    Ok(())
}
