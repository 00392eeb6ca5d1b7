//! The header `Retry-After`: seconds, or a time of day as HTTP writes it.

use crate::contract::http::Response;
use crate::contract::types::Moment;
use crate::vietnam::time;

/// Longer than an hour is taken as an hour: the host asks again and is told again.
const LONGEST_MS: u64 = 3_600_000;

/// How long the board asks us to wait, from `now`. `None`: it does not say, or nothing that can be read.
pub(super) fn of(response: &Response, now: Moment) -> Option<u64> {
    let header = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("retry-after"))?;
    let value = header.value.trim();
    let wait = match value.parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1_000),
        Err(_) => moment(value)?.saturating_sub(now),
    };
    Some(wait.min(LONGEST_MS))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that servers may still send.
fn moment(value: &str) -> Option<Moment> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (_, date) = value.split_once(", ")?;
    let mut parts = date.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (clock, zone) = (parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    if zone != "GMT" || parts.next().is_some() {
        return None;
    }
    time::parse(&format!("{year}-{month:02}-{day}T{clock}"), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::http::Header;

    fn wait(value: &str, now: Moment) -> Option<u64> {
        let header = Header {
            name: "Retry-After".into(),
            value: value.into(),
        };
        let response = Response {
            status: 429,
            headers: vec![header],
            body: Vec::new(),
        };
        of(&response, now)
    }

    #[test]
    fn seconds_and_times_of_day_are_read() {
        assert_eq!(wait("120", 5), Some(120_000));
        assert_eq!(wait(" 0 ", 5), Some(0));
        // date -d 'Sun, 06 Nov 1994 08:49:37 GMT' +%s
        let then = 784_111_777_000;
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(wait(date, then - 90_000), Some(90_000));
        assert_eq!(wait(date, then + 1), Some(0));
        assert_eq!(wait(date, 0), Some(LONGEST_MS));
        assert_eq!(wait("99999999999999999999", 0), None);
        assert_eq!(wait("86400", 0), Some(LONGEST_MS));
    }

    #[test]
    fn anything_else_says_nothing() {
        for value in [
            "",
            "soon",
            "-1",
            "1.5",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Xxx 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 PST",
        ] {
            assert_eq!(wait(value, 0), None, "{value}");
        }
    }
}
