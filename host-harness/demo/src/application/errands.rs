//! What is done for each connection without anybody asking: on a schedule that the database keeps, so that of two processes on one
//! database only one does it, and a process that dies in the middle delays it by no more than a lease.

use job_board_host::contract::connection::ConnectionState;
use job_board_host::contract::types::Disposition;

use super::{AppError, Platform};
use crate::board::convert;
use crate::domain::errand::Errand;
use crate::domain::text::Text;
use crate::store::connections::StoredConnection;
use crate::store::errands::{self, Claim, Trouble};

/// How long a claim holds without being renewed: longer than any one call to the plugin may take (two minutes), and clocks may differ.
pub(super) const LEASE_MS: u64 = 5 * 60_000;

impl Platform {
    /// Does everything that is due now, one after the other. Answers how many errands that were.
    pub async fn run_errands(&self) -> Result<usize, AppError> {
        let mut done = 0;
        while let Some(claim) = self.claim_errand().await? {
            done += 1;
            self.run_errand(&claim).await?;
        }
        Ok(done)
    }

    async fn claim_errand(&self) -> Result<Option<Claim>, AppError> {
        let now = self.now();
        let due: bool = self
            .store()
            .read(move |db| errands::any_due(db, now).map_err(AppError::from))
            .await?;
        if !due {
            return Ok(None);
        }
        self.store()
            .write(move |db| {
                errands::insert_missing(db, now)?;
                Ok(errands::claim(db, now, now + LEASE_MS)?)
            })
            .await
    }

    async fn run_errand(&self, claim: &Claim) -> Result<(), AppError> {
        let connection = self.connection(claim.tenant, claim.connection).await?;
        let outcome = match claim.errand {
            Errand::Reconcile => self.reconcile_on_schedule(&connection, claim).await,
            Errand::Check => self.check_on_schedule(&connection).await,
        };
        let claim = *claim;
        match outcome {
            Ok(notes) => {
                self.unit(&connection, move |unit| {
                    let (id, now) = (unit.connection.id, unit.now);
                    errands::succeed(unit.db, id, claim.errand, Some(&claim), &notes, now)?;
                    Ok(())
                })
                .await
            }
            Err(AppError::Store(error)) => Err(error.into()),
            Err(error) => self.put_errand_off(&connection, claim, &error).await,
        }
    }

    /// Only a connection with credentials that work is reconciled: one that is broken is looked after by the check.
    async fn reconcile_on_schedule(
        &self,
        connection: &StoredConnection,
        claim: &Claim,
    ) -> Result<Vec<Text>, AppError> {
        let status = self.plugin(connection.id)?.status().await?;
        self.note_status(connection, &status).await?;
        if status.state != ConnectionState::Configured {
            return Ok(Vec::new());
        }
        let done = self.reconcile_connection(connection, Some(*claim)).await?;
        Ok(done.notes)
    }

    async fn check_on_schedule(
        &self,
        connection: &StoredConnection,
    ) -> Result<Vec<Text>, AppError> {
        let plugin = self.plugin(connection.id)?;
        let status = plugin.status().await?;
        self.note_status(connection, &status).await?;
        self.note_silence(connection, status.state).await?;
        if status.state == ConnectionState::NotConfigured {
            return Ok(Vec::new());
        }
        match plugin.check().await {
            Ok(status) => self.note_check(connection, &status).await?,
            Err(error) => return Err(self.note_plugin_error(connection, error).await?),
        }
        Ok(Vec::new())
    }

    /// What a person must mend is asked again at the usual time; what may pass by itself sooner, but never before the board allows it.
    async fn put_errand_off(
        &self,
        connection: &StoredConnection,
        claim: Claim,
        error: &AppError,
    ) -> Result<(), AppError> {
        let (trouble, passes, asked) = trouble(error);
        tracing::warn!(connection = connection.id.0, errand = claim.errand.code(), code = %trouble.code, "an errand failed");
        self.unit(connection, move |unit| {
            let next = if passes {
                claim.errand.retry_at(claim.attempts + 1, asked, unit.now)
            } else {
                claim.errand.next_at(claim.connection, unit.now)
            };
            errands::fail(unit.db, &claim, &trouble, next)?;
            Ok(())
        })
        .await
    }
}

/// What to note of a failure, whether it may pass by itself, and how long the board wants to be left in peace.
fn trouble(error: &AppError) -> (Trouble, bool, Option<u64>) {
    match error {
        AppError::Board { failure, .. } => {
            let trouble = Trouble {
                code: failure.code.clone(),
                message: convert::text(failure.message.clone()),
            };
            let passes = matches!(
                failure.disposition,
                Disposition::RetryLater | Disposition::InProgress | Disposition::Internal
            );
            (trouble, passes, failure.retry_after_ms)
        }
        _ => {
            let trouble = Trouble {
                code: "plugin-stopped".to_owned(),
                message: Text::new(
                    "Plugin đã dừng trước khi trả lời. Hệ thống sẽ thử lại.",
                    "The plugin stopped before it answered. It will be tried again.",
                ),
            };
            (trouble, true, None)
        }
    }
}
