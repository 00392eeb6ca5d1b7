//! Whether a connection or a posting has gone silent, from nothing but what the platform has received.
//!
//! Only deliveries that the plugin verified count as life: whoever knows the webhook URL can send anything else.

use super::posting::PostingState;

const DAY_MS: u64 = 86_400_000;

/// A connection with live postings normally hears something on any working day. A week is longer than any weekend with a public holiday.
pub const CONNECTION_AFTER_MS: u64 = 7 * DAY_MS;

/// One posting has applicants less often than a whole account. Two weeks is half of the month for which a posting usually stands.
pub const POSTING_AFTER_MS: u64 = 14 * DAY_MS;

/// Since when a connection is silent: it has live postings and has not had a verified delivery for [`CONNECTION_AFTER_MS`].
/// Counted from its last delivery, at the earliest from its oldest live posting (`live_since`). Absent: it is not silent.
pub fn of_connection(
    last_delivery_at: Option<u64>,
    live_since: Option<u64>,
    now: u64,
) -> Option<u64> {
    let since = live_since?.max(last_delivery_at.unwrap_or(0));
    silent(since, CONNECTION_AFTER_MS, now)
}

/// Since when a posting is silent: it is live, has had applicants, and none for [`POSTING_AFTER_MS`]. Absent: it is not silent.
pub fn of_posting(state: PostingState, last_delivery_at: Option<u64>, now: u64) -> Option<u64> {
    if state != PostingState::Live {
        return None;
    }
    silent(last_delivery_at?, POSTING_AFTER_MS, now)
}

fn silent(since: u64, after: u64, now: u64) -> Option<u64> {
    (now >= since.saturating_add(after)).then_some(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_live_postings_nothing_is_expected() {
        assert_eq!(of_connection(Some(0), None, 400 * DAY_MS), None);
        assert_eq!(
            of_posting(PostingState::Closed, Some(0), 400 * DAY_MS),
            None
        );
    }

    #[test]
    fn a_posting_published_after_a_long_pause_is_given_its_own_week() {
        let published = 100 * DAY_MS;
        let later = |days| of_connection(Some(0), Some(published), published + days * DAY_MS);
        assert_eq!(later(6), None);
        assert_eq!(later(7), Some(published));
    }

    #[test]
    fn a_connection_that_never_received_is_silent_too() {
        assert_eq!(of_connection(None, Some(5), 5 + 7 * DAY_MS), Some(5));
    }

    #[test]
    fn a_posting_that_never_had_an_applicant_is_only_unpopular() {
        assert_eq!(of_posting(PostingState::Live, None, 400 * DAY_MS), None);
        assert_eq!(of_posting(PostingState::Live, Some(7), 14 * DAY_MS), None);
        assert_eq!(
            of_posting(PostingState::Live, Some(7), 14 * DAY_MS + 7),
            Some(7)
        );
    }
}
