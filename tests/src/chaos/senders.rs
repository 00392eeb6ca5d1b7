//! Parallel senders. Each repeats a delivery until it was answered for good: a real one with 2xx, a forged one with 4xx.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Run;

/// How many at a time.
const SENDERS: usize = 16;

/// Between two tries of the same delivery.
const PAUSE: Duration = Duration::from_millis(60);

/// Nothing that is done to the platform lasts so long.
const PATIENCE: Duration = Duration::from_secs(300);

/// How a delivery must be answered in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// 2xx.
    Taken,
    /// 4xx.
    Refused,
}

/// A delivery that the board has made.
pub(super) struct Sending {
    id: u64,
    expect: Expect,
    /// What may only be sent when this one was taken.
    pub(super) then: Option<Box<Sending>>,
}

impl Sending {
    /// From the board's view of it.
    pub(super) fn new(delivery: &Value, expect: Expect) -> Result<Self> {
        Ok(Self {
            id: delivery["id"].as_u64().context("a delivery without id")?,
            expect,
            then: None,
        })
    }
}

/// Sends everything, shuffled.
pub(super) async fn send_all(run: Arc<Run>, mut queue: Vec<Sending>, mut rng: Rng) -> Result<()> {
    rng.shuffle(&mut queue);
    let queue = Arc::new(Mutex::new(queue));
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (run, queue, rng) = (Arc::clone(&run), Arc::clone(&queue), rng.fork());
        senders.spawn(async move { run.heard(work(&run, &queue, rng).await) });
    }
    let ended = senders.join_all().await;
    ended.into_iter().collect()
}

async fn work(run: &Run, queue: &Mutex<Vec<Sending>>, mut rng: Rng) -> Result<()> {
    loop {
        let next = {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop()
        };
        let Some(sending) = next else {
            return Ok(());
        };
        send(run, sending.id, sending.expect).await?;
        if let Some(then) = sending.then {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let place = rng.usize(0..=queue.len());
            queue.insert(place, *then);
        }
    }
}

/// One delivery until it is answered for good.
pub(super) async fn send(run: &Run, id: u64, expect: Expect) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    let path = format!("/control/deliveries/{id}/resend");
    loop {
        run.go_on()?;
        let answered = run.world.control.post(&path, &Value::Null).await?;
        run.attempts.fetch_add(1, Ordering::SeqCst);
        if settled(run, &answered["delivery"], expect)? {
            run.finish();
            return Ok(());
        }
        if Instant::now() > until {
            bail!("delivery {id} is never answered: {answered}");
        }
        sleep(PAUSE).await;
    }
}

/// Whether the newest answer to a delivery is the last one.
pub(super) fn settled(run: &Run, delivery: &Value, expect: Expect) -> Result<bool> {
    match (delivery["status"].as_u64(), expect) {
        (Some(200..300), Expect::Taken) | (Some(400..500), Expect::Refused) => Ok(true),
        // The audit will find what came of it; a forged one that was taken is not sent again.
        (Some(200..300), Expect::Refused) => Ok(true),
        (Some(400..500), Expect::Taken) => bail!("a real delivery was refused: {delivery}"),
        (Some(_), _) => {
            run.troubled.fetch_add(1, Ordering::SeqCst);
            Ok(false)
        }
        (None, _) => Ok(false),
    }
}
