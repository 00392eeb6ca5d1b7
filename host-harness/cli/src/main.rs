//! The one binary: `job-board demo`, `simulate`, `inspect`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use job_board_cli::{demo, inspect, plugin_file, simulate, walk};
use tracing_subscriber::EnvFilter;

/// Job-board plugins for hiring platforms: try them, and look into them.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a simulated TopCV and a hiring platform on this machine, until Ctrl-C
    Demo {
        /// Play the whole story without anybody, check every step, and end
        #[arg(long)]
        walk: bool,
        /// With --walk: only the steps whose name contains this
        #[arg(long, value_name = "TEXT", requires = "walk")]
        step: Option<String>,
        /// Keep the platform's data here (default: a temporary folder)
        #[arg(long, value_name = "FOLDER", conflicts_with = "walk")]
        data_dir: Option<PathBuf>,
        /// The plugin's component (default: target/component/topcv.wasm of this project)
        #[arg(long, value_name = "FILE")]
        plugin: Option<PathBuf>,
    },
    /// Run the simulated TopCV alone, until Ctrl-C
    Simulate {
        /// Where to listen; port 0 takes any free one
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480")]
        bind: SocketAddr,
    },
    /// Show what a component imports, exports and asks for
    Inspect {
        /// The component
        #[arg(value_name = "FILE.wasm")]
        file: PathBuf,
    },
}

impl Command {
    /// What is logged when `RUST_LOG` says nothing. The walk provokes what an operator would be warned of.
    fn log_level(&self) -> &'static str {
        match self {
            Self::Demo { walk: true, .. } => "error",
            _ => "warn",
        }
    }
}

fn main() -> ExitCode {
    // clap ends the process by itself for --help and for arguments that it cannot read.
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| EnvFilter::new(arguments.command.log_level())),
        )
        .init();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("job-board: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let runtime =
        tokio::runtime::Runtime::new().context("cannot start the asynchronous runtime")?;
    match command {
        Command::Demo {
            walk: true,
            step,
            plugin,
            ..
        } => {
            let plugin = plugin_file::find(plugin)?;
            let tally = runtime.block_on(walk::play(&plugin, step.as_deref()))?;
            Ok(if tally.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Command::Demo {
            data_dir, plugin, ..
        } => {
            let plugin = plugin_file::find(plugin)?;
            runtime.block_on(demo::run(&plugin, data_dir))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Simulate { bind } => {
            runtime.block_on(simulate::run(bind))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Inspect { file } => {
            print!("{}", inspect::report(&file)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}
