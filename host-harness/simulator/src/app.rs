//! The running simulator: the world behind a lock, the webhook sender, and what wakes whom.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::SimulatorError;
use crate::ledger::Outcome;
use crate::partner::{Call, Operation, execute};
use crate::state::{DeliveryState, Due, World};
use crate::webhooks::{Reply, Sender};

/// Shared by every request. The lock is never held while something is awaited.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    sender: Sender,
    replanned: Notify,
    releases: watch::Sender<u64>,
}

impl App {
    pub(crate) fn new(
        base_url: String,
        start_ms: Option<u64>,
        first_posting: u64,
    ) -> Result<App, SimulatorError> {
        Ok(App(Arc::new(Shared {
            world: Mutex::new(World::new(base_url, start_ms, first_posting)),
            sender: Sender::new()?,
            replanned: Notify::new(),
            releases: watch::Sender::new(0),
        })))
    }

    /// Looks at or changes the world.
    pub(crate) fn with<T>(&self, step: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.0.world.lock().unwrap_or_else(PoisonError::into_inner);
        step(&mut world)
    }

    /// Tells the scheduler to look at its plan again.
    pub(crate) fn replan(&self) {
        self.0.replanned.notify_one();
    }

    /// Lets answers go that wait for a release.
    pub(crate) fn announce_release(&self) {
        self.0.releases.send_modify(|count| *count += 1);
    }

    /// Waits until the employer's held answers are released, or the employer is gone.
    pub(crate) async fn wait_for_release(&self, employer_id: u64, seen: u64) {
        let mut releases = self.0.releases.subscribe();
        loop {
            let now = self.with(|world| world.employers.get(&employer_id).map(|e| e.releases));
            if now.is_none_or(|now| now != seen) || releases.changed().await.is_err() {
                return;
            }
        }
    }

    /// Asks a webhook URL for a sign of life.
    pub(crate) async fn probe(&self, url: &str) -> Reply {
        self.0.sender.get(url).await
    }

    /// Sends deliveries one after the other, each with the employer's number of further tries.
    pub(crate) async fn send(&self, ids: &[u64]) {
        for id in ids {
            self.send_one(*id).await;
        }
    }

    async fn send_one(&self, id: u64) {
        let mut tries_left = None;
        loop {
            let planned = self.with(|world| {
                let delivery = world.deliveries.get_mut(&id)?;
                if delivery.state == DeliveryState::Held {
                    return None;
                }
                let employer = world.employers.get(&delivery.employer_id)?;
                let Some(url) = employer.webhook_url.clone() else {
                    if delivery.attempts.is_empty() {
                        delivery.state = DeliveryState::NoWebhookUrl;
                    }
                    return None;
                };
                let (headers, body) = (delivery.headers.clone(), delivery.body.clone());
                Some((url, headers, body, employer.webhook_retries))
            });
            let Some((url, headers, body, retries)) = planned else {
                return;
            };
            let reply = self.0.sender.post(&url, &headers, body).await;
            let accepted = reply
                .status
                .is_some_and(|status| (200..300).contains(&status));
            self.with(|world| {
                let now = world.now_ms();
                world.record_attempt(id, now, url, reply);
            });
            let left = tries_left.unwrap_or(retries);
            if accepted || left == 0 {
                return;
            }
            tries_left = Some(left - 1);
        }
    }

    /// Carries out everything that is due by now and returns the deliveries that it brought about.
    fn take_due(&self) -> Vec<u64> {
        self.with(|world| {
            let now = world.now_ms();
            let due = world.schedule.take_due(now);
            due.into_iter()
                .filter_map(|due| carry_out(world, due))
                .collect()
        })
    }

    /// Does everything that is due by now, and waits until its webhooks are sent.
    pub(crate) async fn run_due(&self) {
        let deliveries = self.take_due();
        self.send(&deliveries).await;
    }

    /// Carries out what is due by the real clock, for as long as it is polled.
    pub(crate) async fn run_schedule(self) {
        loop {
            match self.with(|world| world.schedule.next()) {
                Some(at) if at <= Instant::now() => {
                    let (app, deliveries) = (self.clone(), self.take_due());
                    // A receiver that hangs must not delay the next approval.
                    tokio::spawn(async move { app.send(&deliveries).await });
                }
                Some(at) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(at) => {}
                        () = self.0.replanned.notified() => {}
                    }
                }
                None => self.0.replanned.notified().await,
            }
        }
    }
}

/// Carries out one planned thing and returns the delivery that it brought about.
fn carry_out(world: &mut World, due: Due) -> Option<u64> {
    match due {
        Due::Approve { job_id, round } => {
            let posting = world.postings.get(&job_id)?;
            let still_waiting = posting.review_round == round
                && posting.approval == crate::state::Approval::Pending
                && !posting.deleted;
            if still_waiting {
                world.approve(job_id).ok()
            } else {
                None
            }
        }
        Due::LateCreate(call) => {
            late_create(world, &call);
            None
        }
    }
}

fn late_create(world: &mut World, call: &Call) {
    let executed = execute(world, call);
    let employer_id = executed
        .job_id
        .and_then(|id| world.postings.get(&id))
        .map(|posting| posting.employer_id);
    let now = world.now_ms();
    let seq = world.ledger.begin(
        now,
        employer_id,
        Operation::Create,
        executed.job_id,
        Some("create_late"),
    );
    if let Some(entry) = world.ledger.entry(seq) {
        entry.outcome = match executed.outcome {
            Outcome::Done => Outcome::DoneLate,
            other => other,
        };
    }
}
