//! What happens without anybody asking: fetching files, trying deliveries again, looking after connections, tidying.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::application::Platform;
use crate::application::recover::Backlog;

/// How often the clock is looked at. The waits themselves are the platform's, by its own clock.
const TICK: Duration = Duration::from_millis(500);

/// How often old rows are erased, by the platform's clock.
const TIDY_EVERY_MS: u64 = 3_600_000;

/// The longest that [`files`] goes on after it was asked to end: the plugin's deadline for one file, and the wait for the database.
pub(crate) const LAST_FILE: Duration = Duration::from_secs(75);

/// Starts the workers. Dropping the set ends them; whatever they were at is taken up again at the next start.
pub(crate) fn start(platform: &Platform, backlog: Backlog) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(inbox(platform.clone(), backlog));
    workers.spawn(errands(platform.clone()));
    workers
}

async fn inbox(platform: Platform, backlog: Backlog) {
    if let Err(error) = platform.recover(backlog).await {
        tracing::error!(%error, "what an earlier run left open is not finished");
    }
    let mut tidied_at = 0;
    loop {
        if let Err(error) = platform.work_off_inbox().await {
            tracing::error!(%error, "the inbox cannot be read");
        }
        if platform.now().saturating_sub(tidied_at) >= TIDY_EVERY_MS {
            tidied_at = platform.now();
            if let Err(error) = platform.tidy().await {
                tracing::error!(%error, "tidying failed");
            }
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Fetches files until the platform ends. Not to be dropped in the middle of one: its link may work only once.
pub(crate) async fn files(platform: Platform) {
    while !platform.is_ending() {
        match platform.fetch_cvs(None, false).await {
            // There may be more than one round takes.
            Ok(round) if round.tried > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "files cannot be fetched"),
        }
        tokio::select! {
            () = platform.work_arrived() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

async fn errands(platform: Platform) {
    loop {
        if let Err(error) = platform.run_errands().await {
            tracing::error!(%error, "connections cannot be looked after");
        }
        tokio::time::sleep(TICK).await;
    }
}
