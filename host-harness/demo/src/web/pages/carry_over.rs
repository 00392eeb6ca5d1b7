//! Posting again: what the last posting said at the board, where the job says otherwise.
//!
//! A posting that was approved holds corrections that nobody made in the job. They are offered with the job's own words beside them.

use job_board_host::contract::forms::{Field, Form};

use super::posting_form::same;
use crate::board::convert;
use crate::domain::value::FieldValue;

/// A field that is filled in as in the last posting.
pub struct Carried {
    /// The field.
    pub id: String,
    /// What the job says.
    pub of_job: Option<FieldValue>,
    /// What the posting says.
    pub of_posting: FieldValue,
}

/// What `before`, the last posting's form, brings into `form`, a new one's. What is empty there fills in nothing, and a day that is over
/// on `today` (`YYYY-MM-DD`) is not brought back.
pub fn carry_over(form: &Form, before: &Form, today: &str) -> Vec<Carried> {
    let mut carried = Vec::new();
    for field in &form.fields {
        let Some(said) = before.fields.iter().find(|said| said.id == field.id) else {
            continue;
        };
        let of_job = field.value.clone().map(convert::value);
        let Some(of_posting) = said.value.clone().map(convert::value) else {
            continue;
        };
        let over = matches!(&of_posting, FieldValue::Text(day) if field.kind == "day" && day.as_str() < today);
        let says_something = !same(Some(&of_posting), None);
        if !over && says_something && !is_the_same(field, of_job.as_ref(), &of_posting) {
            carried.push(Carried {
                id: field.id.clone(),
                of_job,
                of_posting,
            });
        }
    }
    carried
}

/// Paragraphs and line breaks are the board's way to write what the job says in plain lines.
fn is_the_same(field: &Field, one: Option<&FieldValue>, other: &FieldValue) -> bool {
    match (one, other) {
        (Some(FieldValue::Text(one)), FieldValue::Text(other)) if field.kind == "markup" => {
            words(one) == words(other)
        }
        _ => same(one, Some(other)),
    }
}

/// The words of a text without its tags.
fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    let mut in_tag = false;
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                plain.push(' ');
            }
            c if !in_tag => plain.push(c),
            _ => {}
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}
