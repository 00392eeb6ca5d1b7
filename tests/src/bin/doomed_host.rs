//! The reference platform as a process of its own that can be told to kill itself at an effect: `kill -9`, without a last word.
//!
//! On its standard input it takes one command a line, and answers each with one line:
//!
//! | command | what happens | answer |
//! |---|---|---|
//! | `die before N`, `die after N` | it kills itself at the Nth effect from now, counted from 0 | `armed` |
//! | `count` | effects are counted from now | `armed` |
//! | `report` | | the effects since then, as a JSON list |
//!
//! When its input ends, so does it: no process is left behind by a test that fails.

use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use clap::Parser;
use job_board_demo::{Demo, DemoConfig, FieldValue, Watch};
use job_board_host::{Clock, SystemClock};
use serde_json::json;
use system_tests::doom::{Doom, Side, Watcher};

/// A platform that can be told to kill itself.
#[derive(Parser)]
struct Arguments {
    /// Where the platform keeps everything
    #[arg(long)]
    data_dir: PathBuf,
    /// The plugin's component
    #[arg(long)]
    plugin: PathBuf,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:0")]
    bind: SocketAddr,
    /// A host that plugins may call, also on this machine
    #[arg(long)]
    allow: Vec<String>,
    /// A setting that every connection gets: JSON when it begins with a brace, else text
    #[arg(long, value_name = "NAME=VALUE")]
    operator_setting: Vec<String>,
    /// Written when it serves: `{"url", "logins": [{"login", "role", "token"}]}`
    #[arg(long)]
    ready_file: PathBuf,
    /// The present moment, in milliseconds since 1970, is read from this file whenever somebody asks
    #[arg(long)]
    clock_file: Option<PathBuf>,
    /// Finish an earlier run's work before serving, and do nothing in the background afterwards
    #[arg(long)]
    no_background: bool,
}

/// One clock for several processes. Whoever moves it replaces the file in one step.
struct FileClock {
    file: PathBuf,
    last: AtomicU64,
}

impl Clock for FileClock {
    fn now(&self) -> u64 {
        let read = std::fs::read_to_string(&self.file).ok();
        if let Some(now) = read.and_then(|text| text.trim().parse().ok()) {
            self.last.store(now, Ordering::SeqCst);
        }
        self.last.load(Ordering::SeqCst)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter("warn")
        .init();
    let doom = Arc::new(Doom::default());
    let demo = Demo::start(config(&arguments, &doom)?).await?;
    let logins: Vec<_> = demo
        .credentials()
        .iter()
        .map(|who| json!({ "login": who.login, "role": who.role, "token": who.token }))
        .collect();
    let ready = json!({ "url": demo.url(), "logins": logins });
    replace(&arguments.ready_file, ready.to_string().as_bytes())?;
    tokio::task::spawn_blocking(move || obey(&doom)).await?
}

fn config(arguments: &Arguments, doom: &Arc<Doom>) -> Result<DemoConfig> {
    let clock: Arc<dyn Clock> = match &arguments.clock_file {
        Some(file) => Arc::new(FileClock {
            file: file.clone(),
            last: AtomicU64::new(0),
        }),
        None => Arc::new(SystemClock),
    };
    let mut config = DemoConfig::new(&arguments.data_dir, &arguments.plugin);
    for setting in &arguments.operator_setting {
        let (name, value) = setting
            .split_once('=')
            .context("an operator setting is NAME=VALUE")?;
        let value = if value.starts_with('{') {
            FieldValue::Json(value.to_owned())
        } else {
            FieldValue::Text(value.to_owned())
        };
        config.operator_settings.insert(name.to_owned(), value);
    }
    Ok(DemoConfig {
        bind: arguments.bind,
        allow: arguments.allow.clone(),
        allow_loopback: true,
        clock,
        background: !arguments.no_background,
        watch: Some(Arc::new(Watcher(Arc::clone(doom))) as Arc<dyn Watch>),
        ..config
    })
}

/// In one step, so that nobody reads half of it.
fn replace(file: &Path, content: &[u8]) -> Result<()> {
    let draft = file.with_extension("draft");
    std::fs::write(&draft, content)?;
    std::fs::rename(&draft, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Until the input ends.
fn obey(doom: &Doom) -> Result<()> {
    let mut output = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match words.as_slice() {
            ["count"] => {
                doom.arm(None);
                "armed".to_owned()
            }
            ["die", side, number] => {
                let side = Side::BOTH.into_iter().find(|known| known.word() == *side);
                doom.arm(Some((number.parse()?, side.context("before or after")?)));
                "armed".to_owned()
            }
            ["report"] => serde_json::to_string(&doom.seen())?,
            _ => bail!("there is no command `{line}`"),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}
