//! A board's form for a posting, shown from the form's data alone.

use job_board_host::contract::forms::{Field, Form};
use maud::{Markup, html};

use crate::application::Problem;
use crate::board::convert;
use crate::domain::value::{FieldValue, Values};
use crate::http::views::app_problem;
use crate::web::door::Call;
use crate::web::format;
use crate::web::input::{Input, anchor};
use crate::web::lang::Lang;
use crate::web::parts;
use crate::web::trouble::Trouble;

/// What was typed before, and what was wrong with it.
#[derive(Default)]
pub struct Attempt {
    /// Values of the fields; what is not there is as the form says.
    pub given: Values,
    /// Whether `given` is all: a field that is not in it was left empty.
    pub complete: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What was carried over from an earlier posting, to be marked as that.
    pub earlier: Values,
}

/// A part of the form with at most so many fields belongs together: it moves as a whole, so that nobody looks for the other end of a range.
const SHORT_PART: usize = 6;

/// Fields under a heading of the form's own.
struct Part<'a> {
    heading: &'a str,
    fields: Vec<&'a Field>,
}

/// The form's fields in two: what waits for a person, and the rest, each in the form's order.
struct Arranged<'a> {
    /// Whole parts with their heading, and single fields of long parts without one.
    asked: Vec<Part<'a>>,
    /// How many fields wait for a person.
    count: usize,
    rest: Vec<Part<'a>>,
}

fn arrange<'a>(
    form: &'a Form,
    heading: impl Fn(&'a Field) -> &'a str,
    needs_a_person: impl Fn(&Field) -> bool,
) -> Arranged<'a> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for field in &form.fields {
        let heading = heading(field);
        match parts.iter_mut().find(|part| part.heading == heading) {
            Some(part) => part.fields.push(field),
            None => parts.push(Part {
                heading,
                fields: vec![field],
            }),
        }
    }
    let mut arranged = Arranged {
        asked: Vec::new(),
        count: 0,
        rest: Vec::new(),
    };
    for part in parts {
        let (asked, others): (Vec<_>, Vec<_>) = part
            .fields
            .iter()
            .copied()
            .partition(|field| needs_a_person(field));
        arranged.count += asked.len();
        if asked.is_empty() {
            arranged.rest.push(part);
        } else if part.fields.len() <= SHORT_PART {
            arranged.asked.push(part);
        } else {
            arranged.asked.push(Part {
                heading: "",
                fields: asked,
            });
            if !others.is_empty() {
                arranged.rest.push(Part {
                    heading: part.heading,
                    fields: others,
                });
            }
        }
    }
    arranged
}

/// Whether something was entered for the field.
fn is_filled(attempt: Option<&Attempt>, id: &str) -> bool {
    attempt.is_some_and(|attempt| plain(attempt.given.get(id)).is_some())
}

/// What stands above the fields: costs, notes, how old the lists are.
pub fn notices(call: &Call, form: &Form) -> Markup {
    html! {
        @if let Some(cost) = &form.cost {
            div.banner.is-wait { p { strong { (call.t("Chi phí: ", "Cost: ")) } (call.lang.said(cost)) } }
        }
        @if form.choices_stale {
            div.banner.is-wait role="status" {
                p {
                    (call.t("Hiện không hỏi được mạng tuyển dụng: các danh sách để chọn là bản ", "The board cannot be asked just now: the lists are those of "))
                    @match form.choices_as_of {
                        Some(at) => { (parts::moment(at)) },
                        None => { (call.t("chưa từng đọc", "never")) },
                    }
                    "."
                }
            }
        }
        @if !form.notes.is_empty() {
            details.notes {
                summary { (call.t("Lưu ý của mạng tuyển dụng", "Notes of the job board")) " (" (form.notes.len()) ")" }
                ul { @for note in &form.notes { li { (call.lang.said(note)) } } }
            }
        }
    }
}

/// The summary of what stands in the way, with links to the fields.
pub fn trouble(call: &Call, form: &Form, trouble: &Trouble) -> Markup {
    trouble.banner(call.lang, |id| label_of(call.lang, form, id))
}

/// What people call a field.
pub fn label_of(lang: Lang, form: &Form, id: &str) -> Option<String> {
    let field = form.fields.iter().find(|field| field.id == id)?;
    Some(lang.said(&field.label).to_owned())
}

