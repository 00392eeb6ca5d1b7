//! The two processes, the accounts at the board, the postings that are published before the chaos begins.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use job_board_cli::walk::{Api, Board, Employer};
use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use crate::component;
use crate::host::{Host, HostCommand, beside};

/// The platform's own database, in its folder; and the one in which plugins store.
pub(super) const PLATFORM_DATABASE: &str = "platform.db";
pub(super) const PLUGIN_DATABASE: &str = "plugin.db";

/// A write that would make a file longer than it may be must be an error, as on a full disk, not the end of the process.
const WITHOUT_FILE_SIGNAL: &str = r#"trap "" XFSZ; exec "$0" "$@""#;

/// Far longer than a start takes to work off what an earlier one left.
const PATIENCE: Duration = Duration::from_secs(120);

/// An account at the board, and the platform's connection to it.
pub(super) struct Account {
    pub(super) employer: Employer,
    pub(super) connection: u64,
}

/// A posting that stands at the board.
pub(super) struct Published {
    pub(super) account: usize,
    pub(super) job: u64,
    pub(super) board: String,
    pub(super) request: String,
}

/// Both sides.
pub(super) struct World {
    pub(super) board: Board,
    pub(super) control: Api,
    /// The recruiter. Sessions outlive the platform's process.
    pub(super) owner: Api,
    pub(super) accounts: Vec<Account>,
    pub(super) postings: Vec<Published>,
    platform: Mutex<Option<Host>>,
    command: HostCommand,
    _simulator: Child,
    folder: TempDir,
}

impl World {
    pub(super) async fn set_up(accounts: usize, jobs: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (simulator, url) = simulate().await?;
        let command = platform(folder.path().join("platform"), &url)?;
        let host = Host::start(&command).await?;
        let mut world = Self {
            board: Board::new(&url)?,
            control: Api::new(&url)?,
            owner: host.api("recruiter")?,
            accounts: Vec::new(),
            postings: Vec::new(),
            platform: Mutex::new(None),
            command,
            _simulator: simulator,
            folder,
        };
        let admin = host.api("administrator")?;
        for number in 0..accounts {
            let account = world.connect(&admin, number).await?;
            world.accounts.push(account);
        }
        for job in world.jobs(jobs).await? {
            for account in 0..accounts {
                let published = world.publish(account, job).await?;
                world.postings.push(published);
            }
        }
        *world.platform.lock().await = Some(host);
        Ok(world)
    }

    async fn connect(&self, admin: &Api, number: usize) -> Result<Account> {
        let employer = self.board.employer(&format!("Công ty {number}")).await?;
        self.board
            .set(&employer, json!({ "credits": 1_000 }))
            .await?;
        let named = json!({ "name": format!("TopCV {number}") });
        let made = admin.post("/api/connections", &named).await?;
        let connection = made["id"].as_u64().context("no connection")?;
        let path = format!("/api/connections/{connection}");
        let settings = json!({ "settings": {
            "access-token": employer.access_token,
            "secret-key": employer.secret_key,
        } });
        admin.put(&format!("{path}/settings"), &settings).await?;
        let shown = admin.get(&path).await?;
        let pasted = json!({ "webhook_url": shown["webhook_url"] });
        self.board.set(&employer, pasted).await?;
        Ok(Account {
            employer,
            connection,
        })
    }

    /// Jobs as complete as the first of those that every new platform has.
    async fn jobs(&self, count: usize) -> Result<Vec<u64>> {
        let complete = self.owner.get("/api/jobs/1").await?;
        let mut jobs = Vec::new();
        for number in 0..count {
            let job =
                json!({ "title": format!("Kế toán {number}"), "details": complete["details"] });
            let made = self.owner.post("/api/jobs", &job).await?;
            jobs.push(made["id"].as_u64().context("no job")?);
        }
        Ok(jobs)
    }

    async fn publish(&self, account: usize, job: u64) -> Result<Published> {
        let connection = self.accounts[account].connection;
        let path = format!("/api/jobs/{job}");
        let asked = json!({ "connection": connection });
        let form = self.owner.post(&format!("{path}/form"), &asked).await?;
        let fields = form["fields"].as_array().context("no form")?;
        let values: Map<String, Value> = fields
            .iter()
            .filter(|field| !field["value"].is_null())
            .filter_map(|field| Some((field["id"].as_str()?.to_owned(), field["value"].clone())))
            .collect();
        let order = json!({ "connection": connection, "values": values });
        let posting = self.owner.post(&format!("{path}/postings"), &order).await?;
        let text = |name: &str| posting[name].as_str().map(str::to_owned);
        Ok(Published {
            account,
            job,
            board: text("board_posting").context("it was not published")?,
            request: text("id").context("a posting without id")?,
        })
    }

