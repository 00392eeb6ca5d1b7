//! Checks a body against the keys and names every problem at once, as the board's 422 does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::html::forbidden_markup;
use super::keys::{KEYS, Key, Kind, READ_ONLY, WEB_FORM};
use crate::clock::read_day;
use crate::taxonomy::{EXPERIENCES, GENDERS};

/// Messages by field: the `errors` object of a 422.
pub(crate) type FieldErrors = BTreeMap<String, Vec<String>>;

/// Most characters of a long text (assumed).
const LONG_TEXT: usize = 20_000;

/// What the check depends on beside the body.
pub(crate) struct Rules<'a> {
    /// Today in Vietnam.
    pub(crate) today: Date,
    /// The employer's recruitment campaigns.
    pub(crate) campaigns: &'a BTreeSet<u64>,
    /// Keys that this employer's account demands beyond the 25 (unknown whether TopCV does so).
    pub(crate) demanded: &'a BTreeSet<String>,
    /// Keys that the posting has already and that an edit may therefore send.
    pub(crate) present: BTreeSet<String>,
}

/// A whole body of create or edit: the cleaned fields, or every problem.
pub(crate) fn check_whole(
    body: Map<String, Value>,
    rules: &Rules<'_>,
) -> Result<Map<String, Value>, FieldErrors> {
    let mut errors = FieldErrors::new();
    for key in KEYS.iter().filter(|key| key.required) {
        if body.get(key.name).is_none_or(Value::is_null) {
            push(&mut errors, key.name, "là bắt buộc.");
        }
    }
    for name in rules.demanded {
        let blank = |value: &Value| value.is_null() || value.as_str().is_some_and(str::is_empty);
        if body.get(name).is_none_or(blank) {
            push(&mut errors, name, "là bắt buộc.");
        }
    }
    let fields = clean(body, rules, &mut errors);
    done(fields, errors)
}

/// Only the keys that are there: a change made at TopCV's own site.
pub(crate) fn check_known(
    body: Map<String, Value>,
    rules: &Rules<'_>,
) -> Result<Map<String, Value>, FieldErrors> {
    let mut errors = FieldErrors::new();
    let fields = clean(body, rules, &mut errors);
    done(fields, errors)
}

fn done(
    fields: Map<String, Value>,
    errors: FieldErrors,
) -> Result<Map<String, Value>, FieldErrors> {
    if errors.is_empty() {
        Ok(fields)
    } else {
        Err(errors)
    }
}

fn push(errors: &mut FieldErrors, name: &str, problem: &str) {
    let messages = errors.entry(name.to_owned()).or_default();
    messages.push(format!("Trường {name} {problem}"));
}

fn clean(
    body: Map<String, Value>,
    rules: &Rules<'_>,
    errors: &mut FieldErrors,
) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in body {
        if READ_ONLY.contains(&name.as_str()) {
            continue;
        }
        if value.is_null() {
            fields.insert(name, value);
            continue;
        }
        let outcome = match KEYS.iter().find(|key| key.name == name) {
            Some(key) => check_value(key, value, rules),
            None if WEB_FORM.contains(&name.as_str()) => check_text(value, 1_000),
            None if rules.demanded.contains(&name) || rules.present.contains(&name) => Ok(value),
            None => Err("không tồn tại.".to_owned()),
        };
        match outcome {
            Ok(value) => {
                fields.insert(name, value);
            }
            Err(problem) => push(errors, &name, &problem),
        }
    }
    check_salary_order(&fields, errors);
    fields
}

fn check_salary_order(fields: &Map<String, Value>, errors: &mut FieldErrors) {
    let amount = |name: &str| -> Option<u64> { fields.get(name)?.as_str()?.parse().ok() };
    if let (Some(from), Some(to)) = (amount("salary_from"), amount("salary_to"))
        && to != 0
        && from > to
    {
        push(errors, "salary_from", "phải nhỏ hơn hoặc bằng salary_to.");
    }
}

