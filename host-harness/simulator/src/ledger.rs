//! What happened: every request with its outcome, and what it brought about.

use serde::Serialize;

use crate::partner::Operation;

/// Effects that took place, counted per employer.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) creates: u64,
    pub(crate) edits: u64,
    pub(crate) publishes: u64,
    pub(crate) stops: u64,
    pub(crate) credits_spent: u64,
    pub(crate) connects: u64,
    pub(crate) disconnects: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.creates += other.creates;
        self.edits += other.edits;
        self.publishes += other.publishes;
        self.stops += other.stops;
        self.credits_spent += other.credits_spent;
        self.connects += other.connects;
        self.disconnects += other.disconnects;
    }
}

/// What became of a request's operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Arrived; not carried out yet (or the caller left before it was).
    InProgress,
    /// Carried out.
    Done,
    /// Accepted, but there was nothing to change.
    NoChange,
    /// Refused by TopCV's rules.
    Refused,
    /// A fault took its place: the operation did not happen.
    NotDone,
    /// Carried out by itself after the caller was left without an answer.
    DoneLate,
}

/// One request of the partner API.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) employer_id: Option<u64>,
    pub(crate) operation: Operation,
    pub(crate) job_id: Option<u64>,
    pub(crate) outcome: Outcome,
    /// The status that was answered; none when nothing was, or not yet.
    pub(crate) status: Option<u16>,
    /// The fault that was applied.
    pub(crate) fault: Option<&'static str>,
}

/// Every entry, in order of arrival.
#[derive(Default)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
}

impl Ledger {
    /// Opens an entry and returns its number.
    pub(crate) fn begin(
        &mut self,
        at_ms: i64,
        employer_id: Option<u64>,
        operation: Operation,
        job_id: Option<u64>,
        fault: Option<&'static str>,
    ) -> u64 {
        let seq = self.entries.len() as u64 + 1;
        self.entries.push(Entry {
            seq,
            at_ms,
            employer_id,
            operation,
            job_id,
            outcome: Outcome::InProgress,
            status: None,
            fault,
        });
        seq
    }

    /// The entry with that number; none when the ledger was reset meanwhile.
    pub(crate) fn entry(&mut self, seq: u64) -> Option<&mut Entry> {
        let index = usize::try_from(seq).ok()?.checked_sub(1)?;
        self.entries.get_mut(index)
    }

    /// Entries of one employer, or all.
    pub(crate) fn of(&self, employer_id: Option<u64>) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| employer_id.is_none() || entry.employer_id == employer_id)
    }
}
