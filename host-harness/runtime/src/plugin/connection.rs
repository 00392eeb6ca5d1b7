//! A tenant's connection: one method an export.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::time::timeout_at;

use super::Plugin;
use super::call::Visit;
use crate::connection_id::ConnectionId;
use crate::contract::connection::{ConnectionStatus, Manifest};
use crate::contract::deliveries::{Delivery, File, Outcome};
use crate::contract::events::Attachment;
use crate::contract::forms::Form;
use crate::contract::postings::{
    BoardPage, Change, Job, Posting, PostingPage, ReconcilePage, Resolution,
};
use crate::contract::privacy::Receipt;
use crate::contract::types::{Failure, NamedValue};
use crate::error::CallError;
use crate::grants::Grants;
use crate::http::Gate;
use crate::limits::Export;

/// A tenant's account at a board, seen through a plugin. Cheap to clone; any number of calls may be made at once, of which
/// [`Limits::concurrent_calls`](crate::Limits::concurrent_calls) run and the others wait.
///
/// Every method runs one export on a fresh instance within the connection's [`Limits`](crate::Limits). The outer error says that the sandbox ended the call;
/// the inner one is the plugin's own answer. What each export promises stands in the WIT. All of them may be called again with the same arguments.
///
/// A method's future may be dropped: the instance is then dropped too.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
}

/// What all calls of a connection see.
pub(super) struct Shared {
    pub(super) plugin: Plugin,
    pub(super) id: ConnectionId,
    pub(super) grants: Grants,
    pub(super) gate: Gate,
    /// How many calls of this connection run at once, however many objects like this one there are for it.
    pub(super) turns: Arc<Semaphore>,
}

/// The answer of an export that can fail: the sandbox's error outside, the plugin's inside.
pub type Answer<T> = Result<Result<T, Failure>, CallError>;

/// One export on a fresh instance. A macro, because a closure that borrows the store across an `await` cannot be written down as a bound.
macro_rules! call {
    ($self:ident, $export:ident, $interface:ident . $function:ident ( $($argument:expr),* )) => {{
        let mut visit = Visit::begin(&$self.shared, Export::$export).await?;
        let answer = timeout_at(visit.deadline, async {
            let instance = visit.instance().await?;
            instance.$interface().$function(&mut visit.store, $($argument),*).await
        })
        .await;
        visit.end(answer)
    }};
}

impl Connection {
    pub(super) fn new(plugin: Plugin, id: ConnectionId, grants: Grants) -> Self {
        let gate = Gate::new(plugin.inner.asked.clone(), grants.allow.clone());
        let turns = plugin
            .inner
            .engine
            .turns(&id, grants.limits.concurrent_calls);
        Self {
            shared: Arc::new(Shared {
                plugin,
                id,
                grants,
                gate,
                turns,
            }),
        }
    }

    /// The connection's id.
    #[must_use]
    pub fn id(&self) -> &ConnectionId {
        &self.shared.id
    }

    /// The plugin behind it.
    #[must_use]
    pub fn plugin(&self) -> &Plugin {
        &self.shared.plugin
    }

    /// What it was given.
    #[must_use]
    pub fn grants(&self) -> &Grants {
        &self.shared.grants
    }

