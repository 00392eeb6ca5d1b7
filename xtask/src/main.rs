//! The project's own commands: `cargo xtask <command>`. One file a command.

mod build_component;
mod chaos;
mod check_deps;
mod compare_wit;
mod demo;
mod deny;
mod screenshots;
mod test_all;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  demo [--walk ...]  build what is needed, then run the demo; arguments go to `job-board demo`
  test               everything that CI checks: set-up, lints, docs, tests, the walk
  chaos [--deliveries N] [--kills K] [--seed S] [--break WHAT]
                     deliveries while the platform is killed, then an audit from outside (10,000 and 50: some minutes)
  build [name ...]   build the components (all, or the named ones) into target/component/
  build --rehearse-next-release
                      build topcv-next.wasm: tomorrow's format of records, for upgrade tests
  screenshots        make the README's pictures of the page (needs Chromium and its driver)
  check-deps         who may import whom
  deny               licences, sources, double versions and advisories of what comes from outside (needs cargo-deny)
  compare-wit OLD NEW  what a change of the contract would break, in both directions";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();

    let result = match command.as_deref() {
        Some("demo") => demo::run(&rest),
        Some("test") => test_all::run(),
        Some("chaos") => chaos::run(&rest),
        Some("build") => build_component::run(&rest),
        Some("screenshots") => screenshots::run(),
        Some("check-deps") => check_deps::run(),
        Some("deny") => deny::run(),
        Some("compare-wit") => compare_wit::run(&rest),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(anyhow::anyhow!(
            "{}\n\n{USAGE}",
            other.map_or("no command given".to_owned(), |name| format!(
                "there is no command `{name}`"
            ))
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