fn check_value(key: &Key, value: Value, rules: &Rules<'_>) -> Result<Value, String> {
    match key.kind {
        Kind::Text(most) => check_text(value, most),
        Kind::Html => {
            let value = check_text(value, LONG_TEXT)?;
            match value.as_str().and_then(forbidden_markup) {
                Some(markup) => Err(format!("chứa thẻ HTML không được phép: <{markup}")),
                None => Ok(value),
            }
        }
        Kind::Term(taxonomy) => {
            let id = integer(&value)?;
            if taxonomy.has(id) {
                Ok(value)
            } else {
                Err(format!("không hợp lệ: {id}."))
            }
        }
        Kind::Terms(taxonomy, least) => {
            let ids = integers(&value)?;
            if ids.len() < least {
                return Err(format!("phải có ít nhất {least} phần tử."));
            }
            match ids.iter().find(|id| !taxonomy.has(**id)) {
                Some(id) => Err(format!("không hợp lệ: {id}.")),
                None => Ok(value),
            }
        }
        Kind::Integer(least, most) => {
            let number = integer(&value)?;
            if (least..=most).contains(&number) {
                Ok(value)
            } else {
                Err(format!("phải nằm trong khoảng {least} đến {most}."))
            }
        }
        Kind::Money => money(&value).map(Value::String),
        Kind::OneOf(choices) => match value.as_str() {
            None => Err("phải là một chuỗi.".to_owned()),
            Some(text) if choices.contains(&text) => Ok(value),
            Some(_) => Err(format!("phải là một trong: {}.", choices.join(", "))),
        },
        Kind::Experience => match value.as_str() {
            None => Err("phải là một chuỗi.".to_owned()),
            Some(text) if is_experience(text) => Ok(value),
            Some(_) => Err("không hợp lệ.".to_owned()),
        },
        Kind::Gender => {
            let text = match &value {
                Value::Number(number) => number.to_string(),
                Value::String(text) => text.clone(),
                _ => return Err("phải là một chuỗi.".to_owned()),
            };
            let known = |(code, name): &(&str, &str)| *code == text || *name == text;
            if GENDERS.iter().any(known) {
                Ok(value)
            } else {
                Err("không hợp lệ.".to_owned())
            }
        }
        Kind::Deadline => {
            let text = value.as_str().ok_or("phải là một chuỗi.")?;
            let day = read_day(text).ok_or("không đúng định dạng YYYY-MM-DD.")?;
            if day < rules.today {
                return Err("phải từ hôm nay trở đi.".to_owned());
            }
            Ok(value)
        }
        Kind::Phone => {
            let text = value.as_str().ok_or("phải là một chuỗi.")?;
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let clean = |c: char| c.is_ascii_digit() || " .-+()".contains(c);
            if text.chars().all(clean) && (8..=15).contains(&digits) {
                Ok(value)
            } else {
                Err("không phải số điện thoại hợp lệ.".to_owned())
            }
        }
        Kind::Emails => {
            let addresses: Vec<&str> = value
                .as_array()
                .and_then(|list| list.iter().map(Value::as_str).collect())
                .ok_or("phải là một danh sách chuỗi.")?;
            if !(1..=5).contains(&addresses.len()) {
                return Err("phải có từ 1 đến 5 địa chỉ.".to_owned());
            }
            match addresses.iter().find(|address| !is_email(address)) {
                Some(_) => Err("có địa chỉ email không hợp lệ.".to_owned()),
                None => Ok(value),
            }
        }
        Kind::Integers => integers(&value).map(|_| value),
        Kind::Campaign => {
            let id = integer(&value)?;
            let known = u64::try_from(id).is_ok_and(|id| rules.campaigns.contains(&id));
            if id == 0 || known {
                Ok(value)
            } else {
                Err("không phải chiến dịch của nhà tuyển dụng này.".to_owned())
            }
        }
    }
}

fn check_text(value: Value, most: usize) -> Result<Value, String> {
    let text = value.as_str().ok_or("phải là một chuỗi.")?;
    if text.trim().is_empty() {
        return Err("không được để trống.".to_owned());
    }
    if text.chars().count() > most {
        return Err(format!("không được dài quá {most} ký tự."));
    }
    Ok(value)
}

fn integer(value: &Value) -> Result<i64, String> {
    value
        .as_i64()
        .ok_or_else(|| "phải là một số nguyên.".to_owned())
}

fn integers(value: &Value) -> Result<Vec<i64>, String> {
    value
        .as_array()
        .and_then(|list| list.iter().map(Value::as_i64).collect())
        .ok_or_else(|| "phải là một danh sách số nguyên.".to_owned())
}

/// An amount as the text in which TopCV was seen to answer it.
fn money(value: &Value) -> Result<String, String> {
    let text = match value {
        Value::Number(number) if number.is_u64() => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err("phải là một số nguyên.".to_owned()),
    };
    let digits = !text.is_empty() && text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        return Err("phải là số nguyên không âm, tối đa 10 chữ số.".to_owned());
    }
    let trimmed = text.trim_start_matches('0');
    Ok(if trimmed.is_empty() { "0" } else { trimmed }.to_owned())
}

