//! Everything that the simulator knows, apart from HTTP: employers, postings, applications, deliveries,
//! faults, the ledger and the clock. The functions here are plain; what must be sent is returned as ids.

mod application;
mod delivery;
mod employer;
mod posting;
mod publishing;
mod schedule;
mod verdict;

use std::collections::BTreeMap;

pub(crate) use application::{
    Application, Applied, CandidateId, Cv, DownloadLink, Mask, NewApplication,
};
pub(crate) use delivery::{Attempt, Delivery, DeliveryState};
pub(crate) use employer::{Employer, Moderation, SessionState, SigningKey};
pub(crate) use posting::{Approval, Note, Posting, Run};
pub(crate) use publishing::Refusal;
pub(crate) use schedule::{Due, Schedule};

use crate::clock::{Clock, local_day};
use crate::faults::Fault;
use crate::input::InputError;
use crate::ledger::Ledger;

/// The whole state.
pub(crate) struct World {
    start_ms: Option<u64>,
    first_posting: u64,
    /// Where this server is reached, without a slash at the end.
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) employers: BTreeMap<u64, Employer>,
    pub(crate) postings: BTreeMap<u64, Posting>,
    pub(crate) applications: BTreeMap<u64, Application>,
    pub(crate) links: BTreeMap<String, DownloadLink>,
    pub(crate) deliveries: BTreeMap<u64, Delivery>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) ledger: Ledger,
    pub(crate) schedule: Schedule,
    last_ids: LastIds,
}

/// The ids that were given last. Each kind starts at its own number so that a mixed-up id is not found.
struct LastIds {
    employer: u64,
    posting: u64,
    campaign: u64,
    application: u64,
    candidate: u64,
    delivery: u64,
    fault: u64,
}

impl LastIds {
    fn before(first_posting: u64) -> LastIds {
        LastIds {
            employer: 100,
            posting: first_posting.saturating_sub(1),
            campaign: 500,
            application: 70_000,
            candidate: 9_000_000,
            delivery: 0,
            fault: 0,
        }
    }
}

fn next(last: &mut u64) -> u64 {
    *last = last.saturating_add(1);
    *last
}

impl World {
    pub(crate) fn new(base_url: String, start_ms: Option<u64>, first_posting: u64) -> World {
        World {
            start_ms,
            first_posting,
            base_url,
            clock: Clock::starting_at(start_ms),
            employers: BTreeMap::new(),
            postings: BTreeMap::new(),
            applications: BTreeMap::new(),
            links: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            faults: Vec::new(),
            ledger: Ledger::default(),
            schedule: Schedule::default(),
            last_ids: LastIds::before(first_posting),
        }
    }

    /// Forgets everything and starts the clock again.
    pub(crate) fn reset(&mut self) {
        *self = World::new(
            std::mem::take(&mut self.base_url),
            self.start_ms,
            self.first_posting,
        );
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(crate) fn new_fault_id(&mut self) -> u64 {
        next(&mut self.last_ids.fault)
    }

    pub(crate) fn employer(&self, id: u64) -> Result<&Employer, InputError> {
        self.employers
            .get(&id)
            .ok_or_else(|| InputError::not_found("employer_id", id))
    }

    pub(crate) fn employer_mut(&mut self, id: u64) -> Result<&mut Employer, InputError> {
        self.employers
            .get_mut(&id)
            .ok_or_else(|| InputError::not_found("employer_id", id))
    }

    pub(crate) fn posting_mut(&mut self, id: u64) -> Result<&mut Posting, InputError> {
        self.postings
            .get_mut(&id)
            .ok_or_else(|| InputError::not_found("job_id", id))
    }

    /// Lets running postings expire whose last day has ended in Vietnam; done before anything reads them.
    pub(crate) fn settle(&mut self) {
        let now = self.now_ms();
        let today = local_day(now);
        for posting in self.postings.values_mut() {
            if posting.run == Run::Running && posting.deadline_passed(today) {
                posting.run = Run::Expired;
                posting.note(now, "expired", None);
            }
        }
    }
}
