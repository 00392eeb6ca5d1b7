//! How often a sign-in may fail before the next one has to wait.
//!
//! Only failures count, and they count for who made them: for a sender at one account, and for a sender at all accounts together. An account by itself is never
//! shut, or anybody could shut a recruiter out by guessing; the right password works from every other address.

use std::collections::BTreeMap;

/// So many failures of a sender at one account are answered at once: people mistype. Then one a minute.
const PAIR: Allowance = Allowance {
    at_once: 10,
    interval_ms: 60_000,
};

/// So many of a sender at all accounts together: an office behind one address. Then one in six seconds.
const SENDER: Allowance = Allowance {
    at_once: 100,
    interval_ms: 6_000,
};

/// Most that is remembered of either kind, some hundred bytes each. Beyond that the ones that are over soonest are forgotten.
const MOST_ENTRIES: usize = 10_000;

#[derive(Clone, Copy)]
struct Allowance {
    at_once: u64,
    interval_ms: u64,
}

/// Who failed, as digests: nobody is named in memory.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Of sender and account.
    pub pair: Vec<u8>,
    /// Of the sender.
    pub sender: Vec<u8>,
}

/// What everybody has used up.
#[derive(Clone, Debug, Default)]
pub struct Attempts {
    pairs: Used,
    senders: Used,
}

/// The moment at which nothing is used up any more.
type Used = BTreeMap<Vec<u8>, u64>;

impl Attempts {
    /// Counts an attempt as failed, before it is looked at: then many at once are counted too. `Err`: it is not to be looked at, and how long to wait,
    /// in milliseconds; then nothing is counted.
    pub fn begin(&mut self, attempt: &Attempt, now: u64) -> Result<(), u64> {
        let waits = [
            wait_ms(&self.pairs, &attempt.pair, PAIR, now),
            wait_ms(&self.senders, &attempt.sender, SENDER, now),
        ];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(wait);
        }
        note(&mut self.pairs, &attempt.pair, PAIR, now);
        note(&mut self.senders, &attempt.sender, SENDER, now);
        Ok(())
    }

    /// It did not fail: it is not counted, nor is what the sender mistyped at this account before.
    pub fn succeeded(&mut self, attempt: &Attempt) {
        self.pairs.remove(&attempt.pair);
        if let Some(clear_at) = self.senders.get_mut(&attempt.sender) {
            *clear_at = clear_at.saturating_sub(SENDER.interval_ms);
        }
    }
}

fn wait_ms(used: &Used, key: &[u8], allowance: Allowance, now: u64) -> Option<u64> {
    let window = allowance.at_once * allowance.interval_ms;
    // A clock that was set back must not shut the door for long.
    let used = used.get(key)?.saturating_sub(now).min(window);
    let over = (used + allowance.interval_ms).checked_sub(window)?;
    (over > 0).then_some(over)
}

fn note(used: &mut Used, key: &[u8], allowance: Allowance, now: u64) {
    let window = allowance.at_once * allowance.interval_ms;
    if used.len() >= MOST_ENTRIES && !used.contains_key(key) {
        used.retain(|_, clear_at| *clear_at > now);
        if used.len() >= MOST_ENTRIES
            && let Some(soonest) = used.iter().min_by_key(|(_, clear_at)| **clear_at)
        {
            let soonest = soonest.0.clone();
            used.remove(&soonest);
        }
    }
    let clear_at = used.entry(key.to_vec()).or_default();
    *clear_at = (*clear_at).clamp(now, now + window) + allowance.interval_ms;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(sender: u32, account: &str) -> Attempt {
        Attempt {
            pair: format!("{sender} {account}").into_bytes(),
            sender: sender.to_string().into_bytes(),
        }
    }

    #[test]
    fn after_ten_failures_one_a_minute_is_looked_at_and_an_hour_gives_all_back() {
        let mut attempts = Attempts::default();
        let lan = attempt(1, "lan");
        for _ in 0..10 {
            assert_eq!(attempts.begin(&lan, 1_000), Ok(()));
        }
        assert_eq!(attempts.begin(&lan, 1_000), Err(60_000));
        assert_eq!(attempts.begin(&lan, 60_999), Err(1));
        assert_eq!(attempts.begin(&lan, 61_000), Ok(()));
        assert_eq!(attempts.begin(&lan, 61_000), Err(60_000));
        for _ in 0..10 {
            assert_eq!(attempts.begin(&lan, 3_661_000), Ok(()));
        }
    }

    #[test]
    fn an_account_is_open_to_every_other_sender() {
        let mut attempts = Attempts::default();
        for sender in 0..1_000 {
            let _ = attempts.begin(&attempt(sender, "lan"), 0);
        }
        for _ in 0..1_000 {
            let _ = attempts.begin(&attempt(7, "lan"), 0);
        }
        assert_eq!(attempts.begin(&attempt(1_001, "lan"), 0), Ok(()));
        assert_eq!(attempts.begin(&attempt(7, "minh"), 0), Ok(()));
    }

    #[test]
    fn a_sender_that_tries_many_accounts_has_to_wait_too() {
        let mut attempts = Attempts::default();
        for account in 0..100 {
            let one = attempt(1, &account.to_string());
            assert_eq!(attempts.begin(&one, 0), Ok(()));
        }
        assert_eq!(attempts.begin(&attempt(1, "another"), 0), Err(6_000));
        assert_eq!(attempts.begin(&attempt(2, "another"), 0), Ok(()));
    }

    #[test]
    fn the_right_password_counts_for_nothing_and_forgives_what_was_mistyped() {
        let mut attempts = Attempts::default();
        let lan = attempt(1, "lan");
        for _ in 0..500 {
            assert_eq!(attempts.begin(&lan, 0), Ok(()));
            attempts.succeeded(&lan);
        }
        for _ in 0..9 {
            assert_eq!(attempts.begin(&lan, 0), Ok(()));
        }
        assert_eq!(attempts.begin(&lan, 0), Ok(()));
        attempts.succeeded(&lan);
        assert_eq!(attempts.begin(&lan, 0), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_those_who_fail_most_are_remembered() {
        let mut attempts = Attempts::default();
        let worst = attempt(0, "lan");
        for _ in 0..10 {
            attempts.begin(&worst, 0).unwrap();
        }
        for sender in 1..30_000 {
            let _ = attempts.begin(&attempt(sender, "lan"), 0);
        }
        assert!(attempts.pairs.len() <= MOST_ENTRIES && attempts.senders.len() <= MOST_ENTRIES);
        assert!(attempts.begin(&worst, 0).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out_for_longer_than_a_minute() {
        let mut attempts = Attempts::default();
        let lan = attempt(1, "lan");
        while attempts.begin(&lan, 1_000_000_000).is_ok() {}
        assert_eq!(attempts.begin(&lan, 0), Err(60_000));
    }
}
