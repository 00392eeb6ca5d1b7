//! A unit of work: everything that one transaction changes about one connection.

use rusqlite::Transaction;

use job_board_host::contract::types::{Disposition, Failure};

use super::error::breaks_connection;
use super::{AppError, Platform};
use crate::domain::id::{JobId, TenantId, UserId};
use crate::domain::job::Job;
use crate::domain::notice::{self, Notice};
use crate::domain::posting::{Posting, PostingState, Report};
use crate::domain::text::Text;
use crate::store::connections::{self, Breakage, StoredConnection};
use crate::store::notices::{self, About};
use crate::store::posted_jobs::{self, Line};
use crate::store::seal::Sealer;
use crate::store::{errands, events, jobs, postings, users};

/// One transaction, about one connection.
pub(super) struct Unit<'a> {
    pub(super) db: &'a Transaction<'a>,
    pub(super) sealer: &'a Sealer,
    pub(super) tenant: TenantId,
    pub(super) connection: &'a StoredConnection,
    /// The board's name, as its manifest gives it.
    pub(super) board: &'a str,
    pub(super) now: u64,
}

/// Who did something to a posting, and what came of it.
pub(super) struct Deed<'a> {
    /// Absent: the board.
    pub(super) user: Option<UserId>,
    pub(super) what: &'a str,
    pub(super) result: &'a str,
    pub(super) message: Text,
}

impl Platform {
    /// Runs `work` in one transaction.
    pub(super) async fn unit<T, F>(
        &self,
        connection: &StoredConnection,
        work: F,
    ) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&Unit<'_>) -> Result<T, AppError> + Send + 'static,
    {
        let connection = connection.clone();
        let tenant = connection.tenant;
        let sealer = self.ports.sealer.clone();
        let board = self.manifest().board_name.clone();
        let now = self.now();
        let done = self
            .store()
            .write(move |db| {
                work(&Unit {
                    db,
                    sealer: &sealer,
                    tenant: connection.tenant,
                    connection: &connection,
                    board: &board,
                    now,
                })
            })
            .await;
        if done.is_ok() {
            self.tell(tenant);
        }
        done
    }
}

