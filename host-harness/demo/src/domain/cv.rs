//! Files of applicants.

use super::back_off::back_off_ms;

/// How far the platform is with one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CvState {
    /// Not fetched yet.
    Pending,
    /// Fetched, checked and stored.
    Stored,
    /// The last try failed. Whether there will be another stands beside it.
    Failed,
    /// Fetched, and the same bytes as another file of the application: nobody is shown it twice.
    Duplicate,
}

impl CvState {
    /// The stored word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Failed => "failed",
            Self::Duplicate => "duplicate",
        }
    }
}

/// Most tries for one link. With the waits between them they last for more than four days: far beyond any link known.
const MOST_ATTEMPTS: u32 = 20;

/// How long before a link's end the last try is made: time enough for it to go through, and for the two clocks to differ a little.
const LAST_CHANCE_MS: u64 = 10 * 60_000;

/// When to try again after a failure that another try could mend; `None`: no more.
///
/// The waits grow (see [`back_off_ms`]) and end with the link: where the next would fall behind its end, one last try is made shortly before.
/// A board's wish to be left alone for longer than the link lives is respected.
pub fn next_try(
    attempts: u32,
    now: u64,
    asked_ms: Option<u64>,
    expires_at: Option<u64>,
) -> Option<u64> {
    if attempts >= MOST_ATTEMPTS {
        return None;
    }
    let next = now.saturating_add(back_off_ms(attempts, asked_ms));
    let Some(last) = expires_at.map(|end| end.saturating_sub(LAST_CHANCE_MS)) else {
        return Some(next);
    };
    let earliest = now.saturating_add(back_off_ms(1, asked_ms));
    if next <= last {
        Some(next)
    } else {
        (earliest <= last).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: u64 = 86_400_000;

    /// The moments of all tries when every one fails at once.
    fn tries(expires_at: Option<u64>) -> Vec<u64> {
        let mut tries = vec![0];
        while let Some(next) =
            next_try(tries.len() as u32, tries[tries.len() - 1], None, expires_at)
        {
            tries.push(next);
        }
        tries
    }

    #[test]
    fn tries_grow_rarer_and_end_with_the_link() {
        let tries = tries(Some(DAY_MS));
        assert_eq!(tries.last(), Some(&(DAY_MS - LAST_CHANCE_MS)));
        assert!(tries.len() >= 10, "{tries:?}");
        let waits: Vec<u64> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (_, growing) = waits.split_last().unwrap();
        assert!(growing.is_sorted(), "{waits:?}");
    }

    #[test]
    fn a_link_without_an_end_is_not_tried_for_ever() {
        assert_eq!(tries(None).len(), MOST_ATTEMPTS as usize);
    }

    #[test]
    fn a_dead_or_dying_link_is_left_alone() {
        assert_eq!(next_try(1, DAY_MS, None, Some(DAY_MS)), None);
        assert_eq!(
            next_try(1, DAY_MS - LAST_CHANCE_MS, None, Some(DAY_MS)),
            None
        );
    }

    #[test]
    fn the_board_is_not_asked_before_it_wants_to_be() {
        assert_eq!(next_try(1, 0, Some(90_000), Some(DAY_MS)), Some(90_000));
        assert_eq!(next_try(1, 0, Some(2 * DAY_MS), Some(DAY_MS)), None);
    }
}
