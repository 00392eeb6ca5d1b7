//! JSON as a careful reader takes it: a name twice in one object, or nesting beyond need, is an error with its place.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Deepest nesting that any endpoint needs, with room: body, values, one value, its items.
const MOST_DEPTH: usize = 8;

/// Why a text is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonDefect {
    /// Not UTF-8.
    NotUtf8,
    /// Not JSON.
    Malformed,
    /// A name stands twice; the path to it, with dots.
    DuplicateKey(String),
    /// Nested too deeply; the path to the place.
    TooDeep(String),
}

/// Reads one JSON text. Twice: the shape is judged first, since a parsed value no longer shows that a name stood twice.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonDefect> {
    let text = std::str::from_utf8(bytes).map_err(|_| JsonDefect::NotUtf8)?;
    let walk = RefCell::new(Walk::default());
    let mut reader = serde_json::Deserializer::from_str(text);
    let judged = Place { walk: &walk }.deserialize(&mut reader);
    if let Some(defect) = walk.into_inner().defect {
        return Err(defect);
    }
    let parsed = judged.and_then(|()| serde_json::from_str(text));
    parsed.map_err(|_| JsonDefect::Malformed)
}

#[derive(Default)]
struct Walk {
    path: Vec<String>,
    defect: Option<JsonDefect>,
}

impl Walk {
    fn path(&self) -> String {
        self.path.join(".")
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    walk: &'a RefCell<Walk>,
}

impl Place<'_> {
    fn enter<E: Error>(self, name: String) -> Result<(), E> {
        let mut walk = self.walk.borrow_mut();
        walk.path.push(name);
        if walk.path.len() <= MOST_DEPTH {
            return Ok(());
        }
        walk.path.truncate(1);
        let path = walk.path();
        walk.defect = Some(JsonDefect::TooDeep(path));
        Err(E::custom("too deep"))
    }

    fn leave(self) {
        self.walk.borrow_mut().path.pop();
    }

    fn duplicate<E: Error>(self, name: &str) -> E {
        let mut walk = self.walk.borrow_mut();
        walk.path.push(name.to_owned());
        let path = walk.path();
        walk.defect = Some(JsonDefect::DuplicateKey(path));
        E::custom("duplicate key")
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
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
        self.enter(String::from("[]"))?;
        while items.next_element_seed(self)?.is_some() {}
        self.leave();
        Ok(())
    }

    // Also where a number comes in when serde_json keeps numbers exactly: as a map of one name.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if names.contains(&name) {
                return Err(self.duplicate(&name));
            }
            self.enter(name.clone())?;
            members.next_value_seed(self)?;
            self.leave();
            names.insert(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_json_is_taken() {
        let text = r#"{"a":[1,-2,3.5,"x",true,null],"b":{"c":"Hà Nội"}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()), Ok(expected));
    }

    #[test]
    fn defects_name_their_place() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        let cases: [(&[u8], JsonDefect); 6] = [
            (b"{\"a\":1,\"a\":2}", JsonDefect::DuplicateKey("a".into())),
            (
                b"{\"a\":{\"b\":1,\"\\u0062\":2}}",
                JsonDefect::DuplicateKey("a.b".into()),
            ),
            (deep.as_bytes(), JsonDefect::TooDeep("a".into())),
            (b"{\"a\":\"\xff\"}", JsonDefect::NotUtf8),
            (b"{\"a\":1} x", JsonDefect::Malformed),
            (b"{\"a\":\"\\ud800\"}", JsonDefect::Malformed),
        ];
        for (text, defect) in cases {
            assert_eq!(parse(text), Err(defect));
        }
    }
}
