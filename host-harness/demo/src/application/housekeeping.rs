//! Erasing what is no longer needed.

use super::{AppError, Platform};
use crate::store::{deliveries, events, users};

/// How long a refused delivery can still be processed again, an event of an unknown kind be looked at, and the trace of a finished
/// delivery be read.
const KEEP_DELIVERIES_MS: u64 = 30 * 86_400_000;

impl Platform {
    /// Erases old deliveries, ended sessions and people whose time has come, and empties the database's log of them.
    pub async fn tidy(&self) -> Result<(), AppError> {
        let now = self.now();
        self.store()
            .write(move |db| {
                users::forget_ended_sessions(db, now)?;
                deliveries::purge(db, now.saturating_sub(KEEP_DELIVERIES_MS))?;
                events::purge_unverified(db, now.saturating_sub(KEEP_DELIVERIES_MS))?;
                Ok::<_, AppError>(())
            })
            .await?;
        self.note_turned_away().await?;
        self.forget_idle().await?;
        self.tell_plugins().await?;
        self.store().checkpoint().await?;
        Ok(())
    }
}
