//! When to try again.

const FIRST_MS: u64 = 60_000;
const LONGEST_MS: u64 = 6 * 3_600_000;

/// How long to wait after the `attempts`th failed try (1 for the first): a minute, doubled each time, at most six hours;
/// longer only when the board itself asked for longer (`asked_ms`), and never shorter than that.
pub fn back_off_ms(attempts: u32, asked_ms: Option<u64>) -> u64 {
    let doubled = FIRST_MS.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    doubled.min(LONGEST_MS).max(asked_ms.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_respect_the_board() {
        assert_eq!(back_off_ms(1, None), 60_000);
        assert_eq!(back_off_ms(3, None), 240_000);
        assert_eq!(back_off_ms(u32::MAX, None), LONGEST_MS);
        assert_eq!(back_off_ms(1, Some(90_000)), 90_000);
        assert_eq!(back_off_ms(2, Some(90_000)), 120_000);
    }
}
