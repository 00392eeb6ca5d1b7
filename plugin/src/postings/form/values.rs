//! One form value as TopCV's wire value, or why it cannot be one.

use serde_json::{Value as Json, json};

use super::fields::{Kind, LONGEST_MARKUP, MOST_EMAILS, MOST_ITEMS, MOST_MONEY};
use crate::contract::types::{FieldProblem, NamedValue, Value};
use crate::failure::{named, problem};
use crate::topcv::{enumerations, markup};
use crate::vietnam::compose::nfc;
use crate::vietnam::masking::is_invisible;
use crate::vietnam::{email, phone, time};

/// Longest text of one choice that is not an id.
const LONGEST_CODE: usize = 100;

/// Digits of an id.
const LONGEST_ID: usize = 40;

/// What is wrong with a value; the field's id is filled in by [`read`].
type Problem = FieldProblem;

/// The wire value of what was entered; `None`: nothing was entered.
pub(super) fn read(
    id: &str,
    kind: Kind,
    value: &Value,
    today: &str,
) -> Result<Option<Json>, Problem> {
    let wire = match (kind, value) {
        // A page sends the empty text for whatever was left empty.
        (_, Value::Text(text)) if clean_line(text).is_empty() => return Ok(None),
        (Kind::Line(most), Value::Text(text)) => line(text, most),
        (Kind::Phone, Value::Text(text)) => telephone(text),
        (Kind::Markup, Value::Text(text)) => return simple_html(id, text),
        (Kind::Option, Value::Text(text)) => number_of(text),
        (Kind::Code, Value::Text(text)) => code(id, text),
        (Kind::Options | Kind::Ids, Value::Texts(items)) => return numbers(id, items),
        (Kind::Integer(least, most), Value::Integer(number)) => within(*number, least, most),
        (Kind::Money, Value::Integer(number)) => within(*number, 0, MOST_MONEY),
        (Kind::Day, Value::Text(text)) => day(text, today),
        (Kind::Emails, Value::Texts(items)) => return emails(id, items),
        (Kind::Switch, Value::Truth(on)) => Ok(json!(u8::from(*on))),
        _ => Err(wrong_kind(id, kind)),
    };
    wire.map(Some).map_err(|problem| FieldProblem {
        field: id.to_owned(),
        ..problem
    })
}

/// One line: composed, white space single, nothing invisible.
pub(super) fn clean_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in nfc(text).chars() {
        if c.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !is_invisible(c) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    // What stood around a removed character may compose now.
    nfc(&line)
}

