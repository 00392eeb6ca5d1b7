//! Turning floods away: what happens at a webhook path at which too much was refused.
//!
//! To keep a delivery costs the disk three writes, to read it costs the plugin a few milliseconds. So from some point on the plugin
//! reads first, and what it refuses leaves no trace but a count.

use std::sync::PoisonError;

use job_board_host::contract::deliveries::Verdict;

use super::receive::contract_delivery;
use super::{AppError, Platform};
use crate::domain::delivery::{Incoming, WebAnswer};
use crate::domain::refusals::Refusals;
use crate::store::connections::{self, StoredConnection};

impl Platform {
    /// The answer to a delivery that is not taken, `None` for one that is. Reading it twice is safe: the contract has it so.
    pub(super) async fn turn_away(
        &self,
        connection: &StoredConnection,
        incoming: &Incoming,
    ) -> Result<Option<WebAnswer>, AppError> {
        let now = self.now();
        let Some(wait_ms) = self.refusals_of(connection, |known| known.wait_ms(now)) else {
            return Ok(None);
        };
        let plugin = self.plugin(connection.id)?;
        // A plugin that fails or stops says nothing against the delivery: it is kept, and tried again as ever.
        let Ok(outcome) = plugin
            .handle_webhook(contract_delivery(incoming, now))
            .await
        else {
            return Ok(None);
        };
        let Verdict::Refused(_) = outcome.verdict else {
            return Ok(None);
        };
        self.refusals_of(connection, |known| known.turned_away += 1);
        let seconds = wait_ms.div_ceil(1_000).to_string();
        Ok(Some(WebAnswer {
            headers: vec![("retry-after".to_owned(), seconds)],
            ..WebAnswer::status(429)
        }))
    }

    /// A delivery was refused, and kept as far as there is room.
    pub(super) fn note_refused(&self, connection: &StoredConnection) {
        let now = self.now();
        self.refusals_of(connection, |known| known.note(now));
    }

    /// Moves the counts of deliveries that were turned away to the database, where people see them.
    pub(super) async fn note_turned_away(&self) -> Result<(), AppError> {
        let counts: Vec<_> = {
            let mut known = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
            let counted = known.iter_mut().filter(|(_, known)| known.turned_away > 0);
            counted
                .map(|(id, known)| (*id, std::mem::take(&mut known.turned_away)))
                .collect()
        };
        if counts.is_empty() {
            return Ok(());
        }
        self.store()
            .write(move |db| {
                for ((tenant, connection), more) in counts {
                    connections::count_not_kept(db, tenant, connection, more)?;
                }
                Ok::<_, AppError>(())
            })
            .await
    }

    fn refusals_of<T>(
        &self,
        connection: &StoredConnection,
        look: impl FnOnce(&mut Refusals) -> T,
    ) -> T {
        let mut known = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        look(known.entry((connection.tenant, connection.id)).or_default())
    }
}
