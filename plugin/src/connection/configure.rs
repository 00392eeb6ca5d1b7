//! Taking credentials: tried at TopCV first, stored only when they work, and never for another account by accident.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::contract::connection::{ConnectionStatus, PostingMention};
use crate::contract::events::PostingState;
use crate::contract::log::Level;
use crate::contract::types::{Disposition, NamedValue, Value};
use crate::failure::{Failure, failure, in_progress, invalid, problem};
use crate::never_printed::never_printed;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::{CredentialsRecord, KeyKind};
use crate::state::{format, keys, record, webhook};
use crate::topcv::client::{Client, connect};
use crate::topcv::errors::{BoardError, credentials_refused};
use crate::topcv::protocol::Protocol;
use crate::topcv::sign_in::lease_until;

use super::affected::{mentions, unreadable_note};
use super::settings::{self, Given};
use super::status;

/// See `wit/connection.wit`. On any failure the earlier configuration stands.
pub fn configure(
    ports: Ports<'_>,
    settings: &[NamedValue],
    webhook_url: &str,
    accept_other_account: bool,
) -> Result<ConnectionStatus, Failure> {
    let mut problems = webhook_problem(webhook_url).into_iter().collect::<Vec<_>>();
    let given = settings::read(settings).unwrap_or_else(|found| {
        problems.extend(found);
        Given::default()
    });
    let (connection, _) = ConnectionRecord::load(ports)?;
    let present = CredentialsRecord::load(ports)?
        .map(|stored| stored.value)
        .unwrap_or_default();
    let wanted = Wanted::new(given, &connection, &present);
    if problems.is_empty() {
        problems.extend(wanted.missing());
    }
    if !problems.is_empty() {
        return Err(invalid(problems));
    }
    let protocol = Protocol::with_overrides(wanted.corrections.clone()).map_err(invalid)?;

    if !wanted.asks_board(&connection, &present) {
        store_connection(ports, webhook_url, &wanted, present.account, None)?;
        return status(ports);
    }
    let lease = Lease::take(ports, &protocol, &connection)?;
    let trial = try_out(ports, &protocol, &wanted, &connection, &present)
        .and_then(|trial| trial.confirmed(ports, &connection, &present, accept_other_account));
    let trial = match trial {
        Ok(trial) => trial,
        Err(failure) => {
            lease.release(ports)?;
            return Err(failure);
        }
    };
    let now = ports.clock.now();
    record::modify_or_replace::<CredentialsRecord, ()>(
        ports.secrets,
        keys::CREDENTIALS,
        |stored| {
            let mut next = stored.unwrap_or_default();
            next.access_token.clone_from(&wanted.access_token);
            next.secret_key.clone_from(&wanted.secret_key);
            next.session = Some(trial.session.clone());
            next.account = trial.account;
            next.signing_in_until = None;
            next.take_into_use(KeyKind::SessionToken, &trial.session, now);
            next.take_into_use(KeyKind::SecretKey, &wanted.secret_key, now);
            Ok((Some(next), ()))
        },
    )?;
    store_connection(ports, webhook_url, &wanted, trial.account, Some(now))?;
    ports.log.write(
        Level::Info,
        "connection.configured",
        &[("account", &trial.account.to_string())],
    );
    let mut status = status(ports)?;
    status.affected = trial.affected;
    status.extra.extend(unreadable_note(trial.unreadable));
    Ok(status)
}

/// What the connection shall be after this call.
struct Wanted {
    access_token: String,
    secret_key: String,
    corrections: BTreeMap<String, String>,
    record_format: Option<u32>,
}

impl Wanted {
    fn new(given: Given, connection: &ConnectionRecord, present: &CredentialsRecord) -> Self {
        Self {
            record_format: given.record_format,
            access_token: given
                .access_token
                .unwrap_or_else(|| present.access_token.clone()),
            secret_key: given
                .secret_key
                .unwrap_or_else(|| present.secret_key.clone()),
            corrections: given
                .protocol
                .unwrap_or_else(|| connection.protocol.clone()),
        }
    }

    fn missing(&self) -> Vec<crate::contract::types::FieldProblem> {
        [
            (settings::ACCESS_TOKEN, &self.access_token),
            (settings::SECRET_KEY, &self.secret_key),
        ]
        .into_iter()
        .filter(|(_, value)| value.is_empty())
        .map(|(field, _)| {
            problem(
                field,
                "required",
                "Cần nhập mục này. Sao chép từ TopCV: Cài đặt tài khoản > Kết nối API.",
                "This is required. Copy it from TopCV: Cài đặt tài khoản > Kết nối API.",
            )
        })
        .collect()
    }

