//! The keys of one JSON object, taken out one by one; what is left at the end was unknown.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{InputError, Literal};

/// An object's keys. Every reader removes its key; [`Fields::finish`] refuses the rest.
pub(crate) struct Fields {
    values: BTreeMap<String, Box<RawValue>>,
}

impl Fields {
    pub(crate) fn new(values: BTreeMap<String, Box<RawValue>>) -> Fields {
        Fields { values }
    }

    pub(crate) fn empty() -> Fields {
        Fields::new(BTreeMap::new())
    }

    /// The keys of an object that was made here, not read.
    pub(crate) fn from_values(values: Map<String, Value>) -> Fields {
        let raw = |(name, value): (String, Value)| {
            // Writing a value as its own JSON text cannot fail.
            let raw = serde_json::value::to_raw_value(&value).ok()?;
            Some((name, raw))
        };
        Fields::new(values.into_iter().filter_map(raw).collect())
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let raw = self.values.remove(name)?;
        // The text was parsed once already, so this cannot fail; a number too long for 64 bits becomes a float.
        serde_json::from_str(raw.get()).ok()
    }

    /// The value if the key is there and not null.
    fn present(&mut self, name: &str) -> Option<Value> {
        self.take(name).filter(|value| !value.is_null())
    }

    /// Whether the key is there with the value null; the key is taken if so.
    pub(crate) fn take_null(&mut self, name: &str) -> bool {
        let null = self.values.get(name).is_some_and(|raw| raw.get() == "null");
        if null {
            self.values.remove(name);
        }
        null
    }

    /// Whether the key is there with an object.
    pub(crate) fn has_object(&self, name: &str) -> bool {
        self.starts_with(name, '{')
    }

    /// Whether the key is there with a text.
    pub(crate) fn has_text(&self, name: &str) -> bool {
        self.starts_with(name, '"')
    }

    fn starts_with(&self, name: &str, first: char) -> bool {
        let raw = self.values.get(name);
        raw.is_some_and(|raw| raw.get().starts_with(first))
    }

    /// A text of any length, the empty one too.
    pub(crate) fn optional_any_text(&mut self, name: &str) -> Result<Option<String>, InputError> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(InputError::wrong_type(name, "text")),
        }
    }

    /// A text of 1 to `most` characters.
    pub(crate) fn optional_text(
        &mut self,
        name: &str,
        most: usize,
    ) -> Result<Option<String>, InputError> {
        let Some(value) = self.present(name) else {
            return Ok(None);
        };
        let Value::String(text) = value else {
            return Err(InputError::wrong_type(name, "text"));
        };
        if text.trim().is_empty() || text.chars().count() > most {
            return Err(InputError::bad_value(
                name,
                &format!("1 to {most} characters"),
            ));
        }
        Ok(Some(text))
    }

    pub(crate) fn text(&mut self, name: &str, most: usize) -> Result<String, InputError> {
        self.optional_text(name, most)?
            .ok_or_else(|| InputError::missing(name))
    }

    /// One of `choices`.
    pub(crate) fn optional_choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, InputError> {
        let Some(text) = self.optional_text(name, 200)? else {
            return Ok(None);
        };
        let known = choices.iter().find(|(label, _)| *label == text);
        known.map(|(_, choice)| Some(*choice)).ok_or_else(|| {
            let labels: Vec<&str> = choices.iter().map(|(label, _)| *label).collect();
            InputError::bad_value(name, &format!("one of {}", labels.join(", ")))
        })
    }

    pub(crate) fn optional_bool(&mut self, name: &str) -> Result<Option<bool>, InputError> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(_) => Err(InputError::wrong_type(name, "true or false")),
        }
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn optional_integer(
        &mut self,
        name: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, InputError> {
        let Some(value) = self.present(name) else {
            return Ok(None);
        };
        let number = match &value {
            Value::Number(number) => number
                .as_i64()
                .or_else(|| number.as_u64().map(|_| i64::MAX)),
            _ => None,
        };
        let number = number.ok_or_else(|| InputError::wrong_type(name, "a whole number"))?;
        if number < least || number > most {
            return Err(InputError::bad_value(
                name,
                &format!("from {least} to {most}"),
            ));
        }
        Ok(Some(number))
    }

    pub(crate) fn integer(&mut self, name: &str, least: i64, most: i64) -> Result<i64, InputError> {
        self.optional_integer(name, least, most)?
            .ok_or_else(|| InputError::missing(name))
    }

    /// A scalar with its literal text; an explicit null is a value here.
    pub(crate) fn optional_literal(&mut self, name: &str) -> Result<Option<Literal>, InputError> {
        self.values
            .remove(name)
            .map(|raw| Literal::read(name, &raw))
            .transpose()
    }

    /// An object whose keys are read on their own.
    pub(crate) fn optional_fields(&mut self, name: &str) -> Result<Option<Fields>, InputError> {
        let Some(raw) = self.values.remove(name).filter(|raw| raw.get() != "null") else {
            return Ok(None);
        };
        serde_json::from_str(raw.get())
            .map(|values| Some(Fields::new(values)))
            .map_err(|_| InputError::wrong_type(name, "an object"))
    }

    /// A list of texts, at most `most` of them.
    pub(crate) fn optional_texts(
        &mut self,
        name: &str,
        most: usize,
    ) -> Result<Option<Vec<String>>, InputError> {
        let Some(value) = self.present(name) else {
            return Ok(None);
        };
        let texts: Vec<String> = serde_json::from_value(value)
            .map_err(|_| InputError::wrong_type(name, "a list of texts"))?;
        if texts.len() > most {
            return Err(InputError::bad_value(
                name,
                &format!("at most {most} texts"),
            ));
        }
        Ok(Some(texts))
    }

    /// Everything that was not taken, as values.
    pub(crate) fn into_values(self) -> Map<String, Value> {
        self.values
            .into_iter()
            .filter_map(|(name, raw)| Some((name, serde_json::from_str(raw.get()).ok()?)))
            .collect()
    }

    /// Everything that was not taken, as literals.
    pub(crate) fn into_literals(self) -> Result<BTreeMap<String, Literal>, InputError> {
        self.values
            .into_iter()
            .map(|(name, raw)| Literal::read(&name, &raw).map(|literal| (name, literal)))
            .collect()
    }

    /// Refuses keys that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), InputError> {
        match self.values.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(InputError::new(
                422,
                "unknown_field",
                name.clone(),
                format!("{name:?} is not a field of this request"),
            )),
        }
    }
}
