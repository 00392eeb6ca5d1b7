//! Everything about a posting that exists, and the form that comes before one.

use job_board_host::contract::forms::Form;
use job_board_host::contract::postings::{BoardPage, Job as ContractJob, Resolution};

use super::{AppError, Platform};
use crate::board::convert;
use crate::domain::id::{ConnectionId, JobId};
use crate::domain::posting::Posting;
use crate::domain::user::User;
use crate::domain::value::Values;
use crate::store::connections::StoredConnection;
use crate::store::deliveries::{self, DeliveryLine};
use crate::store::events::{self, UnmatchedLine};
use crate::store::posted_jobs::{self, Line};
use crate::store::{Page, jobs, postings};

/// Pages of one list that are read in a row; a plugin that never ends its list does not hold the platform for ever.
pub(super) const MOST_PAGES: usize = 1_000;

/// What an update did.
pub struct Update {
    /// The posting.
    pub posting: Posting,
    /// Fields that were sent changed.
    pub changed: Vec<String>,
    /// Fields that were changed at the board and kept.
    pub kept: Vec<String>,
    /// Whether the board reviews the posting again.
    pub review: bool,
}

impl Platform {
    /// The board's form for a job, or for a posting of it.
    pub async fn form(
        &self,
        user: &User,
        job: JobId,
        connection: ConnectionId,
        posting: Option<String>,
    ) -> Result<Form, AppError> {
        let connection = self.connection(user.tenant, connection).await?;
        let job = self.job(user, job).await?;
        let job = ContractJob {
            id: job.id.0.to_string(),
            title: job.title,
            details: convert::named_values(&job.details),
        };
        match self.plugin(connection.id)?.prepare_job(job, posting).await {
            Ok(form) => Ok(form),
            Err(error) => Err(self.note_plugin_error(&connection, error).await?),
        }
    }

    /// The job's postings, newest first, as the plugin knows them now: no webhook tells that a deadline has passed.
    pub async fn postings_of(&self, user: &User, job: JobId) -> Result<Vec<Posting>, AppError> {
        let tenant = user.tenant;
        self.job(user, job).await?;
        let stored = self.stored_postings(user, job).await?;
        let mut connections: Vec<_> = stored.iter().map(|posting| posting.connection).collect();
        connections.sort_unstable();
        connections.dedup();
        for id in connections {
            let connection = self.connection(tenant, id).await?;
            self.refresh_postings(&connection, Some(job)).await?;
        }
        self.stored_postings(user, job).await
    }

