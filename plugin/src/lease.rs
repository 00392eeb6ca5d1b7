//! How long a caller may count on being alone, on hosts whose clocks do not agree.

use crate::contract::types::Moment;

/// How far the clocks of two hosts of one connection may differ. Every lease is longer than its work by this much: the other host, with its
/// clock ahead, must not take it for over.
///
/// Two minutes: hosts that ask a time server differ by milliseconds; one that was suspended, or lost its time server for weeks, by some
/// seconds up to a minute or two before it is noticed. More would only keep recruiters waiting after a crash.
pub const CLOCK_TOLERANCE_MS: u64 = 120_000;

/// When a lease for work of this length ends, if it begins now.
pub fn until(now: Moment, work_ms: u64) -> Moment {
    now.saturating_add(work_ms)
        .saturating_add(CLOCK_TOLERANCE_MS)
}
