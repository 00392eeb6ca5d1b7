//! Asking TopCV whether the credentials still work.

use crate::contract::connection::ConnectionStatus;
use crate::contract::types::Disposition;
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::webhook;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;

use super::status;

/// Refused credentials are an answer (state `broken`); a board that cannot be asked is a failure that changes nothing.
pub fn check(ports: Ports<'_>) -> Result<ConnectionStatus, Failure> {
    webhook::move_to_secrets(ports)?;
    let mut client = match Client::open(ports) {
        Ok(client) => client,
        // As good as refused: `broken`, with what to do.
        Err(failure) if failure.code == "credentials-lost" => return status(ports),
        Err(failure) => return Err(failure),
    };
    let refused = match client.check() {
        Ok(true) => None,
        Ok(false) => Some("credentials-refused"),
        // The path is assumed: a board without it says nothing about the credentials beyond having let us in.
        Err(BoardError::NotFound) => None,
        Err(BoardError::Forbidden) => Some("service-not-open"),
        Err(BoardError::SessionOver | BoardError::Unauthorised) => Some("credentials-refused"),
        Err(error) => {
            let failure = error.into_failure();
            return match failure.disposition {
                // Signing in again was refused and is noted already.
                Disposition::SignInAgain | Disposition::NotEntitled => status(ports),
                _ => Err(failure),
            };
        }
    };
    ConnectionRecord::modify(ports, |connection| {
        let changed = connection.refused.as_deref() != refused;
        connection.refused = refused.map(String::from);
        changed
    })?;
    status(ports)
}
