//! A delivery's JSON as it came: each top-level value by its own literal text, because the signature is over literals.
//!
//! A number parsed and printed again is another text (`1e3`, `-0`, digits beyond 64 bits), and of two members with one name the
//! signer and the reader could mean different ones. So numbers stay text, and a second member of a name is refused at any depth.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::name_map::NameSet;

/// The most bytes of body that are read.
pub const MOST_BYTES: usize = 256 * 1024;

/// The most arrays and objects inside each other.
pub const MOST_DEPTH: usize = 32;

/// One value, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// There is no member of that name.
    Absent,
    /// `null`
    Null,
    /// A string, with its escapes resolved.
    Text(String),
    /// A number, digit for digit.
    Number(String),
    /// `true`, `false`, an array or an object: its JSON text.
    Other(String),
}

impl Literal {
    /// The value as the signature takes it: the text of a string or number, nothing for null and absent.
    /// `None`: a value that has no such text.
    pub fn signed_text(&self) -> Option<&str> {
        match self {
            Self::Absent | Self::Null => Some(""),
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Other(_) => None,
        }
    }

    /// A string or number that says something, without white space at the ends.
    pub fn said(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => {
                Some(text.trim()).filter(|text| !text.is_empty())
            }
            Self::Absent | Self::Null | Self::Other(_) => None,
        }
    }
}

/// Why a body cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RawError {
    /// Not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Not one JSON text and nothing else.
    #[error("the body is not valid JSON")]
    NotJson,
    /// JSON, and no object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// Two members of one object have the same name.
    #[error("a name stands twice in one JSON object")]
    DuplicateKey,
    /// More than [`MOST_DEPTH`] levels.
    #[error("the JSON is nested too deeply")]
    TooDeep,
}

/// The members of the body's object, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields(Vec<(String, Literal)>);

impl Fields {
    /// Reads a body.
    pub fn read(body: &[u8]) -> Result<Self, RawError> {
        let text = std::str::from_utf8(body).map_err(|_| RawError::NotUtf8)?;
        let root: &RawValue = serde_json::from_str(text).map_err(|_| RawError::NotJson)?;
        if !root.get().starts_with('{') {
            return Err(RawError::NotAnObject);
        }
        let members = members_of(root)?
            .into_iter()
            .map(|(name, value)| {
                check(value, 1)?;
                Ok((name, literal(value)?))
            })
            .collect::<Result<_, RawError>>()?;
        Ok(Self(members))
    }

    /// The member of that name.
    pub fn get(&self, name: &str) -> &Literal {
        self.0
            .iter()
            .find(|(present, _)| present == name)
            .map_or(&Literal::Absent, |(_, value)| value)
    }

