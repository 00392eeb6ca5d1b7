//! What came in, told with the people and postings that it was about.

use rusqlite::Connection;

use super::unit::Unit;
use super::{AppError, Platform};
use crate::domain::board_event::{BoardEvent, Happening};
use crate::domain::id::{ConnectionId, TenantId};
use crate::domain::posting::Posting;
use crate::domain::taken::Taken;
use crate::domain::user::User;
use crate::store::candidates::{self, Candidate, Destination};
use crate::store::deliveries::{self, DeliveryLine};
use crate::store::{Page, StoreError, jobs, postings};

/// A delivery with what came of it.
pub struct Arrival {
    /// The delivery.
    pub line: DeliveryLine,
    /// Its events, when it is done.
    pub events: Vec<Arrived>,
}

/// One event of a delivery, as things stand now.
pub struct Arrived {
    /// What was noted of it.
    pub taken: Taken,
    /// The posting, with what people call it. Absent: still none is known.
    pub posting: Option<(Posting, String)>,
    /// The person. Absent: none, or erased since.
    pub candidate: Option<Candidate>,
}

impl Platform {
    /// Deliveries, or those in quarantine, newest first, with the people and postings that they were about.
    pub async fn arrivals(
        &self,
        user: &User,
        connection: Option<ConnectionId>,
        quarantined: bool,
        page: Page,
    ) -> Result<Vec<Arrival>, AppError> {
        let tenant = user.tenant;
        self.store()
            .read(move |db| {
                let lines = deliveries::list(db, tenant, connection, quarantined, page)?;
                let mut arrivals = Vec::with_capacity(lines.len());
                for mut line in lines {
                    let taken = std::mem::take(&mut line.taken);
                    let events = taken
                        .into_iter()
                        .map(|taken| arrived(db, tenant, line.connection, taken))
                        .collect::<Result<_, _>>()?;
                    arrivals.push(Arrival { line, events });
                }
                Ok(arrivals)
            })
            .await
    }
}

fn arrived(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
    taken: Taken,
) -> Result<Arrived, StoreError> {
    let named = match &taken.posting {
        Some(id) => postings::by_request(db, tenant, id)?,
        None => None,
    };
    let posting = match named {
        Some(posting) => Some(posting),
        // What waited may have found its posting since.
        None if taken.board_posting.is_empty() => None,
        None => postings::by_board(db, tenant, connection, &taken.board_posting)?,
    };
    let posting = match posting {
        Some(posting) if posting.facts.title.is_empty() => {
            let job = jobs::get(db, tenant, posting.job)?;
            Some((posting, job.map(|job| job.title).unwrap_or_default()))
        }
        Some(posting) => {
            let title = posting.facts.title.clone();
            Some((posting, title))
        }
        None => None,
    };
    let candidate = match taken.candidate {
        Some(id) => candidates::get(db, tenant, id)?,
        None => None,
    };
    Ok(Arrived {
        taken,
        posting,
        candidate,
    })
}

impl Unit<'_> {
    /// What can be told about an event that was taken, after its delivery's body is erased.
    pub(super) fn note_taken(&self, event: &BoardEvent, fresh: bool) -> Result<Taken, AppError> {
        if !event.is_vouched_for() {
            // Anybody can send these: nothing of what they say is kept beyond its cap.
            return Ok(Taken {
                kind: event.happening.kind().to_owned(),
                fresh,
                board_posting: String::new(),
                posting: None,
                candidate: None,
            });
        }
        let posting = self.posting_of(event)?;
        let candidate = match (&event.happening, &posting) {
            (Happening::Application(said), Some(posting)) => {
                let destination = Destination {
                    job: posting.job,
                    posting: posting.row,
                    connection: self.connection.id,
                };
                let known =
                    candidates::application_by_board(self.db, self.tenant, &destination, &said.id)?;
                known.map(|known| known.candidate)
            }
            _ => None,
        };
        Ok(Taken {
            kind: event.happening.kind().to_owned(),
            fresh,
            board_posting: event.board_posting.clone(),
            posting: posting.map(|posting| posting.request_id),
            candidate,
        })
    }
}
