//! `cargo xtask test`: everything that must hold before a change is merged.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::build_component::{self, TARGET, cargo};
use crate::{chaos, check_deps, demo, deny};

/// Runs every stage and stops at the first that fails. Cheap ones come first; all share one target folder and one profile,
/// because the WebAssembly engine is the slowest thing to compile.
pub(crate) fn run() -> Result<()> {
    let begun = Instant::now();
    let mut stages = Stages::default();
    stages.run("tools", tools)?;
    stages.run("check-deps", check_deps::run)?;
    match deny::missing()? {
        None => stages.run("deny", deny::run)?,
        Some(reason) => stages.skip("deny", reason),
    }
    stages.run("fmt", || {
        run_cargo(&["fmt", "--all", "--", "--check"], &[])
            .context("run `cargo fmt --all` and look at what it changed")
    })?;
    stages.run("component", || build_component::run(&[]))?;
    stages.run("component of a next release", || {
        build_component::run(&[build_component::REHEARSE.to_owned()])
    })?;
    stages.run("clippy, the plugin for wasm", || {
        run_cargo(
            &[
                "clippy",
                "--locked",
                "--package",
                "topcv-plugin",
                "--target",
                TARGET,
                "--",
                "-D",
                "warnings",
            ],
            &[],
        )
    })?;
    stages.run("clippy", || {
        run_cargo(
            &[
                "clippy",
                "--locked",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ],
            &[],
        )
    })?;
    stages.run("doc", || {
        run_cargo(
            &["doc", "--locked", "--workspace", "--no-deps"],
            &[("RUSTDOCFLAGS", "-D warnings")],
        )
    })?;
    stages.run("test", || {
        // All of them: one run of CI shows everything that fails.
        run_cargo(&["test", "--locked", "--workspace", "--no-fail-fast"], &[])
    })?;
    stages.run("walk", walk)?;
    stages.run("chaos", || chaos::play(&chaos::SHORT))?;
    stages.print(begun.elapsed());
    Ok(())
}

/// What ran, and for how long.
#[derive(Default)]
struct Stages {
    passed: Vec<(&'static str, Duration)>,
    /// With the reasons.
    skipped: Vec<(&'static str, String)>,
}

impl Stages {
    fn run(&mut self, name: &'static str, stage: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("== {name}");
        let begun = Instant::now();
        stage().with_context(|| format!("stage `{name}` failed"))?;
        self.passed.push((name, begun.elapsed()));
        println!("== {name}: ok, {}", shown(begun.elapsed()));
        Ok(())
    }

    fn skip(&mut self, name: &'static str, reason: String) {
        println!("== {name}: skipped, {reason}");
        self.skipped.push((name, reason));
    }

    fn print(&self, total: Duration) {
        println!("\nall stages passed:");
        for (name, time) in &self.passed {
            println!("  {:>8}  {name}", shown(*time));
        }
        for (name, reason) in &self.skipped {
            println!("   skipped  {name}: {reason}");
        }
        println!("  {:>8}  in all", shown(total));
    }
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds / 60 {
        0 => format!("{:.1} s", time.as_secs_f64()),
        minutes => format!("{minutes} min {:02} s", seconds % 60),
    }
}

/// rustfmt and clippy are parts of a toolchain that may be missing; the wasm target is added where the component is built.
fn tools() -> Result<()> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let there = Command::new(cargo())
            .args([tool, "--version"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if there {
            continue;
        }
        println!("adding {component} with rustup");
        let added = Command::new("rustup")
            .args(["component", "add", component])
            .stdin(Stdio::null())
            .status();
        match added {
            Ok(status) if status.success() => {}
            Ok(_) => bail!("`rustup component add {component}` failed, see above"),
            Err(_) => bail!(
                "this toolchain has no {component}, and rustup, which could add it, was not found. Install rustup (https://rustup.rs)"
            ),
        }
    }
    Ok(())
}

/// The whole story through the binary that the tests have just built.
fn walk() -> Result<()> {
    let binary = demo::binary()?;
    let status = Command::new(&binary)
        .args(["demo", "--walk"])
        .stdin(Stdio::null())
        .status()
        .with_context(|| {
            format!(
                "cannot start {}; build it with `cargo build --package job-board-cli`",
                binary.display()
            )
        })?;
    ensure!(status.success(), "the walk ended with {status}, see above");
    Ok(())
}

fn run_cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let status = Command::new(cargo())
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .status()
        .context("cannot start cargo")?;
    ensure!(
        status.success(),
        "cargo {} ended with {status}, see above",
        arguments.join(" ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_the_unit_that_fits() {
        assert_eq!(shown(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(shown(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_failing_stage_is_named_and_not_counted() {
        let mut stages = Stages::default();
        stages.run("first", || Ok(())).unwrap();
        let error = stages.run("second", || bail!("no")).unwrap_err();
        assert_eq!(format!("{error:#}"), "stage `second` failed: no");
        assert_eq!(stages.passed.len(), 1);
    }
}
