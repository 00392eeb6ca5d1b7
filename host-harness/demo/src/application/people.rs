//! Candidates and notifications.

use super::{AppError, Platform};
use crate::domain::id::{ApplicationId, CandidateId, CvId, NoticeId};
use crate::domain::stage::Stage;
use crate::domain::user::User;
use crate::store::candidates::{self, Candidate, StoredApplication};
use crate::store::cvs::{self, Cv, CvFile};
use crate::store::notices::{self, StoredNotice};
use crate::store::{Page, StoreError};

/// A candidate with everything that is known.
pub struct Profile {
    /// The person.
    pub candidate: Candidate,
    /// Applications with their files, newest first.
    pub applications: Vec<(StoredApplication, Vec<Cv>)>,
    /// Other candidates with the same open phone or e-mail: a hint, never merged.
    pub alike: Vec<Candidate>,
}

impl Platform {
    /// One candidate.
    pub async fn candidate(&self, user: &User, id: CandidateId) -> Result<Profile, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| {
                let candidate =
                    candidates::get(db, tenant, id)?.ok_or(AppError::NoSuch("candidate"))?;
                let applications = candidates::applications_of(db, tenant, id)?
                    .into_iter()
                    .map(|application| {
                        let cvs = cvs::list(db, tenant, application.id)?;
                        Ok((application, cvs))
                    })
                    .collect::<Result<_, StoreError>>()?;
                let alike = candidates::alike(db, tenant, &candidate)?
                    .into_iter()
                    .filter_map(|other| candidates::get(db, tenant, other).transpose())
                    .collect::<Result<_, StoreError>>()?;
                Ok(Profile {
                    candidate,
                    applications,
                    alike,
                })
            })
            .await
    }

    /// A stored file of a candidate.
    pub async fn cv(
        &self,
        user: &User,
        candidate: CandidateId,
        id: CvId,
    ) -> Result<CvFile, AppError> {
        let tenant = user.tenant;
        let sealer = self.ports.sealer.clone();
        self.store()
            .read(move |db| {
                cvs::read(db, &sealer, tenant, candidate, id)?.ok_or(AppError::NoSuch("cv"))
            })
            .await
    }

    /// Moves an application to another stage. Without one named, the candidate's newest.
    pub async fn move_to_stage(
        &self,
        user: &User,
        candidate: CandidateId,
        application: Option<ApplicationId>,
        stage: Stage,
    ) -> Result<(), AppError> {
        let (tenant, now) = (user.tenant, self.now());
        self.store()
            .write(move |db| {
                let newest = candidates::applications_of(db, tenant, candidate)?
                    .first()
                    .map(|application| application.id);
                let application = application
                    .or(newest)
                    .ok_or(AppError::NoSuch("candidate"))?;
                if candidates::set_stage(db, tenant, candidate, application, stage, now)? {
                    Ok(())
                } else {
                    Err(AppError::NoSuch("application"))
                }
            })
            .await
            .inspect(|()| self.tell(tenant))
    }

    /// The user's notifications, newest first.
    pub async fn notices(
        &self,
        user: &User,
        unread: bool,
        page: Page,
    ) -> Result<Vec<StoredNotice>, AppError> {
        let (tenant, id) = (user.tenant, user.id);
        self.store()
            .read(move |db| notices::list(db, tenant, id, unread, page).map_err(AppError::from))
            .await
    }

    /// Marks one of the user's notifications read.
    pub async fn read_notice(&self, user: &User, id: NoticeId) -> Result<(), AppError> {
        let (tenant, user, now) = (user.tenant, user.id, self.now());
        self.store()
            .write(move |db| {
                if notices::mark_read(db, tenant, user, id, now)? {
                    Ok(())
                } else {
                    Err(AppError::NoSuch("notification"))
                }
            })
            .await
            .inspect(|()| self.tell(tenant))
    }
}
