//! Erasing what is no longer needed.

use super::{AppError, Platform};
use crate::store::{deliveries, users};

/// How long a refused delivery can still be processed again, and the trace of a finished one can be read.
const KEEP_DELIVERIES_MS: u64 = 30 * 86_400_000;

impl Platform {
    /// Erases old deliveries and ended sessions, and empties the database's log of them.
    pub async fn tidy(&self) -> Result<(), AppError> {
        let now = self.now();
        self.store()
            .write(move |db| {
                users::forget_ended_sessions(db, now)?;
                deliveries::purge(db, now.saturating_sub(KEEP_DELIVERIES_MS))?;
                Ok::<_, AppError>(())
            })
            .await?;
        Ok(self.store().checkpoint().await?)
    }
}
