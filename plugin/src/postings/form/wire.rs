//! What stands at the board: as form values, and as values that compare.
//!
//! TopCV was seen to answer other types than it takes (amounts as text, words for codes), so both are read leniently.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Body;
use super::fields::{FIELDS, Kind, NEGOTIABLE, Spec, spec};
use super::values::{clean_line, read};
use crate::contract::types::{NamedValue, Value};
use crate::topcv::{enumerations, markup};
use crate::vietnam::lower_case::lower_case;
use crate::vietnam::{phone, time};

/// The form's values for what stands at the board. What is empty there is left out.
pub(super) fn present(fields: &Body) -> Vec<NamedValue> {
    FIELDS
        .iter()
        .filter_map(|spec| {
            Some(NamedValue {
                name: spec.id.to_owned(),
                value: shown(spec, fields)?,
            })
        })
        .collect()
}

/// A field that the operator added, as it stands at the board.
pub(super) fn extra(fields: &Body, key: &str) -> Option<Value> {
    match fields.get(key)? {
        Json::Null => None,
        Json::String(text) => Some(clean_line(text)).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
    .map(Value::Text)
}

/// The amount under a key; 0 where there is none.
pub(super) fn amount(fields: &Body, key: &str) -> i64 {
    fields.get(key).and_then(integer).unwrap_or(0)
}

fn shown(spec: &Spec, fields: &Body) -> Option<Value> {
    if spec.id == NEGOTIABLE {
        let known = fields.contains_key("salary_from") || fields.contains_key("salary_to");
        let none = amount(fields, "salary_from") == 0 && amount(fields, "salary_to") == 0;
        return known.then_some(Value::Truth(none));
    }
    let value = fields.get(spec.id)?;
    let text = |value: &Json| scalar(value).map(|text| clean_line(&text));
    let some = |text: Option<String>| text.filter(|text| !text.is_empty()).map(Value::Text);
    match spec.kind {
        Kind::Line(_) | Kind::Phone => some(text(value)),
        Kind::Markup => some(scalar(value).map(|text| markup::shown(&text))),
        Kind::Option => some(items(value).first().and_then(text)),
        Kind::Code => {
            some(text(value).map(|text| enumerations::code_of(spec.id, &text).to_owned()))
        }
        Kind::Day => some(text(value).map(|text| day_of(&text).to_owned())),
        Kind::Options | Kind::Ids | Kind::Emails => {
            let texts: Vec<String> = items(value)
                .iter()
                .filter_map(text)
                .filter(|text| !text.is_empty())
                .collect();
            (!texts.is_empty()).then_some(Value::Texts(texts))
        }
        Kind::Integer(..) => integer(value).map(Value::Integer),
        Kind::Money => integer(value)
            .filter(|amount| *amount != 0)
            .map(Value::Integer),
        Kind::Switch => integer(value).map(|number| Value::Truth(number != 0)),
    }
}

/// What stands at the board, in the type that TopCV takes. `None`: as it stands.
///
/// Text that is text already is left alone: cleaning it would change what somebody wrote there.
pub(super) fn as_taken(key: &str, value: &Json) -> Option<Json> {
    let spec = spec(key)?;
    match spec.kind {
        Kind::Markup => None,
        Kind::Line(_) | Kind::Phone if value.is_string() => None,
        Kind::Money => integer(value).map(|amount| json!(amount)),
        kind => {
            let mut alone = Body::new();
            alone.insert(key.to_owned(), value.clone());
            // A day that is over is the board's own.
            read(key, kind, &shown(spec, &alone)?, "").ok()?
        }
    }
}

/// One wire value in the form in which two of them compare.
pub(super) fn canonical(key: &str, value: &Json) -> Json {
    let text_or_null = |text: Option<String>| match text {
        Some(text) if !text.is_empty() => json!(text),
        _ => Json::Null,
    };
    let Some(spec) = spec(key) else {
        return plain(value);
    };
    let text = scalar(value);
    match spec.kind {
        Kind::Line(_) => text_or_null(text.map(|text| clean_line(&text))),
        Kind::Markup => text_or_null(text.map(|text| markup::content(&text))),
        Kind::Phone => text_or_null(
            text.map(|text| phone::normalise(&text).unwrap_or_else(|| clean_line(&text))),
        ),
        Kind::Day => text_or_null(text.map(|text| day_of(&clean_line(&text)).to_owned())),
        Kind::Code => {
            let text = text.map(|text| clean_line(&text));
            let code = text.map(|text| match key {
                "salary_currency" => text.to_ascii_uppercase(),
                _ => enumerations::code_of(key, &text).to_owned(),
            });
            // "No matter" is what an absent gender means.
            text_or_null(code.filter(|code| key != "gender" || code != "0"))
        }
        Kind::Option => match items(value).as_slice() {
            [] => Json::Null,
            [one] => plain(one),
            many => sorted(many.iter().map(plain)),
        },
        Kind::Options | Kind::Ids => sorted(items(value).iter().map(plain)),
        Kind::Emails => sorted(
            items(value)
                .iter()
                .map(|item| text_or_null(scalar(item).map(|text| lower_case(&clean_line(&text))))),
        ),
        Kind::Integer(..) | Kind::Money | Kind::Switch => match integer(value) {
            // Where 0 stands for none, so does nothing.
            Some(0) if !matches!(key, "quantity" | "publish_request_days") => Json::Null,
            Some(number) => json!(number),
            None => plain(value),
        },
    }
}

/// A value of unknown meaning: numbers and their digits are one, nothing is one.
fn plain(value: &Json) -> Json {
    match value {
        Json::Array(items) if items.is_empty() => Json::Null,
        Json::Array(items) => Json::Array(items.iter().map(plain).collect()),
        Json::Object(_) => match id_of(value) {
            Some(id) => plain(id),
            None => value.clone(),
        },
        Json::String(text) => match (clean_line(text), integer(value)) {
            (_, Some(number)) => json!(number),
            (line, None) if line.is_empty() => Json::Null,
            (line, None) => json!(line),
        },
        // Beyond 64 bits the literal compares.
        Json::Number(number) => {
            integer(value).map_or_else(|| json!(number.to_string()), |number| json!(number))
        }
        other => other.clone(),
    }
}

fn sorted(items: impl Iterator<Item = Json>) -> Json {
    let mut unique = BTreeMap::new();
    for item in items.filter(|item| !item.is_null()) {
        unique.insert(item.to_string(), item);
    }
    if unique.is_empty() {
        Json::Null
    } else {
        unique.into_values().collect()
    }
}

/// The items of a list; one value alone is a list of one, and ids or addresses between commas are several.
fn items(value: &Json) -> Vec<Json> {
    match value {
        Json::Null => Vec::new(),
        Json::Array(items) => items
            .iter()
            .map(|item| id_of(item).unwrap_or(item).clone())
            .collect(),
        Json::Object(_) => id_of(value).cloned().into_iter().collect(),
        Json::String(text) => {
            let parts = || {
                text.split([',', ';'])
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
            };
            let is_item =
                |part: &str| part.contains('@') || part.bytes().all(|byte| byte.is_ascii_digit());
            if parts().all(is_item) {
                parts().map(|part| json!(part)).collect()
            } else {
                vec![value.clone()]
            }
        }
        other => vec![other.clone()],
    }
}

/// Lists of options may be answered as `{"id", "name"}`.
fn id_of(value: &Json) -> Option<&Json> {
    value.as_object()?.get("id")
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) => {
            Some(integer(value).map_or_else(|| value.to_string(), |number| number.to_string()))
        }
        _ => None,
    }
}

/// A whole number, also as text and with zeros behind a point.
fn integer(value: &Json) -> Option<i64> {
    let text = match value {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_owned(),
        Json::Bool(on) => return Some(i64::from(*on)),
        _ => return None,
    };
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => &text,
    };
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| whole.parse().ok())
        .flatten()
}

/// A day, where a time may follow it.
fn day_of(text: &str) -> &str {
    text.get(..10)
        .filter(|day| time::is_day(day))
        .unwrap_or(text)
}
