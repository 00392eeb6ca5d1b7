//! Applying what happened at the board.
//!
//! An event is new once: the unique index over (connection, event id) decides, in the same transaction that applies it.

use super::AppError;
use super::unit::{Deed, Unit};
use crate::domain::board_event::{BoardEvent, Happening, Other};
use crate::domain::notice;
use crate::domain::posting::{Change, Posting, PostingState, Rejection, Verdict};
use crate::domain::text::Text;
use crate::store::{StoreError, events, postings};

impl Unit<'_> {
    /// Takes one event. Answers whether it was new.
    pub(super) fn apply(&self, event: &BoardEvent) -> Result<bool, AppError> {
        let fresh = events::take(self.db, self.connection.id, &event.id)?;
        match self.posting_of(event)? {
            Some(mut posting) => self.apply_to(&mut posting, event, fresh)?,
            None if fresh => {
                if self.keep_waiting(event)? {
                    self.note_waiting(event)?;
                }
            }
            None => self.add_links_to_waiting(event)?,
        }
        Ok(fresh)
    }

    /// The posting that an event is about. Learns the board's id when the plugin knows it and the platform does not yet.
    pub(super) fn posting_of(&self, event: &BoardEvent) -> Result<Option<Posting>, AppError> {
        let named = match &event.posting {
            Some(request_id) => postings::by_request(self.db, self.tenant, request_id)?,
            None => None,
        };
        let named = named.filter(|posting| {
            posting.connection == self.connection.id && posting.state != PostingState::Unlinked
        });
        if let Some(mut posting) = named {
            if posting.board_posting.is_none() && !event.board_posting.is_empty() {
                posting.board_posting = Some(event.board_posting.clone());
                postings::update(self.db, self.tenant, &posting)?;
                self.attach_waiting(&mut posting)?;
            }
            return Ok(Some(posting));
        }
        if event.board_posting.is_empty() {
            return Ok(None);
        }
        Ok(postings::by_board(
            self.db,
            self.tenant,
            self.connection.id,
            &event.board_posting,
        )?)
    }

    /// Applies an event to its posting. One that was seen before can still bring a fresh link to a file.
    pub(super) fn apply_to(
        &self,
        posting: &mut Posting,
        event: &BoardEvent,
        fresh: bool,
    ) -> Result<(), AppError> {
        if let Happening::Application(application) = &event.happening {
            return self.take_application(posting, application, event.received_at, fresh);
        }
        if !fresh {
            return Ok(());
        }
        match &event.happening {
            Happening::Application(_) => Ok(()),
            Happening::Approved => self.approve(posting, event),
            Happening::Rejected(rejection) => self.reject(posting, event, rejection),
            Happening::Changed(change) => self.change(posting, event, change),
            Happening::Other(other) => self.report(posting, other),
        }
    }

    fn approve(&self, posting: &mut Posting, event: &BoardEvent) -> Result<(), AppError> {
        // Who linked a posting saw that it was live: reconciling has nothing to add to that.
        let seen = posting.facts.linked && posting.state == PostingState::Live;
        posting.judge(Verdict::Approved, event.review_round, event.received_at);
        postings::update(self.db, self.tenant, posting)?;
        if seen {
            return Ok(());
        }
        let notice = notice::approved(self.board, &self.title_of(posting)?);
        self.tell_owner(posting, &notice, None)?;
        self.log_event(posting, "approved", notice.text)
    }

    fn reject(
        &self,
        posting: &mut Posting,
        event: &BoardEvent,
        rejection: &Rejection,
    ) -> Result<(), AppError> {
        let verdict = Verdict::Rejected(rejection.clone());
        posting.judge(verdict, event.review_round, event.received_at);
        postings::update(self.db, self.tenant, posting)?;
        let notice = notice::rejected(self.board, &self.title_of(posting)?, rejection);
        self.tell_owner(posting, &notice, None)?;
        self.log_event(posting, "rejected", notice.text)
    }

    fn change(
        &self,
        posting: &mut Posting,
        event: &BoardEvent,
        change: &Change,
    ) -> Result<(), AppError> {
        let differs = posting.change(change.clone(), event.review_round, event.received_at);
        postings::update(self.db, self.tenant, posting)?;
        if !differs {
            return Ok(());
        }
        let notice = notice::changed(self.board, &self.title_of(posting)?, posting.state);
        self.tell_owner(posting, &notice, None)?;
        self.log_event(posting, "changed", notice.text)
    }

    /// Unverified by its nature: people can read of it, nothing is done.
    fn report(&self, posting: &Posting, other: &Other) -> Result<(), AppError> {
        let message = other.note.clone().unwrap_or_else(|| {
            Text::new(
                format!(
                    "{} gửi một sự kiện mà hệ thống chưa biết: {}.",
                    self.board, other.kind
                ),
                format!(
                    "{} sent an event of an unknown kind: {}.",
                    self.board, other.kind
                ),
            )
        });
        self.log_event(posting, "other", message)
    }

    fn log_event(&self, posting: &Posting, what: &str, message: Text) -> Result<(), AppError> {
        self.log(
            posting,
            Deed {
                user: None,
                what,
                result: posting.state.code(),
                message,
            },
        )
    }

    /// Keeps an event until its posting is known. Answers false for one about somebody who was erased.
    fn keep_waiting(&self, event: &BoardEvent) -> Result<bool, AppError> {
        if let Happening::Application(application) = &event.happening
            && self.is_erased(application)?
        {
            return Ok(false);
        }
        events::keep_unmatched(self.db, self.sealer, self.tenant, self.connection.id, event)?;
        Ok(true)
    }

    fn add_links_to_waiting(&self, event: &BoardEvent) -> Result<(), AppError> {
        let (connection, id) = (self.connection.id, event.id.as_str());
        let waiting = events::unmatched(self.db, self.sealer, self.tenant, connection, id);
        let mut waiting = match waiting {
            Ok(Some(waiting)) => waiting,
            Ok(None) => return Ok(()),
            // The key that sealed the first copy is lost: this one takes its place.
            Err(StoreError::Sealed { .. }) => return self.keep_waiting(event).map(drop),
            Err(error) => return Err(error.into()),
        };
        let (Happening::Application(known), Happening::Application(said)) =
            (&mut waiting.happening, &event.happening)
        else {
            return Ok(());
        };
        for attachment in &said.attachments {
            if known.attachments.iter().all(|has| has.id != attachment.id) {
                known.attachments.push(attachment.clone());
            }
        }
        self.keep_waiting(&waiting).map(drop)
    }
}
