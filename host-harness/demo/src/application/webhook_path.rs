//! Where a board sends a connection's deliveries. The secret part of the path is kept sealed, beside its digest.

use super::{AppError, Platform, token};
use crate::domain::id::TenantId;
use crate::domain::notice;
use crate::store::connections::{self, StoredConnection};
use crate::store::seal::Sealer;
use crate::store::{StoreError, seal};

/// The secret part of a webhook path as it stands in the database: its digest, and itself sealed.
pub(super) struct Hook {
    pub(super) hash: Vec<u8>,
    pub(super) sealed: Vec<u8>,
}

impl Hook {
    /// Makes a path that nobody can guess. To be called in the transaction that stores it.
    pub(super) fn new(sealer: &Sealer, tenant: TenantId) -> Result<Self, StoreError> {
        let hook = token::random()?;
        Ok(Self {
            hash: token::digest(&[hook.as_bytes()]),
            sealed: sealer.seal(&seal::hook_place(tenant), hook.as_bytes())?,
        })
    }
}

impl Platform {
    /// Where the board sends this connection's deliveries.
    ///
    /// When the key that sealed the path is lost, the path that the employer has pasted goes on working, since deliveries are found by its digest; but nobody
    /// can show it any more. Then there is a second one to show.
    pub(super) async fn webhook_url(
        &self,
        connection: &StoredConnection,
    ) -> Result<String, AppError> {
        let hook = match self.opened(connection) {
            Err(StoreError::Sealed { .. }) => {
                self.add_hook(connection).await?;
                // Perhaps somebody else was faster: theirs counts.
                let present = self.connection(connection.tenant, connection.id).await?;
                self.opened(&present)?
            }
            opened => opened?,
        };
        Ok(format!("{}/hooks/{hook}", self.ports.public_base_url))
    }

    fn opened(&self, connection: &StoredConnection) -> Result<String, StoreError> {
        let place = seal::hook_place(connection.tenant);
        let sealer = &self.ports.sealer;
        let hook = sealer.open("webhook path", &place, &connection.hook_sealed)?;
        String::from_utf8(hook.to_vec()).map_err(|_| StoreError::Corrupt {
            what: "webhook path",
        })
    }

    async fn add_hook(&self, connection: &StoredConnection) -> Result<(), AppError> {
        self.unit(connection, |unit| {
            let hook = Hook::new(unit.sealer, unit.tenant)?;
            if connections::add_hook(unit.db, unit.connection, &hook.hash, &hook.sealed)? {
                let notice = notice::webhook_url_added(unit.board, &unit.connection.name);
                unit.tell_administrators(&notice)?;
            }
            Ok(())
        })
        .await
    }
}

job_board_host::never_printed!(Hook);
