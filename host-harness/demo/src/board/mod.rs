//! The port to a job board: what the platform asks of a plugin, and nothing about how a plugin runs.
//!
//! The use cases know only these two traits. [`component::ComponentBoard`] stands behind them in the running platform, a scripted board in tests.

pub mod component;
pub mod convert;

use std::sync::Arc;

use async_trait::async_trait;
use job_board_host::contract::connection::{ConnectionStatus, Manifest};
use job_board_host::contract::deliveries::{Delivery, File, Outcome};
use job_board_host::contract::events::Attachment;
use job_board_host::contract::forms::Form;
use job_board_host::contract::postings::{
    BoardPage, Change, Job, Posting, PostingPage, ReconcilePage, Resolution,
};
use job_board_host::contract::privacy::Receipt;
use job_board_host::contract::types::{Failure, NamedValue};

use crate::domain::id::ConnectionId;

/// Why a plugin did not answer with what was asked for.
#[derive(Clone)]
pub enum PluginError {
    /// The plugin's own answer; its disposition says what to do.
    Failure(Box<Failure>),
    /// The call was ended from outside (deadline, limit, trap). Whatever it was, the same call may be made again.
    /// The text is for the operator.
    Stopped(String),
}

/// What a plugin's function answers.
pub type Answer<T> = Result<T, PluginError>;

/// One board: a loaded plugin, shared by all tenants.
pub trait Board: Send + Sync {
    /// What the plugin is and asks for.
    fn manifest(&self) -> &Manifest;

    /// The plugin as one connection sees it: with that connection's storage and secrets and no other's.
    fn connect(&self, connection: ConnectionId) -> Answer<Arc<dyn BoardPlugin>>;
}

/// The exports of the contract that a hiring platform uses, bound to one connection.
#[async_trait]
pub trait BoardPlugin: Send + Sync {
    /// `connection.configure`
    async fn configure(
        &self,
        settings: Vec<NamedValue>,
        webhook_url: String,
        accept_other_account: bool,
    ) -> Answer<ConnectionStatus>;
    /// `connection.status`
    async fn status(&self) -> Answer<ConnectionStatus>;
    /// `connection.check`
    async fn check(&self) -> Answer<ConnectionStatus>;
    /// `connection.disconnect`
    async fn disconnect(&self) -> Answer<ConnectionStatus>;
    /// `postings.prepare-job`
    async fn prepare_job(&self, job: Job, posting: Option<String>) -> Answer<Form>;
    /// `postings.publish-job`
    async fn publish_job(
        &self,
        request_id: String,
        job: String,
        values: Vec<NamedValue>,
        allow_second: bool,
    ) -> Answer<Posting>;
    /// `postings.resolve-unknown`
    async fn resolve_unknown(&self, posting: String, resolution: Resolution) -> Answer<Posting>;
    /// `postings.update-job`
    async fn update_job(
        &self,
        posting: String,
        expected_version: String,
        values: Vec<NamedValue>,
    ) -> Answer<Change>;
    /// `postings.close-job`
    async fn close_job(&self, posting: String) -> Answer<Posting>;
    /// `postings.reopen-job`
    async fn reopen_job(
        &self,
        request_id: String,
        posting: String,
        new_deadline: Option<String>,
    ) -> Answer<Posting>;
    /// `postings.link-job`
    async fn link_job(
        &self,
        request_id: String,
        job: String,
        board_posting: String,
    ) -> Answer<Posting>;
    /// `postings.unlink-job`
    async fn unlink_job(&self, posting: String) -> Answer<Posting>;
    /// `postings.list-linkable`
    async fn list_linkable(&self, cursor: Option<String>) -> Answer<BoardPage>;
    /// `postings.list-postings`
    async fn list_postings(
        &self,
        job: Option<String>,
        cursor: Option<String>,
    ) -> Answer<PostingPage>;
    /// `postings.get-posting`
    async fn get_posting(&self, posting: String, refresh: bool) -> Answer<Posting>;
    /// `postings.reconcile`
    async fn reconcile(&self, cursor: Option<String>) -> Answer<ReconcilePage>;
    /// `deliveries.handle-webhook`
    async fn handle_webhook(&self, delivery: Delivery) -> Answer<Outcome>;
    /// `deliveries.fetch-cv`
    async fn fetch_cv(&self, attachment: Attachment) -> Answer<File>;
    /// `privacy.forget`
    async fn forget(&self, ids: Vec<String>) -> Answer<Receipt>;
}
