//! The other processes: what they do, and how the suite talks to them.
//!
//! A worker gets a store's name and a task as arguments, opens the store, says `ready`, waits for a line on its standard input, and tells each thing that it
//! did in a line on its standard output. When the suite goes away, the worker finds its input closed and ends.

use std::io::Write;
use std::process::Stdio;

use job_board_host::contract::storage::Precondition;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::StorageUnderTest;
use super::expect::{Part, Stop, Verdict};
use super::parallel::raise;

/// A worker could not do its task.
#[derive(Debug, thiserror::Error)]
#[error("storage worker: {0}")]
pub struct WorkerError(String);

impl From<Stop> for WorkerError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed { expected, saw } => Self(format!("expected {expected}, saw {saw}")),
            Stop::NotRun(reason) => Self(reason.to_owned()),
        }
    }
}

/// What a worker is told to do.
pub(super) enum Task {
    /// Writes its own name under so many absent keys `race/N`.
    Race { rounds: u32, name: u8 },
    /// Raises the counter `n` so many times.
    Raise { turns: u64 },
    /// Tells the version under `seen` and, after each further line of input, again.
    Look,
    /// Writes records over each other from this number on, until it is killed.
    Write { first: u64 },
}

impl Task {
    fn arguments(&self) -> [String; 3] {
        let (name, one, two) = match self {
            Self::Race { rounds, name } => ("race", u64::from(*rounds), u64::from(*name)),
            Self::Raise { turns } => ("raise", *turns, 0),
            Self::Look => ("look", 0, 0),
            Self::Write { first } => ("write", *first, 0),
        };
        [name.to_owned(), one.to_string(), two.to_string()]
    }

    fn parse(name: &str, one: u64, two: u64) -> Option<Self> {
        Some(match name {
            "race" => Self::Race {
                rounds: u32::try_from(one).ok()?,
                name: u8::try_from(two).ok()?,
            },
            "raise" => Self::Raise { turns: one },
            "look" => Self::Look,
            "write" => Self::Write { first: one },
            _ => return None,
        })
    }
}

/// The main function of a worker process: does what the suite's arguments say. `arguments` are those that the suite added, in their order.
///
/// # Errors
/// When the arguments are not the suite's, or the store does not do its part; the suite then fails the case.
pub async fn work(
    under_test: &dyn StorageUnderTest,
    arguments: impl IntoIterator<Item = String>,
) -> Result<(), WorkerError> {
    let arguments: Vec<String> = arguments.into_iter().collect();
    let [store, task, one, two] = &arguments[..] else {
        return Err(WorkerError(format!(
            "{} arguments of the suite instead of 4",
            arguments.len()
        )));
    };
    let number = |text: &String| text.parse().ok();
    let task = number(one)
        .zip(number(two))
        .and_then(|(one, two)| Task::parse(task, one, two))
        .ok_or_else(|| WorkerError(format!("no task {task} {one} {two}")))?;
    let part = Part::open(under_test, store).await?;
    say("ready")?;
    if !heard()? {
        return Ok(());
    }
    match task {
        Task::Race { rounds, name } => race(&part, rounds, name).await?,
        Task::Raise { turns } => {
            for version in raise(&part, "n", turns, |_| ()).await? {
                say(&format!("wrote {version}"))?;
            }
        }
        Task::Look => loop {
            match part.read("seen").await? {
                Some(entry) => say(&format!("saw {}", entry.version))?,
                None => say("saw nothing")?,
            }
            if !heard()? {
                break;
            }
        },
        Task::Write { first } => {
            for number in first.. {
                let version = part.write(&slot(number), &record(number)).await?;
                say(&format!("{number} {version}"))?;
            }
        }
    }
    say("done")
}

async fn race(part: &Part, rounds: u32, name: u8) -> Result<(), WorkerError> {
    use job_board_host::contract::storage::StorageError;
    for round in 0..rounds {
        let key = format!("race/{round}");
        match part.put(&key, &[name], Precondition::Absent).await {
            Ok(_) => say(&format!("won {round}"))?,
            Err(StorageError::PreconditionFailed) => {}
            Err(other) => return Err(WorkerError(format!("a put under `absent`: {other:?}"))),
        }
    }
    Ok(())
}

/// A line that is out before anything else happens: whoever reads it can rely on what it says.
fn say(line: &str) -> Result<(), WorkerError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| WorkerError(format!("the suite does not listen: {error}")))
}

/// Waits for a line. False: the suite is gone, or wants no more.
fn heard() -> Result<bool, WorkerError> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map(|bytes| bytes > 0)
        .map_err(|error| WorkerError(error.to_string()))
}

/// How many keys [`Task::Write`] writes over.
pub(super) const SLOTS: u64 = 5;

/// The key of a record.
pub(super) fn slot(number: u64) -> String {
    format!("slot/{}", number % SLOTS)
}

/// A record that shows whether it is whole: its number, and as many bytes that follow from it, up to about 60 KB.
pub(super) fn record(number: u64) -> Vec<u8> {
    let length = (number * 7_919 % 60_000) as usize;
    let mut record = number.to_be_bytes().to_vec();
    record.extend(
        (0..length).map(|place| (number as usize).wrapping_mul(31).wrapping_add(place) as u8),
    );
    record
}

/// The number of a record that is whole.
pub(super) fn number_of(value: &[u8]) -> Option<u64> {
    let number = u64::from_be_bytes(*value.first_chunk()?);
    (record(number) == value).then_some(number)
}

/// A worker process, seen from the suite. Killed when it is dropped.
pub(super) struct Worker {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    /// Starts a worker and waits until it has opened the store.
    pub(super) async fn start(
        under_test: &dyn StorageUnderTest,
        store: &str,
        task: &Task,
    ) -> Verdict<Self> {
        let Some(mut command) = under_test.worker() else {
            return Err(Stop::NotRun("the store lives in one process"));
        };
        command.arg(store).args(task.arguments());
        let mut child = Command::from(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Stop::failed("a worker process to start", error.to_string()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Stop::failed("a worker process with pipes", "none"));
        };
        let mut worker = Self {
            child,
            input,
            output: BufReader::new(output).lines(),
        };
        match worker.line().await? {
            Some(line) if line == "ready" => Ok(worker),
            other => Err(Stop::failed("a worker that is ready", format!("{other:?}"))),
        }
    }

    /// Gives the worker a line, so that it begins or goes on.
    pub(super) async fn go(&mut self) -> Verdict {
        self.input
            .write_all(b"go\n")
            .await
            .map_err(|error| Stop::failed("a worker that listens", error.to_string()))
    }

    /// What the worker says next. `None`: it has ended.
    pub(super) async fn line(&mut self) -> Verdict<Option<String>> {
        self.output
            .next_line()
            .await
            .map_err(|error| Stop::failed("a worker that speaks", error.to_string()))
    }

    /// Everything that the worker says until it is done.
    pub(super) async fn rest(mut self) -> Verdict<Vec<String>> {
        let mut lines = Vec::new();
        while let Some(line) = self.line().await? {
            if line == "done" {
                return Ok(lines);
            }
            lines.push(line);
        }
        Err(Stop::failed(
            "a worker that does its task",
            "its end; its standard error says why",
        ))
    }

    /// Kills the process, with no chance to tidy up, and answers what it had said before.
    pub(super) async fn kill(mut self) -> Verdict<Vec<String>> {
        self.child
            .kill()
            .await
            .map_err(|error| Stop::failed("a worker that can be killed", error.to_string()))?;
        let mut lines = Vec::new();
        while let Some(line) = self.line().await? {
            lines.push(line);
        }
        Ok(lines)
    }
}
