//! What the simulator does by itself later: by the real clock, or at once when its own clock is moved past it.

use std::time::Duration;

use tokio::time::Instant;

use crate::partner::Call;

/// Something to do later.
pub(crate) enum Due {
    /// Approve the posting if it is still in that review round.
    Approve { job_id: u64, round: u64 },
    /// Carry out a create whose caller was left without an answer.
    LateCreate(Box<Call>),
}

struct Timer {
    at: Instant,
    at_ms: i64,
    due: Due,
}

/// Everything that is still to come.
#[derive(Default)]
pub(crate) struct Schedule {
    timers: Vec<Timer>,
}

impl Schedule {
    pub(crate) fn add(&mut self, now_ms: i64, after_ms: u64, due: Due) {
        let ahead = i64::try_from(after_ms).unwrap_or(i64::MAX);
        self.timers.push(Timer {
            at: Instant::now() + Duration::from_millis(after_ms),
            at_ms: now_ms.saturating_add(ahead),
            due,
        });
    }

    /// Removes and returns what is due by either clock, in the order in which it was planned.
    pub(crate) fn take_due(&mut self, now_ms: i64) -> Vec<Due> {
        let now = Instant::now();
        let (ready, later): (Vec<Timer>, Vec<Timer>) = std::mem::take(&mut self.timers)
            .into_iter()
            .partition(|timer| timer.at <= now || timer.at_ms <= now_ms);
        self.timers = later;
        ready.into_iter().map(|timer| timer.due).collect()
    }

    /// When to look again by the real clock.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.timers.iter().map(|timer| timer.at).min()
    }
}
