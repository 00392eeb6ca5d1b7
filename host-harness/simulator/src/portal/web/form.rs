//! What a person typed: the fields of a form, and perhaps one file.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::input::{CV_BODY_CAP, Fields, InputError, JSON_BODY_CAP, read_body};

/// A file as the browser sent it.
#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) file_name: String,
    pub(crate) content: Bytes,
}

/// A form's fields in their order.
#[derive(Clone, Default)]
pub(crate) struct Form {
    pairs: Vec<(String, String)>,
    /// None when no file was chosen.
    pub(crate) file: Option<Upload>,
}

impl Form {
    /// Reads the body of a form: at most 1 MB, with a file at most 5 MB.
    pub(super) async fn read(parts: Parts, body: Body) -> Result<Form, InputError> {
        if !has_type(&parts.headers, "multipart/form-data") {
            let bytes = read_body(body, JSON_BODY_CAP).await?;
            let request = Request::from_parts(parts, Body::from(bytes));
            let axum::extract::Form(pairs) =
                axum::extract::Form::<Vec<(String, String)>>::from_request(request, &())
                    .await
                    .map_err(|_| malformed())?;
            return Ok(Form { pairs, file: None });
        }
        let bytes = read_body(body, CV_BODY_CAP).await?;
        let request = Request::from_parts(parts, Body::from(bytes));
        let mut multipart = Multipart::from_request(request, &())
            .await
            .map_err(|_| malformed())?;
        let mut form = Form::default();
        while let Some(field) = multipart.next_field().await.map_err(|_| malformed())? {
            let name = field.name().unwrap_or("").to_owned();
            match field.file_name().map(str::to_owned) {
                None => form
                    .pairs
                    .push((name, field.text().await.map_err(|_| malformed())?)),
                Some(file_name) => {
                    let content = field.bytes().await.map_err(|_| malformed())?;
                    // A file field that was left empty arrives without name and content.
                    if !(file_name.is_empty() && content.is_empty()) {
                        form.file = Some(Upload { file_name, content });
                    }
                }
            }
        }
        Ok(form)
    }

    /// The field's first value, or the empty text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or("")
    }

    /// The field's first value.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a field that may stand several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.optional(name).is_some()
    }

    /// A whole number; any other text goes on as it is, for the control API's check to refuse. Null when empty.
    pub(crate) fn number(&self, name: &str) -> Value {
        let text = self.text(name).trim();
        match text.parse::<i64>() {
            Ok(number) => json!(number),
            Err(_) if text.is_empty() => Value::Null,
            Err(_) => json!(text),
        }
    }
}

/// The input of a control call, made of named values.
pub(in crate::portal) fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Fields {
    let map: Map<String, Value> = pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Fields::from_values(map)
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.to_ascii_lowercase().starts_with(wanted))
}

fn malformed() -> InputError {
    InputError::new(
        400,
        "malformed_form",
        "body",
        "the form did not arrive whole: load the page again and repeat",
    )
}
