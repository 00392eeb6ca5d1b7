//! Reviews: postings are rejected, corrected, rejected again by the very same bytes, approved, corrected; and old verdicts come again in between.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Run;
use super::senders::{Expect, send, settled};
use super::world::Published;

/// The same each time, so that each rejection of a posting is byte for byte the one before.
const REASON: &str = "Thiếu mô tả công việc";

/// Longer than the lease of an edit whose caller was killed.
const PATIENCE: Duration = Duration::from_secs(300);

/// One review.
struct Round {
    approve: bool,
    /// A verdict that the board has not signed comes first.
    forged: bool,
    /// After the correction, and before the next verdict, the verdict of that earlier round comes again.
    replay: Option<usize>,
}

/// What happens to one posting.
pub(super) struct Chain {
    rounds: Vec<Round>,
}

impl Chain {
    /// One for each posting.
    pub(super) fn draw(rng: &mut Rng, postings: usize, deliveries: usize) -> Vec<Self> {
        let most = 2 + deliveries / 2_500;
        let chain = |_| Self {
            rounds: (0..rng.usize(2..=most))
                .map(|round| Round {
                    approve: rng.u32(0..3) == 0,
                    forged: rng.bool(),
                    replay: rng.bool().then(|| rng.usize(0..=round)),
                })
                .collect(),
        };
        (0..postings).map(chain).collect()
    }

    /// How many deliveries it takes, the replays among them.
    pub(super) fn deliveries(&self) -> usize {
        let last = self.rounds.len() - 1;
        let each = self.rounds.iter().enumerate().map(|(number, round)| {
            1 + usize::from(round.forged) + usize::from(round.replay.is_some() && number < last)
        });
        // At the very end the first one comes once more.
        each.sum::<usize>() + 1
    }

    /// How many rounds ended so.
    pub(super) fn ended(&self, approved: bool) -> i64 {
        let rounds = self.rounds.iter();
        rounds.filter(|round| round.approve == approved).count() as i64
    }

    /// The state that the platform must show.
    pub(super) fn final_state(&self) -> &'static str {
        match self.rounds.last() {
            Some(Round { approve: true, .. }) => "live",
            _ => "rejected",
        }
    }

    /// How many reviews there were.
    pub(super) fn rounds(&self) -> i64 {
        self.rounds.len() as i64
    }
}

/// All postings at the same time. Answers the chains, in the order of the postings.
pub(super) async fn judge_all(
    run: Arc<Run>,
    chains: Vec<Chain>,
    mut rng: Rng,
) -> Result<Vec<Chain>> {
    let mut judges = JoinSet::new();
    for (number, chain) in chains.into_iter().enumerate() {
        let (run, rng) = (Arc::clone(&run), rng.fork());
        judges.spawn(async move {
            let judged = judge(&run, &run.world.postings[number], &chain, rng).await;
            let judged = judged.with_context(|| format!("reviews of posting {number}"));
            run.heard(judged).map(|()| (number, chain))
        });
    }
    let ended = judges.join_all().await;
    let mut chains: Vec<_> = ended.into_iter().collect::<Result<_>>()?;
    chains.sort_unstable_by_key(|(number, _)| *number);
    Ok(chains.into_iter().map(|(_, chain)| chain).collect())
}

async fn judge(run: &Run, posting: &Published, chain: &Chain, mut rng: Rng) -> Result<()> {
    let mut sent = Vec::new();
    for (number, round) in chain.rounds.iter().enumerate() {
        // Spread over the run.
        sleep(Duration::from_millis(rng.u64(0..1_500))).await;
        if round.forged {
            forge(run, posting, !round.approve).await?;
        }
        let board = &run.world.board;
        let delivery = if round.approve {
            board.approve(&posting.board).await?
        } else {
            board.reject(&posting.board, REASON).await?
        };
        let id = delivery["id"].as_u64().context("a verdict without id")?;
        sent.push(id);
        run.attempts.fetch_add(1, Ordering::SeqCst);
        if settled(run, &delivery, Expect::Taken)? {
            run.finish();
        } else {
            send(run, id, Expect::Taken).await?;
        }
        if number + 1 < chain.rounds.len() {
            correct(run, posting, number as u64 + 100).await?;
            if let Some(earlier) = round.replay {
                send(run, sent[earlier], Expect::Taken).await?;
            }
        }
    }
    send(run, sent[0], Expect::Taken).await
}

/// A verdict under a signature that is not the board's.
async fn forge(run: &Run, posting: &Published, approve: bool) -> Result<()> {
    let shown = run.world.board.posting(&posting.board).await?;
    let body = json!({
        "event_type": if approve { "job_approved" } else { "job_rejected" },
        "job_id": shown["job_id"],
        "recruitment_campaign_id": shown["recruitment_campaign_id"],
        "reject_reason": super::plan::FORGED,
        "signature": "ab".repeat(32),
    });
    let made = run.world.raw(posting.account, &body.to_string()).await?;
    run.attempts.fetch_add(1, Ordering::SeqCst);
    if settled(run, &made, Expect::Refused)? {
        run.finish();
        return Ok(());
    }
    let id = made["id"].as_u64().context("a delivery without id")?;
    send(run, id, Expect::Refused).await
}

/// The recruiter corrects the posting, and presses until the board reviews it again.
async fn correct(run: &Run, posting: &Published, quantity: u64) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    let path = format!("/api/postings/{}", posting.request);
    let owner = &run.world.owner;
    loop {
        run.go_on()?;
        let there = run.world.board.posting(&posting.board).await?;
        if there["quantity"] == quantity {
            return Ok(());
        }
        let mut said = Value::Null;
        // The platform may be dead just now.
        if let Ok(shown) = owner.get(&path).await {
            let body =
                json!({ "expected_version": shown["version"], "values": { "quantity": quantity } });
            let pressed = owner.send(reqwest::Method::PUT, &path, &body).await;
            said = pressed
                .ok()
                .and_then(|reply| reply.json().ok())
                .unwrap_or_default();
        }
        if Instant::now() > until {
            bail!("the correction never reaches the board: {said}");
        }
        sleep(Duration::from_millis(200)).await;
    }
}