    /// A form opened only to copy the URL, or a correction that concerns no call, asks nobody: each sign-in makes a new signing key.
    fn asks_board(&self, connection: &ConnectionRecord, present: &CredentialsRecord) -> bool {
        let calls = |corrections: &BTreeMap<String, String>| -> Vec<(String, String)> {
            corrections
                .iter()
                .filter(|(key, _)| {
                    key.as_str() == "base_url"
                        || key.starts_with("path.")
                        || key.starts_with("header.")
                })
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        !connection.configured
            || connection.refused.is_some()
            || self.access_token != present.access_token
            || self.secret_key != present.secret_key
            || calls(&self.corrections) != calls(&connection.protocol)
    }
}

never_printed!(Given, Wanted, Trial);

/// What TopCV said to the credentials.
struct Trial {
    session: String,
    account: u32,
    affected: Vec<PostingMention>,
    /// Keys of postings' records that could not be read.
    unreadable: Vec<String>,
}

impl Trial {
    /// Another account needs the recruiter's word, when postings of the present one would be left behind.
    fn confirmed(
        mut self,
        ports: Ports<'_>,
        connection: &ConnectionRecord,
        present: &CredentialsRecord,
        accepted: bool,
    ) -> Result<Self, Failure> {
        let current = account_in_use(connection, present);
        if self.account == current {
            return Ok(self);
        }
        (self.affected, self.unreadable) = mentions(ports, current, |record, state| {
            record.account == current && state != PostingState::Unlinked
        })?;
        // A record that cannot be read may be one of them.
        if (self.affected.is_empty() && self.unreadable.is_empty()) || accepted {
            Ok(self)
        } else {
            Err(other_account(&self.affected))
        }
    }
}

fn try_out(
    ports: Ports<'_>,
    protocol: &Protocol,
    wanted: &Wanted,
    connection: &ConnectionRecord,
    present: &CredentialsRecord,
) -> Result<Trial, Failure> {
    let session =
        connect(ports, protocol, &wanted.access_token, &wanted.secret_key).map_err(refused)?;
    let current = account_in_use(connection, present);
    let same = current == 0 || wanted.access_token == present.access_token;
    let account = if same {
        current.max(1)
    } else {
        let mut client =
            Client::with_session(ports, protocol.clone(), &wanted.secret_key, &session);
        account_of(&mut client, connection, current).inspect_err(|_| keep_key(ports, &session))?
    };
    Ok(Trial {
        session,
        account,
        affected: Vec::new(),
        unreadable: Vec::new(),
    })
}

/// The sign-in worked and may have made a new signing key at TopCV: it verifies deliveries although the credentials are not taken.
fn keep_key(ports: Ports<'_>, session: &str) {
    let now = ports.clock.now();
    let kept =
        record::modify::<CredentialsRecord, ()>(ports.secrets, keys::CREDENTIALS, |stored| {
            let Some(mut next) = stored.filter(CredentialsRecord::is_complete) else {
                return Ok((None, ()));
            };
            next.keep_retired(KeyKind::SessionToken, session, now);
            Ok((Some(next), ()))
        });
    if kept.is_err() {
        ports.log.write(Level::Warn, "connection.key-not-kept", &[]);
    }
}

fn account_in_use(connection: &ConnectionRecord, present: &CredentialsRecord) -> u32 {
    if present.account == 0 {
        connection.account
    } else {
        present.account
    }
}

/// Finds the account behind new credentials by asking for postings that are known: the present account's first, then earlier ones'.
fn account_of(
    client: &mut Client<'_>,
    connection: &ConnectionRecord,
    current: u32,
) -> Result<u32, Failure> {
    if connection.known.values().all(Vec::is_empty) {
        return Ok(current);
    }
    let known = connection.known.iter().rev();
    let earlier = known.filter(|(account, _)| **account != current);
    let present = connection.known.get_key_value(&current).into_iter();
    for (account, postings) in present.chain(earlier) {
        for posting in postings {
            match client.detail(posting) {
                Ok(_) => return Ok(*account),
                Err(BoardError::NotFound | BoardError::Forbidden) => {}
                Err(error) => return Err(error.into_failure()),
            }
        }
    }
    // The present account without a known posting cannot be told from a new one; the careful answer is a new number.
    Ok(connection
        .known
        .keys()
        .copied()
        .max()
        .unwrap_or(0)
        .max(current)
        + 1)
}

fn refused(error: BoardError) -> Failure {
    match error {
        BoardError::Unauthorised | BoardError::SessionOver => credentials_refused(Some(401)),
        BoardError::Fields(_) => credentials_refused(Some(422)),
        BoardError::NotFound => failure(
                Disposition::FixSettings,
                "connect-not-found",
                "Máy chủ trả lời nhưng không có chức năng kết nối ở địa chỉ này. Hãy báo người vận hành kiểm tra địa chỉ TopCV.",
                "The server answers but has no connect operation at this address. Ask the operator to check TopCV's base URL.",
            ).with(|it| it.board_status = Some(404)),
        other => other.into_failure(),
    }
}

fn other_account(affected: &[PostingMention]) -> Failure {
    let list: Vec<_> = affected
        .iter()
        .map(|mention| {
            serde_json::json!({
                "posting": mention.posting,
                "board_posting": mention.board_posting,
                "job": mention.job,
                "title": mention.title,
            })
        })
        .collect();
    failure(
            Disposition::Conflict,
            "other-account",
            format!(
                "Access Token này thuộc một tài khoản TopCV khác. {} tin đã đăng sẽ không cập nhật được nữa. Hãy xác nhận nếu bạn thực sự muốn đổi tài khoản.",
                affected.len()
            ),
            format!(
                "This Access Token belongs to another TopCV account. {} posting(s) could no longer be updated. Confirm if you really want to change the account.",
                affected.len()
            ),
        ).with(|it| it.extra = vec![NamedValue {
            name: "affected-postings".into(),
            value: Value::Json(serde_json::Value::Array(list).to_string()),
        }])
}

fn store_connection(
    ports: Ports<'_>,
    webhook_url: &str,
    wanted: &Wanted,
    account: u32,
    signed_in_at: Option<u64>,
) -> Result<(), Failure> {
    if let Some(number) = wanted.record_format {
        format::set(ports, number)?;
    }
    webhook::keep(ports, webhook_url)?;
    ConnectionRecord::modify(ports, |connection| {
        let before = connection.clone();
        connection.configured = true;
        connection.webhook_url.clear();
        connection.protocol.clone_from(&wanted.corrections);
        connection.account = account;
        connection.refused = None;
        connection.signed_in_at = signed_in_at.or(connection.signed_in_at);
        *connection != before
    })
}

fn webhook_problem(url: &str) -> Option<crate::contract::types::FieldProblem> {
    let usable = url.len() <= 2_048 && Address::parse(url).is_some();
    (!usable).then(|| {
        problem(
            "webhook-url",
            "bad-url",
            "Địa chỉ nhận webhook không phải là một URL đầy đủ. Hãy báo người vận hành hệ thống.",
            "The webhook address is not an absolute URL. Tell the operator.",
        )
    })
}

/// The right to sign in, for a while; shared with the silent sign-in.
struct Lease {
    /// Nothing was stored before: releasing removes the placeholder again.
    fresh: bool,
}

impl Lease {
    fn take(
        ports: Ports<'_>,
        protocol: &Protocol,
        connection: &ConnectionRecord,
    ) -> Result<Self, Failure> {
        let now = ports.clock.now();
        // Besides connect, known postings are asked for.
        let reads = connection.known.values().map(Vec::len).sum();
        record::modify_or_replace::<CredentialsRecord, Self>(
            ports.secrets,
            keys::CREDENTIALS,
            |stored| {
                let fresh = stored.is_none();
                let mut next = stored.unwrap_or_default();
                if let Some(until) = next.signing_in_until.filter(|until| *until > now) {
                    return Err(in_progress("signing-in", now, until));
                }
                next.signing_in_until = Some(lease_until(now, protocol, reads));
                Ok((Some(next), Self { fresh }))
            },
        )
    }

    fn release(self, ports: Ports<'_>) -> Result<(), Failure> {
        let Some(stored) = record::load::<CredentialsRecord>(ports.secrets, keys::CREDENTIALS)?
        else {
            return Ok(());
        };
        if self.fresh && !stored.value.is_complete() {
            record::remove(ports.secrets, keys::CREDENTIALS, &stored.version)?;
            return Ok(());
        }
        record::modify::<CredentialsRecord, ()>(ports.secrets, keys::CREDENTIALS, |stored| {
            Ok((
                stored.map(|record| CredentialsRecord {
                    signing_in_until: None,
                    ..record
                }),
                (),
            ))
        })
    }
}
