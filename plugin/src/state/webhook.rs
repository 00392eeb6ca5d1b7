//! Where the host receives deliveries. The path is a secret, so it stands among the secrets and not in the connection's record.

use super::connection::ConnectionRecord;
use super::fields::record;
use super::keys;
use super::record::{self, Record};
use crate::failure::Failure;
use crate::never_printed::never_printed;
use crate::ports::Ports;

record! {
    /// Stored under [`keys::WEBHOOK`] in `secrets`. No `Debug`: it holds a secret.
    #[derive(Clone, Default, PartialEq)]
    pub struct WebhookRecord {
        /// The whole URL.
        pub url: String,
    }
}

never_printed!(WebhookRecord, ConnectionRecord);

impl Record for WebhookRecord {
    const SCHEMA: u32 = 1;
}

/// Keeps the URL that the host names.
pub fn keep(ports: Ports<'_>, url: &str) -> Result<(), Failure> {
    record::modify_or_replace::<WebhookRecord, ()>(ports.secrets, keys::WEBHOOK, |present| {
        let mut next = present.unwrap_or_default();
        if next.url == url {
            return Ok((None, ()));
        }
        next.url = url.to_owned();
        Ok((Some(next), ()))
    })
}

/// What the host named last. `None`: nothing yet, or it can no longer be read; the host knows it.
pub fn kept(ports: Ports<'_>, connection: &ConnectionRecord) -> Result<Option<String>, Failure> {
    let stored = record::load_or_broken::<WebhookRecord>(ports.secrets, keys::WEBHOOK)?;
    let url = match stored {
        Ok(Some(stored)) => stored.value.url,
        // Of a build that kept it in the connection's record.
        Ok(None) | Err(_) => connection.webhook_url.clone(),
    };
    Ok(Some(url).filter(|url| !url.is_empty()))
}

/// Takes the URL out of the connection's record, where a build of before has put it: in the clear.
pub fn move_to_secrets(ports: Ports<'_>) -> Result<(), Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    if connection.webhook_url.is_empty() {
        return Ok(());
    }
    if record::load_or_broken::<WebhookRecord>(ports.secrets, keys::WEBHOOK)?
        .ok()
        .flatten()
        .is_none()
    {
        keep(ports, &connection.webhook_url)?;
    }
    ConnectionRecord::modify(ports, |connection| {
        !std::mem::take(&mut connection.webhook_url).is_empty()
    })
}