    /// The platform's folder.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("platform")
    }

    /// Whether the board keeps deliveries back.
    pub(super) async fn hold_webhooks(&self, hold: bool) -> Result<()> {
        for account in &self.accounts {
            let setting = json!({ "hold_webhooks": hold });
            self.board.set(&account.employer, setting).await?;
        }
        Ok(())
    }

    /// A delivery of any bytes, to an account's webhook URL.
    pub(super) async fn raw(&self, account: usize, body: &str) -> Result<Value> {
        let id = self.accounts[account].employer.id;
        let raw = json!({ "employer_id": id, "body_text": body });
        let mut made = self.control.post("/control/deliveries/raw", &raw).await?;
        Ok(made["delivery"].take())
    }

    /// Everything that the board knows to have happened.
    pub(super) async fn ledger(&self) -> Result<Value> {
        self.control.get("/control/ledger").await
    }

    /// `kill -9`.
    pub(super) async fn kill(&self) -> Result<()> {
        match self.platform.lock().await.take() {
            Some(host) => host.kill().await,
            None => Ok(()),
        }
    }

    /// Starts the platform on the same folder and the same address.
    pub(super) async fn start(&self) -> Result<()> {
        *self.platform.lock().await = Some(Host::start(&self.command).await?);
        Ok(())
    }

    /// Kills a process that has just been started, wherever it has come to.
    pub(super) async fn kill_while_starting(&self, after: Duration) -> Result<()> {
        self.command.kill_while_starting(after).await
    }

    /// From now on no file of the platform's may be written beyond a few bytes; or again as long as it likes.
    pub(super) async fn fill_disk(&self, full: bool) -> Result<()> {
        let platform = self.platform.lock().await;
        let pid = platform.as_ref().and_then(Host::pid);
        let pid = pid.and_then(|pid| Pid::from_raw(pid.cast_signed()));
        let limit = Rlimit {
            current: full.then_some(64),
            maximum: None,
        };
        let pid = pid.context("the platform does not run")?;
        prlimit(Some(pid), Resource::Fsize, limit).context("cannot limit the platform's files")?;
        Ok(())
    }

    /// Another process at work in one of the platform's databases for so long.
    pub(super) async fn lock(&self, database: &str, during: Duration) -> Result<()> {
        let connection = Connection::open(self.data().join(database))?;
        connection.busy_timeout(Duration::from_secs(20))?;
        connection.execute_batch("BEGIN IMMEDIATE")?;
        sleep(during).await;
        connection.execute_batch("ROLLBACK")?;
        Ok(())
    }

    /// The platform dies a last time, finishes what it has left, and is ended.
    pub(super) async fn settle(&self) -> Result<()> {
        self.kill().await?;
        self.start().await?;
        let until = Instant::now() + PATIENCE;
        while self.open_deliveries()? > 0 {
            ensure!(
                Instant::now() < until,
                "{} deliveries stay in the inbox",
                self.open_deliveries()?
            );
            sleep(Duration::from_millis(200)).await;
        }
        self.kill().await
    }

    fn open_deliveries(&self) -> Result<i64> {
        let file = self.data().join(PLATFORM_DATABASE);
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let sql = "SELECT count(*) FROM deliveries WHERE state = 'pending'";
        Ok(database.query_row(sql, [], |row| row.get(0))?)
    }
}

async fn simulate() -> Result<(Child, String)> {
    let mut child = Command::new(job_board()?)
        .args(["simulate", "--bind", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start the simulator")?;
    let output = child.stdout.take().context("no output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        if let Some(url) = url {
            let url = url.to_owned();
            // It has more to say, and must find somebody who listens.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((child, url));
        }
    }
    anyhow::bail!("the simulator does not say where it is")
}

fn job_board() -> Result<PathBuf> {
    beside("job-board", "cargo build --package job-board-cli")
}

fn platform(data_dir: PathBuf, simulator: &str) -> Result<HostCommand> {
    let protocol = json!({
        "base_url": simulator,
        // An edit whose caller was killed holds its lease for this long, four times over.
        "timeout.read_ms": "2000",
        "timeout.write_ms": "2000",
        "lag.create_ms": "1000",
    });
    let program = job_board()?.display().to_string();
    let arguments = [
        "-c",
        WITHOUT_FILE_SIGNAL,
        &program,
        "serve",
        "--plugin",
        &component().display().to_string(),
        "--bind",
        &free_address()?.to_string(),
        "--allow",
        simulator,
        "--allow-loopback",
        "--operator-setting",
        &format!("protocol={protocol}"),
    ]
    .map(str::to_owned);
    Ok(HostCommand {
        program: PathBuf::from("sh"),
        data_dir,
        arguments: arguments.to_vec(),
    })
}

/// Below the ports that systems give to clients: one of those would sit on it while the platform is dead.
fn free_address() -> Result<SocketAddr> {
    for _ in 0..200 {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, fastrand::u16(20_000..30_000)));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    anyhow::bail!("no port between 20000 and 30000 is free")
}
