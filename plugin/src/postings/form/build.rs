//! The form as data, for a new posting or for one that stands at the board.

use super::fields::{EXTRA, FIELDS, Kind, LONGEST_EXTRA, NEGOTIABLE, Spec};
use super::prefill::{self, Filled};
use super::{Body, validate, wire};
use crate::contract::forms::{Field, Form, Origin};
use crate::contract::postings::Job;
use crate::contract::types::{FieldProblem, NamedValue, Text, Value};
use crate::failure::text;
use crate::name_map::NameMap;
use crate::topcv::catalogue::Catalogue;

/// The form for a new posting of the job.
pub(in crate::postings) fn for_job(job: &Job, catalogue: &Catalogue, today: &str) -> Form {
    let mut prefilled = prefill::read(job, catalogue);
    // What the job says and could not be placed is asked for, not replaced by a default: EUR is not VND.
    let mut unplaced = Vec::new();
    for default in FIELDS.iter().filter_map(Spec::default_value) {
        let is_named = |problem: &FieldProblem| problem.field == default.name;
        match prefilled.fields.get(&default.name) {
            Some(filled) if filled.value.is_some() => {}
            None if !prefilled.problems.iter().any(is_named) => {
                let filled = Filled {
                    value: Some(default.value),
                    origin: Origin::BoardDefault,
                    questions: Vec::new(),
                };
                prefilled.fields.insert(default.name, filled);
            }
            _ => unplaced.push(default.name),
        }
    }
    let values = values_of(&prefilled.fields);
    let (mut missing, wrong) = sort(validate::new(&values, catalogue, today).err());
    missing.extend(unplaced);
    let mut problems = prefilled.problems;
    problems.extend(wrong);
    Form {
        cost: Some(cost()),
        ..assemble(prefilled.fields, missing, problems, catalogue, today)
    }
}

/// What a new posting costs, as far as it is known: `docs/protocol.md`, "What costs".
fn cost() -> Text {
    text(
        "Đăng tin được cho là dùng một lượt đăng trong gói dịch vụ TopCV của công ty; TopCV chưa xác nhận cách tính. Hãy xem số lượt còn lại trên TopCV.",
        "Publishing is assumed to use one credit of your company's package at TopCV; TopCV has not confirmed how it counts. Look there for what is left.",
    )
}

/// The form for an edit: what stands at the board now.
pub(in crate::postings) fn for_posting(fields: &Body, catalogue: &Catalogue, today: &str) -> Form {
    let mut filled = NameMap::new();
    let mut show = |name: String, value: Value| {
        let field = Filled {
            value: Some(value),
            origin: Origin::BoardPosting,
            questions: Vec::new(),
        };
        filled.insert(name, field);
    };
    for named in wire::present(fields) {
        show(named.name, named.value);
    }
    for key in &catalogue.extra_fields {
        if let Some(value) = wire::extra(fields, key) {
            show(key.clone(), value);
        }
    }
    // What stands there is no problem, but what is not there at all is missing.
    let (missing, _) = sort(validate::new(&values_of(&filled), catalogue, today).err());
    assemble(filled, missing, Vec::new(), catalogue, today)
}

fn values_of(fields: &NameMap<Filled>) -> Vec<NamedValue> {
    fields
        .iter()
        .filter_map(|(name, filled)| {
            Some(NamedValue {
                name: name.clone(),
                value: filled.value.clone()?,
            })
        })
        .collect()
}

/// Tells the ids of missing fields from the other problems.
fn sort(problems: Option<Vec<FieldProblem>>) -> (Vec<String>, Vec<FieldProblem>) {
    let (missing, wrong): (Vec<_>, Vec<_>) = problems
        .unwrap_or_default()
        .into_iter()
        .partition(|problem| problem.code == "required");
    (
        missing.into_iter().map(|problem| problem.field).collect(),
        wrong,
    )
}

