//! What the platform's job says, as values of the form.

use super::fields::{FIELDS, Kind, NEGOTIABLE, Spec};
use super::matching::{Match, Options};
use super::values::{clean_line, markup_removed, wrong_kind};
use crate::contract::forms::{Origin, Question};
use crate::contract::postings::Job;
use crate::contract::types::{FieldProblem, NamedValue, Value};
use crate::failure::{named, problem};
use crate::name_map::NameMap;
use crate::topcv::catalogue::Catalogue;
use crate::topcv::markup;

/// Most words of one list that are looked up.
const MOST_WORDS: usize = 50;

/// What a field is filled with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filled {
    pub(super) value: Option<Value>,
    pub(super) origin: Origin,
    pub(super) questions: Vec<Question>,
}

/// The job's values by field, and what of the job could not be used.
#[derive(Default)]
pub(super) struct Prefilled {
    pub(super) fields: NameMap<Filled>,
    pub(super) problems: Vec<FieldProblem>,
}

/// The job's name for what a field asks, as `wit/postings.wit` lists them.
fn detail_names(field: &str) -> &'static [&'static str] {
    match field {
        "main_category" => &["category"],
        "skills" => &["skills"],
        "locations" => &["city", "cities"],
        "job_type" => &["job-type"],
        "employee_level" => &["level"],
        "experience" => &["experience"],
        "gender" => &["gender"],
        "quantity" => &["quantity"],
        "deadline" => &["deadline"],
        "salary_from" => &["salary-from"],
        "salary_to" => &["salary-to"],
        "salary_currency" => &["salary-currency"],
        NEGOTIABLE => &["salary-negotiable"],
        "job_description" => &["description"],
        "job_requirement" => &["requirements"],
        "job_benefit" => &["benefits"],
        "contact_name" => &["contact-name"],
        "contact_phone" => &["contact-phone"],
        "contact_email" => &["contact-email"],
        _ => &[],
    }
}

/// Reads everything that the job says.
pub(super) fn read(job: &Job, catalogue: &Catalogue) -> Prefilled {
    let mut form = Prefilled::default();
    for spec in FIELDS {
        let values: Vec<&Value> = detail_names(spec.id)
            .iter()
            .filter_map(|name| detail(job, name))
            .collect();
        for value in &values {
            if !form.take(spec, value, catalogue) {
                form.problems.push(wrong_kind(spec.id, spec.kind));
            }
        }
    }
    for key in &catalogue.extra_fields {
        if let Some(text) = detail(job, key)
            .or_else(|| detail(job, &key.replace('_', "-")))
            .and_then(words)
        {
            form.set(key, Value::Text(clean_line(&text.join(", "))), Origin::Job);
        }
    }
    let title = clean_line(&job.title);
    form.set("title", Value::Text(title.clone()), Origin::Job);
    form.set("position_title", Value::Text(title), Origin::Suggestion);
    form.settle_salary();
    form
}

fn detail<'a>(job: &'a Job, name: &str) -> Option<&'a Value> {
    let found = job.details.iter().find(|detail| detail.name == name);
    found.map(|NamedValue { value, .. }| value)
}

/// The texts of a value that is text, texts, or a number.
fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Text(text) => Some(vec![text.clone()]),
        Value::Texts(texts) => Some(texts.clone()),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Truth(_) | Value::Json(_) => None,
    }
}

/// A whole number, also written as digits.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => clean_line(text).is_empty(),
        Value::Texts(texts) => texts.iter().all(|text| clean_line(text).is_empty()),
        _ => false,
    }
}

impl Prefilled {
    fn set(&mut self, field: &str, value: Value, origin: Origin) {
        if is_blank(&value) {
            return;
        }
        let filled = Filled {
            value: Some(value),
            origin,
            questions: Vec::new(),
        };
        self.fields.insert(field.to_owned(), filled);
    }

    /// Takes one detail. `false`: it has a kind from which the field cannot be filled.
    fn take(&mut self, spec: &Spec, value: &Value, catalogue: &Catalogue) -> bool {
        if is_blank(value) {
            return true;
        }
        match spec.kind {
            Kind::Option | Kind::Code | Kind::Options => match words(value) {
                Some(words) => self.look_up(spec, &words, value, catalogue),
                None => return false,
            },
            Kind::Markup => match words(value) {
                Some(lines) => {
                    let clean = markup::clean(&lines.join("\n"));
                    if !clean.removed.is_empty() {
                        self.problems.push(markup_removed(spec.id, &clean));
                    }
                    self.set(
                        spec.id,
                        Value::Text(markup::shown(&clean.html)),
                        Origin::Job,
                    );
                }
                None => return false,
            },
            Kind::Line(_) | Kind::Phone | Kind::Day => match value {
                Value::Text(text) => self.set(spec.id, Value::Text(clean_line(text)), Origin::Job),
                _ => return false,
            },
            Kind::Emails => match words(value) {
                Some(texts) => {
                    let addresses = texts.iter().flat_map(|text| text.split([',', ';', '\n']));
                    let addresses = addresses.map(clean_line).filter(|text| !text.is_empty());
                    self.set(spec.id, Value::Texts(addresses.collect()), Origin::Job);
                }
                None => return false,
            },
            Kind::Integer(..) | Kind::Money => match whole(value) {
                Some(0) if spec.kind == Kind::Money => {}
                Some(number) => self.set(spec.id, Value::Integer(number), Origin::Job),
                None => return false,
            },
            Kind::Switch => match value {
                Value::Truth(_) => self.set(spec.id, value.clone(), Origin::Job),
                _ => return false,
            },
            Kind::Ids => return false,
        }
        true
    }

