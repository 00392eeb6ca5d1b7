//! Forms: a mirror of the contract's records.

use job_board_host::contract::forms::{Choice, Field, Form, Limits, Origin, Question};
use serde_json::{Value, json};

use super::{app_problem, problem};
use crate::board::convert::{text, value, values};
use crate::domain::text::Text;

/// A posting form.
pub fn form(form: Form) -> Value {
    let problems = form.problems.into_iter().map(app_problem);
    json!({
        "fields": form.fields.into_iter().map(field).collect::<Vec<_>>(),
        "missing": form.missing,
        "problems": problems.map(|found| problem(&found)).collect::<Vec<_>>(),
        "version": form.version,
        "choices_as_of": form.choices_as_of,
        "choices_stale": form.choices_stale,
        "cost": form.cost.map(text),
        "notes": form.notes.into_iter().map(text).collect::<Vec<Text>>(),
    })
}

fn field(field: Field) -> Value {
    json!({
        "id": field.id,
        "label": text(field.label),
        "help": text(field.help),
        "kind": field.kind,
        "required": field.required,
        "value": field.value.map(value),
        "origin": origin(field.origin),
        "choices": choices(field.choices),
        "limits": limits(field.limits),
        "questions": field.questions.into_iter().map(question).collect::<Vec<_>>(),
        "group": text(field.group),
    })
}

/// Options.
pub(super) fn choices(choices: Vec<Choice>) -> Vec<Value> {
    choices
        .into_iter()
        .map(|choice| {
            json!({
                "id": choice.id,
                "label": text(choice.label),
                "group": choice.group.map(text),
            })
        })
        .collect()
}

/// What a value must keep to.
pub(super) fn limits(limits: Limits) -> Value {
    json!({
        "minimum": limits.minimum,
        "maximum": limits.maximum,
        "max_length": limits.max_length,
        "max_items": limits.max_items,
        "allowed_markup": limits.allowed_markup,
        "extra": values(limits.extra),
    })
}

fn question(question: Question) -> Value {
    json!({
        "asked": question.asked,
        "candidates": choices(question.candidates),
    })
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Empty => "empty",
        Origin::Job => "job",
        Origin::BoardDefault => "board-default",
        Origin::BoardPosting => "board-posting",
        Origin::Suggestion => "suggestion",
        Origin::Operator => "operator",
    }
}
