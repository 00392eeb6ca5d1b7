//! JSON without the silent leniency of ordinary parsers: a key that stands twice, a nesting deeper than
//! any real body and text that is not UTF-8 are errors with a code of their own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Fields, InputError};

/// Deepest nesting of arrays and objects that is read.
const DEPTH_CAP: usize = 32;

/// A body that must be one JSON object.
pub(crate) fn parse_object(bytes: &[u8]) -> Result<Fields, InputError> {
    let text = checked_text(bytes)?;
    if !text.trim_start().starts_with('{') {
        return Err(InputError::new(
            400,
            "not_an_object",
            "body",
            "the body must be a JSON object",
        ));
    }
    let values: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).map_err(malformed)?;
    Ok(Fields::new(values))
}

fn checked_text(bytes: &[u8]) -> Result<&str, InputError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        InputError::new(
            400,
            "not_utf8",
            "body",
            format!("the body is not UTF-8 at byte {}", error.valid_up_to()),
        )
    })?;
    if text.trim().is_empty() {
        return Err(InputError::new(
            400,
            "missing_body",
            "body",
            "a JSON body is required",
        ));
    }
    if depth(text) > DEPTH_CAP {
        return Err(InputError::new(
            400,
            "too_deep",
            "body",
            format!("the body is nested deeper than {DEPTH_CAP} levels"),
        ));
    }
    let duplicate = RefCell::new(None);
    let mut parser = serde_json::Deserializer::from_str(text);
    let outcome = UniqueKeys(&duplicate)
        .deserialize(&mut parser)
        .and_then(|()| parser.end());
    match (outcome, duplicate.into_inner()) {
        (_, Some(key)) => Err(InputError::new(
            400,
            "duplicate_key",
            key.clone(),
            format!("the key {key:?} stands twice in one object"),
        )),
        (Err(error), None) => Err(malformed(error)),
        (Ok(()), None) => Ok(text),
    }
}

fn malformed(error: serde_json::Error) -> InputError {
    InputError::new(
        400,
        "malformed_json",
        "body",
        format!(
            "the body is not JSON at line {}, column {}",
            error.line(),
            error.column()
        ),
    )
}

/// Deepest bracket nesting outside strings; counted before parsing so that the parser never recurses further.
fn depth(text: &str) -> usize {
    let (mut now, mut most, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Walks any JSON value and remembers the first key that stands twice.
#[derive(Clone, Copy)]
struct UniqueKeys<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for UniqueKeys<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueKeys<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON with unique keys")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut seen = std::collections::BTreeSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if seen.contains(&key) {
                self.0.borrow_mut().get_or_insert(key);
                return Err(A::Error::custom("duplicate key"));
            }
            seen.insert(key);
            entries.next_value_seed(self)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> (&'static str, String) {
        let error = parse_object(bytes).err().unwrap();
        (error.code, error.field)
    }

    #[test]
    fn each_defect_has_its_own_code() {
        assert_eq!(code(b"  ").0, "missing_body");
        assert_eq!(code(b"{\"a\":\"\xff\"}").0, "not_utf8");
        assert_eq!(code(b"[1]").0, "not_an_object");
        assert_eq!(code(b"{\"a\":1").0, "malformed_json");
        assert_eq!(code(b"{\"a\":1} x").0, "malformed_json");
        assert_eq!(
            code(b"{\"a\":{\"b\":1,\"\\u0062\":2}}"),
            ("duplicate_key", "b".to_owned())
        );
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
        assert_eq!(code(deep.as_bytes()).0, "too_deep");
    }

    #[test]
    fn brackets_in_strings_are_not_nesting() {
        let text = format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(100));
        assert!(parse_object(text.as_bytes()).is_ok());
    }
}
