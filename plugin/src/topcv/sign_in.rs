//! Renewing the session. Every sign-in may make a new signing key at TopCV, also this silent one, so it is leased:
//! two hosts at once would each get a key, and the older of the two would be taken for the newer.

use super::client::connect;
use super::errors::{BoardError, credentials_refused};
use super::protocol::Protocol;
use crate::contract::log::Level;
use crate::contract::types::Moment;
use crate::failure::{Failure, in_progress};
use crate::lease;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::{CredentialsRecord, KeyKind};
use crate::state::keys;
use crate::state::record;

/// Until when a sign-in may be under way that begins now and makes so many reading calls besides connect.
pub fn lease_until(now: Moment, protocol: &Protocol, reads: usize) -> Moment {
    let reads = reads as u64 + 1;
    lease::until(
        now,
        protocol.number("timeout.write_ms") + reads * protocol.number("timeout.read_ms"),
    )
}

/// Answers a session other than `stale`: another caller's, when it has renewed already, or a new one.
pub fn sign_in(
    ports: Ports<'_>,
    protocol: &Protocol,
    stale: Option<&str>,
) -> Result<String, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    let stored = CredentialsRecord::in_use(ports, &connection)?;
    let credentials = stored.value;
    if let Some(session) = credentials
        .session
        .as_ref()
        .filter(|session| Some(session.as_str()) != stale)
    {
        return Ok(session.clone());
    }
    let now = ports.clock.now();
    if let Some(until) = credentials.signing_in_until.filter(|until| *until > now) {
        return Err(in_progress("signing-in", now, until));
    }
    let leased = CredentialsRecord {
        signing_in_until: Some(lease_until(now, protocol, 0)),
        ..credentials
    };
    record::save_over(
        ports.secrets,
        keys::CREDENTIALS,
        Some(&stored.version),
        &leased,
    )?;

    let answer = connect(ports, protocol, &leased.access_token, &leased.secret_key);
    let now = ports.clock.now();
    settle(ports, &leased, answer.as_ref().ok(), now)?;
    match answer {
        Ok(session) => {
            ConnectionRecord::modify(ports, |connection| {
                connection.signed_in_at = Some(now);
                connection.refused = None;
                true
            })?;
            ports.log.write(Level::Info, "session.renewed", &[]);
            Ok(session)
        }
        Err(error) => Err(refused(ports, error)),
    }
}

/// Ends the lease and, after a success, takes the new session into use.
fn settle(
    ports: Ports<'_>,
    used: &CredentialsRecord,
    session: Option<&String>,
    now: u64,
) -> Result<(), Failure> {
    record::modify::<CredentialsRecord, ()>(ports.secrets, keys::CREDENTIALS, |present| {
        // Disconnected or given other credentials meanwhile: the session belongs to nobody any more.
        let Some(mut next) = present.filter(|next| {
            next.access_token == used.access_token && next.secret_key == used.secret_key
        }) else {
            return Ok((None, ()));
        };
        next.signing_in_until = None;
        if let Some(session) = session {
            next.session = Some(session.clone());
            next.take_into_use(KeyKind::SessionToken, session, now);
        }
        Ok((Some(next), ()))
    })
}

/// Remembers that the board refused the credentials, so that the status says so until they work again.
fn refused(ports: Ports<'_>, error: BoardError) -> Failure {
    let failure = match error {
        BoardError::SessionOver | BoardError::Unauthorised => credentials_refused(Some(401)),
        other => other.into_failure(),
    };
    if matches!(
        failure.code.as_str(),
        "credentials-refused" | "service-not-open"
    ) {
        let code = failure.code.clone();
        let noted = ConnectionRecord::modify(ports, |connection| {
            connection.refused = Some(code.clone());
            true
        });
        if noted.is_err() {
            ports
                .log
                .write(Level::Warn, "session.refusal-not-noted", &[("code", &code)]);
        }
    }
    failure
}
