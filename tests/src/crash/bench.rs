//! The board that survives every crash, and a configured platform that every cell copies.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use job_board_cli::walk::{Api, Board, Employer};
use reqwest::Method;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use topcv_simulator::{Simulator, SimulatorConfig};

use super::cell::Cell;
use crate::host::{Host, HostCommand, doomed_host};
use crate::{START_MS, component, plugin};

/// The first connection and the first job that a new platform has: everything is filled in.
pub(super) const CONNECTION: u64 = 1;
pub(super) const JOB: u64 = 1;

/// Longer than any lease, and than the board may lag behind. Also far longer than two postings may be apart to be taken for one.
pub(super) const LONG_MS: u64 = 2 * 3_600_000;

/// The last day of every posting: a year after the bench's first. Hours pass with every cell, and a whole matrix takes weeks.
const LAST_DAY: &str = "2027-03-01";

/// The fields of a posting that the board's own site knows too.
const WIRE_KEYS: [&str; 22] = [
    "title",
    "position_title",
    "main_category",
    "skills",
    "locations",
    "salary_level",
    "salary_from",
    "salary_to",
    "salary_currency",
    "job_type",
    "employee_level",
    "experience",
    "quantity",
    "gender",
    "job_description",
    "job_requirement",
    "job_benefit",
    "deadline",
    "contact_name",
    "contact_phone",
    "contact_email",
    "publish_request_days",
];

/// What is the same in all cells of a bench.
#[derive(Default)]
pub struct BenchSetup {
    /// Settings of the account at the board.
    pub employer: Value,
    /// Rows of the protocol that the operator corrects.
    pub protocol: Map<String, Value>,
}

/// One board with one account, and the platform's folder as it is after configuring.
pub struct Bench {
    /// The account.
    pub employer: Employer,
    /// The board's people.
    pub board: Board,
    /// The board's control API.
    pub control: Api,
    /// The form's values of the first job.
    pub values: Map<String, Value>,
    /// The path of the webhook, which is the same in every copy.
    pub(super) hook: String,
    pub(super) folder: TempDir,
    clock_file: PathBuf,
    now: AtomicU64,
    cells: AtomicU64,
    protocol: String,
    _simulator: Simulator,
}

impl Bench {
    /// Starts the board, starts a platform, configures it, and stops it.
    ///
    /// # Errors
    /// When any of that fails.
    pub async fn set_up(setup: BenchSetup) -> Result<Self> {
        let simulator = Simulator::start(SimulatorConfig {
            start_ms: Some(START_MS),
            ..SimulatorConfig::default()
        })
        .await?;
        let url = simulator.url();
        let board = Board::new(&url)?;
        let employer = board.employer("Công ty An").await?;
        board.set(&employer, json!({ "credits": 100_000 })).await?;
        if !setup.employer.is_null() {
            board.set(&employer, setup.employer).await?;
        }
        let mut protocol = setup.protocol;
        protocol.insert("base_url".to_owned(), json!(url));
        let folder = tempfile::tempdir()?;
        let mut bench = Self {
            employer,
            board,
            control: Api::new(&url)?,
            values: Map::new(),
            hook: String::new(),
            clock_file: folder.path().join("clock"),
            folder,
            now: AtomicU64::new(START_MS),
            cells: AtomicU64::new(0),
            protocol: Value::Object(protocol).to_string(),
            _simulator: simulator,
        };
        bench.set_clock(START_MS).await?;
        bench.configure().await?;
        Ok(bench)
    }

    async fn configure(&mut self) -> Result<()> {
        let data = self.template();
        std::fs::create_dir(&data)?;
        lend_compiled(&data)?;
        let host = Host::start(&self.command(&data, false)?).await?;
        let admin = host.api("administrator")?;
        let credentials = json!({ "settings": {
            "access-token": self.employer.access_token,
            "secret-key": self.employer.secret_key,
        } });
        let path = format!("/api/connections/{CONNECTION}");
        admin.put(&format!("{path}/settings"), &credentials).await?;
        let shown = admin.get(&path).await?;
        let url = shown["webhook_url"].as_str().context("no webhook URL")?;
        url.strip_prefix(&host.url)
            .context("the webhook URL is elsewhere")?
            .clone_into(&mut self.hook);
        let owner = host.api("recruiter")?;
        let asked = json!({ "connection": CONNECTION });
        let form = owner.post(&format!("/api/jobs/{JOB}/form"), &asked).await?;
        for field in form["fields"].as_array().context("no form")? {
            if !field["value"].is_null() {
                let id = field["id"].as_str().context("a field without id")?;
                self.values.insert(id.to_owned(), field["value"].clone());
            }
        }
        self.values.insert("deadline".to_owned(), json!(LAST_DAY));
        host.kill().await
    }

