//! What the platform does for a connection without being asked, and when.

use super::back_off::back_off_ms;
use super::id::ConnectionId;

const HOUR_MS: u64 = 3_600_000;

/// Something that is done again and again for each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Asking the board for the state of every posting, for webhooks that were lost.
    Reconcile,
    /// Asking the board whether the credentials still work, and looking whether the connection has gone silent.
    Check,
}

impl Errand {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Reconcile, Self::Check];

    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reconcile => "reconcile",
            Self::Check => "check",
        }
    }

    /// Reads the stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|errand| errand.code() == code)
    }

    /// How long from one run to the next.
    ///
    /// Reconciling costs the board a call for each posting; a verdict takes a reviewer hours, so one that was lost is noticed the same working day.
    /// A check costs one call; credentials that stopped working stop everything, so an hour is as long as nobody should know of it.
    pub fn interval_ms(self) -> u64 {
        match self {
            Self::Reconcile => 6 * HOUR_MS,
            Self::Check => HOUR_MS,
        }
    }

    /// When a connection that has just been made is looked after for the first time: anywhere within one interval,
    /// so that a thousand connections do not ask the board at the same moment.
    pub fn first_at(self, connection: ConnectionId, now: u64) -> u64 {
        now + spread(self, connection, self.interval_ms())
    }

    /// When it is done next after it was done. Up to a tenth later than the interval, each connection by its own amount.
    pub fn next_at(self, connection: ConnectionId, now: u64) -> u64 {
        now + self.interval_ms() + spread(self, connection, self.interval_ms() / 10)
    }

    /// When it is tried again after the `attempts`th failure in a row; not before the board's own word (`asked_ms`), and without such a word
    /// not later than an undisturbed run would be.
    pub fn retry_at(self, attempts: u32, asked_ms: Option<u64>, now: u64) -> u64 {
        let wait = back_off_ms(attempts, None).min(self.interval_ms());
        now + wait.max(asked_ms.unwrap_or(0))
    }
}

/// A number below `range`, always the same for one connection and errand: restarts do not bring connections into step.
fn spread(errand: Errand, connection: ConnectionId, range: u64) -> u64 {
    // Neighbouring ids land far apart (multiplication by the golden ratio's bits).
    let seed = connection.0.unsigned_abs() * 2 + u64::from(errand == Errand::Check);
    let scattered = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    scattered % range.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_do_not_ask_in_step() {
        let firsts: std::collections::BTreeSet<u64> = (1..=100)
            .map(|id| Errand::Reconcile.first_at(ConnectionId(id), 0) / 60_000)
            .collect();
        assert!(firsts.len() > 60, "{} different minutes", firsts.len());
        assert!(firsts.iter().all(|minute| *minute < 360));
    }

    #[test]
    fn the_next_run_is_an_interval_and_at_most_a_tenth_away() {
        for id in 1..100 {
            let wait = Errand::Check.next_at(ConnectionId(id), 1_000) - 1_000;
            assert!((HOUR_MS..=HOUR_MS + HOUR_MS / 10).contains(&wait), "{wait}");
        }
    }

    #[test]
    fn a_failure_is_retried_soon_and_never_before_the_board_allows() {
        assert_eq!(Errand::Check.retry_at(1, None, 0), 60_000);
        assert_eq!(Errand::Check.retry_at(40, None, 0), HOUR_MS);
        assert_eq!(Errand::Check.retry_at(1, Some(7 * HOUR_MS), 0), 7 * HOUR_MS);
    }
}
