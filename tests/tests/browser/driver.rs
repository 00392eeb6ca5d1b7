//! Chromium's WebDriver: a process of its own, ended with the test.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};
use job_board_cli::walk::Api;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Where Debian, Ubuntu and others put the two programs.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const DRIVERS: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    places.find(|file| file.is_file())
}

/// The two programs, where both are installed.
pub fn programs() -> Option<(PathBuf, PathBuf)> {
    Some((on_path(&BROWSERS)?, on_path(&DRIVERS)?))
}

/// A running driver.
pub struct Driver {
    /// Its WebDriver endpoint.
    pub api: Api,
    // Killed when it is dropped.
    _process: Child,
    /// For the browser's profile and whatever else it writes.
    pub home: TempDir,
}

impl Driver {
    /// Starts it on a free port.
    pub async fn start(program: &PathBuf) -> Result<Self> {
        let home = tempfile::tempdir().context("cannot make a temporary folder")?;
        let mut process = Command::new(program)
            .arg("--port=0")
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("the driver does not start")?;
        let output = process.stdout.take().context("the driver says nothing")?;
        let mut lines = BufReader::new(output).lines();
        let port: u16 = loop {
            let line = lines
                .next_line()
                .await?
                .context("the driver ended before it said its port")?;
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').parse()?;
            }
        };
        // Whatever else it says is read, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            api: Api::new(&format!("http://127.0.0.1:{port}"))?,
            _process: process,
            home,
        })
    }
}
