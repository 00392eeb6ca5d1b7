//! What a page shows across jobs and people.

use super::{AppError, Platform};
use crate::domain::posting::Posting;
use crate::domain::user::User;
use crate::store::{connections, notices, postings, users};

impl Platform {
    /// Every posting of the tenant, newest first, as the plugins know them now.
    pub async fn all_postings(&self, user: &User) -> Result<Vec<Posting>, AppError> {
        let tenant = user.tenant;
        let found = self
            .store()
            .read(move |db| connections::list(db, tenant).map_err(AppError::from))
            .await?;
        for connection in &found {
            self.refresh_postings(connection, None).await?;
        }
        self.store()
            .read(move |db| postings::of_tenant(db, tenant).map_err(AppError::from))
            .await
    }

    /// Everybody of the user's tenant.
    pub async fn colleagues(&self, user: &User) -> Result<Vec<User>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| users::of_tenant(db, tenant).map_err(AppError::from))
            .await
    }

    /// Marks all of the user's notifications read.
    pub async fn read_all_notices(&self, user: &User) -> Result<(), AppError> {
        let (tenant, id, now) = (user.tenant, user.id, self.now());
        self.store()
            .write(move |db| notices::mark_all_read(db, tenant, id, now).map_err(AppError::from))
            .await
            .inspect(|()| self.tell(tenant))
    }

    /// Where browsers and boards reach the platform, without a slash at the end.
    pub fn public_base_url(&self) -> &str {
        &self.ports.public_base_url
    }
}