/// A telephone number that somebody in Vietnam can dial, hotlines included.
pub(super) fn is_phone(text: &str) -> bool {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')'))
        .collect();
    let hotline = ["1800", "1900"].iter().any(|prefix| {
        digits.strip_prefix(prefix).is_some_and(|rest| {
            (4..=6).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    hotline || phone::normalise(text).is_some()
}

/// A value of another kind than the field's.
pub(super) fn wrong_kind(id: &str, kind: Kind) -> Problem {
    let (vi, en) = kind.how_to_enter();
    FieldProblem {
        values: vec![named("kind", kind.name())],
        ..problem(id, "wrong-kind", vi, en)
    }
}

fn bad(code: &str, vi: impl Into<String>, en: impl Into<String>) -> Problem {
    problem("", code, vi, en)
}

fn too_long(most: usize) -> Problem {
    bad(
        "too-long",
        format!("Tối đa {most} ký tự."),
        format!("At most {most} characters."),
    )
}

fn line(text: &str, most: usize) -> Result<Json, Problem> {
    let line = clean_line(text);
    if line.chars().count() > most {
        return Err(too_long(most));
    }
    Ok(json!(line))
}

fn telephone(text: &str) -> Result<Json, Problem> {
    let line = clean_line(text);
    if line.chars().count() > 30 || !is_phone(&line) {
        return Err(bad(
            "bad-phone",
            "Số điện thoại không hợp lệ. Ví dụ: 0912 345 678 hoặc 024 3333 4444.",
            "Not a telephone number. For example 0912 345 678 or 024 3333 4444.",
        ));
    }
    Ok(json!(line))
}

fn simple_html(id: &str, text: &str) -> Result<Option<Json>, Problem> {
    let clean = markup::clean(text);
    if !clean.removed.is_empty() {
        return Err(markup_removed(id, &clean));
    }
    if clean.html.chars().count() > LONGEST_MARKUP {
        return Err(FieldProblem {
            field: id.to_owned(),
            ..too_long(LONGEST_MARKUP)
        });
    }
    Ok((!clean.html.is_empty()).then(|| json!(clean.html)))
}

/// Elements that TopCV does not take; `cleaned` is what would be left.
pub(super) fn markup_removed(id: &str, clean: &markup::Clean) -> Problem {
    let elements = clean.removed.join(", ");
    let values: Vec<NamedValue> = vec![
        named("elements", elements.as_str()),
        named("cleaned", markup::shown(&clean.html)),
    ];
    FieldProblem {
        values,
        ..problem(
            id,
            "markup-removed",
            format!(
                "TopCV không nhận các thẻ: {elements}. Hãy xem lại nội dung sau khi bỏ các thẻ này."
            ),
            format!(
                "TopCV does not take these elements: {elements}. Look at the text without them."
            ),
        )
    }
}

/// An id; TopCV's may be beyond 64 bits.
fn number_of(text: &str) -> Result<Json, Problem> {
    let id = text.trim();
    let is_id = id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_digit());
    let digits = match id.trim_start_matches('0') {
        "" if !id.is_empty() => "0",
        digits => digits,
    };
    match digits.parse::<serde_json::Number>() {
        Ok(number) if is_id => Ok(Json::Number(number)),
        _ => Err(bad(
            "bad-option",
            "Hãy chọn trong danh sách; mã của TopCV là số nguyên.",
            "Choose from the list; TopCV's ids are whole numbers.",
        )),
    }
}

fn code(id: &str, text: &str) -> Result<Json, Problem> {
    let line = clean_line(text);
    let code = enumerations::code_of(id, &line);
    if line.chars().count() > LONGEST_CODE {
        return Err(too_long(LONGEST_CODE));
    }
    if id == "salary_currency" && !matches!(code, "VND" | "USD") {
        return Err(bad(
            "unknown-option",
            "Chỉ nhận VND hoặc USD.",
            "Only VND or USD.",
        ));
    }
    Ok(json!(code))
}

fn numbers(id: &str, items: &[String]) -> Result<Option<Json>, Problem> {
    let at = |problem: Problem| FieldProblem {
        field: id.to_owned(),
        ..problem
    };
    let mut numbers: Vec<Json> = Vec::new();
    for item in items.iter().filter(|item| !item.trim().is_empty()) {
        let number = number_of(item).map_err(at)?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
        if numbers.len() > MOST_ITEMS {
            return Err(at(too_many(MOST_ITEMS)));
        }
    }
    Ok((!numbers.is_empty()).then_some(Json::Array(numbers)))
}

fn too_many(most: usize) -> Problem {
    bad(
        "too-many",
        format!("Tối đa {most} mục."),
        format!("At most {most} items."),
    )
}

fn within(number: i64, least: i64, most: i64) -> Result<Json, Problem> {
    if number < least {
        Err(bad(
            "too-small",
            format!("Ít nhất là {least}."),
            format!("At least {least}."),
        ))
    } else if number > most {
        Err(bad(
            "too-large",
            format!("Nhiều nhất là {most}."),
            format!("At most {most}."),
        ))
    } else {
        Ok(json!(number))
    }
}

fn day(text: &str, today: &str) -> Result<Json, Problem> {
    let day = text.trim();
    if !time::is_day(day) {
        Err(bad(
            "bad-day",
            "Không phải một ngày có thật dạng NĂM-THÁNG-NGÀY, ví dụ 2026-12-31.",
            "Not a real day written YEAR-MONTH-DAY, such as 2026-12-31.",
        ))
    } else if day < today {
        Err(bad(
            "past-day",
            "Hạn nộp đã qua. Hãy chọn từ hôm nay trở đi.",
            "The deadline is over. Choose today or a later day.",
        ))
    } else {
        Ok(json!(day))
    }
}

fn emails(id: &str, items: &[String]) -> Result<Option<Json>, Problem> {
    let at = |problem: Problem| FieldProblem {
        field: id.to_owned(),
        ..problem
    };
    let mut seen: Vec<String> = Vec::new();
    let mut addresses: Vec<String> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let address = clean_line(item);
        if address.is_empty() {
            continue;
        }
        // Which one, not what it is: a failure may end up in a log.
        let Some(normal) = email::normalise(&address).filter(|normal| normal.is_ascii()) else {
            let place = index + 1;
            return Err(at(bad(
                "bad-email",
                format!("Địa chỉ thứ {place} không phải email hợp lệ."),
                format!("Address {place} is not a valid e-mail address."),
            )));
        };
        if !seen.contains(&normal) {
            seen.push(normal);
            addresses.push(address);
        }
        if addresses.len() > MOST_EMAILS {
            return Err(at(too_many(MOST_EMAILS)));
        }
    }
    Ok((!addresses.is_empty()).then(|| json!(addresses)))
}
