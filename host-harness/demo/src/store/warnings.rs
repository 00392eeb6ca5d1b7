//! What people were told, so that one trouble is told once.

use rusqlite::{Connection, OptionalExtension};

use super::StoreError;
use super::rows::moment;
use crate::domain::id::{ConnectionId, PostingRow, TenantId};

/// What is warned of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing comes in any more.
    Silent,
    /// Deliveries go to quarantine.
    Quarantine,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Quarantine => "quarantine",
        }
    }
}

/// One trouble of one connection, or of one posting of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// Whose.
    pub tenant: TenantId,
    /// Which connection.
    pub connection: ConnectionId,
    /// Which posting; absent: the whole connection.
    pub posting: Option<PostingRow>,
    /// What is warned of.
    pub kind: Kind,
}

impl Subject {
    fn key(&self) -> (ConnectionId, i64, &'static str) {
        let posting = self.posting.map_or(0, |row| row.0);
        (self.connection, posting, self.kind.code())
    }
}

/// Notes that the trouble is there. Answers whether people are to be told: it was not there before, or it had rested for `rest_ms`.
pub fn begin(
    db: &Connection,
    subject: &Subject,
    now: u64,
    rest_ms: u64,
) -> Result<bool, StoreError> {
    let (connection, posting, kind) = subject.key();
    let last: Option<i64> = db
        .prepare_cached(
            "SELECT last_at FROM warnings WHERE connection_id = ?1 AND posting_id = ?2 AND kind = ?3",
        )?
        .query_row((connection, posting, kind), |row| row.get(0))
        .optional()?;
    let rested = |last: i64| moment(now).saturating_sub(last) >= moment(rest_ms);
    let news = last.is_none_or(rested);
    db.execute(
        "INSERT INTO warnings (connection_id, posting_id, kind, tenant_id, since, last_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT DO UPDATE SET last_at = excluded.last_at, since = CASE WHEN ?6 THEN excluded.since ELSE since END",
        (connection, posting, kind, subject.tenant, moment(now), news),
    )?;
    Ok(news)
}

/// The trouble is over.
pub fn end(db: &Connection, subject: &Subject) -> Result<(), StoreError> {
    db.prepare_cached(
        "DELETE FROM warnings WHERE connection_id = ?1 AND posting_id = ?2 AND kind = ?3",
    )?
    .execute(subject.key())?;
    Ok(())
}
