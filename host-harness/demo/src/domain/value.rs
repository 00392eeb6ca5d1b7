//! Open values: details of a job, fields of a form, settings of a connection.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

/// Values by name. The same spelling is used in the API and in the database.
pub type Values = BTreeMap<String, FieldValue>;

/// The name under which a JSON text that has no other shape is wrapped.
const WRAPPED: &str = "$json";

/// One value of the contract's five kinds.
///
/// | kind | JSON |
/// |---|---|
/// | text | `"..."` |
/// | integer | `12` |
/// | truth | `true` |
/// | texts | `["a", "b"]` |
/// | json | `{"$json": "<JSON text>"}` |
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    /// Text, also a day, a decimal number, an option's id, markup.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Truth(bool),
    /// Several texts, in order.
    Texts(Vec<String>),
    /// One JSON text.
    Json(String),
}

impl FieldValue {
    /// Reads one value; `None` when the JSON has none of the five shapes.
    pub fn from_json(json: &Json) -> Option<Self> {
        match json {
            Json::String(text) => Some(Self::Text(text.clone())),
            Json::Bool(truth) => Some(Self::Truth(*truth)),
            Json::Number(number) => number.as_i64().map(Self::Integer),
            Json::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .map(Self::Texts),
            Json::Object(members) if members.len() == 1 => {
                let text = members.get(WRAPPED)?.as_str()?;
                serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
                Some(Self::Json(text.to_owned()))
            }
            _ => None,
        }
    }

    /// The JSON of the table above.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::from(text.as_str()),
            Self::Integer(number) => Json::from(*number),
            Self::Truth(truth) => Json::from(*truth),
            Self::Texts(items) => Json::from(items.clone()),
            Self::Json(text) => serde_json::json!({ WRAPPED: text }),
        }
    }
}

impl Serialize for FieldValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        Self::from_json(&json).ok_or_else(|| serde::de::Error::custom("not a field value"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_the_round_trip() {
        for value in [
            FieldValue::Text("Hà Nội".into()),
            FieldValue::Integer(-3),
            FieldValue::Truth(true),
            FieldValue::Texts(vec!["a".into(), "b".into()]),
            FieldValue::Json(r#"{"a":[1]}"#.into()),
        ] {
            assert_eq!(FieldValue::from_json(&value.to_json()), Some(value));
        }
    }

    #[test]
    fn shapes_that_the_contract_lacks_are_refused() {
        for json in [
            "null",
            "1.5",
            "[1]",
            "{}",
            r#"{"$json":"{"}"#,
            r#"{"a":"b"}"#,
            "18446744073709551615",
        ] {
            let json: Json = serde_json::from_str(json).unwrap();
            assert_eq!(FieldValue::from_json(&json), None, "{json}");
        }
    }
}
