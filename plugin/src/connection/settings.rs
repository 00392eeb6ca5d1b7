//! Reading the settings that a host hands over: all problems at once, absent means unchanged.

use std::collections::BTreeMap;

use crate::contract::types::{FieldProblem, NamedValue, Value};
use crate::failure::problem;
use crate::state::format;
use crate::topcv::protocol::Protocol;

/// TopCV's Access Token, which Base calls Employer API Key. Secret.
pub const ACCESS_TOKEN: &str = "access-token";
/// TopCV's Secret Key. Secret.
pub const SECRET_KEY: &str = "secret-key";
/// The operator's corrections of the protocol table, as one JSON object.
pub const PROTOCOL: &str = "protocol";
/// The format in which records are written: the operator finalises a release with it.
pub const RECORD_FORMAT: &str = "record-format";
/// Longest credential.
pub const MOST_CHARACTERS: u32 = 4_096;

/// Longest text of corrections, in bytes.
pub const LONGEST_PROTOCOL: usize = 16_384;

/// What was given, checked for form. `None`: not given, keep what is stored.
#[derive(Default)]
pub struct Given {
    /// New Access Token.
    pub access_token: Option<String>,
    /// New Secret Key.
    pub secret_key: Option<String>,
    /// New corrections, replacing all earlier ones.
    pub protocol: Option<BTreeMap<String, String>>,
    /// New format of records.
    pub record_format: Option<u32>,
}

/// Reads the list; fails with every problem in it.
pub fn read(settings: &[NamedValue]) -> Result<Given, Vec<FieldProblem>> {
    let mut given = Given::default();
    let mut problems = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for setting in settings {
        let name = setting.name.as_str();
        if seen.contains(&name) {
            problems.push(problem(
                name,
                "duplicate",
                "Cài đặt này được gửi hai lần.",
                "This setting was sent twice.",
            ));
            continue;
        }
        seen.push(name);
        match name {
            ACCESS_TOKEN => take(
                &mut given.access_token,
                credential(name, &setting.value),
                &mut problems,
            ),
            SECRET_KEY => take(
                &mut given.secret_key,
                credential(name, &setting.value),
                &mut problems,
            ),
            RECORD_FORMAT => take(
                &mut given.record_format,
                record_format(&setting.value),
                &mut problems,
            ),
            PROTOCOL => match corrections(&setting.value) {
                Ok(corrections) => given.protocol = Some(corrections),
                Err(found) => problems.extend(found),
            },
            _ => problems.push(problem(
                name,
                "unknown-setting",
                "Không có cài đặt nào mang tên này.",
                "There is no setting of this name.",
            )),
        }
    }
    if problems.is_empty() {
        Ok(given)
    } else {
        Err(problems)
    }
}

fn take<T>(
    slot: &mut Option<T>,
    read: Result<Option<T>, FieldProblem>,
    problems: &mut Vec<FieldProblem>,
) {
    match read {
        Ok(value) => *slot = value,
        Err(found) => problems.push(found),
    }
}

/// A credential travels in a header: what cannot stand in one is refused before it is sent anywhere.
fn credential(name: &str, value: &Value) -> Result<Option<String>, FieldProblem> {
    let Value::Text(text) = value else {
        return Err(problem(
            name,
            "wrong-kind",
            "Cần một đoạn văn bản.",
            "Text is expected.",
        ));
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().count() > MOST_CHARACTERS as usize {
        return Err(problem(
            name,
            "too-long",
            "Quá dài; hãy sao chép lại.",
            "Too long; copy it again.",
        ));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(problem(
            name,
            "bad-characters",
            "Có khoảng trắng hoặc ký tự lạ ở giữa; hãy sao chép lại từ TopCV.",
            "There are blanks or unexpected characters in it; copy it again from TopCV.",
        ));
    }
    Ok(Some(text.to_owned()))
}

/// The number, or its digits. The empty text: unchanged.
fn record_format(value: &Value) -> Result<Option<u32>, FieldProblem> {
    let number = match value {
        Value::Integer(number) => u32::try_from(*number).ok(),
        Value::Text(text) | Value::Json(text) if text.trim().is_empty() => return Ok(None),
        Value::Text(text) | Value::Json(text) => text.trim().parse().ok(),
        _ => None,
    };
    number
        .filter(|number| (format::OLDEST..=format::NEWEST).contains(number))
        .map(Some)
        .ok_or_else(|| {
            let (oldest, newest) = (format::OLDEST, format::NEWEST);
            problem(
                RECORD_FORMAT,
                "unknown-record-format",
                format!("Phiên bản này ghi được các định dạng từ {oldest} đến {newest}."),
                format!("This version writes the formats {oldest} to {newest}."),
            )
        })
}

fn corrections(value: &Value) -> Result<BTreeMap<String, String>, Vec<FieldProblem>> {
    let not_an_object = || {
        vec![problem(
            PROTOCOL,
            "bad-json",
            "Cần một đối tượng JSON với các giá trị là văn bản, số hoặc true/false.",
            "A JSON object whose values are text, numbers or true/false is expected.",
        )]
    };
    let (Value::Json(text) | Value::Text(text)) = value else {
        return Err(not_an_object());
    };
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    if text.len() > LONGEST_PROTOCOL {
        return Err(vec![problem(PROTOCOL, "too-long", "Quá dài.", "Too long.")]);
    }
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) else {
        return Err(not_an_object());
    };
    let mut corrections = BTreeMap::new();
    for (key, value) in object {
        let text = match value {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(on) => if on { "yes" } else { "no" }.to_owned(),
            _ => return Err(not_an_object()),
        };
        corrections.insert(key, text);
    }
    Protocol::with_overrides(corrections.clone()).map(|_| corrections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::named;

    fn json(text: &str) -> NamedValue {
        NamedValue {
            name: PROTOCOL.into(),
            value: Value::Json(text.into()),
        }
    }

    #[test]
    fn the_empty_text_keeps_what_is_stored() {
        let given = read(&[named(ACCESS_TOKEN, " "), named(SECRET_KEY, "")])
            .ok()
            .unwrap();
        assert!(given.access_token.is_none() && given.secret_key.is_none());
    }

    #[test]
    fn all_problems_come_at_once() {
        let problems = read(&[
            named(ACCESS_TOKEN, "a b"),
            NamedValue {
                name: SECRET_KEY.into(),
                value: Value::Integer(1),
            },
            named("colour", "red"),
            named("colour", "red"),
            json(r#"{"base_url":"nowhere"}"#),
        ])
        .err()
        .unwrap();
        let codes: Vec<_> = problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect();
        assert_eq!(
            codes,
            [
                "bad-characters",
                "wrong-kind",
                "unknown-setting",
                "duplicate",
                "bad-protocol-value"
            ]
        );
    }

    #[test]
    fn a_line_break_never_reaches_a_header() {
        assert!(read(&[named(SECRET_KEY, "abc\r\nX-Evil: 1")]).is_err());
    }

    #[test]
    fn corrections_may_be_numbers_and_switches() {
        let given = read(&[json(r#"{"list.limit":10,"accept_flat_profile":true}"#)])
            .ok()
            .unwrap();
        let corrections = given.protocol.unwrap();
        assert_eq!(corrections["list.limit"], "10");
        assert_eq!(corrections["accept_flat_profile"], "yes");
    }
}
