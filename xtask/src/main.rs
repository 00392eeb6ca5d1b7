//! The project's own commands: `cargo xtask <command>`. One file a command.

mod build_component;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  build [name ...]   build the components (all, or the named ones) into target/component/";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();

    let result = match command.as_deref() {
        Some("build") => build_component::run(&rest),
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
