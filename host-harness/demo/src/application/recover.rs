//! What a start finishes that an earlier run began, and what a restored database has forgotten.

use std::collections::BTreeSet;

use job_board_host::contract::types::Disposition;

use super::postings::MOST_PAGES;
use super::unit::{Deed, Unit};
use super::{AppError, Platform};
use crate::board::{PluginError, convert};
use crate::domain::id::{DeliveryId, TenantId};
use crate::domain::posting::{Posting, PostingState, Report};
use crate::domain::text::Text;
use crate::store::connections::{self, StoredConnection};
use crate::store::{deliveries, postings};

/// An intent that the plugin has not heard of may still be on its way from another process on the same database, for as long as a publish
/// may take (two minutes) and the processes' clocks may differ. After that nobody will send it any more.
const ABANDONED_MS: u64 = 5 * 60_000;

/// What an earlier run left open.
pub struct Backlog {
    deliveries: Vec<(TenantId, DeliveryId)>,
    postings: Vec<(TenantId, Posting)>,
    connections: Vec<StoredConnection>,
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
                    connections: connections::all(db)?,
                })
            })
            .await
    }

    /// Finishes what an earlier run left open. Safe while requests are served, safe to repeat, and safe in several processes at once.
    /// One connection's trouble does not keep the others from being looked after.
    pub async fn recover(&self, backlog: Backlog) -> Result<(), AppError> {
        self.process_each(&backlog.deliveries).await;
        for (tenant, posting) in backlog.postings {
            self.look_up(tenant, posting).await?;
        }
        for connection in &backlog.connections {
            if let Err(error) = self.look_after(connection).await {
                tracing::error!(connection = connection.id.0, %error, "a connection was not looked after");
            }
        }
        Ok(())
    }

    /// Takes over what the plugin's storage says: whether credentials are there and can be read, and which postings there are.
    async fn look_after(&self, connection: &StoredConnection) -> Result<(), AppError> {
        let status = self.plugin(connection.id)?.status().await?;
        self.note_status(connection, &status).await?;
        self.webhook_url(connection).await?;
        self.compare_with_plugin(connection).await
    }

    async fn look_up(&self, tenant: TenantId, posting: Posting) -> Result<(), AppError> {
        let connection = self.connection(tenant, posting.connection).await?;
        let answer = self
            .plugin(connection.id)?
            .get_posting(posting.request_id.clone(), true)
            .await;
        match answer {
            Ok(found) => self.keep_found(&connection, convert::report(found)).await,
            Err(PluginError::Failure(failure)) if failure.disposition == Disposition::NotFound => {
                self.unit(&connection, move |unit| unit.take_back(&posting))
                    .await
            }
            // Still open: a person sees it, and can ask again.
            Err(_) => Ok(()),
        }
    }

    async fn keep_found(
        &self,
        connection: &StoredConnection,
        (job, report): (String, Report),
    ) -> Result<(), AppError> {
        self.unit(connection, move |unit| {
            unit.keep_answer(&job, report, None)?;
            Ok(())
        })
        .await
    }

    /// Compares the platform's postings with the plugin's, from the plugin's storage alone. One that only the plugin knows is taken over;
    /// one that only the platform knows is shown as unknown, or taken back when it was never more than an intent.
    pub(super) async fn compare_with_plugin(
        &self,
        connection: &StoredConnection,
    ) -> Result<(), AppError> {
        let Some(listed) = self.refresh_postings(connection, None).await? else {
            return Ok(());
        };
        let (tenant, id) = (connection.tenant, connection.id);
        let known = self
            .store()
            .read(move |db| postings::of_connection(db, tenant, id).map_err(AppError::from))
            .await?;
        let plugin = self.plugin(id)?;
        for posting in known {
            if listed.contains(&posting.request_id) || posting.state == PostingState::Unlinked {
                continue;
            }
            // It may have come into being while the list was read.
            match plugin.get_posting(posting.request_id.clone(), false).await {
                Ok(found) => self.keep_found(connection, convert::report(found)).await?,
                Err(PluginError::Failure(failure))
                    if failure.disposition == Disposition::NotFound =>
                {
                    self.unit(connection, move |unit| unit.forsake(&posting))
                        .await?;
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Takes over what the plugin knows about the connection's postings; answers the request ids that it named.
    /// When it cannot say, the platform's own rows stand, and the answer is `None`.
    pub(super) async fn refresh_postings(
        &self,
        connection: &StoredConnection,
        job: Option<crate::domain::id::JobId>,
    ) -> Result<Option<BTreeSet<String>>, AppError> {
        let plugin = self.plugin(connection.id)?;
        let job = job.map(|job| job.0.to_string());
        let mut listed = BTreeSet::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let Ok(page) = plugin.list_postings(job.clone(), cursor).await else {
                tracing::warn!(
                    connection = connection.id.0,
                    "the plugin did not list its postings"
                );
                return Ok(None);
            };
            let reports: Vec<_> = page.postings.into_iter().map(convert::report).collect();
            listed.extend(reports.iter().map(|(_, report)| report.request_id.clone()));
            self.unit(connection, move |unit| {
                for (job, report) in reports {
                    unit.keep_answer(&job, report, None)?;
                }
                Ok(())
            })
            .await?;
            cursor = page.next;
            if cursor.is_none() {
                return Ok(Some(listed));
            }
        }
        Ok(None)
    }
}

impl Unit<'_> {
    /// The plugin does not know this posting.
    fn forsake(&self, posting: &Posting) -> Result<(), AppError> {
        let Some(mut present) = postings::by_request(self.db, self.tenant, &posting.request_id)?
        else {
            return Ok(());
        };
        if !present.confirmed {
            return self.take_back(&present);
        }
        if !present.lose(self.now) {
            return Ok(());
        }
        postings::update(self.db, self.tenant, &present)?;
        let advice = present.facts.advice.clone();
        let deed = Deed {
            user: None,
            what: "lost",
            result: present.state.code(),
            message: advice.unwrap_or_else(|| present.state.label()),
        };
        self.log(&present, deed)
    }

    /// Takes back an intent that the platform stored and the plugin never got: the board was never asked.
    fn take_back(&self, posting: &Posting) -> Result<(), AppError> {
        let present = postings::by_request(self.db, self.tenant, &posting.request_id)?;
        let Some(intent) = present.filter(Posting::is_intent) else {
            return Ok(());
        };
        if intent.facts.created_at.saturating_add(ABANDONED_MS) > self.now {
            return Ok(());
        }
        self.log(&intent, never_sent())?;
        postings::delete(self.db, self.tenant, intent.row)?;
        Ok(())
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
