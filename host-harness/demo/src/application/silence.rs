//! Telling people that something which used to speak has gone silent: once for each silence.

use job_board_host::contract::connection::ConnectionState;

use super::unit::Unit;
use super::{AppError, Platform};
use crate::domain::board_event::{BoardEvent, Happening};
use crate::domain::posting::{Posting, PostingState};
use crate::domain::{notice, silence};
use crate::store::connections::{self, StoredConnection};
use crate::store::postings;
use crate::store::warnings::{self, Kind, Subject};

const DAY_MS: u64 = 86_400_000;

/// A silence is over only when it is over: however long it lasts it is told once.
const NEVER: u64 = u64::MAX;

/// Since when the connection is silent, from its postings as they are stored.
pub(super) fn of_connection(
    connection: &StoredConnection,
    postings: &[Posting],
    now: u64,
) -> Option<u64> {
    let live = postings
        .iter()
        .filter(|posting| posting.state == PostingState::Live);
    let live_since = live.map(|posting| posting.facts.created_at).min();
    silence::of_connection(connection.last_delivery_at, live_since, now)
}

impl Platform {
    /// Looks for silence. A connection that does not work is not called silent: its administrators know why nothing comes.
    pub(super) async fn note_silence(
        &self,
        connection: &StoredConnection,
        state: ConnectionState,
    ) -> Result<(), AppError> {
        if state != ConnectionState::Configured {
            return Ok(());
        }
        self.unit(connection, move |unit| {
            let id = unit.connection.id;
            // Read again: something may have come in meanwhile.
            let Some(found) = connections::get(unit.db, unit.tenant, id)? else {
                return Ok(());
            };
            let postings = postings::of_connection(unit.db, unit.tenant, id)?;
            let since = of_connection(&found, &postings, unit.now);
            unit.warn_of_silence(None, since, |unit, days| {
                let notice = notice::connection_silent(unit.board, &unit.connection.name, days);
                unit.tell_administrators(&notice)
            })?;
            for posting in &postings {
                let since = posting.silent_since(unit.now);
                unit.warn_of_silence(Some(posting), since, |unit, days| {
                    let title = unit.title_of(posting)?;
                    let notice = notice::posting_silent(unit.board, &title, days);
                    unit.tell_owner(posting, &notice, None)
                })?;
            }
            Ok(())
        })
        .await
    }
}

impl Unit<'_> {
    fn subject(&self, posting: Option<&Posting>, kind: Kind) -> Subject {
        Subject {
            tenant: self.tenant,
            connection: self.connection.id,
            posting: posting.map(|posting| posting.row),
            kind,
        }
    }

    fn warn_of_silence(
        &self,
        posting: Option<&Posting>,
        since: Option<u64>,
        tell: impl FnOnce(&Self, u64) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let subject = self.subject(posting, Kind::Silent);
        let Some(since) = since else {
            warnings::end(self.db, &subject)?;
            return Ok(());
        };
        if warnings::begin(self.db, &subject, self.now, NEVER)? {
            tell(self, self.now.saturating_sub(since) / DAY_MS)?;
        }
        Ok(())
    }

    /// A delivery was accepted. Only what the board signed counts as life, and ends a silence.
    pub(super) fn note_life(
        &self,
        events: &[BoardEvent],
        received_at: u64,
    ) -> Result<(), AppError> {
        let (tenant, id) = (self.tenant, self.connection.id);
        let mut verified = events.iter().filter(|event| event.is_verified()).peekable();
        if verified.peek().is_none() {
            return Ok(());
        }
        connections::note_delivery(self.db, tenant, id, received_at)?;
        warnings::end(self.db, &self.subject(None, Kind::Silent))?;
        for event in verified {
            if !matches!(event.happening, Happening::Application(_)) {
                continue;
            }
            let named = &event.board_posting;
            postings::note_delivery(self.db, tenant, id, named, received_at)?;
            if let Some(posting) = postings::by_board(self.db, tenant, id, named)? {
                warnings::end(self.db, &self.subject(Some(&posting), Kind::Silent))?;
            }
        }
        Ok(())
    }

    /// A delivery went to quarantine for a reason that somebody should look after. Told once; again only after a day without any.
    pub(super) fn note_quarantined(&self, why: &crate::domain::text::Text) -> Result<(), AppError> {
        let subject = self.subject(None, Kind::Quarantine);
        if !warnings::begin(self.db, &subject, self.now, DAY_MS)? {
            return Ok(());
        }
        let notice = notice::deliveries_quarantined(self.board, &self.connection.name, why);
        self.tell_administrators(&notice)
    }
}
