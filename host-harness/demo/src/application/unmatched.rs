//! What came in for postings that nobody has connected with a job.
//!
//! A person who applied there is not seen in any pipeline: whoever looks after the connection is told, in one notification for everybody who
//! waits, and it goes when nobody waits any more.

use rusqlite::Connection;

use super::unit::Unit;
use super::{AppError, Platform};
use crate::domain::board_event::{BoardEvent, Happening};
use crate::domain::id::{ConnectionId, TenantId};
use crate::domain::notice;
use crate::domain::user::User;
use crate::store::events::{self, UnmatchedLine};
use crate::store::{Page, notices};

/// An event that waits, opened for people of its tenant.
pub struct Waiting {
    /// What stands outside the seal.
    pub line: UnmatchedLine,
    /// What it says; absent when it cannot be read.
    pub event: Option<BoardEvent>,
}

impl Platform {
    /// Events that wait for a posting, newest first, with what they say. It is opened for this answer alone and stays sealed in the database.
    pub async fn waiting(
        &self,
        user: &User,
        connection: Option<ConnectionId>,
        page: Page,
    ) -> Result<Vec<Waiting>, AppError> {
        let (tenant, sealer) = (user.tenant, self.ports.sealer.clone());
        self.store()
            .read(move |db| {
                let lines = events::list_unmatched(db, tenant, connection, page)?;
                let open = |line: UnmatchedLine| {
                    let (at, id) = (line.connection, &line.event_id);
                    let event = events::unmatched(db, &sealer, tenant, at, id);
                    Waiting {
                        event: event.ok().flatten(),
                        line,
                    }
                };
                Ok(lines.into_iter().map(open).collect())
            })
            .await
    }
}

impl Unit<'_> {
    /// Something was kept for a posting that is not known. Only people are worth a notification, and only when somebody vouches for them.
    pub(super) fn note_waiting(&self, event: &BoardEvent) -> Result<(), AppError> {
        if !matches!(event.happening, Happening::Application(_)) {
            return Ok(());
        }
        notices::withdraw(self.db, self.tenant, self.connection.id, notice::UNMATCHED)?;
        let news = notice::applicants_unmatched(self.board, &self.connection.name);
        self.tell_administrators(&news)
    }

    /// Something that waited has found its posting.
    pub(super) fn note_matched(&self) -> Result<(), AppError> {
        withdraw_when_nobody_waits(self.db, self.tenant, self.connection.id)
    }
}

/// Takes the notification back when there is nobody left of whom it speaks.
pub(super) fn withdraw_when_nobody_waits(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
) -> Result<(), AppError> {
    if !events::somebody_waits(db, tenant, connection)? {
        notices::withdraw(db, tenant, connection, notice::UNMATCHED)?;
    }
    Ok(())
}
