//! A tenant's accounts at boards: making one, looking at one, asking whether it still works, ending it.

use job_board_host::contract::connection::{ConnectionState, ConnectionStatus};
use job_board_host::contract::forms::Audience;
use job_board_host::contract::types::NamedValue;

use super::{AppError, Platform, token};
use crate::board::{PluginError, convert};
use crate::domain::id::{ConnectionId, TenantId};
use crate::domain::user::User;
use crate::store::connections::{self, StoredConnection};
use crate::store::{StoreError, deliveries, events};

/// What the platform itself knows about a connection's traffic.
pub struct Counters {
    /// When the last delivery was accepted.
    pub last_delivery_at: Option<u64>,
    /// Deliveries in quarantine.
    pub quarantined: u64,
    /// Events that wait for a posting.
    pub unmatched: u64,
    /// Refused deliveries that were not kept, since the quarantine was full.
    pub not_kept: u64,
}

/// A connection, as its page shows it.
pub struct ConnectionView {
    /// The row.
    pub connection: StoredConnection,
    /// What the employer pastes at the board.
    pub webhook_url: String,
    /// What the plugin says, or why it says nothing.
    pub status: Result<ConnectionStatus, PluginError>,
    /// What the platform counts.
    pub counters: Counters,
}

/// Binds the sealed path to its tenant.
fn hook_place(tenant: TenantId) -> String {
    format!("hook/{}", tenant.0)
}

impl Platform {
    /// Makes a connection for the user's tenant.
    pub async fn create_connection(
        &self,
        user: &User,
        name: &str,
    ) -> Result<ConnectionId, AppError> {
        if !user.role.administers() {
            return Err(AppError::Forbidden(None));
        }
        self.add_connection(user.tenant, name).await
    }

