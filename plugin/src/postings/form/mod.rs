//! TopCV's posting form: what it asks, the one validator for form, publish and update, and how its values compare.
//!
//! A form value is what a page shows and sends (`wit/forms.wit`); a wire value is what TopCV takes. One field is one wire key, but for
//! `salary_negotiable`, which decides over both amounts.

mod build;
mod experience;
mod fields;
mod matching;
mod prefill;
mod validate;
mod values;
mod wire;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json};

use crate::contract::types::{FieldProblem, NamedValue, Text, Value};
use crate::failure::text;
use crate::topcv::catalogue::Catalogue;
use crate::topcv::markup;

pub use crate::topcv::enumerations::KEYS;

pub(super) use build::{for_job, for_posting};

/// A posting's body on the wire: keys of [`KEYS`] with TopCV's types, and what the operator added.
pub type Body = Map<String, Json>;

/// Checks a new posting's form values and answers the whole body, every key of [`KEYS`] in it. Fields with a default may be absent.
/// `today` is the day in Vietnam. Fails with every problem at once.
pub fn validate_new(
    values: &[NamedValue],
    catalogue: &Catalogue,
    today: &str,
) -> Result<Body, Vec<FieldProblem>> {
    validate::new(values, catalogue, today)
}

/// Checks the given fields, each by itself and together with what stands at the board (`present`), and answers the keys that they decide.
/// An absent field is not touched. A value that is the form's own for what stands there comes back as the board wrote it.
pub fn validate_change(
    values: &[NamedValue],
    present: &Body,
    catalogue: &Catalogue,
    today: &str,
) -> Result<Body, Vec<FieldProblem>> {
    validate::change(values, present, catalogue, today)
}

/// One wire value in the form in which two of them compare: `null` for anything empty, numbers as numbers however they were written,
/// lists sorted, text composed and without needless white space, HTML cleaned, words for codes as the codes.
pub fn canonical(key: &str, value: &Json) -> Json {
    wire::canonical(key, value)
}

/// What stands at the board, in the type that TopCV takes in an edit; as it stands where that cannot be told.
pub(super) fn as_taken(key: &str, value: &Json) -> Json {
    wire::as_taken(key, value).unwrap_or_else(|| value.clone())
}

/// Whether the key holds a person's contact data, which is never stored.
pub fn is_contact(key: &str) -> bool {
    matches!(key, "contact_name" | "contact_phone" | "contact_email")
}

/// The form field that stands for a wire key, also for one with an index as in `locations.0`.
pub fn field_of(key: &str) -> String {
    key.split('.').next().unwrap_or(key).to_owned()
}

/// The board's present values as form values. What is empty at the board is left out.
pub fn present(fields: &Body) -> Vec<NamedValue> {
    wire::present(fields)
}

/// The same values, each long text in one of the ways to write its content: a form gives lines, and a host may send what it has as markup.
pub(super) fn in_one_spelling(values: &[NamedValue]) -> Vec<NamedValue> {
    let mut alike = values.to_vec();
    for named in &mut alike {
        if let Value::Text(text) = &mut named.value
            && fields::spec(&named.name).is_some_and(|it| it.kind == fields::Kind::Markup)
            && markup::clean(text).removed.is_empty()
        {
            *text = markup::shown(&markup::content(text));
        }
    }
    alike
}

/// A wire value as a person reads it beside another one: a long text as its form value.
pub(super) fn readable(key: &str, value: &Json) -> String {
    match value {
        Json::String(text)
            if fields::spec(key).is_some_and(|it| it.kind == fields::Kind::Markup) =>
        {
            markup::shown(text)
        }
        Json::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The label of a field; an unknown field's is its id.
pub fn label(field_id: &str) -> Text {
    fields::spec(field_id).map_or_else(|| text(field_id, field_id), fields::Spec::label)
}
