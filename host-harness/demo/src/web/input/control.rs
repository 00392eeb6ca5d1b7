//! The control of a field, by its kind.

use job_board_host::contract::forms::Choice;
use maud::{Markup, html};

use super::Input;
use crate::domain::value::FieldValue;
use crate::web::format::thousands;
use crate::web::lang::Lang;

/// Lists that are longer than this get a box to filter them by.
const LONG_LIST: usize = 12;

/// Empty lines that a list of texts offers beyond what stands in it.
const SPARE_LINES: usize = 1;

pub(super) fn show(lang: Lang, input: &Input<'_>) -> Markup {
    match input.kind {
        "lines" | "markup" => area(input, 6),
        "json" => area(input, 4),
        "secret" => secret(input),
        "integer" => line(input, &text_of(input), "text", Some("numeric"), false),
        "money" => money(input),
        "day" => day(input),
        "choice" => choice(lang, input),
        "choices" => choices(lang, input),
        "texts" => lines(lang, input, "text"),
        "emails" => lines(lang, input, "email"),
        "switch" => switch(input),
        _ => line(input, &text_of(input), "text", None, false),
    }
}

/// The value as one text.
fn text_of(input: &Input<'_>) -> String {
    match &input.value {
        Some(FieldValue::Text(text) | FieldValue::Json(text)) => text.clone(),
        Some(FieldValue::Integer(number)) => number.to_string(),
        Some(FieldValue::Truth(truth)) => truth.to_string(),
        Some(FieldValue::Texts(items)) => items.join(", "),
        None => String::new(),
    }
}

fn texts_of(input: &Input<'_>) -> Vec<String> {
    match &input.value {
        Some(FieldValue::Texts(items)) => items.clone(),
        Some(FieldValue::Text(text)) if !text.is_empty() => vec![text.clone()],
        _ => Vec::new(),
    }
}

fn invalid(input: &Input<'_>) -> Option<&'static str> {
    (!input.problems.is_empty()).then_some("true")
}

/// What is required is said in words, not with `required`: all problems are to be shown at once, by the one who knows the rules.
fn line(input: &Input<'_>, value: &str, kind: &str, mode: Option<&str>, is_money: bool) -> Markup {
    let longest = input.limits.and_then(|limits| limits.max_length);
    html! {
        input type=(kind) id=(input.anchor()) name=(input.name()) value=(value)
            inputmode=[mode] maxlength=[longest.filter(|_| kind == "text")]
            data-money[is_money]
            aria-describedby=[input.described_by()] aria-invalid=[invalid(input)]
            aria-required=[input.required.then_some("true")] autocomplete="off";
    }
}

fn money(input: &Input<'_>) -> Markup {
    let shown = match &input.value {
        Some(FieldValue::Integer(amount)) => thousands(*amount),
        _ => text_of(input),
    };
    let unit = match input.limit("currency") {
        Some(FieldValue::Text(unit)) => Some(unit),
        _ => None,
    };
    html! {
        div.with-unit {
            (line(input, &shown, "text", Some("numeric"), true))
            @if let Some(unit) = unit { span.unit { (unit) } }
        }
    }
}

fn day(input: &Input<'_>) -> Markup {
    let bound = |name| match input.limit(name) {
        Some(FieldValue::Text(day)) => Some(day),
        _ => None,
    };
    html! {
        input.short type="date" id=(input.anchor()) name=(input.name()) value=(text_of(input))
            min=[bound("not-before")] max=[bound("not-after")]
            aria-describedby=[input.described_by()] aria-invalid=[invalid(input)]
            aria-required=[input.required.then_some("true")];
    }
}

fn secret(input: &Input<'_>) -> Markup {
    html! {
        input type="password" id=(input.anchor()) name=(input.name()) value="" placeholder=[input.placeholder]
            aria-describedby=[input.described_by()] aria-invalid=[invalid(input)]
            aria-required=[input.required.then_some("true")]
            autocomplete="off" spellcheck="false" data-1p-ignore;
    }
}

fn area(input: &Input<'_>, rows: u32) -> Markup {
    let longest = input.limits.and_then(|limits| limits.max_length);
    html! {
        // A text area swallows the first line end of its content.
        textarea id=(input.anchor()) name=(input.name()) rows=(rows) maxlength=[longest]
            aria-describedby=[input.described_by()] aria-invalid=[invalid(input)]
            aria-required=[input.required.then_some("true")] { "\n" (text_of(input)) }
    }
}

fn switch(input: &Input<'_>) -> Markup {
    let on = input.value == Some(FieldValue::Truth(true));
    html! {
        // Off is said, too: a box that is not ticked sends nothing.
        input type="hidden" name=(input.name()) value="0";
        input type="checkbox" id=(input.anchor()) name=(input.name()) value="1" checked[on]
            aria-describedby=[input.described_by()] aria-invalid=[invalid(input)];
    }
}

/// Candidates of the questions, first; each option stands once.
fn asked<'a>(input: &'a Input<'_>) -> Vec<&'a Choice> {
    let mut found: Vec<&Choice> = Vec::new();
    for candidate in input
        .questions
        .iter()
        .flat_map(|question| &question.candidates)
    {
        if found.iter().all(|known| known.id != candidate.id) {
            found.push(candidate);
        }
    }
    found
}

fn not_in_list(lang: Lang, id: &str) -> String {
    format!(
        "{id} ({})",
        lang.t("không có trong danh sách", "not in the list")
    )
}

fn choice(lang: Lang, input: &Input<'_>) -> Markup {
    let chosen = text_of(input);
    let asked = asked(input);
    let known = input
        .choices
        .iter()
        .chain(asked.iter().copied())
        .any(|choice| choice.id == chosen);
    let mut groups: Vec<(Option<&str>, Vec<&Choice>)> = Vec::new();
    for choice in input.choices {
        if asked.iter().any(|candidate| candidate.id == choice.id) {
            continue;
        }
        let heading = choice.group.as_ref().map(|group| lang.said(group));
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, members)) => members.push(choice),
            None => groups.push((heading, vec![choice])),
        }
    }
    let option = |choice: &Choice| {
        html! {
            option value=(choice.id) selected[choice.id == chosen] { (lang.said(&choice.label)) }
        }
    };
    html! {
        select id=(input.anchor()) name=(input.name())
            aria-describedby=[input.described_by()] aria-invalid=[invalid(input)]
            aria-required=[input.required.then_some("true")] {
            option value="" { (lang.t("— Chọn —", "— Choose —")) }
            @if !known && !chosen.is_empty() {
                option value=(chosen) selected { (not_in_list(lang, &chosen)) }
            }
            @if !asked.is_empty() {
                optgroup label=(lang.t("Phù hợp nhất", "Best matches")) {
                    @for candidate in &asked { (option(candidate)) }
                }
            }
            @for (heading, members) in &groups {
                @match heading {
                    Some(heading) => { optgroup label=(heading) { @for member in members { (option(member)) } } },
                    None => { @for member in members { (option(member)) } },
                }
            }
        }
    }
}

