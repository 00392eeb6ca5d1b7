//! What a start finishes that an earlier run began.

use job_board_host::contract::types::Disposition;

use super::unit::Deed;
use super::{AppError, Platform};
use crate::board::{PluginError, convert};
use crate::domain::id::{DeliveryId, TenantId};
use crate::domain::posting::Posting;
use crate::domain::text::Text;
use crate::store::{deliveries, postings};

/// What an earlier run left open.
pub struct Backlog {
    deliveries: Vec<(TenantId, DeliveryId)>,
    postings: Vec<(TenantId, Posting)>,
}

impl Platform {
    /// Lists every delivery that is not done and every posting whose outcome is open. To be called before requests are served, so that
    /// nothing of this run's is taken for an earlier one's.
    pub async fn backlog(&self) -> Result<Backlog, AppError> {
        self.store()
            .read(|db| {
                Ok(Backlog {
                    deliveries: deliveries::due(db, None, u32::MAX)?,
                    postings: postings::open_outcomes(db)?,
                })
            })
            .await
    }

    /// Finishes what an earlier run left open. Safe while requests are served, and safe to repeat.
    pub async fn recover(&self, backlog: Backlog) -> Result<(), AppError> {
        self.process_each(&backlog.deliveries).await;
        for (tenant, posting) in backlog.postings {
            self.look_up(tenant, posting).await?;
        }
        Ok(())
    }

    async fn look_up(&self, tenant: TenantId, posting: Posting) -> Result<(), AppError> {
        let connection = self.connection(tenant, posting.connection).await?;
        let answer = self
            .plugin(connection.id)?
            .get_posting(posting.request_id.clone(), true)
            .await;
        match answer {
            Ok(found) => {
                let (job, report) = convert::report(found);
                self.unit(&connection, move |unit| {
                    unit.keep_report(&job, report)?;
                    Ok(())
                })
                .await
            }
            Err(PluginError::Failure(failure))
                if failure.disposition == Disposition::NotFound && !posting.confirmed =>
            {
                // The platform stopped between its own intent and the plugin's: the board was never asked.
                self.unit(&connection, move |unit| {
                    unit.log(&posting, never_sent())?;
                    postings::delete(unit.db, unit.tenant, posting.row)?;
                    Ok(())
                })
                .await
            }
            // Still open: a person sees it, and can ask again.
            Err(_) => Ok(()),
        }
    }
}

fn never_sent() -> Deed<'static> {
    Deed {
        user: None,
        what: "publish",
        result: "not-sent",
        message: Text::new(
            "Hệ thống đã dừng trước khi gửi tin. Tin chưa được gửi đi; hãy đăng lại.",
            "The platform stopped before the posting was sent. Nothing was sent; publish it again.",
        ),
    }
}
