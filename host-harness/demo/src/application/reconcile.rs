//! Webhooks that were lost: the board is asked for the present state of every posting.
//!
//! What it says is applied exactly as a delivery's events are. An event has the same id whether a webhook told it or asking brought it,
//! so whichever comes second is not new.

use super::errands::LEASE_MS;
use super::postings::MOST_PAGES;
use super::{AppError, Platform};
use crate::board::convert;
use crate::domain::errand::Errand;
use crate::domain::id::ConnectionId;
use crate::domain::text::Text;
use crate::domain::user::User;
use crate::store::connections::{self, StoredConnection};
use crate::store::errands::{self, Claim};

/// What reconciling brought.
#[derive(Debug, Default)]
pub struct Reconciled {
    /// Events that the board's answers amount to.
    pub events: usize,
    /// Those of them that no webhook had told.
    pub new: usize,
    /// What asking cannot bring back.
    pub notes: Vec<Text>,
}

impl Platform {
    /// Reconciles now, because somebody asks. Any user may: it changes nothing but what the board says.
    pub async fn reconcile(&self, user: &User, id: ConnectionId) -> Result<Reconciled, AppError> {
        let connection = self.connection(user.tenant, id).await?;
        let done = self.reconcile_connection(&connection, None).await?;
        let notes = done.notes.clone();
        self.unit(&connection, move |unit| {
            let (id, now) = (unit.connection.id, unit.now);
            errands::insert_missing(unit.db, now)?;
            errands::succeed(unit.db, id, Errand::Reconcile, None, &notes, now)?;
            Ok(())
        })
        .await?;
        Ok(done)
    }

    /// Page by page; each page's events in one transaction. With a claim it stops as soon as somebody else has taken over.
    pub(super) async fn reconcile_connection(
        &self,
        connection: &StoredConnection,
        claim: Option<Claim>,
    ) -> Result<Reconciled, AppError> {
        let plugin = self.plugin(connection.id)?;
        let mut done = Reconciled::default();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let page = match plugin.reconcile(cursor).await {
                Ok(page) => page,
                Err(error) => return Err(self.note_plugin_error(connection, error).await?),
            };
            let events: Vec<_> = page.events.into_iter().map(convert::event).collect();
            done.events += events.len();
            for note in page.notes.into_iter().map(convert::text) {
                if !done.notes.contains(&note) {
                    done.notes.push(note);
                }
            }
            let applied = self
                .unit(connection, move |unit| {
                    if let Some(claim) = &claim
                        && !errands::renew(unit.db, claim, unit.now + LEASE_MS)?
                    {
                        return Ok(None);
                    }
                    let mut new = 0;
                    for event in &events {
                        new += usize::from(unit.apply(event)?);
                    }
                    Ok(Some(new))
                })
                .await?;
            let Some(new) = applied else {
                return Ok(done);
            };
            done.new += new;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        self.unit(connection, |unit| {
            // The board answered with the stored credentials.
            connections::mark_mended(unit.db, unit.tenant, unit.connection.id)?;
            Ok(())
        })
        .await?;
        self.compare_with_plugin(connection).await?;
        self.work.notify_one();
        Ok(done)
    }
}
