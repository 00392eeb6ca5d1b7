//! TopCV's posting form: what it asks, the one validator for form, publish and update, and how its values compare.

use serde_json::{Map, Value as Json};

use crate::contract::types::{FieldProblem, NamedValue, Text};
use crate::failure::text;
use crate::topcv::catalogue::Catalogue;

/// A posting's body on the wire: keys of [`KEYS`] with TopCV's types, and what the operator added.
pub type Body = Map<String, Json>;

/// The keys of a posting's body, in TopCV's order.
pub const KEYS: [&str; 25] = [
    "title",
    "position_title",
    "main_category",
    "skills",
    "locations",
    "salary_level",
    "salary_from",
    "salary_to",
    "salary_currency",
    "job_type",
    "employee_level",
    "experience",
    "quantity",
    "gender",
    "job_description",
    "job_requirement",
    "job_benefit",
    "deadline",
    "contact_name",
    "contact_phone",
    "contact_email",
    "publish_request_days",
    "job_tag_ids",
    "recruitment_campaign_id",
    "create_recruitment_campaign",
];

/// Checks a new posting's form values and answers the whole body.
pub fn validate_new(
    values: &[NamedValue],
    catalogue: &Catalogue,
    today: &str,
) -> Result<Body, Vec<FieldProblem>> {
    let _ = (values, catalogue, today);
    Ok(Body::new())
}

/// Checks the given fields alone and together with what stands at the board.
pub fn validate_change(
    values: &[NamedValue],
    present: &Body,
    catalogue: &Catalogue,
    today: &str,
) -> Result<Body, Vec<FieldProblem>> {
    let _ = (values, present, catalogue, today);
    Ok(Body::new())
}

/// One wire value in the form in which two of them compare.
pub fn canonical(key: &str, value: &Json) -> Json {
    let _ = key;
    value.clone()
}

/// Whether the key holds a person's contact data, which is never stored.
pub fn is_contact(key: &str) -> bool {
    matches!(key, "contact_name" | "contact_phone" | "contact_email")
}

/// The form field that stands for a wire key, also for one with an index as in `locations.0`.
pub fn field_of(key: &str) -> String {
    key.split('.').next().unwrap_or(key).to_owned()
}

/// The board's present values as form values.
pub fn present(fields: &Body) -> Vec<NamedValue> {
    let _ = fields;
    Vec::new()
}

/// The label of a field; an unknown field's is its id.
pub fn label(field_id: &str) -> Text {
    text(field_id, field_id)
}
