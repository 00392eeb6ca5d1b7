//! Chaos: thousands of deliveries through the real binaries while the platform is killed again and again, and an audit from outside.
//!
//! | file | what is there |
//! |---|---|
//! | `plan` | who applies where, what is sent twice, forged or unknown: all of it from one seed, and so the list of truth |
//! | `world` | the two processes, the accounts, the published postings |
//! | `senders` | parallel senders, each repeating a delivery until it was answered for good |
//! | `verdicts` | reviews in several rounds, with replays |
//! | `trouble` | kills, a full disk, a locked database |
//! | `audit` | the platform's database against the board's ledger and the list of truth |
//! | `tamper` | proof that the audit can fail |
//!
//! The seed decides what is sent, to whom, and when (in deliveries) trouble comes. Which delivery meets which trouble is the machine's to decide.

mod audit;
mod plan;
mod senders;
mod tamper;
mod trouble;
mod verdicts;
mod world;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use fastrand::Rng;
use indicatif::{ProgressBar, ProgressStyle};

pub use audit::Findings;
pub use tamper::Break;

use plan::Plan;
use world::World;

/// How many postings are published: each job at each account.
const ACCOUNTS: usize = 3;
const JOBS: usize = 4;

/// How much chaos.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// At least so many deliveries.
    pub deliveries: usize,
    /// Exactly so many `kill -9` while deliveries are under way.
    pub kills: usize,
    /// Everything random comes from it.
    pub seed: u64,
}

/// What all tasks of a run share.
struct Run {
    world: World,
    /// Deliveries that were answered for good.
    finished: AtomicUsize,
    /// Requests that the board sent, answered or not.
    attempts: AtomicUsize,
    /// Of those, answered 5xx: the platform said that it could not.
    troubled: AtomicUsize,
    progress: ProgressBar,
    /// Why somebody gave up: the others need not go on.
    failed: OnceLock<String>,
}

impl Run {
    fn finish(&self) {
        self.finished.fetch_add(1, Ordering::SeqCst);
        self.progress.inc(1);
    }

    fn go_on(&self) -> Result<()> {
        match self.failed.get() {
            Some(why) => bail!("another task gave up: {why}"),
            None => Ok(()),
        }
    }

    /// Lets the others hear of a failure.
    fn heard<T>(&self, ended: Result<T>) -> Result<T> {
        if let Err(error) = &ended {
            // The first one is the cause.
            let _ = self.failed.set(format!("{error:#}"));
        }
        ended
    }
}

/// What is left when the chaos is over: the platform is dead, its folder and the board's ledger can be compared.
pub struct Aftermath {
    world: World,
    plan: Plan,
    rounds: Vec<verdicts::Chain>,
    /// What was done to it.
    pub summary: Summary,
}

/// The figures of a run.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // The names say it.
pub struct Summary {
    pub deliveries: usize,
    pub kills: usize,
    pub attempts: usize,
    pub answered_5xx: usize,
    pub took: Duration,
}

/// Plays it out.
///
/// # Errors
/// When something other than the platform's promises fails, such as a process that does not start; or when a delivery is never answered.
pub async fn play(options: Options) -> Result<Aftermath> {
    let begun = Instant::now();
    let mut rng = Rng::with_seed(options.seed);
    let world = World::set_up(ACCOUNTS, JOBS).await?;
    let chains = verdicts::Chain::draw(&mut rng, world.postings.len(), options.deliveries);
    let judged: usize = chains.iter().map(verdicts::Chain::deliveries).sum();
    let plan = Plan::draw(
        &mut rng,
        world.postings.len(),
        options.deliveries.saturating_sub(judged),
    );
    let queue = plan.put_at_board(&world).await?;
    let troubles = trouble::draw(&mut rng, options);
    let expected = plan.deliveries() + judged;
    let progress = ProgressBar::new(expected as u64).with_style(ProgressStyle::with_template(
        "{elapsed_precise} {bar:40} {pos}/{len} deliveries {msg}",
    )?);
    let run = Arc::new(Run {
        world,
        finished: AtomicUsize::new(0),
        attempts: AtomicUsize::new(0),
        troubled: AtomicUsize::new(0),
        progress,
        failed: OnceLock::new(),
    });

    let sending = senders::send_all(Arc::clone(&run), queue, rng.fork());
    let judging = verdicts::judge_all(Arc::clone(&run), chains, rng.fork());
    let troubling = trouble::bring(Arc::clone(&run), troubles);
    let (sent, judged, kills) = tokio::join!(sending, judging, troubling);
    let (rounds, kills) = (judged?, kills?);
    sent?;
    run.progress.finish_and_clear();
    run.world.settle().await?;

    let finished = run.finished.load(Ordering::SeqCst);
    ensure!(finished == expected, "{finished} of {expected} deliveries");
    let summary = Summary {
        deliveries: finished,
        kills,
        attempts: run.attempts.load(Ordering::SeqCst),
        answered_5xx: run.troubled.load(Ordering::SeqCst),
        took: begun.elapsed(),
    };
    let run = Arc::into_inner(run);
    let Some(Run { world, .. }) = run else {
        bail!("a task is still at work");
    };
    Ok(Aftermath {
        world,
        plan,
        rounds,
        summary,
    })
}

impl Aftermath {
    /// Compares the platform's database with the board's ledger and the list of truth.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub async fn audit(&self) -> Result<Findings> {
        let ledger = self.world.ledger().await?;
        let database = self.world.data().join(world::PLATFORM_DATABASE);
        audit::audit(&self.world, &self.plan, &self.rounds, &ledger, &database)
    }

    /// As [`Aftermath::audit`], of a copy of the database in which something was broken on purpose.
    ///
    /// # Errors
    /// As [`Aftermath::audit`].
    pub async fn audit_broken(&self, how: Break) -> Result<Findings> {
        let ledger = self.world.ledger().await?;
        let folder = tempfile::tempdir()?;
        let database = tamper::broken_copy(&self.world.data(), folder.path(), how)?;
        audit::audit(&self.world, &self.plan, &self.rounds, &ledger, &database)
    }
}
