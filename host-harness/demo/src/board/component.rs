//! The port, filled by a plugin in the runtime's sandbox. This is all that embedding takes.

use std::path::Path;
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
use job_board_host::{
    CallError, Connection, EngineConfig, Grants, HostError, Plugin, PluginEngine,
};

use super::{Answer, Board, BoardPlugin, PluginError};
use crate::domain::id::ConnectionId;

/// A plugin loaded from a file, with what the operator grants it.
pub struct ComponentBoard {
    plugin: Plugin,
    grants: Grants,
}

impl ComponentBoard {
    /// Loads the plugin, compiled once and kept in the engine's cache.
    pub fn load(file: &Path, engine: EngineConfig, grants: Grants) -> Result<Self, HostError> {
        let engine = PluginEngine::new(engine)?;
        Ok(Self {
            plugin: engine.load_file(file)?,
            grants,
        })
    }
}

impl Board for ComponentBoard {
    fn manifest(&self) -> &Manifest {
        self.plugin.manifest()
    }

    fn connect(&self, connection: ConnectionId) -> Answer<Arc<dyn BoardPlugin>> {
        // The row's number is never used again, so neither are the records under it.
        let scope = job_board_host::ConnectionId::new(format!("connection-{}", connection.0))
            .map_err(|error| PluginError::Stopped(error.to_string()))?;
        Ok(Arc::new(self.plugin.connection(scope, self.grants.clone())))
    }
}

fn answer<T>(outcome: Result<Result<T, Failure>, CallError>) -> Answer<T> {
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(failure)) => Err(PluginError::Failure(Box::new(failure))),
        Err(stopped) => Err(PluginError::Stopped(stopped.to_string())),
    }
}

#[async_trait]
impl BoardPlugin for Connection {
    async fn configure(
        &self,
        settings: Vec<NamedValue>,
        webhook_url: String,
        accept_other_account: bool,
    ) -> Answer<ConnectionStatus> {
        answer(Self::configure(self, &settings, &webhook_url, accept_other_account).await)
    }

    async fn status(&self) -> Answer<ConnectionStatus> {
        answer(Self::status(self).await)
    }

    async fn check(&self) -> Answer<ConnectionStatus> {
        answer(Self::check(self).await)
    }

    async fn disconnect(&self) -> Answer<ConnectionStatus> {
        answer(Self::disconnect(self).await)
    }

    async fn prepare_job(&self, job: Job, posting: Option<String>) -> Answer<Form> {
        answer(Self::prepare_job(self, &job, posting.as_deref()).await)
    }

    async fn publish_job(
        &self,
        request_id: String,
        job: String,
        values: Vec<NamedValue>,
        allow_second: bool,
    ) -> Answer<Posting> {
        answer(Self::publish_job(self, &request_id, &job, &values, allow_second).await)
    }

    async fn resolve_unknown(&self, posting: String, resolution: Resolution) -> Answer<Posting> {
        answer(Self::resolve_unknown(self, &posting, &resolution).await)
    }

    async fn update_job(
        &self,
        posting: String,
        expected_version: String,
        values: Vec<NamedValue>,
    ) -> Answer<Change> {
        answer(Self::update_job(self, &posting, &expected_version, &values).await)
    }

    async fn close_job(&self, posting: String) -> Answer<Posting> {
        answer(Self::close_job(self, &posting).await)
    }

    async fn reopen_job(
        &self,
        request_id: String,
        posting: String,
        new_deadline: Option<String>,
    ) -> Answer<Posting> {
        answer(Self::reopen_job(self, &request_id, &posting, new_deadline.as_deref()).await)
    }

    async fn link_job(
        &self,
        request_id: String,
        job: String,
        board_posting: String,
    ) -> Answer<Posting> {
        answer(Self::link_job(self, &request_id, &job, &board_posting).await)
    }

    async fn unlink_job(&self, posting: String) -> Answer<Posting> {
        answer(Self::unlink_job(self, &posting).await)
    }

    async fn list_linkable(&self, cursor: Option<String>) -> Answer<BoardPage> {
        answer(Self::list_linkable(self, cursor.as_deref()).await)
    }

    async fn list_postings(
        &self,
        job: Option<String>,
        cursor: Option<String>,
    ) -> Answer<PostingPage> {
        answer(Self::list_postings(self, job.as_deref(), cursor.as_deref()).await)
    }

    async fn get_posting(&self, posting: String, refresh: bool) -> Answer<Posting> {
        answer(Self::get_posting(self, &posting, refresh).await)
    }

    async fn reconcile(&self, cursor: Option<String>) -> Answer<ReconcilePage> {
        answer(Self::reconcile(self, cursor.as_deref()).await)
    }

    async fn handle_webhook(&self, delivery: Delivery) -> Answer<Outcome> {
        answer(Self::handle_webhook(self, &delivery).await.map(Ok))
    }

    async fn fetch_cv(&self, attachment: Attachment) -> Answer<File> {
        answer(Self::fetch_cv(self, &attachment).await)
    }

    async fn forget(&self, ids: Vec<String>) -> Answer<Receipt> {
        answer(Self::forget(self, &ids).await)
    }
}