    /// What a publish of the form's values sends, as the board keeps it: for a posting of equal content that somebody makes at its own site.
    ///
    /// # Errors
    /// When it is not published.
    pub async fn wire_fields(&self) -> Result<Map<String, Value>> {
        let mut cell = self.cell().await?;
        let host = cell.host(false).await?;
        let id = cell.publish_calmly(&host).await?;
        let mut shown = self.board.posting(&id).await?;
        host.kill().await?;
        let kept = WIRE_KEYS.iter().filter_map(|key| {
            let value = shown.get_mut(*key)?.take();
            (!value.is_null()).then(|| ((*key).to_owned(), value))
        });
        Ok(kept.collect())
    }

    fn template(&self) -> PathBuf {
        self.folder.path().join("template")
    }

    /// A fresh copy of the configured platform, in which the postings of other cells are long past. Cells of one bench follow one another.
    ///
    /// # Errors
    /// When the folder cannot be copied.
    pub async fn cell(&self) -> Result<Cell<'_>> {
        self.pass(LONG_MS).await?;
        self.control
            .send(Method::DELETE, "/control/faults", &Value::Null)
            .await?
            .ok()?;
        let number = self.cells.fetch_add(1, Ordering::Relaxed);
        let data = self.folder.path().join(format!("cell-{number}"));
        copy(&self.template(), &data)?;
        Cell::new(self, data, number).await
    }

    pub(super) fn command(&self, data: &Path, background: bool) -> Result<HostCommand> {
        let mut arguments = vec![
            "--plugin".to_owned(),
            component().display().to_string(),
            "--allow".to_owned(),
            self.control.base().to_owned(),
            "--operator-setting".to_owned(),
            format!("protocol={}", self.protocol),
            "--clock-file".to_owned(),
            self.clock_file.display().to_string(),
        ];
        if !background {
            arguments.push("--no-background".to_owned());
        }
        Ok(HostCommand {
            program: doomed_host()?,
            data_dir: data.to_owned(),
            arguments,
        })
    }

    /// Time passes at the board and on every host.
    ///
    /// # Errors
    /// When the board does not answer.
    pub async fn pass(&self, by_ms: u64) -> Result<()> {
        let now = self.now.fetch_add(by_ms, Ordering::SeqCst) + by_ms;
        self.set_clock(now).await
    }

    async fn set_clock(&self, now: u64) -> Result<()> {
        let draft = self.clock_file.with_extension("draft");
        std::fs::write(&draft, now.to_string())?;
        std::fs::rename(&draft, &self.clock_file)?;
        let body = json!({ "set_ms": now });
        self.control.post("/control/clock", &body).await.map(drop)
    }

    /// Counts of the ledger: what the board was brought to do.
    ///
    /// # Errors
    /// When the board does not answer.
    pub async fn counts(&self) -> Result<Counts> {
        let ledger = self.board.ledger(&self.employer).await?;
        let count = |name: &str| {
            let found = ledger[name].as_u64();
            found.with_context(|| format!("the ledger has no `{name}`"))
        };
        Ok(Counts {
            creates: count("creates")?,
            edits: count("edits")?,
            publishes: count("publishes")?,
            stops: count("stops")?,
            credits: count("credits_spent")?,
        })
    }
}

/// What the board was brought to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The ledger's own names.
pub struct Counts {
    pub creates: u64,
    pub edits: u64,
    pub publishes: u64,
    pub stops: u64,
    pub credits: u64,
}

impl Counts {
    /// What came since.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            creates: self.creates - before.creates,
            edits: self.edits - before.edits,
            publishes: self.publishes - before.publishes,
            stops: self.stops - before.stops,
            credits: self.credits - before.credits,
        }
    }
}

/// The plugin is compiled once for all; a link costs nothing.
fn lend_compiled(data: &Path) -> Result<()> {
    let digest = plugin().digest();
    let lent = data.join("compiled");
    std::fs::create_dir(&lent)?;
    for entry in std::fs::read_dir(component().with_file_name("compiled"))? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(digest) {
            link(&entry.path(), &lent.join(name))?;
        }
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> Result<()> {
    // The temporary folder may be another file system.
    if std::fs::hard_link(from, to).is_err() {
        std::fs::copy(from, to)?;
    }
    Ok(())
}

/// Copies a platform's folder while nobody works in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let shown = name.to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else if shown.ends_with(".compiled") {
            link(&entry.path(), &to.join(name))?;
        } else if !shown.ends_with("-shm") {
            std::fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}