fn choices(lang: Lang, input: &Input<'_>) -> Markup {
    let chosen = texts_of(input);
    let asked = asked(input);
    let all = || input.choices.iter().chain(asked.iter().copied());
    let unknown: Vec<&String> = chosen
        .iter()
        .filter(|id| all().all(|choice| choice.id != **id))
        .collect();
    let is_chosen = |choice: &&Choice| chosen.contains(&choice.id);
    let is_asked = |choice: &&Choice| asked.iter().any(|candidate| candidate.id == choice.id);
    // What is chosen stands first, then what is asked for, then the rest.
    let first: Vec<&Choice> = input
        .choices
        .iter()
        .filter(is_chosen)
        .filter(|choice| !is_asked(choice))
        .collect();
    let rest: Vec<&Choice> = input
        .choices
        .iter()
        .filter(|choice| !is_chosen(choice) && !is_asked(choice))
        .collect();
    let name = input.name();
    let pick = |id: &str, label: &str, on: bool| {
        html! {
            label.pick {
                input type="checkbox" name=(name) value=(id) checked[on];
                span { (label) }
            }
        }
    };
    let long = input.choices.len() > LONG_LIST;
    html! {
        input type="hidden" name=(name) value="";
        div.picks data-filter=[long.then(|| lang.t("Tìm trong danh sách", "Search the list"))] {
            @for id in unknown { (pick(id, &not_in_list(lang, id), true)) }
            @for choice in first { (pick(&choice.id, lang.said(&choice.label), true)) }
            @for candidate in &asked { (pick(&candidate.id, lang.said(&candidate.label), is_chosen(candidate))) }
            @for choice in rest { (pick(&choice.id, lang.said(&choice.label), false)) }
            @if input.choices.is_empty() && asked.is_empty() {
                p.quiet { (lang.t("Danh sách chưa có mục nào.", "The list is empty.")) }
            }
        }
    }
}

fn lines(lang: Lang, input: &Input<'_>, kind: &str) -> Markup {
    let present = texts_of(input);
    let most = input
        .limits
        .and_then(|limits| limits.max_items)
        .map_or(usize::MAX, |most| most as usize);
    let spare = SPARE_LINES.min(most.saturating_sub(present.len()));
    let shown = present
        .iter()
        .map(String::as_str)
        .chain(std::iter::repeat_n("", spare));
    html! {
        div.lines data-most=[(most < usize::MAX).then_some(most)] data-add=(lang.t("Thêm dòng", "Add a line")) {
            @for (index, item) in shown.enumerate() {
                // Not of type "email": the plugin says what is wrong, together with everything else.
                input type="text" name=(input.name()) value=(item)
                    inputmode=[(kind == "email").then_some("email")]
                    aria-label={ (input.label) " " (index + 1) } aria-invalid=[invalid(input)] autocomplete="off";
            }
        }
    }
}