    /// All members, in the order of the body.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Literal)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

fn literal(value: &RawValue) -> Result<Literal, RawError> {
    let raw = value.get();
    Ok(match raw.as_bytes().first() {
        Some(b'n') => Literal::Null,
        Some(b'"') => Literal::Text(serde_json::from_str(raw).map_err(|_| RawError::NotJson)?),
        Some(b'-' | b'0'..=b'9') => Literal::Number(raw.to_owned()),
        _ => Literal::Other(raw.to_owned()),
    })
}

/// Looks for double names and too much depth inside a value. Every level is scanned again for each level above it,
/// which the bounds on size and depth keep cheap.
fn check(value: &RawValue, depth: usize) -> Result<(), RawError> {
    let inside: Vec<&RawValue> = match value.get().as_bytes().first() {
        Some(b'{') => members_of(value)?
            .into_iter()
            .map(|(_, value)| value)
            .collect(),
        Some(b'[') => serde_json::from_str(value.get()).map_err(|_| RawError::NotJson)?,
        Some(b'"') => return literal(value).map(drop),
        _ => return Ok(()),
    };
    if depth >= MOST_DEPTH {
        return Err(RawError::TooDeep);
    }
    inside
        .into_iter()
        .try_for_each(|value| check(value, depth + 1))
}

fn members_of(object: &RawValue) -> Result<Vec<(String, &RawValue)>, RawError> {
    let mut reader = serde_json::Deserializer::from_str(object.get());
    let members = reader
        .deserialize_map(Members)
        .map_err(|_| RawError::NotJson)?;
    let mut names = NameSet::new();
    if members.iter().all(|(name, _)| names.insert(name)) {
        Ok(members)
    } else {
        Err(RawError::DuplicateKey)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Fields, RawError> {
        Fields::read(body.as_bytes())
    }

    #[test]
    fn numbers_keep_their_own_text() {
        for literal in [
            "1",
            "-0",
            "1e3",
            "1.50",
            "1E+400",
            "123456789012345678901234567890",
            "18446744073709551616",
        ] {
            let fields = read(&format!("{{\"job_id\" : {literal} }}")).unwrap();
            assert_eq!(fields.get("job_id"), &Literal::Number(literal.into()));
            let nested = read(&format!("{{\"a\":[{literal}]}}")).unwrap();
            assert_eq!(nested.get("a"), &Literal::Other(format!("[{literal}]")));
        }
    }

    #[test]
    fn strings_are_resolved() {
        let fields =
            read(r#"{"a":"Nguy\u1ec5n","b":"\ud83d\ude00","c":"😀","d":"\"\\\/\n","e":"Nguyễn"}"#)
                .unwrap();
        let text = |name: &str| fields.get(name).signed_text().unwrap().to_owned();
        assert_eq!(text("a"), "Nguyễn");
        assert_eq!(text("b"), "😀");
        assert_eq!(text("c"), "😀");
        assert_eq!(text("d"), "\"\\/\n");
        assert_eq!(text("e"), "Nguye\u{302}\u{303}n");
    }

    #[test]
    fn null_and_absent_give_the_signature_nothing_and_other_kinds_have_no_text() {
        let fields = read(r#"{"a":null,"b":true,"c":{"d":1},"e":[]}"#).unwrap();
        assert_eq!(fields.get("a"), &Literal::Null);
        assert_eq!(fields.get("a").signed_text(), Some(""));
        assert_eq!(fields.get("z"), &Literal::Absent);
        assert_eq!(fields.get("z").signed_text(), Some(""));
        for name in ["b", "c", "e"] {
            assert_eq!(fields.get(name).signed_text(), None);
        }
        assert_eq!(fields.get("c"), &Literal::Other(r#"{"d":1}"#.into()));
    }

    #[test]
    fn order_is_kept() {
        let fields = read(r#"{"b":1,"a":2,"c":3}"#).unwrap();
        let names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["b", "a", "c"]);
    }

    #[test]
    fn a_name_may_stand_once_in_an_object_however_it_is_spelled_and_however_deep() {
        for body in [
            r#"{"a":1,"a":1}"#,
            r#"{"job_id":1,"job\u005fid":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[0,{"b":[{"c":1,"c":1}]}]}"#,
        ] {
            assert_eq!(read(body), Err(RawError::DuplicateKey), "{body}");
        }
        assert!(read(r#"{"a":{"b":1},"b":{"a":1},"c":[{"a":1},{"a":2}]}"#).is_ok());
    }

    #[test]
    fn what_is_not_one_json_object_is_refused() {
        for body in [
            "",
            "   ",
            "{",
            "{}x",
            "{} {}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":+1}",
            "{\"a\":.5}",
            "{\"a\":NaN}",
            "{\"a\":1,}",
            r#"{"a":"\ud83d"}"#,
            r#"{"a":["\udc00"]}"#,
            "{\"a\":\"\u{1}\"}",
            "\u{feff}{}",
            "{\"a\":tru}",
        ] {
            assert_eq!(read(body), Err(RawError::NotJson), "{body}");
        }
        for body in ["[]", "1", "null", "\"a\"", "[{\"a\":1}]"] {
            assert_eq!(read(body), Err(RawError::NotAnObject), "{body}");
        }
        assert_eq!(Fields::read(b"{\"a\":\"\xff\"}"), Err(RawError::NotUtf8));
        assert!(read(" \n{ }\t").is_ok());
    }

    #[test]
    fn depth_is_bounded_without_using_up_the_stack() {
        let nested =
            |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&nested(MOST_DEPTH - 1)).is_ok());
        assert_eq!(read(&nested(MOST_DEPTH)), Err(RawError::TooDeep));
        assert_eq!(read(&nested(100_000)), Err(RawError::TooDeep));
        let objects = format!("{}1{}", "{\"a\":".repeat(20_000), "}".repeat(20_000));
        assert_eq!(read(&objects), Err(RawError::TooDeep));
    }
}