/// The fields, with a list of the parts and the buttons beside them: what is missing or wrong or asked stands first, a short part of the form
/// as a whole, then the rest under the form's own headings.
pub fn fields(call: &Call, form: &Form, attempt: Option<&Attempt>, buttons: &Markup) -> Markup {
    let lang = call.lang;
    let of_form: Vec<Problem>;
    let problems = match attempt {
        Some(attempt) => &attempt.problems,
        None => {
            of_form = form.problems.iter().cloned().map(app_problem).collect();
            &of_form
        }
    };
    let needs_a_person = |field: &Field| {
        let open =
            form.missing.contains(&field.id) || (!field.questions.is_empty() && field.required);
        problems.iter().any(|problem| problem.field == field.id)
            || (open && !is_filled(attempt, &field.id))
    };
    let arranged = arrange(form, |field| lang.said(&field.group), needs_a_person);
    let Arranged {
        asked: first,
        count,
        rest,
    } = &arranged;
    let asked = call.t("Cần bạn bổ sung hoặc xem lại", "Needs your input");
    html! {
        div.form-layout {
            div.stack {
                @if !first.is_empty() {
                    section.group.first-of-all #part-0 {
                        h2 { (asked) " " span.count { (count) } }
                        @for part in first {
                            @if !part.heading.is_empty() { h3.wide { (part.heading) } }
                            @for field in &part.fields { (input(lang, field, attempt, problems).show(lang)) }
                        }
                    }
                }
                @for (index, part) in rest.iter().enumerate() {
                    section.group id={ "part-" (index + 1) } {
                        h2 { (part.heading) }
                        @for field in &part.fields { (input(lang, field, attempt, problems).show(lang)) }
                    }
                }
            }
            div.form-side {
                nav.parts aria-label=(call.t("Các phần của biểu mẫu", "Parts of the form")) {
                    ul {
                        @if !first.is_empty() { li { a.strong href="#part-0" { (asked) " " span.count { (count) } } } }
                        @for (index, part) in rest.iter().enumerate() {
                            li { a href={ "#part-" (index + 1) } { (part.heading) } }
                        }
                    }
                }
                div.actions { (buttons) }
            }
        }
    }
}

fn input<'a>(
    lang: Lang,
    field: &'a Field,
    attempt: Option<&Attempt>,
    problems: &[Problem],
) -> Input<'a> {
    let mut input = Input::of_field(lang, field);
    if let Some(attempt) = attempt {
        let typed = attempt.given.get(&field.id).cloned();
        if typed.is_some() || attempt.complete {
            if !same(typed.as_ref(), input.value.as_ref()) {
                input.origin = None;
            }
            input.value = typed;
        }
        let carried = attempt.earlier.get(&field.id);
        if carried.is_some() && same(carried, input.value.as_ref()) {
            let label = lang.t("như tin trước", "as in the last posting");
            input.origin = Some(("from-board", label));
        }
    }
    input.with_problems(lang, problems)
}

/// A form's own values.
pub fn values(form: &Form) -> Values {
    form.fields
        .iter()
        .filter_map(|field| {
            let value = convert::value(field.value.clone()?);
            Some((field.id.clone(), value))
        })
        .collect()
}

/// Whether two values say the same; nothing, the empty text, the empty list and "off" are one.
pub fn same(one: Option<&FieldValue>, other: Option<&FieldValue>) -> bool {
    plain(one) == plain(other)
}

fn plain(value: Option<&FieldValue>) -> Option<FieldValue> {
    match value? {
        FieldValue::Text(text) => {
            let text = text.replace("\r\n", "\n");
            let text = text.trim();
            (!text.is_empty()).then(|| FieldValue::Text(text.to_owned()))
        }
        FieldValue::Texts(items) if items.is_empty() => None,
        FieldValue::Truth(false) => None,
        other => Some(other.clone()),
    }
}

/// A value as a person reads it.
pub fn reading(lang: Lang, field: &Field, value: Option<&FieldValue>) -> Markup {
    let label = |id: &str| {
        let choice = field.choices.iter().find(|choice| choice.id == id);
        choice.map_or_else(
            || id.to_owned(),
            |choice| lang.said(&choice.label).to_owned(),
        )
    };
    html! {
        @match plain(value) {
            None if field.kind == "switch" => { (lang.t("Không", "No")) },
            None => { span.quiet { (lang.t("(trống)", "(empty)")) } },
            Some(FieldValue::Truth(_)) => { (lang.t("Có", "Yes")) },
            Some(FieldValue::Integer(number)) if field.kind == "money" => { (format::thousands(number)) },
            Some(FieldValue::Integer(number)) => { (number) },
            Some(FieldValue::Text(text)) if field.kind == "choice" => { (parts::said(&label(&text))) },
            Some(FieldValue::Text(text)) if field.kind == "day" => { (format::day(&text)) },
            Some(FieldValue::Text(text) | FieldValue::Json(text)) => { (parts::lines(&text)) },
            Some(FieldValue::Texts(items)) => {
                (parts::said(&items.iter().map(|item| label(item)).collect::<Vec<_>>().join(", ")))
            },
        }
    }
}

/// A hidden control that gives a value back as the visible one would.
pub fn hidden(field: &Field, value: Option<&FieldValue>) -> Markup {
    let name = format!("v:{}:{}", field.kind, field.id);
    html! {
        @match value {
            None => { input type="hidden" name=(name) value=""; },
            Some(FieldValue::Text(text) | FieldValue::Json(text)) => { input type="hidden" name=(name) value=(text); },
            Some(FieldValue::Integer(number)) => { input type="hidden" name=(name) value=(number); },
            Some(FieldValue::Truth(on)) => { input type="hidden" name=(name) value=(if *on { "1" } else { "0" }); },
            Some(FieldValue::Texts(items)) => {
                input type="hidden" name=(name) value="";
                @for item in items { input type="hidden" name=(name) value=(item); }
            },
        }
    }
}

/// A link to a field of the form below.
pub fn to_field(id: &str) -> String {
    format!("#{}", anchor(id))
}
