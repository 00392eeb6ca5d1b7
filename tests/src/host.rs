//! A platform in a process of its own, as a test sees it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use job_board_cli::walk::Api;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::doom::Side;

/// Far longer than a start, a death or an answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to start a host.
pub struct HostCommand {
    /// The program that [`doomed_host`] names, or another that understands the same arguments.
    pub program: PathBuf,
    /// The platform's folder.
    pub data_dir: PathBuf,
    /// Everything but the folder and the file that says when it is ready.
    pub arguments: Vec<String>,
}

impl HostCommand {
    fn spawn(&self, ready: &Path) -> Result<Child> {
        Command::new(&self.program)
            .args(&self.arguments)
            .arg("--data-dir")
            .arg(&self.data_dir)
            .arg("--ready-file")
            .arg(ready)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))
    }

    /// Starts a process and kills it, wherever it has come to by then; waits until it is gone.
    ///
    /// # Errors
    /// When it does not start, or does not end.
    pub async fn kill_while_starting(&self, after: Duration) -> Result<()> {
        let mut child = self.spawn(&self.data_dir.with_extension("ready-never"))?;
        sleep(after).await;
        child.start_kill().ok();
        timeout(PATIENCE, child.wait()).await??;
        Ok(())
    }
}

/// The program `doomed_host`, beside the one that is running.
///
/// # Errors
/// When it was not built.
pub fn doomed_host() -> Result<PathBuf> {
    beside("doomed_host", "cargo build --package system-tests --bins")
}

/// A program in the folder where cargo puts them, seen from a program or a test of the same profile.
///
/// # Errors
/// When it is not there; `built_by` is named.
pub fn beside(name: &str, built_by: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("this program does not know where it is")?;
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let found = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(&name))
        .find(|file| file.is_file());
    found.with_context(|| format!("{name} is missing; run `{built_by}`"))
}

/// A running platform. Killed when it is dropped.
pub struct Host {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Where it listens.
    pub url: String,
    logins: Vec<Value>,
}

impl Host {
    /// Starts it and waits until it serves.
    ///
    /// # Errors
    /// When it ends instead; with what it said last.
    pub async fn start(command: &HostCommand) -> Result<Self> {
        static STARTS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = STARTS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // Beside the folder, which is the platform's alone.
        let ready = command.data_dir.with_extension(format!("ready-{number}"));
        let errors = command.data_dir.with_extension(format!("errors-{number}"));
        let mut log = tokio::fs::File::create(&errors).await?;
        let mut child = command.spawn(&ready)?;
        let input = child.stdin.take().context("no input")?;
        let output = child.stdout.take().context("no output")?;
        // Not straight into the file: where the host's files may not grow, its log still may.
        let mut complaints = child.stderr.take().context("no errors")?;
        tokio::spawn(async move { tokio::io::copy(&mut complaints, &mut log).await });
        let said = wait_ready(&mut child, &ready, &errors).await?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output).lines(),
            url: said["url"].as_str().context("no url")?.to_owned(),
            logins: said["logins"].as_array().context("no logins")?.clone(),
        })
    }

    /// The platform's API, as the first user with this role.
    ///
    /// # Errors
    /// When there is none.
    pub fn api(&self, role: &str) -> Result<Api> {
        let user = self.logins.iter().find(|login| login["role"] == role);
        let token = user.and_then(|user| user["token"].as_str());
        let token = token.with_context(|| format!("nobody is a {role}"))?;
        Ok(Api::new(&self.url)?.signed_in(token))
    }

    /// From now on it counts its effects, and kills itself at this one.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn doom(&mut self, fatal: Option<(usize, Side)>) -> Result<()> {
        let command = match fatal {
            None => "count".to_owned(),
            Some((number, side)) => format!("die {} {number}", side.word()),
        };
        let answer = self.say(&command).await?;
        ensure!(answer == "armed", "the host answered `{answer}`");
        Ok(())
    }

    /// The effects since [`Host::doom`].
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn effects(&mut self) -> Result<Vec<String>> {
        Ok(serde_json::from_str(&self.say("report").await?)?)
    }

    async fn say(&mut self, command: &str) -> Result<String> {
        self.input
            .write_all(format!("{command}\n").as_bytes())
            .await?;
        let answer = timeout(PATIENCE, self.output.next_line()).await??;
        answer.context("the host has ended")
    }

    /// Whether it has killed itself by now. A process that was told to die at an effect that has come is dead at once, or a moment later.
    pub async fn died(&mut self, within: Duration) -> bool {
        matches!(timeout(within, self.child.wait()).await, Ok(Ok(_)))
    }

    /// Its process.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// `kill -9`, and waits until it is gone.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill(mut self) -> Result<()> {
        self.child.start_kill().ok();
        timeout(PATIENCE, self.child.wait()).await??;
        Ok(())
    }
}

async fn wait_ready(child: &mut Child, ready: &Path, errors: &Path) -> Result<Value> {
    let until = Instant::now() + PATIENCE;
    loop {
        let read = std::fs::read(ready).ok();
        if let Some(said) = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(said);
        }
        if let Some(status) = child.try_wait()? {
            let said = std::fs::read_to_string(errors).unwrap_or_default();
            bail!("the host ended with {status} before it served: {said}");
        }
        ensure!(Instant::now() < until, "the host does not become ready");
        sleep(Duration::from_millis(5)).await;
    }
}
