//! The strict reader of deliveries against serde_json.

use proptest::prelude::*;
use serde_json::Value as Json;
use topcv_plugin::deliveries::raw::{Fields, Literal, RawError};

use super::cases;

/// A JSON text that knows whether a name stands twice in one of its objects.
#[derive(Debug, Clone)]
struct Text {
    json: String,
    twice: bool,
}

fn leaf() -> impl Strategy<Value = Text> {
    let plain = |json: String| Text { json, twice: false };
    prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ]
    .prop_map(plain)
}

fn object(
    members: impl Strategy<Value = Vec<(String, Text)>>,
    space: &'static str,
) -> impl Strategy<Value = Text> {
    members.prop_map(move |members| {
        let twice = members
            .iter()
            .enumerate()
            .any(|(at, (name, _))| members[..at].iter().any(|(other, _)| other == name))
            || members.iter().any(|(_, value)| value.twice);
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{space}\"{name}\"{space}:{}", value.json))
            .collect();
        Text {
            json: format!("{{{}{space}}}", members.join(",")),
            twice,
        }
    })
}

fn value() -> impl Strategy<Value = Text> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let array = prop::collection::vec(inner.clone(), 0..4).prop_map(|items| Text {
            twice: items.iter().any(|item| item.twice),
            json: format!(
                "[{}]",
                items
                    .iter()
                    .map(|item| item.json.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        });
        let members = prop::collection::vec(("[a-c]", inner), 0..4);
        prop_oneof![array, object(members, " ")]
    })
}

fn body() -> impl Strategy<Value = Text> {
    object(prop::collection::vec(("[a-e]", value()), 0..5), "\n\t")
}

/// Whatever the strict reader takes, serde_json takes, and means the same by it.
fn agrees(bytes: &[u8]) -> Result<Fields, RawError> {
    let fields = Fields::read(bytes)?;
    let Ok(Json::Object(object)) = serde_json::from_slice(bytes) else {
        panic!("only the strict reader takes {bytes:?}");
    };
    assert_eq!(fields.iter().count(), object.len());
    for (name, literal) in fields.iter() {
        let expected = &object[name];
        let same = match literal {
            Literal::Absent => false,
            Literal::Null => expected.is_null(),
            Literal::Text(text) => expected == text.as_str(),
            Literal::Number(digits) => {
                expected.is_number() && serde_json::from_str::<Json>(digits).unwrap() == *expected
            }
            Literal::Other(json) => serde_json::from_str::<Json>(json).unwrap() == *expected,
        };
        assert!(same, "{name}: {literal:?} and {expected}");
    }
    Ok(fields)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn an_object_is_read_as_serde_json_reads_it_unless_a_name_stands_twice(body in body()) {
        match agrees(body.json.as_bytes()) {
            Ok(_) => prop_assert!(!body.twice, "{}", body.json),
            Err(error) => prop_assert!(body.twice && error == RawError::DuplicateKey, "{error:?}: {}", body.json),
        }
    }

    #[test]
    fn a_damaged_object_is_refused_or_means_to_serde_json_what_it_means_here(body in body(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = body.json.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = agrees(&bytes);
        bytes.truncate(at);
        let _ = agrees(&bytes);
    }
}
