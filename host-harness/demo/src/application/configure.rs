//! Setting up a connection.

use job_board_host::contract::connection::{ConnectionState, ConnectionStatus};

use super::{AppError, Platform, Problem};
use crate::board::convert;
use crate::domain::id::ConnectionId;
use crate::domain::user::User;
use crate::domain::value::Values;
use crate::store::connections::{self, StoredConnection};

impl Platform {
    /// Gives settings to the plugin, which checks them at the board before it stores anything.
    ///
    /// The plugin keeps the settings. The platform keeps only what an operator set, without secrets: the audience of a setting is the host's
    /// to enforce, and an operator's word must not be lost when a recruiter saves the form.
    pub async fn configure(
        &self,
        user: &User,
        id: ConnectionId,
        given: Values,
        accept_other_account: bool,
    ) -> Result<ConnectionStatus, AppError> {
        let connection = self.administered(user, id).await?;
        self.refuse_settings_not_for(user, &given)?;

        let kept = self.operator_part(&connection, &given);
        let mut settings = self.ports.operator_settings.clone();
        settings.extend(kept.clone());
        settings.extend(given);
        let webhook_url = self.webhook_url(&connection).await?;
        let answer = self
            .plugin(id)?
            .configure(
                convert::named_values(&settings),
                webhook_url,
                accept_other_account,
            )
            .await;
        // A refusal concerns the new credentials: the stored ones stand, and are not known to be broken.
        let status = answer?;

        let works = status.state == ConnectionState::Configured;
        self.unit(&connection, move |unit| {
            let id = unit.connection.id;
            connections::set_operator_settings(unit.db, unit.tenant, id, &kept)?;
            if works {
                connections::mark_mended(unit.db, unit.tenant, id)?;
            }
            Ok(())
        })
        .await?;
        // Links may be back, or postings may belong to another account now.
        self.refresh_postings(&connection, None).await?;
        Ok(self.for_eyes_of(user, status))
    }

    fn refuse_settings_not_for(&self, user: &User, given: &Values) -> Result<(), AppError> {
        let known = &self.manifest().settings;
        let unknown: Vec<Problem> = given
            .keys()
            .filter(|name| known.iter().all(|setting| setting.id != **name))
            .map(|name| {
                Problem::new(
                    name,
                    "unknown-field",
                    "Không có thiết lập này.",
                    "There is no such setting.",
                )
            })
            .collect();
        if !unknown.is_empty() {
            return Err(AppError::Input(unknown));
        }
        let reserved = given.keys().find(|name| self.is_for_operators(name));
        match reserved {
            Some(name) if !user.role.operates() => Err(AppError::Forbidden(Some(Problem::new(
                name,
                "operator-only",
                "Chỉ người vận hành hệ thống được đặt mục này.",
                "Only the platform's operators set this.",
            )))),
            _ => Ok(()),
        }
    }

    /// What operators set for this connection, the new words over the old.
    fn operator_part(&self, connection: &StoredConnection, given: &Values) -> Values {
        let mut kept = connection.operator_settings.clone();
        for setting in &self.manifest().settings {
            if let Some(value) = given.get(&setting.id)
                && self.is_for_operators(&setting.id)
                && !setting.secret
            {
                kept.insert(setting.id.clone(), value.clone());
            }
        }
        kept
    }
}
