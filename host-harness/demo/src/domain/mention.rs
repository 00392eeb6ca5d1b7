//! Whether a delivery that nobody has interpreted yet speaks of a person, so that it can be erased with the person.
//!
//! The platform does not know the board's fields: it looks at every value. Phones and e-mail addresses identify somebody, names do not.

use serde_json::Value;

use super::contact::{Contact, Statement};

/// The last so many digits are the same in every spelling of one phone number, with country code or without.
const DIGITS_THAT_TELL: usize = 9;

/// By what a person is recognised.
pub struct Mention {
    email: Option<String>,
    phone: Option<String>,
}

fn open(statement: Option<&Statement>) -> Option<&str> {
    let statement = statement.filter(|statement| !statement.masked)?;
    Some(statement.value.trim()).filter(|value| !value.is_empty())
}

fn last_digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().checked_sub(DIGITS_THAT_TELL)?;
    Some(digits[from..].to_owned())
}

impl Mention {
    /// By the open phone and e-mail address; `None` when neither is known.
    pub fn of(contact: &Contact) -> Option<Self> {
        let email = open(contact.email.as_ref()).map(str::to_lowercase);
        let phone = open(contact.phone.as_ref()).and_then(last_digits);
        (email.is_some() || phone.is_some()).then_some(Self { email, phone })
    }

    /// Whether this is the same person's contact.
    pub fn fits(&self, contact: &Contact) -> bool {
        Self::of(contact).is_some_and(|other| {
            (self.email.is_some() && self.email == other.email)
                || (self.phone.is_some() && self.phone == other.phone)
        })
    }

    /// Whether the body speaks of the person.
    pub fn is_in(&self, body: &[u8]) -> bool {
        match serde_json::from_slice(body) {
            Ok(json) => self.is_in_json(&json),
            Err(_) => self.is_in_text(body),
        }
    }

    fn is_in_json(&self, json: &Value) -> bool {
        match json {
            Value::String(text) => self.is(text),
            Value::Number(number) => self.is(&number.to_string()),
            Value::Array(items) => items.iter().any(|item| self.is_in_json(item)),
            Value::Object(members) => members.values().any(|member| self.is_in_json(member)),
            Value::Null | Value::Bool(_) => false,
        }
    }

    /// Not JSON: a form, or something broken. Every piece between separators is looked at.
    fn is_in_text(&self, body: &[u8]) -> bool {
        let decoded = percent_encoding::percent_decode(body).decode_utf8_lossy();
        decoded
            .split(|c: char| {
                matches!(
                    c,
                    '&' | '=' | '"' | '\'' | ',' | ';' | '<' | '>' | '\n' | '\r'
                )
            })
            .any(|piece| self.is(piece))
    }

    fn is(&self, value: &str) -> bool {
        let value = value.trim();
        if self.email.is_some() && self.email == Some(value.to_lowercase()) {
            return true;
        }
        let is_number = value
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '(' | ')' | ' '));
        is_number && self.phone.is_some() && self.phone == last_digits(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: &str) -> Option<Statement> {
        Some(Statement {
            value: value.into(),
            normalised: None,
            signed: false,
            masked: false,
        })
    }

    fn person() -> Mention {
        Mention::of(&Contact {
            full_name: said("Nguyễn An"),
            email: said("An.Nguyen@example.com"),
            phone: said("0912 345 678"),
            gender: None,
        })
        .unwrap()
    }

    #[test]
    fn every_spelling_of_phone_and_address_is_found() {
        for body in [
            r#"{"p":"0912345678"}"#,
            r#"{"p":"+84 912-345-678"}"#,
            r#"{"p":912345678}"#,
            r#"{"a":[{"mail":"an.nguyen@EXAMPLE.com "}]}"#,
            r#"{"mail":"an.nguyen\u0040example.com"}"#,
            "phone=0912345678&x=1",
            "mail=an.nguyen%40example.com",
            r#"{"cut off": "0912345678", "#,
        ] {
            assert!(person().is_in(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn a_name_or_a_number_that_only_contains_it_is_no_mention() {
        for body in [
            r#"{"name":"Nguyễn An"}"#,
            r#"{"p":"0912345679"}"#,
            r#"{"token":"ab0912345678"}"#,
            r#"{"mail":"not.an.nguyen@example.com"}"#,
            r#"{"p":"345678"}"#,
            "",
        ] {
            assert!(!person().is_in(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn somebody_hidden_is_not_looked_for() {
        let masked = said("0912***678").map(|statement| Statement {
            masked: true,
            ..statement
        });
        assert!(
            Mention::of(&Contact {
                full_name: said("An"),
                phone: masked,
                ..Contact::default()
            })
            .is_none()
        );
    }
}
