//! What is left of a call's allowance.

use crate::limits::Limits;

/// Counts down while a call runs. Starts from the connection's [`Limits`].
pub(super) struct Budget {
    pub(super) ticks: u64,
    http_requests: u32,
    http_bytes_out: u64,
    http_bytes_in: u64,
    storage_operations: u32,
    log_lines: u32,
    quota_reported: bool,
}

/// What becomes of a log line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LogTurn {
    Write,
    /// The first one beyond the limit: say once that lines are dropped.
    SayDropped,
    Drop,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            ticks: limits.cpu_ticks,
            http_requests: limits.http_requests,
            http_bytes_out: limits.http_bytes_out,
            http_bytes_in: limits.http_bytes_in,
            storage_operations: limits.storage_operations,
            // One more, for the line that says that lines are dropped.
            log_lines: limits.log_lines.saturating_add(1),
            quota_reported: false,
        }
    }

    /// Takes one tick of computing time. False: there is none left.
    pub(super) fn take_tick(&mut self) -> bool {
        take(&mut self.ticks, 1)
    }

    /// Takes one request of any outcome, so that a guest cannot flood the audit with refused ones either.
    pub(super) fn take_request(&mut self) -> bool {
        self.http_requests = match self.http_requests.checked_sub(1) {
            Some(left) => left,
            None => return false,
        };
        true
    }

    pub(super) fn take_bytes_out(&mut self, bytes: u64) -> bool {
        take(&mut self.http_bytes_out, bytes)
    }

    pub(super) fn bytes_in_left(&self) -> u64 {
        self.http_bytes_in
    }

    /// A refused answer counts as much as it was allowed to be: it was received up to there.
    pub(super) fn spend_bytes_in(&mut self, bytes: u64) {
        self.http_bytes_in = self.http_bytes_in.saturating_sub(bytes);
    }

    pub(super) fn take_storage_operation(&mut self) -> bool {
        match self.storage_operations.checked_sub(1) {
            Some(left) => self.storage_operations = left,
            None => return false,
        }
        true
    }

    /// True the first time, so that a guest cannot flood the audit with writes that find no room.
    pub(super) fn take_quota_report(&mut self) -> bool {
        !std::mem::replace(&mut self.quota_reported, true)
    }

    pub(super) fn take_log_line(&mut self) -> LogTurn {
        match self.log_lines {
            0 => LogTurn::Drop,
            1 => {
                self.log_lines = 0;
                LogTurn::SayDropped
            }
            left => {
                self.log_lines = left - 1;
                LogTurn::Write
            }
        }
    }
}

fn take(left: &mut u64, amount: u64) -> bool {
    match left.checked_sub(amount) {
        Some(rest) => *left = rest,
        None => return false,
    }
    true
}
