//! The component's skin: exports call the core, ports call the host's imports. No decisions here.

use crate::contract::connection::{ConnectionStatus, Guest as Connection, Manifest};
use crate::contract::deliveries::{Delivery, File, Guest as Deliveries, Outcome};
use crate::contract::events::Attachment;
use crate::contract::forms::Form;
use crate::contract::postings::{
    BoardPage, Change, Guest as Postings, Job, Posting, PostingPage, ReconcilePage, Resolution,
};
use crate::contract::privacy::{Guest as Privacy, Receipt};
use crate::contract::types::{Failure, NamedValue};
use crate::contract::{clock, http, log, secrets, storage};
use crate::ports::{Clock, Http, Log, Ports, Records, Storage};
use crate::{connection, deliveries, postings, privacy};

struct Plugin;

crate::contract::export!(Plugin with_types_in crate::contract::generated);

struct HostHttp;
struct HostStorage;
struct HostSecrets;
struct HostClock;
struct HostLog;

fn ports() -> Ports<'static> {
    Ports { http: &HostHttp, storage: &HostStorage, secrets: &HostSecrets, clock: &HostClock, log: &HostLog }
}

impl Http for HostHttp {
    fn send(&self, request: &http::Request) -> Result<http::Response, http::HttpError> {
        http::send(request)
    }
}

impl Records for HostStorage {
    fn get(&self, key: &str) -> Result<Option<storage::Entry>, storage::StorageError> {
        storage::get(key)
    }

    fn put(
        &self,
        key: &str,
        value: &[u8],
        precondition: &storage::Precondition,
    ) -> Result<String, storage::StorageError> {
        storage::put(key, value, precondition)
    }

    fn delete(&self, key: &str, precondition: &storage::Precondition) -> Result<(), storage::StorageError> {
        storage::delete(key, precondition)
    }
}

impl Storage for HostStorage {
    fn list_keys(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<storage::KeyPage, storage::StorageError> {
        storage::list_keys(prefix, cursor, limit)
    }
}

impl Records for HostSecrets {
    fn get(&self, key: &str) -> Result<Option<storage::Entry>, storage::StorageError> {
        secrets::get(key)
    }

    fn put(
        &self,
        key: &str,
        value: &[u8],
        precondition: &storage::Precondition,
    ) -> Result<String, storage::StorageError> {
        secrets::put(key, value, precondition)
    }

    fn delete(&self, key: &str, precondition: &storage::Precondition) -> Result<(), storage::StorageError> {
        secrets::delete(key, precondition)
    }
}

impl Clock for HostClock {
    fn now(&self) -> u64 {
        clock::now()
    }
}

impl Log for HostLog {
    fn write(&self, level: log::Level, event: &str, fields: &[(&str, &str)]) {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| log::Field { name: (*name).to_owned(), value: (*value).to_owned() })
            .collect();
        log::write(level, event, &fields);
    }
}

impl Connection for Plugin {
    fn describe() -> Manifest {
        connection::describe()
    }

    fn configure(
        settings: Vec<NamedValue>,
        webhook_url: String,
        accept_other_account: bool,
    ) -> Result<ConnectionStatus, Failure> {
        connection::configure(ports(), &settings, &webhook_url, accept_other_account)
    }

    fn status() -> Result<ConnectionStatus, Failure> {
        connection::status(ports())
    }

    fn check() -> Result<ConnectionStatus, Failure> {
        connection::check(ports())
    }

    fn disconnect() -> Result<ConnectionStatus, Failure> {
        connection::disconnect(ports())
    }
}

impl Postings for Plugin {
    fn prepare_job(job: Job, posting: Option<String>) -> Result<Form, Failure> {
        postings::prepare_job(ports(), &job, posting.as_deref())
    }

    fn publish_job(
        request_id: String,
        job: String,
        values: Vec<NamedValue>,
        allow_second: bool,
    ) -> Result<Posting, Failure> {
        postings::publish_job(ports(), &request_id, &job, &values, allow_second)
    }

    fn resolve_unknown(posting: String, resolution: Resolution) -> Result<Posting, Failure> {
        postings::resolve_unknown(ports(), &posting, &resolution)
    }

    fn update_job(posting: String, expected_version: String, values: Vec<NamedValue>) -> Result<Change, Failure> {
        postings::update_job(ports(), &posting, &expected_version, &values)
    }

    fn close_job(posting: String) -> Result<Posting, Failure> {
        postings::close_job(ports(), &posting)
    }

    fn reopen_job(request_id: String, posting: String, new_deadline: Option<String>) -> Result<Posting, Failure> {
        postings::reopen_job(ports(), &request_id, &posting, new_deadline.as_deref())
    }

    fn link_job(request_id: String, job: String, board_posting: String) -> Result<Posting, Failure> {
        postings::link_job(ports(), &request_id, &job, &board_posting)
    }

    fn unlink_job(posting: String) -> Result<Posting, Failure> {
        postings::unlink_job(ports(), &posting)
    }

    fn list_linkable(cursor: Option<String>) -> Result<BoardPage, Failure> {
        postings::list_linkable(ports(), cursor.as_deref())
    }

    fn list_postings(job: Option<String>, cursor: Option<String>) -> Result<PostingPage, Failure> {
        postings::list_postings(ports(), job.as_deref(), cursor.as_deref())
    }

    fn get_posting(posting: String, refresh: bool) -> Result<Posting, Failure> {
        postings::get_posting(ports(), &posting, refresh)
    }

    fn reconcile(cursor: Option<String>) -> Result<ReconcilePage, Failure> {
        postings::reconcile(ports(), cursor.as_deref())
    }
}

impl Deliveries for Plugin {
    fn handle_webhook(delivery: Delivery) -> Outcome {
        deliveries::handle_webhook(ports(), &delivery)
    }

    fn fetch_cv(attachment: Attachment) -> Result<File, Failure> {
        deliveries::fetch_cv(ports(), &attachment)
    }
}

impl Privacy for Plugin {
    fn forget(ids: Vec<String>) -> Result<Receipt, Failure> {
        privacy::forget(ports(), &ids)
    }

    fn purge(before: u64) -> Result<Receipt, Failure> {
        privacy::purge(ports(), before)
    }
}