    /// `connection.describe`. [`Plugin::manifest`] has the same answer without a call.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn describe(&self) -> Result<Manifest, CallError> {
        call!(self, Describe, hiring_job_board_connection.call_describe())
    }

    /// `connection.configure`: checks credentials at the board and stores them when the board accepts them.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn configure(
        &self,
        settings: &[NamedValue],
        webhook_url: &str,
        accept_other_account: bool,
    ) -> Answer<ConnectionStatus> {
        call!(
            self,
            Configure,
            hiring_job_board_connection.call_configure(settings, webhook_url, accept_other_account)
        )
    }

    /// `connection.status`: from storage alone.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn status(&self) -> Answer<ConnectionStatus> {
        call!(self, Status, hiring_job_board_connection.call_status())
    }

    /// `connection.check`: asks the board whether the credentials still work.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn check(&self) -> Answer<ConnectionStatus> {
        call!(self, Check, hiring_job_board_connection.call_check())
    }

    /// `connection.disconnect`: tells the board and forgets the credentials.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn disconnect(&self) -> Answer<ConnectionStatus> {
        call!(
            self,
            Disconnect,
            hiring_job_board_connection.call_disconnect()
        )
    }

    /// `postings.prepare-job`: the board's form for a job.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn prepare_job(&self, job: &Job, posting: Option<&str>) -> Answer<Form> {
        call!(
            self,
            PrepareJob,
            hiring_job_board_postings.call_prepare_job(job, posting.map(str::to_owned).as_ref())
        )
    }

    /// `postings.publish-job`. Make `request_id` and store it before the first call; repeat it on every further one.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call: the posting may exist; call again with the same arguments.
    pub async fn publish_job(
        &self,
        request_id: &str,
        job: &str,
        values: &[NamedValue],
        allow_second: bool,
    ) -> Answer<Posting> {
        call!(
            self,
            PublishJob,
            hiring_job_board_postings.call_publish_job(
                &request_id.to_owned(),
                &job.to_owned(),
                values,
                allow_second
            )
        )
    }

    /// `postings.resolve-unknown`: a person's answer about a posting in state `unknown`.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn resolve_unknown(&self, posting: &str, resolution: &Resolution) -> Answer<Posting> {
        call!(
            self,
            ResolveUnknown,
            hiring_job_board_postings.call_resolve_unknown(&posting.to_owned(), resolution)
        )
    }

    /// `postings.update-job`: sends changed fields.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn update_job(
        &self,
        posting: &str,
        expected_version: &str,
        values: &[NamedValue],
    ) -> Answer<Change> {
        call!(
            self,
            UpdateJob,
            hiring_job_board_postings.call_update_job(
                &posting.to_owned(),
                expected_version,
                values
            )
        )
    }

    /// `postings.close-job`.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn close_job(&self, posting: &str) -> Answer<Posting> {
        call!(
            self,
            CloseJob,
            hiring_job_board_postings.call_close_job(&posting.to_owned())
        )
    }

    /// `postings.reopen-job`. May cost; its request id has the promises of [`Connection::publish_job`].
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn reopen_job(
        &self,
        request_id: &str,
        posting: &str,
        new_deadline: Option<&str>,
    ) -> Answer<Posting> {
        call!(
            self,
            ReopenJob,
            hiring_job_board_postings.call_reopen_job(
                &request_id.to_owned(),
                &posting.to_owned(),
                new_deadline.map(str::to_owned).as_ref()
            )
        )
    }

    /// `postings.link-job`: connects a job with a posting that stands at the board, by its id or URL there.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn link_job(
        &self,
        request_id: &str,
        job: &str,
        board_posting: &str,
    ) -> Answer<Posting> {
        call!(
            self,
            LinkJob,
            hiring_job_board_postings.call_link_job(
                &request_id.to_owned(),
                &job.to_owned(),
                board_posting
            )
        )
    }

    /// `postings.unlink-job`.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn unlink_job(&self, posting: &str) -> Answer<Posting> {
        call!(
            self,
            UnlinkJob,
            hiring_job_board_postings.call_unlink_job(&posting.to_owned())
        )
    }

    /// `postings.list-linkable`: what stands at the board.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn list_linkable(&self, cursor: Option<&str>) -> Answer<BoardPage> {
        call!(
            self,
            ListLinkable,
            hiring_job_board_postings.call_list_linkable(cursor)
        )
    }

    /// `postings.list-postings`: from storage alone.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn list_postings(
        &self,
        job: Option<&str>,
        cursor: Option<&str>,
    ) -> Answer<PostingPage> {
        call!(
            self,
            ListPostings,
            hiring_job_board_postings.call_list_postings(job.map(str::to_owned).as_ref(), cursor)
        )
    }

    /// `postings.get-posting`: from storage, or with `refresh` from the board.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn get_posting(&self, posting: &str, refresh: bool) -> Answer<Posting> {
        call!(
            self,
            GetPosting,
            hiring_job_board_postings.call_get_posting(&posting.to_owned(), refresh)
        )
    }

    /// `postings.reconcile`: present states as events, a page at a time.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn reconcile(&self, cursor: Option<&str>) -> Answer<ReconcilePage> {
        call!(
            self,
            Reconcile,
            hiring_job_board_postings.call_reconcile(cursor)
        )
    }

    /// `deliveries.handle-webhook`. Store the delivery durably first; see the crate's documentation for the whole recipe.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call: keep the delivery and call again.
    pub async fn handle_webhook(&self, delivery: &Delivery) -> Result<Outcome, CallError> {
        call!(
            self,
            HandleWebhook,
            hiring_job_board_deliveries.call_handle_webhook(delivery)
        )
    }

    /// `deliveries.fetch-cv`: an applicant's file, checked.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn fetch_cv(&self, attachment: &Attachment) -> Answer<File> {
        call!(
            self,
            FetchCv,
            hiring_job_board_deliveries.call_fetch_cv(attachment)
        )
    }

    /// `privacy.forget`: erases what is kept about these applications or candidates.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn forget(&self, ids: &[String]) -> Answer<Receipt> {
        call!(self, Forget, hiring_job_board_privacy.call_forget(ids))
    }

    /// `privacy.purge`: erases everything personal from before the moment, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// [`CallError`] when the sandbox ended the call.
    pub async fn purge(&self, before: u64) -> Answer<Receipt> {
        call!(self, Purge, hiring_job_board_privacy.call_purge(before))
    }
}