impl Unit<'_> {
    /// Stores what the plugin said about a posting, and attaches every event that was waiting for it.
    ///
    /// A posting that the platform has no row for (its database was restored from an older copy) gets one, when its job is the tenant's.
    /// Otherwise the answer is `None`.
    pub(super) fn keep_report(
        &self,
        job: &str,
        report: Report,
    ) -> Result<Option<Posting>, AppError> {
        let known = postings::by_request(self.db, self.tenant, &report.request_id)?;
        let mut recovered = false;
        let mut posting = match known {
            Some(posting) if posting.connection == self.connection.id => posting,
            Some(_) => return Err(AppError::RequestIdReused),
            None => match self.job_named(job)? {
                Some(job) => {
                    recovered = true;
                    self.insert_intent(job.id, &report.request_id)?
                }
                None => return Ok(None),
            },
        };
        let before = posting.clone();
        posting.take(report);
        if posting != before {
            postings::update(self.db, self.tenant, &posting)?;
        }
        if posting.board_posting.is_some() && posting.state != PostingState::Unlinked {
            postings::retire_lost(self.db, self.tenant, &posting)?;
        }
        if recovered {
            self.log(&posting, recovery(posting.state))?;
        }
        self.attach_waiting(&mut posting)?;
        Ok(Some(posting))
    }

    /// As [`Unit::keep_report`], when the plugin was asked how the posting stands: a doubt that this ends is noted in the log.
    pub(super) fn keep_answer(
        &self,
        job: &str,
        report: Report,
        user: Option<UserId>,
    ) -> Result<Option<Posting>, AppError> {
        let before = postings::by_request(self.db, self.tenant, &report.request_id)?;
        let kept = self.keep_report(job, report)?;
        let doubted = before.is_some_and(|before| before.state == PostingState::Unknown);
        if doubted
            && let Some(posting) = &kept
            && posting.state != PostingState::Unknown
        {
            self.log(posting, found_out(user, posting.state))?;
        }
        Ok(kept)
    }

    /// Stores that the platform is about to ask for a posting.
    pub(super) fn insert_intent(&self, job: JobId, request_id: &str) -> Result<Posting, AppError> {
        let posting = Posting {
            row: crate::domain::id::PostingRow(0),
            connection: self.connection.id,
            job,
            request_id: request_id.to_owned(),
            board_posting: None,
            state: PostingState::Submitting,
            verdict_round: None,
            confirmed: false,
            last_delivery_at: None,
            facts: crate::domain::posting::Facts {
                created_at: self.now,
                changed_at: self.now,
                ..Default::default()
            },
        };
        Ok(postings::insert(self.db, self.tenant, posting)?)
    }

    /// Applies all events that came in for this posting of the board before the platform knew it.
    pub(super) fn attach_waiting(&self, posting: &mut Posting) -> Result<(), AppError> {
        let Some(board_posting) = posting.board_posting.clone() else {
            return Ok(());
        };
        if posting.state == PostingState::Unlinked {
            return Ok(());
        }
        let connection = self.connection.id;
        let found = events::take_unmatched(
            self.db,
            self.sealer,
            self.tenant,
            connection,
            &board_posting,
        )?;
        for event in &found {
            self.apply_to(posting, event, true)?;
        }
        if !found.is_empty() {
            self.note_matched()?;
        }
        Ok(())
    }

    fn job_named(&self, job: &str) -> Result<Option<Job>, AppError> {
        let Ok(id) = job.parse() else { return Ok(None) };
        Ok(jobs::get(self.db, self.tenant, JobId(id))?)
    }

    /// Adds a line to the posted-jobs log.
    pub(super) fn log(&self, posting: &Posting, deed: Deed<'_>) -> Result<(), AppError> {
        posted_jobs::insert(
            self.db,
            self.tenant,
            &Line {
                at: self.now,
                user: deed.user,
                connection: self.connection.id,
                job: posting.job,
                request_id: posting.request_id.clone(),
                what: deed.what.to_owned(),
                result: deed.result.to_owned(),
                message: deed.message,
                url: posting.facts.url.clone(),
            },
        )?;
        Ok(())
    }

    /// Tells the owner of the posting's job.
    pub(super) fn tell_owner(
        &self,
        posting: &Posting,
        notice: &Notice,
        candidate: Option<crate::domain::id::CandidateId>,
    ) -> Result<(), AppError> {
        let Some(job) = jobs::get(self.db, self.tenant, posting.job)? else {
            return Ok(());
        };
        let about = About {
            job: Some(job.id),
            candidate,
            posting: Some(posting.request_id.clone()),
            connection: None,
        };
        notices::insert(self.db, self.tenant, job.owner, notice, &about, self.now)?;
        Ok(())
    }

    /// What people call the posting: its title at the board, before there is one the job's.
    pub(super) fn title_of(&self, posting: &Posting) -> Result<String, AppError> {
        if !posting.facts.title.is_empty() {
            return Ok(posting.facts.title.clone());
        }
        let job = jobs::get(self.db, self.tenant, posting.job)?;
        Ok(job.map(|job| job.title).unwrap_or_default())
    }

    /// Tells everybody who looks after the tenant's connections.
    pub(super) fn tell_administrators(&self, notice: &Notice) -> Result<(), AppError> {
        for user in users::administrators(self.db, self.tenant)? {
            let about = About {
                connection: Some(self.connection.id),
                ..About::default()
            };
            notices::insert(self.db, self.tenant, user, notice, &about, self.now)?;
        }
        Ok(())
    }

    /// Takes a failure of the plugin to heart: a broken connection is told to administrators, and a board that asks to be left in peace
    /// is left in peace by everything that nobody asked for.
    pub(super) fn note_failure(&self, failure: &Failure) -> Result<(), AppError> {
        if breaks_connection(failure) {
            self.note_broken(&Breakage {
                code: failure.code.clone(),
                message: crate::board::convert::text(failure.message.clone()),
            })?;
        }
        if failure.disposition == Disposition::RetryLater
            && let Some(wait) = failure.retry_after_ms
        {
            let until = self.now.saturating_add(wait);
            errands::put_off(self.db, self.connection.id, until)?;
        }
        Ok(())
    }

    /// The connection is broken: administrators are told, once until it works again.
    pub(super) fn note_broken(&self, why: &Breakage) -> Result<(), AppError> {
        let id = self.connection.id;
        if !connections::mark_broken(self.db, self.tenant, id, why, self.now)? {
            return Ok(());
        }
        let name = &self.connection.name;
        self.tell_administrators(&notice::connection_broken(self.board, name, &why.message))
    }
}

/// What became of a posting whose outcome was not known.
fn found_out(user: Option<UserId>, state: PostingState) -> Deed<'static> {
    let Text { vi, en } = state.label();
    Deed {
        user,
        what: "resolve",
        result: state.code(),
        message: Text::new(
            format!("Đã hỏi lại và rõ kết quả: {vi}."),
            format!("Asked again, and the outcome is known: {en}."),
        ),
    }
}

/// A posting that the plugin knew and the platform did not.
fn recovery(state: PostingState) -> Deed<'static> {
    let Text { vi, en } = state.label();
    Deed {
        user: None,
        what: "recovered",
        result: state.code(),
        message: Text::new(
            format!(
                "Hệ thống không còn dữ liệu về tin này (ví dụ sau khi khôi phục bản sao lưu); đã lấy lại từ plugin: {vi}."
            ),
            format!(
                "The platform had no record of this posting (as after a backup was restored); it was taken over from the plugin: {en}."
            ),
        ),
    }
}
