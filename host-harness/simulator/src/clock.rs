//! The simulator's time: the system's clock with an offset, or a fixed start that moves only when it is told to.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// Vietnam keeps +07:00 all year.
const VIETNAM: Offset = Offset::constant(7);

/// Largest moment that the control API may set: the end of the year 9000, far inside every date type's range.
pub(crate) const LATEST_MS: i64 = 221_845_392_000_000;

/// Where time comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    /// The system's clock plus an offset in milliseconds.
    System { offset_ms: i64 },
    /// Stands still between advances.
    Fixed { now_ms: i64 },
}

impl Clock {
    pub(crate) fn starting_at(start_ms: Option<u64>) -> Clock {
        match start_ms {
            None => Clock::System { offset_ms: 0 },
            Some(start) => Clock::Fixed {
                now_ms: i64::try_from(start).unwrap_or(LATEST_MS).min(LATEST_MS),
            },
        }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        match self {
            Clock::Fixed { now_ms } => *now_ms,
            Clock::System { offset_ms } => system_ms().saturating_add(*offset_ms).min(LATEST_MS),
        }
    }

    pub(crate) fn advance(&mut self, by_ms: i64) {
        match self {
            Clock::Fixed { now_ms } => *now_ms = now_ms.saturating_add(by_ms).min(LATEST_MS),
            Clock::System { offset_ms } => *offset_ms = offset_ms.saturating_add(by_ms),
        }
    }

    pub(crate) fn set(&mut self, to_ms: i64) {
        match self {
            Clock::Fixed { now_ms } => *now_ms = to_ms,
            Clock::System { offset_ms } => *offset_ms = to_ms.saturating_sub(system_ms()),
        }
    }
}

fn system_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
        .unwrap_or(0)
}

fn local(ms: i64) -> DateTime {
    let moment = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    VIETNAM.to_datetime(moment)
}

/// The calendar day in Vietnam at that moment.
pub(crate) fn local_day(ms: i64) -> Date {
    local(ms).date()
}

/// `YYYY-MM-DD HH:MM:SS` in Vietnam, without a zone: the form that TopCV's times have.
pub(crate) fn local_time_text(ms: i64) -> String {
    let time = local(ms);
    format!(
        "{} {:02}:{:02}:{:02}",
        time.date(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// Reads `YYYY-MM-DD`, exactly in that form.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

/// Whether `text` has the form `YYYY-MM-DD HH:MM:SS`.
pub(crate) fn is_local_time(text: &str) -> bool {
    DateTime::strptime("%Y-%m-%d %H:%M:%S", text).is_ok_and(|_| text.len() == 19)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_day_turns_at_17_utc() {
        // 2026-03-01T16:59:59Z and one second later.
        assert_eq!(local_time_text(1_772_384_399_000), "2026-03-01 23:59:59");
        assert_eq!(local_day(1_772_384_400_000).to_string(), "2026-03-02");
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let mut clock = Clock::starting_at(Some(1_000));
        clock.advance(500);
        assert_eq!(clock.now_ms(), 1_500);
        clock.set(7);
        assert_eq!(clock.now_ms(), 7);
    }

    #[test]
    fn days_have_one_form() {
        assert!(read_day("2026-02-28").is_some());
        for wrong in [
            "2026-02-30",
            "2026-2-3",
            "20260203",
            "2026-02-03 ",
            "03/02/2026",
        ] {
            assert!(read_day(wrong).is_none(), "{wrong}");
        }
        assert!(is_local_time("2026-02-28 23:59:59"));
        assert!(!is_local_time("2026-02-28T23:59:59"));
    }
}
