//! Dates, times, money and sizes, the Vietnamese way in both languages.

use crate::domain::value::{FieldValue, Values};

use super::lang::Lang;

const VIETNAM_MS: i64 = 7 * 3_600_000;

/// `dd/MM/yyyy HH:mm` in Asia/Ho_Chi_Minh, which has had no daylight saving since 1975.
pub fn moment(at: u64) -> String {
    let local = i64::try_from(at).unwrap_or(i64::MAX / 2) + VIETNAM_MS;
    jiff::Timestamp::from_millisecond(local).map_or_else(
        |_| "?".to_owned(),
        |local| {
            let local = jiff::tz::TimeZone::UTC.to_datetime(local);
            format!(
                "{:02}/{:02}/{} {:02}:{:02}",
                local.day(),
                local.month(),
                local.year(),
                local.hour(),
                local.minute()
            )
        },
    )
}

/// The calendar day of a moment in Vietnam, `YYYY-MM-DD`.
pub fn day_of(at: u64) -> String {
    let local = i64::try_from(at).unwrap_or(i64::MAX / 2) + VIETNAM_MS;
    jiff::Timestamp::from_millisecond(local).map_or_else(
        |_| String::new(),
        |local| {
            jiff::tz::TimeZone::UTC
                .to_datetime(local)
                .date()
                .to_string()
        },
    )
}

/// For the `datetime` attribute: ISO 8601 in UTC.
pub fn machine(at: u64) -> String {
    let at = i64::try_from(at).unwrap_or(i64::MAX / 2);
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| at.to_string())
}

/// `2026-03-31` as `31/03/2026`; anything else as it is.
pub fn day(day: &str) -> String {
    let parts: Vec<&str> = day.split('-').collect();
    match parts[..] {
        [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2 => {
            format!("{day}/{month}/{year}")
        }
        _ => day.to_owned(),
    }
}

/// How many days are left until the end of a day; negative when it is over.
pub fn days_left(last: &str, now: u64) -> Option<i64> {
    let last: jiff::civil::Date = last.parse().ok()?;
    let today: jiff::civil::Date = day_of(now).parse().ok()?;
    Some(i64::from(today.until(last).ok()?.get_days()))
}

/// `15000000` as `15.000.000`.
pub fn thousands(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if amount < 0 {
        out.insert(0, '-');
    }
    out
}

/// `15.000.000 ₫`, `1.500 USD`.
pub fn money(amount: i64, currency: &str) -> String {
    let unit = if currency.eq_ignore_ascii_case("VND") {
        "₫"
    } else {
        currency
    };
    format!("{}\u{a0}{unit}", thousands(amount))
}

/// Millions with at most one decimal, the way salaries are spoken of: `15`, `7,5`.
fn millions(amount: i64) -> Option<String> {
    const MILLION: i64 = 1_000_000;
    if amount < MILLION || amount % (MILLION / 10) != 0 {
        return None;
    }
    let tenth = amount % MILLION / (MILLION / 10);
    let whole = thousands(amount / MILLION);
    Some(if tenth == 0 {
        whole
    } else {
        format!("{whole},{tenth}")
    })
}

/// A job's salary: `15–20 triệu`, `từ 9 triệu`, `thỏa thuận`.
pub fn salary(lang: Lang, details: &Values) -> Option<String> {
    let amount = |name: &str| match details.get(name) {
        Some(FieldValue::Integer(amount)) if *amount > 0 => Some(*amount),
        _ => None,
    };
    if details.get("salary-negotiable") == Some(&FieldValue::Truth(true)) {
        return Some(lang.t("Thỏa thuận", "Negotiable").to_owned());
    }
    let currency = match details.get("salary-currency") {
        Some(FieldValue::Text(currency)) => currency.as_str(),
        _ => "VND",
    };
    let in_millions = currency.eq_ignore_ascii_case("VND");
    let short = |amount: i64| in_millions.then(|| millions(amount)).flatten();
    let unit = lang.t("triệu", "million ₫");
    let one = |amount: i64| {
        short(amount).map_or_else(
            || money(amount, currency),
            |millions| format!("{millions}\u{a0}{unit}"),
        )
    };
    match (amount("salary-from"), amount("salary-to")) {
        (Some(from), Some(to)) => Some(match (short(from), short(to)) {
            (Some(from), Some(to)) => format!("{from}–{to}\u{a0}{unit}"),
            _ => format!("{} – {}", one(from), one(to)),
        }),
        (Some(from), None) => Some(format!("{} {}", lang.t("Từ", "From"), one(from))),
        (None, Some(to)) => Some(format!("{} {}", lang.t("Đến", "Up to"), one(to))),
        (None, None) => None,
    }
}

/// Bytes for people: `77 B`, `1,2 MB`.
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes}\u{a0}B"),
        1_000..1_000_000 => format!("{}\u{a0}kB", bytes / 1_000),
        _ => format!(
            "{},{}\u{a0}MB",
            bytes / 1_000_000,
            bytes % 1_000_000 / 100_000
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_vietnams() {
        // 2026-01-01T16:59:00Z is the last minute of the day there.
        assert_eq!(moment(1_767_286_740_000), "01/01/2026 23:59");
        assert_eq!(moment(1_767_286_800_000), "02/01/2026 00:00");
        assert_eq!(day_of(1_767_286_800_000), "2026-01-02");
        assert_eq!(machine(1_767_286_800_000), "2026-01-01T17:00:00Z");
        assert_eq!(moment(u64::MAX), "?");
    }

    #[test]
    fn days_are_turned_round_and_counted() {
        assert_eq!(day("2026-03-31"), "31/03/2026");
        assert_eq!(day("mai"), "mai");
        assert_eq!(days_left("2026-01-05", 1_767_286_800_000), Some(3));
        assert_eq!(days_left("2026-01-01", 1_767_286_800_000), Some(-1));
        assert_eq!(days_left("?", 0), None);
    }

    #[test]
    fn money_has_points_between_thousands() {
        assert_eq!(money(15_000_000, "VND"), "15.000.000\u{a0}₫");
        assert_eq!(money(999, "USD"), "999\u{a0}USD");
        assert_eq!(thousands(-1_000), "-1.000");
        assert_eq!(thousands(0), "0");
    }

    #[test]
    fn salaries_are_told_in_millions() {
        let of = |pairs: &[(&str, i64)]| {
            let details = pairs
                .iter()
                .map(|(name, amount)| ((*name).to_owned(), FieldValue::Integer(*amount)))
                .collect();
            salary(Lang::Vi, &details)
        };
        let (from, to) = ("salary-from", "salary-to");
        assert_eq!(
            of(&[(from, 15_000_000), (to, 20_000_000)]).as_deref(),
            Some("15–20\u{a0}triệu")
        );
        assert_eq!(
            of(&[(from, 7_500_000)]).as_deref(),
            Some("Từ 7,5\u{a0}triệu")
        );
        assert_eq!(
            of(&[(to, 9_250_000)]).as_deref(),
            Some("Đến 9.250.000\u{a0}₫")
        );
        assert_eq!(of(&[]), None);
        let negotiable = Values::from([("salary-negotiable".to_owned(), FieldValue::Truth(true))]);
        assert_eq!(salary(Lang::Vi, &negotiable).as_deref(), Some("Thỏa thuận"));
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(77), "77\u{a0}B");
        assert_eq!(size(40_500), "40\u{a0}kB");
        assert_eq!(size(2_340_000), "2,3\u{a0}MB");
    }
}
