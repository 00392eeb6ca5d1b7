//! Jobs and their pipelines.

use super::{AppError, Platform, Problem};
use crate::domain::id::{JobId, TenantId, UserId};
use crate::domain::job::Job;
use crate::domain::stage::Stage;
use crate::domain::user::User;
use crate::domain::value::Values;
use crate::store::candidates::{self, Candidate, StoredApplication};
use crate::store::cvs::{self, Cv};
use crate::store::jobs::{self, SourceCount};
use crate::store::users;

/// One application in a stage.
pub struct Card {
    /// Who.
    pub candidate: Candidate,
    /// The application.
    pub application: StoredApplication,
    /// Its files.
    pub cvs: Vec<Cv>,
}

impl Platform {
    /// Makes a job. Without an owner it is the user's own.
    pub async fn add_job(
        &self,
        tenant: TenantId,
        owner: UserId,
        title: String,
        details: Values,
    ) -> Result<Job, AppError> {
        let now = self.now();
        self.store()
            .write(move |db| {
                if users::get(db, tenant, owner)?.is_none() {
                    return Err(AppError::Input(vec![Problem::new(
                        "owner",
                        "unknown-option",
                        "Không có người dùng này.",
                        "There is no such user.",
                    )]));
                }
                let id = jobs::insert(db, tenant, owner, &title, &details, now)?;
                jobs::get(db, tenant, id)?.ok_or(AppError::NoSuch("job"))
            })
            .await
    }

    /// The tenant's jobs, newest first.
    pub async fn jobs(&self, user: &User) -> Result<Vec<Job>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| jobs::list(db, tenant).map_err(AppError::from))
            .await
    }

    /// One job.
    pub async fn job(&self, user: &User, id: JobId) -> Result<Job, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| jobs::get(db, tenant, id)?.ok_or(AppError::NoSuch("job")))
            .await
    }

    /// Changes a job's title, or replaces its details as a whole. Postings stay as they are until somebody updates them.
    pub async fn change_job(
        &self,
        user: &User,
        id: JobId,
        title: Option<String>,
        details: Option<Values>,
    ) -> Result<Job, AppError> {
        let (tenant, now) = (user.tenant, self.now());
        self.store()
            .write(move |db| {
                let mut job = jobs::get(db, tenant, id)?.ok_or(AppError::NoSuch("job"))?;
                job.title = title.unwrap_or(job.title);
                job.details = details.unwrap_or(job.details);
                jobs::update(db, tenant, &job, now)?;
                job.updated_at = now;
                Ok(job)
            })
            .await
            .inspect(|_| self.tell(tenant))
    }

    /// The job's applications, stage by stage.
    pub async fn pipeline(
        &self,
        user: &User,
        id: JobId,
    ) -> Result<Vec<(Stage, Vec<Card>)>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| {
                jobs::get(db, tenant, id)?.ok_or(AppError::NoSuch("job"))?;
                let mut stages: Vec<(Stage, Vec<Card>)> =
                    Stage::ALL.map(|stage| (stage, Vec::new())).into();
                for application in candidates::applications_for(db, tenant, id)? {
                    let Some(candidate) = candidates::get(db, tenant, application.candidate)?
                    else {
                        continue;
                    };
                    let cvs = cvs::list(db, tenant, application.id)?;
                    let cards = stages
                        .iter_mut()
                        .find(|(stage, _)| *stage == application.stage);
                    if let Some((_, cards)) = cards {
                        cards.push(Card {
                            candidate,
                            application,
                            cvs,
                        });
                    }
                }
                Ok(stages)
            })
            .await
    }

    /// Where the job's applications came from.
    pub async fn sources(&self, user: &User, id: JobId) -> Result<Vec<SourceCount>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| {
                jobs::get(db, tenant, id)?.ok_or(AppError::NoSuch("job"))?;
                Ok(jobs::sources(db, tenant, id)?)
            })
            .await
    }
}