fn assemble(
    mut filled: NameMap<Filled>,
    missing: Vec<String>,
    problems: Vec<FieldProblem>,
    catalogue: &Catalogue,
    today: &str,
) -> Form {
    let notes = notes(&filled, catalogue);
    let mut fields: Vec<Field> = FIELDS
        .iter()
        .map(|spec| {
            let mut field = empty_field(spec, catalogue, today);
            field.required |= missing.iter().any(|id| id == spec.id);
            fill(field, filled.remove(spec.id))
        })
        .collect();
    for key in &catalogue.extra_fields {
        fields.push(fill(extra_field(key, today), filled.remove(key)));
    }
    let in_order = fields.iter().filter(|field| missing.contains(&field.id));
    Form {
        missing: in_order.map(|field| field.id.clone()).collect(),
        fields,
        problems,
        version: None,
        choices_as_of: catalogue.as_of,
        choices_stale: catalogue.stale,
        cost: None,
        notes,
    }
}

fn fill(mut field: Field, filled: Option<Filled>) -> Field {
    if let Some(filled) = filled {
        field.value = filled.value;
        field.origin = filled.origin;
        field.questions = filled.questions;
    }
    field
}

fn empty_field(spec: &Spec, catalogue: &Catalogue, today: &str) -> Field {
    let choices = match spec.kind {
        Kind::Option | Kind::Code | Kind::Options => catalogue.choices(spec.id),
        _ => Vec::new(),
    };
    Field {
        id: spec.id.to_owned(),
        label: spec.label(),
        help: spec.help(),
        kind: spec.kind.name().to_owned(),
        required: spec.is_required(),
        value: None,
        origin: Origin::Empty,
        choices,
        limits: spec.kind.limits(today),
        questions: Vec::new(),
        group: spec.group(),
    }
}

fn extra_field(key: &str, today: &str) -> Field {
    let kind = Kind::Line(LONGEST_EXTRA);
    Field {
        id: key.to_owned(),
        label: text(key, key),
        help: text(
            "Trường do người quản trị hệ thống thêm vì TopCV yêu cầu.",
            "Added by the operator because TopCV demands it.",
        ),
        kind: kind.name().to_owned(),
        required: false,
        value: None,
        origin: Origin::Empty,
        choices: Vec::new(),
        limits: kind.limits(today),
        questions: Vec::new(),
        group: text(EXTRA.0, EXTRA.1),
    }
}

/// What is not known of TopCV and could surprise the recruiter.
fn notes(filled: &NameMap<Filled>, catalogue: &Catalogue) -> Vec<Text> {
    let mut notes = vec![text(
        "Biểu mẫu trên web của TopCV còn hỏi thời gian, hình thức làm việc, học vấn và địa chỉ; kết nối này không gửi các thông tin đó. Nếu TopCV đòi hỏi, người quản trị hệ thống có thể thêm trường.",
        "TopCV's own web form also asks for working time, working method, education and address; this connection does not send them. If TopCV demands one, the operator can add the field.",
    )];
    let is_negotiable = filled
        .get(NEGOTIABLE)
        .is_some_and(|filled| filled.value == Some(Value::Truth(true)));
    let amount = |field: &str| {
        filled
            .get(field)
            .is_some_and(|filled| filled.value.is_some())
    };
    if is_negotiable || amount("salary_from") != amount("salary_to") {
        notes.push(text(
            "Cách TopCV nhận lương thỏa thuận hoặc chỉ có một mức (từ, đến) chưa được TopCV xác nhận: hệ thống gửi 0 cho mức để trống. Hãy xem lại tin trên TopCV sau khi đăng.",
            "How TopCV takes a negotiable or one-sided salary is not confirmed: 0 is sent for an empty amount. Look at the posting on TopCV after publishing.",
        ));
    }
    if catalogue.as_of.is_none() {
        notes.push(text(
            "Chưa đọc được danh mục của TopCV (ngành nghề, kỹ năng, địa điểm). Hãy mở lại biểu mẫu sau ít phút.",
            "TopCV's lists (categories, skills, locations) could not be read yet. Open the form again in a few minutes.",
        ));
    }
    notes
}
