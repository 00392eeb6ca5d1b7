//! How many deliveries that nobody vouches for a connection may bring in before they are turned away unkept.
//!
//! Only refused deliveries count, so a flood of forgeries never costs a real one its answer.

/// How many refused deliveries in a row are kept. An employer whose signing key setting is wrong has all its applicants refused, and they
/// must be kept until the setting is mended: the busiest have some hundreds in a day.
pub const KEPT_AT_ONCE: u64 = 2_000;

/// Beyond that, one more is kept each time this has passed: 2,000 an hour.
const INTERVAL_MS: u64 = 1_800;

const WINDOW_MS: u64 = KEPT_AT_ONCE * INTERVAL_MS;

/// What one connection has used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// The moment at which nothing is used up any more.
    clear_at: u64,
    /// Turned away and not yet noted in the database.
    pub turned_away: u64,
}

impl Refusals {
    /// Notes that a delivery was refused.
    pub fn note(&mut self, now: u64) {
        // A clock that was set back must not shut the door for long.
        let used = self.clear_at.clamp(now, now + WINDOW_MS);
        self.clear_at = used + INTERVAL_MS;
    }

    /// How long it takes until a refused delivery is kept again: milliseconds. `None`: it is kept now.
    pub fn wait_ms(&self, now: u64) -> Option<u64> {
        let used = self.clear_at.saturating_sub(now).min(WINDOW_MS);
        (used + INTERVAL_MS > WINDOW_MS).then(|| used + INTERVAL_MS - WINDOW_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flooded(now: u64) -> Refusals {
        let mut refusals = Refusals::default();
        while refusals.wait_ms(now).is_none() {
            refusals.note(now);
        }
        refusals
    }

    #[test]
    fn so_many_are_kept_at_once_and_then_one_each_interval() {
        let now = 1_000_000;
        let mut refusals = Refusals::default();
        for _ in 0..KEPT_AT_ONCE {
            assert_eq!(refusals.wait_ms(now), None);
            refusals.note(now);
        }
        let wait = refusals.wait_ms(now).unwrap();
        assert_eq!(wait, INTERVAL_MS);
        assert_eq!(refusals.wait_ms(now + wait), None);
        refusals.note(now + wait);
        assert_eq!(refusals.wait_ms(now + wait), Some(INTERVAL_MS));
    }

    #[test]
    fn an_hour_of_quiet_gives_all_of_it_back() {
        let mut refusals = flooded(0);
        for _ in 0..KEPT_AT_ONCE {
            assert_eq!(refusals.wait_ms(WINDOW_MS), None);
            refusals.note(WINDOW_MS);
        }
        assert!(refusals.wait_ms(WINDOW_MS).is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out_for_longer_than_the_window() {
        let mut refusals = flooded(1_000_000_000);
        assert_eq!(refusals.wait_ms(0), Some(INTERVAL_MS));
        refusals.note(0);
        assert_eq!(refusals.wait_ms(2 * INTERVAL_MS + WINDOW_MS), None);
    }
}
