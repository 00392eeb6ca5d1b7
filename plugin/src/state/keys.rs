//! The names of all records, in one place.
//!
//! Ids that come from outside are hashed: the key alphabet is narrow, and some stores compare keys without regard to case.

use crate::digest;

/// In `storage`: [`super::connection::ConnectionRecord`].
pub const CONNECTION: &str = "connection";

/// In `secrets`: [`super::credentials::CredentialsRecord`].
pub const CREDENTIALS: &str = "credentials";

/// In `secrets`: [`super::webhook::WebhookRecord`].
pub const WEBHOOK: &str = "webhook";

/// In `storage` and in `secrets`: [`super::format::FormatRecord`].
pub const FORMAT: &str = "format";

/// Prefix of all [`posting`] keys.
pub const POSTINGS: &str = "posting/";

/// [`super::posting::PostingRecord`] of a request id.
pub fn posting(id: &str) -> String {
    format!("{POSTINGS}{}", digest::short(&[id]))
}

/// [`super::posting::JobRecord`] of a platform's job.
pub fn job(id: &str) -> String {
    format!("job/{}", digest::short(&[id]))
}

/// [`super::posting::BoardRecord`] of a posting at the board.
pub fn board(id: &str) -> String {
    format!("board/{}", digest::short(&[id]))
}

/// [`super::posting::RequestRecord`] of a reopening's request id.
pub fn request(id: &str) -> String {
    format!("request/{}", digest::short(&[id]))
}

/// The last copy of one list of the board's options. `kind` is one of the protocol's metadata names.
pub fn catalogue(kind: &str) -> String {
    format!("catalogue/{}", digest::short(&[kind]))
}
