//! What arrives over HTTP, read strictly: every defect gets a code and names its field.

mod body;
mod fields;
mod literal;
mod strict_json;

pub(crate) use body::{CV_BODY_CAP, JSON_BODY_CAP, read_body};
pub(crate) use fields::Fields;
pub(crate) use literal::Literal;
pub(crate) use strict_json::parse_object;

/// Why an input was refused; nothing was changed by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct InputError {
    /// HTTP status, always 4xx.
    pub(crate) status: u16,
    /// Stable reason code.
    pub(crate) code: &'static str,
    /// What was wrong and what to do.
    pub(crate) message: String,
    /// The field (body key, path part, query parameter or `body`) at fault.
    pub(crate) field: String,
}

impl InputError {
    pub(crate) fn new(
        status: u16,
        code: &'static str,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> InputError {
        InputError {
            status,
            code,
            message: message.into(),
            field: field.into(),
        }
    }

    pub(crate) fn not_found(field: &str, what: impl std::fmt::Display) -> InputError {
        InputError::new(404, "not_found", field, format!("no {field} is {what}"))
    }

    pub(crate) fn wrong_type(field: &str, wanted: &str) -> InputError {
        InputError::new(
            422,
            "wrong_type",
            field,
            format!("{field} must be {wanted}"),
        )
    }

    pub(crate) fn bad_value(field: &str, wanted: &str) -> InputError {
        InputError::new(422, "bad_value", field, format!("{field} must be {wanted}"))
    }

    pub(crate) fn missing(field: &str) -> InputError {
        InputError::new(422, "missing", field, format!("{field} is required"))
    }

    pub(crate) fn conflict(field: &str, message: impl Into<String>) -> InputError {
        InputError::new(409, "conflict", field, message)
    }
}
