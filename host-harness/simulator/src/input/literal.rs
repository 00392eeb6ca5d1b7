//! A scalar kept as the text that was written, because TopCV's signature is over literals and a candidate
//! id may be longer than any machine integer.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::InputError;

/// A JSON scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    /// `null`: contributes the empty text to a signature (assumed).
    Null,
    /// A string: contributes its characters.
    Text(String),
    /// A number or a boolean: contributes exactly the characters that were written.
    Bare(String),
}

impl Literal {
    /// Reads one scalar; arrays and objects are refused.
    pub(crate) fn read(field: &str, raw: &RawValue) -> Result<Literal, InputError> {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'"') => serde_json::from_str(text)
                .map(Literal::Text)
                .map_err(|_| InputError::wrong_type(field, "text")),
            Some(b'{' | b'[') => Err(InputError::wrong_type(field, "a number, a text or null")),
            Some(b'n') => Ok(Literal::Null),
            _ => Ok(Literal::Bare(text.to_owned())),
        }
    }

    /// What this value contributes to a signature.
    pub(crate) fn signed_text(&self) -> &str {
        match self {
            Literal::Null => "",
            Literal::Text(text) | Literal::Bare(text) => text,
        }
    }

    /// Appends the value as JSON. With `ascii` every character beyond ASCII becomes `\uXXXX`.
    pub(crate) fn write_json(&self, out: &mut String, ascii: bool) {
        match self {
            Literal::Null => out.push_str("null"),
            Literal::Bare(text) => out.push_str(text),
            Literal::Text(text) => write_text(text, out, ascii),
        }
    }
}

fn write_text(text: &str, out: &mut String, ascii: bool) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            plain if plain >= ' ' && (plain.is_ascii() || !ascii) => out.push(plain),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Literal::Null => serializer.serialize_unit(),
            Literal::Text(text) => serializer.serialize_str(text),
            Literal::Bare(text) => RawValue::from_string(text.clone())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_beyond_64_bits_keeps_its_digits() {
        let raw = RawValue::from_string("123456789012345678901234567890".to_owned()).unwrap();
        let literal = Literal::read("candidate_id", &raw).unwrap();
        assert_eq!(literal.signed_text(), "123456789012345678901234567890");
        assert_eq!(
            serde_json::to_string(&literal).unwrap(),
            "123456789012345678901234567890"
        );
    }

    #[test]
    fn escapes_are_ascii_on_request_and_read_back_the_same() {
        let name = Literal::Text("Nguyễn \"Ân\"\u{1F600}\u{7}".to_owned());
        for ascii in [false, true] {
            let mut out = String::new();
            name.write_json(&mut out, ascii);
            assert_eq!(out.is_ascii(), ascii);
            let back: String = serde_json::from_str(&out).unwrap();
            assert_eq!(back, name.signed_text());
        }
    }
}
