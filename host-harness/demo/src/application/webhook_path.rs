//! Where a board sends a connection's deliveries. The secret part of the path is kept sealed, beside its digest.

use super::{AppError, Platform, token};
use crate::domain::id::TenantId;
use crate::domain::notice;
use crate::store::StoreError;
use crate::store::connections::{self, StoredConnection};

/// A secret part that stands in the database: its digest, and itself sealed.
pub(super) struct Hook {
    pub(super) hash: Vec<u8>,
    pub(super) sealed: Vec<u8>,
}

/// Binds the sealed path to its tenant.
fn place(tenant: TenantId) -> String {
    format!("hook/{}", tenant.0)
}

impl Platform {
    /// Makes a path that nobody can guess.
    pub(super) fn new_hook(&self, tenant: TenantId) -> Result<(String, Hook), AppError> {
        let hook = token::random()?;
        let kept = self.keep_hook(tenant, &hook)?;
        Ok((hook, kept))
    }

    fn keep_hook(&self, tenant: TenantId, hook: &str) -> Result<Hook, AppError> {
        let sealed = self.ports.sealer.seal(&place(tenant), hook.as_bytes())?;
        Ok(Hook {
            hash: token::digest(&[hook.as_bytes()]),
            sealed,
        })
    }

    /// Where the board sends this connection's deliveries.
    ///
    /// When the key that sealed the path is lost, the path is taken back from what the plugin was told of it, so that the employer has nothing to
    /// paste anew; where the plugin does not know it either, there is a new one.
    pub(super) async fn webhook_url(
        &self,
        connection: &StoredConnection,
    ) -> Result<String, AppError> {
        let opened = self.ports.sealer.open(
            "webhook path",
            &place(connection.tenant),
            &connection.hook_sealed,
        );
        let hook = match opened {
            Ok(hook) => String::from_utf8(hook.to_vec()).map_err(|_| StoreError::Corrupt {
                what: "webhook path",
            })?,
            Err(StoreError::Sealed { .. }) => self.recover_hook(connection).await?,
            Err(error) => return Err(error.into()),
        };
        Ok(format!("{}/hooks/{hook}", self.ports.public_base_url))
    }

    async fn recover_hook(&self, connection: &StoredConnection) -> Result<String, AppError> {
        let told = match self.plugin(connection.id)?.status().await {
            Ok(status) => status.webhook_url,
            Err(error) => return Err(error.into()),
        };
        let was_configured = told.is_some();
        let told = told.and_then(|url| Some(url.rsplit_once("/hooks/")?.1.to_owned()));
        let same = told.filter(|hook| token::digest(&[hook.as_bytes()]) == connection.hook_hash);
        let replaced = same.is_none();
        let (hook, kept) = match same {
            Some(hook) => {
                let kept = self.keep_hook(connection.tenant, &hook)?;
                (hook, kept)
            }
            None => self.new_hook(connection.tenant)?,
        };
        let stored = self
            .unit(connection, move |unit| {
                if !connections::set_hook(unit.db, unit.connection, &kept.hash, &kept.sealed)? {
                    return Ok(false);
                }
                if replaced && was_configured {
                    let notice = notice::webhook_url_replaced(unit.board, &unit.connection.name);
                    unit.tell_administrators(&notice)?;
                }
                Ok(true)
            })
            .await?;
        if stored {
            return Ok(hook);
        }
        // Somebody else was faster: theirs counts.
        let connection = self.connection(connection.tenant, connection.id).await?;
        let hook = self.ports.sealer.open(
            "webhook path",
            &place(connection.tenant),
            &connection.hook_sealed,
        )?;
        let hook = String::from_utf8(hook.to_vec());
        hook.map_err(|_| {
            StoreError::Corrupt {
                what: "webhook path",
            }
            .into()
        })
    }
}
