//! One copy of the platform, to be killed and started again.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use job_board_cli::walk::Reply;
use reqwest::Method;
use serde_json::{Value, json};

use super::bench::{Bench, CONNECTION, Counts, JOB};
use crate::host::Host;

/// What became of a button that somebody pressed.
#[derive(Debug)]
pub enum Press {
    /// The platform answered so.
    Answered(Value),
    /// Somebody is at work on it, or it is known only later: to be pressed again.
    Later(String),
    /// The platform refused.
    Refused(String),
    /// There was no answer: the process is gone.
    Nobody,
}

impl Press {
    /// From what came back over HTTP, if anything did.
    ///
    /// # Errors
    /// When an answer is no JSON.
    pub fn of(reply: Result<Reply>) -> Result<Self> {
        let Ok(reply) = reply else {
            return Ok(Self::Nobody);
        };
        let body = reply.json()?;
        let said = |name: &str| body["error"][name].as_str().unwrap_or_default();
        Ok(match (reply.status, said("disposition")) {
            (200..300, _) => Self::Answered(body),
            (_, "in-progress" | "retry-later" | "outcome-unknown") => {
                Self::Later(said("code").to_owned())
            }
            _ => Self::Refused(reply.to_string()),
        })
    }
}

/// One copy of the platform's folder. Removed at the end.
pub struct Cell<'a> {
    /// Where it stands.
    pub bench: &'a Bench,
    /// The folder.
    pub data: PathBuf,
    /// The request id of what is pressed.
    pub request: String,
    number: u64,
    before: Counts,
}

impl<'a> Cell<'a> {
    pub(super) async fn new(bench: &'a Bench, data: PathBuf, number: u64) -> Result<Self> {
        Ok(Self {
            bench,
            data,
            request: format!("request-{number}"),
            number,
            before: bench.counts().await?,
        })
    }

    /// Starts a process on this folder. `background`: it takes up by itself what an earlier one left.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn host(&self, background: bool) -> Result<Host> {
        let command = self.bench.command(&self.data, background)?;
        Host::start(&command).await
    }

    /// Deliveries go to this host from now on.
    ///
    /// # Errors
    /// When the board does not answer.
    pub async fn receive_at(&self, host: &Host) -> Result<()> {
        let url = format!("{}{}", host.url, self.bench.hook);
        let setting = json!({ "webhook_url": url });
        let bench = self.bench;
        bench.board.set(&bench.employer, setting).await.map(drop)
    }

    /// What the board was brought to do in this cell, and what was counted out so far does not count.
    ///
    /// # Errors
    /// When the board does not answer.
    pub async fn counts(&self) -> Result<Counts> {
        Ok(self.bench.counts().await?.since(self.before))
    }

    /// From now on only what follows counts.
    ///
    /// # Errors
    /// When the board does not answer.
    pub async fn count_from_here(&mut self) -> Result<()> {
        self.before = self.bench.counts().await?;
        Ok(())
    }

    /// The recruiter publishes the job, under this cell's request id, with a title that no other cell uses.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub async fn publish(&self, host: &Host) -> Result<Press> {
        self.publish_as(host, &self.request).await
    }

    /// As [`Cell::publish`], under another request id.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub async fn publish_as(&self, host: &Host, request: &str) -> Result<Press> {
        let mut values = self.bench.values.clone();
        values.insert("title".to_owned(), json!(self.title()));
        let body = json!({ "connection": CONNECTION, "values": values, "request_id": request });
        let path = format!("/api/jobs/{JOB}/postings");
        let owner = host.api("recruiter")?;
        Press::of(owner.send(Method::POST, &path, &body).await)
    }

    /// The recruiter links the job with a posting at the board.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub async fn link(&self, host: &Host, board_posting: &str) -> Result<Press> {
        let body = json!({ "connection": CONNECTION, "board_posting": board_posting, "request_id": self.request });
        let path = format!("/api/jobs/{JOB}/links");
        let owner = host.api("recruiter")?;
        Press::of(owner.send(Method::POST, &path, &body).await)
    }

    /// A button on this cell's posting.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub async fn press(&self, host: &Host, button: &str, body: &Value) -> Result<Press> {
        let path = format!("/api/postings/{}/{button}", self.request);
        let owner = host.api("recruiter")?;
        Press::of(owner.send(Method::POST, &path, body).await)
    }

    /// The recruiter opens the posting and saves another number of vacancies.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub async fn update(&self, host: &Host, quantity: u64) -> Result<Press> {
        let owner = host.api("recruiter")?;
        let path = format!("/api/postings/{}", self.request);
        let Ok(shown) = owner.get(&path).await else {
            return Ok(Press::Nobody);
        };
        let body =
            json!({ "expected_version": shown["version"], "values": { "quantity": quantity } });
        Press::of(owner.send(Method::PUT, &path, &body).await)
    }

    /// The title of this cell's postings.
    pub fn title(&self) -> String {
        format!("Kế toán tổng hợp {}", self.number)
    }

    /// The job's postings, as the recruiter sees them.
    ///
    /// # Errors
    /// When the platform does not answer.
    pub async fn postings(&self, host: &Host) -> Result<Vec<Value>> {
        let owner = host.api("recruiter")?;
        let shown = owner.get(&format!("/api/jobs/{JOB}/postings")).await?;
        let list = shown["postings"].as_array();
        list.cloned().context("no list of postings")
    }

    /// The one posting that the job must have.
    ///
    /// # Errors
    /// When there is another number of them.
    pub async fn only_posting(&self, host: &Host) -> Result<Value> {
        match self.postings(host).await?.as_slice() {
            [only] => Ok(only.clone()),
            others => bail!("the job has {} postings: {others:?}", others.len()),
        }
    }

    /// Publishes before anything is counted or killed; answers the board's id.
    ///
    /// # Errors
    /// When it is not published.
    pub async fn publish_calmly(&mut self, host: &Host) -> Result<String> {
        let Press::Answered(posting) = self.publish(host).await? else {
            bail!("the posting to begin with was not published");
        };
        self.count_from_here().await?;
        let id = posting["board_posting"].as_str();
        Ok(id.context("no id of the board's")?.to_owned())
    }

    /// What stands in the platform's database, read from outside.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn query(&self, sql: &str) -> Result<i64> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let file = self.data.join("platform.db");
        let database = rusqlite::Connection::open_with_flags(file, flags)?;
        Ok(database.query_row(sql, [], |row| row.get(0))?)
    }
}

impl Drop for Cell<'_> {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
