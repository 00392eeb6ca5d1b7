//! The end of a connection: TopCV is told, and the credentials are forgotten whatever it answers.

use crate::contract::connection::ConnectionStatus;
use crate::contract::events::PostingState;
use crate::contract::log::Level;
use crate::contract::storage::{Precondition, StorageError};
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::CredentialsRecord;
use crate::state::record::{load_or_broken, storage_failure};
use crate::state::{format, keys};
use crate::topcv::client::{self, protocol_of};

use super::affected::{mentions, unreadable_note};
use super::status::shown;

/// Postings stay; those that candidates still see are named. Without credentials it is a success that did nothing.
pub fn disconnect(ports: Ports<'_>) -> Result<ConnectionStatus, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    // A credentials record that cannot be read is forgotten like any other.
    let credentials = load_or_broken::<CredentialsRecord>(ports.secrets, keys::CREDENTIALS)
        .ok()
        .and_then(Result::ok)
        .flatten();
    let (affected, unreadable) = mentions(ports, connection.account, |_, state| {
        connection.configured && matches!(state, PostingState::Live | PostingState::PendingReview)
    })?;
    let told = credentials
        .filter(|stored| stored.value.is_complete())
        .map(|stored| client::disconnect(ports, &protocol_of(&connection), &stored.value).is_ok());

    // First the mark, then the secrets: from the mark on every delivery and call is refused.
    ConnectionRecord::modify(ports, |connection| {
        let was = connection.configured;
        connection.configured = false;
        connection.refused = None;
        connection.signature_key = None;
        // Of a build that kept it here.
        let url = std::mem::take(&mut connection.webhook_url);
        was || !url.is_empty()
    })?;
    for key in [keys::CREDENTIALS, keys::WEBHOOK] {
        match ports.secrets.delete(key, &Precondition::Any) {
            Ok(()) => {}
            Err(error @ StorageError::Unavailable(_)) => match ports.secrets.get(key) {
                Ok(None) => {}
                _ => return Err(storage_failure(key, &error)),
            },
            Err(error) => return Err(storage_failure(key, &error)),
        }
    }
    ports.log.write(
        Level::Info,
        "connection.ended",
        &[("board-told", if told == Some(true) { "yes" } else { "no" })],
    );
    let (connection, _) = ConnectionRecord::load(ports)?;
    let mut status = shown(&connection, None, format::in_force(ports.storage)?);
    status.affected = affected;
    status.board_told = told;
    status.extra.extend(unreadable_note(unreadable));
    Ok(status)
}
