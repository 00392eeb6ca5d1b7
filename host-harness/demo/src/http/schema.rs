//! What an endpoint takes, as data: the reader of requests and the test of defects work from the same table.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::application::{AppError, Problem};
use crate::domain::value::{FieldValue, Values};

/// Most named values in one request.
const MOST_VALUES: usize = 200;

/// The shape of one field.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One line of text, 1 to so many characters, no control characters.
    Line(usize),
    /// Letters, digits, `.`, `_` and `-`, 1 to so many.
    Word(usize),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A calendar day, `YYYY-MM-DD`.
    Day,
    /// A whole number from 1 to this.
    Number(i64),
    /// Yes or no; in a query `1` or `0`.
    Truth,
    /// Values by name (see [`FieldValue`]).
    Values,
}

/// The number of a row.
pub const ID: Kind = Kind::Number(i64::MAX);

/// One field of a body or a query.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its shape.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

/// A field that must be there.
pub const fn required(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: true,
    }
}

/// A field that may be there.
pub const fn optional(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
    }
}

/// What came in, with every field of the shape that the table gives it.
#[derive(Default)]
pub struct Fields(BTreeMap<&'static str, Value>);

impl Fields {
    /// Checks an object against the table. All problems at once.
    pub fn check(table: &'static [Field], given: Value) -> Result<Self, Vec<Problem>> {
        let Value::Object(mut given) = given else {
            return Err(vec![problem("", "wrong-type")]);
        };
        let mut fields = BTreeMap::new();
        let mut problems = Vec::new();
        for field in table {
            match given.remove(field.name) {
                None | Some(Value::Null) if field.required => {
                    problems.push(problem(field.name, "required"));
                }
                None | Some(Value::Null) => {}
                Some(value) => match check(field.name, field.kind, &value) {
                    Ok(()) => {
                        fields.insert(field.name, value);
                    }
                    Err(found) => problems.push(found),
                },
            }
        }
        problems.extend(given.keys().map(|name| problem(name, "unknown-field")));
        if problems.is_empty() {
            Ok(Self(fields))
        } else {
            Err(problems)
        }
    }

    /// A text, a word, a day.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// A text that the table requires.
    pub fn required_text(&self, name: &str) -> Result<String, AppError> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    /// A number that the table requires.
    pub fn required_number(&self, name: &str) -> Result<i64, AppError> {
        self.number(name).ok_or_else(|| missing(name))
    }

    /// Yes or no; no when absent.
    pub fn truth(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Values by name.
    pub fn values(&self, name: &str) -> Option<Values> {
        let members = self.0.get(name)?.as_object()?;
        let read =
            |(name, value): (&String, &Value)| Some((name.clone(), FieldValue::from_json(value)?));
        members.iter().map(read).collect()
    }
}

fn missing(name: &str) -> AppError {
    AppError::Input(vec![problem(name, "required")])
}

fn check(name: &str, kind: Kind, value: &Value) -> Result<(), Problem> {
    let text = || value.as_str().ok_or_else(|| problem(name, "wrong-type"));
    match kind {
        Kind::Line(most) => {
            let text = text()?;
            check_length(name, text, most)?;
            if text.chars().any(char::is_control) {
                return Err(problem(name, "control-character"));
            }
            Ok(())
        }
        Kind::Word(most) => {
            let text = text()?;
            check_length(name, text, most)?;
            let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            ok_if(text.chars().all(allowed), name, "malformed")
        }
        Kind::OneOf(words) => ok_if(words.contains(&text()?), name, "unknown-option"),
        Kind::Day => ok_if(is_day(text()?), name, "malformed"),
        Kind::Number(most) => match value.as_i64() {
            Some(number) => ok_if((1..=most).contains(&number), name, "out-of-range"),
            None => Err(problem(name, "wrong-type")),
        },
        Kind::Truth => ok_if(value.is_boolean(), name, "wrong-type"),
        Kind::Values => check_values(name, value),
    }
}

fn check_length(name: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(problem(name, "required"));
    }
    ok_if(text.chars().count() <= most, name, "too-long")
}

fn check_values(name: &str, value: &Value) -> Result<(), Problem> {
    let members = value
        .as_object()
        .ok_or_else(|| problem(name, "wrong-type"))?;
    ok_if(members.len() <= MOST_VALUES, name, "too-many")?;
    for (member, value) in members {
        let path = format!("{name}.{member}");
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
        let well_named = (1..=64).contains(&member.len()) && member.chars().all(allowed);
        ok_if(well_named, &path, "malformed-name")?;
        ok_if(FieldValue::from_json(value).is_some(), &path, "wrong-type")?;
    }
    Ok(())
}

fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u8>().ok());
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && digits(5, 7).is_some_and(|month| (1..=12).contains(&month))
        && digits(8, 10).is_some_and(|day| (1..=31).contains(&day))
}

fn ok_if(holds: bool, name: &str, code: &str) -> Result<(), Problem> {
    if holds {
        Ok(())
    } else {
        Err(problem(name, code))
    }
}

/// The problem with a code of this module, in words.
pub fn problem(name: &str, code: &str) -> Problem {
    let (vi, en) = match code {
        "required" => ("Hãy điền mục này.", "This must be given."),
        "wrong-type" => ("Kiểu dữ liệu không đúng.", "This has the wrong type."),
        "too-long" => ("Nội dung quá dài.", "This is too long."),
        "too-many" => ("Có quá nhiều mục.", "There are too many entries."),
        "unknown-field" => ("Không có mục này.", "There is no such field."),
        "unknown-option" => (
            "Giá trị này không có trong danh sách.",
            "This is none of the options.",
        ),
        "out-of-range" => ("Số nằm ngoài giới hạn.", "This number is out of range."),
        "control-character" => (
            "Nội dung chứa ký tự điều khiển.",
            "This contains a control character.",
        ),
        "malformed-name" => (
            "Tên chỉ gồm chữ thường, chữ số, \"-\" và \"_\".",
            "A name consists of lower-case letters, digits, \"-\" and \"_\".",
        ),
        "duplicate-key" => ("Mục này xuất hiện hai lần.", "This stands twice."),
        "too-deep" => ("Dữ liệu lồng nhau quá sâu.", "This is nested too deeply."),
        _ => ("Nội dung không đúng định dạng.", "This is malformed."),
    };
    Problem::new(name, code, vi, en)
}
