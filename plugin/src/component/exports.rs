//! The functions that the host calls, under the names and with the parameters that the component model gives them.
//!
//! A text or a list is its start and length; an optional one has 0 or 1 before it; a result is the place where it stands. `cargo xtask build`
//! refuses a component whose functions are not exactly those of `wit/`.

#![allow(
    unsafe_code,
    reason = "a name that another function had too would be undefined behaviour; the component model's names are our own"
)]

use super::ports;
use crate::abi::{give, list, string};
use crate::contract::deliveries::Delivery;
use crate::contract::events::Attachment;
use crate::contract::postings::{Job, Resolution};
use crate::{connection, deliveries, postings, privacy};

/// Where a result stands.
type Place = *const u64;

fn option(is_some: u32, start: usize, length: usize) -> Option<String> {
    (is_some != 0).then(|| string(start, length))
}

#[unsafe(export_name = "hiring:job-board/connection@0.1.0#describe")]
extern "C" fn describe() -> Place {
    give(connection::describe())
}

#[unsafe(export_name = "hiring:job-board/connection@0.1.0#configure")]
extern "C" fn configure(
    settings: usize,
    settings_length: usize,
    webhook_url: usize,
    webhook_url_length: usize,
    accept_other_account: u32,
) -> Place {
    give(connection::configure(
        ports(),
        &list(settings, settings_length),
        &string(webhook_url, webhook_url_length),
        accept_other_account != 0,
    ))
}

#[unsafe(export_name = "hiring:job-board/connection@0.1.0#status")]
extern "C" fn status() -> Place {
    give(connection::status(ports()))
}

#[unsafe(export_name = "hiring:job-board/connection@0.1.0#check")]
extern "C" fn check() -> Place {
    give(connection::check(ports()))
}

