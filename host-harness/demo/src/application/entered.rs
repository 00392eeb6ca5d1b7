//! What a person entered, sealed into the page that asks them to confirm it.
//!
//! Access codes are never shown again, and the page cannot hold them in the clear. Sealed with the platform's key, they need no memory of
//! the server either: a restart in between changes nothing.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{AppError, Platform};
use crate::domain::id::ConnectionId;
use crate::domain::user::User;
use crate::domain::value::Values;
use crate::store::StoreError;

/// How long a person may think it over.
const TIME_TO_DECIDE_MS: u64 = 10 * 60 * 1000;

#[derive(Serialize, Deserialize)]
struct Entered {
    until: u64,
    values: Values,
}

impl Platform {
    /// Seals what was entered. It opens for this person and this connection alone, for ten minutes.
    pub fn seal_entered(
        &self,
        user: &User,
        connection: ConnectionId,
        values: Values,
    ) -> Result<String, AppError> {
        let until = self.now().saturating_add(TIME_TO_DECIDE_MS);
        let plain = serde_json::to_vec(&Entered { until, values })
            .map(Zeroizing::new)
            .map_err(|_| StoreError::Corrupt { what: "form" })?;
        let sealed = self.ports.sealer.seal(&place(user, connection), &plain)?;
        Ok(hex::encode(sealed))
    }

    /// What [`Platform::seal_entered`] was given. `None`: too late, of somebody else, or changed.
    #[must_use]
    pub fn open_entered(
        &self,
        user: &User,
        connection: ConnectionId,
        sealed: &str,
    ) -> Option<Values> {
        let sealed = hex::decode(sealed).ok()?;
        let place = place(user, connection);
        let plain = self.ports.sealer.open("form", &place, &sealed).ok()?;
        let entered: Entered = serde_json::from_slice(&plain).ok()?;
        (self.now() <= entered.until).then_some(entered.values)
    }
}

fn place(user: &User, connection: ConnectionId) -> String {
    format!("entered/{}/{}/{}", user.tenant.0, user.id.0, connection.0)
}