    /// Makes a connection that is not configured yet, with a webhook path of its own.
    pub async fn add_connection(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<ConnectionId, AppError> {
        let hook = token::random()?;
        let hash = token::digest(&[hook.as_bytes()]);
        let sealed = self
            .ports
            .sealer
            .seal(&hook_place(tenant), hook.as_bytes())?;
        let (name, now) = (name.to_owned(), self.now());
        self.store()
            .write(move |db| {
                connections::insert(db, tenant, &name, &hash, &sealed, now).map_err(AppError::from)
            })
            .await
    }

    /// The tenant's connections.
    pub async fn connections(&self, user: &User) -> Result<Vec<ConnectionView>, AppError> {
        let tenant = user.tenant;
        let found = self
            .store()
            .read(move |db| connections::list(db, tenant).map_err(AppError::from))
            .await?;
        let mut views = Vec::with_capacity(found.len());
        for connection in found {
            views.push(self.view(user, connection).await?);
        }
        Ok(views)
    }

    /// One connection.
    pub async fn connection_view(
        &self,
        user: &User,
        id: ConnectionId,
    ) -> Result<ConnectionView, AppError> {
        let connection = self.connection(user.tenant, id).await?;
        self.view(user, connection).await
    }

    async fn view(
        &self,
        user: &User,
        connection: StoredConnection,
    ) -> Result<ConnectionView, AppError> {
        let status = self.plugin(connection.id)?.status().await;
        if let Ok(status) = &status {
            self.note_status(&connection, status).await?;
        }
        let (tenant, id) = (connection.tenant, connection.id);
        let (quarantined, unmatched) = self
            .store()
            .read(move |db| {
                let quarantined = deliveries::count_quarantined(db, tenant, id)?;
                Ok::<_, AppError>((quarantined, events::count_unmatched(db, tenant, id)?))
            })
            .await?;
        Ok(ConnectionView {
            webhook_url: self.webhook_url(&connection)?,
            status: status.map(|status| self.for_eyes_of(user, status)),
            counters: Counters {
                last_delivery_at: connection.last_delivery_at,
                quarantined,
                unmatched,
                not_kept: connection.not_kept,
            },
            connection,
        })
    }

    /// Asks the board whether the credentials still work.
    pub async fn check(&self, user: &User, id: ConnectionId) -> Result<ConnectionStatus, AppError> {
        let connection = self.administered(user, id).await?;
        match self.plugin(id)?.check().await {
            Ok(status) => {
                self.note_status(&connection, &status).await?;
                Ok(self.for_eyes_of(user, status))
            }
            Err(error) => Err(self.note_plugin_error(&connection, error).await?),
        }
    }

    /// Ends the connection: the plugin tells the board and forgets the credentials.
    pub async fn disconnect(
        &self,
        user: &User,
        id: ConnectionId,
    ) -> Result<ConnectionStatus, AppError> {
        let connection = self.administered(user, id).await?;
        let status = self.plugin(id)?.disconnect().await?;
        self.unit(&connection, |unit| {
            connections::mark_mended(unit.db, unit.tenant, unit.connection.id)?;
            Ok(())
        })
        .await?;
        self.refresh_postings(&connection, None).await?;
        Ok(self.for_eyes_of(user, status))
    }

    /// Asks the board for each posting's present state, for webhooks that were lost. Answers how many events there were, how many were new,
    /// and what asking cannot bring back.
    pub async fn reconcile(
        &self,
        user: &User,
        id: ConnectionId,
    ) -> Result<(usize, usize, Vec<crate::domain::text::Text>), AppError> {
        let connection = self.administered(user, id).await?;
        let plugin = self.plugin(id)?;
        let (mut total, mut new, mut notes) = (0, 0, Vec::new());
        let mut cursor = None;
        for _ in 0..super::postings::MOST_PAGES {
            let page = match plugin.reconcile(cursor).await {
                Ok(page) => page,
                Err(error) => return Err(self.note_plugin_error(&connection, error).await?),
            };
            let events: Vec<_> = page.events.into_iter().map(convert::event).collect();
            total += events.len();
            notes.extend(page.notes.into_iter().map(convert::text));
            new += self
                .unit(&connection, move |unit| {
                    events.iter().try_fold(0, |new, event| {
                        Ok::<_, AppError>(new + usize::from(unit.apply(event)?))
                    })
                })
                .await?;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        self.work.notify_one();
        Ok((total, new, notes))
    }

    /// The connection, for somebody who may change it.
    pub(super) async fn administered(
        &self,
        user: &User,
        id: ConnectionId,
    ) -> Result<StoredConnection, AppError> {
        if !user.role.administers() {
            return Err(AppError::Forbidden(None));
        }
        self.connection(user.tenant, id).await
    }

    /// Where the board sends this connection's deliveries.
    pub(super) fn webhook_url(&self, connection: &StoredConnection) -> Result<String, StoreError> {
        let place = hook_place(connection.tenant);
        let hook = self
            .ports
            .sealer
            .open("webhook path", &place, &connection.hook_sealed)?;
        let hook = std::str::from_utf8(&hook).map_err(|_| StoreError::Corrupt {
            what: "webhook path",
        })?;
        Ok(format!("{}/hooks/{hook}", self.ports.public_base_url))
    }

    /// Takes operator settings out of what anybody else sees.
    pub(super) fn for_eyes_of(
        &self,
        user: &User,
        mut status: ConnectionStatus,
    ) -> ConnectionStatus {
        if !user.role.operates() {
            status
                .settings
                .retain(|setting: &NamedValue| !self.is_for_operators(&setting.name));
        }
        status
    }

    pub(super) fn is_for_operators(&self, setting: &str) -> bool {
        let mut settings = self.manifest().settings.iter();
        settings.any(|known| known.id == setting && known.audience == Audience::Operator)
    }

    /// Tells administrators when the plugin found the connection broken; remembers when it works again.
    pub(super) async fn note_status(
        &self,
        connection: &StoredConnection,
        status: &ConnectionStatus,
    ) -> Result<(), AppError> {
        let known_broken = connection.broken_since.is_some();
        let broken = status.state == ConnectionState::Broken;
        if broken == known_broken {
            return Ok(());
        }
        let why = status.problem.as_ref().map_or_else(
            || crate::domain::text::Text::new("", ""),
            |problem| convert::text(problem.message.clone()),
        );
        self.unit(connection, move |unit| {
            if broken {
                return unit.note_broken(&why);
            }
            connections::mark_mended(unit.db, unit.tenant, unit.connection.id)?;
            Ok(())
        })
        .await
    }

    /// The use case's error for a plugin's; administrators hear of it when it means that the connection is broken.
    pub(super) async fn note_plugin_error(
        &self,
        connection: &StoredConnection,
        error: PluginError,
    ) -> Result<AppError, AppError> {
        if let PluginError::Failure(failure) = &error {
            let failure = failure.clone();
            self.unit(connection, move |unit| unit.note_failure(&failure))
                .await?;
        }
        Ok(error.into())
    }
}
