//! A webhook's body under construction: ordered keys, each value with its literal text.

use std::collections::BTreeMap;

use crate::input::Literal;

use super::sign;

/// The body of one delivery.
pub(crate) struct Message {
    event_type: &'static str,
    fields: Vec<(&'static str, Literal)>,
}

impl Message {
    pub(crate) fn new(event_type: &'static str) -> Message {
        let first = ("event_type", Literal::Text(event_type.to_owned()));
        Message {
            event_type,
            fields: vec![first],
        }
    }

    pub(crate) fn number(self, name: &'static str, value: u64) -> Message {
        self.with(name, Literal::Bare(value.to_string()))
    }

    pub(crate) fn text(self, name: &'static str, value: impl Into<String>) -> Message {
        self.with(name, Literal::Text(value.into()))
    }

    pub(crate) fn with(mut self, name: &'static str, value: Literal) -> Message {
        self.fields.push((name, value));
        self
    }

    /// The JSON text with its signature as the last key.
    pub(crate) fn signed_json(self, key: &str, ascii: bool) -> String {
        let by_name: BTreeMap<String, Literal> = self
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let signature = sign(key, self.event_type, &by_name);
        let mut out = String::from("{");
        for (name, value) in self.text("signature", signature).fields {
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(&format!("\"{name}\":"));
            value.write_json(&mut out, ascii);
        }
        out.push('}');
        out
    }
}
