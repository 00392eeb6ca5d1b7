//! A field of any form, shown by its kind: the page knows the contract's kinds and nothing about any board.
//!
//! The name of a control carries the kind, `v:<kind>:<id>`, so that what comes back can be read without asking the board for its form again
//! ([`read`]). A false kind does no harm: the plugin checks what it is given.

mod control;
pub mod read;

use job_board_host::contract::forms::{Choice, Field, Limits, Origin, Question, Setting};
use maud::{Markup, html};

use super::lang::Lang;
use crate::application::Problem;
use crate::board::convert;
use crate::domain::value::FieldValue;

/// One field, ready to be shown.
pub struct Input<'a> {
    /// The field's id.
    pub id: &'a str,
    /// What it is called.
    pub label: &'a str,
    /// What it is for.
    pub help: &'a str,
    /// One of the contract's kinds; another one is shown as text.
    pub kind: &'a str,
    /// Whether it must be filled in.
    pub required: bool,
    /// What stands in it.
    pub value: Option<FieldValue>,
    /// Where that came from, in a word or two.
    pub origin: Option<(&'static str, &'a str)>,
    /// What can be chosen.
    pub choices: &'a [Choice],
    /// Words that fit several choices.
    pub questions: &'a [Question],
    /// What a value must keep to.
    pub limits: Option<&'a Limits>,
    /// What is wrong with it.
    pub problems: Vec<String>,
    /// What to say in an empty secret.
    pub placeholder: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// A field of a posting form.
    pub fn of_field(lang: Lang, field: &'a Field) -> Self {
        Self {
            id: &field.id,
            label: lang.said(&field.label),
            help: lang.said(&field.help),
            kind: &field.kind,
            required: field.required,
            value: field.value.clone().map(convert::value),
            origin: origin(lang, field.origin),
            choices: &field.choices,
            questions: &field.questions,
            limits: Some(&field.limits),
            problems: Vec::new(),
            placeholder: None,
        }
    }

    /// A setting of a connection. `stored`: a secret that is kept, and kept when the field stays empty.
    pub fn of_setting(
        lang: Lang,
        setting: &'a Setting,
        value: Option<FieldValue>,
        stored: bool,
    ) -> Self {
        let default = setting.default_value.clone().map(convert::value);
        Self {
            id: &setting.id,
            label: lang.said(&setting.label),
            help: lang.said(&setting.help),
            kind: if setting.secret {
                "secret"
            } else {
                &setting.kind
            },
            required: setting.required && !stored,
            value: if setting.secret {
                None
            } else {
                value.or(default)
            },
            origin: None,
            choices: &setting.choices,
            questions: &[],
            limits: Some(&setting.limits),
            problems: Vec::new(),
            placeholder: stored.then(|| {
                lang.t(
                    "Đã lưu. Để trống để giữ nguyên.",
                    "Stored. Leave empty to keep it.",
                )
            }),
        }
    }

    /// With the problems that name this field.
    #[must_use]
    pub fn with_problems(mut self, lang: Lang, problems: &[Problem]) -> Self {
        let mine = problems.iter().filter(|problem| problem.field == self.id);
        self.problems = mine
            .map(|problem| lang.of(&problem.message).to_owned())
            .collect();
        self
    }

    /// For `id` attributes and links to them.
    pub fn anchor(&self) -> String {
        anchor(self.id)
    }

    /// The control's name.
    fn name(&self) -> String {
        format!("v:{}:{}", self.kind, self.id)
    }

    /// Ids of what explains the control.
    fn described_by(&self) -> Option<String> {
        let anchor = self.anchor();
        let mut ids = Vec::new();
        if !self.help.is_empty() {
            ids.push(format!("{anchor}-help"));
        }
        if !self.questions.is_empty() {
            ids.push(format!("{anchor}-ask"));
        }
        if !self.problems.is_empty() {
            ids.push(format!("{anchor}-bad"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// A control that is a group has a legend instead of a label.
    fn is_group(&self) -> bool {
        matches!(self.kind, "choices" | "texts" | "emails")
    }

    fn limit(&self, name: &str) -> Option<FieldValue> {
        let limits = self.limits?;
        let found = limits.extra.iter().find(|extra| extra.name == name)?;
        Some(convert::value(found.value.clone()))
    }

    /// The field with its label, help and problems.
    pub fn show(&self, lang: Lang) -> Markup {
        let width = match self.kind {
            "integer" | "money" | "day" | "choice" => "",
            _ => " wide",
        };
        let problem = if self.problems.is_empty() {
            ""
        } else {
            " has-problem"
        };
        let class = format!("field{width}{problem}");
        html! {
            @if self.is_group() {
                fieldset class=(&class) id=(self.anchor()) tabindex="-1" aria-describedby=[self.described_by()] {
                    legend { (self.heading(lang)) }
                    (self.explained(lang))
                    (control::show(lang, self))
                }
            } @else if self.kind == "switch" {
                div class=(&class) {
                    div.switch-line { (control::show(lang, self)) label for=(self.anchor()) { (self.heading(lang)) } }
                    (self.explained(lang))
                }
            } @else {
                div class=(&class) {
                    label for=(self.anchor()) { (self.heading(lang)) }
                    (self.explained(lang))
                    (control::show(lang, self))
                }
            }
        }
    }

    fn heading(&self, lang: Lang) -> Markup {
        html! {
            span.name { (self.label) }
            @if self.required {
                " " span.required { (lang.t("bắt buộc", "required")) }
            }
            @if let Some((class, word)) = self.origin {
                " " span.origin.(class) { (word) }
            }
        }
    }

    fn explained(&self, lang: Lang) -> Markup {
        let anchor = self.anchor();
        html! {
            @if !self.help.is_empty() {
                p.help id={ (anchor) "-help" } { (self.help) }
            }
            @if !self.questions.is_empty() {
                div.ask id={ (anchor) "-ask" } {
                    @for question in self.questions {
                        p {
                            (lang.t("“", "“")) (question.asked) (lang.t("” có thể là: ", "” could be: "))
                            (labels(lang, &question.candidates))
                            (lang.t(". Hãy chọn.", ". Please choose."))
                        }
                    }
                }
            }
            @if !self.problems.is_empty() {
                div.problem id={ (anchor) "-bad" } {
                    @for problem in &self.problems { p { (problem) } }
                }
            }
        }
    }
}

/// For `id` attributes and links to them.
pub fn anchor(id: &str) -> String {
    let plain: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    format!("f-{plain}")
}

fn labels(lang: Lang, choices: &[Choice]) -> String {
    let labels: Vec<&str> = choices
        .iter()
        .map(|choice| lang.said(&choice.label))
        .collect();
    labels.join(", ")
}

/// Where a value came from.
fn origin(lang: Lang, origin: Origin) -> Option<(&'static str, &'static str)> {
    Some(match origin {
        Origin::Empty => return None,
        Origin::Job => ("from-job", lang.t("từ tin tuyển dụng", "from the job")),
        Origin::BoardDefault => ("from-default", lang.t("mặc định", "default")),
        Origin::BoardPosting => ("from-board", lang.t("đang đăng", "as posted")),
        Origin::Suggestion => (
            "from-guess",
            lang.t("gợi ý, hãy xem lại", "suggested, please check"),
        ),
        Origin::Operator => (
            "from-operator",
            lang.t("do vận hành đặt", "set by the operator"),
        ),
    })
}

#[cfg(test)]
mod tests;