    async fn stored_postings(&self, user: &User, job: JobId) -> Result<Vec<Posting>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| postings::of_job(db, tenant, job).map_err(AppError::from))
            .await
    }

    /// One posting; with `refresh` the board is asked first.
    pub async fn posting(
        &self,
        user: &User,
        request_id: &str,
        refresh: bool,
    ) -> Result<Posting, AppError> {
        let (known, connection) = self.known_posting(user, request_id).await?;
        if !known.confirmed && !refresh {
            return Ok(known);
        }
        let answer = self
            .plugin(connection.id)?
            .get_posting(request_id.to_owned(), refresh)
            .await;
        match answer {
            Ok(posting) => {
                let (job, report) = convert::report(posting);
                let asker = refresh.then_some(user.id);
                self.unit(&connection, move |unit| {
                    unit.keep_answer(&job, report, asker)?
                        .ok_or(AppError::NoSuch("posting"))
                })
                .await
            }
            Err(error) if refresh => Err(self.note_plugin_error(&connection, error).await?),
            Err(_) => Ok(known),
        }
    }

    /// Sends changed fields to the board.
    pub async fn update(
        &self,
        user: &User,
        request_id: &str,
        expected_version: String,
        values: Values,
    ) -> Result<Update, AppError> {
        let (_, connection) = self.known_posting(user, request_id).await?;
        let answer = self
            .plugin(connection.id)?
            .update_job(
                request_id.to_owned(),
                expected_version,
                convert::named_values(&values),
            )
            .await;
        let (answer, changed, kept, review) = match answer {
            Ok(change) => (
                Ok(change.posting),
                change.changed,
                change.kept,
                change.review,
            ),
            Err(error) => (Err(error), Vec::new(), Vec::new(), false),
        };
        let posting = self
            .settle_posting(user, &connection, request_id, "update", answer)
            .await?;
        Ok(Update {
            posting,
            changed,
            kept,
            review,
        })
    }

    /// Stops a posting.
    pub async fn close(&self, user: &User, request_id: &str) -> Result<Posting, AppError> {
        let (_, connection) = self.known_posting(user, request_id).await?;
        let answer = self
            .plugin(connection.id)?
            .close_job(request_id.to_owned())
            .await;
        self.settle_posting(user, &connection, request_id, "close", answer)
            .await
    }

    /// Makes a closed or expired posting visible again. May cost money, so it has a request id of its own.
    pub async fn reopen(
        &self,
        user: &User,
        request_id: &str,
        own_request_id: Option<String>,
        new_deadline: Option<String>,
    ) -> Result<Posting, AppError> {
        let (_, connection) = self.known_posting(user, request_id).await?;
        let own = match own_request_id {
            Some(given) => given,
            None => super::token::request_id()?,
        };
        let answer = self
            .plugin(connection.id)?
            .reopen_job(own, request_id.to_owned(), new_deadline)
            .await;
        self.settle_posting(user, &connection, request_id, "reopen", answer)
            .await
    }

    /// Ends the connection between job and posting.
    pub async fn unlink(&self, user: &User, request_id: &str) -> Result<Posting, AppError> {
        let (_, connection) = self.known_posting(user, request_id).await?;
        let answer = self
            .plugin(connection.id)?
            .unlink_job(request_id.to_owned())
            .await;
        self.settle_posting(user, &connection, request_id, "unlink", answer)
            .await
    }

    /// A person's answer about a posting whose outcome is unknown.
    pub async fn resolve(
        &self,
        user: &User,
        request_id: &str,
        adopt: Option<String>,
    ) -> Result<Posting, AppError> {
        let (_, connection) = self.known_posting(user, request_id).await?;
        let resolution = adopt.map_or(Resolution::NotCreated, Resolution::Adopt);
        let answer = self
            .plugin(connection.id)?
            .resolve_unknown(request_id.to_owned(), resolution)
            .await;
        self.settle_posting(user, &connection, request_id, "resolve", answer)
            .await
    }

    /// What stands at the board, for choosing what to link.
    pub async fn linkable(
        &self,
        user: &User,
        id: ConnectionId,
        cursor: Option<String>,
    ) -> Result<BoardPage, AppError> {
        let connection = self.connection(user.tenant, id).await?;
        match self.plugin(id)?.list_linkable(cursor).await {
            Ok(page) => Ok(page),
            Err(error) => Err(self.note_plugin_error(&connection, error).await?),
        }
    }

    pub(super) async fn known_posting(
        &self,
        user: &User,
        request_id: &str,
    ) -> Result<(Posting, StoredConnection), AppError> {
        let (tenant, wanted) = (user.tenant, request_id.to_owned());
        let posting = self
            .store()
            .read(move |db| {
                postings::by_request(db, tenant, &wanted)?.ok_or(AppError::NoSuch("posting"))
            })
            .await?;
        let connection = self.connection(tenant, posting.connection).await?;
        Ok((posting, connection))
    }

    /// The posted-jobs log, newest first.
    pub async fn posted_jobs(
        &self,
        user: &User,
        job: Option<JobId>,
        page: Page,
    ) -> Result<Vec<(i64, Line)>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| {
                if let Some(job) = job {
                    jobs::get(db, tenant, job)?.ok_or(AppError::NoSuch("job"))?;
                }
                Ok(posted_jobs::list(db, tenant, job, page)?)
            })
            .await
    }

    /// Deliveries, or those in quarantine, newest first.
    pub async fn deliveries(
        &self,
        user: &User,
        connection: Option<ConnectionId>,
        quarantined: bool,
        page: Page,
    ) -> Result<Vec<DeliveryLine>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| {
                deliveries::list(db, tenant, connection, quarantined, page).map_err(AppError::from)
            })
            .await
    }

    /// Events that wait for a posting, newest first.
    pub async fn unmatched(
        &self,
        user: &User,
        connection: Option<ConnectionId>,
        page: Page,
    ) -> Result<Vec<UnmatchedLine>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| {
                events::list_unmatched(db, tenant, connection, page).map_err(AppError::from)
            })
            .await
    }
}
