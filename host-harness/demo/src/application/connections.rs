//! A tenant's accounts at boards: making one, looking at one, asking whether it still works, ending it.

use job_board_host::contract::connection::{ConnectionState, ConnectionStatus};
use job_board_host::contract::forms::Audience;
use job_board_host::contract::types::NamedValue;

use super::webhook_path::Hook;
use super::{AppError, Platform, silence};
use crate::board::{PluginError, convert};
use crate::domain::errand::Errand;
use crate::domain::id::{ConnectionId, TenantId};
use crate::domain::text::Text;
use crate::domain::user::User;
use crate::store::connections::{self, Breakage, StoredConnection};
use crate::store::errands::ErrandLine;
use crate::store::{deliveries, errands, events, postings};

/// What the platform itself knows about a connection's traffic.
pub struct Counters {
    /// When the last verified delivery came in.
    pub last_delivery_at: Option<u64>,
    /// Since when nothing has come in although postings are live; absent while there is no reason to worry.
    pub silent_since: Option<u64>,
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
    /// How reconciling stands. Absent before it was ever due.
    pub reconciled: Option<ErrandLine>,
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
        let (name, now) = (name.to_owned(), self.now());
        let sealer = self.ports.sealer.clone();
        self.store()
            .write(move |db| {
                let hook = Hook::new(&sealer, tenant)?;
                connections::insert(db, tenant, &name, &hook.hash, &hook.sealed, now)
                    .map_err(AppError::from)
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
        let webhook_url = self.webhook_url(&connection).await?;
        let (tenant, id, now) = (connection.tenant, connection.id, self.now());
        self.note_turned_away().await?;
        let (connection, counters, reconciled) = self
            .store()
            .read(move |db| {
                let connection =
                    connections::get(db, tenant, id)?.ok_or(AppError::NoSuch("connection"))?;
                let postings = postings::of_connection(db, tenant, id)?;
                let counters = Counters {
                    last_delivery_at: connection.last_delivery_at,
                    silent_since: silence::of_connection(&connection, &postings, now),
                    quarantined: deliveries::count_quarantined(db, tenant, id)?,
                    unmatched: events::count_unmatched(db, tenant, id)?,
                    not_kept: connection.not_kept,
                };
                let reconciled = errands::line(db, tenant, id, Errand::Reconcile)?;
                Ok::<_, AppError>((connection, counters, reconciled))
            })
            .await?;
        Ok(ConnectionView {
            webhook_url,
            status: status.map(|status| self.for_eyes_of(user, status)),
            counters,
            reconciled,
            connection,
        })
    }

    /// Asks the board whether the credentials still work.
    pub async fn check(&self, user: &User, id: ConnectionId) -> Result<ConnectionStatus, AppError> {
        let connection = self.administered(user, id).await?;
        match self.plugin(id)?.check().await {
            Ok(status) => {
                self.note_check(&connection, &status).await?;
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

    /// Takes over what the plugin's storage says of the connection: that it is broken, or ended. That it works is only believed when the board
    /// was asked (see [`Platform::note_check`]), so that a failure which the plugin does not remember is told once and not once a look.
    pub(super) async fn note_status(
        &self,
        connection: &StoredConnection,
        status: &ConnectionStatus,
    ) -> Result<(), AppError> {
        match status.state {
            ConnectionState::Broken => {
                let why = breakage(status);
                if connection.broken.as_ref() == Some(&why) {
                    return Ok(());
                }
                self.unit(connection, move |unit| unit.note_broken(&why))
                    .await
            }
            ConnectionState::NotConfigured if connection.broken_since.is_some() => {
                self.mend(connection).await
            }
            ConnectionState::NotConfigured | ConnectionState::Configured => Ok(()),
        }
    }

    /// As [`Platform::note_status`], when the board has just been asked.
    pub(super) async fn note_check(
        &self,
        connection: &StoredConnection,
        status: &ConnectionStatus,
    ) -> Result<(), AppError> {
        if status.state == ConnectionState::Configured {
            return self.mend(connection).await;
        }
        self.note_status(connection, status).await
    }

    async fn mend(&self, connection: &StoredConnection) -> Result<(), AppError> {
        self.unit(connection, |unit| {
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

fn breakage(status: &ConnectionStatus) -> Breakage {
    match &status.problem {
        Some(problem) => Breakage {
            code: problem.code.clone(),
            message: convert::text(problem.message.clone()),
        },
        None => Breakage {
            code: "broken".to_owned(),
            message: Text::new(
                "Nền tảng tuyển dụng từ chối kết nối này.",
                "The board refuses this connection.",
            ),
        },
    }
}