    fn look_up(&mut self, spec: &Spec, words: &[String], value: &Value, catalogue: &Catalogue) {
        let options = Options::of(spec.id, catalogue.choices(spec.id));
        let many = spec.kind == Kind::Options;
        let is_one = |text: &str| match options.find(text) {
            Match::Sure(_) => true,
            // An address has commas; a list of skills too.
            Match::Near(_) => spec.id == "locations",
            Match::Several(_) | Match::None => false,
        };
        // One text may name several; options of single fields have commas in their names.
        let words: Vec<String> = match value {
            Value::Text(text) if many && !is_one(text) => {
                text.split([',', ';', '\n']).map(str::to_owned).collect()
            }
            Value::Integer(years) if spec.id == "experience" => vec![format!("{years} năm")],
            _ => words.to_vec(),
        };
        let mut ids: Vec<String> = Vec::new();
        let mut questions = Vec::new();
        let mut origin = Origin::Job;
        for word in words
            .iter()
            .filter(|word| !clean_line(word).is_empty())
            .take(MOST_WORDS)
        {
            let asked = clean_line(word);
            match options.find(word) {
                Match::Sure(id) => ids.push(id),
                Match::Near(id) => {
                    ids.push(id);
                    origin = Origin::Suggestion;
                }
                Match::Several(candidates) => questions.push(Question { asked, candidates }),
                Match::None => self.problems.push(no_match(spec.id, &asked)),
            }
        }
        let mut unique: Vec<String> = Vec::new();
        for id in ids {
            if !unique.contains(&id) {
                unique.push(id);
            }
        }
        let value = match unique.as_slice() {
            [] => None,
            _ if many => Some(Value::Texts(unique)),
            [one] => Some(Value::Text(one.clone())),
            // Several words, several options, and room for one: ask.
            several => {
                let is_one =
                    |option: &&crate::contract::forms::Choice| several.contains(&option.id);
                questions.push(Question {
                    asked: words.join(", "),
                    candidates: options.choices().iter().filter(is_one).cloned().collect(),
                });
                None
            }
        };
        let before = self.fields.remove(spec.id);
        let filled = Filled {
            origin: if value.is_some() {
                origin
            } else {
                Origin::Empty
            },
            value,
            questions,
        };
        self.fields.insert(spec.id.to_owned(), join(before, filled));
    }

    /// The switch and the amounts must say the same.
    fn settle_salary(&mut self) {
        let has = |form: &Self, field: &str| form.fields.contains_key(field);
        let negotiable = self
            .fields
            .get(NEGOTIABLE)
            .and_then(|filled| filled.value.clone());
        match negotiable {
            Some(Value::Truth(true)) => {
                self.fields.remove("salary_from");
                self.fields.remove("salary_to");
            }
            Some(_) => {}
            None if has(self, "salary_from") || has(self, "salary_to") => {
                self.set(NEGOTIABLE, Value::Truth(false), Origin::Suggestion);
            }
            None => self.set(NEGOTIABLE, Value::Truth(false), Origin::BoardDefault),
        }
    }
}

/// A field that two details fill, as `city` and `cities` do.
fn join(before: Option<Filled>, mut filled: Filled) -> Filled {
    let Some(before) = before else { return filled };
    filled.questions.splice(0..0, before.questions);
    filled.value = match (before.value, filled.value) {
        (Some(Value::Texts(mut texts)), Some(Value::Texts(more))) => {
            texts.extend(more);
            let mut unique: Vec<String> = Vec::new();
            texts.retain(|text| {
                let new = !unique.contains(text);
                unique.push(text.clone());
                new
            });
            Some(Value::Texts(texts))
        }
        (before, None) => before,
        (_, now) => now,
    };
    if filled.value.is_some() && before.origin == Origin::Suggestion {
        filled.origin = Origin::Suggestion;
    } else if filled.value.is_some() && filled.origin == Origin::Empty {
        filled.origin = before.origin;
    }
    filled
}

fn no_match(field: &str, word: &str) -> FieldProblem {
    let word: String = word.chars().take(100).collect();
    FieldProblem {
        values: vec![named("word", word.as_str())],
        ..problem(
            field,
            "no-match",
            format!("TopCV không có lựa chọn nào giống “{word}”. Hãy chọn trong danh sách."),
            format!("TopCV has no option like “{word}”. Choose from the list."),
        )
    }
}
