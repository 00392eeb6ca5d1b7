//! What is done to the platform: killed, its disk full, its databases locked. When, is drawn in deliveries, not in seconds.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Result;
use fastrand::Rng;
use tokio::time::sleep;

use super::world::{PLATFORM_DATABASE, PLUGIN_DATABASE};
use super::{Options, Run};

/// Longer than the platform waits for another process that writes: it gets the error.
const LOCKED: Duration = Duration::from_secs(11);

/// So many deliveries go with one full disk, and with one locked database.
const PER_FULL_DISK: usize = 800;
const PER_LOCK: usize = 3_000;

#[derive(Clone, Copy)]
enum What {
    Kill,
    KillTwice,
    FullDisk,
    Lock(&'static str),
}

/// One trouble.
pub(super) struct Trouble {
    /// It comes when so many deliveries are finished,
    at: usize,
    /// and a moment later.
    delay: Duration,
    what: What,
}

/// What will come, in order.
pub(super) fn draw(rng: &mut Rng, options: Options) -> Vec<Trouble> {
    let mut all = Vec::new();
    let mut add = |rng: &mut Rng, what| {
        all.push(Trouble {
            // At the end nothing would be under way any more.
            at: rng.usize(0..options.deliveries * 19 / 20),
            delay: Duration::from_millis(rng.u64(0..40)),
            what,
        });
    };
    let mut kills = options.kills;
    while kills > 0 {
        let twice = kills > 1 && rng.u32(0..5) == 0;
        kills -= if twice { 2 } else { 1 };
        add(rng, if twice { What::KillTwice } else { What::Kill });
    }
    for _ in 0..1 + options.deliveries / PER_FULL_DISK {
        add(rng, What::FullDisk);
    }
    for number in 0..options.deliveries / PER_LOCK {
        let database = [PLATFORM_DATABASE, PLUGIN_DATABASE][number % 2];
        add(rng, What::Lock(database));
    }
    all.sort_by_key(|trouble| trouble.at);
    all
}

/// Brings all of it. Answers how many kills there were.
pub(super) async fn bring(run: Arc<Run>, troubles: Vec<Trouble>) -> Result<usize> {
    run.heard(bring_each(&run, troubles).await)
}

async fn bring_each(run: &Run, troubles: Vec<Trouble>) -> Result<usize> {
    let mut kills = 0;
    for trouble in troubles {
        while run.finished.load(Ordering::SeqCst) < trouble.at {
            run.go_on()?;
            sleep(Duration::from_millis(2)).await;
        }
        sleep(trouble.delay).await;
        match trouble.what {
            What::Kill => {
                run.world.kill().await?;
                kills += 1;
                run.world.start().await?;
            }
            What::KillTwice => {
                run.world.kill().await?;
                run.world.kill_while_starting(5 * trouble.delay).await?;
                kills += 2;
                run.world.start().await?;
            }
            What::FullDisk => {
                run.world.fill_disk(true).await?;
                sleep(Duration::from_millis(400) + 10 * trouble.delay).await;
                run.world.fill_disk(false).await?;
            }
            What::Lock(database) => run.world.lock(database, LOCKED).await?,
        }
        run.progress.set_message(format!("{kills} kills"));
    }
    Ok(kills)
}