fn is_experience(text: &str) -> bool {
    let bare = text.strip_suffix(" kinh nghiệm").unwrap_or(text);
    if EXPERIENCES
        .iter()
        .any(|(code, name)| *code == text || *name == bare)
    {
        return true;
    }
    let range = bare.strip_suffix(" năm").and_then(|r| r.split_once('-'));
    let years = |text: &str| text.trim().parse::<u8>().ok();
    range.is_some_and(|(from, to)| match (years(from), years(to)) {
        (Some(from), Some(to)) => from <= to,
        _ => false,
    })
}

fn is_email(text: &str) -> bool {
    match text.split_once('@') {
        Some((user, host)) => {
            !user.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !text.contains(char::is_whitespace)
                && !host.contains('@')
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::keys::web_form_posting;
    use super::*;

    fn check(
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<Map<String, Value>, FieldErrors> {
        let today = jiff::civil::date(2026, 3, 1);
        let mut body = web_form_posting(today);
        change(&mut body);
        let rules = Rules {
            today,
            campaigns: &BTreeSet::from([5]),
            demanded: &BTreeSet::new(),
            present: BTreeSet::new(),
        };
        check_whole(body, &rules)
    }

    #[test]
    fn the_web_forms_posting_passes() {
        check(|_| {}).unwrap();
    }

    #[test]
    fn each_wrong_value_is_named_by_its_key() {
        let wrong = [
            ("title", json!("")),
            ("title", json!("a".repeat(256))),
            ("title", json!(5)),
            ("position_title", json!([])),
            ("main_category", json!("10003")),
            ("main_category", json!(1)),
            ("skills", json!([1])),
            ("skills", json!("256")),
            ("locations", json!([])),
            ("locations", json!([64])),
            ("locations", json!([1.5])),
            ("salary_from", json!(-1)),
            ("salary_from", json!("20000000")),
            ("salary_from", json!("12345678901")),
            ("salary_to", json!("1e7")),
            ("salary_currency", json!("EUR")),
            ("job_type", json!(99)),
            ("employee_level", json!(4)),
            ("experience", json!("nhiều")),
            ("experience", json!(1)),
            ("quantity", json!(0)),
            ("gender", json!("3")),
            ("job_description", json!("<div>x</div>")),
            ("job_requirement", json!("   ")),
            ("job_benefit", json!(false)),
            ("deadline", json!("2026-02-28")),
            ("deadline", json!("01/04/2026")),
            ("contact_name", json!({})),
            ("contact_phone", json!("abc")),
            ("contact_phone", json!(912_345_678)),
            ("contact_email", json!("a@b.vn")),
            ("contact_email", json!([])),
            (
                "contact_email",
                json!(["a@b.vn", "b@b.vn", "c@b.vn", "d@b.vn", "e@b.vn", "f@b.vn"]),
            ),
            ("contact_email", json!(["khong-phai-email"])),
            ("publish_request_days", json!("30")),
            ("job_tag_ids", json!(["x"])),
            ("recruitment_campaign_id", json!(6)),
            ("create_recruitment_campaign", json!(true)),
            ("address", json!(7)),
            ("no_such_key", json!(1)),
        ];
        for (name, value) in wrong {
            let shown = value.to_string();
            let errors = check(|body| {
                body.insert(name.to_owned(), value);
            })
            .err();
            let named = errors
                .as_ref()
                .map(|errors| errors.keys().cloned().collect::<Vec<_>>());
            assert_eq!(named, Some(vec![name.to_owned()]), "{name} = {shown}");
        }
    }

    #[test]
    fn open_ended_and_negotiable_salaries_pass() {
        for (from, to) in [(0, 0), (10, 0), (0, 10), (10, 10)] {
            let fields = check(|body| {
                body.insert("salary_from".to_owned(), json!(from));
                body.insert("salary_to".to_owned(), json!(to.to_string()));
            })
            .unwrap();
            assert_eq!(fields["salary_from"], json!(from.to_string()));
        }
    }

    #[test]
    fn every_missing_key_is_told_at_once() {
        let errors = check(Map::clear).unwrap_err();
        assert_eq!(errors.len(), KEYS.iter().filter(|key| key.required).count());
    }
}
