//! How the connection stands, from storage alone.

use crate::contract::connection::{ConnectionState, ConnectionStatus};
use crate::contract::types::{NamedValue, Value};
use crate::failure::{Failure, credentials_lost, named};
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::CredentialsRecord;
use crate::state::fields::Field as _;
use crate::state::{format, webhook};
use crate::topcv::errors::{BoardError, credentials_refused};

use super::settings;

/// Works without credentials and when TopCV is down.
pub fn status(ports: Ports<'_>) -> Result<ConnectionStatus, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    let credentials = CredentialsRecord::load(ports)?.map(|stored| stored.value);
    let format = format::in_force(ports.storage)?;
    let mut status = shown(&connection, credentials.as_ref(), format);
    status.webhook_url = webhook::kept(ports, &connection)?;
    Ok(status)
}

/// The records as the contract shows them: of a secret, only that it is there. Without the webhook URL.
pub(super) fn shown(
    connection: &ConnectionRecord,
    credentials: Option<&CredentialsRecord>,
    format: u32,
) -> ConnectionStatus {
    let complete = credentials.is_some_and(CredentialsRecord::is_complete);
    let mut stored = Vec::new();
    for (name, present) in [
        (
            settings::ACCESS_TOKEN,
            credentials.is_some_and(|record| !record.access_token.is_empty()),
        ),
        (
            settings::SECRET_KEY,
            credentials.is_some_and(|record| !record.secret_key.is_empty()),
        ),
    ] {
        if present && connection.configured {
            stored.push(NamedValue {
                name: name.into(),
                value: Value::Truth(true),
            });
        }
    }
    let corrections = connection.protocol.write().to_string();
    stored.push(NamedValue {
        name: settings::PROTOCOL.into(),
        value: Value::Json(corrections),
    });
    stored.push(NamedValue {
        name: settings::RECORD_FORMAT.into(),
        value: Value::Integer(i64::from(format)),
    });
    let problem = problem(connection, complete);
    ConnectionStatus {
        state: match (&problem, connection.configured) {
            (_, false) => ConnectionState::NotConfigured,
            (Some(_), true) => ConnectionState::Broken,
            (None, true) => ConnectionState::Configured,
        },
        webhook_url: None,
        settings: stored,
        problem: problem.map(Into::into),
        signed_in_at: connection.signed_in_at,
        signature_key: connection.signature_key.clone(),
        affected: Vec::new(),
        board_told: None,
        extra: vec![named("account", connection.account.to_string())],
    }
}

fn problem(connection: &ConnectionRecord, complete: bool) -> Option<Failure> {
    match connection.refused.as_deref() {
        _ if !connection.configured => None,
        // A lost encryption key looks like this: the connection is there, its secrets cannot be read any more.
        _ if !complete => Some(credentials_lost()),
        None => None,
        Some("service-not-open") => Some(BoardError::Forbidden.into_failure()),
        Some(_) => Some(credentials_refused(None)),
    }
}
