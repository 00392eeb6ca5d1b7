//! Vietnam's clock: +07:00 all year, no daylight saving. Pure arithmetic on the calendar, so that the host's zone has no say.

use crate::contract::types::Moment;

/// Minutes that Vietnam is ahead of UTC.
pub const ZONE_MINUTES: i32 = 420;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Whether the text is a calendar day that exists, `YYYY-MM-DD`.
pub fn is_day(day: &str) -> bool {
    day_number(day).is_some()
}

/// The moment at which the day is over in Vietnam: the first one of the next day. `None` for what is no day, or one before 1970.
pub fn end_of_day(day: &str) -> Option<Moment> {
    let midnight = (day_number(day)? + 1) * DAY_MS - i64::from(ZONE_MINUTES) * MINUTE_MS;
    u64::try_from(midnight).ok()
}

/// The day in Vietnam at a moment.
pub fn day_of(moment: Moment) -> String {
    let local = i64::try_from(moment)
        .unwrap_or(i64::MAX)
        .saturating_add(i64::from(ZONE_MINUTES) * MINUTE_MS);
    let (year, month, day) = from_day_number(local.div_euclid(DAY_MS));
    format!("{year:04}-{month:02}-{day:02}")
}

/// A date with a time of day, as the moment it names; one without a zone of its own is Vietnam's.
pub fn parse_local(text: &str) -> Option<Moment> {
    parse(text, ZONE_MINUTES)
}

/// A date with a time of day: `YYYY-MM-DD HH:MM[:SS[.fraction]]`, blank or `T` between, then perhaps `Z` or `±HH[:]MM`.
///
/// `zone_minutes` (east of UTC) holds where the text names no zone. `None`: no such moment, or one before 1970.
pub fn parse(text: &str, zone_minutes: i32) -> Option<Moment> {
    let text = text.trim();
    let day = day_number(text.get(..10)?)?;
    let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?.trim_start();
    let clock_end = rest
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.'))
        .unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(clock_end);
    let zone = match zone.trim_start() {
        "" => zone_minutes,
        named => zone_of(named)?,
    };
    let moment = day * DAY_MS + time_of_day(clock)? - i64::from(zone) * MINUTE_MS;
    u64::try_from(moment).ok()
}

/// Milliseconds since midnight.
fn time_of_day(clock: &str) -> Option<i64> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let hour = two_digits(parts.next()?, 23)?;
    let minute = two_digits(parts.next()?, 59)?;
    let second = parts.next().map_or(Some(0), |part| two_digits(part, 59))?;
    if parts.next().is_some() || fraction.is_empty() || !is_digits(fraction) {
        return None;
    }
    let thousandths = fraction
        .bytes()
        .chain([b'0'; 3])
        .take(3)
        .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((((hour * 60) + minute) * 60 + second) * 1_000 + thousandths)
}

/// Minutes east of UTC.
fn zone_of(zone: &str) -> Option<i32> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(pair) => pair,
        None => (digits.get(..2)?, digits.get(2..)?),
    };
    let minutes = match minutes {
        "" => 0,
        minutes => two_digits(minutes, 59)?,
    };
    i32::try_from(two_digits(hours, 14)? * 60 + minutes)
        .ok()
        .map(|offset| sign * offset)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn two_digits(text: &str, most: i64) -> Option<i64> {
    let value = (text.len() == 2 && is_digits(text)).then(|| text.parse().ok())??;
    (value <= most).then_some(value)
}

/// Days since 1970-01-01.
fn day_number(day: &str) -> Option<i64> {
    let bytes = day.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        day.get(from..to)
            .filter(|part| is_digits(part))?
            .parse()
            .ok()
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    if year == 0 || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    Some(days_before_year(year) + days_before_month(year, month) + day - 1 - EPOCH_DAYS)
}

/// Days from 0001-01-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_162;

fn from_day_number(number: i64) -> (i64, i64, i64) {
    let days = number + EPOCH_DAYS;
    // 400 years have 146,097 days. The guess is at most one year off, on either side of a new year's day.
    let mut year = days * 400 / 146_097 + 1;
    while days_before_year(year) > days {
        year -= 1;
    }
    while days_before_year(year + 1) <= days {
        year += 1;
    }
    let of_year = days - days_before_year(year);
    let month = (1..=12)
        .rev()
        .find(|month| days_before_month(year, *month) <= of_year)
        .unwrap_or(1);
    (year, month, of_year - days_before_month(year, month) + 1)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_before_year(year: i64) -> i64 {
    let past = year - 1;
    past * 365 + past / 4 - past / 100 + past / 400
}

fn days_before_month(year: i64, month: i64) -> i64 {
    (1..month).map(|earlier| days_in(year, earlier)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_zone_is_vietnams() {
        // 2026-11-23T08:00:00Z
        assert_eq!(parse_local("2026-11-23 15:00:00"), Some(1_795_420_800_000));
        assert_eq!(parse_local("1970-01-01 07:00:00"), Some(0));
        assert_eq!(parse_local("1970-01-01 06:59:59"), None);
    }

    #[test]
    fn other_spellings_of_one_moment() {
        for text in [
            "2026-11-23T15:00:00",
            "2026-11-23T08:00:00Z",
            "2026-11-23T08:00:00.000Z",
            "2026-11-23T15:00:00+07:00",
            "2026-11-23 15:00:00 +0700",
            "2026-11-23T02:30:00-05:30",
            "2026-11-23 15:00",
            "  2026-11-23 15:00:00 ",
            "2026-11-23T15:00:00.0000000",
        ] {
            assert_eq!(parse_local(text), Some(1_795_420_800_000), "{text}");
        }
        assert_eq!(
            parse_local("2026-11-23 15:00:00.25"),
            Some(1_795_420_800_250)
        );
        assert_eq!(parse("2026-11-23 08:00:00", 0), Some(1_795_420_800_000));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23 ",
            "2026-11-23 24:00:00",
            "2026-11-23 15:60:00",
            "2026-11-23 15:00:00.",
            "2026-11-23 15:00:00:00",
            "2026-11-23 15:00:00 giờ",
            "2026-11-23 +5:00:00",
            "2026-02-29 10:00:00",
            "23/11/2026 15:00:00",
            "2026-11-23T15:00:00+7:00",
            "2026-11-23T15:00:00+25:00",
            "ngày mười một",
        ] {
            assert_eq!(parse_local(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_day_ends_at_vietnams_midnight() {
        // 2026-11-23T17:00:00Z
        let end = 1_795_453_200_000;
        assert_eq!(end_of_day("2026-11-23"), Some(end));
        assert_eq!(day_of(end - 1), "2026-11-23");
        assert_eq!(day_of(end), "2026-11-24");
        assert_eq!(end_of_day("2026-11-31"), None);
    }

    #[test]
    fn every_day_of_eight_centuries_is_itself_again() {
        let mut expected = day_number("1970-01-01").unwrap();
        assert_eq!(expected, 0);
        for year in 1970..2770 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    let text = format!("{year:04}-{month:02}-{day:02}");
                    assert_eq!(day_number(&text), Some(expected), "{text}");
                    assert_eq!(from_day_number(expected), (year, month, day));
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        assert!(is_day("2024-02-29") && is_day("2000-02-29"));
        for day in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "0000-01-01",
            "2026-1-01",
            "2026-01-0١",
            "20260101",
            "+026-01-01",
        ] {
            assert!(!is_day(day), "{day}");
        }
    }

    #[test]
    fn the_far_end_of_time_does_not_panic() {
        assert!(day_of(u64::MAX).len() >= 10);
    }
}
