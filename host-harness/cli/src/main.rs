//! The one binary: `job-board demo`, `serve`, `backup`, `restore`, `rotate-key`, `simulate`, `inspect`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use job_board_cli::limit::{LimitSetting, OperatorLimits};
use job_board_cli::operator_setting::OperatorSetting;
use job_board_cli::serve::Service;
use job_board_cli::{
    backup, demo, inspect, listening, plugin_file, rotate_key, serve, simulate, walk,
};
use tracing_subscriber::EnvFilter;

const EXIT_CODES: &str = "\
Exit codes: 0 done, or ended by Ctrl-C, SIGTERM or SIGHUP; 1 it failed, and standard error says why and what to do; 2 the arguments are wrong.
RUST_LOG sets what is logged to standard error, such as RUST_LOG=info.";

/// Job-board plugins for hiring platforms: try them, run them, and look into them.
#[derive(Parser)]
#[command(version, after_help = EXIT_CODES)]
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
        /// What the plugin may use, as with `serve`
        #[arg(long = "limit", value_name = "NAME=VALUE", conflicts_with = "walk")]
        limits: Vec<LimitSetting>,
    },
    /// Run the hiring platform as a service, until SIGTERM, SIGHUP or Ctrl-C
    Serve(Serve),
    /// Copy a platform's data, also while it runs
    Backup {
        /// The platform's data folder
        #[arg(long, value_name = "FOLDER")]
        data_dir: PathBuf,
        /// Copy the master key too; then the copy opens everything by itself
        #[arg(long)]
        with_key: bool,
        /// A new or empty folder
        #[arg(value_name = "TO")]
        to: PathBuf,
    },
    /// Put a backup back, while no platform runs
    Restore {
        /// The platform's data folder
        #[arg(long, value_name = "FOLDER")]
        data_dir: PathBuf,
        /// Replace what the folder holds, for good
        #[arg(long)]
        force: bool,
        /// A folder that `backup` wrote
        #[arg(value_name = "FROM")]
        from: PathBuf,
    },
    /// Exchange the master key, also while platforms run; a rotation that was cut off is finished
    RotateKey {
        /// The platform's data folder
        #[arg(long, value_name = "FOLDER")]
        data_dir: PathBuf,
        /// Only say which keys there are and what is under each
        #[arg(long, conflicts_with = "forget_retired")]
        show: bool,
        /// Only remove the keys that are out of use; backups under them stay closed
        #[arg(long)]
        forget_retired: bool,
    },
    /// Run the simulated TopCV alone, until SIGTERM, SIGHUP or Ctrl-C
    Simulate {
        /// Where to listen; port 0 takes any free one
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480", value_parser = listening::parse)]
        bind: SocketAddr,
        /// Once it serves, write {"url", "pid"} to this file; the file goes when it stops
        #[arg(long, value_name = "FILE")]
        ready_file: Option<PathBuf>,
    },
    /// Show what a component imports, exports and asks for
    Inspect {
        /// The component
        #[arg(value_name = "FILE.wasm")]
        file: PathBuf,
    },
}

#[derive(Args)]
struct Serve {
    /// Where everything is kept; made, for this user alone, when it is missing
    #[arg(long, value_name = "FOLDER")]
    data_dir: PathBuf,
    /// The plugin's component (default: target/component/topcv.wasm of this project)
    #[arg(long, value_name = "FILE")]
    plugin: Option<PathBuf>,
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470", value_parser = listening::parse)]
    bind: SocketAddr,
    /// The https:// address under which boards reach the platform (default: where it listens)
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A host that the plugin may call, such as partner.topcv.vn or *.topcv.vn; nothing else is reached
    #[arg(long, value_name = "HOST", required = true, num_args = 1..)]
    allow: Vec<String>,
    /// Allowed hosts may be on this machine: for the simulator, never in production
    #[arg(long)]
    allow_loopback: bool,
    /// What plugins may use and keep, such as memory=128MiB or computing-time=5s; the operator's guide lists all names with their reasons
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    limits: Vec<LimitSetting>,
    /// An operator setting for every connection; `inspect` shows which there are
    #[arg(long = "operator-setting", value_name = "NAME=VALUE")]
    operator_settings: Vec<OperatorSetting>,
    /// Erase candidates who were not hired after so many days without activity, 1 to 3650 (default: keep them until somebody erases them)
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    retention_days: Option<u32>,
    /// Fetch no files and try no deliveries again by itself
    #[arg(long)]
    no_background: bool,
    /// Once it serves, write {"url", "pid", "logins": [{"login", "role", "token"}]} to this file (mode 600); the file goes when it stops
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

impl Serve {
    fn service(self) -> Result<Service> {
        Ok(Service {
            plugin: plugin_file::find(self.plugin)?,
            data_dir: self.data_dir,
            bind: self.bind,
            public_url: self.public_url,
            allow: self.allow,
            allow_loopback: self.allow_loopback,
            limits: self.limits,
            operator_settings: self.operator_settings,
            retention_days: self.retention_days,
            background: !self.no_background,
            ready_file: self.ready_file,
        })
    }
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
            let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
            let played = runtime.block_on(walk::play(&plugin, step.as_deref(), scratch.path()));
            drop(runtime);
            drop(scratch);
            let tally = played?;
            return Ok(if tally.failed == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        Command::Demo {
            data_dir,
            plugin,
            limits,
            ..
        } => {
            let plugin = plugin_file::find(plugin)?;
            let limits = OperatorLimits::with(&limits)?;
            runtime.block_on(demo::run(&plugin, data_dir, limits))?;
        }
        Command::Serve(serve) => runtime.block_on(serve::run(serve.service()?))?,
        Command::Backup {
            data_dir,
            with_key,
            to,
        } => print!("{}", backup::back_up(&data_dir, &to, with_key)?),
        Command::Restore {
            data_dir,
            force,
            from,
        } => print!("{}", backup::restore(&data_dir, &from, force)?),
        Command::RotateKey {
            data_dir,
            show,
            forget_retired,
        } => print!(
            "{}",
            match (show, forget_retired) {
                (true, _) => runtime.block_on(rotate_key::show(&data_dir))?,
                (_, true) => runtime.block_on(rotate_key::forget_retired(&data_dir))?,
                _ => runtime.block_on(rotate_key::rotate(&data_dir))?,
            }
        ),
        Command::Simulate { bind, ready_file } => {
            runtime.block_on(simulate::run(bind, ready_file))?;
        }
        Command::Inspect { file } => print!("{}", inspect::report(&file)?),
    }
    Ok(ExitCode::SUCCESS)
}