#[unsafe(export_name = "hiring:job-board/connection@0.1.0#disconnect")]
extern "C" fn disconnect() -> Place {
    give(connection::disconnect(ports()))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#prepare-job")]
extern "C" fn prepare_job(
    id: usize,
    id_length: usize,
    title: usize,
    title_length: usize,
    details: usize,
    details_length: usize,
    has_posting: u32,
    posting: usize,
    posting_length: usize,
) -> Place {
    let job = Job {
        id: string(id, id_length),
        title: string(title, title_length),
        details: list(details, details_length),
    };
    let posting = option(has_posting, posting, posting_length);
    give(postings::prepare_job(ports(), &job, posting.as_deref()))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#publish-job")]
extern "C" fn publish_job(
    request_id: usize,
    request_id_length: usize,
    job: usize,
    job_length: usize,
    values: usize,
    values_length: usize,
    allow_second: u32,
) -> Place {
    give(postings::publish_job(
        ports(),
        &string(request_id, request_id_length),
        &string(job, job_length),
        &list(values, values_length),
        allow_second != 0,
    ))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#resolve-unknown")]
extern "C" fn resolve_unknown(
    posting: usize,
    posting_length: usize,
    resolution: u32,
    board_posting: usize,
    board_posting_length: usize,
) -> Place {
    let resolution = match resolution {
        0 => Resolution::Adopt(string(board_posting, board_posting_length)),
        _ => Resolution::NotCreated,
    };
    let posting = string(posting, posting_length);
    give(postings::resolve_unknown(ports(), &posting, &resolution))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#update-job")]
extern "C" fn update_job(
    posting: usize,
    posting_length: usize,
    expected_version: usize,
    expected_version_length: usize,
    values: usize,
    values_length: usize,
) -> Place {
    give(postings::update_job(
        ports(),
        &string(posting, posting_length),
        &string(expected_version, expected_version_length),
        &list(values, values_length),
    ))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#close-job")]
extern "C" fn close_job(posting: usize, posting_length: usize) -> Place {
    give(postings::close_job(
        ports(),
        &string(posting, posting_length),
    ))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#reopen-job")]
extern "C" fn reopen_job(
    request_id: usize,
    request_id_length: usize,
    posting: usize,
    posting_length: usize,
    has_deadline: u32,
    deadline: usize,
    deadline_length: usize,
) -> Place {
    give(postings::reopen_job(
        ports(),
        &string(request_id, request_id_length),
        &string(posting, posting_length),
        option(has_deadline, deadline, deadline_length).as_deref(),
    ))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#link-job")]
extern "C" fn link_job(
    request_id: usize,
    request_id_length: usize,
    job: usize,
    job_length: usize,
    board_posting: usize,
    board_posting_length: usize,
) -> Place {
    give(postings::link_job(
        ports(),
        &string(request_id, request_id_length),
        &string(job, job_length),
        &string(board_posting, board_posting_length),
    ))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#unlink-job")]
extern "C" fn unlink_job(posting: usize, posting_length: usize) -> Place {
    give(postings::unlink_job(
        ports(),
        &string(posting, posting_length),
    ))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#list-linkable")]
extern "C" fn list_linkable(has_cursor: u32, cursor: usize, cursor_length: usize) -> Place {
    let cursor = option(has_cursor, cursor, cursor_length);
    give(postings::list_linkable(ports(), cursor.as_deref()))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#list-postings")]
extern "C" fn list_postings(
    has_job: u32,
    job: usize,
    job_length: usize,
    has_cursor: u32,
    cursor: usize,
    cursor_length: usize,
) -> Place {
    give(postings::list_postings(
        ports(),
        option(has_job, job, job_length).as_deref(),
        option(has_cursor, cursor, cursor_length).as_deref(),
    ))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#get-posting")]
extern "C" fn get_posting(posting: usize, posting_length: usize, refresh: u32) -> Place {
    let posting = string(posting, posting_length);
    give(postings::get_posting(ports(), &posting, refresh != 0))
}

#[unsafe(export_name = "hiring:job-board/postings@0.1.0#reconcile")]
extern "C" fn reconcile(has_cursor: u32, cursor: usize, cursor_length: usize) -> Place {
    let cursor = option(has_cursor, cursor, cursor_length);
    give(postings::reconcile(ports(), cursor.as_deref()))
}

#[unsafe(export_name = "hiring:job-board/deliveries@0.1.0#handle-webhook")]
extern "C" fn handle_webhook(
    method: usize,
    method_length: usize,
    headers: usize,
    headers_length: usize,
    body: usize,
    body_length: usize,
    received_at: u64,
) -> Place {
    let delivery = Delivery {
        method: string(method, method_length),
        headers: list(headers, headers_length),
        body: list(body, body_length),
        received_at,
    };
    give(deliveries::handle_webhook(ports(), &delivery))
}

#[unsafe(export_name = "hiring:job-board/deliveries@0.1.0#fetch-cv")]
extern "C" fn fetch_cv(
    id: usize,
    id_length: usize,
    application_id: usize,
    application_id_length: usize,
    kind: usize,
    kind_length: usize,
    url: usize,
    url_length: usize,
    has_fallback_url: u32,
    fallback_url: usize,
    fallback_url_length: usize,
    has_expires_at: u32,
    expires_at: u64,
    signed: u32,
) -> Place {
    let attachment = Attachment {
        id: string(id, id_length),
        application_id: string(application_id, application_id_length),
        kind: string(kind, kind_length),
        url: string(url, url_length),
        fallback_url: option(has_fallback_url, fallback_url, fallback_url_length),
        expires_at: (has_expires_at != 0).then_some(expires_at),
        signed: signed != 0,
    };
    give(deliveries::fetch_cv(ports(), &attachment))
}

#[unsafe(export_name = "hiring:job-board/privacy@0.1.0#forget")]
extern "C" fn forget(ids: usize, ids_length: usize) -> Place {
    give(privacy::forget(ports(), &list(ids, ids_length)))
}

#[unsafe(export_name = "hiring:job-board/privacy@0.1.0#purge")]
extern "C" fn purge(before: u64) -> Place {
    give(privacy::purge(ports(), before))
}
