//! How a person enters and reads a posting's values: as text, with the names of terms in place of their ids.

use serde_json::{Value, json};

use super::keys::{KEYS, Kind, WEB_FORM};
use crate::taxonomy::{EXPERIENCES, GENDERS, Taxonomy};

/// How a value is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// One line of text.
    Line,
    /// Several lines: simple HTML.
    Long,
    /// A whole number.
    Number,
    /// `YYYY-MM-DD`.
    Day,
    /// One of these (value, name).
    Choice(Vec<(String, String)>),
    /// Any number of these.
    Several(Vec<(String, String)>),
}

/// The keys that a person changes at the web form, in the order of the protocol page. The campaign is chosen
/// elsewhere at TopCV's site.
pub(crate) fn entries() -> Vec<(&'static str, Entry)> {
    let own = KEYS
        .iter()
        .filter(|key| !key.name.contains("recruitment_campaign"))
        .map(|key| (key.name, entry(key.kind)));
    own.chain(WEB_FORM.map(|name| (name, Entry::Line)))
        .collect()
}

fn entry(kind: Kind) -> Entry {
    match kind {
        Kind::Html => Entry::Long,
        Kind::Integer(..) | Kind::Money => Entry::Number,
        Kind::Deadline => Entry::Day,
        Kind::Term(taxonomy) => Entry::Choice(numbered(taxonomy)),
        Kind::Terms(taxonomy, _) => Entry::Several(numbered(taxonomy)),
        Kind::OneOf(choices) => {
            let same = |choice: &&str| ((*choice).to_owned(), (*choice).to_owned());
            Entry::Choice(choices.iter().map(same).collect())
        }
        Kind::Gender => Entry::Choice(coded(GENDERS)),
        Kind::Experience
        | Kind::Text(_)
        | Kind::Phone
        | Kind::Emails
        | Kind::Integers
        | Kind::Campaign => Entry::Line,
    }
}

fn numbered(taxonomy: Taxonomy) -> Vec<(String, String)> {
    let pair = |term: &crate::taxonomy::Term| (term.id.to_string(), term.name.to_owned());
    taxonomy.terms().iter().map(pair).collect()
}

fn coded(terms: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(code, name): &(&str, &str)| ((*code).to_owned(), (*name).to_owned());
    terms.iter().map(pair).collect()
}

/// A value as text that [`value_of`] reads back: a list's items with commas between them.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(text_of).collect();
            texts.join(", ")
        }
        other => other.to_string(),
    }
}

/// The value that a text stands for under that key. What is not of the key's type stays text, so that the
/// check refuses it in its own words. An empty text clears a key that is not required.
pub(crate) fn value_of(name: &str, text: &str) -> Value {
    let key = KEYS.iter().find(|key| key.name == name);
    let required = key.is_some_and(|key| key.required);
    let number = |text: &str| -> Value {
        text.trim()
            .parse::<i64>()
            .map_or_else(|_| json!(text), |n| json!(n))
    };
    let items = || {
        text.split([',', '\n'])
            .map(str::trim)
            .filter(|item| !item.is_empty())
    };
    match key.map(|key| key.kind) {
        Some(Kind::Terms(..) | Kind::Integers) => items().map(number).collect(),
        Some(Kind::Emails) => items().map(|item| json!(item)).collect(),
        _ if text.is_empty() && !required => Value::Null,
        Some(Kind::Term(_) | Kind::Integer(..) | Kind::Campaign) => number(text),
        _ => json!(text),
    }
}

/// A value for reading: terms by name, an unknown one by its id.
pub(crate) fn shown(name: &str, value: &Value) -> String {
    let kind = KEYS.iter().find(|key| key.name == name).map(|key| key.kind);
    let term = |taxonomy: Taxonomy, value: &Value| {
        let known = taxonomy
            .terms()
            .iter()
            .find(|term| value.as_i64() == Some(i64::from(term.id)));
        known.map_or_else(
            || text_of(value),
            |term| format!("{} ({})", term.name, term.id),
        )
    };
    let code = |terms: &[(&str, &str)], value: &Value| {
        let text = text_of(value);
        let known = terms.iter().find(|(code, _)| *code == text);
        known.map_or(text.clone(), |(code, name)| format!("{name} ({code})"))
    };
    match (kind, value) {
        (Some(Kind::Term(taxonomy)), value) => term(taxonomy, value),
        (Some(Kind::Terms(taxonomy, _)), Value::Array(items)) => {
            let names: Vec<String> = items.iter().map(|item| term(taxonomy, item)).collect();
            names.join(", ")
        }
        (Some(Kind::Gender), value) => code(GENDERS, value),
        (Some(Kind::Experience), value) => code(EXPERIENCES, value),
        (_, value) => text_of(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::web_form_posting;
    use super::*;

    #[test]
    fn what_a_person_reads_in_the_form_is_written_back_as_it_was() {
        let posting = web_form_posting(jiff::civil::date(2026, 3, 1));
        for (name, _) in entries() {
            let value = &posting[name];
            assert_eq!(&value_of(name, &text_of(value)), value, "{name}");
        }
        assert_eq!(entries().len(), 27);
    }

    #[test]
    fn what_is_not_of_the_keys_type_is_left_to_the_check() {
        assert_eq!(value_of("quantity", "nhiều"), json!("nhiều"));
        assert_eq!(value_of("locations", "1, Huế"), json!([1, "Huế"]));
        assert_eq!(value_of("title", ""), json!(""));
        assert_eq!(value_of("gender", ""), Value::Null);
    }

    #[test]
    fn terms_are_read_by_name_and_unknown_ones_by_id() {
        assert_eq!(
            shown("locations", &json!([1, 2, 999])),
            "Hà Nội (1), Hồ Chí Minh (2), 999"
        );
        assert_eq!(shown("experience", &json!("2-0")), "2 năm (2-0)");
        assert_eq!(
            shown("experience", &json!("1-2 năm kinh nghiệm")),
            "1-2 năm kinh nghiệm"
        );
    }
}
